"""The chart of an ablation: what is lost with each mechanism, of the count and of the states that it moves most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.ablation import change, moves
from sim.charts.rows import beside, grid, name_rows, widest
from sim.charts.sheet import measured, panel, sheet, wrapped, write
from sim.charts.style import BLACK, BLUE_HALF, GREY, MARGIN, PALE, SIMULATED
from sim.results.tables import RECOGNITION
from sim.words import beyond_luck, listed, month, points

Row = Mapping[str, Any]

WIDTH = 12.0
ROW, FOOT = 0.34, 0.5
"""Inches: a mechanism; ticks and unit below the rows."""
COUNT_WIDTH, NUMBERS, GAP = 2.6, 1.25, 0.3
"""Inches: the panel of the count, the numbers at its right, what is free before the states."""
MOST_STATES = 6
SMALL = 9.0


def draw(document: Mapping[str, Any]) -> Figure:
    """The count without each mechanism, less the count with it; beside it the states that change most, in points."""
    rows = [row for row in document["count"] if row["tie"] == RECOGNITION]
    chosen = _states(document["states"])
    measure = (
        f"By the end of {month(document['last_month'])}, without a mechanism less with everything in place, run by run "
        "with the same random numbers. Dots: change of the number of states with Taipei, with two Monte Carlo errors "
        "(thick) and its 90 % range over parameter draws (thin). Right: change of the chance to have changed sides, in "
        "percentage points; grey: not told from luck (two errors for the count, three for a state)."
    )
    source = f"{document['title'].rstrip('.')}; {document['runs']:,} runs of each, seed {document['seed']}."
    names = [row["label"] for row in rows]
    left = MARGIN + widest(names) + 0.17
    high = ROW * len(rows)
    start = left + COUNT_WIDTH + NUMBERS + GAP
    each = (WIDTH - MARGIN - start) / max(1, len(chosen))
    heads = {key: wrapped(_name(key), SMALL, each - 0.08)[:3] for key in chosen}
    above = 0.3 + 0.15 * max([1, *map(len, heads.values())])
    with sheet(WIDTH, above + high + FOOT, heading(document), measure, source) as (drawing, top):
        plot = panel(drawing, left, top + above, COUNT_WIDTH, high)
        _draw_count(plot, rows, names)
        write(drawing, left, top + above - 0.08, "states with Taipei", size=SMALL, color=GREY, va="bottom")
        for column, lines in enumerate(heads.values()):
            for number, line in enumerate(lines):
                across = start + each * (column + 1) - measured(line, SMALL) - 0.04
                down = top + above - 0.08 - 0.15 * (len(lines) - 1 - number)
                write(drawing, across, down, line, size=SMALL, va="bottom")
        if chosen:
            table = panel(drawing, start, top + above, WIDTH - MARGIN - start, high)
            _draw_states(table, each, document["states"], rows, chosen)
        else:
            write(drawing, start, top + above + 0.2, "No chance of a state changes beyond luck.", color=GREY)
    return drawing


def heading(document: Mapping[str, Any]) -> str:
    """The mechanisms that move the count beyond luck, the largest first."""
    rows = [row for row in document["count"] if row["tie"] == RECOGNITION]
    moved = [row for row in rows if beyond_luck(row["difference"], row["mc"])]
    moved.sort(key=lambda row: -abs(row["difference"]))
    if not moved:
        return "No mechanism moves the number of states with Taipei beyond luck"
    told = listed([f"{row['label']} {change(row)}" for row in moved])
    how_many = f"{len(moved)} {'moves' if len(moved) == 1 else 'move'}"
    return f"Of {len(rows)} mechanisms switched off, {how_many} the count beyond luck: {told}"


def _states(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """Code, name and tie of the states that some mechanism moves beyond luck, the largest change first."""
    most: dict[tuple[str, str, str], float] = {}
    for row in rows:
        if moves(row):
            key = row["iso3"], row["state"], row["tie"]
            most[key] = max(most.get(key, 0.0), abs(row["difference"]))
    return sorted(most, key=lambda key: (-most[key], key))[:MOST_STATES]


def _draw_count(plot: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    """A dot for each mechanism, with its error and its range over draws."""
    ends = [0.0]
    for place, row in enumerate(rows):
        error = 2.0 * (row["mc"] or 0.0)
        clear = beyond_luck(row["difference"], row["mc"])
        colour = SIMULATED if clear else GREY
        if row["low"] is not None:
            plot.hlines(place, row["low"], row["high"], color=colour, lw=1.0, zorder=2)
            ends += [row["low"], row["high"]]
        thick = BLUE_HALF if clear else PALE
        plot.hlines(place, row["difference"] - error, row["difference"] + error, color=thick, lw=6.0, zorder=2.2)
        plot.plot(row["difference"], place, "o", color=colour, ms=6.0, zorder=3, gid=f"count-{row['mechanism']}")
        ends += [row["difference"] - error, row["difference"] + error]
        text = "no change" if not row["mc"] and not row["difference"] else change(row)
        beside(plot, NUMBERS - 0.1, place, text, size=SMALL, color=BLACK if clear else GREY)
    low, high = min(ends), max(ends)
    room = 0.08 * (high - low) or 1.0
    plot.set_xlim(low - room, high + room)
    name_rows(plot, list(names))
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    plot.axvline(0.0, color=BLACK, lw=1.0, zorder=1.5)
    plot.set_xlabel("change without it, states", size=SMALL)
    plot.tick_params(axis="x", labelsize=SMALL)


def _name(key: tuple[str, str, str]) -> str:
    """What a column is called."""
    _, name, tie = key
    return name if tie == RECOGNITION else f"{name}, cooperation"


def _draw_states(
    plot: Axes, width: float, states: Sequence[Row], rows: Sequence[Row], chosen: Sequence[tuple[str, str, str]]
) -> None:
    """A number for each mechanism and state, bold beyond luck; width : inches of a column."""
    plot.set_xlim(0.0, len(chosen))
    plot.set_ylim(len(rows) - 0.5, -0.5)
    plot.set_axis_off()
    at = {(row["mechanism"], row["iso3"], row["tie"]): row for row in states}
    for column, (iso3, _, tie) in enumerate(chosen):
        for place, row in enumerate(rows):
            one = at[row["mechanism"], iso3, tie]
            clear = moves(one)
            look: dict[str, Any] = {"color": BLACK if clear else GREY, "weight": "bold" if clear else "normal"}
            text = points(one["difference"])
            plot.text(column + 1 - 0.04 / width, place, text, ha="right", va="center", size=SMALL, **look)
    for place in range(len(rows)):
        plot.axhline(place + 0.5, color=PALE, lw=0.8)
