"""No leaks: what a scenario of a day believes and is measured by hangs on nothing that came after that day."""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from sim import atlas
from sim.atlas import Change, Record, patrons
from sim.fit import beliefs, beliefs_for, leaving, package_size, posterior, prices_known, returning, yardsticks
from sim.fit.panel import Cell
from sim.model import covariates
from sim.model.timeline import Timeline
from tests.worlds import draw, lay_out, problems_of, told

Told = tuple[Record, tuple[object, ...], dict[tuple[str, int], object], dict[str, object]]
DAYS = [date(1995, 6, 30), date(2008, 5, 20), date(2013, 1, 1), date(2021, 12, 10), date(2024, 1, 15)]
PRICED = importlib.import_module("sim.fit.prices")
PLANNED = importlib.import_module("sim.model.plan")
CACHES = (
    *(leaving, returning, posterior.fit, posterior.beliefs, PRICED.priced, PRICED._price, PRICED._log_likelihood),
    *(PLANNED._facts_of, PLANNED._leaving, PLANNED._returning),
)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, object], None]]:
    """Put another table in the place of one of the atlas's, wherever it is read; nothing is kept from before."""
    package_size()  # all packages of 2002-21 are used whatever the day: hindsight, and declared as such

    def replaced(name: str, other: object) -> None:
        known = getattr(atlas, name)

        def stand_in(**_: object) -> object:
            return other

        for module in [found for key, found in sys.modules.items() if key.startswith("sim.")]:
            if getattr(module, name, None) is known:
                monkeypatch.setattr(module, name, stand_in)
        for cache in CACHES:
            cache.cache_clear()

    yield replaced
    for cache in CACHES:
        cache.cache_clear()


def document(as_of: date) -> dict[str, object]:
    """The record's own roster, and all candidates for coming to Taipei."""
    end = date(as_of.year + 3, 1, 31).isoformat()
    head = {"name": "leak", "title": "Leak", "question": "?", "start": as_of.isoformat(), "end": end}
    return {"scenario": head}


def speeches_of(as_of: date, later: Callable[[atlas.Speech], atlas.Speech | None]) -> dict[str, object]:
    """The table of speeches, with something else in the place of those made after the day."""
    found = {}
    for iso3, known in importlib.import_module("sim.atlas.voice").speeches().items():
        kept = (speech if speech.known <= as_of else later(speech) for speech in known)
        found[iso3] = tuple(speech for speech in kept if speech is not None)
    return found


def known_at(as_of: date) -> tuple[dict[str, object], object, Timeline, np.ndarray]:
    """Beliefs, yardsticks, the whole plan, and the parameters drawn."""
    laid = lay_out(document(as_of))
    return dict(beliefs(as_of)), yardsticks(as_of), laid.timeline, draw(laid, 400, mode="drawn").parameters


def economy_of(as_of: date, later: Callable[[atlas.Economy], atlas.Economy | None]) -> dict[tuple[str, int], object]:
    """The table of economies, with something else in the place of the figures of the day's year and after."""
    found = {}
    for key, row in importlib.import_module("sim.atlas.economy").economies().items():
        kept = row if row.year < as_of.year else later(row)
        if kept is not None:
            found[key] = kept
    return found


def gone(as_of: date) -> Told:
    """Everything after the day removed."""
    known = atlas.record()
    changes = tuple(change for change in known.changes if change.date <= as_of)
    record = Record(known.start, as_of, known.roster_1971, changes)
    cases = tuple(case for case in patrons.read_cases() if case.outcome_known <= as_of)
    return record, cases, economy_of(as_of, lambda _: None), speeches_of(as_of, lambda _: None)


def otherwise(as_of: date) -> Told:
    """Another future: every ally leaves on the next day, cases and speeches go the other way, figures burst bounds."""
    record, cases, *_ = gone(as_of)
    next_day = as_of + timedelta(days=1)
    exodus = tuple(
        Change(next_day, "day", iso3, "taipei", "beijing", "switch", "high", False, "test", "")
        for iso3 in record.recognisers(as_of)
    )
    changed = Record(record.start, next_day, record.roster_1971, (*record.changes, *exodus))
    later = tuple(
        replace(case, outcome=not case.outcome) for case in patrons.read_cases() if case.outcome_known > as_of
    )
    economies = economy_of(as_of, lambda row: replace(row, population=7.0, gdp_usd=1.0, us_aid_usd=1e9))
    turned = speeches_of(as_of, lambda speech: replace(speech, names_taiwan=not speech.names_taiwan))
    return changed, (*cases, *later), economies, turned


Future = Callable[[date], Told]


def arrays(timeline: Timeline) -> list[tuple[str, Any]]:
    """Every array of a timeline by name, those of its events too."""
    return [pair for part in (timeline, timeline.events) for pair in part._asdict().items() if pair[0] != "events"]


@pytest.mark.parametrize("future", [gone, otherwise])
@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_nothing_after_as_of_leaks_in(
    monkeypatch: pytest.MonkeyPatch, put: Callable[[str, object], None], as_of: date, future: Future
) -> None:
    whole = known_at(as_of)
    record, cases, economies, speeches = future(as_of)
    put("record", record)
    put("regimes", tuple(regime for regime in atlas.regimes() if regime.start <= as_of))
    monkeypatch.setattr(patrons, "_cases", lambda: cases)
    monkeypatch.setattr(sys.modules["sim.atlas.economy"], "economies", lambda: economies)
    monkeypatch.setattr(sys.modules["sim.atlas.voice"], "speeches", lambda: speeches)
    assert {cache.cache_info().currsize for cache in CACHES} == {0}
    found = known_at(as_of)
    assert found[0] == whole[0]
    assert found[1] == whole[1]
    for (name, one), (_, other) in zip(arrays(found[2]), arrays(whole[2]), strict=True):
        assert np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f"), name
    assert np.array_equal(found[3], whole[3])


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_no_price_of_a_package_leaks_in_before_it_is_known(
    monkeypatch: pytest.MonkeyPatch, put: Callable[[str, object], None], as_of: date
) -> None:
    """Not of later switches, nor of those whose years of commitments are not over, nor what was delivered later."""
    usual, known, arrived = dict(beliefs(as_of)), prices_known(as_of), patrons.read_deliveries()
    put("packages", tuple(row if row.known <= as_of else replace(row, percent_of_gdp=99.0) for row in atlas.packages()))
    seen = tuple(row if row.visible <= as_of else replace(row, share=1.0) for row in arrived)
    monkeypatch.setattr(patrons, "_deliveries", lambda: seen)
    assert prices_known(as_of) == known
    assert dict(beliefs(as_of)) == usual
    put("packages", tuple(replace(row, percent_of_gdp=99.0) for row in patrons.read_packages()))
    assert (dict(beliefs(as_of)) != usual) == bool(known)


def test_the_next_day_would_have_told(monkeypatch: pytest.MonkeyPatch, put: Callable[[str, object], None]) -> None:
    """The other future is one that beliefs, plan and covariates would notice, were it read."""
    as_of, known = date(2021, 12, 10), atlas.record()
    next_day = as_of + timedelta(days=1)
    usual = dict(beliefs(next_day))
    record, _, economies, speeches = otherwise(as_of)
    put("record", record)
    assert beliefs(next_day)["departure_rate"].distribution.central > (
        1.5 * usual["departure_rate"].distribution.central
    )
    put("record", known)
    monkeypatch.setattr(sys.modules["sim.atlas.economy"], "economies", lambda: economies)
    measured = lay_out(document(date(2022, 1, 15))).timeline.covariates
    assert np.max(measured[:, 2]) > 10.0, "US aid of 10^11 % of GDP"
    monkeypatch.undo()
    later = document(date(2022, 9, 28))
    before = lay_out(later).timeline.covariates[:, 4]
    monkeypatch.setattr(sys.modules["sim.atlas.voice"], "speeches", lambda: speeches)
    PLANNED._leaving.cache_clear()
    assert np.count_nonzero(lay_out(later).timeline.covariates[:, 4] != before) >= 10, "who spoke in 2022"


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_a_plan_measures_states_as_the_fit_did_on_the_last_day(as_of: date) -> None:
    """By the covariates of the cells still open at the end of the day, of allies and of candidates.

    But for speeches of the day's own year, which the plan knows and the cells of that year do not.
    """
    laid, known = lay_out(document(as_of)), posterior.fit(as_of)
    allies, others = known.leaving, known.returning
    open_now = {
        cell.iso3: row for cell, row in zip(allies.panel.cells, allies.standard, strict=True) if at(cell, as_of)
    }
    assert set(open_now) == set(laid.members.recognisers) - {"VAT"}
    for iso3, row in open_now.items():
        measured = laid.timeline.covariates[laid.states.index(iso3)].tolist()
        assert measured[:4] == row.tolist()[:4], iso3
        assert measured[4] == allies.scales[4].of(covariates.is_silent(iso3, as_of)), iso3
    waiting = {cell.iso3: row for cell, row in zip(others.panel.cells, others.standard, strict=True) if at(cell, as_of)}
    assert set(waiting) <= set(laid.members.candidates)
    assert len(waiting) >= 3
    for iso3, row in waiting.items():
        assert laid.timeline.return_covariates[laid.states.index(iso3)].tolist() == row.tolist(), iso3


def at(cell: Cell, as_of: date) -> bool:
    """Whether a cell was still open at the end of a day."""
    return cell.end == as_of and not cell.changed


def test_a_scenario_that_knows_less_than_its_start_believes_what_was_known() -> None:
    """`as_of` counts, not the start."""
    early = told("HND", start="2021-12-10")
    early["scenario"]["as_of"] = "2018-03-01"
    laid, day = lay_out(early), date(2018, 3, 1)
    assert beliefs_for(laid.loaded.scenario) == beliefs(day)
    books = atlas.economy("HND", 2017)
    population = laid.timeline.covariates[laid.states.index("HND"), 0]
    assert population == yardsticks(day).leaving[0].of(math.log(books.population))


# --- speeches -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iso3", "day", "silent"),
    [
        ("GTM", "2023-09-27", 0.0),
        ("GTM", "2024-09-27", 0.0),
        ("GTM", "2024-09-28", 1.0),
        ("GTM", "2026-05-15", 1.0),
        ("HTI", "2022-09-27", 0.0),
        ("HTI", "2022-09-28", 1.0),
        ("PRY", "2026-05-15", 0.0),
        ("NRU", "2000-09-27", math.nan),
        ("NRU", "2005-05-14", 0.0),
        ("HND", "2026-05-15", 1.0),
        ("FRA", "2026-05-15", math.nan),
        ("VAT", "2026-05-15", math.nan),
    ],
)
def test_the_last_speech_known_on_a_day_is_the_one_that_counts(iso3: str, day: str, silent: float) -> None:
    """From the end of 28 September on; the last one, however old; none of the Holy See."""
    assert covariates.is_silent(iso3, date.fromisoformat(day)) == pytest.approx(silent, nan_ok=True)


def test_a_plan_takes_silence_from_the_last_speech_or_from_the_scenario() -> None:
    """Told otherwise, one state's last covariate moves and nothing else in the plan; the Holy See has none."""
    day = date(2024, 9, 28)
    usual, scale = lay_out(document(day)), yardsticks(day).leaving[4]
    place = usual.states.index("GTM")
    assert usual.timeline.covariates[place, 4] == scale.of(1.0) > 0.0 > scale.of(0.0)
    assert not usual.timeline.covariates[usual.states.index("VAT")].any()
    other = lay_out(document(day) | {"states": {"GTM": {"silent": False}}})
    assert other.timeline.covariates[place, 4] == scale.of(0.0)
    for (name, one), (_, two) in zip(arrays(usual.timeline), arrays(other.timeline), strict=True):
        if name != "covariates":
            assert np.array_equal(one, two, equal_nan=np.asarray(one).dtype.kind == "f"), name
    apart = np.argwhere(usual.timeline.covariates != other.timeline.covariates)
    assert apart.tolist() == [[place, 4]]
    same = lay_out(document(day) | {"states": {"GTM": {"silent": True}}})
    assert same.timeline.covariates.tolist() == usual.timeline.covariates.tolist()


def test_a_state_that_never_spoke_as_an_ally_counts_as_the_mean() -> None:
    """Also where the scenario tells its population."""
    told_of = {"gdp_million_usd": 3e6, "us_aid": 0.0, "population": 68e6}
    silent = told("FRA", "HND", start="2021-12-10", states={"FRA": told_of})
    laid = lay_out(silent)
    assert laid.timeline.covariates[laid.states.index("FRA"), 4] == 0.0
    silent["states"]["FRA"]["silent"] = True
    laid = lay_out(silent)
    expected = yardsticks(date(2021, 12, 10)).leaving[4].of(1.0)
    assert laid.timeline.covariates[laid.states.index("FRA"), 4] == expected


def test_silence_is_not_asked_of_the_holy_see() -> None:
    assert problems_of(told("HND", "VAT", start="2021-12-10", states={"VAT": {"silent": True}})) == [
        "states.VAT.silent: not for the Holy See, whose rate hangs on no covariate (got true)"
    ]
