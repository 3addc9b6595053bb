"""Outcomes: what names one, what it is called, and that tables of points and runs agree on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.analysis.effects import moved
from sim.charts.catalogue import draw_outcome
from sim.charts.sweep.document import outcome_of
from sim.charts.sweep.line import paired
from sim.errors import InputError
from sim.fit import yardsticks_for
from sim.model.plan import Plan, plan
from sim.scenario import load
from sim.sweeps.executors import Local
from sim.sweeps.outcomes import Outcome, outcome_column, outcome_in, outcomes_in, parse_outcome
from sim.sweeps.sweep import run_sweep, sweep_of

SIDES = {"GTM": "taipei", "HND": "beijing"}
END = "the end of Dec 2026"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A sweep over one number, paired, of a scenario with hosts."""
    asked = sweep_of("honduras-2025", ["washington.attention=0,1,4"], runs=40)
    return run_sweep(asked, tmp_path_factory.mktemp("out"), Local(1))[0].document()


@pytest.fixture(scope="module")
def laid() -> Plan:
    loaded = load("honduras-2025")
    return plan(loaded, yardsticks_for(loaded.scenario))


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        ("count", Outcome("count"), "mean number of states that recognise Taipei at"),
        ("lost", Outcome("lost"), "mean number of states with Taipei at the start that are not at"),
        ("cooperation", Outcome("cooperation"), "mean number of hosts that cooperate with Washington at"),
        ("left:GTM", Outcome("left", "GTM"), "chance that Guatemala has left Taipei at"),
        ("left:Honduras", Outcome("left", "HND", True), "chance that Honduras has come to Taipei at"),
        ("suspended:HND", Outcome("suspended", "HND"), "chance that Honduras has suspended military cooperation at"),
    ],
)
def test_an_outcome_is_named_and_told(text: str, outcome: Outcome, words: str) -> None:
    found = parse_outcome(text, SIDES, ["HND"])
    assert (found, found.in_words(END)) == (outcome, f"{words} {END}")
    assert parse_outcome(found.asked, SIDES, ["HND"]) == found


@pytest.mark.parametrize(
    ("text", "hosts", "message"),
    [
        (
            "cuont",
            ["HND"],
            "--outcome: one of count, lost, left:ISO3, cooperation, suspended:ISO3 (got 'cuont'); did you mean count?",
        ),
        (
            "suspended:GTM",
            ["HND"],
            "--outcome: suspended: and the code of a state simulated here, such as suspended:HND",
        ),
        ("left:USA", [], "--outcome: left: and the code of a state simulated here, such as left:GTM (got 'left:USA')"),
        ("cooperation", [], "--outcome: count, lost or left:ISO3, for the scenario has no hosts (got 'cooperation')"),
    ],
)
def test_another_is_refused(text: str, hosts: list[str], message: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_outcome(text, SIDES, hosts)
    assert message in str(raised.value)


def test_a_scenario_without_hosts_has_no_cooperation() -> None:
    columns = {"mean": 0, "p_end_GTM": 0, "p_end_HND": 0}
    assert [one.asked for one in outcomes_in(columns, SIDES)] == ["count", "lost", "left:GTM", "left:HND"]


def test_every_column_of_an_outcome_is_one_that_a_table_may_have(document: dict[str, Any]) -> None:
    for one in outcomes_in(document["columns"], document["at_start"]):
        for name in (*one.columns(document["at_start"]), *one.quantiles):
            assert outcome_column(name) is not None
            assert name in document["columns"]


def test_a_plan_and_a_sweep_have_the_same_outcomes(document: dict[str, Any], laid: Plan) -> None:
    for one in outcomes_in(document["columns"], document["at_start"]):
        assert outcome_in(one.asked, laid) == one


def test_the_states_lost_are_the_sum_of_chances(document: dict[str, Any]) -> None:
    lost, count = (outcome_of(document, asked) for asked in ("lost", "count"))
    away = [code for code, side in document["at_start"].items() if side != "taipei"]
    back = sum(outcome_of(document, f"left:{code}").values / 100 for code in away)
    assert lost.values.tolist() == pytest.approx((document["count_at_start"] - count.values + back).tolist())
    assert (lost.errors >= 0.0).all()


@pytest.mark.parametrize("asked", ["count", "lost", "cooperation", "left:HND", "suspended:HND"])
def test_differences_are_those_of_the_outcome(document: dict[str, Any], asked: str) -> None:
    """Of suspended:HND not those of left:HND."""
    shown = outcome_of(document, asked)
    pairs = paired(document, shown)
    assert pairs is not None
    base = dict(zip(document["columns"]["washington.attention"], shown.values, strict=True))
    for change in pairs.changes:
        assert change.difference == pytest.approx(base[change.value] - base[pairs.own], abs=1e-9)


def test_errors_of_a_sum_are_the_most_that_they_can_be() -> None:
    columns = {
        "x": [1.0, 2.0],
        **{f"{name}": [0.5, 0.75] for name in ("a", "b")},
        **{f"{name}_change": [0.0, 0.25] for name in ("a", "b")},
        **{f"{name}_change_{end}": [0.0, 0.1] for name in ("a", "b") for end in ("mc", "low", "high")},
    }
    told = {"columns": columns, "against": 0, "varied": [{"path": "x"}]}
    (one,) = moved(told, "a", "b")
    (change,) = one.changes
    assert (one.base, change.outcome, change.difference) == (1.0, 1.5, 0.5)
    assert (change.error, change.low, change.high) == (pytest.approx(2 * 0.2), None, None)


@pytest.mark.parametrize(
    ("asked", "heading"),
    [("lost", "States that Taipei loses. "), ("cooperation", "Hosts that cooperate with Washington. ")],
)
def test_a_chart_of_a_number_says_which(document: dict[str, Any], asked: str, heading: str, coarse: None) -> None:
    drawing = draw_outcome(document, asked)
    texts = " ".join(text.get_text() for text in drawing.texts).replace("\n", " ")
    assert texts.startswith(heading)
    assert "recognise" not in texts
    assert "90 % of runs" not in texts or asked == "cooperation"


def test_the_levers_have_every_outcome(tmp_path: Path, coarse: None) -> None:
    found = run_sweep(sweep_of("honduras-2025", runs=20), tmp_path, Local(1))[0].document()
    for asked in ("lost", "cooperation", "suspended:HND"):
        drawing = draw_outcome(found, asked)
        assert "No point could be told apart" not in " ".join(text.get_text() for text in drawing.texts)
