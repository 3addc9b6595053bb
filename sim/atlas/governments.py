"""Governments since 2016, their promises, and the votes held or due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, cast

from sim.atlas.own import OwnFacts
from sim.atlas.reading import TABLES, rows
from sim.atlas.states import read_states, state

GOVERNMENTS = "governments.csv"
GOVERNMENT_COLUMNS = (
    "iso3",
    "date",
    "date_basis",
    "leader",
    "office",
    "party",
    "lean",
    "pledge",
    "pledge_to",
    "source",
)
ELECTIONS = "elections.csv"
ELECTION_COLUMNS = ("iso3", "date", "precision", "status", "kind", "source")

Pledge = Literal["none", "switch", "keep", "review"]
Capital = Literal["taipei", "beijing"]


@dataclass(frozen=True)
class Government:
    """One executive leader, in office from `date` on (source: the row's own)."""

    iso3: str
    date: date
    date_basis: str
    """office: the day of taking office; election: the day of being elected; own: as a user gives it."""
    leader: str
    office: str
    party: str
    lean: float
    """From Taipei and Washington (-1) through neither (0) to Beijing (+1). CODED WITH HINDSIGHT."""
    pledge: Pledge
    """The promise made as candidate or on entering office: none, switch, keep or review."""
    pledge_to: Capital | None
    """The side that a pledge names; None if it names neither."""
    source: str


@dataclass(frozen=True)
class Election:
    """One national vote that decides the executive (source: the row's own)."""

    iso3: str
    date: date
    precision: str
    """day, month or year: the parts of `date` finer than this are nominal."""
    status: str
    """held or expected; an expected vote was not followed up."""
    kind: str
    source: str


def read_governments(folder: Path = TABLES) -> Mapping[str, tuple[Government, ...]]:
    """The governments in one folder of tables, by iso3; each state's by date."""
    known = read_states(folder)
    by_state: dict[str, tuple[Government, ...]] = {}
    for row in rows(folder, GOVERNMENTS, GOVERNMENT_COLUMNS):
        iso3, day = row.iso3(known), row.day("date")
        earlier = by_state.get(iso3, ())
        if earlier and earlier[-1].date >= day:
            row.fail("date", f"must be later than the government of {iso3} before it")
        pledge = cast(Pledge, row.choice("pledge", ("none", "switch", "keep", "review")))
        pledge_to = row.choice("pledge_to", ("", "taipei", "beijing")) or None
        if pledge in ("switch", "keep") and pledge_to is None:
            row.fail("pledge_to", f"must name a side for the pledge {pledge!r}")
        government = Government(
            iso3,
            day,
            row.choice("date_basis", ("office", "election")),
            row.text("leader"),
            row.text("office"),
            row.text("party"),
            row.number("lean", -1.0, 1.0),
            pledge,
            cast("Capital | None", pledge_to),
            row.text("source"),
        )
        by_state[iso3] = (*earlier, government)
    return by_state


def read_elections(folder: Path = TABLES) -> Mapping[str, tuple[Election, ...]]:
    """The elections in one folder of tables, by iso3; each state's by date."""
    known = read_states(folder)
    by_state: dict[str, tuple[Election, ...]] = {}
    for row in rows(folder, ELECTIONS, ELECTION_COLUMNS):
        iso3, day = row.iso3(known), row.day("date")
        earlier = by_state.get(iso3, ())
        if earlier and earlier[-1].date >= day:
            row.fail("date", f"must be later than the vote of {iso3} before it")
        precision = row.choice("precision", ("day", "month", "year"))
        status = row.choice("status", ("held", "expected"))
        by_state[iso3] = (
            *earlier,
            Election(iso3, day, precision, status, row.text("kind"), row.text("source")),
        )
    return by_state


def governments(iso3: str) -> tuple[Government, ...]:
    """The governments of a state by date; empty for a state that is not covered."""
    state(iso3)
    return _governments().get(iso3, ())


def government(iso3: str, on: date, own: OwnFacts | None = None) -> Government | None:
    """The government in office at the end of a day; None before the first one known.

    own : governments that a user adds after the table's last
    """
    known = [government for government in (*governments(iso3), *_added(iso3, own)) if government.date <= on]
    return known[-1] if known else None


def _added(iso3: str, own: OwnFacts | None) -> list[Government]:
    rows = () if own is None else own.governments
    return [
        Government(iso3, row.date, "own", row.leader, "", "", row.lean, "none", None, row.source)
        for row in rows
        if row.state == iso3
    ]


def elections(iso3: str, since: date, until: date) -> tuple[Election, ...]:
    """The votes of a state dated from `since` to `until`, both days included."""
    state(iso3)
    return tuple(vote for vote in _elections().get(iso3, ()) if since <= vote.date <= until)


@cache
def _governments() -> Mapping[str, tuple[Government, ...]]:
    return read_governments()


@cache
def _elections() -> Mapping[str, tuple[Election, ...]]:
    return read_elections()
