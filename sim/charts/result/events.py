"""The dated events of a scenario on a chart: which they are, and where their names go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matplotlib.axes import Axes

from sim.analysis.reading import start_of
from sim.atlas import states
from sim.charts.sheet import measured, per_inch
from sim.charts.style import BLACK, WHITE
from sim.results.result import Result
from sim.scenario.fields import PATRONS
from sim.scenario.given import place
from sim.words import day, month_end, opening

LEVEL = 0.19
"""A line of names, inches."""
MOST_LEVELS, LONGEST = 14, 40
"""Lines of names; letters of a name."""
SMALL = 8.5
GAP = 0.06
"""Inches between a name and the next one, or what its line stands on."""


@dataclass(frozen=True)
class Mark:
    """A dated event or election of the scenario within the horizon."""

    name: str
    at: float
    """Where it stands along the axis, in the axis' unit, from the left edge."""
    state: str
    """Code of the state it concerns; empty for none."""
    certain: bool


@dataclass(frozen=True)
class Label:
    """The place of a mark's name above the axes, inches from their left edge."""

    mark: Mark
    at: float
    begin: float
    end: float
    level: int
    """Lines above the axes, from 0."""

    @property
    def fits(self) -> bool:
        """Whether there is room for the name."""
        return self.level < MOST_LEVELS


@dataclass(frozen=True)
class DatedEntry:
    """One enabled entry of a scenario, dated within the horizon."""

    kind: str
    """events or elections."""
    name: str
    when: date
    entry: Mapping[str, Any]

    @property
    def words(self) -> str:
        """What it is called on a chart: who votes, or the name of the event with its names of states in capitals."""
        if self.kind == "elections":
            return f"{place(self.state) or proper(self.name)} votes"
        return proper(self.name)

    @property
    def certain(self) -> bool:
        """Whether it happens in every run."""
        return self.kind == "elections" or self.entry.get("chance", 1.0) == 1.0

    @property
    def state(self) -> str:
        """Code of the state it concerns; empty for none."""
        return str(self.entry.get("state", ""))


def proper(name: str) -> str:
    """A name of the scenario language as words, those of states and patrons in capitals."""
    text = f" {name.replace('-', ' ').replace('_', ' ')} "
    for known in (*(state.name for state in states().values()), *PATRONS):
        text = text.replace(f" {known.lower()} ", f" {known[0].upper()}{known[1:]} ")
    return opening(text.strip())


def dated(result: Result) -> list[DatedEntry]:
    """The enabled events and elections of a scenario dated within the horizon, as they stand in it."""
    start, end = start_of(result), month_end(result.months[-1])
    entries_within = []
    for kind in ("events", "elections"):
        entries: Mapping[str, Mapping[str, Any]] = result.scenario.get(kind) or {}
        for name, entry in entries.items():
            when = entry.get("date")
            if when is not None and entry.get("enabled", True) and start <= day(when) <= end:
                entries_within.append(DatedEntry(kind, name, day(when), entry))
    return entries_within


def brief(words: str) -> str:
    """A name, cut where it is too long to be written out."""
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


def arranged(marks: list[Mark], length: float, width: float, room: float | None = None) -> list[Label]:
    """A place for each mark's name above the axes, so that no name covers another or is crossed by a line.

    length : of the axis in its unit; width : of the axis in inches; room : for names, if more than that, inches
    Each name begins at its mark; from right to left, each goes above those whose marks it spans.
    """
    placed: list[Label] = []
    for mark in reversed(marks):
        at = mark.at / length * width
        wide = measured(mark.name, SMALL) + 0.08
        begin = max(0.0, min(at, (room or width) - wide))
        spanned = [label.level for label in placed if begin <= label.at < begin + wide + GAP]
        level = max(spanned, default=-1) + 1
        while any(label.level == level and label.begin < begin + wide + GAP and begin < label.end for label in placed):
            level += 1
        placed.append(Label(mark, at, begin, begin + wide, level))
    return placed[::-1]


def lines_of_names(labels: list[Label]) -> int:
    """How many lines of names there are above the axes."""
    return 1 + max([label.level for label in labels if label.fits], default=-1)


def foot_of(level: int) -> float:
    """Inches above the axes at which the names of a level stand."""
    return LEVEL * level + GAP


def draw_labels(
    plot: Axes,
    labels: list[Label],
    doubtful: Any = "-",
    ends: Callable[[Mark], float | None] = lambda _: None,
    **look: Any,
) -> None:
    """A line from each mark's name down through the axes, whose ends must be set, or to where it `ends`.

    doubtful : how the line of a mark looks that may not happen
    """
    (across, upwards), (low, high) = per_inch(plot), plot.get_ylim()
    for position, label in enumerate(labels):
        at, end = plot.get_xlim()[0] + label.at * across, ends(label.mark)
        top = high + foot_of(label.level) * upwards if label.fits else high
        dash = "-" if label.mark.certain else doubtful
        foot = low if end is None else end
        plot.plot([at, at], [foot, top], color=BLACK, ls=dash, clip_on=False, gid=f"mark-{position}", **look)
        if label.fits:
            write_name(plot, label.begin, label.level, label.mark.name)


def write_name(plot: Axes, begin: float, level: int, name: str, colour: str = BLACK) -> None:
    """A name above axes, on a level, that begins at inches from their left edge."""
    (across, upwards), left, high = per_inch(plot), plot.get_xlim()[0], plot.get_ylim()[1]
    # White behind the letters: at the right edge a line may have to pass below another's name.
    box = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.8}
    look: dict[str, Any] = {"ha": "left", "va": "bottom", "size": SMALL, "color": colour, "bbox": box, "zorder": 6}
    plot.text(left + (begin + 0.03) * across, high + foot_of(level) * upwards, name, **look)


def notes(labels: list[Label], meaning: str, doubtful: str) -> str:
    """What the marks mean, how those look that may not happen, and how many go without a name."""
    if not all(label.mark.certain for label in labels):
        meaning += f" ({doubtful}: it may not happen)"
    hidden = sum(not label.fits for label in labels)
    return meaning + (f"; {hidden} without a name, for want of room." if hidden else ".")
