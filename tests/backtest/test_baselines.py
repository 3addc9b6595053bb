"""Baselines: hand counts of the record, closed forms of their chances, and nothing known from after the origin."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import binom

from sim.atlas import Change, Economy, Record, economy, record, regimes
from sim.atlas.patrons import Regime
from sim.backtest import baselines, forecasts, truce
from sim.backtest.baselines import (
    BASELINES,
    DRAWS,
    FORMER_YEARS,
    HALF_LIFE_7,
    LAST_20_YEARS,
    MEMBERS,
    NO_RETURN_YET,
    SINCE_1971,
    Tally,
    Weighting,
    covariates,
    departures,
    elsewhere,
    logit_fit,
    poisson_binomial,
    returns,
    sample,
)
from sim.backtest.forecasts import Forecast, outcome
from sim.backtest.truce import acceptance, courses
from sim.parameters import PARAMETERS

START = date(1971, 10, 24)
HAZARDS = ("constant_hl7", "constant_20y", "constant_all", "constant_region", "logit")
WALKS = ("random_walk", "drift_20y")
ALL = pytest.mark.parametrize("name", BASELINES)


def change(iso3: str, day: str, origin: str, destination: str, kind: str = "switch", short: bool = False) -> Change:
    return Change(date.fromisoformat(day), "day", iso3, origin, destination, kind, "high", short, "test", "")  # type: ignore[arg-type]


Told = Callable[[Iterable[str], Iterable[Change]], None]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Put a small record in the place of the real one."""

    def put(roster: Iterable[str], changes: Iterable[Change]) -> None:
        ordered = tuple(sorted(changes, key=lambda c: (c.date, c.iso3)))
        small = Record(START, date(2026, 5, 15), frozenset(roster), ordered)
        monkeypatch.setattr(baselines, "record", lambda: small)

    return put


def years_by_day(first: date, last: date, as_of: date, weighting: Weighting) -> float:
    """Weighted years from the end of `first` to the end of `last`, added up by days."""
    ages = ((as_of - first).days - 0.5 - np.arange((last - first).days)) / 365.25
    return float(sum(weighting.event(age) for age in ages.tolist()) / 365.25)


def known_regimes(as_of: date) -> list[Regime]:
    """The regimes as they were known at the end of a day: the last one went on."""
    after = as_of + timedelta(days=1)
    return [replace(regime, end=min(regime.end, after)) for regime in regimes() if regime.start <= as_of]


# --- All of them


def test_the_names_are_in_the_order_of_the_tables() -> None:
    assert list(BASELINES) == [*HAZARDS[:4], *WALKS, "logit"]


@ALL
@pytest.mark.parametrize(("origin", "horizon"), [(1995, 1), (2012, 5), (2024, 3)])
def test_a_forecast_is_well_formed(name: str, origin: int, horizon: int) -> None:
    made = BASELINES[name](origin, horizon)
    assert (made.model, made.origin, made.horizon) == (name, origin, horizon)
    assert made.states == record().recognisers(date(origin - 1, 12, 31))
    assert made.counts.shape == (MEMBERS,)
    assert made.counts.dtype == np.int64
    assert made.counts.min() >= 0
    if name in WALKS:
        assert made.chances is None
    else:
        assert made.chances is not None
        assert made.chances.shape == (len(made.states),)
        assert ((made.chances > 0.0) & (made.chances < 1.0)).all()


@ALL
@pytest.mark.parametrize("origin", [1995, 2009, 2012, 2016, 2017, 2024])
def test_nothing_after_the_origin_leaks_in(monkeypatch: pytest.MonkeyPatch, name: str, origin: int) -> None:
    """A forecast does not change when the record is cut before the origin and the economies of later years are gone.

    What acceptance in a truce was known to be is held against a cut record in `test_truce.py`.
    """
    whole = [BASELINES[name](origin, horizon) for horizon in (1, 5)]
    known, as_of = record(), date(origin - 1, 12, 31)
    cut = Record(known.start, as_of, known.roster_1971, tuple(c for c in known.changes if c.date <= as_of))

    def known_economy(iso3: str, year: int) -> Economy:
        assert year < origin, f"{iso3} in {year} is not known yet"
        return economy(iso3, year)

    monkeypatch.setattr(baselines, "record", lambda: cut)
    monkeypatch.setattr(baselines, "economy", known_economy)
    monkeypatch.setattr(truce, "regimes", lambda: known_regimes(as_of))
    for before in whole:
        after = BASELINES[name](origin, before.horizon)
        assert after.states == before.states
        assert np.array_equal(after.counts, before.counts)
        assert (after.chances is None) == (before.chances is None)
        if before.chances is not None and after.chances is not None:
            assert np.array_equal(after.chances, before.chances)


@ALL
def test_asked_twice_the_answer_is_the_same(name: str) -> None:
    one, other = (BASELINES[name](2005, 3) for _ in range(2))
    assert np.array_equal(one.counts, other.counts)
    if one.chances is not None and other.chances is not None:
        assert np.array_equal(one.chances, other.chances)


@pytest.mark.parametrize("horizon", [1, 3, 5])
def test_the_holy_see_decides_no_comparison(horizon: int) -> None:
    rate = PARAMETERS["holy_see_rate"].distribution.central
    for origin in (2005, 2010):
        stays = sum(course.chance * math.exp(-rate * course.years) for course in courses(origin, horizon))
        assert origin == 2010 or stays == math.exp(-rate * horizon)
        for name in HAZARDS:
            made = BASELINES[name](origin, horizon)
            assert made.chances is not None
            assert made.chances[made.states.index("VAT")] == pytest.approx(1.0 - stays, rel=1e-12)


@pytest.mark.parametrize("name", HAZARDS)
def test_the_mean_count_is_that_of_the_chances_and_the_returns(name: str) -> None:
    """Those who leave are the sum of the chances; what the mean count has beyond that are former allies come back."""
    made = BASELINES[name](2016, 5)
    assert made.chances is not None
    former = returns(date(2015, 12, 31), SINCE_1971)[1]
    returned = made.counts.mean() - (len(made.states) - made.chances.sum())
    assert 0.0 < returned < 0.3 * len(former)


def test_outcomes_are_those_of_the_record() -> None:
    found = outcome(2023, 1)
    assert found is not None
    assert [iso3 for iso3, gone in zip(found.states, found.gone.tolist(), strict=True) if gone] == ["HND"]
    assert (len(found.states), found.count) == (14, 13)
    longer = outcome(2022, 3)
    assert longer is not None
    assert [s for s, gone in zip(longer.states, longer.gone.tolist(), strict=True) if gone] == ["HND", "NRU"]
    returned = outcome(2002, 5)
    assert returned is not None
    assert not returned.gone[returned.states.index("NRU")]


def test_there_is_no_outcome_beyond_the_record() -> None:
    assert outcome(2025, 1) is not None
    assert outcome(2026, 1) is None
    assert outcome(2023, 3) is not None
    assert outcome(2024, 3) is None


def test_days_of_a_forecast() -> None:
    assert forecasts.known_until(1995) == date(1994, 12, 31)
    assert forecasts.end_of(1995, 1) == date(1995, 12, 31)
    assert forecasts.end_of(1995, 5) == date(1999, 12, 31)


# --- Counting the record


def test_events_of_twenty_years_counted_by_hand() -> None:
    """1996-2015: NER BHS LCA ZAF CAF GNB TON MKD NRU LBR DMA GRD SEN TCD CRI MWI GMB left; NRU and LCA came back."""
    as_of = date(2015, 12, 31)
    left, regions = departures(as_of, LAST_20_YEARS)
    assert left.events == 17.0
    assert {region: tally.events for region, tally in regions.items()} == {
        "Americas": 5.0,
        "Africa": 9.0,
        "Oceania": 2.0,
        "other": 1.0,
    }
    assert sum(tally.years for tally in regions.values()) == pytest.approx(left.years, rel=1e-12)
    back, former = returns(as_of, LAST_20_YEARS)
    assert back.events == 2.0
    assert former == ("CRI", "GMB", "MWI", "TCD")


def test_ally_years_of_twenty_years_are_the_monthly_counts_without_the_holy_see() -> None:
    """A month in the truce counts as acceptance in it, on what was known then (May 2008 as a whole as contest)."""
    as_of = date(2015, 12, 31)
    months = [date(1996 + month // 12, month % 12 + 1, 15) for month in range(240)]
    worth = [acceptance(as_of) if day >= date(2008, 5, 20) else 1.0 for day in months]
    found = sum((record().count(day) - 1) * share for day, share in zip(months, worth, strict=True)) / 12.0
    assert departures(as_of, LAST_20_YEARS)[0].years == pytest.approx(found, rel=0.004)
    contest = sum(record().count(date(1988 + month // 12, month % 12 + 1, 15)) - 1 for month in range(240)) / 12.0
    assert departures(date(2007, 12, 31), LAST_20_YEARS)[0].years == pytest.approx(contest, rel=0.002)


@pytest.mark.parametrize("weighting", [HALF_LIFE_7, LAST_20_YEARS, SINCE_1971], ids=["half-life", "window", "all"])
def test_years_in_a_truce_count_as_little_as_happens_in_it(told: Told, weighting: Weighting) -> None:
    """One that left in the truce and one that stayed: events count one each, by age; years by age and regime."""
    left, as_of = date(2013, 11, 14), date(2019, 12, 31)
    told({"HND", "PRY"}, [change("HND", left.isoformat(), "taipei", "beijing")])
    begin, end, accepted = date(2008, 5, 20), date(2016, 1, 16), acceptance(as_of)
    assert 0.05 < accepted < 0.1

    def worth(first: date, last: date) -> float:
        return years_by_day(first, last, as_of, weighting)

    found, _ = departures(as_of, weighting)
    stayed = worth(START, begin) + accepted * worth(begin, end) + worth(end, as_of)
    gone = worth(START, begin) + accepted * worth(begin, left)
    assert found.years == pytest.approx(stayed + gone, rel=1e-4)
    assert found.events == weighting.event((as_of - left).days / 365.25)
    back, former = returns(as_of, weighting)
    assert back.years == pytest.approx(accepted * worth(left, end) + worth(end, as_of), rel=1e-4)
    assert former == ("HND",)


@pytest.mark.parametrize("origin", [1995, 2010, 2024])
def test_since_1971_every_departure_counts_once(origin: int) -> None:
    as_of = date(origin - 1, 12, 31)
    counted = [
        c
        for c in record().changes
        if c.origin == "taipei" and c.date <= as_of and not c.short_lived and c.kind != "state_ceased"
    ]
    assert departures(as_of, SINCE_1971)[0].events == len(counted)
    assert departures(as_of, HALF_LIFE_7)[0].events == pytest.approx(
        sum(0.5 ** ((as_of - c.date).days / 365.25 / 7.0) for c in counted), rel=1e-12
    )


@pytest.mark.parametrize("weighting", [HALF_LIFE_7, LAST_20_YEARS, SINCE_1971], ids=["half-life", "window", "all"])
def test_a_departure_and_a_return_by_hand(told: Told, weighting: Weighting) -> None:
    told(
        {"HND", "PRY"},
        [change("HND", "1985-01-01", "taipei", "beijing"), change("HND", "1990-01-01", "beijing", "taipei")],
    )
    as_of = date(2001, 12, 31)
    age = {day: (as_of - day).days / 365.25 for day in (date(1985, 1, 1), date(1990, 1, 1))}
    left, regions = departures(as_of, weighting)
    first = years_by_day(START, date(1985, 1, 1), as_of, weighting)
    second = years_by_day(date(1990, 1, 1), as_of, as_of, weighting)
    third = years_by_day(START, as_of, as_of, weighting)
    assert left.events == pytest.approx(weighting.event(age[date(1985, 1, 1)]), rel=1e-12)
    assert left.years == pytest.approx(first + second + third, rel=1e-4)
    assert regions["Americas"] == left
    assert regions["Africa"] == Tally(0.0, 0.0)
    back, former = returns(as_of, weighting)
    assert back.events == pytest.approx(weighting.event(age[date(1990, 1, 1)]), rel=1e-12)
    assert back.years == pytest.approx(years_by_day(date(1985, 1, 1), date(1990, 1, 1), as_of, weighting), rel=1e-4)
    assert former == ()


def test_a_return_counts_within_ten_years_only(told: Told) -> None:
    left, limit = date(1980, 1, 1), date(1980, 1, 1) + timedelta(days=round(FORMER_YEARS * 365.25))
    for back, events in ((limit - timedelta(days=1), 1.0), (limit, 0.0), (date(1995, 1, 1), 0.0)):
        told(
            {"HND", "PRY"},
            [
                change("HND", left.isoformat(), "taipei", "none", "severance"),
                change("HND", "1984-01-01", "none", "beijing", "first_recognition"),
                change("HND", back.isoformat(), "beijing", "taipei"),
            ],
        )
        found, former = returns(date(1999, 12, 31), SINCE_1971)
        assert found.events == events
        assert found.years == pytest.approx((min(back, limit) - left).days / 365.25, rel=1e-12)
        assert former == ()
    assert returns(date(1988, 12, 31), SINCE_1971)[1] == ("HND",)
    assert returns(date(1990, 12, 31), SINCE_1971)[1] == ()


def test_what_is_no_departure(told: Told) -> None:
    base = [change("HND", "1990-01-01", "taipei", "beijing")]
    as_of = date(1999, 12, 31)
    told({"HND", "PRY", "VDR"}, base)
    usual, former = departures(as_of, SINCE_1971)[0], returns(as_of, SINCE_1971)
    episode = [
        change("PRY", "1995-01-01", "taipei", "beijing", short=True),
        change("PRY", "1995-02-01", "beijing", "taipei", short=True),
    ]
    told({"HND", "PRY", "VDR"}, [*base, *episode])
    assert departures(as_of, SINCE_1971)[0] == usual
    assert returns(as_of, SINCE_1971) == former
    told({"HND", "PRY", "VDR", "VAT"}, [*base, change("VAT", "1995-01-01", "taipei", "beijing")])
    assert departures(as_of, SINCE_1971)[0] == usual
    assert returns(as_of, SINCE_1971) == former
    told({"HND", "PRY", "VDR"}, [*base, change("VDR", "1995-01-01", "taipei", "none", "state_ceased")])
    assert departures(as_of, SINCE_1971)[0].events == usual.events
    assert departures(as_of, SINCE_1971)[0].years < usual.years
    assert returns(as_of, SINCE_1971) == former


# --- From rates to chances


def test_a_chain_of_two_states_is_the_matrix_exponential() -> None:
    for rate, back, years in product((0.0, 0.03, 0.7), (0.0, 0.02, 1.5), (1.0, 5.0)):
        chain = expm(np.array([[-rate, rate], [back, -back]]) * years)
        assert elsewhere(np.array(rate), np.array(back), years) == pytest.approx(chain[0, 1], abs=1e-12)
    assert elsewhere(np.array(0.1), np.array(0.0), 3.0) == pytest.approx(1.0 - math.exp(-0.3), rel=1e-12)


def test_the_draws_are_the_quantiles_of_the_posterior() -> None:
    """The chance to stay h years is the Laplace transform of Gamma(n, T): (T / (T + h))^n."""
    drawn = baselines._draws(6.0, 200.0, 11)
    assert np.array_equal(np.sort(drawn), baselines._draws(6.0, 200.0, 1))
    assert drawn.mean() == pytest.approx(6.0 / 200.0, rel=0.002)
    assert np.exp(-5.0 * drawn).mean() == pytest.approx((200.0 / 205.0) ** 6, rel=1e-4)


def test_pairings_look_independent() -> None:
    ranks = [np.arange(DRAWS) * number % DRAWS for number in (*baselines._PAIRINGS, baselines._RETURNS)]
    for one in ranks:
        assert sorted(one.tolist()) == list(range(DRAWS))
    correlations = np.corrcoef(ranks)[np.triu_indices(len(ranks), 1)]
    assert np.abs(correlations).max() < 0.1


def test_constants_where_nobody_ever_came_back(told: Told) -> None:
    """Next to no return: the chance to be gone is that of a Gamma rate, alike for all but the Holy See."""
    told(
        {"HND", "PRY", "GTM", "VAT"},
        [change("HND", "1985-01-01", "taipei", "beijing")],
    )
    made = BASELINES["constant_all"](2001, 5)
    assert made.states == ("GTM", "PRY", "VAT")
    years = departures(date(2000, 12, 31), SINCE_1971)[0].years
    assert years == pytest.approx((2 * (date(2000, 12, 31) - START).days + 4818) / 365.25, rel=1e-12)
    assert made.chances is not None
    assert made.chances[:2] == pytest.approx(1.0 - years / (years + 5.0), rel=0.02)
    assert returns(date(2000, 12, 31), SINCE_1971)[0].events == 0.0
    assert NO_RETURN_YET == 0.05


def test_the_chance_of_a_constant_is_made_of_its_two_rates() -> None:
    as_of = date(2017, 12, 31)
    left, back = departures(as_of, HALF_LIFE_7)[0], returns(as_of, HALF_LIFE_7)[0]
    made = BASELINES["constant_hl7"](2018, 3)
    assert made.chances is not None
    others = made.chances[[iso3 != "VAT" for iso3 in made.states]]
    assert np.ptp(others) == 0.0
    # The same mean over every pair of quantiles: what the pairing stands for.
    leaving, returning = np.meshgrid(
        baselines._draws(left.events, left.years, 1), baselines._draws(back.events, back.years, 1)
    )
    assert others[0] == pytest.approx(elsewhere(leaving, returning, 3.0).mean(), rel=1e-3)


def test_a_region_is_shrunk_by_one_event_at_the_overall_rate() -> None:
    as_of = date(2017, 12, 31)
    overall, regions = departures(as_of, HALF_LIFE_7)
    made = BASELINES["constant_region"](2018, 1)
    assert made.chances is not None
    chances = dict(zip(made.states, made.chances.tolist(), strict=True))
    for iso3, region in (("HND", "Americas"), ("SWZ", "Africa"), ("TUV", "Oceania")):
        tally = regions[region]
        shape, years = tally.events + 1.0, tally.years + overall.years / overall.events
        assert chances[iso3] == pytest.approx(1.0 - (years / (years + 1.0)) ** shape, rel=0.02)
    assert len({chances[iso3] for iso3 in ("HND", "SWZ", "TUV", "VAT")}) == 4


@pytest.mark.parametrize(("origin", "horizon"), [(2009, 5), (2012, 1), (2014, 3), (2016, 5)])
def test_within_a_truce_a_forecast_is_the_mixture_over_its_end(
    monkeypatch: pytest.MonkeyPatch, origin: int, horizon: int
) -> None:
    """Chances, and the whole distribution of the count, against those of each course alone."""
    mixed = {name: BASELINES[name](origin, horizon) for name in BASELINES}
    assert len(courses(origin, horizon)) > 1
    chances = {name: np.zeros(len(mixed[name].states)) for name in HAZARDS}
    counts = dict.fromkeys(BASELINES, np.zeros(40))
    for course in courses(origin, horizon):
        monkeypatch.setattr(baselines, "courses", lambda *_, alone=course: (replace(alone, chance=1.0),))
        for name in BASELINES:
            alone = BASELINES[name](origin, horizon)
            counts[name] = counts[name] + course.chance * np.bincount(alone.counts, minlength=40) / MEMBERS
            if alone.chances is not None:
                chances[name] += course.chance * alone.chances
    for name, made in mixed.items():
        assert np.bincount(made.counts, minlength=40) / MEMBERS == pytest.approx(counts[name], abs=2.0 / MEMBERS)
        if made.chances is not None:
            assert made.chances == pytest.approx(chances[name], rel=1e-12)


def test_within_a_truce_a_chance_is_that_of_as_many_years_of_contest() -> None:
    """From 2010, one year ahead, no vote comes: the chance to stay is the Laplace transform at so little time."""
    as_of = date(2009, 12, 31)
    left = departures(as_of, SINCE_1971)[0]
    made = BASELINES["constant_all"](2010, 1)
    assert made.chances is not None
    stays = (left.years / (left.years + acceptance(as_of))) ** left.events
    assert made.chances[0] == pytest.approx(1.0 - stays, rel=0.01)
    assert made.chances[0] < 0.1 * BASELINES["constant_all"](2008, 1).chances[0]  # type: ignore[index]


# --- Distributions of the count


@pytest.mark.parametrize(("n", "p"), [(1, 0.3), (12, 0.07), (40, 0.5), (5, 0.0), (5, 1.0)])
def test_trials_alike_are_binomial(n: int, p: float) -> None:
    found = poisson_binomial(np.full((3, n), p))
    assert found == pytest.approx(np.tile(binom.pmf(np.arange(n + 1), n, p), (3, 1)), abs=1e-14)


def test_trials_that_differ_are_added_up_by_hand() -> None:
    chances = np.array([[0.1, 0.5, 0.9], [0.2, 0.0, 1.0]])
    expected = np.zeros((2, 4))
    for ends in product((0, 1), repeat=3):
        for draw in range(2):
            expected[draw, sum(ends)] += math.prod(
                p if end else 1.0 - p for p, end in zip(chances[draw].tolist(), ends, strict=True)
            )
    assert poisson_binomial(chances) == pytest.approx(expected, abs=1e-15)
    assert poisson_binomial(np.zeros((2, 0))).tolist() == [[1.0], [1.0]]


def test_a_sample_is_the_distribution() -> None:
    law = binom.pmf(np.arange(21), 20, 0.3)
    counts = sample(law)
    assert counts.shape == (MEMBERS,)
    assert (np.diff(counts) >= 0).all()
    assert np.bincount(counts, minlength=21) / MEMBERS == pytest.approx(law, abs=1.0 / MEMBERS)
    assert np.bincount(sample(np.array([0.25, 0.0, 0.75]))).tolist() == [MEMBERS // 4, 0, 3 * MEMBERS // 4]


def test_a_sample_does_not_depend_on_the_last_bits_of_a_sum() -> None:
    eighths = (
        np.bincount(np.random.default_rng(3).integers(0, 30, 8000), minlength=30) / 8000.0
    )  # many end at a quantile
    once = sample(eighths)
    for nudge in (1.0 - 2e-16, 1.0 + 4e-16):
        assert np.array_equal(sample(eighths * np.linspace(1.0, nudge, 30)), once)
        assert np.array_equal(sample(np.append(eighths[:-1] * nudge, eighths[-1:])), once)


# --- Walks


def walk(name: str, origin: int, horizon: int) -> Forecast:
    return BASELINES[name](origin, horizon)


@pytest.mark.parametrize("origin", [1995, 2007, 2024])
def test_the_random_walk_is_symmetric(origin: int) -> None:
    start = record().count(date(origin - 1, 12, 31))
    one = walk("random_walk", origin, 1).counts
    assert np.array_equal(one + one[::-1], np.full(MEMBERS, 2 * start))
    assert walk("random_walk", origin, 3).counts.mean() == pytest.approx(start, abs=0.01)


def test_one_step_is_one_of_the_last_twenty_changes() -> None:
    """In 2004-07 and 2016-23 the count stood still in 3 years, fell by one in 7, by three in 2018, by two in 2019."""
    drift = np.bincount(walk("drift_20y", 2024, 1).counts, minlength=17)[10:17] / MEMBERS
    assert drift == pytest.approx(np.array([1, 1, 7, 3, 0, 0, 0]) / 12, abs=1.0 / MEMBERS)
    symmetric = np.bincount(walk("random_walk", 2024, 1).counts, minlength=17)[10:17] / MEMBERS
    assert symmetric == pytest.approx(np.array([1, 1, 7, 6, 7, 1, 1]) / 24, abs=1.0 / MEMBERS)


def test_within_a_truce_a_walk_takes_a_step_as_rarely_as_things_happen() -> None:
    """From 2010 one year ahead: the steps of 1990-2007, each with the chance of acceptance, else none."""
    known, accepted = record(), acceptance(date(2009, 12, 31))
    counts = [known.count(date(year, 12, 31)) for year in range(1989, 2008)]
    steps = np.bincount(np.diff(counts) + counts[-1], minlength=40) / 18
    start = known.count(date(2009, 12, 31))
    law = accepted * np.roll(steps, start - counts[-1])
    law[start] += 1.0 - accepted
    found = np.bincount(walk("drift_20y", 2010, 1).counts, minlength=40) / MEMBERS
    assert found == pytest.approx(law, abs=1.0 / MEMBERS)


@pytest.mark.parametrize("horizon", [1, 3, 5])
def test_the_drift_is_that_of_twenty_years_without_those_in_a_truce(horizon: int) -> None:
    """From 2008 of all the twenty; from 2010 of 18, and only as many of them as years of contest are expected."""
    known = record()
    start, before = known.count(date(2007, 12, 31)), known.count(date(1987, 12, 31))
    drift = (start - before) / 20
    assert walk("drift_20y", 2008, horizon).counts.mean() == pytest.approx(start + horizon * drift, abs=0.01)
    drift = (start - known.count(date(1989, 12, 31))) / 18
    years = sum(course.chance * course.years for course in courses(2010, horizon))
    mean = known.count(date(2009, 12, 31)) + years * drift
    assert walk("drift_20y", 2010, horizon).counts.mean() == pytest.approx(mean, abs=0.01)


def test_a_walk_does_not_go_below_zero(told: Told) -> None:
    roster = [f"A{letter}A" for letter in "ABCDEFGHIJ"]
    told(roster, [change(iso3, f"{1990 + n}-06-01", "taipei", "beijing") for n, iso3 in enumerate(roster[:9])])
    made = walk("drift_20y", 2001, 5).counts
    assert made.min() == 0
    assert made.max() == 1


# --- The logit


def test_a_logit_on_groups_is_their_log_odds() -> None:
    group = np.repeat([0.0, 1.0], [40, 60])[:, None]
    happened = np.concatenate([np.arange(40) < 10, np.arange(60) < 45]).astype(np.float64)
    constant, slope = logit_fit(group, happened)
    assert constant == pytest.approx(math.log(10 / 30), abs=1e-6)
    assert constant + slope == pytest.approx(math.log(45 / 15), abs=1e-6)


def test_a_logit_on_numbers_leaves_no_gradient() -> None:
    generator = np.random.default_rng(1)
    values = generator.normal(size=(500, 3)) * [1.0, 50.0, 0.01] + [0.0, 1000.0, 5.0]
    happened = (generator.random(500) < 1.0 / (1.0 + np.exp(-values[:, 0]))).astype(np.float64)
    fitted = logit_fit(values, happened)
    x = np.column_stack([np.ones(500), values])
    residual = 1.0 / (1.0 + np.exp(-x @ fitted)) - happened
    assert residual.sum() == pytest.approx(0.0, abs=1e-6)
    assert (values - values.mean(axis=0)).T @ residual / values.std(axis=0) == pytest.approx(np.zeros(3), abs=1e-5)


def test_groups_that_separate_do_not_break_the_logit() -> None:
    group = np.repeat([0.0, 1.0], [30, 30])[:, None]
    happened = np.concatenate([np.zeros(30), np.arange(30) < 10]).astype(np.float64)
    constant, slope = logit_fit(group, happened)
    assert np.isfinite([constant, slope]).all()
    assert 1.0 / (1.0 + math.exp(-constant)) < 1e-4
    assert 1.0 / (1.0 + math.exp(-constant - slope)) == pytest.approx(1 / 3, abs=1e-4)


def test_what_the_logit_knows_of_a_state() -> None:
    figures = economy("NIC", 2000)
    assert covariates(record(), "NIC", 2000) == pytest.approx(
        [
            math.log(figures.population),
            math.log(figures.gdp_usd / figures.population),
            math.log(1.0 + 100.0 * figures.us_aid_usd / figures.gdp_usd),
            1.0,
            0.0,
            0.0,
            1.0,
        ],
        rel=1e-12,
    )
    assert covariates(record(), "HND", 2000)[3:] == [1.0, 0.0, 0.0, 0.0]
    assert covariates(record(), "SWZ", 2000)[3:] == [0.0, 1.0, 0.0, 0.0]
    assert covariates(record(), "KIR", 2002)[3:] == [0.0, 0.0, 1.0, 0.0]
    assert covariates(record(), "KIR", 2003)[3:] == [0.0, 0.0, 1.0, 1.0]


def test_the_rows_of_the_logit() -> None:
    for year in (1972, 1975, 2008, 2023):
        rows = list(baselines._state_years(record(), year))
        states = record().recognisers(date(year - 1, 12, 31))
        # The Holy See is left out, and so is South Vietnam in the year it ceased to exist.
        assert len(rows) == len(states) - 1 - (year == 1975)
        gone = [iso3 for iso3 in states if record().side(iso3, date(year, 12, 31)) != "taipei" and iso3 != "VDR"]
        assert sum(happened for _, happened in rows) == len(gone)


def test_the_logit_is_fitted_on_years_of_contest(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    rows = baselines._rows
    monkeypatch.setattr(baselines, "_rows", lambda known, year: asked.append(year) or rows(known, year))
    baselines._fitted.cache_clear()
    BASELINES["logit"](2018, 1)
    assert asked == [*range(1972, 2008), 2016, 2017]


def test_years_ahead_are_years_one_by_one() -> None:
    one, five = BASELINES["logit"](2018, 1), BASELINES["logit"](2018, 5)
    assert one.chances is not None
    assert five.chances is not None
    assert five.chances == pytest.approx(1.0 - (1.0 - one.chances) ** 5, rel=1e-9)
    assert len(set(one.chances.tolist())) == len(one.states)
