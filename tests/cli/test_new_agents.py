"""`sim new-agents`: a commented example that runs as it is, and says what the world asks of whom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.model.host import Host
from sim.model.patrons import Beijing, Taipei, Washington
from sim.model.state import State
from sim.runs.agents import own_agents
from tests.cli.calling import Sim

ASKED = {"state": State, "host": Host, "beijing": Beijing, "taipei": Taipei, "washington": Washington}


def test_the_file_runs_as_it_is(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = sim("new-agents", "patient")
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines()[0] == "Wrote patient.py"
    text = (tmp_path / "patient.py").read_text("utf-8")
    assert "sim compare honduras-2021 --agents patient.py --runs 400" in text
    out = ("--runs", 2, "--no-charts", "--to", "result", "--json")
    assert sim("run", "honduras-2021", "--agents", "patient.py", *out).json["agents"]["classes"] == {
        "Beijing": "Patient"
    }


def test_it_names_what_the_world_asks(sim: Sim, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    assert sim("new-agents", "mine", "--out", file).status == 0
    text = file.read_text("utf-8")
    calls = re.findall(r"(\w+)\.(\w+)\(", text[text.index("asks, in this order") : text.index("Two rules")])
    assert len(calls) == 15
    assert [call for call in calls if not callable(getattr(ASKED[call[0]], call[1], None))] == []


def test_the_prized_ally_alone_gets_a_bid(sim: Sim, tmp_path: Path) -> None:
    import sim as face

    file = tmp_path / "mine.py"
    assert sim("new-agents", "mine", "--out", file).status == 0
    usual, own = face.world("honduras-2021"), face.world("honduras-2021", agents=file)
    assert own.beijing_class is own_agents(file).classes["Beijing"]  # type: ignore[union-attr]
    for world in (usual, own):
        world.step()
    bids = [state.iso3 for state in own.with_taipei() if state.bid > 0.0]
    assert bids == ["GTM"] == [max(usual.with_taipei(), key=lambda ally: ally.reference.limit).iso3]
    assert len([state for state in usual.with_taipei() if state.bid > 0.0]) > 10


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("My Agents.py",),
            "NAME: a name of small letters, digits and _, with a letter first, 60 at most (got 'My Agents.py'); "
            "did you mean my_agents?",
        ),
        (("2",), "NAME: a name of small letters, digits and _, with a letter first, 60 at most (got '2')"),
        (("mine", "--out", "mine.txt"), "--out: a file whose name ends in .py (got 'mine.txt')"),
    ],
)
def test_names_that_are_none(sim: Sim, arguments: tuple[str, ...], line: str) -> None:
    assert sim("new-agents", *arguments).problems() == [line]


def test_nothing_is_overwritten(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("mine", encoding="utf-8")
    rule = "NAME: a file that is not there yet: nothing is overwritten (got 'mine.py')"
    assert sim("new-agents", "mine").problems() == [rule]
    assert (tmp_path / "mine.py").read_text("utf-8") == "mine"
