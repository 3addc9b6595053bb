"""The charts of patterns and of an ablation: what they show, and that nothing is cut."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure

from sim.analysis.patterns import ABOVE, INSIDE, MODEL, NO, UNREAD, YES
from sim.backtest.mechanisms import HAZARD, MECHANISMS
from sim.charts import ablation, patterns
from sim.charts.catalogue import of_ablation, of_patterns
from tests.charts.result.test_result_charts import assert_clear, words


def pattern_rows(variant: str, fails: bool) -> list[dict[str, Any]]:
    """Five patterns of a model: one is not read; `fails` : whether the second does not hold the record."""
    rows = []
    for number, label in enumerate(
        ("Departures", "Variance of departures between calendar years", "Gap", "Price", "x")
    ):
        verdict = UNREAD if number == 4 else ABOVE if number == 1 and fails else INSIDE
        low, high = (0.1, 0.3) if verdict == ABOVE else (0.2, 1.4)
        rows.append(
            {
                "pattern": f"p{number}", "label": label, "era": "all" if number else "1990-01 to 1999-12",
                "unit": "a year", "kind": "new" if number == 2 else "fitted", "record": None if number == 4 else 0.8,
                "n": 9, "variant": variant, "low": low, "median": (low + high) / 2, "high": high, "low_mc": 0.01,
                "high_mc": 0.01, "histories": 100, "verdict": verdict, "sure": NO if number == 3 else YES, "note": "",
            }
        )  # fmt: skip
    return rows


def document(**changes: Any) -> dict[str, Any]:
    variants = [(MODEL, "model"), ("money", "without money"), (HAZARD, "bare fitted hazard")]
    rows = [row for name, _ in variants for row in pattern_rows(name, name == HAZARD or changes.get("fails", False))]
    return {
        "as_of": "2000-01-31", "until": "2000-01-31", "runs": 1000, "seed": 1,
        "eras": [{"era": "1990-01 to 1999-12", "known": "1989-12-31", "until": "1999-12-31"}],
        "variants": [{"variant": name, "label": label} for name, label in variants], "rows": rows, "sentences": [],
    }  # fmt: skip


def said(drawing: Figure) -> str:
    return " ".join(words(drawing)).replace("\n", " ")


def test_each_pattern_has_a_panel_with_the_record_across() -> None:
    drawing = of_patterns(document()).drawn("patterns")
    assert len(drawing.axes) == 5
    lines = [line for plot in drawing.axes for line in plot.lines if str(line.get_gid()).startswith("record-")]
    assert [float(line.get_xdata()[0]) for line in lines] == [0.8] * 4  # type: ignore[index]
    assert [label.get_text() for label in drawing.axes[0].get_yticklabels()] == [
        "model", "without money", "bare fitted hazard"
    ]  # fmt: skip
    assert_clear(drawing)


@pytest.mark.parametrize(
    ("fails", "heading"),
    [
        (False, "The model's histories hold the record in 4 of 4 patterns, the bare fitted hazard's in 3"),
        (
            True,
            "The model's histories hold the record in 3 of 4 patterns, the bare fitted hazard's in 3; the model fails "
            "in variance of departures between calendar years",
        ),
    ],
)
def test_the_heading_says_what_is_held_and_what_fails(fails: bool, heading: str) -> None:
    told = document(fails=fails)
    assert patterns.heading(told["rows"]) == heading
    drawing = of_patterns(told).drawn("patterns")
    text = said(drawing)
    assert heading in text
    for part in ("inside *", "inside?", "not read", "a year, 1990-01 to 1999-12"):
        assert part in text


def ablated(moved: bool = True) -> dict[str, Any]:
    names = ("money", "words", "silence")
    count = [
        {
            "mechanism": name, "label": MECHANISMS[name].without, "tie": tie, "month": "2026-12", "mean": 9.0,
            "mean_with": 9.0, "difference": 0.5 if moved and name == "words" else 0.0, "low": -0.2, "high": 0.9,
            "mc": 0.0 if name == "silence" else 0.02, "q05": -1, "q95": 2, "same": 3,
        }
        for name in names
        for tie in ("recognition", "cooperation")
    ]  # fmt: skip
    states = [
        {
            "mechanism": name, "iso3": code, "state": state, "tie": "recognition", "at_start": "taipei", "p": 0.1,
            "p_with": 0.2, "difference": -0.4 if moved and (code, name) == ("HND", "words") else 0.01, "low": None,
            "high": None, "mc": 0.01,
        }
        for name in names
        for code, state in (("HND", "Honduras"), ("VCT", "Saint Vincent and the Grenadines"))
    ]  # fmt: skip
    return {
        "title": "A test: who goes?", "runs": 2000, "seed": 3, "last_month": "2026-12", "count": count, "states": states
    }  # fmt: skip


def test_an_ablation_has_a_dot_for_each_mechanism_and_the_states_that_move() -> None:
    drawing = of_ablation(ablated()).drawn("ablation")
    dots = [line for line in drawing.axes[0].lines if str(line.get_gid()).startswith("count-")]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [0.0, 0.5, 0.0]  # type: ignore[index]
    text = said(drawing)
    assert "Of 3 mechanisms switched off, 1 moves the count beyond luck: without words +0.50 ± 0.02" in text
    for part in ("Honduras", "−40.0", "no change", "A test: who goes?; 2,000 runs of each, seed 3."):
        assert part in text
    assert "Grenadines" not in text
    bold = [each.get_text() for each in drawing.axes[1].texts if each.get_weight() == "bold"]
    assert bold == ["−40.0"]
    assert_clear(drawing)


def test_an_ablation_that_moves_nothing_says_so() -> None:
    told = ablated(moved=False)
    assert ablation.heading(told) == "No mechanism moves the number of states with Taipei beyond luck"
    assert "No chance of a state changes beyond luck." in said(of_ablation(told).drawn("ablation"))
