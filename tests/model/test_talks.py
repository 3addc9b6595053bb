"""Talks: the record sets the level, zero changes nothing, words open and close talks, promises bind."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.fit import beliefs_for
from sim.model import rules
from sim.model.draws import purpose_of
from sim.model.kernel import uniforms
from sim.model.reference import time_in_office
from sim.model.terms import (
    DROPPED,
    HAZARD,
    LEFT,
    NOT_TAKEN,
    OUTCOMES,
    STAYED,
    TAIPEI,
    TALK_BEIJING,
    TALK_CLOSED,
    TALK_ENDS,
    TALK_OPENED,
    TALK_PUBLIC,
    TALK_SIDE,
    TALK_STATE,
    TALK_TAIPEI,
    TALK_TERMS,
    TALK_TRIGGER,
    TRIGGERS,
)
from sim.runs.ensemble import Ensemble, run_ensemble
from sim.runs.sampling import settled
from tests.worlds import SAME, Document, bits, changed, difference, draw, lay_out, open_world, run, told

ALONE = {"purse": 1e6, "learning": 0.0, "ceiling": 1.0}
"""Nothing that one state does reaches another: no purse that binds, nobody learns, Taipei has nothing to add."""
DAY = "2022-03-10"


def spread_out(document: Document, runs: int, seed: int = 5) -> Ensemble:
    """Runs at central parameters, but for what Beijing would pay for each state, which is drawn."""
    laid = lay_out(document)
    draws = runs // 20

    def luck(name: str) -> Any:
        return uniforms(seed, draws, purpose_of(name)) if name.startswith("valuation:") else None

    drawn = settled(laid, beliefs_for(laid.loaded.scenario), draws, luck)
    return run_ensemble(laid, drawn, seed, runs, horizons=(len(laid.months) - 1,), threads=1, talks=runs)


# --- the level --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"valuation_spread": 1.0, "public_share": 0.6, "money_effect": 3.0},
        {"lost_public": 0.4, "talks_months": 2.0},
    ],
    ids=["usual", "wide", "quick and public"],
)
def test_the_level_is_the_records_in_every_month(parameters: dict[str, float]) -> None:
    """A half first month, governments in and after their first year, susceptible states, and the Holy See."""
    document = told(
        "HND",
        "PRY",
        "TUV",
        "VAT",
        start="2021-12-15",
        end="2023-06-30",
        states={
            "PRY": {"government_since": "2021-06-20", "susceptibility": 4.0},
            "HND": {"government_since": "2021-12-02"},
        },
        taipei={"acceptance": 0.0},
        parameters=ALONE | parameters,
    )
    runs, laid = 120_000, lay_out(document)
    found, reference = spread_out(document, runs), open_world(laid).reference
    for place, code in enumerate(laid.states):
        gone = found.changes[(found.changes[:, 2] == place), 1].astype(int)
        lost = np.bincount(gone, minlength=len(laid.months))
        still = runs - np.concatenate([[0], np.cumsum(lost)[:-1]])
        wanted = []
        for month, exposure in enumerate(laid.timeline.exposure.tolist()):
            known = time_in_office(month - int(laid.timeline.government_since[place]))
            wanted.append(rules.leaving(float(reference.rate[place]), float(reference.pace[known]), exposure))
        chance = np.array(wanted)
        z = (lost - still * chance) / np.sqrt(still * chance * (1.0 - chance))
        assert np.max(np.abs(z)) < 4.0, (code, z)
        assert abs(z.sum()) / math.sqrt(len(z)) < 4.0, code
        whole = 1.0 - float(np.prod(1.0 - chance))
        assert found.expected[:, place, 0, 0].sum() / runs == pytest.approx(whole, rel=2e-3), code


def test_the_share_of_departures_that_were_public_is_the_documented_one() -> None:
    document = told("HND", end="2026-12-31", parameters=ALONE)
    found = spread_out(document, 20_000)
    left = found.talks[found.talks[:, TALK_ENDS["outcome"]] == LEFT]
    assert np.mean(left[:, TALK_PUBLIC]) == pytest.approx(0.25, abs=0.02)
    closed = found.talks[found.talks[:, TALK_ENDS["outcome"]] != DROPPED]
    public = closed[closed[:, TALK_PUBLIC] == 1.0]
    counted = beliefs_for(lay_out(document).loaded.scenario)["lost_public"].distribution.central
    assert np.mean(public[:, TALK_ENDS["outcome"]] == LEFT) == pytest.approx(counted, abs=0.01)


# --- zero changes nothing ---------------------------------------------------------------------------------

BASE = told("GTM", "HND", "PRY", "TUV", "VAT", end="2024-12-31", roster={"candidates": ["KIR", "NIC", "SLB"]})


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"events.one": {"type": kind, "state": "PRY", "date": DAY} | fields}


ZERO: dict[str, dict[str, Any]] = {
    "an offer of Beijing's": event("offer", million_usd=0.0, signed=True),
    "an offer of Taipei's": event("offer", by="taipei", million_usd=0.0, signed=True),
    "an inducement of Washington's": event("offer", by="washington", million_usd=0.0),
    "lobbying": event("lobbying", pressure=0.0),
    "hostility": event("hostility", hostility=0.0),
    "a protest": event("protest", hostility=0.0),
    "a cut of nothing": event("aid-cut", by="taipei", share=0.0),
    "a cut of nothing by Washington": event("aid-cut", by="washington", share=0.0),
    "a match of nothing": event("match", share=0.0),
    "a reassurance of no strength": event("reassurance", strength=0.0),
    "a pledge that nobody believes": event("pledge", strength=0.0),
    "multiples of one": {
        "beijing": {"budget": 1.0, "acceptance": 1.0, "approach": 1.0},
        "taipei": {"budget": 1.0},
        "washington": {"attention": 1.0, "hostility": 0.0},
    },
}


@pytest.fixture(scope="module")
def baseline() -> Ensemble:
    return run(BASE, 100, mode="drawn")


@pytest.mark.parametrize("name", ZERO)
def test_nothing_changes_nothing_bit_for_bit(baseline: Ensemble, name: str) -> None:
    other = run(changed(BASE, ZERO[name]), 100, root=BASE, mode="drawn")
    assert difference(baseline, other) == SAME


def test_a_pledge_kept_no_more_often_than_states_leave_does_nothing(baseline: Ensemble) -> None:
    other = run(changed(BASE, event("pledge", strength=1.0) | {"parameters.pledge_kept": 0.01}), 100, mode="drawn")
    one = run(changed(BASE, {"parameters.pledge_kept": 0.01}), 100, mode="drawn")
    assert difference(one, other) == SAME


@pytest.mark.parametrize(
    "changes",
    [
        {"beijing.budget": 0.0},
        {"taipei.budget": 0.0},
        {"washington.attention": 0.0},
        {"beijing.budget": 0.0, "taipei.budget": 0.0, "washington.attention": 0.0},
        {"parameters.purse": 0.0},
        {"parameters.reserve": 0.0},
        {"parameters.money_effect": 0.0},
    ],
    ids=["no bid", "no aid", "no attention", "none of them", "no purse", "no reserve", "money does not count"],
)
def test_engines_agree_where_patrons_have_nothing(changes: dict[str, Any]) -> None:
    document = changed(BASE, changes)
    one, other = (run(document, 40, root=BASE, mode="drawn", engine=kind) for kind in ("compiled", "mesa"))  # type: ignore[arg-type]
    assert difference(one, other) == SAME
    assert np.all(np.isfinite(one.talks))


def test_where_money_does_not_count_nothing_is_paid() -> None:
    found = run(changed(BASE, {"parameters.money_effect": 0.0}), 400, root=BASE, ledger=False)
    talks = found.talks[found.talks[:, TALK_SIDE] == TAIPEI]
    outcome, price = talks[:, TALK_ENDS["outcome"]], talks[:, TALK_ENDS["price"]]
    assert np.all(price[outcome == LEFT] == 0.0)
    # Nothing is added to what stands, and that is at its ceiling by definition: one price for each state.
    for place in range(5):
        assert len(np.unique(price[(outcome == STAYED) & (talks[:, TALK_STATE] == place)])) <= 1


def test_everybody_may_be_in_talks_in_one_month() -> None:
    calls = {
        f"events.call-{code.lower()}": {"type": "request", "state": code, "date": DAY, "million_usd": 100.0}
        for code in ("GTM", "HND", "PRY", "TUV", "VAT")
    }
    document = changed(BASE, calls)
    one, other = (run(document, 40, root=BASE, engine=kind) for kind in ("compiled", "mesa"))  # type: ignore[arg-type]
    assert difference(one, other) == SAME
    called = one.talks[one.talks[:, TALK_TRIGGER] == TRIGGERS.index("request")]
    assert len(np.unique(called[called[:, 0] == 0.0, TALK_STATE])) >= 4


# --- offers -----------------------------------------------------------------------------------------------


def chance_of(ensemble: Ensemble, place: int) -> float:
    return float(ensemble.expected[:, place, -1, 0].sum()) / len(ensemble.counts)


MILD = changed(BASE, {"parameters.money_effect": 0.8})
"""Money weighs little enough for a state not to leave over the first large offer."""


def test_the_more_is_offered_the_likelier_a_state_leaves() -> None:
    laid, found = lay_out(MILD), []
    place = laid.states.index("PRY")
    gdp = float(laid.timeline.gdp[place])
    for share in (0.0, 0.001, 0.01, 0.1, 1.0):
        offer = event("offer", million_usd=share * gdp * 5.0, signed=True)
        found.append(chance_of(run(changed(MILD, offer), 400, root=MILD, ledger=False), place))
    assert np.all(np.diff(found) > 0.0)


def test_an_offer_counts_at_its_own_share_and_for_its_years() -> None:
    stays = changed(MILD, {"parameters.departure_rate": 1e-6})
    world = open_world(lay_out(changed(stays, event("offer", million_usd=500.0, years=1.0))))
    usual = open_world(lay_out(stays))
    state, same = (made.members[made.states.index("PRY")] for made in (world, usual))
    more = []
    for _ in range(16):
        world.step()
        usual.step()
        more.append(state.bid - same.bid)
    believed = rules.believed(world.parameters.delivered_headline, 500.0, state.gdp)
    assert more[:3] == pytest.approx([0.0] * 3)
    assert more[3:15] == pytest.approx([believed] * 12)
    assert more[15] == pytest.approx(0.0)


def test_an_inducement_stands_on_taipeis_side() -> None:
    place = lay_out(BASE).states.index("PRY")
    one = chance_of(run(BASE, 400, ledger=False), place)
    induced = event("offer", by="washington", million_usd=2_000.0, signed=True)
    assert chance_of(run(changed(BASE, induced), 400, root=BASE, ledger=False), place) < one


def test_the_holy_see_has_no_offer_no_aid_no_threat_and_no_price() -> None:
    found = run(changed(BASE, {"states.VAT.susceptibility": 50.0}), 400, ledger=False)
    place = lay_out(BASE).states.index("VAT")
    own = found.talks[found.talks[:, TALK_STATE] == place]
    assert len(own) > 100
    assert np.all(own[:, [TALK_BEIJING, TALK_TAIPEI, TALK_ENDS["price"]]] == 0.0)
    assert np.all(own[:, TALK_TERMS["offer"]] == 0.0)
    assert np.all(own[:, TALK_TERMS["threat"]] == 0.0)


# --- prices and what binds --------------------------------------------------------------------------------


def test_who_wins_pays_no_more_than_its_limit() -> None:
    found = run(changed(BASE, {"parameters.money_effect": 2.0}), 2_000, mode="drawn", ledger=False)
    talks = found.talks[found.talks[:, TALK_SIDE] == TAIPEI]
    ends = {name: talks[:, column] for name, column in TALK_ENDS.items()}
    left, stayed = ends["outcome"] == LEFT, ends["outcome"] == STAYED
    trust_at_least = rules.LEAST_TRUST
    assert left.sum() > 300
    assert np.all(ends["price"][left] * trust_at_least <= talks[left, TALK_BEIJING] + 1e-9)
    assert np.all(ends["price"][stayed] <= talks[stayed, TALK_TAIPEI] + 1e-9)
    assert np.all(ends["price"] >= 0.0)
    assert set(np.unique(ends["outcome"]).astype(int)) <= set(range(len(OUTCOMES)))


def test_a_package_burdens_the_purse_until_it_ends() -> None:
    document = changed(BASE, {"events.told": {"type": "switch", "state": "PRY", "to": "beijing", "date": DAY}})
    world = open_world(lay_out(changed(document, {"parameters.package_years": 1.0})))
    state = world.members[world.states.index("PRY")]
    burdens = []
    for _ in range(20):
        world.step()
        burdens.append(state.package)
    assert burdens[2] == 0.0 or burdens[3] > 0.0
    assert burdens[3] == pytest.approx(float(world.reference.usual[state.index]))
    assert burdens[14] > 0.0
    assert burdens[15] == 0.0


def test_a_betrayed_neighbour_is_learned_from_after_two_years() -> None:
    told_of = {"events.told": {"type": "switch", "state": "PRY", "to": "beijing", "date": DAY}}
    world = open_world(lay_out(changed(BASE, told_of)))
    region = world.members[world.states.index("PRY")].region
    seen = []
    for _ in range(30):
        world.step()
        seen.append(world.learned[region][1])
    assert seen[26] == 0.0
    assert seen[27] >= 1.0
    nobody = run(changed(BASE, told_of | {"parameters.learning": 0.0}), 20)
    some = run(changed(BASE, told_of), 20)
    assert np.array_equal(bits(nobody.ledger)[:, :24], bits(some.ledger)[:, :24])
    assert not np.array_equal(bits(nobody.ledger), bits(some.ledger))


def test_trust_starts_from_what_had_arrived() -> None:
    world = open_world(lay_out(told("HND", start="2021-12-31")))
    world.step()
    assert world.trusts[0] == pytest.approx((4 * world.timeline.delivered_mean + 2.455) / 9, abs=1e-9)
    early = open_world(lay_out(told("HND", start="1999-12-31", end="2001-12-31")))
    early.step()
    assert early.trusts == pytest.approx([0.5] * 3)


# --- words ------------------------------------------------------------------------------------------------


def talks_of(document: Document, runs: int = 2_000, **settings: Any) -> np.ndarray:
    """(talks, columns) of Paraguay."""
    found = run(document, runs, root=BASE, ledger=False, **settings)
    return found.talks[found.talks[:, TALK_STATE] == lay_out(document).states.index("PRY")]


def test_an_order_is_carried_out_as_often_as_is_counted() -> None:
    own = talks_of(changed(BASE, event("order")), 8_000)
    under = own[own[:, TALK_TRIGGER] == TRIGGERS.index("order")]
    assert np.mean(under[:, TALK_ENDS["outcome"]] == LEFT) == pytest.approx(0.5 + 3.0 / 8.0, abs=0.03)
    assert np.median(under[:, TALK_CLOSED]) <= 4
    assert np.all(under[:, TALK_PUBLIC] == 1.0)
    assert np.all(under[:, TALK_TERMS["order"]] > 0.0)


def test_an_order_can_be_outbid() -> None:
    place = lay_out(BASE).states.index("PRY")
    outbid = event("order") | {"events.two": {"type": "match", "state": "PRY", "date": DAY, "share": 5.0}}
    rich = outbid | {
        "events.three": {
            "type": "offer", "by": "taipei", "state": "PRY", "date": DAY, "million_usd": 20_000.0, "signed": True,
        }
    }  # fmt: skip
    one, two, three = (
        chance_of(run(changed(BASE, changes), 2_000, root=BASE, ledger=False), place)
        for changes in (event("order"), outbid, rich)
    )
    assert one > two > three


def test_an_order_in_a_truce_waits_and_is_carried_out_when_it_ends() -> None:
    """Nobody is taken while acceptance is nought; then the luck drawn as the talks opened decides."""
    held = changed(BASE, event("order") | {"beijing.acceptance": {"2022-01-01": 0.0, "2022-09-01": 1.0}})
    found = run(held, 2_000, root=BASE, ledger=False)
    place = lay_out(held).states.index("PRY")
    left = found.changes[(found.changes[:, 2] == place) & (found.changes[:, 3] == 0.0), 1]
    assert np.all((left < 1) | (left >= 9))
    assert np.mean(left == 9.0) * len(left) / 2_000 > 0.7
    before = run(held, 20, root=BASE).ledger
    assert before is not None
    assert np.all(before[:, 4:9, place, HAZARD] == 0.0)
    assert chance_of(found, place) == pytest.approx(len(np.unique(found.changes[
        (found.changes[:, 2] == place) & (found.changes[:, 3] == 0.0), 0])) / 2_000, abs=0.03)  # fmt: skip


def test_an_order_lapses_after_two_years_and_its_talks_end_untaken() -> None:
    held = changed(BASE, event("order") | {"beijing.acceptance": 0.0, "scenario.end": "2025-12-31"})
    own = talks_of(held)
    assert set(own[:, TALK_ENDS["outcome"]].astype(int)) == {NOT_TAKEN}
    waited = own[(own[:, TALK_OPENED] <= 3) & (own[:, TALK_CLOSED] >= 27)]
    assert len(waited) > 1_000


def test_a_withdrawal_ends_talks_that_an_order_opened() -> None:
    taken_back = {"events.two": {"type": "withdrawal", "state": "PRY", "date": "2022-04-20"}}
    own = talks_of(changed(BASE, event("order") | taken_back | {"beijing.acceptance": 0.0}))
    dropped = own[own[:, TALK_ENDS["outcome"]] == DROPPED]
    assert len(dropped) > 1_900
    assert set(dropped[:, TALK_CLOSED].tolist()) == {4.0}


@pytest.mark.parametrize(("strength", "kept"), [(1.0, 0.6), (0.5, 0.6), (1.0, 0.9)])
def test_a_pledge_is_kept_over_the_term_as_often_as_is_counted(strength: float, kept: float) -> None:
    document = told("PRY", end="2026-03-31", parameters=ALONE | {"pledge_kept": kept}, taipei={"acceptance": 0.0})
    made = changed(document, event("pledge", strength=strength))
    found = run(made, 12_000, ledger=False, horizons=(2, 51))
    left = found.changes[(found.changes[:, 1] >= 3) & (found.changes[:, 1] < 51)]
    began = 12_000 - len(found.changes[found.changes[:, 1] < 3])
    assert len(left) / began == pytest.approx(strength * kept, abs=0.03)
    met = (found.expected[:, 0, 1, 0] - found.expected[:, 0, 0, 0]).sum() / began
    assert met == pytest.approx(len(left) / began, abs=0.03)


def test_a_reassurance_closes_talks_and_keeps_them_from_opening() -> None:
    calm = event("reassurance", half_life_months=12.0)
    own, usual = talks_of(changed(BASE, calm)), talks_of(BASE)
    dropped = own[own[:, TALK_ENDS["outcome"]] == DROPPED]
    assert len(dropped) > 150
    assert set(dropped[:, TALK_CLOSED].tolist()) == {3.0}
    soon = [np.sum((table[:, TALK_OPENED] > 3) & (table[:, TALK_OPENED] < 10)) for table in (own, usual)]
    assert soon[0] < 0.9 * soon[1]


@pytest.mark.parametrize(("answer", "told_of"), [("refused", "least"), (None, "middle"), ("met", "most")])
def test_taipeis_answer_to_a_request_sets_its_limit(answer: str | None, told_of: str) -> None:
    asked = event("request", million_usd=1_000.0, years=5.0) | ({} if answer is None else {"events.one.answer": answer})
    own = talks_of(changed(BASE, asked), 1_000)
    called = own[own[:, TALK_TRIGGER] == TRIGGERS.index("request")]
    assert len(called) > 800
    first = called[called[:, TALK_OPENED] == 3][0]
    stands, gdp = 30.0, float(lay_out(BASE).timeline.gdp[lay_out(BASE).states.index("PRY")])
    limits = {"least": stands, "middle": 2 * stands, "most": stands + 200.0}
    assert first[TALK_TAIPEI] <= 100.0 * limits[told_of] / gdp + 1e-9
    if told_of != "middle":
        assert first[TALK_TAIPEI] == pytest.approx(100.0 * limits[told_of] / gdp)


def test_a_refused_request_is_followed_as_often_as_is_counted() -> None:
    parameters = {f"parameters.{name}": value for name, value in ALONE.items()}
    own = talks_of(changed(BASE, event("request", million_usd=500.0, answer="refused") | parameters), 8_000)
    called = own[own[:, TALK_TRIGGER] == TRIGGERS.index("request")]
    followed = float(lay_out_parameters(parameters)["request_followed"])
    unseen = float(lay_out_parameters(parameters)["requests_unseen"])
    assert np.mean(called[:, TALK_ENDS["outcome"]] == LEFT) == pytest.approx(followed / (1.0 + unseen), abs=0.02)


def lay_out_parameters(changes: dict[str, Any]) -> Any:
    return draw(lay_out(changed(BASE, changes))).parameters[0]


def test_a_switch_that_is_told_happens_in_its_month() -> None:
    told_of = {
        "events.one": {"type": "switch", "state": "PRY", "to": "beijing", "date": DAY},
        "events.two": {"type": "switch", "state": "PRY", "to": "taipei", "date": "2022-08-01"},
    }
    document = changed(BASE, told_of | {"parameters.departure_rate": 1e-6, "parameters.return_rate": 1e-9})
    for engine in ("compiled", "mesa"):
        found = run(document, 20, engine=engine)  # type: ignore[arg-type]
        place = lay_out(document).states.index("PRY")
        own = found.changes[found.changes[:, 2] == place]
        assert own[:, [1, 3, 4]].tolist() == [[3.0, 0.0, 1.0], [8.0, 1.0, 0.0]] * 20


def test_beijings_approach_multiplies_the_odds_of_opening() -> None:
    often, usual = talks_of(changed(BASE, {"beijing.approach": 3.0})), talks_of(BASE)
    assert len(often) > 1.5 * len(usual)
    assert len(talks_of(changed(BASE, {"beijing.approach": 0.0}))) < 0.4 * len(usual)
