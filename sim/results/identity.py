"""The identity of a result: a digest of all that decides its numbers, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PROSE = frozenset(
    {
        "title",
        "question",
        "known",
        "assumed",
        "sources",
        "source",
        "assumption",
        "extends",
        "expectations",
        "article",
        "about",
    }
)
"""Keys of a scenario that decide no number."""
ROOMS = ("parameters", "atlas", "scenario", "model", "fit", "results", "runs")
"""Rooms whose sources decide numbers."""


def identity(decisive: Mapping[str, Any]) -> str:
    """Sixteen hex digits for what decides a result: settings, scenario without prose, tables, sources."""
    text = json.dumps(decisive, sort_keys=True, default=str, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def without_prose(document: Any) -> Any:
    """A scenario document less the keys that decide no number."""
    if isinstance(document, dict):
        return {key: without_prose(value) for key, value in document.items() if key not in PROSE}
    if isinstance(document, list):
        return [without_prose(value) for value in document]
    return document


@cache
def sources_digest() -> str:
    """SHA-256 over the source files that decide numbers: rules, kernel, fit, parameters and their kin."""
    package = Path(__file__).resolve().parent.parent
    total = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            content = path.read_bytes()
            total.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()
