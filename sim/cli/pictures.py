"""How commands draw the charts of a result and write its page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.results import Result


def draw(result: Result, folder: Path) -> None:
    """Draw the charts of a result into a folder."""
    from sim.charts.catalogue import of_result

    of_result(result).draw(folder)


def page(threads: int | None, tell: Callable[[str], object] | None = None) -> Callable[[Result, Path], None]:
    """What writes the page of a result into a file; tell : is told what takes long."""

    def write(result: Result, file: Path) -> None:
        from sim.model.compiled import is_compiled
        from sim.report import write_page

        if tell is not None and not is_compiled():  # after the Mesa model: the page runs the scenario again
            tell("compiling the model: once, up to a minute")
        write_page(result, file, threads=threads)

    return write
