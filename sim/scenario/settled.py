"""What the record settles of a scenario: the day up to which it is known, and the outcomes of votes held by then."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Problem, nearest
from sim.scenario.record import VoteRow
from sim.scenario.schema import Election, Outcome, Scenario


def settled(scenario: Scenario) -> Scenario:
    """The scenario with what the record says of it.

    Votes that the record knows at `as_of` have their day, and their outcome for certain; where nothing is assumed to
    have changed since the record ended, `as_of` is its last day.
    """
    header, ends = scenario.scenario, scenario.known.confirmed_until
    if header.assume_unchanged and header.as_of is None and header.start > ends:
        scenario = scenario.model_copy(update={"scenario": header.model_copy(update={"as_of": ends})})
    votes = dict(scenario.elections)
    for name, row in _held(scenario).items():
        if name in votes:
            votes[name] = votes[name].model_copy(
                update={"date": row.date, "outcomes": _decided(votes[name], row.outcome)}
            )
    return scenario if votes == scenario.elections else scenario.model_copy(update={"elections": votes})


def _decided(election: Election, outcome: str) -> dict[str, Outcome]:
    """The outcomes of a vote, one of them for certain."""
    return {
        name: what.model_copy(update={"chance": float(name == outcome)}) for name, what in election.outcomes.items()
    }


def _held(scenario: Scenario) -> dict[str, VoteRow]:
    """The votes that the user's record knows at `as_of`, by name."""
    rows = scenario.record.elections if scenario.record is not None else []
    return {row.vote: row for row in rows if row.date <= scenario.as_of}


def is_past(scenario: Scenario, name: str) -> bool:
    """Whether the record of the user knows, at `as_of`, how a vote of the scenario ended."""
    return name in _held(scenario)


def vote_problems(scenario: Scenario) -> Iterator[Problem]:
    """Outcomes in the user's record that a vote of the scenario does not have."""
    for place, row in enumerate(scenario.record.elections if scenario.record is not None else ()):
        election = scenario.elections.get(row.vote)
        if election is not None and row.outcome not in election.outcomes:
            rule = "an outcome of this vote: " + ", ".join(election.outcomes)
            close = nearest(row.outcome, election.outcomes)
            yield Problem(f"record.elections.{place}.outcome", rule, row.outcome, close)
    for vote, row in _held(scenario).items():
        if scenario.given.get(vote, row.outcome) != row.outcome:
            rule = f"{row.outcome}, as it ended on {row.date} by the record"
            yield Problem(f"given.{vote}", rule, scenario.given[vote])


def unknown_votes(scenario: Scenario) -> Iterator[str]:
    """Remarks on votes in the user's record that the scenario does not have."""
    for row in scenario.record.elections if scenario.record is not None else ():
        if row.vote not in scenario.elections:
            close = nearest(row.vote, scenario.elections)
            hint = "" if close is None else f"; did you mean {close}?"
            yield f"the record has an outcome of {row.vote}, a vote that this scenario does not have{hint}"
