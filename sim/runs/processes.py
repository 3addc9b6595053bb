"""Python processes that call what they are given: threads do not help code that Python itself runs."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any

from sim.errors import SimError

Call = Callable[..., Any]
"""Calls a function with arguments in another process, and returns what it returned or raises what it raised."""


class _Process:
    """One of them. It starts from nothing, so that a script that uses it need not guard its own lines."""

    def __init__(self) -> None:
        begin = f"import sys; sys.path[:] = {sys.path!r}; from sim.runs.processes import work; work()"
        # A session of its own: an interruption from the keyboard is told to this process, which ends that one.
        self._process = subprocess.Popen(
            [sys.executable, "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump((function, arguments), self._process.stdin)
            self._process.stdin.flush()
            returned, error = pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise SimError(f"a process of the model has ended ({self._process.poll()})") from error
        if error is not None:
            raise error
        return returned

    def end(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        with suppress(OSError):
            self._process.communicate()


@contextmanager
def processes(many: int) -> Iterator[Call]:
    """So many processes, for as many threads to call at a time; all of them are ended afterwards."""
    started = [_Process() for _ in range(many)]
    idle: SimpleQueue[_Process] = SimpleQueue()
    for process in started:
        idle.put(process)

    def call(function: Callable[..., Any], *arguments: Any) -> Any:
        process = idle.get()
        try:
            return process.call(function, *arguments)
        finally:
            idle.put(process)

    try:
        yield call
    finally:
        for process in started:
            process.end()


# --- in such a process ------------------------------------------------------------------------------------


def work() -> None:
    """Call what standard input brings, until it ends; what was returned or raised goes to standard output."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed on the way mixes with them
        with suppress(EOFError, BrokenPipeError):
            while True:
                answers.write(_answer())
                answers.flush()


def _answer() -> bytes:
    try:
        function, arguments = pickle.load(sys.stdin.buffer)
        return pickle.dumps((function(*arguments), None))
    except EOFError:
        raise
    except Exception as error:
        try:
            content = pickle.dumps((None, error))
            pickle.loads(content)
        except Exception:
            content = pickle.dumps((None, SimError(f"{type(error).__name__}: {error}")))
        return content
