"""A state over all runs of a result: its chance, the terms of its decisions, and the months in which they come."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.dates import calendar_of
from sim.analysis.subject import LABELS, Subject, first_decisions
from sim.model.plan import Plan
from sim.model.terms import DECISIONS, HAZARD, SIDE, TERMS
from sim.results.tables import LEVELS

Row = dict[str, Any]


def chance(subject: Subject) -> dict[str, Any]:
    """The chance at the end, as in the result's table of states, and the months of the decision."""
    result = subject.result
    table = result.states_of(subject.tie)
    row = table["iso3"].index(subject.iso3)
    document: dict[str, Any] = {
        name: table[f"p_end{suffix}"][row]
        for name, suffix in (("p", ""), ("low", "_low"), ("high", "_high"), ("mc", "_mc"))
    }
    _, when = first_decisions(subject)
    points = _points(when.astype(np.float64), method="inverted_cdf")
    document |= {"decided_runs": int(when.shape[0])}
    names = {"early": "low", "median": "middle", "late": "high"}
    return document | {name: None if points is None else result.months[int(points[key])] for name, key in names.items()}


def _points(values: NDArray[np.float64], method: Any = "linear") -> dict[str, float] | None:
    """Mean, 5, 50 and 95 % points; None without values."""
    if values.shape[0] == 0:
        return None
    low, middle, high = np.quantile(values, [LEVELS[0], 0.5, LEVELS[-1]], method=method).tolist()
    return {"mean": float(values.mean()), "low": low, "middle": middle, "high": high}


def _undecided(subject: Subject, rows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(runs, T + 1) whether the decision was open in a month."""
    undecided: NDArray[np.bool_] = DECISIONS[subject.decision].may_follow(rows[:, :, SIDE])
    if subject.decision == "return":
        undecided &= rows[:, :, HAZARD] > 0.0
    return undecided


def terms(subject: Subject, rows: NDArray[np.float64]) -> list[Row]:
    """One row per term: at the decisions of all runs, beside all open months of the sampled ones."""
    names = (*DECISIONS[subject.decision].terms, "hazard")
    taken, undecided = subject.decisions(*names), _undecided(subject, rows)
    labels = LABELS[subject.decision] | {"hazard": "hazard, a year"}
    table = []
    for name in names:
        at = _points(taken[name])
        usual = _points(rows[:, :, HAZARD if name == "hazard" else TERMS[name]][undecided])
        row: Row = {"term": name, "label": labels[name]}
        for which, values in (("decision", at), ("months", usual)):
            for key in ("mean", "low", "high"):
                row[f"{which}_{key}"] = None if values is None else values[key]
        apart = None if at is None or usual is None else at["mean"] - usual["mean"]
        table.append(row | {"difference": apart})
    return table


def when(subject: Subject, plan: Plan, rows: NDArray[np.float64]) -> dict[str, Any]:
    """The hazard by month over the sampled runs in which the decision is still open."""
    undecided = _undecided(subject, rows)
    months = []
    for row, label in enumerate(subject.result.months):
        hazards = rows[undecided[:, row], row, HAZARD]
        document: Row = {"month": label, "row": row, "open": float(undecided[:, row].mean())}
        levels = [None] * 4 if hazards.shape[0] == 0 else np.quantile(hazards, [0.05, 0.25, 0.75, 0.95]).tolist()
        mean = None if hazards.shape[0] == 0 else float(hazards.mean())
        months.append(document | {"mean": mean, **dict(zip(("q05", "q25", "q75", "q95"), levels, strict=True))})
    known = [month for month in months if month["mean"] is not None]
    return {
        "months": months,
        "highest": max(known, key=lambda month: (month["mean"], -month["row"]))["month"] if known else None,
        "calendar": list(calendar_of(subject, plan)),
    }
