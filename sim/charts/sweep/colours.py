"""The colour scale of an outcome of a sweep, and its key."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.charts.cells import key_of_shades
from sim.charts.sweep.axes import is_narrow
from sim.charts.sweep.document import Outcome, plain

LEAST_STATES, LEAST_CHANCES = 6.0, 30.0
"""States, and percentage points, that the scale spans at least."""
COLOUR_KEY = 0.52
"""Inches the colour key takes."""


def ends(outcome: Outcome) -> tuple[float, float]:
    """The ends of the colour scale: round numbers, so far apart that a small difference is a small one of shade."""
    step, least = (1.0, LEAST_STATES) if outcome.counts else (5.0, LEAST_CHANCES)
    known = outcome.values[np.isfinite(outcome.values)]
    if not len(known):
        return 0.0, least
    low, high = step * np.floor(known.min() / step), step * np.ceil(known.max() / step)
    most, up = (np.inf if outcome.counts else 100.0), True
    while high - low < least:  # on either side by turns, so that values lie in the middle
        up = (up or low < step) and high < most
        low, high = (low, high + step) if up else (low - step, high)
        up = not up
    return float(low), float(high)


def key_of_colours(drawing: Figure, outcome: Outcome, scale: Normalize, left: float, top: float) -> None:
    """What shade stands for what."""
    low, high = float(scale.vmin or 0.0), float(scale.vmax or 0.0)
    inner = MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]).tick_values(low, high)
    near = 0.12 * (high - low)
    at = [low, *(float(value) for value in inner if low + near <= value <= high - near), high]
    words = outcome.unit if is_narrow() else f"{outcome.unit}; dark: {outcome.darker}"
    ticks = [(value, plain(value)) for value in at]
    key_of_shades(drawing, left, top + 0.1, (2.0 if is_narrow() else 2.6, 0.14), outcome.colours, scale, ticks, words)
