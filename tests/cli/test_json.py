"""`--json`: standard output holds one JSON object and nothing else, for every command that has it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import sim as face
from sim.parameters import PARAMETERS
from sim.scenario import shipped
from tests.cli.calling import Sim, apart
from tests.examples import thorough
from tests.scenario.documents import written

NAME = "honduras-2021"


def test_list(sim: Sim) -> None:
    document = sim("list", "--json").json
    assert list(document) == ["scenarios"]
    assert [entry["name"] for entry in document["scenarios"]] == list(shipped())
    for entry in document["scenarios"]:
        assert set(entry) >= {"name", "title", "question", "start", "end", "extends", "sources", "file"}


def test_run(sim: Sim, tmp_path: Path) -> None:
    answer = sim("run", NAME, "--runs", 40, "--seed", 3, "--no-charts", "--json", "--out", tmp_path)
    assert (answer.status, answer.err) == (0, "")
    document = answer.json
    assert (document["scenario"], document["runs"], document["seed"], document["found"]) == (NAME, 40, 3, False)
    result = face.read(document["folder"])
    assert document["id"] == result.settings["id"]
    assert document["count_at_start"] == 14
    assert document["end"]["mean"] == result.counts[:, -1].mean()
    assert [state["iso3"] for state in document["states"]] == [code for code, _, _ in result.members]
    assert {state["tie"] for state in document["states"]} == {"recognition"}
    assert document["title"] == result.title
    assert sim("run", NAME, "--runs", 40, "--seed", 3, "--no-charts", "--json", "--out", tmp_path).json["found"]


def test_run_of_two_ties(sim: Sim, tmp_path: Path) -> None:
    document = sim("run", "honduras-2025", "--runs", 40, "--no-charts", "--json", "--out", tmp_path).json
    result = face.read(document["folder"])
    assert [(state["iso3"], state["tie"]) for state in document["states"]] == [
        (place.iso3, place.tie) for place in result.places
    ]
    assert document["count_at_start"] == 12
    assert document["end"]["mean"] == result.counts[:, -1].mean()
    assert document["states"][-1]["p_60m"] is None
    assert (
        document["states"]
        == sim("run", "honduras-2025", "--runs", 40, "--no-charts", "--json", "--out", tmp_path).json["states"]
    )


def test_run_of_one(sim: Sim, tmp_path: Path) -> None:
    document = sim("run", NAME, "--runs", 1, "--no-charts", "--json", "--out", tmp_path).json
    assert document["end"]["mc"] is None
    assert (
        {state["p_end_low"] for state in document["states"]}
        == {state["p_end_high"] for state in document["states"]}
        == {None}
    )
    assert all(state["p_end"] in (0.0, 1.0) for state in document["states"])


def test_a_refused_run_prints_no_object(sim: Sim, tmp_path: Path) -> None:
    assert len(sim("run", "honduras-2012", "--json", "--out", tmp_path).problems()) == 1
    assert len(sim("run", NAME, "--json", "--runs", 0, "--out", tmp_path).problems()) == 1


@thorough
def test_a_run_on_mesa_prints_nothing_else(tmp_path: Path) -> None:
    answer = apart("run", NAME, "--runs", 20, "--engine", "mesa", "--no-charts", "--json", "--out", tmp_path)
    assert (answer.status, answer.err) == (0, "")
    assert answer.json["engine"] == "mesa"


def test_validate(sim: Sim, tmp_path: Path) -> None:
    bad = written(tmp_path, "[washington]\natention = 1\nhostility = 9\n", name="bad.toml")
    answer = sim("validate", "--json", NAME, bad)
    assert answer.json == {
        "files": [
            {"file": NAME, "ok": True, "problems": []},
            {
                "file": str(bad),
                "ok": False,
                "problems": [
                    {"path": "washington.hostility", "rule": "at most 3", "value": 9, "suggestion": None},
                    {
                        "path": "washington.atention",
                        "rule": "unknown key",
                        "value": "atention",
                        "suggestion": "attention",
                    },
                ],
            },
        ]
    }
    assert answer.err == ""
    assert answer.status == 2
    assert sim("validate", "--json", NAME).status == 0


@pytest.mark.parametrize(
    "body",
    [
        "[washington]\nattention = nan",
        "[washington]\nattention = inf",
        "[washington]\nattention = 10:00:00",
        "[washington]\nattention = [2021-01-01, {a = nan}]",
        "[events]\na = [[nan]]",
        '[events.a]\ntype = {b = 2021-01-01T00:00:00Z}',
        f"[washington]\nattention = {'9' * 4000}",
        f"[washington]\nattention = 0x{'f' * 5000}",
        '"\\u001b[31m" = 1',
        "[states.HND]\nlean = {a = -inf}",
        "[parameters]\nlean_effect = nan",
    ],
)  # fmt: skip
def test_validate_of_values_that_json_has_not(sim: Sim, tmp_path: Path, body: str) -> None:
    answer = sim("validate", "--json", written(tmp_path, body))
    (entry,) = answer.json["files"]
    assert entry["problems"]
    assert "Traceback" not in answer.err


def test_parameters(sim: Sim) -> None:
    document = sim("parameters", "--json").json
    assert [row["name"] for row in document["parameters"]] == list(PARAMETERS)
    for row in document["parameters"]:
        assert all(row[key] for key in ("unit", "kind", "family", "meaning", "source"))
        assert row["low"] <= row["central"] <= row["high"]
    assert document["as_of"] == "2026-09-28"
    assert sim("parameters", "--json", "--as-of", "2021-12-10").json["as_of"] == "2021-12-10"


@pytest.mark.parametrize("day", ["1972-01-01", "1980-06-30", "2008-05-20", "2026-09-28"])
def test_parameters_as_known_at_any_time(sim: Sim, day: str) -> None:
    answer = sim("parameters", "--json", "--as-of", day)
    assert answer.status == 0, answer.err
    assert len(answer.json["parameters"]) == len(PARAMETERS)


def test_parameters_as_text_names_every_one(sim: Sim) -> None:
    out = sim("parameters").out
    for name, parameter in PARAMETERS.items():
        assert f"\n{name}  (" in out
        assert parameter.meaning in out


def test_history(sim: Sim) -> None:
    document = sim("history", "--at", "2023-03-26", "--json").json
    assert (document["date"], document["count"], len(document["recognisers"])) == ("2023-03-26", 13, 13)


def test_schema(sim: Sim) -> None:
    document = sim("schema").json
    jsonschema.Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "required" not in document
    assert document["additionalProperties"] is False
    for name in (
        "beijing",
        "taipei",
        "washington",
        "roster",
        "cooperation",
        "states",
        "events",
        "elections",
        "parameters",
    ):
        assert document["properties"][name]["description"]


def test_the_schema_describes_every_key(sim: Sim) -> None:
    for name, table in sim("schema").json["$defs"].items():
        for key, field in table.get("properties", {}).items():
            assert "description" in json.dumps(field) or key == "type", f"{name}.{key}"
