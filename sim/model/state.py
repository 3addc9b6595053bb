"""States: they weigh what is bid in talks, decide, and settle.

With `member`, `host` and `patrons` this is who acts: a reader can follow one month in the methods, a subclass can
change one of them. Every formula is a call of `sim.model.rules`, so that the compiled kernel gives the same bits.
"""

from __future__ import annotations

from sim.model import rules
from sim.model.accounts import package_ends
from sim.model.calendar import (
    AID,
    DOUBTED,
    INDUCEMENT,
    NEVER,
    OFFER,
    PLEDGE,
    RETURN_PLEDGE,
    end_words,
)
from sim.model.candidate import Candidate
from sim.model.draws import LUCK
from sim.model.member import CALLED, KINDS, PUBLICLY
from sim.model.terms import (
    ACCEPTANCE,
    ARRIVES,
    BEIJING,
    BY_ORDER,
    BY_PLEDGE,
    BY_REQUEST,
    CHANCE,
    COLUMNS,
    IDLE,
    ITSELF,
    LEFT,
    NEITHER,
    NOT_TAKEN,
    PRICE,
    PRICE_MUSD,
    STAYED,
    T_AID,
    T_BACKFIRE,
    T_BASE,
    T_GOVERNMENT,
    T_NEIGHBOURS,
    T_OFFER,
    T_ORDER,
    T_PLEDGE,
    T_REQUEST,
    T_THREAT,
    TAIPEI,
)


class State(Candidate):
    """A state that recognises Taipei or might come to, and keeps or changes its side."""

    # --- it weighs what is bid, and decides -------------------------------------------------------------------

    def weigh(self) -> None:
        """Weigh the change open to it."""
        if self.side == TAIPEI:
            self.receive()
            self.weigh_bids()
        else:
            self.weigh_coming()

    def reckon(self) -> None:
        """The chance that the change comes this month, for who sees no silent talks."""
        self.written = None
        if self.side == TAIPEI:
            self.reckon_leaving()
        else:
            self.reckon_coming()
        if self.must_change():
            self.chance = rules.MOST_CHANCE

    def is_new(self, *at_issue: float) -> bool:
        """Whether what it weighs is not what it weighed last; an agent of a class of one's own always weighs anew."""
        if at_issue == self.at_issue and not self.model.restless:
            return False
        self.at_issue = at_issue
        return True

    def weigh_bids(self) -> None:
        """Both sides at their limits, each kind of talks: what would come of talks that closed now."""
        world, reference, p = self.model, self.reference, self.model.parameters
        lean, hostility, accepts = float(world.lean[self.index]), self.hostility(), world.beijing.acceptance
        induced, bid_ref, words = self.level(INDUCEMENT), reference.bid[world.month], (self.trigger, self.pledge)
        if not self.is_new(
            self.bid, bid_ref, self.aid, induced, *self.pressed, *self.stake, hostility, lean, *words, accepts
        ):
            return
        bid = rules.worth(self.bid + self.facts.access)
        answer = rules.worth(self.aid + induced)
        shared = [0.0] * COLUMNS
        shared[T_OFFER] = rules.offer_term(p.money_effect, bid, bid_ref)
        shared[T_AID] = rules.aid_term(p.money_effect, answer, reference.answer)
        shared[T_GOVERNMENT] = rules.government_term(p.lean_effect, lean, self.facts.lean_ref)
        shared[T_NEIGHBOURS] = rules.neighbours_term(p.neighbours_effect, world.fresh_switches[self.subregion])
        shared[ACCEPTANCE] = accepts
        for kind in KINDS if self.called or self.trigger != ITSELF else (0, PUBLICLY):
            row, of = list(shared), min(kind, PUBLICLY)
            row[T_BASE] = self.chain.base[of]
            row[T_THREAT] = rules.threat_term(p.money_effect, rules.worth(self.stake[of]), reference.stake[of])
            row[T_BACKFIRE] = rules.backfire_term(
                p.backfire_effect, self.pride, self.pressed[of], hostility, reference.pressed[of]
            )
            if kind == CALLED:
                row[T_PLEDGE] = self.pledge if self.trigger == BY_PLEDGE else 0.0
                row[T_REQUEST] = reference.request_term if self.trigger == BY_REQUEST else 0.0
                row[T_ORDER] = reference.order_term if self.trigger == BY_ORDER else 0.0
            self.balance[kind] = rules.balance(*row[T_BASE : T_NEIGHBOURS + 1])
            self.wins[kind] = rules.wins(self.balance[kind])
            row[CHANCE] = accepts * self.wins[kind]
            self.weighed[kind] = row

    def reckon_leaving(self) -> None:
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
            self.wins[CALLED],
            self.waiting,
            self.turned_away,
        )
        opening = (1.0 - silent - in_public - called - self.waiting) * self.open
        self.shares = [
            rules.share_after(silent, self.close, opening * (1.0 - public), self.chance),
            rules.share_after(in_public, self.close, opening * public, self.chance),
            rules.share_after(called, self.close_called, 0.0, self.chance) if called else 0.0,
        ]
        if self.trigger == BY_ORDER:
            self.wait_under_order(self.close_called * called * (1.0 - accepts), accepts)

    def wait_under_order(self, turned: float, accepts: float) -> None:
        """Talks under an order that Beijing did not take wait until it does; turned : share that joins them."""
        if self.waiting > 0.0 or turned > 0.0:
            if self.waiting <= 0.0:
                self.turned_away = accepts
            self.waiting = rules.waiting_after(self.waiting, self.turned_away, accepts, turned, self.chance)
            self.turned_away = max(self.turned_away, accepts)

    def meet(self) -> None:
        """It has met the month's chance; an ally is paid for the month."""
        if self.side != TAIPEI:
            if self.chance != self.steady:
                self.add_up(self.model.month)
                self.steady = self.chance
            return
        year = self.model.exposure / 12.0
        self.away += self.chance if self.facts.with_taipei else -self.chance
        self.paid_by_taipei += self.from_taipei * year
        self.paid_by_washington += self.from_washington * year

    def add_up(self, month: int) -> None:
        """Add what it has met before a month, at the chance that it had until then, while not with Taipei."""
        self.away = self.away_by(month)
        self.steady_since = month

    def away_by(self, month: int) -> float:
        """Chances met before a month, with those not yet added up."""
        met = (month - self.steady_since) * self.steady
        return self.away + (-met if self.facts.with_taipei else met)

    def must_change(self) -> bool:
        """Whether an event moves it this month."""
        if not self.model.eventful:
            return False
        side = int(self.model.calls.switch[self.index])
        return side == (BEIJING if self.side == TAIPEI else TAIPEI)

    def decide(self) -> int:
        """The side it is on after this month."""
        world = self.model
        if self.side == TAIPEI:
            if self.must_change():
                self.outcome = None
                return BEIJING
            if self.talks != IDLE and self.outcome is None and (self.opened < world.month or self.called):
                return self.conclude()
            return TAIPEI
        if self.must_change():
            self.outcome = None
            return TAIPEI
        if self.talks != IDLE and self.opened < world.month and self.conclude_with_taipei():
            return TAIPEI
        return NEITHER if self.side == NEITHER and world.truce else BEIJING

    def conclude(self) -> int:
        """Talks close, or do not; a uniform number drawn as they opened decides who wins."""
        accepts = self.model.beijing.acceptance
        self.door *= 1.0 - (self.close_called if self.called else self.close)
        if self.door >= self.knock:
            return TAIPEI
        u = self.uniform(LUCK, self.opened)
        if u >= accepts:
            if not (self.called and self.trigger == BY_ORDER):
                self.outcome = NOT_TAKEN
            return TAIPEI
        u /= accepts
        self.surplus = rules.surplus(self.balance[self.kind], u)
        self.outcome = LEFT if u < self.wins[self.kind] else STAYED
        return rules.destination(True, self.model.truce) if self.outcome == LEFT else TAIPEI

    # --- settlement -------------------------------------------------------------------------------------------

    def settle(self, side: int) -> None:
        """Who won pays the least with which it wins; both are bound by it for years."""
        if self.side != TAIPEI:
            self.settle_coming(side)
            return
        world, p = self.model, self.model.parameters
        price: float | None = None
        if side != TAIPEI:
            price = rules.percent(self.reference.usual, self.gdp)
            self.package = self.reference.usual
            if self.outcome == LEFT:
                offered, doubted = self.level(OFFER), self.level(DOUBTED)
                bid = rules.worth(self.bid + self.facts.access)
                least = rules.beijing_pays(bid, self.reference.access, self.surplus, p.money_effect)
                own = rules.from_purse(least, offered, self.trust())
                price = rules.promised(least, offered, doubted, own)
                self.package = own / 100.0 * self.gdp
            self.package_until = world.month + 12.0 * p.package_years
            self.delivered = self.share_delivered()
            self.visible = world.month + rules.VISIBLE_MONTHS
            world.remember(self.package_until, self.visible)
            self.missing = rules.undelivered(price, self.delivered)
            self.row[ARRIVES] = self.delivered
            self.owe(price, self.delivered)
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
                world.remember(self.grant_until)
        if price is not None:
            self.row[PRICE], self.row[PRICE_MUSD] = price, price / 100.0 * self.gdp
        if self.outcome is not None:
            self.note_talks()
            self.end_talks()
            if world.calls.request[self.index] >= 0:
                world.calls.request[self.index] = -1
                world.moved = True

    def change_to(self, side: int) -> None:
        """Carry the decision out, and remember what the next months need."""
        world, was = self.model, self.side
        self.side = side
        if was == TAIPEI:
            self.left = world.month
            self.trigger, self.called, self.talks, self.waiting = ITSELF, False, IDLE, 0.0
            world.calls.request[self.index] = -1
            world.order_since[self.index] = NEVER
            world.fresh_switches[self.subregion] += 1.0
            end_words(world.timeline.events, self.index, PLEDGE, PLEDGE, world.status)
            self.steady, self.steady_since = 0.0, world.month + 1
            self.begin(world.month)
        elif side == TAIPEI:
            self.add_up(world.month + 1)
            self.steady = 0.0
            end_words(world.timeline.events, self.index, RETURN_PLEDGE, RETURN_PLEDGE, world.status)
            self.package = 0.0
            package_ends(world.book, self.index, world.month, world.setting.years_left[world.month])
            self.begin(world.month)
