"""The chart of terms: what each added to the log hazard of a run, by month."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.explain import Explanation
from sim.analysis.one_run import steps
from sim.analysis.subject import DOES, LABELS
from sim.charts.explanation.months import BODY, Floats, Row, by_month
from sim.charts.explanation.ticks import round_ticks
from sim.charts.explanation.waterfall import LEAST
from sim.charts.fan import held
from sim.charts.margin import EndLabel
from sim.charts.style import BLACK, GREY
from sim.model.terms import DECISIONS
from sim.words import month as month_of

_MOVED = {"leave": "the chance that talks are lost", "return": "the chance that Taipei wins talks"}
COLOURS = {term.name: term.colour for decision in DECISIONS.values() for term in (*decision.added, *decision.after)} | {
    "other": "#DDDDDD"
}
"""A colour for each term, the same on every chart."""


def contributions(decision: str, months: Sequence[Row]) -> dict[str, Floats]:
    """(months,) what each term adds to the logarithm of what it moves; they sum to all that is moved.

    Of leaving that is the chance that talks are lost, of the other decisions the hazard.

    Terms that nowhere add as much as half a per cent are `other`, together. NaN where nothing was decided.
    """
    names = [name for name in LABELS[decision] if name != "base"]
    table = np.zeros((len(months), len(names)))
    for row, month in enumerate(months):
        for place, step in enumerate(steps(decision, month)[1:]):
            if step["before"] > 0.0:
                table[row, place] = math.log(max(step["after"] / step["before"], 1e-3))
    table[[month["chance"] is None for month in months]] = np.nan
    added = {name: table[:, place] for place, name in enumerate(names)}
    large = {name: values for name, values in added.items() if np.nanmax(np.abs(values), initial=0.0) >= LEAST}
    rest = [values for name, values in added.items() if name not in large and np.nanmax(np.abs(values), initial=0.0)]
    return large | ({"other": np.sum(rest, axis=0)} if rest else {})


def draw(explanation: Explanation) -> Figure:
    """What each term added to the log hazard of a run, month by month, stacked, with their sum and the events."""
    run, result, subject = explanation.document["run"], explanation.result, explanation.subject
    months = run["months"]
    added = contributions(subject.decision, months)
    total = np.sum(list(added.values()), axis=0) if added else np.zeros(len(months))
    ends = _ends(subject.decision, added, total)
    moved = _MOVED.get(subject.decision, "the hazard")
    measure = (
        f"What each term multiplied {moved} by, month by month; terms above the line of 1 raise it, those below "
        f"lower it. Black: all of them together, to {month_of(months[-1]['month'])}"
    )
    measure += f", when it {DOES[subject.decision]}." if run["decided"] else "."
    title = f"{subject.name} in run {run['run']}: {_heaviest(run, added, LABELS[subject.decision])}"
    with by_month(result, run["calendar"], len(months), ends, title, measure) as (drawing, plot, edges):
        low, high = _stack(plot, edges, added, total)
        plot.set_ylim(low, high)
        ticks = round_ticks(math.exp(low), math.exp(high), BODY, 0.27)
        plot.set_yticks([math.log(tick) for tick in ticks], [f"× {tick:g}" for tick in ticks])
    return drawing


def _heaviest(run: Row, added: Mapping[str, Floats], labels: Mapping[str, str]) -> str:
    """Which term weighed most over the months, and between which factors."""
    known = {name: values[np.isfinite(values)] for name, values in added.items() if name != "other"}
    sizes = {name: float(np.abs(values).mean()) for name, values in known.items() if len(values)}
    name = max(sizes, key=lambda term: sizes[term], default=None)
    until = month_of(run["months"][-1]["month"])
    if name is None or sizes[name] == 0.0:
        return f"no term weighed much until {until}"
    low, high = (f"× {math.exp(float(end)):.2f}" for end in (known[name].min(), known[name].max()))
    factors = low if low == high else f"between {low} and {high}"
    return f"“{labels[name]}” weighed most until {until}, {factors}"


def _stack(plot: Axes, edges: Sequence[float], added: Mapping[str, Floats], total: Floats) -> tuple[float, float]:
    """Areas of the terms above and below zero, and the line of their sum; returns the ends of the axis."""
    up, down = np.zeros(total.shape[0]), np.zeros(total.shape[0])
    for name in _order(added):
        values = np.nan_to_num(added[name])
        for base, part in ((up, np.maximum(values, 0.0)), (down, np.minimum(values, 0.0))):
            if part.any():
                look: dict[str, Any] = {"step": "post", "color": COLOURS[name], "lw": 0.0, "zorder": 1.5}
                plot.fill_between(edges, held(base), held(base + part), gid=f"term-{name}", **look)
                base += part
    plot.axhline(0.0, color=GREY, lw=0.9, zorder=3)
    plot.step(edges, held(total), where="post", color=BLACK, zorder=4, lw=1.8, gid="total")
    low, high = float(down.min(initial=0.0)), float(up.max(initial=0.0))
    room = 0.06 * max(high - low, 0.2)
    return min(low - room, -0.1), max(high + room, 0.1)


def _ends(decision: str, added: Mapping[str, Floats], total: Floats) -> list[EndLabel]:
    """The names of the terms, with what each multiplied the hazard by in the last month, where their areas end."""
    labels, up, down = [], 0.0, 0.0
    names = LABELS[decision] | {"other": "small terms"}
    for name in _order(added):
        value = float(np.nan_to_num(added[name][-1]))
        middle = (up if value >= 0 else down) + value / 2
        labels.append(EndLabel(f"{names[name]} × {math.exp(value):.2f}", middle, COLOURS[name], BLACK))
        up, down = up + max(value, 0.0), down + min(value, 0.0)
    ends = float(np.nan_to_num(total[-1]))
    return [*labels, EndLabel(f"all together × {math.exp(ends):.2f}", ends, BLACK, BLACK, bold=True)]


def _order(added: Mapping[str, Floats]) -> list[str]:
    """The terms from the largest to the smallest, as they are stacked from zero."""
    return sorted(added, key=lambda name: (name == "other", -float(np.nansum(np.abs(added[name])))))
