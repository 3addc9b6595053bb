"""Rows: names at the left, what is drawn of each on one scale, numbers at the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes

from sim.charts.sheet import grid, measured, size_of
from sim.charts.style import BLACK, GREY, MARGIN, TEXT_SIZE

SPANS = (5, 10, 20, 25, 50, 100)
"""Lengths an axis of chances can have, %."""


def widest(texts: Iterable[str], bold: bool = False) -> float:
    """Width of the widest of some texts, inches; half an inch if there is none."""
    return max([measured(text, TEXT_SIZE, bold) for text in texts], default=0.5)


def left_of(names: Iterable[str], free: float = 0.17) -> float:
    """Inches from the left edge of the figure at which rows begin, right of their names and `free` inches."""
    return widest(names) + MARGIN + free


def name_rows(plot: Axes, names: Sequence[str]) -> None:
    """One row for each name, the first one on top, with its name at the left."""
    plot.set_ylim(max(1, len(names)) - 0.5, -0.5)
    plot.set_yticks(range(len(names)), names, color=BLACK)
    plot.tick_params(axis="y", length=0, pad=8)


def span_of(most: float) -> int:
    """The least round length of an axis of chances, %, that holds the highest of them."""
    return next((span for span in SPANS if most <= span * 0.97), 100)


def percent_axis(plot: Axes, span: int) -> None:
    """Shares of runs below the rows, from 0 to `span` %."""
    plot.set_xlim(0, span)
    plot.set_xticks([span * part / 5 for part in range(6)], [f"{span * part / 5:g}" for part in range(6)])
    plot.set_xlabel("% of runs")
    grid(plot, "x")


def beside(plot: Axes, right: float, row: float, text: str, **look: Any) -> None:
    """A text that by default ends at inches right of the axes, in a row."""
    usual: dict[str, Any] = {"ha": "right", "va": "center", "transform": plot.get_yaxis_transform()}
    plot.text(1 + right / size_of(plot)[0], row, text, **usual | look)


def head(plot: Axes, right: float, text: str, up: float = 0.05, **look: Any) -> None:
    """A grey text that by default ends at inches right of the axes, and stands `up` inches above them."""
    width, height = size_of(plot)
    usual: dict[str, Any] = {"ha": "right", "va": "bottom", "color": GREY, "transform": plot.transAxes}
    plot.text(1 + right / width, 1 + up / height, text, **usual | look)
