"""Beliefs: the law of every parameter on what was known at the end of a day, and what a scenario puts in its place."""

from __future__ import annotations

from datetime import date

import pytest

from sim.atlas import Record, cases, patrons, record
from sim.fit import Belief, beliefs, beliefs_for, departures, package_size, posterior, rates, returns
from sim.parameters import PARAMETERS, Counted, Fitted, Held, LogitNormal, LogNormal, RecordRate, SplitNormal
from sim.scenario import Scenario
from tests.worlds import told

DAYS = [date(1995, 6, 30), date(2007, 3, 1), date(2013, 1, 1), date(2021, 12, 10), date(2026, 5, 15)]


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_every_parameter_has_a_law_in_the_order_of_the_register(as_of: date) -> None:
    found = beliefs(as_of)
    assert list(found) == list(PARAMETERS)
    for name, belief in found.items():
        law = belief.distribution
        assert law.low <= law.central <= law.high, name
        assert belief.parameter is PARAMETERS[name]
        assert not belief.from_scenario


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_nothing_after_as_of_leaks_in(monkeypatch: pytest.MonkeyPatch, as_of: date) -> None:
    """The beliefs of a day do not change when record and cases are cut after that day."""
    whole = dict(beliefs(as_of))
    known, counted = record(), patrons.read_cases()
    cut = Record(known.start, as_of, known.roster_1971, tuple(c for c in known.changes if c.date <= as_of))
    kept = tuple(case for case in counted if case.outcome_known <= as_of)
    monkeypatch.setattr(rates, "record", lambda: cut)
    monkeypatch.setattr(patrons, "_cases", lambda: kept)
    assert dict(beliefs.__wrapped__(as_of)) == whole


def test_a_later_day_knows_more() -> None:
    before, after = beliefs(date(2023, 3, 25)), beliefs(date(2023, 3, 26))
    assert before["order_carried_out"].distribution == Counted(3, 0)
    assert after["order_carried_out"].distribution == Counted(4, 0)
    assert before["pledge_kept"].distribution == Counted(0, 1)
    assert after["pledge_kept"].distribution == Counted(1, 1)
    assert after["departure_rate"].cases == (before["departure_rate"].cases or 0) + 1
    assert after["departure_rate"].distribution.central > before["departure_rate"].distribution.central


def test_counted_chances_start_from_the_jeffreys_prior() -> None:
    early = beliefs(date(1990, 1, 1))
    assert early["order_carried_out"].distribution == Counted(0, 0)
    assert early["order_carried_out"].distribution.central == 0.5
    assert early["order_carried_out"].cases == 0
    assert len(cases("order_carried_out", date(2026, 5, 15))) == 4


def test_notices_are_counted_from_those_whose_outcome_was_known() -> None:
    for day, law in (
        (date(1990, 1, 1), Counted(0, 0)),
        (date(2007, 3, 1), Counted(2, 0)),
        (date(2013, 1, 1), Counted(5, 1)),
        (date(2021, 12, 10), Counted(6, 2)),
        (date(2026, 5, 15), Counted(8, 2)),
    ):
        found = beliefs(day)["notice_carried_out"]
        assert found.distribution == law
        assert found.cases == law.successes + law.failures


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_rates_come_from_the_record_with_truce_years_apart(as_of: date) -> None:
    left, back = departures(as_of), returns(as_of)
    leaving, returning = (beliefs(as_of)[name].distribution for name in ("departure_rate", "return_rate"))
    assert leaving == RecordRate(left.events, left.contest_years, left.truce_years, 0.05)
    assert returning == RecordRate(back.events, back.contest_years, back.truce_years, 0.05)


def test_where_no_return_is_on_record_the_rate_is_next_to_nothing() -> None:
    early = beliefs(date(1980, 1, 1))["return_rate"].distribution
    assert returns(date(1980, 1, 1)).events == 0.0
    assert 0.0 < early.central < 0.001
    assert posterior.NO_RETURN_YET == 0.05


def test_the_size_of_packages_is_the_regressions() -> None:
    size, found = package_size(), beliefs(date(2021, 12, 10))
    assert found["package_size"].distribution == Fitted(size.size, size.size_error)
    assert found["package_elasticity"].distribution == Fitted(size.elasticity, size.elasticity_error)
    assert found["package_size"].cases == 17


def test_declared_priors_are_as_declared() -> None:
    found = beliefs(date(2021, 12, 10))
    for name, parameter in PARAMETERS.items():
        if parameter.central is not None:
            assert found[name] == Belief(parameter, parameter.distribution, None)


def scenario(**parameters: object) -> Scenario:
    return Scenario.model_validate(told("HND", start="2021-12-10", parameters=parameters))


def test_a_scenario_puts_its_own_in_place() -> None:
    given = {"central": 0.3, "low": 0.1, "high": 0.6}
    found = beliefs_for(
        scenario(offer_effect=0.7, aid_effect=given, aid_floor=given, departure_rate=given, pledge_kept=given)
    )
    assert found["offer_effect"].distribution == Held(0.7, 0.7, 0.7)
    assert found["aid_effect"].distribution == SplitNormal(0.3, 0.1, 0.6)
    assert found["aid_floor"].distribution == LogitNormal(0.3, 0.1, 0.6)
    assert found["departure_rate"].distribution == LogNormal(0.3, 0.1, 0.6)
    assert found["pledge_kept"].distribution == LogitNormal(0.3, 0.1, 0.6)
    assert {name: found[name].family for name in ("offer_effect", "aid_effect", "departure_rate", "pledge_kept")} == {
        "offer_effect": "held",
        "aid_effect": "split-normal",
        "departure_rate": "log-normal",
        "pledge_kept": "logit-normal",
    }
    assert all(belief.family == belief.parameter.family for belief in found.values() if not belief.from_scenario)
    theirs = {name for name, belief in found.items() if belief.from_scenario}
    assert theirs == {"offer_effect", "aid_effect", "aid_floor", "departure_rate", "pledge_kept"}
    assert list(found) == list(PARAMETERS)


@pytest.mark.parametrize("given", [0.4, {"central": 0.4, "low": 0.1, "high": 0.6}], ids=["a number", "a range"])
def test_a_truce_that_a_scenario_sets_weighs_the_truce_years_of_the_record(given: object) -> None:
    as_of = date(2021, 12, 10)
    left = departures(as_of)
    found = beliefs_for(scenario(acceptance_truce=given))
    assert found["departure_rate"].distribution == RecordRate(left.events, left.contest_years, left.truce_years, 0.4)
    assert found["departure_rate"] == beliefs(as_of, 0.4)["departure_rate"]
    assert not found["departure_rate"].from_scenario
    usual = beliefs(as_of)["departure_rate"].distribution
    assert usual == RecordRate(left.events, left.contest_years, left.truce_years, 0.05)
    assert found["departure_rate"].distribution.central < usual.central
    others = [name for name in PARAMETERS if name not in ("acceptance_truce", "departure_rate", "return_rate")]
    assert all(found[name] == beliefs(as_of)[name] for name in others)
    central = usual.central * (left.contest_years + 0.05 * left.truce_years)
    assert found["departure_rate"].distribution.central * (
        left.contest_years + 0.4 * left.truce_years
    ) == pytest.approx(central, rel=1e-12)


def test_what_a_scenario_does_not_set_is_the_record_of_its_as_of() -> None:
    found = beliefs_for(scenario(offer_effect=0.7))
    usual = beliefs(date(2021, 12, 10))
    assert all(found[name] == usual[name] for name in PARAMETERS if name != "offer_effect")
    earlier = told("HND", start="2021-12-10")
    earlier["scenario"]["as_of"] = "2021-11-30"
    assert beliefs_for(Scenario.model_validate(earlier)) == beliefs(date(2021, 11, 30))
