"""Why a state left, or did not: from the ledger of the same runs again, which must agree to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import results
from sim.analysis import over_runs
from sim.analysis.bench import ledger_again, paired_runs
from sim.analysis.one_run import one_run
from sim.analysis.removals import Removals, most_removals, removals
from sim.analysis.story import beside, done, story, weighed
from sim.analysis.subject import DOES, DONE, Subject, first_decisions, subject_of
from sim.analysis.talks import talks
from sim.errors import InputError, Problem, ResultError
from sim.model.terms import DECISIONS
from sim.results import Result
from sim.results.files import read
from sim.results.manifests import EXPLANATION
from sim.results.table import month_ends
from sim.results.tables import RECOGNITION
from sim.runs.ensemble import Progress, apart
from sim.runs.processes import Call
from sim.runs.run import Request
from sim.runs.setup import announce
from sim.scenario.values import whole
from sim.shown import Shown
from sim.words import many, month, rate

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

FORMAT = 3
MOST_SAMPLED = 100
"""Runs whose ledger gives what a state weighs in all its months."""
SEARCH = 600
"""Runs that the search for the smallest change takes, about; it only says beforehand how long Python agents take."""


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Shown):
    """Why one tie of one state ended, or did not."""

    subject: Subject
    removals: Removals
    document: dict[str, Any]
    """All of it as one JSON object: chance, run (or null), talks (of leaving, over many runs), terms, when, removals,
    sentences."""

    def __repr__(self) -> str:
        of = f"{self.result.name}, {many(self.result.runs, 'run')}, seed {self.result.seed}"
        return f"<Explanation of {self.subject.name} ({self.subject.tie}) in {of}>"

    @property
    def result(self) -> Result:
        """The result explained."""
        return self.subject.result

    @property
    def sentences(self) -> list[str]:
        """The explanation in words, one string per sentence."""
        return list(self.document["sentences"])

    def months(self) -> pd.DataFrame:
        """One row per month of the run, up to the decision.

        Terms (of leaving and coming log odds; of suspending log rates, `order` a year; `acceptance` a multiple),
        `hazard` (a year), `chance` of the decision in the month, `talks` and `losing` (the chance that it changes sides
        in talks which close in the month; not of suspending), and `luck`, the number drawn (0 to 1): if it is below the
        chance, or that of losing, the decision is taken. It is drawn for talks, and counts when they close.
        """
        return _frame(self._run("months"))

    def steps(self) -> pd.DataFrame:
        """One row per term at the decision: its value, and how it moved the chance of losing or the annual hazard."""
        return _frame(self._run("steps"))

    def acts(self) -> pd.DataFrame:
        """One row per month of the run: what the patrons did (% of GDP and US$ million a year, pressure 0 to 3)."""
        return _frame(self._run("acts"))

    def keeping(self) -> pd.DataFrame:
        """One row per single change, the smallest that kept the state first (see `sim.analysis.smallest_change`)."""
        run = self.document["run"]
        return _frame([] if run is None or run["keeping"] is None else run["keeping"]["rows"])

    def terms(self) -> pd.DataFrame:
        """One row per term: mean, 5 and 95 % points at the decisions of all runs, and over all months of a sample."""
        return _frame(self.document["terms"])

    def hazard(self) -> pd.DataFrame:
        """One row per month: the hazard (a year) over the sampled runs that had not decided, and their share."""
        return _frame(self.document["when"]["months"])

    def removed(self) -> pd.DataFrame:
        """One row per lever taken away (see `sim.analysis.removals`)."""
        return self.removals.frame()

    def _run(self, table: str) -> list[Row]:
        run = self.document["run"]
        return [] if run is None else list(run[table])


def explain(
    result: Result | str | Path,
    state: str,
    run: int | None = None,
    tie: str = RECOGNITION,
    runs: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Why a state left, returned or suspended cooperation in the runs of a result, or did not.

    result : a result, or the folder of one
    run : the run to follow (default: a typical one, with the median month of the decisions)
    runs : runs per removal, the first of the result's own (default: 4,000, 100 with agents of one's own, or all if
    there are fewer)
    threads : of the compiled engine, or processes of Python agents; all cores where left out
    progress : called with the numbers of removals done and wanted
    Raises InputError for a state or run the result does not have, ResultError for a result of another version.
    """
    if not isinstance(result, Result):
        result = read(result)
    subject = subject_of(result, state, tie)
    chosen, runs = _chosen_run(subject, run), paired_runs(result, runs)
    count = min(result.runs, MOST_SAMPLED)
    sampled = [number * result.runs // count for number in range(count)]
    setup = Request.again(result).setup
    setup.warm_up(announce)
    book = ledger_again(result, setup, sampled).ledger
    assert book is not None
    rows = book[:, :, subject.place, :]

    def others(call: Call | None) -> dict[str, Any]:
        """What there is to say besides what each lever did."""
        return {
            "chance": over_runs.chance(subject),
            "run": None if chosen is None else one_run(subject, setup, chosen, run is None, call),
            "talks": talks(subject, setup.plan) if DECISIONS[subject.decision].by_talks else None,
            "terms": over_runs.terms(subject, rows),
            "sampled_runs": len(sampled),
            "when": over_runs.when(subject, setup.plan, rows),
        }

    # While levers are removed, most of the work is the kernel's. Where that is interrupted, processes end first.
    with ThreadPoolExecutor(1) as meanwhile, apart(setup.agents, threads) as call:
        besides = meanwhile.submit(others, call)
        without = removals(result, state, runs, threads, tie, progress, call)
        rest = besides.result()
    header = result.scenario["scenario"]
    document: dict[str, Any] = {
        "format": FORMAT,
        "scenario": result.name,
        "title": result.title,
        "id": result.settings["id"],
        "runs": result.runs,
        "seed": result.seed,
        "parameters": result.settings["parameters"],
        "start": str(header["start"]),
        "end": result.months[-1],
        "iso3": subject.iso3,
        "state": subject.name,
        "tie": subject.tie,
        "decision": subject.decision,
        **rest,
        "removals": without.document,
    }
    _put_into_words(document, without)
    return Explanation(subject, without, document)


def stories(result: Result, state: str) -> tuple[list[str], list[str]]:
    """The story of a typical run in which a state leaves, and its talks over all runs.

    Both are empty for a state that does not weigh leaving; the story is empty if it leaves in no run. Raises as
    `explain` does.
    """
    subject = subject_of(result, state)
    if subject.decision != "leave":
        return [], []
    chosen, lines = _chosen_run(subject, None), []
    setup = Request.again(result).setup
    if chosen is not None:
        run = one_run(subject, setup, chosen, True)
        lines = story(run, int(first_decisions(subject)[0].shape[0]), subject.decision, subject.name)
    document = talks(subject, setup.plan)
    return lines, [] if document is None else document["sentences"]


# --- files ------------------------------------------------------------------------------------------------


def explanation_to_folder(
    result: Result,
    state: str,
    run: int | None = None,
    tie: str = RECOGNITION,
    runs: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    out: results.Out | None = None,
    draw: Callable[[Explanation, Path], object] | None = None,
    command: str = "",
    tell: Callable[[str], object] | None = None,
    pictures: bool = True,
) -> tuple[Explanation, Path, bool]:
    """Find the explanation of a result that has a folder, or make and write it; returns whether it was found.

    out : a folder in which it gets a folder of its own, `<ISO3>`, or exactly that one (default: below `explain` in that
    of the result). Another tie or a run that is named is part of the name: each explanation keeps its files
    draw : draws its charts into a folder; tell : called with a note before what takes long; pictures : whether to draw
    Raises as `explain` does, and InputError before anything is run if the folder cannot be written to.
    """
    subject = subject_of(result, state, tie)
    _chosen_run(subject, run)
    assert result.folder is not None
    home = result.folder
    name = folder_name(subject.iso3, tie, run)
    folder = home / "explain" / name if out is None else results.at(out, name)
    asked = {"result": result.settings["id"], "iso3": subject.iso3, "tie": tie}
    code = results.sources_digest(("analysis",))
    identity = results.identity({**asked, "run": run, "runs": paired_runs(result, runs), "code": code})
    if out is not None:
        results.claim(out, EXPLANATION, identity)
    drawn = draw is not None and pictures
    with suppress(ResultError):
        drawn = drawn or (draw is not None and results.loaded(folder, EXPLANATION)["drawn"])
    head = {"kind": EXPLANATION.name, "id": identity, **asked, "title": result.title, "drawn": drawn}
    explanations: list[Explanation] = []

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        request = Request.again(result)
        if request.agents is not None:
            wanted = most_removals(subject)
            many = SEARCH + wanted * paired_runs(result, runs)
            request.setup.rehearse(many, threads, tell, f" for {wanted} removals and the smallest change")
        elif request.engine == "compiled":
            request.setup.warm_up(tell)
        explanation = explain(result, state, run, tie, runs, threads, progress)
        results.write_json(explanation.document, stage / EXPLANATION.document)
        if draw is not None and drawn:
            draw(explanation, stage)
        explanations.append(explanation)
        outside = {"command": command, "result": results.way(folder, home)}
        return {"outside": outside}

    if results.found_or_made(folder, head, (), make, own=out is None):
        return read_explanation(folder, result), folder, True
    return explanations[-1], folder, False


def folder_name(iso3: str, tie: str = RECOGNITION, run: int | None = None) -> str:
    """What the folder of an explanation is called: `HND`, `HND-cooperation`, `HND-run-12`."""
    which = [] if tie == RECOGNITION else [tie]
    return "-".join([iso3, *which, *([] if run is None else [f"run-{run}"])])


def read_explanation(folder: Path, result: Result | None = None) -> Explanation:
    """An explanation from its folder.

    result : the one it explains (default: the one in whose folder it is, or at the place noted in the manifest)
    Raises ResultError if it is damaged or its result is missing.
    """
    manifest = results.check(folder, EXPLANATION, pictures=False)
    if result is None:
        homes = (results.followed(folder, way) for way in ("../..", manifest["outside"].get("result")))
        candidates = (read(home) for home in homes if home is not None)
        result = next((one for one in candidates if one.settings["id"] == manifest["result"]), None)
    if result is None or result.settings["id"] != manifest["result"]:
        rule = f"an explanation in the folder of its result, {manifest['result']}: explain that again"
        raise ResultError(Problem("result", rule), folder)
    subject = subject_of(result, manifest["iso3"], manifest["tie"])
    path = folder / EXPLANATION.document
    document = results.read_json(path)
    try:
        without = Removals(subject, **document["removals"])
        if not set(document) >= {"chance", "run", "talks", "terms", "when", "sampled_runs", "decision", "sentences"}:
            raise ValueError("keys are missing")
    except (LookupError, TypeError, ValueError) as error:
        raise ResultError(Problem("", "an explanation that this version can read: make it again"), path) from error
    return Explanation(subject, without, document)


def _chosen_run(subject: Subject, run: int | None) -> int | None:
    """The run asked for, by default the first that decides in the median month; None if none decides."""
    if (run := whole(run)) is not None:
        if not isinstance(run, int) or isinstance(run, bool) or not 0 <= run < subject.result.runs:
            raise InputError(Problem("--run", f"a whole number from 0 to {subject.result.runs - 1}", run))
        return run
    runs, months = first_decisions(subject)
    if runs.shape[0] == 0:
        return None
    median = np.sort(months)[(months.shape[0] - 1) // 2]
    return int(runs[months == median].min())


# --- in words ---------------------------------------------------------------------------------------------


def _put_into_words(document: dict[str, Any], without: Removals) -> None:
    """Put the explanation into words, each part its own and all of them together."""
    chance, run, when = document["chance"], document["run"], document["when"]
    decision, name = document["decision"], document["state"]
    text = f"By the end of {month(document['end'])} {name} {DONE[decision]} in {100 * chance['p']:.1f} % of "
    text += f"{document['runs']:,} runs (Monte Carlo error {100 * chance['mc']:.1f}"
    if chance["low"] is not None and chance["low"] < chance["high"]:
        text += f"; {100 * chance['low']:.0f} to {100 * chance['high']:.0f} % over parameter draws"
    chance["sentences"] = [f"{text})."]
    if not chance["decided_runs"]:
        chance["sentences"].append(f"In none of the runs it {DOES[decision]}, so there is no decision to look into.")
    when["sentences"] = []
    if when["highest"] is not None:
        at = next(month for month in when["months"] if month["month"] == when["highest"])
        when["sentences"].append(
            f"Over the runs in which that was still open, the hazard was highest in {month(when['highest'])}: "
            f"{rate(at['mean'])} on average; in 90 % of them from {rate(at['q05'])} to {rate(at['q95'])}."
        )
    of_run = [] if run is None else _of_run(run, chance["decided_runs"], decision, name)
    over_all = [] if document["talks"] is None else document["talks"]["sentences"]
    document["sentences"] = [
        *chance["sentences"], *of_run, *over_all, *when["sentences"], *without.sentences[1:]
    ]  # fmt: skip


def _of_run(run: dict[str, Any], decided_runs: int, decision: str, name: str) -> list[str]:
    """Put one run into words: its story, and what goes with it."""
    run["story"] = story(run, decided_runs, decision, name)
    run["sentences"] = [*run["story"], *beside(run, decision)]
    changes = [] if run["keeping"] is None else run["keeping"]["sentences"]
    acts = [] if run["talks"] is not None else [done(run, decision)]
    return [*run["sentences"], weighed(run), *acts, *changes]


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows in pandas; months as their last day, datetime64."""
    import pandas as pd

    frame = pd.DataFrame(list(rows))
    for name in frame.columns.intersection(["month", "latest"]):
        frame[name] = month_ends([row[name] for row in rows]).astype("datetime64[ms]")
    return frame
