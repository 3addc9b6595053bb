"""Sensitivity: analytic indices, what is noise, what failed, and that points are runs like any others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.analysis import sensitivity as module
from sim.analysis.indices import SAME, analysed, impossible, point_noise
from sim.analysis.sensitivity import (
    Question,
    face_sensitivity,
    sensitivities,
    sensitivity,
    sensitivity_to_folder,
    status,
)
from sim.analysis.space import DrawnPoints, estimated
from sim.errors import InputError, SimError
from sim.fit import beliefs_for, yardsticks
from sim.model.draws import purpose_of
from sim.model.kernel import uniforms
from sim.model.plan import plan
from sim.parameters import PARAMETERS, Held
from sim.results import Exactly
from sim.runs.ensemble import run_ensemble
from sim.runs.run import Request, simulate
from sim.runs.sampling import sample
from sim.scenario import load
from sim.sweeps import executors
from sim.sweeps.designs import Design, unit_points
from sim.sweeps.executors import Dask, Executor, Local
from sim.sweeps.journal import InMemory, open_journal
from sim.sweeps.outcomes import from_ties, outcome_in, shares_elsewhere
from sim.sweeps.sweep import Sweep, compute
from tests.examples import thorough
from tests.scenario.documents import written
from tests.worlds import CERTAIN, lay_out, told
from tests.worlds import run as run_world

Floats = np.ndarray[Any, np.dtype[np.float64]]
ABC = ("a", "b", "c")
KMT = "elections.taiwan-2028.outcomes.kmt.chance"
LEFT_AND_RIGHT = {"left": "0.40:0.46", "right": "0.51:0.57"}
"""Chances of two outcomes of one vote, which come to more than 1 at some points."""


def ishigami(unit: Floats) -> Floats:
    """Ishigami and Homma (1990), with a = 7 and b = 0.1."""
    x = np.pi * (2.0 * unit - 1.0)
    found: Floats = np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return found


ISHIGAMI = {"a": (0.3139, 0.5576), "b": (0.4424, 0.4424), "c": (0.0, 0.2437)}
"""First-order and total indices, known in closed form."""

WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(unit: Floats) -> Floats:
    """Sobol's G function."""
    found: Floats = ((np.abs(4.0 * unit - 2.0) + WEIGHTS) / (1.0 + WEIGHTS)).prod(axis=1)
    return found


def g_indices() -> tuple[Floats, Floats]:
    """First-order and total indices of the G function."""
    parts = 1.0 / (3.0 * (1.0 + WEIGHTS) ** 2)
    whole = (1.0 + parts).prod() - 1.0
    return parts / whole, parts * (1.0 + parts).prod() / (1.0 + parts) / whole


# --- indices


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_ishigami(seed: int) -> None:
    unit = unit_points("saltelli", 3, 1024, seed)
    found = analysed("sobol", ABC, unit, ishigami(unit)[:, None], seed)
    assert (found.blocks, found.dropped, found.note, found.noise_share) == (1024, 0, None, None)
    assert found.variance == pytest.approx(13.845, rel=0.05)
    assert found.mean == pytest.approx(3.5, rel=0.05)
    assert [row["name"] for row in found.rows] == ["a", "b", "c"]
    for row in found.rows:
        for key, value in zip(("first", "total"), ISHIGAMI[row["name"]], strict=True):
            assert row[key] == pytest.approx(value, abs=0.04)
            assert row[f"{key}_low"] - 0.02 <= value <= row[f"{key}_high"] + 0.02
            assert row[f"{key}_low"] <= row[key] <= row[f"{key}_high"]


def test_sobol_g() -> None:
    unit = unit_points("saltelli", 5, 1024, 2)
    names = ["v", "w", "x", "y", "z"]
    rows = {row["name"]: row for row in analysed("sobol", names, unit, sobol_g(unit)[:, None], 2).rows}
    for name, first, total in zip(names, *g_indices(), strict=True):
        assert rows[name]["first"] == pytest.approx(first, abs=0.05)
        assert rows[name]["total"] == pytest.approx(total, abs=0.05)


def test_intervals_hold_what_they_should() -> None:
    held = []
    for seed in range(20):
        unit = unit_points("saltelli", 3, 256, seed)
        for row in analysed("sobol", ABC, unit, ishigami(unit)[:, None], seed).rows:
            for key, value in zip(("first", "total"), ISHIGAMI[row["name"]], strict=True):
                held.append(row[f"{key}_low"] <= value <= row[f"{key}_high"])
    assert np.mean(held) > 0.85


def test_morris_of_a_linear_function_gives_its_slopes() -> None:
    slopes = np.array([3.0, -2.0, 0.0])
    unit = unit_points("morris", 3, 12, 0)
    found = analysed("morris", ABC, unit, (1.0 + unit @ slopes)[:, None], 0)
    assert [row["name"] for row in found.rows] == ["a", "b", "c"]
    for row, slope in zip(found.rows, slopes, strict=True):
        assert row["mu"] == pytest.approx(slope, abs=1e-8)
        assert row["mu_star"] == pytest.approx(abs(slope), abs=1e-8)
        assert row["sigma"] == pytest.approx(0.0, abs=1e-8)
        assert row["mu_star_low"] <= row["mu_star"] <= row["mu_star_high"]


def test_one_number_alone_has_all_of_the_variance() -> None:
    unit = unit_points("saltelli", 1, 128, 3)
    row = analysed("sobol", ["a"], unit, unit, 3).rows[0]
    assert row["total"] == pytest.approx(1.0, abs=0.05)
    assert row["first"] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_indices_repeat_and_leave_the_global_generator_alone(kind: str) -> None:
    unit = unit_points("saltelli" if kind == "sobol" else "morris", 3, 16, 0)
    before = np.random.get_state()  # noqa: NPY002
    first, second = (analysed(kind, ABC, unit, ishigami(unit)[:, None], 0) for _ in range(2))
    after = np.random.get_state()  # noqa: NPY002
    assert first.rows == second.rows
    assert before[2:] == after[2:]
    assert np.array_equal(before[1], after[1])


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_an_outcome_that_does_not_vary_has_no_indices(kind: str) -> None:
    unit = unit_points("saltelli" if kind == "sobol" else "morris", 3, 8, 1)
    found = analysed(kind, ABC, unit, np.full((unit.shape[0], 4), 0.1) + 1e-17, 1)
    assert found.note == SAME
    assert (found.variance, found.noise_share) == (0.0, None)
    assert [row.pop("name") for row in found.rows] == list(ABC)
    assert {value for row in found.rows for value in row.values()} == {None}


# --- failures


def holed(places: list[int]) -> tuple[Floats, Floats]:
    unit = unit_points("saltelli", 3, 64, 0)
    outcome = ishigami(unit)
    outcome[places] = [np.nan, np.inf, np.nan][: len(places)]
    return unit, outcome[:, None]


def test_failed_points_are_refused_by_number() -> None:
    unit, outcome = holed([3, 7, 300])
    with pytest.raises(SimError) as refused:
        analysed("sobol", ABC, unit, outcome, 0, failures={7: "too much of it"})
    assert str(refused.value) == (
        "3 of 320 points failed (3, 7, 300): too much of it (repair leaves out the blocks that hold them)"
    )
    assert refused.value.exit_status == 1


def test_many_failed_points_are_counted() -> None:
    unit = unit_points("morris", 3, 8, 0)
    with pytest.raises(
        SimError, match=r"^32 of 32 points failed \(0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 22 more\): no finite"
    ):
        analysed("morris", ABC, unit, np.full((32, 1), np.nan), 0)
    with pytest.raises(SimError, match="fewer than two blocks are left whole"):
        analysed("morris", ABC, unit, np.full((32, 1), np.nan), 0, repair=True)


def test_repair_drops_whole_blocks_and_says_so() -> None:
    unit, outcome = holed([3, 7, 300])
    found = analysed("sobol", ABC, unit, outcome, 0, repair=True)
    assert (found.blocks, found.dropped) == (61, 3)
    kept = np.delete(np.arange(320).reshape(64, 5), [0, 1, 60], axis=0).ravel()
    assert found.rows == analysed("sobol", ABC, unit[kept], outcome[kept], 0).rows


def test_repair_drops_whole_trajectories() -> None:
    unit = unit_points("morris", 3, 8, 0)
    outcome = unit @ np.array([3.0, -2.0, 1.0])
    outcome[5] = np.nan
    found = analysed("morris", ABC, unit, outcome[:, None], 0, repair=True)
    assert (found.blocks, found.dropped) == (7, 1)
    assert [row["mu_star"] for row in found.rows] == pytest.approx([3.0, 2.0, 1.0])


# --- noise


def test_noise_alone_is_all_of_the_variance() -> None:
    luck = np.random.default_rng(0)
    unit = unit_points("saltelli", 3, 256, 0)
    found = analysed("sobol", ABC, unit, 5.0 + luck.normal(size=(unit.shape[0], 10)), 0)
    assert found.noise_share == pytest.approx(1.0, abs=0.1)
    assert found.note is not None
    assert found.note.endswith(
        "of the variance is Monte Carlo noise, which swells the indices: take more runs a point."
    )


def test_noise_is_what_it_was_made_of() -> None:
    luck = np.random.default_rng(1)
    unit = unit_points("saltelli", 3, 1024, 1)
    outcome = ishigami(unit)[:, None] + luck.normal(scale=3.0, size=(unit.shape[0], 5))
    found = analysed("sobol", ABC, unit, outcome, 1)
    assert found.noise_share == pytest.approx(9.0 / 5.0 / (13.845 + 9.0 / 5.0), rel=0.08)


def test_totals_below_the_share_alone_are_said_to_be_noise() -> None:
    rows = [{"name": name, "first": first, "total": total} for name, first, total in (("a", 0.5, 0.6), ("b", 0.3, 0.2))]
    assert impossible(rows[:1]) is None
    assert impossible([{"name": "a", "first": None, "total": None}, {"name": "a", "mu": 1.0}]) is None
    assert impossible(rows) == (
        "The total of b is below its share alone, by 0.1: that cannot be, and is noise of the design. "
        "Read no difference of that size; take more points."
    )
    more = [*rows, {"name": "c", "first": 0.05, "total": 0.01}]
    assert (impossible(more) or "").startswith(
        "The totals of 2 numbers are below their shares alone, by 0.1 at most (b): "
    )
    # Two numbers that only add up: their totals are their shares, and differ by what the design cannot tell.
    unit = unit_points("saltelli", 2, 16, 3)
    found = analysed("sobol", ["a", "b"], unit, unit.sum(axis=1, keepdims=True), 3)
    below = [row["name"] for row in found.rows if row["first"] > row["total"]]
    assert bool(below) == ("cannot be" in (found.note or ""))


def test_luck_that_all_points_share_is_no_noise() -> None:
    luck = np.random.default_rng(2)
    unit = unit_points("saltelli", 3, 64, 2)
    outcome = ishigami(unit)[:, None] + luck.normal(scale=3.0, size=(1, 5))
    assert analysed("sobol", ABC, unit, outcome, 2).noise_share == pytest.approx(0.0, abs=1e-12)
    assert point_noise(outcome[:, :1]) is None


# --- outcomes and points


@pytest.fixture(scope="module")
def hosts() -> Any:
    """A run of a scenario that follows both ties, with what it comes to."""
    result = simulate(Request.of(load("honduras-2025"), 400, 3, parameters="central"), 1)
    laid = plan(load("honduras-2025"), yardsticks(load("honduras-2025").scenario.as_of))
    draws = sample(laid, beliefs_for(laid.loaded.scenario), 3, 20, "central")
    return result, laid, run_ensemble(laid, draws, 3, 400, horizons=(len(laid.months) - 1,), threads=1)


def test_outcomes_are_those_of_the_result(hosts: Any) -> None:
    result, laid, found = hosts
    rows = result.states().to_dict("records")
    p_end = {(row["tie"], row["iso3"]): row["p_end"] for row in rows}

    def counted(outcome: str) -> float:
        return float(from_ties(outcome_in(outcome, laid), laid, shares_elsewhere(laid, found))[0].mean())

    assert counted("count") == pytest.approx(result.counts[:, -1].mean())
    assert counted("cooperation") == pytest.approx(result.cooperation[:, -1].mean())
    assert counted("left:HND") == pytest.approx(p_end["recognition", "HND"], abs=1e-6)
    assert counted("left:PRY") == pytest.approx(p_end["recognition", "PRY"], abs=1e-6)
    assert counted("suspended:HND") == pytest.approx(p_end["cooperation", "HND"], abs=1e-6)
    away = sum(p_end["recognition", code] for code, _, side in result.members if side == "taipei")
    assert counted("lost") == pytest.approx(away, abs=1e-5)


@pytest.mark.parametrize("outcome", ["count", "lost", "left:PRY", "left:HND", "cooperation", "suspended:HND"])
def test_outcomes_expected_agree_with_those_counted(outcome: str, hosts: Any) -> None:
    _, laid, found = hosts
    counted, expected = from_ties(outcome_in(outcome, laid), laid, shares_elsewhere(laid, found))
    error = np.hypot(counted.std(ddof=1), expected.std(ddof=1)) / np.sqrt(20)
    assert abs(counted.mean() - expected.mean()) < 4.0 * error + 1e-9


def test_a_sure_departure_is_counted_as_one() -> None:
    laid = lay_out(
        told("HND", "GTM", parameters=CERTAIN | {"return_rate": 1e-9}, states={"HND": {"susceptibility": 1000.0}})
    )
    found = run_world(laid, 40, ledger=False, horizons=(len(laid.months) - 1,))
    assert from_ties(outcome_in("left:HND", laid), laid, shares_elsewhere(laid, found))[0].tolist() == [1.0, 1.0]


def test_draws_by_law_are_those_of_a_run() -> None:
    """A unit cube made of a run's own luck gives that run's own draws, to the last bit."""
    where = Question.of(load("outlook-2026")).space()
    laws = {name for name, belief in where.setup.beliefs.items() if not isinstance(belief.distribution, Held)}
    assert set(where.names) == laws | {name for name in where.names if "." in name}
    assert "neighbours_effect" not in where.names
    assert KMT in where.names
    kinds = ["parameter" if name in PARAMETERS else "scenario" for name in where.names]
    unit = np.stack(
        [uniforms(5, 7, purpose_of(f"{kind}:{name}")) for kind, name in zip(kinds, where.names, strict=True)], axis=1
    )
    setup = where.setup
    mine, theirs = where.draws(unit), sample(setup.plan, setup.beliefs, 5, 7, "drawn")
    for name in ("parameters", "values", "chances", "outcomes"):
        assert np.array_equal(getattr(mine, name), getattr(theirs, name), equal_nan=name == "values")
    columns = where.columns(Design(where.axes, "saltelli", (7,), unit, DrawnPoints(mine)))
    assert [float(text) for text in columns["lean_effect"]] == theirs.parameters["lean_effect"].tolist()
    assert [float(text) for text in columns[KMT]] == pytest.approx(
        np.diff(theirs.outcomes[:, vote_of(setup.plan), :], axis=1, prepend=0.0)[:, 1].tolist()
    )


def vote_of(laid: Any) -> int:
    """The number of Taiwan's vote among a plan's elections."""
    names = sorted(name for name, vote in laid.loaded.scenario.elections.items() if vote.enabled)
    return names.index("taiwan-2028")


@pytest.mark.parametrize("parameters", ["central", "drawn"])
@pytest.mark.parametrize(
    "vary",
    [
        ["lean_effect=0:1", "pledge_kept=0.1:0.9"],
        ["washington.attention=0:3", "acceptance_truce=0.05:0.5"],
        ["events.castro-inauguration.date=2021-12-20:2023-01-01", "departure_rate=0.01:0.05"],
    ],
)
def test_a_point_is_a_run_with_its_values_set(vary: list[str], parameters: Any) -> None:
    where = Question.of(load("honduras-2021", {"taipei.budget": 2}), 40, 9, parameters, vary).space()
    unit = np.array([[0.25, 0.75], [1.0, 0.0]])
    sweep, points = Sweep(where.base, Design(where.variations, "saltelli", (2,), unit)), InMemory()
    compute(sweep, points, Local(1))
    found, failures = estimated(sweep, points)
    assert failures == {}
    for row, estimates in zip(unit.tolist(), found, strict=True):
        values = {one.path: one.value_at(u) for one, u in zip(where.variations, row, strict=True)}
        result = simulate(
            Request.of(load("honduras-2021", {"taipei.budget": 2, **values}), 40, 9, parameters=parameters)
        )
        assert result.expected is not None
        signs = [-1.0 if side == "taipei" else 1.0 for _, _, side in result.members]
        expected = result.counts[0, 0] + result.expected[:, :, -1, 0] @ np.array(signs) / 20
        counted = result.counts[:, -1].reshape(2, 20).mean(axis=1)
        assert any(np.allclose(estimates, one, rtol=1e-12) for one in (expected, counted))


def small_question(vary: bool) -> Question:
    """Some ten points or some hundred, quick to simulate."""
    varied = ["lean_effect=0:1", "washington.attention=0:3"] if vary else []
    return Question.of(load("honduras-2021"), 40, 1, vary=varied, points=4 if vary else 2, outcome="left:HND")


TABLES = ("indices.csv", "points.csv", "sensitivity.json")


@pytest.mark.parametrize("vary", [pytest.param(False, marks=thorough), True])
def test_several_outcomes_over_the_same_points_are_those_of_one_at_a_time(vary: bool) -> None:
    question = small_question(vary)
    outcomes = ("count", "left:HND", "lost")
    for outcome, together in zip(outcomes, sensitivities(question, outcomes), strict=True):
        alone = sensitivity(replace(question, outcome=outcome))
        assert together.document == alone.document
        assert together.samples == alone.samples


def files(folder: Path | None) -> list[bytes]:
    assert folder is not None
    return [(folder / name).read_bytes() for name in TABLES]


def interrupted(question: Question, out: Path, where: Executor) -> int:
    """Stop an analysis when five points are done; how many are kept."""

    def stop(done: int, wanted: int) -> None:
        if done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sensitivity_to_folder(question, out, None, where, stop)
    far = status(question, out)
    assert far.folder.name == f"{question.settings['id']}.unfinished"
    assert not far.finished
    assert 5 <= far.done < far.points
    return far.done


@pytest.mark.parametrize("vary", [False, True])
def test_an_interrupted_analysis_goes_on_and_ends_in_the_same_bytes(
    vary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the threads."""
    question = small_question(vary)
    kept = interrupted(question, tmp_path / "stopped", Local(2))
    simulated: list[str] = []
    evaluate = executors.evaluate

    def watched(base: Any, values: Any, key: str) -> Any:
        simulated.append(key)
        return evaluate(base, values, key)

    monkeypatch.setattr(executors, "evaluate", watched)
    resumed, old = sensitivity_to_folder(question, tmp_path / "stopped", None, Local(1))
    assert not old
    keys = question.sweep().keys
    assert len(keys) == resumed.evaluated
    assert sum(key not in simulated for key in keys) == kept
    assert len(simulated) == len(set(simulated))  # points that fall together are simulated once
    whole, _ = sensitivity_to_folder(question, tmp_path / "whole", None, Local(3))
    assert files(resumed.folder) == files(whole.folder)
    assert not list(tmp_path.rglob("*.unfinished"))


def test_an_analysis_to_a_very_folder_goes_on_too(tmp_path: Path) -> None:
    question, place = small_question(True), Exactly(tmp_path / "mine")
    with pytest.raises(KeyboardInterrupt):
        sensitivity_to_folder(question, place, None, Local(1), stop_at_once)
    assert status(question, place).done > 0
    found, _ = sensitivity_to_folder(question, place, None, Local(1))
    assert found.folder == tmp_path / "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def stop_at_once(done: int, wanted: int) -> None:
    if done:
        raise KeyboardInterrupt


@thorough
@pytest.mark.parametrize("vary", [False, True])
def test_a_cluster_gives_the_same_bytes(vary: bool, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    question = small_question(vary)
    settings = {"n_workers": 1, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    interrupted(question, tmp_path / "cluster", Local(1))
    with distributed.LocalCluster(silence_logs=60, **settings) as cluster:
        there, _ = sensitivity_to_folder(question, tmp_path / "cluster", None, Dask(cluster.scheduler_address))
    here, _ = sensitivity_to_folder(question, tmp_path / "here", None, Local(2))
    assert files(there.folder) == files(here.folder)


def test_only_one_process_works_on_an_analysis(tmp_path: Path) -> None:
    question = small_question(True)
    interrupted(question, tmp_path, Local(1))
    unfinished = status(question, tmp_path).folder
    with open_journal(unfinished), pytest.raises(InputError) as refused:
        sensitivity_to_folder(question, tmp_path, None, Local(1))
    (line,) = refused.value.lines()
    assert line.startswith(f"--out: an analysis that no other process is working on just now (got '{tmp_path}"[:200])


def test_a_point_that_makes_no_scenario_fails_by_number(tmp_path: Path) -> None:
    vote = '[elections.vote]\ndate = 2022-02-01\nstate = "HND"\nsource = "AP"\n'
    loaded = load(written(tmp_path, f"{vote}outcomes.left.chance = 0.3\noutcomes.right.chance = 0.3\n"))
    vary = [f"elections.vote.outcomes.{name}.chance={ends}" for name, ends in LEFT_AND_RIGHT.items()]
    question = Question.of(loaded, 40, 4, vary=vary, points=16)
    with pytest.raises(
        SimError, match=r"of 64 points failed \(.*\): .*the chances of an election's outcomes add up to 1"
    ):
        sensitivity(question, Local(2))
    found = sensitivity(replace(question, repair=True), Local(2))
    assert found.points + found.dropped == 16
    assert found.dropped > 0
    assert found.samples["outcome"].count("") > 0
    for outcome, error in zip(found.samples["outcome"], found.samples["error"], strict=True):
        assert (outcome == "") == error.startswith("elections.vote: the chances of an election's outcomes add")


# --- the whole


@pytest.fixture(scope="module")
def small() -> Any:
    return face_sensitivity("honduras-2021", outcome="left:HND", points=4, runs=40, seed=0)


def test_a_sensitivity_says_what_it_is(small: Any) -> None:
    assert (small.scenario, small.design, small.points, small.runs, small.seed) == ("honduras-2021", "sobol", 4, 40, 0)
    assert small.told == "chance that Honduras has left Taipei at the end of Dec 2026"
    assert small.parameters == "laws"
    assert small.evaluated == 4 * (len(small.rows) + 2)
    table = small.table()
    assert list(table.columns) == [
        "name", "low", "high", "meaning", "first", "first_low", "first_high", "total", "total_low", "total_high"
    ]  # fmt: skip
    assert {"departure_rate", "pledge_kept"} <= set(table["name"][:4])
    assert table["total"].is_monotonic_decreasing
    assert (table.set_index("name").loc["hostility_effect", ["first", "total"]] == 0.0).all()
    assert 0.0 < small.noise_share < 0.2
    assert 0.0 < small.mean < 1.0
    assert set(small.samples) == {"point", *table["name"], "outcome", "mc"}
    assert small.document["id"] == small.settings["id"]
    assert "samples" not in small.document


def test_morris_moves_between_the_points_of_a_law_that_are_its_range() -> None:
    found = face_sensitivity("honduras-2021", outcome="count", design="morris", points=2, runs=40)
    low, high = (found.table().set_index("name").loc["lean_effect", end] for end in ("low", "high"))
    values = sorted({float(text) for text in found.samples["lean_effect"]})
    assert low - 1e-6 <= values[0]
    assert values[-1] <= high + 1e-6
    assert set(found.rows[0]) == {
        "name", "low", "high", "meaning", "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"
    }  # fmt: skip


def test_an_analysis_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question = Question.of(load("honduras-2021"), 40, 0, vary=["lean_effect"], points=4)
    found, old = sensitivity_to_folder(question, tmp_path)
    assert not old
    assert found.folder == tmp_path / "sensitivity" / "honduras-2021" / found.settings["id"]
    written = ["indices.csv", "manifest.json", "points.csv", "sensitivity.json"]
    assert sorted(path.name for path in found.folder.iterdir()) == written
    monkeypatch.setattr(module, "sensitivity", None)
    again, old = sensitivity_to_folder(question, tmp_path)
    assert old
    assert again.document == found.document
    drawn: list[Path] = []

    def draw(document: Mapping[str, Any], folder: Path) -> None:
        drawn.append(folder)
        (folder / "tornado.png").write_bytes(b"a picture")

    third, old = sensitivity_to_folder(question, tmp_path, draw)
    assert not old
    assert len(drawn) == 1
    assert third.document == found.document
    assert sorted(path.name for path in found.folder.iterdir()) == ["charts", *written]


def test_another_question_has_another_id() -> None:
    loaded = load("honduras-2021")
    asked: list[dict[str, Any]] = [
        {}, {"seed": 2}, {"runs": 40}, {"points": 8}, {"outcome": "lost"}, {"design": "morris"}, {"repair": True},
        {"vary": ["lean_effect"]}, {"vary": ["lean_effect"], "parameters": "drawn"},
    ]  # fmt: skip
    assert len({Question.of(loaded, **settings).settings["id"] for settings in asked}) == len(asked)
    assert Question.of(loaded).settings["id"] == Question.of(load("honduras-2021")).settings["id"]
    by_name, by_code = (Question.of(loaded, outcome=f"left:{state}") for state in ("Honduras", "HND"))
    assert (by_name.outcome, by_name.settings["id"]) == ("left:HND", by_code.settings["id"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"outcome": "cuont"}, "--outcome: one of count, lost, left:ISO3, cooperation, suspended:ISO3 (got 'cuont'); "
         "did you mean count?"),
        ({"outcome": "left"}, "--outcome: left: and the code of a state simulated here, such as left:BLZ (got 'left')"),
        ({"outcome": "left:Hondurus"}, "--outcome: left: and the code of a state simulated here, such as left:BLZ "
         "(got 'left:Hondurus'); did you mean left:HND (Honduras)?"),
        ({"outcome": "cooperation"}, "--outcome: count, lost or left:ISO3, for the scenario has no hosts "
         "(got 'cooperation')"),
        ({"outcome": "suspended:HND"}, "--outcome: count, lost or left:ISO3, for the scenario has no hosts "
         "(got 'suspended:HND')"),
        ({"design": "saltelli"}, "--design: one of sobol, morris (got 'saltelli')"),
        ({"points": 100}, "--points: a power of two for a design of kind saltelli (got 100); did you mean 128?"),
        ({"points": 1, "design": "morris"}, "--points: a whole number of trajectories, 2 or more (got 1)"),
        ({"runs": 50}, "--runs: a multiple of 20, 40 or more (got 50); did you mean 40?"),
        ({"runs": 20}, "--runs: a multiple of 20, 40 or more (got 20); did you mean 40?"),
        ({"runs": 0}, "--runs: a whole number from 1 to 10000000 (got 0)"),
        ({"seed": -1}, "--seed: a whole number from 0 to 9223372036854775807 (got -1)"),
        ({"parameters": "drawn"}, "--parameters: only with --vary: without it all numbers that have a law are varied "
         "by it (got 'drawn')"),
        ({"vary": ["lean_efect"]}, "--vary: a path of the scenario or a parameter (sim parameters lists them) "
         "(got 'lean_efect'); did you mean parameters.lean_effect?"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        face_sensitivity("honduras-2021", **settings)
    assert refused.value.lines() == [message]
