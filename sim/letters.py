"""Letters that a text may hold, whoever wrote it: none that steers a terminal or hides what a line says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

RULE = "a text without control characters (tab and new line may stand in it)"
"""The rule of an error about other letters."""

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
    r"""A text from outside, with forbidden letters written out, such as `\x1b`; also inside tables and lists.

    For everything from a file of somebody else: a title in a manifest, a column of a table, an error kept. Other values
    come back as they are.
    """
    if isinstance(value, str):
        return _UNFIT.sub(lambda match: match[0].encode("unicode_escape").decode(), value)
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(cleaned, value))
    return value


def json_fit(text: str) -> str:
    r"""The same JSON document with forbidden letters written as `\u001b`."""
    return _UNFIT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))})


def reserved(name: str) -> bool:
    """Whether Windows reserves a name for a device, also with an ending: no file or folder can have it there."""
    return name.partition(".")[0].strip().lower() in _DEVICES


RESERVED_RULE = "a name that Windows does not keep for a device, as it does con, prn, aux, nul, com1 and lpt1"
"""The rule of an error about a reserved name."""


class MissingLetters(UserWarning):
    """Letters that no font of this machine has, so that charts show boxes; the message says what to install."""

    def __init__(self, letters: Iterable[str]) -> None:
        self.letters = "".join(sorted(set(letters)))
        some, rest = cleaned(self.letters[:_SOME]), len(self.letters) - _SOME
        more = f" and {rest} more letters" if rest > 0 else ""
        scripts = list(dict.fromkeys(_script(letter) for letter in self.letters))
        named = f" ({', '.join(filter(None, scripts[:3]))})" if any(scripts[:3]) else ""
        fonts = sorted({_font_for(letter) for letter in self.letters})[:3]
        packages = " ".join(dict.fromkeys(_PACKAGES.get(font, "fonts-noto-core") for font in fonts))
        super().__init__(
            f"no font here has {some}{more}{named}: the charts show boxes in their place; "
            f"install {' and '.join(fonts)} (Debian, Ubuntu: apt install {packages})"
        )


_SOME = 12
"""Letters listed in a note."""


_EAST = {"CJK": "Chinese", "BOPOMOFO": "Chinese", "KANGXI": "Chinese", "IDEOGRAPHIC": "Chinese"} | {
    "FULLWIDTH": "Chinese", "HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese",
}  # fmt: skip
"""Languages that one font covers, by the first word of a letter's Unicode name."""
_PACKAGES = {"Noto Sans CJK": "fonts-noto-cjk", "Noto Emoji": "fonts-symbola", "Unifont": "fonts-unifont"}
"""Packages of fonts that are not in fonts-noto-core."""


def _script(letter: str) -> str:
    """The script of a letter; empty if its Unicode name does not give it."""
    first = unicodedata.name(letter, "").partition(" ")[0]
    if first not in _EAST and unicodedata.category(letter) == "So":
        return "pictures"
    return _EAST.get(first, first.title() if first.isalpha() else "")


def _font_for(letter: str) -> str:
    """A free font that has a letter, by its script."""
    script = _script(letter)
    if script in _EAST.values():
        return "Noto Sans CJK"
    return {"pictures": "Noto Emoji", "": "Unifont"}.get(script, f"Noto Sans {script}")
