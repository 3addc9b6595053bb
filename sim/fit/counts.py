"""Chances counted from dated cases: what was known of them at the end of a day."""

from __future__ import annotations

from datetime import date

from sim.atlas import cases
from sim.parameters import PARAMETERS, Counted


def counted(name: str, as_of: date) -> Counted:
    """The law of a counted parameter, from the cases whose outcome was known at the end of a day."""
    found = cases(name, as_of)
    followed = sum(case.outcome for case in found)
    return Counted(followed, len(found) - followed, PARAMETERS[name].before)
