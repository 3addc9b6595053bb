"""What the tables of a result take from its runs, added up block by block, so that no run has to be kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results.outcomes import Vote, leavers, outcomes_table
from sim.results.table import Table
from sim.results.tables import RECOGNITION, Place, moved, rows_of, summary_table, sums_by_draw

MOST_COUNT = 256
"""Counts of states that a number of one byte can be."""


class CountSums:
    """The counts of one tie, added up: how often each count was met in each month, and the last of every run."""

    def __init__(self, length: int) -> None:
        self.by_month = np.zeros((length, MOST_COUNT), dtype=np.int64)
        """(T + 1, `MOST_COUNT`) runs by month and count."""
        self._last: list[NDArray[np.uint8]] = []

    def add(self, counts: NDArray[np.uint8]) -> None:
        """Add the (runs, T + 1) counts of the next runs."""
        length = self.by_month.shape[0]
        places = np.arange(length) * MOST_COUNT + counts
        self.by_month += np.bincount(places.ravel(), minlength=self.by_month.size).reshape(length, MOST_COUNT)
        self._last.append(counts[:, -1].copy())

    @property
    def last(self) -> NDArray[np.uint8]:
        """(runs,) the count in the last month."""
        self._last = [np.concatenate(self._last)]
        return self._last[0]


class Flags:
    """(runs, n) yes or no, eight to a byte; rows are unpacked as they are asked for."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._parts: list[NDArray[np.uint8]] = []
        self._runs = 0

    def add(self, flags: NDArray[np.bool_]) -> None:
        """Add the next runs."""
        self._parts.append(np.packbits(flags, axis=1))
        self._runs += flags.shape[0]

    @property
    def shape(self) -> tuple[int, int]:
        """Runs and columns."""
        return self._runs, self._columns

    def from_column(self, first: int) -> NDArray[np.bool_]:
        """(runs, n - first) the columns from `first` on, of all runs; no others are unpacked."""
        left_out = first // 8
        packed = np.concatenate([part[:, left_out:] for part in self._parts])
        return np.unpackbits(packed, axis=1, count=self._columns - 8 * left_out).view(np.bool_)[
            :, first - 8 * left_out :
        ]

    def __getitem__(self, rows: slice) -> NDArray[np.bool_]:
        self._parts = [np.concatenate(self._parts)]
        return np.unpackbits(self._parts[0][rows], axis=1, count=self._columns).view(np.bool_)


class Tally:
    """The runs of a result, added up."""

    def __init__(self, places: Sequence[Place], at_start: NDArray[np.int64], length: int, runs_per_draw: int) -> None:
        self._places, self._at_start, self._per_draw = places, at_start, runs_per_draw
        self.rows = rows_of(length - 1)
        """Months at which the chances of states are told."""
        self.runs = 0
        self._gone: list[list[NDArray[Any]]] = [[] for _ in self.rows]
        self._left: list[NDArray[np.uint8]] = []
        self.gone_at_end = Flags(len(places))
        """(runs, n + h) whether each tie stands, at the end, elsewhere than at the start."""
        self.counts: dict[str, CountSums] = {}
        """The counts by tie."""

    def add(self, counts: Mapping[str, NDArray[np.uint8]], changes: Mapping[str, NDArray[Any]]) -> None:
        """Add the next runs, whole draws of them unless they are the last.

        counts : (runs, T + 1) by tie; changes : as of a result, run by its number among all
        """
        for tie, own in counts.items():
            self.counts.setdefault(tie, CountSums(own.shape[1])).add(own)
        runs = own.shape[0]
        changes = {name: changes[name] for name in ("run", "month", "state", "from", "to")}
        changes["run"] = changes["run"] - self.runs
        for row, parts in zip(self.rows, self._gone, strict=True):
            gone = moved(self._at_start, changes, runs, row)
            parts.append(sums_by_draw(gone, self._per_draw).astype(np.min_scalar_type(self._per_draw)))
        self.gone_at_end.add(gone)
        self._left.append(leavers(self._places, changes, runs).astype(np.uint8))
        self.runs += runs

    @property
    def gone(self) -> list[NDArray[Any]]:
        """(draws, n + h) each, by month of `rows`: runs of each draw in which each tie has moved."""
        self._gone = [[np.concatenate(parts)] for parts in self._gone]
        return [part for (part,) in self._gone]

    @property
    def left(self) -> NDArray[np.uint8]:
        """(runs,) states that leave Taipei at least once."""
        return np.concatenate(self._left)


def summary_of(months: Sequence[str], sums: Mapping[str, CountSums], observed: Sequence[int | None]) -> Table:
    """`summary.csv` as columns, tie by tie; only recognition is on record."""
    tables = [
        summary_table(months, tie, own.by_month, observed if tie == RECOGNITION else [None] * len(months))
        for tie, own in sums.items()
    ]
    return Table({name: [value for table in tables for value in table[name]] for name in tables[0]})


def outcomes_of(places: Sequence[Place], tally: Tally, votes: Sequence[Vote], runs_per_draw: int) -> Table:
    """`outcomes.csv` as columns."""
    last = {tie: sums.last for tie, sums in tally.counts.items()}
    return outcomes_table(places, tally.gone_at_end, tally.left, last, votes, runs_per_draw)


class Spool:
    """Arrays of one shape but for their second axis, kept on disk in the order in which they come."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed by __exit__)
        self._blocks: list[tuple[int, tuple[int, ...], np.dtype[Any]]] = []

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, block: NDArray[Any]) -> None:
        """Keep one more."""
        self._blocks.append((self._file.seek(0, 2), block.shape, block.dtype))
        self._file.write(np.ascontiguousarray(block).data)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        for start, shape, dtype in self._blocks:
            yield self._at(start, shape, dtype)

    def __getitem__(self, place: int) -> NDArray[Any]:
        """The rows at one place of the first axis, of all that are kept, one after the other."""
        parts = []
        for start, (_, *shape), dtype in self._blocks:
            size = int(np.prod(shape)) * dtype.itemsize
            parts.append(self._at(start + place * size, tuple(shape), dtype))
        return np.concatenate(parts)

    def _at(self, start: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        self._file.seek(start)
        data = self._file.read(int(np.prod(shape)) * dtype.itemsize)
        return np.frombuffer(data, dtype).reshape(shape)
