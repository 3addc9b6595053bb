"""The levers design: the first lever of each patron, one at a time, at multiples of the scenario's own value."""

from __future__ import annotations

from sim.errors import InputError, Problem
from sim.scenario import ResolvedScenario
from sim.scenario.levers import FIRST, LEVERS
from sim.sweeps.variation import Variation, nine_digits

MULTIPLES = (0.0, 0.5, 2.0, 5.0)
"""Of the scenario's own value, at which each lever is tried."""


def lever_variations(scenario: ResolvedScenario) -> tuple[Variation, ...]:
    """The first lever of each patron: the scenario's value, then the multiples of it, ascending.

    Where the scenario has it at nought, multiples of the record's, and the record's own; none beyond its bounds.
    Raises InputError for a lever with dated changes.
    """
    found: list[Variation] = []
    wrong: list[Problem] = []
    for lever in (lever for lever in LEVERS if lever.path in FIRST):
        own = getattr(getattr(scenario.scenario, lever.patron), lever.key)
        if not isinstance(own, (int, float)):
            wrong.append(Problem("--design", f"levers: {lever.path}: one number, not dated changes"))
            continue
        unit, times = (float(own), MULTIPLES) if own else (lever.usual or 1.0, (*MULTIPLES, 1.0))
        tried = {min(nine_digits(unit * multiple), lever.bounds[1]) for multiple in times} - {float(own)}
        found.append(Variation(lever.path, values=(float(own), *sorted(tried))))
    if wrong:
        raise InputError(wrong)
    return tuple(found)
