"""Who is simulated: the states on Taipei's side at the start, and those that left it lately."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Members:
    """The states of a scenario, each list sorted by code."""

    recognisers: tuple[str, ...]
    former: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Recognisers, then former recognisers."""
        return self.recognisers + self.former


def members(scenario: Scenario) -> Members:
    """The states simulated: the record's roster at `as_of` with the scenario's changes, and recent leavers.

    Raises AtlasError for a day before the record begins.
    """
    known = scenario.known
    day = scenario.as_of
    changes = scenario.roster
    roster = sorted((set(known.recognisers(day)) | set(changes.add)) - set(changes.remove))
    former = []
    before = known.changes_between(known.start, day)
    ceased = {change.iso3 for change in before if change.kind == "state_ceased"}
    for code in sorted({change.iso3 for change in before}):
        left = known.last_departure(code, day)
        side = known.side(code, day)
        if left is None or side == "taipei" or code in roster:
            continue
        if code not in ceased and (day - left).days <= changes.former_years * 365.25:
            former.append(code)
    return Members(tuple(roster), tuple(former))
