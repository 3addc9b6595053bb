"""A simulator of diplomatic recognition: who recognises Taipei, who goes next, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.compare import face_compare as compare
    from sim.analysis.explain import explain
    from sim.analysis.sensitivity import face_sensitivity as sensitivity
    from sim.results import Result
    from sim.runs.face import load, read, run
    from sim.scenario import Scenario
    from sim.sweeps.sweep import sweep

__all__ = ["Result", "Scenario", "compare", "explain", "load", "read", "run", "sensitivity", "sweep"]

_PLACES = {
    "Result": ("sim.results", "Result"),
    "Scenario": ("sim.scenario", "Scenario"),
    "compare": ("sim.analysis.compare", "face_compare"),
    "explain": ("sim.analysis.explain", "explain"),
    "load": ("sim.runs.face", "load"),
    "read": ("sim.runs.face", "read"),
    "run": ("sim.runs.face", "run"),
    "sensitivity": ("sim.analysis.sensitivity", "face_sensitivity"),
    "sweep": ("sim.sweeps.sweep", "sweep"),
}
"""Module and name of each public name."""


def __getattr__(name: str) -> Any:
    """The public names, loaded when first asked for, so that `import sim` costs nothing."""
    if name == "__version__":
        from importlib import metadata

        return metadata.version("recognition-sim")
    if name in _PLACES:
        import importlib

        module, found = _PLACES[name]
        return getattr(importlib.import_module(module), found)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
