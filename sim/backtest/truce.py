"""What a truce means for a forecast: how little happens in it, when it may end, and what time in it is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sim.atlas import regimes
from sim.backtest.forecasts import known_until
from sim.fit import beliefs

VOTES = (date(2012, 1, 14), date(2016, 1, 16))
"""Votes in Taiwan that could have ended the truce, known beforehand (every four years; general knowledge)."""
VOTE_ENDS_TRUCE = 0.5
"""Chance that such a vote ends it: a coin, for an election is taken as unknown."""


def truce_since(known: date) -> date | None:
    """First day of the truce that holds at the end of a day; None in contest."""
    return next((r.start for r in regimes() if r.name == "truce" and r.start <= known < r.end), None)


def coming_votes(known: date) -> tuple[date, ...]:
    """The votes that may still end a truce after a day, by date."""
    return tuple(vote for vote in VOTES if vote > known)


def acceptance(as_of: date) -> float:
    """What a year in a truce counts in years of contest, 0 to 1, on what was known at the end of a day.

    The central value of the simulation's own `acceptance_truce`. Raises AtlasError where no departure was known yet.
    """
    return beliefs(as_of)["acceptance_truce"].distribution.central


def in_truce(begin: date, end: date) -> list[tuple[date, date]]:
    """The parts of a stretch, from the end of `begin` to the end of `end`, in which a truce held on the record."""
    cut = [(max(begin, regime.start), min(end, regime.end)) for regime in regimes() if regime.name == "truce"]
    return [(first, last) for first, last in cut if first < last]


def mostly_in_truce(year: int) -> bool:
    """Whether a truce held in more than half of a year on the record: in 2008 to 2015."""
    begin, end = known_until(year), known_until(year + 1)
    return 2 * sum((last - first).days for first, last in in_truce(begin, end)) > (end - begin).days


@dataclass(frozen=True)
class Course:
    """One way in which a truce may go on, or contest where there is none."""

    chance: float
    """0 to 1; those of all courses add up to 1."""
    shares: tuple[float, ...]
    """(horizon,) what each year ahead is worth in years of contest, 0 to 1."""

    @property
    def years(self) -> float:
        """What they are worth together, >= 0."""
        return math.fsum(self.shares)


def courses(origin: int, horizon: int) -> tuple[Course, ...]:
    """The ways the years ahead may go, as the simulation is told: each coming vote ends a truce with one chance.

    Both leaving and returning slow down alike in a truce, so that it only makes time pass more slowly. Outside a truce
    there is one course, of whole years: none is foreseen.
    """
    known = known_until(origin)
    if truce_since(known) is None:
        return (Course(1.0, (1.0,) * horizon),)
    accepted, found, lasting = acceptance(known), [], 1.0
    bounds = [known_until(origin + year) for year in range(horizon + 1)]
    for vote in coming_votes(known):
        if vote < bounds[-1]:
            found.append(Course(lasting * VOTE_ENDS_TRUCE, _until(vote, bounds, accepted)))
            lasting *= 1.0 - VOTE_ENDS_TRUCE
    return (*found, Course(lasting, (accepted,) * horizon))


def _until(vote: date, bounds: list[date], accepted: float) -> tuple[float, ...]:
    """What each year between two bounds is worth where the truce ends at a vote."""
    within = [(min(max(vote, first), last) - first).days / (last - first).days for first, last in pairwise(bounds)]
    return tuple(1.0 - (1.0 - accepted) * share for share in within)
