"""Result folders: read back as written; damage of any kind is named; whole or not there."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ResultError
from sim.results import CHARTS, LEDGER, Result, check, complete, digest_of, parts, seal, staged
from tests.scenario.documents import written

FILES = {"events.parquet", "ledger.parquet", "manifest.json", "states.csv", "summary.csv", "trajectories.parquet"}
QUIET = "[parameters]\ndeparture_rate = 1e-6\nreturn_rate = 1e-9\nholy_see_rate = 1e-6\n"


NAMES = ["honduras-2021", "honduras-2025"]
"""A scenario of one tie, and one of two."""


@pytest.fixture(scope="module", params=NAMES)
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return sim.run(request.param, runs=60, seed=7, ledger=True, out=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return sim.run("honduras-2025", runs=60, seed=7, ledger=True, out=tmp_path_factory.mktemp("out"))


@pytest.fixture
def folder(original: Result, tmp_path: Path) -> Path:
    assert original.folder is not None
    return Path(shutil.copytree(original.folder, tmp_path / "copy"))


def refused(folder: Path) -> str:
    """The line of the error that reading raises, without the folder's own path."""
    with pytest.raises(ResultError) as caught:
        sim.read(folder)
    assert caught.value.exit_status == 2
    (line,) = caught.value.lines()
    assert not complete(folder)
    return line.replace(str(folder), "FOLDER")


def assert_same(one: Result, other: Result) -> None:
    """Two results are equal in everything but the place of their files."""
    assert np.array_equal(one.counts, other.counts)
    assert one.counts.dtype == other.counts.dtype == np.uint8
    assert list(one.changes) == list(other.changes)
    for name, column in one.changes.items():
        assert np.array_equal(column, other.changes[name]), name
        assert column.dtype == other.changes[name].dtype, name
    assert (one.cooperation is None) == (other.cooperation is None) == (not one.hosts)
    if one.cooperation is not None and other.cooperation is not None:
        assert np.array_equal(one.cooperation, other.cooperation)
        assert one.cooperation.dtype == other.cooperation.dtype == np.uint8
    for name in ("months", "members", "hosts", "places", "observed", "beliefs"):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("scenario", "settings", "budgets"):
        assert dict(getattr(one, name)) == dict(getattr(other, name)), name
    for name in ("summary_columns", "states_columns"):
        assert getattr(one, name) == getattr(other, name), name
    assert one.events().equals(other.events())
    assert one.trajectories().equals(other.trajectories())
    assert (one.ledger is None) == (other.ledger is None)
    if one.ledger is not None and other.ledger is not None:
        assert list(one.ledger) == list(other.ledger)
        for name, values in one.ledger.items():
            assert list(values) == list(other.ledger[name]), name
    assert one.mean_error == other.mean_error or np.isnan(one.mean_error)
    assert (one.name, one.title, one.runs, one.seed) == (other.name, other.title, other.runs, other.seed)


def test_what_is_written_is_read_back(either: Result) -> None:
    assert either.folder is not None
    assert {path.name for path in either.folder.iterdir()} == FILES
    assert_same(either, sim.read(either.folder))
    assert_same(either, sim.read(str(either.folder)))
    assert len(either.changes["run"]) > 0
    assert bool(either.hosts) == (either.name == "honduras-2025")


def test_a_result_without_any_change_is_read_back(tmp_path: Path) -> None:
    made = sim.run(written(tmp_path, QUIET), runs=40, out=tmp_path)
    assert made.folder is not None
    assert len(made.changes["run"]) == 0
    assert set(made.counts.ravel().tolist()) == {14}
    assert_same(made, sim.read(made.folder))
    assert sim.read(made.folder).events().empty


def test_a_result_of_one_run_is_read_back(tmp_path: Path) -> None:
    made = sim.run("honduras-2021", runs=1, out=tmp_path)
    assert made.folder is not None
    assert_same(made, sim.read(made.folder))


def test_the_manifest_says_what_the_result_is(either: Result) -> None:
    original = either
    assert original.folder is not None
    manifest = json.loads((original.folder / "manifest.json").read_text("utf-8"))
    assert next(iter(manifest)) == "format"
    assert list(manifest)[-1] == "outside"
    assert manifest["id"] == original.folder.name == manifest["settings"]["id"]
    assert original.folder.parent.name == manifest["scenario"]["scenario"]["name"] == either.name
    assert set(manifest["files"]) == FILES - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert digest == digest_of(original.folder / name)
    assert manifest["settings"] | {"id": ""} == {
        "id": "",
        "runs": 60,
        "seed": 7,
        "engine": "compiled",
        "parameters": "drawn",
        "runs_per_draw": 20,
        "set": {},
    }
    assert set(manifest["digests"]) == {"atlas", "sources"}
    assert all(len(digest) == 64 for digest in manifest["digests"].values())
    assert {"python", "recognition-sim", "numpy", "numba"} <= set(manifest["versions"])
    assert all(manifest["versions"].values())
    assert set(manifest["outside"]) == {"command", "seconds"}
    assert manifest["record_confirmed_until"] == "2026-05-15"
    hosts = {"honduras-2021": [], "honduras-2025": ["MHL", "PLW", "HND", "SLV"]}[either.name]
    assert [host["iso3"] for host in manifest["hosts"]] == hosts
    assert all(host == {"iso3": host["iso3"], "state": host["state"]} for host in manifest["hosts"])


def test_the_manifest_names_what_is_extended(tmp_path: Path) -> None:
    made = sim.run("honduras-2021-no-lobbying", runs=20, out=tmp_path)
    assert made.folder is not None
    manifest = json.loads((made.folder / "manifest.json").read_text("utf-8"))
    assert manifest["extends"] == ["honduras-2021"]
    assert manifest["scenario"]["events"]["washington-lobbying"]["enabled"] is False


def test_the_manifest_and_the_title_say_what_was_set(tmp_path: Path) -> None:
    setting = {"washington.attention": 2, "states.HND.lean": 0.5}
    made = sim.run("honduras-2021", runs=20, set=setting, out=tmp_path)
    assert made.folder is not None
    manifest = json.loads((made.folder / "manifest.json").read_text("utf-8"))
    assert manifest["settings"]["set"] == {"washington.attention": "2", "states.HND.lean": "0.5"}
    for result in (made, sim.read(made.folder)):
        assert (
            result.title == f"{result.scenario['scenario']['title']} [washington.attention = 2, states.HND.lean = 0.5]"
        )


def test_the_parts_of_a_result(folder: Path) -> None:
    assert parts(check(folder)) == {LEDGER}
    assert complete(folder)
    assert complete(folder, [LEDGER])
    assert not complete(folder, [CHARTS])
    with_charts(folder)
    assert parts(check(folder)) == {LEDGER, CHARTS}
    assert complete(folder, [LEDGER, CHARTS])
    assert parts({"files": {"states.csv": "", "charts.csv": "", "ledger.parquet.old": ""}}) == set()


def with_charts(folder: Path) -> None:
    """A picture among the files of a result."""
    (folder / CHARTS).mkdir()
    (folder / CHARTS / "count.png").write_bytes(b"a picture")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest.pop("files")
    seal(folder, manifest)


# --- Damage


def test_no_folder_and_no_manifest(folder: Path) -> None:
    assert refused(folder / "none") == "FOLDER/none: a result folder, with a manifest.json in it".replace(
        "FOLDER/none", "FOLDER"
    )
    assert refused(folder / "summary.csv").endswith(": a result folder, with a manifest.json in it")
    (folder / "manifest.json").unlink()
    assert refused(folder) == "FOLDER: a result folder, with a manifest.json in it"


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refused(folder) == f"FOLDER: {name}: a file of this result, and it is missing"


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
@pytest.mark.parametrize("damage", ["truncated", "altered", "empty"])
def test_a_damaged_file_is_named(folder: Path, name: str, damage: str) -> None:
    path = folder / name
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    path.write_bytes({"truncated": content[:-20], "altered": flipped, "empty": b""}[damage])
    assert refused(folder) == f"FOLDER: {name}: unchanged since it was written, by its digest: run the scenario again"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"3", b"\xff\xfe", b"[" * 100_000, b'{"format": 1}', b'{"format": 1, "files": 3}'],
)
def test_a_manifest_that_is_none(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    assert refused(folder) == "FOLDER/manifest.json: a whole manifest: this one is damaged or cut short"


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_damaged_chart_does_not_keep_a_result_from_being_read(folder: Path, original: Result, damage: str) -> None:
    """Nothing is read from pictures; but the folder is not complete, so that `sim run` draws them again."""
    with_charts(folder)
    picture = folder / CHARTS / "count.png"
    picture.unlink()
    if damage == "altered":
        picture.write_bytes(b"another picture")
    assert_same(original, sim.read(folder))
    assert parts(check(folder, pictures=False)) == {LEDGER, CHARTS}
    assert not complete(folder)
    with pytest.raises(ResultError) as caught:
        check(folder)
    problem = {
        "altered": "unchanged since it was written, by its digest: run the scenario again",
        "gone": "a file of this result, and it is missing",
    }[damage]
    assert caught.value.lines() == [f"{folder}: charts/count.png: {problem}"]


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_manifest_cut_short(folder: Path, part: float) -> None:
    path = folder / "manifest.json"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    assert refused(folder) == "FOLDER/manifest.json: a whole manifest: this one is damaged or cut short"


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "no months": lambda m: m.pop("months"),
    "months of numbers": lambda m: m.update(months=[1, 2]),
    "fewer months": lambda m: m.update(months=m["months"][:-1]),
    "no members": lambda m: m.update(members=[]),
    "members of another kind": lambda m: m.update(members=["HND"]),
    "other runs": lambda m: m["settings"].update(runs=61),
    "settings that are none": lambda m: m.update(settings=3),
    "no observed": lambda m: m.pop("observed"),
    "observed too short": lambda m: m.update(observed=[14]),
    "a list of files": lambda m: m.update(files=sorted(m["files"])),
    "no files": lambda m: m.update(files={}),
    "not all files": lambda m: m["files"].pop("trajectories.parquet"),
    "a file outside": lambda m: m["files"].update({"../../other": "0" * 64}),
    "a digest that is none": lambda m: m["files"].update({"summary.csv": 3}),
    "no hosts": lambda m: m.pop("hosts"),
    "hosts of another kind": lambda m: m.update(hosts=["HND"]),
    "the second tie lost": lambda m: m.update(hosts=[]),
    "no scenario": lambda m: m.pop("scenario"),
    "no parameters": lambda m: m.pop("parameters"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_manifest_that_was_altered(folder: Path, change: str) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    CHANGES[change](manifest)
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(ResultError) as caught:
        sim.read(folder)
    (line,) = caught.value.lines()
    assert line.startswith(str(folder))
    assert len(line.splitlines()) == 1


def test_a_manifest_of_another_format(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace('"format": 1', '"format": 99'), "utf-8")
    assert refused(folder) == "FOLDER/manifest.json: format: 1, the format this version reads (got 99)"


def test_a_file_that_is_no_parquet_though_its_digest_fits(folder: Path) -> None:
    (folder / "trajectories.parquet").write_bytes(b"PAR1 nothing PAR1")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest.pop("files")
    seal(folder, manifest)
    with pytest.raises(ResultError, match="a result this version can read"):
        sim.read(folder)


def test_a_stray_file_does_no_harm(folder: Path, original: Result) -> None:
    (folder / "notes.txt").write_text("mine")
    assert_same(original, sim.read(folder))
    assert set(check(folder)["files"]) == FILES - {"manifest.json"}


# --- Whole or not there


def sealed(stage: Path, content: str = "1", *more: str) -> None:
    """The files of a result that no engine made."""
    for name in ("trajectories.parquet", "events.parquet", "summary.csv", "states.csv", *more):
        (stage / name).write_text(content)
    seal(stage, {"months": [], "observed": [], "outside": {}})


def test_a_staged_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    with staged(target) as stage:
        sealed(stage)
        assert not target.exists()
        assert stage.parent == target.parent
    assert [path.name for path in tmp_path.rglob("*") if path.is_dir()] == ["a", "b"]
    assert {path.name for path in target.iterdir()} == FILES - {"ledger.parquet"}


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_staged_folder_goes_when_writing_fails(tmp_path: Path, failure: type[BaseException]) -> None:
    (tmp_path / "kept").touch()

    def fail() -> None:
        with staged(tmp_path / "a" / "b") as stage:
            (stage / "x").write_text("1")
            raise failure

    with pytest.raises(failure):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("old", "new", "replace", "kept"),
    [
        ([], [], False, "old"),  # another run finished the same result first
        ([LEDGER], [], False, "old"),
        ([], [LEDGER], False, "new"),
        ([], [], True, "new"),
        (None, [], False, "new"),  # damaged
    ],
)
def test_which_of_two_folders_stays(
    tmp_path: Path, old: list[str] | None, new: list[str], replace: bool, kept: str
) -> None:
    for content, more in (("old", old), ("new", new)):
        with staged(tmp_path / "b", replace and content == "new") as stage:
            sealed(stage, content, *(more or []))
        if more is None:
            (tmp_path / "b" / "states.csv").write_text("damaged")
    assert (tmp_path / "b" / "summary.csv").read_text() == kept
    assert complete(tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("taken", ["an empty folder", "a folder that holds no result"])
def test_a_folder_where_the_result_belongs(tmp_path: Path, taken: str) -> None:
    target = tmp_path / "b"
    target.mkdir()
    if taken != "an empty folder":
        (target / "notes.txt").write_text("left over")
    with staged(target) as stage:
        sealed(stage)
    assert complete(target)
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_what_killed_runs_left_is_cleared_after_a_day(tmp_path: Path) -> None:
    names = [".b.1.partial", ".b.2.old", ".c.3.partial", "mine.partial", ".mine"]
    for name in names:
        for age, days in (("young", 0.9), ("old", 1.1)):
            path = tmp_path / name.replace("b.", f"b.{age}").replace("c.", f"c.{age}").replace("mine", f"mine{age}")
            path.mkdir()
            (path / "x").touch()
            then = time.time() - days * 86_400
            os.utime(path, (then, then))
    with staged(tmp_path / "b") as stage:
        sealed(stage)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        "b", ".b.young1.partial", ".b.young2.old", ".c.young3.partial", "mineold.partial", "mineyoung.partial",
        ".mineold", ".mineyoung",
    }  # fmt: skip


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_no_folder_is_left_where_writing_fails(tmp_path: Path, depth: int) -> None:
    """However many of the folders above it had to be made."""
    target = tmp_path.joinpath(*"abcd"[:depth])
    with pytest.raises(RuntimeError), staged(target):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_the_user_stays_when_writing_fails(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    with pytest.raises(RuntimeError), staged(mine / "a" / "b"):
        raise RuntimeError
    assert mine.is_dir(), "an empty folder that was there before is the user's"
