"""The charts of a backtest: counts forecast and recorded, calibration, skill, and where the leavers had stood."""
