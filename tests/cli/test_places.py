"""Where commands write: whole, or through what stands there, or refused before any work; and cleaned up when ended."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import sim as face
from sim.errors import InputError
from tests.cli.calling import Sim
from tests.examples import thorough
from tests.runs.test_at_once import LONG, started

NAME = "honduras-2021"
SWEEP = ("sweep", NAME, "--vary", "washington.attention=0,1", "--runs", 20)
WRITERS: dict[str, tuple[object, ...]] = {
    "run": ("run", NAME, "--runs", 20),
    "compare": ("compare", NAME, "honduras-2021-reassured", "--runs", 20),
    "sweep": SWEEP,
    "sensitivity": ("sensitivity", NAME, "--points", 4, "--runs", 40, "--vary", "washington.attention=0:3"),
    "backtest": ("backtest", "--origins", "2018", "--runs", 20),
    "fit": ("fit",),
}
"""Commands that write under `--out`."""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result that no test changes."""
    folder = face.run(NAME, runs=20, out=tmp_path_factory.mktemp("out"), threads=1).folder
    assert folder is not None
    return folder


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever simulates, or draws removals, is caught at it."""

    def caught(*arguments: object, **named: object) -> None:
        raise AssertionError("minutes of work, for nothing")

    for name in ("run_ensemble", "ledger_of"):
        monkeypatch.setattr(f"sim.runs.setup.{name}", caught)


# --- Refused before anything runs


@pytest.mark.parametrize(
    ("command", "place"),
    [
        pytest.param(command, place, marks=thorough if command == "fit" and place != "file" else ())
        for place in ("file", "file/below", "/proc/nowhere", "/dev/null")
        for command in WRITERS
    ],
)
def test_a_place_that_cannot_be_written_is_refused_first(
    sim: Sim, tmp_path: Path, no_work: None, command: str, place: str
) -> None:
    (tmp_path / "file").write_text("mine")
    (line,) = sim(*WRITERS[command], "--out", tmp_path / place).problems()
    assert line.startswith("--out: a folder that can be written to: ")
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("command", WRITERS)
def test_an_empty_name_is_not_the_folder_one_is_in(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_work: None, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sim(*WRITERS[command], "--out", "").problems() == [
        "--out: the name of a folder; . is the one you are in (got '')"
    ]
    assert list(tmp_path.iterdir()) == []


def test_so_it_is_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_work: None) -> None:
    monkeypatch.chdir(tmp_path)
    for call in (
        lambda: face.run(NAME, out=""),
        lambda: face.compare(NAME, NAME, out=""),
        lambda: face.sweep(NAME, vary={"washington.attention": [0, 1]}, out=""),
        lambda: face.sensitivity(NAME, out=""),
    ):
        with pytest.raises(InputError, match="--out: the name of a folder"):
            call()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("backtest", "--seed", -1), "--seed: a whole number from 0 to 9223372036854773783 (got -1)"),
        (("backtest", "--runs", 0), "--runs: a whole number from 1 to 10000000 (got 0)"),
        (("sensitivity", NAME, "--seed", -1), "--seed: a whole number from 0 to 9223372036854775807 (got -1)"),
        (("sensitivity", NAME, "--runs", 50), None),
        (("sensitivity", NAME, "--outcome", "left:XYZ"), None),
        ((*SWEEP, "--seed", -1), "--seed: a whole number from 0 to 9223372036854775807 (got -1)"),
        ((*SWEEP, "--outcome", "left:XYZ"), None),
        (("compare", NAME, NAME, "--runs", 0), "--runs: a whole number from 1 to 10000000 (got 0)"),
        (("run", NAME, "--ledger"), "--ledger: at most 100 runs (add --runs 100) (got 10000)"),
    ],
)
def test_a_request_that_cannot_be_is_refused_first(
    sim: Sim, tmp_path: Path, no_work: None, arguments: tuple[object, ...], line: str | None
) -> None:
    (line,) = sim(*arguments, "--out", tmp_path / "out").problems()
    assert line in (None, line)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [("--run", 20), ("--state", "XYZ"), ("--runs", 0), ("--tie", "x"), ("--out", "FILE"), ("--to", "RESULT")],
)
def test_an_explanation_that_cannot_be_is_refused_first(
    sim: Sim, result: Path, tmp_path: Path, no_work: None, options: tuple[str, Any]
) -> None:
    (tmp_path / "file").write_text("mine")
    before = {path.name for path in result.iterdir()}
    places = {"FILE": tmp_path / "file", "RESULT": result}
    option, value = options[0], places.get(options[1], options[1])
    answer = sim("explain", result, *(() if option == "--state" else ("--state", "HND")), option, value, "--no-charts")
    assert len(answer.problems()) == 1
    assert {path.name for path in result.iterdir()} == before, "least of all is a result's own manifest replaced"


def test_a_read_only_folder_is_refused(sim: Sim, result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried, not guessed from the bits, which say nothing to root."""

    def touch(path: Path, *arguments: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", touch)
    line = f"--out: a folder that can be written to: Permission denied (got '{tmp_path / 'ro'}')"
    assert sim("plot", result, "--out", tmp_path / "ro").problems() == [line]


# --- One file, and what stands at its path


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without their section of reasons, for which the scenario runs again."""
    monkeypatch.setattr("sim.analysis.reasons.reasons", lambda *_, **__: [])


def page(sim: Sim, result: Path, path: Path) -> Any:
    return sim("report", result, "--out", path)


@pytest.mark.usefixtures("brief")
def test_a_page_is_put_in_its_place_whole(sim: Sim, result: Path, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    path.chmod(0o640)
    assert page(sim, result, path).status == 0
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640, "it keeps its permissions"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.usefixtures("brief")
def test_a_link_stays_and_leads_to_the_page(sim: Sim, result: Path, tmp_path: Path) -> None:
    for name, there in (("there.html", True), ("not-yet.html", False)):
        if there:
            (tmp_path / name).write_text("old")
        link = tmp_path / f"link-to-{name}"
        link.symlink_to(name)
        assert page(sim, result, link).status == 0
        assert link.is_symlink()
        assert (tmp_path / name).read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("brief")
def test_a_file_of_two_names_keeps_both(sim: Sim, result: Path, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("old")
    (tmp_path / "other").hardlink_to(tmp_path / "one")
    assert page(sim, result, tmp_path / "one").status == 0
    assert (tmp_path / "other").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("brief")
def test_a_device_stays_a_device(sim: Sim, result: Path) -> None:
    """Written through: a full one says so, with its name."""
    before = Path("/dev/full").stat()
    answer = page(sim, result, Path("/dev/full"))
    assert (answer.status, answer.out) == (1, "")
    assert answer.err == "/dev/full: could not be written: No space left on device\n"
    assert page(sim, result, Path("/dev/null")).status == 0
    for path in ("/dev/full", "/dev/null"):
        assert stat.S_ISCHR(Path(path).stat().st_mode)
    assert Path("/dev/full").stat().st_ino == before.st_ino


@pytest.mark.usefixtures("brief")
def test_a_pipe_is_written_to_where_somebody_reads_and_not_waited_for(sim: Sim, result: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (line,) = page(sim, result, pipe).problems()
    assert line.startswith("--out: a file that can be written: ")
    read: list[bytes] = []
    number = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(number, True)
    kept = os.open(pipe, os.O_WRONLY)  # so that the reader does not see an end before anything is written

    def take() -> None:
        with os.fdopen(number, "rb") as file:
            read.append(file.read())

    reader = threading.Thread(target=take, daemon=True)
    reader.start()
    assert page(sim, result, pipe).status == 0
    os.close(kept)
    reader.join(timeout=30)
    assert read[0].startswith(b"<!DOCTYPE html>")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("kind", ["a folder", "a socket", "a loop of links"])
@pytest.mark.usefixtures("brief")
def test_what_cannot_hold_a_page_is_refused(sim: Sim, result: Path, tmp_path: Path, kind: str) -> None:
    import socket

    path = tmp_path / "x"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    else:
        path.symlink_to("x")
    assert len(page(sim, result, path).problems()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["x"]


def test_pictures_go_through_links_too(sim: Sim, result: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "count.png").symlink_to(tmp_path / "elsewhere.png")
    assert sim("plot", result, "--chart", "count", "--format", "png", "--out", out).status == 0
    assert (out / "count.png").is_symlink()
    assert (tmp_path / "elsewhere.png").read_bytes()[:4] == b"\x89PNG"
    answer = sim("history", "--chart", tmp_path / "missing" / "x.png")
    assert answer.status == 2
    (tmp_path / "disk.png").symlink_to("/dev/full")
    answer = sim("history", "--chart", tmp_path / "disk.png")
    assert answer.status == 1
    assert answer.err == f"{tmp_path / 'disk.png'}: could not be written: No space left on device\n"


@pytest.mark.parametrize("kind", ["a file", "a link", "a pipe", "/dev/full"])
def test_a_new_scenario_replaces_nothing(sim: Sim, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.toml"
    if kind == "a file":
        path.write_text("mine")
    elif kind == "a link":
        path.symlink_to("nowhere")
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        path = Path(kind)
    assert sim("new", "x", "--out", path).problems() == [
        f"NAME: a file that is not there yet: nothing is overwritten (got '{path}')"
    ]
    assert not (tmp_path / "nowhere").exists()


# --- Ended from outside


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=thorough)])
def test_a_command_that_is_told_to_end_cleans_up(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path / "out", *LONG["compiled"], telling=True)
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "working\n"
        process.send_signal(number)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


@thorough
def test_a_page_half_written_goes_when_the_command_is_told_to_end(result: Path, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, sim.report.page as page\n"
        "page.rendered = lambda *_: os.kill(os.getpid(), signal.SIGTERM)\n"
        "from sim.cli.main import main\nmain(sys.argv[1:])"
    )
    (tmp_path / "page.html").write_text("old")
    arguments = ["report", str(result), "--out", str(tmp_path / "page.html")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=False)
    assert done.returncode == 130
    assert (tmp_path / "page.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
