"""Tables: columns by name, to CSV, Parquet and pandas, and back with a check of names, types and size."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ResultError, nearest
from sim.letters import cleaned
from sim.results.file import open_plain

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6
"""Decimals kept in tables of text."""

TEXT, WHOLE, NUMBER, BLANK = "text", "whole number", "number", "number or blank"
FLAG, ANY = "true or false", "number or text"
MONTH = "month"
"""What a column holds. A month is its label `YYYY-MM` in tables, CSV and JSON; its last day in Parquet, pandas."""
MONTHS = ("month", "opened", "closed")
"""Columns that hold months, in every table."""
Columns = Mapping[str, str]
"""Names of columns in their order, with what each holds."""

MOST_CELL = 100_000
"""Bytes of a cell of CSV."""


class Table(dict[str, Any]):
    """Columns by name, in order, all of the same length."""

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], names: Iterable[str] | None = None) -> Table:
        """Rows as columns, in the order of the first row's keys, or with `names`, which an empty table needs."""
        return cls({name: [row[name] for row in rows] for name in (rows[0] if names is None else names)})

    def where(self, **wanted: Any) -> Table:
        """The rows whose columns have the wanted values."""
        equal = [all(map(_equal, row, wanted.values())) for row in zip(*(self[name] for name in wanted), strict=True)]
        return Table(
            {
                name: [value for value, match in zip(values, equal, strict=True) if match]
                for name, values in self.items()
            }
        )

    def rows(self, **wanted: Any) -> list[dict[str, Any]]:
        """The rows, each by column; with `wanted`, those whose columns have these values."""
        table = self.where(**wanted) if wanted else self
        return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]

    def frame(self) -> pd.DataFrame:
        """The table in pandas; months as their last day, datetime64."""
        import pandas as pd

        columns = {n: month_ends(v).astype("datetime64[ms]") if n in MONTHS else v for n, v in self.items()}
        return pd.DataFrame(columns)

    def write(self, path: Path) -> None:
        """Write it as CSV (numbers at six decimals, blanks where there is none) or as Parquet, by the file's suffix."""
        if path.suffix == ".csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(self)
                writer.writerows([_cell(value) for value in row] for row in zip(*self.values(), strict=True))
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        arrays = {}
        for name, values in self.items():
            array = pa.array(month_ends(values) if name in MONTHS else values)
            arrays[name] = array.dictionary_encode() if pa.types.is_string(array.type) else array
        table = pa.table(arrays).replace_schema_metadata(for_pandas(arrays))
        with path.open("wb") as file:  # pyarrow reads a path with a colon as an address
            pq.write_table(table, file, compression="zstd")


def month_ends(labels: Any) -> NDArray[np.datetime64]:
    """The last days of months, datetime64[D], from their labels `YYYY-MM` (None: NaT); days are taken as they are."""
    days = np.asarray(labels) if len(labels) else np.empty(0, dtype="datetime64[D]")
    if days.dtype.kind == "M":
        return days
    ends: NDArray[np.datetime64] = (days.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    return ends


def month_labels(days: Any) -> NDArray[np.str_]:
    """The labels `YYYY-MM` of the months that days lie in; days as datetime64 or as a column of pyarrow's."""
    values = days if isinstance(days, np.ndarray) else values_of(days)
    labels: NDArray[np.str_] = values.astype("datetime64[M]").astype("U7")
    return labels


def for_pandas(names: Iterable[str]) -> dict[bytes, bytes]:
    """What a Parquet table says to pandas of its columns: months are moments, and no objects of Python's.

    Read without this a date is an object, which compares with nothing but its like. Moments of pandas need a zone: UTC.
    """
    months = [
        {"name": n, "field_name": n, "pandas_type": "date", "numpy_type": "datetime64[s, UTC]", "metadata": None}
        for n in names
        if n in MONTHS
    ]
    document = {"index_columns": [], "column_indexes": [], "columns": months, "pandas_version": "3.0.0"}
    return {b"pandas": json.dumps(document).encode()} if months else {}


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def as_told(value: float | None) -> float | None:
    """A number as tables of text tell it; None for what is not there."""
    return None if value is None or value != value else round(value, DIGITS)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else str(value)


# --- back from disk


def read_csv(path: Path, columns: Columns, most: int) -> Table:
    """A table of CSV with just these columns, as texts and numbers, None for blanks.

    most : rows it may have
    Raises ResultError naming file, column and rule.
    """
    with open_plain(path) as file:
        content = file.read((most + 1) * MOST_CELL + 1)
    try:
        if len(content) > (most + 1) * MOST_CELL:
            raise ValueError
        head, *rows = csv.reader(io.StringIO(content.decode("utf-8")), strict=True)
    except (ValueError, csv.Error):
        raise ResultError(
            Problem("", "a table of comma separated values, in UTF-8, that is not too large"), path
        ) from None
    _check_names(head, columns, path)
    if len(rows) > most:
        raise ResultError(Problem("", f"a table of at most {most} rows", len(rows)), path)
    if any(len(row) != len(head) for row in rows):
        raise ResultError(Problem("", f"{len(head)} cells in every row"), path)
    cells = zip(*rows, strict=True) if rows else ([] for _ in head)
    return Table({name: _values(name, column, columns[name], path) for name, column in zip(head, cells, strict=True)})


def _values(name: str, cells: Iterable[str], holds: str, path: Path) -> list[Any]:
    if holds == TEXT:
        return [cleaned(cell) for cell in cells]
    values: list[Any] = []
    for row, cell in enumerate(cells, 2):
        try:
            value = None if not cell and holds == BLANK else (int if holds == WHOLE else float)(cell)
        except ValueError:
            value = float("nan")
        if value is not None and not abs(value) < float("inf"):
            raise ResultError(Problem(f"{name}, line {row}", f"a {holds}", cell), path)
        values.append(value)
    return values


def check_rows(rows: Any, columns: Columns, key: str, path: Path) -> None:
    """Raises ResultError unless `rows`, at `key` of a document, is a list of rows with just these columns."""
    kinds: dict[str, tuple[type, ...]] = {
        TEXT: (str,), WHOLE: (int,), NUMBER: (int, float), BLANK: (int, float, type(None)), FLAG: (bool,),
        ANY: (int, float, str),
    }  # fmt: skip
    if not isinstance(rows, list):
        raise ResultError(Problem(key, "a list of rows", rows), path)
    for number, row in enumerate(rows):
        place = f"{key}.{number}"
        if not isinstance(row, dict):
            raise ResultError(Problem(place, "a row of columns", row), path)
        _check_names(list(row), columns, path, f"{place}.")
        for name, holds in columns.items():
            if not isinstance(row[name], kinds[holds]) or isinstance(row[name], bool) != (holds == FLAG):
                raise ResultError(Problem(f"{place}.{name}", holds, row[name]), path)


class Parquet(Mapping[str, list[Any]]):
    """A table of Parquet by columns, each read when it is asked for; columns, types and size were looked at before."""

    def __init__(
        self, path: Path, columns: Columns, most: int, further: Callable[[str], str | None] = lambda name: None
    ) -> None:
        """Look at what the file says of itself.

        columns : those it must have; further : what another column holds, by its name, None for one it must not have
        most : rows it may have
        Raises ResultError naming file, column and rule; OSError where there is no plain file.
        """
        import pyarrow as pa

        self.path = path
        self._read: dict[str, list[Any]] = {}
        with open_plain(path) as file:
            try:
                known = in_parquet(file)
                metadata, schema = known.metadata, known.schema_arrow
            except (pa.ArrowException, OSError, ValueError):
                raise ResultError(Problem("", "a Parquet file: this one is damaged or cut short"), path) from None
        self.names: list[str] = schema.names
        self.rows: int = metadata.num_rows
        more = {name: holds for name in self.names if name not in columns and (holds := further(name)) is not None}
        self._columns = columns = {**columns, **more}
        _check_names(self.names, columns, path)
        for name, holds in columns.items():
            if not _fits(schema.field(name).type, holds):
                raise ResultError(Problem(name, f"a column of {_SHOWN[holds]}", str(schema.field(name).type)), path)
        if self.rows > most:
            raise ResultError(Problem("", f"a table of at most {most:,} rows", self.rows), path)
        # A hostile file of some kilobytes may unfold to any size; what it unfolds to is said before it is read.
        size = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
        if size > _most_bytes():
            raise ResultError(
                Problem("", "a table that fits into half of this machine's memory", f"{size} bytes"), path
            )

    def arrow(self, names: Iterable[str] | None = None) -> Any:
        """The columns, or these of them, as pyarrow has them. Raises ResultError where they cannot be read."""
        import pyarrow as pa

        with open_plain(self.path) as file:
            try:
                return in_parquet(file).read(columns=None if names is None else list(names), use_threads=False)
            except (pa.ArrowException, OSError, ValueError):
                raise ResultError(Problem("", "a Parquet file: this one is damaged"), self.path) from None

    def groups(self, names: Iterable[str]) -> Iterator[Any]:
        """These columns group by group of rows, as pyarrow has them. Raises ResultError likewise."""
        import pyarrow as pa

        with open_plain(self.path) as file:
            try:
                table = in_parquet(file)
                for group in range(table.num_row_groups):
                    yield table.read_row_group(group, columns=list(names), use_threads=False)
            except (pa.ArrowException, OSError, ValueError):
                raise ResultError(Problem("", "a Parquet file: this one is damaged"), self.path) from None

    def frame(self) -> pd.DataFrame:
        """The table in pandas, as `Table.frame` gives it."""
        frame: pd.DataFrame = self.arrow().replace_schema_metadata(None).to_pandas(date_as_object=False)
        return frame

    def holds(self, name: str) -> str:
        """What a column holds."""
        return self._columns[name]

    def coded(self, name: str) -> tuple[list[str | None], NDArray[np.int64]]:
        """The distinct texts of a column, or labels of its months, and for each row the place of its own among them."""
        return coded(self.arrow([name])[name], self._columns[name])

    def __getitem__(self, name: str) -> list[Any]:
        if name not in self.names:
            raise KeyError(name)
        if name not in self._read:
            column = self.arrow([name])[name]
            if self._columns[name] == MONTH or str(column.type).startswith("dictionary"):
                texts, places = coded(column, self._columns[name])
                self._read[name] = np.array(texts, dtype=object)[places].tolist()
            else:
                self._read[name] = cleaned(column.to_pylist())
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._columns  # without reading it

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def in_parquet(file: BinaryIO) -> Any:
    """An open file of Parquet, read by this thread alone: read it with `use_threads=False`.

    A thread of pyarrow's that lets go of a Python file after the interpreter has begun to end aborts the process.
    """
    import pyarrow.parquet as pq

    return pq.ParquetFile(file, pre_buffer=False)


def coded(column: Any, holds: str) -> tuple[list[str | None], NDArray[np.int64]]:
    """The distinct texts of a pyarrow column, or labels of its months, and the place of each row's own among them."""
    import pyarrow as pa

    if holds == MONTH:
        days, places = np.unique(values_of(column), return_inverse=True)
        return month_labels(days).tolist(), places.astype(np.int64)
    if column.null_count or not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode(null_encoding="encode")
    texts = column.unify_dictionaries()
    labels = texts.chunk(0).dictionary.to_pylist() if texts.num_chunks else []
    return cleaned(labels), values_of(
        pa.chunked_array([chunk.indices for chunk in texts.chunks], texts.type.index_type)
    )


def values_of(column: Any) -> NDArray[Any]:
    """The values of a pyarrow column, its days as datetime64. (pyarrow's own way imports pandas, half a second.)"""
    import pyarrow as pa

    days, chunks, flags = pa.types.is_date32(column.type), column.chunks, pa.types.is_boolean(column.type)
    numbers = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    if column.null_count or not chunks or not (days or flags or numbers):
        return column.to_numpy()  # type: ignore[no-any-return]
    if flags:
        return np.concatenate([_bits(chunk) for chunk in chunks])
    plain = [np.from_dlpack(chunk.view(pa.int32()) if days else chunk) for chunk in chunks]
    values: NDArray[Any] = np.concatenate(plain)
    return values.astype("datetime64[D]") if days else values


def _bits(chunk: Any) -> NDArray[np.bool_]:
    """The values of a pyarrow array of true and false, which are bits."""
    bits = np.unpackbits(np.frombuffer(chunk.buffers()[1], dtype=np.uint8), bitorder="little")
    return bits[chunk.offset : chunk.offset + len(chunk)].astype(np.bool_)


_SHOWN = {
    TEXT: "texts", WHOLE: "whole numbers", NUMBER: "numbers", BLANK: "numbers", FLAG: "true or false",
    MONTH: "days, the last of their months",
}  # fmt: skip


def _fits(kind: Any, holds: str) -> bool:
    """Whether a column of this type of pyarrow's holds what it should."""
    import pyarrow as pa

    if pa.types.is_null(kind):  # a table without rows
        return True
    if holds == TEXT:
        value = kind.value_type if pa.types.is_dictionary(kind) else kind
        return bool(pa.types.is_string(value) or pa.types.is_large_string(value))
    if holds == WHOLE:
        return bool(pa.types.is_integer(kind))
    if holds in (MONTH, FLAG):
        return bool(pa.types.is_date32(kind) if holds == MONTH else pa.types.is_boolean(kind))
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _check_names(names: Sequence[str], columns: Columns, path: Path, above: str = "") -> None:
    missing = [name for name in columns if name not in names]
    if missing:
        close = nearest(missing[0], [name for name in names if name not in columns])
        raise ResultError(Problem(above + missing[0], "required, a column of this table", None, close), path)
    strange = [name for name in names if name not in columns]
    if len(set(names)) != len(names) or strange:
        name = strange[0] if strange else next(name for name in names if list(names).count(name) > 1)
        raise ResultError(
            Problem(above + name, "unknown column" if strange else "a column that stands once", name), path
        )


def _most_bytes() -> int:
    """Half of the memory of this machine; 8 GiB where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return 4 << 30
