"""Headlines: exact words from small numbers, and none of them stronger than its error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.analysis import findings
from sim.analysis.reading import Row
from sim.analysis.times import levelled
from sim.results.tables import RECOGNITION
from tests.charts.conftest import made


def row(name: str, p: float, error: float, low: float = 0.0, high: float = 0.0) -> Row:
    return Row(name[:3].upper(), name, "", p, low, high, error)


def likeliest(*rows: Row, single: bool = False) -> str:
    return findings.likeliest(rows, "left Taipei", "states", "the end of 2031", single)


# --- states


def test_one_state_leads_with_its_range() -> None:
    told = likeliest(row("Marshall Islands", 0.3, 0.01, 0.17, 0.54), row("Haiti", 0.24, 0.01))
    assert told == "The Marshall Islands is the likeliest to have left Taipei by the end of 2031: 30 % (17 to 54)"


def test_at_the_border_of_luck_two_lead() -> None:
    told = likeliest(row("Guatemala", 0.3, 0.01), row("Haiti", 0.26, 0.01), row("Palau", 0.1, 0.01))
    assert told == "Guatemala and Haiti are the likeliest to have left Taipei by the end of 2031: 30 and 26 %"
    told = likeliest(row("Guatemala", 0.3, 0.01), row("Haiti", 0.259, 0.01), row("Palau", 0.1, 0.01))
    assert told == "Guatemala is the likeliest to have left Taipei by the end of 2031: 30 %"


def test_many_that_are_not_told_apart_are_counted() -> None:
    told = likeliest(*(row(f"State {n}", 0.3 - 0.01 * n, 0.02) for n in range(5)))
    assert told == "5 of 5 states are about as likely to have left Taipei by the end of 2031, 26 to 30 %"


def test_what_cannot_be_told_is_not() -> None:
    assert likeliest(row("Haiti", 0.0, 0.0), row("Palau", 0.0, 0.0)) == (
        "Nobody has left Taipei by the end of 2031 in any run"
    )
    assert likeliest(row("Haiti", 0.02, 0.02), row("Palau", 0.0, 0.0)) == (
        "Who has left Taipei by the end of 2031, so few runs do not tell"
    )
    assert likeliest(row("Haiti", 1.0, float("nan")), row("Palau", 0.0, float("nan")), single=True) == (
        "Haiti has left Taipei by the end of 2031 in this single run"
    )


# --- time


def test_the_busiest_year_is_named_only_beyond_luck() -> None:
    names = ["2027", "2028", "2029"]
    # Of 100 runs, 0.16 departures have an error of 0.04 and 0.36 one of 0.06: 0.20 is just not more than two of both.
    assert findings.busiest(names, [0.36, 0.25, 0.16], 100) == (
        "Departures from Taipei are spread evenly over 2027 to 2029, as far as the runs tell"
    )
    assert findings.busiest(names, [0.49, 0.36, 0.16], 100) == (
        "Most departures from Taipei are in 2027 and 2028: 0.49 and 0.36 a run, against 0.16 in 2029"
    )


def test_months_have_a_shade_of_their_own_only_beyond_luck() -> None:
    even = np.tile([0.004, 0.006], (1, 30))
    assert levelled(even, 1000, [1.0] * 60)[0].tolist() == pytest.approx([0.005] * 60)
    step = np.array([[0.02] * 20 + [0.0] * 20])
    assert levelled(step, 1000, [1.0] * 40)[0].tolist() == pytest.approx([0.02] * 20 + [0.0] * 20)
    spike = np.array([[0.004] * 10 + [0.06] + [0.004] * 10])
    assert levelled(spike, 1000, [1.0] * 21)[0].tolist() == pytest.approx(spike[0].tolist())


def test_luck_alone_makes_no_pattern() -> None:
    drawn = np.random.default_rng(1).poisson(5.0, (50, 60)) / 2000
    assert all(len(set(levels)) == 1 for levels in levelled(drawn, 2000, [1.0] * 60).tolist())


def test_a_month_that_is_begun_is_no_quiet_month() -> None:
    cells = np.array([[0.002] + [0.02] * 20])
    assert levelled(cells, 10_000, [0.1] + [1.0] * 20)[0].tolist() == pytest.approx([0.02] * 21)


# --- comparisons


def comparison(*rows: tuple[str, float, float | None], states: Any = ()) -> Any:
    """A comparison with these titles, mean differences and errors."""
    pairs = [
        SimpleNamespace(
            months=("2026-09", "2031-09"),
            at_end=[{"tie": RECOGNITION, "mean": mean, "mc": mc}],
            rows=lambda table, horizon: states,
        )
        for _, mean, mc in rows
    ]
    return SimpleNamespace(titles=["Base", *(title for title, _, _ in rows)], pairs=pairs)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([("More aid", 1.42, 0.04)], "More aid: 1.42 ± 0.04 states more by the end of Sep 2031"),
        ([("More aid", 0.08, 0.04)], "More aid: no different beyond luck (± 0.04) by the end of Sep 2031"),
        ([("More aid", 0.0, 0.0)], "More aid: no different by the end of Sep 2031"),
        (
            [("More aid", 0.2, 0.1), ("Truce", 0.1, 0.1)],
            "No scenario moves the number of states by more than luck could by the end of Sep 2031",
        ),
        (
            [("More aid", 0.5, 0.04), ("Less aid", -0.7, 0.04)],
            "Largest change: Less aid, 0.70 ± 0.04 states fewer by the end of Sep 2031",
        ),
        (
            [("More aid", 0.54, 0.04), ("Less aid", -0.7, 0.04)],
            "Largest changes by the end of Sep 2031: Less aid (0.70 ± 0.04 states fewer) and More aid (0.54 ± 0.04 "
            "states more); which is larger, luck may decide",
        ),
        (
            [(f"Aid {n}", 0.5, 0.04) for n in range(5)],
            "Five of five scenarios move the count about as much by the end of Sep 2031",
        ),
        (
            [("More aid", 1.0, None), ("Less aid", -2.0, None)],
            "In single runs Less aid differs most, 2 states fewer (error unknown) by the end of Sep 2031",
        ),
    ],
)
def test_what_a_comparison_found(rows: list[tuple[str, float, float | None]], text: str) -> None:
    assert findings.of_comparison(comparison(*rows)) == text


def test_which_state_a_comparison_moves_most() -> None:
    def state(name: str, before: float, after: float, mc: float | None) -> dict[str, Any]:
        told = {"state": name, "p_against": before, "p": after, "difference": after - before, "mc": mc}
        return told | {"tie": RECOGNITION, "at_start": "taipei"}

    one = [("More aid", 1.0, 0.1)]
    rows = [state("Tuvalu", 0.5, 0.25, 0.1), state("Haiti", 0.2, 0.9, 0.5)]
    assert findings.of_chances(comparison(*one, states=rows)) == (
        "Moved most: Tuvalu has left Taipei in 25 % of the runs, not 50 %"
    )
    assert findings.of_chances(comparison(*one, *one, states=rows)).endswith("not 50 % (More aid)")
    assert findings.of_chances(comparison(*one, states=rows[1:])) == (
        "No state’s chance differs by more than luck could"
    )


# --- backtests


def test_what_a_backtest_found() -> None:
    counts = [
        {"model": "simulation", "horizon": horizon, "observed": observed, "q05": 10, "q95": 12}
        for horizon, observed in ((1, 10), (1, 13), (5, 12), (5, 9), (5, 14), (5, None))
    ]
    assert findings.of_forecasts({"counts": counts}) == (
        "The count on record was in the 90 % range 1 of 2 times 1 year ahead and 1 of 3 times 5 years ahead"
    )
    bins = [
        {"model": "simulation", "horizon": 1, "forecasts": number, "mean_forecast": mean, "happened": happened}
        for number, mean, happened in ((100, 0.02, 1), (50, 0.1, 6), (0, None, 0))
    ]
    assert findings.of_calibration({"calibration": bins}) == ("1 year ahead, 7 departures were forecast and 7 happened")


def test_a_calibration_is_off_only_beyond_luck() -> None:
    row = {"model": "simulation", "horizon": 1, "forecasts": 36, "mean_forecast": 0.5}  # 18, with an error of 3
    told = [findings.of_calibration({"calibration": [row | {"happened": number}]}) for number in (24, 25)]
    assert told == [
        "1 year ahead, 18 departures were forecast and 24 happened, a difference that luck could make",
        "1 year ahead, 18 departures were forecast and 25 happened",
    ]


@pytest.mark.parametrize(
    ("ranks", "text"),
    [
        ((1, 6, 7, 8), "2 of 4 departures were by states in the upper half of the forecast, as luck could make it"),
        ((1, 2, 3, 4), "4 of 4 departures were by states in the upper half of the forecast, as luck could make it"),
        (
            (1, 2, 3, 4, 5),
            "5 of 5 departures were by states in the upper half of the forecast; by chance half would be",
        ),
    ],
)
def test_ranks_are_good_only_beyond_luck(ranks: tuple[int, ...], text: str) -> None:
    assert findings.of_departures({"departures": [{"rank": rank, "of": 13} for rank in ranks]}) == text


@pytest.mark.parametrize(
    ("hazards", "text"),
    [
        ((0.0, 0.0), "14.0 states recognise Taipei by the end of 2026 on average: no difference is told from luck"),
        (
            (0.0, 0.02),
            "{:.1f} to 14.0 states recognise Taipei by the end of 2026 on average: fewest in “Much”, most in “Little”",
        ),
    ],
)
def test_what_several_results_say(hazards: tuple[float, float], text: str) -> None:
    results = [made(name="n", hazard=hazard) for hazard in hazards]
    assert findings.of_several(results, ["Little", "Much"]) == text.format(results[1].summary_columns["mean"][-1])


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        (
            [(-0.3, -0.1), (-0.3, 0.1), (0.1, 0.2)],
            "better than 1 of 3 simpler forecasts and worse than 1; 1 is not told apart",
        ),
        ([(-0.3, -0.3)], "better than 0 of 1 simpler forecast and worse than none; 1 is not told apart"),
        ([(-0.3, -0.1)], "better than 1 of 1 simpler forecast and worse than none"),
    ],
)
def test_skill_counts_only_what_a_range_tells(ends: list[tuple[float, float]], text: str) -> None:
    rows = [
        {"model": "simulation", "horizon": 1, "score": "crps", "value": (low + high) / 2, "low": low, "high": high}
        for low, high in ends
    ]
    assert findings.of_skill({"differences": rows}) == f"1 year ahead, the simulation’s count is {text}"
