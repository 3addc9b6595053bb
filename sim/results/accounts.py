"""Accounts: what each patron pays each state over the horizon, promised and delivered, and what that adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ResultError
from sim.model.terms import ACCOUNTS, BEIJING_DELIVERS, BEIJING_PROMISES, TAIPEI_PAYS, TIES, WASHINGTON_PAYS
from sim.results.table import BLANK, TEXT, Columns, Table, as_told, read_csv
from sim.results.tables import COOPERATION, LEVELS, RECOGNITION, Place

Floats = NDArray[np.float64]

PAYS = {
    "taipei": (TAIPEI_PAYS, TAIPEI_PAYS),
    "beijing": (BEIJING_PROMISES, BEIJING_DELIVERS),
    "washington": (WASHINGTON_PAYS, WASHINGTON_PAYS),
}
"""By patron the columns of what it promises and of what arrives, in the engines' accounts."""
SUMS = ("promised", "delivered")
POINTS = ("", "_low", "_high")
ALL = "all"
"""What stands for the state in a row of totals, whose code is blank."""
COLUMNS: Columns = {
    "iso3": TEXT, "state": TEXT, "patron": TEXT, "tie": TEXT,
    **{f"{sum_}{part}": BLANK for sum_ in SUMS for part in POINTS},
}  # fmt: skip


def no_accounts() -> Floats:
    """The engines' accounts of no run."""
    return np.empty((0, 0, ACCOUNTS))


def accounts_table(accounts: Floats, places: Sequence[Place]) -> Table:
    """The rows of `accounts.csv`: states in their order, of each the patrons that pay it, then the totals.

    accounts : (runs, places, ACCOUNTS) US$ million over the horizon; of no run: a table without a row
    """
    if not accounts.shape[0]:
        return Table.of([], COLUMNS)
    rows = []
    pays = {patron: list(dict.fromkeys(columns)) for patron, columns in PAYS.items()}
    ties = [tie for tie in TIES if any(place.tie == tie for place in places)]
    totals = {
        (patron, tie): np.zeros((len(columns), accounts.shape[0]))
        for patron, columns in pays.items()
        for tie in (ties if patron == "washington" else (RECOGNITION,))
    }
    paid = np.asarray(accounts.any(axis=0))
    for number, place in enumerate(places):
        for patron, columns in pays.items():
            if not paid[number, columns].any():  # most patrons pay most states nothing
                continue
            sums = np.ascontiguousarray(accounts[:, number, columns].T)
            totals[patron, place.tie] += sums
            row = _row(place.iso3, place.name, patron, place.tie, sums)
            if any(row[f"{name}{part}"] for name in SUMS for part in POINTS):
                rows.append(row)
    rows += [_row("", ALL, patron, tie, sums) for (patron, tie), sums in totals.items()]
    return Table.of(rows, COLUMNS)


def _row(iso3: str, state: str, patron: str, tie: str, sums: Floats) -> dict[str, Any]:
    """A row; sums : (2, runs) promised and delivered, (1, runs) where all that is promised arrives."""
    row: dict[str, Any] = {"iso3": iso3, "state": state, "patron": patron, "tie": tie}
    points = np.empty((len(SUMS), len(POINTS)))
    points[:, 0] = sums.mean(axis=1)
    points[:, 1:] = np.quantile(sums, [LEVELS[0], LEVELS[-1]], axis=1).T
    for name, values in zip(SUMS, points.tolist(), strict=True):
        row |= {f"{name}{part}": as_told(x + 0.0) for part, x in zip(POINTS, values, strict=True)}
    return row


def read_accounts(path: Path, members: Sequence[str], hosts: Sequence[str]) -> Table:
    """`accounts.csv` as columns again. Raises ResultError for what is no such table, or of other states."""
    most = len(PAYS) * (len(members) + len(hosts) + len(TIES))
    table = read_csv(path, COLUMNS, most)
    codes = {RECOGNITION: ("", *members), COOPERATION: ("", *hosts)}
    for row, (iso3, patron, tie) in enumerate(zip(table["iso3"], table["patron"], table["tie"], strict=True), 2):
        for name, value, known in (("patron", patron, tuple(PAYS)), ("tie", tie, TIES)):
            if value not in known:
                raise ResultError(Problem(f"{name}, line {row}", f"one of {', '.join(known)}", value), path)
        if iso3 not in codes[tie]:
            raise ResultError(Problem(f"iso3, line {row}", "a state of this result, or blank for all", iso3), path)
    return table
