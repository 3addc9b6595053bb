"""One tree of exceptions: every error holds the file, the path, the rule broken and the value found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.words import many

MOST_TOLD = 100
"""Problems of a file that are listed; the others are counted."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request: its place, the rule that it breaks, the value found."""

    path: str
    """Dotted path of the key (`events.lobbying.strength`), or an empty string for the whole file."""
    rule: str
    value: object = None
    """The value found; None for a missing key."""
    suggestion: str | None = None
    """The nearest valid name; None if absent."""

    def line(self, file: str | None) -> str:
        """One line for the user: `FILE: path: the rule (got VALUE); did you mean NAME?`."""
        text = ": ".join(part for part in (_clean(file), _clean(self.path), _clean(self.rule, 400)) if part)
        if self.value is not None:
            text += f" (got {shown(self.value)})"
        if self.suggestion is not None:
            text += f"; did you mean {_clean(self.suggestion)}?"
        return text


class SimError(Exception):
    """Every refusal and failure of the simulator; `exit_status` is what the command line returns."""

    exit_status = 1

    def lines(self) -> list[str]:
        """The message, one line per problem."""
        return [str(self)]


class InputError(SimError):
    """The request or a file is wrong; nothing was written."""

    exit_status = 2

    def __init__(self, problems: Iterable[Problem] | Problem, file: object = None) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.file = None if file is None else str(file)
        super().__init__("\n".join(self.lines()))

    def __reduce__(self) -> tuple[Any, ...]:
        """It may come from another process."""
        return type(self), (self.problems, self.file), self.__dict__

    def lines(self) -> list[str]:
        lines = [problem.line(self.file) for problem in self.problems[:MOST_TOLD]]
        more = len(self.problems) - len(lines)
        if more:
            lines.append(Problem("", f"and {many(more, 'more problem')}").line(self.file))
        return lines


class ScenarioError(InputError):
    """A scenario file, or an override of it, breaks the scenario language."""


class AtlasError(InputError):
    """A table of the atlas contradicts itself, or does not reach the date asked for."""


class ResultError(InputError):
    """A result folder is missing, incomplete or damaged."""


def nearest(name: object, valid: Iterable[str]) -> str | None:
    """The valid name closest to `name`; None if none is close."""
    names = {candidate.lower(): candidate for candidate in valid}
    close = difflib.get_close_matches(str(name).lower(), names, n=1, cutoff=0.55)
    return names[close[0]] if close else None


_LONGEST_NAME = 240
_LONGEST_VALUE = 120


def _clean(name: str | None, longest: int = _LONGEST_NAME) -> str:
    """A name or path on one line, without control characters, cut off if long."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name or "")
    return text if len(text) <= longest else text[: longest - 3] + "..."


def as_written(value: object) -> str:
    """A value as in a scenario file, with texts in quotes."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_written, value)) + "]"
    return str(value)


def shown(value: object) -> str:
    """A value as an error message shows it: short, on one line."""
    text = _clean(" ".join(as_written(value).split()))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."
