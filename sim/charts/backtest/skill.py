"""The chart of skill: scores of the simulation against those of simpler forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.findings import of_skill
from sim.backtest.scores import SIMULATION
from sim.charts.backtest.document import (
    SMALL,
    WIDTH,
    Document,
    Row,
    ahead,
    horizons_of,
    name_of,
    of_model,
    source,
)
from sim.charts.rows import beside, left_of, name_rows
from sim.charts.sheet import grid, measured, panel, per_inch, sheet, size_of, write
from sim.charts.style import BLACK, BLUE_HALF, GREY, MARGIN, SIMULATED

SCORES = {
    "crps": ("Error of the forecast count (CRPS), states", 2),
    "log_score_sum": ("Error of the chances of states (log score, summed), nats", 1),
}
"""Scores shown: a heading with the unit, and the decimals of a value."""
SKILL_ROW, SKILL_HEAD, SKILL_FOOT = 0.27, 1.12, 0.46
VALUE = 0.76
"""Inches right of a panel for its values."""


def draw(document: Document) -> Figure:
    """How far the simulation's scores are from those of each simpler forecast, horizon by horizon."""
    rows = of_model(document["differences"], SIMULATION)
    horizons = horizons_of(row for row in rows if row["score"] in SCORES)
    tables = {score: against(document, score) for score in SCORES}
    tables = {score: models for score, models in tables.items() if models}
    measure = (
        "Difference of scores, the simulation’s minus that of each simpler forecast, with its 90 % interval; "
        "of both scores less is better. Rows in the order of the first column; each panel has its own scale."
    )
    body = sum(SKILL_HEAD + SKILL_ROW * len(models) + SKILL_FOOT for models in tables.values())
    heading = of_skill(document)
    with sheet(WIDTH, body, heading, measure, source(document)) as (drawing, top):
        left = left_of((name_of(model) for models in tables.values() for model in models), 0.12)
        width = (WIDTH - left - MARGIN) / max(1, len(horizons)) - VALUE
        for score, models in tables.items():
            height = SKILL_ROW * len(models)
            write(drawing, MARGIN, top + 0.14, SCORES[score][0], weight="bold", va="center")
            for place, horizon in enumerate(horizons):
                at = left + (width + VALUE) * place
                plot = panel(drawing, at, top + SKILL_HEAD, width, height)
                _draw_differences(plot, document, score, horizon, models)
                plot.tick_params(axis="y", labelleft=place == 0)
                own = [row for row in of_model(document["scores"], SIMULATION, horizon) if row["score"] == score]
                _head_differences(plot, horizon, own, SCORES[score][1])
            top += SKILL_HEAD + height + SKILL_FOOT
    return drawing


def against(document: Document, score: str) -> list[str]:
    """The models a score compares the simulation with, those it betters most at the first horizon first."""
    rows = [row for row in of_model(document["differences"], SIMULATION) if row["score"] == score]
    known = {(row["against"], row["horizon"]): row["value"] for row in rows if row["value"] is not None}
    first = min([horizon for _, horizon in known], default=0)
    models = {model for model, _ in known}
    return sorted(models, key=lambda model: (known.get((model, first), float("inf")), model))


def signed(value: float, decimals: int) -> str:
    """A difference with its sign: `+0.12`, `−0.12`, `0.00`."""
    text = f"{value:+.{decimals}f}"
    return text[1:] if float(text) == 0.0 else text.replace("-", "−")


def _draw_differences(plot: Axes, document: Document, score: str, horizon: int, models: Sequence[str]) -> None:
    """One panel: a dot and a bar for each model, the line at zero, the values at the right."""
    rows = of_model(document["differences"], SIMULATION, horizon)
    here = {row["against"]: row for row in rows if row["score"] == score and row["value"] is not None}
    known = [(place, here[model]) for place, model in enumerate(models) if model in here]
    ranged = [(place, row) for place, row in known if row["low"] is not None and row["high"] is not None]
    reach = [row[key] for _, row in known for key in ("low", "value", "high") if row[key] is not None]
    low, high = min([*reach, 0.0]), max([*reach, 0.0])
    # Either side of zero has room for its words.
    low, high = min(low, -high / 2) * 1.06, max(high, -low / 2) * 1.06
    plot.set_xlim(*((low, high) if low < high else (-1.0, 1.0)))
    name_rows(plot, [name_of(model) for model in models])
    _tick_differences(plot)
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    plot.axvline(0.0, color=BLACK, lw=1.0, zorder=1.5)
    lows, highs = ([row[key] for _, row in ranged] for key in ("low", "high"))
    plot.hlines(
        [place for place, _ in ranged], lows, highs, color=BLUE_HALF, lw=4.5, zorder=2, gid=f"bars-{score}-{horizon}"
    )
    values, places = [row["value"] for _, row in known], [place for place, _ in known]
    plot.plot(values, places, "o", color=SIMULATED, ms=6.5, zorder=3, gid=f"{score}-{horizon}")
    for place, model in enumerate(models):
        value = signed(here[model]["value"], SCORES[score][1]) if model in here else "–"
        beside(plot, VALUE - 0.17, place, value, color=BLACK if model in here else GREY)


def _tick_differences(plot: Axes) -> None:
    """As many round differences below a panel as there is room for."""
    (low, high), across = plot.get_xlim(), per_inch(plot)[0]
    for most in (5, 4, 3, 2):
        ticks = [float(tick) for tick in MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)]
        ticks = [tick for tick in ticks if low <= tick <= high]
        labels = [f"{tick:g}".replace("-", "−") for tick in ticks]
        widest = max(measured(label, SMALL) for label in labels)
        if len(ticks) < 2 or widest + 0.07 < (ticks[1] - ticks[0]) / across:
            break
    plot.set_xticks(ticks, labels, size=SMALL)


def _head_differences(plot: Axes, horizon: int, own: Sequence[Row], decimals: int) -> None:
    """The horizon, the simulation's own score, and on which side of zero it is better."""
    line: dict[str, Any] = {"va": "bottom", "color": GREY, "size": SMALL, "linespacing": 1.15}
    middle = plot.get_xaxis_transform()
    gap, height = 0.06 * per_inch(plot)[0], size_of(plot)[1]
    foot = 1 + 0.05 / height
    plot.text(-gap, foot, "simulation\nbetter", ha="right", transform=middle, **line)
    plot.text(gap, foot, "simulation\nworse", ha="left", transform=middle, **line)
    value = own[0]["value"] if own else None
    at = plot.transAxes
    if value is not None:
        plot.text(0, 1 + 0.4 / height, f"simulation’s own: {value:.{decimals}f}", transform=at, **line)
    plot.text(0, 1 + 0.57 / height, ahead(horizon), va="bottom", transform=at)
