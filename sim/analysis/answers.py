"""Washington's answers to hosts in sentences: how often it gives each, what follows, what that costs each side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.results.result import Result
from sim.words import dollars, listed, percent

DOES = {"gives-way": "gives way", "waits": "waits", "retaliates": "retaliates"}
"""Washington's answers to words or a notice, as verbs."""


def answers_told(result: Result, codes: tuple[str, ...] = ()) -> list[str]:
    """Two sentences or three for each host whose words or notice Washington answers; nothing where it answers nobody.

    codes : of hosts asked about; none: all
    """
    said: list[str] = []
    for iso3, state in result.hosts:
        rows = {row["answer"]: row for row in result.answers_columns.rows(iso3=iso3)}
        if (not codes or iso3 in codes) and any(answer in rows for answer in DOES):
            said += _of_host(state, rows)
    return said


def _of_host(state: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    given = [(word, rows[answer]) for answer, word in DOES.items() if answer in rows]
    shares = listed([f"{word} in {percent(row['p'])} %" for word, row in given])
    ends = listed([percent(row["suspended"]) for _, row in given])
    said = [
        f"Washington, answering {state}, {shares} of the runs, "
        f"and cooperation is suspended at the end in {ends} % of these."
    ]
    costs = []
    if (row := rows.get("gives-way")) is not None and row["rent"]:
        costs.append(f"giving way costs it {_sum(row, 'rent')} a year")
    if (row := rows.get("retaliates")) is not None and (row["aid"] or row["remittances"]):
        both = f"{_sum(row, 'aid')} of aid and {_sum(row, 'remittances')} of remittances"
        costs.append(f"retaliation costs {state} {both} a year")
    if (row := rows.get("cuts-aid")) is not None and row["aid"]:
        costs.append(f"an aid cut after a suspension costs {state} {_sum(row, 'aid')} a year")
    if costs:
        told = "; ".join(costs)
        said.append(f"{told[0].upper()}{told[1:]} (5 to 95 % over what is not known).")
    return said


def _sum(row: Mapping[str, Any], name: str) -> str:
    """A mean sum without its sign, with its range."""
    low, high = sorted(abs(row[f"{name}{part}"]) for part in ("_low", "_high"))
    return f"{dollars(abs(row[name]))} ({low:,.0f} to {high:,.0f})"
