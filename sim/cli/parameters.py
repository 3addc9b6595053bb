"""`sim parameters`: every model parameter, with its range and how it is known."""

from __future__ import annotations

from datetime import date

import click

from sim.cli.options import HELP, as_json, day_of, own_record, print_json, record


@click.command("parameters", context_settings=HELP)
@click.option("--as-of", metavar="DATE", help="What was known at the end of this day (default: all of the record).")
@record
@as_json
def command(as_of: str | None, record: str | None, as_json: bool) -> None:
    """List every model parameter: name, unit, kind, family, central value, range, meaning, source."""
    from sim import atlas
    from sim.fit import beliefs, described

    own = own_record(record)
    facts = None if own is None else own.facts
    until = atlas.record(own=facts).confirmed_until
    day = until if as_of is None else day_of(as_of, "--as-of", date(1972, 1, 1), until)
    rows = [described(belief) for belief in beliefs(day, own=facts).values()]
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
