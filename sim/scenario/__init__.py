"""What a user writes: the scenario language, its loading and its checks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.places import shipped_folder
    from sim.scenario.checks import remarks
    from sim.scenario.fields import Range
    from sim.scenario.files import shipped, shipped_sweeps
    from sim.scenario.given import as_options, given_in_words, parse_given, titled, with_given
    from sim.scenario.loading import (
        ResolvedScenario,
        ScenarioFiles,
        ScenarioSource,
        load,
        opened,
        parse_overrides,
        read_record,
        reloaded,
    )
    from sim.scenario.loading import ResolvedScenario as Loaded  # the earlier name, for one version
    from sim.scenario.record import RecordSource, RecordTable
    from sim.scenario.roster import Members, members
    from sim.scenario.schema import Election, Header, Scenario, Source, StateTable

__all__ = [
    "Election",
    "Header",
    "Loaded",
    "Members",
    "Range",
    "RecordSource",
    "RecordTable",
    "ResolvedScenario",
    "Scenario",
    "ScenarioFiles",
    "ScenarioSource",
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

_HOMES = {
    "sim.places": ("shipped_folder",),
    "sim.scenario.checks": ("remarks",),
    "sim.scenario.fields": ("Range",),
    "sim.scenario.files": ("shipped", "shipped_sweeps"),
    "sim.scenario.given": ("as_options", "given_in_words", "parse_given", "titled", "with_given"),
    "sim.scenario.loading": (
        "ResolvedScenario", "ScenarioFiles", "ScenarioSource", "load", "opened", "parse_overrides", "read_record",
        "reloaded",
    ),
    "sim.scenario.record": ("RecordSource", "RecordTable"),
    "sim.scenario.roster": ("Members", "members"),
    "sim.scenario.schema": ("Election", "Header", "Scenario", "Source", "StateTable"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """The names of this room, loaded when first asked for: who lists the scenarios needs no schema."""
    if name == "Loaded":
        name = "ResolvedScenario"
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'sim.scenario' has no attribute {name!r}")
    return getattr(import_module(home), name)
