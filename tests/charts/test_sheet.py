"""A sheet: texts that are measured and broken."""

from __future__ import annotations

from sim.charts.sheet import measured, wrapped


def test_words_too_long_for_a_line_are_broken_at_hyphens() -> None:
    lines = wrapped("one-two-three-four-five-six " + "x" * 60, 10.0, room=1.0)
    assert all(measured(text, 10.0) <= 1.0 for text in lines)
    assert "".join(lines) == "one-two-three-four-five-six" + "x" * 60
    assert lines[0].endswith("-")
