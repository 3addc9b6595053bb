"""Backtest: forecasts of past years, simple ones to compare with, and how good they were."""

from sim.analysis.baselines import BASELINES
from sim.analysis.forecasts import Forecast, Outcome, outcome
from sim.analysis.scores import SCORES, calibration, differences, score_values, scored

__all__ = [
    "BASELINES",
    "SCORES",
    "Forecast",
    "Outcome",
    "calibration",
    "differences",
    "outcome",
    "score_values",
    "scored",
]
