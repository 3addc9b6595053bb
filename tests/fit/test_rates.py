"""Rates of the record: events and years weighted by age, the truce apart, computed by hand on small records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest

from sim.atlas import Change, Record, record, regimes
from sim.errors import AtlasError
from sim.fit import departures, rates, returns
from sim.fit.rates import FORMER_YEARS, HALF_LIFE_YEARS

TRUCE = (date(2008, 5, 20), date(2016, 1, 16))
START = date(1971, 10, 24)


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


Told = Callable[[Iterable[str], Iterable[Change]], None]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Put a small record in the place of the real one."""

    def put(roster: Iterable[str], changes: Iterable[Change]) -> None:
        ordered = tuple(sorted(changes, key=lambda c: (c.date, c.iso3)))
        small = Record(START, date(2026, 5, 15), frozenset(roster), ordered)
        monkeypatch.setattr(rates, "record", lambda: small)

    return put


def test_the_truce_of_the_regimes_is_the_one_written_here() -> None:
    assert [(r.start, r.end) for r in regimes() if r.name == "truce"] == [TRUCE]


def test_one_departure_by_hand(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "2000-01-01", "taipei", "beijing")])
    as_of = date(2001, 7, 1)
    found = departures(as_of)
    first = regimes()[0].start
    one, other = years_by_day(first, date(2000, 1, 1), as_of), years_by_day(first, as_of, as_of)
    assert found.cases == 1
    assert found.events == pytest.approx(weight(date(2000, 1, 1), as_of), rel=1e-12)
    assert found.contest_years == pytest.approx(one[0] + other[0], rel=1e-6)
    assert found.truce_years == 0.0


@pytest.mark.parametrize("as_of", ["2008-05-20", "2010-01-01", "2016-01-16", "2021-12-10"])
def test_truce_years_are_those_of_the_truce(told: Told, as_of: str) -> None:
    told({"HND", "PRY"}, [change("HND", "2007-01-01", "taipei", "beijing")])
    day = date.fromisoformat(as_of)
    found = departures(day)
    first = regimes()[0].start
    contest, truce = years_by_day(first, day, day)
    before, _ = years_by_day(first, date(2007, 1, 1), day)
    assert found.truce_years == pytest.approx(truce, rel=1e-6, abs=1e-12)
    assert found.contest_years == pytest.approx(contest + before, rel=1e-6)


def test_an_event_of_seven_years_ago_counts_half(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "1990-01-01", "taipei", "beijing")])
    one, other = departures(date(1990, 1, 1)), departures(date(1997, 1, 1))
    assert one.events == 1.0
    assert other.events == pytest.approx(0.5, abs=1e-3)


def test_what_does_not_count_as_a_departure(told: Told) -> None:
    base = [change("HND", "1990-01-01", "taipei", "beijing")]
    as_of = date(2000, 1, 1)
    told({"HND", "PRY", "VNM"}, base)
    usual = departures(as_of)
    told({"HND", "PRY", "VNM"}, [*base, change("VNM", "1975-04-30", "taipei", "none", "state_ceased")])
    ceased = departures(as_of)
    assert (ceased.cases, ceased.events) == (1, usual.events)
    assert ceased.contest_years < usual.contest_years
    episode = [
        change("PRY", "1995-01-01", "taipei", "beijing", short=True),
        change("PRY", "1995-02-01", "beijing", "taipei", short=True),
    ]
    told({"HND", "PRY", "VNM"}, [*base, *episode])
    assert departures(as_of) == usual
    told({"HND", "PRY", "VNM", "VAT"}, [*base, change("VAT", "1995-01-01", "taipei", "beijing")])
    assert departures(as_of) == usual
    told({"HND", "PRY", "VNM"}, [*base, change("KIR", "1995-01-01", "beijing", "none", "severance")])
    assert departures(as_of) == usual


def test_leaving_to_neither_side_counts(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "2013-11-14", "taipei", "none", "severance")])
    assert departures(date(2014, 1, 1)).cases == 1


def test_a_state_that_comes_to_taipei_is_at_risk_from_then_on(told: Told) -> None:
    changes = [
        change("HND", "1985-01-01", "taipei", "beijing"),
        change("NRU", "1990-01-01", "none", "taipei", "first_recognition"),
    ]
    told({"HND"}, changes)
    as_of = date(1995, 1, 1)
    found = departures(as_of)
    years = sum(
        years_by_day(first, last, as_of)[0]
        for first, last in ((regimes()[0].start, date(1985, 1, 1)), (date(1990, 1, 1), as_of))
    )
    assert found.contest_years == pytest.approx(years, rel=1e-6)


def test_nothing_can_be_said_before_the_first_departure(told: Told) -> None:
    told({"HND", "PRY"}, [change("HND", "1990-01-01", "taipei", "beijing")])
    with pytest.raises(AtlasError, match=r"scenario\.as_of: late enough for a departure to be on record"):
        departures(date(1989, 12, 31))
    assert departures(date(1990, 1, 1)).cases == 1


# --- returns ----------------------------------------------------------------------------------------------


def test_a_return_within_ten_years_by_hand(told: Told) -> None:
    told(
        {"NIC", "PRY"},
        [
            change("NIC", "1985-12-07", "taipei", "beijing"),
            change("NIC", "1990-11-06", "beijing", "taipei", "switch_back"),
        ],
    )
    as_of = date(1992, 1, 1)
    found = returns(as_of)
    assert found.cases == 1
    assert found.events == pytest.approx(weight(date(1990, 11, 6), as_of), rel=1e-12)
    years = years_by_day(date(1985, 12, 7), date(1990, 11, 6), as_of)[0]
    assert found.contest_years == pytest.approx(years, rel=1e-6)


def test_a_return_after_ten_years_does_not_count_but_its_years_at_risk_do(told: Told) -> None:
    told(
        {"NIC", "PRY"},
        [
            change("NIC", "1975-01-01", "taipei", "beijing"),
            change("NIC", "1990-01-01", "beijing", "taipei", "switch_back"),
        ],
    )
    as_of = date(1992, 1, 1)
    found = returns(as_of)
    horizon = date(1975, 1, 1) + timedelta(days=round(FORMER_YEARS * 365.25))
    assert (found.cases, found.events) == (0, 0.0)
    assert found.contest_years == pytest.approx(years_by_day(date(1975, 1, 1), horizon, as_of)[0], rel=1e-6)


def test_a_state_that_never_was_with_taipei_cannot_return(told: Told) -> None:
    told({"PRY"}, [change("NRU", "1990-01-01", "none", "taipei", "first_recognition")])
    found = returns(date(1995, 1, 1))
    assert (found.cases, found.contest_years, found.truce_years) == (0, 0.0, 0.0)


def test_waiting_between_the_sides_is_time_at_risk_of_returning(told: Told) -> None:
    told(
        {"GMB", "PRY"},
        [
            change("GMB", "2000-01-01", "taipei", "none", "severance"),
            change("GMB", "2003-01-01", "none", "beijing", "resumption"),
        ],
    )
    as_of = date(2005, 1, 1)
    found = returns(as_of)
    assert found.contest_years == pytest.approx(years_by_day(date(2000, 1, 1), as_of, as_of)[0], rel=1e-6)


# --- the real record --------------------------------------------------------------------------------------


def test_years_before_the_truce_know_none_of_it() -> None:
    assert departures(date(2008, 5, 19)).truce_years == 0.0
    assert departures(date(2008, 5, 21)).truce_years > 0.0


def test_truce_years_grow_in_the_truce_and_fade_after_it() -> None:
    days = [date(year, 6, 30) for year in range(2008, 2026)]
    found = [departures(day).truce_years for day in days]
    assert len(set(found)) == len(found)
    assert found[:8] == sorted(found[:8])
    assert found[8:] == sorted(found[8:], reverse=True)


def test_cases_only_grow_with_the_day() -> None:
    days = [date(year, 12, 31) for year in range(1972, 2026)]
    for count in (departures, returns):
        cases = [count(day).cases for day in days]
        assert cases == sorted(cases)
    assert departures(days[-1]).cases > 60
    assert returns(days[-1]).cases == 4


def test_the_rate_of_the_record_is_a_few_per_cent_a_year() -> None:
    found = departures(date(2021, 12, 10))
    assert 0.02 < found.events / (found.contest_years + 0.05 * found.truce_years) < 0.15


@pytest.mark.parametrize("as_of", ["1995-06-30", "2009-01-01", "2021-12-10"])
def test_nothing_after_as_of_is_used(monkeypatch: pytest.MonkeyPatch, as_of: str) -> None:
    day = date.fromisoformat(as_of)
    whole = departures(day), returns(day)
    known = record()
    cut = Record(known.start, day, known.roster_1971, tuple(c for c in known.changes if c.date <= day))
    monkeypatch.setattr(rates, "record", lambda: cut)
    assert (departures(day), returns(day)) == whole
