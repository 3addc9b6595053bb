"""What a point of a sweep changes: the difference from another point, run by run, with the same random numbers."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.results.tables import paired
from sim.scenario.schema import MOST_RUNS

Ends = dict[str, NDArray[np.uint8]]
"""By outcome its value at the end of each run, (runs,): a count, or 1 for a tie that stands elsewhere."""

CHANGES = ("_change", "_change_mc", "_change_low", "_change_high")
"""Columns that an outcome has beside its own: the mean difference; its Monte Carlo standard error, of pairs of runs;
its 5 % and 95 % points over parameter draws, luck removed. In states, or as a chance from -1 to 1."""
_MOST_OUTCOMES = 1_000


def changes(own: Ends, against: Ends, per_draw: int, central: bool) -> dict[str, float | None]:
    """The columns of `CHANGES` for every outcome that two points share.

    per_draw : runs that share a draw of the parameters; central : whether there is one draw only
    """
    shared = [name for name in own if name in against]
    if not shared:
        return {}
    pairs = np.array([own[name] for name in shared], dtype=np.int64) - np.array([against[name] for name in shared])
    # In most states no run differs.
    nothing = paired(np.zeros_like(pairs[0]), per_draw, central=True)
    columns: dict[str, float | None] = {}
    for name, differs, row in zip(shared, pairs.any(axis=1).tolist(), pairs, strict=True):
        difference = paired(row, per_draw, central) if differs else nothing
        columns |= zip(_columns_of(name), difference, strict=True)
    return columns


@cache
def _columns_of(outcome: str) -> tuple[str, ...]:
    return tuple(outcome + end for end in CHANGES)


def packed_ends(where: Mapping[str, NDArray[np.uint8]]) -> str:
    """The ends of runs as text: names, runs, and the numbers compressed."""
    table = np.stack(list(where.values()))
    content = base64.b85encode(zlib.compress(table.tobytes(), 6)).decode()
    return json.dumps([list(where), table.shape[1], content])


def unpacked_ends(text: str) -> Ends:
    """What `packed_ends` made a text of. Raises ValueError where it is none."""
    names, runs, content = json.loads(text)
    if not (0 < len(names) <= _MOST_OUTCOMES and 0 < runs <= MOST_RUNS):
        raise ValueError("no table of ends has this shape")
    size = len(names) * runs
    table = np.frombuffer(zlib.decompressobj().decompress(base64.b85decode(content), size), np.uint8)
    return dict(zip(names, table.reshape(len(names), runs), strict=True))
