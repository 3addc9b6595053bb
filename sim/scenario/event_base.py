"""What every dated event has: when, how surely, on whose word; and the numbers that events carry."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field

from sim.scenario.fields import Day, Number, Part, Quantity, Text

Share = Annotated[Number, Quantity(0.0, 1.0)]
Lean = Annotated[Number, Quantity(-1.0, 1.0)]
Pressure = Annotated[Number, Quantity(0.0, 3.0)]
Months = Annotated[float, Field(ge=0.1, le=600.0)]
ACT_MONTHS = 24
"""Words and notices about military cooperation weigh for 24 months."""


class Measure(NamedTuple):
    """A number that an event carries, under the same key in every type that has it."""

    name: str
    scale: float
    """What counts as one in a change of it; NaN: what the state's economy says."""
    unit: str
    usual: float | None = None
    """The value that goes without saying."""


NUMBERS = {
    "strength": Measure("strength", 1.0, "of 1", usual=1.0),
    "share": Measure("share", 1.0, "of 1"),
    "pressure": Measure("pressure", 3.0, "of 3"),
    "hostility": Measure("hostility", 3.0, "of 3"),
    "lean": Measure("lean", 2.0, "from −1 to +1"),
    "million_usd": Measure("sum", math.nan, "US$ million"),
}
"""Numbers of events by their keys."""

JOINS = {"beijing": "join Beijing", "taipei": "return to Taipei"}
"""Going to a side, as a reader says it."""


class EventBase(Part):
    """What every event has: when, how surely, and on whose word."""

    whose: ClassVar[str | None] = None
    """Whose act it is: words, government, beijing, taipei, washington, truce or other; None: that of `by`."""
    number: ClassVar[str | None] = None
    """The key that holds its number, where it has one: a key of `NUMBERS`."""
    words: ClassVar[str]
    """What a reader calls it; `{by}` stands for the patron whose act it is, `{joins}` for joining a side,
    `{answer}` for Washington's to a host."""
    act: ClassVar[str] = "{words}, {when}"
    """The same as a dated act in a sentence; `{sum}` and `{signed}` stand for money and whether it is signed for."""
    opens: ClassVar[str | None] = None
    """What talks are said to have been opened by, where it can open them: one of `sim.model.terms.TRIGGERS`."""
    months: ClassVar[int | None] = None
    """Months for which it weighs, where it has no `years` of its own; None: until something ends it."""
    of_host: ClassVar[str | None] = None
    """What the chart of military cooperation calls it, before the host's name; None: it is not marked there."""
    needs_host: ClassVar[bool] = False
    """Whether it weighs on military cooperation alone."""

    date: Day | None = None
    """The day it happened or will happen. An effect of an election has `delay_months` instead."""
    delay_months: Annotated[int | None, Field(ge=0, le=600)] = None
    """Months from the election to this effect; only for effects of an election."""
    chance: Share = 1.0
    """The chance that it happens at all, drawn once in each run."""
    enabled: bool = True
    """False leaves it out: the way a counterfactual takes away what its baseline has."""
    source: Text | None = None
    """Who says so: outlet and date."""
    assumption: Text | None = None
    """What in it is judged and not reported."""

    @property
    def effect(self) -> str:
        """What it is to the calendar: the name of a kind in `sim.model.calendar`."""
        return str(self.type).upper().replace("-", "_")  # type: ignore[attr-defined]

    @property
    def about(self) -> str | None:
        """Code of the state that it is about, if any."""
        return getattr(self, "state", None)

    @property
    def lasts(self) -> int | None:
        """Months for which it weighs, where that is set from the start."""
        years = getattr(self, "years", None)
        return self.months if years is None else max(1, round(12 * years))

    @property
    def fades(self) -> float | None:
        """Months in which it loses half its weight; None: it keeps it."""
        return getattr(self, "half_life_months", None)

    @property
    def paid_over(self) -> float:
        """Years over which its sum is paid; 1 where it has none."""
        return float(getattr(self, "years", 1.0)) if self.number == "million_usd" else 1.0
