"""Sides, decisions and their terms: the ledger's columns, what each is called, and the order in which terms add up."""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

from sim.atlas import Side

TAIPEI, BEIJING, NEITHER = 0, 1, 2
ACTIVE, SUSPENDED = 0, 1
SIDES: dict[str, tuple[str, ...]] = {"recognition": get_args(Side), "cooperation": ("active", "suspended")}
"""Sides by tie, in the order of their numbers."""
TIES = tuple(SIDES)

IDLE, SILENT, IN_PUBLIC = 0, 1, 2
TALKS = ("idle", "silent", "public")
"""Whether a tie is in talks, and whether others know."""
ITSELF, BY_PLEDGE, BY_ORDER, BY_REQUEST = 0, 1, 2, 3
TRIGGERS = ("itself", "pledge", "order", "request")
"""What opened talks, or took them over."""
NO_ANSWER, GIVES_WAY, WAITS, RETALIATES, CUTS_AID, KEEPS_AID = range(6)
ANSWERS = ("none", "gives-way", "waits", "retaliates", "cuts-aid", "keeps-aid")
"""Washington's answers: to a host's words or notice the first three, to a suspension the last two."""
LEFT, STAYED, NOT_TAKEN, DROPPED = 0, 1, 2, 3
OUTCOMES = ("left", "stayed", "not_taken", "dropped")
"""How talks ended: the state left the side that it was on, or stayed; dropped: by words of the government, no bid."""

(
    SIDE,
    IN_TALKS,
    T_BASE,
    T_OFFER,
    T_AID,
    T_THREAT,
    T_BACKFIRE,
    T_GOVERNMENT,
    T_PLEDGE,
    T_REQUEST,
    T_ORDER,
    T_NEIGHBOURS,
    T_SHORTFALL,
    ACCEPTANCE,
    CHANCE,
    PRICE,
    PRICE_MUSD,
    ARRIVES,
    HAZARD,
) = range(19)
COLUMNS = 19
"""Columns of the ledger: what a state weighed in a month.

`CHANCE` is that the state changes sides in talks that closed now, `PRICE` what the winner paid (% of GDP a year; 0
unless talks closed or it left this month), `ARRIVES` the share of it that arrives, where Beijing pays for a state that
left or to keep one, `HAZARD` the annual rate, averaged over talks that nobody sees.
"""
HEADS = {"run": 0, "month": 1, "state": 2, "from": 3, "to": 4}
"""Columns of a change before the ledger's own; `state` is its place, `from` and `to` are sides."""
HEAD = len(HEADS)

TERMS = {
    "base": T_BASE,
    "offer": T_OFFER,
    "aid": T_AID,
    "threat": T_THREAT,
    "backfire": T_BACKFIRE,
    "government": T_GOVERNMENT,
    "pledge": T_PLEDGE,
    "request": T_REQUEST,
    "order": T_ORDER,
    "neighbours": T_NEIGHBOURS,
    "shortfall": T_SHORTFALL,
    "acceptance": ACCEPTANCE,
}
"""Terms by name. Of leaving and of coming they are log odds, of suspending log rates; `acceptance` is a multiple, and
the `order` of suspending, the rate of words and notices, is added a year."""

WEIGHED = {
    "chance": CHANCE, **TERMS, "price": PRICE, "price_musd": PRICE_MUSD, "delivered": ARRIVES, "hazard": HAZARD,
}  # fmt: skip
"""Everything that the tables of changes and the ledger hold of what a state weighed, by name."""

TALK_HEADS = {
    "run": 0,
    "opened": 1,
    "closed": 2,
    "state": 3,
    "public": 4,
    "trigger": 5,
    "beijing_limit": 6,
    "taipei_limit": 7,
    "pressure": 8,
    "side": 9,
}
TALK_TERMS = {name: len(TALK_HEADS) + column - T_BASE for name, column in TERMS.items() if column <= T_SHORTFALL}
TALK_ENDS = {
    name: len(TALK_HEADS) + len(TALK_TERMS) + number
    for number, name in enumerate(("acceptance", "chance", "outcome", "price", "price_musd"))
}
TALK_COLUMNS = len(TALK_HEADS) + len(TALK_TERMS) + len(TALK_ENDS)
"""Columns of a concluded talk: months by row (-1: open at the start), limits in % of GDP a year as believed, pressure
0 to 3, the side it was on, terms in log odds, chance that it changes sides, outcome, and what the winner pays: % of GDP
and US$ million a year."""
(
    TALK_RUN, TALK_OPENED, TALK_CLOSED, TALK_STATE, TALK_PUBLIC, TALK_TRIGGER, TALK_BEIJING, TALK_TAIPEI,
    TALK_PRESSURE, TALK_SIDE,
) = range(10)  # fmt: skip
ANSWER_RUN, ANSWER_MONTH, ANSWER_HOST, ANSWER_KIND, ANSWER_AID, ANSWER_REMITTANCES, ANSWER_RENT = range(7)
ANSWER_COLUMNS = 7
"""Columns of an answer of Washington's: run, month (row), number of the host, what it answers, and by how much the
host's aid, remittances and rent change, US$ million a year (what is lost is below zero)."""
BEIJING_PROMISES, BEIJING_DELIVERS, TAIPEI_PAYS, WASHINGTON_PAYS = range(4)
ACCOUNTS = 4
"""Columns of the accounts of a place in a run, US$ million over the horizon: what each patron pays it. What Washington
takes is below zero."""
TALK_TERM = len(TALK_HEADS)
TALK_END = TALK_TERM + len(TALK_TERMS)


class Term(NamedTuple):
    """A term of a decision, as a reader meets it."""

    name: str
    label: str
    colour: str


class Decision(NamedTuple):
    """A change of a tie: what it is made of and what it is called."""

    name: str
    base: str
    """What the first term is called."""
    added: tuple[Term, ...]
    """Terms after the base, in the order in which the rules add them."""
    after: tuple[Term, ...]
    """What acts on their sum."""
    does: str
    done: str
    stays: str
    doing: str
    home: int
    """The side it starts from."""
    short: str
    """What it does, where there is little room."""

    def may_follow(self, side: Any) -> Any:
        """Whether it may be taken on a side (a number of it, or an array): who is with neither may come like others."""
        return (side == TAIPEI) == (self.home == TAIPEI)

    @property
    def by_talks(self) -> bool:
        """Whether it is decided in talks, by bids; otherwise it has a hazard in every month."""
        return self.name != "suspend"

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of all terms, the base first."""
        return ("base", *(term.name for term in (*self.added, *self.after)))

    @property
    def labels(self) -> dict[str, str]:
        """What each term is called."""
        return {"base": self.base} | {term.name: term.label for term in (*self.added, *self.after)}


_OFFER = Term("offer", "Beijing's bid", "#E69F00")
_AID = Term("aid", "Taipei's bid", "#56B4E9")
_LEAN = Term("government", "lean of the government", "#CC79A7")
_ACCEPTS = "#009E73"

LEAVE = Decision(
    "leave",
    "share of talks lost",
    (
        _OFFER,
        _AID,
        Term("threat", "Washington's threats", "#0072B2"),
        Term("backfire", "pressure and quarrels provoke", "#F0E442"),
        _LEAN,
        Term("pledge", "pledge to leave", "#D55E00"),
        Term("request", "request to Taipei", "#8C510A"),
        Term("order", "standing order", "#7F0000"),
        Term("neighbours", "neighbours that left", "#C7B299"),
    ),
    (Term("acceptance", "Beijing's acceptance", _ACCEPTS),),
    "leaves Taipei",
    "has left Taipei",
    "stays with Taipei",
    "leaving Taipei",
    TAIPEI,
    "leaves",
)
RETURN = Decision(
    "return",
    "share of talks that Taipei wins",
    (
        _OFFER,
        _AID,
        _LEAN,
        Term("shortfall", "promises not kept", "#8C510A"),
    ),
    (Term("acceptance", "Taipei's acceptance", _ACCEPTS),),
    "comes to Taipei",
    "has come to Taipei",
    "does not come",
    "coming to Taipei",
    BEIJING,
    "is back",
)
SUSPEND = Decision(
    "suspend",
    "a quiet year",
    (
        Term("backfire", "quarrels provoke", "#F0E442"),
        Term("threat", "dependence holds", "#0072B2"),
        _LEAN,
        Term("neighbours", "Washington's answers to others", "#C7B299"),
    ),
    (Term("order", "words and notices", "#7F0000"),),
    "suspends military cooperation",
    "has suspended military cooperation",
    "goes on cooperating",
    "suspending military cooperation",
    ACTIVE,
    "suspends cooperation",
)
DECISIONS = {decision.name: decision for decision in (LEAVE, RETURN, SUSPEND)}
"""Every decision that is explained, by name."""


def decision_from(tie: str, side: str) -> Decision:
    """The decision that ends a tie's state at the start, by the side it was on."""
    if tie != TIES[0]:
        return SUSPEND
    return LEAVE if side == SIDES[tie][TAIPEI] else RETURN
