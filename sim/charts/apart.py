"""Pictures written by a process of their own: on a second core, while the process that draws does something else.

Drawing a figure is quick; what takes long is laying out its letters and lines, once for the PNG and once for the SVG.
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
from typing import TYPE_CHECKING, BinaryIO

from sim.errors import SimError
from sim.letters import MissingLetters

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("png", "svg")
Job = tuple[bytes, Path, str]
"""A figure, pickled; its path without a suffix; the prefix of ids inside its SVG."""
Done = tuple[str, BaseException | None]
"""Letters that no font has; what went wrong."""


class Apart:
    """A process that writes figures one after the other, until it is ended."""

    def __init__(self) -> None:
        """Start it; it loads what it needs while the first figure is drawn."""
        begin = f"import sys; sys.path[:] = {sys.path!r}; from sim.charts.apart import work; work()"
        # A session of its own: an interruption from the keyboard is told to this process, which ends that one.
        self._process = subprocess.Popen(
            [sys.executable, "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._waiting = 0
        atexit.register(self.end)

    def write(self, drawing: Figure, path: Path, prefix: str = "") -> None:
        """Have a figure written to `path`, which has no suffix, as PNG and SVG; does not wait for it."""
        assert self._process.stdin is not None
        job: Job = (pickle.dumps(drawing), path.absolute(), prefix)
        with self._alive():
            pickle.dump(job, self._process.stdin)
            self._process.stdin.flush()
        self._waiting += 1

    def wait(self) -> None:
        """Wait until all figures are written. Raises what writing one of them raised."""
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
            raise SimError(f"charts: the process that writes them has ended ({self._process.poll()})") from error


_idle: list[Apart] = []
"""Processes that have written all they were given; the next charts need not wait for one to start."""


@contextmanager
def apart() -> Iterator[Apart]:
    """A process to write figures while what is in the `with` goes on; at the end of it all of them are written.

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
    """Write the figures that standard input brings, until it ends; what became of each goes to standard output."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed on the way mixes with them
        jobs: SimpleQueue[Job | None] = SimpleQueue()
        Thread(target=_take, args=(sys.stdin.buffer, jobs), daemon=True).start()
        import sim.charts.sheet  # noqa: F401  (while the first figure is drawn)

        while (job := jobs.get()) is not None:
            with suppress(BrokenPipeError):
                pickle.dump(_done(job), answers)
                answers.flush()


def _take(source: BinaryIO, jobs: SimpleQueue[Job | None]) -> None:
    """Take all that comes at once, so that the other process need not wait to go on drawing."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            jobs.put(pickle.load(source))
    jobs.put(None)


def _done(job: Job) -> Done:
    from sim.charts.style import pictures

    figure, path, prefix = job
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingLetters)
        try:
            for kind, content in pictures(pickle.loads(figure), KINDS, prefix):
                path.with_name(f"{path.name}.{kind}").write_bytes(content)
        except Exception as error:
            return "", error
    return _letters([note.message for note in notes]), None


def _letters(notes: Sequence[Warning | str]) -> str:
    return "".join(note.letters for note in notes if isinstance(note, MissingLetters))
