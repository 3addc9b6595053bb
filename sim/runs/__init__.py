"""Runs: a scenario in, a result out."""
