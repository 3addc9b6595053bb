"""CPU time of an engine of whichever checkout PYTHONPATH names: `python engine.py compiled|mesa RUNS`, or `compile`.

Prints JSON: nanoseconds a state-month of the work of the speed table, or seconds of compiling (into an empty cache).
"""

import json
import statistics
import sys
import time
from pathlib import Path

from sim.runs.setup import Setup
from sim.scenario import load

setup = Setup.of(load(Path(__file__).with_name("work.toml")), 1)


def seconds(engine: str, runs: int) -> float:
    began = time.process_time()
    setup.ensemble(runs, engine=engine, horizons=(12, 60), threads=1)
    return time.process_time() - began


if sys.argv[1] == "compile":
    print(json.dumps({"compile_cpu_s": seconds("compiled", 20)}))
else:
    engine, runs = sys.argv[1], int(sys.argv[2])
    seconds(engine, 20)
    setup.draws(runs)
    each = runs * len(setup.plan.states) * len(setup.plan.months)
    print(json.dumps({"ns_per_state_month": statistics.median(seconds(engine, runs) for _ in range(3)) / each * 1e9}))
