"""Results: the object, its tables, its files and its identity."""

from sim.results.files import check, complete, digest_of, folder_of, read, seal, staged, write, write_csv
from sim.results.identity import identity, sources_digest, without_prose
from sim.results.result import Result
from sim.results.tables import Chance, Table, chance

__all__ = [
    "Chance",
    "Result",
    "Table",
    "chance",
    "check",
    "complete",
    "digest_of",
    "folder_of",
    "identity",
    "read",
    "seal",
    "sources_digest",
    "staged",
    "without_prose",
    "write",
    "write_csv",
]
