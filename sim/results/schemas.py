"""What a manifest of each kind must hold: checked when a folder is read; a run that writes one needs none of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import PydanticCustomError

from sim.atlas import Side
from sim.errors import Problem
from sim.letters import RULE, fit
from sim.results.manifests import RESULT, SWEEP, Kind
from sim.scenario import Scenario
from sim.scenario.fields import Code, Part
from sim.scenario.problems import problems
from sim.scenario.schema import LONGEST_MONTHS, MOST_RUNS, MOST_SEED

MOST_FILES = 10_000
MOST_POINTS = 100_000_000
"""Files of a folder and points of a design: more are nobody's."""


def _matching(pattern: str, words: str) -> AfterValidator:
    """A check that a text has a pattern, told in words."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise PydanticCustomError("pattern", "{words}", {"words": words})
        return text

    return AfterValidator(check)


def _printable(text: str) -> str:
    if not fit(text):
        raise PydanticCustomError("text", "{rule}", {"rule": RULE})
    return text


Printable = Annotated[str, AfterValidator(_printable)]
"""A text that steers no terminal."""


def _inside(name: str) -> str:
    parts = name.split("/")
    if "\\" in name or ":" in parts[0] or any(part in ("", ".", "..") for part in parts) or len(name) > 255:
        raise PydanticCustomError("inside", "the path of a file inside the folder")
    return name


FileName = Annotated[Printable, AfterValidator(_inside)]
"""A file of the folder: its path there, with slashes."""
Digest = Annotated[str, _matching("[0-9a-f]{64}", "a digest of 64 hex digits")]
Id = Annotated[str, _matching("[0-9a-f]{16}", "an id of 16 hex digits")]
Month = Annotated[str, _matching(r"[0-9]{4}-(0[1-9]|1[0-2])", "a month written YYYY-MM")]
Day = Annotated[str, _matching("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date written YYYY-MM-DD")]
Tie = Literal["recognition", "cooperation"]
Mode = Literal["drawn", "central"]
Runs = Annotated[int, Field(ge=1, le=MOST_RUNS)]
Seed = Annotated[int, Field(ge=0, le=MOST_SEED)]
Versions = dict[Printable, Printable | None]
Cell = Printable | int | float | None
"""A value that was varied; a date is its text."""


class Manifest(Part):
    """What every folder of ours says of itself."""

    format: int
    """Version of the layout."""
    kind: Printable
    """What the folder holds."""
    id: Id
    """Digest of all that decides its numbers."""
    versions: Versions
    """Of Python, the simulator and the libraries it was made with."""
    files: Annotated[dict[FileName, Digest], Field(max_length=MOST_FILES)]
    """Digest of every other file that is part of it."""
    digest: Digest
    """Over all of this but itself and `outside`."""
    outside: dict[str, Any]
    """Command and wall time, which no digest covers."""


class OwnAgents(Part):
    """Agents of one's own."""

    name: Printable
    """Of their file, of their module, or of the classes."""
    digest: Digest
    """SHA-256 of their file; of classes that were handed over, of their code."""
    classes: dict[Literal["State", "Host", "Beijing", "Taipei", "Washington"], Printable]
    """By the shipped class that each is a kind of."""


class Settings(Part):
    """How a scenario was run."""

    id: Id
    runs: Runs
    seed: Seed
    engine: Literal["compiled", "mesa"]
    parameters: Mode
    runs_per_draw: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    set: dict[Printable, Printable]
    agents: OwnAgents | None = None
    """Where they are one's own; else there is no such key."""


class Member(Part):
    """A state simulated."""

    iso3: Code
    state: Printable
    at_start: Side


class Host(Part):
    """A host of Washington's forces."""

    iso3: Code
    state: Printable


class Told(Part):
    """A parameter with its law."""

    name: Printable
    unit: Printable
    kind: Literal["estimated", "documented", "assumed"]
    family: Printable
    central: float
    low: float
    high: float
    cases: int | None
    hindsight: bool
    meaning: Printable
    source: Printable


class Budgets(Part):
    """Reference budgets, US$ million a year."""

    beijing: float
    taipei: float


class Digests(Part):
    """Of what decided the numbers."""

    atlas: Digest
    sources: Digest


class ResultManifest(Manifest):
    """A result of `sim run`."""

    settings: Settings
    scenario: dict[str, Any]
    reference: dict[str, Any]
    extends: list[Printable]
    digests: Digests
    record_confirmed_until: Day
    months: Annotated[list[Month], Field(min_length=1, max_length=LONGEST_MONTHS + 1)]
    members: Annotated[list[Member], Field(min_length=1, max_length=255)]
    hosts: Annotated[list[Host], Field(max_length=255)]
    observed: list[Annotated[int, Field(ge=0, le=255)] | None]
    budgets_million_usd_a_year: Budgets
    parameters: list[Told]
    talk_runs: Annotated[int, Field(ge=0, le=MOST_RUNS)]


class Varied(Part):
    """A path that was varied: its values where they are few, its range where they are many."""

    path: Printable
    values: list[Cell] | None = None
    low: Cell = None
    high: Cell = None


class SweepDigests(Part):
    """Of what decided the numbers of every point."""

    base: Id


class SweepManifest(Manifest):
    """A finished sweep."""

    scenario: dict[str, Any]
    set: dict[Printable, Printable]
    members: Annotated[dict[Code, Literal["taipei", "beijing"]], Field(max_length=255)]
    reference: dict[Printable, Cell]
    design: Printable
    varied: Annotated[list[Varied], Field(min_length=1)]
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    against: Annotated[int, Field(ge=0, le=MOST_POINTS)] | None
    """The point that others are told apart from, run by run."""
    failed: Annotated[int, Field(ge=0, le=MOST_POINTS)]
    labels: Annotated[list[Printable], Field(default_factory=list)]
    """Columns of the points that say something of them and vary nothing."""
    runs: Runs
    seed: Seed
    parameters: Mode
    agents: OwnAgents | None = None
    """Where they are one's own; else there is no such key."""
    digests: SweepDigests


class Compared(Part):
    """One of the results compared."""

    name: Printable
    title: Printable
    id: Id


class ComparisonManifest(Manifest):
    """Results against the first of them."""

    scenarios: Annotated[list[Compared], Field(min_length=2)]


class ExplanationManifest(Manifest):
    """Why a tie of a state ended, or did not."""

    result: Id
    """Of the result explained."""
    title: Printable
    iso3: Code
    tie: Tie
    drawn: bool
    """Whether its charts were drawn."""


class SensitivityManifest(Manifest):
    """What hangs on which assumption."""

    scenario: Printable
    title: Printable
    outcome: Printable
    set: dict[Printable, Printable]
    vary: list[Printable]
    agents: OwnAgents | None = None
    """Where they are one's own; else there is no such key."""


class BacktestManifest(Manifest):
    """Past years forecast and scored."""

    origins: Annotated[list[int], Field(min_length=1, max_length=200)]
    runs: Runs
    seed: Seed


class FitManifest(Manifest):
    """What the record says up to a day."""

    as_of: Day


class PatternsManifest(Manifest):
    """Patterns of the record beside those of the model."""

    as_of: Day
    without: list[Printable]
    """Mechanisms that were switched off, one by one."""
    runs: Runs
    seed: Seed


class AblationManifest(Manifest):
    """A scenario without each mechanism."""

    scenario: Printable
    title: Printable
    set: dict[Printable, Printable]
    without: list[Printable]
    """Mechanisms that were switched off, one by one."""
    runs: Runs
    seed: Seed
    parameters: Mode


SCHEMAS: dict[str, type[Manifest]] = {
    "result": ResultManifest,
    "sweep": SweepManifest,
    "comparison": ComparisonManifest,
    "sensitivity": SensitivityManifest,
    "explanation": ExplanationManifest,
    "backtest": BacktestManifest,
    "fit": FitManifest,
    "patterns": PatternsManifest,
    "ablation": AblationManifest,
}
"""By the name of the kind."""


def manifest_problems(document: Any, kind: Kind) -> list[Problem]:
    """What is wrong with a manifest, by key; nothing where it is as this version writes it."""
    problems = _model_problems(kind.schema, document)
    if problems:
        return problems
    missing = [name for name in kind.whole if name not in document["files"]]
    if missing:
        return [Problem(f"files.{missing[0]}", "required")]
    for key in {RESULT: ("scenario", "reference"), SWEEP: ("scenario",)}.get(kind, ()):
        problems += [replace(one, path=f"{key}.{one.path}") for one in _model_problems(Scenario, document[key])]
    if kind is RESULT:
        months, observed = len(document["months"]), len(document["observed"])
        if observed != months:
            problems.append(Problem("observed", f"one for each of the {months} months", observed))
        if document["settings"]["id"] != document["id"]:
            problems.append(Problem("settings.id", "the id of the result", document["settings"]["id"]))
    return problems


def _model_problems(model: type[BaseModel], document: Any) -> list[Problem]:
    try:
        model.model_validate(document)
    except ValidationError as error:
        return problems(error, document, model)
    return []
