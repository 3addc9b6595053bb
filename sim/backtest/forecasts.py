"""A model's forecast for the states with Taipei at a later day, and the outcome on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.atlas import record

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DIGITS = 12
"""Decimals of a chance that count for ranks and quantiles, so that none of them depends on the last bit of a sum."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """One model's forecast for an origin and a horizon, from what was known at the end of the day before the origin."""

    model: str
    origin: int
    """Calendar year; its first day is the first unknown day."""
    horizon: int
    """Years, >= 1: the forecast is for the end of 31 December of year origin - 1 + horizon."""
    states: tuple[str, ...]
    """iso3 of the states with Taipei at the origin, sorted."""
    chances: Floats | None
    """(states,) 0 to 1, chance of not being with Taipei at the end; None if the model forecasts only the count."""
    counts: Ints
    """(members,) states with Taipei at the end, >= 0: a sample whose members are equally likely."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """The outcome on record for one origin and horizon (source: `sim.atlas.record`)."""

    origin: int
    horizon: int
    """Years, >= 1."""
    states: tuple[str, ...]
    """iso3 of the states with Taipei at the origin, sorted."""
    gone: Bools
    """(states,) whether the state is not with Taipei at the end of the horizon."""
    count: int
    """States with Taipei at the end of the horizon, including new and returned ones."""


def known_until(origin: int) -> date:
    """The last day that a forecast of this origin may know: 31 December of the year before."""
    return date(origin - 1, 12, 31)


def end_of(origin: int, horizon: int) -> date:
    """The last day of a horizon, given in years."""
    return date(origin - 1 + horizon, 12, 31)


def outcome(origin: int, horizon: int) -> Outcome | None:
    """The outcome for the states with Taipei at the origin; None if the record does not reach the end."""
    known, end = record(), end_of(origin, horizon)
    if end > known.confirmed_until:
        return None
    states = known.recognisers(known_until(origin))
    gone = np.array([known.side(iso3, end) != "taipei" for iso3 in states], dtype=np.bool_)
    return Outcome(origin, horizon, states, gone, known.count(end))
