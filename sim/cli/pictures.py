"""How commands draw charts and write the page of a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.results import Result


def drawing(name: str) -> Callable[[Any, Path], None]:
    """What draws all charts of a thing into a folder; the catalogue is loaded when the first is drawn.

    name : of the function of the catalogue that has the charts of such things
    """

    def draw(thing: Any, folder: Path) -> None:
        from sim.charts import catalogue

        getattr(catalogue, name)(thing).draw(folder)

    return draw


def names_of(name: str, thing: Any) -> Callable[[], Sequence[str]]:
    """What names the charts of a thing; name : of the function of the catalogue, as in `drawing`."""

    def names() -> Sequence[str]:
        from sim.charts import catalogue

        return getattr(catalogue, name)(thing).names

    return names


@contextmanager
def draw(result: Result, folder: Path) -> Iterator[None]:
    """Draw the charts of a result into a folder; they are being drawn while what is in the `with` goes on."""
    from sim.charts.apart import apart

    with apart() as process:
        process.draw("of_result", result, folder)
        yield


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
