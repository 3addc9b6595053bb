"""Charts of few pixels, or of none, for the many tests that look at none: drawing them is quicker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def few_pixels() -> Iterator[None]:
    """While it lasts, this process draws with 40 dots an inch, and the same figure still gives the same bytes."""
    from tests import sketch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.charts.style.Drawing", sketch.Drawing.__base__)
        patch.setattr("sim.charts.style.DPI", 40)
        yield


@contextmanager
def sketches() -> Iterator[None]:
    """While it lasts, figures are made as ever, but a PNG or SVG of one only holds the words on it.

    So other words still give other bytes, and the same figure the same. `few_pixels` within it draws again.
    """
    from tests import sketch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.charts.style.Drawing", sketch.Drawing)
        yield
