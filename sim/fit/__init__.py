"""Estimation on the record: what was known at the end of a day."""

from sim.fit.hazard import Effects
from sim.fit.packages import PackageSize, package_size
from sim.fit.panel import Panel, leaving, returning
from sim.fit.posterior import Belief, Fit, beliefs, beliefs_for, described, fit, yardsticks

__all__ = [
    "Belief",
    "Effects",
    "Fit",
    "PackageSize",
    "Panel",
    "beliefs",
    "beliefs_for",
    "described",
    "fit",
    "leaving",
    "package_size",
    "returning",
    "yardsticks",
]
