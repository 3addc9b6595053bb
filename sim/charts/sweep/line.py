"""The chart of one number varied: a line through its points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.course import BANDS, middles
from sim.analysis.effects import Moved, moved
from sim.charts import fan
from sim.charts.margin import EndLabel, end_labels
from sim.charts.sheet import across, grid, measured, panel, sheet
from sim.charts.style import GREY, MARGIN, SIMULATED, WHITE
from sim.charts.sweep.axes import FAINT, FOOT, SMALL, foot_of, headed, named, sheet_width, ticks, write_block
from sim.charts.sweep.document import (
    COUNT,
    SHARED,
    Document,
    Floats,
    Outcome,
    Setting,
    column,
    outcome_of,
    seed_error,
    settings_of,
    source,
    subtitle,
)
from sim.charts.sweep.holes import KEY_ROW, hatched, key_of_hatching, missing, part_of_id, reasons_of

LINE_LEFT, LINE_HEIGHT = 0.62, 3.5
NUMBERS = 0.24
"""Inches above the axes, for the numbers of the points."""
BENDS, CLOSE = 0.3, 0.12
"""Inches between the axes and labels at their right, with lines that lead to them and without."""
SPANS = (5, 10, 20, 30, 40, 60, 80, 100)
"""Lengths an axis of chances can have, %."""
QUANTILES = ("q05", "q25", "q75", "q95")
FEW = 40
"""Points that can have a dot of full size."""


def draw(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome along the one number varied: a line through its points, with what runs or luck leave open."""
    one, (varied, *_) = outcome_of(document, outcome), settings_of(document)
    pairs = paired(document, one)
    if one.bands:
        measure = f"{one.measure} (line); dark band: half of runs, pale band: 90 %."
    else:
        measure = f"{one.measure}" + ("." if pairs or one.counts else "; bars: ±1 Monte Carlo standard error.")
    why = missing(document, [varied], one)
    if document["design"] != "grid":  # whose points come in any order: those to come leave no gap
        why = {place: reason for place, reason in why.items() if reason == "failed"}
    reasons = reasons_of(why)
    gaps = {place for (place,) in why}
    drawn_at = [n for n, at in enumerate(varied.at) if np.isfinite(one.values[n]) or varied.index(at) in gaps]
    drawn_at = [n for n in drawn_at if np.isfinite(varied.at[n])]
    order = sorted(drawn_at, key=lambda point: varied.at[point])
    start = one.start
    widest = measured("90 % of runs" if start is None else _at_start(start)) + BENDS
    laid_out = sheet_width() - LINE_LEFT - MARGIN - (widest if one.counts else measured("chance, %", SMALL) + CLOSE)
    width = across(laid_out, sheet_width())
    name = named(varied, across(sheet_width() - LINE_LEFT - MARGIN, sheet_width()))
    heading = headed(document, one, [varied])
    low, high = varied.ends
    inches = width / (high - low)
    at_ticks, labels = ticks(varied, inches)
    foot = foot_of(labels)
    body = NUMBERS + LINE_HEIGHT + foot + name.height + (KEY_ROW if reasons else 0.0) + FOOT
    more = seed_error(one) if one.counts else SHARED
    if pairs is not None:
        more = f"Bars: two Monte Carlo errors of the difference from {pairs.at(pairs.own)}, runs paired{one.bound}."
    with sheet(sheet_width(), body, heading, subtitle(document, measure, more), source(document)) as (drawing, top):
        plot = panel(drawing, LINE_LEFT, top + NUMBERS, laid_out, LINE_HEIGHT)
        plot.set_xlim(low, high)
        plot.set_xticks(at_ticks, labels)
        at, values = np.array(varied.at)[order], one.values[order]
        _draw_missing(plot, varied, why)
        if one.counts:
            drawn = [column(document, name)[order] for name in one.bands]
            _scale_counts(plot, start, [*drawn, values], varied.marked is not None)
            if drawn:
                _draw_bands(plot, at, drawn)
        else:
            error = np.nan_to_num(one.errors[order] if pairs is None else _halves(pairs, order))
            most = float(np.nan_to_num(values + error).max(initial=0.0))
            span = next((span for span in SPANS if most <= span), SPANS[-1])
            plot.set_ylim(0, span / (1.0 - _head_room(varied.marked is not None)))
            done = np.isfinite(values)
            lows, highs = np.maximum(values - error, 0.0)[done], np.minimum(values + error, 100.0)[done]
            plot.vlines(at[done], lows, highs, color=SIMULATED, lw=1.2, zorder=2, gid="errors")
        if one.counts and pairs is not None:
            half = np.nan_to_num(_halves(pairs, order))
            plot.vlines(at, values - half, values + half, color=SIMULATED, lw=1.6, zorder=2.9, gid="errors")
        plot.set_ylabel(one.unit)
        plot.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
        grid(plot, "y")
        size = 2.2 if len(at) > FEW else 5.0 if one.counts else 3.4
        look: dict[str, Any] = {"color": SIMULATED, "ms": size, "lw": 1.6, "zorder": 3, "clip_on": False}
        plot.plot(at, values, "o-", gid="outcome", **look)
        _mark_reference(plot, varied, inches)
        _number_points(plot, one, at, values, inches, width)
        if one.bands:
            _name_bands(plot, start, at, drawn, values)
        under = top + NUMBERS + LINE_HEIGHT + foot
        write_block(drawing, name, LINE_LEFT, under)
        key_of_hatching(drawing, reasons, LINE_LEFT, under + name.height + 0.05)
    return drawing


def paired(document: Document, outcome: Outcome) -> Moved | None:
    """What the one path varied does, told from pairs of runs; None if they are absent."""
    levers = moved(document, *outcome.columns, scale=1.0 if outcome.counts else 100.0)
    return levers[0] if len(levers) == 1 and levers[0].changes else None


def _halves(pairs: Moved, points: Sequence[int]) -> Floats:
    """(points,) two Monte Carlo errors on either side of each difference; zero for the point of reference."""
    errors = {change.point: change.error or 0.0 for change in pairs.changes}
    return np.array([errors.get(point, 0.0) for point in points])


def _draw_missing(plot: Axes, varied: Setting, why: Mapping[tuple[int, ...], str]) -> None:
    """A hatched strip around each value without an outcome, halfway to its neighbours; neighbours in one."""
    low, high = varied.ends
    middles = [(left + right) / 2 for left, right in pairwise(varied.places)]
    edges = [low, *middles, high]
    places = [why.get((place,), "") for place in range(len(varied.places))]
    for reason, run in groupby(range(len(places)), key=lambda place: places[place]):
        first, *_, last = [*(held := list(run)), held[-1]]
        if reason:
            strip = hatched(
                reason, edges[first], 0.0, edges[last + 1] - edges[first], 1.0, f"{part_of_id(reason)}-{first}"
            )
            strip.set_transform(plot.get_xaxis_transform())
            plot.add_patch(strip)


def _at_start(count: int) -> str:
    """The label of the count at the start."""
    return f"at the start: {count}"


def _scale_counts(plot: Axes, start: int | None, drawn: Sequence[Floats], labelled: bool) -> None:
    """From zero up to the highest count, or from nearer where counts are high and alike; room on top for a label."""
    held = [float(value) for values in drawn for value in values[np.isfinite(values)]]
    held += [] if start is None else [float(start)]
    low, high = min(held, default=0.0), max(held, default=1.0)
    floor = 0.0 if high <= 20.0 or low <= 0.55 * high else 10.0 * ((low - 1.0) // 10.0)
    plot.set_ylim(floor, floor + max(high - floor, 2.0) / (1.0 - _head_room(labelled)))
    if start is not None:
        plot.axhline(start, color=FAINT, lw=1.2, zorder=1.5, gid="start")


def _head_room(labelled: bool) -> float:
    """The part of the axes kept free on top, more of it for a label."""
    return (0.34 if labelled else 0.1) / LINE_HEIGHT


def _draw_bands(plot: Axes, at: Floats, drawn: Sequence[Floats]) -> None:
    """The ranges of half and 90 % of the runs: bands, and bars at points whose neighbours have no outcome."""
    columns = dict(zip(QUANTILES, drawn, strict=True))
    fan.bands(plot, at, columns, 0.6, step=False)
    done = np.concatenate([[False], np.isfinite(columns["q05"]), [False]])
    alone = done[1:-1] & ~done[:-2] & ~done[2:]
    for (low, high, name), tint in zip(BANDS, fan.TINTS, strict=True) if alone.any() else ():
        lows, highs = columns[low][alone], columns[high][alone]
        plot.vlines(at[alone], lows, highs, color=tint, lw=5, zorder=1.1, gid=f"{name}-alone")


def _mark_reference(plot: Axes, varied: Setting, inches: float) -> None:
    """A thin line at the scenario's own value, with that value."""
    if varied.marked is None:
        return
    plot.axvline(varied.marked, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1.6, gid="reference")
    text = f"in the scenario: {varied.label(varied.marked)}"
    room = (plot.get_xlim()[1] - varied.marked) * inches
    right = room > measured(text) + 0.1
    shift = (0.06 if right else -0.06) / inches
    box = {"facecolor": WHITE, "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
    look: dict[str, Any] = {"ha": "left" if right else "right", "va": "top", "bbox": box, "zorder": 3.5}
    plot.text(varied.marked + shift, plot.get_ylim()[1], text, color=GREY, **look)


def _number_points(plot: Axes, outcome: Outcome, at: Floats, values: Floats, inches: float, width: float) -> None:
    """The values of the points above them, beyond the axes, as many as there is room for; at the right what they are.

    Every second, third, ... where points stand evenly; otherwise each one that has room beside the one before.
    """
    halves = [measured(outcome.written(float(v)), SMALL) / 2 if v == v else 0.0 for v in values]

    def free(one: int, other: int) -> bool:
        return float(at[other] - at[one]) * inches >= halves[one] + halves[other] + 0.07

    known = [point for point in range(len(at)) if np.isfinite(values[point])]
    gaps = np.diff(at)
    chosen: list[int] = []
    if len(gaps) and gaps.max() < 1.5 * gaps.min():
        tried = ([point for point in known if point % step == 0] for step in range(1, len(at) + 1))
        chosen = next(each for each in tried if all(free(one, other) for one, other in pairwise(each)))
    else:
        for point in known:
            if not chosen or free(chosen[-1], point):
                chosen.append(point)
    look: dict[str, Any] = {"size": SMALL, "va": "bottom", "color": SIMULATED}
    foot = 1 + 0.07 / LINE_HEIGHT
    for point in chosen:
        text = outcome.written(float(values[point]))
        plot.text(at[point], foot, text, ha="center", transform=plot.get_xaxis_transform(), **look)
    if not chosen:
        return
    unit, gap = ("mean", BENDS) if outcome.counts else ("chance, %", CLOSE)
    plot.text(1 + gap / width, foot, unit, transform=plot.transAxes, **look)


def _name_bands(plot: Axes, start: int | None, at: Floats, drawn: Sequence[Floats], values: Floats) -> None:
    """What line and bands are, and the count at the start, written at the right of the last point."""
    done = np.flatnonzero(np.isfinite(values))
    labels = [] if start is None else [EndLabel(_at_start(start), float(start), FAINT, GREY)]
    if len(done):
        last = {name: float(column[done[-1]]) for name, column in zip(QUANTILES, drawn, strict=True)}
        x, mean = float(at[done[-1]]), float(values[done[-1]])
        outer, inner = middles({**last, "mean": mean})
        labels.append(EndLabel("90 % of runs", outer, SIMULATED, SIMULATED, begin=x))
        labels.append(EndLabel("half of runs", inner, SIMULATED, SIMULATED, begin=x))
        labels.append(EndLabel("mean", mean, SIMULATED, SIMULATED, bold=True, begin=x))
    end_labels(plot, labels, slope=BENDS - 0.1)
