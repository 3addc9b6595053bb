"""`--agents` of every command that takes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.analysis import smallest_change
from sim.runs import agents as loaded
from tests.cli.calling import Sim, done
from tests.examples import thorough

LENIENT = """
from sim.model.patrons import Washington


class Lenient(Washington):
    def press(self):
        pass
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("agents") / "lenient.py"
    path.write_text(LENIENT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(file: Path) -> Path:
    """A result with these agents."""
    done("run", "honduras-2021", "--agents", file, "--runs", 4, "--to", file.parent / "result")
    return file.parent / "result"


def test_the_result_says_whose_agents_it_has(folder: Path) -> None:
    settings = json.loads((folder / "manifest.json").read_text("utf-8"))["settings"]
    assert settings["engine"] == "mesa"
    assert settings["agents"]["name"] == "lenient.py"
    assert settings["agents"]["classes"] == {"Washington": "Lenient"}
    page = (folder / "report.html").read_text("utf-8")
    assert f"lenient.py (Lenient for Washington), SHA-256 {settings['agents']['digest']}" in page
    assert "--agents lenient.py" in page
    assert "<code>sim explain RESULT --state HND --agents lenient.py</code>" in page
    assert (folder / "charts" / "count.png").is_file()


def test_run_finds_it_again_and_says_so_as_json(sim: Sim, file: Path, folder: Path) -> None:
    said = sim("run", "honduras-2021", "--agents", file, "--runs", 4, "--to", folder, "--json")
    assert (said.json["found"], said.json["agents"]["name"]) == (True, "lenient.py")
    assert said.json["title"].endswith(" [agents: lenient.py]")


def test_verify_needs_them_only_to_run_again(
    sim: Sim, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaded, "_known", {})
    digest = json.loads((folder / "manifest.json").read_text("utf-8"))["settings"]["agents"]["digest"]
    assert sim("verify", folder).status == 0
    assert sim("verify", folder, "--rerun").problems() == [
        f"--agents: the lenient.py that the result was made with, SHA-256 {digest[:16]}..., unchanged"
    ]
    assert sim("verify", folder, "--rerun", "--agents", file).status == 0


@thorough
def test_explain_runs_them_again(sim: Sim, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "_known", {})
    monkeypatch.setattr(smallest_change, "STEPS", 2)
    ask = ("explain", folder, "--state", "HND", "--runs", 2, "--no-charts", "--json")
    assert sim(*ask).problems()[0].startswith("--agents: the lenient.py that the result was made with")
    said = sim(*ask, "--agents", file)
    assert said.status == 0, said
    assert said.json["run"]["acts"][0]["pressure"] == 0.0
    assert all(row["difference"] is not None for row in said.json["removals"]["rows"])
    levers = {row["lever"] for row in said.json["run"]["keeping"]["rows"]}
    assert {"beijing.budget", "washington.attention"} <= levers


def test_compare_puts_the_shipped_agents_first(sim: Sim, file: Path) -> None:
    out = file.parent / "out"
    said = sim("compare", "honduras-2021", "--agents", file, "--runs", 4, "--out", out, "--no-charts", "--json")
    assert said.status == 0, said
    assert said.json["scenarios"] == ["honduras-2021", "honduras-2021 [agents: lenient.py]"]
    engines = [json.loads((Path(one) / "manifest.json").read_text("utf-8"))["settings"] for one in said.json["results"]]
    assert [one["engine"] for one in engines] == ["compiled", "mesa"]


def test_a_sweep_has_them_at_every_point(sim: Sim, file: Path) -> None:
    out = file.parent / "out"
    ask = ("sweep", "honduras-2021", "--vary", "washington.attention=0,3", "--runs", 2, "--out", out, "--no-charts")
    said = sim(*ask, "--agents", file, "--json")
    assert said.status == 0, said
    manifest = json.loads((Path(said.json["folder"]) / "manifest.json").read_text("utf-8"))
    assert (manifest["agents"]["name"], manifest["failed"]) == ("lenient.py", 0)
    import pyarrow.parquet as pq

    rows = pq.read_table(Path(said.json["folder"]) / "points.parquet").to_pylist()
    assert rows[0]["mean"] == rows[1]["mean"]  # Washington presses nobody, whatever its attention
    assert sim(*ask, "--json").json["folder"] != said.json["folder"]


@thorough
def test_a_sensitivity_has_them_at_every_point(sim: Sim, file: Path) -> None:
    out = file.parent / "out"
    vary = ("--vary", "washington.attention=0:3", "--vary", "beijing.budget=0.5:2")
    short = ("--design", "morris", "--points", 2, "--runs", 40, "--set", "scenario.end=2022-06-30")
    short += ("--set", "events.next-inauguration.enabled=false")
    ask = ("sensitivity", "honduras-2021", *short, *vary, "--out", out)
    said = sim(*ask, "--no-charts", "--agents", file, "--json")
    assert said.status == 0, said
    manifest = json.loads((Path(said.json["folder"]) / "manifest.json").read_text("utf-8"))
    assert manifest["agents"] == said.json["agents"]
    assert (manifest["agents"]["name"], manifest["title"]) == ("lenient.py", said.json["title"])
    assert said.json["title"].endswith(" [agents: lenient.py]")
    sizes = {row["name"]: row["mu_star"] for row in said.json["rows"]}
    assert sizes["washington.attention"] == 0.0 < sizes["beijing.budget"]  # Washington presses nobody
    again = sim(*ask, "--no-charts", "--agents", file, "--json").json
    assert again == said.json | {"found": True}
