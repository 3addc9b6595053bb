"""Manifests changed by hand, with a digest that fits or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.results import folder as folders


def resealed(folder: Path, change: Callable[[dict[str, Any]], object], seal: bool) -> None:
    """Change a manifest; seal : make its own digest fit, as somebody would who knows how."""
    path = folder / folders.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    if seal:
        manifest["digest"] = folders._own_digest(manifest)
    path.write_text(json.dumps(manifest), "utf-8")
