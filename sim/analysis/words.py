"""The acts of a scenario's calendar in words: what, when, how much, and by which source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.deviations import label_of
from sim.analysis.subject import Subject
from sim.model.plan import Plan, month_label
from sim.scenario.event_base import NUMBERS
from sim.scenario.events import phrase
from sim.words import dollars, minus, month, of_gdp

Row = dict[str, Any]

MONEY = "million_usd"
"""The key of a sum."""


def acts_in_words(
    subject: Subject, plan: Plan, happens: NDArray[np.bool_], values: NDArray[np.float64], beliefs: Mapping[str, float]
) -> list[Row]:
    """The acts about a state that happen in a run, in the order of their dates.

    happens : (E,) whether each event does; values : (E,) its number in the run; beliefs : the run's parameters
    Each has `lever`, `label`, `type`, `row`, `when` (the day), `value`, `phrase` (a noun phrase) and `sentence`. An act
    with a sum also has `million_usd`, `years`, `million_usd_a_year` and `share` (% of GDP a year; None without an
    economy); an offer has `by`, `signed` and `believed` (the share as the state believes it), a request has `answer`.
    """
    first, member = int(plan.timeline.calendar_month[0]), subject.member
    acts = []
    for number, entry in enumerate(plan.entries):
        if int(plan.timeline.events.state[number]) != member or not happens[number] or entry.month >= len(plan.months):
            continue
        event = entry.event
        when = f"{entry.day} {month(month_label(first + entry.month))}"
        act: Row = {"lever": entry.name, "label": label_of(entry.name), "type": event.type, "row": entry.month}
        act |= {"when": when, "value": None if np.isnan(values[number]) else float(values[number])}
        if event.number == MONEY:
            act |= _sum(event, float(values[number]), subject, plan, beliefs)
        act["phrase"] = phrase(dict(event), when, sum_in_words(act) if event.number == MONEY else "")
        act["sentence"] = _sentence(event, act)
        acts.append(act)
    return sorted(acts, key=lambda one: one["row"])


def _sum(event: Any, total: float, subject: Subject, plan: Plan, beliefs: Mapping[str, float]) -> Row:
    """A sum, the part of one year, and its share of the state's GDP."""
    a_year, gdp = total / event.years, float(plan.timeline.gdp[subject.member])
    share = 100.0 * a_year / gdp if bool(plan.timeline.economy[subject.member]) else None
    document: Row = {"million_usd": total, "years": event.years, "million_usd_a_year": a_year, "share": share}
    if event.type == "request":
        return document | {"answer": event.answer}
    arrives = beliefs["delivered_signed" if event.signed else "delivered_headline"]
    document |= {"by": event.by, "signed": event.signed}
    return document | {"believed": None if share is None else arrives * share}


def _sentence(event: Any, act: Mapping[str, Any]) -> str:
    """An act as a sentence: what, its number, its name in the scenario, its source or assumption."""
    parts = [f"{act['phrase'][0].upper()}{act['phrase'][1:]}"]
    if act["type"] == "request":
        parts.append({"refused": "refused", "met": "met", None: "with no answer given"}[act["answer"]])
    elif act["type"] == "offer" and act["believed"] is not None:
        parts.append(f"of which it believed {of_gdp(act['believed'])} of GDP a year")
    elif act["value"] is not None:
        number = NUMBERS.get(event.number)
        if number is not None and event.number != MONEY and act["value"] != number.usual:
            parts.append(minus(f"{number.name} {act['value']:.2g} {number.unit}"))
    text = f"{', '.join(parts)} (in the scenario: {act['label']})."
    if event.source:
        return f"{text} Source: {event.source.rstrip('.')}."
    return f"{text} Assumed: {event.assumption.rstrip('.')}." if event.assumption else text


def sum_in_words(act: Mapping[str, Any]) -> str:
    """A sum and its part of a year: `US$ 2,450 million over 10 years (US$ 245 million a year, 0.76 % of its GDP)`."""
    part = "" if act["share"] is None else f", {of_gdp(act['share'])} of its GDP"
    years = "a year" if act["years"] == 1.0 else f"{act['years']:g} years"
    return f"{dollars(act['million_usd'])} over {years} ({dollars(act['million_usd_a_year'])} a year{part})"
