"""The chart of military cooperation with Washington: how many hosts keep it up, and who suspends it."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis import reading
from sim.analysis.answers import DOES
from sim.analysis.course import Course
from sim.analysis.findings import of_cooperation
from sim.analysis.reading import Row, end_of, header, note, source, start_of
from sim.analysis.times import shares
from sim.charts.dates import date_ticks, number
from sim.charts.result.count import LABELS, LEFT, WIDTH, Window, draw_runs, label_runs
from sim.charts.result.events import (
    GAP,
    LEVEL,
    SMALL,
    Label,
    Mark,
    arranged,
    dated,
    draw_labels,
    foot_of,
    lines_of_names,
    notes,
    write_name,
)
from sim.charts.result.states import BETWEEN, HEAD, Group, draw_groups, likeliest
from sim.charts.sheet import grid, measured, panel, sheet, wrapped, write
from sim.charts.style import GREY, MARGIN
from sim.results.result import Result
from sim.results.tables import COOPERATION
from sim.scenario.events import EVENTS
from sim.words import percent, spoken, the

ABOVE = "Hosts that cooperate"
COLUMN = "at any time"
BASIS = "Hosts as in the scenario; this tie has no record."
HEIGHT, HEADROOM, FOOT, NOTE = 2.3, 0.3, 0.5, 0.17
"""Inches: the axes of the count; what is free above the last host; the dates below; a line of notes."""
LEAST_DAYS = 31.0
"""Span of the axis of time where the horizon has no month."""
BETWEEN_TICKS = 0.2
"""Inches that two numbers of the axis need."""
EDGE = 3.0
"""Of the bands, points: with so few hosts they often are but a line."""


def draw(result: Result) -> Figure:
    """The count of hosts that cooperate, with the events that concern them; below, each host's chance to suspend."""
    rows = rows_of(result)
    heading = f"Chance that cooperation is suspended at the end of {end_of(result)}"
    groups = [likeliest(rows, heading, "more host", "hosts"), *by_answer(result)]
    course = Course(result, COOPERATION)
    first, last = course.start, course.days[-1]
    span = (last - first).days
    pad = span * 0.012 or LEAST_DAYS
    width = WIDTH - LEFT - LABELS
    labels = arranged(marks(result), span + pad, width, WIDTH - LEFT - MARGIN)
    start = "start " + ", ".join(course.start_words)
    level = start_level(labels, measured(start, SMALL) + 0.08)
    key = notes(labels, "Lines: events of the scenario that concern hosts", "broken")
    lines = wrapped(key, SMALL, room=WIDTH - LEFT - MARGIN) if labels else []
    head = HEAD + LEVEL * max(lines_of_names(labels), level + 1) + GAP
    above = head + HEIGHT + FOOT + NOTE * len(lines)
    with sheet(
        WIDTH,
        above + sum(BETWEEN + group.height for group in groups),
        of_cooperation(result),
        header(result, measures(result, [row for group in groups for row in group.rows])),
        source([result], BASIS),
    ) as (drawing, top):
        plot = panel(drawing, LEFT, top + head, width, HEIGHT)
        ceiling = len(result.hosts) / (1 - HEADROOM / HEIGHT)
        window = Window(first, last, pad, ceiling, (span + pad) / width, ceiling / HEIGHT)
        _draw_axes(plot, window, len(result.hosts))
        draw_runs(plot, window, course, EDGE)
        label_runs(plot, course)
        rises = window.top + foot_of(level) * window.states_per_inch
        plot.plot([number(first)] * 2, [0, rises], color=GREY, lw=0.8, clip_on=False, zorder=1.6, gid="start")
        write_name(plot, 0.0, level, start, GREY)
        draw_labels(plot, labels, "--", lw=0.6, zorder=1.6)
        under = top + head + HEIGHT + FOOT
        write(drawing, LEFT, under, lines, NOTE, color=GREY, size=SMALL, va="top")
        write(drawing, MARGIN, top + HEAD - 0.08, ABOVE, weight="bold", va="bottom")
        draw_groups(drawing, top + above + BETWEEN, groups, COLUMN)
    return drawing


def rows_of(result: Result) -> list[Row]:
    """The hosts, the likeliest to have suspended cooperation at the end first, then by name."""
    rows = reading.rows_of(result, True, COOPERATION)
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
        f"Above: number of hosts that cooperate with Washington’s forces at the ends of months to {end}{shaded}.\n"
        f"Below: share of runs, %, suspended at the end of {end} (dots) or at any time until then (ticks).\n"
        f"{note(result, rows)}"
    )


def marks(result: Result) -> list[Mark]:
    """The dated threats, notices and quarrels that concern hosts, by date; along the axis in days."""
    hosts, first = dict(result.hosts), start_of(result)
    threats = []
    for each in dated(result):
        words = EVENTS[each.entry["type"]].of_host if each.kind == "events" else None
        if words is not None and each.state in hosts:
            threats.append(Mark(f"{words} {hosts[each.state]}", (each.when - first).days, each.state, each.certain))
    return sorted(threats, key=lambda mark: (mark.at, mark.name))


def start_level(labels: list[Label], wide: float) -> int:
    """The line of names for that of the start, `wide` inches from the left edge: above all that it spans."""
    return 1 + max([label.level for label in labels if label.fits and label.begin < wide + GAP], default=-1)


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
