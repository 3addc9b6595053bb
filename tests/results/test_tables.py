"""From counts and changes to tables: quantiles, who moved, blanks, and agreement between the files."""

from __future__ import annotations

import csv
import re
from collections import Counter
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import sim
from sim.atlas import record
from sim.results import Result
from sim.results.tables import LEVELS, chance, moved, quantiles, states_table, summary_table


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=30), elements=st.integers(0, 59)))
def test_quantiles_are_those_of_the_sorted_counts(counts: np.ndarray) -> None:
    points = quantiles(counts)
    for month in range(counts.shape[1]):
        ordered = sorted(counts[:, month].tolist())
        for row, level in enumerate(LEVELS):
            assert points[row, month] == ordered[max(ceil(level * len(ordered) - 1e-9), 1) - 1]


def test_quantiles_of_a_thousand_runs_are_no_rank_off() -> None:
    counts = np.repeat(np.arange(20, dtype=np.uint8), 50)[:, None]
    assert quantiles(counts)[:, 0].tolist() == [0, 4, 9, 14, 18]


def test_the_summary_of_known_counts() -> None:
    counts = np.array([[14, 13], [14, 14], [14, 12], [14, 13]], dtype=np.uint8)
    assert summary_table(["2021-12", "2022-01"], counts, [14, None]) == {
        "month": ["2021-12", "2022-01"],
        "tie": ["recognition", "recognition"],
        "mean": [14.0, 13.0],
        "q05": [14, 12],
        "q25": [14, 12],
        "q50": [14, 13],
        "q75": [14, 13],
        "q95": [14, 14],
        "observed": [14, None],
    }


def changes(*rows: tuple[int, int, int, int]) -> dict[str, np.ndarray]:
    """Columns of changes told as (run, month, state, to)."""
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), 4).T
    return dict(zip(("run", "month", "state", "to"), columns, strict=True))


def test_who_moved_is_who_stands_elsewhere_than_at_the_start() -> None:
    at_start = np.array([0, 0, 1, 2])
    told = changes((0, 0, 0, 1), (0, 3, 0, 0), (1, 1, 1, 2), (1, 2, 2, 0), (1, 2, 3, 1), (1, 4, 2, 1))
    assert moved(at_start, told, 2, 0).astype(int).tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]
    assert moved(at_start, told, 2, 2).astype(int).tolist() == [[1, 0, 0, 0], [0, 1, 1, 0]]
    assert moved(at_start, told, 2, 3).astype(int).tolist() == [[0, 0, 0, 0], [0, 1, 1, 0]]
    assert moved(at_start, told, 2, 9).astype(int).tolist() == [[0, 0, 0, 0], [0, 1, 0, 0]]


def test_without_changes_nobody_moved() -> None:
    assert not moved(np.array([0, 1]), changes(), 3, 60).any()


def test_chances_beyond_the_horizon_are_blank() -> None:
    told = changes((0, 5, 0, 1), (1, 12, 0, 1))
    table = states_table([("HND", "Honduras", "taipei")], np.array([0]), told, 4, 12, 20)
    assert (table["p_12m"], table["p_end"]) == ([0.5], [0.5])
    for label in ("p_36m", "p_60m"):
        for suffix in ("", "_low", "_high", "_mc"):
            assert table[label + suffix] == [None]
    short = states_table([("HND", "Honduras", "taipei")], np.array([0]), told, 4, 11, 20)
    assert (short["p_12m"], short["p_end"]) == ([None], [0.25])


# --- A result and its files


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return sim.run("honduras-2021", runs=130, seed=7, out=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def folder(result: Result) -> Path:
    assert result.folder is not None
    return result.folder


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_row_nought_is_the_roster(result: Result) -> None:
    roster = record().recognisers(pd.Timestamp("2021-12-10").date())
    assert set(result.counts[:, 0].tolist()) == {len(roster)}
    assert tuple(code for code, _, side in result.members if side == "taipei") == roster
    assert (result.months[0], result.months[-1], len(result.months)) == ("2021-12", "2026-12", 61)


def test_the_changes_add_up_to_the_counts(result: Result) -> None:
    """Row 0 is the roster at the end of the day of as_of: what changes in the rest of its month shows in row 1."""
    falls = np.zeros(result.counts.shape, dtype=np.int64)
    for run, month, before, after in zip(
        *(result.changes[name].tolist() for name in ("run", "month", "from", "to")), strict=True
    ):
        falls[run, max(month, 1)] += (before == 0) - (after == 0)
    expected = result.counts[:, :1].astype(np.int64) - np.cumsum(falls, axis=1)
    assert np.array_equal(result.counts, expected)
    assert falls.sum() > 100


def test_the_files_of_events_and_trajectories_agree(result: Result, folder: Path) -> None:
    events = pd.read_parquet(folder / "events.parquet")
    trajectories = pd.read_parquet(folder / "trajectories.parquet")
    assert list(events.columns[:7]) == ["run", "month", "iso3", "tie", "from", "to", "hazard"]
    assert list(trajectories.columns) == ["run", "month", "tie", "count"]
    assert trajectories["count"].dtype == np.uint8
    assert len(trajectories) == 130 * 61
    left = (events["from"] == "taipei").groupby(events["run"]).sum()
    came = (events["to"] == "taipei").groupby(events["run"]).sum()
    ends = trajectories[trajectories["month"] == "2026-12"].set_index("run")["count"].astype(int)
    for run in range(130):
        assert ends[run] == 14 - int(left.get(run, 0)) + int(came.get(run, 0))


def test_each_state_leaves_the_side_it_is_on(result: Result) -> None:
    sides: dict[tuple[int, str], str] = {}
    at_start = {code: side for code, _, side in result.members}
    events = result.events()
    for run, code, before, after in zip(events["run"], events["iso3"], events["from"], events["to"], strict=True):
        assert sides.get((run, code), at_start[code]) == before != after
        sides[run, code] = after
    assert (events["hazard"] > 0).all()


def test_the_events_are_in_order(result: Result) -> None:
    rows = list(zip(*(result.changes[name].tolist() for name in ("run", "month", "state")), strict=True))
    assert rows == sorted(rows)
    assert max(Counter(rows).values()) == 1


def test_the_summary_is_that_of_the_trajectories(folder: Path) -> None:
    trajectories = pd.read_parquet(folder / "trajectories.parquet")
    for row in cells(folder / "summary.csv"):
        counts = sorted(trajectories.loc[trajectories["month"] == row["month"], "count"].tolist())
        assert len(counts) == 130
        assert float(row["mean"]) == pytest.approx(sum(counts) / 130, abs=5e-7)
        for name, level in zip(("q05", "q25", "q50", "q75", "q95"), LEVELS, strict=True):
            assert int(row[name]) == counts[ceil(level * 130 - 1e-9) - 1]
        assert row["tie"] == "recognition"


def test_observed_is_the_record_and_blank_where_it_ends(folder: Path) -> None:
    rows = {row["month"]: row["observed"] for row in cells(folder / "summary.csv")}
    assert [rows[m] for m in ("2021-12", "2023-02", "2023-03", "2023-12", "2024-01")] == ["14", "14", "13", "13", "12"]
    assert rows["2026-04"] == "12"
    assert [rows[m] for m in ("2026-05", "2026-06", "2026-12")] == ["", "", ""]


def test_observed_begins_with_the_day_of_as_of() -> None:
    """Nicaragua left on 9 December 2021: the day before is still fifteen, though its month ends with fourteen."""
    early = sim.run("honduras-2021", runs=1, set={"scenario.as_of": "2021-12-08", "expectations": {}})
    assert early.observed[:2] == (15, 14)
    assert early.counts[0, 0] == 15


def test_the_states_are_those_of_the_events(result: Result, folder: Path) -> None:
    events = pd.read_parquet(folder / "events.parquet")
    months = list(result.months)
    for row in cells(folder / "states.csv"):
        own = events[events["iso3"] == row["iso3"]]
        for label, last in (("p_12m", 12), ("p_36m", 36), ("p_60m", 60), ("p_end", 60)):
            gone = np.zeros(130, dtype=bool)
            for run, month, to in zip(own["run"], own["month"], own["to"], strict=True):
                if months.index(month) <= last:
                    gone[run] = (to == "taipei") != (row["at_start"] == "taipei")
            made = chance(gone, 20)
            for suffix, value in (("", made.p), ("_low", made.low), ("_high", made.high), ("_mc", made.mc)):
                assert float(row[label + suffix]) == pytest.approx(value, abs=5e-7)


def test_the_states_of_a_short_scenario_are_blank_beyond_its_end(tmp_path: Path) -> None:
    short = sim.run("honduras-2021", runs=20, set={"scenario.end": "2022-06-30",
        "events.next-inauguration.enabled": False}, out=tmp_path)  # fmt: skip
    assert short.folder is not None
    for row in cells(short.folder / "states.csv"):
        assert all(row[f"p_{m}m{s}"] == "" for m in (12, 36, 60) for s in ("", "_low", "_high", "_mc"))
        assert row["p_end"] != ""
    assert short.states()["p_12m"].isna().all()


def test_tables_of_text_have_six_decimals_and_whole_counts(folder: Path) -> None:
    for row in cells(folder / "summary.csv"):
        assert len(row["mean"].partition(".")[2]) == 6
        assert row["q50"].isdigit()
    for name in ("summary.csv", "states.csv"):
        assert b"\r" not in (folder / name).read_bytes()
        assert not re.search(r"(^|,)nan(,|$)", (folder / name).read_text("utf-8"), re.MULTILINE)


def test_frames_are_the_files(result: Result, folder: Path) -> None:
    written = pd.read_csv(folder / "summary.csv")
    pd.testing.assert_frame_equal(
        result.summary().drop(columns="observed"), written.drop(columns="observed"), atol=5e-7, rtol=0,
        check_dtype=False,
    )  # fmt: skip
    pd.testing.assert_frame_equal(
        result.trajectories(),
        pd.read_parquet(folder / "trajectories.parquet"),
        check_dtype=False,
        check_categorical=False,
    )
