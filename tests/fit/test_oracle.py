"""The fitted effects against statsmodels: Cox's partial likelihood of who changed sides, stratum by stratum."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm

from sim.fit import Effects, fit, hazard, leaving, returning
from sim.fit.hazard import PRIOR_SPREAD, fit_effects
from sim.fit.posterior import LEAVING, RETURNING

DAYS = [date(1995, 6, 30), date(2026, 5, 15)]
PANELS = {"leaving": (leaving, LEAVING), "returning": (returning, RETURNING)}
pytestmark = [
    pytest.mark.parametrize("as_of", DAYS, ids=str),
    pytest.mark.parametrize("side", list(PANELS)),
]


def cox(effects: Effects) -> sm.PHReg:
    """Everybody in a stratum is at risk together, each for its own time: all changes of a stratum are ties."""
    panel = effects.panel
    together = np.ones(len(panel.cells))
    log_years = np.log(panel.years)
    return sm.PHReg(together, effects.standard, panel.changed, strata=panel.strata, offset=log_years, ties="breslow")


def unpenalised(side: str, as_of: date, monkeypatch: pytest.MonkeyPatch) -> Effects:
    """Our effects with a prior so wide that only the record counts."""
    panel_of, names = PANELS[side]
    monkeypatch.setattr(hazard, "PRIOR_SPREAD", 1e6)
    return fit_effects(panel_of(as_of), names)


def test_without_a_prior_the_effects_are_those_of_statsmodels(
    side: str, as_of: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = unpenalised(side, as_of, monkeypatch)
    theirs = cox(effects).fit(disp=False)
    np.testing.assert_allclose(effects.mode, theirs.params, atol=1e-6, rtol=0.0)
    np.testing.assert_allclose(effects.errors, theirs.bse, rtol=1e-6)


def test_with_the_prior_the_mode_balances_the_likelihood_of_statsmodels(side: str, as_of: date) -> None:
    """At the mode the slope of the log likelihood is that of the prior; the curvature of both is the covariance."""
    effects = getattr(fit(as_of), side)
    prior = np.eye(len(effects.mode)) / PRIOR_SPREAD**2
    np.testing.assert_allclose(cox(effects).score(effects.mode), prior @ effects.mode, atol=1e-5, rtol=0.0)
    curvature = prior - cox(effects).hessian(effects.mode)
    np.testing.assert_allclose(np.linalg.inv(curvature), effects.covariance, atol=1e-9)


def test_a_regression_of_counts_with_a_level_for_each_stratum_is_the_same_law(
    side: str, as_of: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Poisson regression on years at risk, with a free level in each year and regime in which somebody changed."""
    effects = unpenalised(side, as_of, monkeypatch)
    panel = effects.panel
    some = np.isin(panel.strata, np.unique(panel.strata[panel.changed > 0.0]))
    _, stratum = np.unique(panel.strata[some], return_inverse=True)
    levels = np.eye(stratum.max() + 1)[stratum]
    design = np.column_stack([effects.standard[some], levels])
    model = sm.GLM(panel.changed[some], design, family=sm.families.Poisson(), exposure=panel.years[some])
    theirs = model.fit(tol=1e-12, tol_criterion="params")
    np.testing.assert_allclose(effects.mode, theirs.params[: len(effects.mode)], atol=1e-6, rtol=0.0)
