"""What a model said would become of the states with Taipei by a later day, and what the record says became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.atlas import record

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Forecast:
    """One model's answer for one origin and horizon, from what was known at the end of the day before the origin."""

    model: str
    origin: int
    """Calendar year whose first day is the first one not known."""
    horizon: int
    """Years, >= 1: the forecast is for the end of 31 December of year origin - 1 + horizon."""
    states: tuple[str, ...]
    """iso3 of the states with Taipei at the origin, sorted."""
    chances: Floats | None
    """(states,) 0 to 1, chance that the state is not with Taipei at the end; None: the model tells the count only."""
    counts: Ints
    """(members,) states with Taipei at the end, >= 0: a sample whose members are equally likely."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the record says about one origin and horizon (source: `sim.atlas.record`)."""

    origin: int
    horizon: int
    """Years, >= 1."""
    states: tuple[str, ...]
    """iso3 of the states with Taipei at the origin, sorted."""
    gone: Bools
    """(states,) whether the state is not with Taipei at the end of the horizon."""
    count: int
    """States with Taipei at the end of the horizon, newcomers and returned ones included."""


def known_until(origin: int) -> date:
    """The last day that a forecast of this origin may know: 31 December of the year before."""
    return date(origin - 1, 12, 31)


def end_of(origin: int, horizon: int) -> date:
    """The last day of a horizon of so many years."""
    return date(origin - 1 + horizon, 12, 31)


def outcome(origin: int, horizon: int) -> Outcome | None:
    """What became of the states with Taipei at the origin; None where the record does not reach the end."""
    known, end = record(), end_of(origin, horizon)
    if end > known.confirmed_until:
        return None
    states = known.recognisers(known_until(origin))
    gone = np.array([known.side(iso3, end) != "taipei" for iso3 in states], dtype=np.bool_)
    return Outcome(origin, horizon, states, gone, known.count(end))
