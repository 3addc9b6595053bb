"""Draws of everything that is not known: model parameters, and the numbers a scenario gives as ranges."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.fit import Belief
from sim.model.draws import purpose_of
from sim.model.entries import Uncertain
from sim.model.kernel import uniforms
from sim.model.plan import Plan
from sim.model.setting import Setting
from sim.parameters import Coefficient, Distribution, rounded

Floats = NDArray[np.float64]
Mode = Literal["drawn", "central"]
Uniforms = Callable[[str], Floats | None]
"""The uniform numbers, (draws,) from 0 to 1, that a named quantity is drawn by; None for its central value."""
_EDGE = 1e-12
_MOST_KEPT = 1000
"""Draws of which the uniform numbers are kept for the next plan: more would take more memory than they save time."""
_SPREAD = Coefficient(0.0, 1.0)


@dataclass(frozen=True)
class Draws:
    """Everything drawn, one row per draw."""

    parameters: NDArray[np.void]
    """(draws,) records of the model parameters by name."""
    values: Floats
    """(draws, E) value of each event."""
    chances: Floats
    """(draws, E) chance of each event."""
    outcomes: Floats
    """(draws, L, K) cumulative chances of each election's outcomes."""
    spreads: Floats
    """(draws, n) standard normal, by which Beijing's limit differs between states of one size."""

    def setting(self, plan: Plan, draw: int) -> Setting:
        """What all runs of one draw share, as the Mesa agents read it."""
        return Setting(
            plan.timeline,
            plan.states,
            self.parameters[draw],
            self.values[draw],
            self.chances[draw],
            self.outcomes[draw],
            self.spreads[draw],
        )

    def row(self, place: int) -> dict[str, Any]:
        """One draw as plain numbers, by part."""
        return {part.name: getattr(self, part.name)[place].tolist() for part in fields(self)}

    @classmethod
    def repeated(cls, row: Mapping[str, Any], names: Iterable[str], draws: int) -> Draws:
        """The draw that `row` gave, so many times; names : of the parameters, in order."""
        parameters = np.array([tuple(row["parameters"])], dtype=[(name, np.float64) for name in names])
        parts = {name: np.array([row[name]], dtype=np.float64) for name in ("values", "chances", "outcomes", "spreads")}
        parts["outcomes"] = parts["outcomes"].reshape(1, -1, max(map(len, row["outcomes"]), default=1))
        return cls(*(np.repeat(part, draws, axis=0) for part in (parameters, *parts.values())))


def sample(plan: Plan, beliefs: Mapping[str, Belief], seed: int, draws: int, mode: Mode) -> Draws:
    """Draw `draws` times, or take central values throughout.

    Each quantity has its own random numbers, addressed by its name, so adding one leaves the others unchanged.
    """

    def by_name(name: str) -> Floats | None:
        if mode == "central":
            return None
        return _numbers(seed, draws, name) if draws <= _MOST_KEPT else uniforms(seed, draws, purpose_of(name))

    return settled(plan, beliefs, draws, by_name)


def settled(plan: Plan, beliefs: Mapping[str, Belief], draws: int, by_name: Uniforms) -> Draws:
    """Every quantity from its own uniform numbers: they are named `parameter:NAME`, `valuation:ISO3`, `scenario:PATH`.

    What the scenario sets is drawn first, because other parameters may depend on it.
    """

    def quantity(name: str, law: Distribution, low: float, high: float) -> Floats:
        u = by_name(name)
        if u is None:
            return np.full(draws, rounded(np.array([law.central]))[0])
        given = {other: drawn[other] for other in getattr(law, "others", ()) if other in drawn}
        if draws > _MOST_KEPT:
            return _placed(u, law, low, high, given)
        return _kept(u.tobytes(), law, low, high, tuple((other, column.tobytes()) for other, column in given.items()))

    drawn: dict[str, Floats] = {}
    for name, belief in sorted(beliefs.items(), key=lambda item: not item[1].from_scenario):
        limits = belief.parameter.minimum, belief.parameter.maximum
        drawn[name] = quantity(f"parameter:{name}", belief.distribution, *limits)
    records = np.empty(draws, dtype=[(name, np.float64) for name in beliefs])
    for name, column in drawn.items():
        records[name] = column

    def columns(items: Iterable[float | Uncertain]) -> Floats:
        values = [
            quantity(f"scenario:{item.path}", item.distribution, item.minimum, item.maximum)
            if isinstance(item, Uncertain)
            else np.full(draws, item)
            for item in items
        ]
        return np.stack(values, axis=1) if values else np.empty((draws, 0))

    elections = [np.cumsum(_shared(columns(chances), chances), axis=1) for chances in plan.outcome_chances]
    most = max((election.shape[1] for election in elections), default=1)
    outcomes = np.empty((draws, len(elections), most))
    for number, cumulative in enumerate(elections):
        outcomes[:, number, : cumulative.shape[1]] = cumulative
        outcomes[:, number, cumulative.shape[1] :] = cumulative[:, -1:]
    spreads = [quantity(f"valuation:{code}", _SPREAD, -math.inf, math.inf) for code in plan.states]
    return Draws(records, columns(plan.event_values), columns(plan.event_chances), outcomes, np.stack(spreads, axis=1))


@lru_cache(maxsize=1024)
def _numbers(seed: int, draws: int, name: str) -> Floats:
    """Uniform numbers by name: the points of a sweep, and a page's counterfactuals, share them."""
    numbers = uniforms(seed, draws, purpose_of(name))
    numbers.flags.writeable = False
    return numbers


def _placed(u: Floats, law: Distribution, low: float, high: float, given: Mapping[str, Floats]) -> Floats:
    """(draws,) values of a law at uniform numbers, given other parameters: within bounds, at nine digits."""
    return rounded(np.clip(law.quantile(np.clip(u, _EDGE, 1.0 - _EDGE), given), low, high))


@lru_cache(maxsize=1024)
def _kept(uniform: bytes, law: Distribution, low: float, high: float, given: tuple[tuple[str, bytes], ...]) -> Floats:
    """The same: the points of a sweep, and a page's counterfactuals, share these too."""
    drawn = {name: np.frombuffer(column) for name, column in given}
    values = _placed(np.frombuffer(uniform), law, low, high, drawn)
    values.flags.writeable = False
    return values


def _shared(drawn: Floats, chances: Sequence[float | Uncertain]) -> Floats:
    """Chances of an election's outcomes: those drawn share, by size, what the fixed ones and the open rest leave."""
    uncertain = np.array([isinstance(chance, Uncertain) for chance in chances])
    if not uncertain.any():
        return drawn
    centre = sum(chance.distribution.central for chance in chances if isinstance(chance, Uncertain))
    room = 1.0 - sum(chance for chance in chances if not isinstance(chance, Uncertain))
    total = drawn[:, uncertain].sum(axis=1, keepdims=True) + max(0.0, room - centre)
    shares = drawn.copy()
    shares[:, uncertain] *= room / total
    return shares
