"""Sweeps: the same bytes whatever the threads, the order and the interruptions; redone where damaged; flat memory."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tracemalloc
from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import InputError, ResultError, SimError
from sim.results import MANIFEST, check
from sim.results.tables import LEVELS
from sim.sweeps import journal as journals
from sim.sweeps import sweep as sweeping
from sim.sweeps import tables as sweeptables
from sim.sweeps.executors import Local, Task
from sim.sweeps.journal import FILE
from sim.sweeps.points import Base, PointResult, evaluate
from sim.sweeps.sweep import Sweep, run_sweep, status, sweep_of
from sim.sweeps.swept import SweepResult
from sim.sweeps.tables import COUNTS, POINTS
from tests.examples import thorough
from tests.scenario.documents import written

VARIED = ("washington.attention=0:3:4", "beijing.budget=0,1,4")
HOSTS = '[cooperation]\nhosts = ["HND", "GTM"]\n'
ELECTION = """
[elections.vote]
date = 2022-02-01
state = "HND"
source = "AP"
outcomes.left = {chance = 0.3, effects.office = {type = "inauguration", delay_months = 2, lean = 0.5}}
outcomes.right = {chance = 0.3}
"""
JOINT = ("elections.vote.outcomes.left.chance=0.1,0.4,0.7", "elections.vote.outcomes.right.chance=0.2,0.6")
"""Each value is one the scenario takes; 0.4 and 0.7 with 0.6 are more than 1."""


def asked(path: Path, varied: Iterable[str] = VARIED, **settings: Any) -> Sweep:
    """A small sweep of twelve points of 40 runs."""
    return sweep_of(path, varied, **{"runs": 40, **settings})


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A scenario of seven months and two ties."""
    return written(tmp_path, HOSTS)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    """The sweep on one thread, uninterrupted."""
    folder = tmp_path_factory.mktemp("plain")
    return run_sweep(asked(written(folder, HOSTS)), folder, Local(1), command="plain")[0]


def contents(swept: SweepResult) -> dict[str, Any]:
    """Every file's bytes, the manifest as an object without what no digest covers."""
    found: dict[str, Any] = {
        path.relative_to(swept.folder).as_posix(): path.read_bytes()
        for path in swept.folder.rglob("*")
        if path.is_file()
    }
    manifest = json.loads(found[MANIFEST])
    manifest.pop("outside")
    return found | {MANIFEST: manifest}


def leftovers(out: Path) -> list[str]:
    """What lies beside finished sweeps."""
    return [path.name for path in out.glob("sweep/*/*") if not (path / MANIFEST).is_file()]


@dataclass
class Told:
    """Evaluates points one after the other and remembers them; stops before point number `stop`."""

    stop: int = 10**9
    keys: list[str] = field(default_factory=list)
    values: list[Mapping[str, Any]] = field(default_factory=list)

    def points(self, base: Base, tasks: Iterable[Task], many: int) -> Generator[list[PointResult], None, None]:
        for number, (key, values) in enumerate(tasks):
            if number == self.stop:
                raise KeyboardInterrupt
            self.keys.append(key)
            self.values.append(values)
            yield [evaluate(base, values, key)]


class Backwards:
    """All points at once, the last first."""

    def points(self, base: Base, tasks: Iterable[Task], many: int) -> Generator[list[PointResult], None, None]:
        yield [evaluate(base, values, key) for key, values in reversed(list(tasks))]


class No:
    """Nothing is left to compute."""

    def points(self, base: Base, tasks: Iterable[Task], many: int) -> Generator[list[PointResult], None, None]:
        raise AssertionError("these points are there already")
        yield []


# --- The same bytes


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(Local(2), id="2"),
        pytest.param(Local(5), id="5", marks=thorough),
        pytest.param(Local(), id="all"),
        pytest.param(Backwards(), id="backwards"),
    ],
)
def test_threads_and_order_change_no_byte(plain: SweepResult, small: Path, tmp_path: Path, where: Any) -> None:
    swept, found = run_sweep(asked(small), tmp_path, where, command="another command")
    assert not found
    assert contents(swept) == contents(plain)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("stop", [pytest.param(1, marks=thorough), 5, pytest.param(11, marks=thorough)])
def test_an_interrupted_sweep_goes_on_and_ends_in_the_same_bytes(
    plain: SweepResult, small: Path, tmp_path: Path, stop: int
) -> None:
    first, then = Told(stop), Told()
    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked(small), tmp_path, first)
    far = status(asked(small), tmp_path)
    assert (far.points, far.done, far.failed, far.finished) == (12, stop, 0, False)
    told: list[tuple[int, int]] = []
    swept, found = run_sweep(asked(small), tmp_path, then, lambda done, wanted: told.append((done, wanted)))
    assert told == [(done, 12) for done in range(stop, 13)]
    assert not found
    assert not set(first.keys) & set(then.keys), "nothing is computed twice"
    assert contents(swept) == contents(plain)
    assert leftovers(tmp_path) == []
    assert status(asked(small), tmp_path).finished


def test_a_sweep_stopped_at_every_point_ends_in_the_same_bytes(plain: SweepResult, small: Path, tmp_path: Path) -> None:
    for _ in range(11):
        with pytest.raises(KeyboardInterrupt):
            run_sweep(asked(small), tmp_path, Told(1))
    swept, _ = run_sweep(asked(small), tmp_path, Told())
    assert contents(swept) == contents(plain)


def test_a_stop_before_the_first_point_leaves_nothing(small: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked(small), tmp_path / "out", Told(0))
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        *((name, KeyboardInterrupt()) for name in ("_write_points", "_write_counts", "_manifest")),
        ("_write_points", FULL),
        *(pytest.param(name, FULL, marks=thorough) for name in ("_write_counts", "_manifest")),
    ],
)
def test_a_stop_or_a_full_disk_while_the_tables_are_written(
    plain: SweepResult, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    folder = asked(small).folder(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(sweeping if name == "_manifest" else sweeptables, name, fail)
        with pytest.raises((KeyboardInterrupt, SimError)) as caught:
            run_sweep(asked(small), tmp_path, Local(2))
    assert (
        str(caught.value)
        == {True: "", False: f"{folder}: could not be written: No space left on device"}[
            isinstance(error, KeyboardInterrupt)
        ]
    )
    assert status(asked(small), tmp_path).done == 12
    assert leftovers(tmp_path) == [f"{asked(small).identity}.unfinished"]
    assert contents(run_sweep(asked(small), tmp_path, No())[0]) == contents(plain)


def test_a_full_disk_while_points_are_written_down(
    plain: SweepResult, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_down: list[int] = []

    def full(number: int) -> None:
        written_down.append(number)
        if len(written_down) > 7:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        broken.setattr(journals, "SETTLES", 0.0)
        with pytest.raises(SimError, match="could not be written: No space left on device"):
            run_sweep(asked(small), tmp_path, Local(2))
    far = status(asked(small), tmp_path)
    assert 0 < far.done < 12
    assert contents(run_sweep(asked(small), tmp_path, Local(2))[0]) == contents(plain)


def test_a_stop_while_drawing(plain: SweepResult, small: Path, tmp_path: Path) -> None:
    def draw(swept: SweepResult, folder: Path, names: Collection[str]) -> None:
        (folder / "count.png").write_bytes(b"half a picture")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked(small), tmp_path, Local(2), draw=draw, pictures=["count"])
    assert contents(run_sweep(asked(small), tmp_path, No())[0]) == contents(plain)


@pytest.mark.parametrize("damage", ["torn", "altered", "gone"])
def test_a_damaged_part_of_the_journal_is_done_again(
    plain: SweepResult, small: Path, tmp_path: Path, damage: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked(small), tmp_path, Told(8))
    path = asked(small).unfinished(tmp_path) / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = {
        "torn": [*lines[:7], lines[7][:-20]],
        "altered": [*lines[:3], lines[3].replace(b'"mean": 1', b'"mean": 2'), *lines[4:]],
        "gone": lines[:2] + lines[3:],
    }
    path.write_bytes(b"".join(damaged[damage]))
    assert status(asked(small), tmp_path).done == 7
    then = Told()
    swept, _ = run_sweep(asked(small), tmp_path, then)
    assert len(then.keys) == 5
    assert contents(swept) == contents(plain)


def test_what_another_sweep_left_is_not_taken(small: Path, tmp_path: Path) -> None:
    """Not from its folder, and not if its lines come to lie in this one's journal."""
    other = asked(small, seed=2)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(other, tmp_path, Told(5))
    this = asked(small)
    this.unfinished(tmp_path).mkdir()
    shutil.copy(other.unfinished(tmp_path) / FILE, this.unfinished(tmp_path) / FILE)
    assert status(this, tmp_path).done == 0
    then = Told()
    run_sweep(this, tmp_path, then)
    assert len(then.keys) == 12


# --- Found, damaged, changed


def test_asking_again_finds_it_and_writes_nothing(plain: SweepResult, small: Path, tmp_path: Path) -> None:
    run_sweep(asked(small), tmp_path, Local(2), command="first")
    folder = asked(small).folder(tmp_path)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (folder, *folder.iterdir())}
    swept, found = run_sweep(asked(small), tmp_path, No(), command="again")
    assert found
    assert swept.folder == folder
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (folder, *folder.iterdir())} == before


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        pytest.param(name, damage, marks=thorough if damage in ("empty", "folder") and name != POINTS else ())
        for name in (POINTS, COUNTS, MANIFEST)
        for damage in ("cut", "altered", "empty", "gone", "folder")
    ],
)
def test_a_damaged_sweep_is_done_again(plain: SweepResult, small: Path, tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "out" / "sweep" / "small" / plain.folder.name
    shutil.copytree(plain.folder, folder)
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        altered = content.replace(b'"failed": 0', b'"failed": 3').replace(b"snappy", b"sneppy")
        changed = altered if name == MANIFEST else content[:50] + bytes([content[50] ^ 1]) + content[51:]
        path.write_bytes({"cut": content[:-10], "altered": changed, "empty": b""}[damage])
    with pytest.raises(ResultError):
        check(folder)
    assert not status(asked(small), tmp_path / "out").finished
    swept, found = run_sweep(asked(small), tmp_path / "out", Local(2))
    assert not found
    assert contents(swept) == contents(plain)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_check_says_what_is_wrong(plain: SweepResult, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(plain.folder, tmp_path / "copy"))
    assert check(folder) == plain.manifest
    (folder / COUNTS).write_bytes(b"")
    with pytest.raises(ResultError) as caught:
        check(folder)
    assert caught.value.lines() == [
        f"{folder}: counts.parquet: unchanged since it was written, by its digest: run the sweep again"
    ]
    (folder / MANIFEST).write_text("{}")
    with pytest.raises(ResultError) as caught:
        check(folder)
    assert caught.value.lines() == [f"{folder}/manifest.json: a whole manifest: this one is damaged or cut short"]


@pytest.mark.parametrize(
    "settings",
    [{"seed": 2}, {"runs": 41}, {"parameters": "central"}, {"fixed": {"washington.focus": 2.0}}],
    ids=["seed", "runs", "parameters", "set"],
)
def test_other_settings_are_another_sweep(plain: SweepResult, small: Path, settings: dict[str, Any]) -> None:
    other = asked(small, **settings)
    assert asked(small).identity == plain.manifest["id"]
    assert other.identity != plain.manifest["id"]
    assert not set(other.keys) & set(asked(small).keys)


def test_a_changed_scenario_never_mixes_with_old_points(small: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked(small), tmp_path, Told(6))
    kept = asked(small).unfinished(tmp_path)
    small.write_text(small.read_text() + "\n[washington]\nfocus = 2.0\n")
    changed = Told()
    swept, _ = run_sweep(asked(small), tmp_path, changed)
    assert len(changed.keys) == 12
    assert kept.is_dir(), "and the old ones wait for the old scenario"
    alone, _ = run_sweep(asked(small), tmp_path / "alone", Local(2))
    assert contents(swept) == contents(alone)


def test_prose_is_renewed_without_computing_anything(small: Path, tmp_path: Path) -> None:
    before, _ = run_sweep(asked(small), tmp_path, Local(2))
    tables = {name: (before.folder / name).read_bytes() for name in (POINTS, COUNTS)}
    small.write_text(small.read_text().replace("A small one", "Another title"))
    swept, found = run_sweep(asked(small), tmp_path, No())
    assert (swept.folder, found) == (before.folder, False)
    assert swept.manifest["scenario"]["scenario"]["title"] == "Another title"
    assert {name: (swept.folder / name).read_bytes() for name in tables} == tables
    check(swept.folder)
    assert run_sweep(asked(small), tmp_path, No())[1]


def draw(swept: SweepResult, folder: Path, names: Collection[str]) -> None:
    assert names == ["count"]
    (folder / "count.png").write_text(str(swept.manifest["scenario"]["scenario"]["title"]))


def test_charts_are_added_to_a_sweep_without_them(small: Path, tmp_path: Path) -> None:
    pictures = ["count"]
    run_sweep(asked(small), tmp_path, Local(2))
    swept, found = run_sweep(asked(small), tmp_path, No(), draw=draw, pictures=pictures)
    assert not found
    assert (swept.folder / "charts" / "count.png").read_text() == "A small one"
    assert run_sweep(asked(small), tmp_path, No(), draw=draw, pictures=pictures)[1]
    assert run_sweep(asked(small), tmp_path, No())[1]
    assert (swept.folder / "charts" / "count.png").is_file()
    small.write_text(small.read_text().replace("A small one", "Another title"))
    run_sweep(asked(small), tmp_path, No(), draw=draw, pictures=pictures)
    assert (swept.folder / "charts" / "count.png").read_text() == "Another title"
    assert leftovers(tmp_path) == []


def test_a_sweep_that_another_process_finished_meanwhile_is_taken(
    plain: SweepResult, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is done between this one's first look and its turn at the journal."""
    honest = sweeping.open_journal

    def overtaken(folder: Path) -> Any:
        monkeypatch.setattr(sweeping, "open_journal", honest)
        run_sweep(asked(small), tmp_path, Local(2))
        return honest(folder)

    monkeypatch.setattr(sweeping, "open_journal", overtaken)
    assert contents(run_sweep(asked(small), tmp_path, No())[0]) == contents(plain)
    assert leftovers(tmp_path) == []


def test_two_at_once_are_refused(small: Path, tmp_path: Path) -> None:
    refused: list[list[str]] = []

    def meanwhile(done: int, wanted: int) -> None:
        with pytest.raises(InputError) as caught:
            run_sweep(asked(small), tmp_path, No())
        refused.append(caught.value.lines())

    run_sweep(asked(small), tmp_path, Backwards(), meanwhile)
    place = asked(small).unfinished(tmp_path)
    assert refused == 2 * [[f"--out: a sweep that no other process is working on just now (got '{place}')"]]


# --- What the points say


def test_a_point_is_the_run_with_its_values(plain: SweepResult, small: Path) -> None:
    """To the last digit: mean, quantiles, chances, and the distribution of every month."""
    points, counts = plain.points(), plain.counts()
    for place in (0, 5, 11):
        row = points.iloc[place]
        chosen = {path: float(row[path]) for path in ("washington.attention", "beijing.budget")}
        alone = sim.run(small, runs=40, set=chosen)
        assert alone.cooperation is not None
        assert row["mean"] == alone.counts[:, -1].mean()
        assert row["cooperation_mean"] == alone.cooperation[:, -1].mean()
        last = alone.summary().query("tie == 'recognition'").iloc[-1]
        for level in LEVELS:
            name = f"q{round(100 * level):02d}"
            assert row[name] == last[name]
        for state in alone.states().itertuples():
            name = f"p_end_{state.iso3}" if state.tie == "recognition" else f"suspended_{state.iso3}"
            assert row[name] == state.p_end
            assert row[f"{name}_mc"] == pytest.approx(state.p_end_mc, abs=1e-12)
        for tie, held in (("recognition", alone.counts), ("cooperation", alone.cooperation)):
            here = counts[(counts["point"] == place) & (counts["tie"] == tie)]
            expected = [
                (month, count, share)
                for column, month in enumerate(alone.months)
                for count, share in pd.Series(held[:, column]).value_counts(normalize=True).sort_index().items()
            ]
            assert list(zip(here["month"].dt.strftime("%Y-%m"), here["count"], here["share"], strict=True)) == expected


def test_points_share_their_random_numbers(tmp_path: Path) -> None:
    """What has no effect moves nothing: two days of one month, a parameter of a tie that is not there."""
    event = '[events.a]\ntype = "lobbying"\ndate = 2022-01-10\nstate = "HND"\nsource = "AP"\n'
    varied = ["events.a.date=2022-01-03,2022-01-28", "restoration_rate=0.5,1", "washington.attention=0,3"]
    swept, _ = run_sweep(asked(written(tmp_path, event), varied, runs=100), tmp_path, Local(2))
    points = swept.points()
    assert len(points) == 8
    outcomes = points.drop(columns=["point", *points.columns[1:3]])
    groups = list(outcomes.groupby("washington.attention"))
    assert [len(group) for _, group in groups] == [4, 4]
    for _, group in groups:
        assert (group.nunique(dropna=False) == 1).all()
    assert groups[0][1]["mean"].iloc[0] != groups[1][1]["mean"].iloc[0]


def test_half_a_sweep_covers_the_whole_space(small: Path, tmp_path: Path) -> None:
    first = Told(6)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked(small, ["washington.attention=0:3:4", "beijing.budget=0:3:4"]), tmp_path, first)
    assert len({values["washington.attention"] for values in first.values}) == 4
    quarters = {(values["washington.attention"] < 1.5, values["beijing.budget"] < 1.5) for values in first.values}
    assert len(quarters) == 4


def test_a_point_that_fails_is_a_row_with_its_message(tmp_path: Path) -> None:
    swept, _ = run_sweep(asked(written(tmp_path, ELECTION), JOINT), tmp_path, Local(2))
    points = swept.points()
    failed = points["error"].notna()
    assert [tuple(row) for row in points.loc[failed, list(points.columns[1:3])].to_numpy()] == [(0.7, 0.6)]
    message = points.loc[failed, "error"].iloc[0]
    assert message.startswith(
        "elections.vote: the chances of an election's outcomes add up to 1 at most, not 1.3 (got "
    )
    assert points.loc[failed, "mean"].isna().all()
    assert points.loc[~failed, "mean"].notna().all()
    assert set(swept.counts()["point"]) == set(points.loc[~failed, "point"])
    assert swept.manifest["failed"] == 1
    far = status(asked(tmp_path / "small.toml", JOINT), tmp_path)
    assert (far.done, far.failed, far.finished) == (6, 1, True)
    assert "small.toml" not in message, "so that it is the same by whatever name the file is called"


def test_a_failure_deep_in_the_model_is_a_row_too(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import setup

    lay = setup.plan

    def fail(loaded: Any, *others: Any) -> Any:
        if loaded.scenario.washington.attention == 3.0:
            raise ZeroDivisionError("nought\nand below")
        return lay(loaded, *others)

    monkeypatch.setattr(setup, "plan", fail)
    table = run_sweep(asked(small), tmp_path, Local(2))[0].points()
    assert table["error"].dropna().unique().tolist() == ["ZeroDivisionError: nought and below"]
    assert table["error"].count() == 3


def test_what_is_the_machines_fault_is_no_row(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import setup

    def fail(*arguments: object) -> None:
        raise MemoryError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(setup, "sample", fail)
        with pytest.raises(MemoryError):
            run_sweep(asked(small), tmp_path, Local(2))
    assert leftovers(tmp_path) == []
    assert run_sweep(asked(small), tmp_path, Local(2))[0].manifest["failed"] == 0


def test_all_points_may_fail(tmp_path: Path) -> None:
    varied = ("elections.vote.outcomes.left.chance=0.7", "elections.vote.outcomes.right.chance=0.6,0.5")
    swept, _ = run_sweep(asked(written(tmp_path, ELECTION), varied), tmp_path, Local(2))
    assert swept.points()["error"].notna().all()
    assert list(swept.points().columns[-1:]) == ["error"]
    assert swept.counts().empty
    assert swept.document()["failed"] == 2


def test_points_that_are_alike_are_computed_once(small: Path, tmp_path: Path) -> None:
    sweep = asked(small, ["beijing.budget=0,1,4"], kind="lhs", points=9)
    once, told = Told(), []
    swept, _ = run_sweep(sweep, tmp_path, once, lambda done, wanted: told.append((done, wanted)))
    assert len(once.keys) == len(set(once.keys)) == 3
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    points = swept.points()
    assert len(points) == 9
    assert (points.groupby("beijing.budget")["mean"].nunique() == 1).all()
    assert status(sweep, tmp_path).done == 9


def test_one_run_a_point_has_no_error_to_tell(small: Path, tmp_path: Path) -> None:
    points = run_sweep(asked(small, runs=1), tmp_path, Local(2))[0].points()
    assert points["mean_mc"].dtype == "float64"
    assert points["mean_mc"].isna().all()
    assert points["mean"].isin(range(20)).all()


def test_the_tables(plain: SweepResult) -> None:
    points, counts = plain.points(), plain.counts()
    assert points["point"].tolist() == list(range(12))
    assert points["washington.attention"].tolist() == [value for value in (0.0, 1.0, 2.0, 3.0) for _ in range(3)]
    assert points["beijing.budget"].tolist() == [0.0, 1.0, 4.0] * 4
    assert list(points.columns[3:10]) == ["error", "first_month", "mean", "mean_mc", "q05", "q25", "q50"]
    assert points["first_month"].dtype == "datetime64[ms]"
    assert points["first_month"].dt.is_month_end.all()
    assert list(counts.columns) == ["point", "month", "tie", "count", "share"]
    assert (counts.groupby(["point", "month", "tie"])["share"].sum() - 1.0).abs().max() < 1e-12
    assert pq.read_schema(plain.folder / "counts.parquet").field("month").type == pa.date32()
    assert counts["month"].dtype.kind == "M"
    days = ["2021-12-31", "2022-01-31", "2022-02-28", "2022-03-31", "2022-04-30", "2022-05-31", "2022-06-30"]
    assert counts["month"].unique().astype(str).tolist() == days
    assert plain.manifest["varied"] == [
        {"path": "washington.attention", "values": [0.0, 1.0, 2.0, 3.0]},
        {"path": "beijing.budget", "values": [0.0, 1.0, 4.0]},
    ]


def test_columns_are_read_as_they_are_asked_for(plain: SweepResult) -> None:
    table = plain.points()
    assert list(plain.columns) == list(table.columns)
    assert plain.columns["mean"] == table["mean"].tolist()
    assert plain.columns.get("nothing") is None
    assert "p_end_HND" in plain.columns


def test_many_values_are_told_by_their_range(small: Path, tmp_path: Path) -> None:
    sweep = asked(small, ["beijing.budget=0:4"], kind="lhs", points=120, runs=1)
    (told,) = run_sweep(sweep, tmp_path, Local(2))[0].manifest["varied"]
    values = sorted(point["beijing.budget"] for point in sweep.points)
    assert told == {"path": "beijing.budget", "low": values[0], "high": values[-1]}


# --- Memory


@pytest.mark.parametrize("hosts", [pytest.param("", marks=thorough), HOSTS], ids=["one tie", "two ties"])
def test_memory_does_not_grow_with_the_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    """But for an index of a few hundred bytes a point, where its outcomes take several thousand."""
    path = written(tmp_path, hosts)

    def peak(points: int) -> int:
        sweep = asked(path, ["beijing.budget=0:4"], kind="lhs", points=points)
        done = evaluate(sweep.base, {}, "")
        line = len(json.dumps([done.row, done.counts]))
        assert line > 1000

        class Copies:
            def points(self, base: Base, tasks: Iterable[Task], many: int) -> Generator[list[PointResult], None, None]:
                for key, _ in tasks:
                    yield [PointResult(key, dict(done.row), done.counts)]

        tracemalloc.start()
        try:
            run_sweep(sweep, tmp_path / str(points), Copies())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    monkeypatch.setattr(sweeptables, "_BATCH", 50)
    monkeypatch.setattr(os, "fsync", lambda number: None)
    peak(60)
    assert peak(250) - peak(100) < 150 * 300


# --- From Python


def test_the_python_face(plain: SweepResult, small: Path, tmp_path: Path) -> None:
    vary = {"washington.attention": (0, 3, 4), "beijing.budget": [0, 1, 4]}
    swept = sim.sweep(small, vary=vary, runs=40, out=tmp_path, threads=2)
    assert contents(swept) == contents(plain)
    assert sim.sweep(small, vary=VARIED, runs=40, out=str(tmp_path)).folder == swept.folder


@pytest.mark.parametrize(
    ("vary", "texts"),
    [
        ({"a.b": (0, 3.5, 4)}, ["a.b=0:3.5:4"]),
        ({"a.b": [1, 2.5]}, ["a.b=1,2.5"]),
        ({"a.b": 3}, ["a.b=3"]),
        ({"a.b": "0:1:2"}, ["a.b=0:1:2"]),
        ({"departure_rate": None}, ["departure_rate"]),
        ({"a.b": [pd.Timestamp("2022-01-03").date()]}, ["a.b=2022-01-03"]),
        ("a.b=0:1", ["a.b=0:1"]),
        (["a.b=0:1", "c"], ["a.b=0:1", "c"]),
    ],
)
def test_what_is_varied_from_python(vary: Any, texts: list[str]) -> None:
    assert sweeping.texts_of(vary) == texts
