"""The promises of the packaging: pinned versions, no trace of one machine, one-way imports, a quick start."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PIN = re.compile(r"(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)==(?P<version>\d+(?:\.\w+)*)")

ROOMS = (
    "letters",
    "words",
    "places",
    "errors",
    "shown",
    "parameters",
    "atlas",
    "scenario",
    "model",
    "fit",
    "results",
    "runs",
    "sweeps",
    "backtest",
    "analysis",
    "face",
    "charts",
    "report",
    "explore",
    "cli",
)
"""The rooms of the house: each imports only from itself and those before it."""

HEAVY = ("numpy", "SALib", "scoringrules", "pandas", "numba", "matplotlib", "mesa", "pyarrow", "scipy", "pydantic")


# --- Versions


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    matches = [PIN.fullmatch(line) for line in lines]
    return {match["name"]: match["version"] for match in matches if match}


def needed(requirements: list[str]) -> Iterator[Requirement]:
    """`requirements` and all that they need on this platform, each once (a name with extras counts anew)."""
    waiting = [(Requirement(text), "") for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        yield requirement
        for asked in ("", *sorted(requirement.extras)):
            key = (canonicalize_name(requirement.name), asked)
            if key not in seen:
                seen.add(key)
                waiting += [(Requirement(text), asked) for text in requires(requirement.name) or ()]


def test_constraints_hold_only_names_and_exact_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN.fullmatch(line)] == []
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(set(names))


@pytest.mark.parametrize("text", PROJECT["dependencies"])
def test_core_dependency_is_pinned_within_its_bounds(text: str) -> None:
    requirement = Requirement(text)
    assert requirement.specifier, "a core dependency says its lower bound"
    assert Version(pins()[canonicalize_name(requirement.name)]) in requirement.specifier


def test_everything_installed_is_pinned() -> None:
    pinned = pins()
    wanted = list(needed(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]))
    missing = {canonicalize_name(r.name) for r in wanted if canonicalize_name(r.name) not in pinned}
    assert missing == set()
    outside = [str(r) for r in wanted if Version(pinned[canonicalize_name(r.name)]) not in r.specifier]
    assert outside == []


def test_citation_names_the_same_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {PROJECT['version']}\n" in citation


# --- No trace of one machine

# Put together from pieces, so that this file does not contain what it looks for.
TRACES = re.compile(
    "|".join(
        [
            "/" + "work/",
            "/" + "root/",
            "/" + "tmp/[a-z]",
            r"(?<![\w.])/" + r"home/\w",
            r"(?<![\w.])/" + r"Users/\w",
            r"\b[A-Z]:" + r"\\Users\\",
            "python" + "hosted",
            r"pypi" + r"\.(?:org|python)",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian",
        ]
    )
)
SKIPPED_FOLDERS = {"build", "dist", "site", "__pycache__"}
KEPT_HIDDEN = {".ci", ".github"}
KEPT_RESULTS = {"README.md", "reference"}


def tracked_files() -> Iterator[Path]:
    """Every file of the tree but caches, environments, build leftovers and the results of runs."""
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED_FOLDERS
            and not name.endswith(".egg-info")
            and (not name.startswith(".") or name in KEPT_HIDDEN)
            and not (here / name / "pyvenv.cfg").exists()
        )
        if here == ROOT / "results":
            folders[:] = [name for name in folders if name in KEPT_RESULTS]
            files = [name for name in files if name in KEPT_RESULTS]
        yield from (here / name for name in sorted(files) if name != ".coverage")


def test_the_walk_sees_the_project() -> None:
    seen = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    assert {"pyproject.toml", "Makefile", ".ci/run", "results/README.md", "sim/errors.py"} <= seen
    assert not any(path.startswith((".venv/", ".git/")) for path in seen)


def test_no_file_names_a_folder_of_one_machine_or_a_registry() -> None:
    found = []
    for path in tracked_files():
        if path.suffix in {".png", ".svg", ".parquet"}:
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        for number, line in enumerate(text.splitlines(), start=1):
            if match := TRACES.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "work/main",
        "~/x /" + "root/y",
        "open /" + "tmp/a",
        "(/" + "home/ann)",
        "https://pypi" + ".org/x",
    ],
)
def test_the_patterns_catch_what_they_should(text: str) -> None:
    assert TRACES.search(text)


# --- One-way imports


def imported_modules(source: str, package: str) -> Iterator[str]:
    """Dotted names of all imports in `source`, also inside functions; relative ones resolved in `package`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parent, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def breaches(room: str, source: str, package: str) -> list[str]:
    """What in `source`, a module of `room`, imports from the public face or from a room that comes later."""
    allowed = ROOMS[: ROOMS.index(room) + 1]
    return [
        name
        for name in imported_modules(source, package)
        if name == "sim" or (name.startswith("sim.") and name.split(".")[1] not in allowed)
    ]


def modules_of(room: str) -> list[Path]:
    return [*sorted((ROOT / "sim" / room).rglob("*.py")), *sorted((ROOT / "sim").glob(f"{room}.py"))]


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_from_rooms_before_it(room: str) -> None:
    found = []
    for path in modules_of(room):
        package = ".".join(path.relative_to(ROOT).parent.parts)
        names = breaches(room, path.read_text(encoding="utf-8"), package)
        found += [f"{path.relative_to(ROOT)} imports {name}" for name in names]
    assert found == []


def test_every_module_is_in_a_room() -> None:
    entries = {path.stem for path in (ROOT / "sim").iterdir() if path.suffix == ".py"}
    folders = {path.name for path in (ROOT / "sim").iterdir() if any(path.glob("*.py"))}
    assert (entries | folders) - {"__init__", "__main__"} <= set(ROOMS)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import sim.errors\nfrom sim.model import rules\nfrom . import world\nimport numpy", []),
        ("from sim.runs import ensemble", ["sim.runs.ensemble"]),
        ("def f():\n    import sim.charts.style", ["sim.charts.style"]),
        ("from ..fit import record", ["sim.fit.record"]),
        ("from .. import results", ["sim.results"]),
        ("from sim import load", ["sim.load"]),
        ("import sim", ["sim"]),
    ],
)
def test_breaches_are_seen(source: str, expected: list[str]) -> None:
    assert breaches("model", source, "sim.model") == expected


# --- A quick start


@pytest.mark.parametrize(
    ("command", "needed"),
    [(["--help"], []), (["list"], []), (["history"], []), (["validate", "honduras-2021"], ["pydantic"])],
    ids=" ".join,
)
def test_quick_commands_load_no_heavy_libraries(command: list[str], needed: list[str]) -> None:
    code = (
        "import contextlib, io, json, sys\nfrom sim.cli.main import main\n"
        f"with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n    main({command})\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert sorted(loaded & set(HEAVY)) == needed
