"""The golden results: what the shipped scenarios give today is what results/reference keeps."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.results import Result
from sim.scenario import load, shipped, shipped_sweeps
from sim.sweeps.sweep import sweep_of
from tests.examples import THOROUGH, thorough
from tools.front import LEVERS, OUTLOOK
from tools.golden import (
    FOLDER,
    LISTED_IN,
    chart_of,
    outlook_sensitivity,
    run_shipped,
    scenario_table,
    write_levers,
    write_list,
    write_reference,
    write_sensitivity,
    write_sweeps,
)
from tools.marks import marks, part_of

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-6
ADVICE = "run `make results` if that is meant, look at the difference, and say [results] in CHANGELOG.md"


TWINS = [name for name in shipped() if load(name).chain]
APART = [name for name in shipped() if name not in TWINS]
TRIED = sorted(shipped() if THOROUGH else {*APART[1::2], *TWINS[::30]})
"""Scenarios that are run: half of those that extend no other, and one of those that do."""


@pytest.fixture(scope="module")
def told() -> dict[str, Result]:
    """Those scenarios, run once for all the tests below."""
    return run_shipped(TRIED)


@pytest.fixture(scope="module")
def now(told: dict[str, Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    write_reference(folder, charts=False, results=told)
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


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every shipped sweep, run once."""
    folder = tmp_path_factory.mktemp("sweeps")
    write_sweeps(folder, charts=False)
    return folder


@pytest.mark.parametrize("table", ["summary.csv", "states.csv"])
@pytest.mark.parametrize("name", TRIED)
def test_a_shipped_scenario_gives_its_golden_result(now: Path, name: str, table: str) -> None:
    compare_with_kept(now, name, table)


@thorough
@pytest.mark.parametrize("name", sorted(shipped_sweeps()))
def test_a_shipped_sweep_gives_its_golden_points(swept: Path, name: str) -> None:
    compare_with_kept(swept, name, "points.csv")
    outcome = chart_of(sweep_of(name))
    assert outcome is not None
    for chart in ("count", outcome.replace(":", "-")):
        assert (ROOT / FOLDER / name / f"{chart}.png").is_file(), "run `make results`"


@thorough
def test_the_levers_of_the_outlook_give_their_golden_points(tmp_path: Path) -> None:
    write_levers(tmp_path)
    compare_with_kept(tmp_path, LEVERS, "points.csv")


def test_where_no_lever_is_moved_the_levers_give_the_outlook() -> None:
    head, first, *_ = rows(ROOT / FOLDER / LEVERS / "points.csv")
    names, *_, last = rows(ROOT / FOLDER / OUTLOOK / "summary.csv")
    assert dict(zip(head, first, strict=True))["mean"] == dict(zip(names, last, strict=True))["mean"]


def test_a_sweep_is_drawn_for_the_state_that_it_is_about() -> None:
    told = {name: chart_of(sweep_of(name)) for name in shipped_sweeps()}
    assert told == {
        "honduras-2021.sweep": "left:HND",
        "honduras-2023.sweep": "left:HND",
        "honduras-2025.sweep": "suspended:HND",
    }


def compare_with_kept(now: Path, name: str, table: str) -> None:
    """Fails where a table differs from the one in git."""
    kept = ROOT / FOLDER / name / table
    if not kept.is_file():
        pytest.fail(f"{kept.relative_to(ROOT)} is not there: run `make results`")
    found = list(differences(rows(kept), rows(now / name / table)))
    if found:
        pytest.fail(f"{name}/{table}: {len(found)} values moved ({'; '.join(found[:5])}): {ADVICE}")


def test_there_is_no_golden_result_without_a_scenario() -> None:
    kept = {path.name for path in (ROOT / FOLDER).glob("*") if path.is_dir()}
    wanted = {*shipped(), *shipped_sweeps(), LEVERS, "backtest", "docking", "patterns", f"{OUTLOOK}.sensitivity"}
    assert kept <= wanted, "run `make results` and remove what is left over"


def test_differences_are_seen() -> None:
    table = [["month", "mean", "observed"], ["2021-12", "14.000000", ""]]
    assert list(differences(table, [table[0], ["2021-12", "14.0000005", ""]])) == []
    assert list(differences(table, [table[0], ["2021-12", "14.000002", ""]])) == [
        "2021-12 mean: 14.000000 is now 14.000002"
    ]
    assert list(differences(table, [table[0], ["2021-12", "14", "14"]])) == ["2021-12 observed: blank is now 14"]
    assert list(differences(table, table[:1])) == ["another shape or heading"]


# --- The table of scenarios in scenarios/README.md, which `make results` writes

NUMBER = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?!\w|-|\.\d)")


def cells_between_the_marks(file: Path, part: str = "scenarios") -> list[list[str]]:
    """What `make results` wrote into a Markdown file: each row of the table in cells, each other line as one."""
    lines = [line for line in part_of(file, part).splitlines() if line.strip("|- ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def moved(kept: list[list[str]], made: list[list[str]]) -> Iterator[str]:
    """Where two tables differ: in their words, or in a number by more than one of its last digit."""
    if [row[0].split()[0] for row in kept] != [row[0].split()[0] for row in made]:
        yield "another set of rows"
        return
    for old, new in zip(kept, made, strict=True):
        for column, (was, now) in enumerate(itertools.zip_longest(old, new, fillvalue="")):
            numbers = zip(NUMBER.findall(was), NUMBER.findall(now), strict=False)
            close = all(abs(float(a) - float(b)) <= 1.01 * 10.0 ** -len(b.partition(".")[2]) for a, b in numbers)
            if NUMBER.sub("#", was) != NUMBER.sub("#", now) or not close:
                yield f"{old[0].split()[0]}, column {column + 1}: `{was}` is now `{now}`"


@pytest.fixture(scope="module")
def listed(told: dict[str, Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the table as the model gives it today."""
    file = tmp_path_factory.mktemp("listed") / "README.md"
    (begin, end), (effects, end_of_effects) = marks("scenarios"), marks("effects")
    file.write_text(f"Before.\n{begin}\nold\n{end}\nAfter.\n{effects}\n{end_of_effects}\n", "utf-8")
    return write_list(told, file)


@thorough
def test_the_table_of_scenarios_says_what_the_model_says(listed: Path) -> None:
    found = list(moved(cells_between_the_marks(ROOT / LISTED_IN), cells_between_the_marks(listed)))
    if found:
        pytest.fail(f"{LISTED_IN}: {len(found)} cells differ ({'; '.join(found[:3])}): run `make results`")


@thorough
def test_the_table_of_effects_says_what_each_counterfactual_changes(listed: Path) -> None:
    kept, made = (cells_between_the_marks(file, "effects") for file in (ROOT / LISTED_IN, listed))
    found = list(moved(kept, made))
    if found:
        pytest.fail(f"{LISTED_IN}: {len(found)} cells of effects differ ({'; '.join(found[:3])}): run `make results`")
    chains = {name: load(name).chain for name in shipped()}
    paired = {name: chain for name, chain in chains.items() if chain}
    assert [row[:2] for row in made[1:]] == [[f"`{name}`", f"`{chain[-1]}`"] for name, chain in paired.items()]


@thorough
def test_no_counterfactual_moves_nothing(listed: Path) -> None:
    """The chance that it moves most, by more than three standard errors."""
    for row in cells_between_the_marks(listed, "effects")[1:]:
        found = re.search(r"[+−]([\d.]+) ± ([\d.]+)", row[3])
        assert found is not None
        assert float(found[1]) > 3 * float(found[2]), row


@thorough
def test_the_table_of_scenarios_has_a_row_for_each(told: dict[str, Result], listed: Path) -> None:
    head, *rows = (row for row in cells_between_the_marks(listed) if len(row) > 1)
    assert len(head) == 6
    assert [row[0] for row in rows] == [f"`{name}`" for name in shipped()]
    assert {len(row) for row in rows} == {6}
    for row in rows:
        assert re.match(r"\d+ become \d+\.\d \(\d+ to \d+\); ", row[4])
        assert row[5]
    assert f"\n{scenario_table(told)}\n" in listed.read_text("utf-8")


@thorough
def test_only_what_stands_between_the_marks_is_written(told: dict[str, Result], listed: Path) -> None:
    once = listed.read_text("utf-8")
    (begin, end), (effects, _) = marks("scenarios"), marks("effects")
    assert once.startswith(f"Before.\n{begin}\n| scenario |")
    assert f"\n{end}\nAfter.\n{effects}\n" in once
    write_list(told, listed)
    assert listed.read_text("utf-8") == once


def test_differences_between_tables_are_seen() -> None:
    was = "14 become 10.4 (7 to 13); X leaves: 48 % (22 to 87)"
    table = [["scenario", "what the model says"], ["`a-2021`", was], ["It turns at 6.4."]]

    def said(cell: str, line: str = "It turns at 6.4.") -> list[str]:
        return list(moved(table, [table[0], ["`a-2021`", cell], [line]]))

    assert said(was) == []
    assert said("14 become 10.5 (7 to 13); X leaves: 49 % (21 to 88)", "It turns at 6.3.") == []
    for cell in (
        "14 become 10.6 (7 to 13); X leaves: 48 % (22 to 87)",
        "14 become 10.4 (7 to 13); X leaves: 50 % (22 to 87)",
        "14 become 10.4 (7 to 13); Y leaves: 48 % (22 to 87)",
        "14 become 10.4 (7 to 13)",
    ):
        assert said(cell) == [f"`a-2021`, column 2: `{was}` is now `{cell}`"]
    assert said(was, "It turns at 6.2.") == ["It, column 1: `It turns at 6.4.` is now `It turns at 6.2.`"]
    assert list(moved(table, table[:1])) == ["another set of rows"]


SENSITIVITY = ("outcomes.csv", "indices.csv")


def test_the_outlooks_sensitivity_has_the_count_and_every_state_with_taipei(tmp_path: Path) -> None:
    """The same tables as those kept, from two blocks in place of all."""
    write_sensitivity(outlook_sensitivity(points=2), tmp_path, charts=False)
    place = f"{OUTLOOK}.sensitivity"
    for name in SENSITIVITY:
        kept, made = rows(ROOT / FOLDER / place / name), rows(tmp_path / place / name)
        assert kept[0] == made[0]
        assert len(kept) == len(made), ADVICE
    outcomes = [row[0] for row in rows(ROOT / FOLDER / place / "outcomes.csv")[1:]]
    allies = [iso3 for iso3, _, *rest in rows(ROOT / FOLDER / OUTLOOK / "states.csv")[1:] if "taipei" in rest]
    assert sorted(outcomes) == sorted(["count", *(f"left:{iso3}" for iso3 in allies)])


@thorough
def test_the_outlook_hangs_on_the_same_numbers(tmp_path: Path) -> None:
    write_sensitivity(outlook_sensitivity(), tmp_path, charts=False)
    for name in SENSITIVITY:
        place = Path(f"{OUTLOOK}.sensitivity") / name
        assert list(differences(rows(ROOT / FOLDER / place), rows(tmp_path / place))) == [], ADVICE
