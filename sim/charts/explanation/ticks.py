"""Round ticks on a log axis."""

from __future__ import annotations

import math
from itertools import pairwise

_PARTS = (
    (1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 9.5),
    (1, 1.2, 1.5, 2, 3, 4, 5, 6, 8),
    (1, 1.5, 2, 3, 5, 7),
    (1, 2, 5),
    (1, 3),
    (1,),
)
"""Ticks a decade of a log axis can have, the most first."""


def round_ticks(low: float, high: float, inches: float, apart: float) -> list[float]:
    """Round numbers from `low` to `high` that stand at least `apart` inches from each other on a log axis."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    scale = inches / math.log(high / low)
    ticks: list[float] = []
    for parts in _PARTS:
        numbers = [float(f"{part * 10.0**power:.12g}") for power in powers for part in parts]
        ticks = [tick for tick in numbers if low <= tick <= high]
        if all(scale * math.log(after / before) >= apart for before, after in pairwise(ticks)):
            return ticks
    least = math.ceil(apart / scale / math.log(10.0))
    return [tick for tick in ticks if round(math.log10(tick)) % least == 0]
