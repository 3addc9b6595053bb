"""Letters beyond DejaVu Sans: drawn and measured in a font that has them, else noted; no warning of a library."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager

from sim.charts import sheet, style
from sim.charts.catalogue import of_result
from sim.letters import MissingLetters
from tests.charts.conftest import made
from tests.examples import thorough

TITLE = "台灣 क्षि 한🙂 שלום سلام São Tomé 👩\u200d🚀\ufe0f"
HAN = "台灣"


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The fonts of a machine that has DejaVu Sans, and those a test adds."""
    own = [font for font in fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(fontManager, "ttflist", own)
    monkeypatch.setattr(style, "findSystemFonts", list)
    monkeypatch.setattr(style, "_HOMES", {})
    style._look_again.cache_clear()
    sheet._width.cache_clear()
    yield own
    style._look_again.cache_clear()
    sheet._width.cache_clear()


@pytest.fixture
def han(tmp_path: Path) -> str:
    """A font with two letters, each as wide as it is high."""
    return square_font(tmp_path, "Unifont")


def square_font(tmp_path: Path, family: str) -> str:
    pen = TTGlyphPen(None)
    for step, point in enumerate([(100, 0), (100, 800), (900, 800), (900, 0)]):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    square = pen.glyph()
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", "one", "two"])
    made.setupCharacterMap({ord(HAN[0]): "one", ord(HAN[1]): "two"})
    made.setupGlyf(dict.fromkeys((".notdef", "one", "two"), square))
    made.setupHorizontalMetrics(dict.fromkeys((".notdef", "one", "two"), (1000, 100)))
    made.setupHorizontalHeader(ascent=900, descent=-100)
    made.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family})
    made.setupOS2(sTypoAscender=900, usWinAscent=900, usWinDescent=100)
    made.setupPost()
    made.save(tmp_path / f"{family}.ttf")
    return str(tmp_path / f"{family}.ttf")


def warned(call: Any) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
    return found


@pytest.mark.usefixtures("coarse")
def test_letters_without_a_font_are_told_and_nothing_else_is(
    fonts: list[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = warned(lambda: of_result(made(title=TITLE)).draw(tmp_path))
    assert {warning.category for warning in found} == {MissingLetters}
    letters = {letter for warning in found for letter in warning.message.letters}  # type: ignore[union-attr]
    assert letters == set("台灣कष한🙂👩🚀")
    assert caplog.records == []


@pytest.mark.usefixtures("coarse")
def test_what_dejavu_has_is_not_missing(fonts: list[Any], tmp_path: Path) -> None:
    text = "São Tomé – × − שלום سلام Ελλάδα Україна\u200f\u200d\ufe0f\n\t"
    assert style.unprintable(text) == set()
    assert warned(lambda: of_result(made(title=text)).draw(tmp_path, only=["count"])) == []


@pytest.mark.usefixtures("coarse")
def test_a_font_of_this_machine_is_used(fonts: list[Any], han: str, tmp_path: Path) -> None:
    boxes = warned(lambda: of_result(made(title=HAN)).draw(tmp_path / "without", only=["count"]))
    assert boxes
    sheet._width.cache_clear()
    fontManager.addfont(han)
    assert style.families() == ["DejaVu Sans", "Unifont"]
    assert warned(lambda: of_result(made(title=HAN)).draw(tmp_path / "with", only=["count"])) == []
    svg = (tmp_path / "with" / "count.svg").read_text("utf-8")
    assert "Unifont" in svg
    assert svg != (tmp_path / "without" / "count.svg").read_text("utf-8")


@pytest.mark.usefixtures("coarse")
def test_a_font_that_nobody_named_is_used(fonts: list[Any], tmp_path: Path) -> None:
    """The first by name of those that have the letter, whichever was met before."""
    for family in ("Zhou", "Bao"):
        fontManager.addfont(square_font(tmp_path, family))
    assert style.families() == ["DejaVu Sans"]
    assert warned(lambda: of_result(made(title=HAN)).draw(tmp_path, only=["count"])) == []
    assert style.families() == ["DejaVu Sans", "Bao"]
    svg = (tmp_path / "count.svg").read_text("utf-8")
    assert "Bao" in svg
    assert "Zhou" not in svg


@pytest.mark.usefixtures("coarse")
def test_a_font_installed_since_the_list_was_made(
    fonts: list[Any], han: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Matplotlib keeps a list of fonts, and does not look whether it still holds."""
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(b"no font")
    looked = []
    monkeypatch.setattr(style, "findSystemFonts", lambda: looked.append(1) or [str(damaged), han])
    assert style.families() == ["DejaVu Sans"]
    assert warned(lambda: of_result(made(title=HAN)).draw(tmp_path, only=["count"])) == []
    assert "Unifont" in (tmp_path / "count.svg").read_text("utf-8")
    assert style.unprintable("ก") == {"ก"}
    assert looked == [1]


@pytest.mark.usefixtures("coarse")
@thorough
def test_latin_charts_are_the_same_with_any_font(fonts: list[Any], han: str, tmp_path: Path) -> None:
    of_result(made(title="São Tomé")).draw(tmp_path / "without")
    fontManager.addfont(han)
    of_result(made(title="São Tomé")).draw(tmp_path / "with")
    for file in sorted((tmp_path / "without").iterdir()):
        assert file.read_bytes() == (tmp_path / "with" / file.name).read_bytes(), file.name


def test_texts_are_measured_in_the_font_they_are_drawn_in(fonts: list[Any], han: str) -> None:
    fontManager.addfont(han)
    assert sheet.measured(HAN * 10, 10) == pytest.approx(20 * 10 / 72, rel=0.05)
    lines = sheet.wrapped(HAN * 100, 10, room=7.72)
    assert "".join(lines) == HAN * 100
    assert all(sheet.measured(line, 10) <= 7.72 for line in lines)


def test_a_long_title_stays_within_the_figure(fonts: list[Any], han: str) -> None:
    fontManager.addfont(han)
    drawing = of_result(made(title=HAN * 60)).drawn("count")
    drawing.draw_without_rendering()
    assert all(0 <= text.get_window_extent().x1 <= drawing.bbox.width for text in drawing.texts)


def test_settings_come_back(fonts: list[Any]) -> None:
    before = matplotlib.rcParams["font.family"], list(warnings.filters)
    with style.style():
        assert matplotlib.rcParams["font.family"] == ["DejaVu Sans"]
    assert (matplotlib.rcParams["font.family"], list(warnings.filters)) == before
