"""Compiled code is loaded from a folder that only its owner can write to; without a compiler the kernel still runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numba
import pytest

from sim.model import compiled
from sim.model.compiled import mine
from sim.runs import ensemble
from tests.worlds import bits, lay_out, rich, run

NAME = "kernel-0"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for caches, and a temporary folder apart from it."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    place = tmp_path / "kept"
    place.mkdir(mode=0o755)
    return place


def private(kept: Path) -> Path:
    return compiled.private.__wrapped__(kept, NAME)


def alone(folder: Path) -> bool:
    """Whether a folder is a new one of this process, which nobody could have known beforehand."""
    return folder.parent.name == "temporary" and not any(folder.iterdir()) and folder.stat().st_mode & 0o777 == 0o700


def test_a_cache_of_ones_own_is_kept(kept: Path) -> None:
    folder = private(kept)
    assert folder == kept / NAME
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "code").touch()
    assert private(kept) == folder
    assert private(kept / "deeper" / "down") == kept / "deeper" / "down" / NAME


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o750, 0o777])
def test_a_cache_open_to_others_is_not_loaded(kept: Path, mode: int) -> None:
    (kept / NAME).mkdir()
    (kept / NAME).chmod(mode)
    assert alone(private(kept))


def test_a_link_is_not_followed(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "planted").mkdir(mode=0o700)
    (kept / NAME).symlink_to(tmp_path / "planted")
    assert alone(private(kept))


def test_a_link_above_is_settled_first(kept: Path, tmp_path: Path) -> None:
    """What is used is the place it pointed to when that was looked at."""
    (tmp_path / "link").symlink_to(kept)
    assert private(tmp_path / "link") == kept / NAME


def test_a_folder_above_that_others_can_write_to(kept: Path) -> None:
    """They could put another in its place; not where the sticky bit keeps what is not theirs."""
    kept.chmod(0o777)
    assert alone(private(kept))
    kept.chmod(0o1777)
    assert private(kept) == kept / NAME


def test_somebody_elses_folder(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private(kept)
    monkeypatch.setattr(os, "getuid", lambda: kept.stat().st_uid + 1)
    assert not mine(kept / NAME)


def test_a_place_where_no_folder_can_be_made(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes get two folders: none has a name that somebody could have planted code under."""
    removed = []
    monkeypatch.setattr("atexit.register", lambda *told, **more: removed.append((told, more)))
    (kept / "file").touch()
    one, other = private(kept / "file"), private(kept / "file")
    assert alone(one)
    assert alone(other)
    assert one != other
    assert removed == [((shutil.rmtree, folder), {"ignore_errors": True}) for folder in (one, other)]


def test_the_compiler_was_told() -> None:
    folder = Path(numba.config.CACHE_DIR)  # type: ignore[attr-defined]
    assert folder == compiled.cache_folder()
    assert mine(folder)


def test_without_a_compiler_the_kernel_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """`NUMBA_DISABLE_JIT=1`, as debuggers and coverage want it: slow, and no warning of numbers that wrap."""
    laid = lay_out(rich())
    fast = run(laid, 6)
    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    monkeypatch.setattr(ensemble, "simulate", ensemble.simulate.py_func)
    slow = run(laid, 6)
    assert (slow.counts == fast.counts).all()
    for one, other in ((slow.changes, fast.changes), (slow.expected, fast.expected), (slow.ledger, fast.ledger)):
        assert (bits(one) == bits(other)).all()
    assert compiled.is_compiled()
