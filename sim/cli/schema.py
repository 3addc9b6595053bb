"""`sim schema`: JSON Schemas of scenario files, of what `--json` prints, and of manifests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sim.cli.options import HELP, print_json

SCHEMA = "recognition.schema.json"
"""Name of the schema in files of `sim new`, which expect it beside them."""
ID = "urn:recognition-sim:scenario"


WHAT = ("scenario", "run", "list", "validate", "history", "compare", "sweep", "patterns", "ablate", "manifest")


@click.command("schema", context_settings=HELP)
@click.argument("what", type=click.Choice(WHAT), default="scenario", metavar="[WHAT]")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE",
    help=f"Write it to FILE, such as {SCHEMA}, the name in files of `sim new` (default: print it).",
)  # fmt: skip
def command(what: str, out: Path | None) -> None:
    """Print a JSON Schema of scenario files, which editors use to complete and check them.

    It lists every key with its kind and bounds. `sim validate` checks which keys a file must have: a file that extends
    another may leave out all that it does not change.

    WHAT is scenario (the default); manifest, for the manifest.json of any folder of results; or run, list, validate,
    history, compare, sweep, patterns or ablate, for what that command prints with --json.
    """
    document = schema_of(what)
    if out is None:
        print_json(document)
        return
    from sim.results.file import written

    with written(out) as part:
        part.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    click.echo(out)


def schema_of(what: str) -> dict[str, Any]:
    """One of the schemas, by the names in `WHAT`."""
    if what == "scenario":
        return schema()
    from sim.cli.answer_schemas import SCHEMAS

    return SCHEMAS[what]()


def schema() -> dict[str, Any]:
    """The JSON Schema of scenario files."""
    from sim.scenario import Scenario
    from sim.scenario.events import EVENTS

    document: dict[str, Any] = _relaxed(Scenario.model_json_schema())
    parts = document["$defs"]
    _events(document, parts, {name: kind.__name__ for name, kind in EVENTS.items()})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        **document,
        "title": "Scenario of diplomatic recognition",
    }


def _relaxed(part: Any) -> Any:
    """The schema without what a file that extends another may leave out: required keys, the `type` of an event."""
    if isinstance(part, list):
        return [_relaxed(item) for item in part]
    if not isinstance(part, dict):
        return part
    relaxed = {key: _relaxed(value) for key, value in part.items() if key not in ("required", "discriminator")}
    if "patternProperties" in relaxed:
        relaxed["additionalProperties"] = False
    if "oneOf" in relaxed:
        relaxed["anyOf"] = relaxed.pop("oneOf")
    return relaxed


def _events(part: Any, parts: dict[str, Any], kinds: dict[str, str]) -> None:
    """Put one table of events in place of a choice among all kinds, so that an error concerns the event's own kind.

    kinds : the name of the table of each `type` among the parts
    """
    choices = [{"$ref": f"#/$defs/{name}"} for name in kinds.values()]
    every: dict[str, list[Any]] = {}
    for name in kinds.values():
        for key, schema in parts[name]["properties"].items():
            if schema not in every.setdefault(key, []):
                every[key].append(schema)
    types = {"enum": list(kinds), "description": "What kind of event it is."}
    one_of = {key: schema[0] if len(schema) == 1 else {"anyOf": schema} for key, schema in every.items()} | {
        "type": types
    }
    hints = {key: {"description": schema[0].get("description", "")} for key, schema in every.items()} | {"type": types}
    named = {"required": ["type"]}
    _swap(part, choices, {"$ref": "#/$defs/Event"})
    parts["Event"] = {
        "title": "Event",
        "description": "A dated event, or an effect of an election; its `type` decides its other keys.",
        "type": "object",
        "properties": hints,
        "allOf": [
            *(
                {"if": {"properties": {"type": {"const": kind}}, **named}, "then": {"$ref": f"#/$defs/{name}"}}
                for kind, name in kinds.items()
            ),
            {"if": {"not": named}, "then": {"$ref": "#/$defs/EventInPart"}},
        ],
    }
    parts["EventInPart"] = {
        "title": "EventInPart",
        "description": "What a file changes of an event of the file that it extends.",
        "type": "object",
        "properties": one_of,
        "additionalProperties": False,
    }


def _swap(part: Any, choices: list[Any], one: dict[str, str]) -> None:
    """Replace a choice among these by the one, everywhere."""
    for item in part if isinstance(part, list) else part.values() if isinstance(part, dict) else ():
        if isinstance(item, dict) and item.get("anyOf") == choices:
            del item["anyOf"]
            item.update(one)
        _swap(item, choices, one)
