"""A result's tables written as its runs come: each block goes to the files and into sums, and is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.terms import ACCOUNTS, OUTCOMES, SIDES, TALK_COLUMNS, TALK_ENDS, TALK_SIDE, TALK_STATE
from sim.results.accounts import accounts_table
from sim.results.answers import answers_table, first_answers
from sim.results.events import events_part
from sim.results.files import (
    ACCOUNT_TABLE,
    ANSWER_TABLE,
    DRAWN,
    EVENTS,
    LEDGER,
    OUTCOME_TABLE,
    STATES,
    SUMMARY,
    TALKED,
    TRAJECTORIES,
    kept_in,
)
from sim.results.outcomes import Vote
from sim.results.parts import Coded, Part, PartFile
from sim.results.result import Result
from sim.results.table import Table
from sim.results.tables import COOPERATION, RECOGNITION, states_table
from sim.results.talks import of_states, talks_part
from sim.results.tally import Spool, Tally, outcomes_of

_DRAWS = 5_000
"""Draws that are written as one group of rows."""
_OF_STATES = {"iso3": TALK_STATE, "side": TALK_SIDE, "outcome": TALK_ENDS["outcome"], "price": TALK_ENDS["price"]}
"""What `states.csv` takes from the concluded talks, and its column in the engines' rows."""


@dataclass(frozen=True)
class Block:
    """What the engines give of the next runs: whole draws, unless they are the last."""

    counted: Mapping[str, NDArray[np.uint8]]
    """(runs, T + 1) by tie."""
    changes: Mapping[str, NDArray[Any]]
    """As of a result."""
    expected: NDArray[np.float64]
    """(draws, n + h, H, 2) as the engines give it."""
    talks: NDArray[np.float64]
    """(talks, TALK_COLUMNS) of those runs whose talks are kept."""
    answers: NDArray[np.float64]
    """(answers, ANSWER_COLUMNS)"""
    accounts: NDArray[np.float64]
    """(runs, n + h, ACCOUNTS) of those runs whose talks are kept."""


class Writing:
    """The tables of one result, being written into a folder."""

    def __init__(self, bare: Result, stage: Path) -> None:
        """Begin the files; bare : the result, of which no run is known yet."""
        self._result, self._stage, self._places = bare, stage, bare.places
        self._codes = [code for code, *_ in bare.members]
        self._per_draw = int(bare.settings["runs_per_draw"])
        self._tally = Tally(self._places, bare.at_start, len(bare.months), self._per_draw)
        self._of_talks: list[NDArray[np.float64]] = [np.empty((0, len(_OF_STATES)))]
        self._answers = [bare.answers]
        self._accounts = np.empty((bare.talk_runs, len(self._places), ACCOUNTS))

    def __enter__(self) -> Writing:
        with ExitStack() as stack:
            empty = np.empty((0, len(self._result.months)), dtype=np.uint8)
            self._trajectories = stack.enter_context(
                PartFile(self._stage / TRAJECTORIES, self._trajectories_of(RECOGNITION, empty, 0))
            )
            self._events = stack.enter_context(PartFile(self._stage / EVENTS, self._events_of(self._result.changes)))
            self._talks = stack.enter_context(
                PartFile(self._stage / TALKED, self._talks_of(np.empty((0, TALK_COLUMNS))))
            )
            self._expected = stack.enter_context(Spool(self._stage))
            self._cooperation = stack.enter_context(Spool(self._stage))
            self._files = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def add(self, block: Block) -> None:
        """Write the next runs."""
        self._trajectories.add(self._trajectories_of(RECOGNITION, block.counted[RECOGNITION], self._tally.runs))
        if COOPERATION in block.counted:  # its rows come after all of recognition
            self._cooperation.add(block.counted[COOPERATION])
        self._events.add(self._events_of(block.changes))
        self._talks.add(self._talks_of(block.talks))
        self._accounts[self._tally.runs :][: len(block.accounts)] = block.accounts
        self._tally.add(block.counted, block.changes)
        self._expected.add(block.expected.swapaxes(0, 1))
        self._of_talks.append(block.talks[:, list(_OF_STATES.values())])
        self._answers.append(block.answers)

    def finished(self, votes: Sequence[Vote], draws: Table, ledger: Table | None) -> Result:
        """Write what all runs come to, after the last of them; the result is read from the folder.

        votes : what came of each; draws : `draws.parquet` as columns; ledger : `ledger.parquet`, if wanted
        """
        first = 0
        for counts in self._cooperation:
            self._trajectories.add(self._trajectories_of(COOPERATION, counts, first))
            first += counts.shape[0]
        with PartFile(self._stage / DRAWN, {name: values[:0] for name, values in draws.items()}) as file:
            for start in range(0, len(draws["draw"]), _DRAWS):
                file.add({name: values[start : start + _DRAWS] for name, values in draws.items()})
        bare, places, tally = self._result, self._places, self._tally
        answers, suspended = np.concatenate(self._answers), tally.gone_at_end.from_column(len(bare.members))
        result = replace(
            bare,
            told_counts=tally.counts,
            told=self._states(),
            told_outcomes=outcomes_of(
                places, tally, (*votes, *first_answers(answers, bare.hosts, tally.runs)), self._per_draw
            ),
            told_answers=answers_table(answers, bare.hosts, suspended, self._per_draw),
            told_accounts=accounts_table(self._accounts, places),
            ledger=ledger,
        )
        self._files.close()
        result.summary_columns.write(self._stage / SUMMARY)
        result.states_columns.write(self._stage / STATES)
        result.outcomes_columns.write(self._stage / OUTCOME_TABLE)
        result.answers_columns.write(self._stage / ANSWER_TABLE)
        result.accounts_columns.write(self._stage / ACCOUNT_TABLE)
        if ledger is not None:
            ledger.write(self._stage / LEDGER)
        return kept_in(self._stage, result)

    def _states(self) -> Table:
        """`states.csv` as columns."""
        bare, tally = self._result, self._tally
        last, central = len(bare.months) - 1, bare.settings["parameters"] == "central"
        chances = self._expected.__getitem__
        table = states_table(self._places, tally.gone, chances, tally.runs, last, self._per_draw, central)
        columns = dict(zip(_OF_STATES, np.concatenate(self._of_talks).T, strict=True))
        labels = {"iso3": self._codes, "side": SIDES[RECOGNITION], "outcome": OUTCOMES}
        talks = {name: Coded(columns[name].astype(np.int64), labels[name]).words for name in labels}
        return Table(table | of_states(talks | {"price": columns["price"]}, self._places, bare.talk_runs))

    def _trajectories_of(self, tie: str, counts: NDArray[np.uint8], first: int) -> Part:
        """Rows of `trajectories.parquet`; first : the number of the first of these runs."""
        runs, length = counts.shape
        return {
            "run": np.repeat(np.arange(first, first + runs, dtype=np.int32), length),
            "month": Coded(np.tile(np.arange(length), runs), self._result.months),
            "tie": Coded(np.zeros(counts.size, dtype=np.int8), (tie,)),
            "count": counts.ravel(),
        }

    def _events_of(self, changes: Mapping[str, NDArray[Any]]) -> Part:
        return events_part(changes, self._result.months, self._places)

    def _talks_of(self, rows: NDArray[np.float64]) -> Part:
        return talks_part(rows, self._result.months, self._codes)
