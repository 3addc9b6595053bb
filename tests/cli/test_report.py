"""`sim report` and the page of `sim run`: made again, of several results and of sweeps, never half of one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim as face
from sim.results import REPORT, check, parts
from tests.cli.calling import Sim, done

RUN = ("run", "honduras-2021", "--runs", 40, "--json")


@pytest.fixture(autouse=True, scope="module")
def _brief() -> Iterator[None]:
    """Pages without their section of reasons, for which the scenario runs again; `test_plot.py` has one with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.analysis.reasons.reasons", lambda *_, **__: [])
        yield


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders of two scenarios with one seed, without charts and pages."""
    out = tmp_path_factory.mktemp("out")
    names = ("honduras-2021", "honduras-2021-reassured")
    folders = [face.run(name, runs=40, seed=3, out=out).folder for name in names]
    return [folder for folder in folders if folder is not None]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run with charts and page was written."""
    out = tmp_path_factory.mktemp("once")
    done(*RUN, "--out", out)
    return out


@pytest.fixture
def whole(once: Path, tmp_path: Path) -> Path:
    """The folder of that run, copied under the test's own."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    (folder,) = (tmp_path / "honduras-2021").iterdir()
    return folder


@pytest.fixture
def folder(results: list[Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(results[0], tmp_path / "result"))


def test_every_run_writes_a_page(sim: Sim, tmp_path: Path) -> None:
    answer = sim(*RUN, "--out", tmp_path)
    assert (answer.status, answer.err) == (0, "")
    folder = Path(answer.json["folder"])
    assert answer.json["report"] == str(folder / "report.html")
    assert REPORT in parts(check(folder))
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Run it again" in page
    assert face.read(folder).runs == 40
    assert sim(*RUN, "--out", tmp_path).json["found"]
    assert sim("report", folder).status == 0
    assert (folder / "report.html").read_text(encoding="utf-8") == page


def test_the_summary_says_where_the_page_is(sim: Sim, whole: Path, tmp_path: Path) -> None:
    answer = sim("run", "honduras-2021", "--runs", 40, "--out", tmp_path)
    (line,) = [line for line in answer.out.splitlines() if line.startswith("Page: ")]
    assert Path(line.removeprefix("Page: ")).is_file()


def test_no_charts_means_no_page(sim: Sim, tmp_path: Path) -> None:
    answer = sim(*RUN, "--no-charts", "--out", tmp_path)
    assert answer.json["report"] is None
    assert not (Path(answer.json["folder"]) / "report.html").exists()


def test_a_result_without_a_page_gets_one_when_asked(sim: Sim, tmp_path: Path) -> None:
    folder = Path(sim(*RUN, "--no-charts", "--out", tmp_path).json["folder"])
    before = (folder / "trajectories.parquet").read_bytes()
    again = sim(*RUN, "--out", tmp_path).json
    assert (again["found"], again["folder"]) == (False, str(folder))
    assert parts(check(folder)) == {"charts", REPORT}
    assert (folder / "trajectories.parquet").read_bytes() == before


def test_another_run_without_charts_keeps_the_page(sim: Sim, whole: Path, tmp_path: Path) -> None:
    page = (whole / "report.html").read_bytes()
    assert sim(*RUN, "--no-charts", "--ledger", "--out", tmp_path).json["folder"] == str(whole)
    assert parts(check(whole)) == {"charts", REPORT, "ledger.parquet"}
    assert (whole / "report.html").read_bytes() == page


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_damaged_page_is_made_anew(sim: Sim, whole: Path, tmp_path: Path, damage: str) -> None:
    page = whole / "report.html"
    before = page.read_bytes()
    for mend in (lambda: sim(*RUN, "--out", tmp_path), lambda: sim("report", whole)):
        page.unlink()
        if damage == "altered":
            page.write_bytes(b"half a page")
        assert face.read(whole).runs == 40
        assert mend().status == 0
        assert page.read_bytes() == before
        check(whole)


def test_a_page_made_again_does_not_seal_other_damage(sim: Sim, whole: Path, tmp_path: Path) -> None:
    """A chart that was altered stays known as altered."""
    (whole / "charts" / "count.svg").write_bytes(b"another picture")
    before = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    assert sim("report", whole).status == 0
    assert json.loads((whole / "manifest.json").read_text(encoding="utf-8")) == before
    assert not sim(*RUN, "--out", tmp_path).json["found"]


def test_of_one_result(sim: Sim, folder: Path) -> None:
    answer = sim("report", folder)
    assert (answer.status, answer.out, answer.err) == (0, f"{folder / 'report.html'}\n", "")
    assert parts(check(folder)) == {REPORT}
    assert sim("report", folder, "--json").json == {"report": str(folder / "report.html")}
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "trajectories.parquet", "events.parquet", "summary.csv", "states.csv", "talks.parquet",
        "draws.parquet", "outcomes.csv", "answers.csv", "accounts.csv", "report.html",
    }  # fmt: skip


def test_into_a_file_of_ones_own(sim: Sim, folder: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    file = tmp_path / "deep" / "mine.html"
    assert sim("report", folder, "--out", file, "--json").json == {"report": str(file)}
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in file.parent.iterdir()] == ["mine.html"]


def test_of_several_results(sim: Sim, results: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = sim("report", *results)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out == "report-honduras-2021-and-honduras-2021-reassured.html\n"
    text = Path(answer.out.strip()).read_text(encoding="utf-8")
    assert "Honduras after Nicaragua, compared with: With the reassurance of January 2022" in text


def test_of_a_comparison(sim: Sim, tmp_path: Path) -> None:
    names = ("honduras-2021", "honduras-2021-reassured")
    folder = Path(sim("compare", *names, "--runs", 40, "--no-charts", "--out", tmp_path, "--json").json["folder"])
    answer = sim("report", folder, "--json")
    assert answer.json == {"report": str(folder / "report.html")}
    shutil.rmtree(tmp_path / "honduras-2021-reassured")
    (line,) = sim("report", folder).problems()
    assert line.startswith(f"{folder}: scenarios: a comparison beside its results: that of ")
    (folder / "compare.json").write_text("{")
    (line,) = sim("report", folder).problems()
    assert line == f"{folder}: compare.json: unchanged since it was written, by its digest: compare again"


def test_of_a_sweep(sim: Sim, tmp_path: Path) -> None:
    swept = sim(
        "sweep",
        "honduras-2021",
        "--vary",
        "taipei.budget=0.5,2",
        "--runs",
        20,
        "--no-charts",
        "--out",
        tmp_path,
        "--json",
    )
    folder = Path(swept.json["folder"])
    assert sim("report", folder, "--json").json == {"report": str(folder / "report.html")}
    assert "Sweep of scenario honduras-2021" in (folder / "report.html").read_text(encoding="utf-8")
    (line,) = sim("report", folder, folder).problems()
    assert line == f"RESULT: results of `sim run`, or one sweep or comparison alone (got '{folder}')"
    (folder / "points.parquet").write_bytes(b"another table")
    (line,) = sim("report", folder).problems()
    assert "points.parquet" in line


def test_requests_that_are_refused(sim: Sim, results: list[Path], folder: Path, tmp_path: Path) -> None:
    (line,) = sim("report", tmp_path / "nowhere").problems()
    assert line == f"{tmp_path / 'nowhere'}: a result, sweep or comparison folder, with a manifest.json in it"
    (line,) = sim("report", folder, "--out", tmp_path).problems()
    assert line == f"--out: a file to write, such as report.html, and not a folder (got '{tmp_path}')"
    (tmp_path / "file").write_text("mine")
    (line,) = sim("report", folder, "--out", tmp_path / "file" / "page.html").problems()
    assert line.startswith("--out: a file that can be written: ")
    path = folder / "summary.csv"
    path.write_bytes(path.read_bytes()[:-30])
    (line,) = sim("report", folder).problems()
    assert "summary.csv" in line
    assert not (folder / "report.html").exists()


def test_results_that_cannot_be_paired(sim: Sim, results: list[Path], tmp_path: Path) -> None:
    other = face.run("honduras-2021-reassured", runs=40, seed=4, out=tmp_path).folder
    assert other is not None
    (line,) = sim("report", results[0], other, "--out", tmp_path / "page.html").problems()
    assert "seed" in line
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_the_old_page(
    sim: Sim, folder: Path, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    assert sim("report", folder).status == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}

    def stop(*_: object, **__: object) -> str:
        raise failure

    monkeypatch.setattr("sim.report.page.rendered", stop)
    assert sim("report", folder).status == (130 if failure is KeyboardInterrupt else 1)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
