"""From a loaded scenario to its timeline: dates become month indices, names become positions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from sim.atlas import OwnFacts, deliveries, economy, government, leverage, packages, states, taipei_aid
from sim.model import calendar as kinds
from sim.model import covariates, rules
from sim.model.covariates import Yardsticks
from sim.model.draws import state_code
from sim.model.entries import Entry, Uncertain, entries_of, events_of, left_of_month, uncertain, value_of, votes_of
from sim.model.timeline import Events, Floats, Timeline
from sim.scenario import Members, ResolvedScenario, Scenario, StateTable, members
from sim.scenario.fields import PATRONS, month_number
from sim.scenario.levers import LEVERS

HOLY_SEE = "VAT"
_REGIONS = {"Americas": 0, "Oceania": 1}


@dataclass(frozen=True)
class Plan:
    """A scenario laid out for the engines."""

    loaded: ResolvedScenario
    members: Members
    months: tuple[str, ...]
    """Label of each row, `YYYY-MM`: row 0 is the roster at the end of `as_of`, row m the end of month m."""
    timeline: Timeline
    entries: tuple[Entry, ...]
    """In the order of the timeline's events."""
    event_values: tuple[float | Uncertain, ...]
    """Value of each event, in the order of `entries`."""
    event_chances: tuple[float | Uncertain, ...]
    """Chance of each event."""
    outcome_chances: tuple[tuple[float | Uncertain, ...], ...]
    """Chance of each outcome of each election."""

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """ISO codes of the hosts, in the order of the timeline."""
        return tuple(code for code in self.members.all if code in self.loaded.scenario.cooperation.hosts)

    @property
    def states(self) -> tuple[str, ...]:
        """ISO codes in the order of the timeline's states."""
        return self.members.all


def month_label(number: int) -> str:
    """`YYYY-MM` of an absolute month."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


_CALENDAR = ("events", "elections", "given")
"""Tables of a scenario that say what happens; those of the patrons say what these do."""
_WORLD = tuple(
    name for name in Scenario.model_fields if name not in (*PATRONS, *_CALENDAR, "parameters", "expectations")
)
"""Tables that decide who is simulated over which months, and what the states are like at the start: all others, but for
those that have no part in a plan."""


def plan(loaded: ResolvedScenario, yardsticks: Yardsticks, near: Plan | None = None) -> Plan:
    """Lay out a scenario.

    yardsticks : what the fit on the record measures states by
    near : a plan laid out by the same rule, to take from it what both have in common; None: nothing is taken
    """
    scenario = loaded.scenario
    common = near if near is not None and _agree(near.loaded, loaded, _WORLD) else None
    first = month_number(scenario.scenario.start)
    numbers = range(first, first + scenario.months + 1)
    if common is not None and _agree(common.loaded, loaded, _CALENDAR):
        if _agree(common.loaded, loaded, (*PATRONS,)):
            return replace(common, loaded=loaded)
        return replace(common, loaded=loaded, timeline=common.timeline._replace(**_levers(scenario, numbers)))
    who = members(scenario) if common is None else common.members
    entries = entries_of(scenario, first)
    events = events_of(entries, scenario, who.all, numbers)
    moves = {
        **_levers(scenario, numbers),
        "fades": _stirs([*events.fade], len(numbers)),
        "answers": _answers(events, len(numbers)),
        "events": events,
    }
    world = _world(loaded, who, yardsticks, numbers) if common is None else common.timeline._asdict()
    return Plan(
        loaded=loaded,
        members=who,
        months=tuple(month_label(number) for number in numbers),
        timeline=Timeline(**world | moves),
        entries=tuple(entries),
        event_values=tuple(value_of(entry) for entry in entries),
        event_chances=tuple(uncertain(entry.event.chance, f"{entry.name}.chance", 0.0, 1.0) for entry in entries),
        outcome_chances=tuple(
            tuple(
                uncertain(scenario.chance_of(name, which), f"elections.{name}.outcomes.{which}.chance", 0.0, 1.0)
                for which, _ in outcomes
            )
            for name, outcomes in votes_of(scenario)
        ),
    )


def _agree(one: ResolvedScenario, other: ResolvedScenario, tables: tuple[str, ...]) -> bool:
    """Whether two scenarios, and what they are referred to, have the same in some tables."""
    mine, others = ((loaded.scenario, loaded.reference) for loaded in (one, other))
    return all(getattr(a, table) == getattr(b, table) for a, b in zip(mine, others, strict=True) for table in tables)


def _world(loaded: ResolvedScenario, who: Members, yardsticks: Yardsticks, numbers: range) -> dict[str, Any]:
    """All that is the same whatever the patrons do, and whatever happens."""
    scenario, first = loaded.scenario, numbers[0]
    return {
        **_months(scenario, numbers),
        **_states(loaded, who, first),
        **_covariates(loaded, who, yardsticks),
        **_hosts(scenario, who),
        **_reference(loaded.reference),
        "mean_log_gdp": yardsticks.mean_log_gdp,
        **_running(scenario, first),
        **delivered(scenario.as_of),
        "monthly_year_fade": 0.5 ** (1.0 / 12.0),
    }


# --- months -----------------------------------------------------------------------------------------------


def _months(scenario: Scenario, numbers: range) -> dict[str, Any]:
    exposure = np.ones(len(numbers))
    exposure[0] = left_of_month(scenario.scenario.start)
    return {"exposure": exposure, "calendar_month": np.array(numbers, dtype=np.int64)}


def _levers(scenario: Scenario, numbers: range) -> dict[str, Any]:
    """(T + 1,) each lever by month, NaN where the drawn parameter stands; and whether any stirs."""
    tables = {name: getattr(scenario, name) for name in PATRONS}
    levers = {
        lever.field: _series(
            getattr(tables[lever.patron], lever.key), numbers, math.nan if lever.usual is None else lever.usual
        )
        for lever in LEVERS
    }
    return {**levers, "stirs": _stirs([*levers.values()], len(numbers))}


def _stirs(series: list[Floats], length: int) -> Any:
    """(T + 1,) whether anything differs from the month before; in the first month all is new."""
    stirs = np.zeros(length, dtype=np.bool_)
    stirs[0] = True
    for values in series:
        same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
        stirs[1:] |= ~same
    return stirs


def _answers(events: Events, length: int) -> Any:
    """(T + 1,) whether Washington's answer to a host is set for the month, or follows what was said in the last."""
    due = np.zeros(length, dtype=np.bool_)
    for kind, month in zip(events.kind.tolist(), events.month.tolist(), strict=True):
        if kind == kinds.TOLD_ANSWER:
            due[max(0, month) : max(0, month) + 1] = True
        elif kinds.THREAT <= kind <= kinds.NOTICE and month >= -1:
            due[month + 1 : month + 2] = True
    return due


def _series(lever: float | Mapping[date, float] | None, numbers: range, default: float) -> Floats:
    """A lever by month: its value, or the last dated change up to that month, or the default before it."""
    if not isinstance(lever, Mapping):
        return np.full(len(numbers), default if lever is None else float(lever))
    values = np.full(len(numbers), default)
    for day, value in sorted(lever.items()):
        values[max(0, month_number(day) - numbers[0]) :] = value
    return values


# --- states -----------------------------------------------------------------------------------------------


def _states(loaded: ResolvedScenario, who: Members, first: int) -> dict[str, Any]:
    scenario = loaded.scenario
    own = [_facts(scenario, code) for code in who.all]
    base = [_facts(root, code) for code, root in zip(who.all, _bases(loaded, who), strict=True)]
    subregions = sorted({states()[code].subregion for code in who.all})
    gdp = np.array([facts["gdp"] for facts in own])
    gdp_ref = np.array([facts["gdp"] for facts in base])
    return {
        "code": np.array([state_code(code) for code in who.all], dtype=np.int64),
        "with_taipei": np.array([code in who.recognisers for code in who.all], dtype=np.bool_),
        "with_none": np.array(
            [code in who.candidates and scenario.known.side(code, scenario.as_of) == "none" for code in who.all],
            dtype=np.bool_,
        ),
        "economy": np.array([code != HOLY_SEE for code in who.all], dtype=np.bool_),
        "gdp": gdp,
        "log_gdp": np.array([math.log(value) for value in gdp.tolist()]),
        "susceptibility": np.array([facts["susceptibility"] for facts in own]),
        "prestige": np.array([facts["prestige"] for facts in own]),
        "access": np.array([facts["access"] for facts in own]),
        "own_aid": np.array([facts["own_aid"] for facts in own]),
        "gdp_ref": gdp_ref,
        "log_gdp_ref": np.array([math.log(value) for value in gdp_ref.tolist()]),
        "prestige_ref": np.array([facts["prestige"] for facts in base]),
        "access_ref": np.array([facts["access"] for facts in base]),
        "own_aid_ref": np.array([facts["own_aid"] for facts in base]),
        "pride": np.array([facts["pride"] for facts in own]),
        "lean": np.array([facts["lean"] for facts in own]),
        "lean_ref": np.array([facts["lean"] for facts in base]),
        "exports": np.array([facts["exports"] for facts in own]),
        "remittances": np.array([facts["remittances"] for facts in own]),
        "us_aid": np.array([facts["us_aid"] for facts in own]),
        "security": np.array([facts["security"] for facts in own]),
        "dependence_scale": np.array([facts["dependence_scale"] for facts in own]),
        "dependence_ref": np.array([_dependence(facts) for facts in base]),
        "region": np.array([region_of(code) for code in who.all], dtype=np.int64),
        "subregion": np.array([subregions.index(states()[code].subregion) for code in who.all], dtype=np.int64),
        "fresh_switches": np.array([_fresh_switches(name, scenario, first) for name in subregions]),
        "government_since": np.array([_since(scenario, code, first) for code in who.all], dtype=np.int64),
        "left": np.array([_left(scenario, code, first) for code in who.all], dtype=np.int64),
    }


def _bases(loaded: ResolvedScenario, who: Members) -> list[Scenario]:
    """The scenario whose facts are the reference of each state: the root, unless only the scenario has the state."""
    known = members(loaded.reference).all
    return [loaded.reference if code in known else loaded.scenario for code in who.all]


_NOTHING_SAID = StateTable()


class _State(NamedTuple):
    """A state on a day, by a scenario: all that its facts depend on."""

    code: str
    as_of: date
    table: StateTable
    """What the scenario says of it."""
    own: OwnFacts | None


def _facts(scenario: Scenario, code: str) -> Mapping[str, float]:
    """Facts of a state at `as_of`: the scenario's, otherwise the atlas's."""
    return _facts_of(_state(scenario, code))


def _state(scenario: Scenario, code: str) -> _State:
    return _State(code, scenario.as_of, scenario.states.get(code, _NOTHING_SAID), scenario.own)


# Kept, for the points of a sweep have most states in common, as a scenario has with its reference.
@lru_cache(maxsize=1024)
def _facts_of(state: _State) -> Mapping[str, float]:
    code, as_of, table, own = state
    atlas = _atlas_facts(state)
    in_office = government(code, as_of, own)
    given = {
        "gdp": table.gdp_million_usd,
        "exports": table.exports_to_usa,
        "remittances": table.remittances_from_usa,
        "us_aid": table.us_aid,
        "security": table.security_tie,
    }
    facts = {key: float(value if given[key] is None else given[key]) for key, value in atlas.items()}  # type: ignore[arg-type]
    facts["lean"] = table.lean if table.lean is not None else (in_office.lean if in_office else 0.0)
    facts |= {"pride": table.pride, "prestige": table.prestige, "susceptibility": table.susceptibility}
    known = table.taipei_aid if table.taipei_aid is not None else taipei_aid(code, as_of)
    facts |= {"access": table.access, "own_aid": math.nan if known is None else known}
    facts["dependence_scale"] = 1.0
    if table.dependence is not None:
        parts = rules.dependence(facts["exports"], facts["remittances"], facts["us_aid"], facts["security"])
        if parts == 0.0:
            facts |= {"exports": 50.0, "remittances": 20.0, "us_aid": 2.0, "security": 3.0}
            parts = 1.0
        facts["dependence_scale"] = table.dependence / parts
    return facts


def _atlas_facts(state: _State) -> dict[str, float]:
    """A state's economy and ties by the atlas, which is not asked for what the scenario's table of the state has."""
    code, as_of, table, own = state
    if code == HOLY_SEE:
        return {"gdp": 1.0, "exports": 0.0, "remittances": 0.0, "us_aid": 0.0, "security": 0.0}
    ties = leverage(code)
    facts = {
        "gdp": 0.0,
        "exports": ties.exports_to_usa,
        "remittances": ties.remittances * ties.remittances_usa_share,
        "us_aid": 0.0,
        "security": ties.security_tie,
    }
    if table.gdp_million_usd is None or table.us_aid is None:
        books = economy(code, as_of.year - 1, own)
        aid = 0.0 if math.isnan(books.us_aid_usd) else books.us_aid_percent
        facts |= {"gdp": books.gdp_usd / 1e6, "us_aid": aid}
    return facts


def _covariates(loaded: ResolvedScenario, who: Members, yardsticks: Yardsticks) -> dict[str, Any]:
    """What sets the states' susceptibility apart, at `as_of`; levers act through terms alone."""
    own = loaded.scenario
    return {
        "covariates": covariates.measured([_leaving(_state(own, code)) for code in who.all], yardsticks.leaving),
        "return_covariates": covariates.measured(
            [_returning(_state(own, code)) for code in who.all], yardsticks.returning
        ),
    }


@lru_cache(maxsize=1024)
def _leaving(state: _State) -> tuple[float, ...] | None:
    """Covariates of leaving at `as_of`: the scenario's where it gives the state's population, otherwise the atlas's."""
    code, as_of, table, own = state
    if code == HOLY_SEE:
        return None
    switched = covariates.has_switched(code, as_of, own)
    silent = covariates.is_silent(code, as_of, own) if table.silent is None else float(table.silent)
    if table.population is None:
        return covariates.leaving_in(code, as_of.year - 1, switched, silent, own)
    return covariates.leaving(code, table.population, _facts_of(state)["us_aid"], switched, silent)


@lru_cache(maxsize=1024)
def _returning(state: _State) -> tuple[float, ...] | None:
    """Covariates of coming (back) at `as_of`: the scenario's where it gives the population, otherwise the atlas's."""
    code, as_of, table, own = state
    if code == HOLY_SEE:
        return None
    switched = covariates.has_switched(code, as_of, own)
    if table.population is None:
        return covariates.returning_in(code, as_of.year - 1, switched, own)
    return covariates.returning(table.population, 1e6 * _facts_of(state)["gdp"], switched)


def _dependence(facts: Mapping[str, float]) -> float:
    return facts["dependence_scale"] * rules.dependence(
        facts["exports"], facts["remittances"], facts["us_aid"], facts["security"]
    )


def _since(scenario: Scenario, code: str, first: int) -> int:
    table = scenario.states.get(code)
    if table is not None and table.government_since is not None:
        return month_number(table.government_since) - first
    days = [row.date for row in scenario.own.governments if row.state == code] if scenario.own is not None else []
    return max((month_number(day) - first for day in days if day <= scenario.as_of), default=kinds.NEVER)


def _left(scenario: Scenario, code: str, first: int) -> int:
    """Month index of a state's last departure from Taipei."""
    day = scenario.known.last_departure(code, scenario.as_of)
    return kinds.NEVER if day is None else month_number(day) - first


def _fresh_switches(subregion: str, scenario: Scenario, first: int) -> float:
    """Departures on record in a subregion, each halved for every year of age at the month before month 0."""
    known = scenario.known
    total = 0.0
    for change in known.changes_between(known.start, scenario.as_of):
        if change.origin == "taipei" and not change.short_lived and states()[change.iso3].subregion == subregion:
            total += 0.5 ** ((first - 1 - month_number(change.date)) / 12.0)
    return total


COMPACT = ("FSM", "MHL", "PLW")
"""States in a Compact of Free Association, whose defence is Washington's duty (leverage table)."""


def _hosts(scenario: Scenario, who: Members) -> dict[str, Any]:
    hosts = [code for code in who.all if code in scenario.cooperation.hosts]
    return {
        "host": np.array([who.all.index(code) for code in hosts], dtype=np.int64),
        "host_compact": np.array([code in COMPACT for code in hosts], dtype=np.bool_),
    }


def _reference(root: Scenario) -> dict[str, Any]:
    counted = [code for code in members(root).recognisers if code != HOLY_SEE]
    facts = [_facts(root, code) for code in counted]
    return {
        "reference_log_gdp": np.array([math.log(fact["gdp"]) for fact in facts]),
        "reference_own_aid": np.array([fact["own_aid"] for fact in facts]),
    }


_RUNNING_YEARS = 10
"""Departures so long ago no longer have a package that runs."""


def _running(scenario: Scenario, first: int) -> dict[str, Any]:
    """Packages that may run at the start: of the states that left Taipei for Beijing and did not come back."""
    known, paid = scenario.known, {(package.iso3, package.year): package.percent_of_gdp for package in packages()}
    since = date(scenario.as_of.year - _RUNNING_YEARS, 1, 1)
    last = {
        change.iso3: change.date
        for change in known.changes_between(max(known.start, since), scenario.as_of)
        if change.origin == "taipei" and not change.short_lived
    }
    left = [(code, day) for code, day in sorted(last.items()) if known.side(code, scenario.as_of) == "beijing"]
    gdp = [economy(code, day.year - 1, scenario.own).gdp_usd / 1e6 for code, day in left]
    return {
        "running_log_gdp": np.array([math.log(value) for value in gdp]),
        "running_percent": np.array([paid.get((code, day.year), math.nan) for code, day in left], dtype=np.float64),
        "running_since": np.array([month_number(day) - first for _, day in left], dtype=np.int64),
    }


_CAUTION = 0.5
"""One case that delivered half is added to those known, so that there is a mean before any case."""


def region_of(code: str) -> int:
    """Number of a state's region, as the timeline counts them: the Americas, Oceania, others."""
    return _REGIONS.get(states()[code].region, 2)


def delivered(as_of: date) -> dict[str, Any]:
    """The part of Beijing's promises known to have arrived by a day, under the names of the timeline."""
    known = deliveries(as_of)
    total, cases = np.zeros(3), np.zeros(3)
    for delivery in known:
        region = region_of(delivery.iso3)
        total[region] += delivery.share
        cases[region] += 1.0
    mean = rules.pooled(_CAUTION, 1.0, float(total.sum()), float(cases.sum()))
    return {
        "delivered": np.array([delivery.share for delivery in known] or [mean]),
        "delivered_mean": mean,
        "delivered_total": total,
        "delivered_cases": cases,
    }
