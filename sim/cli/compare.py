"""`sim compare`: scenarios against the first of them, run by run, with the same random numbers and draws."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
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
    no_charts,
    out,
    parameters,
    print_json,
    seeded,
    this_command,
    threads,
)
from sim.cli.pictures import drawing, meanwhile, page
from sim.cli.telling import charts_in, notes, written_to
from sim.words import LEAST, LEAST_SWAP, beyond_luck, decimals, hyphened, many, percent, points, signed_between

if TYPE_CHECKING:
    from sim.analysis.compare import Comparison
    from sim.analysis.pairs import Pair
    from sim.results import Out, Result
    from sim.runs.agents import Agents

_MOST_ROWS, _MOST_SWAPS = 8, 5


@click.command("compare", context_settings=HELP)
@click.argument(
    "scenarios", nargs=-1, required=True, metavar="BASELINE SCENARIO...", shell_complete=completing.scenarios
)
@seeded("Runs per scenario (default: the baseline's).", "Seed of the random numbers of all (default: the baseline's).")
@changes
@agents("Agents of your own, in every SCENARIO; the first with the shipped agents goes before them as the baseline.")
@parameters("Draw what is not known, the same in all, or fix every parameter at its central value.")
@threads
@out("results and compare/<names>/<id> are written")
@no_charts
@as_json
@click.option("--quiet", is_flag=True, help="Print only the folder of the comparison, without progress.")
def command(
    scenarios: tuple[str, ...],
    runs: int | None,
    seed: int | None,
    changes: Changes,
    agents: Agents | None,
    parameters: Any,
    threads: int | None,
    out: Out,
    no_charts: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run each SCENARIO (a shipped name or a file), or find its result, and show its difference from BASELINE.

    All have the same seed, runs and parameter draws, so differences come from the scenarios and are mostly not chance.
    --set changes every one of them. With --agents one scenario is enough: it is compared with itself under the shipped
    agents.
    """
    draw = drawing("of_comparison", not no_charts)
    from sim.analysis.compare import claim_comparison, compare, comparison_to_folder, requests, results_of
    from sim.errors import InputError, Problem
    from sim.runs.run import run_to_folder
    from sim.scenario import remarks
    from sim.scenario.given import is_given

    began, most = time.perf_counter(), 7
    if agents is not None:
        scenarios = (scenarios[0], *scenarios)
    if not 2 <= len(scenarios) <= most:
        raise InputError(Problem("SCENARIO", f"a baseline and from 1 to {most - 1} others", len(scenarios)))
    loaded = [changes.load(name) for name in scenarios]
    asked = requests(loaded if agents is None else loaded[1:], runs, seed, parameters, agents)
    claim_comparison(asked, out)
    silent = quiet or as_json
    results, old = [], []
    for name, request in zip(scenarios, asked, strict=True):
        for remark in [] if silent else remarks(request.loaded.scenario):
            click.echo(f"{name}: note: {remark}", err=True)
        progress = Progress(request.loaded.name, silent)
        try:
            result, there = run_to_folder(
                request, results_of(out), meanwhile("of_result", False), this_command(), threads, progress,
                tell=notes(silent), page=page(threads), pictures=False,
            )  # fmt: skip
        finally:
            progress.close()
        results.append(result)
        old.append(there)
    comparison = compare(results)
    folder = comparison_to_folder(comparison, out, draw, this_command(), pictures=not no_charts)
    if as_json:
        print_json(document(comparison, folder, old))
    elif quiet:
        click.echo(folder)
    else:
        set_on_top = ", ".join(f"{path} = {value}" for path, value in changes.values.items() if not is_given(path))
        click.echo("\n".join(lines(comparison, set_on_top)))
        click.echo(f"\n{written_to(folder)}")
        if not no_charts:
            from sim.charts.catalogue import of_comparison

            click.echo(charts_in(folder / "charts", of_comparison(comparison).names))
        click.echo(f"Time: {time.perf_counter() - began:.1f} s; {sum(old)} of {len(old)} results were there.")


def document(comparison: Comparison, folder: Path, old: Sequence[bool]) -> dict[str, Any]:
    """The comparison as one object: what was compared, and how it ended."""
    own = comparison.document
    return {
        "folder": str(folder),
        "scenario": own.pop("baseline"),
        "scenarios": list(comparison.names),
        "results": [str(result.folder) for result in comparison.results],
        "found": list(old),
        **{key: value for key, value in own.items() if key not in ("format", "scenarios")},
        "count": [row for pair in comparison.pairs for row in pair.at_end],
        "states": [row for pair in comparison.pairs for row in pair.rows("states", horizon="p_end")],
        "swaps": [row for pair in comparison.pairs for row in pair.rows("swaps")],
    }


def lines(comparison: Comparison, set_on_top: str = "") -> list[str]:
    """The comparison as a reader on a terminal sees it."""
    from sim.analysis.findings import answer
    from sim.results.result import further
    from sim.scenario import given_in_words

    text = [f"Against {comparison.names[0]}: {comparison.results[0].title}"]
    if set_on_top:
        text.append(f"Set in every scenario: {set_on_top}")
    baseline = comparison.results[0]
    given = [given_in_words(result.scenario) for result in comparison.results]
    text += [f"Given in every scenario: {fact}." for fact in given[0] if all(fact in each for each in given)]
    text += dict.fromkeys(line for result in comparison.results for line in further(result.scenario))
    text += ["", *answer(comparison)]
    for pair, result in zip(comparison.pairs, comparison.results[1:], strict=True):
        means = {tie: (_last(baseline, tie, pair), _last(result, tie, pair)) for tie in pair.ties}
        text += ["", f"{pair.scenario}: {result.title}", *_apart(baseline, result), *_pair(pair, means)]
        if "cooperation" not in pair.ties and (baseline.hosts or result.hosts):
            text.append("They do not follow the same hosts: military cooperation is not compared.")
    runs, seed = comparison.runs, baseline.seed
    more = "one run does not tell an error" if runs == 1 else f"{4 * runs:,} runs would halve every error"
    return [*text, "", f"{many(runs, 'run')} of each, seed {seed}, paired run by run; {more}."]


def _apart(baseline: Result, result: Result) -> list[str]:
    """What one of two takes as given and the other does not."""
    from sim.scenario import given_in_words

    here, there = given_in_words(result.scenario), given_in_words(baseline.scenario)
    return [
        *(f"Given here alone: {fact}." for fact in here if fact not in there),
        *(f"Given in the baseline alone: {fact}." for fact in there if fact not in here),
    ]


def _last(result: Result, tie: str, pair: Pair) -> float:
    """The mean count of a tie in the last month of a pair."""
    return float(result.counted[tie][:, result.months.index(pair.months[-1])].mean())


def _pair(pair: Pair, means: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    """What is said of one scenario; means : by tie, the mean count of the baseline and of the scenario at the end."""
    end = pair.months[-1]
    for row in pair.at_end:
        what = "States with Taipei" if row["tie"] == "recognition" else "Hosts that cooperate"
        before, after = means[row["tie"]]
        difference = _mean(row["mean"], row["mc"])
        digits = min(decimals(row["mc"]), 2) if row["mc"] else 2
        become = f"{before:.{digits}f} become {after:.{digits}f}"
        yield f"{what} at the end of {end}: {become} on average, {difference}."
        most = hyphened(signed_between(row["q05"], row["q95"]))
        yield f"  90 % of runs {most}; more in {percent(row['more'])} % of runs, fewer in {percent(row['fewer'])} %."
    if pair.first is None:
        yield "No run differs at all."
        return
    yield (
        f"No run differs before {pair.first}." if pair.first != pair.months[0] else "Runs differ from the first month."
    )
    yield from _chances(pair, end)
    yield from _swaps(pair, end)
    for tie, saved in pair.saved.items():
        if saved is not None:
            of = "" if len(pair.saved) == 1 else f" ({tie})"
            did = f"took {percent(saved)} % off" if saved >= 0.0 else "took nothing off"
            yield f"Pairing {did} the variance of the difference in the count{of}."


def _chances(pair: Pair, end: str) -> Iterator[str]:
    rows = sorted(pair.rows("states", horizon="p_end"), key=lambda row: (-abs(row["difference"]), row["state"]))
    largest = [row for row in rows if abs(row["difference"]) >= LEAST][:_MOST_ROWS]
    if not largest:
        yield "No state's chance differs by as much as 0.05 points."
        return
    yield f"Chances at the end of {end}, difference in points (range over what is not known; Monte Carlo error):"
    for row in largest:
        known = beyond_luck(row["difference"], row["mc"])
        span = ""
        if known and row["low"] is not None and points(row["low"]) != points(row["high"]):
            span = f"{hyphened(points(row['low']))} to {hyphened(points(row['high']))}; "
        error = "" if row["mc"] is None else f"({span}{_short(100 * row['mc'])})"
        note = "" if known or row["mc"] is None else "  not told from luck"
        chances = f"{percent(row['p_against']):>3} % to {percent(row['p']):>3} %"
        yield f"  {_what(row):<40}{chances}  {100 * row['difference']:+5.1f}  {error}{note}".rstrip()
    others = [abs(row["difference"]) for row in rows if row not in largest and row["difference"]]
    if others:
        most = f"at most {100 * max(others):.1f}" if max(others) >= LEAST else "less than 0.05"
        yield f"  and {len(others)} more, by {most} points (states.csv)"


def _what(row: dict[str, Any]) -> str:
    """What a chance is of, told from where the baseline starts."""
    from sim.model.terms import decision_from

    return f"{row['state']} {decision_from(row['tie'], row['at_start']).short}"


def _swaps(pair: Pair, end: str) -> Iterator[str]:
    names = {row["iso3"]: row["state"] for row in pair.rows("instead")}
    rows = [row for row in pair.rows("swaps") if row["share"] >= LEAST_SWAP][:_MOST_SWAPS]
    if not rows:
        yield "Who left instead of whom: no two changed places in as much as 0.1 % of runs (swaps.csv)."
        return
    yield f"Who left instead of whom by the end of {end}, in % of runs (swaps.csv):"
    for row in rows:
        names_of_both = f"{names[row['iso3_here']]} instead of {names[row['iso3_there']]}"
        yield f"  {names_of_both:<52}{100 * row['share']:5.1f}"


def _mean(mean: float, error: float | None) -> str:
    """A mean difference with as many decimals as its error bears."""
    if not error:
        return f"a difference of {mean:+g}" if mean else "no difference"
    digits = decimals(error)
    return f"a difference of {mean:+.{digits}f} (Monte Carlo error {error:.{digits}f})"


def _short(number: float) -> str:
    """A number of points with one decimal, or two if one would make it zero."""
    return f"{number:.1f}" if number >= 0.05 or not number else f"{number:.2f}"
