"""An explanation: its ledger is the decisions' own, its steps make the hazard, its sentences say the numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.analysis.bench import ledger_again
from sim.analysis.explain import Explanation, _chosen_run, explain
from sim.analysis.one_run import steps
from sim.analysis.subject import first_decisions, subject_of
from sim.errors import InputError, ResultError
from sim.model import rules
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.reference import derive
from sim.model.terms import DECISIONS, HAZARD, SIDE, WEIGHED
from sim.model.terms import TERMS as EVERY_TERM
from sim.results import Result
from sim.runs.run import Request, simulate
from sim.scenario import ResolvedScenario, Scenario
from sim.words import money, two_digits
from sim.words import month as month_of
from tests.worlds import Document, bits, changed, in_the_truce, rich, told


def result_of(document: Document, runs: int = 100, root: Document | None = None, **settings: Any) -> Result:
    """The result of a scenario told as tables, which extends `root` or nothing."""
    scenario = Scenario.model_validate(document)
    reference = scenario if root is None else Scenario.model_validate(root)
    return simulate(
        Request(ResolvedScenario(scenario, reference, "test", ()), runs=runs, seed=1, **settings), threads=1
    )


@pytest.fixture(scope="module")
def everything() -> Result:
    return result_of(rich(), runs=80)


@pytest.fixture(scope="module")
def honduras() -> Explanation:
    """A state that a pledge, a government and an offer move."""
    return explain(result_of(moved(), runs=200), "HND", threads=1)


def moved() -> Document:
    return told(
        "GTM",
        "HND",
        "PRY",
        states={"HND": {"susceptibility": 2.0}},
        events={
            "promise": {"type": "campaign-pledge", "state": "HND", "date": "2021-11-28"},
            "office": {"type": "inauguration", "state": "HND", "date": "2022-03-10", "lean": 0.6},
            "envoys": {"type": "lobbying", "state": "HND", "date": "2022-05-10", "pressure": 1.0},
            "money": {"type": "offer", "state": "HND", "date": "2022-09-01", "million_usd": 900.0, "chance": 0.5},
        },
    )


# --- the ledger -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_ledger_rows_are_the_numbers_of_the_decisions_to_the_last_bit(everything: Result, engine: Any) -> None:
    runs = list(range(0, everything.runs, 9))
    book = ledger_again(everything, Request.again(everything).setup, runs, engine).ledger
    assert book is not None
    changes = everything.changes
    seen = 0
    for row in np.flatnonzero(np.isin(changes["run"], runs)).tolist():
        weighed = book[runs.index(int(changes["run"][row])), changes["month"][row], changes["state"][row]]
        assert weighed[SIDE] == changes["from"][row]
        for name, column in WEIGHED.items():
            if name.startswith("price") and weighed[SIDE] != 0.0:
                continue
            assert bits(weighed[column : column + 1]) == bits(changes[name][row : row + 1]), name
        seen += 1
    assert seen > 50


def test_a_result_of_mesa_is_explained_with_the_same_numbers() -> None:
    one, other = (
        explain(result_of(moved(), runs=40, engine=engine), "HND", threads=1).document
        for engine in ("compiled", "mesa")
    )
    assert {**one, "id": None} == {**other, "id": None}


def test_a_result_that_does_not_come_again_is_refused(everything: Result) -> None:
    hazard = everything.changes["hazard"].copy()
    hazard[0] = math.nextafter(float(hazard[0]), 1.0)
    touched = replace(everything, changes={**everything.changes, "hazard": hazard})
    rule = "what this version gives again: the result was made by another version; run the scenario again"
    with pytest.raises(ResultError) as refused:
        explain(touched, "HND")
    assert refused.value.lines() == [f"events.parquet: {rule}"]
    short = {name: values[:-1] for name, values in everything.changes.items()}
    setup = Request.again(everything).setup
    ledger_again(everything, setup, [0, 79])
    with pytest.raises(ResultError, match="made by another version"):
        ledger_again(replace(everything, changes=short), setup, [0, 79])


def test_a_result_without_its_reference_is_refused(everything: Result) -> None:
    with pytest.raises(ResultError, match=r"a scenario of this version's language; run it again"):
        explain(replace(everything, reference={}), "HND")


# --- the steps at a decision ------------------------------------------------------------------------------


def decisions(result: Result) -> Iterator[tuple[str, dict[str, float], float]]:
    """Every decision of a result: which, its terms, its hazard; of changing sides the chance that talks ended so."""
    changes, cooperating = result.changes, len(result.members)
    for row in range(changes["run"].shape[0]):
        before, place = changes["from"][row], changes["state"][row]
        terms = {name: float(changes[name][row]) for name in EVERY_TERM}
        if place >= cooperating:
            if before == 0:
                del terms["acceptance"]
                yield "suspend", terms, float(changes["hazard"][row])
        elif before == 0:
            yield "leave", terms, float(changes["chance"][row])
        elif changes["to"][row] == 0:
            yield "return", terms, float(changes["chance"][row])


ADDED = {name: [term.name for term in decision.added] for name, decision in DECISIONS.items()}


def test_the_steps_multiply_to_the_hazard_exactly(everything: Result) -> None:
    seen = set()
    for result in (everything, result_of(in_the_truce(), runs=100)):
        for decision, terms, hazard in decisions(result):
            parts = steps(decision, terms)
            assert parts[-1]["after"] == hazard
            assert parts[0]["after"] == (math.exp if decision == "suspend" else rules.wins)(terms["base"])
            assert all(step["before"] == last["after"] for last, step in pairwise(parts))
            product = parts[0]["after"] * math.prod(step["factor"] for step in parts[1:])
            assert product == pytest.approx(hazard, rel=1e-11)
            assert [step["term"] for step in parts[1 : len(ADDED[decision]) + 1]] == ADDED[decision]
            seen.add(decision)
    assert seen == {"leave", "return", "suspend"}


def test_a_hazard_beyond_the_cap_ends_at_the_cap() -> None:
    terms = dict.fromkeys(ADDED["suspend"], 0.0) | {"base": 19.0, "backfire": 5.0, "order": 0.5}
    rows = steps("suspend", terms)
    assert rows[-1]["after"] == rules.hazard_of_suspension(20.0, 0.5)
    assert next(step for step in rows if step["term"] == "backfire")["after"] == math.exp(20.0)


# --- one run ----------------------------------------------------------------------------------------------


def test_the_run_is_the_first_with_the_median_month(honduras: Explanation) -> None:
    runs, months = first_decisions(honduras.subject)
    ordered = sorted(months.tolist())
    median = ordered[(len(ordered) - 1) // 2]
    told_run = honduras.document["run"]
    assert (told_run["row"], told_run["typical"], told_run["decided"]) == (median, True, True)
    assert told_run["run"] == min(run for run, month in zip(runs, months, strict=True) if month == median)


def test_a_run_that_leaves_twice_is_told_by_its_first_departure(everything: Result) -> None:
    subject = subject_of(everything, "HND")
    changes = {
        name: np.array([value, value]) for name, value in (("run", 3), ("state", subject.place), ("from", 0), ("to", 1))
    }
    twice = replace(everything, changes={**changes, "month": np.array([7, 20])})
    runs, months = first_decisions(replace(subject, result=twice))
    assert (runs.tolist(), months.tolist()) == ([3], [7])


def test_luck_falls_below_the_chance_in_the_month_of_the_decision_and_in_none_before() -> None:
    result = result_of(moved(), runs=60)
    for run in range(0, 60, 5):
        story = explain(result, "HND", run, runs=20, threads=1).document["run"]
        below = [month["luck"] is not None and month["luck"] < month["losing"] for month in story["months"]]
        assert below == [False] * (len(below) - 1) + [story["decided"]]
        for month in story["months"]:
            assert month["chance"] == rules.monthly_chance(month["hazard"], 1.0 if month["row"] else 0.0)


def test_what_the_patrons_did_gives_the_terms_again_to_the_last_bit(honduras: Explanation) -> None:
    run = honduras.document["run"]
    setup, i = Request.again(honduras.result).setup, honduras.subject.member
    draw, timeline, draws = run["run"] // RUNS_PER_DRAW, setup.plan.timeline, setup.draws(run["run"] + 1)
    names = draws.parameters.dtype.names or ()
    p = SimpleNamespace(**{name: float(draws.parameters[name][draw]) for name in names})
    reference = derive(timeline, p, draws.values[draw], draws.spreads[draw])
    usual, credible = run["usual"], rules.pooled(p.credibility, p.trust_weight, 0.0, 0.0)
    assert math.log1p(usual["beijing_share"]) == pytest.approx(reference.bid[i, run["row"]])
    assert math.log1p(usual["taipei_share"]) == pytest.approx(reference.answer[i])
    assert len(run["acts"]) == len(run["months"])
    for act, month in zip(run["acts"], run["months"], strict=True):
        assert act["month"] == month["month"]
        offer = rules.offer_term(p.money_effect, rules.worth(act["beijing_share"]), reference.bid[i, month["row"]])
        assert offer == month["offer"]
        assert rules.aid_term(p.money_effect, rules.worth(act["taipei_share"]), reference.answer[i]) == month["aid"]
        stake = rules.worth(rules.stake(act["pressure"], credible, act["dependence"], p.gdp_at_risk))
        public = int(month["talks"] == "public")
        assert rules.threat_term(p.money_effect, stake, reference.stake[i, public]) == month["threat"]
        assert act["beijing_million_usd"] == pytest.approx(act["beijing_share"] * timeline.gdp[i] / 100.0)
    money = {item["label"]: item for item in run["calendar"]}["money"]
    assert (money["row"], money["month"], money["certain"]) == (9, "2022-09", False)
    if run["row"] >= 9:
        assert (run["acts"][9]["of_it_offers"] > 0.0) == money["happened"]


def test_a_run_in_which_it_stays_tells_the_months_of_its_highest_hazard() -> None:
    result = result_of(moved(), runs=200)
    left, _ = first_decisions(subject_of(result, "HND"))
    stays = next(run for run in range(200) if run not in left)
    explanation = explain(result, "HND", stays, runs=40, threads=1)
    run = explanation.document["run"]
    assert (run["decided"], run["keeping"], len(run["months"])) == (False, None, 37)
    ranked = sorted(run["months"], key=lambda month: -month["hazard"])
    assert run["highest"] == [month["month"] for month in ranked[:5]]
    assert run["hazard"] == ranked[0]["hazard"]
    assert run["steps"][-1]["after"] == run["losing"] == ranked[0]["losing"]
    chance = 1.0 - math.prod(1.0 - month["chance"] for month in run["months"])
    assert run["chance_in_all"] == pytest.approx(chance)
    assert explanation.sentences[1].startswith(f"In run {stays} Honduras stays with Taipei: 3 talks were concluded")
    assert run["story"][-1].endswith(f"this run is one of the {two_digits(1.0 - chance)} that luck spares.")
    held = min((talk for talk in run["concluded"] if talk["outcome"] == "stayed"), key=lambda talk: talk["surplus"])
    assert held["drawn"] >= held["chance"]
    assert f"closest in those of {month_of(held['closed'])} (in silence, " in run["story"][1]
    assert f"{money(held['more_share'], held['more_musd'])} more, as believed" in run["story"][1]
    assert explanation.keeping().empty


def test_where_nobody_leaves_only_the_chance_is_told() -> None:
    result = result_of(changed(moved(), {"states.HND.susceptibility": 0.0}), runs=40)
    explanation = explain(result, "HND", threads=1)
    assert explanation.document["run"] is None
    assert explanation.sentences[:2] == [
        "By the end of Dec 2024 Honduras has left Taipei in 0.0 % of 40 runs (Monte Carlo error 0.0).",
        "In none of the runs it leaves Taipei, so there is no decision to look into.",
    ]
    assert explanation.months().empty
    assert {row["difference"] for row in explanation.removals.rows} == {0.0}
    assert all(row["decision_mean"] is None for row in explanation.document["terms"])


# --- the ensemble -----------------------------------------------------------------------------------------


def test_terms_at_the_decisions_are_those_of_the_changes(honduras: Explanation) -> None:
    changes = honduras.result.changes
    rows = (changes["state"] == honduras.subject.place) & (changes["from"] == 0)
    table = honduras.terms().set_index("term")
    for name in ("pledge", "government", "hazard", "acceptance"):
        values = changes[name][rows]
        assert table.loc[name, "decision_mean"] == pytest.approx(values.mean())
        assert table.loc[name, "decision_low"] == pytest.approx(np.quantile(values, 0.05))
        assert table.loc[name, "decision_high"] == pytest.approx(np.quantile(values, 0.95))
    assert list(table.index) == ["base", *ADDED["leave"], "acceptance", "hazard"]


def test_the_hazard_by_month_is_that_of_runs_still_with_taipei(honduras: Explanation) -> None:
    sampled = [number * 200 // 100 for number in range(100)]
    book = ledger_again(honduras.result, Request.again(honduras.result).setup, sampled).ledger
    assert book is not None
    rows = book[:, :, honduras.subject.place, :]
    table = honduras.hazard()
    for month in (0, 3, 20, 36):
        staying = rows[:, month, SIDE] == 0
        assert table["open"][month] == staying.mean()
        assert table["mean"][month] == pytest.approx(rows[staying, month, HAZARD].mean())
        assert table["q95"][month] == pytest.approx(np.quantile(rows[staying, month, HAZARD], 0.95))
    events = {item["label"]: item["row"] for item in honduras.document["when"]["calendar"]}
    assert events == {"promise": -1, "office": 3, "envoys": 5, "money": 9}


def test_dated_levers_stand_in_the_calendar() -> None:
    document = changed(moved(), {"beijing.budget": {"2021-01-01": 1.5, "2022-07-01": 2.0}})
    explanation = explain(result_of(document, runs=20), "GTM", threads=1)
    items = [item for item in explanation.document["when"]["calendar"] if item["type"] == "lever"]
    assert [(item["label"], item["row"], item["month"]) for item in items] == [("Beijing's budget 2", 7, "2022-07")]


def test_the_document_is_strict_json_and_repeats(honduras: Explanation) -> None:
    text = json.dumps(honduras.document, allow_nan=False)
    again = explain(honduras.result, "HND", threads=2)
    assert json.dumps(again.document, allow_nan=False) == text


def test_the_frames_have_a_row_a_month_a_step_and_a_lever(honduras: Explanation) -> None:
    run = honduras.document["run"]
    months = honduras.months()["month"]
    assert months.dtype == "datetime64[ms]"
    assert list(months.dt.strftime("%Y-%m")) == list(honduras.result.months[: run["row"] + 1])
    assert months.dt.is_month_end.all()
    assert honduras.keeping()["latest"].dtype == "datetime64[ms]"
    assert honduras.steps()["after"].iloc[-1] == run["losing"]
    assert list(honduras.acts()["month"]) == list(honduras.months()["month"])
    assert set(honduras.keeping()["way"]) == {"out", "number"}
    assert set(honduras.removed()["lever"]) >= {"events.promise", "events.office", "all"}


# --- the other decisions ----------------------------------------------------------------------------------


def test_a_return_and_a_suspension_are_explained_too(everything: Result) -> None:
    back = explain(everything, "NIC", runs=40, threads=1)
    assert (back.subject.decision, back.document["run"]["decided"]) == ("return", True)
    assert "has come to Taipei" in back.sentences[0]
    ends = explain(everything, "HND", tie="cooperation", runs=40, threads=1)
    assert (ends.subject.decision, ends.subject.place) == ("suspend", len(everything.members) + 1)
    assert "Honduras suspends military cooperation in" in ends.sentences[1]
    for explanation, measure, of_luck in ((back, "losing", "losing"), (ends, "hazard", "chance")):
        run = explanation.document["run"]
        assert run["steps"][-1]["after"] == run[measure]
        assert run["luck"] < run[of_luck]
        json.dumps(explanation.document, allow_nan=False)


def test_a_state_on_neither_side_may_come_too() -> None:
    """Its months without a tie have a chance like those with Beijing, and a number drawn where talks close."""
    result = result_of(in_the_truce(), runs=40)
    one = explain(result, "GMB", 0, runs=20, threads=1).document["run"]
    waiting = [month for month in one["months"] if month["side"] == "none"]
    assert waiting
    assert all(month["chance"] is not None and month["talks"] is not None for month in waiting)


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "settings", "line"),
    [
        ("HDN", {}, "--state: a state of this result, one of GTM, HND, PRY (got 'HDN'); did you mean HND (Honduras)?"),
        ("Belize", {}, "--state: a state of this result, one of GTM, HND, PRY (got 'Belize')"),
        ("ZZZ", {}, "--state: a state of this result, one of GTM, HND, PRY (got 'ZZZ')"),
        ("HND", {"run": 200}, "--run: a whole number from 0 to 199 (got 200)"),
        ("HND", {"run": -1}, "--run: a whole number from 0 to 199 (got -1)"),
        ("HND", {"run": True}, "--run: a whole number from 0 to 199 (got true)"),
        ("HND", {"runs": 0}, "--runs: a whole number of 1 or more (got 0)"),
        (
            "HND",
            {"tie": "coperation"},
            "--tie: one of recognition, cooperation (got 'coperation'); did you mean cooperation?",
        ),
        (
            "HND",
            {"tie": "cooperation"},
            "--tie: recognition, for the scenario of this result has no hosts (got 'cooperation')",
        ),
    ],
)
def test_a_wrong_request_says_what_is_wrong(honduras: Explanation, state: str, settings: Any, line: str) -> None:
    with pytest.raises(InputError) as refused:
        explain(honduras.result, state, **settings)
    assert refused.value.lines() == [line]


def test_a_state_that_is_no_host_is_refused(everything: Result) -> None:
    with pytest.raises(InputError) as refused:
        explain(everything, "PRY", tie="cooperation")
    rule = "--state: a host of this result, one of GTM, HND, MHL, PAN, PLW, SLV (got 'PRY')"
    assert refused.value.lines()[0].startswith(rule)


def test_a_single_run_is_explained() -> None:
    result = result_of(moved(), runs=1)
    explanation = explain(result, "HND", 0, threads=1)
    assert _chosen_run(explanation.subject, 0) == 0
    assert {row["mc"] for row in explanation.removals.rows} == {None}
    json.dumps(explanation.document, allow_nan=False)
