"""The chart of many numbers varied: the outcome of every point against each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.charts.sheet import grid, measured, panel, sheet
from sim.charts.style import BLUE_HALF, GREY, MARGIN, SIMULATED, WHITE
from sim.charts.sweep.axes import (
    FOOT,
    SMALL,
    foot_of,
    headed,
    is_narrow,
    named,
    on_two_lines,
    sheet_width,
    ticks,
    write_block,
)
from sim.charts.sweep.document import (
    COUNT,
    Document,
    Floats,
    Setting,
    failures,
    outcome_of,
    seed_error,
    settings_of,
    source,
    subtitle,
)

DOTS_LEFT, DOTS_BETWEEN, DOTS_HEIGHT, DOTS_APART = 0.62, 0.3, 1.75, 0.2
"""Inches: left of the panels; between two of them; upwards; between two rows."""
MOST_VECTORS = 2_000
"""Dots a panel of an SVG can hold one by one; more are a picture in it."""


def draw(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome of every point against each number varied, with its running mean."""
    one, varied = outcome_of(document, outcome), settings_of(document)
    failed = np.array(failures(document))
    done = np.isfinite(one.values)
    columns = 1 if is_narrow() else {1: 1, 2: 2, 4: 2}.get(len(varied), 3)
    rows = -(-len(varied) // columns)
    stands = [slice(row * columns, (row + 1) * columns) for row in range(rows)]
    days = [on_two_lines(day) for each in varied[columns - 1 :: columns] if each.kind == "date" for day in each.labels]
    right = max([MARGIN, *(measured(day, SMALL) / 2 for day in days)])  # half of it is beside the axis
    width = (sheet_width() - DOTS_LEFT - right - DOTS_BETWEEN * (columns - 1)) / columns
    names = [named(each, width, beside=False) for each in varied]
    heading = headed(document, one, varied)
    ticks_of = [ticks(each, width / float(np.ptp(each.ends)), SMALL, narrow=True) for each in varied]
    heads = [max(block.height for block in names[stand]) + 0.08 for stand in stands]
    feet = [foot_of([label for _, labels in ticks_of[stand] for label in labels], SMALL) for stand in stands]
    body = sum(heads) + sum(feet) + (DOTS_HEIGHT + DOTS_APART) * rows - DOTS_APART + FOOT
    there = [done & np.isfinite(each.at) for each in varied]
    lines = [running(np.array(each.at)[here], one.values[here]) for each, here in zip(varied, there, strict=True)]
    measure = f"{one.measure}. Each pale dot is a point of the sweep"
    measure += ", the line is the mean of dots side by side." if any(len(at) for at, _ in lines) else "."
    if failed.any():
        measure += " Crosses at the foot: points that failed."
    if any(each.marked is not None for each in varied):
        measure += " Dashed: as in the scenario."
    limits = _limits(one.values[done], one.counts)
    with sheet(sheet_width(), body, heading, subtitle(document, measure, seed_error(one)), source(document)) as (
        drawing,
        top,
    ):
        for place, each in enumerate(varied):
            row, stand = divmod(place, columns)
            left = DOTS_LEFT + (width + DOTS_BETWEEN) * stand
            down = top + sum(heads[: row + 1]) + sum(feet[:row]) + (DOTS_HEIGHT + DOTS_APART) * row
            write_block(drawing, names[place], left, down - names[place].height - 0.08)
            plot = panel(drawing, left, down, width, DOTS_HEIGHT)
            plot.set_xlim(*each.ends)
            plot.set_ylim(*limits)
            plot.set_xticks(*ticks_of[place], size=SMALL)
            plot.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
            plot.tick_params(axis="y", labelleft=stand == 0)
            plot.set_ylabel(one.unit if stand == 0 else "")
            grid(plot, "y")
            _draw_dots(plot, each, one.values, done, failed, lines[place], place)
    return drawing


def _limits(values: Floats, counts: bool) -> tuple[float, float]:
    """The ends of the axis upwards that all panels share: a little more than what is drawn."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    pad = max(0.08 * (high - low), 0.25 if counts else 1.0)
    return max(low - 1.6 * pad, -0.3 * pad), high + pad


def _draw_dots(
    plot: Axes,
    varied: Setting,
    values: Floats,
    done: NDArray[np.bool_],
    failed: NDArray[np.bool_],
    mean: tuple[Floats, Floats],
    place: int,
) -> None:
    """The points of one panel, their running mean, and where points failed."""
    at = np.array(varied.at)
    many_dots = int(done.sum()) > MOST_VECTORS
    look: dict[str, Any] = {"ms": 3.2 if done.sum() <= 300 else 2.0, "mew": 0.0, "rasterized": many_dots}
    plot.plot(at[done], values[done], "o", color=BLUE_HALF, zorder=2, gid=f"points-{place}", **look)
    foot: dict[str, Any] = {"transform": plot.get_xaxis_transform(), "color": GREY, "zorder": 2.5, "clip_on": False}
    if failed.any():
        low = np.full(int(failed.sum()), 0.03)
        plot.plot(at[failed], low, "x", ms=5, mew=1.0, gid=f"failed-{place}", **foot)
    if varied.marked is not None:
        plot.axvline(varied.marked, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1.6, gid=f"reference-{place}")
    if len(mean[0]):
        plot.plot(*mean, color=WHITE, lw=3.6, zorder=2.9)
        plot.plot(*mean, "o-", color=SIMULATED, lw=1.8, ms=3.6, zorder=3, gid=f"mean-{place}")


FEWEST_IN_GROUP, MOST_GROUPS = 5, 10


def running(at: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Means of points side by side: of each value where values are few, otherwise of groups of equal size.

    Nothing where there are too few points for a mean to say more than the dots.
    """
    order = np.argsort(at, kind="stable")
    at, values = at[order], values[order]
    distinct = np.unique(at)
    if len(distinct) < 2:
        return np.empty(0), np.empty(0)
    if len(distinct) <= MOST_GROUPS + 2 and len(at) >= 2 * len(distinct):
        groups = [np.flatnonzero(at == value) for value in distinct]
    else:
        groups = np.array_split(np.arange(len(at)), min(MOST_GROUPS, len(at) // FEWEST_IN_GROUP) or 1)
    if len(groups) < 2:
        return np.empty(0), np.empty(0)
    return np.array([at[group].mean() for group in groups]), np.array([values[group].mean() for group in groups])
