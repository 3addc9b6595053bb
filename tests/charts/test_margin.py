"""Names in the margin: where they go."""

from __future__ import annotations

from sim.charts.spread import spread


def test_labels_are_spread_no_further_than_needed() -> None:
    assert spread([1.0, 5.0], [1.0, 1.0], 0.0, 10.0) == [1.0, 5.0]
    assert spread([5.0, 5.0], [1.0, 1.0], 0.0, 10.0) == [4.5, 5.5]
    assert spread([9.9, 9.8, 2.0], [1.0, 1.0, 1.0], 0.0, 10.0) == [9.5, 8.5, 2.0]
    assert spread([0.0, 0.1], [1.0, 1.0], 0.0, 10.0) == [0.5, 1.5]
    assert spread([], [], 0.0, 1.0) == []
