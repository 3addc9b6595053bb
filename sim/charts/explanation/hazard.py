"""The chart of the hazard by month, over the sampled runs in which the decision is open."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.explain import Explanation
from sim.charts import fan
from sim.charts.explanation.months import (
    BODY,
    DOING,
    END_SIZE,
    FOOT,
    LEFT,
    NOTE,
    WIDTH,
    End,
    edges_of,
    months_of,
    name_ends,
    room_of,
)
from sim.charts.result.events import LEVEL, SMALL, lines_of_names
from sim.charts.sheet import measured, sheet, write
from sim.charts.style import BLUE, BLUE_HALF, BLUE_MOST, GREY, MARGIN
from sim.charts.words import header, source
from sim.words import many, rate
from sim.words import month as month_of


def draw(explanation: Explanation) -> Figure:
    """The hazard by month over the sampled runs in which the decision is open: mean, half and 90 % of them."""
    result, when, subject = explanation.result, explanation.document["when"], explanation.subject
    months = [month for month in when["months"] if month["mean"] is not None]
    months = months[: next((place for place, month in enumerate(months) if month["row"] != place), len(months))]
    edges = edges_of(result, len(months))
    columns = {
        name: 100.0 * np.array([month[name] for month in months]) for name in ("mean", "q05", "q25", "q75", "q95")
    }
    last = {name: float(values[-1]) for name, values in columns.items()}
    ends = [
        End(f"mean: {rate(last['mean'] / 100.0)}", last["mean"], BLUE, True),
        End("half of runs", (last["q25"] + last["q75"]) / 2, BLUE_HALF),
        End("90 % of runs", (last["q75"] + last["q95"]) / 2, BLUE_MOST),
    ]
    right = max(measured(end.words, END_SIZE, bold=end.bold) for end in ends) + 0.38 + MARGIN
    still_open = round(months[-1]["open"] * explanation.document["sampled_runs"])
    said = f"In {month_of(months[-1]['month'])} it is open in {many(still_open, 'run')}."
    labels, lines = room_of(result, when["calendar"], edges, right, said)
    sampled = many(explanation.document["sampled_runs"], "run")
    still = {"leave": "still with Taipei", "return": "not yet back", "suspend": "still cooperating"}[subject.decision]
    measure = (
        f"Annual hazard, %, by month, over those of {sampled} of the result in which it is {still}: mean, and where "
        "half and 90 % of them are. Runs with a high hazard drop out first, so the mean falls by itself."
    )
    body = LEVEL * lines_of_names(labels) + 0.15 + BODY + FOOT + NOTE * len(lines)
    title = f"{subject.name}: the hazard of {DOING[subject.decision]}, by month"
    with sheet(WIDTH, body, title, header(result, measure), source([result])) as (drawing, top):
        frame = months_of(drawing, top, result, edges, labels, right)
        plot = frame.plot
        fan.bands(plot, edges, columns)
        fan.mean(plot, edges, columns)
        top_of = max(float(columns["q95"].max()), float(columns["mean"].max())) * 1.06
        plot.set_ylim(0.0, top_of)
        plot.set_ylabel("% a year")
        plot.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
        plot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.10g}"))
        name_ends(frame, ends, 0.0, top_of)
        foot = top + body - NOTE * len(lines) - 0.02
        write(drawing, LEFT, foot, lines, NOTE, color=GREY, size=SMALL, va="top")
    return drawing
