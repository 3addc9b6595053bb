"""What one lever does: the outcome at multiples of each patron's lever, with paired differences."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.effects import Change, Document, Moved, fine, moved
from sim.charts.sheet import grid, panel, sheet, wrapped
from sim.charts.style import BLACK, BLUE_MOST, GREY, MARGIN, SIMULATED, WHITE
from sim.charts.sweep.axes import SMALL, headed, is_narrow, sheet_width, typeset
from sim.charts.sweep.document import Outcome, outcome_of, settings_of, source, subtitle
from sim.scenario.language import meaning
from sim.sweeps.outcomes import COUNT

LEFT, BETWEEN, HEIGHT = 1.0, 0.26, 3.1
"""Inches: left of the panels; between two of them; of a panel upwards."""
HEAD, FOOT, ROW = 0.62, 0.42, 0.19
"""Inches: name and meaning above a panel; multiples below it, on two lines; a row of numbers."""
NOTHING = "No point could be told apart from the scenario itself: that point could not be run"
SHORT = {0.0: "none", 0.5: "half", 2.0: "twice", 5.0: "five\ntimes"}


def draw(document: Document, outcome: str = COUNT) -> Figure:
    """One panel per lever, one dot per multiple with its value; below, the difference and its error."""
    one = outcome_of(document, outcome)
    levers = moved(document, *one.columns, scale=1.0 if one.counts else 100.0)
    heading = headed(document, one, settings_of(document)) if levers else "What one lever does"
    how = (
        f"{one.measure}, each patron’s lever moved alone. Lines and ±: two Monte Carlo errors of the difference from "
        f"the scenario as it is, runs paired{one.bound}."
    )
    if not one.bound:
        how += " Pale: 5 to 95 % of it over what is not known about parameters."
    if not levers:
        with sheet(sheet_width(), 0.2, heading, subtitle(document, NOTHING + "."), source(document)) as (drawing, _):
            return drawing
    columns = 1 if is_narrow() else len(levers)
    each = HEAD + HEIGHT + FOOT + 2 * ROW + 0.1
    body = each * -(-len(levers) // columns)
    width = (sheet_width() - LEFT - MARGIN - BETWEEN * (columns - 1)) / columns
    low, high = _limits(levers, one)
    texts = subtitle(document, how), source(document)
    with sheet(sheet_width(), body, heading, *texts) as (drawing, top):
        for place, lever in enumerate(levers):
            row, stand = divmod(place, columns)
            plot = panel(drawing, LEFT + (width + BETWEEN) * stand, top + each * row + HEAD, width, HEIGHT)
            plot.set_ylim(low, high)
            plot.yaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, steps=[1, 2, 5, 10]))
            plot.tick_params(axis="y", labelleft=stand == 0)
            plot.set_ylabel(one.unit if stand == 0 else "")
            grid(plot, "y")
            _head(plot, lever, width)
            _draw(plot, lever, one, place)
            if stand == 0:
                _row_names(plot, width)
    return drawing


def _limits(levers: list[Moved], outcome: Outcome) -> tuple[float, float]:
    """The ends of the axis that all panels share, with room for the numbers on dots."""
    held = [levers[0].base]
    for lever in levers:
        for change in lever.changes:
            value, error = lever.base + change.difference, change.error or 0.0
            held += [value - error, value + error, *_not_known(lever, change, outcome)]
    low, high = min(held), max(held)
    pad = max(0.1 * (high - low), 0.5 if outcome.counts else 2.0)
    return max(0.0, low - pad), high + pad


def _not_known(lever: Moved, change: Change, outcome: Outcome) -> list[float]:
    """Ends of what is not known about parameters, on the axis, no chance below 0 or above 100; [] if unknown."""
    if change.low is None or change.high is None:
        return []
    most = float("inf") if outcome.counts else 100.0
    return [min(most, max(0.0, lever.base + end)) for end in (change.low, change.high)]


def _head(plot: Axes, lever: Moved, width: float) -> None:
    """The lever's name and, in grey, what it is."""
    lines = wrapped(typeset(meaning(lever.path)), SMALL, room=width)[:2]
    look: dict[str, Any] = {"transform": plot.transAxes, "va": "top"}
    plot.text(0.0, 1 + (HEAD - 0.02) / HEIGHT, typeset(lever.name), weight="bold", **look)
    plot.text(0.0, 1 + (HEAD - 0.21) / HEIGHT, "\n".join(lines), color=GREY, size=SMALL, **look)


def short(lever: Moved, value: float) -> str:
    """A value as a tick: `twice`; its multiple where that has no word; the value itself of a lever at zero."""
    if value == lever.own:
        return "as\nit is"
    times = value / lever.own if lever.own else value
    return SHORT.get(round(times, 6), f"× {times:.2g}") if lever.own else f"{value:g}"


def _two_lines(text: str) -> str:
    """A tick as high as its neighbours."""
    return text if "\n" in text else f"{text}\n "


def _draw(plot: Axes, lever: Moved, outcome: Outcome, place: int) -> None:
    """Dots and lines of one lever, and the numbers below its axis."""
    as_it_is = Change(lever.own, lever.base, 0.0, None, None, None)
    points = sorted([*lever.changes, as_it_is], key=lambda change: change.value)
    at = list(range(len(points)))
    plot.set_xlim(-0.5, len(points) - 0.5)
    plot.set_xticks(at, [_two_lines(short(lever, point.value)) for point in points], size=SMALL)
    plot.tick_params(axis="x", length=0, pad=3)
    plot.axhline(lever.base, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1.6, gid=f"as-it-is-{place}")
    inch = (plot.get_ylim()[1] - plot.get_ylim()[0]) / HEIGHT
    below: dict[str, Any] = {"transform": plot.get_xaxis_transform(), "ha": "center", "va": "top", "size": SMALL}
    for x, point in zip(at, points, strict=True):
        value, error = lever.base + point.difference, point.error
        for low, high in [_not_known(lever, point, outcome)] if point.low is not None else []:
            plot.vlines(x, low, high, color=BLUE_MOST, lw=9, zorder=1.2, gid=f"not-known-{place}")
        if error:
            plot.vlines(x, value - error, value + error, color=SIMULATED, lw=1.6, zorder=3, gid=f"paired-{place}")
        ink = GREY if point is as_it_is else SIMULATED
        plot.plot(x, value, "o", color=ink, ms=6, zorder=4, clip_on=False, gid=f"outcome-{place}")
        box = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.6, "alpha": 0.8}
        up = value + max(error or 0.0, 0.06 * inch) + 0.05 * inch
        look: dict[str, Any] = {"ha": "center", "va": "bottom", "size": SMALL, "color": ink, "bbox": box, "zorder": 3.5}
        plot.text(x, up, outcome.written(point.outcome), **look)
        if point is not as_it_is:
            sign = "+" if point.difference > 0.0 else ""
            dim = GREY if point.is_luck else BLACK
            plot.text(x, -FOOT / HEIGHT, sign + fine(point.difference, error), color=dim, **below)
            if error is not None:
                plot.text(x, -(FOOT + ROW) / HEIGHT, f"± {fine(error, error)}", color=GREY, **below)


def _row_names(plot: Axes, width: float) -> None:
    """What the two rows of numbers are."""
    look: dict[str, Any] = {"transform": plot.transAxes, "va": "top", "size": SMALL, "color": GREY}
    left = (MARGIN - LEFT) / width
    plot.text(left, -FOOT / HEIGHT, "difference", **look)
    plot.text(left, -(FOOT + ROW) / HEIGHT, "two errors", **look)
