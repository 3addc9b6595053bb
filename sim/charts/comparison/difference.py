"""The chart of the difference through time: the paired difference, and below it the counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.compare import Comparison
from sim.analysis.course import DIGITS, first_day
from sim.analysis.findings import of_comparison
from sim.analysis.pairs import Pair
from sim.analysis.reading import furthest, recorded, row_days, start_of
from sim.charts import fan
from sim.charts.comparison import compared
from sim.charts.dates import date_ticks, number
from sim.charts.margin import LINE, EndLabel, end_labels
from sim.charts.result import count
from sim.charts.sheet import grid, on_axes, panel, per_inch, sheet, size_of
from sim.charts.style import BLACK, CYCLE, GREY, MARGIN
from sim.results.result import Result
from sim.results.tables import COOPERATION, RECOGNITION
from sim.words import month, month_end, percent, signed, signed_between, with_error

DO = {RECOGNITION: "that recognise Taipei", COOPERATION: "that cooperate with Washington’s forces"}
UNITS = {RECOGNITION: "states", COOPERATION: "hosts"}
BASIS = "Hosts as in the scenarios; this tie has no record."
HEAD, FOOT = 0.36, 0.55
"""Inches: the heading of a panel; dates below it, and a line of notes."""
UPPER, LOWER = 2.4, 2.4
"""Least heights of the panels, inches."""
EDGE = 3.0
"""Outline of the bands, points: in many months they are but a line."""
TINTS = (0.2, 0.45)
"""How much of a scenario's colour is in the bands that hold 90 % and half of the runs; the rest is white."""
SHORTEST = 0.1
"""States that the axis of differences spans at least, or it would make much of nothing."""


@dataclass(frozen=True)
class Time:
    """The axis of time that both panels share."""

    first: date
    last: date
    pad: float
    """Days by which the last row is drawn beyond its day, so that it can be seen."""


def draw(comparison: Comparison, tie: str = RECOGNITION, layout: compared.Layout = compared.WIDE) -> Figure:
    """By how much each scenario differs, run by run; below, on the same axis of time, the count of each.

    With one scenario beside the baseline the difference has its bands, with several only its mean. On axes of the
    user's own the difference stands alone.
    """
    compared.check_number(comparison.results)
    places = [place for place, pair in enumerate(comparison.pairs, start=1) if tie in pair.ties]
    results = [comparison.results[place] for place in (0, *places)]
    pairs = [comparison.pairs[place - 1] for place in places]
    titles = [comparison.titles[place] for place in (0, *places)]
    label = LINE * (layout.lines + 1) + 0.1
    lower = max(LOWER, label * len(results) + 0.3)
    upper = max(UPPER, (label if _alike(pairs) else label + LINE) * len(pairs) + 0.3)
    heading = of_comparison(comparison, tie)
    source = compared.source_of(results, None if tie == RECOGNITION else BASIS)
    body = HEAD + upper + FOOT if on_axes() else 2 * (HEAD + FOOT) + upper + lower
    with sheet(layout.width, body, heading, _measure(results, titles[0], tie), source) as (drawing, top):
        time = _time(results, tie)
        colours = [CYCLE[place] for place in (0, *places)]
        _draw_pairs(drawing, top + HEAD, upper, time, pairs, colours[1:], titles, start_of(results[0]), tie, layout)
        if on_axes():
            return drawing
        low, high = compared.reach(results, tie)
        if tie == RECOGNITION:
            on_record = [value for _, value in recorded(furthest(comparison.results), time.first, time.last)]
            low, high = min([low, *on_record]), max([high, *on_record])
        floor = count.floor_below(low)
        ceiling = floor + max(2.0, high - floor) / (1 - 0.4 / lower)
        below = top + 2 * HEAD + upper + FOOT
        plot, window = _axes(drawing, below, lower, time, floor, ceiling, f"Each scenario, {UNITS[tie]}", layout)
        # No tick where the start is written.
        whole = MaxNLocator(nbins=7, integer=True, steps=[1, 2, 5, 10]).tick_values(floor, window.top)
        plot.set_yticks([tick for tick in whole if floor <= tick <= window.top - 0.3 * window.states_per_inch])
        compared.fans(plot, window, results, titles, tie, DIGITS[tie], colours, layout)
        if tie == RECOGNITION:
            count.draw_record(plot, window, results)
            compared.starts(plot, window, results)
        else:
            for day in sorted({start_of(result) for result in results}):
                count.mark_line(plot, day)
    return drawing


def _alike(pairs: Sequence[Pair]) -> bool:
    """Whether all pairs have the same last month."""
    return len({pair.months[-1] for pair in pairs}) == 1


def _measure(results: Sequence[Result], baseline: str, tie: str) -> str:
    """What the two panels show, in which unit; baseline : its title."""
    lines = "lines: means" if len(results) > 2 else "line: mean; shaded: half and 90 % of runs"
    if results[0].runs == 1:
        lines = "a single run of each"
    error = (
        "" if results[0].runs == 1 else "; after ±, one Monte Carlo error of the mean, which four times the runs halve"
    )
    return (
        f"Above: {UNITS[tie]} {DO[tie]}, more (+) or fewer (−) than in the baseline, “{baseline}”, run by run; "
        f"{lines}{error}.\nBelow: number of these {UNITS[tie]}; {compared.meanings(results)}."
    )


def _time(results: Sequence[Result], tie: str) -> Time:
    """From some time before the first start, where there is a record to be seen, to the last row."""
    first = min(start_of(result) for result in results)
    last = max(row_days(result)[-1] for result in results)
    if tie == RECOGNITION:
        first = first_day(results, 4)
    return Time(first, last, (last - first).days * 0.012)


def _axes(
    drawing: Figure,
    top: float,
    height: float,
    time: Time,
    low: float,
    high: float,
    heading: str,
    layout: compared.Layout,
) -> tuple[Axes, count.Window]:
    """Axes of time across and of a count along, with their heading, and what they span."""
    width = layout.width - count.LEFT - layout.labels
    plot = panel(drawing, count.LEFT, top, width, height)
    plot.set_xlim(number(time.first), number(time.last) + time.pad)
    plot.set_ylim(low, high)
    grid(plot, "y")
    date_ticks(plot, time.first, time.last)
    wide, tall = size_of(plot)
    at = (MARGIN - count.LEFT) / wide
    plot.text(at, 1 + 0.1 / tall, heading, weight="bold", va="bottom", transform=plot.transAxes)
    return plot, count.Window(time.first, time.last, time.pad, high, *per_inch(plot))


def _draw_pairs(
    drawing: Figure,
    top: float,
    height: float,
    time: Time,
    pairs: Sequence[Pair],
    colours: Sequence[str],
    titles: Sequence[str],
    start: date,
    tie: str,
    layout: compared.Layout,
) -> None:
    """The upper panel: the differences by month, with their names and numbers at the right.

    titles : of the baseline, then of each pair's scenario; start : first day of the baseline
    """
    tables = [pair.tables["count"].where(tie=tie) for pair in pairs]
    single = len(pairs) == 1
    values = [
        0.0,
        *(value for table in tables for name in (["mean"] + ["q05", "q95"] * single) for value in table[name]),
    ]
    low, high = min(values), max(values)
    if high - low < SHORTEST:
        low, high = (-SHORTEST, high) if -low > high else (low, SHORTEST)
    low, high = low - 0.12 * (high - low), high + 0.25 * (high - low)
    heading = f"Difference from the baseline, {UNITS[tie]}"
    if single and pairs[0].first != pairs[0].months[0]:
        heading += f" (none before {month(pairs[0].first)})" if pairs[0].first else " (none)"
    plot, window = _axes(drawing, top, height, time, low, high, heading, layout)
    plot.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=high - low >= 3, steps=[1, 2, 5, 10]))
    plot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(round(value, 9))))
    plot.axhline(0.0, color=GREY, lw=0.9, zorder=1.5, gid="zero")
    labels = []
    for position, (pair, table, colour) in enumerate(zip(pairs, tables, colours, strict=True)):
        last = {name: column[-1] for name, column in table.items()}
        days = window.steps(days_of(pair, start))
        if single and last["mc"] is not None:
            fan.bands(plot, days, table, EDGE, [tinted(colour, share) for share in TINTS])
        fan.mean(plot, days, table, colour, f"difference-{position}")
        labels += (
            _end(last, colour) if single else [_named(layout, titles[position + 1], pair, last, colour, _alike(pairs))]
        )
    ends = f"end of {month(pairs[0].months[-1])}" if single else "mean (90 % of runs)"
    end_labels(plot, labels, ends, **count.LABELLED)
    if single and last["mc"] is not None:
        shares = f"more in {percent(last['more'])} % of runs,\nfewer in {percent(last['fewer'])} %"
        at = 1 + 0.32 / (layout.width - count.LEFT - layout.labels)
        plot.text(at, -0.14 / height, shares, color=colour, va="top", linespacing=1.2, transform=plot.transAxes)


def days_of(pair: Pair, start: date) -> list[date]:
    """(months,) the day each row of a pair stands for: `start` for the row of the start, otherwise ends of months."""
    return [start if label == f"{start:%Y-%m}" else month_end(label) for label in pair.months]


def _end(last: dict[str, Any], colour: str) -> list[EndLabel]:
    """What the line and the bands of the only difference are, with their values in the last row."""
    mean = f"{'the run' if last['mc'] is None else 'mean'}: {with_error(last['mean'], last['mc'])}"
    labels = [EndLabel(mean, last["mean"], colour, colour, bold=True)]
    if last["mc"] is not None:
        outer = (last["q75"] + last["q95"]) / 2 if last["q95"] > last["q75"] else (last["q05"] + last["q25"]) / 2
        inner = (last["q25"] + last["q75"]) / 2
        labels.append(EndLabel(f"half of runs: {signed_between(last['q25'], last['q75'])}", inner, colour, colour))
        labels.append(EndLabel(f"90 % of runs: {signed_between(last['q05'], last['q95'])}", outer, colour, colour))
    return labels


def _named(layout: compared.Layout, title: str, pair: Pair, last: dict[str, Any], colour: str, alike: bool) -> EndLabel:
    """The name of one of several differences, with its mean in the last row and where 90 % of runs are.

    alike : whether all have the same last month; otherwise it is given too
    """
    numbers = f"{with_error(last['mean'], last['mc'])} ({signed_between(last['q05'], last['q95'])})"
    lines = [*compared.in_margin(layout, title, 0), numbers, *([] if alike else [month(pair.months[-1])])]
    return EndLabel("\n".join(lines), last["mean"], colour, BLACK)


def tinted(colour: str, share: float) -> tuple[float, float, float]:
    """A colour with a share of it left (0 to 1), the rest white."""
    red, green, blue = (1.0 - share * (1.0 - part) for part in to_rgb(colour))
    return red, green, blue
