"""The journal of points: a line for each finished one, with its digest, read back after any stop."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import InputError, Problem
from sim.results import Exactly, Out, beside
from sim.results.file import settle
from sim.sweeps.points import PointResult

FILE = "journal"
SETTLES = 0.1
"""Seconds between two moments at which all points are on the disk: asking for it after each small one would take longer
than writing it."""
_DIGITS = 32
"""Hex digits of a line's digest, at its beginning."""
_PIECE = 8192
"""Bytes read at a time; a line of fourteen states has some three thousand."""


class InMemory(dict[str, PointResult]):
    """Finished points that nothing is written of."""

    def add(self, finished: Iterable[PointResult]) -> None:
        """Keep finished points."""
        self.update((done.key, done) for done in finished)


class Journal:
    """Finished points on disk. A line that is torn or damaged counts as not there, and its point is done again."""

    def __init__(self, file: io.FileIO, mend: bool) -> None:
        self._file = file
        """Without a buffer: what could not be written is not tried again behind one's back."""
        self._places: dict[str, int] = {}
        self._failed: set[str] = set()
        self._settled = -math.inf
        """When all that was written was last known to be on the disk."""
        self._read(mend)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, key: str) -> PointResult:
        self._file.seek(self._places[key])
        line = newline = b""
        while not newline and (more := self._file.read(_PIECE)):
            piece, newline, _ = more.partition(b"\n")
            line += piece
        done = _parsed(line)
        if done is None or done.key != key:
            raise OSError("the journal was damaged while it was read; the same command goes on")
        return done

    def failed(self, key: str) -> bool:
        """Whether a finished point could not be run."""
        return key in self._failed

    def add(self, finished: Iterable[PointResult]) -> None:
        """Write finished points down: a stop of this process loses none of them, one of the machine a moment's."""
        end = self._file.seek(0, os.SEEK_END)
        places, content = [], b""
        for done in finished:
            places.append((done, end + len(content)))
            content += _line(done)
        try:
            left = memoryview(content)
            while left:
                left = left[self._file.write(left) :]
            if time.monotonic() >= self._settled + SETTLES:
                os.fsync(self._file.fileno())
                self._settled = time.monotonic()
        except BaseException:
            with suppress(OSError):
                self._file.truncate(end)
            raise
        for done, place in places:
            self._note(done, place)

    def _note(self, done: PointResult, place: int) -> None:
        self._places[done.key] = place
        if done.row["error"] is not None:
            self._failed.add(done.key)

    def _read(self, mend: bool) -> None:
        """Find the sound lines; what a stop left of a last one is cut off, if this may `mend`."""
        end = 0
        lines = io.BufferedReader(self._file)
        for line in lines:
            if not line.endswith(b"\n"):
                break
            done = _parsed(line)
            if done is not None:
                self._note(done, end)
            end += len(line)
        lines.detach()
        if mend:
            self._file.truncate(end)


def _line(done: PointResult) -> bytes:
    document = {"key": done.key, "row": done.row, "counts": done.counts}
    text = json.dumps(document | ({"ends": done.ends} if done.ends else {}), allow_nan=False).encode()
    return _digest(text) + b" " + text + b"\n"


def _parsed(line: bytes) -> PointResult | None:
    digest, _, text = line.rstrip(b"\n").partition(b" ")
    if _digest(text) != digest:
        return None
    try:
        document = json.loads(text)
        key, row, counts, ends = document["key"], document["row"], document["counts"], document.get("ends", "")
        if isinstance(key, str) and isinstance(row["error"], str | None) and isinstance(counts + ends, str):
            return PointResult(key, dict(row), counts, ends)
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    return None


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_DIGITS].encode()


def unfinished_of(folder: Path, identity: str, out: Out) -> Path:
    """The folder of the journal of what is to be kept in a folder."""
    name = f"{identity}.unfinished"
    return beside(folder, name) if isinstance(out, Exactly) else folder.with_name(name)


@contextmanager
def open_journal(folder: Path, what: str = "a sweep") -> Iterator[Journal]:
    """The journal in a folder, which is made if absent, for one process at a time.

    A folder in which nothing came to be written is taken away again.
    Raises InputError where another process holds it, or the folder cannot be written to.
    """
    missing = [parent for parent in (folder, *folder.parents) if not os.path.exists(parent)]  # noqa: PTH110
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = io.FileIO(folder / FILE, "a+")
    except (OSError, ValueError) as error:
        _take_away(missing)
        message = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem("--out", f"a folder that can be written to: {message}", str(folder.parent))) from None
    with file:
        _lock(file, folder, what)
        for place in {folder, *(parent.parent for parent in missing)}:
            settle(place)
        file.seek(0)
        journal = Journal(file, mend=True)
        try:
            yield journal
        finally:
            if not len(journal):
                forget_journal(folder)
                _take_away(missing[1:])


def forget_journal(folder: Path) -> None:
    """Remove the journal from a folder, and the folder if nothing else is in it."""
    with suppress(OSError, ValueError):
        (folder / FILE).unlink()
        folder.rmdir()


def _take_away(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError, ValueError):
            folder.rmdir()


@contextmanager
def looked_at(folder: Path) -> Iterator[Journal]:
    """The journal in a folder as it stands, also while another process writes it; empty where there is none."""
    try:
        file = io.FileIO(folder / FILE)
    except (OSError, ValueError):
        file = io.FileIO(os.devnull)
    with file:
        yield Journal(file, mend=False)


def _lock(file: io.FileIO, folder: Path, what: str) -> None:
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(
            Problem("--out", f"{what} that no other process is working on just now", str(folder))
        ) from None
    except OSError:  # a file system without locks
        return
