"""The command line as a fixture."""

from __future__ import annotations

from tests.cli.conftest import sim

__all__ = ["sim"]
