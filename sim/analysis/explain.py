"""Why a state left, or did not: told from the model's own ledger, run again with the same luck, checked to the bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import results
from sim.analysis.keeping import keeping
from sim.analysis.removals import DOES, DONE, Removals, Subject, label_of, paired_runs, removals, subject_of
from sim.analysis.story import beside, done, story, weighed
from sim.analysis.talks import COLUMNS, held_by, talks
from sim.analysis.words import acts_told
from sim.errors import InputError, Problem, ResultError
from sim.fit import beliefs_for, yardsticks_for
from sim.model import rules
from sim.model.calendar import AID, DOUBTED, HOSTILITY, INDUCEMENT, OFFER, draw_happenings
from sim.model.draws import RETURN, SUSPEND, state_code, uniform
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan, month_label, plan
from sim.model.terms import (
    CHANCE,
    DECISIONS,
    HAZARD,
    HEAD,
    HEADS,
    IN_PUBLIC,
    IN_TALKS,
    OUTCOMES,
    SIDE,
    TAIPEI,
    TALK_STATE,
    TALKS,
    TERMS,
    WEIGHED,
)
from sim.results import Result
from sim.results.files import read
from sim.results.manifests import EXPLANATION
from sim.results.result import SIDES
from sim.results.tables import LEVELS, RECOGNITION
from sim.runs.ensemble import Engine, Ensemble, Progress, ledger_of
from sim.runs.run import Request, warm_up_kernel
from sim.runs.sampling import Draws, sample
from sim.scenario.values import plain
from sim.words import month, rate

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

FORMAT = 3
MONTHS_BEFORE = 24
"""Months that are counted as those before the decision, its own included."""
MOST_SAMPLED = 100
"""Runs whose ledger tells what a state weighs in all its months."""
MOST_HIGHEST = 5

LABELS = {name: decision.labels for name, decision in DECISIONS.items()}
"""What each term is called, by decision."""
PURPOSES = {"return": RETURN, "suspend": SUSPEND}


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why one tie of one state ended, or did not."""

    subject: Subject
    removals: Removals
    document: dict[str, Any]
    """All of it as one JSON object: chance, run (or null), talks (of leaving, over many runs), terms, when, removals,
    sentences."""

    @property
    def result(self) -> Result:
        """The result explained."""
        return self.subject.result

    @property
    def sentences(self) -> list[str]:
        """The explanation in words, a sentence each."""
        return list(self.document["sentences"])

    def months(self) -> pd.DataFrame:
        """A row a month of the run, up to the decision.

        Terms (of leaving log odds; of returning and suspending log rates, `order` a year; `acceptance` a multiple),
        `hazard` (a year), `chance` of the decision in the month, `talks` and `losing` (the chance that talks are lost
        which close in the month; of leaving alone), and `luck`, the number drawn (0 to 1): below the chance, or that of
        losing, the decision is taken. A state with Taipei draws it when its talks close.
        """
        return _frame(self._run("months"))

    def steps(self) -> pd.DataFrame:
        """A row a term at the decision: its value, and what it moved: the chance of losing, or the annual hazard."""
        return _frame(self._run("steps"))

    def acts(self) -> pd.DataFrame:
        """A row a month of the run: what the patrons did (% of GDP and US$ million a year, pressure 0 to 3)."""
        return _frame(self._run("acts"))

    def keeping(self) -> pd.DataFrame:
        """A row a single change, the smallest that kept the state first (see `sim.analysis.keeping`)."""
        told = self.document["run"]
        return _frame([] if told is None or told["keeping"] is None else told["keeping"]["rows"])

    def terms(self) -> pd.DataFrame:
        """A row a term: its mean, 5 and 95 % points at the decisions of all runs, and over all months of a sample."""
        return _frame(self.document["terms"])

    def hazard(self) -> pd.DataFrame:
        """A row a month: the hazard (a year) over the sampled runs that had not decided, and their share."""
        return _frame(self.document["when"]["months"])

    def removed(self) -> pd.DataFrame:
        """A row a lever taken away (see `sim.analysis.removals`)."""
        return self.removals.frame()

    def _run(self, table: str) -> list[Row]:
        told = self.document["run"]
        return [] if told is None else list(told[table])


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
    run : one run to look into; left out, a typical one: that of the median month among the decisions
    runs : of each removal, the first of the result's own (default: 4,000, or all where there are fewer)
    progress : called with the removals done and wanted
    Raises InputError for a state or run the result does not have, ResultError for a result of another version.
    """
    if not isinstance(result, Result):
        result = read(result)
    subject = subject_of(result, state, tie)
    chosen, runs = _chosen_run(subject, run), paired_runs(result, runs)
    count = min(result.runs, MOST_SAMPLED)
    sampled = [number * result.runs // count for number in range(count)]
    again = Again.of(result, max([*sampled, -1 if chosen is None else chosen]))
    book = again.ledger(sampled).ledger
    assert book is not None
    rows = book[:, :, subject.place, :]
    looked_into = None if chosen is None else _story(subject, again, chosen, run is None)
    leaves = subject.decision == "leave"
    without = removals(result, state, runs, threads, tie, progress)
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
        "chance": _chance(subject),
        "run": looked_into,
        "talks": talks(subject, again.plan) if leaves else None,
        "terms": _terms(subject, rows),
        "sampled_runs": len(sampled),
        "when": _when(subject, again.plan, rows),
        "removals": without.document,
    }
    _tell(document, without)
    return Explanation(subject, without, document)


def stories(result: Result, state: str) -> tuple[list[str], list[str]]:
    """The story of a typical run in which a state leaves, and its talks over all runs, and nothing else.

    Both empty for a state that does not weigh leaving; no story where it leaves in no run. Raises as `explain` does.
    """
    subject = subject_of(result, state)
    if subject.decision != "leave":
        return [], []
    chosen, run = _chosen_run(subject, None), []
    again = Again.of(result, -1 if chosen is None else chosen)
    if chosen is not None:
        told = _story(subject, again, chosen, True)
        run = story(told, int(first_decisions(subject)[0].shape[0]), subject.decision, subject.name)
    found = talks(subject, again.plan)
    return run, [] if found is None else found["sentences"]


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
    """Find an explanation of a result that has a folder, or make it and write it there; True when it was found.

    out : a folder of the user's own (`explain/<ISO3>` in the result's where left out), or exactly there and only there
    draw : draws its charts into a folder; tell : is told what takes long; pictures : whether charts are asked for
    Raises as `explain` does, and InputError, before anything is run, where the folder cannot be written to.
    """
    subject = subject_of(result, state, tie)
    _chosen_run(subject, run)
    assert result.folder is not None
    home = result.folder
    name = subject.iso3 if tie == RECOGNITION else f"{subject.iso3}-{tie}"
    folder = result.folder / "explain" / name if out is None else results.at(out)
    asked = {"result": result.settings["id"], "iso3": subject.iso3, "tie": tie}
    code = results.sources_digest(("analysis",))
    identity = results.identity({**asked, "run": run, "runs": paired_runs(result, runs), "code": code})
    if out is not None:
        results.claim(out, EXPLANATION, identity)
    drawn = draw is not None and pictures
    with suppress(ResultError):
        drawn = drawn or (draw is not None and results.loaded(folder, EXPLANATION)["drawn"])
    said = {"kind": EXPLANATION.name, "id": identity, **asked, "title": result.title, "drawn": drawn}
    made: list[Explanation] = []

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        warm_up_kernel(Request.again(result), tell)
        found = explain(result, state, run, tie, runs, threads, progress)
        results.write_json(found.document, stage / EXPLANATION.document)
        if draw is not None and drawn:
            draw(found, stage)
        made.append(found)
        outside = {"command": command, "result": results.way(folder, home)}
        return {**said, "outside": outside}

    if results.found_or_made(folder, said, (), make, own=out is None):
        return read_explanation(folder, result), folder, True
    return made[-1], folder, False


def read_explanation(folder: Path, result: Result | None = None) -> Explanation:
    """An explanation from its folder.

    result : the one it explains; left out, the one in whose folder it is, or where it was when this was written
    Raises ResultError where it is damaged, or its result is not there.
    """
    manifest = results.check(folder, EXPLANATION, pictures=False)
    if result is None:
        homes = (results.followed(folder, way) for way in ("../..", manifest["outside"].get("result")))
        found = (read(home) for home in homes if home is not None)
        result = next((one for one in found if one.settings["id"] == manifest["result"]), None)
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


# --- the runs again ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Again:
    """A result laid out to be run again, with the draws that its runs had."""

    result: Result
    request: Request
    plan: Plan
    draws: Draws

    @classmethod
    def of(cls, result: Result, last: int) -> Again:
        """With the draws of the runs up to `last`."""
        request = Request.again(result)
        scenario = request.loaded.scenario
        laid = plan(request.loaded, yardsticks_for(scenario))
        count = last // RUNS_PER_DRAW + 1
        return cls(result, request, laid, sample(laid, beliefs_for(scenario), request.seed, count, request.parameters))

    def ledger(self, runs: Sequence[int], engine: Engine = "compiled") -> Ensemble:
        """Chosen runs, ascending, with what every state weighed, the numbers that the decisions used.

        Raises ResultError unless the runs' changes are those of the result to the last bit.
        """
        found = ledger_of(self.plan, self.draws, self.request.seed, runs, engine)
        changes = self.result.changes
        kept = np.isin(changes["run"], np.array(runs))
        names = {**HEADS, **{name: HEAD + column for name, column in WEIGHED.items()}}
        same = int(kept.sum()) == found.changes.shape[0] and all(
            _same(changes[name][kept], found.changes[:, column]) for name, column in names.items()
        )
        if not same:
            rule = "what this version gives again: the result was made by another version; run the scenario again"
            raise ResultError(Problem("events.parquet", rule), self.result.folder)
        return found


def _same(one: Any, other: Any) -> bool:
    """Whether two columns are the same to the last bit."""
    left, right = (np.ascontiguousarray(column, dtype=np.float64).view(np.int64) for column in (one, other))
    return bool(np.array_equal(left, right))


def _chosen_run(subject: Subject, run: int | None) -> int | None:
    """The run asked for; else the first of those that decide in the median month; None where none decides."""
    if (run := plain(run)) is not None:
        if not isinstance(run, int) or isinstance(run, bool) or not 0 <= run < subject.result.runs:
            raise InputError(Problem("--run", f"a whole number from 0 to {subject.result.runs - 1}", run))
        return run
    runs, months = first_decisions(subject)
    if runs.shape[0] == 0:
        return None
    median = np.sort(months)[(months.shape[0] - 1) // 2]
    return int(runs[months == median].min())


def first_decisions(subject: Subject) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n,) runs in which the decision is taken, ascending, and (n,) the row in which it is first."""
    rows = subject.decisions()
    changes = subject.result.changes
    runs, first = np.unique(changes["run"][rows], return_index=True)
    return runs, changes["month"][rows][first]


# --- one run ----------------------------------------------------------------------------------------------


def _story(subject: Subject, again: Again, run: int, typical: bool) -> dict[str, Any]:
    """One run: its months up to the decision, that decision by terms, what the patrons did, what would have kept it."""
    result, timeline = subject.result, again.plan.timeline
    ensemble = again.ledger([run], result.settings["engine"])
    assert ensemble.ledger is not None
    rows = ensemble.ledger[0, :, subject.place, :]
    closed = _closed(subject, again, ensemble)
    runs, when = first_decisions(subject)
    taken = when[runs == run]
    decided = int(taken[0]) if taken.shape[0] else None
    last = len(result.months) - 1 if decided is None else decided
    months = [
        _month(subject, timeline, again.request.seed, run, row, rows[row], closed.get(row)) for row in range(last + 1)
    ]
    ranked = sorted(months, key=lambda month: (-month["hazard"], month["row"]))
    at = months[last] if decided is not None else ranked[0]
    public = int(rows[at["row"], IN_TALKS] == IN_PUBLIC)
    acts, usual = _acts(subject, again, run, rows, last, public)
    before = months[max(0, at["row"] - MONTHS_BEFORE + 1) : at["row"] + 1]
    chances = [month["chance"] for month in months if month["chance"] is not None]
    draw, happens = run // RUNS_PER_DRAW, _happenings(again, run)
    names = again.draws.parameters.dtype.names or ()
    beliefs = {name: float(again.draws.parameters[name][draw]) for name in names}
    talk = closed.get(at["row"]) if decided is not None else None
    told: dict[str, Any] = {
        "run": run,
        "draw": draw,
        "typical": typical,
        "decided": decided is not None,
        "month": at["month"],
        "row": at["row"],
        "exposure": float(timeline.exposure[at["row"]]),
        "hazard": at["hazard"],
        "chance": at["chance"],
        "luck": at["luck"],
        "losing": at.get("losing"),
        "talks": talk,
        "drawn": None if talk is None else talk["drawn"] / talk["acceptance"],
        "wins": None if talk is None else talk["chance"] / talk["acceptance"],
        "surplus": None if talk is None else -talk["surplus"],
        "money_effect": beliefs["money_effect"],
        "economy": bool(timeline.economy[subject.member]),
        "concluded": [closed[row] for row in sorted(closed) if row <= last],
        "chance_before": _adds_up([month["chance"] for month in before if month["chance"] is not None]),
        "months_before": len(before),
        "chance_in_all": _adds_up(chances),
        "steps": steps(subject.decision, at),
        "months": months,
        "highest": [] if decided is not None else [month["month"] for month in ranked[:MOST_HIGHEST]],
        "acts": acts,
        "usual": usual,
        "calendar": list(_calendar(subject, again.plan, happens)),
        "words": acts_told(subject, again.plan, happens, again.draws.values[draw], beliefs),
    }
    told["keeping"] = None if decided is None else keeping(subject, run, decided)
    return told


def _closed(subject: Subject, again: Again, ensemble: Ensemble) -> dict[int, Row]:
    """The talks of the state that ended in a run, by the row in which they did."""
    if subject.decision != "leave":
        return {}
    found: dict[int, Row] = {}
    for row in ensemble.talks[ensemble.talks[:, TALK_STATE] == subject.place]:
        talk = {name: float(row[column]) for name, column in COLUMNS.items()}
        outcome = OUTCOMES[int(talk["outcome"])]
        told = held_by(subject, again.plan, talk)
        if outcome not in ("left", "stayed"):
            told |= dict.fromkeys(("drawn", "surplus", "more_share", "more_musd"))
        found[int(talk["closed"])] = told | {
            "row": int(talk["opened"]),
            "outcome": outcome,
            "acceptance": talk["acceptance"],
        }
    return found


def _month(subject: Subject, timeline: Any, seed: int, run: int, row: int, weighed: Any, closed: Row | None) -> Row:
    """What the state weighed in a month, the chance that followed, and the number drawn.

    closed : its talks that ended in the month
    """
    decision = DECISIONS[subject.decision]
    terms = {name: float(weighed[TERMS[name]]) for name in decision.terms}
    hazard, number = float(weighed[HAZARD]), int(timeline.calendar_month[row])
    side = SIDES[subject.tie][int(weighed[SIDE])]
    open_to = side == SIDES[subject.tie][decision.home]
    chance = rules.monthly_chance(hazard, float(timeline.exposure[row])) if open_to else None
    told: Row = {"month": subject.result.months[row], "row": row, "side": side, **terms}
    luck: float | None = None
    if subject.decision == "leave":
        told["talks"] = TALKS[int(weighed[IN_TALKS])] if open_to else None
        told["losing"] = float(weighed[CHANCE]) if open_to else None
        luck = None if closed is None else closed["drawn"]
    elif open_to:
        luck = uniform(seed, run, number, state_code(subject.iso3), PURPOSES[subject.decision])
    return told | {"hazard": hazard, "chance": chance, "luck": luck}


def steps(decision: str, terms: Mapping[str, float]) -> list[Row]:
    """From reference conditions to the decision, term by term as the rules do it.

    terms : a month's, by name
    Each step has `term`, `label`, `value`, `before` and `after`, and `factor`, the one over the other: of leaving, the
    chance that talks are lost which close in the month; of the other decisions, the annual hazard. The last `after` is
    the ledger's to the last bit.
    """
    told = DECISIONS[decision]
    leaves = decision == "leave"

    def measure(total: float) -> float:
        if leaves:
            return rules.wins(max(-rules.MOST_BALANCE, min(rules.MOST_BALANCE, total)))
        return math.exp(min(total, rules.MOST_LOG_HAZARD))

    total = terms["base"]
    after = measure(total)
    first: Row = {"term": "base", "label": told.base, "value": total, "factor": None, "before": None, "after": after}
    found = [first]
    for term in told.added:
        total = total + terms[term.name]
        found.append(_step(term.name, term.label, terms[term.name], found[-1]["after"], measure(total)))
    for term in told.after:
        value, before = terms[term.name], found[-1]["after"]
        found.append(
            _step(term.name, term.label, value, before, before + value if term.name == "order" else value * before)
        )
    return found


def _step(term: str, label: str, value: float, before: float, after: float) -> Row:
    factor = after / before if before > 0.0 else None
    return {"term": term, "label": label, "value": value, "factor": factor, "before": before, "after": after}


def _adds_up(chances: Sequence[float]) -> float:
    """The chance of the decision within months that have these chances."""
    return -math.expm1(sum(math.log1p(-chance) if chance < 1.0 else -math.inf for chance in chances))


def _acts(subject: Subject, again: Again, run: int, rows: Any, last: int, public: int) -> tuple[list[Row], Row]:
    """What the patrons did in a run, month by month, from the agents themselves; and the same at reference.

    rows : (T + 1, COLUMNS) the run's ledger of the place, which the agents must give again to the last bit
    public : whether the reference is that of public talks (0 or 1)
    """
    from sim.model.world import World

    found: list[Row] = []
    weighed: list[list[float]] = []

    class Watched(World):
        """A world that notes what was done to the state before its decision is carried out."""

        def record(self, places: Any, after: list[int]) -> None:
            found.append(_act(self, self.members[subject.member], subject.result.months[self.month]))
            super().record(places, after)
            weighed.append(list(places[subject.place].row))

    draws, draw = again.draws, run // RUNS_PER_DRAW
    names = draws.parameters.dtype.names or ()
    world = Watched(
        again.plan.timeline,
        again.plan.states,
        {name: float(draws.parameters[name][draw]) for name in names},
        draws.values[draw],
        draws.chances[draw],
        draws.outcomes[draw],
        draws.spreads[draw],
        again.request.seed,
        run,
    )
    for _ in range(last + 1):
        world.step()
    if not _same(np.array(weighed), rows[: last + 1]):
        rule = "what both engines of this version give again: run the scenario again"
        raise ResultError(Problem("events.parquet", rule), subject.result.folder)
    reference, i = world.reference, subject.member
    gdp = float(again.plan.timeline.gdp[i])
    access = math.exp(float(reference.access[i]))
    package, aid = math.exp(float(reference.bid[i, last])) - access, math.expm1(float(reference.answer[i]))
    usual = {
        "beijing_share": package,
        "beijing_million_usd": package / 100.0 * gdp,
        "taipei_share": aid,
        "taipei_million_usd": aid / 100.0 * gdp,
        "pressure": float(reference.pressed[i, public]),
        "stake_share": math.expm1(float(reference.stake[i, public])),
        "dependence": float(again.plan.timeline.dependence_ref[i]),
    }
    return found, usual


def _act(world: Any, state: Any, month: str) -> Row:
    """What was done to a state in a month.

    Shares in % of GDP a year, as believed but for `beijing_face_share`, Beijing's bid at face value; pressure and
    hostility 0 to 3.
    """
    with_taipei = state.side == TAIPEI
    believed = state.bid if with_taipei else state.level(OFFER)
    aid = state.aid if with_taipei else state.level(AID)
    general = float(world.timeline.hostility[world.month])
    offers, standing = float(state.level(OFFER)), float(state.standing) if with_taipei else 0.0
    face = (believed - offers) / state.trust() + offers + float(state.level(DOUBTED))
    stake = float(state.stake[min(state.kind, 1)]) if with_taipei else 0.0
    return {
        "month": month,
        "gdp_million_usd": float(state.gdp),
        "beijing_share": float(believed),
        "beijing_face_share": float(face),
        "beijing_face_million_usd": float(face) / 100.0 * state.gdp,
        "of_it_offers": float(state.level(OFFER)),
        "beijing_million_usd": float(believed) / 100.0 * state.gdp,
        "beijing_accepts": float(world.beijing.acceptance),
        "taipei_share": float(aid),
        "taipei_million_usd": float(aid) / 100.0 * state.gdp,
        "taipei_standing_share": rules.percent(standing, state.gdp) + (float(state.level(AID)) if with_taipei else 0.0),
        "inducement_share": float(state.level(INDUCEMENT)),
        "stake_share": stake,
        "stake_million_usd": stake / 100.0 * state.gdp,
        "taipei_accepts": float(world.taipei.acceptance),
        "pressure": float(state.pressed[min(state.kind, 1)]) if with_taipei else None,
        "hostility": rules.felt_hostility(general, state.level(HOSTILITY)),
        "dependence": float(state.dependence()),
    }


def _happenings(again: Again, run: int) -> NDArray[np.bool_]:
    """(E,) whether each event of the calendar happens in a run."""
    draws, draw = again.draws, run // RUNS_PER_DRAW
    found = np.empty(len(again.plan.entries), dtype=np.bool_)
    draw_happenings(
        again.plan.timeline.events, draws.chances[draw], draws.outcomes[draw], again.request.seed, run, found
    )
    return found


def _calendar(subject: Subject, laid: Plan, happens: NDArray[np.bool_] | None = None) -> Iterator[Row]:
    """What the calendar holds for the state or for all, and where patrons' levers change.

    happens : (E,) whether each event does in a run; left out, none is told
    """
    first = int(laid.timeline.calendar_month[0])
    for number, entry in enumerate(laid.entries):
        if int(laid.timeline.events.state[number]) in (-1, subject.member) and entry.month < len(laid.months):
            certain = entry.event.chance == 1.0 and (
                entry.election < 0 or laid.outcome_chances[entry.election][entry.outcome] == 1.0
            )
            yield {
                "lever": entry.name,
                "label": label_of(entry.name),
                "type": entry.event.type,
                "row": entry.month,
                "month": month_label(first + entry.month),
                "day": entry.day,
                "certain": certain,
                "happened": None if happens is None else bool(happens[number]),
            }
    yield from _dated_levers(subject)


def _dated_levers(subject: Subject) -> Iterator[Row]:
    """Changes of the patrons' levers within the horizon."""
    months = {month: row for row, month in enumerate(subject.result.months)}
    for patron in ("beijing", "taipei", "washington"):
        for key, value in (subject.result.scenario.get(patron) or {}).items():
            if not isinstance(value, Mapping):
                continue
            for day, level in sorted((str(day), level) for day, level in value.items()):
                if day[:7] in months:
                    yield {
                        "lever": f"{patron}.{key}",
                        "label": f"{patron.capitalize()}'s {key} {level:g}",
                        "type": "lever",
                        "row": months[day[:7]],
                        "month": day[:7],
                        "day": date.fromisoformat(day).day,
                        "certain": True,
                        "happened": True,
                    }


# --- the ensemble -----------------------------------------------------------------------------------------


def _chance(subject: Subject) -> dict[str, Any]:
    """The chance at the end, as the result's table of states has it, and when the decision comes."""
    result = subject.result
    table = result.states_of(subject.tie)
    row = table["iso3"].index(subject.iso3)
    told: dict[str, Any] = {
        name: table[f"p_end{suffix}"][row]
        for name, suffix in (("p", ""), ("low", "_low"), ("high", "_high"), ("mc", "_mc"))
    }
    _, when = first_decisions(subject)
    points = _points(when.astype(np.float64), method="inverted_cdf")
    told |= {"decided_runs": int(when.shape[0])}
    names = {"early": "low", "median": "middle", "late": "high"}
    return told | {name: None if points is None else result.months[int(points[key])] for name, key in names.items()}


def _points(values: NDArray[np.float64], method: Any = "linear") -> dict[str, float] | None:
    """Mean, 5, 50 and 95 % points; None for no values."""
    if values.shape[0] == 0:
        return None
    low, middle, high = np.quantile(values, [LEVELS[0], 0.5, LEVELS[-1]], method=method).tolist()
    return {"mean": float(values.mean()), "low": low, "middle": middle, "high": high}


def _undecided(subject: Subject, rows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(runs, T + 1) whether the decision was open in a month."""
    found: NDArray[np.bool_] = rows[:, :, SIDE] == DECISIONS[subject.decision].home
    if subject.decision == "return":
        found &= rows[:, :, HAZARD] > 0.0
    return found


def _terms(subject: Subject, rows: NDArray[np.float64]) -> list[Row]:
    """Each term at the decisions of all runs, beside that of all open months of the sampled ones."""
    changes, taken = subject.result.changes, subject.decisions()
    undecided = _undecided(subject, rows)
    labels = LABELS[subject.decision] | {"hazard": "hazard, a year"}
    found = []
    for name in (*DECISIONS[subject.decision].terms, "hazard"):
        at = _points(changes[name][taken])
        usual = _points(rows[:, :, HAZARD if name == "hazard" else TERMS[name]][undecided])
        told: Row = {"term": name, "label": labels[name]}
        for which, values in (("decision", at), ("months", usual)):
            for key in ("mean", "low", "high"):
                told[f"{which}_{key}"] = None if values is None else values[key]
        apart = None if at is None or usual is None else at["mean"] - usual["mean"]
        found.append(told | {"difference": apart})
    return found


def _when(subject: Subject, laid: Plan, rows: NDArray[np.float64]) -> dict[str, Any]:
    """The hazard by month over the sampled runs in which the decision is still open."""
    undecided = _undecided(subject, rows)
    months = []
    for row, label in enumerate(subject.result.months):
        hazards = rows[undecided[:, row], row, HAZARD]
        told: Row = {"month": label, "row": row, "open": float(undecided[:, row].mean())}
        levels = [None] * 4 if hazards.shape[0] == 0 else np.quantile(hazards, [0.05, 0.25, 0.75, 0.95]).tolist()
        mean = None if hazards.shape[0] == 0 else float(hazards.mean())
        months.append(told | {"mean": mean, **dict(zip(("q05", "q25", "q75", "q95"), levels, strict=True))})
    known = [month for month in months if month["mean"] is not None]
    return {
        "months": months,
        "highest": max(known, key=lambda month: (month["mean"], -month["row"]))["month"] if known else None,
        "calendar": list(_calendar(subject, laid)),
    }


# --- in words ---------------------------------------------------------------------------------------------


def _tell(document: dict[str, Any], without: Removals) -> None:
    """Put the explanation into words, each part its own and all of them together."""
    chance, run, when = document["chance"], document["run"], document["when"]
    decision, name = document["decision"], document["state"]
    told = f"By the end of {month(document['end'])} {name} {DONE[decision]} in {100 * chance['p']:.1f} % of "
    told += f"{document['runs']:,} runs (Monte Carlo error {100 * chance['mc']:.1f}"
    if chance["low"] is not None and chance["low"] < chance["high"]:
        told += f"; {100 * chance['low']:.0f} to {100 * chance['high']:.0f} % over parameter draws"
    chance["sentences"] = [f"{told})."]
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
    kept = [] if run["keeping"] is None else run["keeping"]["sentences"]
    acts = [] if decision == "leave" and run["decided"] else [done(run, decision)]
    return [*run["sentences"], weighed(run), *acts, *kept]


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows))
