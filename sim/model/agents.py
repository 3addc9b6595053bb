"""The agents: states in talks that weigh bids and decide, and the three patrons that bid, aid and press.

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
    INDUCEMENT,
    LOBBYING,
    MATCH,
    MET,
    NOTICE,
    OFFER,
    PLEDGE,
    REASSURANCE,
    REFUSED,
    RETURN_PLEDGE,
    TAIPEI_CUT,
    THREAT,
    US_CUT,
    WITHDRAWN,
    end_words,
)
from sim.model.draws import (
    ANSWER,
    CLOSING,
    DELIVERED,
    IN_TALKS,
    LUCK,
    OPENING,
    PLEDGED,
    PUBLIC,
    REASSURED,
    RESTORE,
    RETURN,
    SUSPEND,
    uniform,
)
from sim.model.reference import time_in_office
from sim.model.terms import (
    ACCEPTANCE,
    ACTIVE,
    BEIJING,
    BY_ORDER,
    BY_PLEDGE,
    BY_REQUEST,
    CHANCE,
    COLUMNS,
    DROPPED,
    HAZARD,
    IDLE,
    IN_PUBLIC,
    ITSELF,
    LEFT,
    NEITHER,
    NOT_TAKEN,
    PRICE,
    PRICE_MUSD,
    SIDE,
    SILENT,
    STAYED,
    SUSPENDED,
    T_AID,
    T_BACKFIRE,
    T_BASE,
    T_GOVERNMENT,
    T_NEIGHBOURS,
    T_OFFER,
    T_ORDER,
    T_PLEDGE,
    T_REQUEST,
    T_SHORTFALL,
    T_THREAT,
    T_WINDOW,
    TAIPEI,
)
from sim.model.terms import IN_TALKS as TALKS_COLUMN

if TYPE_CHECKING:
    from sim.model.world import World

PUBLICLY, TOLD = 1, 2
"""Kinds of talks besides silent ones, 0: in public, and those that the calendar called for, which are public too."""
KINDS = range(3)


class State(mesa.Agent):
    """A state that recognises Taipei or once did, and keeps or changes its side.

    A tie is not decided every month: it comes up, in talks that open and close. Others see public talks alone.
    """

    model: World

    def __init__(self, world: World, index: int) -> None:
        super().__init__(world)
        timeline = world.timeline
        self.index = index
        self.iso3 = world.states[index]
        self.code = int(timeline.code[index])
        self.economy = bool(timeline.economy[index])
        self.gdp = float(timeline.gdp[index])
        self.pride = float(timeline.pride[index])
        self.region = int(timeline.region[index])
        self.subregion = int(timeline.subregion[index])
        self.side = BEIJING
        if timeline.with_taipei[index]:
            self.side = TAIPEI
        elif timeline.with_none[index]:
            self.side = NEITHER

        self.talks = IDLE
        """Whether its tie is in talks: idle, silent or public."""
        self.opened = -1
        """Month in which the talks opened, -1 for those that were open at the start."""
        self.trigger = ITSELF
        """What the calendar called for talks by, as others know it."""
        self.called = False
        """Whether the talks are those that the calendar called for."""
        self.pledge = 0.0
        """What the pledge that called for talks adds to their log odds."""
        self.idle_since = -1
        self.patience = self.door = 1.0
        """Chance of having stayed idle, or in talks, until now: at `spell` talks open, at `knock` they close."""
        self.spell = self.knock = 1.0
        self.shares = [0.0, 0.0, 0.0]
        """Chance of being in talks, for who sees no silent ones: silent, public, called for."""
        self.waiting = self.turned_away = 0.0
        """Chance of waiting under an order, and the acceptance at which Beijing did not take it."""
        self.close = self.close_called = self.open = 0.0
        """Chances of this month that talks close, those called for close, an idle state's talks open."""

        self.bid = 0.0
        """Beijing's bid at its limit as the state believes it, % of GDP a year."""
        self.base_aid = self.standing = self.auction = 0.0
        """Taipei's base aid, what stands, and the most it would pay in talks, US$ million a year."""
        self.aid = 0.0
        """Taipei's bid at its limit, % of GDP a year."""
        self.pressed = [0.0, 0.0]
        """Washington's pressure on the question, 0 to 3, in silent and in public talks."""
        self.stake = [0.0, 0.0]
        """What it puts at stake, % of GDP a year."""
        self.weighed = [[0.0] * COLUMNS for _ in KINDS]
        """Terms of each kind of talks, as the ledger keeps them."""
        self.balance, self.wins = [0.0] * 3, [0.0] * 3
        """Log odds that talks of each kind are lost, and the chance."""
        self.outcome: int | None = None
        """How talks ended this month."""
        self.surplus = 0.0
        """How far the winner of the talks was ahead, in log odds."""

        self.package = self.package_until = 0.0
        """What Beijing pays it out of its purse, US$ million a year, and until which month."""
        self.grant = self.burden = self.grant_until = 0.0
        """What Taipei added to its base aid, the part of it that burdens the reserve, and until which month."""
        self.visible: int | None = None
        """Month in which others see what of Beijing's promises arrived."""
        self.delivered = 0.0
        """That share."""
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
        """Chance of a change this month, averaged over talks that nobody sees."""
        if self.recognises_taipei:
            self.begin(-1)

    @property
    def recognises_taipei(self) -> bool:
        """Whether it is on Taipei's side."""
        return self.side == TAIPEI

    @property
    def kind(self) -> int:
        """Kind of its talks; an idle state's are taken as silent."""
        return TOLD if self.called else max(self.talks - SILENT, 0)

    def level(self, kind: int) -> float:
        """What the calendar adds up to for this state this month."""
        return float(self.model.levels[kind, self.index])

    def luck(self, purpose: int, month: int | None = None) -> float:
        """Its uniform number for a purpose, in a month of the run (-1: before the start), this one unless told."""
        world = self.model
        month = world.month if month is None else month
        return uniform(world.seed, world.run, int(world.timeline.calendar_month[0]) + month, self.code, purpose)

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

    def trust(self) -> float:
        """Share of Beijing's bids that it expects to arrive."""
        return self.model.trusts[self.region]

    # --- talks open -------------------------------------------------------------------------------------------

    def begin(self, month: int) -> None:
        """At the start, or back with Taipei, a state may be in talks; nobody knows."""
        reference, i = self.model.reference, self.index
        share, public = float(reference.share[i]), reference.public
        self.shares = [share * (1.0 - public), share * public, 0.0]
        self.idle_since, self.patience = month, 1.0
        if self.luck(IN_TALKS, month) < share:
            self.start_talks(month)
        else:
            self.spell = self.luck(OPENING, month)

    def start_talks(self, month: int) -> None:
        """Talks open, and it shows whether in public."""
        self.talks = IN_PUBLIC if self.luck(PUBLIC, month) < self.model.reference.public else SILENT
        self.opened, self.door = month, 1.0
        self.knock = self.luck(CLOSING, month)

    def end_talks(self) -> None:
        """It is idle again, and a new spell begins."""
        self.talks, self.called, self.idle_since = IDLE, False, self.model.month
        self.patience = self.door = 1.0
        self.spell = self.luck(OPENING)

    def tell_time(self) -> None:
        """How fast time runs for its talks this month: faster in a government's first year."""
        world, reference, i = self.model, self.model.reference, self.index
        pace = float(reference.pace[time_in_office(world.month - int(world.government_since[i]))])
        leave, usual = rules.leaving(float(reference.rate[i]), pace, world.exposure), float(reference.leave[i])
        self.close = rules.closing_at(float(reference.close[i]), leave, usual)
        self.open = rules.opening_at(float(reference.share[i]), self.close, leave)
        self.close_called = self.close
        if self.trigger == BY_ORDER:
            self.close_called = rules.order_closing(world.parameters.order_months, world.exposure)

    def hear(self) -> None:
        """What its government said this month: words that open talks, take them over or close them."""
        world, calls, i = self.model, self.model.calls, self.index
        self.outcome = None
        self.tell_time()
        call = int(calls.trigger[i])
        if call == WITHDRAWN and self.trigger in (BY_PLEDGE, BY_ORDER):
            self.shares[TOLD], self.waiting, self.trigger = 0.0, 0.0, ITSELF
            self.close_called = self.close
            if self.called:
                self.outcome = DROPPED
        if self.trigger == BY_ORDER and rules.standing_order(world.month - int(world.order_since[i])) == 0.0:
            self.shares[PUBLICLY] += self.shares[TOLD]
            self.shares[TOLD], self.waiting, self.trigger = 0.0, 0.0, ITSELF
            self.close_called = self.close
            self.called = False
        if call not in (ITSELF, WITHDRAWN):
            self.answer_call(call)
        calm = float(calls.calm[i])
        if calm > 0.0 and (calls.month[i] >= 0 or call == ITSELF):
            self.shares = [share * (1.0 - calm) for share in self.shares]
            self.waiting *= 1.0 - calm
            if self.talks != IDLE and self.luck(REASSURED) < calm:
                self.outcome = DROPPED

    def answer_call(self, call: int) -> None:
        """A pledge may open talks, an order or a request does; whichever it is takes over talks that are open."""
        world, reference, p, i = self.model, self.model.reference, self.model.parameters, self.index
        since, opens, pledge = int(world.calls.month[i]), 1.0, 0.0
        if call == BY_PLEDGE:
            usual, late = float(reference.lost[i, PUBLICLY]), float(reference.stays[i, 1])
            kept = p.pledge_kept * min(1.0, self.level(PLEDGE))
            lost = rules.pledge_lost(kept, usual, late)
            opens = rules.pledge_opens(kept, usual, float(reference.stays[i, 0]), late)
            if since < 0:
                still = rules.still_open(opens, float(reference.close[i]), lost, -since)
                opens = (1.0 - float(world.calls.calm[i])) * still
            pledge = rules.words_term(lost, usual)
        elif world.month - since >= rules.ORDER_MONTHS:
            opens = 0.0
        if opens <= 0.0 or self.trigger == BY_ORDER:
            return
        silent, public, called = self.shares
        self.shares = [(1.0 - opens) * silent, (1.0 - opens) * (public + called), opens]
        self.waiting, self.trigger, self.pledge = 0.0, call, pledge
        exposure = float(world.calls.exposure[i])
        if call == BY_ORDER:
            self.close_called = rules.order_closing(p.order_months, exposure)
        else:
            pace = float(reference.pace[time_in_office(world.month - int(world.government_since[i]))])
            leave = rules.leaving(float(reference.rate[i]), pace, exposure)
            self.close_called = rules.closing_at(float(reference.close[i]), leave, float(reference.leave[i]))
        self.called = call != BY_PLEDGE or self.luck(PLEDGED) < opens
        if self.called:
            if self.talks == IDLE or self.outcome == DROPPED:
                self.start_talks(world.month)
                self.outcome = None
            self.talks = IN_PUBLIC

    def come_up(self) -> None:
        """An idle state's tie comes up of itself, more easily when Beijing approaches it or has offered something."""
        world, p = self.model, self.model.parameters
        courtship = rules.courtship(
            float(world.timeline.beijing_approach[world.month]),
            p.money_effect,
            self.level(OFFER),
            p.reassurance_effect,
            self.level(REASSURANCE),
        )
        self.open = rules.at_odds(self.open, courtship)
        if self.talks == IDLE and self.idle_since < world.month:
            self.patience *= 1.0 - self.open
            if self.patience < self.spell:
                self.start_talks(world.month)

    # --- it weighs what is bid, and decides -------------------------------------------------------------------

    def weigh(self) -> None:
        """Weigh the change open to it, and so set the chance that it comes this month."""
        self.row = [0.0] * COLUMNS
        self.chance = 0.0
        if self.side == TAIPEI:
            self.weigh_bids()
        elif self.side == BEIJING and rules.may_return(self.model.month - self.left):
            self.weigh_returning()
        if self.side == TAIPEI:
            self.row = list(self.weighed[self.kind])
            self.row[TALKS_COLUMN] = float(self.talks)
        if self.told_to_change():
            self.chance = rules.MOST_CHANCE
        if self.side == TAIPEI or self.told_to_change():
            self.row[HAZARD] = rules.yearly_rate(self.chance, self.model.exposure)
        self.row[SIDE] = float(self.side)

    def weigh_bids(self) -> None:
        """Both sides at their limits, each kind of talks: what would come of talks that closed now."""
        world, i = self.model, self.index
        timeline, reference, p, t = world.timeline, world.reference, world.parameters, world.month
        bid = rules.worth(self.bid + float(timeline.access[i]))
        answer = rules.worth(self.aid + self.level(INDUCEMENT))
        hostility = rules.felt_hostility(float(timeline.hostility[t]), self.level(HOSTILITY))
        for kind in KINDS:
            row, of = [0.0] * COLUMNS, min(kind, PUBLICLY)
            stake, usual_pressure = rules.worth(self.stake[of]), float(reference.pressed[i, of])
            row[T_BASE] = float(reference.base[i, of])
            row[T_OFFER] = rules.offer_term(p.money_effect, bid, float(reference.bid[i, t]))
            row[T_AID] = rules.aid_term(p.money_effect, answer, float(reference.answer[i]))
            row[T_THREAT] = rules.threat_term(p.money_effect, stake, float(reference.stake[i, of]))
            row[T_BACKFIRE] = rules.backfire_term(
                p.backfire_effect, self.pride, self.pressed[of], hostility, usual_pressure
            )
            row[T_GOVERNMENT] = rules.government_term(p.lean_effect, float(world.lean[i]), float(timeline.lean_ref[i]))
            if kind == TOLD:
                row[T_PLEDGE] = self.pledge if self.trigger == BY_PLEDGE else 0.0
                row[T_REQUEST] = float(reference.request_term[i]) if self.trigger == BY_REQUEST else 0.0
                row[T_ORDER] = float(reference.order_term[i]) if self.trigger == BY_ORDER else 0.0
            row[T_NEIGHBOURS] = rules.neighbours_term(p.neighbours_effect, float(world.fresh_switches[self.subregion]))
            row[ACCEPTANCE] = world.beijing.acceptance
            self.balance[kind] = rules.balance(*row[T_BASE : T_NEIGHBOURS + 1])
            self.wins[kind] = rules.wins(self.balance[kind])
            row[CHANCE] = world.beijing.acceptance * self.wins[kind]
            self.weighed[kind] = row
        self.reckon()

    def reckon(self) -> None:
        """What is known of its talks from outside: the chance that it leaves this month, and who is in talks after."""
        accepts, public = self.model.beijing.acceptance, self.model.reference.public
        silent, in_public, called = self.shares
        self.chance = rules.chance_of_leaving(
            accepts,
            self.close,
            silent,
            self.wins[0],
            in_public,
            self.wins[PUBLICLY],
            self.close_called,
            called,
            self.wins[TOLD],
            self.waiting,
            self.turned_away,
        )
        opening = (1.0 - silent - in_public - called - self.waiting) * self.open
        turned = self.close_called * called * (1.0 - accepts) if self.trigger == BY_ORDER else 0.0
        self.shares = [
            rules.share_after(silent, self.close, opening * (1.0 - public), self.chance),
            rules.share_after(in_public, self.close, opening * public, self.chance),
            rules.share_after(called, self.close_called, 0.0, self.chance),
        ]
        if self.waiting > 0.0 or turned > 0.0:
            if self.waiting <= 0.0:
                self.turned_away = accepts
            self.waiting = rules.waiting_after(self.waiting, self.turned_away, accepts, turned, self.chance)
            self.turned_away = max(self.turned_away, accepts)

    def told_to_change(self) -> bool:
        """Whether a change is told for this month."""
        told = int(self.model.calls.switch[self.index])
        return told == (BEIJING if self.side == TAIPEI else TAIPEI)

    def decide(self) -> int:
        """The side it is on after this month."""
        world = self.model
        if self.side == TAIPEI:
            if self.told_to_change():
                self.outcome = None
                return BEIJING
            if self.talks != IDLE and self.outcome is None and (self.opened < world.month or self.called):
                return self.conclude()
            return TAIPEI
        if self.told_to_change():
            return TAIPEI
        if self.side == NEITHER:
            return NEITHER if world.truce else BEIJING
        return TAIPEI if self.luck(RETURN) < self.chance else BEIJING

    def conclude(self) -> int:
        """Talks close, or do not; luck, drawn as they opened, says who wins."""
        accepts = self.model.beijing.acceptance
        self.door *= 1.0 - (self.close_called if self.called else self.close)
        if self.door >= self.knock:
            return TAIPEI
        luck = self.luck(LUCK, self.opened)
        if luck >= accepts:
            if not (self.called and self.trigger == BY_ORDER):
                self.outcome = NOT_TAKEN
            return TAIPEI
        drawn = luck / accepts
        self.surplus = rules.surplus(self.balance[self.kind], drawn)
        self.outcome = LEFT if drawn < self.wins[self.kind] else STAYED
        return rules.destination(True, self.model.truce) if self.outcome == LEFT else TAIPEI

    # --- settlement -------------------------------------------------------------------------------------------

    def settle(self, side: int) -> None:
        """Who won pays the least with which it wins; both are bound by it for years."""
        world, p = self.model, self.model.parameters
        price: float | None = None
        if side != TAIPEI:
            price = rules.percent(float(world.reference.usual[self.index]), self.gdp)
            self.package = float(world.reference.usual[self.index])
            if self.outcome == LEFT:
                offered, doubted = self.level(OFFER), self.level(DOUBTED)
                access = float(world.reference.access[self.index])
                bid = rules.worth(self.bid + float(world.timeline.access[self.index]))
                least = rules.beijing_pays(bid, access, self.surplus, p.money_effect)
                own = rules.from_purse(least, offered, self.trust())
                price = rules.promised(least, offered, doubted, own)
                self.package = own / 100.0 * self.gdp
            self.package_until = world.month + 12.0 * p.package_years
            known = world.timeline.delivered
            self.delivered = float(known[int(self.luck(DELIVERED) * known.shape[0])])
            self.visible = world.month + rules.VISIBLE_MONTHS
            self.missing = rules.undelivered(price, self.delivered)
            self.grant = self.burden = 0.0
        elif self.outcome in (STAYED, NOT_TAKEN):
            stands = price = rules.percent(self.standing, self.gdp)
            if self.outcome == STAYED:
                inducement = self.level(INDUCEMENT)
                price = rules.taipei_pays(
                    rules.worth(self.aid + inducement), inducement, stands, self.surplus, p.money_effect
                )
            if price > stands:
                self.grant = rules.granted(price, self.base_aid, self.level(AID), self.gdp)
                self.burden = min(self.grant, max(0.0, self.auction - self.base_aid))
                self.grant_until = world.month + 12.0 * p.aid_years
        if price is not None:
            self.row[PRICE], self.row[PRICE_MUSD] = price, price / 100.0 * self.gdp
        if self.outcome is not None:
            self.note_talks()
            world.calls.request[self.index] = -1
            self.end_talks()

    def note_talks(self) -> None:
        """A row for the table of talks."""
        row, public = self.row, self.talks == IN_PUBLIC
        self.model.talks.append(
            [
                float(self.model.run),
                float(self.opened),
                float(self.model.month),
                float(self.index),
                float(public),
                float(self.trigger if self.called else ITSELF),
                self.bid,
                self.aid,
                self.pressed[int(public)],
                *row[T_BASE : T_NEIGHBOURS + 1],
                row[ACCEPTANCE],
                row[CHANCE],
                float(self.outcome or 0),
                row[PRICE],
                row[PRICE_MUSD],
            ]
        )

    def change_to(self, side: int) -> None:
        """Carry the decision out, and remember what the next months need."""
        world = self.model
        if self.side == TAIPEI:
            self.left = world.month
            self.trigger, self.called, self.talks, self.waiting = ITSELF, False, IDLE, 0.0
            world.calls.request[self.index] = -1
            end_words(world.timeline.events, self.index, PLEDGE, PLEDGE, world.status)
        elif side == TAIPEI:
            end_words(world.timeline.events, self.index, RETURN_PLEDGE, RETURN_PLEDGE, world.status)
            self.package = 0.0
            self.begin(world.month)
        self.side = side

    def weigh_returning(self) -> None:
        """Every term of returning to Taipei."""
        world, row, i = self.model, self.row, self.index
        timeline, reference, p, t = world.timeline, world.reference, world.parameters, world.month
        offer = rules.worth(self.level(OFFER)) if self.economy else 0.0
        aid = rules.worth(self.level(AID)) if self.economy else 0.0
        shortfall = rules.shortfall(self.missing, (t - self.left) / 12.0, p.package_years)
        in_office = t - int(world.government_since[i])

        row[T_BASE] = float(reference.rho[i])
        row[T_OFFER] = rules.return_offer_term(p.money_effect, offer)
        row[T_AID] = rules.return_aid_term(p.money_effect, aid)
        row[T_GOVERNMENT] = rules.return_government_term(
            p.return_lean_effect, float(world.lean[i]), float(timeline.lean_ref[i])
        )
        row[T_PLEDGE] = rules.return_pledge_term(p.return_pledge_effect, self.level(RETURN_PLEDGE))
        row[T_WINDOW] = rules.window_term(p.return_window_effect, reference.return_centre, in_office)
        row[T_SHORTFALL] = rules.shortfall_term(p.shortfall_effect, shortfall)
        row[ACCEPTANCE] = world.taipei.acceptance
        log_rate = rules.log_hazard_of_return(
            row[T_BASE],
            row[T_GOVERNMENT],
            row[T_PLEDGE],
            row[T_WINDOW],
            row[T_AID],
            row[T_OFFER],
            row[T_SHORTFALL],
        )
        row[HAZARD] = rules.hazard_of_return(log_rate, world.taipei.acceptance)
        self.chance = rules.monthly_chance(row[HAZARD], world.exposure)


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
            luck = uniform(world.seed, world.run, world.calendar_month, state.code, ANSWER)
            world.carried_out[1] += 1.0
            if luck < world.parameters.answer_chance:
                state.answered = world.parameters.answer_share
                world.carried_out[0] += 1.0
        else:
            state.security = float(world.timeline.security[state.index])
            state.answered = 0.0


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
        """Its limit for each state, bounded by what its purse has left, as the state believes it."""
        world, t = self.model, self.model.month
        running = float(world.reference.running[t])
        for state in world.members:
            running += state.package
        budget = float(world.timeline.beijing_budget[t])
        purse = rules.purse_left(world.parameters.purse, budget, running + float(world.committed[0]))
        for state in world.with_taipei():
            limit = float(world.reference.limit[state.index])
            state.bid = rules.beijing_bid(limit, budget, purse, state.trust(), state.level(OFFER), state.gdp)


class Taipei(mesa.Agent):
    """Aids its allies, and adds to that in talks, up to a ceiling and what its reserve has left."""

    model: World

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.acceptance = 1.0
        """Readiness to take a returning state."""

    def look(self) -> None:
        """Whether it takes a returning state this month."""
        world, t = self.model, self.model.month
        self.acceptance = rules.acceptance(
            float(world.timeline.taipei_acceptance[t]), world.truce, world.parameters.acceptance_truce
        )

    def answer(self) -> None:
        """Its limit for each ally; a request that it refused or met, a match and told offers change it."""
        world, t = self.model, self.model.month
        timeline, reference, p = world.timeline, world.reference, world.parameters
        budget, returned, granted = float(timeline.taipei_budget[t]), 0.0, 0.0
        for state in world.members:
            granted += state.burden
            if timeline.with_taipei[state.index] and not state.recognises_taipei:
                returned += float(reference.aid[state.index])
        reserve = rules.reserve_left(
            p.reserve, reference.base_budget, budget, returned, granted + float(world.committed[1])
        )
        for state in world.with_taipei():
            state.base_aid = rules.base_after(float(reference.aid[state.index]), budget, state.level(TAIPEI_CUT))
            state.standing = state.base_aid + state.grant
            state.auction = rules.taipei_limit(p.ceiling, state.base_aid, state.standing, reserve)
            request = int(world.calls.request[state.index])
            said = int(timeline.events.answer[request]) if request >= 0 else None
            refused = 1.0 if said == REFUSED else 0.0
            met = float(reference.values[request]) if said == MET else 0.0
            limit = rules.answered(state.auction, state.standing, refused, met)
            state.aid = rules.taipei_bid(limit, state.level(AID), state.level(MATCH), state.bid, state.gdp)


class Washington(mesa.Agent):
    """Presses states to stay, most where it usually looks and where talks are public, and puts something at stake."""

    model: World

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
