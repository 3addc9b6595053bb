"""The two tables of a sweep, and what its manifest says of the paths: from the journal, in the order of the points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import month_label
from sim.results.manifests import SWEEP
from sim.results.parts import in_arrow, listed_in_arrow
from sim.results.table import for_pandas, month_ends
from sim.results.tables import COOPERATION, RECOGNITION
from sim.sweeps.journal import Journal
from sim.sweeps.paired import changes, unpacked_ends
from sim.sweeps.points import PointResult, Row

if TYPE_CHECKING:
    from sim.sweeps.sweep import Sweep

POINTS, COUNTS = SWEEP.data
MOST_VALUES = 100
"""Of a path with more values, the manifest has only the range."""
_MOST_KNOWN = 2_000
"""Rows with paired differences that are kept between two passes over the points."""
_BATCH = 500
"""Points written at a time: memory does not grow with their number."""


def write_tables(sweep: Sweep, journal: Journal, stage: Path) -> int:
    """The tables, from the journal, in the order of the points; how many of these failed."""
    columns: dict[str, type] = {}
    failed = 0
    row_of = _rows(sweep, journal)
    for key in sweep.keys:
        row = row_of(journal[key])
        failed += row["error"] is not None
        for name, value in row.items():
            columns.setdefault(name, str if name == "error" else float if value is None else type(value))
    _write_points(sweep, journal, row_of, columns, stage / POINTS)
    _write_counts(sweep, journal, stage / COUNTS)
    return failed


def _rows(sweep: Sweep, journal: Journal) -> Callable[[PointResult], Row]:
    """What makes the row of a point: its outcomes, and where points are paired their differences."""
    against = None if sweep.against is None else journal[sweep.keys[sweep.against]]
    if against is None or not against.ends:
        return lambda done: done.row
    there, central = unpacked_ends(against.ends), sweep.base.parameters == "central"
    known: dict[str, Row] = {}  # each row is asked for twice, and takes 10 ms

    def row(done: PointResult) -> Row:
        if not done.ends:
            return done.row
        if done.key not in known:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[done.key] = done.row | changes(unpacked_ends(done.ends), there, RUNS_PER_DRAW, central)
        return known[done.key]

    return row


def varied(sweep: Sweep) -> list[dict[str, Any]]:
    """Of each path its distinct values, sorted, if they are few, otherwise their range."""
    few: dict[str, set[Any]] = {path: set() for path in sweep.paths}
    ends: dict[str, tuple[Any, Any]] = {}
    for values in sweep.points:
        for path, value in values.items():
            low, high = ends.get(path, (value, value))
            ends[path] = min(low, value), max(high, value)
            if len(few[path]) <= MOST_VALUES:
                few[path].add(value)
    return [
        {"path": path, "values": [cell_of(value) for value in sorted(values)]}
        if len(values) <= MOST_VALUES
        else {"path": path, "low": cell_of(ends[path][0]), "high": cell_of(ends[path][1])}
        for path, values in few.items()
    ]


def cell_of(value: Any) -> Any:
    """A value as tables and manifests hold it: a day as its text."""
    return value.isoformat() if isinstance(value, date) else value


def _write_points(
    sweep: Sweep, journal: Journal, row_of: Callable[[PointResult], Row], columns: Mapping[str, type], path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {float: pa.float64(), int: pa.int64(), str: pa.string()}
    fields = [("point", pa.int64())]
    for one in sweep.points.variations:
        kind = type(cell_of(one.value_at(0.0)))
        fields.append((one.path, kinds[float if kind is int and not one.whole else kind]))
    fields += [(name, pa.string()) for name in sweep.points.labels]
    fields += [(name, kinds[kind]) for name, kind in columns.items()]
    schema = pa.schema(fields)
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(sweep, journal):
            table: dict[str, list[Any]] = {"point": [index for index, _ in batch]}
            for varied in sweep.paths:
                table[varied] = [cell_of(sweep.points[index].get(varied)) for index, _ in batch]
            for name, texts in sweep.points.labels.items():
                table[name] = [texts[index] for index, _ in batch]
            rows = [row_of(done) for _, done in batch]
            table |= {name: [row.get(name) for row in rows] for name in columns}
            arrays = [listed_in_arrow(table[field.name], field.type) for field in schema]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _write_counts(sweep: Sweep, journal: Journal, path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"point": pa.int64(), "month": pa.date32(), "tie": pa.string(), "count": pa.int64(), "share": pa.float64()}
    schema = pa.schema(list(kinds.items()), for_pandas(kinds))
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(sweep, journal):
            months: list[str] = []
            parts = []
            for index, done in batch:
                if not done.counts:
                    continue
                table = done.distribution
                ties, rows, counts = np.nonzero(table)
                parts.append([np.full(len(ties), index), rows + len(months), ties, counts, table[ties, rows, counts]])
                months += _months(done.row["first_month"], table.shape[1])
            if not parts:
                continue
            points, rows, ties, counts, runs = (np.concatenate(column) for column in zip(*parts, strict=True))
            names = [(RECOGNITION, COOPERATION)[tie] for tie in ties.tolist()]
            columns = {
                "point": in_arrow(points),
                "month": in_arrow(month_ends(months)[rows]),
                "tie": listed_in_arrow(names, pa.string()),
                "count": in_arrow(counts),
                "share": in_arrow(runs / sweep.base.runs),
            }
            writer.write_table(pa.table(columns, schema=schema))


@lru_cache
def _months(first: str, length: int) -> tuple[str, ...]:
    """Labels of so many months; most points of a sweep have the same."""
    year, month = map(int, first.split("-"))
    return tuple(month_label(year * 12 + month - 1 + row) for row in range(length))


def _batches(sweep: Sweep, journal: Journal) -> Iterator[list[tuple[int, PointResult]]]:
    numbered = iter(enumerate(sweep.keys))
    while batch := [(index, journal[key]) for index, key in islice(numbered, _BATCH)]:
        yield batch
