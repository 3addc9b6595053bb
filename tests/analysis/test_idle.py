"""Parameters said to move nothing in a plan move no bit of it, and those that do are not among them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.idle import OF_EVENTS, OF_HOSTS, OF_PRESSURE, OF_REGIONS, cancelled, idle
from sim.analysis.sensitivity import Question
from sim.analysis.space import DrawnPoints
from sim.model import calendar as kinds
from sim.model.state import State
from sim.parameters import PARAMETERS
from sim.places import shipped_folder
from sim.runs.agents import own_agents
from sim.runs.ensemble import Ensemble, run_ensemble
from sim.runs.run import Request
from sim.runs.sampling import Draws
from sim.runs.setup import Setup
from sim.scenario import load
from tests.examples import thorough

RUNS = 40


def bits(ensemble: Ensemble) -> list[bytes]:
    """All that an ensemble holds."""
    return [np.ascontiguousarray(array).tobytes() for array in vars(ensemble).values() if isinstance(array, np.ndarray)]


def simulated(setup: Setup, draws: Draws) -> list[bytes]:
    last = len(setup.plan.months) - 1
    return bits(run_ensemble(setup.plan, draws, setup.seed, RUNS, horizons=(last,), threads=1, talks=RUNS, ledger=True))


def at_ends(draws: Draws, names: frozenset[str], end: str) -> Draws:
    """Draws with some parameters at an end of what a scenario may set, but not beyond -3 to 3."""
    parameters = draws.parameters.copy()
    for name in names:
        parameters[name] = np.clip(getattr(PARAMETERS[name], end), -3.0, 3.0)
    return replace(draws, parameters=parameters)


def outcomes(setup: Setup, draws: Draws) -> list[bytes]:
    """All sides, counts and chances of an ensemble, without what states weighed."""
    last = len(setup.plan.months) - 1
    ensemble = run_ensemble(setup.plan, draws, setup.seed, RUNS, horizons=(last // 2, last), threads=1)
    return [array.tobytes() for array in (ensemble.counts, ensemble.expected, *ensemble.heads.values())]


def check_cancelled(name: str, overrides: dict[str, Any] | None = None) -> frozenset[str]:
    setup = Request.of(load(name, overrides), RUNS).setup
    still, draws = cancelled(setup.plan), setup.draws(RUNS)
    assert outcomes(setup, at_ends(draws, still, "minimum")) == outcomes(setup, at_ends(draws, still, "maximum"))
    return still


def check(name: str) -> None:
    setup = Request.of(load(name), RUNS).setup
    draws = replace(setup.draws(RUNS), spreads=np.zeros_like(setup.draws(RUNS).spreads))
    still = idle(setup.plan, draws)
    assert "valuation_spread" in still
    assert simulated(setup, at_ends(draws, still, "minimum")) == simulated(setup, at_ends(draws, still, "maximum"))


@pytest.mark.parametrize("name", ["honduras-2021", "honduras-2025"])
def test_what_is_idle_moves_no_bit(name: str) -> None:
    check(name)


@thorough
def test_what_is_idle_moves_no_bit_of_any_shipped_scenario() -> None:
    for file in sorted(shipped_folder().glob("*.toml")):
        if not file.name.endswith(".sweep.toml"):
            check(file.stem)
            check_cancelled(file.stem)


def test_pressure_as_usual_moves_no_outcome() -> None:
    in_oceania, elsewhere = OF_REGIONS.values()
    assert check_cancelled("honduras-2021") == {in_oceania, elsewhere}
    assert check_cancelled("outlook-2026") >= {in_oceania, elsewhere, *OF_PRESSURE}
    assert check_cancelled("honduras-2021", {"states.PLW.us_aid": 0.5}) == {elsewhere}
    alone = {f"events.{name}.enabled": False for name in ("washington-lobbying", "beijing-protest")}
    assert check_cancelled("honduras-2021", alone) == {in_oceania, elsewhere, *OF_PRESSURE}


@pytest.mark.parametrize(
    "overrides",
    [
        {"washington.attention": 2.0},
        {"washington.attention.2024-01-01": 2.0},
        {"washington.focus": 0.5},
        {"washington.hostility": 1.0},
        {"cooperation.hosts": ["PRY"]},
        {"events.cut": {"type": "aid-cut", "by": "washington", "state": "HND", "date": "2022-06-01", "share": 0.5}},
    ],
    ids=str,
)
def test_pressure_of_another_strength_moves_outcomes(overrides: dict[str, Any]) -> None:
    assert not cancelled(Request.of(load("honduras-2021", overrides), RUNS).setup.plan)


def test_what_is_there_is_not_idle() -> None:
    setup = Request.of(load("honduras-2021"), RUNS).setup
    there = set(setup.plan.timeline.events.kind.tolist())
    assert kinds.PLEDGE in there
    assert kinds.TRUCE not in there
    assert not setup.plan.hosts
    still = idle(setup.plan, setup.draws(RUNS))
    assert still.isdisjoint({"pledge_kept", "valuation_spread", "departure_rate"})
    assert {*OF_HOSTS, "order_months", "acceptance_truce"} <= still
    assert {*OF_HOSTS, *OF_EVENTS} <= set(PARAMETERS)
    hosts = Request.of(load("honduras-2025"), RUNS).setup
    assert hosts.plan.hosts
    assert idle(hosts.plan, hosts.draws(RUNS)).isdisjoint(OF_HOSTS)


def test_points_apart_only_by_what_is_idle_are_simulated_once() -> None:
    question = Question.of(load("honduras-2021"), RUNS, points=2, outcome="left:HND")
    space = question.space()
    points = question.sweep(space).points
    assert isinstance(points.listed, DrawnPoints)
    draws, still = points.listed.draws, points.listed.idle
    # Each block has two points of its own, and one for each number that moves something; what is idle may still decide
    # in what laws others are drawn.
    keys = question.sweep(space).keys
    assert len(set(keys)) < len(keys) - 2 * len(still - {"acceptance_truce", "valuation_spread"}) + 2
    simulated = points.listed.simulated.parameters
    assert all(len(set(simulated[name].tolist())) == 1 for name in still)
    # What a reader sees has the values of the design, all of them.
    assert space.columns(points)["gives_way"] == [f"{value:.9g}" for value in draws.parameters["gives_way"].tolist()]
    assert len(set(space.columns(points)["gives_way"])) > 2


def test_agents_of_ones_own_may_look_at_anything() -> None:
    class Own(State):
        """As shipped."""

    question = Question.of(load("honduras-2021"), RUNS, points=2, agents=own_agents([Own]))
    points = question.sweep().points
    assert isinstance(points.listed, DrawnPoints)
    assert points.listed.idle == frozenset()
