"""Simple forecasts to compare the simulator with: constant hazards, random walks of the count, a logit.

Each uses what was known at the end of 31 December of the year before the origin. All know as much of the truce of
2008-16 as the simulation does (`sim.backtest.truce`): that it holds, how little happens in it, and that each coming
vote may end it. In rates of leaving and returning, a year in a truce counts as that small share of a year; the logit
and the walks leave out years that were mostly in a truce. Looking ahead, time in a truce passes correspondingly slowly
for all forecasters, and a forecast is the mixture over when the truce ends.

Those with a hazard (constants, logit) all give the Holy See its assumed rate, which a truce slows like any other, and
no way back, so that it decides no comparison between them. Population, GDP and aid in the logit are those of years
before the origin, but as published in 2022-26. No baseline foresees states that come to Taipei without having left it
in the last ten years; only the walks reflect them, as past changes of the count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial

import numpy as np

from sim.atlas import Change, Record, Side, economy, record, state
from sim.backtest.forecasts import DIGITS, Floats, Forecast, Ints, known_until
from sim.backtest.truce import acceptance, courses, in_truce, mostly_in_truce
from sim.parameters import PARAMETERS

MEMBERS = 4000
"""Members of the sample of the count."""
DRAWS = 200
"""Draws of each rate: equally spaced quantiles of its law."""
FORMER_YEARS = 10.0
"""Years after leaving in which a state may return."""
NO_RETURN_YET = 0.05
"""Weighted events assumed if no return is on record: almost none."""
WALK_YEARS = 20
"""Years whose changes of the count are the steps of the walks, except those mostly in a truce."""
HOLY_SEE = "VAT"
REGIONS = ("Americas", "Africa", "Oceania")
"""Regions with their own hazard and dummy; the others are taken together."""
RIDGE = 1e-6
"""Penalty on the squared standardised coefficients of the logit: keeps them finite if groups separate."""

_YEAR = 365.25
# Multipliers prime to DRAWS that pair the quantiles of one rate with those of another as evenly as independence would.
_PAIRINGS = (1, 11, 13, 17)
_RETURNS = 19


# --- The record up to a day


@dataclass(frozen=True)
class Spell:
    """A stretch between two changes of a state, from the end of `begin` to the end of `end`."""

    iso3: str
    begin: date
    end: date
    side: Side
    change: Change | None
    """The change that ended it; None if it lasts."""


def _spells(known: Record, as_of: date) -> Iterator[Spell]:
    """The spells of every state but the Holy See up to a day, by state, then time; short-lived episodes are skipped."""
    changes: dict[str, list[Change]] = {iso3: [] for iso3 in known.roster_1971}
    for change in known.changes:
        if change.date <= as_of and not change.short_lived:
            changes.setdefault(change.iso3, []).append(change)
    for iso3 in sorted(set(changes) - {HOLY_SEE}):
        begin = known.start
        side: Side | None = "taipei" if iso3 in known.roster_1971 else None
        for change in changes[iso3]:
            if side is not None:
                yield Spell(iso3, begin, change.date, side, change)
            begin, side = change.date, change.destination
        if side is not None and begin < as_of:
            yield Spell(iso3, begin, as_of, side, None)


@dataclass(frozen=True)
class Weighting:
    """The weight of a moment of the record, by its age."""

    half_life: float = math.inf
    """Age at which a moment counts half, years, > 0."""
    window: float = math.inf
    """Age from which a moment does not count at all, years, > 0."""

    def event(self, age: float) -> float:
        """Weight, 0 to 1, of an event of this age (years, >= 0)."""
        return float(0.5 ** (age / self.half_life)) if age < self.window else 0.0

    def years(self, young: float, old: float) -> float:
        """Weighted years between two ages (years, 0 <= young <= old): the integral of the weight."""
        young, old = min(young, self.window), min(old, self.window)
        if math.isinf(self.half_life):
            return old - young
        fade = math.log(2.0) / self.half_life
        return (math.exp(-fade * young) - math.exp(-fade * old)) / fade


HALF_LIFE_7 = Weighting(half_life=7.0)
LAST_20_YEARS = Weighting(window=20.0)
SINCE_1971 = Weighting()


@dataclass
class Tally:
    """Weighted events, and weighted state-years at risk in years of contest (both >= 0)."""

    events: float = 0.0
    years: float = 0.0

    def add(self, weighting: Weighting, as_of: date, begin: date, end: date, happened: bool, accepted: float) -> None:
        """Add a time at risk, and the event that ended it.

        accepted : years of contest that a year in a truce counts for, 0 to 1; an event always counts as one
        """

        def age(day: date) -> float:
            return (as_of - day).days / _YEAR

        truce = sum(weighting.years(age(last), age(first)) for first, last in in_truce(begin, end))
        self.years += weighting.years(age(end), age(begin)) - (1.0 - accepted) * truce
        self.events += weighting.event(age(end)) if happened else 0.0


def departures(as_of: date, weighting: Weighting) -> tuple[Tally, Mapping[str, Tally]]:
    """Departures from Taipei up to a day, and the ally-years at risk: overall and by region."""
    return _departures(record(), as_of, weighting)


@lru_cache(maxsize=256)
def _departures(known: Record, as_of: date, weighting: Weighting) -> tuple[Tally, Mapping[str, Tally]]:
    """The same of a record, kept because horizons and baselines share it."""
    accepted = acceptance(as_of)
    overall, regions = Tally(), {region: Tally() for region in (*REGIONS, "other")}
    for spell in _spells(known, as_of):
        if spell.side == "taipei":
            left = spell.change is not None and spell.change.kind != "state_ceased"
            for tally in (overall, regions[_region(spell.iso3)]):
                tally.add(weighting, as_of, spell.begin, spell.end, left, accepted)
    return overall, regions


def returns(as_of: date, weighting: Weighting) -> tuple[Tally, tuple[str, ...]]:
    """Returns within ten years of leaving, and the years at risk; the states that may still return (iso3, sorted)."""
    return _returns(record(), as_of, weighting)


@lru_cache(maxsize=256)
def _returns(known: Record, as_of: date, weighting: Weighting) -> tuple[Tally, tuple[str, ...]]:
    """The same of a record."""
    accepted, tally, former = acceptance(as_of), Tally(), []
    left: dict[str, date | None] = {}
    for spell in _spells(known, as_of):
        if spell.side == "taipei":
            ceased = spell.change is not None and spell.change.kind == "state_ceased"
            left[spell.iso3] = None if ceased else spell.end
            continue
        last = left.get(spell.iso3)
        limit = date.min if last is None else last + timedelta(days=round(FORMER_YEARS * _YEAR))
        if spell.begin < limit:
            back = spell.change is not None and spell.change.destination == "taipei" and spell.end < limit
            tally.add(weighting, as_of, spell.begin, min(spell.end, limit), back, accepted)
            if spell.change is None and as_of < limit:
                former.append(spell.iso3)
    return tally, tuple(former)


def _region(iso3: str) -> str:
    region = state(iso3).region
    return region if region in REGIONS else "other"


# --- From rates to forecasts


def _draws(events: float, years: float, multiplier: int) -> Floats:
    """(DRAWS,) yearly rates, > 0: equally spaced quantiles of Gamma(events, years), in the order of a pairing."""
    from scipy.special import gammaincinv

    points = (np.arange(DRAWS) * multiplier % DRAWS + 0.5) / DRAWS
    return np.asarray(gammaincinv(events, points) / years, dtype=np.float64)


def elsewhere(rate: Floats, back: Floats, years: float) -> Floats:
    """Chance, 0 to 1, that a chain of two states is elsewhere after a number of years.

    rate, back : yearly rates of leaving and of returning, >= 0, of the same shape
    """
    both = rate + back
    share = np.divide(rate, both, out=np.zeros_like(both), where=both > 0.0)
    return np.asarray(share * -np.expm1(-both * years), dtype=np.float64)


def poisson_binomial(chances: Floats) -> Floats:
    """(draws, n + 1) chances of 0 to n successes in n independent trials.

    chances : (draws, n) chance of success in each, 0 to 1
    """
    draws, n = chances.shape
    chance_of = np.zeros((draws, n + 1))
    chance_of[:, 0] = 1.0
    for trial in range(n):
        p = chances[:, trial, None]
        chance_of[:, 1 : trial + 2] = chance_of[:, 1 : trial + 2] * (1.0 - p) + chance_of[:, : trial + 1] * p
        chance_of[:, :1] *= 1.0 - p
    return chance_of


def sample(distribution: Floats) -> Ints:
    """(MEMBERS,) sorted counts: stratified quantiles of the chances of 0, 1, 2, ... states (which sum to 1).

    Both are rounded: a walk's chances often end right at a quantile, and last bits of a sum depend on the processor.
    """
    below = np.cumsum(distribution)
    points = (np.arange(MEMBERS) + 0.5) / MEMBERS
    return np.searchsorted(np.round(below / below[-1], DIGITS), np.round(points, DIGITS)).astype(np.int64)


def _holy_see(years: float) -> float:
    """Chance that the Holy See has left after years of contest, at the central value of its assumed rate."""
    return -math.expm1(-PARAMETERS["holy_see_rate"].distribution.central * years)


Chances = tuple[Mapping[str, Floats | float], Sequence[Floats | float]]
"""Chances that may differ between draws: each (DRAWS,) or one number, 0 to 1.

First, by iso3 of the states with Taipei (sorted), the chance of not being with Taipei at the end. Then, for each former
ally that may return, the chance of being with Taipei at the end.
"""


def _forecast(model: str, origin: int, horizon: int, after: Callable[[float], Chances]) -> Forecast:
    """The mixture over when a truce ends. The end is common to all states, so distributions of the count are mixed.

    after : gives the chances after a number of years of contest
    """
    states: tuple[str, ...] = ()
    chances, count = np.zeros(1), np.zeros(1)
    for course in courses(origin, horizon):
        gone, back = after(course.years)
        allies = np.stack([np.broadcast_to(chance, DRAWS) for chance in gone.values()], axis=1)
        others = np.array([np.broadcast_to(chance, DRAWS) for chance in back]).reshape(len(back), DRAWS).T
        states = tuple(gone)
        chances = chances + course.chance * allies.mean(axis=0)
        count = count + course.chance * poisson_binomial(np.concatenate([1.0 - allies, others], axis=1)).mean(axis=0)
    return Forecast(model, origin, horizon, states, chances, sample(count))


def _constant(model: str, weighting: Weighting, by_region: bool, origin: int, horizon: int) -> Forecast:
    """One hazard for all states, or one per region, and one rate of return, with the uncertainty of the estimates."""
    as_of = known_until(origin)
    overall, regions = departures(as_of, weighting)
    if by_region:
        # Each region gets one more event, and the years in which the overall rate would produce it.
        borrowed = overall.years / overall.events
        leaving = {
            region: _draws(tally.events + 1.0, tally.years + borrowed, multiplier)
            for (region, tally), multiplier in zip(regions.items(), _PAIRINGS, strict=True)
        }
    else:
        leaving = dict.fromkeys(regions, _draws(overall.events, overall.years, _PAIRINGS[0]))
    counted, former = returns(as_of, weighting)
    returning = _draws(counted.events or NO_RETURN_YET, counted.years, _RETURNS)
    allies = record().recognisers(as_of)

    def after(years: float) -> Chances:
        lost = {region: elsewhere(rate, returning, years) for region, rate in leaving.items()}
        gone = {iso3: _holy_see(years) if iso3 == HOLY_SEE else lost[_region(iso3)] for iso3 in allies}
        return gone, [elsewhere(returning, leaving[_region(iso3)], years) for iso3 in former]

    return _forecast(model, origin, horizon, after)


# --- Walks of the count


def _walk(model: str, symmetric: bool, origin: int, horizon: int) -> Forecast:
    """One step per year, drawn from the last 20 yearly changes of the count; the count never falls below zero.

    Years that were mostly in a truce give no step. A year that counts for only a share of a year of contest takes its
    step with that chance.
    """
    known, as_of = record(), known_until(origin)
    steps = np.array(
        [
            known.count(known_until(year + 1)) - known.count(known_until(year))
            for year in range(origin - WALK_YEARS, origin)
            if not mostly_in_truce(year)
        ]
    )
    if symmetric:
        steps = np.concatenate([steps, -steps])
    reach = int(np.abs(steps).max())
    one = np.bincount(steps + reach, minlength=2 * reach + 1) / steps.shape[0]
    still = np.bincount([reach], minlength=2 * reach + 1).astype(np.float64)
    change = np.zeros(1)
    for course in courses(origin, horizon):
        after = np.ones(1)
        for share in course.shares:
            after = np.convolve(after, share * one + (1.0 - share) * still)
        change = change + course.chance * after
    totals = np.maximum(np.arange(change.shape[0]) - reach * horizon + known.count(as_of), 0)
    count = np.bincount(totals, weights=change).astype(np.float64)
    return Forecast(model, origin, horizon, known.recognisers(as_of), None, sample(count))


# --- The logit


def covariates(known: Record, iso3: str, year: int) -> list[float]:
    """The logit's covariates of a state at the end of a year.

    They are log population (persons), log GDP per head (US$), log(1 + US aid in % of GDP); dummies for the Americas,
    Africa and Oceania (0 or 1); and whether it had left either capital before (0 or 1, without short-lived episodes).
    """
    figures = economy(iso3, year)
    before = known.changes_between(known.start, date(year, 12, 31))
    return [
        math.log(figures.population),
        math.log(figures.gdp_usd / figures.population),
        math.log1p(100.0 * figures.us_aid_usd / figures.gdp_usd),
        *(float(_region(iso3) == region) for region in REGIONS),
        float(any(c.iso3 == iso3 and c.origin != "none" and not c.short_lived for c in before)),
    ]


def _state_years(known: Record, year: int) -> Iterator[tuple[list[float], bool]]:
    """For each state with Taipei at the start of a year: its covariates, and whether it was elsewhere at the end.

    The Holy See, and a state that ceased to exist in the year, are left out.
    """
    first, last = date(year - 1, 12, 31), date(year, 12, 31)
    ceased = {change.iso3 for change in known.changes_between(first, last) if change.kind == "state_ceased"}
    for iso3 in known.recognisers(first):
        if iso3 != HOLY_SEE and iso3 not in ceased:
            yield covariates(known, iso3, year - 1), known.side(iso3, last) != "taipei"


@lru_cache(maxsize=256)
def _rows(known: Record, year: int) -> tuple[tuple[list[float], bool], ...]:
    """The state-years of one year of a record, cached because origins share most of them."""
    return tuple(_state_years(known, year))


def logit_fit(known_values: Floats, happened: Floats) -> Floats:
    """(k + 1,) coefficients, the constant first, of the logit of an event, by Newton's method.

    known_values : (rows, k) covariates; happened : (rows,) 0 or 1
    """
    from scipy.special import expit

    centre, spread = known_values.mean(axis=0), known_values.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    x = np.column_stack([np.ones(happened.shape[0]), (known_values - centre) / spread])
    penalty = RIDGE * np.diag([0.0] + [1.0] * known_values.shape[1])
    b = np.zeros(x.shape[1])
    value = _penalised(x, happened, penalty, b)
    for _ in range(100):
        p = expit(x @ b)
        gradient = x.T @ (p - happened) + penalty @ b
        step = np.linalg.solve((x.T * (p * (1.0 - p))) @ x + penalty, gradient)
        while (tried := _penalised(x, happened, penalty, b - step)) > value and np.abs(step).max() > 1e-12:
            step = step / 2.0
        b, value = b - step, tried
        if np.abs(step).max() < 1e-10:
            break
    slopes = b[1:] / spread
    return np.concatenate([[b[0] - slopes @ centre], slopes])


def _penalised(x: Floats, happened: Floats, penalty: Floats, coefficients: Floats) -> float:
    """Minus the log likelihood, plus half the penalty."""
    scores = x @ coefficients
    return float((np.logaddexp(0.0, scores) - happened * scores).sum() + coefficients @ penalty @ coefficients / 2.0)


@lru_cache(maxsize=256)
def _fitted(known: Record, origin: int) -> Floats:
    """The coefficients of the logit for an origin, which all its horizons share."""
    years = [year for year in range(known.start.year + 1, origin) if not mostly_in_truce(year)]
    rows = [row for year in years for row in _rows(known, year)]
    return logit_fit(np.array([values for values, _ in rows]), np.array([float(gone) for _, gone in rows]))


def _logit(model: str, origin: int, horizon: int) -> Forecast:
    """State-years since 1972 with equal weights; no uncertainty of the estimates; returns as in `constant_hl7`.

    Years that were mostly in a truce are left out, with their events, so the logit describes years of contest.
    """
    known, as_of = record(), known_until(origin)
    fitted = _fitted(known, origin)
    scores = {
        iso3: float(fitted @ np.array([1.0, *covariates(known, iso3, origin - 1)]))
        for iso3 in known.recognisers(as_of)
        if iso3 != HOLY_SEE
    }
    overall, _ = departures(as_of, HALF_LIFE_7)
    counted, former = returns(as_of, HALF_LIFE_7)
    returning, leaving = (counted.events or NO_RETURN_YET) / counted.years, overall.events / overall.years

    def after(years: float) -> Chances:
        # 1 - (1 - p)^years, where 1 - p = 1 / (1 + e^score).
        gone = {
            iso3: _holy_see(years) if iso3 == HOLY_SEE else -math.expm1(-years * float(np.logaddexp(0.0, scores[iso3])))
            for iso3 in known.recognisers(as_of)
        }
        return gone, [float(elsewhere(np.array(returning), np.array(leaving), years))] * len(former)

    return _forecast(model, origin, horizon, after)


BASELINES: Mapping[str, Callable[[int, int], Forecast]] = {
    "constant_hl7": partial(_constant, "constant_hl7", HALF_LIFE_7, False),
    "constant_20y": partial(_constant, "constant_20y", LAST_20_YEARS, False),
    "constant_all": partial(_constant, "constant_all", SINCE_1971, False),
    "constant_region": partial(_constant, "constant_region", HALF_LIFE_7, True),
    "random_walk": partial(_walk, "random_walk", True),
    "drift_20y": partial(_walk, "drift_20y", False),
    "logit": partial(_logit, "logit"),
}
"""Each baseline by name: called with the origin (a year) and the horizon (years), it gives its forecast."""
