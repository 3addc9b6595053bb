"""The chart of each state's chances in two scenarios, joined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from matplotlib.figure import Figure

from sim.analysis.compare import Comparison
from sim.analysis.findings import of_chances
from sim.analysis.pairs import Pair
from sim.analysis.reading import known_to
from sim.charts.comparison import compared
from sim.charts.result import count
from sim.charts.result.states import BETWEEN
from sim.charts.rows import beside, left_of, name_rows, percent_axis, span_of, widest
from sim.charts.sheet import measured, panel, sheet, shortened, wrapped, write
from sim.charts.style import BLACK, CYCLE, GREY, MARGIN, WHITE
from sim.model.terms import SIDES
from sim.results.tables import COOPERATION, RECOGNITION
from sim.words import LEAST, beyond_luck, many, month, percent, points, spoken

HEAD, AXIS = 0.36, 0.46
"""Inches: the heading of a panel; ticks and unit below it."""
ROW, MOST_ROWS, FEW_ROWS = 0.26, 40, 6
"""Inches of a row of the dumbbell; most rows of a panel where one scenario is compared, and where several are."""
LEAST_OF_MANY = 0.005
"""Least difference of chances that is drawn where several scenarios are compared."""
NAMES, GAP = 0.34, 0.22
"""Inches: the line that names a pair; what is free between two columns of numbers."""


@dataclass(frozen=True)
class Group:
    """One panel of the dumbbell: states whose chances speak of the same thing."""

    rows: list[dict[str, Any]]
    """Rows of the table of states, those that differ most first."""
    heading: str
    rest: str
    """About those left out; empty for none."""

    @property
    def height(self) -> float:
        """Inches the panel takes, with heading and axis."""
        if not self.rows:
            return 0.25
        return HEAD + ROW * len(self.rows) + AXIS + (0.2 if self.rest else 0.0)


@dataclass(frozen=True)
class Columns:
    """Where everything in a row stands, inches."""

    left: float
    """From the left edge to the axis."""
    width: float
    """Of the axis."""
    numbers: tuple[float, ...]
    """Right of the axis, the right edges of the two chances and the difference, the left edge of its range."""
    span: int
    """Length of the axis, %."""


def draw(comparison: Comparison) -> Figure:
    """Each state's chance at the end in the baseline and in a scenario, joined; those that differ most first."""
    results, names = comparison.results, comparison.titles
    compared.check_number(results)
    blocks = [groups(comparison, pair) for pair in comparison.pairs]
    until = {month(pair.months[-1]) for pair in comparison.pairs}
    ends = f"the end of {until.pop()}" if len(until) == 1 else "the end of the last month they share"
    dots = "the other" if len(names) == 2 else "another"
    measure = (
        f"Share of runs, %, at {ends}; rings: the baseline, {names[0]}; dots: {dots} scenario. At the right both "
        "chances, the difference in percentage points and, where there is one beyond the luck of single runs, its "
        "5–95 % range over parameter draws. Grey: within two Monte Carlo errors, not told from luck."
    )
    body = sum(NAMES + sum(group.height + BETWEEN for group in block) for block in blocks)
    heading = of_chances(comparison)
    with sheet(count.WIDTH, body, heading, measure, compared.source_of(results)) as (drawing, top):
        columns = _columns([row for block in blocks for group in block for row in group.rows])
        for position, block in enumerate(blocks, start=1):
            _write_names(drawing, top, names[position], names[0], CYCLE[position])
            top += NAMES
            for group in block:
                _draw_group(drawing, top, group, columns, CYCLE[position])
                top += group.height + BETWEEN
    return drawing


def groups(comparison: Comparison, pair: Pair) -> list[Group]:
    """The panels of a pair: those with Taipei at the start, those that had left it, hosts."""
    day = spoken(known_to(comparison.results[0]))
    kinds = (
        (RECOGNITION, True, f"Recognise Taipei on {day}: chance to have left", "more state"),
        (RECOGNITION, False, "Had left Taipei before: chance to be back", "more state"),
        (COOPERATION, True, "Host Washington's forces: chance that cooperation is suspended", "more host"),
    )
    single = len(comparison.pairs) == 1
    least, most = (LEAST, MOST_ROWS) if single else (LEAST_OF_MANY, FEW_ROWS)
    panels = []
    for tie, at_start, heading, word in kinds:
        rows = [
            row
            for row in pair.rows("states", tie=tie, horizon="p_end")
            if (row["at_start"] == SIDES[tie][0]) == at_start
        ]
        rows.sort(key=lambda row: (-abs(row["difference"]), row["state"]))
        largest = [row for row in rows if abs(row["difference"]) >= least][:most]
        rest = rows[len(largest) :]
        if largest:
            panels.append(Group(largest, heading, f"and {_left_out(rest, word)}" if rest else ""))
    return panels or [Group([], "", f"No chance differs by as much as {100 * least:g} points.")]


def _left_out(rows: list[dict[str, Any]], word: str) -> str:
    """How many a panel leaves out, and by how much they differ."""
    most, states = max(abs(row["difference"]) for row in rows), many(len(rows), word)
    if most == 0.0:
        return f"{states} without any difference"
    if most < LEAST:
        return f"{states} with a difference of less than {100 * LEAST:g} points"
    return f"{states} with a difference of at most {100 * most:.1f} points"


def _columns(rows: list[dict[str, Any]]) -> Columns:
    """Room for the names at the left and the numbers at the right; the axis takes what is between."""
    left = left_of(row["state"] for row in rows)
    first, second, third, last = (widest((_texts(row)[n] for row in rows), bold=n == 2) for n in range(4))
    ends = tuple(accumulate((0.25 + first, GAP + second, GAP + third, 0.08)))
    most = max([100 * max(row["p"], row["p_against"]) for row in rows], default=0.0)
    return Columns(left, count.WIDTH - MARGIN - last - ends[-1] - left, ends, span_of(most))


def _texts(row: dict[str, Any]) -> tuple[str, str, str, str]:
    """The numbers printed in a row: both chances, the difference in points, its range."""
    low, high = row["low"], row["high"]
    span = (
        f"({points(low)} to {points(high)})"
        if beyond_luck(row["difference"], row["mc"]) and low is not None and points(low) != points(high)
        else ""
    )
    return f"{percent(row['p_against'])} %", f"{percent(row['p'])} %", points(row["difference"]), span


def _write_names(drawing: Figure, top: float, name: str, against: str, colour: str) -> None:
    """Which scenario is held against which, each in its colour, on the lower edge of its line."""
    at = MARGIN
    for text, ink, bold in ((name, colour, True), ("against", GREY, False), (against, CYCLE[0], True)):
        lines = wrapped(text, 10.5, bold=bold, room=(count.WIDTH - 2 * MARGIN - 0.8) / 2)
        (line,) = shortened(lines, 1) if len(lines) > 1 else lines
        look: dict[str, Any] = {"color": ink, "weight": "bold" if bold else "normal", "size": 10.5, "va": "bottom"}
        write(drawing, at, top + NAMES - 0.06, line, **look)
        at += measured(line, 10.5, bold) + 0.1


def _draw_group(drawing: Figure, top: float, group: Group, columns: Columns, colour: str) -> None:
    """One panel: rings and dots, names at the left, numbers at the right."""
    write(drawing, MARGIN, top + HEAD - 0.08, group.heading, va="bottom")
    if group.rest:
        write(drawing, MARGIN, top + group.height, group.rest, color=GREY, va="bottom")
    if not group.rows:
        return
    plot = panel(drawing, columns.left, top + HEAD, columns.width, ROW * len(group.rows))
    name_rows(plot, [row["state"] for row in group.rows])
    percent_axis(plot, columns.span)
    places = list(range(len(group.rows)))
    before, after = ([100 * row[name] for row in group.rows] for name in ("p_against", "p"))
    plot.hlines(places, before, after, color=GREY, lw=2, zorder=2)
    ring: dict[str, Any] = {"ms": 9, "mec": CYCLE[0], "mfc": WHITE, "mew": 1.8, "clip_on": False}
    plot.plot(before, places, "o", zorder=2.5, gid="against", **ring)
    plot.plot(after, places, "o", ms=5.5, color=colour, zorder=3, clip_on=False, gid="scenario")
    inks = (CYCLE[0], colour, BLACK, BLACK)
    for place, row in zip(places, group.rows, strict=True):
        clear = beyond_luck(row["difference"], row["mc"])
        for column, (text, at, ink) in enumerate(zip(_texts(row), columns.numbers, inks, strict=True)):
            look = {"color": ink if clear or column < 2 else GREY, "ha": "left" if column == 3 else "right"}
            beside(plot, at, place, text, weight="bold" if column == 2 and clear else "normal", **look)
