"""The smallest single change: both sides of its bound are run, and a twin scenario agrees."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.smallest_change import Dial, Trial, change_in_words, dials, smallest, smallest_change
from sim.analysis.subject import Subject, first_decisions, subject_of
from sim.model.patrons import Beijing
from sim.runs.agents import own_agents
from sim.scenario.levers import LEVERS
from tests.analysis.test_explain import moved, result_of
from tests.worlds import CERTAIN, Document, changed, in_the_truce, rich, told


def decided_in(document: Document, state: str, run: int, tie: str = "recognition") -> int | None:
    """The row in which a run of a scenario decides, by running the whole of it up to that run."""
    runs, rows = first_decisions(subject_of(result_of(document, runs=run + 1, parameters="drawn"), state, tie))
    row = rows[runs == run]
    return int(row[0]) if row.shape[0] else None


def some_run(document: Document, state: str, least: int = 6, runs: int = 100) -> tuple[Subject, int, int]:
    """A run that decides late enough for its events to count, and the row of the decision."""
    subject = subject_of(result_of(document, runs=runs), state)
    runs, rows = first_decisions(subject)
    run = int(runs[rows >= least][0])
    return subject, run, int(rows[runs == run][0])


def test_the_trial_is_the_run_itself() -> None:
    for document, state, tie in (
        (moved(), "HND", "recognition"),
        (rich(), "NIC", "recognition"),
        (rich(), "HND", "cooperation"),
    ):
        subject = subject_of(result_of(document, runs=40), state, tie)
        runs, rows = first_decisions(subject)
        known = dict(zip(runs.tolist(), rows.tolist(), strict=True))
        for run in range(0, 40, 3):
            trial = Trial(subject, run)
            assert trial.decided() == known.get(run)
            for dial in dials(trial, 10**6):
                if np.isfinite(dial.value):
                    assert dial.turn(dial.value) == known.get(run), dial.lever


def test_an_event_left_out_is_the_twin_without_it() -> None:
    subject, run, row = some_run(moved(), "HND")
    changes = {
        change["lever"]: change for change in smallest_change(subject, run, row)["rows"] if change["way"] == "out"
    }
    assert {"events.promise", "events.office"} <= set(changes)
    for name in ("promise", "office", "envoys"):
        if f"events.{name}" in changes:
            later = decided_in(changed(moved(), {f"events.{name}.enabled": False}), "HND", run)
            change = changes[f"events.{name}"]
            assert change["keeps"] == (later is None)
            assert change["latest"] == (None if later is None else subject.result.months[later])


@pytest.mark.parametrize("seed_run", range(3))
def test_the_bound_keeps_it_and_the_next_value_does_not_in_a_scenario_that_says_so(seed_run: int) -> None:
    subject = subject_of(result_of(moved(), runs=200), "HND")
    runs, rows = first_decisions(subject)
    late = runs[rows >= 6]
    run = int(late[seed_run])
    row = int(rows[runs == run][0])
    paths = {
        "beijing.acceptance": "beijing.acceptance",
        "taipei.budget": "taipei.budget",
        "beijing.budget": "beijing.budget",
        "washington.attention": "washington.attention",
        "events.promise.strength": "events.promise.strength",
        "events.office.lean": "events.office.lean",
        "events.envoys.pressure": "events.envoys.pressure",
    }
    seen = 0
    for change in smallest_change(subject, run, row)["rows"]:
        if change["way"] == "number" and change["keeps"] and change["lever"] in paths:
            path = paths[change["lever"]]
            assert decided_in(changed(moved(), {path: change["to"]}), "HND", run) is None, change
            assert decided_in(changed(moved(), {path: change["short"]}), "HND", run) is not None, change
            assert abs(change["short"] - change["value"]) < abs(change["to"] - change["value"])
            assert abs(change["to"] - change["short"]) <= 0.0021
            seen += 1
    assert seen > 0


def test_levers_nobody_pulled_are_added_from_the_start() -> None:
    strong = {
        "money_effect": 8.0,
        "gdp_at_risk": 1000.0,
        "credibility": 1.0,
        "backfire_effect": 0.0,
        "pledge_kept": 0.2,
        "lost_public": 0.126,
    }
    document = changed(moved(), {f"parameters.{name}": value for name, value in strong.items()})
    subject, run, row = some_run(document, "HND")
    changes = {change["lever"]: change for change in smallest_change(subject, run, row)["rows"]}
    change = changes["lobbying"]
    assert change["keeps"]
    event = {"type": "lobbying", "state": "HND", "date": "2021-12-31"}
    for value, kept in ((change["to"], True), (change["short"], False)):
        twin = changed(document, {"events.more": {**event, "pressure": value}})
        assert (decided_in(twin, "HND", run) is None) == kept
    assert "taipei.package" in changes


def test_dated_levers_are_moved_in_all_months() -> None:
    document = changed(moved(), {"beijing.acceptance": {"2022-01-01": 0.8, "2022-06-01": 0.9}})
    subject, run, row = some_run(document, "HND")
    change = next(row for row in smallest_change(subject, run, row)["rows"] if row["lever"] == "beijing.acceptance")
    assert change["label"] == "Beijing's acceptance, added in all months"
    assert change["value"] == 0.0
    assert change["keeps"]
    assert -1.0 <= change["to"] < 0.0


def test_what_comes_after_the_decision_is_not_tried() -> None:
    document = changed(moved(), {"events.late": {"type": "reassurance", "state": "HND", "date": "2024-12-01"}})
    subject, run, row = some_run(document, "HND")
    assert row < 36
    assert not any("late" in change["lever"] for change in smallest_change(subject, run, row)["rows"])


def test_nothing_keeps_a_state_that_is_bound_to_go() -> None:
    document = told("GTM", "HND", states={"HND": {"susceptibility": 1000.0}}, parameters=CERTAIN)
    subject = subject_of(result_of(document, runs=20), "HND")
    document = smallest_change(subject, 3, 1)
    keeping = [row["lever"] for row in document["rows"] if row["keeps"]]
    # Even then Beijing may decline: at nought, or so little that the luck of 36 months holds.
    assert keeping == ["beijing.acceptance"]
    assert document["sentences"][0].startswith(
        "The smallest single change that would have kept it with Taipei in this run: "
    )


def test_where_no_lever_keeps_it_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    document = told("GTM", "HND", states={"HND": {"susceptibility": 1000.0}}, parameters=CERTAIN)
    subject = subject_of(result_of(document, runs=20), "HND")
    only = [lever for lever in LEVERS if lever.path == "taipei.budget"]
    monkeypatch.setattr("sim.analysis.smallest_change.LEVERS", only)
    answer = smallest_change(subject, 3, 1)
    assert answer["sentences"] == [
        "No single change of a lever would have kept it with Taipei in this run; the latest it could be put off to is "
        "Jan 2022."
    ]


def test_a_return_and_a_suspension_have_changes_of_their_own() -> None:
    back = subject_of(result_of(rich(), runs=80), "NIC")
    runs, rows = first_decisions(back)
    change = smallest_change(back, int(runs[0]), int(rows[0]))
    levers = {row["lever"] for row in change["rows"]}
    assert {"taipei.acceptance", "taipei.wooing", "beijing.budget", "beijing.package"} <= levers
    assert not levers & {"lobbying", "washington.attention"}
    ends = subject_of(result_of(rich(), runs=80), "HND", "cooperation")
    runs, rows = first_decisions(ends)
    change = smallest_change(ends, int(runs[-1]), int(rows[-1]))
    levers = {row["lever"] for row in change["rows"]}
    assert "washington.hostility" in levers
    assert not any("probe" in lever for lever in levers)
    json.dumps(change, allow_nan=False)


def test_a_truce_over_can_be_left_out() -> None:
    subject = subject_of(result_of(in_the_truce(), runs=100), "HND")
    runs, rows = first_decisions(subject)
    late = rows >= 24
    run, row = int(runs[late][0]), int(rows[late][0])
    changes = {change["lever"]: change for change in smallest_change(subject, run, row)["rows"]}
    assert changes["events.contest"]["way"] == "out"


# --- the search -------------------------------------------------------------------------------------------


def dial(turn: Callable[[float], int | None], value: float = 1.0, low: float = 0.0, high: float = 10.0) -> Dial:
    return Dial("a.lever", "A lever", "of 10", value, low, high, 1.0, turn)


@pytest.mark.parametrize(
    ("kept", "to"),
    [
        (lambda value: value <= 0.37, 0.37),
        (lambda value: value >= 7.7771, 7.778),
        (lambda value: value <= 0.2 or value >= 1.5, 1.5),
        (lambda value: value <= 0.7 or value >= 1.5, 0.7),
        (lambda value: value == 10.0, 10.0),
    ],
)
def test_the_nearest_bound_is_found_and_rounded_outwards(kept: Any, to: float) -> None:
    value, short, _ = smallest(dial(lambda value: None if kept(value) else 5))
    assert value is not None
    assert value == to
    assert kept(value)
    assert not kept(short)


def test_a_dial_that_keeps_nowhere_tells_the_latest_row() -> None:
    assert smallest(dial(lambda value: 4 if value < 2 else 9)) == (None, 1.0, 9)
    assert smallest(dial(lambda value: 4, value=0.0, low=0.0, high=0.0)) == (None, 0.0, None)


def test_changes_in_words() -> None:
    row: dict[str, Any] = {"lever": "x", "label": "promise", "way": "out"}
    assert change_in_words(row) == "promise left out"
    row |= {"way": "number", "label": "promise: strength", "to": 0.4471, "value": 0.98765, "unit": "of 1"}
    assert change_in_words(row) == "promise: strength 0.4471 instead of 0.988 (of 1)"
    row |= {"lever": "taipei.package", "label": "A package", "to": 158.0, "value": 0.0, "unit": "US$ million a year"}
    assert change_in_words(row | {"size": 0.4912}) == "A package: 0.49 % of its GDP a year (US$ 158 million)"
    row |= {"lever": "lobbying", "label": "Lobbying", "to": 1.25, "unit": "of 3"}
    assert change_in_words(row) == "Lobbying: 1.25 (of 3)"
    assert change_in_words(row | {"other_luck": True}) == (
        "Lobbying: 1.25 (of 3) [its talks then open in another month, with other luck]"
    )


class AsShipped(Beijing):
    """Another class, and the same in all it does."""


def test_python_agents_that_do_the_same_have_the_same_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.analysis.smallest_change.STEPS", 2)
    shipped, run, row = some_run(moved(), "HND")
    agents = own_agents([AsShipped])
    assert agents is not None
    settings = dict(shipped.result.settings) | {"engine": "mesa", "agents": agents.document}
    own = subject_of(replace(shipped.result, settings=settings), "HND")
    assert smallest_change(own, run, row) == smallest_change(shipped, run, row)
