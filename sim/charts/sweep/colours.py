"""The colour scale of an outcome of a sweep, and its key."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.charts.sheet import panel
from sim.charts.style import GREY
from sim.charts.sweep.axes import EDGE, SMALL
from sim.charts.sweep.document import Outcome, plain

COLOUR_KEY = 0.52
"""Inches the colour key takes."""


def ends(outcome: Outcome) -> tuple[float, float]:
    """The ends of the colour scale: round numbers, never so close that luck would look like a pattern."""
    step, least = (1.0, 2.0) if outcome.counts else (5.0, 10.0)
    known = outcome.values[np.isfinite(outcome.values)]
    if not len(known):
        return 0.0, least
    low, high = step * np.floor(known.min() / step), step * np.ceil(known.max() / step)
    while high - low < least:
        low, high = (low - step, high) if low >= step else (low, high + step)
    return float(low), float(high)


def key_of_colours(drawing: Figure, outcome: Outcome, scale: Normalize, left: float, top: float) -> None:
    """What shade stands for what."""
    width, height = 2.6, 0.14
    low, high = float(scale.vmin), float(scale.vmax)  # type: ignore[arg-type]
    plot = panel(drawing, left, top + 0.1, width, height)
    edges = np.linspace(low, high, 65)
    middles = (edges[1:] + edges[:-1]) / 2
    plot.pcolormesh(edges, [0, 1], middles[np.newaxis, :], cmap=outcome.colours, norm=scale, gid="key")
    inner = MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]).tick_values(low, high)
    near = 0.12 * (high - low)
    at = [low, *(float(value) for value in inner if low + near <= value <= high - near), high]
    plot.set_xticks(at, [plain(value) for value in at], size=SMALL)
    plot.tick_params(axis="x", length=2, pad=2)
    plot.set_yticks([])
    for spine in plot.spines.values():
        spine.set(visible=True, color=EDGE)
    words = f"{'mean number of states' if outcome.counts else 'chance, %'}; dark: {outcome.darker}"
    side: dict[str, Any] = {"transform": plot.transAxes, "va": "center", "color": GREY, "size": SMALL}
    plot.text(1 + 0.15 / width, 0.5, words, **side)
