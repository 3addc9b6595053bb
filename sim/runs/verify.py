"""Checks that a result is what it claims: files by their digests, id by its inputs, numbers by running it again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim import atlas, results
from sim.errors import InputError, Problem, shown
from sim.results.files import LEDGER
from sim.results.manifests import RESULT
from sim.results.sealing import damage
from sim.results.table import in_parquet
from sim.runs.ensemble import MOST_LEDGER_RUNS, Progress
from sim.runs.run import Request, write_run
from sim.runs.run import manifest as manifest_of

_MOST_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    what: str
    """A file, `id`, `versions`, `atlas`, `sources`, or a file run again."""
    same: bool
    words: str
    """The outcome, in words."""
    decides: bool = True
    """False if a difference only explains another, and does not make the result a different one."""


@dataclass(frozen=True)
class Verdict:
    """Everything that was checked."""

    folder: Path
    kind: str
    """What the folder holds: result, sweep, ..."""
    findings: tuple[Finding, ...]
    rerun: bool

    @property
    def same(self) -> bool:
        """Whether the result is what it claims, as far as it was checked."""
        return all(finding.same for finding in self.findings if finding.decides)


def verify(folder: Path, rerun: bool = False, threads: int | None = None, progress: Progress | None = None) -> Verdict:
    """Check a folder of ours: manifest and files by their digests, a result's identity by its inputs.

    rerun : also run a result again, and compare its tables byte by byte and its manifest key by key
    Raises ResultError if the folder holds nothing of ours, InputError if anything but a result is to be rerun.
    """
    manifest = results.loaded(folder)
    result = manifest["kind"] == RESULT.name
    if rerun and not result:
        rule = f"not of a {manifest['kind']}: its own command with another --out makes it again, to be compared"
        raise InputError(Problem("--rerun", rule))
    findings = [*_files(folder, manifest), *(_inputs(manifest) if result else [_versions(manifest)])]
    undamaged = all(finding.same for finding in findings if finding.decides)
    if result and undamaged:
        request = Request.again(results.read(folder))
        findings.append(_identity(request, manifest))
        if rerun:
            findings += _again(request, manifest, folder, threads, progress)
    return Verdict(folder, manifest["kind"], tuple(findings), rerun and undamaged)


_WRONG = {"differs": "not as it was written: its digest differs"}


def _files(folder: Path, manifest: dict[str, Any]) -> Iterator[Finding]:
    wrong = dict(damage(folder, manifest))
    for name in (results.MANIFEST, *manifest["files"]):
        what = wrong.get(name)
        yield Finding(name, what is None, "as written" if what is None else _WRONG.get(what, what))


def _inputs(manifest: dict[str, Any]) -> Iterator[Finding]:
    """What decided the numbers then, and what would now: a difference is an explanation, not damage."""
    for what, now in (("atlas", atlas.digest()), ("sources", results.sources_digest())):
        then = manifest["digests"][what]
        same = then == now
        words = f"the same {what} as here" if same else f"made with other {what}: {then[:12]} then, {now[:12]} here"
        yield Finding(what, same, words, decides=False)
    yield _versions(manifest)


def _versions(manifest: dict[str, Any]) -> Finding:
    then, here = manifest["versions"], results.versions()
    other = [f"{name} {then.get(name)} then, {now} here" for name, now in here.items() if then.get(name) != now]
    return Finding("versions", not other, "; ".join(other) or "the same versions as here", decides=False)


def _identity(request: Request, manifest: dict[str, Any]) -> Finding:
    same = request.identity == manifest["id"]
    if same:
        return Finding("id", True, f"{manifest['id']}, as its inputs give")
    words = f"{manifest['id']} then, {request.identity} from the same inputs here: another version made it"
    decided = manifest["digests"] == {"atlas": atlas.digest(), "sources": results.sources_digest()}
    if decided:
        words = f"{manifest['id']}, but its inputs give {request.identity}: the manifest was changed"
    return Finding("id", False, words, decides=decided)


def _again(
    request: Request, manifest: dict[str, Any], folder: Path, threads: int | None, progress: Progress | None
) -> Iterator[Finding]:
    """The tables of the result, and the manifest's keys about them, as this version computes them."""
    ledger = LEDGER in manifest["files"] and request.runs <= MOST_LEDGER_RUNS
    with tempfile.TemporaryDirectory() as place:
        stage = Path(place)
        result = write_run(replace(request, ledger=ledger), stage, threads, progress)
        more = [name for name in RESULT.later if name in manifest["files"]] + [LEDGER] * ledger
        for name in (*RESULT.data, *more):
            same = results.digest_of(stage / name) == manifest["files"][name]
            words = "the same bytes" if same else _difference(stage / name, folder / name)
            yield Finding(f"{name}, run again", same, words)
    here = manifest_of(request, result)
    for key in COMPUTED:
        then, now = (json.dumps(document[key], sort_keys=True, default=str) for document in (manifest, here))
        words = "the same" if then == now else f"{shown(then)} then, {shown(now)} here"
        yield Finding(f"{key} in the manifest, run again", then == now, words)


COMPUTED = (
    "months",
    "members",
    "hosts",
    "observed",
    "budgets_million_usd_a_year",
    "parameters",
    "record_confirmed_until",
    "talk_runs",
)
"""Keys of a manifest that follow from scenario and settings."""


def _difference(now: Path, then: Path) -> str:
    """The first place where two tables differ, or that only their bytes do."""
    if now.suffix == ".csv":
        lines = [path.read_text("utf-8").splitlines() for path in (then, now)]
        for number, (old, new) in enumerate(zip(*lines, strict=False), 1):
            if old != new:
                return f"differs from line {number} on: {old!r} then, {new!r} here"
        return f"{len(lines[0])} lines then, {len(lines[1])} here"
    with then.open("rb") as old_file, now.open("rb") as new_file:
        was, is_now = (in_parquet(file).read(use_threads=False).unify_dictionaries() for file in (old_file, new_file))
    if was.equals(is_now):
        return "the same values in other bytes: another version of a library wrote them"
    if was.num_rows != is_now.num_rows:
        return f"{was.num_rows} rows then, {is_now.num_rows} here"
    other = [name for name in was.column_names if name not in is_now.column_names or not was[name].equals(is_now[name])]
    return f"other values in {', '.join(other[:_MOST_SHOWN])}{' and more' if len(other) > _MOST_SHOWN else ''}"


def verdict_lines(verdict: Verdict) -> list[str]:
    """A verdict as a reader sees it."""
    lines = []
    width = max(len(finding.what) for finding in verdict.findings) + 2
    damaged = [finding for finding in verdict.findings if not finding.same]
    for finding in verdict.findings:
        mark = "same" if finding.same else ("differs" if finding.decides else "note")
        lines.append(f"  {mark:<8}{finding.what:<{width}}{finding.words}")
    if verdict.same and verdict.rerun:
        head = "The result is what it says, and running it again gives the same bytes."
    elif verdict.same:
        again = " (--rerun runs it again)" if verdict.kind == RESULT.name else ""
        head = f"The {verdict.kind} is what it says: every file has its digest{again}."
    elif any("run again" in finding.what for finding in damaged):
        head = "Running it again here gives other numbers."
    else:
        head = f"The {verdict.kind} is not what it says."
    return [head, *lines]
