"""One number or day that a sweep varies: over a list of values, or over a range."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sim.sweeps.designs import Value

_DIGITS = 9
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Variation:
    """One path that is varied: over a list of values, or from `low` to `high`."""

    path: str
    """Dotted path of the scenario language, `parameters.NAME` for a parameter of the model."""
    values: tuple[Value, ...] | None = None
    low: Value | None = None
    high: Value | None = None
    points: int | None = None
    """Points of the range on a grid."""
    whole: bool = False
    """Whole numbers only."""

    @property
    def size(self) -> int:
        """How many values it has on a grid; 0 for a range without points."""
        return len(self.values) if self.values is not None else self.points or 0

    @cached_property
    def grid(self) -> tuple[Value, ...]:
        """Its values on a grid: those listed, or `points` of them evenly from `low` to `high`."""
        if self.values is not None:
            return self.values
        steps = range(self.points or 0)
        if self._steps is None:
            return tuple(self.value_at(step / (len(steps) - 1)) for step in steps)
        return tuple(self._counted(nearest_whole(step * self._steps, len(steps) - 1)) for step in steps)

    def value_at(self, u: float) -> Value:
        """The value at `u`, 0 to 1, from low to high; listed values, days and whole numbers have equal shares of it.

        Numbers have nine significant digits.
        """
        if self.values is not None:
            return self.values[_share(u, len(self.values))]
        if self._steps is not None:
            return self._counted(_share(u, self._steps + 1))
        assert isinstance(self.low, (int, float))
        assert isinstance(self.high, (int, float))
        if u >= 1.0:
            return self.high
        return nine_digits(self.low + u * (self.high - self.low))

    @property
    def _steps(self) -> int | None:
        """Whole numbers or days from `low` to `high`, one left out; None where every number in between counts."""
        if isinstance(self.low, date) and isinstance(self.high, date):
            return (self.high - self.low).days
        return int(self.high) - int(self.low) if self.whole else None  # type: ignore[arg-type]

    def _counted(self, steps: int) -> Value:
        return self.low + steps * (_ONE_DAY if isinstance(self.low, date) else 1)  # type: ignore[operator, return-value]

    @property
    def text(self) -> str:
        """As an option would say it: `PATH=low:high:n`, `PATH=a,b,c`."""
        if self.values is not None:
            return f"{self.path}=" + ",".join(map(written, self.values))
        ends = [written(end) for end in (self.low, self.high)]
        return f"{self.path}=" + ":".join([*ends, *([] if self.points is None else [str(self.points)])])


def _share(u: float, parts: int) -> int:
    return min(parts - 1, max(0, int(u * parts)))


def nearest_whole(number: int, parts: int) -> int:
    """`number / parts` to the nearest whole number, halves upwards."""
    return (2 * number + parts) // (2 * parts)


def written(value: object) -> str:
    """A value as an option has it, at nine significant digits."""
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def nine_digits(value: float) -> float:
    """A number at nine significant digits, so that platforms agree; zero without a sign."""
    return float(f"{value:.{_DIGITS - 1}e}") + 0.0
