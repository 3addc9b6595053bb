"""Results written block by block: the same tables whatever the blocks, nothing lost between them, little in memory."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis.bench import Bench
from sim.analysis.subject import subject_of
from sim.results import table as tables
from sim.results.outcomes import shares
from sim.results.parts import Coded, Part, PartFile, listed_in_arrow
from sim.results.stored import changes_of
from sim.results.tally import CountSums, Flags, Spool
from sim.runs import run

NAME = "honduras-2025"
"""A scenario with hosts, whose counts follow those of recognition in one file."""


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same 130 runs in one block, and in blocks of forty."""
    folders = []
    for size in (2000, 40):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run, "BLOCK", size)
            patch.setattr(run, "MOST_TALK_RUNS", 90)
            folders.append(sim.run(NAME, runs=130, seed=7, threads=3, out=tmp_path_factory.mktemp("out")).folder)
    return [folder for folder in folders if folder is not None]


def test_tables_do_not_depend_on_the_blocks(blocks: list[Path]) -> None:
    one, many = blocks
    names = {path.name for path in one.iterdir()}
    assert {path.name for path in many.iterdir()} == names
    for name in names - {"manifest.json"}:
        if name.endswith(".csv"):
            assert (one / name).read_bytes() == (many / name).read_bytes(), name
        else:
            tables = [pq.read_table(folder / name).unify_dictionaries() for folder in blocks]
            assert tables[0].equals(tables[1], check_metadata=True), name
    assert pq.ParquetFile(many / "events.parquet").num_row_groups == 4
    assert pq.ParquetFile(many / "talks.parquet").num_row_groups == 3


def test_a_result_in_a_folder_is_the_one_in_memory(blocks: list[Path]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "MOST_TALK_RUNS", 90)
        whole = sim.run(NAME, runs=130, seed=7)
    for folder in blocks:
        again = sim.read(folder)
        assert list(again.counted) == list(whole.counted)
        for tie, counts in whole.counted.items():
            assert np.array_equal(again.counted[tie], counts), tie
        assert list(again.changes) == list(whole.changes)
        for name, values in whole.changes.items():
            assert again.changes[name].tobytes() == values.tobytes(), name
        for table in ("summary", "states", "outcomes", "washington", "accounts", "events", "talks", "draws"):
            assert getattr(again, table)().equals(getattr(whole, table)()), table
        assert again.mean_error == whole.mean_error
        assert [again.count_at_start(tie) for tie in again.counted] == [c[0, 0] for c in whole.counted.values()]


def test_a_group_of_rows_may_end_within_a_run(blocks: list[Path], tmp_path: Path) -> None:
    """As in results of older versions."""
    path = blocks[0] / "trajectories.parquet"
    counted = sim.read(blocks[0]).counted
    before, sums = {tie: counts.copy() for tie, counts in counted.items()}, counted.sums(255)  # type: ignore[attr-defined]
    whole, content = pq.read_table(path), path.read_bytes()
    try:
        pq.write_table(whole, path, row_group_size=977)
        for tie, counts in before.items():
            assert np.array_equal(counted[tie], counts)
            again = counted.sums(255)[tie]  # type: ignore[attr-defined]
            assert np.array_equal(again.by_month, sums[tie].by_month)
            assert np.array_equal(again.last, counts[:, -1])
    finally:
        path.write_bytes(content)


def test_changes_come_in_parts_of_whole_runs(blocks: list[Path]) -> None:
    path = blocks[1] / "events.parquet"
    result, content = sim.read(blocks[1]), path.read_bytes()
    names = ("run", "state", "to", "hazard")
    before = {name: result.changes[name] for name in names}
    try:
        pq.write_table(pq.read_table(path), path, row_group_size=7)
        parts = list(changes_of(result.changes, names))
    finally:
        path.write_bytes(content)
    assert len(parts) > 10
    runs = [run for part in parts for run in dict.fromkeys(part["run"].tolist())]
    assert runs == sorted(set(runs)), "each run in one part"
    for name in names:
        assert np.concatenate([part[name] for part in parts]).tobytes() == before[name].tobytes()


def test_a_run_without_charts_loads_no_pandas(tmp_path: Path) -> None:
    code = "import sys\nimport sim\nresult = sim.run('outlook-2026', runs=20, out=sys.argv[1])\n"
    code += "assert len(sim.read(result.folder).talks_columns['public'])\nassert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_a_sweep_loads_no_pandas(tmp_path: Path) -> None:
    code = "import sys\nimport sim\nvary = {'washington.attention': [0, 2]}\n"
    code += "result = sim.sweep('outlook-2026', vary=vary, runs=20, out=sys.argv[1])\n"
    code += "assert result.columns['first_month']\nassert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a", None, "", "北", "a"], pa.string()),
        ([None, None], pa.string()),
        ([1.5, None, float("nan"), -0.0, 2], pa.float64()),
        ([1, None, 2**62] * 9, pa.int64()),
        ([], pa.int64()),
        ([3, 4], pa.int64()),
    ],
    ids=str,
)
def test_a_list_made_from_memory_is_the_one_that_pyarrow_makes(values: list[Any], kind: pa.DataType) -> None:
    made, usual = listed_in_arrow(values, kind), pa.array(values, kind)
    made.validate(full=True)
    assert (made.type, made.null_count) == (usual.type, usual.null_count)
    files = [io.BytesIO(), io.BytesIO()]
    for file, array in zip(files, (made, usual), strict=True):
        pq.write_table(pa.table({"values": array}), file)
    assert files[0].getvalue() == files[1].getvalue()


def test_tables_are_read_by_the_thread_that_asks(blocks: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """One of pyarrow's, still at a Python file when the interpreter ends, would abort the process."""
    readers = set()

    class Watched(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes | None:  # type: ignore[override]
            readers.add(threading.get_ident())
            return super().read(-1 if size is None else size)

    monkeypatch.setattr(tables, "open_plain", lambda path: Watched(path, "rb"))
    columns = tables.Parquet(blocks[1] / "draws.parquet", {}, 10**6, lambda name: tables.NUMBER)
    assert columns.arrow().num_rows == sum(group.num_rows for group in columns.groups(columns.names)) > 0
    assert readers == {threading.get_ident()}


def test_parts_keep_texts_days_and_flags(tmp_path: Path) -> None:
    def part(*codes: int) -> Part:
        which = np.array(codes, dtype=np.int64)
        months = Coded(which, ("2023-12", "2024-01", "2024-02"))
        return {"month": months, "name": Coded(which, ("a", "é", "c")), "flag": which > 0, "x": which / 2}

    with PartFile(tmp_path / "t.parquet", part()) as file:
        for codes in ((2, 1, 2), (), (0,)):
            file.add(part(*codes))
    table = pq.read_table(tmp_path / "t.parquet")
    assert pq.ParquetFile(tmp_path / "t.parquet").num_row_groups == 2
    assert [str(day) for day in table["month"].to_pylist()] == ["2024-02-29", "2024-01-31", "2024-02-29", "2023-12-31"]
    assert table["name"].to_pylist() == ["c", "é", "c", "a"]
    assert table["flag"].to_pylist() == [True, True, True, False]
    assert table["x"].to_pylist() == [1.0, 0.5, 1.0, 0.0]
    frame = table.to_pandas()
    assert frame["name"].cat.categories.tolist() == ["c", "é", "a"], "those that there are, as they come"


def test_a_spool_gives_back_what_it_was_given(tmp_path: Path) -> None:
    luck = np.random.default_rng(1)
    given = [luck.random((3, rows, 2)) for rows in (4, 0, 5)]
    with Spool(tmp_path) as spool:
        for block in given:
            spool.add(block)
        assert [block.tolist() for block in spool] == [block.tolist() for block in given]
        for place in range(3):
            assert spool[place].tolist() == np.concatenate([block[place] for block in given]).tolist()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("state", ["GTM", "TUV"])
def test_what_is_asked_of_changes_does_not_depend_on_the_blocks(blocks: list[Path], state: str) -> None:
    for result in map(sim.read, blocks):
        changes, subject = dict(result.changes), subject_of(result, state)
        own = (changes["state"] == subject.place) & (changes["from"] == 0)
        taken = subject.decisions("run", "hazard", "month")
        assert own.any()
        assert {name: values.tolist() for name, values in taken.items()} == {
            name: changes[name][own].tolist() for name in ("run", "hazard", "month")
        }
        for runs in (1, 41, 80, 130):
            gone = np.zeros(runs, dtype=np.bool_)
            for number in np.flatnonzero((changes["state"] == subject.place) & (changes["run"] < runs)):
                gone[changes["run"][number]] = changes["to"][number] != 0
            assert Bench(result, [subject.place], runs).base(subject.place).tolist() == gone.tolist()


def test_flags_and_counts_are_added_up() -> None:
    luck = np.random.default_rng(2)
    flags, sums = Flags(11), CountSums(3)
    yes, counts = luck.random((50, 11)) < 0.3, luck.integers(0, 200, (50, 3), dtype=np.uint8)
    for part in (slice(0, 20), slice(20, 20), slice(20, 50)):
        flags.add(yes[part])
        sums.add(counts[part])
    assert flags.shape == yes.shape
    assert np.array_equal(flags[:], yes)
    assert np.array_equal(flags[7:31], yes[7:31])
    assert np.array_equal(sums.last, counts[:, -1])
    for month in range(3):
        assert np.array_equal(sums.by_month[month], np.bincount(counts[:, month], minlength=256))


@pytest.mark.parametrize("columns", [1, 2, 16, 17, 33, 91])
def test_errors_are_the_same_to_the_last_bit_whether_columns_are_taken_at_a_time_or_at_once(columns: int) -> None:
    luck = np.random.default_rng(columns)
    happened, among = luck.random((24_990, columns)) < 0.1, luck.random(24_990) < 0.4
    starts = np.arange(0, 24_990, 20)
    sizes = np.add.reduceat(among, starts, dtype=np.int64)
    sums = np.add.reduceat(happened & among[:, None], starts, axis=0, dtype=np.int64)
    p = sums.sum(axis=0) / int(sizes.sum())
    apart = sums - sizes[:, None] * p
    clusters = int((sizes > 0).sum())
    mc = np.sqrt((apart**2).sum(axis=0) * clusters / (clusters - 1.0)) / int(sizes.sum())
    assert shares(happened, among, 20) == (p.tolist(), mc.tolist())
