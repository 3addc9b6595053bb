"""What `--json` prints, as models: for `sim schema`, the documentation and tests.

They are declared here and not where it is printed, so that no command waits for it. Answers may get more keys.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from sim.atlas import Side
from sim.results.schemas import OwnAgents
from sim.results.tables import HORIZONS

Tie = Literal["recognition", "cooperation"]


class Answer(BaseModel):
    """An object of an answer."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class AtEnd(Answer):
    """The count in the last month."""

    month: str
    """YYYY-MM."""
    mean: float
    """Mean over runs, states."""
    mc: float | None
    """Monte Carlo standard error of the mean, states; null for a single run."""
    q05: int
    q25: int
    q50: int
    q75: int
    q95: int
    observed: int | None
    """The count on record; null if the record ends before."""


_OF_HORIZON = {
    "": "Share of runs in which the tie is not what it was at the start, 0 to 1; null beyond the horizon.",
    "_low": "Its 5 % point over parameter draws, luck removed.",
    "_high": "Its 95 % point over parameter draws, luck removed.",
    "_mc": "Monte Carlo standard error.",
}
_CHANCES: dict[str, Any] = {
    f"{label}{part}": (float | None, Field(description=text))
    for label in (*HORIZONS, "p_end")
    for part, text in _OF_HORIZON.items()
}


class _State(Answer):
    iso3: str
    """ISO 3166-1 alpha-3."""
    state: str
    """Its name."""
    tie: Tie
    at_start: str
    """The tie at the start."""
    talks: float | None
    """Concluded talks per run."""
    talks_lost: float | None
    """Share of them that Taipei lost, 0 to 1."""
    price: float | None
    """Mean price of those, % of GDP a year."""


State = create_model("State", __base__=_State, __doc__="A tie of a state, as a row of `states.csv`.", **_CHANCES)


class Share(Answer):
    """A chance, from the runs."""

    p: float
    """0 to 1."""
    mc: float | None
    """Monte Carlo standard error."""


class ShareOf(Share):
    """The chance of a number of states."""

    number: int


class MovedOf(Share):
    """The chance that a tie of a state is not what it was at the start."""

    state: str


class OutcomeOf(Share):
    """An outcome of a vote: its chance, and chances of states in the runs with it."""

    outcome: str
    """Its name, or `none of these`."""
    runs: int
    """Runs that had it."""
    states: dict[str, MovedOf]
    """By code: of the state that votes, and of those the scenario is about."""


class VoteOf(Answer):
    """A vote that is open."""

    vote: str
    voter: str
    """Code of the state that votes."""
    date: str
    outcomes: list[OutcomeOf]


class Outcomes(Answer):
    """Chances of numbers that leave, of counts at the end, and by outcome of votes (`outcomes.csv`)."""

    nobody: Share
    """Nobody leaves Taipei."""
    at_least: list[ShareOf]
    """The chance that at least this number leave, at any time."""
    count: list[ShareOf]
    """States with Taipei in the last month."""
    votes: list[VoteOf]


class AnswerOf(Answer):
    """An answer of Washington's to a host, as a row of `answers.csv`."""

    iso3: str
    state: str
    answer: str
    """To words or a notice `gives-way`, `waits`, `retaliates`; to a suspension `cuts-aid`, `keeps-aid`."""
    runs: int
    """Runs that had it."""
    p: float
    """Their share, 0 to 1."""
    mc: float | None
    """Monte Carlo standard error."""
    suspended: float
    """Share of these in which cooperation is suspended at the end, 0 to 1."""
    suspended_mc: float | None
    aid: float
    """Change of the host's aid, US$ million a year: mean, then 5 and 95 % points over the answers."""
    aid_low: float
    aid_high: float
    remittances: float
    """The same of its remittances from the United States."""
    remittances_low: float
    remittances_high: float
    rent: float
    """The same of what Washington pays for cooperation."""
    rent_low: float
    rent_high: float


class AccountOf(Answer):
    """What a patron pays in all, as a row of totals of `accounts.csv`: US$ million over the horizon."""

    iso3: str
    """Blank."""
    state: str
    """`all`."""
    patron: Literal["taipei", "beijing", "washington"]
    tie: Tie
    promised: float
    """Mean, then 5 and 95 % points over runs; below zero what is taken."""
    promised_low: float
    promised_high: float
    delivered: float
    """The same of what arrives."""
    delivered_low: float
    delivered_high: float


class Run(Answer):
    """`sim run --json`"""

    folder: str
    """Folder of the result."""
    scenario: str
    """Its name."""
    title: str
    runs: int
    seed: int
    id: str
    """Sixteen hex digits, made from all that decides the numbers."""
    engine: Literal["compiled", "mesa"]
    parameters: Literal["drawn", "central"]
    agents: OwnAgents | None = None
    """Where they are one's own; else there is no such key."""
    given: dict[str, str]
    """Outcomes that are taken to happen, by vote."""
    found: bool
    """Whether the result existed before."""
    count_at_start: int
    """States with Taipei."""
    end: AtEnd
    states: list[State]
    outcomes: Outcomes
    answers: list[AnswerOf]
    """Washington's answers to hosts; none where no host says anything and none suspends."""
    accounts: list[AccountOf]
    """What each patron pays in all; none of a result whose accounts were not kept."""
    parameter_kinds: dict[str, int]
    """Numbers of parameters that are estimated, documented, assumed."""
    seconds: dict[str, float]
    """Wall time by stage."""
    report: str | None
    """The page; null if absent."""


class Source(Answer):
    """A source of a scenario."""

    title: str
    date: str


class Listed(Answer):
    """A shipped scenario."""

    name: str
    title: str
    question: str
    start: str
    """YYYY-MM-DD."""
    end: str
    extends: str | None
    """The scenario that it changes."""
    sources: list[Source]
    file: str
    sweep: str | None
    """Name of the sweep beside it."""


class List(Answer):
    """`sim list --json`"""

    scenarios: list[Listed]


class ProblemOf(Answer):
    """Something wrong with a file."""

    path: str
    """Dotted path of the key; empty for the whole file."""
    rule: str
    value: Any
    """The value in the file; null for a missing key."""
    suggestion: str | None
    """The nearest valid name."""


class Checked(Answer):
    """A file looked at."""

    file: str
    ok: bool
    problems: list[ProblemOf]
    """At most 100."""
    more: int = Field(default=0, description="Number of further problems; absent if there are none.")


class Validate(Answer):
    """`sim validate --json`"""

    files: list[Checked]


class Roster(Answer):
    """Who recognises Taipei on a day."""

    date: str
    count: int
    recognisers: list[str]
    """ISO codes, sorted."""
    confirmed: bool
    """Whether the record reaches that day."""


class ChangeOf(Answer):
    """A change of recognition."""

    date: str
    precision: Literal["day", "month", "year"]
    iso3: str
    state: str
    origin: Side = Field(alias="from")
    destination: Side = Field(alias="to")
    kind: str
    confidence: str
    source: str


class Changes(Answer):
    """What changed between two days."""

    since: str
    until: str
    changes: list[ChangeOf]
    count_at_start: int
    """Before any of them."""
    count_at_end: int
    confirmed: bool


class History(RootModel[Roster | Changes]):
    """`sim history --json`: a roster, or with --since or --until the changes"""


class PairOf(Answer):
    """A scenario beside the baseline."""

    scenario: str
    against: str
    first_month: str
    last_month: str
    first_difference: str | None
    """The first month in which any run differs; null if none does."""
    variance_saved: dict[Tie, float | None]
    """By pairing, 1 - var(difference) / (var + var), of the count at the end."""


class CountOf(Answer):
    """The difference in the count at the end: the scenario's less the baseline's, run by run."""

    scenario: str
    against: str
    month: str
    tie: Tie
    mean: float
    q05: int
    q25: int
    q50: int
    q75: int
    q95: int
    more: float
    """Share of runs that have more than the baseline, 0 to 1."""
    fewer: float
    mc: float | None
    """Monte Carlo standard error of the mean, states."""


class StateOf(Answer):
    """The difference in the chance that a tie of a state is not what it was at the start."""

    scenario: str
    against: str
    iso3: str
    state: str
    tie: Tie
    horizon: str
    p: float
    p_against: float
    difference: float
    """p - p_against."""
    low: float | None
    """5 % point over parameter draws."""
    high: float | None
    mc: float | None
    at_start: str


class Swap(Answer):
    """Who left instead of whom."""

    scenario: str
    against: str
    iso3_here: str
    iso3_there: str
    share: float
    """Of runs, 0 to 1."""


class Compare(Answer):
    """`sim compare --json`"""

    folder: str
    scenario: str
    """The baseline."""
    scenarios: list[str]
    results: list[str]
    """Their folders."""
    found: list[bool]
    """Whether each existed before."""
    id: str
    seed: int
    runs: int
    """Runs per scenario."""
    parameters: Literal["drawn", "central"]
    runs_per_draw: int
    runs_to_halve: int
    """Runs that halve every Monte Carlo error."""
    pairs: list[PairOf]
    count: list[CountOf]
    states: list[StateOf]
    swaps: list[Swap]


class VariedPath(Answer):
    """A path that was varied: its values if they are few, otherwise the ends of its range."""

    path: str
    values: list[float | str] = Field(default=[], description="Numbers, or dates.")
    low: float | str = Field(default=0.0, description="The least.")
    high: float | str = Field(default=0.0, description="The greatest.")


class Done(Answer):
    """A sweep that is finished."""

    folder: str
    scenario: str
    runs: int
    """Runs per point."""
    seed: int
    design: str
    points: int
    failed: int
    """Points that could not be run."""
    varied: list[VariedPath]
    found: bool


class Far(Answer):
    """Progress of a sweep."""

    folder: str
    points: int
    done: int
    failed: int
    finished: bool


class Sweep(RootModel[Done | Far]):
    """`sim sweep --json`: a sweep that is finished, or with --status how far it is"""


class EraOf(Answer):
    """A part of the record that is replayed."""

    era: str
    """Its first and last month."""
    known: str
    """The last day known to its replays."""
    until: str


class VariantOf(Answer):
    """The model, or the model without a mechanism."""

    variant: str
    """`model`, or the name of the mechanism that is switched off."""
    label: str
    meaning: str
    """What the mechanism does."""
    set: str
    """What switches it off."""
    note: str


class PatternOf(Answer):
    """A pattern on record and in the histories of one model, as a row of `patterns.csv`."""

    pattern: str
    label: str
    era: str
    """`all`, or the first and last month of an era."""
    unit: str
    kind: Literal["fitted", "known", "new"]
    """Put in or fitted on such numbers; not fitted, but seen by those who made the model; neither."""
    record: float | None
    """The value on record; null if there is none."""
    n: int
    """Cases behind it."""
    variant: str
    low: float | None
    """5, 50 and 95 % points over histories; null if fewer than half of them have the number."""
    median: float | None
    high: float | None
    low_mc: float | None
    """Monte Carlo standard errors of the ends; null with too few runs."""
    high_mc: float | None
    histories: int
    """Those that have the number."""
    verdict: Literal["inside", "above", "below", "not read"]
    """Where the record lies against the band."""
    sure: Literal["yes", "no", "unknown"]
    """Whether the record is more than two Monte Carlo errors from both ends."""
    note: str


class Patterns(Answer):
    """`sim patterns --json`"""

    folder: str
    as_of: str
    """YYYY-MM-DD."""
    until: str
    """Last day read: the end of the last month complete by then."""
    runs: int
    """Histories of each model."""
    seed: int
    eras: list[EraOf]
    variants: list[VariantOf]
    rows: list[PatternOf]
    sentences: list[str]
    found: bool
    """Whether the table existed before."""


class MechanismOf(Answer):
    """A mechanism that was switched off."""

    mechanism: str
    label: str
    meaning: str
    """What it does."""
    set: str
    """What switches it off."""
    note: str


class CountWithout(Answer):
    """The count in the last month without a mechanism, as a row of `count.csv`."""

    mechanism: str
    label: str
    tie: Tie
    month: str
    mean: float
    """Over runs, without it."""
    mean_with: float
    difference: float
    """The first less the second, states."""
    low: float | None
    """5 % and 95 % points of it over parameter draws, luck removed."""
    high: float | None
    mc: float | None
    """Its Monte Carlo standard error."""
    q05: int
    """5 % and 95 % points of it over runs."""
    q95: int
    same: int
    """Runs whose count is the same."""


class StateWithout(Answer):
    """The chance that a tie has changed by the end, without a mechanism, as a row of `states.csv`."""

    mechanism: str
    iso3: str
    state: str
    tie: Tie
    at_start: str
    p: float
    """Without it."""
    p_with: float
    difference: float
    low: float | None
    """5 % and 95 % points of it over parameter draws, luck removed."""
    high: float | None
    mc: float | None
    """Its Monte Carlo standard error."""


class Ablate(Answer):
    """`sim ablate --json`"""

    folder: str
    scenario: str
    title: str
    set: dict[str, str]
    """What was set on top of the file, by path."""
    without: list[str]
    runs: int
    """Runs of each."""
    seed: int
    parameters: Literal["drawn", "central"]
    last_month: str
    mechanisms: list[MechanismOf]
    count: list[CountWithout]
    states: list[StateWithout]
    sentences: list[str]
    found: bool
    """Whether the tables existed before."""
