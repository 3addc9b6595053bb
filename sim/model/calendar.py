"""The calendar in motion: which events happen in a run, what takes effect each month, and at what level.

Array functions shared by both engines. Kinds below `LEVELS` add up to a level for a state and month; the
others change something once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled import rule
from sim.model.draws import uniform
from sim.model.timeline import Timeline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PLEDGE, REASSURANCE, RETURN_PLEDGE, THREAT, NOTICE, LOBBYING, HOSTILITY, OFFER, AID, MATCH, UNMET = range(11)
TAIPEI_CUT, US_CUT, DOUBTED = 11, 12, 13
LEVELS = 14
"""`DOUBTED` is no kind of event: offers at their face value less what is believed of them."""
ORDER, WITHDRAWAL, INAUGURATION, LEAN, TRUCE, TRUCE_ENDS, NOTICE_WITHDRAWN = range(20, 27)

DORMANT, STANDING, WAITING = 0, 1, 2
"""Status of an event: not (or no longer) in effect; in effect; spoken by a government still to come."""

NEVER = -100_000
"""A month index long before every scenario."""


@rule
def draw_happenings(
    timeline: Timeline, chances: Floats, outcomes: Floats, seed: int, run: int, happens: NDArray[np.bool_]
) -> None:
    """Decide for one run which events happen: election outcomes first, then each event's own chance.

    chances : (n_events,); outcomes : (n_elections, n_outcomes) cumulative chances; happens : (n_events,) filled
    """
    for event in range(happens.shape[0]):
        election = timeline.event_election[event]
        happens[event] = True
        if election >= 0:
            luck = uniform(seed, run, 0, 0, int(timeline.election_purpose[election]))
            outcome = 0
            while outcome < outcomes.shape[1] and luck >= outcomes[election, outcome]:
                outcome += 1
            happens[event] = outcome == timeline.event_outcome[event]
        if happens[event] and chances[event] < 1.0:
            happens[event] = uniform(seed, run, 0, 0, int(timeline.event_purpose[event])) < chances[event]


@rule
def open_month(
    timeline: Timeline,
    month: int,
    upcoming: int,
    happens: NDArray[np.bool_],
    values: Floats,
    status: Ints,
    lean: Floats,
    government_since: Ints,
    order_since: Ints,
    truce: Ints,
) -> int:
    """Let everything dated up to this month take effect, in order of date; returns the next event to come.

    status : (n_events,); lean, government_since, order_since : (n_states,); truce : (1,) first month without it
    """
    while upcoming < happens.shape[0] and timeline.event_month[upcoming] <= month:
        if happens[upcoming]:
            _take_effect(timeline, upcoming, values, status, lean, government_since, order_since, truce)
        upcoming += 1
    return upcoming


@rule
def _take_effect(
    timeline: Timeline,
    event: int,
    values: Floats,
    status: Ints,
    lean: Floats,
    government_since: Ints,
    order_since: Ints,
    truce: Ints,
) -> None:
    kind = timeline.event_kind[event]
    state = timeline.event_state[event]
    when = timeline.event_month[event]
    if kind < LEVELS:
        status[event] = WAITING if timeline.event_incoming[event] else STANDING
    elif kind == ORDER:
        order_since[state] = when
    elif kind == WITHDRAWAL:
        order_since[state] = NEVER
        end_words(timeline, state, PLEDGE, PLEDGE, False, status)
    elif kind == NOTICE_WITHDRAWN:
        end_words(timeline, state, THREAT, NOTICE, False, status)
    elif kind == INAUGURATION:
        lean[state] = timeline.lean_ref[state] if np.isnan(values[event]) else values[event]
        government_since[state] = when
        order_since[state] = NEVER
        end_words(timeline, state, PLEDGE, THREAT, True, status)
    elif kind == LEAN:
        lean[state] = values[event]
    elif kind == TRUCE:
        truce[0] = when + timeline.event_span[event]
    elif kind == TRUCE_ENDS:
        truce[0] = NEVER


@rule
def end_words(timeline: Timeline, state: int, first: int, last: int, new_government: bool, status: Ints) -> None:
    """End the standing words of a state, of kinds `first` to `last`.

    With a new government, what it said before taking office counts from now on.
    """
    for event in range(status.shape[0]):
        kind = timeline.event_kind[event]
        if timeline.event_state[event] != state or kind < first or kind > last:
            continue
        if status[event] == STANDING:
            status[event] = DORMANT
        elif status[event] == WAITING and new_government:
            status[event] = STANDING


@rule
def add_levels(
    kinds: Ints,
    states: Ints,
    fades: Floats,
    values: Floats,
    doubted: Floats,
    dollars: Floats,
    status: Ints,
    month: int,
    levels: Floats,
    committed: Floats,
) -> None:
    """The level of every kind for every state this month: sums of standing events, each faded by its age.

    kinds, states, fades : the timeline's `event_kind`, `event_state`, `event_fade`
    doubted : (n_events,) face value of each offer less what is believed of it, % of GDP a year
    dollars : (n_events,) US$ million a year each event takes out of its patron's budget
    levels : (LEVELS, n_states) filled; committed : (2,) filled, US$ million a year that offers take out of
    Beijing's and Taipei's budgets
    """
    levels[:, :] = 0.0
    committed[:] = 0.0
    for event in range(status.shape[0]):
        if status[event] == STANDING:
            kind = kinds[event]
            faded = fades[event, month]
            levels[kind, states[event]] += values[event] * faded
            if kind == OFFER:
                levels[DOUBTED, states[event]] += doubted[event] * faded
            if faded > 0.0:
                committed[0 if kind == OFFER else 1] += dollars[event]
