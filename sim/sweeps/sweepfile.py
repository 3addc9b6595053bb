"""Whether what a user names is a sweep file, and what it holds. Loads nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.scenario.files import read_toml, shipped_sweeps


def sweep_file(scenario: str | Path) -> Path | None:
    """The path of a sweep file, named by path or as it is shipped; None if what is named is a scenario."""
    document = sweep_document(scenario)
    return None if document is None else document[0]


def sweep_document(scenario: str | Path) -> tuple[Path, dict[str, Any]] | None:
    """A sweep file with its tables, read once, for it may be long; None if what is named is a scenario."""
    path = shipped_sweeps().get(str(scenario), Path(scenario))
    try:
        if path.suffix == ".toml" and path.is_file() and "sweep" in (document := read_toml(path, str(path))):
            return path, document
    except (OSError, ValueError, ScenarioError):
        pass
    return None
