"""`sim compare` as a user meets it: what it prints and writes, what it finds again, what it refuses."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sim as face
from sim.analysis.pairs import COLUMNS
from tests.cli.calling import Sim

TWO = ("honduras-2021", "honduras-2021-reassured")
FILES = {"manifest.json", "count.csv", "states.csv", "instead.csv", "swaps.csv", "compare.json", "charts"}


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the results of both scenarios, 60 runs each, as `sim run` leaves them."""
    folder = tmp_path_factory.mktemp("out")
    for name in TWO:
        face.run(name, runs=60, seed=2021, out=folder)
    return folder


def test_a_comparison_reads_as_sentences(sim: Sim, out: Path) -> None:
    said = sim("compare", *TWO, "--runs", 60, "--out", out)
    assert (said.status, said.err) == (0, "")
    for text in (
        "Against honduras-2021: Honduras after Nicaragua: who still recognises Taipei by the end of 2026?",
        "honduras-2021-reassured: Honduras 2021, with the reassurance of January 2022",
        "States with Taipei at the end of 2026-12: ",
        "No run differs before 2022-",
        "Chances at the end of 2026-12, difference in points (range over what is not known; Monte Carlo error):",
        "  Honduras leaves ",
        "Who left instead of whom",
        "Pairing took ",
        "60 runs of each, seed 2021, paired run by run; 240 runs would halve every error.",
        f"Chart: {out / 'compare' / 'honduras-2021-vs-honduras-2021-reassured'}",
        "(and dumbbell.png; also as SVG)",
        "2 of 2 results were there.",
    ):
        assert text in said.out


def test_the_folder_is_whole(sim: Sim, out: Path) -> None:
    said = sim("compare", *TWO, "--runs", 60, "--out", out, "--quiet")
    assert (said.status, said.err) == (0, "")
    folder = Path(said.out.strip())
    assert folder.parent == out / "compare" / "honduras-2021-vs-honduras-2021-reassured"
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.name for path in (folder / "charts").iterdir()} == {
        "difference.png", "difference.svg", "dumbbell.png", "dumbbell.svg",
    }  # fmt: skip
    comparison = face.compare(*TWO, runs=60, seed=2021)
    for name in COLUMNS:
        rows, columns = cells(folder / f"{name}.csv"), comparison.columns(name)
        header = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert tuple(header.split(",")) == COLUMNS[name]
        for column, values in columns.items():
            for row, value in zip(rows, values, strict=True):
                if isinstance(value, float):
                    assert float(row[column]) == pytest.approx(value, abs=6e-7)
                else:
                    assert row[column] == ("" if value is None else str(value))
    told = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
    assert told == comparison.document
    assert str(out) not in (folder / "compare.json").read_text(encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert sim("compare", *TWO, "--runs", 60, "--out", out, "--quiet").out == said.out
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_document(sim: Sim, out: Path) -> None:
    said = sim("compare", *TWO, "--runs", 60, "--out", out, "--no-charts", "--json")
    assert (said.status, said.err) == (0, "")
    told = said.json
    assert (told["scenario"], told["scenarios"]) == ("honduras-2021", list(TWO))
    assert (told["runs"], told["seed"], told["parameters"], told["runs_to_halve"]) == (60, 2021, "drawn", 240)
    assert told["found"] == [True, True]
    assert [face.read(folder).name for folder in told["results"]] == list(TWO)
    assert (Path(told["folder"]) / "charts").is_dir(), "drawn by an earlier call, and not taken away"
    (end,) = told["count"]
    results = [face.read(folder) for folder in told["results"]]
    assert end["month"] == "2026-12"
    assert end["mean"] == pytest.approx(results[1].counts[:, -1].mean() - results[0].counts[:, -1].mean())
    assert {row["horizon"] for row in told["states"]} == {"p_end"}
    assert len(told["states"]) == len(results[0].members)
    (pair,) = told["pairs"]
    assert pair["first_difference"] >= "2022-01"
    assert 0 < pair["variance_saved"]["recognition"] <= 1


def test_one_run_of_each_tells_no_error(sim: Sim, tmp_path: Path) -> None:
    options = ("compare", *TWO, "--runs", 1, "--no-charts", "--out", tmp_path)
    assert "1 run of each, seed 2021, paired run by run; one run does not tell an error." in sim(*options).out
    told = sim(*options, "--json").json
    assert {row["mc"] for row in told["count"] + told["states"]} == {None}


def test_a_scenario_against_itself(sim: Sim, out: Path) -> None:
    said = sim("compare", TWO[0], TWO[0], "--runs", 60, "--no-charts", "--out", out)
    assert "No run differs at all." in said.out
    assert "on average, no difference." in said.out


def test_two_ties_and_three_scenarios(sim: Sim, tmp_path: Path) -> None:
    names = ("honduras-2025", "honduras-2025-notice", "honduras-2025-no-threats")
    said = sim("compare", *names, "--runs", 40, "--out", tmp_path, "--threads", 1)
    assert (said.status, said.err) == (0, "")
    assert said.out.count("Hosts that cooperate at the end of 2029-12: ") == 2
    assert "Honduras suspends cooperation" in said.out
    assert "difference-cooperation.png, dumbbell.png" in said.out
    (folder,) = (tmp_path / "compare" / "-vs-".join(names)).iterdir()
    assert (folder / "charts" / "difference-cooperation.png").is_file()
    assert {row["tie"] for row in cells(folder / "count.csv")} == {"recognition", "cooperation"}


def test_scenarios_with_other_hosts_say_that_these_are_not_compared(sim: Sim, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[scenario]\nname = "mine"\ntitle = "T"\nquestion = "Q?"\nextends = "honduras-2025"\n'
        "[cooperation]\nhosts = []\n"
    )
    said = sim("compare", "honduras-2025", mine, "--runs", 20, "--out", tmp_path, "--no-charts")
    assert "They do not follow the same hosts: military cooperation is not compared." in said.out
    assert "Hosts that cooperate" not in said.out


def test_files_settings_and_central_parameters(sim: Sim, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[scenario]\nname = "mine"\nextends = "honduras-2021"\ntitle = "Mine"\nquestion = "What if?"\n'
        "[beijing.budget]\n2025-01-01 = 3.0\n"
    )
    options = ("compare", "honduras-2021", mine, "--runs", 20, "--seed", 4, "--parameters", "central")
    said = sim(*options, "--set", "washington.attention=2", "--out", tmp_path / "out", "--no-charts")
    assert (said.status, said.err) == (0, "")
    assert "Set in every scenario: washington.attention = 2\n" in said.out
    assert "mine: Mine [washington.attention = 2]" in said.out
    found = [face.read(path.parent) for path in sorted((tmp_path / "out").glob("[!c]*/*/manifest.json"))]
    assert {(one.seed, one.settings["parameters"], one.scenario["washington"]["attention"]) for one in found} == {
        (4, "central", 2.0)
    }


def test_notes_on_a_scenario_go_to_standard_error(sim: Sim, tmp_path: Path) -> None:
    said = sim("compare", "truce-2008", "truce-2008-unknown", "--runs", 20, "--out", tmp_path, "--no-charts")
    assert said.status == 0
    assert said.err.startswith("truce-2008-unknown: note: a truce stood on 2008-05-20")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "sim compare: Missing argument 'BASELINE SCENARIO...'. (see sim compare --help)"),
        (["honduras-2021"], "SCENARIO: a baseline and from 1 to 6 others (got 1)"),
        (["honduras-2021"] * 8, "SCENARIO: a baseline and from 1 to 6 others (got 8)"),
        (
            ["truce-2008", "outlook-2026"],
            "outlook-2026: start: 2008-05-20, as in truce-2008: chances are told from one start, to pair the runs "
            "(got '2026-09-28')",
        ),
        (
            ["honduras-2021", "honduras-2012"],
            "honduras-2012: no such file, and no shipped scenario of this name; did you mean honduras-2025?",
        ),
        ([*TWO, "--runs", "0"], "--runs: a whole number from 1 to 10000000 (got 0)"),
        ([*TWO, "--seed", "-1"], "--seed: a whole number from 0 to 9223372036854775807 (got -1)"),
        (
            [*TWO, "--set", "washington.atention=2"],
            "honduras-2021: washington.atention: no such path: no `atention` here; did you mean washington.attention?",
        ),
        ([*TWO, "--parameters", "draw"], None),
    ],
)
def test_refused_and_nothing_written(sim: Sim, tmp_path: Path, arguments: list[str], line: str | None) -> None:
    (told,) = sim("compare", *arguments, "--out", tmp_path / "out").problems()
    assert line is None or told == line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("failure", "status"), [(KeyboardInterrupt, 130), (RuntimeError, 1)])
def test_an_interruption_leaves_results_and_no_half_comparison(
    sim: Sim, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException], status: int
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise failure

    monkeypatch.setattr("sim.charts.style.Drawing.savefig", stop)
    assert sim("compare", *TWO, "--runs", 20, "--out", tmp_path).status == status
    assert {path.name for path in tmp_path.iterdir()} == set(TWO)
    monkeypatch.undo()
    assert "2 of 2 results were there." in sim("compare", *TWO, "--runs", 20, "--out", tmp_path).out


def test_charts_of_results_stay(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result with charts is found as it is, and one without is not drawn."""
    monkeypatch.setattr("sim.analysis.reasons.reasons", lambda *_, **__: [])  # its page is not looked at
    options = ("--runs", 20, "--out", tmp_path)
    drawn = Path(sim("run", TWO[0], *options, "--quiet").out.strip())
    before = {path.name for path in (drawn / "charts").iterdir()}
    told = sim("compare", *TWO, *options, "--json").json
    assert told["found"] == [True, False]
    assert told["results"][0] == str(drawn)
    assert {path.name for path in (drawn / "charts").iterdir()} == before
    assert not (Path(told["results"][1]) / "charts").exists()


def test_without_charts_nothing_is_loaded_that_draws(out: Path) -> None:
    code = "import sys; from sim.cli.main import sim; sim(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    asked = ("compare", *TWO, "--runs", "60", "--out", str(out), "--no-charts", "--quiet")
    done = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "sim.analysis.compare" in loaded
    assert loaded.isdisjoint({"matplotlib", "sim.charts", "sim.report"})
