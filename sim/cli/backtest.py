"""`sim backtest`: forecast past years on what was known before them, and score that beside simple baselines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import HELP, Progress, as_json, no_charts, out, print_json, quiet, this_command, threads

if TYPE_CHECKING:
    from sim.results import Out

SHOWN = {
    "crps": "count, CRPS (states)",
    "coverage_90": "count, 90 % band holds",
    "log_score": "states, log score (nats)",
    "auc_within_year": "states, AUC within a year",
}
"""Scores of the printed table, with what they are."""


@click.command("backtest", context_settings=HELP)
@click.option(
    "--origins", metavar="FIRST:LAST", help="Origin years, such as 2005:2024 or a single one (default: 1995:2024)."
)
@click.option("--runs", type=int, help="Runs an origin (default: 4000).")
@click.option("--seed", type=int, help="Seed of the random numbers (default: 1).")
@threads
@out("backtest/<first>-<last>-<runs>-<seed> is written")
@no_charts
@as_json
@quiet
def command(
    origins: str | None,
    runs: int | None,
    seed: int | None,
    threads: int | None,
    out: Out,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Repeat for each origin year: fit on what was known before it, simulate 1, 3 and 5 years, score."""
    from sim.backtest.backtest import ORIGINS, RUNS, SEED, backtest_to_folder

    years = range(ORIGINS[0], ORIGINS[-1] + 1) if origins is None else _years(origins, ORIGINS)
    progress = Progress("backtest", quiet or as_json, unit="origins")
    asked = (years, RUNS if runs is None else runs, SEED if seed is None else seed)
    try:
        found, folder, there = backtest_to_folder(
            out, *asked, threads, progress, _draw, this_command(), pictures=not no_charts
        )
    finally:
        progress.close()
    if as_json:
        print_json(found | {"folder": str(folder), "found": there})
    elif quiet:
        click.echo(folder)
    else:
        click.echo("\n".join([*lines(found), "", f"{'Found again' if there else 'Written to'}: {folder}"]))


def _draw(document: dict[str, Any], folder: Path) -> None:
    from sim.charts.catalogue import of_backtest

    of_backtest(document).draw(folder)


def _years(text: str, known: range) -> range:
    from sim.errors import InputError, Problem

    first, colon, last = text.partition(":")
    try:
        years = range(int(first), int(last if colon else first) + 1)
    except ValueError:
        years = range(0)
    if not years or years[0] not in known or years[-1] not in known:
        rule = f"FIRST:LAST, years from {known[0]} to {known[-1]}"
        raise InputError(Problem("--origins", rule, text))
    return years


def lines(found: dict[str, Any]) -> list[str]:
    """The main table as a reader sees it, and the outside mark."""
    told = [
        f"Backtest from {found['origins'][0]} to {found['origins'][-1]}: each origin knows what was known at the end "
        "of the year before it.",
        f"{found['runs']:,} runs an origin, seed {found['seed']}; brackets hold 90 % (bootstrap over years).",
    ]
    rows = {(row["model"], row["horizon"], row["score"]): row for row in found["scores"]}
    models = list(dict.fromkeys(row["model"] for row in found["scores"]))
    horizons = list(dict.fromkeys(row["horizon"] for row in found["scores"]))
    for score, meaning in SHOWN.items():
        told += ["", f"{meaning:<26}" + "".join(f"{_years_ahead(horizon):>24}" for horizon in horizons)]
        for model in models:
            cells = [_cell(rows.get((model, horizon, score))) for horizon in horizons]
            if any(cells):
                told.append(f"  {model:<24}" + "".join(f"{cell:>24}" for cell in cells))
    upper = sum(row["rank"] < (row["of"] + 1) / 2 for row in found["departures"])
    mark = found["mark"]
    told += [
        "",
        f"Of {len(found['departures'])} departures {upper} were by states ranked in the upper half when the year "
        "began.",
        f"{mark['question']} On {mark['as_of']} a play-money market said {mark['market']:.0%}, "
        f"the simulation {mark['simulation']:.0%}; {'one was lost' if mark['happened'] else 'none was lost'}.",
    ]
    return told


def _years_ahead(horizon: int) -> str:
    return "1 year" if horizon == 1 else f"{horizon} years"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None:
        return ""
    return f"{row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
