"""An ensemble: many runs of one plan, on either engine, on threads or processes, with the same result."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.model.kernel import RUNS_PER_DRAW, simulate
from sim.model.plan import Plan
from sim.model.terms import ACCOUNTS, ANSWER_COLUMNS, COLUMNS, HEAD, HEADS, TALK_COLUMNS, TALK_RUN
from sim.runs.agents import Agents
from sim.runs.processes import Call, processes
from sim.runs.sampling import Draws

Engine = Literal["compiled", "mesa"]
Progress = Callable[[int, int], None]
"""Called with the number of runs done and of runs wanted."""

Rows = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Changes, concluded talks and Washington's answers of some runs."""

MOST_LEDGER_RUNS = 100
_CHUNKS_PER_THREAD = 4
_MOST_CHUNK = 2000
FEW = 100
"""Runs that are not worth a process (of Python agents) or, on one thread, a thread of their own (compiled)."""


@dataclass(frozen=True)
class Ensemble:
    """What the engines return of some runs in a row, or of chosen ones."""

    counts: NDArray[np.uint8]
    """(runs, T + 1, 2) states that recognise Taipei, hosts that cooperate with Washington."""
    changes: NDArray[np.float64]
    """(changes, HEAD + COLUMNS) one row per change, by run, month and place (states, then hosts)."""
    expected: NDArray[np.float64]
    """(draws, n + h, H, 2) sums over a draw's runs of the chances met up to each horizon, and of their squares."""
    ledger: NDArray[np.float64] | None
    """(runs, T + 1, n + h, COLUMNS) what every state weighed in every month, if asked for."""
    talks: NDArray[np.float64]
    """(talks, TALK_COLUMNS) one row per concluded talk of the runs asked for, by run, month and place."""
    answers: NDArray[np.float64]
    """(answers, ANSWER_COLUMNS) one row per answer of Washington's to a host, by run and month."""
    accounts: NDArray[np.float64]
    """(runs, n + h, ACCOUNTS) what each patron pays each place in the runs whose talks are kept, US$ million."""
    first: int = 0
    """Number of the first run, of runs in a row."""

    @property
    def heads(self) -> dict[str, NDArray[np.int64]]:
        """Columns of the changes: run, month (row), state (place), from, to (sides)."""
        return {name: self.changes[:, column].astype(np.int64) for name, column in HEADS.items()}


def run_ensemble(plan: Plan, draws: Draws, seed: int, runs: int, **settings: Any) -> Ensemble:
    """Simulate runs 0 to `runs` - 1, all in memory; settings as in `blocks`."""
    (whole,) = blocks(plan, draws, seed, runs, runs, **settings)
    return whole


def blocks(
    plan: Plan,
    draws: Draws,
    seed: int,
    runs: int,
    size: int,
    engine: Engine = "compiled",
    horizons: Sequence[int] = (),
    threads: int | None = None,
    ledger: bool = False,
    progress: Progress | None = None,
    talks: int = 0,
    agents: Agents | None = None,
    call: Call | None = None,
) -> Generator[Ensemble]:
    """Simulate runs 0 to `runs` - 1 and give them in blocks of `size`, in order; the last may have fewer.

    size : a multiple of `RUNS_PER_DRAW`, or all runs
    horizons : months, ascending, at which each state's expected moves are summed
    threads : of the compiled engine; processes of Python agents
    talks : number of runs, from the first, whose concluded talks and accounts are kept
    agents : of one's own, with the engine `mesa`; call : processes that are there for them already (see `apart`)
    While whoever asks works on a block, the next one is simulated, and no more: that bounds the memory.
    Raises InputError if a ledger of more than 100 runs is asked for.
    """
    check_ledger(ledger, runs)
    at_rows = np.array(horizons, dtype=np.int64)
    threads = workers(runs if call is None else FEW, engine, agents, threads)
    most = _MOST_CHUNK if engine == "compiled" else RUNS_PER_DRAW
    at_once = engine == "compiled" and threads == 1 and runs <= FEW
    pool, ending = ThreadPoolExecutor(max_workers=threads), ExitStack()
    if call is None and engine != "compiled" and threads > 1:
        call = ending.enter_context(processes(threads))

    def begun(first: int) -> _Block:
        block = _Block.of(plan, first, min(size, runs - first), at_rows, ledger, talks)
        if at_once:
            block.rows[0] = simulated(plan, draws, seed, block.part(0, block.runs))
            return block
        for start, end in _chunks(block.runs, threads, most):
            part = block.part(start, end)
            if call is None:
                future = pool.submit(simulated, plan, draws, seed, part, engine, agents)
            else:
                future = pool.submit(simulated_apart, call, plan, draws, seed, part, agents)
            block.pending[future] = start, end
        return block

    try:
        done, ahead = 0, begun(0)
        for first in range(0, runs, size):
            block, following = ahead, first + size
            if following < runs:
                ahead = begun(following)
            for future in as_completed(block.pending):
                start, end = block.pending[future]
                block.rows[start] = future.result()
                done += end - start
                if progress is not None:
                    progress(done, runs)
            if at_once and progress is not None:
                progress(min(following, runs), runs)
            yield block.whole()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        ending.close()


def workers(runs: int, engine: Engine, agents: Agents | None, threads: int | None = None) -> int:
    """Threads, or processes of Python agents, that share runs; threads : how many were asked for."""
    handed_over = agents is not None and agents.source is None
    if engine == "mesa" and (runs < FEW or handed_over):
        return 1
    return max(1, threads or os.cpu_count() or 1)


@contextmanager
def apart(agents: Agents | None, threads: int | None) -> Iterator[Call | None]:
    """Processes for many ensembles with agents of one's own, one after the other; None where there are none to share.

    threads : how many; all cores where left out
    """
    many = 1 if agents is None else workers(FEW, "mesa", agents, threads)
    with nullcontext(None) if many == 1 else processes(many) as call:
        yield call


@dataclass
class _Block:
    """Runs in a row that are being simulated."""

    first: int
    counts: NDArray[np.uint8]
    expected: NDArray[np.float64]
    ledger: NDArray[np.float64] | None
    accounts: NDArray[np.float64]
    horizons: NDArray[np.int64]
    talks: int
    """Number of runs, from the first of all, whose talks are kept."""
    pending: dict[Future[Rows], tuple[int, int]] = field(default_factory=dict)
    """The parts, by the first and the end of their runs in this block."""
    rows: dict[int, Rows] = field(default_factory=dict)
    """What has come of them, by their first."""

    @classmethod
    def of(cls, plan: Plan, first: int, runs: int, horizons: NDArray[np.int64], ledger: bool, talks: int) -> _Block:
        """Room for that many runs from `first` on."""
        length, places = len(plan.months), len(plan.states) + len(plan.hosts)
        return cls(
            first,
            np.empty((runs, length, 2), dtype=np.uint8),
            np.zeros((-(-runs // RUNS_PER_DRAW), places, len(horizons), 2)),
            np.zeros((runs, length, places, COLUMNS)) if ledger else None,
            np.zeros((max(0, min(runs, talks - first)), places, ACCOUNTS)),
            horizons,
            talks,
        )

    @property
    def runs(self) -> int:
        return self.counts.shape[0]

    def part(self, start: int, end: int) -> Part:
        """Some of its runs."""
        return Part(
            self.first + start,
            self.horizons,
            self.counts[start:end],
            self.expected[start // RUNS_PER_DRAW : -(-end // RUNS_PER_DRAW)],
            None if self.ledger is None else self.ledger[start:end],
            self.accounts[start:end],
            self.first + start < self.talks,
        )

    def whole(self) -> Ensemble:
        """All parts together, in their order; none of them is kept."""
        changes, talk_rows, answers = zip(*(self.rows.pop(start) for start in sorted(self.rows)), strict=True)
        self.pending.clear()
        concluded = np.concatenate(talk_rows)
        kept = concluded[: np.searchsorted(concluded[:, TALK_RUN], self.talks)]
        return Ensemble(
            self.counts,
            np.concatenate(changes),
            self.expected,
            self.ledger,
            kept,
            np.concatenate(answers),
            self.accounts,
            self.first,
        )


def ledger_of(
    plan: Plan,
    draws: Draws,
    seed: int,
    runs: Sequence[int],
    engine: Engine = "compiled",
    agents: Agents | None = None,
) -> Ensemble:
    """Chosen runs of an ensemble again, with all talks and the ledger; `changes` keep the runs' numbers.

    draws : those of the ensemble, at least up to the highest run
    The counts and the ledger have one row for each of `runs`, in that order.
    """
    length, places = len(plan.months), len(plan.states) + len(plan.hosts)
    counts = np.empty((len(runs), length, 2), dtype=np.uint8)
    book = np.zeros((len(runs), length, places, COLUMNS))
    rows: list[Rows] = []
    for row, run in enumerate(runs):
        part = Part(
            run,
            np.empty(0, dtype=np.int64),
            counts[row : row + 1],
            np.zeros((1, places, 0, 2)),
            book[row : row + 1],
            np.zeros((0, places, ACCOUNTS)),
            True,
        )
        rows.append(simulated(plan, draws, seed, part, engine, agents))
    changes, talk_rows, answers = (
        np.concatenate([np.empty((0, width)), *(tables[part] for tables in rows)])
        for part, width in enumerate((HEAD + COLUMNS, TALK_COLUMNS, ANSWER_COLUMNS))
    )
    none = np.zeros((0, places, ACCOUNTS))
    return Ensemble(counts, changes, np.zeros((0, places, 0, 2)), book, talk_rows, answers, none)


def check_ledger(wanted: bool, runs: int) -> None:
    """Raises InputError for a ledger of too many runs."""
    if wanted and runs > MOST_LEDGER_RUNS:
        raise InputError(Problem("--ledger", f"at most {MOST_LEDGER_RUNS} runs (add --runs {MOST_LEDGER_RUNS})", runs))


@dataclass(frozen=True)
class Part:
    """Some of the runs, and the arrays that their outcomes go into."""

    first: int
    horizons: NDArray[np.int64]
    counts: NDArray[np.uint8]
    expected: NDArray[np.float64]
    ledger: NDArray[np.float64] | None
    accounts: NDArray[np.float64]
    """Those of the first runs, or of none."""
    talks: bool
    """Whether concluded talks are kept."""


def _chunks(runs: int, threads: int, most: int) -> list[tuple[int, int]]:
    """The runs in blocks (first, end) that hold whole parameter draws."""
    size = min(most, max(1, runs // (threads * _CHUNKS_PER_THREAD)))
    size = -(-size // RUNS_PER_DRAW) * RUNS_PER_DRAW
    return [(first, min(first + size, runs)) for first in range(0, runs, size)]


def simulated(
    plan: Plan, draws: Draws, seed: int, part: Part, engine: Engine = "compiled", agents: Agents | None = None
) -> Rows:
    """Simulate some runs: fills the arrays of `part`."""
    if engine == "compiled":
        return _compiled(plan, draws, seed, part)
    return _mesa(plan, draws, seed, part, agents)


def simulated_apart(call: Call, plan: Plan, draws: Draws, seed: int, part: Part, agents: Agents | None) -> Rows:
    """The same with Python agents in another process, whose arrays are copied."""
    rows: Rows
    rows, other = call(_with_part, plan, draws, seed, part, agents)
    for name in ("counts", "expected", "ledger", "accounts"):
        if (array := getattr(part, name)) is not None:
            array[...] = getattr(other, name)
    return rows


def _with_part(plan: Plan, draws: Draws, seed: int, part: Part, agents: Agents | None) -> tuple[Rows, Part]:
    return _mesa(plan, draws, seed, part, agents), part


def _compiled(plan: Plan, draws: Draws, seed: int, part: Part) -> Rows:
    # Whole numbers wrap in the kernel; without compilation, NumPy would warn about it.
    with np.errstate(all="ignore"):
        rows: Rows = simulate(
            plan.timeline,
            draws.parameters,
            draws.values,
            draws.chances,
            draws.outcomes,
            draws.spreads,
            seed,
            part.first,
            part.counts.shape[0],
            part.horizons,
            part.counts,
            part.expected,
            np.empty((0, 0, 0, 0)) if part.ledger is None else part.ledger,
            part.accounts,
            part.talks,
        )
    return rows


def _mesa(plan: Plan, draws: Draws, seed: int, part: Part, agents: Agents | None) -> Rows:
    from sim.model.world import World, run_world

    kind = World if agents is None else agents.world
    rows: list[list[float]] = []
    talk_rows: list[list[float]] = []
    answers: list[list[float]] = []
    for offset in range(part.counts.shape[0]):
        run = part.first + offset
        draw = run // RUNS_PER_DRAW
        if offset == 0 or run % RUNS_PER_DRAW == 0:
            setting = draws.setting(plan, draw)
        expected = part.expected[draw - part.first // RUNS_PER_DRAW]
        ledger = None if part.ledger is None else part.ledger[offset]
        accounts = part.accounts[offset] if offset < part.accounts.shape[0] else None
        try:
            world = kind(setting, seed, run)
            run_world(world, part.horizons, part.counts[offset], expected, ledger, accounts)
            if agents is not None:
                agents.check(world.changes, expected)
        except Exception as error:
            if agents is None:
                raise
            raise agents.failure(error) from error
        rows += [[run, month, place, before, after, *row] for month, place, before, after, row in world.changes]
        talk_rows += world.talks if part.talks else []
        answers += world.answers
    return (
        np.array(rows, dtype=np.float64).reshape(len(rows), HEAD + COLUMNS),
        np.array(talk_rows, dtype=np.float64).reshape(len(talk_rows), TALK_COLUMNS),
        np.array(answers, dtype=np.float64).reshape(len(answers), ANSWER_COLUMNS),
    )
