"""The chart of removals: how the chance differs without each lever."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.reading import header, source
from sim.analysis.removals import Removals
from sim.analysis.subject import DONE
from sim.charts.explanation.months import WIDTH, Row
from sim.charts.explanation.waterfall import LOWERS, RAISES
from sim.charts.result.events import SMALL
from sim.charts.rows import beside, head, left_of, name_rows
from sim.charts.sheet import grid, measured, panel, sheet, size_of, wrapped, write
from sim.charts.style import BLACK, GREY, MARGIN, TEXT_SIZE
from sim.words import LEAST, beyond_luck, leading, listed, many, points
from sim.words import month as month_of

ROW, HEAD, AXIS = 0.3, 0.3, 0.55
MOST_LEVERS = 14
MOST_NAMED = 3
"""Levers that the headline names."""


def draw(removals: Removals) -> Figure:
    """The difference that taking each lever away makes to the chance, with its ranges; the largest first."""
    subject, result = removals.subject, removals.subject.result
    largest = [row for row in removals.singles if abs(row["difference"]) >= LEAST][:MOST_LEVERS]
    rest = len(removals.singles) - len(largest)
    blocks = [("Without one of them", largest), ("Without several together", removals.together)]
    blocks = [(words, rows) for words, rows in blocks if rows]
    end = month_of(result.months[-1])
    measure = (
        f"Chance that it {DONE[subject.decision]} by the end of {end}: {100 * removals.p:.1f} % with everything in "
        "place. Bars: by how many percentage points it differs without a lever (same random numbers and draws); black: "
        "two Monte Carlo errors; pale: 5–95 % over parameter draws, luck removed. Grey: not told from luck."
    )
    if rest:
        measure += f" {many(rest, 'more lever')} by less than {100 * LEAST:g} points."
    body = sum(HEAD + ROW * len(rows) for _, rows in blocks) + AXIS if blocks else 0.4
    title = headline(subject.name, removals.singles)
    basis = f"Paired over {many(removals.runs, 'run')}."
    with sheet(WIDTH, body, title, header(result, measure), source([result], basis)) as (drawing, top):
        if not blocks:
            write(drawing, MARGIN, top + 0.1, "No lever moves the chance.", va="top")
            return drawing
        rows = [row for _, own in blocks for row in own]
        names = {id(row): "\n".join(wrapped(str(row["label"]), TEXT_SIZE, room=3.1)[:1]) for row in rows}
        left = left_of(names.values())
        texts = [_numbers(row) for row in rows]
        gaps = [max(measured(text[column], bold=column == 1) for text in texts) + 0.16 for column in range(3)]
        gaps = [max(gap, measured(word, SMALL) + 0.16) for gap, word in zip(gaps, _COLUMNS, strict=True)]
        edges, width = list(accumulate(gaps)), WIDTH - left - sum(gaps) - MARGIN
        ends = [
            0.0,
            *(100 * row[name] for row in rows for name in ("difference", "low", "high") if row[name] is not None),
        ]
        low, high = min(ends), max(ends)
        pad = 0.06 * max(high - low, 1.0)
        for place, (words, own) in enumerate(blocks):
            write(drawing, MARGIN, top + HEAD - 0.07, words, va="bottom", weight="bold", size=SMALL)
            plot = panel(drawing, left, top + HEAD, width, ROW * len(own))
            plot.set_xlim(low - pad, high + pad)
            _draw_block(plot, own, [names[id(row)] for row in own], edges)
            top += HEAD + ROW * len(own)
            if place == 0:
                for word, edge in zip(_COLUMNS, edges, strict=True):
                    head(plot, edge, word, size=SMALL)
            if place + 1 < len(blocks):
                plot.set_xticklabels([])
            else:
                plot.set_xlabel("percentage points")
    return drawing


def headline(name: str, rows: Sequence[Row]) -> str:
    """Which lever the chance hangs on most, as far as errors tell it."""
    alike = [rows[place] for place in leading([row["difference"] for row in rows], [row["mc"] for row in rows])]
    strong = [row for row in alike if beyond_luck(row["difference"], row["mc"])]
    if not strong:
        return f"{name}: no single lever moves the chance by more than luck could"
    if len(strong) > 1:
        labels = listed([f"“{row['label']}”" for row in strong[:MOST_NAMED]])
        more = f" and {many(len(strong) - MOST_NAMED, 'more lever')}" if len(strong) > MOST_NAMED else ""
        return f"{name}: the chance hangs most on {labels}{more}; on which of them more is open"
    (row,) = strong
    word = "lower" if row["difference"] < 0.0 else "higher"
    size = f"{100 * abs(row['difference']):.1f} (± {200 * row['mc']:.1f}) points {word}"
    return f"{name}: without “{row['label']}” the chance is {size}" + (", the most of all" if len(alike) == 1 else "")


_COLUMNS = ("without", "difference", "over draws")


def _numbers(row: Row) -> tuple[str, str, str]:
    """What is printed in a row: the chance without it, the difference with its error, its range over draws."""
    error = "" if row["mc"] is None else f" ± {100 * row['mc']:.1f}"
    low, high = row["low"], row["high"]
    wide = low is not None and points(low) != points(high) and beyond_luck(row["difference"], row["mc"])
    span = f"({points(low)} to {points(high)})" if wide else ""
    return f"{100 * row['without']:.1f} %", f"{points(row['difference'])}{error}", span


def _draw_block(plot: Axes, rows: Sequence[Row], names: Sequence[str], edges: Sequence[float]) -> None:
    """Bars, their ranges and errors, names at the left; numbers that end at inches right of the axes."""
    name_rows(plot, names)
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    most = max(3, int(size_of(plot)[0] / 0.5))
    plot.xaxis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]))
    plot.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.10g}".replace("-", "−") if value else "0"))
    plot.axvline(0.0, color=GREY, lw=0.9, zorder=1.5)
    for place, row in enumerate(rows):
        clear, value = beyond_luck(row["difference"], row["mc"]), 100 * row["difference"]
        colour = GREY if not clear else (RAISES if value > 0 else LOWERS)
        if row["low"] is not None and row["low"] < row["high"]:
            pale: dict[str, Any] = {"color": colour, "alpha": 0.3, "lw": 9, "solid_capstyle": "butt", "zorder": 2}
            plot.plot([100 * row["low"], 100 * row["high"]], [place, place], gid="range", **pale)
        plot.barh(place, value, height=0.46, color=colour, zorder=2.5, gid="difference")
        if row["mc"]:
            error = 200 * row["mc"]
            plot.plot([value - error, value + error], [place, place], color=BLACK, lw=1.3, zorder=3, gid="error")
        for column, (text, edge) in enumerate(zip(_numbers(row), edges, strict=True)):
            look = {"color": BLACK if clear or column == 0 else GREY}
            beside(plot, edge, place, text, weight="bold" if column == 1 and clear else "normal", **look)
