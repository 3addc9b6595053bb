"""A state of the roster: what it is, and how talks about its tie open and close.

Every formula is a call of `sim.model.rules`, so that the compiled kernel gives the same bits.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from sim.model import rules
from sim.model.calendar import (
    AID,
    DEPORTATIONS,
    HOSTILITY,
    INDUCEMENT,
    LEVELS,
    OFFER,
    PLEDGE,
    REASSURANCE,
    RETURN_PLEDGE,
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
from sim.model.quiet import Agent
from sim.model.reference import FIRST_YEAR, time_in_office
from sim.model.terms import (
    ACCEPTANCE,
    BEIJING,
    BY_ORDER,
    BY_PLEDGE,
    CHANCE,
    COLUMNS,
    DROPPED,
    HAZARD,
    IDLE,
    IN_PUBLIC,
    ITSELF,
    NEITHER,
    PRICE,
    PRICE_MUSD,
    SIDE,
    SILENT,
    T_BASE,
    T_SHORTFALL,
    TAIPEI,
)
from sim.model.terms import IN_TALKS as TALKS_COLUMN

if TYPE_CHECKING:
    from sim.model.world import World

PUBLICLY, CALLED = 1, 2
"""Kinds of talks besides silent ones, 0: in public, and those that the calendar called for, which are public too."""
KINDS = range(3)
_COMING = {IN_TALKS: COME_IN_TALKS, OPENING: COME_OPENING, PUBLIC: COME_PUBLIC, CLOSING: COME_CLOSING}
"""The purposes of the same draws in talks with Taipei."""


class Member(Agent):
    """A state of the roster and its tie, which is not decided every month: it comes up, in talks that open and close.

    Others see public talks alone. `State` adds how it weighs and decides.
    """

    model: World

    def __init__(self, world: World, index: int) -> None:
        super().__init__(world)
        self.index = self.place = index
        self.iso3 = world.states[index]
        self.facts = facts = world.setting.facts[index]
        """What the scenario says of it, by the names of `Timeline`."""
        self.reference = world.setting.references[index]
        """Its references, by the names of `Reference`."""
        self.code: int = facts.code
        self.economy: bool = facts.economy
        self.gdp: float = facts.gdp
        self.pride: float = facts.pride
        self.region: int = facts.region
        self.subregion: int = facts.subregion
        self.side = TAIPEI if facts.with_taipei else NEITHER if facts.with_none else BEIJING

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
        self.patience = self.door = 1.0
        """Chance of having stayed idle, or in talks, until now: at `spell` talks open, at `knock` they close."""
        self.spell = self.knock = 1.0
        self.shares = [0.0, 0.0, 0.0]
        """Chance of being in talks, for who sees no silent ones: silent, public, called for."""
        self.waiting = self.turned_away = 0.0
        """Chance of waiting under an order, and the acceptance at which Beijing did not take it."""
        self.close = self.close_called = self.open = 0.0
        """Chances of this month that talks close, those called for close, an idle state's talks open."""
        self.chain: SimpleNamespace
        """How its talks go under reference conditions, by the names of `Chain`: those of leaving, or of coming."""
        self.hurried = True
        """Whether its time may run at another pace next month: on a new side, or in a government's first year."""

        self.levels = [0.0] * LEVELS
        """What the calendar adds up to for it, by kind."""
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
        self.at_issue: tuple[float, ...] = ()
        """What it weighed last; nothing if it is to weigh anew."""
        self.weighed = [[0.0] * COLUMNS] * len(KINDS)
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
        self.left: int = facts.left
        """Month index of the switch."""
        self.security: float = facts.security
        """Security tie with Washington, 0 while cooperation is suspended."""
        self.aid_cut = self.deported = 0.0
        """Shares of its aid and of its remittances from there that Washington's answers have cost it."""
        self.rent = self.eased = 0.0
        """What Washington added when it gave way, US$ million a year, and the share of hostility that is gone since."""
        self.from_taipei = self.from_washington = 0.0
        """What Taipei pays it as an ally, and Washington gives it more than before, US$ million a year."""
        self.paid_by_taipei = self.paid_by_washington = 0.0
        """What that has come to since the start, US$ million."""
        self.written: list[float] | None = None
        """This month's row, once somebody has asked for it."""
        self.chance = 0.0
        """Chance of a change this month, averaged over talks that nobody sees."""
        self.away = 0.0
        """Chances met so far of moving away from the start's side, less those of moving back."""
        self.steady, self.steady_since = 0.0, 0
        """While it is not with Taipei: that chance as it has been since a month, not yet in `away`."""
        self.begin(-1)

    @property
    def recognises_taipei(self) -> bool:
        """Whether it is on Taipei's side."""
        return self.side == TAIPEI

    @property
    def kind(self) -> int:
        """Kind of its talks; an idle state's are taken as silent."""
        return CALLED if self.called else max(self.talks - SILENT, 0)

    @property
    def row(self) -> list[float]:
        """What it weighed this month, as the ledger keeps it."""
        if self.written is None:
            self.written = list(self.weighed[self.kind])
            self.written[SIDE], self.written[TALKS_COLUMN] = float(self.side), float(self.talks)
            self.written[HAZARD] = rules.yearly_rate(self.chance, self.model.exposure)
        return self.written

    def level(self, kind: int) -> float:
        """What the calendar adds up to for this state this month."""
        return self.levels[kind]

    def uniform(self, purpose: int, month: int | None = None) -> float:
        """Its uniform number for a purpose, in a month of the run (-1: before the start), by default this one."""
        world = self.model
        month = world.month if month is None else month
        return uniform(world.seed, world.run, world.first_month + month, self.code, purpose)

    def hidden(self, purpose: int, month: int | None = None) -> float:
        """Its uniform number for talks of itself, of leaving or of coming, as its side has it."""
        return self.uniform(purpose if self.recognises_taipei else _COMING[purpose], month)

    def dependence(self) -> float:
        """Dependence on Washington, 0 to 1, less what it lost by aid cuts and by suspended cooperation."""
        facts = self.facts
        return rules.dependence_left(
            facts.dependence_scale,
            facts.exports,
            rules.remittances_left(facts.remittances, self.level(DEPORTATIONS) + self.deported),
            rules.aid_raised(facts.us_aid, self.rent, self.gdp),
            self.level(US_CUT) + self.aid_cut,
            self.security,
        )

    def hostility(self) -> float:
        """Hostility of Washington's that it feels, 0 to 3."""
        return rules.felt_hostility(self.model.now.hostility, self.level(HOSTILITY), self.eased)

    def trust(self) -> float:
        """Share of Beijing's bids that it expects to arrive."""
        return self.model.trusts[self.region]

    def receive(self) -> None:
        """What an ally is paid a year by Taipei and Washington from now on."""
        self.from_taipei = rules.taipei_gives(self.standing, self.level(AID), self.gdp)
        self.from_washington = rules.washington_gives(
            self.level(INDUCEMENT), self.level(US_CUT), self.facts.us_aid, self.gdp
        )

    # --- talks open -------------------------------------------------------------------------------------------

    def begin(self, month: int) -> None:
        """At the start, or on a new side, a state may be in talks with the other; nobody knows."""
        public = self.model.reference.public
        self.chain = self.reference.leaving if self.recognises_taipei else self.reference.coming
        share: float = self.chain.share
        self.tracked = self.chain.chance > rules.SELDOM
        self.shares = [share * (1.0 - public), share * public, 0.0]
        self.talks, self.patience, self.hurried = IDLE, 1.0, True
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
        self.talks, self.called = IDLE, False
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

    def come_up(self) -> None:
        """Its talks open by what its government said, or of themselves."""
        world = self.model
        self.outcome = None
        if self.hurried:
            self.tell_time()
        if self.trigger != ITSELF or (world.eventful and self.recognises_taipei):
            self.hear()
        if self.talks == IDLE:
            self.patience *= 1.0 - self.open
            if self.patience < self.spell:
                self.start_talks(world.month)

    def tell_time(self) -> None:
        """How fast time runs for its talks: faster in a government's first year, slower in a month cut short."""
        world, chain = self.model, self.chain
        known = time_in_office(world.month - int(world.government_since[self.index]))
        self.hurried = known == FIRST_YEAR
        self.close, opening = chain.close_at[known], chain.open_at[known]
        if world.exposure < 1.0:
            change = rules.leaving(chain.rate, chain.pace[known], world.exposure)
            self.close = rules.closing_at(chain.close, change, chain.chance)
            opening = rules.opening_at(chain.share, self.close, change)
        self.open = rules.at_odds(opening, self.courted() if self.recognises_taipei else self.wooed())

    def courted(self) -> float:
        """What multiplies the odds that an ally's talks open: Beijing approaches it, or has offered something."""
        return rules.courtship(
            self.model.now.beijing_approach,
            self.model.parameters.money_effect,
            self.level(OFFER),
            self.model.parameters.reassurance_effect,
            self.level(REASSURANCE),
        )

    def wooed(self) -> float:
        """What multiplies the odds that talks with Taipei open: it woos, or was promised a return."""
        wooed = rules.wooed(
            self.model.now.taipei_wooing, self.model.parameters.return_pledge_effect, self.level(RETURN_PLEDGE)
        )
        self.tracked = self.tracked or wooed != 1.0
        return wooed

    def hear(self) -> None:
        """What its government said, now or before: words that open talks, take them over or close them."""
        world, calls, i = self.model, self.model.calls, self.index
        self.close_called = self.close
        if self.trigger == BY_ORDER:
            self.close_called = rules.order_closing(world.parameters.order_months, world.exposure)
        call = int(calls.trigger[i])
        if call == WITHDRAWN and self.trigger in (BY_PLEDGE, BY_ORDER):
            self.shares[CALLED], self.waiting, self.trigger = 0.0, 0.0, ITSELF
            if self.called:
                self.outcome = DROPPED
        if self.trigger == BY_ORDER and rules.standing_order(world.month - int(world.order_since[i])) == 0.0:
            self.shares[PUBLICLY] += self.shares[CALLED]
            self.shares[CALLED], self.waiting, self.trigger = 0.0, 0.0, ITSELF
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
        world, chain, p, i = self.model, self.chain, self.model.parameters, self.index
        since, opens, pledge = int(world.calls.month[i]), 1.0, 0.0
        if call == BY_PLEDGE:
            usual, (stays, late) = chain.lost[PUBLICLY], self.reference.stays
            kept = p.pledge_kept * min(1.0, self.level(PLEDGE))
            lost = rules.pledge_lost(kept, usual, late)
            opens = rules.pledge_opens(kept, usual, stays, late)
            if since < 0:
                still = rules.still_open(opens, chain.close, lost, -since)
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
            known = time_in_office(world.month - int(world.government_since[i]))
            leave = rules.leaving(chain.rate, chain.pace[known], exposure)
            self.close_called = rules.closing_at(chain.close, leave, chain.chance)
        self.called = call != BY_PLEDGE or self.uniform(PLEDGED) < opens
        if self.called:
            if self.talks == IDLE or self.outcome == DROPPED:
                self.start_talks(world.month)
                self.outcome = None
            self.talks = IN_PUBLIC
