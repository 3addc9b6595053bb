"""The chart of the count for several results: their means through time and their ranges at the end."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.compare import pairing
from sim.analysis.course import Course
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
LABELS = 2.75
"""Room for bars and labels at the right, inches."""
DRAWN = ("q05", "q25", "mean", "q75", "q95")
MOST_SHADED = 3
"""Results whose bands can still be distinguished."""
STEP = 0.13
"""Inches between the bars at the right."""


def draw(results: Sequence[Result]) -> Figure:
    """The mean count of each result as a line, half of its runs shaded, and bars for half and 90 % at its end."""
    check_number(results)
    measure = f"Number of states; {meanings(results)}"
    with sheet(count.WIDTH, count.BODY, count.TITLE, measure, source_of(results)) as (drawing, top):
        plot, window = count.frame(drawing, top, results, highest(results), LABELS)
        fans(plot, window, results, names(results))
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
    return (
        f"lines: means at the ends of months{'; shaded: half of runs' if shaded(results) else ''}; "
        f"bars at the right: half (thick) and 90 % (thin) of runs at the {until}"
    )


def source_of(results: Sequence[Result], basis: str | None = None) -> str:
    """The source line, with whether the results are paired."""
    paired, why = pairing(results)
    return f"{source(results, basis)} {'Paired' if paired else 'Not paired'}: {why}."


def shaded(results: Sequence[Result]) -> bool:
    """Whether there are few enough for their bands to be drawn."""
    return len(results) <= MOST_SHADED


def highest(results: Sequence[Result], tie: str = RECOGNITION) -> float:
    """The highest value that is drawn of a tie."""
    columns = [result.summary_of(tie) for result in results]
    return max(float(value) for one in columns for value in (*one["q75"], one["q95"][-1]))


def fans(
    plot: Axes,
    window: count.Window,
    results: Sequence[Result],
    names_of: Sequence[str],
    tie: str = RECOGNITION,
    digits: int = 1,
    colours: Sequence[str] = CYCLE,
) -> None:
    """Each result's mean as a line, half of its runs shaded, its bars, and beside them its name and numbers.

    names_of : (results,) names; digits : of the means; colours : at least as many as results
    """
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
        right = 0.08 + STEP * position
        at = number(window.last) + window.pad + right * window.days_per_inch
        for low, high, width in (("q05", "q95", 1.4), ("q25", "q75", 5.0)):
            bar = {"color": colour, "lw": width, "solid_capstyle": "butt", "clip_on": False}
            plot.plot([at, at], [last[low], last[high]], **bar)  # type: ignore[arg-type]
        plot.plot(at, last["mean"], "o", ms=5, mec=colour, mfc=WHITE, mew=1.4, clip_on=False, zorder=3)
        numbers = f"{last['mean']:.{digits}f} ({between(last['q05'], last['q95'])})"
        numbers += "" if len(ends) == 1 else f", {end_of(result)}"
        label = "\n".join([*in_margin(plot, name, len(results)), numbers])
        labels.append(EndLabel(label, last["mean"], colour, BLACK, begin=at + 0.05 * window.days_per_inch))
    end_labels(plot, labels, "mean (90 % of runs)", bend=0.08 + STEP * len(results), **count.LABELLED)


def in_margin(plot: Axes, name: str, bars: int) -> list[str]:
    """A name as lines that fit into the right margin, beyond the bars there."""
    room = LABELS - (0.4 + STEP * bars) - MARGIN
    return shortened(wrapped(name, TEXT_SIZE, room=room))


def starts(plot: Axes, window: count.Window, results: Sequence[Result]) -> None:
    """A thin line at each start; at the earliest, its day and count."""
    for day, result in sorted({start_of(result): result for result in reversed(results)}.items()):
        if day == min(start_of(other) for other in results):
            count.mark_start(plot, window, Course(result))
        else:
            # Not through the words beside the first.
            high = 1 - 1.6 * LINE * window.states_per_inch / window.top
            plot.axvline(number(day), ymax=high, color=GREY, lw=0.8, zorder=1.0)


def names(results: Sequence[Result]) -> list[str]:
    """A name for each result: that of its scenario, with what tells it from others of the same scenario."""
    named = [result.name for result in results]
    for setting in ("seed", "runs", "parameters", "engine"):
        settings = [str(result.settings.get(setting)) for result in results]
        for index, result in enumerate(results):
            twins = {settings[other] for other, it in enumerate(results) if it.name == result.name}
            if len(twins) > 1:
                named[index] += f", {setting} {settings[index]}"
    if len(set(named)) == len(named):
        return named
    return [f"{name}, {str(result.settings.get('id'))[:6]}" for name, result in zip(named, results, strict=True)]
