"""The chart of the count: how many states recognise Taipei, on record and over the runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.course import Course, Label, first_day
from sim.analysis.findings import of_count
from sim.analysis.reading import end_of, furthest, header, known_to, observed, recorded, row_days, source, start_of
from sim.charts import fan
from sim.charts.dates import date_ticks, number
from sim.charts.margin import LINE, EndLabel, end_labels
from sim.charts.sheet import grid, measured, panel, per_inch, sheet
from sim.charts.style import GREY, OBSERVED, SIMULATED, WHITE
from sim.results.result import Result
from sim.words import month

WIDTH, BODY = 9.0, 4.15
LEFT, FOOT = 0.62, 0.5
LABELS = 2.0
"""Room for the labels at the right, inches."""
LABELLED: dict[str, Any] = {"slope": 0.22, "linespacing": 1.2}
"""How labels in the right margin stand: inches over which the lines to them rise or fall, distance of their lines."""


@dataclass(frozen=True)
class Window:
    """What the axes span: days across, states along, and how many of each an inch holds."""

    first: date
    last: date
    pad: float
    """Days by which the last row is drawn beyond its day, so that it can be seen."""
    top: float
    days_per_inch: float
    states_per_inch: float

    def steps(self, days: Sequence[date]) -> list[float]:
        """(days + 1,) days on the axis, with the end of the last one's step."""
        return [*map(number, days), number(days[-1]) + self.pad]


def draw(result: Result) -> Figure:
    """The count of a result with its bands, beside the record."""
    measure = f"Number of states that recognise Taipei; simulated at the ends of months to {end_of(result)}"
    measure += "; shaded: half and 90 % of runs" if result.runs > 1 else ", a single run"
    with sheet(WIDTH, BODY, of_count(result), header(result, measure), source([result])) as (drawing, top):
        course = Course(result)
        plot, window = frame(drawing, top, [result], max(course.outer[1]))
        draw_runs(plot, window, course)
        draw_record(plot, window, [result])
        mark_start(plot, window, course)
        label_runs(plot, course)
        _label_record_end(plot, window, course)
    return drawing


def draw_runs(plot: Axes, window: Window, course: Course, edge: float = 0.0) -> None:
    """The counts of one tie over the runs: the mean as a step line on the bands of half and 90 % of the runs.

    edge : width of the bands' outlines, points, by which a band that is but a line can still be seen
    """
    days = window.steps(course.days)
    if not course.single:
        fan.bands(plot, days, course.columns, edge)
    fan.mean(plot, days, course.columns)


def frame(
    drawing: Figure,
    top: float,
    results: Sequence[Result],
    highest: float,
    labels: float = LABELS,
    lowest: float | None = None,
) -> tuple[Axes, Window]:
    """Empty axes that hold the results and the record before them, and what they span.

    highest : states, the highest value drawn of the results; labels : inches kept free at the right
    lowest : states, the lowest value drawn, from somewhat below which the axis begins; None for an axis from 0
    """
    first, last = first_day(results), max(row_days(result)[-1] for result in results)
    width, height = WIDTH - LEFT - labels, BODY - FOOT - 0.05
    plot = panel(drawing, LEFT, top + 0.05, width, height)
    span = (last - first).days or 31
    pad = span * 0.012
    counts = [count for _, count in recorded(furthest(results), first, last)]
    floor = 0.0 if lowest is None else floor_below(min([lowest, *counts]))
    ceiling = floor + max(4.0, max([highest, *counts]) - floor) / (1 - 0.55 / height)
    plot.set_xlim(number(first), number(last) + pad)
    plot.set_ylim(floor, ceiling)
    plot.set_ylabel("states")
    plot.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
    grid(plot, "y")
    date_ticks(plot, first, last)
    across, upwards = per_inch(plot)
    return plot, Window(first, last, pad, ceiling, across, upwards)


def floor_below(lowest: float) -> float:
    """Where an axis begins that need not begin at 0: a whole number of states below all that is drawn."""
    return max(0.0, math.ceil(lowest) - 2.0)


def draw_record(plot: Axes, window: Window, results: Sequence[Result]) -> None:
    """The record in black: day by day up to the first start; beyond it, at the rows of a single result."""
    start = min(start_of(result) for result in results)
    known = furthest(results)
    before = recorded(known, window.first, min(known_to(result) for result in results))
    after = observed(results[0]) if len(results) == 1 else recorded(known, start, window.last)
    for points, name in ((before + after[:1], "history"), (after, "observed")):
        if points:
            days, counts = [number(day) for day, _ in points], [count for _, count in points]
            if points is after and points[-1][0] == window.last:
                days, counts = [*days, days[-1] + window.pad], [*counts, counts[-1]]
            plot.step(days, counts, where="post", color=OBSERVED, zorder=2.4, gid=name)
    left = number(window.first)
    reach = (measured("on record") + 0.1) * window.days_per_inch
    room = left + reach < number(start)
    if room or len(after) < 2 or len(results) > 1:
        crossed = [count for day, count in before + after if number(day) <= left + reach]
        look: dict[str, Any] = {} if room else {"bbox": {"facecolor": WHITE, "edgecolor": "none", "pad": 1.0}}
        place = max(crossed) + 0.06 * window.states_per_inch
        plot.text(
            left + 0.05 * window.days_per_inch,
            place,
            "on record",
            color=OBSERVED,
            va="bottom",
            zorder=3,
            **look,
        )


def mark_line(plot: Axes, day: date) -> float:
    """A thin line at a start; returns where."""
    plot.axvline(number(day), color=GREY, lw=0.8, zorder=1.0)
    return number(day)


def mark_start(plot: Axes, window: Window, course: Course) -> None:
    """A thin line at the start, with its day and the count at that day."""
    at = mark_line(plot, course.start)
    first, *more = course.start_words
    lines = [f"start {first}", *more]
    room = (number(window.last) + window.pad - at) / window.days_per_inch
    right = room > max(measured(line) for line in lines) + 0.1
    shift = (0.06 if right else -0.06) * window.days_per_inch
    plot.text(at + shift, window.top, "\n".join(lines), color=GREY, va="top", ha="left" if right else "right")


def label_runs(plot: Axes, course: Course) -> None:
    """What the line and the bands are, with their values in the last row."""
    labels = [_inked(label) for label in (*course.band_labels, course.mean_label, *course.record_labels)]
    end_labels(plot, labels, f"end of {course.end}", **LABELLED)


def _inked(label: Label) -> EndLabel:
    colour = SIMULATED if label.simulated else OBSERVED
    return EndLabel(label.text, label.value, colour, colour, bold=label.strong)


def _label_record_end(plot: Axes, window: Window, course: Course) -> None:
    """Where the record ends before the horizon does: a dot, and its count, clear of bands and lines."""
    if course.record_ends is None:
        return
    day, count = course.record_ends
    at = number(day)
    plot.plot(at, count, "o", color=OBSERVED, ms=4.5, zorder=3)
    text = f"on record, {month(day)}: {count}"
    half = measured(text) * window.days_per_inch / 2 + 0.05 * window.days_per_inch
    left, right = number(window.first), number(window.last) + window.pad
    centre = min(max(at, left + half), right - half)
    lows, highs = [float(count)], [float(count)]
    before = recorded(course.result.known, window.first, course.start)
    for row_day, below, above in course.clear_of(before):
        if abs(number(row_day) - centre) <= half + 31:
            lows.append(below)
            highs.append(above)
    gap = 0.12 * window.states_per_inch
    place, side = min(lows) - gap, "top"
    if place - LINE * window.states_per_inch < 0.05 * window.states_per_inch:
        place, side = max(highs) + gap, "bottom"
    plot.plot(
        [at, at],
        [count, place + (0.04 if side == "top" else -0.04) * window.states_per_inch],
        color=OBSERVED,
        lw=0.7,
        zorder=2.3,
    )
    plot.text(centre, place, text, color=OBSERVED, weight="bold", ha="center", va=side)
