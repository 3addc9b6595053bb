"""The dated events of a scenario as the engines take them: what each says, when, and what it weighs by month."""

from __future__ import annotations

import calendar as days
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sim.model import calendar as kinds
from sim.model.draws import purpose_of
from sim.model.terms import ANSWERS, SIDES
from sim.model.timeline import Events, Floats
from sim.parameters import Distribution, LogitNormal, LogNormal, SplitNormal
from sim.scenario import Range, Scenario
from sim.scenario.events import Answer, Event, Inauguration, Switch
from sim.scenario.fields import bounds_of, month_number
from sim.scenario.schema import Outcome

Votes = list[tuple[str, list[tuple[str, Outcome]]]]
"""Elections and their outcomes, both with their names."""
_FOR_GOOD = 100_000
_ANSWERS = {None: kinds.AUCTION, "refused": kinds.REFUSED, "met": kinds.MET}


@dataclass(frozen=True)
class Uncertain:
    """A number of the scenario that is given as a range: drawn with the parameters, by its path."""

    path: str
    distribution: Distribution
    minimum: float
    maximum: float
    """Draws stay within what the scenario language allows."""


@dataclass(frozen=True)
class Entry:
    """One event of the calendar, or one effect of an election, placed in time."""

    name: str
    """Path of the event, which addresses its random numbers."""
    event: Event
    month: int
    day: int
    election: int
    outcome: int


def votes_of(scenario: Scenario) -> Votes:
    """The elections that are held and their outcomes, both by name: their numbers in the timeline."""
    return [
        (name, sorted(election.outcomes.items()))
        for name, election in sorted(scenario.elections.items())
        if election.enabled
    ]


def entries_of(scenario: Scenario, first: int) -> list[Entry]:
    """The events of the calendar and the effects of elections, in the order in which they happen.

    first : absolute month of the start
    """
    return sorted(_entries(scenario, first), key=lambda entry: (entry.month, entry.day, _late(entry), entry.name))


def _entries(scenario: Scenario, first: int) -> Iterator[Entry]:
    for name, event in scenario.events.items():
        if event.enabled and event.date is not None:
            yield Entry(f"events.{name}", event, month_number(event.date) - first, event.date.day, -1, -1)
    for number, (name, outcomes) in enumerate(votes_of(scenario)):
        election = scenario.elections[name]
        for which, (outcome, what) in enumerate(outcomes):
            for effect, event in what.effects.items():
                if event.enabled and event.delay_months is not None:
                    month = month_number(election.date) - first + event.delay_months
                    path = f"elections.{name}.outcomes.{outcome}.effects.{effect}"
                    yield Entry(path, event, month, election.date.day, number, which)


def _late(entry: Entry) -> int:
    """The order of one day: words of a government to come, its inauguration, everything else."""
    if getattr(entry.event, "incoming", False):
        return 0
    return 1 if isinstance(entry.event, Inauguration) else 2


def value_of(entry: Entry) -> float | Uncertain:
    """The number an event carries: strength, pressure, lean, share, whole sum in US$ million, side or answer."""
    event = entry.event
    if isinstance(event, Switch):
        return float(SIDES["recognition"].index(event.to))
    if isinstance(event, Answer):
        return float(ANSWERS.index(event.answer))
    if event.number is None:
        return 1.0
    given = getattr(event, event.number)
    low, high = bounds_of(type(event).model_fields[event.number])
    return math.nan if given is None else uncertain(given, f"{entry.name}.{event.number}", low, high)


def uncertain(given: float | Range, path: str, low: float, high: float) -> float | Uncertain:
    """A number as given, or the law by which a range is drawn; low, high : bounds of the language."""
    if not isinstance(given, Range):
        return float(given)
    numbers = (given.central, given.low, given.high)
    law: Distribution
    if (low, high) == (0.0, 1.0):
        law = LogitNormal(*numbers)
    else:
        law = LogNormal(*numbers) if low == 0.0 and given.low > 0.0 else SplitNormal(*numbers)
    return Uncertain(path, law, low, high)


def _span(event: Event) -> int:
    """Months for which an event lasts; far beyond any scenario where nothing but another event ends it."""
    return _FOR_GOOD if event.lasts is None else event.lasts


def _fade(entry: Entry, length: int) -> Floats:
    """(T + 1,) what is left of an event's weight in each month."""
    half_life, last = entry.event.fades, _span(entry.event)
    ages = range(-entry.month, length - entry.month)
    return np.array(
        [0.0 if not 0 <= age < last else (1.0 if half_life is None else 0.5 ** (age / half_life)) for age in ages]
    )


def events_of(entries: list[Entry], scenario: Scenario, states: Sequence[str], numbers: range) -> Events:
    """The arrays over events and elections.

    states : codes in the order of the timeline; numbers : absolute months of the rows
    """
    length, start = len(numbers), scenario.scenario.start
    events = [entry.event for entry in entries]
    position = {code: index for index, code in enumerate(states)}

    def ints(values: Iterable[int]) -> Any:
        return np.array(list(values), dtype=np.int64)

    return Events(
        month=ints(entry.month for entry in entries),
        kind=ints(getattr(kinds, event.effect) for event in events),
        state=ints(position.get(event.about or "", -1) for event in events),
        incoming=np.array([getattr(event, "incoming", False) for event in events], dtype=np.bool_),
        span=ints(_span(event) for event in events),
        exposure=np.array([_exposed(entry, numbers[0], start) for entry in entries], dtype=np.float64),
        answer=ints(_ANSWERS.get(getattr(event, "answer", None), kinds.AUCTION) for event in events),
        fade=np.array([_fade(entry, length) for entry in entries]).reshape(len(entries), length),
        years=np.array([event.paid_over for event in events], dtype=np.float64),
        from_budget=np.array([getattr(event, "from_budget", False) for event in events], dtype=np.bool_),
        signed=np.array([getattr(event, "signed", False) for event in events], dtype=np.bool_),
        election=ints(entry.election for entry in entries),
        outcome=ints(entry.outcome for entry in entries),
        purpose=ints(purpose_of(entry.name) for entry in entries),
        vote=ints(purpose_of(f"elections.{name}") for name, _ in votes_of(scenario)),
    )


def left_of_month(day: date) -> float:
    """Share of its month after a day."""
    length = days.monthrange(day.year, day.month)[1]
    return (length - day.day) / length


def _exposed(entry: Entry, first: int, start: date) -> float:
    """Share of an event's month left after its day, no more than is simulated."""
    year, month = divmod(first + entry.month, 12)
    day = min(entry.day, days.monthrange(year, month + 1)[1])
    left = left_of_month(date(year, month + 1, day))
    return left if entry.month > 0 else min(left if entry.month == 0 else 1.0, left_of_month(start))
