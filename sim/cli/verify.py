"""`sim verify`: is this result what it says it is, and does running it again give the same bytes?"""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.completing import folders
from sim.cli.options import HELP, Progress, as_json, print_json, threads


@click.command("verify", context_settings=HELP)
@click.argument("folder", metavar="RESULT", type=click.Path(path_type=Path), shell_complete=folders)
@click.option("--rerun", is_flag=True, help="Run it again with the same inputs and compare every table byte by byte.")
@threads
@as_json
@click.option("--quiet", is_flag=True, help="Print nothing: the exit status says it.")
def command(folder: Path, rerun: bool, threads: int | None, as_json: bool, quiet: bool) -> int:
    """Recompute the digests of RESULT, a folder that `sim run` or `sim sweep` wrote.

    Exit status 0: it is what it says; 1: it is not.
    """
    from sim.runs.verify import verdict_lines, verify

    progress = Progress("verify", quiet or as_json)
    try:
        verdict = verify(folder, rerun, threads, progress)
    finally:
        progress.close()
    if as_json:
        findings = [
            {"what": found.what, "same": found.same, "told": found.told, "decides": found.decides}
            for found in verdict.findings
        ]
        print_json({"folder": str(folder), "same": verdict.same, "rerun": verdict.rerun, "findings": findings})
    elif not quiet:
        click.echo("\n".join(verdict_lines(verdict)))
    return 0 if verdict.same else 1
