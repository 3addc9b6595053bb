"""In which months and years states leave: shares of runs by cell and by block of time."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.analysis.reading import start_of
from sim.results.result import Result
from sim.results.stored import changes_of
from sim.results.tables import RECOGNITION
from sim.words import ERRORS

Floats = NDArray[np.float64]

MOST_MONTHS, FEW_MONTHS = 144, 18
"""Longest horizon with a cell for each month (otherwise for each calendar year), and with names of months."""
BLOCKS, MOST_BLOCKS = (1, 5, 10, 20), 13
"""Calendar years in a block, and the most blocks there is room for."""
APART = 2.5 * ERRORS
"""Errors from which a stretch of months is told from the rest: more than usual, as the clearest of all is tested."""


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
    lengths: list[float]
    """(cells,) months of each, that of the start from its day on."""

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
    day = start_of(result)
    elapsed = (day.day - 1) / calendar.monthrange(day.year, day.month)[1]
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
        lengths=[size - (elapsed if number == 0 else 0.0) for number, size in enumerate(np.diff(cell_edges).tolist())],
    )


def levelled(cells: Floats, runs: int, sizes: Sequence[float]) -> Floats:
    """Shares of runs by cell, the same in neighbouring cells unless they differ by more than luck would explain.

    cells : (rows, cells) share of runs with a departure; sizes : (cells,) months of each
    Returns (rows, cells) shares of runs per month. Departures are counted as rare events; a stretch of cells is told
    apart from the rest around it where the likelihood ratio is beyond what `APART` errors give, and so on within both.
    """
    months = np.array(sizes, dtype=np.float64)
    levels = np.empty_like(cells, dtype=np.float64)
    for row, shares_of in enumerate(cells):
        counts = np.round(shares_of * runs)
        for place in _stretches(counts, months, np.arange(len(months))):
            levels[row, place] = counts[place].sum() / months[place].sum() / runs
    return levels


def _stretches(counts: Floats, months: Floats, place: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cells that share a level: those of the stretch told apart most clearly, the others, and so on within both."""
    seen = np.concatenate([[0.0], np.cumsum(counts[place])])
    long = np.concatenate([[0.0], np.cumsum(months[place])])
    begin, end = np.triu_indices(len(place) + 1, 1)
    inside = (end - begin < len(place)).nonzero()[0]
    if not len(inside) or not seen[-1]:
        return [place]
    begin, end = begin[inside], end[inside]
    own, span = seen[end] - seen[begin], long[end] - long[begin]
    ratio = 2.0 * (_fit(own, seen[-1] * span / long[-1]) + _fit(seen[-1] - own, seen[-1] * (1.0 - span / long[-1])))
    best = int(ratio.argmax())
    if ratio[best] <= APART**2:
        return [place]
    stretch = np.zeros(len(place), dtype=bool)
    stretch[begin[best] : end[best]] = True
    return [each for part in (place[stretch], place[~stretch]) for each in _stretches(counts, months, part)]


def _fit(counts: Floats, expected: Floats) -> Floats:
    """Logarithm of how much likelier counts are at their own rate than at the one expected, without the linear part."""
    fit: Floats = np.where(counts > 0.0, counts * np.log(np.maximum(counts, 1.0) / expected), 0.0)
    return fit


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
