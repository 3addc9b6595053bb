"""The chart of the hazard by month, over the sampled runs in which the decision is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.explain import Explanation
from sim.charts import fan
from sim.charts.explanation.months import DOING, by_month
from sim.charts.margin import EndLabel
from sim.charts.style import BLACK, BLUE, BLUE_HALF, BLUE_MOST
from sim.words import many, rate
from sim.words import month as month_of


def headline(name: str, decision: str, when: Mapping[str, Any]) -> str:
    """When the hazard is highest, and how high it is then on average."""
    at = next((month for month in when["months"] if month["month"] == when["highest"]), None)
    if at is None or at["mean"] is None:
        return f"{name}: the hazard of {DOING[decision]}, by month"
    return (
        f"{name}: the hazard of {DOING[decision]} is highest in {month_of(at['month'])}, {rate(at['mean'])} on average"
    )


def draw(explanation: Explanation) -> Figure:
    """The hazard by month over the sampled runs in which the decision is open: mean, half and 90 % of them."""
    result, when, subject = explanation.result, explanation.document["when"], explanation.subject
    months = [month for month in when["months"] if month["mean"] is not None]
    months = months[: next((place for place, month in enumerate(months) if month["row"] != place), len(months))]
    columns = {
        name: 100.0 * np.array([month[name] for month in months]) for name in ("mean", "q05", "q25", "q75", "q95")
    }
    last = {name: float(values[-1]) for name, values in columns.items()}
    ends = [
        EndLabel(f"mean: {rate(last['mean'] / 100.0)}", last["mean"], BLUE, BLACK, bold=True),
        EndLabel("half of runs", (last["q25"] + last["q75"]) / 2, BLUE_HALF, BLACK),
        EndLabel("90 % of runs", (last["q75"] + last["q95"]) / 2, BLUE_MOST, BLACK),
    ]
    still_open = round(months[-1]["open"] * explanation.document["sampled_runs"])
    more = f"In {month_of(months[-1]['month'])} it is open in {many(still_open, 'run')}."
    sampled = many(explanation.document["sampled_runs"], "run")
    still = {"leave": "still with Taipei", "return": "not yet back", "suspend": "still cooperating"}[subject.decision]
    measure = (
        f"Annual hazard, %, by month, over those of {sampled} of the result in which it is {still}: mean, and where "
        "half and 90 % of them are. Runs with a high hazard drop out first, so the mean falls by itself."
    )
    title = headline(subject.name, subject.decision, when)
    with by_month(result, when["calendar"], len(months), ends, title, measure, more) as (drawing, plot, edges):
        fan.bands(plot, edges, columns)
        fan.mean(plot, edges, columns)
        plot.set_ylim(0.0, max(float(columns["q95"].max()), float(columns["mean"].max())) * 1.06)
        plot.set_ylabel("% a year")
        plot.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
        plot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.10g}"))
    return drawing
