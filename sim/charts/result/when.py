"""The chart of time: in which months and years each state leaves Taipei, and what the scenario puts there."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.analysis.findings import of_times
from sim.analysis.reading import Row, end_of, header, left_out, rows_of, source, start_of
from sim.analysis.times import Floats, Times, chances, levelled
from sim.charts.cells import EDGE, key_of_shades
from sim.charts.result.events import (
    LEVEL,
    SMALL,
    Label,
    Mark,
    arranged,
    brief,
    dated,
    draw_labels,
    lines_of_names,
    notes,
)
from sim.charts.rows import left_of
from sim.charts.sheet import measured, panel, sheet, wrapped, write
from sim.charts.style import BLACK, GREY, MARGIN, SEQUENTIAL, WHITE
from sim.results.result import Result
from sim.words import month_end, percent

WIDTH = 9.0
RIGHT = 0.95
"""Inches right of the strips."""
ROW, BAR = 0.41, 0.4
"""A row, inches, and the part of it that is its strip; the numbers stand above the strip."""
FOOT, KEY, NOTE = 0.27, 0.48, 0.19
"""Inches: the years below the strips; the colour key; a line of notes."""
MOST_ROWS = 15
TOPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""Ends the colour scale can have, %."""
KEY_TICKS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def draw(result: Result) -> Figure:
    """A strip for each state most likely to leave: by month how likely, by year the number, events on top."""
    everyone = rows_of(result, True)
    rows, rest = everyone[:MOST_ROWS], everyone[MOST_ROWS:]
    times = chances(result, [row.iso3 for row in rows])
    levels = levelled(times.cells, result.runs, times.lengths)
    measure = (
        f"Chance to leave Taipei, % of runs: in {times.block} (number), by {end_of(result)} (right), in a month "
        "(shade; it changes where months differ by more than luck)"
    )
    if rest:
        measure += f". Not shown: {left_out(rest, 'state')}."
    left = left_of((row.name for row in rows), 0.12)
    width = WIDTH - left - RIGHT
    labels = arranged(marks(result), len(times.months), width)
    key = notes(labels, "Lines: dated events of the scenario, with a dot at the state they concern", "hollow")
    lines = wrapped(key, SMALL, room=WIDTH - left - MARGIN) if labels else []
    strips = ROW * max(1, len(rows))
    foot = FOOT + (0.18 if times.by_month else 0.0)
    head = max(0.36, LEVEL * lines_of_names(labels) + 0.12)
    body = head + strips + foot + KEY + NOTE * len(lines)
    with sheet(WIDTH, body, of_times(result), header(result, measure), source([result])) as (drawing, top):
        plot = panel(drawing, left, top + head, width, strips)
        scale = PowerNorm(0.5, 0.0, ceiling(levels))
        _draw_strips(plot, rows, times, levels, scale)
        _draw_numbers(plot, rows, times, end_of(result))
        _draw_months(plot, times)
        _draw_labels(plot, [row.iso3 for row in rows], labels)
        under = top + head + strips + foot
        _draw_key(drawing, scale, "% of runs, leaving in a month", left, under)
        write(drawing, left, under + KEY, lines, NOTE, color=GREY, size=SMALL, va="top")
    return drawing


def ceiling(levels: Floats) -> float:
    """The least round end of the colour scale, %, that holds every cell."""
    most = 100 * float(levels.max(initial=0.0))
    return next((top for top in TOPS if most <= top), TOPS[-1])


def marks(result: Result) -> list[Mark]:
    """The enabled events and elections dated within the horizon, by date; along the axis in months."""
    dated_marks = []
    start = start_of(result)
    for each in dated(result):
        dated_marks.append(Mark(brief(each.words), _months_into(start, each.when), each.state, each.certain))
    return sorted(dated_marks, key=lambda mark: (mark.at, mark.name))


def _months_into(start: date, when: date) -> float:
    """Months from the beginning of the month of `start` to a day."""
    whole = (when.year - start.year) * 12 + when.month - start.month
    return whole + (when.day - 0.5) / month_end(f"{when:%Y-%m}").day


def _draw_strips(plot: Axes, rows: list[Row], times: Times, levels: Floats, scale: PowerNorm) -> None:
    """A strip for each state, a cell for each month or year; levels : (rows, cells) share of runs a month."""
    plot.set_xlim(0, len(times.months))
    plot.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    for spine in plot.spines.values():
        spine.set_visible(False)
    plot.set_xticks([])
    plot.set_yticks([place + BAR / 2 for place in range(len(rows))], [row.name for row in rows], color=BLACK)
    plot.tick_params(axis="y", length=0)
    for place in range(len(rows)):
        plot.pcolormesh(
            times.cell_edges,
            [place, place + BAR],
            100 * levels[place : place + 1],
            cmap=colormaps[SEQUENTIAL],
            norm=scale,
            zorder=1,
        )
        outline = {"facecolor": "none", "edgecolor": EDGE, "linewidth": 0.6, "zorder": 2}
        inner = times.block_edges[1:-1]
        plot.vlines(inner, place - 0.38, place + BAR, color=EDGE, lw=0.8, zorder=2)
        plot.add_patch(Rectangle((0, place), len(times.months), BAR, **outline))  # type: ignore[arg-type]


def _draw_numbers(plot: Axes, rows: list[Row], times: Times, end: str) -> None:
    """The chance of each block above its part of the strip, and by the end at the right."""
    inches = plot.get_position().width * WIDTH / len(times.months)
    blocks = list(pairwise(times.block_edges))
    for place, row in enumerate(rows):
        for (begin, close), chance in zip(blocks, times.blocks[place], strict=True):
            text = percent(float(chance))
            if measured(text, SMALL) + 0.06 <= (close - begin) * inches:
                box = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.6}
                middle = (begin + close) / 2
                at_strip = {"ha": "center", "va": "bottom", "size": SMALL, "bbox": box, "zorder": 4}
                plot.text(middle, place - 0.03, text, color=BLACK, **at_strip)  # type: ignore[arg-type]
        last = {"transform": plot.get_yaxis_transform(), "va": "center", "ha": "right", "color": BLACK}
        edge = 1 + (RIGHT - MARGIN - 0.05) / (plot.get_position().width * WIDTH)
        plot.text(edge, place + BAR / 2, f"{percent(row.p)} %", weight="bold", **last)  # type: ignore[arg-type]
    edge = 1 + (RIGHT - MARGIN - 0.05) / (plot.get_position().width * WIDTH)
    corner = {"transform": plot.transAxes, "ha": "right", "va": "bottom", "size": SMALL, "color": GREY}
    plot.text(edge, 1.0, f"left by\n{end}", linespacing=1.15, **corner)  # type: ignore[arg-type]


def _draw_months(plot: Axes, times: Times) -> None:
    """The names of blocks, and of months where there are few, below the strips."""
    inches = plot.get_position().width * WIDTH / len(times.months)
    floor = plot.get_ylim()[0]
    under = floor + 0.04 / ROW
    if times.by_month:
        for place, month in enumerate(times.months):
            name = f"{month_end(month):%b}"
            plot.text(place + 0.5, under, name, color=GREY, size=SMALL, ha="center", va="top")
        under += 0.18 / ROW
    blocks = list(zip(pairwise(times.block_edges), times.block_names, strict=True))
    longest = max(blocks, key=lambda block: block[0][1] - block[0][0])
    if measured(longest[1]) + 0.08 <= (longest[0][1] - longest[0][0]) * inches:
        named = [((begin + close) / 2, float(close - begin), name) for (begin, close), name in blocks]
    else:  # the year in which a block begins, where it begins
        named = [(float(begin), 2.0 * begin, name[:4]) for (begin, _), name in blocks[1:]]
    for at, room, name in named:
        if measured(name) + 0.08 <= room * inches:
            plot.text(at, under, name, color=GREY, ha="center", va="top")


def _draw_labels(plot: Axes, codes: list[str], labels: list[Label]) -> None:
    """A line from each event's name down to the strip of its state, with a dot on it, or through all of them."""

    def strip(mark: Mark) -> float | None:
        return codes.index(mark.state) + BAR / 2 if mark.state in codes else None

    draw_labels(plot, labels, ends=strip, lw=0.6, zorder=3)
    for mark in (label.mark for label in labels):
        if (end := strip(mark)) is not None:
            fill = BLACK if mark.certain else WHITE
            plot.plot(mark.at, end, "o", ms=5, mfc=fill, mec=BLACK, mew=1.0, zorder=5)


def _draw_key(drawing: Figure, scale: PowerNorm, words: str, left: float, top: float) -> None:
    """The colour key: what shade stands for what chance."""
    ticks = [float(scale.vmax or 0.0)]
    for value in reversed(KEY_TICKS):
        if scale(ticks[-1]) - scale(value) >= 0.13:
            ticks.append(value)
    named = [(value, f"{value:g}") for value in ticks]
    key_of_shades(drawing, left, top + 0.1, (2.4, 0.13), colormaps[SEQUENTIAL], scale, named, words)
