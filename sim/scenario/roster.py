"""Who is simulated: the states on Taipei's side at the start, and those that may come (back) to it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.atlas import candidates
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Members:
    """The states of a scenario, each list sorted by code."""

    recognisers: tuple[str, ...]
    candidates: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Recognisers, then candidates."""
        return self.recognisers + self.candidates


def members(scenario: Scenario) -> Members:
    """The states simulated: the record's roster at `as_of` with the scenario's changes, and the candidates.

    Candidates are those that the scenario names, or else all of the atlas's rule. Raises AtlasError for a day before
    the record begins.
    """
    changes, day = scenario.roster, scenario.as_of
    roster = sorted((set(scenario.known.recognisers(day)) | set(changes.add)) - set(changes.remove))
    named = changes.candidates
    others = candidates(day, own=scenario.own) if named is None else named
    return Members(tuple(roster), tuple(sorted(set(others) - set(roster))))
