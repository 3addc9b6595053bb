"""Calling the command line: in this process, which is quick, or in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from sim.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a call left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output: strict, without NaN and without anything after it."""

        def no(constant: str) -> Any:
            raise ValueError(f"{constant} is no JSON")

        return json.loads(self.out, parse_constant=no)

    def problems(self) -> list[str]:
        """The lines of a refused request: status 2, nothing on standard output, no traceback."""
        assert self.status == 2, self
        assert self.out == ""
        assert "Traceback" not in self.err
        return self.err.splitlines()


class Sim:
    """The command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: object) -> Said:
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        streams = self.capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, streams.out, streams.err)


def done(*arguments: object) -> str:
    """The command line in this process, for a fixture that several tests read: what it says; it must succeed."""
    with contextlib.redirect_stdout(io.StringIO()) as said, pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    assert ended.value.code == 0
    return said.getvalue()


def apart(*arguments: object, **settings: Any) -> Said:
    """The command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "sim", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **settings,
    )
    return Said(done.returncode, done.stdout, done.stderr)
