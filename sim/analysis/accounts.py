"""Accounts in words: what the contest costs Taipei, what one departure costs Beijing, and who pays whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.reading import changes_where, start_of
from sim.model.entries import left_of_month
from sim.model.terms import TAIPEI
from sim.results.accounts import ALL, POINTS, SUMS
from sim.results.result import Result
from sim.results.tables import COOPERATION, LEVELS, RECOGNITION
from sim.words import dollars, minus, percent

PATRONS = {"taipei": "Taipei", "beijing": "Beijing", "washington": "Washington"}
LEAST = 0.05
"""US$ million a year that are shown; less is not worth a row."""


@dataclass(frozen=True)
class Paid:
    """What a patron pays a state, or all of them, US$ million a year over the horizon, on average over runs."""

    patron: str
    state: str
    tie: str
    promised: float
    promised_low: float
    promised_high: float
    delivered: float
    delivered_low: float
    delivered_high: float


@dataclass(frozen=True)
class Departure:
    """What one departure costs Beijing, US$ million a year at face value while its package runs."""

    departures: int
    """Of all runs."""
    promised: float
    low: float
    high: float
    """5 and 95 % points over departures."""
    delivered: float
    free: float
    """Share of the departures that cost nothing, 0 to 1."""


def years(result: Result) -> float:
    """Length of the horizon, years."""
    return (len(result.months) - 1 + left_of_month(start_of(result))) / 12.0


def payments(result: Result) -> list[Paid]:
    """Who pays whom, the largest sums first; what comes to less than `LEAST` a year is left out."""
    rows = [_paid(row, years(result)) for row in result.accounts_columns.rows() if row["state"] != ALL]
    rows = [row for row in rows if max(abs(row.promised), abs(row.delivered)) >= LEAST]
    return sorted(rows, key=lambda row: (-abs(row.promised), row.state, row.patron))


def totals(result: Result) -> dict[tuple[str, str], Paid]:
    """What each patron pays in all, by patron and tie; nothing where accounts were not kept."""
    rows = [_paid(row, years(result)) for row in result.accounts_columns.rows(state=ALL)]
    return {(row.patron, row.tie): row for row in rows}


def _paid(row: dict[str, Any], span: float) -> Paid:
    sums = {f"{name}{part}": row[f"{name}{part}"] / span for name in SUMS for part in POINTS}
    return Paid(row["patron"], row["state"], row["tie"], **sums)


def departure(result: Result) -> Departure | None:
    """The price of a departure over all that there are; None where nobody leaves."""
    if "delivered" not in result.changes:
        return None
    gone = changes_where(
        result,
        ("price_musd", "delivered"),
        lambda changes: (changes["from"] == TAIPEI) & (changes["state"] < len(result.members)),
        needs=("state", "from"),
    )
    price, share = gone["price_musd"], gone["delivered"]
    if not len(price):
        return None
    low, high = np.quantile(price, [LEVELS[0], LEVELS[-1]]).tolist()
    arrives = float((price * share).mean())
    return Departure(len(price), float(price.mean()), low, high, arrives, float((price <= 0.0).mean()))


def accounts_in_words(result: Result) -> list[str]:
    """Sentences: what the contest costs Taipei, what Beijing pays and what one departure costs it, and Washington."""
    paid = totals(result)
    if not paid:
        return []
    taipei, beijing = paid["taipei", RECOGNITION], paid["beijing", RECOGNITION]
    sentences = [
        f"The contest costs Taipei {ranged(taipei.promised, taipei.promised_low, taipei.promised_high)} a year on "
        "average: its standing aid, and what it adds in talks."
    ]
    one = departure(result)
    if one is not None:
        sentences.append(
            f"One departure costs Beijing {ranged(one.promised, one.low, one.high)} a year while its package runs, and "
            f"{dollars(one.delivered)} of that arrives; {percent(one.free)} % of departures are free of charge."
        )
    if beijing.promised:
        promised = ranged(beijing.promised, beijing.promised_low, beijing.promised_high)
        delivered = ranged(beijing.delivered, beijing.delivered_low, beijing.delivered_high)
        sentences.append(
            f"To win states and to keep them it promises {promised} a year over the horizon, and delivers {delivered}."
            if one is not None
            else f"To keep states Beijing promises {promised} a year over the horizon, and delivers {delivered}."
        )
    for tie, to in (
        (RECOGNITION, "states with Taipei"),
        (COOPERATION, "hosts of its forces, in aid, rent and remittances,"),
    ):
        washington = paid.get(("washington", tie))
        if washington is None or abs(washington.promised) < LEAST:
            continue
        low, high, does = washington.promised_low, washington.promised_high, "bring"
        if washington.promised < 0.0:
            low, high, does = -high, -low, "cost"
        sum_ = ranged(abs(washington.promised), low, high)
        sentences.append(f"Washington’s acts {does} {to} {sum_} a year on average over the horizon.")
    return sentences


def finding(paid: dict[tuple[str, str], Paid]) -> str:
    """The headline: what each patron pays in all, the largest sum first."""
    sums = sorted((row for row in paid.values() if abs(row.promised) >= LEAST), key=lambda row: -abs(row.promised))
    return f"On average {'; '.join(_does(row) for row in sums)}" if sums else "Nobody pays anybody anything"


def _does(row: Paid) -> str:
    sum_ = f"{dollars(abs(row.promised))} a year"
    if row.tie == COOPERATION:
        return f"Washington’s answers {'cost' if row.promised < 0.0 else 'bring'} hosts {sum_}"
    if row.patron == "beijing":
        return f"Beijing promises {sum_} and delivers {short(row.delivered)}"
    does = "takes" if row.promised < 0.0 else "pays"
    return f"{PATRONS[row.patron]} {does} {sum_}"


def ranged(value: float, low: float, high: float) -> str:
    """A sum and its range, if it has one: `US$ 45 million (0 to 160)`."""
    return dollars(value) if short(low) == short(high) else f"{dollars(value)} ({short(low)} to {short(high)})"


def between(low: float, high: float) -> str:
    """A range of US$ million: `0 to 160`, or `0` if both are."""
    return short(low) if short(low) == short(high) else f"{short(low)} to {short(high)}"


def short(value: float) -> str:
    """A number of US$ million with two digits or more."""
    return minus("0" if abs(value) < 0.005 else f"{value:,.0f}" if abs(value) >= 9.95 else f"{float(f'{value:.2g}'):g}")
