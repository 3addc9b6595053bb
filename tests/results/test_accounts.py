"""`accounts.csv`: by hand, totals that add up, read back, damaged; what summary, page and chart say of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import face
from sim.analysis.accounts import accounts_in_words, departure, payments, totals, years
from sim.errors import ResultError
from sim.results import read
from sim.results.accounts import ALL, COLUMNS, accounts_table, no_accounts, read_accounts
from sim.results.result import Result
from sim.results.tables import COOPERATION, RECOGNITION, Place

PLACES = (
    Place("HND", "Honduras", "taipei"),
    Place("PRY", "Paraguay", "taipei"),
    Place("KIR", "Kiribati", "beijing"),
    Place("HND", "Honduras", "active", COOPERATION),
)
BOOK = np.zeros((3, 4, 4))
BOOK[:, 0, 0], BOOK[:, 0, 1] = [0, 30, 60], [0, 15, 60]
BOOK[:, 0, 2], BOOK[:, 1, 2] = [50, 40, 30], [100, 100, 100]
BOOK[:, 1, 3], BOOK[:, 3, 3] = [1, 2, 3], [-10, 0, 40]


def test_the_table_by_hand() -> None:
    table = accounts_table(BOOK, PLACES)
    assert list(table) == list(COLUMNS)
    keys = [(row["iso3"], row["state"], row["patron"], row["tie"]) for row in table.rows()]
    assert keys == [
        ("HND", "Honduras", "taipei", RECOGNITION),
        ("HND", "Honduras", "beijing", RECOGNITION),
        ("PRY", "Paraguay", "taipei", RECOGNITION),
        ("PRY", "Paraguay", "washington", RECOGNITION),
        ("HND", "Honduras", "washington", COOPERATION),
        ("", ALL, "taipei", RECOGNITION),
        ("", ALL, "beijing", RECOGNITION),
        ("", ALL, "washington", RECOGNITION),
        ("", ALL, "washington", COOPERATION),
    ]
    (beijing,) = table.rows(iso3="HND", patron="beijing")
    assert [beijing[name] for name in list(COLUMNS)[4:]] == [30.0, 3.0, 57.0, 25.0, 1.5, 55.5]
    (taipei,) = table.rows(state=ALL, patron="taipei")
    assert (taipei["promised"], taipei["promised_low"], taipei["delivered"]) == (140.0, 131.0, 140.0)
    assert table.rows(state=ALL, tie=COOPERATION)[0]["promised"] == 10.0
    assert accounts_table(no_accounts(), PLACES).rows() == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return face.run("honduras-2025", runs=200, out=tmp_path_factory.mktemp("out"), threads=1)


def test_a_result_tells_them_and_reads_them_back(made: Result) -> None:
    again = read(made.folder)  # type: ignore[arg-type]
    assert again.accounts_columns == made.accounts_columns
    assert again.accounts().shape[0] == len(made.accounts_columns["iso3"])
    for patron, tie in (("taipei", RECOGNITION), ("beijing", RECOGNITION), ("washington", COOPERATION)):
        rows = again.accounts_columns.rows(patron=patron, tie=tie)
        *states, total = rows
        for name in ("promised", "delivered"):
            assert sum(row[name] for row in states) == pytest.approx(total[name], abs=1e-4), "totals add up"
    assert all(row["delivered"] <= row["promised"] + 1e-6 for row in again.accounts_columns.rows(patron="beijing"))
    assert accounts_in_words(again) == accounts_in_words(made)


def test_the_two_sentences_follow_from_the_tables(made: Result) -> None:
    said, paid, one = accounts_in_words(made), totals(made), departure(made)
    assert years(made) == pytest.approx(5.0, abs=0.01)
    (row,) = made.accounts_columns.rows(state=ALL, patron="taipei")
    assert paid["taipei", RECOGNITION].promised == pytest.approx(row["promised"] / years(made))
    assert said[0].startswith(f"The contest costs Taipei US$ {row['promised'] / years(made):,.0f} million (")
    assert one is not None
    gone = [each for each in made.events_columns.rows(tie=RECOGNITION) if each["from"] == "taipei"]
    assert one.departures == len(gone)
    assert one.promised == pytest.approx(np.mean([each["price_musd"] for each in gone]))
    assert one.delivered == pytest.approx(np.mean([each["price_musd"] * each["delivered"] for each in gone]))
    assert one.free == pytest.approx(np.mean([each["price_musd"] == 0.0 for each in gone]))
    assert said[1].startswith("One departure costs Beijing US$ ")
    assert said[1].endswith(" of departures are free of charge.")
    sums = [abs(each.promised) for each in payments(made)]
    assert sums == sorted(sums, reverse=True)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("beijing", "peking", "patron, line 3: one of taipei, beijing, washington"),
        ("recognition", "trade", "tie, line 2: one of recognition, cooperation"),
        ("PRY", "XYZ", "iso3, line 4: a state of this result, or blank for all"),
        ("30.000000", "much", "promised, line 3: a number or blank"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, old: str, new: str, rule: str) -> None:
    path = tmp_path / "accounts.csv"
    accounts_table(BOOK, PLACES).write(path)
    assert read_accounts(path, ["HND", "PRY", "KIR"], ["HND"]) == accounts_table(BOOK, PLACES)
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ResultError) as refused:
        read_accounts(path, ["HND", "PRY", "KIR"], ["HND"])
    assert rule in str(refused.value)
