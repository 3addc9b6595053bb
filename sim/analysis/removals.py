"""What each lever did to a chance: the same runs without it, paired by random numbers and parameter draws."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.atlas import code_of, unknown
from sim.errors import InputError, Problem, nearest
from sim.fit import beliefs_for, yardsticks_for
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import plan
from sim.model.terms import DECISIONS
from sim.results import Result
from sim.results.result import SIDES
from sim.results.table import DIGITS
from sim.results.tables import COOPERATION, RECOGNITION, difference, moved
from sim.runs.ensemble import Progress, run_ensemble
from sim.runs.run import Request
from sim.runs.sampling import sample
from sim.scenario import Scenario, StateTable, members
from sim.scenario.events import EVENTS
from sim.scenario.levers import LEVERS
from sim.scenario.values import plain
from sim.words import beyond_luck, listed, month, points

if TYPE_CHECKING:
    import pandas as pd

MOST_RUNS = 4000
"""Runs of each removal, unless asked otherwise."""
MOST_LEVERS, MOST_PAIRED = 40, 5
"""Levers removed one by one (those of the state first); those of the largest removals that are removed in pairs."""
DROP = object()
"""In an edit: the key goes, and with it what the scenario said."""

Edit = tuple[str, Any]
"""A dotted path of the scenario's document and what it becomes."""


# --- who is asked about -----------------------------------------------------------------------------------

DOES = {name: decision.does for name, decision in DECISIONS.items()}
DONE = {name: decision.done for name, decision in DECISIONS.items()}
STAYS = {name: decision.stays for name, decision in DECISIONS.items()}


@dataclass(frozen=True, eq=False)
class Subject:
    """One tie of one state in a result, and the decision that is asked about."""

    result: Result
    place: int
    """Its number among the result's places."""
    member: int
    """The state's number among the members, which is that of the timeline."""
    iso3: str
    name: str
    tie: str
    decision: str
    """leave, return or suspend: how it would no longer be what it was at the start."""

    def decisions(self) -> NDArray[np.int64]:
        """Rows of the changes by which it took the decision, by run and month."""
        changes = self.result.changes
        own = changes["state"] == self.place
        taken = (changes["to"] == 0) if self.decision == "return" else (changes["from"] == 0)
        found: NDArray[np.int64] = np.flatnonzero(own & taken)
        return found


def subject_of(result: Result, state: str, tie: str = RECOGNITION) -> Subject:
    """The state asked about, by code or name. Raises InputError with the nearest for one the result does not follow."""
    if tie not in (RECOGNITION, COOPERATION):
        known = (RECOGNITION, COOPERATION)
        raise InputError(Problem("--tie", "one of recognition, cooperation", tie, nearest(tie, known)))
    if tie == COOPERATION and not result.hosts:
        raise InputError(Problem("--tie", "recognition, for the scenario of this result has no hosts", tie))
    places = [(number, place) for number, place in enumerate(result.places) if place.tie == tie]
    code = code_of(state)
    found = [(number, place) for number, place in places if place.iso3 == code]
    if not found:
        codes = sorted({place.iso3 for _, place in places})
        rule = f"a {'host' if tie == COOPERATION else 'state'} of this result, one of {', '.join(codes)}"
        raise InputError(unknown("--state", rule, state, codes))
    ((number, place),) = found
    member = [code for code, _, _ in result.members].index(place.iso3)
    decision = "suspend" if tie == COOPERATION else ("leave" if place.at_start == "taipei" else "return")
    return Subject(result, number, member, place.iso3, place.name, tie, decision)


# --- the levers a scenario pulls --------------------------------------------------------------------------


@dataclass(frozen=True)
class Lever:
    """Something a scenario says that differs from reference conditions, and what takes it away."""

    path: str
    """Where the scenario says it; `all:KIND` for several levers together."""
    label: str
    kind: str
    """words, government, beijing, taipei, washington, truce, facts, parameters or other; `all` for all of them."""
    edits: tuple[Edit, ...]
    near: bool = True
    """Whether it is about the state asked about, about nobody or about a patron."""


_GROUPS = {
    "words": "all words of {name}",
    "government": "all changes of government in {name}",
    "beijing": "all that Beijing does",
    "taipei": "all that Taipei does",
    "washington": "all that Washington does",
    "truce": "all that makes or ends a truce",
    "other": "all that happens elsewhere",
}


def kind_of(event: Mapping[str, Any]) -> str:
    """Whose act an event of a scenario's document is."""
    return str(EVENTS[event["type"]].whose or event.get("by", "beijing"))


def is_near(event: Mapping[str, Any], iso3: str) -> bool:
    """Whether an event of a scenario's document is about a state, or about nobody."""
    return event.get("state", iso3) == iso3


def acts(scenario: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every enabled event and effect of an election: path, path of the lever it belongs to, what it says."""
    for name, event in (scenario.get("events") or {}).items():
        if event.get("enabled", True):
            yield f"events.{name}", f"events.{name}", event
    for name, election in (scenario.get("elections") or {}).items():
        if not election.get("enabled", True):
            continue
        for outcome, what in election["outcomes"].items():
            for effect, event in (what.get("effects") or {}).items():
                if event.get("enabled", True):
                    path = f"elections.{name}.outcomes.{outcome}.effects.{effect}"
                    yield path, f"elections.{name}", event


def label_of(path: str) -> str:
    """The name of an event, an election or one of its effects, as a reader says it."""
    section, name, *rest = path.split(".")
    words = name.replace("-", " ")
    if rest:
        return f"{words}: {rest[1]}, {rest[3]}".replace("-", " ")
    return f"{words} election" if section == "elections" and "election" not in words else words


def levers(subject: Subject) -> list[Lever]:
    """Every lever the scenario of a result pulls, in its order, each to be taken away by itself."""
    scenario, reference, iso3 = subject.result.scenario, subject.result.reference, subject.iso3
    found: dict[str, Lever] = {}
    for _, path, event in acts(scenario):
        near = is_near(event, iso3) or (path in found and found[path].near)
        kind = kind_of(event) if near else "other"
        found[path] = Lever(path, label_of(path), kind, ((f"{path}.enabled", False),), near)
    return [
        *found.values(),
        *_patron_levers(scenario),
        *_state_levers(subject, scenario, reference),
        *_parameter_levers(scenario, reference),
    ]


def _patron_levers(scenario: Mapping[str, Any]) -> Iterator[Lever]:
    for lever in LEVERS:
        value = (scenario.get(lever.patron) or {}).get(lever.key, lever.usual)
        if value != lever.usual:
            told = "dated" if isinstance(value, Mapping) else f"{value:g}"
            instead = "as drawn" if lever.usual is None else f"usually {lever.usual:g}"
            label = f"{lever.patron.capitalize()}'s {lever.key} ({told}, {instead})"
            yield Lever(lever.path, label, lever.patron, ((lever.path, DROP),))


def _state_levers(subject: Subject, scenario: Mapping[str, Any], reference: Mapping[str, Any]) -> Iterator[Lever]:
    """What is said of states otherwise than under reference conditions; a known first day in office is a deviation."""
    names = {code: name for code, name, _ in subject.result.members}
    usual = StateTable().model_dump(mode="json", exclude_none=True)
    in_root = members(Scenario.model_validate(reference)).all
    for code, said in (scenario.get("states") or {}).items():
        base = usual | ((reference.get("states") or {}).get(code) or {})
        for key in sorted({*said, *base}):
            instead = DROP if key == "government_since" else base.get(key, DROP)
            value = said.get(key, DROP)
            if value == instead or (key != "government_since" and code not in in_root):
                continue
            near = code == subject.iso3
            path = f"states.{code}.{key}"
            told = "as known" if value is DROP else _value(value)
            kind = "government" if key in ("lean", "government_since") else "facts"
            label = f"{names[code]}: {key.replace('_', ' ')} ({told})"
            yield Lever(path, label, kind if near else "other", ((path, instead),), near)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"


def _parameter_levers(scenario: Mapping[str, Any], reference: Mapping[str, Any]) -> Iterator[Lever]:
    own, base = scenario.get("parameters") or {}, reference.get("parameters") or {}
    for name in sorted({*own, *base}):
        if own.get(name) != base.get(name):
            path = f"parameters.{name}"
            label = f"parameter {name.replace('_', ' ')}"
            yield Lever(path, label, "parameters", ((path, base.get(name, DROP)),))


def groups(subject: Subject, singles: Sequence[Lever]) -> list[Lever]:
    """Levers taken away together: those of a kind, and all of them, which leaves reference conditions."""
    patrons = [lever for lever in singles if not lever.path.startswith(("events.", "elections."))]
    parts = [(lever.kind, lever.path, lever.edits) for lever in patrons]
    for path, _, event in acts(subject.result.scenario):
        kind = kind_of(event) if is_near(event, subject.iso3) else "other"
        parts.append((kind, path, ((f"{path}.enabled", False),)))
    found = []
    for kind, label in _GROUPS.items():
        own = [edits for which, _, edits in parts if which == kind]
        if len(own) > 1:
            edits = tuple(edit for each in own for edit in each)
            found.append(Lever(f"all:{kind}", label.format(name=subject.name), kind, edits))
    if len(singles) > 1:
        edits = tuple(edit for lever in singles for edit in lever.edits)
        found.append(Lever("all", "all of them: reference conditions", "all", edits))
    return found


# --- the runs without them --------------------------------------------------------------------------------


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
        """A row a lever, with the columns of `rows`."""
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
    bench = _Bench(subject, paired_runs(result, runs), threads)
    everything = levers(subject)
    together = groups(subject, everything)
    singles, rest = _chosen(everything)
    most = min(MOST_PAIRED, len(singles))
    wanted = len(singles) + len(together) + most * (most - 1) // 2
    ended: list[dict[str, Any]] = []
    for done, lever in enumerate((*singles, *together), start=1):
        ended.append(bench.row(lever, "single" if done <= len(singles) else ("all" if lever.path == "all" else "kind")))
        if progress is not None:
            progress(done, wanted)
    alone = sorted(ended[: len(singles)], key=lambda row: -abs(row["difference"]))
    by_path = {lever.path: lever for lever in singles}
    largest = [by_path[row["lever"]] for row in alone[:MOST_PAIRED] if row["difference"] != 0.0]
    pairs = []
    for one, other in combinations(largest, 2):
        pairs.append(bench.pair(one, other))
        if progress is not None:
            progress(len(ended) + len(pairs), wanted)
    pairs.sort(key=lambda row: -abs(row["interaction"]))
    if progress is not None:
        progress(wanted, wanted)
    rows = alone + ended[len(singles) :]
    told = [*_sentences(subject, bench.p, bench.runs, rows, pairs), *_waiting(subject), *_left(subject)]
    if rest:
        told.append(f"{rest} more levers about other states were taken away only together with all.")
    return Removals(subject, bench.p, bench.runs, rows, pairs, told)


def paired_runs(result: Result, runs: int | None) -> int:
    """How many of a result's runs are run again. Raises InputError for a number that is none."""
    if (runs := plain(runs)) is not None and (not isinstance(runs, int) or isinstance(runs, bool) or runs < 1):
        raise InputError(Problem("--runs", "a whole number of 1 or more", runs))
    return min(result.runs, MOST_RUNS if runs is None else runs)


def _chosen(found: list[Lever]) -> tuple[list[Lever], int]:
    """The levers to be taken away one by one, in their order, and how many are not."""
    if len(found) <= MOST_LEVERS:
        return found, 0
    ranked = sorted(range(len(found)), key=lambda number: (not found[number].near, number))[:MOST_LEVERS]
    return [found[number] for number in sorted(ranked)], len(found) - MOST_LEVERS


class _Bench:
    """The runs of a result again, without some of its levers."""

    def __init__(self, subject: Subject, runs: int, threads: int | None) -> None:
        self.subject, self.runs, self.threads = subject, runs, threads
        self.request = Request.again(subject.result)
        self.draws_of = int(subject.result.settings["runs_per_draw"])
        self.central = subject.result.settings["parameters"] == "central"
        self.at_start = np.array([SIDES[place.tie].index(place.at_start) for place in subject.result.places])
        changes = subject.result.changes
        early = changes["run"] < runs
        self.base = self._moved({name: changes[name][early] for name in ("run", "month", "state", "to")})
        self.p = float(self.base.mean())
        self._known: dict[str, NDArray[np.bool_]] = {}

    def without(self, edits: Iterable[Edit]) -> NDArray[np.bool_]:
        """(runs,) whether the tie is, at the end, not what it was at the start, with a scenario so edited."""
        document = edited(self.subject.result.scenario, edits)
        key = repr(document)
        if key not in self._known:
            self._known[key] = self._run(document)
        return self._known[key]

    def _run(self, document: Mapping[str, Any]) -> NDArray[np.bool_]:
        request = self.request
        loaded = replace(request.loaded, scenario=Scenario.model_validate(document))
        laid = plan(loaded, yardsticks_for(loaded.scenario))
        draws = sample(
            laid, beliefs_for(loaded.scenario), request.seed, -(-self.runs // RUNS_PER_DRAW), request.parameters
        )
        rows = run_ensemble(laid, draws, request.seed, self.runs, threads=self.threads).changes
        columns = {"run": 0, "month": 1, "state": 2, "to": 4}
        return self._moved({name: rows[:, column].astype(np.int64) for name, column in columns.items()})

    def _moved(self, changes: Mapping[str, NDArray[np.int64]]) -> NDArray[np.bool_]:
        last = len(self.subject.result.months) - 1
        found: NDArray[np.bool_] = moved(self.at_start, changes, self.runs, last)[:, self.subject.place]
        return found

    def _told(self, difference: NDArray[np.int64]) -> tuple[float, float | None, float | None, float | None]:
        return paired(difference, self.draws_of, self.central)

    def row(self, lever: Lever, group: str) -> dict[str, Any]:
        """A row of `Removals.rows`."""
        without = self.without(lever.edits)
        mean, low, high, mc = self._told(without.astype(np.int64) - self.base)
        told = {"lever": lever.path, "label": lever.label, "kind": lever.kind, "group": group, "p": self.p}
        return told | {"without": float(without.mean()), "difference": mean, "low": low, "high": high, "mc": mc}

    def pair(self, one: Lever, other: Lever) -> dict[str, Any]:
        """A row of `Removals.pairs`."""
        both, first, second = (
            self.without(edits).astype(np.int64) for edits in ((*one.edits, *other.edits), one.edits, other.edits)
        )
        base = self.base.astype(np.int64)
        mean, low, high, mc = self._told(both - first - second + base)
        single = float((first - base).mean() + (second - base).mean())
        return {
            "one": one.path,
            "other": other.path,
            "label": f"{one.label} and {other.label}",
            "without": float(both.mean()),
            "difference": float((both - base).mean()),
            "sum": single,
            "interaction": mean,
            "low": low,
            "high": high,
            "mc": mc,
        }


def edited(document: Mapping[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """A copy of a scenario's document with edits made; a key that is dropped may be missing already."""
    made: dict[str, Any] = copy.deepcopy(dict(document))
    for path, value in edits:
        *above, last = path.split(".")
        table = made
        for part in above:
            table = table.setdefault(part, {})
        if value is DROP:
            table.pop(last, None)
        else:
            table[last] = copy.deepcopy(value)
    return made


def paired(
    pairs: NDArray[np.int64], runs_per_draw: int, central: bool
) -> tuple[float, float | None, float | None, float | None]:
    """The mean of paired differences; its 5 and 95 % points over draws; its Monte Carlo error: `tables.difference`.

    pairs : (runs,) in which `runs_per_draw` runs in a row share a draw. None where there are too few runs to tell.
    """
    mean, error, low, high = difference(pairs, runs_per_draw, central)
    mc = None if error != error else error
    if central:
        return mean, mean, mean, mc
    if low != low:
        return mean, None, None, mc
    return mean, min(mean, round(low, DIGITS) + 0.0), max(mean, round(high, DIGITS) + 0.0), mc


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
            ("its roster", "roster", ("add", "remove", "former_years")),
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
