"""The charts of an explanation: terms at a decision, terms and hazard by month with their events, removals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from sim.analysis.explain import Explanation
from sim.analysis.one_run import steps
from sim.analysis.removals import Removals
from sim.analysis.story import tipping
from sim.analysis.subject import DOES, DONE, LABELS
from sim.charts.events import LEVEL, SMALL, Label, Mark, arranged, foot_of, lines_of_names, notes, write
from sim.charts.history import number
from sim.charts.labels import date_ticks, spread
from sim.charts.style import (
    BLACK,
    BLUE,
    BLUE_HALF,
    BLUE_MOST,
    GREY,
    MARGIN,
    TEXT_SIZE,
    VERMILION,
    figure,
    grid,
    measured,
    panel,
    sheet,
    wrapped,
)
from sim.charts.words import header, source, start_of
from sim.model.terms import DECISIONS
from sim.results.result import Result
from sim.words import beyond_luck, many, month_end, points, rate
from sim.words import month as month_of
from sim.words import two_digits as percent

Floats = NDArray[np.float64]
Row = Mapping[str, Any]

WIDTH, BODY, LEFT, FOOT = 9.0, 3.6, 0.72, 0.5
ROW, HEAD, AXIS = 0.3, 0.3, 0.55
LEAST = 0.01
"""Terms that move the log hazard by less are told together."""
LEAST_HAZARD = 1e-6
FARTHEST = 20.0
"""The number drawn is shown unless it lies below all chances by more than this factor."""
MOST_LEVERS, LEAST_DIFFERENCE = 14, 0.0005
LONGEST = 50
"""Letters of the name of an event."""
END_SIZE = 9.0
LINE = END_SIZE * 1.45 / 72
RAISES, LOWERS = VERMILION, BLUE
COLOURS = {term.name: term.colour for decision in DECISIONS.values() for term in (*decision.added, *decision.after)} | {
    "other": "#DDDDDD"
}
"""A colour for each term, the same on every chart."""
_DOING = {name: decision.doing for name, decision in DECISIONS.items()}
_PARTS = (
    (1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 9.5),
    (1, 1.2, 1.5, 2, 3, 4, 5, 6, 8),
    (1, 1.5, 2, 3, 5, 7),
    (1, 2, 5),
    (1, 3),
    (1,),
)
"""Ticks a decade of a log axis can have, the most first."""


def charts_of(explanation: Explanation) -> tuple[str, ...]:
    """The charts an explanation has: those of a run only where one is looked into."""
    run = explanation.document["run"]
    told = () if run is None or not run["hazard"] > LEAST_HAZARD else ("waterfall", "terms")
    hazards = [month["mean"] for month in explanation.document["when"]["months"]]
    some = any(hazard is not None and hazard > 0.0 for hazard in hazards)
    return (*told, *(("hazard",) if some else ()), *(("removals",) if explanation.removals.rows else ()))


def draw(name: str, explanation: Explanation) -> Figure:
    """One chart of an explanation, by a name of `charts_of` it."""
    if name == "waterfall":
        return draw_waterfall(explanation)
    if name == "terms":
        return draw_terms(explanation)
    if name == "hazard":
        return draw_hazard(explanation)
    return draw_removals(explanation.removals)


def draw_explanation(explanation: Explanation, folder: Path, formats: Iterable[str] = ("png", "svg")) -> list[Path]:
    """Draw every chart of an explanation into a folder; returns the files written."""
    from sim.charts import save

    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name in charts_of(explanation):
        written += save(draw(name, explanation), folder / name, formats, prefix=f"explain-{name}-")
    return written


# --- the terms at the decision ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A row of the waterfall."""

    label: str
    factor: float | None
    """On the hazard; None for a row that stands on its own."""
    before: float
    after: float


def bars(steps: Sequence[Row], ends: str) -> list[Bar]:
    """The rows of the waterfall, small terms told together; the factors multiply to the hazard.

    ends : what the last row is called
    """
    start, rest = float(steps[0]["after"]), [step for step in steps[1:] if step["factor"] is not None]
    large = [step for step in rest if abs(math.log(step["after"] / step["before"])) >= LEAST]
    small = [step for step in rest if step not in large and step["after"] != step["before"]]
    factors = [(str(step["label"]), step["after"] / step["before"]) for step in large]
    if small:
        name = str(small[0]["label"]) if len(small) == 1 else f"{len(small)} small terms"
        factors.append((name, math.prod(step["after"] / step["before"] for step in small)))
    found = [Bar("under reference conditions", None, start, start)]
    for label, factor in factors:
        before = found[-1].after
        found.append(Bar(label, factor, before, before * factor))
    last = float(steps[-1]["after"])
    return [*found, Bar(ends, None, last, last)]


def draw_waterfall(explanation: Explanation) -> Figure:
    """From the hazard under reference conditions to that of the decision, term by term, on a log axis."""
    run, name = explanation.document["run"], explanation.subject.name
    rows = bars(run["steps"], f"in {month_of(run['month'])}")
    leaves = explanation.subject.decision == "leave"
    against, odds = run["losing"] if leaves else run["chance"], ""
    if run["luck"] is not None:
        odds = "" if leaves else f" A chance of {percent(against)} in the month, and"
        odds += f"{' T' if leaves else ' t'}he number drawn was {percent(run['luck'])}: "
        odds += "below it." if run["luck"] < against else "not below it."
    what = "Chance that talks are lost" if leaves else "Annual hazard"
    measure = f"{what}, % (log scale): what each term multiplied it by in {month_of(run['month'])}.{odds}"
    doing = "the chance that its talks are lost" if leaves else f"the hazard of {_DOING[explanation.subject.decision]}"
    said = told_by(run, name) if leaves and run["decided"] else f"{name} in run {run['run']}: {doing}"
    shown = percent if leaves else rate
    body = HEAD + ROW * len(rows) + AXIS
    texts = header(explanation.result, measure), source([explanation.result])
    with sheet(WIDTH, body, said, *texts) as (drawing, top):
        left = max(measured(drawing, row.label, bold=row.factor is None) for row in rows) + MARGIN + 0.17
        after = "chance after" if leaves else "hazard after"
        widest = max(measured(drawing, shown(row.after), bold=True) for row in rows)
        right = max(widest, measured(drawing, after, SMALL)) + 0.25
        factors = 0.75
        width = WIDTH - left - right - factors - MARGIN
        plot = panel(drawing, left, top + HEAD, width, ROW * len(rows))
        values = [100.0 * value for row in rows for value in (row.before, row.after)]
        luck = 100.0 * run["luck"] if leaves and run["luck"] is not None else 0.0
        luck = luck if luck >= min(values) / FARTHEST else 0.0
        low, high = _decade(*((min(*values, luck), max(*values, luck)) if luck else (min(values), max(values))))
        plot.set_xscale("log")
        plot.set_xlim(low, high)
        plot.set_ylim(len(rows) - 0.5, -0.5)
        grid(plot, "x")
        _log_ticks(plot, low, high, width)
        plot.set_xlabel("%" if leaves else "% a year")
        plot.spines["left"].set_visible(False)
        plot.set_yticks(range(len(rows)), [row.label for row in rows], color=BLACK)
        plot.tick_params(axis="y", length=0, pad=8)
        if luck:
            _number_drawn(plot, luck, luck > math.sqrt(low * high), 1 + 0.05 / (ROW * len(rows)))
        side = plot.get_yaxis_transform()
        for place, row in enumerate(rows):
            before, now = 100.0 * row.before, 100.0 * row.after
            text: dict[str, Any] = {"va": "center", "ha": "right", "transform": side}
            if row.factor is None:
                plot.plot(now, place, "o", ms=7, color=BLACK, zorder=4, clip_on=False, gid="total")
                plot.get_yticklabels()[place].set_fontweight("bold")
            else:
                colour = RAISES if now >= before else LOWERS
                bar: dict[str, Any] = {"left": min(before, now), "height": 0.56, "color": colour, "zorder": 3}
                plot.barh(place, abs(now - before), gid=f"step-{place}", **bar)
                plot.text(1 + (factors - 0.08) / width, place, f"× {row.factor:.2f}", color=colour, **text)
            if place + 1 < len(rows):
                plot.plot([now, now], [place, place + 1], color=GREY, lw=0.8, zorder=2)
            weight = "bold" if row.factor is None else "normal"
            plot.text(1 + (factors + right - 0.02) / width, place, shown(row.after), weight=weight, **text)
        foot: dict[str, Any] = {
            "va": "bottom",
            "ha": "right",
            "transform": plot.transAxes,
            "color": GREY,
            "size": SMALL,
        }
        over = 1 + 0.05 / (ROW * len(rows))
        plot.text(1 + (factors - 0.08) / width, over, "factor", **foot)
        plot.text(1 + (factors + right - 0.02) / width, over, after, **foot)
    return drawing


def told_by(run: Row, name: str) -> str:
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


def round_ticks(low: float, high: float, inches: float, apart: float) -> list[float]:
    """Round numbers from `low` to `high` that stand at least `apart` inches from each other on a log axis."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    scale = inches / math.log(high / low)
    ticks: list[float] = []
    for parts in _PARTS:
        made = [float(f"{part * 10.0**power:.12g}") for power in powers for part in parts]
        ticks = [tick for tick in made if low <= tick <= high]
        if all(scale * math.log(after / before) >= apart for before, after in pairwise(ticks)):
            return ticks
    least = math.ceil(apart / scale / math.log(10.0))
    return [tick for tick in ticks if round(math.log10(tick)) % least == 0]


# --- months -----------------------------------------------------------------------------------------------


def edges_of(result: Result, rows: int) -> list[float]:
    """(rows + 1,) where the months of the first rows begin, and the last of them ends, as days of an axis."""
    ends = [number(month_end(label) + timedelta(days=1)) for label in result.months[:rows]]
    return [number(start_of(result)), *ends]


def marks(result: Result, calendar: Sequence[Row], rows: int) -> list[Mark]:
    """Events of a calendar within the first rows, those of a run only if they happened in it, by date.

    Each stands at the beginning of its month, from which it counts.
    """
    begin, found = start_of(result), []
    for item in calendar:
        if item["happened"] is False or not 0 <= item["row"] < rows:
            continue
        first = date.fromisoformat(f"{item['month']}-01")
        certain = bool(item["certain"]) or item["happened"] is True
        label = str(item["label"])
        name = label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"
        found.append(Mark(name, number(max(begin, first)) - number(begin), "", certain))
    return sorted(found, key=lambda mark: (mark.at, mark.name))


def earlier(calendar: Sequence[Row]) -> str:
    """What had happened before the first month, in words; empty for nothing."""
    told = [f"{item['label']} ({month_of(item['month'])})" for item in calendar if _before(item)]
    return f"Before the start: {', '.join(told)}." if told else ""


def _before(item: Row) -> bool:
    return item["row"] < 0 and item["happened"] is not False


@dataclass(frozen=True)
class Frame:
    """Axes of months with names of events above, and what is said below them."""

    plot: Axes
    width: float
    edges: list[float]


def _months(
    drawing: Figure, top: float, result: Result, edges: list[float], labels: list[Label], right: float
) -> Frame:
    """Axes over months, with a line from each event's name down through them."""
    width, head = WIDTH - LEFT - right, LEVEL * lines_of_names(labels) + 0.15
    plot = panel(drawing, LEFT, top + head, width, BODY)
    plot.set_xlim(edges[0], edges[-1])
    grid(plot, "y")
    first, last = start_of(result), month_end(result.months[len(edges) - 2])
    date_ticks(plot, first, last)
    high = plot.get_xaxis_transform()
    for label in labels:
        at, rises = edges[0] + label.mark.at, 1 + foot_of(label.level) / BODY if label.shown else 1.0
        dash = "-" if label.mark.certain else (0, (3, 2))
        plot.plot([at, at], [0, rises], color=BLACK, lw=0.7, ls=dash, clip_on=False, zorder=5, transform=high)
        if label.shown:
            begin = (label.begin + 0.03) / width * (edges[-1] - edges[0]) + edges[0]
            _write(plot, begin, rises, label.mark.name)
    return Frame(plot, width, edges)


def _write(plot: Axes, at: float, foot: float, name: str) -> None:
    """A name above axes whose heights are told in shares of them."""
    write(plot, at, foot, name)
    plot.texts[-1].set_transform(plot.get_xaxis_transform())


def _room(
    result: Result, calendar: Sequence[Row], edges: list[float], right: float, more: str = ""
) -> tuple[list[Label], list[str]]:
    """Places for the names of events, and the lines of notes that go with them, `more` at their end."""
    with figure(WIDTH, 1.0) as probe:
        width = WIDTH - LEFT - right
        # Names may stand over the margin at the right, where nothing else is above the axes.
        labels = arranged(
            probe, marks(result, calendar, len(edges) - 1), edges[-1] - edges[0], width, WIDTH - LEFT - MARGIN
        )
        said = (
            notes(labels, "Lines: dated events that can move it, at the beginning of their month", "dashed")
            if labels
            else ""
        )
        text = " ".join(part for part in (said, earlier(calendar), more) if part)
        return labels, wrapped(probe, text, SMALL, room=WIDTH - LEFT - MARGIN) if text else []


def _write_notes(drawing: Figure, top: float, lines: Sequence[str]) -> None:
    for place, line in enumerate(lines):
        y = 1 - (top + 0.18 * place) / drawing.get_figheight()
        drawing.text(LEFT / WIDTH, y, line, color=GREY, size=SMALL, va="top")


# --- terms by month ---------------------------------------------------------------------------------------


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
    found = {name: table[:, place] for place, name in enumerate(names)}
    shown = {name: values for name, values in found.items() if np.nanmax(np.abs(values), initial=0.0) >= LEAST}
    rest = [values for name, values in found.items() if name not in shown and np.nanmax(np.abs(values), initial=0.0)]
    return shown | ({"other": np.sum(rest, axis=0)} if rest else {})


def draw_terms(explanation: Explanation) -> Figure:
    """What each term added to the log hazard of a run, month by month, stacked, with their sum and the events."""
    run, result, subject = explanation.document["run"], explanation.result, explanation.subject
    months = run["months"]
    added = contributions(subject.decision, months)
    total = np.sum(list(added.values()), axis=0) if added else np.zeros(len(months))
    edges, ends = edges_of(result, len(months)), _ends(subject.decision, added, total)
    with figure(WIDTH, 1.0) as probe:
        right = max(measured(probe, end.words, END_SIZE, bold=end.bold) for end in ends) + 0.38 + MARGIN
    labels, lines = _room(result, run["calendar"], edges, right)
    moved = "the chance that talks are lost" if subject.decision == "leave" else "the hazard"
    measure = (
        f"What each term multiplied {moved} by, month by month; terms above the line of 1 raise it, those below "
        f"lower it. Black: all of them together, to {month_of(months[-1]['month'])}"
    )
    measure += f", when it {DOES[subject.decision]}." if run["decided"] else "."
    said = f"{subject.name} in run {run['run']}: what weighed, by month"
    body = LEVEL * lines_of_names(labels) + 0.15 + BODY + FOOT + 0.18 * len(lines)
    with sheet(WIDTH, body, said, header(result, measure), source([result])) as (drawing, top):
        frame = _months(drawing, top, result, edges, labels, right)
        low, high = _stack(frame, added, total)
        frame.plot.set_ylim(low, high)
        ticks = round_ticks(math.exp(low), math.exp(high), BODY, 0.27)
        frame.plot.set_yticks([math.log(tick) for tick in ticks], [f"× {tick:g}" for tick in ticks])
        _name_ends(frame, ends, low, high)
        _write_notes(drawing, top + body - 0.18 * len(lines) - 0.02, lines)
    return drawing


def _stack(frame: Frame, added: Mapping[str, Floats], total: Floats) -> tuple[float, float]:
    """Areas of the terms above and below nought, and the line of their sum; returns the ends of the axis."""
    up, down = np.zeros(total.shape[0]), np.zeros(total.shape[0])
    for name in _order(added):
        values = np.nan_to_num(added[name])
        for base, part in ((up, np.maximum(values, 0.0)), (down, np.minimum(values, 0.0))):
            if part.any():
                look: dict[str, Any] = {"step": "post", "color": COLOURS[name], "lw": 0.0, "zorder": 1.5}
                frame.plot.fill_between(frame.edges, _held(base), _held(base + part), gid=f"term-{name}", **look)
                base += part
    frame.plot.axhline(0.0, color=GREY, lw=0.9, zorder=3)
    frame.plot.step(frame.edges, _held(total), where="post", color=BLACK, zorder=4, lw=1.8, gid="total")
    low, high = float(down.min(initial=0.0)), float(up.max(initial=0.0))
    room = 0.06 * max(high - low, 0.2)
    return min(low - room, -0.1), max(high + room, 0.1)


def _held(values: Floats) -> Floats:
    """A column with its last value twice: a step needs its width."""
    return np.append(values, values[-1])


@dataclass(frozen=True)
class End:
    """What is said at the right of what is drawn, where it ends."""

    words: str
    value: float
    """Where it belongs."""
    colour: str
    bold: bool = False


def _ends(decision: str, added: Mapping[str, Floats], total: Floats) -> list[End]:
    """The names of the terms, with what each multiplied the hazard by in the last month, where their areas end."""
    found, up, down = [], 0.0, 0.0
    names = LABELS[decision] | {"other": "small terms"}
    for name in _order(added):
        value = float(np.nan_to_num(added[name][-1]))
        middle = (up if value >= 0 else down) + value / 2
        found.append(End(f"{names[name]} × {math.exp(value):.2f}", middle, COLOURS[name]))
        up, down = up + max(value, 0.0), down + min(value, 0.0)
    ends = float(np.nan_to_num(total[-1]))
    return [*found, End(f"all together × {math.exp(ends):.2f}", ends, BLACK, True)]


def _order(added: Mapping[str, Floats]) -> list[str]:
    """The terms from the largest to the smallest, as they are stacked from nought."""
    return sorted(added, key=lambda name: (name == "other", -float(np.nansum(np.abs(added[name])))))


def _name_ends(frame: Frame, ends: Sequence[End], low: float, high: float) -> None:
    """Names at the right, none over another, each with a swatch and a line to where it belongs."""
    plot, side = frame.plot, frame.plot.get_yaxis_transform()
    placed = spread([end.value for end in ends], [LINE * (high - low) / BODY] * len(ends), low, high)
    for end, at in zip(ends, placed, strict=True):
        look: dict[str, Any] = {"color": end.colour, "clip_on": False, "transform": side, "solid_capstyle": "butt"}
        inch = 1.0 / frame.width
        plot.plot([1 + 0.03 * inch, 1 + 0.14 * inch], [end.value, at], lw=1.2, **look)
        plot.plot([1 + 0.14 * inch, 1 + 0.27 * inch], [at, at], lw=7, **look)
        place: dict[str, Any] = {"va": "center", "ha": "left", "transform": side, "size": END_SIZE}
        plot.text(1 + 0.33 * inch, at, end.words, color=BLACK, weight="bold" if end.bold else "normal", **place)


# --- the hazard by month ----------------------------------------------------------------------------------


def draw_hazard(explanation: Explanation) -> Figure:
    """The hazard by month over the sampled runs in which the decision is open: mean, half and 90 % of them."""
    result, when, subject = explanation.result, explanation.document["when"], explanation.subject
    months = [month for month in when["months"] if month["mean"] is not None]
    months = months[: next((place for place, month in enumerate(months) if month["row"] != place), len(months))]
    edges = edges_of(result, len(months))
    columns = {
        name: 100.0 * np.array([month[name] for month in months]) for name in ("mean", "q05", "q25", "q75", "q95")
    }
    last = {name: float(values[-1]) for name, values in columns.items()}
    ends = [
        End(f"mean: {rate(last['mean'] / 100.0)}", last["mean"], BLUE, True),
        End("half of runs", (last["q25"] + last["q75"]) / 2, BLUE_HALF),
        End("90 % of runs", (last["q75"] + last["q95"]) / 2, BLUE_MOST),
    ]
    with figure(WIDTH, 1.0) as probe:
        right = max(measured(probe, end.words, END_SIZE, bold=end.bold) for end in ends) + 0.38 + MARGIN
    still_open = round(months[-1]["open"] * explanation.document["sampled_runs"])
    said = f"In {month_of(months[-1]['month'])} it is open in {many(still_open, 'run')}."
    labels, lines = _room(result, when["calendar"], edges, right, said)
    sampled = many(explanation.document["sampled_runs"], "run")
    still = {"leave": "still with Taipei", "return": "not yet back", "suspend": "still cooperating"}[subject.decision]
    measure = (
        f"Annual hazard, %, by month, over those of {sampled} of the result in which it is {still}: mean, and where "
        "half and 90 % of them are. Runs with a high hazard drop out first, so the mean falls by itself."
    )
    body = LEVEL * lines_of_names(labels) + 0.15 + BODY + FOOT + 0.18 * len(lines)
    title = f"{subject.name}: the hazard of {_DOING[subject.decision]}, by month"
    with sheet(WIDTH, body, title, header(result, measure), source([result])) as (drawing, top):
        frame = _months(drawing, top, result, edges, labels, right)
        plot = frame.plot
        for low, high, colour, gid in (("q05", "q95", BLUE_MOST, "most"), ("q25", "q75", BLUE_HALF, "half")):
            look: dict[str, Any] = {"step": "post", "color": colour, "lw": 0.0, "zorder": 1.2}
            plot.fill_between(edges, _held(columns[low]), _held(columns[high]), gid=gid, **look)
        plot.step(edges, _held(columns["mean"]), where="post", color=BLUE, zorder=3, gid="mean")
        top_of = max(float(columns["q95"].max()), float(columns["mean"].max())) * 1.06
        plot.set_ylim(0.0, top_of)
        plot.set_ylabel("% a year")
        plot.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
        plot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.10g}"))
        _name_ends(frame, ends, 0.0, top_of)
        _write_notes(drawing, top + body - 0.18 * len(lines) - 0.02, lines)
    return drawing


# --- removals ---------------------------------------------------------------------------------------------


def draw_removals(removals: Removals) -> Figure:
    """The difference that taking each lever away makes to the chance, with its ranges; the largest first."""
    subject, result = removals.subject, removals.subject.result
    singles = [row for row in removals.rows if row["group"] == "single"]
    shown = [row for row in singles if abs(row["difference"]) >= LEAST_DIFFERENCE][:MOST_LEVERS]
    rest = len(singles) - len(shown)
    together = [row for row in removals.rows if row["group"] != "single"]
    blocks = [("Without one of them", shown), ("Without several together", together)]
    blocks = [(words, rows) for words, rows in blocks if rows]
    end = month_of(result.months[-1])
    measure = (
        f"Chance that it {DONE[subject.decision]} by the end of {end}: {100 * removals.p:.1f} % with everything in "
        "place. Bars: by how many percentage points it differs without a lever (same random numbers and draws); black: "
        "two Monte Carlo errors; pale: 5–95 % over parameter draws, luck removed. Grey: not told from luck."
    )
    if rest:
        measure += f" {many(rest, 'more lever')} by less than {100 * LEAST_DIFFERENCE:g} points."
    body = sum(HEAD + ROW * len(rows) for _, rows in blocks) + AXIS if blocks else 0.4
    title = f"{subject.name}: the chance without each lever"
    basis = f"Paired over {many(removals.runs, 'run')}."
    with sheet(WIDTH, body, title, header(result, measure), source([result], basis)) as (drawing, top):
        if not blocks:
            y = 1 - (top + 0.1) / drawing.get_figheight()
            drawing.text(MARGIN / WIDTH, y, "No lever moves the chance.", va="top")
            return drawing
        rows = [row for _, own in blocks for row in own]
        names = {id(row): "\n".join(wrapped(drawing, _told(row), TEXT_SIZE, room=3.1)[:1]) for row in rows}
        left = max(measured(drawing, name) for name in names.values()) + MARGIN + 0.17
        texts = [_numbers(row) for row in rows]
        gaps = [max(measured(drawing, text[column], bold=column == 1) for text in texts) + 0.16 for column in range(3)]
        gaps = [max(gap, measured(drawing, word, SMALL) + 0.16) for gap, word in zip(gaps, _COLUMNS, strict=True)]
        width = WIDTH - left - sum(gaps) - MARGIN
        ends = [
            0.0,
            *(100 * row[name] for row in rows for name in ("difference", "low", "high") if row[name] is not None),
        ]
        low, high = min(ends), max(ends)
        pad = 0.06 * max(high - low, 1.0)
        for place, (words, own) in enumerate(blocks):
            y = 1 - (top + HEAD - 0.07) / drawing.get_figheight()
            drawing.text(MARGIN / WIDTH, y, words, va="bottom", weight="bold", size=SMALL)
            plot = panel(drawing, left, top + HEAD, width, ROW * len(own))
            plot.set_xlim(low - pad, high + pad)
            _draw_block(plot, own, [names[id(row)] for row in own], width, gaps)
            top += HEAD + ROW * len(own)
            if place == 0:
                _head_columns(plot, width, gaps, ROW * len(own))
            if place + 1 < len(blocks):
                plot.set_xticklabels([])
            else:
                plot.set_xlabel("percentage points")
    return drawing


_COLUMNS = ("without", "difference", "over draws")


def _told(row: Row) -> str:
    return str(row["label"])


def _numbers(row: Row) -> tuple[str, str, str]:
    """What is printed in a row: the chance without it, the difference with its error, its range over draws."""
    error = "" if row["mc"] is None else f" ± {100 * row['mc']:.1f}"
    low, high = row["low"], row["high"]
    wide = low is not None and points(low) != points(high) and beyond_luck_of(row)
    span = f"({points(low)} to {points(high)})" if wide else ""
    return f"{100 * row['without']:.1f} %", f"{points(row['difference'])}{error}", span


def beyond_luck_of(row: Row) -> bool:
    """Whether the difference of a row is more than two Monte Carlo errors from nought."""
    return beyond_luck(row["difference"], row["mc"])


def _draw_block(plot: Axes, rows: Sequence[Row], names: Sequence[str], width: float, gaps: Sequence[float]) -> None:
    plot.set_ylim(len(rows) - 0.5, -0.5)
    grid(plot, "x")
    plot.spines["left"].set_visible(False)
    plot.xaxis.set_major_locator(MaxNLocator(nbins=max(3, int(width / 0.5)), steps=[1, 2, 2.5, 5, 10]))
    plot.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.10g}".replace("-", "−") if value else "0"))
    plot.set_yticks(range(len(rows)), names, color=BLACK)
    plot.tick_params(axis="y", length=0, pad=8)
    plot.axvline(0.0, color=GREY, lw=0.9, zorder=1.5)
    side, edges = plot.get_yaxis_transform(), list(accumulate(gaps))
    for place, row in enumerate(rows):
        told, value = beyond_luck_of(row), 100 * row["difference"]
        colour = GREY if not told else (RAISES if value > 0 else LOWERS)
        if row["low"] is not None and row["low"] < row["high"]:
            pale: dict[str, Any] = {"color": colour, "alpha": 0.3, "lw": 9, "solid_capstyle": "butt", "zorder": 2}
            plot.plot([100 * row["low"], 100 * row["high"]], [place, place], gid="range", **pale)
        plot.barh(place, value, height=0.46, color=colour, zorder=2.5, gid="difference")
        if row["mc"]:
            error = 200 * row["mc"]
            plot.plot([value - error, value + error], [place, place], color=BLACK, lw=1.3, zorder=3, gid="error")
        for column, (text, edge) in enumerate(zip(_numbers(row), edges, strict=True)):
            look: dict[str, Any] = {"va": "center", "ha": "right", "transform": side}
            ink = BLACK if told or column == 0 else GREY
            weight = "bold" if column == 1 and told else "normal"
            plot.text(1 + edge / width, place, text, color=ink, weight=weight, **look)


def _head_columns(plot: Axes, width: float, gaps: Sequence[float], height: float) -> None:
    for word, edge in zip(_COLUMNS, accumulate(gaps), strict=True):
        look: dict[str, Any] = {
            "va": "bottom",
            "ha": "right",
            "transform": plot.transAxes,
            "color": GREY,
            "size": SMALL,
        }
        plot.text(1 + edge / width, 1 + 0.05 / height, word, **look)
