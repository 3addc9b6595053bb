"""Model parameters: declared once, with family, range, kind and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.parameters.parameter import Kind, Parameter
from sim.parameters.register import DECLARED, PARAMETERS

if TYPE_CHECKING:
    from sim.parameters.families import (
        FAMILIES,
        CaseChance,
        Coefficient,
        Coin,
        Distribution,
        Effect,
        Exposure,
        Grid,
        Held,
        Joint,
        LogitNormal,
        LogNormal,
        MemoryRate,
        Posterior,
        RecordRate,
        SplitNormal,
        rounded,
    )

__all__ = [
    "DECLARED",
    "FAMILIES",
    "PARAMETERS",
    "CaseChance",
    "Coefficient",
    "Coin",
    "Distribution",
    "Effect",
    "Exposure",
    "Grid",
    "Held",
    "Joint",
    "Kind",
    "LogNormal",
    "LogitNormal",
    "MemoryRate",
    "Parameter",
    "Posterior",
    "RecordRate",
    "SplitNormal",
    "rounded",
]


def __getattr__(name: str) -> Any:
    """The families, loaded when first asked for: they need NumPy, and a check of a scenario needs no law."""
    if name in __all__:
        from sim.parameters import families

        return getattr(families, name)
    raise AttributeError(f"module 'sim.parameters' has no attribute {name!r}")
