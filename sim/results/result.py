"""The result of a run: counts, changes and tables, in memory or read back from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.results.tables import Table, count_error, states_table, summary_table

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("taipei", "beijing", "none")


@dataclass(frozen=True, eq=False)
class Result:
    """Everything one scenario gave."""

    scenario: Mapping[str, Any]
    """The scenario as resolved, tables as in its file."""
    months: tuple[str, ...]
    """(T + 1,) `YYYY-MM`. Row 0 is the roster at the end of `as_of`; row m is the end of month m."""
    members: tuple[tuple[str, str, str], ...]
    """(n,) code, name and side at the start of each state simulated."""
    counts: NDArray[np.uint8]
    """(runs, T + 1) states recognising Taipei."""
    changes: Mapping[str, NDArray[Any]]
    """Columns of the changes: run, month (row), state (position), from, to (sides), hazard, and each term."""
    observed: tuple[int | None, ...]
    """(T + 1,) the count on record, None after the day until which the record is confirmed."""
    settings: Mapping[str, Any]
    """seed, runs, engine, parameters (drawn or central), runs_per_draw, id, version."""
    beliefs: tuple[Mapping[str, Any], ...]
    """Every parameter: name, unit, kind, family, central, low, high, cases, hindsight."""
    budgets: Mapping[str, float]
    """Reference budgets at central parameters, US$ million a year: beijing, taipei."""
    ledger: Table | None = None
    """What every state weighed in every month, where it was asked for."""
    folder: Path | None = None
    """Where its files are."""

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.scenario["scenario"]["name"])

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.scenario["scenario"]["title"])

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.counts.shape[0])

    @property
    def seed(self) -> int:
        """Seed of the random numbers."""
        return int(self.settings["seed"])

    @cached_property
    def summary_columns(self) -> Table:
        """`summary.csv` as columns."""
        return summary_table(self.months, self.counts, self.observed)

    @cached_property
    def states_columns(self) -> Table:
        """`states.csv` as columns."""
        at_start = np.array([SIDES.index(side) for _, _, side in self.members], dtype=np.int64)
        return states_table(
            self.members,
            at_start,
            self.changes,
            self.runs,
            len(self.months) - 1,
            int(self.settings["runs_per_draw"]),
        )

    @cached_property
    def events_columns(self) -> Table:
        """`events.parquet` as columns: one row a change of side."""
        from sim.results.tables import TIE

        changes = self.changes
        codes = [code for code, _, _ in self.members]
        columns: dict[str, Any] = {
            "run": changes["run"],
            "month": [self.months[row] for row in changes["month"].tolist()],
            "iso3": [codes[state] for state in changes["state"].tolist()],
            "tie": [TIE] * len(changes["run"]),
            "from": [SIDES[side] for side in changes["from"].tolist()],
            "to": [SIDES[side] for side in changes["to"].tolist()],
        }
        rest = [name for name in changes if name not in ("run", "month", "state", "from", "to")]
        return columns | {name: changes[name] for name in rest}

    @property
    def mean_error(self) -> float:
        """Monte Carlo standard error of the mean count at the end."""
        return count_error(self.counts, int(self.settings["runs_per_draw"]))

    def summary(self) -> pd.DataFrame:
        """One row a month: mean, quantiles, and the count on record (states)."""
        return _frame(self.summary_columns)

    def states(self) -> pd.DataFrame:
        """One row a state: the chance that its tie is not what it was at the start, by horizon, with ranges."""
        return _frame(self.states_columns)

    def events(self) -> pd.DataFrame:
        """One row a change: run, month, state, sides, hazard (per year) and each term of it."""
        return _frame(self.events_columns)

    def trajectories(self) -> pd.DataFrame:
        """One row a run and month: run, month, tie, count."""
        from sim.results.tables import TIE

        runs, length = self.counts.shape
        return _frame(
            {
                "run": np.repeat(np.arange(runs), length),
                "month": list(self.months) * runs,
                "tie": [TIE] * (runs * length),
                "count": self.counts.ravel(),
            }
        )


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(dict(columns))
