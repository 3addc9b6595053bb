"""The record for joining: spells of each state on one side, and states by years, as `sim history` writes them."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.atlas import country_years, record, spells
from sim.cli.history import command
from sim.errors import InputError

SPELLS = ["iso3", "name", "cow_number", "side", "from", "to", "precision"]
YEARS = ["iso3", "name", "cow_number", "year", "side", "changes", "complete"]


def rows(*arguments: str) -> list[list[str]]:
    """The cells that the command prints, after the header."""
    outcome = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert outcome.exit_code == 0
    header, *cells = csv.reader(io.StringIO(outcome.stdout))
    assert header == (SPELLS if "--csv" in arguments else YEARS)
    return cells


def test_spells_of_some_states() -> None:
    assert [row for row in rows("--csv") if row[0] in ("HND", "NRU", "VDR", "VAT", "BRB")] == [
        ["BRB", "Barbados", "53", "taipei", "", "1977-01-10", ""],
        ["BRB", "Barbados", "53", "none", "1977-01-11", "1977-05-29", "day"],
        ["BRB", "Barbados", "53", "beijing", "1977-05-30", "", "day"],
        ["HND", "Honduras", "91", "taipei", "", "2023-03-25", ""],
        ["HND", "Honduras", "91", "beijing", "2023-03-26", "", "day"],
        ["NRU", "Nauru", "970", "taipei", "1980-05-04", "2002-07-20", "day"],
        ["NRU", "Nauru", "970", "beijing", "2002-07-21", "2005-05-13", "day"],
        ["NRU", "Nauru", "970", "taipei", "2005-05-14", "2024-01-14", "day"],
        ["NRU", "Nauru", "970", "beijing", "2024-01-15", "", "day"],
        ["VAT", "Holy See", "", "taipei", "", "", ""],
        ["VDR", "South Vietnam", "817", "taipei", "", "1975-04-29", ""],
    ]


def test_spells_are_the_record() -> None:
    """Every state's side at the end of the day before and of the day of every change."""
    known = record()
    days = sorted({day for c in known.changes for day in (c.date - timedelta(days=1), c.date)} | {known.start})
    for day in days:
        held = {s.iso3: s.side for s in spells(known) if (s.start or known.start) <= day <= (s.end or date.max)}
        assert sorted(iso3 for iso3, side in held.items() if side == "taipei") == list(known.recognisers(day))
        assert all(known.side(iso3, day) == side for iso3, side in held.items())


def test_a_day_takes_the_spells_that_hold_at_its_end() -> None:
    held = rows("--csv", "--at", "2021-12-10")
    assert len({row[0] for row in held}) == len(held) == 79
    assert sum(row[3] == "taipei" for row in held) == record().count(date(2021, 12, 10)) == 14
    assert [row[4:6] for row in rows("--csv", "--since", "2023-03-26", "--until", "2023-03-26") if row[0] == "HND"] == [
        ["2023-03-26", ""]
    ]


def test_years_of_some_states() -> None:
    every = rows("--years")
    assert [row for row in every if row[0] == "NRU" and row[5] == "1"] == [
        ["NRU", "Nauru", "970", "1980", "taipei", "1", "1"],
        ["NRU", "Nauru", "970", "2002", "beijing", "1", "1"],
        ["NRU", "Nauru", "970", "2005", "taipei", "1", "1"],
        ["NRU", "Nauru", "970", "2024", "beijing", "1", "1"],
    ]
    assert [row for row in every if row[0] == "VDR"][-1] == ["VDR", "South Vietnam", "817", "1975", "none", "1", "1"]
    assert next(row for row in every if row[0] == "VUT" and row[3] == "2004")[4:] == ["beijing", "2", "1"]
    assert {row[3] for row in every if row[6] == "0"} == {"1971", "2026"}
    assert len({(row[0], row[3]) for row in every}) == len(every)
    assert sum(int(row[5]) for row in every) == len(record().changes) == 125
    last = [row for row in every if row[3] == "2026" and row[4] == "taipei"]
    assert [row[0] for row in last] == list(record().recognisers(record().confirmed_until))


def test_a_year_is_complete_when_the_record_reaches_its_last_day() -> None:
    from dataclasses import replace

    known = replace(record(), confirmed_until=date(2026, 12, 31))
    assert {row.year for row in country_years(known) if not row.complete} == {1971}


def test_years_asked_for() -> None:
    asked = rows("--years", "--since", "2023-06-01", "--until", "2024-02-01")
    assert {row[3] for row in asked} == {"2023", "2024"}
    assert sum(int(row[5]) for row in asked) == 2


def test_a_day_after_the_record_is_said_beside_the_table() -> None:
    outcome = CliRunner().invoke(command, ["--years", "--until", "2030-01-01"])
    assert outcome.stderr == "The record is confirmed until 2026-09-28; what happened later is not known.\n"
    assert outcome.stdout.splitlines()[-1].startswith("ZAF,South Africa,560,2026,")


def test_a_table_goes_to_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    file = tmp_path / "years.csv"
    asked = ["--years", "--out", str(file)]
    printed = CliRunner().invoke(command, ["--years"]).stdout
    assert CliRunner().invoke(command, asked).stdout == f"Wrote {file}\n"
    assert file.read_bytes() == printed.encode()
    with pytest.raises(InputError, match="--out: a file that is not there yet: nothing is overwritten"):
        CliRunner().invoke(command, asked, catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--csv", "--years"], "--years: cannot be given together with --csv"),
        (["--csv", "--json"], "--json: cannot be given together with --csv"),
        (["--years", "--chart", "a.png"], "--chart: cannot be given together with --years"),
        (
            ["--years", "--at", "2020-01-01"],
            "--at: cannot be given together with --years: --since and --until choose years (got '2020-01-01')",
        ),
        (["--out", "a.csv"], "--out: only with --csv or --years (got 'a.csv')"),
        (["--csv", "--out", ""], "--out: the name of a file (got '')"),
        (["--csv", "--out", "no/such/a.csv"], "--out: a file that can be written: No such file or directory "),
        (["--csv", "--since", "1900-01-01"], "--since: must not lie before the record starts, 1971-10-24 "),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: list[str], line: str) -> None:
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert str(caught.value).startswith(line)
