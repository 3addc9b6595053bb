"""Files and texts of a user, bounded before they are read: plain files of some size, TOML of some depth."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.scenario.formats import other_kind, wide

LARGEST_BYTES = 2_000_000
DEEPEST = 20
"""Tables and lists inside one another, and names in a dotted key; the language itself needs eight."""
MOST_KEYS = 50_000
"""Keys of a file, with those that dots put between; a scenario of two hundred states and events has some thousands."""
MOST_ITEMS = 100_000
"""Values in the lists of a file."""


def plain_text(path: Path, label: str) -> str:
    """The text of a plain file in UTF-8. Raises ScenarioError under the name `label`, as `plain_bytes` does."""
    return as_text(plain_bytes(path, label), label)


def as_text(content: bytes, label: str, saved: str = "UTF-8") -> str:
    """The text of UTF-8 bytes, without the mark that Windows editors put first.

    saved : the encoding that an error asks for
    Raises ScenarioError under the name `label`.
    """
    if encoding := wide(content):
        raise ScenarioError(Problem("", f"a text in UTF-8, not {encoding}: save it as {saved}"), label)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        rule = f"a text in UTF-8 (byte {error.start} is not): save it as {saved}"
        raise ScenarioError(Problem("", rule), label) from None


def plain_bytes(path: Path, label: str, largest: int = LARGEST_BYTES) -> bytes:
    """The content of a plain file of at most `largest` bytes; nothing of any other is read.

    Pipes, devices and sockets are refused without waiting for them: what they hold has no end that could be known.
    Raises ScenarioError under the name `label`.
    """
    try:
        _check_plain(path.stat(), label)  # before it is opened, which a device may notice
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            _check_plain(os.fstat(number), label)  # it may be another by now
            content = file.read(largest + 1)
        if len(content) > largest:
            raise ScenarioError(Problem("", f"a file of at most {largest} bytes", path.stat().st_size), label)
        return content
    except OSError as error:
        raise ScenarioError(Problem("", f"cannot be read: {error.strerror}"), label) from None
    except ValueError:
        raise ScenarioError(Problem("", "the name of a file"), label) from None


def _check_plain(status: os.stat_result, label: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ScenarioError(not_plain(status), label)


_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


def not_plain(status: os.stat_result) -> Problem:
    """The problem with a path at which there is something other than a plain file."""
    kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "a device")
    return Problem("", f"a plain file, not {kind}" + (": write it to a file first" if kind == "a pipe" else ""))


_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.?|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+"
    r"|[\[\]{}.=,\n]",
    re.DOTALL,
)
"""What counts in TOML: texts and remarks, to be passed over, and the signs that nest, join and part."""


def parsed(text: str, label: str, name: str = "") -> dict[str, Any]:
    """The tables of a TOML text. Raises ScenarioError, before parsing, where they would be too deep or too many.

    name : of its file: a suffix such as `.yaml` says what else it may be
    """
    try:
        bounded(text, label)
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        kind = other_kind(name, text)
        rule = f"not valid TOML: {error}"
        if kind is not None:
            rule = f"a TOML file, not {kind}: `sim new` writes one to start from"
        raise ScenarioError(Problem("", rule), label) from None
    except ValueError:
        raise ScenarioError(Problem("", "whole numbers of fewer than 4,000 digits"), label) from None
    except RecursionError:
        raise ScenarioError(Problem("", "tables nested less deeply"), label) from None


def bounded(text: str, label: str) -> None:
    """Refuse a TOML text that would take much room when parsed: a table is made for each name of a dotted key."""
    depth = dots = keys = items = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign == ".":
            dots += 1
        elif sign in ("=", "]"):  # the end of a key, of a table's name, or of a list, which may pass for a key
            keys += dots + 1
            depth -= sign == "]"
            dots = 0
        elif sign in ("[", "{"):
            depth = max(depth, 0) + 1
            dots = 0
        elif sign in ("}", ",", "\n"):
            items += sign == ","
            depth -= sign == "}"
            dots = 0
        if depth > DEEPEST or dots >= DEEPEST:
            line = text.count("\n", 0, token.start()) + 1
            rule = "tables nested less deeply" if depth > DEEPEST else f"keys of at most {DEEPEST} names"
            raise ScenarioError(Problem("", f"{rule} (line {line})"), label)
    if keys > MOST_KEYS:
        raise ScenarioError(Problem("", f"at most {MOST_KEYS:,} keys", keys), label)
    if items > MOST_ITEMS:
        raise ScenarioError(Problem("", f"at most {MOST_ITEMS:,} values in lists", items), label)
