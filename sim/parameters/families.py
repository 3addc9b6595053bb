"""The families a parameter is drawn from, each as a quantile function of a uniform number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOOR = 0.001
"""Chances of nought are floored here, and certainties capped at one minus it, before the logit."""

DIGITS = 9
"""Draws are rounded to so many significant digits, so that no decision hangs on a library's last bit."""

_NORMAL_95 = 1.6448536269514722
_LEAST_POSITIVE = 1e-300
_EDGE = 1e-12
_CHUNK = 500


class Distribution(Protocol):
    """What every family offers."""

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


def rounded(values: Floats) -> Floats:
    """The values at nine significant digits."""
    return np.array([float(f"{value:.{DIGITS - 1}e}") for value in values.tolist()], dtype=np.float64)


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
    """Split-normal in the logarithm: for rates and multipliers, which stay above nought."""

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
class Counted(_Points):
    """A chance counted from dated cases: Beta(before + successes, before + failures), with cases to start from."""

    successes: int
    failures: int
    before: tuple[float, float] = (0.5, 0.5)
    """Cases to start from, followed and not; half and half makes it the Jeffreys posterior."""

    @property
    def central(self) -> float:
        return (self.before[0] + self.successes) / (sum(self.before) + self.successes + self.failures)

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import betaincinv

        values = betaincinv(self.before[0] + self.successes, self.before[1] + self.failures, uniform)
        return np.clip(np.asarray(values, dtype=np.float64), FLOOR, 1.0 - FLOOR)


@dataclass(frozen=True)
class Updated(_Points):
    """A prior after the likelihood of data: the prior's own quantiles, each moved to where the posterior has it."""

    prior: Distribution
    cumulative: tuple[float, ...]
    """Posterior chance below each of evenly spaced quantiles of the prior, from 0 to 1."""

    @property
    def central(self) -> float:
        return float(self.quantile(np.array([0.5]), {})[0])

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        steps = np.linspace(0.0, 1.0, len(self.cumulative))
        within = np.interp(uniform, np.array(self.cumulative), steps)
        return self.prior.quantile(np.clip(within, _EDGE, 1.0 - _EDGE), drawn)


@dataclass(frozen=True, eq=False)
class Grid:
    """A joint law of several parameters: chances of the cells of a grid that is even in quantiles of their priors."""

    axes: tuple[tuple[str, Distribution], ...]
    """(K,) name and prior of each parameter."""
    weights: Floats
    """(n_1, ..., n_K) > 0; chances are in proportion to them."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grid):
            return NotImplemented
        return self.axes == other.axes and np.array_equal(self.weights, other.weights)

    __hash__ = None  # type: ignore[assignment]

    def along(self, name: str, given: Mapping[str, Floats]) -> Floats:
        """(draws, n) chances of a parameter's cells, given the values (draws,) of whichever others are given.

        A value beyond what its prior reaches counts as one in the outermost cell. One row where none is given.
        """
        names = [axis for axis, _ in self.axes]
        kept = [place for place, axis in enumerate(names) if axis in given and axis != name]
        own = names.index(name)
        others = tuple(place for place in range(len(names)) if place not in (*kept, own))
        table = np.moveaxis(self.weights.sum(axis=others, keepdims=True), own, -1)
        cells: list[Any] = [0] * (len(names) - 1)
        for place in kept:
            cells[place - (place > own)] = self._cell(place, given[names[place]])
        found: Floats = np.atleast_2d(table[tuple(cells)])
        return found / found.sum(axis=1, keepdims=True)

    def _cell(self, place: int, values: Floats) -> NDArray[np.int64]:
        """(draws,) the cell that each value of a parameter lies in."""
        count = self.weights.shape[place]
        edges = self.axes[place][1].quantile(np.arange(1, count) / count, {})
        return np.searchsorted(edges, values, side="right").astype(np.int64)


@dataclass(frozen=True)
class Joint(_Points):
    """One parameter of a joint law on a grid, given those of them that are drawn before it.

    A cell is picked by its chance; within it values follow the prior.
    """

    name: str
    grid: Grid
    told: tuple[tuple[str, float], ...] = ()
    """Others that a scenario sets, with their central values: they are given where they are not drawn."""

    @property
    def prior(self) -> Distribution:
        """The law before the data."""
        return dict(self.grid.axes)[self.name]

    @property
    def central(self) -> float:
        return float(self.quantile(np.array([0.5]), {})[0])

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        given = {name: np.full(uniform.shape, value) for name, value in self.told}
        given |= {name: drawn[name] for name, _ in self.grid.axes if name in drawn}
        chances = self.grid.along(self.name, given)
        upto = np.broadcast_to(np.cumsum(chances, axis=1), (uniform.shape[0], chances.shape[1]))
        cell = np.minimum((upto < uniform[:, None]).sum(axis=1), chances.shape[1] - 1)
        rows = np.arange(uniform.shape[0])
        own = np.broadcast_to(chances, upto.shape)[rows, cell]
        within = np.clip((uniform - (upto[rows, cell] - own)) / own, 0.0, 1.0)
        return self.prior.quantile(np.clip((cell + within) / chances.shape[1], _EDGE, 1.0 - _EDGE), {})

    def centred(self, values: Mapping[str, float]) -> Joint:
        """The same, given the others that `values` has."""
        names = [name for name, _ in self.grid.axes if name != self.name]
        return replace(self, told=tuple((name, values[name]) for name in names if name in values))


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

    __hash__ = None  # type: ignore[assignment]

    def at(self, share: Floats, effects: list[Floats]) -> Floats:
        """(draws,) years at risk, each worth `exp(effects . covariates)`, and `share` of that in a truce; >= 1.

        share : (draws,) acceptance in a truce; effects : K arrays (draws,), per standard deviation
        """
        total = np.empty(share.shape[0])
        for first in range(0, total.shape[0], _CHUNK):
            part = slice(first, first + _CHUNK)
            scores = np.zeros((self.contest.shape[0], share[part].shape[0]))
            for column, effect in zip(self.covariates.T, effects, strict=True):
                scores += column[:, None] * effect[None, part]
            worth = np.exp(scores)
            total[part] = (self.contest[:, None] * worth).sum(axis=0)
            total[part] += share[part] * (self.truce[:, None] * worth).sum(axis=0)
        return np.maximum(total, 1.0)


@dataclass(frozen=True)
class RecordRate(_Points):
    """A yearly rate counted on the record: gamma with `events` over state-years, for a state of average covariates.

    Given the truce's share and the effects drawn with it, this is the exact posterior under a flat prior of the log
    rate. `low` and `high` are those at central share and effects.
    """

    events: float
    exposure: Exposure
    share: tuple[str, float]
    """Name and central value of the parameter that a truce's years are weighed with."""
    effects: tuple[tuple[str, float], ...]
    """(K,) names and central values of the effects of the covariates."""

    @property
    def central(self) -> float:
        return self.events / float(self._years({})[0])

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import gammaincinv

        counted = np.asarray(gammaincinv(self.events, uniform), dtype=np.float64)
        return np.maximum(counted, _EDGE) / self._years(drawn)

    def centred(self, values: Mapping[str, float]) -> RecordRate:
        """The same with other central values where `values` has them."""
        effects = tuple((name, values.get(name, value)) for name, value in self.effects)
        return replace(self, share=(self.share[0], values.get(*self.share)), effects=effects)

    def _years(self, drawn: Mapping[str, Floats]) -> Floats:
        """(draws,) years at risk; one number for all draws where nothing is drawn that they hang on."""
        given = (self.share, *self.effects)
        share, *effects = np.broadcast_arrays(*(drawn.get(name, np.array([value])) for name, value in given))
        return self.exposure.at(share, effects)


_MIDDLES = (np.arange(2000) + 0.5) / 2000


@dataclass(frozen=True)
class Remembered(_Points):
    """A rate counted on the record twice, by two memories of it: one memory is drawn, the same luck serves both.

    Where the memory drawn lies between the two, so does the rate. `low` and `high` are those of all central memories
    together, each at central share and effects.
    """

    fading: RecordRate
    """At a memory of 0: an old year counts less."""
    window: RecordRate
    """At a memory of 1: the years of a window count alike, older ones not at all."""
    memory: tuple[str, tuple[float, ...]]
    """Name and central values, equally likely, of the parameter that settles the memory."""

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
        found = [self.quantile(_MIDDLES, {name: np.full(_MIDDLES.shape, value)}) for value in values]
        return float(np.quantile(np.concatenate(found), chance, method="hazen"))

    def centred(self, values: Mapping[str, float]) -> Remembered:
        """The same with other central values where `values` has them."""
        name, usual = self.memory
        memory = (values[name],) if name in values else usual
        return Remembered(self.fading.centred(values), self.window.centred(values), (name, memory))


@dataclass(frozen=True)
class Effect:
    """One of several effects fitted together: normal about its mode, given those drawn before it."""

    central: float
    spread: float
    """Its standard deviation, the others unknown."""
    error: float
    """Its standard deviation, those before it known."""
    given: tuple[tuple[str, float, float], ...]
    """Name, mode and weight of each effect drawn before it."""

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
class Fitted:
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
"""The families a declared range can have, by name; `counted`, `gamma`, `normal` and `updated` come from the record."""
