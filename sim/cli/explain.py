"""`sim explain`: why a state left, or did not, from the model's own ledger."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completing import folders, states
from sim.cli.options import HELP, Progress, as_json, no_charts, own_out, print_json, quiet, this_command, threads
from sim.words import LEAST, beyond_luck, minus, month, points, rate, two_digits

if TYPE_CHECKING:
    from sim.analysis.explain import Explanation
    from sim.results import Out

_MOST_ROWS, _MOST_PAIRS = 10, 3
_LEAST_FACTOR, _LEAST_TERM = 0.005, 0.01
_COLUMNS_BEFORE = (24, 12, 6, 0)
"""Months before the decision whose acts are printed."""


@click.command("explain", context_settings=HELP)
@click.argument("folder", metavar="RESULT", type=click.Path(path_type=Path), shell_complete=folders)
@click.option(
    "--state", required=True, metavar="STATE", shell_complete=states, help="The state asked about, by code or name."
)
@click.option("--run", type=int, metavar="K", help="Look into this run (default: a typical one in which it happens).")
@click.option(
    "--tie", default="recognition", show_default=True, metavar="TIE",
    help="recognition of Taipei or, of a host, cooperation with Washington's forces.",
)  # fmt: skip
@click.option("--runs", type=int, help="Runs of each removal, of those the result has  [default: at most 4,000]")
@threads
@own_out("Folder for explain.json and the charts (default: explain/ISO3 in the result's own).")
@no_charts
@as_json
@quiet
def command(
    folder: Path,
    state: str,
    run: int | None,
    tie: str,
    runs: int | None,
    threads: int | None,
    out: Out | None,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say why a state left Taipei, or did not, in RESULT, a folder that `sim run` wrote.

    One run is looked into month by month; every lever of the scenario is taken away in turn, with the same random
    numbers and parameter draws.
    """
    from sim.analysis.explain import explanation_to_folder
    from sim.results import read

    began = time.perf_counter()
    result = read(folder)
    silent = quiet or as_json
    tell = None if silent else lambda text: click.echo(text, err=True)
    progress = Progress("explain", silent, unit="removals")
    try:
        explanation, target, found = explanation_to_folder(
            result, state, run, tie, runs, threads, progress, out, _draw, this_command(), tell, not no_charts
        )
    finally:
        progress.close()
    charts = [] if no_charts else _charts(explanation)
    if as_json:
        written = [str(target / f"{name}.{kind}") for name in charts for kind in ("png", "svg")]
        print_json(explanation.document | {"folder": str(target), "charts": written})
    elif quiet:
        click.echo(target)
    else:
        click.echo("\n".join(lines(explanation)))
        click.echo(f"\n{'Found again' if found else 'Written to'}: {target}")
        if charts:
            first, *others = charts
            also = f" (and {', '.join(f'{name}.png' for name in others)}; also as SVG)" if others else " (also as SVG)"
            click.echo(f"Chart: {target / first}.png{also}")
        click.echo(f"Time: {time.perf_counter() - began:.1f} s")


def _draw(explanation: Explanation, folder: Path) -> None:
    from sim.charts.catalogue import of_explanation

    of_explanation(explanation).draw(folder)


def _charts(explanation: Explanation) -> tuple[str, ...]:
    from sim.charts.catalogue import of_explanation

    return of_explanation(explanation).names


# --- in print ---------------------------------------------------------------------------------------------


def lines(explanation: Explanation) -> list[str]:
    """An explanation as a reader on a terminal sees it."""
    document = explanation.document
    run = document["run"]
    told = [explanation.result.title, "", *document["chance"]["sentences"]]
    if run is not None:
        told += ["", " ".join(run["story"]), *run["sentences"][len(run["story"]) :]]
        told += ["", *_steps(run), "", *_acts(run, document["decision"])]
        if run["keeping"] is not None:
            told += ["", *run["keeping"]["sentences"], *_changes(run["keeping"]["rows"])]
    terms = _terms(document)
    if document["talks"] is not None:
        told += ["", *document["talks"]["sentences"]]
    return [*told, "", *document["when"]["sentences"], *([""] if terms else []), *terms, "", *_removals(explanation)]


def _steps(run: Mapping[str, Any]) -> list[str]:
    """The hazard of the decision, or the chance that talks are lost, term by term; small terms are left out."""

    first, *rest = run["steps"]
    shown = rate if run["losing"] is None else two_digits
    told = [f"  {'under reference conditions':<34}{'':>9}  {shown(first['after'])}"]
    for step in rest:
        if step["factor"] and abs(math.log(step["factor"])) >= _LEAST_FACTOR:
            told.append(f"  {step['label']:<34}{'× ' + format(step['factor'], '.2f'):>9}  {shown(step['after'])}")
        elif step["factor"] == 0.0:
            told.append(f"  {step['label']:<34}{'× 0':>9}  {shown(step['after'])}")
    ends = {"leave": "chance that talks are lost", "return": "chance that Taipei wins talks"}
    what = ends.get(run["decision"], "hazard")
    return [f"The {what} in {month(run['month'])}, term by term:", *told]


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
    """What the patrons did, in a few months up to the decision, and what is usual."""

    acts = dict(enumerate(run["acts"]))
    rows = [run["row"] - back for back in _COLUMNS_BEFORE if run["row"] - back in acts]
    if len(rows) < 3 and rows[0] > 0:
        rows.insert(0, 0)
    heads = [f"{month(acts[row]['month']):>10}" for row in rows]
    usual = run["usual"] if decision != "suspend" else {}
    told = [f"  {'What was done to it':<44}{''.join(heads)}" + (f"{'reference':>12}" if usual else "")]
    for label, name, form in _ACTS[decision]:
        cells = "".join(f"{format(acts[row][name], form):>10}" for row in rows)
        last = f"{format(usual[name], form):>12}" if name in usual else ""
        told.append(f"  {label:<44}{cells}{last}")
    return told


def _changes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many of the changes tried do not keep the state."""

    failed = [row for row in rows if not row["keeps"]]
    if not failed or len(failed) == len(rows):
        return []
    later = [row["latest"] for row in failed if row["latest"] is not None]
    rest = f"; the latest it happens under them is {month(max(later))}" if later else ""
    return [f"Of {len(rows)} levers tried, each run again with the same luck, {len(failed)} do not{rest}."]


_FORMS = {("suspend", "order"): (".2f", " (added, a year)")} | {
    (decision, "acceptance"): (".2f", " (a multiple)") for decision in ("leave", "return")
}
"""Terms that are neither log odds nor log hazards."""


def _terms(document: Mapping[str, Any]) -> list[str]:
    """Terms at the decisions of all runs beside those of all open months."""
    count = document["chance"]["decided_runs"]
    rows = [row for row in document["terms"] if row["term"] != "hazard"]
    shown = [row for row in rows if max(abs(value) for value in _values(row)) >= _LEAST_TERM and not _still(row)]
    if not count or not shown:
        return []
    when = f"at the decision ({count:,} runs)"
    scale = "log hazard" if document["decision"] == "suspend" else "log odds"
    head = f"Terms, {scale}: mean (5 to 95 %)"
    told = [f"{head:<38}{when:>28}{'in all open months':>28}"]
    for row in shown:
        form, unit = _FORMS.get((document["decision"], row["term"]), ("+.2f", ""))
        cells = [
            f"{row[f'{which}_mean']:{form}} ({row[f'{which}_low']:{form}} to {row[f'{which}_high']:{form}})"
            for which in ("decision", "months")
        ]
        told.append(minus(f"  {row['label'] + unit:<36}{cells[0]:>28}{cells[1]:>28}"))
    told.append(
        "  Draws with strong terms see more decisions: this shows what went with them; removals, what caused them."
    )
    return told


def _values(row: Mapping[str, Any]) -> list[float]:
    return [
        float(row[name]) for name in ("decision_low", "decision_high", "months_low", "months_high") if row[name]
    ] or [0.0]


def _still(row: Mapping[str, Any]) -> bool:
    """Whether a term was the same all over."""
    return len({row[name] for name in ("decision_low", "decision_high", "months_low", "months_high")}) == 1


def _removals(explanation: Explanation) -> list[str]:
    """The levers taken away one by one, then together, and the pairs that differ from their sum."""
    from sim.analysis.removals import WAITING

    found, said = explanation.removals, explanation.removals.sentences
    if not found.rows:
        return said[1:]
    told = [
        f"Chance at the end without a lever, paired over {found.runs:,} runs; with everything in place "
        f"{100 * found.p:.1f} %. Difference in points ± Monte Carlo error (5 to 95 % over draws):"
    ]
    singles = [row for row in found.rows if row["group"] == "single"]
    shown = [row for row in singles if abs(row["difference"]) >= LEAST][:_MOST_ROWS]
    width = max([len(row["label"]) for row in (*shown, *_together(found.rows))], default=20) + 2
    for row in (*shown, *_together(found.rows)):
        told.append(
            f"  {row['label']:<{width}}{100 * row['without']:6.1f} %  {points(row['difference']):>6}{_error(row)}"
        )
        if row is (shown[-1] if shown else None) and len(shown) < len(singles):
            told.append(
                f"  and {len(singles) - len(shown)} more, by less than {points(_rest(singles, shown))[1:]} points"
            )
    if not shown:
        told.insert(1, f"  none of {len(singles)} levers moves it by itself")
    pairs = [row for row in found.pairs if beyond_luck(row["interaction"], row["mc"])][:_MOST_PAIRS]
    if pairs:
        told += ["Two taken away together, where that is not the sum of the two:"]
    for row in pairs:
        told.append(
            f"  {row['label']}: {points(row['difference'])} together, {points(row['sum'])} as a sum; "
            f"{points(row['interaction'])} ± {100 * row['mc']:.1f} between them"
        )
    if found.pairs and not pairs:
        told.append("No two of them together differ from their sum by more than two Monte Carlo errors.")
    return [*told, *(sentence for sentence in said if sentence.startswith(WAITING))]


def _together(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["group"] != "single"]


def _rest(singles: Sequence[Mapping[str, Any]], shown: Sequence[Mapping[str, Any]]) -> float:
    """What no lever left out of the print moves the chance by."""
    left = [abs(row["difference"]) for row in singles[len(shown) :]]
    return max(LEAST * 2, *left)


def _error(row: Mapping[str, Any]) -> str:

    said = "" if row["mc"] is None else f" ± {100 * row['mc']:.1f}"
    if row["low"] is None or points(row["low"]) == points(row["high"]):
        return said
    return f"{said}  ({points(row['low'])} to {points(row['high'])})"
