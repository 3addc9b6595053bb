"""Marks a function as part of the rule book: plain Python for the agents, compiled inside the kernel.

Also settles where compiled code is kept: a cache folder named by a digest of this room's sources, for the
compiler itself does not notice a change in a function that another file defines.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numba
import platformdirs
from numba.extending import register_jitable

F = TypeVar("F", bound=Callable[..., object])


def rule(function: F) -> F:
    """The function itself, which compiled code may call too: one formula, two engines."""
    marked: F = register_jitable(error_model="numpy", forceinline=True)(function)
    return marked


def cache_folder() -> Path:
    """Where compiled code of exactly these sources is kept."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.name.encode() + path.read_bytes())
    kept = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("recognition-sim", appauthor=False)
    folder = Path(kept) / f"kernel-{total.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return (
            Path(tempfile.gettempdir()) / f"recognition-sim-{os.getuid() if hasattr(os, 'getuid') else 0}" / folder.name
        )
    return folder


def is_compiled() -> bool:
    """Whether compiled code of these sources is in the cache, so that a run starts at once."""
    return any(cache_folder().rglob("kernel.simulate*.nbc"))


numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
