"""The chart of what was bid: both limits in the talks of each state, how talks ended, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.bids import ENDED, Bids, bids, finding
from sim.charts.sheet import grid, measured, panel, sheet, wrapped
from sim.charts.style import BLACK, BLUE, BLUE_HALF, GREY, MARGIN, PALE, VERMILION, WHITE
from sim.charts.words import end_of, header, source
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
    """Two lines a state: Beijing's limit, and below it Taipei's; the states that have most talks, named."""
    rows = bids(result)
    if not rows:
        said = NO_TALKS if result.talk_runs else NOT_KEPT
        with sheet(WIDTH, 0.2, TITLE, header(result, said), source([result])) as (drawing, _):
            return drawing
    shown, rest = kept(rows)
    measure = (
        "Limit: the most each would pay, as the state believes it, % of GDP a year; median (dot), 5 to 95 % of talks "
        "(line).\nPaid: the mean over talks that Beijing won (upper number), and over those that Taipei won (lower)."
    )
    body = HEAD + ROW * len(shown) + FOOT + NOTE
    with sheet(WIDTH, body, f"{TITLE}. {finding(shown)}", header(result, measure), source([result])) as (drawing, top):
        left = min(MARGIN + 0.15 + max(measured(row.name) for row in shown), MOST_LEFT)
        width = WIDTH - left - 2 * (LIMITS + DOLLARS) - ENDS - MARGIN - 0.25
        plot = panel(drawing, left, top + HEAD, width, ROW * len(shown))
        _axis(plot, shown)
        columns = _columns(plot, width, len(shown))
        for place, row in enumerate(shown):
            _row(plot, row, place, (MARGIN - left) / width, left - MARGIN - 0.1, columns)
        foot = -(FOOT + 0.02) / (ROW * len(shown))
        plot.text((MARGIN - left) / width, foot, _note(result, rows, rest), color=GREY, size=SMALL, va="top",
                  transform=plot.transAxes)  # fmt: skip
    return drawing


def kept(rows: Sequence[Bids]) -> tuple[list[Bids], int]:
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


def _columns(plot: Axes, width: float, rows: int) -> dict[str, float]:
    """Where the columns beside the axes begin or end, as shares of the axes; writes their headings."""
    ends = {"limit": width + LIMITS, "dollars": width + LIMITS + DOLLARS}
    ends["ended"] = ends["dollars"] + 0.2
    ends["paid"] = ends["ended"] + ENDS + LIMITS
    ends["paid-dollars"] = ends["paid"] + DOLLARS
    at = {name: inches / width for name, inches in ends.items()} | {"wide": ENDS / width}
    up = 1 + 0.07 / (ROW * rows)
    look: dict[str, Any] = {"transform": plot.transAxes, "va": "bottom", "color": GREY, "size": SMALL}
    plot.text(0.0, up, "Beijing’s limit", weight="bold", **(look | {"color": BEIJING}))
    plot.text(0.42, up, "Taipei’s limit", weight="bold", **(look | {"color": TAIPEI}))
    for name, words in (
        ("limit", "limit,\n%"), ("dollars", "US$ m\na year"), ("paid", "paid,\n%"), ("paid-dollars", "US$ m\na year"),
    ):  # fmt: skip
        plot.text(at[name], up, words, ha="right", **look)
    plot.text(at["ended"], up, "how talks\nended, %", **look)
    return at


def _row(plot: Axes, row: Bids, place: int, names: float, room: float, columns: dict[str, float]) -> None:
    """One state: its name, the lines of both limits, and what is told beside them."""
    side: dict[str, Any] = {"transform": plot.get_yaxis_transform(), "va": "center"}
    name = wrapped(row.name, 10.0, room=room)[:2]
    plot.text(names, place, "\n".join(name), linespacing=1.05, **side)
    for shift, one, colour, gid in (
        (-0.2, row.beijing, BEIJING, "beijing"),
        (0.2, row.taipei, TAIPEI, "taipei"),
    ):
        at = place + shift
        plot.hlines(at, one.low, one.high, color=colour, lw=2.2, alpha=0.45, zorder=2, gid=f"{gid}-range")
        plot.plot(one.middle, at, "o", color=colour, ms=5.5, zorder=3, clip_on=False, gid=f"{gid}-limit")
        look = side | {"ha": "right", "size": SMALL, "color": colour}
        plot.text(columns["limit"], at, share(one.middle), **look)
        plot.text(columns["dollars"], at, dollars(one.middle, row.gdp_musd), **look)
        plot.text(columns["paid"], at, "–" if one.paid is None else share(one.paid), **look)
        plot.text(columns["paid-dollars"], at, "–" if one.paid is None else dollars(one.paid, row.gdp_musd), **look)
    start = columns["ended"]
    for end in ENDED:
        wide = columns["wide"] * 0.94 * row.ended[end]
        if not wide:
            continue
        fill, ink = FILLS[end]
        plot.barh(place, wide, left=start, height=0.5, color=fill, transform=side["transform"], clip_on=False,
                  gid=f"ended-{end}")  # fmt: skip
        if row.ended[end] >= 0.1:
            plot.text(start + wide / 2, place, percent(row.ended[end]), ha="center", size=SMALL, color=ink, **side)
        start += wide
    if place:
        plot.axhline(place - 0.5, color=PALE, lw=0.6, zorder=0)


def share(value: float) -> str:
    """% of GDP with two digits or more."""
    return "0" if value == 0.0 else f"{value:.2f}" if value < 9.95 else f"{value:.0f}"


def dollars(value: float, gdp: float | None) -> str:
    """US$ million with two digits or more; a dash where the state's GDP is not told."""
    if gdp is None:
        return "–"
    musd = value * gdp / 100.0
    return "0" if musd == 0.0 else f"{musd:.2f}" if musd < 0.995 else f"{musd:.1f}" if musd < 9.95 else f"{musd:,.0f}"
