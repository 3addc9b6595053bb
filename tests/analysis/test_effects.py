"""What one lever does, in words: headlines are never stronger than their errors; sentences say what numbers are."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.effects import Change, Moved, change_at, finding, fine, lines, moved, one_finding
from sim.words import ERRORS

BEIJING, TAIPEI, ATTENTION = "beijing.budget", "taipei.budget", "washington.attention"
NAMES = {BEIJING: "Beijing's money", TAIPEI: "Taipei's money", ATTENTION: "Washington's attention"}


def lever(path: str, changes: dict[float, tuple[float, float]], own: float = 1.0, base: float = 12.0) -> Moved:
    """A lever from its differences and their errors by value."""
    made = [Change(value, base + d, d, error, d - 1.0, d + 1.0) for value, (d, error) in sorted(changes.items())]
    return Moved(path, NAMES.get(path, path), own, base, tuple(made))


STRONG = lever(BEIJING, {0.0: (1.0, 0.05), 0.5: (0.5, 0.04), 2.0: (-1.2, 0.1), 5.0: (-2.5, 0.2)})
ALIKE = lever(TAIPEI, {0.0: (-2.4, 0.2), 5.0: (1.5, 0.1)})
MIDDLE = lever(TAIPEI, {0.0: (-1.4, 0.2), 5.0: (1.1, 0.1)})
WEAK = lever(ATTENTION, {0.0: (-0.4, 0.1), 5.0: (0.3, 0.1)})
NOTHING = lever(ATTENTION, {0.0: (-0.1, 0.2), 5.0: (0.0, 0.1)})


def test_the_headline_names_the_strongest_and_the_weakest() -> None:
    assert finding([STRONG, MIDDLE, WEAK]) == (
        "Beijing's money does most: five times as much leaves 9.5 states in place of 12.0; "
        "Washington's attention does least, 0.4 at most"
    )


def test_levers_that_luck_cannot_tell_apart_are_said_together() -> None:
    assert finding([STRONG, ALIKE, NOTHING]) == (
        "Beijing's money and Taipei's money move the count about as much, by up to 2.5 and 2.4 states; "
        "Washington's attention moves it no more than luck"
    )
    near = lever(ATTENTION, {0.0: (-1.2, 0.3)})
    assert finding([STRONG, MIDDLE, near]).endswith("in place of 12.0")  # which is the weaker is open


def test_nothing_is_claimed_of_what_luck_could_make() -> None:
    assert finding([NOTHING]) == "No lever moves the count by more than luck could"
    assert one_finding(NOTHING) == "Washington's attention: no value moves the count by more than luck could"
    assert lines([NOTHING]) == [
        "Washington's attention: without it 11.9 states remain, no different from the 12.0 as it is beyond luck "
        "(± 0.2); five times as much leaves 12.0, no different beyond luck (± 0.1)."
    ]


def test_a_sentence_a_lever() -> None:
    assert lines([STRONG]) == [
        "Beijing's money: without it 13.0 states remain, 1.00 (± 0.05) more than the 12.0 as it is; "
        "five times as much leaves 9.5, 2.5 (± 0.2) fewer."
    ]


def test_chances_are_told_in_points() -> None:
    chance = lever(BEIJING, {0.0: (-15.0, 3.0), 5.0: (30.0, 4.0)}, base=46.0)
    assert finding([chance], counts=False) == (
        "Beijing's money does most: five times as much makes it 76 % in place of 46 %"
    )
    assert one_finding(chance, counts=False) == (
        "Beijing's money: with five times as much it is 76 %, 30.0 (± 4.0) points higher than as it is"
    )


def test_a_path_that_is_no_first_lever_is_told_by_its_values() -> None:
    other = lever("parameters.money_effect", {0.5: (0.8, 0.1)}, own=2.2)
    assert one_finding(other) == ("parameters.money_effect: at 0.5, 12.8 states remain, 0.8 (± 0.1) more than at 2.2")


def test_multiples_of_a_lever_at_nought_are_the_records() -> None:
    none = lever(BEIJING, {0.5: (-0.5, 0.1), 1.0: (-1.0, 0.1)}, own=0.0)
    assert [none.times(value) for value in (0.5, 1.0, 5.0)] == [
        "half the record's", "the record's", "five times the record's",
    ]  # fmt: skip
    assert lever(ATTENTION, {}, own=3.0).times(10.0) == "3.3 times as much"


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [(-1.234, 0.2, "−1.2"), (0.876, 0.09, "0.88"), (-0.004, 0.01, "0.00"), (0.3, None, "0.3")],
)
def test_differences_have_as_many_digits_as_their_error_allows(value: float, error: float | None, text: str) -> None:
    assert fine(value, error) == text


def document(**columns: list[Any]) -> dict[str, Any]:
    return {"columns": columns, "against": 0, "varied": [{"path": BEIJING}, {"path": TAIPEI}]}


def test_each_path_has_the_points_at_which_it_moved() -> None:
    told = document(
        mean=[12.0, 13.0, None, 10.0], mean_change=[0.0, 1.0, None, -2.0], mean_change_mc=[0.0, 0.1, None, 0.2],
        mean_change_low=[0.0, 0.5, None, -3.0], mean_change_high=[0.0, 1.5, None, -1.0],
        **{BEIJING: [1.0, 0.0, 5.0, 1.0], TAIPEI: [1.0, 1.0, 1.0, 0.0]},
    )  # fmt: skip
    first, second = moved(told)
    assert (first.name, first.own, first.base) == ("Beijing's money", 1.0, 12.0)
    assert first.changes == (Change(0.0, 13.0, 1.0, ERRORS * 0.1, 0.5, 1.5, 1),)  # at 5 the point could not be run
    assert second.changes == (Change(0.0, 10.0, -2.0, ERRORS * 0.2, -3.0, -1.0, 3),)
    assert moved(told | {"against": None}) == []
    assert moved(document(mean=[12.0], **{BEIJING: [1.0], TAIPEI: [1.0]})) == []


def test_of_a_grid_each_path_has_the_points_where_the_others_stay() -> None:
    grid = document(
        mean=[12.0, 10.0, 13.0, 9.0], mean_change=[0.0, -2.0, 1.0, -3.0], mean_change_mc=[0.0, 0.1, 0.1, 0.1],
        mean_change_low=[None] * 4, mean_change_high=[None] * 4,
        **{BEIJING: [1.0, 4.0, 1.0, 4.0], TAIPEI: [1.0, 1.0, 2.0, 2.0]},
    )  # fmt: skip
    money, aid = moved(grid)
    assert [(change.point, change.value, change.difference) for change in money.changes] == [(1, 4.0, -2.0)]
    assert [(change.point, change.value, change.difference) for change in aid.changes] == [(2, 2.0, 1.0)]
    assert finding([money, aid]) == (
        "Beijing's money does most: four times as much leaves 10.0 states in place of 12.0; "
        "Taipei's money does least, 1.0 at most"
    )
    both = change_at(grid, 3)
    assert both is not None
    assert (both.outcome, both.difference, both.error, both.is_luck) == (9.0, -3.0, ERRORS * 0.1, False)


def test_what_is_told_from_another_point_than_the_scenario_says_so() -> None:
    (near,) = moved(
        {
            "columns": {
                "mean": [11.0, 12.0], "mean_change": [-1.0, 0.0], "mean_change_mc": [0.1, 0.0],
                "mean_change_low": [None] * 2, "mean_change_high": [None] * 2, ATTENTION: [0.0, 0.75],
            },
            "against": 1, "varied": [{"path": ATTENTION}], "reference": {ATTENTION: 1.0},
        }
    )  # fmt: skip
    assert not near.as_it_is
    assert one_finding(near) == "Washington's attention: at 0, 11.0 states remain, 1.0 (± 0.2) fewer than at 0.75"
    assert lines([near]) == [
        "Washington's attention: at 0, 11.0 states remain, 1.0 (± 0.2) fewer than the 12.0 at 0.75."
    ]


def test_without_a_lever_and_days_are_said_as_such() -> None:
    less = lever(TAIPEI, {0.0: (-3.0, 0.2)})
    assert finding([less]) == "Taipei's money does most: without it 9.0 states remain in place of 12.0"
    (dated,) = moved(
        {
            "columns": {
                "p_end_HND": [0.5, 0.4], "p_end_HND_change": [0.0, -0.1], "p_end_HND_change_mc": [0.0, 0.01],
                "p_end_HND_change_low": [None] * 2, "p_end_HND_change_high": [None] * 2,
                "events.castro-pledge.date": ["2022-01-01", "2023-06-01"],
            },
            "against": 0, "varied": [{"path": "events.castro-pledge.date"}],
        },
        "p_end_HND", scale=100.0,
    )  # fmt: skip
    assert one_finding(dated, counts=False) == (
        "Date of castro pledge: at 1 Jun 2023, it is 40 %, 10.0 (± 2.0) points lower than at 1 Jan 2022"
    )


def test_a_difference_within_two_errors_is_luck_and_one_of_unknown_error_too() -> None:
    assert Change(1.0, 0.0, 0.2, 0.2, None, None).is_luck
    assert not Change(1.0, 0.0, 0.21, 0.2, None, None).is_luck
    assert Change(1.0, 0.0, 5.0, None, None, None).is_luck
