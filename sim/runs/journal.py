"""The journal of a sweep: a line for each finished point, with its digest, read back after any stop."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from sim.errors import InputError, Problem
from sim.runs.points import Done

_DIGITS = 32
"""Hex digits of a line's digest, at its beginning."""


class Journal:
    """Finished points on disk. A line that is torn or damaged counts as not there, and its point is done again."""

    def __init__(self, file: BinaryIO, mend: bool) -> None:
        self._file = file
        self._places: dict[str, int] = {}
        self._read(mend)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, key: str) -> Done:
        self._file.seek(self._places[key])
        done = _told(self._file.readline())
        if done is None:
            raise KeyError(key)
        return done

    def add(self, done: Done) -> None:
        """Write a finished point down; on return it is on the disk."""
        place = self._file.seek(0, os.SEEK_END)
        try:
            self._file.write(_line(done))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(place)
            raise
        self._places[done.key] = place

    def _read(self, mend: bool) -> None:
        """Find the sound lines; what a stop left of a last one is cut off, if this may `mend`."""
        self._file.seek(0)
        end = 0
        for line in iter(self._file.readline, b""):
            if not line.endswith(b"\n"):
                if mend:
                    self._file.truncate(end)
                break
            done = _told(line)
            if done is not None:
                self._places[done.key] = end
            end += len(line)


def _line(done: Done) -> bytes:
    told = json.dumps({"key": done.key, "row": done.row, "counts": done.counts}, allow_nan=False).encode()
    return hashlib.sha256(told).hexdigest()[:_DIGITS].encode() + b" " + told + b"\n"


def _told(line: bytes) -> Done | None:
    digest, _, told = line.rstrip(b"\n").partition(b" ")
    if hashlib.sha256(told).hexdigest()[:_DIGITS].encode() != digest:
        return None
    document: Mapping[str, Any] = json.loads(told)
    return Done(document["key"], dict(document["row"]), document["counts"])


FILE = "journal"


@contextmanager
def open_journal(folder: Path) -> Iterator[Journal]:
    """The journal in a folder, made where there is none, for one process at a time.

    Raises InputError where another process holds it, or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / FILE).open("a+b")
    except OSError as error:
        said = f"a folder that can be written to: {error.strerror}"
        raise InputError(Problem("--out", said, str(folder.parent))) from None
    with file:
        _lock(file, folder)
        yield Journal(file, mend=True)


def looked_at(folder: Path) -> Journal:
    """The journal in a folder as it stands, also while another process writes it; empty where there is none."""
    try:
        return Journal(io.BytesIO((folder / FILE).read_bytes()), mend=False)
    except OSError:
        return Journal(io.BytesIO(), mend=False)


def _lock(file: BinaryIO, folder: Path) -> None:
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise InputError(
            Problem("--out", "a sweep that no other process is working on just now", str(folder))
        ) from None
