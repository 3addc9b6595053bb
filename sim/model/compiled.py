"""Marks a function as part of the rule book: plain Python for the agents, compiled inside the kernel.

Also settles where compiled code is kept: a cache folder named by a digest of this room's sources, for the
compiler itself does not notice a change in a function that another file defines. What lies there is run, so it
is a folder that nobody else can write to, or one of this process alone.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
import platformdirs
from numba import njit
from numba.core.caching import UserProvidedCacheLocator
from numba.extending import overload, register_jitable
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., object])

OUTER: dict[str, Any] = {"error_model": "numpy", "no_rewrites": True, "no_cfunc_wrapper": True}
"""What the compiler is told: divide as NumPy does; look for no array expressions, for there are none; write no way in
for C. The last two spare a good part of its work."""
INNER = OUTER | {"no_cpython_wrapper": True}
"""The same for functions that only compiled code calls."""


def entrance(function: F) -> F:
    """The function compiled, without the interpreter's lock, its code kept: what Python calls."""
    marked: F = njit(nogil=True, cache=True, **OUTER)(function)
    return marked


def rule(function: F) -> F:
    """The function itself, which compiled code may call too: one formula, two engines."""
    marked: F = register_jitable(forceinline=True, **INNER)(function)
    return marked


def part(function: F) -> F:
    """The function itself, which compiled code may call too, compiled apart."""
    marked: F = register_jitable(**INNER)(function)
    return marked


def by_name(rows: NDArray[Any]) -> NDArray[Any]:
    """The same rows; where nothing is compiled, Python needs a record array to read fields as attributes."""
    return rows.view(np.recarray)


@overload(by_name, strict=False)
def _by_name(rows: NDArray[Any]) -> Callable[..., Any]:
    return lambda rows: rows


@cache
def digest() -> str:
    """Of this room's sources."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


class ByDigest(UserProvidedCacheLocator):
    """Finds compiled code by what the sources say, wherever they lie: a second clone does not compile again."""

    def get_cache_path(self) -> str:
        """The folder itself, not one within it that is named by where the sources lie."""
        return str(cache_folder())

    def get_source_stamp(self) -> str:
        """What the folder is named by."""
        return digest()


def cache_folder() -> Path:
    """Where compiled code of exactly these sources is kept."""
    kept = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("recognition-sim", appauthor=False)
    return private(Path(kept), f"kernel-{digest()}")


@cache
def private(kept: Path, name: str) -> Path:
    """The folder `name` within `kept`, if nobody else can write there; else a new one, gone with this process."""
    try:
        above = kept.resolve()  # without links, which others could turn elsewhere
        above.mkdir(parents=True, exist_ok=True)
        folder = above / name
        folder.mkdir(mode=0o700, exist_ok=True)
        if mine(folder):
            return folder
    except (OSError, RuntimeError, ValueError):
        pass
    alone = Path(tempfile.mkdtemp(prefix="recognition-sim-"))
    atexit.register(shutil.rmtree, alone, ignore_errors=True)
    return alone


def mine(folder: Path) -> bool:
    """Whether only this user (and root) can write to a folder, and nobody else can put another in its place.

    It is no link, this user's, and closed to everybody else; each folder above it is this user's or root's, and others
    cannot write to it, or cannot move what is not theirs (the sticky bit of shared temporary folders).
    """
    if not hasattr(os, "getuid"):
        return True  # Windows keeps the cache in the user's profile, under its own permissions
    own = folder.lstat()
    if not stat.S_ISDIR(own.st_mode) or own.st_uid != os.getuid() or own.st_mode & 0o077:
        return False
    return all(_steady(above.lstat()) for above in folder.parents)


def _steady(above: os.stat_result) -> bool:
    if not stat.S_ISDIR(above.st_mode) or above.st_uid not in (0, os.getuid()):
        return False
    own_group = above.st_gid == os.getgid() == os.getuid()  # a group of one, where the system gives each user one
    open_to = stat.S_IWOTH if own_group else stat.S_IWOTH | stat.S_IWGRP
    return not above.st_mode & open_to or bool(above.st_mode & stat.S_ISVTX)


def is_compiled() -> bool:
    """Whether compiled code of these sources is in the cache, so that a run starts at once."""
    return bool(numba.config.DISABLE_JIT) or any(cache_folder().rglob("kernel.simulate*.nbc"))  # type: ignore[attr-defined]


numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.ByDigest"  # type: ignore[attr-defined]
