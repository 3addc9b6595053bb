"""The charts of a sweep: what they show, that nothing is cut or covered, and that they repeat byte for byte."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.charts.catalogue import draw_outcome, draw_sweep
from sim.charts.sweep import document as sweep
from sim.charts.sweep import line as line_chart
from sim.charts.sweep import maps, scatter
from sim.charts.sweep.axes import for_phones
from sim.charts.sweep.colours import ends
from sim.errors import InputError
from sim.scenario.language import meaning
from sim.words import percent
from tests.charts.backtest.test_backtest_charts import bars, points, said
from tests.charts.result.test_result_charts import assert_clear, band, line, words
from tests.examples import THOROUGH, thorough
from tests.pixels import few_pixels

Document = dict[str, Any]

ATTENTION, BUDGET, ACCEPTANCE = "washington.attention", "beijing.budget", "beijing.acceptance"
INAUGURATION = "events.castro-inauguration.date"
LONG = "elections.honduras-general-election-2025.outcomes.libre-wins-again.effects.pledge-to-return-to-taipei.chance"
STATES = {"HND": "Honduras", "GTM": "Guatemala", "VCT": "Saint Vincent and the Grenadines"}


def made(
    varied: dict[str, Sequence[Any]],
    design: str = "grid",
    points: int = 64,
    failed: Sequence[int] = (),
    done: int | None = None,
    runs: int = 1000,
    reference: dict[str, Any] | None = None,
) -> Document:
    """A sweep's document with plausible outcomes, the same ones each time; the points after `done` are to come.

    varied : in a grid the values by path, else the two ends
    """
    luck = np.random.default_rng(11)
    dates = {path: isinstance(values[0], date) for path, values in varied.items()}
    if design == "grid":
        rows = list(product(*varied.values()))
    else:
        columns = []
        for path, (low, high) in varied.items():
            ranks = (luck.permutation(points) + 0.5) / points
            columns.append(
                [
                    low + timedelta(days=int(r * (high - low).days)) if dates[path] else float(low + r * (high - low))
                    for r in ranks
                ]
            )
        rows = list(zip(*columns, strict=True))
    table: Document = {"point": list(range(len(rows)))}
    values: dict[str, list[Any]] = {}
    shares = []
    for place, (path, known) in enumerate(varied.items()):
        held = [row[place] for row in rows]
        distinct = list(known) if design == "grid" else sorted(set(held))
        table[path] = [str(value) if dates[path] else value for value in held]
        values[path] = [str(value) if dates[path] else value for value in distinct]
        order = {str(value): n / max(1, len(distinct) - 1) for n, value in enumerate(distinct)}
        shares.append([order[str(value)] for value in held])
    finished = len(rows) if done is None else done
    table["error"] = ["did not run" if n in failed and n < finished else None for n in table["point"]]
    weights = [0.6, -0.45, 0.3, 0.1, 0.0]
    outcomes: list[Document | None] = []
    for point in range(len(rows)):
        pull = 0.35 + sum(w * (share[point] - 0.5 * (w < 0)) for w, share in zip(weights, shares, strict=False))
        mean = 12.4 - 3.0 * pull + float(luck.normal(0, 0.05 if design == "grid" else 0.2))
        row: Document = {"mean": mean, "mean_mc": 0.045}
        for name, z in (("q05", -1.64), ("q25", -0.67), ("q50", 0.1), ("q75", 0.67), ("q95", 1.4)):
            row[name] = min(14, round(mean + 1.6 * z))
        for place, code in enumerate(STATES):
            p = float(np.clip((0.75, 0.3, 0.06)[place] * (0.4 + pull) + luck.normal(0, 0.012), 0.0, 1.0))
            row |= {f"p_end_{code}": p, f"p_end_{code}_mc": float(np.sqrt(p * (1 - p) / runs))}
        outcomes.append(None if point >= finished or table["error"][point] else row)
    names = ["mean", "mean_mc", "q05", "q25", "q50", "q75", "q95"]
    names += [f"p_end_{code}{suffix}" for code in STATES for suffix in ("", "_mc")]
    for name in names:
        table[name] = [None if row is None else row[name] for row in outcomes]
    document: Document = {
        "scenario": "honduras-2021",
        "title": "Honduras after Nicaragua: who still recognises Taipei by the end of 2026?",
        "runs": runs,
        "seed": 2021,
        "design": design,
        "end": "2026-12",
        "count_at_start": 14,
        "points": len(rows),
        "done": sum(row is not None for row in outcomes),
        "failed": sum(error is not None for error in table["error"]),
        "varied": [{"path": path, "values": held, "is_date": dates[path]} for path, held in values.items()],
        "states": dict(STATES),
        "columns": table,
    }
    return document | ({"reference": reference} if reference else {})


def steps(low: float, high: float, count: int) -> list[float]:
    """Evenly spaced values."""
    return [float(value) for value in np.linspace(low, high, count)]


MONTHS = [date(2022 + n // 12, n % 12 + 1, 27) for n in range(0, 36, 3)]
TWO_FORMER = {ATTENTION: [0.0, 0.5, 1.0, 1.5, 2.0, 3.0], BUDGET: [0.0, 0.5, 1.0, 2.0, 4.0]}
MANY = {
    ATTENTION: (0.0, 3.0),
    BUDGET: (0.0, 4.0),
    "parameters.backfire_effect": (-0.014, 0.097),
    INAUGURATION: (date(2022, 1, 27), date(2024, 6, 1)),
    LONG: (0.0, 1.0),
}

CASES: dict[str, dict[str, Any]] = {
    "one": {"varied": {ATTENTION: steps(0, 3, 21)}, "reference": {ATTENTION: 1.0}},
    "one-few": {"varied": {BUDGET: [0, 0.5, 1, 2, 4, 10]}, "reference": {BUDGET: 1}},
    "one-dates": {"varied": {INAUGURATION: MONTHS}, "reference": {INAUGURATION: "2022-01-27"}},
    "one-dates-near": {"varied": {INAUGURATION: [date(2022, 1, n) for n in range(1, 29)]}},
    "one-partial": {"varied": {ATTENTION: steps(0, 3, 21)}, "done": 13, "failed": (4, 5, 7)},
    "one-latin": {"varied": {ATTENTION: (0.0, 3.0)}, "design": "lhs", "points": 120, "failed": (3,)},
    "one-latin-partial": {"varied": {ATTENTION: (0.0, 3.0)}, "design": "lhs", "points": 60, "done": 30, "failed": (3,)},
    "one-single": {"varied": {ATTENTION: [1.0]}, "reference": {ATTENTION: 1.0}},
    "one-nothing": {"varied": {ATTENTION: steps(0, 3, 7)}, "done": 0},
    "one-long": {"varied": {LONG: steps(0, 1, 11)}},
    "two": {"varied": TWO_FORMER, "reference": {ATTENTION: 1.0, BUDGET: 1.0}},
    "two-failed": {"varied": TWO_FORMER, "failed": (0, 7, 8), "done": 24},
    "two-wide": {"varied": {ATTENTION: steps(0, 3, 12), INAUGURATION: MONTHS}},
    "two-fine": {"varied": {ATTENTION: steps(0, 3, 31), BUDGET: steps(0, 4, 25)}, "failed": (40, 41), "done": 700},
    "two-dates-across": {"varied": {INAUGURATION: MONTHS[:8], LONG: steps(0, 1, 7)}},
    "two-small": {"varied": {ATTENTION: [0.5, 1.0], "events.washington-lobbying.pressure": [0.5, 2.0]}},
    "two-nothing": {"varied": TWO_FORMER, "done": 0},
    "three": {
        "varied": {**TWO_FORMER, ACCEPTANCE: [0.05, 0.5, 1.0]},
        "reference": {ATTENTION: 1.0, BUDGET: 1.0, ACCEPTANCE: 1.0},
    },
    "three-partial": {"varied": {**TWO_FORMER, LONG: steps(0, 1, 5)}, "done": 110, "failed": (2, 50)},
    "three-fine": {"varied": {ATTENTION: steps(0, 3, 15), BUDGET: steps(0, 4, 15), INAUGURATION: MONTHS[:7]}},
    "many": {"varied": MANY, "design": "lhs", "points": 128, "reference": {ATTENTION: 1.0, BUDGET: 1.0}},
    "many-partial": {"varied": MANY, "design": "sobol", "points": 256, "done": 90, "failed": (5, 6, 30)},
    "many-few": {"varied": {ATTENTION: (0.0, 3.0), BUDGET: (0.0, 4.0)}, "design": "lhs", "points": 8},
    "many-grid": {"varied": {path: [0.5, 1.0, 2.0] for path in (ATTENTION, BUDGET, "taipei.budget", ACCEPTANCE)}},
    "many-points": {"varied": {ATTENTION: (0.0, 3.0), BUDGET: (0.0, 4.0)}, "design": "saltelli", "points": 5000},
}  # fmt: skip


def case(name: str) -> Document:
    """The document of a case."""
    return made(**CASES[name])


@cache
def kept(name: str) -> Document:
    """The document of a case, to be read only."""
    return case(name)


DRAWINGS = {
    "line": line_chart.draw,
    "heat_map": maps.draw_one,
    "multiples": maps.draw_several,
    "scatter": scatter.draw,
}


def chart(kind: str, name: str, outcome: str = "count") -> Figure:
    """A chart of a case, drawn once and only read."""
    return _drawn(sweep.kind_of(kept(name)) if kind == "draw" else kind, name, outcome)


@lru_cache(maxsize=100)
def _drawn(kind: str, name: str, outcome: str) -> Figure:
    return DRAWINGS[kind](kept(name), outcome)


def hatches(drawing: Figure) -> dict[str, Rectangle]:
    """The hatched rectangles by id, those of the key apart."""
    shapes = [patch for plot in drawing.axes for patch in plot.patches if patch.get_hatch()]
    assert all(isinstance(patch, Rectangle) for patch in shapes)
    return {str(patch.get_gid()): patch for patch in shapes}  # type: ignore[misc]


def key(drawing: Figure) -> dict[str, str]:
    """The boxes of the key of the hatching, and how they are hatched."""
    return {str(box.get_gid()): str(box.get_hatch()) for box in drawing.artists if isinstance(box, Rectangle)}


def mesh(drawing: Figure, gid: str = "cells") -> QuadMesh:
    """The cells with this id."""
    found = [each for plot in drawing.axes for each in plot.collections if each.get_gid() == gid]
    assert isinstance(found[0], QuadMesh)
    return found[0]


def cells(drawing: Figure, gid: str = "cells") -> np.ndarray:
    """(upwards, across) what the cells are coloured by, NaN where they are not."""
    array = mesh(drawing, gid).get_array()
    assert array is not None
    return np.ma.filled(array.astype(float), np.nan)


def lightness(drawing: Figure, gid: str = "cells") -> np.ndarray:
    """How light the cells are, from the first row upwards."""
    drawing.draw_without_rendering()
    return np.asarray(mesh(drawing, gid).get_facecolor())[:, :3].mean(axis=1)


def on_grid(document: Document, name: str) -> np.ndarray:
    """A column of the table, laid out as the values varied: (first, second, ...)."""
    values = [np.nan if value is None else value for value in document["columns"][name]]
    return np.array(values, dtype=float).reshape([len(each["values"]) for each in document["varied"]])


def labels(plot: Any, axis: str) -> list[str]:
    """The labels of ticks."""
    return [label.get_text() for label in (plot.get_xticklabels() if axis == "x" else plot.get_yticklabels())]


# --- one number -------------------------------------------------------------------------------------------


def test_a_line_goes_through_the_mean_of_each_point_between_its_ranges() -> None:
    document = kept("one")
    drawing = chart("line", "one")
    table = document["columns"]
    assert np.array(points(drawing, "outcome")) == pytest.approx(np.array([table[ATTENTION], table["mean"]]).T)
    assert line(drawing, "outcome").get_marker() == "o"
    for gid, low, high in (("most", "q05", "q95"), ("half", "q25", "q75")):
        corners = band(drawing, gid)
        for x, bottom, top in zip(table[ATTENTION], table[low], table[high], strict=True):
            here = corners[np.isclose(corners[:, 0], x), 1]
            assert (here.min(), here.max()) == (bottom, top)
    assert set(line(drawing, "start").get_ydata()) == {14}
    assert set(line(drawing, "reference").get_xdata()) == {1.0}


def test_a_line_says_what_is_drawn() -> None:
    found = words(chart("line", "one"))
    assert found[0].replace("\n", " ") == (
        "Washington’s attention goes with the count: the higher, the fewer states "
        "(rank correlation −1.00 over 21 points)"
    )
    assert {"mean", "half of runs", "90 % of runs", "at the start: 14", "in the scenario: 1", "states"} <= set(found)
    assert {"Washington’s attention", "Attention to the question, a multiple of the record’s"} <= set(found)
    everything = said(chart("line", "one"))
    for part in (
        "Honduras after Nicaragua: who still recognises Taipei by the end of 2026?",
        "Mean number of states at the end of Dec 2026 (line); dark band: half of runs, pale band: 90 %.",
        "Another seed would move a mean by about ±0.09 states at most.",
        "Points share their seed, so differences between them are steadier.",
        "Scenario honduras-2021: 1,000 runs a point, seed 2021. Design: grid of 21 points.",
    ):
        assert part in everything
    assert "points done" not in everything


def test_the_values_of_the_points_stand_above_them() -> None:
    document = kept("one-few")
    plot = chart("line", "one-few").axes[0]
    above = {text.get_position()[0]: text.get_text() for text in plot.texts if text.get_position()[1] > 1}
    table = document["columns"]
    for value, mean in zip(table[BUDGET], table["mean"], strict=True):
        if value in above:
            assert above[value] == f"{mean:.1f}"
    assert [value for value in table[BUDGET] if value not in above] == [0.5]  # no room beside its neighbours
    many = chart("line", "one").axes[0]
    printed = [text.get_position()[0] for text in many.texts if re.fullmatch(r"\d+\.\d", text.get_text())]
    assert printed == pytest.approx(case("one")["columns"][ATTENTION][::2])  # every second


def test_a_chance_is_a_line_with_error_bars_in_percent() -> None:
    document = kept("one")
    drawing = chart("line", "one", "left:HND")
    table = document["columns"]
    chances = 100 * np.array(table["p_end_HND"])
    errors = 100 * np.array(table["p_end_HND_mc"])
    assert [y for _, y in points(drawing, "outcome")] == pytest.approx(chances)
    drawn = bars(drawing, "errors")
    assert [low[1] for low, _ in drawn] == pytest.approx(chances - errors)
    assert [high[1] for _, high in drawn] == pytest.approx(np.minimum(chances + errors, 100))
    found = words(drawing)
    assert found[0].replace("\n", " ") == (
        "Chance of Honduras to leave Taipei. Washington’s attention goes with the chance: the higher, the higher the "
        "chance (rank correlation 1.00 over 21 points)"
    )
    assert {percent(chance / 100) for chance in chances} <= set(found)
    assert {"% of runs", "chance, %"} <= set(found)
    assert "in which it has left by the end of Dec 2026; bars: ±1 Monte Carlo standard error." in said(drawing)
    assert not any("at the start" in text for text in found)


def test_an_axis_of_chances_is_as_long_as_needed() -> None:
    document = case("one-few")
    for span in (10, 60, 100):
        document["columns"]["p_end_HND"] = [0.0082 * span] * 6
        assert span < line_chart.draw(document, "left:HND").axes[0].get_ylim()[1] < 1.15 * span


def test_error_bars_end_at_certainty() -> None:
    document = case("one-few")
    document["columns"]["p_end_HND"][:2] = [0.001, 0.999]
    document["columns"]["p_end_HND_mc"][:2] = [0.05, 0.05]
    (low, _), (_, high) = bars(line_chart.draw(document, "left:HND"), "errors")[:2]
    assert (low[1], high[1]) == (0, 100)


def test_values_of_a_list_stand_at_their_places() -> None:
    plot = chart("line", "one-few").axes[0]
    assert list(plot.get_xticks()) == [0, 0.5, 1, 2, 4, 10]
    assert labels(plot, "x") == ["0", "0.5", "1", "2", "4", "10"]


def test_dates_stand_on_an_axis_of_dates() -> None:
    drawing = chart("line", "one-dates")
    plot = drawing.axes[0]
    assert [num2date(x).date() for x, _ in points(drawing, "outcome")] == MONTHS
    assert labels(plot, "x")[:2] == ["27 Jan\n2022", "27 Apr\n2022"]
    assert "in the scenario: 27 Jan 2022" in words(drawing)
    near = chart("line", "one-dates-near").axes[0]
    assert labels(near, "x")[:2] == ["1 Jan\n2022", "4 Jan\n2022"]
    years = made({INAUGURATION: [date(2000 + n // 4, 1 + 3 * (n % 4), 1) for n in range(80)]})
    assert labels(line_chart.draw(years).axes[0], "x")[:3] == ["2000", "2002", "2004"]


def test_points_without_an_outcome_are_gaps_hatched_by_reason() -> None:
    drawing = chart("line", "one-partial")
    values = case("one-partial")["varied"][0]["values"]
    drawn = np.array(points(drawing, "outcome"))
    assert np.flatnonzero(np.isnan(drawn[:, 1])).tolist() == [4, 5, 7, *range(13, 21)]
    strips = hatches(drawing)
    assert list(strips) == ["failed-4", "failed-7", "to-come-13"]
    first = strips["failed-4"]  # the two that failed side by side, from halfway to halfway
    assert first.get_x() == pytest.approx((values[3] + values[4]) / 2)
    assert first.get_x() + first.get_width() == pytest.approx((values[5] + values[6]) / 2)
    assert strips["failed-4"].get_hatch() != strips["to-come-13"].get_hatch()
    assert key(drawing) == {
        f"key-{name}": strips[f"{name}-{n}"].get_hatch() for name, n in (("failed", 4), ("to-come", 13))
    }
    assert {"failed: 3 points", "to come: 8 points"} <= set(words(drawing))
    assert "10 of 21 points done, 3 failed." in said(drawing)
    # A point between two gaps has no band: bars show its ranges.
    ((low, high),) = bars(drawing, "half-alone")
    table = case("one-partial")["columns"]
    assert (low, high) == ((values[6], table["q25"][6]), (values[6], table["q75"][6]))


def test_a_sweep_with_nothing_done_yet_has_its_axes() -> None:
    drawing = chart("line", "one-nothing")
    assert list(hatches(drawing)) == ["to-come-0"]
    assert "0 of 7 points done." in said(drawing)
    assert "at the start: 14" in words(drawing)
    assert "mean" not in words(drawing)


def test_a_random_design_of_one_number_is_drawn_in_its_order_and_without_gaps() -> None:
    document = kept("one-latin-partial")
    drawing = chart("draw", "one-latin-partial")
    drawn = np.array(points(drawing, "outcome"))
    assert (np.diff(drawn[:, 0]) > 0).all()
    table = document["columns"]
    known = {x: y for x, y in zip(table[ATTENTION], table["mean"], strict=True) if y is not None}
    assert len(drawn) == len(known) + 1  # and the one that failed
    assert {x: y for x, y in drawn.tolist() if y == y} == pytest.approx(known)
    assert all(name.startswith("failed-") for name in hatches(drawing))
    assert "Design: Latin hypercube of 60 points." in said(drawing)


def test_a_count_at_the_start_that_is_not_told_is_not_drawn() -> None:
    for name in ("one", "one-nothing"):
        document = case(name)
        del document["count_at_start"]
        drawing = line_chart.draw(document)
        assert_clear(drawing)
        assert "start" not in [each.get_gid() for each in drawing.axes[0].lines]
        assert "at the start" not in said(drawing)


def test_high_counts_that_are_alike_have_an_axis_of_their_own() -> None:
    document = case("one-few")
    for name in ("mean", "q05", "q25", "q50", "q75", "q95"):
        document["columns"][name] = [value + 50 for value in document["columns"][name]]
    document["count_at_start"] = 64
    assert line_chart.draw(document).axes[0].get_ylim()[0] == 50
    assert chart("line", "one-few").axes[0].get_ylim()[0] == 0


@pytest.mark.parametrize("value", [None, 7.0, "soon", {"2022-01-01": 2.0}])
def test_a_reference_that_is_not_on_the_axis_is_left_out(value: Any) -> None:
    document = case("one") | {"reference": {ATTENTION: value}}
    found = said(line_chart.draw(document))
    assert "in the scenario" not in found


# --- two and three numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two", "two-wide", "two-fine", "two-dates-across", "two-failed"])
def test_a_heat_map_has_the_mean_of_each_pair(name: str) -> None:
    document = kept(name)
    drawing = chart("heat_map", name)
    assert cells(drawing) == pytest.approx(on_grid(document, "mean").T, nan_ok=True)
    chances = chart("heat_map", name, "left:GTM")
    assert cells(chances) == pytest.approx(100 * on_grid(document, "p_end_GTM").T, nan_ok=True)


def test_dark_is_more_risk() -> None:
    document = kept("two-wide")
    means = on_grid(document, "mean").T.ravel()
    light = lightness(chart("heat_map", "two-wide"))
    assert light[means.argmin()] < light[means.argmax()]
    order = np.argsort(means)
    assert (np.diff(light[order]) >= -0.01).all()
    assert "dark: fewer states recognise Taipei." in said(chart("heat_map", "two-wide"))
    chances = on_grid(document, "p_end_GTM").T.ravel()
    light = lightness(chart("heat_map", "two-wide", "left:GTM"))
    assert (np.diff(light[np.argsort(chances)]) <= 0.01).all()
    assert "dark: higher chance." in said(chart("heat_map", "two-wide", "left:GTM"))


def test_the_numbers_stand_in_their_cells() -> None:
    document = kept("two-failed")
    for outcome, name in (("count", "mean"), ("left:HND", "p_end_HND")):
        plot = chart("heat_map", "two-failed", outcome).axes[0]
        printed = {text.get_position(): text.get_text() for text in plot.texts}
        table = on_grid(document, name)
        expected = {
            (x, y): f"{table[x, y]:.1f}" if outcome == "count" else percent(table[x, y])
            for x, y in np.argwhere(np.isfinite(table)).tolist()
        }
        assert printed == expected
    assert labels(plot, "x") == ["0", "0.5", "1", "1.5", "2", "3"]
    assert labels(plot, "y") == ["0", "0.5", "1", "2", "4"]


def test_numbers_can_be_read_on_their_cells() -> None:
    drawing = chart("heat_map", "two-wide", "left:HND")
    light = lightness(drawing).reshape(12, 12)
    for text in drawing.axes[0].texts:
        x, y = (int(value) for value in text.get_position())
        assert text.get_color() == ("#FFFFFF" if light[y, x] < 0.5 else "#000000") or 0.45 < light[y, x] < 0.7


def test_cells_have_a_colour_key_and_many_no_numbers() -> None:
    drawing = chart("heat_map", "two-fine")
    plot, scale = drawing.axes
    assert not plot.texts
    assert labels(scale, "x") == ["8", "10", "12", "14"]
    assert "states; dark: fewer states recognise Taipei" in words(drawing)
    low, high = mesh(drawing).get_clim()
    assert mesh(drawing, "key").get_clim() == (low, high)
    assert "% of runs; dark: higher chance" in words(chart("heat_map", "two-fine", "left:HND"))
    assert len(chart("heat_map", "two").axes) == 2, "numbers have the key too"


def test_cells_without_an_outcome_are_hatched_by_reason() -> None:
    drawing = chart("heat_map", "two-failed")
    found = hatches(drawing)
    failed = {(0, 0), (1, 2), (1, 3)}  # points 0, 7 and 8 of rows of five
    coming = {(4, 4), *((5, n) for n in range(5))}
    expected = {f"cells-failed-{x}-{y}" for x, y in failed} | {f"cells-to-come-{x}-{y}" for x, y in coming}
    assert set(found) == expected
    cell = found["cells-failed-1-2"]
    assert (cell.get_x(), cell.get_y(), cell.get_width(), cell.get_height()) == (0.5, 1.5, 1, 1)
    assert cell.get_hatch() == key(drawing)["key-failed"] != key(drawing)["key-to-come"]
    assert {"failed: 3 points", "to come: 6 points"} <= set(words(drawing))
    assert "21 of 30 points done, 3 failed." in said(drawing)
    assert not hatches(chart("heat_map", "two"))
    assert not key(chart("heat_map", "two"))


def test_points_missing_from_the_table_are_to_come() -> None:
    document = case("two")
    document["columns"] = {name: held[:20] for name, held in document["columns"].items()}
    drawing = maps.draw_one(document)
    assert len(hatches(drawing)) == 10
    assert "20 of 30 points done." in said(drawing)


def test_the_scenarios_own_cell_is_outlined() -> None:
    drawing = chart("heat_map", "two")
    (outline,) = [patch for patch in drawing.axes[0].patches if patch.get_gid() == "cells-reference"]
    assert isinstance(outline, Rectangle)
    assert (outline.get_x(), outline.get_y()) == (1.5, 1.5)
    assert "Outlined: as in the scenario." in said(drawing)
    elsewhere = case("two") | {"reference": {ATTENTION: 1.0, BUDGET: 1.7}}
    assert "Outlined" not in said(maps.draw_one(elsewhere))
    panels = chart("multiples", "three")
    outlined = [plot for plot in panels.axes if any("reference" in str(patch.get_gid()) for patch in plot.patches)]
    assert outlined == [panels.axes[2]]


def paired(against: int, reference: dict[str, float]) -> Document:
    """A heat map of two numbers whose points are told from one of them; an error of 0.3, or 3 points."""
    document = case("two") | {"reference": reference, "against": against}
    columns = dict(document["columns"])
    for name, error in (("mean", 0.3), ("p_end_HND", 0.03)):
        columns[f"{name}_change"] = [value - columns[name][against] for value in columns[name]]
        columns[f"{name}_change_mc"] = [0.0 if point == against else error for point in columns["point"]]
    return document | {"columns": columns}


def test_cells_have_their_paired_difference_and_the_nearest_one_a_dashed_outline() -> None:
    document = paired(7, {ATTENTION: 0.6, BUDGET: 1.0})  # at 0.5 and 1
    drawing = maps.draw_one(document)
    (outline,) = [patch for patch in drawing.axes[0].patches if patch.get_gid() == "cells-reference"]
    assert isinstance(outline, Rectangle)
    assert (outline.get_x(), outline.get_y(), outline.get_linestyle()) == (0.5, 1.5, (0, (3, 2)))
    columns = document["columns"]
    small = {text.get_text() for text in drawing.axes[0].texts if text.get_fontsize() == maps.DETAIL}
    wanted = set()
    for point, change in enumerate(columns["mean_change"]):
        text = f"{change:+.1f} ± 0.6".replace("-", "−")
        wanted |= {text if abs(change) > 0.6 else f"({text})"} if point != 7 else set()
    assert {text.replace("+0.0", "0.0").replace("−0.0", "0.0") for text in wanted} == {
        text.replace("+0.0", "0.0") for text in small
    }
    found = said(drawing)
    assert "Dashed outline: the point nearest to the scenario (Washington’s attention 0.5, Beijing’s money 1)." in found
    assert "± two Monte Carlo errors, runs paired; in brackets: no more than luck." in found
    assert_clear(drawing)
    own = maps.draw_one(paired(7, {ATTENTION: 0.5, BUDGET: 1.0}))
    assert "Outlined: as in the scenario." in said(own)


def test_a_chart_for_a_narrow_screen_is_half_as_wide_and_nothing_is_cut() -> None:
    for name in ("two", "one", "many"):
        with for_phones():
            drawing = draw_outcome(case(name))
        assert drawing.get_figwidth() == 4.6
        assert_clear(drawing)


def test_each_value_of_the_third_number_has_a_panel_of_the_same_scale() -> None:
    document = kept("three")
    drawing = chart("multiples", "three")
    table = on_grid(document, "mean")
    assert len(drawing.axes) == 4, "the last one is the key"
    for place in range(3):
        assert cells(drawing, f"cells-{place}") == pytest.approx(table[:, :, place].T)
        assert mesh(drawing, f"cells-{place}").get_clim() == (7.0, 13.0)
    assert {f"Beijing’s acceptance {value}" for value in ("0.05", "0.5", "1")} <= set(words(drawing))
    assert "dark: fewer states recognise Taipei (one scale in all panels)." in said(drawing)
    assert [labels(plot, "y") for plot in drawing.axes[:3]] == [["0", "0.5", "1", "2", "4"], [""] * 5, [""] * 5]


def test_only_the_lowest_panels_have_labels_below() -> None:
    drawing = chart("multiples", "three-partial")
    below = [any(labels(plot, "x")) for plot in drawing.axes[:-1]]
    assert below == [False, False, True, True, True]
    headings = [plot.texts[-1].get_text() for plot in drawing.axes[:-1]]
    assert headings == ["0", "0.25", "0.5", "0.75", "1"]  # the path has no room
    assert (
        "Panels: Chance of pledge to return to taipei of libre wins again of honduras general election 2025"
        in words(drawing)
    )
    failed = [name for name in hatches(drawing) if "failed" in name]
    assert failed == ["cells-0-failed-2-0", "cells-2-failed-0-0"]
    assert "108 of 150 points done, 2 failed." in said(drawing)


@pytest.mark.parametrize(
    ("values", "counts", "expected"),
    [
        ([10.9, 11.3], True, (8.0, 14.0)),
        ([11.2, 11.3], True, (9.0, 15.0)),
        ([0.2, 0.3], True, (0.0, 6.0)),
        ([1.2, 1.3], True, (0.0, 6.0)),
        ([8.5, 12.1], True, (8.0, 14.0)),
        ([42.0, 43.0], False, (30.0, 60.0)),
        ([100.0, 100.0], False, (70.0, 100.0)),
        ([0.0, 0.0], False, (0.0, 30.0)),
        ([np.nan, np.nan], False, (0.0, 30.0)),
        ([12.0, np.nan, 81.0], False, (10.0, 85.0)),
    ],
)
def test_a_colour_scale_does_not_magnify_luck(values: list[float], counts: bool, expected: tuple[float, float]) -> None:
    shown = sweep.outcome_of(kept("two"), "count" if counts else "left:HND")
    changed = sweep.Outcome(**(vars(shown) | {"values": np.array(values)}))
    assert ends(changed) == expected


# --- many numbers -----------------------------------------------------------------------------------------


def test_every_point_is_a_dot_in_each_panel() -> None:
    document = kept("many")
    drawing = chart("scatter", "many")
    assert len(drawing.axes) == 5
    table = document["columns"]
    for place in (0, 1, 2, 4):
        path = document["varied"][place]["path"]
        assert np.array(points(drawing, f"points-{place}")) == pytest.approx(np.array([table[path], table["mean"]]).T)
    days = [str(num2date(x).date()) for x, _ in points(drawing, "points-3")]
    assert days == table[INAUGURATION]
    assert len({plot.get_ylim() for plot in drawing.axes}) == 1
    assert set(line(drawing, "reference-0").get_xdata()) == {1.0}
    chances = chart("scatter", "many", "left:HND")
    assert [y for _, y in points(chances, "points-0")] == pytest.approx(100 * np.array(table["p_end_HND"]))
    assert chances.axes[0].get_ylabel() == chances.axes[3].get_ylabel() == "% of runs"
    assert chances.axes[1].get_ylabel() == ""
    found = said(chances)
    for part in (
        "Chance of Honduras to leave Taipei. Washington’s attention, Beijing’s money and backfire effect go with",
        "Each pale dot is a point of the sweep, the line is the mean of dots side by side.",
        "Dashed: as in the scenario.",
        "Latin hypercube of 128 points",
    ):
        assert part in found
    assert "Chanceofpledgetoreturntotaipeioflibrewinsagain" in said(drawing).replace(" ", "")


def test_a_day_below_the_last_tick_is_not_cut() -> None:
    ends = (date(2022, 1, 27), date(2022, 6, 1))
    document = made({ATTENTION: (0.0, 3.0), BUDGET: (1.0, 2.0), INAUGURATION: ends}, "lhs", 3)
    drawing = draw_outcome(document)
    assert_clear(drawing)
    assert drawing.axes[-1].get_xticklabels()[-1].get_text() == "11 May\n2022"


def test_the_line_of_a_panel_is_the_mean_of_groups() -> None:
    document = kept("many")
    table = document["columns"]
    order = np.argsort(table[ATTENTION])
    groups = np.array_split(order, 10)
    expected = [(np.mean(np.array(table[ATTENTION])[g]), np.mean(np.array(table["mean"])[g])) for g in groups]
    assert np.array(points(chart("scatter", "many"), "mean-0")) == pytest.approx(np.array(expected))


def test_a_line_of_few_values_goes_through_their_means() -> None:
    at, means = scatter.running(np.array([1.0, 2.0, 1.0, 2.0, 4.0, 4.0]), np.array([1.0, 5.0, 3.0, 7.0, 0.0, 1.0]))
    assert at.tolist() == [1.0, 2.0, 4.0]
    assert means.tolist() == [2.0, 6.0, 0.5]
    assert not len(scatter.running(np.arange(9.0), np.arange(9.0))[0])
    assert not len(scatter.running(np.empty(0), np.empty(0))[0])
    assert not len(scatter.running(np.ones(50), np.arange(50.0))[0])
    drawing = chart("scatter", "many-few")
    assert "the line" not in said(drawing)


def test_points_that_failed_are_crosses_at_the_foot() -> None:
    document = kept("many-partial")
    drawing = chart("scatter", "many-partial")
    held = document["columns"][ATTENTION]
    assert [x for x, _ in points(drawing, "failed-0")] == [held[n] for n in (5, 6, 30)]
    assert len(points(drawing, "points-0")) == 87
    assert "Crosses at the foot: points that failed." in said(drawing)
    assert "87 of 256 points done, 3 failed." in said(drawing)


# --- the right chart, and words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("one", "line"),
        ("one-latin", "line"),
        ("two", "heat_map"),
        ("three", "multiples"),
        ("many", "scatter"),
        ("many-few", "scatter"),
        ("many-grid", "scatter"),
        ("many-points", "scatter"),
    ],
)
def test_the_chart_suits_what_was_varied(name: str, kind: str) -> None:
    assert sweep.kind_of(kept(name)) == kind


def test_a_third_number_of_very_many_values_has_no_panels() -> None:
    assert sweep.kind_of(made({ATTENTION: [0, 1], BUDGET: [0, 1], ACCEPTANCE: steps(0, 1, 25)})) == "scatter"


def test_a_number_met_twice_in_a_random_design_is_no_line() -> None:
    document = case("one-latin")
    document["columns"][ATTENTION][1] = document["columns"][ATTENTION][0]
    assert sweep.kind_of(document) == "scatter"
    assert_clear(draw_outcome(document))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (ATTENTION, "Attention to the question, a multiple of the record's"),
        ("beijing.budget.2028-01-01", "What it would pay for a state, and its purse: a multiple of the record's"),
        ("states.HND.lean", "The government's lean at the start, −1 (Taipei, Washington) to +1 (Beijing)"),
        (INAUGURATION, "The day it happened or will happen"),
        (LONG, "The chance that it happens at all, drawn once in each run"),
        ("elections.taiwan-2028.outcomes.kmt.chance", "Its chance"),
        (
            "events.washington-lobbying.pressure",
            "Pressure added: 1 words, 2 envoys and inducements, 3 stated penalties",
        ),
        ("events.castro-inauguration.lean", ""),  # means one thing in an inauguration, another in a change of lean
        (
            "parameters.lean_effect",
            "Rise of the log odds that talks are lost when a government's lean moves by one towards Beijing",
        ),
        (
            "parameters.aid_per_ally",
            "Taipei's base aid, on average over the states that recognise it and have an economy (US$ million a year)",
        ),
        ("parameters.no_such", ""),
        ("nowhere.at.all", ""),
        ("events", ""),
    ],
)
def test_a_path_is_told_in_the_words_of_the_language(path: str, told: str) -> None:
    assert meaning(path) == told


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ("count", 0.045, "a mean by about ±0.09 states"),
        ("count", 0.35, "a mean by about ±0.7 states"),
        ("count", 0.5, "a mean by about ±1.0 states"),
        ("left:HND", 0.1, "a chance by about ±0.2 percentage points"),
        ("left:HND", 9.6, "a chance by about ±19 percentage points"),
    ],
)
def test_what_luck_leaves_open_is_told(asked: str, error: float, told: str) -> None:
    shown = sweep.outcome_of(kept("two"), asked)
    changed = sweep.Outcome(**(vars(shown) | {"errors": np.array([error, np.nan, 0.0])}))
    assert sweep.seed_error(changed) == f"Another seed would move {told} at most. {sweep.SHARED}"
    assert sweep.seed_error(sweep.Outcome(**(vars(shown) | {"errors": np.array([np.nan, 0.0])}))) == ""


def test_a_meaning_in_the_document_comes_first() -> None:
    document = made({"events.castro-inauguration.lean": [-0.3, 0.3, 0.8]})
    document["varied"][0]["meaning"] = "Lean of the government from January 2022"
    assert "Lean of the government from January 2022" in words(line_chart.draw(document))
    assert labels(line_chart.draw(document).axes[0], "x") == ["−0.3", "0.3", "0.8"]


def test_numbers_are_written_with_as_few_digits_as_tell_them_apart() -> None:
    assert sweep.alike([0, 0.5, 1]) == ["0", "0.5", "1"]
    assert sweep.alike(steps(0, 4, 25))[1:4] == ["0.17", "0.33", "0.5"]
    assert sweep.alike([-0.014, 0.0415, 0.097]) == ["−0.014", "0.042", "0.097"]
    assert sweep.alike([1000.0, 2500000.0]) == ["1,000", "2,500,000"]
    assert sweep.alike([0.123456789]) == ["0.12"]
    assert sweep.alike([]) == []


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "left:XXX",
            "outcome: count, or left: and the code of a state of the sweep, such as left:HND (got 'left:XXX')",
        ),
        ("left:HDN", "did you mean left:HND?"),
        ("cuont", "did you mean count?"),
        ("left:Honduras", "did you mean left:HND?"),
    ],
)
def test_an_outcome_the_sweep_has_not_is_refused_before_anything_is_written(
    asked: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as raised:
        draw_sweep(case("one"), tmp_path / "charts", outcome=["left:GTM", asked])
    assert message in str(raised.value)
    assert not (tmp_path / "charts").exists()


def test_a_state_that_is_away_at_the_start_may_return() -> None:
    document = case("two") | {"at_start": {"HND": "beijing", "GTM": "taipei"}}
    drawing = maps.draw_one(document, "left:HND")
    found = said(drawing)
    assert found.startswith(
        "Chance of Honduras to return to Taipei. Washington’s attention and Beijing’s money go with"
    )
    assert "in which it has come to it by the end of Dec 2026, for each pair of values; dark: higher chance." in found
    chances = on_grid(document, "p_end_HND").T.ravel()
    assert (np.diff(lightness(drawing)[np.argsort(chances)]) <= 0.01).all()
    assert said(maps.draw_one(document, "left:GTM")).startswith("Chance of Guatemala to leave Taipei")


def test_a_sweep_of_the_end_names_no_month() -> None:
    document = made({"scenario.end": [date(2024, 12, 31), date(2025, 12, 31), date(2026, 12, 31)]})
    document["end"] = None
    assert "Mean number of states at the end (line)" in said(line_chart.draw(document))


# --- all of them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["count", "left:VCT", pytest.param("left:HND", marks=thorough)])
@pytest.mark.parametrize("name", CASES)
def test_no_text_is_cut_or_covered(name: str, outcome: str) -> None:
    drawing = chart("draw", name, outcome)
    assert_clear(drawing)
    assert max(drawing.get_size_inches()) < 22
    assert "Scenario honduras-2021: 1,000 runs a point, seed 2021. Design: " in said(drawing)


SOME = ("one-partial", "two-fine", "three-partial", "many-points")
RARE = [pytest.param(name, marks=thorough) for name in ("two-failed", "many-partial")]
FORMATS = ("png", "svg") if THOROUGH else ("svg",)
"""Of the files below: their pixels are compared with those of another call in thorough runs."""


@pytest.fixture(scope="module", params=[*SOME, *RARE])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Path]]:
    """A case and the files of its charts."""
    with few_pixels():
        folder = tmp_path_factory.mktemp("files") / "new" / "a"
        return request.param, draw_sweep(case(request.param), folder, formats=FORMATS, outcome="left:HND")


@pytest.mark.usefixtures("coarse")
@thorough
def test_the_files_have_the_same_bytes_each_time(files: tuple[str, list[Path]], tmp_path: Path) -> None:
    name, first = files
    second = draw_sweep(case(name), tmp_path / "b", outcome=["left:HND", "count"])
    wanted = ("count", "left-HND")
    assert [path.name for path in first] == [f"{stem}.{kind}" for stem in wanted for kind in ("png", "svg")]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert b"Matplotlib v" not in one.read_bytes()


@pytest.mark.usefixtures("coarse")
def test_only_the_count_is_drawn_unless_a_state_is_asked_for(tmp_path: Path) -> None:
    assert [path.name for path in draw_sweep(case("one"), tmp_path, formats=("png",))] == ["count.png"]


def test_the_svgs_can_stand_in_one_page(files: tuple[str, list[Path]]) -> None:
    for path in (file for file in files[1] if file.suffix == ".svg"):
        svg = path.read_text(encoding="utf-8")
        ids = re.findall(r'\bid="([^"]+)"', svg)
        assert all(found.startswith(f"{path.stem}-") for found in ids)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= set(ids)
        assert path.stat().st_size < 500_000


@pytest.mark.parametrize("name", ["one", "two", "three", "many"])
def test_the_document_is_left_as_it_is(name: str) -> None:
    document = case(name)
    before = copy.deepcopy(document)
    draw_outcome(document, "left:HND")
    assert document == before
