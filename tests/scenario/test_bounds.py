"""What is bounded before it is read: kind of file, size, depth, keys; and how many problems are told."""

from __future__ import annotations

import os
import socket
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import MOST_TOLD, InputError, ScenarioError
from sim.scenario import load, parse_overrides
from sim.scenario.reading import DEEPEST, LARGEST_BYTES, MOST_ITEMS, MOST_KEYS, parsed, plain_bytes, plain_text
from sim.sweeps.sweep import sweep_of
from sim.sweeps.varying import MOST_VARIED
from tests.scenario.documents import FILE, HEADER, header, loaded, refused, written


def refuses(call: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.exit_status == 2
    return caught.value.lines()


# --- The kind of file

PIPE = "a plain file, not a pipe: write it to a file first"


@pytest.fixture(params=["device", "pipe", "socket"])
def special(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A file that is none, and what is said of it."""
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    if request.param == "device":
        return "/dev/zero", "a plain file, not a device"
    if request.param == "pipe":
        os.mkfifo("one.toml")
        return "one.toml", PIPE
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("one.toml")
    return "one.toml", "a plain file, not a socket"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_what_is_no_plain_file_is_not_read(special: tuple[str, str]) -> None:
    """None of them is waited for."""
    name, said = special
    assert refuses(lambda: load(name)) == [f"{name}: {said}"]
    assert refuses(lambda: plain_text(Path(name), name)) == [f"{name}: {said}"]
    assert refuses(lambda: sweep_of(name, ["washington.attention=1,2"])) == [f"{name}: {said}"]
    link = Path("link.toml")
    link.symlink_to(name)
    assert refused("link.toml") == [f"link.toml: {said}"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_pipe_put_in_place_of_a_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.toml"
    path.touch()
    there = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda self: there)
    assert refuses(lambda: plain_text(path, "one.toml")) == [f"one.toml: {PIPE}"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_base_that_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "base.toml")
    path = written(tmp_path, head='[scenario]\nname = "one"\nextends = "base"\n')
    assert refused(path) == [f"{FILE}: scenario.extends: {PIPE} (got 'base')"]


def test_a_file_that_grows_is_read_no_further(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a" * 50)
    assert plain_bytes(path, "long.csv", 50) == b"a" * 50
    assert refuses(lambda: plain_bytes(path, "long.csv", 49)) == ["long.csv: a file of at most 49 bytes (got 50)"]


# --- Depth, keys, lists


def quick(call: Callable[[], list[str]]) -> list[str]:
    """What a call gives, which may take neither long nor much room."""
    tracemalloc.start()
    began = time.perf_counter()
    found = call()
    assert time.perf_counter() - began < 10.0
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
    return found


MANY_NAMES = "a." * 39_999 + "a"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (f"{MANY_NAMES} = 1", 7),
        (f"x = 1 # a remark\n[{MANY_NAMES}]", 8),
        (f"[[{MANY_NAMES}]]", 7),
        (f"x = {{ y = 1, {MANY_NAMES} = 1 }}", 7),
        (" . ".join(["'a'", '"b"'] * 20) + " = 1", 7),
        (f'x = """\n"\\""" # ""\n"""\n{MANY_NAMES} = 1', 10),
        (f"x = '''\n''# '\n'''\n{MANY_NAMES} = 1", 10),
        (f'x = "\n{MANY_NAMES} = 1', 8),
    ],
    ids=[
        "key",
        "table",
        "list of tables",
        "inline",
        "quoted",
        "after a text",
        "after a literal",
        "after an open quote",
    ],
)
def test_a_key_of_many_names(tmp_path: Path, body: str, line: int) -> None:
    path = written(tmp_path, body)
    assert quick(lambda: refused(path)) == [f"{FILE}: keys of at most {DEEPEST} names (line {line})"]


def test_dots_in_texts_and_numbers_are_no_names(tmp_path: Path) -> None:
    stops = "." * 100
    body = f"# {stops}\n[washington]\nattention = 9.5\n[events.a]\n"
    body += f'type = "truce"\ndate = 2021-01-01\nsource = """\n{stops} \\""" # {stops}\n"""\nassumption = \'{stops}\'\n'
    scenario = loaded(tmp_path, body).scenario
    assert scenario.events["a"].assumption == stops
    numbers = ", ".join(["1.5"] * 100)
    assert refused(written(tmp_path, f"x = [{numbers}]")) == [f"{FILE}: scenario.x: unknown key (got 'x')"]


def test_an_open_text_takes_no_time() -> None:
    for text in ('x = """' + '\\"""' * 50_000, "x = " + "'''a" * 10_001, 'x = """' + "\\", "x = '" + '"' * 100_000):
        quick(lambda text=text: refuses(lambda: parsed(text, FILE)))  # type: ignore[misc]


def test_many_keys(tmp_path: Path) -> None:
    path = written(tmp_path, "".join(f"a.b.c.d.e.f.g.h.x{number} = 1\n" for number in range(10_000)))
    assert quick(lambda: refused(path)) == [f"{FILE}: at most {MOST_KEYS:,} keys (got {10_000 * 9 + 6})"]


def test_a_list_of_many_values(tmp_path: Path) -> None:
    path = written(tmp_path, f"x = [{'1,' * (MOST_ITEMS + 1)}]")
    assert quick(lambda: refused(path)) == [f"{FILE}: at most {MOST_ITEMS:,} values in lists (got {MOST_ITEMS + 1})"]


def test_a_file_of_texts_alone(tmp_path: Path) -> None:
    path = written(tmp_path, head=header(title='"' + "x" * 10_001 + '"', question='"' + "x" * 10_000 + '"'))
    (line,) = refused(path)
    assert line.startswith(f"{FILE}: scenario.title: a text of at most 10,000 letters (got 'xxx")
    assert len(line) < 300
    path = written(tmp_path, "#" * LARGEST_BYTES)
    assert refused(path) == [f"{FILE}: a file of at most 2000000 bytes (got {LARGEST_BYTES + len(HEADER)})"]


@pytest.mark.parametrize("path", [MANY_NAMES, "events." + MANY_NAMES])
def test_a_setting_of_many_names(tmp_path: Path, path: str) -> None:
    rule = f"a path of at most {DEEPEST} names"
    (line,) = quick(lambda: refuses(lambda: parse_overrides([f"{path}=1"])))
    assert line.startswith(f"--set: {rule} (got '{path[:40]}")
    (line,) = quick(lambda: refused(written(tmp_path), {path: 1}))
    assert line.startswith(f"{FILE}: {rule} (got '{path[:40]}")
    (line,) = quick(lambda: refuses(lambda: sweep_of("honduras-2021", [f"{path}=1,2"])))
    assert rule in line


# --- Sweep files


def test_sweep_files_are_bounded_too(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(f'[sweep]\nscenario = "honduras-2021"\n[vary]\n{MANY_NAMES} = [1]\n')
    (line,) = quick(lambda: refuses(lambda: sweep_of(path)))
    assert line == f"{path}: keys of at most {DEEPEST} names (line 4)"
    rows = "".join(f'"washington.a{number}" = [1]\n' for number in range(MOST_VARIED + 1))
    path.write_text(f'[sweep]\nscenario = "honduras-2021"\n[vary]\n{rows}')
    assert quick(lambda: refuses(lambda: sweep_of(path))) == [f"{path}: vary: at most 500 paths (got 501)"]


# --- How many are told


@pytest.mark.parametrize(
    ("body", "last"),
    [
        (
            "[washington]\n" + "".join(f"x{number} = 1\n" for number in range(20_000)),
            "washington.x{}: unknown key (got 'x{}')",
        ),
        (
            "[parameters]\n" + "".join(f"x{number} = 1\n" for number in range(20_000)),
            "parameters.x{}: a model parameter (sim parameters lists them) (got 'x{}')",
        ),
    ],
    ids=["keys", "parameters"],
)
def test_twenty_thousand_problems(tmp_path: Path, body: str, last: str) -> None:
    lines = refused(written(tmp_path, body))
    assert len(lines) == MOST_TOLD + 1
    assert lines[-2] == f"{FILE}: " + last.format(99, 99)
    assert lines[-1] == f"{FILE}: and 19,900 more problems"


def test_one_problem_more() -> None:
    from sim.errors import Problem

    problems = [Problem("a", "b")] * (MOST_TOLD + 1)
    assert ScenarioError(problems[1:], "f").lines() == ["f: a: b"] * MOST_TOLD
    assert ScenarioError(problems, "f").lines()[-1] == "f: and 1 more problem"


# --- Bases


def test_a_chain_says_who_extended_whom(tmp_path: Path) -> None:
    change = '[scenario]\nname = "n{}"\nextends = "n{}"\n'
    for number in range(25):
        written(tmp_path, head=change.format(number, number + 1), name=f"n{number}.toml")
    written(tmp_path, "[washington]\natention = 1", name="n2.toml")
    assert refused(tmp_path / "n0.toml") == [
        "n2 (extended by n1 (extended by n0.toml)): washington.atention: unknown key (got 'atention'); "
        "did you mean attention?"
    ]
    assert refused(tmp_path / "n3.toml") == [
        "n3.toml: scenario.extends: at most 20 scenarios that extend one another (got 'n23')"
    ]


def test_a_base_elsewhere_and_through_a_link(tmp_path: Path) -> None:
    """`extends` follows paths and links, as the guide says."""
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    written(tmp_path / "other", "[washington]\nattention = 3", name="base.toml")
    (tmp_path / "one" / "link.toml").symlink_to(tmp_path / "other" / "base.toml")
    for base in ("../other/base", "../other/base.toml", "link", str(tmp_path / "other" / "base.toml")):
        scenario = loaded(tmp_path / "one", head=f'[scenario]\nname = "one"\nextends = "{base}"\n').scenario
        assert scenario.washington.attention == 3
