"""The shipped scenarios: each one is valid, named as its file, and says what it rests on."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Any

import jsonschema
import pytest

from sim.scenario import Scenario, load, members, shipped

NAMES = sorted(shipped())


def plain(value: Any) -> Any:
    """A TOML document with its days as text, as JSON has them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def test_there_are_scenarios_and_the_first_article_is_one() -> None:
    assert {"honduras-2021", "outlook-2026"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_and_bears_the_name_of_its_file(name: str) -> None:
    scenario = load(name).scenario
    assert scenario.name == name
    assert scenario == load(shipped()[name]).scenario


@pytest.mark.parametrize("name", NAMES)
def test_its_own_file_states_question_known_assumed_and_title(name: str) -> None:
    own = tomllib.loads(shipped()[name].read_text("utf-8"))["scenario"]
    for key in ("title", "question"):
        assert len(own[key]) > 20
    assert own["question"].endswith("?")
    for key in ("known", "assumed"):
        assert own[key]
        assert all(line.strip() == line and line.endswith(".") for line in own[key])


@pytest.mark.parametrize("name", NAMES)
def test_it_has_sources_and_every_event_says_where_it_comes_from(name: str) -> None:
    scenario = load(name).scenario
    assert scenario.scenario.sources
    for event in scenario.events.values():
        assert event.source or event.assumption
    for election in scenario.elections.values():
        assert election.source or election.assumption


@pytest.mark.parametrize("name", NAMES)
def test_its_expectations_say_how_many_recognise_taipei_at_the_start(name: str) -> None:
    scenario = load(name).scenario
    assert scenario.expectations.count_at_start == len(members(scenario).recognisers)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_it_rests_on_is_later_than_the_record(name: str) -> None:
    scenario = load(name).scenario
    if "reassured" not in name:  # that one is told of a later day, and says so
        assert all(source.date <= scenario.scenario.start for source in scenario.scenario.sources)


@pytest.mark.parametrize("name", NAMES)
def test_the_json_schema_accepts_it(name: str) -> None:
    schema = Scenario.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    document = plain(tomllib.loads(shipped()[name].read_text("utf-8")))
    for key in ("start", "end"):  # a scenario that extends another need not repeat them
        document["scenario"].setdefault(key, "2021-12-10")
    if load(name).chain:
        document["events"] = {k: v for k, v in document.get("events", {}).items() if "type" in v}
    found = [
        f"{list(e.absolute_path)}: {e.message}" for e in jsonschema.Draft202012Validator(schema).iter_errors(document)
    ]
    assert found == []


@pytest.mark.parametrize(
    "broken",
    [
        {"washington": {"atention": 1}},
        {"washington": {"attention": "2"}},
        {"washington": {"attention": 11}},
        {"events": {"a": {"type": "lobying", "date": "2022-01-01", "state": "HND"}}},
        {"states": {"Honduras": {"lean": 0.0}}},
        {"scenario": 1},
    ],
)
def test_the_json_schema_refuses_what_loading_refuses(broken: dict[str, Any]) -> None:
    document = plain(tomllib.loads(shipped()["honduras-2021"].read_text("utf-8"))) | broken
    assert list(jsonschema.Draft202012Validator(Scenario.model_json_schema()).iter_errors(document))
