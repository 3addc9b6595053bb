"""The chart of a decision: from the hazard under reference conditions to that of the decision, term by term."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from sim.analysis.explain import Explanation
from sim.analysis.reading import header, source
from sim.analysis.story import tipping
from sim.charts.explanation.months import DOING, WIDTH, Row
from sim.charts.explanation.ticks import round_ticks
from sim.charts.result.events import SMALL
from sim.charts.rows import beside, head, name_rows
from sim.charts.sheet import grid, measured, panel, sheet
from sim.charts.style import BLACK, BLUE, GREY, MARGIN, VERMILION
from sim.model.terms import DECISIONS
from sim.words import month as month_of
from sim.words import rate
from sim.words import two_digits as percent

ROW, HEAD, AXIS = 0.3, 0.3, 0.55
LEAST = 0.01
"""Terms that move the log hazard by less are taken together."""
FARTHEST = 20.0
"""The number drawn is shown unless it lies below all chances by more than this factor."""
RAISES, LOWERS = VERMILION, BLUE


@dataclass(frozen=True)
class Bar:
    """A row of the waterfall."""

    label: str
    factor: float | None
    """On the hazard; None for a row that stands on its own."""
    before: float
    after: float


def bars(steps: Sequence[Row], ends: str) -> list[Bar]:
    """The rows of the waterfall, small terms taken together; the factors multiply to the hazard.

    ends : what the last row is called
    """
    start, rest = float(steps[0]["after"]), [step for step in steps[1:] if step["factor"] is not None]
    large = [step for step in rest if abs(math.log(step["after"] / step["before"])) >= LEAST]
    small = [step for step in rest if step not in large and step["after"] != step["before"]]
    factors = [(str(step["label"]), step["after"] / step["before"]) for step in large]
    if small:
        name = str(small[0]["label"]) if len(small) == 1 else f"{len(small)} small terms"
        factors.append((name, math.prod(step["after"] / step["before"] for step in small)))
    rows = [Bar("under reference conditions", None, start, start)]
    for label, factor in factors:
        before = rows[-1].after
        rows.append(Bar(label, factor, before, before * factor))
    last = float(steps[-1]["after"])
    return [*rows, Bar(ends, None, last, last)]


def draw(explanation: Explanation) -> Figure:
    """From the hazard under reference conditions to that of the decision, term by term, on a log axis."""
    run, name = explanation.document["run"], explanation.subject.name
    rows = bars(run["steps"], f"in {month_of(run['month'])}")
    decision = explanation.subject.decision
    by_talks = DECISIONS[decision].by_talks
    ends = {"leave": "talks are lost", "return": "Taipei wins talks"}.get(decision, "")
    against, odds = run["losing"] if by_talks else run["chance"], ""
    if run["luck"] is not None:
        odds = "" if by_talks else f" A chance of {percent(against)} in the month, and"
        odds += f"{' T' if by_talks else ' t'}he number drawn was {percent(run['luck'])}: "
        odds += "below it." if run["luck"] < against else "not below it."
    what = f"Chance that {ends}" if by_talks else "Annual hazard"
    measure = f"{what}, % (log scale): what each term multiplied it by in {month_of(run['month'])}.{odds}"
    doing = f"the chance that {ends}" if by_talks else f"the hazard of {DOING[decision]}"
    number_of = percent if by_talks else rate
    stood = f"{name} in run {run['run']}: {doing} is {number_of(rows[-1].after)} in {month_of(run['month'])}"
    title = headline(run, name) if decision == "leave" and run["decided"] else stood
    body = HEAD + ROW * len(rows) + AXIS
    texts = header(explanation.result, measure), source([explanation.result])
    with sheet(WIDTH, body, title, *texts) as (drawing, top):
        left = max(measured(row.label, bold=row.factor is None) for row in rows) + MARGIN + 0.17
        after = "chance after" if by_talks else "hazard after"
        widest = max(measured(number_of(row.after), bold=True) for row in rows)
        right = max(widest, measured(after, SMALL)) + 0.25
        factors = 0.75
        width = WIDTH - left - right - factors - MARGIN
        plot = panel(drawing, left, top + HEAD, width, ROW * len(rows))
        values = [100.0 * value for row in rows for value in (row.before, row.after)]
        drawn = 100.0 * run["luck"] if by_talks and run["luck"] is not None else 0.0
        drawn = drawn if drawn >= min(values) / FARTHEST else 0.0
        low, high = _decade(*((min(*values, drawn), max(*values, drawn)) if drawn else (min(values), max(values))))
        plot.set_xscale("log")
        plot.set_xlim(low, high)
        name_rows(plot, [row.label for row in rows])
        grid(plot, "x")
        _log_ticks(plot, low, high, width)
        plot.set_xlabel("%" if by_talks else "% a year")
        plot.spines["left"].set_visible(False)
        if drawn:
            _number_drawn(plot, drawn, drawn > math.sqrt(low * high), 1 + 0.05 / (ROW * len(rows)))
        for place, row in enumerate(rows):
            before, now = 100.0 * row.before, 100.0 * row.after
            if row.factor is None:
                plot.plot(now, place, "o", ms=7, color=BLACK, zorder=4, clip_on=False, gid="total")
                plot.get_yticklabels()[place].set_fontweight("bold")
            else:
                colour = RAISES if now >= before else LOWERS
                bar: dict[str, Any] = {"left": min(before, now), "height": 0.56, "color": colour, "zorder": 3}
                plot.barh(place, abs(now - before), gid=f"step-{place}", **bar)
                beside(plot, factors - 0.08, place, f"× {row.factor:.2f}", color=colour)
            if place + 1 < len(rows):
                plot.plot([now, now], [place, place + 1], color=GREY, lw=0.8, zorder=2)
            weight = "bold" if row.factor is None else "normal"
            beside(plot, factors + right - 0.02, place, number_of(row.after), weight=weight)
        head(plot, factors - 0.08, "factor", size=SMALL)
        head(plot, factors + right - 0.02, after, size=SMALL)
    return drawing


def headline(run: Row, name: str) -> str:
    """What made a state leave in a run, as a headline: a term, or luck."""
    if run["talks"] is None:
        return f"{name} leaves in run {run['run']}, as the scenario tells"
    tipped = tipping(run)
    odds = f"at a chance of {percent(run['wins'])}"
    if tipped is None:
        return f"{name} leaves in run {run['run']} by luck, {odds}"
    return f"{name} leaves in run {run['run']}, {odds}: “{tipped}” tipped it"


def _number_drawn(plot: Axes, at: float, right: bool, over: float) -> None:
    """A line at the number drawn: talks are lost where the chance ends beyond it."""
    plot.axvline(at, color=BLACK, lw=1.0, ls=(0, (3, 2)), zorder=2, gid="drawn")
    style: dict[str, Any] = {"va": "bottom", "ha": "right" if right else "left", "size": SMALL, "color": BLACK}
    plot.text(at, over, "number drawn", transform=plot.get_xaxis_transform(), **style)


def _decade(low: float, high: float) -> tuple[float, float]:
    """Ends of a log axis that hold both, at least a factor of four apart."""
    middle, half = math.sqrt(low * high), max(math.sqrt(high / low), 2.0) * 1.18
    return middle / half, middle * half


def _log_ticks(plot: Axes, low: float, high: float, inches: float) -> None:
    """Round ticks on a log axis, as many as there is room for, and no others."""
    ticks = round_ticks(low, high, inches, 0.45)
    plot.xaxis.set_minor_locator(NullLocator())
    plot.xaxis.set_minor_formatter(NullFormatter())
    plot.set_xticks(ticks, [f"{tick:.12g}" if tick < 1e6 else f"{tick:.0e}" for tick in ticks])
