"""Reading of the tables: rows with checked cells, and errors that name file, line and column."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

from sim.errors import AtlasError, Problem, nearest

TABLES = Path(__file__).parent / "tables"
"""The folder of the tables that ship with the package."""

CONFIDENCES = ("high", "medium", "low")
"""How certain the coder of a row was."""


@dataclass(slots=True)
class Row:
    """One line of a table; each reader returns the checked value of one cell or raises `AtlasError`."""

    file: str
    """Name of the table, without its folder."""
    line: int
    """Line of the file; the header is line 1."""
    cells: Mapping[str, str]

    def fail(self, column: str, rule: str, suggestion: str | None = None) -> NoReturn:
        """Refuse one cell, naming the rule that it breaks."""
        where = f"line {self.line}, {column}"
        raise AtlasError(Problem(where, rule, self.cells[column], suggestion), file=self.file)

    def text(self, column: str) -> str:
        """A text that is not blank."""
        cell = self.cells[column].strip()
        if not cell:
            self.fail(column, "must not be blank")
        return cell

    def optional(self, column: str) -> str:
        """A text that may be blank."""
        return self.cells[column].strip()

    def day(self, column: str) -> date:
        """A day written YYYY-MM-DD."""
        day = parsed_day(self.cells[column])
        if day is None:
            self.fail(column, "must be a date written YYYY-MM-DD")
        return day

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        """One of the words of `allowed`."""
        cell = self.cells[column].strip()
        if cell not in allowed:
            self.fail(column, "must be one of " + ", ".join(allowed), nearest(cell, allowed))
        return cell

    def number(self, column: str, low: float, high: float) -> float:
        """A finite number within [low, high]."""
        try:
            value = float(self.cells[column])
        except ValueError:
            self.fail(column, "must be a number")
        if not math.isfinite(value) or not low <= value <= high:
            self.fail(column, f"must be a finite number from {low:g} to {high:g}")
        return value

    def whole(self, column: str, low: int, high: int) -> int:
        """A whole number within [low, high]."""
        value = self.number(column, low, high)
        if value != int(value):
            self.fail(column, "must be a whole number")
        return int(value)

    def yes(self, column: str) -> bool:
        """A flag written 1 or 0."""
        return self.choice(column, ("0", "1")) == "1"

    def iso3(self, known: Collection[str], column: str = "iso3") -> str:
        """The three-letter code of a state in `known`."""
        cell = self.cells[column].strip()
        if cell not in known:
            self.fail(column, "must be a state of states.csv", nearest(cell, known))
        return cell


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parsed_day(text: str) -> date | None:
    """The day that a text in the form YYYY-MM-DD names; None if it names none."""
    text = text.strip()
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def rows(folder: Path, file: str, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of one table, after checking that it has exactly `columns`, in that order."""
    path = folder / file
    if not path.is_file():
        raise AtlasError(Problem("", "the table is missing"), file=file)
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        if header != list(columns):
            raise AtlasError(
                Problem("line 1", "the columns must be " + ", ".join(columns), ",".join(header)), file=file
            )
        for cells in reader:
            if len(cells) != len(columns):
                rule = f"must have {len(columns)} cells"
                raise AtlasError(Problem(f"line {reader.line_num}", rule, len(cells)), file=file)
            yield Row(file, reader.line_num, dict(zip(columns, cells, strict=True)))
