"""The facts, each row with its source: states, recognition, economies, leverage, governments, patrons, speeches."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from sim.atlas.candidates import candidates, may_come
from sim.atlas.economy import Economy, economy
from sim.atlas.governments import Election, Government, elections, government, governments
from sim.atlas.leverage import Leverage, leverage
from sim.atlas.names import LABELS, code_of, coded, cow_number, labelled, named, near_code, not_one, unknown
from sim.atlas.own import OwnFacts
from sim.atlas.patrons import (
    Aid,
    Case,
    Delivery,
    Package,
    Regime,
    Winning,
    cases,
    deliveries,
    packages,
    regimes,
    taipei_aid,
    winning,
)
from sim.atlas.reading import TABLES
from sim.atlas.record import Change, Record, Side, record
from sim.atlas.spells import CountryYear, Spell, country_years, spells
from sim.atlas.states import State, state, states
from sim.atlas.voice import Speech, last_speech

__all__ = [
    "Aid",
    "Case",
    "Change",
    "CountryYear",
    "Delivery",
    "Economy",
    "Election",
    "Government",
    "Leverage",
    "OwnFacts",
    "Package",
    "Record",
    "Regime",
    "Side",
    "Speech",
    "Spell",
    "State",
    "Winning",
    "candidates",
    "cases",
    "code_of",
    "coded",
    "country_years",
    "cow_number",
    "deliveries",
    "digest",
    "economy",
    "elections",
    "government",
    "governments",
    "labelled",
    "last_speech",
    "leverage",
    "may_come",
    "named",
    "near_code",
    "not_one",
    "packages",
    "record",
    "regimes",
    "spells",
    "state",
    "states",
    "taipei_aid",
    "unknown",
    "winning",
]


@cache
def digest() -> str:
    """SHA-256 over the names and bytes of the shipped tables: the same tables, the same 64 hex digits.

    Tables that only hold names of states are left out: another name for a state changes no result.
    """
    return digest_of(TABLES)


def digest_of(folder: Path) -> str:
    """SHA-256 in hex over the names and bytes of the tables (csv, toml) of a folder except `LABELS`, sorted by name."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.suffix in (".csv", ".toml") and path.name not in LABELS:
            content = path.read_bytes()
            total.update(f"{path.name} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()
