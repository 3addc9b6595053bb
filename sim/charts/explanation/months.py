"""What the charts by month share: months across, names of events above them, what ends at the right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.analysis.reading import header, source, start_of
from sim.charts.dates import date_ticks, number
from sim.charts.margin import EndLabel
from sim.charts.result.events import LEVEL, SMALL, Label, Mark, arranged, draw_labels, lines_of_names, notes
from sim.charts.rows import beside
from sim.charts.sheet import across, grid, measured, panel, per_inch, sheet, size_of, wrapped, write
from sim.charts.spread import spread
from sim.charts.style import GREY, MARGIN
from sim.model.terms import DECISIONS
from sim.results.result import Result
from sim.words import month as month_of
from sim.words import month_end

Floats = NDArray[np.float64]
Row = Mapping[str, Any]
WIDTH, BODY, LEFT, FOOT = 9.0, 3.6, 0.72, 0.5
LONGEST = 50
"""Letters of the name of an event."""
NOTE = 0.18
"""Inches of a line of notes."""
END_SIZE = 9.0
LINE = END_SIZE * 1.45 / 72
DOING = {name: decision.doing for name, decision in DECISIONS.items()}


def edges_of(result: Result, rows: int) -> list[float]:
    """(rows + 1,) where the months of the first rows begin, and the last of them ends, as days of an axis."""
    ends = [number(month_end(label) + timedelta(days=1)) for label in result.months[:rows]]
    return [number(start_of(result)), *ends]


def marks(result: Result, calendar: Sequence[Row], rows: int) -> list[Mark]:
    """Events of a calendar within the first rows, those of a run only if they happened in it, by date.

    Each stands at the beginning of its month, from which it counts.
    """
    begin, dated_marks = start_of(result), []
    for item in calendar:
        if item["happened"] is False or not 0 <= item["row"] < rows:
            continue
        first = date.fromisoformat(f"{item['month']}-01")
        certain = bool(item["certain"]) or item["happened"] is True
        label = str(item["label"])
        name = label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"
        dated_marks.append(Mark(name, number(max(begin, first)) - number(begin), "", certain))
    return sorted(dated_marks, key=lambda mark: (mark.at, mark.name))


def earlier(calendar: Sequence[Row]) -> str:
    """What had happened before the first month, in words; empty for nothing."""
    events = [f"{item['label']} ({month_of(item['month'])})" for item in calendar if _before(item)]
    return f"Before the start: {', '.join(events)}." if events else ""


def _before(item: Row) -> bool:
    return item["row"] < 0 and item["happened"] is not False


@contextmanager
def by_month(
    result: Result,
    calendar: Sequence[Row],
    rows: int,
    ends: Sequence[EndLabel],
    title: str,
    measure: str,
    more: str = "",
) -> Iterator[tuple[Figure, Axes, list[float]]]:
    """A figure, its axes over the first months of a result, and the edges of these; what is drawn there is then named.

    calendar : events whose names stand above; ends : what ends at the right; more : the end of the notes below
    """
    edges = edges_of(result, rows)
    right = max(measured(end.text, END_SIZE, bold=end.bold) for end in ends) + 0.38 + MARGIN
    labels, lines = _room_of(result, calendar, edges, right, more)
    head = LEVEL * lines_of_names(labels) + 0.15
    body = head + BODY + FOOT + NOTE * len(lines)
    with sheet(WIDTH, body, title, header(result, measure), source([result])) as (drawing, top):
        plot = panel(drawing, LEFT, top + head, WIDTH - LEFT - right, BODY)
        plot.set_xlim(edges[0], edges[-1])
        grid(plot, "y")
        date_ticks(plot, start_of(result), month_end(result.months[rows - 1]))
        yield drawing, plot, edges
        draw_labels(plot, labels, (0, (3, 2)), lw=0.7, zorder=5)
        _name_ends(plot, ends)
        foot = top + body - NOTE * len(lines) - 0.02
        write(drawing, LEFT, foot, lines, NOTE, color=GREY, size=SMALL, va="top")


def _room_of(
    result: Result, calendar: Sequence[Row], edges: list[float], right: float, more: str = ""
) -> tuple[list[Label], list[str]]:
    """Places for the names of events, and the lines of notes that go with them, `more` at their end."""
    width = across(WIDTH - LEFT - right, WIDTH)
    # Names may stand over the margin at the right, where nothing else is above the axes.
    labels = arranged(marks(result, calendar, len(edges) - 1), edges[-1] - edges[0], width, width + right - MARGIN)
    lines = "Lines: dated events that can move it, at the beginning of their month"
    key = notes(labels, lines, "dashed") if labels else ""
    text = " ".join(part for part in (key, earlier(calendar), more) if part)
    return labels, wrapped(text, SMALL, across(WIDTH - LEFT - MARGIN, WIDTH)) if text else []


def _name_ends(plot: Axes, ends: Sequence[EndLabel]) -> None:
    """Names at the right, none over another, each with a swatch and a line to where it belongs."""
    side, (low, high), inch = plot.get_yaxis_transform(), plot.get_ylim(), 1.0 / size_of(plot)[0]
    placed = spread([end.value for end in ends], [LINE * per_inch(plot)[1]] * len(ends), low, high)
    for end, at in zip(ends, placed, strict=True):
        look: dict[str, Any] = {"color": end.colour, "clip_on": False, "transform": side, "solid_capstyle": "butt"}
        plot.plot([1 + 0.03 * inch, 1 + 0.14 * inch], [end.value, at], lw=1.2, **look)
        plot.plot([1 + 0.14 * inch, 1 + 0.27 * inch], [at, at], lw=7, **look)
        weight = "bold" if end.bold else "normal"
        beside(plot, 0.33, at, end.text, ha="left", size=END_SIZE, color=end.ink, weight=weight)
