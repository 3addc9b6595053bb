"""How good forecasts were: scores with bootstrap intervals over origins, paired differences, calibration."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from sim.backtest.forecasts import Bools, Floats, Forecast, Ints, Outcome
from sim.results.tables import LEVELS, quantiles

Row = dict[str, Any]
"""One row of a table: text, whole numbers, floats, or None where a number is undefined."""

SIMULATION, HAZARD = "simulation", "hazard"
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
"""Models as a reader calls them."""
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
"""In the order of the rows. The first six judge the chances of states, the others the distribution of the count."""
PUBLISHED = "published.csv"
"""File of the main scores, in this folder."""
CLIP = 1e-6
"""Chances are kept so far from 0 and 1 in the log score."""
DIGITS = 12
"""Decimals of a chance that count when states are ranked: no rank hangs on a library's last bit."""
RESAMPLES = 2000
SEED = 19711024
"""Joined with the horizon it seeds the resamples of that horizon."""
TAILS = (0.05, 0.95)
"""Levels between which an interval lies: it holds 90 %."""
EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Edges of the bins of chances; a bin holds its lower edge, the last one both."""


# --- The scores that the package keeps


@cache
def published() -> tuple[Row, ...]:
    """The main scores of the backtest, as the package keeps them: model, horizon, score, value, low, high."""
    text = (resources.files("sim") / "backtest" / PUBLISHED).read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    numbers = ("value", "low", "high")
    return tuple(
        {**row, "horizon": int(row["horizon"])} | {key: float(row[key]) if row[key] else None for key in numbers}
        for row in rows
    )


# --- What is scored


@dataclass(frozen=True, eq=False)
class _Judged:
    """One model's forecasts of one horizon beside what happened, origins in order of time."""

    chances: Floats | None
    """(forecasts,) of all states at all origins, 0 to 1; None where the model tells the count only."""
    gone: Bools
    """(forecasts,) what happened."""
    origin: Ints
    """(forecasts,) index of the origin each is from."""
    samples: tuple[Ints, ...]
    """For each origin (members,) counts."""
    count: Ints
    """(origins,) states with Taipei in the end."""


def _judged(forecasts: Iterable[Forecast], outcomes: Iterable[Outcome]) -> Mapping[tuple[str, int], _Judged]:
    """Forecasts with their outcomes by model and horizon; those whose outcome is not among `outcomes` are left out.

    Raises ValueError where a forecast stands twice or is about other states than its outcome, and where the models of
    a horizon were not asked about the same origins: nothing could be compared.
    """
    happened = {(outcome.origin, outcome.horizon): outcome for outcome in outcomes}
    grouped: dict[tuple[str, int], dict[int, Forecast]] = {}
    for forecast in forecasts:
        found = happened.get((forecast.origin, forecast.horizon))
        if found is None:
            continue
        told = f"{forecast.model}, origin {forecast.origin}, {forecast.horizon} years"
        if forecast.states != found.states:
            raise ValueError(f"{told}: the states are not those of the outcome")
        group = grouped.setdefault((forecast.model, forecast.horizon), {})
        if forecast.origin in group:
            raise ValueError(f"{told}: forecast twice")
        group[forecast.origin] = forecast
    asked: dict[int, list[int]] = {}
    for (model, horizon), group in grouped.items():
        if asked.setdefault(horizon, sorted(group)) != sorted(group):
            raise ValueError(f"{model}, {horizon} years: not the same origins as the other models")
    return {key: _joined(group, happened) for key, group in grouped.items()}


def _joined(group: Mapping[int, Forecast], happened: Mapping[tuple[int, int], Outcome]) -> _Judged:
    ordered = [group[origin] for origin in sorted(group)]
    ends = [happened[forecast.origin, forecast.horizon] for forecast in ordered]
    chances = [forecast.chances for forecast in ordered if forecast.chances is not None]
    return _Judged(
        np.concatenate(chances) if len(chances) == len(ordered) else None,
        np.concatenate([end.gone for end in ends]),
        np.repeat(np.arange(len(ends)), [len(end.states) for end in ends]),
        tuple(forecast.counts for forecast in ordered),
        np.array([end.count for end in ends], dtype=np.int64),
    )


# --- Scores of many weightings of the origins at once


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, NaN where nothing is below."""
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0.0)


def _score_values(judged: _Judged, weights: Floats) -> dict[str, Floats]:
    """(weightings,) of each score, NaN where undefined.

    weights : (weightings, origins) >= 0, how often each origin counts
    """
    found = {name: np.full(weights.shape[0], np.nan) for name in SCORES}
    if judged.chances is not None:
        found |= _of_states(judged.chances, judged.gone, judged.origin, weights)
    return found | _of_counts(judged.samples, judged.count, weights)


def _of_states(chances: Floats, gone: Bools, origin: Ints, weights: Floats) -> dict[str, Floats]:
    import scoringrules

    def by_origin(values: Floats) -> Floats:
        return np.bincount(origin, weights=values, minlength=weights.shape[1]).astype(np.float64)

    happened = gone.astype(np.float64)
    number = weights @ by_origin(np.ones_like(happened))
    squares = scoringrules.brier_score(happened, chances, backend="numpy")
    logs = scoringrules.log_score(happened, np.clip(chances, CLIP, 1.0 - CLIP), backend="numpy")
    surprise = weights @ by_origin(logs)
    return {
        "brier": _ratio(weights @ by_origin(squares), number),
        "log_score": _ratio(surprise, number),
        "log_score_sum": np.where(number > 0.0, surprise, np.nan),
        **_of_ranks(chances, gone, origin, weights),
    }


def _of_ranks(chances: Floats, gone: Bools, origin: Ints, weights: Floats) -> dict[str, Floats]:
    """Scores that hang on the order of the chances alone; of two equal ones each is first in half of the cases."""
    from scipy.stats import rankdata

    origins = weights.shape[1]
    rank = rankdata(np.round(chances, DIGITS), method="dense").astype(np.int64) - 1
    ranks = int(rank.max(initial=-1)) + 1
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

    left, stayed : (rows, ranks) how many of each rank, lowest first
    """
    lower = np.cumsum(stayed, axis=1) - stayed / 2.0
    return np.asarray((left * lower).sum(axis=1))


def _of_counts(samples: Sequence[Ints], count: Ints, weights: Floats) -> dict[str, Floats]:
    import scoringrules

    # The quantile decomposition is exact for a sample, ties and all: it is the integral of (F - 1)^2 and F^2.
    crps = [
        scoringrules.crps_ensemble(float(end), members.astype(np.float64), estimator="qd", backend="numpy")
        for members, end in zip(samples, count.tolist(), strict=True)
    ]
    points = np.array([quantiles(members.astype(np.uint8)[:, None])[:, 0] for members in samples])
    found = {"crps": np.array(crps, dtype=np.float64)}
    for share, levels in (("50", (0.25, 0.75)), ("90", (0.05, 0.95))):
        low, high = (points[:, LEVELS.index(level)] for level in levels)
        found[f"coverage_{share}"] = ((low <= count) & (count <= high)).astype(np.float64)
        found[f"width_{share}"] = (high - low).astype(np.float64)
    number = weights.sum(axis=1)
    return {name: _ratio(weights @ values, number) for name, values in found.items()}


# --- The bootstrap


def resamples(origins: int, horizon: int) -> Floats:
    """(RESAMPLES, origins) how often each origin is drawn: the same numbers at every call, whatever the model.

    A circular moving-block bootstrap: the times that neighbouring origins look at overlap by all but one of `horizon`
    years, so origins are drawn in blocks of that many in a row, the first following the last.
    """
    generator = np.random.Generator(np.random.PCG64([SEED, horizon]))
    blocks = -(-origins // horizon)
    starts = generator.integers(0, origins, size=(RESAMPLES, blocks))
    drawn = (starts[:, :, None] + np.arange(horizon)) % origins
    drawn = drawn.reshape(RESAMPLES, -1)[:, :origins] + np.arange(RESAMPLES)[:, None] * origins
    return np.bincount(drawn.ravel(), minlength=RESAMPLES * origins).reshape(RESAMPLES, origins).astype(np.float64)


Values = Mapping[tuple[str, int], Mapping[str, Floats]]
"""By model and horizon, then by score: (1 + RESAMPLES,) the value, then that of each resample; NaN where undefined."""


def score_values(forecasts: Iterable[Forecast], outcomes: Iterable[Outcome]) -> Values:
    """Every score of every model and horizon, with its resamples: what `scored` and `differences` tell of."""
    found = {}
    for (model, horizon), judged in _judged(forecasts, outcomes).items():
        origins = judged.count.shape[0]
        weights = np.concatenate([np.ones((1, origins)), resamples(origins, horizon)])
        found[model, horizon] = _score_values(judged, weights)
    return found


def _interval(values: Floats) -> Row:
    """The value, and the interval over the resamples in which it is defined; None where undefined."""
    told: Row = {"value": None, "low": None, "high": None}
    defined = values[1:][~np.isnan(values[1:])]
    if not np.isnan(values[0]) and defined.size:
        low, high = np.quantile(defined, TAILS)
        told |= {"value": float(values[0]), "low": float(low), "high": float(high)}
    return told


def scored(values: Values) -> list[Row]:
    """Rows of model, horizon, score, value, low and high, from `score_values`.

    `log_score` (nats a forecast), `log_score_sum` (nats), `crps` and the widths (states) are >= 0, the others 0 to 1.
    `low` and `high` are the 5 % and 95 % points of the bootstrap, of the resamples in which the score is defined.
    """
    return [
        {"model": model, "horizon": horizon, "score": name, **_interval(values[model, horizon][name])}
        for model, horizon in values
        for name in SCORES
    ]


def differences(values: Values, pairs: Iterable[tuple[str, str]]) -> list[Row]:
    """Rows of model, against, horizon, score, value, low and high: what the first of a pair has more than the second.

    Both are taken on the same resamples. A pair has rows for each horizon at which both were asked.
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
        for horizon in (horizon for found, horizon in values if found == model and (against, horizon) in values)
        for name in SCORES
    ]


# --- Calibration


def calibration(forecasts: Iterable[Forecast], outcomes: Iterable[Outcome]) -> list[Row]:
    """Rows of model, horizon, low, high, forecasts, mean_forecast, happened, share, share_low and share_high.

    low, high : edges of a bin of chances; bins without forecasts, and models without chances, have no row
    forecasts, happened : state forecasts in the bin, and how many of those states were gone
    share_low, share_high : Jeffreys interval that holds 90 %, taken to 0 where none was gone and to 1 where all were.
    It takes the forecasts as independent, which those of neighbouring origins are not: the truth is wider.
    """
    from scipy.special import betaincinv

    rows: list[Row] = []
    for (model, horizon), judged in _judged(forecasts, outcomes).items():
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
