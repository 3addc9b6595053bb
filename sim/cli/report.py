"""`sim report`: the page of a result, a comparison or a sweep, one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from sim.cli.completing import folders
from sim.cli.options import HELP, as_json, print_json
from sim.errors import InputError, Problem


@click.command("report", context_settings=HELP)
@click.argument(
    "folders", nargs=-1, required=True, metavar="RESULT...", type=click.Path(path_type=Path), shell_complete=folders
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="File to write (default: report.html in the folder; for several results, report-NAMES.html here).",
)  # fmt: skip
@as_json
def command(folders: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    """Write the page of RESULT, a folder that `sim run`, `sim sweep` or `sim compare` wrote.

    Several RESULTs are compared with the first of them; they must share seed, runs and parameters.
    """
    from sim.results import REPORT, loaded, placed, seal
    from sim.results.file import written

    if out is not None and out.is_dir():
        raise InputError(Problem("--out", "a file to write, such as report.html, and not a folder", str(out)))
    write, name = _several(folders) if len(folders) > 1 else (_single(folders[0]), "")
    if out is not None or len(folders) > 1:
        file = out or Path(f"report-{name}.html")
        with written(file) as part:
            write(part)
    else:  # in its folder it becomes part of it
        file = folders[0] / REPORT
        with placed(folders[0]) as stage:
            write(stage / REPORT)
            seal(stage, loaded(folders[0]))
    if as_json:
        print_json({"report": str(file)})
    else:
        click.echo(file)


Write = Callable[[Path], object]
"""Writes a page into a file."""


def _single(folder: Path) -> Write:
    """The page of one result, sweep or comparison."""
    from sim.report import write_comparison, write_page, write_sweep
    from sim.results import check, loaded, read
    from sim.results.manifests import COMPARISON, RESULT, SWEEP

    kind = loaded(folder, RESULT, SWEEP, COMPARISON)["kind"]
    if kind == SWEEP.name:
        return lambda file: write_sweep(folder, file)
    if kind == COMPARISON.name:
        from sim.analysis.compare import read_comparison

        results = read_comparison(folder).results
        return lambda file: write_comparison(results, file)
    manifest, result = check(folder, RESULT, pictures=False), read(folder)
    return lambda file: write_page(result, file, manifest)


def _several(folders: Sequence[Path]) -> tuple[Write, str]:
    """The page of several results, and their names."""
    from sim.analysis.compare import LONGEST_FOLDER
    from sim.report import write_comparison
    from sim.results import loaded, read
    from sim.results.manifests import RESULT

    for folder in folders:
        kind = loaded(folder)["kind"]
        if kind != RESULT.name:
            rule = "results of `sim run`, or one sweep or comparison alone"
            raise InputError(Problem("RESULT", rule, str(folder)))
    results = [read(folder) for folder in folders]
    names = "-and-".join(dict.fromkeys(result.name for result in results))[:LONGEST_FOLDER]
    return lambda file: write_comparison(results, file), names
