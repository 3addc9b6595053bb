"""What may be varied, and over what: paths of a scenario with values and ranges, each tried before anything runs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sim.errors import InputError, Problem, ScenarioError, nearest
from sim.fit import beliefs_for
from sim.parameters import PARAMETERS
from sim.scenario import Range, ResolvedScenario, Scenario, ScenarioFiles
from sim.scenario.language import Kind, fields_at, full_path, kind_at, near_path, path_by_code
from sim.scenario.reading import DEEPEST
from sim.scenario.values import number_rule, scalar
from sim.sweeps.designs import MOST_POINTS, Point, Value
from sim.sweeps.variation import Variation, nearest_whole, nine_digits, written
from sim.words import listed_briefly

MOST_TRIED = 200
"""Of more values or points, this many are tried, evenly, besides the outermost."""
_LARGEST = 1e300
MOST_VARIED = 500
"""Paths that a file varies; each is tried on the scenario."""


def wrong_at(path: str, rule: str, value: object = None, suggestion: str | None = None) -> InputError:
    """The error of one problem."""
    return InputError(Problem(path, rule, value, suggestion))


class Reader:
    """Makes variations of one scenario; what it raises names the path that is varied."""

    def __init__(self, scenario: ResolvedScenario) -> None:
        self.scenario = scenario
        self.document = scenario.scenario.model_dump()

    @cached_property
    def opened(self) -> ScenarioFiles:
        """The scenario's files, read once for all values that are tried."""
        return self.scenario.opened()

    def variation(self, name: str, raw: Any) -> Variation:
        """The variation that a path and its raw value make; every value is tried on the scenario."""
        path, kind = self.column(name)
        if isinstance(raw, list):
            variation = self.listed(path, kind, raw)
        elif isinstance(raw, dict):
            variation = self.range(path, kind, raw)
        else:
            rule = f"low:high, low:high:points or a list of values with commas, such as {path}=0:1:5"
            raise wrong_at(path, rule, raw)
        self.try_on(variation)
        return variation

    def column(self, name: str) -> tuple[str, Kind]:
        """The full path of a name that is to be varied, and what it holds."""
        path = self.path(name)
        if path in self.scenario.overrides:
            raise wrong_at(path, "not set as well, for it is varied", self.scenario.overrides[path])
        given, parts = self.scenario.scenario.given, path.split(".")
        if parts[0] == "elections" and parts[4:5] == ["chance"] and parts[1] in given:
            raise wrong_at(path, f"not varied, for the outcome of this vote is given: {given[parts[1]]}")
        return path, self.kind(path)

    def path(self, name: str) -> str:
        """The full path of a name."""
        if name.count(".") >= DEEPEST:
            raise wrong_at("", f"a path of at most {DEEPEST} names", name)
        name = full_path(path_by_code(name))
        if "." not in name:
            rule = "a path of the scenario or a parameter (sim parameters lists them)"
            if name in Scenario.model_fields:
                fields = listed_briefly(fields_at([name], self.document) or self.document[name])
                raise wrong_at("", f"{rule}; {name} holds {fields}" if fields else rule, name)
            raise wrong_at("", rule, name, near_path(name, self.document))
        head, _, rest = name.partition(".")
        if head == "parameters" and rest not in PARAMETERS:
            close = nearest(rest, PARAMETERS)
            rule = "a model parameter (sim parameters lists them)"
            raise wrong_at(name, rule, rest, None if close is None else f"parameters.{close}")
        if head in ("scenario", "expectations"):
            raise wrong_at(name, "a path of what happens: days of the scenario stay, runs and seed are options")
        return name

    def kind(self, path: str) -> Kind:
        """What a path holds. Raises InputError for a path that is not there, or holds no number and no day."""
        parts = path.split(".")
        kind = kind_at(self.document, parts)
        if kind is not None:
            return kind
        try:
            self.opened.resolved({**self.scenario.overrides, path: 0.0})
        except ScenarioError as error:
            missing = [problem for problem in error.problems if problem.rule.startswith(("no such path", "a path"))]
            if missing:
                raise wrong_at(path, missing[0].rule, None, missing[0].suggestion) from None
        raise wrong_at(path, "a path that holds a number, or the day of an event or election")

    def listed(self, path: str, kind: Kind, raw: Sequence[Any]) -> Variation:
        """A variation over a list."""
        values = tuple(value_of(path, kind, value) for value in raw)
        if not values:
            raise wrong_at(path, "at least one value")
        if len(set(values)) < len(values):
            seen: set[Value] = set()
            twice = next(value for value in values if value in seen or seen.add(value))  # type: ignore[func-returns-value]
            raise wrong_at(path, "each value once", twice)
        return Variation(path, values=values, whole=kind == "whole")

    def range(self, path: str, kind: Kind, raw: Mapping[str, Any]) -> Variation:
        """A variation over a range: told, or the path's own."""
        points = raw.get("points")
        if points is not None and (not isinstance(points, int) or isinstance(points, bool) or points < 2):
            raise wrong_at(path, "a whole number of points, 2 or more", points)
        if points is not None and points > MOST_POINTS:
            raise wrong_at(path, f"at most {MOST_POINTS:,} points in all", points)
        if ("low" in raw) != ("high" in raw):
            raise wrong_at(path, "both low and high, or neither")
        if "low" in raw:
            low, high = (value_of(path, kind, raw.get(end)) for end in ("low", "high"))
        else:
            low, high = self.own_range(path)
        if not low < high:  # type: ignore[operator]
            raise wrong_at(path, "low:high, with low below high", f"{written(low)}:{written(high)}")
        one = Variation(path, None, low, high, points, kind == "whole")
        if points is not None and one._steps is not None and points > one._steps + 1:
            things = "days" if kind == "day" else "whole numbers"
            raise wrong_at(
                path, f"at most {one._steps + 1} points, for there are no more {things} in the range", points
            )
        return one

    def own_range(self, path: str) -> tuple[float, float]:
        """The 5 % and 95 % points of a parameter's law, or of a range the scenario gives."""
        head, _, name = path.partition(".")
        if head == "parameters":
            belief = beliefs_for(self.scenario.scenario)[name]
            limits = belief.parameter.minimum, belief.parameter.maximum
            low, high = belief.distribution.low, belief.distribution.high
            if not low < high:
                raise wrong_at(path, f"a range, such as {name}=low:high: the scenario sets it to one value", low)
            return nine_digits(max(low, limits[0])), nine_digits(min(high, limits[1]))
        given: Any = self.scenario.scenario
        for part in path.split("."):
            given = given.get(part) if isinstance(given, dict) else getattr(given, part, None)
        if not isinstance(given, Range):
            raise wrong_at(path, f"values, such as {path}=low:high: only what is not known has a range of its own")
        return given.low, given.high

    def try_on(self, one: Variation) -> None:
        """Try the outermost values on the scenario: what it accepts of one path has no holes.

        Raises InputError with what the scenario says of these, and of others where it refuses one.
        """
        values = one.values or one.grid or (one.value_at(0.0), one.value_at(1.0))
        ends = {values.index(end(values)) for end in (min, max)}
        if self._refused({place: {one.path: values[place]} for place in ends}):
            tried = _evenly(len(values), ends)
            refused = self._refused({place: {one.path: values[place]} for place in tried})
            raise InputError([problem for _, problem in refused])

    def try_rows(self, rows: Sequence[Point], paths: Sequence[str]) -> list[tuple[int, Problem]]:
        """What the scenario says of points, each problem once, with the place of the first point tried that has it.

        All are tried, or of many those with the least and the greatest value of each path and others evenly: so
        nothing is missed that a value breaks by itself.
        """
        ends: set[int] = set()
        for path in paths if len(rows) > MOST_TRIED else ():
            by_value = [(values[path], place) for place, values in enumerate(rows) if path in values]
            ends |= {min(by_value)[1], max(by_value)[1]}
        return self._refused({place: rows[place] for place in _evenly(len(rows), ends)})

    def _refused(self, tried: Mapping[int, Point]) -> list[tuple[int, Problem]]:
        """What the scenario says of values by path: each problem once, with the place at which it was found."""
        by_rule: dict[tuple[str, str], tuple[int, Problem]] = {}
        for place, values in tried.items():
            try:
                self.opened.resolved({**self.scenario.overrides, **values})
            except ScenarioError as error:
                for problem in error.problems:
                    by_rule.setdefault((problem.path, problem.rule), (place, _blamed(problem, values)))
        return list(by_rule.values())


def _evenly(many: int, more: Iterable[int]) -> list[int]:
    """Places of a list in their order, at most `MOST_TRIED` and one evenly, and these more."""
    if many <= MOST_TRIED:
        return list(range(many))
    return sorted({nearest_whole(place * (many - 1), MOST_TRIED) for place in range(MOST_TRIED + 1)} | {*more})


def _blamed(problem: Problem, values: Point) -> Problem:
    """A problem of the scenario; if it is about another path, with the values that bring it about."""
    own = any(f"{p}.".startswith(f"{problem.path}.") or problem.path.startswith(f"{p}.") for p in values)
    if own and not isinstance(problem.value, (dict, list)):
        return problem
    with_them = ", ".join(f"{path} = {written(value)}" for path, value in values.items())
    return Problem(problem.path, f"{problem.rule}, with {with_them}", None, problem.suggestion)


def value_of(path: str, kind: Kind, raw: Any) -> Value:
    """A value of a kind, as told; a text that is a number counts as one. Raises InputError where it is none."""
    if kind == "day":
        if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
            try:
                return date.fromisoformat(raw)
            except ValueError:
                raise wrong_at(path, "no such day in the calendar", raw) from None
        if isinstance(raw, datetime) or not isinstance(raw, date):
            raise wrong_at(path, "a date written YYYY-MM-DD", _plain(raw))
        return raw
    raw = scalar(raw) if isinstance(raw, str) else raw
    if not isinstance(raw, (int, float)) or isinstance(raw, bool):
        raise wrong_at(path, "required" if raw is None else number_rule(raw), _plain(raw))
    if abs(raw) > _LARGEST or not math.isfinite(raw):
        raise wrong_at(path, "a finite number", raw)
    if kind == "whole":
        if raw != int(raw):
            raise wrong_at(path, "a whole number", raw)
        return int(raw)
    return nine_digits(float(raw))


def _plain(raw: Any) -> Any:
    """A value as a message shows it."""
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw
