"""From counts and changes to tables: quantiles, who moved, blanks, and agreement between the files."""

from __future__ import annotations

import csv
import re
from collections import Counter
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import sim
from sim.atlas import record
from sim.results import Result, Table
from sim.results.table import values_of
from sim.results.tables import (
    COOPERATION,
    LEVELS,
    RECOGNITION,
    Place,
    chance,
    horizons,
    moved,
    quantiles,
    rows_of,
    states_table,
    summary_table,
    sums_by_draw,
)


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
    by_month = np.array([np.bincount(column, minlength=20) for column in counts.T])
    assert summary_table(["2021-12", "2022-01"], "recognition", by_month, [14, None]) == {
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


def test_the_months_at_which_chances_are_told() -> None:
    assert horizons(61) == {"p_12m": 12, "p_36m": 36, "p_60m": 60, "p_end": 61}
    assert horizons(36) == {"p_12m": 12, "p_36m": 36, "p_end": 36}
    assert [rows_of(last) for last in (1, 12, 13, 61)] == [[1], [12], [12, 13], [12, 36, 60, 61]]


HONDURAS = Place("HND", "Honduras", "taipei")


def met(*chances: float) -> np.ndarray:
    """(draws, 1 place, 1 horizon, 2) sums over twenty runs that all met the same chance."""
    return np.array([[20 * each, 20 * each**2] for each in chances])[:, None, None, :]


def table_of(
    places: list[Place],
    at_start: np.ndarray,
    told: dict[str, np.ndarray],
    expected: np.ndarray,
    runs: int,
    last: int,
    per_draw: int,
    central: bool,
) -> Table:
    """The table of states of runs with these changes."""
    gone = [sums_by_draw(moved(at_start, told, runs, row), per_draw) for row in rows_of(last)]
    return states_table(places, gone, lambda place: expected[:, place], runs, last, per_draw, central)


def test_chances_beyond_the_horizon_are_blank() -> None:
    told = changes((0, 5, 0, 1), (1, 12, 0, 1))
    table = table_of([HONDURAS], np.array([0]), told, met(0.5), 4, 12, 20, False)
    assert (table["p_12m"], table["p_end"]) == ([0.5], [0.5])
    for label in ("p_36m", "p_60m"):
        for suffix in ("", "_low", "_high", "_mc"):
            assert table[label + suffix] == [None]
    short = table_of([HONDURAS], np.array([0]), told, met(0.5), 4, 11, 20, False)
    assert (short["p_12m"], short["p_end"]) == ([None], [0.25])


def test_ranges_are_blank_with_fewer_than_two_whole_draws() -> None:
    told = changes((0, 5, 0, 1), (1, 12, 0, 1))
    for runs, draws in ((4, [0.5]), (20, [0.5]), (39, [0.5, 0.5])):
        table = table_of([HONDURAS], np.array([0]), told, met(*draws), runs, 12, 20, False)
        assert table["p_end"] == [round(2 / runs, 6)]
        assert (table["p_end_low"], table["p_end_high"]) == ([None], [None])
        assert table["p_end_mc"][0] is not None
    whole = table_of([HONDURAS], np.array([0]), told, met(0.5, 0.5), 40, 12, 20, False)
    assert None not in (whole["p_end_low"][0], whole["p_end_high"][0])


def test_with_central_parameters_ranges_are_the_chance_itself() -> None:
    told = changes((0, 5, 0, 1), (1, 12, 0, 1))
    for runs, draws in ((3, [0.5]), (60, [0.1, 0.5, 0.9])):
        table = table_of([HONDURAS], np.array([0]), told, met(*draws), runs, 12, 20, True)
        assert table["p_end"] == table["p_end_low"] == table["p_end_high"] == [round(2 / runs, 6)]


def test_chances_are_rounded_as_their_file_has_them() -> None:
    told = changes((0, 5, 0, 1))
    table = table_of([HONDURAS], np.array([0]), told, met(1 / 3, 1 / 7, 1 / 9), 60, 12, 20, False)
    low, high = np.quantile([1 / 3, 1 / 7, 1 / 9], [0.05, 0.95])
    assert (table["p_end"], table["p_end_low"], table["p_end_high"]) == ([0.016667], [0.016667], [round(high, 6)])
    assert low > 1 / 60  # the share of runs lies below it, and the range holds that share


def test_each_tie_of_a_state_has_its_row() -> None:
    places = [Place("HND", "Honduras", "beijing"), Place("HND", "Honduras", "active", COOPERATION)]
    told = changes((0, 5, 1, 1), (1, 7, 1, 1), (1, 9, 1, 0), (2, 2, 0, 0))
    expected = np.zeros((1, 2, 1, 2))
    table = table_of(places, np.array([1, 0]), told, expected, 4, 11, 20, False)
    assert table["iso3"] == ["HND", "HND"]
    assert table["tie"] == [RECOGNITION, COOPERATION]
    assert table["at_start"] == ["beijing", "active"]
    assert table["p_end"] == [0.25, 0.25]


# --- A result and its files


NAMES = ["honduras-2021", "honduras-2025"]
"""A scenario of one tie, and one of two."""


@pytest.fixture(scope="module", params=NAMES)
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return sim.run(request.param, runs=130, seed=7, out=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def expected(result: Result) -> np.ndarray:
    """(draws, places, H, 2) the chances met on the way in the same runs; of those in a folder nothing keeps them."""
    kept = sim.run(result.name, runs=130, seed=7).expected
    assert kept is not None
    return kept


@pytest.fixture
def folder(result: Result) -> Path:
    assert result.folder is not None
    return result.folder


@pytest.fixture
def ties(result: Result) -> dict[str, np.ndarray]:
    """The counts of each tie the scenario follows."""
    counts = {RECOGNITION: result.counts}
    if result.cooperation is not None:
        counts[COOPERATION] = result.cooperation
    assert list(counts) == [RECOGNITION, COOPERATION][: NAMES.index(result.name) + 1]
    return counts


HOME = {RECOGNITION: "taipei", COOPERATION: "active"}
"""The side each tie counts."""


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def month_labels(months: pd.Series) -> list[str]:
    """Months of a frame as `YYYY-MM`."""
    assert ((months + pd.Timedelta(days=1)).dt.day == 1).all()
    return months.dt.strftime("%Y-%m").tolist()


EVENTS = [
    "run", "month", "iso3", "tie", "from", "to", "chance", "base", "offer", "aid", "threat", "backfire", "government",
    "pledge", "request", "order", "neighbours", "shortfall", "acceptance", "price", "price_musd", "delivered", "hazard",
]  # fmt: skip

STARTS = {
    "honduras-2021": ("2021-12-10", 14, ("2021-12", "2026-12", 61)),
    "honduras-2025": ("2025-01-01", 12, ("2025-01", "2029-12", 60)),
}


def test_row_nought_is_the_roster(result: Result) -> None:
    day, count, months = STARTS[result.name]
    roster = record().recognisers(pd.Timestamp(day).date())
    assert set(result.counts[:, 0].tolist()) == {len(roster)} == {count}
    assert tuple(code for code, _, side in result.members if side == "taipei") == roster
    assert (result.months[0], result.months[-1], len(result.months)) == months


def test_row_nought_of_the_second_tie_is_its_hosts(ties: dict[str, np.ndarray], result: Result) -> None:
    wanted = result.scenario["cooperation"]["hosts"]
    assert result.hosts == tuple((code, name) for code, name, _ in result.members if code in wanted)
    assert len(result.hosts) == len(wanted)
    assert bool(result.hosts) == (result.name == "honduras-2025") == (COOPERATION in ties)
    if COOPERATION in ties:
        assert ties[COOPERATION].shape == result.counts.shape
        assert ties[COOPERATION].dtype == np.uint8
        assert set(ties[COOPERATION][:, 0].tolist()) == {len(result.hosts)}


def test_places_are_members_then_hosts(result: Result) -> None:
    of_members = [(code, name, side, RECOGNITION) for code, name, side in result.members]
    of_hosts = [(code, name, "active", COOPERATION) for code, name in result.hosts]
    assert [(p.iso3, p.name, p.at_start, p.tie) for p in result.places] == of_members + of_hosts


def test_the_changes_add_up_to_the_counts(ties: dict[str, np.ndarray], result: Result) -> None:
    """Row 0 is the roster at the end of the day of as_of: what changes in the rest of its month shows in row 1."""
    falls = {tie: np.zeros(counts.shape, dtype=np.int64) for tie, counts in ties.items()}
    for run, month, place, before, after in zip(
        *(result.changes[name].tolist() for name in ("run", "month", "state", "from", "to")), strict=True
    ):
        falls[result.places[place].tie][run, max(month, 1)] += (before == 0) - (after == 0)
    for tie, counts in ties.items():
        assert np.array_equal(counts, counts[:, :1].astype(np.int64) - np.cumsum(falls[tie], axis=1))
    assert falls[RECOGNITION].sum() > 100
    assert np.abs(falls.get(COOPERATION, np.ones(1))).sum() > 0


def test_the_files_of_events_and_trajectories_agree(ties: dict[str, np.ndarray], result: Result, folder: Path) -> None:
    events = pd.read_parquet(folder / "events.parquet")
    trajectories = pd.read_parquet(folder / "trajectories.parquet")
    length = len(result.months)
    assert list(events.columns) == EVENTS
    assert list(trajectories.columns) == ["run", "month", "tie", "count"]
    assert trajectories["count"].dtype == np.uint8
    assert len(trajectories) == 130 * length * len(ties)
    assert set(trajectories["tie"]) == set(ties) >= set(events["tie"])
    for tie, counts in ties.items():
        own, here = events[events["tie"] == tie], trajectories[trajectories["tie"] == tie]
        assert np.array_equal(here["count"].to_numpy().reshape(130, length), counts)
        assert here["run"].tolist() == np.repeat(np.arange(130), length).tolist()
        assert month_labels(here["month"]) == list(result.months) * 130
        left = (own["from"] == HOME[tie]).groupby(own["run"]).sum()
        came = (own["to"] == HOME[tie]).groupby(own["run"]).sum()
        ends = here[here["month"] == here["month"].max()].set_index("run")["count"].astype(int)
        for run in range(130):
            assert ends[run] == counts[0, 0] - int(left.get(run, 0)) + int(came.get(run, 0))


def test_each_state_leaves_the_side_it_is_on(result: Result) -> None:
    sides: dict[tuple[int, str, str], str] = {}
    at_start = {(place.iso3, place.tie): place.at_start for place in result.places}
    events = result.events()
    columns = (events[name] for name in ("run", "iso3", "tie", "from", "to"))
    for run, code, tie, before, after in zip(*columns, strict=True):
        assert sides.get((run, code, tie), at_start[code, tie]) == before != after
        sides[run, code, tie] = after
    assert (events["hazard"] > 0).all()


def test_the_events_are_in_order(result: Result) -> None:
    rows = list(zip(*(result.changes[name].tolist() for name in ("run", "month", "state")), strict=True))
    assert rows == sorted(rows)
    assert max(Counter(rows).values()) == 1


def test_the_summary_is_that_of_the_trajectories(ties: dict[str, np.ndarray], result: Result, folder: Path) -> None:
    trajectories = pd.read_parquet(folder / "trajectories.parquet")
    labels = np.array(month_labels(trajectories["month"]))
    rows = cells(folder / "summary.csv")
    assert [(row["tie"], row["month"]) for row in rows] == [(tie, month) for tie in ties for month in result.months]
    for row in rows:
        here = (labels == row["month"]) & (trajectories["tie"] == row["tie"])
        counts = sorted(trajectories.loc[here, "count"].tolist())
        assert len(counts) == 130
        assert float(row["mean"]) == pytest.approx(sum(counts) / 130, abs=5e-7)
        for name, level in zip(("q05", "q25", "q50", "q75", "q95"), LEVELS, strict=True):
            assert int(row[name]) == counts[ceil(level * 130 - 1e-9) - 1]
        assert row["tie"] == RECOGNITION or row["observed"] == ""


def test_the_rows_of_one_tie(ties: dict[str, np.ndarray], result: Result) -> None:
    for told, whole in ((result.summary_of, result.summary_columns), (result.states_of, result.states_columns)):
        for tie in (RECOGNITION, COOPERATION):
            rows = [row for row, found in enumerate(whole["tie"]) if found == tie]
            assert told(tie) == {name: [values[row] for row in rows] for name, values in whole.items()}
            assert bool(rows) == (tie in ties)
        assert told() == told(RECOGNITION)


def test_observed_is_the_record_and_blank_where_it_ends(result: Result, folder: Path) -> None:
    rows = {row["month"]: row["observed"] for row in cells(folder / "summary.csv") if row["tie"] == RECOGNITION}
    if result.name == "honduras-2025":
        assert {rows[month] for month in result.months if month <= "2026-08"} == {"12"}
        assert {rows[month] for month in result.months if month > "2026-08"} == {""}
        return
    assert [rows[m] for m in ("2021-12", "2023-02", "2023-03", "2023-12", "2024-01")] == ["14", "14", "13", "13", "12"]
    assert rows["2026-08"] == "12"
    assert [rows[m] for m in ("2026-09", "2026-10", "2026-12")] == ["", "", ""]


def test_observed_begins_with_the_day_of_as_of() -> None:
    """Nicaragua left on 9 December 2021: the day before is still fifteen, though its month ends with fourteen."""
    early = sim.run("honduras-2021", runs=1, set={"scenario.as_of": "2021-12-08", "expectations": {}})
    assert early.observed[:2] == (15, 14)
    assert early.counts[0, 0] == 15


def test_the_states_are_those_of_the_events(result: Result, folder: Path, expected: np.ndarray) -> None:
    events = pd.read_parquet(folder / "events.parquet")
    months = list(result.months)
    reached = {"p_12m": 12, "p_36m": 36, "p_60m": 60, "p_end": len(months) - 1}
    places = {(place.iso3, place.tie): number for number, place in enumerate(result.places)}
    rows = cells(folder / "states.csv")
    assert [(row["iso3"], row["tie"]) for row in rows] == list(places)
    for row in rows:
        own = events[(events["iso3"] == row["iso3"]) & (events["tie"] == row["tie"])]
        home = HOME[row["tie"]]
        for label, last in reached.items():
            if last >= len(months):
                assert label == "p_60m"
                assert all(row[label + suffix] == "" for suffix in ("", "_low", "_high", "_mc"))
                continue
            gone = np.zeros(130, dtype=bool)
            for run, month, to in zip(own["run"], month_labels(own["month"]), own["to"], strict=True):
                if months.index(month) <= last:
                    gone[run] = (to == home) != (row["at_start"] == home)
            horizon = sorted({at for at in reached.values() if at < len(months)}).index(last)
            made = chance(gone, expected[:, places[row["iso3"], row["tie"]], horizon], 20, False)
            for suffix, value in (("", made.p), ("_low", made.low), ("_high", made.high), ("_mc", made.mc)):
                assert float(row[label + suffix]) == pytest.approx(value, abs=5e-7)
            assert float(row[label + "_low"]) <= float(row[label]) <= float(row[label + "_high"])


def test_the_chances_met_on_the_way_are_those_of_what_happens(result: Result, expected: np.ndarray) -> None:
    """Their mean is the share of runs, with less luck in it: over all states and runs the two come close."""
    assert expected.shape == (7, len(result.places), 4 if len(result.months) > 61 else 3, 2)
    met_on_the_way = expected[:, :, -1, 0].sum()
    happened = sum(float(p) for p in result.states_columns["p_end"]) * 130  # type: ignore[arg-type]
    assert met_on_the_way == pytest.approx(happened, abs=4 * np.sqrt(happened))


def test_the_ranges_of_the_file_are_those_of_the_result(result: Result, folder: Path) -> None:
    """Nothing but `states.csv` keeps them: a result read back has them from there."""
    again = sim.read(folder)
    assert again.expected is None
    assert again.told == again.states_columns == result.states_columns


def test_ranges_with_central_parameters_and_with_too_few_draws(tmp_path: Path) -> None:
    for name in NAMES:
        fixed = sim.run(name, runs=60, parameters="central", out=tmp_path).states()
        few = sim.run(name, runs=39, out=tmp_path).states()
        for label in ("p_12m", "p_36m", "p_end"):
            assert (fixed[f"{label}_low"] == fixed[label]).all()
            assert (fixed[f"{label}_high"] == fixed[label]).all()
            assert few[[f"{label}_low", f"{label}_high"]].isna().all(axis=None)
            assert few[[label, f"{label}_mc"]].notna().all(axis=None)


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
        result.summary().assign(month=written["month"]).drop(columns="observed"), written.drop(columns="observed"),
        atol=5e-7, rtol=0, check_dtype=False,
    )  # fmt: skip
    assert month_labels(result.summary()["month"]) == written["month"].tolist()
    states = pd.read_csv(folder / "states.csv")
    numbers = [name for name in states if name.startswith("p_") or name in ("talks", "talks_lost", "price")]
    pd.testing.assert_frame_equal(
        result.states().astype(dict.fromkeys(numbers, float)), states, atol=1e-12, rtol=0, check_dtype=False
    )
    for name, frame in (("trajectories", result.trajectories()), ("events", result.events()),
                        ("talks", result.talks()), ("draws", result.draws())):  # fmt: skip
        kept = pd.read_parquet(folder / f"{name}.parquet")
        for month in {"month", "opened", "closed"} & set(frame):
            assert (frame[month].dtype.kind, str(kept[month].dtype)) == ("M", "datetime64[s, UTC]")
            kept[month] = kept[month].dt.tz_localize(None)
        pd.testing.assert_frame_equal(frame, kept, check_dtype=False, check_categorical=False)


@pytest.mark.parametrize("flags", [[[True]], [[True, False] * 9, [], [False] * 3], [[True, False, True] * 5, [True]]])
def test_flags_of_parquet_are_read_as_they_are(flags: list[list[bool]]) -> None:
    chunks = [pa.array(np.array(chunk, dtype=bool)) for chunk in flags]
    for chunked in (pa.chunked_array(chunks, pa.bool_()), pa.chunked_array(chunks, pa.bool_()).slice(1)):
        values = values_of(chunked)
        assert values.dtype == bool
        assert values.tolist() == chunked.to_pylist()
