"""Charts drawn by a process of their own: on a second core, while the one that asks does something else.

Only that process loads matplotlib, and it does so as soon as it is there.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

from sim.errors import SimError
from sim.letters import MissingLetters

KINDS = ("png", "svg")
Job = tuple[str, bytes, Path]
"""The function of the catalogue that has the charts; the thing they are of, pickled; the folder they go into."""
Done = tuple[str, BaseException | None]
"""Letters that no font has; what went wrong."""


class Apart:
    """A process that draws one thing after the other, until it is ended."""

    def __init__(self) -> None:
        """Start it; it loads what it needs meanwhile."""
        begin = f"import sys; sys.path[:] = {sys.path!r}; from sim.charts.apart import work; work()"
        # A session of its own: an interruption from the keyboard is told to this process, which ends that one.
        self._process = subprocess.Popen(
            [sys.executable, "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._waiting = 0
        atexit.register(self.end)

    def draw(self, name: str, thing: object, folder: Path) -> None:
        """Have all charts of a thing drawn into a folder, as PNG and SVG; does not wait for it.

        name : of the function of the catalogue that has the charts of such things
        """
        assert self._process.stdin is not None
        job: Job = (name, pickle.dumps(thing), folder.absolute())
        with self._alive():
            pickle.dump(job, self._process.stdin)
            self._process.stdin.flush()
        self._waiting += 1

    def wait(self) -> None:
        """Wait until all charts are there. Raises what drawing one of them raised."""
        assert self._process.stdout is not None
        while self._waiting:
            with self._alive():
                letters, error = pickle.load(self._process.stdout)
            self._waiting -= 1
            if letters:
                warnings.warn(MissingLetters(letters), stacklevel=2)
            if error is not None:
                raise error

    def end(self) -> None:
        """End the process, whatever it is at."""
        atexit.unregister(self.end)
        self._process.kill()
        with suppress(OSError):
            self._process.communicate()

    @contextmanager
    def _alive(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise SimError(f"charts: the process that draws them has ended ({self._process.poll()})") from error


_idle: list[Apart] = []
"""Processes that have drawn all they were given; the next charts need not wait for one to start."""


def get_ready() -> None:
    """Start a process, if none is idle: it loads what it needs while there is nothing to be drawn yet."""
    if not _idle:
        _idle.append(Apart())


@contextmanager
def apart() -> Iterator[Apart]:
    """A process to draw charts while what is in the `with` goes on; at the end of it all of them are there.

    Where anything is raised in the `with`, the process is ended at once, and writes nothing more.
    """
    process = _idle.pop() if _idle else Apart()
    try:
        yield process
        process.wait()
    except BaseException:
        process.end()
        raise
    _idle.append(process)


# --- in that process --------------------------------------------------------------------------------------


def work() -> None:
    """Draw what standard input brings, until it ends; what became of each goes to standard output."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed on the way mixes with them
        jobs: SimpleQueue[Job | None] = SimpleQueue()
        Thread(target=_take, args=(sys.stdin.buffer, jobs), daemon=True).start()
        from sim.charts.result import accounts, bids, count, states, when  # noqa: F401  (before there is anything)

        while (job := jobs.get()) is not None:
            with suppress(BrokenPipeError):
                pickle.dump(_done(job), answers)
                answers.flush()


def _take(source: BinaryIO, jobs: SimpleQueue[Job | None]) -> None:
    """Take all that comes at once, so that the other process need not wait to go on."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            jobs.put(pickle.load(source))
    jobs.put(None)


def _done(job: Job) -> Done:
    from sim.charts import catalogue
    from sim.charts.style import pictures

    of, thing, folder = job
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingLetters)
        try:
            for name, figure, prefix in getattr(catalogue, of)(pickle.loads(thing)).figures():
                for kind, content in pictures(figure, KINDS, prefix):
                    (folder / f"{name}.{kind}").write_bytes(content)
        except Exception as error:
            return "", error
    return _letters([note.message for note in notes]), None


def _letters(notes: Sequence[Warning | str]) -> str:
    return "".join(note.letters for note in notes if isinstance(note, MissingLetters))
