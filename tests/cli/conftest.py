"""The command line as a fixture."""

from __future__ import annotations

import pytest

from tests.cli.calling import Sim


@pytest.fixture
def sim(capsys: pytest.CaptureFixture[str]) -> Sim:
    return Sim(capsys)


@pytest.fixture(autouse=True)
def _coarse_pictures(coarse: None) -> None:
    """These tests ask which pictures are written, not how they look."""
