"""The levers design: the first lever of each patron, one at a time, at multiples of the scenario's own value."""

from __future__ import annotations

from sim.errors import InputError, Problem
from sim.scenario import ResolvedScenario
from sim.scenario.levers import FIRST, lever_at
from sim.sweeps.variation import Variation, nine_digits

MULTIPLES = (0.0, 0.5, 2.0, 5.0)
"""Of the scenario's own value, at which each lever is tried."""


def lever_variations(scenario: ResolvedScenario) -> tuple[Variation, ...]:
    """The first lever of each patron: the scenario's value, then the multiples of it, ascending.

    Where the scenario has it at zero, multiples of the record's, and the record's own; none beyond its bounds.
    Raises InputError for a lever with dated changes.
    """
    variations: list[Variation] = []
    problems: list[Problem] = []
    for lever in filter(None, map(lever_at, FIRST)):
        own = getattr(getattr(scenario.scenario, lever.patron), lever.key)
        if not isinstance(own, (int, float)):
            problems.append(Problem("--design", f"levers: {lever.path}: one number, not dated changes"))
            continue
        times, unit = MULTIPLES if own else (*MULTIPLES, 1.0), float(own) or usual_at(lever.path)
        tried = {min(nine_digits(unit * multiple), lever.bounds[1]) for multiple in times} - {float(own)}
        variations.append(Variation(lever.path, values=(float(own), *sorted(tried))))
    if problems:
        raise InputError(problems)
    return tuple(variations)


def usual_at(path: str) -> float:
    """What multiples are of where the scenario has a number at zero: the record's value of a lever, otherwise 1."""
    lever = lever_at(path)
    return (lever.usual if lever else None) or 1.0
