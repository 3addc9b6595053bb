"""Words for the Tab key: scenarios, files, states, paths, charts, outcomes. Light, and never an error."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, split_arg_string

Words = Iterable[tuple[str, str]]
"""Words with their meanings."""
Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _offered(find: Callable[[click.Context], Words]) -> Offer:
    """The words that begin as the user began; none if anything is wrong, which the command itself will report."""

    @functools.wraps(find)
    def offer(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        with suppress(Exception):
            begun = incomplete.lower()
            return [CompletionItem(word, help=meaning) for word, meaning in find(ctx) if word.lower().startswith(begun)]
        return []

    return offer


def _files(ctx: click.Context, incomplete: str, known: Iterable[str]) -> list[CompletionItem]:
    """Known names and TOML files of the working folder; anywhere else, whatever the shell finds."""
    here = sorted(path.name for path in Path().glob("*.toml"))
    words = [word for word in (*known, *here) if word.startswith(incomplete)]
    if not words or "/" in incomplete or "\\" in incomplete:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(word) for word in words]


def _shipped() -> list[str]:
    from sim.places import shipped_folder

    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def scenarios(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shipped scenarios, and TOML files."""
    return _files(ctx, incomplete, [name for name in _shipped() if not name.endswith(".sweep")])


def scenarios_and_sweeps(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shipped scenarios and their sweeps, and TOML files."""
    return _files(ctx, incomplete, _shipped())


def folders(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders."""
    return [CompletionItem(incomplete, type="dir")]


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files of any kind."""
    return [CompletionItem(incomplete, type="file")]


@_offered
def states(ctx: click.Context) -> Words:
    """Codes and names of states: those of the result named, or all of them."""
    for folder in _results():
        with suppress(OSError, ValueError, LookupError, TypeError):
            members = json.loads((folder / "manifest.json").read_text("utf-8"))["members"]
            return [(str(member["iso3"]), str(member["state"])) for member in members]
    return _codes()


def _words() -> list[str]:
    """The words of the line, as the shell gives them: click has none before the value of an option."""
    return split_arg_string(os.environ.get("COMP_WORDS", ""))


def _results() -> list[Path]:
    """Folders of ours on the line."""
    return [Path(word) for word in _words() if (Path(word) / "manifest.json").is_file()]


def _codes() -> list[tuple[str, str]]:
    from sim.atlas import states as known

    return [(code, state.name) for code, state in known().items()]


@_offered
def outcomes(ctx: click.Context) -> Words:
    """Outcomes of a sweep or of a sensitivity analysis."""
    from sim.sweeps.outcomes import CHANCES, NUMBERS

    numbers = [(kind, "") for kind in NUMBERS]
    return [*numbers, *((f"{kind}:{code}", name) for kind in CHANCES for code, name in _codes())]


@_offered
def charts(ctx: click.Context) -> Words:
    """Charts that the folders named have, or those of any result."""
    there = {
        path.stem for folder in _results() for place in (folder / "charts", folder) for path in place.glob("*.png")
    }
    return [(name, "") for name in sorted(there) or ("count", "states", "when", "bids", "accounts", "cooperation")]


@_offered
def settings(ctx: click.Context) -> Words:
    """Paths of `--set` and bare names of parameters, to be followed by a value."""
    return [(f"{path}=", meaning) for path, meaning in (*_paths(), *_parameters())]


@_offered
def varied(ctx: click.Context) -> Words:
    """Paths of `--vary`; a parameter may stand alone, and be called by its bare name."""
    paths = [(path if path.startswith("parameters.") else f"{path}=", meaning) for path, meaning in _paths()]
    return [*paths, *_parameters()]


@_offered
def votes(ctx: click.Context) -> Words:
    """Votes with each of their outcomes, as `--given` takes them, of the scenarios named."""
    return [
        (f"{vote}={outcome}", str(entry.get("date", "")))
        for document in _documents()
        for vote, entry in document.get("elections", {}).items()
        if entry.get("enabled", True)
        for outcome in entry["outcomes"]
    ]


@_offered
def mechanisms(ctx: click.Context) -> Words:
    """Mechanisms of the model, as `--without` takes them."""
    from sim.backtest.mechanisms import MECHANISMS

    return [(name, mechanism.meaning) for name, mechanism in MECHANISMS.items()]


def _parameters() -> Words:
    from sim.parameters import PARAMETERS

    return [(name, one.meaning) for name, one in PARAMETERS.items()]


def _documents() -> Iterator[dict[str, Any]]:
    """The scenarios on the line that can be read, with all that they extend."""
    from sim.scenario import opened

    shipped = set(_shipped())
    for word in _words():
        if word in shipped or (word.endswith(".toml") and Path(word).is_file()):
            with suppress(Exception):
                yield opened(word).merged


def _paths() -> Iterator[tuple[str, str]]:
    """Paths of numbers: levers, parameters, and the states, events and elections of the scenario named."""
    from sim.scenario import Scenario
    from sim.scenario.fields import PATRONS

    for table in ("roster", *PATRONS):
        model: Any = Scenario.model_fields[table].annotation
        yield from ((f"{table}.{key}", _first(field.description)) for key, field in model.model_fields.items())
    for document in _documents():
        yield from _values(document)
    yield from ((f"parameters.{name}", meaning) for name, meaning in _parameters())


_PROSE = ("type", "state", "source", "assumption", "by", "to", "answer", "subject")


def _values(document: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Paths of the values of a scenario's states, events and elections."""
    for key, value in document.items():
        if not path and key not in ("states", "events", "elections"):
            continue
        if isinstance(value, dict) and "central" in value:
            yield f"{path}{key}", f"now {value['central']}, a range"
        elif isinstance(value, dict):
            yield from _values(value, f"{path}{key}.")
        elif key not in _PROSE:
            yield f"{path}{key}", f"now {value}"


def _first(text: str | None) -> str:
    return (text or "").partition(". ")[0].partition("\n")[0]
