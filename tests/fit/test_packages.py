"""The size of Beijing's packages: the regression is numpy's, and the sizes are those of the record."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.atlas import economy, packages
from sim.fit import package_size
from sim.model import rules


def observed() -> tuple[np.ndarray, np.ndarray]:
    """Log GDP (US$ million) in the year of the switch, and log of the package in % of GDP a year."""
    rows = packages()
    sizes = np.log([economy(row.iso3, row.year).gdp_usd / 1e6 for row in rows])
    return sizes, np.log([row.percent_of_gdp for row in rows])


def test_the_regression_is_numpys() -> None:
    sizes, shares = observed()
    (slope, level), covariance = np.polyfit(sizes - sizes.mean(), shares, 1, cov=True)
    found = package_size()
    assert found.cases == len(sizes) == 17
    assert found.mean_log_gdp == pytest.approx(sizes.mean(), rel=1e-12)
    assert found.size == pytest.approx(level, rel=1e-10)
    assert found.elasticity == pytest.approx(1.0 + slope, rel=1e-10)
    assert found.size_error == pytest.approx(math.sqrt(covariance[1, 1]), rel=1e-9)
    assert found.elasticity_error == pytest.approx(math.sqrt(covariance[0, 0]), rel=1e-9)


def test_the_rule_gives_back_the_fitted_line() -> None:
    sizes, shares = observed()
    found = package_size()
    slope, intercept = np.polyfit(sizes, shares, 1)
    for size in sizes.tolist():
        usual = rules.usual_package(found.size, found.elasticity, size, found.mean_log_gdp)
        assert math.log(100.0 * usual / math.exp(size)) == pytest.approx(intercept + slope * size, rel=1e-9)


def test_small_states_got_more_of_their_gdp() -> None:
    found = package_size()
    assert 0.3 < found.elasticity < 1.0
    assert found.elasticity + 2.0 * found.elasticity_error < 1.1
    shares = [
        100.0 * rules.usual_package(found.size, found.elasticity, math.log(gdp), found.mean_log_gdp) / gdp
        for gdp in (100.0, 2_000.0, 50_000.0)
    ]
    assert shares == sorted(shares, reverse=True)
    assert 0.1 < shares[2] < 1.0
    assert 1.0 < shares[0] < 15.0
