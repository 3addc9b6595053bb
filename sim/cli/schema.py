"""`sim schema`: a JSON Schema of scenario files."""

from __future__ import annotations

import click

from sim.cli.options import print_json


@click.command("schema")
def command() -> None:
    """Print a JSON Schema of scenario files, which editors use to complete and check them."""
    from sim.scenario import Scenario

    document = Scenario.model_json_schema()
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = "Scenario of diplomatic recognition"
    print_json(document)
