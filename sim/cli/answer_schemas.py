"""JSON Schemas of what `--json` prints and of what manifests hold: for `sim schema`, the documentation and tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sim.cli.answers import Ablate, Compare, History, List, Patterns, Run, Sweep, Validate
from sim.results.manifests import KINDS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
URN = "urn:recognition-sim:{}"


ANSWERS: dict[str, type[BaseModel]] = {
    "run": Run,
    "list": List,
    "validate": Validate,
    "history": History,
    "compare": Compare,
    "sweep": Sweep,
    "patterns": Patterns,
    "ablate": Ablate,
}
"""Commands whose answer has a schema."""


def answer_schema(command: str) -> dict[str, Any]:
    """The JSON Schema of what a command prints with `--json`."""
    schema = ANSWERS[command].model_json_schema()
    return _headed(f"answer:{command}", f"Answer of sim {command} --json", schema)


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema of `manifest.json` in every kind of folder: its `kind` decides the further keys."""
    models = [(kind.schema, "validation") for kind in KINDS.values()]
    refs, whole = models_json_schema(models)  # type: ignore[arg-type]
    return _headed(
        "manifest",
        "Manifest of a folder of results",
        {
            "type": "object",
            "properties": {"kind": {"enum": list(KINDS), "description": "What the folder holds."}},
            "required": ["kind"],
            "allOf": [
                {"if": {"properties": {"kind": {"const": name}}}, "then": refs[(kind.schema, "validation")]}
                for name, kind in KINDS.items()
            ],
            **whole,
        },
    )


def _headed(name: str, title: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DRAFT, "$id": URN.format(name), **schema, "title": title}


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    **{name: (lambda name=name: answer_schema(name)) for name in ANSWERS},  # type: ignore[misc]
    "manifest": manifest_schema,
}
"""The function of each schema except that of scenario files."""
