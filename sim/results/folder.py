"""A folder of ours: written whole, sealed, checked, found again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, ResultError
from sim.results.manifests import KINDS, Kind
from sim.results.moving import Overtaken, finish_stopped, hold, placed, spare
from sim.results.sealing import MANIFEST, damage, manifest_in, seal

DATA, CHARTS, REPORT = "data", "charts", "report.html"
"""Parts of a folder: the files that it has in any case, its pictures, its page."""


def out_folder(out: str | Path, option: str = "--out") -> Path:
    """The folder that a user names to write under. Raises InputError for an empty name."""
    if not os.fspath(out):
        raise InputError(Problem(option, "the name of a folder; . is the one you are in", ""))
    return Path(out)


def loaded(folder: Path, *kinds: Kind) -> dict[str, Any]:
    """The manifest of a folder, by the schema of its kind; its files are not looked at.

    kinds : what the folder may hold; none: anything of ours
    Raises ResultError naming file, key and rule.
    """
    folder = Path(folder)
    try:
        finish_stopped(folder)
    except OSError as error:
        rule = f"a folder whose last writing, which was stopped, can be finished: {error.strerror}"
        raise ResultError(Problem("", rule), folder) from None
    return manifest_in(folder, *kinds)


def check(folder: Path, *kinds: Kind, pictures: bool = True) -> dict[str, Any]:
    """The manifest of a folder, itself and every file as they were written. Raises ResultError naming what is wrong.

    kinds : what the folder may hold; none: anything of ours
    pictures : also check what nothing is read from: pictures and the page
    """
    folder = Path(folder)
    manifest = loaded(folder, *kinds)
    kind = KINDS[manifest["kind"]]
    with hold(folder, shared=True):
        manifest = manifest_in(folder, kind)
        for name, what in damage(folder, manifest):
            if not pictures and name not in (MANIFEST, *kind.numbers, kind.document):
                continue
            if what == "differs":
                raise ResultError(Problem(name, f"unchanged since it was written, by its digest: {kind.again}"), folder)
            rule = "a file of this " + kind.name
            raise ResultError(Problem(name, f"{rule}, and it is {what}"), folder)
    return manifest


def parts(manifest: Mapping[str, Any]) -> set[str]:
    """What a folder has besides the files it has in any case: single files, and folders such as `charts`."""
    kind = KINDS[manifest["kind"]]
    return {name.partition("/")[0] for name in manifest["files"] if name not in (*kind.whole, *kind.later)}


def charts_in(folder: Path) -> set[str]:
    """Names of the charts that a folder lists. Raises ResultError where its manifest is not whole."""
    names = loaded(folder)["files"]
    return {Path(name).stem for name in names if name.startswith(f"{CHARTS}/")}


def found_or_made(
    folder: Path,
    known: Mapping[str, Any],
    wanted: Collection[str],
    make: Callable[[Path, Collection[str]], Mapping[str, Any]],
    own: bool = True,
) -> bool:
    """See that a folder holds what is asked for, making what is missing, damaged or no longer as asked.

    known : kind and id, and what else of the manifest is known before anything is made; where that has changed, what
    shows it is made anew
    wanted : parts it is to have besides `DATA`, and files inside parts
    make : is given a folder to write in and the parts to write: `DATA` for the tables, the name of the document,
    those that are wanted, and others that are there and out of date; it returns the rest of the manifest, or raises
    `Overtaken`
    own : as `placed` has it
    Returns True where nothing had to be made.
    """
    kind = KINDS[known["kind"]]
    todo = _todo(folder, kind, known, wanted)
    if not todo:
        return True
    if not own:
        spare(folder, {"kind": kind.name, "files": kind.whole}, own)
    with suppress(Overtaken), placed(folder, own, todo) as stage:
        seal(stage, {**known, **make(stage, todo)})
        return False
    return True


def _todo(folder: Path, kind: Kind, known: Mapping[str, Any], wanted: Collection[str]) -> set[str]:
    """Parts that are missing, damaged or out of date."""
    everything = {DATA, *wanted, *([kind.document] if kind.document else [])}
    try:
        manifest = loaded(folder, kind)
        with hold(folder, shared=True):
            damaged = {name for name, _ in damage(folder, manifest)}
    except (ResultError, OSError):
        return everything
    if manifest["id"] != known["id"] or MANIFEST in damaged or damaged & set(kind.data):
        return everything
    has = manifest["files"].keys() - damaged
    todo = {name for name in wanted if name not in has and not any(one.startswith(f"{name}/") for one in has)}
    todo |= {name.partition("/")[0] for name in damaged}
    if any(manifest.get(name) != value for name, value in json.loads(json.dumps(known, default=str)).items()):
        todo |= parts(manifest) - set(kind.more) | ({kind.document} if kind.document else set())
        todo.add(MANIFEST)
    return todo
