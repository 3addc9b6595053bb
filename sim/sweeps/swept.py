"""A finished sweep: its folder, what it says of itself, and its tables by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import results
from sim.atlas import states
from sim.results.manifests import SWEEP
from sim.results.result import further, with_agents
from sim.results.table import BLANK, MONTH, NUMBER, TEXT, WHOLE, Columns, Parquet, month_ends
from sim.scenario import given_in_words
from sim.scenario.schema import LONGEST_MONTHS
from sim.shown import Shown
from sim.sweeps.outcomes import COUNTED, outcome_column, states_in
from sim.sweeps.tables import COUNTS, POINTS
from sim.words import listed_briefly, many

if TYPE_CHECKING:
    import pandas as pd

_COUNTS: Columns = {"point": WHOLE, "month": MONTH, "tie": TEXT, "count": WHOLE, "share": NUMBER}


@dataclass(frozen=True, repr=False)
class SweepResult(Shown):
    """A finished sweep: its folder, and what it says of itself."""

    folder: Path
    manifest: Mapping[str, Any]

    def __repr__(self) -> str:
        varied = listed_briefly([str(one["path"]) for one in self.manifest["varied"]])
        points = f"{many(self.manifest['points'], 'point')} of {many(self.manifest['runs'], 'run')}"
        return f"<SweepResult of {self.name} over {varied}: {points}, seed {self.manifest['seed']}, in {self.folder}>"

    @classmethod
    def read(cls, folder: str | Path) -> SweepResult:
        """A sweep from its folder. Raises ResultError where it is missing, incomplete or damaged."""
        folder = Path(folder)
        return cls(folder, results.check(folder, SWEEP, pictures=False))

    @cached_property
    def columns(self) -> Parquet:
        """`points.parquet` as columns. Raises ResultError where they are not those of this sweep."""
        points = self.manifest["points"]
        varied: dict[str, str] = {}
        for one in self.manifest["varied"]:
            values = one.get("values") or [one.get("low")]
            varied[one["path"]] = TEXT if isinstance(values[0], str) else NUMBER
        done = {} if self.manifest["failed"] == points else {"first_month": TEXT, **dict.fromkeys(COUNTED, BLANK)}
        varied |= dict.fromkeys(self.labels, TEXT)
        return Parquet(self.folder / POINTS, {"point": WHOLE, **varied, "error": TEXT, **done}, points, outcome_column)

    @property
    def labels(self) -> list[str]:
        """Columns that say something of the points and vary nothing."""
        return list(self.manifest.get("labels") or ())

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"]["scenario"]["name"])

    @property
    def title(self) -> str:
        """Title of the scenario, with agents that are one's own."""
        own = self.manifest.get("agents")
        return with_agents(str(self.manifest["scenario"]["scenario"]["title"]), None if own is None else own["name"])

    def points(self) -> pd.DataFrame:
        """One row per point: what was varied, `error`, and the outcomes at the end; `first_month` as its last day."""
        frame: pd.DataFrame = self.columns.arrow().to_pandas()
        if "first_month" in frame:
            frame["first_month"] = month_ends(self.columns["first_month"]).astype("datetime64[ms]")
        return frame

    def counts(self) -> pd.DataFrame:
        """One row per point, month, tie and count: the share of runs with that count."""
        most = self.manifest["points"] * (LONGEST_MONTHS + 1) * 2 * 256
        return Parquet(self.folder / COUNTS, _COUNTS, most).frame()

    def document(self) -> dict[str, Any]:
        """What charts read."""
        manifest, columns = self.manifest, self.columns
        header = manifest["scenario"]["scenario"]
        done = [row for row, error in enumerate(columns["error"]) if error is None]
        return {
            "scenario": header["name"],
            "title": self.title,
            "given": given_in_words(manifest["scenario"]),
            "record": further(manifest["scenario"]),
            "runs": manifest["runs"],
            "seed": manifest["seed"],
            "design": manifest["design"],
            "end": str(header["end"])[:7],
            "points": manifest["points"],
            "done": manifest["points"],
            "failed": manifest["points"] - len(done),
            "varied": [
                {
                    "path": varied["path"],
                    "values": sorted({value for value in columns[varied["path"]] if value is not None}),
                    "is_date": any(isinstance(value, str) for value in columns[varied["path"]]),
                }
                for varied in manifest["varied"]
            ],
            "states": {code: states()[code].name for code in states_in(columns)},
            "at_start": manifest["members"],
            "count_at_start": sum(side == "taipei" for side in manifest["members"].values()),
            "reference": manifest["reference"],
            "against": manifest["against"],
            "columns": columns,
            "labels": self.labels,
        }


Swept = SweepResult
"""The earlier name, for one version."""
