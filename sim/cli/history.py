"""`sim history`: who recognises Taipei on a day, what changed between two days, the count through time; also as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from sim import atlas
from sim.atlas import Change, Record, country_years, cow_number, spells, state
from sim.atlas.reading import parsed_day
from sim.cli.options import HELP, own_record, record
from sim.cli.telling import write_new
from sim.errors import InputError, Problem
from sim.words import many


@click.command("history", context_settings=HELP)
@click.option("--at", metavar="DATE", help="The roster at the end of this day (YYYY-MM-DD).")
@click.option("--since", metavar="DATE", help="The changes from this day on.")
@click.option("--until", metavar="DATE", help="The changes up to this day.")
@click.option(
    "--chart", metavar="FILE",
    help="Draw the count since 1971, up to the day asked for, into FILE (.png or .svg).",
)  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: one row for each spell of each state on one side.")
@click.option("--years", "as_years", is_flag=True, help="Print CSV: one row for each state and year.")
@click.option("--out", metavar="FILE", help="Write the CSV to FILE, which must not exist yet.")
@record
@click.option("--json", "as_json", is_flag=True, help="Print a single JSON object instead of text.")
def command(
    at: str | None,
    since: str | None,
    until: str | None,
    chart: str | None,
    as_csv: bool,
    as_years: bool,
    out: str | None,
    record: str | None,
    as_json: bool,
) -> None:
    """Show the record: who recognises Taipei on a day, or what changed between two days.

    Without a day it shows the last roster that the record confirms. The CSV joins with other data by iso3, or by the
    state's number in the Correlates of War; it holds the whole record, or the spells and years that --since, --until
    or --at touch.
    """
    if as_csv or as_years:
        _one_answer(as_csv, as_years, chart, as_json, at)
    elif out is not None:
        raise InputError(Problem("--out", "only with --csv or --years", out))
    own = own_record(record)
    known = atlas.record(own=None if own is None else own.facts)
    day = _day("--at", at, known)
    first, last = _day("--since", since, known), _day("--until", until, known)
    changes_asked = first is not None or last is not None
    if day is not None and changes_asked:
        raise InputError(Problem("--at", "cannot be given together with --since or --until", at))
    if first is not None and last is not None and first > last:
        raise InputError(Problem("--until", f"must not lie before --since, {first}", until))
    if as_csv or as_years:
        _table_out(_spell_rows(known, day or first, day or last) if as_csv else _year_rows(known, first, last), out)
        latest = max((asked for asked in (day, first, last) if asked is not None), default=known.start)
        for line in _unconfirmed(known, latest <= known.confirmed_until):
            click.echo(line, err=True)
        return
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


SPELLS = ("iso3", "name", "cow_number", "side", "from", "to", "precision")
YEARS = ("iso3", "name", "cow_number", "year", "side", "changes", "complete")
Cells = tuple[object, ...]


def _one_answer(as_csv: bool, as_years: bool, chart: str | None, as_json: bool, at: str | None) -> None:
    """Refuse what cannot be given together with a table."""
    others = {"--years": as_csv and as_years, "--json": as_json, "--chart": chart is not None}
    for option, given in others.items():
        if given:
            raise InputError(Problem(option, f"cannot be given together with {'--csv' if as_csv else '--years'}"))
    if as_years and at is not None:
        raise InputError(Problem("--at", "cannot be given together with --years: --since and --until choose years", at))


def _spell_rows(known: Record, first: date | None, last: date | None) -> Iterable[Cells]:
    """The spells that touch the days asked for, whole, with their header."""
    yield SPELLS
    for spell in spells(known):
        begun, over = spell.start or known.start, spell.end or date.max
        if (last is None or begun <= last) and (first is None or over >= first):
            yield (*_who(spell.iso3), spell.side, spell.start or "", spell.end or "", spell.precision)


def _year_rows(known: Record, first: date | None, last: date | None) -> Iterable[Cells]:
    """The years of states that the days asked for touch, with their header."""
    yield YEARS
    for row in country_years(known):
        if (first is None or row.year >= first.year) and (last is None or row.year <= last.year):
            yield (*_who(row.iso3), row.year, row.side, row.changes, int(row.complete))


def _who(iso3: str) -> Cells:
    number = cow_number(iso3)
    return iso3, state(iso3).name, "" if number is None else number


def _table_out(cells: Iterable[Cells], out: str | None) -> None:
    """Print a table as CSV, or write it to a new file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    if out is None:
        click.echo(text.getvalue(), nl=False)
        return
    if not out.strip():
        raise InputError(Problem("--out", "the name of a file", out))
    write_new(Path(out), text.getvalue(), "--out")


def _day(option: str, text: str | None, known: Record) -> date | None:
    """The day that an option names; the record must reach it."""
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
    """The roster of a day, as a JSON object."""
    recognisers = known.recognisers(day)
    return {
        "date": day.isoformat(),
        "count": len(recognisers),
        "recognisers": list(recognisers),
        "confirmed": day <= known.confirmed_until,
    }


def _changes_answer(known: Record, since: date, until: date) -> dict[str, Any]:
    """The changes between two days, as a JSON object; the first count is before any of them."""
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
    """The roster as a terminal shows it: names by region."""
    day = answer["date"] if answer["confirmed"] else known.confirmed_until
    lines = [
        f"{many(answer['count'], 'state')} recognised Taipei at the end of {day}.",
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
    """The changes as a terminal shows them, one per line, with precision and confidence."""
    changes = answer["changes"]
    start, end = answer["count_at_start"], answer["count_at_end"]
    lines = [
        f"{many(len(changes), 'change')} from {answer['since']} to {answer['until']}: "
        f"{many(start, 'state')} recognised Taipei before, {end} after.",
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
    """A date without the parts that its precision leaves open."""
    return change["date"][: {"day": 10, "month": 7, "year": 4}[change["precision"]]]


def _table(cells: Sequence[tuple[str, ...]]) -> Iterable[str]:
    """Rows of cells as lines with aligned columns."""
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _unconfirmed(known: Record, confirmed: bool, asked: str | None = None) -> list[str]:
    """A note if the day asked for lies beyond the record."""
    if confirmed:
        return []
    unknown = "what happened later" if asked is None else f"the roster of {asked}"
    return [f"The record is confirmed until {known.confirmed_until}; {unknown} is not known."]
