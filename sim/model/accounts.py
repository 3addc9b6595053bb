"""Accounts: what each patron pays each state over the horizon of a run, kept as the run goes.

Array functions shared by both engines. A package is put down when it is promised, for the months of it that lie
within the horizon, and what is left of it is struck off where it ends early; aid is added up month by month.
"""

from __future__ import annotations

import numpy as np

from sim.model import rules
from sim.model.compiled import part
from sim.model.terms import ACCOUNTS, BEIJING_DELIVERS, BEIJING_PROMISES, WASHINGTON_PAYS
from sim.model.timeline import Floats

OWED, OWED_SHARE, OWED_UNTIL, AID_LOST = range(ACCOUNTS, ACCOUNTS + 4)
BOOK = ACCOUNTS + 4
"""Columns of the book of a run, a row a place: the accounts, then Beijing's package that runs (US$ million a year, the
share of it that arrives, the month in which it ends) and what a host has lost of Washington's aid (US$ million a year,
below zero)."""


@part
def years_left(exposure: Floats) -> Floats:
    """(T + 1,) years of the horizon that are left after each month."""
    left = np.zeros(exposure.shape[0])
    for month in range(exposure.shape[0] - 1, 0, -1):
        left[month - 1] = left[month] + exposure[month] / 12.0
    return left


@part
def owed(book: Floats, place: int, month: int) -> float:
    """What Beijing pays a state by a package of this run, US$ million a year at face value."""
    if month >= book[place, OWED_UNTIL]:
        return 0.0
    return float(book[place, OWED])


@part
def package_begins(
    book: Floats, place: int, month: int, a_year: float, share: float, years: float, left: float
) -> None:
    """Beijing owes a state a package after this month, in place of one that runs.

    a_year : US$ million a year at face value; share : of it that arrives; left : years of the horizon that are left
    """
    package_ends(book, place, month, left)
    book[place, OWED], book[place, OWED_SHARE], book[place, OWED_UNTIL] = a_year, share, month + 12.0 * years
    due = rules.falls_due(a_year, years, left)
    book[place, BEIJING_PROMISES] += due
    book[place, BEIJING_DELIVERS] += share * due


@part
def package_ends(book: Floats, place: int, month: int, left: float) -> None:
    """What would have come of a package after this month is struck off."""
    rest = rules.falls_due(book[place, OWED], (book[place, OWED_UNTIL] - month) / 12.0, left)
    book[place, BEIJING_PROMISES] -= rest
    book[place, BEIJING_DELIVERS] -= book[place, OWED_SHARE] * rest
    book[place, OWED] = 0.0


@part
def washington_answers(book: Floats, place: int, aid: float, remittances: float, rent: float, left: float) -> None:
    """What an answer of Washington's changes for a host after this month, US$ million a year."""
    book[place, AID_LOST] += aid
    book[place, WASHINGTON_PAYS] += (aid + remittances + rent) * left


@part
def aid_returns(book: Floats, place: int, left: float) -> None:
    """Cooperation is restored, and the aid that answers took comes back."""
    book[place, WASHINGTON_PAYS] -= book[place, AID_LOST] * left
    book[place, AID_LOST] = 0.0
