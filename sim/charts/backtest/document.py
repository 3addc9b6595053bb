"""What the document of a backtest says, and what its charts share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.backtest.scores import NAMES
from sim.words import many

Document = Mapping[str, Any]
"""What a backtest writes: runs, seed, and its tables: counts, calibration, scores, differences, departures."""
Row = Mapping[str, Any]
BASELINE = "constant_hl7"
"""The model drawn beside the simulation in the chart of calibration."""
WIDTH = 9.0
HEAD = 0.34
"""Heading of a panel, inches."""
SMALL = 8.5
FAINT = "#B5B5B5"
"""Of what is drawn for comparison only."""


def name_of(model: str) -> str:
    """A model as a reader calls it."""
    return NAMES.get(model, model)


def source(document: Document) -> str:
    """The source line of all four."""
    runs = many(document["runs"], "run")
    return f"Source: backtest of this project, {runs} an origin, seed {document['seed']}; the record of recognition."


def ahead(horizon: int) -> str:
    """`1 year ahead`, `3 years ahead`."""
    return f"{many(horizon, 'year')} ahead"


def of_model(rows: Iterable[Row], model: str, horizon: int | None = None) -> list[Row]:
    """The rows of one model, and of one horizon where one is named."""
    return [row for row in rows if row["model"] == model and horizon in (None, row["horizon"])]


def horizons_of(rows: Iterable[Row]) -> list[int]:
    """Years ahead, the fewest first."""
    return sorted({row["horizon"] for row in rows})
