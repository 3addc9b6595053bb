"""The command `sim`: it finds the command asked for, and turns errors into messages and an exit status."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
from click.shell_completion import CompletionItem

COMMANDS = {
    "list": "List the shipped scenarios.",
    "validate": "Check scenario files and list every problem.",
    "run": "Run a scenario: result folder, charts, short summary.",
    "plot": "Redraw the charts of a result, or put several results on one chart.",
    "compare": "Compare scenarios with the first, run by run: paired differences with their errors.",
    "sweep": "Run a scenario at many points of a design; if stopped, the same command resumes it.",
    "sensitivity": "Rank assumptions by how much an outcome depends on them.",
    "explain": "Explain why a state left, or did not: terms, removals, the smallest change.",
    "explore": "Open a local page: levers move, and the fan follows.",
    "report": "Write a page to hand on: one file that needs no network.",
    "verify": "Check the digests of a result, and whether running it again gives the same bytes.",
    "fit": "Fit rates and effects on the record, and rank the states.",
    "backtest": "Forecast past years from what was known before them, and score that beside baselines.",
    "patterns": "Set patterns of the record beside the model's, with and without each mechanism.",
    "ablate": "Switch off each mechanism of the model in a scenario: what it does to count and states.",
    "history": "Show the record: who recognises Taipei on a day, what changed, the count since 1971.",
    "parameters": "List every model parameter with unit, kind, range and source.",
    "schema": "Print JSON Schemas: of scenario files, for editors, and of what --json prints.",
    "new": "Write a commented scenario to start from.",
    "new-agents": "Write a commented example of agents of your own, for --agents.",
}
"""Commands with what they do; each is in the module of its name."""


class _Commands(click.Group):
    """Loads a command's module only when it is used, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sim.cli.{'listing' if cmd_name == 'list' else cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0] if args else ""
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from sim.errors import InputError, Problem, nearest

            rule = "one of " + ", ".join(COMMANDS)
            raise InputError(Problem("command", rule, name, nearest(name, COMMANDS)))
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands by their names, without loading any."""
        items = [CompletionItem(name, help=does) for name, does in COMMANDS.items() if name.startswith(incomplete)]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="recognition-sim", prog_name="sim")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def sim(ctx: click.Context, debug: bool) -> None:
    """Simulate who recognises Taipei: scenarios in, trajectories with intervals out.

    \b
    Begin with:  sim run honduras-2021
    Then:        sim new my-question   (writes a scenario file you can edit and run)
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(args: list[str] | None = None) -> None:
    """Run the command line, then exit with status 0 done, 1 failed, 2 wrong request or file, or 130 interrupted."""
    arguments = sys.argv[1:] if args is None else args
    # Matrices are small here: threads of linear algebra, begun as NumPy loads, only wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What libraries build as they load stays: looking through all of it for litter again and again takes 0.1 to 0.3 s.
    gc.set_threshold(*gc.get_threshold()[:2], 100)
    atexit.register(gc.freeze)  # nor is it looked through as the interpreter ends, for 0.2 s
    for stream in (sys.stdout, sys.stderr):  # a letter that an encoding does not have is written out, such as \u53f0
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    with suppress(ValueError):  # not in the main thread
        for name in ("SIGTERM", "SIGHUP"):  # ended by a shell or a cluster, a command cleans up as after Ctrl-C
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _interrupt)
    with _letters_noted(silent=not {"--quiet", "--json"}.isdisjoint(arguments)):
        status = _status(arguments, debug)
    sys.exit(status)


@contextmanager
def _letters_noted(silent: bool) -> Iterator[None]:
    """One note for all letters that charts could not draw, in place of a warning for each chart."""
    from sim.letters import MissingLetters

    letters: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("always", MissingLetters)
        usual = warnings.showwarning

        def show(message: Any, *rest: Any, **named: Any) -> None:
            if isinstance(message, MissingLetters):
                letters.update(message.letters)
            else:
                usual(message, *rest, **named)

        warnings.showwarning = show
        yield
    if letters and not silent:
        print(f"note: {MissingLetters(letters)}", file=sys.stderr)


def _interrupt(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough; a second one must not cut the cleaning short
    raise KeyboardInterrupt


def _status(arguments: list[str], debug: bool) -> int:
    try:
        returned = sim.main(args=(["--debug"] if debug else []) + arguments, prog_name="sim", standalone_mode=False)
        return returned if isinstance(returned, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        print("interrupted: nothing was kept of this run", file=sys.stderr)
        return 130
    except click.ClickException as error:
        if debug:
            traceback.print_exc()
        from sim.letters import cleaned

        print(cleaned(_usage(error)), file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            traceback.print_exc()
        from sim.errors import SimError
        from sim.letters import cleaned

        if isinstance(error, SimError):
            for line in error.lines():
                print(line, file=sys.stderr)
            return error.exit_status
        message = cleaned(" ".join(str(error).split()))
        print(f"failed while running: {type(error).__name__}: {message} (--debug shows where)", file=sys.stderr)
        return 1


def _usage(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    where = f"{context.command_path}: " if context is not None else "sim: "
    return where + message + (f" (see {context.command_path} --help)" if context is not None else "")
