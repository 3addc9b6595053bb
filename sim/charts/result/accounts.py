"""The chart of who pays whom: each patron with all that it pays, and below it the states that get most of it."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.accounts import LEAST, PATRONS, Paid, finding, payments, short, totals
from sim.analysis.reading import header, source
from sim.charts.rows import beside, head
from sim.charts.sheet import grid, measured, panel, sheet, write
from sim.charts.style import BLACK, BLUE, GREEN, GREY, MARGIN, VERMILION
from sim.results.result import Result
from sim.results.tables import COOPERATION
from sim.words import dashed

WIDTH, ROW, HEAD, FOOT, GAP = 9.0, 0.27, 0.42, 0.5, 0.4
"""Inches: the figure; a row; headings; ticks and what they are; what a patron's rows are apart, in rows."""
MOST_ROWS = 6
"""States of a patron; the others are one row."""
NUMBERS = (0.55, 1.35, 1.95, 2.75)
"""Inches right of the axes: right edges of mean and range, promised and delivered."""
COLOURS = {"taipei": (BLUE, BLUE), "beijing": ("#F0BE9C", VERMILION), "washington": (GREEN, GREEN)}
"""By patron: what it promises, and what arrives."""
TITLE = "Who pays whom"
NOT_KEPT = "The accounts of these runs were not kept, so there is nothing to show."
MEASURE = (
    "US$ million a year over the horizon: mean over runs and, in grey, 5 to 95 % of them. Of Beijing’s bars the pale "
    "part does not arrive.\nPackages of departures before the start are not counted."
)


class Line(NamedTuple):
    """A row of the chart."""

    at: float
    name: str
    paid: Paid | None
    """What is printed with its range; None for a row of several states."""
    patron: str
    promised: float
    delivered: float
    is_total: bool


def draw(result: Result) -> Figure:
    """A block of rows for each patron and tie, those that pay most first."""
    paid = totals(result)
    if not paid:
        with sheet(WIDTH, 0.2, TITLE, header(result, NOT_KEPT), source([result])) as (drawing, _):
            return drawing
    rows = payments(result)
    lines = lines_of(rows, list(paid.values()))
    height = ROW * (lines[-1].at + 1 if lines else 1)
    heading = f"{TITLE}. {finding(rows, paid)}"
    with sheet(WIDTH, HEAD + height + FOOT, heading, header(result, MEASURE), source([result])) as (drawing, top):
        left = MARGIN + 0.3 + max((measured(line.name, bold=line.is_total) for line in lines), default=1.0)
        plot = panel(drawing, left, top + HEAD, WIDTH - left - NUMBERS[-1] - MARGIN, height)
        _axis(plot, lines, height)
        for line in lines:
            down = top + HEAD + ROW * (line.at + 0.5)
            if line.is_total:
                ink = COLOURS[line.patron][1]
                write(drawing, MARGIN, down, line.name, weight="bold", color=ink, va="center")
            else:
                write(drawing, MARGIN + 0.15, down, line.name, va="center", color=BLACK if line.paid else GREY)
            _row(plot, line)
    return drawing


def lines_of(rows: list[Paid], paid: list[Paid]) -> list[Line]:
    """The rows from top to bottom: of each patron and tie its total, the states that get most, and the others."""
    lines: list[Line] = []
    at = 0.0
    for total in sorted(paid, key=lambda row: -abs(row.promised)):
        own = [row for row in rows if (row.patron, row.tie) == (total.patron, total.tie)]
        if not own and abs(total.promised) < LEAST:
            continue
        name = PATRONS[total.patron] + (" to hosts" if total.tie == COOPERATION else "")
        lines.append(Line(at, name, total, total.patron, total.promised, total.delivered, True))
        shown = own if len(own) <= MOST_ROWS + 1 else own[:MOST_ROWS]
        for row in shown:
            at += 1.0
            lines.append(Line(at, row.state, row, row.patron, row.promised, row.delivered, False))
        if rest := own[len(shown) :]:
            at += 1.0
            sums = sum(row.promised for row in rest), sum(row.delivered for row in rest)
            lines.append(Line(at, f"{len(rest)} more", None, total.patron, *sums, False))
        at += 1.0 + GAP
    return lines


def _axis(plot: Axes, lines: list[Line], height: float) -> None:
    sums = [value for line in lines if not line.is_total for value in (line.promised, line.delivered)]
    low, high = min([0.0, *sums]), max([0.0, *sums])
    plot.set_xlim(1.08 * low, 1.08 * high or 1.0)
    plot.set_ylim(height / ROW - 0.5, -0.5)
    plot.set_yticks([])
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    plot.axvline(0.0, color=GREY, lw=0.8)
    plot.set_xlabel("US$ million a year")
    for right, words in zip(NUMBERS[::2], ("promised", "arrives"), strict=True):
        head(plot, right, words, 0.06, weight="bold")
    for right in NUMBERS[1::2]:
        head(plot, right, "90 %", 0.06)


def _row(plot: Axes, line: Line) -> None:
    pale, full = COLOURS[line.patron]
    ink = full if line.is_total else BLACK
    if not line.is_total:
        plot.barh(line.at, line.promised, height=0.62, color=pale, gid="promised")
        plot.barh(line.at, line.delivered, height=0.62, color=full, gid="delivered")
    ranges = [None, None]
    if line.paid is not None:
        one = line.paid
        ranges = [
            dashed(short(one.promised_low), short(one.promised_high)),
            dashed(short(one.delivered_low), short(one.delivered_high)),
        ]
    weight = "bold" if line.is_total else "normal"
    for number, value in enumerate((line.promised, line.delivered)):
        beside(plot, NUMBERS[2 * number], line.at, short(value), color=ink, weight=weight)
        if ranges[number] is not None:
            beside(plot, NUMBERS[2 * number + 1], line.at, ranges[number], color=GREY, size=8.5)
