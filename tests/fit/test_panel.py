"""The panel of the record: who was at risk when, in pieces of one year and regime, by hand on small records."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import numpy as np
import pytest

from sim.atlas import Change, Economy, Record, economy, last_speech, record, regimes, state
from sim.atlas.candidates import MOST_GDP_USD, MOST_PEOPLE
from sim.atlas.economy import economies
from sim.errors import AtlasError
from sim.fit import Panel, leaving, panel, posterior, returning
from sim.fit.panel import HALF_LIFE_YEARS, WINDOW_YEARS
from sim.model import covariates

TRUCE = (date(2008, 5, 20), date(2016, 1, 16))
START = date(1971, 10, 24)
DAYS = [date(1972, 1, 1), date(1995, 6, 30), date(2008, 5, 20), date(2013, 1, 1), date(2021, 12, 10), date(2026, 5, 15)]


def change(iso3: str, day: str, origin: str, destination: str, kind: str = "switch", short: bool = False) -> Change:
    return Change(date.fromisoformat(day), "day", iso3, origin, destination, kind, "high", short, "test", "")  # type: ignore[arg-type]


def weight(day: date, as_of: date) -> float:
    return float(0.5 ** ((as_of - day).days / 365.25 / HALF_LIFE_YEARS))


def years_by_day(first: date, last: date, as_of: date) -> tuple[float, float]:
    """Weighted years of contest and of truce from the end of `first` to the end of `last`, added up by days."""
    contest = truce = 0.0
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        share = float(0.5 ** (((as_of - day).days - 0.5) / 365.25 / HALF_LIFE_YEARS)) / 365.25
        if TRUCE[0] <= day < TRUCE[1]:
            truce += share
        else:
            contest += share
    return contest, truce


def events(found: Panel) -> float:
    """Changes, each weighted by its age."""
    return float(found.recent_changed.sum())


def contest_years(found: Panel) -> float:
    return float(found.recent_years[~found.truce].sum())


def truce_years(found: Panel) -> float:
    return float(found.recent_years[found.truce].sum())


departures: Callable[[date], Panel] = leaving.__wrapped__
returns: Callable[[date], Panel] = returning.__wrapped__
"""The panels of whatever record is in place, kept nowhere."""

Told = Callable[[Iterable[str], Iterable[Change]], None]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Put a small record in the place of the real one."""

    def put(roster: Iterable[str], changes: Iterable[Change]) -> None:
        ordered = tuple(sorted(changes, key=lambda c: (c.date, c.iso3)))
        small = Record(START, date(2026, 5, 15), frozenset(roster), ordered)
        monkeypatch.setattr(panel, "record", lambda **_: small)
        monkeypatch.setattr(panel.covariates, "economy", known_or_made_up)

    return put


def known_or_made_up(iso3: str, year: int, _own: object = None) -> Economy:
    """The atlas's figures; where it has none, for a state was not with Taipei in fact, some that will do."""
    found = economies().get((iso3, year))
    return found or Economy(iso3, year, 1e6, "assumed", 1e9, "assumed", 1e7, "assumed", "test")


def test_the_truce_of_the_regimes_is_the_one_written_here() -> None:
    assert [(r.start, r.end) for r in regimes() if r.name == "truce"] == [TRUCE]


# --- departures, added up ---------------------------------------------------------------------------------


def test_one_departure_by_hand(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "2000-01-01", "taipei", "beijing")])
    as_of = date(2001, 7, 1)
    found = departures(as_of)
    one, other = years_by_day(START, date(2000, 1, 1), as_of), years_by_day(START, as_of, as_of)
    assert found.cases == 1
    assert events(found) == pytest.approx(weight(date(2000, 1, 1), as_of), rel=1e-12)
    assert contest_years(found) == pytest.approx(one[0] + other[0], rel=1e-6)
    assert truce_years(found) == 0.0


@pytest.mark.parametrize("as_of", ["2008-05-20", "2010-01-01", "2016-01-16", "2021-12-10"])
def test_truce_years_are_those_of_the_truce(told: Told, as_of: str) -> None:
    told({"HND", "PRY"}, [change("HND", "2007-01-01", "taipei", "beijing")])
    day = date.fromisoformat(as_of)
    found = departures(day)
    contest, truce = years_by_day(START, day, day)
    before, _ = years_by_day(START, date(2007, 1, 1), day)
    assert truce_years(found) == pytest.approx(truce, rel=1e-6, abs=1e-12)
    assert contest_years(found) == pytest.approx(contest + before, rel=1e-6)


def test_an_event_of_seven_years_ago_counts_half(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "1990-01-01", "taipei", "beijing")])
    one, other = departures(date(1990, 1, 1)), departures(date(1997, 1, 1))
    assert events(one) == 1.0
    assert events(other) == pytest.approx(0.5, abs=1e-3)


def test_what_does_not_count_as_a_departure(told: Told) -> None:
    base = [change("HND", "1990-01-01", "taipei", "beijing")]
    as_of = date(2000, 1, 1)
    told({"HND", "PRY", "VDR"}, base)
    usual = departures(as_of)
    told({"HND", "PRY", "VDR"}, [*base, change("VDR", "1975-04-30", "taipei", "none", "state_ceased")])
    ceased = departures(as_of)
    assert (ceased.cases, events(ceased)) == (1, events(usual))
    assert contest_years(ceased) < contest_years(usual)
    assert max(cell.end for cell in ceased.cells if cell.iso3 == "VDR") == date(1975, 4, 30)
    episode = [
        change("PRY", "1995-01-01", "taipei", "beijing", short=True),
        change("PRY", "1995-02-01", "beijing", "taipei", short=True),
    ]
    told({"HND", "PRY", "VDR"}, [*base, *episode])
    assert departures(as_of).cells == usual.cells
    told({"HND", "PRY", "VDR", "VAT"}, [*base, change("VAT", "1995-01-01", "taipei", "beijing")])
    assert departures(as_of).cells == usual.cells
    told({"HND", "PRY", "VDR"}, [*base, change("KIR", "1995-01-01", "beijing", "none", "severance")])
    assert departures(as_of).cells == usual.cells


def test_leaving_to_neither_side_counts(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "2013-11-14", "taipei", "none", "severance")])
    found = departures(date(2014, 1, 1))
    assert found.cases == 1
    assert [(cell.iso3, cell.end, cell.truce) for cell in found.cells if cell.changed] == [
        ("HND", date(2013, 11, 14), True)
    ]


def test_a_state_that_comes_to_taipei_is_at_risk_from_then_on(told: Told) -> None:
    changes = [
        change("HND", "1985-01-01", "taipei", "beijing"),
        change("NRU", "1990-01-01", "none", "taipei", "first_recognition"),
    ]
    told({"HND"}, changes)
    as_of = date(1995, 1, 1)
    found = departures(as_of)
    years = sum(
        years_by_day(first, last, as_of)[0] for first, last in ((START, date(1985, 1, 1)), (date(1990, 1, 1), as_of))
    )
    assert contest_years(found) == pytest.approx(years, rel=1e-6)


def test_nothing_can_be_said_before_the_first_departure(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    told({"HND", "PRY"}, [change("HND", "1990-01-01", "taipei", "beijing")])
    monkeypatch.setattr(panel, "leaving", departures)
    monkeypatch.setattr(panel, "returning", returns)
    with pytest.raises(AtlasError, match=r"scenario\.as_of: late enough for a departure to be on record"):
        posterior.fit.__wrapped__(date(1989, 12, 31))
    assert posterior.fit.__wrapped__(date(1990, 1, 1)).leaving.panel.cases == 1


# --- returns, added up ------------------------------------------------------------------------------------


def of(found: Panel, *codes: str) -> Panel:
    """The part of a panel that is about some states."""
    return Panel(found.as_of, tuple(cell for cell in found.cells if cell.iso3 in codes))


def test_a_return_by_hand_however_late(told: Told) -> None:
    told(
        {"NIC", "PRY"},
        [
            change("NIC", "1975-01-01", "taipei", "beijing"),
            change("NIC", "1990-11-06", "beijing", "taipei", "switch_back"),
        ],
    )
    as_of = date(1992, 1, 1)
    found = of(returns(as_of), "NIC")
    assert found.cases == returns(as_of).cases == 1
    assert events(found) == pytest.approx(weight(date(1990, 11, 6), as_of), rel=1e-12)
    years = years_by_day(date(1975, 1, 1), date(1990, 11, 6), as_of)[0]
    assert contest_years(found) == pytest.approx(years, rel=1e-6)
    assert (found.cells[0].begin, found.cells[-1].end) == (date(1975, 1, 1), date(1990, 11, 6))
    assert {cell.covariates[2] for cell in found.cells} == {1.0}


def test_a_small_state_that_never_was_with_taipei_may_come_once_it_is_in_the_united_nations(told: Told) -> None:
    told({"PRY"}, [change("KIR", "2003-11-07", "beijing", "taipei", "switch")])
    found = of(returns(date(2005, 1, 1)), "KIR")
    assert (found.cells[0].begin, found.cells[-1].end) == (date(1999, 12, 31), date(2003, 11, 7))
    assert [cell.changed for cell in found.cells] == [False, False, False, True]
    assert {cell.covariates[2] for cell in found.cells} == {0.0}


def test_a_large_state_that_never_was_with_taipei_is_no_candidate_but_one_that_left_is(told: Told) -> None:
    told({"PRY"}, [change("ZAF", "1976-04-26", "none", "taipei"), change("ZAF", "1998-01-01", "taipei", "beijing")])
    found = of(returns(date(2005, 1, 1)), "ZAF", "PRY", "USA", "VAT")
    assert found.cases == 0
    assert {cell.iso3 for cell in found.cells} == {"ZAF"}
    assert found.cells[0].begin == date(1998, 1, 1)


def test_a_small_state_that_outgrew_the_cut_is_no_candidate_any_more(told: Told) -> None:
    told({"PRY"}, [change("PRY", "1990-01-01", "taipei", "beijing")])
    years = {cell.year for cell in of(returns(date(2020, 1, 1)), "QAT").cells}
    assert max(years) < 1985
    figures = [economy("QAT", year - 1) for year in years]
    assert all(books.population <= MOST_PEOPLE and books.gdp_usd <= MOST_GDP_USD for books in figures)


def test_a_state_that_ceased_to_exist_cannot_return(told: Told) -> None:
    told({"PRY", "VDR"}, [change("VDR", "1975-04-30", "taipei", "none", "state_ceased")])
    assert of(returns(date(1980, 1, 1)), "VDR").cells == ()


def test_a_short_lived_return_is_none(told: Told) -> None:
    left = change("NRU", "2002-07-21", "taipei", "beijing")
    episode = [
        change("NRU", "2003-01-01", "beijing", "taipei", "switch_back", short=True),
        change("NRU", "2003-01-20", "taipei", "beijing", short=True),
    ]
    told({"NRU", "PRY"}, [left])
    usual = of(returns(date(2004, 1, 1)), "NRU"), departures(date(2004, 1, 1))
    told({"NRU", "PRY"}, [left, *episode])
    found = of(returns(date(2004, 1, 1)), "NRU"), departures(date(2004, 1, 1))
    assert [one.cells for one in found] == [one.cells for one in usual]
    assert found[0].cases == 0


def test_waiting_between_the_sides_is_time_at_risk_of_returning(told: Told) -> None:
    told(
        {"GMB", "PRY"},
        [
            change("GMB", "2000-01-01", "taipei", "none", "severance"),
            change("GMB", "2003-01-01", "none", "beijing", "resumption"),
        ],
    )
    as_of = date(2005, 1, 1)
    found = of(returns(as_of), "GMB")
    assert found.cases == 0
    assert contest_years(found) == pytest.approx(years_by_day(date(2000, 1, 1), as_of, as_of)[0], rel=1e-6)


def test_a_second_departure_opens_a_stretch_of_its_own(told: Told) -> None:
    told(
        {"NRU", "PRY"},
        [
            change("NRU", "1980-01-01", "taipei", "beijing"),
            change("NRU", "1988-01-01", "beijing", "taipei", "switch_back"),
            change("NRU", "1989-01-01", "taipei", "beijing"),
        ],
    )
    as_of = date(2005, 1, 1)
    found = of(returns(as_of), "NRU")
    assert sum((cell.end - cell.begin).days for cell in found.cells) == (
        (date(1988, 1, 1) - date(1980, 1, 1)).days + (as_of - date(1989, 1, 1)).days
    )
    assert [cell.end for cell in found.cells if cell.changed] == [date(1988, 1, 1)]


# --- cells ------------------------------------------------------------------------------------------------


def test_a_spell_is_cut_at_the_ends_of_years_and_of_the_truce(told: Told) -> None:
    told({"GMB"}, [change("GMB", "2016-03-17", "taipei", "beijing")])
    found = [(cell.year, cell.truce, cell.begin, cell.end, cell.changed) for cell in departures(date(2020, 1, 1)).cells]
    assert found[0] == (1971, False, START, date(1971, 12, 31), False)
    assert found[1] == (1972, False, date(1971, 12, 31), date(1972, 12, 31), False)
    assert found[36:39] == [
        (2007, False, date(2006, 12, 31), date(2007, 12, 31), False),
        (2008, False, date(2007, 12, 31), TRUCE[0], False),
        (2008, True, TRUCE[0], date(2008, 12, 31), False),
    ]
    assert found[-3:] == [
        (2015, True, date(2014, 12, 31), date(2015, 12, 31), False),
        (2016, True, date(2015, 12, 31), TRUCE[1], False),
        (2016, False, TRUCE[1], date(2016, 3, 17), True),
    ]


@pytest.mark.parametrize("day", ["2007-12-31", "2008-01-01", "2008-05-20", "2008-05-21", "2016-01-16"])
def test_a_change_falls_in_the_cell_that_ends_on_its_day(told: Told, day: str) -> None:
    """Also on the last day of a year, and on the day a regime changes, which still belongs to the old one."""
    told({"GMB", "PRY"}, [change("GMB", day, "taipei", "beijing")])
    (found,) = (cell for cell in departures(date(2020, 1, 1)).cells if cell.changed)
    left = date.fromisoformat(day)
    assert (found.iso3, found.end, found.year) == ("GMB", left, left.year)
    assert found.truce == (TRUCE[0] < left <= TRUCE[1])
    assert found.begin < left


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_cells_partition_the_time_at_risk(as_of: date) -> None:
    for found in (leaving(as_of), returning(as_of)):
        assert found.as_of == as_of
        before: dict[str, date] = {}
        for cell in found.cells:
            assert before.get(cell.iso3, START) <= cell.begin < cell.end <= as_of
            assert (cell.begin + timedelta(days=1)).year == cell.end.year == cell.year
            assert cell.truce == (TRUCE[0] <= cell.begin < TRUCE[1]) == (TRUCE[0] < cell.end <= TRUCE[1])
            before[cell.iso3] = cell.end
        assert [cell.iso3 for cell in found.cells] == sorted(cell.iso3 for cell in found.cells)


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_unweighted_years_add_up_to_the_ally_years_of_the_record(as_of: date) -> None:
    """Each state of the roster from its first day on, each arrival from then on, less each departure."""
    known, days, left = record(), 0, 0
    days += (as_of - START).days * len(known.roster_1971 - {"VAT"})
    for made in known.changes:
        if made.short_lived or made.date > as_of or made.iso3 == "VAT":
            continue
        days += (as_of - made.date).days * ((made.destination == "taipei") - (made.origin == "taipei"))
        left += made.origin == "taipei" and made.kind != "state_ceased"
    found = leaving(as_of)
    assert found.years.sum() == pytest.approx(days / 365.25, rel=1e-12)
    assert found.cases == found.changed.sum() == left
    allies = {cell.iso3 for cell in found.cells if cell.end == as_of and not cell.changed}
    assert allies == set(known.recognisers(as_of)) - {"VAT"}


SMALL = {"BHS", "BLZ", "DMA", "GNB", "GRD", "KIR", "LCA", "MHL", "MKD", "PLW", "SLB", "STP", "VCT"}
"""First comers that were members of the United Nations before the year in which they came."""


def test_the_departures_of_the_panel_are_those_of_the_record() -> None:
    as_of = DAYS[-1]
    known = [c for c in record().changes if not c.short_lived and c.iso3 != "VAT"]
    left = {(c.iso3, c.date) for c in known if c.origin == "taipei" and c.kind != "state_ceased"}
    days = {day for _, day in left}
    assert {(cell.iso3, cell.end) for cell in leaving(as_of).cells if cell.changed} == left
    assert {(cell.iso3, cell.end) for cell in returning(as_of).cells if cell.changed} == {
        (c.iso3, c.date)
        for c in known
        if c.destination == "taipei" and (any((c.iso3, day) in left for day in days if day < c.date) or c.iso3 in SMALL)
    }


def test_who_is_left_out() -> None:
    as_of = DAYS[-1]
    for found in (leaving(as_of), returning(as_of)):
        assert "VAT" not in {cell.iso3 for cell in found.cells}
    ceased = {c.iso3: c.date for c in record().changes if c.kind == "state_ceased" and c.origin == "taipei"}
    assert ceased
    for cell in leaving(as_of).cells:
        if cell.iso3 in ceased:
            assert not cell.changed or cell.end != ceased[cell.iso3]
    short = {(c.iso3, c.date) for c in record().changes if c.short_lived}
    assert short
    assert not short & {(cell.iso3, day) for cell in leaving(as_of).cells for day in (cell.begin, cell.end)}
    assert not short & {(cell.iso3, day) for cell in returning(as_of).cells for day in (cell.begin, cell.end)}


def test_weights_are_the_mean_of_those_of_the_days() -> None:
    found = leaving(date(2013, 1, 1))
    for number in range(0, len(found.cells), 37):
        cell = found.cells[number]
        assert found.recent_years[number] == pytest.approx(
            sum(years_by_day(cell.begin, cell.end, found.as_of)), rel=1e-6
        )
        assert found.years[number] == (cell.end - cell.begin).days / 365.25
        expected = weight(cell.end, found.as_of) if cell.changed else 0.0
        assert found.recent_changed[number] == pytest.approx(expected, rel=1e-12)
    assert np.all(found.recent_years < found.years)


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_window_counts_its_days_alike_and_no_others(as_of: date) -> None:
    """Twenty years of 365.25 days before the day: by the days of each cell, and by the record's changes."""
    for found in (leaving(as_of), returning(as_of)):
        first = as_of - timedelta(days=round(WINDOW_YEARS * 365.25))
        inside = [max(0, (cell.end - max(cell.begin, first)).days) / 365.25 for cell in found.cells]
        assert found.window_years.tolist() == pytest.approx(inside, abs=1e-12)
        late = [float(cell.changed and cell.end > first) for cell in found.cells]
        assert found.window_changed.tolist() == late


def test_an_event_of_twenty_years_ago_is_forgotten_by_the_window(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "1990-01-01", "taipei", "beijing")])
    for day, counted in (("1990-01-01", 1.0), ("2009-12-31", 1.0), ("2010-01-01", 0.0), ("2015-01-01", 0.0)):
        assert departures(date.fromisoformat(day)).window_changed.sum() == counted, day


def test_a_stratum_is_a_year_in_one_regime() -> None:
    found = leaving(date(2021, 12, 10))
    numbers = {(cell.year, cell.truce): number for cell, number in zip(found.cells, found.strata.tolist(), strict=True)}
    assert len(set(numbers.values())) == len(numbers)
    assert [(cell.year, cell.truce) for cell in found.cells] == [
        key for number in found.strata.tolist() for key, known in numbers.items() if known == number
    ]
    assert numbers.keys() >= {(2008, False), (2008, True), (2016, True), (2016, False)}
    assert len(numbers) == (2021 - 1971 + 1) + 2


# --- covariates -------------------------------------------------------------------------------------------


def test_covariates_of_leaving_are_those_of_the_year_before() -> None:
    found = leaving(date(2021, 12, 10))
    left: dict[str, date] = {}
    for cell in found.cells:
        books, speech = economy(cell.iso3, cell.year - 1), last_speech(cell.iso3, date(cell.year - 1, 12, 31))
        assert cell.covariates == pytest.approx(
            (
                math.log(books.population),
                1.0 if state(cell.iso3).region == "Americas" else 0.0,
                math.log(1.0 + 100.0 * books.us_aid_usd / books.gdp_usd),
                1.0 if cell.iso3 in left else 0.0,
                math.nan if speech is None else float(not speech.names_taiwan),
            ),
            rel=1e-12,
            nan_ok=True,
        )
        if cell.changed:
            left[cell.iso3] = cell.end
    again = {cell.iso3 for cell in found.cells if cell.covariates[3] == 1.0}
    assert again >= {"NIC", "LSO", "LCA", "NRU"}
    assert not again & {"HND", "GTM", "PRY"}


def test_covariates_of_returning_are_those_of_the_year_before() -> None:
    for cell in returning(date(2021, 12, 10)).cells:
        books = economy(cell.iso3, cell.year - 1)
        expected = math.log(books.population), math.log(books.gdp_usd / books.population)
        assert cell.covariates[:2] == pytest.approx(expected, rel=1e-12)
        assert cell.covariates[2] == covariates.has_switched(cell.iso3, cell.begin)


def test_a_short_lived_departure_does_not_make_a_state_one_that_left_before(told: Told) -> None:
    episode = [
        change("PRY", "1995-01-01", "taipei", "beijing", short=True),
        change("PRY", "1995-02-01", "beijing", "taipei", short=True),
    ]
    told({"HND", "PRY"}, [change("HND", "1990-01-01", "taipei", "beijing"), *episode])
    assert {cell.covariates[3] for cell in departures(date(2000, 1, 1)).cells} == {0.0}


# --- the real record --------------------------------------------------------------------------------------


def test_years_before_the_truce_know_none_of_it() -> None:
    assert truce_years(leaving(date(2008, 5, 19))) == 0.0
    assert truce_years(leaving(date(2008, 5, 21))) > 0.0


def test_truce_years_grow_in_the_truce_and_fade_after_it() -> None:
    days = [date(year, 6, 30) for year in range(2008, 2026)]
    found = [truce_years(leaving(day)) for day in days]
    assert len(set(found)) == len(found)
    assert found[:8] == sorted(found[:8])
    assert found[8:] == sorted(found[8:], reverse=True)


def test_cases_only_grow_with_the_day() -> None:
    days = [date(year, 12, 31) for year in range(1972, 2026)]
    for count in (leaving, returning):
        cases = [count(day).cases for day in days]
        assert cases == sorted(cases)
    assert leaving(days[-1]).cases > 60
    assert returning(days[-1]).cases == 24


def test_the_rate_of_the_record_is_a_few_per_cent_a_year() -> None:
    found = leaving(date(2021, 12, 10))
    assert 0.02 < events(found) / (contest_years(found) + 0.05 * truce_years(found)) < 0.15


@pytest.mark.parametrize("as_of", ["1995-06-30", "2009-01-01", "2021-12-10"])
def test_nothing_after_as_of_is_used(monkeypatch: pytest.MonkeyPatch, as_of: str) -> None:
    """Neither changes after the day, nor figures of the year it lies in."""
    day = date.fromisoformat(as_of)
    whole = leaving(day), returning(day)
    known = record()
    cut = Record(known.start, day, known.roster_1971, tuple(c for c in known.changes if c.date <= day))
    asked: list[int] = []

    def told_early(iso3: str, year: int, _own: object = None) -> object:
        asked.append(year)
        return economy(iso3, year)

    monkeypatch.setattr(panel, "record", lambda **_: cut)
    monkeypatch.setattr(panel.covariates, "economy", told_early)
    found = departures(day), returns(day)
    assert [one.cells for one in found] == [one.cells for one in whole]
    for one, other in zip(found, whole, strict=True):
        assert np.array_equal(one.recent_years, other.recent_years)
        assert np.array_equal(one.recent_changed, other.recent_changed)
    assert max(asked) == day.year - 1
    assert min(asked) == 1970
