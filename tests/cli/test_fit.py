"""`sim fit` and `sim backtest` as a user meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.calling import Sim
from tests.examples import thorough

SCORES = {"model", "horizon", "score", "value", "low", "high"}
MODELS = {
    "simulation",
    "hazard",
    "constant_hl7",
    "constant_20y",
    "constant_all",
    "constant_region",
    "random_walk",
    "drift_20y",
    "logit",
}


def test_a_fit_reads_as_sentences(sim: Sim) -> None:
    answer = sim("fit", "--as-of", "2021-12-10")
    assert answer.status == 0
    assert answer.out.startswith(
        "The record of recognition as known at the end of 2021-12-10; ranges hold 90 % of belief."
    )
    assert "74 departures" in answer.out
    assert (
        "those of 7 years ago count half: 9.5 departures in 139 ally-years of contest and 65 of truce\n" in answer.out
    )
    assert "those of the last 20 years count alike: 17.0 departures in 258 ally-years of contest and " in answer.out
    assert "  not naming Taiwan at the UN " in answer.out
    assert "  1  Honduras " in answer.out
    assert "the cuts of 2025 are not in it" in answer.out
    assert "by 10 of Beijing's packages read as prices of the model's own auction:" in answer.out
    row = next(line.split() for line in answer.out.splitlines() if line.startswith("  valuation "))
    assert row == ["valuation", "50", "(10", "to", "250)", "69", "(38", "to", "124)", "US$", "million", "a", "year"]
    assert "This rests on the auction: nobody has seen bids that failed." in answer.out
    assert answer.err == ""


def test_a_fit_is_written_as_json_and_tables(sim: Sim, tmp_path: Path) -> None:
    answer = sim("fit", "--json", "--out", tmp_path)
    folder = Path(answer.json["folder"])
    assert folder == tmp_path / "fit-2026-09-28"
    document = json.loads((folder / "fit.json").read_text("utf-8"))
    assert document == {key: value for key, value in answer.json.items() if key != "folder"}
    with (folder / "states.csv").open(newline="", encoding="utf-8") as file:
        assert [row["iso3"] for row in csv.DictReader(file)] == [row["iso3"] for row in document["states"]]
    with (folder / "prices.csv").open(newline="", encoding="utf-8") as file:
        assert [row["iso3"] for row in csv.DictReader(file)] == [row["iso3"] for row in document["money"]["prices"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fit-2026-09-28"]


def test_before_the_first_package_it_says_that_the_priors_stand(sim: Sim) -> None:
    answer = sim("fit", "--as-of", "2004-01-01").out
    assert "What money is worth (none of Beijing's packages is known yet: the priors stand):" in answer
    row = next(line.split() for line in answer.splitlines() if line.startswith("  lending "))
    assert row[1:9] == ["0.15", "(0.03", "to", "0.5)", "0.15", "(0.03", "to", "0.5)"]


def test_the_chart_of_a_fit_is_drawn_left_out_and_redrawn(sim: Sim, tmp_path: Path) -> None:
    folder = tmp_path / "fit-2021-12-10"
    assert sim("fit", "--as-of", "2021-12-10", "--out", tmp_path, "--no-charts").status == 0
    assert not (folder / "charts").exists()
    assert sim("fit", "--as-of", "2021-12-10", "--out", tmp_path).status == 0
    pictures = {path.name: path.read_bytes() for path in (folder / "charts").iterdir()}
    assert set(pictures) == {"price.png", "price.svg"}
    for path in (folder / "charts").iterdir():
        path.unlink()
    assert sim("plot", folder).status == 0
    assert {path.name: path.read_bytes() for path in (folder / "charts").iterdir()} == pictures
    assert sim("verify", folder).status == 0
    assert sim("plot", folder, "--chart", "prise").problems() == [
        "--chart: one of price (got 'prise'); did you mean price?"
    ]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2027-01-01", "--as-of: a date from 1972-01-01 to 2026-09-28 (got '2027-01-01')"),
        ("yesterday", "--as-of: a date written YYYY-MM-DD (got 'yesterday')"),
    ],
)
def test_a_day_that_cannot_be_is_refused(sim: Sim, day: str, message: str) -> None:
    assert sim("fit", "--as-of", day).problems() == [message]


@thorough
def test_a_backtest_is_written_and_told(sim: Sim, tmp_path: Path) -> None:
    answer = sim("backtest", "--origins", "2018:2020", "--runs", "100", "--json", "--out", tmp_path, "--no-charts")
    assert {frozenset(row) for row in answer.json["scores"]} == {frozenset(SCORES)}
    assert {row["model"] for row in answer.json["scores"]} == MODELS
    folder = Path(answer.json["folder"])
    assert folder == tmp_path / "backtest" / "2018-2020-100-1"
    assert {path.name for path in folder.iterdir()} == {
        "backtest.json",
        "manifest.json",
        *(f"{name}.csv" for name in ("scores", "differences", "calibration", "counts", "distribution", "chances")),
        "departures.csv",
    }
    text = sim("backtest", "--origins", "2018", "--runs", "100", "--out", tmp_path)
    assert text.status == 0
    assert "Of 3 departures" in text.out
    charts = tmp_path / "backtest" / "2018-2018-100-1" / "charts"
    assert {path.stem for path in charts.iterdir()} == {"forecasts", "calibration", "skill", "departures"}


@pytest.mark.parametrize("text", ["1994:2000", "2020:2010", "2000:2030", "soon", "2000:", "2000:x"])
def test_years_that_cannot_be_are_refused(sim: Sim, tmp_path: Path, text: str) -> None:
    answer = sim("backtest", "--origins", text, "--out", tmp_path)
    assert answer.problems() == [f"--origins: FIRST:LAST, years from 1995 to 2024 (got '{text}')"]
    assert list(tmp_path.iterdir()) == []


def test_runs_that_cannot_be_are_refused(sim: Sim, tmp_path: Path) -> None:
    assert sim("backtest", "--runs", "0", "--out", tmp_path).problems() == [
        "--runs: a whole number from 1 to 10000000 (got 0)"
    ]
