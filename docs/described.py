"""Tables of pages that describe the model for others (ODD, TRACE, how long it takes), from the code and what is kept.

Each table stands between two marks of its page; `make docs` writes it, a test compares.
"""

from __future__ import annotations

import ast
import csv
import inspect
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module, resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from docs.generate import _table as table
from docs.generate import keep
from docs.story import DOCS
from sim.words import listed

KEPT = DOCS.parent / "results" / "reference"
MEASURED = DOCS.parent / "benchmarks" / "latest.json"
PAGES = ("odd.md", "scale.md", "trace.md")
AGENTS = {
    "State": ("member.Member", "candidate.Candidate", "state.State"),
    "Host": ("host.Host",),
    "Beijing": ("patrons.Beijing",),
    "Taipei": ("patrons.Taipei",),
    "Washington": ("patrons.Washington",),
    "World": ("world.World",),
}
"""Agents of the Mesa engine by the name that a reader meets, each with the classes of `sim.model` that make it."""
WHO = {"self": "World", "place": "State", "state": "State", "host": "Host"}
"""Whose method is called in a month, by the name of the variable; patrons are called by their own."""


# --- Entities and what they hold


def class_of(path: str) -> type:
    """A class of `sim.model`, by its module and name."""
    module, _, name = path.rpartition(".")
    found: type = getattr(import_module(f"sim.model.{module}"), name)
    return found


def variables_of(kind: type) -> Iterator[tuple[tuple[str, ...], str]]:
    """What an agent holds: names that its `__init__` sets together, and the docstring that follows them."""
    if "__init__" not in vars(kind):
        return
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(vars(kind)["__init__"]))).body
    assert isinstance(function, ast.FunctionDef)
    for here, after in pairwise(function.body):
        targets = (
            here.targets if isinstance(here, ast.Assign) else [here.target] if isinstance(here, ast.AnnAssign) else []
        )
        names = tuple(one.attr for target in targets for one in ast.walk(target) if isinstance(one, ast.Attribute))
        if names and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            yield names, str(after.value.value)


def variables() -> str:
    """What each agent holds."""
    rows = []
    for agent, kinds in AGENTS.items():
        for kind in map(class_of, kinds):
            for names, meaning in variables_of(kind):
                rows.append((agent, ", ".join(f"`{name}`" for name in names), first_sentence(meaning)))
    return table(("agent", "variable", "what it is"), rows)


def first_sentence(text: str | None) -> str:
    """The first sentence of a docstring."""
    head, stop, _ = " ".join((text or "").split()).partition(". ")
    return head + "." * bool(stop) if head else ""


# --- The month


def steps() -> Iterator[tuple[str, str]]:
    """Who does what in a month, in order: agent and method, as `World.step` calls them."""
    yield from _calls(class_of("world.World").step)


def _calls(function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for node in sorted(found, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0)):
        assert isinstance(node.func, ast.Attribute)
        owner = ast.unparse(node.func.value)
        agent = owner.removeprefix("self.").capitalize() if owner.startswith("self.") else WHO.get(owner, "")
        if agent not in AGENTS:
            continue
        if (agent, node.func.attr) == ("World", "bid"):
            yield from _calls(class_of("world.World").bid)
        else:
            yield agent, node.func.attr


def schedule() -> str:
    """A month, step by step."""
    rows = []
    for number, (agent, method) in enumerate(steps(), start=1):
        does = next(getattr(kind, method) for kind in map(class_of, reversed(AGENTS[agent])) if hasattr(kind, method))
        rows.append((str(number), agent, f"`{method}`", first_sentence(does.__doc__)))
    return table(("step", "who", "method", "what it does"), rows)


# --- Decisions, levers, events, chance, parameters, input


def decisions() -> str:
    """What is decided, and what is weighed."""
    from sim.model.terms import DECISIONS

    rows = [
        (
            decision.does,
            "in talks, by bids" if decision.by_talks else "a hazard in every month",
            listed([decision.base, *(term.label for term in (*decision.added, *decision.after))]),
        )
        for decision in DECISIONS.values()
    ]
    return table(("a state", "decided", "what is weighed, in the order in which it is added"), rows)


def levers() -> str:
    """What a scenario may set of each patron."""
    from sim.scenario.levers import LEVERS

    rows = [
        (
            f"`{lever.path}`",
            "the drawn parameter" if lever.usual is None else f"{lever.usual:g}",
            "{:g} to {:g}".format(*lever.bounds),
            lever.unit,
        )
        for lever in LEVERS
    ]
    return table(("lever", "reference", "range", "unit"), rows)


def events() -> str:
    """Everything that can be dated in a scenario."""
    from sim.scenario.events import EVENTS

    return table(
        ("event", "what it is"), [(f"`{name}`", first_sentence(kind.__doc__)) for name, kind in EVENTS.items()]
    )


def chance() -> str:
    """What is left to chance in a run."""
    from sim.model import draws

    body = ast.parse(inspect.getsource(draws)).body
    rows = []
    for here, after in pairwise(body):
        if isinstance(here, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            about = str(after.value.value)
            if about.startswith("Purpose: "):
                number, what = ast.unparse(here.value), " ".join(about.removeprefix("Purpose: ").split())
                rows.append((number, what.partition(" (")[0]))
    return table(("purpose", "one uniform number decides"), rows)


def parameters() -> str:
    """How many parameters there are of each kind, and how they are drawn."""
    from sim.parameters import PARAMETERS

    rows = []
    for kind in ("estimated", "documented", "assumed"):
        some = [parameter for parameter in PARAMETERS.values() if parameter.kind == kind]
        families = sorted({parameter.family for parameter in some})
        judged = sum(parameter.hindsight for parameter in some)
        rows.append((kind, str(len(some)), str(judged), ", ".join(f"`{family}`" for family in families)))
    whole = list(PARAMETERS.values())
    rows.append(("all", str(len(whole)), str(sum(parameter.hindsight for parameter in whole)), ""))
    return table(("kind", "number", "judged with hindsight", "families of laws"), rows)


def inputs() -> str:
    """The tables of the atlas."""
    folder = resources.files("sim.atlas") / "tables"
    rows = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".csv"):
            heads, *lines = csv.reader(file.read_text("utf-8").splitlines())
            sourced = "a column" if "source" in heads else "in the data dictionary"
            named = ", ".join(f"`{head}`" for head in heads if head != "source")
            rows.append((f"`{file.name}`", f"{len(lines):,}", named, sourced))
    return table(("table", "rows", "columns", "source"), rows)


# --- Docking and sensitivity, from what is kept

PROTOCOL = (
    ("crps", 1, "count, CRPS, 1 year"),
    ("crps", 5, "count, CRPS, 5 years"),
    ("coverage_90", 5, "90 % band holds, 5 years"),
    ("log_score_sum", 1, "states, log score, 1 year"),
    ("log_score_sum", 5, "states, log score, 5 years"),
    ("auc_within_year", 1, "states, AUC within a year, 1 year"),
)
WORLDS = {
    "reference": "14 states of the end of 2021, levers at reference",
    "levers": "the same, six levers turned",
    "1995": "the backtest's origin 1995, with candidates",
    "2010": "the backtest's origin 2010, in a truce",
    "misread": "the first, built on the page as it read at first",
}


def kept(path: str) -> list[dict[str, str]]:
    """A kept table of results, row by row."""
    with (KEPT / path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def protocol() -> str:
    """All forecasters and the second implementation, under the backtest's protocol."""
    from sim.backtest.scores import NAMES, SIMULATION

    rows = kept("backtest/scores.csv")
    second = [row | {"model": "second"} for row in kept("docking/scores.csv")]
    scores = {(row["model"], row["score"], int(row["horizon"])): row for row in (*rows, *second)}
    names = {SIMULATION: NAMES[SIMULATION], "second": "second implementation"} | NAMES
    lines = []
    for model, name in names.items():
        cells = [_scored(scores[model, score, years], score) for score, years, _ in PROTOCOL]
        lines.append((name, *cells))
    return table(("forecaster", *(head for _, _, head in PROTOCOL)), lines)


def _scored(row: Mapping[str, str], score: str) -> str:
    if not row["value"]:
        return "–"
    digits = 0 if score == "log_score_sum" else 2
    value, low, high = (f"{float(row[name]):.{digits}f}" for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def docking() -> str:
    """Where the second implementation agrees, and how closely."""
    rows = kept("docking/agreement.csv")
    lines = []
    for world, name in WORLDS.items():
        of = {row["what"]: row for row in rows if row["world"] == world}
        states = [abs(float(row["z"])) for what, row in of.items() if what.startswith("away:")]
        lines.append(
            (
                name,
                *(_both(of[what], 2) for what in ("count", "spread")),
                f"{max(states):.1f} (of {len(states)})",
                _both(of["free"], 3),
                *(
                    f"{float(of[what]['model']):.2f}, {float(of[what]['second']):.2f}"
                    for what in ("price:0.5", "price:0.9")
                ),
                _chance(float(of["prices"]["p"])),
            )
        )
    heads = (
        "world", "count after five years, mean", "its standard deviation", "largest z of a state's chance",
        "departures at a price of zero", "median price", "90 % point", "p of the prices",
    )  # fmt: skip
    return table(heads, lines)


def _chance(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.2f}"


def _both(row: Mapping[str, str], digits: int) -> str:
    return f"{float(row['model']):.{digits}f}, {float(row['second']):.{digits}f} (z {float(row['z']):+.1f})"


def sensitivity() -> str:
    """What the outlook's count, and each state, hang on most."""
    from sim.atlas import states

    outcomes, indices = (kept(f"outlook-2026.sensitivity/{name}.csv") for name in ("outcomes", "indices"))
    lines = []
    for one in outcomes:
        rows = [row for row in indices if row["outcome"] == one["outcome"]]
        gaps = [float(row["first"]) - float(row["total"]) for row in rows]
        code = one["outcome"].partition(":")[2]
        lines.append(
            (
                f"{states()[code].name} leaves" if code else "the count",
                f"{float(one['mean']):.3g}",
                f"{float(one['variance']) ** 0.5:.2g}",
                f"{float(one['noise_share']):.1%}",
                "; ".join(_index(row) for row in rows[:MOST]),
                f"{sum(gap > 0.0 for gap in gaps)} of {len(gaps)}, by {max(gaps):.2f} at most",
            )
        )
    heads = (
        "outcome at the end of the outlook", "mean", "its standard deviation over points", "luck in the variance",
        "largest totals (90 %; alone)", "totals below the share alone: noise",
    )  # fmt: skip
    return table(heads, lines)


def _index(row: Mapping[str, str]) -> str:
    total, low, high, first = (float(row[name]) for name in ("total", "total_low", "total_high", "first"))
    return f"`{row['name']}` {total:.2f} ({low:.2f} to {high:.2f}; {first:.2f})"


MOST = 3
"""Numbers named of each outcome."""


# --- Speed, from what was measured last


def engines() -> str:
    """Nanoseconds a state-month of each engine."""
    lines = []
    for row in json.loads(MEASURED.read_text("utf-8"))["rows"]:
        if "skipped" in row:
            lines.append((f"`{row['engine']}`", row["does"], row["skipped"], ""))
            continue
        low, high = (f"{row[name]:,.0f}" for name in ("low", "high"))
        lines.append(
            (
                f"`{row['engine']}`",
                row["does"],
                f"{row['ns_per_state_month']:,.0f} ({low} to {high})",
                f"{row['ratio']:.3g}",
            )
        )
    return table(("engine", "what it does", "ns a state-month, median (range)", "against compiled"), lines)


UNITS = {"wall_s": "s", "ns_per_state_month": "ns a state-month", "compile_cpu_s": "CPU s"}
"""What a row is told in, by the name of what was measured; processor time and memory of a command stand beside it."""


def against() -> str:
    """Whole commands beside an earlier commit."""
    rows = dict(json.loads(MEASURED.read_text("utf-8"))["against"])
    commits = rows.pop("commits")
    lines = []
    for name, row in rows.items():
        quantity = next(one for one in UNITS if one in row)
        one = row[quantity]
        before, after = (f"{_short(one[side])} {UNITS[quantity]}" for side in ("before", "after"))
        ratio = f"{one['ratio']:.2f} ({one['low']:.2f} to {one['high']:.2f})"
        others = (f"{row[other]['ratio']:.2f}" if other in row else "" for other in ("cpu_s", "memory_mb"))
        lines.append((name.replace("_", " "), before, after, ratio, *others, str(row["pairs"])))
    sides = (f"at {commits[side]}" for side in ("before", "after"))
    return table(("what", *sides, "ratio, median (range)", "of processor time", "of memory", "pairs"), lines)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.3g}"


TABLES: Mapping[str, Callable[[], str]] = {
    "variables": variables,
    "schedule": schedule,
    "decisions": decisions,
    "levers": levers,
    "events": events,
    "chance": chance,
    "parameters": parameters,
    "inputs": inputs,
    "protocol": protocol,
    "docking": docking,
    "sensitivity": sensitivity,
    "engines": engines,
    "against": against,
}


def filled(text: str) -> str:
    """A page with each table between its marks made anew."""
    for name, made in TABLES.items():
        begin, end = f"<!-- {name}: written by `make docs` -->", f"<!-- end of {name} -->"
        head, there, rest = text.partition(begin)
        if there:
            _, closed, tail = rest.partition(end)
            if not closed:
                raise ValueError(f"{begin} has no end")
            text = f"{head}{begin}\n{made()}\n{end}{tail}"
    return text


def write() -> None:
    """Fill the pages."""
    for name in PAGES:
        page: Path = DOCS / name
        keep(page, filled(page.read_text("utf-8")))
