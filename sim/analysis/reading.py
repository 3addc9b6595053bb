"""What a result says, read once for charts, page and summary: its days, the record beside it, its states, its source.

Functions and not an object that holds them all: each reader asks two or three, and the result keeps its own tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.atlas import Change, Record
from sim.model.terms import SIDES
from sim.results.result import Result, with_agents
from sim.results.stored import changes_of
from sim.results.tables import RECOGNITION
from sim.scenario import given_in_words
from sim.scenario.given import TABLE, is_given
from sim.scenario.levers import called
from sim.words import chance_with_range, day, many, month, month_end, month_in_full, number, percent, ranged

STAYED, AWAY = "stayed", "has not come"
SMALLEST_SHOWN = 0.005
"""Candidates whose chance to come to Taipei rounds to nothing are only counted."""
SPANS = (5, 10, 20, 25, 50, 100)
"""Lengths an axis of chances can have, %."""
MOST_CHANGED = 3
"""Changes that stand beside a title; the others are counted."""
NAMING = ("scenario.name", "scenario.title")
"""What is no change of what a scenario says."""
MOST_ABOUT = 3
"""States of which the answer speaks, and for which the page says why."""


# --- Days and settings


def start_of(result: Result) -> date:
    """The first day of a scenario."""
    return day(result.scenario["scenario"]["start"])


def known_to(result: Result) -> date:
    """The day whose roster the scenario starts from: its `as_of`, otherwise its start."""
    return day(result.scenario["scenario"].get("as_of") or result.scenario["scenario"]["start"])


def row_days(result: Result) -> list[date]:
    """(T + 1,) the day each row of a result stands for: the start, then the ends of months."""
    return [start_of(result), *map(month_end, result.months[1:])]


def end_of(result: Result) -> str:
    """The last month of a result as a reader writes it."""
    return month(result.months[-1])


def end_words(result: Result) -> str:
    """`the end of 2026` where the last month is a December, otherwise `the end of May 2031`."""
    return end_in_words(month_end(result.months[-1]))


def end_in_words(last: date) -> str:
    """The same of the last day of that month."""
    return f"the end of {last.year if last.month == 12 else month_in_full(last)}"


def changed_in_words(result: Result) -> list[str]:
    """What was set and given on top of a scenario's file, in words; paths stay in the command to run it again."""
    settings = result.settings.get("set", {})
    lines = [
        f"{called(path)} {_written(value)}"
        for path, value in settings.items()
        if not is_given(path) and path not in NAMING
    ]
    on_top = {path.removeprefix(f"{TABLE}."): value for path, value in settings.items() if is_given(path)}
    return lines + [f"given: {fact}" for fact in given_in_words({**result.scenario, TABLE: on_top})]


def _written(value: Any) -> str:
    """A value that was set, whatever its kind."""
    if isinstance(value, Mapping) and {"central", "low", "high"} <= value.keys():
        return ranged(value)
    return number(value) if isinstance(value, (bool, int, float, str)) else "changed"


def title_of(result: Result) -> str:
    """The title of a scenario, with what was changed in it, in words, and agents of one's own."""
    title, changed = " ".join(str(result.scenario["scenario"]["title"]).split()), changed_in_words(result)
    if len(changed) > MOST_CHANGED:
        changed = [*changed[: MOST_CHANGED - 1], f"{len(changed) - MOST_CHANGED + 1} more changes"]
    return with_agents(f"{title} ({'; '.join(changed)})" if changed else title, result.agents)


def header(result: Result, measure: str) -> str:
    """The subtitle: the scenario's title, and below it the measure and unit."""
    return f"{title_of(result)}\n{measure}"


def source(results: Sequence[Result], basis: str | None = None) -> str:
    """The source line: scenario, runs, seed, how parameters were set, and the record, or another `basis`."""
    shared = {_settings(result) for result in results}
    kind = "Scenario" if len(results) == 1 else "Scenarios"
    if len(shared) == 1 and len(results) > 1:
        names = ", ".join(f"{result.name}{_given(result)} ({_identity(result)})" for result in results)
        settings = f"{names}; each with {shared.pop()}"
    else:
        settings = "; ".join(_said(result) for result in results)
    return f"{kind} {settings}. {basis or ' '.join(dict.fromkeys(result.basis for result in results))}"


def draws(result: Result) -> int:
    """How many parameter draws serve a result; 1 with central parameters."""
    if result.settings.get("parameters") == "central":
        return 1
    return -(-result.runs // int(result.settings["runs_per_draw"]))


def _settings(result: Result) -> str:
    """`2,000 runs, seed 2026, parameters drawn (100 draws)`."""
    mode = str(result.settings.get("parameters", "drawn"))
    drawn = f"parameters {mode}" + (f" ({many(draws(result), 'draw')})" if mode == "drawn" else "")
    return ", ".join((many(result.runs, "run"), f"seed {result.seed}", drawn))


def _given(result: Result) -> str:
    return "".join(f", given: {vote}" for vote in given_in_words(result.scenario))


def _identity(result: Result) -> str:
    return str(result.settings.get("id", ""))[:12]


def _said(result: Result) -> str:
    identity = _identity(result)
    return f"{result.name}: {_settings(result)}{_given(result)}" + (f", result {identity}" if identity else "")


# --- The record beside it


def furthest(results: Sequence[Result]) -> Record:
    """The record of results, of which some may know more than others: that which reaches furthest."""
    return max((result.known for result in results), key=lambda known: known.confirmed_until)


def recorded(known: Record, first: date, last: date) -> list[tuple[date, int]]:
    """The count on record at `first`, at each change after it, and at `last`, as far as the record goes."""
    last = min(last, known.confirmed_until)
    if last < first:
        return []
    days = {change.date for change in known.changes_between(first, last)} | {first, last}
    return [(day, known.count(day)) for day in sorted(days)]


def observed(result: Result) -> list[tuple[date, int]]:
    """The count on record at the rows of a result, as far as the record goes."""
    rows = zip(row_days(result), result.observed, strict=True)
    return [(day, count) for day, count in rows if count is not None and day <= result.known.confirmed_until]


def on_record(iso3: str, result: Result) -> str:
    """What a state did on record between the start and the end of a result: `left 26 Mar 2023`, or `stayed`.

    Empty where the record does not reach beyond the start; at most the last two changes.
    """
    known, since = result.known, known_to(result)
    until = min(known.confirmed_until, month_end(result.months[-1]))
    if until <= since:
        return ""
    changes = known.changes_between(since + timedelta(days=1), until)
    moves = [change for change in changes if change.iso3 == iso3 and "taipei" in (change.origin, change.destination)]
    if not moves:
        return STAYED if known.side(iso3, since) == "taipei" else AWAY
    return ", ".join(_move(change) for change in moves[-2:])


def _move(change: Change) -> str:
    when = str(change.date.year) if change.precision == "year" else month(change.date)
    return f"{'left' if change.origin == 'taipei' else 'came'} {when}"


def recorded_heading(result: Result) -> str:
    """The heading of the record's column: how far the record goes; empty when it ends by the start."""
    until, end = result.known.confirmed_until, month_end(result.months[-1])
    if until <= known_to(result):
        return ""
    return "on record" if until >= end else f"record to {month(until)}"


# --- The count and the states


def last_of(result: Result, tie: str = RECOGNITION) -> dict[str, Any]:
    """The last row of the summary of a tie."""
    return {name: values[-1] for name, values in result.summary_of(tie).items()}


@dataclass(frozen=True)
class Row:
    """One tie of one state: its chance to change, beside what it did on record."""

    iso3: str
    name: str
    recorded: str
    """What the record says it did within the horizon; empty where the record does not reach."""
    p: float
    """Chance that its tie at the end is not that of the start, 0 to 1."""
    low: float
    high: float
    error: float
    """Monte Carlo standard error of `p`."""
    ever: float | None = None
    """Chance that its tie was once not that of the start, whatever it is at the end; None if it is not asked for."""

    @property
    def beside(self) -> str:
        """What stands in the last column: the chance `ever`, otherwise what is on record."""
        return self.recorded if self.ever is None else f"{percent(self.ever)} %"

    @property
    def moved(self) -> bool:
        """Whether the record says that it moved."""
        return self.recorded not in ("", STAYED, AWAY)

    @property
    def listed(self) -> bool:
        """Whether it is listed among those that may come, and not only counted."""
        return self.p >= SMALLEST_SHOWN or self.recorded not in ("", AWAY)


def rows_of(result: Result, at_start: bool, tie: str = RECOGNITION) -> list[Row]:
    """Those that have a tie at the start, or the others, the most likely to change first, then by name."""
    columns = result.states_of(tie)
    names = ("iso3", "state", "p_end", "p_end_low", "p_end_high", "p_end_mc", "at_start")
    rows = []
    for iso3, name, p, low, high, error, side in zip(*(columns[key] for key in names), strict=True):
        if (side == SIDES[tie][0]) == at_start:
            recorded_move = on_record(str(iso3), result) if tie == RECOGNITION else ""
            numbers = [float("nan") if value is None else float(value) for value in (p, low, high, error)]
            rows.append(Row(str(iso3), str(name), recorded_move, *numbers))
    return sorted(rows, key=lambda row: (-row.p, -max(row.p, row.high), row.name))


def about(result: Result) -> list[Row]:
    """The states the answer is about: those the scenario names, otherwise the likeliest to leave; three at most."""
    rows = {row.iso3: row for row in [*rows_of(result, True), *rows_of(result, False)]}
    named = [rows[code] for code in result.scenario["scenario"].get("about", ()) if code in rows]
    return named[:MOST_ABOUT] or rows_of(result, True)[:1]


def note(result: Result, rows: list[Row]) -> str:
    """What the bars are, and how far another seed would move the dots."""
    ranges = "Bars and brackets: 5–95 % range over parameter draws, the luck of single runs removed."
    if not any(row.low < row.high for row in rows):
        ranges = "No ranges: the parameters do not vary between runs."
        if result.settings.get("parameters") != "central":
            ranges = "No ranges: too few parameter draws, or no difference between them."
    if result.runs == 1:
        return "A single run: what happened in it, not how likely it was."
    error = 200 * max([row.error for row in rows], default=0.0)
    if error == 0.0:
        return ranges
    bound = f"{error:.1f}" if error < 0.95 else f"{error:.0f}"
    return f"{ranges} Another seed would move a dot by about ±{bound} percentage points at most."


def left_out(rows: list[Row], kind: str) -> str:
    """How many states a chart leaves out, and the highest of their chances."""
    most = max(row.p for row in rows)
    return f"{many(len(rows), kind)}, " + (f"each at most {percent(most)} %" if most else "in no run")


def reach(rows: list[Row]) -> int:
    """The least round length of an axis, %, that holds every range."""
    most = max([max(row.p, row.high, row.ever or 0.0) for row in rows], default=0.0) * 100
    return next((span for span in SPANS if most <= span * 0.97), 100)


def numbered(row: Row) -> str:
    """The number printed in a row."""
    return chance_with_range(row.p, row.low, row.high)


def changes_where(
    result: Result,
    names: Sequence[str],
    where: Callable[[Mapping[str, NDArray[Any]]], NDArray[np.bool_]],
    needs: Sequence[str] = (),
    until: int | None = None,
) -> dict[str, NDArray[Any]]:
    """These columns of the changes of a result, by run and month, where it is so; read in parts, the others not kept.

    where : of some changes by column, which of them; needs : columns it looks at besides `run` and `names`
    until : the last run that is wanted; nothing after its part is read
    """
    parts = []
    for changes in changes_of(result.changes, tuple(dict.fromkeys(("run", *needs, *names)))):
        chosen = where(changes)
        parts.append({name: changes[name][chosen] for name in names})
        if until is not None and len(changes["run"]) and changes["run"][-1] >= until:
            break
    return {name: np.concatenate([part[name] for part in parts]) for name in names}
