"""Why, for all the states a page is about at once: each with every lever taken away, a typical run and its talks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sim.analysis.bench import Bench
from sim.analysis.deviations import deviations, groups
from sim.analysis.explain import stories
from sim.analysis.reading import about, rows_of
from sim.analysis.removals import Removals, removed
from sim.analysis.subject import Subject, subject_of
from sim.errors import ResultError
from sim.results import Result
from sim.results.tables import COOPERATION
from sim.runs.run import Request

RUNS = 1_000
"""Runs of each removal, the first of the result's own: enough to see a few points, and quick."""
MOST_LEVERS = 12
"""Levers taken away one by one for a state."""


@dataclass(frozen=True)
class Reasons:
    """What one state's chance hangs on."""

    removals: Removals
    """Without each lever; no pairs and no sentences."""
    story: str = ""
    """A typical run in which it happens, in words; empty for another decision than to leave."""
    talks: str = ""
    """Its talks over the runs, in words."""


def reasons(result: Result, runs: int = RUNS, threads: int | None = None) -> list[Reasons]:
    """Reasons for the states the answer is about, and for the host; one set of ensembles serves all of them.

    Empty where the scenario pulls no lever, or the result was made by another version of the model, or with agents of
    one's own, which would take longer than the result did.
    """
    if result.agents is not None:
        return []
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
    pulled = [subject for subject in subjects if deviations(subject)]
    _ = request.setup  # what all that follows looks up, before two threads ask for it at once
    with ThreadPoolExecutor(1) as meanwhile:  # while levers are removed, most of the work is the kernel's
        told = {
            subject.place: meanwhile.submit(stories, result, subject.iso3)
            for subject in pulled
            if subject.decision == "leave"
        }
        without = [_removals(bench, subject) for subject in pulled]
    texts = {place: [" ".join(lines) for lines in story.result()] for place, story in told.items()}
    return [Reasons(removals, *texts.get(subject.place, ())) for subject, removals in zip(pulled, without, strict=True)]


def _removals(bench: Bench, subject: Subject) -> Removals:
    everything = deviations(subject)
    near = [lever for lever in everything if lever.near][:MOST_LEVERS]
    rows = sorted((removed(bench, subject, deviation) for deviation in near), key=lambda row: -abs(row["difference"]))
    if not len(everything) == len(near) == 1:
        rows += [removed(bench, subject, deviation) for deviation in groups(subject, everything)]
    return Removals(subject, float(bench.base(subject.place).mean()), bench.runs, rows, pairs=[], sentences=[])
