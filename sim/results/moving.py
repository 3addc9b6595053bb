"""A folder of ours put into its place whole; what is not ours in it stays.

A folder that is not there yet is moved into place by one rename. Into one that is there the new files are moved one by
one, from a folder inside it that holds them all: whoever finds that folder later, after a stop, finishes the moving.
"""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, ResultError
from sim.results.file import open_plain, settle, told_where
from sim.results.manifests import KINDS
from sim.results.sealing import MANIFEST, manifest_in, place_in, raw_json, write_manifest

_STAGE, _INCOMING = ".sim-{}.partial", ".sim-incoming"
_MARK = ".written-by-recognition-sim"
"""File in a folder that is being written, locked by the process that writes it."""


@contextmanager
def placed(folder: Path, own: bool = True, anew: Collection[str] = ()) -> Iterator[Path]:
    """A new folder beside `folder` to write in and to seal, in its place at the end, or gone on any failure.

    Where `folder` is there already, the files of the new one are put among those it has, and only what its manifest
    lists, and the new one has not, is removed.
    own : whether the folder has a name that we gave it; in one that the user named, files that its manifest does not
    list are the user's, and are not replaced either
    anew : parts that the new folder stands for: what the old one lists of them and the new one has not is removed
    Raises InputError, before anything is written, where nothing can be put there.
    """
    new_parents: list[Path] = []
    stage = folder.parent / _STAGE.format(uuid.uuid4().hex[:12])
    try:
        folder = Path(os.path.realpath(folder))
        new_parents = [parent for parent in folder.parents if not os.path.exists(parent)]  # noqa: PTH110  (a name too long)
        stage = folder.parent / stage.name
        with suppress(FileNotFoundError):
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise NotADirectoryError(0, "Not a directory")
        stage.mkdir(parents=True)
        mark = _marked(stage)
    except (OSError, ValueError) as error:
        _remove(stage)
        _take_away(new_parents)
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem("--out", f"a folder that can be written to: {why}", str(folder.parent))) from None
    try:
        _clear_orphans(folder.parent)
        with told_where(folder):
            yield stage
            _put(stage, folder, own, anew)
    finally:
        _remove(stage)
        os.close(mark)
        _take_away(new_parents)


def placeable(folder: Path) -> None:
    """Raises InputError where `placed` could put nothing, so that it is said before the work."""
    with suppress(Overtaken), placed(folder):
        raise Overtaken


class Overtaken(Exception):
    """Nothing is to be put in place after all: somebody else has done it, or it was only a question."""


def _take_away(folders: Iterable[Path]) -> None:
    """Remove those of the folders that are empty, the innermost first."""
    for folder in folders:
        with suppress(OSError, ValueError):
            folder.rmdir()


def _marked(stage: Path) -> int:
    """Mark a folder as one that this process writes; the mark is locked as long as the file is open."""
    new = stage / f"{_MARK}.new"
    number = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    _locked(number, wait=False)
    new.rename(stage / _MARK)
    return number


def _locked(number: int, wait: bool, shared: bool = False) -> bool:
    """Lock an open file or folder; False where another process holds it, or the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(number, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _clear_orphans(parent: Path) -> None:
    """Remove what killed processes left: folders of our name with our mark, which nobody holds locked any more."""
    for left in parent.glob(_STAGE.format("[0-9a-f]" * 12)):
        with suppress(OSError):
            if stat.S_ISDIR(left.lstat().st_mode):
                with open_plain(left / _MARK) as mark:
                    if _locked(mark.fileno(), wait=False):
                        _remove(left)


def _remove(stage: Path) -> None:
    """Remove a marked folder, the mark last: whoever is stopped on the way leaves something that is still marked."""
    with suppress(OSError):
        for path in stage.iterdir():
            if path.name == _MARK:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        (stage / _MARK).unlink(missing_ok=True)
        stage.rmdir()


def _put(stage: Path, folder: Path, own: bool, anew: Collection[str]) -> None:
    """Move a sealed folder into its place, or its files into the folder that is there."""
    if not os.path.lexists(folder):
        try:
            stage.rename(folder)
        except OSError:
            if not folder.is_dir():  # somebody may have made it just now
                raise
        else:
            with suppress(OSError):
                (folder / _MARK).unlink()
            settle(folder.parent)
            return
    with hold(folder, shared=False):
        _finish(folder)
        spare(folder, raw_json(stage / MANIFEST), own)
        _keep_listed(stage, folder, anew)
        stage.rename(folder / _INCOMING)
        _finish(folder)


@contextmanager
def hold(folder: Path, shared: bool) -> Iterator[None]:
    """Keep others from moving files into a folder meanwhile, where the system has locks."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:  # a system on which folders cannot be opened
        yield
        return
    try:
        _locked(number, wait=True, shared=shared)
        yield
    finally:
        os.close(number)


def spare(folder: Path, new: Mapping[str, Any], own: bool) -> None:
    """Raises InputError where a new manifest or one of its files would replace what is not ours.

    In a folder of our own that is a folder with something in it; in another also a file that we did not write.
    """
    for name in (MANIFEST, *new["files"]):
        place = folder / name
        if place.is_dir() and not place.is_symlink() and any(place.iterdir()):
            raise InputError(Problem("--out", f"no folder of yours where {name} belongs", str(place)))
    if own:
        return
    try:
        listed = {MANIFEST, *manifest_in(folder, KINDS[new["kind"]])["files"]}
    except ResultError:
        listed = set()
    for name in (MANIFEST, *new["files"]):
        if name not in listed and os.path.lexists(folder / name):
            rule = f"a folder without a {name} of another kind: nothing of yours is replaced"
            raise InputError(Problem("--out", rule, str(folder)))


def _keep_listed(stage: Path, folder: Path, anew: Collection[str]) -> None:
    """List in a new manifest what of the old one's files holds on: all that shows nothing which has changed."""
    new = raw_json(stage / MANIFEST)
    try:
        old = manifest_in(folder)
    except ResultError:
        return
    if (old["kind"], old["id"]) != (new["kind"], new["id"]):
        return
    kind = KINDS[new["kind"]]
    same = kind.shown(old) == kind.shown(new)
    valid = {
        name: digest
        for name, digest in old["files"].items()
        if (same or name in kind.numbers) and not {name, name.partition("/")[0]} & set(anew)
    }
    write_manifest(stage, new, valid | new["files"])


def _finish(folder: Path) -> None:
    """Move the files that stand ready in a folder to their places there, and remove those that they stand for."""
    incoming = folder / _INCOMING
    if not os.path.lexists(incoming / _MARK) or incoming.is_symlink():
        with suppress(OSError):
            incoming.rmdir()  # where nothing is in it, nothing is to be moved
        return
    with suppress(ResultError):  # without a whole manifest it is none that anybody finished
        new = manifest_in(incoming)
        old: Mapping[str, str] = {}
        with suppress(ResultError):
            old = manifest_in(folder)["files"]
        for name in new["files"]:
            if os.path.lexists(incoming / name):
                place = place_in(folder, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                _replace(incoming / name, place)
        for name in old.keys() - new["files"].keys():
            with suppress(OSError, ResultError):
                place_in(folder, name).unlink()
        _replace(incoming / MANIFEST, folder / MANIFEST)
        settle(folder)
    _remove(incoming)


def _replace(file: Path, place: Path) -> None:
    if place.is_dir() and not place.is_symlink():  # an empty one, as `spare` has seen
        place.rmdir()
    file.replace(place)


def finish_stopped(folder: Path) -> None:
    """Finish a moving that was stopped. Raises OSError where it cannot be."""
    with suppress(OSError, ValueError):
        (folder / _MARK).unlink()  # left by a stop just after the folder was moved into its place
    if os.path.lexists(folder / _INCOMING):
        with hold(folder, shared=False):
            _finish(folder)
