"""The patrons' side: cross-strait regimes, Beijing's packages, and the cases priors are counted from."""

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
"""Commitments are averaged over so many years from the switch on, and not beyond this one."""
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
    "lost_public",
    "notice_carried_out",
    "order_carried_out",
    "pledge_kept",
    "request_followed",
    "request_met",
    "request_unclear",
    "words_followed",
)
"""What cases are counted for; `request_met` and `request_unclear` are there to compare with and feed no parameter."""


@dataclass(frozen=True)
class Regime:
    """A stretch of time in which Beijing took willing states (contest) or turned them away (truce)."""

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
    """What Beijing committed to one state after its switch (source: AidData v3.0, own computation)."""

    iso3: str
    year: int
    """Year of the switch."""
    percent_of_gdp: float
    """Commitments from the switch on (at most five years, not beyond 2021), % of GDP a year, >= 0."""
    source: str

    @property
    def known(self) -> date:
        """First day on which all the years were over that its commitments are averaged over."""
        return date(max(self.year, min(self.year + PACKAGE_YEARS - 1, LAST_PACKAGE_YEAR)) + 1, 1, 1)


@dataclass(frozen=True)
class Delivery:
    """What of Beijing's promises to one state arrived (source: promises in the press, commitments of AidData v3.0)."""

    iso3: str
    switch: date
    visible: date
    """Day on which others could see it: two years after the switch."""
    share: float
    """Share of what was promised, 0 to 1."""
    source: str


@dataclass(frozen=True)
class Aid:
    """What Taipei is documented to pay one ally (source: the row's own)."""

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
    """Whose pledge or order it was, or what was asked, said or given notice of."""
    started: date
    """Day of taking office with the pledge, or of the order, notice, request or words."""
    outcome_known: date
    """First day on which the outcome could be known: the switch, the end of the presence, or the end of the window."""
    outcome: bool
    """Whether it was followed, by the prior's own rule, which the data dictionary states.

    By a switch: for an order within 183 days or on the day the order had set, for a request or public talks within 400
    days.
    By the end of military cooperation with Washington: for a notice within 24 months, for words within 731 days and
    with no formal act in between; always so for `cooperation_ended`.
    """
    days_to_switch: int | None
    """Days from `started` to the switch, or to the end of the presence; None where none followed."""
    source: str
    note: str


def read_regimes(folder: Path = TABLES) -> tuple[Regime, ...]:
    """The regimes of one folder of tables: by date, without gap or overlap."""
    found: list[Regime] = []
    for row in rows(folder, REGIMES, REGIME_COLUMNS):
        start, end = row.day("start"), row.day("end")
        if end <= start:
            row.fail("end", f"must lie after {start}")
        if found and found[-1].end != start:
            row.fail("start", f"must be {found[-1].end}, the end of the regime before it")
        name = cast(Literal["contest", "truce"], row.choice("regime", ("contest", "truce")))
        found.append(Regime(start, end, name, row.text("source"), row.choice("confidence", CONFIDENCES)))
    return tuple(found)


def read_packages(folder: Path = TABLES) -> tuple[Package, ...]:
    """The packages of one folder of tables, sorted by iso3."""
    known = read_states(folder)
    found = [
        Package(
            row.iso3(known),
            row.whole("year", 1971, 2100),
            row.number("percent_of_gdp_a_year", 0.0, 100.0),
            row.text("source"),
        )
        for row in rows(folder, PACKAGES, PACKAGE_COLUMNS)
    ]
    return tuple(sorted(found, key=lambda package: (package.iso3, package.year)))


def read_deliveries(folder: Path = TABLES) -> tuple[Delivery, ...]:
    """What switchers were promised and got, of one folder of tables, by date of the switch."""
    known = read_states(folder)
    found: list[Delivery] = []
    for row in rows(folder, DELIVERIES, DELIVERY_COLUMNS):
        switch, visible = row.day("switch"), row.day("visible")
        if visible < switch:
            row.fail("visible", f"must not lie before the switch, {switch}")
        found.append(Delivery(row.iso3(known), switch, visible, row.number("share", 0.0, 1.0), row.text("source")))
    return tuple(sorted(found, key=lambda delivery: (delivery.switch, delivery.iso3)))


def read_aid(folder: Path = TABLES) -> tuple[Aid, ...]:
    """Taipei's documented aid, of one folder of tables, by the day it was known."""
    known = read_states(folder)
    found = [
        Aid(row.iso3(known), row.day("known"), row.number("million_usd_a_year", 0.0, 10_000.0), row.text("source"))
        for row in rows(folder, AID, AID_COLUMNS)
    ]
    return tuple(sorted(found, key=lambda aid: (aid.known, aid.iso3)))


def read_winning(folder: Path = TABLES) -> tuple[Winning, ...]:
    """What Taipei offered states that were not with it, of one folder of tables, by date."""
    known = read_states(folder)
    found: list[Winning] = []
    for row in rows(folder, WINNING, WINNING_COLUMNS):
        asked, offered, years = (
            row.number(column, 0.0, 1e5) if row.optional(column) else None
            for column in ("asked_musd", "taipei_musd", "years")
        )
        row.choice("precision", ("day", "month", "year", "nominal"))
        found.append(
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
    return tuple(sorted(found, key=lambda bid: (bid.date, bid.iso3)))


def read_cases(folder: Path = TABLES) -> tuple[Case, ...]:
    """The cases of one folder of tables, sorted by prior, start and iso3."""
    known = read_states(folder)
    found: list[Case] = []
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
        found.append(
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
    return tuple(sorted(found, key=lambda case: (case.prior, case.started, case.iso3)))


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
    """What of Beijing's promises arrived, as far as others could see it by a day."""
    return tuple(delivery for delivery in _deliveries() if delivery.visible <= known_by)


def taipei_aid(iso3: str, known_by: date) -> float | None:
    """Taipei's aid to a state, US$ million a year, as last documented by a day; None where it is not."""
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
