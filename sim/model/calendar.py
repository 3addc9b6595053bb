"""The calendar in motion: which events happen in a run, what takes effect each month, and at what level.

Array functions shared by both engines. Kinds below `LEVELS` add up to a level for a state and month; the
others change something once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled import part, rule
from sim.model.draws import uniform
from sim.model.terms import BY_ORDER, BY_PLEDGE, BY_REQUEST, ITSELF, NO_ANSWER
from sim.model.timeline import Events, Floats, Ints

PLEDGE, REASSURANCE, RETURN_PLEDGE, THREAT, NOTICE, LOBBYING, HOSTILITY, OFFER, AID, INDUCEMENT, MATCH = range(11)
TAIPEI_CUT, US_CUT, DOUBTED, DEPORTATIONS = 11, 12, 13, 14
LEVELS = 15
"""`DOUBTED` is no kind of event: offers at their face value less what is believed of them."""
ORDER, WITHDRAWAL, INAUGURATION, LEAN, TRUCE, TRUCE_ENDS, NOTICE_WITHDRAWN, REQUEST, SWITCH, TOLD_ANSWER = range(20, 30)

DORMANT, STANDING, WAITING = 0, 1, 2
"""Status of an event: not (or no longer) in effect; in effect; spoken by a government still to come."""

NEVER = -100_000
"""A month index long before every scenario."""

WITHDRAWN = 4
"""A call that takes words back; the others are triggers of talks."""
AUCTION, REFUSED, MET = 0, 1, 2
"""Taipei's answer to a request: none given, so that it bids; refused; met."""


class Calls(NamedTuple):
    """What the calendar says of each state's talks, one entry per state (n)."""

    trigger: Ints
    """What calls for talks this month, `WITHDRAWN`, or `ITSELF` for nothing."""
    month: Ints
    """Month index of the call, negative before the start."""
    exposure: Floats
    """Share of the month left after it."""
    calm: Floats
    """Strength of a reassurance given this month, 0 to 1."""
    request: Ints
    """Event of the request to Taipei that is open, or -1."""
    switch: Ints
    """Side to which the scenario has the state change this month, or -1."""
    answer: Ints
    """Washington's answer, set for this month, to the state's words or notice about cooperation; or `NO_ANSWER`."""


@part
def clear(calls: Calls) -> None:
    """Forget what was called last month; an open request stays."""
    for state in range(calls.trigger.shape[0]):
        calls.trigger[state], calls.calm[state] = ITSELF, 0.0
        calls.switch[state], calls.answer[state] = -1, NO_ANSWER


@part
def draw_happenings(
    events: Events, chances: Floats, outcomes: Floats, seed: int, run: int, happens: NDArray[np.bool_]
) -> None:
    """Decide for one run which events happen: election outcomes first, then each event's own chance.

    chances : (n_events,); outcomes : (n_elections, n_outcomes) cumulative chances; happens : (n_events,) filled
    """
    for event in range(happens.shape[0]):
        election = events.election[event]
        happens[event] = True
        if election >= 0:
            u = uniform(seed, run, 0, 0, int(events.vote[election]))
            outcome = 0
            while outcome < outcomes.shape[1] and u >= outcomes[election, outcome]:
                outcome += 1
            happens[event] = outcome == events.outcome[event]
        if happens[event] and chances[event] < 1.0:
            happens[event] = uniform(seed, run, 0, 0, int(events.purpose[event])) < chances[event]


@part
def open_month(
    events: Events,
    lean_ref: Floats,
    month: int,
    upcoming: int,
    happens: NDArray[np.bool_],
    values: Floats,
    status: Ints,
    lean: Floats,
    government_since: Ints,
    order_since: Ints,
    truce: Ints,
    carried_out: Floats,
    calls: Calls,
) -> int:
    """Let everything dated up to this month take effect, in order of date; returns the next event to come.

    status : (n_events,); lean_ref, lean, government_since, order_since : (n_states,)
    truce : (1,) first month without it
    carried_out : (2,) threats of Washington carried out, and those of which the outcome is known
    """
    while upcoming < happens.shape[0] and events.month[upcoming] <= month:
        if happens[upcoming]:
            _take_effect(
                events,
                lean_ref,
                upcoming,
                values,
                status,
                lean,
                government_since,
                order_since,
                truce,
                carried_out,
                calls,
            )
        upcoming += 1
    return upcoming


@part
def _take_effect(
    events: Events,
    lean_ref: Floats,
    event: int,
    values: Floats,
    status: Ints,
    lean: Floats,
    government_since: Ints,
    order_since: Ints,
    truce: Ints,
    carried_out: Floats,
    calls: Calls,
) -> None:
    kind = events.kind[event]
    state = events.state[event]
    when = events.month[event]
    if kind < LEVELS:
        status[event] = WAITING
        if not events.incoming[event]:
            _speak(events, event, when, events.exposure[event], values, status, calls)
        if kind in (US_CUT, DEPORTATIONS):
            carried_out[0] += values[event]
            carried_out[1] += values[event]
    elif kind == ORDER:
        order_since[state] = when
        _call(calls, state, BY_ORDER, when, events.exposure[event])
    elif kind == REQUEST:
        calls.request[state] = event
        if calls.trigger[state] != BY_ORDER:
            _call(calls, state, BY_REQUEST, when, events.exposure[event])
    elif kind == WITHDRAWAL:
        order_since[state] = NEVER
        end_words(events, state, PLEDGE, PLEDGE, status)
        _call(calls, state, WITHDRAWN, when, events.exposure[event])
    elif kind == NOTICE_WITHDRAWN:
        end_words(events, state, THREAT, NOTICE, status)
    elif kind == INAUGURATION:
        lean[state] = lean_ref[state] if np.isnan(values[event]) else values[event]
        government_since[state] = when
        order_since[state] = NEVER
        if calls.trigger[state] == BY_ORDER:
            calls.trigger[state] = ITSELF
        end_words(events, state, PLEDGE, THREAT, status)
        for spoken in range(event):
            about = events.state[spoken] == state and events.kind[spoken] <= THREAT
            if about and status[spoken] == WAITING:
                _speak(events, spoken, when, events.exposure[event], values, status, calls)
    elif kind == LEAN:
        lean[state] = values[event]
    elif kind == TRUCE:
        truce[0] = when + events.span[event]
    elif kind == TRUCE_ENDS:
        truce[0] = NEVER
    elif kind == SWITCH:
        calls.switch[state] = int(values[event])
    elif kind == TOLD_ANSWER:
        calls.answer[state] = int(values[event])


@part
def _speak(events: Events, event: int, when: int, exposure: float, values: Floats, status: Ints, calls: Calls) -> None:
    """Words count from now on, and may call for talks, or for an end of them."""
    status[event] = STANDING
    kind, state = events.kind[event], events.state[event]
    if kind == PLEDGE and calls.trigger[state] != BY_ORDER:
        _call(calls, state, BY_PLEDGE, when, exposure)
    elif kind == REASSURANCE:
        calls.calm[state] = max(calls.calm[state], values[event])


@part
def _call(calls: Calls, state: int, trigger: int, when: int, exposure: float) -> None:
    calls.trigger[state] = trigger
    calls.month[state] = when
    calls.exposure[state] = exposure
    calls.calm[state] = 0.0


@part
def end_words(events: Events, state: int, first: int, last: int, status: Ints) -> bool:
    """End the standing words of a state, of kinds `first` to `last`; whether there were any."""
    ended = False
    for event in range(status.shape[0]):
        kind = events.kind[event]
        about = events.state[event] == state and first <= kind <= last
        if about and status[event] == STANDING:
            status[event], ended = DORMANT, True
    return ended


@part
def speaks(events: Events, state: int, status: Ints) -> bool:
    """Whether words or a notice of a host about cooperation stand."""
    for event in range(status.shape[0]):
        if events.state[event] == state and THREAT <= events.kind[event] <= NOTICE and status[event] == STANDING:
            return True
    return False


@part
def answer_due(events: Events, state: int, month: int, happens: NDArray[np.bool_], status: Ints) -> bool:
    """Whether Washington answers this month what a host said in the last: if it stands, and was not answered then."""
    said = False
    for event in range(status.shape[0]):
        if events.state[event] == state and happens[event] and events.month[event] == month - 1:
            if events.kind[event] == TOLD_ANSWER:
                return False
            if THREAT <= events.kind[event] <= NOTICE:
                said = said or status[event] == STANDING
    return said


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

    kinds, states, fades : those of `Events`
    doubted : (n_events,) face value of each offer less what is believed of it, % of GDP a year
    dollars : (n_events,) US$ million a year each event takes out of its patron's budget
    levels : (LEVELS, n_states) filled where an event has its place, and left as it is, zero, elsewhere
    committed : (2,) filled, US$ million a year that offers take out of
    Beijing's and Taipei's budgets
    """
    committed[0], committed[1] = 0.0, 0.0
    for event in range(status.shape[0]):
        if kinds[event] < LEVELS:
            levels[kinds[event], states[event]] = 0.0
            levels[DOUBTED, states[event]] = 0.0
    for event in range(status.shape[0]):
        if status[event] == STANDING:
            kind = kinds[event]
            faded = fades[event, month]
            levels[kind, states[event]] += values[event] * faded
            if kind == OFFER:
                levels[DOUBTED, states[event]] += doubted[event] * faded
            if faded > 0.0:
                committed[0 if kind == OFFER else 1] += dollars[event]
