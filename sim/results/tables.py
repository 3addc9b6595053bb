"""From counts and changes to the tables of a result: the count by month, and each state's chances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = dict[str, list[object]]

RECOGNITION, COOPERATION = "recognition", "cooperation"
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
HORIZONS = {"p_12m": 12, "p_36m": 36, "p_60m": 60}
"""Rows of a trajectory at which a state's chance is told, besides the last."""
DIGITS = 6
"""Decimals kept in tables of text."""


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


def chance(happened: NDArray[np.bool_], runs_per_draw: int) -> Chance:
    """The chance of an event over runs whose parameter draws each serve `runs_per_draw` runs in a row.

    happened : (runs,)
    The spread over draws is that of the draws' means, less what luck alone gives a mean of so few runs; a
    beta law of that mean and spread gives `low` and `high`.
    """
    runs = happened.shape[0]
    starts = np.arange(0, runs, runs_per_draw)
    sizes = np.diff(np.append(starts, runs)).astype(np.float64)
    means = np.add.reduceat(happened.astype(np.float64), starts) / sizes
    p = float(happened.mean())
    draws = means.shape[0]
    if draws < 2:
        return Chance(p, p, p, float(np.sqrt(p * (1.0 - p) / runs)))
    mc = float(np.sqrt((sizes**2 * (means - p) ** 2).sum() * draws / (draws - 1.0)) / runs)
    full = sizes == runs_per_draw
    low = high = p
    if runs_per_draw > 1 and full.sum() > 1:
        kept = means[full]
        observed = kept.var(ddof=1)
        luck = (kept * (1.0 - kept)).mean() / (runs_per_draw - 1.0)
        low, high = _beta_points(p, float(observed - luck))
    return Chance(p, low, high, mc)


def _beta_points(p: float, variance: float) -> tuple[float, float]:
    """5 % and 95 % points of the beta law with this mean and variance; both `p` when there is no variance."""
    from scipy.special import betaincinv

    room = p * (1.0 - p)
    if variance <= 1e-9 or room <= variance:
        return p, p
    weight = room / variance - 1.0
    a, b = p * weight, (1.0 - p) * weight
    return float(betaincinv(a, b, 0.05)), float(betaincinv(a, b, 0.95))


def summary_table(months: Sequence[str], tie: str, counts: NDArray[np.uint8], observed: Sequence[int | None]) -> Table:
    """One row a month: mean and quantiles of the count over runs (whole numbers of states), and the record.

    counts : (runs, T + 1); observed : (T + 1,) None where the record does not reach
    """
    means = counts.mean(axis=0)
    points = quantiles(counts)
    table: Table = {"month": list(months), "tie": [tie] * len(months), "mean": means.tolist()}
    for level, values in zip(LEVELS, points, strict=True):
        table[f"q{round(level * 100):02d}"] = values.tolist()
    table["observed"] = list(observed)
    return table


def only(table: Table, tie: str) -> Table:
    """The rows of one tie."""
    kept = [found == tie for found in table["tie"]]
    return {name: [value for value, keep in zip(values, kept, strict=True) if keep] for name, values in table.items()}


def quantiles(counts: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(levels, T + 1) smallest count that at least the share `level` of runs does not exceed, by month."""
    runs, months = counts.shape
    points = np.empty((len(LEVELS), months), dtype=np.int64)
    needed = np.ceil(np.array(LEVELS) * runs - 1e-9)
    for month in range(months):
        below = np.cumsum(np.bincount(counts[:, month], minlength=1))
        points[:, month] = np.searchsorted(below, needed)
    return points


def count_error(counts: NDArray[np.uint8], runs_per_draw: int) -> float:
    """Monte Carlo standard error of the mean count at the end, draws taken as clusters."""
    last = counts[:, -1].astype(np.float64)
    starts = np.arange(0, last.shape[0], runs_per_draw)
    if starts.shape[0] < 2:
        return float(last.std(ddof=1) / np.sqrt(last.shape[0])) if last.shape[0] > 1 else float("nan")
    totals = np.add.reduceat(last - last.mean(), starts)
    draws = starts.shape[0]
    return float(np.sqrt((totals**2).sum() * draws / (draws - 1.0)) / last.shape[0])


def moved(
    at_start: NDArray[np.int64], changes: Mapping[str, NDArray[np.int64]], runs: int, month: int
) -> NDArray[np.bool_]:
    """(runs, places) whether each tie stands, at the end of row `month`, elsewhere than it stood at the start.

    at_start : (places,) side; changes : equally long columns run, month, state (place), to (side), in order
    """
    sides = np.broadcast_to(at_start, (runs, at_start.shape[0])).copy()
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


def states_table(
    places: Sequence[Place],
    at_start: NDArray[np.int64],
    changes: Mapping[str, NDArray[np.int64]],
    runs: int,
    last_month: int,
    runs_per_draw: int,
) -> Table:
    """One row a state and tie: the chance that the tie is not what it was at the start, by horizon.

    For a recogniser that is the chance to have left Taipei, for a former one to have returned, for a host to
    have suspended military cooperation.
    """
    table: Table = {
        "iso3": [place.iso3 for place in places],
        "state": [place.name for place in places],
        "tie": [place.tie for place in places],
    }
    for label, month in [*HORIZONS.items(), ("p_end", last_month)]:
        columns: list[Chance | None] = [None] * len(places)
        if month <= last_month:
            gone = moved(at_start, changes, runs, month)
            columns = [chance(gone[:, place], runs_per_draw) for place in range(len(places))]
        table[label] = [None if c is None else c.p for c in columns]
        table[f"{label}_low"] = [None if c is None else c.low for c in columns]
        table[f"{label}_high"] = [None if c is None else c.high for c in columns]
        table[f"{label}_mc"] = [None if c is None else c.mc for c in columns]
    table["at_start"] = [place.at_start for place in places]
    return table
