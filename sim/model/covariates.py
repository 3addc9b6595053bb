"""What sets one state's susceptibility apart from another's: covariates, and the yardsticks they are measured by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from sim.atlas import OwnFacts, economy, last_speech, record, state
from sim.model import rules
from sim.model.timeline import Floats

LEAVING = ("population", "americas", "us_aid", "switched", "silent")
"""Of the hazard of leaving: log population, region, log(1 + US aid / 1 % of GDP), whether it left Taipei before,
whether its last speech in the General Debate of the United Nations does not name Taiwan."""
RETURNING = ("population", "income", "switched")
"""Of the hazard of coming (back) to Taipei: log population, log GDP a head, whether it was with Taipei before."""


class Scale(NamedTuple):
    """Zero and unit of a covariate: its mean and standard deviation in the fit."""

    mean: float
    spread: float

    def of(self, value: float) -> float:
        """The value in standard deviations from the mean; what is not known (NaN) counts as the mean."""
        return 0.0 if math.isnan(value) else (value - self.mean) / self.spread


def measured(covariates: Iterable[Sequence[float] | None], scales: tuple[Scale, ...]) -> Floats:
    """(rows, K) covariates in standard deviations; zeros for a row without any."""
    rows = [
        [0.0] * len(scales) if row is None else [scale.of(value) for scale, value in zip(scales, row, strict=True)]
        for row in covariates
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(scales))


class Yardsticks(NamedTuple):
    """What the fit on the record lends to a plan."""

    mean_log_gdp: float
    """Mean log GDP (US$ million) of the switchers behind `package_size`."""
    leaving: tuple[Scale, ...]
    """By `LEAVING`."""
    returning: tuple[Scale, ...]
    """By `RETURNING`."""


def leaving(iso3: str, population: float, aid_percent: float, switched: bool, silent: float) -> tuple[float, ...]:
    """The covariates of leaving, as `LEAVING` has them.

    population : persons; aid_percent : US aid in % of GDP; switched : left Taipei before; silent : as of `is_silent`
    """
    americas = state(iso3).region == "Americas"
    return math.log(population), float(americas), rules.worth(aid_percent), float(switched), silent


def returning(population: float, gdp_usd: float, switched: bool) -> tuple[float, ...]:
    """The covariates of coming (back), as `RETURNING` has them; GDP in US dollars of the year."""
    return math.log(population), math.log(gdp_usd / population), float(switched)


def leaving_in(iso3: str, year: int, switched: bool, silent: float, own: OwnFacts | None = None) -> tuple[float, ...]:
    """The covariates of leaving by the atlas's figures of a year, or the user's."""
    books = economy(iso3, year, own)
    return leaving(iso3, books.population, books.us_aid_percent, switched, silent)


def returning_in(iso3: str, year: int, switched: bool, own: OwnFacts | None = None) -> tuple[float, ...]:
    """The covariates of coming (back) by the atlas's figures of a year, or the user's."""
    books = economy(iso3, year, own)
    return returning(books.population, books.gdp_usd, switched)


def has_switched(iso3: str, on: date, own: OwnFacts | None = None) -> bool:
    """Whether a state left Taipei, for longer than some weeks, before the end of a day."""
    return record(own=own).has_left(iso3, on)


def is_silent(iso3: str, on: date, own: OwnFacts | None = None) -> float:
    """1 if the state's last speech known at the end of a day does not name Taiwan, otherwise 0; NaN if none is known.

    Speeches are those made while it was with Taipei. The last one counts, however old it is.
    """
    speech = last_speech(iso3, on, own)
    return math.nan if speech is None else float(not speech.names_taiwan)
