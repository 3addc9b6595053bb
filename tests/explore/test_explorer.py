"""The answers of the page: they are those of `sim.run`, and one run at a time makes them."""

from __future__ import annotations

import threading
import tomllib
from pathlib import Path

import numpy as np
import pytest

import sim as face
from sim.analysis.pairs import pair_of
from sim.errors import InputError
from sim.explore import explorer as explorers
from sim.explore.explorer import Explorer, Overtaken
from sim.explore.page import html_of
from sim.results import Result
from sim.results.tables import COOPERATION, RECOGNITION
from sim.scenario import load, parse_overrides
from tests.explore.conftest import FAST, WHOLE
from tests.scenario.documents import loaded

SETTINGS = ["beijing.budget=2", "events.asfura-pledge.enabled=false", "parameters.money_effect=0.5"]


def check(answer: dict, result: Result, baseline: Result) -> None:
    """Every number of an answer is that of two results of `sim.run`."""
    view, base = answer["view"], answer["base"]
    summary = result.summary_of()
    assert view["fan"][0] == [round(value, 2) for value in summary["mean"]]
    assert view["fan"][1:] == [list(summary[name]) for name in ("q05", "q25", "q75", "q95")]
    assert base["fan"][0] == [round(value, 2) for value in baseline.summary_of()["mean"]]
    pair = pair_of(result, baseline, "a", "b")
    (end,) = (row for row in pair.at_end if row["tie"] == RECOGNITION)
    for tie, table in ((RECOGNITION, view["states"]), (COOPERATION, view["hosts"])):
        rows = {row["iso3"]: row for row in pair.rows("states", horizon="p_end", tie=tie)}
        assert set(rows) == set(table)
        for code, (p, _, change, clear) in table.items():
            assert p == round(rows[code]["p"], 4)
            assert clear == (rows[code]["mc"] is not None and abs(rows[code]["difference"]) > 2 * rows[code]["mc"])
            shown = float(change.partition(" ")[0].replace("−", "-") or 0)
            assert shown == pytest.approx(100 * rows[code]["difference"], abs=0.06)
    assert f"{summary['mean'][-1]:.1f} states" in view["sentence"]
    if not end["more"] and not end["fewer"]:
        assert "In every run the number is that" in view["sentence"]
    elif abs(end["mean"]) > 2 * end["mc"]:
        assert f"{abs(end['mean']):.1f}" in view["sentence"]
        assert ("more" if end["mean"] > 0 else "fewer") + " than in the scenario as it is" in view["sentence"]
    else:
        assert "No difference beyond chance from" in view["sentence"]


@pytest.mark.parametrize("runs", [FAST, 60, WHOLE])
def test_numbers_are_those_of_a_run(outlook: Explorer, runs: int) -> None:
    answer = outlook.run(SETTINGS, runs)
    assert answer["view"]["runs"] == runs
    asked = parse_overrides(SETTINGS)
    check(answer, face.run("outlook-2026", runs=runs, set=asked), face.run("outlook-2026", runs=runs))


def test_hosts_and_what_was_set_when_it_was_opened() -> None:
    opened = {"washington.attention": 2.0}
    explorer = Explorer(load("honduras-2025", opened), fast=FAST, whole=WHOLE)
    answer = explorer.run(["events.castro-words.strength=1"], WHOLE)
    both = {**opened, "events.castro-words.strength": 1}
    result, baseline = (face.run("honduras-2025", runs=WHOLE, set=each) for each in (both, opened))
    check(answer, result, baseline)
    assert explorer.model["hosts"]
    assert explorer.model["command"] == f"sim run honduras-2025 --runs {WHOLE} --set washington.attention=2.0"
    page = html_of(explorer, "nonce")
    assert "<h1>Honduras and Washington in January 2025: does military cooperation hold?</h1>" in page
    assert "Opened with <code>--set washington.attention=2.0</code>" in page


def test_nothing_set_is_the_scenario_as_it_is(outlook: Explorer) -> None:
    answer = outlook.run([], FAST)
    assert set(answer) == {"view"}
    assert answer["view"]["sentence"].endswith("This is the scenario as it is.")
    assert {cells[2] for cells in answer["view"]["states"].values()} == {""}


def test_the_same_in_every_run(outlook: Explorer) -> None:
    answer = outlook.run(["beijing.budget=1"], FAST)
    assert answer["view"]["sentence"].endswith("In every run the number is that of the scenario as it is.")
    assert {tuple(cells[2:]) for cells in answer["view"]["states"].values()} == {("0", 0)}


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("beijing.budgt=2", "outlook-2026: beijing.budgt: no such path: no `budgt` here; did you mean beijing.budget?"),
        ("beijing.acceptance=2", "outlook-2026: beijing.acceptance: at most 1 (got 2)"),
        ("scenario.seed=3", "outlook-2026: scenario.seed: set on the page only below beijing, taipei, washington"),
        ("roster.remove=['PRY']", "outlook-2026: roster.remove: set on the page only below"),
        ("beijing", "--set: PATH=VALUE, such as washington.attention=2 (got 'beijing')"),
    ],
)
def test_what_cannot_be_set(outlook: Explorer, setting: str, line: str) -> None:
    with pytest.raises(InputError) as caught:
        outlook.run([setting], FAST)
    assert caught.value.lines()[0].startswith(line)


@pytest.mark.parametrize("runs", [0, WHOLE + 1])
def test_bounds_of_runs(outlook: Explorer, runs: int) -> None:
    with pytest.raises(InputError, match=f"a whole number from 1 to {WHOLE}"):
        outlook.run([], runs)


def test_a_bare_parameter_is_one(outlook: Explorer) -> None:
    assert outlook.run(["money_effect=0.5"], FAST) == outlook.run(["parameters.money_effect=0.5"], FAST)


def test_overtaken_without_a_run(outlook: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one runs two more come: the first of these is given up before it begins, and the one that runs too."""
    began, go_on, runs = threading.Event(), threading.Event(), []
    usual = explorers.simulate

    def slow(request, threads, watch):  # type: ignore[no-untyped-def]
        runs.append(request.loaded.overrides)
        if len(runs) == 1:
            began.set()
            assert go_on.wait(30)
        return usual(request, threads, watch)

    monkeypatch.setattr(explorers, "simulate", slow)
    ends: dict[str, object] = {}

    def ask(value: str) -> None:
        try:
            ends[value] = outlook.run([f"beijing.budget={value}"], FAST)
        except Overtaken as error:
            ends[value] = error

    threads = [threading.Thread(target=ask, args=(value,)) for value in ("2", "3", "4")]
    threads[0].start()
    assert began.wait(30)
    newest = outlook._newest
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        while outlook._newest < newest + number:
            pass
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert [type(ends[value]).__name__ for value in ("2", "3", "4")] == ["Overtaken", "Overtaken", "dict"]
    assert runs == [{"beijing.budget": 2}, {"beijing.budget": 4}]


def test_a_saved_scenario_gives_the_same_numbers(outlook: Explorer, tmp_path: Path) -> None:
    settings = [
        *SETTINGS,
        "elections.taiwan-2028.outcomes.kmt.chance=0.9",
        "elections.taiwan-2028.outcomes.dpp.chance=0.1",
    ]
    text = outlook.scenario(settings)
    document = tomllib.loads(text)
    assert document["scenario"]["extends"] == "outlook-2026"
    file = tmp_path / "saved.toml"
    file.write_text(text, encoding="utf-8")
    saved = face.run(file)
    assert saved.runs == WHOLE
    np.testing.assert_array_equal(
        saved.counts, face.run("outlook-2026", runs=WHOLE, set=parse_overrides(settings)).counts
    )


def test_a_saved_scenario_of_a_file(tmp_path: Path) -> None:
    """With a text, a range and an outcome that is given; it lies beside what it extends."""
    own = load(loaded(tmp_path, '[elections.vote]\ndate = 2022-03-01\nstate = "HND"\noutcomes.won.chance = 0.5\n').file)
    explorer = Explorer(own, fast=FAST, whole=WHOLE)
    settings = ["given.vote=won", "money_effect={central = 1.0, low = 0.5, high = 2.0}"]
    text = explorer.scenario(settings)
    assert text.startswith("# Keep this file beside small.toml, which it extends.\n")
    (tmp_path / "saved.toml").write_text(text, encoding="utf-8")
    saved = load(tmp_path / "saved.toml").scenario
    assert saved.given == {"vote": "won"}
    assert saved.parameters == explorer.resolved(settings).scenario.parameters
    assert explorer.model["command"].startswith("sim run ")


def test_the_page_stays_the_same(outlook: Explorer) -> None:
    """Whatever was asked before: the same settings give the same answer."""
    first = outlook.run(SETTINGS, FAST)
    outlook.run(["taipei.budget=0"], WHOLE)
    assert outlook.run(SETTINGS, FAST) == first
