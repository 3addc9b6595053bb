"""Indices of a sensitivity analysis, by SALib, and how much of what they share out is Monte Carlo noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import SimError
from sim.sweeps.designs import DESIGNS, MORRIS_LEVELS

Floats = NDArray[np.float64]
Row = dict[str, Any]

SAMPLERS = {"sobol": "saltelli", "morris": "morris"}
"""Designs of a sensitivity analysis, with what samples their points."""
LEVEL = 0.9
"""Intervals hold 90 % of bootstrap resamples."""
RESAMPLES = 1_000
_STREAM = 0x5E45
_FLAT = 1e-12
_NOISY = 0.2
SAME = "The outcome is the same at every point: there is nothing to share out among the numbers varied."
_MOST_NAMED = 10


@dataclass(frozen=True, eq=False)
class Indices:
    """What the outcomes of a design come to."""

    rows: list[Row]
    mean: float
    variance: float
    noise_share: float | None
    blocks: int
    dropped: int
    note: str | None


def analysed(
    kind: str,
    names: Sequence[str],
    unit: Floats,
    estimates: Floats,
    seed: int,
    repair: bool = False,
    failures: Mapping[int, str] | None = None,
) -> Indices:
    """Indices of an outcome over the points of a design.

    kind : sobol (points of a Saltelli design) or morris
    unit : (points, d) in the unit cube, as `unit_points` gives them
    estimates : (points, slots) estimates of the outcome, each slot with its own random numbers, which all points share;
    one slot for an outcome without noise; NaN or infinite where a point failed
    repair : leave out whole blocks or trajectories with failed points, otherwise an error
    Raises SimError naming the failed points.
    """
    size = DESIGNS[SAMPLERS[kind]].rows(len(names))
    bad = ~np.isfinite(estimates).all(axis=1)
    good = ~bad.reshape(-1, size).any(axis=1)
    if bad.any() and not repair:
        raise SimError(_failed(np.flatnonzero(bad).tolist(), unit.shape[0], failures or {}))
    if good.sum() < 2:
        raise SimError(f"{int(bad.sum())} of {unit.shape[0]} points failed: fewer than two blocks are left whole")
    whole = np.repeat(good, size)
    unit, estimates = unit[whole], estimates[whole]
    outcome = estimates.mean(axis=1)
    # Only the first and last points of a Saltelli block are drawn independently of each other.
    apart = outcome.reshape(-1, size)[:, [0, -1]].ravel() if kind == "sobol" else outcome
    mean, variance = float(apart.mean()), float(apart.var(ddof=1))
    blocks, dropped = int(good.sum()), int((~good).sum())
    if variance <= (_FLAT * max(1.0, abs(mean))) ** 2:
        blank = [{"name": name, **dict.fromkeys(MEASURES[kind])} for name in names]
        return Indices(blank, mean, 0.0, None, blocks, dropped, SAME)
    noise = point_noise(estimates)
    share = None if noise is None else min(1.0, float(noise.mean()) / variance)
    note = None
    if share is not None and share > _NOISY:
        note = f"{share:.0%} of the variance is Monte Carlo noise, which swells the indices: take more runs a point."
    rng = np.random.default_rng([seed, _STREAM])
    rows = (_sobol if kind == "sobol" else _morris)(names, unit, outcome, rng)
    note = " ".join(filter(None, (note, impossible(rows)))) or None
    return Indices(rows, mean, variance, share, blocks, dropped, note)


def _failed(places: list[int], of: int, failures: Mapping[int, str]) -> str:
    listed = ", ".join(map(str, places[:_MOST_NAMED]))
    if len(places) > _MOST_NAMED:
        listed += f" and {len(places) - _MOST_NAMED} more"
    message = next((failures[place] for place in places if place in failures), "no finite number came out")
    return f"{len(places)} of {of} points failed ({listed}): {message} (repair leaves out the blocks that hold them)"


def point_noise(estimates: Floats) -> Floats | None:
    """(points,) the Monte Carlo variance of each point's mean, less what chance adds to all points; None for one slot.

    estimates : (points, slots); what chance adds to every point of a slot moves none of them against another
    """
    points, slots = estimates.shape
    if slots < 2 or points < 2:
        return None
    left = estimates - estimates.mean(axis=1, keepdims=True) - estimates.mean(axis=0) + estimates.mean()
    noise: Floats = (left**2).sum(axis=1) / (slots - 1.0) * points / (points - 1.0) / slots
    return noise


def impossible(rows: Sequence[Row]) -> str | None:
    """What a reader is told of totals below what the number does alone, which no law has; None if there are none.

    rows : of shares; others, and empty ones, have none
    """
    gaps = {row["name"]: row["first"] - row["total"] for row in rows if row.get("total") is not None}
    below = sorted((name for name, gap in gaps.items() if gap > _FLAT), key=lambda name: -gaps[name])
    if not below:
        return None
    most = f"{gaps[below[0]]:.2g}"
    who = f"The total of {below[0]} is below its share alone, by {most}"
    if len(below) > 1:
        who = f"The totals of {len(below)} numbers are below their shares alone, by {most} at most ({below[0]})"
    return f"{who}: that cannot be, and is noise of the design. Read no difference of that size; take more points."


MEASURES = {
    "sobol": ("first", "first_low", "first_high", "total", "total_low", "total_high"),
    "morris": ("mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"),
}


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _sobol(names: Sequence[str], unit: Floats, outcome: Floats, rng: np.random.Generator) -> list[Row]:
    from SALib.analyze import sobol

    indices = sobol.analyze(
        _problem(names), outcome, calc_second_order=False, num_resamples=RESAMPLES, keep_resamples=True, seed=rng
    )
    ends = [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0]
    rows = []
    for place, name in enumerate(names):
        row: Row = {"name": name}
        for label, key in (("first", "S1"), ("total", "ST")):
            value = float(indices[key][place])
            low, high = np.quantile(indices[f"{key}_conf_all"][:, place], ends).tolist()
            row |= {label: value, f"{label}_low": min(low, value), f"{label}_high": max(high, value)}
        rows.append(row)
    return sorted(rows, key=lambda row: -row["total"])


def _morris(names: Sequence[str], unit: Floats, outcome: Floats, rng: np.random.Generator) -> list[Row]:
    from SALib.analyze import morris

    indices = morris.analyze(
        _problem(names), unit, outcome, num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=MORRIS_LEVELS, seed=rng
    )
    rows = []
    for place, name in enumerate(names):
        mu, size, half, sigma = (float(indices[key][place]) for key in ("mu", "mu_star", "mu_star_conf", "sigma"))
        ends = {"mu_star_low": max(0.0, size - half), "mu_star_high": size + half}
        rows.append({"name": name, "mu": mu, "mu_star": size, **ends, "sigma": sigma})
    return sorted(rows, key=lambda row: -row["mu_star"])
