"""What common random numbers promise: the same run however it is reached, and paired scenarios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.fit.posterior import LEAVING
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan
from sim.model.terms import ACCEPTANCE, HAZARD, T_ORDER
from sim.runs.ensemble import Ensemble, run_ensemble
from sim.scenario.events import EVENTS
from tests.worlds import (
    NO_FEEDBACK,
    SAME,
    Document,
    bits,
    changed,
    difference,
    draw,
    in_pieces,
    lay_out,
    open_world,
    rich,
    run,
    told,
)

MANY = 2_000


@pytest.fixture(scope="module")
def laid() -> Plan:
    return lay_out(rich())


@pytest.fixture(scope="module")
def many(laid: Plan) -> Ensemble:
    return run(laid, MANY, mode="drawn", threads=1, ledger=False)


def own(ensemble: Ensemble, run_number: int) -> np.ndarray:
    """The changes of one run, with all they weighed."""
    return ensemble.changes[ensemble.changes[:, 0] == run_number]


# --- the same run, however it is reached ------------------------------------------------------------------


def test_run_17_is_the_same_among_40_and_2000(laid: Plan, many: Ensemble) -> None:
    few = run(laid, 40, mode="drawn", ledger=False)
    for number in (0, 17, 20, 39):
        assert few.counts[number].tolist() == many.counts[number].tolist()
        assert np.array_equal(bits(own(few, number)), bits(own(many, number)))
    assert np.array_equal(bits(few.expected), bits(many.expected[:2]))
    assert len(own(many, 17)) > 0


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_change_nothing(laid: Plan, many: Ensemble, threads: int) -> None:
    threaded = run(laid, MANY, mode="drawn", threads=threads, ledger=False)
    assert difference(many, threaded) == SAME


@pytest.mark.parametrize("sizes", [[2000], [7, 20, 1973], [1, 999, 1000], [20] * 100], ids=len)
def test_pieces_of_any_size_change_nothing(laid: Plan, many: Ensemble, sizes: list[int]) -> None:
    assert difference(many, in_pieces(laid, draw(laid, MANY, mode="drawn"), 1, sizes)) == SAME


def test_changes_come_by_run_then_month_then_state(many: Ensemble) -> None:
    keys = [tuple(row) for row in many.changes[:, :3].astype(int).tolist()]
    assert keys == sorted(set(keys))
    assert len(keys) > MANY


def test_another_seed_is_another_history(laid: Plan, many: Ensemble) -> None:
    other = run(laid, MANY, seed=2, mode="drawn", ledger=False)
    assert np.mean(np.any(other.counts != many.counts, axis=1)) > 0.9


def test_keeping_the_ledger_changes_nothing(laid: Plan, many: Ensemble) -> None:
    kept = run(laid, 100, mode="drawn", ledger=True)
    assert np.array_equal(kept.counts, many.counts[:100])
    assert np.array_equal(bits(kept.changes), bits(many.changes[many.changes[:, 0] < 100]))
    assert np.array_equal(bits(kept.expected), bits(many.expected[:5]))


def test_horizons_change_nothing_but_what_is_expected_at_them(laid: Plan, many: Ensemble) -> None:
    without = run(laid, MANY, mode="drawn", ledger=False, horizons=())
    assert without.expected.shape == (100, len(laid.states) + len(laid.hosts), 0, 2)
    assert np.array_equal(without.counts, many.counts)
    assert np.array_equal(bits(without.changes), bits(many.changes))
    other = run(laid, MANY, mode="drawn", ledger=False, horizons=(7, 24, 30, 48))
    assert np.array_equal(bits(other.expected[:, :, [1, 3]]), bits(many.expected[:, :, [1, 2]]))


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_a_draw_that_serves_fewer_runs_sums_over_those(laid: Plan, many: Ensemble, engine: Any) -> None:
    few = run(laid, 27, mode="drawn", ledger=False, engine=engine)
    assert len(few.expected) == 2
    assert np.array_equal(bits(few.expected[0]), bits(many.expected[0]))
    pieces = in_pieces(laid, draw(laid, 27, mode="drawn"), 1, [5, 20, 2])
    assert difference(few, pieces) == SAME


def test_a_longer_horizon_adds_months_and_changes_none() -> None:
    short, long = (changed(rich(), {"scenario.end": end}) for end in ("2025-02-28", "2029-03-31"))
    one, other = run(short, 100, mode="drawn"), run(long, 100, mode="drawn")
    months = one.counts.shape[1]
    assert np.array_equal(one.counts, other.counts[:, :months])
    assert one.ledger is not None
    assert other.ledger is not None
    assert np.array_equal(bits(one.ledger), bits(other.ledger[:, :months]))
    assert np.array_equal(bits(one.changes), bits(other.changes[other.changes[:, 1] < months]))
    assert len(other.changes) > len(one.changes)


# --- parameter draws --------------------------------------------------------------------------------------


def test_a_draw_serves_twenty_consecutive_runs(laid: Plan) -> None:
    assert RUNS_PER_DRAW == 20
    drawn = draw(laid, 60, mode="drawn")
    ensemble = run_ensemble(laid, drawn, 1, 60, ledger=True, threads=1)
    assert ensemble.ledger is not None
    place, p = laid.states.index("GTM"), drawn.parameters
    multiples = np.exp(sum(p[name] * laid.timeline.covariates[place, k] for k, name in enumerate(LEAVING)))
    rates = [open_world(laid, drawn, run_number=run_number).reference.rate[place] for run_number in range(60)]
    assert np.allclose(rates, np.repeat(p["departure_rate"] * multiples, 20), rtol=1e-13)
    hazards = ensemble.ledger[:, 0, place, HAZARD]
    assert len(set(hazards.tolist())) == 3
    assert np.array_equal(hazards, np.repeat(hazards[::20], 20))


def test_more_draws_leave_the_first_ones_alone(laid: Plan) -> None:
    few, many_draws = draw(laid, 40, mode="drawn"), draw(laid, MANY, mode="drawn")
    assert np.array_equal(few.parameters, many_draws.parameters[:2])
    assert np.array_equal(few.values, many_draws.values[:2], equal_nan=True)
    assert np.array_equal(few.chances, many_draws.chances[:2])
    assert np.array_equal(few.outcomes, many_draws.outcomes[:2])


def test_a_range_elsewhere_leaves_every_other_draw_alone() -> None:
    base = rich()
    more = changed(
        base,
        {
            "events.extra": {
                "type": "order",
                "state": "DOM",
                "date": "2022-01-01",
                "chance": {"central": 0.5, "low": 0.1, "high": 0.9},
            },
            "parameters.lean_effect": {"central": 0.4, "low": 0.2, "high": 0.6},
        },
    )
    one, other = lay_out(base), lay_out(more)
    before, after = draw(one, 400, mode="drawn"), draw(other, 400, mode="drawn")
    for name in before.parameters.dtype.names or ():
        same = np.array_equal(before.parameters[name], after.parameters[name])
        assert same == (name != "lean_effect"), name
    places = {entry.name: place for place, entry in enumerate(other.entries)}
    for place, entry in enumerate(one.entries):
        assert np.array_equal(before.values[:, place], after.values[:, places[entry.name]], equal_nan=True)
        assert np.array_equal(before.chances[:, place], after.chances[:, places[entry.name]])
    assert np.array_equal(before.outcomes, after.outcomes)
    assert len(set(after.chances[:, places["events.extra"]].tolist())) == 20


def test_a_quantile_of_one_parameter_keeps_its_luck_in_another_law() -> None:
    """A wider range of a parameter is the same luck on a wider scale: ranks do not move."""
    narrow, wide = (
        draw(
            lay_out(told("HND", parameters={"lean_effect": {"central": 0.4, "low": low, "high": high}})),
            800,
            mode="drawn",
        )
        for low, high in ((0.3, 0.5), (0.0, 0.8))
    )
    ranks = [np.argsort(np.argsort(drawn.parameters["lean_effect"])) for drawn in (narrow, wide)]
    assert np.array_equal(*ranks)


# --- a state or an event added ----------------------------------------------------------------------------


def quiet(*states: str, **tables: Any) -> Document:
    """States that do not touch each other, at a rate that moves many of them."""
    return told(*states, parameters=NO_FEEDBACK | {"departure_rate": 0.3, "return_rate": 0.2}, **tables)


def by_state(laid: Plan, ensemble: Ensemble) -> dict[str, list[tuple[int, ...]]]:
    """Changes by state: run, month, before, after."""
    found: dict[str, list[tuple[int, ...]]] = {code: [] for code in laid.states}
    for row in ensemble.changes.astype(int).tolist():
        if row[2] < len(laid.states):
            found[laid.states[row[2]]].append((row[0], row[1], row[3], row[4]))
    return found


def test_a_state_added_leaves_every_other_states_draws_alone() -> None:
    few, more = lay_out(quiet("HND", "PRY", "TUV")), lay_out(quiet("BLZ", "HND", "NIC", "PRY", "TUV", "VAT"))
    before, after = (by_state(laid, run(laid, 500, ledger=False)) for laid in (few, more))
    for code in few.states:
        assert before[code] == after[code]
        assert len(before[code]) > 100
    assert len(after["BLZ"]) > 100


def test_an_event_added_leaves_every_other_states_draws_alone() -> None:
    base = quiet("HND", "PRY", "TUV")
    order = {"events.order": {"type": "order", "state": "HND", "date": "2022-03-01", "chance": 0.7}}
    one, other = lay_out(base), lay_out(changed(base, order))
    before, after = (by_state(laid, run(laid, 500, ledger=False)) for laid in (one, other))
    assert before["PRY"] == after["PRY"]
    assert before["TUV"] == after["TUV"]
    assert before["HND"] != after["HND"]


def test_an_events_luck_does_not_hang_on_other_events() -> None:
    base = told("HND", events={"b": {"type": "order", "state": "HND", "date": "2022-03-01", "chance": 0.5}})
    more = changed(
        base, {"events.a": {"type": "lean", "state": "HND", "date": "2022-01-01", "lean": 0.0, "chance": 0.5}}
    )
    orders = [np.any(run(document, 100).ledger[:, :, 0, T_ORDER] > 0.0, axis=1) for document in (base, more)]  # type: ignore[index]
    assert np.array_equal(*orders)
    assert 20 < orders[0].sum() < 80


# --- paired scenarios -------------------------------------------------------------------------------------


def departures(document: Document, runs: int = 1_000) -> np.ndarray:
    """Month of the first departure of the first state in each run; a large number where it stays."""
    months = np.full(runs, 10_000)
    for row in run(document, runs, ledger=False).changes[::-1]:
        if row[2] == 0 and row[3] == 0:
            months[int(row[0])] = int(row[1])
    return months


LEAN = {"type": "lean", "state": "HND", "date": "2021-12-31", "lean": 1.0}


def test_scenarios_with_the_same_seed_are_paired() -> None:
    """Who is likelier to lose its talks loses all that it would have lost, and others before: the luck is the same."""
    base = quiet("HND", "PRY")
    slow, fast = departures(base), departures(changed(base, {"events.lean": LEAN}))
    assert np.all(fast <= slow)
    assert np.mean(fast < slow) > 0.1
    assert np.mean(fast == slow) > 0.3
    assert np.array_equal(departures(changed(base, {"scenario.name": "another"})), slow)


LATE = "2023-09-15"
LATE_MONTH = 21
FIRST_DIFFERENCES: dict[str, dict[str, Any]] = {
    "campaign-pledge": {"state": "HND", "incoming": True},
    "pledge": {"state": "PRY"},
    "reassurance": {"state": "PRY"},
    "order": {"state": "PRY"},
    "withdrawal": {"state": "HND"},
    "inauguration": {"state": "GTM", "lean": 0.9},
    "lean": {"state": "PLW", "lean": 0.9},
    "lobbying": {"state": "PRY"},
    "protest": {"state": "PRY"},
    "offer": {"state": "PLW", "million_usd": 900.0, "from_budget": True},
    "match": {"state": "PRY"},
    "request": {"state": "PRY", "million_usd": 500.0, "answer": "refused"},
    "switch": {"state": "PRY", "to": "beijing"},
    "aid-cut": {"state": "PRY", "by": "taipei", "share": 0.5},
    "truce": {"years": 1.0},
    "truce-ends": {},
    "hostility": {"state": "PRY", "hostility": 2.0},
    "threat": {"state": "PRY"},
    "notice": {"state": "PRY"},
    "notice-withdrawn": {"state": "HND"},
    "answer": {"state": "HND", "answer": "retaliates"},
    "deportations": {"state": "PRY", "share": 0.5},
}
OFFICE_MONTH = 30
"""Honduras inaugurates a government in June 2024."""
LEVERS = {
    "beijing.budget": 3.0,
    "beijing.acceptance": 0.3,
    "beijing.approach": 3.0,
    "taipei.budget": 0.0,
    "taipei.acceptance": 0.1,
    "taipei.wooing": 5.0,
    "washington.attention": 3.0,
    "washington.focus": 9.0,
    "washington.hostility": 2.0,
}


@pytest.fixture(scope="module")
def baseline() -> Document:
    """A world with a lively calendar before the difference, and governments that change after it."""
    return told(
        "GTM",
        "HND",
        "PLW",
        "PRY",
        end="2024-12-31",
        roster={"candidates": ["NIC"]},
        beijing={"budget": {"2022-06-01": 2.0}},
        cooperation={"hosts": ["GTM", "HND", "NIC", "PRY"]},
        events={
            "notice": {"type": "notice", "state": "HND", "date": "2023-01-10"},
            "quarrel": {"type": "hostility", "state": "GTM", "date": "2022-01-10", "hostility": 2.0},
            "order": {"type": "order", "state": "HND", "date": "2023-01-10"},
            "truce": {"type": "truce", "date": "2023-08-01", "years": 4.0, "chance": 0.5},
            "word": {"type": "campaign-pledge", "state": "GTM", "date": "2022-05-01"},
            "office": {"type": "inauguration", "state": "HND", "date": "2022-02-01", "lean": 0.2},
            "office-2": {"type": "inauguration", "state": "HND", "date": "2024-06-01", "lean": 0.1},
            "office-3": {"type": "inauguration", "state": "GTM", "date": "2024-01-14", "lean": -0.2},
        },
        parameters={"departure_rate": 0.05, "neighbours_effect": 0.2, "pledge_kept": 0.6},
    )


def assert_same_until(one: Ensemble, other: Ensemble, month: int) -> None:
    assert one.ledger is not None
    assert other.ledger is not None
    assert one.ledger.shape[2] > 5
    moved = np.flatnonzero(np.any(bits(one.ledger) != bits(other.ledger), axis=(0, 2, 3)))
    assert [number for number in moved.tolist() if number < month] == []
    assert np.array_equal(one.counts[:, :month], other.counts[:, :month])
    early = [ensemble.changes[ensemble.changes[:, 1] < month] for ensemble in (one, other)]
    assert np.array_equal(bits(early[0]), bits(early[1]))


@pytest.mark.parametrize("kind", FIRST_DIFFERENCES)
def test_before_an_event_a_counterfactual_is_its_baseline(baseline: Document, kind: str) -> None:
    event = {"type": kind, "date": LATE} | FIRST_DIFFERENCES[kind]
    one, other = run(baseline, 100), run(changed(baseline, {"events.late": event}), 100, root=baseline)
    first = OFFICE_MONTH if kind == "campaign-pledge" else LATE_MONTH
    assert_same_until(one, other, first)
    assert np.any(bits(one.ledger[:, first]) != bits(other.ledger[:, first]))  # type: ignore[index]


def test_every_kind_of_event_is_a_first_difference() -> None:
    assert set(FIRST_DIFFERENCES) == set(EVENTS)


@pytest.mark.parametrize("lean", [None, 0.5])
def test_before_the_first_inauguration_of_a_state_a_counterfactual_is_its_baseline(
    baseline: Document, lean: float | None
) -> None:
    """Nobody knows when the government of the start took office, so nothing is centred before the next does."""
    office = {"type": "inauguration", "state": "PRY", "date": LATE} | ({} if lean is None else {"lean": lean})
    one, other = run(baseline, 100), run(changed(baseline, {"events.late": office}), 100, root=baseline)
    assert_same_until(one, other, LATE_MONTH)
    assert np.any(bits(one.ledger[:, LATE_MONTH]) != bits(other.ledger[:, LATE_MONTH]))  # type: ignore[index]
    never = run(changed(baseline, {"events.late": office | {"chance": 0.0}}), 100, root=baseline)
    assert difference(one, never) == SAME


@pytest.mark.parametrize("chance", [0.3])
def test_runs_in_which_no_inauguration_happens_are_the_baselines(baseline: Document, chance: float) -> None:
    alone = changed(baseline, {"parameters": NO_FEEDBACK | {"departure_rate": 0.05}})
    office = {"type": "inauguration", "state": "PRY", "date": "2022-03-01", "chance": chance}
    one, other = run(alone, 100), run(changed(alone, {"events.early": office}), 100, root=alone)
    assert one.ledger is not None
    assert other.ledger is not None
    same = [np.array_equal(bits(one.ledger[k]), bits(other.ledger[k])) for k in range(100)]
    assert abs(np.mean(same) - (1.0 - chance)) < 0.15


@pytest.mark.parametrize("lever", LEVERS)
def test_before_a_levers_dated_change_a_counterfactual_is_its_baseline(baseline: Document, lever: str) -> None:
    base = changed(baseline, {"beijing": {}})
    other = run(changed(base, {lever: {LATE: LEVERS[lever]}}), 100, root=base)
    one = run(base, 100)
    assert_same_until(one, other, LATE_MONTH)
    assert np.any(bits(one.ledger[:, LATE_MONTH:]) != bits(other.ledger[:, LATE_MONTH:]))  # type: ignore[index]


def test_before_an_election_is_held_a_counterfactual_is_its_baseline(baseline: Document) -> None:
    election = {
        "date": LATE,
        "state": "TWN",
        "outcomes": {"kmt": {"chance": 0.5, "effects": {"truce": {"type": "truce", "delay_months": 0}}}},
    }
    one, other = run(baseline, 100), run(changed(baseline, {"elections.late": election}), 100, root=baseline)
    assert_same_until(one, other, LATE_MONTH)
    assert difference(one, other) != SAME


STAYS = {"VAT": {"susceptibility": 0.0}}


def test_an_election_moved_in_time_keeps_its_luck() -> None:
    def winners(day: str, delay: int) -> list[str]:
        """Who won in each run, read from Beijing's acceptance after the effects."""
        outcome = {
            name: {"chance": chance, "effects": {"truce": {"type": "truce", "delay_months": delay, "years": years}}}
            for name, chance, years in (("kmt", 0.35, 0.5), ("tpp", 0.25, 1.0))
        }
        election = {"date": day, "state": "TWN", "outcomes": outcome}
        document = told("HND", "VAT", elections={"taiwan": election}, states=STAYS, end="2025-12-31")
        ensemble = run(document, 100, mode="drawn")
        assert ensemble.ledger is not None
        quiet_months = (ensemble.ledger[:, :, 1, ACCEPTANCE] < 1.0).sum(axis=1)
        return [{0: "dpp", 6: "kmt", 12: "tpp"}[int(months)] for months in quiet_months]

    first = winners("2023-01-13", 0)
    assert winners("2023-09-30", 0) == first
    assert winners("2024-01-13", 4) == first
    assert 20 < first.count("kmt") < 50
    assert 10 < first.count("tpp") < 40


def test_another_election_has_another_luck() -> None:
    def truces(name: str) -> list[bool]:
        effects = {"truce": {"type": "truce", "delay_months": 0}}
        election = {"date": "2022-03-01", "state": "TWN", "outcomes": {"a": {"chance": 0.5, "effects": effects}}}
        ensemble = run(told("HND", "VAT", elections={name: election}, states=STAYS), 100)
        assert ensemble.ledger is not None
        return list(np.any(ensemble.ledger[:, :, 1, ACCEPTANCE] < 1.0, axis=1))

    assert truces("one") != truces("two")
