"""Charts drawn by a process of their own: on a second core, while the one that asks does something else.

Only that process loads matplotlib, and it does so as soon as it is there.
"""

from __future__ import annotations

import atexit
import gc
import os
import pickle
import subprocess
import sys
import traceback
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, NoReturn

from sim.errors import SimError
from sim.letters import MissingLetters

Job = tuple[str, bytes, Path, Collection[str] | None]
"""The function of the catalogue that has the charts; the thing they are of, pickled; the folder they go into; names."""
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

    def draw(self, of: str, thing: object, folder: Path, only: Collection[str] | None = None) -> None:
        """Have the charts of a thing drawn into a folder, as PNG and SVG; does not wait for it.

        of : the name of the function of the catalogue that has the charts of such things
        only : names of charts: those of them that the thing has; None for those that are usual
        """
        assert self._process.stdin is not None
        job: Job = (of, pickle.dumps(thing), folder.absolute(), only)
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


def work() -> NoReturn:
    """Draw what standard input brings; what became of each goes to standard output."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed on the way mixes with them
        gc.set_threshold(*gc.get_threshold()[:2], 100)  # as in `sim.cli.main`
        jobs: SimpleQueue[Job] = SimpleQueue()
        Thread(target=_take, args=(sys.stdin.buffer, jobs), daemon=True).start()
        _load()
        while True:
            answer = _sent(_done(jobs.get()))
            with suppress(BrokenPipeError):
                answers.write(answer)
                answers.flush()


def _load() -> None:
    """Load all that charts need, before there is anything to be drawn."""
    import sim.charts

    for module in walk_packages(sim.charts.__path__, f"{sim.charts.__name__}."):
        import_module(module.name)


def _take(source: BinaryIO, jobs: SimpleQueue[Job]) -> None:
    """Take all that comes at once, so that the other process need not wait to go on; where that has ended, end."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            jobs.put(pickle.load(source))
    os._exit(0)


def _done(job: Job) -> Done:
    of, thing, folder, only = job
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingLetters)
        try:
            drawn(of, pickle.loads(thing), folder, only)
        except Exception as error:
            error.add_note(f"While drawing:\n{traceback.format_exc()}")
            return "", error
    return _letters([note.message for note in notes]), None


def drawn(of: str, thing: object, folder: Path, only: Collection[str] | None) -> None:
    """Draw the charts of a thing in this process; all as in `Apart.draw`."""
    from sim.charts import catalogue

    charts = getattr(catalogue, of)(thing)
    charts.draw(folder, None if only is None else [name for name in charts.names if name in only])


def _sent(done: Done) -> bytes:
    """What is sent of it; of what cannot be sent, its words."""
    letters, error = done
    try:
        content = pickle.dumps(done)
        pickle.loads(content)
    except Exception:
        return pickle.dumps((letters, SimError(f"charts: {type(error).__name__}: {error}")))
    return content


def _letters(notes: Sequence[Warning | str]) -> str:
    return "".join(note.letters for note in notes if isinstance(note, MissingLetters))
