"""Moves of a lever on the page of `sim explore` beside `sim.run`, in alternating pairs: `python -m benchmarks.explore`.

A move is a whole request to the server, from the question to the last byte of the answer: plan, runs, comparison with
the scenario as it is, JSON. What it takes beyond the run itself is what the page adds; drawing is the browser's.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import threading
import time
from typing import Any
from urllib.parse import quote

import sim
from sim.explore.explorer import FAST, Explorer
from sim.explore.server import Server
from sim.scenario import load

SCENARIO, LEVER = "outlook-2026", "beijing.budget"
MOVES = 20


def measure(moves: int = MOVES, runs: int = FAST) -> dict[str, Any]:
    """Seconds of the moves and of the runs with the same settings: medians and the spread of each."""
    explorer = Explorer(load(SCENARIO), fast=runs)
    explorer.warm_up()
    with Server(explorer, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pairs = [_pair(server, 1.0 + number / moves, runs) for number in range(1, moves + 1)]
        server.shutdown()
    asked, run = zip(*pairs, strict=True)
    beyond = [move - alone for move, alone in pairs]
    return {
        "moves": moves,
        "runs": runs,
        **{f"{name}_s": _spread(times) for name, times in (("move", asked), ("run", run), ("beyond", beyond))},
    }


def _pair(server: Server, value: float, runs: int) -> tuple[float, float]:
    """Seconds of a move and of `sim.run` with the same settings. Raises AssertionError if their numbers differ."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET", f"/run?runs={runs}&set={quote(f'{LEVER}={value}')}")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    moved = time.perf_counter() - began
    began = time.perf_counter()
    result = sim.run(SCENARIO, runs=runs, set={LEVER: value})
    alone = time.perf_counter() - began
    assert answer["view"]["fan"][0] == [round(mean, 2) for mean in result.summary_of()["mean"]]
    return moved, alone


def _spread(times: Any) -> dict[str, float]:
    return {
        "median": round(statistics.median(times), 3),
        "low": round(min(times), 3),
        "high": round(max(times), 3),
    }


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=MOVES)
    print(json.dumps(measure(parser.parse_args().moves), indent=1))


if __name__ == "__main__":
    main()
