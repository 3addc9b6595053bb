"""A folder of ours: written whole, sealed, checked, found again; what is not ours in it stays.

A folder that is not there yet is moved into place by one rename. Into one that is there the new files are moved one by
one, from a folder inside it that holds them all: whoever finds that folder later, after a stop, finishes the moving.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, ResultError, nearest
from sim.letters import cleaned
from sim.results.file import open_plain, settle, told_where
from sim.results.identity import versions
from sim.results.manifests import FORMAT, KINDS, RESULT, Kind, manifest_problems

MANIFEST = "manifest.json"
OUTSIDE = "outside"
"""Key of the manifest for what no digest covers: the command and the wall time."""
DATA, CHARTS, REPORT = "data", "charts", "report.html"
"""Parts of a folder: the files that it has in any case, its pictures, its page."""

_STAGE, _INCOMING = ".sim-{}.partial", ".sim-incoming"
_MARK = ".written-by-recognition-sim"
"""File in a folder that is being written, locked by the process that writes it."""
_MOST_JSON = 64 << 20
"""Bytes of a document that is read."""


def digest_of(path: Path) -> str:
    """SHA-256 of a plain file's bytes, in hex. Raises OSError where there is none."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def out_folder(out: str | Path, option: str = "--out") -> Path:
    """The folder that a user names to write under. Raises InputError for an empty name."""
    if not os.fspath(out):
        raise InputError(Problem(option, "the name of a folder; . is the one you are in", ""))
    return Path(out)


# --- Written


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
    made: list[Path] = []
    stage = folder.parent / _STAGE.format(uuid.uuid4().hex[:12])
    try:
        folder = Path(os.path.realpath(folder))
        made = [parent for parent in folder.parents if not os.path.exists(parent)]  # noqa: PTH110  (a name too long)
        stage = folder.parent / stage.name
        with suppress(FileNotFoundError):
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise NotADirectoryError(0, "Not a directory")
        stage.mkdir(parents=True)
        mark = _marked(stage)
    except (OSError, ValueError) as error:
        _remove(stage)
        _take_away(made)
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem("--out", f"a folder that can be written to: {said}", str(folder.parent))) from None
    try:
        _clear_orphans(folder.parent)
        with told_where(folder):
            yield stage
            _put(stage, folder, own, anew)
    finally:
        _remove(stage)
        os.close(mark)
        _take_away(made)


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
    with _hold(folder, shared=False):
        _finish(folder)
        _spare(folder, _read_json(stage / MANIFEST), own)
        _keep_listed(stage, folder, anew)
        stage.rename(folder / _INCOMING)
        _finish(folder)


@contextmanager
def _hold(folder: Path, shared: bool) -> Iterator[None]:
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


def _spare(folder: Path, new: Mapping[str, Any], own: bool) -> None:
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
        listed = {MANIFEST, *_loaded(folder, KINDS[new["kind"]])["files"]}
    except ResultError:
        listed = set()
    for name in (MANIFEST, *new["files"]):
        if name not in listed and os.path.lexists(folder / name):
            rule = f"a folder without a {name} of another kind: nothing of yours is replaced"
            raise InputError(Problem("--out", rule, str(folder)))


def _keep_listed(stage: Path, folder: Path, anew: Collection[str]) -> None:
    """List in a new manifest what of the old one's files holds on: all that shows nothing which has changed."""
    new = _read_json(stage / MANIFEST)
    try:
        old = _loaded(folder)
    except ResultError:
        return
    if (old["kind"], old["id"]) != (new["kind"], new["id"]):
        return
    same, numbers = _said(old) == _said(new), KINDS[new["kind"]].numbers
    kept = {
        name: digest
        for name, digest in old["files"].items()
        if (same or name in numbers) and not {name, name.partition("/")[0]} & set(anew)
    }
    _write_manifest(stage, new, kept | new["files"])


def _finish(folder: Path) -> None:
    """Move the files that stand ready in a folder to their places there, and remove those that they stand for."""
    incoming = folder / _INCOMING
    if not os.path.lexists(incoming / _MARK) or incoming.is_symlink():
        with suppress(OSError):
            incoming.rmdir()  # where nothing is in it, nothing is to be moved
        return
    with suppress(ResultError):  # without a whole manifest it is none that anybody finished
        new = _loaded(incoming)
        old: Mapping[str, str] = {}
        with suppress(ResultError):
            old = _loaded(folder)["files"]
        for name in new["files"]:
            if os.path.lexists(incoming / name):
                place = _place(folder, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                _replace(incoming / name, place)
        for name in old.keys() - new["files"].keys():
            with suppress(OSError, ResultError):
                _place(folder, name).unlink()
        _replace(incoming / MANIFEST, folder / MANIFEST)
        settle(folder)
    _remove(incoming)


def _replace(file: Path, place: Path) -> None:
    if place.is_dir() and not place.is_symlink():  # an empty one, as `_spare` has seen
        place.rmdir()
    file.replace(place)


def _place(folder: Path, name: str) -> Path:
    """Where a file of a folder is. Raises ResultError where a link leads out of it."""
    place = folder / name
    for parent in place.relative_to(folder).parents:
        if (folder / parent).is_symlink() and parent != Path():
            raise ResultError(Problem(parent.as_posix(), "a folder of its own, and no link"), folder)
    return place


# --- Sealed


def seal(stage: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a folder that `placed` gave, with the digest of every file in it.

    manifest : kind, id, outside and all that its kind has besides
    """
    names = sorted(path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file())
    files = {name: digest_of(stage / name) for name in names if not name.rpartition("/")[2].startswith(".")}
    _write_manifest(stage, manifest, files)
    for name in (*files, MANIFEST, ""):
        settle(stage / name)


def _write_manifest(stage: Path, manifest: Mapping[str, Any], files: Mapping[str, str]) -> None:
    bare = {name: value for name, value in manifest.items() if name not in ("format", "files", "digest", OUTSIDE)}
    whole: dict[str, Any] = {"format": FORMAT, **bare, "versions": versions(), "files": dict(sorted(files.items()))}
    whole |= {"digest": _own_digest(whole), OUTSIDE: manifest.get(OUTSIDE, {})}
    text = json.dumps(whole, indent=1, ensure_ascii=False, default=str) + "\n"
    (stage / MANIFEST).write_text(text, "utf-8", "backslashreplace")


def _own_digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over all that a manifest says, less this digest itself and what is outside."""
    bare = {name: value for name, value in manifest.items() if name not in ("digest", OUTSIDE)}
    text = json.dumps(bare, sort_keys=True, default=str, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _said(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What pictures and pages show of a manifest."""
    silent = ("files", "digest", "versions", "drawn", OUTSIDE)
    return {name: value for name, value in manifest.items() if name not in silent}


# --- Checked


def write_json(document: Mapping[str, Any], path: Path) -> None:
    """Write a document as JSON. Raises ValueError for a number that JSON cannot write."""
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False, default=str)
    path.write_text(text + "\n", "utf-8", "backslashreplace")


def read_json(path: Path) -> Any:
    """A JSON document of ours, its texts cleaned. Raises ResultError where it is missing, too large or damaged."""
    try:
        return cleaned(_read_json(path))
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(Problem("", "a whole document: this one is damaged or cut short"), path) from error


def _read_json(path: Path) -> Any:
    with open_plain(path) as file:
        content = file.read(_MOST_JSON + 1)
    if len(content) > _MOST_JSON:
        raise ValueError("too large")
    return json.loads(content)


def loaded(folder: Path, *kinds: Kind) -> dict[str, Any]:
    """The manifest of a folder, by the schema of its kind; its files are not looked at.

    kinds : what the folder may hold; none: anything of ours
    Raises ResultError naming file, key and rule.
    """
    folder = Path(folder)
    with suppress(OSError, ValueError):
        (folder / _MARK).unlink()  # left by a stop just after the folder was moved into its place
    if os.path.lexists(folder / _INCOMING):
        try:
            with _hold(folder, shared=False):
                _finish(folder)
        except OSError as error:
            rule = f"a folder whose last writing, which was stopped, can be finished: {error.strerror}"
            raise ResultError(Problem("", rule), folder) from None
    return _loaded(folder, *kinds)


def _loaded(folder: Path, *kinds: Kind) -> dict[str, Any]:
    path = folder / MANIFEST
    if not os.path.isfile(path):  # noqa: PTH113  (a name too long is no file either)
        raise ResultError(Problem("", f"a {_nouns(kinds)} folder, with a {MANIFEST} in it"), folder)
    try:
        manifest = _read_json(path)
        if not isinstance(manifest, dict) or "format" not in manifest:
            raise ValueError
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(Problem("", "a whole manifest: this one is damaged or cut short"), path) from error
    if manifest["format"] != FORMAT:
        raise ResultError(Problem("format", f"{FORMAT}, the format this version reads", manifest["format"]), path)
    known = {kind.name: kind for kind in kinds or KINDS.values()}
    name = manifest.get("kind")
    if not isinstance(name, str) or name not in known:
        raise ResultError(Problem("kind", "one of " + ", ".join(known), name, nearest(name, known)), path)
    found = manifest_problems(manifest, known[name])
    if found:
        raise ResultError(found, path)
    return manifest


def _nouns(kinds: Collection[Kind]) -> str:
    *others, last = [kind.name for kind in kinds] or [RESULT.name]
    return f"{', '.join(others)} or {last}" if others else last


def damage(folder: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Files of a folder, its manifest first, that are not as they were written: the name, and what is wrong."""
    if _own_digest(manifest) != manifest["digest"]:
        yield MANIFEST, "differs"
    for name, digest in manifest["files"].items():
        try:
            if digest_of(_place(folder, name)) != digest:
                yield name, "differs"
        except FileNotFoundError:
            yield name, "missing"
        except (OSError, ResultError):
            yield name, "not a plain file inside the folder"


def check(folder: Path, *kinds: Kind, pictures: bool = True) -> dict[str, Any]:
    """The manifest of a folder, itself and every file as they were written. Raises ResultError naming what is wrong.

    kinds : what the folder may hold; none: anything of ours
    pictures : also check what nothing is read from: pictures and the page
    """
    folder = Path(folder)
    manifest = loaded(folder, *kinds)
    kind = KINDS[manifest["kind"]]
    with _hold(folder, shared=True):
        manifest = _loaded(folder, kind)
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


# --- Found again


def found_or_made(
    folder: Path,
    said: Mapping[str, Any],
    wanted: Collection[str],
    make: Callable[[Path, Collection[str]], Mapping[str, Any]],
    own: bool = True,
) -> bool:
    """See that a folder holds what is asked for, making what is missing, damaged or says something else now.

    said : kind and id, and what else of the manifest pictures show; where that has changed, they are made anew
    wanted : parts it is to have besides `DATA`, and files inside parts
    make : is given a folder to write in and the parts to write: `DATA` for the tables, the name of the document,
    those that are wanted, and others that are there and out of date; it returns the manifest, or raises `Overtaken`
    own : as `placed` has it
    Returns True where nothing had to be made.
    """
    kind = KINDS[said["kind"]]
    todo = _todo(folder, kind, said, wanted)
    if not todo:
        return True
    if not own:
        _spare(folder, {"kind": kind.name, "files": kind.whole}, own)
    with suppress(Overtaken), placed(folder, own, todo) as stage:
        seal(stage, make(stage, todo))
        return False
    return True


def _todo(folder: Path, kind: Kind, said: Mapping[str, Any], wanted: Collection[str]) -> set[str]:
    """Parts that are missing, damaged or out of date."""
    everything = {DATA, *wanted, *([kind.document] if kind.document else [])}
    try:
        manifest = loaded(folder, kind)
        with _hold(folder, shared=True):
            damaged = {name for name, _ in damage(folder, manifest)}
    except (ResultError, OSError):
        return everything
    if manifest["id"] != said["id"] or MANIFEST in damaged or damaged & set(kind.data):
        return everything
    has = manifest["files"].keys() - damaged
    todo = {name for name in wanted if name not in has and not any(one.startswith(f"{name}/") for one in has)}
    todo |= {name.partition("/")[0] for name in damaged}
    if any(manifest.get(name) != value for name, value in json.loads(json.dumps(said, default=str)).items()):
        todo |= parts(manifest) - set(kind.more) | ({kind.document} if kind.document else set())
        todo.add(MANIFEST)
    return todo
