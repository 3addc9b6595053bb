"""The page of a sweep: one scenario at many points."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sim.analysis.effects import change_at, short, within
from sim.analysis.headlines import headline, where
from sim.analysis.reading import MOST_ABOUT
from sim.charts.sweep.document import Outcome, outcome_of, outcomes_by_chart
from sim.report.explored import model_of
from sim.report.exploring import digest_of, embedded, script, style
from sim.report.limits import limits
from sim.report.page import rendered, shared
from sim.report.pictures import both
from sim.results import charts_in
from sim.scenario import as_options
from sim.scenario.language import meaning
from sim.scenario.levers import called
from sim.sweeps.outcomes import COUNT, LEFT
from sim.words import between, dashed, listed, many, month, number, spoken

MOST_POINTS = 60
"""Points in the table."""


def html_of_sweep(folder: Path) -> str:
    """The page of a finished sweep. Raises ResultError where the folder holds none, or a damaged one."""
    from sim.charts.catalogue import draw_outcome
    from sim.sweeps.swept import SweepResult

    swept = SweepResult.read(folder)
    manifest, document = swept.manifest, swept.document()
    header = manifest["scenario"]["scenario"]
    columns = document["columns"]
    done = [row for row, error in enumerate(columns["error"]) if error is None]
    end = month(document["end"])
    outcomes = [outcome_of(document, asked) for asked in _shown(folder, document, header)] if done else []
    charts = []
    for outcome in outcomes:
        alternative = f"Chart: {outcome.measure}, over what was varied. {_answer(document, outcome)}"
        pair = both(partial(draw_outcome, document, outcome.asked), outcome.name, alternative)
        charts.append({"name": outcome.name, "wide": pair[0], "narrow": pair[1]})
    chances = outcomes[1:]
    paired = document["against"] is not None
    ordered = sorted(done, key=lambda row: (columns["mean"][row], row))
    chosen = ordered if len(ordered) <= MOST_POINTS else [*ordered[: MOST_POINTS // 2], *ordered[-MOST_POINTS // 2 :]]
    model = model_of(swept, document)
    return rendered(
        "sweep.html.j2",
        {
            **shared(),
            **(
                {}
                if model is None
                else {"explore_style": style(), "script": script(), "script_digest": digest_of(script())}
            ),
            "model": None if model is None else embedded(model),
            "title": swept.title,
            "name": header["name"],
            "question": header["question"],
            "given": document["given"],
            "sentences": [
                *(f"{_answer(document, one)}." for one in outcomes if _answer(document, one)),
                in_words(document),
            ],
            "varied": [
                {
                    "name": opened(called(each["path"])),
                    "values_told": _values(each["values"]),
                    "meaning": opened(meaning(each["path"])),
                }
                for each in document["varied"]
            ],
            "set_on_top": {opened(called(path)): value for path, value in manifest["set"].items()},
            "charts": charts,
            "end": end,
            "names": [opened(called(each["path"])) for each in document["varied"]],
            "nearest": where(document, document["against"]) if paired else "",
            "outcomes": [one.heading for one in chances],
            "rows": [
                {
                    "at": [_value(columns[each["path"]][row]) for each in document["varied"]],
                    "mean": f"{columns['mean'][row]:.1f}",
                    "most": dashed(columns["q05"][row], columns["q95"][row]),
                    "difference": _difference(document, row, outcomes[0]),
                    "chances": [
                        {"value": _written(one, row), "difference": _difference(document, row, one)} for one in chances
                    ],
                }
                for row in chosen
            ],
            "hidden": len(ordered) - len(chosen),
            "failed": document["failed"],
            "runs": many(manifest["runs"], "run"),
            "limits": limits(bool(manifest["scenario"]["cooperation"]["hosts"])),
            "command": _command(manifest),
            "facts": [
                ("Sweep", manifest["id"]),
                ("Points", f"{manifest['points']:,}"),
                ("Design", manifest["design"]),
                ("Runs a point", f"{manifest['runs']:,}"),
                ("Seed", str(manifest["seed"])),
                ("Parameters", manifest["parameters"]),
                *((name, version) for name, version in manifest["versions"].items() if version),
                *((f"SHA-256 of {name}", digest) for name, digest in manifest["files"].items()),
            ],
        },
    )


def in_words(document: Mapping[str, Any]) -> str:
    """Where the count at the end is lowest and highest."""
    columns = document["columns"]
    done = [row for row, error in enumerate(columns["error"]) if error is None]
    if not done:
        return "None of its points could be run."
    ordered = sorted(done, key=lambda row: (columns["mean"][row], row))
    ends = []
    for row in (ordered[0], ordered[-1]):
        most = between(columns["q05"][row], columns["q95"][row])
        runs = f"90 % of the runs {'' if ' to ' in most else 'at '}{most}"
        ends.append(f"{columns['mean'][row]:.1f} ({runs}) with {where(document, row)}")
    end = month(document["end"])
    return (
        f"Over {many(len(done), 'point')} the average number of states that recognise Taipei at the end of {end} lies "
        f"between {ends[0]} and {ends[1]}."
    )


def _shown(folder: Path, document: Mapping[str, Any], header: Mapping[str, Any]) -> list[str]:
    """The outcomes of the page: the count, then those that were asked for, otherwise the states it is about."""
    known = outcomes_by_chart(document)
    drawn = charts_in(folder)
    asked = [one for name, one in known.items() if name in drawn and one != COUNT]
    about = [f"{LEFT}:{code}" for code in header.get("about", ()) if code in document["states"]][:MOST_ABOUT]
    return [COUNT, *(asked or about)]


def _answer(document: Mapping[str, Any], outcome: Outcome) -> str:
    """What the sweep says about an outcome; empty where no point could be run."""
    found = headline(document, outcome.columns, outcome.counts, outcome.remain)
    return found if outcome.remain or not found else f"{outcome.heading}: {within(found)}"


def _difference(document: Mapping[str, Any], row: int, outcome: Outcome) -> str:
    """The difference of a point from the one nearest to the scenario; empty of that point, or where none is known."""
    if row == document["against"]:
        return ""
    change = change_at(document, row, outcome.columns, 1.0 if outcome.counts else 100.0)
    return "" if change is None else short(change)


def _written(outcome: Outcome, row: int) -> str:
    """An outcome of a point as the table has it."""
    return outcome.written(float(outcome.values[row])) + ("" if outcome.counts else " %")


def opened(name: str) -> str:
    """A name with a capital."""
    return f"{name[:1].upper()}{name[1:]}"


def _value(value: Any) -> str:
    if value is None:
        return "the scenario’s own"
    return spoken(value) if isinstance(value, str) and len(value) == 10 else number(value)


def _values(values: Sequence[Any]) -> str:
    if len(values) <= 12:
        return listed([_value(value) for value in values])
    return f"{len(values)} values from {_value(values[0])} to {_value(values[-1])}"


def _command(manifest: Mapping[str, Any]) -> str:
    """The command of a grid; empty for other designs, of which the manifest keeps the points and not the ranges."""
    if manifest["design"] != "grid" or any("values" not in varied for varied in manifest["varied"]):
        return ""
    parts = ["sim", "sweep", str(manifest["scenario"]["scenario"]["name"])]
    for varied in manifest["varied"]:
        parts += ["--vary", f"{varied['path']}={','.join(str(value) for value in varied['values'])}"]
    parts += ["--runs", str(manifest["runs"]), "--seed", str(manifest["seed"])]
    if manifest["parameters"] != "drawn":
        parts += ["--parameters", manifest["parameters"]]
    parts += as_options(manifest["set"])
    return shlex.join(parts)
