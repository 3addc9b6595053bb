"""What a sensitivity analysis varies, as a sweep over one outcome, and what the points of that sweep gave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, overload

import numpy as np

from sim.analysis.idle import cancelled, idle
from sim.analysis.indices import Floats, Row, point_noise
from sim.errors import InputError, Problem
from sim.model.entries import Uncertain
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan
from sim.parameters import PARAMETERS, Held
from sim.runs.run import Request
from sim.runs.sampling import Draws, settled
from sim.runs.setup import Setup
from sim.sweeps.designs import Design, Point, design, unit_points
from sim.sweeps.journal import InMemory, Journal
from sim.sweeps.outcomes import outcome_in
from sim.sweeps.points import Base
from sim.sweeps.reading import parse_variations
from sim.sweeps.sweep import Sweep
from sim.sweeps.variation import Variation

INNER = 0.05
"""Morris' steps go between a law's 5 % and 95 % points: at its ends it may have no bounds."""


@dataclass(frozen=True, eq=False)
class DrawnPoints(Sequence[Point]):
    """Points that are draws: each a row of `draws`, made plain when asked for."""

    draws: Draws
    idle: frozenset[str] = frozenset()
    """Parameters that move nothing: all points have the first one's values, so that equal points are simulated once."""

    @cached_property
    def simulated(self) -> Draws:
        """The draws with the values that points are simulated with."""
        parameters = self.draws.parameters.copy()
        for name in self.idle:
            parameters[name] = parameters[name][0]
        return replace(self.draws, parameters=parameters)

    def __len__(self) -> int:
        return int(self.draws.parameters.shape[0])

    @overload
    def __getitem__(self, index: int) -> Point: ...
    @overload
    def __getitem__(self, index: slice) -> list[Point]: ...
    def __getitem__(self, index: int | slice) -> Point | list[Point]:
        if isinstance(index, slice):
            return [self.simulated.row(place) for place in range(*index.indices(len(self)))]
        return self.simulated.row(range(len(self))[index])


@dataclass(frozen=True, eq=False)
class Space:
    """What is varied, and how points of it become a sweep."""

    request: Request
    base: Base
    """What the points share; the outcome is in it."""
    names: tuple[str, ...]
    variations: tuple[Variation, ...] = ()
    """What was asked for; empty where every number that is not known varies by its own law."""

    @property
    def setup(self) -> Setup:
        """The scenario made ready, nothing varied."""
        return self.base.centre

    @property
    def axes(self) -> tuple[Variation, ...]:
        """What a design varies; a law from 0 to 1."""
        return self.variations or tuple(Variation(name, low=0.0, high=1.0) for name in self.names)

    def design(self, kind: str, points: int) -> Design:
        """The points of a design. Raises InputError where their number does not fit."""
        if self.variations:
            return design(self.variations, kind, points, self.request.seed)
        unit = unit_points(kind, len(self.names), points, self.request.seed)
        draws = self.draws(INNER + (1.0 - 2.0 * INNER) * unit if kind == "morris" else unit)
        # Nobody knows what agents of one's own look at.
        plan = self.setup.plan
        still = idle(plan, draws) | cancelled(plan) if self.request.agents is None else frozenset()
        return Design(self.axes, kind, (unit.shape[0],), unit, DrawnPoints(draws, still))

    def draws(self, unit: Floats) -> Draws:
        """The draws of points, (points, d) `unit`: each number at its place in its law, all others central."""
        columns = dict(zip(self.names, unit.T, strict=True))

        def place(name: str) -> Floats | None:
            return columns.get(name.partition(":")[2])

        return settled(self.setup.plan, self.setup.beliefs, unit.shape[0], place)

    def columns(self, points: Design) -> dict[str, list[str]]:
        """The values of all points by name."""
        if not isinstance(points.listed, DrawnPoints):
            return {path: [cell(point[path]) for point in points] for path in self.names}
        draws, plan = points.listed.draws, self.setup.plan
        columns: dict[str, Floats] = {name: draws.parameters[name] for name in draws.parameters.dtype.names or ()}
        shares = np.diff(draws.outcomes, axis=2, prepend=0.0)
        given = [(one, draws.values[:, place]) for place, one in enumerate(plan.event_values)]
        given += [(one, draws.chances[:, place]) for place, one in enumerate(plan.event_chances)]
        for vote, outcomes in enumerate(plan.outcome_chances):
            given += [(one, shares[:, vote, place]) for place, one in enumerate(outcomes)]
        columns |= {one.path: column for one, column in given if isinstance(one, Uncertain)}
        return {name: _cells(columns[name]) for name in self.names}

    def described(self) -> dict[str, Row]:
        """Range and meaning of what is varied, by name."""
        if self.variations:
            rows = {}
            for one in self.variations:
                low, high = one.value_at(0.0), one.value_at(1.0)
                known = PARAMETERS.get(one.path.partition(".")[2]) if one.path.startswith("parameters.") else None
                meaning = "varied over the values given" if known is None else known.meaning
                rows[one.path] = {"low": low, "high": high, "meaning": meaning}
            return rows
        laws = {one.path: one.distribution for one in _uncertain(self.setup.plan)}
        laws |= {name: belief.distribution for name, belief in self.setup.beliefs.items()}
        return {
            name: {
                "low": float(f"{laws[name].low:.6g}"),
                "high": float(f"{laws[name].high:.6g}"),
                "meaning": PARAMETERS[name].meaning if name in PARAMETERS else "given by the scenario as a range",
            }
            for name in self.names
        }


def cell(value: Any) -> str:
    """A value as `points.csv` holds it: nine digits, blank where there is none."""
    if isinstance(value, float):
        return f"{value:.9g}" if math.isfinite(value) else ""
    return str(value)


def _cells(column: Floats) -> list[str]:
    """The cells of a column, of which each value is written once: a design repeats most, and zero may have a sign."""
    values, places = np.unique(np.ascontiguousarray(column).view(np.int64), return_inverse=True)
    texts = [cell(value) for value in values.view(np.float64).tolist()]
    return [texts[place] for place in places.tolist()]


def _uncertain(plan: Plan) -> list[Uncertain]:
    """The numbers a scenario gives as ranges, in the order in which they are drawn."""
    chances = [chance for outcomes in plan.outcome_chances for chance in outcomes]
    return [one for one in (*chances, *plan.event_values, *plan.event_chances) if isinstance(one, Uncertain)]


def space(request: Request, vary: Sequence[str], outcome: str) -> Space:
    """What a request and its variations vary; none: every number with a law that is not held, each by its own.

    Raises InputError where that is nothing, or the scenario does not have the outcome.
    """
    loaded = request.loaded
    base = Base(
        loaded.opened(), request.runs, request.seed, request.parameters, dict(loaded.overrides),
        outcome=outcome, is_drawn=not vary, agents=request.agents,
    )  # fmt: skip
    setup = base.centre
    if vary:
        variations = parse_variations(vary, loaded)
        outcome_in(outcome, setup.plan)
        return Space(request, base, tuple(one.path for one in variations), variations)
    names = [name for name, belief in setup.beliefs.items() if not isinstance(belief.distribution, Held)]
    names += [one.path for one in _uncertain(setup.plan)]
    if not names:
        raise InputError(Problem("--vary", "at least one path: every number of this scenario is set to one value"))
    outcome_in(outcome, setup.plan)
    return Space(request, base, tuple(names))


def estimated(sweep: Sweep, points: Journal | InMemory, outcome: int = 0) -> tuple[Floats, dict[int, str]]:
    """What all points gave, and why those that failed did, by their number.

    points : finished, by key; outcome : its number among those of the sweep
    Returns (points, draws) estimates of the outcome, NaN where a point failed: as counted or as expected, whichever
    has less noise in it.
    """
    estimates = np.full((2, len(sweep.points), sweep.base.runs // RUNS_PER_DRAW), np.nan)
    failures: dict[int, str] = {}
    for place, key in enumerate(sweep.keys):
        row = points[key].row
        if row["error"] is None:
            estimates[:, place] = row["estimates"][2 * outcome : 2 * outcome + 2]
        else:
            failures[place] = row["error"]
    whole = np.isfinite(estimates).all(axis=(0, 2))
    noises = [point_noise(each[whole]) for each in estimates]
    counted, expected = (np.inf if noise is None else noise.mean() for noise in noises)
    return estimates[0] if counted < expected else estimates[1], failures
