"""The same bytes whatever the threads, the order and the interruptions; found again; redone when damaged."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.results import Result
from sim.runs import run as running
from sim.runs.run import Request, run_to_folder, simulate
from sim.scenario import load

NAME = "honduras-2021"


def request(runs: int = 130, **settings: Any) -> Request:
    return Request(load(NAME), runs=runs, seed=7, **settings)


def contents(folder: Path) -> dict[str, Any]:
    """Every file's bytes, the manifest as an object without what no digest covers."""
    found: dict[str, Any] = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    manifest = json.loads(found["manifest.json"])
    manifest.pop("outside")
    return found | {"manifest.json": manifest}


def folder_of(result: Result) -> Path:
    assert result.folder is not None
    return result.folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on one thread, with its ledger."""
    out = tmp_path_factory.mktemp("out")
    return folder_of(run_to_folder(request(100, ledger=True), out, None, "", threads=1)[0])


@pytest.mark.parametrize("threads", [2, 5, 64, None])
def test_threads_change_no_byte(plain: Path, tmp_path: Path, threads: int | None) -> None:
    result, found = run_to_folder(request(100, ledger=True), tmp_path, None, "another command", threads=threads)
    assert not found
    assert contents(folder_of(result)) == contents(plain)


@pytest.mark.parametrize("runs", [1, 19, 20, 21, 130])
def test_threads_change_no_count_for_any_number_of_runs(runs: int) -> None:
    one, other = simulate(request(runs), threads=1), simulate(request(runs), threads=3)
    assert np.array_equal(one.counts, other.counts)
    assert one.events().equals(other.events())


def test_more_runs_begin_with_the_same_runs() -> None:
    few, many = simulate(request(40)), simulate(request(130))
    assert np.array_equal(few.counts, many.counts[:40])


def test_mesa_gives_the_same_result_under_another_id() -> None:
    compiled, mesa = simulate(request(20)), simulate(request(20, engine="mesa"))
    assert np.array_equal(compiled.counts, mesa.counts)
    assert compiled.events().equals(mesa.events())
    assert compiled.settings["id"] != mesa.settings["id"]


def test_an_interrupted_run_leaves_nothing_and_the_next_gives_the_same(plain: Path, tmp_path: Path) -> None:
    def stop(done: int, wanted: int) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(request(100, ledger=True), out, None, "", threads=2, progress=stop)
    assert list(tmp_path.iterdir()) == []
    result, _ = run_to_folder(request(100, ledger=True), out, None, "", threads=2)
    assert contents(folder_of(result)) == contents(plain)


def test_an_interruption_while_drawing_leaves_nothing(tmp_path: Path) -> None:
    def draw(result: Result, folder: Path) -> None:
        (folder / "count.png").write_bytes(b"half a picture")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_to_folder(request(20), tmp_path / "out", draw, "")
    assert list(tmp_path.rglob("*")) == []


def test_asking_again_finds_it_and_writes_nothing(tmp_path: Path) -> None:
    first, _ = run_to_folder(request(20), tmp_path, None, "first")
    folder = folder_of(first)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes()) for path in folder.iterdir()}
    again, found = run_to_folder(request(20), tmp_path, None, "again", threads=1)
    assert found
    assert {p: (p.stat().st_mtime_ns, p.stat().st_ino, p.read_bytes()) for p in folder.iterdir()} == before
    assert np.array_equal(first.counts, again.counts)


@pytest.mark.parametrize("name", ["summary.csv", "trajectories.parquet", "manifest.json"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_result_is_redone(tmp_path: Path, name: str, damage: str) -> None:
    folder = folder_of(run_to_folder(request(20), tmp_path, None, "")[0])
    before = contents(folder)
    path = folder / name
    if damage == "cut":
        os.truncate(path, path.stat().st_size - 10)
    else:
        path.unlink()
    result, found = run_to_folder(request(20), tmp_path, None, "")
    assert not found
    assert contents(folder_of(result)) == before
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_a_file_where_the_folder_belongs_is_no_result(tmp_path: Path) -> None:
    folder = tmp_path / NAME / request(20).identity
    folder.parent.mkdir()
    folder.write_text("mine")
    try:
        result, found = run_to_folder(request(20), tmp_path, None, "")
    except InputError:
        assert folder.read_text() == "mine"
    else:
        assert not found
        assert folder_of(result).is_dir()


def draw(result: Result, folder: Path) -> None:
    (folder / "count.png").write_bytes(b"a picture")


def test_charts_are_added_to_a_result_without_them(tmp_path: Path) -> None:
    run_to_folder(request(20), tmp_path, None, "")
    result, _ = run_to_folder(request(20), tmp_path, draw, "")
    assert (folder_of(result) / "charts" / "count.png").is_file()
    assert run_to_folder(request(20), tmp_path, None, "")[1]
    assert (folder_of(result) / "charts" / "count.png").is_file()


@pytest.mark.parametrize("first", ["ledger", "charts"])
def test_what_an_earlier_call_wrote_is_not_lost(tmp_path: Path, first: str) -> None:
    """Ask with the ledger and without charts, then with charts and without the ledger, or the other way round."""
    calls = [(request(20, ledger=True), None), (request(20), draw)]
    for wanted, drawing in calls if first == "ledger" else reversed(calls):
        result, _ = run_to_folder(wanted, tmp_path, drawing, "")
    folder = folder_of(result)
    assert (folder / "ledger.parquet").is_file()
    assert (folder / "charts" / "count.png").is_file()
    assert sim.read(folder).ledger is not None


def test_a_run_that_ends_later_does_not_take_the_charts_of_one_that_ended_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = running.simulate

    def overtaken(*arguments: Any, **named: Any) -> Result:
        monkeypatch.setattr(running, "simulate", honest)
        run_to_folder(request(20), tmp_path, draw, "")
        return honest(*arguments, **named)

    monkeypatch.setattr(running, "simulate", overtaken)
    result, _ = run_to_folder(request(20), tmp_path, None, "")
    assert (folder_of(result) / "charts" / "count.png").is_file()


def test_a_result_that_is_being_replaced_while_it_is_read_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim import results

    run_to_folder(request(20), tmp_path, None, "")
    honest = results.read

    def late(folder: Path) -> Result:
        monkeypatch.setattr(results, "read", honest)
        shutil.rmtree(folder)  # another process moves its own copy into place just now
        return honest(folder)

    monkeypatch.setattr(results, "read", late)
    assert run_to_folder(request(20), tmp_path, None, "")[0].runs == 20


# --- The ledger


def test_a_ledger_of_more_than_a_hundred_runs_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run_to_folder(request(101, ledger=True), tmp_path / "out", None, "")
    assert caught.value.lines() == ["--ledger: at most 100 runs (add --runs 100) (got 101)"]
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_holds_what_the_events_say_to_the_last_bit(plain: Path) -> None:
    result = sim.read(plain)
    assert result.ledger is not None
    ledger = {name: np.array(values) for name, values in result.ledger.items()}
    codes = [code for code, _, _ in result.members]
    shape = (100, len(result.months), len(codes))
    assert ledger["run"].shape == (np.prod(shape),)
    run, month, state = (result.changes[name] for name in ("run", "month", "state"))
    rows = np.ravel_multi_index((run, month, state), shape)
    assert np.array_equal(ledger["run"][rows], run)
    assert ledger["month"][rows].tolist() == [result.months[m] for m in month.tolist()]
    assert ledger["iso3"][rows].tolist() == [codes[s] for s in state.tolist()]
    assert ledger["side"][rows].tolist() == [
        ("taipei", "beijing", "none")[side] for side in result.changes["from"].tolist()
    ]
    terms = [name for name in result.changes if name not in ("run", "month", "state", "from", "to")]
    assert terms == [name for name in ledger if name not in ("run", "month", "iso3", "tie", "side")]
    assert len(rows) > 100
    for name in terms:
        assert ledger[name][rows].tobytes() == result.changes[name].tobytes(), name


def test_the_ledger_changes_nothing_else(plain: Path) -> None:
    without = simulate(request(100))
    result = sim.read(plain)
    assert np.array_equal(result.counts, without.counts)
    assert result.events().equals(without.events())
    assert result.settings == without.settings


def test_the_ledger_can_be_added_to_a_result(tmp_path: Path) -> None:
    run_to_folder(request(20), tmp_path, None, "")
    result, found = run_to_folder(request(20, ledger=True), tmp_path, None, "")
    assert not found
    assert (folder_of(result) / "ledger.parquet").is_file()
    assert run_to_folder(request(20, ledger=True), tmp_path, None, "")[1]
