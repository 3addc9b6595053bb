"""What a parameter is: name, unit, kind, family, central value, range, meaning, source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sim.parameters.families import Distribution

Kind = Literal["estimated", "documented", "assumed"]


@dataclass(frozen=True)
class Parameter:
    """One declared parameter. A range of None is computed from the record for the scenario's `as_of`."""

    name: str
    unit: str
    kind: Kind
    family: str
    central: float | None
    low: float | None
    """The 5 % point of belief."""
    high: float | None
    """The 95 % point of belief."""
    minimum: float
    """Lowest value that a scenario may set."""
    maximum: float
    """Highest value that a scenario may set."""
    meaning: str
    source: str
    hindsight: bool
    """True if it rests on judgement or data of 2026, made knowing what happened after `as_of`."""
    before: tuple[float, float] = (0.5, 0.5)
    """Prior cases of a `counted` chance, followed and not; half of each is the Jeffreys prior."""

    @property
    def distribution(self) -> Distribution:
        """The declared law; only for parameters that declare a range."""
        if self.central is None or self.low is None or self.high is None:
            raise LookupError(f"{self.name} is computed from the record, not declared")
        from sim.parameters.families import FAMILIES

        return FAMILIES[self.family](self.central, self.low, self.high)


def estimated(
    name: str,
    unit: str,
    family: str,
    limits: tuple[float, float],
    meaning: str,
    source: str,
    hindsight: bool = False,
) -> Parameter:
    return Parameter(name, unit, "estimated", family, None, None, None, *limits, meaning, source, hindsight)


def counted(name: str, unit: str, meaning: str, source: str, before: tuple[float, float] = (0.5, 0.5)) -> Parameter:
    limits = (0.001, 0.999)
    return Parameter(name, unit, "documented", "counted", None, None, None, *limits, meaning, source, False, before)


def prior(
    name: str,
    unit: str,
    kind: Kind,
    family: str,
    values: tuple[float, float, float],
    limits: tuple[float, float],
    meaning: str,
    source: str,
) -> Parameter:
    return Parameter(name, unit, kind, family, *values, *limits, meaning, source, hindsight=True)
