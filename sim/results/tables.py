"""From counts and changes to the tables of a result: the count by month, and each state's chances."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.terms import TIES
from sim.results.table import Table, as_told

Floats = NDArray[np.float64]

RECOGNITION, COOPERATION = TIES
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
HORIZONS = {"p_12m": 12, "p_36m": 36, "p_60m": 60}
"""Rows of a trajectory at which a state's chance is told, besides the last."""


@dataclass(frozen=True)
class Chance:
    """A chance over runs, with what is not known apart from what is luck."""

    p: float
    low: float
    """5 % point over parameter draws, luck removed."""
    high: float
    """95 % point over parameter draws, luck removed."""
    mc: float
    """Monte Carlo standard error: what another seed would move."""


def chance(happened: NDArray[np.bool_], expected: Floats, runs_per_draw: int, central: bool) -> Chance:
    """The chance of an event over runs whose parameter draws each serve `runs_per_draw` runs in a row.

    happened : (runs,) whether it did
    expected : (draws, 2) for each draw the sum over its runs, and the sum of squares, of the chances met on the
    way; their mean is the same chance with less luck in it, so it tells draws apart
    The spread over draws is that of the draws' means less what luck leaves in a mean of so few runs; `low` and
    `high` are points of the means drawn together to that spread. NaN where there are too few draws to tell.
    """
    return chance_of(
        sums_by_draw(happened[:, None], runs_per_draw)[:, 0], expected, happened.shape[0], runs_per_draw, central
    )


def chance_of(counts: NDArray[Any], expected: Floats, runs: int, runs_per_draw: int, central: bool) -> Chance:
    """The same, from how often it happened in the runs of each draw: counts : (draws,)."""
    p = float(counts.sum() / runs)
    sizes = np.full(counts.shape[0], float(runs_per_draw))
    sizes[-1] = runs - runs_per_draw * (counts.shape[0] - 1)
    draws = sizes.shape[0]
    mc = float(np.sqrt(p * (1.0 - p) / runs))
    if draws > 1:
        means = counts / sizes
        mc = float(np.sqrt((sizes**2 * (means - p) ** 2).sum() * draws / (draws - 1.0)) / runs)
    if central:
        return Chance(p, p, p, mc)
    whole = sizes == runs_per_draw
    counted = np.stack([means * runs_per_draw, means * runs_per_draw], axis=1)[whole] if draws > 1 else expected[:0]
    low, high = spread(expected[whole], counted, runs_per_draw)
    if low != low:
        return Chance(p, low, high, mc)
    return Chance(p, min(p, low), max(p, high), mc)


def sums_by_draw(happened: NDArray[np.bool_], runs_per_draw: int) -> NDArray[np.int64]:
    """(draws, m) in how many runs of each draw each happened; happened : (runs, m)."""
    sums: NDArray[np.int64] = np.add.reduceat(
        happened, np.arange(0, happened.shape[0], runs_per_draw), axis=0, dtype=np.int64
    )
    return sums


def spread(expected: Floats, counted: Floats, runs_per_draw: int) -> tuple[float, float]:
    """5 % and 95 % points over draws, luck removed; NaN for fewer than two whole draws.

    expected, counted : (draws, 2) sums and sums of squares over runs of two estimates; that with less luck serves
    """
    if expected.shape[0] < 2 or runs_per_draw < 2:
        return float("nan"), float("nan")
    noise, means = min((_noise(sums, runs_per_draw) for sums in (counted, expected)), key=lambda pair: pair[0])
    observed = means.var(ddof=1)
    shrink = np.sqrt(max(0.0, observed - noise) / observed) if observed > 0.0 else 0.0
    points = np.quantile(means.mean() + shrink * (means - means.mean()), [LEVELS[0], LEVELS[-1]])
    low, high = np.clip(points, 0.0, 1.0).tolist()
    return low, high


def _noise(sums: Floats, runs_per_draw: int) -> tuple[float, Floats]:
    """The variance that luck alone leaves in a draw's mean, averaged over draws, and those means."""
    means = sums[:, 0] / runs_per_draw
    within = np.maximum(sums[:, 1] / runs_per_draw - means**2, 0.0)
    return float(within.mean() / (runs_per_draw - 1.0)), means


def summary_table(
    months: Sequence[str], tie: str, by_month: NDArray[np.int64], observed: Sequence[int | None]
) -> Table:
    """One row per month: mean and quantiles of the count over runs (whole numbers of states), and the record.

    by_month : (T + 1, counts) runs by month and count; observed : (T + 1,) None where the record does not reach
    """
    means = by_month @ np.arange(by_month.shape[1]) / by_month[0].sum()
    table = Table({"month": list(months), "tie": [tie] * len(months), "mean": means.tolist()})
    for level, values in zip(LEVELS, _points(by_month), strict=True):
        table[f"q{round(level * 100):02d}"] = values.tolist()
    table["observed"] = list(observed)
    return table


def quantiles(counts: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(levels, T + 1) smallest count that at least the share `level` of runs does not exceed, by month."""
    most = int(counts.max(initial=0)) + 1
    return _points(np.array([np.bincount(column, minlength=most) for column in counts.T]).reshape(-1, most))


def _points(by_month: NDArray[np.int64]) -> NDArray[np.int64]:
    below = np.cumsum(by_month, axis=1)
    points = np.empty((len(LEVELS), below.shape[0]), dtype=np.int64)
    for month, runs in enumerate(below):
        points[:, month] = np.searchsorted(runs, np.ceil(np.array(LEVELS) * runs[-1] - 1e-9))
    return points


def count_error(counts: NDArray[np.integer[Any]], runs_per_draw: int) -> float:
    """Monte Carlo standard error of the mean count at the end, draws taken as clusters; NaN for one run.

    counts : (runs, T + 1)
    """
    return float(mean_errors(counts[None, :, -1], runs_per_draw)[0])


def mean_errors(values: NDArray[np.integer[Any]], runs_per_draw: int) -> Floats:
    """(K,) Monte Carlo standard errors of means over runs, draws taken as clusters; NaN for one run.

    values : (K, runs) whole numbers
    """
    rows = np.ascontiguousarray(values, dtype=np.float64)
    runs = rows.shape[1]
    starts = np.arange(0, runs, runs_per_draw)
    draws = starts.shape[0]
    errors: Floats
    if runs < 2:
        errors = np.full(rows.shape[0], np.nan)
    elif draws < 2:
        errors = rows.std(axis=1, ddof=1) / np.sqrt(runs)
    else:
        totals = np.add.reduceat(rows - rows.mean(axis=1, keepdims=True), starts, axis=1)
        errors = np.sqrt((totals**2).sum(axis=1) * draws / (draws - 1.0)) / runs
    return errors


class Paired(NamedTuple):
    """What runs differ by from their twins, in the unit of their outcome; None if there are too few runs to tell."""

    mean: float
    mc: float | None
    """Monte Carlo standard error of the mean."""
    low: float | None
    """5 % point over parameter draws, luck removed; never above the mean."""
    high: float | None
    """95 % point over parameter draws, luck removed; never below the mean."""


def paired(pairs: NDArray[np.integer[Any]], runs_per_draw: int, central: bool) -> Paired:
    """The mean of paired differences, its Monte Carlo error, and its range over draws.

    pairs : (runs,) difference of each run from its twin, in whole numbers; `runs_per_draw` in a row share a draw
    central : whether there is one draw only; then both points are the mean
    """
    mean, error = float(pairs.mean()) + 0.0, count_error(pairs[:, None], runs_per_draw)
    mc = None if error != error else error
    if central:
        return Paired(mean, mc, mean, mean)
    # A spread is told of shares, so differences are moved to 0 to 1 and back.
    most = float(np.abs(pairs).max()) or 1.0
    whole = pairs.shape[0] // runs_per_draw * runs_per_draw
    shares = (pairs[:whole].reshape(-1, runs_per_draw) / most + 1.0) / 2.0
    sums = np.stack([shares.sum(axis=1), (shares**2).sum(axis=1)], axis=1)
    low, high = (most * (2.0 * point - 1.0) for point in spread(sums, sums, runs_per_draw))
    return Paired(mean, mc, None, None) if low != low else Paired(mean, mc, min(low, mean), max(high, mean))


def moved(
    at_start: NDArray[np.int64], changes: Mapping[str, NDArray[np.int64]], runs: int, month: int
) -> NDArray[np.bool_]:
    """(runs, places) whether each tie stands, at the end of row `month`, elsewhere than it stood at the start.

    at_start : (places,) side; changes : equally long columns run, month, state (place), to (side), in order
    """
    sides = np.broadcast_to(at_start.astype(np.int8), (runs, at_start.shape[0])).copy()
    early = changes["month"] <= month
    sides[changes["run"][early], changes["state"][early]] = changes["to"][early]
    # Moving between Beijing and neither is no change of this tie: the question is Taipei or not.
    moved_now: NDArray[np.bool_] = (sides == 0) != (at_start == 0)
    return moved_now


@dataclass(frozen=True)
class Place:
    """One tie of one state."""

    iso3: str
    name: str
    at_start: str
    """taipei, beijing or none; active for military cooperation."""
    tie: str = RECOGNITION


def horizons(last_month: int) -> dict[str, int]:
    """The months at which a state's chance is told: those within the horizon, and the last."""
    return {label: month for label, month in HORIZONS.items() if month <= last_month} | {"p_end": last_month}


def rows_of(last_month: int) -> list[int]:
    """The months of `horizons`, ascending, each once."""
    return sorted(set(horizons(last_month).values()))


def states_table(
    places: Sequence[Place],
    gone: Sequence[NDArray[Any]],
    expected: Callable[[int], Floats],
    runs: int,
    last_month: int,
    runs_per_draw: int,
    central: bool,
) -> Table:
    """One row per state and tie: the chance that the tie is not what it was at the start, by horizon.

    For a recogniser that is the chance to have left Taipei, for a former one to have returned, for a host to
    have suspended military cooperation. Numbers have six decimals.
    gone : (draws, places) each, by month of `rows_of`: runs of each draw in which the tie has moved
    expected : gives, by place, its (draws, H, 2) part of what the engines give, H the months of `rows_of`
    """
    table = Table(
        {
            "iso3": [place.iso3 for place in places],
            "state": [place.name for place in places],
            "tie": [place.tie for place in places],
        }
    )
    reached, rows = horizons(last_month), rows_of(last_month)
    cells: dict[str, list[Chance | None]] = {label: [None] * len(places) for label in (*HORIZONS, "p_end")}
    for place in range(len(places)):
        sums = expected(place)
        for label, month in reached.items():
            row = rows.index(month)
            cells[label][place] = chance_of(gone[row][:, place], sums[:, row], runs, runs_per_draw, central)
    for label, chances in cells.items():
        for part in ("p", "low", "high", "mc"):
            name = label if part == "p" else f"{label}_{part}"
            table[name] = [None if one is None else as_told(getattr(one, part)) for one in chances]
    table["at_start"] = [place.at_start for place in places]
    return table
