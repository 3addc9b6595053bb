"""Docking: the second implementation beside this model, in the same worlds and in the backtest's protocol.

`python -m benchmarks.docking [FOLDER]` writes both tables under `results/reference/docking`, as `make results` does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from benchmarks.second import Auction
from sim.backtest.backtest import HORIZONS, ORIGINS, RUNS, SEED, document_of
from sim.backtest.forecasts import Forecast, known_until, outcome
from sim.backtest.scores import Row, score_values, scored
from sim.backtest.truce import VOTE_ENDS_TRUCE, coming_votes, truce_since
from sim.model import rules
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.terms import HEAD, PRICE, TAIPEI
from sim.results import Table
from sim.runs.setup import Setup
from sim.scenario import ResolvedScenario, Scenario, load

SECOND = "second"
FOLDER = Path("results") / "reference"
WORK = Path(__file__).parent / "work.toml"
TURNED = {
    "beijing.budget": 1.5,
    "beijing.approach": 2.0,
    "taipei.budget": 0.7,
    "taipei.wooing": 3.0,
    "washington.attention": 2.0,
    "washington.hostility": 1.0,
}
"""Levers of the world `levers`: every patron departs from its reference."""
WORLDS = ("reference", "levers", "1995", "2010")
"""Worlds of the table of agreement: two without candidates, and two origins of the backtest (one in a truce)."""
MISREAD = "misread"
AGREEMENT = ("world", "what", "model", "second", "z", "p")
Floats = NDArray[np.float64]
LEVERS = (
    "beijing_budget", "beijing_acceptance", "beijing_approach", "taipei_budget", "taipei_acceptance", "taipei_wooing",
    "washington_attention", "hostility",
)  # fmt: skip
"""Arrays of the timeline, over months, that must not change in a scenario that is docked."""
OF_STATES = ("economy", "gdp", "own_aid", "pride", "region")


NUMBERS = (
    "mean_log_gdp", "running_log_gdp", "running_percent", "running_since", "delivered", "delivered_mean",
    "delivered_total", "delivered_cases",
)  # fmt: skip
ALIKE = ("gdp", "prestige", "access", "own_aid", "lean")
"""What a scenario may state of a state, which the second implementation leaves out."""
LEAVING = ("population_effect", "americas_effect", "us_aid_effect", "switched_effect", "silent_effect")
COMING = ("return_population_effect", "return_income_effect", "return_switched_effect")
NEVER = 100_000


def world_of(setup: Setup, runs: int, truce: Mapping[int, float] | None = None) -> dict[str, Any]:
    """What `runs` runs of a setup share, as plain numbers and lists: the world as a file would hold it.

    truce : chance of each month (row) from which a truce is over; none: there is no truce
    Raises ValueError for a scenario with what the second implementation leaves out.
    """
    timeline, draws = setup.plan.timeline, setup.draws(runs)
    levers = {name: getattr(timeline, name) for name in LEVERS}
    if any(np.ptp(values) for values in levers.values()) or timeline.host.size:
        raise ValueError("levers that change, and hosts, are left out")
    stated = [
        n for n in ALIKE if not np.array_equal(getattr(timeline, n), getattr(timeline, f"{n}_ref"), equal_nan=True)
    ]
    if stated or timeline.access.any() or np.any(timeline.prestige != 1) or np.any(timeline.susceptibility != 1):
        raise ValueError("what a scenario states of a state is left out")
    since = timeline.government_since
    states: dict[str, Any] = {name: getattr(timeline, name).astype(float) for name in OF_STATES}
    states["ally"] = timeline.with_taipei.astype(float)
    states["dependence"] = timeline.dependence_ref
    states["months_in_office"] = np.where(-since >= rules.UNKNOWN_MONTHS, np.nan, -since)
    names = draws.parameters.dtype.names or ()
    over = {-1: 1.0} if truce is None else truce
    return {
        "iso3": list(setup.plan.states),
        "exposure": timeline.exposure.tolist(),
        "levers": {name: float(values[-1]) for name, values in levers.items()},
        "states": {name: values.tolist() for name, values in states.items()},
        "leaving": dict(zip(LEAVING, timeline.covariates.T.tolist(), strict=True)),
        "coming": dict(zip(COMING, timeline.return_covariates.T.tolist(), strict=True)),
        "draws": {name: draws.parameters[name].tolist() for name in names},
        "z": draws.spreads.tolist(),
        "truce_until": list(over),
        "truce_chances": list(over.values()),
        **{name: np.asarray(getattr(timeline, name)).tolist() for name in NUMBERS},
    }


# --- The same world twice


def setup_of(world: str) -> Setup:
    """A world of the table made ready to run: one of `WORLDS`, or another origin of the backtest."""
    if world.isdigit():
        scenario = Scenario.model_validate(document_of(int(world)))
        return Setup.of(ResolvedScenario(scenario, scenario, "docking", ()), SEED + int(world))
    return Setup.of(load(WORK, TURNED if world == "levers" else {}), SEED)


def truce_of(world: str, setup: Setup) -> dict[int, float] | None:
    """How the truce of an origin may end: by month (row), with its chance."""
    if not world.isdigit() or truce_since(known := known_until(int(world))) is None:
        return None
    first, lasting, ends = int(setup.plan.timeline.calendar_month[0]), 1.0, {}
    for vote in coming_votes(known):
        ends[12 * vote.year + vote.month - 1 - first] = lasting * VOTE_ENDS_TRUCE
        lasting *= 1.0 - VOTE_ENDS_TRUCE
    return {**ends, NEVER: lasting}


class Misread(Auction):
    """The page as it read at first: references hold the packages that run at the start, and not that they run out."""

    def bids(self, t: int, *numbers: Any) -> Any:
        """As the second implementation, but at month 0 where reference conditions are asked for."""
        at_reference = len(numbers) == 4
        return super().bids(0 if at_reference else t, *numbers)


def second(
    world: str, setup: Setup, runs: int, seed: int = 1, kind: type[Auction] = Auction, **numbers: Any
) -> tuple[Any, Any, Any]:
    """Counts, who is away, and departures by the second implementation; numbers : of the world, to be others."""
    return kind(world_of(setup, runs, truce_of(world, setup)) | numbers, seed).run()


def agreement(world: str, runs: int = RUNS, kind: type[Auction] = Auction, **numbers: Any) -> list[Row]:
    """What the two say of a world: rows of world, what, model, second, z and p.

    Both have the same draws of the parameters, so a difference is taken draw by draw: z is its mean in standard errors
    over the draws. p : the chance of a larger distance between two samples of one law of prices (Kolmogorov, Smirnov).
    """
    setup = setup_of(world)
    ours = setup.ensemble(runs, threads=1)
    counts, away, departures = second(world, setup, runs, kind=kind, **numbers)
    heads, allies = ours.heads, setup.plan.timeline.with_taipei
    gone = np.broadcast_to(~allies, away[-1].shape).copy()
    for run, state, side in zip(heads["run"], heads["state"], heads["to"], strict=True):
        gone[run, state] = side != TAIPEI
    left = heads["from"] == TAIPEI
    prices, others = ours.changes[left, HEAD + PRICE], departures[:, 3]
    ends = ours.counts[:, -1, 0].astype(float), counts[:, -1].astype(float)
    middle = np.repeat((_by_draw(ends[0]) + _by_draw(ends[1])) / 2.0, RUNS_PER_DRAW)
    spread = [(end - middle) ** 2 for end in ends]
    free = [
        _by_draw(np.bincount(r, p == 0.0, runs))
        for r, p in ((heads["run"][left], prices), (departures[:, 0].astype(int), others))
    ]
    rows = [
        _row("count", ends[0].mean(), ends[1].mean(), _z(*ends)),
        _row("spread", ends[0].std(), ends[1].std(), _z(*spread)),
        *(
            _row(f"away:{iso3}", ours_away.mean(), their_away.mean(), _z(ours_away, their_away))
            for iso3, ally, ours_away, their_away in zip(setup.plan.states, allies, gone.T, away[-1].T, strict=True)
            if ally
        ),
        _row("free", (prices == 0.0).mean(), (others == 0.0).mean(), _z(*free)),
        *(_row(f"price:{level}", *(np.quantile(part, level) for part in (prices, others))) for level in (0.5, 0.9)),
        _row("prices", p=float(ks_2samp(prices, others).pvalue)),
    ]
    if not allies.all():
        came = [(~part[:, ~allies]).sum(axis=1).astype(float) for part in (gone, away[-1])]
        rows.insert(2, _row("came", came[0].mean(), came[1].mean(), _z(*came)))
    return [dict(zip(AGREEMENT, (world, *row), strict=True)) for row in rows]


def agreements() -> list[Row]:
    """The rows of all worlds, and of the first as the page read at first."""
    misread = [row | {"world": MISREAD} for row in agreement(WORLDS[0], kind=Misread)]
    return [row for world in WORLDS for row in agreement(world)] + misread


def _row(
    what: str, model: Any = None, other: Any = None, z: float | None = None, p: float | None = None
) -> tuple[Any, ...]:
    return what, *(None if value is None else float(value) for value in (model, other, z, p))


def _by_draw(values: NDArray[Any]) -> Floats:
    return np.asarray(values, dtype=float).reshape(-1, RUNS_PER_DRAW).mean(axis=1)


def _z(ours: Floats, theirs: Floats) -> float:
    """The mean difference between draws in its standard errors, of values by run (or by draw)."""
    runs = len(ours) % RUNS_PER_DRAW == 0
    difference = _by_draw(theirs) - _by_draw(ours) if runs else theirs - ours
    error = difference.std(ddof=1) / np.sqrt(difference.size)
    return float(difference.mean() / error) if error > 0.0 else 0.0


# --- The same protocol


def forecasts(origin: int, runs: int = RUNS) -> list[Forecast]:
    """What the second implementation forecasts from an origin, as the backtest asks.

    A chance is a share of the runs; half a run is added on both sides, so that none is zero.
    """
    setup = setup_of(str(origin))
    allies = np.flatnonzero(setup.plan.timeline.with_taipei)
    counts, away, _ = second(str(origin), setup, runs, SEED + origin)
    return [
        Forecast(
            SECOND,
            origin,
            years,
            tuple(setup.plan.states[place] for place in allies),
            (away[12 * years][:, allies].sum(axis=0) + 0.5) / (runs + 1.0),
            counts[:, 12 * years].astype(np.int64),
        )
        for years in HORIZONS
    ]


def scores(runs: int = RUNS) -> list[Row]:
    """Its scores over all origins of the backtest: rows as `sim.backtest.scores.scored` has them."""
    made = [forecast for origin in ORIGINS for forecast in forecasts(origin, runs)]
    reached = [outcome(origin, years) for origin in ORIGINS for years in HORIZONS]
    return scored(score_values(made, [end for end in reached if end is not None]))


def write(folder: Path = FOLDER) -> list[Path]:
    """Write `agreement.csv` and `scores.csv` under a folder's `docking`."""
    place = folder / "docking"
    place.mkdir(parents=True, exist_ok=True)
    Table.of(agreements()).write(place / "agreement.csv")
    Table.of(scores()).write(place / "scores.csv")
    return [place / "agreement.csv", place / "scores.csv"]


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)
