"""The law of every parameter for a scenario: what the record says up to `as_of`, and the declared priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sim.atlas import cases
from sim.fit.packages import package_size
from sim.fit.rates import departures, returns
from sim.parameters import (
    DECLARED,
    FAMILIES,
    PARAMETERS,
    Counted,
    Distribution,
    Fitted,
    Held,
    LogitNormal,
    LogNormal,
    Parameter,
    RecordRate,
    SplitNormal,
)
from sim.scenario import Range, Scenario

NO_RETURN_YET = 0.05
"""Weighted events taken where no return is on record before `as_of` (before 1989): next to none."""


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
            return self.parameter.family
        return next(name for name, law in FAMILIES.items() if law is type(self.distribution))


@cache
def beliefs(as_of: date, truce: float = PARAMETERS["acceptance_truce"].distribution.central) -> Mapping[str, Belief]:
    """Every declared parameter with its law on what was known at the end of a day, in order of drawing.

    truce : the central value of `acceptance_truce`, by which months of a truce are weighed
    """
    left, back = departures(as_of), returns(as_of)
    size = package_size()
    counted = {prior: cases(prior, as_of) for prior in ("pledge_kept", "order_carried_out", "notice_carried_out")}
    computed: dict[str, tuple[Distribution, int]] = {
        "departure_rate": (RecordRate(left.events, left.contest_years, left.truce_years, truce), left.cases),
        "return_rate": (
            RecordRate(max(back.events, NO_RETURN_YET), max(1.0, back.contest_years), back.truce_years, truce),
            back.cases,
        ),
        "package_size": (Fitted(size.size, size.size_error), size.cases),
        "package_elasticity": (Fitted(size.elasticity, size.elasticity_error), size.cases),
    }
    for prior, found in counted.items():
        computed[prior] = _counted(found), len(found)
    laws = {}
    for parameter in DECLARED:
        law, number = computed.get(parameter.name) or (parameter.distribution, None)
        laws[parameter.name] = Belief(parameter, law, number)
    return laws


def beliefs_for(scenario: Scenario) -> Mapping[str, Belief]:
    """The beliefs at the scenario's `as_of`, with what the scenario itself sets in their place."""
    set_truce = scenario.parameters.get("acceptance_truce")
    if set_truce is None:
        found = dict(beliefs(scenario.as_of))
    else:
        found = dict(beliefs(scenario.as_of, set_truce.central if isinstance(set_truce, Range) else set_truce))
    for name, given in scenario.parameters.items():
        parameter = PARAMETERS[name]
        law: Distribution
        if isinstance(given, Range):
            law = _family(parameter)(given.central, given.low, given.high)
        else:
            law = Held(given, given, given)
        found[name] = Belief(parameter, law, None, from_scenario=True)
    return found


def _family(parameter: Parameter) -> type[SplitNormal] | type[LogNormal] | type[LogitNormal]:
    """The family a scenario's own range of a parameter is drawn from."""
    if parameter.family in ("logit-normal", "counted"):
        return LogitNormal
    if parameter.family in ("log-normal", "gamma"):
        return LogNormal
    return SplitNormal


def _counted(found: tuple[object, ...]) -> Counted:
    successes = sum(bool(case.outcome) for case in found)  # type: ignore[attr-defined]
    return Counted(successes, len(found) - successes)


def described(belief: Belief) -> dict[str, Any]:
    """A parameter with its law, as manifests and `sim parameters` tell it."""
    parameter, law = belief.parameter, belief.distribution
    return {
        "name": parameter.name,
        "unit": parameter.unit,
        "kind": "assumed" if belief.from_scenario or belief.cases == 0 else parameter.kind,
        "family": belief.family,
        "central": float(f"{law.central:.6g}"),
        "low": float(f"{law.low:.6g}"),
        "high": float(f"{law.high:.6g}"),
        "cases": belief.cases,
        "hindsight": parameter.hindsight and not belief.from_scenario,
        "meaning": parameter.meaning,
        "source": "set by the scenario" if belief.from_scenario else parameter.source,
    }
