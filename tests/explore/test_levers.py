"""The levers of the page: all of the schema's, each with the scenario's own value among its stops."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.explore.levers import FOCUS, groups_of, stops_of
from sim.fit import beliefs_for
from sim.scenario import load
from sim.scenario.levers import LEVERS
from tests.scenario.documents import loaded

EVENTS = """
[events.words]
type = "pledge"
date = 2022-01-01
state = "HND"
strength = { central = 0.5, low = 0.2, high = 0.9 }
chance = 0.4

[events.gift]
type = "offer"
date = 2022-02-01
state = "HND"
million_usd = 50

[elections.vote]
date = 2022-03-01
state = "HND"

[elections.vote.outcomes.one]
chance = { central = 0.25, low = 0.1, high = 0.4 }

[elections.vote.outcomes.two]
chance = 0.5

[elections.missed]
date = 2022-03-01
state = "GTM"
enabled = false

[elections.missed.outcomes.one]
chance = 0.5

[elections.told]
date = 2022-04-01
state = "PRY"

[elections.told.outcomes.one]
chance = 0.5

[given]
told = "one"

[beijing]
budget = { 2021-12-10 = 1.0, 2022-02-01 = 2.0 }
acceptance = 0.913
"""


def controls(groups: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["path"]: one for group in groups for item in group["items"] for one in item["controls"]}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return controls(groups_of(loaded(tmp_path_factory.mktemp("levers"), EVENTS)))


def test_every_lever_and_every_parameter(tmp_path: Path) -> None:
    scenario = loaded(tmp_path)
    paths = [lever.path for lever in LEVERS] + [f"parameters.{name}" for name in beliefs_for(scenario.scenario)]
    groups = groups_of(scenario)
    assert list(controls(groups)) == paths
    assert [group["name"] for group in groups] == ["Patrons", "Parameters"]


def test_a_lever_with_dated_changes_is_locked(found: dict[str, dict[str, Any]]) -> None:
    assert found["beijing.budget"]["kind"] == "locked"
    assert "1 from 10 Dec 2021 and 2 from 1 Feb 2022" in found["beijing.budget"]["why"]


def test_the_own_value_is_a_stop(found: dict[str, dict[str, Any]]) -> None:
    own = {path: one["stops"][one["own"]] for path, one in found.items() if one["kind"] == "slider"}
    assert own["beijing.acceptance"] == 0.913
    assert own["taipei.budget"] == 1.0
    assert own["washington.hostility"] == 0.0
    assert own["washington.focus"] == own[f"parameters.{FOCUS}"]
    assert own["events.words.strength"] == 0.5
    assert own["events.words.chance"] == 0.4
    assert own["events.gift.million_usd"] == 50.0


def test_events_are_switched_and_their_ranges_marked(found: dict[str, dict[str, Any]]) -> None:
    assert found["events.words.enabled"]["own"] is True
    assert found["events.words.strength"]["mark"] == [0.2, 0.9]
    assert "mark" not in found["events.words.chance"]
    assert "events.gift.chance" not in found, "it is certain: the switch is enough"
    assert found["events.gift.million_usd"]["stops"][-1] == 250.0


def test_a_vote_is_one_control(found: dict[str, dict[str, Any]]) -> None:
    outcomes = found["elections.vote"]["outcomes"]
    assert [(each["path"].split(".")[3], each["own"], bool(each["unset"])) for each in outcomes] == [
        ("one", 0.25, True),
        ("two", 0.5, False),
    ]
    assert (found["elections.missed"]["kind"], found["elections.told"]["kind"]) == ("locked", "locked")


@pytest.mark.parametrize("name", ["outlook-2026", "honduras-2025", "contest-2016"])
def test_every_stop_can_be_set(name: str) -> None:
    """The ends of each slider, and the parameters at all of their stops, are what the language allows."""
    scenario = load(name)
    files = scenario.opened()
    for path, one in controls(groups_of(scenario)).items():
        if one["kind"] == "slider":
            assert all(left < right for left, right in pairwise(one["stops"]))
            assert len(one["texts"]) == len(one["stops"]) == len(set(one["texts"]))
            for stop in (one["stops"][0], one["stops"][-1]):
                try:
                    files.resolved({path: stop})
                except ScenarioError as error:
                    raise AssertionError((path, stop)) from error


def test_stops() -> None:
    assert stops_of(0.0, 1.0, 0.91)[-3:] == [0.91, 0.95, 1.0]
    assert stops_of(0.0, 100.0, 1.0)[-1] == 5.0
    assert stops_of(0.0, 100.0, 7.0)[-1] == 35.0
    assert stops_of(0.0, 100.0, 70.0)[-1] == 100.0, "no further than the language goes"
    assert stops_of(0.0, 10.0, 0.0)[0] == 0.0
