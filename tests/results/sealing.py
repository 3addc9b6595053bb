"""Manifests changed by hand, with a digest that fits or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.results import sealing


def resealed(folder: Path, change: Callable[[dict[str, Any]], object], seal: bool) -> None:
    """Change a manifest; seal : make its own digest fit, as somebody would who knows how."""
    path = folder / sealing.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    written_over(folder, manifest, seal)


def written_over(folder: Path, manifest: dict[str, Any], seal: bool) -> None:
    """Put a manifest in the place of what a folder has."""
    if seal:
        manifest = {**manifest, "digest": sealing.own_digest(manifest)}
    (folder / sealing.MANIFEST).write_text(json.dumps(manifest), "utf-8")


def vouched(folder: Path, name: str) -> None:
    """The digest of a file as it is now, in a manifest whose digest fits."""
    resealed(folder, lambda m: m["files"].update({name: sealing.digest_of(folder / name)}), seal=True)
