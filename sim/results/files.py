"""The files of a result: its tables on disk, and the result read back from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Problem, ResultError
from sim.model.terms import OUTCOMES, SIDES, TIES, TRIGGERS, WEIGHED
from sim.results.accounts import read_accounts
from sim.results.answers import read_answers
from sim.results.folder import check
from sim.results.manifests import RESULT
from sim.results.outcomes import read_outcomes
from sim.results.place import Out, at
from sim.results.result import Result
from sim.results.stored import StoredChanges, StoredCounts, checked_runs, numbers, still_there
from sim.results.table import (
    BLANK,
    MONTH,
    NUMBER,
    TEXT,
    WHOLE,
    Columns,
    Parquet,
    Table,
    read_csv,
    values_of,
)
from sim.results.tables import HORIZONS, RECOGNITION
from sim.results.talks import TALKS, before

TRAJECTORIES, EVENTS, SUMMARY, STATES, TALKED, DRAWN = RESULT.data
(LEDGER,) = RESULT.more
OUTCOME_TABLE, ANSWER_TABLE, ACCOUNT_TABLE = RESULT.later

_WEIGHED: Columns = dict.fromkeys(WEIGHED, NUMBER)
_LEDGER: Columns = {"run": WHOLE, "month": MONTH, "iso3": TEXT, "tie": TEXT, "side": TEXT, "talks": TEXT, **_WEIGHED}
_CHANCES = [f"{label}{part}" for label in (*HORIZONS, "p_end") for part in ("", "_low", "_high", "_mc")]
_OF_TALKS = ("talks", "talks_lost", "price")
_STATES: Columns = {
    "iso3": TEXT, "state": TEXT, "tie": TEXT, **dict.fromkeys(_CHANCES, BLANK), "at_start": TEXT,
    **dict.fromkeys(_OF_TALKS, BLANK),
}  # fmt: skip


def folder_of(out: Out, name: str, identity: str) -> Path:
    """Where a result is kept: `<out>/<scenario>/<id>`, or exactly there."""
    return at(out, name, identity)


def read(folder: str | Path) -> Result:
    """Read a result back from its folder. Raises ResultError where it is missing, incomplete or damaged."""
    folder = Path(folder)
    manifest = check(folder, RESULT, pictures=False)
    try:
        return _read(folder, manifest)
    except OSError as error:
        raise ResultError(Problem("", f"a result whose files can be read: {error.strerror}"), folder) from error


def _read(folder: Path, manifest: Mapping[str, Any]) -> Result:
    months = tuple(manifest["months"])
    members = tuple((m["iso3"], m["state"], m["at_start"]) for m in manifest["members"])
    hosts = tuple((m["iso3"], m["state"]) for m in manifest["hosts"])
    most = manifest["settings"]["runs"] * len(months) * (len(members) + len(hosts))
    result = kept_in(
        folder,
        Result(
            scenario=manifest["scenario"],
            reference=manifest["reference"],
            extends=tuple(manifest["extends"]),
            months=months,
            members=members,
            counted={},
            changes={},
            observed=tuple(manifest["observed"]),
            settings=manifest["settings"],
            beliefs=tuple(manifest["parameters"]),
            budgets=manifest["budgets_million_usd_a_year"],
            hosts=hosts,
            told=_read_states(folder / STATES, members, hosts),
            told_outcomes=_read_outcomes(folder, manifest, members),
            told_answers=_read_answers(folder, manifest, hosts),
            told_accounts=_read_accounts(folder, manifest, members, hosts),
            talk_runs=manifest["talk_runs"],
        ),
    )
    assert isinstance(result.counted, StoredCounts)
    assert isinstance(result.changes, StoredChanges)
    result.changes.check()
    ledger = _read_ledger(folder / LEDGER, most) if LEDGER in manifest["files"] else None
    return replace(result, told_counts=result.counted.sums(len(members)), ledger=ledger)


def kept_in(folder: Path, result: Result) -> Result:
    """A result whose counts, changes, talks and draws are those of a folder. Raises ResultError if they cannot be."""
    runs, months, members = result.runs, result.months, result.members
    talks = Parquet(folder / TALKED, TALKS, result.talk_runs * len(months) * len(members))
    count = -(-runs // result.settings["runs_per_draw"])
    names = [belief["name"] for belief in result.beliefs]
    draws = Parquet(folder / DRAWN, {"draw": WHOLE, **dict.fromkeys(names, NUMBER)}, count)
    return replace(
        result,
        counted=StoredCounts(folder / TRAJECTORIES, TIES if result.hosts else TIES[:1], runs, len(months)),
        changes=StoredChanges(folder / EVENTS, runs, months, result.places),
        concluded=partial(_later, _read_talks, talks, result.talk_runs, months, members),
        drawn=partial(_later, _read_draws, draws, count),
        folder=folder,
    )


def _read_outcomes(folder: Path, manifest: Mapping[str, Any], members: Sequence[Any]) -> Table | None:
    """`outcomes.csv` as columns; None of a result that an older version wrote, which had none."""
    if OUTCOME_TABLE not in manifest["files"]:
        return None
    return read_outcomes(folder / OUTCOME_TABLE, [code for code, *_ in members], manifest["scenario"])


def _read_answers(folder: Path, manifest: Mapping[str, Any], hosts: Sequence[Any]) -> Table | None:
    """`answers.csv` as columns; None of a result that an older version wrote, which had none."""
    if ANSWER_TABLE not in manifest["files"]:
        return None
    return read_answers(folder / ANSWER_TABLE, [code for code, _ in hosts])


def _read_accounts(
    folder: Path, manifest: Mapping[str, Any], members: Sequence[Any], hosts: Sequence[Any]
) -> Table | None:
    """`accounts.csv` likewise."""
    if ACCOUNT_TABLE not in manifest["files"]:
        return None
    return read_accounts(folder / ACCOUNT_TABLE, [code for code, *_ in members], [code for code, _ in hosts])


def _read_ledger(path: Path, most: int) -> Table:
    """`ledger.parquet` as columns: texts as lists, numbers as arrays."""
    table = Parquet(path, _LEDGER, most)
    columns = table.arrow()
    numbers = (WHOLE, NUMBER)
    return Table({name: values_of(columns[name]) if _LEDGER[name] in numbers else table[name] for name in _LEDGER})


def _later(read_table: Callable[..., Table], table: Parquet, *known: Any) -> Table:
    """A table that was looked at before, read now. Raises ResultError, also where its file is gone by now."""
    with still_there(table.path):
        return read_table(table, *known)


def _read_talks(table: Parquet, runs: int, months: Sequence[str], members: Sequence[tuple[str, str, str]]) -> Table:
    """`talks.parquet` as columns, arrays of texts and numbers. Raises ResultError for what the result does not know."""
    columns = table.arrow()
    checked_runs(values_of(columns["run"]), runs, table.path)
    dated = [before(months), *months]
    known = {
        "opened": dated, "closed": dated, "iso3": [code for code, _, _ in members], "side": SIDES[RECOGNITION],
        "trigger": TRIGGERS, "outcome": OUTCOMES,
    }  # fmt: skip
    which = np.zeros(table.rows, dtype=np.int64)
    return Table(
        {
            name: np.array(known[name])[numbers(columns[name], name, table, which, known[name])]
            if name in known
            else values_of(columns[name])
            for name in TALKS
        }
    )


def _read_draws(table: Parquet, draws: int) -> Table:
    """`draws.parquet` as columns. Raises ResultError where it has not a row for each draw in their order."""
    columns = table.arrow()
    if columns["draw"].to_pylist() != list(range(draws)):
        raise ResultError(Problem("draw", f"each draw from 0 to {draws - 1} in its order"), table.path)
    return Table({name: values_of(columns[name]) for name in table})


def _read_states(path: Path, members: Any, hosts: Any) -> Table:
    """`states.csv` as columns again: texts, numbers, None for blanks."""
    table = read_csv(path, _STATES, len(members) + len(hosts))
    codes = [member[0] for member in members] + [host[0] for host in hosts]
    if table["iso3"] != codes:
        raise ResultError(Problem("iso3", "the states of this result in its order"), path)
    for name in _CHANCES:
        for row, value in enumerate(table[name], 2):
            if value is not None and not 0.0 <= value <= 1.0:
                raise ResultError(Problem(f"{name}, line {row}", "a number from 0 to 1", value), path)
    for name in _OF_TALKS:
        for row, value in enumerate(table[name], 2):
            if value is not None and value < 0.0:
                raise ResultError(Problem(f"{name}, line {row}", "a number, 0 or more", value), path)
    return table
