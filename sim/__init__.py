"""A simulator of diplomatic recognition: who recognises Taipei, who goes next, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.results import Result
    from sim.runs.face import load, read, run
    from sim.scenario import Scenario

__all__ = ["Result", "Scenario", "load", "read", "run"]


def __getattr__(name: str) -> Any:
    """The public names, loaded when first asked for, so that `import sim` costs nothing."""
    if name == "__version__":
        from importlib import metadata

        return metadata.version("recognition-sim")
    if name == "Scenario":
        from sim.scenario import Scenario

        return Scenario
    if name in __all__:
        from sim.runs import face

        return getattr(face, name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
