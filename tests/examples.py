"""How many examples hypothesis tries: a share in everyday runs, all of them with `THOROUGH=1`."""

from __future__ import annotations

import os

import pytest

THOROUGH = bool(os.environ.get("THOROUGH"))
"""Whether everything is tried, however long it takes."""
thorough = pytest.mark.skipif(not THOROUGH, reason="takes long: THOROUGH=1 make test has it")

SHARE = 0.125


def examples(number: int) -> int:
    """So many of `number` examples as this run can afford."""
    return number if THOROUGH else max(1, round(SHARE * number))
