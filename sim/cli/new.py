"""`sim new`: a commented scenario to start from, which runs as it is."""

from __future__ import annotations

import calendar
from datetime import date
from pathlib import Path

import click

from sim.cli.completing import states
from sim.cli.options import HELP, day_of, program
from sim.cli.schema import SCHEMA
from sim.words import RESERVED_RULE, reserved

TEMPLATE = """#:schema ./{schema}
# The line above is for editors that read JSON Schemas of TOML:  sim schema --out {beside}
#
# A scenario of your own. Lines that begin with # are remarks; take the mark away to use a setting.
# Check it with:  sim validate {file}
# Run it with:    sim run {file}

[scenario]
name = "{name}"
title = "What becomes of {state}'s tie with Taipei?"
question = "Does {state} leave Taipei, and how many states recognise Taipei in five years?"
start = {start}           # the day it begins; the roster and the record's rates are those of this day
end = {end}
# runs = 10_000            # more runs, less Monte Carlo error
# seed = 1                 # the same seed gives the same numbers
known = ["What was known at the start, one line each."]
assumed = ["What you assume beyond that, one line each."]
# sources = [{{ title = "Outlet: headline", date = {start} }}]

# Facts that must hold of the scenario itself; `sim validate` checks them.
[expectations]
count_at_start = {count}
with_taipei = ["{code}"]

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
#        offer, match, request, aid-cut, switch, truce, truce-ends, hostility, threat, notice, notice-withdrawn
#        (keys of each: scenarios/README.md)

{truce}[events.beijings-offer]
type = "offer"
date = {soon}
state = "{code}"
million_usd = 500          # the whole sum, US$ million: {a_year}
years = 5
signed = false             # a sum named in the press: states believe {believed}
# What it does to the chance, with its error, stands among the removals of: sim explain
assumption = "An example: replace it, or set enabled = false."

# [events.a-refused-request]
# type = "request"         # it asks Taipei for money: its tie comes up
# date = {later}
# state = "{code}"
# million_usd = 200
# answer = "refused"       # or "met"; left out, Taipei bids as it sees fit

# A number you are not sure of may be a range, drawn anew for every 20 runs:
# million_usd = {{ central = 500, low = 200, high = 1500 }}

# --- Elections: a chance for each outcome, and what follows -----------------------------------------------

[elections.next-vote]
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


TRUCE = """[events.standing-truce]
type = "truce"             # stands on the day of the start, by the record
date = {start}
# years = 2                # how long it is taken to hold; left out, to the end

"""


@click.command("new", context_settings=HELP)
@click.argument("name")
@click.option(
    "--state",
    "code",
    default="PRY",
    show_default=True,
    shell_complete=states,
    help="The state it is about (three letters).",
)
@click.option("--start", metavar="DATE", help="Its first day (default: the last day the record is confirmed).")
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: NAME.toml in this folder).")
def command(name: str, code: str, start: str | None, out: Path | None) -> None:
    """Write NAME.toml, a commented scenario that runs as it is."""
    from sim.atlas import record, states
    from sim.errors import InputError, Problem, nearest
    from sim.scenario.checks import truce_on
    from sim.scenario.fields import LONGEST_NAME, NAME

    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        rule = f"a name of small letters, digits and single hyphens, {LONGEST_NAME} at most"
        raise InputError(Problem("NAME", rule, name))
    file = out or Path(f"{name}.toml")
    for option, told in (("NAME", name), ("--out", file.name)):
        if reserved(told):
            raise InputError(Problem(option, RESERVED_RULE, told))
    known = record()
    first = (
        known.confirmed_until if start is None else day_of(start, "--start", date(1972, 1, 1), known.confirmed_until)
    )
    roster = known.recognisers(first)
    if code not in roster:
        names = {states()[iso3].name: iso3 for iso3 in roster} | {iso3: iso3 for iso3 in roster}
        close = nearest(code, names)
        rule = f"a state that recognised Taipei on {first}"
        raise InputError(Problem("--state", rule, code, None if close is None else names[close]))
    size, a_year, believed = _size(code, first)
    text = TEMPLATE.format(
        truce=TRUCE.format(start=first) if truce_on(first) else "",
        schema=SCHEMA, beside=file.with_name(SCHEMA), file=file, name=name,
        code=code, state=states()[code].name, start=first, count=len(roster),
        end=first.replace(year=first.year + 5, day=calendar.monthrange(first.year + 5, first.month)[1]),
        soon=first.replace(year=first.year + 1, day=1),
        later=first.replace(year=first.year + 2, day=1),
        vote=first.replace(year=first.year + 1, month=11, day=1),
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


EXAMPLE = 500.0, 5.0
"""The example of an offer: US$ million, years."""


def _size(code: str, first: date) -> tuple[str, str, str]:
    """The size of the example of an offer: in a sentence, as a yearly sum, and as the state believes it."""
    from sim.analysis.words import share
    from sim.atlas import economy, states
    from sim.parameters import PARAMETERS

    total, years = EXAMPLE
    name, arrives = states()[code].name, PARAMETERS["delivered_headline"].central
    assert arrives is not None
    if code == "VAT":
        said = "a state without an economy, so that it moves nothing"
        return f"Its example of an offer is to {said}.", f"to {said}", "about a tenth of it"
    of_gdp = 100.0 * total / years / (economy(code, first.year - 1).gdp_usd / 1e6)
    a_year = f"{total / years:g} a year, {share(of_gdp)} of {name}'s GDP"
    believed = f"about {arrives:.0%} of it, {share(arrives * of_gdp)} of GDP a year".replace("%", " %", 1)
    return (
        f"Its example of an offer, US$ {total:g} million over {years:g} years and not signed, is {share(of_gdp)} of "
        f"{name}'s GDP a year, of which it believes about {100 * arrives:.0f} %.",
        a_year,
        believed,
    )
