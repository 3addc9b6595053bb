"""The chart of a sensitivity analysis: what an outcome hangs on, the most important number at the top."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.headlines import sensitivity_headline
from sim.charts.rows import beside, head
from sim.charts.sheet import grid, panel, sheet, wrapped, write
from sim.charts.style import BLACK, BLUE_HALF, GREY, MARGIN, PALE, SIMULATED
from sim.scenario.given import is_given
from sim.scenario.levers import called
from sim.sweeps.outcomes import NUMBERS
from sim.words import many
from sim.words import number as written

Document = Mapping[str, Any]
"""What an analysis writes: outcome, design, points, runs, seed, noise_share, and `rows` of indices."""

WIDTH = 9.0
SHOWN = 12
"""Numbers that the chart has; the rest are counted."""
LEFT = 3.5
"""Inches of the names and meanings."""
COLUMN = 0.62
"""Inches of each printed number."""
HEAD, FOOT, BETWEEN = 0.3, 0.46, 0.1
"""Inches: headings of the numbers; ticks and axis label; between rows."""
NAME, SMALL = 10.0, 8.0
NAME_LINE, SMALL_LINE = 0.19, 0.145
"""Inches of a line of a name, and of a meaning."""
MOST_LINES = 2
NOISE = "#9A9A9A"
PURE_NOISE = 2.0 / math.sqrt(math.pi) / (2.0 / 3.0)
"""Mean size of the step that noise alone makes, in standard deviations of it: |difference of two| over two thirds."""


@dataclass(frozen=True)
class Row:
    """One bar."""

    name: list[str]
    meaning: list[str]
    bar: float
    low: float
    high: float
    mark: float | None
    mark_low: float
    mark_high: float
    numbers: tuple[str, str]
    noise: bool = False

    @property
    def height(self) -> float:
        """Inches it takes."""
        return len(self.name) * NAME_LINE + len(self.meaning) * SMALL_LINE + BETWEEN


def draw(document: Document) -> Figure:
    """One bar per number: its share of the variance (sobol), or the mean size of its steps (morris)."""
    found = sensitivity_headline(document).replace("'", "’")
    heading = found or f"What this hangs on: {document['told']}"
    largest = [row for row in document["rows"] if row[_key(document)] is not None][:SHOWN]
    title = " ".join(str(document["title"]).split())
    on_top = {path: value for path, value in document.get("set", {}).items() if not is_given(path)}
    changed = ", ".join(f"{called(path)} {written(value)}" for path, value in on_top.items())
    scenario = f"{title} ({changed})" if changed else title
    if not largest:
        subtitle = f"{scenario}\n{document['note']}"
        with sheet(WIDTH, 0.2, heading, subtitle, source(document)) as (drawing, _):
            return drawing
    rows = [_row(document, row) for row in largest] + _noise_row(document)
    rest = _rest(document)
    height = sum(row.height for row in rows)
    body = HEAD + height + FOOT + (0.22 if rest else 0.0)
    told = f"Outcome: {document['told']}. {_measure(document)}"
    with sheet(WIDTH, body, heading, f"{scenario}\n{told}", source(document)) as (drawing, top):
        plot = panel(drawing, LEFT, top + HEAD, WIDTH - LEFT - 2 * COLUMN - MARGIN - 0.2, height)
        _draw(drawing, top + HEAD, plot, rows, document)
        write(drawing, MARGIN, top + HEAD + height + FOOT + 0.04, rest, color=GREY, va="top")
    return drawing


def source(document: Document) -> str:
    """The source line."""
    kind = {"sobol": "Sobol’ indices", "morris": "Morris’ screening"}[document["design"]]
    parts = [
        f"Scenario {document['scenario']}: {many(document['evaluated'], 'point')} of {many(document['runs'], 'run')}",
        "the same random numbers at each",
        f"seed {document['seed']}",
        kind,
    ]
    identity = str(document.get("id", ""))[:12]
    dropped = f" {many(document['dropped'], 'block')} left out: points failed." if document["dropped"] else ""
    return ", ".join([*parts, *([f"result {identity}"] if identity else [])]) + "." + dropped


def _key(document: Document) -> str:
    return "total" if document["design"] == "sobol" else "mu_star"


def _scale(document: Document) -> float:
    """What steps are multiplied with: chances are given in percentage points."""
    return 100.0 if _unit(document) == "percentage points" else 1.0


def _unit(document: Document) -> str:
    if document["design"] == "sobol":
        return "share of the variance of the outcome"
    return "states" if document["outcome"] in NUMBERS else "percentage points"


def _measure(document: Document) -> str:
    """What bars and marks are."""
    if document["design"] == "sobol":
        text = (
            "Share of the variance of the outcome. Bar: total, alone and together with other numbers; "
            "dot: alone (first order). Lines hold 90 % of bootstrap resamples."
        )
    else:
        over = "from the 5 % to the 95 % point of its law" if document["parameters"] == "laws" else "over its range"
        text = (
            f"Change of the outcome when a number goes {over}, {_unit(document)}. Bar: mean size (mu*); "
            "diamond: spread over what else is varied (sigma). Lines hold 90 % of bootstrap resamples."
        )
    note = document.get("note")
    return f"{text} {note}" if note else text


def _row(document: Document, row: Mapping[str, Any]) -> Row:
    scale, key = _scale(document), _key(document)
    mark = "first" if document["design"] == "sobol" else "sigma"
    values = {name: scale * row[name] for name in (key, f"{key}_low", f"{key}_high", mark)}
    meaning = f"{row['meaning']}: {_number(row['low'])} to {_number(row['high'])}"
    return Row(
        name=wrapped(_named(row["name"]), NAME, room=LEFT - MARGIN - 0.15),
        meaning=_cut(meaning if "." in row["name"] else str(row["meaning"])),
        bar=values[key],
        low=values[f"{key}_low"],
        high=values[f"{key}_high"],
        mark=values[mark],
        mark_low=scale * row.get(f"{mark}_low", row[mark]),
        mark_high=scale * row.get(f"{mark}_high", row[mark]),
        numbers=(_printed(values[key], document), _printed(values[mark], document)),
    )


def _noise_row(document: Document) -> list[Row]:
    """The row of what luck has left in the points; none if it is unknown."""
    share = document["noise_share"]
    if share is None:
        return []
    if document["design"] == "sobol":
        size, meaning = share, "luck left in the runs: at most so much of each total"
    else:
        size = _scale(document) * PURE_NOISE * math.sqrt(share * document["variance"])
        meaning = f"the mean size of a step of luck alone, at most; {share:.1%} of the variance"
    name = ["Monte Carlo noise"]
    return [Row(name, _cut(meaning), size, size, size, None, size, size, (_printed(size, document), ""), noise=True)]


def _named(path: str) -> str:
    """What a reader calls a number, as it begins a line."""
    name = called(path).replace("'", "’")
    return f"{name[0].upper()}{name[1:]}"


def _cut(text: str) -> list[str]:
    """A meaning in at most two small lines."""
    lines = wrapped(text, SMALL, room=LEFT - MARGIN - 0.15)
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1].rstrip(" ,;:(") + " …"]


def _number(value: Any) -> str:
    return f"{value:.3g}".replace("-", "−") if isinstance(value, (int, float)) else str(value)


def _printed(value: float, document: Document) -> str:
    """A printed number: shares at two decimals, steps at two digits; never zero unless it is."""
    if document["design"] == "sobol":
        text = f"{value:.2f}"
        return "<0.01" if text == "0.00" and value > 0.0 else text.replace("-0.00", "0.00").replace("-", "−")
    if value == 0.0:
        return "0"
    return f"{value:.{max(0, 1 - math.floor(math.log10(abs(value))))}f}"


def _rest(document: Document) -> str:
    """What the chart leaves out."""
    rest = [row[_key(document)] for row in document["rows"][SHOWN:]]
    if not rest:
        return ""
    still = sum(value == 0.0 for value in rest)
    most = _printed(_scale(document) * rest[0], document)
    each = f"each {most if most.startswith('<') else f'{most} at most'}" if rest[0] > 0.0 else "none of which moves it"
    return f"and {many(len(rest), 'more number')}, {each}" + (
        f"; {still} move nothing" if 0 < still < len(rest) else ""
    )


def _draw(drawing: Figure, above: float, plot: Axes, rows: Sequence[Row], document: Document) -> None:
    """Bars, lines and marks, names at the left, numbers at the right; heights are inches, from `above` down."""
    height = sum(row.height for row in rows)
    low = min([0.0, *(row.mark_low for row in rows)])
    high = max([1e-9, *(max(row.high, row.mark_high) for row in rows)])
    room = 0.03 * (high - low)
    plot.set_xlim(low - (room if low < 0.0 else 0.0), high + room)
    plot.set_ylim(height, 0.0)
    plot.set_yticks([])
    plot.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    grid(plot, "x")
    plot.set_xlabel(_unit(document))
    plot.spines["left"].set_visible(low >= 0.0)
    if low < 0.0:
        plot.axvline(0.0, color=GREY, lw=0.8, zorder=1)
    heads = ("total", "alone") if document["design"] == "sobol" else ("mu*", "sigma")
    ends = [0.1 + COLUMN * place for place in (1, 2)]
    for end, word in zip(ends, heads, strict=True):
        head(plot, end, word, 0.08)
    top = 0.0
    for row in rows:
        middle = top + row.height / 2
        colour = NOISE if row.noise else BLUE_HALF
        plot.barh(middle, row.bar, height=0.2, color=colour, zorder=2, gid="noise" if row.noise else "bar")
        if row.low < row.high:
            plot.hlines(middle - 0.05, row.low, row.high, color=GREY, lw=1.2, zorder=3)
        if row.mark is not None:
            if row.mark_low < row.mark_high:
                plot.hlines(middle + 0.05, row.mark_low, row.mark_high, color=SIMULATED, lw=1.2, zorder=3)
            shape = "o" if document["design"] == "sobol" else "D"
            plot.plot(row.mark, middle + 0.05, shape, color=SIMULATED, ms=5, zorder=4, clip_on=False, gid="mark")
        start = above + top + BETWEEN / 2
        text: dict[str, Any] = {"va": "top", "linespacing": 1.2}
        ink = GREY if row.noise else BLACK
        write(drawing, MARGIN, start, "\n".join(row.name), size=NAME, color=ink, **text)
        below = start + len(row.name) * NAME_LINE
        write(drawing, MARGIN, below, "\n".join(row.meaning), size=SMALL, color=GREY, **text)
        for end, number, shade in zip(ends, row.numbers, (GREY if row.noise else BLACK, SIMULATED), strict=True):
            beside(plot, end, middle, number, color=shade)
        top += row.height
        if row is not rows[-1]:
            plot.axhline(top, color=PALE, lw=0.6, zorder=0)
