"""The kinds of value a scenario file may hold: days, states, names, numbers, ranges, dated series."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError

from sim.atlas import code_of, labelled, not_one, states
from sim.errors import as_written
from sim.letters import RESERVED_RULE, RULE, fit, reserved

EARLIEST = date(1971, 10, 25)
LATEST = date(2100, 12, 31)
LONGEST_NAME = 80
LONGEST_TEXT = 10_000
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def month_number(day: date) -> int:
    """Absolute month: year * 12 + month - 1."""
    return day.year * 12 + day.month - 1


class Part(BaseModel):
    """A table of a scenario file: unknown keys are refused, and nothing changes after loading."""

    # A validator is built when it is first asked for: that of a whole scenario has those of its tables in it.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **named: Any) -> None:
        """Takes the text under a key as its description."""
        for key, text in _texts(cls.__module__).get(cls.__qualname__, {}).items():
            if key in cls.model_fields:
                cls.model_fields[key].description = text


@cache
def _texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """The texts under the keys of the classes of a module, from its source; pydantic reads it anew for each class."""
    texts: dict[str, dict[str, str]] = {}
    for kind in ast.parse(inspect.getsource(sys.modules[module])).body:
        if isinstance(kind, ast.ClassDef):
            for pair in itertools.pairwise(kind.body):
                match pair:
                    case ast.AnnAssign(target=ast.Name(key)), ast.Expr(ast.Constant(str(text))):
                        texts.setdefault(kind.name, {})[key] = inspect.cleandoc(text)
    return texts


def _day(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", "no such day in the calendar") from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise PydanticCustomError("day", "a date written YYYY-MM-DD")
    if not EARLIEST <= value <= LATEST:
        raise PydanticCustomError("day", "a date from {first} to {last}", {"first": str(EARLIEST), "last": str(LATEST)})
    return value


def _code(value: Any) -> str:
    if isinstance(value, str) and value in states():
        return value
    raise PydanticCustomError("state", "a state's three-letter code, such as HND")


def _iso3(value: Any) -> str:
    code = code_of(value)
    if code is None:
        rule = not_one(value) or "a state's three-letter code or name, such as HND or Honduras"
        raise PydanticCustomError("state", rule)
    return code


def told_once(table: Any) -> Any:
    """A table keyed by states, refused where a state stands in it by two names."""
    first: dict[str, str] = {}
    for name in table if isinstance(table, dict) else ():
        code = code_of(name)
        if code is not None and first.setdefault(code, name) != name:
            raise PydanticCustomError("twice", f"each state once: {first[code]} and {name} are both {labelled(code)}")
    return table


NAME_RULE = "a name of small letters, digits and single hyphens"


def is_name(value: Any) -> bool:
    """Whether a value may name a scenario, an event, an election, an outcome or an effect."""
    return isinstance(value, str) and NAME.fullmatch(value) is not None and len(value) <= LONGEST_NAME


def _name(value: Any) -> str:
    if not is_name(value):
        raise PydanticCustomError("name", NAME_RULE)
    return str(value)


def _file_name(value: str) -> str:
    if reserved(value):
        raise PydanticCustomError("name", RESERVED_RULE)
    return value


def _plain_text(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("text", "a text that is not empty")
    if len(value) > LONGEST_TEXT:
        raise PydanticCustomError("text", "a text of at most {most} letters", {"most": f"{LONGEST_TEXT:,}"})
    if not fit(value):
        raise PydanticCustomError("text", RULE)
    return value


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "YYYY-MM-DD; in TOML without quotes"}),
]
"""A day from 25 October 1971 to the end of 2100."""

Code = Annotated[str, BeforeValidator(_code), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
"""A state's ISO 3166-1 alpha-3 code, as programs write it."""

Iso3 = Annotated[
    str,
    BeforeValidator(_iso3),
    WithJsonSchema(
        {
            "type": "string",
            "format": "state",
            "description": "A state: ISO 3166-1 alpha-3 code, or a name of no other state",
        }
    ),
]
"""A state by its code or by a name, as people write it; held by its code."""

Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME.pattern}$"})]
"""A name in small letters, digits and hyphens."""

FileName = Annotated[Name, AfterValidator(_file_name)]
"""A name that folders are given too."""

Text = Annotated[str, AfterValidator(_plain_text)]

Patron = Literal["beijing", "taipei", "washington"]
PATRONS: dict[str, str] = {name: name.capitalize() for name in typing.get_args(Patron)}
"""Those who bid and press, with what a reader calls them."""


class Range(Part):
    """A number that is not known: drawn for each group of runs, with `low` and `high` as its 5 % and 95 % points."""

    central: float
    """The median, used with `--parameters central`."""
    low: float
    """One chance in twenty of being below."""
    high: float
    """One chance in twenty of being above."""

    @model_validator(mode="after")
    def ordered(self) -> Range:
        if not self.low <= self.central <= self.high:
            raise PydanticCustomError("order", "low <= central <= high")
        return self

    def __str__(self) -> str:
        """Its numbers, as a file would hold them."""
        return as_written(self.model_dump())


def _shape(value: Any) -> Literal["table", "number"]:
    return "table" if isinstance(value, (dict, Range)) else "number"


@dataclass(frozen=True)
class _Either:
    """A number within bounds, or a table of some kind, told apart by their look."""

    low: float
    high: float

    def table(self) -> Any:
        """The type of the table."""
        raise LookupError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        number: Any = Annotated[float, Field(ge=self.low, le=self.high), Tag("number")]
        table: Any = Annotated[self.table(), Tag("table")]
        either: Any = Annotated[number | table, Discriminator(_shape)]
        return handler.generate_schema(either)


class Quantity(_Either):
    """A number from `low` to `high`, or a table `{central, low, high}` within them."""

    def table(self) -> Any:
        return Annotated[Range, AfterValidator(self._within)]

    def _within(self, value: Range) -> Range:
        if value.low < self.low or value.high > self.high:
            raise PydanticCustomError("range", f"low and high from {self.low:g} to {self.high:g}")
        return value


class Series(_Either):
    """A number from `low` to `high`, or a table of dated changes `{YYYY-MM-DD = number, ...}`."""

    def table(self) -> Any:
        return Annotated[dict[Day, Annotated[float, Field(ge=self.low, le=self.high)]], Field(min_length=1)]


def bounds_of(field: FieldInfo, kind: type[Quantity] | type[Series] = Quantity) -> tuple[float, float]:
    """Bounds of a key that holds a `Quantity` or a `Series`; LookupError where it holds none."""
    pending = [*field.metadata, field.annotation]
    while pending:
        part = pending.pop()
        if isinstance(part, kind):
            return part.low, part.high
        pending += typing.get_args(part)
    raise LookupError("no bounds")


Number: TypeAlias = float | Range
"""A number, or a range to draw it from; with `Quantity` for its bounds."""

Lever: TypeAlias = float | dict[date, float]
"""A number, or dated changes of it; with `Series` for its bounds."""
