"""What is known, each row with its source: states, recognition, economies, leverage, governments, patrons, speeches."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from sim.atlas.economy import Economy, economy
from sim.atlas.governments import Election, Government, elections, government, governments
from sim.atlas.leverage import Leverage, leverage
from sim.atlas.own import OwnChange, OwnEconomy, OwnFacts, OwnGovernment, OwnSpeech, OwnVote
from sim.atlas.patrons import (
    Aid,
    Case,
    Delivery,
    Package,
    Regime,
    cases,
    deliveries,
    packages,
    regimes,
    taipei_aid,
)
from sim.atlas.reading import TABLES
from sim.atlas.record import Change, Record, Side, record
from sim.atlas.states import State, state, states
from sim.atlas.voice import Speech, last_speech

__all__ = [
    "Aid",
    "Case",
    "Change",
    "Delivery",
    "Economy",
    "Election",
    "Government",
    "Leverage",
    "OwnChange",
    "OwnEconomy",
    "OwnFacts",
    "OwnGovernment",
    "OwnSpeech",
    "OwnVote",
    "Package",
    "Record",
    "Regime",
    "Side",
    "Speech",
    "State",
    "cases",
    "deliveries",
    "digest",
    "economy",
    "elections",
    "government",
    "governments",
    "last_speech",
    "leverage",
    "packages",
    "record",
    "regimes",
    "state",
    "states",
    "taipei_aid",
]


@cache
def digest() -> str:
    """SHA-256 over the names and bytes of all shipped tables: the same tables, the same 64 hex digits."""
    return digest_of(TABLES)


def digest_of(folder: Path) -> str:
    """SHA-256, in hex, over the names and bytes of the tables (csv, toml) of a folder, sorted by name."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.suffix in (".csv", ".toml"):
            content = path.read_bytes()
            total.update(f"{path.name} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()
