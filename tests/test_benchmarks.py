"""The speed table compares engines that do the same work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mesa.batchrunner import batch_run

from benchmarks import against, explore, floor, peer_c, peer_numpy, speed
from sim.model.terms import BEIJING, LEFT, NOT_TAKEN, STAYED, TAIPEI, TALK_ENDS, TALK_SIDE
from sim.runs.setup import Setup
from sim.scenario import load

WORK = speed.HERE / "work.toml"
EVERY_LEVER = {
    "beijing.budget": {"2023-05-01": 1.5},
    "beijing.acceptance": 0.8,
    "beijing.approach": 3.0,
    "taipei.budget": {"2024-02-01": 0.7},
    "taipei.acceptance": 0.6,
    "taipei.wooing": 4.0,
    "washington.attention": {"2022-07-01": 0.5},
    "washington.focus": 0.5,
    "washington.hostility": 1.0,
    "parameters.neighbours_effect": 0.7,
}
"""So that the peers do what the work itself does not ask for: talks not taken, neighbours, states that come back."""
PEERS = ("counts", "changes", "expected", "talks", "accounts")


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


def test_moves_of_a_lever_give_the_numbers_of_runs() -> None:
    """It compares each answer with its run, and says how long both take."""
    figures = explore.measure(moves=2, runs=20)
    assert (figures["moves"], figures["runs"]) == (2, 20)
    for name in ("move_s", "run_s"):
        assert 0.0 < figures[name]["low"] <= figures[name]["median"] <= figures[name]["high"]


def test_the_floor_adds_up_its_operations() -> None:
    costs = {name: float(place) for place, name in enumerate(floor.LOOPS, start=1)}
    assert floor.floor(costs) == sum(floor.OPERATIONS[name] * cost for name, cost in costs.items())
    assert np.all([cost > 0 for cost in floor.nanoseconds(1000).values()])


@pytest.fixture(scope="module", params=[{}, EVERY_LEVER], ids=["work", "every lever"])
def setup(request: pytest.FixtureRequest) -> Setup:
    return Setup.of(load(WORK, request.param), 1)


def test_with_every_lever_turned_talks_end_in_every_way() -> None:
    setup = Setup.of(load(WORK, EVERY_LEVER), 1)
    ensemble = setup.ensemble(200, threads=1, talks=200)
    for side in (TAIPEI, BEIJING):
        ended = ensemble.talks[ensemble.talks[:, TALK_SIDE] == side, TALK_ENDS["outcome"]]
        assert set(ended) == {LEFT, STAYED, NOT_TAKEN}


@pytest.mark.skipif(peer_c.COMPILER is None, reason="no C compiler")
def test_plain_c_gives_the_bits_of_the_compiled_kernel(setup: Setup) -> None:
    ours = setup.ensemble(210, horizons=(12, 60), threads=1, talks=50)
    theirs = peer_c.simulate(setup.plan, setup.draws(210), 1, 210, (12, 60), talks=50)
    for name in PEERS:
        np.testing.assert_array_equal(getattr(theirs, name), getattr(ours, name), err_msg=name)


def test_numpy_gives_the_counts_of_the_compiled_kernel(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_numpy, "DRAWS_AT_ONCE", 8)
    ours = setup.ensemble(200, horizons=(12, 60), threads=1, talks=40)
    theirs = peer_numpy.simulate(setup.plan, setup.draws(200), 1, 200, (12, 60), talks=40)
    np.testing.assert_array_equal(theirs.counts, ours.counts)
    for name in PEERS:
        np.testing.assert_allclose(getattr(theirs, name), getattr(ours, name), rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("simulate", [peer_c.simulate, peer_numpy.simulate])
def test_peers_refuse_what_they_leave_out(simulate: Any) -> None:
    setup = Setup.of(load("honduras-2021"), 1)
    with pytest.raises(ValueError, match="events, hosts and candidates are left out"):
        simulate(setup.plan, setup.draws(20), 1, 20)


def test_a_peer_that_cannot_run_says_why() -> None:
    row = speed._row("c", {"compiled": [1.0]})
    assert row["skipped"] == "no C compiler (cc) is found"
    rows = {"rows": [row], "two_threads": speed._ratio([2.0], [1.0]), "growth": [], "start": {}}
    assert "no C compiler (cc) is found" in speed.text(rows)


def test_a_comparison_is_by_pairs() -> None:
    costs = [({"cpu_s": 2.0}, {"cpu_s": 1.0}), ({"cpu_s": 4.0}, {"cpu_s": 1.0}), ({"cpu_s": 1.0}, {"cpu_s": 1.0})]
    expected = {"before": 2.0, "after": 1.0, "ratio": 0.5, "low": 0.25, "high": 1.0}
    assert against._compared(costs, "cpu_s") == expected


def test_a_checkout_runs_its_own_commands(tmp_path: Path) -> None:
    costs = against.Checkout(speed.HERE.parent, tmp_path / "here").command("--help")
    assert costs.keys() == {"wall_s", "cpu_s", "memory_mb"}
    assert costs["cpu_s"] > 0.0
    assert 1.0 < costs["memory_mb"] < 200.0  # its own, not that of this process
