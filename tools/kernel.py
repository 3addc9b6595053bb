"""Compiles the kernel into the user's cache, or finds it there: `python -m tools.kernel`."""

from __future__ import annotations

from sim.runs.run import Request
from sim.scenario import load


def compile_kernel() -> None:
    """After this, whatever process needs the kernel reads it from the cache."""
    Request.of(load("honduras-2021"), runs=1).setup.warm_up()


if __name__ == "__main__":
    compile_kernel()
