"""Names and codes of states: exact look-up, and suggestions for near misses."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from sim.atlas.reading import TABLES, rows
from sim.atlas.states import read_states, states
from sim.errors import Problem

FILE = "names.csv"
COLUMNS = ("iso3", "kind", "name", "source")
KINDS = ("official", "former", "ioc", "other")
COW_FILE = "cow.csv"
COW_COLUMNS = ("iso3", "number", "abbreviation", "source")
NO_STATE = ("MAC",)
"""Correlates of War abbreviations that are ISO codes of places not among the states: Macao."""
LABELS = (FILE, COW_FILE)
"""Tables that hold names of states, and decide no number."""

NEAR = 0.8
"""Similarity, 0 to 1, above which a name is suggested (`difflib.SequenceMatcher.ratio`)."""
LONGEST = 100
"""Longest name that is looked up, in letters; no state has a longer one."""

_INITIAL = re.compile(r"(?<=\b\w)\.")
_QUOTES = re.compile("['`\u2018\u2019\u02bb\u02bc]")
_SAME = {"st": "saint", "ste": "saint", "sainte": "saint"}


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A name as it is looked up: without case, accents, punctuation and `the`, with `&` and `St.` written out."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    bare = _QUOTES.sub("", _INITIAL.sub("", bare.casefold())).replace("&", " and ")
    words = re.findall(r"[^\W_]+", bare)
    return " ".join(_SAME.get(word, word) for word in words if word != "the")


def read_names(folder: Path = TABLES) -> Mapping[str, tuple[str, ...]]:
    """The codes that each folded name stands for, in one folder of tables; several if states share the name.

    An ISO code always means its own state, whatever other lists of codes say.
    """
    known = read_states(folder)
    names: dict[str, set[str]] = {fold(entry.name): {iso3} for iso3, entry in known.items()}
    listed: set[tuple[str, str]] = set()
    for row in rows(folder, FILE, COLUMNS):
        iso3, name = row.iso3(known), fold(row.text("name"))
        row.choice("kind", KINDS)
        row.text("source")
        if not name:
            row.fail("name", "must have a letter or a digit")
        if (iso3, name) in listed:
            row.fail("name", "must not be listed twice for a state")
        listed.add((iso3, name))
        names.setdefault(name, set()).add(iso3)
    for iso3, (_, abbreviation) in read_cow(folder).items():
        if abbreviation not in NO_STATE:
            names.setdefault(fold(abbreviation), set()).add(iso3)
    names |= {iso3.lower(): {iso3} for iso3 in known}
    return MappingProxyType({name: tuple(sorted(codes)) for name, codes in sorted(names.items())})


def read_cow(folder: Path = TABLES) -> Mapping[str, tuple[int, str]]:
    """Number and abbreviation of each state in the state system of the Correlates of War, keyed by iso3."""
    known = read_states(folder)
    table: dict[str, tuple[int, str]] = {}
    for row in rows(folder, COW_FILE, COW_COLUMNS):
        iso3, number, abbreviation = row.iso3(known), row.whole("number", 2, 999), row.text("abbreviation")
        row.text("source")
        for column, taken in (("iso3", set(table)), ("number", {other for other, _ in table.values()})):
            if (iso3 if column == "iso3" else number) in taken:
                row.fail(column, "must not be listed twice")
        if abbreviation in {other for _, other in table.values()}:
            row.fail("abbreviation", "must not be listed twice")
        table[iso3] = number, abbreviation
    return MappingProxyType(dict(sorted(table.items())))


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    return read_names()


@cache
def _numbers() -> Mapping[str, tuple[int, str]]:
    return read_cow()


def cow_number(iso3: str) -> int | None:
    """The state's number in the state system of the Correlates of War, 2 to 990; None if it has none."""
    return _numbers()[iso3][0] if iso3 in _numbers() else None


def named(text: object) -> tuple[str, ...]:
    """The codes of the states that a text names exactly, sorted: one if it is certain, none if it names no state.

    `Republic of Korea` may also be written `Korea, Republic of`.
    """
    if not isinstance(text, str) or len(text) > LONGEST or not any(map(str.isalnum, text)):
        return ()
    head, _, tail = text.partition(",")
    return _names().get(fold(text)) or (_names().get(fold(f"{tail} {head}")) if tail else None) or ()


def code_of(text: object) -> str | None:
    """The code of the one state that a text names; None if it names none, or more than one."""
    codes = named(text)
    return codes[0] if len(codes) == 1 else None


def near_code(text: object, among: Collection[str] | None = None) -> str | None:
    """The state of `among` (by default all) whose name is nearest to a text; None if none is near.

    Near means a similarity above `NEAR` or, for three letters, a code with two letters swapped.
    """
    wanted = states() if among is None else among
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    if exactly := named(text):
        return exactly[0] if len(exactly) == 1 and exactly[0] in wanted else None
    asked = fold(text)
    turned = [iso3 for iso3 in wanted if len(asked) == 3 and sorted(iso3.lower()) == sorted(asked)]
    if turned:
        return turned[0] if len(turned) == 1 else None
    known = {name: codes[0] for name, codes in _names().items() if len(codes) == 1 and codes[0] in wanted}
    close = difflib.get_close_matches(asked, known, n=1, cutoff=NEAR)
    return known[close[0]] if close and difflib.SequenceMatcher(None, close[0], asked).ratio() > NEAR else None


def coded(outcome: str) -> str:
    """An outcome such as `left:Paraguay` with the code of its state, `left:PRY`, if that is certain."""
    kind, colon, name = outcome.partition(":")
    code = code_of(name) if colon else None
    return outcome if code is None else f"{kind}:{code}"


def labelled(iso3: str) -> str:
    """A state by code and name: `PRY (Paraguay)`."""
    return f"{iso3} ({states()[iso3].name})"


def not_one(text: object) -> str | None:
    """The rule that a name of several states breaks, with the states that it may mean; None for any other text."""
    codes = named(text)
    return f"the name of one state, not of several: {' or '.join(map(labelled, codes))}" if len(codes) > 1 else None


def unknown(
    path: str, rule: str, value: object, among: Collection[str] | None = None, text: object = None, before: str = ""
) -> Problem:
    """The problem with a text that names none of the allowed states, with the nearest of them.

    among : codes allowed; text : the name, if `value` holds more; before : text before the suggested code
    """
    asked = value if text is None else text
    close = near_code(asked, among)
    return Problem(path, not_one(asked) or rule, value, None if close is None else before + labelled(close))
