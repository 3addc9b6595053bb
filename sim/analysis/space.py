"""What a sensitivity analysis varies, and its points: each a plan and draws, all with the same random numbers."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis.indices import Floats, Row, point_noise
from sim.errors import InputError, Problem, SimError
from sim.fit import Belief, beliefs_for, yardsticks_for
from sim.model.entries import Uncertain
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan, plan
from sim.parameters import PARAMETERS, Held
from sim.runs.ensemble import Ensemble, Progress, run_ensemble
from sim.runs.run import Request
from sim.runs.sampling import Draws, sample, settled
from sim.scenario import ScenarioFiles
from sim.sweeps.outcomes import Outcome, elsewhere, from_ties
from sim.sweeps.reading import parse_variations
from sim.sweeps.variation import Variation


@dataclass(frozen=True, eq=False)
class Space:
    """What is varied, and how a point of it becomes a plan and its draws."""

    request: Request
    laid: Plan
    beliefs: Mapping[str, Belief]
    names: tuple[str, ...]
    variations: tuple[Variation, ...] = ()
    """What was asked for; empty where every number that is not known varies by its own law."""
    settled: Draws | None = None
    """The draws of all points, one row each, where their laws settle them."""

    @property
    def slots(self) -> int:
        """Groups of runs that share luck across points."""
        return self.request.runs // RUNS_PER_DRAW

    @cached_property
    def files(self) -> ScenarioFiles:
        """The scenario's files, read once for all points."""
        return self.request.loaded.opened()

    def at(self, unit: Floats) -> Space:
        """The same with the draws of all points; (points, d) `unit`."""
        if self.variations:
            return self
        columns = dict(zip(self.names, unit.T, strict=True))

        def luck(name: str) -> Floats | None:
            return columns.get(name.partition(":")[2])

        return replace(self, settled=settled(self.laid, self.beliefs, unit.shape[0], luck))

    def point(self, place: int, row: Floats) -> tuple[Plan, Draws]:
        """The plan and the draws of a point. Raises ScenarioError where its values make no scenario."""
        drawn, loaded = self.settled, self.request.loaded
        if drawn is not None:

            def repeated(part: Any) -> Any:
                return np.repeat(part[place : place + 1], self.slots, axis=0)

            rows = map(repeated, (drawn.parameters, drawn.values, drawn.chances, drawn.outcomes, drawn.spreads))
            return self.laid, Draws(*rows)
        values = {one.path: one.value_at(u) for one, u in zip(self.variations, row.tolist(), strict=True)}
        if all(path.startswith("parameters.") for path in values):
            given = {path.partition(".")[2]: value for path, value in values.items()}
            parameters = {**loaded.scenario.parameters, **given}
            laid, scenario = self.laid, loaded.scenario.model_copy(update={"parameters": parameters})
        else:
            changed = self.files.resolved({**loaded.overrides, **values})
            laid, scenario = plan(changed, yardsticks_for(changed.scenario)), changed.scenario
        return laid, sample(laid, beliefs_for(scenario), self.request.seed, self.slots, self.request.parameters)

    def columns(self, unit: Floats) -> dict[str, list[Any]]:
        """The values of all points by name."""
        if self.settled is None:
            return {
                one.path: [cell(one.value_at(u)) for u in unit[:, axis].tolist()]
                for axis, one in enumerate(self.variations)
            }
        found: dict[str, Floats] = {
            name: self.settled.parameters[name] for name in self.settled.parameters.dtype.names or ()
        }
        shares = np.diff(self.settled.outcomes, axis=2, prepend=0.0)
        given = [(one, self.settled.values[:, place]) for place, one in enumerate(self.laid.event_values)]
        given += [(one, self.settled.chances[:, place]) for place, one in enumerate(self.laid.event_chances)]
        for vote, outcomes in enumerate(self.laid.outcome_chances):
            given += [(one, shares[:, vote, place]) for place, one in enumerate(outcomes)]
        found |= {one.path: column for one, column in given if isinstance(one, Uncertain)}
        return {name: [cell(value) for value in found[name].tolist()] for name in self.names}

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
        laws = {one.path: one.distribution for one in _uncertain(self.laid)}
        laws |= {name: belief.distribution for name, belief in self.beliefs.items()}
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


def _uncertain(laid: Plan) -> list[Uncertain]:
    """The numbers a scenario gives as ranges, in the order in which they are drawn."""
    chances = [chance for outcomes in laid.outcome_chances for chance in outcomes]
    return [one for one in (*chances, *laid.event_values, *laid.event_chances) if isinstance(one, Uncertain)]


def space(request: Request, vary: Sequence[str] | None) -> Space:
    """What a request and its variations vary; none: every number with a law that is not held, each by its own.

    Raises InputError where that is nothing.
    """
    setup = request.setup
    laid, beliefs = setup.plan, setup.beliefs
    if vary:
        variations = parse_variations(vary, request.loaded)
        return Space(request, laid, beliefs, tuple(one.path for one in variations), variations)
    names = [name for name, belief in beliefs.items() if not isinstance(belief.distribution, Held)]
    names += [one.path for one in _uncertain(laid)]
    if not names:
        raise InputError(Problem("--vary", "at least one path: every number of this scenario is set to one value"))
    return Space(request, laid, beliefs, tuple(names))


def evaluated(
    where: Space, unit: Floats, outcome: Outcome, threads: int | None = None, progress: Progress | None = None
) -> tuple[Floats, dict[int, str]]:
    """Simulate all points, each with the same random numbers; what failed is told by the number of its point.

    Returns (points, slots) estimates of the outcome, NaN where a point failed: as counted or as expected, whichever
    has less luck in it.
    """
    found = np.full((2, unit.shape[0], where.slots), np.nan)
    failures: dict[int, str] = {}
    where = where.at(unit)

    def one(place: int) -> None:
        try:
            laid, draws = where.point(place, unit[place])
            last = len(laid.months) - 1
            request = where.request
            ensemble = run_ensemble(laid, draws, request.seed, request.runs, horizons=(last,), threads=1)
            found[:, place] = measured(outcome, laid, ensemble)
        except (SimError, ArithmeticError, ValueError) as error:
            failures[place] = " / ".join(str(error).splitlines()) or type(error).__name__

    pool = ThreadPoolExecutor(max_workers=max(1, threads or os.cpu_count() or 1))
    try:
        pending = [pool.submit(one, place) for place in range(unit.shape[0])]
        for done, future in enumerate(as_completed(pending), 1):
            future.result()
            if progress is not None:
                progress(done, len(pending))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    whole = np.isfinite(found).all(axis=(0, 2))
    luck = [point_noise(estimates[whole]) for estimates in found]
    counted, expected = (np.inf if noise is None else noise.mean() for noise in luck)
    return (found[0] if counted < expected else found[1]), dict(sorted(failures.items()))


def measured(outcome: Outcome, laid: Plan, found: Ensemble) -> Floats:
    """(2, slots) an outcome as counted in the runs of each slot, and as expected from the chances met on the way.

    found : an ensemble with the last month as its one horizon
    """
    away = elsewhere(laid, found)
    counted = away.reshape(-1, RUNS_PER_DRAW, away.shape[1]).mean(axis=1)
    return from_ties(outcome, laid, np.stack([counted, found.expected[:, :, 0, 0] / RUNS_PER_DRAW]))
