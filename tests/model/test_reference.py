"""Reference conditions reproduce the record: hazards, counts and waiting times against closed forms."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from sim.atlas import economy, last_speech
from sim.fit import yardsticks
from sim.fit.posterior import LEAVING, RETURNING
from sim.model import rules
from sim.model.plan import Plan
from sim.model.terms import COLUMNS, HAZARD, SIDE, TERMS
from sim.runs.ensemble import Ensemble
from sim.scenario import load
from tests.worlds import (
    ALIKE,
    NO_FEEDBACK,
    Document,
    bits,
    changed,
    cooperating,
    draw,
    in_pieces,
    lay_out,
    open_world,
    recognising,
    run,
    told,
)


def plain(start: str = "2021-12-10", end: str = "2022-01-31") -> Document:
    """No events, every lever at its reference: the record's roster as it was."""
    return {"scenario": {"name": "plain", "title": "Plain", "question": "?", "start": start, "end": end}}


def leaving_hazard(laid: Plan, parameters: np.ndarray, place: int) -> np.ndarray:
    """(draws,) hazard of leaving by its closed form: the record's rate, times what the covariates make of it."""
    scores = sum(parameters[name] * laid.timeline.covariates[place, k] for k, name in enumerate(LEAVING))
    return np.asarray(np.exp(np.log(parameters["departure_rate"]) + scores))


def returning_hazard(laid: Plan, parameters: np.ndarray, place: int) -> np.ndarray:
    """(draws,) hazard of returning, likewise."""
    scores = sum(parameters[name] * laid.timeline.return_covariates[place, k] for k, name in enumerate(RETURNING))
    return np.asarray(np.exp(np.log(parameters["return_rate"]) + scores))


@pytest.mark.parametrize("start", ["1990-06-15", "2007-03-01", "2014-06-29", "2021-12-10", "2026-09-28"])
def test_the_first_month_has_the_hazard_of_the_record_draw_by_draw(start: str) -> None:
    laid = lay_out(plain(start, f"{int(start[:4]) + 1}-01-31"))
    drawn = draw(laid, 1_000, mode="drawn")
    ensemble = in_pieces(laid, drawn, 1, [1_000], ledger=True)
    assert ensemble.ledger is not None
    first = ensemble.ledger[::20, 0]
    assert len(set(drawn.parameters["departure_rate"].tolist())) == 50
    for place, code in enumerate(laid.states):
        if laid.timeline.with_taipei[place]:
            rate = drawn.parameters["holy_see_rate"] if code == "VAT" else leaving_hazard(laid, drawn.parameters, place)
        elif laid.timeline.with_none[place]:
            continue
        else:
            rate = returning_hazard(laid, drawn.parameters, place)
        np.testing.assert_allclose(first[:, place, HAZARD], rate, rtol=1e-9, atol=1e-13, err_msg=code)


def test_covariates_are_the_atlass_of_the_year_before_in_standard_deviations_of_the_fit() -> None:
    left = ["BFA", "DOM", "GMB", "KIR", "NIC", "PAN", "SLB", "SLV", "STP"]
    laid = lay_out(plain() | {"roster": {"candidates": left}})
    by_hand, back_by_hand = np.zeros((len(laid.states), 5)), np.zeros((len(laid.states), 3))
    americas = {"BLZ", "DOM", "GTM", "HND", "HTI", "KNA", "LCA", "NIC", "PAN", "PRY", "SLV", "VCT"}
    left_before = {"BFA", "DOM", "GMB", "KIR", "LCA", "NIC", "NRU", "PAN", "SLB", "SLV", "STP"}
    for place, code in enumerate(laid.states):
        if code == "VAT":
            continue
        books = economy(code, 2020)
        aid = math.log(1.0 + 100.0 * books.us_aid_usd / books.gdp_usd)
        speech = last_speech(code, date(2021, 12, 10))
        assert speech is not None
        flags = float(code in left_before), float(not speech.names_taiwan)
        by_hand[place] = math.log(books.population), float(code in americas), aid, *flags
        head = math.log(books.gdp_usd / books.population)
        back_by_hand[place] = math.log(books.population), head, float(code in left_before)
    known = yardsticks(laid.loaded.scenario.as_of)
    holy = laid.states.index("VAT")
    for found, told_so, scales in (
        (laid.timeline.covariates, by_hand, known.leaving),
        (laid.timeline.return_covariates, back_by_hand, known.returning),
    ):
        means, spreads = (np.array(part) for part in zip(*scales, strict=True))
        expected = (told_so - means) / spreads
        expected[holy] = 0.0
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_every_term_is_zero_under_reference_conditions() -> None:
    """For those with Taipei and those that may come to it; and a host is held by its own dependence, no more."""
    laid = lay_out(plain() | {"cooperation": {"hosts": ["HND", "MHL", "PAN"]}})
    ledger = in_pieces(laid, draw(laid, 1_000, mode="drawn"), 1, [1_000], ledger=True).ledger
    assert ledger is not None
    states, hosts = ledger[:, 0, : len(laid.states)], ledger[:, 0, len(laid.states) :]
    assert 0 < laid.timeline.with_taipei.sum() < len(laid.states)
    assert len(laid.hosts) > 0
    for name, column in TERMS.items():
        if name == "acceptance":
            assert np.all(states[..., column] == 1.0)
        elif name != "base":
            assert np.max(np.abs(states[..., column])) < 1e-14, name
            assert name == "threat" or np.max(np.abs(hosts[..., column])) < 1e-14, name


def test_mesas_agents_see_the_same_reference() -> None:
    laid = lay_out(plain())
    drawn = draw(laid, 200, mode="drawn")
    for row in range(10):
        world = open_world(laid, drawn, run_number=20 * row)
        world.step()
        for state in world.members:
            if state.recognises_taipei and state.economy:
                expected = leaving_hazard(laid, drawn.parameters, state.index)[row]
                assert state.row[HAZARD] == pytest.approx(expected, rel=1e-9)
                assert world.reference.rate[state.index] == pytest.approx(expected, rel=1e-12)


def test_a_states_size_and_riches_do_not_move_its_reference_hazard() -> None:
    """Offers and aid enter against what a state of its own size gets at reference."""
    usual = run(told("GTM", "HND", "PLW")).ledger
    assert usual is not None
    for gdp in (1.0, 100.0, 1e5, 1e8):
        states = {"HND": {"gdp_million_usd": gdp}}
        one, other = (run(told("GTM", "HND", "PLW", states=states, parameters=p)).ledger for p in ({}, ALIKE))
        assert one is not None
        assert other is not None
        np.testing.assert_allclose(one[0, 1, :, HAZARD], usual[0, 1, :, HAZARD], rtol=1e-9)
        np.testing.assert_allclose(other[0, 1, :, HAZARD], other[0, 1, 0, HAZARD], rtol=1e-9)
        assert len(set(one[0, 1, :, HAZARD].tolist())) == 3


def test_what_the_root_says_of_a_state_is_its_reference() -> None:
    """Lean, pride, dependence and size of the root scenario are where the contest starts: no term moves."""
    states = {"HND": {"lean": 0.8, "pride": 1.0, "dependence": 0.9, "us_aid": 4.0, "prestige": 5.0}}
    ledger = run(told("GTM", "HND", states=states, parameters=ALIKE)).ledger
    assert ledger is not None
    stayed = np.all(ledger[:, 1, :, SIDE] == 0.0, axis=1)
    np.testing.assert_allclose(ledger[stayed, 1, 1, HAZARD], ledger[stayed, 1, 0, HAZARD], rtol=1e-9)


PEOPLE = {"HND": {"population": 2e6, "us_aid": 0.5, "gdp_million_usd": 3_000.0}}


def test_what_the_scenario_says_of_population_makes_its_susceptibility() -> None:
    """Then from the scenario's own figures; without a population its aid and GDP act through terms alone."""
    base = told("GTM", "HND", roster={"candidates": ["BFA", "DOM", "KIR", "NIC", "SLB", "SLV"]})
    usual, said = lay_out(base), lay_out(changed(base, {"states": PEOPLE}))
    known, place = yardsticks(usual.loaded.scenario.as_of), usual.states.index("HND")
    row = [math.log(2e6), 1.0, math.log(1.5), 0.0, 1.0]
    assert said.timeline.covariates[place].tolist() == [s.of(x) for s, x in zip(known.leaving, row, strict=True)]
    back = [math.log(2e6), math.log(3e9 / 2e6), 0.0]
    assert said.timeline.return_covariates[place] == pytest.approx(
        [s.of(x) for s, x in zip(known.returning, back, strict=True)], rel=1e-12
    )
    others = [k for k in range(len(usual.states)) if k != place]
    assert np.array_equal(said.timeline.covariates[others], usual.timeline.covariates[others])
    silent = lay_out(changed(base, {"states.HND": {"us_aid": 0.5, "gdp_million_usd": 3_000.0}}))
    assert np.array_equal(silent.timeline.covariates, usual.timeline.covariates)
    assert np.array_equal(silent.timeline.return_covariates, usual.timeline.return_covariates)


def test_a_childs_population_moves_its_hazard_and_not_its_reference() -> None:
    base = told("GTM", "HND")
    child = lay_out(changed(base, {"states": PEOPLE}), root=base)
    root = lay_out(base)
    p = draw(child).parameters
    one, other = (open_world(laid).reference for laid in (root, child))
    assert np.array_equal(one.answer, other.answer)
    assert np.array_equal(one.bid, other.bid)
    assert other.rate[1] == pytest.approx(leaving_hazard(child, p, 1)[0], rel=1e-12)
    assert other.rate[1] < 0.9 * one.rate[1]


def test_a_state_the_atlas_lacks_can_be_told_whole() -> None:
    """Japan, of which the atlas knows no economy, is measured by what the scenario says of it."""
    facts = {"gdp_million_usd": 5e6, "us_aid": 0.0, "population": 125e6}
    laid = lay_out(told("HND", "JPN", states={"JPN": facts}))
    known, place = yardsticks(laid.loaded.scenario.as_of), laid.states.index("JPN")
    row = [math.log(125e6), 0.0, 0.0, 1.0, 1.0]
    assert laid.timeline.covariates[place].tolist() == [s.of(x) for s, x in zip(known.leaving, row, strict=True)]
    expected = leaving_hazard(laid, draw(laid).parameters, place)[0]
    assert open_world(laid).reference.rate[place] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("code", ["HND", "VAT"])
@pytest.mark.parametrize("parts", [None, 0.0])
def test_a_dependence_that_is_told_is_the_one_used(code: str, parts: float | None) -> None:
    """Also where the parts it would be made of are all nought, as for the Holy See."""
    fields = ("exports_to_usa", "remittances_from_usa", "us_aid", "security_tie")
    state = {"dependence": 0.5} | ({} if parts is None else dict.fromkeys(fields, parts))
    base = told("HND", "VAT")
    laid = lay_out(changed(base, {f"states.{code}": state, "washington.attention": 2.0}), root=base)
    place = laid.states.index(code)
    world = open_world(laid)
    world.step()
    p, state = world.parameters, world.members[place]
    kind = min(state.kind, 1)
    now = rules.worth(rules.stake(state.pressed[kind], p.credibility, 0.5, p.gdp_at_risk))
    expected = -p.money_effect * (now - world.reference.stake[place, kind])
    assert state.row[TERMS["threat"]] == pytest.approx(expected, rel=1e-9)


def test_susceptibility_multiplies_the_reference_hazard() -> None:
    states = {"HND": {"susceptibility": 3.0}, "VAT": {"susceptibility": 0.5}, "PLW": {"susceptibility": 0.0}}
    for parameters in ({}, ALIKE):
        laid = lay_out(told("GTM", "HND", "PLW", "VAT", states=states, parameters=parameters))
        ledger, p = run(laid).ledger, draw(laid).parameters
        one, three = (float(leaving_hazard(laid, p, place)[0]) for place in (0, 1))
        assert ledger is not None
        for place, rate in enumerate((one, 3.0 * three, 0.0, 0.005)):
            stayed = ledger[:, 1, place, SIDE] == 0.0
            np.testing.assert_allclose(ledger[stayed, 1, place, HAZARD], rate, rtol=1e-9, atol=1e-200)
        assert one == pytest.approx(float(p["departure_rate"][0]), rel=1e-12) or not parameters
        assert (one == three) == bool(parameters)


def test_a_scenarios_parameters_are_the_ones_used() -> None:
    rates = {"departure_rate": 0.123, "holy_see_rate": 0.045}
    effects = dict(zip(LEAVING, (0.7, -1.1, 0.2, 0.4, 0.6), strict=True))
    for parameters, told_effects in ((rates | ALIKE, ALIKE), (rates | effects, effects)):
        laid = lay_out(told("HND", "VAT", parameters=parameters))
        scores = sum(told_effects[name] * laid.timeline.covariates[0, k] for k, name in enumerate(LEAVING))
        for mode in ("drawn", "central"):
            ledger = run(laid, mode=mode).ledger  # type: ignore[arg-type]
            assert ledger is not None
            for place, expected in enumerate((0.123 * math.exp(scores), 0.045)):
                stayed = ledger[:, 1, place, SIDE] == 0.0
                np.testing.assert_allclose(ledger[stayed, 1, place, HAZARD], expected, rtol=1e-9)


# --- simulation against closed forms ----------------------------------------------------------------------

RUNS = 20_000
RATE = 0.08
STATES = ("BLZ", "GTM", "HND", "HTI", "KNA", "LCA", "MHL", "PLW", "PRY", "SWZ")


@pytest.fixture(scope="module")
def still() -> Ensemble:
    """Ten states whose hazards nothing moves, over 60 months and what is left of the first."""
    document = told(
        *STATES,
        start="2021-12-11",
        end="2026-12-31",
        parameters=NO_FEEDBACK | ALIKE | {"departure_rate": RATE},
        taipei={"acceptance": 0.0},
    )
    return run(document, RUNS, threads=2, ledger=False, seed=11)


def years(months: int) -> float:
    """Years simulated at the end of a month, the first having 20 of its 31 days left."""
    return (20.0 / 31.0 + months) / 12.0


@pytest.mark.parametrize("month", [1, 12, 36, 60])
def test_counts_are_binomial_under_a_constant_hazard(still: Ensemble, month: int) -> None:
    stay, n = math.exp(-RATE * years(month)), len(STATES)
    counts = recognising(still)[:, month].astype(float)
    variance = n * stay * (1.0 - stay)
    assert counts.mean() == pytest.approx(n * stay, abs=4.0 * math.sqrt(variance / RUNS))
    fourth = variance * (1.0 + 3.0 * (n - 2) * stay * (1.0 - stay))
    error = math.sqrt((fourth - variance**2) / RUNS)
    assert counts.var() == pytest.approx(variance, abs=4.0 * error)
    for kept in range(n + 1):
        expected = math.comb(n, kept) * stay**kept * (1.0 - stay) ** (n - kept)
        found = float(np.mean(counts == kept))
        # Where hardly any run is expected, one run more than that may be there.
        assert found == pytest.approx(expected, abs=4.5 * math.sqrt(expected * (1.0 - expected) / RUNS) + 1.0 / RUNS)


def test_the_time_to_leave_is_exponential(still: Ensemble) -> None:
    months = still.changes[:, 1]
    total = RUNS * len(STATES)
    for month in (0, 5, 11, 23, 47, 60):
        expected = -math.expm1(-RATE * years(month))
        found = float(np.sum(months <= month)) / total
        assert found == pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1.0 - expected) / total))


def test_each_state_leaves_as_often_as_the_others(still: Ensemble) -> None:
    expected = -math.expm1(-RATE * years(60))
    left = np.bincount(still.changes[:, 2].astype(int), minlength=len(STATES)) / RUNS
    np.testing.assert_allclose(left, expected, atol=4.0 * math.sqrt(expected * (1.0 - expected) / RUNS))


def test_states_leave_independently_of_each_other(still: Ensemble) -> None:
    left = np.zeros((RUNS, len(STATES)))
    left[still.changes[:, 0].astype(int), still.changes[:, 2].astype(int)] = 1.0
    correlations = np.corrcoef(left.T)[np.triu_indices(len(STATES), 1)]
    assert np.max(np.abs(correlations)) < 5.0 / math.sqrt(RUNS)


def test_nobody_comes_back_where_taipei_takes_nobody(still: Ensemble) -> None:
    assert set(still.changes[:, 3].tolist()) == {0.0}
    assert np.all(np.diff(recognising(still).astype(int), axis=1) <= 0)
    assert np.all(cooperating(still) == 0)


def test_leaving_and_returning_settle_where_they_balance() -> None:
    """Two states of a chain: in the long run the share with Taipei is b / (a + b), months being discrete."""
    leave, back = 0.6, 0.9
    parameters = (
        NO_FEEDBACK
        | ALIKE
        | {
            "departure_rate": leave,
            "return_rate": back,
            "shortfall_effect": 0.0,
        }
    )
    ensemble = run(told(*STATES, end="2031-12-31", parameters=parameters), 2_000, ledger=False)
    a, b = (-math.expm1(-rate / 12.0) for rate in (leave, back))
    share = b / (a + b)
    found = float(recognising(ensemble)[:, 100:].mean()) / len(STATES)
    # 2,000 runs of ten states, of which the last months hardly differ: about 20,000 looks.
    assert found == pytest.approx(share, abs=4.0 * math.sqrt(share * (1.0 - share) / 20_000))


# --- simulation against the fit: unlike states, draw by draw ----------------------------------------------


@pytest.fixture(scope="module")
def unlike() -> tuple[Plan, Ensemble, np.ndarray]:
    """The same ten states as the fit has them, and (draws, states) hazards by their closed form."""
    document = told(*STATES, start="2021-12-11", end="2026-12-31", parameters=NO_FEEDBACK, taipei={"acceptance": 0.0})
    laid = lay_out(document)
    parameters = draw(laid, RUNS, seed=12, mode="drawn").parameters
    hazards = np.stack([leaving_hazard(laid, parameters, place) for place in range(len(STATES))], axis=1)
    return laid, run(laid, RUNS, threads=2, ledger=False, seed=12, mode="drawn"), hazards


@pytest.mark.parametrize("month", [1, 12, 36, 60])
def test_counts_are_poisson_binomial_under_the_fitted_hazards(
    unlike: tuple[Plan, Ensemble, np.ndarray], month: int
) -> None:
    """Given a draw the states leave independently: mean and variance of the count are sums over them."""
    _, ensemble, hazards = unlike
    stay = np.exp(-hazards * years(month))
    mean, variance = stay.sum(axis=1), (stay * (1.0 - stay)).sum(axis=1)
    counts = recognising(ensemble)[:, month].astype(float).reshape(-1, 20)
    assert counts.mean() == pytest.approx(mean.mean(), abs=4.0 * math.sqrt(variance.mean() / RUNS))
    fourth = variance + 3.0 * variance**2
    error = math.sqrt(fourth.mean() / RUNS)
    assert ((counts - mean[:, None]) ** 2).mean() == pytest.approx(variance.mean(), abs=4.0 * error)


def test_each_state_leaves_as_often_as_its_own_hazard_says(unlike: tuple[Plan, Ensemble, np.ndarray]) -> None:
    _, ensemble, hazards = unlike
    expected = (-np.expm1(-hazards * years(60))).mean(axis=0)
    left = np.bincount(ensemble.changes[:, 2].astype(int), minlength=len(STATES)) / RUNS
    assert np.all(np.abs(left - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / RUNS))
    assert np.max(expected) > 2.0 * np.min(expected)


def test_draws_that_say_more_departures_have_more(unlike: tuple[Plan, Ensemble, np.ndarray]) -> None:
    """Draw by draw: regressed on what its draw says, the count of departures has a slope of one."""
    _, ensemble, hazards = unlike
    expected = -np.expm1(-hazards * years(60)).sum(axis=1)
    gone = len(STATES) - recognising(ensemble)[:, -1].astype(float).reshape(-1, 20).mean(axis=1)
    slope, level = np.polyfit(expected, gone, 1)
    residual = gone - slope * expected - level
    error = math.sqrt(float(residual.var()) / (len(gone) * float(expected.var())))
    assert slope == pytest.approx(1.0, abs=4.0 * error)
    assert error < 0.05


def test_returns_come_as_often_as_the_fitted_hazards_say() -> None:
    """Former allies who may return and do not leave again: by state, the chance the closed form says."""
    gone = ("DOM", "KIR", "NIC", "PAN", "SLB", "SLV")
    document = told(
        "HND",
        start="2021-12-31",
        end="2022-12-31",
        roster={"candidates": list(gone)},
        parameters=NO_FEEDBACK | {"shortfall_effect": 0.0, "return_rate": 0.5, "departure_rate": 1e-6},
    )
    laid = lay_out(document)
    places = [laid.states.index(code) for code in gone]
    parameters = draw(laid, RUNS, seed=13, mode="drawn").parameters
    chances = np.stack([-np.expm1(-returning_hazard(laid, parameters, place)) for place in places], axis=1)
    changes = run(laid, RUNS, threads=2, ledger=False, seed=13, mode="drawn").changes
    back = np.bincount(changes[changes[:, 4] == 0.0][:, 2].astype(int), minlength=len(laid.states)) / RUNS
    expected = chances.mean(axis=0)
    assert np.all(np.abs(back[places] - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / RUNS))
    assert np.max(expected) > 1.2 * np.min(expected)


# --- references are inherited -----------------------------------------------------------------------------


def chain(tmp_path, changes: str) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    header = 'title = "t"\nquestion = "q"\n'
    root, child = tmp_path / "root.toml", tmp_path / "child.toml"
    root.write_text(
        f'[scenario]\nname = "root"\n{header}start = 2021-12-31\nend = 2022-12-31\n[states.HND]\nlean = 0.1\n',
        encoding="utf-8",
    )
    child.write_text(f'[scenario]\nname = "child"\nextends = "root"\n{changes}', encoding="utf-8")
    return str(root), str(child)


def laid_from(file: str, overrides: dict[str, object] | None = None):  # type: ignore[no-untyped-def]
    from sim.fit import yardsticks
    from sim.model.plan import plan

    loaded = load(file, overrides)
    return plan(loaded, yardsticks(loaded.scenario.as_of))


CHILDREN = {
    "budget": "[beijing]\nbudget = 3.0\n",
    "taipei": "[taipei]\nbudget = 0.0\n",
    "attention": "[washington]\nattention = 2.0\n",
    "state": "[states.HND]\nlean = 0.7\ngdp_million_usd = 5000\nsusceptibility = 4\nprestige = 9\ndependence = 0.2\n",
    "roster": '[roster]\nremove = ["BLZ", "PRY"]\n',
}


@pytest.mark.parametrize("name", CHILDREN)
def test_a_child_inherits_the_references_of_its_root(tmp_path, name: str) -> None:  # type: ignore[no-untyped-def]
    root, child = (laid_from(file) for file in chain(tmp_path, CHILDREN[name]))
    draws_root, draws_child = (draw(laid, 200, mode="drawn") for laid in (root, child))
    for row in range(3):
        one, other = (
            open_world(laid, drawn, run_number=20 * row).reference
            for laid, drawn in ((root, draws_root), (child, draws_child))
        )
        for code in child.states:
            here, there = root.states.index(code), child.states.index(code)
            for field in ("bid", "answer", "stands", "weight", "pressed", "stake"):
                assert np.array_equal(getattr(one, field)[here], getattr(other, field)[there]), (field, code)
            assert root.timeline.dependence_ref[here] == child.timeline.dependence_ref[there]
            assert root.timeline.lean_ref[here] == child.timeline.lean_ref[there]
        assert one.base_budget == other.base_budget


def test_a_childs_budget_counts_as_a_change_of_offer(tmp_path) -> None:  # type: ignore[no-untyped-def]
    _, file = chain(tmp_path, CHILDREN["budget"])
    child = laid_from(file)
    reference = open_world(child).reference
    ledger = run(child).ledger
    assert ledger is not None
    p = draw(child).parameters[0]
    running = reference.running[0]
    purse = rules.purse_left(p["purse"], 3.0, running)
    for place in np.flatnonzero(child.timeline.with_taipei & child.timeline.economy):
        region, gdp = child.timeline.region[place], float(child.timeline.gdp[place])
        known = child.timeline.delivered_total[region], child.timeline.delivered_cases[region]
        trust = rules.trust(child.timeline.delivered_mean, p["trust_weight"], *known)
        bid = rules.worth(rules.beijing_bid(reference.limit[place], 3.0, purse, trust, 0.0, gdp))
        expected = p["money_effect"] * (bid - reference.bid[place, 0])
        assert ledger[0, 0, place, TERMS["offer"]] == pytest.approx(expected, rel=1e-9)
        assert expected > 0.0


@pytest.mark.parametrize("how", ["child", "override"])
def test_another_lean_acts_as_a_change_of_lean(tmp_path, how: str) -> None:  # type: ignore[no-untyped-def]
    root, child = chain(tmp_path, "[states.HND]\nlean = 0.7\n")
    laid = laid_from(child) if how == "child" else laid_from(root, {"states.HND.lean": 0.7})
    ledger = run(laid).ledger
    assert ledger is not None
    effect = float(draw(laid).parameters["lean_effect"][0])
    column = ledger[0, 0, :, TERMS["government"]]
    assert column[laid.states.index("HND")] == pytest.approx(effect * (0.7 - 0.1), rel=1e-12)
    assert np.count_nonzero(column) == 1


def test_a_child_that_says_nothing_is_its_root(tmp_path) -> None:  # type: ignore[no-untyped-def]
    root, child = (run(laid_from(file), 100, mode="drawn") for file in chain(tmp_path, ""))
    assert np.array_equal(bits(root.ledger), bits(child.ledger))
    assert np.array_equal(root.counts, child.counts)


def test_another_root_has_another_reference() -> None:
    """The same words in the root itself are no change: hazards stay at the record's."""
    base = told("GTM", "HND")
    lean = changed(base, {"states.HND.lean": 0.9})
    as_root, as_child = run(lean).ledger, run(lean, root=base).ledger
    assert as_root is not None
    assert as_child is not None
    assert as_root.shape[-1] == COLUMNS
    assert as_root[0, 0, 1, TERMS["government"]] == 0.0
    assert as_child[0, 0, 1, TERMS["government"]] > 0.0


# --- silence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [True, False])
def test_silence_that_is_told_moves_one_states_reference_hazard(silent: bool) -> None:
    """By the effect for the difference in standard deviations, and that of no other state; in both engines."""
    base = told("GTM", "HND", "PLW")
    usual, said = lay_out(base), lay_out(changed(base, {"states.PLW.silent": silent, "states.HND.silent": True}))
    scale, p = yardsticks(usual.loaded.scenario.as_of).leaving[4], draw(usual).parameters
    assert p["silent_effect"][0] > 0.0
    one, other = run(usual).ledger, run(said).ledger
    assert one is not None
    assert other is not None
    ratio = other[0, 1, :, HAZARD] / one[0, 1, :, HAZARD]
    moved = math.exp(float(p["silent_effect"][0]) / scale.spread) if silent else 1.0
    assert ratio == pytest.approx([1.0, 1.0, moved], rel=1e-9)
    assert open_world(said).reference.rate[2] / open_world(usual).reference.rate[2] == pytest.approx(moved, rel=1e-9)
