"""The mechanisms of the model, each with what switches it off: numbers of a scenario at zero, and words left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sim.errors import InputError, Problem, nearest
from sim.scenario import Scenario
from sim.scenario.event_base import EventBase
from sim.words import number

Value = float | bool


@dataclass(frozen=True)
class Mechanism:
    """A part of the model that can be switched off."""

    name: str
    meaning: str
    """What it does, in a sentence."""
    parameters: Mapping[str, float]
    """Parameters, by name, at the values that switch it off."""
    words: bool = False
    """Whether the words of governments and requests to Taipei are left out too."""
    includes: tuple[str, ...] = ()
    """Mechanisms that have no effect on decisions either while it is off."""
    terms: tuple[str, ...] = ()
    """Terms of the decision to leave or to come that are zero in every month while it is off."""
    note: str = ""
    """What stays, or what else to know."""

    @property
    def without(self) -> str:
        """What the model is called while it is off."""
        return "bare fitted hazard" if self.name == HAZARD else f"without {self.name}"

    @property
    def switched(self) -> str:
        """What is set and left out, in words: `money_effect = 0`."""
        numbers = [f"{name} = {number(value)}" for name, value in self.parameters.items()]
        return ", ".join([*numbers, *(["words and requests left out"] if self.words else [])])

    def overrides(self, scenario: Scenario) -> dict[str, Value]:
        """Values by path of a scenario that switch it off."""
        values: dict[str, Value] = {f"parameters.{name}": value for name, value in self.parameters.items()}
        if self.words:
            values |= {f"{path}.enabled": False for path, event in events_of(scenario) if is_word(event)}
        return values


HAZARD = "hazard"
"""The name of the model without agents, here and in the backtest."""
NO_AGENTS = {
    "money_effect": 0.0,
    "backfire_effect": 0.0,
    "shortfall_effect": 0.0,
}
"""With these at zero the patrons' moves have no effect: only the fitted hazard is left, where there are no words."""
MECHANISMS: Mapping[str, Mechanism] = MappingProxyType(
    {
        mechanism.name: mechanism
        for mechanism in (
            Mechanism(
                "money",
                "Bids, aid and stakes weigh on a decision, on one scale, and who wins talks pays the least that wins.",
                {"money_effect": 0.0},
                includes=("purses",),
                terms=("offer", "aid", "threat"),
                note="it prices Washington's stakes too, so nothing is at stake without it, though pressure still "
                "provokes; and nothing is paid, so nothing is learned or missed",
            ),
            Mechanism(
                "threats",
                "Washington's pressure puts something at stake, and pressure and quarrels provoke.",
                {"gdp_at_risk": 0.0, "backfire_effect": 0.0},
                terms=("threat", "backfire"),
                note="what it offers as an inducement stays",
            ),
            Mechanism(
                "beliefs",
                "States learn from what others were promised and received, and mind promises that were not kept.",
                {"learning": 0.0, "shortfall_effect": 0.0},
                terms=("shortfall",),
                note="the trust that each region has at the start stays",
            ),
            Mechanism(
                "words",
                "Pledges, orders, requests and reassurances open, close or decide talks.",
                {},
                words=True,
                terms=("pledge", "request", "order"),
                note="words to Washington about military cooperation are left out too; inaugurations stay",
            ),
            Mechanism(
                "governments",
                "The lean of a government weighs on talks, and a new one moves faster in its first year.",
                {
                    "lean_effect": 0.0,
                    "window_effect": 0.0,
                    "return_lean_effect": 0.0,
                    "return_window_effect": 0.0,
                    "suspension_lean_effect": 0.0,
                },
                terms=("government",),
                note="words of governments stay",
            ),
            Mechanism(
                "purses",
                "What a patron has committed elsewhere leaves it less to bid with.",
                {"purse": 1e6, "reserve": 1.0},
                note="Beijing's purse never binds without it; Taipei's reserve equals all its base aid, and can bind "
                "only if many bid at once",
            ),
            Mechanism(
                "silence",
                "A state whose last speech in the United Nations does not name Taiwan leaves more often.",
                {"silent_effect": 0.0},
                note="the rate of leaving is drawn given this, so that the average stays that of the record",
            ),
            Mechanism(
                HAZARD,
                "All that anybody does or says: without it only the rates and effects fitted on the record are left.",
                {**NO_AGENTS, "lean_effect": 0.0, "return_lean_effect": 0.0},
                words=True,
                includes=("money", "threats", "words", "purses"),
                terms=("offer", "aid", "threat", "backfire", "government", "pledge", "request", "order", "shortfall"),
                note="without words it is the backtest's model of this name; a government's first year stays",
            ),
        )
    }
)
"""Every mechanism by name, and the bare hazard, which is what is left without several of them."""


def chosen(names: Iterable[str] | None) -> tuple[Mechanism, ...]:
    """Mechanisms by name, each once, in the order asked; all of them if none is named.

    Raises InputError for a name that is none.
    """
    asked = tuple(dict.fromkeys(MECHANISMS if names is None else names)) or tuple(MECHANISMS)
    for name in asked:
        if name not in MECHANISMS:
            rule = f"one of {', '.join(MECHANISMS)}"
            raise InputError(Problem("--without", rule, name, nearest(name, MECHANISMS)))
    return tuple(MECHANISMS[name] for name in asked)


def events_of(scenario: Scenario) -> Iterator[tuple[str, EventBase]]:
    """Every event of a scenario with its path, also those that follow an outcome of a vote."""
    for name, event in scenario.events.items():
        yield f"events.{name}", event
    for vote, election in scenario.elections.items():
        for outcome, result in election.outcomes.items():
            for name, effect in result.effects.items():
                yield f"elections.{vote}.outcomes.{outcome}.effects.{name}", effect


def is_word(event: EventBase) -> bool:
    """Whether an event is words of a government, or a request to Taipei."""
    return event.whose == "words" or event.opens is not None
