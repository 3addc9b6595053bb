"""What the charts of results say in words: days, chances, ranges, and where the numbers come from."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from sim.results.result import Result
from sim.scenario import given_in_words


def day(value: date | str) -> date:
    """A day of a scenario, which holds it as a date or as text, YYYY-MM-DD."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def start_of(result: Result) -> date:
    """The first day of a scenario."""
    return day(result.scenario["scenario"]["start"])


def known_to(result: Result) -> date:
    """The day whose roster the scenario starts from: its `as_of`, else its start."""
    return day(result.scenario["scenario"].get("as_of") or result.scenario["scenario"]["start"])


def month_end(month: str) -> date:
    """The last day of a month, `YYYY-MM`."""
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def row_days(result: Result) -> list[date]:
    """(T + 1,) the day each row of a result stands for: the start, then the ends of months."""
    return [start_of(result), *map(month_end, result.months[1:])]


def month(when: date | str) -> str:
    """A month as a reader writes it: Dec 2026."""
    return f"{month_end(when) if isinstance(when, str) else when:%b %Y}"


def end_of(result: Result) -> str:
    """The last month of a result as a reader writes it."""
    return month(result.months[-1])


def percent(chance: float) -> str:
    """A chance (0 to 1) in whole per cent, without the sign; never 0 or 100 unless it is exactly that."""
    rounded = f"{100 * chance:.0f}"
    if rounded == "0" and chance > 0.0:
        return "<1"
    if rounded == "100" and chance < 1.0:
        return ">99"
    return rounded


def chance_with_range(p: float, low: float, high: float) -> str:
    """`41 % (22 to 63)`, or `41 %` where there is no range, or none is known (NaN)."""
    if not low < high:
        return f"{percent(p)} %"
    return f"{percent(p)} % ({percent(low)} to {percent(high)})"


def many(number: int, thing: str) -> str:
    """`1 run`, `10,000 runs`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def header(result: Result, measure: str) -> str:
    """The subtitle: the scenario's title, and below it the measure and unit."""
    return f"{' '.join(result.title.split())}\n{measure}"


def source(results: Sequence[Result], basis: str | None = None) -> str:
    """The source line: scenario, runs, seed, how parameters were set, and the record, or another `basis`."""
    told = "; ".join(_settings(result) for result in results)
    kind = "Scenario" if len(results) == 1 else "Scenarios"
    return f"{kind} {told}. {basis or ' '.join(dict.fromkeys(result.basis for result in results))}"


def draws(result: Result) -> int:
    """How many parameter draws serve a result; 1 with central parameters."""
    if result.settings.get("parameters") == "central":
        return 1
    return -(-result.runs // int(result.settings["runs_per_draw"]))


def _settings(result: Result) -> str:
    settings = result.settings
    mode = str(settings.get("parameters", "drawn"))
    drawn = f"parameters {mode}" + (f" ({many(draws(result), 'draw')})" if mode == "drawn" else "")
    identity = str(settings.get("id", ""))[:12]
    parts = [f"{result.name}: {many(result.runs, 'run')}", f"seed {result.seed}", drawn]
    parts += [f"given: {told}" for told in given_in_words(result.scenario)]
    return ", ".join(parts + ([f"result {identity}"] if identity else []))
