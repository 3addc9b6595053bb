"""Scenarios and settings as Python has them: tables in place of a file, events added, numbers and days of libraries."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError, ScenarioError
from sim.scenario.values import plain

LOBBYING = {"type": "lobbying", "state": "HND", "date": "2022-05-01", "pressure": 0.5, "source": "nobody"}
TABLES = {
    "scenario": {"name": "mine", "title": "Mine", "question": "Who?", "extends": "honduras-2021"},
    "washington": {"attention": 0.5},
    "events": {"more-lobbying": LOBBYING},
}
TOML = """
[scenario]
name = "mine"
title = "Mine"
question = "Who?"
extends = "honduras-2021"
[washington]
attention = 0.5
[events.more-lobbying]
type = "lobbying"
state = "HND"
date = 2022-05-01
pressure = 0.5
source = "nobody"
"""


def test_tables_are_a_scenario_like_their_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(TOML, "utf-8")
    loaded, read = sim.load(TABLES), sim.load(file)
    assert loaded.scenario == read.scenario
    assert (loaded.file, loaded.chain, loaded.name) == ("scenario", ("honduras-2021",), "mine")
    ids = {sim.run(one, runs=2).settings["id"] for one in (TABLES, file, loaded, read)}
    assert len(ids) == 1


def test_what_is_done_to_the_dict_later_changes_nothing() -> None:
    tables: dict[str, Any] = {**TABLES, "washington": {"attention": 0.5}}
    loaded = sim.load(tables)
    tables["washington"]["attention"] = 3
    assert sim.run(loaded, runs=2, set={"taipei.budget": 2}).scenario["washington"]["attention"] == 0.5


def test_tables_can_be_compared_swept_and_analysed(tmp_path: Path) -> None:
    compared = sim.compare("honduras-2021", TABLES, runs=20)
    assert compared.names == ("honduras-2021", "mine")
    swept = sim.sweep(TABLES, vary={"taipei.budget": np.array([0.5, 1.0])}, runs=np.int64(20), out=tmp_path)
    assert (swept.name, swept.manifest["points"]) == ("mine", 2)
    assert swept.manifest["scenario"]["washington"]["attention"] == 0.5
    ranges = {"washington.attention": (0, 0.5), "taipei.budget": (np.float64(0.5), 2)}
    analysis = sim.sensitivity(TABLES, design="morris", points=np.int64(2), runs=np.int64(40), vary=ranges)
    assert (analysis.scenario, analysis.points, analysis.runs) == ("mine", 2, 40)
    assert analysis.settings["vary"] == ["washington.attention=0:0.5", "taipei.budget=0.5:2"]


def test_files_that_tables_name_are_sought_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(TOML, "utf-8")
    monkeypatch.chdir(tmp_path)
    header = {"name": "yours", "title": "Yours", "question": "Who?", "extends": "mine.toml"}
    loaded = sim.load({"scenario": header})
    assert loaded.chain == ("mine", "honduras-2021")
    assert loaded.scenario.washington.attention == 0.5


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ({}, "scenario: scenario: required"),
        ({"scenario": {5: 1}}, "scenario: scenario: names as the keys of a table (got 5)"),
        (
            {**TABLES, "washington": {"atention": 1}},
            "scenario: washington.atention: unknown key (got 'atention'); did you mean attention?",
        ),
        (
            {"scenario": {**TABLES["scenario"], "extends": "honduras-2022"}},
            "scenario: scenario.extends: no such file, and no shipped scenario of this name (got 'honduras-2022'); "
            "did you mean honduras-2025?",
        ),
    ],
)
def test_tables_that_are_no_scenario_are_refused(tables: dict[Any, Any], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        sim.load(tables)
    assert caught.value.lines() == [line]


def test_tables_within_themselves_are_refused() -> None:
    endless: dict[str, Any] = dict(TABLES)
    endless["events"] = endless
    with pytest.raises(ScenarioError, match=r"^scenario: tables nested less deeply$"):
        sim.load(endless)


# --- an event added --------------------------------------------------------------------------------------------


def test_a_table_at_a_new_name_adds_an_event() -> None:
    loaded = sim.load("honduras-2021", {"washington.attention": 0.5, "events.more-lobbying": LOBBYING})
    assert loaded.scenario.events == sim.load(TABLES).scenario.events
    assert len(loaded.scenario.events) == len(sim.load("honduras-2021").scenario.events) + 1
    changed = sim.load(loaded.file, {"events.more-lobbying": LOBBYING, "events.more-lobbying.pressure": 0.25})
    assert changed.scenario.events["more-lobbying"].pressure == 0.25


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        (
            {"events.more-lobbying.pressure": 0.5},
            "honduras-2021: events.more-lobbying.pressure: no such path: no `more-lobbying` in this scenario; "
            "did you mean events.washington-lobbying?",
        ),
        (
            {"events.more-lobbying": {**LOBBYING, "presure": 1}},
            "honduras-2021: events.more-lobbying.presure: unknown key (got 'presure'); did you mean pressure?",
        ),
    ],
)
def test_part_of_an_event_and_a_wrong_one_are_refused(setting: dict[str, Any], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        sim.load("honduras-2021", setting)
    assert caught.value.lines() == [line]


# --- numbers and days of libraries -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [0.5, ".5", "0.5", np.float32(0.5), np.float64(0.5), np.array(0.5)], ids=lambda value: repr(value)
)
def test_a_number_is_taken_however_it_is_written(value: Any) -> None:
    assert sim.load("honduras-2021", {"washington.attention": value}).scenario.washington.attention == 0.5


@pytest.mark.parametrize(
    "day",
    ["2026-06-30", date(2026, 6, 30), pd.Timestamp("2026-06-30"), np.datetime64("2026-06-30")],
    ids=lambda day: type(day).__name__,
)
def test_a_day_is_taken_however_it_is_written(day: Any) -> None:
    settings = {"scenario.end": day, "washington.attention": {day: np.int64(2)}}
    loaded = sim.load("honduras-2021", settings)
    assert loaded.scenario.scenario.end == date(2026, 6, 30)
    assert loaded.scenario == sim.load("honduras-2021", {"scenario.end": "2026-06-30", **{
        "washington.attention": {"2026-06-30": 2}}}).scenario  # fmt: skip


@pytest.mark.parametrize("runs", [20, np.int64(20), np.uint8(20), 2e1, np.float64(20)], ids=lambda runs: repr(runs))
def test_whole_numbers_are_whole_numbers(runs: Any) -> None:
    made = sim.run("honduras-2021", runs=runs, seed=runs, threads=np.int64(1))
    assert (made.runs, made.seed) == (20, 20)
    assert type(made.settings["runs"]) is int
    assert sim.explain(made, "HND", run=runs - 1, runs=runs).document["runs"] == 20


@pytest.mark.parametrize("runs", [20.5, np.float64("nan"), "20", True, np.bool_(True)], ids=repr)
def test_what_is_no_whole_number_is_refused(runs: Any) -> None:
    with pytest.raises(InputError, match=r"^--runs: a whole number "):
        sim.run("honduras-2021", runs=runs)


def test_a_record_has_days_of_pandas_too() -> None:
    record = {"confirmed_until": pd.Timestamp("2026-12-01"), "changes": []}
    made = sim.run("honduras-2021", runs=2, record=record)
    assert made.scenario["record"]["confirmed_until"] == "2026-12-01"


def test_what_a_file_would_hold() -> None:
    value = {
        pd.Timestamp("2023-01-01"): np.array([1, 2]),
        "a": (pd.Series([np.float64(0.5)]), np.datetime64("2024-02-03")),
    }
    assert plain(value) == {"2023-01-01": [1, 2], "a": [[0.5], date(2024, 2, 3)]}
    later = pd.Timestamp("2024-02-03 10:00")
    assert plain(later) is later
    assert plain(pd.NaT) is pd.NaT
