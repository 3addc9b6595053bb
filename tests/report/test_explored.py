"""The explorable page of a sweep: its points are those of the sweep, drawn by the script that `sim explore` has."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim as face
from sim.report.explored import model_of
from sim.report.swept import html_of_sweep
from sim.sweeps.swept import SweepResult
from tests.examples import thorough
from tests.report.browser import CHROMIUM, Browser

SAID = "document.getElementById('said').textContent"


@pytest.fixture(scope="module")
def swept(folder: Path) -> SweepResult:
    return SweepResult.read(folder)


@pytest.fixture(scope="module")
def model(swept: SweepResult) -> dict[str, Any]:
    found = model_of(swept, swept.document())
    assert found is not None
    return found


def months(steps: list[int]) -> list[int]:
    """A band by month, from its values and for how many months each stands."""
    return [value for value, length in zip(steps[::2], steps[1::2], strict=True) for _ in range(length)]


def test_every_point_is_there(swept: SweepResult, model: dict[str, Any]) -> None:
    """With the numbers of the sweep, and of a run with the same settings."""
    stops = [item["controls"][0]["stops"] for item in model["groups"][0]["items"]]
    assert stops == [[0.0, 0.5, 1.0], [0.5, 2.0]]
    columns = swept.columns
    assert len(model["points"]) == 6
    for row, (one, other) in enumerate((one, other) for one in range(3) for other in range(2)):
        view = model["points"][f"{one} {other}"]
        assert view["mean"] == f"{columns['mean'][row]:.1f}"
        assert [months(view["fan"][band])[-1] for band in (1, 4)] == [columns["q05"][row], columns["q95"][row]]
        assert view["states"]["PRY"][0] == pytest.approx(columns["p_end_PRY"][row])
    values = {"beijing.acceptance": 0.5, "taipei.budget": 2.0}
    result = face.run("outlook-2026", runs=40, set=values)
    summary = result.summary_of()
    assert model["points"]["1 1"]["fan"][0] == [round(value, 2) for value in summary["mean"]]
    assert months(model["points"]["1 1"]["fan"][2]) == list(summary["q25"])


def test_differences_are_paired_and_as_firm_as_their_errors(swept: SweepResult, model: dict[str, Any]) -> None:
    columns, against = swept.columns, swept.manifest["against"]
    assert model["base"] == "2 0", "acceptance 1 is nearest to 0.91, and 0.5 to a budget of 1"
    assert model["against"] == "the point nearest to the scenario"
    for row, key in enumerate(f"{one} {other}" for one in range(3) for other in range(2)):
        sentence = model["points"][key]["sentence"]
        change, error = columns["mean_change"][row], columns["mean_change_mc"][row]
        if row == against:
            assert sentence.endswith("This is the point nearest to the scenario.")
        elif abs(change) > 2 * error:
            assert (" more than in " if change > 0 else " fewer than in ") in sentence
        else:
            assert "No difference beyond chance from" in sentence


def test_where_the_scenario_is_a_point(tmp_path: Path) -> None:
    swept = face.sweep("outlook-2026", vary={"taipei.budget": [0.0, 1.0]}, runs=20, out=tmp_path)
    model = model_of(swept, swept.document())
    assert model is not None
    assert model["against"] == "the scenario as it is"
    (slider,) = (item["controls"][0] for item in model["groups"][0]["items"])
    assert (slider["own"], slider["same"]) == (1, "1")
    assert model["command"] == "sim run outlook-2026 --runs 20 --seed 2026"


@pytest.mark.parametrize("how", [{"design": "lhs", "points": 3}, {}])
@thorough
def test_other_designs_have_no_levers(tmp_path: Path, how: dict[str, Any]) -> None:
    vary: dict[str, Any] = {"vary": {"taipei.budget": (0.0, 1.0)}} if how else {}
    swept = face.sweep("outlook-2026", runs=20, out=tmp_path, **vary, **how)
    assert model_of(swept, swept.document()) is None
    assert "<script" not in html_of_sweep(swept.folder)


def test_no_text_ends_the_script(sweep: str) -> None:
    inside = re.search(r'id="model">(.*?)</script>', sweep, re.DOTALL)
    assert inside is not None
    assert "<" not in inside[1]
    assert json.loads(inside[1])["points"]


# --- in a browser

browsed = pytest.mark.skipif(CHROMIUM is None or os.name != "posix", reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@browsed
def test_keys_move_it_and_a_link_brings_it_back(
    browser: Browser, sweep: str, model: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text(sweep, encoding="utf-8")
    browser.look(390, 844)
    browser.open(file)
    assert browser.evaluate(SAID) == model["points"]["2 0"]["sentence"]
    browser.evaluate("document.querySelectorAll('.levers input')[1].focus()")
    browser.press("ArrowRight")
    assert browser.evaluate("location.hash") == "#taipei.budget=2"
    assert browser.evaluate(SAID) == model["points"]["2 1"]["sentence"]
    command = browser.evaluate("document.getElementById('command').textContent")
    assert command == "sim run outlook-2026 --runs 40 --seed 2026 --set beijing.acceptance=1 --set taipei.budget=2"
    text, address = browser.evaluate("document.body.innerText"), browser.evaluate("location.href")
    browser.visit(address)
    browser.until(f"document.readyState === 'complete' && {SAID} !== ''")
    assert browser.evaluate("document.body.innerText") == text
    browser.evaluate("location.hash = '#limits'")
    assert browser.evaluate(SAID) == model["points"]["2 1"]["sentence"], "a place on the page sets nothing"
    assert browser.evaluate("document.documentElement.scrollWidth") <= 390
    assert browser.messages() == []
    assert {address.partition("#")[0] for address in browser.requests()} == {file.as_uri()}
