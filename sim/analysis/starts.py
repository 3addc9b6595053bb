"""What scenarios start from, and whether they can be compared: one day, and the same states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.atlas import states
from sim.errors import Problem
from sim.results import Result
from sim.scenario import ResolvedScenario, members


@dataclass(frozen=True, eq=False)
class Start:
    """What a scenario starts from."""

    day: str
    """YYYY-MM-DD."""
    sides: Mapping[str, str]
    """By code of each state simulated, whether it is with Taipei."""
    names: Mapping[str, str]
    """By code the name of each state simulated."""

    @classmethod
    def of(cls, result: Result) -> Start:
        """That of a result."""
        return cls(
            str(result.scenario["scenario"]["start"]),
            {code: "with Taipei" if side == "taipei" else "not with Taipei" for code, _, side in result.members},
            {code: name for code, name, _ in result.members},
        )

    @classmethod
    def asked(cls, loaded: ResolvedScenario) -> Start:
        """That of a scenario still to be run."""
        scenario, who = loaded.scenario, members(loaded.scenario)
        return cls(
            str(scenario.scenario.start),
            {code: "with Taipei" if code in who.recognisers else "not with Taipei" for code in who.all},
            {code: states()[code].name for code in who.all},
        )


MOST_APART = 3
"""States that a refusal names."""


def apart(names: Sequence[str], starts: Sequence[Start]) -> list[Problem]:
    """A problem for each that starts on another day than the first, or from other states.

    The chance of a state to leave and that of another to return are no two sides of one comparison.
    """
    found = []
    first = starts[0]
    for name, own in zip(names[1:], starts[1:], strict=True):
        if own.day != first.day:
            rule = f"{first.day}, as in {names[0]}: chances are told from one start, to pair the runs"
            found.append(Problem(f"{name}: start", rule, own.day))
            continue
        wrong = []
        for code in sorted({*first.sides, *own.sides}):
            here, there = (each.sides.get(code, "not simulated") for each in (own, first))
            if here != there:
                wrong.append(f"{own.names.get(code) or first.names[code]} is {here} in {name}, {there} in {names[0]}")
        if wrong:
            more = f", and {len(wrong) - MOST_APART} more" if len(wrong) > MOST_APART else ""
            rule = f"the states of {names[0]} at the start, to pair the runs: {'; '.join(wrong[:MOST_APART])}{more}"
            found.append(Problem(f"{name}: roster", rule))
    return found
