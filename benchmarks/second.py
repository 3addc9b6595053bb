"""The auction of recognition a second time, from `docs/model.md` alone; it imports nothing of `sim`.

Random numbers are its own. Of events it knows a truce and how that may end; it knows no hosts. A world is plain numbers
(`benchmarks.docking.world_of`). What follows from a draw of the parameters is (draws, states), what changes is (runs,
states); `i`, `j`, `d` are runs, states, draws. Talks: -1 idle, 0 silent, 1 public.
"""

import numpy as np

RUNS_PER_DRAW, MOST, TINY = 20, 0.999999, 1e-300


class Chain:
    """How often talks open and close, of states that may leave or that may come."""

    def __init__(self, p, rate, effect, months_in_office):
        centre = np.log(1 + p["window_share"] * (np.exp(effect) - 1))
        self.rate, self.terms, self.months_in_office = rate, (effect - centre, -centre), months_in_office
        self.leave = self.changing(1, 1)
        fastest = np.exp(np.maximum(0, np.maximum(*self.terms)))
        public = p["public_share"] * p["lost_silent"]
        self.public = public / (public + (1 - p["public_share"]) * p["lost_public"])
        lost = self.public * p["lost_public"] + (1 - self.public) * p["lost_silent"]
        self.close = np.minimum(1 / fastest, np.maximum(1 - np.exp(-1 / p["talks_months"]), 2 * self.leave / lost))
        raised = np.maximum(1, 2 * self.leave / (self.close * lost))
        self.lost = np.stack([np.minimum(MOST, p[kind] * raised) for kind in ("lost_silent", "lost_public")])
        lost = self.public * self.lost[1] + (1 - self.public) * self.lost[0]
        self.share = np.minimum(MOST, self.leave / (lost * self.close))

    def changing(self, pace, exposure):
        return np.minimum(MOST, 1 - np.exp(-self.rate * pace * exposure / 12))

    def month(self, t, exposure, multiple):
        """Chances that talks close and that they open."""
        in_office = t + self.months_in_office
        now = self.changing(np.exp(np.where(np.isnan(in_office), 0, np.where(in_office < 12, *self.terms))), exposure)
        close = np.minimum(1, self.close * now / self.leave)
        opens = np.clip(self.share * (close - now) / (1 - self.share), 0, 1)
        return np.stack([close, opens * multiple / (opens * multiple + 1 - opens)])


class Auction:
    """Runs of a world: `run` gives counts, who is away from Taipei, and departures with their prices."""

    def __init__(self, world, seed):
        self.w, self.rng = world, np.random.default_rng(seed)
        self.p = p = {name: np.array(values)[:, None] for name, values in world["draws"].items()}
        self.s = s = {name: np.array(values, dtype=float) for name, values in world["states"].items()}
        z, runs = np.array(world["z"]), (len(world["z"]) * RUNS_PER_DRAW, len(world["iso3"]))
        economy, size, office = s["economy"] > 0, np.log(s["gdp"] / 3000), s["months_in_office"]
        leave, come = (sum(p[k] * np.array(x) for k, x in world[name].items()) for name in ("leaving", "coming"))
        leave = np.where(economy, p["departure_rate"] * np.exp(leave), p["holy_see_rate"])
        self.leaving = Chain(p, leave, p["window_effect"], office)
        self.coming = Chain(p, p["return_rate"] * np.exp(come), p["return_window_effect"], office)
        self.public = np.repeat(self.leaving.public, RUNS_PER_DRAW, axis=0)
        self.limit = p["valuation"] * np.exp(p["valuation_elasticity"] * size + p["valuation_spread"] * z)
        self.win_limit = p["winning"] * np.exp(p["winning_elasticity"] * size)
        weight, ally = np.exp(p["aid_elasticity"] * size), (s["ally"] > 0) & economy
        by_size = p["aid_per_ally"] * weight / weight[:, ally].mean(axis=1, keepdims=True)
        self.base = np.where(np.isnan(s["own_aid"]), by_size, s["own_aid"]) * economy
        self.reserve = p["reserve"][:, 0] * self.base[:, ally].sum(axis=1)
        size, mean = np.array(world["running_log_gdp"]), world["mean_log_gdp"]
        usual = np.exp(p["package_size"] + p["package_elasticity"] * (size - mean) + mean)
        known = np.array(world["running_percent"]) * np.exp(size)  # packages of those that left before
        self.earlier = np.where(np.isnan(known), usual, known) / 100
        self.region = s["region"].astype(int)
        self.weight = np.choose(self.region, [1.0, p["pressure_oceania"], p["pressure_elsewhere"]])
        self.away, self.talks = np.tile(s["ally"] == 0, (runs[0], 1)), np.zeros(runs, int)
        self.package, self.ends, self.grant, self.grant_ends, self.missing, self.left = np.zeros((6, *runs))
        self.returned, self.departures = np.zeros(runs[0]), []
        self.news = np.zeros((len(world["exposure"]) + 24, runs[0], 3, 2))  # cases, and shares that arrived, by region

    def run(self):
        """Counts (runs, months + 1); who is away (months + 1, runs, states); run, state, month, price of departures."""
        self.settle(*np.nonzero(np.ones(self.away.shape)))
        truce_until = self.rng.choice(self.w["truce_until"], len(self.away), p=self.w["truce_chances"])
        months, levers = [self.away.copy()], self.w["levers"]
        for t, exposure in enumerate(self.w["exposure"]):
            ally = self.leaving.month(t, exposure, levers["beijing_approach"])
            other = self.coming.month(t, exposure, levers["taipei_wooing"])
            close, opens = np.where(self.away, *(np.repeat(x, RUNS_PER_DRAW, axis=1) for x in (other, ally)))
            idle, (u, public) = self.talks < 0, self.rng.random((2, *self.away.shape))
            self.decide(t, t < truce_until, *np.nonzero(~idle & (u < close)))
            self.talks = np.where(idle & (u < opens), public < self.public, self.talks)
            months.append(self.away.copy())
        away = np.delete(months, 1, axis=0)  # the rest of the first month counts to the second
        return idle.shape[1] - away.sum(axis=2).T, away, np.concatenate(self.departures)

    def settle(self, i, j):
        """States of runs i that begin on a side are perhaps in talks already."""
        d, (u, public) = i // RUNS_PER_DRAW, self.rng.random((2, i.size))
        share = np.where(self.away[i, j], self.coming.share[d, j], self.leaving.share[d, j])
        self.talks[i, j] = np.where(u < share, public < self.public[i, 0], -1)

    def bids(self, t, p, i, j, levers, committed=0, granted=0, returned=0, news=0, grant=0):
        """Worth of both bids and of the stake; trust, what Taipei pays now (% of GDP), and pressure."""
        s, w, d, away = self.s, self.w, i // RUNS_PER_DRAW, self.away[i, j]
        runs_on = t - np.array(w["running_since"]) < 12 * p["package_years"][:, None]
        committed = committed + (self.earlier[d] * runs_on).sum(axis=1)
        purse = np.maximum(0, p["purse"] * levers["beijing_budget"] - committed)
        reserve = np.maximum(0, (self.reserve[d] + returned) * levers["taipei_budget"] - granted)
        cases, total = (np.array([w["delivered_cases"], w["delivered_total"]])[:, self.region[j]].T + news).T
        trust = np.maximum(0.02, (p["trust_weight"] * w["delivered_mean"] + total) / (p["trust_weight"] + cases))
        percent = 100 * s["economy"][j] / s["gdp"][j]
        bid = trust * percent * np.minimum(self.limit[d, j] * levers["beijing_budget"], purse)
        stands = np.where(away, 0, (base := self.base[d, j] * levers["taipei_budget"]) + grant)
        answer = np.maximum(stands, np.minimum(p["ceiling"] * base, stands + reserve))
        wins = self.win_limit[d, j] * levers["taipei_wooing"] * levers["taipei_budget"]
        attention = levers["washington_attention"] * self.weight[d, j]
        pressed = ~away * np.minimum(3, attention * (1 + p["pressure_focus"] * self.talks[i, j]))
        stake = np.log1p(pressed / 3 * p["credibility"] * s["dependence"][j] * p["gdp_at_risk"])
        return np.log1p(bid), np.log1p(percent * np.where(away, wins, answer)), stake, trust, percent * stands, pressed

    def decide(self, t, truce, i, j):
        """Talks of states j in runs i close, all at once."""
        s, w, levers, d = self.s, self.w, self.w["levers"], i // RUNS_PER_DRAW
        p, away, public = {k: v[d, 0] for k, v in self.p.items()}, self.away[i, j], self.talks[i, j]
        running, grant = self.package * (t < self.ends), self.grant * (t < self.grant_ends)
        news = self.news[: t + 1].sum(axis=0)
        news = (0.75 * news[i, self.region[j]] + 0.25 * news[i].sum(axis=1)) * p["learning"][:, None]
        means = running.sum(axis=1)[i], grant.sum(axis=1)[i], self.returned[i], news, grant[i, j]
        bid, answer, stake, trust, stands, pressed = self.bids(t, p, i, j, levers, *means)
        bid_ref, answer_ref, stake_ref, _, _, pressed_ref = self.bids(t, p, i, j, dict.fromkeys(levers, 1))
        economy, felt = s["economy"][j], (pressed + levers["hostility"]) ** 2 - pressed_ref**2
        game = (money := p["money_effect"] * economy) * (bid - bid_ref - (answer - answer_ref) - (stake - stake_ref))
        short = self.missing[i, j] * np.minimum((t - self.left[i, j]) / 12, p["package_years"])
        leave = game + p["backfire_effect"] * s["pride"][j] * felt - np.log(1 / self.leaving.lost[public, d, j] - 1)
        come = p["shortfall_effect"] * short - game - np.log(1 / self.coming.lost[public, d, j] - 1)
        accepts = np.where(away, levers["taipei_acceptance"], levers["beijing_acceptance"])
        u = self.rng.random(i.size) / (accepts * np.where(truce[i], p["acceptance_truce"], 1))
        surplus = np.clip(np.where(away, come, leave), -50, 50) + np.log(1 / np.clip(u, TINY, 1 - 1e-16) - 1)
        taken, ahead = u < 1, np.where(away, -surplus, surplus) / np.maximum(TINY, money)  # ahead: Beijing
        pays = np.expm1(np.maximum(0, bid - np.maximum(0, ahead))) / trust
        grants = np.maximum(stands, np.expm1(answer + np.minimum(0, ahead)))
        beijing, price = taken & (ahead > 0), np.where(ahead > 0, pays, grants) * economy
        moves, a_year, base = taken & (surplus > 0), price / 100 * s["gdp"][j], self.base[d, j]
        gone, came, arrives = moves & ~away, moves & away, self.rng.choice(w["delivered"], i.size)
        owes, spends = gone | (beijing & away & (a_year > running[i, j])), taken & ~beijing & (came | (price > stands))
        more = np.maximum(0, a_year - base * levers["taipei_budget"])
        lasts = t + 12 * p["package_years"], t + 12 * p["aid_years"]
        into = (owes, self.package, a_year), (owes, self.ends, lasts[0]), (gone, self.missing, price * (1 - arrives))
        for some, part, value in *into, (spends, self.grant, more), (spends, self.grant_ends, lasts[1]):
            part[i[some], j[some]] = value[some]
        self.left[i[gone], j[gone]] = t
        self.ends[i[came], j[came]] = self.grant_ends[i[gone], j[gone]] = 0
        np.add.at(self.returned, i, base * gone - base * came)
        np.add.at(self.news, (t + 24, i[gone], self.region[j[gone]]), np.stack([gone, arrives], axis=1)[gone])
        self.departures.append(np.stack([i, j, t + 0 * i, price], axis=1)[gone])
        self.away[i[moves], j[moves]], self.talks[i, j] = ~away[moves], -1
        self.settle(i[moves], j[moves])
