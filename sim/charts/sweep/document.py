"""What the document of a sweep says: what was varied, the outcome of every point, how far it has got."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Colormap
from numpy.typing import NDArray

from sim.charts.dates import day_at, number
from sim.charts.style import SEQUENTIAL
from sim.errors import InputError, Problem, nearest
from sim.scenario.language import meaning
from sim.scenario.levers import called
from sim.sweeps.designs import DESIGNS
from sim.sweeps.outcomes import COOPERATION, COUNT, LEFT, SUSPENDED, outcomes_in
from sim.sweeps.outcomes import Outcome as AnyOutcome
from sim.words import day, many, month, percent, spoken

Document = Mapping[str, Any]
"""What a sweep writes: scenario, runs, seed, design, what was varied, and the table of its points as columns."""
Floats = NDArray[np.float64]
Kind = Literal["levers", "line", "heat_map", "multiples", "dots", "scatter"]


def outcomes_by_chart(document: Document) -> dict[str, str]:
    """The outcomes that a sweep has, by the names of their charts: `count`, and `left-HND` for `left:HND`."""
    return {one.name: one.asked for one in _outcomes(document)}


@dataclass(frozen=True)
class Setting:
    """One number, or date, that a sweep varies."""

    path: str
    meaning: str
    """What it is, in a line; empty if unknown."""
    kind: Literal["number", "date", "cell"]
    """What its places are."""
    places: list[float]
    """Where its values stand on an axis: numbers themselves, days of dates; 0, 1, 2, ... for the cells of a map."""
    labels: list[str]
    """The values as a reader writes them."""
    at: list[float]
    """(points,) where each point stands; NaN where it has the scenario's own value, and that is no one number."""
    reference: float | None
    """Where the scenario itself stands; None if unknown."""

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

    @property
    def meant(self) -> str:
        """What it means, with the apostrophes of print."""
        return self.meaning.replace("'", "’")

    def label(self, place: float) -> str:
        """The value at a place as a reader writes it."""
        if place in self.places:
            return self.labels[self.index(place)]
        return spoken(day_at(place)) if self.kind == "date" else plain(place)


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
    """Of a number of states dark means fewer, of a chance a higher one."""
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
        """What to add about its errors if they are only known to be no larger."""
        return ", at most" if len(self.columns) > 1 else ""

    @property
    def remain(self) -> bool:
        """Whether it is the number of states that recognise Taipei."""
        return self.name == COUNT

    @property
    def colours(self) -> Colormap:
        """The one sequential hue: dark for fewer states, or for a higher chance."""
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
        valid = [name for name, one in known.items() if not one.is_number]
        rule = f"{COUNT}, or {LEFT}: and the code of a state of the sweep, such as {valid[0] if valid else 'left:HND'}"
        raise InputError(Problem("outcome", rule, asked, nearest(asked, known)))
    end = f"the end of {month(document['end'])}" if document.get("end") else "the end"
    columns, scale = one.columns(_sides(document)), 1 if one.is_number else 100
    # Errors of several columns that are added up: the most that the error of their sum can be.
    values, errors = (
        scale * np.sum([column(document, f"{name}{tail}") for name in columns], axis=0) for tail in ("", "_mc")
    )
    bands = tuple(name for name in one.quantiles if not name.endswith("q50"))
    hosts = sum(each.kind == SUSPENDED for each in known.values())
    start = {COUNT: document.get("count_at_start"), COOPERATION: hosts}.get(one.kind)
    return Outcome(
        one.asked, one.name, one.heading, one.measure(end), one.unit, values, errors, one.darker, one.dark_is_low,
        one.is_number, columns, bands, start,
    )  # fmt: skip


def _outcomes(document: Document) -> list[AnyOutcome]:
    """The outcomes that a sweep has; the count, which it may be about to have."""
    outcomes = outcomes_in(document["columns"], _sides(document))
    return outcomes if outcomes and outcomes[0].kind == COUNT else [AnyOutcome(COUNT), *outcomes]


def _sides(document: Document) -> dict[str, str]:
    """Side at the start by code, of every state of a sweep: with Taipei where it does not say."""
    sides = document.get("at_start") or {}
    return {code: sides.get(code, "taipei") for code in document["states"]}


def settings_of(document: Document) -> list[Setting]:
    """What was varied, with the places of its values and of the points on an axis."""
    return [_setting(document, entry) for entry in document["varied"]]


def _setting(document: Document, entry: Mapping[str, Any]) -> Setting:
    path, values, held = entry["path"], list(entry["values"]), document["columns"][entry["path"]]
    means = entry.get("meaning") or meaning(path)
    reference = (document.get("reference") or {}).get(path)
    if entry.get("is_date"):
        days = [day(value) for value in values]
        places = [number(value) for value in days]
        stands = number(day(reference)) if isinstance(reference, (str, date)) else None
        at = [_own(stands) if value is None else number(day(value)) for value in held]
        return Setting(path, means, "date", places, [spoken(value) for value in days], at, stands)
    places = [float(value) for value in values]
    stands = float(reference) if isinstance(reference, (int, float)) and not isinstance(reference, bool) else None
    at = [_own(stands) if value is None else float(value) for value in held]
    return Setting(path, means, "number", places, alike(places), at, stands)


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
    def words(self) -> str:
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


def source(document: Document) -> str:
    """The source line."""
    words = DESIGNS[document["design"]].words if document["design"] in DESIGNS else "{} as listed"
    points = words.format(many(max(int(document["points"]), len(document["columns"]["point"])), "point"))
    runs = many(document["runs"], "run")
    given = "".join(f", given: {about}" for about in document.get("given", ()))
    identity = f", sweep {str(document['id'])[:12]}" if document.get("id") else ""
    about = f"Scenario {document['scenario']}: {runs} a point, seed {document['seed']}{given}{identity}. "
    return " ".join([f"{about}Design: {points}.", *document.get("record", ())])


def subtitle(document: Document, measure: str, *more: str) -> str:
    """The scenario's title; the measure; how far the sweep has got."""
    texts = [text for text in (measure, *more) if text]
    return "\n".join(filter(None, [" ".join(document["title"].split()), " ".join(texts), progress(document).words]))


SHARED = "Points share their seed, so differences between them are steadier."


def seed_error(outcome: Outcome) -> str:
    """How far another seed would move what is drawn; empty where that is not known, or nothing."""
    known = outcome.errors[np.isfinite(outcome.errors)]
    error = 2 * float(known.max(initial=0.0))
    if error == 0.0:
        return ""
    bound = f"{error:.2f}" if error < 0.095 else f"{error:.1f}" if error < 0.95 or outcome.counts else f"{error:.0f}"
    thing, unit = ("a mean", "states") if outcome.counts else ("a chance", "percentage points")
    return f"Another seed would move {thing} by about ±{bound} {unit} at most. {SHARED}"


MOST_PANELS = 24


def kind_of(document: Document) -> Kind:
    """The chart that suits a sweep."""
    if document["design"] == "levers":
        return "levers"
    varied = settings_of(document)
    if len(varied) == 1 and len(set(varied[0].at)) == len(varied[0].at):
        return "line"
    is_grid = document["design"] == "grid" or (document["design"] == "points" and _is_whole(varied))
    if is_grid and len(varied) == 2:
        return "heat_map"
    if is_grid and len(varied) == 3 and len(varied[2].places) <= MOST_PANELS:
        return "multiples"
    return "dots" if document["design"] == "points" and len(varied) == 2 else "scatter"


def _is_whole(varied: Sequence[Setting]) -> bool:
    """Whether listed points are every combination of the values of their paths, two of each at least."""
    regular = all(len(each.places) > 1 and set(each.at) == set(each.places) for each in varied)
    return regular and math.prod(len(each.places) for each in varied) == len(varied[0].at)
