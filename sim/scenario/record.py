"""Facts of a user beyond the atlas: the table `[record]` of a scenario, or a file of its own, and its checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sim.atlas import OwnFacts, Side, governments, record, states
from sim.atlas.economy import economies
from sim.atlas.voice import speeches
from sim.errors import Problem
from sim.scenario.fields import Day, Iso3, Name, Part, Text

LAST_YEAR = 2100
RecordSource = str | Path | Mapping[str, Any]
"""A file of facts, or its tables as Python has them."""


class ChangeRow(Part):
    """`[[record.changes]]`: a state that changed sides."""

    date: Day
    """The day it took effect, after the day on which the atlas ends."""
    state: Iso3
    """The state."""
    to: Side
    """The side it is on from then."""
    source: Text
    """Who says so."""


class GovernmentRow(Part):
    """`[[record.governments]]`: a government that took office."""

    date: Day
    """The day it took office, after the last one that the atlas has of the state."""
    state: Iso3
    """The state."""
    lean: Annotated[float, Field(ge=-1.0, le=1.0)]
    """Its lean, -1 (Taipei, Washington) to +1 (Beijing)."""
    leader: Text = "not named"
    """Who leads it."""
    source: Text
    """Who says so."""


class VoteRow(Part):
    """`[[record.elections]]`: how a vote ended that the scenario has."""

    date: Day
    """The day of the vote; a scenario that starts before it does not know the outcome."""
    vote: Name
    """Name of the scenario's election."""
    outcome: Name
    """Name of the outcome that came."""
    source: Text
    """Who says so."""


class EconomyRow(Part):
    """`[[record.economy]]`: a state's figures of a year; a key left out: as in the year before."""

    state: Iso3
    """The state."""
    year: Annotated[int, Field(ge=1971, le=LAST_YEAR)]
    """Calendar year, after the state's last in the atlas."""
    population: Annotated[float, Field(ge=1.0, le=3e9)] | None = None
    """Persons."""
    gdp_million_usd: Annotated[float, Field(ge=0.1, le=100_000_000.0)] | None = None
    """GDP, US$ million at market rates."""
    us_aid_million_usd: Annotated[float, Field(ge=0.0, le=100_000.0)] | None = None
    """Aid from the United States, US$ million, averaged over the year and the two before."""
    source: Text
    """Who says so."""

    @model_validator(mode="after")
    def _something(self) -> EconomyRow:
        if self.population is None and self.gdp_million_usd is None and self.us_aid_million_usd is None:
            raise PydanticCustomError("figures", "one of population, gdp_million_usd, us_aid_million_usd at least")
        return self


class SpeechRow(Part):
    """`[[record.voice]]`: a state's speech in the General Debate of the United Nations of a year."""

    state: Iso3
    """The state."""
    year: Annotated[int, Field(ge=1971, le=LAST_YEAR)]
    """Calendar year, after the state's last in the atlas; it counts from 28 September on."""
    names_taiwan: bool
    """Whether it names Taiwan, under any of its names."""
    source: Text
    """Who says so."""


class RecordTable(Part):
    """`[record]`: what has happened since the atlas ends. Or `record = "FILE"`, a file with these keys at its top."""

    name: Text = "the scenario's own record"
    """What charts and pages call it; of a file, its name unless said otherwise."""
    confirmed_until: Day
    """The last day it reaches: every change of side up to then is here."""
    changes: Annotated[list[ChangeRow], Field(default_factory=list)]
    """Changes of side."""
    governments: Annotated[list[GovernmentRow], Field(default_factory=list)]
    """Governments that took office."""
    elections: Annotated[list[VoteRow], Field(default_factory=list)]
    """Outcomes of votes."""
    economy: Annotated[list[EconomyRow], Field(default_factory=list)]
    """Population, GDP and US aid by year."""
    voice: Annotated[list[SpeechRow], Field(default_factory=list)]
    """Speeches in the General Debate."""

    @cached_property
    def facts(self) -> OwnFacts:
        """The rows as the atlas takes them: each list by time, then state."""
        by_day, by_year = attrgetter("date", "state"), attrgetter("year", "state")
        return OwnFacts(
            self.name,
            self.confirmed_until,
            tuple(sorted(self.changes, key=by_day)),
            tuple(sorted(self.governments, key=by_day)),
            tuple(sorted(self.economy, key=by_year)),
            tuple(sorted(self.voice, key=by_year)),
        )


def record_problems(table: RecordTable, path: str = "record.") -> list[Problem]:
    """Mistakes of a well-formed table: in its days, and in who stands where. path : put before each key."""
    return [
        Problem(path + key, rule, value)
        for part in (_days, _moves, _governments, _votes, _years)
        for key, rule, value in part(table)
    ]


Wrong = Iterator[tuple[str, str, Any]]


def _days(table: RecordTable) -> Wrong:
    ends = record().confirmed_until
    if table.confirmed_until <= ends:
        yield "confirmed_until", f"after {ends}, where the atlas ends", table.confirmed_until
    rows = [(f"{name}.{place}.date", row.date) for name in _DATED for place, row in enumerate(getattr(table, name))]
    for key, day in rows:
        if day > table.confirmed_until:
            yield key, f"not after confirmed_until, {table.confirmed_until}", day


_DATED = ("changes", "governments", "elections")


def _moves(table: RecordTable) -> Wrong:
    """Nobody changes to the side it is on, nor twice in a day, nor on a day that the atlas covers."""
    known = record()
    sides: dict[str, tuple[date, str]] = {}
    for place, row in sorted(enumerate(table.changes), key=lambda pair: (pair[1].date, pair[1].state)):
        key = f"changes.{place}"
        if row.date <= known.confirmed_until:
            yield f"{key}.date", f"after {known.confirmed_until}, up to which the atlas has every change", row.date
            continue
        last, side = sides.get(row.state, (known.confirmed_until, known.side(row.state, known.confirmed_until)))
        name = states()[row.state].name
        if side == row.to or (side is None and row.to == "none"):
            stands = "recognises neither" if row.to == "none" else f"is with {row.to.capitalize()} already"
            yield f"{key}.to", f"another side: {name} {stands} on {row.date}", row.to
        elif last == row.date:
            yield f"{key}.date", f"another day: {name} changes twice on it", row.date
        sides[row.state] = row.date, row.to


def _governments(table: RecordTable) -> Wrong:
    last: dict[str, date] = {}
    for place, row in sorted(enumerate(table.governments), key=lambda pair: (pair[1].state, pair[1].date)):
        before = last.get(row.state) or max((each.date for each in governments(row.state)), default=None)
        if before is not None and row.date <= before:
            rule = f"after {before}, when the government of {states()[row.state].name} before it took office"
            yield f"governments.{place}.date", rule, row.date
        last[row.state] = row.date


def _votes(table: RecordTable) -> Wrong:
    seen: set[str] = set()
    for place, row in enumerate(table.elections):
        if row.vote in seen:
            yield f"elections.{place}.vote", "one outcome for each vote", row.vote
        seen.add(row.vote)


def _years(table: RecordTable) -> Wrong:
    last_figures: dict[str, int] = {}
    for code, year in economies():
        last_figures[code] = max(year, last_figures.get(code, year))
    last_words = {code: of_state[-1].year for code, of_state in speeches().items()}
    tables: list[tuple[str, dict[str, int], Sequence[EconomyRow | SpeechRow]]] = [
        ("economy", last_figures, table.economy),
        ("voice", last_words, table.voice),
    ]
    for name, lasts, rows in tables:
        for place, row in sorted(enumerate(rows), key=lambda pair: (pair[1].state, pair[1].year)):
            key = f"{name}.{place}.year"
            if name == "economy" and row.state not in lasts:
                yield f"{name}.{place}.state", "a state whose economy the atlas has", row.state
                continue
            before = lasts.get(row.state, 0)
            if row.year <= before:
                yield key, f"after {before}, the last year there is of {states()[row.state].name}", row.year
            elif row.year > table.confirmed_until.year:
                yield key, f"not after the year of confirmed_until, {table.confirmed_until.year}", row.year
            lasts[row.state] = row.year
