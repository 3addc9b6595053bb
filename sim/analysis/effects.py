"""What one lever does, in numbers and words: paired differences of a sweep from the point where the scenario stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.levers import FIRST, called
from sim.sweeps.designs import GRID
from sim.sweeps.levers import usual_at
from sim.words import listed, minus

Document = Mapping[str, Any]
"""What a sweep says of itself (`sim.sweeps.swept.SweepResult.document`)."""

NINETY = 1.645
"""Standard errors on either side that hold 90 % of a normal law."""
_TIMES = {0.0: "without it", 0.5: "half as much", 2.0: "twice as much", 5.0: "five times as much"}
_USUAL = {0.5: "half the record's", 1.0: "the record's", 2.0: "twice the record's", 5.0: "five times the record's"}


@dataclass(frozen=True)
class Change:
    """What a point changes from the one that it is told apart from. States; chances in percentage points."""

    value: float
    """Where the lever stands."""
    outcome: float
    """Mean count, or chance in %."""
    difference: float
    error: float | None
    """90 % of Monte Carlo on either side of the difference, runs paired; None if not known."""
    low: float | None
    high: float | None
    """5 % and 95 % points of the difference over parameter draws, luck removed; None if not known."""

    @property
    def is_luck(self) -> bool:
        """Whether luck alone may have made it."""
        return self.difference == 0.0 or (self.error is not None and abs(self.difference) <= self.error)


@dataclass(frozen=True)
class Moved:
    """One path that is moved while all else stays."""

    path: str
    name: str
    """What a reader calls it."""
    own: float
    """Where it stands in the baseline."""
    base: float
    """The outcome there."""
    changes: tuple[Change, ...]
    """Of the other points that could be run, by value, ascending; none of them the baseline."""

    @property
    def largest(self) -> Change | None:
        """The largest change; of equal ones that of the higher value."""
        return max(self.changes, key=lambda change: (abs(change.difference), change.value), default=None)

    @property
    def size(self) -> tuple[float, float]:
        """Size of the largest change, and 90 % of its error."""
        one = self.largest
        return (0.0, 0.0) if one is None else (abs(one.difference), one.error or 0.0)

    def times(self, value: float) -> str:
        """A value in words: `five times as much`."""
        if not self.own:
            usual = usual_at(self.path)
            return _USUAL.get(round(value / usual, 6), f"{value / usual:.2g} times the record's")
        return _TIMES.get(round(value / self.own, 6), f"{value / self.own:.2g} times as much")


def moved(document: Document, *outcome: str, scale: float = 1.0) -> list[Moved]:
    """What each path of a sweep does to an outcome, one at a time, in the sweep's order.

    [] if nothing is paired, or several paths move together.

    outcome : the column that holds it, or the columns whose sum it is, whose errors together are then the most that
    its error can be; scale : what values are multiplied by, 100 for chances
    """
    columns, against, names = document["columns"], document.get("against"), outcome or ("mean",)
    together = len(document["varied"]) > 1 and document.get("design") == GRID
    if (
        against is None
        or together
        or any(f"{name}_change" not in columns or columns[name][against] is None for name in names)
    ):
        return []

    def value_at(end: str, point: int) -> float | None:
        values = [columns[f"{name}{end}"][point] for name in names]
        if any(value is None for value in values) or (len(values) > 1 and end in ("_change_low", "_change_high")):
            return None
        return scale * float(sum(values))

    paths = [varied["path"] for varied in document["varied"]]
    effects = []
    for path in paths:
        own = columns[path][against]
        changes = []
        for point, value in enumerate(columns[path]):
            difference = value_at("_change", point)
            if value == own or difference is None:
                continue
            error, low, high = (value_at(f"_change_{end}", point) for end in ("mc", "low", "high"))
            error = None if error is None else NINETY * error
            changes.append(Change(float(value), value_at("", point) or 0.0, difference, error, low, high))
        changes.sort(key=lambda change: change.value)
        name = called(path)
        effects.append(
            Moved(path, name[0].upper() + name[1:], float(own), value_at("", against) or 0.0, tuple(changes))
        )
    return effects


# --- words --------------------------------------------------------------------------------------------------


def lines(levers: Sequence[Moved]) -> list[str]:
    """One sentence per lever on the count at the end: what is without it, as it is, and at its greatest value."""
    return [_line(lever) for lever in levers if lever.changes]


def _line(lever: Moved) -> str:
    first, last = lever.changes[0], lever.changes[-1]
    begun = (
        f"{lever.name}: {lever.times(first.value)} {first.outcome:.1f} states remain, "
        f"{_differs(first, f'the {lever.base:.1f} as it is')}"
    )
    if last is first:
        return f"{begun}."
    return f"{begun}; {lever.times(last.value)} leaves {last.outcome:.1f}, {_differs(last)}."


def _differs(change: Change, than: str = "") -> str:
    """`1.4 (± 0.2) more than the 11.8 as it is`."""
    error = "" if change.error is None else f"± {fine(change.error, change.error)}"
    if change.is_luck:
        bound = f" ({error})" if error and change.error else ""
        return (f"no different from {than}" if than else "no different") + (f" beyond luck{bound}" if bound else "")
    size = fine(abs(change.difference), change.error)
    word = "more" if change.difference > 0.0 else "fewer"
    return f"{size} {f'({error}) ' if error else ''}{word}" + (f" than {than}" if than else "")


def fine(value: float, error: float | None) -> str:
    """A difference with a decimal, or two where its error is that small; its sign a true minus."""
    digits = 2 if error is not None and error < 0.095 else 1
    text = f"{value:.{digits}f}"
    return minus(text.lstrip("-") if float(text) == 0.0 else text)


def finding(levers: Sequence[Moved], counts: bool = True, remain: bool = True) -> str:
    """The headline: which lever does most and which least, never stronger than the error allows.

    counts : whether the outcome is a number of states, otherwise a chance; remain : whether it is the number that
    recognise Taipei
    """
    sizes = sorted(levers, key=lambda lever: -lever.size[0])
    strong = [lever for lever in sizes if lever.largest is not None and not lever.largest.is_luck]
    thing, unit = ("the count" if remain else "the number", "states") if counts else ("the chance", "points")
    if not strong:
        return f"No lever moves {thing} by more than luck could"
    first = strong[0]
    alike = [lever for lever in strong if not _apart(first, lever)]
    if len(alike) > 1:
        most = listed([fine(lever.size[0], lever.size[1]) for lever in alike])
        names = listed([lever.name for lever in alike])
        return f"{names} move {thing} about as much, by up to {most} {unit}{_least(sizes, alike)}"
    change = first.largest
    assert change is not None
    outcome = f"{change.outcome:.1f} states" if counts else f"{change.outcome:.0f} %"
    base = f"{first.base:.1f}" if counts else f"{first.base:.0f} %"
    leaves = "leaves" if counts and remain else "makes it"
    text = f"{first.name} does most: {first.times(change.value)} {leaves} {outcome} in place of {base}"
    return text + _least(sizes, [first])


def _least(sizes: Sequence[Moved], named: Sequence[Moved]) -> str:
    """What the weakest lever does, where that can be told from the others."""
    rest = [lever for lever in sizes if lever not in named]
    if not rest:
        return ""
    last = rest[-1]
    if last.largest is None or last.largest.is_luck:
        return f"; {last.name} moves it no more than luck"
    others = [lever for lever in sizes if lever is not last]
    if not all(_apart(other, last) for other in others):
        return ""
    return f"; {last.name} does least, {fine(last.size[0], last.size[1])} at most"


def _apart(one: Moved, other: Moved) -> bool:
    """Whether one lever's largest change is larger than the other's by more than both errors together make likely."""
    (size, error), (less, its) = one.size, other.size
    return size - less > math.hypot(error, its)


def one_finding(lever: Moved, counts: bool = True, remain: bool = True) -> str:
    """The headline of a sweep over one path: its largest change, if that is more than luck; as for `finding`."""
    change, thing = lever.largest, ("count" if remain else "number") if counts else "chance"
    if change is None or change.is_luck:
        return f"{lever.name}: no value moves the {thing} by more than luck could"
    outcome = f"{change.outcome:.1f} states" if counts else f"{change.outcome:.0f} %"
    if lever.path in FIRST:
        leaves = "leaves" if counts and remain else "makes it"
        where, than = f"{lever.times(change.value)} {leaves} {outcome}", "as it is"
    else:
        where = f"at {change.value:g}, " + (f"{outcome} remain" if counts and remain else f"it is {outcome}")
        than = f"at {lever.own:g}"
    size = fine(abs(change.difference), change.error)
    error = "" if change.error is None else f" (± {fine(change.error, change.error)})"
    unit, word = ("", "fewer" if change.difference < 0.0 else "more") if counts else (
        " points", "lower" if change.difference < 0.0 else "higher"
    )  # fmt: skip
    return f"{lever.name}: {where}, {size}{error}{unit} {word} than {than}"
