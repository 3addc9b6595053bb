"""What a sweep varies: paths of a scenario with the values or the range of each, from options or from a file."""

from __future__ import annotations

import math
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic.fields import FieldInfo

from sim.errors import InputError, Problem, ScenarioError, nearest
from sim.fit import beliefs_for
from sim.parameters import PARAMETERS
from sim.runs.designs import DESIGNS, MOST_POINTS, ONE_AT_A_TIME, Value, design_problems
from sim.scenario import Loaded, Opened, Range, Scenario, load, shipped, with_given
from sim.scenario.fields import Quantity, Series
from sim.scenario.loading import read_toml
from sim.scenario.naming import path_by_code
from sim.scenario.problems import fields_at
from sim.scenario.reading import DEEPEST
from sim.scenario.schema import MOST_RUNS, MOST_SEED

Kind = Literal["number", "whole", "day"]
_MOST_CHECKED = 200
"""Of an axis with more values than this, so many are tried, evenly: what a scenario accepts has no holes."""
MOST_VARIED = 500
"""Paths that a sweep file varies; each is tried on the scenario."""
_DIGITS = 9
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Variation:
    """One path that is varied: over a list of values, or from `low` to `high`."""

    path: str
    """Dotted path of the scenario language, `parameters.NAME` for a parameter of the model."""
    values: tuple[Value, ...] | None = None
    low: Value | None = None
    high: Value | None = None
    points: int | None = None
    """Points of the range on a grid."""
    whole: bool = False
    """Whole numbers only."""

    @property
    def size(self) -> int:
        """How many values it has on a grid; 0 for a range without points."""
        return len(self.values) if self.values is not None else self.points or 0

    @cached_property
    def grid(self) -> tuple[Value, ...]:
        """Its values on a grid: those listed, or `points` of them evenly from `low` to `high`."""
        if self.values is not None:
            return self.values
        steps = range(self.points or 0)
        if self._steps is None:
            return tuple(self.value_at(step / (len(steps) - 1)) for step in steps)
        return tuple(self._counted(_nearest(step * self._steps, len(steps) - 1)) for step in steps)

    def value_at(self, u: float) -> Value:
        """The value at `u`, 0 to 1, from low to high; listed values, days and whole numbers have equal shares of it.

        Numbers have nine significant digits.
        """
        if self.values is not None:
            return self.values[_share(u, len(self.values))]
        if self._steps is not None:
            return self._counted(_share(u, self._steps + 1))
        assert isinstance(self.low, (int, float))
        assert isinstance(self.high, (int, float))
        if u >= 1.0:
            return self.high
        return nine_digits(self.low + u * (self.high - self.low))

    @property
    def _steps(self) -> int | None:
        """Whole numbers or days from `low` to `high`, one left out; None where every number in between counts."""
        if isinstance(self.low, date) and isinstance(self.high, date):
            return (self.high - self.low).days
        return int(self.high) - int(self.low) if self.whole else None  # type: ignore[arg-type]

    def _counted(self, steps: int) -> Value:
        return self.low + steps * (_ONE_DAY if isinstance(self.low, date) else 1)  # type: ignore[operator, return-value]

    @property
    def text(self) -> str:
        """As an option would say it: `PATH=low:high:n`, `PATH=a,b,c`."""
        if self.values is not None:
            return f"{self.path}=" + ",".join(map(_written, self.values))
        ends = [_written(end) for end in (self.low, self.high)]
        return f"{self.path}=" + ":".join([*ends, *([] if self.points is None else [str(self.points)])])


def _share(u: float, parts: int) -> int:
    return min(parts - 1, max(0, int(u * parts)))


def _nearest(number: int, parts: int) -> int:
    """`number / parts` to the nearest whole number, halves upwards."""
    return (2 * number + parts) // (2 * parts)


def _written(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def nine_digits(value: float) -> float:
    """A number at nine significant digits, so that platforms agree; nought without a sign."""
    return float(f"{value:.{_DIGITS - 1}e}") + 0.0


# --- options ------------------------------------------------------------------------------------------------


def parse_variation(text: str, scenario: Loaded) -> Variation:
    """What `PATH=low:high:n`, `PATH=low:high`, `PATH=a,b,c` or `PATH` alone varies.

    A bare parameter name stands for `parameters.NAME`; alone, it has the 5 % and 95 % points of its law as its range.
    Raises InputError naming every problem found.
    """
    return parse_variations([text], scenario)[0]


def parse_variations(texts: Iterable[str], scenario: Loaded) -> tuple[Variation, ...]:
    """The same of several texts, each path once."""
    found: list[Variation] = []
    wrong: list[Problem] = []
    reader = _Reader(scenario)
    for text in texts:
        name, equals, told = text.partition("=")
        try:
            one = reader.variation(name.strip(), _told(told) if equals else {})
            if any(one.path == other.path for other in found):
                raise _wrong(one.path, "a path that is varied once", text)
            found.append(one)
        except InputError as error:
            wrong += [_optional(problem) for problem in error.problems]
    if wrong:
        raise InputError(wrong)
    return tuple(found)


def _optional(problem: Problem) -> Problem:
    rule = f"{problem.path}: {problem.rule}" if problem.path else problem.rule
    return Problem("--vary", rule, problem.value, problem.suggestion)


def _told(text: str) -> Any:
    """What a text says after its `=`, as a sweep file would hold it."""
    if ":" not in text:
        return [_scalar(part) for part in text.split(",")]
    parts = [_scalar(part) for part in text.split(":")]
    if len(parts) > 3:
        return text
    table = dict(zip(("low", "high", "points"), parts, strict=False))
    points = table.get("points")
    if isinstance(points, float) and points.is_integer():
        table["points"] = int(points)
    return table


def _scalar(text: str) -> Any:
    """A number or a day where the text is one, else the text."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return text
    try:
        return float(text)
    except ValueError:
        return text


# --- what may be varied, and over what ------------------------------------------------------------------------


def _wrong(path: str, rule: str, value: object = None, suggestion: str | None = None) -> InputError:
    return InputError(Problem(path, rule, value, suggestion))


class _Reader:
    """Makes variations of one scenario; what it raises names the path that is varied."""

    def __init__(self, scenario: Loaded) -> None:
        self.scenario = scenario
        self.document = scenario.scenario.model_dump()

    @cached_property
    def opened(self) -> Opened:
        """The scenario's files, read once for all values that are tried."""
        return self.scenario.opened()

    def variation(self, name: str, told: Any) -> Variation:
        """What a path and what is told of it come to; every value is tried on the scenario."""
        path = self.path(name)
        if path in self.scenario.overrides:
            raise _wrong(path, "not set as well, for it is varied", self.scenario.overrides[path])
        given, parts = self.scenario.scenario.given, path.split(".")
        if parts[0] == "elections" and parts[4:5] == ["chance"] and parts[1] in given:
            raise _wrong(path, f"not varied, for the outcome of this vote is given: {given[parts[1]]}")
        kind = self.kind(path)
        if isinstance(told, list):
            made = self.listed(path, kind, told)
        elif isinstance(told, dict):
            made = self.range(path, kind, told)
        else:
            rule = f"low:high, low:high:points or a list of values with commas, such as {path}=0:1:5"
            raise _wrong(path, rule, told)
        self.try_on(made)
        return made

    def path(self, name: str) -> str:
        """The full path of a name."""
        if name.count(".") >= DEEPEST:
            raise _wrong("", f"a path of at most {DEEPEST} names", name)
        name = path_by_code(name)
        if name in PARAMETERS:
            return f"parameters.{name}"
        if "." not in name:
            rule = "a path of the scenario or a parameter (sim parameters lists them)"
            close = nearest(name, [*PARAMETERS, *Scenario.model_fields])
            raise _wrong("", rule, name, None if close == name else close)
        head, _, rest = name.partition(".")
        if head == "parameters" and rest not in PARAMETERS:
            close = nearest(rest, PARAMETERS)
            rule = "a model parameter (sim parameters lists them)"
            raise _wrong(name, rule, rest, None if close is None else f"parameters.{close}")
        if head in ("scenario", "expectations"):
            raise _wrong(name, "a path of what happens: days of the scenario stay, runs and seed are options")
        return name

    def kind(self, path: str) -> Kind:
        """What a path holds. Raises InputError for a path that is not there, or holds no number and no day."""
        parts = path.split(".")
        found = _kind(self.document, parts)
        if found is not None:
            return found
        try:
            self.opened.resolved({**self.scenario.overrides, path: 0.0})
        except ScenarioError as error:
            missing = [problem for problem in error.problems if problem.rule.startswith(("no such path", "a path"))]
            if missing:
                raise _wrong(path, missing[0].rule, None, missing[0].suggestion) from None
        raise _wrong(path, "a path that holds a number, or the day of an event or election")

    def listed(self, path: str, kind: Kind, told: Sequence[Any]) -> Variation:
        """A variation over a list."""
        values = tuple(_value(path, kind, value) for value in told)
        if not values:
            raise _wrong(path, "at least one value")
        twice = [value for place, value in enumerate(values) if value in values[:place]]
        if twice:
            raise _wrong(path, "each value once", twice[0])
        return Variation(path, values=values, whole=kind == "whole")

    def range(self, path: str, kind: Kind, told: Mapping[str, Any]) -> Variation:
        """A variation over a range: told, or the path's own."""
        points = told.get("points")
        if points is not None and (not isinstance(points, int) or isinstance(points, bool) or points < 2):
            raise _wrong(path, "a whole number of points, 2 or more", points)
        if points is not None and points > MOST_POINTS:
            raise _wrong(path, f"at most {MOST_POINTS:,} points in all", points)
        if ("low" in told) != ("high" in told):
            raise _wrong(path, "both low and high, or neither")
        if "low" in told:
            low, high = (_value(path, kind, told.get(end)) for end in ("low", "high"))
        else:
            low, high = self.own_range(path)
        if not low < high:  # type: ignore[operator]
            raise _wrong(path, "low:high, with low below high", f"{_written(low)}:{_written(high)}")
        one = Variation(path, None, low, high, points, kind == "whole")
        if points is not None and one._steps is not None and points > one._steps + 1:
            things = "days" if kind == "day" else "whole numbers"
            raise _wrong(path, f"at most {one._steps + 1} points, for there are no more {things} in the range", points)
        return one

    def own_range(self, path: str) -> tuple[float, float]:
        """The 5 % and 95 % points of a parameter's law, or of a range the scenario gives."""
        head, _, name = path.partition(".")
        if head == "parameters":
            belief = beliefs_for(self.scenario.scenario)[name]
            limits = belief.parameter.minimum, belief.parameter.maximum
            low, high = belief.distribution.low, belief.distribution.high
            if not low < high:
                raise _wrong(path, f"a range, such as {name}=low:high: the scenario sets it to one value", low)
            return nine_digits(max(low, limits[0])), nine_digits(min(high, limits[1]))
        given: Any = self.scenario.scenario
        for part in path.split("."):
            given = given.get(part) if isinstance(given, dict) else getattr(given, part, None)
        if not isinstance(given, Range):
            raise _wrong(path, f"values, such as {path}=low:high: only what is not known has a range of its own")
        return given.low, given.high

    def try_on(self, one: Variation) -> None:
        """Try values on the scenario. Raises InputError with what the scenario says of them."""
        if one.values is not None:
            values = one.values
        elif one.size > _MOST_CHECKED:
            places = {_nearest(place * (one.size - 1), _MOST_CHECKED) for place in range(_MOST_CHECKED + 1)}
            values = tuple(one.value_at(place / (one.size - 1)) for place in sorted(places))
        else:
            values = one.grid or (one.value_at(0.0), one.value_at(1.0))
        found: dict[tuple[str, str], Problem] = {}
        for value in values:
            try:
                self.opened.resolved({**self.scenario.overrides, one.path: value})
            except ScenarioError as error:
                for problem in error.problems:
                    found.setdefault((problem.path, problem.rule), _blamed(problem, one.path, value))
        if found:
            raise InputError(found.values())


def _blamed(problem: Problem, path: str, value: Value) -> Problem:
    """A problem of the scenario; where it is told of another path, with the value that brings it about."""
    own = f"{path}.".startswith(f"{problem.path}.") or problem.path.startswith(f"{path}.")
    if own and not isinstance(problem.value, (dict, list)):
        return problem
    return Problem(problem.path, f"{problem.rule}, with {path} = {_written(value)}", None, problem.suggestion)


def _kind(document: Mapping[str, Any], parts: Sequence[str]) -> Kind | None:
    """What the language holds at a path of a document; None for a path it does not have, and for no number or day."""
    if parts[0] == "parameters":
        return "number"
    allowed = fields_at(parts[:-1], document)
    if allowed is not None:
        field = allowed.get(parts[-1])
        return None if field is None else _held(field)
    above = fields_at(parts[:-2], document) or {}
    dated = above.get(parts[-2]) if len(parts) > 2 else None
    is_series = dated is not None and any(isinstance(part, Series) for part in dated.metadata)
    return "number" if is_series else None


def _held(field: FieldInfo) -> Kind | None:
    found: set[Any] = set()
    pending: list[Any] = [*field.metadata, field.annotation]
    while pending:
        part = pending.pop()
        if isinstance(part, (Quantity, Series)):
            return "number"
        if typing.get_origin(part) not in (dict, list):
            found.add(part) if part in (float, int, date) else pending.extend(typing.get_args(part))
    kinds: dict[Any, Kind] = {float: "number", int: "whole", date: "day"}
    return next((kind for held, kind in kinds.items() if held in found), None)


def _value(path: str, kind: Kind, told: Any) -> Value:
    """A value of a kind, as told. Raises InputError where it is none."""
    if kind == "day":
        if isinstance(told, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", told):
            try:
                return date.fromisoformat(told)
            except ValueError:
                raise _wrong(path, "no such day in the calendar", told) from None
        if isinstance(told, datetime) or not isinstance(told, date):
            raise _wrong(path, "a date written YYYY-MM-DD", _plain(told))
        return told
    if not isinstance(told, (int, float)) or isinstance(told, bool):
        raise _wrong(path, "required" if told is None else "a number", _plain(told))
    if not math.isfinite(told):
        raise _wrong(path, "a finite number", told)
    if kind == "whole":
        if told != int(told):
            raise _wrong(path, "a whole number", told)
        return int(told)
    return nine_digits(float(told))


def _plain(told: Any) -> Any:
    """A value as a message shows it."""
    return int(told) if isinstance(told, float) and told.is_integer() else told


# --- files --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SweepFile:
    """A sweep as a file tells it, with everything checked."""

    file: str
    """The file, as the user named it."""
    scenario: Loaded
    design: str
    points: int | None
    """Points of a design other than a grid."""
    runs: int | None
    """Runs a point; None where the file leaves them open."""
    seed: int | None
    variations: tuple[Variation, ...]


_KEYS: Mapping[str, tuple[int, int] | None] = {
    "scenario": None,
    "given": None,
    "design": None,
    "points": (2, MOST_POINTS),
    "runs": (1, MOST_RUNS),
    "seed": (0, MOST_SEED),
}
"""Keys of `[sweep]`, with the bounds of those that hold whole numbers."""
_RANGE = ("low", "high", "points")


def read_sweep(
    path: str | Path, overrides: Mapping[str, Any] | None = None, record: str | Path | None = None
) -> SweepFile:
    """Read a sweep from a TOML file: `[sweep]`, and `[vary]` with what is varied by path.

    overrides : set on the scenario, by path
    Raises InputError naming every problem found, with file, path, rule and value.
    """
    shown = str(path)
    document = _document(Path(path), shown)
    wrong = [
        Problem(key, "unknown key", key, nearest(key, ("sweep", "vary")))
        for key in document
        if key not in ("sweep", "vary")
    ]
    head, vary = document.get("sweep", {}), document.get("vary", {})
    wrong += [
        Problem(key, "a table", table) for key, table in (("sweep", head), ("vary", vary)) if not _is_table(table)
    ]
    if not _is_table(head) or not _is_table(vary):
        raise InputError(wrong, shown)
    wrong += _head_problems(head)
    try:
        overrides = with_given(None, head.get("given")) | dict(overrides or {})
    except ScenarioError as error:
        wrong += [Problem("sweep.given", problem.rule, problem.value) for problem in error.problems]
    scenario = _scenario(head.get("scenario"), Path(path).parent, overrides, record, wrong)
    variations = () if scenario is None else _variations(scenario, vary, wrong)
    kind, points = head.get("design", DESIGNS[0]), head.get("points")
    if kind == ONE_AT_A_TIME:
        if vary:
            wrong.append(Problem("vary", "left out with the design levers, which knows what it varies"))
        if points is not None:
            wrong.append(Problem("sweep.points", "left out with the design levers", points))
    elif not vary:
        wrong.append(Problem("vary", "required: what is varied, by path"))
    elif not any(problem.path.startswith(("vary", "sweep.design", "sweep.points")) for problem in wrong) and scenario:
        for found in design_problems(variations, kind, points):
            option = found.path.removeprefix("--")
            where = option if option == "vary" else f"sweep.{option}"
            wrong.append(Problem(where, found.rule, found.value, found.suggestion))
    if wrong or scenario is None:
        raise InputError(wrong, shown)
    return SweepFile(shown, scenario, kind, points, head.get("runs"), head.get("seed"), variations)


def _document(path: Path, shown: str) -> dict[str, Any]:
    try:
        there = path.exists()
    except (OSError, ValueError):
        there = False
    if not there:
        raise InputError(Problem("", "no such file"), shown)
    return read_toml(path, shown)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _head_problems(head: Mapping[str, Any]) -> list[Problem]:
    """What is wrong in `[sweep]` itself."""
    wrong = [Problem(f"sweep.{key}", "unknown key", key, nearest(key, _KEYS)) for key in head if key not in _KEYS]
    for key, bounds in _KEYS.items():
        value = head.get(key)
        if bounds is None or value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            wrong.append(Problem(f"sweep.{key}", "a whole number", value))
        elif not bounds[0] <= value <= bounds[1]:
            wrong.append(Problem(f"sweep.{key}", f"a whole number from {bounds[0]} to {bounds[1]}", value))
    design = head.get("design", DESIGNS[0])
    if design not in DESIGNS:
        rule = "one of " + ", ".join(DESIGNS)
        wrong.append(Problem("sweep.design", rule, design, nearest(design, DESIGNS)))
    return wrong


def _scenario(
    name: Any,
    folder: Path,
    overrides: Mapping[str, Any] | None,
    record: str | Path | None,
    wrong: list[Problem],
) -> Loaded | None:
    """The scenario of a sweep file: a shipped name, or a file beside it; its problems go to `wrong`."""
    if not isinstance(name, str) or not name:
        rule = "required: a shipped scenario or a file beside this one" if name is None else "a scenario's name or file"
        wrong.append(Problem("sweep.scenario", rule, name))
        return None
    try:
        return load(name if name in shipped() else folder / name, overrides, record=record)
    except ScenarioError as error:
        for problem in error.problems:
            rule = f"{problem.path}: {problem.rule}" if problem.path else problem.rule
            value, close = (problem.value, None) if problem.path else (name, nearest(name, shipped()))
            wrong.append(Problem("sweep.scenario", rule, value, problem.suggestion or close))
        return None


def _variations(scenario: Loaded, vary: Mapping[str, Any], wrong: list[Problem]) -> tuple[Variation, ...]:
    """What `[vary]` varies; its problems go to `wrong`."""
    reader = _Reader(scenario)
    found: list[Variation] = []
    rows = _flat(vary)
    if len(rows) > MOST_VARIED:
        wrong.append(Problem("vary", f"at most {MOST_VARIED} paths", len(rows)))
        return ()
    for name, told in rows:
        if not isinstance(told, (dict, list)):
            rule = "a list of values, or a table {low, high, points}; {} for a parameter's own range"
            wrong.append(Problem(f"vary.{name}", rule, told))
            continue
        unknown = [key for key in told if key not in _RANGE] if isinstance(told, dict) else []
        wrong += [Problem(f"vary.{name}.{key}", "unknown key", key, nearest(key, _RANGE)) for key in unknown]
        if unknown:
            continue
        try:
            one = reader.variation(name, told)
            if any(one.path == other.path for other in found):
                raise _wrong(one.path, "a path that is varied once", name)
            found.append(one)
        except InputError as error:
            for problem in error.problems:
                where = f"vary.{problem.path or name}"
                wrong.append(Problem(where, problem.rule, problem.value, problem.suggestion))
    return tuple(found)


def _flat(vary: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """Paths with what is told of each: dots outside quotes make tables in tables, which mean the same path."""
    rows: list[tuple[str, Any]] = []
    for key, told in vary.items():
        path = f"{above}{key}"
        nested = isinstance(told, dict) and (
            any(isinstance(item, (dict, list)) for item in told.values()) or not set(told) & set(_RANGE)
        )
        rows += _flat(told, f"{path}.") if nested and told else [(path, told)]
    return rows
