"""`sim verify`: check the digests of a result, and whether running it again gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.completing import folders
from sim.cli.options import HELP, MADE_WITH, Progress, agents, as_json, print_json, threads

if TYPE_CHECKING:
    from sim.runs.agents import Agents


@click.command("verify", context_settings=HELP)
@click.argument("folder", metavar="RESULT", type=click.Path(path_type=Path), shell_complete=folders)
@click.option("--rerun", is_flag=True, help="Run it again with the same inputs and compare every table byte by byte.")
@agents(MADE_WITH)
@threads
@as_json
@click.option("--quiet", is_flag=True, help="Print nothing; only the exit status answers.")
def command(folder: Path, rerun: bool, agents: Agents | None, threads: int | None, as_json: bool, quiet: bool) -> int:
    """Recompute the digests of RESULT, a folder that `sim run` or `sim sweep` wrote.

    The exit status is 0 if all of them agree, and 1 otherwise.
    """
    from sim.runs.verify import verdict_lines, verify

    progress = Progress("verify", quiet or as_json)
    try:
        verdict = verify(folder, rerun, threads, progress)
    finally:
        progress.close()
    if as_json:
        findings = [
            {"what": finding.what, "same": finding.same, "told": finding.words, "decides": finding.decides}
            for finding in verdict.findings
        ]
        print_json({"folder": str(folder), "same": verdict.same, "rerun": verdict.rerun, "findings": findings})
    elif not quiet:
        click.echo("\n".join(verdict_lines(verdict)))
    return 0 if verdict.same else 1
