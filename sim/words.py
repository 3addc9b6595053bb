"""Numbers, chances, days, months and lists as a reader writes them."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

LEAST = 0.0005
"""Differences of chances below this would be printed as zero."""
LEAST_SWAP = 0.001
"""Least share of the runs in which one state left instead of another, where that is listed."""
ERRORS = 2.0
"""Monte Carlo errors from zero up to which a difference may be luck."""
MOST_LISTED = 12
"""Names that `listed_briefly` lists; it counts the others."""


# --- numbers


def minus(text: str) -> str:
    """A number with a true minus in place of a hyphen: `−0.5`."""
    return text.replace("-", "−")


def hyphened(text: str) -> str:
    """A number with a hyphen in place of a true minus, as `sim compare` prints it: `-0.5`."""
    return text.replace("−", "-")


def number(value: Any) -> str:
    """A number of a scenario: four digits, a true minus, never in powers of ten; a bool as yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, float)):
        return str(value)
    text = f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    if "e" in text:
        text = f"{Decimal(f'{value:.2g}'):f}"
    return minus(text)


def with_range(value: Any, low: Any, high: Any, *, write: Callable[[Any], str] = number) -> str:
    """A number and its range, each written the same way: `1 (0.3 to 2)`.

    Without the range where its ends are unknown (None, NaN) or written alike: a range of one origin, or one draw, says
    nothing of the error.
    """
    known = low is not None and high is not None and low <= high
    if not known or write(low) == write(high):
        return write(value)
    return f"{write(value)} ({write(low)} to {write(high)})"


def ranged(value: Any, sign: bool = False) -> str:
    """A number of a scenario, or a range of it: `1 (0.3 to 2)`."""
    if isinstance(value, Mapping):
        return with_range(*(value[key] for key in ("central", "low", "high")), write=lambda part: _plus(part, sign))
    return _plus(value, sign)


def _plus(value: Any, sign: bool) -> str:
    text = number(value)
    return f"+{text}" if sign and isinstance(value, (int, float)) and value > 0 else text


def at_digits(value: float, digits: int = 5) -> str:
    """A number at this many significant digits, or whole from 1,000 on: `0.613`, `1,250`."""
    if abs(value) >= 1000.0:
        return minus(f"{value:,.0f}")
    return minus(f"{float(f'{value:.{digits}g}'):g}")


def many(number: int, thing: str) -> str:
    """`1 run`, `10,000 runs`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def between(low: float, high: float) -> str:
    """`8 to 13`, or `8` if both are."""
    return f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"


def dashed(low: Any, high: Any) -> str:
    """`8–14`, or `8` if both are, for narrow columns."""
    return f"{low}" if low == high else f"{low}–{high}"


# --- differences


def signed(value: float) -> str:
    """A difference with its sign, as short as it can be written: `+2`, `−0.5`, `0`."""
    return minus(f"{value:+g}") if value else "0"


def signed_between(low: float, high: float) -> str:
    """`−1 to +2`, or `0` if both are."""
    return signed(low) if low == high else f"{signed(low)} to {signed(high)}"


def signed_hundredths(value: float) -> str:
    """A difference of means with its sign: `+0.50`; `0` if it would be 0.00."""
    text = f"{value:+.2f}"
    return "0" if text in ("+0.00", "-0.00") else minus(text)


def decimals(error: float) -> int:
    """Decimals that a Monte Carlo error allows its mean, 1 to 4."""
    return next((digits for digits in (1, 2, 3) if error >= 0.5 * 10**-digits), 4)


def plus_minus(value: float, error: float, digits: int) -> str:
    """A difference and its error at this many decimals: `+0.12 ± 0.01`."""
    return minus(f"{value:+.{digits}f} ± {error:.{digits}f}")


def with_error(value: float, error: float | None) -> str:
    """A mean difference and its Monte Carlo error, at as many decimals as the error allows: `+0.12 ± 0.01`."""
    return plus_minus(value, error, decimals(error)) if error else signed(round(value, 2))


def points(difference: float) -> str:
    """A difference of chances (-1 to 1) in percentage points with its sign: `−28.9`."""
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else minus(text)


# --- findings: never stronger than their error


def beyond_luck(difference: float, error: float | None) -> bool:
    """Whether a difference is more than two Monte Carlo errors from zero; False if the error is unknown."""
    return error is not None and abs(difference) > ERRORS * error


def beyond_range(low: float | None, high: float | None) -> bool:
    """Whether zero lies outside a range of a difference. False for a range that is unknown, or has no width."""
    return low is not None and high is not None and low < high and not low <= 0.0 <= high


def leading(values: Sequence[float], errors: Sequence[float | None]) -> list[int]:
    """Places of the differences that no other one is told from as larger in size, the largest first.

    values, errors : (n,) differences and their Monte Carlo errors in one unit; None if unknown
    Empty where no difference is beyond luck. More than one place: which of them is largest is not known.
    Two errors are added up, the most that the error of the difference between two sizes can be.
    """
    known = [
        (abs(value), error, place)
        for place, (value, error) in enumerate(zip(values, errors, strict=True))
        if error is not None
    ]
    told = [one for one in known if beyond_luck(one[0], one[1])]
    if not told:
        return []
    most, its, _ = max(told)
    alike = [one for one in known if not beyond_luck(most - one[0], its + one[1])]
    return [place for _, _, place in sorted(alike, key=lambda one: (-one[0], one[2]))]


def differs(difference: float, error: float | None, less: str = "fewer", more: str = "more") -> str:
    """A difference in a sentence, as strong as its Monte Carlo error allows, at the decimals that it allows.

    Beyond luck `1.42 ± 0.04 fewer`; otherwise `no different beyond luck (± 0.04)`. `no different` if all runs are
    alike; `1 fewer (error unknown)` without an error.
    """
    if not difference and not error:
        return "no different"
    word = less if difference < 0.0 else more
    if error is None:
        return f"{signed(round(abs(difference), 2))[1:]} {word} (error unknown)"
    if not beyond_luck(difference, error):
        return f"no different beyond luck (± {error:.{decimals(error)}f})"
    return f"{with_error(abs(difference), error).removeprefix('+')} {word}"


# --- chances


def whole_percent(chance: float) -> str:
    """A chance (0 to 1) in whole per cent, without the sign; 0 or 100 if it rounds to that."""
    return f"{100 * chance:.0f}"


def percent(chance: float) -> str:
    """A chance (0 to 1) in whole per cent, without the sign; never 0 or 100 unless it is exactly that."""
    rounded = whole_percent(chance)
    if rounded == "0" and chance > 0.0:
        return "<1"
    if rounded == "100" and chance < 1.0:
        return ">99"
    return rounded


def chance_with_range(p: float, low: float, high: float) -> str:
    """`41 % (22 to 63)`, or `41 %` if there is no range, or it is unknown (NaN)."""
    if not low < high:
        return f"{percent(p)} %"
    return f"{percent(p)} % ({percent(low)} to {percent(high)})"


def share(p: float) -> str:
    """A share in a sentence: `47 %`, or `less than 1 %`."""
    return f"{percent(p)} %".replace("<", "less than ").replace(">", "more than ")


def chance(p: float) -> str:
    """`a 47 % chance`, with the article that is spoken."""
    text = percent(p)
    if text in ("<1", ">99"):
        return f"a chance of {share(p)}"
    return f"{'an' if text.startswith('8') or text in ('11', '18') else 'a'} {text} % chance"


def tenths(p: float) -> str:
    """A share of runs in per cent with one decimal: `12.3 %`."""
    return f"{100 * p:.1f} %"


def two_digits(chance: float) -> str:
    """A chance, or a number drawn, at two significant digits: `4.2 %`; three close to certainty."""
    if 0.0 < chance < 1e-6:
        return "less than 0.0001 %"
    return f"{100 * chance:.2g} %" if chance < 0.945 else f"{100 * chance:.3g} %"


def rate(hazard: float) -> str:
    """An annual hazard: `9.1 % a year`; at 1 or more `3.8 a year`."""
    return f"{hazard:.2g} a year" if hazard >= 0.995 else f"{100 * hazard:.2g} % a year"


def shares(value: Any) -> str:
    """A chance of a scenario, or a range of it: `40 % (20 to 60 %)`."""
    if isinstance(value, Mapping):
        central, low, high = (number(100 * value[key]) for key in ("central", "low", "high"))
        return f"{central} % ({low} to {high} %)"
    return f"{number(100 * value)} %"


# --- money


def of_gdp(percent: float) -> str:
    """A share of GDP: two decimals, or as many digits as a small one needs: `0.33 %`, `0.004 %`, `0 %`."""
    if percent == 0.0 or abs(percent) >= 0.095:
        return f"{percent:.2f} %" if percent else "0 %"
    return f"{float(f'{percent:.1g}'):f}".rstrip("0") + " %" if abs(percent) >= 1e-4 else "less than 0.0001 %"


def dollars(million: float) -> str:
    """A sum: `US$ 2,450 million`, `US$ 4.2 million`."""
    if million == 0.0 or million >= 9.95:
        return f"US$ {million:,.0f} million"
    return f"US$ {float(f'{million:.2g}'):g} million" if million >= 0.01 else "less than US$ 0.01 million"


def money(percent: float, million: float) -> str:
    """A yearly sum both ways: `0.33 % of its GDP a year (US$ 103 million)`."""
    return f"{of_gdp(percent)} of its GDP a year ({dollars(million)})"


# --- days and months


def day(value: date | str) -> date:
    """A day of a scenario, which holds it as a date or as text, YYYY-MM-DD."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def spoken(value: date | str) -> str:
    """A day: `24 Oct 1971`."""
    return f"{day(value).day} {day(value):%b %Y}"


def spoken_in_full(value: date | str) -> str:
    """A day with its month in full: `24 October 1971`."""
    return f"{day(value).day} {month_in_full(day(value))}"


def duration(seconds: float) -> str:
    """A time that something takes: `40 seconds`, `3 minutes`, `2.5 hours`."""
    if seconds < 100.0:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60.0:.0f} minutes" if seconds < 6000.0 else f"{seconds / 3600.0:.1f} hours"


def month_end(month: str) -> date:
    """The last day of a month, `YYYY-MM`."""
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def month(when: date | str) -> str:
    """A month, of a day or `YYYY-MM`: `Dec 2026`."""
    return f"{month_end(when) if isinstance(when, str) else when:%b %Y}"


def month_in_full(when: date) -> str:
    """The month of a day in full: `December 2026`."""
    return f"{when:%B %Y}"


# --- names and lists


def opening(text: str) -> str:
    """A text that begins a sentence: with a capital."""
    return f"{text[:1].upper()}{text[1:]}"


def the(name: str) -> str:
    """The name of a state as it stands in a sentence."""
    return f"the {name}" if name.endswith("Republic") or name in ("Holy See", "Gambia", "Marshall Islands") else name


def listed(parts: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; `last` is the word before the last of them."""
    return f" {last} ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def listed_briefly(names: Iterable[str]) -> str:
    """Names in a row: `a, b and c`, or the first dozen and the number of the others."""
    every = list(names)
    more = len(every) - MOST_LISTED
    return f"{', '.join(every[:MOST_LISTED])} and {more} more" if more > 1 else listed(every)
