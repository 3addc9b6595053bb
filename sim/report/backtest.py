"""How good such forecasts have been: the scores of the backtest that the package keeps, as a table and in words."""

from __future__ import annotations

from typing import Any

from sim.backtest.mechanisms import HAZARD
from sim.backtest.scores import NAMES, SIMULATION, published
from sim.words import listed

SCORES = (
    ("crps", 1, "Count, error (CRPS), 1 year ahead"),
    ("crps", 5, "Count, error (CRPS), 5 years ahead"),
    ("coverage_90", 5, "90 % band holds, 5 years ahead"),
    ("log_score", 1, "States, log score, 1 year ahead"),
    ("auc_within_year", 1, "States, ranked rightly (AUC), 1 year ahead"),
)
"""Columns of the backtest's table: score, years ahead, heading."""


def _scored() -> dict[tuple[str, str, int], dict[str, Any]]:
    return {(row["model"], row["score"], row["horizon"]): row for row in published()}


def table() -> dict[str, Any]:
    """The table of the backtest: one row per forecaster."""
    rows = _scored()
    forecasters = []
    for model in dict.fromkeys(row["model"] for row in published()):
        cells = []
        for score, horizon, _ in SCORES:
            row = rows[model, score, horizon]
            if row["value"] is None:
                cells.append({"value": "–", "span": ""})
                continue
            digits = 3 if score == "log_score" else 2
            span = f"{row['low']:.{digits}f} to {row['high']:.{digits}f}"
            cells.append({"value": f"{row['value']:.{digits}f}", "span": span})
        forecasters.append({"name": NAMES.get(model, model), "own": model == SIMULATION, "cells": cells})
    return {"heads": [heading for _, _, heading in SCORES], "rows": forecasters}


def sentences() -> list[str]:
    """What the scores say, in sentences."""
    rows = _scored()

    def value(score: str, horizon: int, model: str = SIMULATION) -> float:
        return float(rows[model, score, horizon]["value"])

    held = listed([f"{100 * value('coverage_90', years):.0f} %" for years in (1, 3, 5)])
    auc = rows[SIMULATION, "auc_within_year", 1]
    rivals = [model for model in NAMES if model not in (SIMULATION, HAZARD)]
    best = min(rivals, key=lambda model: value("crps", 5, model))
    own, other = value("crps", 5), value("crps", 5, best)
    verdict = "no better than" if own >= other else "against"
    return [
        f"The bands meant to hold 90 % of the counts held {held} of them, one, three and five years ahead.",
        f"Of two states in the same year, one that left and one that stayed, it had ranked the first higher in "
        f"{100 * auc['value']:.0f} % of the pairs ({100 * auc['low']:.0f} to {100 * auc['high']:.0f} %); a coin gives "
        "50 %.",
        f"The count five years ahead was missed by {own:.2f} states (CRPS), {verdict} {other:.2f} for the best of the "
        f"simple forecasters ({NAMES[best]}).",
    ]
