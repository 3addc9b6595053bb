"""Where a result goes: into a folder of its own below the one that a user names, or exactly there."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import InputError, Problem, ResultError
from sim.results.folder import loaded, out_folder
from sim.results.manifests import Kind
from sim.results.moving import placeable
from sim.results.sealing import MANIFEST

TO = "--to"


@dataclass(frozen=True)
class Exactly:
    """The folder that a user names with `--to`: what is made is exactly there."""

    folder: Path


Out = Path | Exactly
"""The folder under which a result is put, each under a name of its own; or the very one."""


def chosen(out: str | Path | None, to: str | Path | None) -> Out | None:
    """The place that a user names by one of the two; None if by neither. Raises InputError where both are given."""
    if to is None:
        return None if out is None else out_folder(out)
    if out is not None:
        raise InputError(Problem(TO, "not together with --out: the result is exactly there", str(to)))
    return Exactly(out_folder(to, TO))


def at(out: Out, *below: str) -> Path:
    """The folder of a result: that of these names below `out`, or exactly the one named."""
    return out.folder if isinstance(out, Exactly) else out.joinpath(*below)


def beside(folder: Path, ending: str) -> Path:
    """A name beside a folder, also where the user calls it `.`."""
    if folder.name in ("", ".."):
        folder = Path(os.path.realpath(folder))
    return folder.with_name(f"{folder.name}.{ending}")


def claim(out: Out, kind: Kind, identity: str, besides: Collection[str] = ()) -> bool:
    """See that a result may be put at its place; whether we gave that place its name.

    A folder that the user names exactly is new, empty, or holds this very result: it is found again. Hidden files, with
    which workflow tools mark a folder, do not count.
    besides : names that may stand in the folder before the result is whole
    Raises InputError, with nothing touched, for any other.
    """
    if not isinstance(out, Exactly):
        return True
    folder, names = out.folder, []
    with suppress(OSError, ValueError):
        names = sorted(path.name for path in folder.iterdir())
    if MANIFEST in names:
        try:
            there = loaded(folder)
            held = f"a {there['kind']}, {there['id']}"
            if (there["kind"], there["id"]) == (kind.name, identity):
                return False
        except ResultError:
            held = f"a {MANIFEST} that cannot be read"
        rule = f"a new or empty folder, or one with this very {kind.name}, {identity}; this one holds {held}"
        raise InputError(Problem(TO, f"{rule}: remove it, or name another", str(folder)))
    foreign = [name for name in names if not name.startswith(".") and name not in besides]
    if foreign:
        rule = f"a new or empty folder, or one with this very {kind.name}; this one holds {foreign[0]}"
        raise InputError(Problem(TO, f"{rule}: nothing of yours is mixed with it", str(folder)))
    try:
        placeable(folder)
    except InputError as error:
        raise InputError([replace(problem, path=TO, value=str(folder)) for problem in error.problems]) from None
    return False


def way(folder: Path, other: Path) -> str | None:
    """How to come from a folder to another, for a manifest; None where no relative path leads there."""
    try:
        return Path(os.path.relpath(os.path.realpath(other), os.path.realpath(folder))).as_posix()
    except ValueError:  # another drive
        return None


def followed(folder: Path, path: object) -> Path | None:
    """The folder of ours to which somebody's manifest shows the way; None for any other, and for an absolute path."""
    if not isinstance(path, str) or "\\" in path or ":" in path or path.startswith("/"):
        return None
    there = Path(os.path.realpath(folder)) / path
    return there if os.path.isfile(there / MANIFEST) else None  # noqa: PTH113  (a name too long is none either)
