"""What all runs of one draw share: parameters and references, worked out once and kept as plain Python numbers.

The Mesa agents read them month by month, and Python reads its own numbers much faster than those of an array.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.model.accounts import years_left
from sim.model.reference import Chain, Reference, derive
from sim.model.timeline import Floats, Timeline

_OF_MONTHS = (
    "exposure", "calendar_month", "stirs", "fades", "answers", "beijing_budget", "beijing_acceptance",
    "beijing_approach", "taipei_budget", "taipei_acceptance", "taipei_wooing", "washington_attention",
    "washington_focus", "hostility",
)  # fmt: skip
_OF_STATES = (
    "code", "with_taipei", "with_none", "economy", "gdp", "access", "pride", "lean_ref", "exports", "remittances",
    "us_aid", "security", "dependence_scale", "region", "subregion", "left",
)  # fmt: skip
_REFERENCES = (
    "usual", "limit", "bid", "access", "aid", "answer", "weight", "pressed", "stake", "order_term", "request_term",
    "stays", "win_limit", "win_answer",
)  # fmt: skip
_OF_CHAINS = ("rate", "chance", "lost", "base", "close", "share", "close_at", "open_at")


class Setting:
    """A scenario under one draw of the parameters: what a world of any of its runs starts from."""

    def __init__(
        self,
        timeline: Timeline,
        states: tuple[str, ...],
        parameters: np.void,
        values: Floats,
        chances: Floats,
        outcomes: Floats,
        spread: Floats,
    ) -> None:
        """Work out the references of one draw.

        states : ISO codes in the timeline's order; parameters : one record, by name
        values, chances : (E,) of that draw; outcomes : (L, K) cumulative chances of that draw
        spread : (n,) standard normal of that draw, by which Beijing's limit differs between states of one size
        """
        self.timeline, self.states = timeline, states
        self.parameters = SimpleNamespace(**{name: float(parameters[name]) for name in parameters.dtype.names or ()})
        self.chances, self.outcomes = chances, outcomes
        self.reference: Reference = derive(timeline, self.parameters, values, spread)
        reference = self.reference
        self.months = _rows(timeline, _OF_MONTHS)
        """Levers and marks of each month, by the names of `Timeline`, and `running` by that of `Reference`."""
        for month, running in zip(self.months, reference.running.tolist(), strict=True):
            month.running = running
        self.facts = _rows(timeline, _OF_STATES)
        """Of each state, by the names of `Timeline`."""
        self.named = sorted({state for state in timeline.events.state.tolist() if state >= 0})
        """States that the calendar names."""
        self.references = _rows(reference, _REFERENCES)
        """Of each state, by the names of `Reference`; `leaving` and `coming` by those of `Chain`."""
        leaving = Chain(
            reference.rate,
            reference.leave,
            reference.pace,
            reference.lost,
            reference.base,
            reference.close,
            reference.share,
            reference.close_at,
            reference.open_at,
        )
        for own, leave, come in zip(self.references, _chains(leaving), _chains(reference.coming), strict=True):
            own.leaving, own.coming = leave, come
        self.years_left: list[float] = years_left(timeline.exposure).tolist()
        """(T + 1,) years of the horizon that are left after each month."""


def _rows(arrays: Any, names: Iterable[str]) -> list[SimpleNamespace]:
    """Entry by entry what arrays of one length hold, as Python numbers."""
    columns = {name: getattr(arrays, name).tolist() for name in names}
    return [SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _chains(chain: Chain) -> list[SimpleNamespace]:
    """Of each state its part of a chain; all have the same pace."""
    rows = _rows(chain, _OF_CHAINS)
    for row in rows:
        row.pace = chain.pace.tolist()
    return rows
