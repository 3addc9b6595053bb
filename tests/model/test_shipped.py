"""Every shipped scenario: both engines weigh and decide alike, to the last bit of every term."""

from __future__ import annotations

import numpy as np
import pytest

from sim.fit import beliefs_for, yardsticks
from sim.model.plan import plan
from sim.results.tables import rows_of
from sim.runs.ensemble import run_ensemble
from sim.runs.sampling import sample
from sim.scenario import load, shipped
from tests.worlds import bits

RUNS = 22  # two parameter draws


@pytest.mark.parametrize("name", shipped())
def test_the_engines_agree_on_a_shipped_scenario(name: str) -> None:
    loaded = load(name)
    laid = plan(loaded, yardsticks(loaded.scenario.as_of))
    seed = loaded.scenario.scenario.seed
    draws = sample(laid, beliefs_for(loaded.scenario), seed, 2, "drawn")
    horizons = rows_of(len(laid.months) - 1)
    compiled, mesa = (
        run_ensemble(laid, draws, seed, RUNS, engine=engine, horizons=horizons, ledger=True)
        for engine in ("compiled", "mesa")
    )
    assert np.array_equal(bits(compiled.ledger), bits(mesa.ledger))
    assert np.array_equal(bits(compiled.changes), bits(mesa.changes))
    assert np.array_equal(bits(compiled.expected), bits(mesa.expected))
    assert np.array_equal(compiled.counts, mesa.counts)
