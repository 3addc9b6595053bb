"""Which letters a text may hold, whoever wrote it: none that steers a terminal or hides what a line says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

RULE = "a text without control characters (tab and new line may stand in it)"
"""What is said of a text with others."""

_UNFIT = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and new line, DEL, C1: they steer terminals, and are no XML
    "\u2028\u2029"  # they break lines where a message has one
    "\u202a-\u202e\u2066-\u2069"  # they make a line read as another; the plain marks of direction stay
    "\ud800-\udfff\ufffe\uffff"  # halves of letters, and no letters: no file can hold them
    "]"
)


def fit(text: str) -> bool:
    """Whether a text holds nothing that `cleaned` would change."""
    return _UNFIT.search(text) is None


def cleaned(value: Any) -> Any:
    r"""A text read from outside, with what no text may hold written out, such as `\x1b`; tables and lists with theirs.

    For everything that comes from a file of somebody else: a title in a manifest, a column of a table, an error kept.
    What is no text comes back as it is.
    """
    if isinstance(value, str):
        return _UNFIT.sub(lambda found: found[0].encode("unicode_escape").decode(), value)
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(cleaned, value))
    return value


def json_fit(text: str) -> str:
    r"""A JSON document whose texts hold the same letters, those that no text may hold as `\u001b`."""
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class MissingLetters(UserWarning):
    """Letters that no font of this machine has, so that charts show boxes; the message says what to install."""

    def __init__(self, letters: Iterable[str]) -> None:
        self.letters = "".join(sorted(set(letters)))
        some, rest = cleaned(self.letters[:_SOME]), len(self.letters) - _SOME
        more = f" and {rest} more letters" if rest > 0 else ""
        fonts = sorted({_font_for(letter) for letter in self.letters})
        super().__init__(
            f"no font here has {some}{more}: the charts show boxes in their place; install {' and '.join(fonts[:3])}"
        )


_SOME = 12
"""Letters that a note shows."""


def _font_for(letter: str) -> str:
    """A free font that has a letter, by the script its Unicode name begins with."""
    script = unicodedata.name(letter, "").partition(" ")[0]
    if script in ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH", "KANGXI"):
        return "Noto Sans CJK"
    if unicodedata.category(letter) == "So":
        return "Noto Emoji"
    return f"Noto Sans {script.title()}" if script.isalpha() else "Unifont"


def spoken(day: date) -> str:
    """A day as a reader writes it: 24 Oct 1971."""
    return f"{day.day} {day:%b %Y}"
