"""Population, output and United States aid, by year, of the states that are, were or might come to be with Taipei."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sim.atlas.own import OwnFacts
from sim.atlas.reading import TABLES, rows
from sim.atlas.states import read_states, state
from sim.errors import AtlasError, Problem

FILE = "economy.csv"
COLUMNS = (
    "iso3",
    "year",
    "population",
    "population_flag",
    "gdp_usd",
    "gdp_usd_flag",
    "us_aid_usd",
    "us_aid_usd_flag",
    "source",
)
SMALL = "small_states.csv"
"""The states that never were with Taipei and are or once were small: their US aid is not in the table."""
SMALL_COLUMNS = ("iso3", "year", "population", "population_flag", "gdp_usd", "gdp_usd_flag", "source")
FLAGS = ("observed", "interpolated", "extrapolated", "assumed")


@dataclass(frozen=True)
class Economy:
    """One state in one year; `source` is a key that the data dictionary explains."""

    iso3: str
    year: int
    """Calendar year, 1970 to 2025."""
    population: float
    """Persons at mid-year, > 0 (source: World Bank WDI)."""
    population_flag: str
    """observed, interpolated, extrapolated, assumed, own, carried on or unknown; the other flags likewise."""
    gdp_usd: float
    """US dollars of the year, market exchange rates, > 0 (source: WDI; early gaps from Penn World Table)."""
    gdp_usd_flag: str
    us_aid_usd: float
    """US assistance, economic and military: obligations in dollars of the year, averaged over the
    fiscal year `year` and the two before, >= 0 (source: ForeignAssistance.gov); NaN where it is unknown."""
    us_aid_usd_flag: str
    source: str

    @property
    def us_aid_percent(self) -> float:
        """US assistance in % of GDP; NaN where it is unknown."""
        return 100.0 * self.us_aid_usd / self.gdp_usd


def read_economies(folder: Path = TABLES) -> Mapping[tuple[str, int], Economy]:
    """The table of one folder, keyed by (iso3, year)."""
    known = read_states(folder)
    table: dict[tuple[str, int], Economy] = {}
    for row in rows(folder, FILE, COLUMNS):
        key = (row.iso3(known), row.whole("year", 1970, 2100))
        if key in table:
            row.fail("year", f"must not be listed twice for {key[0]}")
        table[key] = Economy(
            *key,
            row.number("population", 1, 2e9),
            row.choice("population_flag", FLAGS),
            row.number("gdp_usd", 1, 1e14),
            row.choice("gdp_usd_flag", FLAGS),
            row.number("us_aid_usd", 0, 1e11),
            row.choice("us_aid_usd_flag", FLAGS),
            row.text("source"),
        )
    return table


def read_small_states(folder: Path = TABLES) -> Mapping[tuple[str, int], Economy]:
    """The table of small states that never were with Taipei, keyed by (iso3, year); their US aid is NaN."""
    known = read_states(folder)
    found: dict[tuple[str, int], Economy] = {}
    for row in rows(folder, SMALL, SMALL_COLUMNS):
        key = (row.iso3(known), row.whole("year", 1970, 2100))
        if key in found:
            row.fail("year", f"must not be listed twice for {key[0]}")
        found[key] = Economy(
            *key,
            row.number("population", 1, 2e9),
            row.choice("population_flag", FLAGS),
            row.number("gdp_usd", 1, 1e14),
            row.choice("gdp_usd_flag", FLAGS),
            math.nan,
            "unknown",
            row.text("source"),
        )
    return found


@cache
def economies() -> Mapping[tuple[str, int], Economy]:
    """Every state and year of the two shipped tables, which share no state, keyed by (iso3, year)."""
    return {**read_economies(), **read_small_states()}


_OWN_KEYS = (
    ("population", "population", 1.0),
    ("gdp_usd", "gdp_million_usd", 1e6),
    ("us_aid_usd", "us_aid_million_usd", 1e6),
)
"""Figures of a year, their keys in a user's row, and the unit of these."""


@cache
def _extended(own: OwnFacts, iso3: str, year: int) -> Economy | None:
    """A year after a state's last in the table: the figures of the year before, replaced by a user's where given."""
    last = max((known for code, known in economies() if code == iso3), default=year)
    if year <= last:
        return None
    before = _extended(own, iso3, year - 1) or economies()[iso3, year - 1]
    row = next((row for row in own.economy if (row.state, row.year) == (iso3, year)), None)
    figures: dict[str, Any] = {"year": year}
    for key, theirs, unit in _OWN_KEYS:
        value = getattr(row, theirs, None)
        figures |= {f"{key}_flag": "carried on"} if value is None else {key: unit * value, f"{key}_flag": "own"}
    return replace(before, **figures)


def economy(iso3: str, year: int, own: OwnFacts | None = None) -> Economy:
    """One state in one year. Raises `AtlasError`, with the years that exist, if it is not in the table.

    own : figures that a user adds for years after the table's last; others stay as in the year before
    """
    table = economies()
    if (iso3, year) in table:
        return table[iso3, year]
    if own is not None and (added := _extended(own, iso3, year)) is not None:
        return added
    state(iso3)
    years = sorted(known_year for known, known_year in table if known == iso3)
    rule = f"{iso3} is in the table for {_spans(years)}" if years else f"{iso3} is not in the table"
    raise AtlasError(Problem("year", rule, year), file=FILE)


def _spans(years: list[int]) -> str:
    """Sorted years as text: `1970 to 1985, 1989 to 2025`."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{first} to {last}" if first < last else str(first) for first, last in spans)
