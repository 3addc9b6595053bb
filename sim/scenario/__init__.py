"""What a user writes: the scenario language, its loading and its checks."""

from sim.places import shipped_folder
from sim.scenario.checks import remarks
from sim.scenario.fields import Range
from sim.scenario.given import as_options, given_in_words, parse_given, titled, with_given
from sim.scenario.loading import (
    ResolvedScenario,
    ScenarioFiles,
    load,
    opened,
    parse_overrides,
    read_record,
    reloaded,
    shipped,
    shipped_sweeps,
)
from sim.scenario.record import RecordSource, RecordTable
from sim.scenario.roster import Members, members
from sim.scenario.schema import Election, Header, Scenario, Source, StateTable

__all__ = [
    "Election",
    "Header",
    "Members",
    "Range",
    "RecordSource",
    "RecordTable",
    "ResolvedScenario",
    "Scenario",
    "ScenarioFiles",
    "Source",
    "StateTable",
    "as_options",
    "given_in_words",
    "load",
    "members",
    "opened",
    "parse_given",
    "parse_overrides",
    "read_record",
    "reloaded",
    "remarks",
    "shipped",
    "shipped_folder",
    "shipped_sweeps",
    "titled",
    "with_given",
]

Loaded = ResolvedScenario
"""The earlier name, for one version."""
