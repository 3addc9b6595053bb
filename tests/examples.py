"""How many examples hypothesis tries: a share in everyday runs, all of them with `THOROUGH=1`."""

from __future__ import annotations

import os

SHARE = 0.25


def examples(number: int) -> int:
    """So many of `number` examples as this run can afford."""
    return number if os.environ.get("THOROUGH") else max(1, round(SHARE * number))
