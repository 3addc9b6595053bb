"""The law of every parameter for a scenario, from the record up to `as_of` and the declared priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from sim.atlas import OwnFacts, cases
from sim.atlas.own import cached
from sim.errors import AtlasError, Problem
from sim.fit import panel
from sim.fit.counts import counted
from sim.fit.hazard import Effects, effect_laws, fit_effects, rate_law, truce_law
from sim.fit.packages import package_size
from sim.fit.prices import PRICED, Prices, priced, prices_known
from sim.model import covariates
from sim.model.covariates import Yardsticks
from sim.parameters import (
    DECLARED,
    FAMILIES,
    PARAMETERS,
    Coefficient,
    Distribution,
    Exposure,
    Held,
    Joint,
    LogitNormal,
    LogNormal,
    MemoryRate,
    Parameter,
    Posterior,
    RecordRate,
    SplitNormal,
)
from sim.scenario import Range, Scenario

NO_RETURN_YET = 0.05
"""Weighted events assumed if no return is on record before `as_of` (before 1989): almost none."""
HOST_YEARS_A_YEAR = 1150.0 / 35.0
"""Host-years of military cooperation with Washington per year, 1990-2024, spread evenly (1,150 in all: own count)."""
HOSTS_SINCE = date(1990, 1, 1)

TRUCE = "acceptance_truce"
LEAVING = tuple(f"{name}_effect" for name in covariates.LEAVING)
"""Parameters of the covariates of leaving."""
RETURNING = tuple(f"return_{name}_effect" for name in covariates.RETURNING)
"""Parameters of the covariates of returning."""
COUNTED = tuple(p.name for p in DECLARED if p.family == "counted")
"""Chances counted from dated cases."""


@dataclass(frozen=True)
class Belief:
    """A parameter with the law it is drawn from, and where that law comes from."""

    parameter: Parameter
    distribution: Distribution
    cases: int | None
    """Number of dated cases or events, if it is counted."""
    from_scenario: bool = False
    """True if the scenario file sets it."""

    @property
    def family(self) -> str:
        """Name of the family it is drawn from."""
        if not self.from_scenario:
            return "updated" if isinstance(self.distribution, Posterior | Joint) else self.parameter.family
        return next(name for name, law in FAMILIES.items() if law is type(self.distribution))

    @property
    def kind(self) -> str:
        """Estimated, documented or assumed on this day; a count without cases is assumed."""
        if self.from_scenario or self.cases == 0:
            return "assumed"
        if self.parameter.name == TRUCE and not isinstance(self.distribution, Posterior):
            return "documented"
        return self.parameter.kind


@dataclass(frozen=True, eq=False)
class Fit:
    """Both hazards and the effect of money, fitted on what was known at the end of a day."""

    as_of: date
    leaving: Effects
    returning: Effects
    prices: Prices | None
    """None before the first package was known."""


@cached
def fit(as_of: date, own: OwnFacts | None = None) -> Fit:
    """Fit the record up to a day. Raises AtlasError if no departure is on record yet.

    own : what a user adds to the record
    """
    left = panel.leaving(as_of, own=own)
    if left.cases == 0:
        rule = "late enough for a departure to be on record, to estimate its rate from"
        raise AtlasError(Problem("scenario.as_of", rule, as_of))
    back = panel.returning(as_of, own=own)
    known = prices_known(as_of)
    return Fit(
        as_of,
        fit_effects(left, covariates.LEAVING),
        fit_effects(back, covariates.RETURNING),
        priced(known) if known else None,
    )


def yardsticks(as_of: date, own: OwnFacts | None = None) -> Yardsticks:
    """The measures by which a plan of that day compares states."""
    fitted = fit(as_of, own=own)
    return Yardsticks(package_size().mean_log_gdp, fitted.leaving.scales, fitted.returning.scales)


def yardsticks_for(scenario: Scenario) -> Yardsticks:
    """The measures by which a scenario's plan compares states."""
    return yardsticks(scenario.as_of, scenario.own)


@cached
def beliefs(as_of: date, own: OwnFacts | None = None) -> Mapping[str, Belief]:
    """Every declared parameter with its law given what was known at the end of a day, in order of drawing."""
    fitted, size = fit(as_of, own=own), package_size()
    left, back = fitted.leaving, fitted.returning
    truce = truce_law(left, PARAMETERS[TRUCE])
    share = (TRUCE, truce.central)
    computed: dict[str, tuple[Distribution, int | None]] = {
        TRUCE: (truce, None),
        "departure_rate": (rate_law(left, share, LEAVING, 0.0), left.panel.cases),
        "return_rate": (rate_law(back, share, RETURNING, NO_RETURN_YET), back.panel.cases),
        "package_size": (Coefficient(size.size, size.size_error), size.cases),
        "package_elasticity": (Coefficient(size.elasticity, size.elasticity_error), size.cases),
        "suspension_rate": _endings(as_of, share),
    }
    for effects, names in ((left, LEAVING), (back, RETURNING)):
        computed |= {name: (law, effects.panel.cases) for name, law in effect_laws(effects, names).items()}
    for name in PRICED:
        paid = fitted.prices
        computed[name] = (PARAMETERS[name].distribution, 0) if paid is None else (paid.laws[name], paid.cases)
    for prior in COUNTED:
        chance = counted(prior, as_of)
        computed[prior] = chance, chance.successes + chance.failures
    return {
        parameter.name: Belief(parameter, *(computed.get(parameter.name) or (parameter.distribution, None)))
        for parameter in DECLARED
    }


def beliefs_for(scenario: Scenario) -> Mapping[str, Belief]:
    """The beliefs at the scenario's `as_of`, with the values that the scenario itself sets in their place.

    Parameters fitted together with these follow: rates counted on the record are those that belong to the acceptance
    and effects that the scenario sets, and the laws read off prices are conditional on what it sets of money.
    """
    by_name = dict(beliefs(scenario.as_of, own=scenario.own))
    for name, given in scenario.parameters.items():
        parameter = PARAMETERS[name]
        law: Distribution
        if isinstance(given, Range):
            law = _family(parameter)(given.central, given.low, given.high)
        else:
            law = Held(given, given, given)
        by_name[name] = Belief(parameter, law, None, from_scenario=True)
    central = {name: by_name[name].distribution.central for name in scenario.parameters}
    for name, belief in by_name.items():
        if isinstance(belief.distribution, RecordRate | MemoryRate | Joint):
            by_name[name] = replace(belief, distribution=belief.distribution.centred(central))
    return by_name


def _family(parameter: Parameter) -> type[SplitNormal] | type[LogNormal] | type[LogitNormal]:
    """The family a scenario's own range of a parameter is drawn from."""
    if parameter.family in ("logit-normal", "counted", "coin"):
        return LogitNormal
    if parameter.family in ("log-normal", "gamma"):
        return LogNormal
    return SplitNormal


def _endings(as_of: date, share: tuple[str, float]) -> tuple[RecordRate, int]:
    """The rate at which military cooperation ends: Gamma(1/2 + endings), the Jeffreys posterior, over host-years."""
    ended = len(cases("cooperation_ended", as_of))
    years = HOST_YEARS_A_YEAR * max(1.0, (as_of - HOSTS_SINCE).days / 365.25)
    exposure = Exposure(np.array([years]), np.zeros(1), np.empty((1, 0)))
    return RecordRate(0.5 + ended, exposure, share, ()), ended


def described(belief: Belief) -> dict[str, Any]:
    """A parameter with its law, as in manifests and `sim parameters`."""
    parameter, law = belief.parameter, belief.distribution
    return {
        "name": parameter.name,
        "unit": parameter.unit,
        "kind": belief.kind,
        "family": belief.family,
        "central": float(f"{law.central:.6g}"),
        "low": float(f"{max(law.low, parameter.minimum):.6g}"),
        "high": float(f"{min(law.high, parameter.maximum):.6g}"),
        "cases": belief.cases,
        "hindsight": parameter.hindsight and not belief.from_scenario,
        "meaning": parameter.meaning,
        "source": "set by the scenario" if belief.from_scenario else parameter.source,
    }
