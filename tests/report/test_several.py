"""The pages of a comparison and of a sweep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim as face
from sim.analysis.compare import compare
from sim.analysis.findings import answer
from sim.errors import InputError, ResultError
from sim.report.comparison import differences, html_of_comparison
from sim.report.swept import html_of_sweep
from sim.results import Result
from sim.sweeps.swept import SweepResult
from sim.words import differs
from tests.examples import thorough
from tests.report.conftest import Page
from tests.report.reading import read
from tests.report.rules import check

NAMES = ("honduras-2025", "honduras-2025-notice", "honduras-2025-heavy-hand")


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return [face.run(name, runs=200, seed=5) for name in NAMES]


@pytest.fixture(scope="module")
def page(results: list[Result]) -> Page:
    return Page(results[0], html_of_comparison(results))


def test_rules_of_a_comparison(page: Page) -> None:
    check(page.html, page.tree)
    assert [each.attributes["id"] for each in page.tree.all("svg")] == [
        "difference", "difference-narrow", "difference-cooperation", "difference-cooperation-narrow", "dumbbell",
    ]  # fmt: skip
    assert len(page.html.encode()) < 750_000


def test_a_comparison_says_its_differences(page: Page, results: list[Result]) -> None:
    said = page.tree.text
    title = "Honduras and Washington in January 2025, compared with two other scenarios"
    assert page.tree.one("h1").text == title
    comparison = compare(results)
    for pair in comparison.pairs:
        for row, units in zip(pair.at_end, ("states", "hosts"), strict=True):
            assert differs(row["mean"], row["mc"], f"{units} fewer", f"{units} more") in said
    assert all(sentence in said for sentence in answer(comparison))
    assert said.index(answer(comparison)[0]) < said.index("By how much the number")
    assert not any(f"{name} " in page.tree.one("h1").text for name in NAMES)
    (row,) = comparison.pairs[0].rows("states", horizon="p_end", iso3="HND", tie="cooperation")
    rows = [row for table in page.tree.all("table") for row in table.rows()]
    told = next(cells for cells in rows if cells[0] == "Honduras suspends cooperation")
    assert told[3].startswith(f"+{100 * row['difference']:.1f} ± {100 * row['mc']:.1f}")
    assert "sim compare honduras-2025 honduras-2025-notice honduras-2025-heavy-hand --runs 200 --seed 5" in said
    assert comparison.id in said


@thorough
def test_pages_are_the_same_each_time(page: Page, results: list[Result], folder: Path, sweep: str) -> None:
    assert html_of_comparison(results) == page.html
    assert html_of_sweep(folder) == sweep


def test_differences_of_scenarios(results: list[Result]) -> None:
    assert differences(results[0], results[1]) == ["Event “castro words” left out", "Event “castro notice” added"]
    assert differences(results[0], results[2]) == ["Washington's attention: 3 (as usual in the baseline)"]
    assert differences(results[0], results[0]) == []
    other = face.run("honduras-2025", runs=20, set={"parameters.lean_effect": 0.5, "scenario.end": "2028-12-31"})
    assert differences(results[0], other) == [
        "Parameter lean_effect: 0.5 (as drawn in the baseline)", "From 1 Jan 2025 to 31 Dec 2028",
    ]  # fmt: skip


def test_results_that_cannot_be_paired_are_refused(results: list[Result]) -> None:
    with pytest.raises(InputError, match="seed"):
        html_of_comparison([results[0], face.run(NAMES[1], runs=200, seed=6)])


def test_a_sweep(folder: Path, sweep: str) -> None:
    tree = read(sweep)
    check(sweep, tree, explorable=True)
    columns = SweepResult.read(folder).columns
    (points,) = [each for each in tree.all("table") if each.one("caption").text == "Outcomes by point"]
    assert len(points.rows()) == len(columns["mean"]) == 6
    found = {tuple(row[:2]): row[2] for row in points.rows()}
    for row, mean in enumerate(columns["mean"]):
        at = tuple(f"{columns[path][row]:g}" for path in ("beijing.acceptance", "taipei.budget"))
        assert found[at] == f"{mean:.1f}"
    low, high = min(columns["mean"]), max(columns["mean"])
    assert f"lies between {low:.1f} (" in tree.text
    assert f"and {high:.1f} (" in tree.text
    assert [each.attributes["id"] for each in tree.all("svg")] == [
        f"{name}{ending}" for name in ("count", "left-PRY", "left-HND") for ending in ("", "-narrow")
    ]
    assert "--vary beijing.acceptance=0.0,0.5,1.0 --vary taipei.budget=0.5,2.0 --runs 40 --seed 2026" in tree.text


def test_the_page_of_a_sweep_shows_the_outcomes_that_were_asked_for(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sim.report.swept.charts_in", lambda _: {"count", "left-GTM"})
        tree = read(html_of_sweep(folder))
    names = [each.attributes["id"] for each in tree.all("svg")]
    assert names == ["count", "count-narrow", "left-GTM", "left-GTM-narrow"]
    (points,) = [each for each in tree.all("table") if each.one("caption").text == "Outcomes by point"]
    assert "Chance of Guatemala to leave Taipei" in points.text
    assert "beijing.acceptance" not in points.text


def test_the_ids_of_the_charts_begin_with_their_names(sweep: str, page: Page) -> None:
    for tree in (read(sweep), page.tree):
        for drawing in tree.all("svg"):
            name = drawing.attributes["id"]
            inside = [each.attributes["id"] for each in drawing.all() if "id" in each.attributes]
            assert inside
            assert all(each.startswith(f"{name}.") for each in inside)


def test_charts_keep_their_letters_and_lose_the_rest(page: Page) -> None:
    assert "<metadata" not in page.html
    assert "w3.org" not in page.html
    assert page.html.count("<style") == 1
    drawing = page.html.split('<svg id="dumbbell"')[1].split("</svg>")[0]
    assert not re.search(r'd="[^"]*\d\.\d{2}', drawing)
    assert drawing.count("<use") > 100


def test_a_folder_without_a_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"a sweep folder, with a manifest\.json in it"):
        html_of_sweep(tmp_path)
