"""The chart of a fit: Beijing's packages against what the model says that a state of that size costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.charts.margin import Box, covered
from sim.charts.sheet import grid, measured, panel, sheet
from sim.charts.style import BLACK, BLUE_MOST, MARGIN, OBSERVED, SIMULATED
from sim.words import percent, spoken

Document = Mapping[str, Any]
"""What a fit writes; of it `as_of` and `money`."""

WIDTH, HEIGHT, LEFT = 9.0, 4.9, 0.75
"""Inches of the figure, of the panel's height, and left of it."""
HEAD, FOOT, RIGHT = 0.1, 0.86, 0.3
SMALL = 8.5
LINE = 0.14
"""Inches of a line of a label."""
APART = 0.07
"""Inches between a point and its label."""
FAR = 0.03
"""Square inches covered that a label may as well stand an inch further off for."""
TICKS_GDP = {30.0: "30 m", 100.0: "100 m", 300.0: "300 m"} | {1e3 * n: f"{n} bn" for n in (1, 3, 10, 30, 100)}
"""US$ million, and how they are written."""
TICKS_PRICE = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


def draw(document: Document) -> Figure:
    """One point per package, by the state's GDP, over the model's median and 90 % band; below, what is free."""
    money = document["money"]
    prices, seen = money["prices"], money["seen"]
    subtitle = (
        "% of GDP a year committed by Beijing after a switch, by GDP (US$) in that year\n"
        "Line and band: the model’s median and 90 %, ordinary lending and error of measurement included"
    )
    body = HEAD + HEIGHT + FOOT
    with sheet(WIDTH, body, heading(prices), subtitle, source(document)) as (drawing, top):
        plot = panel(drawing, LEFT, top + HEAD, WIDTH - LEFT - RIGHT, HEIGHT)
        sizes = [row["gdp_musd"] for row in seen]
        plot.set_xscale("log")
        plot.set_yscale("log")
        plot.set_xlim(sizes[0], sizes[-1])
        values = [row[key] for row in seen for key in ("low", "high")] + [row["percent"] for row in prices]
        plot.set_ylim(min(values) / 1.3, max(values) * 1.3)
        plot.minorticks_off()
        plot.set_yticks(*_ticks({value: f"{value:g}" for value in TICKS_PRICE}, *plot.get_ylim()))
        plot.set_xticks(*_ticks(TICKS_GDP, sizes[0], sizes[-1]))
        grid(plot, "y")
        low, value, high = ([row[key] for row in seen] for key in ("low", "value", "high"))
        plot.fill_between(sizes, low, high, color=BLUE_MOST, lw=0, zorder=1, gid="band")
        plot.plot(sizes, value, color=SIMULATED, zorder=2, gid="median")
        points = [row["gdp_musd"] for row in prices], [row["percent"] for row in prices]
        plot.plot(*points, "o", ms=5, color=OBSERVED, zorder=4, gid="packages")
        for row, (x, y) in zip(prices, placed(plot, money), strict=True):
            plot.text(x, y, row["state"], size=SMALL, color=BLACK, transform=plot.transAxes, va="center", zorder=5)
        _free(plot, seen)
    return drawing


def heading(prices: Sequence[Mapping[str, Any]]) -> str:
    """What the chart shows."""
    if not prices:
        return "What a state costs, before any of Beijing’s packages is known"
    inside = sum(row["low"] <= row["percent"] <= row["high"] for row in prices)
    return f"The model’s 90 % band holds {inside} of {len(prices)} packages from Beijing"


def source(document: Document) -> str:
    """The source line."""
    money, day = document["money"], spoken(date.fromisoformat(document["as_of"]))
    trust = f"{percent(money['trust'])} %"
    if not money["prices"]:
        return (
            f"Source: the model’s priors, for no package was known by {day}; states trust that {trust} of a bid arrive."
        )
    return (
        f"Source: packages known by {day} (AidData v3.0, published in 2023, own computation); the model’s posterior, "
        f"which was fitted on them, where states trust that {trust} of a bid arrive, as these did on average. "
        "It rests on reading packages as prices of an auction."
    )


def _ticks(named: Mapping[float, str], low: float, high: float) -> tuple[list[float], list[str]]:
    within = {value: name for value, name in named.items() if low <= value <= high}
    return list(within), list(within.values())


def _free(plot: Axes, seen: Sequence[Mapping[str, Any]]) -> None:
    """The share of switches that the model gives for nothing, under the ticks of GDP."""
    under = -0.42 / HEIGHT
    for value in TICKS_GDP:
        near = min(seen, key=lambda row: abs(row["gdp_musd"] / value - 1.0))
        if seen[0]["gdp_musd"] <= value <= seen[-1]["gdp_musd"]:
            look = {"ha": "center", "va": "top", "size": SMALL, "color": SIMULATED}
            plot.text(value, under, f"{percent(near['free'])} %", transform=plot.get_xaxis_transform(), **look)  # type: ignore[arg-type]
    words = "switches that the model gives for nothing, by size; what is then seen is ordinary lending"
    plot.text(0.0, -0.64 / HEIGHT, words, transform=plot.transAxes, va="top", size=SMALL, color=SIMULATED)


def placed(plot: Axes, money: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Left middle of each label, in shares of the panel: where it covers least of points, line and other labels."""
    width = WIDTH - LEFT - RIGHT
    prices = money["prices"]

    def inches(x: float, y: float) -> tuple[float, float]:
        across, along = plot.transAxes.inverted().transform(plot.transData.transform((x, y)))
        return across * width, along * HEIGHT

    points = [inches(row["gdp_musd"], row["percent"]) for row in prices]
    taken: list[Box] = [(x - APART, y - APART, x + APART, y + APART) for x, y in points]
    line = np.array([inches(row["gdp_musd"], row["value"]) for row in money["seen"]])
    for x in np.arange(0.0, width, 2 * APART).tolist():
        y = float(np.interp(x, line[:, 0], line[:, 1]))
        taken.append((x, y - APART / 2, x + 2 * APART, y + APART / 2))
    places = []
    for (x, y), row in zip(points, prices, strict=True):
        wide = measured(row["state"], SMALL)
        boxes = [
            (left, y + up - LINE / 2, left + wide, y + up + LINE / 2)
            for up in (0.0, 0.1, -0.1, 0.2, -0.2)
            for left in ((x + 1.4 * APART, x - 1.4 * APART - wide) if abs(up) < 0.2 else (x - wide / 2,))
        ]
        inside = [box for box in boxes if box[0] >= 0.0 and box[2] <= width + RIGHT - MARGIN]
        tried = inside or boxes
        areas = zip(covered(tried, taken), tried, strict=True)
        costs = [area + FAR * abs((box[1] + box[3]) / 2 - y) for area, box in areas]
        box = tried[costs.index(min(costs))]
        taken.append(box)
        places.append((box[0] / width, (box[1] + box[3]) / 2 / HEIGHT))
    return places
