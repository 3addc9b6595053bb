"""Exit statuses and channels: 0 done, 1 failed, 2 refused; errors on standard error, one line a problem."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim as face
from sim.cli.main import COMMANDS
from sim.scenario import shipped
from tests.cli.calling import Sim, apart
from tests.examples import thorough
from tests.scenario.documents import FILE, HEADER, written

NAME = "honduras-2021"
ALL = (
    "list, validate, run, plot, compare, sweep, sensitivity, explain, explore, report, verify, fit, backtest, "
    "history, parameters, schema, new"
)


def test_help_names_every_command(sim: Sim) -> None:
    for option in ("--help", "-h"):
        answer = sim(option)
        assert (answer.status, answer.err) == (0, "")
        for command in COMMANDS:
            assert f"\n  {command} " in answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(sim: Sim, command: str) -> None:
    for option in ("--help", "-h"):
        answer = sim(command, option)
        assert (answer.status, answer.err) == (0, "")
        assert answer.out.startswith(f"Usage: sim {command}")


def test_help_of_run_names_every_option_of_the_contract(sim: Sim) -> None:
    out = sim("run", "--help").out
    for option in [
        "--runs",
        "--seed",
        "--set",
        "--engine",
        "--parameters",
        "--threads",
        "--out",
        "--no-charts",
        "--ledger",
        "--json",
        "--quiet",
    ]:
        assert option in out


def test_the_version(sim: Sim) -> None:
    answer = sim("--version")
    assert answer.status == 0
    assert answer.out.startswith("sim, version ")


@pytest.mark.parametrize("arguments", [["list"], ["schema"], ["parameters"], ["history"], ["validate", NAME]])
def test_done_is_nought_and_silent_on_standard_error(sim: Sim, arguments: list[str]) -> None:
    answer = sim(*arguments)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.endswith("\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rnu"], f"command: one of {ALL} (got 'rnu'); did you mean run?"),
        (["xyzzy"], f"command: one of {ALL} (got 'xyzzy')"),
        (["validat"], f"command: one of {ALL} (got 'validat'); did you mean validate?"),
        (["run"], "sim run: Missing argument 'SCENARIO'. (see sim run --help)"),
        (["run", NAME, "extra"], "sim run: Got unexpected extra argument (extra) (see sim run --help)"),
        (["run", NAME, "--runz", "3"], "sim run: No such option '--runz'. Did you mean '--runs'? (see sim run --help)"),
        (["run", NAME, "--runs"], None),
        (
            ["run", NAME, "--runs", "ten"],
            "sim run: Invalid value for '--runs': 'ten' is not a valid integer. (see sim run --help)",
        ),
        (["run", NAME, "--runs", "0"], "--runs: a whole number from 1 to 10000000 (got 0)"),
        (["run", NAME, "--runs", "99999999999999999999"], None),
        (["run", NAME, "--seed", "-1"], "--seed: a whole number from 0 to 9223372036854775807 (got -1)"),
        (["run", NAME, "--threads", "0"], None),
        (["run", NAME, "--engine", "mess"], None),
        (["run", NAME, "--parameters", "draw"], None),
        (["run", NAME, "--ledger"], "--ledger: at most 100 runs (add --runs 100) (got 10000)"),
        (
            ["run", "honduras-2012"],
            "honduras-2012: no such file, and no shipped scenario of this name; did you mean honduras-2025?",
        ),
        (
            ["run", NAME, "--set", "washington.atention=2"],
            f"{NAME}: washington.atention: no such path: no `atention` here; did you mean washington.attention?",
        ),
        (
            ["run", NAME, "--set", "washington.attention"],
            "--set: PATH=VALUE, such as washington.attention=2 (got 'washington.attention')",
        ),
        (
            ["run", NAME, "--set", "washington.attention=nan"],
            f"{NAME}: washington.attention: a finite number (got nan)",
        ),
        (["run", NAME, "--set", "washington.attention=" + "9" * 5000], None),
        (["run", ""], None),
        (["validate"], "sim validate: Missing argument 'FILE...'. (see sim validate --help)"),
        (["plot"], "sim plot: Missing argument 'RESULT...'. (see sim plot --help)"),
        (["plot", "no-such-folder"], "no-such-folder: a result folder, with a manifest.json in it"),
        (["plot", "no-such-folder", "--chart", "cuont"], None),
        (["plot", "x" * 5000], f"{'x' * 237}...: a result folder, with a manifest.json in it"),
        (["plot", ""], None),
        (["parameters", "--as-of", "10 May"], "--as-of: a date written YYYY-MM-DD (got '10 May')"),
        (["parameters", "--as-of", "1971-12-31"], "--as-of: a date from 1972-01-01 to 2026-09-28 (got '1971-12-31')"),
        (["parameters", "--as-of", "2026-09-29"], "--as-of: a date from 1972-01-01 to 2026-09-28 (got '2026-09-29')"),
        (["parameters", "--as-of", "2021-12-1"], "--as-of: a date written YYYY-MM-DD (got '2021-12-1')"),
        (["parameters", "--as-of", "20211210"], "--as-of: a date written YYYY-MM-DD (got '20211210')"),
        (["parameters", "--as-of", "2021-W49-5"], "--as-of: a date written YYYY-MM-DD (got '2021-W49-5')"),
        (["history", "--at", "2021-02-30"], "--at: a date written YYYY-MM-DD (got '2021-02-30')"),
        (["history", "--at", "20211210"], "--at: a date written YYYY-MM-DD (got '20211210')"),
        (["history", "--since", "2021-W49-5"], "--since: a date written YYYY-MM-DD (got '2021-W49-5')"),
        (
            ["new", "My Question"],
            "NAME: a name of small letters, digits and single hyphens, 80 at most (got 'My Question')",
        ),
        (["new", "x", "--start", "1971-12-31"], "--start: a date from 1972-01-01 to 2095-12-31 (got '1971-12-31')"),
        (["new", "x", "--start", "20211210"], "--start: a date written YYYY-MM-DD (got '20211210')"),
        (
            ["new", "x", "--start", "2026-09-29"],
            "--start: not after 2026-09-28, where the record ends: give --record FILE, with what has happened since, "
            "or --assume-unchanged (got '2026-09-29')",
        ),
        (
            ["new", "x", "--state", "Paragauy"],
            "--state: a state that recognised Taipei on 2026-09-28 (got 'Paragauy'); did you mean PRY (Paraguay)?",
        ),
        (
            ["new", "x", "--start", "2026-09-28", "--state", "FRA"],
            "--state: a state that recognised Taipei on 2026-09-28, as France (FRA) did not, or a candidate for "
            "coming to it (sim fit lists them) (got 'FRA')",
        ),
        (
            ["new", "a" * 81],
            f"NAME: a name of small letters, digits and single hyphens, 80 at most (got '{'a' * 81}')",
        ),
        (
            ["run", NAME, "--set", "washington.atention=2", "--set", "scenario.seed=" + "9" * 30],
            "--set: scenario.seed: a whole number below 2^63 (got 'a number of many digits')",
        ),
        (["--debgu", "list"], None),
    ],
)  # fmt: skip
def test_a_wrong_request_is_two_with_one_line(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], line: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    (line,) = sim(*arguments).problems()
    assert line in (None, line)
    assert len(line) < 500
    assert list(tmp_path.iterdir()) == []


def test_without_a_command_the_help_is_shown(sim: Sim) -> None:
    answer = sim()
    assert (answer.status, answer.err) == (0, "")
    assert answer.out == sim("--help").out
    assert len(answer.out.splitlines()) > 10


def test_every_problem_has_its_line(sim: Sim, tmp_path: Path) -> None:
    path = written(tmp_path, "[washington]\natention = 1\nhostility = 9\n")
    assert sim("run", path, "--out", tmp_path / "out").problems() == [
        f"{path}: washington.hostility: at most 3 (got 9)",
        f"{path}: washington.atention: unknown key (got 'atention'); did you mean attention?",
    ]
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_validate_tells_of_each_file_and_gives_two_when_one_is_wrong(sim: Sim, tmp_path: Path) -> None:
    good = written(tmp_path, name="good.toml")
    bad = written(tmp_path, "x = 1", name="bad.toml")
    answer = sim("validate", bad, good, "none.toml")
    assert answer.status == 2
    assert answer.out == f"{good}: ok (14 states with Taipei, 77 candidates)\n"
    assert answer.err.splitlines() == [
        f"{bad}: scenario.x: unknown key (got 'x')",
        "none.toml: no such file, and no shipped scenario of this name",
    ]
    assert sim("validate", good).status == 0
    assert sim("validate", bad).status == 2


FOLDER, NONE = "a scenario file, not a folder", "no such file, and no shipped scenario of this name"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("", f"{FOLDER} (got '')"),
        (".", f".: {FOLDER} (got '.')"),
        ("/", f"/: {FOLDER} (got '/')"),
        ("\0", rf"\x00: {NONE}"),
        ("x" * 5000, f"{'x' * 237}...: {NONE}"),
    ],
)
def test_a_name_that_is_none(sim: Sim, name: str, line: str) -> None:
    assert sim("validate", name).problems() == [line]
    assert sim("run", name).problems() == [line]


def test_debug_shows_the_traceback_and_keeps_the_status(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for call, arguments in (
        (apart, ["--debug", "run", "honduras-2012"]),
        (sim, ["run", "honduras-2012", "--debug"]),
    ):
        answer = call(*arguments)
        assert "Traceback (most recent call last)" in answer.err
        assert "did you mean honduras-2025?" in answer.err
        assert answer.status == 2
    assert "Traceback" not in sim("run", "honduras-2012").err
    usage = sim("--debug", "run", NAME, "--runs", "ten")
    assert (usage.status, usage.out) == (2, "")
    assert "Traceback (most recent call last)" in usage.err


@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 1), (KeyboardInterrupt, 130)])
def test_debug_keeps_the_status_of_a_failure_too(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], status: int
) -> None:
    from sim.runs import run

    def fail(*arguments: object, **named: object) -> None:
        raise error("no luck")

    monkeypatch.setattr(run, "write_run", fail)
    for debug in ([], ["--debug"]):
        answer = sim(*debug, "run", NAME, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
        assert (answer.status, answer.out) == (status, "")
        assert ("Traceback" in answer.err) == (bool(debug) and status == 1)


def test_a_failure_of_several_lines_is_told_on_one(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import run

    def fail(*arguments: object, **named: object) -> None:
        raise OSError("no such library:\nlooked here\nand there")

    monkeypatch.setattr(run, "write_run", fail)
    answer = sim("run", NAME, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
    assert answer.err == (
        "failed while running: OSError: no such library: looked here and there (--debug shows where)\n"
    )


def test_a_failure_while_running_is_one(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import setup

    def fail(*arguments: object, **named: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(setup, "run_ensemble", fail)
    answer = sim("run", NAME, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
    assert (answer.status, answer.out) == (1, "")
    assert answer.err == "failed while running: MemoryError: no room (--debug shows where)\n"
    assert list(tmp_path.iterdir()) == []


# --- Where results go


@pytest.mark.parametrize("place", ["file", "/proc/nowhere", "/dev/null", "x" * 5000], ids=lambda place: place[:20])
def test_a_place_that_cannot_be_written(sim: Sim, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")
    out = tmp_path / "file" if place == "file" else Path(place)
    (line,) = sim("run", NAME, "--runs", 20, "--no-charts", "--out", out).problems()
    assert line.startswith("--out: a folder that can be written to: ")
    assert str(out)[:40] in line
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.runs import run

    def fail(*arguments: object, **named: object) -> None:
        raise AssertionError("an hour of simulation, for nothing")

    monkeypatch.setattr(run, "write_run", fail)
    assert sim("run", NAME, "--runs", 20, "--no-charts", "--out", "/dev/null").status == 2


def test_a_full_disk_leaves_nothing(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.results import Table

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Table, "write", full)
    answer = sim("run", NAME, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
    assert answer.status == 1
    assert answer.err.startswith(f"{tmp_path / 'out' / NAME}/")
    assert answer.err.endswith(": could not be written: No space left on device\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["s3:bucket", "with space", "é"])
def test_a_place_whose_name_looks_like_something_else(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A relative path with a colon is a folder, not an address in some store."""
    monkeypatch.chdir(tmp_path)
    answer = sim("run", NAME, "--runs", 20, "--no-charts", "--quiet", "--out", place)
    assert (answer.status, answer.err) == (0, "")
    (folder,) = (tmp_path / place / NAME).iterdir()
    assert answer.out == f"{folder.relative_to(tmp_path)}\n"
    assert face.read(folder.relative_to(tmp_path)).runs == 20


def test_quiet_prints_the_folder_only_whatever_its_name(sim: Sim, tmp_path: Path) -> None:
    """File names are bytes; one that is not UTF-8 is still a folder."""
    answer = sim("run", NAME, "--runs", 20, "--no-charts", "--quiet", "--out", tmp_path)
    (folder,) = (tmp_path / NAME).iterdir()
    assert (answer.status, answer.out, answer.err) == (0, f"{folder}\n", "")
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    answer = sim("run", NAME, "--runs", 20, "--no-charts", "--quiet", "--out", odd)
    (folder,) = (odd / NAME).iterdir()
    assert (answer.status, answer.out, answer.err) == (0, f"{tmp_path}/\\udcff/{NAME}/{folder.name}\n", "")


def test_run_says_what_came_out(sim: Sim, tmp_path: Path) -> None:
    answer = sim("run", NAME, "--runs", 40, "--no-charts", "--out", tmp_path)
    assert (answer.status, answer.err) == (0, "")
    for words in (
        "14 states with Taipei at the start (2021-12-10).",
        "By the end of 2026-12: ",
        "Honduras",
        "Written to: ",
    ):
        assert words in answer.out
    assert "Found: " in sim("run", NAME, "--runs", 40, "--no-charts", "--out", tmp_path).out


def test_a_changed_title_is_told_though_the_numbers_are_found(sim: Sim, tmp_path: Path) -> None:
    path = written(tmp_path)
    sim("run", path, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
    path.write_text(HEADER.replace("A small one", "Another title"))
    answer = sim("run", path, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
    assert answer.out.startswith("Another title\n")
    assert "Written to: " in answer.out  # its prose, not its numbers: nothing was simulated again
    assert " model " not in answer.out.splitlines()[-1]
    assert len(list((tmp_path / "out" / "small").iterdir())) == 1
    answer = sim("run", path, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
    assert "Found: " in answer.out
    assert answer.out.startswith("Another title\n")


def test_the_title_says_what_was_set(sim: Sim, tmp_path: Path) -> None:
    options = ("--runs", 20, "--no-charts", "--out", tmp_path, "--set", "washington.attention=2")
    answer = sim("run", NAME, *options)
    title = answer.out.splitlines()[0]
    assert title.endswith(" [washington.attention = 2]")
    assert sim("run", NAME, *options, "--json").json["title"] == title


def test_the_title_says_what_was_set_this_time(sim: Sim, tmp_path: Path) -> None:
    """Settings that change no number give the result of another call; the title is that of this one."""
    path = written(tmp_path, "[washington]\nattention = 2\n")
    options = ("run", path, "--runs", 20, "--no-charts", "--out", tmp_path / "out")
    titles = [
        sim(*options, *more).out.splitlines()[0]
        for more in (["--set", "washington.attention=2.0"], [], ["--set", "beijing.budget=1"])
    ]
    assert titles == [
        "A small one [washington.attention = 2]",
        "A small one",
        "A small one [beijing.budget = 1]",
    ]
    assert len(list((tmp_path / "out" / "small").iterdir())) == 1


def test_the_second_tie_is_told(sim: Sim, tmp_path: Path) -> None:
    answer = sim("run", "honduras-2025", "--runs", 40, "--no-charts", "--out", tmp_path)
    for words in (
        "12 states with Taipei at the start (2025-01-01).",
        "4 hosts cooperate with Washington's forces at the start.",
        "By the end of 2029-12: ",
        "Likeliest to have suspended it: ",
    ):
        assert words in answer.out


def test_the_first_compile_is_announced_where_nobody_asked_for_silence(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.runs import setup

    monkeypatch.setattr(setup, "is_compiled", lambda: False)
    options = ("run", NAME, "--runs", 20, "--no-charts", "--out")
    assert sim(*options, tmp_path / "a").err == "compiling the model: once, up to a minute\n"
    assert sim(*options, tmp_path / "b", "--quiet").err == ""
    assert sim(*options, tmp_path / "c", "--json").err == ""
    assert sim(*options, tmp_path / "a").err == "", "a result that is found needs no model"
    short = ("run", written(tmp_path), "--runs", 2, "--no-charts", "--out", tmp_path / "d")
    assert sim(*short, "--engine", "mesa").err == ""


def test_a_run_of_one_has_no_error_to_tell(sim: Sim, tmp_path: Path) -> None:
    answer = sim("run", NAME, "--runs", 1, "--no-charts", "--out", tmp_path)
    assert answer.status == 0
    assert "nan" not in answer.out


# --- The program as others start it


def test_python_m_sim() -> None:
    answer = apart("list")
    assert (answer.status, answer.err) == (0, "")
    assert [line.split("  (")[0] for line in answer.out.splitlines() if line[0] != " "] == list(shipped())
    assert answer.out.startswith("contest-2016  (2016-05-20 to 2021-05-31)\n")


@pytest.mark.parametrize("command", [pytest.param("parameters", marks=thorough), "schema", "list"])
def test_a_reader_that_stops_reading_is_no_error(command: str) -> None:
    reader, writer = os.pipe()
    process = subprocess.Popen([sys.executable, "-m", "sim", command], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    os.close(reader)
    _, err = process.communicate(timeout=60)
    assert err == ""
    assert process.returncode in (0, 1, 141)


def test_the_head_of_a_long_list() -> None:
    done = subprocess.run(
        f"{sys.executable} -m sim schema | head -1", shell=True, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_output_that_cannot_be_written_is_a_failure() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sim", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
