"""What a notebook shows of results and of all that is made of them: a sentence and a chart."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Any

from sim.analysis.ablation import Ablation
from sim.analysis.compare import Comparison
from sim.analysis.explain import Explanation
from sim.analysis.findings import answer
from sim.analysis.patterns import Patterns
from sim.analysis.reading import title_of
from sim.analysis.sensitivity import Sensitivity
from sim.charts import catalogue
from sim.charts.catalogue import Drawable
from sim.errors import InputError, Problem
from sim.report import comparison, swept, words
from sim.results import Result
from sim.sweeps.swept import SweepResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


MOST_NAMED = 5
"""Charts that can be drawn on axes, named where another one cannot."""


def plot(thing: Any, name: str | None = None, ax: Axes | None = None) -> Figure:
    """One of the charts of a thing (see `sim.shown.Shown.plot`)."""
    charts = charts_of(thing)
    if name is None:
        name = _first(charts)
        if name is None:
            raise InputError(Problem("name", "a chart, and there is nothing to be drawn of this"))
    charts.check(name, "name")
    if ax is None:
        return charts.drawn(name)
    if name not in charts.on_axes:
        others = [other for other in charts.names if other in charts.on_axes][:MOST_NAMED]
        rest = f"; on axes: {', '.join(others)}" if others else ""
        raise InputError(Problem("ax", f"left out, for the chart {name} has a figure of its own{rest}"))
    from sim.charts.sheet import onto

    with onto(ax):
        charts.drawn(name)
    return ax.get_figure(root=True)  # type: ignore[return-value]


def html(thing: Any) -> str:
    """Its title, what it says, and its first chart, as a notebook shows it."""
    charts = charts_of(thing)
    title, sentences = _in_words(thing)
    text = escape(" ".join(sentences))
    name, picture = _first(charts), ""
    if name is not None:
        from sim.charts.style import pictures

        figure = charts.drawn(name)
        ((_, content),) = pictures(figure, ["png"])
        width = round(96 * figure.get_figwidth())
        source = f"data:image/png;base64,{b64encode(content).decode()}"
        picture = f'<img src="{source}" alt="{text}" style="width: {width}px; max-width: 100%">'
    return f"<div><p><strong>{escape(title)}</strong></p><p>{text}</p>{picture}</div>"


def charts_of(thing: Any) -> Drawable:
    """The charts of a result, comparison, sweep, explanation, sensitivity, of patterns or an ablation."""
    if isinstance(thing, Result):
        return catalogue.of_result(thing)
    if isinstance(thing, Comparison):
        return catalogue.of_comparison(thing)
    if isinstance(thing, Explanation):
        return catalogue.of_explanation(thing)
    if isinstance(thing, SweepResult):
        return catalogue.of_sweep(thing.document())
    if isinstance(thing, Patterns):
        return catalogue.of_patterns(thing.document)
    if isinstance(thing, Ablation):
        return catalogue.of_ablation(thing.document)
    assert isinstance(thing, Sensitivity)
    return catalogue.of_sensitivity(thing.document)


def _first(charts: Drawable) -> str | None:
    """The chart that is drawn where none is named; None where there is nothing to be drawn."""
    return next(iter(charts.usual or charts.names), None)


def _in_words(thing: Any) -> tuple[str, list[str]]:
    """The title of a thing, and what it says."""
    if isinstance(thing, Result):
        return title_of(thing), words.answer(thing)
    if isinstance(thing, Comparison):
        return comparison.title(thing), answer(thing)
    if isinstance(thing, Explanation):
        run = thing.document["run"]
        return thing.result.title, [*thing.document["chance"]["sentences"], *([] if run is None else run["story"][:1])]
    if isinstance(thing, SweepResult):
        return thing.title, [swept.in_words(thing.document())]
    if isinstance(thing, Patterns):
        return "Patterns of the record", thing.sentences[:2]
    if isinstance(thing, Ablation):
        return thing.title, thing.sentences
    return thing.title, [_sensitivity(thing)]


def _sensitivity(analysis: Sensitivity) -> str:
    """Which number the outcome hangs on most."""
    first = analysis.rows[0]
    told = f"{analysis.told[:1].upper()}{analysis.told[1:]}"
    if analysis.design == "sobol" and first["total"] is not None:
        share = min(max(first["total"], 0.0), 1.0)
        return f"{told}: {share:.0%} of its variance involves {first['name']}, alone or together with other numbers."
    if analysis.design == "morris" and first["mu_star"] is not None:
        return f"{told}: of all numbers {first['name']} moves it most, by {first['mu_star']:.2g} on average."
    return f"{told}. {analysis.note}"
