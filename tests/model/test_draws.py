"""The generator: published known answers, two engines, uniform numbers, addresses made of names."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from sim.model import draws
from sim.model.draws import COME_LUCK, LUCK, philox, purpose_of, state_code, uniform
from sim.model.kernel import uniforms

ONES = 0xFFFFFFFF
KNOWN_ANSWERS = [
    # Random123's kat_vectors for philox4x32-10: counter, key, output.
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]

words = st.integers(0, ONES)


@njit
def compiled_philox(key_0, key_1, c0, c1, c2, c3):  # type: ignore[no-untyped-def]
    return philox(key_0, key_1, c0, c1, c2, c3)


@njit
def compiled_uniform(seed, run, month, state, purpose):  # type: ignore[no-untyped-def]
    return uniform(seed, run, month, state, purpose)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_the_published_known_answers(
    counter: tuple[int, int, int, int], key: tuple[int, int], answer: tuple[int, int, int, int]
) -> None:
    assert philox(*key, *counter) == answer
    assert compiled_philox(*key, *counter) == answer


@given(words, words, words, words, words, words)
def test_both_engines_make_the_same_words(k0: int, k1: int, c0: int, c1: int, c2: int, c3: int) -> None:
    assert compiled_philox(k0, k1, c0, c1, c2, c3) == philox(k0, k1, c0, c1, c2, c3)


@given(st.integers(0, 2**63 - 1), words, words, words, words)
def test_both_engines_draw_the_same_number(seed: int, run: int, month: int, state: int, purpose: int) -> None:
    number = uniform(seed, run, month, state, purpose)
    assert compiled_uniform(seed, run, month, state, purpose) == number
    assert 0.0 <= number < 1.0
    assert (number * 2.0**53).is_integer()


def test_a_number_is_made_of_the_first_two_words_of_its_address() -> None:
    seed = (0x299F31D0 << 32) | 0xA4093822
    number = uniform(seed, 0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)
    assert number == ((0xD16CFE09 >> 5) * 2**26 + (0x94FDCCEB >> 6)) / 2**53


def test_the_largest_number_is_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "philox", lambda *_: (ONES, ONES, ONES, ONES))
    assert uniform(1, 2, 3, 4, 5) == 1.0 - 2.0**-53


@pytest.mark.parametrize("position", range(5))
def test_every_part_of_the_address_counts(position: int) -> None:
    address = [1, 17, 24263, 4722, LUCK]
    other = address.copy()
    other[position] += 1
    assert uniform(*address) != uniform(*other)


def test_the_upper_half_of_a_seed_counts() -> None:
    assert uniform(1, 0, 0, 0, 1) != uniform(1 + 2**32, 0, 0, 0, 1)


@pytest.mark.parametrize("vary", ["run", "month", "state", "seed"])
def test_numbers_along_any_part_of_the_address_are_uniform(vary: str) -> None:
    fixed = {"seed": 1, "run": 3, "month": 24263, "state": 4722, "purpose": LUCK}
    n = 20_000
    numbers = np.array([compiled_uniform(*(fixed | {vary: k}).values()) for k in range(n)])
    assert abs(numbers.mean() - 0.5) < 4.0 / np.sqrt(12 * n)
    assert abs(numbers.var() - 1 / 12) < 4.0 * np.sqrt(1 / 180 / n)
    assert stats.kstest(numbers, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 4.0 / np.sqrt(n)


def test_leaving_and_returning_have_luck_of_their_own() -> None:
    n = 5_000
    leave, back = ([compiled_uniform(1, k, 24263, 4722, purpose) for k in range(n)] for purpose in (LUCK, COME_LUCK))
    assert abs(np.corrcoef(leave, back)[0, 1]) < 4.0 / np.sqrt(n)


def test_named_draws_are_those_of_their_address() -> None:
    purpose = purpose_of("parameter:departure_rate")
    assert uniforms(7, 5, purpose).tolist() == [uniform(7, k, 0, 0, purpose) for k in range(5)]


@pytest.mark.parametrize(
    ("iso3", "code"), [("AAA", 0), ("AAB", 1), ("ABA", 26), ("BAA", 676), ("HND", 5073), ("ZZZ", 17575)]
)
def test_a_state_code_is_its_letters(iso3: str, code: int) -> None:
    assert state_code(iso3) == code


def test_purposes_of_names_lie_above_all_numbered_ones_and_never_change() -> None:
    digest = hashlib.sha256(b"elections.taiwan").digest()
    assert purpose_of("elections.taiwan") == 2**31 + int.from_bytes(digest[:4], "big") // 2
    assert purpose_of("elections.taiwan") == 0xF662623A
    assert (LUCK, COME_LUCK) == (10, 24)


@given(st.text(max_size=20))
def test_a_purpose_fits_its_word(name: str) -> None:
    assert 2**31 <= purpose_of(name) <= ONES
