"""`sim parameters`: every model parameter, with its range and its source."""

from __future__ import annotations

import click

from sim.cli.fit import as_of, known_on
from sim.cli.options import HELP, as_json, print_json, record


@click.command("parameters", context_settings=HELP)
@as_of
@record
@as_json
def command(as_of: str | None, record: str | None, as_json: bool) -> None:
    """List every model parameter: name, unit, kind, family, central value, range, meaning, source."""
    from sim.fit import beliefs, described

    own, day = known_on(as_of, record)
    rows = [described(belief) for belief in beliefs(day, own=None if own is None else own.facts).values()]
    if as_json:
        print_json({"as_of": day, "parameters": rows})
        return
    click.echo(f"Model parameters as known at the end of {day}; ranges hold 90 % of belief.")
    for row in rows:
        mark = " [judged with hindsight]" if row["hindsight"] else ""
        counted = f", {row['cases']} cases" if row["cases"] is not None else ""
        click.echo(f"\n{row['name']}  ({row['kind']}, {row['family']}{counted}){mark}")
        click.echo(f"  {row['central']:g}  ({row['low']:g} to {row['high']:g})  {row['unit']}")
        click.echo(f"  {row['meaning']}")
        click.echo(f"  source: {row['source']}")
