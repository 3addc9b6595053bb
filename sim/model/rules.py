"""The rule book: every formula of the model, once, as a scalar function both engines run.

Only `math.exp`, `math.log`, `math.expm1` and plain arithmetic are used, so that the compiled kernel and the
Python agents give the same bits. Money is in % of GDP a year unless a name says otherwise; hazards are
annual; terms are changes of the log hazard. Parameter names are those of `sim.parameters`.
"""

from __future__ import annotations

import math

from sim.model.compiled import rule

MOST_LOG_HAZARD = 20.0
"""Log hazards are capped here (certainty within minutes), so that no exponential overflows."""

MOST_PRESSURE = 3.0
"""Pressure and hostility run from 0 (none) to 3 (stated penalties)."""

LN_2 = 0.6931471805599453

TERM_YEARS = 4.0
"""A pledge is given for a term of so many years (source: usual presidential term; priors d1)."""

ORDER_YEARS = 0.5
"""The chance that an order is carried out is counted over half a year (priors d4)."""

ORDER_MONTHS = 24
"""An order not carried out by then has lapsed."""

NOTICE_YEARS = 2.0
"""Chances after words and formal notices are counted over two years (priors i3, i4)."""

ACT_MONTHS = 24
"""Words and notices about military cooperation weigh for so many months."""

UNKNOWN_MONTHS = 50_000
"""More months in office than this mean that nobody said when the government took office."""

RETURN_MONTHS = 120
"""A state may return in ten years after leaving: so long the rate of returning is counted."""

WINDOW_MONTHS = 12
"""A government is new for so many months."""


# --- a state weighs leaving Taipei ------------------------------------------------------------------------


@rule
def appeal(share: float) -> float:
    """How money weighs: ln(1 + share / 1 %), for a share of GDP a year in %, >= 0 (priors a: concave)."""
    return math.log(1.0 + share)


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
) -> float:
    """Log annual hazard of leaving under reference conditions of the contest.

    The record's rate for a state of average covariates, and what its own covariates (in standard deviations) add.
    """
    return (
        log_rate
        + population_effect * population
        + americas_effect * americas
        + us_aid_effect * us_aid
        + switched_effect * switched
    )


@rule
def readiness_to_return(
    log_rate: float, population_effect: float, population: float, income_effect: float, income: float
) -> float:
    """Log annual hazard of returning under reference conditions, by covariates (in standard deviations)."""
    return log_rate + population_effect * population + income_effect * income


@rule
def offer_term(offer_effect: float, offer_appeal: float, reference_appeal: float) -> float:
    """Beijing's package as believed, against that of reference conditions."""
    return offer_effect * (offer_appeal - reference_appeal)


@rule
def aid_term(aid_effect: float, aid_appeal: float, reference_appeal: float) -> float:
    """Taipei's aid, against that of reference conditions; more aid lowers the hazard."""
    return -aid_effect * (aid_appeal - reference_appeal)


@rule
def deterrence_term(
    deterrence_effect: float, dependence: float, pressure: float, dependence_ref: float, pressure_ref: float
) -> float:
    """Washington's pressure (0 to 3) bites as far as the state depends on it (0 to 1)."""
    return -deterrence_effect * (dependence * pressure - dependence_ref * pressure_ref)


@rule
def backfire_term(
    backfire_effect: float, pride: float, pressure: float, hostility: float, pressure_ref: float
) -> float:
    """Pressure and hostility together provoke, with their square: first deterrence wins, later this does."""
    felt = pressure + hostility
    return backfire_effect * pride * (felt * felt - pressure_ref * pressure_ref)


@rule
def government_term(lean_effect: float, lean: float, lean_ref: float) -> float:
    """A change of lean (-1 Taipei to +1 Beijing) since the government of the start."""
    return lean_effect * (lean - lean_ref)


@rule
def pledge_term(pledge_effect: float, pledge: float, reassurance_effect: float, reassurance: float) -> float:
    """Words: a promise to leave (0 to 1) raises the hazard, a reassurance (0 to 1) lowers it."""
    return pledge_effect * pledge - reassurance_effect * reassurance


@rule
def request_term(request_effect: float, unmet: float) -> float:
    """Requests to Taipei refused or left unmet, each faded by its age."""
    return request_effect * unmet


@rule
def window_centre(window_effect: float, window_share: float) -> float:
    """What centres the window, so that the average over all months is the record's: ln(1 + q (e^b - 1))."""
    return math.log(1.0 + window_share * math.expm1(window_effect))


@rule
def window_term(window_effect: float, centre: float, months_in_office: int) -> float:
    """A government in its first 12 months or later; nothing while the scenario knows of no inauguration."""
    if months_in_office >= UNKNOWN_MONTHS:
        return 0.0
    if months_in_office < WINDOW_MONTHS:
        return window_effect - centre
    return -centre


@rule
def standing_order(age_months: int) -> float:
    """1 while an order to open ties with Beijing stands, which is 24 months at most; else 0."""
    if 0 <= age_months < ORDER_MONTHS:
        return 1.0
    return 0.0


@rule
def neighbours_term(neighbours_effect: float, fresh_switches: float) -> float:
    """Switches in the subregion, each faded by its age."""
    return neighbours_effect * fresh_switches


@rule
def log_hazard(
    alpha: float,
    offer: float,
    aid: float,
    deterrence: float,
    backfire: float,
    government: float,
    pledge: float,
    request: float,
    window: float,
    neighbours: float,
) -> float:
    """Log annual hazard of leaving, before acceptance and orders: susceptibility plus every term, in order."""
    total = alpha + offer + aid + deterrence + backfire + government + pledge + request + window + neighbours
    return min(total, MOST_LOG_HAZARD)


@rule
def hazard_of_leaving(log_rate: float, acceptance: float, order_rate: float, order: float) -> float:
    """Annual hazard: what the state weighs, plus the rate of a standing order, if Beijing accepts."""
    return acceptance * (math.exp(log_rate) + order_rate * order)


@rule
def monthly_chance(hazard: float, exposure: float) -> float:
    """Chance of the change in a month of which the share `exposure` (0 to 1) is left."""
    return -math.expm1(-hazard * exposure / 12.0)


# --- a state with Beijing weighs returning to Taipei ------------------------------------------------------


@rule
def return_offer_term(offer_effect: float, offer_appeal: float) -> float:
    """What Beijing offers a state to stay with it; under reference conditions nothing."""
    return -offer_effect * offer_appeal


@rule
def return_aid_term(aid_effect: float, aid_appeal: float) -> float:
    """What Taipei offers a state to come back; under reference conditions nothing."""
    return aid_effect * aid_appeal


@rule
def return_government_term(return_lean_effect: float, lean: float, lean_ref: float) -> float:
    """A change of lean towards Taipei since the government of the start."""
    return return_lean_effect * (lean_ref - lean)


@rule
def undelivered(package: float, share_delivered: float, doubted: float) -> float:
    """What of Beijing's promises will not come, % of GDP a year: part of the regular package, and of each offer.

    share_delivered : of the regular package; doubted : offers at their face value less what arrives of them
    """
    return package * (1.0 - share_delivered) + doubted


@rule
def shortfall(missing: float, years_since: float, delivery_years: float) -> float:
    """Due by now minus delivered, % of GDP: what is missing a year, as packages fall due evenly over years."""
    return missing * min(years_since, delivery_years)


@rule
def shortfall_term(shortfall_effect: float, missing: float) -> float:
    """Disappointment with what Beijing promised and did not deliver."""
    return shortfall_effect * missing


@rule
def may_return(months_since: int) -> bool:
    """Whether a state that left Taipei so many months ago still may return."""
    return months_since < RETURN_MONTHS


@rule
def log_hazard_of_return(
    rho: float,
    government: float,
    pledge: float,
    window: float,
    aid: float,
    offer: float,
    disappointment: float,
) -> float:
    """Log annual hazard of returning, before Taipei's acceptance."""
    return min(rho + government + pledge + window + aid + offer + disappointment, MOST_LOG_HAZARD)


@rule
def hazard_of_return(log_rate: float, acceptance: float) -> float:
    """Annual hazard of returning, as far as Taipei takes the state back."""
    return acceptance * math.exp(log_rate)


# --- what follows from a parameter draw -------------------------------------------------------------------


@rule
def pledge_effect(kept: float, departure_rate: float) -> float:
    """The rise of the log hazard with which the chance `kept` holds over a term, never below nought.

    Solves 1 - exp(-rate * exp(b) * years) = kept. A promise to leave is taken never to make leaving less
    likely, though few promises are on record and the count alone would allow it.
    """
    return max(0.0, math.log(-math.log(1.0 - kept) / (TERM_YEARS * departure_rate)))


@rule
def request_effect(followed: float, unseen: float, departure_rate: float) -> float:
    """The rise of the log hazard after a request refused, never below nought.

    Of the requests that are known the share `followed` was followed by a departure within a year; for each of them
    there were `unseen` others, followed by nothing. Solves 1 - exp(-rate * exp(b)) = followed / (1 + unseen).
    """
    return max(0.0, math.log(-math.log(1.0 - followed / (1.0 + unseen)) / departure_rate))


@rule
def order_rate(carried_out: float) -> float:
    """The annual rate with which the chance `carried_out` holds over half a year."""
    return -math.log(1.0 - carried_out) / ORDER_YEARS


@rule
def monthly_fade(half_life_months: float) -> float:
    """Share left after a month of fading at a half-life in months, > 0."""
    return math.exp(-LN_2 / half_life_months)


# --- patrons ----------------------------------------------------------------------------------------------


@rule
def budget_left(multiple: float, reference: float, committed: float) -> float:
    """A patron's budget of the month, US$ million a year: a multiple of its reference, less what offers take out."""
    return max(0.0, multiple * reference - committed)


@rule
def acceptance(readiness: float, in_truce: bool, acceptance_truce: float) -> float:
    """How readily Beijing takes a willing state, or Taipei a returning one: 1 in contest, little in a truce."""
    if in_truce:
        return readiness * acceptance_truce
    return readiness


# --- Beijing ----------------------------------------------------------------------------------------------


@rule
def usual_package(package_size: float, package_elasticity: float, log_gdp: float, mean_log_gdp: float) -> float:
    """The record's package for a state of this size, US$ million a year (log GDP in US$ million).

    `package_size` is the log of the package in % of GDP at the mean size of the record's switchers.
    """
    size = log_gdp - mean_log_gdp
    return math.exp(package_size + package_elasticity * size + mean_log_gdp) / 100.0


@rule
def courtship_weight(usual: float, prestige: float, focus: float, last_log_hazard: float) -> float:
    """How far Beijing turns to a state: its usual package, its prestige, and whether it can be won."""
    return usual * prestige * math.exp(focus * min(last_log_hazard, MOST_LOG_HAZARD))


@rule
def package(budget: float, weight: float, all_weights: float, gdp: float, faded: float, cap: float) -> float:
    """Beijing's package, % of GDP a year: the state's part of the budget, no less than what has not yet faded.

    budget in US$ million a year, gdp in US$ million; `faded` is last month's package after a month's fading.
    """
    part = 0.0
    if all_weights > 0.0:
        part = 100.0 * budget * weight / all_weights / gdp
    return min(cap, max(part, faded))


@rule
def believed(delivered_share: float, million_usd_a_year: float, gdp: float) -> float:
    """An offered sum as a state believes it, % of GDP a year (gdp in US$ million)."""
    return 100.0 * delivered_share * million_usd_a_year / gdp


# --- Taipei -----------------------------------------------------------------------------------------------


@rule
def taipei_aid(
    budget: float, floor: float, allies: float, threat: float, all_threats: float, gdp: float, cap: float
) -> float:
    """Taipei's aid, % of GDP a year: an even floor, the rest by last month's hazard, up to the cap.

    budget in US$ million a year, gdp in US$ million; `floor` is the share spread evenly. What the cap cuts is kept.
    """
    even = floor * budget / allies
    part = 0.0
    if all_threats > 0.0:
        part = (1.0 - floor) * budget * threat / all_threats
    return min(cap, 100.0 * (even + part) / gdp)


@rule
def aid_after(aid: float, cut: float, extra: float) -> float:
    """Taipei's aid after a cut (share 0 to 1) and with what it offers besides, % of GDP a year."""
    return aid * (1.0 - min(1.0, cut)) + extra


@rule
def matched(aid: float, share: float, last_package: float) -> float:
    """Aid raised to a share of Beijing's package of last month, where Taipei matches."""
    return max(aid, share * last_package)


# --- Washington -------------------------------------------------------------------------------------------


@rule
def wavering(last_hazard: float, reference_hazard: float) -> float:
    """How far last month's hazard stands above its reference: 0 at or below it, towards 1 far above."""
    if last_hazard <= reference_hazard:
        return 0.0
    return (last_hazard - reference_hazard) / (last_hazard + reference_hazard)


@rule
def pressure(attention: float, weight: float, focus: float, waver: float, lobbying: float) -> float:
    """Washington's pressure on the question, 0 to 3: usual attention, turned to who wavers, plus lobbying."""
    return min(MOST_PRESSURE, attention * weight * (1.0 + focus * waver) + lobbying)


@rule
def turning_pressure(
    deterrence_effect: float, backfire_effect: float, dependence: float, pride: float, hostility: float
) -> float:
    """The pressure (0 to 3) beyond which more of it provokes more than it deters.

    Where the sum of `deterrence_term` and `backfire_term` is lowest; below 0 any pressure provokes, above 3 none
    does. Infinite where pressure never backfires.
    """
    if backfire_effect * pride <= 0.0:
        return math.inf
    return deterrence_effect * dependence / (2.0 * backfire_effect * pride) - hostility


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
def felt_hostility(general: float, own: float) -> float:
    """Hostility a state feels, 0 to 3: Washington's quarrels with all, and what is aimed at it alone."""
    return min(MOST_PRESSURE, general + own)


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
def log_hazard_of_suspension(base: float, hostility: float, hold: float, government: float) -> float:
    """Log annual hazard of suspending cooperation, before words and formal acts."""
    return min(base + hostility + hold + government, MOST_LOG_HAZARD)


@rule
def hazard_of_suspension(log_rate: float, acts: float) -> float:
    """Annual hazard of suspending cooperation; `acts` is the rate of standing words and notices."""
    return math.exp(log_rate) + acts


@rule
def rate_of_acts(notice_rate: float, notice: float, words_rate: float, words: float) -> float:
    """Annual rate added by a standing notice (0 or 1) and by words alone (0 to 1)."""
    return notice_rate * min(1.0, notice) + words_rate * min(1.0, words)


@rule
def notice_rate(ended: float) -> float:
    """The annual rate with which a formal notice ends cooperation with the chance `ended` in two years."""
    return -math.log(1.0 - ended) / NOTICE_YEARS


@rule
def words_rate(ended: float, base_rate: float) -> float:
    """The annual rate that words add to the base rate, for the chance `ended` in two years; never below nought."""
    return max(0.0, -math.log(1.0 - ended) / NOTICE_YEARS - base_rate)


# --- a decision -------------------------------------------------------------------------------------------


@rule
def destination(leaves_taipei: bool, truce: bool) -> int:
    """Where a state goes (0 Taipei, 1 Beijing, 2 neither): in a truce Beijing does not take up who left.

    The Gambia left Taipei in 2013 and waited until 2016.
    """
    if not leaves_taipei:
        return 0
    return 2 if truce else 1
