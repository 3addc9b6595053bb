"""A sweep: one scenario at many points of a design, resumable, written as two tables and a manifest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim import results
from sim.atlas import states
from sim.errors import InputError, Problem, ResultError, ScenarioError
from sim.fit import beliefs_for
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import month_label
from sim.results.manifests import SWEEP
from sim.results.table import BLANK, MONTH, NUMBER, TEXT, WHOLE, Columns, Parquet, for_pandas, month_ends
from sim.results.tables import COOPERATION, RECOGNITION
from sim.runs.designs import DESIGNS, ONE_AT_A_TIME, Design, nearest_point
from sim.runs.designs import design as lay
from sim.runs.executors import Executor, Local, Task, executor
from sim.runs.journal import Journal, forget_journal, looked_at, open_journal
from sim.runs.levers import lever_variations
from sim.runs.paired import changes, unpacked_ends
from sim.runs.points import COUNTED, Base, Done, Row, outcome_column
from sim.runs.run import Request, warm_up_kernel
from sim.runs.sampling import Mode
from sim.runs.variation import parse_variations, read_sweep
from sim.scenario import Range, Scenario, given_in_words, load, members, shipped_sweeps, with_given
from sim.scenario.levers import LEVERS
from sim.scenario.loading import read_toml
from sim.scenario.schema import LONGEST_MONTHS

if TYPE_CHECKING:
    import pandas as pd

POINTS, COUNTS = SWEEP.data
MOST_VALUES = 100
"""Of a path with more values, the manifest tells only the range."""
RUNS = 1_000
"""Runs a point, unless the command says otherwise."""
_COUNTS: Columns = {"point": WHOLE, "month": MONTH, "tie": TEXT, "count": WHOLE, "share": NUMBER}
_BATCH = 500
"""Points written at a time: memory does not grow with their number."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A scenario and the points at which it is to be run."""

    base: Base
    points: Design
    """Values by path, one a point."""

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
    def _own(self) -> dict[str, Any]:
        return self.centre.decisive

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """For each point a digest of all that decides its numbers."""
        return tuple(results.identity({"base": self.base_id, "values": dict(values)}) for values in self.points)

    @cached_property
    def base_id(self) -> str:
        """Digest of what the points share."""
        return results.identity(self._own)

    @cached_property
    def identity(self) -> str:
        """The sweep's id: a digest of all its points."""
        told = {"design": self.design, "paths": self.paths, "points": self.keys}
        return results.identity(told if self.against is None else told | {"against": self.against})

    @cached_property
    def against(self) -> int | None:
        """The point that all others are told apart from, run by run, where one number moves at a time.

        With one path varied that nearest to the scenario, or the first; None where several move together.
        """
        if self.design == ONE_AT_A_TIME:
            return 0
        return nearest_point(self.points, _unvaried(self, self.paths[0])) if self.base.paired else None

    def folder(self, out: results.Out) -> Path:
        """Where the finished sweep is kept."""
        return results.at(out, "sweep", self.centre.loaded.name, self.identity)

    def unfinished(self, out: results.Out) -> Path:
        """Where it is kept until then."""
        folder = self.folder(out)
        if isinstance(out, results.Exactly):
            return results.beside(folder, f"{self.identity}.unfinished")
        return folder.with_name(f"{self.identity}.unfinished")


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
    with looked_at(sweep.unfinished(out)) as journal:
        done = sum(key in journal for key in sweep.keys)
        failed = sum(journal.failed(key) for key in sweep.keys)
    return Status(sweep.unfinished(out), wanted, done, failed)


Draw = Callable[["Swept", Path, Collection[str]], object]
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
) -> tuple[Swept, bool]:
    """Run what is not done yet, write the sweep whole, and read it; True when all of it was found.

    A stop at any moment loses the points in flight: the same call goes on, and ends in the same bytes.
    tell : is told what takes long
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
                _compute(sweep, journal, where, progress, tell)
                failed = _write_tables(sweep, journal, stage)
        else:
            failed = results.loaded(folder, SWEEP)["failed"]
        manifest = {**_manifest(sweep, failed), "outside": {"command": command}}
        if draw is not None and any(name.startswith(results.CHARTS) for name in todo):
            (stage / results.CHARTS).mkdir()
            there = results.charts_in(folder) if results.CHARTS in todo else set()
            tables = stage if results.DATA in todo else folder
            draw(Swept(tables, manifest), stage / results.CHARTS, sorted({*pictures, *there}))
        return manifest

    pictures = list(pictures)
    wanted = [] if draw is None else [f"{results.CHARTS}/{name}.png" for name in pictures]
    found = results.found_or_made(folder, _said(sweep), wanted, make, own)
    forget_journal(unfinished)
    return Swept.read(folder), found


def _compute(
    sweep: Sweep,
    journal: Journal,
    where: Executor,
    progress: Callable[[int, int], None] | None,
    tell: Callable[[str], object] | None,
) -> None:
    """Have all points in the journal."""
    distinct = set(sweep.keys)
    wanted, done = len(distinct), sum(key in journal for key in distinct)
    if done < wanted and isinstance(where, Local):
        warm_up_kernel(sweep.centre, tell)
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


def _missing(sweep: Sweep, journal: Journal) -> Iterator[Task]:
    """The points not done yet, each once, in an order that covers the whole space early."""
    seen: set[str] = set()
    for index in sweep.points.order():
        key = sweep.keys[index]
        if key not in journal and key not in seen:
            seen.add(key)
            yield key, sweep.points[index]


# --- Files


def _write_tables(sweep: Sweep, journal: Journal, stage: Path) -> int:
    """The tables, from the journal, in the order of the points; how many of these failed."""
    columns: dict[str, type] = {}
    failed = 0
    told = _rows(sweep, journal)
    for key in sweep.keys:
        row = told(journal[key])
        failed += row["error"] is not None
        for name, value in row.items():
            columns.setdefault(name, str if name == "error" else float if value is None else type(value))
    _write_points(sweep, journal, told, columns, stage / POINTS)
    _write_counts(sweep, journal, stage / COUNTS)
    return failed


def _rows(sweep: Sweep, journal: Journal) -> Callable[[Done], Row]:
    """What makes the row of a point: its outcomes, and where points are paired their differences."""
    against = None if sweep.against is None else journal[sweep.keys[sweep.against]]
    if against is None or not against.ends:
        return lambda done: done.row
    there, central = unpacked_ends(against.ends), sweep.base.parameters == "central"

    def row(done: Done) -> Row:
        if not done.ends:
            return done.row
        return done.row | changes(unpacked_ends(done.ends), there, RUNS_PER_DRAW, central)

    return row


def _manifest(sweep: Sweep, failed: int) -> dict[str, Any]:
    """What a sweep says of itself."""
    return {
        **_said(sweep),
        "design": sweep.design,
        "varied": _varied(sweep),
        "points": len(sweep.points),
        "against": sweep.against,
        "failed": failed,
        "runs": sweep.base.runs,
        "seed": sweep.base.seed,
        "parameters": sweep.base.parameters,
        "digests": {"base": sweep.base_id},
    }


def _members(scenario: Scenario) -> dict[str, str]:
    """Side at the start by code, of every state simulated where nothing is varied."""
    who = members(scenario)
    return {code: "taipei" if code in who.recognisers else "beijing" for code in who.all}


def _unvaried(sweep: Sweep, path: str) -> Any:
    """What a path is where nothing is varied; None where that is no one value."""
    scenario, (first, *rest) = sweep.centre.loaded.scenario, path.split(".")
    if first == "parameters":
        return beliefs_for(scenario)[rest[0]].distribution.central
    found: Any = scenario
    for part in (first, *rest):
        found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
    if found is None and first in ("beijing", "taipei", "washington"):
        return next((lever.usual for lever in LEVERS if lever.path == path), None)
    if isinstance(found, Range):
        return found.central
    return _cell(found) if isinstance(found, (float, int, date)) else None


def _said(sweep: Sweep) -> dict[str, Any]:
    """What a manifest says of a sweep before it is run: prose and all."""
    return {
        "kind": SWEEP.name,
        "id": sweep.identity,
        "scenario": sweep.centre.loaded.scenario.model_dump(mode="json", exclude_none=True),
        "set": {path: str(value) for path, value in sweep.base.fixed.items()},
        "members": _members(sweep.centre.loaded.scenario),
        "reference": {path: value for path in sweep.paths if (value := _unvaried(sweep, path)) is not None},
    }


def _varied(sweep: Sweep) -> list[dict[str, Any]]:
    """Of each path its distinct values, sorted, where they are few; else their range."""
    few: dict[str, set[Any]] = {path: set() for path in sweep.paths}
    ends = {path: (value, value) for path, value in sweep.points[0].items()}
    for values in sweep.points:
        for path, value in values.items():
            ends[path] = min(ends[path][0], value), max(ends[path][1], value)
            if len(few[path]) <= MOST_VALUES:
                few[path].add(value)
    return [
        {"path": path, "values": [_cell(value) for value in sorted(values)]}
        if len(values) <= MOST_VALUES
        else {"path": path, "low": _cell(ends[path][0]), "high": _cell(ends[path][1])}
        for path, values in few.items()
    ]


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _write_points(
    sweep: Sweep, journal: Journal, told: Callable[[Done], Row], columns: Mapping[str, type], path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {float: pa.float64(), int: pa.int64(), str: pa.string()}
    fields = [("point", pa.int64())]
    for one in sweep.points.variations:
        cell = type(_cell(sweep.points[0][one.path]))
        fields.append((one.path, kinds[float if cell is int and not one.whole else cell]))
    fields += [(name, kinds[kind]) for name, kind in columns.items()]
    schema = pa.schema(fields)
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(sweep, journal):
            table: dict[str, list[Any]] = {"point": [index for index, _ in batch]}
            for varied in sweep.paths:
                table[varied] = [_cell(sweep.points[index][varied]) for index, _ in batch]
            rows = [told(done) for _, done in batch]
            table |= {name: [row.get(name) for row in rows] for name in columns}
            writer.write_table(pa.table(table, schema=schema))


def _write_counts(sweep: Sweep, journal: Journal, path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"point": pa.int64(), "month": pa.date32(), "tie": pa.string(), "count": pa.int64(), "share": pa.float64()}
    schema = pa.schema(list(kinds.items()), for_pandas(kinds))
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(sweep, journal):
            months: list[str] = []
            parts = []
            for index, done in batch:
                if not done.counts:
                    continue
                found = done.distribution
                ties, rows, counts = np.nonzero(found)
                parts.append([np.full(len(ties), index), rows + len(months), ties, counts, found[ties, rows, counts]])
                months += _months(done.row["first_month"], found.shape[1])
            if not parts:
                continue
            points, rows, ties, counts, runs = (np.concatenate(column) for column in zip(*parts, strict=True))
            columns = {
                "point": pa.array(points),
                "month": pa.array(month_ends(months)[rows]),
                "tie": pa.array([RECOGNITION, COOPERATION], pa.string()).take(pa.array(ties)),
                "count": pa.array(counts),
                "share": pa.array(runs / sweep.base.runs),
            }
            writer.write_table(pa.table(columns, schema=schema))


def _months(first: str, length: int) -> list[str]:
    year, month = map(int, first.split("-"))
    return [month_label(year * 12 + month - 1 + row) for row in range(length)]


def _batches(sweep: Sweep, journal: Journal) -> Iterator[list[tuple[int, Done]]]:
    numbered = iter(enumerate(sweep.keys))
    while batch := [(index, journal[key]) for index, key in islice(numbered, _BATCH)]:
        yield batch


@dataclass(frozen=True)
class Swept:
    """A finished sweep: its folder, and what it says of itself."""

    folder: Path
    manifest: Mapping[str, Any]

    @classmethod
    def read(cls, folder: str | Path) -> Swept:
        """A sweep from its folder. Raises ResultError where it is missing, incomplete or damaged."""
        folder = Path(folder)
        return cls(folder, results.check(folder, SWEEP, pictures=False))

    @cached_property
    def columns(self) -> Parquet:
        """`points.parquet` as columns. Raises ResultError where they are not those of this sweep."""
        points = self.manifest["points"]
        varied: dict[str, str] = {}
        for one in self.manifest["varied"]:
            values = one.get("values") or [one.get("low")]
            varied[one["path"]] = TEXT if isinstance(values[0], str) else NUMBER
        done = {} if self.manifest["failed"] == points else {"first_month": TEXT, **dict.fromkeys(COUNTED, BLANK)}
        return Parquet(self.folder / POINTS, {"point": WHOLE, **varied, "error": TEXT, **done}, points, outcome_column)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"]["scenario"]["name"])

    def points(self) -> pd.DataFrame:
        """One row per point: what was varied, `error`, and the outcomes at the end."""
        return self.columns.arrow().to_pandas()

    def counts(self) -> pd.DataFrame:
        """One row per point, month, tie and count: the share of runs with that count."""
        most = self.manifest["points"] * (LONGEST_MONTHS + 1) * 2 * 256
        return Parquet(self.folder / COUNTS, _COUNTS, most).frame()

    def document(self) -> dict[str, Any]:
        """What charts read."""
        manifest, columns = self.manifest, self.columns
        header = manifest["scenario"]["scenario"]
        done = [row for row, error in enumerate(columns["error"]) if error is None]
        codes = [name[-3:] for name in columns if name[:-3] == "p_end_"]
        return {
            "scenario": header["name"],
            "title": header["title"],
            "given": given_in_words(manifest["scenario"]),
            "runs": manifest["runs"],
            "seed": manifest["seed"],
            "design": manifest["design"],
            "end": str(header["end"])[:7],
            "points": manifest["points"],
            "done": manifest["points"],
            "failed": manifest["points"] - len(done),
            "varied": [
                {
                    "path": varied["path"],
                    "values": sorted({value for value in columns[varied["path"]] if value is not None}),
                    "is_date": isinstance(columns[varied["path"]][0], str),
                }
                for varied in manifest["varied"]
            ],
            "states": {code: states()[code].name for code in codes},
            "at_start": manifest["members"],
            "count_at_start": sum(side == "taipei" for side in manifest["members"].values()),
            "reference": manifest["reference"],
            "against": manifest["against"],
            "columns": columns,
        }


def sweep_of(
    scenario: str | Path,
    varied: Iterable[str] = (),
    kind: str | None = None,
    points: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
    fixed: Mapping[str, Any] | None = None,
    parameters: Mode = "drawn",
    record: str | Path | None = None,
) -> Sweep:
    """The sweep that a user asks for: a scenario with `--vary` texts, a sweep file, or a scenario and its levers.

    kind : where nothing is varied, the levers of the patrons one at a time; else a grid
    fixed : set at every point, by path. What is given here goes before what a sweep file says.
    record : a file with the user's own facts since the atlas ends, in place of the scenario's own
    Raises InputError naming every problem found.
    """
    told = sweep_file(scenario)
    if told is not None:
        file = read_sweep(told, fixed, record)
        if varied:
            raise InputError(
                Problem("--vary", f"not with a sweep file, which says it: {file.file}", next(iter(varied)))
            )
        loaded, variations = file.scenario, file.variations
        kind, points = kind or file.design, file.points if points is None else points
        runs, seed = file.runs if runs is None else runs, file.seed if seed is None else seed
    else:
        loaded = load(scenario, fixed, record=record)
        variations = parse_variations(varied, loaded)
        kind = kind or (DESIGNS[0] if variations else ONE_AT_A_TIME)
    if kind == ONE_AT_A_TIME:
        if variations:
            rule = "levers only where nothing else is varied: it moves one lever of each patron"
            raise InputError(Problem("--design", rule, variations[0].path))
        variations = lever_variations(loaded)
    if not variations:
        raise InputError(Problem("--vary", "at least one PATH=..., a sweep file, or --design levers"))
    laid = lay(variations, kind or DESIGNS[0], points, loaded.scenario.scenario.seed if seed is None else seed)
    request = Request.of(loaded, RUNS if runs is None else runs, seed, parameters=parameters)
    paired = kind == ONE_AT_A_TIME or (len(variations) == 1 and isinstance(variations[0].value_at(0.0), (int, float)))
    base = Base(loaded.opened(), request.runs, request.seed, parameters, dict(loaded.overrides), paired)
    return Sweep(base, laid)


def sweep_file(scenario: str | Path) -> Path | None:
    """The path of a sweep file, named by path or as it is shipped; None where what is named is a scenario."""
    path = shipped_sweeps().get(str(scenario), Path(scenario))
    try:
        if path.suffix == ".toml" and path.is_file():
            return path if "sweep" in read_toml(path, str(path)) else None
    except (OSError, ValueError, ScenarioError):
        return None
    return None


def sweep(
    scenario: str | Path,
    *,
    vary: Mapping[str, Any] | Iterable[str] = (),
    design: Literal["grid", "lhs", "sobol", "saltelli", "morris", "levers"] | None = None,
    points: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    parameters: Mode = "drawn",
    record: str | Path | None = None,
    threads: int | None = None,
    scheduler: str | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Swept:
    """Run a scenario at every point of a design, or go on where an earlier call stopped.

    vary : by path a list of values, a (low, high, n) or a (low, high); or texts as `sim sweep --vary` takes them;
    left out, each patron's lever is moved, one at a time, to multiples of the scenario's value
    design, points : every combination, or so many points spread over the ranges
    runs : runs a point (1,000 where left out); set : overrides at every point
    record : a file with your own facts since the atlas ends, in place of the scenario's own
    given : outcomes that happen at every point, by vote, such as `{"paraguay-2028": "opposition"}`
    scheduler : the address of a dask scheduler; its workers are used where it is given
    out : the folder under which `sweep/<scenario>/<id>` is written: `results` where left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this sweep
    Raises InputError with every problem found.
    """
    place = results.chosen(out, to) or Path("results")
    asked = sweep_of(scenario, _texts(vary), design, points, runs, seed, with_given(set, given), parameters, record)
    where = executor("local" if scheduler is None else "dask", threads, scheduler)
    return run_sweep(asked, place, where, command="sim.sweep")[0]


def _texts(vary: Mapping[str, Any] | Iterable[str]) -> list[str]:
    """What is varied, as `--vary` takes it: tuples are ranges, lists are values, None is the parameter's own range."""
    if isinstance(vary, str):
        return [vary]
    if not isinstance(vary, Mapping):
        return list(vary)
    return [path if told is None else f"{path}={_text(told)}" for path, told in vary.items()]


def _text(told: Any) -> str:
    if isinstance(told, str) or not isinstance(told, Iterable):
        return str(_cell(told))
    return (":" if isinstance(told, tuple) else ",").join(str(_cell(value)) for value in told)
