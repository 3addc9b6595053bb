"""The chart of military cooperation with Washington: how many hosts keep it up, and who suspends it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.answers import DOES
from sim.charts import states
from sim.charts.count import LABELS, LEFT, WIDTH, Window, draw_runs, label_runs, start_words
from sim.charts.events import (
    GAP,
    LEVEL,
    SMALL,
    Label,
    Mark,
    arranged,
    dated,
    foot_of,
    lines_of_names,
    notes,
    write,
)
from sim.charts.history import number
from sim.charts.labels import date_ticks
from sim.charts.states import BETWEEN, HEAD, Group, Row, draw_groups, likeliest, note
from sim.charts.style import BLACK, GREY, MARGIN, figure, grid, measured, panel, sheet, wrapped
from sim.charts.when import shares
from sim.charts.words import end_of, header, row_days, source, start_of
from sim.results.result import Result
from sim.results.tables import COOPERATION
from sim.words import percent, spoken, the

TITLE = "Military cooperation with Washington"
ABOVE = "Hosts that cooperate"
COLUMN = "at any time"
BASIS = "Hosts as in the scenario; this tie has no record."
KINDS = {
    "threat": "threat by",
    "notice": "notice by",
    "notice-withdrawn": "notice withdrawn by",
    "answer": "Washington’s answer to",
    "deportations": "deportations to",
    "hostility": "hostility to",
}
"""Types of events that are marked, where they concern a host, and how their names begin."""
HEIGHT, HEADROOM, FOOT, NOTE = 2.3, 0.3, 0.5, 0.17
"""Inches: the axes of the count; what is free above the last host; the dates below; a line of notes."""
LEAST_DAYS = 31.0
"""Span of the axis of time where the horizon has no month."""
BETWEEN_TICKS = 0.2
"""Inches that two numbers of the axis need."""
DIGITS = 2
"""Of the mean: hosts are few."""
EDGE = 3.0
"""Of the bands, points: with so few hosts they often are but a line."""


def draw(result: Result) -> Figure:
    """The count of hosts that cooperate, with the events that concern them; below, each host's chance to suspend."""
    rows = rows_of(result)
    heading = f"Chance that cooperation is suspended at the end of {end_of(result)}"
    groups = [likeliest(rows, heading, "more host", "hosts"), *by_answer(result)]
    first, last = start_of(result), row_days(result)[-1]
    span = (last - first).days
    pad = span * 0.012 or LEAST_DAYS
    width = WIDTH - LEFT - LABELS
    with figure(WIDTH, 1.0) as probe:
        labels = arranged(probe, marks(result), span + pad, width, WIDTH - LEFT - MARGIN)
        start = ", ".join(start_words(result, len(result.hosts)))
        level = start_level(labels, measured(probe, start, SMALL) + 0.08)
        said = notes(labels, "Lines: events of the scenario that concern hosts", "broken")
        lines = wrapped(probe, said, SMALL, room=WIDTH - LEFT - MARGIN) if labels else []
    head = HEAD + LEVEL * max(lines_of_names(labels), level + 1) + GAP
    above = head + HEIGHT + FOOT + NOTE * len(lines)
    with sheet(
        WIDTH,
        above + sum(BETWEEN + group.height for group in groups),
        TITLE,
        header(result, measures(result, [row for group in groups for row in group.rows])),
        source([result], BASIS),
    ) as (drawing, top):
        plot = panel(drawing, LEFT, top + head, width, HEIGHT)
        ceiling = len(result.hosts) / (1 - HEADROOM / HEIGHT)
        window = Window(first, last, pad, ceiling, (span + pad) / width, ceiling / HEIGHT)
        _draw_axes(plot, window, len(result.hosts))
        summary = result.summary_of(COOPERATION)
        draw_runs(plot, window, result, summary, EDGE)
        label_runs(plot, window, result, summary, DIGITS)
        at = number(first)
        _draw_line(plot, window, at, level, {"color": GREY, "lw": 0.8, "gid": "start"})
        write(plot, at + 0.03 * window.days_per_inch, _height(window, level), start, GREY)
        _draw_labels(plot, window, labels)
        under = top + head + HEIGHT + FOOT
        for position, line in enumerate(lines):
            y = 1 - (under + NOTE * position) / drawing.get_figheight()
            drawing.text(LEFT / WIDTH, y, line, color=GREY, size=SMALL, va="top")
        y = 1 - (top + HEAD - 0.08) / drawing.get_figheight()
        drawing.text(MARGIN / WIDTH, y, ABOVE, weight="bold", va="bottom")
        draw_groups(drawing, top + above + BETWEEN, groups, COLUMN)
    return drawing


def rows_of(result: Result) -> list[Row]:
    """The hosts, the likeliest to have suspended cooperation at the end first, then by name."""
    rows = states.rows_of(result, True, COOPERATION)
    ever = shares(result, [row.iso3 for row in rows], [0, len(result.months)], COOPERATION)[:, 0]
    return [replace(row, ever=chance) for row, chance in zip(rows, ever.tolist(), strict=True)]


def by_answer(result: Result) -> list[Group]:
    """A panel for each host to which Washington gave more than one answer: the chance by its answer."""
    groups = []
    for iso3, name in result.hosts:
        given = [row for row in result.answers_columns.rows(iso3=iso3) if row["answer"] in DOES]
        rows = []
        for each in given:
            p, error = float(each["suspended"]), float(each["suspended_mc"] or 0.0)
            rows.append(Row(iso3, f"{DOES[each['answer']]} ({percent(each['p'])} % of runs)", "", p, p, p, error))
        if len(rows) > 1:
            groups.append(Group(rows, f"{the(name)}, by Washington’s answer: the same chance", "", f"answers-{iso3}"))
    return groups


def measures(result: Result, rows: list[Row]) -> str:
    """What the two panels show, in which unit."""
    end = end_of(result)
    shaded = "; shaded: half and 90 % of runs" if result.runs > 1 else ", a single run"
    return (
        f"Above: number of hosts, simulated at the ends of months to {end}{shaded}.\n"
        f"Below: share of runs, %, suspended at the end of {end} (dots) or at any time until then (ticks).\n"
        f"{note(result, rows)}"
    )


def marks(result: Result) -> list[Mark]:
    """The dated threats, notices and quarrels that concern hosts, by date; along the axis in days."""
    hosts, first = dict(result.hosts), start_of(result)
    found = []
    for each in dated(result):
        kind = KINDS.get(str(each.entry.get("type")))
        if each.kind == "events" and kind is not None and each.state in hosts:
            found.append(Mark(f"{kind} {hosts[each.state]}", (each.when - first).days, each.state, each.certain))
    return sorted(found, key=lambda mark: (mark.at, mark.name))


def start_level(labels: list[Label], wide: float) -> int:
    """The line of names for that of the start, `wide` inches from the left edge: above all that it spans."""
    return 1 + max([label.level for label in labels if label.shown and label.begin < wide + GAP], default=-1)


def ticks(hosts: int) -> list[int]:
    """Whole numbers from 0 to the number of hosts, the last one among them."""
    values = MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]).tick_values(0, hosts)
    room = BETWEEN_TICKS * hosts / (HEIGHT - HEADROOM)
    return [*(round(value) for value in values if 0 <= value <= hosts - max(room, 0.5)), hosts]


def _draw_axes(plot: Axes, window: Window, hosts: int) -> None:
    """Time across, hosts along."""
    plot.set_xlim(number(window.first), number(window.last) + window.pad)
    plot.set_ylim(0, window.top)
    plot.set_ylabel("hosts")
    plot.set_yticks(ticks(hosts))
    grid(plot, "y")
    date_ticks(plot, window.first, window.last)
    if len(plot.get_xticks()) < 2:
        days = sorted({window.first, window.last})
        plot.set_xticks([number(day) for day in days], [spoken(day) for day in days])


def _draw_labels(plot: Axes, window: Window, labels: list[Label]) -> None:
    """A line from each event's name down through the count; broken for one that may not happen."""
    for position, label in enumerate(labels):
        at = number(window.first) + label.at * window.days_per_inch
        look = {"color": BLACK, "lw": 0.6, "ls": "-" if label.mark.certain else "--", "gid": f"mark-{position}"}
        _draw_line(plot, window, at, label.level if label.shown else None, look)
        if label.shown:
            begin = number(window.first) + (label.begin + 0.03) * window.days_per_inch
            write(plot, begin, _height(window, label.level), label.mark.name)


def _draw_line(plot: Axes, window: Window, at: float, level: int | None, look: dict[str, Any]) -> None:
    """An upright line from the axis to the name on a level, or to the top of the axes."""
    top = window.top if level is None else _height(window, level)
    plot.plot([at, at], [0, top], clip_on=False, zorder=1.6, **look)


def _height(window: Window, level: int) -> float:
    """Where the names of a level stand, in hosts."""
    return window.top + foot_of(level) * window.states_per_inch
