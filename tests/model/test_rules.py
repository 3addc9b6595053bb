"""The rule book: closed forms, limits, signs, and no overflow."""

from __future__ import annotations

import inspect
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.fit.panel import FORMER_YEARS
from sim.model import rules
from sim.model.calendar import NEVER

share = st.floats(0.0, 1.0)
percent = st.floats(0.0, 1000.0)
level = st.floats(0.0, 3.0)
effect = st.floats(-10.0, 10.0)
chance = st.floats(0.001, 0.999)
rate = st.floats(1e-6, 10.0)
positive = st.floats(1e-6, 1e6)


# --- every term is a deviation from its reference ---------------------------------------------------------


@given(effect, percent)
def test_money_terms_are_nought_at_reference(strength: float, usual: float) -> None:
    appeal = rules.appeal(usual)
    assert rules.offer_term(strength, appeal, appeal) == 0.0
    assert rules.aid_term(strength, appeal, appeal) == 0.0


@given(effect, share, level, share)
def test_washingtons_terms_are_nought_at_reference(
    strength: float, dependence: float, pressure: float, pride: float
) -> None:
    assert rules.deterrence_term(strength, dependence, pressure, dependence, pressure) == 0.0
    assert rules.backfire_term(strength, pride, pressure, 0.0, pressure) == 0.0


@given(effect, st.floats(-1.0, 1.0))
def test_a_government_of_the_start_adds_nothing(strength: float, lean: float) -> None:
    assert rules.government_term(strength, lean, lean) == 0.0
    assert rules.return_government_term(strength, lean, lean) == 0.0


def test_closed_values() -> None:
    assert rules.appeal(0.0) == 0.0
    assert rules.appeal(math.e - 1.0) == pytest.approx(1.0, rel=1e-15)
    assert rules.offer_term(0.5, math.log(3.0), math.log(2.0)) == pytest.approx(0.5 * math.log(1.5))
    assert rules.aid_term(0.5, math.log(3.0), math.log(2.0)) == pytest.approx(-0.5 * math.log(1.5))
    assert rules.deterrence_term(0.25, 0.8, 3.0, 0.5, 1.0) == pytest.approx(-0.25 * (2.4 - 0.5))
    assert rules.backfire_term(0.1, 0.5, 2.0, 1.0, 1.0) == pytest.approx(0.05 * 8.0)
    assert rules.government_term(0.4, 0.5, -0.5) == pytest.approx(0.4)
    assert rules.return_government_term(0.4, 0.5, -0.5) == pytest.approx(-0.4)
    assert rules.pledge_term(2.0, 0.5, 0.4, 1.0) == pytest.approx(0.6)
    assert rules.request_term(1.1, 0.5) == pytest.approx(0.55)
    assert rules.neighbours_term(-0.2, 1.5) == pytest.approx(-0.3)
    assert rules.shortfall_term(0.05, 4.0) == pytest.approx(0.2)
    assert rules.return_offer_term(0.5, math.log(3.0)) == pytest.approx(-0.5 * math.log(3.0))
    assert rules.return_aid_term(0.5, math.log(3.0)) == pytest.approx(0.5 * math.log(3.0))
    assert rules.hazard_of_leaving(math.log(0.04), 0.5, 3.8, 1.0) == pytest.approx(0.5 * 3.84)
    assert rules.hazard_of_return(math.log(0.04), 0.5) == pytest.approx(0.02)
    assert rules.log_hazard(*(0.1 * k for k in range(10))) == pytest.approx(4.5)
    assert rules.log_hazard_of_return(*(0.1 * k for k in range(7))) == pytest.approx(2.1)


@given(percent, percent)
def test_money_weighs_less_the_more_there_is(low: float, more: float) -> None:
    assume(more > 0.01)
    first = rules.appeal(low + more) - rules.appeal(low)
    second = rules.appeal(low + 2.0 * more) - rules.appeal(low + more)
    assert first > second > 0.0


@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_pressure_deters_first_and_provokes_later(
    deter: float, dependence: float, backfire: float, pride: float
) -> None:
    """Added to a reference of nought, pressure lowers the hazard up to d b / (k e) and raises it beyond."""

    def felt(pressure: float) -> float:
        return rules.deterrence_term(deter, dependence, pressure, dependence, 0.0) + rules.backfire_term(
            backfire, pride, pressure, 0.0, 0.0
        )

    turning = deter * dependence / (backfire * pride)
    assert felt(0.5 * turning) < 0.0 < felt(1.5 * turning)


@given(st.floats(-0.5, 0.5), st.floats(0.0, 1.0), st.floats(0.01, 0.5), st.floats(0.01, 1.0), level)
def test_pressure_turns_where_the_two_terms_together_are_lowest(
    deter: float, dependence: float, backfire: float, pride: float, hostility: float
) -> None:
    def felt(pressure: float) -> float:
        return rules.deterrence_term(deter, dependence, pressure, dependence, 1.0) + rules.backfire_term(
            backfire, pride, pressure, hostility, 1.0
        )

    lowest = rules.turning_pressure(deter, backfire, dependence, pride, hostility)
    assert lowest == pytest.approx(deter * dependence / (2.0 * backfire * pride) - hostility, rel=1e-9, abs=1e-9)
    step = 0.1 * (1.0 + abs(lowest))
    assert felt(lowest - step) > felt(lowest) < felt(lowest + step)


def test_pressure_never_turns_where_nobody_resents_it() -> None:
    assert rules.turning_pressure(0.25, 0.03, 0.5, 0.0, 1.0) == math.inf
    assert rules.turning_pressure(0.25, 0.0, 0.5, 0.5, 1.0) == math.inf


@given(st.floats(0.001, 1.0), st.floats(0.001, 1.0), level, st.floats(0.001, 3.0))
def test_hostility_only_provokes(strength: float, pride: float, pressure: float, hostility: float) -> None:
    assert rules.backfire_term(strength, pride, pressure, hostility, pressure) > 0.0


# --- what sets one state apart from another ---------------------------------------------------------------

log_rate = st.floats(math.log(1e-9), math.log(10.0))
deviation = st.floats(-20.0, 20.0)
four = st.lists(st.tuples(effect, deviation), min_size=4, max_size=4)


@given(log_rate, four)
def test_covariates_multiply_the_rate_each_by_its_own_factor(base: float, pairs: list[tuple[float, float]]) -> None:
    found = rules.susceptibility(base, *(number for pair in pairs for number in pair))
    assert found == pytest.approx(base + math.fsum(each * value for each, value in pairs), rel=1e-12, abs=1e-12)
    found = rules.readiness_to_return(base, *(number for pair in pairs[:2] for number in pair))
    assert found == pytest.approx(base + math.fsum(each * value for each, value in pairs[:2]), rel=1e-12, abs=1e-12)


@given(log_rate, st.lists(effect, min_size=4, max_size=4), st.lists(deviation, min_size=4, max_size=4))
def test_a_state_of_average_covariates_has_the_rate_of_the_record(
    base: float, effects: list[float], values: list[float]
) -> None:
    """To the last bit; and so has any state where covariates count for nothing."""
    nothing = [0.0] * 4
    for strengths, covariates in ((effects, nothing), (nothing, values)):
        pairs = list(zip(strengths, covariates, strict=True))
        assert rules.susceptibility(base, *(number for pair in pairs for number in pair)) == base
        assert rules.readiness_to_return(base, *(number for pair in pairs[:2] for number in pair)) == base


# --- chances and rates ------------------------------------------------------------------------------------


@given(st.floats(0.0, 50.0))
def test_twelve_months_compound_to_a_year(hazard: float) -> None:
    stays = (1.0 - rules.monthly_chance(hazard, 1.0)) ** 12
    assert 1.0 - stays == pytest.approx(-math.expm1(-hazard), rel=1e-12, abs=1e-12)


@given(st.floats(0.0, 50.0), share)
def test_the_rest_of_a_month_and_what_went_before_make_the_month(hazard: float, left: float) -> None:
    stays = (1.0 - rules.monthly_chance(hazard, left)) * (1.0 - rules.monthly_chance(hazard, 1.0 - left))
    assert 1.0 - stays == pytest.approx(rules.monthly_chance(hazard, 1.0), rel=1e-9, abs=1e-12)
    assert rules.monthly_chance(hazard, 0.0) == 0.0


def test_a_small_hazard_keeps_its_digits() -> None:
    assert rules.monthly_chance(1.2e-15, 1.0) == pytest.approx(1e-16, rel=1e-12)


@given(chance, rate)
def test_the_pledge_effect_solves_its_equation_or_is_nought(kept: float, departure_rate: float) -> None:
    found = rules.pledge_effect(kept, departure_rate)
    assert found >= 0.0
    without = -math.expm1(-departure_rate * 4.0)
    if found > 0.0:
        assert -math.expm1(-departure_rate * math.exp(found) * 4.0) == pytest.approx(kept, rel=1e-9)
        assert kept > without
    else:
        assert kept <= without * (1.0 + 1e-9)


@given(chance, st.floats(0.0, 1000.0), rate)
def test_the_request_effect_solves_its_equation_or_is_nought(followed: float, unseen: float, annual: float) -> None:
    """Of one known request and so many that nobody heard of, a state left within a year in the share of the known."""
    found = rules.request_effect(followed, unseen, annual)
    assert found >= 0.0
    all_told, without = followed / (1.0 + unseen), -math.expm1(-annual)
    if found > 0.0:
        assert -math.expm1(-annual * math.exp(found)) == pytest.approx(all_told, rel=1e-8)
        assert all_told > without
    else:
        assert all_told <= without * (1.0 + 1e-8)


@given(chance, st.floats(0.0, 1000.0), st.floats(0.0, 1000.0), rate)
def test_the_more_requests_went_unseen_the_less_one_weighs(
    followed: float, few: float, more: float, annual: float
) -> None:
    low, high = sorted((few, more))
    assert rules.request_effect(followed, high, annual) <= rules.request_effect(followed, low, annual)


def test_the_request_effect_of_the_record() -> None:
    """Six of eight and a half each, three unseen for each known, five departures in a hundred ally-years."""
    expected = math.log(-math.log(1.0 - (6.5 / 9.0) / 4.0) / 0.05)
    assert rules.request_effect(6.5 / 9.0, 3.0, 0.05) == pytest.approx(expected, rel=1e-14)
    assert expected == pytest.approx(1.382, abs=1e-3)
    assert rules.request_effect(0.5, 0.0, math.log(2.0)) == 0.0
    assert rules.request_effect(0.001, 1000.0, 10.0) == 0.0


@given(chance)
def test_the_order_rate_solves_half_a_year(carried_out: float) -> None:
    assert -math.expm1(-rules.order_rate(carried_out) * 0.5) == pytest.approx(carried_out, rel=1e-12)


def test_the_order_rate_of_the_record() -> None:
    assert rules.order_rate(0.85) == pytest.approx(3.794, abs=1e-3)


@given(st.floats(-3.0, 3.0), st.floats(0.01, 0.99))
def test_the_window_averages_to_one_over_a_term(strength: float, months_new: float) -> None:
    centre = rules.window_centre(strength, months_new)
    new = math.exp(rules.window_term(strength, centre, 0))
    settled = math.exp(rules.window_term(strength, centre, rules.WINDOW_MONTHS))
    assert months_new * new + (1.0 - months_new) * settled == pytest.approx(1.0, rel=1e-12)
    assert new / settled == pytest.approx(math.exp(strength), rel=1e-12)


@given(effect, effect, st.integers(-2_000, 2_000))
def test_a_government_nobody_knows_adds_nothing(strength: float, centre: float, month: int) -> None:
    assert rules.window_term(strength, centre, month - NEVER) == 0.0
    assert rules.window_term(strength, centre, rules.UNKNOWN_MONTHS) == 0.0


def test_a_government_is_new_for_twelve_months() -> None:
    terms = [rules.window_term(1.0, 0.3, month) for month in (0, 11, 12, 700)]
    assert terms == pytest.approx([0.7, 0.7, -0.3, -0.3], rel=1e-15)


def test_a_state_may_return_for_ten_years() -> None:
    assert [rules.may_return(month) for month in (0, 1, 119, 120, 5_000)] == [True, True, True, False, False]
    assert not rules.may_return(-NEVER)
    assert rules.RETURN_MONTHS == 12 * FORMER_YEARS


def test_an_order_stands_for_twenty_four_months() -> None:
    assert [rules.standing_order(month) for month in (-1, 0, 23, 24)] == [0.0, 1.0, 1.0, 0.0]


@given(st.floats(0.1, 600.0))
def test_fading_halves_at_the_half_life(half_life: float) -> None:
    assert rules.monthly_fade(half_life) ** half_life == pytest.approx(0.5, rel=1e-9)


def test_destinations() -> None:
    assert rules.destination(leaves_taipei=True, truce=False) == 1
    assert rules.destination(leaves_taipei=True, truce=True) == 2
    assert rules.destination(leaves_taipei=False, truce=False) == 0
    assert rules.destination(leaves_taipei=False, truce=True) == 0


@given(share, share)
def test_a_truce_multiplies_acceptance(readiness: float, in_a_truce: float) -> None:
    assert rules.acceptance(readiness, False, in_a_truce) == readiness
    assert rules.acceptance(readiness, True, in_a_truce) == readiness * in_a_truce


def test_a_budget_is_what_offers_leave_of_it_and_never_below_nought() -> None:
    assert rules.budget_left(2.0, 300.0, 0.0) == 600.0
    assert rules.budget_left(2.0, 300.0, 150.0) == 450.0
    assert rules.budget_left(0.5, 300.0, 150.5) == 0.0


# --- patrons ----------------------------------------------------------------------------------------------


@given(st.floats(-3.0, 3.0), st.floats(-1.0, 2.0), st.floats(2.0, 12.0))
def test_the_usual_package_at_the_mean_size_is_the_fitted_one(size: float, elasticity: float, mean: float) -> None:
    usual = rules.usual_package(size, elasticity, mean, mean)
    assert 100.0 * usual / math.exp(mean) == pytest.approx(math.exp(size), rel=1e-12)
    twice = rules.usual_package(size, elasticity, mean + math.log(2.0), mean)
    assert twice / usual == pytest.approx(2.0**elasticity, rel=1e-12)


def test_courtship_grows_with_what_can_be_won() -> None:
    assert rules.courtship_weight(10.0, 2.0, 0.0, -3.0) == 20.0
    assert rules.courtship_weight(10.0, 1.0, 1.0, math.log(0.5)) == pytest.approx(5.0)
    assert rules.courtship_weight(10.0, 1.0, 0.5, -2.0) > rules.courtship_weight(10.0, 1.0, 0.5, -3.0)


def test_a_package_is_a_part_of_the_budget_no_less_than_what_stands_and_no_more_than_the_cap() -> None:
    assert rules.package(100.0, 1.0, 4.0, 500.0, 0.0, 50.0) == pytest.approx(5.0)
    assert rules.package(100.0, 1.0, 4.0, 500.0, 7.0, 50.0) == 7.0
    assert rules.package(100.0, 1.0, 4.0, 500.0, 7.0, 3.0) == 3.0
    assert rules.package(100.0, 0.0, 0.0, 500.0, 0.0, 3.0) == 0.0


def test_aid_has_a_floor_a_threat_part_and_a_cap() -> None:
    assert rules.taipei_aid(100.0, 0.4, 4.0, 0.1, 0.2, 1000.0, 50.0) == pytest.approx(1.0 + 3.0)
    assert rules.taipei_aid(100.0, 1.0, 4.0, 0.1, 0.2, 1000.0, 50.0) == pytest.approx(2.5)
    assert rules.taipei_aid(100.0, 0.0, 4.0, 0.0, 0.0, 1000.0, 50.0) == 0.0
    assert rules.taipei_aid(100.0, 0.4, 4.0, 0.1, 0.2, 1000.0, 2.0) == 2.0


def test_aid_after_cuts_and_matches() -> None:
    assert rules.aid_after(4.0, 0.25, 1.0) == 4.0
    assert rules.aid_after(4.0, 1.7, 1.0) == 1.0
    assert rules.matched(4.0, 0.5, 20.0) == 10.0
    assert rules.matched(4.0, 0.5, 2.0) == 4.0
    assert rules.matched(4.0, 0.0, 2.0) == 4.0


def test_a_believed_sum() -> None:
    assert rules.believed(0.1, 50.0, 1000.0) == pytest.approx(0.5)


@given(positive, positive)
def test_wavering_runs_from_nought_to_one(last: float, usual: float) -> None:
    found = rules.wavering(last, usual)
    assert 0.0 <= found < 1.0
    assert (found > 0.0) == (last > usual)


def test_wavering_closed() -> None:
    assert rules.wavering(0.3, 0.1) == pytest.approx(0.5)
    assert rules.wavering(0.1, 0.1) == 0.0


@given(st.floats(0.0, 10.0), level, st.floats(0.0, 10.0), share, level)
def test_pressure_stays_within_its_scale(
    attention: float, weight: float, focus: float, waver: float, lobbying: float
) -> None:
    found = rules.pressure(attention, weight, focus, waver, lobbying)
    assert 0.0 <= found <= 3.0
    assert found == min(3.0, attention * weight * (1.0 + focus * waver) + lobbying)


@given(st.floats(0.0, 100.0), st.floats(0.0, 200.0), st.floats(0.0, 500.0), level)
def test_dependence_runs_from_nought_to_one(exports: float, remittances: float, aid: float, security: float) -> None:
    whole = rules.dependence(exports, remittances, aid, security)
    assert 0.0 <= whole <= 1.0 + 1e-15
    assert rules.dependence(0.0, remittances, aid, security) <= whole
    assert rules.dependence(exports, remittances, 0.0, security) <= whole


def test_dependence_closed() -> None:
    assert rules.dependence(50.0, 20.0, 2.0, 3.0) == pytest.approx(1.0)
    assert rules.dependence(25.0, 10.0, 1.0, 1.5) == pytest.approx(0.5)
    assert rules.dependence(0.0, 0.0, 0.0, 3.0) == pytest.approx(0.2)
    assert rules.dependence_left(1.0, 0.0, 0.0, 2.0, 0.5, 0.0) == pytest.approx(0.1)
    assert rules.dependence_left(1.0, 0.0, 0.0, 2.0, 3.0, 0.0) == 0.0
    assert rules.dependence_left(9.0, 50.0, 20.0, 2.0, 0.0, 3.0) == 1.0
    assert [rules.aid_part(aid) for aid in (0.0, 0.5, 2.0, 40.0)] == pytest.approx([0.0, 0.05, 0.2, 0.2])


@given(st.floats(0.0, 100.0), st.floats(0.0, 200.0), st.floats(0.0, 500.0), st.floats(0.0, 2.0), level)
def test_a_cut_of_aid_takes_its_share_of_the_aid_part_however_large_the_aid(
    exports: float, remittances: float, aid: float, cut: float, security: float
) -> None:
    whole = rules.dependence_left(1.0, exports, remittances, aid, 0.0, security)
    left = rules.dependence_left(1.0, exports, remittances, aid, cut, security)
    assert whole == min(1.0, rules.dependence(exports, remittances, aid, security))
    assert whole - left == pytest.approx(min(1.0, cut) * 0.2 * min(1.0, aid / 2.0), abs=1e-12)
    gone = rules.dependence_left(1.0, exports, remittances, aid, 1.0, security)
    assert gone == pytest.approx(rules.dependence(exports, remittances, 0.0, security), abs=1e-12)


def test_hostility_has_a_ceiling() -> None:
    assert rules.felt_hostility(1.0, 0.5) == 1.5
    assert rules.felt_hostility(2.5, 2.5) == 3.0


@given(st.floats(0.0, 50.0), share, st.floats(0.0, 50.0), st.floats(0.1, 20.0))
def test_what_is_missing_grows_until_the_package_is_due(
    promised: float, delivered: float, years: float, term: float
) -> None:
    missing = rules.undelivered(promised, delivered, 0.0)
    found = rules.shortfall(missing, years, term)
    assert found == pytest.approx(promised * (1.0 - delivered) * min(years, term))
    assert rules.shortfall(missing, years + 1.0, term) >= found
    assert rules.undelivered(promised, delivered, 2.5) == missing + 2.5


# --- military cooperation ---------------------------------------------------------------------------------


@given(effect, share, share, st.floats(-1.0, 1.0))
def test_a_quiet_usual_host_suspends_at_the_base_rate(strength: float, pride: float, held: float, lean: float) -> None:
    assert rules.hostility_term(strength, pride, 0.0) == 0.0
    assert rules.hostility_term(strength, 0.0, 3.0) == 0.0
    assert rules.hold_term(strength, held, held) == 0.0
    quiet = rules.log_hazard_of_suspension(math.log(0.005), 0.0, 0.0, rules.government_term(strength, lean, lean))
    assert rules.hazard_of_suspension(quiet, 0.0) == pytest.approx(0.005, rel=1e-14)


def test_the_terms_of_suspension_closed() -> None:
    assert rules.hostility_term(2.1, 0.5, 2.0) == pytest.approx(2.1)
    assert rules.hold_term(1.5, 0.7, 0.5) == pytest.approx(-0.3)
    assert rules.hold_term(1.5, 0.3, 0.5) == pytest.approx(0.3)
    assert rules.log_hazard_of_suspension(-5.0, 2.0, -0.5, 0.25) == pytest.approx(-3.25)
    assert rules.hazard_of_suspension(math.log(0.04), 0.8) == pytest.approx(0.84)


@given(st.floats(0.0, 10.0), st.floats(0.0, 10.0), st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_words_and_notices_count_once_however_often_they_are_said(
    notice_rate: float, words_rate: float, notices: float, words: float
) -> None:
    found = rules.rate_of_acts(notice_rate, notices, words_rate, words)
    assert found == notice_rate * min(1.0, notices) + words_rate * min(1.0, words)
    assert rules.rate_of_acts(notice_rate, 0.0, words_rate, 0.0) == 0.0
    assert rules.rate_of_acts(notice_rate, 2.0, words_rate, 2.0) == notice_rate + words_rate


@given(chance)
def test_the_notice_rate_solves_two_years(ended: float) -> None:
    assert -math.expm1(-rules.notice_rate(ended) * 2.0) == pytest.approx(ended, rel=1e-12)


@given(chance, st.floats(1e-9, 10.0))
def test_the_words_rate_solves_two_years_with_the_base_rate_or_is_nought(ended: float, base: float) -> None:
    found = rules.words_rate(ended, base)
    assert found >= 0.0
    without = -math.expm1(-base * 2.0)
    if found > 0.0:
        assert -math.expm1(-(found + base) * 2.0) == pytest.approx(ended, rel=1e-12)
        assert ended > without
    else:
        assert ended <= without * (1.0 + 1e-9)


def test_the_rates_of_the_record() -> None:
    """Eight of ten notices, and none of seven words taken as three in a hundred (priors i3, i4)."""
    assert rules.notice_rate(0.8) == pytest.approx(0.805, abs=1e-3)
    assert rules.words_rate(0.03, 0.005) == pytest.approx(0.01023, abs=1e-5)
    assert rules.words_rate(0.005, 0.005) == 0.0
    assert rules.ACT_MONTHS == 12.0 * rules.NOTICE_YEARS


# --- nothing overflows ------------------------------------------------------------------------------------


@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=10), share, st.floats(0.0, 1e3))
def test_extreme_terms_give_a_chance_all_the_same(terms: list[float], acceptance: float, order_rate: float) -> None:
    log_rate = rules.log_hazard(*terms)
    hazard = rules.hazard_of_leaving(log_rate, acceptance, order_rate, 1.0)
    assert log_rate <= rules.MOST_LOG_HAZARD
    assert math.isfinite(hazard)
    assert 0.0 <= rules.monthly_chance(hazard, 1.0) <= 1.0
    back = rules.hazard_of_return(rules.log_hazard_of_return(*terms[:7]), acceptance)
    assert math.isfinite(back)
    assert 0.0 <= rules.monthly_chance(back, 1.0) <= 1.0
    suspend = rules.hazard_of_suspension(rules.log_hazard_of_suspension(*terms[:4]), order_rate)
    assert math.isfinite(suspend)
    assert 0.0 <= rules.monthly_chance(suspend, 1.0) <= 1.0


@given(positive, st.floats(0.0, 100.0), st.floats(0.0, 5.0), st.floats(-1e6, 1e6))
def test_courtship_never_overflows(usual: float, prestige: float, focus: float, last: float) -> None:
    assert math.isfinite(rules.courtship_weight(usual, prestige, focus, last))


def test_the_rule_book_uses_no_power_operator() -> None:
    """`x ** y` may differ between Python and compiled code in the last bit."""
    source = inspect.getsource(rules)
    assert " ** " not in source
    assert "pow(" not in source
