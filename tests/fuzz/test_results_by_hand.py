"""Folders of ours that somebody edited, digests made to fit or not: refused with file, key and rule, or taken."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim as face
from sim.charts.catalogue import drawable
from sim.errors import InputError
from sim.letters import fit
from sim.results import check
from sim.results.manifests import KINDS
from tests.cli.calling import Sim, done
from tests.examples import THOROUGH, thorough
from tests.results.sealing import resealed, vouched, written_over

USUAL = ("result", "sweep")
TRIED = [kind for kind in KINDS if THOROUGH or kind in USUAL]
"""Kinds of folders that are made and tried."""
RUNS = ("--runs", 20, "--threads", 1, "--no-charts", "--quiet", "--out")
MADE: dict[str, tuple[object, ...]] = {
    "sweep": ("sweep", "honduras-2021", "--vary", "washington.attention=0,1", *RUNS),
    "comparison": ("compare", "honduras-2021", "honduras-2021-reassured", *RUNS),
    "sensitivity": (
        "sensitivity", "honduras-2021", "--design", "morris", "--points", 4, "--vary", "washington.attention=0:3",
        "--vary", "beijing.budget=0:2", "--runs", 40, "--threads", 1, "--no-charts", "--quiet", "--out",
    ),
    "fit": ("fit", "--out"),
    "backtest": ("backtest", "--origins", 2018, *RUNS),
}  # fmt: skip
UNDRAWN = {"format", "scenario", "title", "id", "runs", "seed", "parameters", "start", "end", "iso3", "state", "tie"}
"""Keys of a document that no chart of it is drawn from."""
TAME = {"format", "kind", "id", "files", "digest", "outside", "versions"}
"""Keys of a manifest that all kinds have, tried on one of them."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of each kind that is tried, by its name."""
    place = tmp_path_factory.mktemp("shelf")
    face.run("honduras-2025", runs=20, ledger=True, out=place / "all", threads=1, set={"scenario.end": "2026-12-31"})
    (result,) = (place / "all" / "honduras-2025").iterdir()
    if "explanation" in TRIED:
        done("explain", result, "--state", "HND", "--runs", 20, "--threads", 1, "--no-charts", "--quiet")
    for kind in TRIED:
        if kind in MADE:
            done(*MADE[kind], place / "all")
    return place / "all"


def folder_of(shelf: Path, kind: str) -> Path:
    """The folder of a kind on a shelf."""
    places = {
        "result": "honduras-2025/*", "sweep": "sweep/*/*", "comparison": "compare/*/*", "fit": "fit-*",
        "sensitivity": "sensitivity/*/*", "explanation": "honduras-2025/*/explain/HND", "backtest": "backtest/*",
    }  # fmt: skip
    (folder,) = shelf.glob(places[kind])
    return folder


@pytest.fixture(params=[pytest.param(kind, marks=() if kind in TRIED else thorough) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(shelf: Path, tmp_path: Path, kind: str) -> Path:
    """A folder of this kind among copies of all that it may need."""
    return folder_of(Path(shutil.copytree(shelf, tmp_path / "copy")), kind)


def alterations() -> Iterator[Any]:
    """Values of other types and sizes."""
    yield from (None, "\x1b]0;x\x07", -1, [], {}, [None], {"x": None}, 1e300)


def in_turn(altered: Iterable[Any], place: int, step: int) -> Iterator[tuple[int, Any]]:
    """Alterations of what is at a place, numbered: in everyday runs every `step`-th, others at the next place."""
    return itertools.islice(enumerate(altered), 0 if THOROUGH else place % step, None, 1 if THOROUGH else step)


def of_another_state(column: str) -> bool:
    """Whether a column says of another state what one says of Honduras."""
    return re.search(r"_(?!HND)[A-Z]{3}(_|$)", column) is not None


def looked_at(folder: Path, kind: str, wrong: list[str], what: object, draw: bool = False) -> None:
    """Read a folder as the commands do; note what is neither read nor refused in lines that a terminal can show."""
    try:
        if kind == "fit":
            check(folder)
            return
        found = drawable(folder)
        if draw:
            for name in found.usual:
                found.drawn(name)
    except InputError as error:
        text = "\n".join(error.lines())
        if not fit(text) or len(text) > 100_000 or not text.startswith((str(folder), "RESULT", "--")):
            wrong.append(f"{what}: {text[:300]!r}")
    except Exception as error:
        wrong.append(f"{what}: {type(error).__name__}: {str(error)[:300]}")


def test_a_manifest_with_another_key_or_value(folder: Path, kind: str) -> None:
    """Each key taken away, and given values of other types; with a digest that fits, and with the old one."""
    kept = (folder / "manifest.json").read_bytes()
    manifest = json.loads(kept)
    wrong: list[str] = []
    for place, key in enumerate(manifest):
        if key in TAME and kind != "fit":
            continue
        altered: list[dict[str, Any]] = [{name: value for name, value in manifest.items() if name != key}]
        altered += [{**manifest, key: value} for _, value in in_turn(alterations(), place, 3)]
        if isinstance(manifest[key], dict):
            for inner in manifest[key]:
                less = {name: value for name, value in manifest[key].items() if name != inner}
                altered += [{**manifest, key: less}, {**manifest, key: {**less, inner: [None]}}]
        for number, document in enumerate(altered):
            for seal in (True, False) if THOROUGH or number == 0 else (True,):  # an old digest refuses them alike
                written_over(folder, document, seal and key != "digest")
                looked_at(folder, kind, wrong, (key, number, seal))
    (folder / "manifest.json").write_bytes(kept)
    looked_at(folder, kind, wrong, "as it was")
    assert wrong == []


def test_a_document_with_another_key_or_value(folder: Path, kind: str) -> None:
    name = KINDS[kind].document
    if not name or kind == "comparison":  # which is made again from its results
        return
    document = json.loads((folder / name).read_text("utf-8"))
    wrong: list[str] = []
    for key in document:
        less = {other: value for other, value in document.items() if other != key}
        for number, changed in enumerate([less, *({**document, key: value} for value in alterations())]):
            (folder / name).write_text(json.dumps(changed), "utf-8")
            vouched(folder, name)
            looked_at(folder, kind, wrong, (name, key, number), draw=number == 0 and key not in UNDRAWN)
    assert wrong == []


def test_a_table_with_other_columns(folder: Path, kind: str) -> None:
    """Each column taken away, called otherwise, of another type or twice there, and the digests made to fit."""
    wrong: list[str] = []
    for path in sorted(folder.glob("*.parquet")):
        content, table = path.read_bytes(), pq.read_table(path)
        apart = 1 if THOROUGH or table.num_columns < 20 else 3
        for place, column in enumerate(table.column_names):
            if of_another_state(column) or place % apart:
                continue
            other = pa.array([{"a": 1}] * table.num_rows)
            names = [f"{name}x" if name == column else name for name in table.column_names]
            altered = (
                table.drop_columns([column]),
                table.rename_columns(names),
                table.set_column(place, column, other),
                table.append_column(column, table[column]),
            )
            for number, changed in in_turn(altered, place, len(altered)):
                pq.write_table(changed, path)
                vouched(folder, path.name)
                looked_at(folder, kind, wrong, (path.name, column, number))
        path.write_bytes(content)
        vouched(folder, path.name)
    for path in sorted(folder.glob("*.csv")):
        text = path.read_text("utf-8")
        for changed_text in ("", "\n", text.replace(",", ";"), text + "x,\n", text.partition(",")[2], "\x00" + text):
            path.write_text(changed_text, "utf-8")
            vouched(folder, path.name)
            looked_at(folder, kind, wrong, (path.name, changed_text[:20]))
        path.write_text(text, "utf-8")
        vouched(folder, path.name)
    assert wrong == []


def test_the_commands_say_it_in_a_line(sim: Sim, shelf: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(shelf, tmp_path / "copy"))
    for kind in TRIED:
        folder = folder_of(copy, kind)
        resealed(folder, lambda m: m.update(versions=3), seal=True)
        line = f"{folder}/manifest.json: versions: a table (got 3)"
        for command in (("plot",), ("verify",), *([("report",)] if kind in ("result", "sweep", "comparison") else [])):
            assert sim(*command, folder).problems() == [line]
    assert sim("explain", folder_of(copy, "result"), "--state", "HND").status == 2
