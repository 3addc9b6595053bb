"""The subject of a question: one tie of one state in a result, and the decision that would end it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.reading import changes_where
from sim.atlas import code_of, unknown
from sim.errors import InputError, Problem, nearest
from sim.model.terms import DECISIONS, TIES, decision_from
from sim.results import Result
from sim.results.tables import COOPERATION, RECOGNITION

DOES = {name: decision.does for name, decision in DECISIONS.items()}
DONE = {name: decision.done for name, decision in DECISIONS.items()}
STAYS = {name: decision.stays for name, decision in DECISIONS.items()}
LABELS = {name: decision.labels for name, decision in DECISIONS.items()}
"""The label of each term, by decision."""


@dataclass(frozen=True, eq=False)
class Subject:
    """One tie of one state in a result, and the decision that would end it."""

    result: Result
    place: int
    """Its number among the result's places."""
    member: int
    """The state's number among the members, which is that of the timeline."""
    iso3: str
    name: str
    tie: str
    decision: str
    """leave, return or suspend: the decision that changes the tie from what it was at the start."""

    def decisions(self, *names: str) -> dict[str, NDArray[Any]]:
        """These columns of the changes by which it took the decision, by run and month."""
        side = "to" if self.decision == "return" else "from"
        return changes_where(
            self.result,
            names,
            lambda changes: (changes["state"] == self.place) & (changes[side] == 0),
            needs=("state", side),
        )


def subject_of(result: Result, state: str, tie: str = RECOGNITION) -> Subject:
    """A state by code or name. Raises InputError with the nearest name if the result does not follow it."""
    if tie not in TIES:
        raise InputError(Problem("--tie", f"one of {', '.join(TIES)}", tie, nearest(tie, TIES)))
    if tie == COOPERATION and not result.hosts:
        raise InputError(Problem("--tie", "recognition, for the scenario of this result has no hosts", tie))
    places = [(number, place) for number, place in enumerate(result.places) if place.tie == tie]
    code = code_of(state)
    own = [(number, place) for number, place in places if place.iso3 == code]
    if not own:
        codes = sorted({place.iso3 for _, place in places})
        rule = f"a {'host' if tie == COOPERATION else 'state'} of this result, one of {', '.join(codes)}"
        raise InputError(unknown("--state", rule, state, codes))
    ((number, place),) = own
    member = [code for code, _, _ in result.members].index(place.iso3)
    decision = decision_from(tie, place.at_start)
    return Subject(result, number, member, place.iso3, place.name, tie, decision.name)


def first_decisions(subject: Subject) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n,) runs in which the decision is taken, ascending, and (n,) the row in which it is first."""
    taken = subject.decisions("run", "month")
    runs, first = np.unique(taken["run"], return_index=True)
    return runs, taken["month"][first]
