"""Beliefs: the law of every parameter on what was known at the end of a day, and what a scenario puts in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest
from scipy import stats

from sim.atlas import cases
from sim.fit import (
    Belief,
    beliefs,
    beliefs_for,
    described,
    fit,
    leaving,
    package_size,
    posterior,
    returning,
    yardsticks,
)
from sim.fit.hazard import effect_laws, rate_law, truce_law
from sim.fit.posterior import HOST_YEARS_A_YEAR, LEAVING, RETURNING, TRUCE
from sim.fit.prices import PRICED
from sim.parameters import (
    PARAMETERS,
    CaseChance,
    Coefficient,
    Effect,
    Held,
    LogitNormal,
    LogNormal,
    MemoryRate,
    Posterior,
    RecordRate,
    SplitNormal,
)
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


def test_a_later_day_knows_more() -> None:
    before, after = beliefs(date(2023, 3, 25)), beliefs(date(2023, 3, 26))
    assert before["order_carried_out"].distribution == CaseChance(3, 0)
    assert after["order_carried_out"].distribution == CaseChance(4, 0)
    assert before["pledge_kept"].distribution == CaseChance(0, 2)
    assert after["pledge_kept"].distribution == CaseChance(1, 2)
    assert after["departure_rate"].cases == (before["departure_rate"].cases or 0) + 1
    assert after["departure_rate"].distribution.central > before["departure_rate"].distribution.central


def test_counted_chances_start_from_the_jeffreys_prior() -> None:
    early = beliefs(date(1990, 1, 1))
    assert early["order_carried_out"].distribution == CaseChance(0, 0)
    assert early["order_carried_out"].distribution.central == 0.5
    assert early["order_carried_out"].cases == 0
    assert len(cases("order_carried_out", date(2026, 5, 15))) == 4


def test_before_the_first_case_public_talks_are_lost_neither_always_nor_never() -> None:
    """One departure and two stays to start from: the mean is a third, and nine tenths lie from 0.03 to 0.78."""
    early = beliefs(date(1990, 1, 1))["lost_public"]
    assert (early.distribution, early.kind) == (CaseChance(0, 0, (1.0, 2.0)), "assumed")
    assert early.distribution.central == pytest.approx(1 / 3)
    points = stats.beta(1.0, 2.0).ppf([0.05, 0.95])
    assert (early.distribution.low, early.distribution.high) == pytest.approx(points.tolist())
    now = beliefs(date(2026, 9, 28))["lost_public"].distribution
    assert now.central == pytest.approx(5 / 36)


def test_notices_are_counted_from_those_whose_outcome_was_known() -> None:
    for day, law in (
        (date(1990, 1, 1), CaseChance(0, 0)),
        (date(2007, 3, 1), CaseChance(2, 0)),
        (date(2013, 1, 1), CaseChance(5, 0)),
        (date(2021, 12, 10), CaseChance(6, 0)),
        (date(2026, 5, 15), CaseChance(8, 0)),
    ):
        found = beliefs(day)["notice_carried_out"]
        assert found.distribution == law
        assert found.cases == law.successes + law.failures


def test_chances_counted_from_cases_are_those_known_by_the_day() -> None:
    """Successes and failures by hand, of requests, of words and of public talks."""
    for name, by_day in (
        ("request_followed", {1990: (0, 0), 2007: (4, 0), 2013: (4, 1), 2022: (8, 4), 2026: (10, 6)}),
        ("lost_public", {1990: (0, 0), 2007: (2, 4), 2013: (3, 11), 2022: (4, 19), 2026: (4, 29)}),
        ("gives_way", {1990: (0, 0), 2007: (0, 2), 2013: (1, 8), 2022: (2, 11), 2026: (2, 15)}),
        ("retaliates", {1990: (0, 0), 2007: (0, 2), 2013: (1, 7), 2022: (1, 10), 2026: (1, 14)}),
        ("words_followed", {1990: (0, 0), 2007: (0, 0), 2013: (0, 3), 2022: (0, 5), 2026: (0, 6)}),
    ):
        for year, (kept, failed) in by_day.items():
            day = date(year, 5, 15) if year == 2026 else date(year, 1, 1)
            found = beliefs(day)[name]
            assert found.distribution == CaseChance(kept, failed, PARAMETERS[name].before), (name, year)
            assert found.cases == kept + failed
            assert found.kind == ("documented" if found.cases else "assumed")


@pytest.mark.parametrize("as_of", [date(1989, 12, 31), *DAYS], ids=str)
def test_endings_of_cooperation_are_counted_over_the_host_years_since_1990(as_of: date) -> None:
    """Half an ending and those known by the day, over 1,150 host-years in 35 years; a year of them at least."""
    found = beliefs(as_of)["suspension_rate"]
    ended = len(cases("cooperation_ended", as_of))
    years = 1150.0 / 35.0 * max(1.0, (as_of - date(1990, 1, 1)).days / 365.25)
    assert HOST_YEARS_A_YEAR == 1150.0 / 35.0
    assert found.cases == ended
    assert found.distribution.central == pytest.approx((0.5 + ended) / years, rel=1e-12)
    points = stats.gamma(0.5 + ended, scale=1.0 / years).ppf([0.05, 0.95])
    assert (found.distribution.low, found.distribution.high) == pytest.approx(points.tolist(), rel=1e-9)
    assert found.kind == ("documented" if ended else "assumed")


def test_all_endings_are_over_the_host_years_that_were_counted() -> None:
    """Seven endings over 1,150 host-years of 1990 to 2024."""
    law = beliefs(date(2025, 1, 1))["suspension_rate"].distribution
    assert isinstance(law, RecordRate)
    assert law.events == 7.5
    assert law.exposure.contest == pytest.approx([1150.0], rel=1e-3)


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_hazards_are_those_of_the_fit(as_of: date) -> None:
    """Effects, acceptance in a truce, and rates at the central value of that acceptance."""
    for cached in (beliefs, fit, leaving, returning):  # whatever other tests asked for in this process before
        cached.cache_clear()
    found, known = beliefs(as_of), fit(as_of)
    truce = truce_law(known.leaving, PARAMETERS[TRUCE])
    assert found[TRUCE].distribution == truce
    share = (TRUCE, truce.central)
    for effects, names, rate in (
        (known.leaving, LEAVING, "departure_rate"),
        (known.returning, RETURNING, "return_rate"),
    ):
        assert {name: found[name].distribution for name in names} == effect_laws(effects, names)
        assert all(isinstance(found[name].distribution, Effect) for name in names)
        least = 0.0 if rate == "departure_rate" else 0.05
        assert found[rate].distribution == rate_law(effects, share, names, least)
        assert {found[name].cases for name in (*names, rate)} == {effects.panel.cases}
    assert known.leaving.panel is leaving(as_of)
    assert known.returning.panel is returning(as_of)


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_acceptance_in_a_truce_is_a_prior_until_there_is_a_truce(as_of: date) -> None:
    found = beliefs(as_of)[TRUCE]
    updated = as_of > date(2008, 5, 20)
    assert isinstance(found.distribution, Posterior) == updated
    assert (found.family, found.kind) == (("updated", "estimated") if updated else ("logit-normal", "documented"))
    told_so = described(found)
    assert (told_so["family"], told_so["kind"]) == (found.family, found.kind)
    assert told_so["hindsight"] is True


def test_states_are_measured_by_the_fit_of_the_day() -> None:
    for as_of in DAYS:
        found, known = yardsticks(as_of), fit(as_of)
        assert found == (package_size().mean_log_gdp, known.leaving.scales, known.returning.scales)


def test_where_no_return_is_on_record_the_rate_is_next_to_nothing() -> None:
    early = beliefs(date(1980, 1, 1))["return_rate"].distribution
    assert returning(date(1980, 1, 1)).recent_changed.sum() == 0.0
    assert 0.0 < early.central < 0.001
    assert posterior.NO_RETURN_YET == 0.05


def test_the_size_of_packages_is_the_regressions() -> None:
    size, found = package_size(), beliefs(date(2021, 12, 10))
    assert found["package_size"].distribution == Coefficient(size.size, size.size_error)
    assert found["package_elasticity"].distribution == Coefficient(size.elasticity, size.elasticity_error)
    assert found["package_size"].cases == 17


def test_declared_priors_are_as_declared() -> None:
    found = beliefs(date(2021, 12, 10))
    for name, parameter in PARAMETERS.items():
        if parameter.central is not None and name not in (TRUCE, *PRICED):
            assert found[name] == Belief(parameter, parameter.distribution, None)


def scenario(**parameters: object) -> Scenario:
    return Scenario.model_validate(told("HND", start="2021-12-10", parameters=parameters))


def test_a_range_of_a_scenario_is_drawn_by_the_kind_of_number_it_is_for() -> None:
    """Effects may be negative, rates stay above zero, shares and chances below one."""
    given = {"central": 0.3, "low": 0.1, "high": 0.6}
    for law, names in (
        (SplitNormal, (*LEAVING, *RETURNING)),
        (LogNormal, ("departure_rate", "return_rate", "suspension_rate", "requests_unseen")),
        (LogitNormal, (TRUCE, "request_followed", "words_followed")),
    ):
        found = beliefs_for(scenario(**dict.fromkeys(names, given)))
        for name in names:
            assert found[name].distribution == law(0.3, 0.1, 0.6), name
            assert (found[name].kind, found[name].cases, found[name].from_scenario) == ("assumed", None, True)
            assert described(found[name])["source"] == "set by the scenario"


def test_a_scenario_puts_its_own_in_place() -> None:
    given = {"central": 0.3, "low": 0.1, "high": 0.6}
    found = beliefs_for(
        scenario(lean_effect=0.7, reassurance_effect=given, window_share=given, departure_rate=given, pledge_kept=given)
    )
    assert found["lean_effect"].distribution == Held(0.7, 0.7, 0.7)
    assert found["reassurance_effect"].distribution == SplitNormal(0.3, 0.1, 0.6)
    assert found["window_share"].distribution == LogitNormal(0.3, 0.1, 0.6)
    assert found["departure_rate"].distribution == LogNormal(0.3, 0.1, 0.6)
    assert found["pledge_kept"].distribution == LogitNormal(0.3, 0.1, 0.6)
    assert {
        name: found[name].family for name in ("lean_effect", "reassurance_effect", "departure_rate", "pledge_kept")
    } == {
        "lean_effect": "held",
        "reassurance_effect": "split-normal",
        "departure_rate": "log-normal",
        "pledge_kept": "logit-normal",
    }
    for name, belief in found.items():
        if not belief.from_scenario:
            assert belief.family == ("updated" if name in (TRUCE, *PRICED) else belief.parameter.family), name
    theirs = {name for name, belief in found.items() if belief.from_scenario}
    assert theirs == {"lean_effect", "reassurance_effect", "window_share", "departure_rate", "pledge_kept"}
    assert list(found) == list(PARAMETERS)


GIVEN = pytest.mark.parametrize("given", [0.4, {"central": 0.4, "low": 0.1, "high": 0.6}], ids=["a number", "a range"])
RATES = {"departure_rate", "return_rate"}
AT = date(2021, 12, 10)


def both(belief: Belief) -> tuple[RecordRate, RecordRate]:
    """The two counts of a rate: by the fading memory, and by the window."""
    law = belief.distribution
    assert isinstance(law, MemoryRate)
    return law.fading, law.window


def years_at(rate: RecordRate, share: float, effects: Mapping[str, float]) -> float:
    """Weighted years at risk at some share and effects, by hand."""
    scores = sum(effects[name] * rate.exposure.covariates[:, k] for k, (name, _) in enumerate(rate.effects))
    return float((rate.exposure.contest + share * rate.exposure.truce) @ np.exp(scores))


@GIVEN
def test_a_truce_that_a_scenario_sets_weighs_the_truce_years_of_the_record(given: object) -> None:
    found, usual = beliefs_for(scenario(acceptance_truce=given)), beliefs(AT)
    for name in RATES:
        for mine, before in zip(both(found[name]), both(usual[name]), strict=True):
            assert mine.share == (TRUCE, 0.4)
            assert before.share == (TRUCE, usual[TRUCE].distribution.central)
            assert (mine.events, mine.exposure, mine.effects) == (before.events, before.exposure, before.effects)
            assert mine.central < before.central
            modes = dict(before.effects)
            assert mine.central * years_at(mine, 0.4, modes) == pytest.approx(mine.events, rel=1e-12)
            assert before.central * years_at(before, before.share[1], modes) == pytest.approx(mine.events, rel=1e-12)
        assert not found[name].from_scenario
    others = [name for name in PARAMETERS if name not in RATES | {TRUCE, "suspension_rate"}]
    assert all(found[name] == usual[name] for name in others)
    quiet, before = found["suspension_rate"].distribution, usual["suspension_rate"].distribution
    assert (quiet.low, quiet.central, quiet.high) == (before.low, before.central, before.high)


@GIVEN
def test_effects_that_a_scenario_sets_weigh_the_years_of_the_record(given: object) -> None:
    """The rate is then that of a state of average covariates whose effects are the scenario's."""
    found, usual = beliefs_for(scenario(population_effect=given, switched_effect=given)), beliefs(AT)
    drawn = {"population_effect": np.array([0.4]), "switched_effect": np.array([0.4])}
    u = np.array([0.3])
    for mine, before in zip(both(found["departure_rate"]), both(usual["departure_rate"]), strict=True):
        modes = dict(before.effects) | {"population_effect": 0.4, "switched_effect": 0.4}
        assert dict(mine.effects) == modes
        assert mine.central == pytest.approx(mine.events / years_at(mine, mine.share[1], modes), rel=1e-12)
        assert mine.quantile(u, {})[0] == before.quantile(u, drawn)[0]
    assert found["return_rate"] == usual["return_rate"]
    unset = set(PARAMETERS) - {"population_effect", "switched_effect", "departure_rate"}
    assert all(found[name] == usual[name] for name in unset)


@pytest.mark.parametrize("memory", [0.0, 1.0])
def test_a_memory_that_a_scenario_sets_counts_the_record(memory: float) -> None:
    """Both rates are then counted by it, in every draw and at central values; nothing else moves."""
    found, usual = beliefs_for(scenario(memory=memory)), beliefs(AT)
    assert found["memory"].distribution == Held(memory, memory, memory)
    for name in RATES:
        mine, counted = found[name].distribution, both(usual[name])[int(memory)]
        assert mine.central == counted.central
        assert (mine.low, mine.high) == pytest.approx((counted.low, counted.high), rel=1e-4)
        u = np.array([0.01, 0.4, 0.99])
        assert np.array_equal(mine.quantile(u, {"memory": np.full(3, memory)}), counted.quantile(u, {}))
    assert all(found[name] == usual[name] for name in PARAMETERS if name not in RATES | {"memory"})


def test_a_range_of_the_memory_stays_between_the_two() -> None:
    found = beliefs_for(scenario(memory={"central": 0.4, "low": 0.1, "high": 0.6}))["memory"]
    assert found.distribution == LogitNormal(0.4, 0.1, 0.6)


def test_a_rate_that_a_scenario_sets_follows_nothing() -> None:
    found = beliefs_for(scenario(departure_rate=0.1, population_effect=1.0, acceptance_truce=0.4))
    assert found["departure_rate"].distribution == Held(0.1, 0.1, 0.1)


def test_what_a_scenario_does_not_set_is_the_record_of_its_as_of() -> None:
    found = beliefs_for(scenario(lean_effect=0.7))
    usual = beliefs(date(2021, 12, 10))
    assert all(found[name] == usual[name] for name in PARAMETERS if name != "lean_effect")
    earlier = told("HND", start="2021-12-10")
    earlier["scenario"]["as_of"] = "2021-11-30"
    assert beliefs_for(Scenario.model_validate(earlier)) == beliefs(date(2021, 11, 30))
