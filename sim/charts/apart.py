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
from typing import IO, BinaryIO, NoReturn

from sim.errors import SimError
from sim.letters import MissingLetters

Job = tuple[str, bytes, Path, Collection[str] | None]
"""The function of the catalogue that has the charts; the thing they are of, pickled; the folder they go into; names."""
Done = tuple[str, BaseException | None]
"""Letters that no font has; what went wrong."""


class Drawer:
    """A process that draws one thing after the other."""

    def __init__(self, jobs: IO[bytes], answers: IO[bytes]) -> None:
        """jobs : what it reads; answers : what it writes."""
        self._jobs, self._answers = jobs, answers
        self._waiting = 0

    def draw(self, of: str, thing: object, folder: Path, only: Collection[str] | None = None) -> None:
        """Have the charts of a thing drawn into a folder, as PNG and SVG; does not wait for it.

        of : the name of the function of the catalogue that has the charts of such things
        only : names of charts: those of them that the thing has; None for those that are usual
        """
        job: Job = (of, pickle.dumps(thing), folder.absolute(), only)
        with _alive():
            pickle.dump(job, self._jobs)
            self._jobs.flush()
        self._waiting += 1

    def wait(self) -> None:
        """Wait until all charts are there. Raises what drawing one of them raised."""
        while self._waiting:
            with _alive():
                letters, error = pickle.load(self._answers)
            self._waiting -= 1
            if letters:
                warnings.warn(MissingLetters(letters), stacklevel=2)
            if error is not None:
                raise error


@contextmanager
def _alive() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError, pickle.UnpicklingError) as error:
        raise SimError("charts: the process that draws them has ended") from error


class Apart(Drawer):
    """A process of its own, which draws until it is ended."""

    def __init__(self) -> None:
        """Start it; it loads what it needs meanwhile."""
        begin = f"import sys; sys.path[:] = {sys.path!r}; from sim.charts.apart import work; work()"
        # A session of its own: an interruption from the keyboard is told to this process, which ends that one.
        self._process = subprocess.Popen(
            [sys.executable, "-c", begin],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # so that it has no other thread where it forks
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        super().__init__(self._process.stdin, self._process.stdout)
        atexit.register(self.end)

    def end(self) -> None:
        """End the process, whatever it is at, and the one that helps it: that has the same standard output."""
        atexit.unregister(self.end)
        self._process.kill()
        with suppress(OSError):
            self._process.communicate()


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
        _load()
        gc.freeze()  # what is loaded stays: it is neither looked through again nor, once forked, copied for that
        _serve(sys.stdin.buffer, answers, _second())


def _second() -> Drawer | None:
    """A second process with all that this one has loaded, which ends with it; None where there is no core for it.

    Only Linux forks safely what has loaded so much.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return None
    (take, send), (hear, answer) = os.pipe(), os.pipe()
    if os.fork():
        os.close(take)
        os.close(answer)
        return Drawer(os.fdopen(send, "wb"), os.fdopen(hear, "rb"))
    try:
        os.close(send)
        os.close(hear)
        _serve(os.fdopen(take, "rb"), os.fdopen(answer, "wb"), None)
    finally:
        os._exit(1)


def _serve(source: BinaryIO, answers: BinaryIO, second: Drawer | None) -> NoReturn:
    """Draw what a source brings, and answer; where the source ends, end."""
    jobs: SimpleQueue[Job] = SimpleQueue()
    Thread(target=_take, args=(source, jobs), daemon=True).start()
    while True:
        answer = _sent(_done(jobs.get(), second))
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


def _done(job: Job, second: Drawer | None) -> Done:
    of, thing, folder, only = job
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingLetters)
        try:
            drawn(of, pickle.loads(thing), folder, only, second)
        except Exception as error:
            error.add_note(f"While drawing:\n{traceback.format_exc()}")
            return "", error
    return _letters([note.message for note in notes]), None


def drawn(of: str, thing: object, folder: Path, only: Collection[str] | None, second: Drawer | None = None) -> None:
    """Draw the charts of a thing in this process, every other one in a second; all as in `Drawer.draw`."""
    from sim.charts import catalogue

    charts = getattr(catalogue, of)(thing)
    names = (charts.usual or charts.names) if only is None else [name for name in charts.names if name in only]
    if second is None or len(names) < 2:
        charts.draw(folder, names)
        return
    second.draw(of, thing, folder, names[1::2])
    try:
        charts.draw(folder, names[::2])
    finally:
        second.wait()


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
