"""What money is worth: the auction's law, its likelihood against simulated auctions, and what it recovers of them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.atlas import packages
from sim.fit import Price, Prices, beliefs, beliefs_for, priced, prices_known
from sim.fit.prices import (
    CELLS,
    ERROR,
    LENDING,
    LENDING_CELLS,
    LENDING_SPREAD,
    PRICED,
    beyond,
    departures,
    log_likelihood,
    trust_on,
)
from sim.model import rules
from sim.parameters import PARAMETERS, Joint
from sim.scenario import Scenario
from tests.worlds import draw, lay_out, told

LATE = date(2026, 5, 15)
GRID = (np.arange(20_000) + 0.5) / 20_000
"""Uniform numbers on a grid, in place of random ones."""


def central(name: str) -> float:
    return PARAMETERS[name].distribution.central


# --- simulated auctions -----------------------------------------------------------------------------------


def surplus(generator: np.random.Generator) -> float:
    """Of talks that were lost, both kinds coming up as the model has it, at the balance of reference."""
    public, silent = prices_known(LATE)[0].lost_public, central("lost_silent")
    opens = rules.opening_public(central("public_share"), public, silent)
    while True:
        balance = rules.log_odds(public if generator.random() < opens else silent)
        own = generator.random()
        if own < rules.wins(balance):
            return rules.surplus(balance, own)


def paid(price: Price, truth: list[float], generator: np.random.Generator) -> float:
    """What Beijing pays for a state like this one, % of GDP a year, without ordinary lending."""
    money, valuation, elasticity, spread = truth[:4]
    limit = rules.beijing_limit(valuation, elasticity, price.log_gdp, 1.0, spread, generator.standard_normal())
    bid = rules.worth(rules.beijing_bid(limit, 1.0, math.inf, price.trust, 0.0, math.exp(price.log_gdp)))
    return rules.from_purse(rules.beijing_pays(bid, 0.0, surplus(generator), money), 0.0, price.trust)


def record_of(truth: list[float], generator: np.random.Generator) -> tuple[Price, ...]:
    """The seventeen switches, with other prices."""
    found = []
    for price in prices_known(LATE):
        seen = paid(price, truth, generator) + truth[4] * math.exp(LENDING_SPREAD * generator.standard_normal())
        found.append(replace(price, percent=seen * math.exp(ERROR * generator.standard_normal())))
    return tuple(found)


# --- the law ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [0.05, 0.126, 0.3, 0.7])
def test_the_surplus_of_lost_talks_has_the_closed_form(lost: float) -> None:
    """By the rule itself, at all uniform numbers with which the state leaves."""
    found = np.array([rules.surplus(rules.log_odds(lost), own * lost) for own in GRID.tolist()])
    assert np.min(found) >= 0.0
    for x in (0.0, 0.1, 0.7, 2.0, 5.0):
        assert np.mean(found > x) == pytest.approx(beyond(np.array([x]), [(1.0, lost)])[0], abs=1e-4)


def test_where_little_is_lost_the_surplus_is_exponential() -> None:
    x = np.linspace(0.0, 6.0, 50)
    assert beyond(x, [(1.0, 1e-7)]) == pytest.approx(np.exp(-x), rel=1e-4)


def test_departures_come_out_of_public_talks_as_often_as_the_model_has_it() -> None:
    """Talks open public with the chance that makes `public_share` of departures public."""
    (weight, public), (rest, silent) = departures(0.14)
    opens = rules.opening_public(central("public_share"), public, silent)
    all_lost = rules.lost_in_all(opens, public, silent)
    assert (weight, rest) == (pytest.approx(opens * public / all_lost), pytest.approx((1 - opens) * silent / all_lost))


@cache
def bare() -> Price:
    return Price("SLB", 2019, 4.1, math.log(1619.0), 0.5, 0.14)


def middle(name: str, cell: int, cells: int) -> float:
    law = LENDING if name == "lending" else PARAMETERS[name].distribution
    return float(law.quantile(np.array([(cell + 0.5) / cells]), {})[0])


@pytest.mark.parametrize("cells", [(13, 8, 6, 3, 2), (4, 3, 2, 5, 4)], ids=str)
def test_the_likelihood_is_that_of_simulated_auctions(cells: tuple[int, ...]) -> None:
    """The density of a price at one cell of the grid, against a mean over auctions played by the rules."""
    counts = (*CELLS, LENDING_CELLS)
    truth = [
        middle(name, *pair) for name, pair in zip((*PRICED, "lending"), zip(cells, counts, strict=True), strict=True)
    ]
    generator = np.random.default_rng(3)
    without = np.array([paid(bare(), truth, generator) for _ in range(20_000)])
    seen = np.log(without + truth[4] * np.exp(LENDING_SPREAD * generator.standard_normal(without.shape[0])))
    money, *others, lending = cells
    for percent in (0.05, 0.4, 2.0, 5.0):
        density = np.exp(-0.5 * ((math.log(percent) - seen) / ERROR) ** 2) / (ERROR * math.sqrt(2.0 * math.pi))
        found = math.exp(log_likelihood(replace(bare(), percent=percent))[(*others, money, lending)])
        assert found == pytest.approx(density.mean(), abs=4.0 * density.std() / math.sqrt(20_000) + 0.004), percent


def test_the_likelihood_is_a_density() -> None:
    steps = np.arange(-11.0, 9.0, 0.25)
    total = sum(np.exp(log_likelihood(replace(bare(), percent=math.exp(step)))) for step in steps.tolist()) * 0.25
    assert np.max(np.abs(total - 1.0)) < 2e-3


# --- what it recovers -------------------------------------------------------------------------------------


def test_ranges_hold_the_truth_as_often_as_they_say() -> None:
    """16 records with truths from the prior: of 48 ranges of 90 %, 43 are to hold it (200 records: 88 to 91 %)."""
    generator, held = np.random.default_rng(11), 0
    for _ in range(16):
        truth = [float(PARAMETERS[name].distribution.quantile(generator.random(1), {})[0]) for name in PRICED]
        truth.append(float(LENDING.quantile(generator.random(1), {})[0]))
        laws = priced(record_of(truth, generator)).laws
        held += sum(laws[name].low <= value <= laws[name].high for name, value in zip(PRICED[:3], truth, strict=False))
    assert 37 <= held <= 48


def medians(found: Prices) -> dict[str, float]:
    return {name: law.central for name, law in found.laws.items()}


def test_dearer_states_say_that_beijing_values_them_more() -> None:
    known = prices_known(LATE)
    usual = priced(known)
    dearer = priced(tuple(replace(price, percent=3.0 * price.percent) for price in known))
    assert medians(dearer)["valuation"] > 1.8 * medians(usual)["valuation"]
    flat = priced(tuple(replace(price, percent=1.0) for price in known))
    assert medians(flat)["valuation_elasticity"] > 0.25 + medians(usual)["valuation_elasticity"]


def test_had_beijing_got_them_for_nothing_money_would_matter_little() -> None:
    known = prices_known(LATE)
    free = priced(tuple(replace(price, percent=0.05) for price in known))
    assert medians(free)["money_effect"] < 0.8 < medians(priced(known))["money_effect"]


def test_prices_refute_a_money_effect_near_zero() -> None:
    """Posterior over prior, in nats, by cell of the grid: 0.45 against 1.7, and 1.7 against 5."""
    law = priced(prices_known(LATE)).laws["money_effect"]
    at = np.log(law.grid.weights.sum(axis=(1, 2, 3)))
    cells = np.searchsorted(law.prior.quantile(np.arange(1, CELLS[0]) / CELLS[0], {}), [0.45, 1.7, 5.0])
    low, middling, high = at[cells].tolist()
    assert 4.0 < middling - low < 7.0
    assert abs(high - middling) < 1.0


# --- what is known when -----------------------------------------------------------------------------------


def test_a_package_is_known_when_the_years_are_over_that_it_is_averaged_over() -> None:
    known = {package.iso3: package.known for package in packages()}
    assert (known["NRU"], known["LBR"]) == (date(2007, 1, 1), date(2008, 1, 1))
    assert known["PAN"] == known["NIC"] == date(2022, 1, 1), "the series ends in 2021"
    assert [len(prices_known(day)) for day in (date(2006, 12, 31), date(2007, 1, 1), date(2021, 12, 10), LATE)] == [
        0,
        1,
        10,
        17,
    ]


def test_before_the_first_package_the_priors_stand() -> None:
    for day, kind, family in (
        (date(2006, 12, 31), "assumed", None),
        (date(2007, 1, 1), "estimated", "updated"),
        (LATE, "estimated", "updated"),
    ):
        for name in PRICED:
            found = beliefs(day)[name]
            assert (found.kind, found.family) == (kind, family or PARAMETERS[name].family)
            assert found.cases == len(prices_known(day))
            assert isinstance(found.distribution, Joint) == (family is not None)
            if family is None:
                assert found.distribution == PARAMETERS[name].distribution


def test_the_model_page_tells_this_fit() -> None:
    page = " ".join((Path(__file__).parents[2] / "docs" / "model.md").read_text("utf-8").split())
    found = priced(prices_known(LATE))
    laws = [found.laws[name] for name in PRICED] + [found.lending]
    written = ("`money_effect` {:.1f}", "`valuation` {:.0f}", "elasticity {:.2f}", "spread {:.2f}", "lending {:.2f}")
    digits = (".1f", ".0f", ".2f", ".2f", ".2f")
    for words, law, form in zip(written, laws, digits, strict=True):
        said = words.format(law.central) + f" ({law.low:{form}} to {law.high:{form}})"
        assert said in page


def test_a_switcher_trusts_by_what_others_saw_before_it() -> None:
    trusts = {price.iso3: price.trust for price in prices_known(LATE)}
    assert trusts["NRU"] == 0.5, "no case yet: half, by caution"
    assert trusts["GRD"] == pytest.approx((4.0 * (0.5 + 0.04) / 2.0 + 0.0) / 4.0), "Nauru's case, of another region"
    assert trusts["CRI"] == trust_on("CRI", date(2007, 6, 6))
    assert trusts["CRI"] == pytest.approx((4.0 * (0.5 + 0.04 + 0.9) / 3.0 + 0.9) / 5.0), "and Dominica's, of its own"


def test_the_same_prices_in_another_order_are_the_same_law() -> None:
    known = prices_known(LATE)
    here, there = priced(known), priced(known[::-1])
    assert here is not there
    for name in PRICED:
        assert (here.laws[name].low, here.laws[name].central) == pytest.approx(
            (there.laws[name].low, there.laws[name].central), rel=1e-8
        )


def test_medians_together_are_a_likely_point() -> None:
    """`--parameters central` takes them: four fifths of the joint law lie at less likely points."""
    laws = priced(prices_known(LATE)).laws
    grid = laws["money_effect"].grid
    cells = [
        int(np.searchsorted(laws[name].prior.quantile(np.arange(1, count) / count, {}), laws[name].central))
        for name, count in zip(PRICED, CELLS, strict=True)
    ]
    there = grid.weights[tuple(cells)]
    assert grid.weights[grid.weights > there].sum() / grid.weights.sum() < 0.3


# --- what a scenario sets ---------------------------------------------------------------------------------


def scenario(**parameters: Any) -> Scenario:
    return Scenario.model_validate(told("HND", start="2022-01-02", parameters=parameters))


def test_what_a_scenario_sets_of_money_is_given_to_the_others() -> None:
    usual, found = beliefs(date(2022, 1, 2)), beliefs_for(scenario(valuation_elasticity=1.0))
    law = found["valuation"].distribution
    assert isinstance(law, Joint)
    assert law.fixed == (("valuation_elasticity", 1.0),)
    table = law.grid.weights[:, :, -1, :].sum(axis=(0, 2)), law.grid.weights.sum(axis=(0, 2, 3))
    for chances, at in zip(table, (law, usual["valuation"].distribution), strict=True):
        upto = np.concatenate([[0.0], np.cumsum(chances / chances.sum())])
        place = float(np.interp(0.5, upto, np.arange(CELLS[1] + 1) / CELLS[1]))
        assert at.central == pytest.approx(float(law.prior.quantile(np.array([place]), {})[0]), rel=1e-9)
    assert law.central > 1.2 * usual["valuation"].distribution.central, "a steeper limit, so a higher one at US$ 3 bn"
    assert not found["valuation"].from_scenario


def test_a_range_is_drawn_first_and_the_others_follow_each_of_its_draws() -> None:
    given = {"central": 0.9, "low": 0.6, "high": 1.2}
    laid = lay_out(told("HND", start="2022-01-02", parameters={"valuation_spread": given}))
    drawn = draw(laid, 80_000, mode="drawn").parameters
    law = beliefs(date(2022, 1, 2))["money_effect"].distribution
    assert isinstance(law, Joint)
    chances = law.grid.along("money_effect", {"valuation_spread": drawn["valuation_spread"]}).mean(axis=0)
    cells = np.searchsorted(law.prior.quantile(np.arange(1, CELLS[0]) / CELLS[0], {}), drawn["money_effect"])
    shares = np.bincount(cells, minlength=CELLS[0]) / cells.shape[0]
    assert np.max(np.abs(shares - chances)) < 4.0 * math.sqrt(0.25 / cells.shape[0])
