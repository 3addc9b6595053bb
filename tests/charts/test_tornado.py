"""The chart of a sensitivity analysis: what it shows, that nothing is cut or covered, and that it repeats."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.charts.catalogue import of_sensitivity
from sim.charts.tornado import NOISE, PURE_NOISE, SHOWN, draw
from sim.parameters import PARAMETERS
from tests.charts.result.test_result_charts import LONG, assert_clear, words
from tests.examples import thorough

NAMES = [*PARAMETERS][:30]


def made(design: str = "sobol", rows: int = 20, outcome: str = "left:HND", **changes: Any) -> dict[str, Any]:
    """A document of an analysis with plausible numbers."""
    found = []
    for place, name in enumerate(NAMES[:rows]):
        size = 0.7 * 0.6**place if place < rows - 3 else 0.0
        row = {"name": name, "low": 0.1, "high": 0.9, "meaning": PARAMETERS[name].meaning}
        if design == "sobol":
            row |= {"first": 0.8 * size - 0.01, "first_low": 0.7 * size - 0.05, "first_high": 0.9 * size}
            row |= {"total": size, "total_low": 0.8 * size, "total_high": 1.3 * size}
        else:
            row |= {"mu": -size, "mu_star": size, "mu_star_low": 0.9 * size, "mu_star_high": 1.1 * size}
            row |= {"sigma": 0.5 * size}
        found.append(row)
    told = "chance that Honduras has left Taipei at the end of Dec 2026"
    document = {
        "scenario": "a-test", "title": "A test", "outcome": outcome, "told": told, "design": design, "points": 64,
        "evaluated": 3648, "runs": 100, "seed": 1, "parameters": "laws", "mean": 0.4, "variance": 0.04,
        "noise_share": 0.02, "dropped": 0, "note": None, "rows": found, "id": "0123456789abcdef", "set": {}, "vary": [],
    }  # fmt: skip
    return document | changes


def bars(drawing: Figure, gid: str) -> list[Rectangle]:
    """The bars with this id, from the top."""
    found = [shape for shape in drawing.axes[0].patches if shape.get_gid() == gid]
    assert all(isinstance(shape, Rectangle) for shape in found)
    return sorted(found, key=lambda shape: shape.get_y())  # type: ignore[attr-defined, return-value]


def marks(drawing: Figure) -> list[float]:
    """Where the marks stand, from the top."""
    found = [each for each in drawing.axes[0].lines if each.get_gid() == "mark"]
    return [float(each.get_xdata()[0]) for each in sorted(found, key=lambda each: each.get_ydata()[0])]  # type: ignore[index]


def test_bars_are_totals_and_dots_first_orders() -> None:
    document = made()
    drawing = draw(document)
    rows = document["rows"][:SHOWN]
    assert [bar.get_width() for bar in bars(drawing, "bar")] == pytest.approx([row["total"] for row in rows])
    assert marks(drawing) == pytest.approx([row["first"] for row in rows])
    noise = bars(drawing, "noise")
    assert [bar.get_width() for bar in noise] == [0.02]
    assert noise[0].get_y() > bars(drawing, "bar")[-1].get_y()
    assert drawing.axes[0].yaxis_inverted()
    assert to_hex(noise[0].get_facecolor()).upper() == NOISE.upper()


def test_bars_are_steps_in_percentage_points() -> None:
    document = made("morris")
    drawing = draw(document)
    rows = document["rows"][:SHOWN]
    assert [bar.get_width() for bar in bars(drawing, "bar")] == pytest.approx([100 * row["mu_star"] for row in rows])
    assert marks(drawing) == pytest.approx([100 * row["sigma"] for row in rows])
    assert bars(drawing, "noise")[0].get_width() == pytest.approx(100 * PURE_NOISE * math.sqrt(0.02 * 0.04))
    assert "percentage points" in words(drawing)


def test_it_says_what_it_is() -> None:
    said = " ".join(words(draw(made()))).replace("\n", " ")
    for text in (
        "Outcome: chance that Honduras has left Taipei at the end of Dec 2026.",
        "at the end of Dec 2026. Share of the variance of the outcome.",
        "Monte Carlo noise",
        "total alone",
        "0.70 0.55",
        "and 8 more numbers, each <0.01; 3 move nothing",
        "Scenario a-test: 3,648 points of 100 runs, the same random numbers at each, seed 1, Sobol’ indices",
    ):
        assert text in said
    assert all(name.replace("_", " ") in said.lower() for name in NAMES[:SHOWN])


def test_it_says_what_was_set_and_what_failed() -> None:
    changes = {"set": {"washington.attention": "2"}, "dropped": 3, "note": "Too much noise."}
    said = " ".join(words(draw(made(**changes)))).replace("\n", " ")
    assert "A test (Washington's attention 2)" in said
    assert "3 blocks left out: points failed." in said
    assert "Too much noise." in said


@pytest.mark.parametrize("design", ["sobol", "morris"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rows": 1},
        {"rows": 4, "outcome": "count"},
        {"noise_share": None},
        {"title": LONG},
        {"noise_share": 0.9},
        {"set": {"elections.a-very-long-name.outcomes.another-long-name.chance": 0.25}},
    ],
)
def test_nothing_is_cut_or_covered(design: str, changes: dict[str, Any]) -> None:
    assert_clear(draw(made(design, **changes)))


@pytest.mark.parametrize("design", ["sobol", "morris"])
def test_long_paths_and_meanings_have_room(design: str) -> None:
    document = made(design, 6)
    for place, row in enumerate(document["rows"]):
        row["name"] = f"elections.{'a-name-' * 8}x.outcomes.{'y' * 60}.effects.z{place}.chance"
        row["meaning"] = "a meaning that goes on " * 12
    drawing = draw(document)
    assert_clear(drawing)
    assert sum(text.endswith("…") for text in words(drawing)) == 6


def test_an_outcome_that_does_not_vary_has_its_note_only() -> None:
    document = made(rows=3, variance=0.0, noise_share=None, note="The outcome is the same at every point.")
    for row in document["rows"]:
        row |= dict.fromkeys(("first", "first_low", "first_high", "total", "total_low", "total_high"))
    drawing = draw(document)
    assert not drawing.axes
    assert "The outcome is the same at every point." in " ".join(words(drawing))
    assert_clear(drawing)


def test_days_are_shown_as_ranges() -> None:
    document = made(rows=1)
    document["rows"][0] |= {"name": "events.castro-inauguration.date", "low": "2022-01-01", "high": "2022-06-01"}
    document["rows"][0]["meaning"] = "varied over the values given"
    said = words(draw(document))
    assert "Date of castro inauguration" in said
    assert "varied over the values given: 2022-01-01 to 2022-06-01" in " ".join(said).replace("\n", " ")


@pytest.mark.usefixtures("coarse")
@thorough
def test_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        written = of_sensitivity(made()).draw(tmp_path / name)
        assert [path.name for path in written] == ["tornado.png", "tornado.svg"]
    for kind in ("png", "svg"):
        one, two = ((tmp_path / name / f"tornado.{kind}").read_bytes() for name in ("one", "two"))
        assert one == two
    assert 'id="tornado-' in (tmp_path / "one" / "tornado.svg").read_text("utf-8")
