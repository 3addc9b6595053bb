"""The answers of the page: a scenario with some numbers set, run beside the scenario as it is, one run at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sim.analysis.bids import bids
from sim.analysis.course import Course
from sim.analysis.reading import SMALLEST_SHOWN, end_of, end_words, row_days, start_of
from sim.analysis.starts import Start, apart
from sim.errors import InputError, Problem, SimError
from sim.explore.levers import groups_of
from sim.explore.saving import command_of, scenario_text
from sim.report.exploring import Chance, Shares, day_number, view
from sim.results import Result
from sim.results.tables import COOPERATION, RECOGNITION, paired
from sim.runs.run import Request, simulate
from sim.runs.setup import Setup
from sim.scenario import ResolvedScenario, parse_overrides
from sim.scenario.language import full_path
from sim.words import of_gdp, share, spoken

FAST, WHOLE = 1_000, 10_000
"""Runs while a lever is dragged, and when it rests; more are not run for the page."""
TABLES = ("beijing", "taipei", "washington", "states", "events", "elections", "parameters", "given")
"""Tables of a scenario in which the page may set numbers: the others decide from where and how long it runs."""


class Overtaken(SimError):
    """A newer request has taken the place of this one."""

    def __init__(self) -> None:
        super().__init__("overtaken by a newer request")


@dataclass(frozen=True)
class _Near(Request):
    """A request whose plan takes what it shares with another from that."""

    near: Setup | None = None

    @property
    def setup(self) -> Setup:
        """The scenario made ready to run."""
        return Setup.of(self.loaded, self.seed, self.parameters, self.near, self.agents)


@dataclass(eq=False)
class Explorer:
    """A scenario whose levers are moved."""

    loaded: ResolvedScenario
    """The scenario as it is: what all is compared with."""
    threads: int | None = None
    fast: int = FAST
    """Runs while a lever is dragged."""
    whole: int = WHOLE
    """Runs when it rests, and the most that can be asked for."""
    _results: dict[int, Result] = field(default_factory=dict, init=False)
    """The scenario as it is, by number of runs."""
    _seen: dict[int, dict[str, Any]] = field(default_factory=dict, init=False)
    """What the page shows of each."""
    _newest: int = field(default=0, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)
    _running: threading.Lock = field(default_factory=threading.Lock, init=False)

    @cached_property
    def _base(self) -> Setup:
        return Request.of(self.loaded).setup

    @cached_property
    def _start(self) -> Start:
        return Start.asked(self.loaded)

    def run(self, texts: Iterable[str], runs: int) -> dict[str, Any]:
        """What the page shows with some numbers set.

        texts : `PATH=VALUE`, as `--set` takes them; runs : 1 to `whole`
        Raises InputError for what cannot be set, and Overtaken if a newer call comes before this one is done.
        """
        request = self.request(texts, runs)
        with self._turn:
            self._newest += 1
            number = self._newest

        def watch(done: int = 0, wanted: int = 0) -> None:
            if number != self._newest:
                raise Overtaken

        with self._running:
            watch()
            baseline = self.baseline(runs, watch)
            answer = {"view": self._seen[runs]}
            if request.loaded.overrides != self.loaded.overrides:
                moved = self._view(simulate(request, self.threads, watch), baseline)
                answer = {"view": moved, "base": answer["view"]}
            return answer

    def stop(self) -> None:
        """End what is running: nobody waits for it any more."""
        with self._turn:
            self._newest += 1

    def baseline(self, runs: int, watch: Any = None) -> Result:
        """The scenario as it is."""
        if runs not in self._results:
            kept = {number: result for number, result in self._results.items() if number in (self.fast, self.whole)}
            request = _Near.of(self.loaded, runs, near=self._base)
            result = simulate(request, self.threads, watch)
            self._seen = {number: self._seen[number] for number in kept} | {runs: self._view(result, None)}
            self._results = kept | {runs: result}
        return self._results[runs]

    def resolved(self, texts: Iterable[str]) -> ResolvedScenario:
        """The scenario with some numbers set on top. Raises InputError."""
        values = parse_overrides(texts)
        wrong = [
            Problem(path, "set on the page only below " + ", ".join(TABLES) + "; the rest when it is opened: --set")
            for path in values
            if full_path(path).partition(".")[0] not in TABLES
        ]
        if wrong:
            raise InputError(wrong, self.loaded.file)
        loaded = self._files.resolved({**self.loaded.overrides, **values})
        if differs := apart([self.loaded.name, "--set"], [self._start, Start.asked(loaded)]):
            raise InputError(differs)
        return loaded

    def request(self, texts: Iterable[str], runs: int) -> Request:
        """That scenario and a number of runs, with the seed of the scenario as it is. Raises InputError."""
        if not 1 <= runs <= self.whole:
            raise InputError(Problem("runs", f"a whole number from 1 to {self.whole}", runs))
        return _Near.of(self.resolved(texts), runs, near=self._base)

    def scenario(self, texts: Iterable[str]) -> str:
        """A scenario file that extends this one and sets the same numbers. Raises InputError."""
        return scenario_text(self.loaded, self.resolved(texts), self.whole)

    @cached_property
    def _files(self) -> Any:
        return self.loaded.opened()

    def warm_up(self, tell: Any = None) -> None:
        """Compile the model, or load it, and run the scenario as it is, so that the first move is quick."""
        self._base.warm_up(tell)
        self.baseline(self.fast)

    # --- the page

    @cached_property
    def model(self) -> dict[str, Any]:
        """What the script knows from the start: levers, states, the record, the command."""
        result, header = self.baseline(self.fast), self.loaded.scenario.scenario
        course = Course(result)
        shown = self._seen[self.fast]
        sides = {code: side for code, _, side in result.members}
        names = {code: name for code, name, _ in result.members} | dict(result.hosts)
        likely = sorted(shown["states"], key=lambda code: (-shown["states"][code][0], names[code]))
        return {
            "end": end_of(result),
            "start": [day_number(start_of(result)), spoken(start_of(result))],
            "days": [day_number(day) for day in row_days(result)],
            "record": [[[day_number(day), count] for day, count in part] for part in (course.before, course.after)],
            "names": names,
            "leavers": [code for code in likely if sides[code] == "taipei"],
            "comers": [code for code in likely if sides[code] != "taipei"],
            "hosts": sorted(shown["hosts"], key=lambda code: (-shown["hosts"][code][0], names[code])),
            "least": SMALLEST_SHOWN,
            "fast": self.fast,
            "whole": self.whole,
            "seed": header.seed,
            "groups": groups_of(self.loaded),
            "command": command_of(self.loaded, self.whole),
            "file": f"{self.loaded.name}-explored.toml",
        }

    def _view(self, result: Result, baseline: Result | None) -> dict[str, Any]:
        """A result beside that of the same runs of the scenario as it is; None if it is that."""
        per_draw = int(result.settings["runs_per_draw"])
        own = result.tally.gone_at_end[:].astype("int8")
        other = own if baseline is None else baseline.tally.gone_at_end[:].astype("int8")
        changes = [None if baseline is None else paired(own[:, at] - other[:, at], per_draw, True) for at in _all(own)]
        chances = {
            tie: {
                place.iso3: Chance(float(own[:, at].mean()), changes[at])
                for at, place in enumerate(result.places)
                if place.tie == tie
            }
            for tie in (RECOGNITION, COOPERATION)
        }
        change, shares = None, None
        if baseline is not None:
            last = result.counts[:, -1].astype("int16") - baseline.counts[:, -1]
            change = paired(last, per_draw, True)
            shares = Shares(float((last < 0).mean()), float((last == 0).mean()), float((last > 0).mean()))
        summary = result.summary_of()
        ends = end_words(result)
        shown = view(summary, ends, change, shares, chances[RECOGNITION], chances[COOPERATION])
        return shown | {"runs": result.runs, "bids": _bids(result)}


def _all(flags: Any) -> range:
    return range(flags.shape[1])


def _bids(result: Result) -> list[list[Any]]:
    """By state with Taipei at the start what both patrons bid: 5, 50 and 95 % points, and the same in words."""
    at_start = {code for code, _, side in result.members if side == "taipei"}
    rows = []
    for row in (each for each in bids(result) if each.iso3 in at_start):
        limits = [
            [round(value, 5) for value in (side.low, side.middle, side.high)] for side in (row.beijing, row.taipei)
        ]
        who = "Beijing’s is above Taipei’s" if row.more >= 0 else "Taipei’s is above Beijing’s"
        part = row.above if row.more >= 0 else 1.0 - row.above
        words = (
            f"Beijing up to {of_gdp(row.beijing.middle)}, Taipei up to {of_gdp(row.taipei.middle)} of GDP a year; "
            + ("neither is above in most talks" if row.more == 0 else f"{who} in {share(part)} of talks")
        )
        rows.append([row.iso3, *limits, words])
    return rows
