"""The charts of what one lever does, and of one varied number: values, paired errors, texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.charts.catalogue import draw_outcome, draw_sweep
from sim.words import ERRORS
from tests.charts.backtest.test_backtest_charts import bars, said
from tests.charts.result.test_result_charts import assert_clear, words
from tests.charts.sweep.test_sweep_charts import BUDGET, case, made
from tests.examples import thorough
from tests.pixels import few_pixels

PATHS = ("beijing.budget", "taipei.budget", "washington.attention")
DIFFERENCES = (
    (0.0, (1.4, -2.8, -0.9)), (0.5, (0.97, -1.4, -0.4)), (2.0, (-1.7, 1.2, 0.4)), (5.0, (-3.1, 1.9, 0.1)),
)  # fmt: skip
ERROR = 0.1


def levers(failed: tuple[int, ...] = (), own: float = 1.0) -> dict[str, Any]:
    """The document of a levers sweep whose differences are known; baseline 11.8 states, 46 %."""
    points = [(own,) * 3]
    changes = [0.0]
    for place in range(3):
        for multiple, differences in DIFFERENCES:
            points.append(tuple(multiple * own if axis == place else own for axis in range(3)))
            changes.append(differences[place])
    columns: dict[str, list[Any]] = {"point": list(range(13)), "error": [None] * 13}
    columns |= {path: [point[axis] for point in points] for axis, path in enumerate(PATHS)}
    for name, base, scale in (("mean", 11.8, 1.0), ("p_end_HND", 0.46, -0.1)):
        told = [scale * change for change in changes]
        columns[name] = [base + change for change in told]
        columns[f"{name}_mc"] = [0.15] * 13
        columns[f"{name}_change"] = told
        columns[f"{name}_change_mc"] = [0.0, *[ERROR * abs(scale)] * 12]
        columns[f"{name}_change_low"] = [0.0, *(change - 0.5 for change in told[1:])]
        columns[f"{name}_change_high"] = [0.0, *(change + 0.5 for change in told[1:])]
    for point in failed:
        columns["error"][point] = "did not run"
        for name in columns:
            if name.startswith(("mean", "p_end")):
                columns[name][point] = None
    document = made({BUDGET: [1.0]})
    return document | {
        "design": "levers",
        "points": 13,
        "against": 0,
        "varied": [{"path": path, "values": sorted(set(columns[path])), "is_date": False} for path in PATHS],
        "states": {"HND": "Honduras"},
        "columns": columns,
    }


def dots(drawing: Any, gid: str) -> list[tuple[float, float]]:
    return [
        (float(each.get_xdata()[0]), float(each.get_ydata()[0]))
        for plot in drawing.axes
        for each in plot.lines
        if each.get_gid() == gid
    ]


def test_a_dot_a_multiple_from_none_to_five_times() -> None:
    drawing = draw_outcome(levers())
    for place in range(3):
        values = [11.8 + differences[place] for _, differences in DIFFERENCES]
        wanted = [*values[:2], 11.8, *values[2:]]
        assert dots(drawing, f"outcome-{place}") == [(x, pytest.approx(y)) for x, y in enumerate(wanted)]
    ticks = [label.get_text().split() for label in drawing.axes[0].get_xticklabels()]
    assert ticks == [["none"], ["half"], ["as", "it", "is"], ["twice"], ["five", "times"]]


def test_lines_are_paired_errors_and_pale_ones_what_is_not_known() -> None:
    drawing = draw_outcome(levers())
    (low, high), *_ = bars(drawing, "paired-0")
    assert (low[1], high[1]) == pytest.approx((13.2 - ERRORS * ERROR, 13.2 + ERRORS * ERROR))
    (low, high), *_ = bars(drawing, "not-known-0")
    assert (low[1], high[1]) == pytest.approx((12.7, 13.7))


def test_numbers_stand_on_dots_and_below() -> None:
    written = words(draw_outcome(levers()))
    for text in ("13.2", "+1.4", "± 0.2", "−3.1", "difference", "two errors", "Beijing’s money", "Taipei’s money"):
        assert text in written
    assert written.count("11.8") == 3


def test_the_headline_tells_the_finding() -> None:
    assert (
        "Beijing’s money and Taipei’s money move the count about as much, by up to 3.1 and 2.8 states; "
        "Washington’s attention does least, 0.9 at most"
    ) in said(draw_outcome(levers()))
    assert (
        "Chance of Honduras to leave Taipei. Beijing’s money and Taipei’s money move the chance about as much, "
        "by up to 31.0 and 28.0 points; Washington’s attention does least, 9.0 at most"
    ) in said(draw_outcome(levers(), "left:HND"))


def test_chances_stay_between_none_and_certainty() -> None:
    drawing = draw_outcome(levers(), "left:HND")
    ends = [end[1] for ends in bars(drawing, "not-known-1") for end in ends]
    assert min(ends) >= 0.0
    assert max(ends) <= 100.0
    assert drawing.axes[0].get_ylim()[0] >= 0.0


def test_a_point_that_failed_is_left_out_and_counted() -> None:
    drawing = draw_outcome(levers(failed=(2,)))
    assert len(dots(drawing, "outcome-0")) == 4
    assert "12 of 13 points done, 1 failed." in said(drawing)
    nothing = draw_outcome(levers(failed=(0,)))
    assert not nothing.axes
    assert "No point could be told apart from the scenario itself" in said(nothing)


@pytest.mark.parametrize("outcome", ["count", "left:HND"])
@pytest.mark.parametrize("own", [1.0, 2.0])
def test_nothing_is_cut_or_covered(outcome: str, own: float) -> None:
    assert_clear(draw_outcome(levers(own=own), outcome))


@thorough
def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    with few_pixels():
        for name in ("one", "two"):
            draw_sweep(levers(), tmp_path / name, ["left:HND"])
    written = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert written == ["count.png", "count.svg", "left-HND.png", "left-HND.svg"]
    for name in written:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


# --- One number


def paired() -> dict[str, Any]:
    """A sweep over one number whose points are told apart from the one at 1."""
    document = case("one-few")
    columns = dict(document["columns"])
    for name in ("mean", "p_end_HND"):
        base = columns[name][2]
        columns[f"{name}_change"] = [value - base for value in columns[name]]
        error = 0.02 if name == "mean" else 0.01
        columns[f"{name}_change_mc"] = [0.0 if place == 2 else error for place in range(6)]
        columns[f"{name}_change_low"] = columns[f"{name}_change_high"] = columns[f"{name}_change"]
    return document | {"columns": columns, "against": 2}


def test_the_chart_of_one_number_has_a_finding_and_paired_errors() -> None:
    document = paired()
    drawing = draw_outcome(document)
    ends = bars(drawing, "errors")
    assert [high[1] - low[1] for low, high in ends] == pytest.approx(
        [0.0 if place == 2 else 2 * ERRORS * 0.02 for place in range(6)]
    )
    text = said(drawing)
    assert "Beijing’s money: with 10 times as much " in text
    assert "than as it is" in text
    assert "Bars: two Monte Carlo errors of the difference from 1, runs paired." in text
    assert_clear(drawing)


def test_so_has_that_of_a_chance() -> None:
    drawing = draw_outcome(paired(), "left:HND")
    low, high = bars(drawing, "errors")[0]
    assert high[1] - low[1] == pytest.approx(2 * ERRORS * 1.0)
    assert "Chance of Honduras to leave Taipei. Beijing’s money: with 10 times as much it is" in said(drawing)
    assert_clear(drawing)
