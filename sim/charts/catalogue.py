"""Every chart: what it is drawn of, its name, when it exists, how it is drawn. Nothing is imported before one is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem, ResultError, nearest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.analysis.compare import Comparison
    from sim.analysis.explain import Explanation
    from sim.results.result import Result

Document = Mapping[str, Any]

CHARTS = ("count", "states", "when", "bids", "accounts")
"""Charts of any one result, by name."""
WITH_HOSTS = "cooperation"
"""The chart of a result whose scenario follows military cooperation too."""
SECOND = "difference-cooperation"
"""The chart of the second tie, where two scenarios follow the same hosts."""
LEAST_HAZARD = 1e-6
"""Of a run, a year: with less there are no terms to be drawn."""
BROKEN = (LookupError, TypeError, ValueError, AttributeError)
"""What drawing a folder raises that holds something else than this version writes."""


@dataclass(frozen=True)
class Drawable:
    """What can be drawn of one thing."""

    names: tuple[str, ...]
    """Charts that it can have."""
    figure: Callable[[str], Figure]
    """One of them."""
    usual: tuple[str, ...] = ()
    """Those that are drawn where none is named; all, where this is empty."""
    prefix: str = ""
    """Of the ids inside an SVG, before the chart's name: all of them can stand in one page."""
    on_axes: tuple[str, ...] = ()
    """Those that can be drawn on axes of the user's own."""

    def check(self, name: str, option: str = "--only") -> None:
        """InputError for a name that is no chart of it; option : where it was asked for."""
        if name not in self.names:
            rule = f"one of {', '.join(self.names)}"
            if name == WITH_HOSTS:
                raise InputError(Problem(option, f"{rule}, for the scenario of this result has no hosts", name))
            raise InputError(Problem(option, rule, name, nearest(name, self.names)))

    def drawn(self, name: str) -> Figure:
        """One of its charts; InputError for a name that is none."""
        from sim.charts.style import style

        self.check(name)
        with style():
            return self.figure(name)

    def draw(
        self, folder: Path, only: Iterable[str] | None = None, formats: Iterable[str] = ("png", "svg")
    ) -> list[Path]:
        """Draw its charts, or `only` some of them, into a folder; returns the files written."""
        folder.mkdir(parents=True, exist_ok=True)
        kinds = tuple(formats)
        written: list[Path] = []
        for name in (self.usual or self.names) if only is None else tuple(only):
            written += save(self.drawn(name), folder / name, kinds, f"{self.prefix}{name}-")
        return written


def save(drawing: Figure, path: Path, formats: Iterable[str] = ("png", "svg"), prefix: str = "") -> list[Path]:
    """Write a figure to `path`, which has no suffix, in each format; returns the files written."""
    from sim.charts.style import pictures
    from sim.results.file import written as file_written

    written: list[Path] = []
    for kind, content in pictures(drawing, formats, prefix):
        target = path.with_name(f"{path.name}.{kind}")
        with file_written(target) as part:
            part.write_bytes(content)
        written.append(target)
    return written


# --- by what they are drawn of ----------------------------------------------------------------------------


def of_result(result: Result) -> Drawable:
    """The charts of a result: that of cooperation where its scenario has hosts."""
    names = (*CHARTS, WITH_HOSTS) if result.hosts else CHARTS
    return Drawable(names, lambda name: _of_result(name, result), on_axes=("count", "states"))


def _of_result(name: str, result: Result) -> Figure:
    from sim.charts.result import accounts, bids, cooperation, count, states, when

    return {
        "count": count.draw,
        "states": states.draw,
        "when": when.draw,
        "bids": bids.draw,
        "accounts": accounts.draw,
        WITH_HOSTS: cooperation.draw,
    }[name](result)


def draw_several(results: Sequence[Result]) -> Figure:
    """The count of one result, or of several on one chart."""
    from sim.charts.comparison import compared
    from sim.charts.result import count

    return count.draw(results[0]) if len(results) == 1 else compared.draw(results)


def of_sweep(document: Document) -> Drawable:
    """The charts of a sweep: one for each outcome that it has, the count usually; their names need no drawing."""
    from sim.charts.sweep.document import kind_of, outcomes_by_chart

    outcomes = outcomes_by_chart(document)
    names = tuple(outcomes)
    on_axes = names if kind_of(document) == "line" else ()
    return Drawable(names, lambda name: draw_outcome(document, outcomes[name]), names[:1], on_axes=on_axes)


def draw_sweep(
    document: Document,
    folder: Path,
    outcome: str | Sequence[str] | None = None,
    formats: Iterable[str] = ("png", "svg"),
) -> list[Path]:
    """Draw the count at the end, and the chances that `outcome` names (`left:HND`, `suspended:HND`), into a folder.

    Returns the files written: `count.png`, `left-HND.png`, ... `InputError` for an outcome the sweep does not have.
    """
    from sim.charts.sweep.document import COUNT, outcome_of

    asked = [outcome] if isinstance(outcome, str) else list(outcome or ())
    names = [outcome_of(document, name).name for name in dict.fromkeys([COUNT, *asked])]
    return of_sweep(document).draw(folder, names, formats)


def draw_outcome(document: Document, outcome: str = "count") -> Figure:
    """The chart of one outcome of a sweep that suits what was varied: a line, a heat map, several of them, or dots."""
    from sim.charts.sweep import dots, levers, line, maps, scatter
    from sim.charts.sweep.document import kind_of

    return {
        "levers": levers.draw,
        "line": line.draw,
        "heat_map": maps.draw_one,
        "multiples": maps.draw_several,
        "dots": dots.draw,
        "scatter": scatter.draw,
    }[kind_of(document)](document, outcome)


def of_comparison(comparison: Comparison) -> Drawable:
    """The charts of a comparison: that of cooperation where two scenarios follow the same hosts."""
    from sim.results.tables import COOPERATION

    hosts = any(COOPERATION in pair.ties for pair in comparison.pairs)
    names = ("difference", *([SECOND] if hosts else []), "dumbbell")
    return Drawable(names, lambda name: _of_comparison(name, comparison), on_axes=("difference", SECOND))


def _of_comparison(name: str, comparison: Comparison) -> Figure:
    from sim.charts.comparison import difference, dumbbell
    from sim.results.tables import COOPERATION, RECOGNITION

    if name == "dumbbell":
        return dumbbell.draw(comparison)
    return difference.draw(comparison, COOPERATION if name == SECOND else RECOGNITION)


def of_explanation(explanation: Explanation) -> Drawable:
    """The charts of an explanation: those of a run only where one is looked into."""
    run = explanation.document["run"]
    of_run = () if run is None or not run["hazard"] > LEAST_HAZARD else ("waterfall", "terms")
    hazards = [month["mean"] for month in explanation.document["when"]["months"]]
    some = any(hazard is not None and hazard > 0.0 for hazard in hazards)
    names = (*of_run, *(("hazard",) if some else ()), *(("removals",) if explanation.removals.rows else ()))
    on_axes = ("waterfall", "terms", "hazard")
    return Drawable(names, lambda name: _of_explanation(name, explanation), prefix="explain-", on_axes=on_axes)


def _of_explanation(name: str, explanation: Explanation) -> Figure:
    from sim.charts.explanation import hazard, removals, terms, waterfall

    if name == "removals":
        return removals.draw(explanation.removals)
    return {"waterfall": waterfall.draw, "terms": terms.draw, "hazard": hazard.draw}[name](explanation)


def of_sensitivity(document: Document) -> Drawable:
    """The chart of a sensitivity analysis."""

    def figure(name: str) -> Figure:
        from sim.charts import tornado

        return tornado.draw(document)

    return Drawable(("tornado",), figure, on_axes=("tornado",))


def of_backtest(document: Document) -> Drawable:
    """The charts of a backtest."""

    def figure(name: str) -> Figure:
        from sim.charts.backtest import calibration, departures, forecasts, skill

        drawings = {
            "forecasts": forecasts.draw,
            "calibration": calibration.draw,
            "skill": skill.draw,
            "departures": departures.draw,
        }
        return drawings[name](document)

    return Drawable(("forecasts", "calibration", "skill", "departures"), figure)


def of_fit(document: Document) -> Drawable:
    """The chart of a fit."""

    def figure(name: str) -> Figure:
        from sim.charts import price

        return price.draw(document)

    return Drawable(("price",), figure)


def of_patterns(document: Document) -> Drawable:
    """The chart of patterns."""

    def figure(name: str) -> Figure:
        from sim.charts import patterns

        return patterns.draw(document)

    return Drawable(("patterns",), figure)


def of_ablation(document: Document) -> Drawable:
    """The chart of an ablation."""

    def figure(name: str) -> Figure:
        from sim.charts import ablation

        return ablation.draw(document)

    return Drawable(("ablation",), figure)


# --- a folder of ours, whatever its kind ------------------------------------------------------------------


@dataclass(frozen=True)
class DrawableFolder:
    """What can be drawn of a folder."""

    folder: Path
    kind: str
    charts: Drawable
    usual: tuple[str, ...]
    """Those that are drawn where none is named."""

    @property
    def names(self) -> tuple[str, ...]:
        """Charts that it can have."""
        return self.charts.names

    @property
    def place(self) -> Path:
        """Where its charts are, in its folder."""
        from sim import results
        from sim.results.manifests import EXPLANATION

        return self.folder if self.kind == EXPLANATION.name else self.folder / results.CHARTS

    def check(self, name: str, option: str) -> None:
        """InputError for a name that is no chart of this folder; option : where it was asked for."""
        self.charts.check(name, option)

    def drawn(self, name: str) -> Figure:
        """One of its charts. Raises ResultError where what the folder holds cannot be drawn."""
        try:
            return self.charts.figure(name)
        except BROKEN as error:
            rule = f"what this version can draw as {name} ({type(error).__name__}: {error})"
            raise ResultError(Problem("", rule), self.folder) from error

    def draw(self, target: Path, only: Iterable[str] = (), formats: Iterable[str] = ("png", "svg")) -> list[Path]:
        """Draw its charts, or `only` some, into a folder; returns the files written.

        Raises ResultError where what the folder holds cannot be drawn.
        """
        names = tuple(only) or self.usual
        return Drawable(self.names, self.drawn, prefix=self.charts.prefix).draw(target, names, formats)


def drawable(folder: Path) -> DrawableFolder:
    """What can be drawn of a folder. Raises ResultError for one that is damaged."""
    from sim import results
    from sim.results import manifests

    read: Mapping[str, Callable[[Path], Drawable]] = {
        manifests.RESULT.name: lambda folder: of_result(results.read(folder)),
        manifests.SWEEP.name: _read_sweep,
        manifests.COMPARISON.name: _read_comparison,
        manifests.SENSITIVITY.name: _read_sensitivity,
        manifests.EXPLANATION.name: _read_explanation,
        manifests.BACKTEST.name: _read_backtest,
        manifests.FIT.name: _read_fit,
        manifests.PATTERNS.name: _read_patterns,
        manifests.ABLATION.name: _read_ablation,
    }
    kind = results.loaded(folder)["kind"]
    charts = read[kind](folder)
    there = results.charts_in(folder) if kind == manifests.SWEEP.name else ()
    drawn = tuple(name for name in charts.names if name in there)
    return DrawableFolder(folder, kind, charts, drawn or charts.usual or charts.names)


def _read_sweep(folder: Path) -> Drawable:
    from sim.sweeps.swept import SweepResult

    return of_sweep(SweepResult.read(folder).document())


def _read_comparison(folder: Path) -> Drawable:
    from sim.analysis.compare import read_comparison

    return of_comparison(read_comparison(folder))


def _read_sensitivity(folder: Path) -> Drawable:
    from sim.analysis.sensitivity import read

    return of_sensitivity(read(folder).document)


def _read_explanation(folder: Path) -> Drawable:
    from sim.analysis.explain import read_explanation

    explanation = read_explanation(folder)
    try:
        return of_explanation(explanation)
    except BROKEN as error:
        rule = f"an explanation that this version can draw ({type(error).__name__}: {error})"
        raise ResultError(Problem("", rule), folder) from error


def _read_backtest(folder: Path) -> Drawable:
    from sim.backtest.backtest import read

    return of_backtest(read(folder))


def _read_fit(folder: Path) -> Drawable:
    from sim.analysis.fitted import read

    return of_fit(read(folder))


def _read_patterns(folder: Path) -> Drawable:
    from sim.analysis.patterns import read

    return of_patterns(read(folder).document)


def _read_ablation(folder: Path) -> Drawable:
    from sim.analysis.ablation import read

    return of_ablation(read(folder).document)
