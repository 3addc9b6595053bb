"""What each lever did to a chance: the same runs without it, paired by random numbers and parameter draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.bench import Bench, paired_runs
from sim.analysis.pulled import Lever, acts, groups, label_of, levers
from sim.analysis.subject import DONE, Subject, subject_of
from sim.results import Result
from sim.results.tables import RECOGNITION
from sim.runs.ensemble import Progress
from sim.words import beyond_luck, listed, month, points

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVERS, MOST_PAIRED = 40, 5
"""Levers removed one by one (those of the state first); those of the largest removals that are removed in pairs."""


@dataclass(frozen=True, eq=False)
class Removals:
    """The chance at the end with each lever taken away, paired run by run."""

    subject: Subject
    p: float
    """The chance with everything in place, 0 to 1, over the same runs."""
    runs: int
    rows: list[dict[str, Any]]
    """One lever each: lever, label, kind, group (single, kind or all), p, without (0 to 1), difference (without less p,
    -1 to 1), low, high (5 and 95 % points of the difference over parameter draws, luck removed), mc (its Monte Carlo
    error); the largest first, then those taken away together. None where there are too few runs to tell."""
    pairs: list[dict[str, Any]]
    """Two levers each: one, other, label, without, difference (both away), sum (of both singly), interaction
    (difference less sum), low, high, mc (of the interaction)."""
    sentences: list[str]

    @property
    def document(self) -> dict[str, Any]:
        """All of it as one JSON object."""
        told = {"p": self.p, "runs": self.runs, "rows": self.rows, "pairs": self.pairs}
        return told | {"sentences": self.sentences}

    def frame(self) -> pd.DataFrame:
        """One row per lever, with the columns of `rows`."""
        import pandas as pd

        return pd.DataFrame(self.rows)


def removals(
    result: Result,
    state: str,
    runs: int | None = None,
    threads: int | None = None,
    tie: str = RECOGNITION,
    progress: Progress | None = None,
) -> Removals:
    """Take away every lever that the scenario of a result pulls, and tell what that does to a state's chance.

    runs : of each removal, the first of the result's own (default: 4,000, or all where there are fewer)
    progress : called with the removals done and wanted
    Raises InputError for a state the result does not follow, ResultError for a result of another version.
    """
    subject = subject_of(result, state, tie)
    bench = Bench(result, [subject.place], paired_runs(result, runs), threads)
    everything = levers(subject)
    together = groups(subject, everything)
    singles, rest = _chosen(everything)
    most = min(MOST_PAIRED, len(singles))
    wanted = len(singles) + len(together) + most * (most - 1) // 2
    ended: list[dict[str, Any]] = []
    for done, lever in enumerate((*singles, *together), start=1):
        ended.append(removed(bench, subject, lever))
        if progress is not None:
            progress(done, wanted)
    alone = sorted(ended[: len(singles)], key=lambda row: -abs(row["difference"]))
    by_path = {lever.path: lever for lever in singles}
    largest = [by_path[row["lever"]] for row in alone[:MOST_PAIRED] if row["difference"] != 0.0]
    pairs = []
    for one, other in combinations(largest, 2):
        pairs.append(_both_removed(bench, subject, one, other))
        if progress is not None:
            progress(len(ended) + len(pairs), wanted)
    pairs.sort(key=lambda row: -abs(row["interaction"]))
    if progress is not None:
        progress(wanted, wanted)
    rows = alone + ended[len(singles) :]
    p = float(bench.base(subject.place).mean())
    told = [*_sentences(subject, p, bench.runs, rows, pairs), *_waiting(subject), *_left(subject)]
    if rest:
        told.append(f"{rest} more levers about other states were taken away only together with all.")
    return Removals(subject, p, bench.runs, rows, pairs, told)


def _chosen(found: list[Lever]) -> tuple[list[Lever], int]:
    """The levers to be taken away one by one, in their order, and how many are not."""
    if len(found) <= MOST_LEVERS:
        return found, 0
    ranked = sorted(range(len(found)), key=lambda number: (not found[number].near, number))[:MOST_LEVERS]
    return [found[number] for number in sorted(ranked)], len(found) - MOST_LEVERS


def removed(bench: Bench, subject: Subject, lever: Lever) -> dict[str, Any]:
    """A row of `Removals.rows`: what taking a lever away does to a state's chance; the bench follows its place."""
    without, base = bench.after(lever.edits, subject.place), bench.base(subject.place)
    told: dict[str, Any] = {"lever": lever.path, "label": lever.label, "kind": lever.kind, "group": lever.group}
    found = bench.paired(without.astype(np.int64) - base)
    told |= {"p": float(base.mean()), "without": float(without.mean()), "difference": found.mean}
    return told | {"low": found.low, "high": found.high, "mc": found.mc}


def _both_removed(bench: Bench, subject: Subject, one: Lever, other: Lever) -> dict[str, Any]:
    """A row of `Removals.pairs`."""
    both, first, second = (
        bench.after(edits, subject.place).astype(np.int64)
        for edits in ((*one.edits, *other.edits), one.edits, other.edits)
    )
    base = bench.base(subject.place).astype(np.int64)
    found = bench.paired(both - first - second + base)
    return {
        "one": one.path,
        "other": other.path,
        "label": f"{one.label} and {other.label}",
        "without": float(both.mean()),
        "difference": float((both - base).mean()),
        "sum": float((first - base).mean() + (second - base).mean()),
        "interaction": found.mean,
        "low": found.low,
        "high": found.high,
        "mc": found.mc,
    }


# --- in words ---------------------------------------------------------------------------------------------

_MOST_TOLD = 5


def _sentences(
    subject: Subject, p: float, runs: int, rows: Sequence[dict[str, Any]], pairs: Sequence[dict[str, Any]]
) -> list[str]:
    end = month(subject.result.months[-1])
    told = [f"By the end of {end} {subject.name} {DONE[subject.decision]} in {100 * p:.1f} % of {runs:,} runs."]
    singles = [row for row in rows if row["group"] == "single"]
    clear = [row for row in singles if beyond_luck(row["difference"], row["mc"])]
    if not singles:
        return [*told, "The scenario pulls no lever: these are reference conditions."]
    for row in clear[:_MOST_TOLD]:
        told.append(f"{_taken_away(row)} it is {100 * row['without']:.1f} %{_in_points(row)}.")
    if not clear:
        told.append("No lever by itself moves it by more than two Monte Carlo errors.")
    elif len(clear) < len(singles):
        told.append("No other lever by itself moves it by more than two Monte Carlo errors.")
    for row in rows:
        if row["group"] == "all":
            said = f"With every lever at its reference it is {100 * row['without']:.1f} %{_in_points(row)}."
            told.append(said)
    found = [row for row in pairs if beyond_luck(row["interaction"], row["mc"])]
    for row in found[:2]:
        more = "more" if (row["interaction"] > 0) == (row["sum"] > 0) else "less"
        told.append(
            f"Without {row['label']} together it moves by {points(row['difference'])} points, "
            f"{100 * abs(row['interaction']):.1f} {more} than the two singly add up to (error {100 * row['mc']:.1f})."
        )
    if pairs and not found:
        told.append("No two levers together differ from their sum by more than two Monte Carlo errors.")
    return told


WAITING = "Words of a government to come"


def _waiting(subject: Subject) -> list[str]:
    """What becomes of words that count from an inauguration when that is taken away."""
    own = [(path, event) for path, _, event in acts(subject.result.scenario) if event.get("state") == subject.iso3]
    words = [label_of(path) for path, event in own if event.get("incoming")]
    if not words or not any(event["type"] == "inauguration" for _, event in own):
        return []
    return [
        f"{WAITING} ({listed(words)}) count from its inauguration on: without that one they wait for the next, if any."
    ]


def _left(subject: Subject) -> list[str]:
    """What a child changes that is no lever, and so stays as it is."""
    result = subject.result
    kept = [
        words
        for words, table, keys in (
            ("its dates", "scenario", ("start", "end", "as_of")),
            ("its roster", "roster", ("add", "remove", "candidates")),
            ("its hosts", "cooperation", ("hosts",)),
        )
        if any(result.scenario[table].get(key) != result.reference[table].get(key) for key in keys)
    ]
    return [f"What it changes of {listed(kept)} is not taken away."] if kept else []


def _taken_away(row: Mapping[str, Any]) -> str:
    happens = row["lever"].startswith(("events.", "elections."))
    return f"Without {row['label']}" if happens else f"With {row['label']} at its reference"


def _in_points(row: Mapping[str, Any]) -> str:
    said = f" ({points(row['difference'])} points"
    if row["mc"] is not None:
        said += f", Monte Carlo error {100 * row['mc']:.1f}"
    if row["low"] is not None and points(row["low"]) != points(row["high"]):
        said += f"; {points(row['low'])} to {points(row['high'])} over parameter draws"
    return said + ")"
