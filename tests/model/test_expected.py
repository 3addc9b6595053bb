"""The chances met on the way: their sums are the ledger's, and their mean is the chance that counting tells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.model import rules
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan
from sim.model.terms import ACTIVE, HAZARD, SIDE, TAIPEI
from sim.results.tables import moved
from sim.runs.ensemble import Ensemble
from tests.worlds import Document, bits, changed, horizons_of, in_the_truce, lay_out, rich, run, told

DOCUMENTS = {"rich": rich(), "truce": in_the_truce()}


def at_start(laid: Plan) -> np.ndarray:
    """Side of every place at the start: 0 where it is with Taipei or cooperates."""
    return np.concatenate([np.where(laid.timeline.with_taipei, 0, 1), np.zeros(len(laid.hosts), dtype=int)])


def away(laid: Plan, ensemble: Ensemble, rows: tuple[int, ...]) -> np.ndarray:
    """(runs, places, H) the chances met by each run up to each horizon, added up from the ledger by hand."""
    assert ensemble.ledger is not None
    runs, length, places, _ = ensemble.ledger.shape
    home = at_start(laid) == 0
    found = np.zeros((runs, places, len(rows)))
    for number in range(runs):
        for place in range(places):
            total = 0.0
            here = ACTIVE if place >= len(laid.states) else TAIPEI
            for month in range(length):
                row = ensemble.ledger[number, month, place]
                chance = rules.monthly_chance(float(row[HAZARD]), float(laid.timeline.exposure[month]))
                total += chance if (row[SIDE] == here) == home[place] else -chance
                if month in rows:
                    found[number, place, rows.index(month)] = total
    return found


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_the_ledger_gives_back_what_is_expected(name: str, engine: Any) -> None:
    laid = lay_out(DOCUMENTS[name])
    rows = (0, 1, 12, 36, len(laid.months) - 1)
    runs = 50 if engine == "compiled" else 22
    ensemble = run(laid, runs, mode="drawn", engine=engine, horizons=rows)
    by_run = away(laid, ensemble, rows)
    expected = np.zeros((-(-runs // RUNS_PER_DRAW), by_run.shape[1], len(rows), 2))
    for number in range(runs):
        expected[number // RUNS_PER_DRAW, :, :, 0] += by_run[number]
        expected[number // RUNS_PER_DRAW, :, :, 1] += by_run[number] * by_run[number]
    assert ensemble.expected.shape == expected.shape
    # The ledger holds annual rates, from which a month's chance comes back but for its last digits.
    np.testing.assert_allclose(ensemble.expected, expected, rtol=1e-9, atol=1e-9)


def test_at_a_constant_hazard_it_is_the_hazard_up_to_the_move() -> None:
    """A state that stays met every month's chance, one that left met those up to the month it left in."""
    parameters = {"departure_rate": 0.5, "holy_see_rate": 0.5}
    document = told("HND", "VAT", end="2023-12-31", taipei={"acceptance": 0.0}, parameters=parameters)
    laid = lay_out(document)
    ensemble = run(laid, 20)
    left = np.full(20, 24)
    for row in ensemble.changes:
        if row[2] == 1:
            left[int(row[0])] = int(row[1])
    assert 0 < np.sum(left < 24) < 20
    assert np.all(np.abs(ensemble.ledger[:, 1, 1, HAZARD] - 0.5) < 0.2)  # type: ignore[index]
    chances = -np.expm1(-ensemble.ledger[:, :, 1, HAZARD] / 12.0) * (np.arange(25) > 0)  # type: ignore[index]
    met = np.where(np.arange(25) <= left[:, None], chances, 0.0).sum(axis=1)
    assert ensemble.expected[0, 1, -1] == pytest.approx([met.sum(), (met * met).sum()], rel=1e-12)


RUNS = 10_000


def errors(laid: Plan, ensemble: Ensemble, rows: tuple[int, ...], tables: dict[str, Any]) -> np.ndarray:
    """(places, H) difference of the two estimates, in standard errors from the spread over draws."""
    runs = ensemble.counts.shape[0]
    scores = np.empty((len(at_start(laid)), len(rows)))
    for number, month in enumerate(rows):
        counted = (
            moved(at_start(laid), tables, runs, month).reshape(-1, RUNS_PER_DRAW, len(at_start(laid))).mean(axis=1)
        )
        gap = counted - ensemble.expected[:, :, number, 0] / RUNS_PER_DRAW
        spread = gap.std(axis=0, ddof=1) / math.sqrt(len(gap))
        scores[:, number] = gap.mean(axis=0) / np.maximum(spread, 1e-12)
    return scores


def tables(ensemble: Ensemble) -> dict[str, Any]:
    heads = ("run", "month", "state", "from", "to")
    return {name: ensemble.changes[:, column].astype(np.int64) for column, name in enumerate(heads)}


MOVING: Document = told(
    "GTM",
    "HND",
    "PLW",
    end="2026-12-31",
    roster={"candidates": ["BFA", "DOM", "KIR", "NIC", "SLB", "SLV"]},
    states={"PLW": {"susceptibility": 0.3}},
    cooperation={"hosts": ["HND", "PLW", "SLV"]},
    events={
        "order": {"type": "order", "state": "HND", "date": "2022-06-01", "chance": 0.5},
        "notice": {"type": "notice", "state": "HND", "date": "2023-06-01", "chance": 0.5},
        "truce": {"type": "truce", "date": "2024-03-01", "years": 0.75, "chance": 0.5},
    },
    parameters={"departure_rate": 0.25, "return_rate": 0.3, "suspension_rate": 0.2, "restoration_rate": 0.3},
)


@pytest.mark.parametrize("mode", ["central", "drawn"])
def test_the_mean_is_the_share_of_runs_that_moved(mode: Any) -> None:
    laid = lay_out(MOVING)
    rows = (12, 36, 60)
    ensemble = run(laid, RUNS, mode=mode, ledger=False, horizons=rows, threads=2)
    told_so = tables(ensemble)
    scores = errors(laid, ensemble, rows, told_so)
    assert np.max(np.abs(scores)) < 4.5
    assert np.abs(scores).mean() < 1.3
    places = [*laid.states, *(f"{code} host" for code in laid.hosts)]
    shares = dict(zip(places, moved(at_start(laid), told_so, RUNS, 36).mean(axis=0).tolist(), strict=True))
    assert shares["HND"] > 0.2, "leaving"
    assert shares["NIC"] > 0.2, "returning"
    assert shares["HND host"] > 0.2, "suspending"
    assert shares["PLW host"] < shares["HND host"]
    # Some came back to where they had started, which the expected moves take off again.
    back = ensemble.changes[(ensemble.changes[:, 4] == 0) & (ensemble.changes[:, 2] != laid.states.index("NIC"))]
    assert len(back) > 250


MILD = {"parameters.money_effect": {"central": 0.8, "low": 0.2, "high": 3.2}}
"""Where money is strong and a request is met, chances met lie a hundredth above the share that moved: what Taipei then
grants tells that talks are over, and the averaging over talks that nobody sees does not listen to it."""


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_so_it_is_with_every_event_and_lever(name: str) -> None:
    laid = lay_out(changed(DOCUMENTS[name], MILD))
    rows = (0, 12, len(laid.months) - 1)
    ensemble = run(laid, RUNS, mode="drawn", ledger=False, horizons=rows, threads=2)
    scores = errors(laid, ensemble, rows, tables(ensemble))
    rare = ensemble.expected[..., 0].sum(axis=0) < 20.0  # too few moves for a normal law
    assert np.max(np.abs(scores[~rare])) < 4.5
    assert np.sum(~rare) > 10


def test_it_has_less_luck_in_it_than_counting() -> None:
    """That is what it is for: over runs of one draw, chances met spread less than noughts and ones."""
    laid = lay_out(told("GTM", "HND", "PLW", taipei={"acceptance": 0.0}, cooperation={"hosts": ["HND"]}))
    ensemble = run(laid, RUNS, ledger=False)
    means = ensemble.expected[:, :, -1, 0].sum(axis=0) / RUNS
    spread = ensemble.expected[:, :, -1, 1].sum(axis=0) / RUNS - means**2
    assert np.all(spread < 0.3 * means * (1.0 - means))
    assert np.all(spread >= -1e-15)


def test_horizons_are_sums_so_far() -> None:
    laid = lay_out(told("GTM", "HND", taipei={"acceptance": 0.0}, cooperation={"hosts": ["HND"]}))
    rows = tuple(range(len(laid.months)))
    met = run(laid, 20, horizons=rows).expected[0, :, :, 0]
    assert np.all(met[:, 0] == 0.0), "nothing is left of the month of the start"
    assert np.all(np.diff(met[:2], axis=1) >= 0.0)
    assert np.array_equal(bits(run(laid, 20).expected), bits(run(laid, 20, horizons=horizons_of(laid)).expected))
    assert np.array_equal(bits(met[:, [0, 18, 36]]), bits(run(laid, 20).expected[0, :, :, 0]))
