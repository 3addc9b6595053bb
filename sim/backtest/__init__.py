"""Backtest: forecasts of past years, simple ones to compare with, and how good they were."""
