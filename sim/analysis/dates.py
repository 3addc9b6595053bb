"""Dates of a scenario for a state: the events of its calendar, and the changes of the patrons' levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.deviations import label_of
from sim.analysis.subject import Subject
from sim.model.plan import Plan, month_label
from sim.scenario.fields import PATRONS

Row = dict[str, Any]


def calendar_of(subject: Subject, plan: Plan, happens: NDArray[np.bool_] | None = None) -> Iterator[Row]:
    """One row per event for the state or for all, and per change of a patron's lever.

    happens : (E,) whether each event does in a run; without it `happened` is None
    """
    first = int(plan.timeline.calendar_month[0])
    for number, entry in enumerate(plan.entries):
        if int(plan.timeline.events.state[number]) in (-1, subject.member) and entry.month < len(plan.months):
            certain = entry.event.chance == 1.0 and (
                entry.election < 0 or plan.outcome_chances[entry.election][entry.outcome] == 1.0
            )
            yield {
                "lever": entry.name,
                "label": label_of(entry.name),
                "type": entry.event.type,
                "row": entry.month,
                "month": month_label(first + entry.month),
                "day": entry.day,
                "certain": certain,
                "happened": None if happens is None else bool(happens[number]),
            }
    yield from _dated_levers(subject)


def _dated_levers(subject: Subject) -> Iterator[Row]:
    """Changes of the patrons' levers within the horizon."""
    months = {month: row for row, month in enumerate(subject.result.months)}
    for patron, name in PATRONS.items():
        for key, value in (subject.result.scenario.get(patron) or {}).items():
            if not isinstance(value, Mapping):
                continue
            for day, level in sorted((str(day), level) for day, level in value.items()):
                if day[:7] in months:
                    yield {
                        "lever": f"{patron}.{key}",
                        "label": f"{name}'s {key} {level:g}",
                        "type": "lever",
                        "row": months[day[:7]],
                        "month": day[:7],
                        "day": date.fromisoformat(day).day,
                        "certain": True,
                        "happened": True,
                    }
