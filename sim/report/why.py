"""Why: the chances the page is about with each lever of the scenario taken away, one ensemble serving all states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.analysis.bench import Bench
from sim.analysis.pulled import groups, levers
from sim.analysis.removals import removed
from sim.analysis.subject import DONE, Subject, subject_of
from sim.charts.result.states import rows_of
from sim.errors import ResultError
from sim.report.words import about, end_words
from sim.results import Result
from sim.results.tables import COOPERATION
from sim.runs.run import Request
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
    """As `Removals.rows` has them."""
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
    subjects = [subject_of(result, row.iso3) for row in about(result)]
    if result.hosts:
        named = {row.iso3 for row in about(result)}
        hosts = rows_of(result, True, COOPERATION)
        host = next((row for row in hosts if row.iso3 in named), hosts[0])
        subjects.append(subject_of(result, host.iso3, COOPERATION))
    bench = Bench(result, [subject.place for subject in subjects], min(runs, result.runs), threads)
    found = [_removed(bench, subject) for subject in subjects]
    return [each for each in found if each is not None]


def _removed(bench: Bench, subject: Subject) -> Removed | None:
    everything = levers(subject)
    if not everything:
        return None
    together = groups(subject, everything)
    near = [lever for lever in everything if lever.near][:MOST_LEVERS]
    singles = sorted((removed(bench, subject, lever) for lever in near), key=lambda row: -abs(row["difference"]))
    kinds = [removed(bench, subject, lever) for lever in together]
    if len(everything) == len(near) == 1:
        kinds = []
    p = float(bench.base(subject.place).mean())
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


def _told(bench: Bench, subject: Subject) -> tuple[str, str]:
    """The story of a typical run, and the talks over the runs; nothing where the state does not weigh leaving."""
    from sim.analysis.explain import stories

    if subject.decision != "leave":
        return "", ""
    run, over_all = stories(bench.result, subject.iso3)
    return " ".join(run), " ".join(over_all)


def _sentences(bench: Bench, subject: Subject, p: float, rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
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
