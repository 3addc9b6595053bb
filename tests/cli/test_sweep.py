"""`sim sweep` from the command line: what it prints, what it refuses, and that no stop costs more than is in work."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.results import MANIFEST
from sim.sweeps.executors import Local
from sim.sweeps.sweep import run_sweep, sweep_of
from sim.sweeps.swept import SweepResult
from sim.sweeps.tables import COUNTS, POINTS
from tests.cli.calling import Said, Sim
from tests.examples import thorough
from tests.scenario.documents import written

NAME = "honduras-2021"
VARIED = ("washington.attention=0:3:4", "beijing.budget=0,1,4")
VARY = [part for text in VARIED for part in ("--vary", text)]
ELECTION = """
[elections.vote]
date = 2022-02-01
state = "HND"
source = "AP"
outcomes.left = {chance = 0.3, effects.office = {type = "inauguration", delay_months = 2, lean = 0.5}}
outcomes.right = {chance = 0.3}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A scenario of seven months."""
    return written(tmp_path)


def options(small: Path, out: Path) -> list[object]:
    """Twelve points of 40 runs, without charts."""
    return ["sweep", small, *VARY, "--runs", 40, "--no-charts", "--out", out]


def folder_of(out: Path) -> Path:
    (folder,) = out.glob("sweep/*/*")
    return folder


def tables(folder: Path) -> tuple[bytes, bytes]:
    return (folder / POINTS).read_bytes(), (folder / COUNTS).read_bytes()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    """The same sweep, uninterrupted, in another folder."""
    folder = tmp_path_factory.mktemp("plain")
    return run_sweep(sweep_of(written(folder), VARIED, runs=40), folder / "out", Local(1))[0]


# --- What it says


def test_it_says_what_came_out(sim: Sim, small: Path, tmp_path: Path) -> None:
    said = sim(*options(small, tmp_path / "out"))
    assert (said.status, said.err) == (0, "")
    folder = folder_of(tmp_path / "out")
    for line in (
        "A small one: 12 points of 40 runs, seed 1, design grid.\n",
        "All points share their random numbers: they differ by what was varied, mostly not by chance.\n",
        "States with Taipei at the end of 2022-06, on average (and in 90 % of runs):\n  fewest ",
        f"\nWritten to: {folder} (points.parquet, counts.parquet)\n",
    ):
        assert line in said.out
    assert f"\nFound: {folder} (" in sim(*options(small, tmp_path / "out")).out
    assert sorted(path.name for path in folder.iterdir()) == sorted([MANIFEST, POINTS, COUNTS])


def test_alone_it_says_what_each_lever_does(sim: Sim, small: Path, tmp_path: Path) -> None:
    said = sim("sweep", small, "--runs", 40, "--no-charts", "--out", tmp_path / "out")
    assert (said.status, said.err) == (0, "")
    first, _, _, heading, *told = said.out.splitlines()
    assert first == "A small one: 13 points of 40 runs, seed 1, design levers."
    assert heading == "States with Taipei at the end of 2022-06, on average; ±: two Monte Carlo errors, runs paired:"
    for line, lever in zip(told, ("Beijing's money", "Taipei's money", "Washington's attention"), strict=False):
        assert line.startswith(f"{lever}: without it ")
        assert " as it is" in line
        assert "; five times as much leaves " in line
    assert told[3] == ""


def test_json_is_one_object(sim: Sim, small: Path, tmp_path: Path) -> None:
    said = sim(*options(small, tmp_path / "out"), "--json")
    assert (said.status, said.err) == (0, "")
    assert said.json == {
        "folder": str(folder_of(tmp_path / "out")),
        "scenario": "small",
        "runs": 40,
        "seed": 1,
        "design": "grid",
        "points": 12,
        "failed": 0,
        "varied": [
            {"path": "washington.attention", "values": [0.0, 1.0, 2.0, 3.0]},
            {"path": "beijing.budget", "values": [0.0, 1.0, 4.0]},
        ],
        "found": False,
    }
    assert sim(*options(small, tmp_path / "out"), "--json").json["found"] is True


def test_quiet_prints_the_folder_only(sim: Sim, small: Path, tmp_path: Path) -> None:
    said = sim(*options(small, tmp_path / "out"), "--quiet")
    assert (said.status, said.out, said.err) == (0, f"{folder_of(tmp_path / 'out')}\n", "")


def test_the_manifest(sim: Sim, small: Path, tmp_path: Path) -> None:
    sim(*options(small, tmp_path / "out"), "--set", "washington.focus=2")
    told = json.loads((folder_of(tmp_path / "out") / MANIFEST).read_text())
    assert (told["points"], told["failed"], told["runs"], told["seed"], told["design"]) == (12, 0, 40, 1, "grid")
    assert told["set"] == {"washington.focus": "2"}
    assert told["scenario"]["scenario"]["title"] == "A small one"
    assert set(told["files"]) == {POINTS, COUNTS}


def test_status_before_on_the_way_and_after(sim: Sim, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = options(small, out)
    sweep = sweep_of(small, VARIED, runs=40)
    assert sim(*asked, "--status").out == f"0 of 12 points done: unfinished\n{sweep.unfinished(out)}\n"
    assert not out.exists(), "asking writes nothing"
    with pytest.raises(KeyboardInterrupt):
        run_sweep(sweep, out, Local(1), stop_after(5))
    done = sim(*asked, "--status", "--json").json
    assert done.pop("folder") == str(sweep.unfinished(out))
    assert 5 <= done["done"] < 12
    assert done == {"points": 12, "done": done["done"], "failed": 0, "finished": False}
    sim(*asked)
    assert sim(*asked, "--status").out == f"12 of 12 points done: finished\n{sweep.folder(out)}\n"


def stop_after(points: int) -> Any:
    def stop(done: int, wanted: int) -> None:
        if done >= points:
            raise KeyboardInterrupt

    return stop


def test_points_that_fail_are_told_and_are_no_failure(sim: Sim, tmp_path: Path) -> None:
    path = written(tmp_path, ELECTION)
    head = "elections.vote.outcomes"
    varied = ["--vary", f"{head}.left.chance=0.1,0.4,0.7", "--vary", f"{head}.right.chance=0.2,0.6"]
    asked = ["sweep", path, *varied, "--runs", 20, "--no-charts", "--out", tmp_path / "out"]
    said = sim(*asked)
    assert (said.status, said.err) == (0, "")
    assert "\n1 point could not be run; the first: elections.vote: the chances of an election's outcomes " in said.out
    assert sim(*asked, "--status").out.startswith("6 of 6 points done, 1 of them failed: finished\n")


def test_all_points_may_fail(sim: Sim, tmp_path: Path) -> None:
    path = written(tmp_path, ELECTION)
    head = "elections.vote.outcomes"
    varied = ["--vary", f"{head}.left.chance=0.7", "--vary", f"{head}.right.chance=0.5,0.6"]
    said = sim("sweep", path, *varied, "--runs", 20, "--out", tmp_path / "out", "--outcome", "left:HND")
    assert (said.status, said.err) == (0, "")
    assert "\n2 points could not be run; the first: " in said.out


def test_charts_come_when_they_are_asked_for(sim: Sim, small: Path, tmp_path: Path) -> None:
    asked = ["sweep", small, *VARY, "--runs", 40, "--out", tmp_path / "out"]
    sim(*asked, "--no-charts")
    charts = folder_of(tmp_path / "out") / "charts"
    assert not charts.exists()
    assert f"\nChart: {charts / 'count.png'}\n" in sim(*asked).out
    sim(*asked, "--outcome", "left:HND")
    assert {path.name for path in charts.glob("*.png")} == {"count.png", "left-HND.png"}
    before = charts.stat().st_ino
    assert "\nFound: " in sim(*asked, "--outcome", "left:Honduras").out
    assert charts.stat().st_ino == before


# --- What it refuses


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--design", "grid"], "--vary: at least one PATH=..., a sweep file, or --design levers"),
        (["--points", 4], "--points: not for the levers of the patrons: each has its multiples (got 4)"),
        ([*VARY, "--runs", 0], "--runs: a whole number from 1 to 10000000 (got 0)"),
        ([*VARY, "--seed", -1], "--seed: a whole number from 0 to 9223372036854775807 (got -1)"),
        (["--vary", "washington.atention=0:1:2"], None),
        (["--vary", "washington.attention=0:1"], None),
        ([*VARY, "--executor", "dask"], "--scheduler: required with --executor dask: the address of its scheduler"),
        ([*VARY, "--scheduler", "tcp://a:1"], "--scheduler: only with --executor dask (got 'tcp://a:1')"),
        (
            [*VARY, "--executor", "dask", "--scheduler", "here"],
            "--scheduler: the address of a dask scheduler: missing port number in address 'here' (got 'here')",
        ),
        (
            [*VARY, "--executor", "dask", "--scheduler", "tcp://a:1", "--threads", 2],
            "--threads: only with --executor local (got 2)",
        ),
        (
            [*VARY, "--outcome", "left:HDN"],
            "--outcome: left: and the code of a state simulated here, such as left:BLZ (got 'left:HDN'); "
            "did you mean left:HND (Honduras)?",
        ),
        (
            [*VARY, "--outcome", "HND"],
            "--outcome: one of count, lost, left:ISO3, cooperation, suspended:ISO3 (got 'HND')",
        ),
        *(
            (
                [*VARY, "--outcome", outcome],
                f"--outcome: count, lost or left:ISO3, for the scenario has no hosts (got '{outcome}')",
            )
            for outcome in ("suspended:HND", "cooperation")
        ),
        ([*VARY, "--threads", 0], None),
        ([*VARY, "--executor", "ray"], None),
    ],
)
def test_what_is_refused_is_refused_on_one_line(
    sim: Sim, tmp_path: Path, arguments: list[object], line: str | None
) -> None:
    (said,) = sim("sweep", NAME, *arguments, "--no-charts", "--out", tmp_path / "out").problems()
    assert line in (None, said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["file", "/proc/nowhere", "/dev/null", "x" * 5000], ids=lambda place: place[:20])
def test_a_place_that_cannot_be_written(
    sim: Sim, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    from sim.runs.setup import Setup

    def fail(*arguments: object) -> None:
        raise AssertionError("ten seconds of compiling, for nothing")

    monkeypatch.setattr(Setup, "warm_up", fail)
    (tmp_path / "file").write_text("mine")
    out = tmp_path / "file" if place == "file" else Path(place)
    (line,) = sim(*options(small, out)).problems()
    assert line.startswith("--out: a folder that can be written to: ")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_place_whose_name_looks_like_something_else(
    sim: Sim, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sim(*options(small, Path("s3:bucket"))).status == 0
    swept = SweepResult.read(folder_of(Path("s3:bucket")))
    assert (len(swept.points()), swept.counts()["share"].max()) == (12, 1.0)


def test_the_first_compile_is_announced_where_nobody_asked_for_silence(
    sim: Sim, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.runs import setup

    monkeypatch.setattr(setup, "is_compiled", lambda: False)
    assert sim(*options(small, tmp_path / "a")).err == "compiling the model: once, up to a minute\n"
    assert sim(*options(small, tmp_path / "a")).err == "", "what is found needs no model"
    assert sim(*options(small, tmp_path / "b"), "--quiet").err == ""
    assert sim(*options(small, tmp_path / "c"), "--json").err == ""


# --- Stops


TELLING = """
import os, stat, sys
import sim.cli.options as options
from sim.sweeps import journal

STOP, AT = sys.argv[1:3]

def told(self, done, wanted):
    if STOP == "told" and done >= int(AT):
        print("working", file=sys.stderr, flush=True)
        sys.stdin.read()

def torn(number):
    torn.calls += stat.S_ISREG(os.fstat(number).st_mode)
    if STOP == "torn" and torn.calls == int(AT):
        os.ftruncate(number, os.fstat(number).st_size - 25)
        os.kill(os.getpid(), 9)

torn.calls = 0
options.Progress.__call__ = told
journal.os.fsync, journal.SETTLES = torn, 0.0
from sim.cli.main import main
main(sys.argv[3:])
"""
"""The command line, which waits after so many points, or dies in the middle of a line."""


def started(stop: str, at: int, arguments: list[object]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TELLING, stop, str(at), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stopped(
    process: subprocess.Popen[str], number: signal.Signals | None, meanwhile: Callable[[], object] = lambda: None
) -> Said:
    """What a process leaves behind that is sent a signal while it works, after what is done `meanwhile`."""
    try:
        if number is not None:
            assert process.stderr is not None
            assert process.stderr.readline() == "working\n"
            meanwhile()
            process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    return Said(process.returncode, out, err)


def test_while_one_works_a_second_is_refused_and_ctrl_c_keeps_what_is_done(
    sim: Sim, small: Path, plain: SweepResult, tmp_path: Path
) -> None:
    """Meanwhile the status tells how far it is, and afterwards the same command goes on."""
    asked = options(small, tmp_path / "out")

    def second() -> None:
        (line,) = sim(*asked).problems()
        assert line.startswith("--out: a sweep that no other process is working on just now (got '")
        assert 4 <= sim(*asked, "--status", "--json").json["done"] < 12

    said = stopped(started("told", 4, asked), signal.SIGINT, second)
    assert (said.status, said.out) == (130, "")
    kept = sim(*asked, "--status", "--json").json["done"]
    assert 4 <= kept < 12
    assert said.err == f"interrupted: {kept} of 12 points are kept; the same command goes on\n"
    assert sim(*asked, "--quiet").out == f"{folder_of(tmp_path / 'out')}\n"
    assert tables(folder_of(tmp_path / "out")) == tables(plain.folder)


@pytest.mark.parametrize("stop", [pytest.param("told", marks=thorough), "torn"])
def test_kill_9_loses_only_what_was_in_work(
    sim: Sim, small: Path, plain: SweepResult, tmp_path: Path, stop: str
) -> None:
    """Between two points, and in the middle of writing one down."""
    asked = options(small, tmp_path / "out")
    said = stopped(started(stop, 3, asked), signal.SIGKILL if stop == "told" else None)
    assert said.status == -signal.SIGKILL, said
    assert 1 <= sim(*asked, "--status", "--json").json["done"] < 12
    assert sim(*asked).status == 0
    assert tables(folder_of(tmp_path / "out")) == tables(plain.folder)
    assert [path.name for path in folder_of(tmp_path / "out").parent.iterdir()] == [plain.folder.name]


def test_no_room_is_a_failure_and_the_same_command_goes_on(
    sim: Sim, small: Path, plain: SweepResult, tmp_path: Path
) -> None:
    """The limit, of what a process may write into one file, holds four points and a part of the fifth."""
    resource = pytest.importorskip("resource")
    asked = options(small, tmp_path / "out")
    line = bytes_of_a_point(small, tmp_path / "one")
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(line * 4.5), most))
    try:
        said = sim(*asked)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith(f"{tmp_path / 'out' / 'sweep' / 'small'}/")
    assert said.err.endswith(": could not be written: File too large\n")
    assert 1 <= sim(*asked, "--status", "--json").json["done"] <= 4
    assert sim(*asked).status == 0
    assert tables(folder_of(tmp_path / "out")) == tables(plain.folder)


def bytes_of_a_point(small: Path, out: Path) -> float:
    """In a journal, on average over those points that were done before the first could stop the sweep."""
    sweep = sweep_of(small, VARIED, runs=40)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(sweep, out, Local(1), stop_after(1))
    journal = (sweep.unfinished(out) / "journal").read_bytes()
    return len(journal) / journal.count(b"\n")


# --- Outcomes


def test_every_outcome_is_drawn(sim: Sim, tmp_path: Path) -> None:
    """The same words name an outcome here and for a sensitivity analysis."""
    names = ("count", "lost", "cooperation", "left:HND", "left:Paraguay", "suspended:HND")
    asked = [part for name in names for part in ("--outcome", name)]
    vary = ("--vary", "washington.attention=0,2")
    said = sim("sweep", "honduras-2025", *vary, "--runs", 20, "--out", tmp_path, *asked, "--quiet")
    assert said.status == 0
    drawn = {path.stem for path in (Path(said.out.strip()) / "charts").glob("*.png")}
    assert drawn == {"count", "lost", "cooperation", "left-HND", "left-PRY", "suspended-HND"}


# --- The sweep files that come with the simulator


def test_a_shipped_sweep_is_run_by_its_name(sim: Sim, tmp_path: Path) -> None:
    asked = ("sweep", "honduras-2025.sweep", "--runs", 20, "--out", tmp_path, "--outcome", "suspended:HND")
    said = sim(*asked, "--quiet")
    assert said.status == 0
    folder = Path(said.out.strip())
    assert {path.name for path in (folder / "charts").glob("*.png")} == {"count.png", "suspended-HND.png"}
    varied = {one["path"]: len(one["values"]) for one in SweepResult.read(folder).manifest["varied"]}
    assert varied == {"events.deportation-threats-honduras.hostility": 4, "parameters.gives_way": 5}


def test_sweep_files_are_validated(sim: Sim, tmp_path: Path) -> None:
    said = sim("validate", "honduras-2021.sweep")
    assert (said.status, said.err) == (0, "")
    assert said.out == "honduras-2021.sweep: ok (a sweep of 25 points over beijing.budget, taipei.budget)\n"
    file = tmp_path / "mine.toml"
    file.write_text('[sweep]\nscenario = "honduras-2021"\n[vary]\n"beijing.bugdet" = [1.0, 2.0]\n', "utf-8")
    said = sim("validate", file)
    assert said.status == 2
    assert said.err.startswith(f"{file}: vary.beijing.bugdet: ")


def test_sweeps_are_listed_under_their_scenarios(sim: Sim) -> None:
    assert "\n  sweep: sim sweep honduras-2023.sweep\n" in sim("list").out
    told = {entry["name"]: entry["sweep"] for entry in sim("list", "--json").json["scenarios"]}
    assert told["honduras-2021"] == "honduras-2021.sweep"
    assert told["outlook-2026"] is None


# --- Points from a file


def test_a_file_of_points_is_run_in_its_order_and_goes_on(sim: Sim, small: Path, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("washington.attention,label.who\n3,most\n0,\n", "utf-8")
    asked = ["sweep", small, "--points", points, "--runs", 20, "--no-charts", "--out", tmp_path / "out"]
    assert sim(*asked, "--status").out.startswith("0 of 2 points done: unfinished\n")
    said = sim(*asked)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("A small one: 2 points of 20 runs, seed 1, design points.\n")
    assert "at Washington's attention 3 (most)" in said.out
    assert sim(*asked, "--json").json["found"] is True
    assert sim("verify", folder_of(tmp_path / "out")).status == 0
    file = tmp_path / "mine.toml"
    file.write_text('[sweep]\nscenario = "small.toml"\npoints = "points.csv"\nruns = 20\n', "utf-8")
    assert sim("sweep", file, "--no-charts", "--out", tmp_path / "out", "--json").json["found"] is True
    assert sim("validate", file).out == f"{file}: ok (a sweep of 2 points over washington.attention)\n"
    file.write_text('[sweep]\nscenario = "small.toml"\npoints = "none.csv"\n', "utf-8")
    assert sim("sweep", file).problems() == [f"{file}: sweep.points: none.csv: no such file"]
    file.write_text('[sweep]\nscenario = "small.toml"\npoints = "points.csv"\ndesign = "lhs"\n', "utf-8")
    assert sim("sweep", file).problems() == [
        f"{file}: sweep.design: left out with a file of points: points.csv (got 'lhs')"
    ]


def test_a_file_of_points_is_no_scenario_and_goes_with_nothing_else_that_varies(
    sim: Sim, small: Path, tmp_path: Path
) -> None:
    points = tmp_path / "points.csv"
    points.write_text("beijing.budget\n3\n", "utf-8")
    for asked, line in (
        ((points,), f"{points}: a file of points, not a scenario: sim sweep SCENARIO --points points.csv"),
        ((small, "--points", points, "--vary", "taipei.budget=1,2"),
         f"--vary: not with a file of points, which says what is varied: {points} (got 'taipei.budget=1,2')"),
        ((small, "--points", points, "--design", "lhs"),
         f"--design: not with a file of points, which says what is varied: {points} (got 'lhs')"),
        ((small, "--points", points, "--set", "beijing.budget=1"),
         f"{points}: column beijing.budget: not set as well, for it is varied (got 1)"),
        ((small, "--points", "5x"), "--points: a number of points, or a file of them: no such file (got '5x')"),
    ):  # fmt: skip
        assert sim("sweep", *asked, "--out", tmp_path / "out").problems() == [line]
    assert not (tmp_path / "out").exists()
