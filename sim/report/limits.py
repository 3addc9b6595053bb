"""The limits of the model, as `docs/limits.md` has them."""

from __future__ import annotations

LIMITS = (
    "The record is thin: about 30 departures since 1990, and nobody has come (back) since 2007.",
    "Bids that failed in secret were never seen, and threats a dozen times. The effect of money is read off the "
    "prices of bids that succeeded, as if they came from an auction. The strength of pressure is an assumption with a "
    "range, and moving that lever shows only what the assumption implies.",
    "The patrons' reactions hardly change the *count*: commitments and learning move it by a few hundredths of a "
    "state. They show in prices.",
    "Five covariates rank the states, and not sharply: of a state that left and one that stayed in the same year, the "
    "model ranks the first higher about seven times in ten. Do not read a ranking into chances that differ by a point "
    "or two.",
    "What Taipei would pay to win a state rests on fourteen sums of 1989 to 2003, and who may come on a limit of size: "
    "three million people and a GDP of US$ 5 bn for states never with it.",
    "The truce, the famous pledges and the famous requests were chosen by people who knew what became of them.",
    "The leans of governments were coded by one person who saw how each term ended.",
    "Ties with Washington (trade, remittances, security) are those of about 2023-26, even in scenarios that begin "
    "earlier.",
    "US aid after fiscal 2020 is held at the mean of 2018-20. The cuts of 2025 are not in it, though aid is one of "
    "the five covariates.",
    "The atlas ends on 28 September 2026. For later days a scenario knows what its user's own record says, or assumes "
    "that nothing changed. From May 2026 to then, little more is known than who spoke for Taiwan in the United "
    "Nations.",
    "A state that left before the start carries no disappointment with what Beijing promised it: the packages are not "
    "known state by state.",
    "The two ties meet only in dependence on Washington, so nothing about military cooperation affects a return to "
    "Taipei.",
    "The record here holds nothing about military cooperation: its rates are counted on hosts all over the world, and "
    "its levers are assumed.",
)
"""A test compares them with that page."""
OF_HOSTS = 2
"""The last so many of them concern scenarios with hosts alone."""


def limits(hosts: bool) -> tuple[str, ...]:
    """The limits that concern a scenario, with hosts of Washington’s forces or without."""
    return LIMITS if hosts else LIMITS[:-OF_HOSTS]
