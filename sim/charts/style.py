"""The one style all charts share: sizes, colours, titles, source lines, and files that come out the same."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font
from matplotlib.text import Text

from sim.letters import MissingLetters, cleaned
from sim.results.file import written as file_written

WHITE = "#FFFFFF"
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
BLUE_HALF = "#8CBFDF"
BLUE_MOST = "#D3E6F2"
"""Tints of the blue for the ranges that hold half and 90 % of the runs."""
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


FALLBACKS = (
    # Han, kana and hangul
    *("Noto Sans CJK TC", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans TC", "Noto Sans SC"),
    *("Source Han Sans TC", "Source Han Sans SC", "Source Han Sans", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("PingFang TC", "PingFang SC", "Heiti TC", "Hiragino Sans", "Apple SD Gothic Neo", "Arial Unicode MS"),
    *("Microsoft JhengHei", "Microsoft YaHei", "Yu Gothic", "Meiryo", "Malgun Gothic", "Droid Sans Fallback"),
    # Indian scripts, then those of South-East Asia, Ethiopia and others
    *("Noto Sans Devanagari", "Lohit Devanagari", "Nirmala UI", "Noto Sans Bengali", "Noto Sans Tamil"),
    *("Noto Sans Telugu", "Noto Sans Gujarati", "Noto Sans Sinhala", "Noto Sans Thai", "Loma", "Leelawadee UI"),
    *("Noto Sans Khmer", "Noto Sans Lao", "Noto Sans Myanmar", "Noto Sans Ethiopic", "Abyssinica SIL", "Ebrima"),
    # pictures, in outlines (fonts of coloured bitmaps cannot be drawn), and everything, coarsely
    *("Noto Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Symbola", "Noto Sans Symbols", "Noto Sans Symbols 2"),
    "Unifont",
)
"""Families asked, in this order, for letters that DejaVu Sans does not have. Those it has look the same everywhere."""


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's defaults plus `RC`, for the length of a `with`; the user's settings come back after.

    What matplotlib says of letters and weights that a font does not have is left to `MissingLetters`.
    """
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    with matplotlib.rc_context(), warnings.catch_warnings():
        _put(_settings(tuple(families())))
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            log.setLevel(level)


def _put(settings: dict[str, Any]) -> None:
    """Put settings in force that Matplotlib has checked before."""
    now: Any = matplotlib.rcParams
    for name, value in settings.items():
        now._set(name, value)


@lru_cache(maxsize=8)
def _settings(names: tuple[str, ...]) -> dict[str, Any]:
    """Matplotlib's defaults plus `RC` with these families, checked once and not for each figure.

    Without the settings that Matplotlib's defaults leave as they are, such as the backend.
    """
    now: Any = matplotlib.rcParams
    left = object()
    with matplotlib.rc_context():
        _put({name: left for name in matplotlib.rcParamsDefault if name != "backend"})
        matplotlib.rcdefaults()
        now.update(RC | {"font.family": list(names)})
        found = {name: now._get(name) for name in matplotlib.rcParamsDefault if name != "backend"}
    return {name: value for name, value in found.items() if value is not left}


def families() -> list[str]:
    """The families in which a letter is looked for, in order: DejaVu Sans, then the fallbacks of this machine.

    Last come families that are no fallbacks, but the first to have a letter that was met (`_HOMES`).
    """
    return [*_usual(), *sorted({name for name in _HOMES.values() if name is not None})]


def _usual() -> list[str]:
    installed = {font.name for font in fontManager.ttflist}
    return [RC["font.family"], *(name for name in FALLBACKS if name in installed)]


def unprintable(text: str) -> set[str]:
    """The letters of a text that no font of this machine has."""
    if text.isascii():
        return set()
    found = _not_in(text, _usual())
    if found and _look_again():
        found = _not_in(text, _usual())
    return {letter for letter in found if _home(letter) is None}


_HOMES: dict[str, str | None] = {}
"""Of a letter that neither DejaVu Sans nor a fallback has, the first family of this machine that has it, by name.

So a letter is drawn in the same family whichever letters were met before.
"""


def _home(letter: str) -> str | None:
    if letter not in _HOMES:
        others = sorted({font.name for font in fontManager.ttflist if "last resort" not in font.name.lower()})
        _HOMES[letter] = next((name for name in others if _has(name, letter)), None)
    return _HOMES[letter]


def _has(name: str, letter: str) -> bool:
    """Whether a family has a letter, in outlines."""
    try:
        font = get_font(findfont(FontProperties(family=name), fallback_to_default=False))
        return bool(font.scalable and font.get_char_index(ord(letter)))
    except Exception:  # a damaged font is as good as none
        return False


def _not_in(text: str, names: list[str]) -> set[str]:
    fonts = [get_font(findfont(FontProperties(family=name), fallback_to_default=False)) for name in names]
    seen = {letter for letter in text if unicodedata.category(letter) not in _SILENT}
    return {letter for letter in seen if not any(font.get_char_index(ord(letter)) for font in fonts)}


_SILENT = ("Cc", "Cf", "Mn", "Mc", "Me", "Zs", "Zl", "Zp")
"""Controls, joiners, marks and spaces: what is not seen, or comes with the letter before it."""


@cache
def _look_again() -> bool:
    """Find fonts installed since matplotlib made its list, once; whether there are any."""
    known = {font.fname for font in fontManager.ttflist}
    new = [path for path in sorted(findSystemFonts()) if path not in known]
    for path in new:
        with suppress(Exception):  # a damaged font is as good as none
            fontManager.addfont(path)
    return bool(new)


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


@contextmanager
def sheet(width: float, body: float, heading: str, subtitle: str, source: str) -> Iterator[tuple[Figure, float]]:
    """A figure as high as its texts and a body of `body` inches need, however long the texts are.

    Gives the figure and the distance of the body from the top edge, in inches.
    """
    with figure(width, 1.0) as drawing:
        above = sum(room for _, _, room in _title_blocks(drawing, heading, subtitle)) + MARGIN + 0.12
        below = _source_room(wrapped(drawing, source, SOURCE_SIZE))
        drawing.set_figheight(above + body + below)
        title(drawing, heading, subtitle)
        source_line(drawing, source)
        yield drawing, above


def panel(drawing: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """A pair of axes placed in inches from the left and the top edge of the figure."""
    across, along = drawing.get_figwidth(), drawing.get_figheight()
    return drawing.add_axes((left / across, 1 - (top + height) / along, width / across, height / along))


def title(drawing: Figure, heading: str, subtitle: str) -> float:
    """Write a bold left-aligned title and a grey subtitle (measure and unit) at the top.

    Both are wrapped to the figure's width, each line of the subtitle on its own. Returns the room
    taken from the top edge, in inches.
    """
    down = MARGIN
    for lines, style_of, room in _title_blocks(drawing, heading, subtitle):
        x, y = _at(drawing, MARGIN, down)
        drawing.text(x, y, "\n".join(lines), ha="left", va="top", linespacing=1.25, family=families(), **style_of)
        down += room
    return down


def _title_blocks(drawing: Figure, heading: str, subtitle: str) -> list[tuple[list[str], dict[str, Any], float]]:
    """Title and subtitle as lines, each block with its text style and the inches it takes."""
    blocks = []
    for text, size, bold, colour in (
        (heading, TITLE_SIZE, True, BLACK),
        (subtitle, SUBTITLE_SIZE, False, GREY),
    ):
        lines = wrapped(drawing, text, size, bold=bold)
        look = {"size": size, "weight": "bold" if bold else "normal", "color": colour}
        blocks.append((lines, look, len(lines) * size * 1.35 / 72 + 0.04))
    return blocks


def source_line(drawing: Figure, text: str) -> float:
    """Write the small grey source line at the bottom left, wrapped so that nothing is cut.

    Returns the room taken from the bottom edge, in inches.
    """
    lines = wrapped(drawing, text, SOURCE_SIZE)
    height = drawing.get_figheight()
    x, y = _at(drawing, MARGIN, height - MARGIN * 0.7)
    look: dict[str, Any] = {"size": SOURCE_SIZE, "color": GREY, "linespacing": 1.25, "family": families()}
    drawing.text(x, y, "\n".join(lines), ha="left", va="bottom", **look)
    return _source_room(lines)


def _source_room(lines: list[str]) -> float:
    """Inches that a source line of so many lines takes from the bottom edge."""
    return MARGIN * 0.7 + len(lines) * SOURCE_SIZE * 1.3 / 72


def axes(drawing: Figure, heading: str, subtitle: str, source: str, left: float = 0.6) -> Axes:
    """One pair of axes filling what title, subtitle and source line leave; `left` inches for the labels."""
    width, height = drawing.get_figwidth(), drawing.get_figheight()
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


def measured(drawing: Figure, text: str, size: float = TEXT_SIZE, bold: bool = False) -> float:
    """Width of the widest line of a text at `size` points, inches."""
    return max(_width(line, size, bold, drawing.dpi) for line in text.split("\n"))


@cache
def _pen(dpi: float) -> RendererAgg:
    """What measures texts."""
    return RendererAgg(1, 1, dpi)


@lru_cache(maxsize=4096)
def _width(line: str, size: float, bold: bool, dpi: float) -> float:
    unprintable(line)  # a font found for its letters is one of the families from here on
    font = FontProperties(family=families(), size=size, weight="bold" if bold else "normal")
    return float(_pen(dpi).get_text_width_height_descent(line, font, ismath=False)[0]) / dpi


def wrapped(drawing: Figure, text: str, size: float, bold: bool = False, room: float | None = None) -> list[str]:
    """A text broken into lines that fit, as measured, into `room` inches: else between the margins.

    Line breaks in the text stay; a single word too long for a line is broken too.
    """
    fits = drawing.get_figwidth() - 2 * MARGIN if room is None else room
    space = measured(drawing, "n n", size, bold) - measured(drawing, "nn", size, bold)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.append("")
        used = 0.0
        for word in paragraph.split():
            wide = measured(drawing, word, size, bold)
            if lines[-1] and used + space + wide <= fits:
                lines[-1] += f" {word}"
                used += space + wide
                continue
            if not lines[-1]:
                lines.pop()
            lines += [word] if wide <= fits else _pieces(drawing, word, size, bold, fits)
            used = measured(drawing, lines[-1], size, bold)
    return lines


def _pieces(drawing: Figure, word: str, size: float, bold: bool, fits: float) -> list[str]:
    """A word too long for a line, cut at hyphens where it has any, else where a line is full."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and measured(drawing, pieces[-1] + letter, size, bold) > fits:
            head, hyphen, tail = pieces[-1].rpartition("-")
            pieces[-1:] = [head + hyphen, tail] if hyphen else [pieces[-1], ""]
        pieces[-1] += letter
    return pieces


def save(drawing: Figure, path: Path | str, prefix: str = "", option: str = "--out") -> tuple[Path, ...]:
    """Write a figure as PNG and SVG, or as the one its suffix names; the same figure gives the same bytes.

    With a `prefix` for the ids inside an SVG, several of them can stand in one page.
    option : where the user named the path
    Returns the files written. Raises InputError for a path that cannot be written.
    """
    path = Path(path)
    kinds = (path.suffix[1:].lower(),) if path.suffix.lower() in (".png", ".svg") else ("png", "svg")
    written: list[Path] = []
    boxes = unprintable("".join(text.get_text() for text in drawing.findobj(Text)))
    if boxes:
        warnings.warn(MissingLetters(boxes), stacklevel=2)
    with style():
        for kind in kinds:
            target = path if len(kinds) == 1 else path.with_name(f"{path.name}.{kind}")
            metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
            picture = io.BytesIO()
            drawing.savefig(picture, format=kind, dpi=DPI, metadata=metadata)
            content = picture.getvalue()
            if kind == "svg":
                content = _prefixed(cleaned(content.decode()), prefix).encode()
            with file_written(target, option) as part:
                part.write_bytes(content)
            written.append(target)
    return tuple(written)


def _prefixed(svg: str, prefix: str) -> str:
    """An SVG whose ids, and the references to them, begin with a prefix."""
    return re.sub(r'(\bid="|href="#|url\(#)', lambda found: found[1] + prefix, svg)


def _at(drawing: Figure, from_left: float, from_top: float) -> tuple[float, float]:
    """Inches from the left and top edge as figure fractions."""
    return from_left / drawing.get_figwidth(), 1 - from_top / drawing.get_figheight()
