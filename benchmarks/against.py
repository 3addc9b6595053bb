"""Whole commands here and in another checkout, in alternating pairs: `python -m benchmarks.speed --against FOLDER`."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAIRS = 5

COMMANDS = (
    ("help", "--help"),
    ("list", "list"),
    ("validate", "validate honduras-2021"),
    ("history", "history"),
    ("run", "run honduras-2021 --to {new}"),
    ("run_no_charts", "run honduras-2021 --no-charts --to {new}"),
    ("run_no_charts_1000_runs", "run honduras-2021 --no-charts --runs 1000 --to {new}"),
    ("run_no_charts_100000_runs", "run honduras-2021 --no-charts --runs 100000 --to {new}"),
    ("sweep_200_points_of_20_runs", "sweep honduras-2021 --vary washington.attention=0:3:200 --runs 20 --to {new}"),
    ("explain", "explain {run} --state HND --to {new}"),
    ("sensitivity", "sensitivity honduras-2021 --outcome left:HND --to {new}"),
    ("backtest", "backtest --to {new}"),
)
"""Name and arguments of each command; {new} is a folder of its own, {run} one that `sim run honduras-2021` wrote."""
MILLION = ("run_no_charts_1000000_runs", "run honduras-2021 --no-charts --runs 1000000 --to {new}")
ENGINES = (("kernel", "compiled 20000"), ("mesa", "mesa 60"), ("compile", "compile"))
"""Name and arguments for `engine.py`; `compile` has an empty cache each time."""
NAMES = tuple(name for name, _ in (*COMMANDS, MILLION, *ENGINES))


class Checkout:
    """A tree of the project, with a cache of its own, in which commands run."""

    def __init__(self, tree: Path, room: Path) -> None:
        self.tree, self.room = tree.resolve(strict=True), room
        self.room.mkdir()
        self.number = 0

    def new(self) -> str:
        """A folder that is not there yet."""
        self.number += 1
        return str(self.room / str(self.number))

    def python(self, *arguments: str, cache: str = "cache") -> str:
        """What Python prints that imports this tree; its work is done in the checkout's own folder."""
        environment = os.environ | {"PYTHONPATH": str(self.tree), "NUMBA_CACHE_DIR": str(self.room / cache)}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.room, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def warm(self) -> None:
        """Compile, and write the result that is explained."""
        self.python("-m", "sim", "run", "honduras-2021", "--to", "run")

    def command(self, arguments: str) -> dict[str, float]:
        """Costs of `sim` with these arguments."""
        filled = arguments.format(new=self.new(), run="run").split()
        return json.loads(self.python(str(HERE / "meter.py"), sys.executable, "-m", "sim", *filled))

    def engine(self, arguments: str) -> dict[str, float]:
        """What `engine.py` measures."""
        cache = self.new() if arguments == "compile" else "cache"
        return json.loads(self.python(str(HERE / "engine.py"), *arguments.split(), cache=cache))

    def commit(self) -> str:
        """Its commit, short."""
        said = subprocess.run(
            ["git", "-C", str(self.tree), "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, text=True
        )
        return said.stdout.strip()


def measure(tree: Path, pairs: int = PAIRS, only: Sequence[str] = (), million: bool = False) -> dict[str, Any]:
    """Every row of the table, by name: medians before (in `tree`) and after (here), and the ratio pair by pair.

    only : names of rows, all if empty; the million runs (one pair) only if they are asked for
    """
    with tempfile.TemporaryDirectory() as room:
        before, after = Checkout(tree, Path(room, "before")), Checkout(HERE.parent, Path(room, "after"))
        before.warm()
        after.warm()
        rows: dict[str, Any] = {"commits": {"before": before.commit(), "after": after.commit()}}
        for name, arguments, times in _rows(pairs, only, million):
            costs = []
            for pair in range(times):
                sides = (before, after) if pair % 2 == 0 else (after, before)
                measured = {
                    side: side.engine(arguments) if (name, arguments) in ENGINES else side.command(arguments)
                    for side in sides
                }
                costs.append((measured[before], measured[after]))
            rows[name] = {"arguments": arguments, "pairs": times} | {
                unit: _compared(costs, unit) for unit in costs[0][0]
            }
            print(_line(name, rows[name]), flush=True)
    return rows


def _rows(pairs: int, only: Sequence[str], million: bool) -> Iterator[tuple[str, str, int]]:
    for name, arguments in (*COMMANDS, *ENGINES):
        if not only or name in only:
            yield name, arguments, pairs
    if million or MILLION[0] in only:
        yield *MILLION, 1


def _compared(costs: list[tuple[dict[str, float], dict[str, float]]], unit: str) -> dict[str, Any]:
    before, after = ([side[unit] for side in sides] for sides in zip(*costs, strict=True))
    ratios = [new / old for old, new in zip(before, after, strict=True)]
    return {
        "before": round(statistics.median(before), 3),
        "after": round(statistics.median(after), 3),
        "ratio": round(statistics.median(ratios), 3),
        "low": round(min(ratios), 3),
        "high": round(max(ratios), 3),
    }


def _line(name: str, row: dict[str, Any]) -> str:
    parts = [
        f"{unit} {part['before']:,.2f} -> {part['after']:,.2f} ({part['ratio']:.2f}x)"
        for unit, part in row.items()
        if unit not in ("arguments", "pairs")
    ]
    return f"{name:<36}{'; '.join(parts)}"
