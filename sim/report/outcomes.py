"""The page on votes and counts: chances by outcome of each vote, how many leave, and where the count ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.reading import about
from sim.results.outcomes import by_vote
from sim.results.result import Result
from sim.scenario.given import place
from sim.words import day, month, percent

_LEAST_TOLD = 3
"""Numbers of states up to which it is said how likely they are to leave."""
_NUMBERS = ("one", "two", "three")


def leaving(result: Result) -> str:
    """How likely it is that nobody leaves, and that so many or more do; empty for a single run."""
    if result.runs == 1:
        return ""
    table = result.outcomes_columns
    nobody, several = table.rows(what="nobody")[0], table.rows(what="at_least")[:_LEAST_TOLD]
    parts = [f"{number} in {percent(row['p'])} %" for number, row in zip(_NUMBERS, several, strict=False)]
    return f"Nobody leaves in {percent(nobody['p'])} % of the runs; at least {', '.join(parts)}."


def asked(result: Result) -> list[str]:
    """Codes of the states that a scenario names, or else of the likeliest to leave."""
    return [row.iso3 for row in about(result)]


def ends(result: Result) -> list[dict[str, str]]:
    """Each count of states at the end, with its share of the runs and its error; empty for a single run."""
    rows = [] if result.runs == 1 else result.outcomes_columns.rows(what="count", tie="recognition")
    return [{"count": str(row["number"]), "share": percent(row["p"]), "luck": _error(row)} for row in rows]


def votes(result: Result) -> dict[str, Any]:
    """Rows of outcomes of the open votes, with the chances of the state that votes and of those asked about."""
    open_votes = [] if result.runs == 1 else by_vote(result.outcomes_columns, result.scenario, asked(result))
    names = {code: name for code, name, _ in result.members}
    rows = [
        {
            "vote": f"{place(vote['voter'])}, {month(day(vote['date']))}: {outcome['outcome'].replace('-', ' ')}",
            "share": percent(outcome["p"]),
            "cells": [
                _cell(outcome["states"].get(vote["voter"])),
                *(_cell(outcome["states"].get(code)) for code in asked(result)),
            ],
        }
        for vote in open_votes
        for outcome in vote["outcomes"]
        if outcome["runs"]
    ]
    return {"heads": ["The state that votes", *(names[code] for code in asked(result))], "rows": rows}


def _cell(row: Mapping[str, Any] | None) -> dict[str, str]:
    return {"told": "–", "luck": ""} if row is None else {"told": percent(row["p"]), "luck": _error(row)}


def _error(row: Mapping[str, Any]) -> str:
    return f"{100 * row['mc']:.1f}" if row["mc"] else ""
