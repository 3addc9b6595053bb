"""The chart of who pays whom: its rows, its numbers, its headline, and what it says without accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.accounts import Paid, between, finding, short, years
from sim.charts.catalogue import of_result
from sim.charts.result import accounts as chart
from sim.results.result import Result
from tests.charts.backtest.test_backtest_charts import said
from tests.charts.result.test_result_charts import assert_clear, words


@pytest.fixture(scope="module")
def result(make: Any) -> Result:
    made: Result = make(runs=20, hazard=0.0, hosts=("HND",))
    book = np.zeros((20, len(made.places), 4))
    span = years(made)
    for number in range(len(made.members)):
        book[:, number, 2] = (10.0 + number) * span
    book[:10, 0, 0], book[:10, 0, 1] = 60.0 * span, 20.0 * span
    book[:, -1, 3] = -5.0 * span
    return replace(made, book=book, talk_runs=20)


def test_the_picture_shows_them(result: Result) -> None:
    drawing = of_result(result).drawn("accounts")
    (plot,) = drawing.axes
    bars = {gid: [bar.get_width() for bar in plot.patches if bar.get_gid() == gid] for gid in ("promised", "delivered")}
    paid = [width for width in bars["promised"] if width < 29.0]
    assert bars["promised"][0] == pytest.approx(10.0 + len(result.members) - 1), "the largest on top"
    assert bars["promised"][-2:] == pytest.approx([30.0, -5.0])
    assert bars["delivered"][-2:] == pytest.approx([10.0, -5.0])
    assert len(paid) == chart.MOST_ROWS + 1
    assert {"Taipei", "Beijing", "30", "0 to 60", "0 to 20", "−5"} <= set(words(drawing))
    assert f"{len(result.members) - chart.MOST_ROWS} more" in said(drawing)
    assert "Washington’s answers cost hosts US$ 5 million a year" in said(drawing)
    assert_clear(drawing)


def test_without_accounts_it_says_so(make: Any) -> None:
    assert chart.NOT_KEPT in said(of_result(make(runs=2)).drawn("accounts"))


def test_the_headline_is_the_sums() -> None:
    taipei = Paid("taipei", "all", "recognition", 200.0, 100.0, 300.0, 200.0, 100.0, 300.0)
    beijing = Paid("beijing", "all", "recognition", 30.0, 0.0, 90.0, 12.0, 0.0, 40.0)
    assert finding({("taipei", "recognition"): taipei, ("beijing", "recognition"): beijing}) == (
        "On average Taipei pays US$ 200 million a year; Beijing promises US$ 30 million a year and delivers 12"
    )
    assert finding({}) == "Nobody pays anybody anything"


@pytest.mark.parametrize(("value", "text"), [(0.001, "0"), (0.076, "0.076"), (2.54, "2.5"), (-879.4, "−879")])
def test_sums_have_two_digits(value: float, text: str) -> None:
    assert short(value) == text
    assert between(value, value) == text
