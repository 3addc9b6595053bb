"""What recognition costs: Beijing's packages on record, read as prices of the model's own auction.

When talks are lost, Beijing pays the least that wins, and its surplus has a law that the model fixes (`beyond`). So a
price tells of `money_effect` and of the limit under which it lies: if money mattered so little, Beijing would have got
nearly all of them for nothing. What is seen of a price is more than it, by ordinary lending, and measured with error.

The posterior is worked out in the middle of the cells of a grid, which are equally likely by the prior. The switchers'
talks are taken to have been at reference, with the purse not binding, no access and prestige 1. How often talks of
either kind are lost is held at its central values.
The identification rests on the auction: nobody has seen bids that failed. Offers that states say they turned down
(claims of one side, told because they are large, mostly sums without years) do not enter.
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
from sim.parameters import PARAMETERS, Grid, Joint, LogNormal, Updated, rounded

Floats = NDArray[np.float64]

PRICED = ("money_effect", "valuation", "valuation_elasticity", "valuation_spread")
"""What packages tell of, in the order of drawing."""
CELLS = (20, 14, 12, 6)
"""Cells of each in the grid."""
LENDING = LogNormal(0.15, 0.03, 0.5)
"""Median of what Beijing commits a year to a state for other reasons, % of GDP; used by this fit alone (assumed)."""
LENDING_CELLS = 5
LENDING_SPREAD = 1.0
"""Standard deviation of ordinary lending between states, in logarithm (assumed)."""
ERROR = 0.3
"""Standard deviation of the error with which a package is measured, in logarithm (assumed)."""

_LIMITS = np.arange(-7.5, 9.6, 0.2)
"""Limits, log of % of GDP a year, at which the chance of a package is worked out; between them it is linear."""
_WORTHS = np.concatenate([[0.0], np.exp(np.arange(-7.5, 2.4, 0.12))])
"""What prices may be worth to the state."""
_SCORES = np.arange(-3.5, 3.51, 0.5)
_FINE_SCORES = np.arange(-4.0, 4.01, 0.25)
"""Standard scores of the limit and of ordinary lending, between which sums stand for integrals."""
_LEAST = 1e-290
_DECIMALS, _LEAST_LOG = 9, -600.0
"""Logs of the chances of cells, against the likeliest: settled at so many decimals, so that machines agree."""


@dataclass(frozen=True)
class Price:
    """One switch, with what is known of its price."""

    iso3: str
    year: int
    percent: float
    """Commitments, % of GDP a year, > 0."""
    log_gdp: float
    """Log GDP (US$ million) of the year of the switch."""
    trust: float
    """Share of a bid that the state expected to arrive, by what was known on the day of the switch."""
    lost_public: float
    """Share of public talks that is lost, by what is known of them."""


@dataclass(frozen=True, eq=False)
class Prices:
    """What packages leave of the priors."""

    cases: int
    laws: dict[str, Joint]
    """By parameter of `PRICED`."""
    lending: Updated
    """Of the median of ordinary lending, % of GDP a year."""
    evidence: float
    """Log of the mean likelihood over the prior, of log prices."""


def prices_known(as_of: date) -> tuple[Price, ...]:
    """The packages known by a day: those whose years had all gone by. The sums were published in 2023 (hindsight)."""
    lost_public = counted("lost_public", as_of).central
    return tuple(_price(package, lost_public) for package in packages() if package.known <= as_of)


@lru_cache(maxsize=32)
def priced(known: tuple[Price, ...]) -> Prices:
    """The joint law of `PRICED` given one price or more."""
    total: Floats = np.sum([_kept(price) for price in known], axis=0)
    total = np.moveaxis(total, 3, 0)
    most = total.max()
    weights = np.exp(np.maximum(np.round(total - most, _DECIMALS), _LEAST_LOG))
    grid = Grid(tuple((name, PARAMETERS[name].distribution) for name in PRICED), weights.sum(axis=-1))
    below = np.cumsum(weights.sum(axis=(0, 1, 2, 3))) / weights.sum()
    return Prices(
        cases=len(known),
        laws={name: Joint(name, grid) for name in PRICED},
        lending=Updated(LENDING, (0.0, *rounded(below).tolist())),
        evidence=float(most + math.log(weights.mean())),
    )


def beyond(surplus: Floats, lost: Sequence[tuple[float, float]]) -> Floats:
    """Chance that the surplus of talks that were lost is above `surplus` (log odds, any shape).

    lost : weight and share lost of each kind of talks. The law of `rules.surplus` at the log odds of that share and
    with a uniform luck, given that it is above nought: (1 + e) / (1 + e exp(surplus)), e = (1 - lost) / lost.
    """
    with np.errstate(over="ignore"):
        grown, found = np.exp(np.maximum(0.0, surplus)), np.zeros(surplus.shape)
        for weight, share in lost:
            odds = (1.0 - share) / share
            found += weight * (1.0 + odds) / (1.0 + odds * grown)
    return found


def departures(lost_public: float) -> tuple[tuple[float, float], ...]:
    """Share of departures that came out of each kind of talks, and of such talks that is lost: central values."""
    public = _central("public_share")
    return (public, lost_public), (1.0 - public, _central("lost_silent"))


def log_likelihood(price: Price) -> Floats:
    """(valuation, elasticity, spread, money, lending) log density of the logarithm of one price, on the grid."""
    with np.errstate(under="ignore"):  # a density that is all but zero
        at_limits = _won(price.trust, price.lost_public) @ _seen(price.percent, price.trust)
        found = _limits(price.log_gdp) @ at_limits.reshape(len(_LIMITS), -1)
    logs: Floats = np.log(np.maximum(found, _LEAST, out=found), out=found)
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
    """The share of a bid that a state expected to arrive, by what was known on a day, at the central weight."""
    known, region = delivered(day), region_of(iso3)
    total, cases = float(known["delivered_total"][region]), float(known["delivered_cases"][region])
    return rules.trust(known["delivered_mean"], _central("trust_weight"), total, cases)


@lru_cache(maxsize=64)
def _kept(price: Price) -> Floats:
    return log_likelihood(price)


def _central(name: str) -> float:
    return PARAMETERS[name].distribution.central


def _middles(name: str, cells: int) -> list[float]:
    """The prior's quantiles in the middle of each cell."""
    prior = LENDING if name == "lending" else PARAMETERS[name].distribution
    return prior.quantile((np.arange(cells) + 0.5) / cells, {}).tolist()


@cache
def _won(trust: float, lost_public: float) -> Floats:
    """(limits, money, worths) chance that a price is worth so much, by the limit: steps of the surplus's law.

    Price and surplus are those of `rules.beijing_pays`: worth(price) = worth(bid) - surplus / money_effect, >= 0.
    """
    bids = [rules.worth(rules.beijing_bid(math.exp(limit), 1.0, math.inf, trust, 0.0, 100.0)) for limit in _LIMITS]
    edges = np.concatenate([[0.0], np.sqrt(_WORTHS[1:-1] * _WORTHS[2:])])
    found = np.empty((len(_LIMITS), CELLS[0], len(_WORTHS)))
    for place, money in enumerate(_middles("money_effect", CELLS[0])):
        below = beyond(money * (np.array(bids)[:, None] - edges), departures(lost_public))
        found[:, place] = np.diff(below, axis=1, prepend=0.0, append=1.0)
    return found


def _seen(percent: float, trust: float) -> Floats:
    """(worths, lending) density of the log of what is seen, when the price is worth so much to the state."""
    paid = np.array([rules.from_purse(rules.beijing_pays(worth, 0.0, 0.0, 1.0), 0.0, trust) for worth in _WORTHS])
    middles = np.array(_middles("lending", LENDING_CELLS))
    chances = np.exp(-0.5 * _FINE_SCORES**2)
    lent = middles[:, None] * np.exp(LENDING_SPREAD * _FINE_SCORES)
    error = (math.log(percent) - np.log(paid[:, None, None] + lent)) / ERROR
    density = np.exp(-0.5 * error**2) / (ERROR * math.sqrt(2.0 * math.pi))
    found: Floats = density @ (chances / chances.sum())
    return found


@cache
def _limits(log_gdp: float) -> Floats:
    """(valuation x elasticity x spread, limits) weights of the limits between which those of a state lie."""
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
    found = np.bincount((rows + below).ravel(), (weight * (1.0 - beyond_it)).ravel(), size)
    found += np.bincount((rows + below + 1).ravel(), (weight * beyond_it).ravel(), size)
    return np.asarray(found.reshape(-1, len(_LIMITS)), dtype=np.float64)
