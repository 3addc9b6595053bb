"""`sim patterns`: patterns of the record beside those of the model, and of the model without each mechanism."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import (
    HELP,
    Progress,
    as_json,
    day_of,
    no_charts,
    out,
    quiet,
    seeded,
    this_command,
    threads,
    without,
)
from sim.cli.pictures import drawing, names_of
from sim.cli.telling import answer, notes
from sim.words import at_digits, listed

if TYPE_CHECKING:
    from sim.results import Out

_LONGEST_LABEL = 46


@click.command("patterns", context_settings=HELP)
@click.option(
    "--as-of", metavar="DATE",
    help="Read the record up to the last month complete on this day, and replay what began before (default: all).",
)  # fmt: skip
@without
@seeded("Histories of each model (default: 1000).", "Seed of the random numbers (default: 1).")
@threads
@out("patterns/<id> is written")
@no_charts
@as_json
@quiet
def command(
    as_of: str | None,
    without: tuple[str, ...],
    runs: int | None,
    seed: int | None,
    threads: int | None,
    out: Out,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Read patterns off the record and off the model's own histories of the same years: does the band hold the record?

    The eras of the record (from 1990, 2000, 2008 and 2016), its calendar years and its requests and orders are
    replayed, each from what was known then. A band holds 90 % of the histories. The default takes about a minute on two
    cores.
    """
    draw = drawing("of_patterns", not no_charts)
    from sim.analysis.patterns import RUNS, SEED, patterns_to_folder
    from sim.atlas import record

    known = record()
    day = None if as_of is None else day_of(as_of, "--as-of", known.start, known.confirmed_until)
    progress = Progress("patterns", quiet or as_json, unit="parts")
    try:
        read, was_there = patterns_to_folder(
            out, day, without or None, RUNS if runs is None else runs, SEED if seed is None else seed, threads,
            progress, draw, this_command(), pictures=not no_charts,
            tell=notes(quiet or as_json),
        )  # fmt: skip
    finally:
        progress.close()
    assert read.folder is not None
    charts = None if no_charts else names_of("of_patterns", read.document)
    answer(read.document, read.folder, was_there, lambda: lines(read.document), as_json, quiet, charts)


def lines(document: Mapping[str, Any]) -> list[str]:
    """The table as a terminal shows it, and what it says."""
    from sim.analysis.patterns import MODEL, verdicts

    rows = document["rows"]
    others = {one["variant"]: verdicts(rows, one["variant"]) for one in document["variants"][1:]}
    written = [
        f"Patterns of the record from {document['eras'][0]['era'][:7]} to {document['until'][:7]}, and of the model's "
        "histories of the same months.",
        f"{document['runs']:,} histories of each model, seed {document['seed']}; the band holds 90 % of them.",
        "",
        f"{'':<{_LONGEST_LABEL}}{'record':>9}{'n':>5}{'model':>9}  {'band':<16}{'verdict':<10}otherwise without",
    ]
    heading = ""
    for key, row in verdicts(rows, MODEL).items():
        if row["era"] == "all":
            name = f"{row['label']}, {row['unit']}"
        else:
            if row["pattern"] != heading:
                written.append(f"{row['label']}, {row['unit']}")
            name = f"  {row['era']}"
        heading = row["pattern"]
        if len(name) > _LONGEST_LABEL - 1:
            written.append(name)
            name = ""
        band = "" if row["low"] is None else f"{at_digits(row['low'], 2)} to {at_digits(row['high'], 2)}"
        differ = [
            f"{variant} ({there[key]['verdict']})" for variant, there in others.items()
            if there[key]["verdict"] != row["verdict"]
        ]  # fmt: skip
        told = row["verdict"] + ("?" if row["sure"] == "no" else "")
        written.append(
            f"{name:<{_LONGEST_LABEL}}{_cell(row['record']):>9}{row['n']:>5}{_cell(row['median']):>9}  {band:<16}"
            f"{told:<10}{listed(differ)}".rstrip()
        )
    note = "inside, above, below: where the record lies against the band; ?: within two Monte Carlo errors of its end."
    return [*written, note, "", *document["sentences"]]


def _cell(value: float | None) -> str:
    return "" if value is None else at_digits(value, 2)
