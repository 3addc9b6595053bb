"""A sweep as options or a TOML file describe it: the scenario, the design, and what is varied or a file of points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem, ScenarioError, nearest
from sim.scenario import RecordSource, ResolvedScenario, load, shipped, with_given
from sim.scenario.files import read_toml
from sim.scenario.schema import MOST_RUNS, MOST_SEED
from sim.scenario.values import scalar
from sim.sweeps.designs import DESIGNS, GRID, MOST_POINTS, ONE_AT_A_TIME, Design, design_problems
from sim.sweeps.pointfile import listed_points, read_points
from sim.sweeps.variation import Variation
from sim.sweeps.varying import MOST_VARIED, Reader, wrong_at

# --- options ------------------------------------------------------------------------------------------------


def parse_variation(text: str, scenario: ResolvedScenario) -> Variation:
    """What `PATH=low:high:n`, `PATH=low:high`, `PATH=a,b,c` or `PATH` alone varies.

    A bare parameter name stands for `parameters.NAME`; alone, it has the 5 % and 95 % points of its law as its range.
    Raises InputError naming every problem found.
    """
    return parse_variations([text], scenario)[0]


def parse_variations(texts: Iterable[str], scenario: ResolvedScenario) -> tuple[Variation, ...]:
    """The same of several texts, each path once."""
    variations: list[Variation] = []
    wrong: list[Problem] = []
    reader = Reader(scenario)
    for text in texts:
        name, equals, raw = text.partition("=")
        try:
            one = reader.variation(name.strip(), _parsed(raw) if equals else {})
            if any(one.path == other.path for other in variations):
                raise wrong_at(one.path, "a path that is varied once", text)
            variations.append(one)
        except InputError as error:
            wrong += [_optional(problem) for problem in error.problems]
    if wrong:
        raise InputError(wrong)
    return tuple(variations)


def _optional(problem: Problem) -> Problem:
    rule = f"{problem.path}: {problem.rule}" if problem.path else problem.rule
    return Problem("--vary", rule, problem.value, problem.suggestion)


def _parsed(text: str) -> Any:
    """What a text says after its `=`, as a sweep file would hold it."""
    if ":" not in text:
        return [scalar(part) for part in text.split(",")]
    parts = [scalar(part) for part in text.split(":")]
    if len(parts) > 3:
        return text
    return dict(zip(("low", "high", "points"), parts, strict=False))


# --- files --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SweepFile:
    """A sweep as a file has it, with everything checked."""

    file: str
    """The file, as the user named it."""
    scenario: ResolvedScenario
    design: str
    points: int | None
    """Points of a design other than a grid."""
    runs: int | None
    """Runs per point; None if the file leaves them open."""
    seed: int | None
    variations: tuple[Variation, ...]
    listed: Design | None = None
    """The points, where a file of points lists them."""


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
    path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    document: Mapping[str, Any] | None = None,
    record: RecordSource | None = None,
) -> SweepFile:
    """Read a sweep from a TOML file: `[sweep]`, and `[vary]` with what is varied by path.

    overrides : set on the scenario, by path
    document : the tables of the file, where it was read already
    record : a file with the user's own facts since the atlas ends, in place of the scenario's own
    Raises InputError naming every problem found, with file, path, rule and value.
    """
    label = str(path)
    document = _document(Path(path), label) if document is None else document
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
        raise InputError(wrong, label)
    wrong += _head_problems(head)
    try:
        overrides = with_given(None, head.get("given")) | dict(overrides or {})
    except ScenarioError as error:
        wrong += [Problem("sweep.given", problem.rule, problem.value) for problem in error.problems]
    scenario = _scenario(head.get("scenario"), Path(path).parent, overrides, record, wrong)
    variations = () if scenario is None else _variations(scenario, vary, wrong)
    kind, points = head.get("design", GRID), head.get("points")
    if isinstance(points, str):
        listed = _listed(scenario, Path(path).parent, head, vary, wrong)
        if wrong or scenario is None or listed is None:
            raise InputError(wrong, label)
        runs, seed = head.get("runs"), head.get("seed")
        return SweepFile(label, scenario, listed.kind, None, runs, seed, listed.variations, listed)
    if kind == ONE_AT_A_TIME:
        if vary:
            wrong.append(Problem("vary", "left out with the design levers, which knows what it varies"))
        if points is not None:
            wrong.append(Problem("sweep.points", "left out with the design levers", points))
    elif not vary:
        wrong.append(Problem("vary", "required: what is varied, by path"))
    elif not any(problem.path.startswith(("vary", "sweep.design", "sweep.points")) for problem in wrong) and scenario:
        for problem in design_problems(variations, kind, points):
            option = problem.path.removeprefix("--")
            where = option if option == "vary" else f"sweep.{option}"
            wrong.append(Problem(where, problem.rule, problem.value, problem.suggestion))
    if wrong or scenario is None:
        raise InputError(wrong, label)
    return SweepFile(label, scenario, kind, points, head.get("runs"), head.get("seed"), variations)


def _listed(
    scenario: ResolvedScenario | None,
    folder: Path,
    head: Mapping[str, Any],
    vary: Mapping[str, Any],
    wrong: list[Problem],
) -> Design | None:
    """The points of a file named beside the sweep file; its problems, and what goes not with it, go to `wrong`."""
    name = head["points"]
    if "design" in head:
        wrong.append(Problem("sweep.design", f"left out with a file of points: {name}", head["design"]))
    if vary:
        wrong.append(Problem("vary", f"left out with a file of points, which says what is varied: {name}"))
    if scenario is None or wrong:
        return None
    try:
        return listed_points(scenario, read_points(folder / name, name))
    except InputError as error:
        for problem in error.problems:
            where = f"sweep.points: {name}" + (f": {problem.path}" if problem.path else "")
            wrong.append(Problem(where, problem.rule, problem.value, problem.suggestion))
        return None


def _document(path: Path, label: str) -> dict[str, Any]:
    try:
        there = path.exists()
    except (OSError, ValueError):
        there = False
    if not there:
        raise InputError(Problem("", "no such file"), label)
    return read_toml(path, label)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _head_problems(head: Mapping[str, Any]) -> list[Problem]:
    """What is wrong in `[sweep]` itself."""
    wrong = [Problem(f"sweep.{key}", "unknown key", key, nearest(key, _KEYS)) for key in head if key not in _KEYS]
    for key, bounds in _KEYS.items():
        value = head.get(key)
        if bounds is None or value is None or (key == "points" and isinstance(value, str)):
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            rule = "a whole number" + (", or the file of points" if key == "points" else "")
            wrong.append(Problem(f"sweep.{key}", rule, value))
        elif not bounds[0] <= value <= bounds[1]:
            wrong.append(Problem(f"sweep.{key}", f"a whole number from {bounds[0]} to {bounds[1]}", value))
    design = head.get("design", GRID)
    if design not in DESIGNS:
        rule = "one of " + ", ".join(DESIGNS)
        wrong.append(Problem("sweep.design", rule, design, nearest(design, DESIGNS)))
    return wrong


def _scenario(
    name: Any,
    folder: Path,
    overrides: Mapping[str, Any] | None,
    record: RecordSource | None,
    wrong: list[Problem],
) -> ResolvedScenario | None:
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


def _variations(scenario: ResolvedScenario, vary: Mapping[str, Any], wrong: list[Problem]) -> tuple[Variation, ...]:
    """What `[vary]` varies; its problems go to `wrong`."""
    reader = Reader(scenario)
    variations: list[Variation] = []
    rows = _flat(vary)
    if len(rows) > MOST_VARIED:
        wrong.append(Problem("vary", f"at most {MOST_VARIED} paths", len(rows)))
        return ()
    for name, raw in rows:
        if not isinstance(raw, (dict, list)):
            rule = "a list of values, or a table {low, high, points}; {} for a parameter's own range"
            wrong.append(Problem(f"vary.{name}", rule, raw))
            continue
        unknown = [key for key in raw if key not in _RANGE] if isinstance(raw, dict) else []
        wrong += [Problem(f"vary.{name}.{key}", "unknown key", key, nearest(key, _RANGE)) for key in unknown]
        if unknown:
            continue
        try:
            one = reader.variation(name, raw)
            if any(one.path == other.path for other in variations):
                raise wrong_at(one.path, "a path that is varied once", name)
            variations.append(one)
        except InputError as error:
            for problem in error.problems:
                where = f"vary.{problem.path or name}"
                wrong.append(Problem(where, problem.rule, problem.value, problem.suggestion))
    return tuple(variations)


def _flat(vary: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """Paths with what the file has at each: dots outside quotes make tables in tables, which mean the same path."""
    rows: list[tuple[str, Any]] = []
    for key, raw in vary.items():
        path = f"{above}{key}"
        nested = isinstance(raw, dict) and (
            any(isinstance(item, (dict, list)) for item in raw.values()) or not set(raw) & set(_RANGE)
        )
        rows += _flat(raw, f"{path}.") if nested and raw else [(path, raw)]
    return rows
