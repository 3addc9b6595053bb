"""The law of every parameter for a scenario: what the record says up to `as_of`, and the declared priors."""

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
    Distribution,
    Exposure,
    Fitted,
    Held,
    Joint,
    LogitNormal,
    LogNormal,
    Parameter,
    RecordRate,
    Remembered,
    SplitNormal,
    Updated,
)
from sim.scenario import Range, Scenario

NO_RETURN_YET = 0.05
"""Weighted events taken where no return is on record before `as_of` (before 1989): next to none."""
HOST_YEARS_A_YEAR = 1150.0 / 35.0
"""Host-years of military cooperation with Washington a year, 1990-2024, spread evenly (1,150 in all: own count)."""
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
    """A parameter with the law it is drawn from, and where that law came from."""

    parameter: Parameter
    distribution: Distribution
    cases: int | None
    """Dated cases or events counted, where it is counted."""
    from_scenario: bool = False
    """True where the scenario file sets it."""

    @property
    def family(self) -> str:
        """Name of the family it is drawn from."""
        if not self.from_scenario:
            return "updated" if isinstance(self.distribution, Updated | Joint) else self.parameter.family
        return next(name for name, law in FAMILIES.items() if law is type(self.distribution))

    @property
    def kind(self) -> str:
        """Estimated, documented or assumed, for this day: what is counted from nothing is assumed."""
        if self.from_scenario or self.cases == 0:
            return "assumed"
        if self.parameter.name == TRUCE and not isinstance(self.distribution, Updated):
            return "documented"
        return self.parameter.kind


@dataclass(frozen=True, eq=False)
class Fit:
    """Both hazards, and what money is worth, as fitted on what was known at the end of a day."""

    as_of: date
    leaving: Effects
    returning: Effects
    prices: Prices | None
    """None before the first package was known."""


@cached
def fit(as_of: date, own: OwnFacts | None = None) -> Fit:
    """Fit the record up to a day. Raises AtlasError where no departure is on record yet.

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
    """What a plan of that day measures states by."""
    found = fit(as_of, own=own)
    return Yardsticks(package_size().mean_log_gdp, found.leaving.scales, found.returning.scales)


def yardsticks_for(scenario: Scenario) -> Yardsticks:
    """What a plan of a scenario measures states by."""
    return yardsticks(scenario.as_of, scenario.own)


@cached
def beliefs(as_of: date, own: OwnFacts | None = None) -> Mapping[str, Belief]:
    """Every declared parameter with its law on what was known at the end of a day, in order of drawing."""
    found, size = fit(as_of, own=own), package_size()
    left, back = found.leaving, found.returning
    truce = truce_law(left, PARAMETERS[TRUCE])
    share = (TRUCE, truce.central)
    computed: dict[str, tuple[Distribution, int | None]] = {
        TRUCE: (truce, None),
        "departure_rate": (rate_law(left, share, LEAVING, 0.0), left.panel.cases),
        "return_rate": (rate_law(back, share, RETURNING, NO_RETURN_YET), back.panel.cases),
        "package_size": (Fitted(size.size, size.size_error), size.cases),
        "package_elasticity": (Fitted(size.elasticity, size.elasticity_error), size.cases),
        "suspension_rate": _endings(as_of, share),
    }
    for effects, names in ((left, LEAVING), (back, RETURNING)):
        computed |= {name: (law, effects.panel.cases) for name, law in effect_laws(effects, names).items()}
    for name in PRICED:
        paid = found.prices
        computed[name] = (PARAMETERS[name].distribution, 0) if paid is None else (paid.laws[name], paid.cases)
    for prior in COUNTED:
        chance = counted(prior, as_of)
        computed[prior] = chance, chance.successes + chance.failures
    return {
        parameter.name: Belief(parameter, *(computed.get(parameter.name) or (parameter.distribution, None)))
        for parameter in DECLARED
    }


def beliefs_for(scenario: Scenario) -> Mapping[str, Belief]:
    """The beliefs at the scenario's `as_of`, with what the scenario itself sets in their place.

    What was fitted together with it follows: rates counted on the record are those that go with the acceptance and the
    effects that the scenario sets, and what prices tell is told given what it sets of money.
    """
    found = dict(beliefs(scenario.as_of, own=scenario.own))
    for name, given in scenario.parameters.items():
        parameter = PARAMETERS[name]
        law: Distribution
        if isinstance(given, Range):
            law = _family(parameter)(given.central, given.low, given.high)
        else:
            law = Held(given, given, given)
        found[name] = Belief(parameter, law, None, from_scenario=True)
    central = {name: found[name].distribution.central for name in scenario.parameters}
    for name, belief in found.items():
        if isinstance(belief.distribution, RecordRate | Remembered | Joint):
            found[name] = replace(belief, distribution=belief.distribution.centred(central))
    return found


def _family(parameter: Parameter) -> type[SplitNormal] | type[LogNormal] | type[LogitNormal]:
    """The family a scenario's own range of a parameter is drawn from."""
    if parameter.family in ("logit-normal", "counted", "coin"):
        return LogitNormal
    if parameter.family in ("log-normal", "gamma"):
        return LogNormal
    return SplitNormal


def _endings(as_of: date, share: tuple[str, float]) -> tuple[RecordRate, int]:
    """The rate of endings of military cooperation: Gamma(1/2 + endings), the Jeffreys posterior, over host-years."""
    ended = len(cases("cooperation_ended", as_of))
    years = HOST_YEARS_A_YEAR * max(1.0, (as_of - HOSTS_SINCE).days / 365.25)
    exposure = Exposure(np.array([years]), np.zeros(1), np.empty((1, 0)))
    return RecordRate(0.5 + ended, exposure, share, ()), ended


def described(belief: Belief) -> dict[str, Any]:
    """A parameter with its law, as manifests and `sim parameters` tell it."""
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
