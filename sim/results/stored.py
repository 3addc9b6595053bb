"""Counts and changes that stay in a result's folder: read from there, a group of rows at a time, when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ResultError, nearest
from sim.model.terms import SIDES, TIES, WEIGHED
from sim.results.events import HEADS
from sim.results.table import MONTH, NUMBER, TEXT, WHOLE, Columns, Parquet, coded, values_of
from sim.results.tables import Place
from sim.results.tally import CountSums

TRAJECTORY_COLUMNS: Columns = {"run": WHOLE, "month": MONTH, "tie": TEXT, "count": WHOLE}
EVENT_COLUMNS: Columns = {
    "run": WHOLE, "month": MONTH, "iso3": TEXT, "tie": TEXT, "from": TEXT, "to": TEXT,
    **dict.fromkeys(WEIGHED, NUMBER),
}  # fmt: skip
_READ_FOR = {
    "state": ("tie", "iso3"),
    "from": ("tie", "from"),
    "to": ("tie", "to"),
}
"""The columns of the file that each column of the changes is read from, where it is not the one of its name."""


@contextmanager
def still_there(path: Path) -> Iterator[None]:
    """Raises ResultError where a file that was looked at before cannot be read any more."""
    try:
        yield
    except OSError as error:
        raise ResultError(Problem("", f"a file that can be read: {error.strerror}"), path) from error


class StoredCounts(Mapping[str, NDArray[np.uint8]]):
    """The (runs, T + 1) counts by tie, as `trajectories.parquet` has them."""

    def __init__(self, path: Path, ties: Sequence[str], runs: int, length: int) -> None:
        """Look at the file. Raises ResultError where its columns or its size are others."""
        self._ties, self._shape = ties, (runs, length)
        rows = runs * length * len(ties)
        self._table = Parquet(path, TRAJECTORY_COLUMNS, rows)
        if self._table.rows != rows:
            rule = f"{runs} runs of {length} months for {'each of two ties' if len(ties) == 2 else 'one tie'}"
            raise ResultError(Problem("", rule, f"{self._table.rows} rows"), path)

    def __getitem__(self, tie: str) -> NDArray[np.uint8]:
        if tie not in self._ties:
            raise KeyError(tie)
        counts = np.empty(self._shape, dtype=np.uint8)
        flat, begin = counts.ravel(), self._ties.index(tie) * counts.size
        for start, values in self._groups():
            own = values[max(0, begin - start) : max(0, begin + counts.size - start)]
            place = max(0, start - begin)
            flat[place : place + len(own)] = own
        return counts

    def sums(self, most: int) -> dict[str, CountSums]:
        """The counts added up. Raises ResultError for one above `most`."""
        runs, length = self._shape
        sums = {tie: CountSums(length) for tie in self._ties}
        rest, done = np.empty(0, dtype=np.uint8), 0
        for _, values in self._groups():
            if values.size and not 0 <= int(values.min()) <= int(values.max()) <= most:
                raise ResultError(Problem("count", f"a whole number from 0 to {most}"), self._table.path)
            # A group may end within a run: what is left of it is added with the next.
            rest = np.concatenate([rest, values.astype(np.uint8)])
            while len(rest) >= length:
                tie = done // runs
                some = min(len(rest) // length, (tie + 1) * runs - done)
                sums[self._ties[tie]].add(rest[: some * length].reshape(some, length))
                rest, done = rest[some * length :], done + some
        return sums

    def _groups(self) -> Iterator[tuple[int, NDArray[Any]]]:
        """The rows group by group: the number of the first, and the counts."""
        start = 0
        with still_there(self._table.path):
            for group in self._table.groups(["count"]):
                values = values_of(group["count"])
                yield start, values
                start += len(values)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ties)

    def __len__(self) -> int:
        return len(self._ties)


class StoredChanges(Mapping[str, NDArray[Any]]):
    """The changes by column as the engines number things, as `events.parquet` has them."""

    def __init__(self, path: Path, runs: int, months: Sequence[str], places: Sequence[Place]) -> None:
        """Look at the file. Raises ResultError where its columns are others, or it has more rows than there can be."""
        self._runs, self._months, self._places = runs, months, places
        self._table = Parquet(path, EVENT_COLUMNS, runs * len(months) * len(places))

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self:
            raise KeyError(name)
        columns = np.empty(self._table.rows, dtype=np.int64 if name in HEADS else np.float64)
        start = 0
        with still_there(self._table.path):
            for group in self._table.groups(_READ_FOR.get(name, (name,))):
                columns[start : start + len(group)] = self._decoded(name, group)
                start += len(group)
        return columns

    def groups(self, names: Sequence[str]) -> Iterator[dict[str, NDArray[Any]]]:
        """These columns group by group of rows, of whole runs each; `run` is one of them."""
        rest = {name: np.empty(0, dtype=np.int64 if name in HEADS else np.float64) for name in names}
        read = dict.fromkeys(part for name in names for part in _READ_FOR.get(name, (name,)))
        with still_there(self._table.path):
            for group in self._table.groups(read):
                some = {name: np.concatenate([rest[name], self._decoded(name, group)]) for name in names}
                # A group may end within a run: its rows wait for the next.
                whole = int(np.searchsorted(some["run"], some["run"][-1])) if len(some["run"]) else 0
                rest = {name: values[whole:] for name, values in some.items()}
                yield {name: values[:whole] for name, values in some.items()}
        yield rest

    def check(self) -> None:
        """Raises ResultError for a run, month, state or side that the result does not know."""
        for group in self._table.groups([name for name in EVENT_COLUMNS if name not in WEIGHED]):
            for name in HEADS:
                self._decoded(name, group)

    def _decoded(self, name: str, group: Any) -> NDArray[Any]:
        """A column of a group of rows."""
        if name not in HEADS:
            return values_of(group[name])
        if name == "run":
            return checked_runs(values_of(group["run"]), self._runs, self._table.path)
        if name == "month":
            return numbers(group["month"], "month", self._table, np.zeros(len(group), dtype=np.int64), self._months)
        tie = numbers(group["tie"], "tie", self._table, np.zeros(len(group), dtype=np.int64), TIES)
        if name != "state":
            return numbers(group[name], name, self._table, tie, *(SIDES[one] for one in TIES))
        members, hosts = ([place.iso3 for place in self._places if place.tie == one] for one in TIES)
        return numbers(group["iso3"], "iso3", self._table, tie, members, hosts) + np.where(tie == 0, 0, len(members))

    def __iter__(self) -> Iterator[str]:
        return iter((*HEADS, *WEIGHED))

    def __contains__(self, name: object) -> bool:
        return name in HEADS or name in WEIGHED  # without reading it

    def __len__(self) -> int:
        return len(HEADS) + len(WEIGHED)


def changes_of(changes: Mapping[str, NDArray[Any]], names: Sequence[str]) -> Iterator[Mapping[str, NDArray[Any]]]:
    """These columns of a result's changes, `run` among them: at once where they are in memory, otherwise in parts.

    Each part has whole runs, by run and month; parts may be empty.
    """
    if isinstance(changes, StoredChanges):
        yield from changes.groups(names)
    else:
        yield {name: changes[name] for name in names}


def checked_runs(run: NDArray[Any], runs: int, path: Path) -> NDArray[Any]:
    """Numbers of runs. Raises ResultError for one that there is not."""
    if run.size and not 0 <= int(run.min()) <= int(run.max()) < runs:
        raise ResultError(Problem("run", f"a whole number from 0 to {runs - 1}"), path)
    return run


def numbers(
    column: Any, name: str, table: Parquet, which: NDArray[np.int64], *known: Sequence[str]
) -> NDArray[np.int64]:
    """The place of each row's name among those that the result knows. Raises ResultError for another.

    which : (rows,) in which of the lists each is to be found
    """
    labels, places = coded(column, table.holds(name))
    places_known = np.array([[names.index(one) if one in names else -1 for one in labels] for names in known])
    given = places_known.reshape(len(known), len(labels))[which, places]
    if (given < 0).any():
        label = labels[places[given < 0][0]]
        every = [one for names in known for one in names]
        raise ResultError(Problem(name, "a name that this result knows", label, nearest(label, every)), table.path)
    return given.astype(np.int64)
