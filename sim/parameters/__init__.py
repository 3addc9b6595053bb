"""Model parameters: declared once, with family, range, kind and source."""

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
from sim.parameters.parameter import Kind, Parameter
from sim.parameters.register import DECLARED, PARAMETERS

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
