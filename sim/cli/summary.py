"""The printed summary of a result: what came out, how sure it is, and where the files are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sim.analysis.accounts import accounts_in_words
from sim.analysis.answers import answers_in_words
from sim.analysis.reading import SMALLEST_SHOWN, Row, known_to, last_of, observed, rows_of
from sim.charts.catalogue import of_result
from sim.cli.telling import charts_in, written_to
from sim.report.outcomes import asked, leaving
from sim.results import Result
from sim.results.accounts import ALL
from sim.results.outcomes import by_vote
from sim.results.result import further
from sim.results.tables import COOPERATION, RECOGNITION
from sim.scenario import given_in_words
from sim.scenario.given import place
from sim.words import many, percent, spoken, whole_percent

_MOST_ROWS = 8


def summary_json(result: Result, was_there: bool, seconds: Mapping[str, float]) -> dict[str, Any]:
    """The summary as one object."""
    last = last_of(result)
    return {
        "folder": str(result.folder),
        "scenario": result.name,
        "title": result.title,
        "runs": result.runs,
        "seed": result.seed,
        "id": result.settings["id"],
        "engine": result.settings["engine"],
        "parameters": result.settings["parameters"],
        **({"agents": result.settings["agents"]} if result.agents else {}),
        "given": dict(result.scenario.get("given") or {}),
        "found": was_there,
        "count_at_start": result.count_at_start(),
        "end": {"month": result.months[-1], "mc": result.mean_error}
        | {name: last[name] for name in ("mean", "q05", "q25", "q50", "q75", "q95", "observed")},
        "states": [
            {key: values[row] for key, values in result.states_columns.items()} for row in range(len(result.places))
        ],
        "outcomes": _outcomes_json(result),
        "answers": result.answers_columns.rows(),
        "accounts": result.accounts_columns.rows(state=ALL),
        "parameter_kinds": dict(Counter(belief["kind"] for belief in result.beliefs)),
        "seconds": {stage: round(value, 3) for stage, value in seconds.items()},
    }


def summary_text(result: Result, was_there: bool, seconds: Mapping[str, float], charts: bool) -> str:
    """The summary as a reader on a terminal sees it."""
    last, end = last_of(result), result.months[-1]
    lines = [
        result.title,
        result.scenario["scenario"]["question"],
        *(f"Given: {vote}." for vote in given_in_words(result.scenario)),
        "",
        f"{many(result.count_at_start(), 'state')} with Taipei at the start ({known_to(result)}).",
        f"By the end of {end}: {last['mean']:.1f} on average; half of the runs {last['q25']} to {last['q75']}, "
        f"90 % of them {last['q05']} to {last['q95']}.",
    ]
    record = observed(result)
    if len(record) > 1:
        day, count = record[-1]
        lines.append(f"On record: {count} at the end of {day:%Y-%m}, where the record's whole months end.")
    lines += further(result.scenario)
    lines += [
        *filter(None, [leaving(result)]),
        "",
        *_chances(result, end),
        *_by_vote(result, end),
        *_cooperation(result, end),
        *_accounts(result),
        "",
        *_error(result),
        "",
        *_knowledge(result),
    ]
    lines += ["", written_to(result.folder, was_there, "Found")]
    if charts and result.folder is not None:
        lines.append(charts_in(result.folder / "charts", of_result(result).names))
    total = sum(seconds.values())
    lines.append(f"Time: {total:.1f} s: " + ", ".join(f"{stage} {value:.1f}" for stage, value in seconds.items()))
    return "\n".join(lines)


def _chances(result: Result, end: str) -> list[str]:
    leaving = sorted(rows_of(result, True), key=lambda row: (-row.p, row.name))
    lines = [f"Chance to have left Taipei by the end of {end} (range over what is not known):"]
    lines += [f"  {row.name:<34}{_percent(row.p)}{_range(row)}" for row in leaving[:_MOST_ROWS]]
    if len(leaving) > _MOST_ROWS:
        below = _percent(leaving[_MOST_ROWS - 1].p).strip()
        lines.append(f"  and {len(leaving) - _MOST_ROWS} more below {below} (states.csv)")
    back = min(rows_of(result, False), default=None, key=lambda row: (-row.p, row.iso3))
    if back is not None and back.p >= SMALLEST_SHOWN:
        lines.append(
            f"Of those not with Taipei, {back.name} is the likeliest to have come to it: "
            f"{_percent(back.p).strip()}{_range(back, ' ')}."
        )
    return lines


def _by_vote(result: Result, end: str) -> list[str]:
    """For the states the scenario is about their chance by outcome of their own vote; nothing where that is certain."""
    about = asked(result)
    lines = []
    for vote in by_vote(result.outcomes_columns, result.scenario):
        if vote["voter"] in about:
            parts = [_of_outcome(each, vote["voter"]) for each in vote["outcomes"] if each["runs"]]
            lines.append(f"  {place(vote['voter'])}, {spoken(vote['date'])}: {'; '.join(parts)}")
    head = (
        f"By outcome of their own vote, chance to have moved by the end of {end} (± Monte Carlo error; outcomes.csv):"
    )
    return ["", head, *lines] if lines else []


def _of_outcome(outcome: Mapping[str, Any], voter: str) -> str:
    state = outcome["states"][voter]
    error = "" if state["mc"] is None else f" ± {100 * state['mc']:.1f}"
    return f"{outcome['outcome'].replace('-', ' ')} {percent(state['p'])} %{error} ({many(outcome['runs'], 'run')})"


def _outcomes_json(result: Result) -> dict[str, Any]:
    """`outcomes.csv` in short: how many leave, where the count ends, and what goes with the outcomes of votes."""
    table = result.outcomes_columns
    short = ("number", "p", "mc")
    return {
        "nobody": {key: table.rows(what="nobody")[0][key] for key in ("p", "mc")},
        "at_least": [{key: row[key] for key in short} for row in table.rows(what="at_least")],
        "count": [{key: row[key] for key in short} for row in table.rows(what="count", tie=RECOGNITION)],
        "votes": by_vote(table, result.scenario, asked(result)),
    }


def _cooperation(result: Result, end: str) -> list[str]:
    """What became of military cooperation with Washington; nothing in a scenario without hosts."""
    if not result.hosts:
        return []
    last = last_of(result, COOPERATION)
    likeliest = min(rows_of(result, True, COOPERATION), key=lambda row: (-row.p, row.name))
    hosts = "1 host cooperates" if len(result.hosts) == 1 else f"{len(result.hosts)} hosts cooperate"
    span = _range(likeliest, " ") if likeliest.low != likeliest.high else ""
    return [
        "",
        f"{hosts} with Washington's forces at the start.",
        f"By the end of {end}: {last['mean']:.2f} on average; 90 % of the runs {last['q05']} to {last['q95']}.",
        f"Likeliest to have suspended it: {likeliest.name}, {_percent(likeliest.p).strip()}{span}.",
        *answers_in_words(result, tuple(asked(result))),
    ]


def _accounts(result: Result) -> list[str]:
    """What the patrons pay; nothing where accounts were not kept."""
    sentences = accounts_in_words(result)
    return [
        "",
        "What it costs (5 to 95 % of the runs; of one departure, of departures; accounts.csv):",
        *sentences,
    ] * bool(sentences)


def _error(result: Result) -> list[str]:
    if result.runs == 1:
        return [f"Monte Carlo error: one run does not tell it. Seed {result.seed}."]
    errors = [float(value) for value in result.states_columns["p_end_mc"]]
    return [
        f"Monte Carlo error (one standard error): {result.mean_error:.2f} states in the average count, at most "
        f"{100 * max(errors):.1f} points in a chance.",
        f"{result.runs:,} runs, seed {result.seed}; {4 * result.runs:,} runs would halve it.",
    ]


def _knowledge(result: Result) -> list[str]:
    kinds = Counter(belief["kind"] for belief in result.beliefs)
    by_kind = ", ".join(f"{kinds[kind]} {kind}" for kind in ("estimated", "documented", "assumed"))
    drawn = "drawn for every 20 runs" if result.settings["parameters"] == "drawn" else "all at their central values"
    lines = [f"Parameters: {by_kind}; {drawn} (sim parameters)."]
    late = sum(bool(belief["hindsight"]) for belief in result.beliefs)
    since = known_to(result)
    if late and since.year < 2026:
        lines.append(
            f"{late} of them were judged in 2026, knowing what came after {since}; levels and counted cases were not."
        )
    return lines


def _range(row: Row, gap: str = "  ") -> str:
    return f"{gap}({whole_percent(row.low)} to {whole_percent(row.high)})" if row.low == row.low else ""


def _percent(value: float) -> str:
    return f"{whole_percent(value):>3} %"
