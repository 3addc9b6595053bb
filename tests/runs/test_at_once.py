"""Several processes at once, Ctrl-C, and a process that is killed: whole results or none, and no leftovers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

import sim
from sim.errors import SimError
from sim.results import check
from sim.runs.run import Request, run_to_folder
from sim.scenario import load
from tests.examples import thorough
from tests.scenario.documents import written

NAME = "honduras-2021"
TELLING = """
import sys
import sim.cli.options as options

def told(self, done, wanted):
    print("working", file=sys.stderr, flush=True)

options.Progress.__call__ = told
from sim.cli.main import main
main(sys.argv[1:])
"""
"""The command line, saying at each step of its progress that it works."""


def started(out: Path, *options: str, telling: bool = False) -> subprocess.Popen[str]:
    head = [sys.executable, "-c", TELLING] if telling else [sys.executable, "-m", "sim"]
    return subprocess.Popen(
        [*head, "run", NAME, "--no-charts", "--out", str(out), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def working(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A long run that has begun; its options come with the test."""
    process = started(tmp_path / "out", *request.param, telling=True)
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "working\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_two_at_once_give_one_whole_result(tmp_path: Path) -> None:
    processes = [started(tmp_path, "--runs", "400", "--quiet", "--threads", n) for n in ("1", "2")]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert said[0] == said[1]
    (folder,) = (tmp_path / NAME).iterdir()
    assert said[0] == (f"{folder}\n", "")
    assert sim.read(folder).runs == 400


@thorough
def test_many_at_once_never_see_half_a_result(tmp_path: Path) -> None:
    """Each of them finds, writes or replaces the same folder; none may meet it half gone."""
    loaded = load(NAME)

    def ask(number: int) -> str:
        request = Request(loaded, runs=20, seed=number % 4)
        try:
            result, _ = run_to_folder(request, tmp_path, None, "", threads=1)
        except (SimError, OSError) as error:
            return f"{type(error).__name__}: {error}"
        return "" if result.runs == 20 else "another result"

    with ThreadPoolExecutor(8) as pool:
        failures = [said for said in pool.map(ask, sorted(range(64), key=lambda number: number % 4)) if said]
    assert failures == []
    assert len(list((tmp_path / NAME).iterdir())) == 4


@thorough
def test_many_at_once_that_ask_for_different_parts(tmp_path: Path) -> None:
    """With a ledger, with charts, with neither, under changing titles: each gives an intact folder with its own parts,
    and what is left is one."""
    path = written(tmp_path)
    asked = []
    for title in ("A small one", "Another"):
        path.write_text(path.read_text().replace("A small one", title))
        asked += [Request(load(path), runs=20, seed=1, ledger=ledger) for ledger in (False, True)]

    def ask(number: int) -> str:
        drawn: list[Path] = []

        @contextmanager
        def draw(result: sim.Result, folder: Path) -> Iterator[None]:
            drawn.append(folder)
            (folder / "count.png").write_bytes(b"a picture")
            yield

        request = asked[number % 4]
        try:
            result, found = run_to_folder(request, tmp_path / "out", draw if number % 8 < 4 else None, "", threads=1)
        except (SimError, OSError) as error:
            return f"{type(error).__name__}: {error}"
        fitting = result.title == request.loaded.scenario.scenario.title and (
            found or not request.ledger or result.ledger
        )
        return "" if result.runs == 20 and fitting else "another result"

    with ThreadPoolExecutor(8) as pool:
        failures = [said for said in pool.map(ask, range(64)) if said]
    assert failures == []
    (folder,) = (tmp_path / "out" / "small").iterdir()
    check(folder)
    assert sim.read(folder).runs == 20


LONG = {"mesa": ("--runs", "4000", "--engine", "mesa"), "compiled": ("--runs", "50000", "--threads", "1")}


@pytest.mark.parametrize(
    "working",
    [pytest.param(LONG["compiled"], id="compiled"), pytest.param(LONG["mesa"], id="mesa", marks=thorough)],
    indirect=True,
)
def test_ctrl_c_leaves_nothing(working: subprocess.Popen[str], tmp_path: Path) -> None:
    working.send_signal(signal.SIGINT)
    out, err = working.communicate(timeout=60)
    assert working.returncode == 130
    assert out == ""
    assert [line for line in err.splitlines() if line not in ("", "working")] == [
        "interrupted: nothing was kept of this run"
    ]
    assert list(tmp_path.iterdir()) == []


@thorough
@pytest.mark.parametrize("working", [LONG["compiled"]], indirect=True)
def test_a_killed_run_leaves_no_result(working: subprocess.Popen[str], tmp_path: Path) -> None:
    os.kill(working.pid, signal.SIGKILL)
    working.wait()
    assert not any(path for path in tmp_path.glob("out/*/*") if not path.name.startswith("."))


def test_a_run_killed_while_writing_leaves_no_result_and_the_next_succeeds(tmp_path: Path) -> None:
    """The process ends without any goodbye once half of its files are written."""
    code = (
        "import os, sys\nfrom sim.results import Writing\n"
        "honest = Writing.finished\n"
        "Writing.finished = lambda *given: (honest(*given), os._exit(9))\n"
        "from sim.cli.main import main\nmain(sys.argv[1:])"
    )
    options = ["run", NAME, "--no-charts", "--out", str(tmp_path), "--runs", "20", "--quiet"]
    done = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 9
    left = list((tmp_path / NAME).iterdir())
    assert [path.name.endswith(".partial") and path.name.startswith(".") for path in left] == [True]
    assert (left[0] / "summary.csv").is_file()
    folder = sim.run(NAME, runs=20, out=tmp_path).folder
    assert folder is not None
    assert sim.read(folder).runs == 20
    assert {path.name for path in folder.parent.iterdir()} == {folder.name}, "what the killed one left is cleared"
