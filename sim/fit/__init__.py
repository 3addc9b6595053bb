"""Estimation on the record: what was known at the end of a day."""

from sim.fit.hazard import Effects
from sim.fit.packages import PackageSize, package_size
from sim.fit.panel import Panel, leaving, returning
from sim.fit.posterior import Belief, Fit, beliefs, beliefs_for, described, fit, yardsticks, yardsticks_for
from sim.fit.prices import Price, Prices, priced, prices_known

__all__ = [
    "Belief",
    "Effects",
    "Fit",
    "PackageSize",
    "Panel",
    "Price",
    "Prices",
    "beliefs",
    "beliefs_for",
    "described",
    "fit",
    "leaving",
    "package_size",
    "priced",
    "prices_known",
    "returning",
    "yardsticks",
    "yardsticks_for",
]
