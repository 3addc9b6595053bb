"""What a mutated scenario may do: run, or be refused with clear lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.runs.run import Request, simulate
from sim.scenario import load

FOREIGN = (
    "Traceback",
    "Input should",
    "validation error",
    "pydantic",
    "type=",
    "<class",
    "<object",
    "Range(",
    "datetime.",
    "SplitNormal",
    "Error:",
)
"""Words of libraries and of Python, which no user should read."""


def runs_or_is_refused(path: Path, overrides: Mapping[str, Any] | None = None) -> bool:
    """Load and run a little; True when it ran. Fails on a crash, or on an error that is not clear."""
    try:
        result = simulate(Request(load(path, overrides), 20, 1), threads=1)
    except InputError as error:
        lines = error.lines()
        assert lines
        for line in lines:
            assert line.startswith(f"{path}: "), line
            assert len(line.splitlines()) == 1, line
            assert not any(word in line for word in FOREIGN), line
            assert len(line) < 1500, line
        return False
    assert result.counts.shape == (20, len(result.months))
    assert all(np.isfinite(column).all() for column in result.changes.values())
    assert len(result.states_columns["p_end"]) == len(result.places)
    assert result.expected is not None
    assert np.isfinite(result.expected).all()
    assert (result.cooperation is None) == (not result.hosts)
    return True
