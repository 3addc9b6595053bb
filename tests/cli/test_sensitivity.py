"""`sim sensitivity` as a user meets it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sim.cli.main import COMMANDS
from sim.sweeps.journal import Journal
from tests.cli.calling import Sim, done
from tests.cli.test_sweep import ELECTION
from tests.scenario.documents import written

NAME = "honduras-2021"
SMALL = (NAME, "--points", "4", "--runs", "40", "--seed", "0")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.main.COMMANDS", {**COMMANDS, "sensitivity": "What an outcome hangs on."})


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where a sensitivity of everything was written, with its chart, and what was said."""
    out = tmp_path_factory.mktemp("out")
    with contextlib.redirect_stderr(io.StringIO()) as told:
        said = done("sensitivity", *SMALL, "--outcome", "left:HND", "--out", out)
    assert told.getvalue() == ""
    return out, said


def test_a_sensitivity_reads_as_a_table(sim: Sim, first: tuple[Path, str]) -> None:
    out, said = first
    told = said.splitlines()
    assert told[0] == "What hangs on what: Honduras after Nicaragua: who still recognises Taipei by the end of 2026?"
    assert told[1] == "Outcome: chance that Honduras has left Taipei at the end of Dec 2026."
    assert re.match(r"Over [\d,]+ points of 40 runs each \(seed 0\): mean 0\.\d+, standard deviation 0\.", told[2])
    assert "matter" in told[4], "the headline"
    told = [*told[:4], *told[6:]]
    assert told[4].split("  ")[1] == "share of the variance"
    assert len([line for line in told[5:17] if line.startswith("  ") and " to " in line]) == 12
    assert told[17].startswith("  Monte Carlo noise")
    assert re.fullmatch(r"  and \d+ more, each 0\.\d+ at most; \d+ move nothing", told[18])
    assert "of the variance of the outcome involves" in told[20]
    folder = Path(told[-1].removeprefix("Written to: "))
    assert folder.parent == out / "sensitivity" / NAME
    assert sorted(path.name for path in folder.iterdir()) == [
        "charts", "indices.csv", "manifest.json", "points.csv", "sensitivity.json"
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / "charts").iterdir()) == ["tornado.png", "tornado.svg"]
    again = sim("sensitivity", *SMALL, "--outcome", "left:HND", "--out", out)
    assert again.out.splitlines()[-1] == f"Found again: {folder}"
    assert again.out.splitlines()[:-1] == said.splitlines()[:-1]


def test_a_sensitivity_is_written_as_json_and_tables(sim: Sim, first: tuple[Path, str]) -> None:
    said = sim("sensitivity", *SMALL, "--outcome", "left:HND", "--json", "--no-charts", "--out", first[0])
    found = said.json
    assert said.err == ""
    folder = Path(found["folder"])
    kept = json.loads((folder / "sensitivity.json").read_text("utf-8"))
    assert kept == {key: value for key, value in found.items() if key not in ("folder", "found")}
    assert (found["scenario"], found["runs"], found["seed"], found["outcome"]) == (NAME, 40, 0, "left:HND")
    with (folder / "indices.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [row["name"] for row in found["rows"]]
    assert [float(row["total"]) for row in rows] == pytest.approx([row["total"] for row in found["rows"]], abs=1e-6)
    with (folder / "points.csv").open(newline="", encoding="utf-8") as file:
        points = list(csv.DictReader(file))
    assert len(points) == found["evaluated"]
    assert set(points[0]) == {"point", "outcome", "mc", *(row["name"] for row in rows)}


def test_morris_and_paths(sim: Sim, tmp_path: Path) -> None:
    said = sim(
        "sensitivity", *SMALL, "--design", "morris", "--vary", "lean_effect", "--vary", "washington.attention=0:3",
        "--vary", "events.castro-inauguration.date=2022-01-27:2022-12-01", "--set", "beijing.budget=2",
        "--parameters", "drawn", "--no-charts", "--out", tmp_path,
    )  # fmt: skip
    assert said.status == 0
    (folder,) = (tmp_path / "sensitivity" / NAME).iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "indices.csv", "manifest.json", "points.csv", "sensitivity.json",
    }  # fmt: skip
    assert "Over 16 points of 40 runs each" in said.out
    for name in ("  lean effect ", "  Washington's attention ", "  date of castro inauguration "):
        assert name in said.out
    assert "over its range changes the outcome by" in said.out


def test_an_outcome_that_nothing_moves(sim: Sim, tmp_path: Path) -> None:
    said = sim("sensitivity", *SMALL, "--vary", "hold_effect", "--out", tmp_path)
    assert said.status == 0
    assert "The outcome is the same at every point: there is nothing to share out" in said.out
    assert "nan" not in said.out
    told = sim("sensitivity", *SMALL, "--vary", "hold_effect", "--json", "--out", tmp_path).json
    assert told["outcome"] == "count"
    assert told["noise_share"] is None
    assert told["rows"][0]["total"] is None
    assert told["found"]


CHANCES = [f"elections.vote.outcomes.{party}.chance" for party in ("left", "right")]
FAILING = ("--runs", "40", "--vary", f"{CHANCES[0]}=0.40:0.46", "--vary", f"{CHANCES[1]}=0.51:0.57")
"""Chances that are more than 1 together at some of the points."""


def test_failed_points_end_with_status_1(sim: Sim, tmp_path: Path) -> None:
    file = written(tmp_path, ELECTION)
    asked = ["sensitivity", file, "--points", "8", *FAILING, "--out", tmp_path / "out", "--quiet"]
    said = sim(*asked)
    assert (said.status, said.out) == (1, "")
    assert "of 32 points failed (" in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "out").exists()
    assert Path(sim(*asked, "--repair").out.strip()).is_dir()


def test_failed_points_are_left_out_and_said(sim: Sim, tmp_path: Path) -> None:
    asked = ("sensitivity", written(tmp_path, ELECTION), "--points", "16", *FAILING)
    said = sim(*asked, "--repair", "--no-charts", "--to", tmp_path / "mine")
    assert re.search(r"^\d+ blocks were left out, for points of them failed\.$", said.out, re.MULTILINE)
    with (tmp_path / "mine" / "points.csv").open(newline="", encoding="utf-8") as file:
        points = list(csv.DictReader(file))
    assert all((point["error"] == "") == (point["outcome"] != "") for point in points)


def test_an_interruption_says_what_is_kept(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("sensitivity", *SMALL, "--vary", "lean_effect=0:1", "--no-charts", "--threads", "1", "--out", tmp_path)
    add = Journal.add

    def stopped(journal: Journal, finished: Any) -> None:
        add(journal, finished)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "add", stopped)
        said = sim(*asked)
    assert (said.status, said.out) == (130, "")
    assert said.err == "interrupted: 1 of 12 points are kept; the same command goes on\n"
    assert sim(*asked).status == 0
    assert not list(tmp_path.rglob("*.unfinished"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((NAME, "--scheduler", "tcp://a:1"), "--scheduler: only with --executor dask (got 'tcp://a:1')"),
        ((NAME, "--executor", "dask"),
         "--scheduler: required with --executor dask: the address of its scheduler"),
        ((NAME, "--outcome", "left:HDN"),
         "--outcome: left: and the code of a state simulated here, such as left:BLZ (got 'left:HDN'); "
         "did you mean left:HND (Honduras)?"),
        ((NAME, "--points", "100"),
         "--points: a power of two for a design of kind saltelli (got 100); did you mean 128?"),
        ((NAME, "--design", "sobl"), "--design: one of sobol, morris (got 'sobl'); did you mean sobol?"),
        ((NAME, "--runs", "30"), "--runs: a multiple of 20, 40 or more (got 30); did you mean 40?"),
        ((NAME, "--vary", "washington.attentoin=0:3"),
         "--vary: washington.attentoin: no such path: no `attentoin` here; did you mean washington.attention?"),
        ((NAME, "--parameters", "drawn"),
         "--parameters: only with --vary: without it all numbers that have a law are varied by it (got 'drawn')"),
        (("honduras-2022",),
         "honduras-2022: no such file, and no shipped scenario of this name; did you mean honduras-2025?"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(sim: Sim, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    assert sim("sensitivity", *arguments, "--out", tmp_path).problems() == [message]
    assert list(tmp_path.iterdir()) == []
