"""The points of a sweep as an explorable page has them: a slider for each path, and what comes of each point."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from sim.analysis.course import LEAST_BACK_DAYS, MOST_BACK_DAYS
from sim.analysis.reading import SMALLEST_SHOWN, end_in_words, recorded
from sim.atlas import record
from sim.report.exploring import AS_IT_IS, Chance, day_number, slider, view
from sim.results.result import own_facts
from sim.results.tables import RECOGNITION, Paired, summary_table
from sim.results.tally import MOST_COUNT
from sim.scenario import as_options
from sim.scenario.levers import called, lever_at
from sim.sweeps.designs import GRID
from sim.sweeps.outcomes import COUNT, LEFT, SUSPENDED, Outcome, outcomes_in
from sim.sweeps.swept import SweepResult
from sim.words import day, month, number, spoken

MOST_EXPLORED = 400
"""Points that a page can hold: each adds one to two kilobytes."""
MOST_COMERS = 8
"""States that may come to Taipei, of which a page has the chances."""
NEAREST = "the point nearest to the scenario"


def model_of(swept: SweepResult, document: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the script of the page reads; None of a sweep that is no grid, is too large, or has nothing to compare with.

    document : what `swept.document()` gives
    """
    against, columns = document["against"], document["columns"]
    if document["design"] != GRID or document["points"] > MOST_EXPLORED or against is None:
        return None
    if columns["error"][against] is not None:
        return None
    sliders = [_slider(document, entry, against) for entry in document["varied"]]
    days, summaries = _summaries(swept, document)
    exact = all(_at(document, path, against) == document["reference"].get(path) for path in _paths(document))
    name = AS_IT_IS if exact else NEAREST
    start, known_to = _starts(swept)
    outcomes = _outcomes(document)
    points = {
        _key(document, sliders, row): _view(
            document, outcomes, summaries[row], end_in_words(days[-1]), row, against, name
        )
        for row, error in enumerate(columns["error"])
        if error is None
    }
    base = _key(document, sliders, against)
    shown, sides = points[base], document["at_start"]
    likely = sorted(shown["states"], key=lambda code: (-shown["states"][code][0], document["states"][code]))
    return {
        "end": month(days[-1]),
        "start": [day_number(start), spoken(start)],
        "days": [day_number(start), *map(day_number, days[1:])],
        "record": _record(swept, start, known_to, days),
        "names": document["states"],
        "leavers": [code for code in likely if sides[code] == "taipei"],
        "comers": [code for code in likely if sides[code] != "taipei"],
        "hosts": sorted(shown["hosts"], key=lambda code: (-shown["hosts"][code][0], document["states"][code])),
        "least": SMALLEST_SHOWN,
        "seed": document["seed"],
        "groups": [{"name": "", "note": "", "items": [_item(one) for one in sliders]}],
        "command": _command(swept),
        "against": name,
        "was": "as it is" if exact else "nearest",
        "base": base,
        "points": points,
    }


def _paths(document: Mapping[str, Any]) -> list[str]:
    return [str(entry["path"]) for entry in document["varied"]]


def _at(document: Mapping[str, Any], path: str, row: int) -> Any:
    return document["columns"][path][row]


def _item(control: dict[str, Any]) -> dict[str, Any]:
    return {"title": "", "about": "", "controls": [control]}


def _slider(document: Mapping[str, Any], entry: Mapping[str, Any], against: int) -> dict[str, Any]:
    """The slider of a path: it stands at the values of the sweep, and rests where the baseline is."""
    path, stops = entry["path"], list(entry["values"])
    lever, name = lever_at(path), called(path).replace("'", "’")
    texts = [spoken(value) if isinstance(value, str) else number(value) for value in stops]
    unit = "" if lever is None else lever.unit.replace("times ", "× ").replace("'", "’")
    reference = document["reference"].get(path)
    same = _text(reference) if reference in stops else ""
    own = stops.index(_at(document, path, against))
    return slider(path, name[:1].upper() + name[1:], stops, texts, own, unit=unit, same=same)


def _text(value: Any) -> str:
    """A value as the script writes it: a whole number without a fraction."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _key(document: Mapping[str, Any], sliders: list[dict[str, Any]], row: int) -> str:
    """Where a point is found: the places of its values on the sliders."""
    return " ".join(str(one["stops"].index(_at(document, one["path"], row))) for one in sliders)


def _summaries(swept: SweepResult, document: Mapping[str, Any]) -> tuple[list[date], dict[int, Mapping[str, Any]]]:
    """The ends of the months, and of each point mean and quantiles of the count by month, from the shares of runs."""
    frame = swept.counts()
    frame = frame[frame["tie"] == RECOGNITION]
    months = sorted(set(frame["month"]))
    places = {when: place for place, when in enumerate(months)}
    days = [when.date() if hasattr(when, "date") else when for when in months]
    rows: dict[int, Mapping[str, Any]] = {}
    numbers = frame["point"].to_numpy()
    for point in np.unique(numbers).tolist():
        own = frame[numbers == point]
        by_month = np.zeros((len(months), MOST_COUNT), dtype=np.int64)
        shares = own["share"].to_numpy() * document["runs"]
        by_month[own["month"].map(places).to_numpy(), own["count"].to_numpy()] = np.rint(shares)
        rows[point] = summary_table([str(when) for when in days], RECOGNITION, by_month, [None] * len(months))
    return days, rows


def _outcomes(document: Mapping[str, Any]) -> list[Outcome]:
    """The chances that are shown; of states that may come to Taipei those that are likeliest to at any point."""
    columns, sides = document["columns"], document["at_start"]
    every = outcomes_in(columns, {code: sides[code] for code in document["states"]})
    comers = [one for one in every if one.kind == LEFT and one.away]
    comers = sorted(comers, key=lambda one: -_most(columns[one.column]))[:MOST_COMERS]
    return [one for one in every if one.kind in (LEFT, SUSPENDED) and (not one.away or one in comers)]


def _most(chances: Sequence[float | None]) -> float:
    return max((chance for chance in chances if chance is not None), default=0.0)


def _view(
    document: Mapping[str, Any],
    outcomes: Sequence[Outcome],
    summary: Mapping[str, Any],
    end: str,
    row: int,
    against: int,
    name: str,
) -> dict[str, Any]:
    """What is drawn of one point."""
    chances: dict[str, dict[str, Chance]] = {LEFT: {}, SUSPENDED: {}}
    for one in outcomes:
        change = None if row == against else _change(document, one, row)
        chances[one.kind][one.code] = Chance(document["columns"][one.column][row], change)
    change = None if row == against else _change(document, Outcome(COUNT), row)
    shown = view(summary, end, change, None, chances[LEFT], chances[SUSPENDED], name)
    mean, *bands = shown["fan"]
    return shown | {"runs": document["runs"], "fan": [mean, *map(_steps, bands)]}


def _steps(values: Sequence[int]) -> list[int]:
    """Values that seldom change, each followed by the number of months for which it stands."""
    return [part for value, same in groupby(values) for part in (value, len(list(same)))]


def _change(document: Mapping[str, Any], outcome: Outcome, row: int) -> Paired:
    mean, error = (document["columns"][f"{outcome.column}_change{end}"][row] for end in ("", "_mc"))
    missing = error is None or math.isnan(error)
    return Paired(float(mean), None if missing else float(error), None, None)


def _starts(swept: SweepResult) -> tuple[date, date]:
    """The first day of the scenario, and that at whose end knowledge stops."""
    header = swept.manifest["scenario"]["scenario"]
    return day(header["start"]), day(header.get("as_of") or header["start"])


def _record(swept: SweepResult, start: date, known_to: date, days: list[date]) -> list[list[list[int]]]:
    """The count on record before the start, and from there on by month, as far as the record goes."""
    known = record(own=own_facts(swept.manifest["scenario"]))
    back = min(MOST_BACK_DAYS, max(LEAST_BACK_DAYS, (days[-1] - start).days))
    before = recorded(known, max(known.start, start - timedelta(days=back)), known_to)
    rows = [(start, known_to), *((end, end) for end in days[1:])]
    after = [(shown, known.count(counted)) for shown, counted in rows if counted <= known.confirmed_until]
    return [[[day_number(when), count] for when, count in part] for part in (before, after)]


def _command(swept: SweepResult) -> str:
    """The command that gives one point; the values of the paths are added to it."""
    manifest = swept.manifest
    parts = ["sim", "run", swept.name, "--runs", str(manifest["runs"]), "--seed", str(manifest["seed"])]
    if manifest["parameters"] != "drawn":
        parts += ["--parameters", str(manifest["parameters"])]
    return shlex.join(parts + as_options(manifest["set"]))
