"""The chart of who pays whom: each patron with all that it pays, and below it the states that get most of it."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.accounts import LEAST, PATRONS, Paid, between, finding, payments, short, totals
from sim.analysis.reading import header, source
from sim.charts.rows import beside, head
from sim.charts.sheet import grid, measured, panel, sheet, write
from sim.charts.style import BLACK, BLUE, GREEN, GREY, MARGIN, VERMILION
from sim.results.result import Result
from sim.results.tables import COOPERATION

WIDTH, ROW, HEAD, FOOT, GAP = 9.0, 0.27, 0.3, 0.5, 0.4
"""Inches: the figure; a row; headings; ticks and what they are; how far blocks are apart, in rows."""
MOST_ROWS = 8
"""States of a block; what the others get is one sum, without a bar."""
NUMBERS = (0.55, 1.5, 2.2, 3.1)
"""Inches right of the axes: right edges of mean and range, and of what arrives and its range."""
SMALL = 8.5
COLOURS = {"taipei": (BLUE, BLUE), "beijing": ("#F0BE9C", VERMILION), "washington": (GREEN, GREEN)}
"""By patron: what it promises, and what arrives."""
TITLE = "Who pays whom"
NOT_KEPT = "The accounts of these runs were not kept, so there is nothing to show."
MEASURE = (
    "US$ million a year over the horizon: mean over runs, in grey where 90 % of them lie (few can lift a mean).\n"
    "Pale: what Beijing promises and does not deliver. Packages of departures before the start are not counted."
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
    heading = finding(paid)
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
        name = "Washington’s answers to hosts" if total.tie == COOPERATION else PATRONS[total.patron]
        lines.append(Line(at, name, total, total.patron, total.promised, total.delivered, True))
        shown = own if len(own) <= MOST_ROWS + 1 else own[:MOST_ROWS]
        for row in shown:
            at += 1.0
            lines.append(Line(at, row.state, row, row.patron, row.promised, row.delivered, False))
        rest = own[len(shown) :]
        if rest:
            at += 1.0
            sums = sum(row.promised for row in rest), sum(row.delivered for row in rest)
            lines.append(Line(at, f"{len(rest)} more", None, total.patron, *sums, False))
        at += 1.0 + GAP
    return lines


def _axis(plot: Axes, lines: list[Line], height: float) -> None:
    """One scale for all bars, and headings of the numbers."""
    sums = [value for line in lines if line.paid and not line.is_total for value in (line.promised, line.delivered)]
    low, high = min([0.0, *sums]), max([0.0, *sums])
    plot.set_xlim(1.08 * low, 1.08 * high or 1.0)
    plot.set_ylim(height / ROW - 0.5, -0.5)
    plot.set_yticks([])
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    plot.axvline(0.0, color=GREY, lw=0.8)
    plot.set_xlabel("US$ million a year")
    for right, words in zip(NUMBERS, ("promised", "90 % of runs", "arrives", "90 % of runs"), strict=True):
        head(plot, right, words, size=SMALL)


def _row(plot: Axes, line: Line) -> None:
    """Bars of a state, and the numbers beside it; what arrives only of Beijing, the others pay what they promise."""
    pale, full = COLOURS[line.patron]
    ink, weight = (full, "bold") if line.is_total else (BLACK if line.paid else GREY, "normal")
    if line.paid and not line.is_total:
        plot.barh(line.at, line.promised, height=0.62, color=pale, gid="promised")
        plot.barh(line.at, line.delivered, height=0.62, color=full, gid="delivered")
    beside(plot, NUMBERS[0], line.at, short(line.promised), color=ink, weight=weight)
    if line.paid:
        span = between(line.paid.promised_low, line.paid.promised_high)
        beside(plot, NUMBERS[1], line.at, span, color=GREY, size=SMALL)
    if line.patron == "beijing":
        beside(plot, NUMBERS[2], line.at, short(line.delivered), color=ink, weight=weight)
        if line.paid:
            span = between(line.paid.delivered_low, line.paid.delivered_high)
            beside(plot, NUMBERS[3], line.at, span, color=GREY, size=SMALL)
