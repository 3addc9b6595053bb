"""The speed table: one run, the same work, every engine in turn, several rounds; medians and ratios.

Run as `python -m benchmarks.speed [--out FILE]`; `make bench` does. Engines take turns within each round, so that a
machine that slows down slows all of them. `--against FOLDER` compares whole commands with another checkout instead.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from mesa.batchrunner import batch_run

from benchmarks import against, peer_c, peer_numpy
from benchmarks.floor import floor, nanoseconds
from sim.model.plan import Plan
from sim.model.world import World
from sim.runs.ensemble import run_ensemble
from sim.runs.sampling import Draws
from sim.runs.setup import Setup
from sim.scenario import load

HERE = Path(__file__).parent
ROUNDS = 7
COMPILED_RUNS, MESA_RUNS = 20_000, 60
HORIZONS = (12, 60)
"""Months at which the expected moves of each state are summed."""
DOES = {
    "compiled": "the kernel of `sim run`, one thread",
    "mesa": "the same with Mesa agents, to the bit",
    "mesa_batch_run": "that model, each month's count collected; no expected sums",
    "c": peer_c.DOES,
    "numpy": peer_numpy.DOES,
    "arithmetic_floor": "only the exponentials, logarithms, divisions and random blocks of a month of an earlier model",
}
"""What each row does, and what it leaves out."""
PYTHON_WORLD: dict[str, Any] = {}
"""Inputs of a batch-run model; `batch_run` passes only plain keywords."""


class BatchWorld(World):
    """The Mesa model as `mesa.batch_run` needs it: built from keywords, collecting data."""

    def __init__(self, run: int = 0, **_: object) -> None:
        plan: Plan = PYTHON_WORLD["plan"]
        draws: Draws = PYTHON_WORLD["draws"]
        super().__init__(draws.setting(plan, run // 20), seed=1, run=run)
        self.datacollector = mesa.DataCollector(model_reporters={"count": "count"})


def laid_out(months: int | None = None, states: int | None = None) -> Setup:
    """The work made ready to run, optionally with another horizon or a smaller roster."""
    overrides: dict[str, Any] = {}
    if months is not None:
        year, month = divmod(2021 * 12 + 11 + months, 12)
        overrides["scenario.end"] = f"{year}-{month + 1:02d}-01"
    if states is not None:
        gone = ["BLZ", "GTM", "HND", "HTI", "KNA", "LCA", "MHL", "NRU", "PLW", "PRY", "SWZ", "TUV", "VAT"][
            : 14 - states
        ]
        overrides |= {"roster.remove": gone, "expectations.count_at_start": states}
    return Setup.of(load(HERE / "work.toml", overrides), 1)


def timed(work: Callable[[], object], state_months: int) -> float:
    """Nanoseconds a state-month."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) / state_months * 1e9


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Every figure of the table."""
    setup = laid_out()
    plan, draws = setup.plan, setup.draws(COMPILED_RUNS)
    PYTHON_WORLD.update(plan=plan, draws=draws)
    size = len(plan.states) * len(plan.months)
    works: dict[str, tuple[Callable[[], object], int]] = {
        "compiled": (
            lambda: run_ensemble(plan, draws, 1, COMPILED_RUNS, horizons=HORIZONS, threads=1),
            COMPILED_RUNS * size,
        ),
        "compiled_two_threads": (
            lambda: run_ensemble(plan, draws, 1, COMPILED_RUNS, horizons=HORIZONS, threads=2),
            COMPILED_RUNS * size,
        ),
        "mesa": (lambda: run_ensemble(plan, draws, 1, MESA_RUNS, engine="mesa", horizons=HORIZONS), MESA_RUNS * size),
        "mesa_batch_run": (
            lambda: batch_run(
                BatchWorld, {"run": list(range(MESA_RUNS))}, data_collection_period=1, display_progress=False
            ),
            MESA_RUNS * size,
        ),
        "c": (lambda: peer_c.simulate(plan, draws, 1, COMPILED_RUNS, HORIZONS), COMPILED_RUNS * size),
        "numpy": (lambda: peer_numpy.simulate(plan, draws, 1, COMPILED_RUNS, HORIZONS), COMPILED_RUNS * size),
    }
    if peer_c.COMPILER is None:
        del works["c"]
    for work, _ in works.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in [*works, "arithmetic_floor"]}
    costs: list[dict[str, float]] = []
    for _ in range(rounds):
        for name, (work, state_months) in works.items():
            times[name].append(timed(work, state_months))
        costs.append(nanoseconds())
        times["arithmetic_floor"].append(floor(costs[-1]))
    return {
        "machine": {"cpus": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()},
        "work": {"states": len(plan.states), "months": len(plan.months), "compiled_runs": COMPILED_RUNS},
        "rows": [_row(name, times) for name in DOES],
        "two_threads": _ratio(times["compiled"], times["compiled_two_threads"]),
        "operations_ns": {name: round(statistics.median(c[name] for c in costs), 2) for name in costs[0]},
        "growth": growth(),
        "start": start(),
    }


def _row(name: str, times: dict[str, list[float]]) -> dict[str, Any]:
    if name not in times:
        return {"engine": name, "does": DOES[name], "skipped": "no C compiler (cc) is found"}
    return {
        "engine": name,
        "does": DOES[name],
        "ns_per_state_month": round(statistics.median(times[name]), 2),
        "low": round(min(times[name]), 2),
        "high": round(max(times[name]), 2),
        "ratio": _ratio(times[name], times["compiled"])["median"],
    }


def _ratio(numerators: list[float], denominators: list[float]) -> dict[str, float]:
    """Ratio round by round, so that both sides met the same machine."""
    ratios = [a / b for a, b in zip(numerators, denominators, strict=True)]
    return {"median": round(statistics.median(ratios), 3), "low": round(min(ratios), 3), "high": round(max(ratios), 3)}


def growth() -> list[dict[str, Any]]:
    """Nanoseconds a state-month on one thread as runs, states and months grow."""
    rows = []
    for runs, states, months in (
        (2_000, 14, 60),
        (20_000, 14, 60),
        (100_000, 14, 60),
        (20_000, 2, 60),
        (20_000, 7, 60),
        (20_000, 14, 12),
        (20_000, 14, 240),
    ):
        setup = laid_out(months, states)
        plan, draws = setup.plan, setup.draws(runs)
        size = runs * len(plan.states) * len(plan.months)

        def work(plan: Plan = plan, draws: Draws = draws, runs: int = runs) -> None:
            run_ensemble(plan, draws, 1, runs, threads=1)

        cost = statistics.median(timed(work, size) for _ in range(3))
        rows.append({"runs": runs, "states": states, "months": months, "ns_per_state_month": round(cost, 2)})
    return rows


def start() -> dict[str, float]:
    """Seconds of whole commands: help, a first run that compiles, and the same with the cache warm."""
    with tempfile.TemporaryDirectory() as room:
        environment = os.environ | {"NUMBA_CACHE_DIR": f"{room}/cache"}

        def command(*arguments: str) -> float:
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "sim", *arguments], check=True, env=environment, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            return time.perf_counter() - began

        run = ("run", "honduras-2021", "--out")
        cold = command(*run, f"{room}/cold")
        warm = [command(*run, f"{room}/warm{k}") for k in range(3)]
        return {
            "help_s": round(statistics.median(command("--help") for _ in range(5)), 3),
            "cold_10000_runs_s": round(cold, 2),
            "warm_10000_runs_s": round(statistics.median(warm), 2),
            "warm_without_charts_s": round(command(*run, f"{room}/bare", "--no-charts"), 2),
        }


def text(figures: dict[str, Any]) -> str:
    """The table for a reader."""
    lines = [f"{'engine':<18}{'ns a state-month':>18}{'spread':>18}{'against compiled':>18}"]
    for row in figures["rows"]:
        if "skipped" in row:
            lines.append(f"{row['engine']:<18}{row['skipped']}")
            continue
        spread = f"{row['low']:,.0f} to {row['high']:,.0f}"
        lines.append(f"{row['engine']:<18}{row['ns_per_state_month']:>18,.1f}{spread:>18}{row['ratio']:>17,.2f}x")
    two = figures["two_threads"]
    lines.append(f"two threads: {two['median']:.2f} times one ({two['low']:.2f} to {two['high']:.2f})")
    for row in figures["growth"]:
        work = f"{row['runs']:>9,} runs, {row['states']:>2} states, {row['months']:>3} months"
        lines.append(f"{work}: {row['ns_per_state_month']:.1f} ns")
    lines.append(", ".join(f"{name} {value}" for name, value in figures["start"].items()))
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "latest.json")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="another checkout, such as an earlier commit")
    parser.add_argument("--pairs", type=int, default=against.PAIRS)
    parser.add_argument("--only", nargs="*", default=(), choices=against.NAMES, help="rows of the comparison")
    parser.add_argument("--million", action="store_true", help="compare a run of a million runs too")
    arguments = parser.parse_args()
    figures = json.loads(arguments.out.read_text("utf-8")) if arguments.out.exists() else {}
    if arguments.against is None:
        figures |= measure(arguments.rounds)
        print(text(figures))
    else:
        rows = against.measure(arguments.against, arguments.pairs, arguments.only, arguments.million)
        figures["against"] = figures.get("against", {}) | rows
    arguments.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    np.seterr(all="raise")
    main()
