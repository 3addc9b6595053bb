"""What the Tab key offers: names, files, codes, paths; without a heavy library, and never an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.backtest.mechanisms import MECHANISMS
from sim.cli.main import COMMANDS
from sim.cli.main import sim as program
from sim.scenario import shipped
from tests.cli.calling import apart

SOURCE = {"bash": "complete -o nosort -F _sim_completion sim", "zsh": "#compdef sim", "fish": "complete --no-files"}


def offered(monkeypatch: pytest.MonkeyPatch, *words: str) -> dict[str, str | None]:
    """What is offered for the last of the words, with its help; `type:` where the shell is to look."""
    from click.shell_completion import ShellComplete

    *before, begun = words
    monkeypatch.setenv("COMP_WORDS", " ".join(["sim", *words]))
    words = ShellComplete(program, {}, "sim", "_SIM_COMPLETE").get_completions(before, begun)
    return {item.value if item.type == "plain" else f"{item.type}:": item.help for item in words}


def test_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered(monkeypatch, "s") == {name: does for name, does in COMMANDS.items() if name.startswith("s")}
    assert offered(monkeypatch, "nonsense", "") in ({}, dict(COMMANDS))


def test_scenarios_and_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("out.toml", "out.txt"):
        (tmp_path / name).touch()
    outlooks = [name for name in shipped() if name.startswith("out")]
    assert list(offered(monkeypatch, "run", "out")) == [*outlooks, "out.toml"]
    assert list(offered(monkeypatch, "compare", "honduras-2021", "out")) == [*outlooks, "out.toml"]
    assert "honduras-2021.sweep" in offered(monkeypatch, "sweep", "hond")
    assert "honduras-2021.sweep" not in offered(monkeypatch, "run", "hond")
    assert list(offered(monkeypatch, "run", "./o")) == ["file:"]
    assert list(offered(monkeypatch, "verify", "")) == ["dir:"]
    assert list(offered(monkeypatch, "run", "x", "--to", "")) == ["dir:"]


def test_states_of_a_result_or_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert offered(monkeypatch, "new", "x", "--state", "h")["HND"] == "Honduras"
    (tmp_path / "manifest.json").write_text(json.dumps({"members": [{"iso3": "HND", "state": "Honduras"}]}))
    assert offered(monkeypatch, "explain", str(tmp_path), "--state", "") == {"HND": "Honduras"}
    (tmp_path / "manifest.json").write_text("damaged")
    assert "PRY" in offered(monkeypatch, "explain", str(tmp_path), "--state", "")


def test_mechanisms(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in (("patterns",), ("ablate", "honduras-2021")):
        assert list(offered(monkeypatch, *command, "--without", "")) == list(MECHANISMS)
        assert list(offered(monkeypatch, *command, "--without", "s")) == ["silence"]


def test_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    levers = offered(monkeypatch, "run", "honduras-2021", "--set", "washington.")
    assert list(levers) == ["washington.attention=", "washington.focus=", "washington.hostility="]
    events = offered(monkeypatch, "run", "honduras-2021", "--set", "events.washington-l")
    assert events["events.washington-lobbying.pressure="] == "now 1.0, a range"
    assert "events.washington-lobbying.type=" not in events
    assert "parameters.money_effect" in offered(monkeypatch, "sweep", "no-such-file", "--vary", "parameters.")
    assert "money_effect=" in offered(monkeypatch, "run", "no-such-file", "--set", "money")
    assert "money_effect" in offered(monkeypatch, "sweep", "no-such-file", "--vary", "money")


def test_votes_and_files_of_points(monkeypatch: pytest.MonkeyPatch) -> None:
    words = offered(monkeypatch, "run", "outlook-2026", "--given", "paraguay-2028=o")
    assert words == {"paraguay-2028=opposition": "2028-04-30"}
    assert offered(monkeypatch, "sweep", "no-such-file", "--given", "") == {}
    assert list(offered(monkeypatch, "sweep", "honduras-2021", "--points", "p")) == ["file:"]


def test_charts_and_outcomes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "count" in offered(monkeypatch, "plot", "x", "--chart", "")
    (tmp_path / "charts").mkdir()
    for name in ("manifest.json", "charts/left-HND.png", "charts/left-HND.svg"):
        (tmp_path / name).touch()
    assert list(offered(monkeypatch, "plot", str(tmp_path), "--chart", "")) == ["left-HND"]
    assert offered(monkeypatch, "sweep", "x", "--outcome", "left:HN") == {"left:HND": "Honduras"}
    assert list(offered(monkeypatch, "sensitivity", "x", "--outcome", "co")) == ["count", "cooperation"]
    assert list(offered(monkeypatch, "sweep", "x", "--outcome", "lo")) == ["lost"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_shell_is_told_how(shell: str) -> None:
    answer = apart(env=os.environ | {"_SIM_COMPLETE": f"{shell}_source"})
    assert answer.status == 0
    assert answer.out.lstrip().startswith(SOURCE[shell]) or SOURCE[shell] in answer.out


def test_a_name_is_offered_without_a_heavy_library() -> None:
    code = (
        "import sys; from click.shell_completion import ShellComplete; from sim.cli.main import sim\n"
        "for words in (['run'], ['explain', 'x', '--state'], ['plot', 'x', '--chart']):\n"
        "    assert ShellComplete(sim, {}, 'sim', '_SIM_COMPLETE').get_completions(words, '')\n"
        "heavy = {'numpy', 'pandas', 'matplotlib', 'numba', 'pydantic', 'scipy'} & set(sys.modules)\n"
        "ShellComplete(sim, {}, 'sim', '_SIM_COMPLETE').get_completions(['run', 'x', '--set'], '')\n"
        "print(sorted(heavy), sorted({'pandas', 'matplotlib', 'numba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] []\n"
