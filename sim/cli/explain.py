"""`sim explain`: why a state left, or did not, from the model's own ledger."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completing import folders, states
from sim.cli.options import (
    HELP,
    MADE_WITH,
    Progress,
    agents,
    as_json,
    no_charts,
    own_out,
    print_json,
    quiet,
    this_command,
    threads,
)
from sim.cli.pictures import drawing
from sim.cli.telling import charts_in, notes, written_to
from sim.words import LEAST, minus, month, points, rate, two_digits, with_range

if TYPE_CHECKING:
    from sim.analysis.explain import Explanation
    from sim.results import Out
    from sim.runs.agents import Agents

_MOST_ROWS, _MOST_PAIRS = 10, 3
_LEAST_FACTOR, _LEAST_TERM = 0.005, 0.01
_COLUMNS_BEFORE = (24, 12, 6, 0)
"""Months that are printed, counted back from the decision."""


@click.command("explain", context_settings=HELP)
@click.argument("folder", metavar="RESULT", type=click.Path(path_type=Path), shell_complete=folders)
@click.option(
    "--state", required=True, metavar="STATE", shell_complete=states, help="State to explain, by code or name."
)
@click.option("--run", type=int, metavar="K", help="Run to follow (default: a typical one in which it happens).")
@click.option(
    "--tie", default="recognition", show_default=True, metavar="TIE",
    help="recognition of Taipei or, for a host, cooperation with Washington's forces.",
)  # fmt: skip
@click.option("--runs", type=int, help="Runs per removal (default: all, at most 4,000, or 100 with --agents).")
@agents(MADE_WITH)
@threads
@own_out("Where ISO3/ is written, with explain.json and the charts (default: explain/ in the folder of the result).")
@no_charts
@as_json
@quiet
def command(
    folder: Path,
    state: str,
    run: int | None,
    tie: str,
    runs: int | None,
    agents: Agents | None,
    threads: int | None,
    out: Out | None,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Explain why a state left Taipei, or did not, in RESULT, a folder that `sim run` wrote.

    It follows one run month by month, and takes away every lever of the scenario in turn, with the same random numbers
    and parameter draws.
    """
    draw = drawing("of_explanation", not no_charts)
    from sim.analysis.explain import explanation_to_folder
    from sim.results import read

    began = time.perf_counter()
    result = read(folder)
    silent = quiet or as_json
    progress = Progress("explain", silent, unit="removals")
    try:
        explanation, place, was_there = explanation_to_folder(
            result, state, run, tie, runs, threads, progress, out,
            draw, this_command(), notes(silent), not no_charts,
        )  # fmt: skip
    finally:
        progress.close()
    charts: tuple[str, ...] = ()
    if not no_charts:
        from sim.charts.catalogue import of_explanation

        charts = of_explanation(explanation).names
    if as_json:
        written = [str(place / f"{name}.{kind}") for name in charts for kind in ("png", "svg")]
        print_json(explanation.document | {"folder": str(place), "charts": written})
    elif quiet:
        click.echo(place)
    else:
        click.echo("\n".join(lines(explanation)))
        click.echo(f"\n{written_to(place, was_there)}")
        if charts:
            click.echo(charts_in(place, charts))
        click.echo(f"Time: {time.perf_counter() - began:.1f} s")


# --- in print ---------------------------------------------------------------------------------------------


def lines(explanation: Explanation) -> list[str]:
    """An explanation as a terminal shows it."""
    document = explanation.document
    run = document["run"]
    lines = [explanation.result.title, "", *document["chance"]["sentences"]]
    if run is not None:
        lines += ["", " ".join(run["story"]), *run["sentences"][len(run["story"]) :]]
        lines += ["", *_steps(run), "", *_acts(run, document["decision"])]
        if run["keeping"] is not None:
            lines += ["", *run["keeping"]["sentences"], *_changes(run["keeping"]["rows"])]
    terms = _terms(document)
    if document["talks"] is not None:
        lines += ["", *document["talks"]["sentences"]]
    return [*lines, "", *document["when"]["sentences"], *([""] if terms else []), *terms, "", *_removals(explanation)]


def _steps(run: Mapping[str, Any]) -> list[str]:
    """The hazard of the decision, or the chance that talks are lost, term by term without the small ones."""
    first, *rest = run["steps"]
    written = rate if run["losing"] is None else two_digits
    lines = [f"  {'under reference conditions':<34}{'':>9}  {written(first['after'])}"]
    for step in rest:
        factor = step["factor"]
        if factor == 0.0 or (factor and abs(math.log(factor)) >= _LEAST_FACTOR):
            times = f"× {factor:.2f}" if factor else "× 0"
            lines.append(f"  {step['label']:<34}{times:>9}  {written(step['after'])}")
    ends = {"leave": "chance that talks are lost", "return": "chance that Taipei wins talks"}
    what = ends.get(run["decision"], "hazard")
    return [f"The {what} in {month(run['month'])}, term by term:", *lines]


_ACTS = {
    "leave": (
        ("Beijing's limit as believed, US$ m a year", "beijing_million_usd", ",.0f"),
        ("  % of GDP a year", "beijing_share", ".2f"),
        ("Taipei's limit, US$ m a year", "taipei_million_usd", ",.0f"),
        ("  % of GDP a year", "taipei_share", ".2f"),
        ("Washington's pressure, 0 to 3", "pressure", ".2f"),
        ("Hostility felt, 0 to 3", "hostility", ".2f"),
        ("Dependence on Washington, 0 to 1", "dependence", ".2f"),
    ),
    "return": (
        ("Taipei's limit to win it, US$ m a year", "taipei_million_usd", ",.0f"),
        ("  % of GDP a year", "taipei_share", ".2f"),
        ("Beijing's to keep it, believed, US$ m a year", "beijing_million_usd", ",.0f"),
        ("  % of GDP a year", "beijing_share", ".2f"),
        ("Taipei's acceptance, 0 to 1", "taipei_accepts", ".2f"),
    ),
    "suspend": (
        ("Hostility felt, 0 to 3", "hostility", ".2f"),
        ("Dependence on Washington, 0 to 1", "dependence", ".2f"),
    ),
}


def _acts(run: Mapping[str, Any], decision: str) -> list[str]:
    """What the patrons did in a few months up to the decision, and what is usual."""
    acts = dict(enumerate(run["acts"]))
    rows = [run["row"] - back for back in _COLUMNS_BEFORE if run["row"] - back in acts]
    if len(rows) < 3 and rows[0] > 0:
        rows.insert(0, 0)
    heads = [f"{month(acts[row]['month']):>10}" for row in rows]
    usual = run["usual"] if decision != "suspend" else {}
    lines = [f"  {'What was done to it':<44}{''.join(heads)}" + (f"{'reference':>12}" if usual else "")]
    for label, name, form in _ACTS[decision]:
        cells = "".join(f"{format(acts[row][name], form):>10}" for row in rows)
        last = f"{format(usual[name], form):>12}" if name in usual else ""
        lines.append(f"  {label:<44}{cells}{last}")
    return lines


def _changes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The number of changes tried that do not keep the state."""
    failed = [row for row in rows if not row["keeps"]]
    if not failed or len(failed) == len(rows):
        return []
    later = [row["latest"] for row in failed if row["latest"] is not None]
    rest = f"; with those it happens at the latest in {month(max(later))}" if later else ""
    return [f"Of {len(rows)} levers tried, each in a run with the same luck, {len(failed)} would not{rest}."]


_FORMS = {("suspend", "order"): (".2f", " (added, a year)")} | {
    (decision, "acceptance"): (".2f", " (a multiple)") for decision in ("leave", "return")
}
"""How terms are written that are neither log odds nor log hazards."""


def _terms(document: Mapping[str, Any]) -> list[str]:
    """Terms at the decisions of all runs, beside those of all months in which the decision was open."""
    count = document["chance"]["decided_runs"]
    ends = [(row, _values(row)) for row in document["terms"] if row["term"] != "hazard"]
    large = [row for row, values in ends if max(map(abs, values)) >= _LEAST_TERM and len(set(values)) > 1]
    if not count or not large:
        return []
    when = f"at the decision ({count:,} runs)"
    scale = "log hazard" if document["decision"] == "suspend" else "log odds"
    head = f"Terms, {scale}: mean (5 to 95 %)"
    lines = [f"{head:<38}{when:>28}{'in all open months':>28}"]
    for row in large:
        form, unit = _FORMS.get((document["decision"], row["term"]), ("+.2f", ""))
        cells = [
            with_range(*(row[f"{which}_{point}"] for point in ("mean", "low", "high")), write=f"{{:{form}}}".format)
            for which in ("decision", "months")
        ]
        lines.append(minus(f"  {row['label'] + unit:<36}{cells[0]:>28}{cells[1]:>28}"))
    lines.append(
        "  Draws with strong terms see more decisions: terms show what went with decisions, removals what caused them."
    )
    return lines


def _values(row: Mapping[str, Any]) -> list[float]:
    """The ends of a term's two ranges."""
    return [float(row[f"{which}_{end}"] or 0.0) for which in ("decision", "months") for end in ("low", "high")]


def _removals(explanation: Explanation) -> list[str]:
    """The levers taken away one by one, then together, and the pairs that differ from their sum."""
    from sim.analysis.removals import ADD_UP, WAITING

    removals = explanation.removals
    singles, together, pairs = removals.singles, removals.together, removals.interacting[:_MOST_PAIRS]
    if not removals.rows:
        return removals.sentences[1:]
    lines = [
        f"Chance at the end without a lever, paired over {removals.runs:,} runs; with everything in place "
        f"{100 * removals.p:.1f} %. Difference in points ± Monte Carlo error (5 to 95 % over draws):"
    ]
    largest = [row for row in singles if abs(row["difference"]) >= LEAST][:_MOST_ROWS]
    width = max([len(row["label"]) for row in (*largest, *together)], default=20) + 2
    lines += [_removal(row, width) for row in largest]
    if not largest:
        lines.append(f"  none of {len(singles)} levers moves it by itself")
    elif rest := singles[len(largest) :]:
        most = max(LEAST * 2, *(abs(row["difference"]) for row in rest))
        lines.append(f"  and {len(rest)} more, by less than {points(most)[1:]} points")
    lines += [_removal(row, width) for row in together]
    if pairs:
        lines.append("Two taken away together, where that is not the sum of the two:")
    for row in pairs:
        lines.append(
            f"  {row['label']}: {points(row['difference'])} together, {points(row['sum'])} as a sum; "
            f"{points(row['interaction'])} ± {100 * row['mc']:.1f} between them"
        )
    return [*lines, *(sentence for sentence in removals.sentences if sentence.startswith((ADD_UP, WAITING)))]


def _removal(row: Mapping[str, Any], width: int) -> str:
    error = "" if row["mc"] is None else f" ± {100 * row['mc']:.1f}"
    if row["low"] is not None and points(row["low"]) != points(row["high"]):
        error += f"  ({points(row['low'])} to {points(row['high'])})"
    return f"  {row['label']:<{width}}{100 * row['without']:6.1f} %  {points(row['difference']):>6}{error}"
