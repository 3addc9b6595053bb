"""The sign of every lever at central parameters, above and below its reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.worlds import Document, changed, lay_out, run, term, told

BASE: Document = told(
    "GTM",
    "HND",
    "PLW",
    end="2022-12-31",
    states={"HND": {"pride": 0.3, "dependence": 0.6, "us_aid": 2.0, "lean": 0.1}},
)
MONTH = 3
"""The month looked at; everything starts in month 1 (January 2022)."""
DAY = "2022-01-10"


def hazard(changes: dict[str, Any], base: Document = BASE, *, state: str = "HND", month: int = MONTH) -> float:
    """Annual hazard in the third month of a state that has not moved by then (run 0)."""
    held = changed(base, changes)
    laid, where = lay_out(held, root=base), lay_out(held, root=base).states.index(state)
    ensemble = run(laid, 20)
    stayed = [k for k in range(20) if len(set(term(ensemble, "side", where)[k, : month + 1])) == 1]
    values = term(ensemble, "hazard", where)[stayed, month]
    assert len(values) > 0
    return float(values[0])


def event(kind: str, **fields: Any) -> dict[str, Any]:
    state = {} if kind.startswith("truce") else {"state": "HND"}
    return {"events.one": {"type": kind, "date": DAY} | state | fields}


HUMBLE = changed(BASE, {"states.HND.pride": 0.0})
PROUD = changed(BASE, {"states.HND.pride": 1.0, "states.HND.dependence": 0.01})

RAISE: dict[str, dict[str, Any]] = {
    "beijing's budget up": {"beijing.budget": 2.0},
    "taipei's budget down": {"taipei.budget": 0.5},
    "hostility": {"washington.hostility": 2.0},
    "protest": event("protest", hostility=1.0),
    "lean towards beijing at the start": {"states.HND.lean": 0.6},
    "lean event towards beijing": event("lean", lean=0.6),
    "inauguration towards beijing": event("inauguration", lean=0.6),
    "new government": event("inauguration"),
    "pledge, where pledges are kept": {**event("pledge"), "parameters.pledge_kept": 0.6},
    "order": event("order"),
    "request refused": event("request", million_usd=2000.0, answer="refused"),
    "beijing approaches": {"beijing.approach": 3.0},
    "offer by beijing": event("offer", million_usd=1000.0),
    "aid cut by taipei": event("aid-cut", by="taipei", share=1.0),
    "aid cut by washington, where nobody learns": {
        **event("aid-cut", by="washington", share=1.0),
        "parameters.learning": 0.0,
    },
    "susceptibility up": {"states.HND.susceptibility": 2.0},
    "prestige up": {"states.HND.prestige": 3.0, "parameters.purse": 800.0},
    "departure rate up": {"parameters.departure_rate": 0.2},
}
LOWER: dict[str, dict[str, Any]] = {
    "beijing's budget down": {"beijing.budget": 0.5},
    "taipei's budget up": {"taipei.budget": 2.0},
    "lean towards taipei at the start": {"states.HND.lean": -0.6},
    "lean event towards taipei": event("lean", lean=-0.6),
    "reassurance": event("reassurance"),
    "offer by taipei": event("offer", by="taipei", million_usd=1000.0),
    "match": event("match", share=5.0),
    "inducement by washington": event("offer", by="washington", million_usd=1000.0),
    "attention up, where nobody resents it": {"washington.attention": 2.0, "states.HND.pride": 0.0},
    "acceptance down": {"beijing.acceptance": 0.5},
    "truce": event("truce"),
    "susceptibility down": {"states.HND.susceptibility": 0.5},
    "prestige down": {"states.HND.prestige": 0.3, "parameters.purse": 800.0},
    "offer from the budget to a neighbour": {
        "events.one": {"type": "offer", "state": "GTM", "date": DAY, "million_usd": 1e5, "from_budget": True}
    },
}


@pytest.fixture(scope="module")
def usual() -> float:
    return hazard({})


@pytest.mark.parametrize("name", RAISE)
def test_these_raise_the_hazard(usual: float, name: str) -> None:
    assert hazard(RAISE[name]) > usual * 1.005


@pytest.mark.parametrize("name", LOWER)
def test_these_lower_the_hazard(usual: float, name: str) -> None:
    assert hazard(LOWER[name]) < usual * 0.995


@pytest.mark.parametrize(
    ("base", "less", "more"),
    [(HUMBLE, 1, -1), (PROUD, -1, 1)],
    ids=["a humble state that depends", "a proud state that does not"],
)
def test_pressure_deters_the_humble_and_provokes_the_proud(base: Document, less: int, more: int) -> None:
    usual = hazard({}, base)
    for changes, sign in (
        ({"washington.attention": 0.0}, less),
        ({"washington.attention": 0.5}, less),
        ({"washington.attention": 3.0}, more),
        (event("lobbying", pressure=2.0), more),
    ):
        assert (hazard(changes, base) / usual - 1.0) * sign > 0.002, changes


@pytest.mark.parametrize("part", ["exports_to_usa", "remittances_from_usa", "us_aid", "security_tie"])
def test_losing_a_part_of_dependence_raises_the_hazard(part: str) -> None:
    base = changed(
        BASE, {"states.HND": {"exports_to_usa": 40.0, "remittances_from_usa": 10.0, "us_aid": 1.0, "security_tie": 2.0}}
    )
    assert hazard({f"states.HND.{part}": 0.0}, base) > 1.005 * hazard({}, base)


def test_levers_grow_step_by_step() -> None:
    base = changed(BASE, {"parameters.purse": 800.0})
    for path, values, rising in (
        ("beijing.budget", (0.0, 0.5, 1.0, 2.0, 4.0), True),
        ("taipei.budget", (0.0, 0.5, 1.0, 2.0, 4.0), False),
        ("beijing.acceptance", (0.0, 0.25, 0.5, 1.0), True),
        ("washington.hostility", (0.0, 0.5, 1.0, 2.0, 3.0), True),
        ("states.HND.lean", (-1.0, -0.5, 0.0, 0.5, 1.0), True),
        ("states.HND.susceptibility", (0.0, 0.5, 1.0, 2.0), True),
    ):
        found = np.diff([hazard({path: value}, base) for value in values])
        assert np.all(found > 0.0) if rising else np.all(found < 0.0), path


def test_a_window_opens_and_centres() -> None:
    """Followed governments: above the plain hazard in the first year, below it afterwards."""
    office = event("inauguration")
    plain, new = hazard({}), hazard(office)
    later = changed(BASE, {"scenario.end": "2024-12-31"})
    settled = hazard(office, later, month=14)
    assert new > plain > 0.0
    assert settled < hazard({}, later, month=14)


def test_a_negative_window_turns_the_sign_round() -> None:
    base = changed(BASE, {"parameters.window_effect": -0.5})
    assert hazard(event("inauguration"), base) < hazard({}, base)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_neighbours_move_a_state_when_the_effect_is_set(sign: float) -> None:
    """Guatemala leaves in January for certain; Honduras, its neighbour, feels it in February, Palau does not."""
    base = changed(
        BASE, {"parameters.neighbours_effect": sign, "parameters.money_effect": 0.0, "states.HND.susceptibility": 0.1}
    )
    leave = {"states.GTM.susceptibility": 1000.0, "parameters.departure_rate": 1.0}
    calm = {"states.GTM.susceptibility": 0.0, "parameters.departure_rate": 1.0}
    left, stayed = (hazard(changes, base, month=2) for changes in (leave, calm))
    assert (left - stayed) * sign > 0.0
    far = [hazard(changes, base, state="PLW", month=2) for changes in (leave, calm)]
    assert far[0] == pytest.approx(far[1], rel=1e-12)


def test_neighbours_do_nothing_unless_set(usual: float) -> None:
    leave = {"states.GTM.susceptibility": 1000.0}
    laid = lay_out(changed(BASE, leave), root=BASE)
    assert np.all(term(run(laid, 20), "neighbours", laid.states.index("HND")) == 0.0)


# --- returning --------------------------------------------------------------------------------------------

FORMER = told("GTM", "HND", end="2023-12-31", roster={"candidates": ["NIC"]}, states={"NIC": {"lean": 0.0}})


def back(kind: str, **fields: Any) -> dict[str, Any]:
    return {"events.one": {"type": kind, "date": DAY, "state": "NIC"} | fields}


RETURN_MORE: dict[str, dict[str, Any]] = {
    "lean towards taipei": back("lean", lean=-0.8),
    "lean at the start": {"states.NIC.lean": -0.8},
    "pledge to taipei": back("pledge", to="taipei"),
    "new government": back("inauguration"),
    "offer by taipei": back("offer", by="taipei", million_usd=2000.0),
    "taipei's budget": {"taipei.budget": 3.0},
    "taipei's wooing": {"taipei.wooing": 3.0},
    "beijing's budget": {"beijing.budget": 0.1},
    "return rate": {"parameters.return_rate": 0.1},
    "susceptibility": {"states.NIC.susceptibility": 2.0},
}
RETURN_LESS: dict[str, dict[str, Any]] = {
    "lean towards beijing": back("lean", lean=0.8),
    "offer by beijing": back("offer", million_usd=2000.0),
    "taipei's acceptance": {"taipei.acceptance": 0.5},
    "taipei's budget": {"taipei.budget": 0.3},
    "beijing's budget": {"beijing.budget": 3.0},
    "susceptibility": {"states.NIC.susceptibility": 0.5},
}


@pytest.mark.parametrize("name", RETURN_MORE)
def test_these_bring_a_state_back(name: str) -> None:
    assert hazard(RETURN_MORE[name], FORMER, state="NIC") > 1.01 * hazard({}, FORMER, state="NIC")


@pytest.mark.parametrize("name", RETURN_LESS)
def test_these_keep_a_state_away(name: str) -> None:
    assert hazard(RETURN_LESS[name], FORMER, state="NIC") < 0.99 * hazard({}, FORMER, state="NIC")


@pytest.mark.parametrize(
    "changes",
    [
        back("pledge"),
        back("reassurance"),
        back("order"),
        back("lobbying"),
        {"beijing.approach": 3.0},
        {"washington.attention": 3.0},
    ],
    ids=["pledge to leave", "reassurance", "order", "lobbying", "beijing's approach", "washington's attention"],
)
def test_what_concerns_leaving_does_not_move_a_former_ally(changes: dict[str, Any]) -> None:
    assert hazard(changes, FORMER, state="NIC") == hazard({}, FORMER, state="NIC")


def test_a_pledge_to_taipei_does_not_move_an_ally(usual: float) -> None:
    assert hazard(event("pledge", to="taipei")) == usual
