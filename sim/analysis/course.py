"""The count of a tie through time, before any ink: its lines, bands, record and labels in days and states.

The chart and the page draw this, each in its own ink and with its own room for words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sim.analysis.reading import end_of, furthest, known_to, last_of, observed, recorded, row_days, start_of
from sim.results.result import Result
from sim.results.tables import COOPERATION, RECOGNITION
from sim.words import between, month, spoken

MOST_BACK_DAYS, LEAST_BACK_DAYS = 1826, 183
"""Record before the start: as much as the horizon, within these bounds."""
BANDS = (("q05", "q95", "most"), ("q25", "q75", "half"))
"""Low and high quantile of each band with its name, the widest first."""
DIGITS = {RECOGNITION: 1, COOPERATION: 2}
"""Of the means: hosts are few."""

Points = Sequence[tuple[date, float]]


@dataclass(frozen=True)
class Label:
    """What is written beside the end of a line or band."""

    name: str
    short: str
    """The name where there is little room."""
    number: str
    value: float
    """Where it belongs, states."""
    strong: bool
    """Whether it is of a line."""
    simulated: bool = True
    """False for the record."""

    @property
    def text(self) -> str:
        """Name and number."""
        return f"{self.name}: {self.number}"

    @property
    def brief(self) -> str:
        """Both where there is little room."""
        return f"{self.short}: {self.number.replace(' to ', '–')}"


def first_day(results: Sequence[Result], part: int = 1) -> date:
    """The day from which the record is shown: before the earliest start, as far as the record goes back.

    part : divides the horizon, whose length it shows of the record
    """
    start = min(start_of(result) for result in results)
    horizon = (max(row_days(result)[-1] for result in results) - start).days
    back = min(MOST_BACK_DAYS, max(LEAST_BACK_DAYS, horizon // part))
    return max(furthest(results).start, start - timedelta(days=back))


def middles(last: Mapping[str, float]) -> tuple[float, float]:
    """Where the names of the bands of 90 % and of half of the runs belong, beside the last row: clear of the mean."""
    outer = (last["q75"] + last["q95"]) / 2 if last["q95"] > last["q75"] else (last["q05"] + last["q25"]) / 2
    return outer, (last["q25"] + min(last["mean"], last["q75"])) / 2


class Course:
    """The count of one tie of a result through time."""

    def __init__(self, result: Result, tie: str = RECOGNITION) -> None:
        self.result, self.tie = result, tie
        self.single = result.runs == 1
        self.start, self.days, self.end = start_of(result), row_days(result), end_of(result)
        self.count_at_start = result.count_at_start(tie)
        self.last = last_of(result, tie)
        summary = result.summary_of(tie)
        self.columns = {
            name: [float(value) for value in summary[name]] for name in ("mean", "q05", "q25", "q75", "q95")
        }
        """(T + 1,) each: mean and quantiles by row, states."""

    @property
    def bands(self) -> tuple[tuple[str, str, str], ...]:
        """The bands that there are: none for a single run."""
        return () if self.single else BANDS

    @cached_property
    def outer(self) -> tuple[list[float], list[float]]:
        """(T + 1,) each: lower and upper edge of all that is drawn of the runs."""
        low, high = ("mean", "mean") if self.single else ("q05", "q95")
        return self.columns[low], self.columns[high]

    @cached_property
    def first(self) -> date:
        """The day from which it is shown: only recognition has a record before the start."""
        return first_day([self.result]) if self.tie == RECOGNITION else self.start

    @cached_property
    def before(self) -> Points:
        """The record before the start, at each change."""
        return recorded(self.result.known, self.first, known_to(self.result)) if self.tie == RECOGNITION else []

    @cached_property
    def after(self) -> Points:
        """The record from the start on, at the rows of the result."""
        return observed(self.result) if self.tie == RECOGNITION else []

    @property
    def record_ends(self) -> tuple[date, float] | None:
        """Where the record ends before the horizon does; None if it does not, or ends at the start."""
        return self.after[-1] if len(self.after) > 1 and self.after[-1][0] < self.days[-1] else None

    def clear_of(self, more: Points = ()) -> list[tuple[date, float, float]]:
        """What a label inside the axes must not cover: days, each with the lowest and the highest that is drawn there.

        more : further points that are drawn
        """
        rows = list(zip(self.days, *self.outer, strict=True))
        return rows + [(day, value, value) for day, value in [*self.after, *more]]

    @property
    def start_words(self) -> list[str]:
        """The day of the start and the count at that day; in a second line the day it is known from, if another."""
        lines = [f"{spoken(self.start)}: {self.count_at_start}"]
        if known_to(self.result) != self.start:
            lines.append(f"as known on {spoken(known_to(self.result))}")
        return lines

    @property
    def mean_label(self) -> Label:
        """Of the line of means, or of the one run."""
        mean = self.columns["mean"][-1]
        if self.single:
            return Label("the run", "the run", f"{mean:.0f}", mean, strong=True)
        return Label("mean", "mean", f"{mean:.{DIGITS[self.tie]}f}", mean, strong=True)

    @property
    def band_labels(self) -> list[Label]:
        """Of the bands, the widest first."""
        if self.single:
            return []
        last = {name: values[-1] for name, values in self.columns.items()}
        outer, inner = middles(last)
        return [
            Label("90 % of runs", "90 %", between(last["q05"], last["q95"]), outer, strong=False),
            Label("half of runs", "half", between(last["q25"], last["q75"]), inner, strong=False),
        ]

    @property
    def record_labels(self) -> list[Label]:
        """Of the record, where it reaches the end."""
        if not self.after or self.after[-1][0] < self.days[-1]:
            return []
        count = self.after[-1][1]
        return [Label("on record", "record", f"{count:.0f}", count, strong=True, simulated=False)]

    @property
    def sentence(self) -> str:
        """What there is to be seen, in words."""
        what = (
            "States that recognise Taipei"
            if self.tie == RECOGNITION
            else "Hosts that cooperate with Washington's forces"
        )
        mean, last = f"{self.last['mean']:.{DIGITS[self.tie]}f}", self.last
        words = f"Chart. {what}: {self.count_at_start} on {spoken(self.start)}"
        if self.single:
            words += f"; {mean} at the end of {self.end} in the single run."
        else:
            words += (
                f"; at the end of {self.end} {mean} on average over the runs, half of them "
                f"{between(last['q25'], last['q75'])}, 90 % of them {between(last['q05'], last['q95'])}."
            )
        if len(self.after) > 1:
            day, count = self.after[-1]
            words += f" On record: {count} at the end of {month(day)}."
        return words
