"""The public face: `import sim; sim.run("honduras-2021", runs=200, seed=7)`, and the frames it gives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
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
    assert list(frame.columns) == ["iso3", "state", "tie", *numbers, "at_start", "talks", "talks_lost", "price"]
    assert frame["iso3"].is_unique
    assert ((frame[numbers] >= 0) & (frame[numbers] <= 1)).all(axis=None)


def test_the_second_tie() -> None:
    made = sim.run("honduras-2025", runs=40, seed=7)
    assert made.cooperation is not None
    assert made.cooperation.shape == made.counts.shape
    summary, states = made.summary(), made.states()
    assert summary["tie"].tolist() == ["recognition"] * 60 + ["cooperation"] * 60
    assert np.allclose(summary["mean"], np.r_[made.counts.mean(axis=0), made.cooperation.mean(axis=0)])
    assert summary["observed"][60:].isna().all()
    hosts = states[states["tie"] == "cooperation"]
    assert hosts["iso3"].tolist() == [code for code, _ in made.hosts] == ["MHL", "PLW", "HND", "SLV"]
    assert set(hosts["at_start"]) == {"active"}
    assert states[states["tie"] == "recognition"]["iso3"].tolist() == [code for code, _, _ in made.members]
    events = made.events()
    assert set(events.loc[events["tie"] == "cooperation", ["from", "to"]].stack()) == {"active", "suspended"}
    frame = made.trajectories()
    for tie, counts in (("recognition", made.counts), ("cooperation", made.cooperation)):
        own = frame[frame["tie"] == tie]
        assert own.pivot(index="run", columns="month", values="count").to_numpy().tolist() == counts.tolist()


def test_the_events(result: sim.Result) -> None:
    frame = result.events()
    assert list(frame.columns[:7]) == ["run", "month", "iso3", "tie", "from", "to", "chance"]
    assert set(frame["from"]) | set(frame["to"]) <= {"taipei", "beijing", "none"}
    assert set(frame["tie"]) == {"recognition"}
    assert (result.hosts, result.cooperation) == ((), None)


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


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ({5: 1}, "honduras-2021: a path of names joined by dots (got 5)"),
        ({"washington.attention": [1]}, "honduras-2021: washington.attention: a number (got [1])"),
        ({"washington.attention": None}, "honduras-2021: washington.attention: a number"),
    ],
)
def test_settings_of_the_wrong_kind_are_refused(setting: dict[Any, Any], line: str) -> None:
    with pytest.raises(InputError) as caught:
        sim.run("honduras-2021", runs=20, set=setting)
    assert caught.value.lines() == [line]


def test_a_setting_that_no_file_could_hold_is_refused() -> None:
    with pytest.raises(InputError, match=r"washington\.attention: a number"):
        sim.run("honduras-2021", runs=20, set={"washington.attention": object()})


def test_what_was_loaded_can_be_run() -> None:
    loaded = sim.load("honduras-2021", {"washington.attention": 2})
    assert loaded.scenario.washington.attention == 2.0
    assert sim.run(loaded, runs=20).scenario["washington"]["attention"] == 2.0


def test_settings_of_load_stay_when_run_adds_to_them() -> None:
    loaded = sim.load("honduras-2021", {"washington.attention": 2, "taipei.budget": 2})
    assert loaded.overrides == {"washington.attention": 2, "taipei.budget": 2}
    made = sim.run(loaded, runs=20, set={"beijing.budget": 3, "taipei.budget": 4})
    assert made.scenario["beijing"]["budget"] == 3.0
    assert made.scenario["washington"]["attention"] == 2.0
    assert made.scenario["taipei"]["budget"] == 4.0
    assert made.settings["set"] == {"washington.attention": "2", "taipei.budget": "4", "beijing.budget": "3"}
    assert loaded.overrides == {"washington.attention": 2, "taipei.budget": 2}


def test_the_title_says_what_was_set(result: sim.Result) -> None:
    assert result.title == result.scenario["scenario"]["title"]
    assert result.settings["set"] == {}
    for made in (
        sim.run("honduras-2021", runs=20, set={"washington.attention": 2}),
        sim.run(sim.load("honduras-2021", {"washington.attention": 2}), runs=20),
    ):
        assert made.title == f"{result.title} [washington.attention = 2]"


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


# --- one run as a Mesa model --------------------------------------------------------------------------------


NO_VOTE = {"events.next-inauguration.enabled": False}
"""So that Honduras 2021 may end early."""


def test_a_world_is_the_run_of_its_number() -> None:
    """The compiled engine's, month by month."""
    settings: dict[str, Any] = {"seed": 7, "set": {"scenario.end": "2022-12-31", **NO_VOTE}}
    result = sim.run("honduras-2021", runs=21, parameters="drawn", **settings)
    for run in (0, 20):
        world = sim.world("honduras-2021", run=run, parameters="drawn", **settings)
        counts = [world.count]
        while world.running:
            world.step()
            counts.append(world.count)
        assert [counts[0], *counts[2:]] == result.counts[run].tolist()
    central = sim.run("honduras-2021", runs=1, parameters="central", **settings)
    opened = sim.world("honduras-2021", **settings)
    opened.run_model()
    assert opened.count == central.counts[0, -1]


def test_a_world_ends_with_its_scenario() -> None:
    world = sim.world("honduras-2021", set={"scenario.end": "2022-02-28"} | NO_VOTE)
    world.run_model()
    assert (world.running, world.month) == (False, 2)
    with pytest.raises(InputError) as caught:
        world.step()
    assert str(caught.value) == "step: not after the 3 months of the scenario, when `running` is False"


def test_mesas_tools_drive_a_world() -> None:
    import mesa
    from mesa.batchrunner import batch_run

    from sim.model.state import State

    short = {"scenario.end": "2022-02-28"} | NO_VOTE
    world = sim.world("honduras-2025", set={"scenario.end": "2026-02-28"})
    world.datacollector = mesa.DataCollector(
        model_reporters={"count": "count", "hosts": lambda model: model.cooperating},
        agenttype_reporters={State: {"side": "side"}},
    )
    world.run_model()
    frame = world.datacollector.get_model_vars_dataframe()
    assert frame["count"].iloc[-1] == world.count
    assert frame["hosts"].iloc[-1] == world.cooperating
    sides = world.datacollector.get_agenttype_vars_dataframe(State)
    assert len(sides) == len(frame) * len(world.members)
    assert [state.iso3 for state in world.agents_by_type[State]] == [state.iso3 for state in world.members]
    asked = {"scenario": "honduras-2021", "run": [0, 1], "set": [short]}
    rows = batch_run(sim.world, asked, data_collection_period=1, display_progress=False)
    assert [(row["run"], row["Step"]) for row in rows] == [(run, step) for run in (0, 1) for step in (0, 1, 2)]
    for run in (0, 1):
        alone = sim.world("honduras-2021", run=run, set=short)
        alone.run_model()
        assert rows[3 * run + 2]["count"] == alone.count


@pytest.mark.parametrize("run", [-1, 1_000_000_000, 1.5, True])
def test_a_world_of_no_run(run: Any) -> None:
    with pytest.raises(InputError) as caught:
        sim.world("honduras-2021", run=run)
    assert str(caught.value).startswith("run: a whole number from 0 to ")


def test_the_first_compilation_is_announced_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = sim.run("honduras-2021", runs=20, seed=7)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sim.runs.setup.is_compiled", lambda: False)
    ranges = {"washington.attention": (0, 3), "taipei.budget": (0.5, 2)}
    calls: list[tuple[Callable[[], object], int]] = [
        (lambda: sim.run("honduras-2021", runs=20), 1),
        (lambda: sim.run("honduras-2021", runs=20, out=tmp_path), 1),
        (lambda: sim.run("honduras-2021", runs=1, engine="mesa"), 0),
        (lambda: sim.compare(made, "honduras-2021"), 1),
        (lambda: sim.explain(made, "HND", runs=20), 1),
        (lambda: sim.sweep("honduras-2021", vary={"taipei.budget": [1]}, runs=20, out=tmp_path), 1),
        (lambda: sim.sensitivity("honduras-2021", design="morris", points=2, runs=40, vary=ranges), 1),
    ]
    for call, times in calls:
        call()
        assert capsys.readouterr() == ("", "sim: compiling the model: once, up to a minute\n" * times)
