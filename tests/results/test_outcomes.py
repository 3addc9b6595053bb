"""`outcomes.csv`: chances by outcome with their errors, by hand; files of older results; damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import ResultError
from sim.results import MANIFEST, OUTCOME_TABLE, Table, read, seal
from sim.results.folder import loaded
from sim.results.outcomes import NONE, Vote, by_vote, leavers, outcomes_table, shares
from sim.results.tables import Place

PLACES = (
    Place("AAA", "Alpha", "taipei"),
    Place("BBB", "Beta", "beijing"),
    Place("AAA", "Alpha", "active", "cooperation"),
)


def changes(*rows: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Columns from (run, place, side before)."""
    return dict(zip(("run", "state", "from"), np.array(rows, dtype=np.int64).reshape(-1, 3).T, strict=True))


def table() -> Table:
    gone = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]], dtype=bool)
    counts = np.array([[1, 0], [1, 1], [1, 2], [1, 0]], dtype=np.uint8)
    moves = changes((0, 0, 0), (1, 2, 0), (2, 1, 1), (3, 0, 0), (3, 0, 1), (3, 0, 0))
    vote = Vote("vote", ("left", "right", NONE), np.array([0, 0, 1, 0], dtype=np.uint8))
    return outcomes_table(PLACES, gone, leavers(PLACES, moves, 4), {"recognition": counts[:, -1]}, [vote], 2)


def test_chances_by_outcome_by_hand() -> None:
    rows = table().rows(what="state", iso3="AAA", tie="recognition")
    assert [(row["outcome"], row["runs"], row["p"]) for row in rows] == [
        ("left", 3, 0.666667),
        ("right", 1, 0.0),
        (NONE, 0, None),
    ]
    # Draws of two runs: of the three with the outcome one of two, then one of one; about 2/3 they are -1/3 and 1/3.
    assert rows[0]["mc"] == pytest.approx(np.sqrt((1 / 9 + 1 / 9) * 2 / 1) / 3, abs=1e-6)
    assert rows[1]["mc"] is None, "one draw tells no error"
    assert [(row["outcome"], row["p"]) for row in table().rows(what="vote")] == [
        ("left", 0.75),
        ("right", 0.25),
        (NONE, 0.0),
    ]


def test_how_many_leave_and_where_the_count_ends() -> None:
    told = {(row["what"], row["number"]): row["p"] for row in table().rows() if row["number"] is not None}
    assert told == {
        ("nobody", 0): 0.5, ("at_least", 1): 0.5, ("count", 0): 0.5, ("count", 1): 0.25, ("count", 2): 0.25,
    }  # fmt: skip


def test_a_state_that_leaves_twice_counts_once_and_hosts_do_not() -> None:
    moves = changes((0, 0, 0), (0, 0, 0), (0, 1, 0), (1, 2, 0))
    assert leavers(PLACES, moves, 3).tolist() == [2, 0, 0]


def test_the_error_of_all_runs_is_that_of_the_chances_of_states() -> None:
    happened = np.arange(40)[:, None] % 3 == 0
    (p,), (mc,) = shares(happened, None, 40)
    assert p == 14 / 40
    assert mc == pytest.approx(np.sqrt(p * (1 - p) / 39)), "one draw: runs are independent"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = sim.run("outlook-2026", runs=40, out=tmp_path_factory.mktemp("out")).folder
    assert made is not None
    return made


def resealed(folder: Path) -> None:
    """Digests of the files as they are now."""
    manifest = loaded(folder)
    (folder / MANIFEST).unlink()
    seal(folder, manifest)


def test_read_back_it_is_the_same(folder: Path) -> None:
    again = read(folder)
    assert again.outcomes_columns == sim.run("outlook-2026", runs=40).outcomes_columns
    shares = again.outcomes().query("what == 'count'")["p"]
    assert shares.sum() == pytest.approx(1.0, abs=1e-5)
    (vote,) = (each for each in by_vote(again.outcomes_columns, again.scenario) if each["voter"] == "PRY")
    assert sum(each["runs"] for each in vote["outcomes"]) == 40
    assert {code for each in vote["outcomes"] for code in each["states"]} == {"PRY"}


def test_a_result_of_an_older_version_has_what_hangs_on_no_vote(folder: Path, tmp_path: Path) -> None:
    old = shutil.copytree(folder, tmp_path / folder.name)
    (old / OUTCOME_TABLE).unlink()
    resealed(old)
    assert set(read(old).outcomes()["what"]) == {"nobody", "at_least", "count"}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("nobody,recognition", "nobody,recognition,", "10 cells in every row"),
        ("at_least", "at_most", "what, line .*: one of vote, answer, state, nobody, at_least, count"),
        (
            "state,recognition,belize-2030,opposition,BLZ",
            "state,recognition,belize-2030,opposition,XXX",
            "iso3, line 3",
        ),
        (",1.000000,", ",1.500000,", "p, line .*: a number from 0 to 1"),
    ],
)
def test_what_is_no_such_table_is_refused(folder: Path, tmp_path: Path, old: str, new: str, line: str) -> None:
    bad = shutil.copytree(folder, tmp_path / folder.name)
    text = (bad / OUTCOME_TABLE).read_text()
    assert old in text
    (bad / OUTCOME_TABLE).write_text(text.replace(old, new, 1))
    resealed(bad)
    with pytest.raises(ResultError, match=line):
        read(bad)
