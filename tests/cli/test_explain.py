"""`sim explain`: what it prints and writes, and that the result's folder stays whole."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest

from sim.cli import main
from sim.face import run
from sim.results import check, read
from tests.cli.calling import Sim
from tests.examples import thorough

NAME = "honduras-2021"


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(main.COMMANDS, "explain", "Why a state left, or did not, from the model's own ledger.")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small result."""
    result = run(NAME, runs=60, out=tmp_path_factory.mktemp("results"), threads=1)
    assert result.folder is not None
    return result.folder


@pytest.fixture
def folder(shared: Path, tmp_path: Path) -> Path:
    """A copy of it, to be written into."""
    return Path(shutil.copytree(shared, tmp_path / "result"))


def test_it_says_why_and_writes_beside_the_result(sim: Sim, folder: Path) -> None:
    before = check(folder)
    answer = sim("explain", folder, "--state", "HND", "--threads", "1")
    assert (answer.status, answer.err) == (0, "")
    target = folder / "explain" / "HND"
    names = sorted(path.name for path in target.iterdir())
    charts = [f"{name}.{kind}" for name in ("hazard", "removals", "terms", "waterfall") for kind in ("png", "svg")]
    assert names == sorted(["explain.json", "manifest.json", *charts])
    document = json.loads((target / "explain.json").read_text("utf-8"))
    assert (document["iso3"], document["runs"], document["scenario"]) == ("HND", 60, NAME)
    for part in (
        *document["chance"]["sentences"],
        " ".join(document["run"]["story"]),
        *document["run"]["sentences"][len(document["run"]["story"]) :],
        *document["talks"]["sentences"],
        *document["run"]["keeping"]["sentences"],
        "term by term:",
        "Beijing's limit as believed, US$ m a year",
        "Chance at the end without a lever, paired over 60 runs",
        "all of them: reference conditions",
        f"Written to: {target}",
        f"Chart: {target / 'waterfall.png'} (and terms.png, hazard.png, removals.png; also as SVG)",
    ):
        assert part in answer.out, part
    # The result's own files are sealed; these stand beside them.
    assert check(folder) == before
    assert read(folder).runs == 60
    assert sim("plot", folder, "--chart", "count", "--format", "svg").status == 0
    assert check(folder)["files"].keys() > before["files"].keys()
    assert not any(name.startswith("explain") for name in check(folder)["files"])
    assert target.is_dir()


def test_one_json_object_and_nothing_else(sim: Sim, folder: Path) -> None:
    answer = sim("explain", folder, "--state", "HND", "--runs", "40", "--threads", "1", "--no-charts", "--json")
    assert (answer.status, answer.err) == (0, "")
    document = answer.json
    assert (document["folder"], document["charts"]) == (str(folder / "explain" / "HND"), [])
    assert document["removals"]["runs"] == 40
    *odds, accepted = document["run"]["steps"]
    lost = 1 / (1 + math.exp(-sum(step["value"] for step in odds)))
    assert accepted["after"] == pytest.approx(accepted["value"] * lost)
    written = json.loads((folder / "explain" / "HND" / "explain.json").read_text("utf-8"))
    assert written == {key: value for key, value in document.items() if key not in ("folder", "charts")}


def test_a_folder_of_ones_own_keeps_what_is_in_it(sim: Sim, folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "GTM").mkdir(parents=True)
    (own / "GTM" / "notes.txt").write_text("mine")
    answer = sim("explain", folder, "--state", "GTM", "--threads", "1", "--no-charts", "--quiet", "--out", own)
    assert (answer.status, answer.out) == (0, f"{own / 'GTM'}\n")
    assert sorted(path.name for path in (own / "GTM").iterdir()) == ["explain.json", "manifest.json", "notes.txt"]
    assert not (folder / "explain").exists()


@pytest.mark.parametrize("elsewhere", [False, pytest.param(True, marks=thorough)])
def test_each_explanation_of_a_result_keeps_its_files(sim: Sim, folder: Path, tmp_path: Path, elsewhere: bool) -> None:
    where = ("--out", tmp_path / "own") if elsewhere else ()
    home = tmp_path / "own" if elsewhere else folder / "explain"
    asked = ("explain", folder, "--threads", "1", "--runs", "20", "--quiet", *where)
    assert sim(*asked, "--state", "HND").out == f"{home / 'HND'}\n"
    first = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert {"waterfall.png", "hazard.svg", "removals.png"} < {path.name for path in first}
    for other in (("--state", "GTM"), ("--state", "HND", "--run", "3")):
        assert sim(*asked, *other, "--no-charts").status == 0
    assert {path: path.read_bytes() for path in first} == first
    assert sorted(path.name for path in home.iterdir()) == ["GTM", "HND", "HND-run-3"]


def test_asked_again_it_puts_the_new_one_in_place(sim: Sim, folder: Path) -> None:
    assert sim("explain", folder, "--state", "HND", "--threads", "1", "--runs", "20").status == 0
    assert sim("explain", folder, "--state", "honduras", "--threads", "1", "--runs", "20", "--no-charts").status == 0
    names = {path.name for path in (folder / "explain" / "HND").iterdir()}
    assert {"explain.json", "manifest.json", "removals.png"} < names, "what was drawn is not taken away"
    assert [path.name for path in (folder / "explain").iterdir()] == ["HND"]


def test_a_run_in_which_it_stays(sim: Sim, folder: Path) -> None:
    result = read(folder)
    place = [code for code, _, _ in result.members].index("HND")
    left = set(result.changes["run"][result.changes["state"] == place].tolist())
    stays = next(run for run in range(60) if run not in left)
    answer = sim("explain", folder, "--state", "HND", "--run", stays, "--threads", "1", "--no-charts", "--runs", "20")
    assert answer.status == 0
    assert f"In run {stays} Honduras stays with Taipei: " in answer.out
    assert "would have kept" not in answer.out


def test_a_state_with_beijing_and_a_host(sim: Sim, tmp_path: Path) -> None:
    folder = run("honduras-2025", runs=40, out=tmp_path, threads=1).folder
    assert folder is not None
    answer = sim("explain", folder, "--state", "NRU", "--threads", "1", "--runs", "20", "--no-charts")
    assert answer.status == 0
    assert "Nauru has come to Taipei in " in answer.out
    answer = sim(
        "explain", folder, "--state", "HND", "--tie", "cooperation", "--threads", "1", "--runs", "20", "--no-charts"
    )
    assert answer.status == 0
    assert "Honduras has suspended military cooperation in " in answer.out
    assert (folder / "explain" / "HND-cooperation" / "explain.json").is_file()
    answer = sim("explain", folder, "--state", "GTM", "--tie", "cooperation")
    assert answer.problems() == [
        "--state: a host of this result, one of HND, MHL, PLW, SLV (got 'GTM')",
    ]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "sim explain: Missing option '--state'. (see sim explain --help)"),
        (["--state", "HDN"], "--state: a state of this result, one of AND, ARG, ATG, AUS, BEL, BEN, "),
        (["--state", "Congo"], "--state: the name of one state, not of several: COD (DR Congo) or COG (Congo) (got "),
        (["--state", "Hondruas"], "(got 'Hondruas'); did you mean HND (Honduras)?"),
        (["--state", "HND", "--run", "60"], "--run: a whole number from 0 to 59 (got 60)"),
        (["--state", "HND", "--run", "-1"], "--run: a whole number from 0 to 59 (got -1)"),
        (["--state", "HND", "--runs", "0"], "--runs: a whole number of 1 or more (got 0)"),
        (["--state", "HND", "--tie", "friendship"], "--tie: one of recognition, cooperation (got 'friendship')"),
        (
            ["--state", "HND", "--tie", "cooperation"],
            "--tie: recognition, for the scenario of this result has no hosts (got 'cooperation')",
        ),
    ],
)
def test_a_wrong_request_is_refused_in_a_line(sim: Sim, shared: Path, options: list[str], line: str) -> None:
    (answer,) = sim("explain", shared, *options).problems()
    assert line in answer
    assert not (shared / "explain").exists()


def test_a_folder_that_is_no_result_or_a_damaged_one(sim: Sim, folder: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    (answer,) = sim("explain", nothing, "--state", "HND").problems()
    assert answer == f"{nothing}: a result folder, with a manifest.json in it"
    with (folder / "states.csv").open("a") as file:
        file.write("x\n")
    (answer,) = sim("explain", folder, "--state", "HND").problems()
    assert answer == f"{folder}: states.csv: unchanged since it was written, by its digest: run the scenario again"


def test_a_folder_that_cannot_be_written_to(sim: Sim, folder: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    (answer,) = sim("explain", folder, "--state", "GTM", "--runs", "20", "--threads", "1", "--out", blocked).problems()
    assert answer == f"--out: a folder that can be written to: Not a directory (got '{blocked}')"
    (folder / "explain").write_text("a file")
    (answer,) = sim("explain", folder, "--state", "GTM", "--runs", "20", "--threads", "1").problems()
    assert answer.startswith("--out: a folder that can be written to: ")


def test_help_names_every_option(sim: Sim) -> None:
    out = sim("explain", "--help").out
    for option in ("--state", "--run ", "--tie", "--runs", "--threads", "--out", "--no-charts", "--json", "--quiet"):
        assert option in out
