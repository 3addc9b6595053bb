"""Washington answers what a host said: each answer fixed, by closed forms; nothing moves where nothing is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.model import rules
from sim.model.draws import BARGAIN, state_code, uniform
from sim.model.terms import ANSWERS, TERMS
from sim.parameters import PARAMETERS
from sim.runs.ensemble import Ensemble
from tests.worlds import SAME, Document, changed, cooperating, difference, draw, lay_out, open_world, run, term, told

USUAL = PARAMETERS["usual_host_dependence"].distribution.central
PARTS = {"exports_to_usa": 25.0, "remittances_from_usa": 10.0, "us_aid": 1.0, "security_tie": 0.0}
"""A dependence of 0.4, that of the usual host."""
QUIET = {
    "suspension_rate": 0.05,
    "suspension_rate_compact": 0.05,
    "restoration_rate": 1e-9,
    "words_followed": 0.4,
    "notice_carried_out": 0.7,
}
RUNS = 20_000


def world(*hosts: str, events: dict[str, Any] | None = None, **parameters: float) -> Document:
    """Guatemala and Honduras, which never leave Taipei, with the parts of the usual host."""
    own = PARTS | {"susceptibility": 0.0, "pride": 0.5, "lean": 0.0, "gdp_million_usd": 20_000.0}
    return told(
        "GTM",
        "HND",
        end="2024-12-31",
        cooperation={"hosts": list(hosts or ("HND",))},
        states=dict.fromkeys(("GTM", "HND"), own),
        events=events or {},
        parameters=QUIET | parameters,
    )


def words(day: str = "2022-01-01", code: str = "HND", kind: str = "threat") -> dict[str, Any]:
    return {"type": kind, "state": code, "date": day}


def answer(which: str, day: str = "2022-02-01", code: str = "HND") -> dict[str, Any]:
    return {"type": "answer", "state": code, "date": day, "answer": which}


def ended(document: Document, months: int = 24) -> float:
    active = cooperating(run(document, RUNS, ledger=False, threads=2))
    return float(np.mean(active[:, months] == 0))


def near(expected: float) -> Any:
    return pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1.0 - expected) / RUNS))


def kinds(ensemble: Ensemble) -> list[str]:
    return [ANSWERS[int(kind)] for kind in ensemble.answers[:, 3]]


# --- the chance of a suspension in two years, with each answer fixed ----------------------------------------


@pytest.mark.parametrize(("kind", "followed"), [("threat", 0.4), ("notice", 0.7)])
def test_where_washington_waits_words_and_notices_are_carried_out_as_they_are_counted(
    kind: str, followed: float
) -> None:
    events = {"said": words(kind=kind), "told": answer("waits")}
    base = (
        1.0 if kind == "threat" else math.exp(-0.1)
    )  # the base rate is in the chance of words, beside that of notices
    assert ended(world(events=events)) == near(1.0 - (1.0 - followed) * base)


@pytest.mark.parametrize("kind", ["threat", "notice"])
def test_where_it_gives_way_what_was_said_weighs_one_month_and_the_quiet_rate_goes_on(kind: str) -> None:
    events = {"said": words(kind=kind), "told": answer("gives-way")}
    rate = {"threat": rules.words_rate(0.4, 0.05), "notice": rules.notice_rate(0.7)}[kind]
    held = rules.hold_term(1.0, rules.dependence(25.0, 10.0, 1.2, 0.0), USUAL)
    document = world(events=events, rent_raised=40.0, hold_effect=1.0)
    expected = 1.0 - math.exp(-(rate + 0.05) / 12.0 - 0.05 * math.exp(held) * 23.0 / 12.0)
    assert ended(document) == near(expected)


def test_where_it_retaliates_words_stand_and_less_dependence_holds() -> None:
    events = {"said": words(), "told": answer("retaliates")}
    document = world(events=events, hold_effect=4.0, answer_share=1.0, deported_share=0.5)
    held = rules.hold_term(4.0, rules.dependence(25.0, 5.0, 0.0, 0.0), USUAL)
    acts = rules.words_rate(0.4, 0.05)
    expected = 1.0 - math.exp(-2.0 * acts - 0.05 / 12.0 - 0.05 * math.exp(held) * 23.0 / 12.0)
    assert ended(document) == near(expected)
    assert expected > 1.0 - 0.6


def test_giving_way_takes_a_share_of_the_hostility() -> None:
    events = {
        "quarrel": {"type": "hostility", "state": "HND", "date": "2022-01-01", "hostility": 2.0},
        "said": words(),
        "told": answer("gives-way"),
    }
    document = world(events=events, hostility_effect=1.0, easing=0.75, suspension_rate=1e-6, words_followed=0.001)
    for engine in ("compiled", "mesa"):
        felt = term(run(lay_out(document), 20, engine=engine), "backfire", 2)[0]  # type: ignore[arg-type]
        assert felt[1] == pytest.approx(1.0)
        assert felt[2:].tolist() == pytest.approx([0.25] * (len(felt) - 2))


# --- who answers, when, how ---------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_the_answer_comes_in_the_month_after_by_its_luck(engine: Any) -> None:
    document = world(
        events={"said": words("2022-03-20"), "again": words("2022-08-05", kind="notice")},
        gives_way=0.3,
        retaliates=0.5,
        suspension_rate=1e-9,
        words_followed=0.001,
        notice_carried_out=0.001,
    )
    ensemble = run(lay_out(document), 40, engine=engine)
    expected = []
    for number in range(40):
        for month in (4, 9):
            u = uniform(1, number, 2021 * 12 + 11 + month, state_code("HND"), BARGAIN)
            expected.append((number, month, "gives-way" if u < 0.3 else "retaliates" if u >= 0.65 else "waits"))
    found = [(int(row[0]), int(row[1]), ANSWERS[int(row[3])]) for row in ensemble.answers]
    assert found == expected


def test_answers_come_as_often_as_their_chances() -> None:
    document = world(
        events={"said": words()}, gives_way=0.3, retaliates=0.5, suspension_rate=1e-9, words_followed=0.001
    )
    found = kinds(run(document, RUNS, ledger=False, threads=2))
    for kind, share in (("gives-way", 0.3), ("waits", 0.35), ("retaliates", 0.35)):
        assert found.count(kind) / RUNS == near(share)


def test_an_answer_that_is_told_stands_for_the_drawn_one_and_answers_what_stands() -> None:
    said = {"said": words("2022-03-20")}
    certain = {"gives_way": 0.999, "suspension_rate": 1e-9, "words_followed": 0.001}
    assert kinds(run(world(events=said, **certain), 1)) == ["gives-way"]
    for day, months in (("2022-03-25", [3]), ("2022-04-25", [4]), ("2022-02-25", [4]), ("2022-06-25", [4])):
        events = said | {"told": answer("waits", day)}
        found = run(world(events=events, **certain), 1).answers
        assert found[:, 1].astype(int).tolist() == months, day
    late = said | {"told": answer("retaliates", "2022-06-25")}
    found = run(world(events=late, gives_way=0.001, retaliates=0.001, suspension_rate=1e-9, words_followed=0.001), 1)
    assert kinds(found) == ["waits", "retaliates"]
    assert kinds(run(world(events={"told": answer("retaliates")}), 1)) == [], "nothing stands"


def test_words_taken_back_or_carried_out_are_not_answered() -> None:
    back = {"said": words("2022-03-10"), "back": {"type": "notice-withdrawn", "state": "HND", "date": "2022-03-20"}}
    assert kinds(run(world(events=back, suspension_rate=1e-9), 20)) == []
    sure = world(events={"said": words("2022-01-01")}, suspension_rate=10.0)
    found = run(sure, 200, ledger=False)
    answered = {int(row[0]) for row in found.answers if row[1] == 1 and ANSWERS[int(row[3])] in ANSWERS[1:4]}
    gone = {int(change[0]) for change in found.changes if change[1] == 0}
    assert not answered & gone


# --- money --------------------------------------------------------------------------------------------------


def test_what_answers_cost_in_dollars() -> None:
    p = {
        "rent_raised": 40.0,
        "answer_share": 0.5,
        "deported_share": 0.1,
        "suspension_rate": 1e-9,
        "words_followed": 0.001,
    }
    for which, expected in (
        ("gives-way", (0.0, 0.0, 40.0)),
        ("waits", (0.0, 0.0, 0.0)),
        ("retaliates", (-100.0, -200.0, 0.0)),
    ):
        found = run(world(events={"said": words(), "told": answer(which)}, **p), 1).answers
        assert found[0, 4:].tolist() == pytest.approx(expected), which
    gone = world(events={"said": words(kind="notice"), "told": answer("gives-way")}, **p | {"suspension_rate": 2.0})
    rows = run(gone, 400, ledger=False).answers
    later = rows[(rows[:, 3] >= 4) & (rows[:, 1] > 2)]
    assert len(later) > 20
    assert set(later[:, 6].tolist()) == {-40.0}, "who suspends after Washington gave way loses the rent"
    assert {ANSWERS[int(row[3])]: row[4] for row in later} == {"cuts-aid": pytest.approx(-100.0), "keeps-aid": 0.0}


def test_an_aid_cut_that_is_told_leaves_less_to_take() -> None:
    cut = {"type": "aid-cut", "by": "washington", "state": "HND", "date": "2022-01-01", "share": 0.8}
    flights = {"type": "deportations", "state": "HND", "date": "2022-01-01", "share": 0.95}
    events = {"said": words(), "told": answer("retaliates"), "cut": cut, "flights": flights}
    found = run(
        world(events=events, answer_share=0.5, deported_share=0.1, suspension_rate=1e-9, words_followed=0.001), 1
    )
    assert found.answers[0, 4:].tolist() == pytest.approx((-40.0, -100.0, 0.0))


def test_deportations_lower_dependence_and_are_believed() -> None:
    flights = {"type": "deportations", "state": "HND", "date": "2022-02-01", "share": 0.4}
    opened = open_world(lay_out(world(events={"flights": flights})))
    for _ in range(4):
        opened.step()
    assert opened.members[1].dependence() == pytest.approx(rules.dependence(25.0, 6.0, 1.0, 0.0))
    assert opened.carried_out.tolist() == [0.4, 0.4]


# --- what others see ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "sign"), [("gives-way", 1.0), ("waits", 0.0), ("retaliates", -1.0)])
def test_other_hosts_see_the_answer_and_the_host_itself_does_not(which: str, sign: float) -> None:
    events = {
        "said": words(),
        "told": answer(which),
        "other": words("2022-01-01", "GTM"),
        "o": answer("waits", code="GTM"),
    }
    document = world("GTM", "HND", events=events, ripple=0.3, suspension_rate=1e-6, words_followed=0.2)
    plain = changed(document, {"events.said.enabled": False, "events.told.enabled": False})
    for engine in ("compiled", "mesa"):
        seen = run(lay_out(document), 1, engine=engine)  # type: ignore[arg-type]
        unseen = run(lay_out(plain), 1, engine=engine)  # type: ignore[arg-type]
        assert term(seen, "neighbours", 3)[0].tolist() == [0.0] * 37
        assert term(seen, "neighbours", 2)[0, 2:].tolist() == [0.3 * sign] * 35
        for name in ("order", "hazard"):
            found, usual = term(seen, name, 2)[0], term(unseen, name, 2)[0]
            assert found[3] == pytest.approx(usual[3] * math.exp(0.3 * sign), rel=1e-12)


@pytest.mark.parametrize(
    ("which", "counted"), [("gives-way", [0.0, 1.0]), ("waits", [0.0, 0.0]), ("retaliates", [1.0, 1.0])]
)
def test_recognisers_believe_washington_more_or_less(which: str, counted: list[float]) -> None:
    opened = open_world(
        lay_out(world(events={"said": words(), "told": answer(which)}, suspension_rate=1e-9, words_followed=0.001))
    )
    for _ in range(4):
        opened.step()
    assert opened.carried_out.tolist() == counted


# --- nothing where nothing is said, or the effect is nought -------------------------------------------------


def test_without_words_no_parameter_of_an_answer_moves_a_bit() -> None:
    plain = world("GTM", "HND", suspension_rate=0.3)
    strong = {
        "gives_way": 0.9,
        "retaliates": 0.9,
        "easing": 1.0,
        "rent_raised": 900.0,
        "deported_share": 1.0,
        "ripple": 5.0,
    }
    other = changed(plain, {f"parameters.{name}": value for name, value in strong.items()})
    for engine in ("compiled", "mesa"):
        one, two = run(lay_out(plain), 40, engine=engine), run(lay_out(other), 40, engine=engine)  # type: ignore[arg-type]
        assert difference(one, two) == SAME
        assert set(kinds(one)) <= {"cuts-aid", "keeps-aid"}


def test_effects_of_nought_leave_every_answer_but_the_end_of_words_without_effect() -> None:
    off = {
        "easing": 0.0,
        "rent_raised": 0.0,
        "deported_share": 0.0,
        "answer_share": 0.0,
        "ripple": 0.0,
        "learning": 0.0,
    }
    ledgers = []
    for which in ("waits", "retaliates"):
        events = {"said": words(), "told": answer(which)}
        ledgers.append(run(world("GTM", "HND", events=events, **off), 40).ledger)
    assert np.array_equal(*ledgers)


def test_the_columns_of_a_host_add_up_to_its_hazard() -> None:
    events = {"said": words(), "told": answer("retaliates"), "other": words("2022-06-01", "GTM", "notice")}
    laid = lay_out(world("GTM", "HND", events=events))
    ensemble = run(laid, 40, mode="drawn")
    assert ensemble.ledger is not None
    rows = ensemble.ledger[:, :, 2:][ensemble.ledger[:, :, 2:, 0] == 0.0]
    logs = sum(rows[:, TERMS[name]] for name in ("base", "backfire", "threat", "government", "neighbours"))
    np.testing.assert_allclose(rows[:, -1], np.exp(logs) + rows[:, TERMS["order"]], rtol=1e-12)
    assert draw(laid).parameters.shape == (1,)
