"""Verify: a result is what it says, or what differs is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim as package
from sim.errors import InputError
from sim.results import digest_of
from sim.runs import verify as module
from sim.runs.verify import verdict_lines, verify
from tests.cli.calling import Sim
from tests.results.sealing import resealed


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made")
    result = package.run("honduras-2025", runs=20, ledger=True, out=out, set={"washington.attention": 2})
    assert result.folder is not None
    return result.folder


@pytest.fixture
def folder(shared: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(shared, tmp_path / shared.parent.name / shared.name))


def test_a_result_is_what_it_says_and_the_same_again(folder: Path) -> None:
    verdict = verify(folder, rerun=True)
    assert verdict.same
    assert [finding.what for finding in verdict.findings if "again" in finding.what] == [
        "trajectories.parquet, run again",
        "events.parquet, run again",
        "summary.csv, run again",
        "states.csv, run again",
        "talks.parquet, run again",
        "draws.parquet, run again",
        "outcomes.csv, run again",
        "answers.csv, run again",
        "accounts.csv, run again",
        "ledger.parquet, run again",
        *(f"{key} in the manifest, run again" for key in module.COMPUTED),
    ]
    assert verdict_lines(verdict)[0] == "The result is what it says, and running it again gives the same bytes."


def test_a_scenario_that_extends_another_is_run_again_with_its_reference(tmp_path: Path) -> None:
    result = package.run("honduras-2021-taipei-matches", runs=40, out=tmp_path)
    assert result.folder is not None
    assert verify(result.folder, rerun=True).same


@pytest.mark.parametrize("name", ["summary.csv", "events.parquet", "talks.parquet", "ledger.parquet"])
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    verdict = verify(folder, rerun=True)
    assert not verdict.same
    assert not verdict.rerun
    assert [finding.what for finding in verdict.findings if not finding.same] == [name]
    (folder / name).unlink()
    (missing,) = (finding for finding in verify(folder).findings if not finding.same)
    assert (missing.what, missing.words) == (name, "missing")


ALTERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "observed": lambda m: m["observed"].__setitem__(0, 13),
    "parameters": lambda m: m["parameters"][0].update(central=0.5),
    "budgets_million_usd_a_year": lambda m: m["budgets_million_usd_a_year"].update(beijing=1.0),
    "members": lambda m: m["members"][0].update(state="Elsewhere"),
    "title": lambda m: m["scenario"]["scenario"].update(title="Another"),
}


@pytest.mark.parametrize("key", ALTERED)
@pytest.mark.parametrize("rerun", [True, False])
def test_a_changed_manifest_is_seen(folder: Path, key: str, rerun: bool) -> None:
    """It is vouched for too."""
    resealed(folder, ALTERED[key], seal=False)
    verdict = verify(folder, rerun)
    (finding,) = (finding for finding in verdict.findings if not finding.same)
    assert (finding.what, finding.words) == ("manifest.json", "not as it was written: its digest differs")
    assert not verdict.rerun


def test_a_manifest_changed_by_somebody_who_made_its_digest_fit_is_found_by_running_again(folder: Path) -> None:
    """All of it that can be computed is compared. A title is anybody's word."""
    for change in ALTERED.values():
        resealed(folder, change, seal=True)
    assert verify(folder).same
    differs = {finding.what for finding in verify(folder, rerun=True).findings if not finding.same}
    assert differs == {f"{key} in the manifest, run again" for key in ALTERED if key != "title"}


def test_other_inputs_under_the_same_id_are_seen(folder: Path) -> None:
    resealed(folder, lambda m: m["scenario"]["washington"].update(attention=1.0), seal=True)
    (finding,) = (finding for finding in verify(folder).findings if not finding.same)
    assert finding.what == "id"
    assert finding.words.endswith("the manifest was changed")


def test_a_forged_table_with_its_digest_is_found_by_running_again(folder: Path) -> None:
    text = (folder / "summary.csv").read_text("utf-8")
    (folder / "summary.csv").write_text(text.replace("recognition,12.000000", "recognition,11.000000", 1), "utf-8")
    resealed(folder, lambda m: m["files"].update({"summary.csv": digest_of(folder / "summary.csv")}), seal=True)
    assert verify(folder).same
    verdict = verify(folder, rerun=True)
    (finding,) = (finding for finding in verdict.findings if not finding.same)
    assert finding.what == "summary.csv, run again"
    assert finding.words.startswith("differs from line 2 on: '2025-01,recognition,11.000000")
    assert verdict_lines(verdict)[0] == "Running it again here gives other numbers."


def test_another_version_is_told_and_is_no_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.results, "sources_digest", lambda: "0" * 64)
    verdict = verify(folder)
    assert verdict.same
    notes = {finding.what: finding.words for finding in verdict.findings if not finding.same}
    assert set(notes) == {"sources", "id"}
    assert notes["sources"].endswith("then, 000000000000 here")
    assert notes["id"].endswith("another version made it")


def test_a_sweep_is_verified_by_its_digests(tmp_path: Path) -> None:
    swept = package.sweep("outlook-2026", vary={"washington.attention": [0, 1]}, runs=20, out=tmp_path)
    assert verify(swept.folder).same
    with pytest.raises(InputError, match="--rerun: not of a sweep"):
        verify(swept.folder, rerun=True)
    with (swept.folder / "points.parquet").open("ab") as file:
        file.write(b"x")
    assert not verify(swept.folder).same


def test_the_command_says_it_in_its_status(sim: Sim, folder: Path, tmp_path: Path) -> None:
    answer = sim("verify", folder, "--rerun", "--json")
    assert (answer.status, answer.json["same"], answer.json["rerun"]) == (0, True, True)
    (folder / "states.csv").write_text("", "utf-8")
    assert sim("verify", folder, "--quiet").status == 1
    assert sim("verify", tmp_path / "nothing").problems() == [
        f"{tmp_path / 'nothing'}: a result folder, with a manifest.json in it"
    ]
