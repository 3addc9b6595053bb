"""Folders of tables, one document and its charts: found again, or made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from sim.results.folder import CHARTS, DATA, found_or_made
from sim.results.manifests import KINDS
from sim.results.sealing import OUTSIDE, write_json


def documented(
    folder: Path,
    known: Mapping[str, Any],
    tables: Callable[[Path, bool], Mapping[str, Any]],
    draw: Callable[[Mapping[str, Any], Path], object] | None,
    own: bool,
    command: str = "",
    pictures: bool = True,
) -> bool:
    """See that a folder holds its tables, its document and charts, as `found_or_made` does; True if it did.

    tables : is given a folder to write in, and whether the tables are wanted there; returns the document
    draw : draws the charts of a document into a folder; pictures : whether they are asked for
    """

    def make(stage: Path, todo: Collection[str]) -> dict[str, Any]:
        document, name = tables(stage, DATA in todo), KINDS[known["kind"]].document
        if name in todo:
            write_json(document, stage / name)
        if draw is not None and CHARTS in todo:
            (stage / CHARTS).mkdir()
            draw(document, stage / CHARTS)
        return {OUTSIDE: {"command": command}}

    return found_or_made(folder, known, [CHARTS] if draw is not None and pictures else [], make, own)
