"""`sim history` and its chart: text, JSON, errors and pictures."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.atlas import record
from sim.charts.history import draw, notable
from sim.charts.style import save
from sim.cli.history import command
from sim.errors import InputError


def said(*arguments: str) -> str:
    """What the command prints."""
    outcome = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert outcome.exit_code == 0
    return outcome.output


def told(*arguments: str) -> Any:
    """The JSON object the command prints."""
    return json.loads(said(*arguments, "--json"))


def refused(*arguments: str) -> str:
    """The text of the error the command raises."""
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert caught.value.exit_status == 2
    return str(caught.value)


def test_the_roster_of_a_day_as_json() -> None:
    answer = told("--at", "2021-12-10")
    assert list(answer) == ["date", "count", "recognisers", "confirmed"]
    assert (answer["date"], answer["count"], answer["confirmed"]) == ("2021-12-10", 14, True)
    assert answer["recognisers"] == sorted(answer["recognisers"])
    assert "HND" in answer["recognisers"]
    assert told("--at", "2023-03-26")["count"] == 13


def test_the_roster_of_a_day_as_text() -> None:
    lines = said("--at", "2023-03-26").splitlines()
    assert lines[0] == "13 states recognised Taipei at the end of 2023-03-26."
    assert "Africa (1)" in lines
    assert "  SWZ  Eswatini" in lines
    assert "Americas (7)" in lines
    assert "Oceania (4)" in lines


def test_without_a_day_the_last_confirmed_roster() -> None:
    assert said().splitlines()[0] == "12 states recognised Taipei at the end of 2026-09-28."
    assert told() == told("--at", "2026-09-28")


def test_a_day_after_the_record_says_so() -> None:
    lines = said("--at", "2027-01-01").splitlines()
    assert lines[:2] == [
        "12 states recognised Taipei at the end of 2026-09-28.",
        "The record is confirmed until 2026-09-28; the roster of 2027-01-01 is not known.",
    ]
    answer = told("--at", "2027-01-01")
    assert (answer["date"], answer["count"], answer["confirmed"]) == ("2027-01-01", 12, False)


def test_changes_as_json() -> None:
    answer = told("--since", "2023-03-26", "--until", "2024-12-31")
    assert (answer["count_at_start"], answer["count_at_end"]) == (14, 12)
    assert [change["iso3"] for change in answer["changes"]] == ["HND", "NRU"]
    first = dict(answer["changes"][0])
    assert first.pop("source")
    assert first == {
        "date": "2023-03-26",
        "precision": "day",
        "iso3": "HND",
        "state": "Honduras",
        "from": "taipei",
        "to": "beijing",
        "kind": "switch",
        "confidence": "high",
    }


def test_the_changes_since_the_start_lead_from_59_to_12() -> None:
    answer = told("--since", "1971-10-24")
    assert (answer["count_at_start"], answer["count_at_end"]) == (59, 12)
    assert len(answer["changes"]) == 125
    gained = sum(change["to"] == "taipei" for change in answer["changes"])
    lost = sum(change["from"] == "taipei" for change in answer["changes"])
    assert 59 + gained - lost == 12


def test_changes_as_text_show_no_more_of_a_date_than_is_known() -> None:
    text = said("--since", "1976-01-01", "--until", "1976-12-31")
    assert text.startswith("3 changes from 1976-01-01 to 1976-12-31: 26 states recognised Taipei before, 26 after.")
    assert "\n1976        ZAF South Africa" in text
    assert "\n1976-08-20  CAF Central African Republic" in text


def test_no_change_and_an_unconfirmed_end() -> None:
    assert said("--since", "2025-01-01", "--until", "2027-01-01").splitlines() == [
        "0 changes from 2025-01-01 to 2027-01-01: 12 states recognised Taipei before, 12 after.",
        "The record is confirmed until 2026-09-28; what happened later is not known.",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--at", "10 December"), "--at: a date written YYYY-MM-DD (got '10 December')"),
        (("--at", "2021-13-01"), "--at: a date written YYYY-MM-DD (got '2021-13-01')"),
        (("--since", "20210101"), "--since: a date written YYYY-MM-DD (got '20210101')"),
        (
            ("--at", "1971-10-23"),
            "--at: must not lie before the record starts, 1971-10-24 (got '1971-10-23')",
        ),
        (
            ("--since", "2020-01-02", "--until", "2020-01-01"),
            "--until: must not lie before --since, 2020-01-02 (got '2020-01-01')",
        ),
        (
            ("--at", "2020-01-01", "--since", "2019-01-01"),
            "--at: cannot be given together with --since or --until (got '2020-01-01')",
        ),
        (("--chart", "chart.pdf"), "--chart: must end in .png or .svg (got 'chart.pdf')"),
        (
            ("--chart", "no/such/folder/chart.png"),
            "--chart: must lie in a folder that exists (got 'no/such/folder/chart.png')",
        ),
    ],
)
def test_a_wrong_request_is_refused(arguments: tuple[str, ...], message: str) -> None:
    assert refused(*arguments) == message


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_chart_file_has_the_same_bytes_each_time(tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
    assert f"Chart: {first}" in said("--chart", str(first))
    save(draw(record()), second)
    assert first.read_bytes() == second.read_bytes()
    assert b"Matplotlib v" not in first.read_bytes()


def test_a_figure_is_saved_as_png_and_svg(tmp_path: Path) -> None:
    written = save(draw(record(), date(1990, 1, 1)), tmp_path / "count.until.1990")
    assert [path.name for path in written] == ["count.until.1990.png", "count.until.1990.svg"]
    assert all(path.stat().st_size > 1000 for path in written)


def test_the_chart_shows_the_counts_of_the_record() -> None:
    drawing = draw(record())
    (plot,) = drawing.axes
    counts = [int(count) for count in plot.lines[0].get_ydata()]
    assert (counts[0], max(counts), counts[-1]) == (59, 59, 12)
    words = " ".join(text.get_text() for text in (*drawing.texts, *plot.texts))
    for label in (
        "59 on 24 Oct 1971",
        "54 at the end of 1971",
        "31, first on 3 Jan 1996",
        "truce",
        "12 on 28 Sep 2026",
    ):
        assert label in words
    assert "Number of states" in words


def test_no_text_of_the_chart_is_cut_or_overlaps() -> None:
    drawing = draw(record())
    drawing.draw_without_rendering()
    (plot,) = drawing.axes
    boxes = [text.get_window_extent() for text in (*drawing.texts, *plot.texts) if text.get_text()]
    width, height = drawing.bbox.width, drawing.bbox.height
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for box in boxes)
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert not any(a.overlaps(b) for a, b in pairs)


def test_only_points_within_reach_are_labelled() -> None:
    assert [point[0] for point in notable(record(), date(1971, 11, 1))] == ["start", "last"]
    assert [point[2] for point in notable(record(), date(1990, 1, 1))] == [59, 54, 26]
    assert [point[2] for point in notable(record(), record().confirmed_until)] == [59, 54, 31, 12]
