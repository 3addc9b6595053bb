"""What can be drawn of a folder of ours, whatever its kind: the names of its charts, and each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim import results
from sim.errors import InputError, Problem, ResultError, nearest
from sim.results.manifests import BACKTEST, COMPARISON, EXPLANATION, FIT, RESULT, SENSITIVITY, SWEEP

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawable:
    """The charts of a folder."""

    folder: Path
    kind: str
    names: tuple[str, ...]
    """Charts that it can have."""
    usual: tuple[str, ...]
    """Those that are drawn where none is named."""
    figure: Callable[[str], Figure]
    """One of them."""
    prefix: str = ""
    """Of the ids inside an SVG, before the chart's name."""

    @property
    def place(self) -> Path:
        """Where its charts are, in its folder."""
        return self.folder if self.kind == EXPLANATION.name else self.folder / results.CHARTS

    def check(self, name: str, option: str) -> None:
        """InputError for a name that is no chart of this folder; option : where it was asked for."""
        if name not in self.names:
            rule = f"one of {', '.join(self.names)}"
            if name == "cooperation":
                rule = f"{rule}, for the scenario of this result has no hosts"
            raise InputError(Problem(option, rule, name, nearest(name, self.names)))

    def drawn(self, name: str) -> Figure:
        """One of its charts. Raises ResultError where what the folder holds cannot be drawn."""
        try:
            return self.figure(name)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            said = f"what this version can draw as {name} ({type(error).__name__}: {error})"
            raise ResultError(Problem("", said), self.folder) from error

    def draw(self, target: Path, only: Iterable[str] = (), formats: Iterable[str] = ("png", "svg")) -> list[Path]:
        """Draw its charts, or `only` some, into a folder; returns the files written.

        Raises ResultError where what the folder holds cannot be drawn.
        """
        from sim.charts import save

        kinds = tuple(formats)
        written: list[Path] = []
        for name in tuple(only) or self.usual:
            written += save(self.drawn(name), target / name, kinds, prefix=f"{self.prefix}{name}-")
        return written


def drawable(folder: Path) -> Drawable:
    """What can be drawn of a folder. Raises ResultError for one that is damaged."""
    return _KINDS[results.loaded(folder)["kind"]](folder)


def _result(folder: Path) -> Drawable:
    from sim.charts import charts_of, draw

    result = results.read(folder)
    names = charts_of(result)
    return Drawable(folder, RESULT.name, names, names, lambda name: draw(name, result))


def _sweep(folder: Path) -> Drawable:
    from sim.charts.sweep import draw, outcomes_by_chart
    from sim.sweeps.swept import Swept

    document = Swept.read(folder).document()
    names = outcomes_by_chart(document)
    there = tuple(name for name in names if name in results.charts_in(folder))
    return Drawable(
        folder, SWEEP.name, tuple(names), there or tuple(names)[:1], lambda name: draw(document, names[name])
    )


def _comparison(folder: Path) -> Drawable:
    from sim.analysis.compare import read_comparison
    from sim.charts.difference import charts_of, draw

    comparison = read_comparison(folder)
    names = charts_of(comparison)
    return Drawable(folder, COMPARISON.name, names, names, lambda name: draw(name, comparison))


def _sensitivity(folder: Path) -> Drawable:
    from sim.analysis.sensitivity import read
    from sim.charts.tornado import draw

    document = read(folder).document
    return Drawable(folder, SENSITIVITY.name, ("tornado",), ("tornado",), lambda name: draw(document))


def _explanation(folder: Path) -> Drawable:
    from sim.analysis.explain import read_explanation
    from sim.charts.explain import charts_of, draw

    explanation = read_explanation(folder)
    try:
        names = charts_of(explanation)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        said = f"an explanation that this version can draw ({type(error).__name__}: {error})"
        raise ResultError(Problem("", said), folder) from error
    return Drawable(folder, EXPLANATION.name, names, names, lambda name: draw(name, explanation), "explain-")


def _backtest(folder: Path) -> Drawable:
    from sim.backtest.backtest import read
    from sim.charts.backtest import CHARTS

    document = read(folder)
    return Drawable(folder, BACKTEST.name, tuple(CHARTS), tuple(CHARTS), lambda name: CHARTS[name](document))


def _fit(folder: Path) -> Drawable:
    from sim.analysis.fitted import read
    from sim.charts.price import draw

    document = read(folder)
    return Drawable(folder, FIT.name, ("price",), ("price",), lambda name: draw(document))


_KINDS: Mapping[str, Callable[[Path], Drawable]] = {
    RESULT.name: _result,
    SWEEP.name: _sweep,
    COMPARISON.name: _comparison,
    SENSITIVITY.name: _sensitivity,
    EXPLANATION.name: _explanation,
    BACKTEST.name: _backtest,
    FIT.name: _fit,
}
