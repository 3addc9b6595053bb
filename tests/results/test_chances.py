"""Chances over runs: their Monte Carlo error, and the range over parameter draws with luck removed."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import betaincinv

from sim.results import Chance
from sim.results.tables import chance, count_error, mean_errors

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def sums(values: NDArray, runs_per_draw: int) -> Floats:
    """(draws, 2) sums and sums of squares over the runs of each draw."""
    starts = np.arange(0, len(values), runs_per_draw)
    numbers = np.asarray(values, dtype=np.float64)
    return np.stack([np.add.reduceat(numbers, starts), np.add.reduceat(numbers**2, starts)], axis=1)


def counted(happened: Bools, runs_per_draw: int = 20, central: bool = False) -> Chance:
    """The chance where those met on the way tell nothing but what happened."""
    return chance(happened, sums(happened, runs_per_draw), runs_per_draw, central)


def unlucky(happened: Bools, runs_per_draw: int = 20) -> Chance:
    """The chance where those met on the way hold far more luck than counting, and nothing else."""
    noise = np.where(np.arange(len(happened)) % 2, 1e3, -1e3)
    return chance(happened, sums(noise, runs_per_draw), runs_per_draw, False)


ESTIMATES = [counted, unlucky]


def without_range(made: Chance) -> bool:
    return isnan(made.low) and isnan(made.high)


def test_nobody_and_everybody() -> None:
    for happened in (False, True):
        made = counted(np.full(200, happened))
        p = float(happened)
        assert (made.p, made.low, made.high, made.mc) == (p, p, p, 0.0)


def test_one_draw_has_no_range_and_a_binomial_error() -> None:
    made = counted(np.arange(20) < 5)
    assert made.p == 0.25
    assert without_range(made)
    assert made.mc == pytest.approx(np.sqrt(0.25 * 0.75 / 20), rel=1e-12)


def test_one_run() -> None:
    made = counted(np.array([True]))
    assert (made.p, made.mc) == (1.0, 0.0)
    assert without_range(made)


def test_draws_of_one_run_have_no_range_and_a_binomial_error() -> None:
    made = counted(np.arange(100) < 30, 1)
    assert made.p == 0.3
    assert without_range(made)
    assert made.mc == pytest.approx(np.sqrt(0.3 * 0.7 / 99), rel=1e-12)


@pytest.mark.parametrize("runs", [21, 39])
def test_one_whole_draw_and_a_part_have_no_range(runs: int) -> None:
    assert without_range(counted(np.arange(runs) % 2 == 0))
    assert not without_range(counted(np.arange(40) % 2 == 0))


@pytest.mark.parametrize("runs", [1, 20, 45, 400])
def test_central_parameters_have_no_spread(runs: int) -> None:
    """Whatever the draws' means do, it is luck."""
    made = counted(np.arange(runs) // 20 % 2 == 0, central=True)
    assert (made.low, made.high) == (made.p, made.p)


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_draws_that_decide_everything(estimate: Callable[[Bools], Chance]) -> None:
    """Half of the draws always, half never: no luck within a draw, so the range is the whole of it."""
    made = estimate(np.repeat(np.arange(50) % 2 == 0, 20))
    assert (made.p, made.low, made.high) == (0.5, 0.0, 1.0)
    assert made.mc == pytest.approx(0.5 / np.sqrt(49), rel=1e-12)


@pytest.mark.parametrize("estimate", ESTIMATES)
@pytest.mark.parametrize("p", [0.02, 0.3, 0.9])
def test_with_one_chance_for_all_the_range_collapses(estimate: Callable[[Bools], Chance], p: float) -> None:
    luck = np.random.default_rng(1)
    for _ in range(20):
        made = estimate(luck.random(2000 * 20) < p)
        assert made.p == pytest.approx(p, abs=0.01)
        spread = np.sqrt(p * (1 - p) / 20)  # of the draws' means, by luck alone
        assert made.high - made.low < 3.29 * spread / 2
        assert made.low <= made.p <= made.high


LAWS = [(2.0, 3.0), (0.5, 0.5), (1.0, 9.0), (30.0, 10.0)]


@pytest.mark.parametrize(("a", "b"), LAWS)
def test_chances_met_without_luck_are_the_range(a: float, b: float) -> None:
    """Where every run of a draw meets the same chance, the range is that of the law, whatever happened."""
    luck = np.random.default_rng(2)
    for _ in range(5):
        chances = np.repeat(luck.beta(a, b, 4000), 20)
        made = chance(luck.random(chances.shape[0]) < chances, sums(chances, 20), 20, False)
        assert made.low == pytest.approx(betaincinv(a, b, 0.05), abs=0.02)
        assert made.high == pytest.approx(betaincinv(a, b, 0.95), abs=0.02)
        assert [made.low, made.high] == pytest.approx(np.quantile(chances[::20], [0.05, 0.95]).tolist(), abs=1e-6)


@pytest.mark.parametrize("estimate", ESTIMATES)
@pytest.mark.parametrize(("a", "b"), LAWS)
def test_counting_gives_a_range_as_wide_as_the_law_spreads(
    estimate: Callable[[Bools], Chance], a: float, b: float
) -> None:
    """Points of the draws' means, drawn together until they spread as the law does: its spread, nearly its ends."""
    luck = np.random.default_rng(2)
    chances = np.repeat(luck.beta(a, b, 4000), 20)
    happened = luck.random(chances.shape[0]) < chances
    made = estimate(happened)
    means = happened.reshape(-1, 20).mean(axis=1)
    drawn = means.mean() + (means - means.mean()) * np.sqrt(a * b / (a + b) ** 2 / (a + b + 1.0) / means.var())
    assert [made.low, made.high] == pytest.approx(np.quantile(drawn, [0.05, 0.95]).clip(0, 1).tolist(), abs=0.01)
    assert made.low == pytest.approx(betaincinv(a, b, 0.05), abs=0.06)
    assert made.high == pytest.approx(betaincinv(a, b, 0.95), abs=0.06)


def test_of_two_estimates_the_one_with_less_luck_serves() -> None:
    """Chances met that differ within a draw hold luck of their own; more than counting, and counting serves."""
    luck = np.random.default_rng(5)
    chances = np.repeat(luck.beta(2, 3, 200), 20)
    happened = luck.random(chances.shape[0]) < chances
    quiet = sums(np.clip(chances + luck.normal(0.0, 0.05, chances.shape[0]), 0, 1), 20)
    loud = sums(chances + luck.normal(0.0, 5.0, chances.shape[0]), 20)
    assert chance(happened, loud, 20, False) == counted(happened) != chance(happened, quiet, 20, False)


def test_a_range_holds_the_share_of_runs() -> None:
    """The chances met may all lie above or below what happened to happen."""
    happened = np.arange(400) % 4 == 0
    for met in (0.1, 0.9):
        made = chance(happened, sums(np.full(400, met), 20), 20, False)
        assert made.p == 0.25
        assert [made.low, made.high] == pytest.approx(sorted([0.25, met]))


def test_the_error_of_draws_covers_what_another_seed_gives() -> None:
    luck = np.random.default_rng(3)
    found, errors = [], []
    for _ in range(400):
        chances = np.repeat(luck.beta(2, 3, 30), 20)
        made = counted(luck.random(600) < chances)
        found.append(made.p)
        errors.append(made.mc)
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.12)


def test_a_last_draw_that_is_not_full_counts_by_its_runs() -> None:
    happened = np.r_[np.full(20, True), np.full(20, False), np.full(5, True)]
    made = counted(happened)
    assert made.p == pytest.approx(25 / 45)
    p, sizes, means = 25 / 45, np.array([20, 20, 5]), np.array([1.0, 0.0, 1.0])
    assert made.mc == pytest.approx(np.sqrt((sizes**2 * (means - p) ** 2).sum() * 3 / 2) / 45)


def test_a_last_draw_that_is_not_full_is_left_out_of_the_range() -> None:
    whole = np.arange(400) // 20 % 4 == 0
    most, all_of_them = counted(whole), counted(np.r_[whole, np.full(5, True)])
    assert (all_of_them.low, all_of_them.high) == (most.low, most.high)


@given(
    st.lists(st.tuples(st.booleans(), st.floats(-1.0, 2.0)), min_size=1, max_size=120),
    st.sampled_from([1, 2, 5, 20]),
    st.booleans(),
)
def test_what_holds_of_every_chance(runs: list[tuple[bool, float]], runs_per_draw: int, central: bool) -> None:
    happened = np.array([did for did, _ in runs])
    made = chance(happened, sums(np.array([met for _, met in runs]), runs_per_draw), runs_per_draw, central)
    assert made.p == np.mean(happened)
    assert 0.0 <= made.mc <= 0.71
    assert np.isfinite([made.p, made.mc]).all()
    if not central and (runs_per_draw == 1 or len(runs) < 2 * runs_per_draw):
        assert without_range(made)
    else:
        assert 0.0 <= made.low <= made.p <= made.high <= 1.0


def test_the_error_of_the_mean_count() -> None:
    luck = np.random.default_rng(4)
    ends = [luck.binomial(14, np.repeat(luck.beta(5, 5, 40), 20)).astype(np.uint8) for _ in range(400)]
    errors = [count_error(end[:, None], 20) for end in ends]
    assert np.mean(errors) == pytest.approx(np.std([end.mean() for end in ends]), rel=0.12)


def test_the_error_of_the_mean_count_with_one_draw() -> None:
    assert count_error(np.array([[3], [5]], dtype=np.uint8), 20) == pytest.approx(1.0)


@pytest.mark.parametrize(("runs", "per_draw"), [(1, 20), (7, 20), (20, 20), (137, 20), (1000, 20), (40, 1)])
def test_errors_of_many_means_are_those_of_each(runs: int, per_draw: int) -> None:
    values = np.random.default_rng(7).integers(0, 30, (91, runs)).astype(np.uint8)
    each = [count_error(row[:, None], per_draw) for row in values]
    assert mean_errors(values, per_draw).tobytes() == np.array(each).tobytes()
