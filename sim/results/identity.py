"""The identity of a result: a digest of all that decides its numbers, and nothing else."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PROSE = frozenset({"title", "question", "known", "assumed", "sources", "article", "about", "extends"})
"""Keys of `[scenario]` that decide no number."""
REMARKS = frozenset({"source", "assumption"})
"""Keys of an event or election that decide no number."""
ROOMS = ("parameters", "atlas", "scenario", "model", "fit", "results", "runs")
"""Rooms whose sources decide numbers."""


_ENCODER = json.JSONEncoder(sort_keys=True, default=str, ensure_ascii=True, separators=(",", ":"))
"""Made once, for a sweep asks for the identities of many points."""


def identity(decisive: Mapping[str, Any]) -> str:
    """Sixteen hex digits for what decides a result: settings, scenario without prose, tables, sources."""
    return hashlib.sha256(_ENCODER.encode(decisive).encode()).hexdigest()[:16]


def without_prose(document: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario document less what decides no number: prose, remarks, expectations."""
    bare = {key: value for key, value in document.items() if key != "expectations"}
    bare["scenario"] = {key: value for key, value in document["scenario"].items() if key not in PROSE}
    bare["events"] = {name: _unremarked(event) for name, event in document.get("events", {}).items()}
    if document.get("record") is not None:
        bare["record"] = {
            key: [_unremarked(row) for row in rows] if isinstance(rows, list) else rows
            for key, rows in document["record"].items()
            if key != "name"
        }
    bare["elections"] = {name: _bare_election(vote) for name, vote in document.get("elections", {}).items()}
    return bare


def _unremarked(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in REMARKS}


def _bare_election(vote: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = {
        name: {**outcome, "effects": {key: _unremarked(effect) for key, effect in outcome.get("effects", {}).items()}}
        for name, outcome in vote["outcomes"].items()
    }
    return {**_unremarked(vote), "outcomes": outcomes}


@cache
def sources_digest(rooms: tuple[str, ...] = ROOMS) -> str:
    """SHA-256 over the source files of rooms: those that decide numbers, where none are named."""
    package = Path(__file__).resolve().parent.parent
    total = hashlib.sha256()
    for room in rooms:
        for path in sorted((package / room).rglob("*.py")):
            content = path.read_bytes()
            total.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()


def versions() -> dict[str, str | None]:
    """Versions of Python and of the packages that numbers may hang on."""
    packages = ("recognition-sim", "numpy", "numba", "scipy", "pyarrow", "matplotlib", "mesa")
    return {"python": ".".join(map(str, sys.version_info[:3])), **{name: _version(name) for name in packages}}


@cache
def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
