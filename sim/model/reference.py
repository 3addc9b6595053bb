"""What follows from one draw of the parameters before any month begins: levels and reference conditions.

Every lever enters the rules as a deviation from these references, so that with all levers at reference a
state leaves at the rate estimated from the record. A reference is the rule itself, called with reference inputs.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model import rules
from sim.model.calendar import AID, INDUCEMENT, OFFER, REQUEST
from sim.model.compiled import part, rule
from sim.model.timeline import Floats, Timeline

UNKNOWN, FIRST_YEAR, LATER = 0, 1, 2
"""What is known of a government's time in office."""
REGIONS = 3


class Chain(NamedTuple):
    """How the tie of each state comes up in talks, and how they close, under reference conditions; over states (n)."""

    rate: Floats
    """(n,) annual rate of the change."""
    chance: Floats
    """(n,) chance of it in a full month."""
    pace: Floats
    """(3,) pace of time by what is known of the government's time in office."""
    lost: Floats
    """(n, 2) share of talks, silent and public, that end in the change."""
    base: Floats
    """(n, 2) their log odds."""
    close: Floats
    """(n,) chance that talks close in a full month."""
    share: Floats
    """(n,) share of months in talks."""
    close_at: Floats
    """(n, 3) chance that talks close in a full month at each pace."""
    open_at: Floats
    """(n, 3) chance that an idle state's talks open in a full month at each pace."""


class Reference(NamedTuple):
    """Levels and references of one draw, over states (n), months (T + 1) and events (E)."""

    rate: Floats
    """(n,) annual rate of leaving under reference conditions, as the scenario has the state."""
    leave: Floats
    """(n,) chance of leaving in a full month."""
    pace: Floats
    """(3,) pace of time by what is known of the government's time in office."""
    public: float
    """Chance that talks open in public."""
    lost: Floats
    """(n, 2) share of talks lost under reference conditions, silent and public."""
    base: Floats
    """(n, 2) their log odds."""
    close: Floats
    """(n,) chance that talks close in a full month."""
    share: Floats
    """(n,) share of months in talks."""
    close_at: Floats
    """(n, 3) chance that talks close in a full month at each pace."""
    open_at: Floats
    """(n, 3) chance that an idle state's talks open in a full month at each pace."""
    order_close: float
    """Chance that talks under an order close in a full month."""
    usual: Floats
    """(n,) the record's package for a state of this size, US$ million a year."""
    limit: Floats
    """(n,) the most that Beijing would pay at its usual budget, US$ million a year."""
    running: Floats
    """(T + 1,) packages of departures before the start that still run, US$ million a year."""
    bid: Floats
    """(n, T + 1) worth of Beijing's bid under reference conditions, access included."""
    access: Floats
    """(n,) worth of access to Beijing's market."""
    usual_bid: NDArray[np.bool_]
    """(n,) whether Beijing's bid for it is the one of reference as long as Beijing's means are."""
    aid: Floats
    """(n,) Taipei's base aid, US$ million a year."""
    base_budget: float
    """The sum of base aid over the allies of the reference scenario, US$ million a year."""
    answer: Floats
    """(n,) worth of Taipei's bid under reference conditions."""
    stands: Floats
    """(n,) worth of its base aid under reference conditions."""
    weight: Floats
    """(n,) Washington's usual attention to the state's region, 1 in the Americas."""
    pressed: Floats
    """(n, 2) its pressure under reference conditions, in silent and public talks."""
    stake: Floats
    """(n, 2) worth of what it puts at stake then."""
    order_term: Floats
    """(n,) what an order adds to the log odds of public talks."""
    request_term: Floats
    """(n,) what a request to Taipei adds to them."""
    stays: Floats
    """(n, 2) chance not to have left over a term under reference conditions, and over a term less two talks."""
    coming: Chain
    """Talks with Taipei of a state that is not with it."""
    win_limit: Floats
    """(n,) the most that Taipei would pay to win the state, US$ million a year."""
    win_answer: Floats
    """(n,) worth of Taipei's bid for it under reference conditions."""
    values: Floats
    """(E,) value of each event; offered sums in % of GDP a year as believed, requests in US$ million a year."""
    doubted: Floats
    """(E,) face value of each offered sum less what is believed of it, % of GDP a year."""
    dollars: Floats
    """(E,) US$ million a year that each event takes out of its patron's purse or reserve."""
    notice_rate: float
    """Annual rate at which a standing formal notice ends military cooperation."""
    words_rate: Floats
    """(h,) annual rate that words alone add, by host."""
    cooperation: Floats
    """(h,) log annual rate of suspending in a quiet year, by host."""
    us_aid: Floats
    """(h,) Washington's aid at the start, US$ million a year, by host."""
    remittances: Floats
    """(h,) remittances from the United States at the start, US$ million a year."""
    rent: Floats
    """(h,) rent or aid that Washington adds if it gives way, US$ million a year; 0 for a state without an economy."""


@part
def derive(timeline: Timeline, parameters: Any, values: Floats, spread: Floats) -> Reference:
    """The references of one draw.

    parameters : the drawn parameters by name (a record or a namespace of floats)
    values : (E,) drawn values of the events, sums in US$ million for all their years
    spread : (n,) standard normal, by which Beijing's limit differs between states of one size
    """
    n, months = timeline.code.shape[0], timeline.exposure.shape[0]
    p = parameters

    running = np.zeros(months)
    for k in range(timeline.running_since.shape[0]):
        dollars = rules.usual_package(
            p.package_size, p.package_elasticity, timeline.running_log_gdp[k], timeline.mean_log_gdp
        )
        if not math.isnan(timeline.running_percent[k]):
            dollars = timeline.running_percent[k] / 100.0 * math.exp(timeline.running_log_gdp[k])
        for t in range(months):
            if t - timeline.running_since[k] < 12.0 * p.package_years:
                running[t] += dollars

    mean_weight, allies = 0.0, timeline.reference_log_gdp.shape[0]
    for k in range(allies):
        mean_weight += rules.aid_weight(p.aid_elasticity, timeline.reference_log_gdp[k])
    mean_weight /= max(1, allies)
    base_budget = 0.0
    for k in range(allies):
        base_budget += _base_aid(p, timeline.reference_own_aid[k], timeline.reference_log_gdp[k], mean_weight)

    public = rules.opening_public(p.public_share, p.lost_public, p.lost_silent)
    rates, back = np.empty(n), np.empty(n)
    for i in range(n):
        own = math.log(p.holy_see_rate)
        if timeline.economy[i]:
            own = _leaving(p, timeline.covariates[i])
        rates[i] = math.exp(_scaled(own, timeline.susceptibility[i]))
        back[i] = math.exp(_scaled(_coming(p, timeline.return_covariates[i]), timeline.susceptibility[i]))
    leaving = _chain(rates, p.window_effect, public, p)
    coming = _chain(back, p.return_window_effect, public, p)
    lost = leaving.lost

    usual, limit, bid, access = np.zeros(n), np.zeros(n), np.empty((n, months)), np.empty(n)
    aid, answer, stands, weight = np.zeros(n), np.empty(n), np.empty(n), np.empty(n)
    pressed, stake, stays = np.empty((n, 2)), np.empty((n, 2)), np.empty((n, 2))
    order_term, request_term = np.empty(n), np.empty(n)
    win_limit, win_answer, usual_bid = np.zeros(n), np.empty(n), np.empty(n, dtype=np.bool_)
    left = rules.reserve_left(p.reserve, base_budget, 1.0, 0.0, 0.0)
    credible = rules.pooled(p.credibility, p.trust_weight, 0.0, 0.0)
    for i in range(n):
        # Bids, at the limits that the patrons have and at those of reference.
        limit_ref, aid_ref, win_ref = 0.0, 0.0, 0.0
        if timeline.economy[i]:
            usual[i] = rules.usual_package(
                p.package_size, p.package_elasticity, timeline.log_gdp[i], timeline.mean_log_gdp
            )
            limit[i] = _limit(p, timeline.log_gdp[i], timeline.prestige[i], spread[i])
            limit_ref = _limit(p, timeline.log_gdp_ref[i], timeline.prestige_ref[i], spread[i])
            aid[i] = _base_aid(p, timeline.own_aid[i], timeline.log_gdp[i], mean_weight)
            aid_ref = _base_aid(p, timeline.own_aid_ref[i], timeline.log_gdp_ref[i], mean_weight)
            win_limit[i] = rules.win_limit(p.winning, p.winning_elasticity, timeline.log_gdp[i])
            win_ref = rules.win_limit(p.winning, p.winning_elasticity, timeline.log_gdp_ref[i])
        trust = rules.trust(
            timeline.delivered_mean,
            p.trust_weight,
            timeline.delivered_total[timeline.region[i]],
            timeline.delivered_cases[timeline.region[i]],
        )
        access[i] = rules.worth(timeline.access[i])
        gdp = timeline.gdp_ref[i]
        usual_bid[i] = limit[i] == limit_ref and timeline.gdp[i] == gdp and timeline.access[i] == timeline.access_ref[i]
        for t in range(months):
            if t > 0 and running[t] == running[t - 1]:
                bid[i, t] = bid[i, t - 1]
            else:
                purse = rules.purse_left(p.purse, 1.0, running[t])
                bid[i, t] = rules.worth(
                    rules.beijing_bid(limit_ref, 1.0, purse, trust, 0.0, gdp) + timeline.access_ref[i]
                )
        standing = rules.base_after(aid_ref, 1.0, 0.0)
        best = rules.taipei_limit(p.ceiling, standing, standing, left)
        answer[i] = rules.worth(rules.taipei_bid(best, 0.0, 0.0, 0.0, gdp))
        stands[i] = rules.worth(rules.percent(standing, gdp))
        win_answer[i] = rules.worth(rules.taipei_bid(rules.goes_up_to(win_ref, 1.0, 1.0), 0.0, 0.0, 0.0, gdp))
        weight[i] = 1.0
        if timeline.region[i] == 1:
            weight[i] = p.pressure_oceania
        elif timeline.region[i] == 2:
            weight[i] = p.pressure_elsewhere
        for kind in range(2):
            pressed[i, kind] = rules.pressure(1.0, weight[i], p.pressure_focus, float(kind), 0.0)
            stake[i, kind] = rules.worth(
                rules.stake(pressed[i, kind], credible, timeline.dependence_ref[i], p.gdp_at_risk)
            )

        # Words.
        order_term[i] = rules.words_term(p.order_carried_out, lost[i, 1])
        request_term[i] = rules.request_term(
            p.request_followed, p.requests_unseen, lost[i, 1], p.money_effect, answer[i], stands[i]
        )
        stays[i, 0] = rules.survival(rates[i], rules.TERM_YEARS)
        stays[i, 1] = rules.survival(rates[i], rules.TERM_YEARS - p.talks_months / 6.0)

    hosts = timeline.host.shape[0]
    cooperation, words = np.empty(hosts), np.empty(hosts)
    us_aid, remittances, rent = np.zeros(hosts), np.zeros(hosts), np.zeros(hosts)
    for j in range(hosts):
        host = timeline.host[j]
        if timeline.economy[host]:
            us_aid[j] = timeline.us_aid[host] / 100.0 * timeline.gdp[host]
            remittances[j] = timeline.remittances[host] / 100.0 * timeline.gdp[host]
            rent[j] = p.rent_raised
        quiet = p.suspension_rate
        if timeline.host_compact[j]:
            quiet = p.suspension_rate_compact
        cooperation[j] = math.log(quiet)
        words[j] = rules.words_rate(p.words_followed, quiet)

    believed, doubted, taken = values.copy(), np.zeros(values.shape[0]), np.zeros(values.shape[0])
    for event in range(values.shape[0]):
        kind = timeline.events.kind[event]
        if kind == REQUEST:
            believed[event] = 0.0
            if timeline.economy[timeline.events.state[event]]:
                believed[event] = values[event] / timeline.events.years[event]
        elif kind in (OFFER, AID, INDUCEMENT):
            a_year = values[event] / timeline.events.years[event]
            if timeline.events.from_budget[event]:
                taken[event] = a_year
            arrives = p.delivered_headline
            if timeline.events.signed[event]:
                arrives = p.delivered_signed
            believed[event] = 0.0
            if timeline.economy[timeline.events.state[event]]:
                gdp = timeline.gdp[timeline.events.state[event]]
                believed[event] = rules.believed(arrives, a_year, gdp)
                doubted[event] = rules.believed(1.0 - arrives, a_year, gdp)

    return Reference(
        rates,
        leaving.chance,
        leaving.pace,
        public,
        lost,
        leaving.base,
        leaving.close,
        leaving.share,
        leaving.close_at,
        leaving.open_at,
        rules.order_closing(p.order_months, 1.0),
        usual,
        limit,
        running,
        bid,
        access,
        usual_bid,
        aid,
        base_budget,
        answer,
        stands,
        weight,
        pressed,
        stake,
        order_term,
        request_term,
        stays,
        coming,
        win_limit,
        win_answer,
        believed,
        doubted,
        taken,
        rules.notice_rate(p.notice_carried_out),
        words,
        cooperation,
        us_aid,
        remittances,
        rent,
    )


@rule
def time_in_office(months: int) -> int:
    """What is known of a government's time in office, from its months."""
    if months >= rules.UNKNOWN_MONTHS:
        return UNKNOWN
    return FIRST_YEAR if months < rules.WINDOW_MONTHS else LATER


@rule
def _months_of(known: int) -> int:
    """Months in office that stand for what is known of them."""
    if known == UNKNOWN:
        return rules.UNKNOWN_MONTHS
    return 0 if known == FIRST_YEAR else rules.WINDOW_MONTHS


@rule
def _limit(parameters: Any, log_gdp: float, prestige: float, z: float) -> float:
    return rules.beijing_limit(
        parameters.valuation, parameters.valuation_elasticity, log_gdp, prestige, parameters.valuation_spread, z
    )


@rule
def _base_aid(parameters: Any, documented: float, log_gdp: float, mean_weight: float) -> float:
    """Taipei's base aid: what is documented, otherwise what follows from the state's size."""
    if not math.isnan(documented):
        return documented
    weight = rules.aid_weight(parameters.aid_elasticity, log_gdp)
    return rules.base_aid(parameters.aid_per_ally, weight, mean_weight)


@part
def _chain(rates: Floats, window_effect: float, public: float, parameters: Any) -> Chain:
    """Talks in which a change comes at annual rates (n,) exactly, at every pace of time.

    public : chance that talks open in public
    """
    n, p = rates.shape[0], parameters
    centre = rules.window_centre(window_effect, p.window_share)
    pace = np.empty(3)
    for known in range(3):
        pace[known] = math.exp(rules.window_term(window_effect, centre, _months_of(known)))
    lost_of_all = rules.lost_in_all(public, p.lost_public, p.lost_silent)
    chance, close, share = np.empty(n), np.empty(n), np.empty(n)
    lost, base, close_at, open_at = np.empty((n, 2)), np.empty((n, 2)), np.empty((n, 3)), np.empty((n, 3))
    for i in range(n):
        rate = rates[i]
        chance[i] = rules.leaving(rate, 1.0, 1.0)
        fastest = 1.0
        for known in range(3):
            fastest = max(fastest, rules.leaving(rate, pace[known], 1.0) / chance[i])
        close[i] = rules.closing(p.talks_months, chance[i], lost_of_all, fastest)
        lost[i, 0] = rules.lost_raised(p.lost_silent, chance[i], close[i], lost_of_all)
        lost[i, 1] = rules.lost_raised(p.lost_public, chance[i], close[i], lost_of_all)
        base[i, 0], base[i, 1] = rules.log_odds(lost[i, 0]), rules.log_odds(lost[i, 1])
        share[i] = rules.share_in_talks(chance[i], close[i], rules.lost_in_all(public, lost[i, 1], lost[i, 0]))
        for known in range(3):
            now = rules.leaving(rate, pace[known], 1.0)
            close_at[i, known] = rules.closing_at(close[i], now, chance[i])
            open_at[i, known] = rules.opening_at(share[i], close_at[i, known], now)
    return Chain(rates, chance, pace, lost, base, close, share, close_at, open_at)


@rule
def _coming(parameters: Any, covariates: Floats) -> float:
    """Log rate of coming to Taipei of a state with these covariates."""
    return rules.readiness_to_return(
        math.log(parameters.return_rate),
        parameters.return_population_effect,
        covariates[0],
        parameters.return_income_effect,
        covariates[1],
        parameters.return_switched_effect,
        covariates[2],
    )


@rule
def _leaving(parameters: Any, covariates: Floats) -> float:
    """Log rate of leaving of a state with these covariates."""
    return rules.susceptibility(
        math.log(parameters.departure_rate),
        parameters.population_effect,
        covariates[0],
        parameters.americas_effect,
        covariates[1],
        parameters.us_aid_effect,
        covariates[2],
        parameters.switched_effect,
        covariates[3],
        parameters.silent_effect,
        covariates[4],
    )


@rule
def _scaled(log_rate: float, multiple: float) -> float:
    """A log rate at a multiple of the common one; at zero it is far below anything that happens."""
    return log_rate + math.log(max(multiple, 1e-300))
