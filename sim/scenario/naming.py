"""Names of states as keys: what people write becomes the code, before documents and paths meet."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sim.atlas import code_of

KEYED = (("states",), ("expectations", "count_without"))
"""Tables whose keys are states."""
_MOST_PARTS = 8
"""Parts of a path that dots in a name may make of it (`St. Kitts`, `U.S.A.`)."""


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
