"""The charts of a backtest: counts forecast and recorded, calibration, skill, and where the leavers had stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.atlas import regimes
from sim.backtest.scores import NAMES, SIMULATION
from sim.charts import save
from sim.charts.labels import spread
from sim.charts.style import (
    BLACK,
    BLUE_HALF,
    BLUE_MOST,
    GREY,
    MARGIN,
    OBSERVED,
    SHADE,
    SIMULATED,
    TEXT_SIZE,
    VERMILION,
    WHITE,
    grid,
    measured,
    panel,
    sheet,
)
from sim.words import many, percent

Document = Mapping[str, Any]
"""What a backtest writes: runs, seed, and its tables: counts, calibration, scores, differences, departures."""
Row = Mapping[str, Any]
Box = tuple[float, float, float, float]
"""Left, bottom, right and top, inches."""

BASELINE = "constant_hl7"
"""The model drawn beside the simulation in the chart of calibration."""
WIDTH = 9.0
HEAD = 0.34
"""Heading of a panel, inches."""
SMALL = 8.5
LINE = TEXT_SIZE * 1.35 / 72
"""Height of a line of text, inches."""
FAINT = "#B5B5B5"
"""Of what is drawn for comparison only."""


def draw_backtest(document: Document, folder: Path, formats: Iterable[str] = ("png", "svg")) -> list[Path]:
    """Draw the four charts of a backtest into a folder; returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = tuple(formats)
    written: list[Path] = []
    for name, draw in CHARTS.items():
        written += save(draw(document), folder / name, kinds, prefix=f"{name}-")
    return written


def name_of(model: str) -> str:
    """A model as a reader calls it."""
    return NAMES.get(model, model)


def source(document: Document) -> str:
    """The source line of all four."""
    runs = many(document["runs"], "run")
    return f"Source: backtest of this project, {runs} an origin, seed {document['seed']}; the record of recognition."


def ahead(horizon: int) -> str:
    """`1 year ahead`, `3 years ahead`."""
    return f"{many(horizon, 'year')} ahead"


def of_model(rows: Iterable[Row], model: str, horizon: int | None = None) -> list[Row]:
    """The rows of one model, and of one horizon where one is named."""
    return [row for row in rows if row["model"] == model and horizon in (None, row["horizon"])]


def horizons_of(rows: Iterable[Row]) -> list[int]:
    """Years ahead, the fewest first."""
    return sorted({row["horizon"] for row in rows})


# --- the counts ---------------------------------------------------------------------------------------------

FORECASTS_LEFT, FORECASTS_RIGHT = 0.62, 0.3
"""Least inches left and right of the panels."""
FORECASTS_HEIGHT, FORECASTS_FOOT = 1.8, 0.4
FORECASTS_ABOVE, FORECASTS_BELOW = 0.24, 0.24
"""Inches within a panel, above the highest value and below the lowest one."""
PARTS = 1.5
"""Inches that the names of the parts take, right of the last bar."""
HALF = 0.4
"""Half the width of a forecast's bar, years."""


def forecasts(document: Document) -> Figure:
    """For each horizon, the count forecast for the end of each year, with its ranges, and the count on record."""
    rows = of_model(document["counts"], SIMULATION)
    horizons = horizons_of(rows)
    measure = (
        f"Number of states at the end of each year, as forecast {_listed(horizons)} before; "
        "bars: half and 90 % of runs, line: mean. Each forecast knows the record up to its start only."
    )
    step = HEAD + FORECASTS_HEIGHT + FORECASTS_FOOT
    body = step * len(horizons) + 0.12
    heading = "Forecasts of the number of states that recognise Taipei"
    with sheet(WIDTH, body, heading, measure, source(document)) as (drawing, top):
        years = [_target(row) for row in rows]
        limits = min(years) - 0.8, max(years) + 0.8
        last = max(_target(row) for row in of_model(rows, SIMULATION, horizons[0]))
        free = (limits[1] - last - HALF) / (limits[1] - limits[0])
        room = WIDTH - FORECASTS_LEFT
        width = min(room - FORECASTS_RIGHT, (room - PARTS) / (1 - free))
        known = [row["observed"] for row in rows if row["observed"] is not None]
        low, high = min([row["q05"] for row in rows] + known), max([row["q95"] for row in rows] + known)
        inch = max(high - low, 4) / (FORECASTS_HEIGHT - FORECASTS_ABOVE - FORECASTS_BELOW)
        for place, horizon in enumerate(horizons):
            plot = panel(drawing, FORECASTS_LEFT, top + HEAD + step * place, width, FORECASTS_HEIGHT)
            plot.set_xlim(*limits)
            plot.set_ylim(max(0.0, 5 * ((low - FORECASTS_BELOW * inch) // 5)), high + FORECASTS_ABOVE * inch)
            plot.set_ylabel("states")
            plot.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
            plot.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True, steps=[1, 2, 5, 10]))
            grid(plot, "y")
            found = of_model(rows, SIMULATION, horizon)
            _shade_truces(plot, limits, width if place == 0 else 0.0)
            _draw_counts(plot, found, horizon)
            _tell_outside(plot, found, horizon)
            if place == 0:
                _name_parts(plot, found, inch, (limits[1] - limits[0]) / width)
            if place == len(horizons) - 1:
                plot.set_xlabel("end of the year forecast")
    return drawing


def _listed(horizons: Sequence[int]) -> str:
    """`1, 3 and 5 years`."""
    told = ", ".join(map(str, horizons[:-1]))
    return (f"{told} and " if told else "") + many(horizons[-1], "year")


def _target(row: Row) -> int:
    """The year whose end is forecast."""
    return int(row["origin"]) - 1 + int(row["horizon"])


def outside(row: Row) -> bool:
    """Whether the count on record lies beyond the range of 90 % of the runs."""
    return row["observed"] is not None and not row["q05"] <= row["observed"] <= row["q95"]


def _year(day: date) -> float:
    """A day on an axis on which the end of a year stands at that year."""
    first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year - 1 + ((day - first).days + 1) / (after - first).days


def _shade_truces(plot: Axes, limits: tuple[float, float], width: float) -> None:
    """A pale band for each truce, with its name where there is room on an axis `width` inches wide."""
    inches = width / (limits[1] - limits[0])
    for regime in regimes():
        first, last = max(_year(regime.start), limits[0]), min(_year(regime.end), limits[1])
        if regime.name != "truce" or first >= last:
            continue
        plot.axvspan(first, last, color=SHADE, lw=0, zorder=0)
        said = f"truce {regime.start.year}–{regime.end.year % 100:02d}"
        if measured(plot.figure, said) < (last - first) * inches:  # type: ignore[arg-type]
            look: dict[str, Any] = {"transform": plot.get_xaxis_transform(), "ha": "center", "va": "bottom"}
            plot.text((first + last) / 2, 0.04 / FORECASTS_HEIGHT, said, color=GREY, **look)


def _draw_counts(plot: Axes, rows: Sequence[Row], horizon: int) -> None:
    """A bar for each range, a line for the mean, a dot for the record: a ring where it is beyond the bar."""
    years = [_target(row) for row in rows]
    for low, high, colour, name in (("q05", "q95", BLUE_MOST, "most"), ("q25", "q75", BLUE_HALF, "half")):
        heights = [row[high] - row[low] for row in rows]
        # The outline lets a range of a single count be seen.
        bars = plot.bar(
            years, heights, 2 * HALF, [row[low] for row in rows], color=colour, ec=colour, lw=1.2, zorder=1.1
        )
        for year, patch in zip(years, bars, strict=True):
            patch.set_gid(f"{name}-{horizon}-{year}")
    means = [row["mean"] for row in rows]
    starts, ends = [year - HALF for year in years], [year + HALF for year in years]
    plot.hlines(means, starts, ends, color=SIMULATED, lw=1.8, zorder=2.2, gid=f"mean-{horizon}")
    for beyond, name in ((False, "observed"), (True, "outside")):
        shown = [row for row in rows if row["observed"] is not None and outside(row) == beyond]
        fill: dict[str, Any] = {"mfc": OBSERVED, "mec": OBSERVED, "ms": 4.2}
        if beyond:
            fill = {"mfc": WHITE, "mec": VERMILION, "ms": 5.5, "mew": 1.6}
        at = [_target(row) for row in shown], [row["observed"] for row in shown]
        plot.plot(*at, "o", zorder=3, gid=f"{name}-{horizon}", **fill)


def _tell_outside(plot: Axes, rows: Sequence[Row], horizon: int) -> None:
    """The panel's heading, how many counts on record are beyond the range, and these counts beside their rings."""
    known = [row for row in rows if row["observed"] is not None]
    beyond = [row for row in known if outside(row)]
    line: dict[str, Any] = {"transform": plot.transAxes, "va": "bottom"}
    foot = 1 + 0.06 / FORECASTS_HEIGHT
    plot.text(0, foot, ahead(horizon), weight="bold", **line)
    if known:
        said = f"on record outside 90 % of runs: {len(beyond)} of {len(known)}"
        plot.text(1, foot, said, color=VERMILION if beyond else GREY, ha="right", **line)
    for row in beyond:
        above = row["observed"] > row["q95"]
        plot.annotate(
            str(row["observed"]),
            (_target(row), row["observed"]),
            xytext=(0, 4 if above else -4),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            size=SMALL,
            color=VERMILION,
        )


def _name_parts(plot: Axes, rows: Sequence[Row], inch: float, sideways: float) -> None:
    """What bars, line and dot are, written right of the last forecast.

    inch : states that an inch holds; sideways : years that an inch holds
    """
    last = max(rows, key=_target)
    outer = (last["q75"] + last["q95"]) / 2 if last["q95"] > last["q75"] else (last["q05"] + last["q25"]) / 2
    inner = (last["q25"] + min(last["mean"], last["q75"])) / 2
    labels = [("90 % of runs", outer, SIMULATED), ("half of runs", inner, SIMULATED), ("mean", last["mean"], SIMULATED)]
    if last["observed"] is not None:
        labels.append(("on record", last["observed"], OBSERVED))
    bottom, top = plot.get_ylim()
    places = spread([value for _, value, _ in labels], [LINE * inch] * len(labels), bottom, top)
    edge = _target(last) + HALF + 0.12 * sideways
    # White behind the letters: grid lines pass below them.
    box = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.8}
    for (text, value, colour), place in zip(labels, places, strict=True):
        begin = _target(last) + (0.1 * sideways if colour == OBSERVED else HALF)
        bends = [begin, edge, edge + 0.2 * sideways]
        look: dict[str, Any] = {"color": colour, "clip_on": False}
        plot.plot(bends, [value, value, place], lw=0.8, zorder=1.5, **look)
        plot.text(bends[-1] + 0.05 * sideways, place, text, color=colour, va="center", bbox=box, zorder=4)


# --- calibration ----------------------------------------------------------------------------------------------

SIDE, BETWEEN, CALIBRATION_FOOT = 2.4, 0.46, 0.5
"""Inches: a side of a panel; between two of them; ticks and axis label below."""
CALIBRATION_LEFT = 0.68
SPANS = (5, 10, 20, 30, 40, 60, 80, 100)
"""Lengths an axis can have, %."""
TICKS = (0, 1, 5, 10, 20, 40, 60, 80, 100)


def calibration(document: Document) -> Figure:
    """For each horizon, how often states left, by the chance they had been given."""
    horizons = horizons_of(of_model(document["calibration"], SIMULATION))
    measure = (
        "Share of states that had left Taipei, %, by the chance they had been given, %; numbers: forecasts; bars: 90 % "
        "interval as if these were independent. Both axes are stretched near zero (square root)."
    )
    heading = "Chance of states to leave Taipei: forecast and recorded"
    with sheet(WIDTH, HEAD + SIDE + CALIBRATION_FOOT, heading, measure, source(document)) as (drawing, top):
        plots: dict[int, tuple[Axes, list[Box]]] = {}
        for place, horizon in enumerate(horizons):
            left = CALIBRATION_LEFT + (SIDE + BETWEEN) * place
            plot = panel(drawing, left, top + HEAD, SIDE, SIDE)
            plots[horizon] = plot, _draw_calibration(plot, document, horizon, first=place == 0)
            plot.text(0, 1 + 0.06 / SIDE, ahead(horizon), weight="bold", va="bottom", transform=plot.transAxes)
        for model in (SIMULATION, BASELINE):
            _write_name(document, model, plots)
    return drawing


def bins(document: Document, model: str, horizon: int) -> list[Row]:
    """The bins of a model in which there are forecasts."""
    return [row for row in of_model(document["calibration"], model, horizon) if row["forecasts"]]


def _root(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(np.maximum(values, 0.0))


def _square(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.square(values)


def _draw_calibration(plot: Axes, document: Document, horizon: int, first: bool) -> list[Box]:
    """One panel: the diagonal, the baseline in grey, the simulation in blue with the numbers of forecasts.

    Returns the places taken.
    """
    drawn = [(model, bins(document, model, horizon)) for model in (BASELINE, SIMULATION)]
    numbers = [row[key] for _, rows in drawn for row in rows for key in ("mean_forecast", "share", "share_high")]
    most = 100 * max([number for number in numbers if number is not None], default=0.0)
    span = next((length for length in SPANS if most <= length), SPANS[-1])
    for scale, limit in ((plot.set_xscale, plot.set_xlim), (plot.set_yscale, plot.set_ylim)):
        scale("function", functions=(_root, _square))
        limit(0, span)
    ticks = [tick for tick in TICKS if tick <= span]
    plot.set_xticks(ticks)
    plot.set_yticks(ticks)
    plot.minorticks_off()
    grid(plot, "y")
    plot.set_xlabel("chance forecast, %")
    if first:
        plot.set_ylabel("share that left, %")
    plot.plot([0, span], [0, span], color=GREY, lw=0.8, ls=(0, (4, 3)), zorder=1, gid=f"diagonal-{horizon}")
    taken: list[Box] = []
    for model, rows in drawn:
        ours = model == SIMULATION
        ranged = [row for row in rows if row["share_low"] is not None and row["share_high"] is not None]
        bar: dict[str, Any] = {"color": BLUE_HALF if ours else FAINT, "lw": 3.0 if ours else 1.2}
        chances, lows, highs = (
            [100 * row[key] for row in ranged] for key in ("mean_forecast", "share_low", "share_high")
        )
        plot.vlines(chances, lows, highs, zorder=2 + ours, gid=f"bars-{model}-{horizon}", **bar)
        at = [[100 * row[key] for row in rows] for key in ("mean_forecast", "share")]
        dot: dict[str, Any] = {"mfc": SIMULATED, "mec": SIMULATED} if ours else {"mfc": WHITE, "mec": FAINT}
        plot.plot(*at, "o", ms=6 if ours else 5, clip_on=False, zorder=3 + ours, gid=f"{model}-{horizon}", **dot)
        taken += [_box(plot, x, y, y, 0.05) for x, y in zip(*at, strict=True)]
        taken += [_box(plot, x, low, high, 0.03) for x, low, high in zip(chances, lows, highs, strict=True)]
    if first:
        taken += _write_sides(plot, taken)
    for row in drawn[1][1]:
        taken.append(_write_number(plot, row, taken))
    along = [span * part**2 for part in np.linspace(0.0, 1.0, 120)]
    return taken + [_box(plot, value, value, value, 0.01) for value in along]


def _box(plot: Axes, x: float, low: float, high: float, half: float) -> Box:
    """The place on the figure of an upright bar, grown by `half` inches on each side."""
    left, bottom = plot.transData.transform((x, low)) / plot.figure.dpi
    top = float(plot.transData.transform((x, high))[1]) / plot.figure.dpi
    return left - half, bottom - half, left + half, top + half


def _covered(boxes: Sequence[Box], taken: Sequence[Box]) -> list[float]:
    """For each of some places, the area of those taken that it would cover, square inches."""
    ours, theirs = np.array(boxes).reshape(-1, 1, 4), np.array(taken).reshape(1, -1, 4)
    sides = np.minimum(ours[..., 2:], theirs[..., 2:]) - np.maximum(ours[..., :2], theirs[..., :2])
    areas: list[float] = np.maximum(sides, 0.0).prod(axis=2).sum(axis=1).tolist()
    return areas


def _around(plot: Axes, text: str, x: float, y: float) -> Box:
    """The place a small text takes whose middle is at (x, y), inches."""
    wide = measured(plot.figure, text, SMALL) / 2 + 0.02  # type: ignore[arg-type]
    high = (1 + text.count("\n")) * SMALL * 0.6 / 72
    return x - wide, y - high, x + wide, y + high


def _write(plot: Axes, box: Box, text: str, colour: str) -> None:
    """A small text in its place, white behind the letters."""
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]) * plot.figure.dpi
    look: dict[str, Any] = {"transform": plot.transAxes, "ha": "center", "va": "center", "linespacing": 1.2}
    look["bbox"] = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.3}
    x, y = plot.transAxes.inverted().transform(middle)
    plot.text(x, y, text, color=colour, size=SMALL, zorder=1.8, **look)


def _write_sides(plot: Axes, taken: Sequence[Box]) -> list[Box]:
    """What it means to be above and below the diagonal, where nothing is covered; returns the places taken."""
    left, bottom = plot.transAxes.transform((0, 0)) / plot.figure.dpi
    found = []
    for text, above in (("left more often\nthan forecast", True), ("left less often\nthan forecast", False)):
        box = _around(plot, text, 0.0, 0.0)
        x = left + (0.07 + box[2] if above else SIDE - 0.03 - box[2])
        box = _around(plot, text, x, bottom + (SIDE - 0.03 - box[3] if above else 0.06 + box[3]))
        if not _covered([box], taken)[0]:
            _write(plot, box, text, GREY)
            found.append(box)
    return found


def _write_number(plot: Axes, row: Row, taken: Sequence[Box]) -> Box:
    """The forecasts of a dot: above its bar, below it or beside it, as near as nothing is covered.

    A line leads from the bar to a number far above or below.
    """
    text = f"{row['forecasts']:,}"
    share, x = 100 * row["share"], 100 * row["mean_forecast"]
    low, high = (share if row[key] is None else 100 * row[key] for key in ("share_low", "share_high"))
    bar, dot = _box(plot, x, min(low, share), max(high, share), 0.06), _box(plot, x, share, share, 0.06)
    centre = (bar[0] + bar[2]) / 2
    half_wide, half_high = _around(plot, text, 0.0, 0.0)[2:]
    left, floor = plot.transAxes.transform((0, 0)) / plot.figure.dpi
    level = min(max((dot[1] + dot[3]) / 2, floor + half_high + 0.03), floor + SIDE - half_high - 0.03)
    column = max(centre, left + half_wide + 0.02)
    found = []
    for away in np.linspace(0.0, 1.6, 81).tolist():
        above, below = (column, bar[3] + half_high + away), (column, bar[1] - half_high - away)
        after, before = (dot[2] + half_wide + away, level), (dot[0] - half_wide - away, level)
        for malus, upright, place in ((0.0, 1, above), (0.16, -1, below), (0.3, 0, after), (0.32, 0, before)):
            box = _around(plot, text, *place)
            if left < box[0] and floor < box[1] and box[3] < floor + SIDE:
                found.append((away + malus, away, upright, box))
    covered = _covered([box for *_, box in found], taken)
    _, (_, away, upright, box) = min(zip(covered, found, strict=True))
    _write(plot, box, text, SIMULATED)
    if upright and away:
        ends = (
            [(centre, bar[3] - 0.06), (centre, box[1])] if upright > 0 else [(centre, bar[1] + 0.06), (centre, box[3])]
        )
        line = plot.transAxes.inverted().transform(np.array(ends) * plot.figure.dpi)
        plot.plot(line[:, 0], line[:, 1], color=GREY, lw=0.8, ls=(0, (1, 2)), zorder=1.7, transform=plot.transAxes)
    return box


def _write_name(document: Document, model: str, plots: Mapping[int, tuple[Axes, list[Box]]]) -> None:
    """A model's name beside that of its dots, in whatever panel, to which it can be nearest without covering anything.

    plots : for each horizon the panel and the places taken in it, to which that of the name is added
    """
    text = name_of(model).replace(", ", ",\n")
    best: tuple[float, float, int, Box] | None = None
    for order, (horizon, (plot, taken)) in enumerate(plots.items()):
        left, bottom = plot.transAxes.transform((0, 0)) / plot.figure.dpi
        for row in bins(document, model, horizon):
            x, y = plot.transData.transform((100 * row["mean_forecast"], 100 * row["share"])) / plot.figure.dpi
            tried = [
                _around(plot, text, x + right, y + up)
                for right, up in product(np.linspace(-1.0, 1.0, 41), np.linspace(-0.6, 0.6, 25))
            ]
            apart = [(box[0] - 0.05, box[1] - 0.05, box[2] + 0.05, box[3] + 0.05) for box in tried]
            for box, covered in zip(tried, _covered(apart, taken), strict=True):
                if left < box[0] and bottom < box[1] and box[2] < left + SIDE and box[3] < bottom + SIDE:
                    aside, off = max(0.0, box[0] - x, x - box[2]), max(0.0, box[1] - y, y - box[3])
                    gap = float(np.hypot(aside, off)) + 0.1 * abs(box[1] + box[3] - 2 * y) + 0.03 * order
                    if best is None or (covered, gap) < best[:2]:
                        best = covered, gap, horizon, box
    if best is not None:
        _, _, horizon, box = best
        plot, taken = plots[horizon]
        _write(plot, box, text, SIMULATED if model == SIMULATION else GREY)
        taken.append(box)


# --- skill ----------------------------------------------------------------------------------------------------

SCORES = {
    "crps": ("Error of the forecast count (CRPS), states", 2),
    "log_score_sum": ("Error of the chances of states (log score, summed), nats", 1),
}
"""Scores shown: a heading with the unit, and the decimals of a value."""
SKILL_ROW, SKILL_HEAD, SKILL_FOOT = 0.27, 1.12, 0.46
VALUE = 0.76
"""Inches right of a panel for its values."""


def skill(document: Document) -> Figure:
    """How far the simulation's scores are from those of each simpler forecast, horizon by horizon."""
    found = of_model(document["differences"], SIMULATION)
    horizons = horizons_of(row for row in found if row["score"] in SCORES)
    tables = {score: against(document, score) for score in SCORES}
    tables = {score: models for score, models in tables.items() if models}
    measure = (
        "Difference of scores, the simulation’s minus that of each simpler forecast, with its 90 % interval; "
        "of both scores less is better. Rows in the order of the first column; each panel has its own scale."
    )
    body = sum(SKILL_HEAD + SKILL_ROW * len(models) + SKILL_FOOT for models in tables.values())
    heading = "Scores of the simulation against simpler forecasts"
    with sheet(WIDTH, body, heading, measure, source(document)) as (drawing, top):
        left = max([measured(drawing, name_of(model)) for models in tables.values() for model in models], default=0.5)
        left += MARGIN + 0.12
        width = (WIDTH - left - MARGIN) / max(1, len(horizons)) - VALUE
        for score, models in tables.items():
            height = SKILL_ROW * len(models)
            y = 1 - (top + 0.14) / drawing.get_figheight()
            drawing.text(MARGIN / WIDTH, y, SCORES[score][0], weight="bold", va="center")
            for place, horizon in enumerate(horizons):
                at = left + (width + VALUE) * place
                plot = panel(drawing, at, top + SKILL_HEAD, width, height)
                _draw_differences(plot, document, score, horizon, models)
                names = [name_of(model) for model in models] if place == 0 else []
                plot.set_yticks(range(len(names)), names, color=BLACK)
                plot.tick_params(axis="y", length=0, pad=8)
                own = [row for row in of_model(document["scores"], SIMULATION, horizon) if row["score"] == score]
                _head_differences(plot, width, height, horizon, own, SCORES[score][1])
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
    shown = [(place, here[model]) for place, model in enumerate(models) if model in here]
    ranged = [(place, row) for place, row in shown if row["low"] is not None and row["high"] is not None]
    reach = [row[key] for _, row in shown for key in ("low", "value", "high") if row[key] is not None]
    low, high = min([*reach, 0.0]), max([*reach, 0.0])
    # Either side of zero has room for its words.
    low, high = min(low, -high / 2) * 1.06, max(high, -low / 2) * 1.06
    plot.set_xlim(*((low, high) if low < high else (-1.0, 1.0)))
    plot.set_ylim(len(models) - 0.5, -0.5)
    _tick_differences(plot)
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    plot.axvline(0.0, color=BLACK, lw=1.0, zorder=1.5)
    lows, highs = ([row[key] for _, row in ranged] for key in ("low", "high"))
    plot.hlines(
        [place for place, _ in ranged], lows, highs, color=BLUE_HALF, lw=4.5, zorder=2, gid=f"bars-{score}-{horizon}"
    )
    values, places = [row["value"] for _, row in shown], [place for place, _ in shown]
    plot.plot(values, places, "o", color=SIMULATED, ms=6.5, zorder=3, gid=f"{score}-{horizon}")
    side: dict[str, Any] = {"transform": plot.get_yaxis_transform(), "ha": "right", "va": "center"}
    at = 1 + (VALUE - 0.17) / (plot.get_position().width * WIDTH)
    for place, model in enumerate(models):
        told = signed(here[model]["value"], SCORES[score][1]) if model in here else "–"
        plot.text(at, place, told, color=BLACK if model in here else GREY, **side)


def _tick_differences(plot: Axes) -> None:
    """As many round differences below a panel as there is room for."""
    low, high = plot.get_xlim()
    inches = plot.get_position().width * WIDTH / (high - low)
    for most in (5, 4, 3, 2):
        ticks = [float(tick) for tick in MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)]
        ticks = [tick for tick in ticks if low <= tick <= high]
        labels = [f"{tick:g}".replace("-", "−") for tick in ticks]
        widest = max(measured(plot.figure, label, SMALL) for label in labels)  # type: ignore[arg-type]
        if len(ticks) < 2 or widest + 0.07 < (ticks[1] - ticks[0]) * inches:
            break
    plot.set_xticks(ticks, labels, size=SMALL)


def _head_differences(plot: Axes, width: float, height: float, horizon: int, own: Sequence[Row], decimals: int) -> None:
    """The horizon, the simulation's own score, and on which side of zero it is better."""
    line: dict[str, Any] = {"va": "bottom", "color": GREY, "size": SMALL, "linespacing": 1.15}
    middle = plot.get_xaxis_transform()
    gap = 0.06 * (plot.get_xlim()[1] - plot.get_xlim()[0]) / width
    foot = 1 + 0.05 / height
    plot.text(-gap, foot, "simulation\nbetter", ha="right", transform=middle, **line)
    plot.text(gap, foot, "simulation\nworse", ha="left", transform=middle, **line)
    value = own[0]["value"] if own else None
    at = plot.transAxes
    if value is not None:
        plot.text(0, 1 + 0.4 / height, f"simulation’s own: {value:.{decimals}f}", transform=at, **line)
    plot.text(0, 1 + 0.57 / height, ahead(horizon), va="bottom", transform=at)


# --- departures -----------------------------------------------------------------------------------------------

DEPARTURE_ROW, DEPARTURE_HEAD, DEPARTURE_FOOT = 0.25, 0.4, 0.32
COLUMNS = 1.5
"""Inches right of the rows for rank and chance."""


def departures(document: Document) -> Figure:
    """A row for each departure: all who recognised Taipei, by the chance they had been given, and who it was."""
    rows = sorted(document["departures"], key=lambda row: (row["date"], row["iso3"]))
    upper, middle = (sum(half_of(row) == half for row in rows) for half in ("upper", "middle"))
    measure = (
        "Rank by the chance to leave within the year, as forecast at the start of the year, among the states that "
        "then recognised Taipei (pale). "
    )
    if rows:
        measure += f"{upper} of {len(rows)} in the upper half" + (f", {middle} in the middle." if middle else ".")
    else:
        measure += "None left."
    height = DEPARTURE_ROW * max(1, len(rows))
    heading = "Where the states that left Taipei had stood in the forecast"
    body = DEPARTURE_HEAD + height + DEPARTURE_FOOT
    with sheet(WIDTH, body, heading, measure, source(document)) as (drawing, top):
        names = [f"{row['state']} {row['date'][:4]}" for row in rows]
        left = max([measured(drawing, name) for name in names], default=0.5) + MARGIN + 0.2
        width = WIDTH - left - COLUMNS - MARGIN
        plot = panel(drawing, left, top + DEPARTURE_HEAD, width, height)
        _draw_ranks(plot, rows)
        plot.set_yticks(range(len(rows)), names, color=BLACK)
        plot.tick_params(axis="y", length=0, pad=8)
        _write_ranks(plot, rows, width, height)
    return drawing


def half_of(row: Row) -> str:
    """Upper or lower half of the ranking, or middle: of 13, the seventh."""
    above, below = row["rank"] - 1, row["of"] - row["rank"]
    return "middle" if above == below else "upper" if above < below else "lower"


def standing(rank: float, of: int) -> float:
    """Where a rank stands on a row, 0 to 1, the middle of the ranks at one half."""
    return (rank - 0.5) / of


def _draw_ranks(plot: Axes, rows: Sequence[Row]) -> None:
    """The rows: a thin line, a pale dot for each recogniser, a blue one for the state that left."""
    plot.set_xlim(0, 1)
    plot.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    plot.set_xticks([])
    for spine in plot.spines.values():
        spine.set_visible(False)
    places = range(len(rows))
    starts, ends = [standing(1, row["of"]) for row in rows], [standing(row["of"], row["of"]) for row in rows]
    plot.hlines(list(places), starts, ends, color=FAINT, lw=0.7, zorder=1, gid="rows")
    others = [(standing(rank, row["of"]), place) for place, row in enumerate(rows) for rank in range(1, row["of"] + 1)]
    if others:
        plot.plot(*zip(*others, strict=True), "o", ms=3, color=FAINT, mec=WHITE, mew=0.4, zorder=2, gid="recognisers")
    plot.axvline(0.5, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=2.5, gid="middle")
    at = [standing(row["rank"], row["of"]) for row in rows]
    plot.plot(at, list(places), "o", ms=8, color=SIMULATED, zorder=3, gid="departures")


def _write_ranks(plot: Axes, rows: Sequence[Row], width: float, height: float) -> None:
    """What the ends and the middle of the rows are; rank and chance of each state at the right."""
    side = plot.get_yaxis_transform()
    rank_at, chance_at = 1 + 0.85 / width, 1 + COLUMNS / width
    for place, row in enumerate(rows):
        plot.text(rank_at, place, f"{row['rank']:g} of {row['of']}", ha="right", va="center", transform=side)
        chance: dict[str, Any] = {"ha": "right", "va": "center", "color": SIMULATED, "transform": side}
        plot.text(chance_at, place, f"{percent(row['chance'])} %", **chance)
    above, below = 1 + 0.06 / height, -0.06 / height
    words: dict[str, Any] = {"color": GREY, "transform": plot.transAxes}
    for x, text, across in ((0, "highest chance", "left"), (0.5, "middle", "center"), (1, "lowest chance", "right")):
        plot.text(x, above, text, ha=across, va="bottom", **words)
        plot.text(x, below, text, ha=across, va="top", **words)
    plot.text(rank_at, above, "rank", ha="right", va="bottom", **words)
    plot.text(chance_at, above, "chance", ha="right", va="bottom", **words)


CHARTS: dict[str, Callable[[Document], Figure]] = {
    "forecasts": forecasts,
    "calibration": calibration,
    "skill": skill,
    "departures": departures,
}
"""The charts of a backtest, by name."""
