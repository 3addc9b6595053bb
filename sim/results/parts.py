"""Tables of Parquet written part by part: each part is a group of rows of its own, and only it is in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.results.table import MONTHS, Table, for_pandas, month_ends

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Coded:
    """A column of texts, or of labels of months, as numbers."""

    codes: NDArray[np.integer[Any]]
    """(rows,) the place of each row's text among the labels."""
    labels: Sequence[str]

    @property
    def words(self) -> NDArray[np.str_]:
        """(rows,) the texts."""
        texts: NDArray[np.str_] = np.array(self.labels, dtype=np.str_)[self.codes]
        return texts


Part = Mapping[str, "NDArray[Any] | Coded"]
"""Columns by name: numbers, yes or no, texts and labels of months as `Coded`; in the file a month is its last day."""


def in_words(part: Part) -> Table:
    """A part as a table, texts in words and months by label."""
    return Table({name: values.words if isinstance(values, Coded) else values for name, values in part.items()})


class PartFile:
    """A table of Parquet that is being written."""

    def __init__(self, path: Path, empty: Part) -> None:
        """Begin a file; empty : its columns, without a row."""
        import pyarrow.parquet as pq

        self._file = path.open("wb")  # pyarrow reads a path with a colon as an address
        texts = [name for name, values in empty.items() if isinstance(values, Coded)]
        self._writer = pq.ParquetWriter(
            self._file, _table(empty).schema, compression="zstd", use_dictionary=texts
        )  # a dictionary of numbers takes time, and more room

    def __enter__(self) -> PartFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.close()
        finally:
            self._file.close()

    def add(self, part: Part) -> None:
        """Write the next rows; a part without any leaves no trace."""
        table = _table(part)
        if table.num_rows:
            self._writer.write_table(table)


def _table(part: Part) -> pa.Table:
    import pyarrow as pa

    columns = {}
    for name, values in part.items():
        if name in MONTHS and isinstance(values, Coded):
            columns[name] = in_arrow(month_ends(values.labels)[values.codes])
        else:
            columns[name] = in_arrow(values)
    return pa.table(columns).replace_schema_metadata(for_pandas(columns))


def in_arrow(values: NDArray[Any] | Coded) -> pa.Array:
    """A column as pyarrow has it, made from its memory: `pa.array` would load pandas to look what it was given."""
    import pyarrow as pa

    if isinstance(values, Coded):
        used, first, codes = np.unique(values.codes, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        place = np.empty(len(used), dtype=np.int32)
        place[order] = np.arange(len(used))
        texts = listed_in_arrow([values.labels[code] for code in used[order].tolist()], pa.string())
        return pa.DictionaryArray.from_arrays(in_arrow(place[codes]), texts)
    rows = len(values)
    if values.dtype == np.bool_:
        bits = np.packbits(values, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), rows, [None, pa.py_buffer(bits)])
    if values.dtype.kind == "M":
        days = values.astype("datetime64[D]").astype(np.int32)
        return pa.Array.from_buffers(pa.date32(), rows, [None, pa.py_buffer(days)])
    numbers = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), rows, [None, pa.py_buffer(numbers)])


def listed_in_arrow(values: Sequence[Any], kind: Any) -> pa.Array:
    """A list of texts or of numbers as pyarrow has it, likewise; None where there is nothing.

    kind : pyarrow's type of texts, or of numbers of 64 bits
    """
    import pyarrow as pa

    blank = [value is None for value in values]
    there = pa.py_buffer(np.packbits(~np.array(blank), bitorder="little")) if any(blank) else None
    if pa.types.is_string(kind):
        texts = [b"" if value is None else value.encode() for value in values]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        return pa.Array.from_buffers(kind, len(texts), [there, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))])
    numbers = np.array([0 if value is None else value for value in values], dtype=kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(numbers), [there, pa.py_buffer(numbers)])
