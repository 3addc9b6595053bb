"""The agents: states that weigh and decide, and the three patrons that court, aid and press them.

A reader can follow one month in the methods below; a subclass can change one of them. Every formula is a
call of `sim.model.rules`, so that the compiled kernel gives the same bits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim.model import rules
from sim.model.calendar import (
    AID,
    DOUBTED,
    HOSTILITY,
    LOBBYING,
    MATCH,
    NOTICE,
    OFFER,
    PLEDGE,
    REASSURANCE,
    RETURN_PLEDGE,
    TAIPEI_CUT,
    THREAT,
    UNMET,
    US_CUT,
    end_words,
)
from sim.model.draws import ANSWER, LEAVE, RESTORE, RETURN, SUSPEND, uniform
from sim.model.terms import (
    ACCEPTANCE,
    ACTIVE,
    BEIJING,
    COLUMNS,
    HAZARD,
    NEITHER,
    SIDE,
    SUSPENDED,
    T_AID,
    T_ALPHA,
    T_BACKFIRE,
    T_DETERRENCE,
    T_GOVERNMENT,
    T_NEIGHBOURS,
    T_OFFER,
    T_ORDER,
    T_PLEDGE,
    T_REQUEST,
    T_SHORTFALL,
    T_WINDOW,
    TAIPEI,
)

if TYPE_CHECKING:
    from sim.model.world import World


class State(mesa.Agent):
    """A state that recognises Taipei or once did, and keeps or changes its side month by month."""

    model: World

    def __init__(self, world: World, index: int) -> None:
        super().__init__(world)
        timeline, reference = world.timeline, world.reference
        self.index = index
        self.iso3 = world.states[index]
        self.code = int(timeline.code[index])
        self.economy = bool(timeline.economy[index])
        self.gdp = float(timeline.gdp[index])
        self.prestige = float(timeline.prestige[index])
        self.pride = float(timeline.pride[index])
        self.subregion = int(timeline.subregion[index])
        self.side = BEIJING
        if timeline.with_taipei[index]:
            self.side = TAIPEI
        elif timeline.with_none[index]:
            self.side = NEITHER
        self.alpha = float(reference.alpha[index])
        """Log annual hazard of leaving under reference conditions."""
        self.package = float(reference.package[index]) if timeline.with_taipei[index] else 0.0
        """Beijing's regular package, % of GDP a year."""
        self.believed = self.package
        """All that Beijing offers, as believed, % of GDP a year."""
        self.aid = 0.0
        """Taipei's aid, % of GDP a year."""
        self.pressed = 0.0
        """Washington's pressure on the question, 0 to 3."""
        self.log_hazard = self.alpha
        """Log annual hazard of leaving, as the patrons saw it last month."""
        self.hazard = math.exp(self.alpha)
        """Annual hazard of leaving last month."""
        self.missing = 0.0
        """What will not come of Beijing's promises at the switch, % of GDP a year."""
        self.left = int(timeline.left[index])
        """Month index of the switch."""
        self.security = float(timeline.security[index])
        """Security tie with Washington, 0 while cooperation is suspended."""
        self.answered = 0.0
        """Share of its aid that Washington has cut in answer to a suspension."""
        self.row = [0.0] * COLUMNS
        """What it weighed this month, as the ledger keeps it."""
        self.chance = 0.0
        """Chance of a change this month."""

    @property
    def recognises_taipei(self) -> bool:
        """Whether it is on Taipei's side."""
        return self.side == TAIPEI

    def level(self, kind: int) -> float:
        """What the calendar adds up to for this state this month."""
        return float(self.model.levels[kind, self.index])

    def dependence(self) -> float:
        """Dependence on Washington, 0 to 1, less what it lost by aid cuts and by suspended cooperation."""
        timeline, i = self.model.timeline, self.index
        return rules.dependence_left(
            float(timeline.dependence_scale[i]),
            float(timeline.exports[i]),
            float(timeline.remittances[i]),
            float(timeline.us_aid[i]),
            self.level(US_CUT) + self.answered,
            self.security,
        )

    def weigh(self) -> None:
        """Weigh the change open to it, and so set the chance that it comes this month."""
        self.row = [0.0] * COLUMNS
        self.row[SIDE] = float(self.side)
        self.chance = 0.0
        if self.side == TAIPEI:
            self.weigh_leaving()
        elif self.side == BEIJING and rules.may_return(self.model.month - self.left):
            self.weigh_returning()

    def weigh_leaving(self) -> None:
        """Every term of leaving Taipei."""
        world, row, i = self.model, self.row, self.index
        timeline, reference, p, t = world.timeline, world.reference, world.parameters, world.month
        offer_appeal = rules.appeal(self.believed) if self.economy else 0.0
        aid_appeal = rules.appeal(self.aid) if self.economy else 0.0
        usual_pressure = float(reference.weight[i])
        dependence = self.dependence()
        hostility = rules.felt_hostility(float(timeline.hostility[t]), self.level(HOSTILITY))
        order = rules.standing_order(t - int(world.order_since[i]))
        in_office = t - int(world.government_since[i])

        row[T_ALPHA] = self.alpha
        row[T_OFFER] = rules.offer_term(p.offer_effect, offer_appeal, float(reference.offer_appeal[i]))
        row[T_AID] = rules.aid_term(p.aid_effect, aid_appeal, float(reference.aid_appeal[i]))
        row[T_DETERRENCE] = rules.deterrence_term(
            p.deterrence_effect, dependence, self.pressed, float(timeline.dependence_ref[i]), usual_pressure
        )
        row[T_BACKFIRE] = rules.backfire_term(p.backfire_effect, self.pride, self.pressed, hostility, usual_pressure)
        row[T_GOVERNMENT] = rules.government_term(p.lean_effect, float(world.lean[i]), float(timeline.lean_ref[i]))
        row[T_PLEDGE] = rules.pledge_term(
            reference.pledge_effect, self.level(PLEDGE), p.reassurance_effect, self.level(REASSURANCE)
        )
        row[T_REQUEST] = rules.request_term(self.model.reference.request_effect, self.level(UNMET))
        row[T_WINDOW] = rules.window_term(p.window_effect, reference.centre, in_office)
        row[T_NEIGHBOURS] = rules.neighbours_term(p.neighbours_effect, float(world.fresh_switches[self.subregion]))
        row[T_ORDER] = reference.order_rate * order
        row[ACCEPTANCE] = world.beijing.acceptance
        self.log_hazard = rules.log_hazard(*row[T_ALPHA : T_NEIGHBOURS + 1])
        row[HAZARD] = rules.hazard_of_leaving(self.log_hazard, world.beijing.acceptance, reference.order_rate, order)
        self.chance = rules.monthly_chance(row[HAZARD], world.exposure)

    def weigh_returning(self) -> None:
        """Every term of returning to Taipei."""
        world, row, i = self.model, self.row, self.index
        timeline, reference, p, t = world.timeline, world.reference, world.parameters, world.month
        offer_appeal = rules.appeal(self.level(OFFER)) if self.economy else 0.0
        aid_appeal = rules.appeal(self.level(AID)) if self.economy else 0.0
        shortfall = rules.shortfall(self.missing, (t - self.left) / 12.0, p.delivery_years)
        in_office = t - int(world.government_since[i])

        row[T_ALPHA] = float(reference.rho[i])
        row[T_OFFER] = rules.return_offer_term(p.offer_effect, offer_appeal)
        row[T_AID] = rules.return_aid_term(p.aid_effect, aid_appeal)
        row[T_GOVERNMENT] = rules.return_government_term(
            p.return_lean_effect, float(world.lean[i]), float(timeline.lean_ref[i])
        )
        row[T_PLEDGE] = rules.pledge_term(p.return_pledge_effect, self.level(RETURN_PLEDGE), 0.0, 0.0)
        row[T_WINDOW] = rules.window_term(p.return_window_effect, reference.return_centre, in_office)
        row[T_SHORTFALL] = rules.shortfall_term(p.shortfall_effect, shortfall)
        row[ACCEPTANCE] = world.taipei.acceptance
        log_rate = rules.log_hazard_of_return(
            row[T_ALPHA],
            row[T_GOVERNMENT],
            row[T_PLEDGE],
            row[T_WINDOW],
            row[T_AID],
            row[T_OFFER],
            row[T_SHORTFALL],
        )
        row[HAZARD] = rules.hazard_of_return(log_rate, world.taipei.acceptance)
        self.chance = rules.monthly_chance(row[HAZARD], world.exposure)

    def decide(self) -> int:
        """The side it is on after this month."""
        world = self.model
        if self.side == NEITHER:
            return NEITHER if world.truce else BEIJING
        purpose = LEAVE if self.side == TAIPEI else RETURN
        luck = uniform(world.seed, world.run, world.calendar_month, self.code, purpose)
        if luck < self.chance:
            return rules.destination(self.side == TAIPEI, world.truce)
        return self.side

    def change_to(self, side: int) -> None:
        """Carry the decision out, and remember what the next months need."""
        reference = self.model.reference
        if self.side == TAIPEI:
            delivered = self.model.parameters.delivered_signed
            self.missing = rules.undelivered(self.package, delivered, self.level(DOUBTED))
            self.left = self.model.month
            end_words(self.model.timeline, self.index, PLEDGE, PLEDGE, False, self.model.status)
        elif side == TAIPEI:
            end_words(self.model.timeline, self.index, RETURN_PLEDGE, RETURN_PLEDGE, False, self.model.status)
            self.package = self.believed = 0.0
            self.log_hazard = self.alpha
            self.hazard = math.exp(float(reference.alpha[self.index]))
        self.side = side


class Host(mesa.Agent):
    """The second tie of a state that hosts Washington's forces: cooperation, suspended or restored."""

    model: World

    def __init__(self, world: World, number: int) -> None:
        super().__init__(world)
        self.state = world.members[int(world.timeline.host[number])]
        self.base = float(world.reference.cooperation[number])
        """Log annual hazard of suspending in a quiet year."""
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
            row[T_ALPHA] = self.base
            row[T_BACKFIRE] = rules.hostility_term(p.hostility_effect, state.pride, hostility)
            row[T_DETERRENCE] = rules.hold_term(p.hold_effect, state.dependence(), p.usual_host_dependence)
            row[T_GOVERNMENT] = rules.government_term(
                p.suspension_lean_effect, float(world.lean[i]), float(timeline.lean_ref[i])
            )
            row[T_ORDER] = rules.rate_of_acts(
                world.reference.notice_rate, state.level(NOTICE), self.words_rate, state.level(THREAT)
            )
            log_rate = rules.log_hazard_of_suspension(
                row[T_ALPHA], row[T_BACKFIRE], row[T_DETERRENCE], row[T_GOVERNMENT]
            )
            row[HAZARD] = rules.hazard_of_suspension(log_rate, row[T_ORDER])
        else:
            row[T_ALPHA] = math.log(p.restoration_rate)
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
            end_words(world.timeline, state.index, THREAT, NOTICE, False, world.status)
            luck = uniform(world.seed, world.run, world.calendar_month, state.code, ANSWER)
            if luck < world.parameters.answer_chance:
                state.answered = world.parameters.answer_share
        else:
            state.security = float(world.timeline.security[state.index])
            state.answered = 0.0


class Beijing(mesa.Agent):
    """Courts the states with Taipei, those most that it can win, and accepts or declines the willing."""

    model: World

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.acceptance = 1.0
        """Multiple of its acceptance in contest."""

    def step(self) -> None:
        """Spread the month's budget over the states with Taipei, by size, prestige and how they wavered."""
        world = self.model
        timeline, reference, p, t = world.timeline, world.reference, world.parameters, world.month
        self.acceptance = rules.acceptance(float(timeline.beijing_acceptance[t]), world.truce, p.acceptance_truce)
        focus = world.lever(timeline.beijing_focus, p.courtship_focus)
        cap = world.lever(timeline.beijing_cap, p.package_cap)
        budget = rules.budget_left(
            float(timeline.beijing_budget[t]), reference.beijing_dollars, float(world.committed[0])
        )
        courted = world.courted()
        weights = [
            rules.courtship_weight(float(reference.usual[state.index]), state.prestige, focus, state.log_hazard)
            for state in courted
        ]
        total = 0.0
        for weight in weights:
            total += weight
        for state, weight in zip(courted, weights, strict=True):
            faded = state.package * reference.package_fade
            state.package = rules.package(budget, weight, total, state.gdp, faded, cap)
            state.believed = state.package + state.level(OFFER)


class Taipei(mesa.Agent):
    """Keeps its allies with aid: a floor for each, the rest where the threat is, matching where it is told to."""

    model: World

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.acceptance = 1.0
        """Readiness to take a returning state."""

    def step(self) -> None:
        """Spread the month's aid; acts before Beijing's new packages are seen."""
        world = self.model
        timeline, reference, p, t = world.timeline, world.reference, world.parameters, world.month
        self.acceptance = rules.acceptance(float(timeline.taipei_acceptance[t]), world.truce, p.acceptance_truce)
        floor = world.lever(timeline.taipei_floor, p.aid_floor)
        cap = world.lever(timeline.taipei_cap, p.aid_cap)
        budget = rules.budget_left(
            float(timeline.taipei_budget[t]), reference.taipei_dollars, float(world.committed[1])
        )
        allies = world.courted()
        threats = 0.0
        for state in allies:
            threats += state.hazard
        for state in allies:
            aid = rules.taipei_aid(budget, floor, float(len(allies)), state.hazard, threats, state.gdp, cap)
            aid = rules.aid_after(aid, state.level(TAIPEI_CUT), state.level(AID))
            state.aid = rules.matched(aid, state.level(MATCH), state.believed)


class Washington(mesa.Agent):
    """Presses states to stay, most where it usually looks and where one wavers."""

    model: World

    def step(self) -> None:
        """Set this month's pressure on every state with Taipei."""
        world = self.model
        timeline, reference, t = world.timeline, world.reference, world.month
        focus = world.lever(timeline.washington_focus, world.parameters.pressure_focus)
        for state in world.with_taipei():
            waver = rules.wavering(state.hazard, float(reference.hazard[state.index]))
            state.pressed = rules.pressure(
                float(timeline.washington_attention[t]),
                float(reference.weight[state.index]),
                focus,
                waver,
                state.level(LOBBYING),
            )
