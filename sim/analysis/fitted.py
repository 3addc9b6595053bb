"""The fit on the record up to a day: rates and effects, the events behind them, money, and the states ranked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sim import results
from sim.analysis.priced import priced_money
from sim.atlas import state
from sim.errors import Problem, ResultError
from sim.fit import Belief, Effects, Panel, beliefs, fit
from sim.fit.panel import HALF_LIFE_YEARS, WINDOW_YEARS
from sim.fit.posterior import LEAVING, RETURNING, TRUCE
from sim.model import covariates, rules
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import HOLY_SEE
from sim.results.documented import documented
from sim.results.manifests import FIT
from sim.runs.setup import Setup
from sim.scenario import RecordTable, ResolvedScenario, Scenario

DRAWS, SEED = 1000, 1
"""Draws of the posterior for the states' intervals, and their seed."""
_MEANING = {
    "population": "a more populous state",
    "americas": "a state of the Americas",
    "us_aid": "more US aid, as a share of GDP",
    "switched": "having left Taipei before",
    "silent": "not naming Taiwan at the UN",
    "income": "a richer state, by GDP a head",
}
HORIZON_YEARS = 5.0
"""Years over which the chance of coming to Taipei is given."""
_MEANING_OF_COMING = _MEANING | {
    "switched": "having been with Taipei before",
}


def fitted(as_of: date, record: RecordTable | None = None) -> dict[str, Any]:
    """The fit of a day, as `sim fit --json` prints it; intervals hold 90 % of belief.

    record : the user's facts since the atlas ends
    Raises AtlasError if no departure is on record yet.
    """
    own = None if record is None else record.facts
    fits, known, setup = fit(as_of, own=own), beliefs(as_of, own=own), _setup(as_of, record)
    return {
        "as_of": as_of.isoformat(),
        **({} if record is None else {"record": record.name}),
        "half_life_years": HALF_LIFE_YEARS,
        "window_years": WINDOW_YEARS,
        "truce": _interval(known[TRUCE]),
        "leaving": _hazard(fits.leaving, known, "departure_rate", LEAVING, covariates.LEAVING),
        "returning": _hazard(fits.returning, known, "return_rate", RETURNING, covariates.RETURNING),
        "money": priced_money(as_of),
        "states": _states(setup),
        "candidates": _candidates(setup),
    }


def fit_to_folder(
    document: Mapping[str, Any],
    out: results.Out,
    command: str = "",
    draw: Callable[[Mapping[str, Any], Path], object] | None = None,
) -> Path:
    """Write a fit as JSON and as tables into `<out>/fit-<date>`; returns the folder.

    draw : draws the chart of a document into a folder; None for no chart
    """
    folder = results.at(out, f"fit-{document['as_of']}")
    head = {"kind": FIT.name, "id": results.identity(document), "as_of": document["as_of"]}

    def tables(stage: Path, _: bool) -> Mapping[str, Any]:
        results.Table.of(document["states"]).write(stage / "states.csv")
        results.Table.of(document["candidates"]).write(stage / "candidates.csv")
        for tie in ("leaving", "returning"):
            for table in ("effects", "events"):
                if document[tie][table]:
                    results.Table.of(document[tie][table]).write(stage / f"{tie}_{table}.csv")
        if document["money"]["prices"]:
            results.Table.of(document["money"]["prices"]).write(stage / "prices.csv")
        return document

    documented(folder, head, tables, draw, results.claim(out, FIT, head["id"]), command)
    return folder


def read(folder: Path) -> dict[str, Any]:
    """The document of a fit from its folder. Raises ResultError if it is missing, incomplete or damaged."""
    manifest = results.check(folder, FIT, pictures=False)
    path = folder / FIT.document
    document = results.read_json(path)
    if not isinstance(document, dict):
        raise ResultError(Problem("", "a table of keys and values"), path)
    if document.get("as_of") != manifest["as_of"]:
        raise ResultError(Problem("as_of", f"{manifest['as_of']}, as the manifest says", document.get("as_of")), path)
    return document


def _hazard(
    effects: Effects, known: Any, rate: str, parameters: tuple[str, ...], names: tuple[str, ...]
) -> dict[str, Any]:
    panel = effects.panel
    return {
        "cases": panel.cases,
        "state_years": float(panel.years.sum()),
        "weighted_events": float(panel.recent_changed.sum()),
        "weighted_contest_years": float(panel.recent_years[~panel.truce].sum()),
        "weighted_truce_years": float(panel.recent_years[panel.truce].sum()),
        "window_events": float(panel.window_changed.sum()),
        "window_contest_years": float(panel.window_years[~panel.truce].sum()),
        "window_truce_years": float(panel.window_years[panel.truce].sum()),
        "rate": _interval(known[rate]),
        "effects": [
            {
                "parameter": parameter,
                "covariate": name,
                "meaning": (_MEANING if rate == "departure_rate" else _MEANING_OF_COMING)[name],
                "mean": scale.mean,
                "standard_deviation": scale.spread,
                **_interval(known[parameter]),
            }
            for parameter, name, scale in zip(parameters, names, effects.scales, strict=True)
        ],
        "events": list(_events(panel)),
    }


def _interval(belief: Belief) -> dict[str, float]:
    law = belief.distribution
    return {"value": law.central, "low": law.low, "high": law.high}


def _events(panel: Panel) -> Iterable[dict[str, Any]]:
    changed = [
        (cell, weight) for cell, weight in zip(panel.cells, panel.recent_changed.tolist(), strict=True) if cell.changed
    ]
    for cell, weight in sorted(changed, key=lambda pair: (pair[0].end, pair[0].iso3)):
        yield {
            "date": cell.end.isoformat(),
            "iso3": cell.iso3,
            "state": state(cell.iso3).name,
            "weight": weight,
            "truce": cell.truce,
        }


def _setup(as_of: date, record: RecordTable | None) -> Setup:
    header = {"name": "fit", "title": "Fit", "question": "Who is susceptible?", "start": as_of, "end": as_of}
    scenario = Scenario.model_validate({"scenario": header, "record": record})
    return Setup.of(ResolvedScenario(scenario, scenario, "fit", ()), SEED)


def _states(setup: Setup) -> list[dict[str, Any]]:
    """One row per recogniser: its chance to leave in a year of contest, all levers at reference, likeliest first."""
    central, drawn = _chances(replace(setup, parameters="central"), 1), _chances(setup, DRAWS)
    rows = []
    for place, code in enumerate(setup.plan.members.recognisers):
        low, high = np.quantile(drawn[:, place], [0.05, 0.95]).tolist()
        row = {"iso3": code, "state": state(code).name, "chance_in_a_year": float(central[0, place])}
        rows.append({**row, "low": low, "high": high})
    rows.sort(key=lambda row: (-row["chance_in_a_year"], row["iso3"]))
    return [{"rank": rank, **row} for rank, row in enumerate(rows, 1)]


def _candidates(setup: Setup) -> list[dict[str, Any]]:
    """One row per candidate: the rate at which it comes to Taipei, all levers at reference, likeliest first.

    iso3, state, rate (a year, at central values), low, high (5 and 95 % points over draws), chance_in_five_years (the
    mean over draws), population (persons) and gdp_a_head (US$), with_taipei_before, and what Taipei would pay at most
    to win it, at central values: musd (US$ million a year) and share (% of GDP a year).
    """
    timeline, central = setup.plan.timeline, replace(setup, parameters="central").draws(RUNS_PER_DRAW).parameters[0]
    rates, drawn = _coming(replace(setup, parameters="central"), 1)[0], _coming(setup, DRAWS)
    over = np.mean(-np.expm1(-HORIZON_YEARS * drawn), axis=0)
    scales = fit(setup.plan.loaded.scenario.as_of, own=setup.plan.loaded.scenario.own).returning.scales
    rows = []
    for code in setup.plan.members.candidates:
        place = setup.plan.states.index(code)
        people, head, before = (
            scale.mean + scale.spread * value
            for scale, value in zip(scales, timeline.return_covariates[place].tolist(), strict=True)
        )
        low, high = np.quantile(drawn[:, place], [0.05, 0.95]).tolist()
        limit = rules.win_limit(
            float(central["winning"]), float(central["winning_elasticity"]), float(timeline.log_gdp[place])
        )
        rows.append(
            {
                "iso3": code,
                "state": state(code).name,
                "rate": float(rates[place]),
                "low": low,
                "high": high,
                "chance_in_five_years": float(over[place]),
                "population": float(f"{math.exp(people):.4g}"),
                "gdp_a_head": float(f"{math.exp(head):.4g}"),
                "with_taipei_before": before > 0.5,
                "musd": float(f"{limit:.4g}"),
                "share": float(f"{rules.percent(limit, float(timeline.gdp[place])):.4g}"),
            }
        )
    rows.sort(key=lambda row: (-row["rate"], row["iso3"]))
    return [{"rank": rank, **row} for rank, row in enumerate(rows, 1)]


def _coming(setup: Setup, draws: int) -> Any:
    """(draws, n) rate a year of coming to Taipei under reference conditions."""
    drawn = setup.draws(draws * RUNS_PER_DRAW).parameters
    effects = np.stack([drawn[name] for name in RETURNING], axis=1)
    return drawn["return_rate"][:, None] * np.exp(effects @ setup.plan.timeline.return_covariates.T)


def _chances(setup: Setup, draws: int) -> Any:
    """(draws, n) chance to leave in a year of contest under reference conditions."""
    plan, drawn = setup.plan, setup.draws(draws * RUNS_PER_DRAW).parameters
    effects = [drawn[name].tolist() for name in LEAVING]
    rates, apart = drawn["departure_rate"].tolist(), drawn["holy_see_rate"].tolist()
    chances = np.empty((len(rates), len(plan.states)))
    for place, (code, row) in enumerate(zip(plan.states, plan.timeline.covariates.tolist(), strict=True)):
        for draw, rate in enumerate(rates):
            parts = [part for effect, value in zip(effects, row, strict=True) for part in (effect[draw], value)]
            log_rate = math.log(apart[draw]) if code == HOLY_SEE else rules.susceptibility(math.log(rate), *parts)
            chances[draw, place] = rules.monthly_chance(math.exp(log_rate), 12.0)
    return chances
