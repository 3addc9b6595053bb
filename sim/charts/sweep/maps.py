"""The charts of two or three numbers varied: a heat map, or one for each value of the third."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.analysis.effects import Change, change_at, fine, short
from sim.charts.cells import EDGE, ink_on
from sim.charts.margin import LINE
from sim.charts.sheet import measured, panel, sheet, shortened, wrapped
from sim.charts.style import BLACK, MARGIN, TEXT_SIZE, WHITE
from sim.charts.sweep.axes import FOOT, SMALL, foot_of, headed, named, sheet_width, ticks, write_block
from sim.charts.sweep.colours import COLOUR_KEY, ends, key_of_colours
from sim.charts.sweep.document import (
    COUNT,
    Document,
    Floats,
    Outcome,
    Setting,
    outcome_of,
    seed_error,
    settings_of,
    source,
    subtitle,
)
from sim.charts.sweep.holes import KEY_ROW, hatched, key_of_hatching, missing, part_of_id, reasons_of

MOST_CELLS = 12
"""Values either way up to which numbers are printed in the cells."""
CELL_WIDTH, CELL_HEIGHT, PANEL_CELL = 1.2, 0.46, 0.3
"""A cell that has all the room it wants, inches; its height in one of several maps."""
MAP_HEIGHT, PANEL_HEIGHT = 4.6, 2.6
"""The most inches of a map upwards: alone, and as one of several."""
PANEL_HEAD, BETWEEN = 0.27, 0.22
DETAIL, TWO_LINES = 7.0, 0.36
"""Points of the letters of a difference; inches of a cell that has room for it below its number."""


@dataclass(frozen=True)
class Map:
    """What one heat map shows, and how large its cells are."""

    across: Setting
    upwards: Setting
    values: Floats
    """(upwards, across), NaN where there is no outcome."""
    why: dict[tuple[int, int], str]
    """Why cells, across and upwards, have none."""
    width: float
    """Of a cell, inches."""
    height: float
    printed: bool
    """Whether numbers stand in the cells."""
    reference: tuple[int, int] | None
    """The cell of the scenario itself, or that nearest to it."""
    is_own: bool
    """Whether it is the scenario's own."""
    below: dict[tuple[int, int], str]
    """What stands below the number of a cell: its difference from that of reference."""
    gid: str


def draw_one(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome over two numbers: a cell for each pair of values."""
    return _maps(document, outcome, several=False)


def draw_several(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome over three numbers: a heat map of the first two for each value of the third."""
    return _maps(document, outcome, several=True)


def _maps(document: Document, outcome: str, several: bool) -> Figure:
    one, varied = outcome_of(document, outcome), settings_of(document)
    across, upwards = varied[:2]
    third = varied[2] if several else None
    why = missing(document, varied, one)
    reasons = reasons_of(why)
    table = np.full([len(each.places) for each in varied], np.nan)
    for point, value in enumerate(one.values):
        if np.isfinite(value):
            table[tuple(each.index(each.at[point]) for each in varied)] = value
    home = _home(varied)
    changes = _changes(document, one)
    stands = home if home is not None else _nearest(document, varied) if changes else None
    size = SMALL if several else TEXT_SIZE
    left = MARGIN + 0.12 + max(measured(label, size) for label in upwards.labels)
    room = sheet_width() - left - MARGIN
    number_room = max([measured(one.written(float(v)), SMALL) for v in table.ravel() if v == v], default=0.3)
    count = len(third.places) if third else 1
    columns, width = _columns(count, room, len(across.places), number_room + 0.08)
    heading = headed(document, one, varied)
    few = max(len(across.places), len(upwards.places)) <= MOST_CELLS
    printed = few and width >= number_room + 0.08
    panel_width = width * len(across.places)
    most = max(1.0, min(PANEL_HEIGHT, 1.1 * panel_width)) if several else MAP_HEIGHT
    height = min(PANEL_CELL if several else CELL_HEIGHT, most / len(upwards.places))
    printed = printed and height >= 0.18
    texts = {point: short(change) for point, change in changes.items() if not several}
    most_wide = max([measured(text, DETAIL) for text in texts.values()], default=0.0)
    detailed = bool(texts) and printed and height >= TWO_LINES and width >= most_wide + 0.06
    heads = [named(upwards, sheet_width() - 2 * MARGIN, "↑ ")]
    if third:
        heads.append(named(third, sheet_width() - 2 * MARGIN, "Panels: "))
    name = named(across, sheet_width() - left - MARGIN, "→ ")
    at, labels = ticks(_evenly(across), width, size)
    headings = _headings(third, panel_width) if third else []
    rows = -(-count // columns)
    head = sum(each.height for each in heads) + 0.06
    foot = foot_of(labels, size) + 0.04
    lifted = PANEL_HEAD if third else 0.0
    step = lifted + height * len(upwards.places) + BETWEEN
    body = head + step * rows - BETWEEN + foot + name.height + FOOT
    body += COLOUR_KEY + (KEY_ROW if reasons else 0.0)
    measure = f"{one.measure}, for each pair of values; dark: {one.darker}"
    measure += " (one scale in all panels)." if third else "."
    if home is not None:
        measure += " Outlined: as in the scenario."
    elif stands is not None:
        values_there = [f"{each.name} {label}" for each, label in zip(varied, _labels(varied, stands), strict=True)]
        measure += f" Dashed outline: the point nearest to the scenario ({', '.join(values_there)})."
    more = _error_words(changes, one, detailed) or seed_error(one)
    scale = Normalize(*ends(one))
    with sheet(sheet_width(), body, heading, subtitle(document, measure, more), source(document)) as (drawing, top):
        for place, block in enumerate(reversed(heads)):
            write_block(drawing, block, MARGIN, top + sum(each.height for each in heads[::-1][:place]))
        for place in range(count):
            row, stand = divmod(place, columns)
            values = table[:, :, place] if third else table
            here = {(x, y): reason for (x, y, *z), reason in why.items() if z in ([], [place])}
            own = stands[:2] if stands is not None and (not third or stands[2] == place) else None
            gid = f"cells-{place}" if third else "cells"
            below = {_cell(varied, point)[:2]: text for point, text in texts.items()} if detailed else {}
            each = Map(
                across, upwards, values.T, here, width, height, printed, own, home is not None, below, gid  # type: ignore[arg-type]
            )  # fmt: skip
            down = top + head + step * row + lifted
            plot = panel(
                drawing, left + (panel_width + BETWEEN) * stand, down, panel_width, height * len(upwards.places)
            )
            _draw_map(plot, each, one, scale)
            lowest = place + columns >= count
            plot.set_xticks(at, labels if lowest else [""] * len(at), size=size)
            _tick_upwards(plot, upwards, height, size, stand == 0)
            if third:
                look: dict[str, Any] = {"weight": "bold", "va": "bottom", "transform": plot.transAxes}
                plot.text(0, 1 + 0.05 / (height * len(upwards.places)), headings[place], **look)
        under = top + head + step * rows - BETWEEN + foot
        write_block(drawing, name, left, under)
        under += name.height + 0.05
        key_of_colours(drawing, one, scale, left, under)
        under += COLOUR_KEY
        key_of_hatching(drawing, reasons, left, under)
    return drawing


def _home(varied: Sequence[Setting]) -> tuple[int, ...] | None:
    """The cell of the scenario itself, where all its values are among those varied."""
    cell = []
    for each in varied:
        if each.reference is None or not np.isclose(each.places, each.reference).any():
            return None
        cell.append(each.index(each.reference))
    return tuple(cell)


def _cell(varied: Sequence[Setting], point: int) -> tuple[int, ...]:
    """The cell of a point."""
    return tuple(each.index(each.at[point]) for each in varied)


def _nearest(document: Document, varied: Sequence[Setting]) -> tuple[int, ...]:
    """The cell of the point that all others are told from."""
    return _cell(varied, document["against"])


def _labels(varied: Sequence[Setting], cell: tuple[int, ...]) -> list[str]:
    """The values of a cell as a reader writes them."""
    return [each.labels[place] for each, place in zip(varied, cell, strict=True)]


def _changes(document: Document, outcome: Outcome) -> dict[int, Change]:
    """By point its difference from the point of reference; empty where nothing is paired."""
    if (against := document.get("against")) is None:
        return {}
    scale = 1.0 if outcome.counts else 100.0
    points = (change_at(document, point, outcome.columns, scale) for point in range(len(outcome.values)))
    return {change.point: change for change in points if change is not None and change.point != against}


def _error_words(changes: Mapping[int, Change], outcome: Outcome, detailed: bool) -> str:
    """What is said about the errors of differences; empty where nothing is paired, or no error is known."""
    errors = [change.error for change in changes.values() if change.error is not None]
    if not errors:
        return ""
    if detailed:
        below = "Below each number: the difference from that point ± two Monte Carlo errors, runs paired"
        return f"{below}{outcome.bound}" + (
            "; in brackets: no more than luck." if any(change.is_luck for change in changes.values()) else "."
        )
    unit = "" if outcome.counts else " percentage points"
    most = fine(max(errors), max(errors))
    return f"Differences from that point are good to ±{most}{unit} or better (two Monte Carlo errors, runs paired)."


def _columns(count: int, room: float, cells: int, wanted: float) -> tuple[int, float]:
    """How many panels stand side by side, and how wide their cells are: as many as leave room for the numbers."""
    if count == 1:
        return 1, min(CELL_WIDTH, room / cells)
    widths = {columns: (room - BETWEEN * (columns - 1)) / columns / cells for columns in range(2, min(count, 4) + 1)}
    fitting = [columns for columns, width in widths.items() if width >= wanted]
    most = max(fitting) if fitting else max(widths)
    columns = -(-count // -(-count // most))  # as many in each row
    return columns, min(CELL_WIDTH, widths[columns])


def _evenly(varied: Setting) -> Setting:
    """The same values at even distances, as the cells of a map are."""
    places = [float(place) for place in range(len(varied.places))]
    return Setting(varied.path, varied.meaning, "cell", places, varied.labels, [], None)


def _headings(third: Setting, room: float) -> list[str]:
    """The headings of panels: path and value, or the value alone where there is no room."""
    full = [f"{third.heading} {label}" for label in third.labels]
    if all(measured(text, bold=True) <= room for text in full):
        return full
    return [shortened(wrapped(text, TEXT_SIZE, bold=True, room=room - 0.1), 1)[0] for text in third.labels]


def _draw_map(plot: Axes, each: Map, outcome: Outcome, scale: Normalize) -> None:
    """The cells of one map: coloured and numbered, or hatched."""
    across, upwards = len(each.across.places), len(each.upwards.places)
    plot.set_xlim(-0.5, across - 0.5)
    plot.set_ylim(-0.5, upwards - 0.5)
    for spine in plot.spines.values():
        spine.set(visible=True, color=EDGE)
    edges = np.arange(across + 1) - 0.5, np.arange(upwards + 1) - 0.5
    lines: dict[str, Any] = {"edgecolors": WHITE, "linewidth": 0.8} if min(each.width, each.height) > 0.15 else {}
    cells = np.ma.masked_invalid(each.values)
    plot.pcolormesh(*edges, cells, cmap=outcome.colours, norm=scale, zorder=1, gid=each.gid, **lines)
    for (x, y), reason in each.why.items():
        plot.add_patch(hatched(reason, x - 0.5, y - 0.5, 1.0, 1.0, f"{each.gid}-{part_of_id(reason)}-{x}-{y}"))
    if each.reference is not None:
        x, y = each.reference
        corner: dict[str, Any] = {
            "xy": (x - 0.5, y - 0.5),
            "width": 1.0,
            "height": 1.0,
            "fill": False,
            "clip_on": False,
        }
        plot.add_patch(Rectangle(**corner, edgecolor=WHITE, linewidth=3.6, zorder=2.9))
        line: dict[str, Any] = {"linewidth": 1.6, "linestyle": "-" if each.is_own else (0, (3, 2)), "zorder": 3}
        plot.add_patch(Rectangle(**corner, edgecolor=BLACK, gid=f"{each.gid}-reference", **line))
    if not each.printed:
        return
    for y, x in np.argwhere(np.isfinite(each.values)).tolist():
        value = float(each.values[y, x])
        ink = ink_on(outcome.colours, scale, value)
        up = 0.17 if (x, y) in each.below else 0.0
        look: dict[str, Any] = {"color": ink, "ha": "center", "va": "center_baseline", "zorder": 4}
        plot.text(x, y + up, outcome.written(value), size=SMALL, **look)
        if up:
            plot.text(x, y - 0.22, each.below[x, y], size=DETAIL, **look)


def _tick_upwards(plot: Axes, upwards: Setting, height: float, size: float, written: bool) -> None:
    """The values upwards, as many as there is room for."""
    step = next(step for step in range(1, 1000) if step * height >= LINE)
    places = list(range(0, len(upwards.places), step))
    plot.set_yticks(places, [upwards.labels[place] if written else "" for place in places], size=size)
    plot.tick_params(axis="y", length=3 if step > 1 else 0)
    plot.tick_params(axis="x", length=3)
