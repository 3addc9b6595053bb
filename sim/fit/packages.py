"""How Beijing's packages grow with the size of the state: a regression on the seventeen packages on record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from sim.atlas import economy, packages


@dataclass(frozen=True)
class PackageSize:
    """log(package in US$ million) = size + elasticity * (log GDP - mean) + mean - log 100, by least squares."""

    size: float
    """Log of the package in % of GDP a year at the mean size."""
    size_error: float
    elasticity: float
    elasticity_error: float
    mean_log_gdp: float
    """Mean log GDP (US$ million) in the year of the switch."""
    cases: int


@cache
def package_size() -> PackageSize:
    """Fit the size of packages. All switches of 2002 to 2021 are used, whatever `as_of`: judged with hindsight."""
    rows = packages()
    sizes = [math.log(economy(row.iso3, row.year).gdp_usd / 1e6) for row in rows]
    shares = [math.log(row.percent_of_gdp) for row in rows]
    n = len(rows)
    mean, level = math.fsum(sizes) / n, math.fsum(shares) / n
    spread = math.fsum((x - mean) ** 2 for x in sizes)
    slope = math.fsum((x - mean) * (y - level) for x, y in zip(sizes, shares, strict=True)) / spread
    residual = math.fsum((y - level - slope * (x - mean)) ** 2 for x, y in zip(sizes, shares, strict=True)) / (n - 2)
    return PackageSize(
        size=level,
        size_error=math.sqrt(residual / n),
        elasticity=1.0 + slope,
        elasticity_error=math.sqrt(residual / spread),
        mean_log_gdp=mean,
        cases=n,
    )
