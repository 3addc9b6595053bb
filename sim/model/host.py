"""Hosts of Washington's forces: the second tie of a state, its military cooperation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.model import rules
from sim.model.accounts import aid_returns, washington_answers
from sim.model.calendar import (
    DEPORTATIONS,
    NOTICE,
    THREAT,
    US_CUT,
    answer_due,
    end_words,
    speaks,
)
from sim.model.draws import (
    ANSWER,
    BARGAIN,
    RESTORE,
    SUSPEND,
    uniform,
)
from sim.model.quiet import Agent
from sim.model.terms import (
    ACCEPTANCE,
    ACTIVE,
    COLUMNS,
    CUTS_AID,
    GIVES_WAY,
    HAZARD,
    KEEPS_AID,
    NO_ANSWER,
    RETALIATES,
    SIDE,
    SUSPENDED,
    T_BACKFIRE,
    T_BASE,
    T_GOVERNMENT,
    T_NEIGHBOURS,
    T_ORDER,
    T_THREAT,
    WAITS,
    WASHINGTON_PAYS,
)

if TYPE_CHECKING:
    from sim.model.world import World


class Host(Agent):
    """The second tie of a state that hosts Washington's forces: cooperation, suspended or restored."""

    model: World
    outcome = None
    """It holds no talks."""

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world)
        self.number = number
        self.place = len(world.members) + number
        """Its row among states and hosts."""
        self.state = world.members[int(world.timeline.host[number])]
        self.base = float(world.reference.cooperation[number])
        """Log annual rate of suspending in a quiet year."""
        self.words_rate = float(world.reference.words_rate[number])
        """Annual rate that words alone add."""
        self.ripples = 0.0
        """How often Washington gave way to it, less how often it retaliated: what the others have seen of it."""
        self.side = ACTIVE
        self.row = [0.0] * COLUMNS
        self.chance = self.away = 0.0
        """Chance of a change this month, and those met so far of suspending, less those of restoring."""

    def away_by(self, month: int) -> float:
        """Chances met before a month that is the next."""
        return self.away

    def weigh(self) -> None:
        """Weigh suspending cooperation, or wait for it to be restored."""
        world, state, row, p = self.model, self.state, [0.0] * COLUMNS, self.model.parameters
        row[SIDE] = float(self.side)
        row[ACCEPTANCE] = 1.0
        if self.side == ACTIVE:
            row[T_BASE] = self.base
            row[T_BACKFIRE] = rules.hostility_term(p.hostility_effect, state.pride, state.hostility())
            row[T_THREAT] = rules.hold_term(p.hold_effect, state.dependence(), p.usual_host_dependence)
            row[T_GOVERNMENT] = rules.government_term(
                p.suspension_lean_effect, float(world.lean[state.index]), state.facts.lean_ref
            )
            row[T_NEIGHBOURS] = rules.ripple_term(p.ripple, world.seen - self.ripples)
            row[T_ORDER] = rules.rate_of_acts(
                world.reference.notice_rate,
                state.level(NOTICE),
                self.words_rate,
                state.level(THREAT),
                row[T_NEIGHBOURS],
            )
            log_rate = rules.log_hazard_of_suspension(
                row[T_BASE], row[T_BACKFIRE], row[T_THREAT], row[T_GOVERNMENT], row[T_NEIGHBOURS]
            )
            row[HAZARD] = rules.hazard_of_suspension(log_rate, row[T_ORDER])
        else:
            row[T_BASE] = math.log(p.restoration_rate)
            row[HAZARD] = p.restoration_rate
        self.row = row
        self.chance = rules.monthly_chance(row[HAZARD], world.exposure)

    def meet(self) -> None:
        """It has met the month's chance, and lacked aid that was cut, which allies of Taipei count as theirs."""
        world, state, cut = self.model, self.state, self.state.level(US_CUT)
        self.away += self.chance if self.side == ACTIVE else -self.chance
        if cut > 0.0 and not state.recognises_taipei:
            given = rules.washington_gives(0.0, cut, state.facts.us_aid, state.gdp)
            world.book[self.place, WASHINGTON_PAYS] += world.exposure / 12.0 * given

    def decide(self) -> int:
        """Whether cooperation is active or suspended after this month."""
        world = self.model
        purpose = SUSPEND if self.side == ACTIVE else RESTORE
        if uniform(world.seed, world.run, world.calendar_month, self.state.code, purpose) < self.chance:
            return SUSPENDED if self.side == ACTIVE else ACTIVE
        return self.side

    def settle(self, side: int) -> None:
        """Nothing is paid for a change; how Washington answers comes after it."""

    def change_to(self, side: int) -> None:
        """Carry it out: the security part of dependence goes or comes back, and Washington may answer."""
        world, state = self.model, self.state
        self.side = side
        if side == SUSPENDED:
            state.security = 0.0
            end_words(world.timeline.events, state.index, THREAT, NOTICE, world.status)
            u = uniform(world.seed, world.run, world.calendar_month, state.code, ANSWER)
            world.carried_out[1] += 1.0
            kind, aid, rent = KEEPS_AID, 0.0, 0.0 - state.rent
            state.rent = 0.0
            if u < world.parameters.answer_chance:
                kind, aid = CUTS_AID, self.cut_aid()
                world.carried_out[0] += 1.0
            self.note_answer(kind, aid, 0.0, rent)
        else:
            state.security = state.facts.security
            state.aid_cut = 0.0
            aid_returns(world.book, self.place, world.setting.years_left[world.month])

    # --- Washington's answer to what it said ------------------------------------------------------------------

    def answer(self) -> int:
        """How Washington answers this month what it said, `NO_ANSWER` where nothing is due."""
        world, p, i = self.model, self.model.parameters, self.state.index
        events, told = world.timeline.events, int(world.calls.answer[i])
        if told != NO_ANSWER:
            return told if speaks(events, i, world.status) else NO_ANSWER
        if not answer_due(events, i, world.month, world.happens, world.status):
            return NO_ANSWER
        u = uniform(world.seed, world.run, world.calendar_month, self.state.code, BARGAIN)
        if rules.gives_way(u, p.gives_way):
            return GIVES_WAY
        return RETALIATES if rules.retaliates(u, p.gives_way, p.retaliates) else WAITS

    def take(self, given: int) -> None:
        """What an answer does: to the host, to what others see, and to how much Washington is believed."""
        world, state, p = self.model, self.state, self.model.parameters
        aid, remittances, rent = 0.0, 0.0, 0.0
        if given == GIVES_WAY:
            raised = float(world.reference.rent[self.number])
            rent = raised - state.rent
            state.rent, state.eased = raised, p.easing
            end_words(world.timeline.events, state.index, THREAT, NOTICE, world.status)
            state.levels[THREAT] = state.levels[NOTICE] = 0.0
            world.carried_out[1] += 1.0
            world.seen += 1.0
            self.ripples += 1.0
        elif given == RETALIATES:
            aid = self.cut_aid()
            before = state.level(DEPORTATIONS)
            remittances = -rules.taken(
                float(world.reference.remittances[self.number]), before + state.deported, before + p.deported_share
            )
            state.deported = p.deported_share
            world.carried_out += 1.0
            world.seen -= 1.0
            self.ripples -= 1.0
        self.note_answer(given, aid, remittances, rent)

    def cut_aid(self) -> float:
        """Washington cuts its aid; the change, US$ million a year."""
        state, p = self.state, self.model.parameters
        before, aid = state.level(US_CUT), float(self.model.reference.us_aid[self.number])
        change = -rules.taken(aid, before + state.aid_cut, before + p.answer_share)
        state.aid_cut = p.answer_share
        return change

    def note_answer(self, kind: int, aid: float, remittances: float, rent: float) -> None:
        """A row for the table of answers, and what it comes to in the accounts."""
        world = self.model
        washington_answers(world.book, self.place, aid, remittances, rent, world.setting.years_left[world.month])
        world.answers.append(
            [float(world.run), float(world.month), float(self.number), float(kind), aid, remittances, rent]
        )
