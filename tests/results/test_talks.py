"""The tables of talks and draws: columns and types, sums, what is kept, what is read back and what is refused."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import ResultError
from sim.model.terms import TALK_COLUMNS
from sim.results import Result
from sim.results.table import month_ends, month_labels
from sim.results.tables import Place
from sim.results.talks import before, no_talks, of_states, talks_table
from sim.runs import run as running
from sim.runs.run import Request, simulate
from sim.scenario import load
from tests.results.sealing import vouched
from tests.scenario.documents import written

TEXT = pa.dictionary(pa.int32(), pa.string())
TYPES = {
    "run": pa.int32(), "opened": pa.date32(), "closed": pa.date32(), "iso3": TEXT, "side": TEXT, "public": pa.bool_(),
    "trigger": TEXT, "beijing_limit": pa.float64(), "taipei_limit": pa.float64(), "pressure": pa.float64(),
    **dict.fromkeys(("base", "offer", "aid", "threat", "backfire", "government", "pledge", "request", "order",
                     "neighbours", "shortfall", "acceptance", "chance"), pa.float64()),
    "outcome": TEXT, "price": pa.float64(), "price_musd": pa.float64(),
}  # fmt: skip
QUIET = "[parameters]\ndeparture_rate = 1e-6\nreturn_rate = 1e-9\nholy_see_rate = 1e-6\n"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return sim.run("honduras-2025", runs=130, seed=7, out=tmp_path_factory.mktemp("out"))


@pytest.fixture
def folder(result: Result, tmp_path: Path) -> Path:
    assert result.folder is not None
    return Path(shutil.copytree(result.folder, tmp_path / "copy"))


def by_name(table: Any) -> dict[str, Any]:
    return dict(zip(table.schema.names, table.schema.types, strict=True))


def test_the_columns_and_their_types(folder: Path, result: Result) -> None:
    assert by_name(pq.read_table(folder / "talks.parquet")) == TYPES
    assert list(result.talks_columns) == list(result.talks()) == list(TYPES)
    parameters = [belief["name"] for belief in result.beliefs]
    assert by_name(pq.read_table(folder / "draws.parquet")) == {
        "draw": pa.int32(), **dict.fromkeys(parameters, pa.float64())
    }  # fmt: skip
    assert result.draws_columns["draw"].tolist() == list(range(7))
    for name in ("trajectories", "events"):
        assert pq.read_schema(folder / f"{name}.parquet").field("month").type == pa.date32()


def test_rows_of_the_engines_in_words() -> None:
    rows = np.zeros((2, TALK_COLUMNS))
    rows[0, :10] = (3, -1, 0, 1, 1, 3, 2.5, 0.5, 1.5, 0)
    rows[0, -5:] = (0.75, 0.25, 0, 1.5, 30.0)
    rows[1, :4], rows[1, 9] = (4, 1, 2, 0), 1
    rows[1, -3] = 2
    table = talks_table(rows, ["2021-12", "2022-01", "2022-02"], ["BLZ", "HND"])
    assert {name: values.tolist() for name, values in table.items() if name not in TYPES or TYPES[name] == TEXT} == {
        "iso3": ["HND", "BLZ"],
        "side": ["taipei", "beijing"],
        "trigger": ["request", "itself"],
        "outcome": ["left", "not_taken"],
    }
    assert table["opened"].tolist() == ["2021-11", "2022-01"]
    assert table["closed"].tolist() == ["2021-12", "2022-02"]
    assert table["public"].tolist() == [True, False]
    told = ("run", "beijing_limit", "taipei_limit", "pressure", "acceptance", "chance", "price", "price_musd")
    assert [table[name][0] for name in told] == [3, 2.5, 0.5, 1.5, 0.75, 0.25, 1.5, 30.0]


def test_talks_open_at_the_start_count_as_of_the_month_before() -> None:
    assert before(["2021-12"]) == "2021-11"
    assert before(["2022-01"]) == "2021-12"


def test_who_changes_sides_has_lost_its_talks(result: Result) -> None:
    """The last row of talks is the change: same run, month and state, and the same numbers to the last bit."""
    talks, events = result.talks(), result.events()
    lost = talks[talks["outcome"] == "left"]
    left = events[(events["tie"] == "recognition") & ((events["from"] == "taipei") | (events["to"] == "taipei"))]
    assert len(lost) == len(left) > 100
    assert list(lost["side"]) == list(left["from"])
    shared = [name for name in events if name in TYPES and name not in ("run", "iso3")]
    pd.testing.assert_frame_equal(
        lost.rename(columns={"closed": "month"})[["run", "month", "iso3", *shared]].reset_index(drop=True),
        left[["run", "month", "iso3", *shared]].reset_index(drop=True),
        check_dtype=False, check_exact=True,
    )  # fmt: skip


def test_the_talks_are_in_order_and_make_sense(result: Result) -> None:
    talks = result.talks()
    assert talks[["run", "closed"]].apply(tuple, axis=1).is_monotonic_increasing
    assert (talks["opened"] <= talks["closed"]).all()
    first = pd.Timestamp("2024-12-31")
    assert talks["opened"].min() == first
    assert set(talks["outcome"]) <= {"left", "stayed", "not_taken", "dropped"}
    assert set(talks["trigger"]) <= {"itself", "pledge", "order", "request"}
    assert set(talks["side"]) == {"taipei", "beijing"}
    assert ((talks["pressure"] >= 0.0) & (talks["pressure"] <= 3.0)).all()
    assert (talks[["beijing_limit", "taipei_limit", "price", "price_musd"]] >= 0.0).all(axis=None)
    stayed = talks[talks["outcome"] == "stayed"]
    kept, held = stayed[stayed["side"] == "taipei"], stayed[stayed["side"] == "beijing"]
    assert (kept["price"] <= kept["taipei_limit"] + 1e-9).all()
    won = talks[(talks["side"] == "beijing") & (talks["outcome"] == "left")]
    assert (won["price"] <= won["taipei_limit"] + 1e-9).all()
    assert not held.empty
    assert (held["pressure"] == 0.0).all()


def test_the_talks_of_each_state(result: Result, folder: Path) -> None:
    talks = result.talks()
    with (folder / "states.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-4:] == ["at_start", "talks", "talks_lost", "price"]
    for row in rows:
        about = (talks["side"] == "taipei") == (row["at_start"] == "taipei")
        own = talks[about & (talks["iso3"] == row["iso3"])]
        lost = own[own["outcome"] == "left"]
        if row["tie"] == "cooperation":
            assert (row["talks"], row["talks_lost"], row["price"]) == ("", "", "")
            continue
        assert float(row["talks"]) == pytest.approx(len(own) / 130, abs=5e-7)
        assert row["talks_lost"] == ("" if own.empty else f"{len(lost) / len(own):.6f}")
        assert row["price"] == ("" if lost.empty else f"{lost['price'].mean():.6f}")


def test_a_state_without_talks_has_none_lost_and_no_price() -> None:
    places = [Place("HND", "Honduras", "taipei"), Place("BLZ", "Belize", "taipei"), Place("CRI", "x", "beijing"),
              Place("HND", "Honduras", "active", "cooperation")]  # fmt: skip
    talks = {
        "iso3": ["HND", "HND", "BLZ", "HND", "HND"],
        "side": ["taipei", "taipei", "taipei", "taipei", "beijing"],
        "outcome": ["left", "stayed", "dropped", "left", "left"],
        "price": [1.0, 9.0, 0.0, 2.0, 5.0],
    }
    assert of_states(talks, places, 8) == {
        "talks": [0.375, 0.125, 0.0, None],
        "talks_lost": [0.666667, 0.0, None, None],
        "price": [1.5, None, None, None],
    }
    assert set(map(tuple, of_states(talks, places, 0).values())) == {(None,) * 4}


def test_a_result_without_talks(tmp_path: Path) -> None:
    made = sim.run(written(tmp_path, QUIET), runs=20, out=tmp_path)
    again = sim.read(made.folder)  # type: ignore[arg-type]
    for one in (made, again):
        assert one.talk_runs == 20
        assert one.talks().empty
        assert list(one.talks()) == list(TYPES)
        assert one.talks()["closed"].dtype.kind == "M"
        assert set(one.states_columns["talks"]) == {0.0}
        assert set(one.states_columns["price"]) == {None}
    assert list(no_talks()) == list(TYPES)


def test_of_many_runs_the_talks_of_the_first_are_kept(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_TALK_RUNS", 50)
    few = simulate(Request.of(load("honduras-2025"), 130, 7), threads=2)
    whole = result.talks()
    assert few.talk_runs == 50
    assert few.talks().equals(whole[whole["run"] < 50])
    assert few.talks()["run"].max() > 40
    assert few.events().equals(result.events())
    own = int((np.asarray(few.talks_columns["iso3"]) == "HND").sum())
    assert few.states_of()["talks"][few.states_of()["iso3"].index("HND")] == round(own / 50, 6)


def test_none_are_kept_where_nobody_asks() -> None:
    made = simulate(Request.of(load("honduras-2025"), 20, 7), talks=False)
    assert (made.talk_runs, len(made.talks())) == (0, 0)
    assert set(made.states_columns["talks"]) == {None}


def test_the_draws_are_those_of_the_parameters(result: Result) -> None:
    draws = result.draws()
    assert draws["money_effect"].nunique() == 7
    central = simulate(Request.of(load("honduras-2025"), 45, 7, parameters="central"))
    kept = central.draws().drop(columns="draw")
    assert len(kept) == 3
    centres = {belief["name"]: belief["central"] for belief in central.beliefs}
    for name in kept:
        assert kept[name].tolist() == [pytest.approx(centres[name], rel=1e-5)] * 3


def test_the_tables_are_read_when_they_are_asked_for(folder: Path, result: Result) -> None:
    again = sim.read(folder)
    assert not {"talks_columns", "draws_columns"} & set(vars(again))
    assert again.states_columns == result.states_columns
    assert "talks_columns" not in vars(again)
    shutil.move(folder / "talks.parquet", folder / "elsewhere")
    with pytest.raises(ResultError, match=r"talks\.parquet: a file that can be read: No such file"):
        again.talks()
    assert again.draws().equals(result.draws())


REFUSED = [
    ("talks.parquet", 0, "run", pa.array([130]), "run: a whole number from 0 to 129"),
    ("talks.parquet", 1, "opened", pa.array([1], pa.date32()), "opened: a name that this result knows (got '1970-01')"),
    ("talks.parquet", 3, "iso3", pa.array(["XYZ"]), "iso3: a name that this result knows (got 'XYZ')"),
    ("talks.parquet", 3, "iso3", pa.array([None], pa.string()), "iso3: a name that this result knows"),
    (
        "talks.parquet", 23, "outcome", pa.array(["lefd"]),
        "outcome: a name that this result knows (got 'lefd'); did you mean left?",
    ),
    ("talks.parquet", 6, "trigger", pa.array(["\x1b[2J"]), "trigger: a name that this result knows (got '"),
    ("draws.parquet", 0, "draw", pa.array([2]), "draw: each draw from 0 to 6 in its order"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place", "column", "value", "line"), REFUSED)
def test_what_a_result_does_not_know_is_refused_when_it_is_read(
    folder: Path, name: str, place: int, column: str, value: Any, line: str
) -> None:
    table = pq.read_table(folder / name)
    forged = table.set_column(place, column, pa.chunked_array([value.take(pa.array([0] * table.num_rows))]))
    assert forged.column_names == table.column_names
    pq.write_table(forged, folder / name)
    vouched(folder, name)
    again = sim.read(folder)
    with pytest.raises(ResultError) as caught:
        (again.talks if name == "talks.parquet" else again.draws)()
    (told,) = caught.value.lines()
    assert told.replace(str(folder), "FOLDER").startswith(f"FOLDER/{name}: {line}")


@pytest.mark.parametrize(
    ("name", "change", "line"),
    [
        ("talks.parquet", lambda t: t.drop_columns(["chance"]), "chance: required, a column of this table"),
        (
            "talks.parquet",
            lambda t: t.set_column(5, "public", pa.array([1] * t.num_rows)),
            "public: a column of true or false (got 'int64')",
        ),
        ("draws.parquet", lambda t: t.drop_columns(["money_effect"]), "money_effect: required, a column of this"),
        ("draws.parquet", lambda t: pa.concat_tables([t, t]), "a table of at most 7 rows (got 14)"),
    ],
)
def test_a_table_of_another_shape_is_refused_with_the_result(folder: Path, name: str, change: Any, line: str) -> None:
    pq.write_table(change(pq.read_table(folder / name)), folder / name)
    vouched(folder, name)
    with pytest.raises(ResultError) as caught:
        sim.read(folder)
    assert caught.value.lines()[0].replace(str(folder), "FOLDER").startswith(f"FOLDER/{name}: {line}")


def test_months_sort_and_compare(folder: Path) -> None:
    for name in ("events", "trajectories"):
        frame = pd.read_parquet(folder / f"{name}.parquet")
        grouped = list(frame.groupby("month", observed=True).size().index.astype(str))
        assert grouped == sorted(grouped)
        assert frame.sort_values("month")["month"].is_monotonic_increasing
        assert 0 < (frame["month"] > "2027-01").sum() < len(frame)
        assert (frame["month"] > "2027-01").sum() == (frame["month"].dt.strftime("%Y-%m") >= "2027-01").sum()


def test_months_are_their_last_days_and_back() -> None:
    labels = ["2023-12", "2024-02", "2100-02", "2025-01"]
    days = month_ends(labels)
    assert days.astype(str).tolist() == ["2023-12-31", "2024-02-29", "2100-02-28", "2025-01-31"]
    assert month_labels(days).tolist() == labels
    assert month_ends(days) is days
    assert month_ends([]).dtype == "datetime64[D]"
