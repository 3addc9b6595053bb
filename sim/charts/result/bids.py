"""The chart of what was bid: both limits in the talks of each state, how talks ended, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.bids import ENDED, Bids, bids, finding
from sim.analysis.reading import end_of, header, source
from sim.charts.rows import beside, head
from sim.charts.sheet import grid, measured, panel, sheet, size_of, wrapped, write
from sim.charts.style import BLACK, BLUE, BLUE_HALF, GREY, MARGIN, PALE, VERMILION, WHITE
from sim.results.result import Result
from sim.words import many, percent

WIDTH, ROW, HEAD, FOOT, NOTE = 10.0, 0.42, 0.5, 0.55, 0.4
"""Inches: the figure; a state; headings; ticks and what they are; a line of notes."""
MOST_ROWS = 12
MOST_LEFT = 1.75
"""Inches left of the axes: longer names take two lines."""
SMALL = 8.5
LIMITS, DOLLARS, ENDS = 0.62, 0.62, 1.7
"""Inches of the columns: limits, or what was paid, in %; the same in US$ million; how talks ended."""
TILES = LIMITS + DOLLARS + 0.2
COLUMNS = (LIMITS, LIMITS + DOLLARS, TILES + ENDS + LIMITS, TILES + ENDS + LIMITS + DOLLARS)
"""Inches right of the axes: the left edge of the tiles; the right edges of the columns of numbers."""
BEIJING, TAIPEI = VERMILION, BLUE
LEFT_TINT, NOT_TAKEN_TINT = "#1F5F8B", "#F2F2F2"
FILLS = dict(zip(ENDED, ((LEFT_TINT, WHITE), (BLUE_HALF, BLACK), (PALE, BLACK), (NOT_TAKEN_TINT, GREY)), strict=True))
"""Of how talks ended: the tile, and the number on it; dark: the state was lost."""
WORDS = dict(zip(ENDED, ("lost", "stayed", "not taken", "dropped"), strict=True))
LINEAR = 0.1
"""% of GDP a year up to which the axis is linear, so that bids of nothing are on it."""
TICKS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
NO_TALKS = "No talks with bids were concluded in these runs, so there is nothing to show."
NOT_KEPT = "The talks of these runs were not kept, so there is nothing to show."
TITLE = "What was bid"
LEVEL = "How often talks are lost follows the record; a limit changes it where it departs from the state’s reference."


def draw(result: Result) -> Figure:
    """Two lines per state: Beijing's limit, and below it Taipei's; the states that have most talks, named."""
    rows = bids(result)
    if not rows:
        why = NO_TALKS if result.talk_runs else NOT_KEPT
        with sheet(WIDTH, 0.2, TITLE, header(result, why), source([result])) as (drawing, _):
            return drawing
    drawn, rest = most_talks(rows)
    measure = (
        "Limit: the most each would pay, as the state believes it, % of GDP a year; median (dot), 5 to 95 % of talks "
        "(line).\nPaid: the mean over talks that Beijing won (upper number), and over those that Taipei won (lower)."
    )
    body = HEAD + ROW * len(drawn) + FOOT + NOTE
    with sheet(WIDTH, body, finding(drawn), header(result, measure), source([result])) as (drawing, top):
        left = min(MARGIN + 0.15 + max(measured(row.name) for row in drawn), MOST_LEFT)
        width = WIDTH - left - 2 * (LIMITS + DOLLARS) - ENDS - MARGIN - 0.25
        plot = panel(drawing, left, top + HEAD, width, ROW * len(drawn))
        _axis(plot, drawn)
        _head_columns(plot)
        for place, row in enumerate(drawn):
            name = "\n".join(wrapped(row.name, 10.0, room=left - MARGIN - 0.1)[:2])
            write(drawing, MARGIN, top + HEAD + ROW * (place + 0.5), name, linespacing=1.05, va="center")
            _row(plot, row, place)
        foot = top + HEAD + ROW * len(drawn) + FOOT + 0.02
        write(drawing, MARGIN, foot, _note(result, rows, rest), color=GREY, size=SMALL, va="top")
    return drawing


def most_talks(rows: Sequence[Bids]) -> tuple[list[Bids], int]:
    """The states that there is room for, those with most talks, in the order given; how many are left out."""
    most = sorted(rows, key=lambda row: (-row.talks, row.name))[:MOST_ROWS]
    return [row for row in rows if row in most], len(rows) - len(most)


def _note(result: Result, rows: Sequence[Bids], rest: int) -> str:
    talks = sum(row.talks for row in rows)
    runs = "" if result.talk_runs == result.runs else f" of the first {many(result.talk_runs, 'run')}"
    more = f" {many(rest, 'more state')} with fewer talks {'is' if rest == 1 else 'are'} not shown." if rest else ""
    ends = [WORDS[end] for end in ENDED if any(row.ended[end] for row in rows)]
    return (
        f"{many(talks, 'concluded talk')}{runs}, to {end_of(result)}; from the left: {', '.join(ends)}.{more}\n{LEVEL}"
    )


def _axis(plot: Axes, rows: Sequence[Bids]) -> None:
    """The axis of limits, linear up to `LINEAR` and logarithmic beyond, from nothing to the highest."""
    high = max(side.high for row in rows for side in (row.beijing, row.taipei))
    plot.set_xscale("symlog", linthresh=LINEAR, linscale=0.5)
    plot.set_xlim(-0.02, max(1.0, 1.25 * high))
    ticks = [tick for tick in TICKS if tick <= plot.get_xlim()[1]]
    plot.set_xticks(ticks, [f"{tick:g}" for tick in ticks], size=SMALL)
    plot.minorticks_off()
    plot.set_ylim(len(rows) - 0.5, -0.5)
    plot.set_yticks([])
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    plot.set_xlabel("% of GDP a year", size=SMALL, labelpad=3)


def _head_columns(plot: Axes) -> None:
    """Headings of the columns."""
    height = size_of(plot)[1]
    look: dict[str, Any] = {"transform": plot.transAxes, "va": "bottom", "size": SMALL, "weight": "bold"}
    plot.text(0.0, 1 + 0.07 / height, "Beijing’s limit", color=BEIJING, **look)
    plot.text(0.42, 1 + 0.07 / height, "Taipei’s limit", color=TAIPEI, **look)
    for right, words in zip(COLUMNS, ("limit,\n%", "US$ m\na year", "paid,\n%", "US$ m\na year"), strict=True):
        head(plot, right, words, 0.07, size=SMALL)
    head(plot, TILES, "how talks\nended, %", 0.07, size=SMALL, ha="left")


def _row(plot: Axes, row: Bids, place: int) -> None:
    """One state: the lines of both limits, and the numbers and tiles beside them."""
    for at, one, colour, gid in (
        (place - 0.2, row.beijing, BEIJING, "beijing"),
        (place + 0.2, row.taipei, TAIPEI, "taipei"),
    ):
        plot.hlines(at, one.low, one.high, color=colour, lw=2.2, alpha=0.45, zorder=2, gid=f"{gid}-range")
        plot.plot(one.middle, at, "o", color=colour, ms=5.5, zorder=3, clip_on=False, gid=f"{gid}-limit")
        texts = [text for value in (one.middle, one.paid) for text in _both(value, row.gdp_musd)]
        for right, text in zip(COLUMNS, texts, strict=True):
            beside(plot, right, at, text, size=SMALL, color=colour)
    start, across = TILES, plot.get_yaxis_transform()
    for end in ENDED:
        wide = ENDS * 0.94 * row.ended[end]
        if not wide:
            continue
        fill, ink = FILLS[end]
        left, width = (inches / size_of(plot)[0] for inches in (start, wide))
        look: dict[str, Any] = {"height": 0.5, "color": fill, "transform": across, "clip_on": False}
        plot.barh(place, width, left=1 + left, gid=f"ended-{end}", **look)
        if row.ended[end] >= 0.1:
            beside(plot, start + wide / 2, place, percent(row.ended[end]), ha="center", size=SMALL, color=ink)
        start += wide
    if place:
        plot.axhline(place - 0.5, color=PALE, lw=0.6, zorder=0)


def _both(value: float | None, gdp: float | None) -> tuple[str, str]:
    """A limit, or what was paid, in % of GDP and in US$ million; dashes if absent."""
    return ("–", "–") if value is None else (share(value), dollars(value, gdp))


def share(value: float) -> str:
    """% of GDP with two digits or more."""
    return "0" if value == 0.0 else f"{value:.2f}" if value < 9.95 else f"{value:.0f}"


def dollars(value: float, gdp: float | None) -> str:
    """US$ million with two digits or more; a dash if the state's GDP is unknown."""
    if gdp is None:
        return "–"
    musd = value * gdp / 100.0
    return "0" if musd == 0.0 else f"{musd:.2f}" if musd < 0.995 else f"{musd:.1f}" if musd < 9.95 else f"{musd:,.0f}"
