"""The chart of the count: how many states recognise Taipei, on record and over the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.atlas import Record
from sim.charts import fan
from sim.charts.dates import date_ticks, number
from sim.charts.margin import LINE, EndLabel, end_labels
from sim.charts.sheet import grid, measured, panel, sheet
from sim.charts.style import GREY, OBSERVED, SIMULATED, WHITE
from sim.charts.words import end_of, header, known_to, row_days, source, start_of
from sim.results.result import Result
from sim.results.table import Table
from sim.words import between, month, spoken

TITLE = "States that recognise Taipei"
WIDTH, BODY = 9.0, 4.15
LEFT, FOOT = 0.62, 0.5
LABELS = 2.0
"""Room for the labels at the right, inches."""
MOST_BACK_DAYS, LEAST_BACK_DAYS = 1826, 183
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
    measure = f"Number of states; simulated at the ends of months to {end_of(result)}"
    measure += "; shaded: half and 90 % of runs" if result.runs > 1 else ", a single run"
    with sheet(WIDTH, BODY, TITLE, header(result, measure), source([result])) as (drawing, top):
        summary = result.summary_of()
        highest = max(summary["q95"] if result.runs > 1 else summary["mean"])
        plot, window = frame(drawing, top, [result], float(highest))
        draw_runs(plot, window, result, summary)
        draw_record(plot, window, [result])
        mark_start(plot, window, result)
        label_runs(plot, result, summary)
        _label_last_observed(plot, window, result)
    return drawing


def draw_runs(plot: Axes, window: Window, result: Result, summary: Table, edge: float = 0.0) -> None:
    """The counts of one tie over the runs: the mean as a step line on the bands of half and 90 % of the runs.

    edge : width of the bands' outlines, points, by which a band that is but a line can still be seen
    """
    days = window.steps(row_days(result))
    if result.runs > 1:
        fan.bands(plot, days, summary, edge)
    fan.mean(plot, days, summary)


def frame(
    drawing: Figure, top: float, results: Sequence[Result], highest: float, labels: float = LABELS
) -> tuple[Axes, Window]:
    """Empty axes that hold the results and the record before them, and what they span.

    highest : states, the highest value drawn of the results; labels : inches kept free at the right
    """
    start = min(start_of(result) for result in results)
    last = max(row_days(result)[-1] for result in results)
    horizon = (last - start).days
    back = min(MOST_BACK_DAYS, max(LEAST_BACK_DAYS, horizon))
    known = furthest(results)
    first = max(known.start, start - timedelta(days=back))
    width, height = WIDTH - LEFT - labels, BODY - FOOT - 0.05
    plot = panel(drawing, LEFT, top + 0.05, width, height)
    span = (last - first).days or 31
    pad = span * 0.012
    counts = [count for _, count in recorded(known, first, last)]
    ceiling = max(4.0, max([highest, *counts]) / (1 - 0.55 / height))
    plot.set_xlim(number(first), number(last) + pad)
    plot.set_ylim(0, ceiling)
    plot.set_ylabel("states")
    plot.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
    grid(plot, "y")
    date_ticks(plot, first, last)
    return plot, Window(first, last, pad, ceiling, (span + pad) / width, ceiling / height)


def furthest(results: Sequence[Result]) -> Record:
    """The record of results, of which some may know more than others: that which reaches furthest."""
    return max((result.known for result in results), key=lambda known: known.confirmed_until)


def recorded(known: Record, first: date, last: date) -> list[tuple[date, int]]:
    """The count on record at `first`, at each change after it, and at `last`, as far as the record goes."""
    last = min(last, known.confirmed_until)
    if last < first:
        return []
    days = {change.date for change in known.changes_between(first, last)} | {first, last}
    return [(day, known.count(day)) for day in sorted(days)]


def observed(result: Result) -> list[tuple[date, int]]:
    """The count on record at the rows of a result, as far as the record goes."""
    rows = zip(row_days(result), result.observed, strict=True)
    return [(day, count) for day, count in rows if count is not None and day <= result.known.confirmed_until]


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


def mark_start(plot: Axes, window: Window, result: Result) -> None:
    """A thin line at the start, with its day and the count at that day."""
    at = mark_line(plot, start_of(result))
    lines = start_words(result, int(result.counts[0, 0]))
    room = (number(window.last) + window.pad - at) / window.days_per_inch
    right = room > max(measured(line) for line in lines) + 0.1
    shift = (0.06 if right else -0.06) * window.days_per_inch
    plot.text(at + shift, window.top, "\n".join(lines), color=GREY, va="top", ha="left" if right else "right")


def start_words(result: Result, count: int) -> list[str]:
    """The day of the start and the count at that day; in a second line the day it is known from, if another."""
    lines = [f"start {spoken(start_of(result))}: {count}"]
    if known_to(result) != start_of(result):
        lines.append(f"as known on {spoken(known_to(result))}")
    return lines


def label_runs(plot: Axes, result: Result, summary: Table, digits: int = 1) -> None:
    """What the line and the bands are, with their values in the last row; the mean with that many digits."""
    row = {name: column[-1] for name, column in summary.items()}
    mean = float(row["mean"])
    if result.runs > 1:
        outer, inner = fan.middles(row)
        wanted = [
            EndLabel(f"90 % of runs: {between(row['q05'], row['q95'])}", outer, SIMULATED, SIMULATED),
            EndLabel(f"half of runs: {between(row['q25'], row['q75'])}", inner, SIMULATED, SIMULATED),
            EndLabel(f"mean: {mean:.{digits}f}", mean, SIMULATED, SIMULATED, bold=True),
        ]
    else:
        wanted = [EndLabel(f"the run: {mean:.0f}", mean, SIMULATED, SIMULATED, bold=True)]
    if row["observed"] is not None:
        last = float(row["observed"])
        wanted.append(EndLabel(f"on record: {last:.0f}", last, OBSERVED, OBSERVED, bold=True))
    end_labels(plot, wanted, f"end of {end_of(result)}", **LABELLED)


def _label_last_observed(plot: Axes, window: Window, result: Result) -> None:
    """Where the record ends before the horizon does: a dot, and its count, clear of bands and lines."""
    points = observed(result)
    if len(points) < 2 or points[-1][0] == window.last:
        return
    day, count = points[-1]
    at = number(day)
    plot.plot(at, count, "o", color=OBSERVED, ms=4.5, zorder=3)
    text = f"on record, {month(day)}: {count}"
    half = measured(text) * window.days_per_inch / 2 + 0.05 * window.days_per_inch
    left, right = number(window.first), number(window.last) + window.pad
    centre = min(max(at, left + half), right - half)
    lows, highs = [float(count)], [float(count)]
    low, high = ("q05", "q95") if result.runs > 1 else ("mean", "mean")
    columns = result.summary_of()
    rows = list(zip(row_days(result), columns[low], columns[high], strict=True))
    rows += [
        (row_day, value, value) for row_day, value in points + recorded(result.known, window.first, start_of(result))
    ]
    for row_day, below, above in rows:
        if abs(number(row_day) - centre) <= half + 31:
            lows.append(float(below))
            highs.append(float(above))
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
