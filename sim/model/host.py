"""Hosts of Washington's forces: the second tie of a state, its military cooperation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim.model import rules
from sim.model.calendar import (
    HOSTILITY,
    NOTICE,
    THREAT,
    end_words,
)
from sim.model.draws import (
    ANSWER,
    RESTORE,
    SUSPEND,
    uniform,
)
from sim.model.terms import (
    ACCEPTANCE,
    ACTIVE,
    COLUMNS,
    HAZARD,
    SIDE,
    SUSPENDED,
    T_BACKFIRE,
    T_BASE,
    T_GOVERNMENT,
    T_ORDER,
    T_THREAT,
)

if TYPE_CHECKING:
    from sim.model.world import World


class Host(mesa.Agent):
    """The second tie of a state that hosts Washington's forces: cooperation, suspended or restored."""

    model: World

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world)
        self.state = world.members[int(world.timeline.host[number])]
        self.base = float(world.reference.cooperation[number])
        """Log annual rate of suspending in a quiet year."""
        self.words_rate = float(world.reference.words_rate[number])
        """Annual rate that words alone add."""
        self.side = ACTIVE
        self.row = [0.0] * COLUMNS
        self.chance = 0.0

    def weigh(self) -> None:
        """Weigh suspending cooperation, or wait for it to be restored."""
        world, state, row = self.model, self.state, [0.0] * COLUMNS
        timeline, p, i = world.timeline, world.parameters, self.state.index
        row[SIDE] = float(self.side)
        row[ACCEPTANCE] = 1.0
        if self.side == ACTIVE:
            hostility = rules.felt_hostility(float(timeline.hostility[world.month]), state.level(HOSTILITY))
            row[T_BASE] = self.base
            row[T_BACKFIRE] = rules.hostility_term(p.hostility_effect, state.pride, hostility)
            row[T_THREAT] = rules.hold_term(p.hold_effect, state.dependence(), p.usual_host_dependence)
            row[T_GOVERNMENT] = rules.government_term(
                p.suspension_lean_effect, float(world.lean[i]), float(timeline.lean_ref[i])
            )
            row[T_ORDER] = rules.rate_of_acts(
                world.reference.notice_rate, state.level(NOTICE), self.words_rate, state.level(THREAT)
            )
            log_rate = rules.log_hazard_of_suspension(row[T_BASE], row[T_BACKFIRE], row[T_THREAT], row[T_GOVERNMENT])
            row[HAZARD] = rules.hazard_of_suspension(log_rate, row[T_ORDER])
        else:
            row[T_BASE] = math.log(p.restoration_rate)
            row[HAZARD] = p.restoration_rate
        self.row = row
        self.chance = rules.monthly_chance(row[HAZARD], world.exposure)

    def decide(self) -> int:
        """Whether cooperation is active or suspended after this month."""
        world = self.model
        purpose = SUSPEND if self.side == ACTIVE else RESTORE
        if uniform(world.seed, world.run, world.calendar_month, self.state.code, purpose) < self.chance:
            return SUSPENDED if self.side == ACTIVE else ACTIVE
        return self.side

    def change_to(self, side: int) -> None:
        """Carry it out: the security part of dependence goes or comes back, and Washington may answer."""
        world, state = self.model, self.state
        self.side = side
        if side == SUSPENDED:
            state.security = 0.0
            end_words(world.timeline.events, state.index, THREAT, NOTICE, world.status)
            u = uniform(world.seed, world.run, world.calendar_month, state.code, ANSWER)
            world.carried_out[1] += 1.0
            if u < world.parameters.answer_chance:
                state.answered = world.parameters.answer_share
                world.carried_out[0] += 1.0
        else:
            state.security = float(world.timeline.security[state.index])
            state.answered = 0.0
