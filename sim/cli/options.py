"""What several commands share: options, output of one JSON object, progress."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
overrides = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Set a number of the scenario by its path, such as washington.attention=2 (repeatable).",
)


def program() -> str:
    """How to call this program from where the user is: `sim` where that finds it, else its path."""
    called = Path(sys.argv[0])
    if called.name != "sim" or shutil.which("sim"):
        return "sim"
    try:
        return str(called.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(called)


def print_json(document: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=1, default=str))


class Progress:
    """Progress on standard error: a bar with the time left on a terminal, a plain line now and then elsewhere."""

    def __init__(self, what: str, quiet: bool, patience: float = 1.5) -> None:
        self.what, self.quiet, self.patience = what, quiet, patience
        self.began = self.told = 0.0
        self.first = 0
        self.bar: Any = None
        self.task: Any = None

    def __call__(self, done: int, wanted: int) -> None:
        now = time.monotonic()
        if self.began == 0.0:
            self.began = self.told = now
            self.first = done
        if self.quiet or now - self.began < self.patience:
            return
        if not sys.stderr.isatty():
            if now - self.told > 10.0:
                self.told = now
                left = (now - self.began) * (wanted - done) / max(done - self.first, 1)
                print(
                    f"{self.what}: {done} of {wanted} runs, about {left:.0f} s left",
                    file=sys.stderr,
                    flush=True,
                )
            return
        if self.bar is None:
            from rich.console import Console
            from rich.progress import Progress as Bar

            self.bar = Bar(console=Console(stderr=True), transient=True)
            self.bar.start()
            self.task = self.bar.add_task(self.what, total=wanted)
        self.bar.update(self.task, completed=done)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()
