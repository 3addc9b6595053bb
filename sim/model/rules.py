"""The rule book: every formula of the model, once, as a scalar function both engines run.

Only `math.exp`, `math.log`, `math.expm1`, `math.sqrt` and plain arithmetic are used, so that the compiled kernel and
the Python agents give the same bits. Money is in % of GDP a year unless a name says US$ million a year; rates are
annual. Terms of leaving are changes of the log odds that talks are lost; those of returning and of suspending
cooperation are changes of a log rate. Parameter names are those of `sim.parameters`.
"""

from __future__ import annotations

import math

from sim.model.compiled import rule

MOST_LOG_HAZARD = 20.0
"""Log rates are capped here (certainty within minutes), so that no exponential overflows."""

MOST_BALANCE = 50.0
"""Log odds are kept within this of zero, for the same reason."""

MOST_CHANCE = 0.999999
"""No chance that the level is made of comes closer to certainty."""

TINY = 1e-300
"""What a number that may be zero is divided by, at least."""

MOST_PRESSURE = 3.0
"""Pressure and hostility run from 0 (none) to 3 (stated penalties)."""

LOG_3000 = 8.006367567650246
"""Log of US$ 3,000 million, the GDP at which Beijing's limit is `valuation`."""

LEAST_TRUST = 0.02
"""However badly others fared, a state believes in this much of a bid."""

TERM_YEARS = 4.0
"""A pledge is given for a term of four years (source: usual presidential term)."""

ORDER_MONTHS = 24
"""An order not carried out by then has lapsed; a request made longer ago than this no longer counts."""

NOTICE_YEARS = 2.0
"""Chances after words and formal notices are counted over two years (source: `cases.csv`)."""

UNKNOWN_MONTHS = 50_000
"""More months in office than this mean that nobody knows when the government took office."""

WINDOW_MONTHS = 12
"""A government is new for its first 12 months."""

VISIBLE_MONTHS = 24
"""Months after a switch in which others see what of the promises arrived."""

ELSEWHERE = 0.25
"""Weight of a case of another region, against 1 for one of the state's own."""


# --- how often a state leaves: the record's rate ----------------------------------------------------------


@rule
def susceptibility(
    log_rate: float,
    population_effect: float,
    population: float,
    americas_effect: float,
    americas: float,
    us_aid_effect: float,
    us_aid: float,
    switched_effect: float,
    switched: float,
    silent_effect: float,
    silent: float,
) -> float:
    """Log annual rate of leaving under reference conditions of the contest.

    The record's rate for a state of average covariates, and what its own covariates (in standard deviations) add.
    """
    return (
        log_rate
        + population_effect * population
        + americas_effect * americas
        + us_aid_effect * us_aid
        + switched_effect * switched
        + silent_effect * silent
    )


@rule
def window_centre(window_effect: float, window_share: float) -> float:
    """What centres the window, so that the average over all months is the record's: ln(1 + q (e^b - 1))."""
    return math.log(1.0 + window_share * math.expm1(window_effect))


@rule
def window_term(window_effect: float, centre: float, months_in_office: int) -> float:
    """A government in its first 12 months or later, on the log rate; nothing while no inauguration is known of."""
    if months_in_office >= UNKNOWN_MONTHS:
        return 0.0
    if months_in_office < WINDOW_MONTHS:
        return window_effect - centre
    return -centre


@rule
def monthly_chance(hazard: float, exposure: float) -> float:
    """Chance of the change in a month of which the share `exposure` (0 to 1) is left."""
    return -math.expm1(-hazard * exposure / 12.0)


@rule
def leaving(rate: float, pace: float, exposure: float) -> float:
    """The month's chance of leaving under reference conditions, at a pace set by the government's time in office."""
    return min(MOST_CHANCE, monthly_chance(rate * pace, exposure))


@rule
def yearly_rate(chance: float, exposure: float) -> float:
    """The annual rate that gives a chance in a month; 0 where nothing is left of the month."""
    if exposure <= 0.0:
        return 0.0
    return -12.0 * math.log(1.0 - min(MOST_CHANCE, chance)) / exposure


# --- talks: a tie comes up, and talks close ---------------------------------------------------------------


@rule
def opening_public(public_share: float, lost_public: float, lost_silent: float) -> float:
    """Chance that talks open in public, so that `public_share` of departures were public before."""
    public, silent = public_share * lost_silent, (1.0 - public_share) * lost_public
    return public / (public + silent)


@rule
def lost_in_all(public: float, lost_public: float, lost_silent: float) -> float:
    """Share of all talks that end in a departure under reference conditions; `public` is that of public talks."""
    return public * lost_public + (1.0 - public) * lost_silent


@rule
def closing(talks_months: float, leave: float, lost: float, fastest: float) -> float:
    """Chance that talks close in a full month: once in `talks_months`, faster where states leave too often for that.

    leave : the month's chance of leaving; lost : of all talks; fastest : largest pace against the usual, >= 1
    """
    return min(1.0 / fastest, max(-math.expm1(-1.0 / talks_months), 2.0 * leave / lost))


@rule
def lost_raised(lost_of_kind: float, leave: float, close: float, lost: float) -> float:
    """Share lost of talks of one kind, raised for a state that leaves so often that half its months are talks."""
    return min(MOST_CHANCE, lost_of_kind * max(1.0, 2.0 * leave / (close * lost)))


@rule
def share_in_talks(leave: float, close: float, lost: float) -> float:
    """Share of months in talks, under which a state leaves with the chance `leave` in each month."""
    return min(MOST_CHANCE, leave / (lost * close))


@rule
def closing_at(close: float, leave_now: float, leave: float) -> float:
    """Chance of closing in a month whose time runs faster or slower than the usual month's."""
    return min(1.0, close * leave_now / leave)


@rule
def opening_at(share: float, close_now: float, leave_now: float) -> float:
    """Chance that talks open in such a month: the share of states in talks stays what it is."""
    return min(1.0, max(0.0, share * (close_now - leave_now) / (1.0 - share)))


@rule
def courtship(
    approach: float, money_effect: float, offered: float, reassurance_effect: float, reassurance: float
) -> float:
    """What multiplies the odds that talks open: Beijing's approach, a told offer as believed, a fresh reassurance."""
    return approach * math.exp(money_effect * worth(offered) - reassurance_effect * reassurance)


@rule
def wooed(wooing: float, return_pledge_effect: float, pledge: float) -> float:
    """What multiplies the odds that talks with Taipei open: its wooing, and a standing promise to return (0 to 1)."""
    return wooing * math.exp(return_pledge_effect * pledge)


@rule
def at_odds(chance: float, multiple: float) -> float:
    """A chance whose odds are multiplied; the chance itself, to the bit, at a multiple of 1."""
    grown = chance * multiple
    return grown / max(TINY, grown + (1.0 - chance))


# --- what is bid ------------------------------------------------------------------------------------------


@rule
def worth(share: float) -> float:
    """What money is worth: ln(1 + share / 1 %), for a share of GDP a year in %, >= 0."""
    return math.log(1.0 + share)


@rule
def percent(million_usd: float, gdp: float) -> float:
    """US$ million a year in % of GDP (GDP in US$ million)."""
    return 100.0 * million_usd / gdp


@rule
def usual_package(package_size: float, package_elasticity: float, log_gdp: float, mean_log_gdp: float) -> float:
    """The record's package for a state of this size, US$ million a year (log GDP in US$ million).

    `package_size` is the log of the package in % of GDP at the mean size of the record's switchers.
    """
    size = log_gdp - mean_log_gdp
    return math.exp(package_size + package_elasticity * size + mean_log_gdp) / 100.0


@rule
def beijing_limit(
    valuation: float, valuation_elasticity: float, log_gdp: float, prestige: float, valuation_spread: float, z: float
) -> float:
    """The most that Beijing would pay for a state, US$ million a year (log GDP in US$ million; z standard normal)."""
    return prestige * math.exp(math.log(valuation) + valuation_elasticity * (log_gdp - LOG_3000) + valuation_spread * z)


@rule
def purse_left(purse: float, budget: float, running: float) -> float:
    """What Beijing can still commit itself to, US$ million a year; `running` is what it is committed to already."""
    return max(0.0, purse * budget - running)


@rule
def beijing_bid(limit: float, budget: float, left: float, trust: float, offered: float, gdp: float) -> float:
    """Beijing's bid at its limit as the state believes it, % of GDP a year.

    limit, left in US$ million a year, gdp in US$ million; `offered`: told offers, % of GDP a year as believed
    """
    return trust * percent(min(limit * budget, left), gdp) + offered


@rule
def pooled(mean: float, weight: float, total: float, cases: float) -> float:
    """A share known from cases that add up to `total`, drawn to a mean which counts as `weight` cases."""
    return (weight * mean + total) / (weight + cases)


@rule
def trust(mean: float, weight: float, total: float, cases: float) -> float:
    """Share of Beijing's bid that a state expects to arrive, from what arrived elsewhere; at least 0.02."""
    return max(LEAST_TRUST, pooled(mean, weight, total, cases))


@rule
def aid_weight(aid_elasticity: float, log_gdp: float) -> float:
    """How Taipei's aid grows with GDP (log GDP in US$ million)."""
    return math.exp(aid_elasticity * log_gdp)


@rule
def base_aid(aid_per_ally: float, weight: float, mean_weight: float) -> float:
    """Taipei's base aid to a state, US$ million a year; over the allies it averages `aid_per_ally`."""
    return aid_per_ally * weight / mean_weight


@rule
def base_after(base: float, budget: float, cut: float) -> float:
    """Base aid at a multiple of the budget and after a cut (share 0 to 1), US$ million a year."""
    return base * budget * (1.0 - min(1.0, cut))


@rule
def reserve_left(reserve: float, base_budget: float, budget: float, returned: float, granted: float) -> float:
    """What Taipei can add to what stands, US$ million a year.

    reserve : share of the base budget; returned : base aid of allies that left, less that of states that came
    granted : what talks won
    """
    return max(0.0, (reserve * base_budget + returned) * budget - granted)


@rule
def taipei_limit(ceiling: float, base: float, standing: float, left: float) -> float:
    """The most that Taipei would pay for an ally, US$ million a year; never less than what stands."""
    return max(standing, min(ceiling * base, standing + left))


@rule
def win_limit(winning: float, winning_elasticity: float, log_gdp: float) -> float:
    """The most that Taipei would pay to win a state, US$ million a year (log GDP in US$ million)."""
    return math.exp(math.log(winning) + winning_elasticity * (log_gdp - LOG_3000))


@rule
def goes_up_to(limit: float, wooing: float, budget: float) -> float:
    """Taipei's limit for a state that is not with it, US$ million a year; the reserve bears it, but is no bound."""
    return limit * wooing * budget


@rule
def answered(limit: float, standing: float, refused: float, met: float) -> float:
    """Taipei's limit after its answer to a request, US$ million a year: refused (0 or 1), or the sum granted."""
    return max((1.0 - refused) * limit, standing + met)


@rule
def taipei_bid(limit: float, offered: float, match: float, beijing: float, gdp: float) -> float:
    """Taipei's bid at its limit, % of GDP a year, with told offers as believed, raised to a share of Beijing's."""
    return max(percent(limit, gdp) + offered, match * beijing)


@rule
def pressure(attention: float, weight: float, focus: float, public: float, lobbying: float) -> float:
    """Washington's pressure on the question, 0 to 3: attention, turned to public talks (0 or 1), plus lobbying."""
    return min(MOST_PRESSURE, attention * weight * (1.0 + focus * public) + lobbying)


@rule
def stake(pressure: float, credibility: float, dependence: float, gdp_at_risk: float) -> float:
    """What a state expects Washington's threats to cost it if it leaves, % of GDP a year."""
    return pressure / MOST_PRESSURE * credibility * dependence * gdp_at_risk


@rule
def believed(delivered_share: float, million_usd_a_year: float, gdp: float) -> float:
    """A told sum as a state believes it, % of GDP a year (gdp in US$ million)."""
    return percent(delivered_share * million_usd_a_year, gdp)


@rule
def acceptance(readiness: float, in_truce: bool, acceptance_truce: float) -> float:
    """How readily Beijing takes a willing state, or Taipei a returning one: 1 in contest, little in a truce."""
    if in_truce:
        return readiness * acceptance_truce
    return readiness


# --- a state decides: who wins the talks ------------------------------------------------------------------


@rule
def log_odds(chance: float) -> float:
    """ln(p / (1 - p)) of a chance between 0 and 1."""
    return math.log(chance / (1.0 - chance))


@rule
def offer_term(money_effect: float, bid: float, bid_ref: float) -> float:
    """What Beijing bids, against reference; `bid` is what it is worth, access to its market included."""
    return money_effect * (bid - bid_ref)


@rule
def aid_term(money_effect: float, bid: float, bid_ref: float) -> float:
    """What Taipei bids, against reference; `bid` is what it is worth, Washington's inducement included."""
    return -money_effect * (bid - bid_ref)


@rule
def threat_term(money_effect: float, stake: float, stake_ref: float) -> float:
    """What Washington puts at stake, against reference; `stake` is what it is worth."""
    return -money_effect * (stake - stake_ref)


@rule
def backfire_term(
    backfire_effect: float, pride: float, pressure: float, hostility: float, pressure_ref: float
) -> float:
    """Pressure and hostility together provoke, with their square: first the threat wins, later this does."""
    felt = pressure + hostility
    return backfire_effect * pride * (felt * felt - pressure_ref * pressure_ref)


@rule
def government_term(lean_effect: float, lean: float, lean_ref: float) -> float:
    """A change of lean (-1 Taipei to +1 Beijing) since the government of the start."""
    return lean_effect * (lean - lean_ref)


@rule
def words_term(lost: float, lost_public: float) -> float:
    """What words of a government add to public talks that they opened, so that the share `lost` is lost; never < 0."""
    return max(0.0, log_odds(lost) - log_odds(lost_public))


@rule
def request_term(
    followed: float, unseen: float, lost_public: float, money_effect: float, aid_ref: float, base_ref: float
) -> float:
    """What a request to Taipei adds to the talks that it opened; its answer is not known.

    Of the requests that are known to have been refused the share `followed` was followed by a departure; for each of
    them there were `unseen` others, followed by nothing. That chance holds where Taipei stays at what stands
    (worth `base_ref`) and not at its limit (worth `aid_ref`).
    """
    lost = followed / (1.0 + unseen)
    return log_odds(lost) - log_odds(lost_public) - money_effect * (aid_ref - base_ref)


@rule
def neighbours_term(neighbours_effect: float, fresh_switches: float) -> float:
    """Switches in the subregion, each faded by its age."""
    return neighbours_effect * fresh_switches


@rule
def balance(
    base: float,
    offer: float,
    aid: float,
    threat: float,
    backfire: float,
    government: float,
    pledge: float,
    request: float,
    order: float,
    neighbours: float,
) -> float:
    """Log odds that talks which close now are lost to Beijing: those of reference plus every term, in order."""
    total = base + offer + aid + threat + backfire + government + pledge + request + order + neighbours
    return max(-MOST_BALANCE, min(MOST_BALANCE, total))


@rule
def wins(balance: float) -> float:
    """Chance that Beijing wins talks that close, if it takes the state at all."""
    return 1.0 / (1.0 + math.exp(-balance))


@rule
def surplus(balance: float, u: float) -> float:
    """How far, in log odds, the winner was ahead: above 0 the state leaves. `u` is uniform from 0 to 1."""
    sure = max(TINY, u)
    return balance - math.log(sure / (1.0 - sure))


@rule
def beijing_pays(bid: float, access: float, surplus: float, money_effect: float) -> float:
    """The least with which Beijing wins, % of GDP a year as believed; bid and access are what they are worth."""
    least = max(access, bid - surplus / max(TINY, money_effect))
    return max(0.0, math.exp(least) - math.exp(access))


@rule
def taipei_pays(bid: float, inducement: float, standing: float, surplus: float, money_effect: float) -> float:
    """The least with which Taipei wins, % of GDP a year, no less than what stands; `bid` is what its limit is worth."""
    return max(standing, math.exp(bid + min(0.0, surplus) / max(TINY, money_effect)) - 1.0 - inducement)


@rule
def from_purse(price: float, offered: float, trust: float) -> float:
    """What of a price (% of GDP a year, as believed) told offers do not meet: % of GDP a year out of the purse."""
    return max(0.0, price - offered) / trust


@rule
def promised(price: float, offered: float, doubted: float, from_purse: float) -> float:
    """A price at its face value, % of GDP a year: the part met by told offers at theirs, and what the purse adds.

    doubted : told offers at face value less what is believed of them
    """
    return min(1.0, price / max(TINY, offered)) * (offered + doubted) + from_purse


@rule
def granted(paid: float, base: float, offered: float, gdp: float) -> float:
    """What Taipei added to its base aid to win, US$ million a year; what told offers met is not counted.

    paid, offered in % of GDP a year; base in US$ million a year
    """
    return max(0.0, (paid - offered) / 100.0 * gdp - base)


# --- words ------------------------------------------------------------------------------------------------


@rule
def survival(rate: float, years: float) -> float:
    """Chance that a state under reference conditions is still with Taipei after a time."""
    return math.exp(-rate * max(0.0, years))


@rule
def pledge_opens(kept: float, lost_public: float, stays: float, stays_late: float) -> float:
    """Chance that a pledge to leave opens talks at the inauguration, so that it is kept with the chance `kept`.

    stays : survival over the term; stays_late : over the term less the length of two talks. A pledge that is kept no
    more often than states leave anyhow opens nothing.
    """
    wanted, gained = stays - 1.0 + kept, stays - (1.0 - lost_public) * stays_late
    if wanted <= 0.0:
        return 0.0
    if wanted >= gained:
        return 1.0
    return wanted / gained


@rule
def pledge_lost(kept: float, lost_public: float, stays_late: float) -> float:
    """Share lost, at reference, of talks that a pledge opened: the usual, or more where they could not do it alone."""
    return min(MOST_CHANCE, max(lost_public, 1.0 - (1.0 - kept) / max(TINY, stays_late)))


@rule
def still_open(opened: float, close: float, lost: float, months: int) -> float:
    """Chance that talks which opened so many months ago, with the chance `opened`, go on, given that none was lost."""
    goes_on = math.exp(months * math.log(max(TINY, 1.0 - close)))
    return opened * goes_on / (1.0 - opened * lost * (1.0 - goes_on))


@rule
def standing_order(age_months: int) -> float:
    """1 while an order to open ties with Beijing stands, which is 24 months at most; else 0."""
    if 0 <= age_months < ORDER_MONTHS:
        return 1.0
    return 0.0


@rule
def order_closing(order_months: float, exposure: float) -> float:
    """Chance that talks under an order close in a month of which the share `exposure` is left."""
    return -math.expm1(-exposure / order_months)


# --- what is known of talks from outside ------------------------------------------------------------------


@rule
def chance_of_leaving(
    acceptance: float,
    close: float,
    silent: float,
    wins_silent: float,
    public: float,
    wins_public: float,
    close_called: float,
    called: float,
    wins_called: float,
    waiting: float,
    turned_away: float,
) -> float:
    """The month's chance of leaving, averaged over talks that nobody sees.

    silent, public, called : shares of the state's talks that are open, by kind; waiting : those that closed under an
    order which Beijing did not take, at the acceptance `turned_away`: their number is known not to lie below it
    """
    late = max(0.0, acceptance * wins_called - turned_away) / max(TINY, 1.0 - turned_away)
    met = close * (silent * wins_silent + public * wins_public) + close_called * called * wins_called
    return min(MOST_CHANCE, acceptance * met + waiting * late)


@rule
def share_after(share: float, close: float, opened: float, chance: float) -> float:
    """The share of talks of a kind after a month in which the state did not leave."""
    return (share * (1.0 - close) + opened) / (1.0 - chance)


@rule
def waiting_after(waiting: float, turned_away: float, acceptance: float, added: float, chance: float) -> float:
    """The share of talks that wait under an order for Beijing to take the state, after a month without leaving.

    turned_away : acceptance at which they were not taken; added : share that joined them this month
    """
    still = waiting * (1.0 - max(acceptance, turned_away)) / max(TINY, 1.0 - turned_away)
    return (still + added) / (1.0 - chance)


# --- a state that is not with Taipei: the same talks, the sides changed ------------------------------------

SELDOM = 0.001
"""Below this chance a month, and while talks open as usual, a candidate's shares of hidden talks are those of
reference: what they leave out is of the order of this times the length of talks."""


@rule
def readiness_to_return(
    log_rate: float,
    population_effect: float,
    population: float,
    income_effect: float,
    income: float,
    switched_effect: float,
    switched: float,
) -> float:
    """Log annual rate of coming (back) to Taipei under reference conditions, by covariates (in standard deviations)."""
    return log_rate + population_effect * population + income_effect * income + switched_effect * switched


@rule
def return_offer_term(money_effect: float, bid: float, bid_ref: float) -> float:
    """What Beijing bids to keep a state, against reference; `bid` is what it is worth, access included."""
    return -money_effect * (bid - bid_ref)


@rule
def return_aid_term(money_effect: float, bid: float, bid_ref: float) -> float:
    """What Taipei bids to win a state, against reference; `bid` is what it is worth, with Washington's inducement."""
    return money_effect * (bid - bid_ref)


@rule
def return_government_term(return_lean_effect: float, lean: float, lean_ref: float) -> float:
    """A change of lean towards Taipei since the government of the start."""
    return return_lean_effect * (lean_ref - lean)


@rule
def undelivered(promised: float, share_delivered: float) -> float:
    """What of Beijing's promises will not come, % of GDP a year."""
    return promised * (1.0 - share_delivered)


@rule
def shortfall(missing: float, years_since: float, package_years: float) -> float:
    """Due by now minus delivered, % of GDP: what is missing a year, as packages fall due evenly over years."""
    return missing * min(years_since, package_years)


@rule
def shortfall_term(shortfall_effect: float, missing: float) -> float:
    """Disappointment with what Beijing promised and did not deliver."""
    return shortfall_effect * missing


@rule
def beyond(u: float, share: float) -> float:
    """A uniform number from 0 to 1, out of one that is known not to lie below `share`."""
    return (u - share) / (1.0 - share)


@rule
def balance_of_coming(base: float, offer: float, aid: float, government: float, shortfall: float) -> float:
    """Log odds that Taipei wins talks that close now: those of reference plus every term, in order."""
    total = base + offer + aid + government + shortfall
    return max(-MOST_BALANCE, min(MOST_BALANCE, total))


@rule
def chance_of_change(
    acceptance: float, close: float, silent: float, wins_silent: float, public: float, wins_public: float
) -> float:
    """The month's chance of coming to Taipei, averaged over talks that nobody sees (shares open, by kind)."""
    return min(MOST_CHANCE, acceptance * (close * (silent * wins_silent + public * wins_public)))


# --- dependence on Washington -----------------------------------------------------------------------------


@rule
def turning_pressure(
    money_effect: float,
    backfire_effect: float,
    credibility: float,
    gdp_at_risk: float,
    dependence: float,
    pride: float,
    hostility: float,
) -> float:
    """The pressure (0 to 3) beyond which more of it provokes more than it deters.

    Where the sum of `threat_term` and `backfire_term` is lowest; at 0 or below any pressure provokes, above 3 none
    does. Infinite where pressure never backfires.
    """
    strength = backfire_effect * pride
    if strength <= 0.0:
        return math.inf
    slope = stake(1.0, credibility, dependence, gdp_at_risk)
    if slope <= 0.0:
        return -hostility
    apart = 1.0 - slope * hostility
    root = math.sqrt(apart * apart + 2.0 * money_effect * slope * slope / strength)
    return (root - 1.0 - slope * hostility) / (2.0 * slope)


@rule
def aid_part(aid: float) -> float:
    """The part of dependence that aid makes, 0 to 0.2 (aid in % of GDP a year; 2 counts in full)."""
    return 0.2 * min(1.0, aid / 2.0)


@rule
def dependence(exports: float, remittances: float, aid: float, security: float) -> float:
    """Dependence on Washington, 0 to 1, from its parts; losing a part lowers it.

    exports to the United States in % of goods exports (50 counts in full), remittances from there in % of
    GDP (20), aid in % of GDP (2), security tie 0 to 3. Weights 0.3, 0.3, 0.2, 0.2: a judgement.
    """
    return (
        0.3 * min(1.0, exports / 50.0)
        + 0.3 * min(1.0, remittances / 20.0)
        + aid_part(aid)
        + 0.2 * min(1.0, security / 3.0)
    )


@rule
def dependence_left(
    scale: float, exports: float, remittances: float, aid: float, aid_cut: float, security: float
) -> float:
    """Dependence on Washington after a cut of its aid part (share 0 to 1); `scale` is 1 unless the scenario sets it."""
    whole = dependence(exports, remittances, aid, security)
    return min(1.0, scale * (whole - min(1.0, aid_cut) * aid_part(aid)))


@rule
def remittances_left(remittances: float, lost: float) -> float:
    """Remittances from the United States, % of GDP, after deportations (share lost, 0 to 1)."""
    return remittances * (1.0 - min(1.0, lost))


@rule
def aid_raised(aid: float, rent: float, gdp: float) -> float:
    """Washington's aid, % of GDP a year, with the rent that it added (US$ million a year, gdp in US$ million)."""
    return aid + percent(rent, gdp)


@rule
def felt_hostility(general: float, own: float, eased: float) -> float:
    """Hostility a state feels, 0 to 3: Washington's quarrels with all, and what is aimed at it alone.

    eased : share that is gone since Washington gave way, 0 to 1
    """
    return min(MOST_PRESSURE, (general + own) * (1.0 - eased))


# --- a host weighs ending military cooperation with Washington --------------------------------------------


@rule
def hostility_term(hostility_effect: float, pride: float, hostility: float) -> float:
    """Quarrels on other questions (0 to 3) make a proud host (0 to 1) look for a way to answer."""
    return hostility_effect * pride * hostility


@rule
def hold_term(hold_effect: float, dependence: float, usual_dependence: float) -> float:
    """Dependence on Washington (0 to 1), against that of the usual host, holds cooperation together."""
    return -hold_effect * (dependence - usual_dependence)


@rule
def ripple_term(ripple: float, seen: float) -> float:
    """What Washington's answers to other hosts add: those to whom it gave way less those it retaliated against."""
    return ripple * seen


@rule
def log_hazard_of_suspension(base: float, hostility: float, hold: float, government: float, ripple: float) -> float:
    """Log annual hazard of suspending cooperation, before words and formal acts."""
    return min(base + hostility + hold + government + ripple, MOST_LOG_HAZARD)


@rule
def hazard_of_suspension(log_rate: float, acts: float) -> float:
    """Annual hazard of suspending cooperation; `acts` is the rate of standing words and notices."""
    return math.exp(log_rate) + acts


@rule
def rate_of_acts(notice_rate: float, notice: float, words_rate: float, words: float, ripple: float) -> float:
    """Annual rate added by a standing notice (0 or 1) and by words alone (0 to 1), moved by answers to other hosts."""
    acts = notice_rate * min(1.0, notice) + words_rate * min(1.0, words)
    return acts * math.exp(min(ripple, MOST_LOG_HAZARD))


@rule
def gives_way(u: float, gives: float) -> bool:
    """Whether Washington gives way to a host's words or notice; u uniform."""
    return u < gives


@rule
def retaliates(u: float, gives: float, retaliates_else: float) -> bool:
    """Whether it retaliates; `retaliates_else` is the chance where it does not give way."""
    return u >= 1.0 - (1.0 - gives) * retaliates_else


@rule
def taken(sum_a_year: float, before: float, after: float) -> float:
    """US$ million a year that a host loses when the share lost of a sum goes from `before` to `after`."""
    return sum_a_year * (min(1.0, after) - min(1.0, before))


@rule
def notice_rate(ended: float) -> float:
    """The annual rate with which a formal notice ends cooperation with the chance `ended` in two years."""
    return -math.log(1.0 - ended) / NOTICE_YEARS


@rule
def words_rate(ended: float, base_rate: float) -> float:
    """The annual rate that words add to the base rate, for the chance `ended` in two years; never below zero."""
    return max(0.0, -math.log(1.0 - ended) / NOTICE_YEARS - base_rate)


# --- accounts: what the patrons pay, US$ million ----------------------------------------------------------


@rule
def falls_due(a_year: float, years: float, years_left: float) -> float:
    """US$ million of a package that fall due within the horizon; `years` it runs, `years_left` of the horizon."""
    return a_year * max(0.0, min(years, years_left))


@rule
def taipei_gives(standing: float, offered: float, gdp: float) -> float:
    """What Taipei pays an ally, US$ million a year: what stands, and told offers (% of GDP a year) as believed."""
    return standing + offered / 100.0 * gdp


@rule
def washington_gives(inducement: float, cut: float, us_aid: float, gdp: float) -> float:
    """What Washington gives a state more than before, US$ million a year: told offers as believed, less aid cut.

    inducement, us_aid in % of GDP a year; cut : share, 0 to 1
    """
    return (inducement - min(1.0, cut) * us_aid) / 100.0 * gdp


# --- a decision -------------------------------------------------------------------------------------------


@rule
def destination(leaves_taipei: bool, truce: bool) -> int:
    """Where a state goes (0 Taipei, 1 Beijing, 2 neither): in a truce Beijing does not take up who left.

    The Gambia left Taipei in 2013 and waited until 2016.
    """
    if not leaves_taipei:
        return 0
    return 2 if truce else 1
