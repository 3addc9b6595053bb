"""Designs: their points, that they repeat, and the order that covers the space early."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.sweeps.designs import DESIGNS, MOST_POINTS, design, interleaved, nearest_power, unit_points
from sim.sweeps.variation import Variation

ATTENTION = Variation("washington.attention", low=0.0, high=3.0, points=4)
BUDGET = Variation("beijing.budget", values=(1.0, 2.0, 4.0))
OPEN = Variation("parameters.lean_effect", low=0.0, high=1.0)
SAMPLED = tuple(kind for kind, sampler in DESIGNS.items() if sampler.draw is not None)


def problems(*arguments: Any) -> list[str]:
    with pytest.raises(InputError) as refused:
        design(*arguments)
    return refused.value.lines()


def test_a_grid_is_every_combination_row_by_row() -> None:
    points = design([ATTENTION, BUDGET], "grid")
    assert len(points) == 12
    assert list(points) == [
        {"washington.attention": attention, "beijing.budget": budget}
        for attention in (0.0, 1.0, 2.0, 3.0)
        for budget in (1.0, 2.0, 4.0)
    ]
    assert points[-1] == points[11] == {"washington.attention": 3.0, "beijing.budget": 4.0}
    assert points[2:4] == [points[2], points[3]]
    with pytest.raises(IndexError):
        points[12]


def test_a_grid_of_millions_is_not_laid_out() -> None:
    axes = [Variation(f"states.{code}.pride", low=0.0, high=1.0, points=200) for code in ("HND", "GTM", "PRY")]
    points = design(axes, "grid")
    assert len(points) == 8_000_000
    assert list(points[7_999_999].values()) == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
@pytest.mark.parametrize("kind", SAMPLED)
def test_a_design_repeats_and_leaves_the_global_generator_alone(kind: str, seed: int) -> None:
    before = np.random.get_state()  # noqa: NPY002
    first, second = (unit_points(kind, 3, 8, seed) for _ in range(2))
    after = np.random.get_state()  # noqa: NPY002
    assert np.array_equal(first, second)
    assert not np.array_equal(first, unit_points(kind, 3, 8, seed ^ 1))
    assert before[2:] == after[2:]
    assert np.array_equal(before[1], after[1])


@pytest.mark.parametrize(("kind", "rows"), [("lhs", 8), ("sobol", 8), ("saltelli", 8 * 5), ("morris", 8 * 4)])
def test_a_design_has_its_points_within_the_cube_at_nine_digits(kind: str, rows: int) -> None:
    unit = unit_points(kind, 3, 8, 1)
    assert unit.shape == (rows, 3)
    assert unit.min() >= 0.0
    assert unit.max() <= 1.0
    assert np.array_equal(unit, unit.round(9))
    points = design([ATTENTION, BUDGET, OPEN], kind, 8, 1)
    assert len(points) == rows
    assert list(points)[3] == {
        one.path: one.value_at(u) for one, u in zip([ATTENTION, BUDGET, OPEN], unit[3].tolist(), strict=True)
    }


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_axis() -> None:
    unit = unit_points("lhs", 4, 25, 3)
    assert all(sorted((column * 25).astype(int)) == list(range(25)) for column in unit.T)


def test_a_longer_sobol_sequence_begins_with_the_shorter_one() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(unit_points("sobol", 3, 37, 5), unit_points("sobol", 3, 100, 5)[:37])


def test_a_saltelli_block_changes_one_axis_at_a_time() -> None:
    blocks = unit_points("saltelli", 3, 4, 0).reshape(4, 5, 3)
    for first, *mixed, last in blocks:
        for axis, row in enumerate(mixed):
            assert row[axis] == last[axis]
            assert np.array_equal(np.delete(row, axis), np.delete(first, axis))


def test_a_morris_trajectory_moves_each_axis_once_by_two_thirds() -> None:
    for trajectory in unit_points("morris", 3, 5, 0).reshape(5, 4, 3):
        steps = np.diff(trajectory, axis=0)
        assert sorted(np.flatnonzero(np.abs(steps) > 0.0) % 3) == [0, 1, 2]
        assert np.allclose(np.abs(steps).sum(axis=1), 2 / 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ([ATTENTION], "gird"),
            "--design: one of grid, lhs, sobol, saltelli, morris, levers (got 'gird'); did you mean grid?",
        ),
        (([], "grid"), "--vary: at least one path to vary"),
        (
            ([OPEN], "grid"),
            "--vary: parameters.lean_effect: a number of points, which a grid needs, such as "
            "parameters.lean_effect=0.0:1.0:5",
        ),
        (
            ([ATTENTION], "grid", 5),
            "--points: not for a grid: its points are those of each path, as in washington.attention=0:3:7 (got 5)",
        ),
        (([OPEN], "lhs"), "--points: required for a design of kind lhs: how many points"),
        (([OPEN], "saltelli"), "--points: required for a design of kind saltelli: how many blocks"),
        (([OPEN], "sobol", 1), "--points: a whole number of points, 2 or more (got 1)"),
        (([OPEN], "morris", True), "--points: a whole number of trajectories, 2 or more (got true)"),
        (
            ([OPEN], "saltelli", 100),
            "--points: a power of two for a design of kind saltelli (got 100); did you mean 128?",
        ),
        (([OPEN], "lhs", MOST_POINTS + 1), "--points: at most 10,000,000 points in all (got 10000001)"),
        (([OPEN], "saltelli", 2**22), "--points: at most 10,000,000 points in all (got 12582912)"),
        (
            ([Variation(f"x{n}", low=0.0, high=1.0, points=1000) for n in range(3)], "grid"),
            "--vary: at most 10,000,000 points in all (got 1000000000)",
        ),
    ],
)
def test_what_is_no_design_is_refused(arguments: Any, message: str) -> None:
    assert problems(*arguments) == [message]


@pytest.mark.parametrize(("number", "power"), [(3, 4), (5, 4), (6, 8), (7, 8), (100, 128), (95, 64), (64, 64), (1, 2)])
def test_the_nearest_power_of_two(number: int, power: int) -> None:
    assert nearest_power(number) == power


# --- the order


def test_an_order_goes_by_halves() -> None:
    assert interleaved(8) == [0, 4, 2, 6, 1, 5, 3, 7]
    assert interleaved(5) == [0, 3, 2, 4, 1]
    assert interleaved((2, 3)) == [0, 3, 2, 5, 1, 4]
    assert interleaved(1) == [0]
    assert interleaved(0) == []


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_an_order_covers_both_halves_of_every_axis_early(shape: list[int]) -> None:
    order = interleaved(shape)
    assert sorted(order) == list(range(math.prod(shape)))
    cells = np.array(np.unravel_index(order, shape))
    enough = 2 ** len(shape)
    for axis, length in enumerate(shape):
        if length < 2:
            continue
        lower = cells[axis] < (length + 1) // 2
        done = np.arange(1, len(order) + 1)
        low = np.cumsum(lower)
        assert ((low > 0) & (low < done))[enough - 1 :].all()
        # An axis of odd length has a longer half: about as often means up to that, and a step of the other axes.
        share = (length + 1) // 2 / length
        assert (np.abs(low - 0.5 * done) <= (share - 0.5) * len(order) + enough / 2).all()


@pytest.mark.parametrize("shape", [(16, 16), (64,), (8, 8, 8), (100, 30)])
def test_the_halves_of_a_grid_of_even_axes_are_visited_equally(shape: tuple[int, ...]) -> None:
    cells = np.array(np.unravel_index(interleaved(shape), shape))
    for axis, length in enumerate(shape):
        lower = np.where(cells[axis] < length // 2, 1, -1)
        assert np.abs(np.cumsum(lower)).max() <= 2 ** len(shape) / 2


def test_a_design_knows_its_order() -> None:
    assert design([ATTENTION, BUDGET], "grid").order() == interleaved((4, 3))
    assert design([ATTENTION, BUDGET], "sobol", 8).order() == list(range(8))
