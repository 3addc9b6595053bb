"""Places of a chart without an outcome: why, how they are hatched, and the key of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.charts.sheet import measured, write
from sim.charts.style import GREY, WHITE
from sim.charts.sweep.axes import FAINT, SMALL
from sim.charts.sweep.document import Document, Outcome, Setting, failures
from sim.words import many

HATCHES = {"failed": "/////", "to come": "..."}
"""How the place of a point without an outcome is hatched."""


def part_of_id(reason: str) -> str:
    """A reason as part of an id."""
    return reason.replace(" ", "-")


def hatched(reason: str, left: float, bottom: float, width: float, height: float, gid: str) -> Rectangle:
    """A place without an outcome, and for what reason."""
    look: dict[str, Any] = {"facecolor": WHITE, "edgecolor": FAINT, "linewidth": 0.0, "zorder": 0.8}
    return Rectangle((left, bottom), width, height, hatch=HATCHES[reason], gid=gid, **look)


KEY_ROW = 0.3
"""Inches that the key of the hatching takes."""


def key_of_hatching(drawing: Figure, reasons: Mapping[str, int], left: float, top: float) -> None:
    """What the hatching means, with the number of points."""
    across, along = drawing.get_figwidth(), drawing.get_figheight()
    for reason, points in reasons.items():
        box = Rectangle((left / across, 1 - (top + 0.2) / along), 0.3 / across, 0.16 / along)
        box.set(facecolor=WHITE, edgecolor=FAINT, linewidth=0.8, hatch=HATCHES[reason], gid=f"key-{part_of_id(reason)}")
        box.set_transform(drawing.transFigure)
        drawing.add_artist(box)
        text = f"{reason}: {many(points, 'point')}"
        write(drawing, left + 0.38, top + 0.12, text, color=GREY, size=SMALL, va="center")
        left += 0.38 + measured(text, SMALL) + 0.3


def missing(document: Document, varied: Sequence[Setting], outcome: Outcome) -> dict[tuple[int, ...], str]:
    """Why each place of a grid that has no outcome has none: failed, or to come."""
    why = dict.fromkeys(np.ndindex(*(len(each.places) for each in varied)), "to come")
    for point, failed in enumerate(failures(document)):
        if any(each.at[point] not in each.places for each in varied):
            continue
        place = tuple(each.index(each.at[point]) for each in varied)
        if np.isfinite(outcome.values[point]):
            why.pop(place, None)
        elif failed and place in why:
            why[place] = "failed"
    return why


def reasons_of(why: Mapping[tuple[int, ...], str]) -> dict[str, int]:
    """How many places have no outcome, by reason."""
    return {reason: count for reason in HATCHES if (count := list(why.values()).count(reason))}
