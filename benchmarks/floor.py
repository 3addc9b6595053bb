"""The arithmetic floor: what one state-month's exponentials, logarithms, divisions and random block cost alone."""

from __future__ import annotations

import math
import time

import numpy as np
from numba import njit

from sim.model.draws import philox

OPERATIONS = {"exponential": 3, "logarithm": 2, "division": 11, "random block": 1}
"""Of a state that weighs leaving, counted in `sim.model.rules`.

Exponentials: Beijing's weight, the hazard, the monthly chance. Logarithms: the appeal of the offer and of the aid.
Divisions: package (2), aid (3), wavering (1), dependence (4), the monthly chance (1). One block decides.
"""


@njit
def exponentials(times: int, start: float) -> float:
    total = 0.0
    for k in range(times):
        total += math.exp(start + k * 1e-9)
    return total


@njit
def logarithms(times: int, start: float) -> float:
    total = 0.0
    for k in range(times):
        total += math.log(start + k * 1e-9)
    return total


@njit
def divisions(times: int, start: float) -> float:
    total = 0.0
    for k in range(times):
        total += 1.0 / (start + k * 1e-9)
    return total


@njit
def random_blocks(times: int, start: float) -> float:
    total = 0.0
    for k in range(times):
        word, _, _, _ = philox(2021, 0, k & 0xFFFFFFFF, 24263, 4711, 1)
        total += word
    return total


LOOPS = {
    "exponential": exponentials,
    "logarithm": logarithms,
    "division": divisions,
    "random block": random_blocks,
}


def nanoseconds(times: int = 2_000_000) -> dict[str, float]:
    """Nanoseconds of one operation of each kind, each in a compiled loop of its own."""
    costs = {}
    for name, loop in LOOPS.items():
        loop(10, 1.5)
        began = time.perf_counter()
        loop(times, 1.5)
        costs[name] = (time.perf_counter() - began) / times * 1e9
    return costs


def floor(costs: dict[str, float]) -> float:
    """Nanoseconds of a state-month's operations."""
    return float(np.sum([count * costs[name] for name, count in OPERATIONS.items()]))
