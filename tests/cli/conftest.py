"""The command line as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.calling import Sim
from tests.pixels import sketches


@pytest.fixture
def sim(capsys: pytest.CaptureFixture[str]) -> Sim:
    return Sim(capsys)


@pytest.fixture(autouse=True, scope="module")
def _sketched_pictures() -> Iterator[None]:
    """These tests ask which pictures are written, not how they look: those that do use `coarse`."""
    with sketches():
        yield
