"""The compiled ensemble: many runs of one timeline, with the rule book's functions compiled in.

`simulate` releases the interpreter's lock, so chunks of runs go to threads. It follows the agents of `sim.model.world`
step by step; both call the same rules, and their ledgers agree to the last bit. The month is one long loop
on purpose: a call that takes the whole timeline or run costs the reference counts of their arrays and hides them
from the optimiser. What agents work out anew each month is worked out here when something it rests on has changed;
most months of most states are idle, and cost a comparison and what is known of hidden talks. A state that is not with
Taipei is looked at only in months in which its talks open or go on, or something that it weighs changes: between them
what it may meet is the same, and added up later.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.model import rules
from sim.model.accounts import (
    BOOK,
    aid_returns,
    owed,
    package_begins,
    package_ends,
    washington_answers,
    years_left,
)
from sim.model.calendar import (
    AID,
    DEPORTATIONS,
    DORMANT,
    DOUBTED,
    HOSTILITY,
    INDUCEMENT,
    LEVELS,
    LOBBYING,
    MATCH,
    MET,
    NEVER,
    NOTICE,
    OFFER,
    PLEDGE,
    REASSURANCE,
    REFUSED,
    RETURN_PLEDGE,
    STANDING,
    TAIPEI_CUT,
    THREAT,
    US_CUT,
    WITHDRAWN,
    Calls,
    add_levels,
    answer_due,
    clear,
    draw_happenings,
    end_words,
    open_month,
    speaks,
)
from sim.model.draws import (
    ANSWER,
    BARGAIN,
    CLOSING,
    COME_CLOSING,
    COME_IN_TALKS,
    COME_LUCK,
    COME_OPENING,
    COME_PUBLIC,
    DELIVERED,
    IN_TALKS,
    LUCK,
    OPENING,
    PLEDGED,
    PUBLIC,
    REASSURED,
    RESTORE,
    SUSPEND,
    uniform,
)
from sim.model.reference import FIRST_YEAR, REGIONS, derive, time_in_office
from sim.model.terms import (
    ACCEPTANCE,
    ACCOUNTS,
    ACTIVE,
    ANSWER_AID,
    ANSWER_COLUMNS,
    ANSWER_HOST,
    ANSWER_KIND,
    ANSWER_MONTH,
    ANSWER_REMITTANCES,
    ANSWER_RENT,
    ANSWER_RUN,
    ARRIVES,
    BEIJING,
    BY_ORDER,
    BY_PLEDGE,
    BY_REQUEST,
    CHANCE,
    COLUMNS,
    CUTS_AID,
    DROPPED,
    GIVES_WAY,
    HAZARD,
    HEAD,
    IDLE,
    IN_PUBLIC,
    ITSELF,
    KEEPS_AID,
    LEFT,
    NEITHER,
    NO_ANSWER,
    NOT_TAKEN,
    PRICE,
    PRICE_MUSD,
    RETALIATES,
    SIDE,
    SILENT,
    STAYED,
    SUSPENDED,
    T_AID,
    T_BACKFIRE,
    T_BASE,
    T_GOVERNMENT,
    T_NEIGHBOURS,
    T_OFFER,
    T_ORDER,
    T_PLEDGE,
    T_REQUEST,
    T_SHORTFALL,
    T_THREAT,
    TAIPEI,
    TAIPEI_PAYS,
    TALK_BEIJING,
    TALK_CLOSED,
    TALK_COLUMNS,
    TALK_END,
    TALK_OPENED,
    TALK_PRESSURE,
    TALK_PUBLIC,
    TALK_RUN,
    TALK_SIDE,
    TALK_STATE,
    TALK_TAIPEI,
    TALK_TERM,
    TALK_TRIGGER,
    WAITS,
    WASHINGTON_PAYS,
)
from sim.model.terms import IN_TALKS as TALKS_COLUMN
from sim.model.timeline import Floats, Ints, Timeline

RUNS_PER_DRAW = 20
"""Consecutive runs that share a parameter draw."""

_FAR = 1_000_000
_NO_OUTCOME = -1


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
    spreads: Floats,
    seed: int,
    first_run: int,
    runs: int,
    horizons: Ints,
    counts: NDArray[np.uint8],
    expected: Floats,
    ledger: Floats,
    accounts: Floats,
    keep_talks: bool,
) -> tuple[Floats, Floats, Floats]:
    """Simulate runs `first_run` to `first_run + runs - 1`; the changes and the talks, one row each, are returned.

    parameters : (draws,) record array; values, chances : (draws, E); outcomes : (draws, L, K) cumulative.
    spreads : (draws, n) standard normal. Draw `run // 20` serves a run.
    counts : (runs, T + 1, 2) filled: states that recognise Taipei, hosts that cooperate with Washington
    horizons : (H,) months, ascending
    expected : (draws of these runs, n + h, H, 2) to which the sum over runs, and the sum of squares, of the chances
    met up to each horizon are added: those of moving away from the start's side less those of moving back. Its
    mean is the chance to stand elsewhere at the horizon, with far less noise in it than counting has.
    ledger : (runs, T + 1, n + h, COLUMNS) filled, or of no runs when it is not wanted
    accounts : (runs, n + h, ACCOUNTS) filled, for the first of these runs or for none
    Returns changes (changes, HEAD + COLUMNS): run, month, place (states, then hosts), side before, side after, then
    what the ledger holds; talks (concluded talks, TALK_COLUMNS), none unless `keep_talks`; and Washington's answers to
    hosts (answers, ANSWER_COLUMNS).
    """
    months, n, hosts = timeline.exposure.shape[0], timeline.code.shape[0], timeline.host.shape[0]
    places = n + hosts
    entries = timeline.events.month.shape[0]
    keep = ledger.shape[0] > 0
    before_start = timeline.calendar_month[0] - 1

    # Room for all that can happen in one run is made before it: arrays that grew within it would be counted each month.
    most_changes, most_talks = months * places, months * n if keep_talks else 0
    changes = np.empty((2 * most_changes, HEAD + COLUMNS))
    talked = np.empty((2 * most_talks, TALK_COLUMNS))
    most_answers = 2 * months * hosts
    answers = np.empty((2 * most_answers, ANSWER_COLUMNS))
    changed, concluded, answered = 0, 0, 0
    happens = np.empty(entries, dtype=np.bool_)
    status = np.empty(entries, dtype=np.int64)
    side = np.empty(places, dtype=np.int64)
    lean, missing = np.empty(n), np.empty(n)
    government_since, order_since = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    left = np.empty(n, dtype=np.int64)
    truce = np.empty(1, dtype=np.int64)
    levels, committed, touched = np.zeros((LEVELS, n)), np.zeros(2), np.empty(n, dtype=np.bool_)
    fresh = np.empty(timeline.fresh_switches.shape[0])
    security = np.empty(n)
    # What Washington's answers to hosts have done to each, and what the others have seen of them.
    aid_cut, deported, rent, eased, ripples = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    precedents = 0.0
    carried_out = np.empty(2)
    # What the patrons pay: the book of a run, what Taipei and Washington give a year, and years that are left.
    book, from_taipei, from_washington = np.empty((places, BOOK)), np.empty(n), np.empty(n)
    left_after = years_left(timeline.exposure)
    calls = Calls(
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n),
        np.empty(n),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
    )
    # Talks of each state, as they are.
    talks, opened, idle_since = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    patience, spell, door, knock = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    called, trigger, pledge_term = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.int64), np.empty(n)
    # Talks of each state, as far as they are known from outside: silent, public, called for; and those that wait.
    shares, waiting, turned_away = np.empty((n, 3)), np.empty(n), np.empty(n)
    # States that are not with Taipei: the chance of staying idle, the month up to which patience has run and in which
    # talks will open, the chance met and since when, whether hidden talks are followed, and whether each month counts.
    staying, seen, wake = np.empty(n), np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    steady, steady_since = np.empty(n), np.empty(n, dtype=np.int64)
    tracked, alert = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
    # Of a draw: with what patience idle talks go into the second month, and come to the end, if nothing changes.
    usual_staying, usual_first, usual_last = np.empty(n), np.empty(n), np.empty(n)
    # Of a draw, for those of whom nothing is told at the start: what they meet in the first two months, found once. It
    # holds in a run in which the purse and Taipei's acceptance are the same, and until more than the purse moves.
    pristine, quick = np.zeros(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
    first_staying, first_chance, second_chance = np.empty(n), np.empty(n), np.empty(n)
    start_purse, start_accepts = np.full(2, math.nan), np.full(2, math.nan)
    kept_bid, bid_at, bid_ref_at, office = np.empty(n), np.empty(n), np.empty(n), np.empty(n, dtype=np.int64)
    # Whether Beijing's bid to keep it is the one of reference; it stays so while Beijing has its usual means.
    as_usual, kept_usual = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
    # Who is with Taipei, who acts in a month besides hosts, who of the others is looked at each month, and the others,
    # by place.
    allies, acting = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    watched, others = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    trusts_before = np.empty(REGIONS)
    # What the bids come to, kept until something they rest on changes.
    courted = np.empty(n)
    bid, bid_worth, counter = np.full(n, math.nan), np.empty(n), np.empty(n)
    answer, answer_worth = np.full(n, math.nan), np.empty(n)
    base_now, standing, auction = np.empty(n), np.empty(n), np.empty(n)
    pressed, stake, stake_worth = np.empty((n, 2)), np.full((n, 2), math.nan), np.empty((n, 2))
    shared = np.empty((n, 4))
    threat, backfire = np.empty((n, 2)), np.empty((n, 2))
    balance, wins = np.full((n, 3), math.nan), np.empty((n, 3))
    trusts = np.empty(REGIONS)
    # Commitments and what others learn from them.
    package, package_until = np.empty(n), np.empty(n)
    grant, burden, grant_until = np.empty(n), np.empty(n), np.empty(n)
    visible, visible_share = np.empty(n, dtype=np.int64), np.empty(n)
    learned = np.empty((REGIONS, 2))
    rows = np.zeros((places, COLUMNS))
    chance, away = np.empty(places), np.empty(places)
    after = np.empty(places, dtype=np.int64)
    outcome, surplus = np.empty(n, dtype=np.int64), np.empty(n)

    p = parameters[first_run // RUNS_PER_DRAW]
    reference = derive(timeline, p, values[first_run // RUNS_PER_DRAW], spreads[first_run // RUNS_PER_DRAW])
    coming = reference.coming
    for run in range(first_run, first_run + runs):
        draw = run // RUNS_PER_DRAW
        if changes.shape[0] - changed < most_changes:
            changes = _longer(changes, changed, changed + 2 * most_changes)
        if talked.shape[0] - concluded < most_talks:
            talked = _longer(talked, concluded, concluded + 2 * most_talks)
        if answers.shape[0] - answered < most_answers:
            answers = _longer(answers, answered, answered + 2 * most_answers)
        if run % RUNS_PER_DRAW == 0:
            p = parameters[draw]
            reference = derive(timeline, p, values[draw], spreads[draw])
            coming = reference.coming
            start_purse[0] = math.nan  # nothing is as it was at the start of another draw
        draw_happenings(timeline.events, chances[draw], outcomes[draw], seed, run, happens)
        status[:] = DORMANT
        truce[0] = NEVER
        upcoming, dated = 0, timeline.events.month[0] if entries > 0 else _FAR
        for k in range(fresh.shape[0]):
            fresh[k] = timeline.fresh_switches[k]
        carried_out[0], carried_out[1] = 0.0, 0.0
        precedents = 0.0
        clear(calls)
        count, cooperating, horizon = 0, hosts, 0
        due, soonest, with_it = _FAR, _FAR, 0
        for region in range(REGIONS):
            learned[region, 0], learned[region, 1] = 0.0, 0.0
        for i in range(places):
            away[i] = 0.0
            for column in range(BOOK):
                book[i, column] = 0.0
        for i in range(n):
            lean[i], government_since[i] = timeline.lean[i], timeline.government_since[i]
            left[i], security[i] = timeline.left[i], timeline.security[i]
            calls.request[i], order_since[i], missing[i] = -1, NEVER, 0.0
            aid_cut[i], deported[i], rent[i], eased[i], ripples[i] = 0.0, 0.0, 0.0, 0.0, 0.0
            package[i], package_until[i] = 0.0, 0.0
            grant[i], burden[i], grant_until[i] = 0.0, 0.0, 0.0
            visible[i], visible_share[i] = _FAR, 0.0
            called[i], trigger[i], pledge_term[i] = False, ITSELF, 0.0
            shares[i, 2], waiting[i], turned_away[i] = 0.0, 0.0, 0.0
            talks[i], opened[i], idle_since[i] = IDLE, -1, -1
            patience[i], spell[i], door[i], knock[i] = 1.0, 1.0, 1.0, 1.0
            steady[i], steady_since[i] = 0.0, 0
            staying[i], seen[i], wake[i], alert[i], quick[i] = math.nan, -1, 0, False, False
            side[i] = BEIJING
            if timeline.with_taipei[i]:
                side[i] = TAIPEI
                count += 1
                allies[with_it] = i
                with_it += 1
            else:
                others[i - with_it] = i
                if timeline.with_none[i]:
                    side[i] = NEITHER
            if side[i] != TAIPEI:
                shares[i, 0] = coming.share[i] * (1.0 - reference.public)
                shares[i, 1] = coming.share[i] * reference.public
                tracked[i] = coming.chance[i] > rules.SELDOM
                u = uniform(seed, run, before_start, timeline.code[i], COME_IN_TALKS)
                if u < coming.share[i]:
                    talks[i] = SILENT
                    if uniform(seed, run, before_start, timeline.code[i], COME_PUBLIC) < reference.public:
                        talks[i] = IN_PUBLIC
                    knock[i] = uniform(seed, run, before_start, timeline.code[i], COME_CLOSING)
                else:
                    spell[i] = rules.beyond(u, coming.share[i])
            else:
                shares[i, 0] = reference.share[i] * (1.0 - reference.public)
                shares[i, 1] = reference.share[i] * reference.public
                if uniform(seed, run, before_start, timeline.code[i], IN_TALKS) < reference.share[i]:
                    talks[i] = SILENT
                    if uniform(seed, run, before_start, timeline.code[i], PUBLIC) < reference.public:
                        talks[i] = IN_PUBLIC
                    knock[i] = uniform(seed, run, before_start, timeline.code[i], CLOSING)
                else:
                    spell[i] = uniform(seed, run, before_start, timeline.code[i], OPENING)
        for j in range(hosts):
            side[n + j] = ACTIVE

        stale, relevel, accepted = True, True, math.nan
        running, returned, granted = 0.0, 0.0, 0.0
        purse_before, watching, looked = math.nan, 0, 0
        for region in range(REGIONS):
            trusts_before[region] = math.nan
        for t in range(months):
            # The calendar.
            today = timeline.calendar_month[t]
            is_called, news = False, False
            for i in range(n):
                touched[i] = False
            if dated <= t:
                clear(calls)
                opens_with = upcoming
                upcoming = open_month(
                    timeline.events,
                    timeline.lean_ref,
                    t,
                    upcoming,
                    happens,
                    reference.values,
                    status,
                    lean,
                    government_since,
                    order_since,
                    truce,
                    carried_out,
                    calls,
                )
                dated = timeline.events.month[upcoming] if upcoming < entries else _FAR
                is_called, relevel = True, True
                for event in range(opens_with, upcoming):
                    if timeline.events.state[event] >= 0:
                        touched[timeline.events.state[event]] = True
                        news = news or side[timeline.events.state[event]] != TAIPEI
            if timeline.stirs[t] or timeline.answers[t]:
                relevel = True
            fading = False
            if timeline.fades[t]:
                for event in range(entries):
                    if (
                        status[event] == STANDING
                        and timeline.events.fade[event, t] != timeline.events.fade[event, t - 1]
                    ):
                        touched[timeline.events.state[event]], fading = True, True
                        news = news or side[timeline.events.state[event]] != TAIPEI
            if relevel or fading:
                of_beijing, of_taipei = committed[0], committed[1]
                add_levels(
                    timeline.events.kind,
                    timeline.events.state,
                    timeline.events.fade,
                    reference.values,
                    reference.doubted,
                    reference.dollars,
                    status,
                    t,
                    levels,
                    committed,
                )
                if committed[0] != of_beijing or committed[1] != of_taipei:
                    stale = True

            # Washington answers what hosts said of their military cooperation.
            if timeline.answers[t]:
                for j in range(hosts):
                    i, given, before = timeline.host[j], NO_ANSWER, 0.0
                    if is_called and calls.answer[i] != NO_ANSWER:
                        if speaks(timeline.events, i, status):
                            given = calls.answer[i]
                    elif answer_due(timeline.events, i, t, happens, status):
                        u = uniform(seed, run, today, timeline.code[i], BARGAIN)
                        given = WAITS
                        if rules.gives_way(u, p.gives_way):
                            given = GIVES_WAY
                        elif rules.retaliates(u, p.gives_way, p.retaliates):
                            given = RETALIATES
                    if given == NO_ANSWER:
                        continue
                    row = answers[answered]
                    for column in range(ANSWER_COLUMNS):
                        row[column] = 0.0
                    row[ANSWER_RUN], row[ANSWER_MONTH], row[ANSWER_HOST], row[ANSWER_KIND] = run, t, j, given
                    if given == GIVES_WAY:
                        row[ANSWER_RENT] = reference.rent[j] - rent[i]
                        rent[i], eased[i] = reference.rent[j], p.easing
                        end_words(timeline.events, i, THREAT, NOTICE, status)
                        levels[THREAT, i], levels[NOTICE, i] = 0.0, 0.0
                        carried_out[1] += 1.0
                        precedents += 1.0
                        ripples[i] += 1.0
                    elif given == RETALIATES:
                        before = levels[US_CUT, i]
                        row[ANSWER_AID] = -rules.taken(
                            reference.us_aid[j], before + aid_cut[i], before + p.answer_share
                        )
                        before = levels[DEPORTATIONS, i]
                        row[ANSWER_REMITTANCES] = -rules.taken(
                            reference.remittances[j], before + deported[i], before + p.deported_share
                        )
                        aid_cut[i], deported[i] = p.answer_share, p.deported_share
                        carried_out[0] += 1.0
                        carried_out[1] += 1.0
                        precedents -= 1.0
                        ripples[i] -= 1.0
                    washington_answers(
                        book, n + j, row[ANSWER_AID], row[ANSWER_REMITTANCES], row[ANSWER_RENT], left_after[t]
                    )
                    answered += 1
            in_truce = t < truce[0]
            beijing_accepts = rules.acceptance(timeline.beijing_acceptance[t], in_truce, p.acceptance_truce)
            taipei_accepts = rules.acceptance(timeline.taipei_acceptance[t], in_truce, p.acceptance_truce)
            exposure = timeline.exposure[t]

            # Commitments that end, and what becomes visible of promises.
            if t >= due:
                due = _FAR
                stale = True
                for i in range(n):
                    if package[i] > 0.0:
                        if t >= package_until[i]:
                            package[i] = 0.0
                        else:
                            due = min(due, math.ceil(package_until[i]))
                    if grant[i] > 0.0:
                        if t >= grant_until[i]:
                            grant[i], burden[i] = 0.0, 0.0
                        else:
                            due = min(due, math.ceil(grant_until[i]))
                    if t >= visible[i]:
                        for region in range(REGIONS):
                            weight = p.learning if region == timeline.region[i] else p.learning * rules.ELSEWHERE
                            learned[region, 0] += weight * visible_share[i]
                            learned[region, 1] += weight
                        visible[i] = _FAR
                    else:
                        due = min(due, visible[i])
            if t > 0 and reference.running[t] != reference.running[t - 1]:
                stale = True
            if p.neighbours_effect != 0.0:
                stale = True

            # What the patrons can bid with this month.
            if stale or relevel:
                if stale or t == 0:
                    running, returned, granted = reference.running[t], 0.0, 0.0
                    for i in range(n):
                        running += package[i]
                        granted += burden[i]
                        if timeline.with_taipei[i] and side[i] != TAIPEI:
                            returned += reference.aid[i]
                        elif side[i] == TAIPEI and not timeline.with_taipei[i]:
                            returned -= reference.aid[i]
                purse = rules.purse_left(p.purse, timeline.beijing_budget[t], running + committed[0])
                reserve = rules.reserve_left(
                    p.reserve, reference.base_budget, timeline.taipei_budget[t], returned, granted + committed[1]
                )
                usual_means = timeline.beijing_budget[t] == 1.0 and running + committed[0] == reference.running[t]
                for region in range(REGIONS):
                    usual_means = usual_means and learned[region, 1] == 0.0
                credible = rules.pooled(
                    p.credibility, p.trust_weight, p.learning * carried_out[0], p.learning * carried_out[1]
                )
                for region in range(REGIONS):
                    trusts[region] = rules.trust(
                        timeline.delivered_mean,
                        p.trust_weight,
                        timeline.delivered_total[region] + learned[region, 0],
                        timeline.delivered_cases[region] + learned[region, 1],
                    )
                turn = _either(timeline.washington_focus[t], p.pressure_focus)

            for k in range(with_it):
                i = allies[k]
                acting[k] = i
                after[i] = side[i]
                outcome[i] = _NO_OUTCOME
                code, public = timeline.code[i], reference.public

                # Talks open: by the calendar, or of themselves.
                known = time_in_office(t - government_since[i])
                if t == 0:
                    now = rules.leaving(reference.rate[i], reference.pace[known], exposure)
                    close = rules.closing_at(reference.close[i], now, reference.leave[i])
                    open_now = rules.opening_at(reference.share[i], close, now)
                else:
                    close, open_now = reference.close_at[i, known], reference.open_at[i, known]
                close_called = close
                if trigger[i] == BY_ORDER:
                    close_called = reference.order_close if t > 0 else rules.order_closing(p.order_months, exposure)
                withdrawn = is_called and calls.trigger[i] == WITHDRAWN
                if withdrawn and trigger[i] in (BY_PLEDGE, BY_ORDER):
                    shares[i, 2], waiting[i], trigger[i] = 0.0, 0.0, ITSELF
                    close_called = close
                    if called[i]:
                        outcome[i] = DROPPED
                if trigger[i] == BY_ORDER and rules.standing_order(t - order_since[i]) == 0.0:
                    shares[i, 1] += shares[i, 2]
                    shares[i, 2], waiting[i], trigger[i] = 0.0, 0.0, ITSELF
                    close_called = close
                    called[i] = False
                if is_called and calls.trigger[i] != ITSELF and calls.trigger[i] != WITHDRAWN:
                    call, opens = calls.trigger[i], 1.0
                    if call == BY_PLEDGE:
                        kept = p.pledge_kept * min(1.0, levels[PLEDGE, i])
                        lost = rules.pledge_lost(kept, reference.lost[i, 1], reference.stays[i, 1])
                        opens = rules.pledge_opens(
                            kept, reference.lost[i, 1], reference.stays[i, 0], reference.stays[i, 1]
                        )
                        if calls.month[i] < 0:
                            opens = (1.0 - calls.calm[i]) * rules.still_open(
                                opens, reference.close[i], lost, -calls.month[i]
                            )
                        if opens > 0.0 and trigger[i] != BY_ORDER:
                            pledge_term[i] = rules.words_term(lost, reference.lost[i, 1])
                    elif t - calls.month[i] >= rules.ORDER_MONTHS:
                        opens = 0.0
                    if opens > 0.0 and trigger[i] != BY_ORDER:
                        shares[i, 1] = (1.0 - opens) * (shares[i, 1] + shares[i, 2])
                        shares[i, 0], shares[i, 2], waiting[i] = (1.0 - opens) * shares[i, 0], opens, 0.0
                        trigger[i] = call
                        left_of_month = calls.exposure[i]
                        if call == BY_ORDER:
                            close_called = rules.order_closing(p.order_months, left_of_month)
                        else:
                            now = rules.leaving(reference.rate[i], reference.pace[known], left_of_month)
                            close_called = rules.closing_at(reference.close[i], now, reference.leave[i])
                        called[i] = call != BY_PLEDGE or uniform(seed, run, today, code, PLEDGED) < opens
                        if called[i]:
                            if talks[i] == IDLE or outcome[i] == DROPPED:
                                opened[i], door[i] = t, 1.0
                                knock[i] = uniform(seed, run, today, code, CLOSING)
                                outcome[i] = _NO_OUTCOME
                            talks[i] = IN_PUBLIC
                if is_called and calls.calm[i] > 0.0 and (calls.month[i] >= 0 or calls.trigger[i] == ITSELF):
                    for kind in range(3):
                        shares[i, kind] *= 1.0 - calls.calm[i]
                    waiting[i] *= 1.0 - calls.calm[i]
                    if talks[i] != IDLE and uniform(seed, run, today, code, REASSURED) < calls.calm[i]:
                        outcome[i] = DROPPED

                # The patrons bid.
                if relevel or touched[i]:
                    courted[i] = rules.courtship(
                        timeline.beijing_approach[t],
                        p.money_effect,
                        levels[OFFER, i],
                        p.reassurance_effect,
                        levels[REASSURANCE, i],
                    )
                open_now = rules.at_odds(open_now, courted[i])
                if talks[i] == IDLE and idle_since[i] < t:
                    patience[i] *= 1.0 - open_now
                    if patience[i] < spell[i]:
                        talks[i] = SILENT
                        if uniform(seed, run, today, code, PUBLIC) < public:
                            talks[i] = IN_PUBLIC
                        opened[i], door[i] = t, 1.0
                        knock[i] = uniform(seed, run, today, code, CLOSING)
                if relevel or touched[i]:
                    dependence = rules.dependence_left(
                        timeline.dependence_scale[i],
                        timeline.exports[i],
                        rules.remittances_left(timeline.remittances[i], levels[DEPORTATIONS, i] + deported[i]),
                        rules.aid_raised(timeline.us_aid[i], rent[i], timeline.gdp[i]),
                        levels[US_CUT, i] + aid_cut[i],
                        security[i],
                    )
                    hostility = rules.felt_hostility(timeline.hostility[t], levels[HOSTILITY, i], eased[i])
                    for kind in range(2):
                        pressed[i, kind] = rules.pressure(
                            timeline.washington_attention[t],
                            reference.weight[i],
                            turn,
                            float(kind),
                            levels[LOBBYING, i],
                        )
                        at_stake = rules.stake(pressed[i, kind], credible, dependence, p.gdp_at_risk)
                        if at_stake != stake[i, kind]:
                            stake[i, kind] = at_stake
                            stake_worth[i, kind] = rules.worth(at_stake)
                        threat[i, kind] = rules.threat_term(
                            p.money_effect, stake_worth[i, kind], reference.stake[i, kind]
                        )
                        backfire[i, kind] = rules.backfire_term(
                            p.backfire_effect,
                            timeline.pride[i],
                            pressed[i, kind],
                            hostility,
                            reference.pressed[i, kind],
                        )
                    shared[i, 2] = rules.government_term(p.lean_effect, lean[i], timeline.lean_ref[i])
                if stale or relevel or touched[i]:
                    gdp, trust = timeline.gdp[i], trusts[timeline.region[i]]
                    offered = rules.beijing_bid(
                        reference.limit[i], timeline.beijing_budget[t], purse, trust, levels[OFFER, i], gdp
                    )
                    if offered != bid[i]:
                        bid[i] = offered
                        bid_worth[i] = rules.worth(offered + timeline.access[i])
                    base_now[i] = rules.base_after(reference.aid[i], timeline.taipei_budget[t], levels[TAIPEI_CUT, i])
                    standing[i] = base_now[i] + grant[i]
                    auction[i] = rules.taipei_limit(p.ceiling, base_now[i], standing[i], reserve)
                    refused, met = 0.0, 0.0
                    if calls.request[i] >= 0:
                        if timeline.events.answer[calls.request[i]] == REFUSED:
                            refused = 1.0
                        elif timeline.events.answer[calls.request[i]] == MET:
                            met = reference.values[calls.request[i]]
                    best = rules.answered(auction[i], standing[i], refused, met)
                    counter[i] = rules.taipei_bid(best, levels[AID, i], levels[MATCH, i], offered, gdp)
                    induced = counter[i] + levels[INDUCEMENT, i]
                    if induced != answer[i]:
                        answer[i] = induced
                        answer_worth[i] = rules.worth(induced)
                    from_taipei[i] = rules.taipei_gives(standing[i], levels[AID, i], gdp)
                    from_washington[i] = rules.washington_gives(
                        levels[INDUCEMENT, i], levels[US_CUT, i], timeline.us_aid[i], gdp
                    )
                    shared[i, 0] = rules.offer_term(p.money_effect, bid_worth[i], reference.bid[i, t])
                    shared[i, 1] = rules.aid_term(p.money_effect, answer_worth[i], reference.answer[i])
                    shared[i, 3] = rules.neighbours_term(p.neighbours_effect, fresh[timeline.subregion[i]])
                    for kind in range(3):
                        of_kind = min(kind, 1)
                        pledge, request, order = 0.0, 0.0, 0.0
                        if kind == 2:
                            if trigger[i] == BY_PLEDGE:
                                pledge = pledge_term[i]
                            elif trigger[i] == BY_REQUEST:
                                request = reference.request_term[i]
                            elif trigger[i] == BY_ORDER:
                                order = reference.order_term[i]
                        odds = rules.balance(
                            reference.base[i, of_kind],
                            shared[i, 0],
                            shared[i, 1],
                            threat[i, of_kind],
                            backfire[i, of_kind],
                            shared[i, 2],
                            pledge,
                            request,
                            order,
                            shared[i, 3],
                        )
                        if odds != balance[i, kind]:
                            balance[i, kind] = odds
                            wins[i, kind] = rules.wins(odds)

                # What is known of its talks, and so the chance that it leaves.
                idle = 1.0 - shares[i, 0] - shares[i, 1] - shares[i, 2] - waiting[i]
                met_chance = rules.chance_of_leaving(
                    beijing_accepts,
                    close,
                    shares[i, 0],
                    wins[i, 0],
                    shares[i, 1],
                    wins[i, 1],
                    close_called,
                    shares[i, 2],
                    wins[i, 2],
                    waiting[i],
                    turned_away[i],
                )
                opening = idle * open_now
                added = 0.0
                if trigger[i] == BY_ORDER:
                    added = close_called * shares[i, 2] * (1.0 - beijing_accepts)
                shares[i, 0] = rules.share_after(shares[i, 0], close, opening * (1.0 - public), met_chance)
                shares[i, 1] = rules.share_after(shares[i, 1], close, opening * public, met_chance)
                shares[i, 2] = rules.share_after(shares[i, 2], close_called, 0.0, met_chance)
                if waiting[i] > 0.0 or added > 0.0:
                    if waiting[i] <= 0.0:
                        turned_away[i] = beijing_accepts
                    waiting[i] = rules.waiting_after(waiting[i], turned_away[i], beijing_accepts, added, met_chance)
                    turned_away[i] = max(turned_away[i], beijing_accepts)
                chance[i] = met_chance

                # Talks close: the state decides.
                if talks[i] != IDLE and outcome[i] == _NO_OUTCOME and (opened[i] < t or called[i]):
                    door[i] *= 1.0 - (close_called if called[i] else close)
                    if door[i] < knock[i]:
                        u = uniform(
                            seed, run, before_start if opened[i] < 0 else timeline.calendar_month[opened[i]], code, LUCK
                        )
                        kind = 2 if called[i] else talks[i] - SILENT
                        if u >= beijing_accepts:
                            if not (called[i] and trigger[i] == BY_ORDER):
                                outcome[i] = NOT_TAKEN
                        else:
                            u /= beijing_accepts
                            outcome[i] = STAYED
                            surplus[i] = rules.surplus(balance[i, kind], u)
                            if u < wins[i, kind]:
                                outcome[i] = LEFT
                                after[i] = rules.destination(True, in_truce)
                if is_called and calls.switch[i] == BEIJING:
                    outcome[i] = _NO_OUTCOME
                    chance[i] = rules.MOST_CHANCE
                    after[i] = BEIJING
                if keep or after[i] != TAIPEI or outcome[i] != _NO_OUTCOME:
                    kind = 2 if called[i] else max(talks[i] - SILENT, 0)
                    of_kind, row = min(kind, 1), rows[i]
                    for column in range(COLUMNS):
                        row[column] = 0.0
                    row[SIDE] = float(side[i])
                    row[TALKS_COLUMN] = float(talks[i])
                    row[T_BASE] = reference.base[i, of_kind]
                    row[T_OFFER] = shared[i, 0]
                    row[T_AID] = shared[i, 1]
                    row[T_THREAT] = threat[i, of_kind]
                    row[T_BACKFIRE] = backfire[i, of_kind]
                    row[T_GOVERNMENT] = shared[i, 2]
                    if called[i]:
                        if trigger[i] == BY_PLEDGE:
                            row[T_PLEDGE] = pledge_term[i]
                        elif trigger[i] == BY_REQUEST:
                            row[T_REQUEST] = reference.request_term[i]
                        elif trigger[i] == BY_ORDER:
                            row[T_ORDER] = reference.order_term[i]
                    row[T_NEIGHBOURS] = shared[i, 3]
                    row[ACCEPTANCE] = beijing_accepts
                    row[CHANCE] = beijing_accepts * wins[i, kind]
                    row[HAZARD] = rules.yearly_rate(chance[i], exposure)

            # States that are not with Taipei, those that there is something new of: the same, with the sides changed.
            acts = with_it
            everyone = keep or timeline.stirs[t] or taipei_accepts != accepted
            accepted = taipei_accepts
            moved = purse != purse_before
            for region in range(REGIONS):
                moved = moved or trusts[region] != trusts_before[region]
                trusts_before[region] = trusts[region]
            purse_before = purse
            if t > 0 and reference.running[t] != reference.running[t - 1]:
                moved = True
            if t < 2 and (keep or purse != start_purse[t] or taipei_accepts != start_accepts[t]):
                for i in range(n):
                    pristine[i] = False
                start_purse[t], start_accepts[t] = purse, taipei_accepts
            if everyone or moved or news or t >= soonest:
                soonest, looked = _FAR, 0
                for k in range(n - with_it):
                    i = others[k]
                    idle_still = first_staying[i] if t == 0 else usual_first[i]
                    begins = quick[i] or (t == 0 and talks[i] == IDLE)
                    if t < 2 and pristine[i] and begins and not touched[i] and idle_still >= spell[i]:
                        if t == 0:
                            quick[i], steady[i], staying[i], wake[i] = True, first_chance[i], first_staying[i], 1
                            continue
                        if second_chance[i] != steady[i]:
                            away[i] += (t - steady_since[i]) * steady[i]
                            steady[i], steady_since[i] = second_chance[i], t
                        patience[i], staying[i], seen[i] = usual_first[i], usual_staying[i], t
                        bid_at[i], bid_ref_at[i], wake[i] = kept_bid[i], reference.bid[i, t], _FAR
                        as_usual[i] = kept_usual[i]
                        if usual_last[i] < spell[i]:
                            left_over = patience[i]
                            for later in range(t + 1, months):
                                left_over *= staying[i]
                                if left_over < spell[i]:
                                    wake[i] = later
                                    break
                        soonest = min(soonest, wake[i])
                        continue
                    look = everyone or touched[i] or alert[i] or t >= wake[i]
                    if moved and not look and not (usual_means and as_usual[i]):
                        # Nothing but Beijing's bid may be another one.
                        trust = trusts[timeline.region[i]]
                        offered = rules.beijing_bid(
                            reference.limit[i],
                            timeline.beijing_budget[t],
                            purse,
                            trust,
                            levels[OFFER, i],
                            timeline.gdp[i],
                        )
                        if offered != bid_at[i] or reference.bid[i, t] != bid_ref_at[i]:
                            bid_at[i], bid_ref_at[i] = offered, reference.bid[i, t]
                            term = rules.return_offer_term(
                                p.money_effect, rules.worth(offered + timeline.access[i]), bid_ref_at[i]
                            )
                            as_usual[i] = reference.usual_bid[i] and term == 0.0
                            silent = rules.wins(
                                rules.balance_of_coming(
                                    coming.base[i, 0], term, shared[i, 1], shared[i, 2], shared[i, 3]
                                )
                            )
                            in_public = rules.wins(
                                rules.balance_of_coming(
                                    coming.base[i, 1], term, shared[i, 1], shared[i, 2], shared[i, 3]
                                )
                            )
                            met_chance = rules.chance_of_coming(
                                taipei_accepts,
                                coming.close_at[i, office[i]],
                                shares[i, 0],
                                silent,
                                shares[i, 1],
                                in_public,
                            )
                            if met_chance != steady[i]:
                                met = (t - steady_since[i]) * steady[i]
                                away[i] += -met if timeline.with_taipei[i] else met
                                steady[i], steady_since[i] = met_chance, t
                    if look:
                        watched[looked] = i
                        looked += 1
                    else:
                        soonest = min(soonest, wake[i])
            else:
                looked = watching
            watching = 0
            if looked > 0:
                for k in range(looked):
                    i = watched[k]
                    code = timeline.code[i]
                    after[i] = side[i]
                    outcome[i] = _NO_OUTCOME

                    # Talks open of themselves, more easily where Taipei woos.
                    known = time_in_office(t - government_since[i])
                    if t > 1 and known != office[i]:
                        pristine[i] = False
                    office[i] = known
                    if t == 0:
                        now = rules.leaving(coming.rate[i], coming.pace[known], exposure)
                        close = rules.closing_at(coming.close[i], now, coming.chance[i])
                        open_now = rules.opening_at(coming.share[i], close, now)
                    else:
                        close, open_now = coming.close_at[i, known], coming.open_at[i, known]
                    if everyone or touched[i] or math.isnan(courted[i]):
                        wooed = rules.wooed(timeline.taipei_wooing[t], p.return_pledge_effect, levels[RETURN_PLEDGE, i])
                        if t > 1 and wooed != courted[i]:
                            pristine[i] = False
                        courted[i] = wooed
                    if courted[i] != 1.0:
                        tracked[i] = True
                    open_now = rules.at_odds(open_now, courted[i])
                    stays = 1.0 - open_now
                    if talks[i] == IDLE and idle_since[i] < t and (stays != staying[i] or t >= wake[i]):
                        for _ in range(seen[i] + 1, t):
                            patience[i] *= staying[i]
                        patience[i] *= stays
                        staying[i], seen[i] = stays, t
                        wake[i] = _FAR
                        if patience[i] < spell[i]:
                            talks[i] = SILENT
                            if uniform(seed, run, today, code, COME_PUBLIC) < reference.public:
                                talks[i] = IN_PUBLIC
                            opened[i], door[i] = t, 1.0
                            knock[i] = uniform(seed, run, today, code, COME_CLOSING)
                        elif t == 0:
                            wake[i] = 1
                        else:
                            left_over = patience[i]
                            for later in range(t + 1, months):
                                left_over *= stays
                                if left_over < spell[i]:
                                    wake[i] = later
                                    break

                    # The patrons bid.
                    gdp, trust = timeline.gdp[i], trusts[timeline.region[i]]
                    offered = rules.beijing_bid(
                        reference.limit[i], timeline.beijing_budget[t], purse, trust, levels[OFFER, i], gdp
                    )
                    bid_at[i], bid_ref_at[i] = offered, reference.bid[i, t]
                    if offered != bid[i]:
                        bid[i] = offered
                        bid_worth[i] = rules.worth(offered + timeline.access[i])
                    auction[i] = rules.goes_up_to(
                        reference.win_limit[i], timeline.taipei_wooing[t], timeline.taipei_budget[t]
                    )
                    counter[i] = rules.taipei_bid(auction[i], levels[AID, i], levels[MATCH, i], offered, gdp)
                    induced = counter[i] + levels[INDUCEMENT, i]
                    if induced != answer[i]:
                        answer[i] = induced
                        answer_worth[i] = rules.worth(induced)
                    shared[i, 0] = rules.return_offer_term(p.money_effect, bid_worth[i], reference.bid[i, t])
                    as_usual[i] = reference.usual_bid[i] and shared[i, 0] == 0.0
                    aid = rules.return_aid_term(p.money_effect, answer_worth[i], reference.win_answer[i])
                    government = rules.return_government_term(p.return_lean_effect, lean[i], timeline.lean_ref[i])
                    missed = rules.shortfall_term(
                        p.shortfall_effect, rules.shortfall(missing[i], (t - left[i]) / 12.0, p.package_years)
                    )
                    if t > 1 and (aid != shared[i, 1] or government != shared[i, 2] or missed != shared[i, 3]):
                        pristine[i] = False
                    shared[i, 1], shared[i, 2], shared[i, 3] = aid, government, missed
                    for kind in range(2):
                        odds = rules.balance_of_coming(
                            coming.base[i, kind], shared[i, 0], shared[i, 1], shared[i, 2], shared[i, 3]
                        )
                        if odds != balance[i, kind]:
                            balance[i, kind] = odds
                            wins[i, kind] = rules.wins(odds)

                    # What is known of its talks, and so the chance that it comes.
                    met_chance = rules.chance_of_coming(
                        taipei_accepts, close, shares[i, 0], wins[i, 0], shares[i, 1], wins[i, 1]
                    )
                    if tracked[i]:
                        opening = (1.0 - shares[i, 0] - shares[i, 1]) * open_now
                        silent = opening * (1.0 - reference.public)
                        shares[i, 0] = rules.share_after(shares[i, 0], close, silent, met_chance)
                        shares[i, 1] = rules.share_after(shares[i, 1], close, opening * reference.public, met_chance)

                    # Talks close: the state decides.
                    if talks[i] != IDLE and opened[i] < t:
                        door[i] *= 1.0 - close
                        if door[i] < knock[i]:
                            since = before_start if opened[i] < 0 else timeline.calendar_month[opened[i]]
                            u = uniform(seed, run, since, code, COME_LUCK)
                            kind = talks[i] - SILENT
                            if u >= taipei_accepts:
                                outcome[i] = NOT_TAKEN
                            else:
                                u /= taipei_accepts
                                outcome[i] = STAYED
                                surplus[i] = rules.surplus(balance[i, kind], u)
                                if u < wins[i, kind]:
                                    outcome[i] = LEFT
                                    after[i] = TAIPEI
                    if side[i] == NEITHER and after[i] == NEITHER and not in_truce:
                        after[i] = BEIJING
                    if is_called and calls.switch[i] == TAIPEI:
                        outcome[i] = _NO_OUTCOME
                        met_chance = rules.MOST_CHANCE
                        after[i] = TAIPEI
                    chance[i] = met_chance
                    if met_chance != steady[i]:
                        met = (t - steady_since[i]) * steady[i]
                        away[i] += -met if timeline.with_taipei[i] else met
                        steady[i], steady_since[i] = met_chance, t

                    # When it is to be looked at again.
                    alert[i] = talks[i] != IDLE or tracked[i] or side[i] == NEITHER
                    alert[i] = alert[i] or known == FIRST_YEAR
                    alert[i] = alert[i] or (missing[i] != 0.0 and t - left[i] <= 12.0 * p.package_years)
                    soonest = min(soonest, wake[i])
                    if alert[i]:
                        watched[watching] = i
                        watching += 1
                    if t == 0:
                        quick[i] = not (touched[i] or alert[i])
                        if quick[i]:
                            first_staying[i], first_chance[i] = stays, met_chance
                    elif t == 1 and quick[i] and not (pristine[i] or touched[i] or alert[i]):
                        pristine[i] = True
                        second_chance[i], kept_bid[i], kept_usual[i] = met_chance, offered, as_usual[i]
                        usual_staying[i], usual_first[i] = stays, patience[i]
                        left_over = patience[i]
                        for _ in range(t + 1, months):
                            left_over *= stays
                        usual_last[i] = left_over

                    if keep or after[i] != side[i] or outcome[i] != _NO_OUTCOME:
                        kind, row = max(talks[i] - SILENT, 0), rows[i]
                        for column in range(COLUMNS):
                            row[column] = 0.0
                        row[SIDE] = float(side[i])
                        row[TALKS_COLUMN] = float(talks[i])
                        row[T_BASE] = coming.base[i, kind]
                        row[T_OFFER] = shared[i, 0]
                        row[T_AID] = shared[i, 1]
                        row[T_GOVERNMENT] = shared[i, 2]
                        row[T_SHORTFALL] = shared[i, 3]
                        row[ACCEPTANCE] = taipei_accepts
                        row[CHANCE] = taipei_accepts * wins[i, kind]
                        row[HAZARD] = rules.yearly_rate(met_chance, exposure)
                        # It acts too, in the order of places.
                        place = acts
                        while place > 0 and acting[place - 1] > i:
                            acting[place] = acting[place - 1]
                            place -= 1
                        acting[place] = i
                        acts += 1

            # The hosts weigh their military cooperation, all at once.
            for j in range(hosts):
                i, place = timeline.host[j], n + j
                for column in range(COLUMNS):
                    rows[place, column] = 0.0
                rows[place, SIDE] = float(side[place])
                rows[place, ACCEPTANCE] = 1.0
                if side[place] == ACTIVE:
                    hostility = rules.felt_hostility(timeline.hostility[t], levels[HOSTILITY, i], eased[i])
                    dependence = rules.dependence_left(
                        timeline.dependence_scale[i],
                        timeline.exports[i],
                        rules.remittances_left(timeline.remittances[i], levels[DEPORTATIONS, i] + deported[i]),
                        rules.aid_raised(timeline.us_aid[i], rent[i], timeline.gdp[i]),
                        levels[US_CUT, i] + aid_cut[i],
                        security[i],
                    )
                    rows[place, T_BASE] = reference.cooperation[j]
                    rows[place, T_BACKFIRE] = rules.hostility_term(p.hostility_effect, timeline.pride[i], hostility)
                    rows[place, T_THREAT] = rules.hold_term(p.hold_effect, dependence, p.usual_host_dependence)
                    rows[place, T_GOVERNMENT] = rules.government_term(
                        p.suspension_lean_effect, lean[i], timeline.lean_ref[i]
                    )
                    rows[place, T_NEIGHBOURS] = rules.ripple_term(p.ripple, precedents - ripples[i])
                    rows[place, T_ORDER] = rules.rate_of_acts(
                        reference.notice_rate,
                        levels[NOTICE, i],
                        reference.words_rate[j],
                        levels[THREAT, i],
                        rows[place, T_NEIGHBOURS],
                    )
                    log_rate = rules.log_hazard_of_suspension(
                        rows[place, T_BASE],
                        rows[place, T_BACKFIRE],
                        rows[place, T_THREAT],
                        rows[place, T_GOVERNMENT],
                        rows[place, T_NEIGHBOURS],
                    )
                    rows[place, HAZARD] = rules.hazard_of_suspension(log_rate, rows[place, T_ORDER])
                else:
                    rows[place, T_BASE] = math.log(p.restoration_rate)
                    rows[place, HAZARD] = p.restoration_rate
                chance[place] = rules.monthly_chance(rows[place, HAZARD], exposure)

            year = exposure / 12.0
            for k in range(with_it):
                i = allies[k]
                book[i, TAIPEI_PAYS] += from_taipei[i] * year
                book[i, WASHINGTON_PAYS] += from_washington[i] * year
                away[i] += chance[i] if timeline.with_taipei[i] else -chance[i]
            for i in range(n, places):
                host = timeline.host[i - n]
                if side[host] != TAIPEI:
                    book[i, WASHINGTON_PAYS] += year * rules.washington_gives(
                        0.0, levels[US_CUT, host], timeline.us_aid[host], timeline.gdp[host]
                    )
                away[i] += chance[i] if side[i] == ACTIVE else -chance[i]
            if horizon < horizons.shape[0] and t == horizons[horizon]:
                sums = expected[draw - first_run // RUNS_PER_DRAW]
                for i in range(places):
                    by_now = away[i]
                    if i < n and side[i] != TAIPEI:
                        met = (t + 1 - steady_since[i]) * steady[i]
                        by_now += -met if timeline.with_taipei[i] else met
                    sums[i, horizon, 0] += by_now
                    sums[i, horizon, 1] += by_now * by_now
                horizon += 1

            # The hosts decide.
            for j in range(hosts):
                purpose = SUSPEND if side[n + j] == ACTIVE else RESTORE
                u = uniform(seed, run, today, timeline.code[timeline.host[j]], purpose)
                after[n + j] = side[n + j]
                if u < chance[n + j]:
                    after[n + j] = SUSPENDED if side[n + j] == ACTIVE else ACTIVE

            # Settlement: prices, commitments, what follows; the month is recorded.
            stale, relevel = False, False
            for k in range(fresh.shape[0]):
                fresh[k] *= timeline.monthly_year_fade
            for k in range(acts + hosts):
                i = acting[k] if k < acts else n + k - acts
                if i < n and side[i] == TAIPEI:
                    ended = outcome[i]
                    if after[i] != TAIPEI:
                        gdp, trust = timeline.gdp[i], trusts[timeline.region[i]]
                        face = rules.percent(reference.usual[i], gdp)
                        package[i] = reference.usual[i]
                        if ended == LEFT:
                            price = rules.beijing_pays(bid_worth[i], reference.access[i], surplus[i], p.money_effect)
                            own = rules.from_purse(price, levels[OFFER, i], trust)
                            face = rules.promised(price, levels[OFFER, i], levels[DOUBTED, i], own)
                            package[i] = own / 100.0 * gdp
                        package_until[i] = t + 12.0 * p.package_years
                        rows[i, PRICE] = face
                        rows[i, PRICE_MUSD] = face / 100.0 * gdp
                        arrives = uniform(seed, run, today, timeline.code[i], DELIVERED)
                        visible_share[i] = timeline.delivered[int(arrives * timeline.delivered.shape[0])]
                        visible[i] = t + rules.VISIBLE_MONTHS
                        due = min(due, visible[i], math.ceil(package_until[i]))
                        missing[i] = rules.undelivered(face, visible_share[i])
                        rows[i, ARRIVES] = visible_share[i]
                        package_begins(
                            book, i, t, rows[i, PRICE_MUSD], visible_share[i], p.package_years, left_after[t]
                        )
                        grant[i], burden[i] = 0.0, 0.0
                        stale = True
                    elif ended in (STAYED, NOT_TAKEN):
                        gdp = timeline.gdp[i]
                        stands = rules.percent(standing[i], gdp)
                        price = stands
                        if ended == STAYED:
                            price = rules.taipei_pays(
                                answer_worth[i], levels[INDUCEMENT, i], stands, surplus[i], p.money_effect
                            )
                        rows[i, PRICE] = price
                        rows[i, PRICE_MUSD] = price / 100.0 * gdp
                        if price > stands:
                            grant[i] = rules.granted(price, base_now[i], levels[AID, i], gdp)
                            burden[i] = min(grant[i], max(0.0, auction[i] - base_now[i]))
                            grant_until[i] = t + 12.0 * p.aid_years
                            due = min(due, math.ceil(grant_until[i]))
                            stale = True
                elif i < n and (outcome[i] != _NO_OUTCOME or after[i] == TAIPEI):
                    ended, gdp, price = outcome[i], timeline.gdp[i], 0.0
                    base_now[i] = rules.base_after(reference.aid[i], timeline.taipei_budget[t], levels[TAIPEI_CUT, i])
                    if after[i] == TAIPEI:
                        price = rules.percent(base_now[i], gdp)
                        if ended == LEFT:
                            price = rules.taipei_pays(
                                answer_worth[i], levels[INDUCEMENT, i], 0.0, -surplus[i], p.money_effect
                            )
                            grant[i] = rules.granted(price, base_now[i], levels[AID, i], gdp)
                            burden[i] = min(grant[i], max(0.0, auction[i] - base_now[i]))
                            grant_until[i] = t + 12.0 * p.aid_years
                            due = min(due, math.ceil(grant_until[i]))
                    elif ended == STAYED:
                        trust = trusts[timeline.region[i]]
                        least = rules.beijing_pays(bid_worth[i], reference.access[i], -surplus[i], p.money_effect)
                        own = rules.from_purse(least, levels[OFFER, i], trust)
                        price = rules.promised(least, levels[OFFER, i], levels[DOUBTED, i], own)
                        if own / 100.0 * gdp > package[i]:
                            package[i] = own / 100.0 * gdp
                            package_until[i] = t + 12.0 * p.package_years
                            due = min(due, math.ceil(package_until[i]))
                            stale = True
                        if price / 100.0 * gdp > owed(book, i, t):
                            arrives = uniform(seed, run, today, timeline.code[i], DELIVERED)
                            rows[i, ARRIVES] = timeline.delivered[int(arrives * timeline.delivered.shape[0])]
                            package_begins(
                                book, i, t, price / 100.0 * gdp, rows[i, ARRIVES], p.package_years, left_after[t]
                            )
                    rows[i, PRICE] = price
                    rows[i, PRICE_MUSD] = price / 100.0 * gdp
                if i < n and outcome[i] != _NO_OUTCOME:
                    if keep_talks:
                        talk = talked[concluded]
                        talk[TALK_RUN] = run
                        talk[TALK_OPENED] = opened[i]
                        talk[TALK_CLOSED] = t
                        talk[TALK_STATE] = i
                        talk[TALK_PUBLIC] = 1.0 if talks[i] == IN_PUBLIC else 0.0
                        talk[TALK_TRIGGER] = trigger[i] if called[i] else ITSELF
                        talk[TALK_BEIJING] = bid[i]
                        talk[TALK_TAIPEI] = counter[i]
                        talk[TALK_PRESSURE] = 0.0
                        if side[i] == TAIPEI:
                            talk[TALK_PRESSURE] = pressed[i, 1 if talks[i] == IN_PUBLIC else 0]
                        talk[TALK_SIDE] = side[i]
                        for column in range(TALK_END - TALK_TERM):
                            talk[TALK_TERM + column] = rows[i, T_BASE + column]
                        talk[TALK_END] = rows[i, ACCEPTANCE]
                        talk[TALK_END + 1] = rows[i, CHANCE]
                        talk[TALK_END + 2] = outcome[i]
                        talk[TALK_END + 3] = rows[i, PRICE]
                        talk[TALK_END + 4] = rows[i, PRICE_MUSD]
                        concluded += 1
                    talks[i], idle_since[i] = IDLE, t
                    patience[i], door[i] = 1.0, 1.0
                    if side[i] == TAIPEI:
                        called[i] = False
                        if calls.request[i] >= 0:
                            calls.request[i] = -1
                            stale = True
                        spell[i] = uniform(seed, run, today, timeline.code[i], OPENING)
                    else:
                        spell[i] = uniform(seed, run, today, timeline.code[i], COME_OPENING)
                        staying[i], seen[i], wake[i], soonest = math.nan, t, t + 1, t + 1
                if keep:
                    for column in range(COLUMNS):
                        ledger[run - first_run, t, i, column] = rows[i, column]
                if after[i] == side[i]:
                    continue
                stale, relevel = True, True
                changes[changed, 0] = run
                changes[changed, 1] = t
                changes[changed, 2] = i
                changes[changed, 3] = side[i]
                changes[changed, 4] = after[i]
                for column in range(COLUMNS):
                    changes[changed, HEAD + column] = rows[i, column]
                changed += 1
                if i >= n:
                    host = timeline.host[i - n]
                    if after[i] == SUSPENDED:
                        cooperating -= 1
                        security[host] = 0.0
                        end_words(timeline.events, host, THREAT, NOTICE, status)
                        u = uniform(seed, run, today, timeline.code[host], ANSWER)
                        carried_out[1] += 1.0
                        row = answers[answered]
                        for column in range(ANSWER_COLUMNS):
                            row[column] = 0.0
                        row[ANSWER_RUN], row[ANSWER_MONTH], row[ANSWER_HOST] = run, t, i - n
                        row[ANSWER_KIND], row[ANSWER_RENT] = KEEPS_AID, 0.0 - rent[host]
                        rent[host] = 0.0
                        if u < p.answer_chance:
                            before = levels[US_CUT, host]
                            row[ANSWER_KIND] = CUTS_AID
                            row[ANSWER_AID] = -rules.taken(
                                reference.us_aid[i - n], before + aid_cut[host], before + p.answer_share
                            )
                            aid_cut[host] = p.answer_share
                            carried_out[0] += 1.0
                        washington_answers(
                            book, i, row[ANSWER_AID], row[ANSWER_REMITTANCES], row[ANSWER_RENT], left_after[t]
                        )
                        answered += 1
                    else:
                        cooperating += 1
                        security[host] = timeline.security[host]
                        aid_cut[host] = 0.0
                        aid_returns(book, i, left_after[t])
                elif side[i] == TAIPEI:
                    count -= 1
                    left[i] = t
                    order_since[i] = NEVER
                    trigger[i], called[i], talks[i] = ITSELF, False, IDLE
                    waiting[i], calls.request[i] = 0.0, -1
                    end_words(timeline.events, i, PLEDGE, PLEDGE, status)
                    fresh[timeline.subregion[i]] += 1.0
                    steady[i], steady_since[i] = 0.0, t + 1
                    tracked[i] = coming.chance[i] > rules.SELDOM
                    shares[i, 0] = coming.share[i] * (1.0 - reference.public)
                    shares[i, 1] = coming.share[i] * reference.public
                    shares[i, 2] = 0.0
                    idle_since[i], patience[i] = t, 1.0
                    staying[i], seen[i], wake[i], soonest = math.nan, t, t + 1, t + 1
                    alert[i], courted[i] = True, math.nan
                    u = uniform(seed, run, today, timeline.code[i], COME_IN_TALKS)
                    if u < coming.share[i]:
                        talks[i], opened[i], door[i] = SILENT, t, 1.0
                        if uniform(seed, run, today, timeline.code[i], COME_PUBLIC) < reference.public:
                            talks[i] = IN_PUBLIC
                        knock[i] = uniform(seed, run, today, timeline.code[i], COME_CLOSING)
                    else:
                        spell[i] = rules.beyond(u, coming.share[i])
                elif after[i] == TAIPEI:
                    count += 1
                    end_words(timeline.events, i, RETURN_PLEDGE, RETURN_PLEDGE, status)
                    met = (t + 1 - steady_since[i]) * steady[i]
                    away[i] += -met if timeline.with_taipei[i] else met
                    steady[i], steady_since[i] = 0.0, t + 1
                    package[i], talks[i], soonest, pristine[i] = 0.0, IDLE, t + 1, False
                    package_ends(book, i, t, left_after[t])
                    shares[i, 0] = reference.share[i] * (1.0 - reference.public)
                    shares[i, 1] = reference.share[i] * reference.public
                    shares[i, 2] = 0.0
                    idle_since[i], patience[i] = t, 1.0
                    if uniform(seed, run, today, timeline.code[i], IN_TALKS) < reference.share[i]:
                        talks[i], opened[i], door[i] = SILENT, t, 1.0
                        if uniform(seed, run, today, timeline.code[i], PUBLIC) < reference.public:
                            talks[i] = IN_PUBLIC
                        knock[i] = uniform(seed, run, today, timeline.code[i], CLOSING)
                    else:
                        spell[i] = uniform(seed, run, today, timeline.code[i], OPENING)
                side[i] = after[i]
            if stale:
                with_it = 0
                for i in range(n):
                    if side[i] == TAIPEI:
                        allies[with_it] = i
                        with_it += 1
                    else:
                        others[i - with_it] = i
            counts[run - first_run, t, 0] = count
            counts[run - first_run, t, 1] = cooperating
        if run - first_run < accounts.shape[0]:
            accounts[run - first_run] = book[:, :ACCOUNTS]
        # Row 0 is the roster at the end of `as_of`, not of its month.
        counts[run - first_run, 0, 0] = timeline.with_taipei.sum()
        counts[run - first_run, 0, 1] = hosts
    return changes[:changed].copy(), talked[:concluded].copy(), answers[:answered].copy()


@njit(nogil=True, cache=True, error_model="numpy")
def _longer(rows: Floats, filled: int, least: int) -> Floats:
    """The first `filled` rows, with room for twice as many and for `least`."""
    longer = np.empty((max(2 * filled, least), rows.shape[1]))
    longer[:filled] = rows[:filled]
    return longer


@njit(nogil=True, cache=True, error_model="numpy")
def _either(scenario_value: float, drawn: float) -> float:
    """The scenario's value, or the drawn parameter where the scenario says nothing."""
    return drawn if math.isnan(scenario_value) else scenario_value
