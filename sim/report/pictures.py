"""The charts of matplotlib inside a page: without what a page has no use for, and lighter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from sim.charts.style import pictures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_UNUSED = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<svg [^>]*?viewBox=\"([^\"]*)\"[^>]*>")
_PLACES = re.compile(r"( d=\"|translate\()([^\")]*)")
_GLYPHS = {"DejaVuSans-Bold-": "B", "DejaVuSans-": "S"}
"""Beginnings of the ids of letters, and shorter ones: there are thousands."""
_LONG = re.compile(r"-?\d+\.\d{2,}")


def both(draw: Callable[[], Figure], name: str, alternative: str) -> tuple[Markup, Markup]:
    """A chart of a sweep twice: for wide screens and for narrow ones, of which a page shows the one that fits."""
    from sim.charts.sweep.axes import for_phones

    wide = inline(draw(), name, alternative)
    with for_phones():
        return wide, inline(draw(), f"{name}-narrow", alternative)


def inline(drawing: Figure, name: str, alternative: str) -> Markup:
    """A chart as an SVG element, with ids that begin with a name and words for those who do not see it.

    A stop ends the name: names of charts have hyphens, and one may begin with another.
    """
    ((_, picture),) = pictures(drawing, ("svg",), prefix=f"{name}.")
    svg = _UNUSED.sub("", _PROLOGUE.sub("", picture.decode())).replace("xlink:href", "href")
    for long, short in _GLYPHS.items():
        svg = svg.replace(f"{name}.{long}", f"{name}.{short}")
    svg = _PLACES.sub(lambda match: match[1] + _LONG.sub(_shorter, match[2]), svg)
    svg = _once(re.sub(r"\s+", " ", svg).replace("> <", "><"))
    head = (
        f'<svg id="{name}" class="picture" viewBox="\\1" role="img" aria-label="{escape(alternative)}" '
        'stroke-linejoin="round" stroke-linecap="butt">'
    )
    return Markup(_ROOT.sub(lambda match: match.expand(head.replace("\\1", match[1])), svg, count=1).strip())


def _once(svg: str) -> str:
    """Each id at its first place only: charts give the same one to the like parts of several panels."""
    seen: set[str] = set()

    def first(match: re.Match[str]) -> str:
        new = match[0] not in seen
        seen.add(match[0])
        return match[0] if new else ""

    return re.sub(r' id="[^"]*"', first, svg)


def _shorter(match: re.Match[str]) -> str:
    """A length with one decimal: a tenth of a point is not seen."""
    return f"{float(match[0]):.1f}".removesuffix(".0")
