"""The states of the world: code, name and region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sim.atlas.reading import TABLES, rows
from sim.errors import AtlasError

FILE = "states.csv"
COLUMNS = ("iso3", "name", "region", "subregion", "status", "un_member_since", "source")
REGIONS = ("Africa", "Americas", "Asia", "Europe", "Oceania")
STATUSES = ("un_member", "un_observer", "not_un_member", "former_state")


@dataclass(frozen=True)
class State:
    """One state: a UN member, the Holy See, Taiwan or the former South Vietnam (source: UN M49)."""

    iso3: str
    """ISO 3166-1 alpha-3 code; VDR is this project's own for South Vietnam (to 1975)."""
    name: str
    """English name in ASCII."""
    region: str
    """UN M49 region: Africa, Americas, Asia, Europe or Oceania."""
    subregion: str
    """UN M49 subregion, the intermediate one for the Americas (Caribbean, Central America, ...)."""
    status: str
    """un_member, un_observer, not_un_member or former_state."""
    un_member_since: int | None
    """Year of becoming a member of the United Nations; None for the others."""
    source: str


def read_states(folder: Path = TABLES) -> Mapping[str, State]:
    """The states of one folder of tables, keyed by iso3, in the order of the codes."""
    table: dict[str, State] = {}
    for row in rows(folder, FILE, COLUMNS):
        iso3 = row.text("iso3")
        if len(iso3) != 3 or not iso3.isascii() or not iso3.isupper():
            row.fail("iso3", "must be three capital letters")
        if iso3 in table:
            row.fail("iso3", "must not be listed twice")
        table[iso3] = State(
            iso3,
            row.text("name"),
            row.choice("region", REGIONS),
            row.text("subregion"),
            row.choice("status", STATUSES),
            row.whole("un_member_since", 1945, 2100) if row.optional("un_member_since") else None,
            row.text("source"),
        )
    return MappingProxyType(dict(sorted(table.items())))


@cache
def states() -> Mapping[str, State]:
    """Every state (196 of them), keyed by iso3."""
    return read_states()


def state(iso3: str) -> State:
    """The state with this code. Raises `AtlasError`, with the state that is probably meant, if there is none."""
    known = states()
    if iso3 in known:
        return known[iso3]
    from sim.atlas.names import unknown  # which reads this table

    raise AtlasError(unknown("iso3", "must be the ISO 3166-1 alpha-3 code of a state", iso3), file=FILE)
