"""The acts of a scenario's calendar in words of their own: what, when, how much, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.pulled import label_of
from sim.analysis.subject import Subject
from sim.model.plan import Plan, month_label
from sim.scenario.events import EVENTS
from sim.words import dollars, minus, month, of_gdp

Row = dict[str, Any]

PATRONS = {"beijing": "Beijing", "taipei": "Taipei", "washington": "Washington"}
MONEY = ("offer", "request")
"""Kinds of events that hold a sum."""
OPENERS = {"order": ("order",), "pledge": ("campaign-pledge", "pledge"), "request": ("request",)}
"""Kinds of events that call for talks, by what is said to have opened them."""
_SCALES = {"pressure": "of 3", "hostility": "of 3", "lean": "from −1 to +1", "strength": "of 1", "share": "of 1"}
_USUAL = {"strength": 1.0}


def acts_told(
    subject: Subject, laid: Plan, happens: NDArray[np.bool_], values: NDArray[np.float64], beliefs: Mapping[str, float]
) -> list[Row]:
    """The acts about a state that happen in a run, in the order of their dates.

    happens : (E,) whether each event does; values : (E,) its number in the run; beliefs : the run's parameters
    Each has `lever`, `label`, `type`, `row`, `when` (the day), `value`, `phrase` (a noun phrase) and `sentence`; an act
    with a sum also `million_usd` and `years`, `million_usd_a_year`, `share` (% of GDP a year; None without an economy),
    an offer `by`, `signed` and `believed` (the same as the state believes it), a request `answer`.
    """
    first, member = int(laid.timeline.calendar_month[0]), subject.member
    found = []
    for number, entry in enumerate(laid.entries):
        if int(laid.timeline.events.state[number]) != member or not happens[number] or entry.month >= len(laid.months):
            continue
        event = entry.event
        when = f"{entry.day} {month(month_label(first + entry.month))}"
        told: Row = {"lever": entry.name, "label": label_of(entry.name), "type": event.type, "row": entry.month}
        told |= {"when": when, "value": None if np.isnan(values[number]) else float(values[number])}
        if event.type in MONEY:
            told |= _sum(event, float(values[number]), subject, laid, beliefs)
        told["phrase"] = phrase(event, told)
        told["sentence"] = _sentence(event, told)
        found.append(told)
    return sorted(found, key=lambda act: act["row"])


def _sum(event: Any, total: float, subject: Subject, laid: Plan, beliefs: Mapping[str, float]) -> Row:
    """A sum, what it is a year, and what that is of the state's GDP."""
    a_year, gdp = total / event.years, float(laid.timeline.gdp[subject.member])
    share = 100.0 * a_year / gdp if bool(laid.timeline.economy[subject.member]) else None
    told: Row = {"million_usd": total, "years": event.years, "million_usd_a_year": a_year, "share": share}
    if event.type == "request":
        return told | {"answer": event.answer}
    arrives = beliefs["delivered_signed" if event.signed else "delivered_headline"]
    told |= {"by": event.by, "signed": event.signed}
    return told | {"believed": None if share is None else arrives * share}


def phrase(event: Any, told: Mapping[str, Any]) -> str:
    """An act as a noun: `its request of 13 Mar 2023 to Taipei for US$ 2,450 million over 10 years`."""
    when = told["when"]
    if event.type == "order":
        return f"its order of {when} to open ties with Beijing"
    if event.type in ("campaign-pledge", "pledge"):
        side = "join Beijing" if event.to == "beijing" else "return to Taipei"
        return f"its {event.type.replace('-', ' ')} of {when} to {side}"
    if event.type == "request":
        return f"its request of {when} to Taipei for {sum_in_words(told)}"
    if event.type == "offer":
        signed = "signed" if event.signed else "not signed"
        return f"{PATRONS[event.by]}'s offer of {when}, {signed}, of {sum_in_words(told)}"
    by, to = getattr(event, "by", None), getattr(event, "to", None)
    joins = {"beijing": "join Beijing", "taipei": "return to Taipei"}.get(str(to), "")
    answer = str(getattr(event, "answer", "")).replace("-", " ")
    said = EVENTS[event.type].said.format(by=PATRONS.get(str(by), ""), joins=joins, answer=answer)
    return f"{said}, {when}"


def _sentence(event: Any, told: Mapping[str, Any]) -> str:
    """An act by its own words: what, its number, its name in the scenario, its source or what was assumed."""
    parts = [f"{told['phrase'][0].upper()}{told['phrase'][1:]}"]
    if told["type"] == "request":
        parts.append({"refused": "refused", "met": "met", None: "with no answer told"}[told["answer"]])
    elif told["type"] == "offer" and told["believed"] is not None:
        parts.append(f"of which it believed {of_gdp(told['believed'])} of GDP a year")
    elif told["value"] is not None:
        key = EVENTS[told["type"]].number
        if key in _SCALES and told["value"] != _USUAL.get(str(key)):
            parts.append(minus(f"{key} {told['value']:.2g} {_SCALES[str(key)]}"))
    said = f"{', '.join(parts)} (in the scenario: {told['label']})."
    if event.source:
        return f"{said} Source: {event.source.rstrip('.')}."
    return f"{said} Assumed: {event.assumption.rstrip('.')}." if event.assumption else said


def sum_in_words(told: Mapping[str, Any]) -> str:
    """A sum, and what it is a year: `US$ 2,450 million over 10 years (US$ 245 million a year, 0.76 % of its GDP)`."""
    part = "" if told["share"] is None else f", {of_gdp(told['share'])} of its GDP"
    years = "a year" if told["years"] == 1.0 else f"{told['years']:g} years"
    return f"{dollars(told['million_usd'])} over {years} ({dollars(told['million_usd_a_year'])} a year{part})"
