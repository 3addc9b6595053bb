"""Designs: the points at which a sweep looks, in an order of their own, and an order that covers the space early."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, nearest
from sim.words import day

if TYPE_CHECKING:
    from sim.sweeps.variation import Variation

Floats = NDArray[np.float64]
Value = float | date
Point = dict[str, Value]

GRID, ONE_AT_A_TIME = "grid", "levers"
LISTED = "points"
"""The kind of a design whose points are listed one by one, as in a file; no option asks for it by this name."""
MOST_POINTS = 10_000_000
MORRIS_LEVELS = 4
_DIGITS = 9
_STREAM = 0x51E6
"""Sets the random numbers of designs apart from others of the same seed."""


def _lhs(axes: int, points: int, rng: np.random.Generator) -> Any:
    from scipy.stats import qmc

    return qmc.LatinHypercube(axes, seed=rng).random(points)


def _sobol(axes: int, points: int, rng: np.random.Generator) -> Any:
    from scipy.stats import qmc

    # A beginning of a longer sequence, since a length that is no power of two draws a warning.
    return qmc.Sobol(axes, scramble=True, seed=rng).random_base2((points - 1).bit_length())[:points]


def _saltelli(axes: int, points: int, rng: np.random.Generator) -> Any:
    from SALib.sample import sobol

    return sobol.sample(_problem(axes), points, calc_second_order=False, seed=rng)


def _morris(axes: int, points: int, rng: np.random.Generator) -> Any:
    from SALib.sample import morris

    return morris.sample(_problem(axes), points, num_levels=MORRIS_LEVELS, seed=rng)


def _problem(axes: int) -> dict[str, Any]:
    """The unit cube as SALib takes it."""
    return {"num_vars": axes, "names": [f"x{axis}" for axis in range(axes)], "bounds": [[0.0, 1.0]] * axes}


class Sampler(NamedTuple):
    """A kind of design."""

    words: str
    """What a reader calls it; `{}` stands for the number of its points."""
    draw: Callable[[int, int, np.random.Generator], Any] | None = None
    """(axes, points, generator) to (rows, axes) points in the unit cube; None where values are listed."""
    unit: str = "points"
    """What `--points` counts."""
    rows: Callable[[int], int] = lambda _: 1
    """Points for each of those asked for, by the number of axes."""


DESIGNS = {
    GRID: Sampler("grid of {}"),
    "lhs": Sampler("Latin hypercube of {}", _lhs),
    "sobol": Sampler("Sobol sequence of {}", _sobol),
    "saltelli": Sampler("Saltelli sample of {}", _saltelli, "blocks", lambda axes: axes + 2),
    "morris": Sampler("Morris paths of {}", _morris, "trajectories", lambda axes: axes + 1),
    ONE_AT_A_TIME: Sampler("one lever at a time, {}"),
}
"""Every combination; Latin hypercube; Sobol' sequence; what Sobol' indices need; trajectories of one step per axis;
one value at a time changed from where the scenario stands."""


@dataclass(frozen=True, eq=False)
class Design(Sequence[Point]):
    """The points of a design by index: value by path, made when asked for, for there may be millions."""

    variations: tuple[Variation, ...]
    kind: str
    shape: tuple[int, ...]
    """Values of each axis of a grid; the number of points alone for every other kind."""
    unit: Floats | None
    """(points, d) where each point lies in the unit cube; None if values are listed: a grid, one at a time."""
    listed: Sequence[Point] = ()
    """The points of a table, which need not have a value of each path; empty for every other kind."""
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What a table says of its points beside values, by column: a text for each point. It decides no number."""

    def __len__(self) -> int:
        return math.prod(self.shape)

    @overload
    def __getitem__(self, index: int) -> Point: ...
    @overload
    def __getitem__(self, index: slice) -> list[Point]: ...
    def __getitem__(self, index: int | slice) -> Point | list[Point]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        if self.listed:
            return self.listed[index]
        if self.unit is not None:
            row = self.unit[index].tolist()
            return {one.path: one.value_at(u) for one, u in zip(self.variations, row, strict=True)}
        if self.kind == ONE_AT_A_TIME:
            return self._one_changed(index)
        places = []
        for length in reversed(self.shape):
            index, place = divmod(index, length)
            places.append(place)
        return {one.path: one.grid[place] for one, place in zip(self.variations, reversed(places), strict=True)}

    def _one_changed(self, index: int) -> Point:
        """The first value of each path at point 0; at each later point one path has another of its values."""
        point = {one.path: one.grid[0] for one in self.variations}
        for one in self.variations:
            if 0 < index < one.size:
                point[one.path] = one.grid[index]
                break
            index -= one.size - 1
        return point

    def order(self) -> list[int]:
        """An order of the indices in which the points done so far always cover the whole space."""
        return interleaved(self.shape) if self.unit is None and not self.listed else list(range(len(self)))


def design(variations: Sequence[Variation], kind: str, points: int | None = None, seed: int = 1) -> Design:
    """The points of a design in its fixed order.

    points : points (lhs, sobol), blocks of d + 2 points (saltelli), or trajectories of d + 1 points (morris);
    none for a grid and for levers, whose axes bring their own: of levers the first value is the scenario's
    seed : 0 to 2^63 - 1
    Raises InputError naming every problem found.
    """
    problems = design_problems(variations, kind, points)
    if problems:
        raise InputError(problems)
    if kind == GRID:
        return Design(tuple(variations), kind, tuple(len(one.grid) for one in variations), None)
    if kind == ONE_AT_A_TIME:
        return Design(tuple(variations), kind, (1 + sum(one.size - 1 for one in variations),), None)
    unit = unit_points(kind, len(variations), points or 0, seed)
    return Design(tuple(variations), kind, (unit.shape[0],), unit)


def design_problems(variations: Sequence[Variation], kind: str, points: int | None) -> list[Problem]:
    """All that is wrong with a design: its kind, its number of points, the points of its axes."""
    if kind not in DESIGNS:
        return [Problem("--design", "one of " + ", ".join(DESIGNS), kind, nearest(kind, DESIGNS))]
    if not variations:
        return [Problem("--vary", "at least one path to vary")]
    if kind == GRID:
        return _grid_problems(variations, points)
    if kind == ONE_AT_A_TIME:
        rule = "not for the levers of the patrons: each has its multiples"
        return [] if points is None else [Problem("--points", rule, points)]
    unit = DESIGNS[kind].unit
    if points is None:
        return [Problem("--points", f"required for a design of kind {kind}: how many {unit}")]
    if not isinstance(points, int) or isinstance(points, bool) or points < 2:
        return [Problem("--points", f"a whole number of {unit}, 2 or more", points)]
    total = points * DESIGNS[kind].rows(len(variations))
    if total > MOST_POINTS:
        return [Problem("--points", f"at most {MOST_POINTS:,} points in all", total)]
    if kind == "saltelli" and points & (points - 1):
        near = nearest_power(points)
        return [Problem("--points", "a power of two for a design of kind saltelli", points, str(near))]
    return []


def _grid_problems(variations: Sequence[Variation], points: int | None) -> list[Problem]:
    problems = []
    if points is not None:
        rule = "not for a grid: its points are those of each path, as in washington.attention=0:3:7"
        problems.append(Problem("--points", rule, points))
    for one in variations:
        if one.values is None and one.points is None:
            rule = f"{one.path}: a number of points, which a grid needs, such as {one.path}={one.low}:{one.high}:5"
            problems.append(Problem("--vary", rule))
    if problems:
        return problems
    total = math.prod(one.size for one in variations)
    if total > MOST_POINTS:
        return [Problem("--vary", f"at most {MOST_POINTS:,} points in all", total)]
    return []


def nearest_power(number: int) -> int:
    """The power of two nearest to a number, 2 at least; the greater of two as near."""
    low = 1 << max(1, number.bit_length() - 1)
    return low if number - low < 2 * low - number else 2 * low


def unit_points(kind: str, axes: int, points: int, seed: int) -> Floats:
    """(rows, axes) the points of a design in the unit cube, 0 to 1, at nine digits.

    The samplers get a generator of their own: NumPy's global one is neither read nor moved, and seed 0 is a seed.
    """
    rng = np.random.default_rng([seed, _STREAM, list(DESIGNS).index(kind)])
    draw = DESIGNS[kind].draw
    assert draw is not None
    unit: Floats = np.asarray(draw(axes, points, rng), dtype=np.float64).round(_DIGITS) + 0.0
    return unit


def nearest_point(points: Design, own: Mapping[str, Any]) -> int:
    """The point nearest to these values by path, the first of several as near; point 0 where none is given.

    On each axis a distance counts in lengths of what the points span there. A path without a value counts for nothing.
    """
    known = {one.path: _place(own[one.path]) for one in points.variations if own.get(one.path) is not None}
    at = {path: [_place(point.get(path, own[path])) for point in points] for path in known}
    spans = {path: (max(places) - min(places)) or 1.0 for path, places in at.items()}
    return min(
        range(len(points)),
        key=lambda point: sum(abs(at[path][point] - stands) / spans[path] for path, stands in known.items()),
    )


def _place(value: Value | str) -> float:
    """Where a value stands on its axis; days are counted."""
    return float(day(value).toordinal()) if isinstance(value, (str, date)) else float(value)


def interleaved(shape: int | Sequence[int]) -> list[int]:
    """An order of the cells of a grid, by their index row by row, that covers the whole grid at every time.

    shape : the length of a list, or of each axis
    After any 2^d or more cells both halves of every one of the d axes have been visited, and about as often.
    """
    lengths = [shape] if isinstance(shape, int) else list(shape)
    total = math.prod(lengths)
    if total == 0:
        return []
    # Cells are sorted by the bits of their ranks, the axes taking turns: first which half of each, then which quarter.
    key = np.zeros(total, dtype=np.uint64)
    ranks = [_ranks(length) for length in lengths]
    place = 0
    for bit in range(max(length - 1 for length in lengths).bit_length()):
        for axis, length in enumerate(lengths):
            if (length - 1) >> bit == 0:
                continue
            after = math.prod(lengths[axis + 1 :])
            bits = ((ranks[axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(place)
            key |= np.tile(np.repeat(bits, after), total // (length * after))
            place += 1
    order: list[int] = np.argsort(key, kind="stable").tolist()
    return order


def _ranks(length: int) -> NDArray[np.uint64]:
    """(length,) when each place of a list is visited, its two halves by turns, and within each half the same."""
    ranks = np.empty(length, dtype=np.uint64)
    ranks[_by_turns(length, {})] = np.arange(length, dtype=np.uint64)
    return ranks


def _by_turns(length: int, known: dict[int, NDArray[np.int64]]) -> NDArray[np.int64]:
    """(length,) the places of a list in the order of their visits; `known` holds orders of shorter ones."""
    if length not in known:
        order = np.zeros(length, dtype=np.int64)
        if length > 1:
            middle = (length + 1) // 2
            order[0::2] = _by_turns(middle, known)
            order[1::2] = _by_turns(length - middle, known) + middle
        known[length] = order
    return known[length]
