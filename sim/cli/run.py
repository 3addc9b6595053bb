"""`sim run`: simulate, write the result folder, print a short summary."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completing import scenarios
from sim.cli.options import (
    HELP,
    Changes,
    Progress,
    agents,
    as_json,
    changes,
    out,
    parameters,
    print_json,
    seeded,
    this_command,
    threads,
)
from sim.cli.pictures import meanwhile, page
from sim.cli.telling import notes

if TYPE_CHECKING:
    from sim.results import Out
    from sim.runs.agents import Agents

_BEGAN = time.perf_counter()


@click.command("run", context_settings=HELP)
@click.argument("scenario", shell_complete=scenarios)
@seeded("Number of runs (default: the scenario's).", "Seed of the random numbers (default: the scenario's).")
@changes
@click.option(
    "--engine", type=click.Choice(["compiled", "mesa"]),
    help="The compiled kernel, or the readable Mesa model, which gives the same bits more slowly (default: compiled, "
    "but mesa with --agents).",
)  # fmt: skip
@agents("Python file, or package.module, with agents of your own: see `sim new-agents`.")
@parameters("Draw the parameters, so that bands show what is uncertain, or fix them at their central values.")
@threads
@out("<scenario>/<id> is written")
@click.option("--ledger", is_flag=True, help="Also write every term of every state and month (at most 100 runs).")
@click.option("--no-charts", is_flag=True, help="Draw no charts and write no page.")
@as_json
@click.option("--quiet", is_flag=True, help="Print only the result folder, without progress.")
def command(
    scenario: str,
    runs: int | None,
    seed: int | None,
    changes: Changes,
    engine: str | None,
    agents: Agents | None,
    parameters: Any,
    threads: int | None,
    out: Out,
    ledger: bool,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO, a shipped name (`sim list`) or a file, and print a summary."""
    draw = meanwhile("of_result", not no_charts)
    from sim.runs.run import Clock, Request, run_to_folder
    from sim.scenario import remarks

    clock = Clock()
    clock.stages["start-up"] = clock._last - _BEGAN
    loaded = changes.load(scenario)
    request = Request.of(loaded, runs, seed, engine, agents, parameters=parameters, ledger=ledger)

    tell = notes(quiet or as_json)
    if tell is not None:
        for remark in remarks(loaded.scenario):
            tell(f"{scenario}: note: {remark}")
    progress = Progress(loaded.name, quiet or as_json)
    try:
        result, was_there = run_to_folder(
            request, out, draw, this_command(), threads, progress, clock, tell, page(threads, tell), not no_charts
        )
    finally:
        progress.close()

    from sim.cli.summary import summary_json, summary_text

    assert result.folder is not None
    report = result.folder / "report.html"
    if as_json:
        print_json(
            summary_json(result, was_there, clock.stages) | {"report": str(report) if report.is_file() else None}
        )
    elif quiet:
        click.echo(result.folder)
    else:
        click.echo(summary_text(result, was_there, clock.stages, charts=not no_charts))
        if not no_charts:
            click.echo(f"Page: {report}")
