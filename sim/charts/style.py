"""The one style all charts share: sizes, colours, titles, source lines, and files that come out the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
"""Okabe and Ito's eight colours, told apart by colour-blind readers too (source: Okabe and Ito 2008)."""

OBSERVED = BLACK
SIMULATED = BLUE
GREY = "#6B6B6B"
"""Subtitles, source lines and ticks."""
PALE = "#E4E4E4"
"""Grid lines."""
SHADE = "#F1F1EE"
"""Periods shaded behind a line."""

CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE, YELLOW, BLACK)
SEQUENTIAL = "Blues"
"""The one sequential colour map; dark means more risk, everywhere."""

DPI = 150
SALT = "recognition-sim"
TITLE_SIZE = 14.0
SUBTITLE_SIZE = 10.5
TEXT_SIZE = 10.0
SOURCE_SIZE = 8.0
MARGIN = 0.14
"""Distance of the text from the left and right edge of a figure, inches."""

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT_SIZE,
    "text.parse_math": False,
    "axes.labelsize": TEXT_SIZE,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.prop_cycle": cycler(color=CYCLE),
    "xtick.color": GREY,
    "ytick.color": GREY,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": SALT,
}
"""The settings in force while a figure is made and while it is saved."""


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's defaults plus `RC`, for the length of a `with`; the user's settings come back after."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)  # type: ignore[arg-type]
        yield


@contextmanager
def figure(width: float = 8.0, height: float = 4.8) -> Iterator[Figure]:
    """An empty figure of `width` x `height` inches, in the shared style while the `with` lasts.

    It is made with the object interface: no window, nothing kept in pyplot, safe in threads that do
    not draw at the same time.
    """
    with style():
        drawing = Figure(figsize=(width, height), dpi=DPI)
        FigureCanvasAgg(drawing)
        yield drawing


def title(drawing: Figure, heading: str, subtitle: str) -> float:
    """Write a bold left-aligned title and a grey subtitle (measure and unit) at the top.

    Both are wrapped to the figure's width. Returns the room taken from the top edge, in inches.
    """
    down = MARGIN
    for text, size, weight, colour in (
        (heading, TITLE_SIZE, "bold", BLACK),
        (subtitle, SUBTITLE_SIZE, "normal", GREY),
    ):
        lines = wrapped(drawing, text, size, bold=weight == "bold")
        x, y = _at(drawing, MARGIN, down)
        drawing.text(
            x,
            y,
            "\n".join(lines),
            size=size,
            weight=weight,
            color=colour,
            ha="left",
            va="top",
            linespacing=1.25,
        )
        down += len(lines) * size * 1.35 / 72 + 0.04
    return down


def source_line(drawing: Figure, text: str) -> float:
    """Write the small grey source line at the bottom left, wrapped so that nothing is cut.

    Returns the room taken from the bottom edge, in inches.
    """
    lines = wrapped(drawing, text, SOURCE_SIZE)
    height = drawing.get_figheight()
    x, y = _at(drawing, MARGIN, height - MARGIN * 0.7)
    drawing.text(
        x, y, "\n".join(lines), size=SOURCE_SIZE, color=GREY, ha="left", va="bottom", linespacing=1.25
    )
    return MARGIN * 0.7 + len(lines) * SOURCE_SIZE * 1.3 / 72


def axes(drawing: Figure, heading: str, subtitle: str, source: str, left: float = 0.6) -> Axes:
    """One pair of axes filling what title, subtitle and source line leave; `left` inches for the labels."""
    width, height = drawing.get_figwidth(), drawing.get_figheight()
    top = title(drawing, heading, subtitle) + 0.18
    bottom = source_line(drawing, source) + 0.42
    right = MARGIN + 0.12
    return drawing.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )


def grid(plot: Axes, direction: Literal["x", "y"] = "y") -> None:
    """Pale lines across one direction only, and no tick marks in that direction."""
    plot.grid(visible=True, axis=direction)
    plot.grid(visible=False, axis="x" if direction == "y" else "y")
    plot.tick_params(axis=direction, length=0)
    for side in ("top", "right", "left" if direction == "y" else "bottom"):
        plot.spines[side].set_visible(False)


def wrapped(drawing: Figure, text: str, size: float, bold: bool = False) -> list[str]:
    """A text broken into lines that fit, as measured, between the figure's margins at `size` points."""
    pen = FigureCanvasAgg(drawing).get_renderer()  # type: ignore[no-untyped-call]
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    room = (drawing.get_figwidth() - 2 * MARGIN) * drawing.dpi
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pen.get_text_width_height_descent(longer, font, ismath=False)[0] <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def save(drawing: Figure, path: Path | str) -> tuple[Path, ...]:
    """Write a figure as PNG and SVG, or as the one its suffix names; the same figure gives the same bytes.

    Returns the files written.
    """
    path = Path(path)
    kinds = (path.suffix[1:].lower(),) if path.suffix.lower() in (".png", ".svg") else ("png", "svg")
    written: list[Path] = []
    with style():
        for kind in kinds:
            target = path if len(kinds) == 1 else path.with_name(f"{path.name}.{kind}")
            metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
            drawing.savefig(target, format=kind, dpi=DPI, metadata=metadata)
            written.append(target)
    return tuple(written)


def _at(drawing: Figure, from_left: float, from_top: float) -> tuple[float, float]:
    """Inches from the left and top edge as figure fractions."""
    return from_left / drawing.get_figwidth(), 1 - from_top / drawing.get_figheight()
