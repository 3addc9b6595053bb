"""The fit as `sim fit` tells it: intervals, the events used, the states ranked."""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.analysis import fitted as module
from sim.analysis.priced import priced_money
from sim.atlas import record
from sim.fit import beliefs, fit, prices_known
from sim.fit.prices import PRICED
from sim.parameters import PARAMETERS


@cache
def fitted(day: date) -> dict[str, Any]:
    """The fit of a day, made once; no test changes it."""
    return module.fitted(day)


@pytest.mark.parametrize("day", [date(1994, 12, 31), date(2026, 5, 15)], ids=str)
def test_it_tells_the_laws_the_runs_draw_from(day: date) -> None:
    document, known = fitted(day), beliefs(day)
    for rate, part in (("departure_rate", document["leaving"]), ("return_rate", document["returning"])):
        law = known[rate].distribution
        assert part["rate"] == {"value": law.central, "low": law.low, "high": law.high}
        for effect in part["effects"]:
            law = known[effect["parameter"]].distribution
            assert (effect["value"], effect["low"], effect["high"]) == (law.central, law.low, law.high)
    assert document["leaving"]["cases"] == len(document["leaving"]["events"])
    assert document["leaving"]["weighted_events"] == pytest.approx(
        sum(row["weight"] for row in document["leaving"]["events"]), rel=1e-12
    )


def test_the_events_are_the_departures_of_the_record() -> None:
    day = date(2026, 5, 15)
    left = [
        (change.date.isoformat(), change.iso3)
        for change in record().changes
        if change.origin == "taipei" and not change.short_lived and change.kind != "state_ceased"
    ]
    assert [(row["date"], row["iso3"]) for row in fitted(day)["leaving"]["events"]] == left
    assert [row["iso3"] for row in fitted(day)["leaving"]["events"] if row["truce"]] == ["GMB"]


def test_states_are_ranked_by_their_own_hazard() -> None:
    day = date(2026, 5, 15)
    document, effects = fitted(day), fit(day).leaving
    states = document["states"]
    assert sorted(row["iso3"] for row in states) == list(record().recognisers(day))
    assert [row["rank"] for row in states] == list(range(1, len(states) + 1))
    assert [row["chance_in_a_year"] for row in states] == sorted((r["chance_in_a_year"] for r in states), reverse=True)
    assert all(row["low"] < row["chance_in_a_year"] < row["high"] for row in states)
    rate = document["leaving"]["rate"]["value"]
    by_code = {row["iso3"]: row for row in states}
    # Paraguay, by hand: the last cell of the panel has the covariates of the same year.
    cell = max((place for place, c in enumerate(effects.panel.cells) if c.iso3 == "PRY"))
    hazard = rate * math.exp(float(effects.standard[cell] @ effects.mode))
    assert by_code["PRY"]["chance_in_a_year"] == pytest.approx(-math.expm1(-hazard), rel=1e-7)
    assert by_code["VAT"]["chance_in_a_year"] == pytest.approx(-math.expm1(-0.01), rel=1e-9)


@pytest.mark.parametrize("day", [date(2004, 1, 1), date(2010, 6, 30), date(2026, 5, 15)], ids=str)
def test_it_tells_what_money_is_worth_prior_beside_posterior(day: date) -> None:
    money, known = priced_money(day), beliefs(day)
    assert [row["parameter"] for row in money["parameters"]] == [*PRICED, "lending"]
    for row in money["parameters"][:-1]:
        law, prior = known[row["parameter"]].distribution, PARAMETERS[row["parameter"]]
        assert [row[key] for key in ("low", "value", "high")] == pytest.approx([law.low, law.central, law.high])
        assert row["prior"] == {"value": prior.central, "low": prior.low, "high": prior.high}
    assert money["packages"] == len(money["prices"]) == len(prices_known(day))
    narrower = [
        row["high"] - row["low"] < row["prior"]["high"] - row["prior"]["low"] for row in money["parameters"][1:3]
    ]
    assert narrower == [money["packages"] > 0] * 2


def test_packages_fall_with_size_as_the_record_has_it() -> None:
    """The record's slope of log price on log GDP is -0.6; the model's, from small to large, lies about it."""
    money = priced_money(date(2026, 5, 15))
    seen = [row for row in money["seen"] if 100.0 <= row["gdp_musd"] <= 1e5]
    slope = math.log(seen[-1]["value"] / seen[0]["value"]) / math.log(seen[-1]["gdp_musd"] / seen[0]["gdp_musd"])
    record_slope = np.polyfit(*(np.log([row[key] for row in money["prices"]]) for key in ("gdp_musd", "percent")), 1)[0]
    assert record_slope == pytest.approx(-0.61, abs=0.01)
    assert slope == pytest.approx(record_slope, abs=0.12)
    assert all(row["low"] < row["value"] < row["high"] for row in money["seen"])
