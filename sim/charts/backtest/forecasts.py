"""The chart of forecasts: the counts forecast for the ends of years, and those on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.course import middles
from sim.analysis.findings import of_forecasts
from sim.atlas import regimes
from sim.backtest.scores import SIMULATION
from sim.charts.backtest.document import (
    HEAD,
    SMALL,
    WIDTH,
    Document,
    Row,
    ahead,
    horizons_of,
    of_model,
    source,
)
from sim.charts.margin import EndLabel, end_labels
from sim.charts.sheet import grid, measured, panel, per_inch, sheet
from sim.charts.style import BLUE_HALF, BLUE_MOST, GREY, OBSERVED, SHADE, SIMULATED, VERMILION, WHITE
from sim.words import listed, many

FORECASTS_LEFT, FORECASTS_RIGHT = 0.62, 0.3
"""Least inches left and right of the panels."""
FORECASTS_HEIGHT, FORECASTS_FOOT = 1.8, 0.4
FORECASTS_ABOVE, FORECASTS_BELOW = 0.24, 0.24
"""Inches within a panel, above the highest value and below the lowest one."""
PARTS = 1.5
"""Inches that the names of the parts take, right of the last bar."""
HALF = 0.4
"""Half the width of a forecast's bar, years."""


def draw(document: Document) -> Figure:
    """For each horizon, the count forecast for the end of each year, with its ranges, and the count on record."""
    rows = of_model(document["counts"], SIMULATION)
    horizons = horizons_of(rows)
    before = listed([*map(str, horizons[:-1]), many(horizons[-1], "year")])
    measure = (
        f"Number of states that recognise Taipei at the end of each year, as forecast {before} before; "
        "bars: half and 90 % of runs, line: mean. Each forecast knows the record up to its start only."
    )
    step = HEAD + FORECASTS_HEIGHT + FORECASTS_FOOT
    body = step * len(horizons) + 0.12
    heading = of_forecasts(document)
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
            here = of_model(rows, SIMULATION, horizon)
            _shade_truces(plot, limits, width if place == 0 else 0.0)
            _draw_counts(plot, here, horizon)
            _count_outside(plot, here, horizon)
            if place == 0:
                _name_parts(plot, here)
            if place == len(horizons) - 1:
                plot.set_xlabel("end of the year forecast")
    return drawing


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
        name = f"truce {regime.start.year}–{regime.end.year % 100:02d}"
        if measured(name) < (last - first) * inches:
            look: dict[str, Any] = {"transform": plot.get_xaxis_transform(), "ha": "center", "va": "bottom"}
            plot.text((first + last) / 2, 0.04 / FORECASTS_HEIGHT, name, color=GREY, **look)


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
        dots = [row for row in rows if row["observed"] is not None and outside(row) == beyond]
        fill: dict[str, Any] = {"mfc": OBSERVED, "mec": OBSERVED, "ms": 4.2}
        if beyond:
            fill = {"mfc": WHITE, "mec": VERMILION, "ms": 5.5, "mew": 1.6}
        at = [_target(row) for row in dots], [row["observed"] for row in dots]
        plot.plot(*at, "o", zorder=3, gid=f"{name}-{horizon}", **fill)


def _count_outside(plot: Axes, rows: Sequence[Row], horizon: int) -> None:
    """The panel's heading, how many counts on record are beyond the range, and these counts beside their rings."""
    known = [row for row in rows if row["observed"] is not None]
    beyond = [row for row in known if outside(row)]
    line: dict[str, Any] = {"transform": plot.transAxes, "va": "bottom"}
    foot = 1 + 0.06 / FORECASTS_HEIGHT
    plot.text(0, foot, ahead(horizon), weight="bold", **line)
    if known:
        text = f"on record outside 90 % of runs: {len(beyond)} of {len(known)}"
        plot.text(1, foot, text, color=VERMILION if beyond else GREY, ha="right", **line)
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


def _name_parts(plot: Axes, rows: Sequence[Row]) -> None:
    """What bars, line and dot are, written right of the last forecast."""
    last = max(rows, key=_target)
    outer, inner = middles(last)
    parts = (("90 % of runs", outer), ("half of runs", inner), ("mean", last["mean"]))
    labels = [EndLabel(text, value, SIMULATED, SIMULATED) for text, value in parts]
    if last["observed"] is not None:
        begin = _target(last) + 0.1 * per_inch(plot)[0]
        labels.append(EndLabel("on record", last["observed"], OBSERVED, OBSERVED, begin=begin))
    # White behind the letters: grid lines pass below them.
    box = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.8}
    end_labels(plot, labels, edge=_target(last) + HALF, bend=0.12, bbox=box, zorder=4)
