"""Outcomes at the end: how each is written, what it is in words, where a table holds it, how runs measure it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.atlas import coded, states, unknown
from sim.errors import InputError, Problem, nearest
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.terms import HEADS
from sim.results.table import BLANK, TEXT
from sim.results.tables import LEVELS, moved
from sim.sweeps.paired import CHANGES

if TYPE_CHECKING:
    from sim.model.plan import Plan
    from sim.runs.ensemble import Ensemble

COUNT, LOST, LEFT, COOPERATION, SUSPENDED = "count", "lost", "left", "cooperation", "suspended"
NUMBERS = (COUNT, LOST, COOPERATION)
"""Kinds that are mean numbers of states; the others are chances of one state."""
CHANCES = (LEFT, SUSPENDED)
"""Kinds that name a state, each with a column for every state that it may name."""
WRITTEN = (COUNT, LOST, f"{LEFT}:ISO3", COOPERATION, f"{SUSPENDED}:ISO3")
"""Every outcome as a command takes it."""
_PREFIXES = {LEFT: "p_end_", SUSPENDED: "suspended_"}
_MEANS = {COUNT: "mean", COOPERATION: "cooperation_mean"}
_QUANTILES = tuple(f"q{round(100 * level):02d}" for level in LEVELS)


@cache
def quantiles_of(column: str) -> tuple[str, ...]:
    """Columns of the 5, 25, 50, 75 and 95 % points over runs of what a column has the mean of; empty for a chance."""
    return tuple(column.removesuffix("mean") + level for level in _QUANTILES) if column in _MEANS.values() else ()


COUNTED = ("mean", "mean_mc", *_QUANTILES)
"""Columns of the count at the end, which every point has that could be run."""


@dataclass(frozen=True)
class Outcome:
    """One outcome of a scenario, at the end."""

    kind: str
    code: str = ""
    """Code of its state; empty for a number of states."""
    away: bool = False
    """Whether that state is not with Taipei at the start: its chance is then to have returned."""

    @property
    def asked(self) -> str:
        """As a command takes it."""
        return f"{self.kind}:{self.code}" if self.code else self.kind

    @property
    def name(self) -> str:
        """Name of its chart."""
        return self.asked.replace(":", "-")

    @property
    def is_number(self) -> bool:
        """Whether it is a number of states, otherwise a chance."""
        return self.kind in NUMBERS

    @property
    def column(self) -> str | None:
        """The column of a table of points that holds it; None if the sum of several columns does."""
        return f"{_PREFIXES[self.kind]}{self.code}" if self.code else _MEANS.get(self.kind)

    @property
    def quantiles(self) -> tuple[str, ...]:
        """Columns of its 5, 25, 50, 75 and 95 % points over runs; empty if there are none."""
        return () if self.column is None else quantiles_of(self.column)

    def columns(self, at_start: Mapping[str, str]) -> tuple[str, ...]:
        """The columns whose sum it is; at_start : side at the start of each state that is simulated."""
        if self.column is not None:
            return (self.column,)
        return tuple(f"{_PREFIXES[LEFT]}{code}" for code, side in at_start.items() if side == "taipei")

    # --- words

    @property
    def heading(self) -> str:
        """What a chart of it is called."""
        name = states()[self.code].name if self.code else ""
        return {
            COUNT: "States that recognise Taipei",
            LOST: "States that Taipei loses",
            COOPERATION: "Hosts that cooperate with Washington",
            LEFT: f"Chance of {name} to {'return to' if self.away else 'leave'} Taipei",
            SUSPENDED: f"Chance of {name} to suspend military cooperation",
        }[self.kind]

    def measure(self, end: str) -> str:
        """What a chart shows of every point; end : `the end of Dec 2026`."""
        return {
            COUNT: f"Mean number of states at {end}",
            LOST: f"Mean number of states with Taipei at the start that are not at {end}",
            COOPERATION: f"Mean number of hosts at {end}",
            LEFT: f"Share of runs, %, in which it has {'come to it' if self.away else 'left'} by {end}",
            SUSPENDED: f"Share of runs, %, in which its cooperation with Washington is suspended at {end}",
        }[self.kind]

    def in_words(self, end: str) -> str:
        """What it is, in a sentence; end : `the end of Dec 2026`."""
        name = states()[self.code].name if self.code else ""
        return {
            COUNT: f"mean number of states that recognise Taipei at {end}",
            LOST: f"mean number of states with Taipei at the start that are not at {end}",
            COOPERATION: f"mean number of hosts that cooperate with Washington at {end}",
            LEFT: f"chance that {name} has {'come to' if self.away else 'left'} Taipei at {end}",
            SUSPENDED: f"chance that {name} has suspended military cooperation at {end}",
        }[self.kind]

    @property
    def unit(self) -> str:
        """Beside an axis."""
        return {COUNT: "states", LOST: "states", COOPERATION: "hosts"}.get(self.kind, "% of runs")

    @property
    def dark_is_low(self) -> bool:
        """Whether dark stands for less of it: of a number of states, where less is more risk; never of a chance."""
        return self.kind in (COUNT, COOPERATION)

    @property
    def darker(self) -> str:
        """What dark stands for: fewer states, or a higher chance."""
        return {
            COUNT: "fewer states recognise Taipei",
            LOST: "more states are lost",
            COOPERATION: "fewer hosts cooperate",
        }.get(self.kind, "higher chance")


def parse_outcome(text: str, at_start: Mapping[str, str], hosts: Collection[str], option: str = "--outcome") -> Outcome:
    """The outcome that a text names. Raises InputError if a scenario does not have it.

    at_start : side at the start of each state that is simulated; hosts : codes of the hosts of military cooperation
    """
    kind, _, code = (asked := coded(text)).partition(":")
    if asked in (COUNT, LOST) or (asked == COOPERATION and hosts):
        return Outcome(kind)
    if kind in (COOPERATION, SUSPENDED) and not hosts:
        raise InputError(Problem(option, "count, lost or left:ISO3, for the scenario has no hosts", text))
    named = {LEFT: list(at_start), SUSPENDED: [code for code in at_start if code in hosts]}
    places = named.get(kind)
    if places is None:
        close = nearest(kind, [one.partition(":")[0] for one in WRITTEN])
        raise InputError(Problem(option, "one of " + ", ".join(WRITTEN), text, close))
    if code not in places:
        rule = f"{kind}: and the code of a state simulated here, such as {kind}:{places[0]}"
        raise InputError(unknown(option, rule, text, places, code, f"{kind}:"))
    return Outcome(kind, code, kind == LEFT and at_start[code] != "taipei")


def outcomes_in(columns: Collection[str], at_start: Mapping[str, str]) -> list[Outcome]:
    """The outcomes that a table of points has: numbers of states, then chances.

    at_start : side at the start by code, of every state that may have a column
    """
    numbers = [Outcome(kind) for kind in NUMBERS]
    chances = [
        Outcome(kind, code, kind == LEFT and at_start[code] != "taipei") for kind in CHANCES for code in at_start
    ]
    return [one for one in (*numbers, *chances) if (held := one.columns(at_start)) and all(c in columns for c in held)]


def states_in(columns: Iterable[str]) -> list[str]:
    """Codes of the states of a table of points, in the order of its columns."""
    return [name[-3:] for name in columns if name[:-3] == _PREFIXES[LEFT]]


def outcome_column(name: str) -> str | None:
    """What a column of outcomes holds, by its name; None for a name that no outcome has."""
    if name == "first_month":
        return TEXT
    changed = next((end for end in CHANGES if name.endswith(end)), "")
    bare = name.removesuffix(changed or "_mc")
    state = bare[-3:] in states() and bare[:-3] in _PREFIXES.values()
    count = (bare if changed else name).removeprefix("cooperation_")
    return BLANK if state or (count == "mean" if changed else count in COUNTED) else None


# --- what runs come to ------------------------------------------------------------------------------------------


def sides_at_start(plan: Plan) -> dict[str, str]:
    """Side at the start by code, of every state of a plan."""
    return dict(zip(plan.states, np.where(plan.timeline.with_taipei, "taipei", "beijing").tolist(), strict=True))


def outcome_in(text: str, plan: Plan) -> Outcome:
    """The outcome of a plan that a text names. Raises InputError if the plan does not have it."""
    return parse_outcome(text, sides_at_start(plan), plan.hosts)


def elsewhere(plan: Plan, ensemble: Ensemble) -> NDArray[np.bool_]:
    """(runs, places) whether each tie stands elsewhere at the end than at the start: states, then hosts."""
    at_start = np.concatenate([~plan.timeline.with_taipei, np.zeros(len(plan.hosts))]).astype(np.int64)
    heads = {name: ensemble.changes[:, HEADS[name]].astype(np.int64) for name in ("run", "month", "state", "to")}
    return moved(at_start, heads, ensemble.counts.shape[0], len(plan.months) - 1)


def columns_of_counts(plan: Plan) -> list[str]:
    """The columns of the mean counts of a plan: of recognition, then of cooperation if it has hosts."""
    return list(_MEANS.values())[: 2 if plan.hosts else 1]


def columns_of_ties(plan: Plan) -> list[str]:
    """The columns of all ties of a plan, in the order of `elsewhere`."""
    chances = [(LEFT, code) for code in plan.states] + [(SUSPENDED, code) for code in plan.hosts]
    return [f"{_PREFIXES[kind]}{code}" for kind, code in chances]


def from_ties(outcome: Outcome, plan: Plan, away: NDArray[np.float64]) -> NDArray[np.float64]:
    """(...) an outcome from the shares of runs in which each tie stands elsewhere, (..., places)."""
    n, with_taipei = len(plan.states), plan.timeline.with_taipei
    value: NDArray[np.float64]
    if outcome.kind == COUNT:
        value = with_taipei.sum() + away[..., :n] @ np.where(with_taipei, -1.0, 1.0)
    elif outcome.kind == LOST:
        value = away[..., :n][..., with_taipei].sum(axis=-1)
    elif outcome.kind == COOPERATION:
        value = len(plan.hosts) - away[..., n:].sum(axis=-1)
    else:
        place = plan.states.index(outcome.code) if outcome.kind == LEFT else n + plan.hosts.index(outcome.code)
        value = away[..., place]
    return value


def shares_elsewhere(plan: Plan, ensemble: Ensemble) -> NDArray[np.float64]:
    """(2, draws, places) shares in which each tie stands elsewhere at the end: as counted, and as expected.

    ensemble : an ensemble with the last month as its one horizon
    """
    away = elsewhere(plan, ensemble)
    counted = away.reshape(-1, RUNS_PER_DRAW, away.shape[1]).mean(axis=1)
    return np.stack([counted, ensemble.expected[:, :, 0, 0] / RUNS_PER_DRAW])
