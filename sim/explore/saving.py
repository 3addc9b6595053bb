"""What is kept of a page: the command that gives its numbers, and a scenario file that does."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import as_written
from sim.scenario import ResolvedScenario, as_options, shipped
from sim.scenario.values import as_set

_BARE = re.compile(r"[A-Za-z0-9_-]+")
MOST_NAME = 71
"""Letters of the name that is extended, so that with what is added it is a name."""


def command_of(loaded: ResolvedScenario, runs: int) -> str:
    """The command that runs a scenario as it was opened; what is set on the page is added to it."""
    parts = ["sim", "run", loaded.file, "--runs", str(runs)]
    if isinstance(loaded.record, (str, Path)):
        parts += ["--record", str(loaded.record)]
    return shlex.join(parts + as_options({path: as_set(value) for path, value in loaded.overrides.items()}))


def scenario_text(base: ResolvedScenario, loaded: ResolvedScenario, runs: int) -> str:
    """A scenario file that extends the one that was opened, and sets what `loaded` sets; runs : of the page at rest."""
    is_shipped = base.file in shipped()
    extends = base.file if is_shipped else Path(base.file).name
    header = base.scenario.scenario
    tables: dict[str, dict[str, Any]] = {
        "scenario": {
            "name": f"{header.name[:MOST_NAME]}-explored",
            "title": f"{header.title} (explored)",
            "extends": extends,
            "runs": runs,
        }
    }
    for path, value in loaded.overrides.items():
        table, _, rest = path.partition(".")
        own = tables.setdefault(table, {})
        own |= {rest: value} if rest else value
    lines = [] if is_shipped else [f"# Keep this file beside {extends}, which it extends.", ""]
    if isinstance(base.record, (str, Path)):
        lines += [f"record = {_value(str(base.record))}", ""]
    for table, values in tables.items():
        lines += [f"[{table}]", *(f"{_dotted(path)} = {_value(value)}" for path, value in values.items()), ""]
    return "\n".join(lines)


def _dotted(path: str) -> str:
    """A path as TOML writes it: names with other letters than those of a bare key in quotes."""
    return ".".join(part if _BARE.fullmatch(part) else _quoted(part) for part in path.split("."))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _value(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_dotted(str(key))} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return as_written(value)
