"""Model parameters: declared once, with family, range, kind and source."""

from sim.parameters.families import (
    FAMILIES,
    Counted,
    Distribution,
    Effect,
    Exposure,
    Fitted,
    Grid,
    Held,
    Joint,
    LogitNormal,
    LogNormal,
    RecordRate,
    SplitNormal,
    Updated,
    rounded,
)
from sim.parameters.register import DECLARED, PARAMETERS, Kind, Parameter

__all__ = [
    "DECLARED",
    "FAMILIES",
    "PARAMETERS",
    "Counted",
    "Distribution",
    "Effect",
    "Exposure",
    "Fitted",
    "Grid",
    "Held",
    "Joint",
    "Kind",
    "LogNormal",
    "LogitNormal",
    "Parameter",
    "RecordRate",
    "SplitNormal",
    "Updated",
    "rounded",
]
