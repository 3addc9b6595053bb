"""Where points are computed: on threads of this machine, or on a cluster's workers. The bytes are the same."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import Any, Protocol

from sim import atlas, results
from sim.errors import InputError, Problem, SimError
from sim.results.identity import ROOMS
from sim.runs.ensemble import workers
from sim.runs.processes import Call, processes
from sim.sweeps.points import Base, PointResult, evaluate

Task = tuple[str, Mapping[str, Any]]
"""Key and values of a point."""

AHEAD = 2
"""Tasks handed out ahead, for each thread: with those in work, what a stop loses at most."""


class Executor(Protocol):
    """What computes points."""

    def points(self, base: Base, tasks: Iterable[Task], many: int) -> Generator[list[PointResult], None, None]:
        """The points as they finish, in any order, few handed out ahead.

        many : how many tasks there are
        """


@dataclass(frozen=True)
class Local:
    """Threads of this process: the kernel holds no lock, so cores are used. Processes for Python agents."""

    threads: int | None = None

    def points(self, base: Base, tasks: Iterable[Task], many: int) -> Generator[list[PointResult], None, None]:
        threads = workers(many * base.runs, "compiled" if base.agents is None else "mesa", base.agents, self.threads)
        waiting = iter(tasks)
        pool, ending = ThreadPoolExecutor(max_workers=threads), ExitStack()
        work: Call = evaluate
        if base.agents is not None and threads > 1:
            work = partial(ending.enter_context(processes(threads)), evaluate)
        try:
            pending: set[Future[PointResult]] = set()
            while True:
                room = AHEAD * threads - len(pending)
                pending |= {pool.submit(work, base, values, key) for key, values in islice(waiting, room)}
                if not pending:
                    return
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield [future.result() for future in finished]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            ending.close()


PATIENCE = 20.0
"""Seconds that a scheduler has to answer."""
RUNS_A_TASK = 20_000
"""Runs of the points that a worker is handed as one task, about a second: a scheduler needs a millisecond for each."""
TASKS_A_THREAD = 4
"""At the end of a sweep tasks become smaller, so that all threads finish together."""
LOOK_AGAIN = 1.0
"""Seconds after which the workers are counted again."""


@dataclass(frozen=True)
class Dask:
    """Workers of a dask.distributed cluster, found by the address of its scheduler."""

    scheduler: str

    def points(self, base: Base, tasks: Iterable[Task], many: int) -> Generator[list[PointResult], None, None]:
        try:
            from distributed import as_completed
        except ImportError:
            raise InputError(
                Problem("--executor", "dask needs an extra: pip install 'recognition-sim[cluster]'", "dask")
            ) from None
        with _hushed(), self._client() as client:
            waiting, left, looked, finishing = iter(tasks), many, -LOOK_AGAIN, as_completed(loop=client.loop)
            while True:
                if time.monotonic() > looked + LOOK_AGAIN:
                    looked, threads = time.monotonic(), self._threads(client)
                while finishing.count() < AHEAD * threads:
                    bundle = list(islice(waiting, points_a_task(left, base.runs, threads)))
                    if not bundle:
                        break
                    left -= len(bundle)
                    finishing.add(client.submit(evaluate_all, base, bundle, code(), pure=False))
                if finishing.is_empty():
                    return
                yield self._gathered(client, finishing.next_batch())

    def _client(self) -> Any:
        """A connection to the scheduler. Raises InputError where none answers in time."""
        from distributed import Client

        try:
            with ThreadPoolExecutor(1) as aside:  # a notebook has a loop of its own in this thread
                aside.submit(asyncio.run, _greeted(self.scheduler)).result()
            return Client(self.scheduler, timeout=PATIENCE, set_as_default=False)
        except Exception as error:
            message = " ".join(str(error).split()) or "no dask scheduler answers there"
            raise InputError(
                Problem("--scheduler", f"the address of a dask scheduler: {message}", self.scheduler)
            ) from None

    def _threads(self, client: Any) -> int:
        """Threads of all workers, which come and go; 1 while there are none."""
        try:
            return max(1, sum(client.nthreads().values()))
        except OSError:
            raise self._gone() from None

    def _gathered(self, client: Any, finished: list[Any]) -> list[PointResult]:
        """The points of finished tasks."""
        try:
            bundles = client.gather(finished)
        except CancelledError:
            raise self._gone() from None
        except (ImportError, AttributeError):  # a worker that lacks this package, or has an older one
            bundles = [None]
        if None in bundles:
            raise InputError(Problem("--scheduler", "workers with the same versions as here", self.scheduler))
        return [done for bundle in bundles for done in bundle]

    def _gone(self) -> SimError:
        return SimError(f"the scheduler at {self.scheduler} went away: the same command goes on")


def points_a_task(left: int, runs: int, threads: int) -> int:
    """Points of the next task, of those left: about a second's work, and at the end something for everyone."""
    return max(1, min(RUNS_A_TASK // runs, left // (TASKS_A_THREAD * threads)))


async def _greeted(address: str) -> None:
    """Exchange greetings with a scheduler; a client would wait for ever for a server of another kind to say a word."""
    from distributed import Security
    from distributed.comm import connect

    ways = Security().get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, timeout=PATIENCE, **ways), PATIENCE + 1.0)
    await comm.close()


@contextmanager
def _hushed() -> Iterator[None]:
    """Let the client's own log keep its tracebacks: what went wrong is said in one line."""
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)


def evaluate_all(base: Base, tasks: Sequence[Task], wanted: str) -> list[PointResult] | None:
    """Simulate points on a worker; None if its code is not the `wanted` one."""
    return [evaluate(base, values, key) for key, values in tasks] if code() == wanted else None


@cache
def code() -> str:
    """A digest of the code and the tables on this machine, and of the libraries that may move the last digit."""
    libraries = {name: results.versions()[name] for name in ("numpy", "numba", "scipy")}
    return results.identity(
        {"sources": results.sources_digest((*ROOMS, "sweeps")), "atlas": atlas.digest(), **libraries}
    )


def executor(name: str | None = None, threads: int | None = None, scheduler: str | None = None) -> Executor:
    """The executor of that name: `local`, or `dask` with the address of a scheduler. Raises InputError.

    name : None: `dask` if a scheduler is given, otherwise `local`
    """
    if name is None:
        name = "local" if scheduler is None else "dask"
    if name == "local":
        if scheduler is not None:
            raise InputError(Problem("--scheduler", "only with --executor dask", scheduler))
        return Local(threads)
    if name == "dask":
        if scheduler is None:
            raise InputError(Problem("--scheduler", "required with --executor dask: the address of its scheduler"))
        if threads is not None:
            raise InputError(Problem("--threads", "only with --executor local", threads))
        return Dask(scheduler)
    raise InputError(Problem("--executor", "one of local, dask", name))
