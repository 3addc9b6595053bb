"""The three patrons: they bid, aid and press."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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
from sim.model.quiet import Agent
from sim.model.terms import NO_ANSWER

if TYPE_CHECKING:
    from sim.model.state import State
    from sim.model.world import World


class Beijing(Agent):
    """Bids for the states with Taipei up to what each is worth to it and its purse allows, and takes them or not."""

    model: World

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.acceptance = 1.0
        """Multiple of its acceptance in contest."""

    def look(self) -> None:
        """Whether it takes anybody this month."""
        world = self.model
        self.acceptance = rules.acceptance(world.now.beijing_acceptance, world.truce, world.parameters.acceptance_truce)

    def bid(self) -> None:
        """Its limit for each state, to win or to keep it, within what its purse has left, as the state believes it."""
        world, budget = self.model, self.model.now.beijing_budget
        running: float = world.now.running
        for state in world.members:
            running += state.package
        purse = rules.purse_left(world.parameters.purse, budget, running + float(world.committed[0]))
        for state in world.stirred:
            limit = state.reference.limit
            state.bid = rules.beijing_bid(limit, budget, purse, state.trust(), state.level(OFFER), state.gdp)


class Taipei(Agent):
    """Aids its allies, adds to that in talks, and bids for other states; all that it grants burdens its reserve."""

    model: World

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.acceptance = 1.0
        """Readiness to take a state that comes (back)."""

    def look(self) -> None:
        """Whether it takes a state that comes (back) this month."""
        world = self.model
        self.acceptance = rules.acceptance(world.now.taipei_acceptance, world.truce, world.parameters.acceptance_truce)

    def answer(self) -> None:
        """Its limit for each ally, which a request that it refused or met changes, and for each state that may come."""
        world, p, reserve = self.model, self.model.parameters, self.reserve()
        for state in world.stirred:
            state.base_aid = rules.base_after(state.reference.aid, world.now.taipei_budget, state.level(TAIPEI_CUT))
            if state.recognises_taipei:
                state.standing = state.base_aid + state.grant
                state.auction = rules.taipei_limit(p.ceiling, state.base_aid, state.standing, reserve)
                limit = self.answered(state)
            else:
                limit = state.auction = rules.goes_up_to(
                    state.reference.win_limit, world.now.taipei_wooing, world.now.taipei_budget
                )
            state.aid = rules.taipei_bid(limit, state.level(AID), state.level(MATCH), state.bid, state.gdp)

    def reserve(self) -> float:
        """What it can add to what stands, US$ million a year."""
        world, returned, granted = self.model, 0.0, 0.0
        for state in world.members:
            granted += state.burden
            if state.facts.with_taipei and not state.recognises_taipei:
                returned += state.reference.aid
            elif state.recognises_taipei and not state.facts.with_taipei:
                returned -= state.reference.aid
        return rules.reserve_left(
            world.parameters.reserve,
            world.reference.base_budget,
            world.now.taipei_budget,
            returned,
            granted + float(world.committed[1]),
        )

    def answered(self, state: State) -> float:
        """Its limit for an ally after its answer to a request, US$ million a year."""
        world, request = self.model, int(self.model.calls.request[state.index])
        answer = int(world.timeline.events.answer[request]) if request >= 0 else None
        refused = 1.0 if answer == REFUSED else 0.0
        met = float(world.reference.values[request]) if answer == MET else 0.0
        return rules.answered(state.auction, state.standing, refused, met)


class Washington(Agent):
    """Presses states to stay, most where it usually looks and where talks are public, and puts something at stake."""

    model: World

    def answer(self) -> None:
        """Answer what hosts said of their military cooperation last month, or as the scenario tells."""
        world = self.model
        if world.now.answers:
            for host in world.hosts:
                given = host.answer()
                if given != NO_ANSWER:
                    host.take(given)

    def press(self) -> None:
        """Set this month's pressure on every state with Taipei, and what it is feared to cost."""
        world, p = self.model, self.model.parameters
        focus: float = world.now.washington_focus
        if math.isnan(focus):
            focus = p.pressure_focus
        credibility = rules.pooled(
            p.credibility,
            p.trust_weight,
            p.learning * float(world.carried_out[0]),
            p.learning * float(world.carried_out[1]),
        )
        for state in world.stirred:
            if not state.recognises_taipei:
                continue
            dependence = state.dependence()
            for kind in (0, PUBLICLY):
                state.pressed[kind] = rules.pressure(
                    world.now.washington_attention, state.reference.weight, focus, float(kind), state.level(LOBBYING)
                )
                state.stake[kind] = rules.stake(state.pressed[kind], credibility, dependence, p.gdp_at_risk)
