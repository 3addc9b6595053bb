"""The examples in the description of the language are scenarios that load."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from sim.scenario import load

ROOT = Path(__file__).parent.parent
HEADER = """
[scenario]
name = "an-example"
title = "An example"
question = "Does it load?"
start = 2026-05-15
end = 2031-05-31
"""
DOCUMENT = "scenarios/README.md"
EXAMPLES = [
    pytest.param(block, id=f"{DOCUMENT}-{number}")
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", (ROOT / DOCUMENT).read_text("utf-8"), re.DOTALL))
]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 20


@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_loads(block: str, tmp_path: Path) -> None:
    whole = "scenario" in tomllib.loads(block)
    file = tmp_path / "example.toml"
    file.write_text(block if whole else HEADER + block, "utf-8")
    told = load(file).scenario
    for table in tomllib.loads(block):
        assert getattr(told, table), f"[{table}] of the example is empty once loaded"
