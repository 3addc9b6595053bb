"""`sim validate`: all problems of each file at once."""

from __future__ import annotations

from typing import Any

import click

from sim.cli.completing import scenarios_and_sweeps
from sim.cli.options import HELP, as_json, print_json, record
from sim.letters import cleaned


@click.command("validate", context_settings=HELP)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=scenarios_and_sweeps)
@record
@as_json
@click.pass_context
def command(ctx: click.Context, files: tuple[str, ...], record: str | None, as_json: bool) -> None:
    """Check each FILE (or shipped name): language, dates, states, expectations; for a sweep file, also what it varies.

    The exit status is 2 if any of them is wrong.
    """
    from sim.errors import MOST_TOLD, InputError
    from sim.scenario import load, members, remarks
    from sim.sweeps.sweepfile import sweep_file

    rows: list[dict[str, Any]] = []
    for file in files:
        notes: list[str] = []
        try:
            if sweep_file(file) is not None:
                from sim.sweeps.sweep import sweep_of  # loads what runs need

                sweep = sweep_of(file)
                content = f"a sweep of {len(sweep.points):,} points over {', '.join(sweep.paths)}"
            else:
                scenario = load(file, record=record).scenario
                who, notes = members(scenario), remarks(scenario)
                content = f"{len(who.recognisers)} states with Taipei, {len(who.candidates)} candidates"
            rows.append({"file": file, "ok": True, "problems": []})
            if not as_json:
                click.echo(f"{cleaned(file)}: ok ({content})")
                for note in notes:
                    click.echo(f"{cleaned(file)}: note: {note}", err=True)
        except InputError as error:
            problems = [
                {"path": p.path, "rule": p.rule, "value": p.value, "suggestion": p.suggestion}
                for p in error.problems[:MOST_TOLD]
            ]
            more = len(error.problems) - len(problems)
            rows.append({"file": file, "ok": False, "problems": problems} | ({"more": more} if more else {}))
            if not as_json:
                for line in error.lines():
                    click.echo(line, err=True)
    if as_json:
        print_json({"files": rows})
    if not all(entry["ok"] for entry in rows):
        ctx.exit(2)
