"""What can be moved on the page, read from a scenario and the schema: groups of levers with their stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from sim.fit import beliefs_for, described
from sim.report.exploring import slider
from sim.scenario import Election, Range, ResolvedScenario
from sim.scenario import events as kinds
from sim.scenario.event_base import NUMBERS, EventBase
from sim.scenario.fields import bounds_of
from sim.scenario.given import place
from sim.scenario.levers import FIRST, LEVERS, Lever
from sim.scenario.levers import called as name_at
from sim.words import at_digits, listed, number, spoken

PARTS = 20
"""Steps of a slider between the ends of a range."""
MULTIPLES = (*(part / 10 for part in range(21)), 2.5, 3.0, 3.5, 4.0, 5.0)
"""Stops of what is a multiple of something: the record's, or the scenario's own sum."""
FEWEST_MULTIPLES = 5.0
"""A lever that can go as far as this, or further, is a multiple."""
FOCUS = "pressure_focus"
"""The parameter that stands for Washington's focus where a scenario does not set it."""
MOST_PARTY = 4
"""Letters of the short name of a party."""
DRAWN = "drawn from its range"
"""How a number stands while it is not set, if the scenario or the model gives it a range."""

Control = dict[str, Any]
Item = dict[str, Any]
Group = dict[str, Any]


def groups_of(loaded: ResolvedScenario) -> list[Group]:
    """The levers of a scenario: patrons, events, elections, parameters; groups without any are left out."""
    groups = [_patrons(loaded), _events(loaded), _elections(loaded), _parameters(loaded)]
    return [group for group in groups if group["items"]]


def _group(name: str, note: str, items: Iterable[Item], folded: bool = True, search: bool = False) -> Group:
    return {"name": name, "note": note, "items": list(items), "folded": folded, "search": search}


def _item(title: str, controls: Iterable[Control], about: str = "") -> Item:
    return {"title": title, "about": about, "controls": list(controls)}


def _locked(path: str, name: str, why: str) -> Control:
    return {"kind": "locked", "path": path, "name": name, "why": why}


# --- patrons


def _patrons(loaded: ResolvedScenario) -> Group:
    note = "A multiple of what the record shows, unless a unit is named."
    return _group("Patrons", note, (_item("", [_lever(loaded, lever)]) for lever in LEVERS), folded=False)


def _lever(loaded: ResolvedScenario, lever: Lever) -> Control:
    value = getattr(getattr(loaded.scenario, lever.patron), lever.key)
    name = _opening(FIRST.get(lever.path) or lever.name)
    if isinstance(value, Mapping):
        steps = listed([f"{number(amount)} from {spoken(since)}" for since, amount in value.items()])
        why = f"It changes over time in this scenario: {steps}. One slider cannot show that, so it stays as it is."
        return _locked(lever.path, name, why)
    low, high = lever.bounds
    unset = ""
    if value is None:
        value = lever.usual
    if value is None:
        value, unset = beliefs_for(loaded.scenario)[FOCUS].distribution.central, f"the parameter {FOCUS}"
    return _slider(lever.path, name, low, high, float(value), unit=lever.unit, unset=unset)


# --- events


def _events(loaded: ResolvedScenario) -> Group:
    events = sorted(loaded.scenario.events.items(), key=lambda each: (each[1].date or date.max, each[0]))
    note = "Switch one off to leave it out. A number with a range is drawn from it until you move it."
    return _group("Events", note, (_event(name, event) for name, event in events))


def _event(name: str, event: EventBase) -> Item:
    path, title = f"events.{name}", _opening(_plain(name))
    document = event.model_dump(mode="json", exclude_none=True)
    about = [_opening(kinds.described(document)), place(event.about), "" if event.date is None else spoken(event.date)]
    controls: list[Control] = [
        {"kind": "switch", "path": f"{path}.enabled", "name": "It happens", "of": title, "own": event.enabled}
    ]
    if event.chance != 1.0:
        controls.append(_number(f"{path}.chance", "Chance", 0.0, 1.0, event.chance))
    key = event.number
    value = None if key is None else getattr(event, key)
    if key is not None and value is not None:
        low, high = bounds_of(type(event).model_fields[key])
        measure = NUMBERS[key]
        controls.append(_number(f"{path}.{key}", _opening(measure.name), low, high, value, measure.unit))
    return _item(title, controls, ", ".join(part for part in about if part))


def _number(path: str, name: str, low: float, high: float, value: float | Range, unit: str = "") -> Control:
    """A number of an event: the slider has all of its bounds, or multiples of a sum of money."""
    if isinstance(value, Range):
        mark = (value.low, value.high)
        return _slider(path, name, low, high, value.central, unit=unit, mark=mark, unset=DRAWN)
    return _slider(path, name, low, high, value, unit=unit)


# --- elections


def _elections(loaded: ResolvedScenario) -> Group:
    scenario = loaded.scenario
    votes = sorted(scenario.elections.items(), key=lambda each: (each[1].date, each[0]))
    note = "Outcomes of a vote share 100 %: move one, and the others keep their proportions."
    return _group("Elections", note, (_vote(name, vote, scenario.given.get(name)) for name, vote in votes))


def _vote(name: str, vote: Election, given: str | None) -> Item:
    path, title = f"elections.{name}", f"{place(vote.state)} votes, {spoken(vote.date)}"
    if given is not None:
        return _item(title, [_locked(path, title, f"Its outcome is given: {_outcome(given)}.")])
    if not vote.enabled:
        return _item(title, [_locked(path, title, "The scenario leaves this vote out.")])
    outcomes = []
    for which, outcome in vote.outcomes.items():
        chance = outcome.chance
        ranged = isinstance(chance, Range)
        outcomes.append(
            {
                "path": f"{path}.outcomes.{which}.chance",
                "name": _opening(_outcome(which)),
                "own": chance.central if isinstance(chance, Range) else chance,
                "unset": DRAWN if ranged else "",
            }
        )
    return _item(title, [{"kind": "vote", "path": path, "name": title, "outcomes": outcomes}])


def _outcome(name: str) -> str:
    """What a reader calls an outcome: a short name without a vowel is that of a party, `KMT`."""
    return name.upper() if len(name) <= MOST_PARTY and not set(name) & set("aeiouy") else _plain(name)


# --- parameters


def _parameters(loaded: ResolvedScenario) -> Group:
    note = "Numbers of the model. Each is drawn anew for every 20 runs until you move it; the bar marks 90 % of belief."
    beliefs = beliefs_for(loaded.scenario)
    return _group("Parameters", note, (_item("", [_parameter(each)]) for each in beliefs.values()), search=True)


def _parameter(belief: Any) -> Control:
    row, declared = described(belief), belief.parameter
    low, high, own = row["low"], row["high"], row["central"]
    span = (high - low) / 2 or abs(own) / 2 or 0.5
    control = _slider(
        f"parameters.{row['name']}",
        _opening(_plain(row["name"])),
        max(declared.minimum, low - span),
        min(declared.maximum, high + span),
        own,
        unit="" if row["unit"] == "1" else row["unit"],
        mark=(low, high) if low < high else None,
        unset=DRAWN if low < high else "",
        even=True,
    )
    return control | {"belief": row["kind"]}


# --- stops


def _slider(
    path: str,
    name: str,
    low: float,
    high: float,
    own: float,
    unit: str = "",
    mark: tuple[float, float] | None = None,
    unset: str = "",
    even: bool = False,
) -> Control:
    """A slider from `low` to `high`, with the scenario's own value among its stops.

    mark : the 90 % range, where there is one; unset : what is said while it stands at its own value
    even : equal steps, whatever the bounds
    """
    stops = stops_of(low, high, own, even)
    unit = unit.replace("times ", "× ").replace("'", "’")
    more: dict[str, Any] = {"unit": unit, "unset": unset, "of": _opening(name_at(path))}
    if mark is not None:
        more["mark"] = [round(_along(stops, value), 4) for value in mark]
    return slider(path, name, stops, [at_digits(stop, 4) for stop in stops], stops.index(own), **more)


def stops_of(low: float, high: float, own: float, even: bool = False) -> list[float]:
    """Where a slider can stand, ascending, the scenario's own value among them.

    low, high : ends that the scenario language allows; a multiple goes up to 5, or five times its own value
    even : equal steps from one to the other
    """
    if even or high < FEWEST_MULTIPLES:
        stops = [_short(low + (high - low) * part / PARTS) for part in range(PARTS + 1)]
    else:
        scale = own if own > FEWEST_MULTIPLES else 1.0
        stops = [_short(scale * multiple) for multiple in MULTIPLES]
    within = {min(max(stop, low), high) for stop in stops}
    # Beside the scenario's own value there is none that would be printed alike.
    return sorted({stop for stop in within if at_digits(stop, 4) != at_digits(own, 4)} | {own})


def _short(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}") + 0.0


def _along(stops: list[float], value: float) -> float:
    """Where a value lies along the slider, whose stops are evenly spaced on the screen: 0 to 1."""
    value = min(max(value, stops[0]), stops[-1])
    last = len(stops) - 1
    for place_of, (left, right) in enumerate(pairwise(stops)):
        if value <= right:
            return (place_of + (value - left) / (right - left)) / last
    return 1.0


def _plain(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def _opening(text: str) -> str:
    return (text[:1].upper() + text[1:]).replace("'", "’")
