"""The patrons: cross-strait regimes, Beijing's packages, and the cases that priors are counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, cast

from sim.atlas.reading import CONFIDENCES, TABLES, rows
from sim.atlas.states import read_states
from sim.errors import AtlasError, Problem, nearest

REGIMES = "regimes.csv"
REGIME_COLUMNS = ("start", "end", "regime", "source", "confidence")
PACKAGES = "packages.csv"
PACKAGE_COLUMNS = ("iso3", "year", "percent_of_gdp_a_year", "source")
PACKAGE_YEARS, LAST_PACKAGE_YEAR = 5, 2021
"""Number of years, from the switch on, over which commitments are averaged; and the last such year."""
DELIVERIES = "deliveries.csv"
DELIVERY_COLUMNS = ("iso3", "switch", "visible", "share", "source", "note")
AID = "aid.csv"
AID_COLUMNS = ("iso3", "known", "million_usd_a_year", "source", "note")
WINNING = "winning.csv"
WINNING_COLUMNS = (
    "iso3",
    "date",
    "precision",
    "outcome",
    "asked_musd",
    "taipei_musd",
    "years",
    "answer",
    "source",
    "confidence",
    "note",
)
CASES = "cases.csv"
CASE_COLUMNS = (
    "prior",
    "iso3",
    "case",
    "started",
    "outcome_known",
    "outcome",
    "days_to_switch",
    "source",
    "note",
)
PRIORS = (
    "cooperation_ended",
    "gives_way",
    "lost_public",
    "notice_carried_out",
    "order_carried_out",
    "pledge_kept",
    "request_followed",
    "request_met",
    "request_unclear",
    "retaliates",
    "words_followed",
)
"""What cases are counted for; `request_met` and `request_unclear` are for comparison and feed no parameter."""


@dataclass(frozen=True)
class Regime:
    """A period in which Beijing accepted willing states (contest) or turned them away (truce)."""

    start: date
    """First day."""
    end: date
    """First day of the next regime; for the last one, the day the record ends."""
    name: Literal["contest", "truce"]
    source: str
    confidence: str
    """high, medium or low."""


@dataclass(frozen=True)
class Package:
    """Beijing's commitments to one state after its switch (source: AidData v3.0, own computation)."""

    iso3: str
    year: int
    """Year of the switch."""
    percent_of_gdp: float
    """Commitments from the switch on (at most five years, not beyond 2021), % of GDP a year, >= 0."""
    source: str

    @property
    def known(self) -> date:
        """First day after the years over which its commitments are averaged."""
        return date(max(self.year, min(self.year + PACKAGE_YEARS - 1, LAST_PACKAGE_YEAR)) + 1, 1, 1)


@dataclass(frozen=True)
class Delivery:
    """The share of Beijing's promises to one state that arrived (sources: press; commitments of AidData v3.0)."""

    iso3: str
    switch: date
    visible: date
    """Day from which others could see it: two years after the switch."""
    share: float
    """Share of the promise that arrived, 0 to 1."""
    source: str


@dataclass(frozen=True)
class Aid:
    """A documented payment of Taipei to one ally (source: the row's own)."""

    iso3: str
    known: date
    million_usd: float
    """US$ million a year, >= 0."""
    source: str


@dataclass(frozen=True)
class Winning:
    """What Taipei is said to have offered a state that was not with it (source: the row's own)."""

    iso3: str
    date: date
    came: bool
    """Whether the state came to Taipei."""
    asked_musd: float | None
    """US$ million in all; None where it is unknown, as below."""
    taipei_musd: float | None
    """US$ million in all that Taipei offered or paid."""
    years: float | None
    answer: str
    """met, part, refused, unknown, or blank where nothing is known to have been asked."""
    source: str
    confidence: str
    """high, medium or low."""


@dataclass(frozen=True)
class Case:
    """One dated case that a prior is counted from (source: the row's own)."""

    prior: str
    """One of `PRIORS`."""
    iso3: str
    case: str
    """Whose pledge or order it was, or what was requested, said or given notice of."""
    started: date
    """Day of taking office with the pledge, or of the order, notice, request or words."""
    outcome_known: date
    """First day on which the outcome could be known: the switch, the end of the presence, or the end of the window."""
    outcome: bool
    """Whether it was followed, by the prior's own rule, which the data dictionary states.

    A switch must follow an order within 183 days or on the day that the order sets, a request or public talks within
    400 days.
    Military cooperation with Washington must end within 24 months of a notice, or within 731 days of words without a
    formal act in between; for `cooperation_ended` it always has. Washington's answer to such words and notices must be
    better terms on which cooperation went on (`gives_way`), or something taken from the host (`retaliates`, of those to
    which it did not give way).
    """
    days_to_switch: int | None
    """Days from `started` to the switch, or to the end of the presence; None if none followed."""
    source: str
    note: str


def read_regimes(folder: Path = TABLES) -> tuple[Regime, ...]:
    """The regimes in one folder of tables, by date, without gap or overlap."""
    regimes: list[Regime] = []
    for row in rows(folder, REGIMES, REGIME_COLUMNS):
        start, end = row.day("start"), row.day("end")
        if end <= start:
            row.fail("end", f"must lie after {start}")
        if regimes and regimes[-1].end != start:
            row.fail("start", f"must be {regimes[-1].end}, the end of the regime before it")
        name = cast(Literal["contest", "truce"], row.choice("regime", ("contest", "truce")))
        regimes.append(Regime(start, end, name, row.text("source"), row.choice("confidence", CONFIDENCES)))
    return tuple(regimes)


def read_packages(folder: Path = TABLES) -> tuple[Package, ...]:
    """The packages in one folder of tables, sorted by iso3."""
    known = read_states(folder)
    packages = [
        Package(
            row.iso3(known),
            row.whole("year", 1971, 2100),
            row.number("percent_of_gdp_a_year", 0.0, 100.0),
            row.text("source"),
        )
        for row in rows(folder, PACKAGES, PACKAGE_COLUMNS)
    ]
    return tuple(sorted(packages, key=lambda package: (package.iso3, package.year)))


def read_deliveries(folder: Path = TABLES) -> tuple[Delivery, ...]:
    """What states that switched were promised and received, in one folder of tables, by date of the switch."""
    known = read_states(folder)
    deliveries: list[Delivery] = []
    for row in rows(folder, DELIVERIES, DELIVERY_COLUMNS):
        switch, visible = row.day("switch"), row.day("visible")
        if visible < switch:
            row.fail("visible", f"must not lie before the switch, {switch}")
        deliveries.append(Delivery(row.iso3(known), switch, visible, row.number("share", 0.0, 1.0), row.text("source")))
    return tuple(sorted(deliveries, key=lambda delivery: (delivery.switch, delivery.iso3)))


def read_aid(folder: Path = TABLES) -> tuple[Aid, ...]:
    """Taipei's documented aid in one folder of tables, by the day it was known."""
    known = read_states(folder)
    payments = [
        Aid(row.iso3(known), row.day("known"), row.number("million_usd_a_year", 0.0, 10_000.0), row.text("source"))
        for row in rows(folder, AID, AID_COLUMNS)
    ]
    return tuple(sorted(payments, key=lambda aid: (aid.known, aid.iso3)))


def read_winning(folder: Path = TABLES) -> tuple[Winning, ...]:
    """What Taipei offered states that were not with it, in one folder of tables, by date."""
    known = read_states(folder)
    bids: list[Winning] = []
    for row in rows(folder, WINNING, WINNING_COLUMNS):
        asked, offered, years = (
            row.number(column, 0.0, 1e5) if row.optional(column) else None
            for column in ("asked_musd", "taipei_musd", "years")
        )
        row.choice("precision", ("day", "month", "year", "nominal"))
        bids.append(
            Winning(
                row.iso3(known),
                row.day("date"),
                row.choice("outcome", ("joined", "not_joined")) == "joined",
                asked,
                offered,
                years,
                row.choice("answer", ("", "met", "part", "refused", "unknown")),
                row.text("source"),
                row.choice("confidence", CONFIDENCES),
            )
        )
    return tuple(sorted(bids, key=lambda bid: (bid.date, bid.iso3)))


def read_cases(folder: Path = TABLES) -> tuple[Case, ...]:
    """The cases in one folder of tables, sorted by prior, start and iso3."""
    known = read_states(folder)
    cases: list[Case] = []
    for row in rows(folder, CASES, CASE_COLUMNS):
        started, outcome_known = row.day("started"), row.day("outcome_known")
        if outcome_known < started:
            row.fail("outcome_known", f"must not lie before the start, {started}")
        outcome = row.yes("outcome")
        if outcome != bool(row.optional("days_to_switch")):
            row.fail("days_to_switch", "must be given where the outcome is 1, and only there")
        days = row.whole("days_to_switch", 0, 5000) if outcome else None
        if days is not None and days != (outcome_known - started).days:
            row.fail("days_to_switch", f"must be {(outcome_known - started).days}, from start to outcome")
        cases.append(
            Case(
                row.choice("prior", PRIORS),
                row.iso3(known),
                row.text("case"),
                started,
                outcome_known,
                outcome,
                days,
                row.text("source"),
                row.optional("note"),
            )
        )
    return tuple(sorted(cases, key=lambda case: (case.prior, case.started, case.iso3)))


@cache
def regimes() -> tuple[Regime, ...]:
    """The cross-strait regimes since October 1971, contiguous; truce from 2008-05-20 to 2016-01-16."""
    return read_regimes()


@cache
def packages() -> tuple[Package, ...]:
    """Beijing's packages to the 17 states that switched from 2002 to 2021."""
    return read_packages()


@cache
def winning() -> tuple[Winning, ...]:
    """What Taipei is said to have offered states with Beijing or neither, 1989 to 2023."""
    return read_winning()


def deliveries(known_by: date) -> tuple[Delivery, ...]:
    """How much of Beijing's promises arrived, as far as others could see it by a day."""
    return tuple(delivery for delivery in _deliveries() if delivery.visible <= known_by)


def taipei_aid(iso3: str, known_by: date) -> float | None:
    """Taipei's aid to a state, US$ million a year, as last documented by a day; None if it is not."""
    sums = [aid.million_usd for aid in _aid() if aid.iso3 == iso3 and aid.known <= known_by]
    return sums[-1] if sums else None


@cache
def _deliveries() -> tuple[Delivery, ...]:
    return read_deliveries()


@cache
def _aid() -> tuple[Aid, ...]:
    return read_aid()


def cases(prior: str, known_by: date) -> tuple[Case, ...]:
    """The cases of one prior whose outcome was known by a day, so that a hindcast does not see later ones."""
    if prior not in PRIORS:
        rule = "must be a prior counted from cases: " + ", ".join(PRIORS)
        raise AtlasError(Problem("prior", rule, prior, nearest(prior, PRIORS)), file=CASES)
    return tuple(case for case in _cases() if case.prior == prior and case.outcome_known <= known_by)


@cache
def _cases() -> tuple[Case, ...]:
    return read_cases()
