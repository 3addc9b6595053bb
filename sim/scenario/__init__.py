"""What a user writes: the scenario language, its loading and its checks."""

from sim.places import shipped_folder
from sim.scenario.checks import remarks
from sim.scenario.fields import Range
from sim.scenario.loading import Loaded, Opened, load, opened, parse_overrides, shipped, shipped_sweeps
from sim.scenario.roster import Members, members
from sim.scenario.schema import Election, Header, Scenario, Source, StateTable

__all__ = [
    "Election",
    "Header",
    "Loaded",
    "Members",
    "Opened",
    "Range",
    "Scenario",
    "Source",
    "StateTable",
    "load",
    "members",
    "opened",
    "parse_overrides",
    "remarks",
    "shipped",
    "shipped_folder",
    "shipped_sweeps",
]
