"""Results made by hand: small, without the engines, with chances that are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.atlas import record, states
from sim.model.terms import SIDES
from sim.results.result import Result
from sim.results.tables import rows_of
from sim.words import month_end

Make = Callable[..., Result]


def made(
    start: date = date(2021, 12, 10),
    end: date = date(2026, 12, 31),
    runs: int = 200,
    hazard: float = 0.004,
    seed: int = 1,
    name: str = "a-test",
    title: str = "A test",
    former: tuple[str, ...] = ("PAN", "SLV"),
    hosts: tuple[str, ...] = (),
    **sections: Any,
) -> Result:
    """Every recogniser leaves, and every former one returns, with the same chance a month, for good.

    Every host suspends cooperation with a higher chance, the later ones more, and restores it after 20 months.
    """
    luck = np.random.default_rng(seed)
    codes = list(record().recognisers(start))
    members = [(code, states()[code].name, "taipei") for code in codes]
    members += [(code, states()[code].name, "beijing") for code in former]
    length = (end.year - start.year) * 12 + end.month - start.month + 1
    first = start.year * 12 + start.month - 1
    months = tuple(f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(first, first + length))
    rows = []
    counts = np.full((runs, length), len(codes), dtype=np.int64)
    for run in range(runs):
        for state, (_, _, side) in enumerate(members):
            # Draws of ten runs share a hazard, so that there is a range over draws.
            chance = hazard * (0.5 + (run // 10) % 3)
            month = int(luck.geometric(chance)) - 1 if chance > 0.0 else length
            if month < length:
                leaves = side == "taipei"
                rows.append((run, month, state, *((0, 1) if leaves else (1, 0))))
                counts[run, max(1, month) :] += -1 if leaves else 1
    cooperation = np.full((runs, length), len(hosts), dtype=np.int64)
    for run in range(runs if hazard else 0):
        for host in range(len(hosts)):
            month = int(luck.geometric(min(1.0, hazard * (0.5 + (run // 10) % 3) * (host + 1))))
            for row, side in ((month, 1), (month + 20, 0)):
                if row < length:
                    rows.append((run, row, len(members) + host, 1 - side, side))
                    cooperation[run, row:] += 1 - 2 * side
    rows.sort()
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 5)
    changes = {key: table[:, column] for column, key in enumerate(("run", "month", "state", "from", "to"))}
    days = [start, *map(month_end, months[1:])]
    known = record()
    return Result(
        scenario={"scenario": {"name": name, "title": title, "start": str(start), "end": str(end)}, **sections},
        months=months,
        members=tuple(members),
        counted={"recognition": counts.astype(np.uint8)}
        | ({"cooperation": cooperation.astype(np.uint8)} if hosts else {}),
        changes=changes | {"hazard": np.zeros(len(rows))},
        observed=tuple(known.count(day) if day <= known.confirmed_until else None for day in days),
        settings={"seed": seed, "runs": runs, "parameters": "drawn", "runs_per_draw": 10, "id": "0123456789abcdef"},
        beliefs=(),
        budgets={"beijing": 1.0, "taipei": 1.0},
        hosts=tuple((code, states()[code].name) for code in hosts),
        expected=chances_met(runs, hazard, len(members), len(hosts), length - 1),
    )  # fmt: skip


def chances_met(runs: int, hazard: float, members: int, hosts: int, last: int) -> np.ndarray:
    """(draws, members + hosts, H, 2) sums, and sums of squares, over each draw's runs of the chances known by month."""
    draw = np.arange(-(-runs // 10))
    serves = np.minimum(10, runs - 10 * draw)
    month = np.array(rows_of(last))
    ranks = np.concatenate([np.ones(members), np.arange(1, hosts + 1)])
    hazards = np.minimum(1.0, hazard * (0.5 + draw % 3)[:, None] * ranks)[:, :, None]
    host = np.arange(members + hosts)[None, :, None] >= members
    by_then = 1.0 - (1.0 - hazards) ** np.where(host, month, month + 1)
    restored = np.where(host, 1.0 - (1.0 - hazards) ** np.maximum(0, month - 20), 0.0)
    chance = by_then - restored
    return np.stack([chance, chance**2], axis=-1) * serves[:, None, None, None]


assert SIDES == {"recognition": ("taipei", "beijing", "none"), "cooperation": ("active", "suspended")}


@pytest.fixture(scope="session")
def make() -> Make:
    """`made`, for the tests."""
    return made


def event(when: str, state: str = "", chance: Any = 1.0, enabled: bool = True) -> dict[str, Any]:
    """An event as a resolved scenario holds it."""
    told = {"type": "order", "date": when, "chance": chance, "enabled": enabled}
    return told | ({"state": state} if state else {})


@pytest.fixture(scope="session")
def eventful() -> Result:
    """A result whose scenario has events of every sort."""
    events = {
        "before": event("2021-11-28", "HND"),
        "castro": event("2022-01-27", "HND"),
        "order": event("2023-03-14", "HND", chance={"central": 0.4, "low": 0.2, "high": 0.6}),
        "left-out": event("2023-05-01", "HND", enabled=False),
        "truce": event("2024-06-01"),
        "after": event("2027-01-01", "HND"),
        "a-name-that-is-far-too-long-to-be-written-out-in-full": event("2026-12-20", "PRY"),
    }
    vote = {"tw": {"date": "2024-01-13", "state": "TWN", "enabled": True, "outcomes": {}}}
    return made(events=events, elections=vote)
