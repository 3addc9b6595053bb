"""`sim ablate`: a scenario without each mechanism of the model, run by run beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completing import scenarios
from sim.cli.options import (
    HELP,
    Changes,
    Progress,
    as_json,
    changes,
    no_charts,
    out,
    parameters,
    quiet,
    seeded,
    this_command,
    threads,
    without,
)
from sim.cli.pictures import drawing, names_of
from sim.cli.telling import answer, notes
from sim.words import beyond_luck, month, signed_between

if TYPE_CHECKING:
    from sim.results import Out


@click.command("ablate", context_settings=HELP)
@click.argument("scenario", shell_complete=scenarios)
@without
@seeded("Runs of each (default: the scenario's).", "Seed of the random numbers of all (default: the scenario's).")
@changes
@parameters("Draw what is not known, the same in all, or fix every parameter at its central value.")
@threads
@out("ablation/<scenario>/<id> is written")
@no_charts
@as_json
@quiet
def command(
    scenario: str,
    without: tuple[str, ...],
    runs: int | None,
    seed: int | None,
    changes: Changes,
    parameters: Any,
    threads: int | None,
    out: Out,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO (a shipped name or a file), and again without each mechanism of the model.

    All have the same random numbers and parameter draws, so that what differs is mostly not chance.
    """
    draw = drawing("of_ablation", not no_charts)
    from sim.analysis.ablation import Asked, ablation_to_folder

    asked = Asked.of(changes.load(scenario), without or None, runs, seed, parameters)
    silent = quiet or as_json
    progress = Progress(asked.request.loaded.name, silent, unit="ensembles")
    try:
        ablation, was_there = ablation_to_folder(
            asked, out, draw, threads, progress, notes(silent), this_command(),
            pictures=not no_charts,
        )  # fmt: skip
    finally:
        progress.close()
    assert ablation.folder is not None
    charts = None if no_charts else names_of("of_ablation", ablation.document)
    answer(ablation.document, ablation.folder, was_there, lambda: lines(ablation.document), as_json, quiet, charts)


def lines(document: Mapping[str, Any]) -> list[str]:
    """The count without each mechanism, and what it says of states."""
    from sim.analysis.ablation import change

    ties = list(dict.fromkeys(row["tie"] for row in document["count"]))
    settings = f"{document['runs']:,} runs of each, seed {document['seed']}, paired run by run"
    written = [
        str(document["title"]),
        f"Without each mechanism of the model, by the end of {month(document['last_month'])}; {settings}.",
    ]
    for tie in ties:
        rows = [row for row in document["count"] if row["tie"] == tie]
        counted = "states with Taipei" if tie == "recognition" else "hosts that cooperate with Washington"
        written += ["", f"{counted}, {rows[0]['mean_with']:.2f} with everything in place"]
        written.append(f"  {'':<24}{'change':>16}  90 % of runs")
        for row in rows:
            error = row["mc"]
            told = "0" if not error and not row["difference"] else change(row)
            clear = "" if beyond_luck(row["difference"], error) or not error else "not told from luck"
            span = signed_between(row["q05"], row["q95"])
            written.append(f"  {row['label']:<24}{told:>16}  {span:<14}{clear}".rstrip())
    return [*written, "", *document["sentences"]]
