"""What follows from one draw of the parameters before any month begins: levels and reference conditions.

Every lever enters the rules as a deviation from these references, so that with all levers at reference a
state leaves at the rate estimated from the record.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.model import rules
from sim.model.calendar import AID, OFFER
from sim.model.compiled import rule
from sim.model.timeline import Floats, Timeline


class Reference(NamedTuple):
    """Levels and references of one draw, over states (n) and events (E)."""

    alpha: Floats
    """(n,) log annual hazard of leaving under reference conditions, as the scenario has the state."""
    rho: Floats
    """(n,) log annual hazard of returning under reference conditions."""
    usual: Floats
    """(n,) Beijing's usual package for a state of this size, US$ million a year."""
    package: Floats
    """(n,) its package under reference conditions, were it with Taipei, % of GDP a year."""
    offer_appeal: Floats
    """(n,) appeal of that package."""
    aid_appeal: Floats
    """(n,) appeal of Taipei's aid under reference conditions."""
    weight: Floats
    """(n,) Washington's usual attention to the state's region, 1 in the Americas."""
    hazard: Floats
    """(n,) annual hazard under reference conditions."""
    values: Floats
    """(E,) value of each event; offers and aid in % of GDP a year as believed."""
    doubted: Floats
    """(E,) face value of each offer of Beijing's less what is believed of it, % of GDP a year."""
    dollars: Floats
    """(E,) US$ million a year that each event takes out of its patron's budget."""
    beijing_dollars: float
    """Beijing's reference budget, US$ million a year."""
    taipei_dollars: float
    """Taipei's reference budget, US$ million a year."""
    allies: float
    """States with an economy that recognise Taipei under reference conditions."""
    centre: float
    """Centre of the window of leaving."""
    return_centre: float
    """Centre of the window of returning."""
    pledge_effect: float
    """Rise of the log hazard under a standing pledge to leave."""
    request_effect: float
    """Rise of the log hazard after a request refused, fading."""
    order_rate: float
    """Annual rate added by a standing order."""
    notice_rate: float
    """Annual rate at which a standing formal notice ends military cooperation."""
    words_rate: Floats
    """(h,) annual rate that words alone add, by host."""
    cooperation: Floats
    """(h,) log annual hazard of suspending in a quiet year, by host."""
    package_fade: float
    """Share of a package left after a month in which Beijing turned elsewhere."""


@rule
def derive(timeline: Timeline, parameters: Any, values: Floats) -> Reference:
    """The references of one draw.

    parameters : the drawn parameters by name (a record or a namespace of floats)
    values : (E,) drawn values of the events, offers in US$ million for all their years
    """
    n, m = timeline.code.shape[0], timeline.reference_log_gdp.shape[0]
    log_rate = math.log(parameters.departure_rate)

    beijing_dollars, all_weights, all_hazards = 0.0, 0.0, 0.0
    for k in range(m):
        usual = rules.usual_package(
            parameters.package_size,
            parameters.package_elasticity,
            timeline.reference_log_gdp[k],
            timeline.mean_log_gdp,
        )
        own = _leaving(parameters, log_rate, timeline.reference_covariates[k])
        alpha = _scaled(own, timeline.reference_susceptibility[k])
        beijing_dollars += usual
        all_weights += rules.courtship_weight(usual, timeline.reference_prestige[k], parameters.courtship_focus, alpha)
        all_hazards += math.exp(alpha)
    taipei_dollars = parameters.aid_per_ally * m

    alphas, rhos, usuals, packages = np.empty(n), np.empty(n), np.empty(n), np.zeros(n)
    offer_appeals, aid_appeals, weights, hazards = np.zeros(n), np.zeros(n), np.empty(n), np.empty(n)
    for i in range(n):
        own, usual_rate = math.log(parameters.holy_see_rate), math.log(parameters.holy_see_rate)
        if timeline.economy[i]:
            own = _leaving(parameters, log_rate, timeline.covariates[i])
            usual_rate = _leaving(parameters, log_rate, timeline.covariates_ref[i])
        alphas[i] = _scaled(own, timeline.susceptibility[i])
        back = rules.readiness_to_return(
            math.log(parameters.return_rate),
            parameters.return_population_effect,
            timeline.return_covariates[i, 0],
            parameters.return_income_effect,
            timeline.return_covariates[i, 1],
        )
        rhos[i] = _scaled(back, timeline.susceptibility[i])
        alpha_ref = _scaled(usual_rate, timeline.susceptibility_ref[i])
        hazards[i] = math.exp(alpha_ref)
        usuals[i] = 0.0
        if timeline.economy[i]:
            usuals[i] = rules.usual_package(
                parameters.package_size,
                parameters.package_elasticity,
                timeline.log_gdp[i],
                timeline.mean_log_gdp,
            )
        if timeline.economy[i]:
            usual = rules.usual_package(
                parameters.package_size,
                parameters.package_elasticity,
                timeline.log_gdp_ref[i],
                timeline.mean_log_gdp,
            )
            courted = rules.courtship_weight(usual, timeline.prestige_ref[i], parameters.courtship_focus, alpha_ref)
            packages[i] = rules.package(
                beijing_dollars, courted, all_weights, timeline.gdp_ref[i], 0.0, parameters.package_cap
            )
            aid = rules.taipei_aid(
                taipei_dollars,
                parameters.aid_floor,
                m,
                hazards[i],
                all_hazards,
                timeline.gdp_ref[i],
                parameters.aid_cap,
            )
            offer_appeals[i] = rules.appeal(packages[i])
            aid_appeals[i] = rules.appeal(aid)
        weights[i] = 1.0
        if timeline.region[i] == 1:
            weights[i] = parameters.pressure_oceania
        elif timeline.region[i] == 2:
            weights[i] = parameters.pressure_elsewhere

    cooperation, words = np.empty(timeline.host.shape[0]), np.empty(timeline.host.shape[0])
    for j in range(cooperation.shape[0]):
        rate = parameters.suspension_rate
        if timeline.host_compact[j]:
            rate = parameters.suspension_rate_compact
        cooperation[j] = math.log(rate)
        words[j] = rules.words_rate(parameters.words_followed, rate)

    believed, doubted, dollars = values.copy(), np.zeros(values.shape[0]), np.zeros(values.shape[0])
    for event in range(values.shape[0]):
        kind = timeline.event_kind[event]
        if kind in (OFFER, AID):
            a_year = values[event] / timeline.event_years[event]
            if timeline.event_from_budget[event]:
                dollars[event] = a_year
            share = parameters.delivered_headline
            if timeline.event_signed[event]:
                share = parameters.delivered_signed
            if timeline.economy[timeline.event_state[event]]:
                gdp = timeline.gdp[timeline.event_state[event]]
                believed[event] = rules.believed(share, a_year, gdp)
                doubted[event] = rules.believed(1.0 - share, a_year, gdp)
            else:
                believed[event] = 0.0

    return Reference(
        alphas,
        rhos,
        usuals,
        packages,
        offer_appeals,
        aid_appeals,
        weights,
        hazards,
        believed,
        doubted,
        dollars,
        beijing_dollars,
        taipei_dollars,
        float(m),
        rules.window_centre(parameters.window_effect, parameters.window_share),
        rules.window_centre(parameters.return_window_effect, parameters.window_share),
        rules.pledge_effect(parameters.pledge_kept, parameters.departure_rate),
        rules.request_effect(parameters.request_followed, parameters.requests_unseen, parameters.departure_rate),
        rules.order_rate(parameters.order_carried_out),
        rules.notice_rate(parameters.notice_carried_out),
        words,
        cooperation,
        rules.monthly_fade(parameters.package_half_life),
    )


@rule
def _leaving(parameters: Any, log_rate: float, covariates: Floats) -> float:
    """Log hazard of leaving of a state with these covariates."""
    return rules.susceptibility(
        log_rate,
        parameters.population_effect,
        covariates[0],
        parameters.americas_effect,
        covariates[1],
        parameters.us_aid_effect,
        covariates[2],
        parameters.switched_effect,
        covariates[3],
    )


@rule
def _scaled(log_rate: float, multiple: float) -> float:
    """A log rate at a multiple of the common one; at nought it is far below anything that happens."""
    return log_rate + math.log(max(multiple, 1e-300))
