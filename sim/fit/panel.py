"""The panel that the hazards are fitted on: state-years at risk up to a day, cut where regimes change."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.atlas import Change, OwnFacts, Record, may_come, record, regimes
from sim.atlas.economy import economies
from sim.atlas.own import cached
from sim.model import covariates

Floats = NDArray[np.float64]

HALF_LIFE_YEARS = 7.0
"""Under the fading memory, an event or a state-year of seven years ago counts half in the level."""
WINDOW_YEARS = 20.0
"""Under the other memory, those of the last twenty years count equally, and older ones not at all."""
APART = frozenset({"VAT"})
"""The Holy See has a level of its own and is not counted."""
_YEAR = 365.25


@dataclass(frozen=True)
class Cell:
    """The time that one state was at risk in one calendar year and one regime."""

    iso3: str
    year: int
    truce: bool
    begin: date
    """At risk from the end of this day."""
    end: date
    """At risk to the end of this day, on which it changed sides if `changed`."""
    changed: bool
    covariates: tuple[float, ...]
    """From the figures of the year before and the speeches up to it; NaN where nothing is known."""


@dataclass(frozen=True, eq=False)
class Panel:
    """State-years at risk of one change of side, up to a day."""

    as_of: date
    cells: tuple[Cell, ...]

    @cached_property
    def covariates(self) -> Floats:
        """(cells, K)"""
        return np.array([cell.covariates for cell in self.cells])

    @cached_property
    def years(self) -> Floats:
        """(cells,) years at risk."""
        return np.array([(cell.end - cell.begin).days / _YEAR for cell in self.cells])

    @cached_property
    def recent_years(self) -> Floats:
        """(cells,) years at risk, each instant weighted by its age (closed form)."""
        return np.array(
            [_faded_until(self._age(cell.begin)) - _faded_until(self._age(cell.end)) for cell in self.cells]
        )

    @cached_property
    def changed(self) -> Floats:
        """(cells,) 1 where the state changed sides at the end of the cell."""
        return np.array([float(cell.changed) for cell in self.cells])

    @cached_property
    def recent_changed(self) -> Floats:
        """(cells,) `changed`, weighted by age."""
        return np.array(
            [0.5 ** (self._age(cell.end) / HALF_LIFE_YEARS) if cell.changed else 0.0 for cell in self.cells]
        )

    @cached_property
    def window_years(self) -> Floats:
        """(cells,) years at risk within `WINDOW_YEARS`."""
        return np.array(
            [min(self._age(cell.begin), WINDOW_YEARS) - min(self._age(cell.end), WINDOW_YEARS) for cell in self.cells]
        )

    @cached_property
    def window_changed(self) -> Floats:
        """(cells,) 1 where the state changed sides less than `WINDOW_YEARS` ago."""
        return np.array([float(cell.changed and self._age(cell.end) < WINDOW_YEARS) for cell in self.cells])

    @cached_property
    def truce(self) -> NDArray[np.bool_]:
        """(cells,) True while a truce held."""
        return np.array([cell.truce for cell in self.cells], dtype=np.bool_)

    @cached_property
    def strata(self) -> NDArray[np.int64]:
        """(cells,) number of the stratum: year and regime."""
        return np.array([2 * cell.year + cell.truce for cell in self.cells], dtype=np.int64)

    @cached_property
    def cases(self) -> int:
        """Number of changes, without weights."""
        return sum(cell.changed for cell in self.cells)

    def _age(self, day: date) -> float:
        return (self.as_of - day).days / _YEAR


@cached
def leaving(as_of: date, own: OwnFacts | None = None) -> Panel:
    """The ally-years up to a day, and the departures from Taipei in them.

    Short-lived episodes, states that ceased to exist and the Holy See are left out.
    """
    known, cells = record(own=own), []
    for iso3 in _states(known):
        left_before = False
        for begin, end, change in _spells(known, iso3, as_of, "taipei"):
            left = change is not None and change.kind != "state_ceased"
            for year, truce, first, last in _pieces(begin, end):
                silent = covariates.is_silent(iso3, date(year - 1, 12, 31), own)
                known_by = covariates.leaving_in(iso3, year - 1, left_before, silent, own)
                cells.append(Cell(iso3, year, truce, first, last, left and last == end, known_by))
            left_before = left_before or left
    return Panel(as_of, tuple(cells))


@cached
def returning(as_of: date, own: OwnFacts | None = None) -> Panel:
    """The candidate-years up to a day, and who came (back) to Taipei in them.

    A candidate is what the atlas says (`may_come`), by the figures of the year before.
    """
    known, cells = record(own=own), []
    for iso3 in sorted({code for code, _ in economies()} - APART):
        for begin, end, change, switched in _away(known, iso3, as_of):
            came = change is not None and change.destination == "taipei"
            for year, truce, first, last in _pieces(begin, end):
                if may_come(known, iso3, first, year, own):
                    known_by = covariates.returning_in(iso3, year - 1, switched, own)
                    cells.append(Cell(iso3, year, truce, first, last, came and last == end, known_by))
    return Panel(as_of, tuple(cells))


def _faded_until(age: float) -> float:
    """The integral of the fading weight from an age to now, in years."""
    rate = math.log(2.0) / HALF_LIFE_YEARS
    return -math.expm1(-rate * age) / rate


def _pieces(begin: date, end: date) -> Iterator[tuple[int, bool, date, date]]:
    """A stretch cut at the ends of years and regimes: year, whether in a truce, first and last day (from end to end).

    A change falls into the piece that ends on its day.
    """
    cuts = {date(year, 12, 31) for year in range(begin.year, end.year)} | {regime.start for regime in regimes()[1:]}
    days = [begin, *sorted(day for day in cuts if begin < day < end), end]
    for first, last in pairwise(days):
        if first < last:
            yield last.year, _in_truce(first), first, last


def _in_truce(day: date) -> bool:
    return any(regime.name == "truce" and regime.start <= day < regime.end for regime in regimes())


def _states(known: Record) -> list[str]:
    return sorted((set(known.roster_1971) | {change.iso3 for change in known.changes}) - APART)


def _away(known: Record, iso3: str, as_of: date) -> Iterator[tuple[date, date, Change | None, bool]]:
    """The stretches up to `as_of` in which a state was not with Taipei, what ended each, and whether it was before.

    Where it stood before it appears in the record is not known, only that it was not with Taipei.
    """
    switched = False
    begin: date | None = None if iso3 in known.roster_1971 else known.start
    for change in known.changes_of(iso3):
        if change.short_lived or change.date > as_of:
            continue
        if begin is not None and change.origin != "taipei" and begin < change.date:
            yield begin, change.date, change, switched
        begin = None if change.destination == "taipei" else change.date
        switched = switched or change.origin == "taipei"
    if begin is not None and begin < as_of:
        yield begin, as_of, None, switched


def _spells(known: Record, iso3: str, as_of: date, side: str | None) -> Iterator[tuple[date, date, Change | None]]:
    """The stretches between a state's changes up to `as_of`, with the change that ended each (None if it lasts).

    If `side` is given, only those spent on it; short-lived episodes are skipped.
    """
    begin = known.start
    here = "taipei" if iso3 in known.roster_1971 else None
    for change in known.changes_of(iso3):
        if change.short_lived or change.date > as_of:
            continue
        if here is not None and side in (None, here):
            yield begin, change.date, change
        begin, here = change.date, change.destination
    if here is not None and side in (None, here) and begin < as_of:
        yield begin, as_of, None
