"""`sim schema`: JSON Schemas of scenario files, of what `--json` prints, and of manifests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sim.cli.options import HELP, print_json

SCHEMA = "recognition.schema.json"
"""The file that a scenario of `sim new` names, beside it."""
ID = "urn:recognition-sim:scenario"


WHAT = ("scenario", "run", "list", "validate", "history", "compare", "sweep", "manifest")


@click.command("schema", context_settings=HELP)
@click.argument("what", type=click.Choice(WHAT), default="scenario", metavar="[WHAT]")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE",
    help=f"Write it to FILE, such as {SCHEMA}, which what `sim new` writes names; left out, it is printed.",
)  # fmt: skip
def command(what: str, out: Path | None) -> None:
    """Print a JSON Schema of scenario files, which editors use to complete and check them.

    It knows every key, its kind and its bounds. What a file must have is left to `sim validate`: a file that
    extends another may leave out all that it does not change.

    WHAT is scenario where left out; manifest: the manifest.json of any folder of results; run, list, validate, history,
    compare, sweep: what that command prints with --json.
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
    from sim.cli.answers import SCHEMAS

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
    """The schema without what a file that extends another need not say: required keys, the `type` of an event."""
    if isinstance(part, list):
        return [_relaxed(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _relaxed(value) for key, value in part.items() if key not in ("required", "discriminator")}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    return kept


def _events(part: Any, parts: dict[str, Any], kinds: dict[str, str]) -> None:
    """Put one table of events in place of a choice among all kinds of them, so that an error is that of its kind.

    kinds : by `type`, the name of its table among the parts
    """
    choices = [{"$ref": f"#/$defs/{name}"} for name in kinds.values()]
    every: dict[str, list[Any]] = {}
    for name in kinds.values():
        for key, told in parts[name]["properties"].items():
            if told not in every.setdefault(key, []):
                every[key].append(told)
    types = {"enum": list(kinds), "description": "What kind of event it is."}
    one_of = {key: told[0] if len(told) == 1 else {"anyOf": told} for key, told in every.items()} | {"type": types}
    hints = {key: {"description": told[0].get("description", "")} for key, told in every.items()} | {"type": types}
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
    """Replace a choice among these, wherever it stands, by the one."""
    for item in part if isinstance(part, list) else part.values() if isinstance(part, dict) else ():
        if isinstance(item, dict) and item.get("anyOf") == choices:
            del item["anyOf"]
            item.update(one)
        _swap(item, choices, one)
