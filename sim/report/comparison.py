"""The page of a comparison: scenarios against the first of them, run by run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from sim.analysis.compare import Comparison, compare
from sim.analysis.findings import NUMBERS, UNITS, answer
from sim.model.terms import decision_from
from sim.report import calendar
from sim.report.limits import limits
from sim.report.page import rendered, scenario_name, shared
from sim.report.pictures import inline
from sim.results.result import Result
from sim.results.tables import COOPERATION, RECOGNITION
from sim.scenario import as_options, given_in_words
from sim.scenario.levers import called
from sim.words import (
    LEAST,
    LEAST_SWAP,
    beyond_luck,
    decimals,
    differs,
    listed,
    many,
    month,
    opening,
    percent,
    points,
    ranged,
    signed_between,
    spoken,
    tenths,
    the,
)

MOST_ROWS, MOST_SWAPS = 15, 6
"""Rows of a table of differences, and of who left instead of whom."""


def html_of_comparison(results: Sequence[Result]) -> str:
    """The page of results compared with the first. Raises InputError where they cannot be paired."""
    from sim.charts.catalogue import of_comparison

    comparison = compare(results)
    names, baseline = comparison.names, comparison.results[0]
    titles = comparison.titles
    charts = of_comparison(comparison)
    drawn = [
        {
            "name": name,
            "drawing": inline(charts.drawn(name), name, _drawn_words(name, comparison)),
            "narrow": _narrow(comparison, name),
        }
        for name in charts.names
    ]
    return rendered(
        "comparison.html.j2",
        {
            **shared(),
            "title": title(comparison),
            "answer": answer(comparison),
            "changes": _changes(comparison),
            "baseline": _scenario(baseline, titles[0]),
            "others": [
                _scenario(result, title) | {"differs": differences(baseline, result)}
                for result, title in zip(comparison.results[1:], titles[1:], strict=True)
            ],
            "pairs": [_pair(comparison, number) for number in range(len(comparison.pairs))],
            "charts": drawn,
            "runs": many(comparison.runs, "run"),
            "halving": f"{4 * comparison.runs:,}",
            "single": comparison.runs == 1,
            "limits": limits(bool(baseline.hosts)),
            "command": _compare_command(comparison),
            "facts": [
                ("Comparison", comparison.id),
                *((f"Result of {name}", result.settings["id"]) for name, result in zip(names, results, strict=True)),
                ("Runs of each", f"{comparison.runs:,}"),
                ("Seed", str(baseline.seed)),
                ("Parameters", str(baseline.settings["parameters"])),
            ],
        },
    )


def title(comparison: Comparison) -> str:
    """Who is compared with whom."""
    baseline, *others = comparison.titles
    if len(others) == 1:
        return f"{baseline}, compared with: {others[0]}"
    return f"{baseline}, compared with {NUMBERS[len(others)]} other scenarios"


def _narrow(comparison: Comparison, name: str) -> Markup | None:
    """The chart for a telephone, whose headline is the page's answer; None of one whose numbers are in a table."""
    if name == "dumbbell":
        return None
    from sim.charts.comparison import compared, difference
    from sim.charts.style import Paper, on_paper

    tie = RECOGNITION if name == "difference" else COOPERATION
    with on_paper(Paper(untitled=True)):
        drawing = difference.draw(comparison, tie, compared.NARROW)
    return inline(drawing, f"{name}-narrow", _drawn_words(name, comparison))


def _changes(comparison: Comparison) -> list[dict[str, Any]]:
    """One row per scenario and tie, the largest change first: by how much, and where 90 % of the runs are."""
    rows = []
    for title, pair in zip(comparison.titles[1:], comparison.pairs, strict=True):
        for row in pair.at_end:
            units = UNITS[row["tie"]][1]
            said = differs(row["mean"], row["mc"], f"{units} fewer", f"{units} more")
            clear, span = beyond_luck(row["mean"], row["mc"]), signed_between(row["q05"], row["q95"])
            size = (row["tie"] == COOPERATION, -abs(row["mean"]))
            rows.append((size, {"title": title, "differs": said, "span": span, "beyond_luck": clear}))
    return [row for _, row in sorted(rows, key=lambda each: each[0])]


def _scenario(result: Result, name: str) -> dict[str, Any]:
    header = result.scenario["scenario"]
    return {"name": name, "title": result.title, "question": header.get("question", "")}


def _drawn_words(name: str, comparison: Comparison) -> str:
    counts = " ".join(
        sentence for number in range(len(comparison.pairs)) for sentence in count_in_words(comparison, number)
    )
    what = {
        "difference": "the number of states that recognise Taipei in each scenario, and the difference through time",
        "dumbbell": "the chance of each state in each scenario",
    }.get(name, "the number of hosts that cooperate in each scenario, and the difference through time")
    return f"Chart of {what}. {counts if name == 'difference' else 'Its numbers are in the tables of this page.'}"


def count_in_words(comparison: Comparison, number: int) -> list[str]:
    """How the count at the end differs from the baseline's, one sentence per tie."""
    pair = comparison.pairs[number]
    result, baseline = comparison.results[number + 1], comparison.results[0]
    end = pair.months[-1]
    sentences = []
    for row in pair.at_end:
        tie = row["tie"]
        here, there = (each.counted[tie][:, each.months.index(end)].mean() for each in (result, baseline))
        what = "states recognise Taipei" if tie == RECOGNITION else "hosts cooperate with Washington’s forces"
        digits = min(decimals(row["mc"]), 2) if row["mc"] else 2
        against, title = comparison.titles[0], comparison.titles[number + 1]
        when = f"at the end of {month(end)} on average"
        begins = f"{title}: {here:.{digits}f} {what} {when}, {there:.{digits}f} in “{against}”"
        if not row["more"] and not row["fewer"]:
            sentences.append(f"{begins}, the same in every run.")
            continue
        sentences.append(
            f"{begins}; {differs(row['mean'], row['mc'])}. 90 % of the runs differ by "
            f"{signed_between(row['q05'], row['q95'])}."
        )
    return sentences


def _pair(comparison: Comparison, number: int) -> dict[str, Any]:
    pair = comparison.pairs[number]
    rows = sorted(pair.rows("states", horizon="p_end"), key=lambda row: (-abs(row["difference"]), row["state"]))
    largest = [row for row in rows if abs(row["difference"]) >= LEAST][:MOST_ROWS]
    names = {row["iso3"]: row["state"] for row in pair.rows("instead")}
    first = "No run differs at all."
    if pair.first is not None:
        began = pair.first == pair.months[0]
        first = "Runs differ from the first month on." if began else f"No run differs before {month(pair.first)}."
    return {
        "scenario": comparison.titles[number + 1],
        "against": comparison.titles[0],
        "end": month(pair.months[-1]),
        "sentences": [*_most(largest), first],
        "rows": [_chance(row) for row in largest],
        "rest": len(rows) - len(largest),
        "swaps": [
            {
                "told": f"{names[row['iso3_here']]} instead of {names[row['iso3_there']]}",
                "share": tenths(row["share"]),
            }
            for row in pair.rows("swaps")
            if row["share"] >= LEAST_SWAP
        ][:MOST_SWAPS],
    }


def _most(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence of the two chances that differ most, where luck does not explain it."""
    sentences = [
        f"{the(row['state'])} {_does(row)} in {percent(row['p'])} % of the runs in place of "
        f"{percent(row['p_against'])} % ({points(row['difference'])} points)"
        for row in rows
        if beyond_luck(row["difference"], row["mc"])
    ][:2]
    if not sentences:
        return ["No state’s chance differs by more than luck would explain."]
    return [f"{sentences[0][0].upper()}{listed(sentences)[1:]}."]


def _does(row: Mapping[str, Any]) -> str:
    """What a chance is of, told from where the baseline starts."""
    return decision_from(row["tie"], row["at_start"]).done.replace(" military", "")


def _chance(row: Mapping[str, Any]) -> dict[str, Any]:
    clear = beyond_luck(row["difference"], row["mc"])
    ranged = row["low"] is not None and points(row["low"]) != points(row["high"])
    return {
        "name": f"{row['state']} {decision_from(row['tie'], row['at_start']).short}",
        "against": f"{percent(row['p_against'])} %",
        "here": f"{percent(row['p'])} %",
        "difference": points(row["difference"]),
        "luck": "" if row["mc"] is None else f"{100 * row['mc']:.1f}",
        "span": f"{points(row['low'])} to {points(row['high'])}" if clear and ranged else "",
        "beyond_luck": clear,
    }


def differences(baseline: Result, other: Result) -> list[str]:
    """What a scenario says otherwise than the baseline: calendar, levers, parameters."""
    lines = []
    for kind, what in (("events", "Event"), ("elections", "Election")):
        here, there = other.scenario.get(kind) or {}, baseline.scenario.get(kind) or {}
        for name in dict.fromkeys([*there, *here]):
            now, then = _enabled(here.get(name)), _enabled(there.get(name))
            if now == then:
                continue
            change = "changed" if now and then else ("added" if now else "left out")
            lines.append(f"{what} “{calendar.plain(name)}” {change}")
    ours, theirs = ({each.path: each.value for each in calendar.settings(one)} for one in (other, baseline))
    for path in dict.fromkeys([*theirs, *ours]):
        if ours.get(path) != theirs.get(path):
            own, usual = (each.get(path, "as usual") for each in (ours, theirs))
            lines.append(f"{opening(called(path))}: {own} ({usual} in the baseline)")
    numbers, before = other.scenario.get("parameters") or {}, baseline.scenario.get("parameters") or {}
    for name in dict.fromkeys([*before, *numbers]):
        if numbers.get(name) != before.get(name):
            own, usual = (ranged(each[name]) if name in each else "as drawn" for each in (numbers, before))
            lines.append(f"Parameter {name}: {own} ({usual} in the baseline)")
    given, before_given = (given_in_words(each.scenario) for each in (other, baseline))
    lines += [f"Given: {fact}" for fact in given if fact not in before_given]
    lines += [f"Given in the baseline alone: {fact}" for fact in before_given if fact not in given]
    ends = [[each.scenario["scenario"][key] for key in ("start", "end")] for each in (baseline, other)]
    if ends[0] != ends[1]:
        lines.append(f"From {spoken(ends[1][0])} to {spoken(ends[1][1])}")
    return lines


def _enabled(entry: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What an entry says, but for its prose; None where it is left out."""
    if entry is None or not entry.get("enabled", True):
        return None
    return {key: value for key, value in entry.items() if key not in ("source", "assumption")}


def _compare_command(comparison: Comparison) -> str:
    names = [scenario_name(result) for result in comparison.results]
    baseline = comparison.results[0]
    parts = ["sim", "compare", *names, "--runs", str(comparison.runs), "--seed", str(baseline.seed)]
    if baseline.settings["parameters"] != "drawn":
        parts += ["--parameters", str(baseline.settings["parameters"])]
    sets = [result.settings.get("set", {}) for result in comparison.results]
    if all(each == sets[0] for each in sets):
        parts += as_options(sets[0])
    return shlex.join(parts)
