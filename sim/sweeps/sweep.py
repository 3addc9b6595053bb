"""A sweep: one scenario at many points of a design, resumable, written as two tables and a manifest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim import results
from sim.errors import InputError, Problem, ResultError
from sim.fit import beliefs_for
from sim.results.manifests import SWEEP
from sim.runs.agents import Agents, check_traceable, own_agents
from sim.runs.run import Request
from sim.runs.sampling import Mode
from sim.runs.setup import announce
from sim.scenario import Range, RecordSource, ResolvedScenario, ScenarioSource, members, reloaded, with_given
from sim.scenario.fields import PATRONS
from sim.scenario.levers import lever_at
from sim.scenario.values import as_set, plain
from sim.sweeps.designs import GRID, LISTED, ONE_AT_A_TIME, Design, nearest_point
from sim.sweeps.designs import design as lay
from sim.sweeps.executors import Executor, Local, Task, executor
from sim.sweeps.journal import InMemory, Journal, forget_journal, looked_at, open_journal, unfinished_of
from sim.sweeps.levers import lever_variations
from sim.sweeps.pointfile import PointTable, is_table, listed_points, table_of
from sim.sweeps.points import Base
from sim.sweeps.reading import parse_variations, read_sweep
from sim.sweeps.sweepfile import sweep_document
from sim.sweeps.swept import SweepResult
from sim.sweeps.tables import cell_of, varied, write_tables

if TYPE_CHECKING:
    import pandas as pd

RUNS = 1_000
"""Runs per point, unless the command says otherwise."""
MOST_PAIRED = 2_000
"""Points of a grid, or listed, over several paths that are told apart run by run: it takes the end of every run."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A scenario and the points at which it is to be run."""

    base: Base
    points: Design
    """Values by path, for each point."""

    @property
    def design(self) -> str:
        """Kind of the design."""
        return self.points.kind

    @property
    def paths(self) -> tuple[str, ...]:
        """What is varied."""
        return tuple(one.path for one in self.points.variations)

    @cached_property
    def centre(self) -> Request:
        """The request of the scenario itself, nothing varied. Raises ScenarioError where it makes no scenario."""
        return self.base.request({})

    @cached_property
    def at_start(self) -> dict[str, str]:
        """Side at the start by code, of every state simulated where nothing is varied."""
        who = members(self.centre.loaded.scenario)
        return {code: "taipei" if code in who.recognisers else "beijing" for code in who.all}

    @cached_property
    def _own(self) -> dict[str, Any]:
        return self.centre.decisive

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """For each point a digest of all that decides its numbers."""
        return tuple(results.identity({"base": self.base_id, "values": dict(values)}) for values in self.points)

    @cached_property
    def base_id(self) -> str:
        """Digest of what the points share, and of the sources of this room."""
        measured = {} if self.base.outcome is None else {"outcome": self.base.outcome}
        return results.identity({**self._own, **measured, "sweeps": results.sources_digest(("sweeps",))})

    @cached_property
    def identity(self) -> str:
        """The sweep's id: a digest of all its points."""
        decisive: dict[str, Any] = {"design": self.design, "paths": self.paths, "points": self.keys}
        if self.points.labels:
            decisive["labels"] = self.points.labels
        return results.identity(decisive if self.against is None else decisive | {"against": self.against})

    @cached_property
    def against(self) -> int | None:
        """The point that all others are told apart from, run by run: that nearest to the scenario, or the first.

        None of a design that spreads points over the ranges of several paths, or where one of them is blank.
        """
        if self.design == ONE_AT_A_TIME:
            return 0
        return nearest_point(self.points, self.reference) if self.base.paired else None

    @cached_property
    def reference(self) -> dict[str, Any]:
        """By path what it is where nothing is varied; only paths for which that is one value."""
        return {path: value for path in self.paths if (value := _unvaried(self, path)) is not None}

    def folder(self, out: results.Out) -> Path:
        """Where the finished sweep is kept."""
        return results.at(out, "sweep", self.centre.loaded.name, self.identity)

    def unfinished(self, out: results.Out) -> Path:
        """Where it is kept until then."""
        return unfinished_of(self.folder(out), self.identity, out)


@dataclass(frozen=True)
class Status:
    """How far a sweep is."""

    folder: Path
    """Its folder, finished or not."""
    points: int
    done: int
    failed: int
    """Points among those done that could not be run."""

    @property
    def finished(self) -> bool:
        """Whether its tables are written."""
        return not self.folder.name.endswith(".unfinished")


def status(sweep: Sweep, out: results.Out) -> Status:
    """How far a sweep is, also while another process works on it."""
    folder, wanted = sweep.folder(out), len(sweep.points)
    with suppress(ResultError):
        return Status(folder, wanted, wanted, results.check(folder, SWEEP, pictures=False)["failed"])
    return far_of(sweep, sweep.unfinished(out))


def far_of(sweep: Sweep, unfinished: Path) -> Status:
    """How far the journal in a folder is."""
    with looked_at(unfinished) as journal:
        done = sum(key in journal for key in sweep.keys)
        failed = sum(journal.failed(key) for key in sweep.keys)
    return Status(unfinished, len(sweep.points), done, failed)


Draw = Callable[["SweepResult", Path, Collection[str]], object]
"""Draws charts of a finished sweep, by their names, into a folder."""


def run_sweep(
    sweep: Sweep,
    out: results.Out,
    where: Executor,
    progress: Callable[[int, int], None] | None = None,
    draw: Draw | None = None,
    command: str = "",
    tell: Callable[[str], object] | None = None,
    pictures: Iterable[str] = (),
) -> tuple[SweepResult, bool]:
    """Run what is not done yet, write the sweep whole, and read it; True when all of it was found.

    A stop at any moment loses the points in flight: the same call goes on, and ends in the same bytes.
    tell : called with a sentence when something takes long
    pictures : names of the charts asked for; those that are there are drawn again where what they show has changed
    """
    folder, unfinished = sweep.folder(out), sweep.unfinished(out)
    own = results.claim(out, SWEEP, sweep.identity)

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        if results.DATA in todo:
            with open_journal(unfinished) as journal:
                with suppress(ResultError):  # another process may have finished it before the journal was ours
                    results.check(folder, SWEEP, pictures=False)
                    raise results.Overtaken
                compute(sweep, journal, where, progress, tell)
                failed = write_tables(sweep, journal, stage)
        else:
            failed = results.loaded(folder, SWEEP)["failed"]
        manifest = {**_manifest(sweep, failed), "outside": {"command": command}}
        if draw is not None and any(name.startswith(results.CHARTS) for name in todo):
            (stage / results.CHARTS).mkdir()
            there = results.charts_in(folder) if results.CHARTS in todo else set()
            tables = stage if results.DATA in todo else folder
            draw(SweepResult(tables, manifest), stage / results.CHARTS, sorted({*pictures, *there}))
        return manifest

    pictures = list(pictures)
    wanted = [] if draw is None else [f"{results.CHARTS}/{name}.png" for name in pictures]
    was_there = results.found_or_made(folder, _described(sweep), wanted, make, own)
    forget_journal(unfinished)
    return SweepResult.read(folder), was_there


def compute(
    sweep: Sweep,
    journal: Journal | InMemory,
    where: Executor,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], object] | None = None,
) -> None:
    """Have all points in the journal."""
    distinct = set(sweep.keys)
    wanted, done = len(distinct), sum(key in journal for key in distinct)
    if done < wanted and isinstance(where, Local):
        if sweep.base.agents is None:
            sweep.centre.setup.warm_up(tell)
        else:
            many = sweep.base.runs * (wanted - done)
            sweep.centre.setup.rehearse(many, where.threads, tell, f" at {wanted - done} points")
    if progress is not None:
        progress(done, wanted)
    if done == wanted:
        return
    with closing(where.points(sweep.base, _missing(sweep, journal), wanted - done)) as finishing:
        for finished in finishing:
            journal.add(finished)
            done += len(finished)
            if progress is not None:
                progress(done, wanted)


def _missing(sweep: Sweep, journal: Journal | InMemory) -> Iterator[Task]:
    """The points not done yet, each once, in an order that covers the whole space early."""
    seen: set[str] = set()
    for index in sweep.points.order():
        key = sweep.keys[index]
        if key not in journal and key not in seen:
            seen.add(key)
            yield key, sweep.points[index]


def _manifest(sweep: Sweep, failed: int) -> dict[str, Any]:
    """What a sweep says of itself."""
    return {
        **_described(sweep),
        "design": sweep.design,
        "varied": varied(sweep),
        "points": len(sweep.points),
        "against": sweep.against,
        "failed": failed,
        **({"labels": list(sweep.points.labels)} if sweep.points.labels else {}),
        "runs": sweep.base.runs,
        "seed": sweep.base.seed,
        "parameters": sweep.base.parameters,
        **({} if sweep.base.agents is None else {"agents": sweep.base.agents.document}),
        "digests": {"base": sweep.base_id},
    }


def _unvaried(sweep: Sweep, path: str) -> Any:
    """What a path is where nothing is varied; None if that is not one value."""
    scenario, (first, *rest) = sweep.centre.loaded.scenario, path.split(".")
    if first == "parameters":
        return beliefs_for(scenario)[rest[0]].distribution.central
    value: Any = scenario
    for part in (first, *rest):
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
    if value is None and first in PATRONS:
        lever = lever_at(path)
        return None if lever is None else lever.usual
    if isinstance(value, Range):
        return value.central
    return cell_of(value) if isinstance(value, (float, int, date)) else None


def _described(sweep: Sweep) -> dict[str, Any]:
    """What a manifest says of a sweep before it is run: prose and all."""
    return {
        "kind": SWEEP.name,
        "id": sweep.identity,
        "scenario": sweep.centre.loaded.scenario.model_dump(mode="json", exclude_none=True),
        "set": {path: as_set(value) for path, value in sweep.base.fixed.items()},
        "members": sweep.at_start,
        "reference": sweep.reference,
    }


def sweep_of(
    scenario: ScenarioSource | ResolvedScenario,
    varied: Iterable[str] = (),
    kind: str | None = None,
    points: int | PointTable | None = None,
    runs: int | None = None,
    seed: int | None = None,
    fixed: Mapping[str, Any] | None = None,
    parameters: Mode = "drawn",
    record: RecordSource | None = None,
    agents: Agents | None = None,
) -> Sweep:
    """The sweep that a user asks for: a scenario with `--vary` texts or points, a sweep file, or one and its levers.

    kind : where nothing is varied, the levers of the patrons one at a time; otherwise a grid
    points : how many a design that is no grid has, or a table of them
    fixed : set at every point, by path. What is given here goes before what a sweep file says.
    record : a file with the user's own facts since the atlas ends, in place of the scenario's own
    agents : of one's own
    Raises InputError naming every problem found.
    """
    named = scenario if isinstance(scenario, (str, Path)) else None
    if named is not None and is_table(named) and not Path(named).is_dir():
        rule = f"a file of points, not a scenario: sim sweep SCENARIO --points {Path(named).name}"
        raise InputError(Problem("", rule), named)
    listed: Design | None = None
    document = None if named is None else sweep_document(named)
    if document is not None:
        file = read_sweep(document[0], fixed, document[1], record)
        if varied or isinstance(points, PointTable):
            option, value = ("--points", points.name) if isinstance(points, PointTable) else ("--vary", _first(varied))
            raise InputError(Problem(option, f"not with a sweep file, which says it: {file.file}", value))
        if file.listed is not None and (kind or points) is not None:
            option, asked = ("--points", points) if kind is None else ("--design", kind)
            raise InputError(Problem(option, f"not with a file of points, as {file.file} has", asked))
        loaded, variations, listed = file.scenario, file.variations, file.listed
        kind, points = kind or file.design, file.points if points is None else points
        runs, seed = file.runs if runs is None else runs, file.seed if seed is None else seed
    elif isinstance(points, PointTable):
        if varied or kind:
            option = "--vary" if varied else "--design"
            rule = f"not with a file of points, which says what is varied: {points.name}"
            raise InputError(Problem(option, rule, _first(varied) if varied else kind))
        loaded = reloaded(scenario, fixed, record=record)
        listed = listed_points(loaded, points)
        variations, kind = listed.variations, LISTED
    else:
        loaded = reloaded(scenario, fixed, record=record)
        variations = parse_variations(varied, loaded)
        kind = kind or (GRID if variations else ONE_AT_A_TIME)
    if kind == ONE_AT_A_TIME:
        if variations:
            rule = "levers only where nothing else is varied: it moves one lever of each patron"
            raise InputError(Problem("--design", rule, variations[0].path))
        variations = lever_variations(loaded)
    if not variations:
        raise InputError(Problem("--vary", "at least one PATH=..., a sweep file, or --design levers"))
    own_seed = loaded.scenario.scenario.seed if seed is None else seed
    request = Request.of(loaded, RUNS if runs is None else runs, seed, parameters=parameters)
    design_points = listed or lay(variations, kind or GRID, points, own_seed)  # type: ignore[arg-type]
    whole = all(len(point) == len(variations) for point in design_points.listed)  # a blank stands nowhere on its axis
    few = len(design_points) <= MOST_PAIRED and kind in (GRID, LISTED)
    paired = kind == ONE_AT_A_TIME or (whole and (few or len(variations) == 1))
    base = Base(loaded.opened(), request.runs, request.seed, parameters, dict(loaded.overrides), paired, agents=agents)
    return Sweep(base, design_points)


def _first(varied: Iterable[str]) -> str:
    return next(iter(varied))


def sweep(
    scenario: ScenarioSource | ResolvedScenario,
    *,
    vary: Mapping[str, Any] | Iterable[str] | pd.DataFrame = (),
    design: Literal["grid", "lhs", "sobol", "saltelli", "morris", "levers"] | None = None,
    points: int | str | Path | pd.DataFrame | Sequence[Mapping[str, Any]] | None = None,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    parameters: Mode = "drawn",
    agents: str | Path | None = None,
    record: RecordSource | None = None,
    threads: int | None = None,
    scheduler: str | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> SweepResult:
    """Run a scenario at every point of a design, or go on where an earlier call stopped.

    scenario : a shipped name, the path of a scenario or a sweep file, tables (a dict), or what `load` returned
    vary : by path a list of values, a (low, high, n) or a (low, high); or texts as `sim sweep --vary` takes them;
    left out, each patron's lever is moved, one at a time, to multiples of the scenario's value
    design, points : every combination, or a number of points spread over the ranges; or in `points` the points
    themselves, one row per point and one column per path: a frame, a list of values by path, or the path of a CSV file
    runs : runs per point (1,000 where left out); set : overrides at every point
    record : a file with your own facts since the atlas ends, in place of the scenario's own
    given : outcomes that happen at every point, by vote, such as `{"paraguay-2028": "opposition"}`
    agents : of your own: a file, or the name of a module
    threads : of the compiled engine, or processes of Python agents; all cores where left out
    scheduler : the address of a dask scheduler; its workers are used where it is given
    out : the folder under which `sweep/<scenario>/<id>` is written: `results` where left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this sweep
    Raises InputError with every problem found.
    """
    place = results.chosen(out, to) or Path("results")
    texts, listed = texts_of(vary), table_of(points)
    if texts is None:
        if listed is not None:
            raise InputError(Problem("points", "left out where vary is a frame of points"))
        listed = table_of(vary)
    fixed = with_given(set, given)
    cast = own_agents(agents)
    check_traceable(cast, place)
    asked = sweep_of(scenario, texts or (), design, listed, runs, seed, fixed, parameters, record, cast)
    where = executor(None, threads, scheduler)
    return run_sweep(asked, place, where, command="sim.sweep", tell=announce)[0]


def texts_of(vary: Any) -> list[str] | None:
    """What is varied, as `--vary` takes it: tuples are ranges, lists are values, None is the parameter's own range.

    None of a frame, whose rows are points.
    """
    if hasattr(vary, "itertuples"):
        return None
    if isinstance(vary, str):
        return [vary]
    if not isinstance(vary, Mapping):
        return list(vary)
    return [path if raw is None else f"{path}={_text(raw)}" for path, raw in vary.items()]


def _text(raw: Any) -> str:
    if isinstance(raw, str) or not isinstance(raw, Iterable):
        return str(cell_of(plain(raw)))
    return (":" if isinstance(raw, tuple) else ",").join(str(cell_of(plain(value))) for value in raw)
