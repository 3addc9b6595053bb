"""`sim fit`: what the record says up to a day, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.options import HELP, as_json, day_of, no_charts, own_out, own_record, print_json, record, this_command

if TYPE_CHECKING:
    from sim.results import Out


@click.command("fit", context_settings=HELP)
@click.option("--as-of", metavar="DATE", help="Use what was known at the end of this day (default: all of the record).")
@own_out("Also write DIR/fit-DATE: fit.json, tables, the chart.")
@no_charts
@record
@as_json
def command(as_of: str | None, out: Out | None, no_charts: bool, record: str | None, as_json: bool) -> None:
    """Fit the hazards of leaving and returning, and what money is worth, on the record; rank those with Taipei."""
    from sim import atlas
    from sim.analysis.fitted import fit_to_folder, fitted

    own = own_record(record)
    facts = None if own is None else own.facts
    until = atlas.record(own=facts).confirmed_until
    day = until if as_of is None else day_of(as_of, "--as-of", date(1972, 1, 1), until)
    document = fitted(day, own)
    folder = None if out is None else fit_to_folder(document, out, this_command(), None if no_charts else _draw)
    if as_json:
        print_json(document | ({} if folder is None else {"folder": str(folder)}))
        return
    click.echo("\n".join(lines(document)))
    if folder is not None:
        click.echo(f"\nWritten to: {folder}")


def _draw(document: Mapping[str, Any], folder: Path) -> None:
    from sim.charts.catalogue import of_fit

    of_fit(document).draw(folder)


def lines(document: dict[str, Any]) -> list[str]:
    """A fit as a reader sees it."""
    leaving, returning = document["leaving"], document["returning"]
    own = f", with {document['record']}" if "record" in document else ""
    told = [
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
        numbers = _share({"value": row["chance_in_a_year"], "low": row["low"], "high": row["high"]})
        told.append(f"  {row['rank']:>2}  {row['state']:<34}{numbers}")
    told += _candidates(document["candidates"])
    told += ["", "The Holy See's level is assumed. US aid after fiscal 2020 is held; the cuts of 2025 are not in it."]
    return told


MOST_CANDIDATES = 12
"""So many candidates are told one by one."""


def _candidates(rows: list[dict[str, Any]]) -> list[str]:
    """Who could come to Taipei next."""
    from sim.words import dollars

    told = [
        "",
        "Who could come to Taipei next: chance in a year, in five years, what Taipei would pay at most:",
    ]
    for row in rows[:MOST_CANDIDATES]:
        numbers = _share({"value": row["rate"], "low": row["low"], "high": row["high"]})
        five, sum_a_year = f"{100 * row['chance_in_five_years']:.1f} %", dollars(row["musd"])
        told.append(f"  {row['rank']:>2}  {row['state']:<34}{numbers}{five:>8}  {sum_a_year} a year")
    if rows[MOST_CANDIDATES:]:
        rest = rows[MOST_CANDIDATES:]
        told.append(f"  and {len(rest)} more below {100 * rest[0]['rate']:.2f} % a year (--json and --out have them)")
    return told


_PARTS = ("events", "contest_years", "truce_years")


def _counted(events: float, contest: float, truce: float) -> str:
    return f"{events:.1f} departures in {contest:.0f} ally-years of contest and {truce:.0f} of truce"


def _effects(effects: list[dict[str, Any]]) -> list[str]:
    from math import exp

    told = []
    for effect in effects:
        ratios = {key: exp(effect[key]) for key in ("value", "low", "high")}
        told.append(f"  {effect['meaning']:<34}{_times(ratios)}")
    return told


def _money(money: dict[str, Any]) -> list[str]:
    """Priors beside posteriors."""
    known = money["packages"]
    told = [
        f"What money is worth, by {known} of Beijing's packages read as prices of the model's own auction:"
        if known
        else "What money is worth (none of Beijing's packages is known yet: the priors stand):",
        f"  {'':<22}{'prior':>22}{'with the packages':>26}",
    ]
    for row in money["parameters"]:
        told.append(f"  {row['parameter']:<22}{_range(row['prior']):>22}{_range(row):>26}  {row['unit']}")
    told.append("  This rests on the auction: nobody has seen bids that failed.")
    return told


def _range(interval: dict[str, float]) -> str:
    value, low, high = (f"{interval[key]:.2g}" if interval[key] < 100 else f"{interval[key]:.0f}" for key in _POINTS)
    return f"{value} ({low} to {high})"


_POINTS = ("value", "low", "high")


def _share(interval: dict[str, float]) -> str:
    value, low, high = (100 * interval[key] for key in ("value", "low", "high"))
    return f"{value:4.1f} %  ({low:.1f} to {high:.1f})"


def _times(interval: dict[str, float]) -> str:
    return f"{interval['value']:.2f} times  ({interval['low']:.2f} to {interval['high']:.2f})"
