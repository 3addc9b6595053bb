"""What a scenario says that differs from reference conditions, and what takes each of it away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.bench import DROP, Edit
from sim.analysis.subject import Subject
from sim.scenario import Scenario, StateTable, members
from sim.scenario.events import EVENTS
from sim.scenario.fields import PATRONS
from sim.scenario.levers import LEVERS


@dataclass(frozen=True)
class Deviation:
    """Something a scenario says that differs from reference conditions, and what takes it away."""

    path: str
    """Where the scenario says it; `all:KIND` for several together."""
    label: str
    kind: str
    """words, government, beijing, taipei, washington, truce, facts, parameters or other; `all` for all of them."""
    edits: tuple[Edit, ...]
    near: bool = True
    """Whether it is about the state asked about, about nobody or about a patron."""

    @property
    def group(self) -> str:
        """single; kind, for all of a kind; all, for all of them."""
        return "all" if self.path == "all" else "kind" if self.path.startswith("all:") else "single"


_GROUPS = {
    "words": "all words of {name}",
    "government": "all changes of government in {name}",
    **{patron: f"all that {name} does" for patron, name in PATRONS.items()},
    "truce": "all that makes or ends a truce",
    "other": "all that happens elsewhere",
}


def kind_of(event: Mapping[str, Any]) -> str:
    """Whose act an event of a scenario's document is."""
    return str(EVENTS[event["type"]].whose or event.get("by", "beijing"))


def is_near(event: Mapping[str, Any], iso3: str) -> bool:
    """Whether an event of a scenario's document is about a state, or about nobody."""
    return event.get("state", iso3) == iso3


def acts(scenario: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every enabled event and effect of an election: path, path of the deviation it belongs to, what it says."""
    for name, event in (scenario.get("events") or {}).items():
        if event.get("enabled", True):
            yield f"events.{name}", f"events.{name}", event
    for name, election in (scenario.get("elections") or {}).items():
        if not election.get("enabled", True):
            continue
        for outcome, what in election["outcomes"].items():
            for effect, event in (what.get("effects") or {}).items():
                if event.get("enabled", True):
                    path = f"elections.{name}.outcomes.{outcome}.effects.{effect}"
                    yield path, f"elections.{name}", event


def label_of(path: str) -> str:
    """The name of an event, an election or one of its effects, as a reader says it."""
    section, name, *rest = path.split(".")
    words = name.replace("-", " ")
    if rest:
        return f"{words}: {rest[1]}, {rest[3]}".replace("-", " ")
    return f"{words} election" if section == "elections" and "election" not in words else words


def deviations(subject: Subject) -> list[Deviation]:
    """Every deviation of the scenario of a result, in its order, each to be taken away by itself."""
    scenario, reference, iso3 = subject.result.scenario, subject.result.reference, subject.iso3
    by_path: dict[str, Deviation] = {}
    for _, path, event in acts(scenario):
        near = is_near(event, iso3) or (path in by_path and by_path[path].near)
        kind = kind_of(event) if near else "other"
        by_path[path] = Deviation(path, label_of(path), kind, ((f"{path}.enabled", False),), near)
    return [
        *by_path.values(),
        *_of_patrons(scenario),
        *_of_states(subject, scenario, reference),
        *_of_parameters(scenario, reference),
    ]


def _of_patrons(scenario: Mapping[str, Any]) -> Iterator[Deviation]:
    for lever in LEVERS:
        value = (scenario.get(lever.patron) or {}).get(lever.key, lever.usual)
        if value != lever.usual:
            now = "dated" if isinstance(value, Mapping) else f"{value:g}"
            instead = "as drawn" if lever.usual is None else f"usually {lever.usual:g}"
            label = f"{PATRONS[lever.patron]}'s {lever.key} ({now}, {instead})"
            yield Deviation(lever.path, label, lever.patron, ((lever.path, DROP),))


def _of_states(subject: Subject, scenario: Mapping[str, Any], reference: Mapping[str, Any]) -> Iterator[Deviation]:
    """What is said of states and differs from reference conditions; a known first day in office is a deviation."""
    names = {code: name for code, name, _ in subject.result.members}
    usual = StateTable().model_dump(mode="json", exclude_none=True)
    in_root = members(Scenario.model_validate(reference)).all
    for code, own in (scenario.get("states") or {}).items():
        base = usual | ((reference.get("states") or {}).get(code) or {})
        for key in sorted({*own, *base}):
            instead = DROP if key == "government_since" else base.get(key, DROP)
            value = own.get(key, DROP)
            if value == instead or (key != "government_since" and code not in in_root):
                continue
            near = code == subject.iso3
            path = f"states.{code}.{key}"
            now = "as known" if value is DROP else _value(value)
            kind = "government" if key in ("lean", "government_since") else "facts"
            label = f"{names[code]}: {key.replace('_', ' ')} ({now})"
            yield Deviation(path, label, kind if near else "other", ((path, instead),), near)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"


def _of_parameters(scenario: Mapping[str, Any], reference: Mapping[str, Any]) -> Iterator[Deviation]:
    own, base = scenario.get("parameters") or {}, reference.get("parameters") or {}
    for name in sorted({*own, *base}):
        if own.get(name) != base.get(name):
            path = f"parameters.{name}"
            label = f"parameter {name.replace('_', ' ')}"
            yield Deviation(path, label, "parameters", ((path, base.get(name, DROP)),))


def groups(subject: Subject, singles: Sequence[Deviation]) -> list[Deviation]:
    """Deviations taken away together: those of a kind, and all of them, which leaves reference conditions."""
    patrons = [lever for lever in singles if not lever.path.startswith(("events.", "elections."))]
    parts = [(lever.kind, lever.path, lever.edits) for lever in patrons]
    for path, _, event in acts(subject.result.scenario):
        kind = kind_of(event) if is_near(event, subject.iso3) else "other"
        parts.append((kind, path, ((f"{path}.enabled", False),)))
    together = []
    for kind, label in _GROUPS.items():
        own = [edits for which, _, edits in parts if which == kind]
        if len(own) > 1:
            edits = tuple(edit for each in own for edit in each)
            together.append(Deviation(f"all:{kind}", label.format(name=subject.name), kind, edits))
    if len(singles) > 1:
        edits = tuple(edit for lever in singles for edit in lever.edits)
        together.append(Deviation("all", "all of them: reference conditions", "all", edits))
    return together
