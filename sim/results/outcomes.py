"""What came of votes and of all states together: chances by outcome of each vote, how many leave, where counts end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ResultError
from sim.results.table import BLANK, TEXT, WHOLE, Columns, Table, as_told, read_csv
from sim.results.tables import RECOGNITION, Place, sums_by_draw

VOTE, ANSWER, STATE, NOBODY, AT_LEAST, COUNT = KINDS = ("vote", "answer", "state", "nobody", "at_least", "count")
"""What a row is: the chance of an outcome, or of Washington's first answer to a host; that of a state's tie to have
changed, where the vote or the answer was this; that no state leaves Taipei; that so many leave or more; that the count
at the end is this."""
NONE = "none of these"
"""The outcome of a vote that has none of those named, where their chances do not add up to 1. No name has spaces."""
COLUMNS: Columns = {
    "what": TEXT, "tie": TEXT, "vote": TEXT, "outcome": TEXT, "iso3": TEXT, "state": TEXT, "number": BLANK,
    "runs": WHOLE, "p": BLANK, "mc": BLANK,
}  # fmt: skip


@dataclass(frozen=True)
class Vote:
    """One vote, and what came of it in each run."""

    name: str
    outcomes: tuple[str, ...]
    """Names of its outcomes; `NONE` the last where one is left open."""
    which: NDArray[np.uint8]
    """(runs,) number of the outcome in each run."""
    what: str = VOTE
    """`VOTE`, or `ANSWER` for Washington's first answer to the words or notice of the host of this code."""


Voted = Callable[[], tuple[Vote, ...]]
_DRAWS, _COLUMNS = 1000, 16
"""Draws whose runs are looked at, and columns whose errors are taken, at a time."""


class Rows(Protocol):
    """(runs, m) yes or no: an array, or what gives some of its rows as one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Runs and columns."""

    def __getitem__(self, rows: slice, /) -> NDArray[np.bool_]: ...


def no_votes() -> tuple[Vote, ...]:
    """What is known of votes where nothing is."""
    return ()


def outcomes_table(
    places: Sequence[Place],
    gone: Rows,
    left: NDArray[np.uint8],
    last: Mapping[str, NDArray[np.uint8]],
    votes: Sequence[Vote],
    runs_per_draw: int,
) -> Table:
    """The rows of `outcomes.csv`.

    places : (n,) every tie of every state, recognition first
    gone : (runs, n) whether each tie stands, at the end, elsewhere than at the start
    left : (runs,) states that leave Taipei at least once
    last : (runs,) by tie, the count at the end
    """
    runs = gone.shape[0]
    rows: list[dict[str, Any]] = []

    def add(what: str, happened: Rows, among: NDArray[np.bool_] | None = None, **texts: Any) -> None:
        """Rows of one kind: happened : (runs, m), with m texts each in the lists of `texts`."""
        chances, errors = shares(happened, among, runs_per_draw)
        number = runs if among is None else int(among.sum())
        for place, (p, mc) in enumerate(zip(chances, errors, strict=True)):
            blank = dict.fromkeys(COLUMNS, "") | {"number": None}
            own = {name: values[place] for name, values in texts.items()}
            rows.append(blank | {"what": what, "runs": number, "p": as_told(p), "mc": as_told(mc)} | own)

    for vote in votes:
        for number, outcome in enumerate(vote.outcomes):
            had = vote.which == number
            add(vote.what, had[:, None], vote=[vote.name], outcome=[outcome])
            add(
                STATE, gone, had, vote=[vote.name] * len(places), outcome=[outcome] * len(places),
                tie=[place.tie for place in places], iso3=[place.iso3 for place in places],
                state=[place.name for place in places],
            )  # fmt: skip
    most = range(1, max(1, int(left.max())) + 1)
    add(NOBODY, (left == 0)[:, None], tie=[RECOGNITION], number=[0])
    add(AT_LEAST, left[:, None] >= np.array(most), tie=[RECOGNITION] * len(most), number=list(most))
    for tie, counts in last.items():
        seen = range(int(counts.min()), int(counts.max()) + 1)
        add(COUNT, counts[:, None] == np.array(seen), tie=[tie] * len(seen), number=list(seen))
    return Table.of(rows, COLUMNS)


def leavers(places: Sequence[Place], changes: Mapping[str, NDArray[np.int64]], runs: int) -> NDArray[np.int64]:
    """(runs,) states that leave Taipei at least once, also if they are back by the end."""
    ties = np.array([place.tie == RECOGNITION for place in places])
    leaves = ties[changes["state"]] & (changes["from"] == 0)
    pairs = np.unique(changes["run"][leaves] * len(places) + changes["state"][leaves])
    return np.bincount(pairs // len(places), minlength=runs)


def shares(happened: Rows, among: NDArray[np.bool_] | None, runs_per_draw: int) -> tuple[list[float], list[float]]:
    """Shares of runs, each with its Monte Carlo standard error, NaN where there are too few runs to tell.

    happened : (runs, m); among : (runs,) the runs that count, all where left out
    Runs that share a draw of the parameters vary together: draws are taken as clusters, of uneven size where only some
    runs count.
    """
    runs, columns = happened.shape
    counts = np.ones(runs, dtype=np.bool_) if among is None else among
    size = runs_per_draw if runs > runs_per_draw else 1
    sizes = sums_by_draw(counts[:, None], size)[:, 0]
    total, clusters = int(sizes.sum()), int((sizes > 0).sum())
    unknown = [float("nan")] * columns
    if not total:
        return unknown, unknown
    spans = [slice(start, start + size * _DRAWS) for start in range(0, runs, size * _DRAWS)]
    kept = np.min_scalar_type(size)
    sums = np.concatenate(
        [sums_by_draw(happened[span] & counts[span, None], size).astype(kept) for span in spans], axis=0
    )
    p = sums.sum(axis=0) / total
    if clusters < 2:
        return p.tolist(), unknown
    squares = np.empty(columns)
    # A few columns at a time: a million runs have as many draws as to fill the memory. Not a column alone, whose sum
    # NumPy takes in another order.
    for some in np.array_split(np.arange(columns), max(1, columns // _COLUMNS)):
        own = slice(some[0], some[-1] + 1)
        apart = sums[:, own] - sizes[:, None] * p[own]
        squares[own] = (apart**2).sum(axis=0)
    mc = np.sqrt(squares * clusters / (clusters - 1.0)) / total
    return p.tolist(), mc.tolist()


def by_vote(table: Table, scenario: Mapping[str, Any], codes: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The votes that are open, by date, with what each outcome goes with: for summaries and pages.

    table : `outcomes.csv` as columns; scenario : its document; codes : states asked about, besides the one that votes
    Each has vote, voter (its code), date and `outcomes`: outcome, runs, p, mc and `states`, by code state, p and mc.
    A vote that has one outcome in all runs tells nothing, and is left out.
    """
    by_name: dict[str, dict[str, Any]] = {}
    for row in table.rows():
        if row["what"] == VOTE and row["runs"]:
            held = scenario["elections"].get(row["vote"])
            if held is None:
                continue
            vote = by_name.setdefault(
                row["vote"],
                {"vote": row["vote"], "voter": str(held["state"]), "date": str(held["date"]), "outcomes": []},
            )
            vote["outcomes"].append({key: row[key] for key in ("outcome", "p", "mc")} | {"runs": 0, "states": {}})
        elif row["what"] == STATE and row["tie"] == RECOGNITION and row["vote"] in by_name:
            vote = by_name[row["vote"]]
            vote["outcomes"][-1]["runs"] = row["runs"]
            if row["iso3"] in (vote["voter"], *codes):
                vote["outcomes"][-1]["states"][row["iso3"]] = {key: row[key] for key in ("state", "p", "mc")}
    several = [vote for vote in by_name.values() if sum(each["runs"] > 0 for each in vote["outcomes"]) > 1]
    return sorted(several, key=lambda vote: (vote["date"], vote["vote"]))


def read_outcomes(path: Path, codes: Sequence[str], scenario: Mapping[str, Any]) -> Table:
    """`outcomes.csv` as columns again. Raises ResultError for what is no such table, or of other states.

    codes : of the states simulated, of which some may have a second tie; scenario : its document
    """
    outcomes = sum(len(vote["outcomes"]) + 1 for vote in (scenario.get("elections") or {}).values())
    outcomes += 4 * len((scenario.get("cooperation") or {}).get("hosts") or ())
    table = read_csv(path, COLUMNS, (outcomes + 2) * (2 * len(codes) + 1))
    for name, known in (("what", KINDS), ("iso3", ("", *codes))):
        for row, value in enumerate(table[name], 2):
            if value not in known:
                raise ResultError(
                    Problem(f"{name}, line {row}", f"one of {', '.join(filter(None, known))}", value), path
                )
    for row, (p, mc) in enumerate(zip(table["p"], table["mc"], strict=True), 2):
        if p is not None and not 0.0 <= p <= 1.0:
            raise ResultError(Problem(f"p, line {row}", "a number from 0 to 1", p), path)
        if mc is not None and mc < 0.0:
            raise ResultError(Problem(f"mc, line {row}", "a number, 0 or more", mc), path)
    table["number"] = [None if number is None else int(number) for number in table["number"]]
    return table
