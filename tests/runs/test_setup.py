"""What setups take from one another, and what is kept of draws, is what each would work out alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim.fit import beliefs_for, yardsticks_for
from sim.model import plan as planning
from sim.model.plan import Plan, plan
from sim.runs import sampling
from sim.runs.sampling import Mode, sample
from sim.runs.setup import Setup
from sim.scenario import load

VARIED: list[dict[str, Any]] = [
    {},
    {"parameters.money_effect": 1.5},
    {"parameters.acceptance_truce": 0.2},
    {"washington.attention": 2.5},
    {"beijing.budget.2027-03-01": 0.0},
    {"states.PRY.lean": -0.5},
    {"states.PRY.population": 5e6},
    {"events.asfura-inauguration.date": "2026-09-27"},
    {"elections.taiwan-2028.date": "2028-02-12"},
    {"elections.haiti-2026.enabled": False},
    {"given.paraguay-2028": "opposition"},
    {"roster.candidates": ["HND"]},
    {"scenario.start": "2026-06-30"},
    {"cooperation.hosts": ["PRY"]},
]


def arrays(one: Plan) -> Iterator[tuple[str, bytes]]:
    """Every array of a plan's timeline by name, in its bytes."""
    dated = one.timeline.events._asdict()
    for name, value in (*one.timeline._asdict().items(), *dated.items()):
        if name != "events":
            array = np.asarray(value)
            yield name, str((array.dtype, array.shape)).encode() + array.tobytes()


@pytest.mark.parametrize("overrides", VARIED, ids=str)
def test_a_plan_near_another_is_the_one_laid_out_alone(overrides: dict[str, Any]) -> None:
    loaded = load("outlook-2026", overrides)
    yardsticks = yardsticks_for(loaded.scenario)
    near = plan(load("outlook-2026", {"washington.attention": 0.5}), yardsticks)
    made = plan(loaded, yardsticks, near)
    for kept in (planning._facts_of, planning._leaving, planning._returning):
        kept.cache_clear()
    alone = plan(loaded, yardsticks)
    assert dict(arrays(made)) == dict(arrays(alone))
    assert made.loaded is loaded
    for part in ("members", "months", "entries", "event_values", "event_chances", "outcome_chances"):
        assert getattr(made, part) == getattr(alone, part), part


@pytest.mark.parametrize("mode", ["drawn", "central"])
def test_draws_that_are_kept_are_those_worked_out_anew(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [load("outlook-2026", overrides) for overrides in VARIED[:4]]
    laid_out = [(plan(one, yardsticks_for(one.scenario)), beliefs_for(one.scenario)) for one in asked]
    kept = [sample(*pair, seed, draws, mode) for pair in laid_out for seed, draws in ((1, 1), (1, 3), (2, 3))]
    monkeypatch.setattr(sampling, "_MOST_KEPT", 0)
    anew = [sample(*pair, seed, draws, mode) for pair in laid_out for seed, draws in ((1, 1), (1, 3), (2, 3))]
    for one, other in zip(kept, anew, strict=True):
        for name in vars(one):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


DRAWN = [*VARIED, {"elections.paraguay-2028.outcomes.opposition.chance": 0.2}, {"scenario.as_of": "2025-12-31"}]


@pytest.mark.parametrize("mode", ["drawn", "central"])
@pytest.mark.parametrize("overrides", DRAWN, ids=str)
def test_draws_shared_with_a_near_setup_are_those_drawn_alone(overrides: dict[str, Any], mode: Mode) -> None:
    near = Setup.of(load("outlook-2026", {"washington.attention": 0.5}), 7, "drawn")
    near.draws(60)
    loaded = load("outlook-2026", overrides)
    for seed in (7, 8):
        made, alone = Setup.of(loaded, seed, mode, near).draws(60), Setup.of(loaded, seed, mode).draws(60)
        for name in vars(alone):
            assert getattr(made, name).tobytes() == getattr(alone, name).tobytes(), name


def test_a_lever_moves_no_draw_and_a_value_does() -> None:
    near = Setup.of(load("outlook-2026"), 7)
    moved, set_ = (
        Setup.of(load("outlook-2026", {path: 2.0}), 7, near=near)
        for path in ("washington.attention", "parameters.money_effect")
    )
    assert moved.draws(60) is near.draws(60)
    assert set_.draws(60).parameters.tobytes() != near.draws(60).parameters.tobytes()
