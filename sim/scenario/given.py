"""Votes whose outcome is taken as given: read from options, checked, and put in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.atlas import states
from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.schema import Scenario
from sim.words import listed, spoken_in_full

TABLE = "given"
"""The table of a scenario that holds them: `[given]`, an outcome by vote."""
_SECTION = "elections."
_GROUPS = ("opposition", "party", "president", "government", "coalition")
"""Last words of outcomes that one votes for."""


def parse_given(texts: Iterable[str], option: str = "--given") -> dict[str, str]:
    """Overrides from `VOTE=OUTCOME` texts; the vote may be written `elections.VOTE`.

    Returns outcomes by path, such as `{"given.paraguay-2028": "opposition"}`.
    Raises ScenarioError for what is no such text, or gives one vote two outcomes.
    """
    outcomes: dict[str, str] = {}
    for text in texts:
        vote, _, outcome = (part.strip() for part in text.partition("="))
        path = f"{TABLE}.{vote.removeprefix(_SECTION)}"
        if not vote.removeprefix(_SECTION) or not outcome:
            raise ScenarioError(Problem("", "VOTE=OUTCOME, such as paraguay-2028=opposition", text), option)
        if "." in vote.removeprefix(_SECTION):
            raise ScenarioError(Problem("", "VOTE=OUTCOME, VOTE being the name of an election", text), option)
        if outcomes.setdefault(path, outcome) != outcome:
            raise ScenarioError(
                Problem("", f"one outcome for a vote, and {outcomes[path]} is given already", text), option
            )
    return outcomes


def with_given(overrides: Mapping[str, Any] | None, given: Mapping[str, str] | None) -> dict[str, Any]:
    """Overrides with outcomes given by vote, as Python has them, on top. Raises ScenarioError as `parse_given` does."""
    if given is not None and not isinstance(given, Mapping):
        raise ScenarioError(Problem("", 'outcomes by vote, such as {"paraguay-2028": "opposition"}', given), TABLE)
    return {**(overrides or {}), **parse_given((f"{vote}={outcome}" for vote, outcome in (given or {}).items()), TABLE)}


def given_problems(scenario: Scenario) -> Iterator[Problem]:
    """What is given and cannot be: of no vote, of one that is not held, or no outcome of it."""
    for vote, outcome in scenario.given.items():
        election, path = scenario.elections.get(vote), f"{TABLE}.{vote}"
        if election is None:
            held = [name for name, other in scenario.elections.items() if other.enabled]
            votes = listed(sorted(held), "or")
            rule = f"a vote of this scenario: {votes}" if held else "a vote, and this scenario has none"
            yield Problem(path, rule, vote, nearest(vote, held))
        elif not election.enabled:
            yield Problem(path, f"a vote that is held, and elections.{vote}.enabled is false", vote)
        elif outcome not in election.outcomes:
            rule = f"an outcome of this vote: {listed(sorted(election.outcomes), 'or')}"
            yield Problem(path, rule, outcome, nearest(outcome, election.outcomes))


def given_in_words(scenario: Mapping[str, Any]) -> list[str]:
    """What a scenario's document takes as given: `Paraguay votes for the opposition (30 April 2028)`, by date."""
    votes = scenario.get("elections") or {}
    given = scenario.get(TABLE) or {}
    held = [(str(votes[vote]["date"]), vote, outcome) for vote, outcome in given.items() if vote in votes]
    return [
        f"{place(votes[vote]['state'])} votes{_for(outcome)} ({spoken_in_full(day)})"
        for day, vote, outcome in sorted(held)
    ]


def titled(title: str, settings: Mapping[str, Any], scenario: Mapping[str, Any]) -> str:
    """A title with what was set and given on top of the file: `Outlook [a = 2, given: Paraguay votes ...]`.

    settings : what was set, by path; scenario : its document, as resolved
    """
    parts = [f"{path} = {value}" for path, value in settings.items() if not is_given(path)]
    on_top = {path.removeprefix(f"{TABLE}."): value for path, value in settings.items() if is_given(path)}
    given = "; ".join(given_in_words({**scenario, TABLE: on_top}))
    changed = ", ".join([*parts, *([f"given: {given}"] if given else [])])
    return f"{title} [{changed}]" if changed else title


def as_options(settings: Mapping[str, Any]) -> list[str]:
    """What was set on top of a file, by path, as the options of a command that set it."""
    return [
        word
        for path, value in settings.items()
        for word in (("--given", f"{path.removeprefix(f'{TABLE}.')}={value}") if is_given(path)
                     else ("--set", f"{path}={value}"))
    ]  # fmt: skip


def is_given(path: str) -> bool:
    """Whether a path is that of an outcome that is given."""
    return path.startswith(f"{TABLE}.")


def place(code: object) -> str:
    """Name of a state; Taiwan, which votes, is no state of the atlas."""
    if not code:
        return ""
    known = states()
    return known[str(code)].name if str(code) in known else {"TWN": "Taiwan"}.get(str(code), str(code))


def _for(outcome: str) -> str:
    """What is voted for, where the name of an outcome says it: a party, a president; else the bare name."""
    words = outcome.replace("-", " ")
    if len(outcome) <= 4 and not set(outcome) & set("aeiouy"):
        return f" for the {outcome.upper()}"
    return f" for the {words}" if words.split()[-1] in _GROUPS else f": {words}"
