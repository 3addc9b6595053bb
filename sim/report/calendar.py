"""The calendar of a scenario, and all else that it sets, in words and with the source of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.analysis.reading import start_of
from sim.results.result import Result
from sim.scenario.event_base import NUMBERS
from sim.scenario.events import EVENTS, described
from sim.scenario.fields import Part
from sim.scenario.given import place
from sim.scenario.schema import LEVER_TABLES, Cooperation, Roster, StateTable
from sim.words import day, month_end, number, ranged, shares, spoken


@dataclass(frozen=True)
class Entry:
    """One entry of the calendar."""

    when: str
    """As a machine reads it, YYYY-MM-DD; empty for what follows an election."""
    spoken: str
    """As a reader does."""
    name: str
    what: str
    place: str
    """Name of the state; empty for none."""
    numbers: tuple[str, ...]
    """What it says in numbers."""
    source: str = ""
    assumption: str = ""
    note: str = ""
    """Where it lies outside the time simulated."""
    follows: tuple[tuple[str, tuple[Entry, ...]], ...] = field(default_factory=tuple)
    """Outcomes of an election with what follows each."""


def entries(result: Result) -> list[Entry]:
    """The enabled events and elections by date."""
    return [_entry(result, kind, name, table) for kind, name, table in _dated(result) if table.get("enabled", True)]


def disabled(result: Result) -> list[Entry]:
    """Those the scenario leaves out: what a counterfactual takes away."""
    return [_entry(result, kind, name, table) for kind, name, table in _dated(result) if not table.get("enabled", True)]


def kinds(result: Result) -> str:
    """A sentence of how the entries are known; empty where there are none."""
    dated = entries(result)
    if not dated:
        return ""
    parts = [
        part for entry in dated for part in (entry, *(effect for _, effects in entry.follows for effect in effects))
    ]
    sources, judged = sum(bool(part.source) for part in parts), sum(bool(part.assumption) for part in parts)
    drawn = sum("(" in text for part in parts for text in part.numbers)
    drawn += sum("(" in outcome for entry in dated for outcome, _ in entry.follows)
    text = f"The scenario’s calendar has {'one entry' if len(dated) == 1 else f'{len(dated)} entries'}"
    source = "names a source" if sources == 1 else "name a source"
    rest = "rests on a stated assumption" if judged == 1 else "rest on a stated assumption"
    ranges = f"{drawn} of the numbers {'is' if drawn == 1 else 'are'} told as {'a range' if drawn == 1 else 'ranges'}"
    return f"{text}: {sources} {source}, {judged} {rest}; {ranges}."


def _dated(result: Result) -> list[tuple[str, str, Mapping[str, Any]]]:
    tables = [
        (kind, name, table)
        for kind in ("events", "elections")
        for name, table in (result.scenario.get(kind) or {}).items()
        if table.get("date") is not None
    ]
    return sorted(tables, key=lambda each: str(each[2]["date"]))


def _entry(result: Result, kind: str, name: str, table: Mapping[str, Any]) -> Entry:
    when = day(table["date"])
    note = ""
    if when < start_of(result):
        note = "before the start"
    elif when > month_end(result.months[-1]):
        note = "after the end"
    follows: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
    called, what = plain(name), ""
    if kind == "elections":
        called += "" if "election" in called or "vote" in called else " election"
        given = (result.scenario.get("given") or {}).get(name)
        follows = tuple(_outcome(which, what, str(table["state"]), given) for which, what in table["outcomes"].items())
    else:
        what = described(table)
    return Entry(
        when.isoformat(),
        spoken(when),
        called,
        what,
        place(table.get("state")),
        numbers(table),
        str(table.get("source") or ""),
        str(table.get("assumption") or ""),
        note,
        follows,
    )


def _outcome(name: str, outcome: Mapping[str, Any], voter: str, given: str | None) -> tuple[str, tuple[Entry, ...]]:
    effects = tuple(
        Entry(
            "",
            _later(effect.get("delay_months")),
            plain(called),
            described(effect),
            place(effect.get("state")) if effect.get("state") != voter else "",
            numbers(effect),
            str(effect.get("source") or ""),
            str(effect.get("assumption") or ""),
        )
        for called, effect in (outcome.get("effects") or {}).items()
        if effect.get("enabled", True)
    )
    if given is not None:
        return f"{plain(name)}: {'given' if name == given else 'not, by what is given'}", effects
    return f"{plain(name)}: {shares(outcome['chance'])}", effects


def _later(months: int | None) -> str:
    if not months:
        return "at once"
    return "a month later" if months == 1 else f"{months} months later"


def plain(name: str) -> str:
    """A name of the scenario language as words."""
    return name.replace("-", " ").replace("_", " ")


def numbers(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What an event says in numbers, each with its range; what is as usual is left out."""
    return tuple(_numbers(entry))


def _numbers(entry: Mapping[str, Any]) -> Iterator[str]:
    if entry.get("chance", 1.0) != 1.0:
        yield f"chance {shares(entry['chance'])}"
    if "lean" in entry:
        yield f"lean {ranged(entry['lean'], sign=True)}"
    for key in ("pressure", "hostility"):
        if key in entry:
            yield f"{key} {ranged(entry[key])}"
    if "million_usd" in entry:
        how = "signed" if entry.get("signed") else "named, not signed"
        how += ", out of the budget" if entry.get("from_budget") else ""
        yield f"US$ {ranged(entry['million_usd'])} million over {number(entry.get('years', 5.0))} years, {how}"
    elif entry.get("years") is not None:
        yield f"holds for {number(entry['years'])} years"
    if "share" in entry:
        yield f"share {shares(entry['share'])}"
    if entry.get("strength", NUMBERS["strength"].usual) != NUMBERS["strength"].usual:
        yield f"strength {ranged(entry['strength'])}"
    if entry.get("incoming") and not EVENTS[entry["type"]].model_fields["incoming"].default:
        yield "said by a government to come"
    if entry.get("half_life_months") is not None:
        yield f"half of it forgotten after {number(entry['half_life_months'])} months"


# --- what the scenario sets beside its calendar


@dataclass(frozen=True)
class Setting:
    """One number, or list, that the scenario sets."""

    path: str
    value: str
    meaning: str


_TABLES: dict[str, type[Part]] = {"roster": Roster, **LEVER_TABLES, "cooperation": Cooperation}


def settings(result: Result) -> list[Setting]:
    """What the scenario sets otherwise than an empty one would, but for calendar and parameters."""
    changed = []
    for table, schema in _TABLES.items():
        usual = schema().model_dump(mode="json")
        for key, value in (result.scenario.get(table) or {}).items():
            if value is not None and value != usual.get(key):
                changed.append(Setting(f"{table}.{key}", _setting(value), _meaning(schema, key)))
    usual = StateTable().model_dump(mode="json")
    for code, own in (result.scenario.get("states") or {}).items():
        for key, value in own.items():
            if value is not None and value != usual.get(key):
                meaning = _meaning(StateTable, key)
                words = f"{place(code)}: {meaning[:1].lower()}{meaning[1:]}"
                changed.append(Setting(f"states.{code}.{key}", _setting(value), words))
    return changed


def _meaning(schema: Any, key: str) -> str:
    field_of = schema.model_fields.get(key)
    text = (field_of.description or "") if field_of is not None else ""
    return " ".join(text.replace("`", "").split()).rstrip(".")


def _setting(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(place(item) for item in value) or "none"
    if isinstance(value, Mapping):
        if set(value) == {"central", "low", "high"}:
            return ranged(value)
        return ", ".join(f"{number(amount)} from {spoken(since)}" for since, amount in value.items())
    if isinstance(value, str) and len(value) == 10 and value[4:8:3] == "--":
        return spoken(value)
    return number(value)
