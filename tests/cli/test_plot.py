"""`sim plot` and the charts of `sim run`: redrawn, chosen, several on one, never half a result."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from PIL import Image

import sim as face
from sim.charts import style
from sim.results import check
from tests.cli.calling import Sim, done
from tests.examples import thorough
from tests.results.sealing import resealed

RUN = ("run", "honduras-2021", "--runs", 40, "--json")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run with charts was written, without a word on standard error."""
    out = tmp_path_factory.mktemp("ran")
    with contextlib.redirect_stderr(io.StringIO()) as told:
        done(*RUN, "--out", out)
    assert told.getvalue() == ""
    return out


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders of two scenarios, without charts."""
    out = tmp_path_factory.mktemp("out")
    folders = [face.run(name, runs=40, out=out).folder for name in ("honduras-2021", "honduras-2021-no-lobbying")]
    return [folder for folder in folders if folder is not None]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a scenario with two ties, without charts."""
    folder = face.run("honduras-2025", runs=40, out=tmp_path_factory.mktemp("out")).folder
    assert folder is not None
    return folder


@pytest.fixture
def folder(results: list[Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(results[0], tmp_path / "result"))


@pytest.fixture(scope="module")
def once(results: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a result whose charts are drawn."""
    folder = Path(shutil.copytree(results[0], tmp_path_factory.mktemp("once") / "result"))
    done("plot", folder)
    return folder


@pytest.fixture
def drawn(once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(once, tmp_path / "drawn"))


def test_run_draws_its_charts(ran: Path) -> None:
    (folder,) = (ran / "honduras-2021").iterdir()
    names = {path.name for path in (folder / "charts").iterdir()}
    assert names == {
        "count.png",
        "count.svg",
        "states.png",
        "states.svg",
        "when.png",
        "when.svg",
        "bids.png",
        "bids.svg",
        "accounts.png",
        "accounts.svg",
    }
    assert face.read(folder).runs == 40
    assert "A departure is a story of talks" in (folder / "report.html").read_text("utf-8")


def test_one_result(sim: Sim, folder: Path) -> None:
    answer = sim("plot", folder)
    assert (answer.status, answer.err) == (0, "")
    listed = [Path(line) for line in answer.out.splitlines()]
    assert {path.name for path in listed} >= {"count.png", "count.svg", "states.png", "when.png"}
    assert all(path.parent == folder / "charts" and path.stat().st_size > 100 for path in listed)
    assert face.read(folder).runs == 40


def test_twice_gives_the_same_bytes(sim: Sim, folder: Path, tmp_path: Path, coarse: None) -> None:
    outs = [tmp_path / name for name in ("one", "two")]
    for out in outs:
        assert sim("plot", folder, "--chart", "count", "--out", out).status == 0
    for name in ("count.png", "count.svg"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    assert not (folder / "charts").exists()


def test_a_chosen_chart_as_json(sim: Sim, folder: Path, tmp_path: Path) -> None:
    answer = sim("plot", folder, "--chart", "states", "--format", "svg", "--out", tmp_path / "out", "--json")
    assert answer.json == {"results": [str(folder)], "charts": [str(tmp_path / "out" / "states.svg")]}
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["states.svg"]


def test_a_chart_as_pdf(sim: Sim, folder: Path, drawn: Path, tmp_path: Path) -> None:
    answer = sim("plot", folder, "--chart", "count", "--format", "pdf", "--out", tmp_path / "out")
    assert answer.out.splitlines() == [str(tmp_path / "out" / "count.pdf")]
    content = (tmp_path / "out" / "count.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    before = pictures(drawn)
    assert sim("plot", drawn, "--chart", "count", "--format", "pdf").status == 0
    after = pictures(drawn)
    assert after.keys() - before.keys() == {"count.pdf"}
    assert after["count.pdf"] == content
    check(drawn)


def size_of(file: Path) -> tuple[float, float]:
    """Width and height of a picture, millimetres, as it says itself."""
    content = file.read_bytes()
    if file.suffix == ".png":
        with Image.open(io.BytesIO(content)) as picture:
            return picture.width / 300 * 25.4, picture.height / 300 * 25.4
    if file.suffix == ".svg":
        found = re.search(rb'<svg[^>]* width="([\d.]+)mm" height="([\d.]+)mm"', content)
        assert found is not None
        return float(found[1]), float(found[2])
    found = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", content)
    assert found is not None
    return float(found[1]) / 72 * 25.4, float(found[2]) / 72 * 25.4


def test_every_format_is_as_wide_as_is_asked_for(sim: Sim, folder: Path, tmp_path: Path, coarse: None) -> None:
    kinds = ("png", "svg", "pdf")
    options = [word for kind in kinds for word in ("--format", kind)]
    said = sim("plot", folder, "--chart", "count", "--width", 120, *options, "--out", tmp_path)
    assert (said.status, said.err) == (0, "")
    sizes = [size_of(tmp_path / f"count.{kind}") for kind in kinds]
    assert [width for width, _ in sizes] == pytest.approx([120.0] * 3, abs=0.1)
    assert [height for _, height in sizes] == pytest.approx([sizes[0][1]] * 3, abs=0.1)


def test_a_headline_of_ones_own_or_none(
    sim: Sim, results: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one result and of several: the headline, the measure, or neither; the source line stays."""
    drawn: list[list[str]] = []

    def pictures(drawing: Figure, *_: Any) -> list[tuple[str, bytes]]:
        drawn.append([text.get_text().replace("\n", " ") for text in drawing.texts])
        return []

    monkeypatch.setattr("sim.charts.style.pictures", pictures)
    for folders in (results[:1], results):
        for options in ((), ("--title", "My own"), ("--no-title",)):
            assert sim("plot", *folders, "--chart", "count", *options, "--out", tmp_path).status == 0
        usual, own, none = drawn[-3:]
        assert own == ["My own", *usual[1:]]
        assert none == usual[2:]
        assert none[0].startswith("Scenario")
    for options in (("--title", "x", "--no-title"), ("--title", " ")):
        said = sim("plot", results[0], *options)
        assert (said.status, said.err.count("\n")) == (2, 1)
    assert "80" in sim("plot", results[0], "--width", 20).err


def test_several_results_share_one_chart(sim: Sim, results: list[Path], tmp_path: Path) -> None:
    answer = sim("plot", *results, "--out", tmp_path)
    assert (answer.status, answer.err) == (0, "")
    stem = "count-honduras-2021-and-honduras-2021-no-lobbying"
    assert {path.name for path in tmp_path.iterdir()} == {f"{stem}.png", f"{stem}.svg"}


def test_several_results_say_whether_they_are_paired(sim: Sim, results: list[Path], tmp_path: Path) -> None:
    other = face.run("honduras-2021", runs=40, seed=7, out=tmp_path).folder
    assert other is not None
    answer = sim("plot", *results, "--out", tmp_path / "out")
    why = "the same seed, runs and parameters, so run by run they share their random numbers"
    assert answer.out.splitlines()[-1] == f"Paired: {why}."
    assert sim("plot", results[0], other, "--out", tmp_path / "out").out.splitlines()[-1] == (
        "Not paired: different seed, so that part of a difference is luck."
    )
    options = ("--out", tmp_path / "out", "--format", "svg", "--json")
    document = sim("plot", *results, *options).json
    assert (document["paired"], document["why"]) == (True, why)
    document = sim("plot", *results, other, *options).json
    assert (document["paired"], document["why"]) == (False, "different seed, so that part of a difference is luck")


def test_one_result_says_nothing_of_pairs(sim: Sim, results: list[Path], tmp_path: Path) -> None:
    answer = sim("plot", results[0], "--chart", "count", "--format", "svg", "--out", tmp_path)
    assert answer.out.splitlines() == [str(tmp_path / "count.svg")]


def test_several_results_are_drawn_in_the_working_folder(
    sim: Sim, results: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(sim("plot", *results, "--format", "png", "--json").json["charts"]) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["summary.csv", "manifest.json", "trajectories.parquet"])
def test_a_truncated_result_is_refused_and_stays_as_it_is(sim: Sim, folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-30])
    before = {file: file.read_bytes() for file in folder.iterdir()}
    (line,) = sim("plot", folder).problems()
    assert line.startswith(str(folder))
    assert name in line
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_the_second_of_two_results_is_checked_too(sim: Sim, results: list[Path], folder: Path, tmp_path: Path) -> None:
    (folder / "summary.csv").unlink()
    (line,) = sim("plot", results[1], folder, "--out", tmp_path / "out").problems()
    assert "summary.csv: a file of this result, and it is missing" in line
    assert not (tmp_path / "out").exists()


def test_requests_that_cannot_be_drawn(sim: Sim, results: list[Path], tmp_path: Path) -> None:
    (line,) = sim("plot", results[0], "--chart", "cuont").problems()
    assert line.startswith("--chart: one of ")
    assert line.endswith("(got 'cuont'); did you mean count?")
    (line,) = sim("plot", *results, "--chart", "states", "--out", tmp_path).problems()
    assert line == "--chart: count, the one chart several results share (got 'states')"
    (tmp_path / "file").write_text("mine")
    (line,) = sim("plot", results[0], "--out", tmp_path / "file").problems()
    assert line.startswith("--out: a folder that can be written to: ")


def test_a_result_of_two_ties_has_a_chart_of_its_hosts(
    sim: Sim, results: list[Path], second: Path, tmp_path: Path
) -> None:
    answer = sim("plot", second, "--format", "png", "--out", tmp_path / "out")
    assert (answer.status, answer.err) == (0, "")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "count.png", "states.png", "when.png", "bids.png", "accounts.png", "cooperation.png",
    }  # fmt: skip
    assert sim("plot", results[0], "--chart", "cooperation").problems() == [
        "--chart: one of count, states, when, bids, accounts, "
        "for the scenario of this result has no hosts (got 'cooperation')"
    ]


def without_charts(files: dict[str, str]) -> dict[str, str]:
    return {name: digest for name, digest in files.items() if not name.startswith("charts/")}


def pictures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "charts").iterdir()}


@pytest.mark.parametrize("failure", [KeyboardInterrupt, pytest.param(RuntimeError, marks=thorough)])
@pytest.mark.parametrize("drawn_before", [True, pytest.param(False, marks=thorough)])
def test_an_interruption_while_redrawing_leaves_every_picture_whole(
    sim: Sim, drawn: Path, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException], drawn_before: bool
) -> None:
    """Old, new or not there; never half of one, and the result is as good as it was."""
    whole = pictures(drawn)
    if not drawn_before:
        shutil.rmtree(drawn / "charts")
        resealed(drawn, lambda manifest: manifest.update(files=without_charts(manifest["files"])), seal=True)
    honest, calls = style.Drawing.savefig, []

    def stop(self: Figure, target: Any, *arguments: object, **named: object) -> None:
        calls.append(target)
        if len(calls) == 3:
            getattr(target, "write", lambda _: None)(b"half a picture")
            raise failure
        honest(self, target, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(style.Drawing, "savefig", stop)
    assert sim("plot", drawn).status == (130 if failure is KeyboardInterrupt else 1)
    assert (drawn / "charts").is_dir() == drawn_before
    assert not drawn_before or pictures(drawn) == whole
    assert face.read(drawn).runs == 40
    check(drawn)
    monkeypatch.undo()
    assert sim("plot", drawn).status == 0
    assert pictures(drawn) == whole


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_damaged_picture_is_drawn_anew(sim: Sim, drawn: Path, damage: str) -> None:
    before = pictures(drawn)
    picture = drawn / "charts" / "count.png"
    picture.unlink()
    if damage == "altered":
        picture.write_bytes(b"another picture")
    assert sim("plot", drawn, "--chart", "count").status == 0
    assert pictures(drawn) == before
    check(drawn)


def test_a_chosen_chart_leaves_the_others(sim: Sim, drawn: Path) -> None:
    before = pictures(drawn)
    assert sim("plot", drawn, "--chart", "states", "--format", "svg").status == 0
    assert pictures(drawn) == before
    check(drawn)


def test_what_the_user_put_beside_a_result_is_not_made_part_of_it(sim: Sim, folder: Path) -> None:
    notes = folder / "notes.txt"
    notes.write_text("mine")
    assert sim("plot", folder, "--chart", "count").status == 0
    notes.write_text("mine, and changed")
    assert face.read(folder).runs == 40
    check(folder)


def test_run_draws_damaged_charts_anew(sim: Sim, ran: Path, tmp_path: Path) -> None:
    shutil.copytree(ran, tmp_path, dirs_exist_ok=True)
    options = (*RUN, "--out", tmp_path)
    (folder,) = (tmp_path / "honduras-2021").iterdir()
    before = pictures(folder)
    (folder / "charts" / "when.svg").write_bytes(b"half a picture")
    assert face.read(folder).runs == 40
    assert not sim(*options).json["found"]
    assert pictures(folder) == before
    assert sim(*options).json["found"]
