"""The charts of results: the count, states, times, bids, hosts. Nothing is imported before one is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.results.result import Result

CHARTS = ("count", "states", "when", "bids")
"""Charts of any one result, by name."""
WITH_HOSTS = "cooperation"
"""The chart of a result whose scenario follows military cooperation too."""


def charts_of(result: Result) -> tuple[str, ...]:
    """The charts that a result has, by name."""
    return (*CHARTS, WITH_HOSTS) if result.hosts else CHARTS


def check(name: str, result: Result, asked: str = "--only") -> None:
    """`InputError` for a name that is no chart of a result; `asked` is where it was asked for."""
    names = charts_of(result)
    if name in names:
        return
    from sim.errors import InputError, Problem, nearest

    rule = f"one of {', '.join(names)}"
    if name == WITH_HOSTS:
        raise InputError(Problem(asked, f"{rule}, for the scenario of this result has no hosts", name))
    raise InputError(Problem(asked, rule, name, nearest(name, names)))


def draw_all(
    result: Result,
    folder: Path,
    only: Iterable[str] | None = None,
    formats: Iterable[str] = ("png", "svg"),
) -> list[Path]:
    """Draw the charts of a result, or `only` some of them, into a folder; returns the files written.

    The ids inside an SVG begin with the chart's name, so that all of them can stand in one page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kinds = tuple(formats)
    written: list[Path] = []
    for name in charts_of(result) if only is None else tuple(only):
        written += save(draw(name, result), folder / name, kinds, prefix=f"{name}-")
    return written


def save(drawing: Figure, path: Path, formats: Iterable[str] = ("png", "svg"), prefix: str = "") -> list[Path]:
    """Write a figure to `path`, which has no suffix, in each format; returns the files written."""
    from sim.charts.style import save as save_one

    written: list[Path] = []
    for kind in formats:
        written += save_one(drawing, path.with_name(f"{path.name}.{kind}"), prefix)
    return written


def draw(name: str, result: Result) -> Figure:
    """One chart of a result; `InputError` for a name that is not in `charts_of` it."""
    check(name, result)
    if name == "count":
        from sim.charts.count import draw as draw_count

        return draw_count([result])
    if name == "states":
        from sim.charts.states import draw as draw_states

        return draw_states(result)
    if name == "when":
        from sim.charts.when import draw as draw_when

        return draw_when(result)
    if name == "bids":
        from sim.charts.bids import draw as draw_bids

        return draw_bids(result)
    from sim.charts.cooperation import draw as draw_cooperation

    return draw_cooperation(result)


def draw_comparison(results: Sequence[Result]) -> Figure:
    """The count of several results on one chart."""
    from sim.charts.count import draw as draw_count

    return draw_count(results)
