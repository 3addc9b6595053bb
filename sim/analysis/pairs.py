"""One scenario against another, run by run: the tables of their differences, each number with its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results import Result, Table
from sim.results.table import DIGITS
from sim.results.tables import COOPERATION, RECOGNITION, Place, count_error, horizons, moved, paired, quantiles

COLUMNS: dict[str, tuple[str, ...]] = {
    "count": ("scenario", "against", "month", "tie", "mean", "q05", "q25", "q50", "q75", "q95", "more", "fewer", "mc"),
    "states": (
        "scenario", "against", "iso3", "state", "tie", "horizon", "p", "p_against", "difference", "low", "high", "mc",
        "at_start",
    ),
    "instead": ("scenario", "against", "iso3", "state", "both", "only_here", "only_there"),
    "swaps": ("scenario", "against", "iso3_here", "iso3_there", "share"),
}  # fmt: skip
"""Tables of a comparison and their columns; the files have their names."""
MOST_SWAPS = 30

Rows = list[tuple[object, ...]]


@dataclass(frozen=True, eq=False)
class Pair:
    """One scenario against the baseline: every number is the scenario's less the baseline's, run by run."""

    scenario: str
    against: str
    months: tuple[str, ...]
    """Labels of the rows that both have."""
    first: str | None
    """The first month in which any run differs; None if none does."""
    saved: Mapping[str, float | None]
    """By tie: 1 - var(difference) / (var(scenario) + var(baseline)) of the count at the end, <= 1; None for 0 / 0."""
    tables: Mapping[str, Table]
    """Its rows of each table."""

    @property
    def ties(self) -> tuple[str, ...]:
        """Recognition; cooperation too, where both follow the same hosts."""
        return tuple(self.saved)

    def rows(self, table: str, **wanted: object) -> list[dict[str, Any]]:
        """The rows of a table whose columns have the wanted values."""
        return self.tables[table].rows(**wanted)

    @property
    def at_end(self) -> list[dict[str, Any]]:
        """The difference of the count in the last month, one row per tie."""
        return self.rows("count", month=self.months[-1])


@dataclass(frozen=True, eq=False)
class _Places:
    """The ties of states that two results both follow, and where each has them."""

    common: tuple[Place, ...]
    """(n,) as the baseline has them."""
    here: NDArray[np.int64]
    """(n,) place in the scenario."""
    there: NDArray[np.int64]
    """(n,) place in the baseline."""


def pair_of(here: Result, there: Result, name: str, against: str) -> Pair:
    """A result against the baseline, under the names by which the tables tell them apart."""
    months = min(here.months, there.months, key=len)
    rows = range(len(months))
    hosts = {code for code, _ in there.hosts}
    ties = [RECOGNITION] + [COOPERATION] * (bool(hosts) and {code for code, _ in here.hosts} == hosts)
    places = _common(here, there, ties)
    count: Rows = []
    saved: dict[str, float | None] = {}
    differs = [_first_sides(here, there, places, rows)]
    for tie in ties:
        one, other = (result.counted[tie][:, : len(rows)].astype(np.int16) for result in (here, there))
        count += _count_rows(one - other, months, tie, int(here.settings["runs_per_draw"]))
        saved[tie] = _saved(one[:, -1], other[:, -1])
        differs += np.flatnonzero((one != other).any(axis=0))[:1].tolist()
    first = min([row for row in differs if row is not None], default=None)
    states, instead, swaps = _who(here, there, places, len(rows) - 1)
    tables = {"count": count, "states": states, "instead": instead, "swaps": swaps}
    return Pair(
        name,
        against,
        months,
        None if first is None else months[first],
        saved,
        {table: _columns(table, rows, name, against) for table, rows in tables.items()},
    )


def _common(here: Result, there: Result, ties: Sequence[str]) -> _Places:
    """What both follow, in the order of the baseline."""
    own = {(place.tie, place.iso3): number for number, place in enumerate(here.places)}
    both = [
        (place, own[place.tie, place.iso3], number)
        for number, place in enumerate(there.places)
        if place.tie in ties and (place.tie, place.iso3) in own
    ]
    numbers = np.array([numbers for _, *numbers in both], dtype=np.int64).reshape(len(both), 2)
    return _Places(tuple(place for place, *_ in both), numbers[:, 0], numbers[:, 1])


def _columns(table: str, rows: Rows, name: str, against: str) -> Table:
    """Rows of one pair as columns; those of both names are the same all the way down."""
    filled = [(name, against, *row) for row in rows]
    return Table({column: [row[position] for row in filled] for position, column in enumerate(COLUMNS[table])})


def _count_rows(difference: Any, months: Sequence[str], tie: str, runs_per_draw: int) -> Rows:
    """Rows of `count`, one per month.

    difference : (runs, months) states, the scenario's count less the baseline's
    """
    least = difference.min()
    points = quantiles(difference - least) + least
    means, more, fewer = difference.mean(axis=0), (difference > 0).mean(axis=0), (difference < 0).mean(axis=0)
    return [
        (
            month,
            tie,
            float(means[row]),
            *points[:, row].tolist(),
            float(more[row]),
            float(fewer[row]),
            _known(count_error(difference[:, row : row + 1], runs_per_draw)),
        )
        for row, month in enumerate(months)
    ]


def _saved(here: Any, there: Any) -> float | None:
    """Share of the variance of a difference that pairing takes away; None where neither count varies."""
    apart = float(here.var() + there.var())
    return None if apart == 0.0 else 1.0 - float((here - there).var()) / apart


def _first_sides(here: Result, there: Result, places: _Places, rows: Sequence[int]) -> int | None:
    """The first row in whose month a state stands with Taipei in a run of one and not of the other.

    A change counts in its own month, as `events.parquet` has it, also in that of the start.
    """
    one, other = _Sides(here, places.here), _Sides(there, places.there)
    if not np.array_equal(one.now, other.now):
        return 0
    for row in rows:
        one.apply(row)
        other.apply(row)
        if not np.array_equal(one.now, other.now):
            return row
    return None


class _Sides:
    """Where each state stands in each run, month after month."""

    def __init__(self, result: Result, places: NDArray[np.int64]) -> None:
        self.changes = result.changes
        at_start = result.at_start
        self.column = np.full(at_start.shape[0], -1)
        self.column[places] = np.arange(places.shape[0])
        self.now = np.broadcast_to(at_start[places] == 0, (result.runs, places.shape[0])).copy()
        """(runs, n) whether the tie that is counted stands."""

    def apply(self, row: int) -> None:
        """The changes of the next row."""
        which = self.changes["month"] == row
        columns = self.column[self.changes["state"][which]]
        followed = columns >= 0
        self.now[self.changes["run"][which][followed], columns[followed]] = self.changes["to"][which][followed] == 0


def _who(here: Result, there: Result, places: _Places, last: int) -> tuple[Rows, Rows, Rows]:
    """Rows of `states`, `instead` and `swaps`; last : the row of the last month they share."""
    away = here.at_start[places.here] != 0
    by_place: list[Rows] = [[] for _ in places.common]
    gone: Any = None
    for label, row in horizons(last).items():
        one = moved(here.at_start, here.changes, here.runs, row)[:, places.here]
        other = moved(there.at_start, there.changes, there.runs, row)[:, places.there]
        gone = one, other
        for number, place in enumerate(places.common):
            chances = _chances(one[:, number], other[:, number], here)
            by_place[number].append((place.iso3, place.name, place.tie, label, *chances, place.at_start))
    with_taipei = [
        number for number, place in enumerate(places.common) if place.tie == RECOGNITION and not away[number]
    ]
    return (
        [row for rows in by_place for row in rows],
        *_instead(gone[0][:, with_taipei], gone[1][:, with_taipei], [places.common[number] for number in with_taipei]),
    )


def _chances(one: Any, other: Any, result: Result) -> tuple[float | None, ...]:
    """Both chances, their difference, its range over parameter draws with luck removed, its Monte Carlo error.

    one, other : (runs,) whether the tie has changed in the scenario, in the baseline
    """
    per_draw, central = int(result.settings["runs_per_draw"]), result.settings["parameters"] == "central"
    difference = paired(one.astype(np.int64) - other, per_draw, central)
    row = (float(one.mean()), float(other.mean()), difference.mean, difference.low, difference.high, difference.mc)
    return tuple(_known(value, DIGITS) for value in row)


def _instead(here: Any, there: Any, places: Sequence[Place]) -> tuple[Rows, Rows]:
    """Rows of `instead` and of `swaps`.

    here, there : (runs, n) whether each has left by the end
    """
    runs = here.shape[0]
    only_here, only_there = here & ~there, there & ~here
    shares = zip((here & there).mean(axis=0), only_here.mean(axis=0), only_there.mean(axis=0), strict=True)
    instead: Rows = [
        (place.iso3, place.name, *(float(share) for share in row)) for place, row in zip(places, shares, strict=True)
    ]
    together = only_here.T.astype(np.float64) @ only_there.astype(np.float64)
    swapped = [
        (-int(together[one, other]), places[one].iso3, places[other].iso3)
        for one, other in zip(*(index.tolist() for index in np.nonzero(together)), strict=True)
    ]
    swaps: Rows = [(one, other, -number / runs) for number, one, other in sorted(swapped)[:MOST_SWAPS]]
    return instead, swaps


def _known(value: float | None, digits: int | None = None) -> float | None:
    """A number for a table: None for what is not known, never a negative zero."""
    if value is None or value != value:
        return None
    return (value if digits is None else round(value, digits)) + 0.0
