"""What recognition costs: Beijing's packages on record, read as prices of the model's own auction.

When talks are lost, Beijing pays the least that wins, and its surplus has a law that the model fixes (`beyond`). A
price is therefore evidence of `money_effect` and of the limit above it: if money mattered little, Beijing would have
won nearly all states for nothing. The observed figure is the price plus ordinary lending, measured with error.

The posterior is computed at the middle of the cells of a grid, which are equally likely under the prior. The talks of
states that switched are taken to have been at reference, with the purse not binding, no access and prestige 1. How
often talks of either kind are lost is held at its central values.
The identification rests on the auction: nobody has seen bids that failed. Offers that states say they turned down
(claims of one side, reported because they are large, mostly sums without years) do not enter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.atlas import Package, economy, packages, record
from sim.fit.counts import counted
from sim.model import rules
from sim.model.plan import delivered, region_of
from sim.parameters import PARAMETERS, Grid, Joint, LogNormal, Posterior, rounded

Floats = NDArray[np.float64]

PRICED = ("money_effect", "valuation", "valuation_elasticity", "valuation_spread")
"""Parameters read off the packages, in the order of drawing."""
CELLS = (20, 14, 12, 6)
"""Number of the grid's cells for each."""
LENDING = LogNormal(0.15, 0.03, 0.5)
"""Median of Beijing's yearly commitments to a state for other reasons, % of GDP; used by this fit alone (assumed)."""
LENDING_CELLS = 5
LENDING_SPREAD = 1.0
"""Standard deviation of ordinary lending between states, in logarithm (assumed)."""
ERROR = 0.3
"""Standard deviation of the error with which a package is measured, in logarithm (assumed)."""

_LIMITS = np.arange(-7.5, 9.6, 0.2)
"""Limits, log of % of GDP a year, at which the chance of a package is computed; between them it is linear."""
_WORTHS = np.concatenate([[0.0], np.exp(np.arange(-7.5, 2.4, 0.12))])
"""Possible worths of a price to the state."""
_SCORES = np.arange(-3.5, 3.51, 0.5)
_FINE_SCORES = np.arange(-4.0, 4.01, 0.25)
"""Standard scores of the limit and of ordinary lending; sums over them replace integrals."""
_LEAST = 1e-290
_DECIMALS, _LEAST_LOG = 9, -600.0
"""Decimals and least value of the log chance of a cell, relative to the likeliest, so that machines agree."""


@dataclass(frozen=True)
class Price:
    """One switch, with what is known about its price."""

    iso3: str
    year: int
    percent: float
    """Commitments, % of GDP a year, > 0."""
    log_gdp: float
    """Log GDP (US$ million) of the year of the switch."""
    trust: float
    """Share of a bid that the state expected to arrive, given what was known on the day of the switch."""
    lost_public: float
    """Share of public talks that is lost, given what is known of them."""


@dataclass(frozen=True, eq=False)
class Prices:
    """The posterior laws, given the packages."""

    cases: int
    laws: dict[str, Joint]
    """Law of each parameter of `PRICED`."""
    lending: Posterior
    """Law of the median of ordinary lending, % of GDP a year."""
    evidence: float
    """Log of the mean likelihood of the log prices over the prior."""


def prices_known(as_of: date) -> tuple[Price, ...]:
    """The packages known by a day: those whose years had all passed. The sums were published in 2023 (hindsight)."""
    lost_public = counted("lost_public", as_of).central
    return tuple(_price(package, lost_public) for package in packages() if package.known <= as_of)


@lru_cache(maxsize=32)
def priced(known: tuple[Price, ...]) -> Prices:
    """The joint law of `PRICED`, given at least one price."""
    total: Floats = np.sum([_log_likelihood(price) for price in known], axis=0)
    total = np.moveaxis(total, 3, 0)
    most = total.max()
    weights = np.exp(np.maximum(np.round(total - most, _DECIMALS), _LEAST_LOG))
    grid = Grid(tuple((name, PARAMETERS[name].distribution) for name in PRICED), weights.sum(axis=-1))
    below = np.cumsum(weights.sum(axis=(0, 1, 2, 3))) / weights.sum()
    return Prices(
        cases=len(known),
        laws={name: Joint(name, grid) for name in PRICED},
        lending=Posterior(LENDING, (0.0, *rounded(below).tolist())),
        evidence=float(most + math.log(weights.mean())),
    )


def beyond(surplus: Floats, lost: Sequence[tuple[float, float]]) -> Floats:
    """Chance that the surplus of talks that were lost is above `surplus` (log odds, any shape).

    lost : weight and share lost of each kind of talks. This is the law of `rules.surplus` at the log odds of that share
    and with a uniform number, given that it is above zero: (1 + e) / (1 + e exp(surplus)), e = (1 - lost) / lost.
    """
    with np.errstate(over="ignore"):
        grown, chance = np.exp(np.maximum(0.0, surplus)), np.zeros(surplus.shape)
        for weight, share in lost:
            odds = (1.0 - share) / share
            chance += weight * (1.0 + odds) / (1.0 + odds * grown)
    return chance


def departures(lost_public: float) -> tuple[tuple[float, float], ...]:
    """For each kind of talks, its share of departures and the share of such talks that is lost: central values."""
    public = _central("public_share")
    return (public, lost_public), (1.0 - public, _central("lost_silent"))


def log_likelihood(price: Price) -> Floats:
    """(valuation, elasticity, spread, money, lending) log density of the logarithm of one price, on the grid."""
    with np.errstate(under="ignore"):  # a density that is almost zero
        at_limits = _won(price.trust, price.lost_public) @ _seen(price.percent, price.trust)
        densities = _limits(price.log_gdp) @ at_limits.reshape(len(_LIMITS), -1)
    logs: Floats = np.log(np.maximum(densities, _LEAST, out=densities), out=densities)
    return logs.reshape(*CELLS[1:], CELLS[0], LENDING_CELLS)


@cache
def _price(package: Package, lost_public: float) -> Price:
    day = next(
        change.date
        for change in record().changes
        if (change.iso3, change.date.year) == (package.iso3, package.year) and change.destination == "beijing"
    )
    log_gdp = math.log(economy(package.iso3, package.year).gdp_usd / 1e6)
    return Price(package.iso3, package.year, package.percent_of_gdp, log_gdp, trust_on(package.iso3, day), lost_public)


def trust_on(iso3: str, day: date) -> float:
    """The share of a bid that a state expected to arrive, given what was known on a day, at the central weight."""
    known, region = delivered(day), region_of(iso3)
    total, cases = float(known["delivered_total"][region]), float(known["delivered_cases"][region])
    return rules.trust(known["delivered_mean"], _central("trust_weight"), total, cases)


@lru_cache(maxsize=64)
def _log_likelihood(price: Price) -> Floats:
    return log_likelihood(price)


def _central(name: str) -> float:
    return PARAMETERS[name].distribution.central


def _middles(name: str, cells: int) -> list[float]:
    """The prior's quantiles in the middle of each cell."""
    prior = LENDING if name == "lending" else PARAMETERS[name].distribution
    return prior.quantile((np.arange(cells) + 0.5) / cells, {}).tolist()


@cache
def _won(trust: float, lost_public: float) -> Floats:
    """(limits, money, worths) chance of each worth of a price, given the limit: steps of the surplus's law.

    Price and surplus are those of `rules.beijing_pays`: worth(price) = worth(bid) - surplus / money_effect, >= 0.
    """
    bids = [rules.worth(rules.beijing_bid(math.exp(limit), 1.0, math.inf, trust, 0.0, 100.0)) for limit in _LIMITS]
    edges = np.concatenate([[0.0], np.sqrt(_WORTHS[1:-1] * _WORTHS[2:])])
    chances = np.empty((len(_LIMITS), CELLS[0], len(_WORTHS)))
    for place, money in enumerate(_middles("money_effect", CELLS[0])):
        below = beyond(money * (np.array(bids)[:, None] - edges), departures(lost_public))
        chances[:, place] = np.diff(below, axis=1, prepend=0.0, append=1.0)
    return chances


def _seen(percent: float, trust: float) -> Floats:
    """(worths, lending) density of the log of the observed figure, given the worth of the price to the state."""
    paid = np.array([rules.from_purse(rules.beijing_pays(worth, 0.0, 0.0, 1.0), 0.0, trust) for worth in _WORTHS])
    middles = np.array(_middles("lending", LENDING_CELLS))
    chances = np.exp(-0.5 * _FINE_SCORES**2)
    lent = middles[:, None] * np.exp(LENDING_SPREAD * _FINE_SCORES)
    error = (math.log(percent) - np.log(paid[:, None, None] + lent)) / ERROR
    density = np.exp(-0.5 * error**2) / (ERROR * math.sqrt(2.0 * math.pi))
    densities: Floats = density @ (chances / chances.sum())
    return densities


@cache
def _limits(log_gdp: float) -> Floats:
    """(valuation x elasticity x spread, limits) chance of a state's limit, shared between the two on either side."""
    gdp = math.exp(log_gdp)
    middle = [
        math.log(rules.percent(rules.beijing_limit(valuation, elasticity, log_gdp, 1.0, 0.0, 0.0), gdp))
        for valuation in _middles("valuation", CELLS[1])
        for elasticity in _middles("valuation_elasticity", CELLS[2])
    ]
    apart = np.array(_middles("valuation_spread", CELLS[3]))[:, None] * _SCORES
    chances = np.exp(-0.5 * _SCORES**2)
    at = (np.array(middle)[:, None, None] + apart - _LIMITS[0]) / (_LIMITS[1] - _LIMITS[0])
    at = np.clip(at, 0.0, len(_LIMITS) - 1.001)
    below = at.astype(np.int64)
    beyond_it, weight = at - below, np.broadcast_to(chances / chances.sum(), at.shape)
    rows = np.arange(at.shape[0] * at.shape[1]).reshape(at.shape[:2])[:, :, None] * len(_LIMITS)
    size = at.shape[0] * at.shape[1] * len(_LIMITS)
    weights = np.bincount((rows + below).ravel(), (weight * (1.0 - beyond_it)).ravel(), size)
    weights += np.bincount((rows + below + 1).ravel(), (weight * beyond_it).ravel(), size)
    return np.asarray(weights.reshape(-1, len(_LIMITS)), dtype=np.float64)
