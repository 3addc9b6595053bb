"""`sim history`: who recognises Taipei on a day, what changed between two days, the count through time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from sim import atlas
from sim.atlas import Change, Record, state
from sim.atlas.reading import parsed_day
from sim.cli.options import HELP, own_record, record
from sim.errors import InputError, Problem


@click.command("history", context_settings=HELP)
@click.option("--at", metavar="DATE", help="The roster at the end of this day (YYYY-MM-DD).")
@click.option("--since", metavar="DATE", help="The changes from this day on.")
@click.option("--until", metavar="DATE", help="The changes up to this day.")
@click.option(
    "--chart",
    metavar="FILE",
    help="Draw the count since 1971, up to the day asked for, into FILE (.png or .svg).",
)
@record
@click.option("--json", "as_json", is_flag=True, help="Print a single JSON object instead of text.")
def command(
    at: str | None, since: str | None, until: str | None, chart: str | None, record: str | None, as_json: bool
) -> None:
    """Show the record: who recognises Taipei on a day, or what changed between two days.

    Without a day, the last roster the record confirms.
    """
    own = own_record(record)
    known = atlas.record(own=None if own is None else own.facts)
    day = _day("--at", at, known)
    first, last = _day("--since", since, known), _day("--until", until, known)
    changes_asked = first is not None or last is not None
    if day is not None and changes_asked:
        raise InputError(Problem("--at", "cannot be given together with --since or --until", at))
    if first is not None and last is not None and first > last:
        raise InputError(Problem("--until", f"must not lie before --since, {first}", until))
    drawn = None if chart is None else _chart_file(chart)

    if changes_asked:
        answer = _changes_answer(known, first or known.start, last or known.confirmed_until)
    else:
        answer = _roster_answer(known, day or known.confirmed_until)
    if drawn is not None:
        _draw(known, last or day, drawn)
        answer["chart"] = str(drawn)
    if as_json:
        click.echo(json.dumps(answer, indent=2))
        return
    lines = _changes_lines(known, answer) if changes_asked else _roster_lines(known, answer)
    click.echo("\n".join(lines))
    if drawn is not None:
        click.echo(f"\nChart: {drawn}")


def _day(option: str, text: str | None, known: Record) -> date | None:
    """The day an option names, within reach of the record."""
    if text is None:
        return None
    day = parsed_day(text)
    if day is None:
        raise InputError(Problem(option, "a date written YYYY-MM-DD", text))
    if day < known.start:
        raise InputError(Problem(option, f"must not lie before the record starts, {known.start}", text))
    return day


def _chart_file(text: str) -> Path:
    """The file a chart goes to: PNG or SVG, in a folder that exists."""
    path = Path(text)
    if path.suffix.lower() not in (".png", ".svg"):
        raise InputError(Problem("--chart", "must end in .png or .svg", text))
    if not path.parent.is_dir():
        raise InputError(Problem("--chart", "must lie in a folder that exists", text))
    return path


def _draw(known: Record, until: date | None, path: Path) -> None:
    """Draw the count and write it."""
    from sim.charts.history import draw
    from sim.charts.style import save

    save(draw(known, until), path, option="--chart")


def _roster_answer(known: Record, day: date) -> dict[str, Any]:
    """The roster of a day as the JSON object shows it."""
    recognisers = known.recognisers(day)
    return {
        "date": day.isoformat(),
        "count": len(recognisers),
        "recognisers": list(recognisers),
        "confirmed": day <= known.confirmed_until,
    }


def _changes_answer(known: Record, since: date, until: date) -> dict[str, Any]:
    """The changes between two days as the JSON object shows them; the first count is before any of them."""
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "changes": [_change_answer(change) for change in known.changes_between(since, until)],
        "count_at_start": known.count(max(known.start, since - timedelta(days=1))),
        "count_at_end": known.count(until),
        "confirmed": until <= known.confirmed_until,
    }


def _change_answer(change: Change) -> dict[str, str]:
    return {
        "date": change.date.isoformat(),
        "precision": change.precision,
        "iso3": change.iso3,
        "state": state(change.iso3).name,
        "from": change.origin,
        "to": change.destination,
        "kind": change.kind,
        "confidence": change.confidence,
        "source": change.source,
    }


def _roster_lines(known: Record, answer: dict[str, Any]) -> list[str]:
    """The roster as a reader sees it: names by region."""
    shown = answer["date"] if answer["confirmed"] else known.confirmed_until
    lines = [
        f"{_states(answer['count'])} recognised Taipei at the end of {shown}.",
        *_unconfirmed(known, answer["confirmed"], answer["date"]),
        "",
    ]
    by_region: dict[str, list[str]] = {}
    for iso3 in answer["recognisers"]:
        entry = state(iso3)
        by_region.setdefault(entry.region, []).append(f"{iso3}  {entry.name}")
    for region in sorted(by_region):
        names = sorted(by_region[region], key=lambda text: text[5:])
        lines += [f"{region} ({len(names)})", *(f"  {name}" for name in names), ""]
    return lines[:-1]


def _changes_lines(known: Record, answer: dict[str, Any]) -> list[str]:
    """The changes as a reader sees them: one a line, with its precision and confidence."""
    changes = answer["changes"]
    start, end = answer["count_at_start"], answer["count_at_end"]
    many = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    lines = [
        f"{many} from {answer['since']} to {answer['until']}: {_states(start)} recognised Taipei before, {end} after.",
        *_unconfirmed(known, answer["confirmed"]),
    ]
    if changes:
        cells = [("date", "state", "from", "to", "kind", "confidence")]
        cells += [
            (_shown_date(c), f"{c['iso3']} {c['state']}", c["from"], c["to"], c["kind"], c["confidence"])
            for c in changes
        ]
        lines += ["", *_table(cells)]
    return lines


def _shown_date(change: dict[str, str]) -> str:
    """A date without the parts its precision does not vouch for."""
    return change["date"][: {"day": 10, "month": 7, "year": 4}[change["precision"]]]


def _table(cells: Sequence[tuple[str, ...]]) -> Iterable[str]:
    """Rows of cells as lines with aligned columns."""
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _states(count: int) -> str:
    return f"{count} state" if count == 1 else f"{count} states"


def _unconfirmed(known: Record, confirmed: bool, asked: str | None = None) -> list[str]:
    """What to say when the day asked for lies beyond the record."""
    if confirmed:
        return []
    unknown = "what happened later" if asked is None else f"the roster of {asked}"
    return [f"The record is confirmed until {known.confirmed_until}; {unknown} is not known."]
