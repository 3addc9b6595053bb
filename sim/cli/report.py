"""`sim report`: the page of a result, of a comparison or of a sweep: one HTML file, no network, no script."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from sim.cli.options import HELP, as_json, print_json

_LONGEST = 120
"""Letters of the names in a file."""


@click.command("report", context_settings=HELP)
@click.argument("folders", nargs=-1, required=True, metavar="RESULT...", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE",
    help="File to write (default: report.html in the folder; for several results, report-NAMES.html here).",
)  # fmt: skip
@as_json
def command(folders: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    """Write the page of RESULT, a folder that `sim run`, `sim sweep` or `sim compare` wrote.

    Several RESULTs are compared with the first of them; they must share seed, runs and parameters.
    """
    from sim.errors import InputError, Problem

    if out is not None and out.is_dir():
        raise InputError(Problem("--out", "a file to write, such as report.html, and not a folder", str(out)))
    if len(folders) > 1:
        file = _several(folders, out)
    elif (folders[0] / "points.parquet").exists():
        file = _sweep(folders[0], out)
    elif (folders[0] / "compare.json").exists():
        file = _compared(folders[0], out)
    else:
        file = _single(folders[0], out)
    if as_json:
        print_json({"report": str(file)})
    else:
        click.echo(file)


def _single(folder: Path, out: Path | None) -> Path:
    """The page of one result; in its folder it becomes part of it, with a digest."""
    from sim.report import write_page
    from sim.results import REPORT, check, read, seal

    manifest = check(folder, pictures=False)
    result = read(folder)
    file = out or folder / REPORT
    _write(file, lambda place: write_page(result, place, manifest))
    if out is None:
        seal(folder, manifest, anew=[REPORT])
    return file


def _sweep(folder: Path, out: Path | None) -> Path:
    from sim.report import write_sweep
    from sim.results import REPORT

    file = out or folder / REPORT
    _write(file, lambda place: write_sweep(folder, place))
    return file


def _several(folders: Sequence[Path], out: Path | None) -> Path:
    from sim.errors import InputError, Problem
    from sim.report import write_comparison
    from sim.results import read

    for folder in folders:
        if any((folder / name).exists() for name in ("points.parquet", "compare.json")):
            raise InputError(Problem("RESULT", "results of `sim run`, or one sweep or comparison alone", str(folder)))
    results = [read(folder) for folder in folders]
    names = "-and-".join(dict.fromkeys(result.name for result in results))[:_LONGEST]
    file = out or Path(f"report-{names}.html")
    _write(file, lambda place: write_comparison(results, place))
    return file


def _compared(folder: Path, out: Path | None) -> Path:
    """The page of what `sim compare` wrote: its results lie beside it, or it cannot be made."""
    from sim.errors import Problem, ResultError
    from sim.report import write_comparison
    from sim.results import REPORT, read

    path = folder / "compare.json"
    try:
        told = json.loads(path.read_text("utf-8"))
        wanted = [(str(each["name"]), str(each["id"])) for each in told["scenarios"]]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ResultError(Problem("", "a whole compare.json: this one is damaged or cut short"), path) from error
    results = []
    for name, identity in wanted:
        found = sorted(folder.resolve().parents[2].glob(f"*/{identity}/manifest.json"))
        if not found:
            rule = f"a comparison beside its results: that of {name}, {identity}, is not there; compare again"
            raise ResultError(Problem("scenarios", rule), path)
        results.append(read(found[0].parent))
    file = out or folder / REPORT
    _write(file, lambda place: write_comparison(results, place))
    return file


def _write(file: Path, page: Callable[[Path], object]) -> None:
    """Put a page in its place whole: an interruption leaves the old one, or none."""
    from sim.errors import InputError, Problem

    part = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
    except OSError as error:
        raise InputError(Problem("--out", f"a file that can be written: {error.strerror}", str(file))) from None
    try:
        page(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
