"""The families: 5, 50 and 95 % points, floors, rounding, and the laws counted from the record."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.parameters import (
    FAMILIES,
    CaseChance,
    Coefficient,
    Coin,
    Distribution,
    Effect,
    Exposure,
    Grid,
    Held,
    Joint,
    LogitNormal,
    LogNormal,
    MemoryRate,
    Posterior,
    RecordRate,
    SplitNormal,
    rounded,
)

POINTS = np.array([0.05, 0.5, 0.95])
GRID = (np.arange(50_000) + 0.5) / 50_000
"""A fine grid of uniform numbers, in place of random ones."""


def at(law: Distribution, *u: float) -> list[float]:
    return law.quantile(np.array(u), {}).tolist()


@pytest.mark.parametrize(
    "law",
    [
        SplitNormal(0.45, 0.05, 0.95),
        SplitNormal(0.25, -0.08, 0.62),
        LogNormal(12.0, 4.0, 36.0),
        LogNormal(0.01, 0.002, 0.03),
        LogitNormal(0.7, 0.4, 0.99),
        LogitNormal(0.25, 0.20, 0.33),
    ],
    ids=repr,
)
def test_a_declared_range_is_the_5_50_and_95_point(law: Distribution) -> None:
    assert at(law, *POINTS) == pytest.approx([law.low, law.central, law.high], rel=1e-12)
    values = law.quantile(GRID, {})
    assert np.all(np.diff(values) >= 0.0)
    assert np.mean(values < law.low) == pytest.approx(0.05, abs=1e-4)
    assert np.mean(values > law.high) == pytest.approx(0.05, abs=1e-4)


@given(st.floats(-5.0, 5.0), st.floats(0.01, 5.0), st.floats(0.01, 5.0), st.floats(0.001, 0.999))
def test_each_side_has_a_normal_spread_of_its_own(central: float, below: float, above: float, u: float) -> None:
    score = stats.norm.ppf(u) / stats.norm.ppf(0.95)
    expected = central + (above if score > 0.0 else below) * score
    assert at(SplitNormal(central, central - below, central + above), u)[0] == pytest.approx(expected, abs=1e-9)


def test_a_log_normal_stays_above_zero_and_is_normal_in_the_logarithm() -> None:
    values = LogNormal(2.0, 1.0, 4.0).quantile(GRID, {})
    assert np.min(values) > 0.0
    assert np.mean(np.log(values)) == pytest.approx(np.log(2.0), abs=1e-3)
    assert np.std(np.log(values)) == pytest.approx(np.log(2.0) / stats.norm.ppf(0.95), rel=1e-3)


def test_chances_are_floored_before_the_logit() -> None:
    assert at(LogitNormal(0.05, 0.0, 0.30), *POINTS) == pytest.approx([0.001, 0.05, 0.30])
    assert at(LogitNormal(0.7, 0.4, 1.0), *POINTS) == pytest.approx([0.4, 0.7, 0.999])
    certain = LogitNormal(1.0, 1.0, 1.0).quantile(GRID, {})
    assert np.allclose(certain, 0.999)
    values = LogitNormal(0.5, 0.0, 1.0).quantile(np.array([1e-12, 1.0 - 1e-12]), {})
    assert 0.0 < values[0] < values[1] < 1.0


def test_a_range_of_no_width_is_a_number() -> None:
    for family in (SplitNormal, LogNormal, LogitNormal):
        assert np.allclose(family(0.3, 0.3, 0.3).quantile(GRID, {}), 0.3, rtol=1e-14)


def test_what_is_held_is_not_drawn() -> None:
    assert set(Held(0.2, -1.0, 1.0).quantile(GRID, {}).tolist()) == {0.2}


@pytest.mark.parametrize(("successes", "failures"), [(0, 0), (0, 1), (1, 2), (4, 0), (7, 3)])
def test_counted_chances_are_the_jeffreys_posterior(successes: int, failures: int) -> None:
    law = CaseChance(successes, failures)
    reference = stats.beta(0.5 + successes, 0.5 + failures)
    assert law.central == pytest.approx(reference.mean(), rel=1e-12)
    inner = np.clip(reference.ppf([0.05, 0.3, 0.95]), 0.001, 0.999)
    assert at(law, 0.05, 0.3, 0.95) == pytest.approx(inner.tolist(), rel=1e-9)
    assert (law.low, law.high) == (at(law, 0.05)[0], at(law, 0.95)[0])
    values = law.quantile(GRID, {})
    assert np.min(values) >= 0.001
    assert np.max(values) <= 0.999


def test_a_counted_chance_may_start_from_other_cases() -> None:
    law, reference = CaseChance(4, 29, (1.0, 2.0)), stats.beta(5.0, 31.0)
    assert law.central == pytest.approx(reference.mean(), rel=1e-12)
    assert at(law, 0.05, 0.3, 0.95) == pytest.approx(reference.ppf([0.05, 0.3, 0.95]).tolist(), rel=1e-9)


SHARE = ("acceptance_truce", 0.05)


def alike(events: float, contest: float, truce: float) -> RecordRate:
    """A rate over so many years, of states that covariates do not tell apart."""
    return RecordRate(events, Exposure(np.array([contest]), np.array([truce]), np.empty((1, 0))), SHARE, ())


def unlike() -> RecordRate:
    """A rate over five cells with two covariates."""
    covariates = np.array([[0.5, -1.0], [2.0, 0.0], [-1.5, 1.0], [0.0, 3.0], [1.0, 1.0]])
    exposure = Exposure(np.array([30.0, 0.0, 12.0, 8.0, 0.5]), np.array([0.0, 40.0, 0.0, 0.0, 20.0]), covariates)
    return RecordRate(6.5, exposure, SHARE, (("population_effect", 0.3), ("americas_effect", -0.4)))


def years_by_loops(law: RecordRate, share: float, effects: list[float]) -> float:
    """Years at risk of the cells, added up one by one."""
    total = 0.0
    for contest, truce, row in zip(law.exposure.contest, law.exposure.truce, law.exposure.covariates, strict=True):
        worth = np.exp(sum(effect * value for effect, value in zip(effects, row, strict=True)))
        total += worth * (contest + share * truce)
    return float(total)


def test_the_rate_of_the_record_is_a_gamma_over_weighted_years() -> None:
    law = alike(events=5.0, contest=80.0, truce=60.0)
    values = law.quantile(GRID, {})
    assert law.central == pytest.approx(5.0 / 83.0, rel=1e-12)
    assert np.mean(values) == pytest.approx(law.central, rel=1e-4)
    assert np.var(values) == pytest.approx(5.0 / 83.0**2, rel=1e-3)
    assert at(law, 0.05, 0.95) == pytest.approx(stats.gamma(5.0, scale=1.0 / 83.0).ppf([0.05, 0.95]).tolist(), rel=1e-9)
    assert law.low < law.central < law.high


def test_truce_years_count_by_the_share_drawn() -> None:
    law = alike(5.0, 80.0, 60.0)
    u, shares = np.full(3, 0.4), np.array([0.05, 0.5, 1.0])
    rates = law.quantile(u, {"acceptance_truce": shares})
    assert (rates * (80.0 + 60.0 * shares)).tolist() == pytest.approx([rates[0] * 83.0] * 3, rel=1e-12)
    assert law.quantile(u, {})[0] == rates[0]


def test_a_rate_is_never_zero() -> None:
    assert at(alike(0.05, 100.0, 0.0), 1e-12)[0] > 0.0


def test_a_year_at_risk_is_the_least_that_a_rate_is_counted_over() -> None:
    assert alike(2.0, 0.0, 0.0).central == 2.0
    assert alike(2.0, 0.5, 0.0).central == 2.0
    assert alike(2.0, 4.0, 0.0).central == 0.5


def test_years_are_worth_what_covariates_make_of_them_draw_by_draw() -> None:
    """In as many draws as are taken at once, and some more: each as if it were alone."""
    law, draws = unlike(), 1203
    generator = np.random.default_rng(1)
    u, shares = generator.uniform(size=draws), generator.uniform(0.01, 1.0, draws)
    effects = generator.normal(0.0, 0.7, (2, draws))
    drawn = dict(zip(("acceptance_truce", "population_effect", "americas_effect"), (shares, *effects), strict=True))
    found = law.quantile(u, drawn)
    years = np.array([years_by_loops(law, shares[k], effects[:, k].tolist()) for k in range(draws)])
    np.testing.assert_allclose(law.exposure.at(shares, list(effects)), np.maximum(years, 1.0), rtol=1e-12)
    np.testing.assert_allclose(found, stats.gamma(6.5).ppf(u) / np.maximum(years, 1.0), rtol=1e-9)


def test_what_is_not_drawn_is_central() -> None:
    law, u = unlike(), np.array([0.2, 0.7])
    years = years_by_loops(law, 0.05, [0.3, -0.4])
    assert law.central == pytest.approx(6.5 / years, rel=1e-12)
    assert law.quantile(u, {}) == pytest.approx(stats.gamma(6.5).ppf(u) / years, rel=1e-9)
    part = law.quantile(u, {"americas_effect": np.array([0.0, 0.5])})
    expected = [years_by_loops(law, 0.05, [0.3, effect]) for effect in (0.0, 0.5)]
    assert part == pytest.approx(stats.gamma(6.5).ppf(u) / expected, rel=1e-9)


def test_a_rate_follows_the_central_values_that_are_put_in_the_place_of_its_own() -> None:
    law = unlike().centred({"population_effect": -0.2, "acceptance_truce": 0.4, "lean_effect": 3.0})
    assert law.share == ("acceptance_truce", 0.4)
    assert law.effects == (("population_effect", -0.2), ("americas_effect", -0.4))
    assert law.central == pytest.approx(6.5 / years_by_loops(law, 0.4, [-0.2, -0.4]), rel=1e-12)
    assert unlike().centred({}) == unlike()
    assert unlike().centred({"lean_effect": 1.0}) == unlike()


def test_rates_are_equal_where_their_years_are() -> None:
    assert unlike() == unlike()
    assert unlike().exposure != alike(6.5, 1.0, 0.0).exposure
    assert unlike() != alike(6.5, 1.0, 0.0)
    assert unlike().exposure != 3
    assert hash(unlike()) == hash(unlike())


# --- two memories of one record ---------------------------------------------------------------------------


def two_memories() -> MemoryRate:
    """Five events in 83 years by the one, twenty in 160 by the other."""
    return MemoryRate(alike(5.0, 80.0, 60.0), alike(20.0, 158.0, 40.0), ("memory", (0.0, 1.0)))


def test_a_coin_falls_on_either_side_equally_often() -> None:
    law = Coin(0.5, 0.0, 1.0)
    assert at(law, 1e-12, 0.05, 0.499, 0.5, 0.95) == [0.0, 0.0, 0.0, 1.0, 1.0]
    assert law.quantile(GRID, {}).mean() == 0.5


def test_the_memory_drawn_is_the_one_that_counts() -> None:
    """The same uniform number, and the share of the truce that was drawn, in both."""
    law, u = two_memories(), np.array([0.2, 0.2, 0.9, 0.9])
    drawn = {"memory": np.array([0.0, 1.0, 0.0, 1.0]), "acceptance_truce": np.array([0.05, 0.3, 0.3, 0.05])}
    one, other = stats.gamma(5.0).ppf(u), stats.gamma(20.0).ppf(u)
    expected = [one[0] / 83.0, other[1] / 170.0, one[2] / 98.0, other[3] / 160.0]
    assert law.quantile(u, drawn) == pytest.approx(expected, rel=1e-9)
    for memory, alone in ((0.0, law.fading), (1.0, law.window)):
        same = law.quantile(GRID, {"memory": np.full(GRID.shape, memory)})
        assert np.array_equal(same, alone.quantile(GRID, {}))


def test_half_way_between_memories_a_rate_is_half_way() -> None:
    law = two_memories()
    assert law.central == pytest.approx((5.0 / 83.0 + 20.0 / 160.0) / 2.0, rel=1e-12)
    middle = (law.fading.quantile(GRID, {}) + law.window.quantile(GRID, {})) / 2.0
    assert law.quantile(GRID, {}) == pytest.approx(middle, rel=1e-12)
    assert middle.mean() == pytest.approx(law.central, rel=1e-4)


def test_the_points_are_those_of_both_memories_together() -> None:
    """Below the 5 % point lie 5 % of the mixture, by its distribution function."""
    law = two_memories()
    laws = stats.gamma(5.0, scale=1.0 / 83.0), stats.gamma(20.0, scale=1.0 / 160.0)
    for point, chance in ((law.low, 0.05), (law.high, 0.95)):
        assert np.mean([one.cdf(point) for one in laws]) == pytest.approx(chance, abs=2e-4)
    alike_twice = MemoryRate(law.fading, law.fading, law.memory)
    assert (alike_twice.low, alike_twice.high) == pytest.approx((law.fading.low, law.fading.high), rel=1e-5)


@pytest.mark.parametrize("memory", [0.0, 0.25, 1.0])
def test_a_memory_that_is_set_is_the_only_one(memory: float) -> None:
    law = two_memories().centred({"memory": memory, "acceptance_truce": 0.5})
    assert law.memory == ("memory", (memory,))
    assert law.central == pytest.approx((1.0 - memory) * 5.0 / 110.0 + memory * 20.0 / 178.0, rel=1e-12)
    assert [law.low, law.high] == pytest.approx(at(law, 0.05, 0.95), rel=1e-5)
    assert two_memories().centred({}) == two_memories()


# --- what data leave of a prior ---------------------------------------------------------------------------


def updated(prior: Distribution, weigh: Callable[[np.ndarray], np.ndarray], steps: int = 2000) -> Posterior:
    """A prior times a likelihood, as the fit makes it."""
    weights = weigh(prior.quantile((np.arange(steps) + 0.5) / steps, {}))
    return Posterior(prior, (0.0, *(np.cumsum(weights) / weights.sum()).tolist()))


def test_data_that_say_nothing_leave_the_prior() -> None:
    for prior in (LogitNormal(0.05, 0.0, 0.30), SplitNormal(1.0, -1.0, 2.0), CaseChance(1, 2)):
        law = updated(prior, np.ones_like)
        inner = np.array([1e-4, 0.05, 0.3, 0.5, 0.95, 0.9999])
        assert law.quantile(inner, {}) == pytest.approx(prior.quantile(inner, {}), rel=1e-9)
        assert (law.low, law.high) == (at(law, 0.05)[0], at(law, 0.95)[0])
        assert law.central == at(law, 0.5)[0]


def test_a_normal_prior_and_a_normal_likelihood_make_the_normal_posterior() -> None:
    spread = float(stats.norm.ppf(0.95))
    law = updated(SplitNormal(0.0, -spread, spread), lambda x: np.asarray(np.exp(-0.5 * ((x - 1.0) / 0.8) ** 2)))
    precision = 1.0 + 1.0 / 0.64
    exact = stats.norm(1.0 / 0.64 / precision, precision**-0.5)
    for u in (0.01, 0.05, 0.3, 0.5, 0.8, 0.95, 0.99):
        assert at(law, u)[0] == pytest.approx(exact.ppf(u), abs=2e-3)
    values = law.quantile(GRID, {})
    assert np.all(np.diff(values) >= 0.0)
    assert np.mean(values) == pytest.approx(exact.mean(), abs=1e-3)
    assert np.std(values) == pytest.approx(exact.std(), rel=2e-3)


def test_what_the_data_rule_out_is_not_drawn() -> None:
    law = updated(LogitNormal(0.5, 0.1, 0.9), lambda x: (x < 0.3).astype(float))
    values = law.quantile(np.array([0.0, 1e-9, 0.5, 1.0 - 1e-9]), {})
    assert np.all(np.isfinite(values))
    assert 0.0 < values[0] <= values[1] < values[2] < values[3] < 0.3 + 1e-3


# --- effects fitted together ------------------------------------------------------------------------------


def test_an_effect_is_normal_given_those_drawn_before_it() -> None:
    law = Effect(0.3, 0.2, 0.15, (("population_effect", 0.1, 0.5), ("americas_effect", -0.4, -1.0)))
    alone = law.quantile(POINTS, {})
    assert alone == pytest.approx(stats.norm(0.3, 0.15).ppf(POINTS).tolist(), rel=1e-9)
    drawn = {"population_effect": np.array([0.1, 0.3, 0.3]), "americas_effect": np.array([-0.4, -0.4, 0.0])}
    moved = law.quantile(POINTS, drawn) - alone
    assert moved == pytest.approx([0.0, 0.1, -0.3], abs=1e-12)
    assert (law.low, law.high) == pytest.approx(stats.norm(0.3, 0.2).ppf([0.05, 0.95]).tolist(), rel=1e-9)


def test_a_coefficient_is_normal_about_its_estimate() -> None:
    law = Coefficient(0.3, 0.1)
    assert at(law, 0.05, 0.5, 0.95) == pytest.approx([law.low, 0.3, law.high], rel=1e-9)
    assert law.high - law.low == pytest.approx(0.2 * stats.norm.ppf(0.95), rel=1e-12)


TIES = st.builds(lambda whole, power: (whole + 0.5) / 10.0**power, st.integers(10**8, 10**9), st.integers(0, 20))
"""Numbers half-way between two of nine digits, or next to that."""


@given(st.floats(1e-300, 1e300) | st.floats(-1e300, -1e-300) | st.floats(1e-6, 1e6) | TIES)
def test_nine_digits_are_kept(value: float) -> None:
    found = float(rounded(np.array([value]))[0])
    assert found == float(f"{value:.8e}")
    assert found == pytest.approx(value, rel=5.1e-9)
    assert rounded(np.array([found]))[0] == found


def test_the_last_bits_of_a_library_do_not_survive() -> None:
    assert rounded(np.array([0.1 + 0.2, 0.0])).tolist() == [0.3, 0.0]


def test_the_families_are_named_as_they_are_declared() -> None:
    assert set(FAMILIES) == {"held", "coin", "split-normal", "log-normal", "logit-normal"}
    for family in FAMILIES.values():
        law = family(0.3, 0.2, 0.4)
        assert (law.central, law.low, law.high) == (0.3, 0.2, 0.4)


# --- joint laws on a grid ---------------------------------------------------------------------------------


AXES = (("one", SplitNormal(0.0, -1.0, 1.0)), ("two", LogNormal(2.0, 1.0, 4.0)))
TABLE = Grid(AXES, np.array([[1.0, 2.0, 1.0], [4.0, 0.5, 1.5]]))
ONE, TWO = Joint("one", TABLE), Joint("two", TABLE)


def test_a_joint_law_picks_each_cell_by_its_chance() -> None:
    """Four tenths below the prior's median, six above it; within a cell values are the prior's."""
    prior = AXES[0][1]
    for u, place in ((0.2, 0.25), (0.4, 0.5), (0.7, 0.75), (0.85, 0.875)):
        assert at(ONE, u) == pytest.approx(at(prior, place), abs=1e-12)
    assert [ONE.central, ONE.low] == pytest.approx(at(prior, 0.5 + 0.5 / 6.0, 0.0625))
    assert ONE.prior == prior


def test_a_joint_law_is_given_what_was_drawn_before() -> None:
    u, prior = np.array([0.1, 0.25, 0.9]), AXES[1][1]
    for value, chances in ((-3.0, (0.25, 0.5, 0.25)), (0.01, (4 / 6, 0.5 / 6, 1.5 / 6))):
        upto = np.concatenate([[0.0], np.cumsum(chances)])
        expected = prior.quantile(np.interp(u, upto, [0.0, 1 / 3, 2 / 3, 1.0]), {})
        given = np.full(3, value)
        assert TWO.quantile(u, {"one": given, "three": given}).tolist() == pytest.approx(expected.tolist(), rel=1e-9)
        given_one = TWO.centred({"one": value, "two": 9.0, "three": 1.0})
        assert given_one.fixed == (("one", value),)
        assert given_one.quantile(u, {}).tolist() == pytest.approx(expected.tolist(), rel=1e-9)
    assert TWO.centred({}) == TWO


def test_drawn_one_after_the_other_a_joint_law_is_that_of_its_grid() -> None:
    """With a grid for both: the share of each cell is its chance, and the mean within it the prior's."""
    first, second = (part.ravel() for part in np.meshgrid((np.arange(400) + 0.5) / 400, (np.arange(600) + 0.5) / 600))
    one = ONE.quantile(first, {})
    two = TWO.quantile(second, {"one": one})
    edges = AXES[1][1].quantile(np.array([1 / 3, 2 / 3]), {})
    cells = 3 * (one > 0.0) + np.searchsorted(edges, two)
    shares = np.bincount(cells, minlength=6) / cells.shape[0]
    assert shares == pytest.approx((TABLE.weights / 10.0).ravel(), abs=2e-3)
    assert len(np.unique(one)) == 400, "no lumps"
    again = ONE.quantile(first, {"two": two})
    assert np.array_equal(again, ONE.quantile(first, {"two": two}))


def test_a_joint_law_at_the_ends_of_luck_is_finite_and_rises() -> None:
    for law in (ONE, TWO, TWO.centred({"one": -50.0}), ONE.centred({"two": 1e9})):
        values = law.quantile(GRID, {})
        assert np.all(np.diff(values) >= 0.0)
        assert np.all(np.isfinite(law.quantile(np.array([0.0, 1e-12, 1.0 - 1e-12, 1.0]), {})))


def test_grids_are_equal_where_axes_and_chances_are() -> None:
    assert Grid(AXES, TABLE.weights.copy()) == TABLE
    assert Grid(AXES, TABLE.weights * 2.0) != TABLE
    assert Grid(AXES[::-1], TABLE.weights) != TABLE
    assert TABLE != "a grid"
