"""Results: the object, its tables, its files and its identity."""

from sim.results.files import LEDGER, OUTCOME_TABLE, folder_of, read, write_data
from sim.results.folder import (
    CHARTS,
    DATA,
    MANIFEST,
    REPORT,
    Overtaken,
    charts_in,
    check,
    digest_of,
    found_or_made,
    loaded,
    out_folder,
    parts,
    placeable,
    placed,
    read_json,
    seal,
    write_json,
)
from sim.results.identity import identity, sources_digest, versions, without_prose
from sim.results.place import Exactly, Out, at, beside, chosen, claim, followed, way
from sim.results.result import Result
from sim.results.table import Table
from sim.results.tables import Chance, chance

__all__ = [
    "CHARTS",
    "DATA",
    "LEDGER",
    "MANIFEST",
    "OUTCOME_TABLE",
    "REPORT",
    "Chance",
    "Exactly",
    "Out",
    "Overtaken",
    "Result",
    "Table",
    "at",
    "beside",
    "chance",
    "charts_in",
    "check",
    "chosen",
    "claim",
    "digest_of",
    "folder_of",
    "followed",
    "found_or_made",
    "identity",
    "loaded",
    "out_folder",
    "parts",
    "placeable",
    "placed",
    "read",
    "read_json",
    "seal",
    "sources_digest",
    "versions",
    "way",
    "without_prose",
    "write_data",
    "write_json",
]
