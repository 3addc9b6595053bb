"""The chart of patterns: one small panel each, the record as a line across the bands of the model and its ablations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.patterns import INSIDE, MODEL, NEW, NO, UNREAD, verdicts
from sim.backtest.mechanisms import HAZARD
from sim.charts.rows import name_rows, widest
from sim.charts.sheet import grid, panel, sheet, wrapped, write
from sim.charts.style import BLACK, BLUE, BLUE_MOST, GREY, MARGIN, OBSERVED, ORANGE, SKY_BLUE, VERMILION
from sim.words import at_digits, listed, month

Row = Mapping[str, Any]

WIDTH, ACROSS = 12.0, 4
"""Inches of the figure; panels in a row of them."""
ROW, HEAD, FOOT, GAP = 0.17, 0.62, 0.42, 0.26
"""Inches: a band; the heading of a panel; ticks below it; what is free between two panels."""
SMALL = 8.5
HELD, FAILED = SKY_BLUE, ORANGE
"""Bands that hold the record, and that do not."""


def draw(document: Mapping[str, Any]) -> Figure:
    """Every pattern: the record as a black line, the band and the median of each model."""
    rows, variants = document["rows"], document["variants"]
    own = verdicts(rows, MODEL)
    others = {one["variant"]: verdicts(rows, one["variant"]) for one in variants}
    names = [one["label"] for one in variants]
    first, last = document["eras"][0]["era"][:7], document["until"][:7]
    measure = (
        f"Bars: 90 % band of {document['runs']:,} histories of each model, with the median; black: the record of "
        f"{month(first)} to {month(last)}, replayed era by era from what was known then. Blue: the band holds the "
        "record; orange: it does not. A star marks a new kind of test, which nobody fitted or saw; a question mark a "
        "verdict within two Monte Carlo errors."
    )
    source = (
        f"Atlas of this program, as known on {document['as_of']}; {document['runs']:,} runs of each model, seed "
        f"{document['seed']}. The shares of requests and public signs on record are selected or lower bounds: see "
        "patterns.csv."
    )
    high = HEAD + ROW * len(names) + FOOT
    lines = -(-len(own) // ACROSS)
    with sheet(WIDTH, lines * high, heading(rows), measure, source) as (drawing, top):
        left = MARGIN + widest(names) * SMALL / 10.0 + 0.12
        wide = (WIDTH - MARGIN - 0.1 - left) / ACROSS - GAP
        for number, (key, row) in enumerate(own.items()):
            down, along = divmod(number, ACROSS)
            at = left + along * (wide + GAP)
            _head(drawing, at, top + down * high, wide, row)
            plot = panel(drawing, at, top + down * high + HEAD, wide, ROW * len(names))
            some = [others[one["variant"]][key] for one in variants]
            _draw_panel(plot, some, names if along == 0 else [""] * len(names), key)
    return drawing


def heading(rows: Sequence[Row]) -> str:
    """What the chart says: how many patterns the model holds, and the bare hazard, and where it fails beyond luck."""
    own, bare = verdicts(rows, MODEL), verdicts(rows, HAZARD)
    read = [row for row in own.values() if row["verdict"] != UNREAD]
    text = f"The model's histories hold the record in {_held(own)} of {len(read)} patterns"
    text += f", the bare fitted hazard's in {_held(bare)}" if bare else ""
    failed = [row for row in read if row["verdict"] != INSIDE and row["sure"] != NO]
    labels = list(dict.fromkeys(_first_small(row["label"]) for row in failed))
    return f"{text}; the model fails in {listed(labels)}" if labels else text


def _held(some: Mapping[tuple[str, str], Row]) -> int:
    return sum(row["verdict"] == INSIDE for row in some.values())


def _first_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _head(drawing: Figure, left: float, top: float, wide: float, row: Row) -> None:
    """What a panel shows, in at most two lines; its unit, era and verdict below."""
    lines = wrapped(row["label"], SMALL, wide, bold=True)[:2]
    write(drawing, left, top + HEAD - 0.23 - 0.14 * len(lines), lines, 0.14, size=SMALL, weight="bold", va="top")
    era = "" if row["era"] == "all" else f", {row['era']}"
    doubt = "?" if row["sure"] == NO else ""
    colour = GREY if row["verdict"] == UNREAD else BLUE if row["verdict"] == INSIDE else VERMILION
    unit = wrapped(f"{row['unit']}{era}", SMALL - 1.0, wide)[0]
    write(drawing, left, top + HEAD - 0.05, unit, size=SMALL - 1.0, color=GREY, va="bottom")
    verdict = f"{row['verdict']}{doubt}{' *' if row['kind'] == NEW else ''}"
    write(drawing, left + wide, top + HEAD - 0.05, verdict, size=SMALL - 1.0, color=colour, va="bottom", ha="right")


def _draw_panel(plot: Axes, rows: Sequence[Row], names: Sequence[str], key: tuple[str, str]) -> None:
    """One pattern: a bar for each model, its median, the record across them."""
    known = [(place, row) for place, row in enumerate(rows) if row["low"] is not None]
    record = rows[0]["record"]
    ends = [row[end] for _, row in known for end in ("low", "high")] + ([] if record is None else [record])
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.5
    plot.set_xlim(low - room, high + room)
    name_rows(plot, list(names))
    plot.tick_params(axis="both", labelsize=SMALL - 0.5)
    for place, row in known:
        colour = GREY if record is None else HELD if row["verdict"] == INSIDE else FAILED
        plot.hlines(place, row["low"], row["high"], color=colour, lw=7.0 if place == 0 else 4.0, zorder=2)
        plot.plot(row["low"], place, "|", color=colour, ms=6 if place == 0 else 4, zorder=2)
        plot.plot(row["median"], place, "|", color=BLACK, ms=8 if place == 0 else 5, mew=1.2, zorder=3)
    if record is not None:
        plot.axvline(record, color=OBSERVED, lw=1.4, zorder=2.5, gid=f"record-{key[0]}-{key[1]}")
    plot.axhspan(-0.5, 0.5, color=BLUE_MOST, alpha=0.35, zorder=0, lw=0)
    plot.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    plot.xaxis.set_major_formatter(lambda value, _: at_digits(value, 3))
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
