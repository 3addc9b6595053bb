"""The levers design and paired differences: the points, the numbers, their errors, the same bytes after a stop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.results.tables import count_error, paired
from sim.sweeps import sweep as sweeps
from sim.sweeps.executors import Local
from sim.sweeps.paired import changes, packed_ends, unpacked_ends
from sim.sweeps.sweep import run_sweep, sweep_of
from sim.sweeps.swept import SweepResult
from tests.scenario.documents import written
from tests.sweeps.test_sweep import HOSTS, Told, contents

BEIJING, TAIPEI, ATTENTION = PATHS = ("beijing.budget", "taipei.budget", "washington.attention")


@pytest.fixture(scope="module")
def levers(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    """The levers of a scenario of seven months and two ties."""
    folder = tmp_path_factory.mktemp("levers")
    return run_sweep(sweep_of(written(folder, HOSTS), runs=400), folder, Local(1), command="plain")[0]


# --- The points


def test_each_lever_is_moved_alone(tmp_path: Path) -> None:
    asked = sweep_of(written(tmp_path), runs=20)
    assert (asked.design, asked.paths, asked.against, len(asked.points)) == ("levers", PATHS, 0, 13)
    points = [tuple(point.values()) for point in asked.points]
    assert points == [
        (1.0, 1.0, 1.0),
        *((value, 1.0, 1.0) for value in (0.0, 0.5, 2.0, 5.0)),
        *((1.0, value, 1.0) for value in (0.0, 0.5, 2.0, 5.0)),
        *((1.0, 1.0, value) for value in (0.0, 0.5, 2.0, 5.0)),
    ]
    assert sorted(asked.points.order()) == list(range(13))


def test_multiples_are_of_the_scenarios_own_value_within_bounds(tmp_path: Path) -> None:
    asked = sweep_of(written(tmp_path), runs=20, fixed={BEIJING: 2.0, TAIPEI: 0.0, ATTENTION: 3.0})
    found = [one.values for one in asked.points.variations]
    assert found == [(2.0, 0.0, 1.0, 4.0, 10.0), (0.0, 0.5, 1.0, 2.0, 5.0), (3.0, 0.0, 1.5, 6.0, 10.0)]


def test_what_levers_are_not(tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.raises(InputError, match="--design: levers only where nothing else is varied: it moves one lever"):
        sweep_of(path, [f"{BEIJING}=0,1"], "levers")
    with pytest.raises(InputError, match="--points: not for the levers of the patrons: each has its multiples"):
        sweep_of(path, points=4)
    dated = written(tmp_path, "[beijing]\nbudget = {2022-01-01 = 1.0, 2022-03-01 = 2.0}\n", name="dated.toml")
    with pytest.raises(InputError, match=r"--design: levers: beijing.budget: one number, not dated changes"):
        sweep_of(dated)


def test_a_sweep_file_may_ask_for_levers(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "levers.toml"
    path.write_text('[sweep]\nscenario = "small.toml"\ndesign = "levers"\nruns = 20\n')
    assert len(sweep_of(path).points) == 13
    path.write_text(f'{path.read_text()}points = 3\n[vary]\n"beijing.budget" = [0, 1]\n')
    with pytest.raises(InputError) as refused:
        sweep_of(path)
    assert [(problem.path, problem.rule) for problem in refused.value.problems] == [
        ("vary", "left out with the design levers, which knows what it varies"),
        ("sweep.points", "left out with the design levers"),
    ]


# --- The numbers


def test_differences_are_from_the_scenario_as_it_is(levers: SweepResult) -> None:
    table = levers.points()
    changed = [name for name in table if name.endswith("_change")]
    outcomes = [name.removesuffix("_change") for name in changed]
    assert {"mean", "cooperation_mean", "p_end_HND", "suspended_HND"} <= set(outcomes)
    for name in outcomes:
        np.testing.assert_allclose(table[f"{name}_change"], table[name] - table[name][0], atol=1e-12)
    zero = table.loc[0, [column for column in table if "_change" in column]]
    assert (zero == 0.0).all()
    assert (table["mean_change_low"] <= table["mean_change"]).all()
    assert (table["mean_change"] <= table["mean_change_high"]).all()


def test_what_moves_something_has_a_smaller_error_in_pairs(levers: SweepResult) -> None:
    table = levers.points()
    moved = table[table["mean_change"] != 0.0]
    assert len(moved)
    alone = np.hypot(moved["mean_mc"], table["mean_mc"][0])
    assert (moved["mean_change_mc"] > 0.0).all()
    assert (moved["mean_change_mc"] < alone).all()


def test_the_error_of_pairs_is_that_of_their_difference() -> None:
    luck = np.random.default_rng(3)
    there = luck.integers(5, 15, 200)
    own = there - (luck.random(200) < 0.3)
    mean, error, low, high = paired(own - there, 20, central=False)
    assert mean == pytest.approx((own - there).mean())
    assert error == count_error((own - there)[:, None], 20)
    assert low <= mean <= high
    assert paired(own - there, 20, central=True)[2:] == (mean, mean)
    assert paired(own - own, 20, central=False) == (0.0, 0.0, 0.0, 0.0)


def test_all_runs_alike_have_no_error_and_one_run_no_known_one() -> None:
    assert paired(np.full(60, -2), 20, central=False) == (-2.0, 0.0, -2.0, -2.0)
    ends = {"mean": np.array([3], np.uint8)}
    told = changes(ends, {"mean": np.array([5], np.uint8)}, 20, central=False)
    assert told == {"mean_change": -2.0, "mean_change_mc": None, "mean_change_low": None, "mean_change_high": None}
    assert changes(ends, {}, 20, central=False) == {}


def test_ends_are_packed_and_unpacked() -> None:
    luck = np.random.default_rng(1)
    ends = {name: luck.integers(0, 200, 50).astype(np.uint8) for name in ("mean", "p_end_HND")}
    found = unpacked_ends(packed_ends(ends))
    assert list(found) == list(ends)
    assert all((found[name] == ends[name]).all() for name in ends)
    with pytest.raises(ValueError, match="shape"):
        unpacked_ends('[["mean"], 1000000000000, ""]')


# --- One path


@pytest.mark.parametrize(
    ("varied", "against"), [("beijing.budget=0:4:5", 1), ("beijing.budget=0,0.9,1.2", 1), ("beijing.budget=5,3", 1)]
)
def test_one_path_is_told_from_the_point_nearest_the_scenario(tmp_path: Path, varied: str, against: int) -> None:
    assert sweep_of(written(tmp_path), [varied], runs=20).against == against


def test_a_grid_is_told_from_the_point_nearest_the_scenario(tmp_path: Path) -> None:
    """Differences and errors are those of the runs of two results, made apart from the sweep."""
    asked = sweep_of(written(tmp_path), [f"{BEIJING}=0.8,3", f"{TAIPEI}=0,0.9"], runs=200)
    assert (asked.against, asked.reference) == (1, {BEIJING: 1.0, TAIPEI: 1.0})
    swept = run_sweep(asked, tmp_path, Local(1))[0]
    assert swept.manifest["against"] == 1
    table = swept.points()
    base, other = (
        sim.run(written(tmp_path), runs=200, threads=1, set={BEIJING: money, TAIPEI: aid}).counts[:, -1].astype(int)
        for money, aid in ((0.8, 0.9), (3.0, 0.0))
    )
    direct = paired(other - base, 20, central=False)
    assert direct.mean != 0.0
    columns = ("mean_change", "mean_change_mc", "mean_change_low", "mean_change_high")
    assert tuple(table.loc[2, list(columns)]) == tuple(direct)


def test_points_spread_over_ranges_are_not_paired(tmp_path: Path) -> None:
    asked = sweep_of(written(tmp_path), [f"{BEIJING}=0:1", f"{TAIPEI}=0:1"], "lhs", 4, runs=20)
    assert asked.against is None
    swept = run_sweep(asked, tmp_path, Local(1))[0]
    assert not any("_change" in name for name in swept.columns)


def test_days_are_paired_and_grids_beyond_a_size_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = """
[events.words]
type = "pledge"
state = "HND"
date = 2022-01-01
"""
    path = written(tmp_path, body)
    asked = sweep_of(path, ["events.words.date=2022-01-15,2022-03-01"], runs=20)
    assert asked.against == 0
    grid = [f"{BEIJING}=0,1", f"{TAIPEI}=0,1"]
    monkeypatch.setattr("sim.sweeps.sweep.MOST_PAIRED", 3)
    assert sweep_of(path, grid, runs=20).against is None


def test_a_large_grid_is_not_paired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "MOST_PAIRED", 3)
    assert sweep_of(written(tmp_path), [f"{BEIJING}=0,1", f"{TAIPEI}=0,1"], runs=20).against is None


# --- The same bytes


@pytest.mark.parametrize("stop", [1, 7])
def test_an_interrupted_sweep_of_levers_ends_in_the_same_bytes(levers: SweepResult, tmp_path: Path, stop: int) -> None:
    asked = sweep_of(written(tmp_path, HOSTS), runs=400)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked, tmp_path, Told(stop))
    assert contents(run_sweep(asked, tmp_path, Local(3), command="again")[0]) == contents(levers)


def test_in_python_a_scenario_alone_is_enough(tmp_path: Path) -> None:
    swept = sim.sweep(written(tmp_path), runs=20, out=tmp_path)
    assert swept.manifest["design"] == "levers"
    assert swept.document()["against"] == 0
