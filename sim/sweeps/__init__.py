"""Sweeps: one scenario at many points."""
