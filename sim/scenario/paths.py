"""Paths of a scenario: the full path of a bare name, every path there is, the nearest to a wrong one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.errors import nearest
from sim.parameters import PARAMETERS
from sim.scenario.problems import fields_at
from sim.scenario.schema import Scenario
from sim.words import listed_briefly

_LAST = ("scenario", "expectations")
"""Tables whose keys are the last to be suggested: they decide nothing of what happens."""
_MOST_NEAR = 3
"""Paths that end in the same name, of which a suggestion names all."""


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
    told = "" if close is not None else listed_briefly(names)
    return f", only {told}" if told else ""
