"""The record as tables to join with other data: spells of each state on one side, and state-years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sim.atlas.record import Change, Record, Side


@dataclass(frozen=True)
class Spell:
    """A run of days at whose end a state was on one side."""

    iso3: str
    side: Side
    start: date | None
    """First day, as the record dates the change; None if the spell was running when the record starts."""
    end: date | None
    """Last day; None if the spell is running when the record ends."""
    precision: str
    """Precision of `start`: day, month or year; blank without a start. The next spell has that of `end`."""


@dataclass(frozen=True)
class CountryYear:
    """One state in one calendar year."""

    iso3: str
    year: int
    side: Side
    """Side at the end of the year, or of the record if that ends earlier."""
    changes: int
    """Changes of side within the year."""
    complete: bool
    """Whether the record covers the whole year: not its first year, and its last only if that ends on 31 December."""


def _by_state(known: Record) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Every state of the record with its changes by date, sorted by iso3."""
    for iso3 in sorted(known.roster_1971 | {change.iso3 for change in known.changes}):
        yield iso3, tuple(change for change in known.changes if change.iso3 == iso3)


def spells(known: Record) -> tuple[Spell, ...]:
    """One row per spell, by iso3 and date. A state has none before it appears, or after it ceased to exist."""
    rows: list[Spell] = []
    for iso3, changes in _by_state(known):
        side: Side | None = "taipei" if iso3 in known.roster_1971 else None
        start, precision = None, ""
        for change in changes:
            if side is not None:
                rows.append(Spell(iso3, side, start, change.date - timedelta(days=1), precision))
            side, start, precision = change.destination, change.date, change.precision
            if change.kind == "state_ceased":
                side = None
        if side is not None:
            rows.append(Spell(iso3, side, start, None, precision))
    return tuple(rows)


def country_years(known: Record) -> tuple[CountryYear, ...]:
    """One row per state and year, by iso3 and year, from the year it appears to the end of the record.

    A state that ceased to exist has its last row in that year, with no side.
    """
    rows: list[CountryYear] = []
    for iso3, changes in _by_state(known):
        first = known.start if iso3 in known.roster_1971 else changes[0].date
        ceased = [change.date.year for change in changes if change.kind == "state_ceased"]
        for year in range(first.year, min([known.confirmed_until.year, *ceased]) + 1):
            last = date(year, 12, 31)
            side = known.side(iso3, min(last, known.confirmed_until))
            assert side is not None
            whole = known.start < date(year, 1, 1) and last <= known.confirmed_until
            count = sum(change.date.year == year for change in changes)
            rows.append(CountryYear(iso3, year, side, count, whole))
    return tuple(rows)
