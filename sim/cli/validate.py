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
    """Check each FILE (or shipped name): language, dates, states, expectations; of a sweep file also what it varies.

    Status 2 when one is wrong.
    """
    from sim.errors import MOST_TOLD, InputError
    from sim.scenario import load
    from sim.sweeps.sweep import sweep_file, sweep_of

    told: list[dict[str, Any]] = []
    for file in files:
        try:
            if sweep_file(file) is not None:
                swept = sweep_of(file)
                told.append({"file": file, "ok": True, "problems": []})
                if not as_json:
                    paths = ", ".join(swept.paths)
                    click.echo(f"{cleaned(file)}: ok (a sweep of {len(swept.points):,} points over {paths})")
                continue
            loaded = load(file, record=record)
            told.append({"file": file, "ok": True, "problems": []})
            if not as_json:
                from sim.scenario import members, remarks

                who = members(loaded.scenario)
                click.echo(
                    f"{cleaned(file)}: ok ({len(who.recognisers)} states with Taipei, {len(who.candidates)} candidates)"
                )
                for remark in remarks(loaded.scenario):
                    click.echo(f"{cleaned(file)}: note: {remark}", err=True)
        except InputError as error:
            problems = [
                {"path": p.path, "rule": p.rule, "value": p.value, "suggestion": p.suggestion}
                for p in error.problems[:MOST_TOLD]
            ]
            more = len(error.problems) - len(problems)
            told.append({"file": file, "ok": False, "problems": problems} | ({"more": more} if more else {}))
            if not as_json:
                for line in error.lines():
                    click.echo(line, err=True)
    if as_json:
        print_json({"files": told})
    if not all(entry["ok"] for entry in told):
        ctx.exit(2)
