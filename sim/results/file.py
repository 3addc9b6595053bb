"""One file that a user names: read only if it is a plain one, and written whole, or through what stands there."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sim.errors import InputError, Problem, SimError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system says of a disk that takes no more."""


def open_plain(path: Path) -> BinaryIO:
    """A plain file, opened to read its bytes; whoever puts a pipe, a device or a link there is not waited for.

    Raises OSError where there is none.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    number = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "not a plain file", str(path))
    return os.fdopen(number, "rb")


def settle(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk itself, so that they outlast a loss of power."""
    try:
        number = os.open(path, os.O_RDONLY)
    except OSError:  # a system on which folders cannot be opened
        return
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def told_where(place: Path) -> Iterator[None]:
    """A full disk is told with the place that was written to, which the system leaves out."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise SimError(f"{place}: could not be written: {error.strerror}") from error
        raise


def folder_for(folder: Path, option: str = "--out") -> Path:
    """A folder, made where it is not there, in which files can be put. Raises InputError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = _part(folder)
        part.touch()
        part.unlink()
    except (OSError, ValueError) as error:
        message = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem(option, f"a folder that can be written to: {message}", str(folder))) from None
    return folder


@contextmanager
def written(path: Path, option: str = "--out") -> Iterator[Path]:
    """A file to write in, which is at `path` at the end, whole; on any failure what was there stays.

    A plain file is replaced, at the end of a link too, and keeps its permissions. A terminal, a pipe or a file with
    several names is written through.
    option : where the user named it
    Raises InputError, before anything is written, for what cannot be written or must not be: a folder, a disk.
    """
    try:
        through = _opened(path)
        target = Path(os.path.realpath(path))
        if through is None:
            target.parent.mkdir(parents=True, exist_ok=True)
        part = _part(target.parent if through is None else Path(tempfile.gettempdir()))
        part.touch(0o600 if through is not None else 0o666, exist_ok=False)
    except (OSError, ValueError) as error:
        raise InputError(_unwritable(path, option, getattr(error, "strerror", None) or str(error))) from None
    try:
        with told_where(path):
            yield part
            if through is not None:
                _write_through(part, through)
                return
            with suppress(FileNotFoundError):
                shutil.copymode(target, part)
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        if through is not None:
            os.close(through)


def _opened(path: Path) -> int | None:
    """What stands at a path, opened to be written through; None for a plain file or none at all, to be put there.

    Raises OSError for what is refused: a folder, a disk, a socket, a pipe that nobody reads.
    """
    if not path.name:
        raise OSError(errno.EISDIR, "a folder")
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, "a folder")
    if stat.S_ISREG(status.st_mode):
        if status.st_nlink == 1 and path.absolute().parts[1:2] not in (("dev",), ("proc",)):
            if not os.access(path, os.W_OK):
                raise OSError(errno.EACCES, os.strerror(errno.EACCES))
            return None
    elif not (stat.S_ISCHR(status.st_mode) or stat.S_ISFIFO(status.st_mode)):
        raise OSError(errno.EINVAL, "neither a file nor a terminal or pipe")
    return os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))  # which fails for a pipe that nobody reads


def _write_through(part: Path, through: int) -> None:
    os.set_blocking(through, True)
    if stat.S_ISREG(os.fstat(through).st_mode):
        os.ftruncate(through, 0)
    with part.open("rb") as content, os.fdopen(through, "wb", closefd=False) as file:
        shutil.copyfileobj(content, file)


def _part(folder: Path) -> Path:
    return folder / f".sim-{uuid.uuid4().hex[:12]}.partial"


def _unwritable(path: Path, option: str, why: str) -> Problem:
    return Problem(option, f"a file that can be written: {why}", str(path))
