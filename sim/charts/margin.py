"""Names beside what they name: at the ends of lines, in the margin, where none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.charts.sheet import per_inch
from sim.charts.spread import spread
from sim.charts.style import GREY, TEXT_SIZE

LINE = TEXT_SIZE * 1.35 / 72
"""Height of a line of text, inches."""
Box = tuple[float, float, float, float]
"""Left, bottom, right and top, inches."""


@dataclass(frozen=True)
class EndLabel:
    """A name in the right margin."""

    text: str
    value: float
    """Where it belongs, in the unit of the axis upwards."""
    colour: str
    """Of the line that leads to it."""
    ink: str
    """Of its letters."""
    bold: bool = False
    begin: float | None = None
    """Where the line that leads to it begins, in the unit of the axis across; None for the edge."""


def end_labels(
    plot: Axes,
    labels: Sequence[EndLabel],
    heading: str = "",
    edge: float | None = None,
    bend: float = 0.05,
    slope: float = 0.2,
    **look: Any,
) -> None:
    """Names in the right margin, each as near to its value as it can stand, joined to it by a fine line.

    heading : what stands above them
    edge : from where inches count, in the unit of the axis across; None for the right edge of the axes
    bend, slope : inches that a line runs level, and then towards its name
    """
    across, upwards = per_inch(plot)
    low, high = plot.get_ylim()
    start = plot.get_xlim()[1] if edge is None else edge
    end = start + (bend + slope) * across
    free = 0.0
    if heading:
        plot.text(end + 0.05 * across, high, heading, color=GREY, va="top")
        free, low, high = 0.15, low - 0.1 * upwards, high - LINE * 1.5 * upwards
    heights = [(label.text.count("\n") + 1 + free) * LINE * upwards for label in labels]
    places = spread([label.value for label in labels], heights, low, high)
    for label, place in zip(labels, places, strict=True):
        bends = [start if label.begin is None else label.begin, start + bend * across, end]
        plot.plot(bends, [label.value, label.value, place], color=label.colour, lw=0.8, clip_on=False, zorder=1.55)
        weight = "bold" if label.bold else "normal"
        plot.text(end + 0.05 * across, place, label.text, color=label.ink, weight=weight, va="center", **look)


def covered(boxes: Sequence[Box], taken: Sequence[Box]) -> list[float]:
    """For each of some places, the area of those taken that it would cover, square inches."""
    ours, theirs = np.array(boxes).reshape(-1, 1, 4), np.array(taken).reshape(1, -1, 4)
    sides = np.minimum(ours[..., 2:], theirs[..., 2:]) - np.maximum(ours[..., :2], theirs[..., :2])
    areas: list[float] = np.maximum(sides, 0.0).prod(axis=2).sum(axis=1).tolist()
    return areas
