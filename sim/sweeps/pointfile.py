"""Points listed one by one: a CSV table or a frame whose header names paths, and whose rows are points."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Number
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem
from sim.letters import RULE, fit
from sim.scenario import ResolvedScenario
from sim.scenario.fields import LONGEST_NAME, LONGEST_TEXT
from sim.scenario.reading import as_text, plain_bytes
from sim.scenario.values import plain, scalar, whole
from sim.sweeps.designs import LISTED, MOST_POINTS, Design, Point, Value
from sim.sweeps.variation import Variation
from sim.sweeps.varying import MOST_VARIED, Kind, Reader, value_of, wrong_at

LARGEST_BYTES = 200_000_000
LABEL = "label."
"""How the name of a column begins that says something of its points and varies nothing."""
ENDINGS = (".csv", ".tsv")
SPREADSHEETS = (".xlsx", ".xls", ".ods")
_PACKED = b"PK"
"""How a file begins that is a ZIP archive, as spreadsheets are."""
_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n?", re.IGNORECASE)
_DECIMAL, _THOUSANDS = re.compile(r"[+-]?[0-9]+,[0-9]+"), re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_KEPT = f"{LABEL}NAME keeps a column as a label"


@dataclass(frozen=True)
class PointTable:
    """A table of points as read; nothing in it is checked against a scenario yet."""

    name: str
    """What messages call it: the file as the user named it."""
    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[Any]]]
    """Number of each row, as its reader counts them, and its cells; None or a blank text is a blank."""
    comma: bool = False
    """Whether its texts may be numbers with a decimal comma."""


def is_table(name: str | Path) -> bool:
    """Whether a name is that of a file of points."""
    return str(name).lower().endswith(ENDINGS)


def read_points(path: str | Path, label: str | None = None) -> PointTable:
    """A table of points from a file: UTF-8, columns parted by commas, semicolons or tabs, a header.

    With semicolons a number may have a decimal comma; so it may in the only column, where every row has one. A first
    line `sep=;`, which spreadsheets write for one another, tells what parts the columns. Rows are numbered as in a
    spreadsheet: the header is row 1.
    label : what messages call the file, where not by its path
    Raises InputError for what is no such table.
    """
    name = label or str(path)
    if not Path(path).exists():
        raise InputError(Problem("", "no such file"), name)
    content = plain_bytes(Path(path), name, LARGEST_BYTES)
    if content.startswith(_PACKED) or str(path).lower().endswith(SPREADSHEETS):
        raise InputError(Problem("", "a CSV file, not a spreadsheet: save it as CSV UTF-8"), name)
    text = as_text(content, name, "CSV UTF-8").removeprefix("\ufeff")
    if separator := _SEPARATOR.match(text):
        text = text[separator.end() :]
    first = text.split("\n", 1)[0]
    parted = separator[1] if separator else next((mark for mark in ("\t", ";") if mark in first), ",")
    if not separator and _is_decimal(text):
        parted = ";"
    try:
        lines = [*csv.reader(io.StringIO(text, newline=""), delimiter=parted, skipinitialspace=True, strict=True)]
    except csv.Error as error:
        raise InputError(
            Problem("", f"a table of values parted by commas, semicolons or tabs: {error}"), name
        ) from None
    rows = [(place, row) for place, row in enumerate(lines, 1) if row]
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    return PointTable(name, header, rows[1:], parted == ";")


def _is_decimal(text: str) -> bool:
    """Whether a text is one column of decimal commas: neither rows of two cells nor whole numbers in thousands."""
    header, *rows = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    if not rows or any(mark in header for mark in ',;\t"') or not all(map(_DECIMAL.fullmatch, rows)):
        return False
    return not all(map(_THOUSANDS.fullmatch, rows))


def framed(frame: Any, name: str = "points") -> PointTable:
    """A table of points from a pandas frame; rows are numbered from 0, as the points are."""
    cells = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    return PointTable(
        name, [str(column) for column in frame.columns], list(enumerate([*map(plain, row)] for row in cells))
    )


def table_of(points: Any) -> Any:
    """Points as asked for: a frame, a list of values by path or the name of a file as a table, a number as it is.

    Raises InputError for anything else.
    """
    if hasattr(points, "itertuples"):
        return framed(points)
    if isinstance(points, (str, Path)):
        if not Path(points).exists():
            raise InputError(Problem("--points", "a number of points, or a file of them: no such file", str(points)))
        return read_points(points)
    if isinstance(points, (list, tuple)) and points and all(isinstance(point, Mapping) for point in points):
        from pandas import DataFrame

        return framed(DataFrame(list(points), dtype=object))
    number = whole(points)
    if number is None or isinstance(number, Number):
        return number
    rule = "a number of points, a pandas frame or a list of values by path, or the path of a CSV file"
    raise InputError(Problem("points", rule, points))


def listed_points(scenario: ResolvedScenario, table: PointTable) -> Design:
    """The points of a table, in its order, each tried before anything runs as `Reader.try_rows` says.

    A blank leaves a path as the scenario has it.
    Raises InputError naming file, row, path, rule and value of every problem found.
    """
    columns, labels = _columns(scenario, table)
    rows, names = _points(table, columns), {name: _labels(table, place, name) for place, name in labels}
    problems = list(_twice(table, rows, list(columns)))
    for path in columns:
        if not any(path in row for row in rows):
            problems.append(Problem(f"column {path}", "at least one value"))
    refused = Reader(scenario).try_rows(rows, list(columns))
    problems += [_at_row(table.rows[place][0], problem) for place, problem in refused]
    if problems:
        raise InputError(problems, table.name)
    varied = tuple(
        Variation(path, values=tuple(dict.fromkeys(row[path] for row in rows if path in row)), whole=kind == "whole")
        for path, (_, kind) in columns.items()
    )
    return Design(varied, LISTED, (len(rows),), None, rows, names)


def _columns(
    scenario: ResolvedScenario, table: PointTable
) -> tuple[dict[str, tuple[int, Kind]], list[tuple[int, str]]]:
    """Place and kind of each path, and places and names of the labels. Raises InputError."""
    reader, wrong = Reader(scenario), []
    columns: dict[str, tuple[int, Kind]] = {}
    labels: list[tuple[int, str]] = []
    for place, name in enumerate(table.header):
        where = f"column {place + 1}" if not name else f"column {name}"
        try:
            if name.startswith(LABEL):
                if name == LABEL or not fit(name) or len(name) > LONGEST_NAME:
                    raise wrong_at("", f"{LABEL}NAME, a name of at most {LONGEST_NAME} letters", name)
                if name in (known for _, known in labels):
                    raise wrong_at("", "each label in one column")
                labels.append((place, name))
                continue
            if not name:
                if all(_is_blank(cells[place : place + 1]) for _, cells in table.rows):
                    continue
                raise wrong_at("", f"a path; {_KEPT}")
            path, kind = reader.column(name)
            if path in columns:
                raise wrong_at("", "each path in one column")
            columns[path] = place, kind
        except InputError as error:
            for problem in error.problems:
                unknown = problem.rule.startswith(("a path of", "a path that", "no such"))
                hint = f"; {_KEPT}" if unknown and problem.suggestion is None else ""
                value = None if problem.value == name else problem.value
                wrong.append(Problem(where, problem.rule + hint, value, problem.suggestion))
    if not table.header:
        wrong.append(Problem("", "a header that names paths, and a row for each point below it"))
    elif not columns and not wrong:
        wrong.append(Problem("", f"at least one column with a path; {_KEPT}"))
    elif len(columns) > MOST_VARIED:
        wrong.append(Problem("", f"at most {MOST_VARIED} paths", len(columns)))
    elif not table.rows:
        wrong.append(Problem("", "at least one row of values below the header"))
    elif len(table.rows) > MOST_POINTS:
        wrong.append(Problem("", f"at most {MOST_POINTS:,} points", len(table.rows)))
    width = len(table.header)
    needed = "one in every row, such as 1,0" if width == 1 else "semicolons between columns"
    comma = "" if table.comma else f"; a decimal comma needs {needed}"
    for row, cells in table.rows if not wrong else ():
        if len(cells) < width or not _is_blank(cells[width:]):
            rule = f"{width} {'cell' if width == 1 else 'cells'}, as the header has"
            wrong.append(Problem(f"row {row}", rule + (comma if len(cells) > width else ""), len(cells)))
    if wrong:
        raise InputError(wrong, table.name)
    return columns, labels


def _is_blank(cells: Sequence[Any]) -> bool:
    return all(cell is None or not str(cell).strip() for cell in cells)


def _points(table: PointTable, columns: dict[str, tuple[int, Kind]]) -> list[Point]:
    """The values of each row by path, without the blanks. Raises InputError naming every cell that is no value."""
    rows: list[Point] = []
    wrong: list[Problem] = []
    marks: dict[str, int] = {}
    for row, cells in table.rows:
        point: dict[str, Value] = {}
        for path, (place, kind) in columns.items():
            raw = cells[place]
            if isinstance(raw, str):
                if table.comma and kind != "day":
                    marks |= {mark: row for mark in ",." if mark in raw and mark not in marks}
                raw = scalar(raw, table.comma)
            if raw is None or raw == "":
                continue
            try:
                point[path] = value_of(path, kind, raw)
            except InputError as error:
                wrong += [_at_row(row, problem) for problem in error.problems]
        rows.append(point)
    if len(marks) > 1 and not wrong:
        wrong.append(Problem(f"row {max(marks.values())}", "decimal commas or decimal points, not both in one file"))
    if wrong:
        raise InputError(wrong, table.name)
    return rows


def _labels(table: PointTable, place: int, name: str) -> list[str]:
    """The texts of a label, blank where there is none."""
    texts = ["" if cells[place] is None else " ".join(str(cells[place]).split()) for _, cells in table.rows]
    for (row, _), text in zip(table.rows, texts, strict=True):
        if not fit(text) or len(text) > LONGEST_TEXT:
            raise InputError(_at_row(row, Problem(name, RULE, text)), table.name)
    return texts


def _twice(table: PointTable, rows: Sequence[Point], paths: Sequence[str]) -> Iterator[Problem]:
    """Points that stand in several rows."""
    seen: dict[tuple[Any, ...], int] = {}
    for (row, _), point in zip(table.rows, rows, strict=True):
        first = seen.setdefault(tuple(map(point.get, paths)), row)
        if first != row:
            yield Problem(f"row {row}", f"each point once: it is that of row {first}")


def _at_row(row: int, problem: Problem) -> Problem:
    where = f"row {row}: {problem.path}" if problem.path else f"row {row}"
    return Problem(where, problem.rule, problem.value, problem.suggestion)
