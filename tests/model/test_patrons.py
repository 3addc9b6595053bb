"""Beijing, Taipei and Washington: how budgets are spread, capped, faded and turned."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.model.agents import State
from sim.model.calendar import DOUBTED
from sim.model.terms import TERMS
from sim.model.world import World
from tests.worlds import ALIKE, Document, changed, draw, lay_out, open_world, run, term, told

STATES = ("GTM", "HND", "MHL", "PLW", "PRY", "TUV")
UNCAPPED = {"package_cap": 1000.0, "aid_cap": 1000.0}
LEVEL = told(*STATES, parameters=UNCAPPED | ALIKE)
"""A world of states that differ in size alone."""


class Steadfast(State):
    """A state that weighs but never moves."""

    def decide(self) -> int:
        return self.side


class Still(World):
    """A world in which the patrons can be watched."""

    state_class = Steadfast


def world(months: int = 1, document: Document | None = None, **changes: Any) -> World:
    """A world after some months, in which nobody leaves; keyword `a__b` is the path `a.b`."""
    base = document or told(*STATES, parameters=UNCAPPED)
    told_so = changed(base, {path.replace("__", "."): value for path, value in changes.items()})
    made = open_world(lay_out(told_so, root=base), kind=Still)
    for _ in range(months):
        made.step()
    return made


def dollars(world: World, what: str) -> dict[str, float]:
    """US$ million a year by state."""
    return {state.iso3: getattr(state, what) * state.gdp / 100.0 for state in world.with_taipei()}


# --- Beijing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [1.0, 1.5, 4.0])
def test_packages_add_up_to_the_budget(budget: float) -> None:
    made = world(beijing__budget=budget)
    assert sum(dollars(made, "package").values()) == pytest.approx(budget * made.reference.beijing_dollars, rel=1e-12)


def test_the_reference_budget_is_the_sum_of_usual_packages() -> None:
    for made, alike in ((world(document=LEVEL), True), (world(), False)):
        reference = made.reference
        assert reference.beijing_dollars == pytest.approx(reference.usual.sum(), rel=1e-12)
        for state in made.members:
            assert state.package == pytest.approx(float(reference.package[state.index]), rel=1e-12)
            usual = float(reference.usual[state.index])
            assert (usual == pytest.approx(state.package * state.gdp / 100.0, rel=1e-12)) == alike


def test_beijing_courts_the_susceptible_from_the_start() -> None:
    """The budget is that of usual packages; who stands above the others by its covariates gets more of it."""
    made = world(document=told(*STATES, parameters=UNCAPPED | {"courtship_focus": 0.7}))
    reference = made.reference
    weights = reference.usual * reference.hazard**0.7
    assert len(set(reference.hazard.tolist())) == len(STATES)
    expected = dict(zip(STATES, reference.beijing_dollars * weights / weights.sum(), strict=True))
    assert dollars(made, "package") == pytest.approx(expected, rel=1e-12)


def test_smaller_states_get_more_of_their_gdp_and_fewer_dollars() -> None:
    made = world(document=LEVEL)
    assert 0.0 < made.parameters.package_elasticity < 1.0
    by_size = sorted(made.members, key=lambda state: state.gdp)
    shares = [state.package for state in by_size]
    sums = [dollars(made, "package")[state.iso3] for state in by_size]
    assert shares == sorted(shares, reverse=True)
    assert sums == sorted(sums)


def test_no_package_exceeds_the_cap() -> None:
    drawn = world(document=told(*STATES), beijing__budget=20.0)
    assert max(state.package for state in drawn.members) == drawn.parameters.package_cap == 10.0
    told_cap = world(beijing__budget=20.0, beijing__cap=2.5)
    assert [state.package for state in told_cap.members] == [2.5] * len(STATES)
    lifted = world(document=told(*STATES), beijing__budget=20.0, beijing__cap=500.0)
    assert max(state.package for state in lifted.members) > 10.0


def test_a_package_fades_at_its_half_life() -> None:
    document = told(*STATES, parameters=UNCAPPED | {"package_half_life": 3.0})
    packages = []
    made = world(0, document, beijing__budget={"2022-02-01": 0.0})
    for _ in range(8):
        made.step()
        packages.append([state.package for state in made.members])
    assert packages[1] == pytest.approx(packages[0], rel=1e-12)
    assert packages[4] == pytest.approx([0.5 * value for value in packages[1]], rel=1e-12)
    assert packages[7] == pytest.approx([0.25 * value for value in packages[1]], rel=1e-12)


def test_beijing_turns_to_whom_it_can_win() -> None:
    sure = {"events.lean": {"type": "lean", "state": "PRY", "date": "2022-01-01", "lean": 1.0}}
    document = changed(LEVEL, {"parameters.courtship_focus": 1.0, "parameters.lean_effect": 1.0})
    usual, turned = world(3, document), world(3, document, **{"events__lean": sure["events.lean"]})
    before, after = dollars(usual, "package"), dollars(turned, "package")
    assert after["PRY"] > 1.5 * before["PRY"]
    assert all(after[code] <= before[code] for code in STATES if code != "PRY")
    blind = world(3, document, beijing__focus=0.0, events__lean=sure["events.lean"])
    assert dollars(blind, "package")["PRY"] == pytest.approx(before["PRY"], rel=1e-9)


def test_prestige_draws_courtship() -> None:
    fast = told(*STATES, parameters=UNCAPPED | {"package_half_life": 0.1})
    plain, courted = world(1, fast), world(1, fast, states__PRY={"prestige": 4.0})
    ratio = dollars(courted, "package")["PRY"] / dollars(courted, "package")["GTM"]
    assert ratio == pytest.approx(4.0 * dollars(plain, "package")["PRY"] / dollars(plain, "package")["GTM"], rel=1e-9)


def test_the_holy_see_gets_no_money_from_anybody() -> None:
    document = told(*STATES, "VAT", parameters=UNCAPPED)
    money = {"type": "offer", "state": "VAT", "date": "2021-12-31", "million_usd": 1e6}
    for by in ("beijing", "taipei"):
        made = world(2, document, events__money=money | {"by": by})
        holy = next(state for state in made.members if state.iso3 == "VAT")
        assert (holy.package, holy.believed, holy.aid) == (0.0, 0.0, 0.0)
        assert holy.row[TERMS["offer"]] == holy.row[TERMS["aid"]] == 0.0
        assert sum(dollars(made, "package").values()) == pytest.approx(made.reference.beijing_dollars, rel=1e-12)


# --- offers -----------------------------------------------------------------------------------------------

OFFER = {"type": "offer", "state": "PRY", "date": "2022-01-01", "million_usd": 1000.0, "years": 5.0}


def pry(made: World) -> State:
    return next(state for state in made.members if state.iso3 == "PRY")


@pytest.mark.parametrize(("signed", "share"), [(True, "delivered_signed"), (False, "delivered_headline")])
@pytest.mark.parametrize("years", [1.0, 5.0, 10.0])
def test_an_offer_is_believed_by_the_year_as_far_as_it_is_delivered(signed: bool, share: str, years: float) -> None:
    """US$ 1,000 million over ten years is US$ 100 million a year."""
    made = world(2, events__offer=OFFER | {"signed": signed, "years": years})
    state = pry(made)
    expected = 100.0 * getattr(made.parameters, share) * 1000.0 / years / state.gdp
    assert state.believed - state.package == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("by", ["beijing", "taipei"])
def test_an_offer_weighs_for_its_years(by: str) -> None:
    document = told("PRY", end="2025-12-31", parameters=UNCAPPED, beijing={"acceptance": 0.0})
    offered = changed(document, {"events.offer": OFFER | {"years": 2.0, "by": by}})
    column = "offer" if by == "beijing" else "aid"
    plain, found = term(run(document), column, 0)[0], term(run(offered, root=document), column, 0)[0]
    assert np.flatnonzero(found != plain).tolist() == list(range(1, 25))


def test_an_offer_may_fade() -> None:
    one, later = (
        pry(world(months, events__offer=OFFER | {"half_life_months": 6.0, "signed": True})) for months in (2, 8)
    )
    assert later.believed - later.package == pytest.approx(0.5 * (one.believed - one.package), rel=1e-9)


def test_an_offer_from_the_budget_leaves_less_for_others() -> None:
    fast = told(*STATES, parameters=UNCAPPED | {"package_half_life": 0.1})
    for years in (2.0, 5.0):
        made = world(2, fast, events__offer=OFFER | {"from_budget": True, "years": years})
        rest = made.reference.beijing_dollars - 1000.0 / years
        assert sum(dollars(made, "package").values()) == pytest.approx(max(rest, 0.0), abs=1.0)
    free = world(2, fast, events__offer=OFFER)
    assert sum(dollars(free, "package").values()) == pytest.approx(free.reference.beijing_dollars, rel=1e-12)


def test_what_offers_take_out_is_their_sum_by_the_year_whatever_is_believed_of_it() -> None:
    """US$ million a year by event: nought unless it comes out of the budget, and all of it until its years are over."""
    taken = OFFER | {"million_usd": 300.0, "years": 1.5, "from_budget": True}
    offers = {
        "a-signed": taken | {"signed": True},
        "b-fading": taken | {"half_life_months": 2.0},
        "c-taipei": taken | {"by": "taipei"},
        "d-holy": taken | {"state": "VAT"},
        "e-besides": taken | {"from_budget": False},
        "f-order": {"type": "order", "state": "PRY", "date": "2022-01-01"},
    }
    made = world(0, told(*STATES, "VAT", parameters=UNCAPPED, events=offers))
    assert made.reference.dollars.tolist() == [200.0, 200.0, 200.0, 200.0, 0.0, 0.0]
    assert made.timeline.event_years.tolist() == [1.5] * 5 + [1.0]
    assert made.timeline.event_from_budget.tolist() == [True] * 4 + [False] * 2
    gdp = pry(made).gdp
    signed, headline = (
        100.0 * getattr(made.parameters, f"delivered_{how}") * 200.0 / gdp for how in ("signed", "headline")
    )
    expected = [signed, headline, headline, 0.0, headline, 1.0]
    assert made.reference.values.tolist() == pytest.approx(expected, rel=1e-12)
    found = []
    for _ in range(21):
        made.step()
        found.append(made.committed.tolist())
    assert found == [[0.0, 0.0]] + [[600.0, 200.0]] * 18 + [[0.0, 0.0]] * 2


def test_taipeis_offer_from_the_budget_leaves_less_for_others() -> None:
    offer = OFFER | {"by": "taipei", "million_usd": 200.0, "from_budget": True}
    made = world(2, events__offer=offer)
    others = sum(value for code, value in dollars(made, "aid").items() if code != "PRY")
    plain = world(2)
    usual = sum(value for code, value in dollars(plain, "aid").items() if code != "PRY")
    assert others == pytest.approx(usual * (plain.reference.taipei_dollars - 40.0) / plain.reference.taipei_dollars)


def test_a_budget_cannot_be_overdrawn() -> None:
    made = world(2, events__offer=OFFER | {"million_usd": 1e6, "from_budget": True, "by": "taipei"})
    assert all(value == 0.0 for code, value in dollars(made, "aid").items() if code != "PRY")


# --- Taipei -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("floor", [0.0, 0.5, 1.0])
def test_aid_adds_up_to_the_budget(budget: float, floor: float) -> None:
    made = world(3, taipei__budget=budget, taipei__floor=floor)
    wanted = budget * made.parameters.aid_per_ally * len(STATES)
    assert sum(dollars(made, "aid").values()) == pytest.approx(wanted, rel=1e-12)


def test_the_floor_is_even_and_the_rest_follows_the_threat() -> None:
    threat = {"HND": {"susceptibility": 3.0}}
    even = dollars(world(states=threat, taipei__floor=1.0), "aid")
    assert max(even.values()) == pytest.approx(min(even.values()), rel=1e-12)
    alike = dollars(world(document=LEVEL, states=threat, taipei__floor=0.0), "aid")
    assert alike["HND"] == pytest.approx(3.0 * alike["PLW"], rel=1e-12)
    made = world(states=threat, taipei__floor=0.0)
    by_threat, hazards = dollars(made, "aid"), dict(zip(STATES, made.reference.hazard.tolist(), strict=True))
    for code in STATES:
        ratio = (3.0 if code == "HND" else 1.0) * hazards[code] / hazards["PLW"]
        assert by_threat[code] == pytest.approx(ratio * by_threat["PLW"], rel=1e-12)
    mixed = dollars(world(states=threat, taipei__floor=0.4), "aid")
    for code in STATES:
        assert mixed[code] == pytest.approx(0.4 * even[code] + 0.6 * by_threat[code], rel=1e-12)


def test_aid_follows_last_months_hazard() -> None:
    order = {"type": "order", "state": "HND", "date": "2022-01-01"}
    first, second = (dollars(world(months, events__order=order), "aid") for months in (2, 3))
    assert first["HND"] == pytest.approx(dollars(world(2), "aid")["HND"], rel=1e-12)
    assert second["HND"] > 2.0 * first["HND"]
    assert second["GTM"] < first["GTM"]


def test_no_aid_exceeds_the_cap_and_what_is_cut_is_kept() -> None:
    made = world(document=told(*STATES), taipei__budget=50.0)
    assert max(state.aid for state in made.members) == made.parameters.aid_cap == 5.0
    capped = world(taipei__cap=0.25)
    assert max(state.aid for state in capped.members) == 0.25
    assert dollars(capped, "aid")["GTM"] == pytest.approx(dollars(world(), "aid")["GTM"], rel=1e-12)


def test_matching_lifts_aid_beyond_the_cap_to_last_months_package() -> None:
    document = told(*STATES, parameters=UNCAPPED | {"aid_cap": 1.0})
    match = {"type": "match", "state": "TUV", "date": "2022-02-01", "share": 0.8}
    before, after = (world(months, document, events__match=match, beijing__budget=2.0) for months in (2, 3))
    state = next(state for state in before.members if state.iso3 == "TUV")
    last = state.believed
    assert state.aid == 1.0
    state = next(state for state in after.members if state.iso3 == "TUV")
    assert state.aid == pytest.approx(0.8 * last, rel=1e-12)
    assert state.aid > 1.0


def test_a_cut_by_taipei_takes_its_share() -> None:
    cut = {"type": "aid-cut", "by": "taipei", "state": "HND", "date": "2021-12-31", "share": 0.4}
    plain, made = dollars(world(), "aid"), dollars(world(events__cut=cut), "aid")
    assert made["HND"] == pytest.approx(0.6 * plain["HND"], rel=1e-12)
    assert made["GTM"] == pytest.approx(plain["GTM"], rel=1e-12)


# --- Washington -------------------------------------------------------------------------------------------


def test_usual_pressure_is_by_region() -> None:
    document = told("HND", "PLW", "SWZ", "VAT")
    made = world(document=document)
    pressed = {state.iso3: state.pressed for state in made.members}
    assert pressed == {"HND": 1.0, "PLW": 0.7, "SWZ": 0.3, "VAT": 0.3}


@pytest.mark.parametrize("attention", [0.0, 0.5, 2.0, 10.0])
def test_pressure_follows_attention_within_its_scale(attention: float) -> None:
    made = world(3, washington__attention=attention, washington__focus=10.0)
    for state in made.members:
        assert 0.0 <= state.pressed <= 3.0
    assert made.members[0].pressed == pytest.approx(min(3.0, attention), rel=0.3)


def test_washington_turns_to_a_state_whose_order_stands() -> None:
    order = {"type": "order", "state": "HND", "date": "2022-01-01"}
    pressed = []
    made = world(0, events__order=order)
    for _ in range(5):
        made.step()
        pressed.append([state.pressed for state in made.members])
    honduras, guatemala = ([row[STATES.index(code)] for row in pressed] for code in ("HND", "GTM"))
    assert honduras[:2] == [1.0, 1.0]
    assert all(1.5 < value <= 2.0 for value in honduras[2:])
    assert guatemala == pytest.approx([1.0] * 5, abs=0.2)
    hazard = made.members[STATES.index("HND")].hazard
    reference = float(made.reference.hazard[STATES.index("HND")])
    made.step()
    assert made.members[STATES.index("HND")].pressed == pytest.approx(1.0 + (hazard - reference) / (hazard + reference))


def test_lobbying_adds_to_pressure_and_fades() -> None:
    lobbying = {"type": "lobbying", "state": "HND", "date": "2022-01-01", "pressure": 1.5, "half_life_months": 2.0}
    made = world(0, events__lobbying=lobbying, washington__focus=0.0)
    found = []
    for _ in range(6):
        made.step()
        found.append(made.members[1].pressed)
    assert found == pytest.approx([1.0] + [1.0 + 1.5 * 0.5 ** (age / 2.0) for age in range(5)])


def test_a_cut_of_us_aid_lowers_dependence_and_so_deterrence() -> None:
    states = {"HND": {"exports_to_usa": 0.0, "remittances_from_usa": 0.0, "us_aid": 1.0, "security_tie": 3.0}}
    document = told("GTM", "HND", states=states)
    cut = {"type": "aid-cut", "by": "washington", "state": "HND", "date": "2022-01-01", "share": 0.5}
    laid = lay_out(changed(document, {"events.cut": cut}), root=document)
    effect = float(draw(laid).parameters["deterrence_effect"][0])
    column = term(run(laid), "deterrence", 1)[0]
    assert column[0] == 0.0
    assert column[1] == pytest.approx(effect * 0.2 * 0.25, rel=1e-9)


# --- what is missing after a switch -----------------------------------------------------------------------


def test_disappointment_grows_with_what_was_promised_and_not_delivered() -> None:
    document = told(
        "HND",
        "PLW",
        start="2021-12-10",
        end="2030-12-31",
        states={"HND": {"susceptibility": 1000.0}, "PLW": {"susceptibility": 0.0}},
        parameters={"departure_rate": 10.0, "delivery_years": 4.0, "delivered_signed": 0.6},
        taipei={"acceptance": 0.0},
    )
    laid = lay_out(document)
    ensemble = run(laid)
    assert ensemble.changes[:, 1].tolist() == [0.0] * 20
    package = math.expm1(float(open_world(laid).reference.offer_appeal[0]))
    effect = float(draw(laid).parameters["shortfall_effect"][0])
    months = np.arange(1, len(laid.months))
    expected = effect * package * np.minimum(months / 12.0, 4.0) * 0.4
    np.testing.assert_allclose(term(ensemble, "shortfall", 0)[0, 1:], expected, rtol=1e-9)


def test_a_state_that_came_back_starts_anew() -> None:
    """Its package starts from nothing and its hazard from the reference, as the patrons see it."""
    document = told(
        "HND",
        "PLW",
        end="2022-12-31",
        states={"HND": {"susceptibility": 1000.0}, "PLW": {"susceptibility": 0.0}},
        parameters={"departure_rate": 10.0, "return_rate": 10.0},
        beijing={"acceptance": {"2022-02-01": 0.0}},
    )
    made = open_world(lay_out(document))
    sides = []
    for _ in range(4):
        made.step()
        sides.append(made.members[0].side)
    assert sides == [0, 1, 0, 0]
    assert made.members[0].missing > 0.0
    assert made.members[0].package > 0.0


@pytest.mark.parametrize(("signed", "share"), [(True, "delivered_signed"), (False, "delivered_headline")])
def test_disappointment_counts_an_offer_at_its_face_value(signed: bool, share: str) -> None:
    """What was promised beyond belief is missing too, as far as the offer had not faded when the state left."""
    document = told(
        "HND",
        "PRY",
        end="2026-12-31",
        states={"HND": {"susceptibility": 0.0}, "PRY": {"susceptibility": 1000.0}},
        parameters={"departure_rate": 10.0, "delivery_years": 3.0, "delivered_signed": 0.6, "return_rate": 1e-9},
        beijing={"acceptance": {"2021-12-31": 0.0, "2022-04-01": 1.0}},
    )
    offer = OFFER | {"signed": signed, "half_life_months": 3.0}
    plain, offered = lay_out(document), lay_out(changed(document, {"events.offer": offer}), root=document)
    p = draw(offered).parameters[0]
    face = 100.0 * 1000.0 / 5.0 / float(offered.timeline.gdp[1])
    extra = face * (1.0 - float(p[share])) * 0.5
    years = np.minimum(np.arange(1, 57) / 12.0, 3.0)
    for engine in ("compiled", "mesa"):
        before, after = (run(laid, engine=engine) for laid in (plain, offered))  # type: ignore[arg-type]
        assert after.changes[:, 1].tolist() == [4.0] * 20
        column, usual = (term(ensemble, "shortfall", 1)[0, 5:] for ensemble in (after, before))
        np.testing.assert_allclose(column - usual, float(p["shortfall_effect"]) * extra * years, rtol=1e-9)
        assert np.all(usual > 0.0)
    world = open_world(offered)
    assert world.reference.doubted.tolist() == pytest.approx([face * (1.0 - float(p[share]))])


def test_taipeis_offers_disappoint_nobody() -> None:
    document = told("HND", "PLW", events={"aid": OFFER | {"state": "HND", "by": "taipei"}}, parameters=UNCAPPED)
    made = world(3, document)
    assert made.members[0].aid > 0.0
    assert np.all(made.levels[DOUBTED] == 0.0)


def test_a_state_that_returns_is_weighed_against_what_one_of_its_size_gets() -> None:
    """El Salvador comes back: its package and aid count as deviations from their reference, not from nothing."""
    document = told(
        "GTM",
        "HND",
        end="2024-12-31",
        roster={"former_years": 4.0},
        states={
            **{code: {"susceptibility": 0.0} for code in ("GTM", "HND", "DOM", "KIR", "NIC", "PAN", "SLB", "BFA")},
            "SLV": {"susceptibility": 1000.0},
        },
        parameters=UNCAPPED | {"return_rate": 10.0, "departure_rate": 0.05},
        beijing={"acceptance": 0.0},
    )
    members_here = lay_out(told("GTM", "HND", roster={"former_years": 4.0})).states
    document["states"] = {code: table for code, table in document["states"].items() if code in members_here}
    laid = lay_out(document)
    made = open_world(laid)
    reference, place = made.reference, laid.states.index("SLV")
    usual = float(reference.usual[place])
    assert reference.offer_appeal[place] == math.log1p(reference.package[place])
    assert reference.package[place] > 0.0
    assert reference.aid_appeal[place] > 0.0
    state = made.members[place]
    assert (state.package, state.believed) == (0.0, 0.0)
    for _ in range(4):
        made.step()
    assert state.recognises_taipei
    p = made.parameters
    offers = p.offer_effect * (math.log1p(state.believed) - float(reference.offer_appeal[place]))
    aid = -p.aid_effect * (math.log1p(state.aid) - float(reference.aid_appeal[place]))
    assert state.row[TERMS["offer"]] == pytest.approx(offers, rel=1e-12)
    assert state.row[TERMS["aid"]] == pytest.approx(aid, rel=1e-12)
    assert usual > 0.0
    former = [each for each in made.members if not each.recognises_taipei]
    assert former
    assert {each.package for each in former} == {0.0}
