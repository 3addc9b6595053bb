"""`sim list`: the shipped scenarios."""

from __future__ import annotations

from typing import Any

import click

from sim.cli.options import HELP, as_json, print_json


@click.command("list", context_settings=HELP)
@as_json
def command(as_json: bool) -> None:
    """List the shipped scenarios: name, title, dates, sources, and the sweep file beside it."""
    from sim.scenario import load, shipped, shipped_sweeps
    from sim.scenario.loading import SWEEP_NAME

    rows: list[dict[str, Any]] = []
    for name, path in shipped().items():
        loaded = load(name)
        header = loaded.scenario.scenario
        rows.append(
            {
                "name": name,
                "title": header.title,
                "question": header.question,
                "start": header.start,
                "end": header.end,
                "extends": loaded.chain[0] if loaded.chain else None,
                "sources": [{"title": source.title, "date": source.date} for source in header.sources],
                "file": path.name,
                "sweep": name + SWEEP_NAME if name + SWEEP_NAME in shipped_sweeps() else None,
            }
        )
    if as_json:
        print_json({"scenarios": rows})
        return
    for row in rows:
        click.echo(f"{row['name']}  ({row['start']} to {row['end']})")
        click.echo(f"  {row['title']}")
        if row["extends"]:
            click.echo(f"  changes {row['extends']}")
        for source in row["sources"]:
            click.echo(f"  source: {source['title']} ({source['date']})")
        if row["sweep"]:
            click.echo(f"  sweep: sim sweep {row['sweep']}")
