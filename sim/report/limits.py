"""The limits of the model, as the README has them."""

from __future__ import annotations

LIMITS = (
    "The record is thin: about 30 departures since 1990, and nobody has come (back) since 2007.",
    "Bids that failed in secret were never seen, and threats a dozen times. What money does is read off the prices of "
    "bids that succeeded, as if they were an auction's; the strength of pressure is an assumption with a range, and "
    "what you learn by turning that lever is what the assumption implies.",
    "What patrons' answers do to the *count* is small: commitments and learning move it by a few hundredths of a "
    "state. They show in prices.",
    "Five covariates rank the states, and not sharply: of two states in the same year the model puts the one that "
    "left first about seven times in ten. Do not read a ranking into chances that differ by a point or two.",
    "What Taipei would pay to win a state rests on fourteen sums of 1989 to 2003, and who may come on a cut by size: "
    "three million people and a GDP of US$ 5 bn for states never with it.",
    "The truce, the famous pledges and the famous requests were picked knowing what became of them.",
    "The leans of governments were coded by one person who saw how each term ended.",
    "Ties with Washington (trade, remittances, security) are a picture of about 2023-26, also in scenarios that "
    "begin earlier.",
    "US aid after fiscal 2020 is held at the mean of 2018-20. The cuts of 2025 are not in it, though aid is one of "
    "the five covariates.",
    "The atlas ends on 28 September 2026; of later days a scenario knows what its user's own record says, or assumes "
    "that nothing changed. Of the months from May to then little more is known than who spoke for Taiwan in the "
    "United Nations.",
    "A state that left before the start carries no disappointment with what Beijing promised it: the packages are "
    "not known state by state.",
    "The two ties meet only in dependence on Washington, so nothing about military cooperation moves a return to "
    "Taipei.",
    "Military cooperation has no record here to be held against: its rates are counted on hosts all over the world, "
    "and its levers are assumed.",
)
"""A test compares them with the README."""
OF_HOSTS = 2
"""The last so many of them concern scenarios with hosts alone."""


def limits(hosts: bool) -> tuple[str, ...]:
    """The limits that concern a scenario, with hosts of Washington’s forces or without."""
    return LIMITS if hosts else LIMITS[:-OF_HOSTS]
