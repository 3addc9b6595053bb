"""Acts out a page: writes its files, types its commands, runs its Python, and keeps what was printed.

In a page of `docs/`

- ```` ```toml title="FILE" ```` is written to FILE; a second block of the same title is added to it;
- ```` ```toml ```` without a title is a scenario, or part of one, which must load;
- each line of ```` ```sh ```` is a command. `sim ...` is run, in order, in one folder; a comment `# status 2` gives its
  exit status; other commands must begin as in `NOT_RUN`;
- ```` ```python ```` runs, in the same folder, one block after the other;
- ```` ```text title="Printed" ```` is the output of the commands or the Python before it; `make docs` records it;
- a picture after `<!-- copied from FILE -->` is a copy of a file that the page's commands produced.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

DOCS = Path(__file__).resolve().parent
PRINTED = 'text title="Printed"'
HEADER = """
[scenario]
name = "an-example"
title = "An example"
question = "Does it load?"
start = 2026-05-15
end = 2031-05-31
"""
"""Header under which part of a scenario is loaded."""
NOT_RUN = ("make ", "source ", "dask ", ".venv/bin/", "sim explore ")
"""Beginnings of shell lines that are not run: they install something, or never end."""
OTHER_MACHINE = "tcp://HEAD"
"""Lines that name a machine only the reader has are not run either."""

_FENCE = re.compile(r"^```(?P<info>[a-z]+[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_COPIED = re.compile(r"<!-- copied from (?P<file>\S+) -->\n!\[[^\]]*\]\((?P<copy>[^)]+)\)")
_ID = re.compile(r"\b[0-9a-f]{16}\b")
_STATUS = re.compile(r"\s+# status (\d+)$")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    info: str
    """The text after the backticks."""
    text: str
    start: int
    """Position in the page where its text starts."""

    @property
    def language(self) -> str:
        return self.info.split()[0]

    @property
    def title(self) -> str | None:
        match = re.search(r'title="([^"]+)"', self.info)
        return match[1] if match else None


def blocks_of(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(match["info"].strip(), match["text"], match.start("text")) for match in _FENCE.finditer(page)]


def pages() -> list[Path]:
    """All pages that have a story, that is, code."""
    return [path for path in sorted(DOCS.rglob("*.md")) if "reference" not in path.parts]


@dataclass
class Story:
    """A page acted out in a folder."""

    page: Path
    folder: Path
    skipped: list[str] = field(default_factory=list)
    """Commands that were not run, because they do not exist or are in `NOT_RUN`."""
    printed: dict[int, str] = field(default_factory=dict)
    """Output before each block that shows it, by the block's start."""
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    out: str = ""

    def live(self) -> None:
        """Act out everything, in order. Raises AssertionError with the block that failed."""
        with inside(self.folder):
            for block in blocks_of(self.page.read_text("utf-8")):
                if block.info == PRINTED:
                    self.printed[block.start] = self.out
                    continue
                do = getattr(self, f"_{block.language}", None)
                if do is not None:
                    self.out = ""
                    do(block)

    def _toml(self, block: Block) -> None:
        from sim.scenario import load

        if block.title is None:
            document = tomllib.loads(block.text)
            file = Path("part-of-a-scenario.toml")
            file.write_text(block.text if "scenario" in document else HEADER + block.text, "utf-8")
            scenario = load(file).scenario
            for table in document:
                assert getattr(scenario, table), f"{self.page.name}: [{table}] is empty once loaded"
            file.unlink()
            return
        file = Path(block.title)
        before = file.read_text("utf-8") + "\n" if file.exists() else ""
        file.write_text(before + block.text, "utf-8")
        if "scenario" in tomllib.loads(file.read_text("utf-8")):
            load(file)

    def _sh(self, block: Block) -> None:
        for line in block.text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            self.out += self.command(line)

    def command(self, line: str) -> str:
        """Type a command; returns its output."""
        from sim.cli.main import COMMANDS

        if line.startswith(NOT_RUN) or OTHER_MACHINE in line:
            self.skipped.append(line)
            return ""
        status = _STATUS.search(line)
        words = shlex.split(line, comments=True)
        if words[:1] != ["sim"]:
            raise AssertionError(f"{self.page.name}: no command of `sim`, and not in NOT_RUN: {line}")
        if words[1] not in COMMANDS:
            self.skipped.append(line)
            return ""
        wanted = int(status[1]) if status else 0
        got, out, err = run(expanded(words[1:]))
        assert got == wanted, f"{self.page.name}: {line}: status {got}, not {wanted}: {err or out}"
        return err if wanted else out

    def _python(self, block: Block) -> None:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block.text, f"{self.page.name}, Python block", "exec"), self.names)
        self.out = out.getvalue()

    def recorded(self) -> str:
        """The page with its output filled in."""
        text = self.page.read_text("utf-8")
        for block in reversed(blocks_of(text)):
            if block.info == PRINTED and self.printed[block.start]:
                end = block.start + len(block.text)
                text = text[: block.start] + tidy(self.printed[block.start]) + text[end:]
        return text

    def pictures(self) -> Iterator[tuple[Path, Path]]:
        """Pictures that the page copies: the file, and its place in `docs/`; only those that exist."""
        for match in _COPIED.finditer(self.page.read_text("utf-8")):
            files = sorted(self.folder.glob(match["file"]))
            if files:
                yield files[-1], (self.page.parent / match["copy"]).resolve()
            elif not self.skipped:
                raise AssertionError(f"{self.page.name}: nothing was made at {match['file']}")

    def copy_pictures(self) -> None:
        """Put copies of the pictures where the page shows them."""
        for file, copy in self.pictures():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


def tidy(text: str) -> str:
    """Output without what differs between readers: ids of results, times."""
    lines = [_ID.sub("ID", line.rstrip()) for line in text.strip().splitlines() if not line.startswith("Time: ")]
    return "\n".join(lines).rstrip() + "\n"


def expanded(words: list[str]) -> list[str]:
    """The words with patterns such as `results/mine/*` replaced by the files there, as a shell does."""
    arguments: list[str] = []
    for word in words:
        paths = sorted(map(str, Path().glob(word))) if "*" in word else []
        arguments += paths or [word]
    return arguments


def run(arguments: list[str]) -> tuple[int, str, str]:
    """Status, standard output and standard error of a command, in this process."""
    from sim.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    status = 0
    # The console that draws tables and progress asks how wide the terminal is.
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ, {"COLUMNS": "100"}),
        mock.patch.object(sys, "argv", ["sim", *arguments]),
    ):
        try:
            main(arguments)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
    return status, out.getvalue(), err.getvalue()


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder for the length of a `with`."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
