"""The files of scenarios and sweeps as tables: where the shipped ones lie, how any is read. Loads nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.places import shipped_folder
from sim.scenario.reading import DEEPEST, parsed, plain_text

MOST_WHOLE = 2**63 - 1
SWEEP_NAME = ".sweep"
"""The end of a shipped sweep's name, which no scenario's can have."""
Document = dict[str, Any]


def shipped() -> dict[str, Path]:
    """The shipped scenarios: file by name, sorted."""
    return {name: path for name, path in _files().items() if not name.endswith(SWEEP_NAME)}


def shipped_sweeps() -> dict[str, Path]:
    """The shipped sweep files, each beside its scenario: file by name (`honduras-2021.sweep`), sorted."""
    return {name: path for name, path in _files().items() if name.endswith(SWEEP_NAME)}


def _files() -> dict[str, Path]:
    return dict(sorted((path.stem, path) for path in shipped_folder().glob("*.toml")))


def shipped_headers() -> Iterator[tuple[str, list[str], Document]]:
    """Of each shipped scenario its name, those it extends (nearest first), and its table `[scenario]` with theirs.

    The tables are as written: that the shipped files are sound is what `sim validate` and the tests say.
    """
    files = shipped()
    own = {name: read_toml(path, name)["scenario"] for name, path in files.items()}
    for name in files:
        header, chain = own[name], []
        while above := header.get("extends"):
            chain.append(above)
            header = own[above]
        whole: Document = {}
        for below in reversed([name, *chain]):
            whole = merge(whole, own[below])
        yield name, chain, whole


def read_toml(path: Path, label: str) -> Document:
    """The tables of a scenario or sweep file, bounded. Raises ScenarioError under the name `label`."""
    document = parsed(plain_text(path, label), label, path.name)
    sound(document, label)
    return document


def sound(document: Any, label: str) -> None:
    """Refuse what no scenario can mean and no message can show: endless nesting, whole numbers beyond 64 bits.

    From Python also keys that are no names.
    """
    pending: list[tuple[str, Any, int]] = [("", document, 0)]
    while pending:
        path, value, depth = pending.pop()
        if depth > DEEPEST:
            raise ScenarioError(Problem(".".join(path.split(".")[:3]), "tables nested less deeply"), label)
        if isinstance(value, int) and not -MOST_WHOLE <= value <= MOST_WHOLE:
            raise ScenarioError(Problem(path, "a whole number below 2^63", "a number of many digits"), label)
        if isinstance(value, dict):
            for key in value:
                if not isinstance(key, str):
                    raise ScenarioError(Problem(path, "names as the keys of a table", key), label)
            pending += [(f"{path}.{key}" if path else key, item, depth + 1) for key, item in value.items()]
        elif isinstance(value, list):
            held = ((index, item) for index, item in enumerate(value) if isinstance(item, (int, dict, list)))
            pending += [(f"{path}.{index}", item, depth + 1) for index, item in held]


def copied(value: Any) -> Any:
    """Tables and lists of a document, and all that is in them, copied; a fifth of the time of `copy.deepcopy`."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def merge(base: Document, change: Document) -> Document:
    """The base with the change on top: tables key by key, everything else replaced."""
    merged = dict(base)
    for key, value in change.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = merge(below, value) if both else copied(value)  # type: ignore[arg-type]
    return merged
