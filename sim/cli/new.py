"""`sim new`: a commented scenario to start from, which runs as it is."""

from __future__ import annotations

import calendar
import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.completing import states
from sim.cli.options import HELP, day_of, own_record, program, record
from sim.cli.schema import SCHEMA
from sim.letters import RESERVED_RULE, reserved

if TYPE_CHECKING:
    from sim.scenario import Range, RecordTable

HEAD = """#:schema ./{schema}
# The line above is for editors that read JSON Schemas of TOML:  sim schema --out {beside}
#
# A scenario of your own. Lines that begin with # are remarks; take the mark away to use a setting.
# Check it with:  sim validate {file}
# Run it with:    sim run {file}
{record}
[scenario]
name = "{name}"
title = "What becomes of {state}'s tie with Taipei?"
question = "Does {state} leave Taipei, and how many states recognise Taipei in five years?"
start = {start}           # the day it begins; the roster and the record's rates are those of this day
end = {end}
{unchanged}"""

ALONE = """# runs = 10_000            # more runs, less Monte Carlo error
# seed = 1                 # the same seed gives the same numbers
known = ["What was known at the start, one line each."]
assumed = ["What you assume beyond that, one line each."]
# sources = [{{ title = "Outlet: headline", date = {start} }}]
"""

EXTENDS = """extends = "{outlook}"  # what is not said here is the outlook's: its calendar, its chances
about = ["{code}"]
# runs = 10_000            # more runs, less Monte Carlo error
# seed = 1                 # the same seed gives the same numbers; left out, the outlook's
known = [{known}]
assumed = [{assumed}]
# sources = [{{ title = "Outlet: headline", date = {start} }}]
"""

BODY = """
# Facts that must hold of the scenario itself; `sim validate` checks them.
[expectations]
count_at_start = {count}
with_taipei = {members}
not_with_taipei = []

# --- Patrons: multiples of the record's budgets and attention ---------------------------------------------

[beijing]
budget = 1.0               # 2.0: Beijing pays twice as much. Or dated changes:
# budget = {{ {start} = 1.0, {later} = 2.0 }}

[taipei]
budget = 1.0

[washington]
attention = 1.0

# --- The state: leave a line out and the atlas speaks -----------------------------------------------------

[states.{code}]
# lean = -0.5              # its government at the start: -1 Taipei and Washington, +1 Beijing. Here it says what
#                          # the start is like; only a change from it weighs: an inauguration or lean event, or
#                          # another value by --set or in a file that extends this one.
# pride = 0.5              # how far pressure is resented, 0 to 1
# silent = true            # true: it does not name Taiwan at the United Nations
# susceptibility = 1.0     # multiple of the rate at which the record has it leave

# --- The calendar: dated events, each under a name of your own --------------------------------------------
# Types: campaign-pledge, pledge, reassurance, order, withdrawal, inauguration, lean, lobbying, protest,
#        offer, match, request, aid-cut, switch, truce, truce-ends, hostility, threat, notice, notice-withdrawn, answer,
#        deportations
#        (keys of each: scenarios/README.md)

{truce}[events.beijings-offer]
enabled = false            # an example, switched off: true lets Beijing make it
type = "offer"
date = {soon}
state = "{code}"
million_usd = 500          # the whole sum, US$ million: {a_year}
years = 5
signed = false             # a sum named in the press: states believe {believed}
# What it does to the chance, with its error, stands among the removals of: sim explain
assumption = "An example."

# [events.a-refused-request]
# type = "request"         # it asks Taipei for money: its tie comes up
# date = {later}
# state = "{code}"
# million_usd = 200
# answer = "refused"       # or "met"; left out, Taipei bids as it sees fit

# A number you are not sure of may be a range, drawn anew for every 20 runs:
# million_usd = {{ central = 500, low = 200, high = 1500 }}

# --- Elections: a chance for each outcome, and what follows -----------------------------------------------
"""

VOTE = """
[elections.next-vote]
enabled = false            # an example, switched off
date = {vote}
state = "{code}"
assumption = "An example date and an even chance."

[elections.next-vote.outcomes.opposition]
chance = 0.5

[elections.next-vote.outcomes.opposition.effects.office]
type = "inauguration"      # clears the old government's words and opens the new one's first year
delay_months = 2
lean = 0.3

[elections.next-vote.outcomes.opposition.effects.promise]
type = "campaign-pledge"   # may open talks at the inauguration
delay_months = 0
chance = 0.5
to = "beijing"
"""

PAST = """
[elections.{vote}]
enabled = false            # its day in the outlook, {day}, is past: how it ended belongs in the record
"""


TRUCE = """[events.standing-truce]
type = "truce"             # stands on the day of the start, by the record
date = {start}
# years = 2                # how long it is taken to hold; left out, to the end

"""


@click.command("new", context_settings=HELP)
@click.argument("name")
@click.option(
    "--state", "code", default="PRY", show_default=True, shell_complete=states,
    help="The state it is about, by code or name.",
)  # fmt: skip
@click.option("--start", metavar="DATE", help="Its first day (default: today, or the last day of the record).")
@click.option(
    "--assume-unchanged", is_flag=True, help="Let it start after the record ends: nobody changed sides in between."
)
@record
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: NAME.toml in this folder).")
def command(
    name: str, code: str, start: str | None, assume_unchanged: bool, record: str | None, out: Path | None
) -> None:
    """Write NAME.toml, a commented scenario that runs as it is.

    From the day on which the current outlook starts it changes that outlook; before it, it stands alone.
    """
    from sim import atlas
    from sim.errors import InputError, Problem
    from sim.scenario.fields import LATEST, LONGEST_NAME, NAME

    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        rule = f"a name of small letters, digits and single hyphens, {LONGEST_NAME} at most"
        raise InputError(Problem("NAME", rule, name))
    file = out or Path(f"{name}.toml")
    for option, told in (("NAME", name), ("--out", file.name)):
        if reserved(told):
            raise InputError(Problem(option, RESERVED_RULE, told))
    own, today = own_record(record), date.today()
    known = atlas.record(own=None if own is None else own.facts)
    latest = date(LATEST.year - LONGEST_YEARS, 12, 31)
    if start is not None:
        first = day_of(start, "--start", date(1972, 1, 1), latest)
    else:
        first = today if assume_unchanged else min(today, known.confirmed_until)
    if first > known.confirmed_until and not assume_unchanged:
        rule = f"not after {known.confirmed_until}, where the record ends: give --record FILE, with what has happened "
        raise InputError(Problem("--start", f"{rule}since, or --assume-unchanged", start))
    roster = known.recognisers(min(first, known.confirmed_until))
    asked, code = code, atlas.code_of(code) or ""
    if code not in roster:
        other = f", as {atlas.states()[code].name} ({code}) did not" if code else ""
        rule = f"a state that recognised Taipei on {first}{other}"
        raise InputError(atlas.unknown("--state", rule, asked, roster))
    size, a_year, believed = _size(code, min(first, known.confirmed_until), own)
    text = _text(
        first, code, own, file=file, name=name, state=atlas.states()[code].name, count=len(roster),
        known_to=min(first, known.confirmed_until),
        schema=SCHEMA, beside=file.with_name(SCHEMA),
        record="" if record is None else f'\nrecord = "{_from(file, record)}"\n',
        members=f'["{code}"]',
        unchanged="assume_unchanged = true    # nobody changed sides between the end of the record and the start\n"
        if first > known.confirmed_until else "",
        a_year=a_year, believed=believed,
    )  # fmt: skip
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise InputError(Problem("NAME", "a file that is not there yet: nothing is overwritten", str(file))) from None
    except OSError as error:
        raise InputError(Problem("--out", f"a file that can be written: {error.strerror}", str(file))) from None
    click.echo(f"Wrote {file}\n{size}\nRun it:   {program()} run {file}\nCheck it: {program()} validate {file}")
    if start is None and first < today:
        click.echo(
            f"It starts on {first}, where the record ends. To start today, tell what has happened since: --record FILE "
            f"(docs: your own facts), or --assume-unchanged."
        )


LONGEST_YEARS = 5
"""Years from the start to the end that is written."""


def _text(first: date, code: str, own: RecordTable | None, **words: Any) -> str:
    """The file: a change of the current outlook where it starts no earlier, else a scenario that stands alone."""
    from sim.scenario import load, shipped
    from sim.scenario.checks import truce_on

    outlook = max(name for name in shipped() if re.fullmatch(r"outlook-\d{4}", name))
    root = load(outlook).scenario
    extends = first >= root.scenario.start
    end = first.replace(
        year=first.year + LONGEST_YEARS, day=calendar.monthrange(first.year + LONGEST_YEARS, first.month)[1]
    )
    words |= {
        "start": first, "end": end, "code": code, "outlook": outlook,
        "known": f'"{words["count"]} states recognised Taipei on {words["known_to"]}, by the record."',
        "assumed": f'"All that {outlook} assumes of votes, governments and chances."',
        "soon": first.replace(year=first.year + 1, day=1),
        "later": first.replace(year=first.year + 2, day=1),
        "vote": first.replace(year=first.year + 1, month=11, day=1),
        "truce": TRUCE.format(start=first) if truce_on(first) and not extends else "",
    }  # fmt: skip
    parts = [HEAD, EXTENDS if extends else ALONE, BODY]
    votes = [(name, vote) for name, vote in root.elections.items() if extends and vote.state == code]
    text = "".join(parts).format(**words)
    for name, vote in votes:
        text += f"\n# The outlook has this vote on {vote.date}; put chances of your own, which add up to 1 at most:\n"
        text += f"# [elections.{name}.outcomes]\n"
        for outcome, what in vote.outcomes.items():
            text += f"# {outcome}.chance = {_central(what.chance):g}\n"
    if not votes:
        text += VOTE.format(**words)
    settled = {row.vote for row in own.elections if row.date <= first} if own is not None else set()
    past = [(name, vote.date) for name, vote in root.elections.items() if vote.enabled and vote.date < first]
    for name, day in past if extends else ():
        text += PAST.format(vote=name, day=day) if name not in settled else ""
    return text


def _central(chance: float | Range) -> float:
    return chance if isinstance(chance, (int, float)) else chance.central


def _from(file: Path, record: str) -> str:
    """The way from the folder of the new file to the file of the user's facts, as TOML has it."""
    try:
        return Path(os.path.relpath(record, file.parent)).as_posix()
    except ValueError:  # another drive
        return Path(record).resolve().as_posix()


EXAMPLE = 500.0, 5.0
"""The example of an offer: US$ million, years."""


def _size(code: str, known_to: date, own: RecordTable | None) -> tuple[str, str, str]:
    """The size of the example of an offer: in a sentence, as a yearly sum, and as the state believes it."""
    from sim.atlas import economy, states
    from sim.parameters import PARAMETERS
    from sim.words import of_gdp

    total, years = EXAMPLE
    name, arrives = states()[code].name, PARAMETERS["delivered_headline"].central
    assert arrives is not None
    if code == "VAT":
        said = "a state without an economy, so that it moves nothing"
        return f"Its example of an offer is to {said}.", f"to {said}", "about a tenth of it"
    yearly = (
        100.0 * total / years / (economy(code, known_to.year - 1, None if own is None else own.facts).gdp_usd / 1e6)
    )
    a_year = f"{total / years:g} a year, {of_gdp(yearly)} of {name}'s GDP"
    believed = f"about {arrives:.0%} of it, {of_gdp(arrives * yearly)} of GDP a year".replace("%", " %", 1)
    return (
        f"Its example of an offer, US$ {total:g} million over {years:g} years and not signed, is {of_gdp(yearly)} of "
        f"{name}'s GDP a year, of which it believes about {100 * arrives:.0f} %.",
        a_year,
        believed,
    )
