"""What a sweep says, in one sentence: the headline of its charts, the answer of its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from sim.analysis.effects import Document, change_at, finding, fine, moved, one_finding, place_of, within
from sim.scenario.levers import called
from sim.sweeps.outcomes import NUMBERS
from sim.words import beyond_luck, leading, listed, minus, number, spoken

LEAST_POINTS = 8
"""Points that a link is told from."""


def headline(document: Document, outcome: Sequence[str] = ("mean",), counts: bool = True, remain: bool = True) -> str:
    """What a sweep says about an outcome, in one sentence without a stop; empty where no point could be run.

    outcome : as for `moved`; counts, remain : as for `finding`
    """
    scale = 1.0 if counts else 100.0
    effects = moved(document, *outcome, scale=scale)
    if document["design"] == "levers":
        return finding(effects, counts, remain) if effects else ""
    if any(effect.changes for effect in effects):
        return finding(effects, counts, remain) if len(effects) > 1 else one_finding(effects[0], counts, remain)
    if effects:
        return _farthest(document, outcome, counts, remain)
    return _linked(document, outcome, counts, remain)


def where(document: Document, point: int) -> str:
    """Where a point stands, in words: `Beijing's money 4 and Taipei's money 1`, with what its labels say of it."""
    columns = document["columns"]
    labels = [str(columns[name][point]) for name in document.get("labels") or () if columns[name][point]]
    at = listed([f"{within(called(one['path']))} {said(columns[one['path']][point])}" for one in document["varied"]])
    return f"{at} ({', '.join(labels)})" if labels else at


def said(value: Any) -> str:
    """A varied value as a reader writes it."""
    if value is None:
        return "as in the scenario"
    return spoken(value) if isinstance(value, (str, date)) else number(value)


def _farthest(document: Document, outcome: Sequence[str], counts: bool, remain: bool) -> str:
    """The point that differs most from the one nearest to the scenario, where no path moves alone."""
    scale = 1.0 if counts else 100.0
    changes = [change_at(document, point, outcome, scale) for point in range(len(document["columns"]["point"]))]
    known = [change for change in changes if change is not None and change.point != document["against"]]
    thing = ("count" if remain else "number") if counts else "chance"
    strong = [change for change in known if not change.is_luck]
    if not strong:
        return f"No point moves the {thing} by more than luck could"
    most = max(strong, key=lambda change: (abs(change.difference), change.point))
    amount = f"{most.outcome:.1f} states" if counts else f"{most.outcome:.0f} %"
    word = ("fewer" if most.difference < 0 else "more") if counts else ("lower" if most.difference < 0 else "higher")
    size = fine(abs(most.difference), most.error)
    error = fine(most.error or 0.0, most.error)
    than = where(document, document["against"])
    at = where(document, most.point)
    return f"At {at}, {amount}: {size} (± {error}){'' if counts else ' points'} {word} than at {than}"


def _linked(document: Document, outcome: Sequence[str], counts: bool, remain: bool) -> str:
    """Which setting an outcome goes with, over points that are spread over all of them at once."""
    columns, scale = document["columns"], 1.0 if counts else 100.0
    rows = [
        row
        for row in range(len(columns["point"]))
        if all(name in columns and columns[name][row] is not None for name in outcome)
    ]
    if not rows:
        return ""
    values = [scale * sum(float(columns[name][row]) for name in outcome) for row in rows]
    thing = ("the count" if remain else "the number") if counts else "the chance"
    over = f"over {len(rows):,} points" if len(rows) > 1 else "at the one point"
    written = [f"{value:.1f}" if counts else f"{value:.0f} %" for value in (min(values), max(values))]
    span = f"{thing[0].upper()}{thing[1:]} lies between {written[0]} and {written[1]} {over}"
    if len(rows) < LEAST_POINTS or min(values) == max(values):
        return span if len(rows) > 1 else f"{thing[0].upper()}{thing[1:]} is {written[0]} {over}"
    paths = [varied["path"] for varied in document["varied"]]
    links = [_rank_correlation([columns[path][row] for row in rows], values) for path in paths]
    alike = leading([link for link, _ in links], [error for _, error in links])
    first = [place for place in alike if beyond_luck(*links[place])]
    if not first:
        return f"{span}; no setting goes with it beyond luck"
    names = [called(paths[place]) for place in first]
    names = [f"{names[0][0].upper()}{names[0][1:]}", *(within(name) for name in names[1:])]
    sizes = listed([minus(f"{links[place][0]:.2f}") for place in first])
    if len(first) > 1:
        return f"{listed(names)} go with {thing} about as much: rank correlations {sizes} {over}"
    days = isinstance(columns[paths[first[0]]][rows[0]], str)
    fewer = ("fewer states" if counts else "lower the chance") if links[first[0]][0] < 0 else (
        "more states" if counts else "higher the chance"
    )  # fmt: skip
    most = f"goes with {thing} most" if len(paths) > 1 and alike == first else f"goes with {thing}"
    return f"{names[0]} {most}: the {'later' if days else 'higher'}, the {fewer} (rank correlation {sizes} {over})"


def _rank_correlation(held: Sequence[Any], values: Sequence[float]) -> tuple[float, float | None]:
    """Spearman's rank correlation of a setting with an outcome, and its error where there is no link.

    (0, None) where it is not known.
    """
    known = [(place_of(at), value) for at, value in zip(held, values, strict=True) if at is not None]
    ranks = []
    for column in (np.array([at for at, _ in known]), np.array([value for _, value in known])):
        _, inverse, sizes = np.unique(column, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(sizes) - (sizes - 1) / 2)[inverse])
    if len(known) < LEAST_POINTS or any(np.ptp(rank) == 0.0 for rank in ranks):
        return 0.0, None
    first, second = ranks
    return float(np.corrcoef(first, second)[0, 1]), 1.0 / float(np.sqrt(len(known) - 1))


# --- sensitivities ----------------------------------------------------------------------------------------------

MOST_NAMED = 3
"""Numbers that a headline names beside the first; more that cannot be told from it are counted."""


def sensitivity_headline(document: Document) -> str:
    """What an outcome hangs on most, as far as bootstrap intervals tell it; empty where nothing varies."""
    key = "total" if document["design"] == "sobol" else "mu_star"
    rows = [row for row in document["rows"] if row[key] is not None]
    if not rows or rows[0][key] <= 0.0:
        return ""
    first = rows[0]
    alike = [row for row in rows if row[f"{key}_high"] >= first[f"{key}_low"] and row[key] > 0.0]
    name = called(first["name"])
    name = f"{name[0].upper()}{name[1:]}"
    size, low, high = (_size(document, first[end]) for end in (key, f"{key}_low", f"{key}_high"))
    if key == "total":
        what = f"{size} % of the variance involves it, {low} to {high}"
    else:
        unit = "states" if document["outcome"] in NUMBERS else "points"
        what = f"{size} {unit} on average, {low} to {high}"
    others = [within(called(row["name"])) for row in alike[1:]]
    if not others:
        return f"{name} matters most ({what})"
    if len(others) > MOST_NAMED:
        return f"{name} looks to matter most ({what}), but {len(others)} others may matter as much"
    return f"{name} looks to matter most ({what}); {listed(others)} may matter as much"


def _size(document: Document, value: float) -> str:
    """A share in per cent, or a step in states or points."""
    if document["design"] == "sobol":
        return f"{100 * min(max(value, 0.0), 1.0):.0f}"
    return f"{value:.1f}" if document["outcome"] in NUMBERS else f"{100 * value:.1f}"
