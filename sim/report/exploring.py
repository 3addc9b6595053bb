"""What an explorable page shows of one setting of its levers, in words and numbers, and the parts of the page itself.

The page of a sweep holds one view per point; `sim explore` makes them while the levers move. Both are drawn by the same
script, which is given texts and numbers and decides nothing about them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from sim.results.tables import Paired
from sim.scenario.language import meaning
from sim.words import between, beyond_luck, percent, share, with_error

TEMPLATES = Path(__file__).parent / "templates"
AS_IT_IS = "the scenario as it is"
BANDS = ("q05", "q25", "q75", "q95")
"""Columns of the bands, beside the mean."""
_SIGNED_ZERO = re.compile(r"^[+−](?=0\.0* )")
"""The sign of a difference that is printed as zero."""
_DAY_ZERO = date(1970, 1, 1)


class Shares(NamedTuple):
    """In which shares of the runs, 0 to 1, the count at the end is below that of the same run of the baseline."""

    fewer: float
    same: float
    more: float


class Chance(NamedTuple):
    """The chance of one tie to have changed by the end, and its difference from the baseline."""

    p: float
    """0 to 1."""
    change: Paired | None
    """Run by run, -1 to 1; None for the baseline itself."""


# --- one setting of the levers


def view(
    summary: Mapping[str, Sequence[Any]],
    end: str,
    change: Paired | None,
    shares: Shares | None,
    chances: Mapping[str, Chance],
    hosts: Mapping[str, Chance],
    against: str = AS_IT_IS,
) -> dict[str, Any]:
    """What the script draws of one setting.

    summary : columns `mean` and those of `BANDS`, one value per month, states
    end : `the end of May 2031`; against : what the baseline is called
    change, shares : of the count at the end, run by run; None where this is the baseline, shares also where not kept
    chances, hosts : by code; of states that are not with Taipei at the start the chance to have come to it
    """
    low, high = (float(summary[name][-1]) for name in ("q05", "q95"))
    return {
        "sentence": sentence(float(summary["mean"][-1]), low, high, end, change, shares, against),
        "mean": f"{float(summary['mean'][-1]):.1f}",
        "fan": [[round(float(value), 2) for value in summary["mean"]], *([int(v) for v in summary[q]] for q in BANDS)],
        "states": {code: _cells(chance) for code, chance in chances.items()},
        "hosts": {code: _cells(chance) for code, chance in hosts.items()},
    }


def sentence(
    mean: float, low: float, high: float, end: str, change: Paired | None, shares: Shares | None, against: str
) -> str:
    """The count at the end and what the levers change in it, said no more firmly than its error allows."""
    text = f"On average {mean:.1f} states recognise Taipei by {end}; 90 % of the runs end with {between(low, high)}. "
    if change is None:
        return f"{text}This is {against}."
    if shares is not None and shares.same == 1.0:
        return f"{text}In every run the number is that of {against}."
    if beyond_luck(change.mean, change.mc):
        size = with_error(abs(change.mean), change.mc).removeprefix("+")
        text += f"That is {size} {'more' if change.mean > 0 else 'fewer'} than in {against}"
    else:
        text += f"No difference beyond chance from {against} ({with_error(change.mean, change.mc)})"
    if shares is None:
        return f"{text}."
    fewer, same, more = (share(part) for part in shares)
    return f"{text}: fewer states in {fewer} of the runs, as many in {same}, more in {more}."


def _cells(chance: Chance) -> list[Any]:
    """The chance, its text, that of the difference, and whether the difference is beyond chance (1) or not (0)."""
    p, change = chance
    if change is None:
        return [round(p, 4), f"{percent(p)} %", "", 0]
    if not change.mean and not change.mc:
        return [round(p, 4), f"{percent(p)} %", "0", 0]
    text = with_error(100 * change.mean, None if change.mc is None else 100 * change.mc)
    return [round(p, 4), f"{percent(p)} %", _SIGNED_ZERO.sub("", text), int(beyond_luck(change.mean, change.mc))]


# --- what all settings share


def day_number(day: date) -> int:
    """Days since the first day of 1970, as the script counts them."""
    return (day - _DAY_ZERO).days


def slider(path: str, name: str, stops: Sequence[float | str], texts: Sequence[str], own: int, **more: Any) -> Any:
    """One slider: where it can stop, what each stop is called, and which is the scenario's own."""
    return {
        "kind": "slider",
        "path": path,
        "name": name,
        "meaning": meaning(path),
        "stops": list(stops),
        "texts": list(texts),
        "own": own,
        **more,
    }


# --- the parts of a page


def script() -> Markup:
    """The script that draws and moves."""
    return Markup((TEMPLATES / "explore.js").read_text("utf-8"))


def style() -> Markup:
    """What is added to the style of every page."""
    return Markup((TEMPLATES / "explore.css").read_text("utf-8"))


def embedded(model: Mapping[str, Any]) -> Markup:
    """What the script reads, as JSON that may stand inside a script element."""
    text = json.dumps(model, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def digest_of(text: str) -> str:
    """The digest by which a policy allows one script inside a page: `sha256-...`."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
