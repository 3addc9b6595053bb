"""The same bytes whatever the threads, the order and the interruptions; found again; redone when damaged."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.model.terms import SIDES
from sim.results import CHARTS, LEDGER, Result, check, parts
from sim.runs import run as running
from sim.runs.run import Request, run_to_folder, simulate
from sim.scenario import load
from tests.examples import thorough
from tests.scenario.documents import written

NAME = "honduras-2021"


EVENT = '[events.a]\ntype = "lobbying"\ndate = 2022-01-01\nstate = "HND"\nsource = "AP"\n'
SECOND = "honduras-2025"
"""A scenario of two ties."""


def request(runs: int = 70, name: str | Path = NAME, until: str | None = None, **settings: Any) -> Request:
    """So many runs of a scenario, to its end or to another day."""
    return Request(load(name, {"scenario.end": until} if until else None), runs=runs, seed=7, **settings)


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
    """The folder of a run on one thread, with its ledger, of a scenario with two ties."""
    out = tmp_path_factory.mktemp("out")
    return folder_of(run_to_folder(request(60, SECOND, ledger=True), out, None, "", threads=1)[0])


@pytest.mark.parametrize("threads", [2, 64, *(pytest.param(number, marks=thorough) for number in (5, None))])
def test_threads_change_no_byte(plain: Path, tmp_path: Path, threads: int | None) -> None:
    asked = request(60, SECOND, ledger=True)
    result, found = run_to_folder(asked, tmp_path, None, "another command", threads=threads)
    assert not found
    assert contents(folder_of(result)) == contents(plain)


def assert_same_numbers(one: Result, other: Result) -> None:
    """To the last bit: counts of both ties, changes with their terms, chances met on the way."""
    assert np.array_equal(one.counts, other.counts)
    assert one.cooperation is not None
    assert other.cooperation is not None
    assert np.array_equal(one.cooperation, other.cooperation)
    assert one.events().equals(other.events())
    assert one.talks().equals(other.talks())
    assert one.draws().equals(other.draws())
    assert one.expected is not None
    assert other.expected is not None
    assert one.expected.tobytes() == other.expected.tobytes()
    assert one.states_columns == other.states_columns


@pytest.mark.parametrize("runs", [1, 19, 20, 21, 70])
def test_threads_change_no_number_for_any_number_of_runs(runs: int) -> None:
    one, other = (simulate(request(runs, SECOND), threads=threads) for threads in (1, 3))
    assert_same_numbers(one, other)
    assert one.expected is not None
    assert one.expected.shape[0] == -(-runs // 20)


def test_more_runs_begin_with_the_same_runs() -> None:
    few, many = simulate(request(40, SECOND)), simulate(request(70, SECOND))
    assert np.array_equal(few.counts, many.counts[:40])
    assert few.cooperation is not None
    assert many.cooperation is not None
    assert np.array_equal(few.cooperation, many.cooperation[:40])
    assert few.expected is not None
    assert many.expected is not None
    assert np.array_equal(few.expected, many.expected[:2])


def test_mesa_gives_the_same_result_under_another_id() -> None:
    """With more runs than one chunk holds, and a last draw that is not full."""
    until = "2026-03-31"
    compiled, mesa = simulate(request(25, SECOND, until)), simulate(request(25, SECOND, until, engine="mesa"))
    assert_same_numbers(compiled, mesa)
    assert compiled.settings["id"] != mesa.settings["id"]


def test_mesa_tells_its_progress_by_chunks_of_twenty_runs(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    simulate(request(45, written(tmp_path), engine="mesa"), progress=lambda done, wanted: told.append((done, wanted)))
    assert told == [(20, 45), (40, 45), (45, 45)]


def test_an_interrupted_run_leaves_nothing_and_the_next_gives_the_same(plain: Path, tmp_path: Path) -> None:
    def stop(done: int, wanted: int) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(request(60, SECOND, ledger=True), out, None, "", threads=2, progress=stop)
    assert list(tmp_path.iterdir()) == []
    result, _ = run_to_folder(request(60, SECOND, ledger=True), out, None, "", threads=2)
    assert contents(folder_of(result)) == contents(plain)


def test_an_interruption_while_drawing_leaves_nothing(tmp_path: Path) -> None:
    @contextmanager
    def draw(result: Result, folder: Path) -> Iterator[None]:
        (folder / "count.png").write_bytes(b"half a picture")
        yield
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


@contextmanager
def draw(result: Result, folder: Path) -> Iterator[None]:
    yield
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


def test_three_calls_leave_ledger_and_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that asks for less, and a title that changed, take nothing away; nothing is simulated twice."""
    path = written(tmp_path)
    out = tmp_path / "out"
    run_to_folder(request(20, path, ledger=True), out, draw, "")
    monkeypatch.setattr(running, "write_run", no_simulation)
    assert run_to_folder(request(20, path), out, None, "")[1]
    path.write_text(path.read_text().replace("A small one", "Another title"))
    result, found = run_to_folder(request(20, path), out, draw, "", pictures=False)
    assert not found
    assert result.title == "Another title"
    assert parts(check(folder_of(result))) == {LEDGER, CHARTS}
    assert sim.read(folder_of(result)).title == "Another title"


def no_simulation(*arguments: Any, **named: Any) -> Result:
    raise AssertionError("it has been simulated already")


def test_new_prose_is_shown_without_simulating_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, EVENT)
    out = tmp_path / "out"
    before = folder_of(run_to_folder(request(40, path), out, None, "")[0])
    kept = contents(before)
    monkeypatch.setattr(running, "write_run", no_simulation)
    path.write_text(path.read_text().replace('source = "AP"', 'source = "Reuters"'))
    result, found = run_to_folder(request(40, path), out, None, "")
    folder = folder_of(result)
    assert (folder, found) == (before, False)
    assert sim.read(folder).scenario["events"]["a"]["source"] == "Reuters"
    now = contents(folder)
    assert now.pop("manifest.json")["scenario"]["events"]["a"]["source"] == "Reuters"
    assert kept.pop("manifest.json")["scenario"]["events"]["a"]["source"] == "AP"
    assert now == kept
    assert run_to_folder(request(40, path), out, None, "")[1]


def test_charts_show_the_new_title(tmp_path: Path) -> None:
    @contextmanager
    def titled(result: Result, folder: Path) -> Iterator[None]:
        (folder / "count.png").write_text(result.title)
        yield

    path, out = written(tmp_path), tmp_path / "out"
    run_to_folder(request(20, path), out, titled, "")
    path.write_text(path.read_text().replace("A small one", "Another title"))
    result, _ = run_to_folder(request(20, path), out, titled, "")
    assert (folder_of(result) / "charts" / "count.png").read_text() == "Another title"


@pytest.mark.parametrize("damage", ["altered", "gone"])
@pytest.mark.parametrize("drawing", [True, False])
def test_a_result_whose_charts_are_damaged_is_redone(tmp_path: Path, damage: str, drawing: bool) -> None:
    folder = folder_of(run_to_folder(request(20), tmp_path, draw, "")[0])
    before = contents(folder)
    picture = folder / "charts" / "count.png"
    picture.unlink()
    if damage == "altered":
        picture.write_bytes(b"another picture")
    result, found = run_to_folder(request(20), tmp_path, draw if drawing else None, "")
    assert not found
    check(folder_of(result))
    if drawing:
        assert contents(folder_of(result)) == before


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_damaged_charts_do_not_cost_the_ledger(tmp_path: Path, damage: str) -> None:
    folder = folder_of(run_to_folder(request(20, ledger=True), tmp_path, draw, "")[0])
    picture = folder / "charts" / "count.png"
    picture.unlink()
    if damage == "altered":
        picture.write_bytes(b"another picture")
    result, found = run_to_folder(request(20), tmp_path, draw, "")
    assert not found
    assert parts(check(folder_of(result))) == {LEDGER, CHARTS}


def test_a_place_that_cannot_be_written_is_told_before_anything_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "write_run", no_simulation)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError) as caught:
        run_to_folder(request(20), tmp_path / "file", None, "")
    assert caught.value.lines() == [
        f"--out: a folder that can be written to: Not a directory (got '{tmp_path / 'file' / NAME}')"
    ]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_failure_leaves_none_of_the_folders_it_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int
) -> None:
    monkeypatch.setattr(running, "write_run", no_simulation)
    with pytest.raises(AssertionError):
        run_to_folder(request(20), tmp_path.joinpath(*"abc"[:depth]), None, "")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_of_the_user_stays_where_the_run_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "write_run", no_simulation)
    (tmp_path / "out").mkdir()
    with pytest.raises(AssertionError):
        run_to_folder(request(20), tmp_path / "out", None, "")
    assert [path.name for path in tmp_path.rglob("*")] == ["out"]


def test_a_run_that_ends_later_does_not_take_the_charts_of_one_that_ended_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = running.write_run

    def overtaken(*arguments: Any, **named: Any) -> Result:
        monkeypatch.setattr(running, "write_run", honest)
        run_to_folder(request(20), tmp_path, draw, "")
        return honest(*arguments, **named)

    monkeypatch.setattr(running, "write_run", overtaken)
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
    places = result.places
    assert {place.tie for place in places} == {"recognition", "cooperation"}
    shape = (result.runs, len(result.months), len(places))
    assert ledger["run"].shape == (np.prod(shape),)
    run, month, state = (result.changes[name] for name in ("run", "month", "state"))
    rows = np.ravel_multi_index((run, month, state), shape)
    assert np.array_equal(ledger["run"][rows], run)
    assert ledger["month"][rows].tolist() == [result.months[m] for m in month.tolist()]
    assert ledger["iso3"][rows].tolist() == [places[s].iso3 for s in state.tolist()]
    assert ledger["tie"][rows].tolist() == [places[s].tie for s in state.tolist()]
    assert {places[s].tie for s in state.tolist()} == {"recognition", "cooperation"}
    assert ledger["side"][rows].tolist() == [
        SIDES[places[s].tie][side] for s, side in zip(state.tolist(), result.changes["from"].tolist(), strict=True)
    ]
    terms = [name for name in result.changes if name not in ("run", "month", "state", "from", "to")]
    assert terms == [name for name in ledger if name not in ("run", "month", "iso3", "tie", "side", "talks")]
    assert len(rows) > result.runs
    for name in terms:
        assert ledger[name][rows].tobytes() == result.changes[name].tobytes(), name


def test_the_ledger_changes_nothing_else(plain: Path) -> None:
    without = simulate(request(60, SECOND))
    result = sim.read(plain)
    assert np.array_equal(result.counts, without.counts)
    assert np.array_equal(result.cooperation, without.cooperation)
    assert result.states_columns == without.states_columns
    assert result.events().equals(without.events())
    assert result.settings == without.settings


def test_the_ledger_can_be_added_to_a_result(tmp_path: Path) -> None:
    run_to_folder(request(20), tmp_path, None, "")
    result, found = run_to_folder(request(20, ledger=True), tmp_path, None, "")
    assert not found
    assert (folder_of(result) / "ledger.parquet").is_file()
    assert run_to_folder(request(20, ledger=True), tmp_path, None, "")[1]
