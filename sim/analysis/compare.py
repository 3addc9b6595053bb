"""Scenarios compared run by run: same random numbers, same parameter draws, so that hardly any difference is luck."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.starts import Start, apart
from sim.errors import InputError, Problem, ResultError
from sim.results import (
    CHARTS,
    DATA,
    MANIFEST,
    Exactly,
    Out,
    Result,
    Table,
    at,
    check,
    chosen,
    claim,
    found_or_made,
    identity,
    placeable,
    read,
    write_json,
)
from sim.results.manifests import COMPARISON
from sim.results.result import SIDES
from sim.results.table import DIGITS
from sim.results.tables import (
    COOPERATION,
    RECOGNITION,
    Place,
    count_error,
    difference,
    horizons,
    moved,
    quantiles,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.run import Request
    from sim.scenario import Loaded, RecordSource

COLUMNS: dict[str, tuple[str, ...]] = {
    "count": ("scenario", "against", "month", "tie", "mean", "q05", "q25", "q50", "q75", "q95", "more", "fewer", "mc"),
    "states": (
        "scenario", "against", "iso3", "state", "tie", "horizon", "p", "p_against", "difference", "low", "high", "mc",
        "at_start",
    ),
    "instead": ("scenario", "against", "iso3", "state", "both", "only_here", "only_there"),
    "swaps": ("scenario", "against", "iso3_here", "iso3_there", "share"),
}  # fmt: skip
"""Tables of a comparison and their columns; the files have their names."""
SETTINGS = ("seed", "runs", "parameters", "runs_per_draw")
"""What results must share, run 17 of the one being the twin of run 17 of the other; engines give the same bits."""
MOST_SWAPS = 30
INSIDE = "results"
"""Where a comparison in a folder that the user named exactly has its results."""
LONGEST_FOLDER = 120
"""Letters of the names in a folder."""
FORMAT = 1

Rows = list[tuple[object, ...]]


@dataclass(frozen=True, eq=False)
class Pair:
    """One scenario against the baseline: every number is the scenario's less the baseline's, run by run."""

    scenario: str
    against: str
    months: tuple[str, ...]
    """Labels of the rows that both have."""
    first: str | None
    """The first month in which any run differs; None where none does."""
    saved: Mapping[str, float | None]
    """By tie: 1 - var(difference) / (var(scenario) + var(baseline)) of the count at the end, <= 1; None for nought."""
    tables: Mapping[str, Table]
    """Its rows of each table."""

    @property
    def ties(self) -> tuple[str, ...]:
        """Recognition; cooperation too, where both follow the same hosts."""
        return tuple(self.saved)

    def rows(self, table: str, **wanted: object) -> list[dict[str, Any]]:
        """The rows of a table whose columns have the wanted values."""
        return self.tables[table].rows(**wanted)

    @property
    def at_end(self) -> list[dict[str, Any]]:
        """The difference of the count in the last month, a row a tie."""
        return self.rows("count", month=self.months[-1])


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios against the first of them, the baseline."""

    results: tuple[Result, ...]
    names: tuple[str, ...]
    """(results,) names by which the tables tell them apart."""
    pairs: tuple[Pair, ...]
    """(results - 1,) each other one against the baseline."""

    @property
    def id(self) -> str:
        """Sixteen hex digits made from the identities of the results, in their order."""
        return identity({"compared": [result.settings["id"] for result in self.results]})

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
        """A row a scenario, tie and month: the difference in the count.

        mean, q05 ... q95 : over runs, states (quantiles are whole); more, fewer : share of runs that have, 0 to 1
        mc : Monte Carlo standard error of the mean, states, >= 0
        """
        return self.columns("count").frame()

    def states(self) -> pd.DataFrame:
        """A row a scenario, state, tie and horizon: the difference in the chance of a change.

        p, p_against : 0 to 1, share of runs of the scenario and of the baseline in which the tie is, at the horizon,
        not what it was at the start of the baseline (`at_start`)
        difference : p - p_against, -1 to 1; low, high : its 5 and 95 % points over parameter draws, luck removed; rough
        for changes seen in few runs, None with fewer than two whole draws
        mc : Monte Carlo standard error of the difference, >= 0
        """
        return self.columns("states").frame()

    def instead(self) -> pd.DataFrame:
        """A row a scenario and state with Taipei at the start of both: who has left by the end of which.

        both, only_here, only_there : share of runs, 0 to 1; here is the scenario, there the baseline
        """
        return self.columns("instead").frame()

    def swaps(self) -> pd.DataFrame:
        """Who left instead of whom by the end, the commonest first, at most 30 rows a scenario.

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
    found = obstacles(results)
    if found:
        raise InputError(found)
    told = labels(results)
    pairs = [_pair(here, results[0], name, told[0]) for here, name in zip(results[1:], told[1:], strict=True)]
    return Comparison(tuple(results), tuple(told), tuple(pairs))


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
    said = {"kind": COMPARISON.name, "id": comparison.id, "scenarios": document["scenarios"]}

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        if DATA in todo:
            for name in COLUMNS:
                comparison.columns(name).write(stage / f"{name}.csv")
        if COMPARISON.document in todo:
            write_json(document, stage / COMPARISON.document)
        if draw is not None and CHARTS in todo:
            draw(comparison, stage / CHARTS)
        return {**said, "outside": {"command": command}}

    own = claim(out, COMPARISON, comparison.id, (INSIDE,))
    found_or_made(folder, said, [CHARTS] if draw is not None and pictures else [], make, own)
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
    found = []
    for one in manifest["scenarios"]:
        pattern, home = f"*/{one['id']}/{MANIFEST}", Path(folder).resolve()
        above = home.parents[2] if len(home.parents) > 2 else home
        places = sorted((home / INSIDE).glob(pattern)) or sorted(above.glob(pattern))
        if not places:
            rule = f"a comparison beside its results: that of {one['name']}, {one['id']}, is not there; compare again"
            raise ResultError(Problem("scenarios", rule), folder)
        found.append(read(places[0].parent))
    return compare(found)


def face_compare(
    *scenarios: str | Path | Loaded | Result,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    parameters: Literal["drawn", "central"] | None = None,
    record: RecordSource | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Comparison:
    """Run scenarios with the same random numbers and parameter draws, and compare each with the first.

    scenarios : two or more: shipped names, paths, what `load` returned, or results, which are taken as they are
    runs, seed, parameters : of all of them; those of the first where left out
    set : overrides by dotted path, for every scenario that is run
    given : outcomes that happen in each of them, by vote, such as `{"paraguay-2028": "opposition"}`
    out : a folder to keep the results under, and to find them in; nothing is written where it is left out
    to : in place of `out`, the very folder to write the comparison to, with the results that are run below it
    Raises ScenarioError or InputError with every problem found.
    """
    from sim.runs.run import run_to_folder, simulate
    from sim.scenario import reloaded

    if len(scenarios) < 2:
        raise InputError(Problem("", "at least two scenarios to compare", len(scenarios)))
    place = chosen(out, to)
    first = scenarios[0]
    if isinstance(first, Result):
        runs = first.runs if runs is None else runs
        seed = first.seed if seed is None else seed
        parameters = parameters or first.settings["parameters"]
    loaded = [reloaded(item, set, given, record) for item in scenarios if not isinstance(item, Result)]
    made = iter(requests(loaded, runs, seed, parameters or "drawn"))
    compared = [item if isinstance(item, Result) else next(made) for item in scenarios]
    if isinstance(place, Exactly):
        claim_comparison(compared, place)

    def result(item: Request | Result) -> Result:
        if isinstance(item, Result):
            return item
        if place is None:
            return simulate(item, threads, talks=False)
        return run_to_folder(item, results_of(place), None, "sim.compare", threads)[0]

    comparison = compare([result(item) for item in compared])
    if isinstance(place, Exactly):
        comparison_to_folder(comparison, place, command="sim.compare")
    return comparison


def requests(
    loaded: Sequence[Loaded], runs: int | None, seed: int | None, parameters: Literal["drawn", "central"]
) -> list[Request]:
    """A request for each scenario with one seed and one number of runs: those of the first where none are given.

    Raises InputError where a scenario starts otherwise than the first, before anything is run.
    """
    from sim.runs.run import Request

    if not loaded:
        return []
    header = loaded[0].scenario.scenario
    runs, seed = (header.runs if runs is None else runs), (header.seed if seed is None else seed)
    made = [Request.of(one, runs, seed, parameters=parameters) for one in loaded]
    found = apart([one.name for one in loaded], [Start.asked(one) for one in loaded])
    if found:
        raise InputError(found)
    return made


def obstacles(results: Sequence[Result]) -> list[Problem]:
    """What keeps results from being paired with the first of them, run by run; nothing where they can be."""
    told, first = labels(results), results[0]
    found = [
        Problem(f"{name}: {setting}", f"{first.settings[setting]}, as in {told[0]}, to pair the runs", value)
        for name, result in zip(told[1:], results[1:], strict=True)
        for setting, value in ((setting, result.settings[setting]) for setting in SETTINGS)
        if value != first.settings[setting]
    ]
    return found + apart(told, [Start.of(result) for result in results])


def pairing(results: Sequence[Result]) -> tuple[bool, str]:
    """Whether results are paired run by run, and why, in words."""
    found = obstacles(results)
    if not found:
        return True, "the same seed, runs and parameters, so run by run they share their random numbers"
    differ = dict.fromkeys(problem.path.rpartition(": ")[2] for problem in found)
    why = ", ".join(f"different {name.replace('_', ' ')}" for name in differ)
    if differ.keys() <= {"start", "roster"}:
        return False, f"{why}, so that a difference is no effect of what is done"
    return False, f"{why}, so that part of a difference is luck"


def labels(results: Sequence[Result]) -> list[str]:
    """A name for each: its scenario's; of twins also what was set on top, or else the id."""
    told = [result.name for result in results]
    for more in (_set, lambda result: str(result.settings["id"])[:6]):
        said = [more(result) for result in results]
        twins = [
            {said[other] for other in range(len(told)) if told[other] == told[index]} for index in range(len(told))
        ]
        told = [
            f"{name} [{added}]" if len(kinds) > 1 and added else name
            for name, kinds, added in zip(told, twins, said, strict=True)
        ]
    return told


def _set(result: Result) -> str:
    return ", ".join(f"{path} = {value}" for path, value in result.settings.get("set", {}).items())


@dataclass(frozen=True, eq=False)
class _Places:
    """The ties of states that two results both follow, and where each has them."""

    told: tuple[Place, ...]
    """(n,) as the baseline has them."""
    here: NDArray[np.int64]
    """(n,) place in the scenario."""
    there: NDArray[np.int64]
    """(n,) place in the baseline."""


def _pair(here: Result, there: Result, name: str, against: str) -> Pair:
    months = min(here.months, there.months, key=len)
    rows = range(len(months))
    hosts = {code for code, _ in there.hosts}
    ties = [RECOGNITION] + [COOPERATION] * (bool(hosts) and {code for code, _ in here.hosts} == hosts)
    places = _common(here, there, ties)
    count: Rows = []
    saved: dict[str, float | None] = {}
    differs = [_first_sides(here, there, places, rows)]
    for tie in ties:
        one, other = (dict(result.counted)[tie][:, : len(rows)].astype(np.int16) for result in (here, there))
        count += _count_rows(one - other, months, tie, int(here.settings["runs_per_draw"]))
        saved[tie] = _saved(one[:, -1], other[:, -1])
        differs += np.flatnonzero((one != other).any(axis=0))[:1].tolist()
    first = min([row for row in differs if row is not None], default=None)
    states, instead, swaps = _who(here, there, places, len(rows) - 1)
    tables = {"count": count, "states": states, "instead": instead, "swaps": swaps}
    return Pair(
        name,
        against,
        months,
        None if first is None else months[first],
        saved,
        {table: _columns(table, rows, name, against) for table, rows in tables.items()},
    )


def _common(here: Result, there: Result, ties: Sequence[str]) -> _Places:
    """What both follow, in the order of the baseline."""
    own = {(place.tie, place.iso3): number for number, place in enumerate(here.places)}
    found = [
        (place, own[place.tie, place.iso3], number)
        for number, place in enumerate(there.places)
        if place.tie in ties and (place.tie, place.iso3) in own
    ]
    numbers = np.array([numbers for _, *numbers in found], dtype=np.int64).reshape(len(found), 2)
    return _Places(tuple(place for place, *_ in found), numbers[:, 0], numbers[:, 1])


def _columns(table: str, rows: Rows, name: str, against: str) -> Table:
    """Rows of one pair as columns; those of both names are the same all the way down."""
    filled = [(name, against, *row) for row in rows]
    return Table({column: [row[position] for row in filled] for position, column in enumerate(COLUMNS[table])})


def _count_rows(difference: Any, months: Sequence[str], tie: str, runs_per_draw: int) -> Rows:
    """Rows of `count`, a month each.

    difference : (runs, months) states, the scenario's count less the baseline's
    """
    least = difference.min()
    points = quantiles(difference - least) + least
    means, more, fewer = difference.mean(axis=0), (difference > 0).mean(axis=0), (difference < 0).mean(axis=0)
    return [
        (
            month,
            tie,
            float(means[row]),
            *points[:, row].tolist(),
            float(more[row]),
            float(fewer[row]),
            _known(count_error(difference[:, row : row + 1], runs_per_draw)),
        )
        for row, month in enumerate(months)
    ]


def _saved(here: Any, there: Any) -> float | None:
    """Share of the variance of a difference that pairing takes away; None where neither count varies."""
    apart = float(here.var() + there.var())
    return None if apart == 0.0 else 1.0 - float((here - there).var()) / apart


def _first_sides(here: Result, there: Result, places: _Places, rows: Sequence[int]) -> int | None:
    """The first row in whose month a state stands with Taipei in a run of one and not of the other.

    A change counts in its own month, as `events.parquet` has it, also in that of the start.
    """
    one, other = _Sides(here, places.here), _Sides(there, places.there)
    if not np.array_equal(one.now, other.now):
        return 0
    for row in rows:
        one.apply(row)
        other.apply(row)
        if not np.array_equal(one.now, other.now):
            return row
    return None


class _Sides:
    """Where each state stands in each run, month after month."""

    def __init__(self, result: Result, places: NDArray[np.int64]) -> None:
        self.changes = result.changes
        at_start = _at_start(result)
        self.column = np.full(at_start.shape[0], -1)
        self.column[places] = np.arange(places.shape[0])
        self.now = np.broadcast_to(at_start[places] == 0, (result.runs, places.shape[0])).copy()
        """(runs, n) whether the tie that is counted stands."""

    def apply(self, row: int) -> None:
        """The changes of the next row."""
        which = self.changes["month"] == row
        columns = self.column[self.changes["state"][which]]
        kept = columns >= 0
        self.now[self.changes["run"][which][kept], columns[kept]] = self.changes["to"][which][kept] == 0


def _at_start(result: Result) -> NDArray[np.int64]:
    """(n + h,) side of each tie at the start."""
    return np.array([SIDES[place.tie].index(place.at_start) for place in result.places], dtype=np.int64)


def _who(here: Result, there: Result, places: _Places, last: int) -> tuple[Rows, Rows, Rows]:
    """Rows of `states`, `instead` and `swaps`; last : the row of the last month they share."""
    at_start = _at_start(here), _at_start(there)
    away = at_start[0][places.here] != 0
    by_place: list[Rows] = [[] for _ in places.told]
    gone: Any = None
    for label, row in horizons(last).items():
        one = moved(at_start[0], here.changes, here.runs, row)[:, places.here]
        other = moved(at_start[1], there.changes, there.runs, row)[:, places.there]
        gone = one, other
        for number, place in enumerate(places.told):
            told = _chances(one[:, number], other[:, number], here)
            by_place[number].append((place.iso3, place.name, place.tie, label, *told, place.at_start))
    with_taipei = [number for number, place in enumerate(places.told) if place.tie == RECOGNITION and not away[number]]
    return (
        [row for rows in by_place for row in rows],
        *_instead(gone[0][:, with_taipei], gone[1][:, with_taipei], [places.told[number] for number in with_taipei]),
    )


def _chances(one: Any, other: Any, result: Result) -> tuple[float | None, ...]:
    """Both chances, their difference, its range over parameter draws with luck removed, its Monte Carlo error.

    one, other : (runs,) whether the tie has changed in the scenario, in the baseline
    """
    per_draw, central = int(result.settings["runs_per_draw"]), result.settings["parameters"] == "central"
    mean, error, low, high = difference(one.astype(np.int64) - other, per_draw, central)
    return tuple(_known(value, DIGITS) for value in (float(one.mean()), float(other.mean()), mean, low, high, error))


def _instead(here: Any, there: Any, places: Sequence[Place]) -> tuple[Rows, Rows]:
    """Rows of `instead` and of `swaps`.

    here, there : (runs, n) whether each has left by the end
    """
    runs = here.shape[0]
    only_here, only_there = here & ~there, there & ~here
    shares = zip((here & there).mean(axis=0), only_here.mean(axis=0), only_there.mean(axis=0), strict=True)
    instead: Rows = [
        (place.iso3, place.name, *(float(share) for share in row)) for place, row in zip(places, shares, strict=True)
    ]
    together = only_here.T.astype(np.float64) @ only_there.astype(np.float64)
    found = [
        (-int(together[one, other]), places[one].iso3, places[other].iso3)
        for one, other in zip(*(index.tolist() for index in np.nonzero(together)), strict=True)
    ]
    swaps: Rows = [(one, other, -number / runs) for number, one, other in sorted(found)[:MOST_SWAPS]]
    return instead, swaps


def _known(value: float, digits: int | None = None) -> float | None:
    """A number for a table: None for what is not known, never a negative nought."""
    if value != value:
        return None
    return (value if digits is None else round(value, digits)) + 0.0
