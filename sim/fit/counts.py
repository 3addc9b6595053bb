"""Chances counted from the dated cases known at the end of a day."""

from __future__ import annotations

from datetime import date

from sim.atlas import cases
from sim.parameters import PARAMETERS, CaseChance


def counted(name: str, as_of: date) -> CaseChance:
    """The law of a counted parameter, from the cases whose outcome was known at the end of a day."""
    known = cases(name, as_of)
    followed = sum(case.outcome for case in known)
    return CaseChance(followed, len(known) - followed, PARAMETERS[name].before)
