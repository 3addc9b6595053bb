"""The three patrons: they bid, aid and press."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.model import rules
from sim.model.calendar import (
    AID,
    LOBBYING,
    MATCH,
    MET,
    OFFER,
    REFUSED,
    TAIPEI_CUT,
)
from sim.model.member import PUBLICLY
from sim.model.terms import NO_ANSWER

if TYPE_CHECKING:
    from sim.model.world import World


class Beijing(mesa.Agent):
    """Bids for the states with Taipei up to what each is worth to it and its purse allows, and takes them or not."""

    model: World

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.acceptance = 1.0
        """Multiple of its acceptance in contest."""

    def look(self) -> None:
        """Whether it takes anybody this month."""
        world, t = self.model, self.model.month
        self.acceptance = rules.acceptance(
            float(world.timeline.beijing_acceptance[t]), world.truce, world.parameters.acceptance_truce
        )

    def bid(self) -> None:
        """Its limit for each state, to win or to keep it, within what its purse has left, as the state believes it."""
        world, t = self.model, self.model.month
        running = float(world.reference.running[t])
        for state in world.members:
            running += state.package
        budget = float(world.timeline.beijing_budget[t])
        purse = rules.purse_left(world.parameters.purse, budget, running + float(world.committed[0]))
        for state in world.members:
            limit = float(world.reference.limit[state.index])
            state.bid = rules.beijing_bid(limit, budget, purse, state.trust(), state.level(OFFER), state.gdp)


class Taipei(mesa.Agent):
    """Aids its allies, adds to that in talks, and bids for other states; all that it grants burdens its reserve."""

    model: World

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.acceptance = 1.0
        """Readiness to take a state that comes (back)."""

    def look(self) -> None:
        """Whether it takes a state that comes (back) this month."""
        world, t = self.model, self.model.month
        self.acceptance = rules.acceptance(
            float(world.timeline.taipei_acceptance[t]), world.truce, world.parameters.acceptance_truce
        )

    def answer(self) -> None:
        """Its limit for each ally, which a request that it refused or met changes, and for each state that may come."""
        world, t = self.model, self.model.month
        timeline, reference, p = world.timeline, world.reference, world.parameters
        budget, returned, granted = float(timeline.taipei_budget[t]), 0.0, 0.0
        for state in world.members:
            granted += state.burden
            if timeline.with_taipei[state.index] and not state.recognises_taipei:
                returned += float(reference.aid[state.index])
            elif state.recognises_taipei and not timeline.with_taipei[state.index]:
                returned -= float(reference.aid[state.index])
        reserve = rules.reserve_left(
            p.reserve, reference.base_budget, budget, returned, granted + float(world.committed[1])
        )
        wooing = float(timeline.taipei_wooing[t])
        for state in world.members:
            state.base_aid = rules.base_after(float(reference.aid[state.index]), budget, state.level(TAIPEI_CUT))
            if not state.recognises_taipei:
                state.auction = rules.goes_up_to(float(reference.win_limit[state.index]), wooing, budget)
                state.aid = rules.taipei_bid(state.auction, state.level(AID), state.level(MATCH), state.bid, state.gdp)
                continue
            state.standing = state.base_aid + state.grant
            state.auction = rules.taipei_limit(p.ceiling, state.base_aid, state.standing, reserve)
            request = int(world.calls.request[state.index])
            answer = int(timeline.events.answer[request]) if request >= 0 else None
            refused = 1.0 if answer == REFUSED else 0.0
            met = float(reference.values[request]) if answer == MET else 0.0
            limit = rules.answered(state.auction, state.standing, refused, met)
            state.aid = rules.taipei_bid(limit, state.level(AID), state.level(MATCH), state.bid, state.gdp)


class Washington(mesa.Agent):
    """Presses states to stay, most where it usually looks and where talks are public, and puts something at stake."""

    model: World

    def answer(self) -> None:
        """Answer what hosts said of their military cooperation last month, or as the scenario tells."""
        world = self.model
        if world.timeline.answers[world.month]:
            for host in world.hosts:
                given = host.answer()
                if given != NO_ANSWER:
                    host.take(given)

    def press(self) -> None:
        """Set this month's pressure on every state with Taipei, and what it is feared to cost."""
        world, p, t = self.model, self.model.parameters, self.model.month
        timeline, reference = world.timeline, world.reference
        focus = world.lever(timeline.washington_focus, p.pressure_focus)
        credibility = rules.pooled(
            p.credibility,
            p.trust_weight,
            p.learning * float(world.carried_out[0]),
            p.learning * float(world.carried_out[1]),
        )
        for state in world.with_taipei():
            dependence, weight = state.dependence(), float(reference.weight[state.index])
            for kind in (0, PUBLICLY):
                state.pressed[kind] = rules.pressure(
                    float(timeline.washington_attention[t]), weight, focus, float(kind), state.level(LOBBYING)
                )
                state.stake[kind] = rules.stake(state.pressed[kind], credibility, dependence, p.gdp_at_risk)
