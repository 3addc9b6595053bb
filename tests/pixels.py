"""Charts of few pixels, or of none, for the many tests that look at none: drawing them is quicker."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


class _Here:
    """Draws at once and in this process what a command would have drawn by one of its own."""

    def draw(self, of: str, thing: Any, folder: Path, only: Collection[str] | None = None) -> None:
        from sim.charts.apart import drawn

        drawn(of, thing, folder, only)


@contextmanager
def _here() -> Iterator[_Here]:
    yield _Here()


@contextmanager
def _figures_of(kind: type) -> Iterator[pytest.MonkeyPatch]:
    """While it lasts figures are of this kind, and commands draw in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.charts.style.Drawing", kind)
        patch.setattr("sim.charts.apart.apart", _here)
        patch.setattr("sim.charts.apart.get_ready", lambda: None)
        yield patch


@contextmanager
def few_pixels() -> Iterator[None]:
    """While it lasts, this process draws with 40 dots an inch, and the same figure still gives the same bytes."""
    from tests import sketch

    with _figures_of(sketch.Drawing.__mro__[1]) as patch:
        patch.setattr("sim.charts.style.DPI", 40)
        yield


@contextmanager
def sketches() -> Iterator[None]:
    """While it lasts, figures are made as ever, but a PNG or SVG of one only holds the words on it.

    So other words still give other bytes, and the same figure the same. `few_pixels` within it draws again.
    """
    from tests import sketch

    with _figures_of(sketch.Drawing):
        yield
