"""A scenario without each mechanism of the model, run by run beside itself: the count, and each state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim import results
from sim.analysis.compare import compare
from sim.analysis.pairs import Pair
from sim.backtest.mechanisms import Mechanism, chosen
from sim.errors import Problem, ResultError
from sim.results import Result, Table
from sim.results.documented import documented
from sim.results.manifests import ABLATION
from sim.results.table import BLANK, NUMBER, TEXT, WHOLE, Columns, check_rows
from sim.results.tables import RECOGNITION, paired
from sim.runs.run import Request, simulate
from sim.runs.sampling import Mode
from sim.runs.setup import announce
from sim.scenario import RecordSource, ResolvedScenario, ScenarioSource, reloaded, titled
from sim.scenario.values import as_set
from sim.shown import Shown
from sim.words import beyond_luck, decimals, listed, month, plus_minus, points

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

COUNT: Columns = {
    "mechanism": TEXT, "label": TEXT, "tie": TEXT, "month": TEXT, "mean": NUMBER, "mean_with": NUMBER,
    "difference": NUMBER, "low": BLANK, "high": BLANK, "mc": BLANK, "q05": WHOLE, "q95": WHOLE, "same": WHOLE,
}  # fmt: skip
"""Columns of `count.csv`."""
STATES: Columns = {
    "mechanism": TEXT, "iso3": TEXT, "state": TEXT, "tie": TEXT, "at_start": TEXT, "p": NUMBER, "p_with": NUMBER,
    "difference": NUMBER, "low": BLANK, "high": BLANK, "mc": BLANK,
}  # fmt: skip
"""Columns of `states.csv`."""
_MECHANISMS: Columns = {"mechanism": TEXT, "label": TEXT, "meaning": TEXT, "set": TEXT, "note": TEXT}
MOST_NAMED = 3
"""States that a sentence names."""
ERRORS_OF_MANY = 3.0
"""Monte Carlo errors beyond which the change of a single state is told: of hundreds, twenty would pass two by luck."""


@dataclass(frozen=True, eq=False, repr=False)
class Ablation(Shown):
    """A scenario without each mechanism, against the scenario itself: the same random numbers and parameter draws."""

    document: Mapping[str, Any]
    """What `ablation.json` and `--json` hold: scenario, title, set, without, runs, seed, parameters, last_month,
    mechanisms, count, states, sentences."""
    folder: Path | None = None
    """Where it is kept; None if nothing was written."""

    def __repr__(self) -> str:
        names, runs = listed(self.document["without"]), self.document["runs"]
        return (
            f"<Ablation of {self.document['scenario']}: {names}; {runs:,} runs of each, seed {self.document['seed']}>"
        )

    @property
    def title(self) -> str:
        """The scenario's title."""
        return str(self.document["title"])

    @property
    def sentences(self) -> list[str]:
        """What each mechanism does, no stronger than its error."""
        return list(self.document["sentences"])

    def count(self) -> pd.DataFrame:
        """One row per mechanism and tie: the count in the last month.

        mean, mean_with : over runs, without and with the mechanism; difference : the first less the second, states
        low, high : 5 and 95 % points of the difference over parameter draws, luck removed; None with fewer than two
        whole draws; mc : Monte Carlo standard error of the difference, >= 0
        q05, q95 : of the difference over runs; same : runs whose count is the same
        """
        import pandas as pd

        return pd.DataFrame(list(self.document["count"]))

    def states(self) -> pd.DataFrame:
        """One row per mechanism, state and tie: the chance that the tie is, at the end, not what it was at the start.

        p, p_with : 0 to 1, without and with the mechanism; difference, low, high, mc : as for the count, -1 to 1
        """
        import pandas as pd

        return pd.DataFrame(list(self.document["states"]))


@dataclass(frozen=True)
class Asked:
    """What is asked: a scenario, and the mechanisms to switch off."""

    request: Request
    off: tuple[Mechanism, ...]

    @classmethod
    def of(
        cls,
        loaded: ResolvedScenario,
        without: Iterable[str] | None = None,
        runs: int | None = None,
        seed: int | None = None,
        parameters: Mode = "drawn",
    ) -> Asked:
        """Raises InputError for an unknown mechanism, or an impossible number."""
        return cls(Request.of(loaded, runs, seed, parameters=parameters), chosen(without))

    @property
    def settings(self) -> dict[str, Any]:
        """What the folder keeps of it: id, scenario, title, set, without, runs, seed, parameters."""
        request, names = self.request, [mechanism.name for mechanism in self.off]
        sets = {key: as_set(value) for key, value in request.loaded.overrides.items()}
        scenario = request.loaded.scenario
        source = results.sources_digest(("backtest", "analysis"))
        return {
            "id": results.identity({**request.decisive, "without": names, "analysis": source}),
            "scenario": request.loaded.name,
            "title": titled(scenario.scenario.title, sets, scenario.model_dump(mode="json")),
            "set": sets,
            "without": names,
            "runs": request.runs,
            "seed": request.seed,
            "parameters": request.parameters,
        }

    def alone(self, mechanism: Mechanism) -> Request:
        """The scenario without a mechanism."""
        base = self.request
        loaded = reloaded(base.loaded, mechanism.overrides(base.loaded.scenario))
        return Request.of(loaded, base.runs, base.seed, parameters=base.parameters)


def ablate(
    asked: Asked,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], object] | None = None,
) -> Ablation:
    """Run a scenario, and again without each mechanism.

    progress : called with the number of ensembles done and wanted; tell : with a note before what takes long
    """
    wanted = 1 + len(asked.off)
    base = simulate(asked.request, threads, tell=tell, talks=False)
    count: list[Row] = []
    states: list[Row] = []
    for done, mechanism in enumerate(asked.off, start=1):
        if progress is not None:
            progress(done, wanted)
        here = simulate(asked.alone(mechanism), threads, talks=False)
        pair = compare([base, here]).pairs[0]
        count += _count_rows(mechanism, pair, here, base)
        states += _state_rows(mechanism, pair)
    if progress is not None:
        progress(wanted, wanted)
    settings = {key: value for key, value in asked.settings.items() if key != "id"}
    return Ablation(
        {
            **settings,
            "last_month": base.months[-1],
            "mechanisms": [
                {
                    "mechanism": mechanism.name,
                    "label": mechanism.without,
                    "meaning": mechanism.meaning,
                    "set": mechanism.switched,
                    "note": mechanism.note,
                }
                for mechanism in asked.off
            ],
            "count": count,
            "states": states,
            "sentences": sentences(asked.off, count, states, base.months[-1]),
        }
    )


def _count_rows(mechanism: Mechanism, pair: Pair, here: Result, there: Result) -> list[Row]:
    """The rows of the count of one mechanism."""
    per_draw, central = int(here.settings["runs_per_draw"]), here.settings["parameters"] == "central"
    rows = []
    for end in pair.at_end:
        one, other = (result.counted[end["tie"]][:, len(pair.months) - 1].astype(np.int64) for result in (here, there))
        over_draws = paired(one - other, per_draw, central)
        rows.append(
            {
                "mechanism": mechanism.name,
                "label": mechanism.without,
                "tie": end["tie"],
                "month": end["month"],
                "mean": float(one.mean()),
                "mean_with": float(other.mean()),
                "difference": end["mean"],
                "low": over_draws.low,
                "high": over_draws.high,
                "mc": end["mc"],
                "q05": int(end["q05"]),
                "q95": int(end["q95"]),
                "same": int((one == other).sum()),
            }
        )
    return rows


def _state_rows(mechanism: Mechanism, pair: Pair) -> list[Row]:
    """The rows of states of one mechanism."""
    return [
        {
            "mechanism": mechanism.name,
            **{key: row[key] for key in ("iso3", "state", "tie", "at_start", "p")},
            "p_with": row["p_against"],
            **{key: row[key] for key in ("difference", "low", "high", "mc")},
        }
        for row in pair.rows("states", horizon="p_end")
    ]


def sentences(off: Sequence[Mechanism], count: Sequence[Row], states: Sequence[Row], last_month: str) -> list[str]:
    """A sentence for each mechanism: the count, and the states whose chance it moves most, beyond luck."""
    lines = [
        f"Each number is what changes by the end of {month(last_month)} if a mechanism is switched off, with its Monte "
        "Carlo error. Below two errors a change of the count is not told from luck, below three that of a state, of "
        "which there are many."
    ]
    for mechanism in off:
        row = next(row for row in count if (row["mechanism"], row["tie"]) == (mechanism.name, RECOGNITION))
        moved = sorted(
            (one for one in states if one["mechanism"] == mechanism.name and moves(one)),
            key=lambda one: (-abs(one["difference"]), one["iso3"]),
        )
        start = f"{mechanism.without[:1].upper()}{mechanism.without[1:]}"
        if not moved and not row["mc"]:
            lines.append(f"{start}: the same count in every run.")
            continue
        told = f"{change(row)} states with Taipei"
        if not beyond_luck(row["difference"], row["mc"]):
            told += ", not told from luck"
        some = [f"{one['state']} {points(one['difference'])} ± {100 * one['mc']:.1f}" for one in moved[:MOST_NAMED]]
        most = f"; most moved, in points: {', '.join(some)}" if some else "; no chance of a state changes beyond luck"
        lines.append(f"{start}: {told}{most}.")
    return lines


def change(row: Mapping[str, Any]) -> str:
    """A change of the count with its error: `+0.50 ± 0.02`."""
    return plus_minus(row["difference"], row["mc"] or 0.0, max(2, decimals(row["mc"] or 1.0)))


def moves(row: Mapping[str, Any]) -> bool:
    """Whether a mechanism changes the chance of a state beyond the luck of many."""
    return row["mc"] is not None and abs(row["difference"]) > ERRORS_OF_MANY * row["mc"]


def ablation_to_folder(
    asked: Asked,
    out: results.Out,
    draw: Callable[[Mapping[str, Any], Path], object] | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], object] | None = None,
    command: str = "",
    pictures: bool = True,
) -> tuple[Ablation, bool]:
    """Find the ablation under `<out>/ablation/<scenario>/<id>`, or make it there; True if it was found.

    draw : draws the chart of a document into a folder; pictures : whether it is wanted
    """
    settings = asked.settings
    folder = results.at(out, "ablation", settings["scenario"], settings["id"])
    own = results.claim(out, ABLATION, settings["id"])

    def tables(stage: Path, wanted: bool) -> Mapping[str, Any]:
        if not wanted:
            kept = read(folder).document
            return {**kept, **{key: settings[key] for key in ("scenario", "title", "set")}}
        computed = ablate(asked, threads, progress, tell).document
        Table.of(computed["count"]).write(stage / "count.csv")
        Table.of(computed["states"]).write(stage / "states.csv")
        return computed

    was_there = documented(folder, {"kind": ABLATION.name, **settings}, tables, draw, own, command, pictures)
    return read(folder), was_there


def read(folder: Path) -> Ablation:
    """The ablation in a folder. Raises ResultError if it is missing, incomplete or damaged."""
    manifest = results.check(folder, ABLATION, pictures=False)
    path = folder / ABLATION.document
    document = results.read_json(path)
    if not isinstance(document, dict):
        raise ResultError(Problem("", "a table of keys and values"), path)
    for name in ("scenario", "runs", "seed"):
        if document.get(name) != manifest[name]:
            raise ResultError(Problem(name, f"{manifest[name]}, as the manifest says", document.get(name)), path)
    for key, columns in (("count", COUNT), ("states", STATES), ("mechanisms", _MECHANISMS)):
        check_rows(document.get(key), columns, key, path)
    return Ablation(document, folder)


def face_ablate(
    scenario: ScenarioSource | ResolvedScenario,
    *,
    without: Iterable[str] | None = None,
    runs: int | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    parameters: Literal["drawn", "central"] = "drawn",
    record: RecordSource | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Ablation:
    """Run a scenario, and again without each mechanism of the model, with the same random numbers and draws.

    scenario : a shipped name, a path, the tables of a scenario as a dict, or what `load` returned
    without : names of mechanisms to switch off one by one: money, threats, beliefs, words, governments, purses,
    silence, hazard (the bare fitted hazard); all of them where left out
    runs, seed : the scenario's own where left out
    set : overrides by dotted path; given : outcomes that happen, by vote, such as `{"paraguay-2028": "opposition"}`
    parameters : drawn, the same in all, or at their central values
    record : a file with your own facts since the atlas ends, in place of the scenario's own
    out : a folder to write the tables under, and to find them in; nothing is written where it is left out
    to : in place of `out`, the very folder to write them to, which is new, empty or holds this ablation
    Raises ScenarioError or InputError with every problem found.
    """
    place = results.chosen(out, to)
    names = [without] if isinstance(without, str) else without
    asked = Asked.of(reloaded(scenario, set, given, record), names, runs, seed, parameters)
    if place is None:
        return ablate(asked, threads, tell=announce)
    return ablation_to_folder(asked, place, None, threads, tell=announce, command="sim.ablate")[0]
