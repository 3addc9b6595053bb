"""The published JSON Schemas: every real answer and manifest is what they say, and has no key that they leave out."""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.cli.answer_schemas import ANSWERS
from sim.cli.main import main
from sim.cli.schema import WHAT, schema_of
from sim.results.manifests import KINDS
from tests.cli.calling import Sim
from tests.scenario.documents import written

NAME = "honduras-2021"
OTHER = "honduras-2021-reassured"
SWEEP = ("sweep", NAME, "--vary", "washington.attention=0,1", "--runs", 20, "--no-charts")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[str, Any]], Path]:
    """What each command prints, with the command; and where results are that no test changes."""
    folder = tmp_path_factory.mktemp("answers")
    bad = written(folder, "[washington]\n" + "".join(f"x{n} = 1\n" for n in range(110)), name="bad.toml")
    asked: list[tuple[object, ...]] = [
        ("list",),
        ("validate", NAME, bad),
        ("history", "--at", "2020-01-01"),
        ("history", "--since", "2016-01-01"),
        ("compare", NAME, OTHER, "--runs", 20, "--no-charts", "--to", folder / "compare"),
        ("run", NAME, "--runs", 20, "--no-charts", "--out", folder / "compare" / "results"),
        (*SWEEP, "--to", folder / "sweep", "--status"),
        (*SWEEP, "--to", folder / "sweep"),
        ("patterns", "--as-of", "1991-01-31", "--without", "money", "--runs", 20, "--no-charts", "--to", folder / "p"),
        ("ablate", NAME, "--without", "words", "--runs", 20, "--no-charts", "--to", folder / "a"),
    ]
    pairs = []
    for words in asked:
        with contextlib.redirect_stdout(io.StringIO()) as out, pytest.raises(SystemExit):
            main([*map(str, words), "--json"])
        pairs.append((str(words[0]), json.loads(out.getvalue())))
    return pairs, folder


@functools.cache
def validator(what: str) -> jsonschema.Draft202012Validator:
    """Of a schema in which a key that no table has is wrong too: describe it there."""
    schema = copy.deepcopy(schema_of(what))
    for table in (schema, *schema.get("$defs", {}).values()):
        if "properties" in table and "allOf" not in table:
            table.setdefault("additionalProperties", False)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def problems(what: str, document: Any) -> list[str]:
    return [f"{list(one.absolute_path)}: {one.message}" for one in validator(what).iter_errors(document)]


def test_answers(answers: tuple[list[tuple[str, Any]], Path]) -> None:
    for command, document in answers[0]:
        assert problems(command, document) == []
        assert problems(command, {}), "not everything passes"
    assert {command for command, _ in answers[0]} == set(ANSWERS)


def test_manifests(answers: tuple[list[tuple[str, Any]], Path]) -> None:
    run = next(document["folder"] for command, document in answers[0] if command == "run")
    for folder in (Path(run), *(answers[1] / name for name in ("compare", "sweep", "p", "a"))):
        document = json.loads((folder / "manifest.json").read_text("utf-8"))
        assert problems("manifest", document) == []
        assert problems("manifest", document | {"more": 1}) != []
        assert problems("manifest", document | {"kind": "fit"}) != []
        assert len(problems("manifest", document | {"kind": "rsult"})) == 1
    assert schema_of("manifest")["properties"]["kind"]["enum"] == list(KINDS)


def test_each_has_a_name_of_its_own() -> None:
    schemas = [schema_of(what) for what in WHAT]
    assert len({schema["$id"] for schema in schemas}) == len({schema["title"] for schema in schemas}) == len(WHAT)
    assert set(WHAT) == {"scenario", "manifest", *ANSWERS}


def test_schema_of_something_else(sim: Sim) -> None:
    (line,) = sim("schema", "answers").problems()
    assert "'answers' is not one of 'scenario', 'run', " in line
