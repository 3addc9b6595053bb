"""Is a result what it says it is: files by their digests, name by its inputs, numbers by running it again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim import atlas, results
from sim.errors import InputError, Problem, ResultError
from sim.results.files import DATA, FORMAT, LEDGER, MANIFEST
from sim.runs.ensemble import MOST_LEDGER_RUNS, Progress
from sim.runs.run import Request, simulate, versions
from sim.runs.sweep import POINTS, check

_MOST_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    """A file, `id`, `versions`, `atlas`, `sources`, or a file run again."""
    same: bool
    told: str
    """What was found, in words."""
    decides: bool = True
    """False where a difference does not make the result another one, only explains one."""


@dataclass(frozen=True)
class Verdict:
    """All that was looked at."""

    folder: Path
    findings: tuple[Finding, ...]
    rerun: bool

    @property
    def same(self) -> bool:
        """Whether the result is what it says, as far as it was looked at."""
        return all(finding.same for finding in self.findings if finding.decides)


def verify(folder: Path, rerun: bool = False, threads: int | None = None, progress: Progress | None = None) -> Verdict:
    """Check a result's files and identity, and, where asked, run it again and compare byte by byte.

    Raises ResultError where the folder holds no result at all, or one that cannot be run again.
    """
    if (folder / POINTS).is_file():
        return _sweep(folder, rerun)
    manifest = _manifest(folder)
    found = [*_files(folder, manifest), *_inputs(manifest)]
    undamaged = all(finding.same for finding in found if finding.decides)
    if undamaged:
        request = Request.again(results.read(folder)) if rerun else _request(folder)
        if request is not None:
            found.append(_identity(request, manifest))
            if rerun:
                found += _again(request, manifest, folder, threads, progress)
    return Verdict(folder, tuple(found), rerun and undamaged)


def _sweep(folder: Path, rerun: bool) -> Verdict:
    """A sweep's tables by their digests; to run one again, give its own command another `--out`."""
    if rerun:
        rule = "not of a sweep: its own command with another --out runs it again, and its files can be compared"
        raise InputError(Problem("--rerun", rule))
    manifest = json.loads((folder / MANIFEST).read_text("utf-8")) if (folder / MANIFEST).is_file() else check(folder)
    try:
        check(folder)
    except ResultError:
        if not isinstance(manifest.get("files"), dict):
            raise
    return Verdict(folder, tuple(_files(folder, manifest)), rerun=False)


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest, whatever has become of the files it lists."""
    try:
        return results.check(folder)
    except ResultError as error:
        try:
            manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
            whole = manifest["format"] == FORMAT and set(DATA) <= set(manifest["files"])
        except (OSError, ValueError, LookupError, TypeError):
            raise error from None
        if not whole:
            raise
        return manifest


def _request(folder: Path) -> Request | None:
    """The request of a result; None where it was made by a version that kept too little."""
    try:
        return Request.again(results.read(folder))
    except ResultError:
        return None


def _files(folder: Path, manifest: dict[str, Any]) -> Iterator[Finding]:
    for name, digest in manifest["files"].items():
        try:
            same = results.digest_of(folder / name) == digest
            told = "as written" if same else "not as it was written: its digest differs"
        except OSError:
            same, told = False, "missing"
        yield Finding(name, same, told)


def _inputs(manifest: dict[str, Any]) -> Iterator[Finding]:
    """What decided the numbers then, and what would now: a difference explains, and is no damage."""
    for what, now in (("atlas", atlas.digest()), ("sources", results.sources_digest())):
        then = manifest["digests"][what]
        same = then == now
        told = f"the same {what} as here" if same else f"made with other {what}: {then[:12]} then, {now[:12]} here"
        yield Finding(what, same, told, decides=False)
    kept, here = manifest["versions"], versions()
    other = [f"{name} {kept.get(name)} then, {found} here" for name, found in here.items() if kept.get(name) != found]
    yield Finding("versions", not other, "; ".join(other) or "the same versions as here", decides=False)


def _identity(request: Request, manifest: dict[str, Any]) -> Finding:
    same = request.identity == manifest["id"]
    if same:
        return Finding("id", True, f"{manifest['id']}, as its inputs give")
    told = f"{manifest['id']} then, {request.identity} from the same inputs here: another version made it"
    decided = manifest["digests"] == {"atlas": atlas.digest(), "sources": results.sources_digest()}
    if decided:
        told = f"{manifest['id']}, but its inputs give {request.identity}: the manifest was changed"
    return Finding("id", False, told, decides=decided)


def _again(
    request: Request, manifest: dict[str, Any], folder: Path, threads: int | None, progress: Progress | None
) -> Iterator[Finding]:
    """The tables of the result as this version computes them, beside those that were written."""
    ledger = LEDGER in manifest["files"] and request.runs <= MOST_LEDGER_RUNS
    result = simulate(replace(request, ledger=ledger), threads, progress)
    with tempfile.TemporaryDirectory() as place:
        stage = Path(place)
        results.write_data(result, stage)
        for name in (*DATA, *([LEDGER] if ledger else [])):
            same = results.digest_of(stage / name) == manifest["files"][name]
            told = "the same bytes" if same else _difference(stage / name, folder / name)
            yield Finding(f"{name}, run again", same, told)


def _difference(now: Path, then: Path) -> str:
    """Where two tables differ first, or that only their bytes do."""
    if now.suffix == ".csv":
        lines = [path.read_text("utf-8").splitlines() for path in (then, now)]
        for number, (old, new) in enumerate(zip(*lines, strict=False), 1):
            if old != new:
                return f"differs from line {number} on: {old!r} then, {new!r} here"
        return f"{len(lines[0])} lines then, {len(lines[1])} here"
    import pyarrow.parquet as pq

    was, is_now = (pq.read_table(path) for path in (then, now))
    if was.equals(is_now):
        return "the same values in other bytes: another version of a library wrote them"
    if was.num_rows != is_now.num_rows:
        return f"{was.num_rows} rows then, {is_now.num_rows} here"
    other = [name for name in was.column_names if name not in is_now.column_names or not was[name].equals(is_now[name])]
    return f"other values in {', '.join(other[:_MOST_SHOWN])}{' and more' if len(other) > _MOST_SHOWN else ''}"


def verdict_lines(verdict: Verdict) -> list[str]:
    """A verdict as a reader sees it."""
    lines = []
    damaged = [finding for finding in verdict.findings if not finding.same]
    for finding in verdict.findings:
        mark = "same" if finding.same else ("differs" if finding.decides else "note")
        lines.append(f"  {mark:<8}{finding.what:<34}{finding.told}")
    if verdict.same and verdict.rerun:
        head = "The result is what it says, and running it again gives the same bytes."
    elif verdict.same:
        head = "The result is what it says: every file has its digest (--rerun runs it again)."
    elif any("run again" in finding.what for finding in damaged):
        head = "Running it again here gives other numbers."
    else:
        head = "The result is not what it says."
    return [head, *lines]
