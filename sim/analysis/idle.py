"""Parameters that move nothing in a plan, because it has no host or no event of the kind that they are about."""

from __future__ import annotations

import numpy as np

from sim.model import calendar as kinds
from sim.model import rules
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


OF_PRESSURE = ("pressure_focus", "gdp_at_risk", "credibility", "backfire_effect")
"""Parameters that count only where a state feels other than Washington's usual pressure."""
OF_REGIONS = {1: "pressure_oceania", 2: "pressure_elsewhere"}
"""The same, of the states of one region."""


def idle(plan: Plan, draws: Draws) -> frozenset[str]:
    """Names of parameters whose values change no bit of what the shipped agents do at these draws of a plan."""
    there = set(plan.timeline.events.kind.tolist())
    names = {name for name, needed in OF_EVENTS.items() if there.isdisjoint(needed)}
    if not plan.hosts:
        names.update(OF_HOSTS)
    if not np.any(draws.spreads):
        names.add("valuation_spread")
    return frozenset(names)


def cancelled(plan: Plan) -> frozenset[str]:
    """Names of parameters that move no side and no chance, for what they decide is as at reference where it counts.

    They do move what the ledger says of pressure. Where Washington's pressure on a state is what it usually is, at no
    hostility and at the dependence of reference, both terms of it are zero, however strong the usual pressure is.
    """
    line = plan.timeline
    there = set(line.events.kind.tolist())
    usual = np.all(line.washington_attention == 1.0) and np.all(np.isnan(line.washington_focus))
    if not usual or np.any(line.hostility) or plan.hosts or not there.isdisjoint((kinds.US_CUT, kinds.DEPORTATIONS)):
        return frozenset()
    aimed = np.isin(line.events.kind, (kinds.LOBBYING, kinds.HOSTILITY))
    moved = set(line.events.state[aimed].tolist())
    for place in range(len(plan.states)):
        aid = rules.aid_raised(line.us_aid[place], 0.0, line.gdp[place])
        remittances = rules.remittances_left(line.remittances[place], 0.0)
        dependence = rules.dependence_left(
            line.dependence_scale[place], line.exports[place], remittances, aid, 0.0, line.security[place]
        )
        if dependence != line.dependence_ref[place]:
            moved.add(place)
    regions = {int(line.region[place]) for place in moved}
    names = {name for region, name in OF_REGIONS.items() if region not in regions}
    return frozenset(names if moved else names.union(OF_PRESSURE))
