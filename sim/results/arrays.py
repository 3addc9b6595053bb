"""A result as labelled arrays: an xarray Dataset over runs, draws of the parameters, and months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import InputError, Problem
from sim.results.table import month_ends
from sim.results.tables import COOPERATION, RECOGNITION

if TYPE_CHECKING:
    from sim.results.result import Result

UNITS = {RECOGNITION: "states that recognise Taipei", COOPERATION: "hosts that cooperate with Washington"}


def dataset(result: Result) -> Any:
    """The Dataset of a result (see `Result.to_xarray`). Raises InputError where xarray is missing."""
    try:
        import xarray
    except ImportError:
        rule = "xarray, which is an extra: pip install 'recognition-sim[xarray]'"
        raise InputError(Problem("to_xarray", rule)) from None
    draws, names = result.draws_columns, [belief["name"] for belief in result.beliefs]
    names = [name for name in draws if name != "draw" and name in names]
    months = month_ends(result.months).astype("datetime64[ns]")
    variables = {
        "count" if tie == RECOGNITION else tie: (("run", "month"), np.asarray(counts), {"units": UNITS[tie]})
        for tie, counts in result.counted.items()
    }
    observed = np.array([np.nan if count is None else count for count in result.observed])
    values = np.stack([np.asarray(draws[name], dtype=np.float64) for name in names], axis=1)
    settings = result.settings
    return xarray.Dataset(
        {
            **variables,
            "observed": ("month", observed, {"units": UNITS[RECOGNITION]}),
            "parameters": (("draw", "parameter"), values),
        },
        coords={
            "run": np.arange(result.runs),
            "month": months,
            "draw": np.asarray(draws["draw"]),
            "parameter": names,
            "draw_of_run": ("run", np.arange(result.runs) // int(settings["runs_per_draw"])),
        },
        attrs={
            "title": result.title,
            "scenario": result.name,
            "source": result.basis,
            **{name: settings[name] for name in ("id", "runs", "seed", "engine", "parameters")},
        },
    )
