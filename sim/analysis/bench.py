"""The same runs with something changed: a result's scenario, edited and run with the same random numbers."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.reading import changes_where
from sim.errors import InputError, Problem, ResultError
from sim.model.terms import HEAD, WEIGHED
from sim.results import Result
from sim.results.table import DIGITS
from sim.results.tables import Paired, moved, paired
from sim.runs.ensemble import Engine, Ensemble
from sim.runs.processes import Call
from sim.runs.run import Request
from sim.runs.setup import Setup
from sim.scenario import Scenario
from sim.scenario.values import whole

MOST_RUNS, MOST_OWN = 4000, 100
"""Runs per change by default; with agents of one's own, which take several hundred times as long."""
DROP = object()
"""In an edit: the key is deleted."""

Edit = tuple[str, Any]
"""A dotted path of the scenario's document and its new value."""


def edited(document: Mapping[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """A copy of a scenario's document with edits; a key to drop may be missing."""
    copied: dict[str, Any] = copy.deepcopy(dict(document))
    for path, value in edits:
        *above, last = path.split(".")
        table = copied
        for part in above:
            table = table.setdefault(part, {})
        if value is DROP:
            table.pop(last, None)
        else:
            table[last] = copy.deepcopy(value)
    return copied


def changed(request: Request, document: Mapping[str, Any]) -> Setup:
    """A request made ready to run with another document in place of its scenario's."""
    loaded = replace(request.loaded, scenario=Scenario.model_validate(document))
    return replace(request, loaded=loaded).setup


def paired_runs(result: Result, runs: int | None) -> int:
    """The number of a result's runs that are repeated. Raises InputError unless it is a whole number of 1 or more."""
    if (runs := whole(runs)) is not None and (not isinstance(runs, int) or isinstance(runs, bool) or runs < 1):
        raise InputError(Problem("--runs", "a whole number of 1 or more", runs))
    usual = MOST_RUNS if result.agents is None else MOST_OWN
    return min(result.runs, usual if runs is None else runs)


class Bench:
    """The first runs of a result, repeated with its scenario edited; every edit is run once for all places."""

    def __init__(
        self,
        result: Result,
        places: Sequence[int],
        runs: int,
        threads: int | None = None,
        call: Call | None = None,
    ) -> None:
        """For the ties at `places`, their numbers among the result's own; call : processes of Python agents."""
        self.result, self.runs, self.threads, self.call = result, runs, threads, call
        self.places = {place: column for column, place in enumerate(dict.fromkeys(places))}
        self.request = Request.again(result)
        self._base = self._moved(_changes_in(result, range(runs), ("run", "month", "state", "to")))
        self._known: dict[str, NDArray[np.bool_]] = {}

    def base(self, place: int) -> NDArray[np.bool_]:
        """(runs,) whether a tie at the end differs from the start, with nothing changed."""
        return self._base[:, self.places[place]]

    def after(self, edits: Iterable[Edit], place: int) -> NDArray[np.bool_]:
        """(runs,) the same with the scenario edited."""
        document = edited(self.result.scenario, edits)
        key = repr(document)
        if key not in self._known:
            ensemble = changed(self.request, document).ensemble(self.runs, threads=self.threads, call=self.call)
            self._known[key] = self._moved(ensemble.heads)
        return self._known[key][:, self.places[place]]

    def _moved(self, changes: Mapping[str, NDArray[np.int64]]) -> NDArray[np.bool_]:
        """(runs, places) whether each tie at the end differs from the start."""
        gone = moved(self.result.at_start, changes, self.runs, len(self.result.months) - 1)
        return gone[:, list(self.places)]

    def paired(self, pairs: NDArray[np.int64]) -> Paired:
        """Mean and error of paired differences over the runs; points over draws have as many digits as in tables."""
        central = self.request.parameters == "central"
        pair = paired(pairs, int(self.result.settings["runs_per_draw"]), central)
        if central or pair.low is None or pair.high is None:
            return pair
        low, high = (round(point, DIGITS) + 0.0 for point in (pair.low, pair.high))
        return pair._replace(low=min(pair.mean, low), high=max(pair.mean, high))


def _changes_in(result: Result, runs: Sequence[int], names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """These columns of the changes of some runs, which ascend; nothing later is read."""
    wanted = np.array(runs)
    return changes_where(result, names, lambda changes: np.isin(changes["run"], wanted), until=runs[-1])


def ledger_again(result: Result, setup: Setup, runs: Sequence[int], engine: Engine = "compiled") -> Ensemble:
    """Chosen runs of a result, ascending, with the ledger: what every state weighed in its decisions.

    setup : of the request behind the result
    Raises ResultError unless the runs' changes are those of the result to the last bit.
    """
    ensemble = setup.ledger(runs, engine)
    again = ensemble.heads | {name: ensemble.changes[:, HEAD + column] for name, column in WEIGHED.items()}
    changes = _changes_in(result, runs, tuple(again))
    if not all(same_bits(changes[name], column) for name, column in again.items()):
        rule = "what this version gives again: the result was made by another version; run the scenario again"
        raise ResultError(Problem("events.parquet", rule), result.folder)
    return ensemble


def same_bits(one: Any, other: Any) -> bool:
    """Whether two columns are the same to the last bit."""
    left, right = (np.ascontiguousarray(column, dtype=np.float64).view(np.int64) for column in (one, other))
    return bool(np.array_equal(left, right))
