"""The pages in Debian's chromium: no request leaves them, nothing overflows, the console stays empty."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim as face
from sim.report.comparison import html_of_comparison
from tests.examples import thorough
from tests.report.browser import CHROMIUM, Browser
from tests.report.conftest import Page

pytestmark = pytest.mark.skipif(CHROMIUM is None or os.name != "posix", reason="chromium is not installed")

WIDTHS = (360, 400, 800, 1400)
OVERFLOW = """
Array.from(document.querySelectorAll("body *"))
  .filter(each => !each.closest(".scroll, svg, .unseen, .skip"))
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(each => each.tagName + ": " + each.textContent.slice(0, 40))
"""
SMALL = """
Array.from(document.querySelectorAll("svg.chart"))
  .filter(each => getComputedStyle(each).display !== "none")
  .map(each => [each.getBoundingClientRect().width / each.viewBox.baseVal.width, each])
  .map(([scale, each]) => Math.min(...Array.from(each.querySelectorAll("text")).map(
    text => parseFloat(getComputedStyle(text).fontSize) * scale)))
"""
"""Height of the smallest letters of each drawing that is shown, pixels."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def pages(
    honduras: Page, hosts: Page, outlook: Page, sweep: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Files of the pages by name."""
    place = tmp_path_factory.mktemp("pages")
    texts = {"honduras": honduras.html, "hosts": hosts.html, "outlook": outlook.html}
    pair = [face.run(name, runs=40, seed=1) for name in ("honduras-2021", "honduras-2021-reassured")]
    texts |= {"comparison": html_of_comparison(pair), "sweep": sweep}
    files = {}
    for name, text in texts.items():
        files[name] = place / f"{name}.html"
        files[name].write_text(text, encoding="utf-8")
    return files


@pytest.mark.parametrize(
    ("width", "dark"),
    [
        pytest.param(width, dark, id=f"{width}-{scheme}", marks=thorough if dark and width != 400 else ())
        for width in WIDTHS
        for dark, scheme in ((False, "light"), (True, "dark"))
    ],
)
@pytest.mark.parametrize("name", ["honduras", "hosts", "outlook", "comparison", "sweep"])
def test_page(browser: Browser, pages: dict[str, Path], name: str, width: int, dark: bool) -> None:
    browser.look(width, dark=dark)
    browser.open(pages[name])
    assert browser.requests() == [pages[name].as_uri()]
    assert browser.messages() == []
    assert browser.evaluate("innerWidth") == width
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate(OVERFLOW) == []
    ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(21, 23, 26)" if dark else "rgb(255, 255, 255)")
    assert all(letters >= 11.0 for letters in browser.evaluate(SMALL))


def test_the_drawing_that_fits_is_shown(browser: Browser, pages: dict[str, Path]) -> None:
    shown = (
        'Array.from(document.querySelectorAll("svg.chart")).filter(each => each.clientWidth > 0).map(each => each.id)'
    )
    for width, name in ((360, "count-narrow"), (800, "count-wide"), (1400, "count-wide")):
        browser.look(width)
        browser.open(pages["honduras"])
        assert browser.evaluate(shown) == [name]


def test_charts_of_a_sweep_fit_the_screen(browser: Browser, pages: dict[str, Path]) -> None:
    shown = """
    Array.from(document.querySelectorAll(".fitting svg")).filter(each => each.clientWidth > 0).map(
      each => [each.id, each.getBoundingClientRect().right <= innerWidth && each.clientWidth > 300])
    """
    for width, ending in ((400, "-narrow"), (1300, "")):
        browser.look(width)
        browser.open(pages["sweep"])
        names = [f"{name}{ending}" for name in ("count", "left-PRY", "left-HND")]
        assert browser.evaluate(shown) == [[name, True] for name in names]


def test_letters_of_a_drawing_stay_inside_it(browser: Browser, pages: dict[str, Path]) -> None:
    """With a margin for fonts that are wider than this browser's."""
    outside = """
    Array.from(document.querySelectorAll("svg.chart")).filter(each => each.clientWidth > 0).flatMap(each =>
      Array.from(each.querySelectorAll("text"))
        .filter(text => text.getBoundingClientRect().right > each.getBoundingClientRect().right + 8)
        .map(text => text.textContent))
    """
    for width in WIDTHS:
        browser.look(width)
        for name in ("honduras", "hosts", "outlook"):
            browser.open(pages[name])
            assert browser.evaluate(outside) == []


def test_no_picture_of_a_comparison_is_cut_on_a_telephone(browser: Browser, pages: dict[str, Path]) -> None:
    """The drawing made for it is shown whole; that of a desk, and the dumbbell, whose numbers follow, are not."""
    shown = """
    Array.from(document.querySelectorAll("svg.picture")).filter(each => each.clientWidth > 0)
      .map(each => [each.id, each.getBoundingClientRect().right <= document.documentElement.clientWidth])
    """
    for width, names in ((400, ["difference-narrow"]), (1400, ["difference", "dumbbell"])):
        browser.look(width)
        browser.open(pages["comparison"])
        assert browser.evaluate(shown) == [[name, True] for name in names]


def test_printed_it_is_light_and_no_page_cuts_it(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    browser.look(800, dark=True, media="print")
    browser.open(pages["outlook"])
    assert browser.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    browser.look(800)
    browser.open(pages["outlook"])
    browser.paper(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "Run it again" in text


def test_the_test_would_notice(browser: Browser, tmp_path: Path) -> None:
    """A page that asks for a picture, speaks and is too wide."""
    (tmp_path / "bad.html").write_text(
        '<!DOCTYPE html><title>x</title><img src="missing.png" alt=""><p style="width:2000px">wide</p>'
        "<script>console.log('said')</script>"
    )
    browser.look(360)
    browser.open(tmp_path / "bad.html")
    assert len(browser.requests()) == 2
    assert browser.messages()
    assert browser.evaluate("document.documentElement.scrollWidth") > 360
    assert browser.evaluate(OVERFLOW)
