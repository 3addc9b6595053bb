"""Names of states as keys: what people write becomes the code, before documents and paths meet."""

from __future__ import annotations

from typing import Any

from sim.atlas import code_of
from sim.errors import Problem, ScenarioError

KEYED = (("states",), ("expectations", "count_without"))
"""Tables whose keys are states."""
_MOST_PARTS = 8
"""Parts of a path that dots in a name may make of it (`St. Kitts`, `U.S.A.`)."""


def with_codes(document: dict[str, Any], shown: str) -> dict[str, Any]:
    """The document, changed in place: its tables of states keyed by code, as far as a name is certain.

    Raises ScenarioError under the name `shown` where a state stands there by two names.
    """
    wrong: list[Problem] = []
    for path in KEYED:
        holder: Any = document
        for part in path[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        table = holder.get(path[-1]) if isinstance(holder, dict) else None
        if not isinstance(table, dict):
            continue
        keyed: dict[str, Any] = {}
        for name, said in table.items():
            code = code_of(name) or name
            if code in keyed:
                wrong.append(Problem(".".join([*path, name]), f"a state told once: {code} stands here already"))
            keyed[code] = said
        holder[path[-1]] = keyed
    if wrong:
        raise ScenarioError(wrong, shown)
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
