"""Two engines, one model: Mesa's agents and the compiled ensemble agree to the last bit."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.fit.posterior import LEAVING
from sim.model.kernel import RUNS_PER_DRAW, simulate
from sim.model.terms import TERMS
from sim.runs.ensemble import Ensemble
from sim.runs.sampling import Mode
from sim.scenario.events import EVENTS
from tests.examples import THOROUGH, examples
from tests.worlds import SAME, Document, changed, difference, in_the_truce, lay_out, rich, run, told

RUNS = 60 if THOROUGH else 24
"""Three draws of the parameters, or two, one of which serves few runs."""
DOCUMENTS = {"rich": rich(), "truce": in_the_truce()}
FEW, UNTIL = (5, "2025-12-31") if THOROUGH else (2, "2024-06-30")
"""Runs of a lever at its limit, and their end: by June 2024 each lever of the rich scenario has changed."""


@pytest.fixture(scope="module", params=["drawn", "central"])
def mode(request: pytest.FixtureRequest) -> Mode:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module", params=sorted(DOCUMENTS))
def pair(request: pytest.FixtureRequest, mode: Mode) -> tuple[Ensemble, Ensemble]:
    laid = lay_out(DOCUMENTS[request.param])
    return run(laid, RUNS, mode=mode, threads=2), run(laid, RUNS, mode=mode, engine="mesa")


def test_the_ledger_is_equal_bit_by_bit(pair: tuple[Ensemble, Ensemble]) -> None:
    assert difference(*pair) == SAME


def test_nothing_in_the_ledger_is_undefined(pair: tuple[Ensemble, Ensemble]) -> None:
    for ensemble in pair:
        assert ensemble.ledger is not None
        assert np.all(np.isfinite(ensemble.ledger))
        assert np.all(np.isfinite(ensemble.changes))


def test_the_rich_scenario_tells_every_kind_of_event_and_of_change() -> None:
    document = rich()
    types = {made["type"] for made in document["events"].values()}
    for election in document["elections"].values():
        for outcome in election["outcomes"].values():
            types |= {effect["type"] for effect in outcome["effects"].values()}
    assert types == set(EVENTS)
    laid = lay_out(document)
    kinds = [
        {tuple(row[3:5]) for row in run(laid, 100, mode="drawn").changes.astype(int).tolist() if (row[2] >= n) == host}
        for n, host in ((len(laid.states), False), (len(laid.states), True))
    ]
    assert kinds == [{(0, 1), (0, 2), (1, 0), (2, 1)}, {(0, 1), (1, 0)}]
    assert 0 < laid.timeline.host_compact.sum() < len(laid.hosts)
    assert {laid.states.index(code) < len(laid.members.recognisers) for code in laid.hosts} == {True, False}
    assert laid.timeline.events.month.min() < 0
    former = lay_out(in_the_truce())
    assert former.states[int(np.argmax(former.timeline.with_none))] == "GMB"


def test_every_term_moves_in_the_rich_scenario() -> None:
    laid = lay_out(rich())
    ledger = run(laid, 100, mode="drawn").ledger
    assert ledger is not None
    states, hosts = ledger[:, :, : len(laid.states)], ledger[:, :, len(laid.states) :]
    for name, column in TERMS.items():
        assert len(np.unique(states[..., column])) > 2, name
        if name == "base":  # in each draw a rate for hosts, one for Compact states, and one of restoring
            assert len(np.unique(hosts[..., column])) == 5 * 3
        elif name in ("backfire", "threat", "government", "neighbours", "order"):
            assert len(np.unique(hosts[..., column])) > 10, name
        elif name != "acceptance":
            assert np.all(hosts[..., column] == 0.0), name


def test_what_is_expected_moves_in_the_rich_scenario(pair: tuple[Ensemble, Ensemble]) -> None:
    one, other = pair
    assert one.expected.shape == (-(-RUNS // RUNS_PER_DRAW), one.ledger.shape[2], 3, 2)  # type: ignore[union-attr]
    assert np.all(np.isfinite(one.expected))
    assert np.array_equal(one.expected, other.expected)
    assert np.all(np.any(one.expected[:, :, -1] != 0.0, axis=(0, 2)) | np.all(one.ledger[..., -1] == 0.0, axis=(0, 1)))  # type: ignore[index]


def test_the_rich_scenario_needs_one_compilation() -> None:
    run(rich(), 20)
    run(told("HND"), 20, ledger=False)
    run(told("HND", cooperation={"hosts": ["HND"]}), 20, horizons=())
    assert len(simulate.signatures) == 1


def early(document: Document) -> Document:
    """The rich scenario with an earlier end, without the events after it."""
    events = {name: made for name, made in document["events"].items() if made["date"] <= UNTIL}
    return document | {"scenario": document["scenario"] | {"end": UNTIL}, "events": events}


@pytest.mark.parametrize(
    ("lever", "value"),
    [
        ("beijing.budget", 0.0),
        ("beijing.budget", 100.0),
        ("beijing.acceptance", 0.0),
        ("beijing.approach", 100.0),
        ("beijing.approach", 0.0),
        ("taipei.budget", 100.0),
        ("taipei.budget", 0.0),
        ("washington.attention", 10.0),
        ("washington.focus", 10.0),
        ("washington.hostility", 3.0),
        ("states.HND.susceptibility", 1000.0),
        ("states.HND.susceptibility", 0.0),
        ("states.HND.population", 1.0),
        ("states.HND.population", 3e9),
        ("states.PLW.gdp_million_usd", 0.1),
        ("states.PLW.gdp_million_usd", 1e8),
        ("states.VAT.susceptibility", 1000.0),
        ("states.GTM.prestige", 0.0),
        ("parameters.package_years", 0.1),
        ("parameters.aid_years", 0.1),
        ("parameters.purse", 0.0),
        ("parameters.ceiling", 0.0),
        ("parameters.learning", 100.0),
        ("parameters.talks_months", 0.1),
        ("parameters.lost_silent", 0.999),
        ("parameters.lost_public", 0.001),
        ("parameters.departure_rate", 10.0),
        ("parameters.departure_rate", 1e-6),
        ("parameters.money_effect", 20.0),
        ("parameters.money_effect", 0.0),
        ("parameters.valuation_spread", 3.0),
        ("parameters.backfire_effect", 10.0),
        ("parameters.window_effect", 10.0),
        ("parameters.window_effect", -10.0),
        ("parameters.request_followed", 0.999),
        ("parameters.request_followed", 0.001),
        ("parameters.requests_unseen", 0.0),
        ("parameters.requests_unseen", 1000.0),
        ("parameters.population_effect", 10.0),
        ("parameters.population_effect", -10.0),
        ("parameters.americas_effect", 10.0),
        ("parameters.us_aid_effect", 10.0),
        ("parameters.us_aid_effect", -10.0),
        ("parameters.switched_effect", 10.0),
        ("parameters.silent_effect", 10.0),
        ("parameters.memory", 1.0),
        ("parameters.return_population_effect", 10.0),
        ("parameters.return_population_effect", -10.0),
        ("parameters.return_income_effect", 10.0),
        ("parameters.acceptance_truce", 1.0),
        ("parameters.acceptance_truce", 0.01),
        ("parameters.suspension_rate", 10.0),
        ("parameters.suspension_rate", 1e-9),
        ("parameters.suspension_rate_compact", 10.0),
        ("parameters.hostility_effect", 10.0),
        ("parameters.hostility_effect", -10.0),
        ("parameters.hold_effect", 10.0),
        ("parameters.hold_effect", -10.0),
        ("parameters.suspension_lean_effect", 10.0),
        ("parameters.notice_carried_out", 0.999),
        ("parameters.words_followed", 0.999),
        ("parameters.words_followed", 0.001),
        ("parameters.restoration_rate", 10.0),
        ("parameters.restoration_rate", 1e-9),
        ("parameters.answer_chance", 0.999),
        ("parameters.answer_share", 1.0),
        ("parameters.gives_way", 0.999),
        ("parameters.gives_way", 0.001),
        ("parameters.retaliates", 0.999),
        ("parameters.easing", 1.0),
        ("parameters.rent_raised", 1e5),
        ("parameters.deported_share", 1.0),
        ("parameters.ripple", 10.0),
        ("parameters.ripple", 0.0),
        ("states.HND.security_tie", 0.0),
        ("states.HND.dependence", 1.0),
    ],
)
def test_levers_at_their_limits(lever: str, value: float) -> None:
    laid = lay_out(changed(early(rich()), {lever: value}))
    one, other = run(laid, FEW), run(laid, FEW, engine="mesa")
    assert difference(one, other) == SAME
    assert one.ledger is not None
    assert np.all(np.isfinite(one.ledger))


def test_effects_at_their_limits_where_a_covariate_is_rare() -> None:
    """In April 1990 two states had come back, the first six months before: to be one is four standard deviations."""
    document = told(
        "GTM",
        "LBR",
        "LSO",
        start="1990-04-06",
        end="1991-12-31",
        parameters=dict.fromkeys(LEAVING, 10.0),
        states={"LSO": {"population": 3e9, "us_aid": 100.0, "susceptibility": 1000.0}},
    )
    laid = lay_out(document)
    assert np.max(laid.timeline.covariates) > 3.9
    one, other = run(laid, 20), run(laid, 20, engine="mesa")
    assert difference(one, other) == SAME
    assert one.ledger is not None
    assert np.all(np.isfinite(one.ledger))


# --- random scenarios -------------------------------------------------------------------------------------

STATES = ("GTM", "HND", "PLW", "VAT")
days = st.dates(min_value=date(2021, 6, 1), max_value=date(2022, 12, 31))
share = st.floats(0.0, 1.0)


def event() -> st.SearchStrategy[dict[str, Any]]:
    """Any event for the small roster, with random strength and day."""
    state = st.sampled_from(STATES)
    half_life = st.none() | st.floats(0.1, 60.0)
    tables = [
        {"type": st.just("campaign-pledge"), "state": state, "strength": share},
        {"type": st.just("pledge"), "state": state, "strength": share, "to": st.sampled_from(["beijing", "taipei"])},
        {"type": st.just("reassurance"), "state": state, "incoming": st.booleans(), "half_life_months": half_life},
        {"type": st.just("order"), "state": state},
        {"type": st.just("withdrawal"), "state": state},
        {"type": st.just("inauguration"), "state": state, "lean": st.none() | st.floats(-1.0, 1.0)},
        {"type": st.just("lean"), "state": state, "lean": st.floats(-1.0, 1.0)},
        {"type": st.just("lobbying"), "state": state, "pressure": st.floats(0.0, 3.0), "half_life_months": half_life},
        {"type": st.just("protest"), "state": state, "hostility": st.floats(0.0, 3.0)},
        {
            "type": st.just("offer"),
            "state": state,
            "by": st.sampled_from(["beijing", "taipei", "washington"]),
            "million_usd": st.floats(0.0, 1e6),
            "years": st.floats(0.1, 50.0),
            "signed": st.booleans(),
            "from_budget": st.booleans(),
            "half_life_months": half_life,
        },
        {"type": st.just("match"), "state": state, "share": st.floats(0.0, 10.0)},
        {
            "type": st.just("request"),
            "state": state,
            "million_usd": st.floats(0.0, 1e6),
            "answer": st.sampled_from([None, "refused", "met"]),
        },
        {"type": st.just("switch"), "state": state, "to": st.sampled_from(["beijing", "taipei"])},
        {"type": st.just("aid-cut"), "state": state, "by": st.sampled_from(["taipei", "washington"]), "share": share},
        {"type": st.just("hostility"), "state": state, "hostility": st.floats(0.0, 3.0), "half_life_months": half_life},
        {"type": st.just("threat"), "state": state, "strength": share},
        {"type": st.just("notice"), "state": state},
        {
            "type": st.just("answer"),
            "state": state,
            "answer": st.sampled_from(["gives-way", "waits", "retaliates"]),
        },
        {"type": st.just("deportations"), "state": state, "share": share},
        {"type": st.just("notice-withdrawn"), "state": state},
        {"type": st.just("truce"), "years": st.none() | st.floats(0.1, 2.0)},
        {"type": st.just("truce-ends")},
    ]
    common = {"date": days.map(str), "chance": st.just(1.0) | share}
    return st.one_of([st.fixed_dictionaries(table | common) for table in tables])


levers = st.fixed_dictionaries(
    {
        "beijing.budget": st.floats(0.0, 100.0),
        "beijing.acceptance": share,
        "beijing.approach": st.floats(0.0, 100.0),
        "taipei.budget": st.floats(0.0, 100.0),
        "taipei.acceptance": share,
        "washington.attention": st.floats(0.0, 10.0),
        "washington.focus": st.floats(0.0, 10.0),
        "washington.hostility": st.floats(0.0, 3.0),
        "states.HND.susceptibility": st.floats(0.0, 1000.0),
        "states.HND.population": st.floats(1.0, 3e9),
        "states.HND.pride": share,
        "states.GTM.prestige": st.floats(0.0, 100.0),
        "states.PLW.gdp_million_usd": st.floats(0.1, 1e8),
        "states.GTM.dependence": share,
        "parameters.departure_rate": st.floats(1e-6, 10.0),
        "parameters.return_rate": st.floats(1e-9, 10.0),
        "parameters.neighbours_effect": st.floats(-10.0, 10.0),
        "parameters.money_effect": st.floats(0.0, 20.0),
        "parameters.valuation": st.floats(0.0001, 1e5),
        "parameters.purse": st.floats(0.0, 1e6),
        "parameters.package_years": st.floats(0.1, 50.0),
        "parameters.aid_years": st.floats(0.1, 50.0),
        "parameters.ceiling": st.floats(0.0, 1000.0),
        "parameters.reserve": share,
        "parameters.learning": st.floats(0.0, 100.0),
        "parameters.talks_months": st.floats(0.1, 120.0),
        "parameters.lost_silent": st.floats(0.001, 0.999),
        "parameters.lost_public": st.floats(0.001, 0.999),
        "parameters.public_share": st.floats(0.001, 0.999),
        "parameters.order_months": st.floats(0.01, 120.0),
        "parameters.reassurance_effect": st.floats(-10.0, 10.0),
        "states.HND.access": st.floats(0.0, 100.0),
        "states.HND.taipei_aid": st.floats(0.0, 1e5),
        "parameters.shortfall_effect": st.floats(-10.0, 10.0),
        "cooperation.hosts": st.lists(st.sampled_from(STATES), unique=True),
        "parameters.suspension_rate": st.floats(1e-9, 10.0),
        "parameters.hostility_effect": st.floats(-10.0, 10.0),
        "parameters.hold_effect": st.floats(-10.0, 10.0),
        "parameters.suspension_lean_effect": st.floats(-10.0, 10.0),
        "parameters.words_followed": st.floats(0.001, 0.999),
        "parameters.population_effect": st.floats(-10.0, 10.0),
        "parameters.americas_effect": st.floats(-10.0, 10.0),
        "parameters.us_aid_effect": st.floats(-10.0, 10.0),
        "parameters.switched_effect": st.floats(-10.0, 10.0),
        "parameters.silent_effect": st.floats(-10.0, 10.0),
        "parameters.return_population_effect": st.floats(-10.0, 10.0),
        "parameters.return_income_effect": st.floats(-10.0, 10.0),
        "parameters.request_followed": st.floats(0.001, 0.999),
        "parameters.requests_unseen": st.floats(0.0, 1000.0),
        "parameters.restoration_rate": st.floats(1e-9, 10.0),
        "parameters.answer_chance": st.floats(0.001, 0.999),
        "parameters.answer_share": share,
        "parameters.gives_way": st.floats(0.001, 0.999),
        "parameters.retaliates": st.floats(0.001, 0.999),
        "parameters.easing": share,
        "parameters.rent_raised": st.floats(0.0, 1e5),
        "parameters.deported_share": share,
        "parameters.ripple": st.floats(0.0, 10.0),
    }
)

EMPTY: Document = {}


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])
@given(levers=levers, events=st.lists(event(), max_size=8), seed=st.integers(0, 2**63 - 1))
@example(levers=EMPTY, events=[], seed=2**63 - 1)
def test_random_levers_and_events(levers: dict[str, Any], events: list[dict[str, Any]], seed: int) -> None:
    speakers = sorted({made["state"] for made in events if made["type"] == "campaign-pledge" or made.get("incoming")})
    offices = {code: {"type": "inauguration", "state": code, "date": "2022-12-31"} for code in speakers}
    named = {f"e{k}": made for k, made in enumerate(events)} | {f"o-{k.lower()}": made for k, made in offices.items()}
    document = told(*STATES, end="2022-12-31", events=named)
    laid = lay_out(changed(document, levers), root=document)
    one, other = (run(laid, 21, seed=seed, mode="drawn", engine=engine) for engine in ("compiled", "mesa"))
    assert difference(one, other) == SAME
    assert one.ledger is not None
    assert np.all(np.isfinite(one.ledger))
