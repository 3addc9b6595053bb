"""The scenario language: every table and key a scenario file may hold, with unit, bounds and meaning."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.atlas import OwnFacts, Record, record
from sim.scenario.events import STATELESS, Event
from sim.scenario.fields import (
    Day,
    FileName,
    Iso3,
    Lever,
    Name,
    Number,
    Part,
    Quantity,
    Range,
    Series,
    Text,
    month_number,
    told_once,
)
from sim.scenario.record import RecordTable

LONGEST_MONTHS = 600
MOST_RUNS = 10_000_000
MOST_SEED = 2**63 - 1


class Source(Part):
    """A text the scenario rests on."""

    title: Text
    """Its title, or outlet and subject."""
    date: Day
    """The day it appeared."""


class Header(Part):
    """`[scenario]`: what is asked, from when to when, and on what it rests."""

    name: FileName
    """Short name; results are kept under it."""
    title: Text
    """What it shows, in a line."""
    question: Text
    """The question it answers."""
    start: Day
    """The first day; the first step covers what is left of its month."""
    end: Day
    """The simulation runs through the month of this day."""
    as_of: Day | None = None
    """What is known stops at the end of this day, which is also the day of the roster (default: `start`)."""
    assume_unchanged: bool = False
    """True lets the start lie after the record ends: nobody changed sides in between, and `as_of` is its last day."""
    extends: Text | None = None
    """Another scenario this one changes: the name of a shipped one, or a file, as a path from this one's folder."""
    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 10_000
    """Runs, unless the command says otherwise."""
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 1
    """Seed of the random numbers, unless the command says otherwise."""
    article: Text | None = None
    """What the article behind it said, in a line; for the table of scenarios."""
    about: Annotated[list[Iso3], Field(default_factory=list)]
    """The states it is about, for the table of scenarios; none: the likeliest to go."""
    known: Annotated[list[Text], Field(default_factory=list)]
    """What was known at the start, a line each."""
    assumed: Annotated[list[Text], Field(default_factory=list)]
    """What the scenario assumes beyond that, a line each."""
    sources: Annotated[list[Source], Field(default_factory=list)]
    """The texts it rests on."""


class Roster(Part):
    """`[roster]`: the states simulated, from the record unless changed here."""

    add: Annotated[list[Iso3], Field(default_factory=list)]
    """States that recognise Taipei at the start although the record says otherwise."""
    remove: Annotated[list[Iso3], Field(default_factory=list)]
    """States left out although the record has them on Taipei's side."""
    candidates: list[Iso3] | None = None
    """States simulated too because they may come (back) to Taipei (default: all of the atlas's rule; `[]`: none)."""


class Cooperation(Part):
    """`[cooperation]`: the second tie, military cooperation with Washington; left out, it is not simulated."""

    hosts: Annotated[list[Iso3], Field(default_factory=list)]
    """The states, among those simulated, that host Washington's forces (security tie of 2 or 3)."""


class BeijingTable(Part):
    """`[beijing]`: Beijing's levers, each by value or by dated changes."""

    budget: Annotated[Lever, Series(0.0, 100.0)] = 1.0
    """What it would pay for a state, and its purse: a multiple of the record's."""
    acceptance: Annotated[Lever, Series(0.0, 1.0)] = 1.0
    """Readiness to accept a willing state: 1 in contest; a truce is an event."""
    approach: Annotated[Lever, Series(0.0, 100.0)] = 1.0
    """How readily it opens talks: a multiple of their odds."""


class TaipeiTable(Part):
    """`[taipei]`: Taipei's levers, each by value or by dated changes."""

    budget: Annotated[Lever, Series(0.0, 100.0)] = 1.0
    """Aid and reserve, a multiple of the record's."""
    acceptance: Annotated[Lever, Series(0.0, 1.0)] = 1.0
    """Readiness to take a state that comes (back): 1 as on the record; a truce is an event."""
    wooing: Annotated[Lever, Series(0.0, 100.0)] = 1.0
    """What it would pay to win a state, and how readily it opens talks: a multiple of the record's recent readiness."""


class WashingtonTable(Part):
    """`[washington]`: Washington's levers, each by value or by dated changes."""

    attention: Annotated[Lever, Series(0.0, 10.0)] = 1.0
    """Attention to the question, a multiple of the record's; pressure ends at 3, in the Americas at attention 3."""
    focus: Annotated[Lever, Series(0.0, 10.0)] | None = None
    """How far it turns to talks that are public; left out, the parameter `pressure_focus`."""
    hostility: Annotated[Lever, Series(0.0, 3.0)] = 0.0
    """Quarrels on other questions, felt by every state, 0 to 3."""


LEVER_TABLES: dict[str, type[Part]] = {"beijing": BeijingTable, "taipei": TaipeiTable, "washington": WashingtonTable}
"""The tables of levers, by patron."""


class StateTable(Part):
    """`[states.XXX]`: what the scenario says of one state in place of the atlas; any key may be left out."""

    lean: Annotated[float, Field(ge=-1.0, le=1.0)] | None = None
    """The government's lean at the start, -1 (Taipei, Washington) to +1 (Beijing)."""
    pride: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    """How far pressure is resented, 0 to 1 (assumed 0.5 for every state)."""
    prestige: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    """Multiple of what Beijing would pay for a state of this size, 1 for an ordinary state."""
    access: Annotated[float, Field(ge=0.0, le=100.0)] = 0.0
    """What trade with Beijing is thought to bring after a switch, % of GDP a year."""
    taipei_aid: Annotated[float, Field(ge=0.0, le=100_000.0)] | None = None
    """Taipei's base aid, US$ million a year, in place of the documented one or the one by size."""
    gdp_million_usd: Annotated[float, Field(ge=0.1, le=100_000_000.0)] | None = None
    """Yearly GDP, US$ million at market rates; the atlas gives that of the year before `as_of`."""
    population: Annotated[float, Field(ge=1.0, le=3e9)] | None = None
    """Persons; told, it makes the state's susceptibility come from the scenario's own figures, not the atlas's."""
    dependence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    """Dependence on Washington, 0 to 1, in place of the one made of exports, remittances, aid and security."""
    exports_to_usa: Annotated[float, Field(ge=0.0, le=100.0)] | None = None
    """Exports to the United States, % of goods exports."""
    remittances_from_usa: Annotated[float, Field(ge=0.0, le=200.0)] | None = None
    """Remittances from the United States, % of GDP."""
    us_aid: Annotated[float, Field(ge=0.0, le=500.0)] | None = None
    """Aid from the United States, % of GDP."""
    security_tie: Annotated[float, Field(ge=0.0, le=3.0)] | None = None
    """Security tie with Washington: 0 none, 1 training, 2 standing access, 3 base or defence duty."""
    susceptibility: Annotated[float, Field(ge=0.0, le=1000.0)] = 1.0
    """Multiple of the hazard of leaving or returning that the record gives the state."""
    silent: bool | None = None
    """True: its last speech in the UN General Debate does not name Taiwan; left out, as the atlas has that speech."""
    government_since: Day | None = None
    """The day the government of the start took office."""


def _placed(outcome: Any, state: Any) -> Any:
    """An outcome whose effects have the voting state where their kind needs one and names none."""
    if not isinstance(outcome, dict) or not isinstance(outcome.get("effects"), dict):
        return outcome
    effects = {
        name: {"state": state, **effect}
        if isinstance(effect, dict) and effect.get("type") not in (None, *STATELESS)
        else effect
        for name, effect in outcome["effects"].items()
    }
    return outcome | {"effects": effects}


class Outcome(Part):
    """`[elections.NAME.outcomes.NAME]`: one way an election can end, and what follows."""

    chance: Annotated[Number, Quantity(0.0, 1.0)]
    """Its chance; what the outcomes of an election leave open is an outcome without effects."""
    effects: Annotated[dict[Name, Event], Field(default_factory=dict)]
    """Effects by name, each after its `delay_months` and with its `chance`, in the state that votes unless said."""


class Election(Part):
    """`[elections.NAME]`: a dated vote with a chance for each outcome."""

    date: Day
    """The day of the vote, as known at the start."""
    state: Iso3
    """The state that votes (any state: Taiwan is TWN)."""
    enabled: bool = True
    """False leaves the election out."""
    source: Text | None = None
    """Who says so."""
    assumption: Text | None = None
    """What in it is judged and not reported."""
    outcomes: Annotated[dict[Name, Outcome], Field(min_length=1)]
    """Outcomes by name."""

    @model_validator(mode="before")
    @classmethod
    def _own_state(cls, document: Any) -> Any:
        """Effects that name no state happen in the state that votes."""
        if not isinstance(document, dict) or not isinstance(document.get("outcomes"), dict):
            return document
        return document | {
            "outcomes": {
                name: _placed(outcome, document.get("state")) for name, outcome in document["outcomes"].items()
            }
        }

    @model_validator(mode="after")
    def _chances(self) -> Election:
        total = sum(o.chance.central if isinstance(o.chance, Range) else o.chance for o in self.outcomes.values())
        if total > 1.0 + 1e-9:
            raise PydanticCustomError(
                "chances", "the chances of an election's outcomes add up to 1 at most, not {total}",
                {"total": f"{total:.6g}"},
            )  # fmt: skip
        return self


class Expectations(Part):
    """`[expectations]`: facts that must hold of the scenario itself; `sim validate` checks them."""

    count_at_start: Annotated[int, Field(ge=0, le=200)] | None = None
    """States recognising Taipei at the start."""
    count_without: Annotated[
        dict[Iso3, Annotated[int, Field(ge=0, le=200)]], BeforeValidator(told_once), Field(default_factory=dict)
    ]
    """States that recognise Taipei once the named one has left, such as `{ HND = 13 }`."""
    with_taipei: Annotated[list[Iso3], Field(default_factory=list)]
    """States on Taipei's side at the start."""
    not_with_taipei: Annotated[list[Iso3], Field(default_factory=list)]
    """States not on Taipei's side at the start."""


class Scenario(Part):
    """A scenario: a question put to the model, with all that it changes."""

    scenario: Header
    """What is asked, from when to when, and on what it rests."""
    roster: Annotated[Roster, Field(default_factory=Roster)]
    """The states simulated."""
    beijing: Annotated[BeijingTable, Field(default_factory=BeijingTable)]
    """Beijing's levers."""
    taipei: Annotated[TaipeiTable, Field(default_factory=TaipeiTable)]
    """Taipei's levers."""
    washington: Annotated[WashingtonTable, Field(default_factory=WashingtonTable)]
    """Washington's levers."""
    cooperation: Annotated[Cooperation, Field(default_factory=Cooperation)]
    """The second tie: who hosts Washington's forces."""
    states: Annotated[dict[Iso3, StateTable], BeforeValidator(told_once), Field(default_factory=dict)]
    """What the scenario says of single states, by code or name."""
    events: Annotated[dict[Name, Event], Field(default_factory=dict)]
    """The calendar: dated events by name."""
    elections: Annotated[dict[Name, Election], Field(default_factory=dict)]
    """Elections by name."""
    record: RecordTable | None = None
    """What has happened since the atlas ends; or, at the top of the file, `record = "FILE"`."""
    given: Annotated[dict[Text, Text], Field(default_factory=dict)]
    """The outcome that happens, by vote: its chance is 1, that of the others 0; all else keeps its random numbers."""
    expectations: Annotated[Expectations, Field(default_factory=Expectations)]
    """Facts that must hold of the scenario itself."""
    parameters: Annotated[dict[str, Annotated[Number, Quantity(-1e6, 1e6)]], Field(default_factory=dict)]
    """Model parameters set by this scenario, by the names `sim parameters` lists: a number, or a range to draw from."""

    @property
    def name(self) -> str:
        """Short name."""
        return self.scenario.name

    def chance_of(self, vote: str, outcome: str) -> float | Range:
        """The chance of an outcome of a vote: as the vote says, or 1 or 0 where its outcome is given."""
        if vote in self.given:
            return float(self.given[vote] == outcome)
        return self.elections[vote].outcomes[outcome].chance

    @property
    def as_of(self) -> date:
        """The day at whose end knowledge stops."""
        return self.scenario.as_of or self.scenario.start

    @property
    def own(self) -> OwnFacts | None:
        """What the user knows beyond the atlas."""
        return None if self.record is None else self.record.facts

    @property
    def known(self) -> Record:
        """The record of recognition, with what the user adds to it."""
        return record(own=self.own)

    @property
    def months(self) -> int:
        """Months from the month of the start to the month of the end."""
        return month_number(self.scenario.end) - month_number(self.scenario.start)
