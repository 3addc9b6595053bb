"""Checks of meaning, beyond the schema: dates that fit, states that are there, expectations that hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sim.atlas import economy, regimes
from sim.atlas.leverage import HOLY_SEE
from sim.errors import MOST_TOLD, AtlasError, Problem, nearest
from sim.parameters import PARAMETERS
from sim.scenario.events import Event
from sim.scenario.fields import Range, month_number
from sim.scenario.given import given_problems
from sim.scenario.record import record_problems
from sim.scenario.roster import Members, members
from sim.scenario.schema import LONGEST_MONTHS, Scenario
from sim.scenario.settled import is_past, unknown_votes, vote_problems

_FIRST_RATE = date(1972, 1, 1)
_SIMULATED = "a state simulated here: on the roster at the start, or one that left Taipei lately"


def meaning_problems(scenario: Scenario) -> list[Problem]:
    """What a well-formed scenario still gets wrong, all of it."""
    if scenario.record is not None and (wrong := [*record_problems(scenario.record), *vote_problems(scenario)]):
        return wrong
    who = members(scenario)
    return [
        *_time(scenario),
        *_parameters(scenario),
        *_roster(scenario, who),
        *_calendar(scenario, who),
        *_waiting(scenario),
        *given_problems(scenario),
        *_expectations(scenario, who),
    ]


def truce_on(day: date) -> bool:
    """Whether a truce between Beijing and Taipei stood on a day, by the record."""
    return any(regime.name == "truce" and regime.start <= day < regime.end for regime in regimes())


def remarks(scenario: Scenario) -> list[str]:
    """What is no mistake and yet worth a word: a truce on record left out, words of a host that is none."""
    said = [
        f"{path}: {event.state} is not in cooperation.hosts, so this {event.type} weighs on nothing"
        for path, event, _ in _dated(scenario)
        if event.type in ("threat", "notice", "notice-withdrawn", "answer")
        and event.state not in scenario.cooperation.hosts
    ]
    truces = [event.date for event in scenario.events.values() if event.type == "truce" and event.enabled]
    if truce_on(scenario.as_of) and not any(day is not None and day <= scenario.scenario.start for day in truces):
        said.append(f"a truce stood on {scenario.as_of}, and no event of type truce says so: a contest is simulated")
    return [*said, *unknown_votes(scenario), *_carried_on(scenario)]


def _carried_on(scenario: Scenario) -> Iterator[str]:
    """What stands for later years because nobody says otherwise."""
    header = scenario.scenario
    if scenario.record is not None and scenario.record.confirmed_until > date.today():
        yield f"the record is confirmed until {scenario.record.confirmed_until}, a day that is still to come"
    if header.assume_unchanged and header.start > scenario.known.confirmed_until:
        yield f"assumed unchanged from {scenario.as_of}, where the record ends, to the start, {header.start}"
    carried = [
        (code, books.year)
        for code in members(scenario).all
        if code != HOLY_SEE
        and "carried on" in (books := economy(code, scenario.as_of.year - 1, scenario.own)).gdp_usd_flag
    ]
    if carried:
        codes = ", ".join(code for code, _ in carried)
        yield f"the record has no GDP of {carried[0][1]} for {codes}: that of the last year known stands for it"


def _time(scenario: Scenario) -> Iterator[Problem]:
    header = scenario.scenario
    if header.end <= header.start:
        yield Problem("scenario.end", f"after the start, {header.start}", header.end)
    elif scenario.months < 1:
        yield Problem("scenario.end", "at least in the month after the start", header.end)
    elif scenario.months > LONGEST_MONTHS:
        yield Problem("scenario.end", f"at most {LONGEST_MONTHS} months after the start", header.end)
    if scenario.as_of > header.start:
        yield Problem("scenario.as_of", f"not after the start, {header.start}", scenario.as_of)
    path = "scenario.as_of" if header.as_of else "scenario.start"
    if scenario.as_of < _FIRST_RATE:
        yield Problem(path, f"not before {_FIRST_RATE}: the record before it tells no rate", scenario.as_of)
    ends = scenario.known.confirmed_until
    if scenario.as_of > ends:
        ways = "" if header.as_of else ", or set scenario.assume_unchanged = true"
        rule = f"not after {ends}, where the record ends: say in [record] what has happened since{ways}"
        yield Problem(path, rule, scenario.as_of)


def _parameters(scenario: Scenario) -> Iterator[Problem]:
    unknown = 0
    for name, given in scenario.parameters.items():
        declared = PARAMETERS.get(name)
        path = f"parameters.{name}"
        if declared is None:
            unknown += 1
            close = nearest(name, PARAMETERS) if unknown <= MOST_TOLD else None
            yield Problem(path, "a model parameter (sim parameters lists them)", name, close)
            continue
        values = (given.low, given.high) if isinstance(given, Range) else (given,)
        for value in values:
            if not declared.minimum <= value <= declared.maximum:
                yield Problem(path, f"from {declared.minimum:g} to {declared.maximum:g}", value)


def _roster(scenario: Scenario, who: Members) -> Iterator[Problem]:
    on_record = scenario.known.recognisers(scenario.as_of)
    for code in scenario.roster.add:
        if code in on_record:
            yield Problem("roster.add", f"not already on the record's roster of {scenario.as_of}", code)
        if code in scenario.roster.remove:
            yield Problem("roster.add", "not in roster.remove as well", code)
        yield from _known_economy(scenario, code)
    for code in scenario.roster.remove:
        if code not in on_record:
            yield Problem("roster.remove", f"on the record's roster of {scenario.as_of}", code)
    if not set(who.recognisers) - {"VAT"}:
        yield Problem("roster", "at least one state that recognises Taipei, besides the Holy See")
    for code in scenario.cooperation.hosts:
        if code not in who.all:
            yield Problem("cooperation.hosts", _SIMULATED, code)
    for code, said in scenario.states.items():
        if said.government_since is not None and said.government_since > scenario.scenario.start:
            rule = f"not after the start, {scenario.scenario.start}: a government to come is an inauguration"
            yield Problem(f"states.{code}.government_since", rule, said.government_since)
        if code == "VAT" and said.silent is not None:
            yield Problem(
                f"states.{code}.silent", "not for the Holy See, whose rate hangs on no covariate", said.silent
            )
        if code not in who.all:
            yield Problem(f"states.{code}", _SIMULATED, code)


def _calendar(scenario: Scenario, who: Members) -> Iterator[Problem]:
    end = scenario.scenario.end
    for name, event in scenario.events.items():
        path = f"events.{name}"
        yield from _place(path, event, who)
        if event.date is None:
            yield Problem(f"{path}.date", "required")
        elif event.enabled and month_number(event.date) > month_number(end):
            yield Problem(f"{path}.date", f"not after the end, {end}", event.date)
        if event.delay_months is not None:
            yield Problem(f"{path}.delay_months", "only for effects of an election", event.delay_months)
    for name, election in scenario.elections.items():
        if election.enabled and month_number(election.date) > month_number(end):
            yield Problem(f"elections.{name}.date", f"not after the end, {end}", election.date)
        if election.enabled and election.date < scenario.scenario.start and not is_past(scenario, name):
            rule = (
                f"not before the start, {scenario.scenario.start}, unless [[record.elections]] says how it ended "
                f"(or set elections.{name}.enabled = false)"
            )
            yield Problem(f"elections.{name}.date", rule, election.date)
        for outcome, what in election.outcomes.items():
            for effect, event in what.effects.items():
                path = f"elections.{name}.outcomes.{outcome}.effects.{effect}"
                yield from _place(path, event, who)
                if event.delay_months is None:
                    yield Problem(f"{path}.delay_months", "required")
                if event.date is not None:
                    yield Problem(f"{path}.date", "not for effects of an election: say delay_months", event.date)


def _place(path: str, event: Event, who: Members) -> Iterator[Problem]:
    state = getattr(event, "state", None)
    if state is not None and state not in who.all:
        yield Problem(f"{path}.state", _SIMULATED, state)


def _known_economy(scenario: Scenario, code: str) -> Iterator[Problem]:
    said = scenario.states.get(code)
    wanted = ("gdp_million_usd", "us_aid", "population")
    if code == "VAT" or (said is not None and all(getattr(said, key) is not None for key in wanted)):
        return
    try:
        economy(code, scenario.as_of.year - 1, scenario.own)
    except AtlasError:
        rule = (
            f"a state whose economy the atlas has for {scenario.as_of.year - 1}, "
            f"or with states.{code}.gdp_million_usd, states.{code}.us_aid and states.{code}.population"
        )
        yield Problem("roster.add", rule, code)


def _waiting(scenario: Scenario) -> Iterator[Problem]:
    """Words of a government to come that no government comes to speak: they would never count."""
    happenings = list(_dated(scenario))
    offices = [(event.state, when) for _, event, when in happenings if event.type == "inauguration"]
    for path, event, spoken in happenings:
        if not getattr(event, "incoming", False):
            continue
        if not any(state == event.state and spoken <= when for state, when in offices):  # type: ignore[union-attr]
            rule = f"followed by an inauguration in {event.state}, from which these words count"  # type: ignore[union-attr]
            yield Problem(path, rule, event.type)


def _dated(scenario: Scenario) -> Iterator[tuple[str, Event, tuple[int, int]]]:
    """Every enabled event and effect, with its path, and its absolute month and day."""
    for name, event in scenario.events.items():
        if event.enabled and event.date is not None:
            yield f"events.{name}", event, (month_number(event.date), event.date.day)
    for name, election in scenario.elections.items():
        if not election.enabled:
            continue
        for outcome, what in election.outcomes.items():
            for effect, event in what.effects.items():
                if event.enabled and event.delay_months is not None:
                    path = f"elections.{name}.outcomes.{outcome}.effects.{effect}"
                    yield path, event, (month_number(election.date) + event.delay_months, election.date.day)


def _expectations(scenario: Scenario, who: Members) -> Iterator[Problem]:
    expected = scenario.expectations
    count = len(who.recognisers)
    if expected.count_at_start is not None and expected.count_at_start != count:
        yield Problem("expectations.count_at_start", f"{count}, the states on the roster", expected.count_at_start)
    for code, left in expected.count_without.items():
        rest = len(set(who.recognisers) - {code})
        if code not in who.recognisers:
            yield Problem(f"expectations.count_without.{code}", "a state on Taipei's side at the start", code)
        elif rest != left:
            yield Problem(f"expectations.count_without.{code}", f"{rest}, the states left without it", left)
    for code in expected.with_taipei:
        if code not in who.recognisers:
            yield Problem("expectations.with_taipei", "a state on Taipei's side at the start", code)
    for code in expected.not_with_taipei:
        if code in who.recognisers:
            yield Problem("expectations.not_with_taipei", "a state not on Taipei's side at the start", code)
