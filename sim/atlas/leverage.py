"""How far a state depends on the United States: exports, remittances and security."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sim.atlas.reading import CONFIDENCES, TABLES, rows
from sim.atlas.states import State, read_states, state, states

FILE = "leverage.csv"
COLUMNS = ("iso3", "indicator", "value", "unit", "year", "source", "confidence", "note")
HOLY_SEE = "VAT"
UNKNOWN_SHARE = 0.5
"""Share of remittances from the United States if no source gives one (assumed)."""

INDICATORS: Mapping[str, tuple[str, str, float, float]] = MappingProxyType(
    {
        "exports_to_usa": ("exports_to_usa", "% of goods exports", 100.0, 1.0),
        "remittances_total": ("remittances", "% of GDP", 100.0, 1.0),
        "share_of_remittances_from_usa": ("remittances_usa_share", "% of remittances", 100.0, 100.0),
        "security_tie_with_usa": ("security_tie", "level 0-3", 3.0, 1.0),
    }
)
"""By indicator of the table: field of `Leverage`, unit in the table, largest value, divisor to the field."""

FIELDS = tuple(field for field, *_ in INDICATORS.values())


@dataclass(frozen=True)
class Leverage:
    """The ties of one state to Washington, as of about 2023-26 (source: CIA World Factbook and others)."""

    iso3: str
    exports_to_usa: float
    """Exports to the United States, % of goods exports, 0 to 100."""
    remittances: float
    """Remittances from everywhere, % of GDP, 0 to 100."""
    remittances_usa_share: float
    """Share of the remittances that comes from the United States, 0 to 1."""
    security_tie: float
    """0 none, 1 training and equipment, 2 standing access, 3 base or defence duty; halves allowed."""
    assumed: tuple[str, ...]
    """Names of the fields above that are filled in, not in the table."""


def read_leverage(folder: Path = TABLES) -> Mapping[str, Mapping[str, float]]:
    """The table of one folder: by iso3, the fields that it has, in the units of `Leverage`."""
    known = read_states(folder)
    by_state: dict[str, dict[str, float]] = {}
    for row in rows(folder, FILE, COLUMNS):
        field, unit, high, divisor = INDICATORS[row.choice("indicator", tuple(INDICATORS))]
        fields = by_state.setdefault(row.iso3(known), {})
        if field in fields:
            row.fail("indicator", f"must not be listed twice for {row.text('iso3')}")
        row.choice("unit", (unit,))
        row.choice("confidence", CONFIDENCES)
        row.text("source")
        row.text("year")
        fields[field] = row.number("value", 0.0, high) / divisor
    return by_state


def filled(iso3: str, table: Mapping[str, Mapping[str, float]], known: Mapping[str, State]) -> Leverage:
    """The leverage of one state, with its gaps filled and named in `assumed`.

    A gap takes the mean of the table's states in the same M49 region, or of all of them if the region
    has none; the share of remittances takes `UNKNOWN_SHARE`; the Holy See, without an economy, takes 0.
    """
    own = table.get(iso3, {})
    values: dict[str, float] = {}
    for field in FIELDS:
        if field in own:
            values[field] = own[field]
        elif iso3 == HOLY_SEE:
            values[field] = 0.0
        elif field == "remittances_usa_share":
            values[field] = UNKNOWN_SHARE
        else:
            values[field] = _mean(field, known[iso3].region, table, known)
    return Leverage(
        iso3=iso3,
        exports_to_usa=values["exports_to_usa"],
        remittances=values["remittances"],
        remittances_usa_share=values["remittances_usa_share"],
        security_tie=values["security_tie"],
        assumed=tuple(field for field in FIELDS if field not in own),
    )


@cache
def leverage(iso3: str) -> Leverage:
    """The leverage of one state; `AtlasError` for an unknown code."""
    state(iso3)
    return filled(iso3, _table(), states())


@cache
def _table() -> Mapping[str, Mapping[str, float]]:
    return read_leverage()


def _mean(field: str, region: str, table: Mapping[str, Mapping[str, float]], known: Mapping[str, State]) -> float:
    """Mean of a field over the table's states of a region, or over all of them if the region has none."""
    measured = {iso3: fields[field] for iso3, fields in table.items() if field in fields and iso3 != HOLY_SEE}
    same = [value for iso3, value in measured.items() if known[iso3].region == region]
    chosen = same or list(measured.values())
    return sum(chosen) / len(chosen)
