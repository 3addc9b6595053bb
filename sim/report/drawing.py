"""The count through time as inline SVG: its letters are text, its colours the page's, drawn wide and narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from markupsafe import Markup, escape

from sim.charts.dates import MONTHS_BETWEEN
from sim.charts.margin import spread
from sim.charts.result.count import LEAST_BACK_DAYS, MOST_BACK_DAYS, observed, recorded
from sim.charts.words import end_of, known_to, row_days, start_of
from sim.results.result import Result
from sim.results.tables import COOPERATION, RECOGNITION
from sim.words import between, month, spoken

Points = Sequence[tuple[date, float]]

LETTER = 0.56
"""Width of a letter of the page's font, as a share of its height: the mean over usual fonts, rounded up."""
LINE = 1.45
"""Distance of two lines of text, as a share of the height of a letter."""
HEAD, FOOT = 26.0, 24.0
"""Pixels above the axes, for the day of the start, and below, for the years."""
DIGITS = {RECOGNITION: 1, COOPERATION: 2}
"""Of the means: hosts are few."""


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
    return Markup("\n").join(_drawn(result, tie, size) for size in SIZES)


def _drawn(result: Result, tie: str, size: Size) -> Markup:
    summary = result.summary_of(tie)
    single = result.runs == 1
    start, days = start_of(result), row_days(result)
    before: list[tuple[date, float]] = []
    after: list[tuple[date, float]] = []
    first = start
    if tie == RECOGNITION:
        back = min(MOST_BACK_DAYS, max(LEAST_BACK_DAYS, (days[-1] - start).days))
        first = max(result.known.start, start - timedelta(days=back))
        before = [(day, float(count)) for day, count in recorded(result.known, first, known_to(result))]
        after = [(day, float(count)) for day, count in observed(result)]
    columns = {name: _floats(summary[name]) for name in ("mean", "q05", "q25", "q75", "q95")}
    highest = max([*columns["mean" if single else "q95"], *(count for _, count in before + after), 1.0])
    plot = Plot(size, first, days[-1], highest * 1.06)
    _axes(plot)
    if not single:
        for low, high, kind in (("q05", "q95", "most"), ("q25", "q75", "half")):
            plot.band(kind, _points(days, columns[low]), _points(days, columns[high]))
    plot.line("start", plot.x(start), 4, plot.x(start), plot.y(0))
    plot.steps("mean", _points(days, columns["mean"]))
    if before:
        plot.steps("record", [*before, *after[:1]])
    if after:
        plot.steps("record", after)
    _name_start(plot, result, int(dict(result.counted)[tie][0, 0]))
    _name_record(plot, result, before)
    _name_last(plot, result, after, columns, single)
    _name_ends(plot, result, columns, after, tie, single)
    name = f"{'count' if tie == RECOGNITION else 'hosts'}-{size.name}"
    view = f"0 0 {_number(size.width)} {_number(size.height)}"
    words = escape(said(result, tie))
    head = f'<svg id="{name}" class="chart {size.name}" viewBox="{view}" role="img" aria-label="{words}">'
    return Markup("\n".join([head, *plot.parts, "</svg>"]))


def said(result: Result, tie: str = RECOGNITION) -> str:
    """What the chart shows, in words."""
    last = {name: values[-1] for name, values in result.summary_of(tie).items()}
    start, end = int(dict(result.counted)[tie][0, 0]), end_of(result)
    mean = f"{last['mean']:.{DIGITS[tie]}f}"
    what = "States that recognise Taipei" if tie == RECOGNITION else "Hosts that cooperate with Washington's forces"
    told = f"Chart. {what}: {start} on {spoken(start_of(result))}"
    if result.runs == 1:
        told += f"; {mean} at the end of {end} in the single run."
    else:
        told += (
            f"; at the end of {end} {mean} on average over the runs, half of them "
            f"{between(last['q25'], last['q75'])}, 90 % of them {between(last['q05'], last['q95'])}."
        )
    points = observed(result) if tie == RECOGNITION else []
    if len(points) > 1:
        told += f" On record: {points[-1][1]} at the end of {month(points[-1][0])}."
    return told


def _points(days: Sequence[date], values: Sequence[float]) -> list[tuple[date, float]]:
    return list(zip(days, values, strict=True))


def _floats(values: Sequence[object]) -> list[float]:
    return [float(value) for value in values]  # type: ignore[arg-type]


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
    found = []
    for number in range(begin + -begin % step, end + 1, step):
        day = date(number // 12, number % 12 + 1, 1)
        found.append((day, str(day.year) if step >= 12 else f"{day:%b %y}"))
    return found


def _name_start(plot: Plot, result: Result, count: int) -> None:
    """The day of the start and the count at that day, above the axes, at whichever side of the line has room."""
    text = f"{spoken(start_of(result))}: {count}"
    if not plot.size.brief:
        text = f"start {text}"
    at = plot.x(start_of(result))
    if at + 6 + plot.wide(text) < plot.right:
        plot.text("note", at + 6, plot.size.letters + 2, text)
    else:
        plot.text("note", at - 6, plot.size.letters + 2, text, "end")


def _name_record(plot: Plot, result: Result, before: Points) -> None:
    """The words `on record` above the left end of the line of the record, where there is room before the start."""
    reach = plot.left + 4 + plot.wide("on record")
    if before and reach < plot.x(start_of(result)):
        crossed = [count for day, count in before if plot.x(day) <= reach]
        plot.text("on-record", plot.left + 4, plot.y(max(crossed)) - 6, "on record")


def _name_last(plot: Plot, result: Result, after: Points, columns: dict[str, list[float]], single: bool) -> None:
    """Where the record ends before the horizon does: a dot, and its count, clear of bands and lines."""
    if len(after) < 2 or after[-1][0] >= plot.last:
        return
    day, count = after[-1]
    x, y, letters = plot.x(day), plot.y(count), plot.size.letters
    text = f"{'record' if plot.size.brief else 'on record'}, {month(day)}: {count:.0f}"
    half = plot.wide(text) / 2
    centre = min(max(x, plot.left + half), plot.right - half)
    low, high = ("mean", "mean") if single else ("q05", "q95")
    rows = [
        (day, below, above) for day, below, above in zip(row_days(result), columns[low], columns[high], strict=True)
    ]
    rows += [(day, value, value) for day, value in after]
    near = [(below, above) for day, below, above in rows if abs(plot.x(day) - centre) <= half + 12]
    place = plot.y(min(below for below, _ in near)) + letters * LINE
    up = place > plot.y(0) - 6
    if up:
        place = plot.y(max(above for _, above in near)) - letters * 0.6
    plot.line("record thin", x, y, x, place + 4 if up else place - letters)
    plot.parts.append(f'<circle class="dot" cx="{_number(x)}" cy="{_number(y)}" r="4"/>')
    plot.text("on-record strong", centre, place, text, "middle")


def _name_ends(
    plot: Plot, result: Result, columns: dict[str, list[float]], after: Points, tie: str, single: bool
) -> None:
    """What the line and the bands are, with their last values, at the right; none covers another."""
    last = {name: values[-1] for name, values in columns.items()}
    mean = f"{last['mean']:.{DIGITS[tie]}f}"
    brief = plot.size.brief
    wanted = [("simulated strong", f"the run: {last['mean']:.0f}" if single else f"mean: {mean}", last["mean"])]
    if not single:
        outer = (last["q75"] + last["q95"]) / 2 if last["q95"] > last["q75"] else (last["q05"] + last["q25"]) / 2
        inner = (last["q25"] + min(last["mean"], last["q75"])) / 2
        for kind, words, low, high, value in (
            ("simulated", "90 %" if brief else "90 % of runs", "q05", "q95", outer),
            ("simulated", "half" if brief else "half of runs", "q25", "q75", inner),
        ):
            span = between(last[low], last[high])
            wanted.append((kind, f"{words}: {span.replace(' to ', '–') if brief else span}", value))
    if after and after[-1][0] >= plot.last:
        words = "record" if brief else "on record"
        wanted.append(("on-record strong", f"{words}: {after[-1][1]:.0f}", after[-1][1]))
    height = plot.size.letters * LINE
    floor, roof = plot.size.height - plot.y(0) - height / 2, plot.size.height - HEAD
    places = spread([plot.size.height - plot.y(value) for *_, value in wanted], [height] * len(wanted), floor, roof)
    bend, end = plot.right + (6 if brief else 8), plot.right + (14 if brief else 26)
    for (kind, text, value), place in zip(wanted, places, strict=True):
        y, foot = plot.y(value), plot.size.height - place
        colour = kind.split()[0]
        plot.parts.append(
            f'<path class="leader {colour}" d="M{_number(plot.right)} {_number(y)}H{_number(bend)}'
            f'L{_number(end)} {_number(foot)}"/>'
        )
        plot.text(kind, end + 4, foot + plot.size.letters * 0.35, text)
    head = f"end of {end_of(result)}"
    plot.text("note", end + 4, plot.size.letters + 2, end_of(result) if brief else head)
