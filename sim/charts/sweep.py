"""The charts of a sweep: the outcome along one varied number, over two or three, or against each of many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.analysis.levers import Moved, moved, one_finding
from sim.charts import save
from sim.charts.compared import shortened
from sim.charts.history import number
from sim.charts.labels import MONTHS_BETWEEN, spread
from sim.charts.style import (
    BLACK,
    BLUE_HALF,
    BLUE_MOST,
    GREY,
    MARGIN,
    SEQUENTIAL,
    SIMULATED,
    TEXT_SIZE,
    TITLE_SIZE,
    WHITE,
    figure,
    grid,
    measured,
    panel,
    sheet,
    wrapped,
)
from sim.errors import InputError, Problem, nearest
from sim.scenario.language import meaning
from sim.scenario.levers import called
from sim.sweeps.outcomes import COOPERATION, COUNT, LEFT, SUSPENDED, outcomes_in
from sim.sweeps.outcomes import Outcome as AnyOutcome
from sim.words import day, many, month, percent, spoken

Document = Mapping[str, Any]
"""What a sweep writes: scenario, runs, seed, design, what was varied, and the table of its points as columns."""
Floats = NDArray[np.float64]
Kind = Literal["levers", "line", "heat_map", "multiples", "dots", "scatter"]

WIDTH = 9.0
SMALL = 8.5
LINE, SMALL_LINE = TEXT_SIZE * 1.35 / 72, SMALL * 1.35 / 72
"""Height of a line of text, inches."""
FAINT, EDGE = "#B5B5B5", "#B8B8B8"
"""Of what is drawn for comparison only; of the frame of a heat map."""
DESIGNS = {
    "grid": "grid of {}",
    "lhs": "Latin hypercube of {}",
    "sobol": "Sobol sequence of {}",
    "saltelli": "Saltelli sample of {}",
    "morris": "Morris paths of {}",
    "levers": "one lever at a time, {}",
    "points": "{} as listed",
}
"""Designs as a reader calls them."""
HATCHES = {"failed": "/////", "to come": "..."}
"""How the place of a point without an outcome is hatched."""
FOOT = 0.08
"""Inches kept free below the lowest thing drawn."""


def draw_sweep(
    document: Document,
    folder: Path,
    outcome: str | Sequence[str] | None = None,
    formats: Iterable[str] = ("png", "svg"),
) -> list[Path]:
    """Draw the count at the end, and the chances that `outcome` names (`left:HND`, `suspended:HND`), into a folder.

    Returns the files written: `count.png`, `left-HND.png`, ... `InputError` for an outcome the sweep has not.
    """
    asked = [outcome] if isinstance(outcome, str) else list(outcome or ())
    found = [outcome_of(document, name) for name in dict.fromkeys([COUNT, *asked])]
    kinds = tuple(formats)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for each in found:
        written += save(draw(document, each.asked), folder / each.name, kinds, prefix=f"{each.name}-")
    return written


def outcomes_by_chart(document: Document) -> dict[str, str]:
    """The outcomes that a sweep has, by the names of their charts: `count`, and `left-HND` for `left:HND`."""
    return {one.name: one.asked for one in _outcomes(document)}


def draw(document: Document, outcome: str = COUNT) -> Figure:
    """The chart of one outcome that suits what was varied: a line, a heat map, several of them, or dots."""
    kind = kind_of(document)
    if kind == "levers":
        from sim.charts.levers import draw_levers

        return draw_levers(document, outcome)
    if kind == "dots":
        from sim.charts.dots import dots

        return dots(document, outcome)
    drawings = {"line": line, "heat_map": heat_map, "multiples": multiples, "scatter": scatter}
    return drawings[kind](document, outcome)


MOST_PANELS = 24


def kind_of(document: Document) -> Kind:
    """The chart that suits a sweep."""
    if document["design"] == "levers":
        return "levers"
    varied = varied_of(document)
    if len(varied) == 1 and len(set(varied[0].at)) == len(varied[0].at):
        return "line"
    is_grid = document["design"] == "grid" or (document["design"] == "points" and _is_whole(varied))
    if is_grid and len(varied) == 2:
        return "heat_map"
    if is_grid and len(varied) == 3 and len(varied[2].places) <= MOST_PANELS:
        return "multiples"
    return "dots" if document["design"] == "points" and len(varied) == 2 else "scatter"


def _is_whole(varied: Sequence[Varied]) -> bool:
    """Whether listed points are every combination of the values of their paths, two of each at least."""
    told = all(len(each.places) > 1 and set(each.at) == set(each.places) for each in varied)
    return told and math.prod(len(each.places) for each in varied) == len(varied[0].at)


# --- what the document says -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Varied:
    """One varied number, or date."""

    path: str
    told: str
    """What it is, in a line; empty where that is not known."""
    kind: Literal["number", "date", "cell"]
    """What its places are."""
    places: list[float]
    """Where its values stand on an axis: numbers themselves, days of dates; 0, 1, 2, ... for the cells of a map."""
    labels: list[str]
    """The values as a reader writes them."""
    at: list[float]
    """(points,) where each point stands; NaN where it has the scenario's own value, and that is no one number."""
    reference: float | None
    """Where the scenario itself stands; None where that is not told."""

    def index(self, place: float) -> int:
        """Which of its values is at a place."""
        return int(np.argmin(np.abs(np.array(self.places) - place)))

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return called(self.path).replace("'", "’")

    @property
    def heading(self) -> str:
        """The same, as it begins a line."""
        return self.name[0].upper() + self.name[1:]

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of an axis that holds all values, with a little room beside the outer ones."""
        low, high = (end([*self.places, *(at for at in self.at if at == at)]) for end in (min, max))
        pad = 0.03 * (high - low) or (30.0 if self.kind == "date" else 0.5)
        return low - pad, high + pad

    @property
    def marked(self) -> float | None:
        """Where the scenario itself stands, if it is on the axis."""
        low, high = self.ends
        return self.reference if self.reference is not None and low <= self.reference <= high else None

    def label(self, place: float) -> str:
        """The value at a place as a reader writes it."""
        if place in self.places:
            return self.labels[self.index(place)]
        return spoken(date.fromordinal(EPOCH + round(place))) if self.kind == "date" else plain(place)


EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Outcome:
    """What is drawn of every point."""

    asked: str
    """As the user names it: `count`, `left:HND`, `suspended:HND`."""
    name: str
    """Of its file: `count`, `left-HND`, `suspended-HND`."""
    heading: str
    measure: str
    """What it is, in words."""
    unit: str
    """Beside an axis."""
    values: Floats
    """(points,) mean number of states, or chance in %; NaN where a point has none."""
    errors: Floats
    """(points,) Monte Carlo standard error, in the same unit."""
    darker: str
    """What dark stands for."""
    dark_is_low: bool
    """Dark means more risk: fewer states, a higher chance to leave, a lower one to return."""
    counts: bool
    """Whether it is a number of states."""
    columns: tuple[str, ...]
    """Columns of the table whose sum it is."""
    bands: tuple[str, ...] = ()
    """Columns of its 5, 25, 75 and 95 % points over runs; none where the table has none."""
    start: int | None = None
    """The number at the start; None of a chance."""

    @property
    def bound(self) -> str:
        """What is said of its errors where they are only known to be no larger."""
        return ", at most" if len(self.columns) > 1 else ""

    @property
    def remain(self) -> bool:
        """Whether it is the number of states that recognise Taipei."""
        return self.name == COUNT

    @property
    def colours(self) -> Colormap:
        """The one sequential hue, dark for more risk."""
        return colormaps[SEQUENTIAL + "_r" if self.dark_is_low else SEQUENTIAL]

    def written(self, value: float) -> str:
        """A value as it is printed."""
        return f"{value:.1f}" if self.counts else percent(value / 100)


def column(document: Document, name: str) -> Floats:
    """(points,) a column of the table, NaN where it holds nothing."""
    held = document["columns"].get(name) or [None] * len(document["columns"]["point"])
    return np.array([np.nan if value is None else float(value) for value in held])


def outcome_of(document: Document, asked: str) -> Outcome:
    """The outcome a user names; `InputError` if the sweep does not have it."""
    known = {one.asked: one for one in _outcomes(document)}
    if (one := known.get(asked)) is None:
        valid = [name for name in known if ":" in name]
        rule = f"{COUNT}, or {LEFT}: and the code of a state of the sweep, such as {valid[0] if valid else 'left:HND'}"
        raise InputError(Problem("outcome", rule, asked, nearest(asked, known)))
    end = f"the end of {month(document['end'])}" if document.get("end") else "the end"
    columns, scale = one.columns(_sides(document)), 1 if one.is_number else 100
    # Errors of several columns that are added up: the most that the error of their sum can be.
    values, errors = (
        scale * np.sum([column(document, f"{name}{tail}") for name in columns], axis=0) for tail in ("", "_mc")
    )
    bands = tuple(name for name in one.quantiles if not name.endswith("q50"))
    start = {COUNT: document.get("count_at_start"), COOPERATION: len(_hosts(document))}.get(one.kind)
    return Outcome(
        one.asked, one.name, one.heading, one.measure(end), one.unit, values, errors, one.darker, one.dark_is_low,
        one.is_number, columns, bands, start,
    )  # fmt: skip


def _outcomes(document: Document) -> list[AnyOutcome]:
    """The outcomes that a sweep has; the count, which it may be about to have."""
    found = outcomes_in(document["columns"], _sides(document))
    return found if found and found[0].kind == COUNT else [AnyOutcome(COUNT), *found]


def _sides(document: Document) -> dict[str, str]:
    """Side at the start by code, of every state of a sweep: with Taipei where it does not say."""
    told = document.get("at_start") or {}
    return {code: told.get(code, "taipei") for code in document["states"]}


def _hosts(document: Document) -> list[str]:
    """The hosts of a sweep."""
    return [one.code for one in _outcomes(document) if one.kind == SUSPENDED]


def varied_of(document: Document) -> list[Varied]:
    """What was varied, with the places of its values and of the points on an axis."""
    return [_varied(document, entry) for entry in document["varied"]]


def _varied(document: Document, entry: Mapping[str, Any]) -> Varied:
    path, values, held = entry["path"], list(entry["values"]), document["columns"][entry["path"]]
    told = entry.get("meaning") or meaning(path)
    reference = (document.get("reference") or {}).get(path)
    if entry.get("is_date"):
        days = [day(value) for value in values]
        places = [number(value) for value in days]
        stands = number(day(reference)) if isinstance(reference, (str, date)) else None
        at = [_own(stands) if value is None else number(day(value)) for value in held]
        return Varied(path, told, "date", places, [spoken(value) for value in days], at, stands)
    places = [float(value) for value in values]
    stands = float(reference) if isinstance(reference, (int, float)) and not isinstance(reference, bool) else None
    at = [_own(stands) if value is None else float(value) for value in held]
    return Varied(path, told, "number", places, alike(places), at, stands)


def _own(stands: float | None) -> float:
    """Where a point stands that has the scenario's own value: NaN, nowhere, where that is no one number."""
    return np.nan if stands is None else stands


def plain(value: float, digits: int = 6) -> str:
    """A number as a reader writes it."""
    text = f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e12 else f"{value:.{digits}g}"
    return text.replace("-", "−")


def alike(values: Sequence[float]) -> list[str]:
    """Numbers as a reader writes them: long ones with as many decimals as tell them apart well."""
    full = [plain(value) for value in values]
    if max(map(len, full), default=0) <= 5:
        return full
    distinct = np.unique(values)
    gap = float(np.diff(distinct).min()) if len(distinct) > 1 else float(np.abs(distinct).max())
    for decimals in range(1, 6):
        rounded = np.round(values, decimals)
        if np.abs(rounded - values).max() < 0.05 * gap:
            return [plain(value) for value in rounded.tolist()]
    return full


@dataclass(frozen=True)
class Progress:
    """How many points have an outcome, have failed, and are still to come."""

    done: int
    failed: int
    to_come: int

    @property
    def said(self) -> str:
        """In words; empty when all are done."""
        if not self.failed and not self.to_come:
            return ""
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.done} of {many(self.done + self.failed + self.to_come, 'point')} done{failed}."


def failures(document: Document) -> list[bool]:
    """(points,) which points failed."""
    errors = document["columns"].get("error") or [None] * len(document["columns"]["point"])
    return [isinstance(error, str) and error != "" for error in errors]


def progress(document: Document) -> Progress:
    """How far a sweep has got, counted in its table."""
    failed = sum(failures(document))
    done = int(np.isfinite(column(document, "mean")).sum())
    total = max(int(document["points"]), len(document["columns"]["point"]))
    return Progress(done, failed, total - done - failed)


MOST_PATHS = 3
"""Paths that the source line names."""


def source(document: Document) -> str:
    """The source line."""
    design = DESIGNS.get(document["design"], f"{document['design']} design of {{}}")
    points = design.format(many(max(int(document["points"]), len(document["columns"]["point"])), "point"))
    runs = many(document["runs"], "run")
    given = "".join(f", given: {told}" for told in document.get("given", ()))
    told = f"Scenario {document['scenario']}: {runs} a point, seed {document['seed']}{given}. Design: {points}."
    paths = [entry["path"] for entry in document["varied"]]
    varied = [f"Varied: {', '.join(paths)}."] if len(paths) <= MOST_PATHS else []
    return " ".join([told, *varied, *document.get("record", ())])


def subtitle(document: Document, measure: str, *more: str) -> str:
    """The scenario's title; the measure; how far the sweep has got."""
    told = [text for text in (measure, *more) if text]
    return "\n".join(filter(None, [" ".join(document["title"].split()), " ".join(told), progress(document).said]))


def headed(drawing: Figure, outcome: Outcome, varied: Sequence[Varied]) -> str:
    """The title: what is drawn, and by what where that fits in two lines."""
    *others, last = [each.name for each in varied]
    full = f"{outcome.heading}, by " + (f"{', '.join(others)} and " if others else "") + last
    if len(wrapped(drawing, full, TITLE_SIZE, bold=True)) <= 2 and len(varied) <= 3:
        return full
    return f"{outcome.heading}, by " + (f"{len(varied)} settings varied together" if others else "one setting varied")


SHARED = "Points share their seed, so differences between them are steadier."


def luck(outcome: Outcome) -> str:
    """How far another seed would move what is drawn; empty where that is not known, or nothing."""
    known = outcome.errors[np.isfinite(outcome.errors)]
    error = 2 * float(known.max(initial=0.0))
    if error == 0.0:
        return ""
    bound = f"{error:.2f}" if error < 0.095 else f"{error:.1f}" if error < 0.95 or outcome.counts else f"{error:.0f}"
    thing, unit = ("a mean", "states") if outcome.counts else ("a chance", "percentage points")
    return f"Another seed would move {thing} by about ±{bound} {unit} at most. {SHARED}"


# --- names of what was varied, and ticks ----------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A name with what it means: pieces of text at inches from the block's left and top edge."""

    pieces: list[tuple[float, float, str, str, float]]
    """x, y, text, colour, size."""
    height: float


def named(drawing: Figure, varied: Varied, room: float, before: str = "", beside: bool = True) -> Block:
    """The name of what was varied, and what that is, beside it where that is wanted and there is room, else below."""
    lines = shortened(wrapped(drawing, before + varied.heading, TEXT_SIZE, room=room), 6)
    pieces = [(0.0, LINE * place, text, BLACK, TEXT_SIZE) for place, text in enumerate(lines)]
    height = LINE * len(lines)
    end = measured(drawing, lines[0], TEXT_SIZE) + 0.14
    if not varied.told:
        return Block(pieces, height)
    if beside and len(lines) == 1 and end + measured(drawing, varied.told, SMALL) <= room:
        return Block([*pieces, (end, 0.022, varied.told, GREY, SMALL)], height)
    told = shortened(wrapped(drawing, varied.told, SMALL, room=room), 3)
    pieces += [(0.0, height + SMALL_LINE * place, text, GREY, SMALL) for place, text in enumerate(told)]
    return Block(pieces, height + SMALL_LINE * len(told))


def write(drawing: Figure, block: Block, left: float, top: float) -> None:
    """Write a name at inches from the figure's left and top edge."""
    for x, y, text, colour, size in block.pieces:
        at = (left + x) / drawing.get_figwidth(), 1 - (top + y) / drawing.get_figheight()
        drawing.text(*at, text, color=colour, size=size, va="top")


MOST_TICKS = 20


def ticks(
    drawing: Figure, varied: Varied, inches: float, size: float = TEXT_SIZE, narrow: bool = False
) -> tuple[list[float], list[str]]:
    """Ticks with their labels on an axis that has `inches` for a unit: at the values where there is room.

    narrow : days on two lines always, for what stands beside the axis
    """

    def fits(places: Sequence[float], labels: Sequence[str]) -> bool:
        halves = [measured(drawing, label, size) / 2 for label in labels]
        both = zip(pairwise(places), pairwise(halves), strict=True)
        return all((right - left) * inches > one + other + 0.1 for (left, right), (one, other) in both)

    broken = [_broken(label) for label in varied.labels]
    for labels in (broken,) if narrow and varied.kind == "date" else (varied.labels, broken):
        if len(labels) <= MOST_TICKS and fits(varied.places, labels):
            return varied.places, labels
    low, high = varied.ends
    tried: list[tuple[list[float], list[str]]] = []
    if varied.kind == "number":
        for most in range(9, 1, -1):
            found = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            places = [float(value) for value in found if low - 1e-9 <= value <= high + 1e-9]
            tried.append((places, alike([round(place, 12) for place in places])))
    if varied.kind == "date":
        tried += [_months(low, high, step) for step in MONTHS_BETWEEN]
    for step in range(2, len(varied.places) + 1):
        tried.append((varied.places[::step], broken[::step]))
    return next((each for each in tried if len(each[0]) > 1 and fits(*each)), (varied.places[:1], broken[:1]))


def foot_of(labels: Iterable[str], size: float = TEXT_SIZE) -> float:
    """Inches that ticks and their labels take below axes."""
    return 0.1 + max([label.count("\n") + 1 for label in labels], default=1) * size * 1.35 / 72


def _broken(label: str) -> str:
    """A label on two lines, such as `1 Mar` and `2022`."""
    return "\n".join(label.rsplit(" ", 1))


def _months(low: float, high: float, step: int) -> tuple[list[float], list[str]]:
    """The first days of every `step` months between two days, with their labels."""
    first, last = (date.fromordinal(EPOCH + round(edge)) for edge in (low, high))
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    opening = [date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
    shown = [when for when in opening if first <= when <= last]
    labels = [f"{when:%Y}" if step >= 12 else f"{when:%b}\n{when.year}" for when in shown]
    return [number(when) for when in shown], labels


# --- places without an outcome ----------------------------------------------------------------------------------


def _id(reason: str) -> str:
    """A reason as part of an id."""
    return reason.replace(" ", "-")


def _hatched(reason: str, left: float, bottom: float, width: float, height: float, gid: str) -> Rectangle:
    """A place without an outcome, and for what reason."""
    look: dict[str, Any] = {"facecolor": WHITE, "edgecolor": FAINT, "linewidth": 0.0, "zorder": 0.8}
    return Rectangle((left, bottom), width, height, hatch=HATCHES[reason], gid=gid, **look)


KEY_ROW = 0.3
"""Inches that the key of the hatching takes."""


def _key_of_hatching(drawing: Figure, reasons: Mapping[str, int], left: float, top: float) -> None:
    """What the hatching means, with the number of points."""
    across, along = drawing.get_figwidth(), drawing.get_figheight()
    for reason, points in reasons.items():
        box = Rectangle((left / across, 1 - (top + 0.2) / along), 0.3 / across, 0.16 / along)
        box.set(facecolor=WHITE, edgecolor=FAINT, linewidth=0.8, hatch=HATCHES[reason], gid=f"key-{_id(reason)}")
        box.set_transform(drawing.transFigure)
        drawing.add_artist(box)
        text = f"{reason}: {many(points, 'point')}"
        drawing.text((left + 0.38) / across, 1 - (top + 0.12) / along, text, color=GREY, size=SMALL, va="center")
        left += 0.38 + measured(drawing, text, SMALL) + 0.3


def missing(document: Document, varied: Sequence[Varied], outcome: Outcome) -> dict[tuple[int, ...], str]:
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


def _reasons(why: Mapping[tuple[int, ...], str]) -> dict[str, int]:
    """How many places have no outcome, by reason."""
    return {reason: count for reason in HATCHES if (count := list(why.values()).count(reason))}


# --- one number -----------------------------------------------------------------------------------------------

LINE_LEFT, LINE_HEIGHT = 0.62, 3.5
NUMBERS = 0.24
"""Inches above the axes, for the numbers of the points."""
BENDS, CLOSE = 0.3, 0.12
"""Inches between the axes and labels at their right, with lines that lead to them and without."""
SPANS = (5, 10, 20, 30, 40, 60, 80, 100)
"""Lengths an axis of chances can have, %."""
FEW = 40
"""Points that can have a dot of full size."""


def line(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome along the one number varied: a line through its points, with what runs or luck leave open."""
    shown, (varied, *_) = outcome_of(document, outcome), varied_of(document)
    pairs = paired(document, shown)
    if shown.bands:
        measure = f"{shown.measure} (line); dark band: half of runs, pale band: 90 %."
    else:
        measure = f"{shown.measure}" + ("." if pairs or shown.counts else "; bars: ±1 Monte Carlo standard error.")
    why = missing(document, [varied], shown)
    if document["design"] != "grid":  # whose points come in any order: those to come leave no gap
        why = {place: reason for place, reason in why.items() if reason == "failed"}
    reasons = _reasons(why)
    gaps = {place for (place,) in why}
    drawn_at = [n for n, at in enumerate(varied.at) if np.isfinite(shown.values[n]) or varied.index(at) in gaps]
    drawn_at = [n for n in drawn_at if np.isfinite(varied.at[n])]
    order = sorted(drawn_at, key=lambda point: varied.at[point])
    with figure(WIDTH, 1.0) as probe:
        start = shown.start
        widest = measured(probe, "90 % of runs" if start is None else _at_start(start)) + BENDS
        width = WIDTH - LINE_LEFT - MARGIN - (widest if shown.counts else measured(probe, "chance, %", SMALL) + CLOSE)
        name = named(probe, varied, WIDTH - LINE_LEFT - MARGIN)
        heading = headed(probe, shown, [varied]) if pairs is None else _finding(probe, shown, pairs)
        low, high = varied.ends
        inches = width / (high - low)
        at_ticks, labels = ticks(probe, varied, inches)
        foot = foot_of(labels)
    body = NUMBERS + LINE_HEIGHT + foot + name.height + (KEY_ROW if reasons else 0.0) + FOOT
    more = luck(shown) if shown.counts else SHARED
    if pairs is not None:
        more = f"Bars: 90 % of Monte Carlo of the difference from {varied.label(pairs.own)}, runs paired{shown.bound}."
    with sheet(WIDTH, body, heading, subtitle(document, measure, more), source(document)) as (drawing, top):
        plot = panel(drawing, LINE_LEFT, top + NUMBERS, width, LINE_HEIGHT)
        plot.set_xlim(low, high)
        plot.set_xticks(at_ticks, labels)
        at, values = np.array(varied.at)[order], shown.values[order]
        _draw_missing(plot, varied, why)
        if shown.counts:
            drawn = [column(document, name)[order] for name in shown.bands]
            _scale_counts(plot, start, [*drawn, values], varied.marked is not None)
            if drawn:
                _draw_bands(plot, at, drawn)
        else:
            error = np.nan_to_num(shown.errors[order] if pairs is None else _halves(pairs, at))
            most = float(np.nan_to_num(values + error).max(initial=0.0))
            span = next((span for span in SPANS if most <= span), SPANS[-1])
            plot.set_ylim(0, span / (1.0 - _head_room(varied.marked is not None)))
            done = np.isfinite(values)
            lows, highs = np.maximum(values - error, 0.0)[done], np.minimum(values + error, 100.0)[done]
            plot.vlines(at[done], lows, highs, color=SIMULATED, lw=1.2, zorder=2, gid="errors")
        if shown.counts and pairs is not None:
            half = np.nan_to_num(_halves(pairs, at))
            plot.vlines(at, values - half, values + half, color=SIMULATED, lw=1.6, zorder=2.9, gid="errors")
        plot.set_ylabel(shown.unit)
        plot.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
        grid(plot, "y")
        size = 2.2 if len(at) > FEW else 5.0 if shown.counts else 3.4
        look: dict[str, Any] = {"color": SIMULATED, "ms": size, "lw": 1.6, "zorder": 3, "clip_on": False}
        plot.plot(at, values, "o-", gid="outcome", **look)
        _mark_reference(plot, varied, inches)
        _number_points(plot, shown, at, values, inches, width)
        if shown.bands:
            _name_bands(plot, start, at, drawn, values, width)
        under = top + NUMBERS + LINE_HEIGHT + foot
        write(drawing, name, LINE_LEFT, under)
        _key_of_hatching(drawing, reasons, LINE_LEFT, under + name.height + 0.05)
    return drawing


def _finding(drawing: Figure, outcome: Outcome, pairs: Moved) -> str:
    """The title of a chart whose points are paired: what the one number does, and to what."""
    about = "" if outcome.remain else f"{outcome.heading}. "
    full = about + one_finding(pairs, outcome.counts, outcome.remain).replace("'", "’")
    if len(wrapped(drawing, full, TITLE_SIZE, bold=True)) <= 3:
        return full
    return about + one_finding(replace(pairs, name="One setting varied"), outcome.counts, outcome.remain)


def paired(document: Document, outcome: Outcome) -> Moved | None:
    """What the one path varied does, told from pairs of runs; None where they are not kept."""
    found = moved(document, *outcome.columns, scale=1.0 if outcome.counts else 100.0)
    return found[0] if len(found) == 1 and found[0].changes else None


def _halves(pairs: Moved, at: Floats) -> Floats:
    """(points,) 90 % of Monte Carlo on either side of each difference; nought where the others are told apart from."""
    errors = {change.value: change.error or 0.0 for change in pairs.changes}
    return np.array([errors.get(float(value), 0.0) for value in at])


def _draw_missing(plot: Axes, varied: Varied, why: Mapping[tuple[int, ...], str]) -> None:
    """A hatched strip around each value without an outcome, halfway to its neighbours; neighbours in one."""
    low, high = varied.ends
    middles = [(left + right) / 2 for left, right in pairwise(varied.places)]
    edges = [low, *middles, high]
    places = [why.get((place,), "") for place in range(len(varied.places))]
    for reason, run in groupby(range(len(places)), key=lambda place: places[place]):
        first, *_, last = [*(held := list(run)), held[-1]]
        if reason:
            strip = _hatched(reason, edges[first], 0.0, edges[last + 1] - edges[first], 1.0, f"{_id(reason)}-{first}")
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
    q05, q25, q75, q95 = drawn
    done = np.concatenate([[False], np.isfinite(q05), [False]])
    alone = done[1:-1] & ~done[:-2] & ~done[2:]
    for low, high, colour, name in ((q05, q95, BLUE_MOST, "most"), (q25, q75, BLUE_HALF, "half")):
        plot.fill_between(at, low, high, color=colour, lw=0.6, zorder=1.1, gid=name)
        if alone.any():
            plot.vlines(at[alone], low[alone], high[alone], color=colour, lw=5, zorder=1.1, gid=f"{name}-alone")


def _mark_reference(plot: Axes, varied: Varied, inches: float) -> None:
    """A thin line at the scenario's own value, with that value."""
    if varied.marked is None:
        return
    plot.axvline(varied.marked, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1.6, gid="reference")
    text = f"in the scenario: {varied.label(varied.marked)}"
    room = (plot.get_xlim()[1] - varied.marked) * inches
    right = room > measured(plot.figure, text) + 0.1  # type: ignore[arg-type]
    shift = (0.06 if right else -0.06) / inches
    box = {"facecolor": WHITE, "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
    look: dict[str, Any] = {"ha": "left" if right else "right", "va": "top", "bbox": box, "zorder": 3.5}
    plot.text(varied.marked + shift, plot.get_ylim()[1], text, color=GREY, **look)


def _number_points(plot: Axes, outcome: Outcome, at: Floats, values: Floats, inches: float, width: float) -> None:
    """The values of the points above them, beyond the axes, as many as there is room for; at the right what they are.

    Every second, third, ... where points stand evenly; else each one that has room beside the one before.
    """
    halves = [measured(plot.figure, outcome.written(float(v)), SMALL) / 2 if v == v else 0.0 for v in values]  # type: ignore[arg-type]

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
    said, gap = ("mean", BENDS) if outcome.counts else ("chance, %", CLOSE)
    plot.text(1 + gap / width, foot, said, transform=plot.transAxes, **look)


def _name_bands(
    plot: Axes, start: int | None, at: Floats, drawn: Sequence[Floats], values: Floats, width: float
) -> None:
    """What line and bands are, and the count at the start, written at the right of the last point."""
    done = np.flatnonzero(np.isfinite(values))
    high = plot.get_xlim()[1]
    labels = [] if start is None else [(high, _at_start(start), float(start), GREY, FAINT)]
    if len(done):
        q05, q25, q75, q95 = (float(each[done[-1]]) for each in drawn)
        x, mean = float(at[done[-1]]), float(values[done[-1]])
        outer = (q75 + q95) / 2 if q95 > q75 else (q05 + q25) / 2
        inner = (q25 + min(mean, q75)) / 2
        labels.append((x, "90 % of runs", outer, SIMULATED, SIMULATED))
        labels.append((x, "half of runs", inner, SIMULATED, SIMULATED))
        labels.append((x, "mean", mean, SIMULATED, SIMULATED))
    bottom, top = plot.get_ylim()
    inch, sideways = (top - bottom) / LINE_HEIGHT, (high - plot.get_xlim()[0]) / width
    places = spread([label[2] for label in labels], [LINE * inch] * len(labels), bottom, top)
    for (begin, text, value, ink, colour), place in zip(labels, places, strict=True):
        bends = [begin, high + 0.05 * sideways, high + (BENDS - 0.05) * sideways]
        weight = "bold" if text == "mean" else "normal"
        plot.plot(bends, [value, value, place], color=colour, lw=0.8, clip_on=False, zorder=1.55)
        plot.text(high + BENDS * sideways, place, text, color=ink, weight=weight, va="center")


# --- two numbers, and three -----------------------------------------------------------------------------------

MOST_CELLS = 12
"""Values either way up to which numbers are printed in the cells."""
CELL_WIDTH, CELL_HEIGHT, PANEL_CELL = 1.2, 0.4, 0.3
"""A cell that has all the room it wants, inches; its height in one of several maps."""
MAP_HEIGHT, PANEL_HEIGHT = 4.6, 2.6
"""The most inches of a map upwards: alone, and as one of several."""
PANEL_HEAD, BETWEEN = 0.27, 0.22
COLOUR_KEY = 0.52
"""Inches the colour key takes."""


@dataclass(frozen=True)
class Map:
    """What one heat map shows, and how large its cells are."""

    across: Varied
    upwards: Varied
    values: Floats
    """(upwards, across), NaN where there is no outcome."""
    why: dict[tuple[int, int], str]
    """Why cells, across and upwards, have none."""
    width: float
    """Of a cell, inches."""
    height: float
    printed: bool
    """Whether numbers stand in the cells."""
    reference: tuple[int, int] | None
    """The cell of the scenario itself."""
    gid: str


def heat_map(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome over two numbers: a cell for each pair of values."""
    return _maps(document, outcome, several=False)


def multiples(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome over three numbers: a heat map of the first two for each value of the third."""
    return _maps(document, outcome, several=True)


def _maps(document: Document, outcome: str, several: bool) -> Figure:
    shown, varied = outcome_of(document, outcome), varied_of(document)
    across, upwards = varied[:2]
    third = varied[2] if several else None
    why = missing(document, varied, shown)
    reasons = _reasons(why)
    table = np.full([len(each.places) for each in varied], np.nan)
    for point, value in enumerate(shown.values):
        if np.isfinite(value):
            table[tuple(each.index(each.at[point]) for each in varied)] = value
    home = _home(varied)
    with figure(WIDTH, 1.0) as probe:
        size = SMALL if several else TEXT_SIZE
        left = MARGIN + 0.12 + max(measured(probe, label, size) for label in upwards.labels)
        room = WIDTH - left - MARGIN
        number_room = max(
            [measured(probe, shown.written(float(v)), SMALL) for v in table.ravel() if v == v], default=0.3
        )
        count = len(third.places) if third else 1
        columns, width = _columns(count, room, len(across.places), number_room + 0.08)
        heading = headed(probe, shown, varied)
        few = max(len(across.places), len(upwards.places)) <= MOST_CELLS
        printed = few and width >= number_room + 0.08
        panel_width = width * len(across.places)
        most = max(1.0, min(PANEL_HEIGHT, 1.1 * panel_width)) if several else MAP_HEIGHT
        height = min(PANEL_CELL if several else CELL_HEIGHT, most / len(upwards.places))
        printed = printed and height >= 0.18
        heads = [named(probe, upwards, WIDTH - 2 * MARGIN, "↑ ")]
        if third:
            heads.append(named(probe, third, WIDTH - 2 * MARGIN, "Panels: "))
        name = named(probe, across, WIDTH - left - MARGIN, "→ ")
        at, labels = ticks(probe, _evenly(across), width, size)
        headings = _headings(probe, third, panel_width) if third else []
    rows = -(-count // columns)
    head = sum(each.height for each in heads) + 0.06
    foot = foot_of(labels, size) + 0.04
    lifted = PANEL_HEAD if third else 0.0
    step = lifted + height * len(upwards.places) + BETWEEN
    body = head + step * rows - BETWEEN + foot + name.height + FOOT
    body += (0.0 if printed else COLOUR_KEY) + (KEY_ROW if reasons else 0.0)
    measure = f"{shown.measure}, for each pair of values; dark: {shown.darker}"
    measure += " (one scale in all panels)." if third else "."
    if home is not None:
        measure += " Outlined: as in the scenario."
    scale = Normalize(*ends(shown))
    with sheet(WIDTH, body, heading, subtitle(document, measure, luck(shown)), source(document)) as (drawing, top):
        for place, block in enumerate(reversed(heads)):
            write(drawing, block, MARGIN, top + sum(each.height for each in heads[::-1][:place]))
        for place in range(count):
            row, stand = divmod(place, columns)
            values = table[:, :, place] if third else table
            here = {(x, y): reason for (x, y, *z), reason in why.items() if z in ([], [place])}
            own = home[:2] if home is not None and (not third or home[2] == place) else None
            gid = f"cells-{place}" if third else "cells"
            each = Map(across, upwards, values.T, here, width, height, printed, own, gid)  # type: ignore[arg-type]
            down = top + head + step * row + lifted
            plot = panel(
                drawing, left + (panel_width + BETWEEN) * stand, down, panel_width, height * len(upwards.places)
            )
            _draw_map(plot, each, shown, scale)
            lowest = place + columns >= count
            plot.set_xticks(at, labels if lowest else [""] * len(at), size=size)
            _tick_upwards(plot, upwards, height, size, stand == 0)
            if third:
                look: dict[str, Any] = {"weight": "bold", "va": "bottom", "transform": plot.transAxes}
                plot.text(0, 1 + 0.05 / (height * len(upwards.places)), headings[place], **look)
        under = top + head + step * rows - BETWEEN + foot
        write(drawing, name, left, under)
        under += name.height + 0.05
        if not printed:
            key_of_colours(drawing, shown, scale, left, under)
            under += COLOUR_KEY
        _key_of_hatching(drawing, reasons, left, under)
    return drawing


def _home(varied: Sequence[Varied]) -> tuple[int, ...] | None:
    """The cell of the scenario itself, where all its values are among those varied."""
    cell = []
    for each in varied:
        if each.reference is None or not np.isclose(each.places, each.reference).any():
            return None
        cell.append(each.index(each.reference))
    return tuple(cell)


def _columns(count: int, room: float, cells: int, wanted: float) -> tuple[int, float]:
    """How many panels stand side by side, and how wide their cells are: as many as leave room for the numbers."""
    if count == 1:
        return 1, min(CELL_WIDTH, room / cells)
    widths = {columns: (room - BETWEEN * (columns - 1)) / columns / cells for columns in range(2, min(count, 4) + 1)}
    fitting = [columns for columns, width in widths.items() if width >= wanted]
    most = max(fitting) if fitting else max(widths)
    columns = -(-count // -(-count // most))  # as many in each row
    return columns, min(CELL_WIDTH, widths[columns])


def _evenly(varied: Varied) -> Varied:
    """The same values at even distances, as the cells of a map are."""
    places = [float(place) for place in range(len(varied.places))]
    return Varied(varied.path, varied.told, "cell", places, varied.labels, [], None)


def _headings(drawing: Figure, third: Varied, room: float) -> list[str]:
    """The headings of panels: path and value, or the value alone where there is no room."""
    full = [f"{third.heading} {label}" for label in third.labels]
    if all(measured(drawing, text, bold=True) <= room for text in full):
        return full
    return [shortened(wrapped(drawing, text, TEXT_SIZE, bold=True, room=room - 0.1), 1)[0] for text in third.labels]


def ends(outcome: Outcome) -> tuple[float, float]:
    """The ends of the colour scale: round numbers, never so close that luck would look like a pattern."""
    step, least = (1.0, 2.0) if outcome.counts else (5.0, 10.0)
    known = outcome.values[np.isfinite(outcome.values)]
    if not len(known):
        return 0.0, least
    low, high = step * np.floor(known.min() / step), step * np.ceil(known.max() / step)
    while high - low < least:
        low, high = (low - step, high) if low >= step else (low, high + step)
    return float(low), float(high)


def _draw_map(plot: Axes, shown: Map, outcome: Outcome, scale: Normalize) -> None:
    """The cells of one map: coloured and numbered, or hatched."""
    across, upwards = len(shown.across.places), len(shown.upwards.places)
    plot.set_xlim(-0.5, across - 0.5)
    plot.set_ylim(-0.5, upwards - 0.5)
    for spine in plot.spines.values():
        spine.set(visible=True, color=EDGE)
    edges = np.arange(across + 1) - 0.5, np.arange(upwards + 1) - 0.5
    lines: dict[str, Any] = {"edgecolors": WHITE, "linewidth": 0.8} if min(shown.width, shown.height) > 0.15 else {}
    cells = np.ma.masked_invalid(shown.values)
    plot.pcolormesh(*edges, cells, cmap=outcome.colours, norm=scale, zorder=1, gid=shown.gid, **lines)
    for (x, y), reason in shown.why.items():
        plot.add_patch(_hatched(reason, x - 0.5, y - 0.5, 1.0, 1.0, f"{shown.gid}-{_id(reason)}-{x}-{y}"))
    if shown.reference is not None:
        x, y = shown.reference
        corner: dict[str, Any] = {
            "xy": (x - 0.5, y - 0.5),
            "width": 1.0,
            "height": 1.0,
            "fill": False,
            "clip_on": False,
        }
        plot.add_patch(Rectangle(**corner, edgecolor=WHITE, linewidth=3.6, zorder=2.9))
        plot.add_patch(Rectangle(**corner, edgecolor=BLACK, linewidth=1.6, zorder=3, gid=f"{shown.gid}-reference"))
    if not shown.printed:
        return
    for y, x in np.argwhere(np.isfinite(shown.values)).tolist():
        value = float(shown.values[y, x])
        red, green, blue, _ = outcome.colours(scale(value))
        ink = WHITE if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else BLACK
        plot.text(x, y, outcome.written(value), color=ink, size=SMALL, ha="center", va="center_baseline", zorder=4)


def _tick_upwards(plot: Axes, upwards: Varied, height: float, size: float, written: bool) -> None:
    """The values upwards, as many as there is room for."""
    step = next(step for step in range(1, 1000) if step * height >= LINE)
    places = list(range(0, len(upwards.places), step))
    plot.set_yticks(places, [upwards.labels[place] if written else "" for place in places], size=size)
    plot.tick_params(axis="y", length=3 if step > 1 else 0)
    plot.tick_params(axis="x", length=3)


def key_of_colours(drawing: Figure, outcome: Outcome, scale: Normalize, left: float, top: float) -> None:
    """What shade stands for what."""
    width, height = 2.6, 0.14
    low, high = float(scale.vmin), float(scale.vmax)  # type: ignore[arg-type]
    plot = panel(drawing, left, top + 0.1, width, height)
    edges = np.linspace(low, high, 65)
    middles = (edges[1:] + edges[:-1]) / 2
    plot.pcolormesh(edges, [0, 1], middles[np.newaxis, :], cmap=outcome.colours, norm=scale, gid="key")
    inner = MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]).tick_values(low, high)
    near = 0.12 * (high - low)
    at = [low, *(float(value) for value in inner if low + near <= value <= high - near), high]
    plot.set_xticks(at, [plain(value) for value in at], size=SMALL)
    plot.tick_params(axis="x", length=2, pad=2)
    plot.set_yticks([])
    for spine in plot.spines.values():
        spine.set(visible=True, color=EDGE)
    words = f"{'mean number of states' if outcome.counts else 'chance, %'}; dark: {outcome.darker}"
    side: dict[str, Any] = {"transform": plot.transAxes, "va": "center", "color": GREY, "size": SMALL}
    plot.text(1 + 0.15 / width, 0.5, words, **side)


# --- many numbers ---------------------------------------------------------------------------------------------

DOTS_LEFT, DOTS_BETWEEN, DOTS_HEIGHT, DOTS_APART = 0.62, 0.3, 1.75, 0.2
"""Inches: left of the panels; between two of them; upwards; between two rows."""
MOST_VECTORS = 2_000
"""Dots a panel of an SVG can hold one by one; more are a picture in it."""


def scatter(document: Document, outcome: str = COUNT) -> Figure:
    """The outcome of every point against each number varied, with its running mean."""
    shown, varied = outcome_of(document, outcome), varied_of(document)
    failed = np.array(failures(document))
    done = np.isfinite(shown.values)
    columns = {1: 1, 2: 2, 4: 2}.get(len(varied), 3)
    rows = -(-len(varied) // columns)
    stands = [slice(row * columns, (row + 1) * columns) for row in range(rows)]
    with figure(WIDTH, 1.0) as probe:
        days = [_broken(day) for each in varied[columns - 1 :: columns] if each.kind == "date" for day in each.labels]
        right = max([MARGIN, *(measured(probe, day, SMALL) / 2 for day in days)])  # half of it is beside the axis
        width = (WIDTH - DOTS_LEFT - right - DOTS_BETWEEN * (columns - 1)) / columns
        names = [named(probe, each, width, beside=False) for each in varied]
        heading = headed(probe, shown, varied)
        found = [ticks(probe, each, width / float(np.ptp(each.ends)), SMALL, narrow=True) for each in varied]
    heads = [max(block.height for block in names[stand]) + 0.08 for stand in stands]
    feet = [foot_of([label for _, labels in found[stand] for label in labels], SMALL) for stand in stands]
    body = sum(heads) + sum(feet) + (DOTS_HEIGHT + DOTS_APART) * rows - DOTS_APART + FOOT
    there = [done & np.isfinite(each.at) for each in varied]
    lines = [running(np.array(each.at)[here], shown.values[here]) for each, here in zip(varied, there, strict=True)]
    measure = f"{shown.measure}. Each pale dot is a point of the sweep"
    measure += ", the line is the mean of dots side by side." if any(len(at) for at, _ in lines) else "."
    if failed.any():
        measure += " Crosses at the foot: points that failed."
    if any(each.marked is not None for each in varied):
        measure += " Dashed: as in the scenario."
    limits = _limits(shown.values[done], shown.counts)
    with sheet(WIDTH, body, heading, subtitle(document, measure, luck(shown)), source(document)) as (drawing, top):
        for place, each in enumerate(varied):
            row, stand = divmod(place, columns)
            left = DOTS_LEFT + (width + DOTS_BETWEEN) * stand
            down = top + sum(heads[: row + 1]) + sum(feet[:row]) + (DOTS_HEIGHT + DOTS_APART) * row
            write(drawing, names[place], left, down - names[place].height - 0.08)
            plot = panel(drawing, left, down, width, DOTS_HEIGHT)
            plot.set_xlim(*each.ends)
            plot.set_ylim(*limits)
            plot.set_xticks(*found[place], size=SMALL)
            plot.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
            plot.tick_params(axis="y", labelleft=stand == 0)
            plot.set_ylabel(shown.unit if stand == 0 else "")
            grid(plot, "y")
            _draw_dots(plot, each, shown.values, done, failed, lines[place], place)
    return drawing


def _limits(values: Floats, counts: bool) -> tuple[float, float]:
    """The ends of the axis upwards that all panels share: a little more than what is drawn."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    pad = max(0.08 * (high - low), 0.25 if counts else 1.0)
    return max(low - 1.6 * pad, -0.3 * pad), high + pad


def _draw_dots(
    plot: Axes,
    varied: Varied,
    values: Floats,
    done: NDArray[np.bool_],
    failed: NDArray[np.bool_],
    mean: tuple[Floats, Floats],
    place: int,
) -> None:
    """The points of one panel, their running mean, and where points failed."""
    at = np.array(varied.at)
    many_dots = int(done.sum()) > MOST_VECTORS
    look: dict[str, Any] = {"ms": 3.2 if done.sum() <= 300 else 2.0, "mew": 0.0, "rasterized": many_dots}
    plot.plot(at[done], values[done], "o", color=BLUE_HALF, zorder=2, gid=f"points-{place}", **look)
    foot: dict[str, Any] = {"transform": plot.get_xaxis_transform(), "color": GREY, "zorder": 2.5, "clip_on": False}
    if failed.any():
        low = np.full(int(failed.sum()), 0.03)
        plot.plot(at[failed], low, "x", ms=5, mew=1.0, gid=f"failed-{place}", **foot)
    if varied.marked is not None:
        plot.axvline(varied.marked, color=GREY, lw=0.9, ls=(0, (4, 3)), zorder=1.6, gid=f"reference-{place}")
    if len(mean[0]):
        plot.plot(*mean, color=WHITE, lw=3.6, zorder=2.9)
        plot.plot(*mean, "o-", color=SIMULATED, lw=1.8, ms=3.6, zorder=3, gid=f"mean-{place}")


FEWEST_IN_GROUP, MOST_GROUPS = 5, 10


def running(at: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Means of points side by side: of each value where values are few, else of groups of equal size.

    Nothing where there are too few points for a mean to say more than the dots.
    """
    order = np.argsort(at, kind="stable")
    at, values = at[order], values[order]
    distinct = np.unique(at)
    if len(distinct) < 2:
        return np.empty(0), np.empty(0)
    if len(distinct) <= MOST_GROUPS + 2 and len(at) >= 2 * len(distinct):
        groups = [np.flatnonzero(at == value) for value in distinct]
    else:
        groups = np.array_split(np.arange(len(at)), min(MOST_GROUPS, len(at) // FEWEST_IN_GROUP) or 1)
    if len(groups) < 2:
        return np.empty(0), np.empty(0)
    return np.array([at[group].mean() for group in groups]), np.array([values[group].mean() for group in groups])
