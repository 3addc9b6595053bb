"""The families a parameter is drawn from, each as a quantile function of a uniform number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOOR = 0.001
"""Chances of nought are floored here, and certainties capped at one minus it, before the logit."""

DIGITS = 9
"""Draws are rounded to so many significant digits, so that no decision hangs on a library's last bit."""

_NORMAL_95 = 1.6448536269514722
_LEAST_POSITIVE = 1e-300


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
    """A chance counted from dated cases: Beta(1/2 + successes, 1/2 + failures), the Jeffreys posterior."""

    successes: int
    failures: int

    @property
    def central(self) -> float:
        return (0.5 + self.successes) / (1.0 + self.successes + self.failures)

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import betaincinv

        values = betaincinv(0.5 + self.successes, 0.5 + self.failures, uniform)
        return np.clip(np.asarray(values, dtype=np.float64), FLOOR, 1.0 - FLOOR)


@dataclass(frozen=True)
class RecordRate(_Points):
    """A yearly rate counted on the record: gamma with `events` over weighted state-years.

    State-years under a truce count for the share `drawn[truce]` of a year each, draw by draw; with the
    central value of that share the mean is `events / (contest_years + share * truce_years)`.
    """

    events: float
    contest_years: float
    truce_years: float
    truce_share: float
    truce: str = "acceptance_truce"

    @property
    def central(self) -> float:
        return self.events / (self.contest_years + self.truce_share * self.truce_years)

    def quantile(self, uniform: Floats, drawn: Mapping[str, Floats]) -> Floats:
        from scipy.special import gammaincinv

        share = drawn.get(self.truce, np.full(uniform.shape, self.truce_share))
        counted = np.asarray(gammaincinv(self.events, uniform), dtype=np.float64)
        return np.maximum(counted, 1e-12) / (self.contest_years + share * self.truce_years)


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
    "split-normal": SplitNormal,
    "log-normal": LogNormal,
    "logit-normal": LogitNormal,
}
"""The families a declared range can have, by name; `counted`, `gamma` and `normal` come from the record."""
