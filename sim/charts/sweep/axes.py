"""What the charts of a sweep share: sizes, the title, names of what was varied, ticks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.headlines import headline
from sim.charts.dates import MONTHS_BETWEEN, day_at, number
from sim.charts.margin import LINE
from sim.charts.sheet import measured, shortened, wrapped, write
from sim.charts.style import BLACK, GREY, MARGIN, TEXT_SIZE, TITLE_SIZE
from sim.charts.sweep.document import Document, Outcome, Setting, alike

WIDTH, PHONE = 9.0, 4.6
"""Inches across a chart; across one for a narrow screen."""
SMALL = 8.5
SMALL_LINE = SMALL * 1.35 / 72
"""Height of a line of small text, inches."""
FAINT = "#B5B5B5"
"""Of what is drawn for comparison only."""
FOOT = 0.08
"""Inches kept free below the lowest thing drawn."""


_across: ContextVar[float] = ContextVar("inches across a chart", default=WIDTH)


@contextmanager
def for_phones() -> Iterator[None]:
    """While it lasts, charts are drawn for a narrow screen: half as wide, letters as large."""
    token = _across.set(PHONE)
    try:
        yield
    finally:
        _across.reset(token)


def sheet_width() -> float:
    """Inches across a chart."""
    return _across.get()


def is_narrow() -> bool:
    """Whether charts are drawn for a narrow screen."""
    return sheet_width() < WIDTH


def headed(document: Document, outcome: Outcome, varied: Sequence[Setting]) -> str:
    """The title: the finding; of an outcome other than the count, after what is drawn."""
    found = headline(document, outcome.columns, outcome.counts, outcome.remain)
    if not found:
        return _unfound(outcome, varied)
    return typeset(found if outcome.remain else f"{outcome.heading}. {found}")


def typeset(text: str) -> str:
    """A text with the apostrophes of print."""
    return text.replace("'", "’")


def _unfound(outcome: Outcome, varied: Sequence[Setting]) -> str:
    """The title where no point has an outcome: what is drawn, and by what where that fits in two lines."""
    *others, last = [each.name for each in varied]
    full = f"{outcome.heading}, by " + (f"{', '.join(others)} and " if others else "") + last
    if len(wrapped(full, TITLE_SIZE, sheet_width() - 2 * MARGIN, bold=True)) <= 2 and len(varied) <= 3:
        return full
    return f"{outcome.heading}, by " + (f"{len(varied)} settings varied together" if others else "one setting varied")


@dataclass(frozen=True)
class Block:
    """A name with what it means: pieces of text at inches from the block's left and top edge."""

    pieces: list[tuple[float, float, str, str, float]]
    """x, y, text, colour, size."""
    height: float


def named(varied: Setting, room: float, before: str = "", beside: bool = True) -> Block:
    """The name of what was varied, and what that is: beside it if wanted and there is room, otherwise below."""
    lines = shortened(wrapped(before + varied.heading, TEXT_SIZE, room=room), 6)
    pieces = [(0.0, LINE * place, text, BLACK, TEXT_SIZE) for place, text in enumerate(lines)]
    height = LINE * len(lines)
    end = measured(lines[0], TEXT_SIZE) + 0.14
    if not varied.meant:
        return Block(pieces, height)
    if beside and len(lines) == 1 and end + measured(varied.meant, SMALL) <= room:
        return Block([*pieces, (end, 0.022, varied.meant, GREY, SMALL)], height)
    lines_below = shortened(wrapped(varied.meant, SMALL, room=room), 3)
    pieces += [(0.0, height + SMALL_LINE * place, text, GREY, SMALL) for place, text in enumerate(lines_below)]
    return Block(pieces, height + SMALL_LINE * len(lines_below))


def write_block(drawing: Figure, block: Block, left: float, top: float) -> None:
    """Write a name at inches from the figure's left and top edge."""
    for x, y, text, colour, size in block.pieces:
        write(drawing, left + x, top + y, text, color=colour, size=size, va="top")


MOST_TICKS = 20


def ticks(
    varied: Setting, inches: float, size: float = TEXT_SIZE, narrow: bool = False
) -> tuple[list[float], list[str]]:
    """Ticks with their labels on an axis that has `inches` for a unit: at the values where there is room.

    narrow : days on two lines always, for what stands beside the axis
    """

    def fits(places: Sequence[float], labels: Sequence[str]) -> bool:
        halves = [measured(label, size) / 2 for label in labels]
        both = zip(pairwise(places), pairwise(halves), strict=True)
        return all((right - left) * inches > one + other + 0.1 for (left, right), (one, other) in both)

    broken = [on_two_lines(label) for label in varied.labels]
    for labels in (broken,) if narrow and varied.kind == "date" else (varied.labels, broken):
        if len(labels) <= MOST_TICKS and fits(varied.places, labels):
            return varied.places, labels
    low, high = varied.ends
    tried: list[tuple[list[float], list[str]]] = []
    if varied.kind == "number":
        for most in range(9, 1, -1):
            values = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            places = [float(value) for value in values if low - 1e-9 <= value <= high + 1e-9]
            tried.append((places, alike([round(place, 12) for place in places])))
    if varied.kind == "date":
        tried += [_months(low, high, step) for step in MONTHS_BETWEEN]
    for step in range(2, len(varied.places) + 1):
        tried.append((varied.places[::step], broken[::step]))
    return next((each for each in tried if len(each[0]) > 1 and fits(*each)), (varied.places[:1], broken[:1]))


def foot_of(labels: Iterable[str], size: float = TEXT_SIZE) -> float:
    """Inches that ticks and their labels take below axes."""
    return 0.1 + max([label.count("\n") + 1 for label in labels], default=1) * size * 1.35 / 72


def on_two_lines(label: str) -> str:
    """A label on two lines, such as `1 Mar` and `2022`."""
    return "\n".join(label.rsplit(" ", 1))


def _months(low: float, high: float, step: int) -> tuple[list[float], list[str]]:
    """The first days of every `step` months between two days, with their labels."""
    first, last = map(day_at, (low, high))
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    opening = [date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
    within = [when for when in opening if first <= when <= last]
    labels = [f"{when:%Y}" if step >= 12 else f"{when:%b}\n{when.year}" for when in within]
    return [number(when) for when in within], labels
