"""Parameters that move nothing in a plan, because it has no host or no event of the kind that they are about."""

from __future__ import annotations

import numpy as np

from sim.model import calendar as kinds
from sim.model.plan import Plan
from sim.runs.sampling import Draws

OF_HOSTS = (
    "suspension_rate", "suspension_rate_compact", "hostility_effect", "hold_effect", "usual_host_dependence",
    "suspension_lean_effect", "notice_carried_out", "words_followed", "restoration_rate", "answer_chance",
    "answer_share", "gives_way", "retaliates", "easing", "rent_raised", "deported_share", "ripple",
)  # fmt: skip
"""Parameters that only hosts' ties with Washington are reckoned with."""

_SUMS = (kinds.OFFER, kinds.AID, kinds.INDUCEMENT)
OF_EVENTS = {
    "delivered_signed": _SUMS,
    "delivered_headline": _SUMS,
    "pledge_kept": (kinds.PLEDGE,),
    "reassurance_effect": (kinds.REASSURANCE,),
    "return_pledge_effect": (kinds.RETURN_PLEDGE,),
    "order_carried_out": (kinds.ORDER,),
    "order_months": (kinds.ORDER,),
    "request_followed": (kinds.REQUEST,),
    "requests_unseen": (kinds.REQUEST,),
    "acceptance_truce": (kinds.TRUCE,),
}
"""Parameters that count only with an event of one of these kinds."""


def idle(plan: Plan, draws: Draws) -> frozenset[str]:
    """Names of parameters whose values change no bit of what the shipped agents do at these draws of a plan."""
    there = set(plan.timeline.events.kind.tolist())
    names = {name for name, needed in OF_EVENTS.items() if there.isdisjoint(needed)}
    if not plan.hosts:
        names.update(OF_HOSTS)
    if not np.any(draws.spreads):
        names.add("valuation_spread")
    return frozenset(names)
