"""A sweep: one scenario at many points of a design, resumable, written as two tables and a manifest."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim import results
from sim.atlas import states
from sim.errors import InputError, Problem, ResultError
from sim.model.plan import month_label
from sim.results.tables import COOPERATION, RECOGNITION
from sim.runs.designs import DESIGNS, Design
from sim.runs.designs import design as lay
from sim.runs.executors import Executor, Task, executor
from sim.runs.journal import Journal, looked_at, open_journal
from sim.runs.points import Base, Done
from sim.runs.run import Request, versions, warm_up_kernel
from sim.runs.sampling import Mode
from sim.runs.variation import parse_variations, read_sweep
from sim.scenario import load, opened

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
MANIFEST, POINTS, COUNTS = "manifest.json", "points.parquet", "counts.parquet"
RUNS = 1_000
"""Runs a point, unless the command says otherwise."""
_BATCH = 2_000
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
        return results.identity({"design": self.design, "paths": self.paths, "points": self.keys})

    def folder(self, out: Path) -> Path:
        """Where the finished sweep is kept."""
        return out / "sweep" / self.centre.loaded.name / self.identity

    def unfinished(self, out: Path) -> Path:
        """Where it is kept until then."""
        return self.folder(out).with_name(f"{self.identity}.unfinished")


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


def status(sweep: Sweep, out: Path) -> Status:
    """How far a sweep is, also while another process works on it."""
    folder, wanted = sweep.folder(out), len(sweep.points)
    manifest = _whole(folder)
    if manifest is not None:
        return Status(folder, wanted, wanted, manifest["failed"])
    journal = looked_at(sweep.unfinished(out))
    found = [key for key in sweep.keys if key in journal]
    return Status(
        sweep.unfinished(out), wanted, len(found), sum(journal[key].row["error"] is not None for key in found)
    )


def run_sweep(
    sweep: Sweep,
    out: Path,
    where: Executor,
    progress: Callable[[int, int], None] | None = None,
    draw: Callable[[Swept, Path], object] | None = None,
    command: str = "",
    tell: Callable[[str], object] | None = None,
) -> tuple[Swept, bool]:
    """Run what is not done yet, write the sweep whole, and read it; True when all of it was found.

    A stop at any moment loses the points in flight: the same call goes on, and ends in the same bytes.
    draw : draws charts of the finished sweep into a folder; tell : is told what takes long
    """
    folder = sweep.folder(out)
    if _whole(folder) is not None:
        return Swept(folder), True
    warm_up_kernel(sweep.centre, tell)
    with open_journal(sweep.unfinished(out)) as journal:
        missing = list(_missing(sweep, journal))
        done = len(set(sweep.keys)) - len(missing)
        if progress is not None:
            progress(done, done + len(missing))
        for count, found in enumerate(where.points(sweep.base, missing), 1):
            journal.add(found)
            if progress is not None:
                progress(done + count, done + len(missing))
        with results.placed(folder) as stage:
            _write(sweep, journal, stage, command)
            if draw is not None:
                (stage / results.CHARTS).mkdir()
                draw(Swept(stage), stage / results.CHARTS)
    shutil.rmtree(sweep.unfinished(out), ignore_errors=True)
    return Swept(folder), False


def _missing(sweep: Sweep, journal: Journal) -> Iterator[Task]:
    """The points not done yet, each once, in an order that covers the whole space early."""
    seen: set[str] = set()
    for index in sweep.points.order():
        key = sweep.keys[index]
        if key not in journal and key not in seen:
            seen.add(key)
            yield key, sweep.points[index]


# --- Files


def _write(sweep: Sweep, journal: Journal, stage: Path, command: str) -> None:
    """The tables and the manifest, from the journal, in the order of the points."""
    columns: dict[str, type] = {}
    failed = 0
    for key in sweep.keys:
        row = journal[key].row
        failed += row["error"] is not None
        for name, value in row.items():
            if value is not None or name not in columns:
                columns[name] = type(value) if columns.get(name, type(None)) is type(None) else columns[name]
    _write_points(sweep, journal, columns, stage / POINTS)
    _write_counts(sweep, journal, stage / COUNTS)
    request = sweep.centre
    document = {
        "format": FORMAT,
        "id": sweep.identity,
        "scenario": request.loaded.scenario.model_dump(mode="json", exclude_none=True),
        "set": {path: str(value) for path, value in sweep.base.fixed.items()},
        "design": sweep.design,
        "varied": [{"path": path, **_values(sweep, path)} for path in sweep.paths],
        "points": len(sweep.points),
        "failed": failed,
        "runs": sweep.base.runs,
        "seed": sweep.base.seed,
        "parameters": sweep.base.parameters,
        "digests": {"base": sweep.base_id},
        "versions": versions(),
        "files": {name: results.digest_of(stage / name) for name in (POINTS, COUNTS)},
        "outside": {"command": command},
    }
    (stage / MANIFEST).write_text(json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")


def _values(sweep: Sweep, path: str) -> dict[str, Any]:
    """The distinct values of a path, sorted, where they are few; else their range."""
    values = sorted({values[path] for values in sweep.points})
    if len(values) <= 100:
        return {"values": [_cell(value) for value in values]}
    return {"low": _cell(values[0]), "high": _cell(values[-1])}


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _write_points(sweep: Sweep, journal: Journal, columns: Mapping[str, type], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {float: pa.float64(), int: pa.int64(), str: pa.string(), type(None): pa.string()}
    fields = [("point", pa.int64())]
    for varied in sweep.paths:
        cells = {type(_cell(values[varied])) for values in sweep.points}
        fields.append((varied, kinds[float if cells == {int, float} else cells.pop()]))
    fields += [(name, kinds[kind]) for name, kind in columns.items()]
    schema = pa.schema(fields)
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(sweep, journal):
            table: dict[str, list[Any]] = {"point": [index for index, _ in batch]}
            for varied in sweep.paths:
                table[varied] = [_cell(sweep.points[index][varied]) for index, _ in batch]
            table |= {name: [done.row.get(name) for _, done in batch] for name in columns}
            writer.write_table(pa.table(table, schema=schema))


def _write_counts(sweep: Sweep, journal: Journal, path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            ("point", pa.int64()),
            ("month", pa.string()),
            ("tie", pa.string()),
            ("count", pa.int64()),
            ("share", pa.float64()),
        ]
    )
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(sweep, journal):
            parts: dict[str, list[Any]] = {name: [] for name in schema.names}
            for index, done in batch:
                if not done.counts:
                    continue
                found = done.distribution
                ties, months, counts = (place.tolist() for place in np.nonzero(found))
                year, month = map(int, done.row["first_month"].split("-"))
                labels = [month_label(year * 12 + month - 1 + row) for row in range(found.shape[1])]
                parts["point"] += [index] * len(ties)
                parts["month"] += [labels[row] for row in months]
                parts["tie"] += [(RECOGNITION, COOPERATION)[tie] for tie in ties]
                parts["count"] += counts
                parts["share"] += (found[found > 0] / sweep.base.runs).tolist()
            writer.write_table(pa.table(parts, schema=schema))


def _batches(sweep: Sweep, journal: Journal) -> Iterator[list[tuple[int, Done]]]:
    numbered = iter(enumerate(sweep.keys))
    while batch := [(index, journal[key]) for index, key in islice(numbered, _BATCH)]:
        yield batch


def _whole(folder: Path) -> dict[str, Any] | None:
    """The manifest of a finished sweep whose tables are as they were written; None where there is none."""
    try:
        return check(folder)
    except ResultError:
        return None


def check(folder: Path) -> dict[str, Any]:
    """The manifest of a finished sweep. Raises ResultError where a table is missing or not as it was written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = dict(manifest["files"])
        if manifest["format"] != FORMAT or set(files) != {POINTS, COUNTS}:
            raise ValueError
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ResultError(Problem("", f"a finished sweep, with a {MANIFEST} in it"), folder) from error
    for name, digest in files.items():
        try:
            found = results.digest_of(folder / name)
        except OSError:
            found = ""
        if found != digest:
            raise ResultError(
                Problem(name, "unchanged since it was written, by its digest: run the sweep again"), folder
            )
    return dict(manifest)


@dataclass(frozen=True)
class Swept:
    """A finished sweep, read from its folder."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What it says of itself."""
        return dict(json.loads((self.folder / MANIFEST).read_text("utf-8")))

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """`points.parquet` as columns."""
        import pyarrow.parquet as pq

        with (self.folder / POINTS).open("rb") as file:
            found: dict[str, list[Any]] = pq.read_table(file).to_pydict()
        return found

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"]["scenario"]["name"])

    def points(self) -> pd.DataFrame:
        """One row a point: what was varied, `error`, and the outcomes at the end."""
        import pandas as pd

        return pd.read_parquet(self.folder / POINTS)

    def counts(self) -> pd.DataFrame:
        """One row a point, month, tie and count: the share of runs with that count."""
        import pandas as pd

        return pd.read_parquet(self.folder / COUNTS)

    def document(self) -> dict[str, Any]:
        """What charts read."""
        manifest, columns = self.manifest, self.columns
        header = manifest["scenario"]["scenario"]
        done = [row for row, error in enumerate(columns["error"]) if error is None]
        codes = [name.removeprefix("p_end_") for name in columns if name.startswith("p_end_") and name[-3:] != "_mc"]
        return {
            "scenario": header["name"],
            "title": header["title"],
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
) -> Sweep:
    """The sweep that a user asks for: a scenario with `--vary` texts, or a sweep file.

    fixed : set at every point, by path. What is given here goes before what a sweep file says.
    Raises InputError naming every problem found.
    """
    told = _sweep_file(scenario)
    if told is not None:
        file = read_sweep(told, fixed)
        if varied:
            raise InputError(
                Problem("--vary", f"not with a sweep file, which says it: {file.file}", next(iter(varied)))
            )
        loaded, variations = file.scenario, file.variations
        kind, points = kind or file.design, file.points if points is None else points
        runs, seed = file.runs if runs is None else runs, file.seed if seed is None else seed
    else:
        loaded = load(scenario, fixed)
        variations = parse_variations(varied, loaded)
        if not variations:
            raise InputError(Problem("--vary", "at least one PATH=..., or a sweep file"))
    laid = lay(variations, kind or DESIGNS[0], points, loaded.scenario.scenario.seed if seed is None else seed)
    request = Request.of(loaded, RUNS if runs is None else runs, seed, parameters=parameters)
    base = Base(opened(loaded.file), request.runs, request.seed, parameters, dict(fixed or {}))
    return Sweep(base, laid)


def _sweep_file(scenario: str | Path) -> Path | None:
    """The path of a sweep file; None where what is named is a scenario."""
    path = Path(scenario)
    try:
        if path.suffix == ".toml" and path.is_file():
            return path if "sweep" in tomllib.loads(path.read_text("utf-8")) else None
    except (OSError, ValueError):
        return None
    return None


def sweep(
    scenario: str | Path,
    *,
    vary: Mapping[str, Any] | Iterable[str],
    design: Literal["grid", "lhs", "sobol", "saltelli", "morris"] = "grid",
    points: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    parameters: Mode = "drawn",
    threads: int | None = None,
    scheduler: str | None = None,
    out: str | Path = "results",
) -> Swept:
    """Run a scenario at every point of a design, or go on where an earlier call stopped.

    vary : by path a list of values, a (low, high, n) or a (low, high); or texts as `sim sweep --vary` takes them
    design, points : every combination, or so many points spread over the ranges
    runs : runs a point (1,000 where left out); set : overrides at every point
    scheduler : the address of a dask scheduler; its workers are used where it is given
    out : the folder under which `sweep/<scenario>/<id>` is written
    Raises InputError with every problem found.
    """
    asked = sweep_of(scenario, _texts(vary), design, points, runs, seed, set, parameters)
    where = executor("local" if scheduler is None else "dask", threads, scheduler)
    return run_sweep(asked, Path(out), where, command="sim.sweep")[0]


def _texts(vary: Mapping[str, Any] | Iterable[str]) -> list[str]:
    """What is varied, as `--vary` takes it: tuples are ranges, lists are values, None is the parameter's own range."""
    if not isinstance(vary, Mapping):
        return list(vary)
    return [
        path
        if told is None
        else f"{path}={(':' if isinstance(told, tuple) else ',').join(str(_cell(value)) for value in told)}"
        for path, told in vary.items()
    ]
