"""The families a parameter is drawn from, each as a quantile function of a uniform number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOOR = 0.001
"""Before the logit, a chance of zero is raised to this, and a certainty lowered to one minus it."""

DIGITS = 9
"""Significant digits of a draw, so that no decision depends on a library's last bit."""

_NORMAL_95 = 1.6448536269514722
_LEAST_POSITIVE = 1e-300
_EDGE = 1e-12
_CHUNK = 500


class Distribution(Protocol):
    """A law that a parameter is drawn from."""

    def __hash__(self) -> int: ...

    @property
    def central(self) -> float:
        """The value used with `--parameters central`."""

    @property
    def low(self) -> float:
        """The 5 % point."""

    @property
    def high(self) -> float:
        """The 95 % point."""

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        """Values at `uniform` (shape (n,), 0 to 1); `drawn` holds the parameters drawn before this one."""


_TENS = np.array([float(f"1e{power}") for power in range(23)])
"""The powers of ten that a float holds exactly."""


def rounded(values: Floats) -> Floats:
    """(n,) the values at nine significant digits: what `float(f"{value:.8e}")` gives, to the last bit.

    A whole number of nine digits over an exact power of ten is the float nearest to the decimal. What that does not
    settle (near a tie, very small or very large, not finite) goes through its text.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        power = DIGITS - 1 - np.floor(np.log10(np.abs(values)))
        settled = (power >= 0.0) & (power < len(_TENS))
        tens = _TENS[np.where(settled, power, 0.0).astype(np.int64)]
        scaled = values * tens
        whole = np.rint(scaled)
        size = np.abs(whole)
        settled &= (np.abs(scaled - whole) < 0.4999) & (size >= 10.0 ** (DIGITS - 1)) & (size < 10.0**DIGITS)
    result = whole / tens
    result[~settled] = [float(f"{value:.{DIGITS - 1}e}") for value in values[~settled].tolist()]
    return result


@dataclass(frozen=True)
class Held:
    """Not drawn: the central value in every draw, with a range for those who set or sweep it."""

    central: float
    low: float
    high: float

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        return np.full(uniform.shape, self.central)


@dataclass(frozen=True)
class Coin:
    """One of two values, equally likely; the central value is the middle between them."""

    central: float
    low: float
    high: float

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        return np.where(uniform < 0.5, self.low, self.high)


@dataclass(frozen=True)
class Split:
    """A normal law on some scale, with its own spread on each side of the median.

    The median is `central`; the 5 % and 95 % points are `low` and `high`.
    """

    central: float
    low: float
    high: float

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import ndtri

        scores = ndtri(uniform) / _NORMAL_95
        middle, low, high = (self.onto(value) for value in (self.central, self.low, self.high))
        return self.back(middle + np.where(scores < 0.0, middle - low, high - middle) * scores)

    def onto(self, value: float) -> float:
        return value

    def back(self, values: Floats) -> Floats:
        return values


@dataclass(frozen=True)
class SplitNormal(Split):
    """Split-normal on the parameter's own scale."""


@dataclass(frozen=True)
class LogNormal(Split):
    """Split-normal in the logarithm: for rates and multipliers, which stay above zero."""

    def onto(self, value: float) -> float:
        return float(np.log(max(value, _LEAST_POSITIVE)))

    def back(self, values: Floats) -> Floats:
        return np.exp(values)


@dataclass(frozen=True)
class LogitNormal(Split):
    """Split-normal in the log odds: for chances and shares, floored at 0.001 and capped at 0.999."""

    def onto(self, value: float) -> float:
        chance = min(max(value, FLOOR), 1.0 - FLOOR)
        return float(np.log(chance / (1.0 - chance)))

    def back(self, values: Floats) -> Floats:
        return 1.0 / (1.0 + np.exp(-values))


class _Points:
    """The 5 % and 95 % points of a law that is known by its quantiles."""

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        raise LookupError

    @property
    def low(self) -> float:
        return float(self.quantile(np.array([0.05]), {})[0])

    @property
    def high(self) -> float:
        return float(self.quantile(np.array([0.95]), {})[0])


@dataclass(frozen=True)
class CaseChance(_Points):
    """A chance counted from dated cases: Beta(before + successes, before + failures)."""

    successes: int
    failures: int
    before: tuple[float, float] = (0.5, 0.5)
    """Prior cases, followed and not; half of each gives the Jeffreys posterior."""

    @property
    def central(self) -> float:
        return (self.before[0] + self.successes) / (sum(self.before) + self.successes + self.failures)

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import betaincinv

        values = betaincinv(self.before[0] + self.successes, self.before[1] + self.failures, uniform)
        return np.clip(np.asarray(values, dtype=np.float64), FLOOR, 1.0 - FLOOR)


@dataclass(frozen=True)
class Posterior(_Points):
    """A prior updated by data: each quantile of the prior is moved to its place in the posterior."""

    prior: Distribution
    cumulative: tuple[float, ...]
    """Posterior chance below each of the prior's evenly spaced quantiles, from 0 to 1."""

    @property
    def central(self) -> float:
        return float(self.quantile(np.array([0.5]), {})[0])

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        steps = np.linspace(0.0, 1.0, len(self.cumulative))
        within = np.interp(uniform, np.array(self.cumulative), steps)
        return self.prior.quantile(np.clip(within, _EDGE, 1.0 - _EDGE), drawn)


@dataclass(frozen=True, eq=False)
class Grid:
    """A joint law of several parameters: chances of the cells of a grid, evenly spaced in quantiles of their priors."""

    axes: tuple[tuple[str, Distribution], ...]
    """(K,) name and prior of each parameter."""
    weights: Floats
    """(n_1, ..., n_K) > 0, in proportion to the chances."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grid):
            return NotImplemented
        return self.axes == other.axes and np.array_equal(self.weights, other.weights)

    def __hash__(self) -> int:
        return hash(self.axes)

    @cached_property
    def _edges(self) -> tuple[Floats, ...]:
        """Of each parameter the values between its cells."""
        counts = zip(self.weights.shape, self.axes, strict=True)
        return tuple(prior.quantile(np.arange(1, count) / count, {}) for count, (_, prior) in counts)

    @cached_property
    def _sums(self) -> dict[tuple[int, ...], Floats]:
        """The weights summed over the parameters of some places, for those asked for so far."""
        return {}

    def along(self, name: str, given: Mapping[str, Floats]) -> Floats:
        """(draws, n) chances of a parameter's cells, given values (draws,) of any of the other parameters.

        A value outside the range of its prior counts in the outermost cell. One row if no value is given.
        """
        names = [axis for axis, _ in self.axes]
        fixed = [place for place, axis in enumerate(names) if axis in given and axis != name]
        own = names.index(name)
        others = tuple(place for place in range(len(names)) if place not in (*fixed, own))
        if others not in self._sums:
            self._sums[others] = self.weights.sum(axis=others, keepdims=True)
        table = np.moveaxis(self._sums[others], own, -1)
        cells: list[Any] = [0] * (len(names) - 1)
        for place in fixed:
            cells[place - (place > own)] = self._cell(place, given[names[place]])
        chances: Floats = np.atleast_2d(table[tuple(cells)])
        return chances / chances.sum(axis=1, keepdims=True)

    def _cell(self, place: int, values: Floats) -> NDArray[np.int64]:
        """(draws,) cell of each value of a parameter."""
        return np.searchsorted(self._edges[place], values, side="right").astype(np.int64)


@dataclass(frozen=True)
class Joint(_Points):
    """One parameter of a joint law on a grid, given those drawn before it.

    A cell is drawn by its chance; within the cell, values follow the prior.
    """

    name: str
    grid: Grid
    fixed: tuple[tuple[str, float], ...] = ()
    """Name and central value of each other parameter that a scenario sets, used where it is not drawn."""

    @property
    def others(self) -> tuple[str, ...]:
        """The parameters it depends on, where they are drawn before it."""
        return tuple(name for name, _ in self.grid.axes if name != self.name)

    @property
    def prior(self) -> Distribution:
        """The law before the data."""
        return dict(self.grid.axes)[self.name]

    @property
    def central(self) -> float:
        return float(self.quantile(np.array([0.5]), {})[0])

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        given = {name: np.full(uniform.shape, value) for name, value in self.fixed}
        given |= {name: drawn[name] for name, _ in self.grid.axes if name in drawn}
        chances = self.grid.along(self.name, given)
        upto = np.broadcast_to(np.cumsum(chances, axis=1), (uniform.shape[0], chances.shape[1]))
        cell = np.minimum((upto < uniform[:, None]).sum(axis=1), chances.shape[1] - 1)
        rows = np.arange(uniform.shape[0])
        own = np.broadcast_to(chances, upto.shape)[rows, cell]
        within = np.clip((uniform - (upto[rows, cell] - own)) / own, 0.0, 1.0)
        return self.prior.quantile(np.clip((cell + within) / chances.shape[1], _EDGE, 1.0 - _EDGE), {})

    def centred(self, values: Mapping[str, float]) -> Joint:
        """The same law, given the other parameters in `values`."""
        names = [name for name, _ in self.grid.axes if name != self.name]
        return replace(self, fixed=tuple((name, values[name]) for name in names if name in values))


@dataclass(frozen=True, eq=False)
class Exposure:
    """State-years at risk of a change, by cell of the panel."""

    contest: Floats
    """(cells,) years in contest."""
    truce: Floats
    """(cells,) years under a truce."""
    covariates: Floats
    """(cells, K) covariates in standard deviations."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Exposure):
            return NotImplemented
        mine, others = (
            (self.contest, self.truce, self.covariates),
            (other.contest, other.truce, other.covariates),
        )
        return all(np.array_equal(*pair) for pair in zip(mine, others, strict=True))

    def __hash__(self) -> int:
        return hash(self.covariates.shape)

    def at(self, share: Floats, effects: list[Floats]) -> Floats:
        """(draws,) years at risk, >= 1: each counts `exp(effects . covariates)`, in a truce times `share`.

        share : (draws,) acceptance in a truce
        effects : K arrays (draws,), per standard deviation
        """
        years = np.zeros((2, share.shape[0]))
        for own, at_risk in zip((self.contest, self.truce), years, strict=True):
            counts = own > 0.0  # a cell is in contest or under a truce, and the window leaves out the old ones
            columns, weights = self.covariates[counts].T, own[counts][:, None]
            for first in range(0, share.shape[0], _CHUNK):
                part = slice(first, first + _CHUNK)
                scores = np.zeros((weights.shape[0], share[part].shape[0]))
                for column, effect in zip(columns, effects, strict=True):
                    scores += column[:, None] * effect[None, part]
                at_risk[part] = (weights * np.exp(scores)).sum(axis=0)
        total: Floats = years[0] + share * years[1]
        return np.maximum(total, 1.0)


@dataclass(frozen=True)
class RecordRate(_Points):
    """A yearly rate counted on the record: gamma with `events` over state-years, for a state of average covariates.

    Given the truce's share and the effects of the same draw, this is the exact posterior under a flat prior on the log
    rate. `low` and `high` hold at the central share and effects.
    """

    events: float
    exposure: Exposure
    share: tuple[str, float]
    """Name and central value of the parameter that weights the years of a truce."""
    effects: tuple[tuple[str, float], ...]
    """(K,) names and central values of the covariates' effects."""

    @property
    def others(self) -> tuple[str, ...]:
        """The parameters it depends on, where they are drawn before it."""
        return self.share[0], *(name for name, _ in self.effects)

    @property
    def central(self) -> float:
        return self.events / float(self._years({})[0])

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import gammaincinv

        counted = np.asarray(gammaincinv(self.events, uniform), dtype=np.float64)
        return np.maximum(counted, _EDGE) / self._years(drawn)

    def centred(self, values: Mapping[str, float]) -> RecordRate:
        """The same law, with the central values given in `values`."""
        effects = tuple((name, values.get(name, value)) for name, value in self.effects)
        return replace(self, share=(self.share[0], values.get(*self.share)), effects=effects)

    def _years(self, drawn: Mapping[str, Floats]) -> Floats:
        """(draws,) years at risk; one number for all draws if nothing they depend on is drawn."""
        given = (self.share, *self.effects)
        share, *effects = np.broadcast_arrays(*(drawn.get(name, np.array([value])) for name, value in given))
        return self.exposure.at(share, effects)


_MIDDLES = (np.arange(2000) + 0.5) / 2000


@dataclass(frozen=True)
class MemoryRate(_Points):
    """A rate counted on the record by two memories, of which one is drawn; both use the same uniform number.

    A memory between the two gives a rate between theirs. `low` and `high` pool the central memories, each at the
    central share and effects.
    """

    fading: RecordRate
    """Rate at a memory of 0: an old year counts less."""
    window: RecordRate
    """Rate at a memory of 1: years within a window count equally, older ones not at all."""
    memory: tuple[str, tuple[float, ...]]
    """Name of the parameter that chooses the memory, and its central values, equally likely."""

    @property
    def others(self) -> tuple[str, ...]:
        """The parameters it depends on, where they are drawn before it."""
        return self.memory[0], *self.fading.others, *self.window.others

    @property
    def central(self) -> float:
        memory = math.fsum(self.memory[1]) / len(self.memory[1])
        return (1.0 - memory) * self.fading.central + memory * self.window.central

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        name, values = self.memory
        memory = drawn.get(name, np.full(uniform.shape, math.fsum(values) / len(values)))
        return (1.0 - memory) * self.fading.quantile(uniform, drawn) + memory * self.window.quantile(uniform, drawn)

    @property
    def low(self) -> float:
        return self._point(0.05)

    @property
    def high(self) -> float:
        return self._point(0.95)

    def _point(self, chance: float) -> float:
        name, values = self.memory
        draws = [self.quantile(_MIDDLES, {name: np.full(_MIDDLES.shape, value)}) for value in values]
        return float(np.quantile(np.concatenate(draws), chance, method="hazen"))

    def centred(self, values: Mapping[str, float]) -> MemoryRate:
        """The same law, with the central values given in `values`."""
        name, usual = self.memory
        memory = (values[name],) if name in values else usual
        return MemoryRate(self.fading.centred(values), self.window.centred(values), (name, memory))


@dataclass(frozen=True)
class Effect:
    """One of several effects fitted together: normal about its mode, given those drawn before it."""

    central: float
    spread: float
    """Standard deviation, the other effects unknown."""
    error: float
    """Standard deviation, the effects before it known."""
    given: tuple[tuple[str, float, float], ...]
    """Name, mode and weight of each effect drawn before it."""

    @property
    def others(self) -> tuple[str, ...]:
        """The parameters it depends on, where they are drawn before it."""
        return tuple(name for name, _, _ in self.given)

    @property
    def low(self) -> float:
        return self.central - _NORMAL_95 * self.spread

    @property
    def high(self) -> float:
        return self.central + _NORMAL_95 * self.spread

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import ndtri

        values = self.central + self.error * np.asarray(ndtri(uniform), dtype=np.float64)
        for name, mode, weight in self.given:
            if name in drawn:
                values = values + weight * (drawn[name] - mode)
        return values


@dataclass(frozen=True)
class Coefficient:
    """A regression coefficient: normal about its estimate with its standard error."""

    central: float
    error: float

    @property
    def low(self) -> float:
        return self.central - _NORMAL_95 * self.error

    @property
    def high(self) -> float:
        return self.central + _NORMAL_95 * self.error

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import ndtri

        return self.central + self.error * np.asarray(ndtri(uniform), dtype=np.float64)


FAMILIES: dict[str, Callable[[float, float, float], Distribution]] = {
    "held": Held,
    "coin": Coin,
    "split-normal": SplitNormal,
    "log-normal": LogNormal,
    "logit-normal": LogitNormal,
}
"""Families of a declared range, by name; `counted`, `gamma`, `normal` and `updated` come from the record."""
