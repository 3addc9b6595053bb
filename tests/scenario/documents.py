"""Scenario files for tests: a small valid header, snippets under it, and the lines of the errors they give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario import ResolvedScenario, load

HEADER = """[scenario]
name = "small"
title = "A small one"
question = "Does it hold?"
start = 2021-12-10
end = 2022-06-30
"""

FILE = "small.toml"


def header(**changes: str | None) -> str:
    """The header with keys set to TOML texts, or left out where None."""
    lines = {line.partition(" ")[0]: line for line in HEADER.splitlines()[1:]}
    for key, text in changes.items():
        lines.pop(key, None)
        if text is not None:
            lines[key] = f"{key} = {text}"
    return "\n".join(["[scenario]", *lines.values()]) + "\n"


def written(folder: Path, body: str | bytes = "", head: str = HEADER, name: str = FILE) -> Path:
    """A scenario file: the header, then a body."""
    path = folder / name
    path.write_bytes(head.encode() + (body if isinstance(body, bytes) else body.encode()))
    return path


def loaded(folder: Path, body: str = "", head: str = HEADER, name: str = FILE) -> ResolvedScenario:
    """The scenario of such a file."""
    return load(written(folder, body, head, name))


def refused(scenario: Path | str, overrides: Mapping[str, Any] | None = None) -> list[str]:
    """The lines of the error that loading raises, without the folder the file lies in."""
    with pytest.raises(ScenarioError) as caught:
        load(scenario, overrides)
    assert caught.value.exit_status == 2
    lines = caught.value.lines()
    assert str(caught.value) == "\n".join(lines)
    return [line.replace(f"{Path(scenario).parent}/", "") for line in lines]
