"""Settings that every test shares."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.examples import examples
from tests.pixels import few_pixels, sketches

settings.register_profile("local", deadline=None, max_examples=examples(100))
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if "CI" in os.environ else "local")

# Started in the background by a shell, tests would ignore Ctrl-C, and so would the programs they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST_FIRST = (
    "tests/results/test_folder.py",
    "tests/fuzz/test_results_by_hand.py",
    "tests/cli",
    "tests/model",
    "tests/charts",
    "tests/results",
    "tests/analysis",
    "tests/sweeps",
    "tests/runs",
    "tests/report",
    "tests/fit",
)
"""Files and rooms that take longest. Where several processes share the tests, they are begun first."""


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of several that share the tests."""
    return hasattr(config, "workerinput")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the kernel before the processes that share the tests begin, so that each finds it in the cache."""
    if is_worker(session.config) or not getattr(session.config.option, "numprocesses", None):
        return
    from tools.kernel import compile_kernel

    compile_kernel()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it in the end."""

    def place(item: pytest.Item) -> int:
        path = Path(item.path).relative_to(config.rootpath).as_posix()
        return next((n for n, start in enumerate(LONGEST_FIRST) if path.startswith(start)), len(LONGEST_FIRST))

    if is_worker(config):
        items.sort(key=place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture
def coarse() -> Iterator[None]:
    """Pictures of few pixels, for tests that look at none."""
    with few_pixels():
        yield


@pytest.fixture
def sketched() -> Iterator[None]:
    """Pictures that are not drawn, for tests that only ask whether they are there."""
    with sketches():
        yield
