"""`sim list`: the shipped scenarios."""

from __future__ import annotations

from typing import Any

import click

from sim.cli.options import HELP, as_json, print_json


@click.command("list", context_settings=HELP)
@as_json
def command(as_json: bool) -> None:
    """List the shipped scenarios: name, title, dates, sources, and the sweep file beside it."""
    from sim.scenario.files import SWEEP_NAME, shipped, shipped_headers, shipped_sweeps

    files, sweeps = shipped(), shipped_sweeps()
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "title": header["title"],
            "question": header["question"],
            "start": header["start"],
            "end": header["end"],
            "extends": chain[0] if chain else None,
            "sources": [{"title": source["title"], "date": source["date"]} for source in header.get("sources", ())],
            "file": files[name].name,
            "sweep": name + SWEEP_NAME if name + SWEEP_NAME in sweeps else None,
        }
        for name, chain, header in shipped_headers()
    ]
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
