"""Charts of few pixels, for the many tests that look at none: drawing them is quicker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def few_pixels() -> Iterator[None]:
    """While it lasts, this process draws with 40 dots an inch, and the same figure still gives the same bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.charts.style.DPI", 40)
        yield
