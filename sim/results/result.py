"""The result of a run: counts, changes and tables, in memory or read back from its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.atlas import OwnFacts, Record, record
from sim.model.terms import SIDES
from sim.results.accounts import accounts_table, no_accounts
from sim.results.answers import answers_table, first_answers, no_answers
from sim.results.events import events_table
from sim.results.outcomes import Voted, no_votes
from sim.results.table import Table
from sim.results.tables import (
    COOPERATION,
    RECOGNITION,
    Place,
    count_error,
    rows_of,
    states_table,
)
from sim.results.talks import no_talks, of_states
from sim.results.tally import CountSums, Tally, outcomes_of, summary_of
from sim.scenario import RecordTable
from sim.scenario.given import titled
from sim.shown import Shown
from sim.words import many, spoken

if TYPE_CHECKING:
    import pandas as pd
    import xarray


def own_facts(scenario: Mapping[str, Any]) -> OwnFacts | None:
    """What a scenario's document says has happened since the atlas ends."""
    table = scenario.get("record")
    return None if table is None else RecordTable.model_validate(table).facts


def basis_of(scenario: Mapping[str, Any]) -> str:
    """A sentence on the record of a scenario's document: its source, how far it reaches, what is assumed beyond."""
    own, header = own_facts(scenario), scenario["scenario"]
    ends, start = record(own=own).confirmed_until, date.fromisoformat(str(header["start"]))
    parts = [f"Record: recognition atlas to {spoken(record().confirmed_until)}"]
    if own is not None:
        parts.append(f"then {own.name} to {spoken(ends)}")
    if header.get("assume_unchanged") and ends < start:
        parts.append(f"assumed unchanged to {spoken(start)}")
    return ", ".join(parts) + "."


def further(scenario: Mapping[str, Any]) -> list[str]:
    """That sentence where a scenario's record is not the atlas alone; nothing where it is."""
    return [basis_of(scenario)] if scenario.get("record") or scenario["scenario"].get("assume_unchanged") else []


def with_agents(title: str, agents: str | None) -> str:
    """A title, with the name of agents that are one's own."""
    return title if agents is None else f"{title} [agents: {agents}]"


@dataclass(frozen=True, eq=False, repr=False)
class Result(Shown):
    """Everything one scenario gave."""

    scenario: Mapping[str, Any]
    """The scenario as resolved, tables as in its file."""
    months: tuple[str, ...]
    """(T + 1,) `YYYY-MM`. Row 0 is the roster at the end of `as_of`; row m is the end of month m."""
    members: tuple[tuple[str, str, str], ...]
    """(n,) code, name and side at the start of each state simulated."""
    counted: Mapping[str, NDArray[np.uint8]]
    """(runs, T + 1) by tie that is followed: states recognising Taipei, and hosts whose military cooperation is active.

    In memory, or read from the folder whenever they are asked for; so are the changes.
    """
    changes: Mapping[str, NDArray[Any]]
    """Columns of the changes: run, month (row), state (place), from, to (sides), and what it weighed."""
    observed: tuple[int | None, ...]
    """(T + 1,) the count on record, None after the day until which the record is confirmed."""
    settings: Mapping[str, Any]
    """id, runs, seed, engine, parameters (drawn or central), runs_per_draw, set (what was set on top, by path); agents
    (name, digest, classes) where they are one's own."""
    beliefs: tuple[Mapping[str, Any], ...]
    """Every parameter: name, unit, kind, family, central, low, high, cases, hindsight."""
    budgets: Mapping[str, float]
    """US$ million a year at central parameters: Beijing's purse, and the sum of Taipei's base aid."""
    reference: Mapping[str, Any] = field(default_factory=dict)
    """The scenario at the root of its `extends` chain, whose conditions are the reference."""
    extends: tuple[str, ...] = ()
    """Names of the scenarios it extends, nearest first."""
    hosts: tuple[tuple[str, str], ...] = ()
    """(h,) code and name of the hosts of Washington's forces, where the scenario follows that tie."""
    expected: NDArray[np.float64] | None = None
    """(draws, n + h, H, 2) sums of the chances met on the way, from which ranges are told; None of one in a folder."""
    told_counts: Mapping[str, CountSums] | None = None
    """The counts by tie, added up, where they are in the folder."""
    told: Table | None = None
    """`states.csv` as read back."""
    told_outcomes: Table | None = None
    """`outcomes.csv` as read back; None of a run, and of a result of an older version."""
    told_answers: Table | None = None
    """`answers.csv` likewise."""
    told_accounts: Table | None = None
    """`accounts.csv` likewise."""
    ledger: Table | None = None
    """What every state weighed in every month, where it was asked for."""
    talk_runs: int = 0
    """Runs, from the first, whose concluded talks and accounts are kept."""
    concluded: Callable[[], Table] = field(default=no_talks, repr=False)
    """Gives the concluded talks: from memory, or from the folder when they are asked for."""
    drawn: Callable[[], Table] = field(default=Table, repr=False)
    """Gives the draws of the parameters likewise."""
    voted: Voted = field(default=no_votes, repr=False)
    """Gives each vote with its outcome in each run; nothing of a result in a folder."""
    answers: NDArray[np.float64] = field(default_factory=no_answers, repr=False)
    """(answers, ANSWER_COLUMNS) the engines' rows of Washington's answers to hosts; none of a result in a folder."""
    book: NDArray[np.float64] = field(default_factory=no_accounts, repr=False)
    """(runs, n + h, ACCOUNTS) what each patron pays each place over the horizon, US$ million; none if in a folder."""
    folder: Path | None = None
    """Where its files are."""

    def __repr__(self) -> str:
        settings = f"{many(self.runs, 'run')}, seed {self.seed}, id {self.settings['id']}"
        return f"<Result of {self.name}: {self.months[0]} to {self.months[-1]}, {settings}>"

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.scenario["scenario"]["name"])

    @property
    def title(self) -> str:
        """Title of the scenario, with what was set on top of it, and agents that are one's own."""
        title = titled(str(self.scenario["scenario"]["title"]), self.settings.get("set", {}), self.scenario)
        return with_agents(title, self.agents)

    @property
    def agents(self) -> str | None:
        """Name of the file of agents of one's own, or of the classes; None of the shipped ones."""
        own = self.settings.get("agents")
        return None if own is None else str(own["name"])

    @cached_property
    def own(self) -> OwnFacts | None:
        """What the scenario says has happened since the atlas ends."""
        return own_facts(self.scenario)

    @property
    def known(self) -> Record:
        """The record of recognition, with what the scenario adds to it."""
        return record(own=self.own)

    @property
    def basis(self) -> str:
        """A sentence on the record: where it comes from, how far it reaches, what is assumed beyond it."""
        return basis_of(self.scenario)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.settings["runs"])

    @property
    def seed(self) -> int:
        """Seed of the random numbers."""
        return int(self.settings["seed"])

    @property
    def places(self) -> tuple[Place, ...]:
        """(n + h,) every tie of every state: recognition, then cooperation."""
        return (
            *(Place(code, name, side) for code, name, side in self.members),
            *(Place(code, name, SIDES[COOPERATION][0], COOPERATION) for code, name in self.hosts),
        )

    @cached_property
    def at_start(self) -> NDArray[np.int64]:
        """(n + h,) number of the side on which each tie stands at the start."""
        return np.array([SIDES[place.tie].index(place.at_start) for place in self.places], dtype=np.int64)

    @property
    def counts(self) -> NDArray[np.uint8]:
        """(runs, T + 1) states recognising Taipei."""
        return self.counted[RECOGNITION]

    @property
    def cooperation(self) -> NDArray[np.uint8] | None:
        """(runs, T + 1) hosts whose military cooperation is active; None in a scenario without hosts."""
        return self.counted.get(COOPERATION)

    @cached_property
    def tally(self) -> Tally:
        """All runs added up, as the tables need them."""
        tally = Tally(self.places, self.at_start, len(self.months), int(self.settings["runs_per_draw"]))
        tally.add(self.counted, self.changes)
        return tally

    @property
    def count_sums(self) -> Mapping[str, CountSums]:
        """The counts by tie, added up."""
        return self.tally.counts if self.told_counts is None else self.told_counts

    def count_at_start(self, tie: str = RECOGNITION) -> int:
        """The count in the first row, which all runs share."""
        return int(self.count_sums[tie].by_month[0].argmax())

    @cached_property
    def summary_columns(self) -> Table:
        """`summary.csv` as columns: recognition, then cooperation where it is followed."""
        return summary_of(self.months, self.count_sums, self.observed)

    @cached_property
    def states_columns(self) -> Table:
        """`states.csv` as columns."""
        if self.told is not None:
            return self.told
        places, expected = self.places, self.expected
        last, per_draw = len(self.months) - 1, int(self.settings["runs_per_draw"])
        if expected is None:
            expected = np.full((-(-self.runs // per_draw), len(places), len(rows_of(last)), 2), np.nan)
        central = self.settings["parameters"] == "central"
        chances = expected.swapaxes(0, 1)
        table = states_table(places, self.tally.gone, chances.__getitem__, self.runs, last, per_draw, central)
        return Table(table | of_states(self.talks_columns, places, self.talk_runs))

    @cached_property
    def outcomes_columns(self) -> Table:
        """`outcomes.csv` as columns; of a result of an older version without what hangs on votes."""
        if self.told_outcomes is not None:
            return self.told_outcomes
        votes = (*self.voted(), *first_answers(self.answers, self.hosts, self.runs))
        return outcomes_of(self.places, self.tally, votes, int(self.settings["runs_per_draw"]))

    @cached_property
    def answers_columns(self) -> Table:
        """`answers.csv` as columns; of a result of an older version without a row."""
        if self.told_answers is not None:
            return self.told_answers
        suspended = self.tally.gone_at_end.from_column(len(self.members))
        return answers_table(self.answers, self.hosts, suspended, int(self.settings["runs_per_draw"]))

    @cached_property
    def accounts_columns(self) -> Table:
        """`accounts.csv` as columns; of a result of an older version, or whose talks were not kept, without a row."""
        return accounts_table(self.book, self.places) if self.told_accounts is None else self.told_accounts

    def summary_of(self, tie: str = RECOGNITION) -> Table:
        """`summary.csv` as columns, the rows of one tie."""
        return self.summary_columns.where(tie=tie)

    def states_of(self, tie: str = RECOGNITION) -> Table:
        """`states.csv` as columns, the rows of one tie."""
        return self.states_columns.where(tie=tie)

    @cached_property
    def events_columns(self) -> Table:
        """`events.parquet` as columns: one row per change of side."""
        return events_table(self.changes, self.months, self.places)

    @cached_property
    def talks_columns(self) -> Table:
        """`talks.parquet` as columns: one row per concluded talk of the first `talk_runs` runs."""
        return self.concluded()

    @cached_property
    def draws_columns(self) -> Table:
        """`draws.parquet` as columns: draw, then each parameter by name; each serves `runs_per_draw` runs in a row."""
        return self.drawn()

    @property
    def mean_error(self) -> float:
        """Monte Carlo standard error of the mean count at the end."""
        last = self.count_sums[RECOGNITION].last
        return count_error(last[:, None], int(self.settings["runs_per_draw"]))

    def summary(self) -> pd.DataFrame:
        """One row per month: mean, quantiles, and the count on record (states)."""
        return self.summary_columns.frame()

    def states(self) -> pd.DataFrame:
        """One row per state: the chance that its tie is not what it was at the start, by horizon, with ranges."""
        return self.states_columns.frame()

    def outcomes(self) -> pd.DataFrame:
        """One row per chance: of outcomes of votes, of states by outcome, that so many leave, of counts at the end.

        what : vote, state, nobody, at_least or count; tie, vote, outcome, iso3, state, number : what it is of
        runs : those that count, >= 0; p : the chance, 0 to 1; mc : its Monte Carlo standard error, >= 0
        """
        return self.outcomes_columns.frame()

    def washington(self) -> pd.DataFrame:
        """One row a host and answer of Washington's: how often, what followed, and what it cost.

        runs, p, mc : runs that had it, their share, its Monte Carlo error; suspended, suspended_mc : the share of these
        in which cooperation is suspended at the end; aid, remittances, rent : change for the host, US$ million a year
        (mean, and 5 and 95 % points over the answers)
        """
        return self.answers_columns.frame()

    def accounts(self) -> pd.DataFrame:
        """One row a state, patron and tie with anything but zero, then totals: who pays whom.

        promised, delivered : US$ million over the horizon (mean, and 5 and 95 % points over runs); what Washington
        takes is below zero
        """
        return self.accounts_columns.frame()

    def events(self) -> pd.DataFrame:
        """One row per change: run, month, state, sides, chance, each term, price, hazard (per year)."""
        return self.events_columns.frame()

    def talks(self) -> pd.DataFrame:
        """One row per concluded talk: run, months, state, both limits, pressure, each term, chance, outcome, price."""
        return self.talks_columns.frame()

    def draws(self) -> pd.DataFrame:
        """One row per draw of the parameters: draw, then each parameter by name."""
        return self.draws_columns.frame()

    def trajectories(self) -> pd.DataFrame:
        """One row per run and month: run, month, tie, count."""
        return self.trajectories_columns.frame()

    def to_xarray(self) -> xarray.Dataset:
        """The counts of all runs and the draws of the parameters as labelled arrays; needs the extra `xarray`.

        count : (run, month) states recognising Taipei; cooperation : (run, month) hosts, where the scenario has any
        observed : (month) the count on record, NaN beyond it; parameters : (draw, parameter) in each one's unit
        Months are their last days; `draw_of_run` says which draw serves a run. Raises InputError without xarray.
        """
        from sim.results.arrays import dataset

        return dataset(self)

    @property
    def trajectories_columns(self) -> Table:
        """`trajectories.parquet` as columns: run by run, month by month, one tie after the other."""
        runs, length, ties = self.runs, len(self.months), list(self.counted)
        return Table(
            {
                "run": np.tile(np.repeat(np.arange(runs, dtype=np.int32), length), len(ties)),
                "month": np.tile(np.array(self.months), runs * len(ties)),
                "tie": np.repeat(np.array(ties), runs * length),
                "count": np.concatenate([counts.ravel() for counts in self.counted.values()]),
            }
        )
