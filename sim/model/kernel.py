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
from sim.model.compiled import by_name, entrance, part, rule
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


@entrance
def uniforms(seed: int, draws: int, purpose: int) -> Floats:
    """The uniform numbers of draws 0 to `draws` - 1 for one named purpose."""
    values = np.empty(draws)
    for draw in range(draws):
        values[draw] = uniform(seed, draw, 0, 0, purpose)
    return values


STATE = np.dtype(
    [
        # The chance met this month if it acts; those of moving away from the start's side, less those of moving back;
        # 1 if that side is Taipei's, otherwise -1.
        ("met", np.float64),
        ("away", np.float64),
        ("home", np.float64),
        # Talks, as they are: silent or public, since when, how long idle ones last, when open ones close.
        ("talks", np.int64),
        ("opened", np.int64),
        ("idle_since", np.int64),
        ("patience", np.float64),
        ("spell", np.float64),
        ("door", np.float64),
        ("knock", np.float64),
        ("called", np.bool_),
        ("ended", np.int64),
        ("trigger", np.int64),
        ("pledge_term", np.float64),
        ("surplus", np.float64),
        # Talks, as far as they are known from outside: shares that are open, and those that wait under an order.
        ("silent", np.float64),
        ("public", np.float64),
        ("by_call", np.float64),
        ("waiting", np.float64),
        ("turned_away", np.float64),
        # The pace of talks, kept while the government's time in office and the courtship are the same.
        ("office", np.int64),
        ("renewed", np.int64),  # the month in which a government is no longer in its first year
        ("courted", np.float64),
        ("close", np.float64),
        ("close_called", np.float64),
        ("opens", np.float64),
        # What the bids come to, kept until something they rest on changes.
        ("bid", np.float64),
        ("bid_worth", np.float64),
        ("counter", np.float64),
        ("answer", np.float64),
        ("answer_worth", np.float64),
        ("base_now", np.float64),
        ("standing", np.float64),
        ("auction", np.float64),
        ("from_taipei", np.float64),
        ("from_washington", np.float64),
        ("offer", np.float64),
        ("aid", np.float64),
        ("government", np.float64),
        ("neighbours", np.float64),
        ("shortfall", np.float64),
        # Commitments, and what others learn from them.
        ("package", np.float64),
        ("package_until", np.float64),
        ("grant", np.float64),
        ("burden", np.float64),
        ("grant_until", np.float64),
        ("visible", np.int64),
        ("visible_share", np.float64),
        ("missing", np.float64),
        ("left", np.int64),
        # What Washington's answers to a host have done to it, and what it has seen of them.
        ("security", np.float64),
        ("aid_cut", np.float64),
        ("deported", np.float64),
        ("rent", np.float64),
        ("eased", np.float64),
        ("ripples", np.float64),
        ("touched", np.int64),  # the last month in which something was told of it
        # A state that is not with Taipei: the chance of staying idle, the month up to which patience has run and in
        # which talks will open, the chance met and since when, whether hidden talks are followed, the bid of reference
        # that Beijing's was weighed against, whether the two are the same.
        ("staying", np.float64),
        ("seen", np.int64),
        ("wake", np.int64),
        ("steady", np.float64),
        ("steady_since", np.int64),
        ("tracked", np.bool_),
        ("bid_ref", np.float64),
        ("as_usual", np.bool_),
    ],
    align=True,
)
"""What a run knows of one state."""


@entrance
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
    events = timeline.events
    entries = events.month.shape[0]
    # Fields that loops read have names of their own, here and for each run: read from their tuple, each would count as
    # one more reference each time, which takes some hundredths of a run.
    kinds, states, fades, codes = events.kind, events.state, events.fade, timeline.code
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
    lean = np.empty(n)
    government_since, order_since = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    truce = np.empty(1, dtype=np.int64)
    levels, committed = np.zeros((LEVELS, n)), np.zeros(2)
    fresh = np.empty(timeline.fresh_switches.shape[0])
    precedents = 0.0
    carried_out = np.empty(2)
    # What the patrons pay: the book of a run, and years that are left.
    book = np.empty((places, BOOK))
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
    # Who is with Taipei, who acts in a month besides hosts, who of the others is looked at, and the others, by place.
    allies, acting = np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint32)
    watched, others = np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint32)
    look_at = np.empty(n, dtype=np.int64)  # the month in which there is something new of each of the others
    # What bids and pressure come to in talks of each kind: silent, public, called for.
    pressed, stake, stake_worth = np.empty((n, 2)), np.full((n, 2), math.nan), np.empty((n, 2))
    threat, backfire = np.empty((n, 2)), np.empty((n, 2))
    balance, wins = np.full((n, 3), math.nan), np.empty((n, 3))
    trusts = np.empty(REGIONS)
    learned = np.empty((REGIONS, 2))
    rows = np.zeros((places, COLUMNS))
    chance, away = np.empty(places), np.empty(hosts)
    after = np.empty(places, dtype=np.int64)

    of, drawn = by_name(np.zeros(n, dtype=STATE)), by_name(parameters)
    for i in range(n):
        of[i].bid, of[i].answer = math.nan, math.nan
    draw = first_run // RUNS_PER_DRAW
    p = drawn[draw]
    reference = derive(timeline, p, values[draw], spreads[draw])
    coming = reference.coming
    for run in range(first_run, first_run + runs):
        if changes.shape[0] - changed < most_changes:
            changes = _longer(changes, changed, changed + 2 * most_changes)
        if talked.shape[0] - concluded < most_talks:
            talked = _longer(talked, concluded, concluded + 2 * most_talks)
        if answers.shape[0] - answered < most_answers:
            answers = _longer(answers, answered, answered + 2 * most_answers)
        if run // RUNS_PER_DRAW != draw:
            draw = run // RUNS_PER_DRAW
            p = drawn[draw]
            reference = derive(timeline, p, values[draw], spreads[draw])
            coming = reference.coming
        event_values, doubted, dollars = reference.values, reference.doubted, reference.dollars
        close_at, open_at = reference.close_at, reference.open_at
        come_chance, come_close, come_share = coming.chance, coming.close, coming.share
        come_close_at, come_open_at = coming.close_at, coming.open_at
        draw_happenings(events, chances[draw], outcomes[draw], seed, run, happens)
        for event in range(entries):
            status[event] = DORMANT
        truce[0] = NEVER
        at_start = 0
        upcoming, dated = 0, events.month[0] if entries > 0 else _FAR
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
            for column in range(BOOK):
                book[i, column] = 0.0
        for i in range(n):
            s = of[i]
            lean[i], government_since[i] = timeline.lean[i], timeline.government_since[i]
            s.left, s.security = timeline.left[i], timeline.security[i]
            calls.request[i], order_since[i], s.missing = -1, NEVER, 0.0
            s.aid_cut, s.deported, s.rent, s.eased, s.ripples = 0.0, 0.0, 0.0, 0.0, 0.0
            s.package, s.package_until = 0.0, 0.0
            s.grant, s.burden, s.grant_until = 0.0, 0.0, 0.0
            s.visible, s.visible_share = _FAR, 0.0
            s.called, s.ended, s.trigger, s.pledge_term = False, _NO_OUTCOME, ITSELF, 0.0
            s.touched, s.office, s.renewed, s.waiting, s.turned_away = -1, -1, _FAR, 0.0, 0.0
            s.spell, s.door, s.knock = 1.0, 1.0, 1.0
            s.steady, s.steady_since = 0.0, 0
            s.staying, s.seen, s.wake, look_at[i], s.courted = math.nan, -1, 0, 0, math.nan
            s.away, s.home = 0.0, 1.0 if timeline.with_taipei[i] else -1.0
            side[i] = BEIJING
            if timeline.with_taipei[i]:
                side[i] = TAIPEI
                count += 1
                at_start += 1
                allies[with_it] = i
                with_it += 1
            else:
                others[i - with_it] = i
                if timeline.with_none[i]:
                    side[i] = NEITHER
            code, comes = codes[i], side[i] != TAIPEI
            s.tracked = comes and coming.chance[i] > rules.SELDOM
            share = coming.share[i] if comes else reference.share[i]
            settles(s, -1, share, reference.public, seed, run, before_start, code, comes)
        for j in range(hosts):
            side[n + j], away[j] = ACTIVE, 0.0

        stale, relevel, accepted = True, True, math.nan
        running, returned, granted = 0.0, 0.0, 0.0
        purse, usual_means, watching = math.nan, False, 0
        known_until, by_others = _FAR, False
        keep_accounts = run - first_run < accounts.shape[0]
        for region in range(REGIONS):
            trusts[region] = math.nan
        for t in range(months):
            # The calendar.
            today = timeline.calendar_month[t]
            is_called, moved = False, False
            if dated <= t:
                clear(calls)
                opens_with = upcoming
                upcoming = open_month(
                    events,
                    timeline.lean_ref,
                    t,
                    upcoming,
                    happens,
                    event_values,
                    status,
                    lean,
                    government_since,
                    order_since,
                    truce,
                    carried_out,
                    calls,
                )
                dated = events.month[upcoming] if upcoming < entries else _FAR
                is_called, relevel = True, True
                for event in range(opens_with, upcoming):
                    if states[event] >= 0:
                        of[states[event]].touched = t
                        if side[states[event]] != TAIPEI:
                            look_at[states[event]], soonest = t, t
            if timeline.stirs[t] or timeline.answers[t]:
                relevel = True
            fading = False
            if timeline.fades[t]:
                for event in range(entries):
                    if status[event] == STANDING and fades[event, t] != fades[event, t - 1]:
                        of[states[event]].touched, fading = t, True
                        if side[states[event]] != TAIPEI:
                            look_at[states[event]], soonest = t, t
            if relevel or fading:
                of_beijing, of_taipei = committed[0], committed[1]
                add_levels(
                    kinds,
                    states,
                    fades,
                    event_values,
                    doubted,
                    dollars,
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
                    s = of[i]
                    if is_called and calls.answer[i] != NO_ANSWER:
                        if speaks(events, i, status):
                            given = calls.answer[i]
                    elif answer_due(events, i, t, happens, status):
                        u = uniform(seed, run, today, codes[i], BARGAIN)
                        given = WAITS
                        if rules.gives_way(u, p.gives_way):
                            given = GIVES_WAY
                        elif rules.retaliates(u, p.gives_way, p.retaliates):
                            given = RETALIATES
                    if given == NO_ANSWER:
                        continue
                    row = answers[answered]
                    blank(row)
                    row[ANSWER_RUN], row[ANSWER_MONTH], row[ANSWER_HOST], row[ANSWER_KIND] = run, t, j, given
                    if given == GIVES_WAY:
                        row[ANSWER_RENT] = reference.rent[j] - s.rent
                        s.rent, s.eased = reference.rent[j], p.easing
                        end_words(events, i, THREAT, NOTICE, status)
                        levels[THREAT, i], levels[NOTICE, i] = 0.0, 0.0
                        carried_out[1] += 1.0
                        precedents += 1.0
                        s.ripples += 1.0
                    elif given == RETALIATES:
                        before = levels[US_CUT, i]
                        row[ANSWER_AID] = -rules.taken(reference.us_aid[j], before + s.aid_cut, before + p.answer_share)
                        before = levels[DEPORTATIONS, i]
                        row[ANSWER_REMITTANCES] = -rules.taken(
                            reference.remittances[j], before + s.deported, before + p.deported_share
                        )
                        s.aid_cut, s.deported = p.answer_share, p.deported_share
                        carried_out[0] += 1.0
                        carried_out[1] += 1.0
                        precedents -= 1.0
                        s.ripples -= 1.0
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
                    s = of[i]
                    if s.package > 0.0:
                        if t >= s.package_until:
                            s.package = 0.0
                        else:
                            due = min(due, math.ceil(s.package_until))
                    if s.grant > 0.0:
                        if t >= s.grant_until:
                            s.grant, s.burden = 0.0, 0.0
                        else:
                            due = min(due, math.ceil(s.grant_until))
                    if t >= s.visible:
                        for region in range(REGIONS):
                            weight = p.learning if region == timeline.region[i] else p.learning * rules.ELSEWHERE
                            learned[region, 0] += weight * s.visible_share
                            learned[region, 1] += weight
                        s.visible = _FAR
                    else:
                        due = min(due, s.visible)
            if t > 0 and reference.running[t] != reference.running[t - 1]:
                stale = True
            if p.neighbours_effect != 0.0:
                stale = True

            # What the patrons can bid with this month.
            if stale or relevel:
                if stale or t == 0:
                    running, returned, granted = reference.running[t], 0.0, 0.0
                    for i in range(n):
                        s = of[i]
                        running += s.package
                        granted += s.burden
                        if timeline.with_taipei[i] and side[i] != TAIPEI:
                            returned += reference.aid[i]
                        elif side[i] == TAIPEI and not timeline.with_taipei[i]:
                            returned -= reference.aid[i]
                # Beijing's bids may be others than last month.
                purse_before = purse
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
                    trust = rules.trust(
                        timeline.delivered_mean,
                        p.trust_weight,
                        timeline.delivered_total[region] + learned[region, 0],
                        timeline.delivered_cases[region] + learned[region, 1],
                    )
                    moved = moved or trust != trusts[region]
                    trusts[region] = trust
                turn = _either(timeline.washington_focus[t], p.pressure_focus)
                moved = moved or purse != purse_before or (t > 0 and reference.running[t] != reference.running[t - 1])

            # States that are with Taipei, in months in which they may weigh anything new.
            weighed, all_weigh = 0, stale or relevel or t <= 1
            if all_weigh or fading or t >= known_until or by_others:
                weighed, known_until, by_others = with_it, _FAR, False
            for k in range(weighed):
                i = allies[k]
                s = of[i]
                if not (all_weigh or s.touched == t or t >= s.renewed or s.trigger != ITSELF):
                    known_until = min(known_until, s.renewed)
                    continue
                code, anew = codes[i], relevel or s.touched == t

                # The pace of talks, and what the calendar does to them.
                known = time_in_office(t - government_since[i])
                s.renewed = government_since[i] + rules.WINDOW_MONTHS if known == FIRST_YEAR else _FAR
                known_until = min(known_until, s.renewed)
                if anew:
                    s.courted = rules.courtship(
                        timeline.beijing_approach[t],
                        p.money_effect,
                        levels[OFFER, i],
                        p.reassurance_effect,
                        levels[REASSURANCE, i],
                    )
                if anew or t <= 1 or known != s.office:
                    s.office = known
                    if t == 0:
                        now = rules.leaving(reference.rate[i], reference.pace[known], exposure)
                        s.close = rules.closing_at(reference.close[i], now, reference.leave[i])
                        open_now = rules.opening_at(reference.share[i], s.close, now)
                    else:
                        s.close, open_now = close_at[i, known], open_at[i, known]
                    s.opens = rules.at_odds(open_now, s.courted)
                s.close_called = s.close
                if s.trigger == BY_ORDER:
                    s.close_called = reference.order_close if t > 0 else rules.order_closing(p.order_months, exposure)
                if is_called and calls.trigger[i] == WITHDRAWN and s.trigger in (BY_PLEDGE, BY_ORDER):
                    s.by_call, s.waiting, s.trigger = 0.0, 0.0, ITSELF
                    s.close_called = s.close
                    if s.called:
                        s.ended = DROPPED
                if s.trigger == BY_ORDER and rules.standing_order(t - order_since[i]) == 0.0:
                    s.public += s.by_call
                    s.by_call, s.waiting, s.trigger = 0.0, 0.0, ITSELF
                    s.close_called = s.close
                    s.called = False
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
                        if opens > 0.0 and s.trigger != BY_ORDER:
                            s.pledge_term = rules.words_term(lost, reference.lost[i, 1])
                    elif t - calls.month[i] >= rules.ORDER_MONTHS:
                        opens = 0.0
                    if opens > 0.0 and s.trigger != BY_ORDER:
                        s.public = (1.0 - opens) * (s.public + s.by_call)
                        s.silent, s.by_call, s.waiting = (1.0 - opens) * s.silent, opens, 0.0
                        s.trigger = call
                        left_of_month = calls.exposure[i]
                        if call == BY_ORDER:
                            s.close_called = rules.order_closing(p.order_months, left_of_month)
                        else:
                            now = rules.leaving(reference.rate[i], reference.pace[known], left_of_month)
                            s.close_called = rules.closing_at(reference.close[i], now, reference.leave[i])
                        s.called = call != BY_PLEDGE or uniform(seed, run, today, code, PLEDGED) < opens
                        if s.called:
                            if s.talks == IDLE or s.ended == DROPPED:
                                s.opened, s.door = t, 1.0
                                s.knock = uniform(seed, run, today, code, CLOSING)
                                s.ended = _NO_OUTCOME
                            s.talks = IN_PUBLIC
                if is_called and calls.calm[i] > 0.0 and (calls.month[i] >= 0 or calls.trigger[i] == ITSELF):
                    uncalmed = 1.0 - calls.calm[i]
                    s.silent *= uncalmed
                    s.public *= uncalmed
                    s.by_call *= uncalmed
                    s.waiting *= uncalmed
                    if s.talks != IDLE and uniform(seed, run, today, code, REASSURED) < calls.calm[i]:
                        s.ended = DROPPED
                by_others = by_others or s.trigger != ITSELF

                # The patrons bid.
                if anew:
                    dependence = rules.dependence_left(
                        timeline.dependence_scale[i],
                        timeline.exports[i],
                        rules.remittances_left(timeline.remittances[i], levels[DEPORTATIONS, i] + s.deported),
                        rules.aid_raised(timeline.us_aid[i], s.rent, timeline.gdp[i]),
                        levels[US_CUT, i] + s.aid_cut,
                        s.security,
                    )
                    hostility = rules.felt_hostility(timeline.hostility[t], levels[HOSTILITY, i], s.eased)
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
                    s.government = rules.government_term(p.lean_effect, lean[i], timeline.lean_ref[i])
                base_now = rules.base_after(reference.aid[i], timeline.taipei_budget[t], levels[TAIPEI_CUT, i])
                standing = base_now + s.grant
                auction = rules.taipei_limit(p.ceiling, base_now, standing, reserve)
                bids_anew = anew or moved or standing != s.standing or auction != s.auction
                if bids_anew or (stale and p.neighbours_effect != 0.0):
                    s.base_now, s.standing, s.auction = base_now, standing, auction
                    gdp, trust = timeline.gdp[i], trusts[timeline.region[i]]
                    offered = rules.beijing_bid(
                        reference.limit[i], timeline.beijing_budget[t], purse, trust, levels[OFFER, i], gdp
                    )
                    if offered != s.bid:
                        s.bid = offered
                        s.bid_worth = rules.worth(offered + timeline.access[i])
                    refused, met = 0.0, 0.0
                    if calls.request[i] >= 0:
                        if events.answer[calls.request[i]] == REFUSED:
                            refused = 1.0
                        elif events.answer[calls.request[i]] == MET:
                            met = event_values[calls.request[i]]
                    best = rules.answered(s.auction, s.standing, refused, met)
                    s.counter = rules.taipei_bid(best, levels[AID, i], levels[MATCH, i], offered, gdp)
                    induced = s.counter + levels[INDUCEMENT, i]
                    if induced != s.answer:
                        s.answer = induced
                        s.answer_worth = rules.worth(induced)
                    s.from_taipei = rules.taipei_gives(s.standing, levels[AID, i], gdp)
                    s.from_washington = rules.washington_gives(
                        levels[INDUCEMENT, i], levels[US_CUT, i], timeline.us_aid[i], gdp
                    )
                    offer = rules.offer_term(p.money_effect, s.bid_worth, reference.bid[i, t])
                    aid = rules.aid_term(p.money_effect, s.answer_worth, reference.answer[i])
                    neighbours = rules.neighbours_term(p.neighbours_effect, fresh[timeline.subregion[i]])
                    differs = anew or offer != s.offer or aid != s.aid or neighbours != s.neighbours
                    s.offer, s.aid, s.neighbours = offer, aid, neighbours
                    if differs:
                        for kind in range(3 if s.called or s.trigger != ITSELF else 2):
                            of_kind = min(kind, 1)
                            pledge, request, order = 0.0, 0.0, 0.0
                            if kind == 2:
                                if s.trigger == BY_PLEDGE:
                                    pledge = s.pledge_term
                                elif s.trigger == BY_REQUEST:
                                    request = reference.request_term[i]
                                elif s.trigger == BY_ORDER:
                                    order = reference.order_term[i]
                            odds = rules.balance(
                                reference.base[i, of_kind],
                                offer,
                                aid,
                                threat[i, of_kind],
                                backfire[i, of_kind],
                                s.government,
                                pledge,
                                request,
                                order,
                                neighbours,
                            )
                            if odds != balance[i, kind]:
                                balance[i, kind] = odds
                                wins[i, kind] = rules.wins(odds)

            # Each month: whether their talks open or close, and what is known of them.
            year, acts = exposure / 12.0, 0
            for k in range(with_it):
                i = allies[k]
                s = of[i]
                goes = TAIPEI
                if s.talks == IDLE and s.idle_since < t:
                    s.patience *= 1.0 - s.opens
                    if s.patience < s.spell:
                        talks_open(s, t, reference.public, seed, run, today, codes[i], False)

                # The chance that it leaves.
                if s.trigger == ITSELF:
                    opening = (1.0 - s.silent - s.public) * s.opens
                    met_chance = rules.chance_of_change(
                        beijing_accepts, s.close, s.silent, wins[i, 0], s.public, wins[i, 1]
                    )
                else:
                    opening = (1.0 - s.silent - s.public - s.by_call - s.waiting) * s.opens
                    met_chance = rules.chance_of_leaving(
                        beijing_accepts,
                        s.close,
                        s.silent,
                        wins[i, 0],
                        s.public,
                        wins[i, 1],
                        s.close_called,
                        s.by_call,
                        wins[i, 2],
                        s.waiting,
                        s.turned_away,
                    )
                    added = 0.0
                    if s.trigger == BY_ORDER:
                        added = s.close_called * s.by_call * (1.0 - beijing_accepts)
                    s.by_call = rules.share_after(s.by_call, s.close_called, 0.0, met_chance)
                    if s.waiting > 0.0 or added > 0.0:
                        if s.waiting <= 0.0:
                            s.turned_away = beijing_accepts
                        s.waiting = rules.waiting_after(s.waiting, s.turned_away, beijing_accepts, added, met_chance)
                        s.turned_away = max(s.turned_away, beijing_accepts)
                s.silent = rules.share_after(s.silent, s.close, opening * (1.0 - reference.public), met_chance)
                s.public = rules.share_after(s.public, s.close, opening * reference.public, met_chance)

                # Talks close: the state decides.
                if s.talks != IDLE and s.ended == _NO_OUTCOME and (s.opened < t or s.called):
                    s.door *= 1.0 - (s.close_called if s.called else s.close)
                    if s.door < s.knock:
                        since = before_start if s.opened < 0 else timeline.calendar_month[s.opened]
                        u = uniform(seed, run, since, codes[i], LUCK)
                        kind = 2 if s.called else s.talks - SILENT
                        closes(s, u, beijing_accepts, balance[i, kind], wins[i, kind])
                        if s.ended == LEFT:
                            goes = rules.destination(True, in_truce)
                        elif s.ended == NOT_TAKEN and s.called and s.trigger == BY_ORDER:
                            s.ended = _NO_OUTCOME
                if is_called and calls.switch[i] == BEIJING:
                    s.ended, goes, met_chance = _NO_OUTCOME, BEIJING, rules.MOST_CHANCE
                s.away += s.home * met_chance
                if keep_accounts:
                    book[i, TAIPEI_PAYS] += s.from_taipei * year
                    book[i, WASHINGTON_PAYS] += s.from_washington * year
                if keep or goes != TAIPEI or s.ended != _NO_OUTCOME:
                    acting[acts], after[i], s.met = i, goes, met_chance
                    acts += 1

            # What those weighed whose talks have ended.
            for k in range(acts):
                i = acting[k]
                s, row = of[i], rows[i]
                kind = 2 if s.called else max(s.talks - SILENT, 0)
                of_kind = min(kind, 1)
                blank(row)
                row[SIDE] = float(TAIPEI)
                row[TALKS_COLUMN] = float(s.talks)
                row[T_BASE] = reference.base[i, of_kind]
                row[T_OFFER] = s.offer
                row[T_AID] = s.aid
                row[T_THREAT] = threat[i, of_kind]
                row[T_BACKFIRE] = backfire[i, of_kind]
                row[T_GOVERNMENT] = s.government
                if s.called:
                    if s.trigger == BY_PLEDGE:
                        row[T_PLEDGE] = s.pledge_term
                    elif s.trigger == BY_REQUEST:
                        row[T_REQUEST] = reference.request_term[i]
                    elif s.trigger == BY_ORDER:
                        row[T_ORDER] = reference.order_term[i]
                row[T_NEIGHBOURS] = s.neighbours
                row[ACCEPTANCE] = beijing_accepts
                row[CHANCE] = beijing_accepts * wins[i, kind]
                row[HAZARD] = rules.yearly_rate(s.met, exposure)

            # States that are not with Taipei, those that there is something new of: the same, with the sides changed.
            everyone = keep or timeline.stirs[t] or taipei_accepts != accepted
            accepted = taipei_accepts
            if everyone or moved or t >= soonest:
                soonest, watching = _FAR, 0
                for k in range(n - with_it):
                    i = others[k]
                    if everyone or t >= look_at[i]:
                        watched[watching] = i
                        watching += 1
                    else:
                        soonest = min(soonest, look_at[i])
            looked, watching = watching, 0

            # The patrons bid for them.
            for k in range(n - with_it if moved else looked):
                i = others[k] if moved else watched[k]
                s = of[i]
                anew, unpaid = everyone or s.touched == t or math.isnan(s.courted), s.missing != 0.0
                # A bid that would be the one of reference is worked out when somebody looks.
                moves = anew or (s.as_usual and t >= look_at[i]) or (moved and not (usual_means and s.as_usual))
                if not (moves or unpaid):
                    continue
                if anew:
                    s.courted = rules.wooed(timeline.taipei_wooing[t], p.return_pledge_effect, levels[RETURN_PLEDGE, i])
                    s.auction = rules.goes_up_to(
                        reference.win_limit[i], timeline.taipei_wooing[t], timeline.taipei_budget[t]
                    )
                    s.government = rules.return_government_term(p.return_lean_effect, lean[i], timeline.lean_ref[i])
                if moves:
                    gdp, trust = timeline.gdp[i], trusts[timeline.region[i]]
                    offered = rules.beijing_bid(
                        reference.limit[i], timeline.beijing_budget[t], purse, trust, levels[OFFER, i], gdp
                    )
                    if offered == s.bid and reference.bid[i, t] == s.bid_ref and not (anew or unpaid):
                        continue
                    s.bid_ref = reference.bid[i, t]
                    if offered != s.bid:
                        s.bid = offered
                        s.bid_worth = rules.worth(offered + timeline.access[i])
                    s.counter = rules.taipei_bid(s.auction, levels[AID, i], levels[MATCH, i], offered, gdp)
                    induced = s.counter + levels[INDUCEMENT, i]
                    if induced != s.answer:
                        s.answer = induced
                        s.answer_worth = rules.worth(induced)
                    s.offer = rules.return_offer_term(p.money_effect, s.bid_worth, s.bid_ref)
                    s.as_usual = reference.usual_bid[i] and s.offer == 0.0 and levels[MATCH, i] == 0.0
                    s.aid = rules.return_aid_term(p.money_effect, s.answer_worth, reference.win_answer[i])
                if anew or unpaid:
                    s.shortfall = rules.shortfall_term(
                        p.shortfall_effect, rules.shortfall(s.missing, (t - s.left) / 12.0, p.package_years)
                    )
                for kind in range(2):
                    odds = rules.balance_of_coming(coming.base[i, kind], s.offer, s.aid, s.government, s.shortfall)
                    if odds != balance[i, kind]:
                        balance[i, kind] = odds
                        wins[i, kind] = rules.wins(odds)
                if not everyone and t < look_at[i]:
                    met_chance = rules.chance_of_change(
                        taipei_accepts, coming.close_at[i, s.office], s.silent, wins[i, 0], s.public, wins[i, 1]
                    )
                    if met_chance != s.steady:
                        met = (t - s.steady_since) * s.steady
                        s.away -= s.home * met
                        s.steady, s.steady_since = met_chance, t

            for k in range(looked):
                i = watched[k]
                s = of[i]
                code = codes[i]
                after[i] = side[i]
                s.ended = _NO_OUTCOME

                # Talks open of themselves, more easily where Taipei woos.
                known = time_in_office(t - government_since[i])
                s.office = known
                if t == 0:
                    now = rules.leaving(coming.rate[i], coming.pace[known], exposure)
                    close = rules.closing_at(come_close[i], now, come_chance[i])
                    open_now = rules.opening_at(come_share[i], close, now)
                else:
                    close, open_now = come_close_at[i, known], come_open_at[i, known]
                if s.courted != 1.0:
                    s.tracked = True
                open_now = rules.at_odds(open_now, s.courted)
                stays = 1.0 - open_now
                if s.talks == IDLE and s.idle_since < t and (stays != s.staying or t >= s.wake):
                    for _ in range(s.seen + 1, t):
                        s.patience *= s.staying
                    s.patience *= stays
                    s.staying, s.seen = stays, t
                    s.wake = _FAR
                    if s.patience < s.spell:
                        talks_open(s, t, reference.public, seed, run, today, code, True)
                    elif t == 0:
                        s.wake = 1
                    elif _may_run_out(s.patience, stays, months - t, s.spell):
                        left_over = s.patience
                        for later in range(t + 1, months):
                            left_over *= stays
                            if left_over < s.spell:
                                s.wake = later
                                break

                # What is known of its talks, and so the chance that it comes.
                met_chance = rules.chance_of_change(taipei_accepts, close, s.silent, wins[i, 0], s.public, wins[i, 1])
                if s.tracked:
                    opening = (1.0 - s.silent - s.public) * open_now
                    silent = opening * (1.0 - reference.public)
                    s.silent = rules.share_after(s.silent, close, silent, met_chance)
                    s.public = rules.share_after(s.public, close, opening * reference.public, met_chance)

                # Talks close: the state decides.
                if s.talks != IDLE and s.opened < t:
                    s.door *= 1.0 - close
                    if s.door < s.knock:
                        since = before_start if s.opened < 0 else timeline.calendar_month[s.opened]
                        u = uniform(seed, run, since, code, COME_LUCK)
                        kind = s.talks - SILENT
                        closes(s, u, taipei_accepts, balance[i, kind], wins[i, kind])
                        if s.ended == LEFT:
                            after[i] = TAIPEI
                if side[i] == NEITHER and after[i] == NEITHER and not in_truce:
                    after[i] = BEIJING
                if is_called and calls.switch[i] == TAIPEI:
                    s.ended = _NO_OUTCOME
                    met_chance = rules.MOST_CHANCE
                    after[i] = TAIPEI
                if met_chance != s.steady:
                    met = (t - s.steady_since) * s.steady
                    s.away -= s.home * met
                    s.steady, s.steady_since = met_chance, t

                # When it is to be looked at again.
                look_at[i] = s.wake
                unsettled = t == 0 or s.talks != IDLE or s.tracked or side[i] == NEITHER or known == FIRST_YEAR
                if unsettled or (s.missing != 0.0 and t - s.left <= 12.0 * p.package_years):
                    look_at[i] = t + 1
                    watched[watching] = i
                    watching += 1
                else:
                    soonest = min(soonest, s.wake)
                if keep or after[i] != side[i] or s.ended != _NO_OUTCOME:
                    kind, row = max(s.talks - SILENT, 0), rows[i]
                    blank(row)
                    row[SIDE] = float(side[i])
                    row[TALKS_COLUMN] = float(s.talks)
                    row[T_BASE] = coming.base[i, kind]
                    row[T_OFFER] = s.offer
                    row[T_AID] = s.aid
                    row[T_GOVERNMENT] = s.government
                    row[T_SHORTFALL] = s.shortfall
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

            # The hosts weigh their military cooperation, all at once, when anything may be other than last month.
            anything = relevel or fading or stale or t == 0
            for j in range(hosts if anything or exposure != timeline.exposure[t - 1] else 0):
                i, place = timeline.host[j], n + j
                s, row = of[i], rows[place]
                blank(row)
                row[SIDE] = float(side[place])
                row[ACCEPTANCE] = 1.0
                if side[place] == ACTIVE:
                    hostility = rules.felt_hostility(timeline.hostility[t], levels[HOSTILITY, i], s.eased)
                    dependence = rules.dependence_left(
                        timeline.dependence_scale[i],
                        timeline.exports[i],
                        rules.remittances_left(timeline.remittances[i], levels[DEPORTATIONS, i] + s.deported),
                        rules.aid_raised(timeline.us_aid[i], s.rent, timeline.gdp[i]),
                        levels[US_CUT, i] + s.aid_cut,
                        s.security,
                    )
                    row[T_BASE] = reference.cooperation[j]
                    row[T_BACKFIRE] = rules.hostility_term(p.hostility_effect, timeline.pride[i], hostility)
                    row[T_THREAT] = rules.hold_term(p.hold_effect, dependence, p.usual_host_dependence)
                    row[T_GOVERNMENT] = rules.government_term(p.suspension_lean_effect, lean[i], timeline.lean_ref[i])
                    row[T_NEIGHBOURS] = rules.ripple_term(p.ripple, precedents - s.ripples)
                    row[T_ORDER] = rules.rate_of_acts(
                        reference.notice_rate,
                        levels[NOTICE, i],
                        reference.words_rate[j],
                        levels[THREAT, i],
                        row[T_NEIGHBOURS],
                    )
                    log_rate = rules.log_hazard_of_suspension(
                        row[T_BASE], row[T_BACKFIRE], row[T_THREAT], row[T_GOVERNMENT], row[T_NEIGHBOURS]
                    )
                    row[HAZARD] = rules.hazard_of_suspension(log_rate, row[T_ORDER])
                else:
                    row[T_BASE] = math.log(p.restoration_rate)
                    row[HAZARD] = p.restoration_rate
                chance[place] = rules.monthly_chance(row[HAZARD], exposure)

            for i in range(n, places):
                host = timeline.host[i - n]
                if side[host] != TAIPEI:
                    book[i, WASHINGTON_PAYS] += year * rules.washington_gives(
                        0.0, levels[US_CUT, host], timeline.us_aid[host], timeline.gdp[host]
                    )
                away[i - n] += chance[i] if side[i] == ACTIVE else -chance[i]
            if horizon < horizons.shape[0] and t == horizons[horizon]:
                sums = expected[draw - first_run // RUNS_PER_DRAW]
                for i in range(places):
                    by_now = of[i].away if i < n else away[i - n]
                    if i < n and side[i] != TAIPEI:
                        s = of[i]
                        by_now -= s.home * ((t + 1 - s.steady_since) * s.steady)
                    sums[i, horizon, 0] += by_now
                    sums[i, horizon, 1] += by_now * by_now
                horizon += 1

            # The hosts decide.
            for j in range(hosts):
                purpose = SUSPEND if side[n + j] == ACTIVE else RESTORE
                u = uniform(seed, run, today, codes[timeline.host[j]], purpose)
                after[n + j] = side[n + j]
                if u < chance[n + j]:
                    after[n + j] = SUSPENDED if side[n + j] == ACTIVE else ACTIVE

            # Settlement: prices, commitments, what follows; the month is recorded.
            stale, relevel = False, False
            if p.neighbours_effect != 0.0:
                for k in range(fresh.shape[0]):
                    fresh[k] *= timeline.monthly_year_fade
            for k in range(acts + hosts):
                i = acting[k] if k < acts else n + k - acts
                s = of[i if i < n else 0]
                if i < n and side[i] == TAIPEI:
                    ended = s.ended
                    if after[i] != TAIPEI:
                        gdp, trust = timeline.gdp[i], trusts[timeline.region[i]]
                        face = rules.percent(reference.usual[i], gdp)
                        s.package = reference.usual[i]
                        if ended == LEFT:
                            price = rules.beijing_pays(s.bid_worth, reference.access[i], s.surplus, p.money_effect)
                            own = rules.from_purse(price, levels[OFFER, i], trust)
                            face = rules.promised(price, levels[OFFER, i], levels[DOUBTED, i], own)
                            s.package = own / 100.0 * gdp
                        s.package_until = t + 12.0 * p.package_years
                        rows[i, PRICE] = face
                        rows[i, PRICE_MUSD] = face / 100.0 * gdp
                        arrives = uniform(seed, run, today, codes[i], DELIVERED)
                        s.visible_share = timeline.delivered[int(arrives * timeline.delivered.shape[0])]
                        s.visible = t + rules.VISIBLE_MONTHS
                        due = min(due, s.visible, math.ceil(s.package_until))
                        s.missing = rules.undelivered(face, s.visible_share)
                        rows[i, ARRIVES] = s.visible_share
                        package_begins(book, i, t, rows[i, PRICE_MUSD], s.visible_share, p.package_years, left_after[t])
                        s.grant, s.burden = 0.0, 0.0
                        stale = True
                    elif ended in (STAYED, NOT_TAKEN):
                        gdp = timeline.gdp[i]
                        stands = rules.percent(s.standing, gdp)
                        price = stands
                        if ended == STAYED:
                            price = rules.taipei_pays(
                                s.answer_worth, levels[INDUCEMENT, i], stands, s.surplus, p.money_effect
                            )
                        rows[i, PRICE] = price
                        rows[i, PRICE_MUSD] = price / 100.0 * gdp
                        if price > stands:
                            s.grant = rules.granted(price, s.base_now, levels[AID, i], gdp)
                            s.burden = min(s.grant, max(0.0, s.auction - s.base_now))
                            s.grant_until = t + 12.0 * p.aid_years
                            due = min(due, math.ceil(s.grant_until))
                            stale = True
                elif i < n and (s.ended != _NO_OUTCOME or after[i] == TAIPEI):
                    ended, gdp, price = s.ended, timeline.gdp[i], 0.0
                    s.base_now = rules.base_after(reference.aid[i], timeline.taipei_budget[t], levels[TAIPEI_CUT, i])
                    if after[i] == TAIPEI:
                        price = rules.percent(s.base_now, gdp)
                        if ended == LEFT:
                            price = rules.taipei_pays(
                                s.answer_worth, levels[INDUCEMENT, i], 0.0, -s.surplus, p.money_effect
                            )
                            s.grant = rules.granted(price, s.base_now, levels[AID, i], gdp)
                            s.burden = min(s.grant, max(0.0, s.auction - s.base_now))
                            s.grant_until = t + 12.0 * p.aid_years
                            due = min(due, math.ceil(s.grant_until))
                    elif ended == STAYED:
                        trust = trusts[timeline.region[i]]
                        least = rules.beijing_pays(s.bid_worth, reference.access[i], -s.surplus, p.money_effect)
                        own = rules.from_purse(least, levels[OFFER, i], trust)
                        price = rules.promised(least, levels[OFFER, i], levels[DOUBTED, i], own)
                        if own / 100.0 * gdp > s.package:
                            s.package = own / 100.0 * gdp
                            s.package_until = t + 12.0 * p.package_years
                            due = min(due, math.ceil(s.package_until))
                            stale = True
                        if price / 100.0 * gdp > owed(book, i, t):
                            arrives = uniform(seed, run, today, codes[i], DELIVERED)
                            rows[i, ARRIVES] = timeline.delivered[int(arrives * timeline.delivered.shape[0])]
                            package_begins(
                                book, i, t, price / 100.0 * gdp, rows[i, ARRIVES], p.package_years, left_after[t]
                            )
                    rows[i, PRICE] = price
                    rows[i, PRICE_MUSD] = price / 100.0 * gdp
                if i < n and s.ended != _NO_OUTCOME:
                    if keep_talks:
                        talk = talked[concluded]
                        talk[TALK_RUN] = run
                        talk[TALK_OPENED] = s.opened
                        talk[TALK_CLOSED] = t
                        talk[TALK_STATE] = i
                        talk[TALK_PUBLIC] = 1.0 if s.talks == IN_PUBLIC else 0.0
                        talk[TALK_TRIGGER] = s.trigger if s.called else ITSELF
                        talk[TALK_BEIJING] = s.bid
                        talk[TALK_TAIPEI] = s.counter
                        talk[TALK_PRESSURE] = 0.0
                        if side[i] == TAIPEI:
                            talk[TALK_PRESSURE] = pressed[i, 1 if s.talks == IN_PUBLIC else 0]
                        talk[TALK_SIDE] = side[i]
                        for column in range(TALK_END - TALK_TERM):
                            talk[TALK_TERM + column] = rows[i, T_BASE + column]
                        talk[TALK_END] = rows[i, ACCEPTANCE]
                        talk[TALK_END + 1] = rows[i, CHANCE]
                        talk[TALK_END + 2] = s.ended
                        talk[TALK_END + 3] = rows[i, PRICE]
                        talk[TALK_END + 4] = rows[i, PRICE_MUSD]
                        concluded += 1
                    s.ended, s.talks, s.idle_since = _NO_OUTCOME, IDLE, t
                    s.patience, s.door = 1.0, 1.0
                    if side[i] == TAIPEI:
                        s.called = False
                        if calls.request[i] >= 0:
                            calls.request[i] = -1
                            s.touched, stale = t + 1, True
                        s.spell = uniform(seed, run, today, codes[i], OPENING)
                    else:
                        s.spell = uniform(seed, run, today, codes[i], COME_OPENING)
                        s.staying, s.seen, s.wake = math.nan, t, t + 1
                        look_at[i], soonest = t + 1, t + 1
                if keep:
                    for column in range(COLUMNS):
                        ledger[run - first_run, t, i, column] = rows[i, column]
                if after[i] == side[i]:
                    continue
                stale = True
                changes[changed, 0] = run
                changes[changed, 1] = t
                changes[changed, 2] = i
                changes[changed, 3] = side[i]
                changes[changed, 4] = after[i]
                for column in range(COLUMNS):
                    changes[changed, HEAD + column] = rows[i, column]
                changed += 1
                if i >= n:
                    host, relevel = timeline.host[i - n], True
                    if after[i] == SUSPENDED:
                        cooperating -= 1
                        of[host].security = 0.0
                        end_words(events, host, THREAT, NOTICE, status)
                        u = uniform(seed, run, today, codes[host], ANSWER)
                        carried_out[1] += 1.0
                        row = answers[answered]
                        blank(row)
                        row[ANSWER_RUN], row[ANSWER_MONTH], row[ANSWER_HOST] = run, t, i - n
                        row[ANSWER_KIND], row[ANSWER_RENT] = KEEPS_AID, 0.0 - of[host].rent
                        of[host].rent = 0.0
                        if u < p.answer_chance:
                            before = levels[US_CUT, host]
                            row[ANSWER_KIND] = CUTS_AID
                            row[ANSWER_AID] = -rules.taken(
                                reference.us_aid[i - n], before + of[host].aid_cut, before + p.answer_share
                            )
                            of[host].aid_cut = p.answer_share
                            carried_out[0] += 1.0
                        washington_answers(
                            book, i, row[ANSWER_AID], row[ANSWER_REMITTANCES], row[ANSWER_RENT], left_after[t]
                        )
                        answered += 1
                    else:
                        cooperating += 1
                        of[host].security = timeline.security[host]
                        of[host].aid_cut = 0.0
                        aid_returns(book, i, left_after[t])
                elif side[i] == TAIPEI:
                    count -= 1
                    s.left = t
                    order_since[i] = NEVER
                    s.trigger, s.called = ITSELF, False
                    s.waiting, calls.request[i] = 0.0, -1
                    relevel = end_words(events, i, PLEDGE, PLEDGE, status) or relevel
                    fresh[timeline.subregion[i]] += 1.0
                    s.steady, s.steady_since = 0.0, t + 1
                    s.tracked = coming.chance[i] > rules.SELDOM
                    s.staying, s.seen, s.wake, s.courted = math.nan, t, t + 1, math.nan
                    look_at[i], soonest = t + 1, t + 1
                    settles(s, t, coming.share[i], reference.public, seed, run, today, codes[i], True)
                elif after[i] == TAIPEI:
                    count += 1
                    relevel = end_words(events, i, RETURN_PLEDGE, RETURN_PLEDGE, status) or relevel
                    met = (t + 1 - s.steady_since) * s.steady
                    s.away -= s.home * met
                    s.steady, s.steady_since = 0.0, t + 1
                    s.package, s.touched, soonest = 0.0, t + 1, t + 1
                    package_ends(book, i, t, left_after[t])
                    settles(s, t, reference.share[i], reference.public, seed, run, today, codes[i], False)
                side[i] = after[i]
            if stale:
                with_it = 0
                for i in range(n):
                    s = of[i]
                    if side[i] == TAIPEI:
                        allies[with_it] = i
                        with_it += 1
                    else:
                        others[i - with_it] = i
            counts[run - first_run, t, 0] = count
            counts[run - first_run, t, 1] = cooperating
        if keep_accounts:
            for i in range(places):
                for column in range(ACCOUNTS):
                    accounts[run - first_run, i, column] = book[i, column]
        # Row 0 is the roster at the end of `as_of`, not of its month.
        counts[run - first_run, 0, 0] = at_start
        counts[run - first_run, 0, 1] = hosts
    return changes[:changed], talked[:concluded], answers[:answered]


@part
def settles(
    s: Any, at: int, share: float, public: float, seed: int, run: int, month: int, code: int, comes: bool
) -> None:
    """A state begins with Taipei, or (`comes`) away from it: perhaps in talks already, of which nobody knows.

    at : the row of the month, -1 before the start; month : absolute; share : of its months that are in talks
    """
    s.silent, s.public, s.by_call = share * (1.0 - public), share * public, 0.0
    s.talks, s.opened, s.idle_since, s.patience = IDLE, at, at, 1.0
    u = uniform(seed, run, month, code, COME_IN_TALKS if comes else IN_TALKS)
    if u < share:
        talks_open(s, at, public, seed, run, month, code, comes)
    elif comes:
        s.spell = rules.beyond(u, share)
    else:
        s.spell = uniform(seed, run, month, code, OPENING)


@part
def talks_open(s: Any, at: int, public: float, seed: int, run: int, month: int, code: int, comes: bool) -> None:
    """Talks open of themselves, silent or with the chance `public` in public; when they close is drawn with it."""
    s.talks = SILENT
    if uniform(seed, run, month, code, COME_PUBLIC if comes else PUBLIC) < public:
        s.talks = IN_PUBLIC
    s.opened, s.door = at, 1.0
    s.knock = uniform(seed, run, month, code, COME_CLOSING if comes else CLOSING)


@part
def closes(s: Any, u: float, accepts: float, balance: float, wins: float) -> None:
    """How talks end, given a uniform number: no offer is taken, or one bid beats the other by a surplus.

    accepts : chance that the new patron takes the state; balance : of the bids, log odds; wins : chance that it goes
    """
    s.ended = NOT_TAKEN
    if u < accepts:
        u /= accepts
        s.surplus = rules.surplus(balance, u)
        s.ended = LEFT if u < wins else STAYED


@rule
def blank(row: Floats) -> None:
    """All columns of a row are 0."""
    for column in range(row.shape[0]):
        row[column] = 0.0


@part
def _longer(rows: Floats, filled: int, least: int) -> Floats:
    """The first `filled` rows, with room for twice as many and for `least`."""
    longer = np.empty((max(2 * filled, least), rows.shape[1]))
    for row in range(filled):
        for column in range(rows.shape[1]):
            longer[row, column] = rows[row, column]
    return longer


@rule
def _either(scenario_value: float, drawn: float) -> float:
    """The scenario's value, or the drawn parameter where the scenario says nothing."""
    return drawn if math.isnan(scenario_value) else scenario_value


@rule
def _may_run_out(patience: float, stays: float, months: int, spell: float) -> bool:
    """Whether patience may fall below the spell within so many months; spares months that would be counted in vain.

    (1 - x)^m is at least 1 - m x; what is taken off that is far more than rounding.
    """
    return patience * (1.0 - months * (1.0 - stays)) * (1.0 - 1e-9) < spell
