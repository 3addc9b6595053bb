"""The page of one result: what the template shows, all of it from the result."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from sim import atlas, results
from sim.analysis.accounts import PATRONS, accounts_in_words, between, payments, short, totals
from sim.analysis.answers import answers_in_words
from sim.analysis.reading import (
    Row,
    about,
    draws,
    end_of,
    end_words,
    known_to,
    left_out,
    note,
    numbered,
    reach,
    rows_of,
    source,
    start_of,
    title_of,
)
from sim.analysis.times import chances
from sim.errors import SimError
from sim.report import backtest, calendar, outcomes, words
from sim.report.drawing import count_chart
from sim.report.limits import limits
from sim.results.result import Result
from sim.results.tables import COOPERATION
from sim.scenario import as_options, given_in_words, load, parse_overrides, shipped
from sim.words import beyond_luck, listed, many, number, opening, percent, points, spoken, tenths

if TYPE_CHECKING:
    from jinja2 import Environment

    from sim.analysis.reasons import Reasons

TEMPLATES = Path(__file__).parent / "templates"
SHADES = (0.0, 0.005, 0.02, 0.05, 0.10, 0.20)
"""Chances from which on a cell of the table of years has the next shade."""
MOST_ROWS = 60
"""States in a table."""
MOST_PAID = 5
"""States of a patron in the table of who pays whom."""


def html_of(result: Result, why: Sequence[Reasons] | None = None, manifest: Mapping[str, Any] | None = None) -> str:
    """The whole page of a result; the same result gives the same page.

    why : the chances without each lever (`sim.analysis.reasons`); None or nothing leaves the section out
    manifest : `versions` and `digests` as a manifest has them; left out, those of this program
    """
    return rendered("result.html.j2", context(result, why or (), manifest))


def context(result: Result, why: Sequence[Reasons], manifest: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the template shows."""
    header = result.scenario["scenario"]
    leavers, returners = rows_of(result, True), rows_of(result, False)
    likely = [row for row in returners if row.listed]
    rest = [row for row in returners if not row.listed]
    return {
        **shared(),
        "title": title_of(result),
        "name": result.name,
        "question": header.get("question", ""),
        "given": given_in_words(result.scenario),
        "answer": words.answer(result),
        "happened": words.happened(result),
        "knowledge": words.knowledge(result),
        "kinds": words.kinds(result),
        "calendar_kinds": calendar.kinds(result),
        "start": start_of(result),
        "known_to": known_to(result),
        "end": end_of(result),
        "end_words": end_words(result),
        "single": result.runs == 1,
        "central": result.settings.get("parameters") == "central",
        "charts": _charts(result),
        "source": source([result]),
        "luck": note(result, leavers),
        "leavers": chance_rows(leavers[:MOST_ROWS], reach(leavers), result.runs == 1),
        "returners": chance_rows(likely[:MOST_ROWS], reach(likely), result.runs == 1),
        "not_returning": f"{left_out(rest, 'more state')}" if rest else "",
        "scales": {"leavers": reach(leavers), "returners": reach(likely)},
        "recorded": words.recorded(result),
        "leaving": outcomes.leaving(result),
        "ends": outcomes.ends(result),
        "votes": outcomes.votes(result),
        "years": _years(result, leavers[:MOST_ROWS]),
        "hosts": _hosts(result),
        "accounts": _accounts(result),
        "why": [_why(each, result.runs) for each in why],
        "explaining": _explaining(result),
        "header": {"known": (), "assumed": (), "sources": (), **header},
        "own": words.own_facts(result),
        "extends": result.extends,
        "entries": calendar.entries(result),
        "disabled": calendar.disabled(result),
        "settings": calendar.settings(result),
        "set_on_top": result.settings.get("set", {}),
        "parameters": _parameters(result),
        "limits": limits(bool(result.hosts)),
        "again": _again(result, manifest),
    }


def shared() -> dict[str, Any]:
    """What every page shows: style, scores of the backtest, version."""
    return {
        "style": (TEMPLATES / "style.css").read_text("utf-8"),
        "backtest": backtest.table(),
        "skill": backtest.sentences(),
        "version": results.versions()["recognition-sim"],
    }


# --- Jinja


@cache
def _environment() -> Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["spoken"] = spoken
    environment.filters["number"] = number
    environment.filters["held"] = held
    environment.filters["sentence"] = lambda text: text if text.endswith((".", "?", "!")) else f"{text}."
    environment.filters["opening"] = opening
    return environment


def held(text: str) -> Markup:
    """A text in which no line ends between a number and its per cent sign."""
    return Markup(re.sub(r"(&lt;|&gt;)?\d+(\.\d+)? %\)?", r'<span class="held">\g<0></span>', str(escape(text))))


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """A template filled in: texts are escaped, a name it lacks is an error."""
    return _environment().get_template(template).render(values)


# --- parts of the page


def _charts(result: Result) -> list[dict[str, Any]]:
    """The count, and that of the hosts, each as a drawing with its numbers in a table."""
    charts = []
    for tie in result.counted:
        rows = words.by_year(result, tie)
        recorded = any(row["observed"] for row in rows[1:])
        charts.append({"tie": tie, "drawing": count_chart(result, tie), "rows": rows, "recorded": recorded})
    return charts


def chance_rows(rows: Sequence[Row], span: int, single: bool = False) -> list[dict[str, Any]]:
    """Rows of a table of chances, with what is drawn beside each: places on a scale that ends at `span` %."""
    cells = []
    for row in rows:
        ranged = row.low < row.high
        low, high = (row.low, row.high) if ranged else (row.p, row.p)
        cells.append(
            {
                "iso3": row.iso3,
                "name": row.name,
                "chance": ("yes" if row.p else "no") if single else numbered(row),
                "recorded": row.recorded,
                "moved": row.moved,
                "at": f"{100 * row.p / span * 100:.1f}",
                "low": f"{100 * low / span * 100:.1f}",
                "wide": f"{100 * (high - low) / span * 100:.1f}",
            }
        )
    return cells


def _years(result: Result, rows: Sequence[Row]) -> dict[str, Any]:
    """By state the chance to leave in each calendar year, or in each block of them; empty for a single run."""
    if result.runs == 1 or not rows:
        return {}
    times = chances(result, [row.iso3 for row in rows])
    table = [
        {
            "name": row.name,
            "cells": [
                {"told": percent(float(share)), "shade": sum(float(share) >= edge for edge in SHADES[1:])}
                for share in times.blocks[number]
            ],
        }
        for number, row in enumerate(rows)
        if row.p or times.blocks[number].any()
    ]
    return {"heads": times.block_names, "rows": table, "block": times.block, "never": len(rows) - len(table)}


def _hosts(result: Result) -> dict[str, Any]:
    if not result.hosts:
        return {}
    rows = rows_of(result, True, COOPERATION)
    document = {
        "rows": chance_rows(rows, reach(rows), result.runs == 1),
        "scale": reach(rows),
        "luck": note(result, rows),
    }
    return document | {"answers": answers_in_words(result)}


def _accounts(result: Result) -> dict[str, Any]:
    """What the patrons pay: sentences, and rows: of each its total and its largest sums; empty if not kept."""
    sentences = accounts_in_words(result)
    if not sentences:
        return {}
    paid, shown, rows = payments(result), 0, []
    for total in totals(result).values():
        own = [row for row in paid if (row.patron, row.tie) == (total.patron, total.tie)]
        if own:
            rows.append((PATRONS[total.patron], "all hosts" if total.tie == COOPERATION else "all", total))
            rows += [(PATRONS[row.patron], row.state, row) for row in own[:MOST_PAID]]
            shown += len(own[:MOST_PAID])
    cells = [
        {
            "patron": patron,
            "state": state,
            "sums": [
                (short(mean), between(low, high))
                for mean, low, high in (
                    (row.promised, row.promised_low, row.promised_high),
                    (row.delivered, row.delivered_low, row.delivered_high),
                )
            ],
        }
        for patron, state, row in rows
    ]
    return {"sentences": sentences, "rows": cells, "rest": len(paid) - shown}


def _why(reasons: Reasons, runs: int) -> dict[str, Any]:
    """The levers taken away, as texts: the largest first.

    runs : of the result
    """
    removals = reasons.removals
    rows = []
    idle = [row["label"] for row in removals.rows if not row["difference"] and not row["mc"]]
    seen = set()
    for row in removals.rows:
        numbers = (row["without"], row["difference"], row["mc"])
        if row["label"] in idle or (row["group"] == "kind" and numbers in seen):
            continue
        seen.add(numbers)
        span = ""
        if row["low"] is not None and row["low"] < row["high"]:
            span = f"{points(row['low'])} to {points(row['high'])}"
        rows.append(
            {
                "label": row["label"],
                "group": row["group"],
                "without": tenths(row["without"]),
                "difference": points(row["difference"]),
                "span": span,
                "luck": "" if row["mc"] is None else f"{100 * row['mc']:.1f}",
                "beyond_luck": beyond_luck(row["difference"], row["mc"]),
            }
        )
    return {
        "heading": words.heading(removals),
        "sentences": words.without_levers(removals),
        "story": reasons.story,
        "talks": reasons.talks,
        "p": tenths(removals.p),
        "idle": listed([f"“{label}”" for label in idle]) if idle else "",
        "runs": many(removals.runs, "run"),
        "fewer": removals.runs < runs,
        "rows": rows,
    }


def _parameters(result: Result) -> list[dict[str, Any]]:
    """The numbers of the model by kind."""
    by_kind = []
    for kind, meaning in words.KINDS.items():
        rows = [
            {
                **belief,
                "value": number(belief["central"]),
                "range": ""
                if belief["low"] == belief["high"]
                else f"{number(belief['low'])} to {number(belief['high'])}",
            }
            for belief in result.beliefs
            if belief["kind"] == kind
        ]
        if rows:
            by_kind.append({"kind": kind, "meaning": meaning, "rows": rows})
    return by_kind


def command(result: Result) -> str:
    """The command that gives the result again; a scenario of the user's own is called by its name."""
    settings = result.settings
    parts = ["sim", "run", scenario_name(result), "--runs", str(result.runs), "--seed", str(result.seed)]
    if result.agents is not None:
        parts += ["--agents", result.agents]
    elif settings.get("engine", "compiled") != "compiled":
        parts += ["--engine", str(settings["engine"])]
    if settings.get("parameters", "drawn") != "drawn":
        parts += ["--parameters", str(settings["parameters"])]
    parts += as_options(settings.get("set", {}))
    if result.ledger is not None:
        parts.append("--ledger")
    return shlex.join(parts)


def _explaining(result: Result) -> str:
    """The command that explains what a page with agents of one's own leaves out; empty of the shipped agents."""
    if result.agents is None:
        return ""
    states = [row.iso3 for row in about(result)]
    return shlex.join(["sim", "explain", "RESULT", "--state", *states[:1], "--agents", result.agents])


def scenario_name(result: Result) -> str:
    """The bare name of a shipped scenario, as long as it says what the result was made from; else that of a file."""
    changed = result.settings.get("set", {})
    own = f"{result.name}.toml"
    for name in shipped() if "scenario.name" in changed else {result.name} & set(shipped()):
        try:
            overrides = parse_overrides(f"{path}={value}" for path, value in changed.items())
            document = load(name, overrides).scenario.model_dump(mode="json", exclude_none=True)
        except SimError:
            continue
        if document == result.scenario:
            return name
    return own


def _agents(own: Mapping[str, Any]) -> str:
    """Agents of one's own: their file and its digest, and which of the shipped ones they take the place of."""
    classes = ", ".join(f"{name} for {role}" for role, name in own["classes"].items())
    return f"{own['name']} ({classes}), SHA-256 {own['digest']}"


def _again(result: Result, manifest: Mapping[str, Any] | None) -> dict[str, Any]:
    """Command, settings and versions that reproduce the result."""
    versions_and_digests = manifest or {
        "versions": results.versions(),
        "digests": {"atlas": atlas.digest(), "sources": results.sources_digest()},
    }
    settings = result.settings
    name = scenario_name(result)
    mode = settings.get("parameters", "drawn")
    return {
        "command": command(result),
        "own": name.endswith(".toml"),
        "file": name,
        "facts": [
            ("Result", settings.get("id", "")),
            ("Runs", f"{result.runs:,}"),
            ("Seed", str(result.seed)),
            ("Engine", settings.get("engine", "compiled")),
            *([] if result.agents is None else [("Agents", _agents(settings["agents"]))]),
            ("Parameters", "central" if mode == "central" else f"drawn: {many(draws(result), 'draw')}"),
        ],
        "versions": {name: version for name, version in versions_and_digests["versions"].items() if version},
        "digests": versions_and_digests["digests"],
    }
