"""What the record changed: the prior and posterior of each number that it moves, in a table and a picture.

`prior_predictive` puts the table into its page. A number is one of these if departures, packages or dated cases
enter its law, as known at the end of the record.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from docs.story import DOCS
from sim.atlas import record
from sim.fit import Belief, beliefs, fit
from sim.fit.hazard import PRIOR_SPREAD
from sim.fit.posterior import LEAVING, RETURNING, TRUCE
from sim.fit.prices import PRICED
from sim.parameters import CaseChance, Coefficient, Distribution, Parameter

PICTURE = DOCS / "images" / "prior-posterior.png"
Points = tuple[float, float, float]


@dataclass(frozen=True)
class Moved:
    """A number that the record moves."""

    belief: Belief

    @property
    def posterior(self) -> Points:
        """5 % point, central value (the mean of counted chances and rates, otherwise the median) and 95 % point."""
        return _points(self.belief.parameter, self.belief.distribution)

    @property
    def prior(self) -> Points | None:
        """The same before the record, as declared or as in the fit; None without a prior that has a range."""
        parameter = self.belief.parameter
        if parameter.central is not None:
            return _points(parameter, parameter.distribution)
        if parameter.family == "counted":
            return _points(parameter, CaseChance(0, 0, parameter.before))
        if parameter.name in (*LEAVING, *RETURNING):
            return _points(parameter, Coefficient(0.0, PRIOR_SPREAD))
        return None

    @property
    def scale(self) -> Callable[[float], float]:
        """The scale on which widths are measured: the logarithm if the prior is log-normal."""
        return math.log if self.belief.parameter.family == "log-normal" else float


def moved() -> tuple[Moved, ...]:
    """Every number that departures, packages or dated cases enter, in the order of drawing."""
    laws = beliefs(record().confirmed_until)
    return tuple(Moved(belief) for name, belief in laws.items() if belief.cases is not None or name == TRUCE)


def width_left(one: Moved) -> float | None:
    """Width of 90 % of the posterior over that of the prior; None without a prior."""
    if one.prior is None:
        return None
    before, after = (one.scale(high) - one.scale(low) for low, _, high in (one.prior, one.posterior))
    return after / before


def _points(parameter: Parameter, law: Distribution) -> Points:
    low, middle, high = np.clip([law.low, law.central, law.high], parameter.minimum, parameter.maximum).tolist()
    return low, middle, high


def rests_on(belief: Belief) -> str:
    """What was counted, in words."""
    name, cases = belief.parameter.name, belief.cases
    if name == TRUCE:
        panel = fit(record().confirmed_until).leaving.panel
        return f"{panel.cases} departures, {int(panel.changed[panel.truce].sum())} of them in a truce"
    if name in (*PRICED, "package_size", "package_elasticity"):
        return f"{cases} packages"
    if name in (*LEAVING, "departure_rate"):
        return f"{cases} departures"
    if name in (*RETURNING, "return_rate"):
        return f"{cases} returns"
    return f"{cases} endings" if name == "suspension_rate" else f"{cases} cases"


def table() -> str:
    """One row a number: prior, posterior, share of the prior's width that is left, what it rests on."""
    rows = ["| number | prior | posterior | width left | rests on |", "|---|---|---|---|---|"]
    for one in moved():
        prior = "none" if one.prior is None else _told(one.prior)
        share = width_left(one)
        left = "" if share is None else f"{100.0 * share:.0f} %"
        name = one.belief.parameter.name
        rows.append(f"| `{name}` | {prior} | {_told(one.posterior)} | {left} | {rests_on(one.belief)} |")
    return "\n".join(rows)


def _told(points: Points) -> str:
    low, middle, high = (_number(value) for value in points)
    return f"{middle} ({low} to {high})"


def _number(value: float) -> str:
    size = abs(value)
    if size >= 10.0 or size == 0.0:
        return f"{value:.0f}"
    if size >= 0.095:
        return f"{value:.2f}"
    return f"{value:.2g}" if size >= 0.0001 else f"{value:.6f}"


def draw(path: Path) -> None:
    """The picture: one row a number with a prior, on an axis of its own on which the prior's 90 % are one wide."""
    from sim.charts import sheet, style

    rows = [(one, prior) for one in moved() if (prior := one.prior) is not None]
    day = record().confirmed_until
    width, row, left, right = 8.0, 0.3, 2.45, 2.05
    high = row * len(rows)
    heading = "What the record changed"
    subtitle = (
        "Pale: 90 % of the prior, with its ends in grey, each row on a scale of its own\n"
        "Blue: centre and 90 % of the posterior"
    )
    source = (
        f"What was known at the end of {day:%d %B %Y}. Scales are logarithmic where the prior is log-normal. "
        "Numbers without a prior of their own are in the table alone."
    )
    with sheet.sheet(width, high + 0.1, heading, subtitle, source) as (drawing, above):
        plot = sheet.panel(drawing, left, above, width - left - right, high)
        for place, (one, prior) in enumerate(rows):
            start, end = one.scale(prior[0]), one.scale(prior[2])
            low, middle, up = ((one.scale(value) - start) / (end - start) for value in one.posterior)
            plot.barh([place], [1.0], height=0.72, color=style.BLUE_MOST)
            plot.plot([low, up], [place, place], color=style.SIMULATED, linewidth=2.5, solid_capstyle="butt")
            plot.plot([middle], [place], "o", color=style.SIMULATED, markersize=5.5)
            for at, side, text, colour in (
                (-0.01, "right", _number(prior[0]), style.GREY),
                (1.01, "left", _number(prior[2]), style.GREY),
                (1.14, "left", _told(one.posterior), style.SIMULATED),
            ):
                across = plot.get_yaxis_transform()
                plot.text(at, place, text, transform=across, size=8.5, ha=side, va="center", color=colour)
        names = [one.belief.parameter.name.replace("_", " ") for one, _ in rows]
        plot.set_yticks(range(len(rows)), names, size=8.5, color=style.BLACK)
        plot.tick_params(axis="y", length=0, pad=46)
        plot.set_xticks([])
        plot.set_ylim(len(rows) - 0.4, -0.6)
        plot.set_xlim(-0.3, 1.25)
        for side in ("left", "bottom"):
            plot.spines[side].set_visible(False)
        style.save(drawing, path)
