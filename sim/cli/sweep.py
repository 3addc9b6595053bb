"""`sim sweep`: one scenario at many points of a design; stopped at any moment, the same command goes on."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import completing
from sim.cli.options import (
    HELP,
    Changes,
    Progress,
    agents,
    as_json,
    changes,
    executors,
    no_charts,
    out,
    parameters,
    print_json,
    quiet,
    resumable,
    seeded,
    this_command,
    threads,
)
from sim.cli.pictures import drawing
from sim.cli.telling import notes, written_to
from sim.words import many

if TYPE_CHECKING:
    from sim.results import Out
    from sim.runs.agents import Agents
    from sim.sweeps.sweep import Status, Sweep
    from sim.sweeps.swept import SweepResult


class Points(click.ParamType):
    """A number of points, or the name of a file of them."""

    name = "points"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | str:
        from sim.scenario.values import number

        count = number(value) if isinstance(value, str) else value
        return str(value) if count is None else count


@click.command("sweep", context_settings=HELP)
@click.argument("scenario", shell_complete=completing.scenarios_and_sweeps)
@click.option(
    "--vary", "varied", multiple=True, metavar="PATH=...", shell_complete=completing.varied,
    help="What to vary (repeatable): PATH=low:high:n, PATH=a,b,c, PATH=low:high, or PATH alone for a parameter. "
    "Any number of the scenario or of `sim parameters`, or the date of an event. Default: the levers of the patrons.",
)  # fmt: skip
@click.option(
    "--design", type=click.Choice(["grid", "lhs", "sobol", "saltelli", "morris", "levers"]),
    help="How to choose points: every combination (default with --vary), spread over the ranges, or levers "
    "(default without --vary): Beijing's money, Taipei's money and Washington's attention, one at a time, at 0, 0.5, 2 "
    "and 5 times the scenario's value.",
)  # fmt: skip
@click.option(
    "--points", type=Points(), metavar="N|FILE", shell_complete=completing.files,
    help="Number of points of a design other than grid. Or the points themselves: a CSV file with paths as header and "
    "one row per point; a blank is the scenario's own value (label.NAME: a column kept, not varied).",
)  # fmt: skip
@seeded("Runs per point (default: 1000).", "Seed, shared by all points (default: the scenario's).")
@changes
@agents("Python file, or package.module, with agents of your own, at every point.")
@parameters("Draw the parameters that are not varied, or fix them at their central values.")
@threads
@executors
@out("sweep/<scenario>/<id> is written")
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="left:STATE", shell_complete=completing.outcomes,
    help="Also draw the chance that this state has left Taipei by the end, or with suspended:STATE that this host has "
    "ended military cooperation; or lost, cooperation: mean numbers of states (repeatable).",
)  # fmt: skip
@no_charts
@click.option("--status", "only_status", is_flag=True, help="Show how far this sweep is, and run nothing.")
@as_json
@quiet
def command(
    scenario: str,
    varied: tuple[str, ...],
    design: str | None,
    points: float | str | None,
    runs: int | None,
    seed: int | None,
    changes: Changes,
    agents: Agents | None,
    parameters: Any,
    threads: int | None,
    executor: str,
    scheduler: str | None,
    out: Out,
    outcomes: tuple[str, ...],
    no_charts: bool,
    only_status: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO (a shipped name, a file, or a sweep file or its shipped name) at every point of a design.

    Without options it shows what each patron's lever does. Points share their random numbers, so their differences
    are paired.
    """
    charts = drawing("of_sweep", not no_charts and not only_status)
    from sim.sweeps.executors import executor as executor_of
    from sim.sweeps.outcomes import COUNT
    from sim.sweeps.pointfile import table_of
    from sim.sweeps.sweep import run_sweep, status, sweep_of

    began = time.perf_counter()
    fixed, listed = changes.values, table_of(points)
    sweep = sweep_of(scenario, varied, design, listed, runs, seed, fixed, parameters, changes.record, agents)
    where = executor_of(executor, threads, scheduler)
    wanted = [_chart(outcome, sweep) for outcome in outcomes]
    if only_status:
        _tell_status(status(sweep, out), as_json)
        return

    def draw(swept: SweepResult, folder: Path, names: Collection[str]) -> None:
        charts(swept.document(), folder, {COUNT, *names})  # where every point failed it has no states

    silent = quiet or as_json
    progress = Progress(f"sweep of {sweep.centre.loaded.name}", silent, unit="points")
    with resumable(progress, lambda: status(sweep, out)):
        swept, was_there = run_sweep(
            sweep, out, where, progress, draw, this_command(), notes(silent),
            [] if no_charts else list(dict.fromkeys([COUNT, *wanted])),
        )  # fmt: skip
    if as_json:
        print_json(_document(swept, was_there))
    elif quiet:
        click.echo(swept.folder)
    else:
        click.echo("\n".join(_lines(swept, was_there, time.perf_counter() - began, not no_charts)))


def _chart(outcome: str, sweep: Sweep) -> str:
    """The name of the chart of an outcome. Raises InputError if the sweep does not have it."""
    from sim.sweeps.outcomes import parse_outcome

    return parse_outcome(outcome, sweep.at_start, sweep.centre.loaded.scenario.cooperation.hosts).name


def _tell_status(far: Status, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "folder": str(far.folder),
                "points": far.points,
                "done": far.done,
                "failed": far.failed,
                "finished": far.finished,
            }
        )
        return
    failed = f", {far.failed} of them failed" if far.failed else ""
    click.echo(f"{far.done} of {far.points} points done{failed}: {'finished' if far.finished else 'unfinished'}")
    click.echo(far.folder)


def _document(swept: SweepResult, was_there: bool) -> dict[str, Any]:
    manifest = swept.manifest
    return {
        "folder": str(swept.folder),
        "scenario": swept.name,
        "runs": manifest["runs"],
        "seed": manifest["seed"],
        "design": manifest["design"],
        "points": manifest["points"],
        "failed": manifest["failed"],
        "varied": manifest["varied"],
        "found": was_there,
    }


def _lines(swept: SweepResult, was_there: bool, seconds: float, charts: bool) -> list[str]:
    from sim.analysis.effects import lines as sentences_of
    from sim.analysis.effects import moved
    from sim.analysis.headlines import headline
    from sim.results.result import further
    from sim.scenario import given_in_words
    from sim.sweeps.designs import ONE_AT_A_TIME

    manifest, columns = swept.manifest, swept.columns
    end = manifest["scenario"]["scenario"]["end"][:7]
    done = [row for row, error in enumerate(columns["error"]) if error is None]
    failed = [row for row, error in enumerate(columns["error"]) if error is not None]
    document = swept.document()
    lines = [
        f"{swept.title}: {many(manifest['points'], 'point')} of "
        f"{many(manifest['runs'], 'run')}, seed {manifest['seed']}, design {manifest['design']}.",
        *(f"Given at every point: {about}." for about in given_in_words(manifest["scenario"])),
        *further(manifest["scenario"]),
        "All points share their random numbers: they differ by what was varied, mostly not by chance.",
    ]
    if done and manifest["design"] != ONE_AT_A_TIME:
        lines += ["", f"{headline(document)}.", *_ends(swept, document, done, end)]
    sentences = sentences_of(moved(document)) if len(manifest["varied"]) > 1 else []
    if sentences:
        error = "" if manifest["runs"] == 1 else "; ±: two Monte Carlo errors, runs paired"
        lines += ["", f"States with Taipei at the end of {end}, on average{error}:", *sentences]
    if failed:
        lines += ["", f"{many(len(failed), 'point')} could not be run; the first: {columns['error'][failed[0]]}"]
    lines += ["", f"{written_to(swept.folder, was_there, 'Found')} (points.parquet, counts.parquet)"]
    if charts and (swept.folder / "charts").is_dir():
        lines.append(f"Chart: {swept.folder / 'charts' / 'count.png'}")
    lines.append(f"Time: {seconds:.1f} s")
    return lines


def _ends(swept: SweepResult, document: dict[str, Any], done: list[int], end: str) -> list[str]:
    """The points with the fewest and the most states, and how far they are from the point nearest to the scenario."""
    from sim.analysis.effects import change_at, differs
    from sim.analysis.headlines import where
    from sim.words import between

    columns, against = swept.columns, document["against"]
    ordered = sorted(done, key=lambda row: (columns["mean"][row], row))
    lines = [f"States with Taipei at the end of {end}, on average (and in 90 % of runs):"]
    for what, row in (("fewest", ordered[0]), ("most", ordered[-1])):
        change = None if against in (None, row) else change_at(document, row)
        than = "" if change is None else f": {differs(change)}"
        most = between(columns["q05"][row], columns["q95"][row])
        lines.append(f"  {what:<7}{columns['mean'][row]:5.1f} ({most})  at {where(document, row)}{than}")
    if against is not None:
        at = where(document, against)
        return [
            *lines,
            f"Differences are from the point nearest to the scenario: {at} (±: two Monte Carlo errors, runs paired).",
        ]
    errors = [columns["mean_mc"][row] for row in done if columns["mean_mc"][row] is not None]
    return lines + ([f"Monte Carlo error of an average: at most {max(errors):.2f} states."] if errors else [])
