"""The same work in plain C, `peer.c`: compiled with `cc -O3`, called through ctypes, on one thread.

Without -ffast-math, and without fused multiply-add, so that its numbers are the kernel's to the last bit.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model import accounts, draws, kernel, reference, rules, terms
from sim.model.plan import Plan
from sim.model.timeline import Timeline
from sim.runs.ensemble import Ensemble
from sim.runs.sampling import Draws

DOES = (
    "the kernel's work translated, cc -O3 without fast-math, one thread: levers, bids, purses, talks, prices, accounts,"
    " expected sums and records, the same to the bit; without the branches for events, elections, words, orders,"
    " requests, hosts, candidates at the start and ledgers, of which this work has none, but for which the kernel looks"
)
SOURCE = Path(__file__).with_name("peer.c")
COMPILER = shutil.which("cc")
_HEAD = "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n"
_TYPES = {"float64": "double", "int64": "int64_t", "bool": "uint8_t"}
_SIZES = {"states": "code", "months": "exposure", "subregions": "fresh_switches", "cases": "delivered",
          "departures": "running_since", "allies": "reference_log_gdp"}  # fmt: skip
"""Lengths that the C code needs, and an array of each."""


class Rows(ctypes.Structure):
    """Rows of a table that grows in C."""

    _fields_ = (
        ("at", ctypes.POINTER(ctypes.c_double)),
        ("filled", ctypes.c_int64),
        ("room", ctypes.c_int64),
        ("width", ctypes.c_int64),
    )


def simulate(plan: Plan, drawn: Draws, seed: int, runs: int, horizons: Sequence[int] = (), talks: int = 0) -> Ensemble:
    """What `run_ensemble` gives for a scenario without events, hosts and candidates; its arguments and its arrays.

    Raises OSError where no C compiler is found, ValueError for another scenario.
    """
    timeline = plan.timeline
    if timeline.events.month.size or timeline.host.size or not timeline.with_taipei.all():
        raise ValueError("events, hosts and candidates are left out of the C peer")
    length, states = timeline.exposure.size, timeline.code.size
    names = drawn.parameters.dtype.names or ()
    library = _library(names, *_declared(timeline))
    counts = np.empty((runs, length, 2), dtype=np.uint8)
    expected = np.zeros((-(-runs // kernel.RUNS_PER_DRAW), states, len(horizons), 2))
    book = np.zeros((min(runs, talks), states, terms.ACCOUNTS))
    changes, talked = Rows(width=terms.HEAD + terms.COLUMNS), Rows(width=terms.TALK_COLUMNS)
    at_rows = np.array(horizons, dtype=np.int64)
    fields, _ = _fields(timeline)
    kept = [np.require(value, requirements="C") for value in fields.values()]
    handed = (ctypes.c_uint64 * len(kept))(*(_word(value) for value in kept))
    library.simulate(
        handed, _address(drawn.parameters), _address(drawn.spreads), ctypes.c_uint64(seed), ctypes.c_int64(runs),
        _address(at_rows), ctypes.c_int64(len(horizons)), _address(counts), _address(expected), _address(book),
        ctypes.c_int64(len(book)), ctypes.byref(changes), ctypes.byref(talked),
    )  # fmt: skip
    rows = [_taken(library, table) for table in (changes, talked)]
    return Ensemble(counts, rows[0], expected, None, rows[1], np.empty((0, terms.ANSWER_COLUMNS)), book)


def _fields(timeline: Timeline) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The timeline's arrays, numbers and lengths by name, and the C type of each: all take eight bytes."""
    fields = {name: np.asarray(value) for name, value in timeline._asdict().items() if name != "events"}
    fields |= {size: np.asarray(fields[array].size) for size, array in _SIZES.items()}
    types = {name: _TYPES[value.dtype.name] for name, value in fields.items()}
    return fields, {name: f"const {types[name]} *" if value.ndim else types[name] for name, value in fields.items()}


def _declared(timeline: Timeline) -> tuple[str, ...]:
    return tuple(f"{kind} {name};" for name, kind in _fields(timeline)[1].items())


def _word(value: NDArray[Any]) -> int:
    """What stands in the struct: an array's address, or a number's own bits."""
    return value.ctypes.data if value.ndim else int(value.view(np.uint64))


def _address(array: NDArray[Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _taken(library: ctypes.CDLL, table: Rows) -> NDArray[np.float64]:
    """The rows of a table, whose memory is given back."""
    filled = np.ctypeslib.as_array(table.at, (table.filled, table.width)).copy() if table.filled else None
    library.release(ctypes.byref(table))
    return np.empty((0, table.width)) if filled is None else filled


@cache
def _library(parameters: tuple[str, ...], *fields: str) -> ctypes.CDLL:
    """The C code compiled for these parameters and these fields of the timeline."""
    if COMPILER is None:
        raise OSError("no C compiler (cc) is found")
    constants = {"TALKS_COLUMN": terms.IN_TALKS}
    for module in (rules, terms, reference, accounts, draws, kernel):
        constants |= {name: value for name, value in vars(module).items() if name.isupper() and name[0] != "_"}
    constants["IN_TALKS"] = draws.IN_TALKS
    lines = [_HEAD, f"typedef struct {{ double {', '.join(parameters)}; }} Parameters;"]
    lines.append(f"typedef struct {{ {' '.join(fields)} }} Timeline;")
    lines += [f"#define {name} {value!r}" for name, value in constants.items() if type(value) in (int, float)]
    with tempfile.TemporaryDirectory() as room:
        made = f"{room}/peer.so"
        command = [COMPILER, "-O3", "-ffp-contract=off", "-shared", "-fPIC", "-x", "c", "-", "-o", made, "-lm"]
        text = "\n".join([*lines, f'#line 1 "{SOURCE.name}"', SOURCE.read_text("utf-8")])
        subprocess.run(command, input=text, text=True, check=True)
        return ctypes.CDLL(made)
