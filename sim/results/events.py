"""The changes that a result holds: from the engines' numbers to the columns of `events.parquet`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.terms import SIDES, TIES
from sim.results.parts import Coded, Part, in_words
from sim.results.table import Table
from sim.results.tables import Place

HEADS = ("run", "month", "state", "from", "to")
"""Columns of the changes that place them; the others are what was weighed."""


def events_part(changes: Mapping[str, NDArray[Any]], months: Sequence[str], places: Sequence[Place]) -> Part:
    """The rows of `events.parquet` for some changes, texts and months as codes."""
    state = changes["state"]
    tie = np.array([TIES.index(place.tie) for place in places], dtype=np.int64)[state]
    sides = [side for name in TIES for side in SIDES[name]]
    shift = np.cumsum([0, *(len(SIDES[name]) for name in TIES)])[tie]
    return {
        "run": changes["run"],
        "month": Coded(changes["month"], months),
        "iso3": _named([place.iso3 for place in places], state),
        "tie": Coded(tie, TIES),
        "from": Coded(changes["from"] + shift, sides),
        "to": Coded(changes["to"] + shift, sides),
        **{name: values for name, values in changes.items() if name not in HEADS},
    }


def _named(codes: Sequence[str], which: NDArray[Any]) -> Coded:
    """Texts, each once among the labels, though `codes` may have one twice."""
    labels = list(dict.fromkeys(codes))
    return Coded(np.array([labels.index(code) for code in codes], dtype=np.int64)[which], labels)


def events_table(changes: Mapping[str, NDArray[Any]], months: Sequence[str], places: Sequence[Place]) -> Table:
    """The same with texts in words."""
    return in_words(events_part(changes, months, places))
