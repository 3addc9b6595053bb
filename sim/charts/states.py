"""The chart of the states: each one's chance to have left Taipei, or to have come to it, by the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.atlas import Change
from sim.charts.style import (
    BLACK,
    BLUE_HALF,
    GREY,
    MARGIN,
    SIMULATED,
    grid,
    measured,
    panel,
    sheet,
)
from sim.charts.words import end_of, header, known_to, source
from sim.results.result import SIDES, Result
from sim.results.tables import RECOGNITION
from sim.words import chance_with_range, many, month, month_end, percent, spoken

TITLE = "Chance of each state to leave Taipei"
WIDTH = 9.0
ROW, HEAD, FOOT, BETWEEN = 0.25, 0.32, 0.5, 0.16
"""Inches: a row; the heading of a panel; its ticks and axis label; between two panels."""
MOST_LEAVERS, MOST_RETURNERS = 60, 15
SMALLEST_SHOWN = 0.005
"""Candidates whose chance to come to Taipei rounds to nothing are only counted."""
SPANS = (5, 10, 20, 25, 50, 100)
"""Lengths an axis can have, %."""
STAYED, AWAY = "stayed", "not returned"


@dataclass(frozen=True)
class Row:
    """One state on the chart."""

    iso3: str
    name: str
    recorded: str
    """What the record says it did within the horizon; empty where the record does not reach."""
    p: float
    """Chance that its tie at the end is not that of the start, 0 to 1."""
    low: float
    high: float
    error: float
    """Monte Carlo standard error of `p`."""
    ever: float | None = None
    """Chance that its tie was once not that of the start, whatever it is at the end; None where it is not told."""

    @property
    def beside(self) -> str:
        """What stands in the last column: the chance `ever`, else what is on record."""
        return self.recorded if self.ever is None else f"{percent(self.ever)} %"


@dataclass(frozen=True)
class Group:
    """One panel: the states it shows, and what it says of those it leaves out."""

    rows: list[Row]
    heading: str
    rest: str
    gid: str
    """Id of its dots."""

    @property
    def height(self) -> float:
        """Inches the panel takes, with heading and axis."""
        return HEAD + ROW * len(self.rows) + FOOT + (0.2 if self.rest else 0.0)


def draw(result: Result) -> Figure:
    """The states that recognise Taipei at the start, by chance to have left it; below, those that may come."""
    groups = [group for group in (leavers(result), returners(result)) if group is not None]
    body = sum(group.height for group in groups) + BETWEEN * (len(groups) - 1)
    rows = [row for group in groups for row in group.rows]
    measure = f"Share of runs, %, at the end of {end_of(result)}. {note(result, rows)}"
    with sheet(WIDTH, body, TITLE, header(result, measure), source([result])) as (drawing, top):
        draw_groups(drawing, top, groups, recorded_heading(result))
    return drawing


def draw_groups(drawing: Figure, top: float, groups: list[Group], column: str) -> None:
    """Panels of dots one below the other, from `top` inches down, on one scale.

    column : heading of the last column; empty for none
    """
    rows = [row for group in groups for row in group.rows]
    span = reach(rows)
    left = max([measured(drawing, row.name) for row in rows], default=0.5) + MARGIN + 0.17
    numbers = max([measured(drawing, numbered(row), bold=True) for row in rows], default=0.5)
    words = [row.beside for row in rows] + [column]
    last = max(measured(drawing, text, bold=True) for text in words) + 0.25 if column else 0.0
    width = WIDTH - left - 0.2 - numbers - last - MARGIN - 0.1
    for group in groups:
        plot = panel(drawing, left, top + HEAD, width, ROW * len(group.rows))
        _draw_group(plot, group, span, left, numbers, width, column)
        top += group.height + BETWEEN


def rows_of(result: Result, at_start: bool, tie: str = RECOGNITION) -> list[Row]:
    """Those that have a tie at the start, or the others, the most likely to change first, then by name."""
    columns = result.states_of(tie)
    names = ("iso3", "state", "p_end", "p_end_low", "p_end_high", "p_end_mc", "at_start")
    rows = []
    for iso3, name, p, low, high, error, side in zip(*(columns[key] for key in names), strict=True):
        if (side == SIDES[tie][0]) == at_start:
            told = on_record(str(iso3), result) if tie == RECOGNITION else ""
            numbers = [float("nan") if value is None else float(value) for value in (p, low, high, error)]
            rows.append(Row(str(iso3), str(name), told, *numbers))
    return sorted(rows, key=lambda row: (-row.p, -max(row.p, row.high), row.name))


def leavers(result: Result) -> Group | None:
    """The panel of those that recognise Taipei at the start; None when there are none."""
    rows = rows_of(result, True)
    heading = f"Recognise Taipei on {spoken(known_to(result))}: chance to have left by {end_of(result)}"
    return likeliest(rows, heading, "more state", "leavers") if rows else None


def likeliest(rows: list[Row], heading: str, more: str, gid: str) -> Group:
    """A panel of the rows there is room for; `more` says in one word or two what the others are."""
    kept, cut = rows[:MOST_LEAVERS], rows[MOST_LEAVERS:]
    return Group(kept, heading, f"and {left_out(cut, more)}" if cut else "", gid)


def returners(result: Result) -> Group | None:
    """The panel of those not with Taipei at the start; None when none has a chance to be shown."""
    rows = rows_of(result, False)
    kept = [row for row in rows if row.p >= SMALLEST_SHOWN or row.recorded not in ("", AWAY)]
    kept = kept[:MOST_RETURNERS]
    if not kept:
        return None
    cut = [row for row in rows if row not in kept]
    rest = f"and {left_out(cut, 'more state')}" if cut else ""
    heading = f"Not with Taipei at the start: chance to have come to it by {end_of(result)}"
    return Group(kept, heading, rest, "returners")


def left_out(rows: list[Row], kind: str) -> str:
    """How many states a chart leaves out, and the highest of their chances."""
    most = max(row.p for row in rows)
    return f"{many(len(rows), kind)}, " + (f"each at most {percent(most)} %" if most else "in no run")


def reach(rows: list[Row]) -> int:
    """The least round length of the axis, %, that holds every range."""
    most = max([max(row.p, row.high, row.ever or 0.0) for row in rows], default=0.0) * 100
    return next((span for span in SPANS if most <= span * 0.97), 100)


def note(result: Result, rows: list[Row]) -> str:
    """What the bars are, and how far another seed would move the dots."""
    said = "Bars and brackets: 5–95 % range over parameter draws, the luck of single runs removed."
    if not any(row.low < row.high for row in rows):
        said = "No ranges: the parameters do not vary between runs."
        if result.settings.get("parameters") != "central":
            said = "No ranges: too few parameter draws, or no difference between them."
    if result.runs == 1:
        return "A single run: what happened in it, not how likely it was."
    error = 200 * max([row.error for row in rows], default=0.0)
    if error == 0.0:
        return said
    bound = f"{error:.1f}" if error < 0.95 else f"{error:.0f}"
    return f"{said} Another seed would move a dot by about ±{bound} percentage points at most."


def on_record(iso3: str, result: Result) -> str:
    """What a state did on record between the start and the end of a result: `left 26 Mar 2023`, or `stayed`.

    Empty where the record does not reach beyond the start; at most the last two changes.
    """
    known, since = result.known, known_to(result)
    until = min(known.confirmed_until, month_end(result.months[-1]))
    if until <= since:
        return ""
    changes = known.changes_between(since + timedelta(days=1), until)
    moves = [change for change in changes if change.iso3 == iso3 and "taipei" in (change.origin, change.destination)]
    if not moves:
        return STAYED if known.side(iso3, since) == "taipei" else AWAY
    return ", ".join(_move(change) for change in moves[-2:])


def _move(change: Change) -> str:
    when = str(change.date.year) if change.precision == "year" else month(change.date)
    return f"{'left' if change.origin == 'taipei' else 'returned'} {when}"


def recorded_heading(result: Result) -> str:
    """The heading of the record's column: how far the record goes; empty when it ends by the start."""
    until, end = result.known.confirmed_until, month_end(result.months[-1])
    if until <= known_to(result):
        return ""
    return "on record" if until >= end else f"record to {month(until)}"


def numbered(row: Row) -> str:
    """The number printed in a row."""
    return chance_with_range(row.p, row.low, row.high)


def _draw_group(plot: Axes, group: Group, span: int, left: float, numbers: float, width: float, column: str) -> None:
    """One panel: dots, ranges, names at the left, numbers and the last column at the right."""
    places = range(len(group.rows))
    plot.set_xlim(0, span)
    plot.set_ylim(len(group.rows) - 0.5, -0.5)
    grid(plot, "x")
    plot.set_xticks([span * part / 5 for part in range(6)], [f"{span * part / 5:g}" for part in range(6)])
    plot.set_xlabel("% of runs")
    plot.set_yticks(list(places), [row.name for row in group.rows], color=BLACK)
    plot.tick_params(axis="y", length=0, pad=8)
    plot.hlines(
        list(places),
        [100 * row.low for row in group.rows],
        [100 * row.high for row in group.rows],
        color=BLUE_HALF,
        lw=5,
        zorder=2,
    )
    points = [100 * row.p for row in group.rows]
    plot.plot(points, list(places), "o", color=SIMULATED, ms=7, zorder=3, clip_on=False, gid=group.gid)
    ever = [(100 * row.ever, place) for place, row in zip(places, group.rows, strict=True) if row.ever is not None]
    if ever:
        across, along = zip(*ever, strict=True)
        tick = {"ms": 12, "mew": 1.6, "color": SIMULATED, "zorder": 2.5, "clip_on": False}
        plot.plot(across, along, "|", gid="ever", **tick)  # type: ignore[arg-type]
    number_at = 1 + (0.2 + numbers) / width
    last_at = number_at + 0.25 / width
    side = plot.get_yaxis_transform()
    for place, row in zip(places, group.rows, strict=True):
        plot.text(number_at, place, numbered(row), color=BLACK, ha="right", va="center", transform=side)
        moved = row.ever is None and row.recorded not in (STAYED, AWAY)
        plot.text(
            last_at,
            place,
            row.beside,
            color=BLACK if moved else GREY,
            weight="bold" if moved else "normal",
            va="center",
            transform=side,
        )
    above = plot.transAxes
    height = ROW * len(group.rows)
    line = {"va": "bottom", "transform": above}
    plot.text((MARGIN - left) / width, 1 + 0.08 / height, group.heading, weight="bold", **line)  # type: ignore[arg-type]
    plot.text(last_at, 1 + 0.08 / height, column, color=GREY, **line)  # type: ignore[arg-type]
    if group.rest:
        below = -(FOOT + 0.02) / height
        plot.text((MARGIN - left) / width, below, group.rest, color=GREY, va="top", transform=above)
