"""Sensitivity: how much of what an outcome could be hangs on which number, by Sobol' indices or by Morris' screening.

The points of a design are simulated with the same random numbers, so that they differ by what is varied and
mostly not by chance; how much noise is left is estimated, and stands beside the indices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter

from sim import results
from sim.analysis.indices import MEASURES, SAMPLERS, Floats, Row, analysed
from sim.analysis.space import Space, cell, estimated, space
from sim.atlas import coded
from sim.errors import InputError, Problem, ResultError, SimError, nearest
from sim.model.kernel import RUNS_PER_DRAW
from sim.results.documented import documented
from sim.results.manifests import SENSITIVITY
from sim.results.result import with_agents
from sim.results.table import ANY, BLANK, TEXT, check_rows
from sim.runs.agents import Agents, AgentsSource, check_traceable, own_agents
from sim.runs.ensemble import Progress
from sim.runs.run import Request
from sim.runs.sampling import Mode
from sim.runs.setup import announce
from sim.scenario import RecordSource, ResolvedScenario, ScenarioSource, reloaded, titled
from sim.scenario.given import is_given
from sim.scenario.values import as_set, whole
from sim.shown import Shown
from sim.sweeps.designs import Design, design_problems
from sim.sweeps.executors import Executor, Local, executor
from sim.sweeps.journal import InMemory, forget_journal, open_journal, unfinished_of
from sim.sweeps.outcomes import outcome_in
from sim.sweeps.sweep import Status, Sweep, compute, far_of, texts_of
from sim.words import many

if TYPE_CHECKING:
    import pandas as pd

POINTS, RUNS = 256, 100
"""Blocks of a Saltelli design, or trajectories, and runs per point: about a minute on two cores."""


# --- the result -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Shown):
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
    """Runs per point."""
    seed: int
    parameters: str
    """What becomes of numbers that are not varied: central or drawn; `laws` where all that have a law are varied."""
    mean: float
    """Mean outcome over the points."""
    variance: float
    """Variance of the outcome over the points."""
    noise_share: float | None
    """Share of it, 0 to 1, that is mere Monte Carlo noise; None if nothing varies or it is not known."""
    dropped: int
    """Blocks or trajectories left out because points of them failed."""
    note: str | None
    """What is to be known before the indices are read."""
    rows: tuple[Row, ...]
    """One row per number, the most important first: name, low, high (its range), meaning, and `first`, `total` (shares
    of the variance) or `mu`, `mu_star`, `sigma` (in units of the outcome), each with `_low` and `_high`."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """id, set (what was set on top of the file), vary; agents where they are one's own."""
    samples: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """`points.csv` as columns; empty when read back."""
    folder: Path | None = None

    def __repr__(self) -> str:
        settings = f"{self.design}, {many(self.evaluated, 'point')} of {many(self.runs, 'run')}, seed {self.seed}"
        return f"<Sensitivity of {self.outcome} in {self.scenario}: {settings}>"

    def table(self) -> pd.DataFrame:
        """The indices, one row per number."""
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    @property
    def document(self) -> dict[str, Any]:
        """What charts, `sensitivity.json` and `--json` hold."""
        left_out = ("samples", "folder", "rows", "settings")
        own = {name: value for name, value in vars(self).items() if name not in left_out}
        return {**own, **self.settings, "rows": list(self.rows)}


# --- the whole --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What is asked: an outcome of a scenario, and over what it is looked at."""

    request: Request
    """Scenario, seed, runs per point, and what becomes of parameters that `vary` leaves alone."""
    outcome: str = "count"
    design: str = "sobol"
    points: int = POINTS
    """Blocks of a Saltelli design (a power of two), each of d + 2 points, or trajectories of d + 1 points."""
    vary: tuple[str, ...] = ()
    """Paths with ranges, as `sim sweep` takes them; none: every number with a law varies by that law."""
    repair: bool = False
    """Leave out whole blocks with failed points, otherwise an error."""

    @classmethod
    def of(
        cls,
        loaded: ResolvedScenario,
        runs: int | None = None,
        seed: int | None = None,
        parameters: Mode | None = None,
        vary: Iterable[str] = (),
        agents: Agents | None = None,
        **settings: Any,
    ) -> Question:
        """A question with what is usual where nothing is given. Raises InputError where the settings do not fit."""
        varied = tuple(vary)
        if parameters is not None and not varied:
            rule = "only with --vary: without it all numbers that have a law are varied by it"
            raise InputError(Problem("--parameters", rule, parameters))
        number = RUNS if runs is None else runs
        request = Request.of(loaded, number, seed, agents=agents, parameters=parameters or "central")
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
        where = space(self.request, self.vary, self.outcome)
        problems = design_problems(where.axes, SAMPLERS[self.design], self.points)
        if problems:
            raise InputError(problems)
        return where

    def sweep(self, space: Space | None = None) -> Sweep:
        """The points of its space, each measured by its outcome."""
        where = space or self.space()
        return Sweep(where.base, where.design(SAMPLERS[self.design], self.points))

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What an analysis keeps of its question: id, set, vary; agents where they are one's own."""
        asked = {name: getattr(self, name) for name in ("outcome", "design", "points", "vary", "repair")}
        source = results.sources_digest(("sweeps", "analysis"))
        return {
            "id": results.identity({**self.request.decisive, **asked, "analysis": source}),
            "set": {key: as_set(value) for key, value in self.request.loaded.overrides.items()},
            "vary": list(self.vary),
            **({} if self.request.agents is None else {"agents": self.request.agents.document}),
        }


def sensitivity(
    question: Question,
    where: Executor | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], object] | None = None,
    journal: Path | None = None,
) -> Sensitivity:
    """What an outcome of a scenario hangs on.

    where : what computes the points: the threads of this machine where left out
    progress : is given the points done and wanted; tell : what takes long
    journal : the folder in which finished points are kept until all are; in memory where left out
    Raises InputError for what cannot be asked, SimError where points failed.
    """
    space = question.space()
    sweep = question.sweep(space)
    with nullcontext(InMemory()) if journal is None else open_journal(journal, "an analysis") as points:
        compute(sweep, points, where or Local(), progress, tell)
        estimates, failures = estimated(sweep, points)
    try:
        return _analysis(question, space, sweep.points, estimates, failures)
    except SimError:  # the same command would end in it at once
        if journal is not None:
            forget_journal(journal)
        raise


def sensitivities(
    question: Question,
    outcomes: Iterable[str],
    where: Executor | None = None,
    progress: Progress | None = None,
) -> list[Sensitivity]:
    """What each of several outcomes hangs on, all over the same points: the outcome of the question is not looked at.

    Raises InputError for an outcome that the scenario does not have, SimError where points failed.
    """
    asked = [replace(question, outcome=coded(outcome)) for outcome in outcomes]
    spaces = [one.space() for one in asked]
    base = replace(spaces[0].base, outcome=",".join(one.outcome for one in asked))
    sweep = Sweep(base, spaces[0].design(SAMPLERS[question.design], question.points))
    points = InMemory()
    compute(sweep, points, where or Local(), progress)
    return [
        _analysis(one, space, sweep.points, *estimated(sweep, points, place))
        for place, (one, space) in enumerate(zip(asked, spaces, strict=True))
    ]


def _analysis(
    question: Question, space: Space, design: Design, estimates: Floats, failures: Mapping[int, str]
) -> Sensitivity:
    """What the estimates of all points come to. Raises SimError where points failed."""
    request, unit, plan = question.request, design.unit, space.setup.plan
    assert unit is not None
    indices = analysed(question.design, space.names, unit, estimates, request.seed, question.repair, failures)
    described = space.described()
    errors = estimates.std(axis=1, ddof=1) / np.sqrt(estimates.shape[1])
    failed = {"error": [failures.get(place, "") for place in range(len(design))]} if failures else {}
    return Sensitivity(
        scenario=request.loaded.name,
        title=_title(request),
        outcome=question.outcome,
        told=outcome_in(question.outcome, plan).in_words(
            f"the end of {date.fromisoformat(plan.months[-1] + '-01'):%b %Y}"
        ),
        design=question.design,
        points=indices.blocks,
        evaluated=len(design),
        runs=request.runs,
        seed=request.seed,
        parameters=request.parameters if space.variations else "laws",
        mean=indices.mean,
        variance=indices.variance,
        noise_share=indices.noise_share,
        dropped=indices.dropped,
        note=indices.note,
        rows=tuple({"name": row["name"], **described[row["name"]], **row} for row in indices.rows),
        settings=question.settings,
        samples={
            "point": list(range(len(design))),
            **space.columns(design),
            "outcome": list(map(cell, estimates.mean(axis=1).tolist())),
            "mc": list(map(cell, errors.tolist())),
            **failed,
        },
    )


# --- files ------------------------------------------------------------------------------------------------------


def sensitivity_to_folder(
    question: Question,
    out: results.Out,
    draw: Callable[[Mapping[str, Any], Path], object] | None = None,
    where: Executor | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], object] | None = None,
    command: str = "",
    pictures: bool = True,
) -> tuple[Sensitivity, bool]:
    """Find an analysis under `<out>/sensitivity/<scenario>/<id>`, or make it and put it there whole; True when found.

    A stop at any moment loses the points in flight: the same call goes on, and ends in the same bytes.
    draw : draws the charts of a document into a folder; pictures : whether they are asked for
    """
    name, identity = question.request.loaded.name, str(question.settings["id"])
    folder, own = results.at(out, "sensitivity", name, identity), results.claim(out, SENSITIVITY, identity)
    unfinished = unfinished_of(folder, identity, out)
    manifest = {
        "kind": SENSITIVITY.name,
        "scenario": question.request.loaded.name,
        "title": _title(question.request),
        "outcome": question.outcome,
        **question.settings,
    }
    analyses: list[Sensitivity] = []

    def tables(stage: Path, wanted: bool) -> dict[str, Any]:
        analysis = None if wanted else _whole(folder, question)
        if analysis is None:
            analysis = sensitivity(question, where, progress, tell, unfinished)
            write_tables(analysis, stage)
        analyses.append(analysis)
        return analysis.document

    there = documented(folder, manifest, tables, draw, own, command, pictures)
    forget_journal(unfinished)
    return (read(folder), True) if there else (replace(analyses[-1], folder=folder), False)


def status(question: Question, out: results.Out) -> Status:
    """How far an unfinished analysis is."""
    identity = str(question.settings["id"])
    folder = results.at(out, "sensitivity", question.request.loaded.name, identity)
    return far_of(question.sweep(), unfinished_of(folder, identity, out))


def write_tables(analysis: Sensitivity, folder: Path) -> None:
    """Write the tables of an analysis into a folder: `indices.csv` and `points.csv`."""
    indices, samples = SENSITIVITY.data
    ends = ({name: cell(row[name]) for name in ("low", "high")} for row in analysis.rows)
    results.Table.of([{**row, **end} for row, end in zip(analysis.rows, ends, strict=True)]).write(folder / indices)
    results.Table({name: list(column) for name, column in analysis.samples.items()}).write(folder / samples)


def read(folder: Path) -> Sensitivity:
    """An analysis from its folder. Raises ResultError where it is missing, incomplete or damaged."""
    results.check(folder, SENSITIVITY, pictures=False)
    path = folder / SENSITIVITY.document
    document = results.read_json(path)
    try:
        settings = {name: document.pop(name) for name in ("id", "set", "vary")}
        settings |= {name: document.pop(name) for name in ("agents",) if name in document}
        analysis = TypeAdapter(Sensitivity).validate_python({**document, "settings": settings, "folder": folder})
        measures = dict.fromkeys(MEASURES[analysis.design], BLANK)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise ResultError(Problem("", "an analysis that this version can read: make it again"), path) from error
    check_rows(list(analysis.rows), {"name": TEXT, "low": ANY, "high": ANY, "meaning": TEXT, **measures}, "rows", path)
    return analysis


def _title(request: Request) -> str:
    """The scenario's title, with what is given, and agents that are one's own; what was set stands beside it."""
    scenario = request.loaded.scenario
    given = {path: value for path, value in request.loaded.overrides.items() if is_given(path)}
    title = titled(scenario.scenario.title, given, scenario.model_dump(mode="json"))
    return with_agents(title, None if request.agents is None else request.agents.name)


def _whole(folder: Path, question: Question) -> Sensitivity | None:
    """The analysis in a folder, under the words of a question; None if it is not whole."""
    try:
        analysis = read(folder)
    except ResultError:
        return None
    return replace(analysis, title=_title(question.request), settings=question.settings)


def face_sensitivity(
    scenario: ScenarioSource | ResolvedScenario,
    *,
    outcome: str = "count",
    design: str = "sobol",
    points: int = POINTS,
    runs: int = RUNS,
    vary: Mapping[str, Any] | Iterable[str] | None = None,
    parameters: Mode | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    repair: bool = False,
    agents: AgentsSource | None = None,
    record: RecordSource | None = None,
    threads: int | None = None,
    scheduler: str | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Sensitivity:
    """What an outcome of a scenario hangs on: shares of its variance (sobol), or mean steps (morris), by number.

    scenario : a shipped name, a path, the tables of a scenario as a dict, or what `load` returned
    outcome : count, lost, left:ISO3, cooperation or suspended:ISO3, at the end
    points : blocks (sobol; a power of two) or trajectories (morris); runs : per point, a multiple of 20
    vary : ranges by path, such as `{"washington.attention": (0, 3)}`, or as texts, `["washington.attention=0:3"]`;
    otherwise every number with a law, by that law
    parameters : with `vary`, whether all other numbers are central (the default) or drawn
    seed : the scenario's own where left out; set : overrides by dotted path
    given : outcomes that happen, by vote, such as `{"paraguay-2028": "opposition"}`
    repair : leave out what failed, by whole blocks, instead of raising
    record : a file with your own facts since the atlas ends, in place of the scenario's own
    agents : of your own, as `sim.run` has them; they take hours at the usual number of points
    threads : of the compiled engine, or processes of Python agents; all cores where left out
    scheduler : the address of a dask scheduler; its workers are used where it is given
    out : a folder to write the analysis under; nothing is written where it is left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this analysis
    Raises ScenarioError or InputError with every problem found, SimError where points failed.
    """
    place, cast = results.chosen(out, to), own_agents(agents)
    check_traceable(cast, place)
    loaded = reloaded(scenario, set, given, record)
    question = Question.of(
        loaded, whole(runs), seed, parameters, texts_of(vary or ()) or (), outcome=outcome, design=design,
        points=whole(points), repair=repair, agents=cast,
    )  # fmt: skip
    where = executor(None, threads, scheduler)
    if place is None:
        return sensitivity(question, where, tell=announce)
    return sensitivity_to_folder(question, place, None, where, tell=announce)[0]
