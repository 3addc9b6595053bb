"""The wheel on every Python found, at the lowest and the newest versions of what it needs: `make matrix`.

Each pair has an environment of its own, without `constraints.txt`, and runs both engines there. Lowest is, of each
direct dependency, the lowest version that `pyproject.toml` allows and this Python has wheels for. Named Pythons
are used in place of those found: `python -m tools.matrix python3.12 python3.13`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOWEST, NEWEST = "lowest", "newest"
WHEELS = ("--only-binary", ":all:")
"""Options of pip: nothing is compiled from its sources."""
FIRST, LAST = 11, 29
"""Minor versions of Python 3 that are looked for."""
SMOKE = """
import mesa, numba, numpy, pandas, sim
compiled, agents = (sim.run("honduras-2021", runs=20, seed=1, engine=engine) for engine in ("compiled", "mesa"))
assert (compiled.counts == agents.counts).all(), "the engines differ"
world = sim.world("honduras-2021", seed=1, parameters="drawn")
while world.running:
    world.step()
assert world.count == compiled.counts[0, -1], "a world is not its run"
collected = world.datacollector.get_model_vars_dataframe()
assert collected["count"].tolist()[1:] == compiled.counts[0, 1:].tolist(), "what is collected is not its run"
assert sum(map(len, world.agents_by_type.values())) == len(world.agents)
sim.run("honduras-2021", runs=20, agents="mine.py", out="results")
if hasattr(mesa, "batch_run"):
    assert len(mesa.batch_run(sim.world, {"scenario": "honduras-2021", "run": [0, 1]}, display_progress=False)) == 2
print(", ".join(f"{library.__name__} {library.__version__}" for library in (mesa, numba, numpy, pandas)))
"""
"""Python that must run in each environment."""


def pythons() -> list[str]:
    """The Pythons on the path that the project can use, one for each minor version."""
    found = (shutil.which(f"python3.{minor}") for minor in range(FIRST, LAST + 1))
    return [path for path in found if path is not None and _works(path)]


def _works(path: str) -> bool:
    return subprocess.run([path, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def allowed(requirement: Requirement, available: list[str]) -> list[str]:
    """The versions that a requirement allows, the lowest first."""
    return sorted((version for version in available if Version(version) in requirement.specifier), key=Version)


def pins(python: Path) -> list[str]:
    """Each direct dependency at the lowest version that, with all it needs itself, this Python has wheels of."""
    return [_pin(python, Requirement(text)) for text in PROJECT["dependencies"]]


def _pin(python: Path, requirement: Requirement) -> str:
    def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(python), "-m", "pip", *arguments], capture_output=True, text=True)

    listed = re.search(r"Available versions: (.*)", pip("index", "versions", requirement.name).stdout)
    for version in allowed(requirement, listed[1].split(", ") if listed else []):
        pin = f"{requirement.name}=={version}"
        if pip("install", "--dry-run", *WHEELS, pin).returncode == 0:
            return pin
    return str(requirement)


def tried(python: str, which: str, wheel: Path, room: Path) -> str:
    """Install the wheel and run the smoke test; what it printed. Raises CalledProcessError where either fails."""
    subprocess.run([python, "-m", "venv", room], check=True, capture_output=True)
    inside = room / ("Scripts" if os.name == "nt" else "bin")
    own = inside / "python"
    pip = [str(own), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet", *WHEELS]
    subprocess.run(
        [*pip, str(wheel), *(pins(own) if which == LOWEST else [])], check=True, capture_output=True, text=True
    )
    settings = {"cwd": room, "check": True, "capture_output": True, "text": True}
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NUMBA_CACHE_DIR")}
    environment["NUMBA_CACHE_DIR"] = str(room / "cache")
    for arguments in (["new-agents", "mine"], ["run", "honduras-2021", "--engine", "mesa", "--runs", "20", "--quiet"]):
        subprocess.run([inside / "sim", *arguments], env=environment, **settings)  # type: ignore[call-overload]
    smoke = subprocess.run([own, "-c", SMOKE], env=environment, **settings)  # type: ignore[call-overload]
    return str(smoke.stdout).strip()


def main(chosen: list[str]) -> int:
    """Try each; returns how many failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, str(ROOT)]
        subprocess.run(build, check=True)
        (wheel,) = room.glob("*.whl")
        for number, python in enumerate(chosen or pythons()):
            name = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
            for which in (LOWEST, NEWEST):
                print(f"{name}, {which}: ", end="", flush=True)
                try:
                    print(tried(python, which, wheel, room / f"{number}-{which}"), flush=True)
                except subprocess.CalledProcessError as error:
                    failed += 1
                    print(f"failed: {error.cmd}\n{error.stdout}{error.stderr}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
