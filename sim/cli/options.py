"""What several commands share: options, output of one JSON object, progress."""

from __future__ import annotations

import functools
import json
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from sim.atlas.reading import parsed_day
from sim.cli.completing import files, mechanisms, settings, votes
from sim.errors import InputError, Problem
from sim.letters import json_fit

if TYPE_CHECKING:
    from sim.scenario import RecordTable, ResolvedScenario
    from sim.sweeps.sweep import Status

C = TypeVar("C", bound=Callable[..., Any])

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""Settings every command shares, whoever calls it."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
threads = click.option(
    "--threads", type=click.IntRange(1, 1024), help="Threads, or processes of Python agents (default: all cores)."
)
_executor = click.option(
    "--executor", type=click.Choice(["local", "dask"]), default="local", show_default=True,
    help="Threads of this machine, or the workers of a dask cluster.",
)  # fmt: skip
_scheduler = click.option("--scheduler", metavar="ADDRESS", help="Address of the dask scheduler.")
no_charts = click.option("--no-charts", is_flag=True, help="Draw no charts.")


without = click.option(
    "--without", multiple=True, metavar="MECHANISM", shell_complete=mechanisms,
    help="Switch off this mechanism, one of money, threats, beliefs, words, governments, purses, silence and hazard "
    "(the bare fitted hazard); repeatable (default: each of them, one by one).",
)  # fmt: skip


class Folder(click.ParamType):
    """The name of a folder to write under."""

    name = "directory"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="dir")]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if os.fspath(value):  # so that the Tab key waits for no library
            return Path(value)
        from sim.results import out_folder

        return out_folder(value, param.opts[0] if param is not None else "--out")


def out(holds: str) -> Callable[[C], C]:
    """The options `--out` and `--to` of a command that writes below a folder, which `holds` says.

    The command is given what they say as `out`: the folder to write below, or the very one.
    """
    return _placed(
        click.option(
            "--out", type=Folder(), default="results", show_default=True, metavar="DIR",
            help=f"Folder under which {holds}.",
        )
    )  # fmt: skip


def own_out(help: str) -> Callable[[C], C]:
    """The same of a command that writes nothing, or elsewhere, where neither is given."""
    return _placed(click.option("--out", type=Folder(), metavar="DIR", help=help))


def _placed(out: Callable[[Any], Any]) -> Callable[[C], C]:
    to = click.option(
        "--to", type=Folder(), metavar="FOLDER",
        help="Exactly this folder, in place of --out; it must be new, empty or hold this very result.",
    )  # fmt: skip

    def decorated(command: C) -> C:
        @functools.wraps(command)
        def called(*, out: Path | None, to: Path | None, **named: Any) -> Any:
            from sim.results import chosen

            usual = click.get_current_context().get_parameter_source("out") is ParameterSource.DEFAULT
            return command(out=out if to is None else chosen(None if usual else out, to), **named)

        return cast(C, out(to(called)))

    return decorated


def this_command() -> str:
    """The command line as a manifest keeps it."""
    return " ".join(["sim", *sys.argv[1:]])


quiet = click.option("--quiet", is_flag=True, help="Print only the folder, without progress.")
_overrides = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    shell_complete=settings,
    help="Set a number of the scenario by its path, such as washington.attention=2 (repeatable).",
)


record = click.option(
    "--record",
    type=click.Path(dir_okay=False),
    envvar="SIM_RECORD",
    metavar="FILE",
    help="What has happened since the atlas ends, in place of the scenario's own record (or SIM_RECORD).",
)


def own_record(file: str | None) -> RecordTable | None:
    """The facts in the file that the option `--record` names; None without it. Raises ScenarioError."""
    if file is None:
        return None
    from sim.scenario import read_record

    return read_record(file)


def agents(help: str) -> Callable[[C], C]:
    """The option `--agents`; the command is given what is loaded as `agents`, or None."""

    def decorated(command: C) -> C:
        @functools.wraps(command)
        def called(*, agents: str | None, **named: Any) -> Any:
            from sim.runs.agents import own_agents

            return command(agents=own_agents(agents), **named)

        return cast(C, _agents(help)(called))

    return decorated


def _agents(help: str) -> Callable[[C], C]:
    return click.option("--agents", metavar="FILE", shell_complete=files, help=help)


MADE_WITH = "The file of agents that the result was made with, where they are your own."
"""Help of `--agents` of what runs a result again."""

_given = click.option(
    "--given",
    multiple=True,
    metavar="VOTE=OUTCOME",
    shell_complete=votes,
    help="Assume that a vote has this outcome, such as paraguay-2028=opposition; all the rest keeps its random numbers "
    "(repeatable).",
)


@dataclass(frozen=True)
class Changes:
    """What `--set`, `--record` and `--given` change in the scenarios of a command."""

    overrides: tuple[str, ...]
    record: str | None
    given: tuple[str, ...]

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is set and given, by path. Raises InputError."""
        from sim.scenario import parse_given, parse_overrides

        return parse_overrides(self.overrides) | parse_given(self.given)

    def load(self, scenario: str) -> ResolvedScenario:
        """A scenario with the changes. Raises ScenarioError or InputError."""
        from sim.scenario import load

        return load(scenario, self.values, record=self.record)


def changes(command: C) -> C:
    """The options that change a scenario; the command is given them as `changes`."""

    @functools.wraps(command)
    def called(*, overrides: tuple[str, ...], record: str | None, given: tuple[str, ...], **named: Any) -> Any:
        return command(changes=Changes(overrides, record, given), **named)

    return cast(C, _overrides(record(_given(called))))


def seeded(runs: str, seed: str) -> Callable[[C], C]:
    """The options `--runs` and `--seed`, with the help of each."""

    def decorated(command: C) -> C:
        numbers = [click.option(f"--{name}", type=int, help=help) for name, help in (("runs", runs), ("seed", seed))]
        return numbers[0](numbers[1](command))

    return decorated


def parameters(help: str, default: str | None = "drawn") -> Callable[[C], C]:
    """The option `--parameters`."""
    modes = click.Choice(["drawn", "central"])
    return click.option("--parameters", type=modes, default=default, show_default=default is not None, help=help)


def program() -> str:
    """How to call this program from where the user is: `sim` where that finds it, else its path."""
    called = Path(sys.argv[0])
    if called.name != "sim" or shutil.which("sim"):
        return "sim"
    try:
        return str(called.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(called)


def executors(command: C) -> C:
    """The options that say where points are computed."""
    return _executor(_scheduler(command))


def print_json(document: Any) -> None:
    """One JSON object on standard output; letters that its encoding does not have as `\\u53f0`, as JSON writes them."""
    finite = _finite(document)
    text = json_fit(json.dumps(finite, ensure_ascii=False, indent=1, default=str, allow_nan=False))
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(finite, indent=1, default=str, allow_nan=False)
    click.echo(text)


def _finite(value: Any) -> Any:
    """The document with null for numbers that JSON has no way to write."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def day_of(text: str, option: str, first: date, last: date) -> date:
    """A day an option names, strictly `YYYY-MM-DD`, within bounds; InputError otherwise."""
    day = parsed_day(text)
    if day is None:
        raise InputError(Problem(option, "a date written YYYY-MM-DD", text))
    if not first <= day <= last:
        raise InputError(Problem(option, f"a date from {first} to {last}", text))
    return day


class Progress:
    """Progress on standard error: a bar with the time left on a terminal, a plain line now and then elsewhere."""

    def __init__(self, what: str, quiet: bool, patience: float = 1.5, unit: str = "runs") -> None:
        self.what, self.quiet, self.patience, self.unit = what, quiet, patience, unit
        self.began = self.printed = 0.0
        self.first = 0
        self.bar: Any = None
        self.task: Any = None

    def __call__(self, done: int, wanted: int) -> None:
        now = time.monotonic()
        if self.began == 0.0:
            self.began = self.printed = now
            self.first = done
        if self.quiet or now - self.began < self.patience:
            return
        if not sys.stderr.isatty():
            if now - self.printed > 10.0:
                self.printed = now
                left = (now - self.began) * (wanted - done) / max(done - self.first, 1)
                print(
                    f"{self.what}: {done} of {wanted} {self.unit}, about {left:.0f} s left",
                    file=sys.stderr,
                    flush=True,
                )
            return
        if self.bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(self.unit))
            self.bar = Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
            self.bar.start()
            self.task = self.bar.add_task(self.what, total=wanted)
        self.bar.update(self.task, completed=done)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()


@contextmanager
def resumable(progress: Progress, status: Callable[[], Status]) -> Iterator[None]:
    """Close a progress at the end; after an interruption say how many points are kept."""
    try:
        yield
    except KeyboardInterrupt:
        progress.close()
        far = status()
        click.echo(f"interrupted: {far.done} of {far.points} points are kept; the same command goes on", err=True)
        raise click.exceptions.Exit(130) from None
    finally:
        progress.close()
