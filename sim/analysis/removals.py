"""What each lever did to a chance: the same runs without it, paired by random numbers and parameter draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.bench import Bench, paired_runs
from sim.analysis.deviations import Deviation, acts, deviations, groups, label_of
from sim.analysis.subject import DONE, Subject, subject_of
from sim.results import Result
from sim.results.tables import RECOGNITION
from sim.runs.ensemble import Progress
from sim.runs.processes import Call
from sim.words import beyond_luck, listed, month, points

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVERS, MOST_PAIRED = 40, 5
"""Most levers removed one by one (those of the state first); most of the largest that are removed in pairs."""


@dataclass(frozen=True, eq=False)
class Removals:
    """The chance at the end with each lever taken away, paired run by run."""

    subject: Subject
    p: float
    """The chance with everything in place, 0 to 1, over the same runs."""
    runs: int
    rows: list[dict[str, Any]]
    """One row per lever: lever, label, kind, group (single, kind or all), p, without (0 to 1), difference (without less
    p, -1 to 1), low, high (5 and 95 % points of the difference over parameter draws, luck removed), mc (its Monte Carlo
    error); the largest first, then those taken away together. None if there are too few runs."""
    pairs: list[dict[str, Any]]
    """One row per pair of levers: one, other, label, without, difference (both away), sum (of both singly), interaction
    (difference less sum), low, high, mc (of the interaction)."""
    sentences: list[str]

    @property
    def singles(self) -> list[dict[str, Any]]:
        """Rows of levers taken away one by one."""
        return [row for row in self.rows if row["group"] == "single"]

    @property
    def together(self) -> list[dict[str, Any]]:
        """Rows of levers taken away together."""
        return [row for row in self.rows if row["group"] != "single"]

    @property
    def interacting(self) -> list[dict[str, Any]]:
        """Pairs that differ from their sum by more than two Monte Carlo errors."""
        return [row for row in self.pairs if beyond_luck(row["interaction"], row["mc"])]

    @property
    def document(self) -> dict[str, Any]:
        """All of it as one JSON object."""
        document = {"p": self.p, "runs": self.runs, "rows": self.rows, "pairs": self.pairs}
        return document | {"sentences": self.sentences}

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
    call: Call | None = None,
) -> Removals:
    """Take away every lever that the scenario of a result pulls, one by one, and see how a state's chance changes.

    runs : runs per removal, the first of the result's own (default: 4,000, 100 with agents of one's own, or all if
    there are fewer)
    progress : called with the numbers of removals done and wanted; call : processes of Python agents
    Raises InputError for a state the result does not follow, ResultError for a result of another version.
    """
    subject = subject_of(result, state, tie)
    bench = Bench(result, [subject.place], paired_runs(result, runs), threads, call)
    everything = deviations(subject)
    together = groups(subject, everything)
    singles, rest = _chosen(everything)
    wanted = most_removals(subject)
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
    outcome = Removals(subject, p, bench.runs, rows, pairs, [])
    outcome.sentences.extend([*_sentences(outcome), *_waiting(subject), *_unchanged(subject)])
    if rest:
        outcome.sentences.append(f"{rest} more levers about other states were taken away only together with all.")
    return outcome


def most_removals(subject: Subject) -> int:
    """How many ensembles `removals` runs for a state, at most."""
    everything = deviations(subject)
    singles, _ = _chosen(everything)
    most = min(MOST_PAIRED, len(singles))
    return len(singles) + len(groups(subject, everything)) + most * (most - 1) // 2


def _chosen(everything: list[Deviation]) -> tuple[list[Deviation], int]:
    """The levers to take away one by one, in their order, and the number of the others."""
    if len(everything) <= MOST_LEVERS:
        return everything, 0
    ranked = sorted(range(len(everything)), key=lambda number: (not everything[number].near, number))[:MOST_LEVERS]
    return [everything[number] for number in sorted(ranked)], len(everything) - MOST_LEVERS


def removed(bench: Bench, subject: Subject, lever: Deviation) -> dict[str, Any]:
    """A row of `Removals.rows`: how a state's chance changes without a lever; the bench must follow its place."""
    without, base = bench.after(lever.edits, subject.place), bench.base(subject.place)
    row: dict[str, Any] = {"lever": lever.path, "label": lever.label, "kind": lever.kind, "group": lever.group}
    difference = bench.paired(without.astype(np.int64) - base)
    row |= {"p": float(base.mean()), "without": float(without.mean()), "difference": difference.mean}
    return row | {"low": difference.low, "high": difference.high, "mc": difference.mc}


def _both_removed(bench: Bench, subject: Subject, one: Deviation, other: Deviation) -> dict[str, Any]:
    """A row of `Removals.pairs`."""
    both, first, second = (
        bench.after(edits, subject.place).astype(np.int64)
        for edits in ((*one.edits, *other.edits), one.edits, other.edits)
    )
    base = bench.base(subject.place).astype(np.int64)
    interaction = bench.paired(both - first - second + base)
    return {
        "one": one.path,
        "other": other.path,
        "label": f"{one.label} and {other.label}",
        "without": float(both.mean()),
        "difference": float((both - base).mean()),
        "sum": float((first - base).mean() + (second - base).mean()),
        "interaction": interaction.mean,
        "low": interaction.low,
        "high": interaction.high,
        "mc": interaction.mc,
    }


# --- in words ---------------------------------------------------------------------------------------------

_MOST_LEVERS, _MOST_PAIRS = 5, 2
ADD_UP = "No two levers together differ from their sum by more than two Monte Carlo errors."


def _sentences(removals: Removals) -> list[str]:
    subject, singles = removals.subject, removals.singles
    chance = f"{subject.name} {DONE[subject.decision]} in {100 * removals.p:.1f} % of {removals.runs:,} runs"
    sentences = [f"By the end of {month(subject.result.months[-1])} {chance}."]
    clear = [row for row in singles if beyond_luck(row["difference"], row["mc"])]
    if not singles:
        return [*sentences, "The scenario pulls no lever: these are reference conditions."]
    for row in clear[:_MOST_LEVERS]:
        sentences.append(f"{_taken_away(row)} it is {100 * row['without']:.1f} %{_in_points(row)}.")
    if not clear:
        sentences.append("No lever by itself moves it by more than two Monte Carlo errors.")
    elif len(clear) < len(singles):
        sentences.append("No other lever by itself moves it by more than two Monte Carlo errors.")
    for row in removals.together:
        if row["group"] == "all":
            sentences.append(f"With every lever at its reference it is {100 * row['without']:.1f} %{_in_points(row)}.")
    for row in removals.interacting[:_MOST_PAIRS]:
        more = "more" if (row["interaction"] > 0) == (row["sum"] > 0) else "less"
        sentences.append(
            f"Without {row['label']} together it moves by {points(row['difference'])} points, "
            f"{100 * abs(row['interaction']):.1f} {more} than the two singly add up to (error {100 * row['mc']:.1f})."
        )
    if removals.pairs and not removals.interacting:
        sentences.append(ADD_UP)
    return sentences


WAITING = "Words of a government to come"
"""How the sentence begins that names words which wait for another inauguration."""


def _waiting(subject: Subject) -> list[str]:
    """Words that count from an inauguration, which is itself taken away."""
    own = [(path, event) for path, _, event in acts(subject.result.scenario) if event.get("state") == subject.iso3]
    words = [label_of(path) for path, event in own if event.get("incoming")]
    if not words or not any(event["type"] == "inauguration" for _, event in own):
        return []
    return [
        f"{WAITING} ({listed(words)}) count from its inauguration on: without that one they wait for the next, if any."
    ]


def _unchanged(subject: Subject) -> list[str]:
    """What a scenario changes of the one it extends that is no lever, and so stays as it is."""
    result = subject.result
    changes = [
        words
        for words, table, keys in (
            ("its dates", "scenario", ("start", "end", "as_of")),
            ("its roster", "roster", ("add", "remove", "candidates")),
            ("its hosts", "cooperation", ("hosts",)),
        )
        if any(result.scenario[table].get(key) != result.reference[table].get(key) for key in keys)
    ]
    return [f"What it changes of {listed(changes)} is not taken away."] if changes else []


def _taken_away(row: Mapping[str, Any]) -> str:
    happens = row["lever"].startswith(("events.", "elections."))
    return f"Without {row['label']}" if happens else f"With {row['label']} at its reference"


def _in_points(row: Mapping[str, Any]) -> str:
    text = f" ({points(row['difference'])} points"
    if row["mc"] is not None:
        text += f", Monte Carlo error {100 * row['mc']:.1f}"
    if row["low"] is not None and points(row["low"]) != points(row["high"]):
        text += f"; {points(row['low'])} to {points(row['high'])} over parameter draws"
    return text + ")"
