"""What the tests of the atlas share: a copy of the tables that a test may damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.atlas.reading import TABLES


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the shipped tables."""
    return Path(shutil.copytree(TABLES, tmp_path / "tables"))


@pytest.fixture
def damage(tables: Path) -> Callable[[str, str, str], int]:
    """Replace the one occurrence of a text in a table of the copy; returns the line it was on."""

    def replace(file: str, old: str, new: str) -> int:
        path = tables / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace
