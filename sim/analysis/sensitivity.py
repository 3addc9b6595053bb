"""Sensitivity: how much of what an outcome could be hangs on which number, by Sobol' indices or by Morris' screening.

The points of a design are simulated with the same random numbers, so that they differ by what is varied and hardly by
luck; how much luck is left is estimated and told beside the indices.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter

from sim import results
from sim.analysis.indices import MEASURES, SAMPLERS, Row, analysed
from sim.analysis.space import Space, cell, evaluated, space
from sim.atlas import coded
from sim.errors import InputError, Problem, ResultError, nearest
from sim.model.kernel import RUNS_PER_DRAW
from sim.results.manifests import SENSITIVITY
from sim.results.table import ANY, BLANK, TEXT, check_rows
from sim.runs.ensemble import Progress
from sim.runs.run import Request
from sim.runs.sampling import Mode
from sim.scenario import RecordSource, ResolvedScenario, reloaded, titled
from sim.scenario.given import is_given
from sim.scenario.values import plain, told
from sim.sweeps.designs import design_problems, unit_points
from sim.sweeps.outcomes import outcome_in
from sim.sweeps.variation import Variation

if TYPE_CHECKING:
    import pandas as pd

POINTS, RUNS = 256, 100
"""Blocks of a Saltelli design, or trajectories, and runs a point: about a minute on two cores."""
INNER = 0.05
"""Morris' steps go between a law's 5 % and 95 % points: at its ends it may have no bounds."""


# --- the result -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What hangs on which number."""

    scenario: str
    title: str
    outcome: str
    told: str
    """The outcome in words."""
    design: str
    """sobol or morris."""
    points: int
    """Blocks or trajectories analysed."""
    evaluated: int
    """Points simulated."""
    runs: int
    """Runs a point."""
    seed: int
    parameters: str
    """What becomes of numbers that are not varied: central or drawn; `laws` where all that have a law are varied."""
    mean: float
    """Mean outcome over the points."""
    variance: float
    """Variance of the outcome over the points."""
    noise_share: float | None
    """Share of it, 0 to 1, that is mere Monte Carlo noise; None where nothing varies or it cannot be told."""
    dropped: int
    """Blocks or trajectories left out because points of them failed."""
    note: str | None
    """What is to be known before the indices are read."""
    rows: tuple[Row, ...]
    """A row a number, the most important first: name, low, high (its range), meaning, and `first`, `total` (shares of
    the variance) or `mu`, `mu_star`, `sigma` (in units of the outcome), each with `_low` and `_high`."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """id, set (what was set on top of the file), vary."""
    samples: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """`points.csv` as columns; empty when read back."""
    folder: Path | None = None

    def table(self) -> pd.DataFrame:
        """The indices, a row a number."""
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    @property
    def document(self) -> dict[str, Any]:
        """What charts, `sensitivity.json` and `--json` hold."""
        left_out = ("samples", "folder", "rows", "settings")
        told = {name: value for name, value in vars(self).items() if name not in left_out}
        return {**told, **self.settings, "rows": list(self.rows)}


# --- the whole --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What is asked: an outcome of a scenario, and over what it is looked at."""

    request: Request
    """Scenario, seed, runs a point, and what becomes of parameters that `vary` leaves alone."""
    outcome: str = "count"
    design: str = "sobol"
    points: int = POINTS
    """Blocks of a Saltelli design (a power of two), each of d + 2 points, or trajectories of d + 1 points."""
    vary: tuple[str, ...] = ()
    """Paths with ranges, as `sim sweep` takes them; none: every number with a law varies by that law."""
    repair: bool = False
    """Leave out whole blocks with failed points, which are an error else."""

    @classmethod
    def of(
        cls,
        loaded: ResolvedScenario,
        runs: int | None = None,
        seed: int | None = None,
        parameters: Mode | None = None,
        vary: Iterable[str] = (),
        **settings: Any,
    ) -> Question:
        """A question with what is usual where nothing is given. Raises InputError where the settings do not fit."""
        varied = tuple(vary)
        if parameters is not None and not varied:
            rule = "only with --vary: without it all numbers that have a law are varied by it"
            raise InputError(Problem("--parameters", rule, parameters))
        request = Request.of(loaded, RUNS if runs is None else runs, seed, parameters=parameters or "central")
        return cls(request, vary=varied, **settings | {"outcome": coded(settings.get("outcome", "count"))})

    def __post_init__(self) -> None:
        if self.design not in SAMPLERS:
            close = nearest(self.design, SAMPLERS)
            raise InputError(Problem("--design", "one of " + ", ".join(SAMPLERS), self.design, close))
        runs = self.request.runs
        if runs < 2 * RUNS_PER_DRAW or runs % RUNS_PER_DRAW:
            near = max(2, round(runs / RUNS_PER_DRAW)) * RUNS_PER_DRAW
            rule = f"a multiple of {RUNS_PER_DRAW}, {2 * RUNS_PER_DRAW} or more"
            raise InputError(Problem("--runs", rule, runs, str(near)))

    def space(self) -> Space:
        """What is varied. Raises InputError where the scenario or the number of points does not allow it."""
        where = space(self.request, self.vary)
        outcome_in(self.outcome, where.laid)
        axes = [Variation(name, low=0.0, high=1.0) for name in where.names]
        wrong = design_problems(axes, SAMPLERS[self.design], self.points)
        if wrong:
            raise InputError(wrong)
        return where

    @property
    def settings(self) -> dict[str, Any]:
        """What an analysis keeps of its question: id, set, vary."""
        asked = {name: getattr(self, name) for name in ("outcome", "design", "points", "vary", "repair")}
        source = results.sources_digest(("sweeps", "analysis"))
        return {
            "id": results.identity({**self.request.decisive, **asked, "analysis": source}),
            "set": {key: told(value) for key, value in self.request.loaded.overrides.items()},
            "vary": list(self.vary),
        }


def sensitivity(
    question: Question,
    threads: int | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], object] | None = None,
) -> Sensitivity:
    """What an outcome of a scenario hangs on.

    progress : is told the points done and wanted; tell : what takes long
    Raises InputError for what cannot be asked, SimError where points failed.
    """
    where, request = question.space(), question.request
    unit = unit_points(SAMPLERS[question.design], len(where.names), question.points, request.seed)
    inner = question.design == "morris" and not where.variations
    within = INNER + (1.0 - 2.0 * INNER) * unit if inner else unit
    where = where.at(within)
    outcome = outcome_in(question.outcome, where.laid)
    request.setup.warm_up(tell)
    estimates, failures = evaluated(where, within, outcome, threads, progress)
    found = analysed(question.design, where.names, unit, estimates, request.seed, question.repair, failures)
    told = where.described()
    errors = estimates.std(axis=1, ddof=1) / np.sqrt(estimates.shape[1])
    return Sensitivity(
        scenario=request.loaded.name,
        title=_title(request),
        outcome=question.outcome,
        told=outcome.in_words(f"the end of {date.fromisoformat(where.laid.months[-1] + '-01'):%b %Y}"),
        design=question.design,
        points=found.blocks,
        evaluated=unit.shape[0],
        runs=request.runs,
        seed=request.seed,
        parameters=request.parameters if where.variations else "laws",
        mean=found.mean,
        variance=found.variance,
        noise_share=found.noise_share,
        dropped=found.dropped,
        note=found.note,
        rows=tuple({"name": row["name"], **told[row["name"]], **row} for row in found.rows),
        settings=question.settings,
        samples={
            "point": list(range(unit.shape[0])),
            **where.columns(within),
            "outcome": list(map(cell, estimates.mean(axis=1).tolist())),
            "mc": list(map(cell, errors.tolist())),
        },
    )


# --- files ------------------------------------------------------------------------------------------------------


def sensitivity_to_folder(
    question: Question,
    out: results.Out,
    draw: Callable[[Mapping[str, Any], Path], object] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], object] | None = None,
    command: str = "",
    pictures: bool = True,
) -> tuple[Sensitivity, bool]:
    """Find an analysis under `<out>/sensitivity/<scenario>/<id>`, or make it and put it there whole; True when found.

    draw : draws the charts of a document into a folder; pictures : whether they are asked for
    """
    name, identity = question.request.loaded.name, str(question.settings["id"])
    folder, own = results.at(out, "sensitivity", name, identity), results.claim(out, SENSITIVITY, identity)
    said = {
        "kind": SENSITIVITY.name,
        "scenario": question.request.loaded.name,
        "title": _title(question.request),
        "outcome": question.outcome,
        **question.settings,
    }
    made: list[Sensitivity] = []

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        found = None if results.DATA in todo else _kept(folder, question)
        if found is None:
            found = sensitivity(question, threads, progress, tell)
            write_tables(found, stage)
        if SENSITIVITY.document in todo:
            results.write_json(found.document, stage / SENSITIVITY.document)
        if draw is not None and results.CHARTS in todo:
            (stage / results.CHARTS).mkdir()
            draw(found.document, stage / results.CHARTS)
        made.append(found)
        return {"outside": {"command": command}}

    there = results.found_or_made(folder, said, [results.CHARTS] if draw is not None and pictures else [], make, own)
    return (read(folder), True) if there else (replace(made[-1], folder=folder), False)


def write_tables(found: Sensitivity, folder: Path) -> None:
    """Write the tables of an analysis into a folder: `indices.csv` and `points.csv`."""
    indices, samples = SENSITIVITY.data
    ends = ({name: cell(row[name]) for name in ("low", "high")} for row in found.rows)
    results.Table.of([{**row, **end} for row, end in zip(found.rows, ends, strict=True)]).write(folder / indices)
    results.Table({name: list(column) for name, column in found.samples.items()}).write(folder / samples)


def read(folder: Path) -> Sensitivity:
    """An analysis from its folder. Raises ResultError where it is missing, incomplete or damaged."""
    results.check(folder, SENSITIVITY, pictures=False)
    path = folder / SENSITIVITY.document
    told = results.read_json(path)
    try:
        kept = {name: told.pop(name) for name in ("id", "set", "vary")}
        found = TypeAdapter(Sensitivity).validate_python({**told, "settings": kept, "folder": folder})
        measures = dict.fromkeys(MEASURES[found.design], BLANK)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise ResultError(Problem("", "an analysis that this version can read: make it again"), path) from error
    check_rows(list(found.rows), {"name": TEXT, "low": ANY, "high": ANY, "meaning": TEXT, **measures}, "rows", path)
    return found


def _title(request: Request) -> str:
    """The scenario's title, with what is given; what was set stands beside it."""
    scenario = request.loaded.scenario
    given = {path: value for path, value in request.loaded.overrides.items() if is_given(path)}
    return titled(scenario.scenario.title, given, scenario.model_dump(mode="json"))


def _kept(folder: Path, question: Question) -> Sensitivity | None:
    """The analysis in a folder, under the words of a question; None where it is not whole."""
    try:
        kept = read(folder)
    except ResultError:
        return None
    return replace(kept, title=_title(question.request), settings=question.settings)


def face_sensitivity(
    scenario: str | Path | ResolvedScenario,
    *,
    outcome: str = "count",
    design: str = "sobol",
    points: int = POINTS,
    runs: int = RUNS,
    vary: Iterable[str] | None = None,
    parameters: Mode | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    repair: bool = False,
    record: RecordSource | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Sensitivity:
    """What an outcome of a scenario hangs on: shares of its variance (sobol), or mean steps (morris), by number.

    scenario : a shipped name, a path, or what `load` returned
    outcome : count, lost, left:ISO3, cooperation or suspended:ISO3, at the end
    points : blocks (sobol; a power of two) or trajectories (morris); runs : a point, a multiple of 20
    vary : paths with ranges, such as `["washington.attention=0:3"]`; else every number with a law, by that law
    parameters : with `vary`, whether all other numbers are central (the default) or drawn
    seed : the scenario's own where left out; set : overrides by dotted path
    given : outcomes that happen, by vote, such as `{"paraguay-2028": "opposition"}`
    repair : leave out what failed, by whole blocks, instead of raising
    record : a file with your own facts since the atlas ends, in place of the scenario's own
    out : a folder to write the analysis under; nothing is written where it is left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this analysis
    Raises ScenarioError or InputError with every problem found, SimError where points failed.
    """
    place = results.chosen(out, to)
    loaded = reloaded(scenario, set, given, record)
    question = Question.of(
        loaded, plain(runs), seed, parameters, vary or (), outcome=outcome, design=design, points=plain(points),
        repair=repair,
    )  # fmt: skip
    if place is None:
        return sensitivity(question, threads)
    return sensitivity_to_folder(question, place, None, threads)[0]
