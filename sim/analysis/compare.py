"""Scenarios compared run by run: same random numbers, same parameter draws, so that chance adds little."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.analysis.pairs import COLUMNS, Pair, pair_of
from sim.analysis.reading import changed_in_words
from sim.analysis.starts import Start, apart
from sim.errors import InputError, Problem, ResultError
from sim.results import (
    MANIFEST,
    Exactly,
    Out,
    Result,
    Table,
    at,
    check,
    chosen,
    claim,
    identity,
    placeable,
    read,
)
from sim.results.documented import documented
from sim.results.manifests import COMPARISON
from sim.shown import Shown
from sim.words import listed, many

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.agents import Agents, AgentsSource
    from sim.runs.run import Request
    from sim.scenario import RecordSource, ResolvedScenario, ScenarioSource

SETTINGS = ("seed", "runs", "parameters", "runs_per_draw")
"""What results must share, run 17 of the one being the twin of run 17 of the other; engines give the same bits."""
INSIDE = "results"
"""Where a comparison in a folder that the user named exactly has its results."""
LONGEST_FOLDER = 120
"""Letters of the names in a folder."""
FORMAT = 1


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown):
    """Scenarios against the first of them, the baseline."""

    results: tuple[Result, ...]
    names: tuple[str, ...]
    """(results,) names by which the tables tell them apart."""
    pairs: tuple[Pair, ...]
    """(results - 1,) each other one against the baseline."""

    def __repr__(self) -> str:
        baseline, *others = self.names
        settings = f"{many(self.runs, 'run')} of each, seed {self.results[0].seed}"
        return f"<Comparison of {listed(others)} with {baseline}: {settings}, id {self.id}>"

    @property
    def id(self) -> str:
        """Sixteen hex digits made from the identities of the results, in their order."""
        return identity({"compared": [result.settings["id"] for result in self.results]})

    @property
    def titles(self) -> list[str]:
        """(results,) what a reader calls them (`titles`)."""
        return titles(self.results)

    @property
    def runs(self) -> int:
        """Runs of each; four times as many halve every Monte Carlo error."""
        return self.results[0].runs

    def columns(self, table: str) -> Table:
        """One of the tables as columns: count, states, instead or swaps."""
        return Table(
            {name: [value for pair in self.pairs for value in pair.tables[table][name]] for name in COLUMNS[table]}
        )

    def count(self) -> pd.DataFrame:
        """One row per scenario, tie and month: the difference in the count.

        mean, q05 ... q95 : over runs, states (quantiles are whole); more, fewer : share of runs that have, 0 to 1
        mc : Monte Carlo standard error of the mean, states, >= 0
        """
        return self.columns("count").frame()

    def states(self) -> pd.DataFrame:
        """One row per scenario, state, tie and horizon: the difference in the chance of a change.

        p, p_against : 0 to 1, share of runs of the scenario and of the baseline in which the tie is, at the horizon,
        not what it was at the start of the baseline (`at_start`)
        difference : p - p_against, -1 to 1; low, high : its 5 and 95 % points over parameter draws, luck removed; rough
        for changes seen in few runs, None with fewer than two whole draws
        mc : Monte Carlo standard error of the difference, >= 0
        """
        return self.columns("states").frame()

    def instead(self) -> pd.DataFrame:
        """One row per scenario and state with Taipei at the start of both: who has left by the end of which.

        both, only_here, only_there : share of runs, 0 to 1; here is the scenario, there the baseline
        """
        return self.columns("instead").frame()

    def swaps(self) -> pd.DataFrame:
        """Who left instead of whom by the end, the commonest first, at most 30 rows per scenario.

        share : of runs, 0 to 1, in which `iso3_here` has left in the scenario only and `iso3_there` in the baseline
        only
        """
        return self.columns("swaps").frame()

    @property
    def document(self) -> dict[str, Any]:
        """What was compared with what, as `compare.json` has it."""
        settings = self.results[0].settings
        return {
            "format": FORMAT,
            "id": self.id,
            "baseline": self.names[0],
            "scenarios": [
                {"name": name, "title": result.title, "id": result.settings["id"]}
                for name, result in zip(self.names, self.results, strict=True)
            ],
            **{name: settings[name] for name in SETTINGS},
            "runs_to_halve": 4 * self.runs,
            "pairs": [
                {
                    "scenario": pair.scenario,
                    "against": pair.against,
                    "first_month": pair.months[0],
                    "last_month": pair.months[-1],
                    "first_difference": pair.first,
                    "variance_saved": dict(pair.saved),
                }
                for pair in self.pairs
            ],
        }


def compare(results: Sequence[Result]) -> Comparison:
    """Compare results with the first of them, run by run.

    Raises InputError where they are fewer than two, or cannot be paired (`obstacles`).
    """
    if len(results) < 2:
        raise InputError(Problem("", "at least two scenarios to compare", len(results)))
    problems = obstacles(results)
    if problems:
        raise InputError(problems)
    names = labels(results)
    pairs = [pair_of(here, results[0], name, names[0]) for here, name in zip(results[1:], names[1:], strict=True)]
    return Comparison(tuple(results), tuple(names), tuple(pairs))


def comparison_to_folder(
    comparison: Comparison,
    out: Out,
    draw: Callable[[Comparison, Path], object] | None = None,
    command: str = "",
    pictures: bool = True,
) -> Path:
    """Write the tables of a comparison as CSV, what was compared as JSON, and its charts; returns the folder.

    draw : draws its charts into a folder; pictures : whether they are asked for
    """
    folder = folder_of(comparison.results, out)
    document = comparison.document
    manifest = {"kind": COMPARISON.name, "id": comparison.id, "scenarios": document["scenarios"]}

    def tables(stage: Path, wanted: bool) -> dict[str, Any]:
        for name in COLUMNS if wanted else ():
            comparison.columns(name).write(stage / f"{name}.csv")
        return document

    charts = None if draw is None else lambda _, into: draw(comparison, into)
    own = claim(out, COMPARISON, comparison.id, (INSIDE,))
    documented(folder, manifest, tables, charts, own, command, pictures)
    return folder


def folder_of(compared: Sequence[Result | Request], out: Out) -> Path:
    """Where a comparison is kept: `<out>/compare/<name>-vs-<name>/<id>`, or exactly there."""
    names = "-vs-".join(one.name if isinstance(one, Result) else one.loaded.name for one in compared)
    return at(out, "compare", names[:LONGEST_FOLDER], _id(compared))


def _id(compared: Sequence[Result | Request]) -> str:
    ids = [one.settings["id"] if isinstance(one, Result) else one.identity for one in compared]
    return identity({"compared": ids})


def results_of(out: Out) -> Path:
    """The folder under which the results of a comparison are: its own `out`, or `results` in the very folder of it."""
    return out.folder / INSIDE if isinstance(out, Exactly) else out


def claim_comparison(compared: Sequence[Result | Request], out: Out) -> bool:
    """See, before anything is run, that a comparison can be put at its place, as `claim` does."""
    if not isinstance(out, Exactly):
        placeable(folder_of(compared, out))
    return claim(out, COMPARISON, _id(compared), (INSIDE,))


def read_comparison(folder: Path) -> Comparison:
    """What a folder of `sim compare` holds, made again from the results beside it.

    Raises ResultError where it is damaged, or its results are not there any more.
    """
    manifest = check(folder, COMPARISON, pictures=False)
    compared = []
    for one in manifest["scenarios"]:
        pattern, home = f"*/{one['id']}/{MANIFEST}", Path(folder).resolve()
        above = home.parents[2] if len(home.parents) > 2 else home
        places = sorted((home / INSIDE).glob(pattern)) or sorted(above.glob(pattern))
        if not places:
            rule = f"a comparison beside its results: that of {one['name']}, {one['id']}, is not there; compare again"
            raise ResultError(Problem("scenarios", rule), folder)
        compared.append(read(places[0].parent))
    return compare(compared)


def face_compare(
    *scenarios: ScenarioSource | ResolvedScenario | Result,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    parameters: Literal["drawn", "central"] | None = None,
    agents: AgentsSource | None = None,
    record: RecordSource | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Comparison:
    """Run scenarios with the same random numbers and parameter draws, and compare each with the first.

    scenarios : two or more: shipped names, paths, dicts of tables, what `load` returned, or results, taken as they are;
    with `agents` one is enough
    runs, seed, parameters : of all of them; those of the first where left out
    set : overrides by dotted path, for every scenario that is run
    agents : of your own, as `sim.run` has them: all scenarios have them, and the first with the shipped agents goes
    before them
    given : outcomes that happen in each of them, by vote, such as `{"paraguay-2028": "opposition"}`
    out : a folder to keep the results under, and to find them in; nothing is written where it is left out
    to : in place of `out`, the very folder to write the comparison to, with the results that are run below it
    Raises ScenarioError or InputError with every problem found.
    """
    from sim.runs.agents import check_traceable, own_agents
    from sim.runs.run import run_to_folder, simulate
    from sim.runs.setup import announce
    from sim.scenario import reloaded

    cast = own_agents(agents)
    if len(scenarios) < (2 if cast is None else 1):
        raise InputError(Problem("", "at least two scenarios to compare", len(scenarios)))
    place = chosen(out, to)
    check_traceable(cast, place)
    first = scenarios[0]
    if isinstance(first, Result):
        runs = first.runs if runs is None else runs
        seed = first.seed if seed is None else seed
        parameters = parameters or first.settings["parameters"]
    loaded = [reloaded(item, set, given, record) for item in scenarios if not isinstance(item, Result)]
    if cast is not None and len(loaded) < len(scenarios):
        raise InputError(Problem("agents", "with scenarios that are run, and not with results"))
    asked = iter(requests(loaded, runs, seed, parameters or "drawn", cast))
    compared = [item if isinstance(item, Result) else next(asked) for item in scenarios] if cast is None else [*asked]
    if isinstance(place, Exactly):
        claim_comparison(compared, place)

    def result(item: Request | Result) -> Result:
        if isinstance(item, Result):
            return item
        if place is None:
            return simulate(item, threads, tell=announce, talks=False)
        return run_to_folder(item, results_of(place), None, "sim.compare", threads, tell=announce)[0]

    comparison = compare([result(item) for item in compared])
    if isinstance(place, Exactly):
        comparison_to_folder(comparison, place, command="sim.compare")
    return comparison


def requests(
    loaded: Sequence[ResolvedScenario],
    runs: int | None,
    seed: int | None,
    parameters: Literal["drawn", "central"],
    agents: Agents | None = None,
) -> list[Request]:
    """A request for each scenario with one seed and one number of runs: those of the first where none are given.

    agents : of one's own, in every scenario; the first of them with the shipped agents then goes before all
    Raises InputError where a scenario starts otherwise than the first, before anything is run.
    """
    from sim.runs.run import Request

    if not loaded:
        return []
    header = loaded[0].scenario.scenario
    runs, seed = (header.runs if runs is None else runs), (header.seed if seed is None else seed)
    asked = [Request.of(one, runs, seed, agents=agents, parameters=parameters) for one in loaded]
    if agents is not None:
        asked.insert(0, Request.of(loaded[0], runs, seed, parameters=parameters))
    problems = apart([one.name for one in loaded], [Start.asked(one) for one in loaded])
    if problems:
        raise InputError(problems)
    return asked


def obstacles(results: Sequence[Result]) -> list[Problem]:
    """What keeps results from being paired with the first of them, run by run; nothing where they can be."""
    names, first = labels(results), results[0]
    problems = [
        Problem(f"{name}: {setting}", f"{first.settings[setting]}, as in {names[0]}, to pair the runs", value)
        for name, result in zip(names[1:], results[1:], strict=True)
        for setting, value in ((setting, result.settings[setting]) for setting in SETTINGS)
        if value != first.settings[setting]
    ]
    return problems + apart(names, [Start.of(result) for result in results])


def pairing(results: Sequence[Result]) -> tuple[bool, str]:
    """Whether results are paired run by run, and why, in words."""
    problems = obstacles(results)
    if not problems:
        return True, "the same seed, runs and parameters, so run by run they share their random numbers"
    differ = dict.fromkeys(problem.path.rpartition(": ")[2] for problem in problems)
    why = ", ".join(f"different {name.replace('_', ' ')}" for name in differ)
    if differ.keys() <= {"start", "roster"}:
        return False, f"{why}, so that a difference is no effect of what is done"
    return False, f"{why}, so that part of a difference is luck"


def labels(results: Sequence[Result]) -> list[str]:
    """A name for each: its scenario's; of twins also what was set on top, otherwise the id."""
    names = [result.name for result in results]
    for more in (_set, _agents, lambda result: str(result.settings["id"])[:6]):
        added = [more(result) for result in results]
        twins = [{text for text, twin in zip(added, names, strict=True) if twin == name} for name in names]
        names = [
            f"{name} [{text}]" if len(kinds) > 1 and text else name
            for name, kinds, text in zip(names, twins, added, strict=True)
        ]
    return names


def titles(results: Sequence[Result]) -> list[str]:
    """What a reader calls each of several results: the title of its scenario, in short, with what tells twins apart.

    `Outlook 2026, Taipei halving its aid` beside `outlook-2026` is `Taipei halving its aid`: the first of them is
    known. A title ends at its colon.
    """
    own = [" ".join(str(result.scenario["scenario"]["title"]).split()).partition(": ")[0] for result in results]
    family = results[0].name
    for place, title in enumerate(own):
        head, comma, rest = title.partition(", ")
        if place and comma and head.lower().replace(" ", "-") == family:
            own[place] = f"{rest[0].upper()}{rest[1:]}"
    kinds: list[Callable[[Result], str]] = [lambda result: result.name, _set_in_words, _agents]
    kinds += [partial(_setting, name) for name in ("seed", "runs", "parameters", "engine")]
    for more in (*kinds, lambda result: str(result.settings.get("id"))[:6]):
        added = [more(result) for result in results]
        twins = [{text for text, twin in zip(added, own, strict=True) if twin == title} for title in own]
        own = [
            f"{title} ({text})" if len(texts) > 1 and text else title
            for title, texts, text in zip(own, twins, added, strict=True)
        ]
    return own


def _set_in_words(result: Result) -> str:
    return listed(changed_in_words(result))


def _setting(name: str, result: Result) -> str:
    return f"{name} {result.settings.get(name)}"


def _agents(result: Result) -> str:
    return f"agents: {result.agents}" if result.agents else ""


def _set(result: Result) -> str:
    return ", ".join(f"{path} = {value}" for path, value in result.settings.get("set", {}).items())
