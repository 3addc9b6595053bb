"""Why: the chances the page is about with each lever of the scenario taken away, one ensemble serving all states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.removals import DONE, Edit, Lever, Subject, edited, groups, levers, paired, subject_of
from sim.charts.states import rows_of
from sim.errors import ResultError
from sim.fit import beliefs_for, yardsticks_for
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import plan
from sim.report.words import about, end_words
from sim.results.result import SIDES, Result
from sim.results.tables import COOPERATION, moved
from sim.runs.ensemble import run_ensemble
from sim.runs.run import Request
from sim.runs.sampling import sample
from sim.scenario import Scenario
from sim.words import beyond_luck, listed, points, tenths, the

RUNS = 1_000
"""Runs of each removal, the first of the result's own: enough to see a few points, and quick."""
MOST_LEVERS = 12
"""Levers taken away one by one for a state."""


@dataclass(frozen=True)
class Removed:
    """One state's chance without each lever."""

    name: str
    heading: str
    p: float
    """With everything in place, over the same runs."""
    runs: int
    rows: tuple[Mapping[str, Any], ...]
    """lever, label, group (single, kind or all), p, without, difference, low, high, mc: as `sim explain` has them."""
    sentences: tuple[str, ...]
    story: str = ""
    """A typical run in which it happens, in words; empty for another decision than to leave."""
    talks: str = ""
    """Its talks over the runs, in words."""


def why(result: Result, runs: int = RUNS, threads: int | None = None) -> list[Removed]:
    """The states the answer is about, and the host, each without every lever that concerns it.

    Empty where the scenario pulls no lever, or the result was made by another version of the model.
    """
    try:
        request = Request.again(result)
    except ResultError:
        return []
    if request.identity != result.settings["id"]:
        return []
    bench = _Bench(result, request, min(runs, result.runs), threads)
    subjects = [subject_of(result, row.iso3) for row in about(result)]
    if result.hosts:
        named = {row.iso3 for row in about(result)}
        hosts = rows_of(result, True, COOPERATION)
        host = next((row for row in hosts if row.iso3 in named), hosts[0])
        subjects.append(subject_of(result, host.iso3, COOPERATION))
    found = [_removed(bench, subject) for subject in subjects]
    return [each for each in found if each is not None]


def _removed(bench: _Bench, subject: Subject) -> Removed | None:
    everything = levers(subject)
    if not everything:
        return None
    together = groups(subject, everything)
    near = [lever for lever in everything if lever.near][:MOST_LEVERS]
    singles = sorted((bench.row(subject, lever, "single") for lever in near), key=lambda row: -abs(row["difference"]))
    kinds = [bench.row(subject, lever, "all" if lever.path == "all" else "kind") for lever in together]
    if len(everything) == len(near) == 1:
        kinds = []
    p = float(bench.base[:, subject.place].mean())
    rows = (*singles, *kinds)
    return Removed(
        the(subject.name),
        f"{the(subject.name)[0].upper()}{the(subject.name)[1:]} {DONE[subject.decision]}",
        p,
        bench.runs,
        rows,
        tuple(_sentences(bench, subject, p, rows)),
        *_told(bench, subject),
    )


def _told(bench: _Bench, subject: Subject) -> tuple[str, str]:
    """The story of a typical run, and the talks over the runs; nothing where the state does not weigh leaving."""
    from sim.analysis.explain import stories

    if subject.decision != "leave":
        return "", ""
    run, over_all = stories(bench.result, subject.iso3)
    return " ".join(run), " ".join(over_all)


def _sentences(bench: _Bench, subject: Subject, p: float, rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    end = end_words(bench.result)
    yield f"By {end} {the(subject.name)} {DONE[subject.decision]} in {tenths(p)} of {bench.runs:,} runs."
    singles = [row for row in rows if row["group"] == "single"]
    clear = [row for row in singles if beyond_luck(row["difference"], row["mc"])]
    if clear:
        told = [f"{tenths(row['without'])} without “{row['label']}”" for row in clear[:3]]
        yield f"Taken away one at a time, the same runs give {listed(told)}."
    else:
        yield "No part of the scenario moves it, by itself, by more than luck would."
    for row in rows:
        if row["group"] == "all" and beyond_luck(row["difference"], row["mc"]):
            yield (
                f"Without all of them, under reference conditions, it is {tenths(row['without'])} "
                f"({points(row['difference'])} points)."
            )


class _Bench:
    """The first runs of a result again, without some of its levers; each set of levers is run once for all states."""

    def __init__(self, result: Result, request: Request, runs: int, threads: int | None) -> None:
        self.result, self.request, self.runs, self.threads = result, request, runs, threads
        self.at_start = np.array([SIDES[place.tie].index(place.at_start) for place in result.places], dtype=np.int64)
        early = result.changes["run"] < runs
        self.base = self._moved({name: result.changes[name][early] for name in ("run", "month", "state", "to")})
        self.known: dict[str, NDArray[np.bool_]] = {}

    def row(self, subject: Subject, lever: Lever, group: str) -> dict[str, Any]:
        """What taking a lever away does to a state's chance."""
        without = self.without(lever.edits)[:, subject.place]
        base = self.base[:, subject.place]
        central = self.request.parameters == "central"
        mean, low, high, mc = paired(without.astype(np.int64) - base, RUNS_PER_DRAW, central)
        told = {"lever": lever.path, "label": lever.label, "group": group, "p": float(base.mean())}
        return told | {"without": float(without.mean()), "difference": mean, "low": low, "high": high, "mc": mc}

    def without(self, edits: Iterable[Edit]) -> NDArray[np.bool_]:
        """(runs, places) whether each tie is, at the end, not what it was at the start."""
        document = edited(self.result.scenario, edits)
        key = repr(document)
        if key not in self.known:
            self.known[key] = self._run(document)
        return self.known[key]

    def _run(self, document: Mapping[str, Any]) -> NDArray[np.bool_]:
        loaded = replace(self.request.loaded, scenario=Scenario.model_validate(document))
        laid = plan(loaded, yardsticks_for(loaded.scenario))
        beliefs = beliefs_for(loaded.scenario)
        draws = sample(laid, beliefs, self.request.seed, -(-self.runs // RUNS_PER_DRAW), self.request.parameters)
        rows = run_ensemble(laid, draws, self.request.seed, self.runs, threads=self.threads).changes
        return self._moved({"run": rows[:, 0], "month": rows[:, 1], "state": rows[:, 2], "to": rows[:, 4]})

    def _moved(self, changes: Mapping[str, Any]) -> NDArray[np.bool_]:
        columns = {name: np.asarray(column).astype(np.int64) for name, column in changes.items()}
        return moved(self.at_start, columns, self.runs, len(self.result.months) - 1)
