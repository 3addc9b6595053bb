"""The families: 5, 50 and 95 % points, floors, rounding, and the laws counted from the record."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.parameters import (
    FAMILIES,
    Counted,
    Distribution,
    Fitted,
    Held,
    LogitNormal,
    LogNormal,
    RecordRate,
    SplitNormal,
    rounded,
)

POINTS = np.array([0.05, 0.5, 0.95])
GRID = (np.arange(200_000) + 0.5) / 200_000
"""Luck without luck: a fine grid of uniform numbers."""


def at(law: Distribution, *luck: float) -> list[float]:
    return law.quantile(np.array(luck), {}).tolist()


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
def test_each_side_has_a_normal_spread_of_its_own(central: float, below: float, above: float, luck: float) -> None:
    score = stats.norm.ppf(luck) / stats.norm.ppf(0.95)
    expected = central + (above if score > 0.0 else below) * score
    assert at(SplitNormal(central, central - below, central + above), luck)[0] == pytest.approx(expected, abs=1e-9)


def test_a_log_normal_stays_above_nought_and_is_normal_in_the_logarithm() -> None:
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
    law = Counted(successes, failures)
    reference = stats.beta(0.5 + successes, 0.5 + failures)
    assert law.central == pytest.approx(reference.mean(), rel=1e-12)
    inner = np.clip(reference.ppf([0.05, 0.3, 0.95]), 0.001, 0.999)
    assert at(law, 0.05, 0.3, 0.95) == pytest.approx(inner.tolist(), rel=1e-9)
    assert (law.low, law.high) == (at(law, 0.05)[0], at(law, 0.95)[0])
    values = law.quantile(GRID, {})
    assert np.min(values) >= 0.001
    assert np.max(values) <= 0.999


def test_the_rate_of_the_record_is_a_gamma_over_weighted_years() -> None:
    law = RecordRate(events=5.0, contest_years=80.0, truce_years=60.0, truce_share=0.05)
    values = law.quantile(GRID, {})
    assert law.central == pytest.approx(5.0 / 83.0, rel=1e-12)
    assert np.mean(values) == pytest.approx(law.central, rel=1e-4)
    assert np.var(values) == pytest.approx(5.0 / 83.0**2, rel=1e-3)
    assert at(law, 0.05, 0.95) == pytest.approx(stats.gamma(5.0, scale=1.0 / 83.0).ppf([0.05, 0.95]).tolist(), rel=1e-9)
    assert law.low < law.central < law.high


def test_truce_years_count_by_the_share_drawn() -> None:
    law = RecordRate(5.0, 80.0, 60.0, 0.05)
    luck, shares = np.full(3, 0.4), np.array([0.05, 0.5, 1.0])
    rates = law.quantile(luck, {"acceptance_truce": shares})
    assert (rates * (80.0 + 60.0 * shares)).tolist() == pytest.approx([rates[0] * 83.0] * 3, rel=1e-12)
    assert law.quantile(luck, {})[0] == rates[0]


def test_a_rate_is_never_nought() -> None:
    assert at(RecordRate(0.05, 100.0, 0.0, 0.05), 1e-12)[0] > 0.0


def test_a_coefficient_is_normal_about_its_estimate() -> None:
    law = Fitted(0.3, 0.1)
    assert at(law, 0.05, 0.5, 0.95) == pytest.approx([law.low, 0.3, law.high], rel=1e-9)
    assert law.high - law.low == pytest.approx(0.2 * stats.norm.ppf(0.95), rel=1e-12)


@given(st.floats(1e-300, 1e300) | st.floats(-1e300, -1e-300))
def test_nine_digits_are_kept(value: float) -> None:
    found = float(rounded(np.array([value]))[0])
    assert found == float(f"{value:.8e}")
    assert found == pytest.approx(value, rel=5.1e-9)
    assert rounded(np.array([found]))[0] == found


def test_the_last_bits_of_a_library_do_not_survive() -> None:
    assert rounded(np.array([0.1 + 0.2, 0.0])).tolist() == [0.3, 0.0]


def test_the_families_are_named_as_they_are_declared() -> None:
    assert set(FAMILIES) == {"held", "split-normal", "log-normal", "logit-normal"}
    for family in FAMILIES.values():
        law = family(0.3, 0.2, 0.4)
        assert (law.central, law.low, law.high) == (0.3, 0.2, 0.4)
