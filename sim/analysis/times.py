"""In which months and years states leave: shares of runs by cell and by block of time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.results.result import Result
from sim.results.stored import changes_of
from sim.results.tables import RECOGNITION

Floats = NDArray[np.float64]

MOST_MONTHS, FEW_MONTHS = 144, 18
"""Longest horizon with a cell for each month (otherwise for each calendar year), and with names of months."""
BLOCKS, MOST_BLOCKS = (1, 5, 10, 20), 13
"""Calendar years in a block, and the most blocks there is room for."""


@dataclass(frozen=True)
class Times:
    """Chances of leaving by cell and by block."""

    cells: Floats
    """(rows, cells) share of runs with a departure in the cell: a month or a calendar year."""
    blocks: Floats
    """(rows, blocks) share of runs with a departure in the block: one, five, ten or twenty calendar years."""
    cell_edges: list[int]
    """(cells + 1,) in months since the month of the start."""
    block_edges: list[int]
    """(blocks + 1,) in months since the month of the start."""
    block_names: list[str]
    months: tuple[str, ...]
    cell: str
    """What a cell is, in words."""
    block: str

    @property
    def by_month(self) -> bool:
        """Whether the months are few enough to be named."""
        return len(self.months) <= FEW_MONTHS


def chances(result: Result, codes: list[str]) -> Times:
    """The share of runs in which each of these states leaves Taipei, by cell and by block."""
    year, month = map(int, result.months[0].split("-"))
    first = year * 12 + month - 1
    length = len(result.months)
    years = (first + length - 1) // 12 - first // 12 + 1
    cell = 12 if length > MOST_MONTHS else 1
    block = 12 * next((size for size in BLOCKS if years / size <= MOST_BLOCKS), BLOCKS[-1])
    cell_edges, block_edges = _edges(first, length, cell), _edges(first, length, block)
    names = []
    for begin, end in pairwise(block_edges):
        opening, closing = (first + begin) // 12, (first + end - 1) // 12
        names.append(str(opening) if opening == closing else f"{opening}–{closing % 100:02d}")
    block_in_words = "the calendar year" if block == 12 else f"{block // 12} calendar years"
    return Times(
        cells=shares(result, codes, cell_edges),
        blocks=shares(result, codes, block_edges),
        cell_edges=cell_edges,
        block_edges=block_edges,
        block_names=names,
        months=result.months,
        cell="month" if cell == 1 else "calendar year",
        block=block_in_words,
    )


def _edges(first: int, length: int, size: int) -> list[int]:
    """Where runs of `size` calendar months begin and end, in months since the first."""
    return [0, *(month for month in range(1, length) if (first + month) % size == 0), length]


def shares(result: Result, codes: list[str], edges: list[int], tie: str = RECOGNITION) -> Floats:
    """(states, edges - 1) share of runs in which each state ends a tie between two edges: by default, leaves Taipei.

    edges : in months since the first, which has row 0
    """
    row_of = {code: row for row, code in enumerate(codes)}
    place = np.array(
        [row_of.get(place.iso3, -1) if place.tie == tie else -1 for place in result.places], dtype=np.int64
    )
    count = len(edges) - 1
    totals = np.zeros(len(codes) * count, dtype=np.int64)
    for changes in changes_of(result.changes, ("run", "month", "state", "from")):
        rows = place[changes["state"]]
        ended = (changes["from"] == 0) & (rows >= 0)
        between = np.searchsorted(np.array(edges), changes["month"][ended], side="right") - 1
        # A state that ends it twice between two edges of a run counts once.
        once = np.unique((changes["run"][ended] * len(codes) + rows[ended]) * count + between)
        totals += np.bincount(once % (len(codes) * count), minlength=len(codes) * count)
    ended_shares: Floats = totals.reshape(len(codes), count) / result.runs
    return ended_shares
