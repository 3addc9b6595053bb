"""What the charts by month share: months across, names of events above them, what ends at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.charts.dates import date_ticks, number
from sim.charts.margin import spread
from sim.charts.result.events import LEVEL, SMALL, Label, Mark, arranged, foot_of, lines_of_names, notes, write_name
from sim.charts.sheet import grid, panel, wrapped
from sim.charts.style import BLACK, MARGIN
from sim.charts.words import start_of
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
    begin, found = start_of(result), []
    for item in calendar:
        if item["happened"] is False or not 0 <= item["row"] < rows:
            continue
        first = date.fromisoformat(f"{item['month']}-01")
        certain = bool(item["certain"]) or item["happened"] is True
        label = str(item["label"])
        name = label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"
        found.append(Mark(name, number(max(begin, first)) - number(begin), "", certain))
    return sorted(found, key=lambda mark: (mark.at, mark.name))


def earlier(calendar: Sequence[Row]) -> str:
    """What had happened before the first month, in words; empty for nothing."""
    told = [f"{item['label']} ({month_of(item['month'])})" for item in calendar if _before(item)]
    return f"Before the start: {', '.join(told)}." if told else ""


def _before(item: Row) -> bool:
    return item["row"] < 0 and item["happened"] is not False


@dataclass(frozen=True)
class Frame:
    """Axes of months with names of events above, and what is said below them."""

    plot: Axes
    width: float
    edges: list[float]


def months_of(
    drawing: Figure, top: float, result: Result, edges: list[float], labels: list[Label], right: float
) -> Frame:
    """Axes over months, with a line from each event's name down through them."""
    width, head = WIDTH - LEFT - right, LEVEL * lines_of_names(labels) + 0.15
    plot = panel(drawing, LEFT, top + head, width, BODY)
    plot.set_xlim(edges[0], edges[-1])
    grid(plot, "y")
    first, last = start_of(result), month_end(result.months[len(edges) - 2])
    date_ticks(plot, first, last)
    high = plot.get_xaxis_transform()
    for label in labels:
        at, rises = edges[0] + label.mark.at, 1 + foot_of(label.level) / BODY if label.shown else 1.0
        dash = "-" if label.mark.certain else (0, (3, 2))
        plot.plot([at, at], [0, rises], color=BLACK, lw=0.7, ls=dash, clip_on=False, zorder=5, transform=high)
        if label.shown:
            begin = (label.begin + 0.03) / width * (edges[-1] - edges[0]) + edges[0]
            _write(plot, begin, rises, label.mark.name)
    return Frame(plot, width, edges)


def _write(plot: Axes, at: float, foot: float, name: str) -> None:
    """A name above axes whose heights are told in shares of them."""
    write_name(plot, at, foot, name)
    plot.texts[-1].set_transform(plot.get_xaxis_transform())


def room_of(
    result: Result, calendar: Sequence[Row], edges: list[float], right: float, more: str = ""
) -> tuple[list[Label], list[str]]:
    """Places for the names of events, and the lines of notes that go with them, `more` at their end."""
    width = WIDTH - LEFT - right
    # Names may stand over the margin at the right, where nothing else is above the axes.
    labels = arranged(marks(result, calendar, len(edges) - 1), edges[-1] - edges[0], width, WIDTH - LEFT - MARGIN)
    said = (
        notes(labels, "Lines: dated events that can move it, at the beginning of their month", "dashed")
        if labels
        else ""
    )
    text = " ".join(part for part in (said, earlier(calendar), more) if part)
    return labels, wrapped(text, SMALL, room=WIDTH - LEFT - MARGIN) if text else []


@dataclass(frozen=True)
class End:
    """What is said at the right of what is drawn, where it ends."""

    words: str
    value: float
    """Where it belongs."""
    colour: str
    bold: bool = False


def name_ends(frame: Frame, ends: Sequence[End], low: float, high: float) -> None:
    """Names at the right, none over another, each with a swatch and a line to where it belongs."""
    plot, side = frame.plot, frame.plot.get_yaxis_transform()
    placed = spread([end.value for end in ends], [LINE * (high - low) / BODY] * len(ends), low, high)
    for end, at in zip(ends, placed, strict=True):
        look: dict[str, Any] = {"color": end.colour, "clip_on": False, "transform": side, "solid_capstyle": "butt"}
        inch = 1.0 / frame.width
        plot.plot([1 + 0.03 * inch, 1 + 0.14 * inch], [end.value, at], lw=1.2, **look)
        plot.plot([1 + 0.14 * inch, 1 + 0.27 * inch], [at, at], lw=7, **look)
        place: dict[str, Any] = {"va": "center", "ha": "left", "transform": side, "size": END_SIZE}
        plot.text(1 + 0.33 * inch, at, end.words, color=BLACK, weight="bold" if end.bold else "normal", **place)
