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
    HAZARD,
    IDLE,
    ITSELF,
    LEFT,
    NEITHER,
    NOT_TAKEN,
    PRICE,
    PRICE_MUSD,
    SIDE,
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
from sim.model.terms import IN_TALKS as TALKS_COLUMN


class State(Candidate):
    """A state that recognises Taipei or might come to, and keeps or changes its side."""

    # --- it weighs what is bid, and decides -------------------------------------------------------------------

    def weigh(self) -> None:
        """Weigh the change open to it, and so set the chance that it comes this month."""
        self.row = [0.0] * COLUMNS
        self.chance = 0.0
        if self.side == TAIPEI:
            self.weigh_bids()
        else:
            self.weigh_coming()
        self.row = list(self.weighed[self.kind])
        self.row[TALKS_COLUMN] = float(self.talks)
        if self.must_change():
            self.chance = rules.MOST_CHANCE
        self.row[HAZARD] = rules.yearly_rate(self.chance, self.model.exposure)
        self.row[SIDE] = float(self.side)

    def weigh_bids(self) -> None:
        """Both sides at their limits, each kind of talks: what would come of talks that closed now."""
        world, i = self.model, self.index
        timeline, reference, p, t = world.timeline, world.reference, world.parameters, world.month
        bid = rules.worth(self.bid + float(timeline.access[i]))
        answer = rules.worth(self.aid + self.level(INDUCEMENT))
        hostility = self.hostility()
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
            if kind == CALLED:
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
            self.wins[CALLED],
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

    def must_change(self) -> bool:
        """Whether an event moves it this month."""
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
            self.delivered = self.share_delivered()
            self.visible = world.month + rules.VISIBLE_MONTHS
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
        if price is not None:
            self.row[PRICE], self.row[PRICE_MUSD] = price, price / 100.0 * self.gdp
        if self.outcome is not None:
            self.note_talks()
            world.calls.request[self.index] = -1
            self.end_talks()

    def change_to(self, side: int) -> None:
        """Carry the decision out, and remember what the next months need."""
        world, was = self.model, self.side
        self.side = side
        if was == TAIPEI:
            self.left = world.month
            self.trigger, self.called, self.talks, self.waiting = ITSELF, False, IDLE, 0.0
            world.calls.request[self.index] = -1
            end_words(world.timeline.events, self.index, PLEDGE, PLEDGE, world.status)
            self.steady, self.steady_since = 0.0, world.month + 1
            self.begin(world.month)
        elif side == TAIPEI:
            end_words(world.timeline.events, self.index, RETURN_PLEDGE, RETURN_PLEDGE, world.status)
            self.package = 0.0
            package_ends(world.book, self.index, world.month, float(world.years_left[world.month]))
            self.begin(world.month)
