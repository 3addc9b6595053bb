"""What the charts of results say of them: their days, their titles, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sim.results.result import Result
from sim.scenario import given_in_words
from sim.words import day, many, month, month_end


def start_of(result: Result) -> date:
    """The first day of a scenario."""
    return day(result.scenario["scenario"]["start"])


def known_to(result: Result) -> date:
    """The day whose roster the scenario starts from: its `as_of`, else its start."""
    return day(result.scenario["scenario"].get("as_of") or result.scenario["scenario"]["start"])


def row_days(result: Result) -> list[date]:
    """(T + 1,) the day each row of a result stands for: the start, then the ends of months."""
    return [start_of(result), *map(month_end, result.months[1:])]


def end_of(result: Result) -> str:
    """The last month of a result as a reader writes it."""
    return month(result.months[-1])


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
