"""How good forecasts were: scores with bootstrap intervals over origins, paired differences, calibration."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import ModuleType
from typing import Any, cast

import numpy as np

from sim.backtest.forecasts import DIGITS, Bools, Floats, Forecast, Ints, Outcome
from sim.backtest.mechanisms import HAZARD
from sim.results.tables import LEVELS, quantiles

Row = dict[str, Any]
"""One row of a table: text, whole numbers, floats, or None where a number is undefined."""

SIMULATION = "simulation"
NAMES = {
    SIMULATION: "simulation",
    HAZARD: "fitted hazard, no agents",
    "constant_hl7": "constant hazard, half-life 7 years",
    "constant_20y": "constant hazard, last 20 years",
    "constant_all": "constant hazard, all years",
    "constant_region": "constant hazard by region",
    "random_walk": "random walk of the count",
    "drift_20y": "random walk with drift, 20 years",
    "logit": "logistic regression",
}
"""Names of the models for readers."""
SCORES = (
    "brier",
    "log_score",
    "log_score_sum",
    "auc",
    "auc_within_year",
    "average_precision",
    "crps",
    "coverage_50",
    "coverage_90",
    "width_50",
    "width_90",
)
"""Scores in the order of the rows. The first six concern the chances of states, the others the count."""
PUBLISHED = "published.csv"
"""Name of the file of the main scores, in this folder."""
CLIP = 1e-6
"""Least distance of a chance from 0 and 1 in the log score."""
RESAMPLES = 2000
SEED = 19711024
"""Seed, with the horizon, of the resamples of that horizon."""
TAILS = (0.05, 0.95)
"""Levels of the ends of an interval, which holds 90 %."""
EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Edges of the bins of chances; a bin includes its lower edge, and the last one both."""


# --- The scores that the package keeps


@cache
def published() -> tuple[Row, ...]:
    """The main scores of the backtest that ship with the package: model, horizon, score, value, low, high."""
    text = (resources.files("sim") / "backtest" / PUBLISHED).read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    numbers = ("value", "low", "high")
    return tuple(
        {**row, "horizon": int(row["horizon"])} | {key: float(row[key]) if row[key] else None for key in numbers}
        for row in rows
    )


# --- What is scored


@dataclass(frozen=True, eq=False)
class _Cases:
    """One model's forecasts of one horizon beside what happened, origins in order of time."""

    chances: Floats | None
    """(forecasts,) chances of all states at all origins, 0 to 1; None if the model forecasts only the count."""
    gone: Bools
    """(forecasts,) whether the state had left."""
    origin: Ints
    """(forecasts,) index of the origin of each."""
    samples: tuple[Ints, ...]
    """(members,) counts, for each origin."""
    count: Ints
    """(origins,) states with Taipei at the end."""


def _cases(forecasts: Iterable[Forecast], outcomes: Iterable[Outcome]) -> Mapping[tuple[str, int], _Cases]:
    """Forecasts with their outcomes by model and horizon; those without an outcome in `outcomes` are left out.

    Raises ValueError if a forecast is there twice or concerns other states than its outcome, or if the models of a
    horizon have different origins, which would make them incomparable.
    """
    happened = {(outcome.origin, outcome.horizon): outcome for outcome in outcomes}
    grouped: dict[tuple[str, int], dict[int, Forecast]] = {}
    for forecast in forecasts:
        end = happened.get((forecast.origin, forecast.horizon))
        if end is None:
            continue
        name = f"{forecast.model}, origin {forecast.origin}, {forecast.horizon} years"
        if forecast.states != end.states:
            raise ValueError(f"{name}: the states are not those of the outcome")
        group = grouped.setdefault((forecast.model, forecast.horizon), {})
        if forecast.origin in group:
            raise ValueError(f"{name}: forecast twice")
        group[forecast.origin] = forecast
    asked: dict[int, list[int]] = {}
    for (model, horizon), group in grouped.items():
        if asked.setdefault(horizon, sorted(group)) != sorted(group):
            raise ValueError(f"{model}, {horizon} years: not the same origins as the other models")
    return {key: _joined(group, happened) for key, group in grouped.items()}


def _joined(group: Mapping[int, Forecast], happened: Mapping[tuple[int, int], Outcome]) -> _Cases:
    ordered = [group[origin] for origin in sorted(group)]
    ends = [happened[forecast.origin, forecast.horizon] for forecast in ordered]
    chances = [forecast.chances for forecast in ordered if forecast.chances is not None]
    return _Cases(
        np.concatenate(chances) if len(chances) == len(ordered) else None,
        np.concatenate([end.gone for end in ends]),
        np.repeat(np.arange(len(ends)), [len(end.states) for end in ends]),
        tuple(forecast.counts for forecast in ordered),
        np.array([end.count for end in ends], dtype=np.int64),
    )


# --- Scores of many weightings of the origins at once


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, NaN where the bottom is zero."""
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0.0)


def _score_values(judged: _Cases, weights: Floats) -> dict[str, Floats]:
    """(weightings,) of each score, NaN where undefined.

    weights : (weightings, origins) weight of each origin, >= 0
    """
    values = {name: np.full(weights.shape[0], np.nan) for name in SCORES}
    if judged.chances is not None:
        values |= _of_states(judged.chances, judged.gone, judged.origin, weights)
    return values | _of_counts(judged.samples, judged.count, weights)


@cache
def _library() -> ModuleType:
    """scoringrules as it is where numba is not installed: only its NumPy formulas are used, the others take seconds."""
    hidden = sys.modules.get("numba")
    sys.modules["numba"] = None  # type: ignore[assignment]  # what Python has for a module that cannot be imported
    try:
        import scoringrules
    finally:
        if hidden is None:
            del sys.modules["numba"]
        else:
            sys.modules["numba"] = hidden
    return cast(ModuleType, scoringrules)


def _of_states(chances: Floats, gone: Bools, origin: Ints, weights: Floats) -> dict[str, Floats]:
    library = _library()

    def by_origin(values: Floats) -> Floats:
        return np.bincount(origin, weights=values, minlength=weights.shape[1]).astype(np.float64)

    happened = gone.astype(np.float64)
    number = weights @ by_origin(np.ones_like(happened))
    squares = library.brier_score(happened, chances, backend="numpy")
    logs = library.log_score(happened, np.clip(chances, CLIP, 1.0 - CLIP), backend="numpy")
    surprise = weights @ by_origin(logs)
    return {
        "brier": _ratio(weights @ by_origin(squares), number),
        "log_score": _ratio(surprise, number),
        "log_score_sum": np.where(number > 0.0, surprise, np.nan),
        **_of_ranks(chances, gone, origin, weights),
    }


def _of_ranks(chances: Floats, gone: Bools, origin: Ints, weights: Floats) -> dict[str, Floats]:
    """Scores that depend only on the order of the chances; equal chances count half for each order."""
    origins = weights.shape[1]
    values, rank = np.unique(np.round(chances, DIGITS), return_inverse=True)
    ranks = len(values)
    cell = origin * ranks + rank
    # (origins, ranks) how many forecasts of each rank an origin holds, of states that left and of those that stayed.
    left = np.bincount(cell[gone], minlength=origins * ranks).reshape(origins, ranks).astype(np.float64)
    stayed = np.bincount(cell[~gone], minlength=origins * ranks).reshape(origins, ranks).astype(np.float64)
    within, pairs = _concordant(left, stayed), left.sum(axis=1) * stayed.sum(axis=1)
    lefts, stays = weights @ left, weights @ stayed
    total = lefts.sum(axis=1)
    # Precision and recall as the threshold falls from the highest chance to the lowest.
    above = np.cumsum(lefts[:, ::-1], axis=1)
    precision = np.divide(above, above + np.cumsum(stays[:, ::-1], axis=1), out=np.zeros_like(above), where=above > 0.0)
    return {
        "auc": _ratio(_concordant(lefts, stays), total * stays.sum(axis=1)),
        "auc_within_year": _ratio(weights @ within, weights @ pairs),
        "average_precision": _ratio((lefts[:, ::-1] * precision).sum(axis=1), total),
    }


def _concordant(left: Floats, stayed: Floats) -> Floats:
    """(rows,) pairs of one that left and one that stayed in which the first ranks higher (Mann and Whitney's U).

    left, stayed : (rows, ranks) number of states of each rank, lowest first
    """
    lower = np.cumsum(stayed, axis=1) - stayed / 2.0
    return np.asarray((left * lower).sum(axis=1))


def _of_counts(samples: Sequence[Ints], count: Ints, weights: Floats) -> dict[str, Floats]:
    library = _library()
    # The quantile decomposition is exact for a sample, ties and all: it is the integral of (F - 1)^2 and F^2.
    crps = [
        library.crps_ensemble(float(end), members.astype(np.float64), estimator="qd", backend="numpy")
        for members, end in zip(samples, count.tolist(), strict=True)
    ]
    points = np.array([quantiles(members.astype(np.uint8)[:, None])[:, 0] for members in samples])
    scores = {"crps": np.array(crps, dtype=np.float64)}
    for share, levels in (("50", (0.25, 0.75)), ("90", (0.05, 0.95))):
        low, high = (points[:, LEVELS.index(level)] for level in levels)
        scores[f"coverage_{share}"] = ((low <= count) & (count <= high)).astype(np.float64)
        scores[f"width_{share}"] = (high - low).astype(np.float64)
    number = weights.sum(axis=1)
    return {name: _ratio(weights @ values, number) for name, values in scores.items()}


# --- The bootstrap


def resamples(origins: int, horizon: int) -> Floats:
    """(RESAMPLES, origins) how often each origin is drawn: the same numbers at every call, whatever the model.

    This is a circular moving-block bootstrap: the windows of neighbouring origins overlap in all but one of `horizon`
    years, so origins are drawn in blocks of `horizon` in a row, where the first follows the last.
    """
    generator = np.random.Generator(np.random.PCG64([SEED, horizon]))
    blocks = -(-origins // horizon)
    starts = generator.integers(0, origins, size=(RESAMPLES, blocks))
    drawn = (starts[:, :, None] + np.arange(horizon)) % origins
    drawn = drawn.reshape(RESAMPLES, -1)[:, :origins] + np.arange(RESAMPLES)[:, None] * origins
    return np.bincount(drawn.ravel(), minlength=RESAMPLES * origins).reshape(RESAMPLES, origins).astype(np.float64)


Values = Mapping[tuple[str, int], Mapping[str, Floats]]
"""By model and horizon, then by score: (1 + RESAMPLES,) the value, then each resample's; NaN where undefined."""


def score_values(forecasts: Iterable[Forecast], outcomes: Iterable[Outcome]) -> Values:
    """Every score of every model and horizon, with its resamples: the input of `scored` and `differences`."""
    values = {}
    for (model, horizon), judged in _cases(forecasts, outcomes).items():
        origins = judged.count.shape[0]
        weights = np.concatenate([np.ones((1, origins)), resamples(origins, horizon)])
        values[model, horizon] = _score_values(judged, weights)
    return values


def _interval(values: Floats) -> Row:
    """The value, and its interval over the resamples in which it is defined; None if undefined."""
    row: Row = {"value": None, "low": None, "high": None}
    defined = values[1:][~np.isnan(values[1:])]
    if not np.isnan(values[0]) and defined.size:
        low, high = np.quantile(defined, TAILS)
        row |= {"value": float(values[0]), "low": float(low), "high": float(high)}
    return row


def scored(values: Values) -> list[Row]:
    """Rows of model, horizon, score, value, low and high, from `score_values`.

    `log_score` (nats per forecast), `log_score_sum` (nats), `crps` and the widths (states) are >= 0, the others 0 to 1.
    `low` and `high` are the 5 % and 95 % points of the bootstrap, over the resamples in which the score is defined.
    """
    return [
        {"model": model, "horizon": horizon, "score": name, **_interval(values[model, horizon][name])}
        for model, horizon in values
        for name in SCORES
    ]


def differences(values: Values, pairs: Iterable[tuple[str, str]]) -> list[Row]:
    """Rows of model, against, horizon, score, value, low and high: the first of a pair minus the second.

    Both use the same resamples. A pair has rows for each horizon that both forecast.
    """
    return [
        {
            "model": model,
            "against": against,
            "horizon": horizon,
            "score": name,
            **_interval(values[model, horizon][name] - values[against, horizon][name]),
        }
        for model, against in pairs
        for horizon in (horizon for name, horizon in values if name == model and (against, horizon) in values)
        for name in SCORES
    ]


# --- Calibration


def calibration(forecasts: Iterable[Forecast], outcomes: Iterable[Outcome]) -> list[Row]:
    """Rows of model, horizon, low, high, forecasts, mean_forecast, happened, share, share_low and share_high.

    low, high : edges of a bin of chances; bins without forecasts, and models without chances, have no row
    forecasts, happened : number of state forecasts in the bin, and of those states that had left
    share_low, share_high : Jeffreys interval that holds 90 %, extended to 0 if no state had left, to 1 if all had.
    It assumes independent forecasts, which those of neighbouring origins are not: the true interval is wider.
    """
    from scipy.special import betaincinv

    rows: list[Row] = []
    for (model, horizon), judged in _cases(forecasts, outcomes).items():
        if judged.chances is None:
            continue
        bins = np.clip(np.searchsorted(EDGES, judged.chances, side="right") - 1, 0, len(EDGES) - 2)
        for index in np.unique(bins).tolist():
            inside = bins == index
            number, happened = int(inside.sum()), int(judged.gone[inside].sum())
            low, high = (float(betaincinv(happened + 0.5, number - happened + 0.5, level)) for level in TAILS)
            rows.append(
                {
                    "model": model,
                    "horizon": horizon,
                    "low": EDGES[index],
                    "high": EDGES[index + 1],
                    "forecasts": number,
                    "mean_forecast": float(judged.chances[inside].mean()),
                    "happened": happened,
                    "share": happened / number,
                    "share_low": low if happened else 0.0,
                    "share_high": high if happened < number else 1.0,
                }
            )
    return rows
