"""`sim schema`: a JSON Schema of scenario files."""

from __future__ import annotations

from typing import Any

import click

from sim.cli.options import HELP, print_json


@click.command("schema", context_settings=HELP)
def command() -> None:
    """Print a JSON Schema of scenario files, which editors use to complete and check them.

    It knows every key, its kind and its bounds. What a file must have is left to `sim validate`: a file that
    extends another may leave out all that it does not change.
    """
    from sim.scenario import Scenario

    document: dict[str, Any] = _relaxed(Scenario.model_json_schema())
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = "Scenario of diplomatic recognition"
    print_json(document)


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
