"""The chart of the count for several results: their means through time and their ranges at the end."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.charts import count
from sim.charts.history import number
from sim.charts.style import BLACK, CYCLE, MARGIN, TEXT_SIZE, WHITE, sheet, wrapped
from sim.charts.words import end_of, row_days, source, start_of
from sim.errors import InputError, Problem
from sim.results.result import Result

MOST = len(CYCLE) - 1
"""Results on one chart: the colours but black, which is the record's."""
LABELS = 2.75
"""Room for bars and labels at the right, inches."""
DRAWN = ("q05", "q25", "mean", "q75", "q95")
MOST_SHADED = 3
"""Results whose bands can still be told apart."""
STEP = 0.13
"""Inches between the bars at the right."""


def draw(results: Sequence[Result]) -> Figure:
    """The mean count of each result as a line, half of its runs shaded, and bars for half and 90 % at its end."""
    if not 2 <= len(results) <= MOST:
        raise InputError(Problem("RESULT", f"from 2 to {MOST} results on one chart", len(results)))
    ends = {end_of(result) for result in results}
    until = f"end of {end_of(results[0])}" if len(ends) == 1 else "end of each"
    shaded = len(results) <= MOST_SHADED
    measure = (
        f"Number of states; lines: means at the ends of months{'; shaded: half of runs' if shaded else ''}; "
        f"bars at the right: half (thick) and 90 % (thin) of runs at the {until}"
    )
    with sheet(count.WIDTH, count.BODY, count.TITLE, measure, source(results)) as (drawing, top):
        highest = max(float(max(result.summary_of()["q75"])) for result in results)  # type: ignore[type-var, arg-type]
        most = max(float(result.summary_of()["q95"][-1]) for result in results)  # type: ignore[arg-type]
        plot, window = count.frame(drawing, top, results, max(highest, most), LABELS)
        for position, (result, colour) in enumerate(zip(results, CYCLE, strict=False)):
            columns = result.summary_of()
            days = [number(day) for day in row_days(result)]
            days.append(days[-1] + window.pad)
            lows, highs = count.held(columns["q25"]), count.held(columns["q75"])
            if shaded:
                plot.fill_between(days, lows, highs, step="post", color=colour, alpha=0.13, lw=0, zorder=1.1)
            means = count.held(columns["mean"])
            plot.step(days, means, where="post", color=colour, zorder=2.2, gid=f"mean-{position}")
        count.draw_record(plot, window, results)
        for day, result in sorted({start_of(result): result for result in reversed(results)}.items()):
            if day == min(start_of(other) for other in results):
                count.mark_start(plot, window, result)
            else:
                count.mark_line(plot, day)
        labels = []
        for position, (result, name, colour) in enumerate(zip(results, names(results), CYCLE, strict=False)):
            last = {quantity: float(result.summary_of()[quantity][-1]) for quantity in DRAWN}  # type: ignore[arg-type]
            right = 0.08 + STEP * position
            at = number(window.last) + window.pad + right * window.days_per_inch
            for low, high, width in (("q05", "q95", 1.4), ("q25", "q75", 5.0)):
                bar = {"color": colour, "lw": width, "solid_capstyle": "butt", "clip_on": False}
                plot.plot([at, at], [last[low], last[high]], **bar)  # type: ignore[arg-type]
            plot.plot(at, last["mean"], "o", ms=5, mec=colour, mfc=WHITE, mew=1.4, clip_on=False, zorder=3)
            told = wrapped(drawing, name, TEXT_SIZE, room=LABELS - (0.4 + STEP * len(results)) - MARGIN)
            numbers = f"{last['mean']:.1f} ({count.between(last['q05'], last['q95'])})"
            numbers += "" if len(ends) == 1 else f", {end_of(result)}"
            label = "\n".join([*shortened(told), numbers])
            labels.append(count.EndLabel(label, last["mean"], colour, BLACK, begins=right + 0.05))
        count.end_labels(plot, window, labels, "mean (90 % of runs)", 0.08 + STEP * len(results))
    return drawing


def names(results: Sequence[Result]) -> list[str]:
    """A name for each result: that of its scenario, with what tells it from others of the same scenario."""
    told = [result.name for result in results]
    for setting in ("seed", "runs", "parameters", "engine"):
        settings = [str(result.settings.get(setting)) for result in results]
        for index, result in enumerate(results):
            twins = {settings[other] for other, it in enumerate(results) if it.name == result.name}
            if len(twins) > 1:
                told[index] += f", {setting} {settings[index]}"
    if len(set(told)) == len(told):
        return told
    return [f"{name}, {str(result.settings.get('id'))[:6]}" for name, result in zip(told, results, strict=True)]


def shortened(lines: list[str], most: int = 2) -> list[str]:
    """At most so many lines, the last one ending in an ellipsis where some are left out."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1][:-1] + "…"]
