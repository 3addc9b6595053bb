"""A truce in a forecast: how little happens in it, when it may end, and how much a year in it counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sim.atlas import regimes
from sim.backtest.forecasts import known_until
from sim.fit import beliefs

VOTES = (date(2012, 1, 14), date(2016, 1, 16))
"""Votes in Taiwan that could have ended the truce, known in advance (every four years; general knowledge)."""
VOTE_ENDS_TRUCE = 0.5
"""Chance that such a vote ends it: one half, because the result of an election is taken as unknown."""


def truce_since(known: date) -> date | None:
    """First day of the truce that holds at the end of a day; None in contest."""
    return next((r.start for r in regimes() if r.name == "truce" and r.start <= known < r.end), None)


def coming_votes(known: date) -> tuple[date, ...]:
    """The votes that may still end a truce after a day, by date."""
    return tuple(vote for vote in VOTES if vote > known)


def acceptance(as_of: date) -> float:
    """Years of contest that a year in a truce counts for, 0 to 1, given what was known at the end of a day.

    This is the central value of the simulation's `acceptance_truce`. Raises AtlasError if no departure was known yet.
    """
    return beliefs(as_of)["acceptance_truce"].distribution.central


def in_truce(begin: date, end: date) -> list[tuple[date, date]]:
    """The parts of the time from the end of `begin` to the end of `end` in which a truce held on record."""
    cut = [(max(begin, regime.start), min(end, regime.end)) for regime in regimes() if regime.name == "truce"]
    return [(first, last) for first, last in cut if first < last]


def mostly_in_truce(year: int) -> bool:
    """Whether a truce held in more than half of a year on record: true for 2008 to 2015."""
    begin, end = known_until(year), known_until(year + 1)
    return 2 * sum((last - first).days for first, last in in_truce(begin, end)) > (end - begin).days


@dataclass(frozen=True)
class Course:
    """One possible course of a truce, or of contest if there is none."""

    chance: float
    """Chance of this course, 0 to 1; those of all courses add up to 1."""
    shares: tuple[float, ...]
    """(horizon,) years of contest that each year ahead counts for, 0 to 1."""

    @property
    def years(self) -> float:
        """Years of contest in all, >= 0."""
        return math.fsum(self.shares)


def courses(origin: int, horizon: int) -> tuple[Course, ...]:
    """The possible courses of the years ahead, as in the simulation: each coming vote may end a truce.

    Leaving and returning slow down equally in a truce, so it only makes time pass more slowly. Outside a truce there is
    one course, of full years, because no truce is foreseen.
    """
    known = known_until(origin)
    if truce_since(known) is None:
        return (Course(1.0, (1.0,) * horizon),)
    accepted, possible, lasting = acceptance(known), [], 1.0
    bounds = [known_until(origin + year) for year in range(horizon + 1)]
    for vote in coming_votes(known):
        if vote < bounds[-1]:
            possible.append(Course(lasting * VOTE_ENDS_TRUCE, _until(vote, bounds, accepted)))
            lasting *= 1.0 - VOTE_ENDS_TRUCE
    return (*possible, Course(lasting, (accepted,) * horizon))


def _until(vote: date, bounds: list[date], accepted: float) -> tuple[float, ...]:
    """Years of contest that each year between two bounds counts for if the truce ends at a vote."""
    within = [(min(max(vote, first), last) - first).days / (last - first).days for first, last in pairwise(bounds)]
    return tuple(1.0 - (1.0 - accepted) * share for share in within)
