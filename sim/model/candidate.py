"""A state that is not with Taipei: the same talks, with the sides changed. Taipei bids to win it, Beijing to keep it.

Every formula is a call of `sim.model.rules`, so that the compiled kernel gives the same bits.
"""

from __future__ import annotations

from sim.model import rules
from sim.model.accounts import owed, package_begins
from sim.model.calendar import AID, DOUBTED, INDUCEMENT, OFFER
from sim.model.draws import COME_LUCK, DELIVERED
from sim.model.member import PUBLICLY, Member
from sim.model.terms import (
    ACCEPTANCE,
    ARRIVES,
    CHANCE,
    COLUMNS,
    LEFT,
    NOT_TAKEN,
    PRICE,
    PRICE_MUSD,
    STAYED,
    T_AID,
    T_BASE,
    T_GOVERNMENT,
    T_OFFER,
    T_SHORTFALL,
    TAIPEI,
)


class Candidate(Member):
    """A state while it is with Beijing or with neither side, and how it comes (back) to Taipei.

    The calendar does not call for its talks: they open of themselves, silent or public.
    """

    def weigh_coming(self) -> None:
        """Both sides at their limits, each kind of talks: what would come of talks that closed now."""
        world, reference, p, t = self.model, self.reference, self.model.parameters, self.model.month
        lean, accepts = float(world.lean[self.index]), world.taipei.acceptance
        missing = rules.shortfall(self.missing, (t - self.left) / 12.0, p.package_years)
        if not self.is_new(self.bid, self.aid, self.level(INDUCEMENT), lean, missing, accepts, reference.bid[t]):
            return
        bid = rules.worth(self.bid + self.facts.access)
        answer = rules.worth(self.aid + self.level(INDUCEMENT))
        shared = [0.0] * COLUMNS
        shared[T_OFFER] = rules.return_offer_term(p.money_effect, bid, reference.bid[t])
        shared[T_AID] = rules.return_aid_term(p.money_effect, answer, reference.win_answer)
        shared[T_GOVERNMENT] = rules.return_government_term(p.return_lean_effect, lean, self.facts.lean_ref)
        shared[T_SHORTFALL] = rules.shortfall_term(p.shortfall_effect, missing)
        shared[ACCEPTANCE] = accepts
        for kind in (0, PUBLICLY):
            row = list(shared)
            row[T_BASE] = self.chain.base[kind]
            self.balance[kind] = rules.balance_of_coming(
                row[T_BASE], row[T_OFFER], row[T_AID], row[T_GOVERNMENT], row[T_SHORTFALL]
            )
            self.wins[kind] = rules.wins(self.balance[kind])
            row[CHANCE] = accepts * self.wins[kind]
            self.weighed[kind] = row

    def reckon_coming(self) -> None:
        """What is known of its talks from outside: the chance that it comes this month, and who is in talks after."""
        if self.missing != 0.0:
            self.weigh_coming()  # what was promised and did not come grows by the month
        silent, in_public, _ = self.shares
        self.chance = rules.chance_of_change(
            self.model.taipei.acceptance, self.close, silent, self.wins[0], in_public, self.wins[PUBLICLY]
        )
        if self.tracked:
            opening, public = (1.0 - silent - in_public) * self.open, self.model.reference.public
            self.shares = [
                rules.share_after(silent, self.close, opening * (1.0 - public), self.chance),
                rules.share_after(in_public, self.close, opening * public, self.chance),
                0.0,
            ]

    def conclude_with_taipei(self) -> bool:
        """Talks close, or do not; a uniform number drawn as they opened decides who wins. True where Taipei does."""
        accepts = self.model.taipei.acceptance
        self.door *= 1.0 - self.close
        if self.door >= self.knock:
            return False
        u = self.uniform(COME_LUCK, self.opened)
        if u >= accepts:
            self.outcome = NOT_TAKEN
            return False
        u /= accepts
        self.surplus = rules.surplus(self.balance[self.kind], u)
        self.outcome = LEFT if u < self.wins[self.kind] else STAYED
        return self.outcome == LEFT

    def settle_coming(self, side: int) -> None:
        """Who won pays the least with which it wins: Taipei for years out of its reserve, Beijing out of its purse."""
        world, p = self.model, self.model.parameters
        price: float | None = None
        if side == TAIPEI:
            price = rules.percent(self.base_aid, self.gdp)
            if self.outcome == LEFT:
                inducement = self.level(INDUCEMENT)
                answer = rules.worth(self.aid + inducement)
                price = rules.taipei_pays(answer, inducement, 0.0, -self.surplus, p.money_effect)
                self.grant = rules.granted(price, self.base_aid, self.level(AID), self.gdp)
                self.burden = min(self.grant, max(0.0, self.auction - self.base_aid))
                self.grant_until = world.month + 12.0 * p.aid_years
                world.remember(self.grant_until)
        elif self.outcome == STAYED:
            offered, doubted = self.level(OFFER), self.level(DOUBTED)
            bid = rules.worth(self.bid + self.facts.access)
            least = rules.beijing_pays(bid, self.reference.access, -self.surplus, p.money_effect)
            own = rules.from_purse(least, offered, self.trust())
            price = rules.promised(least, offered, doubted, own)
            if own / 100.0 * self.gdp > self.package:
                self.package = own / 100.0 * self.gdp
                self.package_until = world.month + 12.0 * p.package_years
                world.remember(self.package_until)
            if price / 100.0 * self.gdp > owed(world.book, self.index, world.month):
                self.row[ARRIVES] = self.share_delivered()
                self.owe(price, self.row[ARRIVES])
        if price is not None:
            self.row[PRICE], self.row[PRICE_MUSD] = price, price / 100.0 * self.gdp
        if self.outcome is not None:
            self.note_talks()
            self.end_talks()

    def share_delivered(self) -> float:
        """The share that will arrive of what Beijing promises it this month, drawn from what is known of others."""
        known = self.model.timeline.delivered
        return float(known[int(self.uniform(DELIVERED) * known.shape[0])])

    def owe(self, price: float, share: float) -> None:
        """Beijing owes it a package from now on: its price at face value, % of GDP a year, of which a share arrives."""
        world, a_year = self.model, price / 100.0 * self.gdp
        left = world.setting.years_left[world.month]
        package_begins(world.book, self.index, world.month, a_year, share, world.parameters.package_years, left)
