"""What several commands write in the same words: notes, where a folder and its charts are, a new file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from sim.cli.options import print_json
from sim.errors import InputError, Problem


def notes(silent: bool) -> Callable[[str], object] | None:
    """What prints a note on standard error; None if nothing is to be printed."""
    return None if silent else lambda text: click.echo(text, err=True)


def written_to(folder: Path | None, was_there: bool = False, again: str = "Found again") -> str:
    """Where a folder is, and whether it was there before."""
    return f"{again if was_there else 'Written to'}: {folder}"


def charts_in(folder: Path, names: Sequence[str]) -> str:
    """Where the charts of these names are: `Chart: FOLDER/first.png (and second.png; also as SVG)`."""
    first, *others = names
    also = f"and {', '.join(f'{name}.png' for name in others)}; " if others else ""
    return f"Chart: {folder / first}.png ({also}also as SVG)"


def answer(
    document: Mapping[str, Any],
    folder: Path,
    was_there: bool,
    lines: Callable[[], Sequence[str]],
    as_json: bool,
    quiet: bool,
    charts: Callable[[], Sequence[str]] | None = None,
) -> None:
    """Print a document that was found or written: as JSON, its folder alone, or what it says and where it is.

    lines : what a reader sees of it; charts : names of its charts, None where none were drawn
    """
    if as_json:
        print_json({**document, "folder": str(folder), "found": was_there})
    elif quiet:
        click.echo(folder)
    else:
        click.echo("\n".join([*lines(), "", written_to(folder, was_there)]))
        if charts is not None:
            click.echo(charts_in(folder / "charts", charts()))


def write_new(file: Path, text: str, option: str) -> None:
    """Write a text to a new file and print its name.

    option : named in the InputError that is raised if the file exists
    Raises InputError if the file exists or cannot be written.
    """
    try:
        with file.open("x", encoding="utf-8", newline="") as handle:
            handle.write(text)
    except FileExistsError:
        raise InputError(Problem(option, "a file that is not there yet: nothing is overwritten", str(file))) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no name of a file"
        raise InputError(Problem("--out", f"a file that can be written: {why}", str(file))) from None
    click.echo(f"Wrote {file}")
