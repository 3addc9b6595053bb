"""Cells: how dark a cell is for its value, the ink of the number in it, and the key of the shades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from sim.charts.sheet import panel, size_of
from sim.charts.style import BLACK, GREY, WHITE

EDGE = "#B8B8B8"
"""Of the frame of cells, and of their key."""
SMALL = 8.5


def ink_on(colours: Colormap, scale: Normalize, value: float) -> str:
    """The colour of a number on a cell of that value: white on dark ones."""
    red, green, blue, _ = colours(scale(value))
    return WHITE if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else BLACK


def key_of_shades(
    drawing: Figure,
    left: float,
    top: float,
    size: tuple[float, float],
    colours: Colormap,
    scale: Normalize,
    ticks: Sequence[tuple[float, str]],
    words: str,
) -> None:
    """What shade stands for what, at inches from the left and the top edge; even steps along it are even on the scale.

    size : inches; ticks : values and how they are written
    """
    plot = panel(drawing, left, top, *size)
    edges = np.linspace(0.0, 1.0, 65)
    middles = np.asarray(scale.inverse((edges[1:] + edges[:-1]) / 2))
    plot.pcolormesh(edges, [0, 1], middles[np.newaxis, :], cmap=colours, norm=scale, gid="key")
    plot.set_xticks([float(scale(value)) for value, _ in ticks], [name for _, name in ticks], size=SMALL)
    plot.tick_params(axis="x", length=2, pad=2)
    plot.set_yticks([])
    for spine in plot.spines.values():
        spine.set(visible=True, color=EDGE)
    side: dict[str, Any] = {"transform": plot.transAxes, "va": "center", "color": GREY, "size": SMALL}
    plot.text(1 + 0.15 / size_of(plot)[0], 0.5, words, **side)
