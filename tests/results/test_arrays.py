"""A result as an xarray Dataset. Where xarray is not installed, only that this is said."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import sim
from sim.errors import InputError


def test_without_xarray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    made = sim.run("honduras-2021", runs=2)
    with pytest.raises(
        InputError, match=r"^to_xarray: xarray, which is an extra: pip install 'recognition-sim\[xarray\]'$"
    ):
        made.to_xarray()


@pytest.mark.parametrize("parameters", ["drawn", "central"])
def test_a_dataset_over_runs_draws_and_months(parameters: str) -> None:
    pytest.importorskip("xarray")
    made = sim.run("honduras-2025", runs=45, seed=7, parameters=parameters)  # type: ignore[arg-type]
    data = made.to_xarray()
    assert {name: values.dims for name, values in data.data_vars.items()} == {
        "count": ("run", "month"),
        "cooperation": ("run", "month"),
        "observed": ("month",),
        "parameters": ("draw", "parameter"),
    }
    assert data["count"].dtype == np.uint8
    assert np.array_equal(data["count"], made.counts)
    assert np.array_equal(data["cooperation"], made.cooperation)
    draws = made.draws()
    assert data["draw"].values.tolist() == draws["draw"].tolist()
    assert data["parameter"].values.tolist() == list(draws.columns[1:])
    assert np.array_equal(data["parameters"], draws.iloc[:, 1:].to_numpy())
    assert data["draw_of_run"].values.tolist() == [run // 20 for run in range(45)]
    assert set(data["draw_of_run"].values) <= set(data["draw"].values)
    assert (data["month"].to_index() == made.trajectories()["month"].iloc[: len(made.months)]).all()
    assert data["observed"].dropna("month").values.tolist() == [count for count in made.observed if count is not None]
    assert (data.attrs["id"], data.attrs["seed"], data.attrs["title"]) == (made.settings["id"], 7, made.title)
    at_end = data["count"].isel(month=-1).groupby("draw_of_run").mean()
    assert at_end.sizes["draw_of_run"] == 3


def test_of_a_result_in_a_folder(tmp_path: object) -> None:
    pytest.importorskip("xarray")
    made = sim.run("honduras-2021", runs=20, seed=7, out=str(tmp_path))
    assert made.folder is not None
    assert sim.read(made.folder).to_xarray().equals(sim.run("honduras-2021", runs=20, seed=7).to_xarray())
