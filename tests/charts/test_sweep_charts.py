"""The charts of a sweep: what they show, that nothing is cut or covered, and that they repeat byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np

Document = dict[str, Any]

ATTENTION, BUDGET, ACCEPTANCE = "washington.attention", "beijing.budget", "beijing.acceptance"
INAUGURATION = "events.castro-inauguration.date"
LONG = "elections.honduras-general-election-2025.outcomes.libre-wins-again.effects.pledge-to-return-to-taipei.chance"
STATES = {"HND": "Honduras", "GTM": "Guatemala", "VCT": "Saint Vincent and the Grenadines"}


def made(
    varied: dict[str, Sequence[Any]],
    design: str = "grid",
    points: int = 64,
    failed: Sequence[int] = (),
    done: int | None = None,
    runs: int = 1000,
    reference: dict[str, Any] | None = None,
) -> Document:
    """A sweep's document with plausible outcomes, the same ones each time; the points after `done` are to come.

    varied : in a grid the values by path, else the two ends
    """
    luck = np.random.default_rng(11)
    dates = {path: isinstance(values[0], date) for path, values in varied.items()}
    if design == "grid":
        rows = list(product(*varied.values()))
    else:
        columns = []
        for path, (low, high) in varied.items():
            ranks = (luck.permutation(points) + 0.5) / points
            columns.append(
                [
                    low + timedelta(days=int(r * (high - low).days)) if dates[path] else float(low + r * (high - low))
                    for r in ranks
                ]
            )
        rows = list(zip(*columns, strict=True))
    table: Document = {"point": list(range(len(rows)))}
    values: dict[str, list[Any]] = {}
    shares = []
    for place, (path, known) in enumerate(varied.items()):
        held = [row[place] for row in rows]
        distinct = list(known) if design == "grid" else sorted(set(held))
        table[path] = [str(value) if dates[path] else value for value in held]
        values[path] = [str(value) if dates[path] else value for value in distinct]
        order = {str(value): n / max(1, len(distinct) - 1) for n, value in enumerate(distinct)}
        shares.append([order[str(value)] for value in held])
    finished = len(rows) if done is None else done
    table["error"] = ["did not run" if n in failed and n < finished else None for n in table["point"]]
    weights = [0.6, -0.45, 0.3, 0.1, 0.0]
    outcomes: list[Document | None] = []
    for point in range(len(rows)):
        pull = 0.35 + sum(w * (share[point] - 0.5 * (w < 0)) for w, share in zip(weights, shares, strict=False))
        mean = 12.4 - 3.0 * pull + float(luck.normal(0, 0.05 if design == "grid" else 0.2))
        row: Document = {"mean": mean, "mean_mc": 0.045}
        for name, z in (("q05", -1.64), ("q25", -0.67), ("q50", 0.1), ("q75", 0.67), ("q95", 1.4)):
            row[name] = min(14, round(mean + 1.6 * z))
        for place, code in enumerate(STATES):
            p = float(np.clip((0.75, 0.3, 0.06)[place] * (0.4 + pull) + luck.normal(0, 0.012), 0.0, 1.0))
            row |= {f"p_end_{code}": p, f"p_end_{code}_mc": float(np.sqrt(p * (1 - p) / runs))}
        outcomes.append(None if point >= finished or table["error"][point] else row)
    names = ["mean", "mean_mc", "q05", "q25", "q50", "q75", "q95"]
    names += [f"p_end_{code}{suffix}" for code in STATES for suffix in ("", "_mc")]
    for name in names:
        table[name] = [None if row is None else row[name] for row in outcomes]
    document: Document = {
        "scenario": "honduras-2021",
        "title": "Honduras after Nicaragua: who still recognises Taipei by the end of 2026?",
        "runs": runs,
        "seed": 2021,
        "design": design,
        "end": "2026-12",
        "count_at_start": 14,
        "points": len(rows),
        "done": sum(row is not None for row in outcomes),
        "failed": sum(error is not None for error in table["error"]),
        "varied": [{"path": path, "values": held, "is_date": dates[path]} for path, held in values.items()],
        "states": dict(STATES),
        "columns": table,
    }
    return document | ({"reference": reference} if reference else {})


def steps(low: float, high: float, count: int) -> list[float]:
    """Evenly spaced values."""
    return [float(value) for value in np.linspace(low, high, count)]


MONTHS = [date(2022 + n // 12, n % 12 + 1, 27) for n in range(0, 36, 3)]
TWO_FORMER = {ATTENTION: [0.0, 0.5, 1.0, 1.5, 2.0, 3.0], BUDGET: [0.0, 0.5, 1.0, 2.0, 4.0]}
MANY = {
    ATTENTION: (0.0, 3.0),
    BUDGET: (0.0, 4.0),
    "parameters.backfire_effect": (-0.014, 0.097),
    INAUGURATION: (date(2022, 1, 27), date(2024, 6, 1)),
    LONG: (0.0, 1.0),
}

CASES: dict[str, dict[str, Any]] = {
    "one": {"varied": {ATTENTION: steps(0, 3, 21)}, "reference": {ATTENTION: 1.0}},
    "one-few": {"varied": {BUDGET: [0, 0.5, 1, 2, 4, 10]}, "reference": {BUDGET: 1}},
    "one-dates": {"varied": {INAUGURATION: MONTHS}, "reference": {INAUGURATION: "2022-01-27"}},
    "one-dates-near": {"varied": {INAUGURATION: [date(2022, 1, n) for n in range(1, 29)]}},
    "one-partial": {"varied": {ATTENTION: steps(0, 3, 21)}, "done": 13, "failed": (4, 5, 7)},
    "one-latin": {"varied": {ATTENTION: (0.0, 3.0)}, "design": "lhs", "points": 120, "failed": (3,)},
    "one-choices": {"varied": {"events.washington-lobbying.enabled": [False, True]}},
    "one-lists": {"varied": {"roster.remove": [[], ["HND"], ["GTM", "HND"]]}},
    "one-single": {"varied": {ATTENTION: [1.0]}, "reference": {ATTENTION: 1.0}},
    "one-nothing": {"varied": {ATTENTION: steps(0, 3, 7)}, "done": 0},
    "one-long": {"varied": {LONG: steps(0, 1, 11)}},
    "two": {"varied": TWO_FORMER, "reference": {ATTENTION: 1.0, BUDGET: 1.0}},
    "two-failed": {"varied": TWO_FORMER, "failed": (0, 7, 8), "done": 24},
    "two-wide": {"varied": {ATTENTION: steps(0, 3, 12), INAUGURATION: MONTHS}},
    "two-fine": {"varied": {ATTENTION: steps(0, 3, 31), BUDGET: steps(0, 4, 25)}, "failed": (40, 41), "done": 700},
    "two-dates-across": {"varied": {INAUGURATION: MONTHS[:8], LONG: steps(0, 1, 7)}},
    "two-small": {"varied": {ATTENTION: [0.5, 1.0], "events.washington-lobbying.enabled": [False, True]}},
    "two-nothing": {"varied": TWO_FORMER, "done": 0},
    "three": {
        "varied": {**TWO_FORMER, ACCEPTANCE: [0.05, 0.5, 1.0]},
        "reference": {ATTENTION: 1.0, BUDGET: 1.0, ACCEPTANCE: 1.0},
    },
    "three-partial": {"varied": {**TWO_FORMER, LONG: steps(0, 1, 5)}, "done": 110, "failed": (2, 50)},
    "three-fine": {"varied": {ATTENTION: steps(0, 3, 15), BUDGET: steps(0, 4, 15), INAUGURATION: MONTHS[:7]}},
    "many": {"varied": MANY, "design": "lhs", "points": 128, "reference": {ATTENTION: 1.0, BUDGET: 1.0}},
    "many-partial": {"varied": MANY, "design": "sobol", "points": 256, "done": 90, "failed": (5, 6, 30)},
    "many-few": {"varied": {ATTENTION: (0.0, 3.0), BUDGET: (0.0, 4.0)}, "design": "lhs", "points": 8},
    "many-grid": {"varied": {path: [0.5, 1.0, 2.0] for path in (ATTENTION, BUDGET, "taipei.budget", ACCEPTANCE)}},
    "many-points": {"varied": {ATTENTION: (0.0, 3.0), BUDGET: (0.0, 4.0)}, "design": "saltelli", "points": 5000},
}  # fmt: skip
