"""What people call from Python: load, read, run, compare, sweep, sensitivity, explain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sim.analysis.compare import face_compare as compare
from sim.analysis.explain import explain
from sim.analysis.sensitivity import face_sensitivity as sensitivity
from sim.results import Result, chosen
from sim.results.files import read
from sim.runs.run import Request, run_to_folder, simulate
from sim.runs.setup import announce
from sim.scenario import RecordSource, ResolvedScenario, Scenario, ScenarioSource, load, reloaded
from sim.sweeps.sweep import sweep


def run(
    scenario: ScenarioSource | ResolvedScenario,
    *,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    engine: Literal["compiled", "mesa"] = "compiled",
    parameters: Literal["drawn", "central"] = "drawn",
    threads: int | None = None,
    ledger: bool = False,
    record: RecordSource | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Result:
    """Run a scenario and return its result.

    scenario : a shipped name, a path, the tables of a scenario as a dict, or what `load` returned
    runs, seed : the scenario's own where left out
    set : overrides by dotted path, such as `{"washington.attention": 2}`; a table at a new name under `events` adds one
    record : a file with your own facts since the atlas ends, in place of the scenario's own
    given : outcomes that happen, by vote, such as `{"paraguay-2028": "opposition"}`
    ledger : also keep every term of every state and month (at most 100 runs)
    out : a folder to write the result under; nothing is written where it is left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this result
    Raises ScenarioError or InputError with every problem found.
    """
    place = chosen(out, to)
    loaded = reloaded(scenario, set, given, record)
    request = Request.of(loaded, runs, seed, engine=engine, parameters=parameters, ledger=ledger)
    if place is None:
        return simulate(request, threads, tell=announce)
    return run_to_folder(request, place, None, "sim.run", threads, tell=announce)[0]


__all__ = ["Result", "Scenario", "compare", "explain", "load", "read", "run", "sensitivity", "sweep"]
