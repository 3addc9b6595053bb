"""Agents of one's own: found by their base, run on processes, part of the identity, refused in a line that helps."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import InputError, SimError
from sim.model.patrons import Beijing, Taipei
from sim.model.state import State
from sim.runs import ensemble as ensembles
from sim.runs.agents import Agents, own_agents
from sim.runs.ensemble import Ensemble, run_ensemble, workers
from sim.runs.run import Request
from sim.scenario import load
from tests.worlds import SAME, difference, draw, lay_out, run, told

STINGY = """
from sim.model.patrons import Beijing


class Stingy(Beijing):
    \"\"\"Bids for nobody.\"\"\"

    def bid(self):
        super().bid()
        for state in self.model.stirred:
            state.bid = 0.0
"""
SMALL = told("GTM", "HND", "PLW", end="2022-06-30", parameters={"departure_rate": 0.5}, beijing={"budget": 5.0})


class AsShipped(State):
    """Another class, and the same in all it does."""


class Stingy(Beijing):
    """Bids for nobody."""

    def bid(self) -> None:
        super().bid()
        for state in self.model.stirred:
            state.bid = 0.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stingy.py"
    path.write_text(STINGY, encoding="utf-8")
    return path


def ensemble(agents: Agents | None, runs: int = 20, threads: int = 1) -> Ensemble:
    laid = lay_out(SMALL)
    settings: dict[str, Any] = {"threads": threads, "talks": runs, "ledger": True, "horizons": (3,)}
    return run_ensemble(laid, draw(laid, runs, mode="drawn"), 1, runs, engine="mesa", agents=agents, **settings)


# --- found ------------------------------------------------------------------------------------------------


def test_a_file_is_known_by_its_bytes(file: Path) -> None:
    agents = own_agents(file)
    assert agents is not None
    assert agents.document == {
        "name": "stingy.py",
        "digest": hashlib.sha256(file.read_bytes()).hexdigest(),
        "classes": {"Beijing": "Stingy"},
    }
    assert (agents.world.beijing_class, agents.world.taipei_class) == (agents.classes["Beijing"], Taipei)
    assert own_agents(None) is None


def test_a_module_is_found_in_the_folder_one_is_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file.parent / "of_my_own").mkdir()
    file.rename(file.parent / "of_my_own" / "stingy.py")
    monkeypatch.chdir(file.parent)
    monkeypatch.setattr("sys.path", ["", str(file.parent)])
    agents = own_agents("of_my_own.stingy")
    assert agents is not None
    assert (agents.name, agents.source, list(agents.classes)) == ("of_my_own.stingy", "of_my_own.stingy", ["Beijing"])


def test_what_others_derive_from_is_not_taken_itself() -> None:
    class Frugal(Stingy):
        pass

    agents = own_agents([Stingy, AsShipped, Frugal, State])
    assert agents is not None
    assert agents.classes == {"State": AsShipped, "Beijing": Frugal}
    assert agents.name.endswith("AsShipped, " + Frugal.__qualname__)


def test_classes_are_known_by_what_they_say() -> None:
    def made(times: float) -> Agents:
        class Generous(Beijing):
            factor = times

        agents = own_agents([Generous])
        assert agents is not None
        return agents

    assert made(2.0).digest == made(2.0).digest != made(3.0).digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "{file}: at least one class that is a kind of State, Host, Beijing, Taipei, Washington"),
        (
            STINGY + "\n\nclass Mean(Beijing):\n    pass\n",
            "{file}: Beijing: one class of this kind (got 'Stingy, Mean')",
        ),
        ("class A(:", "{file}: line 1: Python that can be loaded: SyntaxError: invalid syntax"),
        ("\nx = 1 / 0\n", "{file}: line 2: Python that can be loaded: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\n", "{file}: line 2: Python that can be loaded: SystemExit: 3"),
    ],
)
def test_a_file_that_holds_no_agents(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        own_agents(file)
    assert str(caught.value) == message.format(file=file)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no-such.py", "--agents: a Python file that can be read: No such file or directory (got 'no-such.py')"),
        ("no.such.module", "--agents: a Python file, or a module that Python finds (got 'no.such.module')"),
        ("a b", "--agents: a Python file, or package.module (got 'a b')"),
        ([3], "agents: classes, or the name of a file or module (got 3)"),
        ([int], "agents: at least one class that is a kind of State, Host, Beijing, Taipei, Washington"),
    ],
)
def test_nothing_that_can_be_agents(source: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        own_agents(source)
    assert str(caught.value) == message


# --- run --------------------------------------------------------------------------------------------------


def test_agents_that_do_the_same_give_the_same_bits() -> None:
    shipped = run(SMALL, 20, mode="drawn", horizons=(3,))
    assert difference(ensemble(own_agents([AsShipped])), shipped) == SAME
    assert difference(ensemble(own_agents([Stingy])), shipped) != SAME


def test_processes_give_the_same_bits(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agents = own_agents(file)
    here = ensemble(agents, 70)
    monkeypatch.setattr(ensembles, "FEW", 50)
    assert workers(70, "mesa", agents, 2) == 2
    assert difference(ensemble(agents, 70, threads=2), here) == SAME
    assert workers(49, "mesa", agents, 2) == 1
    assert workers(70, "mesa", own_agents([Stingy]), 2) == 1  # no other process has them


@pytest.mark.parametrize("threads", [1, 2])
def test_what_fails_in_an_agent_says_where(file: Path, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    monkeypatch.setattr(ensembles, "FEW", 20)
    file.write_text(STINGY.replace("= 0.0", "= state.wealth"), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        ensemble(own_agents(file), threads=threads)
    assert str(caught.value) == "stingy.py:11: AttributeError: 'State' object has no attribute 'wealth'"


def test_a_file_that_changes_meanwhile_is_not_used(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensembles, "FEW", 20)
    agents = own_agents(file)
    file.write_text(STINGY.replace("0.0", "1.0"), encoding="utf-8")
    with pytest.raises(SimError, match="changed while it was used"):
        ensemble(agents, threads=2)


# --- requests and results ---------------------------------------------------------------------------------


def test_the_file_decides_the_identity(file: Path) -> None:
    loaded = load("honduras-2021")
    shipped = Request.of(loaded, 20, engine="mesa")
    own = Request.of(loaded, 20, agents=own_agents(file))
    file.write_text(STINGY + "# another\n", encoding="utf-8")
    other = Request.of(loaded, 20, agents=own_agents(file))
    assert (own.engine, len({shipped.identity, own.identity, other.identity})) == ("mesa", 3)
    with pytest.raises(InputError) as caught:
        Request.of(loaded, 20, engine="compiled", agents=own_agents(file))
    assert str(caught.value) == "--engine: mesa with --agents: only it runs Python (got 'compiled')"


def test_from_python(file: Path, tmp_path: Path) -> None:
    short: dict[str, Any] = {
        "runs": 2,
        "set": {"scenario.end": "2022-02-28", "events.next-inauguration.enabled": False},
    }
    handed, named = (sim.run("honduras-2021", agents=own, **short) for own in ([Stingy], file))
    assert handed.settings["agents"]["classes"] == {"Beijing": "Stingy"}
    assert named.title.endswith("enabled = false] [agents: stingy.py]")
    assert (handed.counts == named.counts).all()
    with pytest.raises(InputError) as caught:
        sim.run("honduras-2021", agents=[Stingy], out=tmp_path / "out", **short)
    rule = "agents: a file or a module, for a result in a folder has its digest, and not classes (got 'Stingy')"
    assert str(caught.value) == rule
    compared = sim.compare("honduras-2021", agents=[Stingy], **short)
    assert compared.names == ("honduras-2021", "honduras-2021 [agents: Stingy]")
    assert (compared.results[1].counts == named.counts).all()
    with pytest.raises(InputError, match="agents: with scenarios that are run, and not with results"):
        sim.compare(named, agents=file)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("decide", "Wrong: ValueError: decide() gave None, which is no side: 0, 1 or 2"),
        ("reckon", "Wrong: ValueError: reckon() gave a chance that is no number from 0 to 1"),
        ("settle", "Wrong: ValueError: no money left"),
    ],
)
def test_what_cannot_be_a_decision_is_an_error(method: str, message: str) -> None:
    class Wrong(State):
        def decide(self) -> int:
            return None if method == "decide" else super().decide()  # type: ignore[return-value]

        def reckon(self) -> None:
            super().reckon()
            if method == "reckon":
                self.chance = float("nan")

        def settle(self, side: int) -> None:
            if method == "settle":
                raise ValueError("no money\nleft")
            super().settle(side)

    plan = lay_out(SMALL)
    with pytest.raises(SimError) as caught:
        run_ensemble(plan, draw(plan, 20), 1, 20, engine="mesa", agents=own_agents([Wrong]), horizons=(3,))
    assert str(caught.value).rpartition(".")[2] == message
