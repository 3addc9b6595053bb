"""`sim fit`: rates and effects fitted on the record up to a day, with their ranges."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import HELP, as_json, day_of, no_charts, own_out, own_record, print_json, record, this_command
from sim.cli.pictures import drawing
from sim.cli.telling import written_to
from sim.words import with_range

if TYPE_CHECKING:
    from sim.results import Out
    from sim.scenario import RecordTable

as_of = click.option(
    "--as-of", metavar="DATE", help="Use what was known at the end of this day (default: all of the record)."
)


def known_on(as_of: str | None, record: str | None) -> tuple[RecordTable | None, date]:
    """The user's own facts (None without `--record`), and the day of `--as-of`: by default the last of the record."""
    from sim import atlas

    own = own_record(record)
    until = atlas.record(own=None if own is None else own.facts).confirmed_until
    return own, until if as_of is None else day_of(as_of, "--as-of", date(1972, 1, 1), until)


@click.command("fit", context_settings=HELP)
@as_of
@own_out("Also write DIR/fit-DATE: fit.json, tables, the chart.")
@no_charts
@record
@as_json
def command(as_of: str | None, out: Out | None, no_charts: bool, record: str | None, as_json: bool) -> None:
    """Fit on the record the hazards of leaving and returning, and the worth of money; rank the states with Taipei."""
    draw = None if no_charts else drawing("of_fit", out is not None)
    from sim.analysis.fitted import fit_to_folder, fitted

    own, day = known_on(as_of, record)
    document = fitted(day, own)
    folder = None if out is None else fit_to_folder(document, out, this_command(), draw)
    if as_json:
        print_json(document | ({} if folder is None else {"folder": str(folder)}))
        return
    click.echo("\n".join(lines(document)))
    if folder is not None:
        click.echo(f"\n{written_to(folder)}")


def lines(document: dict[str, Any]) -> list[str]:
    """A fit as a terminal shows it."""
    leaving, returning = document["leaving"], document["returning"]
    own = f", with {document['record']}" if "record" in document else ""
    lines = [
        f"The record of recognition{own} as known at the end of {document['as_of']}; ranges hold 90 % of belief.",
        "",
        f"How often an ally of average covariates leaves in contest: {_share(leaving['rate'])} a year",
        f"  {leaving['cases']} departures in {leaving['state_years']:,.0f} ally-years since October 1971, counted by "
        "two memories, each in half of the draws:",
        f"  those of {document['half_life_years']:.0f} years ago count half: "
        + _counted(*(leaving[f"weighted_{part}"] for part in _PARTS)),
        f"  those of the last {document['window_years']:.0f} years count alike: "
        + _counted(*(leaving[f"window_{part}"] for part in _PARTS)),
        f"In a truce: {_times(document['truce'])} that.",
        "",
        "Who leaves, by comparison of states in the same year (times the rate, for one standard deviation more):",
        *_effects(leaving["effects"]),
        "",
        "How often an average candidate (a state that left Taipei, or a small one never with it) comes to Taipei: "
        f"{_share(returning['rate'])} a year ({returning['cases']} cases since 1971)",
        *_effects(returning["effects"]),
        "",
        *_money(document["money"]),
        "",
        "Chance to leave in a year of contest, all levers at reference:",
    ]
    for row in document["states"]:
        lines.append(f"  {row['rank']:>2}  {row['state']:<34}{_share({**row, 'value': row['chance_in_a_year']})}")
    lines += _candidates(document["candidates"])
    lines += ["", "The Holy See's level is assumed. US aid after fiscal 2020 is held; the cuts of 2025 are not in it."]
    return lines


MOST_CANDIDATES = 12
"""Candidates that have a line of their own."""


def _candidates(rows: list[dict[str, Any]]) -> list[str]:
    """Who could come to Taipei next."""
    from sim.words import dollars

    lines = [
        "",
        "Who could come to Taipei next: chance in a year, in five years, what Taipei would pay at most:",
    ]
    for row in rows[:MOST_CANDIDATES]:
        numbers = _share({**row, "value": row["rate"]})
        five, sum_a_year = f"{100 * row['chance_in_five_years']:.1f} %", dollars(row["musd"])
        lines.append(f"  {row['rank']:>2}  {row['state']:<34}{numbers}{five:>8}  {sum_a_year} a year")
    if rows[MOST_CANDIDATES:]:
        rest = rows[MOST_CANDIDATES:]
        lines.append(f"  and {len(rest)} more below {100 * rest[0]['rate']:.2f} % a year (--json and --out have them)")
    return lines


_PARTS = ("events", "contest_years", "truce_years")


def _counted(events: float, contest: float, truce: float) -> str:
    return f"{events:.1f} departures in {contest:.0f} ally-years of contest and {truce:.0f} of truce"


def _effects(effects: list[dict[str, Any]]) -> list[str]:
    from math import exp

    times = [_times({key: exp(effect[key]) for key in ("value", "low", "high")}) for effect in effects]
    return [f"  {effect['meaning']:<34}{ratio}" for effect, ratio in zip(effects, times, strict=True)]


def _money(money: dict[str, Any]) -> list[str]:
    """Priors beside posteriors."""
    known = money["packages"]
    lines = [
        f"What money is worth, by {known} of Beijing's packages read as prices of the model's own auction:"
        if known
        else "What money is worth (none of Beijing's packages is known yet: the priors stand):",
        f"  {'':<22}{'prior':>22}{'with the packages':>26}",
    ]
    lines += [
        f"  {row['parameter']:<22}{_range(row['prior']):>22}{_range(row):>26}  {row['unit']}"
        for row in money["parameters"]
    ]
    return [*lines, "  This rests on the auction: nobody has seen bids that failed."]


def _range(interval: dict[str, float]) -> str:
    return with_range(
        interval["value"], interval["low"], interval["high"], write=lambda x: f"{x:.2g}" if x < 100 else f"{x:.0f}"
    )


def _share(interval: dict[str, float]) -> str:
    value, low, high = (100 * interval[key] for key in ("value", "low", "high"))
    return f"{value:4.1f} %  ({low:.1f} to {high:.1f})"


def _times(interval: dict[str, float]) -> str:
    return f"{interval['value']:.2f} times  ({interval['low']:.2f} to {interval['high']:.2f})"
