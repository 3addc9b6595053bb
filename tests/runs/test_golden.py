"""The golden results: what the shipped scenarios give today is what results/reference keeps."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli.reference import FOLDER, write_reference
from sim.scenario import shipped

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-6
ADVICE = "run `make results` if that is meant, look at the difference, and say [results] in CHANGELOG.md"


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    write_reference(folder, charts=False)
    return folder


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def differences(kept: list[list[str]], made: list[list[str]]) -> Iterator[str]:
    """Where two tables differ, numbers beyond the tolerance."""
    if [len(row) for row in kept] != [len(row) for row in made] or kept[0] != made[0]:
        yield "another shape or heading"
        return
    for old, new in zip(kept[1:], made[1:], strict=True):
        for name, was, now in zip(kept[0], old, new, strict=True):
            try:
                same = abs(float(was) - float(now)) <= TOLERANCE
            except ValueError:
                same = was == now
            if not same:
                yield f"{old[0]} {name}: {was or 'blank'} is now {now or 'blank'}"


@pytest.mark.parametrize("table", ["summary.csv", "states.csv"])
@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_scenario_gives_its_golden_result(now: Path, name: str, table: str) -> None:
    kept = ROOT / FOLDER / name / table
    if not kept.is_file():
        pytest.fail(f"{kept.relative_to(ROOT)} is not there: run `make results`")
    found = list(differences(rows(kept), rows(now / name / table)))
    if found:
        pytest.fail(f"{name}/{table}: {len(found)} values moved ({'; '.join(found[:5])}): {ADVICE}")


def test_there_is_no_golden_result_without_a_scenario() -> None:
    kept = {path.name for path in (ROOT / FOLDER).glob("*") if path.is_dir()}
    assert kept <= set(shipped()), "run `make results` and remove what is left over"


def test_differences_are_seen() -> None:
    table = [["month", "mean", "observed"], ["2021-12", "14.000000", ""]]
    assert list(differences(table, [table[0], ["2021-12", "14.0000005", ""]])) == []
    assert list(differences(table, [table[0], ["2021-12", "14.000002", ""]])) == [
        "2021-12 mean: 14.000000 is now 14.000002"
    ]
    assert list(differences(table, [table[0], ["2021-12", "14", "14"]])) == ["2021-12 observed: blank is now 14"]
    assert list(differences(table, table[:1])) == ["another shape or heading"]
