"""The smallest single change that would have kept a state in a run, found by running it with the same random numbers.

Every candidate moves one lever and leaves everything else as it is, also the random numbers and the parameter draw. A
change keeps the state if the decision is never taken in the run, to the end of its horizon.

The size of a change: leaving out an event counts as 1. A number counts by its distance from its value, in its own
scale: 1 for strengths, shares and acceptance, which run from 0 to 1; 3 for pressure and hostility; 2 for leans; the
record's own size for budgets and attention; its sum for an offer that was made, and 1 % of the state's GDP a year for
one that was not.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.bench import Edit, changed, edited
from sim.analysis.deviations import label_of
from sim.analysis.subject import Subject
from sim.model.calendar import draw_happenings
from sim.model.entries import Entry
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.terms import (
    ACCOUNTS,
    HEADS,
    ITSELF,
    LEFT,
    TALK_COLUMNS,
    TALK_ENDS,
    TALK_OPENED,
    TALK_STATE,
    TALK_TRIGGER,
)
from sim.model.timeline import Timeline
from sim.runs.ensemble import Part, simulated, simulated_apart
from sim.runs.processes import Call
from sim.runs.run import Request
from sim.scenario.event_base import NUMBERS
from sim.scenario.fields import bounds_of
from sim.scenario.levers import LEVERS, Lever
from sim.words import at_digits, money, month

STEPS = 32
"""Values tried from that of a lever to each end of its range, close together at first: the distances are cubes."""
_HALVINGS = 60
ADDED = ("lobbying", "taipei.package", "beijing.package")
"""Levers that nobody pulled in the scenario, added from the start."""
OTHER_LUCK = " [its talks then open in another month, with other luck]"
"""Follows a change that keeps a state because its talks are no longer the same."""
_LOBBYING, _MONEY = "probe-lobbying", "probe-money"
"""Events without strength that are added to the scenario, so that it can be turned up."""


@dataclass(frozen=True)
class Dial:
    """A number that can be moved in the run."""

    lever: str
    label: str
    unit: str
    value: float
    """In the run."""
    low: float
    high: float
    scale: float
    turn: Callable[[float], int | None]
    """Runs it with a value; the row in which the decision is taken, None if never."""


class Trial:
    """One run of a result that can be repeated with something changed."""

    def __init__(self, subject: Subject, run: int, call: Call | None = None) -> None:
        """call : processes of Python agents, one of which runs it."""
        request = Request.again(subject.result)
        setup = changed(request, edited(subject.result.scenario, _probes(subject)))
        self.subject, self.run, self.seed = subject, run, request.seed
        self.plan, self.draws, self.draw = setup.plan, setup.draws(run + 1), run // RUNS_PER_DRAW
        self.happens = np.empty(len(self.plan.entries), dtype=np.bool_)
        chances, outcomes = self.draws.chances[self.draw], self.draws.outcomes[self.draw]
        draw_happenings(self.plan.timeline.events, chances, outcomes, self.seed, run, self.happens)
        places = len(self.plan.states) + len(self.plan.hosts)
        self._own, self._call = setup.own, call
        self._part = Part(
            run,
            np.empty(0, dtype=np.int64),
            np.empty((1, len(self.plan.months), 2), dtype=np.uint8),
            np.zeros((1, places, 0, 2)),
            None,
            np.zeros((0, places, ACCOUNTS)),
            subject.decision != "suspend",
        )
        self.talks = np.empty((0, TALK_COLUMNS))
        """The concluded talks of the state in the last repetition."""

    def decided(self, timeline: Timeline | None = None) -> int | None:
        """The row in which the decision is taken, None if never; sets `talks`."""
        plan = self.plan if timeline is None else replace(self.plan, timeline=timeline)
        if self._call is None:
            changes, talked, _ = simulated(plan, self.draws, self.seed, self._part, **self._own)
        else:
            agents = self._own["agents"]
            changes, talked, _ = simulated_apart(self._call, plan, self.draws, self.seed, self._part, agents)
        self.talks = talked[talked[:, TALK_STATE] == self.subject.place]
        side = HEADS["to" if self.subject.decision == "return" else "from"]
        taken = (changes[:, HEADS["state"]] == self.subject.place) & (changes[:, side] == 0)
        return int(changes[taken, HEADS["month"]][0]) if taken.any() else None

    def copy(self) -> Trial:
        """The same run, to be repeated beside this one."""
        other = copy.copy(self)
        other.draws = replace(self.draws, values=self.draws.values.copy(), chances=self.draws.chances.copy())
        return other

    def other_luck(self, opened: float | None) -> bool:
        """Whether talks that had opened of themselves, in month `opened`, did not in the last repetition."""
        return opened is not None and opened not in self.talks[:, TALK_OPENED]

    def without(self, event: int) -> int | None:
        """The same with an event of the plan left out."""
        return self._with(self.draws.chances, event, 0.0)

    def at(self, event: int, value: float) -> int | None:
        """The same with another number of an event."""
        return self._with(self.draws.values, event, value)

    def _with(self, table: NDArray[np.float64], event: int, value: float) -> int | None:
        before = table[self.draw, event]
        table[self.draw, event] = value
        try:
            return self.decided()
        finally:
            table[self.draw, event] = before

    def moved(self, lever: Lever, by: float) -> int | None:
        """The same with a patron's lever moved in all months."""
        low, high = lever.bounds
        timeline = self.plan.timeline
        series = np.clip(getattr(timeline, lever.field) + by, low, high)
        return self.decided(timeline._replace(**{lever.field: series}))


def _probes(subject: Subject) -> list[Edit]:
    """Events without effect, to be turned up: more lobbying, money from the side that would keep the state."""
    result = subject.result
    if subject.decision == "suspend":
        return []
    common = {"state": subject.iso3, "date": result.scenario["scenario"]["start"]}
    by = "taipei" if subject.decision == "leave" else "beijing"
    years = min(50.0, len(result.months) / 12.0)
    money = {"type": "offer", "by": by, "million_usd": 0.0, "years": years, "signed": True}
    edits: list[Edit] = [(f"events.{_MONEY}", common | money)] if subject.iso3 != "VAT" else []
    if subject.decision == "leave":
        edits.append((f"events.{_LOBBYING}", common | {"type": "lobbying", "pressure": 0.0}))
    return edits


def dials(trial: Trial, until: int) -> Iterator[Dial]:
    """Every number that can be moved: of the patrons, and of the events that happened by row `until`."""
    timeline, subject = trial.plan.timeline, trial.subject
    gdp = float(timeline.gdp[subject.member])
    for lever in LEVERS:
        if subject.decision not in lever.moves:
            continue
        series, (low, high) = getattr(timeline, lever.field), lever.bounds
        first, least, most = float(series[0]), float(series.min()), float(series.max())
        if least == most:
            turn = _later(lambda value, lever, first: trial.moved(lever, value - first), lever, first)
            yield Dial(lever.path, lever.name, lever.unit, first, low, high, lever.scale, turn)
        else:
            turn = _later(lambda value, lever, _: trial.moved(lever, value), lever, first)
            label = f"{lever.name}, added in all months"
            yield Dial(lever.path, label, lever.unit, 0.0, low - most, high - least, lever.scale, turn)
    for event, entry in enumerate(trial.plan.entries):
        name = entry.name.removeprefix("events.")
        if name == _LOBBYING:
            label = f"Washington's lobbying of {subject.name}, added from the start"
            yield Dial("lobbying", label, "of 3", 0.0, 0.0, 3.0, 3.0, _later(_at(trial), event, 1.0))
        elif name == _MONEY:
            who = "Taipei" if subject.decision == "leave" else "Beijing"
            years = float(timeline.events.years[event])
            label = f"A package signed by {who}, added from the start"
            unit, most = "US$ million a year", min(gdp, 1e6 / years)
            yield Dial(
                f"{who.lower()}.package", label, unit, 0.0, 0.0, most, gdp / 100.0, _later(_at(trial), event, years)
            )
        elif _counts(trial, event, entry, until):
            yield from _own(trial, event, entry, gdp)


def _later(turn: Callable[..., int | None], *settled: Any) -> Callable[[float], int | None]:
    """A turn with every argument set except the value."""
    return lambda value: turn(value, *settled)


def _at(trial: Trial) -> Callable[[float, int, float], int | None]:
    return lambda value, event, times: trial.at(event, value * times)


def _counts(trial: Trial, event: int, entry: Entry, until: int) -> bool:
    """Whether an event happened by then in this run, about this state or about none."""
    about = int(trial.plan.timeline.events.state[event])
    return bool(trial.happens[event]) and entry.month <= until and about in (-1, trial.subject.member)


def _own(trial: Trial, event: int, entry: Entry, gdp: float) -> Iterator[Dial]:
    """The number of an event, if it has one."""
    key = entry.event.number
    if key is None:
        return
    number = NUMBERS[key]
    low, high = bounds_of(type(entry.event).model_fields[key])
    value, scale = float(trial.draws.values[trial.draw, event]), number.scale
    if math.isnan(value):
        value = float(trial.plan.timeline.lean_ref[trial.subject.member])
    if math.isnan(scale):
        years = float(trial.plan.timeline.events.years[event])
        high, scale = min(high, max(value, gdp * years)), value or gdp * years / 100.0
    label = f"{label_of(entry.name)}: {number.name}"
    yield Dial(f"{entry.name}.{key}", label, number.unit, value, low, high, scale, _later(_at(trial), event, 1.0))


# --- the search -------------------------------------------------------------------------------------------


def smallest(dial: Dial) -> tuple[float | None, float, int | None]:
    """The value of a dial nearest to its own that keeps the state, on a coarse grid and then by halving.

    Returns it (None if no value tried keeps the state), the next value that does not, and the latest row in which the
    decision is taken with values that do not. If a value between two points of the grid keeps the state and both
    points do not, it is missed.
    """
    latest: list[int] = []

    def keeps(value: float) -> bool:
        row = dial.turn(value)
        if row is not None:
            latest.append(row)
        return row is None

    nearest: list[tuple[float, float]] = []
    for end in (dial.low, dial.high):
        short = dial.value
        for step in range(1, STEPS + 1):
            value = dial.value + (end - dial.value) * (step / STEPS) ** 3
            if value == short:
                break
            if keeps(value):
                nearest.append(_narrowed(dial, keeps, short, value))
                break
            short = value
    best = max(latest, default=None)
    if not nearest:
        return None, dial.value, best
    value, short = min(nearest, key=lambda pair: abs(pair[0] - dial.value))
    return value, short, best


def _narrowed(dial: Dial, keeps: Callable[[float], bool], short: float, value: float) -> tuple[float, float]:
    """The values on both sides of the point where keeping begins, in round numbers: one keeps, one does not."""
    grain = 10.0 ** math.floor(math.log10(dial.scale)) / 1000.0
    for _ in range(_HALVINGS):
        if abs(value - short) <= grain / 4.0:
            break
        middle = (short + value) / 2.0
        if keeps(middle):
            value = middle
        else:
            short = middle
    below = math.floor(value / grain)
    rounded = [round(part * grain, 12) for part in (below, below + 1) if dial.low <= part * grain <= dial.high]
    for near in sorted(rounded, key=lambda number: abs(number - dial.value)):
        if abs(near - dial.value) > abs(short - dial.value) and keeps(near):
            return near, short
    return value, short


def smallest_change(subject: Subject, run: int, until: int, call: Call | None = None) -> dict[str, Any]:
    """One row per single change that could have kept a state in a run, the smallest first.

    until : the row of the decision; what is dated later could not have been changed in time
    call : processes of Python agents, which share the search
    Returns rows (lever, label, way: out or number, unit, value, to, short, size, keeps, other_luck, latest) and
    sentences. `to` is the value that keeps it, `short` the next one tried that does not; both were run. `other_luck`
    means that talks which had opened of themselves no longer open in their month, and so get other random numbers.
    `latest` is the latest month in which the decision is taken under a change that does not keep it.
    """
    trial = Trial(subject, run, call)
    trial.decided()
    lost = trial.talks[trial.talks[:, TALK_ENDS["outcome"]] == LEFT][:1]
    opened = float(lost[0, TALK_OPENED]) if lost.shape[0] and lost[0, TALK_TRIGGER] == ITSELF else None
    events = [
        event
        for event, entry in enumerate(trial.plan.entries)
        if entry.name.removeprefix("events.") not in (_LOBBYING, _MONEY) and _counts(trial, event, entry, until)
    ]
    work = [partial(_left_out, event=event, opened=opened) for event in events]
    work += [partial(_turned, until=until, dial=dial, opened=opened) for dial in range(len(list(dials(trial, until))))]
    pool = ThreadPoolExecutor(1 if call is None else len(work))
    try:
        futures = [pool.submit(one, trial.copy()) for one in work]
        rows = [future.result() for future in futures]
    finally:
        pool.shutdown(wait=call is None, cancel_futures=True)  # the processes end sooner than the searches they serve
    rows.sort(key=lambda row: (not row["keeps"], row["size"] or 0.0, row["lever"]))
    return {"run": run, "rows": rows, "sentences": _sentences(subject, rows)}


def _left_out(trial: Trial, event: int, opened: float | None) -> dict[str, Any]:
    """The row of an event that is left out."""
    entry, row = trial.plan.entries[event], trial.without(event)
    out: dict[str, Any] = {"lever": entry.name, "label": label_of(entry.name), "way": "out", "unit": None}
    out |= {"value": None, "to": None, "short": None, "size": 1.0 if row is None else None, "keeps": row is None}
    out |= {"other_luck": row is None and trial.other_luck(opened)}
    return out | {"latest": None if row is None else trial.subject.result.months[row]}


def _turned(trial: Trial, until: int, dial: int, opened: float | None) -> dict[str, Any]:
    """The row of a number that is moved; dial : its place among `dials`."""
    own = list(dials(trial, until))[dial]
    value, short, best = smallest(own)
    row: dict[str, Any] = {"lever": own.lever, "label": own.label, "way": "number", "unit": own.unit}
    row |= {"value": own.value, "to": value, "short": None if value is None else short}
    row |= {"size": None if value is None else round(abs(value - own.value) / own.scale, 9)}
    row |= {"keeps": value is not None, "other_luck": False}
    if value is not None:
        own.turn(value)
        row["other_luck"] = trial.other_luck(opened)
    latest = None if best is None or value is not None else trial.subject.result.months[best]
    return row | {"latest": latest}


# --- in words ---------------------------------------------------------------------------------------------

_MOST_LISTED, _LARGEST_LISTED = 4, 10.0


def change_in_words(row: dict[str, Any]) -> str:
    """A change that keeps the state: `castro pledge: strength 0.61 instead of 1 (of 1)`."""
    return _change(row) + (OTHER_LUCK if row.get("other_luck") else "")


def _change(row: dict[str, Any]) -> str:
    if row["way"] == "out":
        return f"{row['label']} left out"
    if row["lever"].endswith(".package"):
        return f"{row['label']}: {money(row['size'], row['to'])}"
    if row["lever"] in ADDED:
        return f"{row['label']}: {at_digits(row['to'])} ({row['unit']})"
    return f"{row['label']} {at_digits(row['to'])} instead of {at_digits(row['value'], 3)} ({row['unit']})"


def _sentences(subject: Subject, rows: list[dict[str, Any]]) -> list[str]:
    keeping = [row for row in rows if row["keeps"]]
    held = {"leave": "kept it with Taipei", "return": "kept it from coming", "suspend": "kept it cooperating"}
    verb = held[subject.decision]
    if not keeping:
        last = max((row["latest"] for row in rows if row["latest"]), default=None)
        put_off = "" if last is None else f"; the latest it could be put off to is {month(last)}"
        return [f"No single change of a lever would have {verb} in this run{put_off}."]
    sentences = [f"The smallest single change that would have {verb} in this run: {change_in_words(keeping[0])}."]
    others = [row for row in keeping[1:] if row["size"] <= _LARGEST_LISTED]
    if others:
        more = "; ".join(map(change_in_words, others[: _MOST_LISTED - 1]))
        sentences.append(f"Each of these alone would have done so too: {more}.")
    return sentences
