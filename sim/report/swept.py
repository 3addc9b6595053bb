"""The page of a sweep: one scenario at many points."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.analysis.reading import MOST_ABOUT
from sim.report.explored import model_of
from sim.report.exploring import digest_of, embedded, script, style
from sim.report.limits import limits
from sim.report.page import rendered, shared
from sim.report.pictures import inline
from sim.scenario import as_options
from sim.sweeps.outcomes import COUNT, LEFT, Outcome
from sim.words import between, dashed, listed, many, month, number, percent, spoken, the

MOST_POINTS = 60
"""Points in the table."""


def html_of_sweep(folder: Path) -> str:
    """The page of a finished sweep. Raises ResultError where the folder holds none, or a damaged one."""
    from sim.charts.catalogue import draw_outcome
    from sim.sweeps.swept import SweepResult

    swept = SweepResult.read(folder)
    manifest, document = swept.manifest, swept.document()
    header = manifest["scenario"]["scenario"]
    columns, states = document["columns"], document["states"]
    about = [code for code in header.get("about", ()) if code in states][:MOST_ABOUT]
    done = [row for row, error in enumerate(columns["error"]) if error is None]
    end = month(document["end"])
    charts, chances = [], [Outcome(LEFT, code) for code in about]
    for outcome in (Outcome(COUNT), *chances) if done else ():
        what = (
            "the number of states that recognise Taipei"
            if outcome.is_number
            else f"the chance that {the(states[outcome.code])} moved"
        )
        alternative = f"Chart of {what} by the end of {end}, over what was varied. {in_words(document)}"
        drawing = inline(draw_outcome(document, outcome.asked), outcome.name, alternative)
        charts.append({"name": outcome.name, "drawing": drawing})
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
            "sentences": [in_words(document)],
            "varied": [
                {"path": each["path"], "values_told": _values(each["values"]), "meaning": _meaning(each["path"])}
                for each in document["varied"]
            ],
            "set_on_top": manifest["set"],
            "charts": charts,
            "end": end,
            "paths": [each["path"] for each in document["varied"]],
            "about": [states[code] for code in about],
            "rows": [
                {
                    "at": [_value(columns[each["path"]][row]) for each in document["varied"]],
                    "mean": f"{columns['mean'][row]:.1f}",
                    "most": dashed(columns["q05"][row], columns["q95"][row]),
                    "chances": [f"{percent(columns[one.column][row])} %" for one in chances],
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
        at = ", ".join(f"{each['path']} = {_value(columns[each['path']][row])}" for each in document["varied"])
        most = between(columns["q05"][row], columns["q95"][row])
        ends.append(f"{columns['mean'][row]:.1f} (90 % of the runs {most}) with {at}")
    end = month(document["end"])
    return (
        f"Over {many(len(done), 'point')} the average number of states that recognise Taipei at the end of {end} lies "
        f"between {ends[0]} and {ends[1]}."
    )


def _meaning(path: str) -> str:
    from sim.scenario.language import meaning

    words = meaning(path)
    return f"{words[:1].upper()}{words[1:]}"


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
