"""One scenario run: the request, its identity, the ensemble, and the result on disk."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import atlas, results
from sim.errors import InputError, Problem, ResultError
from sim.fit import Belief, described
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan
from sim.model.reference import derive
from sim.model.terms import COLUMNS, HEAD, HEADS, IN_TALKS, SIDE, SIDES, TALKS, TIES, WEIGHED
from sim.results import Result, Table
from sim.results.manifests import RESULT
from sim.results.outcomes import Vote
from sim.results.tables import COOPERATION, RECOGNITION, rows_of
from sim.results.talks import talks_table
from sim.runs.agents import Agents, known_agents
from sim.runs.ensemble import Ensemble, Progress, check_ledger
from sim.runs.sampling import Draws, Mode
from sim.runs.setup import Setup
from sim.runs.votes import votes
from sim.scenario import ResolvedScenario, Scenario
from sim.scenario.schema import MOST_RUNS, MOST_SEED
from sim.scenario.values import as_set, whole

BLOCK = 2_000
"""Runs that are simulated, and written as one group of rows, at a time: whole draws."""
MOST_TALK_RUNS = 10_000
"""Runs, from the first, whose concluded talks a result keeps: a million runs have about twenty million."""


@dataclass
class Clock:
    """The time that a run took, in seconds by stage; kept outside every digest."""

    stages: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """Add the time since the last lap to a stage."""
        now = time.perf_counter()
        self.stages[stage] = self.stages.get(stage, 0.0) + now - self._last
        self._last = now


@dataclass(frozen=True)
class Request:
    """What is to be run: a scenario, with everything that decides its numbers."""

    loaded: ResolvedScenario
    runs: int
    seed: int
    engine: str = "compiled"
    parameters: Mode = "drawn"
    ledger: bool = False
    agents: Agents | None = None
    """Of one's own."""

    @classmethod
    def of(
        cls,
        loaded: ResolvedScenario,
        runs: int | None = None,
        seed: int | None = None,
        engine: str | None = None,
        agents: Agents | None = None,
        **settings: Any,
    ) -> Request:
        """A request; runs and seed are the scenario's own unless given, the engine is that of the agents."""
        header = loaded.scenario.scenario
        return cls(
            loaded,
            runs=header.runs if runs is None else runs,
            seed=header.seed if seed is None else seed,
            engine=engine or ("compiled" if agents is None else "mesa"),
            agents=agents,
            **settings,
        )

    @classmethod
    def again(cls, result: Result) -> Request:
        """The request that gave a result, from what the result keeps.

        Raises ResultError if its scenario is not in this version's language.
        """
        try:
            scenario, reference = (
                Scenario.model_validate(document) for document in (result.scenario, result.reference)
            )
        except ValueError as error:
            rule = f"a scenario of this version's language; run it again ({str(error).splitlines()[0]})"
            raise ResultError(Problem("scenario", rule), result.folder) from None
        loaded = ResolvedScenario(scenario, reference, result.name, result.extends, dict(result.settings["set"]))
        settings = {key: result.settings[key] for key in ("runs", "seed", "engine", "parameters")}
        agents = result.settings.get("agents")
        return cls(loaded, **settings, agents=None if agents is None else known_agents(agents))

    def __post_init__(self) -> None:
        for name in ("runs", "seed"):
            object.__setattr__(self, name, whole(getattr(self, name)))
        check_numbers(self.runs, self.seed)
        if self.engine not in ("compiled", "mesa"):
            raise InputError(Problem("--engine", "one of compiled, mesa", self.engine))
        if self.agents is not None and self.engine != "mesa":
            raise InputError(Problem("--engine", "mesa with --agents: only it runs Python", self.engine))
        if self.parameters not in ("drawn", "central"):
            raise InputError(Problem("--parameters", "one of drawn, central", self.parameters))

    @property
    def setup(self) -> Setup:
        """The scenario made ready to run."""
        return Setup.of(self.loaded, self.seed, self.parameters, agents=self.agents)

    @property
    def decisive(self) -> dict[str, Any]:
        """Everything that decides the numbers."""
        documents = {
            name: results.without_prose(scenario.model_dump(mode="json"))
            for name, scenario in (("scenario", self.loaded.scenario), ("reference", self.loaded.reference))
        }
        for document in documents.values():
            for key in ("runs", "seed"):
                document["scenario"].pop(key)
        documents["reference"]["scenario"].pop("name")
        return {
            **documents,
            "runs": self.runs,
            "seed": self.seed,
            "engine": self.engine,
            "parameters": self.parameters,
            "atlas": atlas.digest(),
            "sources": results.sources_digest(),
            **({} if self.agents is None else {"agents": self.agents.digest}),
        }

    @property
    def identity(self) -> str:
        """The result's id."""
        return results.identity(self.decisive)


def check_numbers(runs: int, seed: int, most_seed: int = MOST_SEED) -> None:
    """Raises InputError for an impossible number of runs or seed."""
    for option, value, least, most in (("--runs", runs, 1, MOST_RUNS), ("--seed", seed, 0, most_seed)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise InputError(Problem(option, "a whole number", value))
        if not least <= value <= most:
            raise InputError(Problem(option, f"a whole number from {least} to {most}", value))


def simulate(
    request: Request,
    threads: int | None = None,
    progress: Progress | None = None,
    clock: Clock | None = None,
    tell: Callable[[str], object] | None = None,
    talks: bool = True,
) -> Result:
    """Run a request in memory.

    tell : called with a sentence before a step that takes long
    talks : whether to keep the concluded talks and the accounts of the first `MOST_TALK_RUNS` runs
    """
    prepared = _Prepared.of(request, clock, tell, talks, threads)
    whole = prepared.setup.ensemble(request.runs, **prepared.settings(threads, progress))
    prepared.clock.lap("model")
    block, plan = prepared.block(whole), prepared.setup.plan
    return replace(
        prepared.bare,
        counted={tie: np.ascontiguousarray(counts) for tie, counts in block.counted.items()},
        changes=block.changes,
        expected=block.expected,
        ledger=None if whole.ledger is None else _ledger(whole.ledger, plan),
        concluded=partial(talks_table, block.talks, plan.months, plan.states),
        drawn=partial(_drawn, prepared.draws.parameters),
        answers=block.answers,
        book=block.accounts,
        voted=prepared.votes,
    )


def write_run(
    request: Request,
    stage: Path,
    threads: int | None = None,
    progress: Progress | None = None,
    clock: Clock | None = None,
    tell: Callable[[str], object] | None = None,
) -> Result:
    """Run a request and write its tables into a folder, run by run: no more than `BLOCK` of them are in memory."""
    prepared = _Prepared.of(request, clock, tell, threads=threads)
    plan, ledger = prepared.setup.plan, None
    with results.Writing(prepared.bare, stage) as writing:
        runs = prepared.setup.blocks(request.runs, BLOCK, **prepared.settings(threads, progress))
        with closing(runs):
            for some in runs:
                writing.add(prepared.block(some))
                ledger = None if some.ledger is None else _ledger(some.ledger, plan)
        prepared.clock.lap("model")
        return writing.finished(prepared.votes(), _drawn(prepared.draws.parameters), ledger)


@dataclass(frozen=True)
class _Prepared:
    """A request made ready: what is known before its first run."""

    request: Request
    setup: Setup
    draws: Draws
    bare: Result
    """The result without its runs."""
    clock: Clock

    @classmethod
    def of(
        cls,
        request: Request,
        clock: Clock | None,
        tell: Callable[[str], object] | None,
        talks: bool = True,
        threads: int | None = None,
    ) -> _Prepared:
        """talks : whether the talks and the accounts of the first `MOST_TALK_RUNS` runs are kept."""
        clock = clock or Clock()
        check_ledger(request.ledger, request.runs)
        setup = request.setup
        plan = setup.plan
        draws = setup.draws(request.runs)
        clock.lap("start-up")
        if request.engine == "compiled":
            setup.warm_up(tell)
        else:
            setup.rehearse(request.runs, threads, tell)
        clock.lap("compile" if request.engine == "compiled" else "model")
        nothing = np.empty((0, HEAD + COLUMNS))
        bare = Result(
            scenario=_document(request.loaded.scenario),
            reference=_document(request.loaded.reference),
            extends=request.loaded.chain,
            months=plan.months,
            members=tuple(
                (code, atlas.states()[code].name, _side(plan, index)) for index, code in enumerate(plan.states)
            ),
            counted={},
            changes=_changes(nothing),
            hosts=tuple((code, atlas.states()[code].name) for code in plan.hosts),
            observed=observed(request.loaded.scenario, plan.months),
            settings=_settings(request),
            beliefs=tuple(described(belief) for belief in setup.beliefs.values()),
            budgets=_budgets(plan, setup.beliefs),
            talk_runs=min(request.runs, MOST_TALK_RUNS) if talks else 0,
        )
        return cls(request, setup, draws, bare, clock)

    def settings(self, threads: int | None, progress: Progress | None) -> dict[str, Any]:
        """How the engines are asked."""
        return {
            "engine": self.request.engine,
            "horizons": rows_of(len(self.setup.plan.months) - 1),
            "threads": threads,
            "ledger": self.request.ledger,
            "progress": progress,
            "talks": self.bare.talk_runs,
        }

    def block(self, some: Ensemble) -> results.Block:
        """What the engines gave, as results have it."""
        ties = TIES if self.setup.plan.hosts else TIES[:1]
        counted = {tie: some.counts[:, :, number] for number, tie in enumerate(ties)}
        return results.Block(counted, _changes(some.changes), some.expected, some.talks, some.answers, some.accounts)

    def votes(self) -> tuple[Vote, ...]:
        """What came of each vote."""
        return votes(self.setup.plan, self.draws.outcomes, self.request.seed, self.request.runs)


def _changes(rows: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """The engines' changes by column."""
    heads = {name: rows[:, column].astype(np.int64) for name, column in HEADS.items()}
    return heads | {name: rows[:, HEAD + column].copy() for name, column in WEIGHED.items()}


def run_to_folder(
    request: Request,
    out: results.Out,
    draw: Callable[[Result, Path], AbstractContextManager[object]] | None,
    command: str,
    threads: int | None = None,
    progress: Progress | None = None,
    clock: Clock | None = None,
    tell: Callable[[str], object] | None = None,
    page: Callable[[Result, Path], object] | None = None,
    pictures: bool = True,
) -> tuple[Result, bool]:
    """Find the request's result under `out`, or run it and write it there whole; True if it was found.

    draw : draws the charts of a result into a folder while what is in its `with` goes on; None if the caller cannot
    page : writes its page into a file; likewise
    pictures : whether both are wanted; existing ones are made again in any case if what they show has changed
    """
    clock = clock or Clock()
    check_ledger(request.ledger, request.runs)
    folder = results.folder_of(out, request.loaded.name, request.identity)
    own = results.claim(out, RESULT, request.identity)
    asked = ((results.CHARTS, draw and pictures), (results.REPORT, page and pictures), (results.LEDGER, request.ledger))
    wanted = {part for part, is_asked in asked if is_asked}
    computed: list[Result] = []

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        clock.lap("start-up")
        result = None if {results.DATA, results.LEDGER, *RESULT.later} & set(todo) else _stored(folder, request)
        if result is None:
            whole = replace(request, ledger=request.ledger or results.LEDGER in todo)
            result = write_run(whole, stage, threads, progress, clock, tell)
        clock.lap("files")
        with ExitStack() as meanwhile:
            if draw is not None and results.CHARTS in todo:
                (stage / results.CHARTS).mkdir()
                meanwhile.enter_context(draw(result, stage / results.CHARTS))
                clock.lap("charts")
            if page is not None and results.REPORT in todo:
                page(result, stage / results.REPORT)
                clock.lap("page")
        if draw is not None and results.CHARTS in todo:
            clock.lap("charts")
        computed.append(result)
        outside = {"command": command, "seconds": {stage: round(s, 3) for stage, s in clock.stages.items()}}
        return {**manifest(request, result), "outside": outside}

    is_there = results.found_or_made(folder, _identity(request), wanted, make, own)
    if is_there and (stored := _stored(folder, request)) is not None:
        return stored, True
    if is_there:
        # Its digests fit, but it cannot be read, or somebody has just removed it.
        results.found_or_made(folder, _identity(request), {results.DATA, *wanted}, make, own)
    clock.lap("files")
    return results.kept_in(folder, computed[-1]), False


def _stored(folder: Path, request: Request) -> Result | None:
    """The result in a folder, with the words of a request; None if it is not whole."""
    try:
        result = results.read(folder)
    except ResultError:
        return None
    document = _identity(request)
    words = {key: document[key] for key in ("scenario", "reference", "settings")}
    return replace(result, **words)


def _identity(request: Request) -> dict[str, Any]:
    """The part of a result's manifest that is known before it is run."""
    return {
        "kind": RESULT.name,
        "id": request.identity,
        "settings": _settings(request),
        "scenario": _document(request.loaded.scenario),
        "reference": _document(request.loaded.reference),
        "extends": list(request.loaded.chain),
    }


def _settings(request: Request) -> dict[str, Any]:
    """The settings of a request, as results keep them."""
    return {
        "id": request.identity,
        "runs": request.runs,
        "seed": request.seed,
        "engine": request.engine,
        "parameters": request.parameters,
        "runs_per_draw": RUNS_PER_DRAW,
        "set": {key: as_set(value) for key, value in request.loaded.overrides.items()},
        **({} if request.agents is None else {"agents": request.agents.document}),
    }


def _document(scenario: Scenario) -> dict[str, Any]:
    """A scenario as results keep it."""
    return scenario.model_dump(mode="json", exclude_none=True)


def manifest(request: Request, result: Result) -> dict[str, Any]:
    """What a manifest holds of a result that is known only once it has been run."""
    return {
        "digests": {"atlas": atlas.digest(), "sources": results.sources_digest()},
        "record_confirmed_until": str(request.loaded.scenario.known.confirmed_until),
        "months": list(result.months),
        "members": [{"iso3": code, "state": name, "at_start": side} for code, name, side in result.members],
        "hosts": [{"iso3": code, "state": name} for code, name in result.hosts],
        "observed": list(result.observed),
        "budgets_million_usd_a_year": dict(result.budgets),
        "parameters": [dict(belief) for belief in result.beliefs],
        "talk_runs": result.talk_runs,
    }


def observed(scenario: Scenario, months: tuple[str, ...]) -> tuple[int | None, ...]:
    """The count on record for each row: at the end of `as_of`, then of each month; None after the record ends."""
    known, days = scenario.known, [scenario.as_of]
    for month in months[1:]:
        year, number = map(int, month.split("-"))
        days.append(date(year, number, calendar.monthrange(year, number)[1]))
    return tuple(known.count(day) if day <= known.confirmed_until else None for day in days)


def _drawn(parameters: Any) -> Table:
    """The draws of the parameters as columns, and the number of each draw."""
    columns = {name: np.ascontiguousarray(parameters[name]) for name in parameters.dtype.names}
    return Table({"draw": np.arange(len(parameters), dtype=np.int32), **columns})


def _ledger(book: Any, plan: Plan) -> Table:
    runs, length, places, _ = book.shape
    ties = [RECOGNITION] * len(plan.states) + [COOPERATION] * len(plan.hosts)
    sides = [[SIDES[tie][int(side)] for tie, side in zip(ties, row, strict=True)] for row in _rows(book[:, :, :, SIDE])]
    columns = {
        "run": np.repeat(np.arange(runs), length * places).tolist(),
        "month": [month for _ in range(runs) for month in plan.months for _ in range(places)],
        "iso3": [*plan.states, *plan.hosts] * (runs * length),
        "tie": ties * (runs * length),
        "side": [side for row in sides for side in row],
        "talks": [TALKS[int(talks)] for talks in book[:, :, :, IN_TALKS].ravel().tolist()],
    }
    return Table(columns | {name: book[:, :, :, column].ravel() for name, column in WEIGHED.items()})


def _rows(sides: Any) -> Any:
    return sides.reshape(-1, sides.shape[-1]).tolist()


def _budgets(plan: Plan, beliefs: Mapping[str, Belief]) -> dict[str, float]:
    """Beijing's purse and the sum of Taipei's base aid at central parameters, US$ million a year."""
    central = SimpleNamespace(**{name: belief.distribution.central for name, belief in beliefs.items()})
    reference = derive(plan.timeline, central, np.zeros(len(plan.entries)), np.zeros(len(plan.states)))
    return {"beijing": float(f"{central.purse:.6g}"), "taipei": float(f"{reference.base_budget:.6g}")}


def _side(plan: Plan, index: int) -> str:
    if plan.timeline.with_taipei[index]:
        return "taipei"
    return "none" if plan.timeline.with_none[index] else "beijing"
