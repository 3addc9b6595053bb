"""What a review found once: each of these went wrong and must not again."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.fit import beliefs_for
from sim.model.plan import Plan
from sim.model.reference import Reference, derive
from sim.runs.sampling import sample
from sim.scenario import load, remarks
from tests.worlds import lay_out, problems_of, told


def _reference(**tables: object) -> tuple[Plan, SimpleNamespace, Reference]:
    laid = lay_out(told("HND", "PLW", **tables))
    draws = sample(laid, beliefs_for(laid.loaded.scenario), 1, 1, "central")
    names = draws.parameters.dtype.names or ()
    central = SimpleNamespace(**{name: float(draws.parameters[name][0]) for name in names})
    return laid, central, derive(laid.timeline, central, draws.values[0], draws.spreads[0])


def test_words_of_a_compact_host_keep_their_chance() -> None:
    laid, p, reference = _reference(cooperation={"hosts": ["HND", "PLW"]})
    assert laid.hosts == ("HND", "PLW")
    for host in range(2):
        rate = np.exp(reference.cooperation[host]) + reference.words_rate[host]
        assert 1.0 - np.exp(-2.0 * rate) == pytest.approx(p.words_followed)
    assert reference.words_rate[1] > reference.words_rate[0]


def test_a_fixed_chance_of_an_outcome_stays_what_the_file_says() -> None:
    outcomes = {"a": {"chance": 0.3}, "b": {"chance": {"central": 0.4, "low": 0.1, "high": 0.9}}}
    elections = {"vote": {"date": "2022-05-01", "state": "HND", "outcomes": outcomes}}
    laid = lay_out(told("HND", elections=elections))
    drawn = sample(laid, beliefs_for(laid.loaded.scenario), 1, 100, "drawn").outcomes[:, 0, :]
    assert np.all(drawn[:, 0] == 0.3)
    assert np.all(drawn[:, 1] <= 1.0 + 1e-12)
    assert np.ptp(drawn[:, 1]) > 0.3


def test_outcomes_that_leave_nothing_open_happen_in_every_run() -> None:
    wide = {"central": 0.5, "low": 0.2, "high": 0.8}
    elections = {
        "vote": {"date": "2022-05-01", "state": "HND", "outcomes": {"a": {"chance": wide}, "b": {"chance": wide}}}
    }
    laid = lay_out(told("HND", elections=elections))
    drawn = sample(laid, beliefs_for(laid.loaded.scenario), 1, 100, "drawn").outcomes[:, 0, -1]
    assert drawn == pytest.approx(np.ones(100))


def test_a_states_first_year_is_not_one_to_come() -> None:
    assert problems_of(told("HND", states={"HND": {"government_since": "2030-01-01"}})) == [
        "states.HND.government_since: not after the start, 2021-12-31: a government to come is an inauguration"
        " (got 2030-01-01)"
    ]


def test_words_of_a_state_that_hosts_nobody_are_remarked_on() -> None:
    events = {
        "words": {"type": "threat", "state": "HND", "date": "2022-05-01"},
        "told": {"type": "answer", "state": "HND", "date": "2022-06-01", "answer": "waits"},
    }
    laid = lay_out(told("HND", events=events))
    assert remarks(laid.loaded.scenario) == [
        "events.words: HND is not in cooperation.hosts, so this threat weighs on nothing",
        "events.told: HND is not in cooperation.hosts, so this answer weighs on nothing",
    ]


def test_a_truce_on_record_is_remarked_on() -> None:
    assert remarks(load("truce-2008").scenario) == []
    assert remarks(load("truce-2008-unknown").scenario) == [
        "a truce stood on 2008-05-20, and no event of type truce says so: a contest is simulated"
    ]
