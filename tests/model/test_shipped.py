"""Every shipped scenario: both engines weigh and decide alike, to the last bit of every term."""

from __future__ import annotations

import numpy as np
import pytest

from sim.fit import beliefs_for, yardsticks
from sim.model.plan import Plan, plan
from sim.results.tables import rows_of
from sim.runs.ensemble import Engine, Ensemble, ledger_of, run_ensemble
from sim.runs.sampling import Draws, sample
from sim.scenario import load, shipped
from tests.examples import THOROUGH
from tests.worlds import bits

RUNS = 22  # two parameter draws
FEW = RUNS if THOROUGH else 4
"""Runs by both engines: each weighs every state in every month, and what few runs seldom meet, rich scenarios do."""
ENGINES: tuple[Engine, Engine] = ("compiled", "mesa")
SOME = (0, 19, 20)  # of both
TWINS = [name for name in shipped() if load(name).chain]
APART = [name for name in shipped() if name not in TWINS]


def bench(name: str) -> tuple[Plan, Draws, int]:
    loaded = load(name)
    laid, seed = plan(loaded, yardsticks(loaded.scenario.as_of)), loaded.scenario.scenario.seed
    return laid, sample(laid, beliefs_for(loaded.scenario), seed, 2, "drawn"), seed


def assert_alike(compiled: Ensemble, mesa: Ensemble) -> None:
    assert np.array_equal(bits(compiled.ledger), bits(mesa.ledger))
    assert np.array_equal(bits(compiled.changes), bits(mesa.changes))
    assert np.array_equal(bits(compiled.talks), bits(mesa.talks))
    assert np.array_equal(bits(compiled.answers), bits(mesa.answers))
    assert np.array_equal(bits(compiled.expected), bits(mesa.expected))
    assert np.array_equal(compiled.counts, mesa.counts)


@pytest.mark.parametrize("name", APART)
def test_the_engines_agree_on_a_shipped_scenario(name: str) -> None:
    laid, draws, seed = bench(name)
    told = {"horizons": rows_of(len(laid.months) - 1), "ledger": True, "talks": FEW}
    assert_alike(*(run_ensemble(laid, draws, seed, FEW, engine=engine, **told) for engine in ENGINES))


@pytest.mark.parametrize("name", TWINS if THOROUGH else TWINS[::4])
def test_the_engines_agree_on_some_runs_of_a_shipped_counterfactual(name: str) -> None:
    laid, draws, seed = bench(name)
    assert_alike(*(ledger_of(laid, draws, seed, SOME, engine) for engine in ENGINES))


@pytest.mark.parametrize("name", shipped() if THOROUGH else [*APART, *TWINS[::4]])
def test_states_that_are_not_weighed_each_month_fare_as_if_they_were(name: str) -> None:
    """With a ledger every state is weighed in every month, without one when something is new of it."""
    laid, _, seed = bench(name)
    draws = sample(laid, beliefs_for(laid.loaded.scenario), seed, 5, "drawn")
    told = {"horizons": rows_of(len(laid.months) - 1), "talks": 100}
    kept, lazy = (run_ensemble(laid, draws, seed, 100, ledger=ledger, **told) for ledger in (True, False))
    for part in ("changes", "talks", "answers", "expected", "accounts"):
        assert np.array_equal(bits(getattr(kept, part)), bits(getattr(lazy, part))), part
    assert np.array_equal(kept.counts, lazy.counts)
