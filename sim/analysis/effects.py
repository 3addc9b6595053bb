"""What one lever does, in numbers and words: paired differences of a sweep from the point where the scenario stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sim.atlas import states
from sim.scenario.fields import PATRONS
from sim.scenario.levers import FIRST, called
from sim.sweeps.designs import GRID
from sim.sweeps.levers import usual_at
from sim.words import ERRORS, beyond_luck, day, leading, listed, minus, number, spoken

Document = Mapping[str, Any]
"""What a sweep says of itself (`sim.sweeps.swept.SweepResult.document`)."""

_TIMES = {
    0.0: "without it", 0.5: "half as much", 2.0: "twice as much", 3.0: "three times as much",
    4.0: "four times as much", 5.0: "five times as much",
}  # fmt: skip
_PROPER = frozenset({*PATRONS.values(), *(one.name.split()[0] for one in states().values())})
"""First words of names that keep their capital inside a sentence."""
_USUAL = {0.5: "half the record's", 1.0: "the record's", 2.0: "twice the record's", 5.0: "five times the record's"}


@dataclass(frozen=True)
class Change:
    """What a point changes from the one that it is told apart from. States; chances in percentage points."""

    value: float
    """Where the lever stands; a day as its ordinal."""
    outcome: float
    """Mean count, or chance in %."""
    difference: float
    error: float | None
    """Two Monte Carlo errors of the difference, runs paired; None if not known."""
    low: float | None
    high: float | None
    """5 % and 95 % points of the difference over parameter draws, luck removed; None if not known."""
    point: int = -1
    """Its row in the table of points."""

    @property
    def is_luck(self) -> bool:
        """Whether luck alone may have made it, or its error is unknown."""
        return self.difference == 0.0 or not beyond_luck(self.difference, self.one_error)

    @property
    def one_error(self) -> float | None:
        """One Monte Carlo error of the difference; None if not known."""
        return None if self.error is None else self.error / ERRORS


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
    is_day: bool = False
    """Whether its values are days."""
    as_it_is: bool = True
    """Whether the baseline is the scenario itself, as far as this path goes, and not the point nearest to it."""

    @property
    def by_multiples(self) -> bool:
        """Whether values are said as multiples of the scenario's own: of a patron's first lever, if that is there."""
        return self.path in FIRST and self.as_it_is

    def at(self, value: float) -> str:
        """A value as a reader writes it."""
        return spoken(date.fromordinal(int(value))) if self.is_day else number(value)

    @property
    def largest(self) -> Change | None:
        """The largest change; of equal ones that of the higher value."""
        return max(self.changes, key=lambda change: (abs(change.difference), change.value), default=None)

    @property
    def size(self) -> tuple[float, float]:
        """Size of the largest change, and two errors of it."""
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

    Of a grid these are the points at which all other paths stand where they stand in the baseline.
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
    reference = document.get("reference") or {}
    paths = [varied["path"] for varied in document["varied"]]
    effects = []
    for path in paths:
        own, changes = columns[path][against], []
        beside = [other for other in paths if other != path]
        for point, value in enumerate(columns[path]):
            alone = all(columns[other][point] == columns[other][against] for other in beside)
            if value is None or value == own or not alone:
                continue
            if (change := change_at(document, point, names, scale)) is not None:
                changes.append(replace(change, value=place_of(value)))
        changes.sort(key=lambda change: change.value)
        name, stands = called(path), reference.get(path, own)
        base = scale * float(sum(columns[name][against] for name in names))
        effects.append(
            Moved(
                path, name[0].upper() + name[1:], 0.0 if own is None else place_of(own), base, tuple(changes),
                isinstance(own, str), own is None or place_of(stands) == place_of(own),
            )
        )  # fmt: skip
    return effects


def change_at(document: Document, point: int, outcome: Sequence[str] = ("mean",), scale: float = 1.0) -> Change | None:
    """What one point changes from the baseline of its sweep; None where that is not known. As for `moved`."""
    columns = document["columns"]

    def value_at(end: str) -> float | None:
        values = [columns[f"{name}{end}"][point] for name in outcome if f"{name}{end}" in columns]
        if len(values) < len(outcome) or any(value is None for value in values):
            return None
        return scale * float(sum(values))

    difference, error = value_at("_change"), value_at("_change_mc")
    if difference is None:
        return None
    low, high = (value_at(end) if len(outcome) == 1 else None for end in ("_change_low", "_change_high"))
    return Change(0.0, value_at("") or 0.0, difference, None if error is None else ERRORS * error, low, high, point)


def place_of(value: Any) -> float:
    """Where a value stands: itself, or the ordinal of a day."""
    return float(day(value).toordinal()) if isinstance(value, (str, date)) else float(value)


# --- words --------------------------------------------------------------------------------------------------


def lines(levers: Sequence[Moved]) -> list[str]:
    """One sentence per lever on the count at the end: what is without it, as it is, and at its greatest value."""
    return [_line(lever) for lever in levers if lever.changes]


def _line(lever: Moved) -> str:
    first, last = lever.changes[0], lever.changes[-1]
    than = f"the {lever.base:.1f} " + ("as it is" if lever.as_it_is else f"at {lever.at(lever.own)}")
    if not lever.by_multiples:
        begun = f"{lever.name}: at {lever.at(first.value)}, {first.outcome:.1f} states remain, {differs(first, than)}"
        rest = "" if last is first else f"; at {lever.at(last.value)}, {last.outcome:.1f}, {differs(last)}"
        return f"{begun}{rest}."
    begun = f"{lever.name}: {_with(lever, first)} {first.outcome:.1f} states remain, {differs(first, than)}"
    if last is first:
        return f"{begun}."
    return f"{begun}; {lever.times(last.value)} leaves {last.outcome:.1f}, {differs(last)}."


def _with(lever: Moved, change: Change) -> str:
    """Where a lever stands at a change, as an adverbial: `with twice as much`, `without it`, `at 2`."""
    if not lever.by_multiples:
        return f"at {lever.at(change.value)}"
    times = lever.times(change.value)
    return times if times.startswith("without") else f"with {times}"


def differs(change: Change, than: str = "") -> str:
    """A change of a count in a sentence: `1.4 (± 0.2) more than the 11.8 as it is`."""
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


def short(change: Change) -> str:
    """A change in a cell: `−3.8 ± 0.9`, two Monte Carlo errors; in brackets where luck may have made it."""
    error = "" if change.error is None else f" ± {fine(change.error, change.error)}"
    text = f"{'+' if change.difference > 0.0 else ''}{fine(change.difference, change.error)}{error}"
    return f"({text})" if change.is_luck else text


def finding(levers: Sequence[Moved], counts: bool = True, remain: bool = True) -> str:
    """The headline: which lever does most and which least, never stronger than the error allows.

    counts : whether the outcome is a number of states, otherwise a chance; remain : whether it is the number that
    recognise Taipei
    """
    moving = [lever for lever in levers if lever.changes]
    thing, unit = ("the count" if remain else "the number", "states") if counts else ("the chance", "points")
    sizes = sorted(moving, key=lambda lever: -lever.size[0])
    alike = [moving[place] for place in _leading(moving)]
    strong = [lever for lever in alike if lever.largest is not None and not lever.largest.is_luck]
    if not strong:
        what = "lever" if all(lever.path in FIRST for lever in levers) else "setting by itself"
        return f"No {what} moves {thing} by more than luck could"
    if len(strong) == 1 < len(alike):  # what the others do is too uncertain to say which does most
        return one_finding(strong[0], counts, remain)
    alike = strong
    if len(alike) > 1:
        most = listed([fine(lever.size[0], lever.size[1]) for lever in alike])
        names = listed([alike[0].name, *(within(lever.name) for lever in alike[1:])])
        return f"{names} move {thing} about as much, by up to {most} {unit}{_least(sizes, alike)}"
    (first,) = alike
    change = first.largest
    assert change is not None
    outcome = f"{change.outcome:.1f} states" if counts else f"{change.outcome:.0f} %"
    base = f"{first.base:.1f}" if counts else f"{first.base:.0f} %"
    where = _with(first, change)
    if first.by_multiples and where.startswith("with "):
        verb = "leaves" if counts and remain else "makes it"
        text = f"{first.times(change.value)} {verb} {outcome} in place of {base}"
    else:
        stop = "" if first.by_multiples else ","
        text = f"{outcome} remain" if counts and remain else f"it is {outcome}"
        text = f"{where}{stop} {text} in place of {base}"
    return f"{first.name} does most: {text}{_least(sizes, [first])}"


def _leading(levers: Sequence[Moved]) -> list[int]:
    """Places of the levers whose largest change no other is told from as larger; of none if all may be luck."""
    largest = [lever.largest for lever in levers]
    differences = [0.0 if one is None else one.difference for one in largest]
    return leading(differences, [None if one is None else one.one_error for one in largest])


def within(name: str) -> str:
    """A name inside a sentence: its first letter is small unless it is that of a patron or a state."""
    return name if name.split("'")[0].split(" ")[0] in _PROPER else f"{name[0].lower()}{name[1:]}"


def _least(sizes: Sequence[Moved], named: Sequence[Moved]) -> str:
    """What the weakest lever does, where that can be told from the others."""
    rest = [lever for lever in sizes if lever not in named]
    if not rest:
        return ""
    last = rest[-1]
    name = within(last.name)
    if last.largest is None or last.largest.is_luck:
        return f"; {name} moves it no more than luck"
    if any(len(_leading([other, last])) > 1 for other in sizes if other is not last):
        return ""
    return f"; {name} does least, {fine(last.size[0], last.size[1])} at most"


def one_finding(lever: Moved, counts: bool = True, remain: bool = True) -> str:
    """The headline of a sweep over one path: its largest change, if that is more than luck; as for `finding`."""
    change, thing = lever.largest, ("count" if remain else "number") if counts else "chance"
    if change is None or change.is_luck:
        return f"{lever.name}: no {'day' if lever.is_day else 'value'} moves the {thing} by more than luck could"
    outcome = f"{change.outcome:.1f} states" if counts else f"{change.outcome:.0f} %"
    stop = "" if lever.by_multiples else ","
    where = f"{_with(lever, change)}{stop} " + (f"{outcome} remain" if counts and remain else f"it is {outcome}")
    than = "as it is" if lever.by_multiples else f"at {lever.at(lever.own)}"
    size = fine(abs(change.difference), change.error)
    error = "" if change.error is None else f" (± {fine(change.error, change.error)})"
    unit, word = ("", "fewer" if change.difference < 0.0 else "more") if counts else (
        " points", "lower" if change.difference < 0.0 else "higher"
    )  # fmt: skip
    return f"{lever.name}: {where}, {size}{error}{unit} {word} than {than}"
