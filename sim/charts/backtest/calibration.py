"""The chart of calibration: how often states left, by the chance they had been given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.analysis.findings import of_calibration
from sim.backtest.scores import SIMULATION
from sim.charts.backtest.document import (
    BASELINE,
    FAINT,
    HEAD,
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
from sim.charts.margin import Box, covered
from sim.charts.sheet import grid, measured, panel, sheet
from sim.charts.style import BLUE_HALF, GREY, SIMULATED, WHITE

SIDE, BETWEEN, CALIBRATION_FOOT = 2.4, 0.46, 0.5
"""Inches: a side of a panel; between two of them; ticks and axis label below."""
CALIBRATION_LEFT = 0.68
SPANS = (5, 10, 20, 30, 40, 60, 80, 100)
"""Lengths an axis can have, %."""
TICKS = (0, 1, 5, 10, 20, 40, 60, 80, 100)


def draw(document: Document) -> Figure:
    """For each horizon, how often states left, by the chance they had been given."""
    horizons = horizons_of(of_model(document["calibration"], SIMULATION))
    measure = (
        "Share of states that had left Taipei, %, by the chance they had been given, %; numbers: forecasts; bars: 90 % "
        "interval as if these were independent. Both axes are stretched near zero (square root)."
    )
    heading = of_calibration(document)
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


def _draw_calibration(plot: Axes, document: Document, horizon: int, first: bool) -> list[Box]:
    """One panel: the diagonal, the baseline in grey, the simulation in blue with the numbers of forecasts.

    Returns the places taken.
    """
    drawn = [(model, bins(document, model, horizon)) for model in (BASELINE, SIMULATION)]
    numbers = [row[key] for _, rows in drawn for row in rows for key in ("mean_forecast", "share", "share_high")]
    most = 100 * max([number for number in numbers if number is not None], default=0.0)
    span = next((length for length in SPANS if most <= length), SPANS[-1])
    for scale, limit in ((plot.set_xscale, plot.set_xlim), (plot.set_yscale, plot.set_ylim)):
        scale("function", functions=(_root, np.square))
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


def _around(plot: Axes, text: str, x: float, y: float) -> Box:
    """The place a small text takes whose middle is at (x, y), inches."""
    wide = measured(text, SMALL) / 2 + 0.02
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
    boxes = []
    for text, above in (("left more often\nthan forecast", True), ("left less often\nthan forecast", False)):
        box = _around(plot, text, 0.0, 0.0)
        x = left + (0.07 + box[2] if above else SIDE - 0.03 - box[2])
        box = _around(plot, text, x, bottom + (SIDE - 0.03 - box[3] if above else 0.06 + box[3]))
        if not covered([box], taken)[0]:
            _write(plot, box, text, GREY)
            boxes.append(box)
    return boxes


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
    tried = []
    for away in np.linspace(0.0, 1.6, 81).tolist():
        above, below = (column, bar[3] + half_high + away), (column, bar[1] - half_high - away)
        after, before = (dot[2] + half_wide + away, level), (dot[0] - half_wide - away, level)
        for malus, upright, place in ((0.0, 1, above), (0.16, -1, below), (0.3, 0, after), (0.32, 0, before)):
            box = _around(plot, text, *place)
            if left < box[0] and floor < box[1] and box[3] < floor + SIDE:
                tried.append((away + malus, away, upright, box))
    areas = covered([box for *_, box in tried], taken)
    _, (_, away, upright, box) = min(zip(areas, tried, strict=True))
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
            for box, area in zip(tried, covered(apart, taken), strict=True):
                if left < box[0] and bottom < box[1] and box[2] < left + SIDE and box[3] < bottom + SIDE:
                    aside, off = max(0.0, box[0] - x, x - box[2]), max(0.0, box[1] - y, y - box[3])
                    gap = float(np.hypot(aside, off)) + 0.1 * abs(box[1] + box[3] - 2 * y) + 0.03 * order
                    if best is None or (area, gap) < best[:2]:
                        best = area, gap, horizon, box
    if best is not None:
        _, _, horizon, box = best
        plot, taken = plots[horizon]
        _write(plot, box, text, SIMULATED if model == SIMULATION else GREY)
        taken.append(box)
