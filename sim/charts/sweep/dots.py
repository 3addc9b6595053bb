"""The chart of listed points over two numbers: one dot per point where its values are, dark for more risk."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import Normalize

from sim.charts.cells import EDGE, ink_on
from sim.charts.sheet import grid, panel, sheet, shortened, wrapped
from sim.charts.style import GREY, MARGIN, WHITE
from sim.charts.sweep.axes import FOOT, SMALL, foot_of, headed, named, sheet_width, ticks, write_block
from sim.charts.sweep.colours import COLOUR_KEY, ends, key_of_colours
from sim.charts.sweep.document import Document, failures, outcome_of, seed_error, settings_of, source, subtitle
from sim.sweeps.outcomes import COUNT

HEIGHT = 4.2
LEFT = 0.75
MOST_NUMBERED = 40
"""Points whose outcome is printed on the dot; of more, only the shade shows it."""
MOST_NAMED = 12
"""Points that have their label beside them."""


def draw(document: Document, outcome: str = COUNT) -> Any:
    """The outcome of every point, as a shade and a number, at its two values."""
    one, (across, upwards) = outcome_of(document, outcome), settings_of(document)
    x, y = np.array(across.at), np.array(upwards.at)
    placed = np.isfinite(x) & np.isfinite(y)
    done, failed = placed & np.isfinite(one.values), placed & np.array(failures(document))
    numbered = int(done.sum()) <= MOST_NUMBERED
    width = sheet_width() - LEFT - MARGIN
    heads = named(upwards, sheet_width() - 2 * MARGIN, "↑ ")
    name = named(across, sheet_width() - LEFT - MARGIN, "→ ")
    heading = headed(document, one, (across, upwards))
    at, labels = ticks(across, width / float(np.ptp(across.ends)))
    foot = foot_of(labels)
    body = heads.height + 0.08 + HEIGHT + foot + name.height + (0.0 if numbered else COLOUR_KEY) + FOOT
    measure = f"{one.measure}: {'a number' if numbered else 'a dot'} a point; dark: {one.darker}."
    if failed.any():
        measure += " Crosses: points that failed."
    if (lost := int((~placed).sum())) > 0:
        measure += f" {lost} without a place, for the scenario draws that number, not drawn."
    if across.marked is not None or upwards.marked is not None:
        measure += " Dashed: as in the scenario."
    scale = Normalize(*ends(one))
    with sheet(sheet_width(), body, heading, subtitle(document, measure, seed_error(one)), source(document)) as (
        drawing,
        top,
    ):
        write_block(drawing, heads, MARGIN, top)
        down = top + heads.height + 0.08
        plot = panel(drawing, LEFT, down, width, HEIGHT)
        room = 0.05 if numbered else 0.0
        for limits, each in ((plot.set_xlim, across), (plot.set_ylim, upwards)):
            low, high = each.ends
            limits(low - room * (high - low), high + room * (high - low))
        plot.set_xticks(at, labels)
        plot.set_yticks(*ticks(upwards, HEIGHT / float(np.ptp(upwards.ends))))
        grid(plot, "y")
        dashed: dict[str, Any] = {"color": GREY, "lw": 0.9, "ls": (0, (4, 3)), "zorder": 1.6}
        if across.marked is not None:
            plot.axvline(across.marked, gid="reference-0", **dashed)
        if upwards.marked is not None:
            plot.axhline(upwards.marked, gid="reference-1", **dashed)
        look: dict[str, Any] = {"s": 620 if numbered else 26, "linewidths": 0.8 if numbered else 0.3, "zorder": 2}
        look |= {"cmap": one.colours, "norm": scale, "edgecolors": EDGE, "gid": "points"}
        plot.scatter(x[done], y[done], c=one.values[done], **look)
        plot.plot(x[failed], y[failed], "x", color=GREY, ms=6, mew=1.2, zorder=2.5, gid="failed", clip_on=False)
        texts = next(iter(document.get("labels") or ()), None)
        for point in np.flatnonzero(done).tolist() if numbered else ():
            ink = ink_on(one.colours, scale, one.values[point])
            centred: dict[str, Any] = {"size": SMALL, "ha": "center", "va": "center_baseline", "zorder": 3}
            plot.text(x[point], y[point], one.written(float(one.values[point])), color=ink, **centred)
            if texts is not None and done.sum() <= MOST_NAMED:
                right = x[point] > sum(plot.get_xlim()) / 2
                text = shortened(wrapped(document["columns"][texts][point], SMALL, room=2.2), 1)[0]
                aside = -18 if right else 18
                plot.annotate(
                    text, (x[point], y[point]), (aside, 0), textcoords="offset points", color=GREY, size=SMALL,
                    ha="right" if right else "left", va="center_baseline", bbox={"fc": WHITE, "ec": "none", "pad": 1.0},
                )  # fmt: skip
        write_block(drawing, name, LEFT, down + HEIGHT + foot)
        if not numbered:
            key_of_colours(drawing, one, scale, LEFT, down + HEIGHT + foot + name.height + 0.05)
    return drawing
