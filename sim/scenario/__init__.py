"""What a user writes: the scenario language, its loading and its checks."""

from sim.scenario.checks import remarks
from sim.scenario.fields import Range
from sim.scenario.loading import Loaded, load, parse_overrides, shipped, shipped_folder
from sim.scenario.roster import Members, members
from sim.scenario.schema import Election, Header, Scenario, Source, StateTable

__all__ = [
    "Election",
    "Header",
    "Loaded",
    "Members",
    "Range",
    "Scenario",
    "Source",
    "StateTable",
    "load",
    "members",
    "parse_overrides",
    "remarks",
    "shipped",
    "shipped_folder",
]
