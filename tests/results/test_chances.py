"""Chances over runs: their Monte Carlo error, and the range over parameter draws with luck removed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from sim.results.tables import chance, count_error


def test_nobody_and_everybody() -> None:
    for happened in (False, True):
        made = chance(np.full(200, happened), 20)
        p = float(happened)
        assert (made.p, made.low, made.high, made.mc) == (p, p, p, 0.0)


def test_one_draw_has_no_range_and_a_binomial_error() -> None:
    made = chance(np.arange(20) < 5, 20)
    assert (made.p, made.low, made.high) == (0.25, 0.25, 0.25)
    assert made.mc == pytest.approx(np.sqrt(0.25 * 0.75 / 20), rel=1e-12)


def test_one_run() -> None:
    made = chance(np.array([True]), 20)
    assert (made.p, made.low, made.high, made.mc) == (1.0, 1.0, 1.0, 0.0)


def test_draws_of_one_run_have_no_range_and_a_binomial_error() -> None:
    made = chance(np.arange(100) < 30, 1)
    assert (made.p, made.low, made.high) == (0.3, 0.3, 0.3)
    assert made.mc == pytest.approx(np.sqrt(0.3 * 0.7 / 99), rel=1e-12)


def test_draws_that_decide_everything() -> None:
    """Half of the draws always, half never: variance p(1 - p), so the range is the whole of it."""
    made = chance(np.repeat(np.arange(50) % 2 == 0, 20), 20)
    assert made.p == 0.5
    assert made.mc == pytest.approx(0.5 / np.sqrt(49), rel=1e-12)
    # The sample's variance, a little above p(1 - p), leaves no beta law; the range must not collapse for that.
    assert made.low < 0.05
    assert made.high > 0.95


@pytest.mark.parametrize("p", [0.02, 0.3, 0.9])
def test_with_one_chance_for_all_the_range_collapses(p: float) -> None:
    luck = np.random.default_rng(1)
    for _ in range(20):
        made = chance(luck.random(2000 * 20) < p, 20)
        assert made.p == pytest.approx(p, abs=0.01)
        spread = np.sqrt(p * (1 - p) / 20)  # of the draws' means, by luck alone
        assert made.high - made.low < 3.29 * spread / 2
        assert made.low <= made.p <= made.high


@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (0.5, 0.5), (1.0, 9.0), (30.0, 10.0)])
def test_with_a_beta_law_of_chances_the_range_is_that_law_s(a: float, b: float) -> None:
    luck = np.random.default_rng(2)
    for _ in range(5):
        chances = np.repeat(luck.beta(a, b, 4000), 20)
        made = chance(luck.random(chances.shape[0]) < chances, 20)
        assert made.low == pytest.approx(betaincinv(a, b, 0.05), abs=0.02)
        assert made.high == pytest.approx(betaincinv(a, b, 0.95), abs=0.02)


def test_the_error_of_draws_covers_what_another_seed_gives() -> None:
    luck = np.random.default_rng(3)
    found, errors = [], []
    for _ in range(400):
        chances = np.repeat(luck.beta(2, 3, 30), 20)
        made = chance(luck.random(600) < chances, 20)
        found.append(made.p)
        errors.append(made.mc)
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.12)


def test_a_last_draw_that_is_not_full_counts_by_its_runs() -> None:
    happened = np.r_[np.full(20, True), np.full(20, False), np.full(5, True)]
    made = chance(happened, 20)
    assert made.p == pytest.approx(25 / 45)
    p, sizes, means = 25 / 45, np.array([20, 20, 5]), np.array([1.0, 0.0, 1.0])
    assert made.mc == pytest.approx(np.sqrt((sizes**2 * (means - p) ** 2).sum() * 3 / 2) / 45)


@given(st.lists(st.booleans(), min_size=1, max_size=120), st.sampled_from([1, 2, 5, 20]))
def test_what_holds_of_every_chance(happened: list[bool], runs_per_draw: int) -> None:
    made = chance(np.array(happened), runs_per_draw)
    assert made.p == np.mean(happened)
    assert 0.0 <= made.low <= made.high <= 1.0
    assert 0.0 <= made.mc <= 0.71
    assert all(np.isfinite([made.p, made.low, made.high, made.mc]))


def test_the_error_of_the_mean_count() -> None:
    luck = np.random.default_rng(4)
    ends = [luck.binomial(14, np.repeat(luck.beta(5, 5, 40), 20)).astype(np.uint8) for _ in range(400)]
    errors = [count_error(end[:, None], 20) for end in ends]
    assert np.mean(errors) == pytest.approx(np.std([end.mean() for end in ends]), rel=0.12)


def test_the_error_of_the_mean_count_with_one_draw() -> None:
    assert count_error(np.array([[3], [5]], dtype=np.uint8), 20) == pytest.approx(1.0)
