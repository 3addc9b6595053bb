"""Points from a table: what is read, in which order, what is refused and how, and that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim as face
from sim.charts.catalogue import draw_outcome as draw
from sim.charts.sweep.document import kind_of
from sim.errors import InputError
from sim.scenario import ResolvedScenario, ScenarioFiles, load
from sim.sweeps.designs import Design
from sim.sweeps.executors import Local
from sim.sweeps.pointfile import framed, listed_points, read_points, table_of
from sim.sweeps.reading import parse_variation
from sim.sweeps.sweep import run_sweep, status, sweep_of
from sim.sweeps.swept import SweepResult
from tests.scenario.documents import written

DAY = "events.castro-inauguration.date"


@pytest.fixture(scope="module")
def honduras() -> ResolvedScenario:
    return load("honduras-2021")


@pytest.fixture
def read(honduras: ResolvedScenario, tmp_path: Path) -> Callable[[str | bytes], Design]:
    """The points that a file with this content lists."""

    def read(content: str | bytes) -> Design:
        path = tmp_path / "points.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return listed_points(honduras, read_points(path, "points.csv"))

    return read


# --- what is read


def test_a_row_is_a_point_in_the_order_of_the_file(read: Callable[[str], Design]) -> None:
    found = read("washington.attention,lean_effect\n3,.5\n0,1_0\n+2,5.\n1e0,-1\n")
    values = [(3.0, 0.5), (0.0, 10.0), (2.0, 5.0), (1.0, -1.0)]
    assert [tuple(point) for point in found] == [("washington.attention", "parameters.lean_effect")] * 4
    assert [tuple(point.values()) for point in found] == values
    assert (len(found), found.kind, found.order()) == (4, "points", [0, 1, 2, 3])
    assert [one.values for one in found.variations] == [(3.0, 0.0, 2.0, 1.0), (0.5, 10.0, 5.0, -1.0)]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffwashington.attention;beijing.budget\r\n0,5;1\r\n1,5;2\r\n",
        "washington.attention\tbeijing.budget\n0.5\t1\n1.5\t2\n",
        'washington.attention , "beijing.budget",,\n"0.5",1,,\n\n1.5,2,,\n',
        "washington.attention;beijing.budget\n0.5;1\n1.5;2",
    ],
)
def test_spreadsheets_of_all_lands_are_read(content: str, read: Callable[[str], Design]) -> None:
    assert [tuple(point.values()) for point in read(content)] == [(0.5, 1.0), (1.5, 2.0)]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffwashington.attention\r\n0,5\r\n1,500\r\n",
        "sep=;\r\nwashington.attention\r\n0,5\r\n1,5\r\n",
        "SEP=;\nwashington.attention\n0,5\n\n1,5",
        "sep=,\nwashington.attention\n0.5\n1.5\n",
    ],
)
def test_one_column_of_decimal_commas_and_the_line_of_the_separator(
    content: str, read: Callable[[str], Design]
) -> None:
    assert [tuple(point.values()) for point in read(content)] == [(0.5,), (1.5,)]


def test_a_spreadsheet_is_named(honduras: ResolvedScenario, tmp_path: Path) -> None:
    for name, content in (("a.csv", b"PK\x03\x04\xff"), ("a.XLSX", b"x"), ("a.ods", b"x")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="a CSV file, not a spreadsheet: save it as CSV UTF-8"):
            read_points(tmp_path / name)


def test_days_blanks_and_labels(read: Callable[[str], Design]) -> None:
    found = read(f"{DAY},label.who,beijing.budget\n2022-02-01,first,\n,,2\n,,\n")
    assert list(found) == [{DAY: date(2022, 2, 1)}, {"beijing.budget": 2.0}, {}]
    assert found.labels == {"label.who": ["first", "", ""]}


def test_a_frame(honduras: ResolvedScenario) -> None:
    days = pd.to_datetime(["2022-02-01", None])
    frame = pd.DataFrame({"washington.attention": np.array([0, 1]), DAY: days, "label.n": [1, 2]})
    found = listed_points(honduras, framed(frame))
    assert list(found) == [{"washington.attention": 0.0, DAY: date(2022, 2, 1)}, {"washington.attention": 1.0}]
    assert found.labels == {"label.n": ["1", "2"]}
    with pytest.raises(InputError) as error:
        listed_points(honduras, framed(pd.DataFrame({"washington.attention": [0.0, 30.0]})))
    assert error.value.lines() == ["points: row 1: washington.attention: at most 10 (got 30.0)"]


def test_a_list_of_values_by_path(honduras: ResolvedScenario) -> None:
    found = listed_points(honduras, table_of([{"beijing.budget": 1, DAY: date(2022, 2, 1)}, {"beijing.budget": 2.5}]))
    assert list(found) == [{"beijing.budget": 1.0, DAY: date(2022, 2, 1)}, {"beijing.budget": 2.5}]
    assert (table_of(np.int64(3)), table_of(None)) == (3, None)


@pytest.mark.parametrize("told", [{"beijing.budget": [1]}, [1, 2], [], object()])
def test_what_is_no_points_is_refused_in_one_line(told: object) -> None:
    with pytest.raises(InputError) as error:
        face.sweep("honduras-2021", points=told)  # type: ignore[arg-type]
    (line,) = error.value.lines()
    rule = "a number of points, a pandas frame or a list of values by path, or the path of a CSV file"
    assert line.startswith(f"points: {rule} (got ")


# --- what is refused

KEPT = "label.NAME keeps a column as a label"


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("washington.attentoin\n1\n",
         ["column washington.attentoin: no such path: no `attentoin` here; did you mean washington.attention?"]),
        ("bugdet\n1\n", ["column bugdet: a path of the scenario or a parameter (sim parameters lists them); "
                         "did you mean beijing.budget or taipei.budget?"]),
        ("washington.attention,zzz\n1,2\n", [f"column zzz: a path of the scenario or a parameter (sim parameters "
                                             f"lists them); {KEPT}"]),
        ("washington.attention,\n1,2\n", [f"column 2: a path; {KEPT}"]),
        ("lean_effect,parameters.lean_effect\n1,2\n", ["column parameters.lean_effect: each path in one column"]),
        ("beijing.budget\n1\n30\nx\n", ["row 4: beijing.budget: a number (got 'x')"]),
        ("beijing.budget,washington.attention\n1,0\n1,30\n1,-1\n",
         ["row 3: washington.attention: at most 10 (got 30.0)", "row 4: washington.attention: at least 0 (got -1.0)"]),
        ("beijing.budget,taipei.budget\n1,2\n2,2\n\n1.0,2\n", ["row 5: each point once: it is that of row 2"]),
        ("beijing.budget\n1\n1,5\n", ["row 3: 1 cell, as the header has; a decimal comma needs one in every row, "
                                      "such as 1,0 (got 2)"]),
        *(("beijing.budget\n" + rows, ["row 2: 1 cell, as the header has; a decimal comma needs one in every row, "
                                       "such as 1,0 (got 2)"]) for rows in ("1,500\n", '"1",5\n', "1, 5\n")),
        ('beijing.budget\n"1,5"\n', ["row 2: beijing.budget: a number, with a decimal point in place of the "
                                     "comma (got '1,5')"]),
        ("beijing.budget,taipei.budget\n1,5,2\n", ["row 2: 2 cells, as the header has; a decimal comma needs "
                                                   "semicolons between columns (got 3)"]),
        ("beijing.budget;taipei.budget\n1,5;2.5\n", ["row 2: decimal commas or decimal points, not both in one file"]),
        (f"{DAY}\n27/01/2022\n", [f"row 2: {DAY}: a date written YYYY-MM-DD (got '27/01/2022')"]),
        (f"{DAY}\n2040-01-01\n", [f"row 2: {DAY}: not after the end, 2026-12-31 (got 2040-01-01)"]),
        ("beijing.budget,taipei.budget\n1,\n", ["column taipei.budget: at least one value"]),
        ("label.a\nx\n", [f"at least one column with a path; {KEPT}"]),
        ("beijing.budget\n", ["at least one row of values below the header"]),
        ("", ["a header that names paths, and a row for each point below it"]),
        (b"\xff\xfeb\x00", ["a text in UTF-8, not UTF-16: save it as CSV UTF-8"]),
        ("beijing.budget,label.é\n1,a\n".encode("latin-1"), ["a text in UTF-8 (byte 21 is not): save it as CSV UTF-8"]),
        ('beijing.budget\n"1\n', ["a table of values parted by commas, semicolons or tabs: unexpected end of data"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_row_path_and_value(
    content: str | bytes, lines: list[str], read: Callable[[str | bytes], Design]
) -> None:
    with pytest.raises(InputError) as error:
        read(content)
    assert error.value.lines() == [f"points.csv: {line}" for line in lines]


def test_a_bad_value_among_many_is_told_before_anything_runs(read: Callable[[str], Design]) -> None:
    rows = [str(place / 1000) for place in range(3000)]
    rows[1234] = "11"
    with pytest.raises(InputError) as error:
        read("washington.attention\n" + "\n".join(rows))
    assert error.value.lines() == ["points.csv: row 1236: washington.attention: at most 10 (got 11.0)"]


def test_a_long_list_is_tried_at_its_ends(honduras: ResolvedScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    resolved = ScenarioFiles.resolved

    def counted(opened: ScenarioFiles, overrides: dict[str, object]) -> ResolvedScenario:
        tried.append(overrides["beijing.budget"])
        return resolved(opened, overrides)

    monkeypatch.setattr(ScenarioFiles, "resolved", counted)
    values = ",".join(str(place / 100) for place in range(5000))
    assert parse_variation(f"beijing.budget={values}", honduras).size == 5000
    assert sorted(tried) == [0.0, 49.99]
    with pytest.raises(InputError) as error:
        parse_variation(f"beijing.budget={values},101", honduras)
    assert error.value.lines() == ["--vary: beijing.budget: at most 100 (got 101.0)"]


# --- sweeps


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    """Three points of 20 runs; the second leaves attention as it is."""
    folder = tmp_path_factory.mktemp("points")
    scenario = written(folder)
    frame = pd.DataFrame({"beijing.budget": [4, 0, 1], "washington.attention": [0, None, 3], "label.who": list("abc")})
    asked = sweep_of(scenario, points=framed(frame), runs=20)
    assert status(asked, folder).points == 3
    return run_sweep(asked, folder, Local(1))[0]


def test_points_keep_the_numbers_and_the_labels_of_their_rows(swept: SweepResult) -> None:
    found = swept.points()
    assert found["point"].tolist() == [0, 1, 2]
    assert found["beijing.budget"].tolist() == [4.0, 0.0, 1.0]
    assert found["washington.attention"].isna().tolist() == [False, True, False]
    assert found["label.who"].tolist() == ["a", "b", "c"]
    assert (swept.manifest["design"], swept.labels) == ("points", ["label.who"])


def test_points_are_those_of_a_grid_with_the_same_values(swept: SweepResult) -> None:
    scenario = Path(swept.folder).parents[2] / "small.toml"
    out = Path(swept.folder).parents[2] / "grid"
    asked = sweep_of(scenario, ["beijing.budget=0,4"], runs=20, fixed={"washington.attention": 0})
    assert run_sweep(asked, out, Local(1))[0].points()["mean"][1] == swept.points()["mean"][0]


def test_two_numbers_are_drawn_as_dots(swept: SweepResult, coarse: None) -> None:
    document = swept.document()
    assert kind_of(document) == "dots"
    (plot,) = draw(document).axes
    dots = next(each for each in plot.collections if each.get_gid() == "points")
    assert np.asarray(dots.get_offsets()).tolist() == [[4.0, 0.0], [0.0, 1.0], [1.0, 3.0]]
    told = [text.get_text() for text in plot.texts]
    assert told[1::2] == ["a", "b", "c"]
    assert told[::2] == [f"{mean:.1f}" for mean in swept.points()["mean"]]


def test_the_id_is_that_of_the_points_in_their_order(honduras: ResolvedScenario) -> None:
    frame = pd.DataFrame({"beijing.budget": [4, 0]})
    ids = {
        sweep_of("honduras-2021", points=framed(each), runs=20).identity
        for each in (frame, frame.astype(float), frame[::-1], frame.assign(**{"label.a": ["x", "y"]}))
    }
    assert len(ids) == 3


def test_python_takes_frames_and_numpys_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"beijing.budget": [1.0]})
    told = {"runs": np.int64(20), "seed": np.int64(3), "out": tmp_path}
    one = face.sweep(written(tmp_path), points=frame, **told)  # type: ignore[arg-type]
    assert face.sweep(tmp_path / "small.toml", vary=frame, **told).folder == one.folder  # type: ignore[arg-type]
    assert (one.manifest["runs"], one.manifest["seed"]) == (20, 3)
    with pytest.raises(InputError, match="points: left out where vary is a frame of points"):
        face.sweep("honduras-2021", vary=frame, points=frame)
    with pytest.raises(InputError, match="--runs: a whole number"):
        face.sweep("honduras-2021", points=frame, runs=np.float64(20.5))  # type: ignore[arg-type]
