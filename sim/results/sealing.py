"""The manifest of a folder of ours: written with the digest of every file, read by the schema of its kind, checked."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.errors import Problem, ResultError, nearest
from sim.letters import cleaned
from sim.results.file import open_plain, settle
from sim.results.identity import versions
from sim.results.manifests import FORMAT, KINDS, RESULT, Kind

MANIFEST = "manifest.json"
OUTSIDE = "outside"
"""Key of the manifest for what no digest covers: the command and the wall time."""
_MOST_JSON = 64 << 20
"""Bytes of a document that is read."""


def digest_of(path: Path) -> str:
    """SHA-256 of a plain file's bytes, in hex. Raises OSError where there is none."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def seal(stage: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a folder that `placed` gave, with the digest of every file in it.

    manifest : kind, id, outside and all that its kind has besides
    """
    names = sorted(path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file())
    files = {name: digest_of(stage / name) for name in names if not name.rpartition("/")[2].startswith(".")}
    write_manifest(stage, manifest, files)
    for name in (*files, MANIFEST, ""):
        settle(stage / name)


def write_manifest(stage: Path, manifest: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """Write a manifest with the digests of files and its own."""
    bare = {name: value for name, value in manifest.items() if name not in ("format", "files", "digest", OUTSIDE)}
    whole: dict[str, Any] = {"format": FORMAT, **bare, "versions": versions(), "files": dict(sorted(files.items()))}
    whole |= {"digest": own_digest(whole), OUTSIDE: manifest.get(OUTSIDE, {})}
    text = json.dumps(whole, indent=1, ensure_ascii=False, default=str) + "\n"
    (stage / MANIFEST).write_text(text, "utf-8", "backslashreplace")


def own_digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over all that a manifest holds, less this digest itself and what is outside."""
    bare = {name: value for name, value in manifest.items() if name not in ("digest", OUTSIDE)}
    text = json.dumps(bare, sort_keys=True, default=str, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def manifest_in(folder: Path, *kinds: Kind) -> dict[str, Any]:
    """The manifest in a folder, as it stands. Raises ResultError naming file, key and rule."""
    path = folder / MANIFEST
    if not os.path.isfile(path):  # noqa: PTH113  (a name too long is no file either)
        raise ResultError(Problem("", f"a {_nouns(kinds)} folder, with a {MANIFEST} in it"), folder)
    try:
        manifest = raw_json(path)
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
    from sim.results.schemas import manifest_problems

    broken = manifest_problems(manifest, known[name])
    if broken:
        raise ResultError(broken, path)
    return manifest


def _nouns(kinds: Collection[Kind]) -> str:
    *others, last = [kind.name for kind in kinds] or [RESULT.name]
    return f"{', '.join(others)} or {last}" if others else last


def damage(folder: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Files of a folder, its manifest first, that are not as they were written: the name, and what is wrong."""
    if own_digest(manifest) != manifest["digest"]:
        yield MANIFEST, "differs"
    for name, digest in manifest["files"].items():
        try:
            if digest_of(place_in(folder, name)) != digest:
                yield name, "differs"
        except FileNotFoundError:
            yield name, "missing"
        except (OSError, ResultError):
            yield name, "not a plain file inside the folder"


def place_in(folder: Path, name: str) -> Path:
    """Where a file of a folder is. Raises ResultError where a link leads out of it."""
    place = folder / name
    for parent in place.relative_to(folder).parents:
        if (folder / parent).is_symlink() and parent != Path():
            raise ResultError(Problem(parent.as_posix(), "a folder of its own, and no link"), folder)
    return place


def write_json(document: Mapping[str, Any], path: Path) -> None:
    """Write a document as JSON. Raises ValueError for a number that JSON cannot write."""
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False, default=str)
    path.write_text(text + "\n", "utf-8", "backslashreplace")


def read_json(path: Path) -> Any:
    """A JSON document of ours, its texts cleaned. Raises ResultError where it is missing, too large or damaged."""
    try:
        return cleaned(raw_json(path))
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(Problem("", "a whole document: this one is damaged or cut short"), path) from error


def raw_json(path: Path) -> Any:
    """A JSON document as it stands. Raises OSError or ValueError."""
    with open_plain(path) as file:
        content = file.read(_MOST_JSON + 1)
    if len(content) > _MOST_JSON:
        raise ValueError("too large")
    return json.loads(content)
