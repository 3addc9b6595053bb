"""The backtest: each year since 1995, forecast from what was known before it, beside baselines (see BACKTEST.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sim import atlas, results
from sim.atlas import record, state
from sim.backtest.baselines import BASELINES
from sim.backtest.forecasts import Forecast, Outcome, end_of, known_until, outcome
from sim.backtest.mechanisms import HAZARD, NO_AGENTS
from sim.backtest.scores import SIMULATION, Row, calibration, differences, score_values, scored
from sim.backtest.truce import VOTE_ENDS_TRUCE, coming_votes, truce_since
from sim.errors import InputError, Problem, ResultError
from sim.results.documented import documented
from sim.results.identity import ROOMS
from sim.results.manifests import BACKTEST
from sim.results.table import BLANK, FLAG, NUMBER, TEXT, WHOLE, Columns, check_rows
from sim.results.tables import LEVELS, quantiles
from sim.runs.run import check_numbers
from sim.runs.setup import Setup
from sim.scenario import ResolvedScenario, Scenario
from sim.scenario.schema import MOST_SEED

ORIGINS = range(1995, 2025)
"""Origin years: knowledge stops at the end of the year before."""
HORIZONS = (1, 3, 5)
"""Years ahead."""
RUNS = 4_000
SEED = 1

MARK_AS_OF, MARK_END = date(2024, 2, 28), date(2024, 12, 31)
MARK = {
    "question": "Will Taiwan lose any additional ally before the end of 2024 (after Nauru)?",
    "source": "Manifold (play money, 16 traders), as of about 28 February 2024",
    "market": 0.49,
}
"""One public forecast as an outside benchmark (source: a copy of its page from about that day)."""

TABLES = ("scores", "differences", "calibration", "counts", "distribution", "chances", "departures")
"""Tables of a backtest, named like their files."""
_SCORE: Columns = {"horizon": WHOLE, "score": TEXT, "value": BLANK, "low": BLANK, "high": BLANK}
COLUMNS: dict[str, Columns] = {
    "scores": {"model": TEXT, **_SCORE},
    "differences": {"model": TEXT, "against": TEXT, **_SCORE},
    "calibration": {
        "model": TEXT, "horizon": WHOLE, "low": NUMBER, "high": NUMBER, "forecasts": WHOLE, "mean_forecast": BLANK,
        "happened": WHOLE, "share": BLANK, "share_low": BLANK, "share_high": BLANK,
    },
    "counts": {
        "model": TEXT, "origin": WHOLE, "horizon": WHOLE, "at_origin": WHOLE, "mean": NUMBER,
        **{f"q{round(100 * level):02d}": NUMBER for level in LEVELS}, "observed": BLANK,
    },
    "departures": {
        "date": TEXT, "iso3": TEXT, "state": TEXT, "origin": WHOLE, "chance": NUMBER, "rank": NUMBER, "of": WHOLE,
    },
}  # fmt: skip
"""Columns of the tables that are also in the document."""
DISTRIBUTION: Columns = {"model": TEXT, "origin": WHOLE, "horizon": WHOLE, "count": WHOLE, "share": NUMBER}
"""Columns of the full distribution of each forecast of the count, which is not in the document."""
_MARK: Columns = {
    "question": TEXT, "source": TEXT, "market": NUMBER, "as_of": TEXT, "end": TEXT, SIMULATION: NUMBER,
    HAZARD: NUMBER, "happened": FLAG,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts, outcomes and scores."""

    runs: int
    """Runs per origin."""
    seed: int
    origins: tuple[int, ...]
    forecasts: tuple[Forecast, ...]
    outcomes: tuple[Outcome, ...]
    scores: list[Row]
    differences: list[Row]
    """The simulation minus each other model, paired."""
    calibration: list[Row]
    departures: list[Row]
    """Each departure in an origin's first year, with the state's rank in the simulation at the start of the year."""
    mark: Row

    @property
    def counts(self) -> list[Row]:
        """Every forecast of the count, with the outcome (None if the record does not reach it)."""
        became = {(end.origin, end.horizon): end.count for end in self.outcomes}
        rows = []
        for forecast in self.forecasts:
            points = quantiles(forecast.counts.astype(np.uint8)[:, None])[:, 0].tolist()
            rows.append(
                {
                    "model": forecast.model,
                    "origin": forecast.origin,
                    "horizon": forecast.horizon,
                    "at_origin": len(forecast.states),
                    "mean": float(forecast.counts.mean()),
                    **{f"q{round(100 * level):02d}": point for level, point in zip(LEVELS, points, strict=True)},
                    "observed": became.get((forecast.origin, forecast.horizon)),
                }
            )
        return rows

    @property
    def distribution(self) -> list[Row]:
        """Every forecast of the count in full: each count in the sample, with its share (> 0, together 1)."""
        rows = []
        for forecast in self.forecasts:
            held, members = np.unique(forecast.counts, return_counts=True)
            for count, share in zip(held.tolist(), (members / forecast.counts.shape[0]).tolist(), strict=True):
                values = (forecast.model, forecast.origin, forecast.horizon, count, share)
                rows.append(dict(zip(DISTRIBUTION, values, strict=True)))
        return rows

    @property
    def chances(self) -> list[Row]:
        """Every forecast of a state, with the outcome."""
        became = {(end.origin, end.horizon): end.gone for end in self.outcomes}
        return [
            {
                "model": forecast.model,
                "origin": forecast.origin,
                "horizon": forecast.horizon,
                "iso3": iso3,
                "chance": chance,
                "gone": None if (forecast.origin, forecast.horizon) not in became else bool(gone),
            }
            for forecast in self.forecasts
            if forecast.chances is not None
            for iso3, chance, gone in zip(
                forecast.states,
                forecast.chances.tolist(),
                became.get((forecast.origin, forecast.horizon), [False] * len(forecast.states)),
                strict=True,
            )
        ]

    @property
    def document(self) -> dict[str, Any]:
        """The backtest as charts and `--json` read it."""
        return {
            "runs": self.runs,
            "seed": self.seed,
            "origins": list(self.origins),
            "horizons": list(HORIZONS),
            "scores": self.scores,
            "differences": self.differences,
            "calibration": self.calibration,
            "counts": self.counts,
            "departures": self.departures,
            "mark": self.mark,
        }


def backtest(
    origins: Sequence[int] = ORIGINS,
    runs: int = RUNS,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Forecast from each origin, and score the forecasts whose end the record reaches.

    origins : years within `ORIGINS`, each once
    progress : called with the number of origins done and wanted
    Raises InputError for an origin outside `ORIGINS`.
    """
    origins = _checked(origins, runs, seed)
    forecasts: list[Forecast] = []
    for done, origin in enumerate(origins):
        for model, parameters in ((SIMULATION, {}), (HAZARD, NO_AGENTS)):
            forecasts += ensemble_forecasts(model, origin, parameters, runs, seed, threads)
        forecasts += [baseline(origin, horizon) for baseline in BASELINES.values() for horizon in HORIZONS]
        if progress is not None:
            progress(done + 1, len(origins))
    reached = [outcome(origin, horizon) for origin in origins for horizon in HORIZONS]
    outcomes = [end for end in reached if end is not None]
    values = score_values(forecasts, outcomes)
    return Backtest(
        runs,
        seed,
        origins,
        tuple(forecasts),
        tuple(outcomes),
        scored(values),
        differences(values, [(SIMULATION, other) for other in (HAZARD, *BASELINES)]),
        calibration(forecasts, outcomes),
        departures(forecasts),
        outside_mark(runs, seed, threads),
    )


def backtest_to_folder(
    out: results.Out,
    origins: Sequence[int] = ORIGINS,
    runs: int = RUNS,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    draw: Callable[[Mapping[str, Any], Path], object] | None = None,
    command: str = "",
    pictures: bool = True,
) -> tuple[dict[str, Any], Path, bool]:
    """Find a backtest under `<out>/backtest/<first>-<last>-<runs>-<seed>`, or make it there; True if it was found.

    draw : draws the charts of a document into a folder; pictures : whether they are wanted
    Returns its document and folder. Raises InputError, before anything is run, for an invalid request or folder.
    """
    origins = _checked(origins, runs, seed)
    settings = {"origins": list(origins), "runs": runs, "seed": seed}
    code = {"atlas": atlas.digest(), "sources": results.sources_digest((*ROOMS, "backtest"))}
    identity = {"kind": BACKTEST.name, "id": results.identity({**settings, **code}), **settings}
    folder = results.at(out, "backtest", f"{origins[0]}-{origins[-1]}-{runs}-{seed}")
    own = results.claim(out, BACKTEST, str(identity["id"]))

    def tables(stage: Path, wanted: bool) -> Mapping[str, Any]:
        if not wanted:
            return read(folder)
        computed = backtest(origins, runs, seed, threads, progress)
        for name in TABLES:
            if rows := getattr(computed, name):
                results.Table.of(rows).write(stage / f"{name}.csv")
        return computed.document

    was_there = documented(folder, identity, tables, draw, own, command, pictures)
    return read(folder), folder, was_there


def read(folder: Path) -> dict[str, Any]:
    """The document of a backtest from its folder. Raises ResultError if it is missing, incomplete or damaged."""
    manifest = results.check(folder, BACKTEST, pictures=False)
    path = folder / BACKTEST.document
    document = results.read_json(path)
    if not isinstance(document, dict):
        raise ResultError(Problem("", "a table of keys and values"), path)
    for name in ("origins", "runs", "seed"):
        if document.get(name) != manifest[name]:
            raise ResultError(Problem(name, f"{manifest[name]}, as the manifest says", document.get(name)), path)
    for name, columns in COLUMNS.items():
        check_rows(document.get(name), columns, name, path)
    check_rows([document.get("mark")], _MARK, "mark", path)
    return document


def _checked(origins: Sequence[int], runs: int, seed: int) -> tuple[int, ...]:
    """The origins sorted, each once. Raises InputError for an invalid request."""
    check_numbers(runs, seed, MOST_SEED - ORIGINS[-1])
    for origin in origins:
        if origin not in ORIGINS:
            raise InputError(Problem("--origins", f"years from {ORIGINS[0]} to {ORIGINS[-1]}", origin))
    if not origins:
        raise InputError(Problem("--origins", f"at least one year from {ORIGINS[0]} to {ORIGINS[-1]}"))
    return tuple(sorted(set(origins)))


def ensemble_forecasts(
    model: str,
    origin: int,
    parameters: Mapping[str, float],
    runs: int,
    seed: int,
    threads: int | None = None,
) -> list[Forecast]:
    """The ensemble's forecasts for each horizon, from what was known before the origin.

    parameters : values of model parameters to set, by name
    """
    setup = setup_of(document_of(origin) | {"parameters": dict(parameters)}, seed + origin)
    ensemble = setup.ensemble(runs, horizons=[12 * horizon for horizon in HORIZONS], threads=threads)
    allies = np.flatnonzero(setup.plan.timeline.with_taipei)
    states = tuple(setup.plan.states[place] for place in allies)
    return [
        Forecast(
            model,
            origin,
            horizon,
            states,
            np.clip(ensemble.expected[:, allies, place, 0].sum(axis=0) / runs, 0.0, 1.0),
            ensemble.counts[:, 12 * horizon, 0].astype(np.int64),
        )
        for place, horizon in enumerate(HORIZONS)
    ]


def document_of(origin: int) -> dict[str, Any]:
    """The scenario of an origin: the record until the end of the year before, without events or elections.

    The only exceptions are a truce that holds at the origin, and the coming votes in Taiwan, each of which may end it.
    """
    return document_known(f"backtest-{origin}", known_until(origin), end_of(origin, max(HORIZONS)))


def document_known(name: str, known: date, end: date) -> dict[str, Any]:
    """The scenario of the time from the end of `known` to `end`, with what was known on the first of these days."""
    document: dict[str, Any] = {
        "scenario": {
            "name": name,
            "title": f"Backtest from the end of {known}",
            "question": "What would have been forecast?",
            "start": known,
            "end": end,
        }
    }
    if (since := truce_since(known)) is not None:
        document["events"] = {"truce": {"type": "truce", "date": since}}
        ends = {"end": {"type": "truce-ends", "delay_months": 0}}
        document["elections"] = {
            f"taiwan-{vote.year}": {
                "date": vote,
                "state": "TWN",
                "outcomes": {"ends": {"chance": VOTE_ENDS_TRUCE, "effects": ends}},
            }
            for vote in coming_votes(known)
        }
    return document


def departures(forecasts: Iterable[Forecast]) -> list[Row]:
    """Each departure in the first year of an origin, with the simulation's chance and rank at the year's start.

    The highest chance has rank 1; states with equal chances share the mean of their ranks.
    """
    known, rows = record(), []
    for forecast in forecasts:
        if forecast.model != SIMULATION or forecast.horizon != 1 or forecast.chances is None:
            continue
        chances = dict(zip(forecast.states, forecast.chances.tolist(), strict=True))
        for change in known.changes_between(date(forecast.origin, 1, 1), date(forecast.origin, 12, 31)):
            if change.origin == "taipei" and not change.short_lived and change.iso3 in chances:
                chance = chances[change.iso3]
                higher, equal = (forecast.chances > chance).sum(), (forecast.chances == chance).sum()
                rows.append(
                    {
                        "date": change.date.isoformat(),
                        "iso3": change.iso3,
                        "state": state(change.iso3).name,
                        "origin": forecast.origin,
                        "chance": chance,
                        "rank": float(higher + (equal + 1) / 2.0),
                        "of": len(forecast.states),
                    }
                )
    return rows


def outside_mark(runs: int, seed: int, threads: int | None = None) -> Row:
    """A public forecast and ours of the same question, from what was known on the day of the public one."""
    header = {"name": "mark", "title": "Mark", "question": MARK["question"], "start": MARK_AS_OF, "end": MARK_END}
    rows = {}
    for model, parameters in ((SIMULATION, {}), (HAZARD, NO_AGENTS)):
        heads = setup_of({"scenario": header, "parameters": parameters}, seed).ensemble(runs, threads=threads).heads
        rows[model] = len(np.unique(heads["run"][heads["from"] == 0])) / runs
    lost = [
        change.iso3
        for change in record().changes_between(MARK_AS_OF, MARK_END)
        if change.origin == "taipei" and change.date > MARK_AS_OF
    ]
    return {**MARK, "as_of": MARK_AS_OF.isoformat(), "end": MARK_END.isoformat(), **rows, "happened": bool(lost)}


def setup_of(document: dict[str, Any], seed: int) -> Setup:
    """The tables of a scenario, such as `document_known` gives, made ready to run."""
    scenario = Scenario.model_validate(document)
    return Setup.of(ResolvedScenario(scenario, scenario, "backtest", ()), seed)
