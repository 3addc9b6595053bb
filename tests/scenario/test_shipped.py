"""The shipped scenarios: each one is valid, named as its file, and says what it rests on."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from sim.cli.schema import command
from sim.scenario import load, members, shipped, shipped_sweeps
from sim.scenario.events import EVENTS
from sim.sweeps.sweep import sweep_of

NAMES = sorted(shipped())


def plain(value: Any) -> Any:
    """A TOML document with its days as text, as JSON has them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def test_there_are_scenarios_and_the_first_article_is_one() -> None:
    assert {"honduras-2021", "honduras-2023", "honduras-2025", "outlook-2026", "contest-2016"} <= set(NAMES)
    assert len(NAMES) == 36


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


LATER = {
    "truce-2008": date(2008, 5, 26),
    "honduras-2021-reassured": date(2023, 3, 14),
    "honduras-2021-taipei-signs": date(2023, 3, 26),
    "honduras-2021-washington-pays": date(2023, 3, 26),
    "honduras-2023": date(2023, 3, 26),
    "honduras-2025": date(2025, 1, 4),
}
"""Scenarios, with those that extend them, that rest on a text of a day after their start, and say so."""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_it_rests_on_is_later_than_its_start(name: str) -> None:
    loaded = load(name)
    last = max(LATER.get(each, date.min) for each in (name, *loaded.chain))
    header = loaded.scenario.scenario
    assert all(source.date <= max(header.start, last) for source in header.sources)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_about_states_that_are_simulated(name: str) -> None:
    scenario = load(name).scenario
    assert set(scenario.scenario.about) <= set(members(scenario).all)
    assert len(set(scenario.scenario.about)) == len(scenario.scenario.about)


@pytest.mark.parametrize("name", ["honduras-2021", "honduras-2023", "honduras-2025"])
def test_the_articles_are_told(name: str) -> None:
    scenario = load(name).scenario
    assert scenario.scenario.article
    assert "HND" in scenario.scenario.about
    assert bool(scenario.cooperation.hosts) == (name == "honduras-2025")


@pytest.mark.parametrize("name", NAMES)
def test_a_sum_of_money_says_whose_word_it_is(name: str) -> None:
    """Every offer and request has a source for its sum, or takes it over from one that has."""
    events = load(name).scenario.events
    told = {event.million_usd for event in events.values() if hasattr(event, "million_usd") and event.source}
    for event in events.values():
        if hasattr(event, "million_usd"):
            assert event.million_usd in told
            assert event.assumption


LEVERS = ("taipei-signs", "request-met", "beijing-bids-nothing", "washington-believed", "washington-pays")


@pytest.mark.parametrize("seed", ["honduras-2021", "honduras-2023", "honduras-2025"])
def test_each_article_has_counterfactuals_and_a_sweep(seed: str) -> None:
    assert sum(f"{seed}-{lever}" in NAMES for lever in LEVERS) == 4
    sweep = sweep_of(f"{seed}.sweep")
    loaded = sweep.centre.loaded
    assert seed in (loaded.name, *loaded.chain)
    assert (sweep.design, sweep.base.runs) == ("grid", 1_000)
    assert len(sweep.points) <= 25


def test_sweep_files_are_no_scenarios() -> None:
    assert list(shipped_sweeps()) == ["honduras-2021.sweep", "honduras-2023.sweep", "honduras-2025.sweep"]
    assert not set(shipped_sweeps()) & set(NAMES)


# --- The schema that `sim schema` prints, for editors


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    done = CliRunner().invoke(command)
    assert done.exit_code == 0
    schema = json.loads(done.output)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", NAMES)
def test_the_json_schema_accepts_it(name: str, validator: jsonschema.Draft202012Validator) -> None:
    """Also where it extends another and says only what differs."""
    document = plain(tomllib.loads(shipped()[name].read_text("utf-8")))
    found = [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(document)]
    assert found == []


BROKEN: list[dict[str, Any]] = [
    {"washington": {"atention": 1}},
    {"washington": {"attention": "2"}},
    {"washington": {"attention": 11}},
    {"washington": {"attention": {"2022-01-01": 11}}},
    {"beijing": {"budget": {"central": 1, "low": 0, "high": "2"}}},
    {"events": {"a": {"type": "lobying", "date": "2022-01-01", "state": "HND"}}},
    {"events": {"a": {"type": "lobbying", "date": "2022-01-01", "state": "HND", "million_usd": 5}}},
    {"events": {"A_b": {"type": "truce", "date": "2022-01-01"}}},
    {"events": {"a": {"type": "offer", "state": 7}}},
    {"elections": {"a": {"outcomes": {"b": {"chance": 2}}}}},
    {"elections": {"a": {"outcomes": {"b": {"effects": {"c": {"type": "ordr"}}}}}}},
    {"states": {"HND": {"lean": 2.0}}},
    {"cooperation": {"hosts": [7]}},
    {"expectations": {"count_without": {"HND": "3"}}},
    {"scenario": 1},
    {"scenario": {"name": "a", "about": "HND"}},
    {"nothing": {}},
]


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_the_json_schema_refuses_what_loading_refuses(
    broken: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    document = plain(tomllib.loads(shipped()["honduras-2021"].read_text("utf-8"))) | broken
    assert list(validator.iter_errors(document))


def patterned(part: Any) -> Iterator[dict[str, Any]]:
    """Every part of a schema whose keys have a pattern."""
    if isinstance(part, dict):
        if "patternProperties" in part:
            yield part
        for value in part.values():
            yield from patterned(value)
    elif isinstance(part, list):
        for value in part:
            yield from patterned(value)


def test_the_json_schema_requires_nothing(validator: jsonschema.Draft202012Validator) -> None:
    def keys(part: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(part, dict):
            yield from part.items()
            for value in part.values():
                yield from keys(value)
        elif isinstance(part, list):
            for value in part:
                yield from keys(value)

    schema = dict(validator.schema)
    found = {key for key, _ in keys(schema)}
    assert not {"oneOf", "discriminator"} & found
    assert all(value == ["type"] for key, value in keys(schema) if key == "required"), "where a kind of event is told"
    assert {"anyOf", "patternProperties"} <= found
    assert all(part["additionalProperties"] is False for part in patterned(schema))
    tables = [schema, *(table for name, table in schema["$defs"].items() if name != "Event")]
    assert all(table["additionalProperties"] is False for table in tables if "properties" in table)
    assert list(validator.iter_errors({})) == []
    assert list(validator.iter_errors({"events": {"a": {"enabled": False}}})) == []


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"type": "lobying", "state": "HND"}, "'lobying' is not one of ['campaign-pledge', "),
        ({"type": "truce", "strength": 1}, "Additional properties are not allowed ('strength' was unexpected)"),
        ({"enabld": False}, "Additional properties are not allowed ('enabld' was unexpected)"),
        ({"type": "aid-cut", "by": "beijing"}, "'beijing' is not one of ['taipei', 'washington']"),
    ],
)
def test_an_editor_shows_one_error(
    event: dict[str, Any], said: str, validator: jsonschema.Draft202012Validator
) -> None:
    """For an event and for an effect of an election alike: that of its own kind."""
    effect = {"elections": {"a": {"outcomes": {"b": {"effects": {"c": event}}}}}}
    for document in ({"events": {"a": event}}, effect):
        found = [error.message for error in validator.iter_errors(document)]
        assert [message.startswith(said) for message in found] == [True], found


def test_the_schema_lists_the_kinds_of_events(validator: jsonschema.Draft202012Validator) -> None:
    assert validator.schema["$id"] == "urn:recognition-sim:scenario"
    assert validator.schema["$defs"]["Event"]["properties"]["type"]["enum"] == list(EVENTS)
