"""The matrix: which versions are the lowest, and that what it runs is Python."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import pytest
from packaging.requirements import Requirement

from tools.matrix import SMOKE, allowed, pythons


@pytest.mark.parametrize(
    ("text", "available", "kept"),
    [
        ("mesa>=3.3,<5", ["4.0.1", "3.10.0", "3.4.0", "3.2.9"], ["3.4.0", "3.10.0", "4.0.1"]),
        ("mesa>=3.3,<5", ["5.0", "3.2.9"], []),
        ("numba>=0.62", ["0.100.0", "0.63.1"], ["0.63.1", "0.100.0"]),
    ],
)
def test_versions_that_are_allowed_the_lowest_first(text: str, available: Sequence[str], kept: list[str]) -> None:
    assert allowed(Requirement(text), list(available)) == kept


def test_pythons_are_found_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"python3.11": "/a/python3.11", "python3.12": "/b/python3.12", "python3.10": "/a/python3.10"}
    monkeypatch.setattr("shutil.which", there.get)
    monkeypatch.setattr("tools.matrix._works", lambda path: path != "/b/python3.12")
    assert pythons() == ["/a/python3.11"]


def test_both_engines_are_in_what_it_runs() -> None:
    texts = [node.value for node in ast.walk(ast.parse(SMOKE)) if isinstance(node, ast.Constant)]
    assert {"compiled", "mesa"} <= set(texts)
