"""`sim backtest`: forecast past years on what was known before them, and score that beside simple baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import HELP, Progress, as_json, no_charts, out, quiet, this_command, threads
from sim.cli.pictures import drawing
from sim.cli.telling import answer
from sim.words import many, with_range

if TYPE_CHECKING:
    from sim.results import Out

SHOWN = {
    "crps": "count, CRPS (states)",
    "coverage_90": "count, 90 % band holds",
    "log_score": "states, log score (nats)",
    "auc_within_year": "states, AUC within a year",
}
"""Scores in the printed table, with their meaning."""


@click.command("backtest", context_settings=HELP)
@click.option(
    "--origins", metavar="FIRST:LAST", help="Origin years, such as 2005:2024 or a single one (default: 1995:2024)."
)
@click.option("--runs", type=int, help="Runs per origin (default: 4000).")
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
    """For each origin year, fit on what was known before it, simulate 1, 3 and 5 years, and score the forecasts."""
    draw = drawing("of_backtest", not no_charts)
    from sim.backtest.backtest import ORIGINS, RUNS, SEED, backtest_to_folder

    years = range(ORIGINS[0], ORIGINS[-1] + 1) if origins is None else _years(origins, ORIGINS)
    progress = Progress("backtest", quiet or as_json, unit="origins")
    asked = (years, RUNS if runs is None else runs, SEED if seed is None else seed)
    try:
        document, folder, was_there = backtest_to_folder(
            out, *asked, threads, progress, draw, this_command(), pictures=not no_charts
        )
    finally:
        progress.close()
    answer(document, folder, was_there, lambda: lines(document), as_json, quiet)


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


def lines(document: dict[str, Any]) -> list[str]:
    """The main table as a terminal shows it, and a forecast from outside beside ours."""
    from sim.backtest.scores import NAMES

    lines = [
        f"Backtest from {document['origins'][0]} to {document['origins'][-1]}: each origin knows what "
        "was known at the end of the year before it.",
        f"{document['runs']:,} runs per origin, seed {document['seed']}; brackets hold 90 % (bootstrap over years).",
    ]
    rows = {(row["model"], row["horizon"], row["score"]): row for row in document["scores"]}
    models = list(dict.fromkeys(row["model"] for row in document["scores"]))
    horizons = list(dict.fromkeys(row["horizon"] for row in document["scores"]))
    for score, meaning in SHOWN.items():
        lines += ["", f"{meaning:<36}" + "".join(f"{many(horizon, 'year'):>24}" for horizon in horizons)]
        for model in models:
            cells = [_cell(rows.get((model, horizon, score))) for horizon in horizons]
            if any(cells):
                lines.append(f"  {NAMES.get(model, model):<34}" + "".join(f"{cell:>24}" for cell in cells))
    upper = sum(row["rank"] < (row["of"] + 1) / 2 for row in document["departures"])
    mark = document["mark"]
    lines += [
        "",
        f"Of {len(document['departures'])} departures {upper} were by states ranked in the upper half when the year "
        "began.",
        f"{mark['question']} On {mark['as_of']} a play-money market said {mark['market']:.0%}, "
        f"the simulation {mark['simulation']:.0%}; {'one was lost' if mark['happened'] else 'none was lost'}.",
    ]
    return lines


def _cell(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None:
        return ""
    return with_range(row["value"], row["low"], row["high"], write="{:.2f}".format)
