"""Levers taken away: exactly the twin scenario without them, paired run by run; their errors and interactions."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from sim.analysis.bench import edited
from sim.analysis.deviations import deviations, groups, label_of
from sim.analysis.removals import Removals, removals
from sim.analysis.subject import subject_of
from sim.face import load, run
from sim.model.terms import SIDES
from sim.results import Result
from sim.results.tables import moved, paired
from sim.scenario import shipped
from sim.words import points
from tests.analysis.test_explain import moved as eventful
from tests.analysis.test_explain import result_of
from tests.examples import thorough
from tests.worlds import Document, changed, rich, told


def gone(result: Result, state: str, tie: str = "recognition") -> Any:
    """(runs,) whether a tie is at the end not what it was at the start."""
    at_start = np.array([SIDES[place.tie].index(place.at_start) for place in result.places])
    place = subject_of(result, state, tie).place
    return moved(at_start, result.changes, result.runs, len(result.months) - 1)[:, place]


def row_of(removed: Removals, lever: str) -> dict[str, Any]:
    return next(row for row in removed.rows if row["lever"] == lever)


def alone(**events: Any) -> Document:
    return told("GTM", "HND", "PRY", states={"HND": {"susceptibility": 3.0}}, events=events)


PLEDGE = {"type": "pledge", "state": "HND", "date": "2022-03-01"}


# --- twins ------------------------------------------------------------------------------------------------


def test_without_its_only_event_a_scenario_is_its_twin_that_never_had_it() -> None:
    result, twin = result_of(alone(promise=PLEDGE), runs=300), result_of(alone(), runs=300)
    removed = removals(result, "HND", threads=1)
    (row,) = removed.rows
    assert (row["lever"], row["label"], row["kind"], row["group"]) == ("events.promise", "promise", "words", "single")
    with_it, without = gone(result, "HND"), gone(twin, "HND")
    assert int(with_it.sum()) > int(without.sum()) > 0
    assert (round(300 * row["p"]), round(300 * row["without"])) == (int(with_it.sum()), int(without.sum()))
    assert row["difference"] == pytest.approx((without.sum() - with_it.sum()) / 300, abs=1e-15)
    difference = without.astype(float) - with_it
    clusters = difference.reshape(15, 20).sum(axis=1) - 20 * difference.mean()
    assert row["mc"] == pytest.approx(np.sqrt((clusters**2).sum() * 15 / 14) / 300)
    assert removed.pairs == []


@pytest.mark.parametrize(
    ("path", "value", "reference"),
    [
        ("beijing.budget", 3.0, 1.0),
        ("beijing.acceptance", {"2022-06-01": 0.2}, 1.0),
        ("taipei.budget", 0.0, 1.0),
        ("washington.attention", 4.0, 1.0),
        ("washington.hostility", 2.0, 0.0),
        ("states.HND.government_since", "2021-11-01", None),
    ],
)
def test_without_a_lever_of_a_patron_a_scenario_is_its_twin_at_the_reference(
    path: str, value: Any, reference: Any
) -> None:
    base = alone(promise=PLEDGE)
    result = result_of(changed(base, {path: value}), runs=200)
    twin = result_of(base if reference is None else changed(base, {path: reference}), runs=200)
    row = row_of(removals(result, "HND", threads=1), path)
    assert round(200 * row["without"]) == int(gone(twin, "HND").sum())
    assert row["difference"] == pytest.approx(row["without"] - row["p"], abs=1e-15)


def test_a_lever_at_its_reference_is_none_and_one_of_no_strength_changes_nothing_at_all() -> None:
    nothing = {"type": "lobbying", "state": "HND", "date": "2022-03-01", "pressure": 0.0}
    document = changed(alone(promise=PLEDGE, nothing=nothing), {"beijing.budget": 1.0, "washington.hostility": 0.0})
    removed = removals(result_of(document, runs=200), "HND", threads=1)
    assert {row["lever"] for row in removed.rows} == {"events.promise", "events.nothing", "all"}
    row = row_of(removed, "events.nothing")
    assert (row["difference"], row["low"], row["high"], row["mc"]) == (0.0, 0.0, 0.0, 0.0)
    assert row_of(removed, "all")["difference"] == row_of(removed, "events.promise")["difference"]


def test_what_a_child_changes_goes_back_to_what_its_root_has() -> None:
    root = changed(alone(promise=PLEDGE), {"states.HND.lean": 0.1, "parameters.pledge_kept": 0.3})
    child = changed(
        root,
        {
            "states.HND.lean": 0.9,
            "states.GTM.pride": 0.9,
            "parameters.pledge_kept": 0.9,
            "parameters.reassurance_effect": 0.0,
        },
    )
    result = result_of(child, runs=200, root=root)
    removed = removals(result, "HND", threads=1)
    singles = {row["lever"] for row in removed.rows if row["group"] == "single"}
    assert singles == {
        "events.promise", "states.HND.lean", "states.GTM.pride", "parameters.pledge_kept",
        "parameters.reassurance_effect",
    }  # fmt: skip
    for path, value in (("states.HND.lean", 0.1), ("parameters.pledge_kept", 0.3)):
        twin = result_of(changed(child, {path: value}), runs=200, root=root)
        assert round(200 * row_of(removed, path)["without"]) == int(gone(twin, "HND").sum())
    bare = changed(root, {"events.promise.enabled": False})
    twin = result_of(bare, runs=200, root=root)
    assert round(200 * row_of(removed, "all")["without"]) == int(gone(twin, "HND").sum())


@pytest.mark.parametrize(("silent", "told_so"), [(True, "yes"), (False, "no")])
def test_silence_that_a_child_tells_goes_back_to_the_last_speech(silent: bool, told_so: str) -> None:
    root = told("GTM", "HND")
    child = changed(root, {"states.HND.silent": silent})
    (lever,) = deviations(subject_of(result_of(child, runs=20, root=root), "HND"))
    assert (lever.path, lever.label) == ("states.HND.silent", f"Honduras: silent ({told_so})")
    removed = removals(result_of(child, runs=200, root=root), "HND", threads=1)
    twin = result_of(root, runs=200)
    assert round(200 * row_of(removed, "states.HND.silent")["without"]) == int(gone(twin, "HND").sum())


def test_a_state_that_only_the_child_has_is_its_own_reference() -> None:
    root = told("GTM", "HND", "PRY")
    child = changed(told("GTM", "HND", "PAN", "PRY"), {"states.PAN": {"pride": 0.9, "population": 4e6}})
    result = result_of(child, runs=20, root=root)
    assert deviations(subject_of(result, "PAN")) == []
    assert removals(result, "PAN", threads=1).sentences[-1] == "What it changes of its roster is not taken away."


def test_groups_take_away_what_is_of_a_kind_for_this_state() -> None:
    result = result_of(rich(), runs=40)
    singles = deviations(subject_of(result, "HND"))
    together = {lever.path: lever for lever in groups(subject_of(result, "HND"), singles)}
    kinds = ("words", "government", "beijing", "taipei", "washington", "truce", "other")
    assert set(together) == {"all", *(f"all:{kind}" for kind in kinds)}
    words = {path for path, _ in together["all:words"].edits}
    assert words == {f"events.{name}.enabled" for name in ("campaign", "comfort", "order", "open-threat", "notice")}
    assert {path for path, _ in together["all:government"].edits} == {
        "events.castro.enabled",
        "events.castro-again.enabled",
        "states.HND.government_since",
    }
    effects = "elections.taiwan.outcomes.kmt.effects"
    assert {path for path, _ in together["all:truce"].edits} >= {f"{effects}.truce.enabled", f"{effects}.over.enabled"}
    assert "beijing.budget" in {path for path, _ in together["all:beijing"].edits}
    assert len(together["all"].edits) == len(singles)
    assert together["all:words"].label == "all words of Honduras"


def test_all_of_them_leave_the_reference_conditions() -> None:
    document = changed(eventful(), {"beijing.budget": 2.0, "states.HND.government_since": "2021-10-01"})
    result = result_of(document, runs=100)
    bare = result_of({key: value for key, value in eventful().items() if key != "events"}, runs=100)
    row = row_of(removals(result, "HND", threads=1), "all")
    assert round(100 * row["without"]) == int(gone(bare, "HND").sum())


# --- pairs ------------------------------------------------------------------------------------------------


def test_an_interaction_is_what_both_do_less_what_each_does() -> None:
    result = result_of(eventful(), runs=300)
    removed = removals(result, "HND", threads=1)
    moving = [row for row in removed.rows if row["group"] == "single" and row["difference"] != 0.0]
    assert len(removed.pairs) == len(moving) * (len(moving) - 1) // 2 >= 3
    pair = next(pair for pair in removed.pairs if {pair["one"], pair["other"]} == {"events.promise", "events.office"})
    sets = {}
    for names in ((), ("promise",), ("office",), ("promise", "office")):
        twin = changed(eventful(), {f"events.{name}.enabled": False for name in names})
        # Words of a government that never comes: fine here, and no scenario of its own.
        sets[names] = gone(result_of(twin, runs=300), "HND").astype(int)
    both, neither = sets["promise", "office"], sets[()]
    difference = both - sets["promise",] - sets["office",] + neither
    assert pair["difference"] == pytest.approx((both - neither).mean(), abs=1e-15)
    assert pair["sum"] == pytest.approx((sets["promise",] + sets["office",] - 2 * neither).mean(), abs=1e-15)
    assert pair["interaction"] == pytest.approx(difference.mean(), abs=1e-15)
    assert pair["interaction"] == pytest.approx(pair["difference"] - pair["sum"], abs=1e-12)
    assert pair["mc"] == pytest.approx(paired(difference, 20, False).mc)
    sizes = [abs(pair["interaction"]) for pair in removed.pairs]
    assert sizes == sorted(sizes, reverse=True)


# --- error and range --------------------------------------------------------------------------------------


def test_a_difference_in_every_run_has_neither_range_nor_error() -> None:
    assert paired(np.full(100, -1), 20, False) == (-1.0, 0.0, -1.0, -1.0)


def test_luck_alone_leaves_no_range_and_draws_that_differ_leave_theirs() -> None:
    alike = np.tile([1, 0], 200)
    mean, mc, low, high = paired(alike, 20, False)
    assert (mean, low, high) == (0.5, 0.5, 0.5)
    assert mc == 0.0  # every draw has the same sum
    apart = np.repeat([1, 0], 200)
    mean, mc, low, high = paired(apart, 20, False)
    assert (mean, low, high) == (0.5, 0.0, 1.0)
    assert mc == pytest.approx(np.sqrt(20 * 100 * 20 / 19) / 400)
    mean, _, low, high = paired(apart, 20, True)
    assert (mean, low, high) == (0.5, 0.5, 0.5)
    assert paired(np.array([1, 0, 0]), 20, False)[2:] == (None, None)
    assert paired(np.array([1]), 20, False) == (1.0, None, None, None)


# --- shapes and words -------------------------------------------------------------------------------------


def test_rows_have_the_shape_that_a_report_reads() -> None:
    result = run("honduras-2021", runs=200, seed=3)
    removed = removals(result, "HND", runs=100, threads=2)
    assert (removed.runs, removed.p) == (100, float(gone(result, "HND")[:100].mean()))
    for row in removed.rows:
        assert {"lever", "label", "p", "without", "difference", "low", "high", "mc"} <= set(row)
        assert row["p"] == removed.p
    assert [row["lever"] for row in removed.rows if row["group"] == "all"] == ["all"]
    json.dumps(removed.document, allow_nan=False)
    assert list(removed.frame()["lever"]) == [row["lever"] for row in removed.rows]
    singles = [abs(row["difference"]) for row in removed.rows if row["group"] == "single"]
    assert singles == sorted(singles, reverse=True)
    assert (
        removed.sentences[0]
        == f"By the end of Dec 2026 Honduras has left Taipei in {100 * removed.p:.1f} % of 100 runs."
    )
    assert removed.sentences[-1] == (
        "Words of a government to come (castro pledge) count from its inauguration on: without that one they wait for "
        "the next, if any."
    )


def test_sentences_say_how_a_lever_moves_the_chance() -> None:
    document = changed(alone(promise=PLEDGE), {"parameters.pledge_kept": 0.6})
    removed = removals(result_of(document, runs=1000), "HND", threads=1)
    (row,) = removed.rows
    sentence = removed.sentences[1]
    assert sentence.startswith(
        f"Without promise it is {100 * row['without']:.1f} % ({points(row['difference'])} points, "
    )
    assert f"Monte Carlo error {100 * row['mc']:.1f}; " in sentence
    lever = changed(told("GTM", "HND"), {"beijing.acceptance": 0.2})
    removed = removals(result_of(lever, runs=300), "GTM", threads=1)
    assert removed.sentences[1].startswith("With Beijing's acceptance (0.2, usually 1) at its reference it is ")
    removed = removals(result_of(told("GTM", "HND"), runs=40), "GTM", threads=1)
    assert removed.sentences[1:] == ["The scenario pulls no lever: these are reference conditions."]
    assert removed.rows == []


def test_progress_runs_from_one_to_the_end() -> None:
    told_of: list[tuple[int, int]] = []
    removals(
        result_of(eventful(), runs=40), "HND", threads=1, progress=lambda done, wanted: told_of.append((done, wanted))
    )
    assert told_of[0][0] == 1
    assert told_of[-1][0] == told_of[-1][1]
    assert [done for done, _ in told_of] == sorted(done for done, _ in told_of)


def test_many_levers_about_others_are_taken_away_together() -> None:
    promises = {f"promise-{number}": {**PLEDGE, "state": "GTM", "strength": 0.1} for number in range(60)}
    removed = removals(result_of(alone(promise=PLEDGE, **promises), runs=20), "HND", threads=1)
    singles = [row["lever"] for row in removed.rows if row["group"] == "single"]
    assert len(singles) == 40
    assert "events.promise" in singles
    assert removed.sentences[-1] == "21 more levers about other states were taken away only together with all."


EVERYDAY = ("honduras-2021", "honduras-2025", "outlook-2026", "truce-2008")
"""Scenarios whose levers are of every kind; the others change one or a few of them."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in EVERYDAY else thorough) for name in sorted(shipped())]
)
def test_every_lever_of_a_shipped_scenario_can_be_taken_away(name: str) -> None:
    loaded = load(name)
    about = loaded.scenario.scenario.about
    result = run(loaded, runs=20, threads=1)
    for place in result.places:
        if place.iso3 in about:
            subject = subject_of(result, place.iso3, place.tie)
            removed = removals(result, place.iso3, tie=place.tie, threads=1)
            singles = deviations(subject)
            assert len(removed.rows) == len(singles) + len(groups(subject, singles)) > 0
            assert all(0.0 <= row["without"] <= 1.0 for row in (*removed.rows, *removed.pairs))
            break


def test_edits_leave_the_document_alone() -> None:
    document = {"a": {"b": 1}, "c": 2}
    assert edited(document, (("a.b", 3), ("d.e", 4))) == {"a": {"b": 3}, "c": 2, "d": {"e": 4}}
    assert document == {"a": {"b": 1}, "c": 2}


def test_names_in_words() -> None:
    assert label_of("events.castro-pledge") == "castro pledge"
    assert label_of("elections.taiwan-2028") == "taiwan 2028 election"
    assert label_of("elections.taiwan-2028.outcomes.kmt.effects.a-truce") == "taiwan 2028: kmt, a truce"
