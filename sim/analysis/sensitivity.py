"""Sensitivity: how much of what an outcome could be hangs on which number, by Sobol' indices or by Morris' screening.

The points of a design are simulated with the same random numbers, so that they differ by what is varied and hardly by
luck; how much luck is left is estimated and told beside the indices.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from sim import results
from sim.atlas import coded, states, unknown
from sim.errors import InputError, Problem, ResultError, SimError, nearest
from sim.fit import Belief, beliefs_for, yardsticks_for
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan, Uncertain, plan
from sim.model.terms import HEADS
from sim.parameters import PARAMETERS, Held
from sim.results.manifests import SENSITIVITY
from sim.results.table import ANY, BLANK, TEXT, check_rows
from sim.results.tables import moved
from sim.runs.ensemble import Ensemble, Progress, run_ensemble
from sim.runs.run import Request, warm_up
from sim.runs.sampling import Draws, Mode, sample, settled
from sim.scenario import Loaded, Opened, RecordSource, reloaded, titled
from sim.scenario.given import is_given
from sim.scenario.values import plain, told
from sim.sweeps.designs import MORRIS_LEVELS, design_problems, rows_a_point, unit_points
from sim.sweeps.reading import parse_variations
from sim.sweeps.variation import Variation

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Row = dict[str, Any]

SAMPLERS = {"sobol": "saltelli", "morris": "morris"}
"""Designs of a sensitivity analysis, with what samples their points."""
OUTCOMES = ("count", "lost", "left:ISO3", "cooperation", "suspended:ISO3")
POINTS, RUNS = 256, 100
"""Blocks of a Saltelli design, or trajectories, and runs a point: about a minute on two cores."""
LEVEL = 0.9
"""Intervals hold 90 % of bootstrap resamples."""
RESAMPLES = 1_000
INNER = 0.05
"""Morris' steps go between a law's 5 % and 95 % points: at its ends it may have no bounds."""
_STREAM = 0x5E45
_FLAT = 1e-12
_NOISY = 0.2
SAME = "The outcome is the same at every point: there is nothing to share out among the numbers varied."
_MOST_NAMED = 10


# --- the result -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What hangs on which number."""

    scenario: str
    title: str
    outcome: str
    told: str
    """The outcome in words."""
    design: str
    """sobol or morris."""
    points: int
    """Blocks or trajectories analysed."""
    evaluated: int
    """Points simulated."""
    runs: int
    """Runs a point."""
    seed: int
    parameters: str
    """What becomes of numbers that are not varied: central or drawn; `laws` where all that have a law are varied."""
    mean: float
    """Mean outcome over the points."""
    variance: float
    """Variance of the outcome over the points."""
    noise_share: float | None
    """Share of it, 0 to 1, that is mere Monte Carlo noise; None where nothing varies or it cannot be told."""
    dropped: int
    """Blocks or trajectories left out because points of them failed."""
    note: str | None
    """What is to be known before the indices are read."""
    rows: tuple[Row, ...]
    """A row a number, the most important first: name, low, high (its range), meaning, and `first`, `total` (shares of
    the variance) or `mu`, `mu_star`, `sigma` (in units of the outcome), each with `_low` and `_high`."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """id, set (what was set on top of the file), vary."""
    samples: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """`points.csv` as columns; empty when read back."""
    folder: Path | None = None

    def table(self) -> pd.DataFrame:
        """The indices, a row a number."""
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    @property
    def document(self) -> dict[str, Any]:
        """What charts, `sensitivity.json` and `--json` hold."""
        left_out = ("samples", "folder", "rows", "settings")
        told = {name: value for name, value in vars(self).items() if name not in left_out}
        return {**told, **self.settings, "rows": list(self.rows)}


@dataclass(frozen=True, eq=False)
class Found:
    """What the outcomes of a design come to."""

    rows: list[Row]
    mean: float
    variance: float
    noise_share: float | None
    blocks: int
    dropped: int
    note: str | None


# --- the indices, by SALib --------------------------------------------------------------------------------------


def analysed(
    kind: str,
    names: Sequence[str],
    unit: Floats,
    estimates: Floats,
    seed: int,
    repair: bool = False,
    failures: Mapping[int, str] | None = None,
) -> Found:
    """Indices of an outcome over the points of a design.

    kind : sobol (points of a Saltelli design) or morris
    unit : (points, d) in the unit cube, as `unit_points` gives them
    estimates : (points, slots) estimates of the outcome, each slot with luck of its own that all points share; one
    slot for an outcome without luck; NaN or infinite where a point failed
    repair : leave out whole blocks or trajectories with failed points, which are an error else
    Raises SimError naming the failed points.
    """
    size = rows_a_point(SAMPLERS[kind], len(names))
    bad = ~np.isfinite(estimates).all(axis=1)
    good = ~bad.reshape(-1, size).any(axis=1)
    if bad.any() and not repair:
        raise SimError(_failed(np.flatnonzero(bad).tolist(), unit.shape[0], failures or {}))
    if good.sum() < 2:
        raise SimError(f"{int(bad.sum())} of {unit.shape[0]} points failed: fewer than two blocks are left whole")
    kept = np.repeat(good, size)
    unit, estimates = unit[kept], estimates[kept]
    outcome = estimates.mean(axis=1)
    # Only the first and last points of a Saltelli block are drawn independently of each other.
    apart = outcome.reshape(-1, size)[:, [0, -1]].ravel() if kind == "sobol" else outcome
    mean, variance = float(apart.mean()), float(apart.var(ddof=1))
    blocks, dropped = int(good.sum()), int((~good).sum())
    if variance <= (_FLAT * max(1.0, abs(mean))) ** 2:
        blank = [{"name": name, **dict.fromkeys(_COLUMNS[kind])} for name in names]
        return Found(blank, mean, 0.0, None, blocks, dropped, SAME)
    noise = point_noise(estimates)
    share = None if noise is None else min(1.0, float(noise.mean()) / variance)
    note = None
    if share is not None and share > _NOISY:
        note = f"{share:.0%} of the variance is Monte Carlo noise, which swells the indices: take more runs a point."
    luck = np.random.default_rng([seed, _STREAM])
    rows = (_sobol if kind == "sobol" else _morris)(names, unit, outcome, luck)
    return Found(rows, mean, variance, share, blocks, dropped, note)


def _failed(places: list[int], of: int, failures: Mapping[int, str]) -> str:
    listed = ", ".join(map(str, places[:_MOST_NAMED]))
    if len(places) > _MOST_NAMED:
        listed += f" and {len(places) - _MOST_NAMED} more"
    said = next((failures[place] for place in places if place in failures), "no finite number came out")
    return f"{len(places)} of {of} points failed ({listed}): {said} (repair leaves out the blocks that hold them)"


def point_noise(estimates: Floats) -> Floats | None:
    """(points,) the Monte Carlo variance of each point's mean, less the luck that all points share; None for one slot.

    estimates : (points, slots); what a slot's luck adds to every point moves none of them against another
    """
    points, slots = estimates.shape
    if slots < 2 or points < 2:
        return None
    left = estimates - estimates.mean(axis=1, keepdims=True) - estimates.mean(axis=0) + estimates.mean()
    noise: Floats = (left**2).sum(axis=1) / (slots - 1.0) * points / (points - 1.0) / slots
    return noise


_COLUMNS = {
    "sobol": ("first", "first_low", "first_high", "total", "total_low", "total_high"),
    "morris": ("mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"),
}


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _sobol(names: Sequence[str], unit: Floats, outcome: Floats, luck: np.random.Generator) -> list[Row]:
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(names), outcome, calc_second_order=False, num_resamples=RESAMPLES, keep_resamples=True, seed=luck
    )
    ends = [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0]
    rows = []
    for place, name in enumerate(names):
        row: Row = {"name": name}
        for label, key in (("first", "S1"), ("total", "ST")):
            value = float(found[key][place])
            low, high = np.quantile(found[f"{key}_conf_all"][:, place], ends).tolist()
            row |= {label: value, f"{label}_low": min(low, value), f"{label}_high": max(high, value)}
        rows.append(row)
    return sorted(rows, key=lambda row: -row["total"])


def _morris(names: Sequence[str], unit: Floats, outcome: Floats, luck: np.random.Generator) -> list[Row]:
    from SALib.analyze import morris

    found = morris.analyze(
        _problem(names), unit, outcome, num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=MORRIS_LEVELS, seed=luck
    )
    rows = []
    for place, name in enumerate(names):
        mu, size, half, sigma = (float(found[key][place]) for key in ("mu", "mu_star", "mu_star_conf", "sigma"))
        ends = {"mu_star_low": max(0.0, size - half), "mu_star_high": size + half}
        rows.append({"name": name, "mu": mu, "mu_star": size, **ends, "sigma": sigma})
    return sorted(rows, key=lambda row: -row["mu_star"])


# --- the outcome ------------------------------------------------------------------------------------------------


def checked_outcome(text: str, laid: Plan) -> str:
    """An outcome that a plan has. Raises InputError otherwise."""
    kind, _, code = text.partition(":")
    if text in ("count", "lost") or (text == "cooperation" and laid.hosts):
        return text
    if kind in ("cooperation", "suspended") and not laid.hosts:
        raise InputError(Problem("--outcome", "count, lost or left:ISO3, for the scenario has no hosts", text))
    places = {"left": laid.states, "suspended": laid.hosts}.get(kind)
    if places is None:
        close = nearest(kind, [one.partition(":")[0] for one in OUTCOMES])
        raise InputError(Problem("--outcome", "one of " + ", ".join(OUTCOMES), text, close))
    if code not in places:
        rule = f"{kind}: and the code of a state simulated here, such as {kind}:{places[0]}"
        raise InputError(unknown("--outcome", rule, text, places, code, f"{kind}:"))
    return text


def in_words(outcome: str, laid: Plan) -> str:
    """What an outcome is, with its unit and month."""
    kind, _, code = outcome.partition(":")
    end = f"{date.fromisoformat(laid.months[-1] + '-01'):%b %Y}"
    if kind == "count":
        return f"mean number of states that recognise Taipei at the end of {end}"
    if kind == "lost":
        return f"mean number of states with Taipei at the start that are not at the end of {end}"
    if kind == "cooperation":
        return f"mean number of hosts that cooperate with Washington at the end of {end}"
    name = states()[code].name
    if kind == "suspended":
        return f"chance that {name} has suspended military cooperation at the end of {end}"
    moved_on = "left" if laid.timeline.with_taipei[laid.states.index(code)] else "returned to"
    return f"chance that {name} has {moved_on} Taipei at the end of {end}"


def measured(outcome: str, laid: Plan, found: Ensemble) -> Floats:
    """(2, slots) an outcome as counted in the runs of each slot, and as expected from the chances met on the way.

    found : an ensemble with the last month as its one horizon
    """
    runs, hosts = found.counts.shape[0], len(laid.hosts)
    with_taipei = laid.timeline.with_taipei
    at_start = np.concatenate([~with_taipei, np.zeros(hosts, dtype=np.bool_)]).astype(np.int64)
    heads = {name: found.changes[:, HEADS[name]].astype(np.int64) for name in ("run", "month", "state", "to")}
    away = moved(at_start, heads, runs, len(laid.months) - 1).reshape(-1, RUNS_PER_DRAW, at_start.shape[0])
    both = np.stack([away.mean(axis=1), found.expected[:, :, 0, 0] / RUNS_PER_DRAW])  # (2, slots, places)
    kind, _, code = outcome.partition(":")
    n = len(laid.states)
    told: Floats
    if kind == "count":
        told = with_taipei.sum() + both[:, :, :n] @ np.where(with_taipei, -1.0, 1.0)
    elif kind == "lost":
        told = both[:, :, :n][:, :, with_taipei].sum(axis=2)
    elif kind == "cooperation":
        told = hosts - both[:, :, n:].sum(axis=2)
    else:
        told = both[:, :, laid.states.index(code) if kind == "left" else n + laid.hosts.index(code)]
    return told


# --- the points -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Space:
    """What is varied, and how a point of it becomes a plan and its draws."""

    request: Request
    laid: Plan
    beliefs: Mapping[str, Belief]
    names: tuple[str, ...]
    variations: tuple[Variation, ...] = ()
    """What was asked for; empty where every number that is not known varies by its own law."""
    settled: Draws | None = None
    """The draws of all points, one row each, where their laws settle them."""

    @property
    def slots(self) -> int:
        """Groups of runs that share luck across points."""
        return self.request.runs // RUNS_PER_DRAW

    @cached_property
    def files(self) -> Opened:
        """The scenario's files, read once for all points."""
        return self.request.loaded.opened()

    def at(self, unit: Floats) -> Space:
        """The same with the draws of all points; (points, d) `unit`."""
        if self.variations:
            return self
        columns = dict(zip(self.names, unit.T, strict=True))

        def luck(name: str) -> Floats | None:
            return columns.get(name.partition(":")[2])

        return replace(self, settled=settled(self.laid, self.beliefs, unit.shape[0], luck))

    def point(self, place: int, row: Floats) -> tuple[Plan, Draws]:
        """The plan and the draws of a point. Raises ScenarioError where its values make no scenario."""
        drawn, loaded = self.settled, self.request.loaded
        if drawn is not None:

            def repeated(part: Any) -> Any:
                return np.repeat(part[place : place + 1], self.slots, axis=0)

            rows = map(repeated, (drawn.parameters, drawn.values, drawn.chances, drawn.outcomes, drawn.spreads))
            return self.laid, Draws(*rows)
        values = {one.path: one.value_at(u) for one, u in zip(self.variations, row.tolist(), strict=True)}
        if all(path.startswith("parameters.") for path in values):
            given = {path.partition(".")[2]: value for path, value in values.items()}
            parameters = {**loaded.scenario.parameters, **given}
            laid, scenario = self.laid, loaded.scenario.model_copy(update={"parameters": parameters})
        else:
            changed = self.files.resolved({**loaded.overrides, **values})
            laid, scenario = plan(changed, yardsticks_for(changed.scenario)), changed.scenario
        return laid, sample(laid, beliefs_for(scenario), self.request.seed, self.slots, self.request.parameters)

    def columns(self, unit: Floats) -> dict[str, list[Any]]:
        """The values of all points by name."""
        if self.settled is None:
            return {
                one.path: [_shown(one.value_at(u)) for u in unit[:, axis].tolist()]
                for axis, one in enumerate(self.variations)
            }
        found: dict[str, Floats] = {
            name: self.settled.parameters[name] for name in self.settled.parameters.dtype.names or ()
        }
        shares = np.diff(self.settled.outcomes, axis=2, prepend=0.0)
        given = [(one, self.settled.values[:, place]) for place, one in enumerate(self.laid.event_values)]
        given += [(one, self.settled.chances[:, place]) for place, one in enumerate(self.laid.event_chances)]
        for vote, outcomes in enumerate(self.laid.outcome_chances):
            given += [(one, shares[:, vote, place]) for place, one in enumerate(outcomes)]
        found |= {one.path: column for one, column in given if isinstance(one, Uncertain)}
        return {name: [_shown(value) for value in found[name].tolist()] for name in self.names}

    def described(self) -> dict[str, Row]:
        """Range and meaning of what is varied, by name."""
        if self.variations:
            rows = {}
            for one in self.variations:
                low, high = one.value_at(0.0), one.value_at(1.0)
                known = PARAMETERS.get(one.path.partition(".")[2]) if one.path.startswith("parameters.") else None
                meaning = "varied over the values given" if known is None else known.meaning
                rows[one.path] = {"low": low, "high": high, "meaning": meaning}
            return rows
        laws = {one.path: one.distribution for one in _uncertain(self.laid)}
        laws |= {name: belief.distribution for name, belief in self.beliefs.items()}
        return {
            name: {
                "low": float(f"{laws[name].low:.6g}"),
                "high": float(f"{laws[name].high:.6g}"),
                "meaning": PARAMETERS[name].meaning if name in PARAMETERS else "given by the scenario as a range",
            }
            for name in self.names
        }


def _shown(value: Any) -> str:
    """A value as `points.csv` holds it: nine digits, blank where there is none."""
    if isinstance(value, float):
        return f"{value:.9g}" if math.isfinite(value) else ""
    return str(value)


def _uncertain(laid: Plan) -> list[Uncertain]:
    """The numbers a scenario gives as ranges, in the order in which they are drawn."""
    chances = [chance for outcomes in laid.outcome_chances for chance in outcomes]
    return [one for one in (*chances, *laid.event_values, *laid.event_chances) if isinstance(one, Uncertain)]


def space(request: Request, vary: Sequence[str] | None) -> Space:
    """What a request and its variations vary; none: every number with a law that is not held, each by its own.

    Raises InputError where that is nothing.
    """
    scenario = request.loaded.scenario
    laid, beliefs = plan(request.loaded, yardsticks_for(scenario)), beliefs_for(scenario)
    if vary:
        variations = parse_variations(vary, request.loaded)
        return Space(request, laid, beliefs, tuple(one.path for one in variations), variations)
    names = [name for name, belief in beliefs.items() if not isinstance(belief.distribution, Held)]
    names += [one.path for one in _uncertain(laid)]
    if not names:
        raise InputError(Problem("--vary", "at least one path: every number of this scenario is set to one value"))
    return Space(request, laid, beliefs, tuple(names))


def evaluated(
    where: Space, unit: Floats, outcome: str, threads: int | None = None, progress: Progress | None = None
) -> tuple[Floats, dict[int, str]]:
    """Simulate all points, each with the same random numbers; what failed is told by the number of its point.

    Returns (points, slots) estimates of the outcome, NaN where a point failed: as counted or as expected, whichever
    has less luck in it.
    """
    found = np.full((2, unit.shape[0], where.slots), np.nan)
    failures: dict[int, str] = {}
    where = where.at(unit)

    def one(place: int) -> None:
        try:
            laid, draws = where.point(place, unit[place])
            last = len(laid.months) - 1
            request = where.request
            ensemble = run_ensemble(laid, draws, request.seed, request.runs, horizons=(last,), threads=1)
            found[:, place] = measured(outcome, laid, ensemble)
        except (SimError, ArithmeticError, ValueError) as error:
            failures[place] = " / ".join(str(error).splitlines()) or type(error).__name__

    pool = ThreadPoolExecutor(max_workers=max(1, threads or os.cpu_count() or 1))
    try:
        pending = [pool.submit(one, place) for place in range(unit.shape[0])]
        for done, future in enumerate(as_completed(pending), 1):
            future.result()
            if progress is not None:
                progress(done, len(pending))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    whole = np.isfinite(found).all(axis=(0, 2))
    luck = [point_noise(estimates[whole]) for estimates in found]
    counted, expected = (np.inf if noise is None else noise.mean() for noise in luck)
    return (found[0] if counted < expected else found[1]), dict(sorted(failures.items()))


# --- the whole --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What is asked: an outcome of a scenario, and over what it is looked at."""

    request: Request
    """Scenario, seed, runs a point, and what becomes of parameters that `vary` leaves alone."""
    outcome: str = "count"
    design: str = "sobol"
    points: int = POINTS
    """Blocks of a Saltelli design (a power of two), each of d + 2 points, or trajectories of d + 1 points."""
    vary: tuple[str, ...] = ()
    """Paths with ranges, as `sim sweep` takes them; none: every number with a law varies by that law."""
    repair: bool = False
    """Leave out whole blocks with failed points, which are an error else."""

    @classmethod
    def of(
        cls,
        loaded: Loaded,
        runs: int | None = None,
        seed: int | None = None,
        parameters: Mode | None = None,
        vary: Iterable[str] = (),
        **settings: Any,
    ) -> Question:
        """A question with what is usual where nothing is given. Raises InputError where the settings do not fit."""
        varied = tuple(vary)
        if parameters is not None and not varied:
            rule = "only with --vary: without it all numbers that have a law are varied by it"
            raise InputError(Problem("--parameters", rule, parameters))
        request = Request.of(loaded, RUNS if runs is None else runs, seed, parameters=parameters or "central")
        return cls(request, vary=varied, **settings | {"outcome": coded(settings.get("outcome", "count"))})

    def __post_init__(self) -> None:
        if self.design not in SAMPLERS:
            close = nearest(self.design, SAMPLERS)
            raise InputError(Problem("--design", "one of " + ", ".join(SAMPLERS), self.design, close))
        runs = self.request.runs
        if runs < 2 * RUNS_PER_DRAW or runs % RUNS_PER_DRAW:
            near = max(2, round(runs / RUNS_PER_DRAW)) * RUNS_PER_DRAW
            rule = f"a multiple of {RUNS_PER_DRAW}, {2 * RUNS_PER_DRAW} or more"
            raise InputError(Problem("--runs", rule, runs, str(near)))

    def space(self) -> Space:
        """What is varied. Raises InputError where the scenario or the number of points does not allow it."""
        where = space(self.request, self.vary)
        checked_outcome(self.outcome, where.laid)
        axes = [Variation(name, low=0.0, high=1.0) for name in where.names]
        wrong = design_problems(axes, SAMPLERS[self.design], self.points)
        if wrong:
            raise InputError(wrong)
        return where

    @property
    def settings(self) -> dict[str, Any]:
        """What an analysis keeps of its question: id, set, vary."""
        asked = {name: getattr(self, name) for name in ("outcome", "design", "points", "vary", "repair")}
        source = results.sources_digest(("sweeps", "analysis"))
        return {
            "id": results.identity({**self.request.decisive, **asked, "analysis": source}),
            "set": {key: told(value) for key, value in self.request.loaded.overrides.items()},
            "vary": list(self.vary),
        }


def sensitivity(
    question: Question,
    threads: int | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], object] | None = None,
) -> Sensitivity:
    """What an outcome of a scenario hangs on.

    progress : is told the points done and wanted; tell : what takes long
    Raises InputError for what cannot be asked, SimError where points failed.
    """
    where, request = question.space(), question.request
    unit = unit_points(SAMPLERS[question.design], len(where.names), question.points, request.seed)
    inner = question.design == "morris" and not where.variations
    within = INNER + (1.0 - 2.0 * INNER) * unit if inner else unit
    where = where.at(within)
    warm_up(where.laid, where.beliefs, request, tell)
    estimates, failures = evaluated(where, within, question.outcome, threads, progress)
    found = analysed(question.design, where.names, unit, estimates, request.seed, question.repair, failures)
    told = where.described()
    errors = estimates.std(axis=1, ddof=1) / np.sqrt(estimates.shape[1])
    return Sensitivity(
        scenario=request.loaded.name,
        title=_title(request),
        outcome=question.outcome,
        told=in_words(question.outcome, where.laid),
        design=question.design,
        points=found.blocks,
        evaluated=unit.shape[0],
        runs=request.runs,
        seed=request.seed,
        parameters=request.parameters if where.variations else "laws",
        mean=found.mean,
        variance=found.variance,
        noise_share=found.noise_share,
        dropped=found.dropped,
        note=found.note,
        rows=tuple({"name": row["name"], **told[row["name"]], **row} for row in found.rows),
        settings=question.settings,
        samples={
            "point": list(range(unit.shape[0])),
            **where.columns(within),
            "outcome": list(map(_shown, estimates.mean(axis=1).tolist())),
            "mc": list(map(_shown, errors.tolist())),
        },
    )


# --- files ------------------------------------------------------------------------------------------------------


def sensitivity_to_folder(
    question: Question,
    out: results.Out,
    draw: Callable[[Mapping[str, Any], Path], object] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], object] | None = None,
    command: str = "",
    pictures: bool = True,
) -> tuple[Sensitivity, bool]:
    """Find an analysis under `<out>/sensitivity/<scenario>/<id>`, or make it and put it there whole; True when found.

    draw : draws the charts of a document into a folder; pictures : whether they are asked for
    """
    name, identity = question.request.loaded.name, str(question.settings["id"])
    folder, own = results.at(out, "sensitivity", name, identity), results.claim(out, SENSITIVITY, identity)
    said = {
        "kind": SENSITIVITY.name,
        "scenario": question.request.loaded.name,
        "title": _title(question.request),
        "outcome": question.outcome,
        **question.settings,
    }
    made: list[Sensitivity] = []

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        found = None if results.DATA in todo else _kept(folder, question)
        if found is None:
            found = sensitivity(question, threads, progress, tell)
            write_tables(found, stage)
        if SENSITIVITY.document in todo:
            results.write_json(found.document, stage / SENSITIVITY.document)
        if draw is not None and results.CHARTS in todo:
            (stage / results.CHARTS).mkdir()
            draw(found.document, stage / results.CHARTS)
        made.append(found)
        return {**said, "outside": {"command": command}}

    there = results.found_or_made(folder, said, [results.CHARTS] if draw is not None and pictures else [], make, own)
    return (read(folder), True) if there else (replace(made[-1], folder=folder), False)


def write_tables(found: Sensitivity, folder: Path) -> None:
    """Write the tables of an analysis into a folder: `indices.csv` and `points.csv`."""
    indices, samples = SENSITIVITY.data
    ends = ({name: _shown(row[name]) for name in ("low", "high")} for row in found.rows)
    results.Table.of([{**row, **end} for row, end in zip(found.rows, ends, strict=True)]).write(folder / indices)
    results.Table({name: list(column) for name, column in found.samples.items()}).write(folder / samples)


def read(folder: Path) -> Sensitivity:
    """An analysis from its folder. Raises ResultError where it is missing, incomplete or damaged."""
    results.check(folder, SENSITIVITY, pictures=False)
    path = folder / SENSITIVITY.document
    told = results.read_json(path)
    try:
        kept = {name: told.pop(name) for name in ("id", "set", "vary")}
        found = TypeAdapter(Sensitivity).validate_python({**told, "settings": kept, "folder": folder})
        measures = dict.fromkeys(_COLUMNS[found.design], BLANK)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise ResultError(Problem("", "an analysis that this version can read: make it again"), path) from error
    check_rows(list(found.rows), {"name": TEXT, "low": ANY, "high": ANY, "meaning": TEXT, **measures}, "rows", path)
    return found


def _title(request: Request) -> str:
    """The scenario's title, with what is given; what was set stands beside it."""
    scenario = request.loaded.scenario
    given = {path: value for path, value in request.loaded.overrides.items() if is_given(path)}
    return titled(scenario.scenario.title, given, scenario.model_dump(mode="json"))


def _kept(folder: Path, question: Question) -> Sensitivity | None:
    """The analysis in a folder, under the words of a question; None where it is not whole."""
    try:
        kept = read(folder)
    except ResultError:
        return None
    return replace(kept, title=_title(question.request), settings=question.settings)


def face_sensitivity(
    scenario: str | Path | Loaded,
    *,
    outcome: str = "count",
    design: str = "sobol",
    points: int = POINTS,
    runs: int = RUNS,
    vary: Iterable[str] | None = None,
    parameters: Mode | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    repair: bool = False,
    record: RecordSource | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Sensitivity:
    """What an outcome of a scenario hangs on: shares of its variance (sobol), or mean steps (morris), by number.

    scenario : a shipped name, a path, or what `load` returned
    outcome : count, lost, left:ISO3, cooperation or suspended:ISO3, at the end
    points : blocks (sobol; a power of two) or trajectories (morris); runs : a point, a multiple of 20
    vary : paths with ranges, such as `["washington.attention=0:3"]`; else every number with a law, by that law
    parameters : with `vary`, whether all other numbers are central (the default) or drawn
    seed : the scenario's own where left out; set : overrides by dotted path
    given : outcomes that happen, by vote, such as `{"paraguay-2028": "opposition"}`
    repair : leave out what failed, by whole blocks, instead of raising
    record : a file with your own facts since the atlas ends, in place of the scenario's own
    out : a folder to write the analysis under; nothing is written where it is left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this analysis
    Raises ScenarioError or InputError with every problem found, SimError where points failed.
    """
    place = results.chosen(out, to)
    loaded = reloaded(scenario, set, given, record)
    question = Question.of(
        loaded, plain(runs), seed, parameters, vary or (), outcome=outcome, design=design, points=plain(points),
        repair=repair,
    )  # fmt: skip
    if place is None:
        return sensitivity(question, threads)
    return sensitivity_to_folder(question, place, None, threads)[0]
