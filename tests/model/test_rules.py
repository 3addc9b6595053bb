"""The rule book: closed forms, limits, signs, and no overflow."""

from __future__ import annotations

import inspect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model import rules
from sim.model.calendar import NEVER
from sim.scenario.event_base import ACT_MONTHS

share = st.floats(0.0, 1.0)
percent = st.floats(0.0, 1000.0)
level = st.floats(0.0, 3.0)
effect = st.floats(-10.0, 10.0)
chance = st.floats(0.001, 0.999)
rate = st.floats(1e-6, 10.0)
positive = st.floats(1e-6, 1e6)
log_rate = st.floats(math.log(1e-9), math.log(10.0))
deviation = st.floats(-20.0, 20.0)
five = st.lists(st.tuples(effect, deviation), min_size=5, max_size=5)


# --- the record, governments and dependence ---------------------------------------------------------------


@given(effect, st.floats(-1.0, 1.0))
def test_a_government_of_the_start_adds_nothing(strength: float, lean: float) -> None:
    assert rules.government_term(strength, lean, lean) == 0.0
    assert rules.return_government_term(strength, lean, lean) == 0.0


@given(st.floats(0.001, 1.0), st.floats(0.001, 1.0), level, st.floats(0.001, 3.0))
def test_hostility_only_provokes(strength: float, pride: float, pressure: float, hostility: float) -> None:
    assert rules.backfire_term(strength, pride, pressure, hostility, pressure) > 0.0


@given(log_rate, five)
def test_covariates_multiply_the_rate_each_by_its_own_factor(base: float, pairs: list[tuple[float, float]]) -> None:
    found = rules.susceptibility(base, *(number for pair in pairs for number in pair))
    assert found == pytest.approx(base + math.fsum(each * value for each, value in pairs), rel=1e-12, abs=1e-12)
    found = rules.readiness_to_return(base, *(number for pair in pairs[:3] for number in pair))
    assert found == pytest.approx(base + math.fsum(each * value for each, value in pairs[:3]), rel=1e-12, abs=1e-12)


@given(log_rate, st.lists(effect, min_size=5, max_size=5), st.lists(deviation, min_size=5, max_size=5))
def test_a_state_of_average_covariates_has_the_rate_of_the_record(
    base: float, effects: list[float], values: list[float]
) -> None:
    """To the last bit; and so has any state where covariates count for nothing."""
    nothing = [0.0] * 5
    for strengths, covariates in ((effects, nothing), (nothing, values)):
        pairs = list(zip(strengths, covariates, strict=True))
        assert rules.susceptibility(base, *(number for pair in pairs for number in pair)) == base
        assert rules.readiness_to_return(base, *(number for pair in pairs[:3] for number in pair)) == base


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


def test_an_order_stands_for_twenty_four_months() -> None:
    assert [rules.standing_order(month) for month in (-1, 0, 23, 24)] == [0.0, 1.0, 1.0, 0.0]


def test_destinations() -> None:
    assert rules.destination(leaves_taipei=True, truce=False) == 1
    assert rules.destination(leaves_taipei=True, truce=True) == 2
    assert rules.destination(leaves_taipei=False, truce=False) == 0
    assert rules.destination(leaves_taipei=False, truce=True) == 0


@given(share, share)
def test_a_truce_multiplies_acceptance(readiness: float, in_a_truce: float) -> None:
    assert rules.acceptance(readiness, False, in_a_truce) == readiness
    assert rules.acceptance(readiness, True, in_a_truce) == readiness * in_a_truce


@given(st.floats(-3.0, 3.0), st.floats(-1.0, 2.0), st.floats(2.0, 12.0))
def test_the_usual_package_at_the_mean_size_is_the_fitted_one(size: float, elasticity: float, mean: float) -> None:
    usual = rules.usual_package(size, elasticity, mean, mean)
    assert 100.0 * usual / math.exp(mean) == pytest.approx(math.exp(size), rel=1e-12)
    twice = rules.usual_package(size, elasticity, mean + math.log(2.0), mean)
    assert twice / usual == pytest.approx(2.0**elasticity, rel=1e-12)


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
    assert rules.felt_hostility(1.0, 0.5, 0.0) == 1.5
    assert rules.felt_hostility(2.5, 2.5, 0.0) == 3.0
    assert rules.felt_hostility(2.5, 2.5, 0.5) == 2.5
    assert rules.felt_hostility(2.5, 2.5, 1.0) == 0.0


@given(st.floats(0.0, 50.0), share, st.floats(0.0, 50.0), st.floats(0.1, 20.0))
def test_what_is_missing_grows_until_the_package_is_due(
    promised: float, delivered: float, years: float, term: float
) -> None:
    missing = rules.undelivered(promised, delivered)
    found = rules.shortfall(missing, years, term)
    assert found == pytest.approx(promised * (1.0 - delivered) * min(years, term))
    assert rules.shortfall(missing, years + 1.0, term) >= found


@given(effect, share, share, st.floats(-1.0, 1.0))
def test_a_quiet_usual_host_suspends_at_the_base_rate(strength: float, pride: float, held: float, lean: float) -> None:
    assert rules.hostility_term(strength, pride, 0.0) == 0.0
    assert rules.hostility_term(strength, 0.0, 3.0) == 0.0
    assert rules.hold_term(strength, held, held) == 0.0
    quiet = rules.log_hazard_of_suspension(
        math.log(0.005), 0.0, 0.0, rules.government_term(strength, lean, lean), rules.ripple_term(strength, 0.0)
    )
    assert rules.hazard_of_suspension(quiet, 0.0) == pytest.approx(0.005, rel=1e-14)


def test_the_terms_of_suspension_closed() -> None:
    assert rules.hostility_term(2.1, 0.5, 2.0) == pytest.approx(2.1)
    assert rules.hold_term(1.5, 0.7, 0.5) == pytest.approx(-0.3)
    assert rules.hold_term(1.5, 0.3, 0.5) == pytest.approx(0.3)
    assert rules.log_hazard_of_suspension(-5.0, 2.0, -0.5, 0.25, 0.2) == pytest.approx(-3.05)
    assert rules.hazard_of_suspension(math.log(0.04), 0.8) == pytest.approx(0.84)


@given(st.floats(0.0, 10.0), st.floats(0.0, 10.0), st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_words_and_notices_count_once_however_often_they_are_said(
    notice_rate: float, words_rate: float, notices: float, words: float
) -> None:
    found = rules.rate_of_acts(notice_rate, notices, words_rate, words, 0.0)
    assert found == notice_rate * min(1.0, notices) + words_rate * min(1.0, words)
    assert rules.rate_of_acts(notice_rate, 0.0, words_rate, 0.0, 0.3) == 0.0
    assert rules.rate_of_acts(notice_rate, 2.0, words_rate, 2.0, 0.0) == notice_rate + words_rate
    assert rules.rate_of_acts(0.4, 1.0, 0.1, 1.0, math.log(2.0)) == pytest.approx(1.0)


@given(st.floats(0.0, 0.9999999), chance, chance)
def test_washington_gives_one_answer_and_each_with_its_chance(u: float, gives: float, retaliates: float) -> None:
    assert not (rules.gives_way(u, gives) and rules.retaliates(u, gives, retaliates))
    assert rules.gives_way(u, gives) == (u < gives)
    assert rules.retaliates(u, gives, retaliates) == (u >= 1.0 - (1.0 - gives) * retaliates)


def test_what_an_answer_takes_and_gives() -> None:
    assert rules.taken(200.0, 0.0, 0.5) == 100.0
    assert rules.taken(200.0, 0.8, 1.3) == pytest.approx(40.0), "no more than all of it"
    assert rules.taken(200.0, 0.5, 0.5) == 0.0
    assert rules.remittances_left(20.0, 0.25) == 15.0
    assert rules.remittances_left(20.0, 0.0) == 20.0
    assert rules.aid_raised(1.0, 40.0, 4_000.0) == 2.0
    assert rules.aid_raised(1.0, 0.0, 4_000.0) == 1.0
    assert rules.ripple_term(0.2, 2.0) == 0.4
    assert rules.ripple_term(0.2, -1.0) == -0.2


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
    """Eight of ten notices, and none of seven words taken as three in a hundred."""
    assert rules.notice_rate(0.8) == pytest.approx(0.805, abs=1e-3)
    assert rules.words_rate(0.03, 0.005) == pytest.approx(0.01023, abs=1e-5)
    assert rules.words_rate(0.005, 0.005) == 0.0
    assert ACT_MONTHS == 12.0 * rules.NOTICE_YEARS


def test_the_rule_book_uses_no_power_operator() -> None:
    """`x ** y` may differ between Python and compiled code in the last bit."""
    source = inspect.getsource(rules)
    assert " ** " not in source
    assert "pow(" not in source


# --- talks: the level is exact ----------------------------------------------------------------------------

monthly = st.floats(1e-6, 0.3)
lost_share = st.floats(0.02, 0.9)


class Chain:
    """A state's talks in numbers: chances, shares and shares lost at a monthly chance of leaving."""

    def __init__(self, leave: float, months: float, lost_public: float, lost_silent: float, fastest: float) -> None:
        self.leave, self.public = leave, rules.opening_public(0.25, lost_public, lost_silent)
        whole = rules.lost_in_all(self.public, lost_public, lost_silent)
        self.close = rules.closing(months, leave, whole, fastest)
        self.lost = [rules.lost_raised(lost, leave, self.close, whole) for lost in (lost_silent, lost_public)]
        self.in_all = rules.lost_in_all(self.public, self.lost[1], self.lost[0])
        self.share = rules.share_in_talks(leave, self.close, self.in_all)


@given(monthly, st.floats(0.5, 24.0), lost_share, lost_share, st.lists(st.floats(0.2, 1.6), min_size=3, max_size=30))
def test_the_chance_of_leaving_is_the_records_in_every_month_whatever_its_pace(
    leave: float, months: float, lost_public: float, lost_silent: float, paces: list[float]
) -> None:
    fastest = max(1.0, *(rules.leaving(-12 * math.log(1 - leave), pace, 1.0) / leave for pace in paces))
    chain = Chain(leave, months, lost_public, lost_silent, fastest)
    if max(chain.lost) >= rules.MOST_CHANCE:
        return
    silent, public = chain.share * (1.0 - chain.public), chain.share * chain.public
    for pace in paces:
        now = rules.leaving(-12 * math.log(1 - leave), pace, 1.0)
        close = rules.closing_at(chain.close, now, leave)
        opens = rules.opening_at(chain.share, close, now)
        assert 0.0 <= opens <= 1.0
        gone = close * (silent * chain.lost[0] + public * chain.lost[1])
        assert gone == pytest.approx(now, rel=1e-9)
        idle = 1.0 - silent - public
        silent = rules.share_after(silent, close, idle * opens * (1.0 - chain.public), gone)
        public = rules.share_after(public, close, idle * opens * chain.public, gone)
        assert silent + public == pytest.approx(chain.share, rel=1e-9)


@given(lost_share, lost_share, st.floats(0.05, 0.95))
def test_departures_are_public_as_often_as_is_documented(lost_public: float, lost_silent: float, wanted: float) -> None:
    opens = rules.opening_public(wanted, lost_public, lost_silent)
    public, silent = opens * lost_public, (1.0 - opens) * lost_silent
    assert public / (public + silent) == pytest.approx(wanted)


def test_talks_of_a_usual_state_in_numbers() -> None:
    chain = Chain(rules.monthly_chance(0.06, 1.0), 6.0, 0.13, 0.3, 1.0)
    assert chain.public == pytest.approx(0.4348, abs=1e-4)
    assert chain.in_all == pytest.approx(0.2261, abs=1e-4)
    assert chain.close == pytest.approx(1.0 - math.exp(-1.0 / 6.0))
    assert chain.share == pytest.approx(0.1437, abs=1e-3)
    often = Chain(0.08, 6.0, 0.13, 0.3, 1.0)
    assert often.share == pytest.approx(0.5)
    most = Chain(0.2, 6.0, 0.13, 0.3, 1.5)
    assert (most.close, most.in_all) == (pytest.approx(1.0 / 1.5), pytest.approx(2 * 0.2 * 1.5))


@given(chance, st.floats(0.0, 5.0))
def test_a_multiple_of_one_leaves_a_chance_alone_to_the_bit(p: float, multiple: float) -> None:
    assert rules.at_odds(p, 1.0) == p
    moved = rules.at_odds(p, multiple)
    assert 0.0 <= moved <= 1.0
    assert moved * (1.0 - p) == pytest.approx(multiple * p * (1.0 - moved), abs=1e-12)
    assert rules.courtship(1.0, 1.7, 0.0, 0.5, 0.0) == 1.0


@pytest.mark.parametrize("multiple", [1e-250, 1e-100, 1e-16, 0.5, 1e100])
def test_what_is_certain_stays_so_at_any_multiple_of_its_odds(multiple: float) -> None:
    assert rules.at_odds(1.0, multiple) == 1.0
    assert rules.at_odds(0.0, multiple) == rules.at_odds(1.0, 0.0) == 0.0


# --- bids, and who wins -----------------------------------------------------------------------------------


@given(effect, st.floats(0.0, 10.0), level)
def test_terms_are_nought_at_reference(strength: float, worth: float, pressure: float) -> None:
    assert rules.offer_term(strength, worth, worth) == 0.0
    assert rules.aid_term(strength, worth, worth) == 0.0
    assert rules.threat_term(strength, worth, worth) == 0.0
    assert rules.backfire_term(strength, 0.5, pressure, 0.0, pressure) == 0.0


@given(percent, st.floats(1e-3, 1000.0))
def test_money_weighs_less_the_more_there_is(low: float, more: float) -> None:
    first, second = rules.worth(low + more) - rules.worth(low), rules.worth(low + 2 * more) - rules.worth(low + more)
    assert first > second > 0.0
    assert rules.worth(0.0) == 0.0


def test_limits_in_closed_form() -> None:
    assert math.log(3000.0) == rules.LOG_3000
    assert rules.beijing_limit(70.0, 0.4, math.log(3000.0), 1.0, 0.4, 0.0) == pytest.approx(70.0)
    assert rules.beijing_limit(70.0, 0.5, math.log(12000.0), 2.0, 0.4, 1.0) == pytest.approx(280.0 * math.exp(0.4))
    assert rules.purse_left(400.0, 2.0, 100.0) == 700.0
    assert rules.purse_left(400.0, 0.0, 100.0) == 0.0
    assert rules.beijing_bid(70.0, 1.0, 400.0, 0.5, 0.25, 3500.0) == pytest.approx(1.25)
    assert rules.beijing_bid(70.0, 10.0, 400.0, 1.0, 0.0, 4000.0) == pytest.approx(10.0)
    assert rules.base_after(30.0, 2.0, 0.25) == 45.0
    assert rules.reserve_left(0.25, 240.0, 1.0, 20.0, 10.0) == 70.0
    assert rules.taipei_limit(2.0, 20.0, 20.0, 60.0) == 40.0
    assert rules.taipei_limit(2.0, 20.0, 30.0, 5.0) == 35.0
    assert rules.taipei_limit(2.0, 20.0, 50.0, 0.0) == 50.0
    assert [rules.answered(40.0, 20.0, *said) for said in ((0.0, 0.0), (1.0, 0.0), (0.0, 90.0))] == [40.0, 20.0, 110.0]
    assert rules.taipei_bid(40.0, 0.5, 0.0, 9.0, 4000.0) == 1.5
    assert rules.taipei_bid(40.0, 0.5, 1.0, 9.0, 4000.0) == 9.0
    assert rules.stake(3.0, 0.1, 0.5, 20.0) == pytest.approx(1.0)


def test_winning_again_does_not_make_winning_easier() -> None:
    """What talks won stands, and is gone from the reserve: the limit is where it was."""
    first = rules.taipei_limit(2.0, 20.0, 20.0, rules.reserve_left(0.25, 240.0, 1.0, 0.0, 0.0))
    again = rules.taipei_limit(2.0, 20.0, 28.0, rules.reserve_left(0.25, 240.0, 1.0, 0.0, 8.0))
    assert first == again == 40.0


@given(share, st.floats(0.1, 20.0), st.lists(share, max_size=12))
def test_trust_lies_between_the_mean_and_the_cases(mean: float, weight: float, cases: list[float]) -> None:
    found = rules.pooled(mean, weight, math.fsum(cases), float(len(cases)))
    assert min([mean, *cases]) - 1e-9 <= found <= max([mean, *cases]) + 1e-9
    assert rules.trust(0.0, weight, 0.0, 9.0) == rules.LEAST_TRUST


@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=10), st.floats(0.0, 1.0, exclude_max=True))
def test_extreme_terms_give_a_chance_all_the_same(terms: list[float], luck: float) -> None:
    balance = rules.balance(*terms)
    assert abs(balance) <= rules.MOST_BALANCE
    assert 0.0 < rules.wins(balance) <= 1.0
    assert math.isfinite(rules.surplus(balance, luck))


@given(chance)
def test_odds_and_chances_are_each_others(p: float) -> None:
    assert rules.wins(rules.log_odds(p)) == pytest.approx(p)
    assert rules.surplus(rules.log_odds(p), p) == pytest.approx(0.0, abs=1e-12)


@given(st.floats(0.0, 50.0), st.floats(0.0, 5.0), st.floats(0.0, 30.0), st.floats(0.0, 3.2))
def test_beijing_pays_no_more_than_its_limit_and_nothing_where_money_does_not_count(
    bid: float, access: float, ahead: float, money: float
) -> None:
    worth, reach = rules.worth(bid + access), rules.worth(access)
    price = rules.beijing_pays(worth, reach, ahead, money)
    assert 0.0 <= price <= bid + 1e-9
    assert rules.beijing_pays(worth, reach, 0.0, 1.0) == pytest.approx(bid, abs=1e-9)
    assert rules.beijing_pays(worth, reach, 0.5, 0.0) == 0.0
    if price > 1e-9:
        assert rules.worth(price + access) == pytest.approx(worth - ahead / max(rules.TINY, money))


@given(st.floats(0.0, 50.0), st.floats(0.0, 5.0), st.floats(0.0, 10.0), st.floats(-30.0, 0.0), st.floats(0.0, 3.2))
def test_taipei_pays_no_less_than_what_stands_and_no_more_than_its_limit(
    standing: float, induced: float, more: float, behind: float, money: float
) -> None:
    worth = rules.worth(standing + more + induced)
    price = rules.taipei_pays(worth, induced, standing, behind, money)
    assert standing <= price <= standing + more + 1e-9
    assert rules.taipei_pays(worth, induced, standing, -0.5, 0.0) == standing


def test_a_price_is_met_from_told_offers_first() -> None:
    assert rules.from_purse(3.0, 1.0, 0.5) == 4.0
    assert rules.from_purse(0.5, 1.0, 0.5) == 0.0
    assert rules.promised(3.0, 1.0, 9.0, 4.0) == pytest.approx(14.0)
    assert rules.promised(0.5, 1.0, 9.0, 0.0) == pytest.approx(5.0)
    assert rules.promised(3.0, 0.0, 0.0, 4.0) == 4.0
    assert rules.granted(1.5, 20.0, 0.5, 4000.0) == pytest.approx(20.0)
    assert rules.granted(0.5, 20.0, 0.0, 4000.0) == 0.0


@given(st.floats(0.05, 3.2), st.floats(0.001, 0.2), st.floats(0.01, 0.3), st.floats(1.0, 40.0), st.floats(0.05, 1.0))
def test_pressure_turns_where_the_two_terms_together_are_lowest(
    money: float, strength: float, credible: float, at_risk: float, dependence: float
) -> None:
    turn = rules.turning_pressure(money, strength, credible, at_risk, dependence, 0.5, 0.2)

    def felt(pressure: float) -> float:
        stake = rules.worth(rules.stake(pressure, credible, dependence, at_risk))
        return rules.threat_term(money, stake, 0.0) + rules.backfire_term(strength, 0.5, pressure, 0.2, 0.0)

    if turn > 0.0:
        assert felt(turn) <= felt(turn * 0.9) + 1e-12
        assert felt(turn) <= felt(turn * 1.1) + 1e-12
    else:
        assert felt(0.0) <= felt(0.1) + 1e-12


def test_pressure_never_turns_where_nobody_resents_it_and_at_once_where_nothing_is_at_stake() -> None:
    assert rules.turning_pressure(1.0, 0.0, 0.1, 20.0, 0.5, 0.5, 0.0) == math.inf
    assert rules.turning_pressure(1.0, 0.1, 0.1, 20.0, 0.0, 0.5, 0.5) == -0.5


@given(st.floats(0.0, 10.0), level, st.floats(0.0, 10.0), share, level)
def test_pressure_stays_within_its_scale(
    attention: float, weight: float, focus: float, public: float, lobbying: float
) -> None:
    assert 0.0 <= rules.pressure(attention, weight, focus, public, lobbying) <= rules.MOST_PRESSURE


# --- words ------------------------------------------------------------------------------------------------


@given(st.floats(0.001, 0.999), st.floats(0.02, 0.5), st.floats(0.001, 0.3), st.floats(1.0, 12.0))
def test_a_pledge_is_kept_as_often_as_is_counted_or_as_states_leave_anyhow(
    kept: float, lost_public: float, rate: float, months: float
) -> None:
    stays, late = rules.survival(rate, 4.0), rules.survival(rate, 4.0 - months / 6.0)
    opens = rules.pledge_opens(kept, lost_public, stays, late)
    lost = rules.pledge_lost(kept, lost_public, late)
    assert 0.0 <= opens <= 1.0
    found = (1.0 - opens) * (1.0 - stays) + opens * (1.0 - (1.0 - lost) * late)
    if kept <= 1.0 - stays:
        assert opens == 0.0
    elif lost < rules.MOST_CHANCE and stays > (1.0 - lost_public) * late:
        assert found == pytest.approx(kept, abs=1e-9)


def test_words_open_talks_that_are_lost_as_often_as_is_counted() -> None:
    term = rules.words_term(0.9, 0.13)
    assert rules.wins(rules.log_odds(0.13) + term) == pytest.approx(0.9)
    assert rules.words_term(0.1, 0.13) == 0.0
    request = rules.request_term(0.75, 3.0, 0.13, 1.7, rules.worth(2.0), rules.worth(1.0))
    refused = rules.aid_term(1.7, rules.worth(1.0), rules.worth(2.0))
    assert rules.wins(rules.log_odds(0.13) + request + refused) == pytest.approx(0.1875)


def test_talks_of_a_pledge_made_before_the_start_may_be_over() -> None:
    assert rules.still_open(0.4, 0.1, 0.3, 0) == pytest.approx(0.4)
    assert rules.still_open(0.4, 0.1, 0.0, 10) == pytest.approx(0.4 * 0.9**10)
    assert rules.still_open(1.0, 1.0, 0.3, 5) == pytest.approx(0.0, abs=1e-12)


def test_an_order_closes_in_its_months() -> None:
    assert rules.order_closing(1.0, 1.0) == pytest.approx(1.0 - math.exp(-1.0))
    assert rules.order_closing(2.0, 0.5) == pytest.approx(1.0 - math.exp(-0.25))


def test_who_waited_under_an_order_leaves_when_beijing_takes_more() -> None:
    """Nine in ten were turned away at 0.1; at acceptance 1 the luck of those lies above it."""
    late = rules.chance_of_leaving(1.0, 0.0, 0.0, 0.5, 0.0, 0.5, 0.0, 0.0, 0.8, 1.0, 0.1)
    assert late == pytest.approx((0.8 - 0.1) / 0.9)
    assert rules.chance_of_leaving(0.1, 0.0, 0.0, 0.5, 0.0, 0.5, 0.0, 0.0, 0.8, 1.0, 0.1) == 0.0
    assert rules.waiting_after(0.5, 0.1, 0.1, 0.0, 0.0) == pytest.approx(0.5)
    assert rules.waiting_after(0.5, 0.1, 1.0, 0.0, 0.0) == 0.0


@given(st.floats(0.0, 0.9), share)
def test_a_yearly_rate_gives_its_month_back(p: float, exposure: float) -> None:
    rate = rules.yearly_rate(p, exposure)
    if exposure > 1e-6:
        assert rules.monthly_chance(rate, exposure) == pytest.approx(p, abs=1e-9)
    assert rules.yearly_rate(p, 0.0) == 0.0
