"""The calendar in motion: exact sequences in small worlds where outcomes are certain."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.atlas import record, states
from sim.model import calendar as kinds
from sim.model import rules
from sim.model.plan import Plan, month_label, month_number
from sim.model.reference import FIRST_YEAR, time_in_office
from sim.model.terms import HAZARD, TERMS
from sim.runs.ensemble import Ensemble
from tests.worlds import (
    ALIKE,
    CERTAIN,
    SAME,
    Document,
    bits,
    changed,
    cooperating,
    difference,
    draw,
    lay_out,
    open_world,
    problems_of,
    recognising,
    run,
    sequence,
    term,
    told,
)

FIXED = {"GTM": {"susceptibility": 0.0}, "HND": {"susceptibility": 0.0}, "PLW": {"susceptibility": 0.0}}
CLOSED = {"acceptance": 0.0}


def world(**events: dict[str, Any]) -> Document:
    """Three states that nobody accepts, so that only the calendar moves."""
    return told("GTM", "HND", "PLW", end="2025-12-31", states=FIXED, beijing=CLOSED, events=events)


def column(document: Document | Ensemble, name: str, state: int = 1) -> np.ndarray:
    """One column of run 0."""
    return term(document if isinstance(document, Ensemble) else run(document), name, state)[0]


def standing(document: Document, what: int | str, state: int = 1) -> np.ndarray:
    """(T + 1,) the level of a kind of words, a standing order or a first year in office, by month."""
    made = open_world(lay_out(document))
    found = []
    for month in range(made.timeline.exposure.shape[0]):
        made.step()
        if what == "order":
            found.append(rules.standing_order(month - int(made.order_since[state])))
        elif what == "first year":
            found.append(float(time_in_office(month - int(made.government_since[state])) == FIRST_YEAR))
        else:
            found.append(float(made.levels[what, state]))
    return np.array(found)


def months(values: np.ndarray) -> list[int]:
    """The months in which a column is not nought."""
    return np.flatnonzero(values != 0.0).tolist()


# --- exact sequences --------------------------------------------------------------------------------------


def test_who_must_leave_leaves_in_the_month_beijing_accepts_and_comes_back_when_taipei_does() -> None:
    laid = lay_out(
        told(
            "GTM",
            "HND",
            "PLW",
            end="2022-12-31",
            states={
                "GTM": {"susceptibility": 0.0},
                "HND": {"susceptibility": 1000.0},
                "PLW": {"susceptibility": 1000.0},
            },
            parameters=CERTAIN,
            beijing={"acceptance": {"2021-12-31": 0.0, "2022-03-20": 1.0, "2022-04-01": 0.0}},
            taipei={"acceptance": {"2021-12-31": 0.0, "2022-06-01": 1.0, "2022-07-01": 0.0}},
        )
    )
    expected = [
        ("2022-03", "HND", "taipei", "beijing"),
        ("2022-03", "PLW", "taipei", "beijing"),
        ("2022-06", "HND", "beijing", "taipei"),
        ("2022-06", "PLW", "beijing", "taipei"),
    ]
    for engine in ("compiled", "mesa"):
        ensemble = run(laid, engine=engine)  # type: ignore[arg-type]
        assert all(sequence(laid, ensemble, number) == expected for number in range(20))
        assert recognising(ensemble).tolist() == [[3, 3, 3, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3]] * 20
        assert np.all(cooperating(ensemble) == 0)


def test_who_leaves_in_a_truce_waits_with_neither_side_until_it_ends() -> None:
    document = told(
        "GTM",
        "HND",
        end="2023-12-31",
        states={"GTM": {"susceptibility": 0.0}, "HND": {"susceptibility": 1000.0}},
        parameters=CERTAIN | {"acceptance_truce": 1.0},
        beijing={"acceptance": {"2021-12-31": 0.0, "2022-03-01": 1.0}},
        taipei={"acceptance": 0.0},
        events={"truce": {"type": "truce", "date": "2022-02-10"}},
    )
    left = ("2022-03", "HND", "taipei", "none")
    forever = lay_out(document)
    assert sequence(forever, run(forever)) == [left]
    ended = lay_out(changed(document, {"events.end": {"type": "truce-ends", "date": "2022-09-28"}}))
    ensemble = run(ended)
    assert sequence(ended, ensemble) == [left, ("2022-09", "HND", "none", "beijing")]
    assert recognising(ensemble)[0].tolist() == [2] * 3 + [1] * 22
    lapsed = lay_out(changed(document, {"events.truce.years": 0.5}))
    assert sequence(lapsed, run(lapsed)) == [left, ("2022-08", "HND", "none", "beijing")]


def test_a_state_between_the_sides_at_the_start_waits_for_the_contest() -> None:
    """The Gambia left Taipei in November 2013 and had no ties with either side until 2016."""
    document = told(
        "GTM",
        start="2014-01-31",
        end="2017-12-31",
        roster={"candidates": ["GMB"]},
        states={"GTM": {"susceptibility": 0.0}},
        taipei={"acceptance": 0.0},
        events={
            "truce": {"type": "truce", "date": "2008-05-20"},
            "contest": {"type": "truce-ends", "date": "2016-03-17"},
        },
    )
    laid = lay_out(document)
    assert laid.states == ("GTM", "GMB")
    assert sequence(laid, run(laid)) == [("2016-03", "GMB", "none", "beijing")]


def test_a_state_that_waits_weighs_coming_back_and_waits_on_where_nobody_takes_it() -> None:
    document = told(
        "HND",
        states={"HND": {"susceptibility": 1000.0}},
        taipei={"acceptance": 0.0},
        parameters=CERTAIN | {"acceptance_truce": 1.0},
        events={"truce": {"type": "truce", "date": "2021-12-31"}},
    )
    ledger = run(document).ledger
    assert ledger is not None
    assert ledger[0, 1, 0, 0] == 0.0
    assert np.all(ledger[0, 2:, 0, 0] == 2.0)
    assert np.all(ledger[0, 2:, 0, HAZARD] == 0.0)
    back = changed(document, {"taipei.acceptance": 1.0})
    assert sequence(lay_out(back), run(back))[:2] == [
        ("2022-01", "HND", "taipei", "none"),
        ("2022-02", "HND", "none", "taipei"),
    ]


# --- time -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "left"),
    [("2021-12-10", 21 / 31), ("2021-12-31", 0.0), ("2021-12-01", 30 / 31), ("2024-02-15", 14 / 29)],
)
def test_the_first_month_has_the_days_that_are_left(start: str, left: float) -> None:
    laid = lay_out(told("HND", start=start, end=f"{int(start[:4]) + 1}-06-01"))
    assert laid.timeline.exposure[0] == pytest.approx(left, rel=1e-15)
    assert np.all(laid.timeline.exposure[1:] == 1.0)


def test_nobody_moves_on_the_last_day_of_a_month() -> None:
    document = told(
        "HND", "PLW", states={code: {"susceptibility": 1000.0} for code in ("HND", "PLW")}, parameters=CERTAIN
    )
    assert set(run(document).changes[:4, 1].tolist()) >= {1.0}
    assert np.min(run(document).changes[:, 1]) == 1.0
    earlier = changed(document, {"scenario.start": "2021-12-15", "scenario.as_of": "2021-12-15"})
    assert np.min(run(earlier).changes[:, 1]) == 0.0


def test_row_nought_is_the_roster_at_the_end_of_as_of() -> None:
    document = told("HND", "PLW", start="2021-12-15", states={"HND": {"susceptibility": 1000.0}}, parameters=CERTAIN)
    for engine in ("compiled", "mesa"):
        ensemble = run(changed(document, {"taipei.acceptance": 0.0}), engine=engine)  # type: ignore[arg-type]
        assert np.all(recognising(ensemble)[:, 0] == 2)
        assert np.all(recognising(ensemble)[:, 1] <= 1)


def test_rows_run_to_the_month_of_the_end() -> None:
    laid = lay_out(told("HND", start="2021-12-15", end="2023-02-01"))
    assert laid.months[0] == "2021-12"
    assert laid.months[-1] == "2023-02"
    assert len(laid.months) == 15
    assert laid.timeline.calendar_month[1] == 2022 * 12
    assert [month_label(number) for number in (2022 * 12, 2022 * 12 + 11)] == ["2022-01", "2022-12"]


def test_a_month_number_is_absolute() -> None:
    assert month_number(date(2021, 12, 10)) == 2021 * 12 + 11


def test_dated_levers_hold_from_the_month_of_their_date() -> None:
    levers = {"2020-01-01": 0.5, "2022-03-31": 2.0, "2022-05-01": 0.0}
    timeline = lay_out(told("HND", end="2022-07-31", beijing={"budget": levers})).timeline
    assert timeline.beijing_budget.tolist() == [0.5, 0.5, 0.5, 2.0, 2.0, 0.0, 0.0, 0.0]
    later = lay_out(
        told(
            "HND", end="2022-03-31", washington={"focus": {"2022-02-01": 0.3}}, beijing={"budget": {"2022-02-01": 3.0}}
        )
    )
    assert later.timeline.beijing_budget.tolist() == [1.0, 1.0, 3.0, 3.0]
    assert np.isnan(later.timeline.washington_focus[:2]).all()
    assert later.timeline.washington_focus[2:].tolist() == [0.3, 0.3]


# --- governments and their words --------------------------------------------------------------------------


def test_a_new_government_opens_its_window_for_twelve_months() -> None:
    document = world(office={"type": "inauguration", "state": "HND", "date": "2023-02-05"})
    assert months(standing(document, "first year")) == list(range(14, 26))
    assert months(standing(document, "first year", 0)) == []


def test_a_government_lately_in_office_is_in_its_window_at_the_start() -> None:
    office = {"type": "inauguration", "state": "HND", "date": "2025-06-05"}
    document = changed(world(office=office), {"states.HND.government_since": "2021-08-01"})
    assert months(standing(document, "first year")[:30]) == list(range(8))


def test_an_inauguration_clears_lean_words_and_order() -> None:
    document = world(
        drift={"type": "lean", "state": "HND", "date": "2022-02-01", "lean": 0.9},
        promise={"type": "pledge", "state": "HND", "date": "2022-03-01"},
        comfort={"type": "reassurance", "state": "PLW", "date": "2022-03-01"},
        order={"type": "order", "state": "HND", "date": "2022-04-01"},
        office={"type": "inauguration", "state": "HND", "date": "2022-08-01"},
    )
    ensemble = run(document)
    assert months(column(ensemble, "government")) == list(range(2, 8))
    assert months(standing(document, kinds.PLEDGE)) == list(range(3, 8))
    assert months(standing(document, "order")) == list(range(4, 8))
    assert months(standing(document, kinds.REASSURANCE, 2)) == list(range(3, 49))


def test_an_inauguration_ends_a_reassurance_and_a_pledge_to_return() -> None:
    document = world(
        comfort={"type": "reassurance", "state": "HND", "date": "2022-03-01"},
        office={"type": "inauguration", "state": "HND", "date": "2022-08-01", "lean": 0.5},
    )
    assert months(standing(document, kinds.REASSURANCE)) == list(range(3, 8))
    lean = column(document, "government")
    assert months(lean) == list(range(8, 49))


def test_an_inauguration_with_a_lean_sets_it() -> None:
    document = changed(
        world(office={"type": "inauguration", "state": "HND", "date": "2022-08-01", "lean": 0.5}),
        {"states.HND.lean": -0.3},
    )
    effect = float(draw(lay_out(document)).parameters["lean_effect"][0])
    lean = column(document, "government")
    assert lean[7] == 0.0
    assert lean[8:] == pytest.approx([effect * 0.8] * 41, rel=1e-12)


def test_a_campaign_pledge_counts_from_the_inauguration_on_and_not_before() -> None:
    campaign = {"type": "campaign-pledge", "state": "HND", "date": "2021-11-01"}
    office = {"type": "inauguration", "state": "HND", "date": "2022-05-31"}
    again = {"type": "inauguration", "state": "HND", "date": "2024-05-31"}
    assert months(standing(world(campaign=campaign, office=office), kinds.PLEDGE)) == list(range(5, 49))
    assert months(standing(world(campaign=campaign, office=office, again=again), kinds.PLEDGE)) == list(range(5, 29))
    unsure = world(campaign=campaign, office=office | {"chance": 0.0})
    assert months(standing(unsure, kinds.PLEDGE)) == []


def test_words_of_a_government_that_never_comes_are_a_mistake() -> None:
    campaign = {"type": "campaign-pledge", "state": "HND", "date": "2022-05-20"}
    words = {"type": "reassurance", "state": "HND", "date": "2022-05-20", "incoming": True}
    office = {"type": "inauguration", "state": "HND", "date": "2022-06-30"}
    for spoken in (campaign, words):
        wrong = [
            f"events.spoken: followed by an inauguration in HND, from which these words count (got '{spoken['type']}')"
        ]
        assert problems_of(world(spoken=spoken)) == wrong
        assert problems_of(world(spoken=spoken, office=office | {"state": "GTM"})) == wrong
        assert problems_of(world(spoken=spoken, office=office | {"date": "2022-04-30"})) == wrong
        assert problems_of(world(spoken=spoken, office=office | {"enabled": False})) == wrong
        assert problems_of(world(spoken=spoken, office=office)) == []
        assert problems_of(world(spoken=spoken, office=office | {"date": "2022-05-20"})) == []
        assert problems_of(world(spoken=spoken | {"enabled": False})) == []


def test_an_incoming_reassurance_waits_for_the_inauguration_too() -> None:
    words = {"type": "reassurance", "state": "HND", "date": "2022-02-01", "incoming": True}
    office = {"type": "inauguration", "state": "HND", "date": "2022-05-31"}
    assert months(standing(world(words=words, office=office), kinds.REASSURANCE)) == list(range(5, 49))


def test_words_on_the_day_of_an_inauguration_are_the_new_governments() -> None:
    words = {"type": "pledge", "state": "HND", "date": "2022-05-31"}
    office = {"type": "inauguration", "state": "HND", "date": "2022-05-31"}
    for names in (("a", "b"), ("b", "a")):
        document = world(**{names[0]: words, names[1]: office})
        assert months(standing(document, kinds.PLEDGE)) == list(range(5, 49))


def test_on_one_day_incoming_words_come_first_then_the_inauguration_then_the_rest() -> None:
    day = {"state": "HND", "date": "2022-05-31"}
    told_on_the_day = {
        "campaign": {"type": "campaign-pledge"},
        "office": {"type": "inauguration", "lean": -0.4},
        "order": {"type": "order"},
        "lean": {"type": "lean", "lean": 0.6},
        "threat": {"type": "threat"},
    }
    found = []
    for names in ("abcde", "edcba", "cadbe"):
        events = {name: day | event for name, event in zip(names, told_on_the_day.values(), strict=True)}
        document = changed(world(**events), {"cooperation.hosts": ["HND"], "states.HND.lean": 0.0})
        laid = lay_out(document)
        assert [entry.event.type for entry in laid.entries][:2] == ["campaign-pledge", "inauguration"]
        ensemble = run(laid)
        assert months(standing(document, kinds.PLEDGE)) == list(range(5, 49))
        assert months(standing(document, "first year")) == list(range(5, 17))
        assert months(standing(document, "order")) == list(range(5, 29))
        assert months(column(ensemble, "order")) == list(range(5, 29))
        assert months(column(ensemble, "order", 2 + 1)[:6]) == [5]  # the host's words, up to its first chance
        effect = float(draw(laid).parameters["lean_effect"][0])
        lean = column(ensemble, "government")
        assert months(lean) == list(range(5, 49))
        assert lean[5:] == pytest.approx([0.6 * effect] * 44, rel=1e-12)
        found.append(ensemble)
    assert np.array_equal(bits(found[0].ledger), bits(found[1].ledger))
    assert np.array_equal(bits(found[0].ledger), bits(found[2].ledger))


def test_words_fade_at_their_half_life() -> None:
    words = {"type": "reassurance", "state": "HND", "date": "2022-02-01", "half_life_months": 4.0, "strength": 0.6}
    values = standing(world(words=words), kinds.REASSURANCE)
    assert values[[1, 2, 6, 10]] == pytest.approx([0.0, 0.6, 0.3, 0.15])


def test_a_request_counts_while_its_talks_are_open() -> None:
    asked = {"type": "request", "state": "HND", "date": "2022-02-15", "million_usd": 500.0, "answer": "refused"}
    document = world(asked=asked)
    values = run(changed(document, {"parameters.talks_months": 4.0})).ledger[:, :, 1, TERMS["request"]]  # type: ignore[index]
    term_of = open_world(lay_out(changed(document, {"parameters.talks_months": 4.0}))).reference.request_term[1]
    assert np.all(values[:, :2] == 0.0)
    assert set(np.unique(values)) == {0.0, term_of}
    assert np.all(values[:, 2] == term_of)
    assert np.mean(values[:, 12] == 0.0) > 0.5
    long_ago = run(world(asked=asked | {"date": "2019-11-15"})).ledger
    assert np.all(long_ago[:, :, 1, TERMS["request"]] == 0.0)  # type: ignore[index]


def test_an_order_stands_for_24_months() -> None:
    document = world(order={"type": "order", "state": "HND", "date": "2022-02-01"})
    values = column(document, "order")
    assert months(values) == list(range(2, 26))
    assert values[2] == open_world(lay_out(document)).reference.order_term[1] > 0.0


def test_an_order_of_before_the_start_still_stands() -> None:
    document = world(order={"type": "order", "state": "HND", "date": "2021-06-01"})
    assert months(column(document, "order")) == list(range(18))


def test_a_withdrawal_ends_order_and_pledge_and_leaves_reassurances() -> None:
    events = {
        "order": {"type": "order", "state": "HND", "date": "2022-02-01"},
        "promise": {"type": "pledge", "state": "HND", "date": "2022-02-01"},
        "other": {"type": "order", "state": "GTM", "date": "2022-02-01"},
        "taken-back": {"type": "withdrawal", "state": "HND", "date": "2022-06-01"},
    }
    document = world(**events)
    ensemble = run(document)
    assert months(column(ensemble, "order")) == list(range(2, 6))
    assert months(standing(document, "order")) == list(range(2, 6))
    assert months(standing(document, kinds.PLEDGE)) == list(range(2, 6))
    assert months(column(ensemble, "order", 0)) == list(range(2, 26))
    comfort = {"comfort": {"type": "reassurance", "state": "HND", "date": "2022-03-01"}}
    assert months(standing(world(**events | comfort), kinds.REASSURANCE)) == list(range(3, 49))


def test_leaving_ends_the_pledge_to_leave_and_returning_the_pledge_to_return() -> None:
    """One to go the other way, and a reassurance, stand."""
    day = {"state": "HND", "date": "2022-01-01"}
    document = told(
        "HND",
        "PLW",
        events={
            "leave": {"type": "pledge"} | day,
            "back": {"type": "pledge", "to": "taipei"} | day,
            "comfort": {"type": "reassurance"} | day,
            "gone": {"type": "switch", "to": "beijing", "state": "HND", "date": "2022-03-01"},
            "returned": {"type": "switch", "to": "taipei", "state": "HND", "date": "2022-06-01"},
            "again": {"type": "pledge", "state": "HND", "date": "2022-08-01", "strength": 0.25},
        },
        parameters={"departure_rate": 1e-6, "return_rate": 1e-9, "pledge_kept": 0.001},
    )
    assert months(standing(document, kinds.PLEDGE, 0))[:4] == [1, 2, 3, 8]
    assert standing(document, kinds.PLEDGE, 0)[8] == 0.25
    assert months(standing(document, kinds.RETURN_PLEDGE, 0)) == list(range(1, 7))
    assert months(standing(document, kinds.REASSURANCE, 0)) == list(range(1, 37))


# --- however long ago it left ----------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_a_state_may_come_back_however_long_ago_it_left(engine: Any) -> None:
    """Bolivia left in 1985, El Salvador in August 2018; Micronesia never was with it; Honduras leaves in July 2023."""
    document = told(
        "GTM",
        "HND",
        end="2036-12-31",
        roster={"candidates": ["BOL", "FSM", "SLV"]},
        states={"GTM": {"susceptibility": 0.0}, "HND": {"susceptibility": 1000.0}},
        parameters=CERTAIN | {"return_rate": 1e-6},
        beijing={"acceptance": {"2021-12-31": 0.0, "2023-07-01": 1.0}},
    )
    laid = lay_out(document)
    ensemble = run(laid, engine=engine)
    assert sequence(laid, ensemble) == [("2023-07", "HND", "taipei", "beijing")]
    for code, left in (("BOL", 1), ("FSM", 1), ("SLV", 1), ("HND", 20)):
        assert np.all(column(ensemble, "hazard", laid.states.index(code))[left:] > 0.0)
    assert laid.timeline.left[laid.states.index("SLV")] == -40
    assert laid.timeline.left[laid.states.index("FSM")] == kinds.NEVER
    assert laid.timeline.left[laid.states.index("GTM")] == kinds.NEVER


def test_an_order_carried_out_is_over() -> None:
    """After a return the old order does not stand any more."""
    document = told(
        "HND",
        states={"HND": {"susceptibility": 1000.0}},
        parameters={"return_rate": 1e-9},
        beijing={"acceptance": {"2022-03-01": 0.0}},
        events={
            "order": {"type": "order", "state": "HND", "date": "2022-01-01"},
            "gone": {"type": "switch", "to": "beijing", "state": "HND", "date": "2022-02-01"},
            "returned": {"type": "switch", "to": "taipei", "state": "HND", "date": "2022-03-01"},
        },
    )
    ensemble = run(document)
    assert set(months(standing(document, "order", 0))) <= {1, 2}
    assert np.all(ensemble.ledger[:, 3:, 0, TERMS["order"]] == 0.0)  # type: ignore[index]


def test_an_order_waits_while_beijing_does_not_accept() -> None:
    document = told(
        "HND",
        end="2023-12-31",
        states={"HND": {"susceptibility": 0.0}},
        parameters={"order_carried_out": 0.999, "return_rate": 1e-9},
        beijing={"acceptance": {"2021-12-31": 0.0, "2022-06-01": 1.0}},
        events={"order": {"type": "order", "state": "HND", "date": "2022-01-01"}},
    )
    ensemble = run(document, 100)
    assert len(ensemble.changes) == 100
    assert np.min(ensemble.changes[:, 1]) == 6
    assert np.mean(ensemble.changes[:, 1] == 6) > 0.5


def test_a_lean_event_holds_until_the_next() -> None:
    document = world(
        one={"type": "lean", "state": "HND", "date": "2022-02-01", "lean": 0.5},
        two={"type": "lean", "state": "HND", "date": "2022-04-15", "lean": -0.5},
    )
    document = changed(document, {"states.HND.lean": 0.0})
    assert np.sign(column(document, "government")).tolist() == [0.0] * 2 + [1.0] * 2 + [-1.0] * 45


# --- truces -----------------------------------------------------------------------------------------------


def acceptance(**events: dict[str, Any]) -> np.ndarray:
    document = told("GTM", "HND", "PLW", end="2025-12-31", states=FIXED, events=events)
    return column(document, "acceptance")


def test_a_truce_lowers_acceptance_for_its_years() -> None:
    values = acceptance(truce={"type": "truce", "date": "2022-05-20", "years": 1.5})
    assert np.flatnonzero(values < 1.0).tolist() == list(range(5, 23))
    drawn = draw(lay_out(told(*FIXED, states=FIXED))).parameters["acceptance_truce"]
    assert set(values.tolist()) == {drawn[0], 1.0}
    assert drawn[0] == pytest.approx(0.063, abs=0.001)


def test_a_truce_begun_before_the_start_goes_on() -> None:
    values = acceptance(truce={"type": "truce", "date": "2021-06-20", "years": 1.0})
    assert np.flatnonzero(values < 1.0).tolist() == list(range(6))
    over = acceptance(truce={"type": "truce", "date": "2019-06-20", "years": 1.0})
    assert np.all(over == 1.0)


def test_a_truce_without_years_holds_until_it_ends() -> None:
    truce = {"type": "truce", "date": "2022-05-20"}
    assert np.flatnonzero(acceptance(truce=truce) < 1.0).tolist() == list(range(5, 49))
    ended = acceptance(truce=truce, end={"type": "truce-ends", "date": "2023-01-31"})
    assert np.flatnonzero(ended < 1.0).tolist() == list(range(5, 13))


def test_acceptance_in_a_truce_multiplies_the_lever_and_has_a_floor() -> None:
    document = told(
        *FIXED,
        states=FIXED,
        beijing={"acceptance": 0.5},
        parameters={"acceptance_truce": 0.01},
        events={"truce": {"type": "truce", "date": "2022-05-20"}},
    )
    assert column(document, "acceptance")[[4, 5]].tolist() == [0.5, 0.005]
    lower = changed(document, {"parameters.acceptance_truce": 0.009})
    assert problems_of(lower) == ["parameters.acceptance_truce: from 0.01 to 1 (got 0.009)"]
    drawn = draw(lay_out(changed(document, {"parameters": {}})), 4_000, mode="drawn").parameters["acceptance_truce"]
    assert np.min(drawn) == 0.01


def test_in_a_truce_taipei_takes_back_as_few_as_beijing_takes() -> None:
    document = told(
        "GTM",
        "HND",
        end="2023-12-31",
        roster={"candidates": ["NIC"]},
        states=FIXED | {"NIC": {"susceptibility": 0.0}},
        taipei={"acceptance": {"2022-08-01": 0.6}},
        parameters=ALIKE | {"acceptance_truce": 0.2, "return_rate": 0.3},
        events={"truce": {"type": "truce", "date": "2022-05-20", "years": 0.5}},
    )
    document["states"].pop("PLW")
    laid = lay_out(document)
    assert laid.states == ("GTM", "HND", "NIC")
    for engine in ("compiled", "mesa"):
        ensemble = run(laid, engine=engine)  # type: ignore[arg-type]
        values = column(ensemble, "acceptance", 2)
        assert values.tolist() == [1.0] * 5 + [0.2] * 3 + [0.6 * 0.2] * 3 + [0.6] * 14
        assert column(ensemble, "acceptance").tolist() == [1.0] * 5 + [0.2] * 6 + [1.0] * 14
    quiet, lively = (
        term(run(changed(document, {"states.NIC.susceptibility": share})), "hazard", 2)[0, 6] for share in (1e-6, 1e-5)
    )
    assert lively == pytest.approx(10.0 * quiet, rel=1e-9)
    assert quiet == pytest.approx(0.2 * 0.3e-6, rel=1e-9)


# --- chances ----------------------------------------------------------------------------------------------


def happenings(laid: Plan, runs: int) -> np.ndarray:
    """(runs, E) which events happen in each run."""
    drawn, happens = draw(laid, runs), np.zeros((runs, len(laid.entries)), dtype=np.bool_)
    for number in range(runs):
        kinds.draw_happenings(laid.timeline.events, drawn.chances[0], drawn.outcomes[0], 1, number, happens[number])
    return happens


def test_an_event_happens_as_often_as_its_chance() -> None:
    chances = (0.0, 0.2, 0.7, 1.0)
    events = {
        f"order-{k}": {
            "type": "lean",
            "state": "HND",
            "date": f"2022-0{k + 1}-01",
            "lean": 0.1 * (k + 1),
            "chance": chance,
        }
        for k, chance in enumerate(chances)
    }
    document = changed(world(**events), {"states.HND.lean": 0.0, "scenario.end": "2022-12-31"})
    laid = lay_out(document)
    happened = happenings(laid, 2_000)
    found = happened.mean(axis=0)
    errors = [4.0 * np.sqrt(chance * (1.0 - chance) / 2_000) for chance in chances]
    assert np.all(np.abs(found - chances) <= errors)


def test_an_election_has_one_outcome_and_each_as_often_as_its_chance() -> None:
    outcomes = {
        name: {
            "chance": chance,
            "effects": {"office": {"type": "inauguration", "state": "HND", "delay_months": 2, "lean": lean}},
        }
        for name, chance, lean in (("a", 0.5, 0.2), ("b", 0.2, 0.4), ("c", 0.1, 0.6))
    }
    document = told("HND", elections={"vote": {"date": "2022-05-01", "state": "HND", "outcomes": outcomes}})
    laid = lay_out(document)
    happened = happenings(laid, 4_000)
    assert laid.timeline.events.month.tolist() == [7, 7, 7]
    assert np.max(happened.sum(axis=1)) == 1
    names = [entry.name.split(".")[3] for entry in laid.entries]
    found = dict(zip(names, happened.mean(axis=0).tolist(), strict=True))
    for name, chance in (("a", 0.5), ("b", 0.2), ("c", 0.1)):
        assert found[name] == pytest.approx(chance, abs=4.0 * np.sqrt(chance * (1.0 - chance) / 4_000))


def test_outcomes_are_taken_in_order_of_name() -> None:
    def vote(names: tuple[str, ...]) -> Document:
        lean, chance = {"a": 0.2, "b": 0.4, "c": 0.6}, {"a": 0.5, "b": 0.2, "c": 0.1}
        outcomes = {
            name: {
                "chance": {"central": chance[name], "low": 0.05, "high": 0.9},
                "effects": {
                    "office": {"type": "inauguration", "state": "HND", "delay_months": 2, "lean": lean[name]},
                },
            }
            for name in names
        }
        elections = {"vote": {"date": "2022-05-01", "state": "HND", "outcomes": outcomes}}
        return told("GTM", "HND", parameters={"departure_rate": 0.2}, elections=elections)

    one, other = lay_out(vote(("a", "b", "c"))), lay_out(vote(("c", "a", "b")))
    assert [entry.name for entry in one.entries] == [entry.name for entry in other.entries]
    assert one.timeline.events.outcome.tolist() == other.timeline.events.outcome.tolist() == [0, 1, 2]
    assert one.outcome_chances == other.outcome_chances
    assert difference(run(one, 100, mode="drawn"), run(other, 100, mode="drawn")) == SAME
    cumulative = draw(one).outcomes[0, 0]
    assert cumulative == pytest.approx([0.5, 0.7, 0.8])
    purpose = int(one.timeline.events.vote[0])
    wins = [int(np.sum(kinds.uniform(1, number, 0, 0, purpose) >= cumulative)) for number in range(60)]
    assert set(wins) == {0, 1, 2, 3}
    assert [int(np.argmax([*row, True])) for row in happenings(one, 60)] == wins


def test_what_is_not_enabled_is_not_there() -> None:
    document = world(
        order={"type": "order", "state": "HND", "date": "2022-02-01", "enabled": False},
        late={"type": "truce", "date": "2022-02-01", "enabled": False},
    )
    laid = lay_out(document)
    assert laid.entries == ()
    assert np.array_equal(run(document).ledger, run(world()).ledger)  # type: ignore[arg-type]


def test_events_are_placed_in_order_of_their_day() -> None:
    """An order after an inauguration in the same month stands; one before it does not."""
    office = {"type": "inauguration", "state": "HND", "date": "2022-05-15"}
    before, after = (
        world(office=office, order={"type": "order", "state": "HND", "date": day})
        for day in ("2022-05-14", "2022-05-16")
    )
    assert months(column(before, "order")) == []
    assert months(column(after, "order")) == list(range(5, 29))


def test_kinds_that_add_up_are_numbered_first() -> None:
    levels = (
        kinds.PLEDGE,
        kinds.REASSURANCE,
        kinds.RETURN_PLEDGE,
        kinds.THREAT,
        kinds.NOTICE,
        kinds.LOBBYING,
        kinds.HOSTILITY,
        kinds.OFFER,
        kinds.AID,
        kinds.INDUCEMENT,
        kinds.MATCH,
        kinds.TAIPEI_CUT,
        kinds.US_CUT,
        kinds.DEPORTATIONS,
    )
    assert sorted((*levels, kinds.DOUBTED)) == list(range(kinds.LEVELS))
    once = (
        kinds.ORDER,
        kinds.WITHDRAWAL,
        kinds.INAUGURATION,
        kinds.LEAN,
        kinds.TRUCE,
        kinds.TRUCE_ENDS,
        kinds.NOTICE_WITHDRAWN,
        kinds.REQUEST,
        kinds.SWITCH,
        kinds.TOLD_ANSWER,
    )
    assert len(set(once)) == len(once)
    assert min(once) >= kinds.LEVELS
    assert levels[:4] == (0, 1, 2, 3), "an inauguration ends words of the first four kinds"


def test_two_of_a_kind_add_up() -> None:
    one = world(a={"type": "lobbying", "state": "HND", "date": "2022-02-01", "pressure": 0.4})
    two = changed(one, {"events.b": one["events"]["a"]})
    assert standing(two, kinds.LOBBYING) == pytest.approx(2.0 * standing(one, kinds.LOBBYING))


# --- neighbours -------------------------------------------------------------------------------------------


def test_a_departure_is_felt_in_its_subregion_from_the_next_month_and_halves_in_a_year() -> None:
    document = told(
        "GTM",
        "HND",
        "PLW",
        states={"GTM": {"susceptibility": 1000.0}, "HND": {"susceptibility": 0.0}, "PLW": {"susceptibility": 0.0}},
        parameters=CERTAIN | {"neighbours_effect": 1.0},
        beijing={"acceptance": {"2021-12-31": 0.0, "2022-03-01": 1.0}},
        taipei=CLOSED,
    )
    laid = lay_out(document)
    here = laid.timeline.fresh_switches[laid.timeline.subregion[1]]
    ensemble = run(laid)
    assert sequence(laid, ensemble) == [("2022-03", "GTM", "taipei", "beijing")]
    felt = column(ensemble, "neighbours")
    fade = 0.5 ** (np.arange(len(felt)) / 12.0)
    assert felt[:4] == pytest.approx(here * fade[:4])
    assert felt[4:] == pytest.approx(here * fade[4:] + fade[: len(felt) - 4])
    assert ensemble.ledger is not None
    assert ensemble.ledger[0, :4, 0, TERMS["neighbours"]] == pytest.approx(here * fade[:4])
    far = column(ensemble, "neighbours", 2)
    there = laid.timeline.fresh_switches[laid.timeline.subregion[2]]
    assert far == pytest.approx(there * fade)


def test_switches_on_record_are_felt_at_the_start() -> None:
    """Each departure on record in the subregion counts, halved for every year of its age in October 2021."""
    laid = lay_out(told("GTM", "HTI", end="2022-12-31", start="2021-11-30", parameters={"neighbours_effect": 1.0}))
    felt = {code: column(run(laid), "neighbours", place)[0] for place, code in enumerate(laid.states)}
    for code, value in felt.items():
        ages = [
            (2021 * 12 + 9) - month_number(change.date)
            for change in record().changes_between(date(1971, 10, 25), date(2021, 11, 30))
            if change.origin == "taipei"
            and not change.short_lived
            and states()[change.iso3].subregion == states()[code].subregion
        ]
        assert value == pytest.approx(sum(0.5 ** (age / 12.0) for age in ages), rel=1e-9)
        assert value > 0.05
