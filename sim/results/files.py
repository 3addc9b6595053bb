"""Result folders: written whole or not at all, each file with its digest, and read back with a check."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError, Problem, ResultError
from sim.results.result import SIDES, Result
from sim.results.tables import COOPERATION, DIGITS, RECOGNITION, Table

FORMAT = 1
MANIFEST = "manifest.json"
OUTSIDE = "outside"
"""Key of the manifest for what no digest covers: the command and the wall time."""


def folder_of(out: Path, name: str, identity: str) -> Path:
    """Where a result is kept: `<out>/<scenario>/<id>`."""
    return out / name / identity


DATA = ("trajectories.parquet", "events.parquet", "summary.csv", "states.csv")
"""Files every result has; charts, a page and a ledger may stand beside them."""
LEDGER, CHARTS, REPORT = "ledger.parquet", "charts", "report.html"


def parts(manifest: Mapping[str, Any]) -> set[str]:
    """What a result has besides its data: charts, a page, a ledger."""
    return {
        part
        for part in (LEDGER, CHARTS, REPORT)
        for name in manifest["files"]
        if name == part or name.startswith(f"{part}/")
    }


def complete(folder: Path, wanted: Iterable[str] = ()) -> bool:
    """Whether a folder holds an undamaged result with all `wanted` parts."""
    try:
        return set(wanted) <= parts(check(folder))
    except ResultError:
        return False


def check(folder: Path, pictures: bool = True) -> dict[str, Any]:
    """The manifest of a result, every file of it having its digest. Raises ResultError naming what is wrong.

    pictures : also check the charts and the page, which nothing is read from
    """
    manifest = _manifest(folder)
    for name, digest in manifest["files"].items():
        path = folder / name
        if (name == REPORT or name.startswith(f"{CHARTS}/")) and not pictures:
            continue
        try:
            found = digest_of(path)
        except OSError:
            raise ResultError(Problem(name, "a file of this result, and it is missing"), folder) from None
        if found != digest:
            raise ResultError(
                Problem(name, "unchanged since it was written, by its digest: run the scenario again"), folder
            )
    return manifest


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not os.path.isfile(path):  # noqa: PTH113  (a name too long is no file either)
        raise ResultError(Problem("", f"a result folder, with a {MANIFEST} in it"), folder)
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if manifest["format"] != FORMAT:
            raise ResultError(Problem("format", f"{FORMAT}, the format this version reads", manifest["format"]), path)
        files = manifest["files"]
        whole = set(DATA) <= set(files) and all(isinstance(digest, str) for digest in files.values())
        if not whole or len(manifest["observed"]) != len(manifest["months"]):
            raise ValueError
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ResultError(Problem("", "a whole manifest: this one is damaged or cut short"), path) from error
    return dict(manifest)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


STALE_SECONDS = 86_400.0
"""What a killed run left behind is cleared away after a day."""


@contextmanager
def staged(folder: Path, replace: bool = False) -> Iterator[Path]:
    """A new result folder to write in, moved into its place at the end, removed on any failure.

    When another run finished the same result first and it has all that this one has, that one stays: the bytes
    are the same.

    replace : put this one in its place all the same
    """

    def keep(stage: Path) -> bool:
        return not replace and complete(folder, parts(_manifest(stage)))

    with placed(folder, keep) as stage:
        yield stage


@contextmanager
def placed(folder: Path, keep: Callable[[Path], bool] | None = None) -> Iterator[Path]:
    """A new folder beside `folder` to write in, moved into its place whole at the end, removed on any failure.

    keep : asked, with the new folder, whether the one in place may stay
    """
    made = [parent for parent in folder.parents if not os.path.exists(parent)]  # noqa: PTH110  (likewise)
    stage = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:12]}.partial"
    try:
        stage.mkdir(parents=True)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem("--out", f"a folder that can be written to: {said}", str(folder.parent))) from None
    try:
        _clear_stale(folder)
        yield stage
        _move(stage, folder, keep)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()


def _clear_stale(folder: Path) -> None:
    for old in (*folder.parent.glob(".*.partial"), *folder.parent.glob(".*.old")):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)


def _move(stage: Path, folder: Path, keep: Callable[[Path], bool] | None) -> None:
    for _ in range(100):
        if keep is not None and folder.exists() and keep(stage):
            return
        try:
            stage.rename(folder)
            return
        except OSError:
            if not folder.exists() and not stage.exists():
                raise
        old = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:12]}.old"
        with suppress(OSError):
            folder.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    raise ResultError(Problem("", "a folder that can be moved into place"), folder)


def write_data(result: Result, stage: Path) -> None:
    """Write the tables of a result into a staged folder, and its ledger where it has one."""
    _write_trajectories(result, stage / "trajectories.parquet")
    write_parquet(result.events_columns, stage / "events.parquet")
    write_csv(result.summary_columns, stage / "summary.csv")
    write_csv(result.states_columns, stage / "states.csv")
    if result.ledger is not None:
        write_parquet(result.ledger, stage / LEDGER)


def seal(folder: Path, manifest: Mapping[str, Any], anew: Iterable[str] | None = None) -> None:
    """Write the manifest of a folder, with the digest of every other file in it.

    anew : only these files were written anew; the others keep the digest that the manifest has of them
    """
    if anew is not None:
        digests = {**manifest["files"], **{name: digest_of(folder / name) for name in anew}}
        _write_manifest(folder, manifest, dict(sorted(digests.items())))
        return
    named = [folder / name for name in (*DATA, LEDGER, REPORT)]
    files = sorted(path for path in (*named, *(folder / CHARTS).rglob("[!.]*")) if path.is_file())
    _write_manifest(folder, manifest, {path.relative_to(folder).as_posix(): digest_of(path) for path in files})


def _write_manifest(folder: Path, manifest: Mapping[str, Any], digests: Mapping[str, str]) -> None:
    whole = {"format": FORMAT, **manifest, "files": digests}
    whole[OUTSIDE] = whole.pop(OUTSIDE)
    temporary = folder / f".{MANIFEST}.{uuid.uuid4().hex[:12]}"
    temporary.write_text(
        json.dumps(whole, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8", "backslashreplace"
    )
    temporary.replace(folder / MANIFEST)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Rows of one table as columns, in the order of the first row's keys."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def write_csv(columns: Table, path: Path) -> None:
    """A table as CSV: numbers at six decimals, blanks where there is none."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else str(value)


def write_parquet(columns: Mapping[str, Any], path: Path) -> None:
    """A table as parquet, texts as dictionaries."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {}
    for name, values in columns.items():
        array = pa.array(values)
        arrays[name] = array.dictionary_encode() if pa.types.is_string(array.type) else array
    with path.open("wb") as file:  # pyarrow reads a path with a colon as an address
        pq.write_table(pa.table(arrays), file, compression="zstd")


def _write_trajectories(result: Result, path: Path) -> None:
    import pyarrow as pa

    runs, length = result.counts.shape
    ties, counts = zip(*result.counted, strict=True)
    rows = np.tile(np.arange(length, dtype=np.int32), runs * len(ties))
    which = np.repeat(np.arange(len(ties), dtype=np.int32), runs * length)
    write_parquet(
        {
            "run": np.tile(np.repeat(np.arange(runs, dtype=np.int32), length), len(ties)),
            "month": pa.DictionaryArray.from_arrays(pa.array(rows), pa.array(list(result.months))),
            "tie": pa.DictionaryArray.from_arrays(pa.array(which), pa.array(ties)),
            "count": np.concatenate([count.ravel() for count in counts]),
        },
        path,
    )


def read(folder: str | Path) -> Result:
    """Read a result back from its folder. Raises ResultError where it is missing, incomplete or damaged."""
    folder = Path(folder)
    manifest = check(folder, pictures=False)
    try:
        return _read(folder, manifest)
    except (LookupError, ValueError, TypeError, AttributeError, OSError) as error:
        raise ResultError(
            Problem("", f"a result this version can read ({type(error).__name__}: {error})"), folder
        ) from error


def _read_states(path: Path) -> Table:
    """`states.csv` as columns again: texts, numbers, None for blanks."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [_number(row[name]) if name.startswith("p_") else row[name] for row in rows] for name in rows[0]}


def _number(text: str) -> float | None:
    return float(text) if text else None


def _read_parquet(path: Path, columns: list[str] | None = None) -> Any:
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        return pq.read_table(file, columns=columns)


def _read(folder: Path, manifest: Mapping[str, Any]) -> Result:
    months = tuple(manifest["months"])
    members = tuple((m["iso3"], m["state"], m["at_start"]) for m in manifest["members"])
    hosts = tuple((m["iso3"], m["state"]) for m in manifest["hosts"])
    runs = int(manifest["settings"]["runs"])
    counts = _read_parquet(folder / "trajectories.parquet", ["count"])["count"].to_numpy()
    counts = counts.reshape(2 if hosts else 1, runs, len(months))
    events = _read_parquet(folder / "events.parquet")
    columns: dict[str, Any] = {name: events[name].to_pylist() for name in ("month", "iso3", "tie", "from", "to")}
    row = {month: index for index, month in enumerate(months)}
    place = {(RECOGNITION, member[0]): index for index, member in enumerate(members)}
    place |= {(COOPERATION, host[0]): len(members) + index for index, host in enumerate(hosts)}

    def ints(values: Any) -> Any:
        return np.array(list(values), dtype=np.int64)

    def sides(name: str) -> Any:
        return ints(SIDES[tie].index(side) for tie, side in zip(columns["tie"], columns[name], strict=True))

    changes: dict[str, Any] = {
        "run": ints(events["run"].to_pylist()),
        "month": ints(row[month] for month in columns["month"]),
        "state": ints(place[where] for where in zip(columns["tie"], columns["iso3"], strict=True)),
        "from": sides("from"),
        "to": sides("to"),
    }
    head = ("run", "month", "iso3", "tie", "from", "to")
    changes |= {name: events[name].to_numpy() for name in events.column_names if name not in head}
    ledger = folder / "ledger.parquet"
    return Result(
        scenario=manifest["scenario"],
        reference=manifest.get("reference", {}),
        extends=tuple(manifest.get("extends", ())),
        months=months,
        members=members,
        counts=counts[0],
        changes=changes,
        observed=tuple(manifest["observed"]),
        settings=manifest["settings"],
        beliefs=tuple(manifest["parameters"]),
        budgets=manifest["budgets_million_usd_a_year"],
        hosts=hosts,
        told=_read_states(folder / "states.csv"),
        cooperation=counts[1] if hosts else None,
        ledger=_read_parquet(ledger).to_pydict() if ledger.is_file() else None,
        folder=folder,
    )
