"""Validation messages: each problem with its path in the file, the rule, the value and the nearest valid name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.atlas import labelled, near_code
from sim.errors import MOST_TOLD, Problem, nearest
from sim.scenario.events import EVENTS
from sim.scenario.language import fields_of, found_at
from sim.scenario.schema import Scenario
from sim.scenario.values import number_rule

_TAGS = {"number", "table", "[key]"}


def _path(location: Sequence[str | int], document: Any) -> list[str]:
    """The path as written in the file: without the marks validation adds for unions and keys."""
    path: list[str] = []
    tagged: Any = None
    for part in map(str, location):
        here = found_at(document, path)
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
    return [
        _problem(item, document, model, nearest if place < MOST_TOLD else _not_told)
        for place, item in enumerate(error.errors(include_url=False))
    ]


RETIRED = {
    "roster.former_years": ("retired: who may come to Taipei no longer hangs on when it left", "candidates"),
}
"""Keys of earlier versions: what became of each, and the key that stands in its place."""


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
        allowed = fields_of(model, path[:-1], document) or {}
        if (retired := RETIRED.get(".".join(path))) is not None:
            return Problem(".".join(path), retired[0], path[-1], retired[1])
        return Problem(".".join(path), "unknown key", path[-1], near(path[-1], allowed))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        expected = [name.strip("'") for name in str(context.get("expected_tags", "")).split(", ")]
        expected = [name for name in expected if name] or list(EVENTS)
        name = value.get("type") if isinstance(value, dict) else None
        rule = "one of " + ", ".join(expected) if isinstance(value, dict) else "a table with a `type`"
        return Problem(
            ".".join([*path, "type"]),
            rule,
            name if isinstance(value, dict) else value,
            None if name is None else near(name, expected),
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
