"""From a loaded scenario to its timeline: dates become month indices, names become positions."""

from __future__ import annotations

import calendar as days
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sim.atlas import deliveries, economy, government, leverage, packages, states, taipei_aid
from sim.model import calendar as kinds
from sim.model import covariates, rules
from sim.model.covariates import Yardsticks
from sim.model.draws import purpose_of, state_code
from sim.model.terms import ANSWERS, SIDES
from sim.model.timeline import Events, Floats, Timeline
from sim.parameters import Distribution, LogitNormal, LogNormal, SplitNormal
from sim.scenario import Members, Range, ResolvedScenario, Scenario, StateTable, members
from sim.scenario.events import Answer, Event, Switch
from sim.scenario.fields import bounds_of, month_number
from sim.scenario.levers import LEVERS, PATRONS
from sim.scenario.schema import Outcome

HOLY_SEE = "VAT"
_REGIONS = {"Americas": 0, "Oceania": 1}
_FOR_GOOD = 100_000


@dataclass(frozen=True)
class Uncertain:
    """A number of the scenario that is given as a range: drawn with the parameters, by its path."""

    path: str
    distribution: Distribution
    minimum: float
    maximum: float
    """Draws stay within what the scenario language allows."""


@dataclass(frozen=True)
class Entry:
    """One event of the calendar, or one effect of an election, placed in time."""

    name: str
    """Path of the event, which addresses its luck."""
    event: Event
    month: int
    day: int
    election: int
    outcome: int


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

    @property
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


def plan(loaded: ResolvedScenario, yardsticks: Yardsticks) -> Plan:
    """Lay out a scenario.

    yardsticks : what the fit on the record measures states by
    """
    scenario, who = loaded.scenario, members(loaded.scenario)
    first = month_number(scenario.scenario.start)
    numbers = range(first, first + scenario.months + 1)
    entries = sorted(_entries(scenario, first), key=lambda entry: (entry.month, entry.day, _late(entry), entry.name))
    votes = votes_of(scenario)
    levers, events = _levers(scenario, numbers), _events(entries, votes, who, numbers, scenario.scenario.start)
    timeline = Timeline(
        **_months(scenario, numbers),
        **levers,
        stirs=_stirs([*levers.values()], len(numbers)),
        fades=_stirs([*events.fade], len(numbers)),
        answers=_answers(events, len(numbers)),
        **_states(loaded, who, first),
        **_covariates(loaded, who, yardsticks),
        **_hosts(scenario, who),
        **_reference(loaded.reference),
        mean_log_gdp=yardsticks.mean_log_gdp,
        **_running(scenario, first),
        **delivered(scenario.as_of),
        events=events,
        monthly_year_fade=0.5 ** (1.0 / 12.0),
    )
    return Plan(
        loaded=loaded,
        members=who,
        months=tuple(month_label(number) for number in numbers),
        timeline=timeline,
        entries=tuple(entries),
        event_values=tuple(_value(entry) for entry in entries),
        event_chances=tuple(_uncertain(entry.event.chance, f"{entry.name}.chance", 0.0, 1.0) for entry in entries),
        outcome_chances=tuple(
            tuple(
                _uncertain(scenario.chance_of(name, which), f"elections.{name}.outcomes.{which}.chance", 0.0, 1.0)
                for which, _ in outcomes
            )
            for name, outcomes in votes
        ),
    )


# --- months -----------------------------------------------------------------------------------------------


def _months(scenario: Scenario, numbers: range) -> dict[str, Any]:
    exposure = np.ones(len(numbers))
    exposure[0] = _left_of_month(scenario.scenario.start)
    return {"exposure": exposure, "calendar_month": np.array(numbers, dtype=np.int64)}


def _left_of_month(day: date) -> float:
    """Share of its month after a day."""
    length = days.monthrange(day.year, day.month)[1]
    return (length - day.day) / length


def _levers(scenario: Scenario, numbers: range) -> dict[str, Any]:
    """(T + 1,) each lever by month; NaN where the drawn parameter stands."""
    tables = {name: getattr(scenario, name) for name in PATRONS}
    return {
        lever.field: _series(
            getattr(tables[lever.patron], lever.key), numbers, math.nan if lever.usual is None else lever.usual
        )
        for lever in LEVERS
    }


def _stirs(series: list[Floats], length: int) -> Any:
    """(T + 1,) whether anything differs from the month before; the first two months, of which one is short, do."""
    found = np.zeros(length, dtype=np.bool_)
    found[:2] = True
    for values in series:
        same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
        found[1:] |= ~same
    return found


def _answers(events: Events, length: int) -> Any:
    """(T + 1,) whether Washington's answer to a host is told for the month, or follows what was said in the last."""
    found = np.zeros(length, dtype=np.bool_)
    for kind, month in zip(events.kind.tolist(), events.month.tolist(), strict=True):
        if kind == kinds.TOLD_ANSWER:
            found[max(0, month) : max(0, month) + 1] = True
        elif kinds.THREAT <= kind <= kinds.NOTICE and month >= -1:
            found[month + 1 : month + 2] = True
    return found


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
            [code in who.former and scenario.known.side(code, scenario.as_of) == "none" for code in who.all],
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


def _facts(scenario: Scenario, code: str) -> dict[str, float]:
    """What the scenario, or else the atlas, says of a state at `as_of`."""
    said = scenario.states.get(code) or StateTable()
    atlas = _atlas_facts(scenario, code, said)
    in_office = government(code, scenario.as_of, scenario.own)
    told = {
        "gdp": said.gdp_million_usd,
        "exports": said.exports_to_usa,
        "remittances": said.remittances_from_usa,
        "us_aid": said.us_aid,
        "security": said.security_tie,
    }
    facts = {key: float(value if told[key] is None else told[key]) for key, value in atlas.items()}  # type: ignore[arg-type]
    facts["lean"] = said.lean if said.lean is not None else (in_office.lean if in_office else 0.0)
    facts |= {"pride": said.pride, "prestige": said.prestige, "susceptibility": said.susceptibility}
    known = said.taipei_aid if said.taipei_aid is not None else taipei_aid(code, scenario.as_of)
    facts |= {"access": said.access, "own_aid": math.nan if known is None else known}
    facts["dependence_scale"] = 1.0
    if said.dependence is not None:
        parts = rules.dependence(facts["exports"], facts["remittances"], facts["us_aid"], facts["security"])
        if parts == 0.0:
            facts |= {"exports": 50.0, "remittances": 20.0, "us_aid": 2.0, "security": 3.0}
            parts = 1.0
        facts["dependence_scale"] = said.dependence / parts
    return facts


def _atlas_facts(scenario: Scenario, code: str, said: StateTable) -> dict[str, float]:
    """What the atlas says of a state's economy and ties; it is not asked for what the scenario says."""
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
    if said.gdp_million_usd is None or said.us_aid is None:
        books = economy(code, scenario.as_of.year - 1, scenario.own)
        facts |= {"gdp": books.gdp_usd / 1e6, "us_aid": 100.0 * books.us_aid_usd / books.gdp_usd}
    return facts


def _covariates(loaded: ResolvedScenario, who: Members, yardsticks: Yardsticks) -> dict[str, Any]:
    """What sets the states' susceptibility apart, at `as_of`; levers act through terms alone."""
    own = loaded.scenario
    return {
        "covariates": covariates.measured([_leaving(own, code) for code in who.all], yardsticks.leaving),
        "return_covariates": covariates.measured([_returning(own, code) for code in who.all], yardsticks.returning),
    }


def _leaving(scenario: Scenario, code: str) -> tuple[float, ...] | None:
    """Covariates of leaving at `as_of`: of the atlas, or of the scenario where it tells the state's population."""
    if code == HOLY_SEE:
        return None
    switched = covariates.has_switched(code, scenario.as_of, scenario.own)
    said = scenario.states.get(code) or StateTable()
    silent = covariates.is_silent(code, scenario.as_of, scenario.own) if said.silent is None else float(said.silent)
    if said.population is None:
        return covariates.leaving_in(code, scenario.as_of.year - 1, switched, silent, scenario.own)
    return covariates.leaving(code, said.population, _facts(scenario, code)["us_aid"], switched, silent)


def _returning(scenario: Scenario, code: str) -> tuple[float, ...] | None:
    """Covariates of returning at `as_of`, likewise."""
    if code == HOLY_SEE:
        return None
    said = scenario.states.get(code)
    if said is None or said.population is None:
        return covariates.returning_in(code, scenario.as_of.year - 1, scenario.own)
    return covariates.returning(said.population, 1e6 * _facts(scenario, code)["gdp"])


def _dependence(facts: Mapping[str, float]) -> float:
    return facts["dependence_scale"] * rules.dependence(
        facts["exports"], facts["remittances"], facts["us_aid"], facts["security"]
    )


def _since(scenario: Scenario, code: str, first: int) -> int:
    said = scenario.states.get(code)
    if said is not None and said.government_since is not None:
        return month_number(said.government_since) - first
    days = [row.date for row in scenario.own.governments if row.iso3 == code] if scenario.own is not None else []
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
"""What half of the promises come to counts as one case more, so that there is a mean before any case is known."""


def region_of(code: str) -> int:
    """Number of a state's region, as the timeline counts them: the Americas, Oceania, others."""
    return _REGIONS.get(states()[code].region, 2)


def delivered(as_of: date) -> dict[str, Any]:
    """What of Beijing's promises had arrived, as far as it was known, by the names of the timeline."""
    found = deliveries(as_of)
    total, cases = np.zeros(3), np.zeros(3)
    for delivery in found:
        region = region_of(delivery.iso3)
        total[region] += delivery.share
        cases[region] += 1.0
    mean = rules.pooled(_CAUTION, 1.0, float(total.sum()), float(cases.sum()))
    return {
        "delivered": np.array([delivery.share for delivery in found] or [mean]),
        "delivered_mean": mean,
        "delivered_total": total,
        "delivered_cases": cases,
    }


# --- events -----------------------------------------------------------------------------------------------

_ANSWERS = {None: kinds.AUCTION, "refused": kinds.REFUSED, "met": kinds.MET}


def votes_of(scenario: Scenario) -> list[tuple[str, list[tuple[str, Outcome]]]]:
    """The elections that are held and their outcomes, both by name: their numbers in the timeline."""
    return [
        (name, sorted(election.outcomes.items()))
        for name, election in sorted(scenario.elections.items())
        if election.enabled
    ]


def _entries(scenario: Scenario, first: int) -> Iterator[Entry]:
    for name, event in scenario.events.items():
        if event.enabled and event.date is not None:
            yield Entry(f"events.{name}", event, month_number(event.date) - first, event.date.day, -1, -1)
    for number, (name, outcomes) in enumerate(votes_of(scenario)):
        election = scenario.elections[name]
        for which, (outcome, what) in enumerate(outcomes):
            for effect, event in what.effects.items():
                if event.enabled and event.delay_months is not None:
                    month = month_number(election.date) - first + event.delay_months
                    path = f"elections.{name}.outcomes.{outcome}.effects.{effect}"
                    yield Entry(path, event, month, election.date.day, number, which)


def _late(entry: Entry) -> int:
    """The order of one day: words of a government to come, its inauguration, everything else."""
    if getattr(entry.event, "incoming", False):
        return 0
    return 1 if entry.event.type == "inauguration" else 2


def _value(entry: Entry) -> float | Uncertain:
    """The number an event carries: strength, pressure, lean, share, whole sum in US$ million, side or answer."""
    event = entry.event
    if isinstance(event, Switch):
        return float(SIDES.index(event.to))
    if isinstance(event, Answer):
        return float(ANSWERS.index(event.answer))
    if event.number is None:
        return 1.0
    given = getattr(event, event.number)
    low, high = bounds_of(type(event).model_fields[event.number])
    return math.nan if given is None else _uncertain(given, f"{entry.name}.{event.number}", low, high)


def _uncertain(given: float | Range, path: str, low: float, high: float) -> float | Uncertain:
    if not isinstance(given, Range):
        return float(given)
    numbers = (given.central, given.low, given.high)
    law: Distribution
    if (low, high) == (0.0, 1.0):
        law = LogitNormal(*numbers)
    else:
        law = LogNormal(*numbers) if low == 0.0 and given.low > 0.0 else SplitNormal(*numbers)
    return Uncertain(path, law, low, high)


def _span(event: Event) -> int:
    """Months for which an event lasts; far beyond any scenario where nothing but another event ends it."""
    return _FOR_GOOD if event.lasts is None else event.lasts


def _fade(entry: Entry, length: int) -> Floats:
    """(T + 1,) what is left of an event's weight in each month."""
    half_life, last = entry.event.fades, _span(entry.event)
    ages = range(-entry.month, length - entry.month)
    return np.array(
        [0.0 if not 0 <= age < last else (1.0 if half_life is None else 0.5 ** (age / half_life)) for age in ages]
    )


def _events(
    entries: list[Entry], votes: list[tuple[str, list[tuple[str, Outcome]]]], who: Members, numbers: range, start: date
) -> Events:
    length = len(numbers)
    events = [entry.event for entry in entries]
    position = {code: index for index, code in enumerate(who.all)}

    def ints(values: Iterable[int]) -> Any:
        return np.array(list(values), dtype=np.int64)

    return Events(
        month=ints(entry.month for entry in entries),
        kind=ints(getattr(kinds, event.effect) for event in events),
        state=ints(position.get(getattr(event, "state", ""), -1) for event in events),
        incoming=np.array([getattr(event, "incoming", False) for event in events], dtype=np.bool_),
        span=ints(_span(event) for event in events),
        exposure=np.array([_exposed(entry, numbers[0], start) for entry in entries], dtype=np.float64),
        answer=ints(_ANSWERS.get(getattr(event, "answer", None), kinds.AUCTION) for event in events),
        fade=np.array([_fade(entry, length) for entry in entries]).reshape(len(entries), length),
        years=np.array([event.paid_over for event in events], dtype=np.float64),
        from_budget=np.array([getattr(event, "from_budget", False) for event in events], dtype=np.bool_),
        signed=np.array([getattr(event, "signed", False) for event in events], dtype=np.bool_),
        election=ints(entry.election for entry in entries),
        outcome=ints(entry.outcome for entry in entries),
        purpose=ints(purpose_of(entry.name) for entry in entries),
        vote=ints(purpose_of(f"elections.{name}") for name, _ in votes),
    )


def _exposed(entry: Entry, first: int, start: date) -> float:
    """Share of an event's month left after its day, no more than is simulated."""
    year, month = divmod(first + entry.month, 12)
    day = min(entry.day, days.monthrange(year, month + 1)[1])
    left = _left_of_month(date(year, month + 1, day))
    return left if entry.month > 0 else min(left if entry.month == 0 else 1.0, _left_of_month(start))
