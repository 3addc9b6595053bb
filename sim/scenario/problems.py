"""Validation messages: each problem with its path in the file, the rule, the value and the nearest valid name."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.atlas import labelled, near_code
from sim.errors import MOST_TOLD, Problem, nearest
from sim.scenario.schema import Scenario
from sim.scenario.values import number_rule

_TAGS = {"number", "table", "[key]"}


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


def _fields(model: type[BaseModel], path: Sequence[str], document: Any) -> Mapping[str, Any] | None:
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
        inner = _found(inner, rest[:1])
        rest = rest[1:]
    tables = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if len(tables) > 1:
        told = inner.get("type") if isinstance(inner, dict) else None
        tables = [t for t in tables if "type" in t.model_fields and told in event_types(t)]
    return _fields(tables[0], rest, inner) if tables else None


def event_types(model: type[BaseModel]) -> tuple[str, ...]:
    """The values the `type` key of an event class can have."""
    return typing.get_args(model.model_fields["type"].annotation)


def fields_at(path: Sequence[str], document: Any) -> Mapping[str, Any] | None:
    """The keys the scenario language allows in the table at `path` of a document; None where names are free."""
    return _fields(Scenario, path, document)


def _found(document: Any, path: Sequence[str]) -> Any:
    for key in path:
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return None
    return document


def _path(location: Sequence[str | int], document: Any) -> list[str]:
    """The path as written in the file: without the marks validation adds for unions and keys."""
    path: list[str] = []
    tagged: Any = None
    for part in map(str, location):
        here = _found(document, path)
        if isinstance(here, dict) and here.get("type") == part and here is not tagged:
            tagged = here  # the kind of event, told before its keys, one of which may bear its name
            continue
        written = (isinstance(here, dict) and part in here) or (isinstance(here, list) and part.isdigit())
        if written or part not in _TAGS:
            path.append(part)
    return path


_RULES = {
    "missing": "required",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "dict_type": "a table",
    "list_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
}


_OF_TEXTS, _LONGEST_HINT = ("scenario", "roster", "cooperation", "expectations"), 80
"""Tables whose lists hold texts; letters of a text up to which the list is shown that it may be meant for."""


def _rule(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _RULES:
        return _RULES[kind]
    if kind in ("greater_than_equal", "less_than_equal"):
        bound, word = (context.get("ge"), "at least") if "ge" in context else (context.get("le"), "at most")
        return f"{word} {bound:g}" if isinstance(bound, float) else f"{word} {bound}"
    if kind == "literal_error":
        return f"one of {context['expected']}"
    if kind == "too_short":
        return "not empty"
    return str(error["msg"])


def problems(error: ValidationError, document: Mapping[str, Any], model: type[BaseModel] = Scenario) -> list[Problem]:
    """The problems of a validation error of a model, each as the user would look for it in the file."""
    found = error.errors(include_url=False)
    return [
        _problem(item, document, model, nearest if place < MOST_TOLD else _not_told) for place, item in enumerate(found)
    ]


def _not_told(name: object, valid: Iterable[str]) -> None:
    """No suggestion: to find one takes long, and this problem is only counted."""


def _problem(
    item: Any,
    document: Mapping[str, Any],
    model: type[BaseModel],
    near: Callable[[object, Iterable[str]], str | None],
) -> Problem:
    kind, context = item["type"], item.get("ctx", {})
    path = _path(item["loc"], document)
    value = item["input"]
    if kind == "missing":
        return Problem(".".join(path), "required", None, None)
    if kind == "twice":
        return Problem(".".join(path), _rule(item))
    if kind == "extra_forbidden":
        allowed = _fields(model, path[:-1], document) or {}
        return Problem(".".join(path), "unknown key", path[-1], near(path[-1], allowed))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        expected = [name.strip("'") for name in str(context.get("expected_tags", "")).split(", ")]
        expected = [name for name in expected if name] or list(all_event_types())
        told = value.get("type") if isinstance(value, dict) else None
        rule = "one of " + ", ".join(expected) if isinstance(value, dict) else "a table with a `type`"
        return Problem(
            ".".join([*path, "type"]),
            rule,
            told if isinstance(value, dict) else value,
            None if told is None else near(told, expected),
        )
    rule, suggestion = _rule(item), None
    if kind in ("float_type", "float_parsing"):
        rule = number_rule(value)
    if kind == "list_type" and isinstance(value, str) and 0 < len(value) <= _LONGEST_HINT and path[0] in _OF_TEXTS:
        rule += f", as {json.dumps([part.strip() for part in value.split(',')], ensure_ascii=False)}"
    if kind == "state":
        close = None if near is _not_told else near_code(value)
        suggestion = None if close is None else labelled(close)
    if kind == "literal_error" and isinstance(value, str):
        suggestion = near(value, str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", "))
    return Problem(".".join(path), rule, value, suggestion)


def all_event_types() -> tuple[str, ...]:
    """Every `type` an event can have."""
    annotation = typing.get_args(typing.get_args(Scenario.model_fields["events"].annotation)[1])[0]
    return tuple(name for kind in _unwrapped(annotation) for name in event_types(kind))
