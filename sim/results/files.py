"""The files of a result: its tables on disk, and the result read back from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ResultError, nearest
from sim.model.terms import OUTCOMES, SIDES, TRIGGERS, WEIGHED
from sim.results.accounts import read_accounts
from sim.results.answers import read_answers
from sim.results.folder import check
from sim.results.manifests import RESULT
from sim.results.outcomes import read_outcomes
from sim.results.place import Out, at
from sim.results.result import Result
from sim.results.table import (
    BLANK,
    MONTH,
    NUMBER,
    TEXT,
    WHOLE,
    Columns,
    Parquet,
    Table,
    month_ends,
    read_csv,
)
from sim.results.tables import COOPERATION, HORIZONS, RECOGNITION
from sim.results.talks import TALKS, before

TRAJECTORIES, EVENTS, SUMMARY, STATES, TALKED, DRAWN = RESULT.data
(LEDGER,) = RESULT.more
OUTCOME_TABLE, ANSWER_TABLE, ACCOUNT_TABLE = RESULT.later

_TRAJECTORIES: Columns = {"run": WHOLE, "month": MONTH, "tie": TEXT, "count": WHOLE}
_WEIGHED: Columns = dict.fromkeys(WEIGHED, NUMBER)
_EVENTS: Columns = {"run": WHOLE, "month": MONTH, "iso3": TEXT, "tie": TEXT, "from": TEXT, "to": TEXT, **_WEIGHED}
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


def write_data(result: Result, stage: Path) -> None:
    """Write the tables of a result into a folder, and its ledger where it has one."""
    _write_trajectories(result, stage / TRAJECTORIES)
    result.events_columns.write(stage / EVENTS)
    result.summary_columns.write(stage / SUMMARY)
    result.states_columns.write(stage / STATES)
    result.talks_columns.write(stage / TALKED)
    result.draws_columns.write(stage / DRAWN)
    result.outcomes_columns.write(stage / OUTCOME_TABLE)
    result.answers_columns.write(stage / ANSWER_TABLE)
    result.accounts_columns.write(stage / ACCOUNT_TABLE)
    if result.ledger is not None:
        result.ledger.write(stage / LEDGER)


def _write_trajectories(result: Result, path: Path) -> None:
    import pyarrow as pa

    runs, length = result.counts.shape
    ties, counts = zip(*result.counted, strict=True)
    which = np.repeat(np.arange(len(ties), dtype=np.int32), runs * length)
    Table(
        {
            "run": np.tile(np.repeat(np.arange(runs, dtype=np.int32), length), len(ties)),
            "month": np.tile(month_ends(result.months), runs * len(ties)),
            "tie": pa.DictionaryArray.from_arrays(pa.array(which), pa.array(ties)),
            "count": np.concatenate([count.ravel() for count in counts]),
        }
    ).write(path)


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
    runs, ties = manifest["settings"]["runs"], 2 if hosts else 1
    most = runs * len(months) * (len(members) + len(hosts))
    trajectories = Parquet(folder / TRAJECTORIES, _TRAJECTORIES, runs * len(months) * ties)
    if trajectories.rows != runs * len(months) * ties:
        rule = f"{runs} runs of {len(months)} months for {'each of two ties' if hosts else 'one tie'}"
        raise ResultError(Problem("", rule, f"{trajectories.rows} rows"), trajectories.path)
    counts = trajectories.arrow(["count"])["count"].to_numpy().reshape(ties, runs, len(months))
    if counts.size and not 0 <= int(counts.min()) <= int(counts.max()) <= len(members):
        raise ResultError(Problem("count", f"a whole number from 0 to {len(members)}"), trajectories.path)
    counts = counts.astype(np.uint8)
    ledger = LEDGER in manifest["files"]
    talks = Parquet(folder / TALKED, TALKS, manifest["talk_runs"] * len(months) * len(members))
    names = [belief["name"] for belief in manifest["parameters"]]
    count = -(-runs // manifest["settings"]["runs_per_draw"])
    draws = Parquet(folder / DRAWN, {"draw": WHOLE, **dict.fromkeys(names, NUMBER)}, count)
    return Result(
        scenario=manifest["scenario"],
        reference=manifest["reference"],
        extends=tuple(manifest["extends"]),
        months=months,
        members=members,
        counts=counts[0],
        changes=_changes(folder / EVENTS, runs, months, members, hosts, most),
        observed=tuple(manifest["observed"]),
        settings=manifest["settings"],
        beliefs=tuple(manifest["parameters"]),
        budgets=manifest["budgets_million_usd_a_year"],
        hosts=hosts,
        told=_read_states(folder / STATES, members, hosts),
        cooperation=counts[1] if hosts else None,
        told_outcomes=_read_outcomes(folder, manifest, members),
        told_answers=_read_answers(folder, manifest, hosts),
        told_accounts=_read_accounts(folder, manifest, members, hosts),
        ledger=_read_ledger(folder / LEDGER, most) if ledger else None,
        talk_runs=manifest["talk_runs"],
        concluded=partial(_later, _read_talks, talks, manifest["talk_runs"], months, members),
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
    return Table({name: columns[name].to_numpy() if _LEDGER[name] in numbers else table[name] for name in _LEDGER})


def _later(read_table: Callable[..., Table], table: Parquet, *known: Any) -> Table:
    """A table that was looked at before, read now. Raises ResultError, also where its file is gone by now."""
    try:
        return read_table(table, *known)
    except OSError as error:
        raise ResultError(Problem("", f"a file that can be read: {error.strerror}"), table.path) from error


def _read_talks(table: Parquet, runs: int, months: Sequence[str], members: Sequence[tuple[str, str, str]]) -> Table:
    """`talks.parquet` as columns, arrays of texts and numbers. Raises ResultError for what the result does not know."""
    columns = table.arrow()
    _check_runs(columns["run"].to_numpy(), runs, table.path)
    dated = [before(months), *months]
    known = {
        "opened": dated, "closed": dated, "iso3": [code for code, _, _ in members], "side": SIDES[RECOGNITION],
        "trigger": TRIGGERS, "outcome": OUTCOMES,
    }  # fmt: skip
    return Table(
        {
            name: np.array(known[name])[_numbers(table, name, known[name])]
            if name in known
            else columns[name].to_numpy()
            for name in TALKS
        }
    )


def _read_draws(table: Parquet, draws: int) -> Table:
    """`draws.parquet` as columns. Raises ResultError where it has not a row for each draw in their order."""
    columns = table.arrow()
    if columns["draw"].to_pylist() != list(range(draws)):
        raise ResultError(Problem("draw", f"each draw from 0 to {draws - 1} in its order"), table.path)
    return Table({name: columns[name].to_numpy() for name in table})


def _changes(
    path: Path, runs: int, months: Sequence[str], members: Sequence[Any], hosts: Sequence[Any], most: int
) -> dict[str, Any]:
    """`events.parquet` as the engines number things."""
    table = Parquet(path, _EVENTS, most)
    events = table.arrow()
    run = events["run"].to_numpy().astype(np.int64)
    _check_runs(run, runs, path)
    ties = _numbers(table, "tie", (RECOGNITION, COOPERATION))
    codes, of_hosts = ([one[0] for one in places] for places in (members, hosts))
    sides = SIDES[RECOGNITION], SIDES[COOPERATION]
    changes: dict[str, Any] = {
        "run": run,
        "month": _numbers(table, "month", months),
        "state": _numbers_by(table, "iso3", ties, codes, of_hosts) + np.where(ties == 0, 0, len(codes)),
        "from": _numbers_by(table, "from", ties, *sides),
        "to": _numbers_by(table, "to", ties, *sides),
    }
    return changes | {name: events[name].to_numpy() for name in _WEIGHED}


def _check_runs(run: NDArray[Any], runs: int, path: Path) -> None:
    if run.size and not 0 <= int(run.min()) <= int(run.max()) < runs:
        raise ResultError(Problem("run", f"a whole number from 0 to {runs - 1}"), path)


def _numbers(table: Parquet, column: str, known: Sequence[str]) -> NDArray[np.int64]:
    """The place of each row's name among those that the result knows. Raises ResultError for another."""
    return _numbers_by(table, column, np.zeros(table.rows, dtype=np.int64), known)


def _numbers_by(table: Parquet, column: str, which: NDArray[np.int64], *known: Sequence[str]) -> NDArray[np.int64]:
    """The same where `which`, (rows,), says for each row among which of the lists its name is to be found."""
    labels, places = table.coded(column)
    numbers = np.array([[names.index(one) if one in names else -1 for one in labels] for names in known])
    given = numbers.reshape(len(known), len(labels))[which, places]
    if (given < 0).any():
        label = labels[places[given < 0][0]]
        names = [name for names in known for name in names]
        raise ResultError(Problem(column, "a name that this result knows", label, nearest(label, names)), table.path)
    return given.astype(np.int64)


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
