"""Random numbers by address: one uniform for each (seed, run, month, state, purpose), in any order.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
2011): the key is the seed, the counter the address, so a number does not depend on what was drawn before it,
on the number of runs, or on threads. Purposes are numbers never reused (1 and 2 were a state's decisions to leave
and to return in each month); those of parameters, elections and events come from their names, so an election moved in
time keeps its number.
"""

from __future__ import annotations

import hashlib

from sim.model.compiled import part

SUSPEND = 3
"""Purpose: a host's decision to suspend military cooperation (month absolute, state code)."""
RESTORE = 4
"""Purpose: the restoring of suspended cooperation (month absolute, state code)."""
ANSWER = 5
"""Purpose: whether Washington answers a suspension by cutting aid (month absolute, state code)."""

IN_TALKS = 6
"""Purpose: whether a state is in talks at the start (month before that of the start, state code)."""
OPENING = 7
"""Purpose: when talks open of themselves (month in which the state was idle again, state code)."""
PUBLIC = 8
"""Purpose: whether talks open in public (month in which they opened, state code)."""
CLOSING = 9
"""Purpose: when talks close (month in which they opened, state code)."""
LUCK = 10
"""Purpose: who wins the talks, and at what price (month in which they opened, state code)."""
PLEDGED = 11
"""Purpose: whether a pledge opens talks (month absolute, state code)."""
REASSURED = 12
"""Purpose: whether a reassurance closes talks (month absolute, state code)."""
DELIVERED = 13
"""Purpose: what of Beijing's promises arrives (month of leaving, state code)."""

COME_IN_TALKS = 20
"""Purpose: whether a state not with Taipei is in talks with it at the start (month before that of the start, code)."""
COME_OPENING = 21
"""Purpose: when such talks open (month in which the state was idle again, state code)."""
COME_PUBLIC = 22
"""Purpose: whether they open in public (month in which they opened, state code)."""
COME_CLOSING = 23
"""Purpose: when they close (month in which they opened, state code)."""
COME_LUCK = 24
"""Purpose: who wins them, and at what price (month in which they opened, state code)."""

BARGAIN = 30
"""Purpose: how Washington answers a host's words or notice (month absolute, state code)."""

_MASK = 0xFFFFFFFF
_MULTIPLIER_0 = 0xD2511F53
_MULTIPLIER_1 = 0xCD9E8D57
_WEYL_0 = 0x9E3779B9
_WEYL_1 = 0xBB67AE85
_ROUNDS = 10


@part
def philox(key_0: int, key_1: int, c0: int, c1: int, c2: int, c3: int) -> tuple[int, int, int, int]:
    """One block of Philox4x32-10: four 32-bit words from a 64-bit key and a 128-bit counter, as words.

    All in 64-bit integers masked to 32 bits, which wrap alike in Python and in compiled code.
    """
    for _ in range(_ROUNDS):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = ((product_1 >> 32) & _MASK) ^ c1 ^ key_0
        c2 = ((product_0 >> 32) & _MASK) ^ c3 ^ key_1
        c1 = product_1 & _MASK
        c3 = product_0 & _MASK
        key_0 = (key_0 + _WEYL_0) & _MASK
        key_1 = (key_1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@part
def uniform(seed: int, run: int, month: int, state: int, purpose: int) -> float:
    """The uniform number at an address, in [0, 1), on a grid of 2^-53.

    seed : 0 to 2^63 - 1; run, month (year * 12 + month - 1), state (`state_code`), purpose : 0 to 2^32 - 1
    """
    word_0, word_1, _, _ = philox(seed & _MASK, (seed >> 32) & _MASK, run, month, state, purpose)
    return float((word_0 >> 5) * 67108864 + (word_1 >> 6)) * (1.0 / 9007199254740992.0)


def state_code(iso3: str) -> int:
    """A state's number, made from its ISO letters (never from a position): AAA is 0, ZZZ 17575."""
    return sum((ord(letter) - ord("A")) * 26**place for place, letter in enumerate(reversed(iso3)))


def purpose_of(name: str) -> int:
    """The purpose number of a named draw: 31 bits of its SHA-256, above all numbered purposes."""
    return (1 << 31) | (int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") >> 1)
