"""The command line as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.calling import Sim
from tests.pixels import few_pixels


@pytest.fixture
def sim(capsys: pytest.CaptureFixture[str]) -> Sim:
    return Sim(capsys)


@pytest.fixture(autouse=True, scope="module")
def _coarse_pictures() -> Iterator[None]:
    """Few pixels: these tests ask which pictures are written, not how they look."""
    with few_pixels():
        yield
