"""The record of recognition: the counts it gives, and what it refuses to load."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from sim.atlas import Change, record
from sim.atlas.record import read_record
from sim.errors import AtlasError

Damage = Callable[[str, str, str], int]

YEAR_ENDS = """
1971 54; 1972 41; 1973 37; 1974 32; 1975 26; 1976 26; 1977 23; 1978 22; 1979 22; 1980 22; 1981 23; 1982 23;
1983 24; 1984 25; 1985 23; 1986 23; 1987 23; 1988 22; 1989 26; 1990 28; 1991 29; 1992 29; 1993 29; 1994 29;
1995 30; 1996 30; 1997 30; 1998 27; 1999 29; 2000 29; 2001 28; 2002 27; 2003 27; 2004 26; 2005 25; 2006 24;
2007 24; 2008 23; 2009 23; 2010 23; 2011 23; 2012 23; 2013 22; 2014 22; 2015 22; 2016 21; 2017 20; 2018 17;
2019 15; 2020 15; 2021 14; 2022 14; 2023 13; 2024 12; 2025 12
"""


def test_the_count_at_the_end_of_each_year() -> None:
    stated = {int(year): int(count) for year, count in (pair.split() for pair in YEAR_ENDS.split(";"))}
    assert {year: record().count(date(year, 12, 31)) for year in range(1971, 2026)} == stated


@pytest.mark.parametrize(
    ("day", "count"),
    [
        ("1971-10-24", 59),
        ("1971-10-25", 58),
        ("2021-12-09", 15),
        ("2021-12-10", 14),
        ("2023-03-25", 14),
        ("2023-03-26", 13),
        ("2024-01-15", 12),
        ("2026-09-28", 12),
    ],
)
def test_the_count_on_a_day(day: str, count: int) -> None:
    assert record().count(date.fromisoformat(day)) == count


def test_the_highest_count_after_1985_is_31() -> None:
    first = date(1986, 1, 1)
    days = ((record().confirmed_until - first).days) + 1
    assert max(record().count(first + timedelta(days=day)) for day in range(days)) == 31


def test_the_record_has_its_known_size() -> None:
    assert len(record().roster_1971) == 59
    assert len(record().changes) == 125
    assert record().start == date(1971, 10, 24)
    assert record().confirmed_until == date(2026, 9, 28)
    assert sum(change.short_lived for change in record().changes) == 4
    keys = [(change.date, change.iso3) for change in record().changes]
    assert keys == sorted(keys)


def test_the_roster_of_2023_is_listed_by_code() -> None:
    roster = " ".join(record().recognisers(date(2023, 3, 26)))
    assert roster == "BLZ GTM HTI KNA LCA MHL NRU PLW PRY SWZ TUV VAT VCT"


def test_a_state_goes_through_its_sides() -> None:
    sides = {day: record().side("GMB", date.fromisoformat(day)) for day in ("1974-12-13", "1974-12-14")}
    assert sides == {"1974-12-13": "taipei", "1974-12-14": "beijing"}
    assert record().side("GMB", date(2013, 11, 13)) == "taipei"
    assert record().side("GMB", date(2013, 11, 14)) == "none"
    assert record().side("GMB", date(2016, 3, 17)) == "beijing"
    assert record().side("KIR", date(1980, 6, 24)) is None
    assert record().side("KIR", date(1980, 6, 25)) == "beijing"
    assert record().side("FRA", date(2020, 1, 1)) is None


def test_last_departure_counts_short_lived_episodes() -> None:
    assert record().last_departure("VUT", date(2020, 1, 1)) == date(2004, 12, 15)
    assert record().last_departure("NRU", date(2002, 7, 20)) is None
    assert record().last_departure("NRU", date(2002, 7, 21)) == date(2002, 7, 21)
    assert record().last_departure("NRU", date(2024, 1, 15)) == date(2024, 1, 15)
    assert record().last_departure("PRY", date(2026, 1, 1)) is None


def test_who_has_left_is_who_changed_away_from_taipei_for_good() -> None:
    known = record()
    for year in (1971, 1990, 2005, 2024):
        left = {c.iso3 for c in known.changes_between(known.start, date(year, 12, 31)) if _leaves(c)}
        codes = {change.iso3 for change in known.changes}
        assert {code for code in codes if known.has_left(code, date(year, 12, 31))} == left
    assert not known.has_left("PRY", date(2024, 12, 31))


def _leaves(change: Change) -> bool:
    return change.origin == "taipei" and not change.short_lived


def test_changes_between_includes_both_days() -> None:
    assert [c.iso3 for c in record().changes_between(date(2019, 9, 16), date(2019, 9, 20))] == ["SLB", "KIR"]
    assert record().changes_between(date(2024, 1, 16), date(2026, 5, 15)) == ()


def test_a_day_before_the_record_is_refused() -> None:
    with pytest.raises(AtlasError) as caught:
        record().count(date(1971, 10, 23))
    assert str(caught.value) == "date: must not lie before the record starts, 1971-10-24 (got '1971-10-23')"


def test_a_copy_reads_as_the_same_record(tables: Path) -> None:
    assert read_record(tables) == record()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "2023-03-26,day,HND,taipei,beijing",
            "2023-03-26,day,HND,beijing,taipei",
            "recognition.csv: line {line}, from: HND must leave the side it is on, taipei (got 'beijing')",
        ),
        (
            "1980-06-25,day,KIR,none,beijing,first_recognition",
            "1980-06-25,day,KIR,taipei,beijing,switch",
            "recognition.csv: line {line}, from: KIR leaves Taipei but was not with Taipei (got 'taipei')",
        ),
        (
            "2023-03-26,day,HND",
            "2023-03-26,day,HNDD",
            "recognition.csv: line {line}, iso3: must be a state of states.csv (got 'HNDD'); did you mean HND?",
        ),
        (
            "2023-03-26,day,HND",
            "2023-02-30,day,HND",
            "recognition.csv: line {line}, date: must be a date written YYYY-MM-DD (got '2023-02-30')",
        ),
        (
            "2023-03-26,day,HND",
            "2026-09-29,day,HND",
            "recognition.csv: line {line}, date: must lie after 1971-10-24 and not after 2026-09-28 (got '2026-09-29')",
        ),
        (
            "2023-03-26,day,HND",
            "2023-03-26,week,HND",
            "recognition.csv: line {line}, precision: must be one of day, month, year (got 'week')",
        ),
        (
            "2013-11-14,day,GMB,taipei,none,severance",
            "2013-11-14,day,GMB,taipei,none,switch",
            "recognition.csv: line {line}, kind: does not describe a change from taipei to none (got 'switch')",
        ),
        (
            "1999-07-05,day,PNG,beijing,taipei,switch,high,1",
            "1999-07-05,day,PNG,beijing,taipei,switch,high,0",
            "recognition.csv: line {next}, short_lived: PNG never undoes this short-lived change (got '1')",
        ),
        (
            "1999-07-21,day,PNG,taipei,beijing,switch_back,high,1",
            "1999-07-21,day,PNG,taipei,beijing,switch_back,high,0",
            "recognition.csv: line {line}, short_lived: must undo the short-lived change of 1999-07-05 (got '0')",
        ),
        (
            "1999-07-21,day,PNG",
            "1999-07-05,day,PNG",
            "recognition.csv: line {line}, date: PNG must not change twice on one day (got '1999-07-05')",
        ),
        (
            "high,0,Newsweek 1658153,",
            "high,0,,",
            "recognition.csv: line {line}, source: must not be blank (got '')",
        ),
    ],
)
def test_a_damaged_record_says_what_is_wrong(tables: Path, damage: Damage, old: str, new: str, message: str) -> None:
    line = damage("recognition.csv", old, new)
    with pytest.raises(AtlasError) as caught:
        read_record(tables)
    assert str(caught.value) == message.format(line=line, next=line + 1)


def test_a_state_twice_on_the_roster_is_refused(tables: Path) -> None:
    with (tables / "roster_1971.csv").open("a", encoding="utf-8") as stream:
        stream.write("ARG,again\n")
    with pytest.raises(AtlasError) as caught:
        read_record(tables)
    assert str(caught.value) == "roster_1971.csv: line 61, iso3: must not be listed twice (got 'ARG')"


def test_limits_must_be_dates_in_order(tables: Path, damage: Damage) -> None:
    damage("record.toml", "1971-10-24 ", "1971 ")
    with pytest.raises(AtlasError) as caught:
        read_record(tables)
    assert str(caught.value) == "record.toml: record_start: must be a date (got 1971)"
    damage("record.toml", "1971 ", "2027-01-01 ")
    with pytest.raises(AtlasError) as caught:
        read_record(tables)
    assert str(caught.value) == "record.toml: confirmed_until: must lie after 2027-01-01 (got '2026-09-28')"


def test_a_missing_table_is_named(tables: Path) -> None:
    (tables / "roster_1971.csv").unlink()
    with pytest.raises(AtlasError) as caught:
        read_record(tables)
    assert str(caught.value) == "roster_1971.csv: the table is missing"
