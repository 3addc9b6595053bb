"""The numbers of the front page: parts of `README.md`, from the golden results and the record.

`make results` writes them, and a test compares them with the tables in `results/reference`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.analysis.effects import Change, fine, moved
from sim.atlas import record, states
from sim.scenario import load
from sim.scenario.levers import FIRST
from sim.words import chance_with_range, day, listed, month_in_full, spoken_in_full, the
from tools.marks import between

README = Path("README.md")
OUTLOOK = "outlook-2026"
LEVERS = f"{OUTLOOK}.levers"
"""The folder with the points of the outlook's levers."""
ARTICLES = {
    "honduras-2021": ("Does Honduras follow Nicaragua to Beijing?", "recognition"),
    "honduras-2023": ("The president orders ties with Beijing. Is the order carried out?", "recognition"),
    "honduras-2025": ("Honduras hints at ending military cooperation with Washington. Does it?", "cooperation"),
}
"""The scenario of each article: what the article makes one ask, and the tie of Honduras that it is about."""
NOT_ON_RECORD = "The atlas does not record such ties, so what came of it is not known here."
SUBJECT = "HND"
MULTIPLES = {0.0: "none", 0.5: "half", 2.0: "double"}
"""Columns of the table of levers, as multiples of the outlook's own value."""
_NAMED = 3
"""States named in today's answer."""


def write_front(reference: Path, file: Path = README) -> Path:
    """Put every part between its marks."""
    for part, text in PARTS.items():
        between(file, part, text(reference))
    return file


def answer(reference: Path) -> str:
    """How many states the outlook expects, who is likeliest to leave, and whether Honduras comes back."""
    header = load(OUTLOOK).scenario.scenario
    first, *_, last = _rows(reference / OUTLOOK / "summary.csv", tie="recognition")
    chances = _rows(reference / OUTLOOK / "states.csv", tie="recognition")
    leavers = sorted((row for row in chances if row["at_start"] == "taipei"), key=lambda row: -float(row["p_end"]))
    named = listed([f"{the(row['state'])} {_chance(row)}" for row in leavers[:_NAMED]])
    back = next(row for row in chances if row["iso3"] == SUBJECT)
    return (
        f"**{first['q50']} states recognise Taipei on {spoken_in_full(header.start)}. By the end of "
        f"{month_in_full(header.end)} the model expects {float(last['mean']):.1f}; 90 % of its runs end with "
        f"{last['q05']} to {last['q95']}.** Likeliest to leave are {named}. "
        f"The chance that {the(back['state'])} has come back is {_chance(back)}."
    )


def articles(reference: Path) -> str:
    """One line per article: its question, the model's answer, and what Honduras has done since."""
    lines = []
    for number, (name, (question, tie)) in enumerate(ARTICLES.items(), 1):
        header = load(name).scenario.scenario
        (row,) = _rows(reference / name / "states.csv", tie=tie, iso3=SUBJECT)
        begin, end = month_in_full(header.start), month_in_full(header.end)
        lines.append(
            f"{number}. *{begin}, `{name}`:* {question} {_chance(row)} by {end}. "
            + (_since(header.as_of or header.start) if tie == "recognition" else NOT_ON_RECORD)
        )
    return "\n".join(lines)


def levers(reference: Path) -> str:
    """What one lever does to the outlook's count, in Markdown: a row per lever, a column per multiple."""
    rows = _rows(reference / LEVERS / "points.csv")
    columns = {name: [None if row[name] == "" else float(row[name]) for row in rows] for name in rows[0]}
    lines = ["| lever | " + " | ".join(MULTIPLES.values()) + " |", "|---" * (1 + len(MULTIPLES)) + "|"]
    for lever in moved({"columns": columns, "against": 0, "varied": [{"path": path} for path in FIRST]}):
        changes = {round(change.value / lever.own, 6): change for change in lever.changes}
        lines.append(f"| {lever.name} | " + " | ".join(_changed(changes[times]) for times in MULTIPLES) + " |")
    return "\n".join(lines)


PARTS: Mapping[str, Callable[[Path], str]] = {"answer": answer, "articles": articles, "levers": levers}
"""Each part by the name in its marks, and what writes it from the folder of golden results."""


def _rows(path: Path, **wanted: str) -> list[dict[str, str]]:
    """The rows of a table whose columns have these values."""
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if all(row[name] == value for name, value in wanted.items())]


def _chance(row: Mapping[str, str]) -> str:
    return chance_with_range(*(float(row[name]) for name in ("p_end", "p_end_low", "p_end_high")))


def _since(start: Any) -> str:
    """What Honduras did after a day, by the record."""
    known = record()
    name, until = states()[SUBJECT].name, known.confirmed_until
    moves = [change for change in known.changes_between(day(start), until) if change.iso3 == SUBJECT]
    if moves:
        return f"{name} {'left' if moves[-1].origin == 'taipei' else 'came back'} in {month_in_full(moves[-1].date)}."
    side = "was still with Taipei" if SUBJECT in known.recognisers(until) else "had not come back to Taipei"
    return f"By {month_in_full(until)} it {side}."


def _changed(change: Change) -> str:
    """`+2.9 ± 0.1 (0.4 to 6.0)`: the difference, two Monte Carlo errors, and what is not known about parameters."""
    sign = "+" if change.difference > 0.0 else ""
    text = f"{sign}{fine(change.difference, change.error)}"
    if change.error is not None:
        text += f" ± {fine(change.error, change.error)}"
    if change.low is not None and change.high is not None:
        text += f" ({fine(change.low, change.error)} to {fine(change.high, change.error)})"
    return text
