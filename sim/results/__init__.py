"""Results: the object, its tables, its files and its identity."""

from sim.results.files import LEDGER, OUTCOME_TABLE, folder_of, kept_in, read
from sim.results.folder import CHARTS, DATA, REPORT, charts_in, check, found_or_made, loaded, out_folder, parts
from sim.results.identity import identity, sources_digest, versions, without_prose
from sim.results.moving import Overtaken, placeable, placed
from sim.results.place import Exactly, Out, at, beside, chosen, claim, followed, way
from sim.results.result import Result
from sim.results.sealing import MANIFEST, digest_of, read_json, seal, write_json
from sim.results.table import Table
from sim.results.tables import Chance, chance
from sim.results.writing import Block, Writing

__all__ = [
    "CHARTS",
    "DATA",
    "LEDGER",
    "MANIFEST",
    "OUTCOME_TABLE",
    "REPORT",
    "Block",
    "Chance",
    "Exactly",
    "Out",
    "Overtaken",
    "Result",
    "Table",
    "Writing",
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
    "kept_in",
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
    "write_json",
]
