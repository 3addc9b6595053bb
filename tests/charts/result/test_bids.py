"""The chart of what was bid: its numbers, its headline, what it says where there were no talks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.bids import Bids, Side, bids, finding, names, share_error
from sim.charts.catalogue import of_result
from sim.charts.result import bids as chart
from sim.model.terms import OUTCOMES
from sim.results.result import Result
from sim.results.table import Table
from tests.charts.backtest.test_backtest_charts import bars, said
from tests.charts.result.test_result_charts import assert_clear, words

GDP = {"HND": 20_000.0, "TUV": 60.0}
LIMITS = {"HND": (0.5, 0.2), "TUV": (4.0, 40.0), "VAT": (0.0, 0.0)}


def talked(result: Result, runs: int = 200) -> Result:
    """The result with talks a run: two of Honduras, of which one is lost, one kept of Tuvalu, one of the Holy See."""
    rows = []
    for run in range(runs):
        for code, outcome, price in (
            ("HND", "left", 0.3), ("HND", "stayed", 0.1), ("HND", "dropped", 0.0), ("TUV", "stayed", 30.0),
            ("VAT", "stayed", 0.0),
        ):  # fmt: skip
            beijing, taipei = LIMITS[code] if outcome != "dropped" else (0.0, 0.0)
            musd = price * GDP[code] / 100.0 if code in GDP else float("nan")
            factor = 1.0 + 0.5 * (run % 3 - 1)
            rows.append((run, code, "taipei", outcome, factor * beijing, taipei, price, musd))
    heads = ("run", "iso3", "side", "outcome", "beijing_limit", "taipei_limit", "price", "price_musd")
    table = Table({head: np.array(column) for head, column in zip(heads, zip(*rows, strict=True), strict=True)})
    return replace(result, concluded=lambda: table, talk_runs=runs)


@pytest.fixture(scope="module")
def result(make: Any) -> Result:
    return talked(make(hazard=0.0))


def test_the_limits_the_ends_and_what_was_paid(result: Result) -> None:
    honduras, tuvalu = bids(result)
    assert (honduras.name, honduras.talks, honduras.a_run) == ("Honduras", 600, 3.0)
    assert honduras.beijing == Side(0.5, 0.25, 0.75, pytest.approx(0.3))
    assert honduras.taipei == Side(0.2, 0.2, 0.2, pytest.approx(0.1))
    third = pytest.approx(1 / 3)
    assert honduras.ended == {"left": third, "stayed": third, "not_taken": 0.0, "dropped": third}
    assert (honduras.above, honduras.more, honduras.gdp_musd) == (1.0, 1, pytest.approx(20_000.0))
    assert (tuvalu.above, tuvalu.more, tuvalu.beijing.paid) == (0.0, -1, None)


def test_the_headline_says_who_outbids_whom(result: Result) -> None:
    assert finding(bids(result)) == (
        "Beijing outbids Taipei in most talks with Honduras; Taipei outbids it in most talks with Tuvalu"
    )


def row(name: str, above: float, error: float) -> Bids:
    side = Side(1.0, 1.0, 1.0, None)
    ended = dict.fromkeys(chart.ENDED, 0.25)
    return Bids("XXX", name, 100, 1.0, side, side, ended, above, error, None)


def test_it_is_never_stronger_than_its_error() -> None:
    assert [row("A", 0.6, error).more for error in (0.05, 0.07, float("nan"))] == [1, 0, 0]
    assert row("A", 0.4, 0.05).more == -1
    assert finding([row("A", 0.6, 0.07)]) == "Neither patron outbids the other in most talks of any state"
    assert finding([row("A", 0.4, 0.05)]) == "Taipei outbids Beijing in most talks with A"
    assert names(["A", "B", "C", "D", "E"]) == "A, B and 3 others"
    assert names(["A", "B", "C"]) == "A, B and C"


def test_talks_of_a_draw_hang_together() -> None:
    happened = np.repeat([True, False, True, False], 50)
    assert share_error(happened, np.repeat(np.arange(4), 50)) == pytest.approx(0.5 / np.sqrt(3))
    assert share_error(happened, np.tile(np.arange(50), 4)) == 0.0
    assert np.isnan(share_error(happened, np.zeros(200, dtype=np.int64)))


def test_the_picture_shows_them(result: Result) -> None:
    drawing = of_result(result).drawn("bids")
    (plot,) = drawing.axes
    limits = [each for each in plot.lines if each.get_gid() == "beijing-limit"]
    assert [float(each.get_xdata()[0]) for each in limits] == [0.5, 4.0]
    (low, high), *_ = bars(drawing, "beijing-range")
    assert (low[0], high[0]) == (0.25, 0.75)
    assert {"Honduras", "Tuvalu", "0.50", "100", "40", "24", "33", "0.30", "60", "–"} <= set(words(drawing))
    assert "Holy See" not in said(drawing)
    assert "600 concluded talks" not in said(drawing)
    assert "800 concluded talks, to Dec 2026; from the left: lost, stayed, dropped." in said(drawing)
    assert_clear(drawing)


def test_the_states_with_most_talks_are_shown(result: Result) -> None:
    rows = [replace(row(f"State {n}", 0.6, 0.01), talks=n) for n in range(15)]
    shown, rest = chart.most_talks(rows)
    assert (len(shown), rest) == (12, 3)
    assert [one.talks for one in shown] == list(range(3, 15))


def test_without_talks_it_says_so(make: Any) -> None:
    without = make(runs=2)
    assert chart.NOT_KEPT in said(of_result(without).drawn("bids"))
    assert chart.NO_TALKS in said(of_result(replace(without, talk_runs=2)).drawn("bids"))


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (0.031, "0.03"), (2.5, "2.50"), (48.2, "48")])
def test_shares_have_two_digits(value: float, text: str) -> None:
    assert chart.share(value) == text


@pytest.mark.parametrize(
    ("value", "gdp", "text"),
    [(1.0, None, "–"), (0.0, 1e4, "0"), (1.0, 50.0, "0.50"), (1.0, 250.0, "2.5"), (2.0, 1e5, "2,000")],
)
def test_dollars_follow_from_gdp(value: float, gdp: float | None, text: str) -> None:
    assert chart.dollars(value, gdp) == text


def test_every_way_in_which_talks_end_is_told() -> None:
    assert set(chart.FILLS) == set(chart.WORDS) == set(OUTCOMES)
