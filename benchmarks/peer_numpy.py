"""The same work in NumPy: a block of runs at once, months in a Python loop, rare things by index.

Formulas are those of `sim.model.rules`, over arrays (draws, 20 runs, states); NumPy's exponentials and sums may differ
from the kernel's in the last bits, so counts are equal and sums agree to nine digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model import draws as purposes
from sim.model import rules, terms
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan
from sim.model.reference import REGIONS
from sim.model.terms import BEIJING, IDLE, IN_PUBLIC, LEFT, NOT_TAKEN, SILENT, STAYED, TAIPEI
from sim.model.timeline import Timeline
from sim.runs.ensemble import Ensemble
from sim.runs.sampling import Draws

DOES = (
    "NumPy over blocks of 5,000 runs, one thread: what the row `c` does and leaves out, counts equal, sums and prices"
    " to nine digits"
)
DRAWS_AT_ONCE = 250
"""Smaller blocks pay more for Python: 25 draws take three times as long, 500 hardly less."""
_FAR = 1_000_000
Array = NDArray[Any]


def simulate(plan: Plan, drawn: Draws, seed: int, runs: int, horizons: Sequence[int] = (), talks: int = 0) -> Ensemble:
    """What `run_ensemble` gives for a scenario without events, hosts and candidates; its arguments and its arrays.

    runs, talks : multiples of 20. Raises ValueError for others, or another scenario.
    """
    timeline = plan.timeline
    if timeline.events.month.size or timeline.host.size or not timeline.with_taipei.all():
        raise ValueError("events, hosts and candidates are left out of the NumPy peer")
    if runs % RUNS_PER_DRAW or talks % RUNS_PER_DRAW:
        raise ValueError(f"runs are dealt in draws of {RUNS_PER_DRAW}")
    blocks = []
    for first in range(0, runs // RUNS_PER_DRAW, DRAWS_AT_ONCE):
        some = slice(first, min(first + DRAWS_AT_ONCE, runs // RUNS_PER_DRAW))
        block = Block(timeline, drawn.parameters[some], drawn.spreads[some], seed, first * RUNS_PER_DRAW, horizons)
        blocks.append(block.simulated(talks))
    counts, changes, expected, talked, accounts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    none = np.empty((0, terms.ANSWER_COLUMNS))
    return Ensemble(counts, changes, expected, None, talked, none, accounts[:talks])


# --- rules over arrays ---


def uniform(seed: int, run: Array, month: Array | int, code: Array, purpose: Array | int) -> Array:
    """`sim.model.draws.uniform` over arrays."""
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    c0, c1, c2, c3 = (np.asarray(part).astype(np.uint64) for part in (run, month, code, purpose))
    key_0, key_1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        product_0, product_1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c2 = (product_1 >> half) ^ c1 ^ np.uint64(key_0), (product_0 >> half) ^ c3 ^ np.uint64(key_1)
        c1, c3 = product_1 & low, product_0 & low
        key_0, key_1 = (key_0 + 0x9E3779B9) & 0xFFFFFFFF, (key_1 + 0xBB67AE85) & 0xFFFFFFFF
    return ((c0 >> np.uint64(5)) * np.uint64(67108864) + (c1 >> np.uint64(6))) * (1.0 / 9007199254740992.0)


def worth(share: Array) -> Array:
    return np.log(1.0 + share)


def log_odds(chance: Array) -> Array:
    return np.log(chance / (1.0 - chance))


def wins(balance: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-np.clip(balance, -rules.MOST_BALANCE, rules.MOST_BALANCE)))


def leaving(rate: Array, exposure: float) -> Array:
    return np.minimum(rules.MOST_CHANCE, -np.expm1(-rate * exposure / 12.0))


def at_odds(chance: Array, multiple: float) -> Array:
    grown = chance * multiple
    return grown / np.maximum(rules.TINY, grown + (1.0 - chance))


def lost_in_all(public: Array, lost_public: Array, lost_silent: Array) -> Array:
    return public * lost_public + (1.0 - public) * lost_silent


def falls_due(a_year: Array, years: Array, years_left: float) -> Array:
    return a_year * np.maximum(0.0, np.minimum(years, years_left))


class Chain:
    """Talks of each state that may leave, or may come: (draws, n)."""

    def __init__(self, p: SimpleNamespace, log_rate: Array, effect: Array, public: Array) -> None:
        self.rate = np.exp(log_rate)
        centre = np.log(1.0 + p.window_share * np.expm1(effect))
        self.pace = np.exp(np.stack([0.0 * centre, effect - centre, -centre], axis=-1))
        self.chance = leaving(self.rate, 1.0)
        fastest = np.max(leaving(self.rate[..., None] * self.pace, 1.0) / self.chance[..., None], axis=-1)
        of_all = lost_in_all(public, p.lost_public, p.lost_silent)
        usual = np.maximum(-np.expm1(-1.0 / p.talks_months), 2.0 * self.chance / of_all)
        self.close = np.minimum(1.0 / np.maximum(1.0, fastest), usual)
        raised = np.maximum(1.0, 2.0 * self.chance / (self.close * of_all))
        silent, in_public = (np.minimum(rules.MOST_CHANCE, lost * raised) for lost in (p.lost_silent, p.lost_public))
        self.base = log_odds(silent), log_odds(in_public)
        self.share = np.minimum(rules.MOST_CHANCE, self.chance / (lost_in_all(public, in_public, silent) * self.close))

    def month(self, known: Array, exposure: float, multiple: float) -> tuple[Array, Array]:
        """Chances that talks close and that they open, by what is known of each government's time in office."""
        now = leaving(self.rate * self.pace[:, 0, known], exposure)
        close = np.minimum(1.0, self.close * now / self.chance)
        opens = np.clip(self.share * (close - now) / (1.0 - self.share), 0.0, 1.0)
        return close, at_odds(opens, multiple)


class At:
    """Some states of some runs: their places in arrays (draws, runs, n), (draws, n), (n,), (draws, runs), (draws,)."""

    def __init__(self, place: Array, states: int) -> None:
        self.place, self.state, self.run = place, place % states, place // states
        self.draw = self.run // RUNS_PER_DRAW
        self.of_draw = self.draw * states + self.state


class Block:
    """The runs of some draws, month by month."""

    def __init__(
        self, timeline: Timeline, parameters: Array, spreads: Array, seed: int, first: int, horizons: Sequence[int]
    ) -> None:
        tl = self.tl = timeline
        self.seed, self.first, self.horizons = seed, first, list(horizons)
        self.draws, self.n, self.months = len(parameters), tl.code.size, tl.exposure.size
        self.p = SimpleNamespace(**{name: parameters[name][:, None] for name in parameters.dtype.names or ()})
        self.years_left = np.append(np.cumsum(tl.exposure[:0:-1] / 12.0)[::-1], 0.0)
        self._derive(spreads)
        shape = (self.draws, RUNS_PER_DRAW, self.n)
        # Talks, as they are: a state waits until they open, or close, and each month makes it likelier.
        self.side, self.talks, self.opened = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        self.wait, self.until = np.ones(shape), np.ones(shape)
        # As they are known: shares of silent and public talks; chances met; whether a state that left is followed.
        self.silent, self.public_talks, self.away = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.away_from = np.ones(shape)
        self.tracked = np.ones(shape, dtype=bool)
        # Commitments, and what was promised.
        self.package, self.package_until, self.grant, self.burden, self.grant_until, self.missing = (
            np.zeros(shape) for _ in range(6)
        )
        self.visible, self.visible_share, self.left = np.full(shape, float(_FAR)), np.zeros(shape), np.zeros(shape)
        self.owed, self.owed_share, self.owed_until = (np.zeros(shape) for _ in range(3))
        self.accounts = np.zeros((terms.ACCOUNTS, *shape))
        # Bids and odds; what patrons have, by run.
        self.bid, self.bid_worth, self.counter, self.answer_worth, self.auction, self.standing = (
            np.zeros(shape) for _ in range(6)
        )
        self.odds = np.zeros((2, *shape))
        self.wins = np.zeros((2, *shape))
        runs = shape[:2]
        self.due, self.purse, self.reserve = np.full(runs, float(_FAR)), np.zeros(runs), np.zeros(runs)
        self.trusts, self.learned = np.zeros((*runs, REGIONS)), np.zeros((*runs, REGIONS, 2))
        self.fresh = np.tile(tl.fresh_switches, (*runs, 1))
        self.stale = np.ones(runs, dtype=bool)
        self.changes: list[Array] = []
        self.talked: list[Array] = []

    def _derive(self, spreads: Array) -> None:
        tl, p = self.tl, self.p
        self.running = np.zeros((self.draws, self.months))
        for since, percent, log_gdp in zip(tl.running_since, tl.running_percent, tl.running_log_gdp, strict=True):
            usual = np.exp(p.package_size + p.package_elasticity * (log_gdp - tl.mean_log_gdp) + tl.mean_log_gdp)
            dollars = usual / 100.0 if np.isnan(percent) else percent / 100.0 * np.exp(log_gdp)
            self.running += np.where(np.arange(self.months) - since < 12.0 * p.package_years, dollars, 0.0)
        weights = np.exp(p.aid_elasticity * tl.reference_log_gdp)
        mean_weight = weights.sum(axis=1, keepdims=True) / max(1, tl.reference_log_gdp.size)

        def base_aid(documented: Array, log_gdp: Array) -> Array:
            by_size = p.aid_per_ally * np.exp(p.aid_elasticity * log_gdp) / mean_weight
            return np.where(np.isnan(documented), by_size, documented)

        def limit(log_gdp: Array, prestige: Array) -> Array:
            size = p.valuation_elasticity * (log_gdp - rules.LOG_3000)
            return money * prestige * np.exp(np.log(p.valuation) + size + p.valuation_spread * spreads)

        def win_limit(log_gdp: Array) -> Array:
            return money * np.exp(np.log(p.winning) + p.winning_elasticity * (log_gdp - rules.LOG_3000))

        money = tl.economy.astype(float)
        self.base_budget = base_aid(tl.reference_own_aid, tl.reference_log_gdp).sum(axis=1)
        public = p.public_share * p.lost_silent
        self.public = public / (public + (1.0 - p.public_share) * p.lost_public)
        x, y, multiple = tl.covariates.T, tl.return_covariates.T, np.log(np.maximum(tl.susceptibility, 1e-300))
        effects = (p.population_effect, p.americas_effect, p.us_aid_effect, p.switched_effect, p.silent_effect)
        own = np.log(p.departure_rate) + sum(effect * x[k] for k, effect in enumerate(effects))
        own = np.where(tl.economy, own, np.log(p.holy_see_rate)) + multiple
        backs = (p.return_population_effect, p.return_income_effect, p.return_switched_effect)
        back = np.log(p.return_rate) + sum(effect * y[k] for k, effect in enumerate(backs)) + multiple
        self.chains = (
            Chain(p, own, p.window_effect, self.public), Chain(p, back, p.return_window_effect, self.public)
        )  # fmt: skip
        self.limit, self.limit_ref = limit(tl.log_gdp, tl.prestige), limit(tl.log_gdp_ref, tl.prestige_ref)
        self.aid = money * base_aid(tl.own_aid, tl.log_gdp)
        aid_ref = money * base_aid(tl.own_aid_ref, tl.log_gdp_ref)
        self.win_limit = win_limit(tl.log_gdp)
        left = p.reserve * self.base_budget[:, None]
        best = np.maximum(aid_ref, np.minimum(p.ceiling * aid_ref, aid_ref + left))
        self.answer_ref = worth(100.0 * best / tl.gdp_ref)
        self.win_answer_ref = worth(100.0 * win_limit(tl.log_gdp_ref) / tl.gdp_ref)
        self.access = worth(tl.access)
        self.weight = np.where(tl.region == 0, 1.0, np.where(tl.region == 1, p.pressure_oceania, p.pressure_elsewhere))
        self.trust_ref = self._trust(np.arange(self.draws), tl.delivered_total, tl.delivered_cases)[:, tl.region]
        self.stakes_ref = [self._stake(1.0, p.pressure_focus, kind, tl.dependence_ref) for kind in range(2)]

    def _trust(self, draw: Array, total: Array, cases: Array) -> Array:
        """By region: what is expected to arrive, of what arrived elsewhere."""
        weight = self.p.trust_weight[draw]
        return np.maximum(rules.LEAST_TRUST, (weight * self.tl.delivered_mean + total) / (weight + cases))

    def _stake(self, attention: float, focus: Array | float, kind: int, dependence: Array) -> tuple[Array, Array]:
        """Washington's pressure in talks of a kind, and the worth of what it puts at stake: (draws, n)."""
        p = self.p
        pressed = np.minimum(rules.MOST_PRESSURE, attention * self.weight * (1.0 + focus * kind))
        credible = p.trust_weight * p.credibility / p.trust_weight
        return pressed, worth(pressed / rules.MOST_PRESSURE * credible * dependence * p.gdp_at_risk)

    def _luck(self, at: At, month: Array | int, purpose: Array | int) -> Array:
        return uniform(self.seed, at.run + self.first, month, self.tl.code[at.state], purpose)

    # --- talks begin ---

    def _settle_down(self, at: At, month: int, t: int) -> None:
        """States begin with Taipei, or away from it: perhaps in talks already, of which nobody knows."""
        away = self.side.take(at.place) != TAIPEI
        ally, other = (chain.share.take(at.of_draw) for chain in self.chains)
        share, public = np.where(away, other, ally), self.public[at.draw, 0]
        self.silent.put(at.place, share * (1.0 - public))
        self.public_talks.put(at.place, share * public)
        u = self._luck(at, month, np.where(away, purposes.COME_IN_TALKS, purposes.IN_TALKS))
        self.talks.put(at.place, IDLE)
        opening = np.where(away, (u - share) / (1.0 - share), self._luck(at, month, purposes.OPENING))
        self.until.put(at.place, opening)
        self._open(At(at.place[u < share], self.n), month, t)

    def _open(self, at: At, month: int, t: int) -> None:
        away = self.side.take(at.place) != TAIPEI
        public = self._luck(at, month, np.where(away, purposes.COME_PUBLIC, purposes.PUBLIC)) < self.public[at.draw, 0]
        self.talks.put(at.place, np.where(public, IN_PUBLIC, SILENT))
        self.opened.put(at.place, t)
        self.wait.put(at.place, 1.0)
        self.until.put(at.place, self._luck(at, month, np.where(away, purposes.COME_CLOSING, purposes.CLOSING)))

    # --- months ---

    def simulated(self, talks: int) -> tuple[Array, ...]:
        """Counts, changes, expected sums, talks and accounts of the block's runs."""
        tl, runs = self.tl, self.draws * RUNS_PER_DRAW
        counts = np.zeros((runs, self.months, 2), dtype=np.uint8)
        expected = np.zeros((self.draws, self.n, len(self.horizons), 2))
        self._settle_down(At(np.arange(self.side.size), self.n), int(tl.calendar_month[0]) - 1, -1)
        known_before = np.empty(0)
        for t in range(self.months):
            known = np.where(t - tl.government_since < rules.WINDOW_MONTHS, 1, 2)
            known[t - tl.government_since >= rules.UNKNOWN_MONTHS] = 0
            if t < 2 or tl.stirs[t] or not np.array_equal(known, known_before):
                levers = tl.beijing_approach[t], tl.taipei_wooing[t]
                exposure = tl.exposure[0] if t == 0 else 1.0
                paces = [chain.month(known, exposure, lever) for chain, lever in zip(self.chains, levers, strict=True)]
                known_before = known
            away = self.side != TAIPEI
            self._commitments(t)
            self._bids(t)
            others = At(np.flatnonzero(away), self.n)
            self._other_bids(t, others)
            self._talk(t, away, others, paces)
            closing = self._open_or_close(t, away)
            year = tl.exposure[t] / 12.0
            self.accounts[terms.TAIPEI_PAYS] += np.where(away, 0.0, self.standing) * year
            self.away += self.away_from * self.chance
            if t in self.horizons:
                place = self.horizons.index(t)
                expected[:, :, place, 0] = self.away.sum(axis=1)
                expected[:, :, place, 1] = (self.away * self.away).sum(axis=1)
            self._settlement(t, closing, talks)
            counts[:, t, 0] = np.count_nonzero(self.side == TAIPEI, axis=2).ravel()
        counts[:, 0, 0] = self.n
        accounts = np.moveaxis(self.accounts.reshape(-1, runs, self.n), 0, 2)
        return counts, _sorted(self.changes, (0, 1, 2)), expected, _sorted(self.talked, (0, 2, 3)), accounts

    def _commitments(self, t: int) -> None:
        """What ends, and what becomes visible of promises, in the runs in which something is due."""
        runs = np.flatnonzero(self.due <= t)
        if runs.size == 0:
            return
        package, package_until, grant, burden, grant_until, visible, shown = (
            part.reshape(-1, self.n)
            for part in (
                self.package, self.package_until, self.grant, self.burden, self.grant_until, self.visible,
                self.visible_share,
            )
        )  # fmt: skip
        package[runs] *= t < package_until[runs]
        running = t < grant_until[runs]
        grant[runs] *= running
        burden[runs] *= running
        rows, states = np.nonzero(visible[runs] <= t)
        rows = runs[rows]
        near = np.where(self.tl.region[states][:, None] == np.arange(REGIONS), 1.0, rules.ELSEWHERE)
        weight = self.p.learning[rows // RUNS_PER_DRAW] * near
        learned = np.stack([weight * shown[rows, states][:, None], weight], axis=2)
        np.add.at(self.learned.reshape(-1, REGIONS, 2), rows, learned)
        visible[rows, states] = _FAR
        ends = np.minimum(
            np.where(package[runs] > 0.0, np.ceil(package_until[runs]), _FAR),
            np.where(grant[runs] > 0.0, np.ceil(grant_until[runs]), _FAR),
        )
        self.due.put(runs, np.minimum(ends, visible[runs]).min(axis=1))
        self.stale.put(runs, True)

    def _bids(self, t: int) -> None:
        """Means of the patrons, bids and odds of talks, in runs in which something of it has changed."""
        tl, p, n = self.tl, self.p, self.n
        if t == 0 or (self.running[:, t] != self.running[:, t - 1]).any():
            purse = np.maximum(0.0, p.purse - self.running[:, t : t + 1])
            bid = self.trust_ref * (100.0 * np.minimum(self.limit_ref, purse) / tl.gdp_ref)
            self.bid_ref = worth(bid + tl.access_ref)
        if t > 0:
            self.stale |= (self.running[:, t] != self.running[:, t - 1])[:, None]
        self.stale |= p.neighbours_effect != 0.0
        if tl.stirs[t]:
            self._washington(t)
            self.stale[:] = True
        runs = np.flatnonzero(self.stale)
        draw = runs // RUNS_PER_DRAW
        self.stale[:] = False
        package, burden, side, grant = (
            part.reshape(-1, n)[runs] for part in (self.package, self.burden, self.side, self.grant)
        )
        running = self.running[draw, t] + package.sum(axis=1)
        returned = ((side != TAIPEI) * self.aid[draw]).sum(axis=1)
        purse = np.maximum(0.0, p.purse[draw, 0] * tl.beijing_budget[t] - running)
        reserve = (p.reserve[draw, 0] * self.base_budget[draw] + returned) * tl.taipei_budget[t] - burden.sum(axis=1)
        reserve = np.maximum(0.0, reserve)
        learned = self.learned.reshape(-1, REGIONS, 2)[runs]
        trusts = self._trust(draw, tl.delivered_total + learned[..., 0], tl.delivered_cases + learned[..., 1])
        self.purse.put(runs, purse)
        self.trusts.reshape(-1, REGIONS)[runs] = trusts

        limit = np.minimum(self.limit[draw] * tl.beijing_budget[t], purse[:, None])
        bid = trusts[:, tl.region] * (100.0 * limit / tl.gdp)
        base = self.aid[draw] * tl.taipei_budget[t]
        standing = base + grant
        auction = np.maximum(standing, np.minimum(p.ceiling[draw] * base, standing + reserve[:, None]))
        counter = 100.0 * auction / tl.gdp
        bid_worth, answer_worth = worth(bid + tl.access), worth(counter)
        for part, values in (
            (self.bid, bid), (self.bid_worth, bid_worth), (self.counter, counter), (self.answer_worth, answer_worth),
            (self.auction, auction), (self.standing, standing),
        ):  # fmt: skip
            part.reshape(-1, n)[runs] = values
        offer = p.money_effect[draw] * (bid_worth - self.bid_ref[draw])
        aid = -p.money_effect[draw] * (answer_worth - self.answer_ref[draw])
        neighbours = p.neighbours_effect[draw] * self.fresh.reshape(-1, self.fresh.shape[-1])[runs][:, tl.subregion]
        government = (p.lean_effect * (tl.lean - tl.lean_ref))[draw]
        for kind in range(2):
            odds = self.chains[0].base[kind][draw] + offer + aid + self.threat[kind][draw] + self.backfire[kind][draw]
            odds = odds + government + neighbours
            self.odds[kind].reshape(-1, n)[runs] = odds
            self.wins[kind].reshape(-1, n)[runs] = wins(odds)

    def _washington(self, t: int) -> None:
        """What it threatens, and provokes: (draws, n), the same in all runs of a draw."""
        tl, p = self.tl, self.p
        parts = [tl.exports / 50.0, tl.remittances / 20.0, tl.us_aid / 2.0, tl.security / 3.0]
        whole = sum(weight * np.minimum(1.0, part) for weight, part in zip((0.3, 0.3, 0.2, 0.2), parts, strict=True))
        dependence = np.minimum(1.0, tl.dependence_scale * whole)
        focus = p.pressure_focus if np.isnan(tl.washington_focus[t]) else tl.washington_focus[t]
        hostility = min(rules.MOST_PRESSURE, tl.hostility[t])
        self.pressed, self.threat, self.backfire = [], [], []
        for kind in range(2):
            pressed, stake = self._stake(tl.washington_attention[t], focus, kind, dependence)
            pressed_ref, stake_ref = self.stakes_ref[kind]
            felt = pressed + hostility
            self.pressed.append(pressed)
            self.threat.append(-p.money_effect * (stake - stake_ref))
            self.backfire.append(p.backfire_effect * tl.pride * (felt * felt - pressed_ref * pressed_ref))

    def _other_bids(self, t: int, at: At) -> None:
        """The same for states that left: bids change with the purse, and disappointment grows with time."""
        tl, gdp = self.tl, self.tl.gdp[at.state]
        limit = np.minimum(self.limit.take(at.of_draw) * tl.beijing_budget[t], self.purse.take(at.run))
        bid = self.trusts.reshape(-1, REGIONS)[at.run, tl.region[at.state]] * (100.0 * limit / gdp)
        auction = self.win_limit.take(at.of_draw) * tl.taipei_wooing[t] * tl.taipei_budget[t]
        self.bid.put(at.place, bid)
        self.bid_worth.put(at.place, worth(bid + tl.access[at.state]))
        self.auction.put(at.place, auction)
        self.counter.put(at.place, 100.0 * auction / gdp)
        self.answer_worth.put(at.place, worth(100.0 * auction / gdp))
        added = sum(self._terms(t, at, away=True))
        for kind in range(2):
            odds = self.chains[1].base[kind].take(at.of_draw) + added
            self.odds[kind].put(at.place, odds)
            self.wins[kind].put(at.place, wins(odds))
        if tl.taipei_wooing[t] != 1.0:
            self.tracked.put(at.place, True)

    def _terms(self, t: int, at: At, away: bool) -> tuple[Array, ...]:
        """Offer, aid, government, and neighbours that left (allies) or what is missing of promises (others)."""
        tl, p = self.tl, self.p
        sign = -p.money_effect[at.draw, 0] if away else p.money_effect[at.draw, 0]
        answer_ref = (self.win_answer_ref if away else self.answer_ref).take(at.of_draw)
        offer = sign * (self.bid_worth.take(at.place) - self.bid_ref.take(at.of_draw))
        aid = -sign * (self.answer_worth.take(at.place) - answer_ref)
        lean = tl.lean[at.state] - tl.lean_ref[at.state]
        if not away:
            fresh = self.fresh.reshape(-1, self.fresh.shape[-1])[at.run, tl.subregion[at.state]]
            return offer, aid, p.lean_effect[at.draw, 0] * lean, p.neighbours_effect[at.draw, 0] * fresh
        years = np.minimum((t - self.left.take(at.place)) / 12.0, p.package_years[at.draw, 0])
        missed = p.shortfall_effect[at.draw, 0] * (self.missing.take(at.place) * years)
        return offer, aid, -p.return_lean_effect[at.draw, 0] * lean, missed

    def _talk(self, t: int, away: Array, others: At, paces: list[tuple[Array, Array]]) -> None:
        """What is known of talks from outside, and so the chance that each state changes sides."""
        tl = self.tl
        close, opens = (np.where(away, other[:, None], ally[:, None]) for ally, other in zip(*paces, strict=True))
        self.close, self.opens = close, opens
        self.accepts = np.where(away, tl.taipei_acceptance[t], tl.beijing_acceptance[t])
        silent, public = self.silent, self.public_talks
        met = close * (silent * self.wins[0] + public * self.wins[1])
        self.chance = np.minimum(rules.MOST_CHANCE, self.accepts * met)
        opening, stays, left = (1.0 - silent - public) * opens, 1.0 - close, 1.0 - self.chance
        in_public = self.public[:, None]
        as_usual = others.place[~self.tracked.take(others.place)]
        before = silent.take(as_usual), public.take(as_usual)
        self.silent = (silent * stays + opening * (1.0 - in_public)) / left
        self.public_talks = (public * stays + opening * in_public) / left
        self.silent.put(as_usual, before[0])
        self.public_talks.put(as_usual, before[1])

    def _open_or_close(self, t: int, away: Array) -> At:
        """Talks that open now begin; those that close are returned: who won them is in `outcome` and `surplus`."""
        tl = self.tl
        self.wait *= 1.0 - np.where(self.talks == IDLE, self.opens, self.close)
        ready = np.flatnonzero(self.wait < self.until)
        idle = self.talks.take(ready) == IDLE
        self._open(At(ready[idle], self.n), int(tl.calendar_month[t]), t)
        at = At(ready[~idle], self.n)
        opened = self.opened.take(at.place)
        since = np.where(opened < 0, tl.calendar_month[0] - 1, tl.calendar_month[opened])
        u = self._luck(at, since, np.where(away.take(at.place), purposes.COME_LUCK, purposes.LUCK))
        accepts = self.accepts.take(at.place)
        taken = u < accepts
        u = np.where(taken, u / accepts, 0.5)
        public = self.talks.take(at.place) == IN_PUBLIC
        chance, odds = (
            np.where(public, part[1].take(at.place), part[0].take(at.place)) for part in (self.wins, self.odds)
        )
        sure = np.maximum(rules.TINY, u)
        odds = np.clip(odds, -rules.MOST_BALANCE, rules.MOST_BALANCE)
        self.surplus = odds - np.log(sure / (1.0 - sure))
        self.outcome = np.where(taken, np.where(u < chance, LEFT, STAYED), NOT_TAKEN)
        return at

    # --- settlement: prices, commitments, records ---

    def _settlement(self, t: int, at: At, talks: int) -> None:
        tl, p, gdp, month = self.tl, self.p, self.tl.gdp[at.state], int(self.tl.calendar_month[t])
        away = self.side.take(at.place) != TAIPEI
        left, stayed = self.outcome == LEFT, self.outcome == STAYED
        money = np.maximum(rules.TINY, p.money_effect[at.draw, 0])
        ahead = np.where(away, -self.surplus, self.surplus)  # above zero: Beijing won
        access = self.access[at.state]
        least = np.maximum(access, self.bid_worth.take(at.place) - ahead / money)
        trust = self.trusts.reshape(-1, REGIONS)[at.run, tl.region[at.state]]
        of_beijing = np.maximum(0.0, np.exp(least) - np.exp(access)) / trust
        stands = np.where(away, 0.0, 100.0 * self.standing.take(at.place) / gdp)
        of_taipei = np.maximum(stands, np.exp(self.answer_worth.take(at.place) + np.minimum(0.0, ahead) / money) - 1.0)
        to_beijing, to_taipei = np.where(away, stayed, left), np.where(away, left, stayed)
        price = np.where(to_beijing, of_beijing, np.where(to_taipei, of_taipei, stands))
        a_year = price / 100.0 * gdp

        owed = np.where(t >= self.owed_until.take(at.place), 0.0, self.owed.take(at.place))
        begins = to_beijing & (~away | (a_year > owed))
        some, arrives = At(at.place[begins], self.n), np.zeros(at.place.size)
        u = self._luck(some, month, purposes.DELIVERED)
        arrives[begins] = tl.delivered[(u * tl.delivered.size).astype(np.int64)]
        self._row(t, at, away, price, a_year, arrives, talks)

        ends = t + 12.0 * p.package_years[at.draw, 0]
        due = np.full(at.place.size, float(_FAR))
        leaves, comes = left & ~away, left & away
        # Beijing pays: for a state that left, or more than before to keep one.
        pays = leaves | (to_beijing & away & (a_year > self.package.take(at.place)))
        self.package.put(at.place[pays], a_year[pays])
        self.package_until.put(at.place[pays], ends[pays])
        due[pays] = np.ceil(ends[pays])
        self.visible.put(at.place[leaves], t + rules.VISIBLE_MONTHS)
        due[leaves] = np.minimum(due[leaves], t + rules.VISIBLE_MONTHS)
        self.visible_share.put(at.place[leaves], arrives[leaves])
        self.missing.put(at.place[leaves], (price * (1.0 - arrives))[leaves])
        self._package_ends(At(at.place[begins | comes], self.n), t)
        self.owed.put(some.place, a_year[begins])
        self.owed_share.put(some.place, arrives[begins])
        self.owed_until.put(some.place, ends[begins])
        self._account(some, falls_due(a_year[begins], p.package_years[some.draw, 0], self.years_left[t]))
        # Taipei pays: a grant on top of its base aid.
        grants = comes | (~away & to_taipei & (price > stands))
        base = self.aid.take(at.of_draw) * tl.taipei_budget[t]
        grant = np.maximum(0.0, a_year - base)
        burden = np.minimum(grant, np.maximum(0.0, self.auction.take(at.place) - base))
        until = t + 12.0 * p.aid_years[at.draw, 0]
        for part, values in ((self.grant, grant), (self.burden, burden), (self.grant_until, until)):
            part.put(at.place[grants], values[grants])
        due[grants] = np.minimum(due[grants], np.ceil(until[grants]))
        self.grant.put(at.place[leaves], 0.0)
        self.burden.put(at.place[leaves], 0.0)
        np.minimum.at(self.due.reshape(-1), at.run, due)
        self.stale.put(at.run[pays | grants | left], True)

        self.talks.put(at.place, IDLE)
        self.wait.put(at.place, 1.0)
        self.until.put(at.place, self._luck(at, month, np.where(away, purposes.COME_OPENING, purposes.OPENING)))
        self.package.put(at.place[comes], 0.0)
        gone = At(at.place[leaves], self.n)
        self.fresh *= tl.monthly_year_fade
        np.add.at(self.fresh.reshape(-1, self.fresh.shape[-1]), (gone.run, tl.subregion[gone.state]), 1.0)
        self.left.put(gone.place, t)
        self.tracked.put(gone.place, self.chains[1].chance.take(gone.of_draw) > rules.SELDOM)
        self.tracked.put(at.place[comes], True)
        moved = At(at.place[left], self.n)
        self.side.put(moved.place, np.where(away[left], TAIPEI, BEIJING))
        self.away_from.put(moved.place, np.where(away[left], 1.0, -1.0))
        self._settle_down(moved, month, t)

    def _account(self, at: At, due: Array) -> None:
        """Beijing promises, and delivers a share of it."""
        accounts = self.accounts.reshape(terms.ACCOUNTS, -1)
        accounts[terms.BEIJING_PROMISES, at.place] += due
        accounts[terms.BEIJING_DELIVERS, at.place] += self.owed_share.take(at.place) * due

    def _package_ends(self, at: At, t: int) -> None:
        years = (self.owed_until.take(at.place) - t) / 12.0
        self._account(at, -falls_due(self.owed.take(at.place), years, self.years_left[t]))
        self.owed.put(at.place, 0.0)

    def _row(self, t: int, at: At, away: Array, price: Array, a_year: Array, arrives: Array, talks: int) -> None:
        """Rows of changes, and of talks in the first `talks` runs."""
        exposure, public = self.tl.exposure[t], self.talks.take(at.place) == IN_PUBLIC
        wanted = (self.outcome == LEFT) | (at.run + self.first < talks)
        row = np.zeros((at.place.size, terms.COLUMNS))
        for side, chain in enumerate(self.chains):
            some = wanted & (away == (side != TAIPEI))
            part, in_public = At(at.place[some], self.n), public[some]
            row[some, terms.SIDE] = side
            row[some, terms.T_BASE] = _of_kind(in_public, chain.base, part.of_draw)
            last = terms.T_SHORTFALL if side != TAIPEI else terms.T_NEIGHBOURS
            columns = (terms.T_OFFER, terms.T_AID, terms.T_GOVERNMENT, last)
            for column, values in zip(columns, self._terms(t, part, side != TAIPEI), strict=True):
                row[some, column] = values
            if side == TAIPEI:
                row[some, terms.T_THREAT] = _of_kind(in_public, self.threat, part.of_draw)
                row[some, terms.T_BACKFIRE] = _of_kind(in_public, self.backfire, part.of_draw)
        row[:, terms.IN_TALKS] = self.talks.take(at.place)
        row[:, terms.ACCEPTANCE] = self.accepts.take(at.place)
        row[:, terms.CHANCE] = row[:, terms.ACCEPTANCE] * _of_kind(public, self.wins, at.place)
        row[:, terms.PRICE], row[:, terms.PRICE_MUSD], row[:, terms.ARRIVES] = price, a_year, arrives
        if exposure > 0.0:
            row[:, terms.HAZARD] = -12.0 * np.log(1.0 - self.chance.take(at.place)) / exposure
        run, month, left = at.run + self.first, np.full(at.place.size, t), self.outcome == LEFT
        heads = np.stack([run, month, at.state, away, ~away], axis=1)
        self.changes.append(np.hstack([heads, row])[left])
        kept = run < talks
        if kept.any():
            pressed = np.where(away, 0.0, _of_kind(public, self.pressed, at.of_draw))
            told = [run, self.opened.take(at.place), month, at.state, public, np.zeros(at.place.size),
                    self.bid.take(at.place), self.counter.take(at.place), pressed, away]  # fmt: skip
            ends = [row[:, terms.ACCEPTANCE], row[:, terms.CHANCE], self.outcome, price, a_year]
            asked = row[:, terms.T_BASE : terms.T_SHORTFALL + 1]
            self.talked.append(np.hstack([np.stack(told, axis=1), asked, np.stack(ends, axis=1)])[kept])


def _of_kind(public: Array, by_kind: Any, place: Array) -> Array:
    """Of silent or of public talks, at each place."""
    return np.where(public, by_kind[1].take(place), by_kind[0].take(place))


def _sorted(parts: list[Array], heads: tuple[int, int, int]) -> Array:
    """Rows of all months by run, month and place."""
    rows = np.concatenate(parts) if parts else np.empty((0, terms.TALK_COLUMNS))
    run, month, place = (rows[:, column] for column in heads)
    return rows[np.lexsort((place, month, run))]
