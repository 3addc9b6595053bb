"""A sheet to draw on: figures with title, subtitle and source line, placed in inches; texts measured and broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from sim.charts import style
from sim.charts.style import (
    BLACK,
    GREY,
    MARGIN,
    SOURCE_SIZE,
    SUBTITLE_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    families,
    unprintable,
)
from sim.errors import InputError, Problem

LEAST_PANEL = 1.0
"""Inches that a panel takes at least, both ways, on axes of the user's own."""


@dataclass
class _Given:
    """Axes of the user's own, in whose place a chart is put with all that stands beside its panel."""

    plot: Axes
    heading: str = ""
    sheet: tuple[float, float] = (0.0, 0.0)
    """Width and height of the chart without its texts above and below, inches."""
    box: tuple[float, float, float, float] | None = None
    """Left, top, width and height of its panel there, inches; None until the panel is asked for."""


_given: ContextVar[_Given | None] = ContextVar("axes of the user's own", default=None)


@contextmanager
def onto(plot: Axes) -> Iterator[None]:
    """While it lasts, a chart of one panel is drawn on these axes, in their place.

    They shrink so that what stands beside the panel has room; the headline is their title, without subtitle and
    source line. Raises InputError where they are too small.
    """
    token = _given.set(_Given(plot))
    try:
        yield
    finally:
        _given.reset(token)


def on_axes() -> bool:
    """Whether a chart is being drawn on axes of the user's own."""
    return _given.get() is not None


def across(width: float, whole: float) -> float:
    """Inches that a panel spans which is laid out `width` inches wide on a sheet of `whole` inches."""
    given = _given.get()
    return width if given is None else size_of(given.plot)[0] - (whole - width)


@contextmanager
def figure(width: float = 8.0, height: float = 4.8) -> Iterator[Figure]:
    """An empty figure of `width` x `height` inches, in the shared style while the `with` lasts.

    It is made with the object interface: no window, nothing kept in pyplot, safe in threads that do
    not draw at the same time.
    """
    with style.style():
        drawing = style.Drawing(figsize=(width, height), dpi=style.DPI)
        FigureCanvasAgg(drawing)
        yield drawing


@contextmanager
def sheet(width: float, body: float, heading: str, subtitle: str, source: str) -> Iterator[tuple[Figure, float]]:
    """A figure as high as its texts and a body of `body` inches need, however long the texts are.

    Gives the figure and the distance of the body from the top edge, in inches.
    """
    if (given := _given.get()) is not None:
        given.heading, given.sheet = heading, (width, body)
        yield given.plot.get_figure(root=True), 0.0  # type: ignore[misc]
        if given.box is None:
            given.plot.set_title(heading, loc="left")  # there is nothing to be drawn
        return
    heading, subtitle = titled(heading, subtitle)
    with figure(width, 1.0) as drawing:
        above = sum(room for _, _, room in _title_blocks(drawing, heading, subtitle)) + MARGIN + 0.12
        below = _source_room(wrapped(source, SOURCE_SIZE, width - 2 * MARGIN))
        drawing.set_figheight(above + body + below)
        title(drawing, heading, subtitle)
        source_line(drawing, source)
        yield drawing, above


def titled(heading: str, subtitle: str) -> tuple[str, str]:
    """Headline and subtitle as they are wanted (`style.Paper`)."""
    wanted = style.paper()
    if wanted.untitled:
        return "", ""
    return (heading if wanted.title is None else wanted.title), subtitle


def panel(drawing: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """A pair of axes placed in inches from the left and the top edge of the figure."""
    if (given := _given.get()) is not None:
        given.box = (left, top, width, height)
        _settle(given)
        return given.plot
    wide, high = drawing.get_figwidth(), drawing.get_figheight()
    return drawing.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high))


def size_of(plot: Axes) -> tuple[float, float]:
    """Width and height of a pair of axes, inches."""
    place, (width, height) = plot.get_position(), _whole(plot)
    return place.width * width, place.height * height


def per_inch(plot: Axes) -> tuple[float, float]:
    """How much of its units an inch of a pair of axes holds, across and upwards."""
    (left, right), (low, high), (width, height) = plot.get_xlim(), plot.get_ylim(), size_of(plot)
    return (right - left) / width, (high - low) / height


def title(drawing: Figure, heading: str, subtitle: str) -> float:
    """Write a bold left-aligned title and a grey subtitle (measure and unit) at the top.

    Both are wrapped to the figure's width, each line of the subtitle on its own. Returns the room
    taken from the top edge, in inches.
    """
    down = MARGIN
    for lines, style_of, room in _title_blocks(drawing, heading, subtitle):
        look = {"ha": "left", "va": "top", "linespacing": 1.25, "family": families(), **style_of}
        write(drawing, MARGIN, down, "\n".join(lines), **look)
        down += room
    return down


def _title_blocks(drawing: Figure, heading: str, subtitle: str) -> list[tuple[list[str], dict[str, Any], float]]:
    """Title and subtitle as lines, each block with its text style and the inches it takes."""
    blocks = []
    for text, size, bold, colour in (
        (heading, TITLE_SIZE, True, BLACK),
        (subtitle, SUBTITLE_SIZE, False, GREY),
    ):
        if not text:
            continue
        lines = wrapped(text, size, drawing.get_figwidth() - 2 * MARGIN, bold)
        look = {"size": size, "weight": "bold" if bold else "normal", "color": colour}
        blocks.append((lines, look, len(lines) * size * 1.35 / 72 + 0.04))
    return blocks


def source_line(drawing: Figure, text: str) -> float:
    """Write the small grey source line at the bottom left, wrapped so that nothing is cut.

    Returns the room taken from the bottom edge, in inches.
    """
    lines = wrapped(text, SOURCE_SIZE, drawing.get_figwidth() - 2 * MARGIN)
    look: dict[str, Any] = {"size": SOURCE_SIZE, "color": GREY, "linespacing": 1.25, "family": families()}
    foot = drawing.get_figheight() - MARGIN * 0.7
    write(drawing, MARGIN, foot, "\n".join(lines), ha="left", va="bottom", **look)
    return _source_room(lines)


def _source_room(lines: list[str]) -> float:
    """Inches that the lines of a source line take from the bottom edge."""
    return MARGIN * 0.7 + len(lines) * SOURCE_SIZE * 1.3 / 72


def axes(drawing: Figure, heading: str, subtitle: str, source: str, left: float = 0.6) -> Axes:
    """One pair of axes filling what title, subtitle and source line leave; `left` inches for the labels."""
    width, height = drawing.get_figwidth(), drawing.get_figheight()
    heading, subtitle = titled(heading, subtitle)
    top = title(drawing, heading, subtitle) + 0.18
    bottom = source_line(drawing, source) + 0.42
    return panel(drawing, left, top, width - left - MARGIN - 0.12, height - top - bottom)


def grid(plot: Axes, direction: Literal["x", "y"] = "y") -> None:
    """Pale lines across one direction only, and no tick marks in that direction."""
    plot.grid(visible=True, axis=direction)
    plot.grid(visible=False, axis="x" if direction == "y" else "y")
    plot.tick_params(axis=direction, length=0)
    for side in ("top", "right", "left" if direction == "y" else "bottom"):
        plot.spines[side].set_visible(False)


def write(drawing: Figure, left: float, top: float, text: str | Sequence[str], line: float = 0.0, **look: Any) -> None:
    """Write a text, or lines that are `line` inches apart, at inches from the left and the top edge of the figure."""
    for place, words in enumerate([text] if isinstance(text, str) else text):
        down = top + line * place
        if (given := _given.get()) is not None:
            _write_beside(given, left, down, words, look)
            continue
        drawing.text(left / drawing.get_figwidth(), 1 - down / drawing.get_figheight(), words, **look)


def _whole(plot: Axes) -> tuple[float, float]:
    """Width and height of the figure, or the part of one, that axes are on, inches."""
    drawing = plot.figure
    if isinstance(drawing, Figure):
        return drawing.get_figwidth(), drawing.get_figheight()
    assert drawing is not None
    return drawing.bbox.width / drawing.dpi, drawing.bbox.height / drawing.dpi


def _settle(given: _Given) -> None:
    """Put the user's axes where the panel is, in the place they had, below the headline."""
    plot, (left, top, width, height) = given.plot, given.box or (0.0, 0.0, 0.0, 0.0)
    (wide, high), place, (over, along) = size_of(plot), plot.get_position(), _whole(plot)
    right, below = given.sheet[0] - left - width, given.sheet[1] - top - height
    lines = wrapped(given.heading, TEXT_SIZE, max(wide - left, LEAST_PANEL + right), bold=True)
    above = top + len(lines) * TEXT_SIZE * 1.35 / 72
    across, upwards = wide - left - right, high - above - below
    if min(across, upwards) < LEAST_PANEL:
        least = f"{left + right + LEAST_PANEL:.1f} by {above + below + LEAST_PANEL:.1f}"
        rule = f"axes of at least {least} inches, for what stands beside the panel"
        raise InputError(Problem("ax", rule, f"{wide:.1f} by {high:.1f}"))
    plot.set_position((place.x0 + left / over, place.y0 + below / along, across / over, upwards / along))
    look: dict[str, Any] = {"size": TEXT_SIZE, "weight": "bold", "color": BLACK, "family": families()}
    plot.set_title("\n".join(lines), loc="left", pad=72 * top + 4, parse_math=False, **look)


def _write_beside(given: _Given, left: float, top: float, text: str, look: dict[str, Any]) -> None:
    """A text beside axes of the user's own: as far from them as on the sheet, in the same height along the panel.

    What is written before the panel is asked for is left out: a heading.
    """
    if given.box is None:
        return
    (start, above, _, height), (wide, high) = given.box, size_of(given.plot)
    down = top - above
    upwards = -(down - height) / high if down > height else 1 - down / (high if down < 0.0 else height)
    given.plot.text((left - start) / wide, upwards, text, transform=given.plot.transAxes, **look)


def measured(text: str, size: float = TEXT_SIZE, bold: bool = False) -> float:
    """Width of the widest line of a text at `size` points, inches."""
    return max(_width(line, size, bold, style.DPI) for line in text.split("\n"))


@cache
def _pen(dpi: float) -> RendererAgg:
    """What measures texts."""
    return RendererAgg(1, 1, dpi)


@lru_cache(maxsize=4096)
def _width(line: str, size: float, bold: bool, dpi: float) -> float:
    unprintable(line)  # a font found for its letters is one of the families from here on
    with style.style():
        font = FontProperties(family=families(), size=size, weight="bold" if bold else "normal")
        return float(_pen(dpi).get_text_width_height_descent(line, font, ismath=False)[0]) / dpi


_GLUED = re.compile(r"(\d|±) (?=[%±\d])")
"""A space that no line ends at: between a number and what belongs to it."""


def wrapped(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """A text broken into lines that fit, as measured, into `room` inches.

    Line breaks in the text stay; a single word too long for a line is broken too.
    """
    space = measured("n n", size, bold) - measured("nn", size, bold)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.append("")
        used = 0.0
        for word in _GLUED.sub("\\1\u00a0", paragraph).split(" "):
            if not word:
                continue
            wide = measured(word, size, bold)
            if lines[-1] and used + space + wide <= room:
                lines[-1] += f" {word}"
                used += space + wide
                continue
            if not lines[-1]:
                lines.pop()
            lines += [word] if wide <= room else _pieces(word, size, bold, room)
            used = measured(lines[-1], size, bold)
    return [line.replace("\u00a0", " ") for line in lines]


def _pieces(word: str, size: float, bold: bool, room: float) -> list[str]:
    """A word too long for a line, cut at hyphens where it has any, otherwise where a line is full."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and measured(pieces[-1] + letter, size, bold) > room:
            head, hyphen, tail = pieces[-1].rpartition("-")
            pieces[-1:] = [head + hyphen, tail] if hyphen else [pieces[-1], ""]
        pieces[-1] += letter
    return pieces


def shortened(lines: list[str], most: int = 2) -> list[str]:
    """At most `most` lines, the last one ending in an ellipsis if some are left out."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1][:-1] + "…"]
