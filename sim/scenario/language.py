"""The scenario language by dotted path: what a path may hold, its kind and meaning; read it, set it."""

from __future__ import annotations

import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.atlas import code_of
from sim.errors import Problem, ScenarioError, nearest
from sim.parameters import PARAMETERS
from sim.scenario.fields import EARLIEST, PATRONS, Part, Quantity, Range, Series
from sim.scenario.reading import DEEPEST
from sim.scenario.schema import Scenario
from sim.words import listed_briefly

Kind = Literal["number", "whole", "day"]
"""What a path that can be varied holds."""
_LAST = ("scenario", "expectations")
"""Tables whose keys are the last to be suggested: they decide nothing of what happens."""
_MOST_NEAR = 3
"""Paths that end in the same name, of which a suggestion names all."""
KEYED = (("states",), ("expectations", "count_without"))
"""Tables whose keys are states."""
_MOST_PARTS = 8
"""Parts of a path that dots in a name may make of it (`St. Kitts`, `U.S.A.`)."""
_NAMED = ("events", "elections", "outcomes", "effects")
"""Tables of names of one's own."""


# --- What is there


def _unwrapped(annotation: Any) -> Iterator[Any]:
    """The classes inside an annotation: through Annotated, unions, and the values of tables."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _unwrapped(typing.get_args(annotation)[0])
    elif origin is not None and origin not in (dict, list):
        for part in typing.get_args(annotation):
            yield from _unwrapped(part)
    else:
        yield annotation


def fields_of(model: type[BaseModel], path: Sequence[str], document: Any) -> Mapping[str, Any] | None:
    """The keys allowed in the table at `path`, following the document where a `type` decides; None if free."""
    if not path:
        return model.model_fields
    head, rest = path[0], path[1:]
    field = model.model_fields.get(head)
    inner = document.get(head) if isinstance(document, dict) else None
    if field is None:
        return None
    kinds = list(_unwrapped(field.annotation))
    if kinds and typing.get_origin(kinds[0]) in (dict, list):
        if not rest:
            return None
        kinds = list(_unwrapped(typing.get_args(kinds[0])[-1]))
        inner = found_at(inner, rest[:1])
        rest = rest[1:]
    tables = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if len(tables) > 1:
        kind_name = inner.get("type") if isinstance(inner, dict) else None
        tables = [t for t in tables if "type" in t.model_fields and kind_name in _event_types(t)]
    return fields_of(tables[0], rest, inner) if tables else None


def _event_types(model: type[BaseModel]) -> tuple[str, ...]:
    """The values the `type` key of an event class can have."""
    return typing.get_args(model.model_fields["type"].annotation)


def fields_at(path: Sequence[str], document: Any) -> Mapping[str, Any] | None:
    """The keys the scenario language allows in the table at `path` of a document; None where names are free."""
    return fields_of(Scenario, path, document)


def found_at(document: Any, path: Sequence[str]) -> Any:
    for key in path:
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return None
    return document


def kind_at(document: Mapping[str, Any], parts: Sequence[str]) -> Kind | None:
    """What the language holds at a path of a document; None for a path it does not have, and for no number or day."""
    if parts[0] == "parameters":
        return "number"
    allowed = fields_at(parts[:-1], document)
    if allowed is not None:
        field = allowed.get(parts[-1])
        return None if field is None else _held(field)
    above = fields_at(parts[:-2], document) or {}
    dated = above.get(parts[-2]) if len(parts) > 2 else None
    is_series = dated is not None and any(isinstance(part, Series) for part in dated.metadata)
    return "number" if is_series else None


def _held(field: FieldInfo) -> Kind | None:
    types: set[Any] = set()
    pending: list[Any] = [*field.metadata, field.annotation]
    while pending:
        part = pending.pop()
        if isinstance(part, (Quantity, Series)):
            return "number"
        if typing.get_origin(part) not in (dict, list):
            types.add(part) if part in (float, int, date) else pending.extend(typing.get_args(part))
    kinds: dict[Any, Kind] = {float: "number", int: "whole", date: "day"}
    return next((kind for held, kind in kinds.items() if held in types), None)


def meaning(path: str) -> str:
    """What a path of a scenario stands for, in the language's own words; empty where it says several things or none."""
    parts = path.split(".")
    if parts[0] == "parameters" and len(parts) > 1:
        parameter = PARAMETERS.get(parts[1])
        if parameter is None:
            return ""
        unit = "" if parameter.unit == "1" or parameter.unit in parameter.meaning else f" ({parameter.unit})"
        return parameter.meaning[0].upper() + parameter.meaning[1:] + unit
    kinds: list[type[Part]] = [Scenario]
    meanings: set[str] = set()
    for part in parts:
        fields = [kind.model_fields[part] for kind in kinds if part in kind.model_fields]
        if not fields:  # the name of an event, a state, a day: of the kind of the table it is in
            continue
        meanings = {field.description or "" for field in fields}
        pending: list[Any] = [field.annotation for field in fields]
        kinds = []
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, Part) and annotation is not Range:
                kinds.append(annotation)
            pending += typing.get_args(annotation)
    if len(meanings) != 1 or kinds:
        return ""
    return meanings.pop().partition("; ")[0].partition(". ")[0].rstrip(".").replace("`", "").replace(" -1", " −1")


# --- Paths as people write them


def full_path(name: str) -> str:
    """The full path of a name: the bare name of a parameter stands for `parameters.NAME`."""
    return f"parameters.{name}" if name in PARAMETERS else name


def paths(document: Mapping[str, Any]) -> Iterator[str]:
    """Every path of the language and of a scenario's own events, elections and states; those of tables too.

    document : the scenario's tables, as read or as validated
    """
    tables = [name for name in Scenario.model_fields if name not in _LAST]
    for table in (*tables, *_LAST):
        yield from _below((table,), document, document.get(table))


def _below(path: tuple[str, ...], document: Mapping[str, Any], here: Any) -> Iterator[str]:
    yield ".".join(path)
    names: Iterable[str] | None = PARAMETERS if path == ("parameters",) else fields_at(path, document)
    if names is None and isinstance(here, dict):
        names = map(str, here)
    for name in names or ():
        yield from _below((*path, name), document, here.get(name) if isinstance(here, dict) else None)


def near_path(name: str, document: Mapping[str, Any]) -> str | None:
    """Of all paths the nearest to a bare name, by their last names; several joined by `or`; None where none is near."""
    ends: dict[str, list[str]] = {}
    for path in paths(document):
        ends.setdefault(path.rpartition(".")[2], []).append(path)
    close = nearest(name, ends)
    return None if close is None else " or ".join(ends[close][:_MOST_NEAR])


def only(names: Iterable[str], close: str | None) -> str:
    """What a table holds, for the rule that a key breaks: nothing where a near one is suggested."""
    choice = "" if close is not None else listed_briefly(names)
    return f", only {choice}" if choice else ""


def with_codes(document: dict[str, Any]) -> dict[str, Any]:
    """The document, changed in place: its tables of states keyed by code, as far as a name is certain.

    A state that stands in a table by two names keeps both, for the schema to refuse.
    """
    for path in KEYED:
        holder: Any = document
        for part in path[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        table = holder.get(path[-1]) if isinstance(holder, dict) else None
        if isinstance(table, dict):
            codes = {name: code_of(name) or name for name in table}
            times = Counter(codes.values())
            holder[path[-1]] = {codes[name] if times[codes[name]] == 1 else name: table[name] for name in table}
    return document


def path_by_code(path: str) -> str:
    """A path with the code of its state in place of a name that is certain: `states.Paraguay.lean`, `states.PRY.lean`.

    A name may hold dots.
    """
    parts = path.split(".") if isinstance(path, str) else []
    for table in KEYED:
        start = len(table)
        if tuple(parts[:start]) != table:
            continue
        for end in range(min(len(parts), start + _MOST_PARTS), start, -1):
            code = code_of(".".join(parts[start:end]))
            if code is not None:
                return ".".join([*table, code, *parts[end:]])
    return path


# --- A value put at a path


def put(document: dict[str, Any], key: str, value: Any, label: str) -> None:
    """Put `value` at the dotted path `key`; a path the language or the file does not have is an error.

    An event or election that the file does not have can be put there whole, as a table.
    """
    if not isinstance(key, str):
        raise ScenarioError(Problem("", "a path of names joined by dots", key), label)
    path = key.split(".", DEEPEST)
    if len(path) > DEEPEST:
        raise ScenarioError(Problem("", f"a path of at most {DEEPEST} names", key), label)
    if path[:2] == ["scenario", "extends"]:
        raise ScenarioError(Problem(key, "settled by the file: it cannot be set", value), label)
    if any(not part for part in path):
        raise ScenarioError(Problem(key, "a path of names joined by dots", value), label)
    table: Any = document
    for depth, part in enumerate(path):
        allowed = fields_at(path[:depth], document)
        if allowed is not None and part not in allowed:
            close = near_path(key, document) if len(path) == 1 else _near(path, depth, allowed)
            rule = f"no such path: no `{part}` here{only(allowed, close)}"
            raise ScenarioError(Problem(key, rule, None, close), label)
        named = depth > 0 and path[depth - 1] in _NAMED and allowed is None
        is_whole = depth == len(path) - 1 and isinstance(value, dict)  # one that is new: all of it at once
        if named and not is_whole and not (isinstance(table, dict) and part in table):
            present = list(table) if isinstance(table, dict) else []
            close = _near(path, depth, present)
            rule = f"no such path: no `{part}` in this scenario{only(present, close)}"
            raise ScenarioError(Problem(key, rule, None, close), label)
        if depth == len(path) - 1:
            table[part] = value
            return
        below = table.get(part)
        if not isinstance(below, dict):
            # A dated change beside a plain value: the value holds until then.
            below = {str(EARLIEST): below} if _is_number(below) and _a_day(path[-1]) else {}
            if fields_at(path[: depth + 1], document) is None and not _open_table(path[: depth + 1]):
                raise ScenarioError(Problem(key, f"no such path: `{part}` is not a table"), label)
            table[part] = below
        table = below


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _a_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _open_table(path: list[str]) -> bool:
    """Whether a path names a table that may be empty in the file: states, dated changes, ranges."""
    return path[0] in ("states", "parameters", "given", "events", "elections", *PATRONS)


def _near(path: list[str], depth: int, names: Iterable[str]) -> str | None:
    close = nearest(path[depth], names)
    return None if close is None else ".".join([*path[:depth], close])
