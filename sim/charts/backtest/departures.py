"""The chart of departures: where the states that left had stood in the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.findings import of_departures
from sim.charts.backtest.document import FAINT, WIDTH, Document, Row, source
from sim.charts.rows import beside, head, left_of, name_rows
from sim.charts.sheet import panel, sheet
from sim.charts.style import GREY, MARGIN, SIMULATED, WHITE
from sim.words import percent

DEPARTURE_ROW, DEPARTURE_HEAD, DEPARTURE_FOOT = 0.25, 0.4, 0.32
COLUMNS = 1.5
"""Inches right of the rows for rank and chance."""


def draw(document: Document) -> Figure:
    """A row for each departure: all who recognised Taipei, by the chance they had been given, and who it was."""
    rows = sorted(document["departures"], key=lambda row: (row["date"], row["iso3"]))
    upper, middle = (sum(half_of(row) == half for row in rows) for half in ("upper", "middle"))
    measure = (
        "Rank by the chance to leave within the year, as forecast at the start of the year, among the states that "
        "then recognised Taipei (pale). "
    )
    if rows:
        measure += f"{upper} of {len(rows)} in the upper half" + (f", {middle} in the middle." if middle else ".")
    else:
        measure += "None left."
    height = DEPARTURE_ROW * max(1, len(rows))
    heading = of_departures(document)
    body = DEPARTURE_HEAD + height + DEPARTURE_FOOT
    with sheet(WIDTH, body, heading, measure, source(document)) as (drawing, top):
        names = [f"{row['state']} {row['date'][:4]}" for row in rows]
        left = left_of(names, 0.2)
        plot = panel(drawing, left, top + DEPARTURE_HEAD, WIDTH - left - COLUMNS - MARGIN, height)
        name_rows(plot, names)
        _draw_ranks(plot, rows)
        _write_ranks(plot, rows, height)
    return drawing


def half_of(row: Row) -> str:
    """Upper or lower half of the ranking, or middle: of 13, the seventh."""
    above, below = row["rank"] - 1, row["of"] - row["rank"]
    return "middle" if above == below else "upper" if above < below else "lower"


def standing(rank: float, of: int) -> float:
    """Where a rank stands on a row, 0 to 1, the middle of the ranks at one half."""
    return (rank - 0.5) / of


def _draw_ranks(plot: Axes, rows: Sequence[Row]) -> None:
    """The rows: a thin line, a pale dot for each recogniser, a blue one for the state that left."""
    plot.set_xlim(0, 1)
    plot.set_xticks([])
    for spine in plot.spines.values():
        spine.set_visible(False)
    places = range(len(rows))
    starts, ends = [standing(1, row["of"]) for row in rows], [standing(row["of"], row["of"]) for row in rows]
    plot.hlines(list(places), starts, ends, color=FAINT, lw=0.7, zorder=1, gid="rows")
    others = [(standing(rank, row["of"]), place) for place, row in enumerate(rows) for rank in range(1, row["of"] + 1)]
    if others:
        plot.plot(*zip(*others, strict=True), "o", ms=3, color=FAINT, mec=WHITE, mew=0.4, zorder=2, gid="recognisers")
    plot.axvline(0.5, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=2.5, gid="middle")
    at = [standing(row["rank"], row["of"]) for row in rows]
    plot.plot(at, list(places), "o", ms=8, color=SIMULATED, zorder=3, gid="departures")


def _write_ranks(plot: Axes, rows: Sequence[Row], height: float) -> None:
    """What the ends and the middle of the rows are; rank and chance of each state at the right."""
    for place, row in enumerate(rows):
        beside(plot, 0.85, place, f"{row['rank']:g} of {row['of']}")
        beside(plot, COLUMNS, place, f"{percent(row['chance'])} %", color=SIMULATED)
    words: dict[str, Any] = {"color": GREY, "transform": plot.transAxes}
    for x, text, across in ((0, "highest chance", "left"), (0.5, "middle", "center"), (1, "lowest chance", "right")):
        plot.text(x, 1 + 0.06 / height, text, ha=across, va="bottom", **words)
        plot.text(x, -0.06 / height, text, ha=across, va="top", **words)
    head(plot, 0.85, "rank", 0.06)
    head(plot, COLUMNS, "chance", 0.06)
