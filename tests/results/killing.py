"""Kill work at each step it takes on disk, and see what is left: `python -m tests.results.killing PLACE PIECE ...`.

Every piece runs in a child of its own, which an audit hook ends without any goodbye at its n-th rename, removal or new
folder below the place looked at. The parent has no thread left when it forks, and touches nothing but to import and
to load the kernel where a piece needs them, so that its children need not each do so again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sim.results.folder import DATA, check, found_or_made
from sim.results.moving import _MARK, _STAGE

RENAMES = ("os.rename",)
STEPS = (*RENAMES, "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")
KILLED = 99
Tree = dict[str, str]
UNMARKED = re.compile(_STAGE.format("[0-9a-f]{12}"))


def in_child(work: Callable[[], object], place: Path, kill_at: int = 0, at: tuple[str, ...] = STEPS) -> int:
    """Do some work in a child process; the status with which it ends, `KILLED` where it was killed."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status, steps = 0, 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        if event in at and str(arguments[0]).startswith(str(place)):
            steps += 1
            if steps == kill_at:
                os._exit(KILLED)

    sys.addaudithook(hook)
    try:
        work()
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        status = 1
    os._exit(status)


def tree(place: Path) -> Tree:
    """Every file below a place with what is in it, less what a manifest says outside its digests.

    A folder of ours that was not yet marked, or no more, has nothing in it, and is left alone.
    """
    found = {}
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.name != f"{_MARK}.new":
            content = path.read_bytes().hex()
            if path.name == "manifest.json":
                manifest = json.loads(path.read_bytes())
                content = json.dumps({**manifest, "outside": None})
            found[path.relative_to(place).as_posix()] = content
        elif path.is_dir() and not any(path.iterdir()) and not UNMARKED.fullmatch(path.name):
            found[path.relative_to(place).as_posix()] = "an empty folder"
    return found


def kills(
    place: Path,
    before: Callable[[Path], object],
    work: Callable[[Path], object],
    look: Callable[[Path], object],
    at: tuple[str, ...] = STEPS,
) -> None:
    """Kill `work` at each of its steps; look at what is left; do it again. AssertionError where anything is lost.

    before : prepares a place, and puts the user's own files there
    look : whether what had been finished before can still be read; raises where it cannot
    """
    start, whole, again = place / "start", place / "whole", place / "again"
    start.mkdir(parents=True)
    assert in_child(lambda: before(start), start) == 0
    shutil.copytree(start, whole)
    assert in_child(lambda: work(whole), whole) == 0
    wanted, old = tree(whole), tree(start)
    step = 0
    while True:
        step += 1
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(start, again)
        status = in_child(lambda: work(again), again, step, at)
        if status == 0:
            break
        assert status == KILLED, (step, status)
        assert {name: old[name] for name in old if "mine" in name} == {
            name: content for name, content in tree(again).items() if "mine" in name
        }, step
        assert in_child(lambda: look(again), again) == 0, f"killed at step {step}, what was there cannot be read"
        assert in_child(lambda: work(again), again) == 0, f"killed at step {step}, the same again fails"
        found = tree(again)
        assert found == wanted, (step, sorted(found.keys() ^ wanted.keys()))
    assert step > 2
    print(step - 1)


# --- Pieces of work


def fitted(place: Path, id: str, title: str, *more: str, own: bool = True) -> None:
    """A small folder of ours, made without a model."""
    said = {"kind": "fit", "id": id * 16, "as_of": title}

    def make(stage: Path, todo: object) -> dict[str, object]:
        for name in ("states.csv", "fit.json", *more):
            (stage / name).parent.mkdir(exist_ok=True)
            (stage / name).write_text(f"{name} of {id} {title}", "utf-8")
        return {**said, "outside": {}}

    found_or_made(place / "a" / "fit", said, (DATA, *more) if more else (), make, own)


def mine(place: Path) -> None:
    """Files of the user's, inside our folder and beside it."""
    (place / "a" / "fit" / "mine.txt").write_text("mine", "utf-8")
    (place / "a" / ".mine.old").mkdir()
    (place / "a" / ".mine.old" / "mine").write_text("mine", "utf-8")
    (place / "a" / ".mine.0123456789ab.partial").mkdir()
    (place / "a" / ".mine.0123456789ab.partial" / "mine").write_text("mine", "utf-8")


def look(place: Path) -> None:
    check(place / "a" / "fit")


def replaced(place: Path) -> None:
    """A folder that says something else, with other files."""
    kills(
        place,
        lambda at: (fitted(at, "1", "2020-01-01", "charts/one.png", "charts/two.png"), mine(at)),
        lambda at: fitted(at, "2", "2021-01-01", "charts/two.png", "charts/three.png"),
        look,
    )


def added(place: Path) -> None:
    """A part more."""
    kills(
        place,
        lambda at: (fitted(at, "1", "2020-01-01"), mine(at)),
        lambda at: fitted(at, "1", "2020-01-01", "charts/one.png"),
        look,
    )


def new(place: Path) -> None:
    """A folder where there was none."""
    kills(place, lambda at: None, lambda at: fitted(at, "1", "2020-01-01", "charts/one.png"), lambda at: None)


def warm(place: Path) -> None:
    """Import what the commands import, and load the kernel, by a sweep and a run of which nothing is kept."""
    if "sim.cli.main" in sys.modules:
        return
    for work in (sweep, lambda at: sim("run", "honduras-2021", *QUICK, "--out", at)):
        with suppress(SystemExit):
            work(place)
    shutil.rmtree(place)
    left = threading.enumerate()
    assert left == [threading.main_thread()], left


def sim(*arguments: object) -> None:
    from sim.cli.main import main

    main([str(argument) for argument in arguments])


QUICK = ("--runs", "20", "--threads", "1", "--no-charts", "--quiet")


def sweep(place: Path, *options: str) -> None:
    sim("sweep", "honduras-2021", "--vary", "washington.attention=0,1", *QUICK, "--out", place, *options)


def swept(place: Path) -> None:
    """A sweep from nothing: what is finished is never told as unfinished again."""

    def finished(at: Path) -> None:
        for folder in at.glob("sweep/*/" + 16 * "[0-9a-f]"):
            sim("verify", folder, "--quiet")

    warm(place / "warm")
    kills(place, lambda at: None, sweep, finished, RENAMES)


def retitled(place: Path) -> None:
    """A finished sweep and a result under another title, with the user's notes in them."""
    run = ("run", "honduras-2021", *QUICK, "--out")

    def before(at: Path) -> None:
        with_both(at)
        for folder in ours(at):
            (folder / "mine.txt").write_text("mine", "utf-8")

    def ours(at: Path) -> list[Path]:
        found = [*at.glob("sweep/*/[!.]*"), *at.glob("honduras-2021/[!.]*")]
        assert len(found) == 2
        return found

    def with_both(at: Path, *options: str) -> None:
        for work in (lambda: sweep(at, *options), lambda: sim(*run, at, *options)):
            with suppress(SystemExit):
                work()

    def look(at: Path) -> None:
        for folder in ours(at):
            check(folder)

    warm(place / "warm")
    kills(place, before, lambda at: with_both(at, "--set", "scenario.title=Other"), look, RENAMES)


if __name__ == "__main__":
    PIECES = {piece.__name__: piece for piece in (replaced, added, new, swept, retitled)}
    place = Path(sys.argv[1])
    fitted(place / "warm", "1", "2020-01-01", "charts/one.png")  # loads what a child would load, each anew
    look(place / "warm")
    for name in sys.argv[2:]:
        PIECES[name](place / name)
