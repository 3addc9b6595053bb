"""Coming (back) to Taipei: the level is the fitted rate, both engines and every way of looking agree, prices follow."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.atlas import candidates
from sim.atlas.candidates import MOST_GDP_USD, MOST_PEOPLE
from sim.backtest.backtest import document_of, setup_of
from sim.model import rules
from sim.model.plan import Plan
from sim.model.terms import (
    BEIJING,
    HAZARD,
    LEFT,
    OUTCOMES,
    STAYED,
    T_AID,
    T_OFFER,
    TAIPEI,
    TALK_CLOSED,
    TALK_ENDS,
    TALK_SIDE,
    TALK_STATE,
    TALK_TAIPEI,
)
from sim.runs.ensemble import Ensemble, run_ensemble
from tests.worlds import ALIKE, NO_FEEDBACK, SAME, Document, changed, difference, draw, lay_out, run, sequence, told

SIX = ["DOM", "FSM", "HND", "KIR", "NRU", "STP"]
RATE, RUNS = 0.3, 8_000
NOTHING = ALIKE | NO_FEEDBACK | {"shortfall_effect": 0.0, "departure_rate": 1e-6, "return_window_effect": 0.0}


def world(**tables: object) -> Document:
    parameters = NOTHING | {"return_rate": RATE} | tables.pop("parameters", {})  # type: ignore[operator, dict-item]
    return told("GTM", "VAT", end="2024-12-31", roster={"candidates": SIX}, parameters=parameters, **tables)


@pytest.fixture(scope="module")
def still() -> tuple[Plan, Ensemble]:
    laid = lay_out(world())
    return laid, run(laid, RUNS, ledger=False, threads=2)


def test_a_candidate_comes_at_the_fitted_rate_in_every_month(still: tuple[Plan, Ensemble]) -> None:
    """Of those that have not come the same share comes in each month: 1 - exp(-rate / 12)."""
    laid, ensemble = still
    came = ensemble.changes[ensemble.changes[:, 4] == TAIPEI]
    first = np.full((RUNS, len(laid.states)), 1_000)
    np.minimum.at(first, (came[:, 0].astype(int), came[:, 2].astype(int)), came[:, 1].astype(int))
    first = first[:, 2:]
    chance = -math.expm1(-RATE / 12.0)
    for month in (1, 2, 6, 20, 36):
        still_away = int((first >= month).sum())
        share = float((first == month).sum()) / still_away
        assert share == pytest.approx(chance, abs=4.5 * math.sqrt(chance / still_away))


def test_what_is_met_is_the_chance(still: tuple[Plan, Ensemble]) -> None:
    _, ensemble = still
    came = ensemble.changes[(ensemble.changes[:, 4] == TAIPEI) & (ensemble.changes[:, 3] == BEIJING)]
    met = ensemble.expected[:, 2:, -1, 0].sum() / RUNS
    assert met == pytest.approx(len(came) / RUNS, rel=0.03)


def test_at_reference_the_hazard_is_the_rate_to_the_bit_of_a_chain() -> None:
    laid = lay_out(world(parameters={"return_rate": 0.004}))
    book = run(laid, 20).ledger
    assert book is not None
    away = book[:, 1:, 2:, :][book[:, 1:, 2:, 0] == BEIJING]
    np.testing.assert_allclose(away[:, HAZARD], 0.004, rtol=1e-12)


DOCUMENTS: dict[str, Document] = {
    "seldom": world(parameters={"return_rate": 0.008, "departure_rate": 0.2} | dict.fromkeys(NO_FEEDBACK, 0.5)),
    "often": world(parameters={"departure_rate": 0.2} | dict.fromkeys(NO_FEEDBACK, 0.5)),
    "wooed": world(
        parameters={"return_rate": 0.008} | dict.fromkeys(NO_FEEDBACK, 0.5),
        taipei={"wooing": {"2022-06-01": 4.0, "2023-06-01": 1.0}},
        events={"word": {"type": "pledge", "state": "HND", "to": "taipei", "date": "2022-03-01"}},
    ),
    "matched": world(  # what Taipei bids follows Beijing's purse
        parameters={"return_rate": 0.008, "departure_rate": 0.2} | dict.fromkeys(NO_FEEDBACK, 0.5),
        events={"match": {"type": "match", "state": "DOM", "share": 5.0, "date": "2022-03-01"}},
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_looked_at_seldom_is_what_is_looked_at_each_month(name: str) -> None:
    """With a ledger every candidate is weighed in every month, without one when there is something new of it."""
    laid = lay_out(DOCUMENTS[name])
    draws, told_of = draw(laid, 60, mode="drawn"), {"horizons": (0, 12, 36), "talks": 60}
    kept, lazy = (run_ensemble(laid, draws, 1, 60, ledger=ledger, **told_of) for ledger in (True, False))
    mesa = run_ensemble(laid, draws, 1, 60, engine="mesa", ledger=True, **told_of)
    assert difference(kept, mesa) == SAME
    kept_without = replace(kept, ledger=None)
    assert difference(kept_without, lazy) == SAME


def test_a_bid_left_aside_while_it_is_the_one_of_reference_is_worked_out_when_talks_end() -> None:
    """In 1995 nothing was known of what arrives: what is seen of it moves no trust, and so no bid."""
    setup = setup_of(document_of(1995), 1996)
    draws, told_of = setup.draws(100), {"horizons": (36,), "talks": 100}
    kept, lazy = (run_ensemble(setup.plan, draws, 1, 100, ledger=ledger, **told_of) for ledger in (True, False))
    assert difference(replace(kept, ledger=None), lazy) == SAME


def test_who_wins_pays_no_more_than_its_limit() -> None:
    laid = lay_out(world(parameters=dict.fromkeys(NO_FEEDBACK, 1.0)))
    talks = run(laid, 400, ledger=False).talks
    coming = talks[talks[:, TALK_SIDE] == BEIJING]
    won, kept = (coming[coming[:, TALK_ENDS["outcome"]] == end] for end in (LEFT, STAYED))
    assert OUTCOMES[LEFT] == "left"
    assert len(won) > 100
    assert len(kept) > 100
    assert np.all(won[:, TALK_ENDS["price"]] <= won[:, TALK_TAIPEI] * (1.0 + 1e-12))
    assert np.mean(won[:, TALK_ENDS["price"]]) < 0.9 * np.mean(won[:, TALK_TAIPEI])


def test_bids_are_terms_of_their_own_sign() -> None:
    base = world(parameters=dict.fromkeys(NO_FEEDBACK, 1.0))
    for path, column, sign in (("taipei.wooing", T_AID, 1.0), ("beijing.budget", T_OFFER, -1.0)):
        laid = lay_out(changed(base, {path: 3.0}))
        book = run(laid, 20).ledger
        assert book is not None
        assert np.all(sign * book[:, 1, 2:, column] > 0.0)


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_a_switch_that_is_told_happens_in_its_month_to_either_side(engine: str) -> None:
    events = {
        "back": {"type": "switch", "state": "HND", "to": "taipei", "date": "2022-03-15"},
        "away": {"type": "switch", "state": "HND", "to": "beijing", "date": "2023-03-15"},
        "again": {"type": "switch", "state": "HND", "to": "taipei", "date": "2024-03-15"},
    }
    laid = lay_out(world(parameters={"return_rate": 1e-9}, events=events))
    ensemble = run(laid, engine=engine)  # type: ignore[arg-type]
    assert sequence(laid, ensemble) == [
        ("2022-03", "HND", "beijing", "taipei"),
        ("2023-03", "HND", "taipei", "beijing"),
        ("2024-03", "HND", "beijing", "taipei"),
    ]
    assert not len(ensemble.talks) or np.all(ensemble.talks[:, TALK_CLOSED] >= 0)
    assert set(ensemble.talks[:, TALK_STATE].tolist()) <= {0.0, 1.0, float(laid.states.index("HND"))}


def test_candidates_left_out_are_not_simulated() -> None:
    laid = lay_out(told("GTM", "VAT"))
    assert laid.states == ("GTM", "VAT")


def test_who_may_come_by_the_rule() -> None:
    from sim.atlas import economy, record

    known = record()
    day = known.confirmed_until
    found = candidates(day)
    assert {"HND", "NRU", "FSM", "CRI", "BOL"} <= set(found)
    assert not {"USA", "VAT", "VDR", "TWN", *known.recognisers(day)} & set(found)
    for code in found:
        books = economy(code, day.year - 1)
        small = books.population <= MOST_PEOPLE and books.gdp_usd <= MOST_GDP_USD
        assert small or known.last_departure(code, day) is not None


def test_a_uniform_number_beyond_a_share() -> None:
    assert rules.beyond(0.25, 0.25) == 0.0
    assert rules.beyond(0.625, 0.25) == 0.5
