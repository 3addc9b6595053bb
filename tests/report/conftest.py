"""Pages made once for the tests of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

import sim as face
from sim.analysis.reasons import Reasons, reasons
from sim.report.page import html_of
from sim.report.swept import html_of_sweep
from sim.results import Result
from tests.report.reading import Element, read

RUNS = 200


@dataclass(frozen=True)
class Page:
    """A result and its page."""

    result: Result
    html: str
    why: Sequence[Reasons] = ()

    @cached_property
    def tree(self) -> Element:
        """The page as read, once: it is only looked at."""
        return read(self.html)


def page_of(result: Result, runs: int = RUNS) -> Page:
    why = reasons(result, runs)
    return Page(result, html_of(result, why), why)


@pytest.fixture(scope="package")
def honduras() -> Page:
    """The first article's scenario: a state it is about, events with sources, a record that goes on."""
    return page_of(face.run("honduras-2021", runs=RUNS))


@pytest.fixture(scope="package")
def hosts() -> Page:
    """A scenario of two ties."""
    return page_of(face.run("honduras-2025", runs=RUNS))


@pytest.fixture(scope="package")
def outlook() -> Page:
    """A scenario with elections, levers, and no record after the start."""
    return page_of(face.run("outlook-2026", runs=RUNS))


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small sweep."""
    swept = face.sweep(
        "outlook-2026",
        vary={"beijing.acceptance": [0.0, 0.5, 1.0], "taipei.budget": [0.5, 2.0]},
        runs=40,
        out=tmp_path_factory.mktemp("out"),
    )
    return swept.folder


@pytest.fixture(scope="package")
def sweep(folder: Path) -> str:
    """Its page."""
    return html_of_sweep(folder)
