"""The chart of the states: each one's chance to have left Taipei, or to have returned, by the end."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
from sim.charts.style import (
    BLACK,
    BLUE_HALF,
    GREY,
    MARGIN,
    SIMULATED,
    grid,
    measured,
    panel,
    sheet,
)
from sim.results.result import Result
from sim.words import spoken

TITLE = "Chance of each state to leave Taipei"
WIDTH = 9.0
ROW, HEAD, FOOT, BETWEEN = 0.25, 0.32, 0.5, 0.16
"""Inches: a row; the heading of a panel; its ticks and axis label; between two panels."""
MOST_LEAVERS, MOST_RETURNERS = 60, 15


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
    """The states that recognise Taipei at the start, by chance to have left it; below, those that may return."""
    groups = [group for group in (leavers(result), returners(result)) if group is not None]
    body = sum(group.height for group in groups) + BETWEEN * (len(groups) - 1)
    rows = [row for group in groups for row in group.rows]
    measure = f"Share of runs, %, at the end of {end_of(result)}. {note(result, rows)}"
    with sheet(WIDTH, body, TITLE, header(result, measure), source([result])) as (drawing, top):
        draw_groups(drawing, top, groups, recorded_heading(result))
    return drawing


def draw_groups(drawing: Figure, top: float, groups: list[Group], column: str) -> None:
    """Panels of dots one below the other, from `top` inches down, on one scale.

    column : heading of the last column; empty for none
    """
    rows = [row for group in groups for row in group.rows]
    span = reach(rows)
    left = max([measured(drawing, row.name) for row in rows], default=0.5) + MARGIN + 0.17
    numbers = max([measured(drawing, numbered(row), bold=True) for row in rows], default=0.5)
    words = [row.beside for row in rows] + [column]
    last = max(measured(drawing, text, bold=True) for text in words) + 0.25 if column else 0.0
    width = WIDTH - left - 0.2 - numbers - last - MARGIN - 0.1
    for group in groups:
        plot = panel(drawing, left, top + HEAD, width, ROW * len(group.rows))
        _draw_group(plot, group, span, left, numbers, width, column)
        top += group.height + BETWEEN


def leavers(result: Result) -> Group | None:
    """The panel of those that recognise Taipei at the start; None when there are none."""
    rows = rows_of(result, True)
    heading = f"Recognise Taipei on {spoken(known_to(result))}: chance to have left by {end_of(result)}"
    return likeliest(rows, heading, "more state", "leavers") if rows else None


def likeliest(rows: list[Row], heading: str, more: str, gid: str) -> Group:
    """A panel of the rows there is room for; `more` says in one word or two what the others are."""
    kept, cut = rows[:MOST_LEAVERS], rows[MOST_LEAVERS:]
    return Group(kept, heading, f"and {left_out(cut, more)}" if cut else "", gid)


def returners(result: Result) -> Group | None:
    """The panel of those that left before the start; None when none has a chance to be shown."""
    rows = rows_of(result, False)
    kept = [row for row in rows if row.listed]
    kept = kept[:MOST_RETURNERS]
    if not kept:
        return None
    cut = [row for row in rows if row not in kept]
    rest = f"and {left_out(cut, 'more state')}" if cut else ""
    heading = f"Had left Taipei before: chance to have returned by {end_of(result)}"
    return Group(kept, heading, rest, "returners")


def _draw_group(plot: Axes, group: Group, span: int, left: float, numbers: float, width: float, column: str) -> None:
    """One panel: dots, ranges, names at the left, numbers and the last column at the right."""
    places = range(len(group.rows))
    plot.set_xlim(0, span)
    plot.set_ylim(len(group.rows) - 0.5, -0.5)
    grid(plot, "x")
    plot.set_xticks([span * part / 5 for part in range(6)], [f"{span * part / 5:g}" for part in range(6)])
    plot.set_xlabel("% of runs")
    plot.set_yticks(list(places), [row.name for row in group.rows], color=BLACK)
    plot.tick_params(axis="y", length=0, pad=8)
    plot.hlines(
        list(places),
        [100 * row.low for row in group.rows],
        [100 * row.high for row in group.rows],
        color=BLUE_HALF,
        lw=5,
        zorder=2,
    )
    points = [100 * row.p for row in group.rows]
    plot.plot(points, list(places), "o", color=SIMULATED, ms=7, zorder=3, clip_on=False, gid=group.gid)
    ever = [(100 * row.ever, place) for place, row in zip(places, group.rows, strict=True) if row.ever is not None]
    if ever:
        across, along = zip(*ever, strict=True)
        tick = {"ms": 12, "mew": 1.6, "color": SIMULATED, "zorder": 2.5, "clip_on": False}
        plot.plot(across, along, "|", gid="ever", **tick)  # type: ignore[arg-type]
    number_at = 1 + (0.2 + numbers) / width
    last_at = number_at + 0.25 / width
    side = plot.get_yaxis_transform()
    for place, row in zip(places, group.rows, strict=True):
        plot.text(number_at, place, numbered(row), color=BLACK, ha="right", va="center", transform=side)
        moved = row.ever is None and row.moved
        plot.text(
            last_at,
            place,
            row.beside,
            color=BLACK if moved else GREY,
            weight="bold" if moved else "normal",
            va="center",
            transform=side,
        )
    above = plot.transAxes
    height = ROW * len(group.rows)
    line = {"va": "bottom", "transform": above}
    plot.text((MARGIN - left) / width, 1 + 0.08 / height, group.heading, weight="bold", **line)  # type: ignore[arg-type]
    plot.text(last_at, 1 + 0.08 / height, column, color=GREY, **line)  # type: ignore[arg-type]
    if group.rest:
        below = -(FOOT + 0.02) / height
        plot.text((MARGIN - left) / width, below, group.rest, color=GREY, va="top", transform=above)
