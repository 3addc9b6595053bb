"""Starts of scenarios: they can be compared if they start on one day, with the same states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.atlas import states
from sim.errors import Problem
from sim.results import Result
from sim.scenario import ResolvedScenario, members


@dataclass(frozen=True, eq=False)
class Start:
    """The start of a scenario: its day and its states."""

    day: str
    """YYYY-MM-DD."""
    sides: Mapping[str, str]
    """By code, whether each simulated state is with Taipei."""
    names: Mapping[str, str]
    """By code, the name of each simulated state."""

    @classmethod
    def of(cls, result: Result) -> Start:
        """The start of a result."""
        return cls(
            str(result.scenario["scenario"]["start"]),
            {code: "with Taipei" if side == "taipei" else "not with Taipei" for code, _, side in result.members},
            {code: name for code, name, _ in result.members},
        )

    @classmethod
    def asked(cls, loaded: ResolvedScenario) -> Start:
        """The start of a scenario that is still to be run."""
        scenario, who = loaded.scenario, members(loaded.scenario)
        return cls(
            str(scenario.scenario.start),
            {code: "with Taipei" if code in who.recognisers else "not with Taipei" for code in who.all},
            {code: states()[code].name for code in who.all},
        )


MOST_APART = 3
"""States named in an error."""


def apart(names: Sequence[str], starts: Sequence[Start]) -> list[Problem]:
    """One problem per scenario that does not start on the day of the first, or with its states.

    The chance that one state leaves and the chance that another returns cannot be compared.
    """
    problems = []
    first = starts[0]
    for name, own in zip(names[1:], starts[1:], strict=True):
        if own.day != first.day:
            rule = f"{first.day}, as in {names[0]}: chances are told from one start, to pair the runs"
            problems.append(Problem(f"{name}: start", rule, own.day))
            continue
        wrong = []
        for code in sorted({*first.sides, *own.sides}):
            here, there = (each.sides.get(code, "not simulated") for each in (own, first))
            if here != there:
                wrong.append(f"{own.names.get(code) or first.names[code]} is {here} in {name}, {there} in {names[0]}")
        if wrong:
            more = f", and {len(wrong) - MOST_APART} more" if len(wrong) > MOST_APART else ""
            rule = f"the states of {names[0]} at the start, to pair the runs: {'; '.join(wrong[:MOST_APART])}{more}"
            problems.append(Problem(f"{name}: roster", rule))
    return problems
