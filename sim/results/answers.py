"""Washington's answers to hosts: how often it gives each, what follows, and what that costs in US$ million a year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ResultError
from sim.model.terms import (
    ANSWER_AID,
    ANSWER_COLUMNS,
    ANSWER_HOST,
    ANSWER_KIND,
    ANSWER_REMITTANCES,
    ANSWER_RENT,
    ANSWER_RUN,
    ANSWERS,
    GIVES_WAY,
    RETALIATES,
)
from sim.results.outcomes import ANSWER, NONE, Vote, shares
from sim.results.table import BLANK, TEXT, WHOLE, Columns, Table, as_told, read_csv
from sim.results.tables import LEVELS

MONEY = {"aid": ANSWER_AID, "remittances": ANSWER_REMITTANCES, "rent": ANSWER_RENT}
"""What an answer changes for the host, and its column in the engines' rows."""
_SHARES = ("p", "mc", "suspended", "suspended_mc")
COLUMNS: Columns = {
    "iso3": TEXT, "state": TEXT, "answer": TEXT, "runs": WHOLE, **dict.fromkeys(_SHARES, BLANK),
    **{f"{name}{part}": BLANK for name in MONEY for part in ("", "_low", "_high")},
}  # fmt: skip


def no_answers() -> NDArray[np.float64]:
    """The engines' rows where there are none."""
    return np.empty((0, ANSWER_COLUMNS))


def answers_table(
    rows: NDArray[np.float64], hosts: Sequence[tuple[str, str]], suspended: NDArray[np.bool_], runs_per_draw: int
) -> Table:
    """The rows of `answers.csv`: host by host, each answer that it got in at least one run.

    rows : (answers, ANSWER_COLUMNS); hosts : code and name of each
    suspended : (runs, h) whether its cooperation is suspended at the end
    """
    runs = suspended.shape[0]
    table: list[dict[str, Any]] = []
    for number, (iso3, state) in enumerate(hosts):
        own = rows[rows[:, ANSWER_HOST] == number]
        for kind in range(1, len(ANSWERS)):
            of_kind = own[own[:, ANSWER_KIND] == kind]
            if not len(of_kind):
                continue
            had = np.zeros(runs, dtype=np.bool_)
            had[of_kind[:, ANSWER_RUN].astype(np.int64)] = True
            (p,), (mc,) = shares(had[:, None], None, runs_per_draw)
            (then,), (then_mc,) = shares(suspended[:, [number]], had, runs_per_draw)
            row: dict[str, Any] = {"iso3": iso3, "state": state, "answer": ANSWERS[kind], "runs": int(had.sum())}
            row |= {name: as_told(value) for name, value in zip(_SHARES, (p, mc, then, then_mc), strict=True)}
            for name, column in MONEY.items():
                low, high = np.quantile(of_kind[:, column], [LEVELS[0], LEVELS[-1]]).tolist()
                points = (float(of_kind[:, column].mean()), low, high)
                row |= {f"{name}{part}": as_told(x) for part, x in zip(("", "_low", "_high"), points, strict=True)}
            table.append(row)
    return Table.of(table, COLUMNS)


def first_answers(rows: NDArray[np.float64], hosts: Sequence[tuple[str, str]], runs: int) -> tuple[Vote, ...]:
    """For each host that was answered, Washington's first answer to its words or notice in each run, like a vote.

    rows : (answers, ANSWER_COLUMNS), by run and month
    """
    outcomes = (*ANSWERS[GIVES_WAY : RETALIATES + 1], NONE)
    votes = []
    for number, (iso3, _) in enumerate(hosts):
        own = rows[(rows[:, ANSWER_HOST] == number) & (rows[:, ANSWER_KIND] <= RETALIATES)]
        if len(own):
            which = np.full(runs, RETALIATES, dtype=np.uint8)
            first, at = np.unique(own[:, ANSWER_RUN].astype(np.int64), return_index=True)
            which[first] = own[at, ANSWER_KIND].astype(np.uint8) - GIVES_WAY
            votes.append(Vote(iso3, outcomes, which, ANSWER))
    return tuple(votes)


def read_answers(path: Path, codes: Sequence[str]) -> Table:
    """`answers.csv` as columns again. Raises ResultError for what is no such table, or of other hosts."""
    table = read_csv(path, COLUMNS, len(codes) * len(ANSWERS))
    for name, known in (("iso3", codes), ("answer", ANSWERS)):
        for row, value in enumerate(table[name], 2):
            if value not in known:
                raise ResultError(Problem(f"{name}, line {row}", f"one of {', '.join(known)}", value), path)
    for name in ("p", "suspended"):
        for row, value in enumerate(table[name], 2):
            if value is not None and not 0.0 <= value <= 1.0:
                raise ResultError(Problem(f"{name}, line {row}", "a number from 0 to 1", value), path)
    return table
