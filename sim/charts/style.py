"""The one style all charts share: sizes, colours, fonts, and files that come out the same."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font
from matplotlib.text import Text

from sim.letters import MissingLetters, cleaned

WHITE = "#FFFFFF"
BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
"""Okabe and Ito's eight colours, distinct for colour-blind readers too (source: Okabe and Ito 2008)."""

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
PRINT_DPI = 300
"""Dots per inch of a PNG whose width is asked for."""
MM = 25.4
"""Millimetres in an inch."""

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT_SIZE,
    "text.parse_math": False,
    "text.hinting": "none",  # letters as wide in a PNG as in an SVG; and a tenth of the time of drawing
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
    "pdf.fonttype": 42,
}
"""The settings in force while a figure is made and while it is saved."""
_SAVED: dict[str, dict[str, Any]] = {
    "png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 3}},
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}
"""How files are written. Of drawings as ours the third of zlib's nine levels makes the smallest, and quickly."""


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


_families_in_force: ContextVar[tuple[str, ...] | None] = ContextVar("families in force", default=None)


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's defaults plus `RC`, for the length of a `with`; the user's settings come back after.

    What matplotlib says of letters and weights that a font does not have is left to `MissingLetters`. Within another
    `with` of the same families nothing is done: what draws a chart holds it for all that is measured on the way.
    """
    names = tuple(families())
    if _families_in_force.get() == names:
        yield
        return
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    with matplotlib.rc_context(), warnings.catch_warnings():
        _put(_settings(names))
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        log.setLevel(logging.ERROR)
        in_force = _families_in_force.set(names)
        try:
            yield
        finally:
            _families_in_force.reset(in_force)
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
        settings = {name: now._get(name) for name in matplotlib.rcParamsDefault if name != "backend"}
    return {name: value for name, value in settings.items() if value is not left}


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
    missing = _not_in(text, _usual())
    if missing and _look_again():
        missing = _not_in(text, _usual())
    return {letter for letter in missing if _home(letter) is None}


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


@dataclass(frozen=True)
class Paper:
    """How pictures are wanted, where not as they are usually drawn."""

    width: float | None = None
    """Millimetres across; letters and lines grow and shrink with it. None: as drawn."""
    title: str | None = None
    """The headline in place of the chart's own; None for that one."""
    untitled: bool = False
    """Without headline and measure, for a caption of one's own; the source line stays."""


_paper: ContextVar[Paper | None] = ContextVar("paper", default=None)


@contextmanager
def on_paper(wanted: Paper) -> Iterator[None]:
    """While it lasts, every chart is drawn and written so."""
    token = _paper.set(wanted)
    try:
        yield
    finally:
        _paper.reset(token)


def paper() -> Paper:
    """How pictures are wanted."""
    return _paper.get() or Paper()


class Drawing(Figure):
    """A figure that a notebook shows, and that is saved as it was drawn: same style, same bytes."""

    def savefig(self, fname: Any, **options: Any) -> None:
        """Write it into a file, as its suffix or `format` says; options as Matplotlib has them."""
        kind = options.get("format") or Path(str(fname)).suffix[1:].lower()
        with style():
            super().savefig(fname, **{"dpi": "figure", **_SAVED.get(kind, {}), **options})

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        ((_, content),) = pictures(self, ["png"])
        return content, {"width": round(96 * self.get_figwidth())}


def save(drawing: Figure, path: Path | str, prefix: str = "", option: str = "--out") -> tuple[Path, ...]:
    """Write a figure as PNG and SVG, or as the one its suffix names, also PDF; the same figure gives the same bytes.

    With a `prefix` for the ids inside an SVG, several of them can stand in one page.
    option : where the user named the path
    Returns the files written. Raises InputError for a path that cannot be written.
    """
    from sim.results.file import written as file_written

    path = Path(path)
    one = path.suffix.lower() in (".png", ".svg", ".pdf")
    written: list[Path] = []
    for kind, content in pictures(drawing, (path.suffix[1:].lower(),) if one else ("png", "svg"), prefix):
        target = path if one else path.with_name(f"{path.name}.{kind}")
        with file_written(target, option) as part:
            part.write_bytes(content)
        written.append(target)
    return tuple(written)


def pictures(drawing: Figure, kinds: Iterable[str], prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Each kind of picture asked for, `png`, `svg` or `pdf`, of a figure, with its bytes; prefix : as in `save`."""
    boxes = unprintable("".join(text.get_text() for text in drawing.findobj(Text)))
    if boxes:
        warnings.warn(MissingLetters(boxes), stacklevel=2)
    for kind in kinds:
        content = _picture(drawing, kind)
        yield kind, _prefixed(cleaned(content.decode()), prefix).encode() if kind == "svg" else content


def _picture(drawing: Figure, kind: str) -> bytes:
    """The bytes of a picture, as wide as is wanted."""
    picture, width = io.BytesIO(), paper().width
    if width is None:
        drawing.savefig(picture, format=kind)
        return picture.getvalue()
    scale = width / MM / drawing.get_figwidth()
    if kind == "png":
        drawing.savefig(picture, format=kind, dpi=PRINT_DPI * scale)
        return picture.getvalue()
    if kind == "pdf":
        with _scaled(picture, scale) as pages:
            drawing.savefig(pages, format=kind)
        return picture.getvalue()
    drawing.savefig(picture, format=kind)
    sizes = f'width="{width:g}mm" height="{width / drawing.get_figwidth() * drawing.get_figheight():.6g}mm"'
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', rf"\1 {sizes}", picture.getvalue().decode(), count=1
    ).encode()


def _scaled(picture: io.BytesIO, scale: float) -> Any:
    """A PDF whose pages, with all that is on them, are scaled; Matplotlib has no option for it."""
    from matplotlib.backends.backend_pdf import Op, PdfFile, PdfPages

    class File(PdfFile):
        def newPage(self, width: float, height: float) -> None:
            super().newPage(width * scale, height * scale)
            self.output(scale, 0, 0, scale, 0, 0, Op.concat_matrix)

    class Pages(PdfPages):
        def _ensure_file(self) -> PdfFile:
            if self._file is None:
                self._file = File(picture, metadata=_SAVED["pdf"]["metadata"])
            return self._file

    return Pages(picture)


def _prefixed(svg: str, prefix: str) -> str:
    """An SVG whose ids, and the references to them, begin with a prefix."""
    return re.sub(r'(\bid="|href="#|url\(#)', lambda match: match[1] + prefix, svg)
