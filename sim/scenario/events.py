"""The dated events of a calendar, and the effects that follow an election: every type once, with its facts and keys."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field

from sim.scenario.event_base import ACT_MONTHS, JOINS, EventBase, Lean, Months, Pressure, Share
from sim.scenario.fields import PATRONS, Iso3, Number, Patron, Quantity


class _Words(EventBase):
    whose: ClassVar[str | None] = "words"
    number: ClassVar[str | None] = "strength"
    state: Iso3
    """The state that speaks."""
    strength: Share = 1.0
    """1 for plain words of the head of government, less for hints."""
    half_life_months: Months | None = None
    """Months in which the words lose half their weight; left out, they stand until the government changes."""
    incoming: bool = False
    """True when a government to come speaks: its words count from its inauguration on."""


class CampaignPledge(_Words):
    """A candidate or president-elect promises to change sides; at the next inauguration it may open talks."""

    words: ClassVar[str] = "campaign pledge to {joins}"
    act: ClassVar[str] = "its campaign pledge of {when} to {joins}"
    opens: ClassVar[str | None] = "pledge"
    type: Literal["campaign-pledge"]
    to: Literal["beijing", "taipei"] = "beijing"
    """The side promised."""
    incoming: Literal[True] = True
    """A campaign pledge is always the incoming government's."""

    @property
    def effect(self) -> str:
        """What it is to the calendar."""
        return "PLEDGE" if self.to == "beijing" else "RETURN_PLEDGE"


class Pledge(_Words):
    """A government promises to change sides, without ordering it."""

    words: ClassVar[str] = "pledge to {joins}"
    act: ClassVar[str] = "its pledge of {when} to {joins}"
    opens: ClassVar[str | None] = "pledge"
    type: Literal["pledge"]
    to: Literal["beijing", "taipei"] = "beijing"
    """The side promised."""

    @property
    def effect(self) -> str:
        """What it is to the calendar."""
        return "PLEDGE" if self.to == "beijing" else "RETURN_PLEDGE"


class Reassurance(_Words):
    """A government says that its ties with Taipei will stay: talks close, and open less easily while it is fresh."""

    words: ClassVar[str] = "reassurance that the tie with Taipei stays"
    type: Literal["reassurance"]


class Order(EventBase):
    """The head of government publicly orders ties with Beijing opened.

    It stands until carried out, withdrawn, the head of government changes, or 24 months.
    """

    whose: ClassVar[str | None] = "words"
    words: ClassVar[str] = "public order to open ties with Beijing"
    act: ClassVar[str] = "its order of {when} to open ties with Beijing"
    opens: ClassVar[str | None] = "order"
    type: Literal["order"]
    state: Iso3
    """The state whose head of government gives the order."""


class Withdrawal(EventBase):
    """A government takes back its standing order and its promises to leave Taipei; its other words stand."""

    whose: ClassVar[str | None] = "words"
    words: ClassVar[str] = "order and pledges taken back"
    type: Literal["withdrawal"]
    state: Iso3
    """The state that withdraws."""


class Inauguration(EventBase):
    """A new government takes office: the old one's lean, pledges and order end, and its first year begins."""

    whose: ClassVar[str | None] = "government"
    number: ClassVar[str | None] = "lean"
    words: ClassVar[str] = "a new government takes office"
    type: Literal["inauguration"]
    state: Iso3
    """The state whose government changes."""
    lean: Lean | None = None
    """The new government's lean, -1 (Taipei, Washington) to +1 (Beijing); left out, that of the start."""


class LeanChange(EventBase):
    """A government in office moves towards one side or the other."""

    whose: ClassVar[str | None] = "government"
    number: ClassVar[str | None] = "lean"
    words: ClassVar[str] = "the government moves towards one side"
    type: Literal["lean"]
    state: Iso3
    """The state whose government moves."""
    lean: Lean
    """Its lean from then on, -1 (Taipei, Washington) to +1 (Beijing)."""


class Lobbying(EventBase):
    """Washington presses a state on its recognition: it puts something at stake first and provokes later."""

    whose: ClassVar[str | None] = "washington"
    number: ClassVar[str | None] = "pressure"
    words: ClassVar[str] = "Washington presses on the tie with Taipei"
    type: Literal["lobbying"]
    state: Iso3
    """The state pressed."""
    pressure: Pressure = 1.0
    """Pressure added: 1 words, 2 envoys and inducements, 3 stated penalties."""
    half_life_months: Months | None = None
    """Months in which the pressure halves; left out, it stays."""


class Protest(EventBase):
    """Beijing denounces Washington's pressure: part of it is felt as an affront, which only provokes."""

    whose: ClassVar[str | None] = "beijing"
    number: ClassVar[str | None] = "hostility"
    words: ClassVar[str] = "Beijing protests at Washington’s pressure"
    type: Literal["protest"]
    state: Iso3
    """The state addressed."""
    hostility: Pressure = 0.25
    """How much affront the words add, on the scale of hostility, 0 to 3."""
    half_life_months: Months | None = None
    """Months in which it halves; left out, it stays."""

    @property
    def effect(self) -> str:
        """What it is to the calendar."""
        return "HOSTILITY"


class Offer(EventBase):
    """A patron offers a sum of money, on top of what it would bid: Washington's is an inducement to stay."""

    number: ClassVar[str | None] = "million_usd"
    words: ClassVar[str] = "an offer of money by {by}"
    act: ClassVar[str] = "{by}'s offer of {when}, {signed}, of {sum}"
    type: Literal["offer"]
    state: Iso3
    """The state that receives the offer."""
    by: Patron = "beijing"
    """Who offers."""
    million_usd: Annotated[Number, Quantity(0.0, 1_000_000.0)]
    """The whole sum, US$ million."""
    years: Annotated[float, Field(ge=0.1, le=50.0)] = 5.0
    """Years over which it is paid; it weighs for so long."""
    signed: bool = False
    """True for a signed package, false for a sum named in the press: states believe far less of the latter."""
    from_budget: bool = False
    """True when it comes out of Beijing's purse or Taipei's reserve, so that there is less to bid with elsewhere."""
    half_life_months: Months | None = None
    """Months in which it loses half its weight; left out, it keeps it until its years are over."""

    @property
    def effect(self) -> str:
        """What it is to the calendar."""
        return {"beijing": "OFFER", "taipei": "AID", "washington": "INDUCEMENT"}[self.by]


class Match(EventBase):
    """Taipei matches what Beijing bids for a state, beyond its reserve and its ceiling."""

    whose: ClassVar[str | None] = "taipei"
    number: ClassVar[str | None] = "share"
    words: ClassVar[str] = "Taipei matches what Beijing offers"
    type: Literal["match"]
    state: Iso3
    """The state for which Taipei matches."""
    share: Annotated[Number, Quantity(0.0, 10.0)] = 1.0
    """Part of Beijing's bid, as the state believes it, that Taipei's comes up to; 1 is all of it."""


class Hostility(EventBase):
    """Washington quarrels with a state on another question (deportation, tariffs): it only provokes."""

    whose: ClassVar[str | None] = "washington"
    number: ClassVar[str | None] = "hostility"
    words: ClassVar[str] = "Washington quarrels over another matter"
    of_host: ClassVar[str | None] = "hostility to"
    type: Literal["hostility"]
    state: Iso3
    """The state that is the object of it."""
    hostility: Pressure
    """0 none, 1 words, 2 open quarrel, 3 measures that hurt."""
    half_life_months: Months | None = None
    """Months in which it halves; left out, it stays."""


class Threat(EventBase):
    """A host says that it may end military cooperation with Washington: words, which weigh for 24 months at most."""

    whose: ClassVar[str | None] = "words"
    number: ClassVar[str | None] = "strength"
    words: ClassVar[str] = "words that military cooperation may end"
    months: ClassVar[int | None] = ACT_MONTHS
    of_host: ClassVar[str | None] = "threat by"
    needs_host: ClassVar[bool] = True
    type: Literal["threat"]
    state: Iso3
    """The host that speaks."""
    strength: Share = 1.0
    """1 for plain words of the head of government, less for hints."""


class Notice(EventBase):
    """A host gives formal notice, votes or orders to end military cooperation with Washington.

    It weighs until carried out or withdrawn, 24 months at most.
    """

    whose: ClassVar[str | None] = "words"
    words: ClassVar[str] = "formal notice to end military cooperation"
    months: ClassVar[int | None] = ACT_MONTHS
    of_host: ClassVar[str | None] = "notice by"
    needs_host: ClassVar[bool] = True
    type: Literal["notice"]
    state: Iso3
    """The host that gives notice."""


class NoticeWithdrawn(EventBase):
    """A host takes back its words and notices about military cooperation."""

    whose: ClassVar[str | None] = "words"
    words: ClassVar[str] = "words and notices about military cooperation taken back"
    of_host: ClassVar[str | None] = "notice withdrawn by"
    needs_host: ClassVar[bool] = True
    type: Literal["notice-withdrawn"]
    state: Iso3
    """The host that takes them back."""


class Answer(EventBase):
    """Washington's answer to a host's words or notice about military cooperation, set and not drawn.

    It answers what stands on that day, and nothing where nothing stands.
    """

    whose: ClassVar[str | None] = "washington"
    words: ClassVar[str] = "Washington’s answer to words about military cooperation: it {answer}"
    of_host: ClassVar[str | None] = "Washington’s answer to"
    needs_host: ClassVar[bool] = True
    type: Literal["answer"]
    state: Iso3
    """The host that is answered."""
    answer: Literal["gives-way", "waits", "retaliates"]
    """Gives way: more rent, words and notice are off, part of the hostility is gone; waits; retaliates: less aid and
    fewer remittances."""

    @property
    def effect(self) -> str:
        """What it is to the calendar."""
        return "TOLD_ANSWER"


class Deportations(EventBase):
    """Washington deports so many that a state loses remittances from the United States: its dependence falls."""

    whose: ClassVar[str | None] = "washington"
    number: ClassVar[str | None] = "share"
    words: ClassVar[str] = "deportations by Washington"
    of_host: ClassVar[str | None] = "deportations to"
    type: Literal["deportations"]
    state: Iso3
    """The state whose citizens are sent back."""
    share: Share
    """Part of its remittances from the United States that it loses, 0 to 1."""


class Request(EventBase):
    """A state asks Taipei for money in public: its tie comes up."""

    whose: ClassVar[str | None] = "taipei"
    number: ClassVar[str | None] = "million_usd"
    words: ClassVar[str] = "a request to Taipei"
    act: ClassVar[str] = "its request of {when} to Taipei for {sum}"
    opens: ClassVar[str | None] = "request"
    type: Literal["request"]
    state: Iso3
    """The state that asks."""
    million_usd: Annotated[Number, Quantity(0.0, 1_000_000.0)]
    """The whole sum, US$ million."""
    years: Annotated[float, Field(ge=0.1, le=50.0)] = 5.0
    """Years over which it would be paid."""
    answer: Literal["refused", "met"] | None = None
    """Taipei's answer: refused, it stays at what stands; met, it pays the sum on top; left out, it bids freely."""


class Switch(EventBase):
    """A change told as a fact or a supposition: it happens in that month."""

    whose: ClassVar[str | None] = "other"
    words: ClassVar[str] = "told: it changes to {joins}"
    type: Literal["switch"]
    state: Iso3
    """The state that changes sides."""
    to: Literal["beijing", "taipei"]
    """The side it goes to."""


class AidCut(EventBase):
    """Taipei or Washington cuts its aid to a state."""

    number: ClassVar[str | None] = "share"
    words: ClassVar[str] = "{by} cuts its aid"
    type: Literal["aid-cut"]
    state: Iso3
    """The state that loses aid."""
    by: Literal["taipei", "washington"]
    """Whose aid: Taipei's weighs by itself, Washington's is part of dependence."""
    share: Share
    """Part that is cut, 0 to 1."""

    @property
    def effect(self) -> str:
        """What it is to the calendar."""
        return "TAIPEI_CUT" if self.by == "taipei" else "US_CUT"


class Truce(EventBase):
    """Beijing and Taipei stop competing: Beijing accepts almost nobody, and Taipei takes almost nobody back."""

    whose: ClassVar[str | None] = "truce"
    words: ClassVar[str] = "truce: Beijing and Taipei stop competing"
    type: Literal["truce"]
    years: Annotated[float, Field(ge=0.1, le=100.0)] | None = None
    """How long it holds; left out, to the end or to a `truce-ends`."""


class TruceEnds(EventBase):
    """The contest begins again."""

    whose: ClassVar[str | None] = "truce"
    words: ClassVar[str] = "the truce ends"
    type: Literal["truce-ends"]


Event = Annotated[
    CampaignPledge
    | Pledge
    | Reassurance
    | Order
    | Withdrawal
    | Inauguration
    | LeanChange
    | Lobbying
    | Protest
    | Offer
    | Match
    | Hostility
    | Threat
    | Notice
    | NoticeWithdrawn
    | Answer
    | Deportations
    | Request
    | Switch
    | AidCut
    | Truce
    | TruceEnds,
    Discriminator("type"),
]
"""One event of any kind; its `type` decides which."""

EVENTS: dict[str, type[EventBase]] = {
    typing.get_args(kind.model_fields["type"].annotation)[0]: kind
    for kind in typing.get_args(typing.get_args(Event)[0])
}
"""Every kind of event, by its `type`."""

STATELESS = tuple(name for name, kind in EVENTS.items() if "state" not in kind.model_fields)
"""Types that are about no state."""


def described(event: Mapping[str, Any]) -> str:
    """What a reader calls an event of a scenario's document."""
    return _filled(EVENTS[event["type"]].words, event)


def phrase(event: Mapping[str, Any], when: str, money: str = "") -> str:
    """An event of a scenario's document as a dated act: `its order of 13 Mar 2023 to open ties with Beijing`.

    money : its sum in words, where it has one
    """
    signed = "signed" if event.get("signed") else "not signed"
    return _filled(EVENTS[event["type"]].act, event, words=described(event), when=when, signed=signed, sum=money)


def _filled(text: str, event: Mapping[str, Any], **more: str) -> str:
    by, joins = PATRONS.get(event.get("by", ""), ""), JOINS[event.get("to", "beijing")]
    return text.format(by=by, joins=joins, answer=str(event.get("answer") or "").replace("-", " "), **more)
