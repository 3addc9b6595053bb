"""Numbers, chances, days, months and lists as a reader writes them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from sim import words


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, sim.words; print({name.partition('.')[0] for name in sys.modules} & {'numpy', 'matplotlib'})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


# --- numbers


def test_numbers() -> None:
    assert [words.number(value) for value in (True, "a", 0.5, -0.25, 12345.6, 0.0000123)] == [
        "yes", "a", "0.5", "−0.25", "12,346", "0.000012",
    ]  # fmt: skip
    assert [words.at_digits(value) for value in (-0.25, 12345.6, 4.255)] == ["−0.25", "12,346", "4.255"]
    assert words.at_digits(0.98765, 3) == "0.988"


def test_ranges() -> None:
    interval = {"central": 0.4, "low": -0.2, "high": 0.6}
    assert words.ranged(interval) == "0.4 (−0.2 to 0.6)"
    assert words.ranged(interval, sign=True) == "+0.4 (−0.2 to +0.6)"
    assert words.shares(interval) == "40 % (−20 to 60 %)"
    assert (words.ranged(2), words.shares(0.125)) == ("2", "12.5 %")
    assert [words.between(8.0, high) for high in (8.0, 13.0)] == ["8", "8 to 13"]
    assert [words.dashed(8, high) for high in (8, 14)] == ["8", "8–14"]


def test_how_many() -> None:
    assert [words.many(number, "run") for number in (0, 1, 10_000)] == ["0 runs", "1 run", "10,000 runs"]


# --- differences


def test_differences_in_words() -> None:
    assert [words.signed(value) for value in (2, -1, 0, 0.5)] == ["+2", "−1", "0", "+0.5"]
    assert [words.signed_between(-1, high) for high in (-1, 0, 2)] == ["−1", "−1 to 0", "−1 to +2"]
    assert words.hyphened(words.signed_between(-2, 1)) == "-2 to +1"
    assert [words.signed_hundredths(value) for value in (0.5, -1.234, 0.001, -0.001)] == ["+0.50", "−1.23", "0", "0"]


def test_a_difference_has_the_decimals_that_its_error_bears() -> None:
    assert words.with_error(0.123, 0.01) == "+0.12 ± 0.01"
    assert words.with_error(-4.567, 0.2) == "−4.6 ± 0.2"
    assert words.with_error(0.0452, 0.0028) == "+0.045 ± 0.003"
    assert words.with_error(-0.0003, 0.00017) == "−0.0003 ± 0.0002"
    assert (words.with_error(0.0, 0.0), words.with_error(1.0, None)) == ("0", "+1")
    assert words.plus_minus(-0.5, 0.125, 1) == "−0.5 ± 0.1"


def test_differences_of_chances_are_in_points() -> None:
    texts = [words.points(value) for value in (-0.289, 0.0004, 0.0, 0.05, -0.0612, 0.1, 0.0001, -0.0001)]
    assert texts == ["−28.9", "0.0", "0.0", "+5.0", "−6.1", "+10.0", "0.0", "0.0"]


def test_beyond_luck_needs_two_errors() -> None:
    assert [words.beyond_luck(0.03, mc) for mc in (0.01, 0.015, 0.02, None)] == [True, False, False, False]


# --- findings


@pytest.mark.parametrize(
    ("difference", "error", "text"),
    [
        (-1.42, 0.04, "1.42 ± 0.04 fewer"),
        (0.3, 0.1, "0.3 ± 0.1 more"),
        (0.2, 0.1, "no different beyond luck (± 0.1)"),
        (-0.2, 0.1, "no different beyond luck (± 0.1)"),
        (0.0, 0.04, "no different beyond luck (± 0.04)"),
        (0.0, 0.0, "no different"),
        (0.0, None, "no different"),
        (1.0, None, "1 more (error unknown)"),
        (-2.0, 0.0, "2 fewer"),
    ],
)
def test_a_difference_is_told_as_far_as_its_error_allows(difference: float, error: float | None, text: str) -> None:
    assert words.differs(difference, error) == text


def test_a_difference_may_have_words_of_its_own() -> None:
    assert words.differs(-2.5, 0.5, "points lower", "points higher") == "2.5 ± 0.5 points lower"


@pytest.mark.parametrize(
    ("values", "errors", "places"),
    [
        ((-0.5, 1.0, 0.7), (0.1, 0.1, 0.1), [1, 2]),  # 0.3 is within two of the errors added up, 0.4
        ((-0.5, 1.0, 0.5), (0.1, 0.1, 0.1), [1]),
        ((0.6, -1.0), (0.1, 0.1), [1, 0]),  # just not beyond: the border counts as luck
        ((-0.1, 0.1), (0.1, 0.1), []),
        ((1.0, 0.0), (0.1, 1.0), [0, 1]),  # so uncertain that it may be as large
        ((1.0, 3.0), (0.1, None), [0]),
        ((), (), []),
    ],
)
def test_which_differences_lead(values: tuple[float, ...], errors: tuple[float | None, ...], places: list[int]) -> None:
    assert words.leading(values, errors) == places


def test_a_range_tells_a_sign_only_if_it_has_a_width_and_leaves_out_zero() -> None:
    ranges = [(0.1, 0.2), (-0.2, -0.1), (-0.1, 0.2), (0.0, 0.2), (0.1, 0.1), (None, 0.2)]
    assert [words.beyond_range(*ends) for ends in ranges] == [True, True, False, False, False, False]


def test_a_range_without_a_width_is_left_out() -> None:
    two = "{:.2f}".format
    assert words.with_range(0.67, 0.67, 0.67, write=two) == "0.67"
    assert words.with_range(0.89, 0.91, 0.91, write=two) == "0.89"
    assert words.with_range(0.89, 0.906, 0.914, write=two) == "0.89"
    assert words.with_range(0.89, None, None, write=two) == "0.89"
    assert words.with_range(0.89, float("nan"), float("nan"), write=two) == "0.89"
    assert words.with_range(0.67, 0.66, 0.67, write=two) == "0.67 (0.66 to 0.67)"


# --- chances


@pytest.mark.parametrize(
    ("chance", "text"),
    [(0.0, "0"), (0.001, "<1"), (0.005, "<1"), (0.41, "41"), (0.994, "99"), (0.997, ">99"), (1.0, "100")],
)
def test_chances_in_words(chance: float, text: str) -> None:
    assert words.percent(chance) == text
    assert words.whole_percent(chance) == text.replace("<1", "0").replace(">99", "100")


def test_a_range_that_is_not_known_is_not_printed() -> None:
    assert words.chance_with_range(0.41, 0.22, 0.63) == "41 % (22 to 63)"
    nan = float("nan")
    assert words.chance_with_range(0.41, 0.41, 0.41) == words.chance_with_range(0.41, nan, nan) == "41 %"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "a 0 % chance"), (0.002, "a chance of less than 1 %"), (0.08, "an 8 % chance"),
        (0.11, "an 11 % chance"), (0.18, "an 18 % chance"), (0.47, "a 47 % chance"), (0.8, "an 80 % chance"),
        (0.999, "a chance of more than 99 %"),
    ],
)  # fmt: skip
def test_a_chance_has_its_article(p: float, text: str) -> None:
    assert words.chance(p) == text


def test_rates_and_chances_at_two_digits() -> None:
    assert [words.rate(hazard) for hazard in (0.0, 0.0907, 0.5, 3.81)] == [
        "0 % a year",
        "9.1 % a year",
        "50 % a year",
        "3.8 a year",
    ]
    texts = [words.two_digits(chance) for chance in (0.0424, 0.5, 0.97, 1e-7)]
    assert texts == ["4.2 %", "50 %", "97 %", "less than 0.0001 %"]
    assert words.tenths(0.1234) == "12.3 %"


# --- money


def test_sums_as_a_reader_says_them() -> None:
    assert [words.of_gdp(value) for value in (0.0, 0.331, 0.0042, 0.05, 12.5, 0.00001)] == [
        "0 %",
        "0.33 %",
        "0.004 %",
        "0.05 %",
        "12.50 %",
        "less than 0.0001 %",
    ]
    assert [words.dollars(value) for value in (2450.0, 10.4, 4.24, 0.032, 0.001, 0.0)] == [
        "US$ 2,450 million",
        "US$ 10 million",
        "US$ 4.2 million",
        "US$ 0.032 million",
        "less than US$ 0.01 million",
        "US$ 0 million",
    ]
    assert words.money(0.331, 103.2) == "0.33 % of its GDP a year (US$ 103 million)"


# --- days and months


def test_days_and_months() -> None:
    day = date(2028, 4, 30)
    assert words.day("2028-04-30") == words.day(day) == words.month_end("2028-04") == day
    assert words.spoken(day) == words.spoken("2028-04-30") == "30 Apr 2028"
    assert words.spoken_in_full(day) == words.spoken_in_full("2028-04-30") == "30 April 2028"
    assert words.month(day) == words.month("2028-04") == "Apr 2028"
    assert (words.month("2026-12"), words.month_in_full(day)) == ("Dec 2026", "April 2028")


# --- names and lists


def test_names_of_states_in_a_sentence() -> None:
    texts = [words.the(name) for name in ("Dominican Republic", "Holy See", "Honduras")]
    assert texts == ["the Dominican Republic", "the Holy See", "Honduras"]


def test_lists() -> None:
    assert [words.listed(["a", "b", "c"][:length]) for length in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert [words.listed(["a", "b", "c"][:length], "or") for length in (1, 2, 3)] == ["a", "a or b", "a, b or c"]


def test_of_many_names_a_message_lists_a_dozen() -> None:
    assert words.listed_briefly("abcdefghijkl") == "a, b, c, d, e, f, g, h, i, j, k and l"
    assert words.listed_briefly("abcdefghijklm") == "a, b, c, d, e, f, g, h, i, j, k, l and m"
    assert words.listed_briefly("abcdefghijklmno") == "a, b, c, d, e, f, g, h, i, j, k, l and 3 more"
