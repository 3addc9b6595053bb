"""A fan: the mean of the runs as a line, on bands that hold half and 90 % of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.analysis.course import BANDS
from sim.charts.style import BLUE_HALF, BLUE_MOST, SIMULATED

TINTS = (BLUE_MOST, BLUE_HALF)
"""Colours of the bands, the widest first, as `BANDS` has them."""
Values = Sequence[Any] | NDArray[np.float64]
Columns = Mapping[str, Values]
"""Quantiles and mean by name, a value for each row."""


def held(values: Values) -> list[float]:
    """A column as numbers, the last one twice: a step needs its width."""
    return [float(value) for value in (*values, values[-1])]


def bands(
    plot: Axes,
    at: Values,
    columns: Columns,
    edge: float = 0.0,
    tints: Sequence[Any] = TINTS,
    step: bool = True,
) -> None:
    """The bands of 90 % and of half of the runs.

    at : (rows,) along the axis across; of steps (rows + 1,), with the end of the last one
    edge : width of the bands' outlines, points, by which a band that is but a line can still be seen
    """
    for (low, high, name), tint in zip(BANDS, tints, strict=True):
        lows, highs = (held(columns[key]) if step else columns[key] for key in (low, high))
        look: dict[str, Any] = {"step": "post" if step else None, "color": tint, "lw": edge, "zorder": 1.1}
        plot.fill_between(at, lows, highs, gid=name, **look)


def mean(plot: Axes, at: Values, columns: Columns, colour: str = SIMULATED, gid: str = "mean") -> None:
    """The mean as a step line; at : (rows + 1,) along the axis across, with the end of the last step."""
    plot.step(at, held(columns["mean"]), where="post", color=colour, zorder=2.2, gid=gid)
