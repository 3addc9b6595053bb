"""Reference results of the shipped scenarios, kept in git: `make results` writes them, a test compares them.

Not a command of `sim`: run as `python -m sim.cli.reference [FOLDER]`.
"""

from __future__ import annotations

import sys
from pathlib import Path

README_SCENARIO = "honduras-2021"
FOLDER = Path("results") / "reference"


def write_reference(folder: Path, charts: bool = True) -> list[Path]:
    """Run every shipped scenario with its own runs and seed; write `summary.csv` and `states.csv` of each.

    charts : also draw the count chart that the README shows
    """
    from sim.charts import draw_all
    from sim.results import write_csv
    from sim.runs.run import Request, simulate
    from sim.scenario import load, shipped

    written = []
    for name in shipped():
        loaded = load(name)
        header = loaded.scenario.scenario
        result = simulate(Request(loaded, header.runs, header.seed))
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        write_csv(result.summary_columns, place / "summary.csv")
        write_csv(result.states_columns, place / "states.csv")
        written += [place / "summary.csv", place / "states.csv"]
        if charts and name == README_SCENARIO:
            written += draw_all(result, folder, only=("count",), formats=("png",))
    return written


if __name__ == "__main__":
    for path in write_reference(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)
