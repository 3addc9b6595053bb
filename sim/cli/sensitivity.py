"""`sim sensitivity`: what an outcome of a scenario hangs on, by number varied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completing import outcomes, scenarios, varied
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
    quiet,
    resumable,
    seeded,
    this_command,
    threads,
)
from sim.cli.pictures import drawing
from sim.cli.telling import answer, notes

if TYPE_CHECKING:
    from sim.analysis.indices import Row
    from sim.analysis.sensitivity import Sensitivity
    from sim.results import Out
    from sim.runs.agents import Agents

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
@seeded(
    "Runs per point, each with the same random numbers; a multiple of 20  [default: 100]",
    "Seed of the random numbers (default: the scenario's).",
)
@click.option(
    "--vary", multiple=True, metavar="PATH[=LOW:HIGH]", shell_complete=varied,
    help="Vary this path evenly over a range, or a parameter over its own; repeatable. "
    "Without it: every number that has a law, each by its law.",
)  # fmt: skip
@changes
@agents("Python file, or package.module, with agents of your own, at every point.")
@parameters("With --vary: draw the other parameters, or fix them at their central values  [default: central]", None)
@click.option("--repair", is_flag=True, help="Leave out whole blocks in which a point failed (otherwise an error).")
@threads
@executors
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
    changes: Changes,
    agents: Agents | None,
    parameters: Any,
    repair: bool,
    threads: int | None,
    executor: str,
    scheduler: str | None,
    out: Out,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Rank the numbers that an outcome of SCENARIO depends on: one table, one chart.

    The default takes about a minute on two cores. Half the points take half the time and leave the ranges wider.
    With --agents it takes many hours: begin with --design morris --points 4 --runs 40, and --vary a few numbers.
    """
    draw = drawing("of_sensitivity", not no_charts)
    from sim.analysis.sensitivity import POINTS, Question, sensitivity_to_folder, status
    from sim.sweeps.executors import executor as executor_of

    count = POINTS if points is None else points
    question = Question.of(
        changes.load(scenario), runs, seed, parameters, vary,
        outcome=outcome, design=design, points=count, repair=repair, agents=agents,
    )  # fmt: skip
    where = executor_of(executor, threads, scheduler)
    silent = quiet or as_json
    progress = Progress("sensitivity", silent, unit="points")
    with resumable(progress, lambda: status(question, out)):
        analysis, was_there = sensitivity_to_folder(
            question, out, draw, where, progress, notes(silent), this_command(),
            pictures=not no_charts,
        )  # fmt: skip
    assert analysis.folder is not None
    answer(analysis.document, analysis.folder, was_there, lambda: lines(analysis), as_json, quiet)


def lines(analysis: Sensitivity) -> list[str]:
    """The ranked table as a reader sees it, and what it means."""
    from sim.analysis.headlines import sensitivity_headline
    from sim.sweeps.outcomes import NUMBERS

    unit = "states" if analysis.outcome in NUMBERS else "of 1"
    text = [
        f"What hangs on what: {analysis.title}",
        f"Outcome: {analysis.told}.",
        f"Over {analysis.evaluated:,} points of {analysis.runs} runs each (seed {analysis.seed}): "
        f"mean {analysis.mean:.4g}, standard deviation {analysis.variance**0.5:.2g} {unit}.",
    ]
    if analysis.dropped:
        text.append(f"{analysis.dropped} blocks were left out, for points of them failed.")
    if analysis.rows[0].get("total", analysis.rows[0].get("mu_star")) is None:
        return [*text, *([] if analysis.note is None else ["", analysis.note])]
    headline = sensitivity_headline(analysis.document)
    table = _shares(analysis) if analysis.design == "sobol" else _steps(analysis)
    text += ["", *([f"{headline}.", ""] if headline else []), *table, "", *_meaning(analysis)]
    return text + ([] if analysis.note is None else [analysis.note])


def _shares(analysis: Sensitivity) -> list[str]:
    rows = analysis.rows[:SHOWN]
    width = _width(rows, SHARE)
    text = [f"  {SHARE:<{width}}  {'with others (total)':>21}  {'alone (first)':>22}"]
    for row in rows:
        cells = [
            f"{_share(row[key])} ({_share(row[f'{key}_low'])} to {_share(row[f'{key}_high'])})"
            for key in ("total", "first")
        ]
        text.append(f"  {_called(row):<{width}}  {cells[0]:>21}  {cells[1]:>22}")
    if analysis.noise_share is not None:
        text.append(f"  {'Monte Carlo noise':<{width}}  {f'{analysis.noise_share:.3f}':>5}")
    return text + _rest(analysis, "total")


def _steps(analysis: Sensitivity) -> list[str]:
    rows = analysis.rows[:SHOWN]
    width = _width(rows, CHANGE)
    text = [f"  {CHANGE:<{width}}  {'mean size (mu*)':>26}  {'mean (mu)':>10}  {'spread (sigma)':>14}"]
    for row in rows:
        size = f"{row['mu_star']:.3g} ({row['mu_star_low']:.3g} to {row['mu_star_high']:.3g})"
        text.append(f"  {_called(row):<{width}}  {size:>26}  {row['mu']:>10.3g}  {row['sigma']:>14.3g}")
    if analysis.noise_share is not None:
        text.append(f"  Monte Carlo noise: {analysis.noise_share:.3f} of the variance over the points")
    return text + _rest(analysis, "mu_star")


def _called(row: Row) -> str:
    """What a reader calls a number; the table of indices has its path."""
    from sim.scenario.levers import called

    return called(row["name"])


def _width(rows: Sequence[Row], head: str) -> int:
    return max(len(head), *(len(_called(row)) for row in rows))


def _rest(analysis: Sensitivity, key: str) -> list[str]:
    rest = analysis.rows[SHOWN:]
    if not rest:
        return []
    return [
        f"  and {len(rest)} more, each {rest[0][key]:.2g} at most; {sum(row[key] == 0.0 for row in rest)} move nothing"
    ]


def _meaning(analysis: Sensitivity) -> list[str]:
    first = analysis.rows[0]
    if analysis.design == "morris":
        whole = "from the 5 % to the 95 % point of its law" if analysis.parameters == "laws" else "over its range"
        return [
            f"Read: taking {_called(first)} {whole} changes the outcome by {first['mu_star']:.2g} on average. A spread "
            "as large as the mean says that the size depends on the other numbers. Brackets hold 90 % (bootstrap)."
        ]
    return [
        f"Read: {min(max(0.0, first['total']), 1.0):.0%} of the variance of the outcome involves {_called(first)}, "
        "alone or together with other numbers. What matters little here may still be wrong: ranges are beliefs. "
        "Brackets hold 90 % (bootstrap); where they are wide, take more points."
    ]


def _share(value: float) -> str:
    """A share at two decimals, zero without a sign."""
    return f"{round(value, 2) + 0.0:.2f}"
