"""The charts of a comparison: they draw its tables, say what is drawn, and no text covers another."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from sim.analysis.compare import Comparison, compare
from sim.charts.catalogue import draw_several, of_comparison
from sim.charts.comparison import compared, difference, dumbbell
from sim.charts.comparison.dumbbell import points
from sim.charts.style import BLACK, GREY
from sim.errors import InputError
from sim.words import differs, signed, with_error
from tests.charts.result.test_result_charts import assert_clear, band, line, words
from tests.examples import thorough

HOSTS = ("HND", "MHL", "PLW", "SLV")


@pytest.fixture(scope="module")
def two(make: Any) -> Comparison:
    """A scenario with many departures against one with few."""
    return compare([make(name="low", hazard=0.002), make(name="high", hazard=0.008)])


@pytest.fixture(scope="module")
def several(make: Any) -> Comparison:
    rates = {"low": 0.002, "middle": 0.004, "high": 0.008}
    return compare([make(name=name, hazard=hazard, hosts=HOSTS) for name, hazard in rates.items()])


def sentence(drawing: Figure) -> str:
    """All that is said, on one line."""
    return " ".join(" ".join(words(drawing)).split())


def inks(drawing: Figure) -> dict[str, Any]:
    """The colour of each text."""
    return {text.get_text(): text.get_color() for plot in drawing.axes for text in plot.texts}


# --- through time -----------------------------------------------------------------------------------------


def test_the_lower_panel_draws_the_paired_difference(two: Comparison) -> None:
    drawing, (pair,) = difference.draw(two), two.pairs
    assert_clear(drawing)
    rows = pair.rows("count")
    drawn = line(drawing, "difference-0")
    assert list(drawn.get_ydata()[:-1]) == pytest.approx([row["mean"] for row in rows])
    days = [num2date(day).date() for day in drawn.get_xdata()[:-1]]
    assert (days[0], days[1], days[-1]) == (date(2021, 12, 10), date(2022, 1, 31), date(2026, 12, 31))
    for gid, low, high in (("most", "q05", "q95"), ("half", "q25", "q75")):
        heights = band(drawing, gid)[:, 1]
        assert (heights.min(), heights.max()) == (min(row[low] for row in rows), max(row[high] for row in rows))
    assert set(line(drawing, "zero").get_ydata()) == {0.0}
    last = rows[-1]
    said = words(drawing)
    for text in (
        f"mean: {with_error(last['mean'], last['mc'])}",
        f"half of runs: {signed(last['q25'])} to {signed(last['q75'])}",
        f"90 % of runs: {signed(last['q05'])} to {signed(last['q95'])}",
        "Difference from the baseline, states",
        "end of Dec 2026",
    ):
        assert text in said


def test_the_upper_panel_draws_each_mean_on_the_same_axis_of_time(two: Comparison) -> None:
    drawing = difference.draw(two)
    for position, result in enumerate(two.results):
        drawn = line(drawing, f"mean-{position}")
        assert list(drawn.get_ydata()[:-1]) == pytest.approx(result.summary_columns["mean"])
    above, below = (plot for plot in drawing.axes if plot.get_visible() and plot.axison)
    assert line(drawing, "zero").axes is above
    assert above.get_xlim() == below.get_xlim()
    assert above.get_position().x0 == below.get_position().x0
    assert line(drawing, "history").get_ydata()[-1] == 14


def test_what_is_said_above_and_below(two: Comparison) -> None:
    said = sentence(difference.draw(two))
    (last,) = two.pairs[0].at_end
    assert said.startswith(
        f"A test (high): {differs(last['mean'], last['mc'], 'states fewer')} by the end of Dec 2026 "
    )
    for text in (
        "Above: states that recognise Taipei, more (+) or fewer (−) than in the baseline, “A test (low)”, run by run; ",
        "line: mean; shaded: half and 90 % of runs; after",
        "Below: number of these states;",
        "one Monte Carlo error of the mean, which four times the runs halve.",
        "Scenarios low (0123456789ab), high (0123456789ab); each with 200 runs, seed 1, parameters drawn (20 draws).",
        "Paired: the same seed, runs and parameters, so run by run they share their random numbers.",
    ):
        assert text in said
    share = re.search(r"more in (\S+) % of runs, fewer in (\S+) %", said)
    assert share is not None
    assert share[2] == f"{100 * two.pairs[0].at_end[0]['fewer']:.0f}"


def test_the_month_before_which_nothing_differs_is_told(make: Any) -> None:
    result = make(runs=20)
    assert "Difference from the baseline, states (none)" in words(difference.draw(compare([result, result])))
    late = make(runs=20)
    kept = late.changes["month"] < 30
    late.changes.update({name: column[kept] for name, column in late.changes.items()})
    late.counts[:, 30:] = late.counts[:, 29:30]
    drawing = difference.draw(compare([result, late]))
    assert any(re.search(r"\(none before \w{3} 202[4-6]\)$", text) for text in words(drawing))
    assert_clear(drawing)


def test_several_scenarios_have_lines_and_no_bands(several: Comparison) -> None:
    drawing = difference.draw(several)
    assert_clear(drawing)
    for position, pair in enumerate(several.pairs):
        rows = pair.rows("count", tie="recognition")
        assert list(line(drawing, f"difference-{position}").get_ydata()[:-1]) == [row["mean"] for row in rows]
        last = rows[-1]
        numbers = f"{with_error(last['mean'], last['mc'])} ({signed(last['q05'])} to {signed(last['q95'])})"
        assert f"A test ({pair.scenario})\n{numbers}" in words(drawing)
    assert not [each for plot in drawing.axes for each in plot.collections if each.get_gid() in ("most", "half")]
    assert "lines: means; after ±" in sentence(drawing)


def test_the_second_tie_has_a_chart_of_its_own(several: Comparison, two: Comparison) -> None:
    assert of_comparison(two).names == ("difference", "dumbbell")
    assert of_comparison(several).names == ("difference", "difference-cooperation", "dumbbell")
    drawing = of_comparison(several).drawn("difference-cooperation")
    assert_clear(drawing)
    rows = several.pairs[1].rows("count", tie="cooperation")
    assert list(line(drawing, "difference-1").get_ydata()[:-1]) == [row["mean"] for row in rows]
    said = sentence(drawing)
    assert said.startswith("No scenario moves the number of hosts by more than luck could by the end of Dec 2026")
    assert "hosts that cooperate with Washington’s forces, more (+) or fewer (−) than in the baseline" in said
    assert "on record" not in said


def test_a_difference_of_nearly_nothing_is_not_made_much_of(make: Any) -> None:
    result, other = make(hazard=0.0), make(hazard=0.0, name="b")
    other.counts[0, 40:] -= 1
    drawing = difference.draw(compare([result, other]))
    assert_clear(drawing)
    low, high = line(drawing, "difference-0").axes.get_ylim()
    assert high - low > 0.1
    assert "mean: −0.005 ± 0.005" in words(drawing)


def test_scenarios_that_end_apart(make: Any) -> None:
    short, longer = make(end=date(2025, 12, 31)), make(end=date(2028, 3, 31), name="longer")
    drawing = difference.draw(compare([short, longer]))
    assert_clear(drawing)
    assert "end of Dec 2025" in words(drawing)
    days = [num2date(day).date() for day in line(drawing, "difference-0").get_xdata()[:-1]]
    assert days[-1] == date(2025, 12, 31)
    drawing = difference.draw(compare([make(), longer, make(end=date(2024, 12, 31), name="shorter")]))
    assert_clear(drawing)


# --- state by state ---------------------------------------------------------------------------------------


def test_the_dumbbell_draws_both_chances_those_that_differ_most_first(two: Comparison) -> None:
    drawing, (pair,) = dumbbell.draw(two), two.pairs
    assert_clear(drawing)
    told = {row["state"]: row for row in pair.rows("states", horizon="p_end")}
    above, below = drawing.axes
    assert {label.get_text() for label in below.get_yticklabels()} <= {"Panama", "El Salvador"}
    for plot in (above, below):
        names = [label.get_text() for label in plot.get_yticklabels()]
        sizes = [abs(told[name]["difference"]) for name in names]
        assert sizes == sorted(sizes, reverse=True)
        for gid, column in (("against", "p_against"), ("scenario", "p")):
            (dots,) = (each for each in plot.lines if each.get_gid() == gid)
            assert [x / 100 for x in dots.get_xdata()] == pytest.approx([told[name][column] for name in names])
        assert plot.get_xlabel() == "% of runs"
    said = words(drawing)
    for name in (label.get_text() for label in above.get_yticklabels()):
        assert points(told[name]["difference"]) in said
    assert "Recognise Taipei on 10 Dec 2021: chance to have left" in said
    assert "Had left Taipei before: chance to be back" in said
    assert {"A test (high)", "against", "A test (low)"} <= set(said)


def test_what_is_not_told_from_luck_is_grey_and_has_no_range(make: Any) -> None:
    """Three states: one leaves in every run of the scenario, one in one run, one in none."""
    result, other = make(hazard=0.0), make(hazard=0.0, name="b")
    moves = [(run, 5, 0, 0, 1) for run in range(200)] + [(7, 6, 1, 0, 1)]
    table = np.array(sorted(moves), dtype=np.int64)
    other.changes.update({key: table[:, n] for n, key in enumerate(("run", "month", "state", "from", "to"))})
    drawing = dumbbell.draw(compare([result, other]))
    assert_clear(drawing)
    colours = inks(drawing)
    assert (colours["+100.0"], colours["+0.5"]) == (BLACK, GREY)
    assert [text for text in colours if "to" in text] == []
    assert "and 12 more states without any difference" in words(drawing)


def test_hosts_stand_below_the_states(several: Comparison) -> None:
    drawing = dumbbell.draw(several)
    assert_clear(drawing)
    said = words(drawing)
    assert said.count("Host Washington's forces: chance that cooperation is suspended") == 2
    assert said.count("against") == 2
    assert any(re.fullmatch(r"and \d+ more states? with a difference of .* points", text) for text in said)


def test_scenarios_that_do_not_differ_say_so(make: Any) -> None:
    result = make(runs=20)
    drawing = dumbbell.draw(compare([result, result]))
    assert_clear(drawing)
    assert "No chance differs by as much as 0.05 points." in words(drawing)
    assert drawing.axes == []


# --- every chart ------------------------------------------------------------------------------------------

LONG = "a-very-long-scenario-name-" * 3
CASES: dict[str, dict[str, Any]] = {
    "one run": {"runs": 1},
    "two months": {"start": date(2026, 2, 10), "end": date(2026, 3, 31)},
    "fifty years": {"start": date(2026, 5, 1), "end": date(2076, 5, 31), "runs": 50},
    "a large roster": {"start": date(1972, 1, 1), "end": date(1979, 12, 31), "runs": 50},
    "certain": {"hazard": 0.4},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("chart", ["difference", "difference-cooperation", "dumbbell"])
def test_no_text_is_cut_or_covered(make: Any, chart: str, case: str) -> None:
    settings = {"hosts": HOSTS} | CASES[case]
    results = [make(**settings), make(**settings | {"name": "b", "hazard": 0.02})]
    drawing = of_comparison(compare(results)).drawn(chart)
    assert_clear(drawing)
    assert max(drawing.get_size_inches()) < 22


@pytest.mark.parametrize("number", [2, 3, 6])
def test_on_a_telephone_nothing_is_cut_either(make: Any, number: int) -> None:
    results = [make(name=f"a-scenario-{n}", hazard=0.002 * (1 + n)) for n in range(number)]
    assert_clear(difference.draw(compare(results), layout=compared.NARROW))


@pytest.mark.parametrize("chart", ["difference", "difference-cooperation", "dumbbell"])
def test_seven_scenarios_with_long_names_have_room(make: Any, chart: str) -> None:
    results = [make(name=f"{LONG}{n}", hazard=0.002 + 0.0005 * n, runs=60, hosts=HOSTS) for n in range(7)]
    assert_clear(of_comparison(compare(results)).drawn(chart))


def test_more_than_there_are_colours_are_refused(make: Any) -> None:
    comparison = compare([make(runs=2)] * 8)
    for chart in ("difference", "dumbbell"):
        with pytest.raises(InputError, match="from 2 to 7 results on one chart"):
            of_comparison(comparison).drawn(chart)


@pytest.mark.usefixtures("coarse")
@thorough
def test_the_files_have_the_same_bytes_each_time(several: Comparison, tmp_path: Path) -> None:
    first, second = (of_comparison(several).draw(tmp_path / name) for name in ("a", "b"))
    assert [path.name for path in first] == [
        f"{name}.{kind}" for name in of_comparison(several).names for kind in ("png", "svg")
    ]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    svg = (tmp_path / "a" / "dumbbell.svg").read_text(encoding="utf-8")
    assert all(name.startswith("dumbbell-") for name in re.findall(r'\bid="([^"]+)"', svg))


# --- words ------------------------------------------------------------------------------------------------


def test_differences_in_words() -> None:
    assert [signed(value) for value in (2, -1, 0, 0.5)] == ["+2", "−1", "0", "+0.5"]
    assert [points(value) for value in (-0.0612, 0.1, 0.0001, -0.0001)] == ["−6.1", "+10.0", "0.0", "0.0"]
    assert with_error(0.123, 0.01) == "+0.12 ± 0.01"
    assert with_error(-4.567, 0.2) == "−4.6 ± 0.2"
    assert with_error(0.0452, 0.0028) == "+0.045 ± 0.003"
    assert with_error(-0.0003, 0.00017) == "−0.0003 ± 0.0002"
    assert (with_error(0.0, 0.0), with_error(1.0, None)) == ("0", "+1")


def test_the_chart_of_several_results_says_whether_they_are_paired(make: Any) -> None:
    paired = sentence(draw_several([make(runs=20), make(runs=20, name="b")]))
    assert "Paired: the same seed, runs and parameters, so run by run they share their random numbers." in paired
    apart = sentence(draw_several([make(runs=20), make(runs=20, name="b", seed=2)]))
    assert "Not paired: different seed, so that part of a difference is luck." in apart
