"""Estimation on the record: what was known at the end of a day."""

from sim.fit.packages import PackageSize, package_size
from sim.fit.posterior import Belief, beliefs, beliefs_for, described
from sim.fit.rates import Weighted, departures, returns

__all__ = [
    "Belief",
    "PackageSize",
    "Weighted",
    "beliefs",
    "beliefs_for",
    "departures",
    "described",
    "package_size",
    "returns",
]
