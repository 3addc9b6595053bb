"""What each patron can turn: every lever of a scenario, once, with its bounds, unit and what it moves."""

from __future__ import annotations

from dataclasses import dataclass

from sim.atlas import states
from sim.scenario.event_base import NUMBERS
from sim.scenario.fields import PATRONS, Series, bounds_of
from sim.scenario.schema import LEVER_TABLES


@dataclass(frozen=True)
class Lever:
    """One lever of one patron."""

    patron: str
    key: str
    usual: float | None
    """Where it stands under reference conditions; None: at the drawn parameter."""
    scale: float
    """What counts as one in a change of it."""
    unit: str
    moves: tuple[str, ...]
    """Decisions that it can move: leave, return, suspend."""
    of_all: str = ""
    """What is added to its name, where it concerns all states alike."""

    @property
    def path(self) -> str:
        """Where a scenario sets it."""
        return f"{self.patron}.{self.key}"

    @property
    def field(self) -> str:
        """Its name in the timeline."""
        return self.key if self.of_all else f"{self.patron}_{self.key}"

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return f"{PATRONS[self.patron]}'s {self.key}{self.of_all}"

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value, as the scenario language has them."""
        return bounds_of(LEVER_TABLES[self.patron].model_fields[self.key], Series)


_TIMES = "times the record's"

LEVERS = (
    Lever("beijing", "budget", 1.0, 1.0, _TIMES, ("leave", "return")),
    Lever("beijing", "acceptance", 1.0, 1.0, "of 1", ("leave",)),
    Lever("beijing", "approach", 1.0, 1.0, "times the usual odds", ("leave",)),
    Lever("taipei", "budget", 1.0, 1.0, _TIMES, ("leave", "return")),
    Lever("taipei", "acceptance", 1.0, 1.0, "of 1", ("return",)),
    Lever("taipei", "wooing", 1.0, 1.0, _TIMES, ("return",)),
    # Pressure ends at 3 (`rules.MOST_PRESSURE`), so attention above 3 moves nothing in the Americas.
    Lever("washington", "attention", 1.0, 1.0, _TIMES, ("leave",)),
    Lever("washington", "focus", None, 1.0, "", ()),
    Lever("washington", "hostility", 0.0, 3.0, "of 3", ("leave", "suspend"), of_all=" to all"),
)
"""Every lever, in the order of the schema."""

FIRST = {
    "beijing.budget": "Beijing's money",
    "taipei.budget": "Taipei's money",
    "washington.attention": "Washington's attention",
}
"""The first lever of each patron, and what a reader calls it."""


def lever_at(path: str) -> Lever | None:
    """The lever that a scenario sets at a path; None if there is none."""
    return next((lever for lever in LEVERS if lever.path == path), None)


_KEYS = {key: number.name for key, number in NUMBERS.items()} | {"delay_months": "delay"}
_CONTAINERS = ("outcomes", "effects")


def called(path: str) -> str:
    """What a reader calls a number that can be varied, from its path: a lever by its name, others by key and place."""
    if lever := lever_at(path):
        return FIRST.get(path) or lever.name
    table, *names = (part.replace("-", " ") for part in path.split("."))
    if not names:
        return table.replace("_", " ")
    if table == "parameters":
        return " ".join(names).replace("_", " ")
    *where, key = [name for name in names if name not in _CONTAINERS]
    own = _KEYS.get(key, key.replace("_", " "))
    if table == "states" and where:
        return " of ".join([own, *(states()[code].name if code in states() else code for code in where)])
    return " of ".join([own, *reversed(where)])
