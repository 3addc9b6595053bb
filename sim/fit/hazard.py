"""The hazards of leaving and returning, fitted on the record: who moves, how often, and how little in a truce.

There are three steps, each on the data that bear on its question. *Who*: effects of covariates, from comparisons
within a year, so that neither the trend of a decade nor a truce enters (the chance that these of the states at risk
changed; prior standard deviation 0.3 per standard deviation). *How little in a truce*: the prior of `acceptance_truce`
times the likelihood of the departures in contest and truce. *How often*: given both, a rate is gamma, with events and
years that either count half at an age of seven years, or count equally for twenty years and then not at all; the memory
is drawn. Scales and the truce use the fading memory alone. All three steps assume the law of the model's months: a
constant hazard while nothing changes, whose chance over an exposure is `rules.monthly_chance`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.fit.panel import Panel
from sim.model.covariates import Scale, measured
from sim.parameters import Distribution, Effect, Exposure, MemoryRate, Parameter, Posterior, RecordRate, rounded

Floats = NDArray[np.float64]

PRIOR_SPREAD = 0.3
"""Prior standard deviation of an effect, per standard deviation of its covariate (assumed)."""
MEMORY = ("memory", (0.0, 1.0))
"""The parameter that chooses the memory by which rates are counted, and its two values."""
LEAST_SPREAD = 0.25
"""A covariate that few states have (as `switched` before 1994) counts as if one in fifteen had it; otherwise the prior,
which is per standard deviation, would hardly constrain those few."""
_MOST_STEPS = 100
_STEPS = 2000
_SMALL = 1e-12


@dataclass(frozen=True, eq=False)
class Effects:
    """Effects on the log hazard, per standard deviation of each covariate: Gaussian at the posterior mode."""

    scales: tuple[Scale, ...]
    mode: Floats
    """(K,) at nine digits."""
    covariance: Floats
    """(K, K)"""
    panel: Panel
    standard: Floats
    """(cells, K) covariates in standard deviations."""

    @property
    def errors(self) -> Floats:
        """(K,) standard deviations of the posterior."""
        return rounded(np.sqrt(np.diag(self.covariance)).astype(np.float64))

    def given_earlier(self, place: int) -> tuple[Floats, float]:
        """Weights (place,) of effect `place` on the deviations of those before it from the mode, and its error."""
        before, across = self.covariance[:place, :place], self.covariance[:place, place]
        weights: Any = np.linalg.solve(before, across) if place else np.empty(0)
        error = np.sqrt(self.covariance[place, place] - weights @ across)
        return rounded(weights), float(rounded(np.array([error]))[0])


def fit_effects(panel: Panel, names: tuple[str, ...]) -> Effects:
    """The effects of covariates, from which states changed sides among those that could have in a year and regime.

    The likelihood of a stratum is that of which states changed, given how many did, so it does not depend on the
    year's level (Cox 1972). Prior: normal about 0 with `PRIOR_SPREAD` per standard deviation. The mode is found by
    Newton's method; the penalty makes it unique. Means and spreads are those of the ally-years weighted by age.
    """
    if not panel.cells:
        width = len(names)
        nothing = tuple(Scale(0.0, 1.0) for _ in names)
        return Effects(nothing, np.zeros(width), np.eye(width) * PRIOR_SPREAD**2, panel, np.empty((0, width)))
    scales = _scales(panel)
    covariates = measured((cell.covariates for cell in panel.cells), scales)
    years, changed = panel.years, panel.changed
    _, stratum = np.unique(panel.strata, return_inverse=True)
    events = np.bincount(stratum, changed)
    width = covariates.shape[1]
    penalty = np.eye(width) / PRIOR_SPREAD**2
    mode: Floats = np.zeros(width)
    for _ in range(_MOST_STEPS):
        risk = years * np.exp(covariates @ mode)
        total = np.bincount(stratum, risk)
        share = (np.where(total > 0.0, events / np.maximum(total, _SMALL), 0.0))[stratum] * risk
        sums = np.stack([np.bincount(stratum, risk * column) for column in covariates.T], axis=1)
        means = sums / np.maximum(total, _SMALL)[:, None]
        slope = changed @ covariates - events @ means - penalty @ mode
        curvature = (covariates * share[:, None]).T @ covariates - (means * events[:, None]).T @ means + penalty
        step = np.linalg.solve(curvature, slope)
        mode = mode + step
        if np.max(np.abs(step)) < _SMALL:
            break
    covariance = _rounded_matrix(np.asarray(np.linalg.inv(curvature), dtype=np.float64))
    return Effects(scales, _settled(mode), covariance, panel, covariates)


def _rounded_matrix(values: Floats) -> Floats:
    """A matrix at nine digits, symmetric."""
    return _settled(((values + values.T) / 2.0).ravel()).reshape(values.shape)


def _settled(values: Floats) -> Floats:
    """Values at nine digits; what rounding leaves of a zero is set to zero."""
    return rounded(np.where(np.abs(values) < _SMALL, 0.0, values))


def _scales(panel: Panel) -> tuple[Scale, ...]:
    """Mean and spread of each covariate over the state-years in which it is known, weighted by age.

    A spread is at least `LEAST_SPREAD`.
    """
    pairs = []
    for column in panel.covariates.T:
        known = ~np.isnan(column)
        weights, values = panel.recent_years[known], column[known]
        total = max(float(weights.sum()), _SMALL)
        mean = float(weights @ values) / total
        pairs.append((mean, max(math.sqrt(float(weights @ (values - mean) ** 2) / total), LEAST_SPREAD)))
    return tuple(Scale(*pair) for pair in rounded(np.array(pairs).ravel()).reshape(-1, 2).tolist())


def effect_laws(effects: Effects, parameters: tuple[str, ...]) -> dict[str, Effect]:
    """The law of each effect, by the name of its parameter, in the order of drawing."""
    laws = {}
    for place, name in enumerate(parameters):
        weights, error = effects.given_earlier(place)
        earlier = zip(parameters[:place], effects.mode[:place].tolist(), weights.tolist(), strict=True)
        laws[name] = Effect(float(effects.mode[place]), float(effects.errors[place]), error, tuple(earlier))
    return laws


def truce_law(effects: Effects, parameter: Parameter) -> Distribution:
    """The posterior of acceptance in a truce, from its prior and the departures on record.

    The likelihood is that of the departures in a truce and in contest, with the level integrated out under a flat prior
    on its logarithm: g^n_truce / (contest + g * truce)^n, events and years weighted by age. Without a truce on record,
    the prior is returned.
    """
    panel, prior = effects.panel, parameter.distribution
    worth = panel.recent_years * np.exp(effects.standard @ effects.mode)
    truce, contest = float(worth[panel.truce].sum()), float(worth[~panel.truce].sum())
    if truce == 0.0:
        return prior
    under, events = float(panel.recent_changed[panel.truce].sum()), float(panel.recent_changed.sum())
    middles = (np.arange(_STEPS) + 0.5) / _STEPS
    accepted = np.clip(prior.quantile(middles, {}), parameter.minimum, parameter.maximum)
    logarithm = under * np.log(accepted) - events * np.log(contest + accepted * truce)
    weights = np.exp(logarithm - logarithm.max())
    below = np.cumsum(weights) / weights.sum()
    return Posterior(prior, (0.0, *rounded(below).tolist()))


def rate_law(effects: Effects, share: tuple[str, float], parameters: tuple[str, ...], least: float) -> MemoryRate:
    """The rate of a state of average covariates, given the effects, acceptance in a truce and the memory.

    share : name and central value of acceptance in a truce; least : number of events assumed if none is on record
    """
    panel = effects.panel
    central = tuple(zip(parameters, effects.mode.tolist(), strict=True))

    def counted(years: Floats, changed: Floats) -> RecordRate:
        exposure = Exposure(np.where(panel.truce, 0.0, years), np.where(panel.truce, years, 0.0), effects.standard)
        return RecordRate(max(least, float(changed.sum())), exposure, share, central)

    return MemoryRate(
        counted(panel.recent_years, panel.recent_changed), counted(panel.window_years, panel.window_changed), MEMORY
    )
