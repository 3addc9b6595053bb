"""One point of a sweep: a scenario with some numbers set, simulated and summed up."""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, SimError
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan
from sim.results.tables import mean_errors, quantiles
from sim.runs.agents import Agents
from sim.runs.ensemble import Ensemble
from sim.runs.run import Request
from sim.runs.sampling import Mode
from sim.runs.setup import Setup
from sim.scenario import ScenarioFiles
from sim.scenario.schema import LONGEST_MONTHS
from sim.sweeps.outcomes import (
    columns_of_counts,
    columns_of_ties,
    elsewhere,
    from_ties,
    outcome_in,
    quantiles_of,
    shares_elsewhere,
)
from sim.sweeps.paired import Ends, packed_ends

Row = dict[str, Any]


@dataclass(frozen=True)
class Base:
    """What all points of a sweep share."""

    opened: ScenarioFiles
    runs: int
    seed: int
    parameters: Mode
    fixed: Mapping[str, Any]
    """Set at every point, by path."""
    paired: bool = False
    """Whether points keep where each run ends, so that they can be told apart run by run."""
    outcome: str | None = None
    """What is estimated, in place of a row of all outcomes, from each group of runs that share a draw: one outcome, or
    several with commas between them."""
    is_drawn: bool = False
    """Whether the values of a point are what every draw is there (`Draws.row`), in place of values by path."""
    agents: Agents | None = None
    """Of one's own."""

    def request(self, values: Mapping[str, Any]) -> Request:
        """The request of a point. Raises ScenarioError where its values make no scenario."""
        settings = {path: value.isoformat() if isinstance(value, date) else value for path, value in values.items()}
        loaded = self.opened.resolved({**self.fixed, **settings})
        return Request.of(loaded, self.runs, self.seed, agents=self.agents, parameters=self.parameters)

    @cached_property
    def centre(self) -> Setup:
        """The scenario itself made ready, nothing varied."""
        return self.request({}).setup

    def setup(self, values: Mapping[str, Any]) -> Setup:
        """A point made ready. Raises ScenarioError where its values make no scenario."""
        if self.is_drawn:
            return replace(self.centre, row=values)
        return Setup.of(self.request(values).loaded, self.seed, self.parameters, self.centre, self.agents)


@dataclass(frozen=True)
class PointResult:
    """What a point gave."""

    key: str
    """Identity of its request: a digest of all that decides its numbers."""
    row: Row
    """Outcomes by column, or `estimates` of one; `error` and nothing else where it failed."""
    counts: str
    """Distribution of the counts, packed; empty where it failed."""
    ends: str = ""
    """Where each run ends, packed; empty where it failed, or where nothing is paired."""

    @property
    def distribution(self) -> NDArray[np.uint32]:
        """(ties, T + 1, K) runs with each count."""
        return unpacked(self.counts)


def evaluate(base: Base, values: Mapping[str, Any], key: str) -> PointResult:
    """Simulate a point on one thread. What its values make impossible is the row's error, and is not raised."""
    try:
        setup = base.setup(values)
        if base.outcome is not None:
            return PointResult(key, {"error": None, "estimates": _estimates(setup, base.outcome, base.runs)}, "")
        plan, ensemble = setup.plan, setup.ensemble(base.runs, threads=1)
        where = ends(plan, ensemble)
        text = packed_ends(where) if base.paired else ""
        return PointResult(key, outcomes(plan, ensemble, where), packed(distribution(plan, ensemble)), text)
    except (SimError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        return PointResult(key, {"error": _message(error)}, "")


def _estimates(setup: Setup, outcome: str, runs: int) -> list[list[float]]:
    """Outcomes as counted and as expected, one after the other. Raises ArithmeticError where it is no finite number."""
    ensemble = setup.ensemble(runs, horizons=(len(setup.plan.months) - 1,), threads=1)
    away = shares_elsewhere(setup.plan, ensemble)
    asked = [outcome_in(one, setup.plan) for one in outcome.split(",")]
    estimates = np.concatenate([from_ties(one, setup.plan, away) for one in asked])
    if not np.isfinite(estimates).all():
        raise ArithmeticError("no finite number came out")
    rows: list[list[float]] = estimates.tolist()
    return rows


def _message(error: Exception) -> str:
    """What went wrong, on one line; without the file, which may be called by another name the next time."""
    if isinstance(error, InputError):
        return " / ".join(problem.line(None) for problem in error.problems)
    text = str(error) if isinstance(error, SimError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())


def ends(plan: Plan, ensemble: Ensemble) -> Ends:
    """Where each run ends: the count of each tie, and whether each state's tie stands elsewhere than at the start."""
    away = elsewhere(plan, ensemble).astype(np.uint8)
    counted = columns_of_counts(plan)
    return dict(zip(counted, ensemble.counts[:, -1, : len(counted)].T, strict=True)) | dict(
        zip(columns_of_ties(plan), away.T, strict=True)
    )


def outcomes(plan: Plan, ensemble: Ensemble, where: Ends) -> Row:
    """The count at the end, and each tie's chance to stand elsewhere then than at the start, with their errors.

    where : as `ends` gives it
    """
    row: Row = {"error": None, "first_month": plan.months[0]}
    at_end = np.stack(list(where.values()))
    means, errors = at_end.mean(axis=1).tolist(), mean_errors(at_end, RUNS_PER_DRAW).tolist()
    for name, values, mean, error in zip(where, at_end, means, errors, strict=True):
        row[name] = mean
        row[f"{name}_mc"] = None if math.isnan(error) else error
        if columns := quantiles_of(name):
            row |= zip(columns, quantiles(values[:, None])[:, 0].tolist(), strict=True)
    return row


def distribution(plan: Plan, ensemble: Ensemble) -> NDArray[np.uint32]:
    """(ties, T + 1, K) runs with each count from 0 to K - 1, by month."""
    ties = 2 if plan.hosts else 1
    counts = ensemble.counts[:, :, :ties]
    most = int(counts.max()) + 1
    months = counts.shape[1]
    table = np.empty((ties, months, most), dtype=np.uint32)
    first = most * np.arange(months)
    for tie in range(ties):
        table[tie] = np.bincount((counts[:, :, tie] + first).ravel(), minlength=months * most).reshape(months, most)
    return table


def packed(table: NDArray[np.uint32]) -> str:
    """A distribution as text: its shape, and its numbers compressed."""
    content = base64.b85encode(zlib.compress(table.astype("<u4").tobytes(), 6)).decode()
    return ",".join(map(str, table.shape)) + ":" + content


def unpacked(text: str) -> NDArray[np.uint32]:
    """The distribution that `packed` made a text of."""
    shape, _, content = text.partition(":")
    ties, months, most = (int(size) for size in shape.split(","))
    if not (0 < ties <= 2 and 0 < months <= LONGEST_MONTHS + 1 and 0 < most <= 256):
        raise ValueError("no distribution has this shape")
    size = 4 * ties * months * most
    return np.frombuffer(zlib.decompressobj().decompress(base64.b85decode(content), size), "<u4").reshape(
        ties, months, most
    )
