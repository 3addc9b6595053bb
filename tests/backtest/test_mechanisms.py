"""The mechanisms of the model: each is switched off by what it declares, and leaves its terms at zero."""

from __future__ import annotations

import numpy as np
import pytest

from sim.backtest.mechanisms import HAZARD, MECHANISMS, NO_AGENTS, chosen, events_of, is_word
from sim.errors import InputError
from sim.model.terms import LEAVE, RETURN, T_OFFER, TERMS
from sim.parameters import PARAMETERS
from sim.runs.run import Request
from sim.scenario import load, reloaded


def told(kind: str, state: str, day: str, **more: object) -> dict[str, object]:
    return {"type": kind, "state": state, "date": day, **more}


EVERYTHING = {
    "scenario": {
        "name": "all",
        "title": "All",
        "question": "What is said?",
        "start": "2019-12-31",
        "end": "2026-12-31",
    },
    "parameters": {"pledge_kept": 0.9},
    "events": {
        "pledge": told("pledge", "GTM", "2020-01-05"),
        "order": told("order", "PRY", "2020-01-05"),
        "request": told("request", "HND", "2020-01-05", million_usd=100.0, answer="refused"),
        "offer": told("offer", "BLZ", "2020-01-05", million_usd=500.0, years=7.0),
        "lobbying": told("lobbying", "HTI", "2020-01-05", pressure=2.0),
        "inauguration": told("inauguration", "LCA", "2020-02-01", lean=1.0),
        "switch": told("switch", "NRU", "2020-01-15", to="beijing"),
    },
}
"""A scenario in which every term is weighed by somebody."""


def weighed(name: str, runs: int = 40) -> np.ndarray:
    """(rows, columns) the ledger of every state that weighs leaving or coming, without a mechanism ("" : with all)."""
    loaded = load(EVERYTHING)
    if name:
        loaded = reloaded(loaded, MECHANISMS[name].overrides(loaded.scenario))
    setup = Request.of(loaded, runs).setup
    ledger = setup.ledger(range(0, runs, 4)).ledger
    assert ledger is not None
    states = len(setup.plan.states)
    return ledger[:, :, :states].reshape(-1, ledger.shape[-1])


@pytest.fixture(scope="module")
def whole() -> np.ndarray:
    return weighed("")


@pytest.mark.parametrize("name", [name for name, mechanism in MECHANISMS.items() if mechanism.terms])
def test_a_mechanism_that_is_off_leaves_its_terms_at_zero(name: str, whole: np.ndarray) -> None:
    without = weighed(name)
    for term in MECHANISMS[name].terms:
        assert not without[:, TERMS[term]].any(), term
    if name not in ("money", HAZARD):  # without prices nothing is missed either
        rest = {term for mechanism in MECHANISMS.values() for term in mechanism.terms} - set(MECHANISMS[name].terms)
        assert {term for term in rest if without[:, TERMS[term]].any()} == rest
    assert without.shape == whole.shape


def test_every_term_of_a_decision_is_there_before(whole: np.ndarray) -> None:
    off = {term for mechanism in MECHANISMS.values() for term in mechanism.terms}
    assert off <= {*LEAVE.terms, *RETURN.terms}
    assert {term for term in off if whole[:, TERMS[term]].any()} == off


def test_without_purses_and_beliefs_bids_stay_at_reference() -> None:
    """Beijing's bid moves only with what it has committed, and with what states learn, where nothing is told."""
    quiet = {"scenario": {"name": "q", "title": "Q", "question": "?", "start": "2016-01-31", "end": "2026-08-31"}}
    offers = []
    for names in ((), ("purses",), ("purses", "beliefs")):
        loaded = load(quiet)
        for name in names:
            loaded = reloaded(loaded, MECHANISMS[name].overrides(loaded.scenario))
        setup = Request.of(loaded, 100, 1).setup
        ledger = setup.ledger(range(0, 100, 10)).ledger
        assert ledger is not None
        allies = ledger[:, :, np.flatnonzero(setup.plan.timeline.with_taipei)]
        offers.append(float(np.abs(allies[..., T_OFFER][allies[..., 0] == 0.0]).max()))
    assert offers[0] > offers[1] > 0.0
    assert offers[2] < 1e-12


def test_without_silence_no_state_is_set_apart_by_it() -> None:
    loaded = load("outlook-2026")
    rates = []
    for silent in (False, True):
        changed = reloaded(loaded, {**MECHANISMS["silence"].overrides(loaded.scenario), "states.GTM.silent": silent})
        setup = Request.of(changed, 20, 1).setup
        rates.append(setup.ensemble(20, horizons=[60], threads=1).expected)
    assert np.array_equal(rates[0], rates[1])


def test_every_parameter_named_is_one_and_takes_the_value() -> None:
    for mechanism in MECHANISMS.values():
        for name, value in mechanism.parameters.items():
            assert PARAMETERS[name].minimum <= value <= PARAMETERS[name].maximum
        assert mechanism.parameters or mechanism.words
        assert set(mechanism.includes) <= set(MECHANISMS)
    assert set(NO_AGENTS) <= set(MECHANISMS[HAZARD].parameters)


def test_words_are_told_by_path_also_those_after_a_vote() -> None:
    scenario = load("outlook-2026").scenario
    values = MECHANISMS["words"].overrides(scenario)
    words = {path for path, event in events_of(scenario) if is_word(event)}
    assert set(values) == {f"{path}.enabled" for path in words}
    assert set(values.values()) == {False}
    assert any(path.startswith("elections.") for path in values)
    without = reloaded(load("outlook-2026"), values).scenario
    assert not [path for path, event in events_of(without) if is_word(event) and event.enabled]
    kept = [path for path, event in events_of(without) if event.type == "inauguration"]
    assert kept == [path for path, event in events_of(scenario) if event.type == "inauguration"] != []


def test_what_is_set_is_said_in_words() -> None:
    assert MECHANISMS["money"].switched == "money_effect = 0"
    assert MECHANISMS["words"].switched == "words and requests left out"
    assert MECHANISMS[HAZARD].without == "bare fitted hazard"
    assert MECHANISMS["beliefs"].without == "without beliefs"


def test_mechanisms_are_chosen_by_name() -> None:
    assert [one.name for one in chosen(["words", "money", "words"])] == ["words", "money"]
    assert [one.name for one in chosen(None)] == list(MECHANISMS) == [one.name for one in chosen([])]
    with pytest.raises(InputError) as caught:
        chosen(["mony"])
    assert caught.value.lines() == [
        "--without: one of money, threats, beliefs, words, governments, purses, silence, hazard (got 'mony'); did you "
        "mean money?"
    ]
