"""An ablation: a scenario without each mechanism, paired with itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.analysis.ablation import Ablation, change, moves, read, sentences
from sim.backtest.mechanisms import HAZARD, MECHANISMS
from sim.errors import InputError, ResultError
from sim.results.tables import RECOGNITION

NAME = "honduras-2023"


@pytest.fixture(scope="module")
def small() -> Ablation:
    return sim.ablate(NAME, without=["words", "threats"], runs=80, seed=5, threads=1)


def rows_of(ablation: Ablation, table: str, mechanism: str) -> list[dict[str, Any]]:
    return [row for row in ablation.document[table] if row["mechanism"] == mechanism]


def test_a_row_is_what_compare_says_of_the_same_runs(small: Ablation) -> None:
    words = MECHANISMS["words"].overrides(sim.load(NAME).scenario)
    base, here = (sim.run(NAME, runs=80, seed=5, set=values) for values in ({}, words))
    pair = sim.compare(base, here).pairs[0]
    (count,) = rows_of(small, "count", "words")
    (end,) = pair.at_end
    assert (count["difference"], count["mc"], count["month"]) == (end["mean"], end["mc"], end["month"])
    assert count["mean"] - count["mean_with"] == pytest.approx(count["difference"])
    assert count["mean_with"] == pytest.approx(base.counts[:, -1].mean())
    assert count["same"] == int((base.counts[:, -1] == here.counts[:, -1]).sum())
    ends = {row["iso3"]: row for row in pair.rows("states", horizon="p_end")}
    states = rows_of(small, "states", "words")
    assert {row["iso3"] for row in states} == set(ends)
    assert all(row["difference"] == ends[row["iso3"]]["difference"] for row in states)
    assert all(row["p_with"] == ends[row["iso3"]]["p_against"] for row in states)


def test_without_the_order_honduras_mostly_stays(small: Ablation) -> None:
    honduras = next(row for row in rows_of(small, "states", "words") if row["iso3"] == "HND")
    assert moves(honduras)
    assert honduras["p"] < 0.5 < honduras["p_with"]
    told = small.sentences[1]
    assert told.startswith("Without words: +")
    assert "most moved, in points: Honduras −" in told
    assert small.sentences[2].startswith("Without threats: ")


def test_a_mechanism_that_a_scenario_does_not_use_changes_nothing() -> None:
    quiet = {"scenario": {"name": "q", "title": "Q", "question": "?", "start": "2025-12-31", "end": "2026-12-31"}}
    ablation = sim.ablate(quiet, without=["words"], runs=40, seed=1, threads=1)
    (row,) = ablation.document["count"]
    assert (row["difference"], row["mc"], row["same"]) == (0.0, 0.0, 40)
    assert not any(moves(one) for one in ablation.document["states"])
    assert ablation.sentences[1:] == ["Without words: the same count in every run."]


def test_the_hazard_is_bare() -> None:
    """Nothing that anybody does or says counts: the scenario's words and levers make no difference."""
    levers = {"beijing.budget": 3.0, "washington.attention": 2.0}
    ends = [
        [row["p"] for row in sim.ablate(NAME, without=[HAZARD], runs=40, set=sets, threads=1).document["states"]]
        for sets in ({}, levers)
    ]
    assert ends[0] == ends[1]


def test_hosts_have_rows_of_their_own() -> None:
    ablation = sim.ablate("honduras-2025", without=["words"], runs=40, threads=1)
    assert [row["tie"] for row in ablation.document["count"]] == [RECOGNITION, "cooperation"]
    assert ablation.count().shape[0] == 2
    assert set(ablation.states()["tie"]) == {RECOGNITION, "cooperation"}


def test_an_ablation_is_found_again(small: Ablation, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"without": ["words", "threats"], "runs": 80, "seed": 5, "out": tmp_path}
    first, again = sim.ablate(NAME, **asked), sim.ablate(NAME, **asked)
    assert first.document == again.document == small.document
    assert first.folder is not None
    assert first.folder.parent == tmp_path / "ablation" / NAME
    assert sorted(path.name for path in first.folder.iterdir()) == [
        "ablation.json", "count.csv", "manifest.json", "states.csv"
    ]  # fmt: skip
    (first.folder / "count.csv").write_text("", "utf-8")
    with pytest.raises(ResultError, match=r"count\.csv: unchanged since it was written"):
        read(first.folder)


def test_an_unknown_mechanism_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        sim.ablate(NAME, without=["purse"])
    assert caught.value.lines() == [
        "--without: one of money, threats, beliefs, words, governments, purses, silence, hazard (got 'purse'); did you "
        "mean purses?"
    ]


def count_row(difference: float, mc: float | None) -> dict[str, Any]:
    return {"mechanism": "money", "tie": RECOGNITION, "difference": difference, "mc": mc, "same": 0}


def state_row(name: str, difference: float, mc: float) -> dict[str, Any]:
    return {"mechanism": "money", "iso3": name[:3].upper(), "state": name, "difference": difference, "mc": mc}


@pytest.mark.parametrize(
    ("count", "states", "told"),
    [
        ((0.5, 0.02), [], "+0.50 ± 0.02 states with Taipei; no chance of a state changes beyond luck."),
        (
            (0.03, 0.02),
            [],
            "+0.03 ± 0.02 states with Taipei, not told from luck; no chance of a state changes beyond luck.",
        ),
        (
            (0.5, 0.02),
            [("Palau", 0.05, 0.02), ("Nauru", -0.2, 0.01), ("Haiti", 0.1, 0.01)],
            "+0.50 ± 0.02 states with Taipei; most moved, in points: Nauru −20.0 ± 1.0, Haiti +10.0 ± 1.0.",
        ),
    ],
)  # fmt: skip
def test_no_sentence_is_stronger_than_its_error(count: Any, states: Any, told: str) -> None:
    rows = [state_row(*one) for one in states]
    assert sentences([MECHANISMS["money"]], [count_row(*count)], rows, "2026-12")[1] == f"Without money: {told}"


def test_a_change_has_the_decimals_of_its_error() -> None:
    assert change(count_row(0.5, 0.2)) == "+0.50 ± 0.20"
    assert change(count_row(-0.0021, 0.0012)) == "−0.002 ± 0.001"
