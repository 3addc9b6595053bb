"""`sim new-agents`: a commented file with an agent of one's own, which runs as it is."""

from __future__ import annotations

import re
from pathlib import Path

import click

from sim.cli.options import HELP, program
from sim.cli.telling import write_new
from sim.errors import InputError, Problem
from sim.letters import RESERVED_RULE, reserved

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FILE = '''"""Agents of your own: a Beijing that keeps its purse for the ally that it prizes most.

Compare them with the shipped ones:  sim compare honduras-2021 --agents {file} --runs 400
Run them alone:                      sim run honduras-2021 --agents {file} --runs 400
Watch one run in Python:             sim.world("honduras-2021", agents="{file}").step()

A class here takes the place of the shipped class that it is a kind of, one class for each:

    State                        sim.model.state     (it inherits from candidate and member, beside it)
    Host                         sim.model.host
    Beijing, Taipei, Washington  sim.model.patrons

What is not written here stays as shipped. In each month the world (sim.model.world) asks, in this order:

    washington.answer()                     it answers what hosts said
    beijing.look(), taipei.look()           whether they take who comes: `acceptance`
    state.come_up()                         talks open
    beijing.bid()                           sets `state.bid`, as the state believes it, % of its GDP a year
    taipei.answer()                         sets `state.aid`, the same for Taipei, and what stands behind it
    washington.press()                      sets `state.pressed` and `state.stake`, in silent and in public talks
    state.weigh(), host.weigh()             what would come of talks that closed now: `balance`, `wins`
    state.reckon()                          `chance`, that its side changes this month, for who sees no silent talks
    state.meet(), host.meet()               it has met that chance: the result adds it up
    state.decide(), host.decide()           the side after the month, from `wins` and from its luck
    state.settle(side), .change_to(side)    what is paid for it, and what follows

Two rules keep a result the same for everybody who has this file. Take no random numbers but those of an address:
`state.uniform(purpose_of("some name of yours"))` with `purpose_of` from sim.model.draws is one from 0 to 1 for this
state, month and run. And keep what an agent remembers in the agent (`self.`), not in the module. Only this file is in
the digest that a result keeps of its agents, so have everything in it.
"""

from sim.model.calendar import OFFER
from sim.model.patrons import Beijing


class Patient(Beijing):
    """It bids for one ally alone; the others get what the scenario's events offer them, and no more."""

    def bid(self) -> None:
        """Bid as the shipped Beijing does, then take back all bids for allies but one."""
        super().bid()
        allies = self.model.with_taipei()
        prized = max(allies, key=lambda ally: ally.reference.limit, default=None)  # US$ million a year at most
        for ally in allies:
            if ally is not prized:
                ally.bid = ally.level(OFFER)
'''


@click.command("new-agents", context_settings=HELP)
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: NAME.py in this folder).")
def command(name: str, out: Path | None) -> None:
    """Write NAME.py, a commented example of agents of your own that runs as it is.

    `sim run`, `sim compare`, `sim sweep` and `sim sensitivity` take it with --agents.
    """
    if not _NAME.fullmatch(name):
        close = re.sub(r"\W+", "_", name.removesuffix(".py").lower()).strip("_")
        rule = "a name of small letters, digits and _, with a letter first, 60 at most"
        raise InputError(Problem("NAME", rule, name, close if _NAME.fullmatch(close) else None))
    file = out or Path(f"{name}.py")
    for option, text in (("NAME", name), ("--out", file.name)):
        if reserved(text):
            raise InputError(Problem(option, RESERVED_RULE, text))
    if file.suffix != ".py":
        raise InputError(Problem("--out", "a file whose name ends in .py", str(file)))
    write_new(file, _FILE.format(file=file.as_posix()), "NAME")
    click.echo(f"Compare: {program()} compare honduras-2021 --agents {file} --runs 400")
