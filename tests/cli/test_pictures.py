"""Charts that commands draw: by a process of their own, so that this one never loads what draws them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CODE = """
import json, sys
from sim.cli.main import sim
for asked in json.loads(sys.argv[1]):
    sim(asked, standalone_mode=False)
    print(asked[0], "matplotlib" in sys.modules, file=sys.stderr)
"""


def test_the_process_of_a_command_does_not_load_what_draws(tmp_path: Path) -> None:
    small = ("--runs", "20", "--quiet")
    asked = (
        ("run", "honduras-2021", *small, "--no-charts", "--to", "result"),
        ("explain", "result", "--state", "HND", *small),
        ("sweep", "honduras-2021", "--vary", "washington.attention=0,1", *small),
        ("backtest", "--origins", "2024:2024", *small),
        ("fit", "--out", "."),
    )
    call = [sys.executable, "-c", CODE, json.dumps(asked)]
    done = subprocess.run(call, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr.splitlines()[-len(asked) :] == [f"{command} False" for command, *_ in asked]
    drawn = {path.stem for path in tmp_path.rglob("*.png")}
    assert drawn >= {"count", "waterfall", "forecasts", "price"}
