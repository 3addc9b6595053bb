"""Result folders: read back as written; damage of any kind is named; whole or not there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import ResultError
from sim.results import CHARTS, LEDGER, Result, check, digest_of, parts, placed, seal
from tests.results.sealing import resealed, vouched
from tests.scenario.documents import written

FILES = {
    "accounts.csv", "answers.csv", "draws.parquet", "events.parquet", "ledger.parquet", "manifest.json", "outcomes.csv",
    "states.csv", "summary.csv", "talks.parquet", "trajectories.parquet",
}  # fmt: skip
QUIET = "[parameters]\ndeparture_rate = 1e-6\nreturn_rate = 1e-9\nholy_see_rate = 1e-6\n"


NAMES = ["honduras-2021", "honduras-2025"]
"""A scenario of one tie, and one of two."""


RUNS = 25
"""Two draws of the parameters, the second not full."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return sim.run(NAMES[1], runs=RUNS, seed=7, ledger=True, out=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module", params=NAMES)
def either(request: pytest.FixtureRequest, original: Result, tmp_path_factory: pytest.TempPathFactory) -> Result:
    if request.param == original.name:
        return original
    return sim.run(request.param, runs=RUNS, seed=7, ledger=True, out=tmp_path_factory.mktemp("out"))


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
    return line.replace(str(folder), "FOLDER")


def refused_lines(folder: Path) -> list[str]:
    with pytest.raises(ResultError) as caught:
        sim.read(folder)
    return caught.value.lines()


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
    for name in ("summary_columns", "states_columns", "outcomes_columns"):
        assert getattr(one, name) == getattr(other, name), name
    assert one.events().equals(other.events())
    assert one.talks().equals(other.talks())
    assert one.draws().equals(other.draws())
    assert one.trajectories().equals(other.trajectories())
    assert (one.ledger is None) == (other.ledger is None)
    if one.ledger is not None and other.ledger is not None:
        assert list(one.ledger) == list(other.ledger)
        for name, values in one.ledger.items():
            assert np.array_equal(values, other.ledger[name]), name
    assert one.mean_error == other.mean_error or np.isnan(one.mean_error)
    assert (one.name, one.title, one.runs, one.seed) == (other.name, other.title, other.runs, other.seed)


def test_what_is_written_is_read_back(either: Result) -> None:
    assert either.folder is not None
    assert {path.name for path in either.folder.iterdir()} == FILES
    assert_same(either, sim.read(either.folder))
    assert sim.read(str(either.folder)).settings == either.settings
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
        "runs": RUNS,
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
    assert manifest["record_confirmed_until"] == "2026-09-28"
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
    with_charts(folder)
    assert parts(check(folder)) == {LEDGER, CHARTS}


def with_charts(folder: Path) -> None:
    """A picture among the files of a result."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    with placed(folder) as stage:
        (stage / CHARTS).mkdir()
        (stage / CHARTS / "count.png").write_bytes(b"a picture")
        seal(stage, manifest)


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
    [b"", b"{", b"null", b"[]", b"3", b"\xff\xfe", b"[" * 100_000, b"{}"],
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


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no months": (lambda m: m.pop("months"), "months: required"),
    "months of numbers": (lambda m: m.update(months=[1, 2]), "months.0: a text in quotes (got 1)"),
    "months that are none": (lambda m: m.update(months=["2025-13"]), "months.0: a month written YYYY-MM (got '2025"),
    "fewer months": (lambda m: m.update(months=m["months"][:-1]), "observed: one for each of the 59 months (got 60)"),
    "no members": (lambda m: m.update(members=[]), "members: not empty (got [])"),
    "members of another kind": (lambda m: m.update(members=["HND"]), "members.0: a table (got 'HND')"),
    "a member of no world": (lambda m: m["members"][0].update(iso3="XYZ"), "members.0.iso3: a state's"),
    "no runs": (lambda m: m["settings"].update(runs=0), "settings.runs: at least 1 (got 0)"),
    "settings that are none": (lambda m: m.update(settings=3), "settings: a table (got 3)"),
    "the id of another": (lambda m: m["settings"].update(id="0" * 16), "settings.id: the id of the result (got"),
    "no observed": (lambda m: m.pop("observed"), "observed: required"),
    "observed too short": (lambda m: m.update(observed=[14]), "observed: one for each of the 60 months (got 1)"),
    "a list of files": (lambda m: m.update(files=sorted(m["files"])), "files: a table (got ["),
    "no files": (lambda m: m.update(files={}), "files.trajectories.parquet: required"),
    "not all files": (lambda m: m["files"].pop("states.csv"), "files.states.csv: required"),
    "a file outside": (
        lambda m: m["files"].update({"../../etc/passwd": "0" * 64}),
        "files.../../etc/passwd: the path of a file inside the folder (got '../../etc/passwd')",
    ),
    "a file at the root": (lambda m: m["files"].update({"/etc/passwd": "0" * 64}), "files./etc/passwd: the path of"),
    "a digest that is none": (
        lambda m: m["files"].update({"summary.csv": 3}), "files.summary.csv: a text in quotes (got 3)"
    ),
    "a short digest": (
        lambda m: m["files"].update({"summary.csv": "0"}), "files.summary.csv: a digest of 64 hex digits (got '0')"
    ),
    "no hosts": (lambda m: m.pop("hosts"), "hosts: required"),
    "hosts of another kind": (lambda m: m.update(hosts=["HND"]), "hosts.0: a table (got 'HND')"),
    "no scenario": (lambda m: m.pop("scenario"), "scenario: required"),
    "a scenario without a title": (lambda m: m["scenario"]["scenario"].pop("title"), "scenario.scenario.title: requ"),
    "an event of another date": (
        lambda m: next(iter(m["scenario"]["events"].values())).update(date=3), ": a date written YYYY-MM-DD (got 3)"
    ),
    "an escape in a name": (
        lambda m: m["members"][0].update(state="\x1b]0;x\x07"), "members.0.state: a text without control characters"
    ),
    "no parameters": (lambda m: m.pop("parameters"), "parameters: required"),
    "a key too many": (lambda m: m.update(runs=60), "runs: unknown key (got 'runs')"),
    "a misspelt key": (lambda m: m.update(setings=m.pop("settings")), "settings: required"),
    "another kind": (lambda m: m.update(kind="resuIt"), "kind: one of result (got 'resuIt'); did you mean result?"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("sealed", [True, False])
def test_a_manifest_that_was_altered(folder: Path, change: str, sealed: bool) -> None:
    """By hand, and by somebody who made its digest fit."""
    alter, line = CHANGES[change]
    resealed(folder, alter, sealed)
    told = refused_lines(folder)
    assert told[0].startswith(f"{folder}/manifest.json: ")
    assert line in told[0]
    assert all(len(one.splitlines()) == 1 for one in told)


WELL_FORMED: dict[str, Callable[[dict[str, Any]], object]] = {
    "the record": lambda m: m["observed"].__setitem__(0, 13),
    "a parameter": lambda m: m["parameters"][0].update(central=0.5),
    "the title": lambda m: m["scenario"]["scenario"].update(title="Another"),
    "a budget": lambda m: m["budgets_million_usd_a_year"].update(beijing=1.0),
    "a version": lambda m: m["versions"].update(numpy="0"),
}


@pytest.mark.parametrize("change", WELL_FORMED)
def test_a_manifest_vouches_for_itself(folder: Path, change: str) -> None:
    resealed(folder, WELL_FORMED[change], seal=False)
    assert refused(folder) == (
        "FOLDER: manifest.json: unchanged since it was written, by its digest: run the scenario again"
    )


def test_what_no_digest_covers_may_change(folder: Path, original: Result) -> None:
    resealed(folder, lambda m: m.update(outside={"command": "mine"}), seal=False)
    assert_same(original, sim.read(folder))


# --- Tables of another shape, by somebody who made the digests fit


def forged(folder: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """A table changed, and its digest in a manifest whose digest fits."""
    pq.write_table(change(pq.read_table(folder / name)), folder / name)
    vouched(folder, name)


@pytest.mark.parametrize(
    ("name", "change", "line"),
    [
        ("events.parquet", lambda t: t.drop_columns(["hazard"]), "hazard: required, a column of this table"),
        (
            "events.parquet",
            lambda t: t.rename_columns(["ofer" if name == "offer" else name for name in t.column_names]),
            "offer: required, a column of this table; did you mean ofer?",
        ),
        ("events.parquet", lambda t: t.append_column("x", t["run"]), "x: unknown column (got 'x')"),
        (
            "events.parquet",
            lambda t: t.set_column(0, "run", t["run"].cast("string")),
            "run: a column of whole numbers (got 'string')",
        ),
        (
            "events.parquet",
            lambda t: t.set_column(2, "iso3", pa.array(["XYZ"] * t.num_rows)),
            "iso3: a name that this result knows (got 'XYZ')",
        ),
        (
            "events.parquet",
            lambda t: t.set_column(1, "month", pa.array(["2025-01"] * t.num_rows)),
            "month: a column of days, the last of their months (got 'string')",
        ),
        (
            "events.parquet",
            lambda t: t.set_column(1, "month", pa.array([None] * t.num_rows, pa.date32())),
            "month: a name that this result knows",
        ),
        (
            "events.parquet",
            lambda t: t.set_column(0, "run", pa.array([RUNS] * t.num_rows)),
            f"run: a whole number from 0 to {RUNS - 1}",
        ),
        (
            "trajectories.parquet",
            lambda t: t.slice(1),
            f"{RUNS} runs of 60 months for each of two ties (got '{RUNS * 120 - 1} rows')",
        ),
        (
            "trajectories.parquet",
            lambda t: t.set_column(3, "count", pa.array([200] * t.num_rows)),
            "count: a whole number from 0 to ",
        ),
        ("ledger.parquet", lambda t: t.drop_columns(["side"]), "side: required, a column of this table"),
    ],
)
def test_a_table_of_another_shape_is_named(
    folder: Path, name: str, change: Callable[[pa.Table], pa.Table], line: str
) -> None:
    forged(folder, name, change)
    assert refused(folder).startswith(f"FOLDER/{name}: {line}")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("p_12m,", "p_13m,", "p_12m: required, a column of this table; did you mean p_13m?"),
        (",recognition,0.", ",recognition,x0.", "p_12m, line 2: a number or blank (got 'x0."),
        (",recognition,0.", ",recognition,7.", "p_12m, line 2: a number from 0 to 1 (got 7."),
        (",recognition,0.", ",recognition,nan", "p_12m, line 2: a number or blank (got 'nan"),
        (",taipei,", ",taipei,-", "talks, line 2: a number, 0 or more (got -"),
        ("\nBLZ,", "\nHND,", "iso3: the states of this result in its order"),
        ("\nBLZ,", "\nBLZ,,", "23 cells in every row"),
    ],
)  # fmt: skip
def test_a_table_of_text_of_another_shape_is_named(folder: Path, old: str, new: str, line: str) -> None:
    path = folder / "states.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    vouched(folder, "states.csv")
    assert line in refused(folder)


def test_a_small_file_that_unfolds_to_many_rows_is_refused_before_they_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = 5_000_000
    same = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), rows), ["recognition"])
    number = pa.repeat(pa.scalar(0, pa.uint8()), rows)
    days = pa.repeat(pa.scalar(0, pa.date32()), rows)
    bomb = pa.table({"run": number, "month": days, "tie": same, "count": number})
    pq.write_table(bomb, folder / "trajectories.parquet", compression="zstd")
    assert (folder / "trajectories.parquet").stat().st_size < rows // 20
    vouched(folder, "trajectories.parquet")

    def unfold(*arguments: object, **named: object) -> None:
        raise AssertionError("the rows are read")

    monkeypatch.setattr(pq.ParquetFile, "read", unfold)
    assert refused(folder) == f"FOLDER/trajectories.parquet: a table of at most {RUNS * 120:,} rows (got 5000000)"


@pytest.mark.parametrize("kind", ["a pipe", "a link", "a device", "a folder"])
def test_only_plain_files_are_read(folder: Path, kind: str) -> None:
    """A pipe is not waited for, and a link not followed."""
    path = folder / "summary.csv"
    path.rename(folder / "aside.csv")
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("aside.csv" if kind == "a link" else "/dev/zero")
    assert refused(folder) == (
        "FOLDER: summary.csv: a file of this result, and it is not a plain file inside the folder"
    )


def test_a_folder_inside_that_is_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    with_charts(folder)
    (folder / CHARTS).rename(tmp_path / "elsewhere")
    (folder / CHARTS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ResultError, match=r"charts/count\.png: a file of this result, and it is not a plain file"):
        check(folder)


def test_a_manifest_of_another_format(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace('"format": 3', '"format": 2'), "utf-8")
    assert refused(folder) == "FOLDER/manifest.json: format: 3, the format this version reads (got 2)"


def test_a_file_that_is_no_parquet_though_its_digest_fits(folder: Path) -> None:
    (folder / "trajectories.parquet").write_bytes(b"PAR1 nothing PAR1")
    vouched(folder, "trajectories.parquet")
    assert refused(folder) == "FOLDER/trajectories.parquet: a Parquet file: this one is damaged or cut short"


def test_a_stray_file_does_no_harm(folder: Path, original: Result) -> None:
    (folder / "notes.txt").write_text("mine")
    assert_same(original, sim.read(folder))
    assert set(check(folder)["files"]) == FILES - {"manifest.json"}
