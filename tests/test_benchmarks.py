"""The speed table compares engines that do the same work."""

from __future__ import annotations

import numpy as np
from mesa.batchrunner import batch_run

from benchmarks import floor, speed


def test_the_work_is_fourteen_states_and_sixty_months() -> None:
    laid = speed.laid_out().plan
    assert len(laid.states) == 14
    assert len(laid.months) == 61  # row 0 is the roster
    assert laid.timeline.exposure[0] == 0.0  # it starts on the last day of a month


def test_batch_run_gives_the_counts_of_the_compiled_kernel() -> None:
    setup = speed.laid_out(months=12)
    counts = setup.ensemble(3).counts[:, :, 0]
    speed.PYTHON_WORLD.update(plan=setup.plan, draws=setup.draws(3))
    rows = batch_run(speed.BatchWorld, {"run": [0, 1, 2]}, data_collection_period=1, display_progress=False)
    for run in range(3):
        told = [row["count"] for row in rows if row["run"] == run]
        assert told[-12:] == counts[run, 1:].tolist()


def test_the_floor_adds_up_its_operations() -> None:
    costs = {name: float(place) for place, name in enumerate(floor.LOOPS, start=1)}
    assert floor.floor(costs) == sum(floor.OPERATIONS[name] * cost for name, cost in costs.items())
    assert np.all([cost > 0 for cost in floor.nanoseconds(1000).values()])
