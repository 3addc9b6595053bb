"""The record's own rates of leaving and returning, weighted to the recent past, up to a day."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sim.atlas import Change, Record, record, regimes
from sim.errors import AtlasError, Problem

HALF_LIFE_YEARS = 7.0
"""An event or a state-year of seven years ago counts half."""
FORMER_YEARS = 10.0
"""A state may return in so many years after leaving; returns later than that belong to the buying of the 1990s."""
APART = frozenset({"VAT"})
"""The Holy See has a level of its own and is not counted."""
_YEAR = 365.25


@dataclass(frozen=True)
class Weighted:
    """Events and state-years on the record, weighted by their age at `as_of`."""

    as_of: date
    cases: int
    """Events counted, without weights."""
    events: float
    """Sum of the weights of the events."""
    contest_years: float
    """Weighted state-years at risk in contest."""
    truce_years: float
    """Weighted state-years at risk while a truce held."""


def departures(as_of: date) -> Weighted:
    """Departures from Taipei up to a day, and the ally-years they came from.

    Short-lived episodes, states that ceased to exist and the Holy See are left out. Raises AtlasError when
    no departure is on record yet.
    """
    known = record()
    counted = _Counter(as_of)
    for iso3 in _states(known):
        for begin, end, change in _spells(known, iso3, as_of, "taipei"):
            counted.spell(begin, end)
            if change is not None and change.kind != "state_ceased":
                counted.event(change.date)
    if counted.events == 0.0 or sum(counted.years.values()) == 0.0:
        raise AtlasError(
            Problem(
                "scenario.as_of",
                "late enough for a departure to be on record, to estimate its rate from",
                as_of,
            )
        )
    return counted.result()


def returns(as_of: date) -> Weighted:
    """Returns to Taipei within ten years of leaving it, up to a day, and the years they came from."""
    known = record()
    counted = _Counter(as_of)
    for iso3 in _states(known):
        left: date | None = None
        for begin, end, change in _spells(known, iso3, as_of, None):
            side = known.side(iso3, begin)
            if side == "taipei":
                left = None if change is None or change.kind == "state_ceased" else change.date
                continue
            if left is None:
                continue
            horizon = left + timedelta(days=round(FORMER_YEARS * _YEAR))
            if begin < horizon:
                counted.spell(begin, min(end, horizon))
                if change is not None and change.destination == "taipei" and change.date < horizon:
                    counted.event(change.date)
    return counted.result()


class _Counter:
    """Adds up weighted events and state-years, apart for contest and truce."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.cases, self.events = 0, 0.0
        self.years = {"contest": 0.0, "truce": 0.0}

    def event(self, day: date) -> None:
        self.cases += 1
        self.events += self._weight((self.as_of - day).days)

    def spell(self, begin: date, end: date) -> None:
        """Years at risk from the day after `begin` to `end`, each instant weighted by its age (closed form)."""
        for regime in regimes():
            last = regime.end if regime is not regimes()[-1] else date.max
            first, final = max(begin, regime.start), min(end, last)
            if first < final:
                young, old = (self.as_of - final).days / _YEAR, (self.as_of - first).days / _YEAR
                self.years[regime.name] += self._integral(young, old)

    def result(self) -> Weighted:
        return Weighted(self.as_of, self.cases, self.events, self.years["contest"], self.years["truce"])

    @staticmethod
    def _weight(age_days: int) -> float:
        return float(0.5 ** (age_days / _YEAR / HALF_LIFE_YEARS))

    @staticmethod
    def _integral(young: float, old: float) -> float:
        fade: Callable[[float], float] = lambda age: math.exp(-math.log(2.0) / HALF_LIFE_YEARS * age)  # noqa: E731
        return HALF_LIFE_YEARS / math.log(2.0) * (fade(young) - fade(old))


def _states(known: Record) -> list[str]:
    return sorted((set(known.roster_1971) | {change.iso3 for change in known.changes}) - APART)


def _spells(known: Record, iso3: str, as_of: date, side: str | None) -> Iterator[tuple[date, date, Change | None]]:
    """The stretches between a state's changes up to `as_of`, with the change that ended each (None: still on).

    Only those spent on `side`, when one is named; short-lived episodes are passed over.
    """
    begin = known.start
    here = "taipei" if iso3 in known.roster_1971 else None
    for change in known.changes:
        if change.iso3 != iso3 or change.short_lived or change.date > as_of:
            continue
        if here is not None and side in (None, here):
            yield begin, change.date, change
        begin, here = change.date, change.destination
    if here is not None and side in (None, here) and begin < as_of:
        yield begin, as_of, None
