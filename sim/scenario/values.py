"""Values as people write them: one reader for options, sweep files, files of points and calls from Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sim.errors import as_written

_NUMBER = re.compile(
    r"[+-]?(?:[0-9]+(?:_[0-9]+)*(?:(?P<mark>[.,])(?:[0-9]+(?:_[0-9]+)*)?)?|(?P<first>[.,])[0-9]+(?:_[0-9]+)*)"
    r"(?:[eE][+-]?[0-9]+)?|[+-]?(?:nan|inf)",
    re.ASCII,
)
_LONGEST_NUMBER = 100
"""Letters of a number; longer ones are left to the rules on whole numbers beyond 64 bits."""
_MOST_EXACT = 2.0**53


def number(text: str, comma: bool = False) -> int | float | None:
    """The number a text is: `0.5`, `.5`, `5.`, `1_000`, `1e3`, `+2`; None for any other text.

    comma : whether `0,5` is a number too, as spreadsheets write where semicolons part the columns
    A number without a fraction is whole, however it is written: `5.` and `5e0` are 5.
    """
    text = text.strip()
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None or (not comma and "," in text):
        return None
    text = text.replace(",", ".")
    if text.lstrip("+-").replace("_", "").isdigit():
        return int(text)
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= _MOST_EXACT else value


def number_rule(value: object) -> str:
    """The rule that a value breaks which is no number, with a hint where it only has a decimal comma."""
    has_comma = isinstance(value, str) and "," in value and number(value, comma=True) is not None
    return "a number, with a decimal point in place of the comma" if has_comma else "a number"


def scalar(text: str, comma: bool = False) -> int | float | str:
    """The number a text is, or the text without the blanks around it."""
    value = number(text, comma)
    return text.strip() if value is None else value


def plain(value: Any) -> Any:
    """A value from Python as a file would hold it: numbers of NumPy as numbers, moments at midnight as days.

    Tables, lists, arrays and columns likewise, all that they hold; a day that is a key is written `YYYY-MM-DD`.
    """
    if isinstance(value, Mapping):
        keys = ((plain(key), item) for key, item in value.items())
        return {str(key) if type(key) is date else key: plain(item) for key, item in keys}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if getattr(value, "ndim", 0) == 1 and hasattr(value, "tolist"):
        return [plain(item) for item in value.tolist()]
    return _plain(value)


def _plain(value: Any) -> Any:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind and getattr(value, "ndim", None) == 0:
        value = (value.astype("datetime64[us]") if kind == "M" else value).item()
    elif type(value) in (datetime, date) or not isinstance(value, datetime):
        return value
    if not isinstance(value, datetime) or value != value:  # NaT is no moment
        return value
    return value.date() if value.time() == time() else value


def whole(value: Any) -> Any:
    """A number from Python without a fraction as a whole one, NumPy's too, also `1e4`; all else as it is."""
    value = plain(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_set(value: Any) -> str:
    """A value as `--set` takes it: a text without quotes, everything else as in a file."""
    if isinstance(value, (str, date)):
        return str(value)
    return as_written(value)
