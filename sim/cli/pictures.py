"""How commands draw charts and write the page of a result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sim.results import Result


class Drawing(Protocol):
    """Draws the charts of a thing into a folder: `only` those of these names that it has, or those that are usual."""

    def __call__(self, thing: Any, folder: Path, only: Collection[str] | None = None) -> None: ...


def drawing(of: str, wanted: bool) -> Drawing:
    """What draws the charts of a thing, as `meanwhile` does, and waits until they are there."""
    begin = meanwhile(of, wanted)

    def draw(thing: Any, folder: Path, only: Collection[str] | None = None) -> None:
        with begin(thing, folder, only):
            pass

    return draw


def meanwhile(of: str, wanted: bool) -> Callable[..., AbstractContextManager[None]]:
    """What draws the charts of a thing as a `Drawing` does, while what is in the `with` goes on.

    A process of its own draws them. A command asks for it first of all: where charts are wanted the process starts at
    once, and loads what it needs while this one does; a mistake in the request starts it in vain.
    of : the name of the function of the catalogue that has the charts of such things
    """
    if wanted:
        from sim.charts.apart import get_ready

        get_ready()

    @contextmanager
    def draw(thing: Any, folder: Path, only: Collection[str] | None = None) -> Iterator[None]:
        from sim.charts.apart import apart

        with apart() as process:
            process.draw(of, thing, folder, only)
            yield

    return draw


def names_of(of: str, thing: Any) -> Callable[[], Sequence[str]]:
    """What names the charts of a thing; of : as in `drawing`."""

    def names() -> Sequence[str]:
        from sim.charts import catalogue

        return getattr(catalogue, of)(thing).names

    return names


def page(threads: int | None, tell: Callable[[str], object] | None = None) -> Callable[[Result, Path], None]:
    """What writes the page of a result into a file; tell : called with a note before what takes long."""

    def write(result: Result, file: Path) -> None:
        from sim.model.compiled import is_compiled
        from sim.report import write_page

        runs_again = result.agents is None  # the page runs the scenario again, after the Mesa model too
        if tell is not None and runs_again and not is_compiled():
            tell("compiling the model: once, up to a minute")
        write_page(result, file, threads=threads)

    return write
