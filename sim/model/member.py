"""A state of the roster: what it is, and how talks about its tie open and close.

Every formula is a call of `sim.model.rules`, so that the compiled kernel gives the same bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.model import rules
from sim.model.calendar import (
    DEPORTATIONS,
    HOSTILITY,
    OFFER,
    PLEDGE,
    REASSURANCE,
    US_CUT,
    WITHDRAWN,
)
from sim.model.draws import (
    CLOSING,
    COME_CLOSING,
    COME_IN_TALKS,
    COME_OPENING,
    COME_PUBLIC,
    IN_TALKS,
    OPENING,
    PLEDGED,
    PUBLIC,
    REASSURED,
    uniform,
)
from sim.model.reference import time_in_office
from sim.model.terms import (
    ACCEPTANCE,
    BEIJING,
    BY_ORDER,
    BY_PLEDGE,
    CHANCE,
    COLUMNS,
    DROPPED,
    IDLE,
    IN_PUBLIC,
    ITSELF,
    NEITHER,
    PRICE,
    PRICE_MUSD,
    SILENT,
    T_BASE,
    T_SHORTFALL,
    TAIPEI,
)

if TYPE_CHECKING:
    from sim.model.world import World

PUBLICLY, CALLED = 1, 2
"""Kinds of talks besides silent ones, 0: in public, and those that the calendar called for, which are public too."""
KINDS = range(3)
_COMING = {IN_TALKS: COME_IN_TALKS, OPENING: COME_OPENING, PUBLIC: COME_PUBLIC, CLOSING: COME_CLOSING}
"""The purposes of the same draws in talks with Taipei."""


class Member(mesa.Agent):
    """A state of the roster and its tie, which is not decided every month: it comes up, in talks that open and close.

    Others see public talks alone. `State` adds how it weighs and decides.
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
        self.tracked = False
        """Whether its shares of hidden talks with Taipei are followed by month; else they are those of reference."""
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
        self.aid_cut = self.deported = 0.0
        """Shares of its aid and of its remittances from there that Washington's answers have cost it."""
        self.rent = self.eased = 0.0
        """What Washington added when it gave way, US$ million a year, and the share of hostility that is gone since."""
        self.row = [0.0] * COLUMNS
        """What it weighed this month, as the ledger keeps it."""
        self.chance = 0.0
        """Chance of a change this month, averaged over talks that nobody sees."""
        self.steady, self.steady_since = 0.0, 0
        """While it is not with Taipei: that chance as it has been since a month, not yet added up."""
        self.begin(-1)

    @property
    def recognises_taipei(self) -> bool:
        """Whether it is on Taipei's side."""
        return self.side == TAIPEI

    @property
    def kind(self) -> int:
        """Kind of its talks; an idle state's are taken as silent."""
        return CALLED if self.called else max(self.talks - SILENT, 0)

    def level(self, kind: int) -> float:
        """What the calendar adds up to for this state this month."""
        return float(self.model.levels[kind, self.index])

    def uniform(self, purpose: int, month: int | None = None) -> float:
        """Its uniform number for a purpose, in a month of the run (-1: before the start), by default this one."""
        world = self.model
        month = world.month if month is None else month
        return uniform(world.seed, world.run, int(world.timeline.calendar_month[0]) + month, self.code, purpose)

    def hidden(self, purpose: int, month: int | None = None) -> float:
        """Its uniform number for talks of itself, of leaving or of coming, as its side has it."""
        return self.uniform(purpose if self.recognises_taipei else _COMING[purpose], month)

    def dependence(self) -> float:
        """Dependence on Washington, 0 to 1, less what it lost by aid cuts and by suspended cooperation."""
        timeline, i = self.model.timeline, self.index
        return rules.dependence_left(
            float(timeline.dependence_scale[i]),
            float(timeline.exports[i]),
            rules.remittances_left(float(timeline.remittances[i]), self.level(DEPORTATIONS) + self.deported),
            rules.aid_raised(float(timeline.us_aid[i]), self.rent, self.gdp),
            self.level(US_CUT) + self.aid_cut,
            self.security,
        )

    def hostility(self) -> float:
        """Hostility of Washington's that it feels, 0 to 3."""
        general = float(self.model.timeline.hostility[self.model.month])
        return rules.felt_hostility(general, self.level(HOSTILITY), self.eased)

    def trust(self) -> float:
        """Share of Beijing's bids that it expects to arrive."""
        return self.model.trusts[self.region]

    # --- talks open -------------------------------------------------------------------------------------------

    def begin(self, month: int) -> None:
        """At the start, or on a new side, a state may be in talks with the other; nobody knows."""
        reference, i = self.model.reference, self.index
        share, public = float(reference.share[i]), reference.public
        if not self.recognises_taipei:
            share = float(reference.coming.share[i])
            self.tracked = float(reference.coming.chance[i]) > rules.SELDOM
        self.shares = [share * (1.0 - public), share * public, 0.0]
        self.talks, self.idle_since, self.patience = IDLE, month, 1.0
        u = self.hidden(IN_TALKS, month)
        if u < share:
            self.start_talks(month)
        elif self.recognises_taipei:
            self.spell = self.hidden(OPENING, month)
        else:
            self.spell = rules.beyond(u, share)

    def start_talks(self, month: int) -> None:
        """Talks open, and it shows whether in public."""
        self.talks = IN_PUBLIC if self.hidden(PUBLIC, month) < self.model.reference.public else SILENT
        self.opened, self.door = month, 1.0
        self.knock = self.hidden(CLOSING, month)

    def end_talks(self) -> None:
        """It is idle again, and a new spell begins."""
        self.talks, self.called, self.idle_since = IDLE, False, self.model.month
        self.patience = self.door = 1.0
        self.spell = self.hidden(OPENING)

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
                self.pressed[int(public)] if self.recognises_taipei else 0.0,
                float(self.side),
                *row[T_BASE : T_SHORTFALL + 1],
                row[ACCEPTANCE],
                row[CHANCE],
                float(self.outcome or 0),
                row[PRICE],
                row[PRICE_MUSD],
            ]
        )

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
            self.shares[CALLED], self.waiting, self.trigger = 0.0, 0.0, ITSELF
            self.close_called = self.close
            if self.called:
                self.outcome = DROPPED
        if self.trigger == BY_ORDER and rules.standing_order(world.month - int(world.order_since[i])) == 0.0:
            self.shares[PUBLICLY] += self.shares[CALLED]
            self.shares[CALLED], self.waiting, self.trigger = 0.0, 0.0, ITSELF
            self.close_called = self.close
            self.called = False
        if call not in (ITSELF, WITHDRAWN):
            self.answer_call(call)
        calm = float(calls.calm[i])
        if calm > 0.0 and (calls.month[i] >= 0 or call == ITSELF):
            self.shares = [share * (1.0 - calm) for share in self.shares]
            self.waiting *= 1.0 - calm
            if self.talks != IDLE and self.uniform(REASSURED) < calm:
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
        self.called = call != BY_PLEDGE or self.uniform(PLEDGED) < opens
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
