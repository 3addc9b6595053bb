"""Histories: the record's own, and those the model makes of its eras, years and cases, with what was known then."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.atlas import Case, cases, economy, packages, record, regimes
from sim.backtest.backtest import document_known, setup_of
from sim.backtest.mechanisms import Mechanism
from sim.errors import InputError, Problem
from sim.fit import fit
from sim.fit.prices import ERROR, LENDING, LENDING_SPREAD
from sim.model.draws import philox, purpose_of, state_code
from sim.model.kernel import RUNS_PER_DRAW, uniforms
from sim.model.terms import (
    LEFT,
    TAIPEI,
    TALK_CLOSED,
    TALK_ENDS,
    TALK_PUBLIC,
    TALK_RUN,
    TALK_SIDE,
    TALK_STATE,
)
from sim.runs.ensemble import Ensemble
from sim.runs.setup import Setup
from sim.runs.votes import votes
from sim.scenario import Scenario
from sim.words import month_end

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FIRST, SECOND = date(1989, 12, 31), date(1999, 12, 31)
"""Last known days of the first two eras; the others begin with a regime across the strait."""
LEAST_MONTHS = 12
"""Months that the shortest record has."""
ASKED = ("request_followed", "request_met")
"""Requests that are replayed, by the list of cases that holds them: refused or met in part, and met."""
ORDERED = "order_carried_out"
REPORTED = "lost_public"
"""The list of bids and requests that were in the news while open."""
SIGNS = (REPORTED, ORDERED, "pledge_kept")
"""Lists of cases that were public before the departure that followed."""
CASE_DAYS = 400
"""Days within which a departure counts as following a request or an order."""
REPLAYED = (*ASKED, ORDERED)


@dataclass(frozen=True)
class Era:
    """A part of the record, in whole months, that is replayed from what was known on the day before it."""

    known: date
    """Last day known, the end of a month."""
    until: date
    """Last day replayed, the end of a month."""

    @property
    def name(self) -> str:
        """Its first and last month: `1990-01 to 1999-12`."""
        return f"{self.known + timedelta(days=1):%Y-%m} to {self.until:%Y-%m}"

    @property
    def first(self) -> int:
        """Number of its first month."""
        return number_of(self.known) + 1

    @property
    def months(self) -> int:
        """How many months it has."""
        return number_of(self.until) - number_of(self.known)


@dataclass(frozen=True, eq=False)
class History:
    """What happened in a stretch of months, on record or in a run of the model; months are numbers (`number_of`)."""

    first: int
    """Number of its first month."""
    departed: Ints
    """(departures,) month of each, ascending."""
    public: Bools
    """(departures,) whether it had a public sign before."""
    came: Ints
    """(comings,) month of each, ascending."""
    back: Bools
    """(comings,) whether the state had been with Taipei before."""
    at_risk: Floats
    """(months,) states with Taipei at the start of each month."""
    truce: Bools
    """(months,) whether a truce held during all of the month."""
    talks: int
    """Public talks."""
    lost: int
    """Those of them that Taipei lost."""
    log_gdp: Floats
    """(packages,) log of US$ million."""
    log_seen: Floats
    """(packages,) log of the commitments seen after a switch, % of GDP a year."""
    concordant: float
    """Pairs of a state that left within a calendar year and one that did not in which the first ranked higher."""
    pairs: float
    """Such pairs, in the years that begin in it."""
    waits: Mapping[str, Floats]
    """By list of cases: (cases,) calendar months from the request or order to the departure; NaN if none followed."""

    def within(self, era: Era) -> History:
        """The departures, the comings and the months of an era; all else is left as it is."""
        left, here = (_span(months, era) for months in (self.departed, self.came))
        some = slice(era.first - self.first, era.first - self.first + era.months)
        return replace(
            self,
            first=era.first,
            departed=self.departed[left],
            public=self.public[left],
            came=self.came[here],
            back=self.back[here],
            at_risk=self.at_risk[some],
            truce=self.truce[some],
        )


def number_of(day: date) -> int:
    """The number of a day's month: year * 12 + month - 1."""
    return day.year * 12 + day.month - 1


def _span(months: Ints, era: Era) -> slice:
    first, end = np.searchsorted(months, [era.first, era.first + era.months]).tolist()
    return slice(first, end)


def eras(until: date) -> tuple[Era, ...]:
    """The eras that begin before a day, the last one cut there. Raises InputError if there is too little record.

    until : the last day that may be known; months that it does not complete are left out
    """
    known = record()
    last = until if until == month_end(f"{until:%Y-%m}") else until.replace(day=1) - timedelta(days=1)
    earliest = month_end(f"{FIRST.year + 1}-{FIRST.month:02d}")
    if not earliest <= until <= known.confirmed_until:
        rule = f"a day from {earliest} to {known.confirmed_until}, which the record reaches"
        raise InputError(Problem("--as-of", rule, until.isoformat()))
    changed = [month_end(f"{regime.start:%Y-%m}") for regime in regimes()[1:]]
    starts = [start for start in (FIRST, SECOND, *changed) if start < last]
    return tuple(Era(start, end) for start, end in zip(starts, [*starts[1:], last], strict=True))


# --- the record -------------------------------------------------------------------------------------------


def on_record(stretch: Sequence[Era]) -> History:
    """What the atlas says of the time of some eras, as far as it was known at its end.

    Without concordant pairs: a ranking is the model's.
    """
    known, begin, end = record(), stretch[0].known, stretch[-1].until
    changes = [
        change
        for change in known.changes_between(begin + timedelta(days=1), end)
        if not change.short_lived and change.kind != "state_ceased"
    ]
    left = [change for change in changes if change.origin == "taipei"]
    came = [change for change in changes if change.destination == "taipei"]
    signs = {(case.iso3, case.outcome_known) for name in SIGNS for case in cases(name, end) if case.outcome}
    months = range(number_of(begin) + 1, number_of(end) + 1)
    talks = [case for case in cases(REPORTED, end) if begin < case.started]
    prices = [package for package in packages() if begin.year < package.year and package.known <= end]
    figures = [economy(package.iso3, package.year).gdp_usd / 1e6 for package in prices]
    return History(
        first=months[0],
        departed=np.array([number_of(change.date) for change in left], dtype=np.int64),
        public=np.array([(change.iso3, change.date) in signs for change in left], dtype=np.bool_),
        came=np.array([number_of(change.date) for change in came], dtype=np.int64),
        back=np.array([known.has_left(change.iso3, change.date) for change in came], dtype=np.bool_),
        at_risk=np.array([known.count(_end_before(number)) for number in months], dtype=np.float64),
        truce=np.array([_in_truce(number) for number in months], dtype=np.bool_),
        talks=len(talks),
        lost=sum(case.outcome for case in talks),
        log_gdp=np.log(figures),
        log_seen=np.log([package.percent_of_gdp for package in prices]),
        concordant=math.nan,
        pairs=math.nan,
        waits={name: _waits(replayable(name, stretch)) for name in REPLAYED},
    )


def replayable(name: str, stretch: Sequence[Era]) -> tuple[Case, ...]:
    """The cases of a list that began within some eras, and whose outcome was known at their end."""
    return tuple(case for case in cases(name, stretch[-1].until) if stretch[0].known < case.started)


def _waits(some: Sequence[Case]) -> Floats:
    return np.array(
        [number_of(case.outcome_known) - number_of(case.started) if case.outcome else math.nan for case in some],
        dtype=np.float64,
    )


def _end_before(number: int) -> date:
    """The last day before a month."""
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def _in_truce(number: int) -> bool:
    first, last = _end_before(number) + timedelta(days=1), _end_before(number + 1)
    return any(one.name == "truce" and one.start <= first and last < one.end for one in regimes())


# --- the model --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Replays:
    """Many histories of the same eras: run r of each era, year and case makes history r."""

    stretch: tuple[Era, ...]
    runs: int
    departed: Ints
    """(departures, 2) run and month, in order; so of the other columns."""
    public: Bools
    paid: Floats
    """(departures, 2) log GDP and log of what would be seen of the price."""
    came: Ints
    """(comings, 2)"""
    back: Bools
    at_risk: Floats
    """(runs, months)"""
    truce: Bools
    """(runs, months)"""
    talks: Ints
    """(runs, 2) public talks, and those of them that were lost"""
    ranks: Floats
    """(runs, 2) concordant pairs and pairs, of the model's ranking and its own departures"""
    record_ranks: tuple[float, float, int]
    """Concordant pairs and pairs of the model's ranking and the departures on record, and these departures."""
    waits: Mapping[str, Floats]
    """(runs, cases)"""
    priced_years: range
    """Calendar years whose departures are compared with packages; none if none is known."""

    def histories(self) -> Iterator[History]:
        """Each history."""
        departed, came = (_bounds(rows[:, 0], self.runs) for rows in (self.departed, self.came))
        for run in range(self.runs):
            left, here = slice(*departed[run : run + 2]), slice(*came[run : run + 2])
            months = self.departed[left, 1]
            priced = np.isin(months // 12, list(self.priced_years))
            yield History(
                first=self.stretch[0].first,
                departed=months,
                public=self.public[left],
                came=self.came[here, 1],
                back=self.back[here],
                at_risk=self.at_risk[run],
                truce=self.truce[run],
                talks=int(self.talks[run, 0]),
                lost=int(self.talks[run, 1]),
                log_gdp=self.paid[left, 0][priced],
                log_seen=self.paid[left, 1][priced],
                concordant=float(self.ranks[run, 0]),
                pairs=float(self.ranks[run, 1]),
                waits={name: waits[run] for name, waits in self.waits.items()},
            )


def replay(
    stretch: tuple[Era, ...],
    off: Mechanism | None,
    runs: int,
    seed: int,
    threads: int | None = None,
    step: Callable[[], object] | None = None,
) -> Replays:
    """Replay eras, their calendar years one by one, and their requests and orders, each from what was known then.

    off : the mechanism that is switched off
    step : called when a part is done; there are `parts_of` of them
    """
    lending = _Lending.of(stretch[-1].until, runs, seed)
    departed, public, paid, came, back, at_risk, truce = ([] for _ in range(7))
    talks = np.zeros((runs, 2), dtype=np.int64)
    for era in stretch:
        setup = _setup(document_known("era", era.known, era.until), off, seed)
        some = setup.ensemble(runs, threads=threads, talks=runs)
        rows = some.talks
        # Row 0 is the month of the last known day, of which nothing is left.
        when = number_of(era.known) + rows[:, TALK_CLOSED].astype(np.int64)
        run, place = rows[:, TALK_RUN].astype(np.int64), rows[:, TALK_STATE].astype(np.int64)
        ally, moved = rows[:, TALK_SIDE] == TAIPEI, rows[:, TALK_ENDS["outcome"]] == LEFT
        open_to_all = rows[:, TALK_PUBLIC] != 0.0
        for column, which in enumerate((ally & open_to_all, ally & open_to_all & moved)):
            talks[:, column] += np.bincount(run[which], minlength=runs)
        left, joined = ally & moved, ~ally & moved
        departed.append(np.stack([run[left], when[left]], axis=1))
        public.append(open_to_all[left])
        codes = np.array([state_code(iso3) for iso3 in setup.plan.states], dtype=np.int64)
        gdp = setup.plan.timeline.gdp[place[left]]
        seen = lending.seen(rows[left, TALK_ENDS["price"]], run[left], when[left], codes[place[left]])
        paid.append(np.stack([np.log(gdp), np.log(seen)], axis=1))
        came.append(np.stack([run[joined], when[joined]], axis=1))
        back.append(_returned(setup, era, run[joined], place[joined], run[left], place[left]))
        at_risk.append(some.counts[:, :-1, 0].astype(np.float64))
        truce.append(_truces(setup, era, runs))
        _done(step)
    order = _in_order(departed, runs)
    order_came = _in_order(came, runs)
    ranks, record_ranks = _ranked(stretch, off, runs, seed, threads, step)
    known = [package.year for package in packages() if package.known <= stretch[-1].until]
    return Replays(
        stretch,
        runs,
        np.concatenate(departed)[order],
        np.concatenate(public)[order],
        np.concatenate(paid)[order],
        np.concatenate(came)[order_came],
        np.concatenate(back)[order_came],
        np.concatenate(at_risk, axis=1),
        np.concatenate(truce, axis=1),
        talks,
        ranks,
        record_ranks,
        {name: _asked_again(name, stretch, off, runs, seed, threads, step) for name in REPLAYED},
        range(min(known), max(known) + 1) if known else range(0),
    )


def warm_up(stretch: Sequence[Era], tell: Callable[[str], object] | None) -> None:
    """Compile the kernel, or load it; tell : called with a note if that takes long."""
    setup_of(document_known("era", stretch[0].known, stretch[0].until), 0).warm_up(tell)


def parts_of(stretch: Sequence[Era]) -> int:
    """How many parts `replay` has."""
    return len(stretch) + len(_years(stretch)) + sum(len(replayable(name, stretch)) for name in REPLAYED)


def _done(step: Callable[[], object] | None) -> None:
    if step is not None:
        step()


def _setup(document: dict[str, Any], off: Mechanism | None, seed: int) -> Setup:
    """A scenario made ready, without a mechanism."""
    if off is not None:
        document["parameters"] = dict(off.parameters)
        if off.words and "events" in document:
            words = [
                path.split(".")[1] for path in off.overrides(Scenario.model_validate(document)) if "events" in path
            ]
            document["events"] = {name: event for name, event in document["events"].items() if name not in words}
    return setup_of(document, seed)


def _in_order(rows: Sequence[Ints], runs: int) -> Ints:
    """Places of rows (run, month) by run, then by month; those of an era are so already."""
    whole = np.concatenate(rows)
    return np.lexsort((whole[:, 1], whole[:, 0])).astype(np.int64)


def _bounds(run: Ints, runs: int) -> list[int]:
    """Where the rows of each run begin, and the end of the last."""
    return [int(place) for place in np.searchsorted(run, np.arange(runs + 1))]


def _returned(setup: Setup, era: Era, run: Ints, place: Ints, left_run: Ints, left: Ints) -> Bools:
    """Whether each that came had been with Taipei before: on record, or in its run.

    A state that came for the first time in a run, left, and came again counts as back the second time only if it left.
    """
    known = record()
    before = np.array(
        [
            bool(setup.plan.timeline.with_taipei[n]) or known.has_left(code, era.known)
            for n, code in enumerate(setup.plan.states)
        ]
    )
    gone = set(zip(left_run.tolist(), left.tolist(), strict=True))
    seen: set[tuple[int, int]] = set()
    back = []
    for key in zip(run.tolist(), place.tolist(), strict=True):
        back.append(bool(before[key[1]]) or (key in seen and key in gone))
        seen.add(key)
    return np.array(back, dtype=np.bool_)


def _truces(setup: Setup, era: Era, runs: int) -> Bools:
    """(runs, months) whether a truce holds in each month of an era: it does until a vote ends it."""
    months = np.arange(era.first, era.first + era.months)
    if not any(event.type == "truce" for event in setup.plan.loaded.scenario.events.values()):
        return np.zeros((runs, era.months), dtype=np.bool_)
    ends = np.full(runs, number_of(era.until) + 1)
    elections = setup.plan.loaded.scenario.elections
    for vote in reversed(votes(setup.plan, setup.draws(runs).outcomes, setup.seed, runs)):
        ends[vote.which == 0] = number_of(elections[vote.name].date)
    holds: Bools = months[None, :] < ends[:, None]
    return holds


# --- what would be seen of a price ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Lending:
    """Ordinary lending and the error of measurement, as the fit of prices assumes them."""

    median: Floats
    """(runs,) median of ordinary lending, % of GDP a year: one number per parameter draw."""
    seed: int

    @classmethod
    def of(cls, known: date, runs: int, seed: int) -> _Lending:
        """By the law that the packages known on a day give."""
        prices = fit(known).prices
        law = LENDING if prices is None else prices.lending
        u = uniforms(seed, -(-runs // RUNS_PER_DRAW), purpose_of("patterns:lending"))
        drawn = np.asarray(law.quantile(np.clip(u, 1e-12, 1.0 - 1e-12), {}))
        return cls(np.repeat(drawn, RUNS_PER_DRAW)[:runs], seed)

    def seen(self, price: Floats, run: Ints, month: Ints, code: Ints) -> Floats:
        """What would be seen of prices, % of GDP a year: with ordinary lending on top, measured with error."""
        from scipy.special import ndtri

        lent, error = (self._scores(run, month, code, f"patterns:{name}") for name in ("lent", "error"))
        total = price + self.median[run] * np.exp(LENDING_SPREAD * ndtri(lent))
        return np.asarray(total * np.exp(ERROR * ndtri(error)))

    def _scores(self, run: Ints, month: Ints, code: Ints, purpose: str) -> Floats:
        """Uniform numbers at addresses, as `sim.model.draws.uniform` has them."""
        key = self.seed & 0xFFFFFFFF, self.seed >> 32
        first, second, _, _ = philox(*key, run, month, code, purpose_of(purpose))  # type: ignore[arg-type]
        u = np.asarray((first >> 5) * 67108864 + (second >> 6)) * 2.0**-53
        return np.clip(u, 1e-12, 1.0 - 1e-12)


# --- ranking within a year ------------------------------------------------------------------------------------


def _years(stretch: Sequence[Era]) -> range:
    """The calendar years that lie within some eras."""
    first, last = stretch[0].first, number_of(stretch[-1].until)
    return range(-(-first // 12), (last + 1) // 12)


def _ranked(
    stretch: Sequence[Era],
    off: Mechanism | None,
    runs: int,
    seed: int,
    threads: int | None,
    step: Callable[[], object] | None,
) -> tuple[Floats, tuple[float, float, int]]:
    """Pairs that the model's chances for each calendar year order rightly: in its own runs, and on record."""
    known, own, ours, gone = record(), np.zeros((runs, 2)), np.zeros(2), 0
    for year in _years(stretch):
        begin, end = date(year - 1, 12, 31), date(year, 12, 31)
        setup = _setup(document_known("year", begin, end), off, seed)
        some = setup.ensemble(runs, horizons=[LEAST_MONTHS], threads=threads)
        allies = np.flatnonzero(setup.plan.timeline.with_taipei)
        chances = some.expected[:, allies, 0, 0].sum(axis=0) / runs
        own += concordant(chances, _gone(some, allies, runs))
        left = np.array([known.side(setup.plan.states[place], end) != "taipei" for place in allies])
        ours += concordant(chances, left[None, :])[0]
        gone += int(left.sum())
        _done(step)
    return own, (float(ours[0]), float(ours[1]), gone)


def _gone(some: Ensemble, allies: Ints, runs: int) -> Bools:
    """(runs, allies) whether each is elsewhere at the end."""
    heads, side = some.heads, np.zeros((runs, int(allies.max()) + 1), dtype=np.int64)
    which = heads["state"] < side.shape[1]
    side[heads["run"][which], heads["state"][which]] = heads["to"][which]
    gone: Bools = side[:, allies] != TAIPEI
    return gone


def concordant(chances: Floats, gone: Bools) -> Floats:
    """(runs, 2) pairs of one gone and one that stayed in which the first has the higher chance, and all such pairs.

    chances : (states,); gone : (runs, states). Equal chances count half.
    """
    from scipy.stats import rankdata

    ranks, left = rankdata(np.round(chances, 12)), gone.sum(axis=1)
    higher = gone @ ranks - left * (left + 1) / 2.0  # less what those gone have among themselves
    return np.stack([higher, left * (gone.shape[1] - left)], axis=1).astype(np.float64)


# --- requests and orders ----------------------------------------------------------------------------------------


def _asked_again(
    name: str,
    stretch: Sequence[Era],
    off: Mechanism | None,
    runs: int,
    seed: int,
    threads: int | None,
    step: Callable[[], object] | None,
) -> Floats:
    """(runs, cases) months from each request or order of a list to the departure; NaN if none follows in time."""
    some = replayable(name, stretch)
    waits = np.full((runs, len(some)), math.nan)
    for column, case in enumerate(some):
        before, last = case.started - timedelta(days=1), case.started + timedelta(days=CASE_DAYS)
        document = document_known("case", before, month_end(f"{last:%Y-%m}"))
        document["events"] = document.get("events", {}) | {"act": act(name, case)}
        setup = _setup(document, off, seed)
        heads = setup.ensemble(runs, threads=threads).heads
        own = setup.plan.states.index(case.iso3)
        left = np.flatnonzero((heads["state"] == own) & (heads["from"] == TAIPEI))[::-1]  # the first comes last
        waits[heads["run"][left], column] = number_of(before) + heads["month"][left] - number_of(case.started)
        _done(step)
    return waits


def act(name: str, case: Case) -> dict[str, Any]:
    """A case as an event of a scenario; the sums of requests are not in the table, so that none is asked."""
    if name == ORDERED:
        return {"type": "order", "state": case.iso3, "date": case.started}
    answer = "met" if name == "request_met" else "refused"
    return {"type": "request", "state": case.iso3, "date": case.started, "million_usd": 0.0, "answer": answer}
