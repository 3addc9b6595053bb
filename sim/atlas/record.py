"""The record of recognition since October 1971: the roster, every change, and each state's side on a day."""

from __future__ import annotations

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import cast, get_args

from sim.atlas.own import OwnFacts, Side, cached
from sim.atlas.reading import CONFIDENCES, TABLES, Row, rows
from sim.atlas.states import read_states
from sim.errors import AtlasError, Problem

SIDES: tuple[Side, ...] = get_args(Side)
PRECISIONS = ("day", "month", "year")
KINDS: dict[str, tuple[bool, bool]] = {
    "switch": (True, True),
    "switch_back": (True, True),
    "first_recognition": (False, True),
    "resumption": (False, True),
    "severance": (True, False),
    "state_ceased": (True, False),
}
"""By kind of change: whether it starts from a capital, and whether it ends at one."""

ROSTER = "roster_1971.csv"
CHANGES = "recognition.csv"
LIMITS = "record.toml"
CHANGE_COLUMNS = (
    "date",
    "precision",
    "iso3",
    "from",
    "to",
    "kind",
    "confidence",
    "short_lived",
    "source",
    "note",
)


@dataclass(frozen=True)
class Change:
    """One change of formal ties (source: the row's own)."""

    date: date
    """Day on which it took effect; parts finer than `precision` are nominal."""
    precision: str
    """day, month or year."""
    iso3: str
    origin: Side
    destination: Side
    kind: str
    """One of `KINDS`."""
    confidence: str
    """high, medium or low; own for a change that a user adds."""
    short_lived: bool
    """True for both changes of an episode undone within six weeks."""
    source: str
    note: str


@dataclass(frozen=True)
class Record:
    """The roster of one day and every change after it, up to the day until which the record is confirmed."""

    start: date
    """Day of the roster, 1971-10-24."""
    confirmed_until: date
    """Last day that the sources reach; after it, the roster is only the last one known."""
    roster_1971: frozenset[str]
    """iso3 of the states with Taipei at the end of `start`."""
    changes: tuple[Change, ...]
    """Sorted by date, then iso3."""

    @cached_property
    def _by_state(self) -> Mapping[str, tuple[Change, ...]]:
        grouped: dict[str, list[Change]] = {iso3: [] for iso3 in sorted(self.roster_1971)}
        for change in self.changes:
            grouped.setdefault(change.iso3, []).append(change)
        return {iso3: tuple(grouped[iso3]) for iso3 in sorted(grouped)}

    @cached_property
    def _days(self) -> tuple[date, ...]:
        return tuple(change.date for change in self.changes)

    @cached_property
    def _rosters(self) -> tuple[tuple[str, ...], ...]:
        """The states with Taipei after each number of changes."""
        now = set(self.roster_1971)
        rosters = [tuple(sorted(now))]
        for change in self.changes:
            (now.add if change.destination == "taipei" else now.discard)(change.iso3)
            rosters.append(tuple(sorted(now)))
        return tuple(rosters)

    def side(self, iso3: str, on: date) -> Side | None:
        """The side of a state at the end of a day; None before it appears in the record."""
        self._reached(on)
        here: Side | None = "taipei" if iso3 in self.roster_1971 else None
        for change in self._by_state.get(iso3, ()):
            if change.date > on:
                break
            here = change.destination
        return here

    def recognisers(self, on: date) -> tuple[str, ...]:
        """The states with Taipei at the end of a day, sorted by iso3; `AtlasError` before `start`."""
        self._reached(on)
        return self._rosters[bisect_right(self._days, on)]

    def count(self, on: date) -> int:
        """How many states are with Taipei at the end of a day."""
        return len(self.recognisers(on))

    def changes_between(self, since: date, until: date) -> tuple[Change, ...]:
        """The changes dated from `since` to `until`, both days included."""
        return self.changes[bisect_left(self._days, since) : bisect_right(self._days, until)]

    def has_ceased(self, iso3: str, on: date) -> bool:
        """Whether a state had ceased to exist at the end of a day."""
        return any(c.kind == "state_ceased" and c.date <= on for c in self._by_state.get(iso3, ()))

    def changes_of(self, iso3: str) -> tuple[Change, ...]:
        """All changes of a state, by date."""
        return self._by_state.get(iso3, ())

    def last_departure(self, iso3: str, on: date) -> date | None:
        """The last day up to `on` on which a state left Taipei, short-lived episodes included."""
        days = (c.date for c in self._by_state.get(iso3, ()) if c.origin == "taipei" and c.date <= on)
        return max(days, default=None)

    def has_left(self, iso3: str, on: date) -> bool:
        """Whether a state left Taipei up to a day, for longer than an episode."""
        return any(c.origin == "taipei" and not c.short_lived and c.date <= on for c in self._by_state.get(iso3, ()))

    def _reached(self, on: date) -> None:
        if on < self.start:
            rule = f"must not lie before the record starts, {self.start.isoformat()}"
            raise AtlasError(Problem("date", rule, on.isoformat()))


def read_record(folder: Path = TABLES) -> Record:
    """The record of one folder of tables, checked: `AtlasError` names the table and line at fault."""
    known = read_states(folder)
    start, confirmed_until = _limits(folder)
    roster: set[str] = set()
    for row in rows(folder, ROSTER, ("iso3", "source")):
        iso3 = row.iso3(known)
        row.text("source")
        if iso3 in roster:
            row.fail("iso3", "must not be listed twice")
        roster.add(iso3)
    changes = [(row, _change(row, known)) for row in rows(folder, CHANGES, CHANGE_COLUMNS)]
    changes.sort(key=lambda pair: (pair[1].date, pair[1].iso3))
    for row, change in changes:
        if not start < change.date <= confirmed_until:
            row.fail("date", f"must lie after {start} and not after {confirmed_until}")
    _check_paths(roster, changes)
    _check_episodes(changes)
    return Record(start, confirmed_until, frozenset(roster), tuple(change for _, change in changes))


@cached
def record(own: OwnFacts | None = None) -> Record:
    """The record that ships with the package (59 states on 1971-10-24, 125 changes since), and a user's additions."""
    return read_record() if own is None else _extended(record(), own)


def _extended(known: Record, own: OwnFacts) -> Record:
    """The record, followed by a user's changes."""
    changes = list(known.changes)
    sides = {change.iso3: known.side(change.iso3, known.confirmed_until) for change in known.changes}
    for added in own.changes:
        origin = sides.get(added.state) or ("taipei" if added.state in known.roster_1971 else "none")
        before = {change.destination for change in changes if change.iso3 == added.state}
        was_here = added.to in before or (added.to == "taipei" and added.state in known.roster_1971)
        kind = own_kind(origin, added.to, was_here)
        changes.append(
            Change(added.date, "day", added.state, origin, added.to, kind, "own", False, added.source, own.name)
        )
        sides[added.state] = added.to
    return replace(known, confirmed_until=own.confirmed_until, changes=tuple(changes))


def own_kind(origin: Side, destination: Side, was_here: bool) -> str:
    """The kind of a user's change, one of `KINDS`; `was_here` : whether it has been on its new side before."""
    if destination == "none":
        return "severance"
    if origin == "none":
        return "resumption" if was_here else "first_recognition"
    return "switch_back" if was_here else "switch"


def _limits(folder: Path) -> tuple[date, date]:
    """First and last day of the record, from record.toml."""
    path = folder / LIMITS
    if not path.is_file():
        raise AtlasError(Problem("", "the table is missing"), file=LIMITS)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AtlasError(Problem("", f"must be TOML: {error}"), file=LIMITS) from error
    days: list[date] = []
    for key in ("record_start", "confirmed_until"):
        day = content.get(key)
        if type(day) is not date:
            raise AtlasError(Problem(key, "must be a date", day), file=LIMITS)
        days.append(day)
    if days[0] >= days[1]:
        raise AtlasError(Problem("confirmed_until", f"must lie after {days[0]}", str(days[1])), file=LIMITS)
    return days[0], days[1]


def _change(row: Row, known: Mapping[str, object]) -> Change:
    """One row of recognition.csv, each cell checked on its own and kind against the two sides."""
    origin = cast(Side, row.choice("from", SIDES))
    destination = cast(Side, row.choice("to", SIDES))
    kind = row.choice("kind", tuple(KINDS))
    if origin == destination:
        row.fail("to", "must differ from the side left")
    if KINDS[kind] != (origin != "none", destination != "none"):
        row.fail("kind", f"does not describe a change from {origin} to {destination}")
    return Change(
        row.day("date"),
        row.choice("precision", PRECISIONS),
        row.iso3(known),
        origin,
        destination,
        kind,
        row.choice("confidence", CONFIDENCES),
        row.yes("short_lived"),
        row.text("source"),
        row.optional("note"),
    )


def _check_paths(roster: Iterable[str], changes: Iterable[tuple[Row, Change]]) -> None:
    """Check that no state leaves a side that it is not on, or changes twice in a day.

    A state that is not on the roster may enter the record from any side but Taipei's.
    """
    sides: dict[str, Side] = dict.fromkeys(roster, "taipei")
    last: dict[str, date] = {}
    for row, change in changes:
        stood = sides.get(change.iso3)
        if stood is None and change.origin == "taipei":
            row.fail("from", f"{change.iso3} leaves Taipei but was not with Taipei")
        if stood is not None and change.origin != stood:
            row.fail("from", f"{change.iso3} must leave the side it is on, {stood}")
        if last.get(change.iso3) == change.date:
            row.fail("date", f"{change.iso3} must not change twice on one day")
        sides[change.iso3] = change.destination
        last[change.iso3] = change.date


def _check_episodes(changes: Iterable[tuple[Row, Change]]) -> None:
    """Check that short-lived changes come in pairs: a state's next change undoes the first."""
    opened: dict[str, tuple[Row, Change]] = {}
    for row, change in changes:
        if change.iso3 in opened:
            first = opened.pop(change.iso3)[1]
            if not change.short_lived or change.destination != first.origin:
                row.fail("short_lived", f"must undo the short-lived change of {first.date}")
        elif change.short_lived:
            opened[change.iso3] = (row, change)
    for row, change in opened.values():
        row.fail("short_lived", f"{change.iso3} never undoes this short-lived change")
