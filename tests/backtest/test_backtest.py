"""The backtest: nothing later is known, the same numbers each time, and those kept in results/reference."""

from __future__ import annotations

import csv
import itertools
import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.atlas import Record, record
from sim.backtest.backtest import (
    DISTRIBUTION,
    HORIZONS,
    MARK,
    ORIGINS,
    TABLES,
    Backtest,
    backtest,
    document_of,
    ensemble_forecasts,
    outside_mark,
)
from sim.backtest.baselines import BASELINES
from sim.backtest.mechanisms import HAZARD, NO_AGENTS
from sim.backtest.scores import SIMULATION
from sim.errors import InputError
from sim.results.table import Table, read_csv
from sim.scenario import Scenario
from tests.examples import thorough
from tools.golden import FOLDER, PROTOCOL, backtest_table, write_backtest
from tools.marks import part_of

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def whole() -> Backtest:
    """The backtest as published."""
    return backtest()


@pytest.fixture(scope="module")
def small() -> Backtest:
    return backtest([2003, 2009, 2017, 2021], runs=200)


@thorough
def test_the_published_tables_are_what_the_backtest_gives(whole: Backtest, tmp_path: Path) -> None:
    write_backtest(whole, tmp_path, charts=False)
    for name in TABLES:
        kept, made = (
            list(csv.reader((place / "backtest" / f"{name}.csv").read_text("utf-8").splitlines()))
            for place in (ROOT / FOLDER, tmp_path)
        )
        assert kept[0] == made[0], name
        for old, new in itertools.zip_longest(kept[1:], made[1:]):
            for was, now in zip(old, new, strict=True):
                try:
                    assert abs(float(was) - float(now)) <= TOLERANCE, (name, old, new)
                except ValueError:
                    assert was == now, (name, old, new)


@thorough
def test_its_page_shows_the_published_scores(whole: Backtest) -> None:
    assert part_of(ROOT / PROTOCOL, "backtest") == backtest_table(whole)


@thorough
def test_the_90_percent_bands_hold_what_they_should(whole: Backtest) -> None:
    """What the issue asks of the published backtest; a change that breaks it needs a wider spread, not a new test."""
    held = {
        row["horizon"]: row["value"]
        for row in whole.scores
        if (row["model"], row["score"]) == (SIMULATION, "coverage_90")
    }
    assert set(held) == set(HORIZONS)
    assert all(0.85 <= share <= 0.98 for share in held.values()), held


@thorough
def test_its_page_claims_no_more_than_the_scores(whole: Backtest) -> None:
    """The sentences under the table, and those of the README, one by one."""
    gains = {(row["against"], row["horizon"], row["score"]): row for row in whole.differences}
    for constant in ("constant_hl7", "constant_20y", "constant_all", "constant_region"):
        for horizon in (1, 3):
            assert gains[constant, horizon, "log_score_sum"]["high"] < 0.0
    assert all(gains["constant_20y", horizon, "crps"]["high"] > 0.0 for horizon in HORIZONS)
    ranked = {row["horizon"]: row for row in whole.scores if (row["model"], row["score"]) == (SIMULATION, "auc")}
    within = [row["low"] for row in whole.scores if (row["model"], row["score"]) == (SIMULATION, "auc_within_year")]
    assert ranked[1]["low"] > 0.5
    assert min(within) > 0.5
    highest = max(row["chance"] for row in whole.chances if row["model"] == SIMULATION and row["horizon"] == 1)
    assert 0.18 < highest <= 0.19
    assert round(whole.mark["simulation"], 2) == 0.32
    assert "32 %" in (ROOT / PROTOCOL).read_text("utf-8")


def test_every_model_forecasts_every_origin_and_horizon(small: Backtest) -> None:
    asked = [(told.model, told.origin, told.horizon) for told in small.forecasts]
    models = [SIMULATION, HAZARD, *BASELINES]
    assert sorted(asked) == sorted(itertools.product(models, (2003, 2009, 2017, 2021), HORIZONS))
    assert {row["model"] for row in small.scores} == set(models)
    for told in small.forecasts:
        known = date(told.origin - 1, 12, 31)
        assert told.states == record().recognisers(known)
        assert told.chances is None or bool(np.all((told.chances >= 0.0) & (told.chances <= 1.0)))


def test_the_distribution_of_every_forecast_is_kept_in_full(small: Backtest, tmp_path: Path) -> None:
    """As read back: shares add up to one, their mean is that of the table of counts, and nothing else is told."""
    path = tmp_path / "distribution.csv"
    Table.of(small.distribution).write(path)
    assert path.read_text("utf-8").splitlines()[0] == "model,origin,horizon,count,share"
    table = read_csv(path, DISTRIBUTION, 10_000)
    forecasts = {(row["model"], row["origin"], row["horizon"]): row["mean"] for row in small.counts}
    told: dict[tuple[object, ...], list[tuple[int, float]]] = {key: [] for key in forecasts}
    for row in table.rows():
        told[row["model"], row["origin"], row["horizon"]].append((row["count"], row["share"]))
    for key, found in told.items():
        counts = [count for count, _ in found]
        assert counts == sorted(set(counts)), key
        assert min(share for _, share in found) > 0.0
        assert math.fsum(share for _, share in found) == pytest.approx(1.0, abs=1e-9), key
        assert math.fsum(count * share for count, share in found) == pytest.approx(forecasts[key], abs=1e-9), key


def test_it_gives_the_same_numbers_whatever_the_threads(small: Backtest) -> None:
    again = backtest([2021, 2017, 2009, 2003], runs=200, threads=1)
    assert again.document == small.document
    assert backtest([2017], runs=200, seed=2).document["counts"] != small.document["counts"]


def test_an_origin_is_its_own(small: Backtest) -> None:
    """What is forecast from one year does not hang on which others are asked."""
    alone = backtest([2017], runs=200)
    assert alone.counts == [row for row in small.counts if row["origin"] == 2017]


@pytest.mark.parametrize("origin", [1996, 2009, 2016, 2020])
def test_nothing_later_is_known(monkeypatch: pytest.MonkeyPatch, origin: int) -> None:
    """Cut the record, the cases and the economies after the origin: the forecast stays."""
    import sim.backtest.backtest as module
    from sim.atlas import patrons
    from sim.fit import panel, posterior
    from sim.model import covariates, plan
    from sim.scenario import schema

    kept: tuple[Any, ...] = (panel.leaving, panel.returning, posterior.fit, posterior.beliefs)
    kept += plan._facts_of, plan._leaving, plan._returning

    def forecast() -> list[tuple[object, ...]]:
        for cached in kept:
            cached.cache_clear()
        told = ensemble_forecasts(SIMULATION, origin, {}, 200, 1)
        return [(one.states, one.chances.tolist(), one.counts.tolist()) for one in told if one.chances is not None]

    before = forecast()
    known, last = record(), date(origin - 1, 12, 31)
    cut = Record(known.start, last, known.roster_1971, tuple(c for c in known.changes if c.date <= last))
    economies = {key: row for key, row in covariates.economy.__globals__["economies"]().items() if key[1] < origin}
    cases = tuple(case for case in patrons.read_cases() if case.outcome_known <= last)
    for room in (module, panel, covariates, schema):
        monkeypatch.setattr(room, "record", lambda **_: cut)
    monkeypatch.setattr(patrons, "_cases", lambda: cases)
    monkeypatch.setitem(covariates.economy.__globals__, "economies", lambda: economies)
    # The sizes of packages are a regression of 2002-21 whatever the origin, and marked so: it keeps its economies.
    size = posterior.package_size()
    monkeypatch.setattr(posterior, "package_size", lambda: size)
    assert forecast() == before
    monkeypatch.undo()
    for cached in kept:
        cached.cache_clear()


def test_a_truce_is_in_the_scenario_where_it_holds_and_each_vote_may_end_it() -> None:
    for origin in ORIGINS:
        document = document_of(origin)
        Scenario.model_validate(document)
        truce = 2009 <= origin <= 2016
        assert ("events" in document) is truce, origin
        votes = sorted(document.get("elections", {}))
        assert votes == ([] if not truce else ["taiwan-2012", "taiwan-2016"][(origin > 2012) :]), origin


def test_the_hazard_alone_is_what_is_left_when_patrons_move_nothing() -> None:
    """Its chances are those of constant hazards: closed form over one year in contest, given the draws."""
    told = ensemble_forecasts(HAZARD, 2018, NO_AGENTS, 2_000, 1)
    one, five = told[0], told[2]
    assert one.chances is not None
    assert five.chances is not None
    assert bool(np.all(five.chances > one.chances))
    with_agents = ensemble_forecasts(SIMULATION, 2018, {}, 2_000, 1)[0]
    assert with_agents.chances is not None
    np.testing.assert_allclose(one.chances, with_agents.chances, atol=0.005)


@thorough
def test_departures_are_ranked_among_the_states_of_their_year(whole: Backtest) -> None:
    assert len(whole.departures) == 27
    assert [row["date"] for row in whole.departures] == sorted(row["date"] for row in whole.departures)
    for row in whole.departures:
        assert row["date"][:4] == str(row["origin"])
        assert 1 <= row["rank"] <= row["of"] == record().count(date(row["origin"] - 1, 12, 31))


def test_the_outside_mark_is_the_markets_question() -> None:
    mark = outside_mark(400, 1)
    assert mark["market"] == MARK["market"] == 0.49
    assert (mark["as_of"], mark["end"], mark["happened"]) == ("2024-02-28", "2024-12-31", False)
    assert 0.2 < mark["simulation"] < 0.6


def test_other_years_are_refused() -> None:
    for years, said in (([1994], "years from 1995 to 2024"), ([], "at least one year from 1995 to 2024")):
        with pytest.raises(InputError, match=said):
            backtest(years)
