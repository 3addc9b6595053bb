"""From a name or a file to a resolved scenario: reading, `extends`, overrides, validation."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.checks import meaning_problems
from sim.scenario.fields import NAME_RULE, is_name
from sim.scenario.files import Document, copied, merge, read_toml, shipped, sound
from sim.scenario.given import with_given
from sim.scenario.language import full_path, kind_at, path_by_code, put, with_codes
from sim.scenario.problems import problems
from sim.scenario.reading import DEEPEST, bounded, not_plain
from sim.scenario.record import RecordSource, RecordTable, record_problems
from sim.scenario.schema import Scenario
from sim.scenario.settled import settled
from sim.scenario.values import as_set, number, plain, scalar

ScenarioSource = str | Path | Mapping[str, Any]
"""A shipped name, a file, or the tables of a scenario as Python has them."""
LONGEST_CHAIN = 20
"""Scenarios that extend one another."""


@dataclass(frozen=True, repr=False)
class ResolvedScenario:
    """A scenario ready to run."""

    scenario: Scenario
    """The scenario as resolved: its file, what it extends, and the overrides."""
    reference: Scenario
    """The root of its `extends` chain, without overrides, on the scenario's own day: reference conditions are its."""
    file: str
    """The file it was read from, as the user named it."""
    chain: tuple[str, ...]
    """Names of the scenarios it extends, nearest first."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """What was set on top of the file, by path."""
    record: RecordSource | None = None
    """A file of the user's facts that was put in place of the scenario's own."""
    tables: Document | None = None
    """Its own tables, where Python gave them in place of a file."""

    def __repr__(self) -> str:
        header, sets = self.scenario.scenario, [f"{path} = {as_set(value)}" for path, value in self.overrides.items()]
        return f"<Scenario {self.name}: {header.start} to {header.end}{''.join(f', {text}' for text in sets)}>"

    @property
    def name(self) -> str:
        """Short name."""
        return self.scenario.name

    def opened(self) -> ScenarioFiles:
        """Its files, read again."""
        return opened(self.file if self.tables is None else self.tables, self.record)


@dataclass(frozen=True)
class ScenarioFiles:
    """A scenario's files as read, to be resolved with overrides: once, or for each point of a sweep."""

    file: str
    """The file, as the user named it."""
    reference: Scenario
    """The scenario at the root of the `extends` chain."""
    root_file: str
    chain: tuple[str, ...]
    merged: Document
    """The documents of the chain, one on top of the other."""
    record: RecordSource | None = None
    """A file of the user's facts that was put in place of the scenario's own."""
    tables: Document | None = None
    """Its own tables, where Python gave them in place of a file."""

    @cached_property
    def _of_root(self) -> list[Problem]:
        """What is wrong with the root; asked for once, though there may be many points."""
        return meaning_problems(self.reference)

    def resolved(self, overrides: Mapping[str, Any] | None = None) -> ResolvedScenario:
        """The scenario with overrides by dotted path. Raises ScenarioError naming every problem found."""
        document: Document = copied(self.merged)
        wrong: list[Problem] = []
        values = {full_path(path_by_code(key)): value for key, value in (overrides or {}).items()}
        for key, given in values.items():
            try:
                values[key] = value = _set(document, key, given, self.file)
                put(document, key, value, self.file)
            except ScenarioError as error:
                wrong += error.problems
        if wrong:
            raise ScenarioError(wrong, self.file)
        with_codes(document)
        if self.chain or values:
            _raised(self._of_root, self.root_file)
        scenario = settled(_validated(document, self.file))
        _raised(meaning_problems(scenario), self.file)
        reference = _anchored(self.reference, scenario)
        return ResolvedScenario(scenario, reference, self.file, self.chain, values, self.record, self.tables)


def opened(scenario: ScenarioSource, record: RecordSource | None = None) -> ScenarioFiles:
    """Read a scenario by shipped name, by path, or from its tables, and all that it extends.

    record : a file with the user's facts since the atlas ends, in place of the scenario's own
    Raises ScenarioError naming every problem found, with file, path, rule and value.
    """
    tables: Document | None = None
    if isinstance(scenario, Mapping):
        label, tables = "scenario", _as_read(scenario, "scenario")
        documents = _chain(Path(), label, tables)
    else:
        path, label = _locate(str(scenario))
        documents = _chain(path, label)
    merged: Document = {}
    for document, _ in reversed(documents):
        merged = merge(merged, document)
    if len(documents) > 1:
        merged["scenario"].pop("extends", None)
    root, root_file = documents[-1]
    if record is not None:
        merged["record"] = root["record"] = record_document(record)
    reference = settled(_validated(root, root_file))
    names = tuple(str(document["scenario"]["name"]) for document, _ in documents[1:])
    return ScenarioFiles(label, reference, root_file, names, merged, record, tables)


def load(
    scenario: ScenarioSource,
    overrides: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    record: RecordSource | None = None,
) -> ResolvedScenario:
    """Load a scenario by shipped name, by path, or from its tables, with overrides by dotted path.

    scenario : tables are a dict of what a file holds; files that they name are sought in the working folder
    overrides : values by path, such as `{"washington.attention": 2}`; a table at a new name under `events` adds one
    given : outcomes that happen, by vote, such as `{"paraguay-2028": "opposition"}`
    record : a file with the user's facts since the atlas ends, in place of the scenario's own
    Raises ScenarioError naming every problem found, with file, path, rule and value.
    """
    return opened(scenario, record).resolved(with_given(overrides, given))


def reloaded(
    scenario: ScenarioSource | ResolvedScenario,
    overrides: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    record: RecordSource | None = None,
) -> ResolvedScenario:
    """The same of a scenario that may be loaded already, with its own overrides below these."""
    if not isinstance(scenario, ResolvedScenario):
        return load(scenario, overrides, given, record)
    changed = with_given(overrides, given)
    if not changed and record is None:
        return scenario
    files = replace(scenario, record=record or scenario.record).opened()
    return files.resolved({**scenario.overrides, **changed})


def read_record(file: RecordSource) -> RecordTable:
    """The user's facts in a file of their own. Raises ScenarioError naming every problem found."""
    return RecordTable.model_validate(record_document(file))


def record_document(file: RecordSource, label: str | None = None) -> Document:
    """The tables of a file of the user's facts, checked. Raises ScenarioError under the name `label`.

    file : or the tables themselves, as Python has them
    """
    if isinstance(file, Mapping):
        label, document = "record", {"name": "the caller's record", **_as_read(file, "record")}
    else:
        path, label = Path(file), str(file) if label is None else label
        document = {"name": path.name, **read_toml(path, label)}
    try:
        wrong = record_problems(RecordTable.model_validate(document), "")
    except ValidationError as error:
        raise ScenarioError(problems(error, document, RecordTable), label) from None
    if wrong:
        raise ScenarioError(wrong, label)
    return document


def _anchored(root: Scenario, scenario: Scenario) -> Scenario:
    """The root's words on the scenario's day: what the atlas and the user's record say since is no lever."""
    if (root.as_of, root.record) == (scenario.as_of, scenario.record):
        return root
    header = root.scenario.model_copy(update={"as_of": scenario.as_of})
    return root.model_copy(update={"scenario": header, "record": scenario.record})


def parse_overrides(texts: Iterable[str]) -> dict[str, Any]:
    """Overrides from `PATH=VALUE` texts; anything but a number is read as TOML, and as plain text if it is not TOML."""
    overrides: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise ScenarioError(Problem("", "PATH=VALUE, such as washington.attention=2", text), "--set")
        if key.count(".") >= DEEPEST:
            raise ScenarioError(Problem("", f"a path of at most {DEEPEST} names", key.strip()), "--set")
        try:
            as_number = number(value)
            overrides[key.strip()] = _toml_value(value) if as_number is None else as_number
        except tomllib.TOMLDecodeError:
            overrides[key.strip()] = value.strip()
        except ValueError:
            raise ScenarioError(Problem(key.strip(), "a number of fewer than 4,000 digits"), "--set") from None
        sound({key.strip(): overrides[key.strip()]}, "--set")
    return overrides


def _toml_value(text: str) -> Any:
    """One TOML value; a text of several lines is no value."""
    try:
        bounded(text, "--set")
    except ScenarioError:
        raise tomllib.TOMLDecodeError from None  # a text with many full stops, or nothing that has a place here
    document = tomllib.loads(f"value = {text}")
    if len(document) != 1:
        raise tomllib.TOMLDecodeError
    return document["value"]


def _locate(reference: str, beside: Path | None = None) -> tuple[Path, str]:
    names = shipped()
    if reference in names:
        return names[reference], reference
    path = Path(reference) if beside is None else beside / reference
    named = path.name not in ("", "..") and path.suffix != ".toml"
    for candidate in [path, path.with_name(path.name + ".toml")] if named else [path]:
        try:
            if candidate.is_file():
                return candidate, str(candidate) if beside is None else reference
            if candidate.is_dir():
                raise ScenarioError(Problem("", "a scenario file, not a folder", reference), reference)
            if candidate.exists():
                raise ScenarioError(not_plain(candidate.stat()), reference)
        except (OSError, ValueError):
            break
    raise ScenarioError(
        Problem("", "no such file, and no shipped scenario of this name", None, nearest(reference, names)),
        reference,
    )


def _as_read(tables: Mapping[str, Any], label: str) -> Document:
    """Tables from Python as if a file had held them. Raises ScenarioError for what no file could."""
    try:
        document: Document = plain(tables)
    except RecursionError:
        raise ScenarioError(Problem("", "tables nested less deeply"), label) from None
    sound(document, label)
    return document


def _set(document: Document, key: str, value: Any, label: str) -> Any:
    """A value from Python to be set at a path, as a file would hold it; a text that is a number is one, as in `--set`.

    Raises ScenarioError for what no file could hold.
    """
    (value,) = _as_read({str(key): value}, label).values()
    if not isinstance(value, str) or not isinstance(key, str) or key.count(".") >= DEEPEST:
        return value
    return scalar(value) if kind_at(document, key.split(".")) in ("number", "whole") else value


def _chain(path: Path, label: str, tables: Document | None = None) -> list[tuple[Document, str]]:
    """The documents from the file to the root of its `extends` chain.

    tables : those of the first, where it is no file; then `path` is the working folder
    """
    documents: list[tuple[Document, str]] = []
    seen: list[Path] = []
    names: list[str] = [label]
    while True:
        if tables is None and path.resolve() in seen:
            raise ScenarioError(Problem("scenario.extends", "no circles: " + " extends ".join(names)), names[0])
        folder = path if tables is not None else path.parent
        seen += [path.resolve()] if tables is None else []
        document = with_codes(read_toml(path, label) if tables is None else copied(tables))
        tables = None
        if isinstance(document.get("record"), str):
            document["record"] = _beside(document["record"], folder, label)
        header = document.get("scenario")
        documents.append((document, label))
        extends, name = (header.get("extends"), header.get("name")) if isinstance(header, dict) else (None, None)
        if extends is None:
            return documents
        if not isinstance(extends, str) or not extends:
            raise ScenarioError(Problem("scenario.extends", "the name or file of a scenario", extends), label)
        if not isinstance(name, str):
            raise ScenarioError(Problem("scenario.name", "required"), label)
        if len(documents) > 1 and not is_name(name):  # kept, though what extends it has a name of its own
            raise ScenarioError(Problem("scenario.name", NAME_RULE, name), label)
        try:
            path, named = _locate(extends, beside=folder)
        except ScenarioError as error:
            problem = error.problems[0]
            raise ScenarioError(Problem("scenario.extends", problem.rule, extends, problem.suggestion), label) from None
        if len(documents) == LONGEST_CHAIN:
            rule = f"at most {LONGEST_CHAIN} scenarios that extend one another"
            raise ScenarioError(Problem("scenario.extends", rule, extends), names[0])
        names.append(named)
        label = f"{named} (extended by {label})"


def _beside(record: str, folder: Path, label: str) -> Document:
    """The user's facts in a file that a scenario names, as a path from the scenario's folder."""
    try:
        return record_document(folder / record, record)
    except ScenarioError as error:
        if len(error.problems) == 1 and not error.problems[0].path:
            raise ScenarioError(Problem("record", error.problems[0].rule, record), label) from None
        raise


def _raised(wrong: list[Problem], label: str) -> None:
    if wrong:
        raise ScenarioError(wrong, label)


def _validated(document: Document, label: str) -> Scenario:
    if "confirmed_until" in document and "scenario" not in document:
        raise ScenarioError(Problem("", "a scenario, not a record of facts: give that with --record"), label)
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        raise ScenarioError(problems(error, document), label) from None
    except RecursionError:
        raise ScenarioError(Problem("", "tables nested less deeply"), label) from None
