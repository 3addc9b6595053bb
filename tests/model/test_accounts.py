"""Accounts: what each patron pays, by closed forms in small worlds, on both engines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model.accounts import BOOK, owed, package_begins, package_ends, years_left
from sim.model.terms import (
    BEIJING_DELIVERS,
    BEIJING_PROMISES,
    PRICE_MUSD,
    TAIPEI_PAYS,
    WASHINGTON_PAYS,
)
from sim.runs.ensemble import Engine
from tests.worlds import Document, changed, lay_out, open_world, run, told

NOBODY = {code: {"susceptibility": 0.0} for code in ("GTM", "HND", "PRY", "VAT")}
WORLD = told(
    "HND", "PRY", "VAT", start="2021-12-31", end="2024-12-31", states={c: NOBODY[c] for c in ("HND", "PRY", "VAT")}
)
ENGINES = pytest.mark.parametrize("engine", ["compiled", "mesa"])


def accounts(document: Document, engine: Engine, runs: int = 20) -> Any:
    """(runs, places, ACCOUNTS), and the reference of the central draw."""
    laid = lay_out(document)
    return run(laid, runs, engine=engine, ledger=False).accounts, open_world(laid).reference, laid


def switches(*events: tuple[str, str, str]) -> dict[str, Any]:
    return {f"events.s{n}": {"type": "switch", "state": s, "date": d, "to": to} for n, (s, d, to) in enumerate(events)}


@ENGINES
def test_where_nobody_leaves_taipei_pays_its_base_aid_for_the_years(engine: Engine) -> None:
    book, reference, _ = accounts(changed(WORLD, {"scenario.start": "2021-12-16"}), engine)
    years = 3.0 + (15 / 31) / 12.0
    assert book[:, :, TAIPEI_PAYS] == pytest.approx(np.tile(reference.aid * years, (20, 1)))
    assert reference.aid[2] == 0.0, "the Holy See gets nothing"
    assert not book[:, :, [BEIJING_PROMISES, BEIJING_DELIVERS, WASHINGTON_PAYS]].any()


@ENGINES
def test_a_budget_counts_month_by_month(engine: Engine) -> None:
    book, reference, _ = accounts(changed(WORLD, {"taipei.budget": {"2023-01-01": 3.0}}), engine)
    assert book[0, :, TAIPEI_PAYS] == pytest.approx(reference.aid * (1.0 + 2.0 * 3.0))


@ENGINES
@pytest.mark.parametrize("package_years", [0.5, 2.0, 5.0])
def test_a_departure_costs_beijing_its_package_for_the_months_left(engine: Engine, package_years: float) -> None:
    document = changed(WORLD, switches(("HND", "2022-03-10", "beijing")) | {"parameters.package_years": package_years})
    book, reference, laid = accounts(document, engine)
    due = reference.usual[0] * min(package_years, 33 / 12)
    assert book[:, 0, BEIJING_PROMISES] == pytest.approx(np.full(20, due))
    shares = book[:, 0, BEIJING_DELIVERS] / due
    assert all(np.min(np.abs(laid.timeline.delivered - share)) < 1e-12 for share in shares)
    assert len(set(shares.round(9))) > 1, "drawn run by run"
    assert book[:, 0, TAIPEI_PAYS] == pytest.approx(np.full(20, reference.aid[0] * 3 / 12)), "to the month it leaves in"
    assert book[0, 1, TAIPEI_PAYS] == pytest.approx(reference.aid[1] * 3.0)


@ENGINES
def test_what_is_left_of_a_package_is_struck_off_when_the_state_is_back(engine: Engine) -> None:
    events = switches(("HND", "2022-03-10", "beijing"), ("HND", "2023-03-10", "taipei"))
    book, reference, _ = accounts(changed(WORLD, events), engine)
    assert book[:, 0, BEIJING_PROMISES] == pytest.approx(np.full(20, reference.usual[0]))
    assert (book[:, 0, BEIJING_DELIVERS] <= book[:, 0, BEIJING_PROMISES] + 1e-9).all()
    assert book[:, 0, TAIPEI_PAYS] == pytest.approx(np.full(20, reference.aid[0] * (3 + 21) / 12))


@ENGINES
@pytest.mark.parametrize("by", ["taipei", "washington"])
def test_a_told_offer_counts_at_what_is_believed_of_it_while_it_stands(engine: Engine, by: str) -> None:
    offer = {"type": "offer", "state": "PRY", "by": by, "date": "2022-01-01", "signed": True}
    document = changed(WORLD, {"events.o": offer | {"million_usd": 60.0, "years": 1.0}})
    book, _, laid = accounts(document, engine)
    plain, _, _ = accounts(WORLD, engine)
    paid = TAIPEI_PAYS if by == "taipei" else WASHINGTON_PAYS
    arrives = float(open_world(laid).parameters.delivered_signed)
    weights = laid.timeline.events.fade[0] @ laid.timeline.exposure / 12.0
    assert book[0, 1, paid] - plain[0, 1, paid] == pytest.approx(60.0 * arrives * weights)


@ENGINES
def test_an_aid_cut_is_taken_from_the_state(engine: Engine) -> None:
    cut = {"type": "aid-cut", "state": "PRY", "by": "washington", "date": "2022-01-01", "share": 0.5}
    document = changed(WORLD, {"events.c": cut, "states.PRY.us_aid": 1.0, "states.PRY.gdp_million_usd": 40_000.0})
    book, _, laid = accounts(document, engine)
    weights = laid.timeline.events.fade[0] @ laid.timeline.exposure / 12.0
    assert book[0, 1, WASHINGTON_PAYS] == pytest.approx(-200.0 * weights)
    assert weights > 0.0


@ENGINES
@pytest.mark.parametrize("answer", ["gives-way", "retaliates", "waits"])
def test_an_answer_to_a_host_counts_for_the_months_after_it(engine: Engine, answer: str) -> None:
    events = {
        "said": {"type": "threat", "state": "HND", "date": "2022-01-01"},
        "told": {"type": "answer", "state": "HND", "date": "2022-02-01", "answer": answer},
    }
    quiet = {"suspension_rate": 1e-6, "words_followed": 0.001, "rent_raised": 40.0}
    document = changed(WORLD, {"cooperation.hosts": ["HND"], "parameters": quiet, "events": events})
    laid = lay_out(document)
    ensemble = run(laid, 20, engine=engine, ledger=False)
    a_year = ensemble.answers[0, 4:7].sum()
    assert a_year == 40.0 if answer == "gives-way" else a_year <= 0.0
    assert ensemble.accounts[:, 3, WASHINGTON_PAYS] == pytest.approx(np.full(20, a_year * 34 / 12))


def test_talks_that_beijing_wins_pay_what_the_ledger_says() -> None:
    """What is promised is the price of each change, for the years that are left of package and horizon."""
    document = told(
        "GTM", "HND", "PRY", "TUV", end="2024-12-31", parameters={"departure_rate": 0.5, "return_rate": 1e-9}
    )
    laid = lay_out(document)
    ensemble = run(laid, 60, ledger=False)
    left, expected = years_left(laid.timeline.exposure), np.zeros((60, 4))
    package_years = float(open_world(laid).parameters.package_years)
    for change in ensemble.changes:
        expected[int(change[0]), int(change[2])] += change[5 + PRICE_MUSD] * min(package_years, left[int(change[1])])
    assert (expected > 0.0).sum() > 50
    assert ensemble.accounts[:, :, BEIJING_PROMISES] == pytest.approx(expected)
    assert (ensemble.accounts[:, :, BEIJING_DELIVERS] <= expected + 1e-9).all()


def test_a_package_that_replaces_another_ends_it() -> None:
    book = np.zeros((1, BOOK))
    package_begins(book, 0, 12, 10.0, 0.5, 5.0, 4.0)
    assert (owed(book, 0, 12), owed(book, 0, 71), owed(book, 0, 72)) == (10.0, 10.0, 0.0)
    package_begins(book, 0, 24, 30.0, 1.0, 5.0, 3.0)
    assert book[0, :2].tolist() == [10.0 + 90.0, 5.0 + 90.0]
    package_ends(book, 0, 36, 2.0)
    assert book[0, :2].tolist() == [10.0 + 30.0, 5.0 + 30.0]
    assert years_left(np.array([0.5, 1.0, 1.0])).tolist() == [2 / 12, 1 / 12, 0.0]
