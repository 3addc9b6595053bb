"""`sim run`: simulate, write the result folder, print a short summary."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from sim.cli.options import HELP, Progress, as_json, overrides, print_json, threads

_BEGAN = time.perf_counter()


@click.command("run", context_settings=HELP)
@click.argument("scenario")
@click.option("--runs", type=int, help="Number of runs (default: the scenario's).")
@click.option("--seed", type=int, help="Seed of the random numbers (default: the scenario's).")
@overrides
@click.option(
    "--engine", type=click.Choice(["compiled", "mesa"]), default="compiled", show_default=True,
    help="The compiled kernel, or the readable Mesa model: the same bits, slower.",
)  # fmt: skip
@click.option(
    "--parameters", type=click.Choice(["drawn", "central"]), default="drawn", show_default=True,
    help="Draw what is not known, so that bands show it, or fix every parameter at its central value.",
)  # fmt: skip
@threads
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("results"), show_default=True,
    help="Folder under which <scenario>/<id> is written.",
)  # fmt: skip
@click.option("--ledger", is_flag=True, help="Also write every term of every state and month (at most 100 runs).")
@click.option("--no-charts", is_flag=True, help="Draw no charts and write no page.")
@as_json
@click.option("--quiet", is_flag=True, help="Print the result folder only, and no progress.")
def command(
    scenario: str,
    runs: int | None,
    seed: int | None,
    overrides: tuple[str, ...],
    engine: str,
    parameters: Any,
    threads: int | None,
    out: Path,
    ledger: bool,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO, a shipped name (`sim list`) or a file, and say what came out."""
    from sim.runs.run import Clock, Request, run_to_folder
    from sim.scenario import load, parse_overrides, remarks

    clock = Clock()
    clock.stages["start-up"] = clock._last - _BEGAN
    loaded = load(scenario, parse_overrides(overrides))
    request = Request.of(loaded, runs, seed, engine=engine, parameters=parameters, ledger=ledger)

    def draw(result: Any, folder: Path) -> None:
        from sim.charts import draw_all

        draw_all(result, folder)

    tell = None if quiet or as_json else lambda text: click.echo(text, err=True)

    def page(result: Any, folder: Path) -> None:
        from sim.model.compiled import is_compiled
        from sim.report import write_page
        from sim.results import REPORT

        if tell is not None and not is_compiled():  # after the Mesa model: the page runs the scenario again
            tell("compiling the model: once, some ten seconds")
        write_page(result, folder / REPORT, threads=threads)

    if not (quiet or as_json):
        for remark in remarks(loaded.scenario):
            click.echo(f"{scenario}: note: {remark}", err=True)
    progress = Progress(loaded.name, quiet or as_json)
    try:
        result, found = run_to_folder(
            request,
            out,
            None if no_charts else draw,
            " ".join(["sim", *sys.argv[1:]]),
            threads,
            progress,
            clock,
            tell,
            None if no_charts else page,
        )
    finally:
        progress.close()

    from sim.cli.summary import summary_json, summary_text

    assert result.folder is not None
    report = result.folder / "report.html"
    if as_json:
        there = str(report) if report.is_file() else None
        print_json({**summary_json(result, found, clock.stages), "report": there})
    elif quiet:
        click.echo(result.folder)
    else:
        click.echo(summary_text(result, found, clock.stages, charts=not no_charts))
        if not no_charts:
            click.echo(f"Page: {report}")
