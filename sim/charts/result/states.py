"""The chart of the states: each one's chance to have left Taipei, or to have come to it, by the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.findings import of_states
from sim.analysis.reading import (
    Row,
    end_of,
    header,
    known_to,
    left_out,
    note,
    numbered,
    reach,
    recorded_heading,
    rows_of,
    source,
)
from sim.charts.rows import beside, head, left_of, name_rows, percent_axis, widest
from sim.charts.sheet import on_axes, panel, sheet, write
from sim.charts.style import BLACK, BLUE_HALF, GREY, MARGIN, SIMULATED
from sim.results.result import Result
from sim.words import spoken

MEASURE = "Chance of each state to leave Taipei"
COMING = ", or to come to it"
WIDTH = 9.0
ROW, HEAD, FOOT, BETWEEN = 0.25, 0.32, 0.5, 0.16
"""Inches: a row; the heading of a panel; its ticks and axis label; between two panels."""
MOST_LEAVERS, MOST_RETURNERS = 60, 8


@dataclass(frozen=True)
class Group:
    """One panel: the states it shows, and what it says of those it leaves out."""

    rows: list[Row]
    heading: str
    rest: str
    gid: str
    """Id of its dots."""

    @property
    def height(self) -> float:
        """Inches the panel takes, with heading and axis."""
        return HEAD + ROW * len(self.rows) + FOOT + (0.2 if self.rest else 0.0)


def draw(result: Result) -> Figure:
    """The states that recognise Taipei at the start, by chance to have left it; below, those that may come.

    On axes of the user's own only the first of the two panels.
    """
    groups = [group for group in (leavers(result), returners(result)) if group is not None][: 1 if on_axes() else None]
    body = sum(group.height for group in groups) + BETWEEN * (len(groups) - 1)
    rows = [row for group in groups for row in group.rows]
    coming = COMING if any(group.gid == "returners" for group in groups) else ""
    measure = f"{MEASURE}{coming}: share of runs, %, at the end of {end_of(result)}. {note(result, rows)}"
    with sheet(WIDTH, body, of_states(result), header(result, measure), source([result])) as (drawing, top):
        draw_groups(drawing, top, groups, recorded_heading(result))
    return drawing


def draw_groups(drawing: Figure, top: float, groups: list[Group], column: str) -> None:
    """Panels of dots one below the other, from `top` inches down, on one scale.

    column : heading of the last column; empty for none
    """
    rows = [row for group in groups for row in group.rows]
    span = reach(rows)
    left = left_of(row.name for row in rows)
    numbers = widest((numbered(row) for row in rows), bold=True)
    last = widest([*(row.beside for row in rows), column], bold=True) + 0.25 if column else 0.0
    width = WIDTH - left - 0.2 - numbers - last - MARGIN - 0.1
    for group in groups:
        height = ROW * len(group.rows)
        write(drawing, MARGIN, top + HEAD - 0.08, group.heading, weight="bold", va="bottom")
        write(drawing, MARGIN, top + HEAD + height + FOOT + 0.02, group.rest, color=GREY, va="top")
        _draw_group(panel(drawing, left, top + HEAD, width, height), group, span, 0.2 + numbers, column)
        top += group.height + BETWEEN


def leavers(result: Result) -> Group | None:
    """The panel of those that recognise Taipei at the start; None when there are none."""
    rows = rows_of(result, True)
    heading = f"Recognise Taipei on {spoken(known_to(result))}: chance to have left by {end_of(result)}"
    return likeliest(rows, heading, "more state", "leavers") if rows else None


def likeliest(rows: list[Row], heading: str, more: str, gid: str) -> Group:
    """A panel of the rows there is room for; `more` says in one word or two what the others are."""
    rows_drawn, cut = rows[:MOST_LEAVERS], rows[MOST_LEAVERS:]
    return Group(rows_drawn, heading, f"and {left_out(cut, more)}" if cut else "", gid)


def returners(result: Result) -> Group | None:
    """The panel of those not with Taipei at the start; None when none has a chance to be shown."""
    rows = rows_of(result, False)
    likely = [row for row in rows if row.listed]
    likely = likely[:MOST_RETURNERS]
    if not likely:
        return None
    cut = [row for row in rows if row not in likely]
    rest = f"and {left_out(cut, 'more state')}" if cut else ""
    heading = f"Not with Taipei at the start: chance to have come to it by {end_of(result)}"
    return Group(likely, heading, rest, "returners")


def _draw_group(plot: Axes, group: Group, span: int, numbers: float, column: str) -> None:
    """One panel: dots, ranges, names at the left, at the right the numbers, which end there, and the last column."""
    rows, places = group.rows, list(range(len(group.rows)))
    name_rows(plot, [row.name for row in rows])
    percent_axis(plot, span)
    lows, highs = [100 * row.low for row in rows], [100 * row.high for row in rows]
    plot.hlines(places, lows, highs, color=BLUE_HALF, lw=5, zorder=2)
    points = [100 * row.p for row in rows]
    plot.plot(points, places, "o", color=SIMULATED, ms=7, zorder=3, clip_on=False, gid=group.gid)
    if ever := [(100 * row.ever, place) for place, row in zip(places, rows, strict=True) if row.ever is not None]:
        tick: dict[str, Any] = {"ms": 12, "mew": 1.6, "color": SIMULATED, "zorder": 2.5, "clip_on": False}
        plot.plot(*zip(*ever, strict=True), "|", gid="ever", **tick)
    for place, row in zip(places, rows, strict=True):
        beside(plot, numbers, place, numbered(row), color=BLACK)
        moved = row.ever is None and row.moved
        look = {"color": BLACK, "weight": "bold"} if moved else {"color": GREY}
        beside(plot, numbers + 0.25, place, row.beside, ha="left", **look)
    if any(row.beside for row in rows):
        head(plot, numbers + 0.25, column, 0.08, ha="left")
