"""The command line as a fixture."""

from __future__ import annotations

import pytest

from tests.cli.calling import Sim


@pytest.fixture
def sim(capsys: pytest.CaptureFixture[str]) -> Sim:
    return Sim(capsys)
