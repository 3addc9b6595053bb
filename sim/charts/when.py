"""The chart of time: in which months and years each state leaves Taipei, and what the scenario puts there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.charts.states import rows_of
from sim.charts.style import GREY, MARGIN, measured, panel, sheet
from sim.charts.words import end_of, header, many, percent, source
from sim.results.result import Result

TITLE = "When states leave Taipei"
WIDTH = 9.0
ROW, STRIP = 0.36, 0.16
"""Inches: a row, and its strip; the numbers stand above the strip."""
LEVEL, FOOT, KEY = 0.2, 0.3, 0.5
"""Inches: a line of event labels; the years below the strips; the colour key."""
MOST_ROWS, MOST_LEVELS = 15, 7
MOST_MONTHS = 144
"""Longest horizon, months, with a cell for each month; beyond it cells are calendar years."""
SMALL = 8.5
TOPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""Ends the colour scale can have, %."""


@dataclass(frozen=True)
class Times:
    """Chances of leaving by cell and by block."""

    cells: NDArray[np.float64]
    """(rows, cells) share of runs with a departure in the cell: a month or a calendar year."""
    blocks: NDArray[np.float64]
    """(rows, blocks) share of runs with a departure in the block: a calendar year, or five, ten, twenty."""
    cell_edges: list[int]
    """(cells + 1,) in months since the month of the start."""
    block_edges: list[int]
    """(blocks + 1,) likewise."""
    block_names: list[str]
    cell: str
    block: str


@dataclass(frozen=True)
class Mark:
    """A dated event or election of the scenario within the horizon."""

    name: str
    at: float
    """Months since the beginning of the month of the start."""
    state: str
    """Code of the state it concerns; empty for none."""
    certain: bool


def draw(result: Result) -> Figure:
    """A strip for each state most likely to leave: by month how likely, by year the number, events on top."""
    everyone = rows_of(result, True)
    rows, rest = everyone[:MOST_ROWS], everyone[MOST_ROWS:]
    times, found = chances(result, rows), marks(result)
    measure = (
        f"Share of runs in which the state leaves in the {times.cell} (shade) and in the {times.block} "
        f"(number, %); at the right, chance to have left by {end_of(result)}"
    )
    if rest:
        measure += f". {many(len(rest), 'more state')} not shown, each at most {percent(rest[0].p)} %"
    names = [name for _, name, _ in result.members]
    with sheet(WIDTH, 1.0, TITLE, header(result, measure), source([result])) as (probe, _):
        left = max([measured(probe, row.name) for row in rows], default=0.5) + MARGIN + 0.12
        right = 0.75
        width = WIDTH - left - right
        placed = place(probe, found, times, width, right - MARGIN)
    del names
    used = 1 + max([level for _, level in placed if level is not None], default=-1)
    hidden = sum(level is None for _, level in placed)
    head = LEVEL * used + (0.12 if used else 0.02)
    lines = notes(found, hidden)
    body = head + ROW * max(1, len(rows)) + FOOT + KEY + 0.19 * len(lines)
    with sheet(WIDTH, body, TITLE, header(result, measure), source([result])) as (drawing, top):
        plot = panel(drawing, left, top + head, width, ROW * max(1, len(rows)))
        scale = PowerNorm(0.5, 0.0, ceiling(times))
        _draw_strips(plot, rows, times, scale, width)
        _draw_marks(plot, rows, placed, times, width)
        under = top + head + ROW * max(1, len(rows)) + FOOT
        _draw_key(drawing, scale, f"% of runs in which the state leaves in the {times.cell}", left, under)
        for number, line in enumerate(lines):
            y = 1 - (under + KEY + 0.19 * number) / drawing.get_figheight()
            drawing.text(left / WIDTH, y, line, color=GREY, size=SMALL, va="top")
    return drawing
