"""The outcome of each vote in each run, from the random numbers by which the engines decide it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.model.entries import votes_of
from sim.model.kernel import RUNS_PER_DRAW, uniforms
from sim.model.plan import Plan
from sim.results.outcomes import NONE, Vote


def votes(plan: Plan, outcomes: NDArray[np.float64], seed: int, runs: int) -> tuple[Vote, ...]:
    """Every vote that is held, by name, with its outcome in runs 0 to `runs` - 1, as `draw_happenings` decides it.

    outcomes : (draws, L, K) cumulative chances, as in `Draws`
    """
    draw = np.arange(runs) // RUNS_PER_DRAW
    held = []
    for number, (name, named) in enumerate(votes_of(plan.loaded.scenario)):
        u = uniforms(seed, runs, int(plan.timeline.events.vote[number]))
        which = np.zeros(runs, dtype=np.uint8)
        for outcome in range(len(named)):
            which += u >= outcomes[draw, number, outcome]
        open_end = bool((outcomes[:, number, -1] < 1.0 - 1e-9).any() or (which == len(named)).any())
        held.append(Vote(name, (*(name for name, _ in named), *([NONE] if open_end else [])), which))
    return tuple(held)
