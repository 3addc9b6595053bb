"""Facts that a user adds after the day on which the tables end; `sim.scenario.record` reads and checks them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, update_wrapper
from typing import Any, Literal, TypeVar

Side = Literal["taipei", "beijing", "none"]


@dataclass(frozen=True)
class OwnChange:
    """A state that changed sides on a day."""

    date: date
    iso3: str
    destination: Side
    source: str


@dataclass(frozen=True)
class OwnGovernment:
    """A government in office from a day on."""

    date: date
    iso3: str
    leader: str
    lean: float
    """-1 (Taipei, Washington) to +1 (Beijing)."""
    source: str


@dataclass(frozen=True)
class OwnVote:
    """How a vote ended that a scenario has under a name."""

    date: date
    vote: str
    """Name of the scenario's election."""
    outcome: str
    """Name of one of its outcomes."""


@dataclass(frozen=True)
class OwnEconomy:
    """A state's figures of one year; None: as in the year before."""

    iso3: str
    year: int
    population: float | None
    """Persons, > 0."""
    gdp_usd: float | None
    """US dollars of the year, > 0."""
    us_aid_usd: float | None
    """US dollars of the year, >= 0."""


@dataclass(frozen=True)
class OwnSpeech:
    """A state's speech in the General Debate of one year."""

    iso3: str
    year: int
    names_taiwan: bool


@dataclass(frozen=True)
class OwnFacts:
    """What a user knows beyond the tables, up to a day. Each list is sorted by date or year, then state."""

    name: str
    """What charts and pages call it: the name of its file."""
    confirmed_until: date
    """The last day it reaches."""
    changes: tuple[OwnChange, ...] = ()
    governments: tuple[OwnGovernment, ...] = ()
    votes: tuple[OwnVote, ...] = ()
    economies: tuple[OwnEconomy, ...] = ()
    speeches: tuple[OwnSpeech, ...] = ()


F = TypeVar("F", bound=Callable[..., Any])


def cached(function: F) -> F:
    """The function, with what it gave kept, whether the user's facts (its last argument) are left out or None."""
    kept: Any = lru_cache(maxsize=None)(function)

    def asked(*known: Any, own: OwnFacts | None = None) -> Any:
        return kept(*known) if own is None else kept(*known, own)

    found: Any = update_wrapper(asked, function)
    found.cache_clear, found.cache_info = kept.cache_clear, kept.cache_info
    return found
