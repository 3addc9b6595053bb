"""Places of what is installed with the simulator."""

from __future__ import annotations

from pathlib import Path


def shipped_folder() -> Path:
    """The folder of the scenarios that come with the simulator."""
    package = Path(__file__).resolve().parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent / "scenarios"
