"""Facts that a user adds after the day on which the tables end; `sim.scenario.record` reads and checks them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, update_wrapper
from typing import Any, Literal, TypeVar

Side = Literal["taipei", "beijing", "none"]


@dataclass(frozen=True)
class OwnFacts:
    """Facts of a user beyond the tables, up to a day.

    Rows are those of `sim.scenario.record`, which declares their keys; each list is sorted by date or year, then state.
    """

    name: str
    """What charts and pages call it: the name of its file."""
    confirmed_until: date
    """The last day it reaches."""
    changes: tuple[Any, ...] = ()
    governments: tuple[Any, ...] = ()
    economy: tuple[Any, ...] = ()
    voice: tuple[Any, ...] = ()


F = TypeVar("F", bound=Callable[..., Any])


def cached(function: F) -> F:
    """The function with a cache; the user's facts, its last argument, may be left out or None, which is the same."""
    cache: Any = lru_cache(maxsize=None)(function)

    def asked(*known: Any, own: OwnFacts | None = None) -> Any:
        return cache(*known) if own is None else cache(*known, own)

    wrapped: Any = update_wrapper(asked, function)
    wrapped.cache_clear, wrapped.cache_info = cache.cache_clear, cache.cache_info
    return wrapped
