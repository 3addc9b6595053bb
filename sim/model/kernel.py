"""The compiled ensemble: many runs of one timeline, with the rule book's functions compiled in.

`simulate` releases the interpreter's lock, so chunks of runs go to threads. It follows `sim.model.agents`
step by step; both call the same rules, and their ledgers agree to the last bit. The month is one long loop
on purpose: a call that takes the whole timeline or run costs the reference counts of their arrays and hides them
from the optimiser. Calling the calendar only in months with an event halved the time of everything else.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.model import rules
from sim.model.calendar import (
    AID,
    DORMANT,
    DOUBTED,
    HOSTILITY,
    LEVELS,
    LOBBYING,
    MATCH,
    NEVER,
    NOTICE,
    OFFER,
    PLEDGE,
    REASSURANCE,
    RETURN_PLEDGE,
    TAIPEI_CUT,
    THREAT,
    UNMET,
    US_CUT,
    add_levels,
    draw_happenings,
    end_words,
    open_month,
)
from sim.model.draws import ANSWER, LEAVE, RESTORE, RETURN, SUSPEND, uniform
from sim.model.reference import derive
from sim.model.terms import (
    ACCEPTANCE,
    ACTIVE,
    BEIJING,
    COLUMNS,
    HAZARD,
    HEAD,
    NEITHER,
    SIDE,
    SUSPENDED,
    T_AID,
    T_ALPHA,
    T_BACKFIRE,
    T_DETERRENCE,
    T_GOVERNMENT,
    T_NEIGHBOURS,
    T_OFFER,
    T_ORDER,
    T_PLEDGE,
    T_REQUEST,
    T_SHORTFALL,
    T_WINDOW,
    TAIPEI,
)
from sim.model.timeline import Floats, Ints, Timeline

RUNS_PER_DRAW = 20
"""Consecutive runs that share a parameter draw."""


@njit(nogil=True, cache=True, error_model="numpy")
def uniforms(seed: int, draws: int, purpose: int) -> Floats:
    """The uniform numbers of draws 0 to `draws` - 1 for one named purpose."""
    values = np.empty(draws)
    for draw in range(draws):
        values[draw] = uniform(seed, draw, 0, 0, purpose)
    return values


@njit(nogil=True, cache=True, error_model="numpy")
def simulate(
    timeline: Timeline,
    parameters: Any,
    values: Floats,
    chances: Floats,
    outcomes: Floats,
    seed: int,
    first_run: int,
    runs: int,
    horizons: Ints,
    counts: NDArray[np.uint8],
    expected: Floats,
    ledger: Floats,
) -> Floats:
    """Simulate runs `first_run` to `first_run + runs - 1`; the changes, one row each, are returned.

    parameters : (draws,) record array; values, chances : (draws, E); outcomes : (draws, L, K) cumulative.
    Draw `run // 20` serves a run.
    counts : (runs, T + 1, 2) filled: states that recognise Taipei, hosts that cooperate with Washington
    horizons : (H,) months, ascending
    expected : (draws of these runs, n + h, H, 2) to which the sum over runs, and the sum of squares, of the chances
    met up to each horizon are added: those of moving away from the start's side less those of moving back. Its
    mean is the chance to stand elsewhere at the horizon, with far less luck in it than counting has.
    ledger : (runs, T + 1, n + h, COLUMNS) filled, or of no runs when it is not wanted
    Returns (changes, HEAD + COLUMNS): run, month, place (states, then hosts), side before, side after, then what
    the ledger holds.
    """
    months, n, hosts = timeline.exposure.shape[0], timeline.code.shape[0], timeline.host.shape[0]
    places = n + hosts
    events = timeline.event_month.shape[0]
    keep = ledger.shape[0] > 0

    changes = np.empty((max(64, runs), HEAD + COLUMNS))
    found = 0
    happens = np.empty(events, dtype=np.bool_)
    status = np.empty(events, dtype=np.int64)
    side = np.empty(places, dtype=np.int64)
    lean, package, believed = np.empty(n), np.empty(n), np.empty(n)
    last_log_hazard, last_hazard, missing = np.empty(n), np.empty(n), np.empty(n)
    government_since, order_since = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    left = np.empty(n, dtype=np.int64)
    truce = np.empty(1, dtype=np.int64)
    levels, committed = np.empty((LEVELS, n)), np.empty(2)
    fresh = np.empty(timeline.fresh_switches.shape[0])
    security, answered = np.empty(n), np.empty(n)
    weights, rows = np.empty(n), np.zeros((places, COLUMNS))
    offer_appeal, aid_appeal, pressed, orders = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    chance, away = np.empty(places), np.empty(places)
    after = np.empty(places, dtype=np.int64)

    p = parameters[first_run // RUNS_PER_DRAW]
    reference = derive(timeline, p, values[first_run // RUNS_PER_DRAW])
    for run in range(first_run, first_run + runs):
        draw = run // RUNS_PER_DRAW
        if run % RUNS_PER_DRAW == 0:
            p = parameters[draw]
            reference = derive(timeline, p, values[draw])
        draw_happenings(timeline, chances[draw], outcomes[draw], seed, run, happens)
        status[:] = DORMANT
        truce[0] = NEVER
        upcoming = 0
        fresh[:] = timeline.fresh_switches
        count, cooperating, horizon = 0, hosts, 0
        away[:] = 0.0
        for i in range(n):
            side[i] = BEIJING
            if timeline.with_taipei[i]:
                side[i] = TAIPEI
                count += 1
            elif timeline.with_none[i]:
                side[i] = NEITHER
            lean[i] = timeline.lean[i]
            government_since[i] = timeline.government_since[i]
            order_since[i] = NEVER
            package[i] = reference.package[i] if timeline.with_taipei[i] else 0.0
            believed[i] = package[i]
            last_log_hazard[i] = reference.alpha[i]
            last_hazard[i] = math.exp(reference.alpha[i])
            missing[i] = 0.0
            left[i] = timeline.left[i]
            security[i] = timeline.security[i]
            answered[i] = 0.0
        for j in range(hosts):
            side[n + j] = ACTIVE

        for t in range(months):
            # The calendar.
            if upcoming < events and timeline.event_month[upcoming] <= t:
                upcoming = open_month(
                    timeline,
                    t,
                    upcoming,
                    happens,
                    reference.values,
                    status,
                    lean,
                    government_since,
                    order_since,
                    truce,
                )
            add_levels(
                timeline.event_kind,
                timeline.event_state,
                timeline.event_fade,
                reference.values,
                reference.doubted,
                reference.dollars,
                status,
                t,
                levels,
                committed,
            )
            in_truce = t < truce[0]
            beijing_accepts = rules.acceptance(timeline.beijing_acceptance[t], in_truce, p.acceptance_truce)
            taipei_accepts = rules.acceptance(timeline.taipei_acceptance[t], in_truce, p.acceptance_truce)

            # The patrons look at last month.
            focus = _either(timeline.beijing_focus[t], p.courtship_focus)
            offer_cap = _either(timeline.beijing_cap[t], p.package_cap)
            floor = _either(timeline.taipei_floor[t], p.aid_floor)
            aid_cap = _either(timeline.taipei_cap[t], p.aid_cap)
            turn = _either(timeline.washington_focus[t], p.pressure_focus)
            all_weights, all_threats, allies = 0.0, 0.0, 0.0
            for i in range(n):
                if side[i] == TAIPEI and timeline.economy[i]:
                    weights[i] = rules.courtship_weight(
                        reference.usual[i], timeline.prestige[i], focus, last_log_hazard[i]
                    )
                    all_weights += weights[i]
                    all_threats += last_hazard[i]
                    allies += 1.0
            beijing_budget = rules.budget_left(timeline.beijing_budget[t], reference.beijing_dollars, committed[0])
            taipei_budget = rules.budget_left(timeline.taipei_budget[t], reference.taipei_dollars, committed[1])

            # What the patrons give and do, state by state.
            for i in range(n):
                if side[i] == TAIPEI:
                    offer_appeal[i], aid_appeal[i] = 0.0, 0.0
                    if timeline.economy[i]:
                        package[i] = rules.package(
                            beijing_budget,
                            weights[i],
                            all_weights,
                            timeline.gdp[i],
                            package[i] * reference.package_fade,
                            offer_cap,
                        )
                        aid = rules.taipei_aid(
                            taipei_budget, floor, allies, last_hazard[i], all_threats, timeline.gdp[i], aid_cap
                        )
                        aid = rules.aid_after(aid, levels[TAIPEI_CUT, i], levels[AID, i])
                        aid = rules.matched(aid, levels[MATCH, i], believed[i])
                        believed[i] = package[i] + levels[OFFER, i]
                        offer_appeal[i] = rules.appeal(believed[i])
                        aid_appeal[i] = rules.appeal(aid)
                    waver = rules.wavering(last_hazard[i], reference.hazard[i])
                    pressed[i] = rules.pressure(
                        timeline.washington_attention[t], reference.weight[i], turn, waver, levels[LOBBYING, i]
                    )

            # The states weigh, all at once.
            for i in range(n):
                row = rows[i]
                chance[i] = 0.0
                if side[i] == TAIPEI:
                    dependence = rules.dependence_left(
                        timeline.dependence_scale[i],
                        timeline.exports[i],
                        timeline.remittances[i],
                        timeline.us_aid[i],
                        levels[US_CUT, i] + answered[i],
                        security[i],
                    )
                    order = rules.standing_order(t - order_since[i])
                    row[T_ALPHA] = reference.alpha[i]
                    row[T_OFFER] = rules.offer_term(p.offer_effect, offer_appeal[i], reference.offer_appeal[i])
                    row[T_AID] = rules.aid_term(p.aid_effect, aid_appeal[i], reference.aid_appeal[i])
                    row[T_DETERRENCE] = rules.deterrence_term(
                        p.deterrence_effect,
                        dependence,
                        pressed[i],
                        timeline.dependence_ref[i],
                        reference.weight[i],
                    )
                    row[T_BACKFIRE] = rules.backfire_term(
                        p.backfire_effect,
                        timeline.pride[i],
                        pressed[i],
                        rules.felt_hostility(timeline.hostility[t], levels[HOSTILITY, i]),
                        reference.weight[i],
                    )
                    row[T_GOVERNMENT] = rules.government_term(p.lean_effect, lean[i], timeline.lean_ref[i])
                    row[T_PLEDGE] = rules.pledge_term(
                        reference.pledge_effect,
                        levels[PLEDGE, i],
                        p.reassurance_effect,
                        levels[REASSURANCE, i],
                    )
                    row[T_REQUEST] = rules.request_term(reference.request_effect, levels[UNMET, i])
                    row[T_WINDOW] = rules.window_term(
                        p.window_effect,
                        reference.centre,
                        t - government_since[i],
                    )
                    row[T_NEIGHBOURS] = rules.neighbours_term(p.neighbours_effect, fresh[timeline.subregion[i]])
                    row[T_SHORTFALL] = 0.0
                    row[T_ORDER] = reference.order_rate * order
                    row[ACCEPTANCE] = beijing_accepts
                    last_log_hazard[i] = rules.log_hazard(
                        row[T_ALPHA],
                        row[T_OFFER],
                        row[T_AID],
                        row[T_DETERRENCE],
                        row[T_BACKFIRE],
                        row[T_GOVERNMENT],
                        row[T_PLEDGE],
                        row[T_REQUEST],
                        row[T_WINDOW],
                        row[T_NEIGHBOURS],
                    )
                    orders[i] = order
                elif side[i] == BEIJING and rules.may_return(t - left[i]):
                    appeal_of_offer, appeal_of_aid = 0.0, 0.0
                    if timeline.economy[i]:
                        appeal_of_offer = rules.appeal(levels[OFFER, i])
                        appeal_of_aid = rules.appeal(levels[AID, i])
                    shortfall = rules.shortfall(missing[i], (t - left[i]) / 12.0, p.delivery_years)
                    row[:] = 0.0
                    row[T_ALPHA] = reference.rho[i]
                    row[T_OFFER] = rules.return_offer_term(p.offer_effect, appeal_of_offer)
                    row[T_AID] = rules.return_aid_term(p.aid_effect, appeal_of_aid)
                    row[T_GOVERNMENT] = rules.return_government_term(
                        p.return_lean_effect, lean[i], timeline.lean_ref[i]
                    )
                    row[T_PLEDGE] = rules.pledge_term(p.return_pledge_effect, levels[RETURN_PLEDGE, i], 0.0, 0.0)
                    row[T_WINDOW] = rules.window_term(
                        p.return_window_effect,
                        reference.return_centre,
                        t - government_since[i],
                    )
                    row[T_SHORTFALL] = rules.shortfall_term(p.shortfall_effect, shortfall)
                    row[ACCEPTANCE] = taipei_accepts
                    log_rate = rules.log_hazard_of_return(
                        row[T_ALPHA],
                        row[T_GOVERNMENT],
                        row[T_PLEDGE],
                        row[T_WINDOW],
                        row[T_AID],
                        row[T_OFFER],
                        row[T_SHORTFALL],
                    )
                    row[HAZARD] = rules.hazard_of_return(log_rate, taipei_accepts)
                    chance[i] = rules.monthly_chance(row[HAZARD], timeline.exposure[t])
                else:
                    row[:] = 0.0
                row[SIDE] = float(side[i])

            for i in range(n):
                if side[i] == TAIPEI:
                    rows[i, HAZARD] = rules.hazard_of_leaving(
                        last_log_hazard[i], beijing_accepts, reference.order_rate, orders[i]
                    )
                    chance[i] = rules.monthly_chance(rows[i, HAZARD], timeline.exposure[t])

            # The hosts weigh their military cooperation, all at once.
            for j in range(hosts):
                i, row = timeline.host[j], rows[n + j]
                row[:] = 0.0
                row[SIDE] = float(side[n + j])
                row[ACCEPTANCE] = 1.0
                if side[n + j] == ACTIVE:
                    hostility = rules.felt_hostility(timeline.hostility[t], levels[HOSTILITY, i])
                    dependence = rules.dependence_left(
                        timeline.dependence_scale[i],
                        timeline.exports[i],
                        timeline.remittances[i],
                        timeline.us_aid[i],
                        levels[US_CUT, i] + answered[i],
                        security[i],
                    )
                    row[T_ALPHA] = reference.cooperation[j]
                    row[T_BACKFIRE] = rules.hostility_term(p.hostility_effect, timeline.pride[i], hostility)
                    row[T_DETERRENCE] = rules.hold_term(p.hold_effect, dependence, p.usual_host_dependence)
                    row[T_GOVERNMENT] = rules.government_term(p.suspension_lean_effect, lean[i], timeline.lean_ref[i])
                    row[T_ORDER] = rules.rate_of_acts(
                        reference.notice_rate, levels[NOTICE, i], reference.words_rate[j], levels[THREAT, i]
                    )
                    log_rate = rules.log_hazard_of_suspension(
                        row[T_ALPHA], row[T_BACKFIRE], row[T_DETERRENCE], row[T_GOVERNMENT]
                    )
                    row[HAZARD] = rules.hazard_of_suspension(log_rate, row[T_ORDER])
                else:
                    row[T_ALPHA] = math.log(p.restoration_rate)
                    row[HAZARD] = p.restoration_rate
                chance[n + j] = rules.monthly_chance(row[HAZARD], timeline.exposure[t])

            for i in range(places):
                at_home = side[i] == ACTIVE if i >= n else (side[i] == TAIPEI) == timeline.with_taipei[i]
                away[i] += chance[i] if at_home else -chance[i]
            if horizon < horizons.shape[0] and t == horizons[horizon]:
                sums = expected[draw - first_run // RUNS_PER_DRAW]
                for i in range(places):
                    sums[i, horizon, 0] += away[i]
                    sums[i, horizon, 1] += away[i] * away[i]
                horizon += 1

            # They decide, all at once.
            for i in range(n):
                after[i] = side[i]
                if side[i] == NEITHER:
                    if not in_truce:
                        after[i] = BEIJING
                elif chance[i] > 0.0:
                    purpose = LEAVE if side[i] == TAIPEI else RETURN
                    luck = uniform(seed, run, timeline.calendar_month[t], timeline.code[i], purpose)
                    if luck < chance[i]:
                        after[i] = rules.destination(side[i] == TAIPEI, in_truce)
            for j in range(hosts):
                purpose = SUSPEND if side[n + j] == ACTIVE else RESTORE
                luck = uniform(seed, run, timeline.calendar_month[t], timeline.code[timeline.host[j]], purpose)
                after[n + j] = side[n + j]
                if luck < chance[n + j]:
                    after[n + j] = SUSPENDED if side[n + j] == ACTIVE else ACTIVE

            # The month is recorded.
            for k in range(fresh.shape[0]):
                fresh[k] *= timeline.monthly_year_fade
            for i in range(places):
                if i < n and side[i] == TAIPEI:
                    last_hazard[i] = rows[i, HAZARD]
                if keep:
                    ledger[run - first_run, t, i, :] = rows[i]
                if after[i] == side[i]:
                    continue
                if found == changes.shape[0]:
                    longer = np.empty((2 * found, changes.shape[1]))
                    longer[:found] = changes
                    changes = longer
                changes[found, 0] = run
                changes[found, 1] = t
                changes[found, 2] = i
                changes[found, 3] = side[i]
                changes[found, 4] = after[i]
                changes[found, HEAD:] = rows[i]
                found += 1
                if i >= n:
                    host = timeline.host[i - n]
                    if after[i] == SUSPENDED:
                        cooperating -= 1
                        security[host] = 0.0
                        end_words(timeline, host, THREAT, NOTICE, False, status)
                        luck = uniform(seed, run, timeline.calendar_month[t], timeline.code[host], ANSWER)
                        if luck < p.answer_chance:
                            answered[host] = p.answer_share
                    else:
                        cooperating += 1
                        security[host] = timeline.security[host]
                        answered[host] = 0.0
                elif side[i] == TAIPEI:
                    count -= 1
                    missing[i] = rules.undelivered(package[i], p.delivered_signed, levels[DOUBTED, i])
                    left[i] = t
                    order_since[i] = NEVER
                    end_words(timeline, i, PLEDGE, PLEDGE, False, status)
                    fresh[timeline.subregion[i]] += 1.0
                elif after[i] == TAIPEI:
                    count += 1
                    end_words(timeline, i, RETURN_PLEDGE, RETURN_PLEDGE, False, status)
                    package[i] = 0.0
                    believed[i] = 0.0
                    last_log_hazard[i] = reference.alpha[i]
                    last_hazard[i] = math.exp(reference.alpha[i])
                side[i] = after[i]
            counts[run - first_run, t, 0] = count
            counts[run - first_run, t, 1] = cooperating
        # Row 0 is the roster at the end of `as_of`, not of its month.
        counts[run - first_run, 0, 0] = timeline.with_taipei.sum()
        counts[run - first_run, 0, 1] = hosts
    return changes[:found].copy()


@njit(nogil=True, cache=True, error_model="numpy")
def _either(scenario_value: float, drawn: float) -> float:
    """The scenario's value, or the drawn parameter where the scenario says nothing."""
    return drawn if math.isnan(scenario_value) else scenario_value
