"""Marks a function as part of the rule book: plain Python for the agents, compiled inside the kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba.extending import register_jitable

F = TypeVar("F", bound=Callable[..., object])


def rule(function: F) -> F:
    """The function itself, which compiled code may call too: one formula, two engines."""
    return cast(F, register_jitable(function))
