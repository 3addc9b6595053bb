"""The model could be built from its description: a second implementation agrees with it in distribution."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import docking, second
from benchmarks.docking import WORLDS, agreement, scores, setup_of, world_of
from sim.runs.setup import Setup
from sim.scenario import load
from tests.examples import THOROUGH, thorough

SOURCE = Path(second.__file__).read_text("utf-8")
KEPT = Path(__file__).resolve().parents[1] / "results" / "reference" / "docking"
RUNS = 4_000 if THOROUGH else 2_000
MOST_Z = 4.0
"""Standard errors that two samples of one law differ by in one of 16,000 cases; some 20 are compared in each world."""
LEAST_P = 0.001


def test_it_is_short_and_knows_nothing_of_the_model() -> None:
    assert len(SOURCE.splitlines()) <= 150
    imported = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imported] == ["import numpy as np"]


def test_a_world_is_plain_numbers() -> None:
    setup = setup_of("reference")
    world = world_of(setup, 20)
    again = second.Auction(json.loads(json.dumps(world)), 1).run()
    for one, other in zip(second.Auction(world, 1).run(), again, strict=True):
        np.testing.assert_array_equal(one, other)


def worst(rows: list[dict[str, Any]]) -> float:
    return max(abs(row["z"]) for row in rows if row["z"] is not None)


@pytest.mark.parametrize("world", WORLDS)
def test_the_two_agree_in_distribution(world: str) -> None:
    """On the count and its spread, each state, states that come, and prices."""
    rows = agreement(world, RUNS)
    assert [row for row in rows if row["z"] is not None and abs(row["z"]) > MOST_Z] == []
    assert next(row["p"] for row in rows if row["p"] is not None) > LEAST_P


def test_a_wrong_reading_is_seen() -> None:
    assert worst(agreement("reference", RUNS, docking.Misread)) > 2 * MOST_Z


def test_other_numbers_are_seen() -> None:
    """Promises of which nothing is known to have arrived, or not."""
    assert worst(agreement("levers", RUNS, delivered_cases=[0.0, 0.0, 0.0])) > MOST_Z


@pytest.mark.parametrize(
    ("overrides", "left_out"),
    [
        ({"beijing.budget": {"2023-05-01": 1.5}}, "levers that change"),
        ({"states.HND.prestige": 2.0}, "of a state"),
    ],
)
def test_what_it_leaves_out_is_refused(overrides: dict[str, Any], left_out: str) -> None:
    with pytest.raises(ValueError, match=left_out):
        world_of(Setup.of(load(docking.WORK, overrides), 1), 20)


# --- The tables that are kept


def kept(name: str) -> list[dict[str, str]]:
    with (KEPT / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def differ(kept_rows: list[dict[str, str]], made: list[dict[str, Any]]) -> list[str]:
    """Rows that differ by more than the sixth decimal."""
    assert len(kept_rows) == len(made)
    return [
        f"{was}"
        for was, now in zip(kept_rows, made, strict=True)
        for name, value in now.items()
        if (was[name] or None) != value and not (was[name] and abs(float(was[name]) - value) <= 1e-6)
    ]


@thorough
def test_the_table_of_agreement_is_up_to_date() -> None:
    assert differ(kept("agreement.csv"), docking.agreements()) == []


@thorough
def test_the_scores_are_up_to_date() -> None:
    assert differ(kept("scores.csv"), scores()) == []


def test_what_is_kept_agrees() -> None:
    rows = [row for row in kept("agreement.csv") if row["world"] != docking.MISREAD]
    assert {row["world"] for row in rows} == set(WORLDS)
    assert max(abs(float(row["z"])) for row in rows if row["z"]) < MOST_Z
    assert min(float(row["p"]) for row in rows if row["p"]) > LEAST_P
