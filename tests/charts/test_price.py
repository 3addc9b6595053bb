"""The chart of a fit: points and band are those of its document, labels stand clear, and it says what it rests on."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.analysis.fitted import fitted
from sim.charts.catalogue import of_fit
from sim.charts.price import draw
from tests.charts.result.test_result_charts import assert_clear, band, line, words
from tests.examples import thorough

EARLY, LATE = date(2004, 1, 1), date(2026, 5, 15)
BETWEEN = (date(2010, 1, 1), date(2021, 12, 10))


@cache
def document(as_of: date) -> dict[str, Any]:
    return fitted(as_of)


@pytest.mark.parametrize("as_of", [EARLY, LATE, *(pytest.param(day, marks=thorough) for day in BETWEEN)], ids=str)
def test_points_line_and_band_are_the_documents(as_of: date) -> None:
    money, drawing = document(as_of)["money"], draw(document(as_of))
    points, median = line(drawing, "packages"), line(drawing, "median")
    assert list(points.get_xdata()) == [row["gdp_musd"] for row in money["prices"]]
    assert list(points.get_ydata()) == [row["percent"] for row in money["prices"]]
    assert list(median.get_ydata()) == [row["value"] for row in money["seen"]]
    assert band(drawing, "band")[:, 1].max() == max(row["high"] for row in money["seen"])
    (plot,) = drawing.axes
    assert (plot.get_xscale(), plot.get_yscale()) == ("log", "log")
    low, high = plot.get_ylim()
    assert all(low < row["percent"] < high for row in money["prices"])
    said = words(drawing)
    assert {row["state"] for row in money["prices"]} <= set(said)
    assert_clear(drawing)


def test_its_headline_counts_the_packages_within_the_band() -> None:
    rows = document(LATE)["money"]["prices"]
    inside = sum(row["low"] <= row["percent"] <= row["high"] for row in rows)
    said = words(draw(document(LATE)))
    assert f"The model’s 90 % band holds {inside} of 17 packages from Beijing" in said
    assert any("It rests on reading packages as prices of an auction." in " ".join(text.split()) for text in said)


def test_before_any_package_it_shows_what_the_priors_say() -> None:
    said = words(draw(document(EARLY)))
    assert "What a state costs, before any of Beijing’s packages is known" in said
    assert any(text.startswith("Source: the model’s priors, for no package was known by 1 Jan 2004") for text in said)


def test_it_says_how_many_the_model_gives_for_nothing() -> None:
    seen = document(LATE)["money"]["seen"]
    free = [row["free"] for row in seen]
    assert free == sorted(free), "large states are worth little of their GDP, so they go for nothing more often"
    said = words(draw(document(LATE)))
    near = min(seen, key=lambda row: abs(row["gdp_musd"] / 1000.0 - 1.0))
    assert f"{100 * near['free']:.0f} %" in said


@thorough
def test_the_same_fit_gives_the_same_pictures(tmp_path: Path) -> None:
    first, second = (of_fit(document(LATE)).draw(tmp_path / name) for name in ("a", "b"))
    assert [path.name for path in first] == ["price.png", "price.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
