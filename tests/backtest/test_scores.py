"""Scores: small cases by hand, the bootstrap, paired differences, calibration."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, mannwhitneyu

from sim.backtest import scores
from sim.backtest.forecasts import Floats, Forecast, Outcome
from sim.backtest.scores import (
    CLIP,
    RESAMPLES,
    SCORES,
    Row,
    Values,
    calibration,
    differences,
    resamples,
    score_values,
    scored,
)

MEMBERS = 20
OF_COUNTS = SCORES[6:]
OF_STATES = SCORES[:6]


def asked(
    chances: Sequence[float] | Floats | None,
    gone: Sequence[int],
    counts: Sequence[int] | None = None,
    count: int = 3,
    origin: int = 2000,
    horizon: int = 1,
    model: str = "one",
) -> tuple[Forecast, Outcome]:
    """A forecast and its outcome; the sample of the count is 0, 1, ... unless given."""
    states = tuple(f"S{n:02d}" for n in range(len(gone)))
    told = None if chances is None else np.array(chances, dtype=np.float64)
    sample = np.array(range(MEMBERS) if counts is None else counts, dtype=np.int64)
    return (
        Forecast(model, origin, horizon, states, told, sample),
        Outcome(origin, horizon, states, np.array(gone, dtype=np.bool_), count),
    )


def judged(*pairs: tuple[Forecast, Outcome]) -> Values:
    return score_values([forecast for forecast, _ in pairs], [outcome for _, outcome in pairs])


def value(score: str, *pairs: tuple[Forecast, Outcome]) -> float | None:
    (row,) = (row for row in scored(judged(*pairs)) if row["score"] == score)
    found: float | None = row["value"]
    return found


def random_world(seed: int, origins: int = 12, horizon: int = 1, model: str = "one") -> list[tuple[Forecast, Outcome]]:
    """Forecasts of chance of 3 to 9 states, some of them equal; what happens is the same for the same seed."""
    world, own = np.random.default_rng(seed), np.random.default_rng([seed, *model.encode()])
    pairs = []
    for origin in range(2000, 2000 + origins):
        number = int(world.integers(3, 10))
        gone = (world.random(number) < 0.3).astype(int).tolist()
        count = int(world.integers(5, 15))
        chances = np.round(own.random(number), 1).tolist()
        counts = own.poisson(10, 50).tolist()
        pairs.append(asked(chances, gone, counts, count, origin, horizon, model))
    return pairs


# --- Scores of states by hand


def test_brier_and_log_score_by_hand() -> None:
    pair = asked([0.2, 0.5, 0.9], [0, 1, 1])
    assert value("brier", pair) == pytest.approx((0.04 + 0.25 + 0.01) / 3, rel=1e-12)
    total = -math.log(0.8) - math.log(0.5) - math.log(0.9)
    assert value("log_score", pair) == pytest.approx(total / 3, rel=1e-12)
    assert value("log_score_sum", pair) == pytest.approx(total, rel=1e-12)


def test_scores_of_states_are_means_over_states_not_over_origins() -> None:
    pairs = asked([0.5], [1]), asked([0.0, 0.0, 0.0], [0, 0, 0], origin=2001)
    assert value("brier", *pairs) == pytest.approx(0.25 / 4, rel=1e-12)


def test_certainties_are_clipped_in_the_log_score() -> None:
    pair = asked([0.0, 1.0], [1, 0])
    assert value("log_score", pair) == pytest.approx(-math.log(CLIP), rel=1e-9)
    assert value("brier", pair) == 1.0


def test_auc_by_hand() -> None:
    """Left: 0.3, 0.6; stayed: 0.1, 0.3, 0.7. Pairs won: 0.3 beats one and ties one, 0.6 beats two: 3.5 of 6."""
    assert value("auc", asked([0.3, 0.1, 0.6, 0.3, 0.7], [1, 0, 1, 0, 0])) == pytest.approx(3.5 / 6, rel=1e-12)


def test_auc_within_a_year_forms_no_pairs_between_years() -> None:
    """Each origin ranks its one departure first of two, but the second origin's chances are all lower."""
    pairs = asked([0.9, 0.8], [1, 0]), asked([0.2, 0.1], [1, 0], origin=2001), asked([0.7], [1], origin=2002)
    assert value("auc_within_year", *pairs) == 1.0
    # Left 0.9, 0.2, 0.7; stayed 0.8, 0.1.
    assert value("auc", *pairs) == pytest.approx((2 + 1 + 1) / 6, rel=1e-12)
    unequal = asked([0.5, 0.5, 0.5], [1, 0, 0]), asked([0.1, 0.2], [1, 0], origin=2001)
    assert value("auc_within_year", *unequal) == pytest.approx((0.5 * 2 + 0.0) / 3, rel=1e-12)


def test_chances_that_differ_in_the_last_bit_are_equal() -> None:
    assert value("auc", asked([0.1 + 0.2, 0.3], [1, 0])) == 0.5


def test_average_precision_by_hand() -> None:
    """Thresholds 0.8 (left), 0.6 (stayed), 0.4 (one of each), 0.1 (stayed): precision 1 at first, 2 of 4 later."""
    pair = asked([0.8, 0.6, 0.4, 0.4, 0.1], [1, 0, 1, 0, 0])
    assert value("average_precision", pair) == pytest.approx(0.5 * 1.0 + 0.5 * 2 / 4, rel=1e-12)
    assert value("average_precision", asked([0.5] * 5, [1, 0, 0, 0, 0])) == pytest.approx(0.2, rel=1e-12)


@given(st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=2, max_size=30))
def test_auc_is_mann_and_whitneys(told: list[tuple[int, bool]]) -> None:
    chances, gone = np.array([c / 10 for c, _ in told]), np.array([left for _, left in told])
    found = scores._of_ranks(chances, gone, np.zeros(len(told), dtype=np.int64), np.ones((1, 1)))["auc"][0]
    if gone.all() or not gone.any():
        assert math.isnan(found)
    else:
        u = mannwhitneyu(chances[gone], chances[~gone], method="asymptotic").statistic
        assert found == pytest.approx(u / (gone.sum() * (~gone).sum()), rel=1e-12)


# --- Scores of the count by hand


@pytest.mark.parametrize("count", [0, 3, 4, 7, 30])
def test_crps_is_the_sum_over_counts(count: int) -> None:
    counts = [1, 3, 3, 4, 9]
    cells = np.arange(0, 60)
    below = np.array([sum(c <= cell for c in counts) / len(counts) for cell in cells])
    expected = ((below - (count <= cells)) ** 2).sum()
    assert value("crps", asked(None, [0], counts, count)) == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.integers(0, 60))
def test_crps_of_any_sample_is_exact(counts: list[int], count: int) -> None:
    cells = np.arange(0, 61)
    below = (np.array(counts)[:, None] <= cells).mean(axis=0)
    found = scores._of_counts([np.array(counts)], np.array([count]), np.ones((1, 1)))["crps"][0]
    assert found == pytest.approx(((below - (count <= cells)) ** 2).sum(), abs=1e-12)


@pytest.mark.parametrize(
    ("count", "half", "most"), [(0, 0, 1), (4, 1, 1), (14, 1, 1), (15, 0, 1), (18, 0, 1), (19, 0, 0)]
)
def test_coverage_counts_both_edges_of_the_band(count: int, half: int, most: int) -> None:
    """Of twenty members 0 to 19 the quantiles are 0, 4, 14 and 18: 5 % of them do not exceed 0, 95 % not 18."""
    pair = asked(None, [0], range(MEMBERS), count)
    assert value("coverage_50", pair) == half
    assert value("coverage_90", pair) == most
    assert value("width_50", pair) == 10.0
    assert value("width_90", pair) == 18.0


def test_coverage_below_the_band() -> None:
    pair = asked(None, [0], range(1, MEMBERS + 1), 0)
    assert value("coverage_90", pair) == 0.0


def test_coverage_and_width_are_means_over_origins() -> None:
    pairs = asked(None, [0], [5], 5), asked(None, [0], range(MEMBERS), 19, origin=2001)
    assert value("coverage_90", *pairs) == 0.5
    assert value("width_90", *pairs) == 9.0
    assert value("crps", asked(None, [0], [5], 5), asked(None, [0], [5], 8, origin=2001)) == 1.5


# --- The whole table


def test_a_perfect_forecaster() -> None:
    pairs = [asked([0.0, 1.0, 0.0], [0, 1, 0], [7] * 9, 7, 2000 + n) for n in range(5)]
    perfect = {
        "brier": 0.0,
        "log_score": -math.log1p(-CLIP),
        "log_score_sum": -15 * math.log1p(-CLIP),
        "auc": 1.0,
        "auc_within_year": 1.0,
        "average_precision": 1.0,
        "crps": 0.0,
        "coverage_50": 1.0,
        "coverage_90": 1.0,
        "width_50": 0.0,
        "width_90": 0.0,
    }
    for row in scored(judged(*pairs)):
        assert row["value"] == pytest.approx(perfect[row["score"]], abs=1e-12)
        assert row["low"] == pytest.approx(row["value"], abs=1e-12)
        assert row["high"] == pytest.approx(row["value"], abs=1e-12)


def test_rows_go_by_model_then_horizon_then_score() -> None:
    pairs = [p for m in ("b", "a") for h in (1, 3) for p in random_world(1, 6, h, m)]
    rows = scored(judged(*pairs))
    assert [(row["model"], row["horizon"], row["score"]) for row in rows] == [
        (model, horizon, score) for model in ("b", "a") for horizon in (1, 3) for score in SCORES
    ]
    assert all(list(row) == ["model", "horizon", "score", "value", "low", "high"] for row in rows)


def test_what_is_undefined_is_none_and_never_not_a_number() -> None:
    nobody_left = [asked([0.1, 0.2], [0, 0], origin=2000 + n) for n in range(4)]
    rows = {row["score"]: row for row in scored(judged(*nobody_left))}
    for score in ("auc", "auc_within_year", "average_precision"):
        assert (rows[score]["value"], rows[score]["low"], rows[score]["high"]) == (None, None, None)
    assert all(
        rows[score]["value"] is not None
        for score in SCORES
        if score not in ("auc", "auc_within_year", "average_precision")
    )
    count_only = {row["score"]: row for row in scored(judged(asked(None, [0, 1])))}
    assert [score for score in SCORES if count_only[score]["value"] is None] == list(OF_STATES)
    everything: list[Row] = [*rows.values(), *count_only.values()]
    mixed = [*nobody_left, *(asked(None, [0, 0], origin=2000 + n, model="other") for n in range(4))]
    everything += differences(judged(*mixed), [("one", "other"), ("one", "one")])
    everything += calibration([f for f, _ in mixed], [o for _, o in mixed])
    json.dumps(everything, allow_nan=False)


def test_an_interval_is_over_the_resamples_in_which_the_score_is_defined() -> None:
    """Only one of six origins has a departure: a third of the resamples have none."""
    pairs = [asked([0.6, 0.5, 0.4], [int(n == 3), 0, 0], origin=2000 + n) for n in range(6)]
    values = judged(*pairs)["one", 1]["auc"]
    missing = np.isnan(values[1:]).mean()
    assert missing == pytest.approx((5 / 6) ** 6, abs=0.03)
    (row,) = (row for row in scored(judged(*pairs)) if row["score"] == "auc")
    assert row["value"] is not None
    assert row["low"] <= row["value"] <= row["high"]


def test_outcomes_the_record_does_not_have_yet_are_left_out() -> None:
    known, later = asked([0.5], [1]), asked([0.9], [0], origin=2001)
    rows = scored(score_values([known[0], later[0]], [known[1]]))
    assert rows[0]["value"] == 0.25
    assert score_values([later[0]], [known[1]]) == {}


# --- What cannot be compared


def test_a_forecast_about_other_states_is_refused() -> None:
    forecast, _ = asked([0.5], [1])
    _, other = asked([0.5, 0.5], [1, 0])
    with pytest.raises(ValueError, match=r"^one, origin 2000, 1 years: the states are not those of the outcome$"):
        score_values([forecast], [other])


def test_a_forecast_made_twice_is_refused() -> None:
    pair = asked([0.5], [1])
    with pytest.raises(ValueError, match=r"^one, origin 2000, 1 years: forecast twice$"):
        judged(pair, pair)


def test_models_asked_about_other_origins_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^two, 1 years: not the same origins as the other models$"):
        judged(asked([0.5], [1]), asked([0.5], [1], origin=2001, model="two"))


# --- The bootstrap


@pytest.mark.parametrize(("origins", "horizon"), [(30, 1), (29, 3), (27, 5), (4, 5), (1, 1)])
def test_resamples_draw_as_many_origins_as_there_are(origins: int, horizon: int) -> None:
    weights = resamples(origins, horizon)
    assert weights.shape == (RESAMPLES, origins)
    assert (weights.sum(axis=1) == origins).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(origins), abs=0.15)
    assert np.array_equal(weights, resamples(origins, horizon))


@pytest.mark.parametrize(("origins", "horizon"), [(6, 3), (5, 2), (4, 5)])
def test_origins_are_drawn_in_blocks_on_a_circle(origins: int, horizon: int) -> None:
    """Every combination of circular runs is drawn and nothing else; the last run is cut where it would be too many."""
    possible = set()
    for starts in product(range(origins), repeat=math.ceil(origins / horizon)):
        drawn = [(start + step) % origins for start in starts for step in range(horizon)][:origins]
        possible.add(tuple(float(drawn.count(origin)) for origin in range(origins)))
    assert set(map(tuple, resamples(origins, horizon).tolist())) == possible


def test_weights_are_copies_of_origins() -> None:
    """Scores under weights are the scores of the forecasts written out as often as they were drawn."""
    pairs = random_world(4)
    weights = resamples(len(pairs), 1)[:25]
    one = scores._cases([f for f, _ in pairs], [o for _, o in pairs])["one", 1]
    found = scores._score_values(one, weights)
    for index, weight in enumerate(weights.astype(int).tolist()):
        drawn = [pair for pair, times in zip(pairs, weight, strict=True) for _ in range(times)]
        written = [
            asked(f.chances, o.gone.astype(int).tolist(), f.counts.tolist(), o.count, 2000 + place)
            for place, (f, o) in enumerate(drawn)
        ]
        again = scores._cases([f for f, _ in written], [o for _, o in written])["one", 1]
        expected = scores._score_values(again, np.ones((1, len(drawn))))
        for score in SCORES:
            assert found[score][index] == pytest.approx(expected[score][0], rel=1e-12, nan_ok=True), score


def test_the_interval_of_a_mean_is_about_that_of_theory() -> None:
    """Forty origins of one state each: the bootstrap of a share is close to normal."""
    pairs = [asked([0.0], [int(n % 4 == 0)], origin=2000 + n) for n in range(40)]
    (row,) = (row for row in scored(judged(*pairs)) if row["score"] == "brier")
    error = 1.645 * math.sqrt(0.25 * 0.75 / 40)
    assert row["value"] == 0.25
    assert row["low"] == pytest.approx(0.25 - error, abs=0.03)
    assert row["high"] == pytest.approx(0.25 + error, abs=0.03)


def test_the_same_rows_every_time_and_whoever_else_is_judged() -> None:
    pairs, others = random_world(7, horizon=3), random_world(7, horizon=3, model="two")
    alone = scored(judged(*pairs))
    assert scored(judged(*pairs)) == alone
    assert [row for row in scored(judged(*others, *pairs)) if row["model"] == "one"] == alone
    state = np.random.get_state()[1]  # noqa: NPY002
    scored(judged(*pairs))
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002


# --- Differences


def test_a_model_against_itself_differs_by_nothing() -> None:
    copy = [
        asked(f.chances, o.gone.astype(int).tolist(), f.counts.tolist(), o.count, f.origin, 3, "copy")
        for f, o in random_world(2, horizon=3)
    ]
    values = judged(*random_world(2, horizon=3), *copy)
    for row in differences(values, [("one", "one"), ("one", "copy")]):
        assert (row["value"], row["low"], row["high"]) == (0.0, 0.0, 0.0), row["score"]


def test_differences_are_those_of_the_values_and_change_sign() -> None:
    values = judged(*random_world(3), *random_world(3, model="two"))
    told = {(row["model"], row["score"]): row["value"] for row in scored(values)}
    there, back = differences(values, [("one", "two")]), differences(values, [("two", "one")])
    for row, mirrored in zip(there, back, strict=True):
        expected = told["one", row["score"]] - told["two", row["score"]]
        assert row["value"] == pytest.approx(expected, abs=1e-15)
        assert (row["model"], row["against"], row["horizon"]) == ("one", "two", 1)
        assert [-mirrored[key] for key in ("value", "high", "low")] == pytest.approx(
            [row[key] for key in ("value", "low", "high")], abs=1e-12
        )


def test_pairing_takes_away_what_years_have_in_common() -> None:
    """Two models a hair apart: the interval of the difference is far narrower than that of either."""
    one = [asked([0.2], [int(n % 3 == 0)], origin=2000 + n) for n in range(30)]
    other = [asked([0.21], [int(n % 3 == 0)], origin=2000 + n, model="two") for n in range(30)]
    values = judged(*one, *other)
    (alone,) = (row for row in scored(values) if row["score"] == "brier" and row["model"] == "one")
    (apart,) = (row for row in differences(values, [("one", "two")]) if row["score"] == "brier")
    assert apart["high"] - apart["low"] < 0.05 * (alone["high"] - alone["low"])


def test_a_pair_has_rows_where_both_were_asked() -> None:
    values = judged(*random_world(1), *random_world(1, horizon=3), *random_world(1, horizon=3, model="two"))
    rows = differences(values, [("one", "two"), ("one", "nobody")])
    assert [(row["horizon"], row["score"]) for row in rows] == [(3, score) for score in SCORES]


# --- Calibration


def test_calibration_by_hand() -> None:
    chances = [0.0, 0.005, 0.01, 0.05, 0.06, 0.08, 0.4, 1.0]
    forecast, end = asked(chances, [0, 0, 0, 1, 0, 0, 1, 1])
    rows = calibration([forecast], [end])
    assert [(row["low"], row["high"], row["forecasts"], row["happened"]) for row in rows] == [
        (0.0, 0.01, 2, 0),
        (0.01, 0.02, 1, 0),
        (0.05, 0.1, 3, 1),
        (0.4, 1.0, 2, 2),
    ]
    third = rows[2]
    assert third["mean_forecast"] == pytest.approx(0.19 / 3, rel=1e-12)
    assert third["share"] == pytest.approx(1 / 3, rel=1e-12)
    assert third["share_low"] == pytest.approx(beta.ppf(0.05, 1.5, 2.5), rel=1e-9)
    assert third["share_high"] == pytest.approx(beta.ppf(0.95, 1.5, 2.5), rel=1e-9)
    assert (rows[0]["share_low"], rows[3]["share_high"]) == (0.0, 1.0)
    assert rows[0]["share_high"] == pytest.approx(beta.ppf(0.95, 0.5, 2.5), rel=1e-9)
    assert list(third) == [
        "model",
        "horizon",
        "low",
        "high",
        "forecasts",
        "mean_forecast",
        "happened",
        "share",
        "share_low",
        "share_high",
    ]


def test_calibration_counts_every_forecast_once() -> None:
    pairs = random_world(5)
    rows = calibration([f for f, _ in pairs], [o for _, o in pairs])
    assert sum(row["forecasts"] for row in rows) == sum(len(f.states) for f, _ in pairs)
    assert sum(row["happened"] for row in rows) == sum(int(o.gone.sum()) for _, o in pairs)


def test_a_model_of_the_count_has_no_calibration() -> None:
    forecast, end = asked(None, [0, 1])
    assert calibration([forecast], [end]) == []


@pytest.mark.parametrize("loaded", [True, False])
def test_numba_is_there_again_once_the_library_is_loaded(loaded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    import_module("numba")
    if not loaded:
        monkeypatch.delitem(sys.modules, "numba")
    before = sys.modules.get("numba")
    scores._library.cache_clear()
    assert scores._library().crps_ensemble(1.0, np.array([0.0, 1.0, 3.0]), estimator="qd", backend="numpy") == 1 / 3
    assert sys.modules.get("numba") is before
