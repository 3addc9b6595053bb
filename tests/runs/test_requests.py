"""Requests: what cannot be run is refused with the option that asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import InputError
from sim.runs.run import Request
from sim.scenario import load


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"runs": 0}, "--runs: a whole number from 1 to 10000000 (got 0)"),
        ({"runs": -5}, "--runs: a whole number from 1 to 10000000 (got -5)"),
        ({"runs": 10_000_001}, "--runs: a whole number from 1 to 10000000 (got 10000001)"),
        ({"runs": 20.5}, "--runs: a whole number (got 20.5)"),
        ({"runs": "20"}, "--runs: a whole number (got '20')"),
        ({"runs": True}, "--runs: a whole number (got true)"),
        ({"seed": -1}, "--seed: a whole number from 0 to 9223372036854775807 (got -1)"),
        ({"seed": 2**63}, "--seed: a whole number from 0 to 9223372036854775807 (got 9223372036854775808)"),
        ({"seed": 1.5}, "--seed: a whole number (got 1.5)"),
        ({"engine": "mess"}, "--engine: one of compiled, mesa (got 'mess')"),
        ({"parameters": "draw"}, "--parameters: one of drawn, central (got 'draw')"),
    ],
)
def test_a_request_that_cannot_be_run(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as caught:
        Request(load("honduras-2021"), **({"runs": 20, "seed": 1} | settings))
    assert caught.value.lines() == [line]
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_first_and_the_last_seed_run(seed: int) -> None:
    from sim.runs.run import simulate

    assert simulate(Request(load("honduras-2021"), 20, seed)).seed == seed
