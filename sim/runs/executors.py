"""Where points are computed: on threads of this machine, or on a cluster's workers. The bytes are the same."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol

from sim.errors import InputError, Problem
from sim.runs.points import Base, Done, evaluate

Task = tuple[str, Mapping[str, Any]]
"""Key and values of a point."""

AHEAD = 2
"""Points handed out ahead, for each worker: what a stop loses at most."""


class Executor(Protocol):
    """What computes points."""

    def points(self, base: Base, tasks: Iterable[Task]) -> Iterator[Done]:
        """The points as they finish, in any order, few handed out ahead."""


@dataclass(frozen=True)
class Local:
    """Threads of this process: the kernel holds no lock, so cores are used."""

    threads: int | None = None

    def points(self, base: Base, tasks: Iterable[Task]) -> Iterator[Done]:
        threads = max(1, self.threads or os.cpu_count() or 1)
        waiting = iter(tasks)
        pool = ThreadPoolExecutor(max_workers=threads)
        try:
            pending = {
                pool.submit(evaluate, base, values, key) for key, values in itertools.islice(waiting, AHEAD * threads)
            }
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
                    pending |= {
                        pool.submit(evaluate, base, values, key) for key, values in itertools.islice(waiting, 1)
                    }
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Dask:
    """Workers of a dask.distributed cluster, found by the address of its scheduler."""

    scheduler: str
    deaths: int = 5
    """Times that a point is handed out again after the worker on it died."""

    def points(self, base: Base, tasks: Iterable[Task]) -> Iterator[Done]:
        try:
            from distributed import Client, as_completed
        except ImportError:
            raise InputError(
                Problem("--executor", "dask needs an extra: pip install 'recognition-sim[cluster]'", "dask")
            ) from None
        try:
            client = Client(self.scheduler, timeout="20s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(
                Problem("--scheduler", f"the address of a dask scheduler: {error}", self.scheduler)
            ) from None
        with client:
            shared = client.scatter(base, broadcast=True, hash=False)
            waiting = iter(tasks)
            ahead = AHEAD * max(1, sum(client.nthreads().values()))

            def hand_out(many: int) -> list[Any]:
                return [
                    client.submit(evaluate, shared, values, key, key=f"point-{key}", retries=self.deaths, pure=False)
                    for key, values in itertools.islice(waiting, many)
                ]

            finishing = as_completed(hand_out(ahead))
            for future in finishing:
                yield future.result()
                for following in hand_out(1):
                    finishing.add(following)


def executor(name: str, threads: int | None = None, scheduler: str | None = None) -> Executor:
    """The executor of that name: `local`, or `dask` with the address of a scheduler. Raises InputError."""
    if name == "local":
        if scheduler is not None:
            raise InputError(Problem("--scheduler", "only with --executor dask", scheduler))
        return Local(threads)
    if name == "dask":
        if scheduler is None:
            raise InputError(Problem("--scheduler", "required with --executor dask: the address of its scheduler"))
        return Dask(scheduler)
    raise InputError(Problem("--executor", "one of local, dask", name))
