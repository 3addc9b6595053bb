"""Model parameters: declared once, with family, range, kind and source."""

from sim.parameters.families import (
    FAMILIES,
    Coin,
    Counted,
    Distribution,
    Effect,
    Exposure,
    Fitted,
    Held,
    LogitNormal,
    LogNormal,
    RecordRate,
    Remembered,
    SplitNormal,
    Updated,
    rounded,
)
from sim.parameters.register import DECLARED, PARAMETERS, Kind, Parameter

__all__ = [
    "DECLARED",
    "FAMILIES",
    "PARAMETERS",
    "Coin",
    "Counted",
    "Distribution",
    "Effect",
    "Exposure",
    "Fitted",
    "Held",
    "Kind",
    "LogNormal",
    "LogitNormal",
    "Parameter",
    "RecordRate",
    "Remembered",
    "SplitNormal",
    "Updated",
    "rounded",
]
