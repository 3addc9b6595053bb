"""The second tie: hosts suspend and restore military cooperation, by closed forms, exact sequences and paired luck."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.model import rules
from sim.model.draws import ANSWER, RESTORE, SUSPEND, state_code, uniform
from sim.model.plan import Plan
from sim.model.terms import ACTIVE, HAZARD, HEAD, SUSPENDED, TERMS
from sim.parameters import PARAMETERS
from sim.runs.ensemble import Ensemble
from tests.worlds import (
    NO_FEEDBACK,
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
    rich,
    run,
    sequence,
    term,
    told,
)

DAY = "2022-01-10"
MONTH = 3
USUAL = PARAMETERS["usual_host_dependence"].distribution.central
"""Dependence of the host to which the suspension rate belongs."""
PARTS = {"exports_to_usa": 30.0, "remittances_from_usa": 8.0, "us_aid": 1.0, "security_tie": 3.0}
HELD = {"susceptibility": 0.0}
NEVER_SUSPENDS = {"suspension_rate": 1e-9, "suspension_rate_compact": 1e-9}
FOR_GOOD = {"restoration_rate": 1e-9}
WAITING = {"gives_way": 0.001, "retaliates": 0.001}
"""Washington answers words and notices in next to no run."""


def hosts(*codes: str, end: str = "2024-12-31", **tables: Any) -> Document:
    """Guatemala, Honduras and Palau, which never leave Taipei; the ones named host Washington's forces."""
    fixed = {code: HELD | tables.get("states", {}).get(code, {}) for code in ("GTM", "HND", "PLW")}
    return told("GTM", "HND", "PLW", end=end, cooperation={"hosts": list(codes)}, **tables | {"states": fixed})


def place(laid: Plan, code: str) -> int:
    """Where a host stands in ledger and changes."""
    return len(laid.states) + laid.hosts.index(code)


def column(document: Document, name: str, code: str = "HND", **options: Any) -> np.ndarray:
    """One column of a host in run 0."""
    laid = lay_out(document)
    return term(run(laid, **options), name, place(laid, code))[0]


def notice(day: str = DAY, code: str = "HND", **rest: Any) -> dict[str, Any]:
    return {"type": "notice", "state": code, "date": day} | rest


def months(values: np.ndarray) -> list[int]:
    return np.flatnonzero(values != 0.0).tolist()


# --- who hosts --------------------------------------------------------------------------------------------


def test_hosts_come_after_the_states_in_their_order() -> None:
    laid = lay_out(rich())
    assert laid.hosts == tuple(code for code in laid.states if code in rich()["cooperation"]["hosts"])
    assert [laid.states[index] for index in laid.timeline.host] == list(laid.hosts)
    compact = dict(zip(laid.hosts, laid.timeline.host_compact.tolist(), strict=True))
    assert compact == {"GTM": False, "HND": False, "MHL": True, "PAN": False, "PLW": True, "SLV": False}
    ensemble = run(laid)
    assert ensemble.ledger is not None
    assert ensemble.counts.shape == (20, len(laid.months), 2)
    assert ensemble.ledger.shape[2] == len(laid.states) + len(laid.hosts)
    assert np.all(ensemble.counts[:, 0] == [len(laid.members.recognisers), len(laid.hosts)])


def test_a_host_is_a_state_that_is_simulated() -> None:
    wrong = problems_of(hosts("HND", "SLV"))
    assert len(wrong) == 1
    assert wrong[0].startswith("cooperation.hosts: a state simulated here")
    assert "(got 'SLV')" in wrong[0]


def test_the_usual_host_is_less_tied_than_honduras() -> None:
    laid = lay_out(told("GTM", "HND", start="2025-01-01", end="2026-12-31"))
    found = PARAMETERS["usual_host_dependence"]
    assert (found.central, found.low, found.high) == (0.4, 0.2, 0.65)
    assert laid.timeline.dependence_ref[1] == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("start", ["1972-01-01", "1990-06-30", "2025-01-01"])
def test_hosts_can_be_followed_as_far_back_as_the_record_tells_a_rate(start: str) -> None:
    document = told("GTM", "HND", start=start, end=f"{int(start[:4]) + 1}-12-31", cooperation={"hosts": ["HND"]})
    ensemble = run(document, mode="drawn")
    assert np.all(np.isfinite(ensemble.ledger))  # type: ignore[arg-type]
    assert np.all(term(ensemble, "hazard", 2) > 0.0)


def test_the_count_is_of_active_hosts_and_the_sides_are_theirs() -> None:
    laid = lay_out(changed(rich(), {"parameters.suspension_rate": 0.5}))
    ensemble = run(laid, 100, mode="drawn")
    assert ensemble.ledger is not None
    sides = ensemble.ledger[:, :, len(laid.states) :, 0]
    assert set(np.unique(sides)) == {ACTIVE, SUSPENDED}
    # The ledger has the side at the start of a month, the count that at its end.
    assert np.array_equal(cooperating(ensemble)[:, 1:-1], (sides == ACTIVE).sum(axis=2)[:, 2:])
    for change in ensemble.changes[ensemble.changes[:, 2] >= len(laid.states)]:
        number, month, where, before, after = change[:HEAD].astype(int)
        assert (before, after) in ((ACTIVE, SUSPENDED), (SUSPENDED, ACTIVE))
        assert np.array_equal(bits(change[HEAD:]), bits(ensemble.ledger[number, month, where]))


# --- a quiet host -----------------------------------------------------------------------------------------


def test_a_quiet_host_of_usual_dependence_suspends_at_the_drawn_rate() -> None:
    usual = {code: {"dependence": 0.55} for code in ("HND", "PLW")}
    laid = lay_out(hosts("HND", "PLW", states=usual, parameters={"usual_host_dependence": 0.55}))
    drawn = draw(laid, 100, mode="drawn")
    ensemble = run(laid, 100, mode="drawn")
    for code, rate in (("HND", "suspension_rate"), ("PLW", "suspension_rate_compact")):
        hazards = term(ensemble, "hazard", place(laid, code))
        still = term(ensemble, "side", place(laid, code)) == ACTIVE
        expected = np.repeat(drawn.parameters[rate], 20)
        np.testing.assert_allclose(hazards[:, 0], expected, rtol=1e-13)
        assert len(np.unique(expected)) == 5
        np.testing.assert_allclose(hazards[still], np.repeat(expected, still.sum(axis=1)), rtol=1e-13)
        for name in TERMS:
            if name not in ("base", "acceptance"):
                assert np.max(np.abs(term(ensemble, name, place(laid, code))[still])) < 1e-15, name
    assert np.all(drawn.parameters["suspension_rate_compact"] < drawn.parameters["suspension_rate"])


def test_the_usual_dependence_is_drawn_and_the_hold_counts_from_it() -> None:
    laid = lay_out(hosts("HND", states={"HND": {"dependence": 0.5}}))
    p = draw(laid, 100, mode="drawn").parameters
    hold = term(run(laid, 100, mode="drawn"), "threat", place(laid, "HND"))[:, 0]
    expected = -p["hold_effect"] * (0.5 - p["usual_host_dependence"])
    np.testing.assert_allclose(hold, np.repeat(expected, 20), rtol=1e-9)
    assert np.any(expected > 0.0) == np.any(p["usual_host_dependence"] > 0.5)
    assert len(np.unique(expected)) == 5


def test_a_compact_state_uses_its_own_rate_and_no_other() -> None:
    usual = {code: {"dependence": USUAL} for code in ("HND", "PLW")}
    base = hosts("HND", "PLW", states=usual)
    for parameter, moved, kept in (("suspension_rate_compact", "PLW", "HND"), ("suspension_rate", "HND", "PLW")):
        told_so = changed(base, {f"parameters.{parameter}": 0.123})
        assert column(told_so, "hazard", moved)[0] == pytest.approx(0.123, rel=1e-13)
        assert column(told_so, "hazard", kept)[0] == column(base, "hazard", kept)[0]


def test_a_quiet_host_suspends_as_often_as_its_rate() -> None:
    rate, runs = 0.06, 20_000
    document = hosts("HND", states={"HND": {"dependence": USUAL}}, parameters=FOR_GOOD | {"suspension_rate": rate})
    active = cooperating(run(document, runs, ledger=False, threads=2))
    for month in (1, 12, 36):
        expected = math.exp(-rate * month / 12.0)
        error = math.sqrt(expected * (1.0 - expected) / runs)
        assert float(np.mean(active[:, month] == 1)) == pytest.approx(expected, abs=4.0 * error)


def test_suspended_cooperation_is_restored_at_its_rate() -> None:
    """Suspended in January 2022 for certain, restored as an exponential waiting time."""
    rate, runs = 0.4, 20_000
    document = hosts(
        "HND",
        parameters=NEVER_SUSPENDS | {"restoration_rate": rate, "hostility_effect": 10.0},
        states={"HND": {"pride": 1.0}},
        washington={"hostility": {"2022-01-01": 3.0, "2022-02-01": 0.0}},
    )
    ensemble = run(document, runs, ledger=False, threads=2)
    active = cooperating(ensemble)
    assert np.all(active[:, 1] == 0)
    for month in (2, 13, 36):
        expected = math.exp(-rate * (month - 1) / 12.0)
        error = math.sqrt(expected * (1.0 - expected) / runs)
        assert float(np.mean(active[:, month] == 0)) == pytest.approx(expected, abs=4.0 * error)
    kept = column(document, "hazard")
    sides = column(document, "side")
    assert np.all(kept[sides == SUSPENDED] == rate)
    assert column(document, "base")[2] == math.log(rate)


# --- the sign of each lever -------------------------------------------------------------------------------

BASE = hosts("HND", states={"HND": {"pride": 0.5, "dependence": 0.5, "lean": 0.1}}, parameters=FOR_GOOD | WAITING)


def hazard(changes: dict[str, Any], base: Document = BASE) -> float:
    """Annual hazard of suspending in the third month, of a run in which cooperation is active."""
    laid = lay_out(changed(base, changes), root=base)
    ensemble = run(laid, 40)
    active = term(ensemble, "side", place(laid, "HND"))[:, MONTH] == ACTIVE
    values = term(ensemble, "hazard", place(laid, "HND"))[active, MONTH]
    assert len(np.unique(values)) == 1
    return float(values[0])


def one(kind: str, **fields: Any) -> dict[str, Any]:
    return {"events.one": {"type": kind, "state": "HND", "date": DAY} | fields}


RAISE: dict[str, dict[str, Any]] = {
    "hostility to all": {"washington.hostility": 1.0},
    "hostility to the host": one("hostility", hostility=1.0),
    "a protest": one("protest", hostility=1.0),
    "less dependence": {"states.HND.dependence": 0.2},
    "washington cuts its aid": {"states.HND": PARTS | HELD} | one("aid-cut", by="washington", share=1.0),
    "a lean towards beijing": one("lean", lean=0.8),
    "a lean towards beijing at the start": {"states.HND.lean": 0.8},
    "a government that leans to beijing": one("inauguration", lean=0.8),
    "words": one("threat"),
    "half words": one("threat", strength=0.5),
    "a notice": one("notice"),
    "the base rate": {"parameters.suspension_rate": 0.01},
}
LOWER: dict[str, dict[str, Any]] = {
    "more dependence": {"states.HND.dependence": 0.9},
    "a lean towards taipei and washington": one("lean", lean=-0.8),
    "a lean towards taipei at the start": {"states.HND.lean": -0.8},
    "a government that leans to washington": one("inauguration", lean=-0.8),
    "the base rate": {"parameters.suspension_rate": 0.002},
}
NOTHING: dict[str, dict[str, Any]] = {
    "a pledge to leave taipei": one("pledge"),
    "a reassurance": one("reassurance"),
    "an order": one("order"),
    "pressure on recognition": one("lobbying", pressure=3.0),
    "washington's attention": {"washington.attention": 3.0},
    "an offer": one("offer", million_usd=1000.0),
    "a request refused": one("request", million_usd=500.0, answer="refused"),
    "taipei cuts its aid": one("aid-cut", by="taipei", share=1.0),
    "beijing's budget": {"beijing.budget": 3.0},
    "a truce": {"events.one": {"type": "truce", "date": DAY}},
    "a notice withdrawn that none gave": one("notice-withdrawn"),
    "a new government of the old lean": one("inauguration", lean=0.1),
    "hostility to another": one("hostility", hostility=3.0, state="GTM"),
    "the notice of another": one("notice", state="GTM"),
}


@pytest.mark.parametrize("name", RAISE)
def test_these_raise_the_hazard_of_suspending(name: str) -> None:
    base = changed(BASE, {"states.HND": PARTS | HELD}) if name == "washington cuts its aid" else BASE
    assert hazard(RAISE[name], base) > 1.01 * hazard({}, base)


@pytest.mark.parametrize("name", LOWER)
def test_these_lower_the_hazard_of_suspending(name: str) -> None:
    assert hazard(LOWER[name]) < 0.99 * hazard({})


@pytest.mark.parametrize("name", NOTHING)
def test_these_do_not_touch_the_hazard_of_suspending(name: str) -> None:
    assert hazard(NOTHING[name]) == hazard({})


@pytest.mark.parametrize("part", PARTS)
def test_losing_a_part_of_dependence_raises_the_hazard_of_suspending(part: str) -> None:
    base = changed(BASE, {"states.HND": PARTS | HELD})
    assert hazard({f"states.HND.{part}": 0.0}, base) > 1.01 * hazard({}, base)


def test_hostility_works_through_pride() -> None:
    found = [
        hazard({"states.HND.pride": pride, "washington.hostility": level})
        for pride, level in ((0.0, 3.0), (0.5, 1.0), (0.5, 2.0), (1.0, 2.0), (1.0, 3.0))
    ]
    assert np.all(np.diff(found) > 0.0)
    assert found[0] == hazard({})
    effect = float(draw(lay_out(BASE)).parameters["hostility_effect"][0])
    assert found[2] / found[0] == pytest.approx(math.exp(effect * 0.5 * 2.0), rel=1e-12)
    assert hazard({"washington.hostility": 2.5} | one("hostility", hostility=2.0)) == hazard(
        {"washington.hostility": 3.0}
    )


def test_effects_of_the_other_sign_turn_the_signs_round() -> None:
    for parameter, changes in (
        ("hostility_effect", {"washington.hostility": 2.0}),
        ("suspension_lean_effect", {"states.HND.lean": 0.9}),
        ("hold_effect", {"states.HND.dependence": 0.1}),
    ):
        for sign in (1.0, -1.0):
            base = changed(BASE, {f"parameters.{parameter}": sign})
            assert (hazard(changes, base) - hazard({}, base)) * sign > 0.0, parameter


def test_a_hosts_terms_closed() -> None:
    document = changed(BASE, one("lean", lean=0.8) | {"washington.hostility": 1.5})
    p = draw(lay_out(document)).parameters[0]
    expected = {
        "base": math.log(p["suspension_rate"]),
        "backfire": p["hostility_effect"] * 0.5 * 1.5,
        "threat": -p["hold_effect"] * (0.5 - USUAL),
        "government": p["suspension_lean_effect"] * 0.7,
        "order": 0.0,
        "acceptance": 1.0,
    }
    for name in TERMS:
        assert column(document, name)[1] == pytest.approx(expected.get(name, 0.0), rel=1e-12), name
    total = sum(value for name, value in expected.items() if name != "acceptance")
    assert column(document, "hazard")[1] == pytest.approx(math.exp(total), rel=1e-12)


# --- words and notices ------------------------------------------------------------------------------------

QUIET = {"HND": {"dependence": USUAL}}


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_words_and_notices_weigh_for_24_months(engine: Any) -> None:
    parameters = NEVER_SUSPENDS | WAITING | {"notice_carried_out": 0.001, "words_followed": 0.0015}
    p = draw(lay_out(hosts("HND", parameters=parameters))).parameters[0]
    rates = {"notice": rules.notice_rate(p["notice_carried_out"]), "threat": rules.words_rate(0.0015, 1e-9)}
    for kind, rate in rates.items():
        event = {"type": kind, "state": "HND", "date": "2022-02-25"}
        values = column(hosts("HND", parameters=parameters, events={"one": event}), "order", engine=engine)
        assert months(values) == list(range(2, 26))
        assert values[2] == pytest.approx(rate, rel=1e-12)
        assert len(set(values[2:26].tolist())) == 1
        before = column(hosts("HND", parameters=parameters, events={"one": event | {"date": "2020-06-01"}}), "order")
        assert months(before) == list(range(6))


def test_a_notice_is_carried_out_within_24_months_by_the_drawn_chance() -> None:
    """With no other reason to suspend, 24 months of a standing notice are a coin of the drawn chance."""
    ended, runs = 0.62, 20_000
    document = hosts(
        "HND",
        end="2025-12-31",
        parameters=NEVER_SUSPENDS | FOR_GOOD | WAITING | {"notice_carried_out": ended},
        events={"notice": notice("2022-01-31")},
    )
    active = cooperating(run(document, runs, ledger=False, threads=2))
    for month, share in ((6, 0.25), (12, 0.5), (24, 1.0), (48, 1.0)):
        expected = 1.0 - (1.0 - ended) ** share
        error = math.sqrt(expected * (1.0 - expected) / runs)
        assert float(np.mean(active[:, month] == 0)) == pytest.approx(expected, abs=4.0 * error), month
    assert np.array_equal(active[:, 24], active[:, 48]), "after 24 months it has lapsed"


def test_the_chance_a_notice_is_carried_out_is_drawn_with_the_cases() -> None:
    """Over parameter draws the share carried out is the mean of the drawn chances."""
    runs = 20_000
    document = hosts(
        "HND", parameters=NEVER_SUSPENDS | FOR_GOOD | WAITING, events={"notice": notice("2022-01-01")}
    )  # fmt: skip
    laid = lay_out(document)
    drawn = draw(laid, runs, mode="drawn").parameters["notice_carried_out"]
    carried = cooperating(run(laid, runs, mode="drawn", ledger=False, threads=2))[:, 24] == 0
    by_draw = carried.reshape(-1, 20).mean(axis=1)
    variance = float(np.mean(drawn * (1.0 - drawn))) / 20.0
    assert float(np.mean(by_draw - drawn)) == pytest.approx(0.0, abs=4.0 * math.sqrt(variance / len(drawn)))
    assert float(np.var(by_draw - drawn)) == pytest.approx(variance, rel=0.25)


def test_words_are_followed_within_24_months_by_their_chance_and_the_base_rate_is_in_it() -> None:
    runs, followed = 20_000, 0.3
    for base, expected in ((0.05, followed), (0.4, -math.expm1(-0.8))):
        document = hosts(
            "HND",
            states=QUIET,
            parameters=FOR_GOOD | WAITING | {"suspension_rate": base, "words_followed": followed},
            events={"words": {"type": "threat", "state": "HND", "date": "2022-01-01"}},
        )
        assert (column(document, "order")[1] > 0.0) == (base < 0.1)
        ended = float(np.mean(cooperating(run(document, runs, ledger=False, threads=2))[:, 24] == 0))
        assert ended == pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1.0 - expected) / runs))


def test_two_notices_count_as_one_and_words_as_far_as_they_go() -> None:
    parameters = NEVER_SUSPENDS | WAITING | {"notice_carried_out": 0.001, "words_followed": 0.001}
    p = draw(lay_out(hosts("HND", parameters=parameters))).parameters[0]
    notice_rate, words_rate = rules.notice_rate(p["notice_carried_out"]), rules.words_rate(0.001, 1e-9)
    words = {"type": "threat", "state": "HND", "date": DAY, "strength": 0.4}
    for events, expected in (
        ({"a": notice(), "b": notice()}, notice_rate),
        ({"a": words}, 0.4 * words_rate),
        ({"a": words, "b": words}, 0.8 * words_rate),
        ({"a": words, "b": words, "c": words}, words_rate),
        ({"a": words, "b": notice()}, notice_rate + 0.4 * words_rate),
    ):
        found = column(hosts("HND", parameters=parameters, events=events), "order")
        assert found[2] == pytest.approx(expected, rel=1e-12)


def test_what_is_taken_back_or_replaced_weighs_no_more() -> None:
    parameters = NEVER_SUSPENDS | WAITING | {"notice_carried_out": 0.001, "words_followed": 0.001}
    words = {"type": "threat", "state": "HND", "date": "2022-02-01"}
    back = {"type": "notice-withdrawn", "state": "HND", "date": "2022-07-01"}
    office = {"type": "inauguration", "state": "HND", "date": "2022-07-01"}

    def standing(**events: dict[str, Any]) -> list[int]:
        return months(column(hosts("HND", end="2025-12-31", parameters=parameters, events=events), "order"))

    given = notice("2022-02-01")
    assert standing(a=given, z=back) == list(range(2, 7))
    assert standing(a=words, z=back) == list(range(2, 7))
    assert standing(a=words, b=given, z=back) == list(range(2, 7))
    assert standing(a=given, z=back | {"state": "GTM"}) == list(range(2, 26))
    assert standing(a=given, z=back | {"chance": 0.0}) == list(range(2, 26))
    assert standing(a=given, y=back, z=notice("2022-09-01")) == [*range(2, 7), *range(9, 33)]
    assert standing(a=words, z=office) == list(range(2, 7)), "words are the old government's"
    assert standing(a=given, z=office) == list(range(2, 26)), "a formal notice is the state's"
    assert standing(a=words, z={"type": "withdrawal", "state": "HND", "date": "2022-07-01"}) == list(range(2, 26))


def test_taking_back_a_notice_leaves_words_about_recognition_alone() -> None:
    events = {
        "promise": {"type": "pledge", "state": "HND", "date": DAY},
        "comfort": {"type": "reassurance", "state": "GTM", "date": DAY},
        "order": {"type": "order", "state": "HND", "date": DAY},
        "back": {"type": "notice-withdrawn", "state": "HND", "date": "2022-07-01"},
        "back-2": {"type": "notice-withdrawn", "state": "GTM", "date": "2022-07-01"},
    }
    base = hosts("HND", beijing={"acceptance": 0.0}, events=events)
    plain = changed(base, {"events.back.enabled": False, "events.back-2.enabled": False})
    assert difference(run(base), run(plain)) == SAME
    assert np.all(term(run(base), "order", 1)[:, 1:25] > 0.0)


def test_a_suspension_carries_the_notice_out() -> None:
    """After cooperation is restored the old words and notice do not stand any more; a later notice does."""
    document = hosts(
        "HND",
        end="2025-12-31",
        states={"HND": {"pride": 1.0}},
        parameters=NEVER_SUSPENDS
        | WAITING
        | {"hostility_effect": 10.0, "restoration_rate": 10.0, "notice_carried_out": 0.001},
        washington={"hostility": {"2022-03-01": 3.0, "2022-04-01": 0.0}},
        events={"a": notice("2022-01-01"), "b": {"type": "threat", "state": "HND", "date": "2022-01-01"}},
    )
    laid = lay_out(document)
    for engine in ("compiled", "mesa"):
        ensemble = run(laid, 20, engine=engine)  # type: ignore[arg-type]
        acts = term(ensemble, "order", place(laid, "HND"))
        back = ensemble.changes[(ensemble.changes[:, 2] == place(laid, "HND")) & (ensemble.changes[:, 4] == ACTIVE)]
        assert len(back) == 20
        assert np.all(back[:, 1] > 3)
        assert np.all(acts[:, 1:4] > 0.0)
        assert np.all(acts[:, 4:] == 0.0)
    again = changed(document, {"events.later": notice("2024-06-01")})
    laid = lay_out(again)
    acts = term(run(laid, 20), "order", place(laid, "HND"))
    assert np.all(acts[:, 30] > 0.0)


# --- what a suspension does -------------------------------------------------------------------------------

CERTAIN_IN_MARCH = {
    "states.HND": PARTS | HELD | {"pride": 1.0},
    "washington.hostility": {"2022-03-01": 3.0, "2022-04-01": 0.0},
    "parameters": NEVER_SUSPENDS
    | {"hostility_effect": 10.0, "restoration_rate": 0.5, "answer_chance": 0.4, "answer_share": 0.75},
}


@pytest.mark.parametrize("scaled", [False, True])
def test_a_suspended_host_loses_its_security_part_and_maybe_aid_until_it_is_restored(scaled: bool) -> None:
    document = changed(hosts("HND"), CERTAIN_IN_MARCH)
    scale = 1.0
    if scaled:
        document = changed(document, {"states.HND.dependence": 0.4})
        scale = 0.4 / rules.dependence(30.0, 8.0, 1.0, 3.0)
    laid = lay_out(document)
    whole = scale * rules.dependence(30.0, 8.0, 1.0, 3.0)
    suspended = scale * rules.dependence(30.0, 8.0, 1.0, 0.0)
    answered = scale * rules.dependence(30.0, 8.0, 0.25, 0.0)
    assert whole - suspended == pytest.approx(0.2 * scale)
    assert suspended - answered == pytest.approx(0.2 * 0.375 * scale)
    outcomes = []
    for number in range(30):
        world = open_world(laid, draw(laid, 40), run_number=number)
        state, host = world.members[1], world.hosts[0]
        restored = False
        luck = uniform(1, number, 2022 * 12 + 2, state_code("HND"), ANSWER)
        for month in range(len(laid.months)):
            world.step()
            if month < 3 or host.side == ACTIVE:
                assert state.dependence() == pytest.approx(whole, rel=1e-14)
                assert state.aid_cut == 0.0
                restored |= month > 3
            else:
                assert not restored
                assert state.dependence() == pytest.approx(answered if luck < 0.4 else suspended, rel=1e-14)
                assert state.aid_cut == (0.75 if luck < 0.4 else 0.0)
        outcomes.append((luck < 0.4, restored))
    assert {False, True} == {answer for answer, _ in outcomes} == {restored for _, restored in outcomes}


def test_a_suspension_is_felt_in_the_weighing_of_recognition_from_the_next_month() -> None:
    steady = {"parameters.restoration_rate": 1e-9, "parameters.pressure_focus": 0.0, "parameters.learning": 0.0}
    laid = lay_out(changed(hosts("HND"), CERTAIN_IN_MARCH | steady))
    ensemble = run(laid, 100)
    p = draw(laid).parameters[0]
    threat = term(ensemble, "threat", laid.states.index("HND"))
    away = np.any(term(ensemble, "side", laid.states.index("HND"))[:, :6] != 0.0, axis=1)
    lost = []
    for cut in (0.0, 0.375):
        held = float(laid.timeline.dependence_ref[laid.states.index("HND")])
        ties = (held, held - 0.2 * (1.0 + cut))
        stakes = [rules.stake(1.0, p["credibility"], tie, p["gdp_at_risk"]) for tie in ties]
        lost.append(p["money_effect"] * (rules.worth(stakes[0]) - rules.worth(stakes[1])))
    assert np.all(threat[~away, :4] == 0.0)
    found = sorted(set(np.round(threat[~away, 5], 12).tolist()))
    assert found == pytest.approx(lost, rel=1e-9)
    answered = float(np.mean(threat[~away, 5] > np.mean(lost)))
    assert answered == pytest.approx(0.4, abs=4.5 * math.sqrt(0.24 / 100))
    assert np.all(term(ensemble, "threat", laid.states.index("GTM"))[:, :4] == 0.0)


def test_washington_answers_as_often_as_its_chance() -> None:
    runs = 4_000
    luck = [uniform(1, number, 2022 * 12 + 2, state_code("HND"), ANSWER) for number in range(runs)]
    assert np.mean(np.array(luck) < 0.4) == pytest.approx(0.4, abs=4.0 * math.sqrt(0.24 / runs))


def test_an_aid_cut_and_an_answer_take_no_more_than_all_aid() -> None:
    cut = {"type": "aid-cut", "by": "washington", "state": "HND", "date": "2022-01-01", "share": 0.8}
    document = changed(hosts("HND", events={"cut": cut}), CERTAIN_IN_MARCH | {"parameters.answer_chance": 0.999})
    document = changed(document, {"parameters.restoration_rate": 1e-9})
    world = open_world(lay_out(document))
    for _ in range(5):
        world.step()
    assert world.members[1].dependence() == pytest.approx(rules.dependence(30.0, 8.0, 0.0, 0.0), rel=1e-14)


def test_a_host_that_suspends_and_restores_in_exact_months() -> None:
    """The months are those in which the published luck falls below the chance of the month."""
    rate, restored = 1.5, 2.0
    document = hosts(
        "HND",
        states={"HND": {"security_tie": 0.0, "us_aid": 0.0}},
        parameters={"suspension_rate": rate, "restoration_rate": restored, "hold_effect": 0.0},
    )
    laid = lay_out(document)
    for engine in ("compiled", "mesa"):
        ensemble = run(laid, 20, seed=5, engine=engine)  # type: ignore[arg-type]
        for number in range(20):
            active, expected = True, []
            for month in range(1, len(laid.months)):
                purpose, hazard = (SUSPEND, rate) if active else (RESTORE, restored)
                luck = uniform(5, number, 2021 * 12 + 11 + month, state_code("HND"), purpose)
                if luck < -math.expm1(-hazard / 12.0):
                    sides = ("active", "suspended") if active else ("suspended", "active")
                    expected.append((laid.months[month], "HND", *sides))
                    active = not active
            assert sequence(laid, ensemble, number) == expected
    assert len(expected) > 1


# --- luck and pairing -------------------------------------------------------------------------------------


def moves(laid: Plan, ensemble: Ensemble, codes: tuple[str, ...], tie: str) -> dict[str, list[tuple[int, ...]]]:
    """Changes of one tie by state: run, month, before, after."""
    found: dict[str, list[tuple[int, ...]]] = {code: [] for code in codes}
    for number, month, where, before, after in ensemble.changes[:, :HEAD].astype(int).tolist():
        host = where >= len(laid.states)
        code = laid.hosts[where - len(laid.states)] if host else laid.states[where]
        if host == (tie == "cooperation") and code in found:
            found[code].append((number, month, before, after))
    return found


LIVELY = NO_FEEDBACK | {
    "departure_rate": 0.3,
    "return_rate": 0.2,
    "suspension_rate": 0.4,
    "suspension_rate_compact": 0.4,
    "restoration_rate": 0.5,
}
FOUR = ("HND", "PLW", "PRY", "TUV")


def test_hosts_do_not_move_the_luck_of_states() -> None:
    """With nothing to tie them, states change in the same months whether and whoever hosts."""
    base = told(*FOUR, parameters=LIVELY)
    laid = [lay_out(changed(base, {"cooperation.hosts": codes})) for codes in ([], ["PLW"], ["HND", "PLW", "TUV"])]
    found = [run(each, 500, ledger=False) for each in laid]
    for each, ensemble in zip(laid, found, strict=True):
        assert moves(each, ensemble, FOUR, "recognition") == moves(laid[0], found[0], FOUR, "recognition")
        assert np.array_equal(recognising(ensemble), recognising(found[0]))
    assert len(moves(laid[2], found[2], ("PLW",), "cooperation")["PLW"]) > 200
    assert moves(laid[1], found[1], ("PLW",), "cooperation") == moves(laid[2], found[2], ("PLW",), "cooperation")
    for state in range(len(FOUR)):
        assert np.array_equal(bits(found[0].expected[:, state]), bits(found[2].expected[:, state]))


def test_the_two_ties_of_a_state_have_luck_of_their_own() -> None:
    laid = lay_out(told(*FOUR, parameters=LIVELY | {"return_rate": 1e-9} | FOR_GOOD, cooperation={"hosts": ["HND"]}))
    runs = 4_000
    changes = run(laid, runs, ledger=False).changes
    first = np.full((runs, 2), 10_000.0)
    for row in changes[::-1]:
        if row[2] in (0, len(laid.states)):
            first[int(row[0]), int(row[2] > 0)] = row[1]
    left, suspended = (first[:, tie] <= 24 for tie in (0, 1))
    assert 0.3 < left.mean() < 0.7
    assert 0.3 < suspended.mean() < 0.7
    assert abs(np.corrcoef(left, suspended)[0, 1]) < 4.0 / math.sqrt(runs)


def test_a_scenario_without_hosts_has_the_bits_of_one_in_which_hosts_hold_nothing_up() -> None:
    """Hosts touch recognition through dependence and credibility alone: where neither moves, not a bit does."""
    bare = {"us_aid": 0.0, "security_tie": 0.0}
    base = changed(rich(), {f"states.{code}": bare for code in ("GTM", "HND", "MHL", "PAN", "PLW", "SLV")})
    rates = {"parameters.suspension_rate": 0.5, "parameters.suspension_rate_compact": 0.5}
    base = changed(base, rates | {"parameters.learning": 0.0, "parameters.easing": 0.0, "parameters.rent_raised": 0.0})
    base = changed(base, {f"states.{code}.remittances_from_usa": 0.0 for code in ("GTM", "HND", "MHL", "PAN", "SLV")})
    alone = changed(base, {"cooperation.hosts": []})
    assert_recognition_is_the_same(alone, base, exact=True)


def test_a_scenario_without_hosts_is_one_in_which_dependence_does_not_weigh() -> None:
    off = {"parameters.gdp_at_risk": 0.0, "parameters.answer_chance": 0.001, "parameters.easing": 0.0}
    base = changed(rich(), off | {"parameters.suspension_rate": 0.5})
    assert_recognition_is_the_same(changed(base, {"cooperation.hosts": []}), base, exact=False)


def test_with_dependence_at_work_a_suspension_is_felt() -> None:
    base = changed(rich(), {"parameters.suspension_rate": 0.5})
    one, other = (run(document, 100, mode="drawn") for document in (changed(base, {"cooperation.hosts": []}), base))
    assert one.ledger is not None
    assert other.ledger is not None
    n = one.ledger.shape[2]
    assert not np.array_equal(one.ledger, other.ledger[:, :, :n])


def assert_recognition_is_the_same(without: Document, with_hosts: Document, exact: bool) -> None:
    for engine, runs in (("compiled", 100), ("mesa", 12)):
        one, other = (run(document, runs, mode="drawn", engine=engine) for document in (without, with_hosts))  # type: ignore[arg-type]
        assert one.ledger is not None
        assert other.ledger is not None
        n = one.ledger.shape[2]
        assert other.ledger.shape[2] == n + 6
        kept = other.changes[other.changes[:, 2] < n]
        assert len(kept) < len(other.changes)
        assert np.array_equal(recognising(one), recognising(other))
        assert np.all(cooperating(one) == 0)
        assert np.array_equal(bits(one.expected), bits(other.expected[:, :n]))
        if exact:
            assert np.array_equal(bits(one.ledger), bits(other.ledger[:, :, :n]))
            assert np.array_equal(bits(one.changes), bits(kept))
        else:  # an effect of nought gives noughts of either sign
            assert np.array_equal(one.ledger, other.ledger[:, :, :n])
            assert np.array_equal(one.changes, kept)
        hazards = one.ledger[..., HAZARD], other.ledger[:, :, :n, HAZARD]
        assert np.array_equal(bits(hazards[0]), bits(hazards[1]))


def test_recognition_does_not_move_a_hosts_luck_or_hazard() -> None:
    """A host goes on weighing in the same way when it has left Taipei."""
    base = hosts("HND", states={"HND": {"dependence": USUAL}}, parameters={"suspension_rate": 0.5})
    leaves = changed(base, {"states.HND.susceptibility": 1000.0, "parameters.departure_rate": 1.0})
    one, other = run(base, 100), run(leaves, 100, root=base)
    assert np.any(recognising(one) != recognising(other))
    assert np.array_equal(cooperating(one), cooperating(other))
    assert np.array_equal(bits(term(one, "hazard", 3)), bits(term(other, "hazard", 3)))
