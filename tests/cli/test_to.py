"""`--to`: the result is exactly there; a folder with anything else is refused, and nothing in it is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim as face
from sim.errors import InputError
from sim.results import Exactly, beside, followed, loaded, way
from tests.cli.calling import Sim
from tests.cli.test_places import SWEEP, WRITERS

NAME = "honduras-2021"
QUICK = [command for command in WRITERS if command != "fit"]
"""Those that do not work first; a fit has its id from what it finds."""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result exactly where it was wanted; no test changes it."""
    folder = tmp_path_factory.mktemp("to") / "deep" / "here"
    run = face.run(NAME, runs=20, to=folder, threads=1)
    assert run.folder == folder
    return folder


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_result_is_exactly_there_and_found_again(sim: Sim, result: Path) -> None:
    assert loaded(result)["kind"] == "result"
    before = held(result)
    answer = sim("run", NAME, "--runs", 20, "--to", result, "--no-charts", "--json").json
    assert (answer["folder"], answer["found"]) == (str(result), True)
    assert held(result) == before
    assert sim("verify", result).status == 0


def test_another_id_is_refused_and_nothing_is_touched(sim: Sim, result: Path) -> None:
    before = held(result)
    there = loaded(result)["id"]
    (line,) = sim("run", NAME, "--runs", 40, "--to", result).problems()
    assert line.startswith("--to: a new or empty folder, or one with this very result, ")
    assert line.endswith(f"; this one holds a result, {there}: remove it, or name another (got '{result}')")
    (line,) = sim("explain", result, "--state", "HND", "--to", result).problems()
    assert "one with this very explanation" in line
    assert held(result) == before


@pytest.mark.parametrize("command", QUICK)
def test_what_is_not_ours_is_refused_first(sim: Sim, tmp_path: Path, command: str) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (line,) = sim(*WRITERS[command], "--to", tmp_path).problems()
    assert line.startswith("--to: a new or empty folder, or one with this very ")
    assert line.endswith(f"; this one holds mine.txt: nothing of yours is mixed with it (got '{tmp_path}')")
    assert held(tmp_path) == {"mine.txt": b"mine"}
    (tmp_path / "mine.txt").rename(tmp_path / "manifest.json")
    (line,) = sim(*WRITERS[command], "--to", tmp_path).problems()
    assert "this one holds a manifest.json that cannot be read" in line


@pytest.mark.parametrize("command", QUICK)
def test_it_is_to_or_out(sim: Sim, tmp_path: Path, command: str) -> None:
    answer = sim(*WRITERS[command], "--to", tmp_path / "to", "--out", "results").problems()
    assert answer == [f"--to: not together with --out: the result is exactly there (got '{tmp_path / 'to'}')"]
    assert sim(*WRITERS[command], "--to", "").problems() == [
        "--to: the name of a folder; . is the one you are in (got '')"
    ]
    (tmp_path / "file").write_text("mine")
    (line,) = sim(*WRITERS[command], "--to", tmp_path / "file").problems()
    assert line == f"--to: a folder that can be written to: Not a directory (got '{tmp_path / 'file'}')"
    assert held(tmp_path) == {"file": b"mine"}


def test_a_mark_of_a_workflow_tool_is_no_content(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / ".snakemake_timestamp").touch()
    assert sim("run", NAME, "--runs", 20, "--to", tmp_path, "--no-charts").status == 0
    assert loaded(tmp_path)["kind"] == "result"
    assert (tmp_path / ".snakemake_timestamp").exists()


def test_a_comparison_has_its_results_with_it(sim: Sim, tmp_path: Path) -> None:
    folder = tmp_path / "pair"
    compared = face.compare(NAME, "honduras-2021-reassured", runs=20, to=folder, threads=1)
    assert loaded(folder)["id"] == compared.id
    assert {path.name for path in folder.iterdir()} > {"results", "compare.json"}
    moved = folder.rename(tmp_path / "moved")
    assert sim("plot", moved, "--chart", "dumbbell", "--format", "svg").status == 0
    assert sim("report", moved, "--out", tmp_path / "page.html").status == 0


def test_a_comparison_that_was_stopped_goes_on(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "pair" / "results").mkdir(parents=True)
    assert sim(*WRITERS["compare"], "--to", tmp_path / "pair", "--no-charts", "--quiet").out == f"{tmp_path / 'pair'}\n"


def test_a_sweep_is_exactly_there_and_nothing_beside_it(sim: Sim, tmp_path: Path) -> None:
    folder = tmp_path / "grid"
    waiting = sim(*SWEEP, "--to", folder, "--status", "--json").json["folder"]
    assert Path(waiting).parent == tmp_path
    assert Path(waiting).name.startswith("grid.")
    assert sim(*SWEEP, "--to", folder, "--no-charts", "--quiet").out == f"{folder}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["grid"]
    assert sim(*SWEEP, "--to", folder, "--status", "--json").json["finished"]


def test_an_explanation_knows_its_result(sim: Sim, result: Path, tmp_path: Path) -> None:
    folder = tmp_path / "why"
    assert sim("explain", result, "--state", "HND", "--runs", 20, "--to", folder, "--no-charts").status == 0
    assert sim("plot", folder, "--chart", "hazard", "--format", "svg").status == 0


@pytest.mark.parametrize(
    "told", [None, 1, "", "/", "//host/share", "C:/x", "\\\\host\\share", "a\0b", "x" * 9999, "nowhere"]
)
def test_a_way_that_somebody_wrote(tmp_path: Path, told: object) -> None:
    """Into a manifest: nothing is read but a folder of ours, and none by an absolute path."""
    assert followed(tmp_path, told) is None


def test_a_way_there_and_back(result: Path, tmp_path: Path) -> None:
    assert followed(tmp_path, way(tmp_path, result)) is not None


def test_so_it_is_in_python(result: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--to: not together with --out"):
        face.run(NAME, runs=20, out=tmp_path, to=tmp_path)
    with pytest.raises(InputError, match="--to: a new or empty folder, or one with this very sweep"):
        face.sweep(NAME, vary={"washington.attention": [0, 1]}, runs=20, to=result)
    with pytest.raises(InputError, match="--to: a new or empty folder, or one with this very comparison"):
        face.compare(NAME, NAME, runs=20, to=result)
    with pytest.raises(InputError, match="--to: a new or empty folder, or one with this very sensitivity"):
        face.sensitivity(NAME, vary=["washington.attention=0:3"], points=4, runs=40, to=result)


def test_what_stands_beside_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert beside(Exactly(Path()).folder, "x") == tmp_path / "here.x"
    assert beside(Path("a/b"), "x") == Path("a/b.x")
