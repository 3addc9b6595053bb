"""Who might come to Taipei: states that left it, whenever, and small ones that never were with it."""

from __future__ import annotations

from datetime import date

from sim.atlas.economy import Economy, economies, economy
from sim.atlas.own import OwnFacts, cached
from sim.atlas.record import Record, record
from sim.atlas.states import states
from sim.errors import AtlasError

MOST_PEOPLE, MOST_GDP_USD = 3e6, 5e9
"""A state that never was with Taipei is a candidate up to this size (persons; US dollars of the year): a choice. All of
the record's first comers since 1972 lie within it in the year before (the largest: Macedonia, two million people and
3.8 bn, in 1999), but for South Africa in 1976."""
APART = frozenset({"USA", "VAT"})
"""Washington is a patron; the Holy See has no economy to weigh."""


def is_small(books: Economy) -> bool:
    """Whether a state that never was with Taipei is small enough to be a candidate."""
    return books.population <= MOST_PEOPLE and books.gdp_usd <= MOST_GDP_USD


def may_come(known: Record, iso3: str, day: date, year: int, own: OwnFacts | None = None) -> bool:
    """Whether a state is a candidate at the end of a day, by the figures of the year before `year`.

    It is not with Taipei, and either left it at some time, or was a member of the United Nations before `year` began
    and is small. That a small state is with Beijing is not on the record, only that it is not with Taipei.
    """
    if iso3 in APART or known.side(iso3, day) == "taipei":
        return False
    if known.last_departure(iso3, day) is not None:
        return not any(change.kind == "state_ceased" and change.date <= day for change in known.changes_of(iso3))
    since = states()[iso3].un_member_since
    if since is None or since >= year:
        return False
    try:
        return is_small(economy(iso3, year - 1, own))
    except AtlasError:
        return False


@cached
def candidates(as_of: date, own: OwnFacts | None = None) -> tuple[str, ...]:
    """The candidates at the end of a day, sorted by code."""
    known = record(own=own)
    codes = sorted({code for code, _ in economies()})
    return tuple(code for code in codes if may_come(known, code, as_of, as_of.year, own))
