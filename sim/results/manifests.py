"""What folders of ours can be: each kind with the files it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.results.schemas import Manifest

FORMAT = 3
"""Version of the layout of folders."""


@dataclass(frozen=True)
class Kind:
    """What a folder of ours can be."""

    name: str
    data: tuple[str, ...]
    """Files it has in any case, which nothing but its id decides: tables of numbers."""
    more: tuple[str, ...] = ()
    """Further such files that it may have."""
    later: tuple[str, ...] = ()
    """Such files that this version writes in any case; what older ones wrote is read without them."""
    document: str = ""
    """A file it has in any case, and which shows what the manifest says, like pictures and pages."""
    again: str = "run its command again"
    """What to do where it is damaged."""
    silent: tuple[str, ...] = ()
    """Keys of its own manifest that pictures and pages do not show."""

    @property
    def schema(self) -> type[Manifest]:
        """What its manifest is checked against."""
        from sim.results.schemas import SCHEMAS

        return SCHEMAS[self.name]

    @property
    def whole(self) -> tuple[str, ...]:
        """Files without which it is not whole."""
        return (*self.data, self.document) if self.document else self.data

    @property
    def numbers(self) -> tuple[str, ...]:
        """Files that show nothing of what a manifest says in words."""
        return (*self.data, *self.later, *self.more)

    def shown(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """What pictures and pages show of a manifest: what is of its kind alone."""
        from sim.results.schemas import Manifest

        return {key: value for key, value in manifest.items() if key not in (*Manifest.model_fields, *self.silent)}


RESULT = Kind(
    "result",
    ("trajectories.parquet", "events.parquet", "summary.csv", "states.csv", "talks.parquet", "draws.parquet"),
    ("ledger.parquet",),
    later=("outcomes.csv", "answers.csv", "accounts.csv"),
    again="run the scenario again",
)
SWEEP = Kind("sweep", ("points.parquet", "counts.parquet"), again="run the sweep again")
COMPARISON = Kind(
    "comparison",
    ("count.csv", "states.csv", "instead.csv", "swaps.csv"),
    document="compare.json",
    again="compare again",
)
SENSITIVITY = Kind("sensitivity", ("indices.csv", "points.csv"), document="sensitivity.json")
EXPLANATION = Kind("explanation", (), document="explain.json", again="explain again", silent=("drawn",))
BACKTEST = Kind(
    "backtest",
    ("scores.csv", "counts.csv", "distribution.csv", "chances.csv"),
    ("differences.csv", "calibration.csv", "departures.csv"),
    document="backtest.json",
)
FIT = Kind(
    "fit",
    ("states.csv",),
    (*(f"{tie}_{table}.csv" for tie in ("leaving", "returning") for table in ("effects", "events")), "prices.csv"),
    document="fit.json",
    again="fit again",
)
PATTERNS = Kind("patterns", ("patterns.csv",), document="patterns.json", again="read the patterns again")
ABLATION = Kind("ablation", ("count.csv", "states.csv"), document="ablation.json", again="ablate again")
KINDS = {
    kind.name: kind for kind in (RESULT, SWEEP, COMPARISON, SENSITIVITY, EXPLANATION, BACKTEST, FIT, PATTERNS, ABLATION)
}
