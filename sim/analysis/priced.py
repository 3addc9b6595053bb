"""What money is worth, as the prices of a day's record tell it: priors beside posteriors, packages beside the model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.atlas import state
from sim.fit import beliefs, fit, prices_known
from sim.fit.prices import ERROR, LENDING, LENDING_SPREAD, PRICED, departures
from sim.model import rules
from sim.model.draws import purpose_of
from sim.model.kernel import uniforms
from sim.model.plan import delivered
from sim.parameters import PARAMETERS, Distribution, rounded

Floats = NDArray[np.float64]

DRAWS, SEED = 2000, 1
"""Draws of the posterior from which the model's prices are given."""
SIZES = tuple(10.0 ** (step / 6.0) for step in range(7, 31))
"""GDP, US$ million, at which they are given: 15 million to 100 billion."""


@dataclass(frozen=True)
class Talks:
    """Talks that were lost, one per draw of the posterior, whatever the state."""

    valuation: Floats
    elasticity: Floats
    reach: Floats
    """(draws,) `valuation_spread` times z."""
    discount: Floats
    """(draws,) surplus over `money_effect`: by so much is the price worth less than the bid."""
    lent: Floats
    """(draws,) ordinary lending, % of GDP a year."""
    error: Floats
    """(draws,) factor of measurement."""

    def prices(self, gdp: float, trust: float) -> Floats:
        """(draws,) what Beijing pays a state, % of GDP a year; gdp in US$ million."""
        log_gdp, paid = math.log(gdp), []
        columns = (self.valuation, self.elasticity, self.reach, self.discount)
        for valuation, elasticity, reach, discount in zip(*(column.tolist() for column in columns), strict=True):
            limit = rules.beijing_limit(valuation, elasticity, log_gdp, 1.0, reach, 1.0)
            bid = rules.worth(rules.beijing_bid(limit, 1.0, math.inf, trust, 0.0, gdp))
            paid.append(rules.from_purse(rules.beijing_pays(bid, 0.0, discount, 1.0), 0.0, trust))
        return np.array(paid)

    def seen(self, gdp: float, trust: float) -> dict[str, Any]:
        """Median and 90 % band of what would be seen of a switch, % of GDP a year, and the chance of no price."""
        paid = self.prices(gdp, trust)
        low, value, high = rounded(np.quantile((paid + self.lent) * self.error, [0.05, 0.5, 0.95])).tolist()
        return {"low": low, "value": value, "high": high, "free": float(np.mean(paid == 0.0))}


def priced_money(as_of: date) -> dict[str, Any]:
    """Priors and posteriors of what money is worth, the packages known, and what the model says of such states.

    `seen` is at the mean trust of the packages (before the first one: what was delivered by then).
    """
    paid, known = fit(as_of).prices, beliefs(as_of)
    cases = prices_known(as_of)
    trust = math.fsum(case.trust for case in cases) / len(cases) if cases else delivered(as_of)["delivered_mean"]
    laws = {name: known[name].distribution for name in PRICED}
    lending = LENDING if paid is None else paid.lending
    talks = _talks(laws, lending, known["lost_public"].distribution.central)
    rows: list[dict[str, Any]] = []
    for case in sorted(cases, key=lambda case: (case.year, case.iso3)):
        gdp = math.exp(case.log_gdp)
        own = {"iso3": case.iso3, "state": state(case.iso3).name, "year": case.year, "gdp_musd": round(gdp, 3)}
        rows.append({**own, "percent": case.percent, "trust": case.trust, **talks.seen(gdp, trust)})
    parameters = [
        {
            "parameter": name,
            "unit": PARAMETERS[name].unit,
            "meaning": PARAMETERS[name].meaning,
            "prior": _interval(PARAMETERS[name].distribution),
            **_interval(law),
        }
        for name, law in laws.items()
    ]
    meaning = "median of what Beijing commits to a state for other reasons; used by this fit alone"
    row = {"parameter": "lending", "unit": "% of GDP a year", "meaning": meaning, "prior": _interval(LENDING)}
    return {
        "packages": len(cases),
        "parameters": [*parameters, {**row, **_interval(lending)}],
        "trust": trust,
        "prices": rows,
        "seen": [{"gdp_musd": round(gdp, 3), **talks.seen(gdp, trust)} for gdp in SIZES],
    }


def _talks(laws: Mapping[str, Distribution], lending: Distribution, lost_public: float) -> Talks:
    from scipy.special import ndtri

    def u(name: str) -> Floats:
        return np.clip(uniforms(SEED, DRAWS, purpose_of(name)), 1e-12, 1.0 - 1e-12)

    drawn: dict[str, Floats] = {}
    for name, law in laws.items():
        drawn[name] = law.quantile(u(f"parameter:{name}"), drawn)
    public, silent = departures(lost_public)
    lost = np.where(u("prices:public") < public[0], public[1], silent[1])
    surplus = [_surplus(share, own) for share, own in zip(lost.tolist(), u("prices:luck").tolist(), strict=True)]
    money = np.maximum(drawn["money_effect"], 1e-12)
    return Talks(
        valuation=drawn["valuation"],
        elasticity=drawn["valuation_elasticity"],
        reach=drawn["valuation_spread"] * ndtri(u("prices:z")),
        discount=np.array(surplus) / money,
        lent=lending.quantile(u("prices:lending"), {}) * np.exp(LENDING_SPREAD * ndtri(u("prices:lent"))),
        error=np.exp(ERROR * ndtri(u("prices:error"))),
    )


def _surplus(lost: float, u: float) -> float:
    """The surplus of talks that were lost: a uniform number `u` of the share of such talks."""
    return max(0.0, rules.surplus(rules.log_odds(lost), u * lost))


def _interval(law: Distribution) -> dict[str, Any]:
    low, value, high = rounded(np.array([law.low, law.central, law.high])).tolist()
    return {"value": value, "low": low, "high": high}
