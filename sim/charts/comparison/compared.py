"""The chart of the count for several results: their means through time and their ranges at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.compare import pairing, titles
from sim.analysis.course import Course
from sim.analysis.findings import of_several
from sim.analysis.reading import end_of, row_days, source, start_of
from sim.charts import fan
from sim.charts.dates import number
from sim.charts.margin import LINE, EndLabel, end_labels
from sim.charts.result import count
from sim.charts.sheet import sheet, shortened, wrapped
from sim.charts.style import BLACK, CYCLE, GREY, MARGIN, TEXT_SIZE, WHITE
from sim.errors import InputError, Problem
from sim.results.result import Result
from sim.results.tables import RECOGNITION
from sim.words import between

MOST = len(CYCLE) - 1
"""Results on one chart: the colours but black, which is the record's."""


@dataclass(frozen=True)
class Layout:
    """How wide a chart of several scenarios is."""

    width: float
    """Inches."""
    labels: float
    """Room for bars and labels at the right, inches."""
    lines: int
    """Most lines of a name there."""


WIDE, NARROW = Layout(count.WIDTH, 2.75, 2), Layout(4.9, 2.2, 3)
"""On a sheet or a screen; on a telephone."""
DRAWN = ("q05", "q25", "mean", "q75", "q95")
MOST_SHADED = 3
"""Results whose bands can still be distinguished."""
STEP = 0.13
"""Inches between the bars at the right."""


def draw(results: Sequence[Result]) -> Figure:
    """The mean count of each result as a line; of a few also half of the runs shaded, and bars for half and 90 %."""
    check_number(results)
    called = titles(results)
    measure = f"Number of states that recognise Taipei; {meanings(results)}"
    heading = of_several(results, called)
    with sheet(WIDE.width, count.BODY, heading, measure, source_of(results)) as (drawing, top):
        low, high = reach(results)
        plot, window = count.frame(drawing, top, results, high, WIDE.labels, low)
        fans(plot, window, results, called)
        count.draw_record(plot, window, results)
        starts(plot, window, results)
    return drawing


def check_number(results: Sequence[Result]) -> None:
    """`InputError` for more results than there are colours, or a single one."""
    if not 2 <= len(results) <= MOST:
        raise InputError(Problem("RESULT", f"from 2 to {MOST} results on one chart", len(results)))


def meanings(results: Sequence[Result]) -> str:
    """What the lines, bands and bars are."""
    until = f"end of {end_of(results[0])}" if len({end_of(result) for result in results}) == 1 else "end of each"
    more = (
        f"; shaded: half of runs; bars: half (thick) and 90 % (thin) of runs at the {until}" if shaded(results) else ""
    )
    return f"lines: means at the ends of months{more}; the axis need not begin at 0"


def source_of(results: Sequence[Result], basis: str | None = None) -> str:
    """The source line, with whether the results are paired."""
    paired, why = pairing(results)
    return f"{source(results, basis)} {'Paired' if paired else 'Not paired'}: {why}."


def shaded(results: Sequence[Result]) -> bool:
    """Whether there are few enough for their bands to be drawn."""
    return len(results) <= MOST_SHADED


def reach(results: Sequence[Result], tie: str = RECOGNITION) -> tuple[float, float]:
    """The lowest and the highest value that is drawn of a tie."""
    values = [float(value) for result in results for value in result.summary_of(tie)["mean"]]
    for columns in [result.summary_of(tie) for result in results] if shaded(results) else []:
        ends = (*columns["q25"], *columns["q75"], columns["q05"][-1], columns["q95"][-1])
        values += [float(value) for value in ends]
    return min(values), max(values)


def fans(
    plot: Axes,
    window: count.Window,
    results: Sequence[Result],
    names_of: Sequence[str],
    tie: str = RECOGNITION,
    digits: int = 1,
    colours: Sequence[str] = CYCLE,
    layout: Layout = WIDE,
) -> None:
    """Each result's mean as a line, beside it its name and numbers; of a few half of the runs shaded, and bars.

    names_of : (results,) names; digits : of the means; colours : at least as many as results
    """
    bars = len(results) if shaded(results) else 0
    ends = {end_of(result) for result in results}
    labels = []
    for position, (result, name, colour) in enumerate(zip(results, names_of, colours, strict=False)):
        columns = result.summary_of(tie)
        days = window.steps(row_days(result))
        if shaded(results):
            lows, highs = fan.held(columns["q25"]), fan.held(columns["q75"])
            plot.fill_between(days, lows, highs, step="post", color=colour, alpha=0.13, lw=0, zorder=1.1)
        fan.mean(plot, days, columns, colour, f"mean-{position}")
        last = {quantity: float(columns[quantity][-1]) for quantity in DRAWN}
        begin = None
        if bars:
            at = number(window.last) + window.pad + (0.08 + STEP * position) * window.days_per_inch
            begin = at + 0.05 * window.days_per_inch
            for low, high, width in (("q05", "q95", 1.4), ("q25", "q75", 5.0)):
                bar = {"color": colour, "lw": width, "solid_capstyle": "butt", "clip_on": False}
                plot.plot([at, at], [last[low], last[high]], **bar)  # type: ignore[arg-type]
            plot.plot(at, last["mean"], "o", ms=5, mec=colour, mfc=WHITE, mew=1.4, clip_on=False, zorder=3)
        numbers = f"{last['mean']:.{digits}f} ({between(last['q05'], last['q95'])})"
        numbers += "" if len(ends) == 1 else f", {end_of(result)}"
        label = "\n".join([*in_margin(layout, name, bars), numbers])
        labels.append(EndLabel(label, last["mean"], colour, BLACK, begin=begin))
    end_labels(plot, labels, "mean (90 % of runs)", bend=0.08 + STEP * bars, **count.LABELLED)


def in_margin(layout: Layout, name: str, bars: int) -> list[str]:
    """A name as lines that fit into the right margin, beyond the bars there."""
    room = layout.labels - (0.4 + STEP * bars) - MARGIN
    return shortened(wrapped(name, TEXT_SIZE, room=room), layout.lines)


def starts(plot: Axes, window: count.Window, results: Sequence[Result]) -> None:
    """A thin line at each start; at the earliest, its day and count."""
    for day, result in sorted({start_of(result): result for result in reversed(results)}.items()):
        if day == min(start_of(other) for other in results):
            count.mark_start(plot, window, Course(result))
        else:
            # Not through the words beside the first.
            low, top = plot.get_ylim()
            high = 1 - 1.6 * LINE * window.states_per_inch / (top - low)
            plot.axvline(number(day), ymax=high, color=GREY, lw=0.8, zorder=1.0)
