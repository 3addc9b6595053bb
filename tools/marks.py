"""Parts of Markdown files that `make results` writes, each between two marks."""

from __future__ import annotations

from pathlib import Path


def marks(part: str) -> tuple[str, str]:
    """The comments that stand before and after a part of this name."""
    return f"<!-- {part}: written by `make results` -->", f"<!-- end of {part} -->"


def between(file: Path, part: str, text: str) -> Path:
    """Put a text between the marks of a part."""
    begin, end = marks(part)
    whole = file.read_text("utf-8")
    head, rest = whole.split(begin)
    tail = rest.split(end)[1]
    file.write_text(f"{head}{begin}\n{text}\n{end}{tail}", "utf-8")
    return file


def part_of(file: Path, part: str) -> str:
    """The text between the marks of a part. Raises ValueError unless each mark is there once."""
    begin, end = marks(part)
    _, rest = file.read_text("utf-8").split(begin)
    text, _ = rest.split(end)
    return text.strip()
