"""The count through time as inline SVG: its letters are text, its colours the page's, drawn wide and narrow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup, escape

from sim.analysis.course import Course, Points
from sim.charts.dates import MONTHS_BETWEEN
from sim.charts.spread import spread
from sim.results.result import Result
from sim.results.tables import RECOGNITION
from sim.words import month

LETTER = 0.56
"""Width of a letter of the page's font, as a share of its height: the mean over usual fonts, rounded up."""
LINE = 1.45
"""Distance of two lines of text, as a share of the height of a letter."""
HEAD, FOOT = 26.0, 24.0
"""Pixels above the axes, for the day of the start, and below, for the years."""


@dataclass(frozen=True)
class Size:
    """What a drawing is made for; lengths in pixels of the page."""

    name: str
    width: float
    height: float
    letters: float
    right: float
    """Room for the labels at the right."""
    brief: bool
    """Short words, where there is little room."""


SIZES = (Size("wide", 760.0, 400.0, 13.0, 172.0, False), Size("narrow", 340.0, 310.0, 12.0, 92.0, True))


@dataclass
class Plot:
    """Axes of days across and counts upwards, and what is drawn in them."""

    size: Size
    first: date
    last: date
    top: float
    """Highest count that is shown; the lowest is 0."""
    left: float = 30.0
    parts: list[str] = field(default_factory=list)

    def x(self, day: date) -> float:
        """Where a day stands."""
        width = self.size.width - self.left - self.size.right
        return self.left + width * (day - self.first).days / max(1, (self.last - self.first).days)

    def y(self, value: float) -> float:
        """Where a count stands."""
        return self.size.height - FOOT - (self.size.height - FOOT - HEAD) * value / self.top

    @property
    def right(self) -> float:
        """The right edge of the axes."""
        return self.size.width - self.size.right

    def wide(self, text: str) -> float:
        """About how wide a text will be."""
        return len(text) * self.size.letters * LETTER

    def line(self, kind: str, *at: float) -> None:
        """A straight line from one place to another."""
        x1, y1, x2, y2 = map(_number, at)
        self.parts.append(f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')

    def text(self, kind: str, x: float, y: float, text: str, anchor: str = "start") -> None:
        """A text whose foot is at `y`."""
        self.parts.append(
            f'<text class="{kind}" x="{_number(x)}" y="{_number(y)}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def steps(self, kind: str, points: Points) -> None:
        """A line that holds each value until the day of the next."""
        self.parts.append(f'<path class="{kind}" d="{self._along(points)}"/>')

    def band(self, kind: str, lows: Points, highs: Points) -> None:
        """What lies between two lines of steps."""
        back = self._along(lows, turned=True)
        self.parts.append(f'<path class="{kind}" d="{self._along(highs)}L{back[1:]}Z"/>')

    def _along(self, points: Points, turned: bool = False) -> str:
        """Corners of a line of steps, from left to right, or `turned` from right to left."""
        corners = [(self.x(points[0][0]), self.y(points[0][1]))]
        for day, value in points[1:]:
            x, y = self.x(day), self.y(value)
            if y != corners[-1][1]:
                corners += [(x, corners[-1][1]), (x, y)]
        corners.append((self.x(points[-1][0]), corners[-1][1]))
        if turned:
            corners.reverse()
        return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in corners)


def count_chart(result: Result, tie: str = RECOGNITION) -> Markup:
    """The count of a tie over the runs beside the record, drawn once for wide screens and once for narrow ones.

    The page shows the one that fits; both say in words what is to be seen.
    """
    course = Course(result, tie)
    return Markup("\n").join(_drawn(course, size) for size in SIZES)


def _drawn(course: Course, size: Size) -> Markup:
    before, after = course.before, course.after
    highest = max([*course.outer[1], *(count for _, count in (*before, *after)), 1.0])
    plot = Plot(size, course.first, course.days[-1], highest * 1.06)
    _axes(plot)
    columns = {name: list(zip(course.days, values, strict=True)) for name, values in course.columns.items()}
    for low, high, kind in course.bands:
        plot.band(kind, columns[low], columns[high])
    plot.line("start", plot.x(course.start), 4, plot.x(course.start), plot.y(0))
    plot.steps("mean", columns["mean"])
    if before:
        plot.steps("record", [*before, *after[:1]])
    if after:
        plot.steps("record", after)
    _name_start(plot, course)
    _name_record(plot, course)
    _name_record_end(plot, course)
    _name_ends(plot, course)
    name = f"{'count' if course.tie == RECOGNITION else 'hosts'}-{size.name}"
    view = f"0 0 {_number(size.width)} {_number(size.height)}"
    words = escape(course.sentence)
    head = f'<svg id="{name}" class="chart {size.name}" viewBox="{view}" role="img" aria-label="{words}">'
    return Markup("\n".join([head, *plot.parts, "</svg>"]))


def _number(value: float) -> str:
    """A length with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


# --- axes and labels


def _axes(plot: Plot) -> None:
    """Pale lines at round counts, and the years, or months, below."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if plot.top / step <= 6.5)
    for value in range(0, int(plot.top) + 1, step):
        plot.line("grid" if value else "base", plot.left, plot.y(value), plot.right, plot.y(value))
        plot.text("tick", plot.left - 6, plot.y(value) + plot.size.letters * 0.35, str(value), "end")
    foot = plot.size.height - FOOT + plot.size.letters + 4
    for day, label in ticks(plot.first, plot.last, (plot.right - plot.left) / plot.wide("n")):
        plot.line("base", plot.x(day), plot.y(0), plot.x(day), plot.y(0) + 4)
        if plot.x(day) + plot.wide(label) / 2 < plot.size.width:
            plot.text("tick", plot.x(day), foot, label, "middle")


def ticks(first: date, last: date, room: float) -> list[tuple[date, str]]:
    """First days of months or years from `first` to `last`, with what is written there.

    room : for letters, in all
    """
    begin, end = first.year * 12 + first.month - (first.day == 1), last.year * 12 + last.month - 1
    fits = (step for step in MONTHS_BETWEEN if (end - begin) / step * (8 if step < 12 else 6) < room)
    step = next(fits, MONTHS_BETWEEN[-1])
    days = []
    for number in range(begin + -begin % step, end + 1, step):
        day = date(number // 12, number % 12 + 1, 1)
        days.append((day, str(day.year) if step >= 12 else f"{day:%b %y}"))
    return days


def _name_start(plot: Plot, course: Course) -> None:
    """The day of the start and the count at that day, above the axes, at whichever side of the line has room."""
    text = course.start_words[0]
    if not plot.size.brief:
        text = f"start {text}"
    at = plot.x(course.start)
    if at + 6 + plot.wide(text) < plot.right:
        plot.text("note", at + 6, plot.size.letters + 2, text)
    else:
        plot.text("note", at - 6, plot.size.letters + 2, text, "end")


def _name_record(plot: Plot, course: Course) -> None:
    """The words `on record` above the left end of the line of the record, where there is room before the start."""
    reach = plot.left + 4 + plot.wide("on record")
    if course.before and reach < plot.x(course.start):
        crossed = [count for day, count in course.before if plot.x(day) <= reach]
        plot.text("on-record", plot.left + 4, plot.y(max(crossed)) - 6, "on record")


def _name_record_end(plot: Plot, course: Course) -> None:
    """Where the record ends before the horizon does: a dot, and its count, clear of bands and lines."""
    if course.record_ends is None:
        return
    day, count = course.record_ends
    x, y, letters = plot.x(day), plot.y(count), plot.size.letters
    text = f"{'record' if plot.size.brief else 'on record'}, {month(day)}: {count:.0f}"
    half = plot.wide(text) / 2
    centre = min(max(x, plot.left + half), plot.right - half)
    near = [(below, above) for day, below, above in course.clear_of() if abs(plot.x(day) - centre) <= half + 12]
    place = plot.y(min(below for below, _ in near)) + letters * LINE
    up = place > plot.y(0) - 6
    if up:
        place = plot.y(max(above for _, above in near)) - letters * 0.6
    plot.line("record thin", x, y, x, place + 4 if up else place - letters)
    plot.parts.append(f'<circle class="dot" cx="{_number(x)}" cy="{_number(y)}" r="4"/>')
    plot.text("on-record strong", centre, place, text, "middle")


def _name_ends(plot: Plot, course: Course) -> None:
    """What the line and the bands are, with their last values, at the right; none covers another."""
    labels = [course.mean_label, *course.band_labels, *course.record_labels]
    brief, height = plot.size.brief, plot.size.letters * LINE
    floor, roof = plot.size.height - plot.y(0) - height / 2, plot.size.height - HEAD
    wanted = [plot.size.height - plot.y(label.value) for label in labels]
    places = spread(wanted, [height] * len(labels), floor, roof)
    bend, end = plot.right + (6 if brief else 8), plot.right + (14 if brief else 26)
    for label, place in zip(labels, places, strict=True):
        y, foot = plot.y(label.value), plot.size.height - place
        colour = "simulated" if label.simulated else "on-record"
        plot.parts.append(
            f'<path class="leader {colour}" d="M{_number(plot.right)} {_number(y)}H{_number(bend)}'
            f'L{_number(end)} {_number(foot)}"/>'
        )
        kind = f"{colour} strong" if label.strong else colour
        plot.text(kind, end + 4, foot + plot.size.letters * 0.35, label.brief if brief else label.text)
    plot.text("note", end + 4, plot.size.letters + 2, course.end if brief else f"end of {course.end}")
