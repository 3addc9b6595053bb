"""Whether states with Taipei name Taiwan in the yearly General Debate of the United Nations."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sim.atlas.own import OwnFacts
from sim.atlas.reading import CONFIDENCES, TABLES, rows
from sim.atlas.states import read_states, state

FILE = "voice.csv"
COLUMNS = ("iso3", "year", "names_taiwan", "confidence", "source")
SOURCES = ("ungdc", "press2025", "prov2026")


@dataclass(frozen=True)
class Speech:
    """One state's speech in the General Debate of one year; `source` is a key that the data dictionary explains."""

    iso3: str
    year: int
    """Calendar year, from 1971."""
    names_taiwan: bool
    """Whether it names Taiwan, under any of its names (source: UN General Debate Corpus)."""
    confidence: str
    """high, medium or low; own for a speech that a user adds."""
    source: str

    @property
    def known(self) -> date:
        """The day at whose end it counts as known: 28 September, when almost all states have spoken."""
        return date(self.year, 9, 28)


def read_speeches(folder: Path = TABLES) -> Mapping[str, tuple[Speech, ...]]:
    """The speeches of one folder's table, by iso3, each state's by year."""
    known = read_states(folder)
    by_state: dict[str, list[Speech]] = {}
    for row in rows(folder, FILE, COLUMNS):
        iso3, year = row.iso3(known), row.whole("year", 1971, 2100)
        before = by_state.setdefault(iso3, [])
        if before and year <= before[-1].year:
            row.fail("year", f"must come after {before[-1].year}, the speech of {iso3} above it")
        confidence, source = row.choice("confidence", CONFIDENCES), row.choice("source", SOURCES)
        before.append(Speech(iso3, year, row.yes("names_taiwan"), confidence, source))
    return {iso3: tuple(of_state) for iso3, of_state in by_state.items()}


@cache
def speeches() -> Mapping[str, tuple[Speech, ...]]:
    """Every speech of the shipped table, by iso3, each state's by year."""
    return read_speeches()


def last_speech(iso3: str, known_by: date, own: OwnFacts | None = None) -> Speech | None:
    """A state's last speech known at the end of a day, however old; None if none is. AtlasError for unknown codes.

    own : speeches that a user adds for years after the table's
    """
    given = speeches().get(state(iso3).iso3, ())
    if own is not None:
        added = (row for row in own.voice if row.state == iso3)
        given = (*given, *(Speech(iso3, row.year, row.names_taiwan, "own", own.name) for row in added))
    known = bisect_right(given, known_by, key=lambda speech: speech.known)
    return given[known - 1] if known else None
