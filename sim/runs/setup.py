"""A scenario made ready to run: its plan, its beliefs about parameters, and the draws and runs they give."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.fit import Belief, beliefs_for, yardsticks_for
from sim.model.compiled import is_compiled
from sim.model.kernel import RUNS_PER_DRAW, uniforms
from sim.model.plan import Plan, plan
from sim.runs.agents import Agents
from sim.runs.ensemble import Engine, Ensemble, blocks, ledger_of, run_ensemble, workers
from sim.runs.sampling import Draws, Mode, sample
from sim.scenario import ResolvedScenario, Scenario
from sim.words import duration

if TYPE_CHECKING:
    from sim.model.world import World

LONG = 15.0
"""Seconds after which it is said beforehand how long something takes."""


def announce(note: str) -> None:
    """Print a note on standard error: what Python, as commands do, says before a step that takes long."""
    print(f"sim: {note}", file=sys.stderr, flush=True)


def _know_the_same(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios have the same beliefs: those of one day and record, with the same values set."""
    return (one.as_of, one.own, one.parameters) == (other.as_of, other.own, other.parameters)


@dataclass(frozen=True, eq=False)
class Setup:
    """What all runs of a scenario with one seed share."""

    plan: Plan
    beliefs: Mapping[str, Belief]
    seed: int
    parameters: Mode
    row: Mapping[str, Any] | None = None
    """What every draw is, as `Draws.row` gives it, in place of what the seed draws."""
    agents: Agents | None = None
    """Agents of one's own; all runs are then those of the engine `mesa`."""
    _drawn: dict[int, Draws] = field(default_factory=dict, init=False, repr=False)
    """Draws computed so far, by how many they are; shared with setups that draw alike."""

    @classmethod
    def of(
        cls,
        loaded: ResolvedScenario,
        seed: int,
        parameters: Mode = "drawn",
        near: Setup | None = None,
        agents: Agents | None = None,
    ) -> Setup:
        """The setup of a scenario with a seed; parameters are drawn, or at their central values.

        near : one of a scenario that differs little, from which is taken what both have in common
        """
        scenario = loaded.scenario
        if near is None:
            return cls(plan(loaded, yardsticks_for(scenario)), beliefs_for(scenario), seed, parameters, agents=agents)
        laid_out = plan(loaded, yardsticks_for(scenario), near.plan)
        believed = near.beliefs if _know_the_same(scenario, near.plan.loaded.scenario) else beliefs_for(scenario)
        setup = cls(laid_out, believed, seed, parameters, agents=agents)
        if setup._draws_like(near):
            object.__setattr__(setup, "_drawn", near._drawn)
        return setup

    def _draws_like(self, other: Setup) -> bool:
        """Whether every draw is that of another setup."""
        one, two = self.plan, other.plan
        return (
            self.beliefs is other.beliefs
            and (self.seed, self.parameters, self.row) == (other.seed, other.parameters, other.row)
            and one.states == two.states
            and (one.event_values, one.event_chances) == (two.event_values, two.event_chances)
            and one.outcome_chances == two.outcome_chances
        )

    def draws(self, runs: int) -> Draws:
        """The draws of runs 0 to `runs` - 1, one row per draw; fewer runs have the first of these draws."""
        count = -(-runs // RUNS_PER_DRAW)
        if count not in self._drawn:
            self._drawn[count] = (
                sample(self.plan, self.beliefs, self.seed, count, self.parameters)
                if self.row is None
                else Draws.repeated(self.row, self.beliefs, count)
            )
        return self._drawn[count]

    def ensemble(self, runs: int, **settings: Any) -> Ensemble:
        """Runs 0 to `runs` - 1; settings as in `run_ensemble`."""
        return run_ensemble(self.plan, self.draws(runs), self.seed, runs, **settings | self.own)

    def blocks(self, runs: int, size: int, **settings: Any) -> Generator[Ensemble]:
        """The same in blocks of `size` runs (see `sim.runs.ensemble.blocks`)."""
        return blocks(self.plan, self.draws(runs), self.seed, runs, size, **settings | self.own)

    def ledger(self, runs: Sequence[int], engine: Engine = "compiled") -> Ensemble:
        """Chosen runs, ascending, with all talks and what every state weighed (see `ledger_of`)."""
        draws = self.draws(max(runs, default=-1) + 1)
        return ledger_of(self.plan, draws, self.seed, runs, **{"engine": engine} | self.own)

    @property
    def own(self) -> dict[str, Any]:
        """How the engines are asked where agents are one's own."""
        return {} if self.agents is None else {"engine": "mesa", "agents": self.agents}

    @property
    def world_class(self) -> type[World]:
        """The Mesa model that the agents live in."""
        from sim.model.world import World

        return World if self.agents is None else self.agents.world

    def world(self, run: int, kind: type[World] | None = None) -> World:
        """That model at the start of a run; kind : a class of it."""
        setting = self.draws(run + 1).setting(self.plan, run // RUNS_PER_DRAW)
        return (kind or self.world_class)(setting, self.seed, run)

    def rehearse(self, runs: int, threads: int | None, tell: Callable[[str], object] | None, what: str = "") -> None:
        """Step one run with Python agents, to see that they work, and say how long so many take if that is long.

        what : follows the number of runs
        """
        alone = replace(self, parameters="central", row=None)
        began = time.perf_counter()
        alone.ensemble(1, **{"engine": "mesa", "threads": 1} | self.own)
        many = workers(runs, "mesa", self.agents, threads)
        seconds = (time.perf_counter() - began) * runs / many
        if tell is not None and seconds > LONG:
            processes = "one process" if many == 1 else f"{many} processes"
            tell(f"{runs:,} runs{what} with Python agents on {processes}: about {duration(seconds)}")

    def warm_up(self, tell: Callable[[str], object] | None = None) -> None:
        """Compile the kernel, or load it from the cache, with a single run.

        tell : called with a sentence if that takes long
        """
        if tell is not None and not is_compiled():
            tell("compiling the model: once, up to a minute")
        uniforms(0, 1, 0)
        replace(self, seed=0, parameters="central").ensemble(1, horizons=(1,), threads=1)
