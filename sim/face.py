"""What people call from Python: load, read, run, compare, sweep, sensitivity, explain, ablate, patterns, world."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.analysis.ablation import face_ablate as ablate
from sim.analysis.compare import face_compare as compare
from sim.analysis.explain import explain
from sim.analysis.patterns import face_patterns as patterns
from sim.analysis.sensitivity import face_sensitivity as sensitivity
from sim.errors import InputError, Problem
from sim.results import Result, chosen
from sim.results.files import read
from sim.runs.agents import AgentsSource, check_traceable, own_agents
from sim.runs.run import Request, run_to_folder, simulate
from sim.runs.setup import announce
from sim.scenario import RecordSource, ResolvedScenario, Scenario, ScenarioSource, load, reloaded
from sim.scenario.schema import MOST_RUNS
from sim.scenario.values import plain
from sim.sweeps.sweep import sweep

if TYPE_CHECKING:
    from sim.model.world import World


def run(
    scenario: ScenarioSource | ResolvedScenario,
    *,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    engine: Literal["compiled", "mesa"] | None = None,
    parameters: Literal["drawn", "central"] = "drawn",
    threads: int | None = None,
    ledger: bool = False,
    agents: AgentsSource | None = None,
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
    engine : left out, the compiled one, or Mesa's with agents of your own
    threads : of the compiled engine, or processes of Python agents; all cores where left out
    agents : of your own: a file, the name of a module, or classes, which run in this process alone
    ledger : also keep every term of every state and month (at most 100 runs)
    out : a folder to write the result under; nothing is written where it is left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this result
    Raises ScenarioError or InputError with every problem found.
    """
    place, cast = chosen(out, to), own_agents(agents)
    check_traceable(cast, place)
    loaded = reloaded(scenario, set, given, record)
    request = Request.of(loaded, runs, seed, engine, cast, parameters=parameters, ledger=ledger)
    if place is None:
        return simulate(request, threads, tell=announce)
    return run_to_folder(request, place, None, "sim.run", threads, tell=announce)[0]


def world(
    scenario: ScenarioSource | ResolvedScenario,
    *,
    run: int = 0,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    parameters: Literal["drawn", "central"] = "central",
    agents: AgentsSource | None = None,
    record: RecordSource | None = None,
) -> World:
    """One run as a Mesa model at its start, to step, watch and collect from with Mesa's own tools.

    `step()` is a month, `run_model()` goes to the end; then `running` is False, and a further step an InputError.
    `count` and `cooperating` are the numbers of states and of hosts, `members`, `hosts`, `beijing`, `taipei` and
    `washington` the agents, `month` the number of the month last stepped. `datacollector` collects both numbers after
    each month; another `mesa.DataCollector` may take its place.

    run : number of the run, from 0; it is that run of `sim.run` with the same seed, parameters and agents
    seed : the scenario's own where left out
    set, given, agents, record : as `sim.run` has them
    Raises ScenarioError or InputError with every problem found.
    """
    number = plain(run)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < MOST_RUNS:
        raise InputError(Problem("run", f"a whole number from 0 to {MOST_RUNS - 1}", run))
    loaded = reloaded(scenario, set, given, record)
    request = Request.of(loaded, number + 1, seed, "mesa", own_agents(agents), parameters=parameters)
    opened = request.setup.world(number)
    from mesa import DataCollector  # all of Mesa: not before the world, which keeps it quiet

    opened.datacollector = DataCollector(model_reporters={"count": "count", "cooperating": "cooperating"})
    return opened


__all__ = [
    "Result",
    "Scenario",
    "ablate",
    "compare",
    "explain",
    "load",
    "patterns",
    "read",
    "run",
    "sensitivity",
    "sweep",
    "world",
]
