"""Results: the object, its tables, its files and its identity."""

from sim.results.files import (
    CHARTS,
    LEDGER,
    REPORT,
    check,
    columns_of,
    complete,
    digest_of,
    folder_of,
    parts,
    placed,
    read,
    seal,
    staged,
    write_csv,
    write_data,
)
from sim.results.identity import identity, sources_digest, without_prose
from sim.results.result import Result
from sim.results.tables import Chance, Table, chance

__all__ = [
    "CHARTS",
    "LEDGER",
    "REPORT",
    "Chance",
    "Result",
    "Table",
    "chance",
    "check",
    "columns_of",
    "complete",
    "digest_of",
    "folder_of",
    "identity",
    "parts",
    "placed",
    "read",
    "seal",
    "sources_digest",
    "staged",
    "without_prose",
    "write_csv",
    "write_data",
]
