"""`sim sensitivity`: what an outcome of a scenario hangs on, by number varied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completing import outcomes, scenarios, varied
from sim.cli.options import (
    HELP,
    Progress,
    as_json,
    given,
    no_charts,
    out,
    overrides,
    print_json,
    quiet,
    record,
    this_command,
    threads,
)

if TYPE_CHECKING:
    from sim.analysis.indices import Row
    from sim.analysis.sensitivity import Sensitivity
    from sim.results import Out

SHOWN = 12
"""Numbers that the printed table has."""
SHARE, CHANGE = "share of the variance", "change of the outcome"


@click.command("sensitivity", context_settings=HELP)
@click.argument("scenario", shell_complete=scenarios)
@click.option(
    "--outcome", default="count", show_default=True, shell_complete=outcomes,
    help="At the end: count, lost (mean numbers of states), left:STATE (a chance), cooperation or suspended:STATE.",
)  # fmt: skip
@click.option(
    "--design", default="sobol", show_default=True,
    help="sobol: shares of the variance; morris: mean steps, a rougher look with fewer points.",
)  # fmt: skip
@click.option("--points", type=int, help="Blocks (sobol; a power of two) or trajectories (morris)  [default: 256]")
@click.option(
    "--runs", type=int, help="Runs per point, each with the same random numbers; a multiple of 20  [default: 100]"
)
@click.option("--seed", type=int, help="Seed of the random numbers (default: the scenario's).")
@click.option(
    "--vary", multiple=True, metavar="PATH[=LOW:HIGH]", shell_complete=varied,
    help="Vary this path evenly over a range, or a parameter over its own; repeatable. "
    "Without it: every number that has a law, each by its law.",
)  # fmt: skip
@overrides
@record
@given
@click.option(
    "--parameters", type=click.Choice(["drawn", "central"]),
    help="With --vary: draw the other parameters, or fix them at their central values  [default: central]",
)  # fmt: skip
@click.option("--repair", is_flag=True, help="Leave out whole blocks in which a point failed (otherwise an error).")
@threads
@out("sensitivity/<scenario>/<id> is written")
@no_charts
@as_json
@quiet
def command(
    scenario: str,
    outcome: str,
    design: str,
    points: int | None,
    runs: int | None,
    seed: int | None,
    vary: tuple[str, ...],
    overrides: tuple[str, ...],
    record: str | None,
    given: tuple[str, ...],
    parameters: Any,
    repair: bool,
    threads: int | None,
    out: Out,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Rank the numbers that an outcome of SCENARIO depends on: one table, one chart.

    The default takes about a minute on two cores. Half the points take half the time and leave the ranges wider.
    """
    from sim.analysis.sensitivity import POINTS, Question, sensitivity_to_folder
    from sim.scenario import load, parse_given, parse_overrides

    loaded = load(scenario, parse_overrides(overrides) | parse_given(given), record=record)
    count = POINTS if points is None else points
    question = Question.of(
        loaded, runs, seed, parameters, vary, outcome=outcome, design=design, points=count, repair=repair
    )

    def draw(document: Any, folder: Path) -> None:
        from sim.charts.catalogue import of_sensitivity

        of_sensitivity(document).draw(folder)

    progress = Progress("sensitivity", quiet or as_json, unit="points")
    tell = None if quiet or as_json else lambda text: click.echo(text, err=True)
    try:
        found, old = sensitivity_to_folder(
            question, out, draw, threads, progress, tell, this_command(), pictures=not no_charts
        )
    finally:
        progress.close()
    if as_json:
        print_json(found.document | {"folder": str(found.folder), "found": old})
    elif quiet:
        click.echo(found.folder)
    else:
        click.echo("\n".join([*lines(found), "", f"{'Found again' if old else 'Written to'}: {found.folder}"]))


def lines(found: Sensitivity) -> list[str]:
    """The ranked table as a reader sees it, and what it means."""
    from sim.sweeps.outcomes import NUMBERS

    unit = "states" if found.outcome in NUMBERS else "of 1"
    told = [
        f"What hangs on what: {found.title}",
        f"Outcome: {found.told}.",
        f"Over {found.evaluated:,} points of {found.runs} runs each (seed {found.seed}): "
        f"mean {found.mean:.4g}, standard deviation {found.variance**0.5:.2g} {unit}.",
    ]
    if found.dropped:
        told.append(f"{found.dropped} blocks were left out, for points of them failed.")
    if found.rows[0].get("total", found.rows[0].get("mu_star")) is None:
        return [*told, *([] if found.note is None else ["", found.note])]
    told += ["", *(_shares(found) if found.design == "sobol" else _steps(found)), "", *_meaning(found)]
    return told + ([] if found.note is None else [found.note])


def _shares(found: Sensitivity) -> list[str]:
    rows = found.rows[:SHOWN]
    width = _width(rows, SHARE)
    told = [f"  {SHARE:<{width}}  {'with others (total)':>21}  {'alone (first)':>22}"]
    for row in rows:
        cells = [
            f"{_share(row[key])} ({_share(row[f'{key}_low'])} to {_share(row[f'{key}_high'])})"
            for key in ("total", "first")
        ]
        told.append(f"  {row['name']:<{width}}  {cells[0]:>21}  {cells[1]:>22}")
    if found.noise_share is not None:
        told.append(f"  {'Monte Carlo noise':<{width}}  {f'{found.noise_share:.3f}':>5}")
    return told + _rest(found, "total")


def _steps(found: Sensitivity) -> list[str]:
    rows = found.rows[:SHOWN]
    width = _width(rows, CHANGE)
    told = [f"  {CHANGE:<{width}}  {'mean size (mu*)':>26}  {'mean (mu)':>10}  {'spread (sigma)':>14}"]
    for row in rows:
        size = f"{row['mu_star']:.3g} ({row['mu_star_low']:.3g} to {row['mu_star_high']:.3g})"
        told.append(f"  {row['name']:<{width}}  {size:>26}  {row['mu']:>10.3g}  {row['sigma']:>14.3g}")
    if found.noise_share is not None:
        told.append(f"  Monte Carlo noise: {found.noise_share:.3f} of the variance over the points")
    return told + _rest(found, "mu_star")


def _width(rows: Sequence[Row], head: str) -> int:
    return max(len(head), *(len(row["name"]) for row in rows))


def _rest(found: Sensitivity, key: str) -> list[str]:
    rest = found.rows[SHOWN:]
    if not rest:
        return []
    return [
        f"  and {len(rest)} more, each {rest[0][key]:.2g} at most; {sum(row[key] == 0.0 for row in rest)} move nothing"
    ]


def _meaning(found: Sensitivity) -> list[str]:
    first = found.rows[0]
    if found.design == "morris":
        whole = "from the 5 % to the 95 % point of its law" if found.parameters == "laws" else "over its range"
        return [
            f"Read: taking {first['name']} {whole} changes the outcome by {first['mu_star']:.2g} on average. A spread "
            "as large as the mean says that the size depends on the other numbers. Brackets hold 90 % (bootstrap)."
        ]
    return [
        f"Read: {min(max(0.0, first['total']), 1.0):.0%} of the variance of the outcome involves {first['name']}, "
        "alone or together with other numbers. What matters little here may still be wrong: ranges are beliefs. "
        "Brackets hold 90 % (bootstrap); where they are wide, take more points."
    ]


def _share(value: float) -> str:
    """A share at two decimals, nought without a sign."""
    return f"{round(value, 2) + 0.0:.2f}"
