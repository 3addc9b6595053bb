"""A scenario as plain arrays: months, levers, states and events, ready for either engine."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Events(NamedTuple):
    """What is dated: arrays over events (E), in order of date, and elections (L)."""

    month: Ints
    """(E,) month index, sorted; negative before the start."""
    kind: Ints
    """(E,) a kind of `sim.model.calendar`."""
    state: Ints
    """(E,) index of the state, or -1."""
    incoming: NDArray[np.bool_]
    """(E,) words of a government still to take office."""
    span: Ints
    """(E,) months it lasts (truces)."""
    exposure: Floats
    """(E,) share of its month left after it, no more than is simulated."""
    answer: Ints
    """(E,) Taipei's answer to a request: a kind of `sim.model.calendar`; 0 for other events."""
    fade: Floats
    """(E, T + 1) weight by month, 0 before it begins and after it is over."""
    years: Floats
    """(E,) years over which an offered sum is paid; 1 for other events."""
    from_budget: NDArray[np.bool_]
    """(E,) an offer that comes out of the patron's budget."""
    signed: NDArray[np.bool_]
    """(E,) a signed package."""
    election: Ints
    """(E,) election it follows, or -1."""
    outcome: Ints
    """(E,) outcome of that election it follows, or -1."""
    purpose: Ints
    """(E,) purpose number of its own chance."""
    vote: Ints
    """(L,) purpose number of each election."""


class Timeline(NamedTuple):
    """Arrays over months (T + 1: month 0 is that of the start), states (n), events (E) and elections (L).

    The two engines read nothing else but this, the parameters of a draw, and the seed.
    """

    exposure: Floats
    """(T + 1,) share of each month that is simulated, 0 to 1."""
    calendar_month: Ints
    """(T + 1,) absolute month: year * 12 + month - 1."""
    stirs: NDArray[np.bool_]
    """(T + 1,) whether a lever is not what it was the month before; always in the first month."""
    fades: NDArray[np.bool_]
    """(T + 1,) whether an event may not weigh what it weighed the month before."""
    answers: NDArray[np.bool_]
    """(T + 1,) whether an answer of Washington's to a host may fall due."""

    beijing_budget: Floats
    """(T + 1,) multiple of reference."""
    beijing_acceptance: Floats
    """(T + 1,) multiple of contest, 0 to 1."""
    beijing_approach: Floats
    """(T + 1,) multiple of the odds that talks open."""
    taipei_budget: Floats
    """(T + 1,) multiple of reference."""
    taipei_acceptance: Floats
    """(T + 1,) readiness to take a state that comes (back), 0 to 1."""
    taipei_wooing: Floats
    """(T + 1,) multiple of its limit for states not with it, and of the odds that talks with them open."""
    washington_attention: Floats
    """(T + 1,) multiple of reference."""
    washington_focus: Floats
    """(T + 1,) NaN: the drawn parameter."""
    hostility: Floats
    """(T + 1,) Washington's other quarrels, felt by every state, 0 to 3."""

    code: Ints
    """(n,) number of the state's ISO letters, its address in the random numbers."""
    with_taipei: NDArray[np.bool_]
    """(n,) on Taipei's side at the start; the others are with Beijing (or neither) and may come."""
    with_none: NDArray[np.bool_]
    """(n,) with neither side at the start."""
    economy: NDArray[np.bool_]
    """(n,) False for the Holy See, which money does not move."""
    gdp: Floats
    """(n,) US$ million a year."""
    log_gdp: Floats
    """(n,) natural logarithm of `gdp`."""
    covariates: Floats
    """(n, 4) covariates of leaving, in standard deviations (see `sim.model.covariates`); 0 for the Holy See."""
    return_covariates: Floats
    """(n, 3) covariates of coming (back) to Taipei."""
    susceptibility: Floats
    """(n,) multiple of its own hazard, >= 0, as the scenario has it."""
    prestige: Floats
    """(n,) multiple of what Beijing would pay for a state of this size."""
    access: Floats
    """(n,) what trade with Beijing is thought to bring, % of GDP a year."""
    own_aid: Floats
    """(n,) Taipei's documented aid, US$ million a year; NaN: by size."""
    gdp_ref: Floats
    """(n,) US$ million a year, under reference conditions."""
    log_gdp_ref: Floats
    """(n,) natural logarithm of `gdp_ref`."""
    prestige_ref: Floats
    """(n,) under reference conditions."""
    access_ref: Floats
    """(n,) under reference conditions."""
    own_aid_ref: Floats
    """(n,) under reference conditions."""
    pride: Floats
    """(n,) 0 to 1."""
    lean: Floats
    """(n,) lean of the government at the start, -1 to 1."""
    lean_ref: Floats
    """(n,) the same under reference conditions."""
    exports: Floats
    """(n,) exports to the United States, % of goods exports."""
    remittances: Floats
    """(n,) remittances from the United States, % of GDP."""
    us_aid: Floats
    """(n,) US aid, % of GDP."""
    security: Floats
    """(n,) security tie with Washington, 0 to 3."""
    dependence_scale: Floats
    """(n,) 1, or what brings the dependence made of the parts to the one the scenario sets."""
    dependence_ref: Floats
    """(n,) dependence under reference conditions, 0 to 1."""
    region: Ints
    """(n,) 0 Americas, 1 Oceania, 2 elsewhere."""
    subregion: Ints
    """(n,) index into `fresh_switches`."""
    fresh_switches: Floats
    """(n_subregions,) switches on record in each subregion, faded by age, at the end of the month before month 0."""
    government_since: Ints
    """(n,) month index in which the government of the start took office; `NEVER` where the scenario does not say."""
    left: Ints
    """(n,) month index of the last departure from Taipei of those not with it (negative; `NEVER` for the others)."""
    host: Ints
    """(h,) positions of the states that host Washington's forces, in a scenario that follows that tie."""
    host_compact: NDArray[np.bool_]
    """(h,) in a Compact of Free Association."""

    reference_log_gdp: Floats
    """(m,) of the states with Taipei in the reference scenario that have an economy."""
    reference_own_aid: Floats
    """(m,) Taipei's documented aid to them, US$ million a year; NaN: by size."""
    mean_log_gdp: float
    """Mean log GDP (US$ million) of the switchers whose packages set the usual size."""
    running_log_gdp: Floats
    """(k,) log GDP (US$ million) of the states that left in the ten years before the start."""
    running_percent: Floats
    """(k,) their recorded package, % of GDP a year; NaN: the usual one."""
    running_since: Ints
    """(k,) month index of their departure (negative)."""
    delivered: Floats
    """(d,) shares of Beijing's promises that arrived, as known at the start; never empty."""
    delivered_mean: float
    """The mean share, with half a case added for caution."""
    delivered_total: Floats
    """(3,) sum of the shares by region."""
    delivered_cases: Floats
    """(3,) number of them by region."""

    events: Events
    monthly_year_fade: float
    """0.5 to the power of 1/12: a month's fading at a half-life of a year."""
