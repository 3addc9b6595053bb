"""Headlines of sweeps, sensitivities and explanations: exact texts, never stronger than the errors of their numbers."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.headlines import headline, sensitivity_headline, where
from sim.charts.explanation import hazard, removals
from tests.analysis.test_effects import ATTENTION, BEIJING, TAIPEI

# --- Sweeps


def spread(counts: list[float], **paths: list[Any]) -> dict[str, Any]:
    """The document of points that are spread over several paths, none of them paired."""
    columns = {"point": list(range(len(counts))), "mean": counts, **paths}
    return {"columns": columns, "against": None, "design": "lhs", "varied": [{"path": path} for path in paths]}


RISING = [float(value) for value in range(8)]
MIXED = [3.0, 0.0, 6.0, 1.0, 7.0, 2.0, 5.0, 4.0]


def test_of_points_spread_over_ranges_the_rank_correlation_is_told() -> None:
    counts = [12.0 - 0.5 * value for value in RISING]
    assert headline(spread(counts, **{BEIJING: RISING, TAIPEI: MIXED})) == (
        "Beijing's money goes with the count: the higher, the fewer states (rank correlation −1.00 over 8 points)"
    )
    assert headline(spread(RISING, **{BEIJING: MIXED})) == (
        "The count lies between 0.0 and 7.0 over 8 points; no setting goes with it beyond luck"
    )
    assert headline(spread([9.0, 11.5], **{BEIJING: [1.0, 2.0]})) == "The count lies between 9.0 and 11.5 over 2 points"
    assert headline(spread([], **{BEIJING: []})) == ""


def test_listed_points_are_told_from_the_one_nearest_to_the_scenario() -> None:
    listed = spread([12.0, 9.0], **{BEIJING: [1.0, 2.0], ATTENTION: [1.0, 0.0]}) | {"design": "points", "against": 0}
    listed["columns"] |= {
        "mean_change": [0.0, -3.0], "mean_change_mc": [0.0, 0.25], "mean_change_low": [None] * 2,
        "mean_change_high": [None] * 2, "label.who": ["base", "worst"],
    }  # fmt: skip
    listed["labels"] = ["label.who"]
    assert where(listed, 1) == "Beijing's money 2 and Washington's attention 0 (worst)"
    assert headline(listed) == (
        "At Beijing's money 2 and Washington's attention 0 (worst), 9.0 states: 3.0 (± 0.5) fewer than at "
        "Beijing's money 1 and Washington's attention 1 (base)"
    )
    listed["columns"]["mean_change_mc"] = [0.0, 1.6]
    assert headline(listed) == "No point moves the count by more than luck could"


# --- Sensitivities


def asked(*rows: tuple[str, float, float, float], design: str = "morris", outcome: str = "count") -> dict[str, Any]:
    key = "mu_star" if design == "morris" else "total"
    return {
        "design": design, "outcome": outcome, "parameters": "laws",
        "rows": [{"name": name, key: size, f"{key}_low": low, f"{key}_high": high} for name, size, low, high in rows],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            asked(("departure_rate", 2.4, 1.8, 3.0), ("ceiling", 1.0, 0.5, 1.7)),
            "Departure rate matters most (2.4 states on average, 1.8 to 3.0)",
        ),
        (
            asked(("departure_rate", 2.4, 1.8, 3.0), ("ceiling", 1.0, 0.5, 1.9)),
            "Departure rate looks to matter most (2.4 states on average, 1.8 to 3.0); ceiling may matter as much",
        ),
        (
            asked((ATTENTION, 0.33, 0.1, 1.2), *[(BEIJING, 0.2, 0.0, 0.5)] * 4, design="sobol", outcome="left:HND"),
            "Washington's attention looks to matter most (33 % of the variance involves it, 10 to 100), "
            "but 4 others may matter as much",
        ),
        (asked((BEIJING, 0.0, 0.0, 0.0)), ""),
        (asked(), ""),
    ],
)
def test_a_sensitivity_is_hedged_by_its_intervals(document: dict[str, Any], text: str) -> None:
    assert sensitivity_headline(document) == text


# --- Explanations


def without(label: str, difference: float, mc: float | None) -> dict[str, Any]:
    return {"label": label, "difference": difference, "mc": mc}


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], "no single lever moves the chance by more than luck could"),
        ([without("pledge", -0.04, 0.02)], "no single lever moves the chance by more than luck could"),
        (
            [without("pledge", -0.2, 0.01), without("lobbying", 0.05, 0.01)],
            "without “pledge” the chance is 20.0 (± 2.0) points lower, the most of all",
        ),
        (
            [without("pledge", -0.2, 0.02), without("lobbying", 0.18, 0.02)],
            "the chance hangs most on “pledge” and “lobbying”; on which of them more is open",
        ),
        (
            [without("pledge", -0.2, 0.02), without("lobbying", 0.18, 0.1)],
            "without “pledge” the chance is 20.0 (± 4.0) points lower",
        ),
    ],
)
def test_removals_name_the_lever_that_matters_as_far_as_errors_tell(rows: list[dict[str, Any]], text: str) -> None:
    assert removals.headline("Honduras", rows) == f"Honduras: {text}"


def test_the_hazard_says_when_it_is_highest() -> None:
    when = {"highest": "2022-02", "months": [{"month": "2022-01", "mean": 0.1}, {"month": "2022-02", "mean": 0.2}]}
    assert hazard.headline("Honduras", "leave", when) == (
        "Honduras: the hazard of leaving Taipei is highest in Feb 2022, 20 % a year on average"
    )
    none = {"highest": None, "months": []}
    assert hazard.headline("Honduras", "leave", none) == "Honduras: the hazard of leaving Taipei, by month"
