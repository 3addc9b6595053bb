"""Executors: the same bytes from threads and from a cluster of processes, one of which is killed on the way."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError, SimError
from sim.results import sources_digest
from sim.runs import setup
from sim.sweeps import executors
from sim.sweeps.executors import Dask, Executor, Local, code, evaluate_all, executor
from sim.sweeps.points import evaluate
from sim.sweeps.sweep import Sweep, run_sweep, status, sweep_of
from sim.sweeps.swept import SweepResult
from sim.sweeps.tables import COUNTS, POINTS
from tests.examples import THOROUGH, thorough
from tests.scenario.documents import written

HOSTS = '[cooperation]\nhosts = ["HND", "GTM"]\n'


def asked(folder: Path, runs: int = 40) -> Sweep:
    """A small sweep of thirty points."""
    return sweep_of(written(folder, HOSTS), ["washington.attention=0:3:6", "beijing.budget=0:4:5"], runs=runs)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    """The sweep on one thread of this process."""
    folder = tmp_path_factory.mktemp("plain")
    return run_sweep(asked(folder), folder, Local(1))[0]


def tables(swept: SweepResult) -> tuple[bytes, bytes]:
    return (swept.folder / POINTS).read_bytes(), (swept.folder / COUNTS).read_bytes()


# --- Threads of this machine


def most_at_once(where: Executor, sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """The most points in work at one time, and the most handed out but not yet given back."""
    lock = threading.Lock()
    working, out, given, seen = 0, 0, 0, [0, 0]

    def work(*arguments: Any) -> Any:
        nonlocal working
        with lock:
            working += 1
            seen[0] = max(seen[0], working)
        time.sleep(0.005)
        with lock:
            working -= 1
        return arguments[2]

    def tasks() -> Iterator[Any]:
        nonlocal out
        for number in range(50):
            out += 1
            seen[1] = max(seen[1], out - given)
            yield f"{number}", {}

    monkeypatch.setattr(executors, "evaluate", work)
    for finished in where.points(sweep.base, tasks(), 50):
        given += len(finished)
    assert (out, given) == (50, 50)
    return seen[0], seen[1]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_few_points_are_handed_out_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    assert most_at_once(Local(threads), asked(tmp_path), monkeypatch) == (threads, 2 * threads)


def test_all_cores_are_used_where_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert most_at_once(Local(), asked(tmp_path), monkeypatch)[0] == 3


def test_a_point_is_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    run = setup.run_ensemble

    def watched(*arguments: Any, **named: Any) -> Any:
        threads.append(named["threads"])
        return run(*arguments, **named)

    monkeypatch.setattr(setup, "run_ensemble", watched)
    evaluate(asked(tmp_path).base, {}, "")
    assert threads == [1]


def test_what_workers_are_sent_is_small(tmp_path: Path) -> None:
    assert len(pickle.dumps(asked(tmp_path).base)) < 6_000
    shipped = sweep_of("outlook-2026", ["washington.attention=0:3:6"], runs=40).base
    assert len(pickle.dumps(shipped)) < 40_000
    assert evaluate(pickle.loads(pickle.dumps(shipped)), {}, "") == evaluate(shipped, {}, "")


# --- What may be asked for


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("local", None, "tcp://a:1"), "--scheduler: only with --executor dask (got 'tcp://a:1')"),
        (("dask", None, None), "--scheduler: required with --executor dask: the address of its scheduler"),
        (("dask", 2, "tcp://a:1"), "--threads: only with --executor local (got 2)"),
        (("ray", None, None), "--executor: one of local, dask (got 'ray')"),
    ],
)
def test_what_may_not_be_asked_for(arguments: Any, line: str) -> None:
    with pytest.raises(InputError) as caught:
        executor(*arguments)
    assert caught.value.lines() == [line]


def test_the_extra_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError) as caught:
        run_sweep(asked(tmp_path), tmp_path / "out", Dask("tcp://127.0.0.1:1"))
    assert caught.value.lines() == [
        "--executor: dask needs an extra: pip install 'recognition-sim[cluster]' (got 'dask')"
    ]
    assert not (tmp_path / "out").exists()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes calls and says nothing, as the port of a dashboard does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("tcp://127.0.0.1:1", "Timed out trying to connect to tcp://127.0.0.1:1 after "),
        ("nonsense", "missing port number in address 'nonsense'"),
        ("", "missing port number in address ''"),
        ("http://127.0.0.1:1", "unknown address scheme 'http'"),
        ("tls://127.0.0.1:1", "TLS expects "),
        ("silent", "no dask scheduler answers there"),
    ],
)
def test_a_scheduler_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: str, address: str, rule: str
) -> None:
    monkeypatch.setattr(executors, "PATIENCE", 0.5)
    address = silent if address == "silent" else address
    began = time.monotonic()
    with pytest.raises(InputError) as caught:
        run_sweep(asked(tmp_path), tmp_path / "out", Dask(address))
    assert time.monotonic() - began < 10.0
    (line,) = caught.value.lines()
    assert line.startswith(f"--scheduler: the address of a dask scheduler: {rule}")
    assert line.endswith(f"(got '{address}')")
    assert not (tmp_path / "out").exists()


def test_a_worker_with_other_code_computes_nothing(tmp_path: Path) -> None:
    base = asked(tmp_path).base
    assert evaluate_all(base, [("a" * 16, {})], "another version") is None
    assert evaluate_all(base, [("a" * 16, {})], code()) == [evaluate(base, {}, "a" * 16)]
    assert code() != sources_digest()


# --- A cluster of processes


class Cluster:
    """Worker processes, and how to kill one."""

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster
        self.address: str = cluster.scheduler_address

    def kill_one(self) -> int:
        """Kill a worker process as the system does when memory runs out; its nanny starts another."""
        number: int = next(iter(self.cluster.workers.values())).pid
        os.kill(number, signal.SIGKILL)
        return number


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    distributed = pytest.importorskip("distributed")
    # Two processes where one of them is to be killed; a second takes seconds to start.
    workers = {"n_workers": 2, "threads_per_worker": 1} if THOROUGH else {"n_workers": 1, "threads_per_worker": 2}
    settings = {**workers, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(silence_logs=60, **settings) as started:
        yield Cluster(started)


def test_a_cluster_gives_the_same_bytes(plain: SweepResult, cluster: Cluster, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    swept, found = run_sweep(
        asked(tmp_path), tmp_path, Dask(cluster.address), lambda done, wanted: told.append((done, wanted))
    )
    assert not found
    assert tables(swept) == tables(plain)
    assert told[0] == (0, 30)
    assert told[-1] == (30, 30)


@thorough
def test_a_worker_that_dies_costs_only_its_points(cluster: Cluster, tmp_path: Path) -> None:
    killed: list[int] = []

    def watch(done: int, wanted: int) -> None:
        if done and not killed:
            killed.append(cluster.kill_one())
            assert done < wanted - 5

    sweep = asked(tmp_path, 4_000)
    swept, _ = run_sweep(sweep, tmp_path / "killed", Dask(cluster.address), watch)
    assert len(killed) == 1
    alone, _ = run_sweep(sweep, tmp_path / "alone", Local(2))
    assert tables(swept) == tables(alone)


def test_a_sweep_may_change_its_executor_on_the_way(plain: SweepResult, cluster: Cluster, tmp_path: Path) -> None:
    def stop(done: int, wanted: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(asked(tmp_path), tmp_path, Dask(cluster.address), stop)
    assert 10 <= status(asked(tmp_path), tmp_path).done < 30
    assert tables(run_sweep(asked(tmp_path), tmp_path, Local(2))[0]) == tables(plain)


def test_workers_with_other_code_are_refused(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "code", lambda: "the code of this machine")
    with pytest.raises(InputError) as caught:
        run_sweep(asked(tmp_path), tmp_path / "out", Dask(cluster.address))
    assert caught.value.lines() == [f"--scheduler: workers with the same versions as here (got '{cluster.address}')"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("runs", "threads", "first"), [(1000, 2, 20), (1, 2, 125), (10**6, 2, 1), (1000, 500, 1)])
def test_tasks_take_about_a_second_and_leave_something_for_everyone(
    tmp_path: Path, runs: int, threads: int, first: int
) -> None:
    """A thousand points of so many runs, on so many threads."""
    sizes = []
    left = 1000
    while left:
        sizes.append(executors.points_a_task(left, runs, threads))
        left -= sizes[-1]
    assert sizes[0] == first
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1


ALONE = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    settings = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    cluster = LocalCluster(protocol="tcp", **settings)
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
"""
"""A scheduler with a worker, in one process."""


@thorough
def test_a_scheduler_that_goes_away_is_told(
    plain: SweepResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", 2.0)
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()

        def watch(done: int, wanted: int) -> None:
            if done:
                process.kill()

        with pytest.raises(SimError) as caught:
            run_sweep(asked(tmp_path, 4_000), tmp_path, Dask(address), watch)
    finally:
        process.kill()
        process.communicate()
    assert caught.value.lines() == [f"the scheduler at {address} went away: the same command goes on"]
    assert caught.value.exit_status == 1
    assert 0 < status(asked(tmp_path, 4_000), tmp_path).done < 30
    assert "Traceback" not in capfd.readouterr().err
