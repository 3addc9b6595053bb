"""`answers.csv` and chances by Washington's first answer: by hand, read back, damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import face
from sim.analysis.answers import answers_in, answers_in_words
from sim.errors import ResultError
from sim.model.terms import CUTS_AID, GIVES_WAY, RETALIATES, WAITS
from sim.results import read
from sim.results.answers import COLUMNS, answers_table, first_answers, no_answers, read_answers
from sim.results.outcomes import ANSWER, NONE
from sim.results.result import Result

HOSTS = (("HND", "Honduras"), ("SLV", "El Salvador"))
ROWS = np.array(
    [
        # run, month, host, answer, aid, remittances, rent
        [0, 1, 0, GIVES_WAY, 0, 0, 40],
        [0, 9, 0, RETALIATES, -50, -300, 0],
        [1, 1, 0, RETALIATES, -100, -500, 0],
        [2, 1, 0, WAITS, 0, 0, 0],
        [2, 5, 0, CUTS_AID, -60, 0, 0],
    ],
    dtype=np.float64,
)
SUSPENDED = np.array([[True, False], [False, False], [True, True], [False, False]])


def test_the_table_by_hand() -> None:
    table = answers_table(ROWS, HOSTS, SUSPENDED, 1)
    assert list(table) == list(COLUMNS)
    rows = {row["answer"]: row for row in table.rows()}
    assert list(rows) == ["gives-way", "waits", "retaliates", "cuts-aid"]
    assert {row["iso3"] for row in table.rows()} == {"HND"}, "who got no answer has no row"
    told = rows["retaliates"]
    assert (told["runs"], told["p"], told["suspended"]) == (2, 0.5, 0.5)
    assert (told["aid"], told["remittances"], told["rent"]) == (-75.0, -400.0, 0.0)
    assert (told["aid_low"], told["aid_high"]) == (-97.5, -52.5)
    assert (rows["gives-way"]["rent"], rows["gives-way"]["suspended"]) == (40.0, 1.0)
    assert rows["waits"]["suspended_mc"] is None, "one run tells no error"


def test_the_first_answer_in_each_run_counts_like_a_vote() -> None:
    (told,) = first_answers(ROWS, HOSTS, 4)
    assert (told.name, told.what) == ("HND", ANSWER)
    assert told.outcomes == ("gives-way", "waits", "retaliates", NONE)
    assert told.which.tolist() == [0, 2, 1, 3]
    assert first_answers(no_answers(), HOSTS, 4) == ()


def test_the_answers_of_one_run_in_sentences() -> None:
    months = [f"2025-{month:02d}" for month in range(1, 11)]
    found = answers_in(ROWS[:2], 0, months)
    assert [one["sentence"] for one in found] == [
        "Washington gives way in Feb 2025 (rent +US$ 40 million a year for the host).",
        "Washington retaliates in Oct 2025 (aid −US$ 50 million a year and remittances −US$ 300 million a year for the "
        "host).",
    ]
    assert answers_in(ROWS[:2], 1, months) == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Result:
    certain: dict[str, Any] = {"parameters.gives_way": 0.4, "parameters.retaliates": 0.5, "scenario.end": "2026-12-31"}
    return face.run("honduras-2025", runs=200, out=tmp_path_factory.mktemp("out"), threads=1, set=certain)


def test_a_result_tells_them_and_reads_them_back(made: Result) -> None:
    again = read(made.folder)  # type: ignore[arg-type]
    assert again.answers_columns == made.answers_columns
    assert again.outcomes_columns == made.outcomes_columns
    own = {row["answer"]: row for row in again.answers_columns.rows(iso3="HND")}
    assert sum(own[answer]["runs"] for answer in ("gives-way", "waits", "retaliates")) <= 200
    assert own["retaliates"]["remittances_high"] < 0.0 < own["gives-way"]["rent_low"]
    chances = again.outcomes_columns.rows(what=ANSWER)
    assert [row["outcome"] for row in chances][:3] == ["gives-way", "waits", "retaliates"]
    assert sum(row["p"] for row in chances) == pytest.approx(1.0, abs=1e-5)
    said = answers_in_words(again)
    assert said[0].startswith("Washington, answering Honduras, gives way in ")
    assert said[1].startswith("Giving way costs it US$ ")
    assert said[2].startswith("Elsewhere, where it gives way, waits or retaliates: ")
    assert "Guatemala has left Taipei in " in said[2]
    assert answers_in_words(again, ("SLV",)) == []
    assert again.washington().shape[0] == len(again.answers_columns["iso3"])


def test_a_scenario_without_hosts_has_the_table_without_a_row(tmp_path: Path) -> None:
    made = face.run("outlook-2026", runs=20, out=tmp_path, threads=1)
    assert made.answers_columns.rows() == []
    assert read(made.folder).answers_columns.rows() == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("gives-way", "gives-in", "answer, line 2: one of none, gives-way, waits, retaliates, cuts-aid, keeps-aid"),
        ("HND", "GTM", "iso3, line 2: one of HND, SLV"),
        ("0.250000", "1.250000", "p, line 2: a number from 0 to 1"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, old: str, new: str, rule: str) -> None:
    path = tmp_path / "answers.csv"
    answers_table(ROWS, HOSTS, SUSPENDED, 1).write(path)
    assert read_answers(path, ["HND", "SLV"]).rows()[0]["answer"] == "gives-way"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ResultError) as refused:
        read_answers(path, ["HND", "SLV"])
    assert rule in str(refused.value)
