"""The public face: `import sim; sim.run("honduras-2021", runs=200, seed=7)`, and the frames it gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError, ScenarioError


@pytest.fixture(scope="module")
def result() -> sim.Result:
    return sim.run("honduras-2021", runs=200, seed=7)


def test_counts(result: sim.Result) -> None:
    assert result.counts.dtype == np.uint8
    assert result.counts.shape == (200, 61)
    assert (result.runs, result.seed, result.name, result.folder) == (200, 7, "honduras-2021", None)


def test_the_summary(result: sim.Result) -> None:
    frame = result.summary()
    assert list(frame.columns) == ["month", "tie", "mean", "q05", "q25", "q50", "q75", "q95", "observed"]
    assert len(frame) == 61
    assert np.allclose(frame["mean"], result.counts.mean(axis=0))


def test_the_states(result: sim.Result) -> None:
    frame = result.states()
    labels = ["p_12m", "p_36m", "p_60m", "p_end"]
    numbers = [label + suffix for label in labels for suffix in ("", "_low", "_high", "_mc")]
    assert list(frame.columns) == ["iso3", "state", "tie", *numbers, "at_start"]
    assert frame["iso3"].is_unique
    assert ((frame[numbers] >= 0) & (frame[numbers] <= 1)).all(axis=None)


def test_the_events(result: sim.Result) -> None:
    frame = result.events()
    assert list(frame.columns[:7]) == ["run", "month", "iso3", "tie", "from", "to", "hazard"]
    assert set(frame["from"]) | set(frame["to"]) <= {"taipei", "beijing", "none"}


def test_the_trajectories(result: sim.Result) -> None:
    frame = result.trajectories()
    assert list(frame.columns) == ["run", "month", "tie", "count"]
    assert frame.pivot(index="run", columns="month", values="count").to_numpy().tolist() == result.counts.tolist()


def test_the_same_request_gives_the_same(result: sim.Result) -> None:
    again = sim.run("honduras-2021", runs=200, seed=7, threads=1)
    assert np.array_equal(result.counts, again.counts)
    pd.testing.assert_frame_equal(result.states(), again.states())
    assert not np.array_equal(result.counts, sim.run("honduras-2021", runs=200, seed=8).counts)


def test_runs_and_seed_are_the_scenario_s_own_where_left_out() -> None:
    made = sim.run("honduras-2021", set={"scenario.runs": 20, "scenario.seed": 5})
    assert (made.runs, made.seed) == (20, 5)


def test_settings_by_path() -> None:
    made = sim.run("honduras-2021", runs=20, set={"washington.attention": 2, "states.HND.lean": 0.5})
    assert made.scenario["washington"]["attention"] == 2.0
    assert made.scenario["states"]["HND"]["lean"] == 0.5


def test_numbers_of_numpy_are_numbers() -> None:
    ids = {
        sim.run("honduras-2021", runs=20, set={"washington.attention": number}).settings["id"]
        for number in (2, 2.0, np.float64(2), np.int64(2))
    }
    assert len(ids) == 1


def test_a_wrong_setting_is_refused_with_its_path() -> None:
    with pytest.raises(ScenarioError, match=r"did you mean washington\.attention\?"):
        sim.run("honduras-2021", runs=20, set={"washington.atention": 2})


@pytest.mark.parametrize("setting", [{5: 1}, {"washington.attention": object()}, {"washington.attention": None}])
def test_settings_of_the_wrong_kind_are_refused(setting: dict[Any, Any]) -> None:
    with pytest.raises(InputError) as caught:
        sim.run("honduras-2021", runs=20, set=setting)
    assert "<object object" not in str(caught.value)


def test_what_was_loaded_can_be_run() -> None:
    loaded = sim.load("honduras-2021", {"washington.attention": 2})
    assert loaded.scenario.washington.attention == 2.0
    assert sim.run(loaded, runs=20).scenario["washington"]["attention"] == 2.0


def test_settings_of_load_stay_when_run_adds_to_them() -> None:
    loaded = sim.load("honduras-2021", {"washington.attention": 2})
    made = sim.run(loaded, runs=20, set={"beijing.budget": 3})
    assert made.scenario["beijing"]["budget"] == 3.0
    assert made.scenario["washington"]["attention"] == 2.0


def test_a_result_is_written_where_asked_and_read_back(tmp_path: Path) -> None:
    made = sim.run("honduras-2021", runs=20, out=tmp_path)
    assert made.folder == tmp_path / "honduras-2021" / made.settings["id"]
    assert np.array_equal(sim.read(made.folder).counts, made.counts)
    assert sim.run("honduras-2021", runs=20, out=str(tmp_path)).folder == made.folder


def test_nothing_is_written_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sim.run("honduras-2021", runs=20)
    assert list(tmp_path.iterdir()) == []


def test_the_public_names() -> None:
    assert dir(sim) == sorted(dir(sim))
    assert {"Result", "Scenario", "load", "read", "run", "__version__"} <= set(dir(sim))
    for name in dir(sim):
        assert getattr(sim, name) is not None
    assert sim.Result.__name__ == "Result"
    assert sim.Scenario.__name__ == "Scenario"
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'runn'"):
        sim.runn  # type: ignore[attr-defined]  # noqa: B018


def test_importing_costs_nothing() -> None:
    code = "import sys, sim; print([m for m in ('numpy', 'pydantic', 'click', 'numba') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_mistake_has_problems_to_look_at() -> None:
    with pytest.raises(ScenarioError) as caught:
        sim.load("honduras-2021", {"washington.attention": -1})
    (problem,) = caught.value.problems
    assert (problem.path, problem.rule, problem.value) == ("washington.attention", "at least 0", -1)
    assert caught.value.file == "honduras-2021"
