"""What a file that is no TOML in UTF-8 is instead, so that its error can say it."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

_WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_BARE = re.compile(rb"(?:[\t\n\r -~]\0){8}|(?:\0[\t\n\r -~]){8}")
_SUFFIXES = {".yaml": "YAML", ".yml": "YAML", ".json": "JSON", ".xml": "XML"}
_LOOKS = (
    ("XML", re.compile(r"\s*<[?!A-Za-z]")),
    ("JSON", re.compile(r'\s*(\{\s*["}]|\[\s*[\[{]\s*")')),
    (
        "YAML",
        re.compile(r"(?:[ \t\r]*+(?:#[^\n]*+)?\n)*+(---\s|%YAML|(\"[^\"\n]*\"|'[^'\n]*'|[A-Za-z_][\w -]*):(\s|$))"),
    ),
)
"""How a text of each kind begins; none of them is how TOML does, less tables of tables with a quoted name."""


def wide(content: bytes) -> str | None:
    """UTF-16 or UTF-32, where that is how a text is kept: Windows tools write it. None for any other."""
    marked = next((name for mark, name in _WIDE if content.startswith(mark)), None)
    return marked or ("UTF-16" if _BARE.match(content) else None)


def other_kind(name: str, text: str) -> str | None:
    """YAML, JSON or XML, where a text that is no TOML is one of them by how it begins, or by its file's suffix."""
    looks = next((kind for kind, pattern in _LOOKS if pattern.match(text)), None)
    return looks or _SUFFIXES.get(PurePath(name).suffix.lower())
