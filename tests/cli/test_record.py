"""`--record FILE` and `SIM_RECORD`, on every command that reads the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import Sim
from tests.scenario.test_record import START, written


def test_commands_take_it(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path)
    facts = tmp_path / "facts.toml"
    assert sim("history", "--record", facts, "--json").json["count"] == 12
    assert sim("history", "--at", "2026-12-01", "--record", facts, "--json").json["count"] == 11
    with_it = sim("parameters", "--record", facts, "--json").json
    assert with_it["as_of"] == str(START)
    monkeypatch.setenv("SIM_RECORD", str(facts))
    assert sim("history", "--json").json["date"] == str(START)
    assert sim("validate", tmp_path / "mine.toml").out.startswith(
        f"{tmp_path / 'mine.toml'}: ok (12 states with Taipei"
    )
    assert sim("new", "mine", "--out", tmp_path / "new.toml").status == 0
    text = (tmp_path / "new.toml").read_text()
    assert '\nrecord = "facts.toml"\n' in text
