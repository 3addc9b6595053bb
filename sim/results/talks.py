"""The talks that a result holds: from the engines' numbers to a table, and what they come to for each state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.terms import (
    LEFT,
    OUTCOMES,
    SIDES,
    TAIPEI,
    TALK_BEIJING,
    TALK_CLOSED,
    TALK_COLUMNS,
    TALK_ENDS,
    TALK_OPENED,
    TALK_PRESSURE,
    TALK_PUBLIC,
    TALK_RUN,
    TALK_SIDE,
    TALK_STATE,
    TALK_TAIPEI,
    TALK_TERMS,
    TALK_TRIGGER,
    TRIGGERS,
)
from sim.results.parts import Coded, in_words
from sim.results.table import FLAG, MONTH, NUMBER, TEXT, WHOLE, Columns, Table, as_told
from sim.results.tables import RECOGNITION, Place

TALKS: Columns = {
    "run": WHOLE, "opened": MONTH, "closed": MONTH, "iso3": TEXT, "side": TEXT, "public": FLAG, "trigger": TEXT,
    "beijing_limit": NUMBER, "taipei_limit": NUMBER, "pressure": NUMBER, **dict.fromkeys(TALK_TERMS, NUMBER),
    "acceptance": NUMBER, "chance": NUMBER, "outcome": TEXT, "price": NUMBER, "price_musd": NUMBER,
}  # fmt: skip
"""Columns of `talks.parquet`."""


def before(months: Sequence[str]) -> str:
    """The month before the first: where talks count as opened that were open at the start."""
    return str(np.datetime64(months[0], "M") - 1)


def talks_part(rows: NDArray[np.float64], months: Sequence[str], codes: Sequence[str]) -> dict[str, Any]:
    """The engines' concluded talks as columns: months by label, texts as codes, trigger and outcome in words.

    rows : (talks, TALK_COLUMNS)
    """

    def words(column: int, known: Sequence[str], shift: int = 0) -> Coded:
        return Coded(rows[:, column].astype(np.int64) + shift, known)

    def number(column: int) -> NDArray[np.float64]:
        return rows[:, column].copy()

    dated = [before(months), *months]
    return {
        "run": rows[:, TALK_RUN].astype(np.int32),
        "opened": words(TALK_OPENED, dated, 1),
        "closed": words(TALK_CLOSED, dated, 1),
        "iso3": words(TALK_STATE, codes),
        "side": words(TALK_SIDE, SIDES[RECOGNITION]),
        "public": rows[:, TALK_PUBLIC] != 0.0,
        "trigger": words(TALK_TRIGGER, TRIGGERS),
        "beijing_limit": number(TALK_BEIJING),
        "taipei_limit": number(TALK_TAIPEI),
        "pressure": number(TALK_PRESSURE),
        **{name: number(column) for name, column in TALK_TERMS.items()},
        "acceptance": number(TALK_ENDS["acceptance"]),
        "chance": number(TALK_ENDS["chance"]),
        "outcome": words(TALK_ENDS["outcome"], OUTCOMES),
        "price": number(TALK_ENDS["price"]),
        "price_musd": number(TALK_ENDS["price_musd"]),
    }


def talks_table(rows: NDArray[np.float64], months: Sequence[str], codes: Sequence[str]) -> Table:
    """The same with texts in words."""
    return in_words(talks_part(rows, months, codes))


def no_talks() -> Table:
    """The table without a row."""
    return talks_table(np.empty((0, TALK_COLUMNS)), ["2000-01"], ["XXX"])


def of_states(talks: Mapping[str, Any], places: Sequence[Place], runs: int) -> Table:
    """Columns of `states.csv`, one row per place: concluded talks per run, share of them that was lost, mean price.

    Of a state with Taipei at the start those of leaving it, of the others those of coming to it.

    runs : to which the talks belong; none: all is blank
    Counted are talks about leaving the side of the start: with Taipei, or not. `price` is what the side that wins such
    a state pays, % of GDP a year. A state without talks, or without lost ones, has blanks for what is not there; so has
    a tie that nobody bids for.
    """
    table: dict[str, list[float | None]] = {"talks": [], "talks_lost": [], "price": []}
    codes, lost, prices = (np.asarray(talks[name]) for name in ("iso3", "outcome", "price"))
    lost, with_taipei = lost == OUTCOMES[LEFT], np.asarray(talks["side"]) == SIDES[RECOGNITION][TAIPEI]
    for place in places:
        if place.tie != RECOGNITION or not runs:
            values: tuple[float | None, ...] = (None, None, None)
        else:
            own = (codes == place.iso3) & (with_taipei == (place.at_start == SIDES[RECOGNITION][TAIPEI]))
            count, left = int(own.sum()), int((own & lost).sum())
            price = float(prices[own & lost].mean()) if left else None
            values = (count / runs, left / count if count else None, price)
        for column, value in zip(table.values(), values, strict=True):
            column.append(as_told(value))
    return Table(table)
