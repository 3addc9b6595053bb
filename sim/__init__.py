"""A simulator of diplomatic recognition: who recognises Taipei, who goes next, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.shown import Shown

if TYPE_CHECKING:
    from sim.face import (
        Result,
        Scenario,
        ablate,
        compare,
        explain,
        load,
        patterns,
        read,
        run,
        sensitivity,
        sweep,
        world,
    )

__all__ = [
    "Result",
    "Scenario",
    "ablate",
    "compare",
    "explain",
    "load",
    "patterns",
    "read",
    "run",
    "sensitivity",
    "sweep",
    "world",
]


def _shows() -> Any:
    """What shows results in a notebook: results come from a room before charts, so they ask here."""
    from sim.report import showing

    return showing


Shown.shows = staticmethod(_shows)


def __getattr__(name: str) -> Any:
    """The public names, loaded when first asked for, so that `import sim` costs nothing."""
    if name == "__version__":
        from importlib import metadata

        return metadata.version("recognition-sim")
    if name in __all__:
        from sim import face

        return getattr(face, name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
