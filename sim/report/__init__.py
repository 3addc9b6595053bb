"""The page that stands alone: a result, a comparison or a sweep as one HTML file, without network and script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.letters import cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.results import Result


def write_page(
    result: Result, file: Path, manifest: Mapping[str, Any] | None = None, threads: int | None = None
) -> None:
    """Write the page of a result: it runs the scenario without each of its levers, which takes a moment.

    manifest : versions and digests as a manifest has them; left out, those of this program
    """
    from sim.analysis.reasons import reasons
    from sim.report.page import html_of

    _write(file, html_of(result, reasons(result, threads=threads), manifest))


def write_comparison(results: Sequence[Result], file: Path) -> None:
    """Write the page of results compared with the first of them. Raises InputError where they cannot be paired."""
    from sim.report.comparison import html_of_comparison

    _write(file, html_of_comparison(results))


def write_sweep(folder: Path, file: Path) -> None:
    """Write the page of a finished sweep. Raises ResultError where it is none, or damaged."""
    from sim.report.swept import html_of_sweep

    _write(file, html_of_sweep(folder))


def _write(file: Path, page: str) -> None:
    """Write a page, well-formed whatever its texts hold."""
    file.write_text(cleaned(page), "utf-8", newline="\n")
