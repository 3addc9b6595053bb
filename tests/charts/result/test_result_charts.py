"""The charts of results: what they show, that nothing is cut or covered, and that they repeat byte for byte."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.analysis.compare import titles
from sim.analysis.reading import on_record, row_days, rows_of
from sim.analysis.times import chances, levelled
from sim.charts.catalogue import CHARTS, draw_several, of_result, save
from sim.charts.dates import number
from sim.charts.result import cooperation
from sim.charts.result.when import marks
from sim.errors import InputError
from sim.model.terms import GIVES_WAY, WAITS
from sim.results.result import Result
from sim.words import chance_with_range, percent
from tests.charts.conftest import made
from tests.pixels import few_pixels

LONG = "A title that goes on " * 20


def words(drawing: Figure) -> list[str]:
    """Every text that is drawn."""
    return [text.get_text() for text in drawn(drawing)]


def drawn(drawing: Figure) -> list[Text]:
    """Every text with letters, tick labels within the axes included."""
    if drawing.stale:  # else it has been laid out, and nothing has changed since
        drawing.draw_without_rendering()
    found = list(drawing.texts)
    for plot in drawing.axes:
        found += [*plot.texts, plot.xaxis.label, plot.yaxis.label]
        for axis in (plot.xaxis, plot.yaxis):
            low, high = sorted(axis.get_view_interval())
            found += [tick.label1 for tick in axis.get_major_ticks() if low - 1e-9 <= tick.get_loc() <= high + 1e-9]
    return [text for text in found if text.get_text().strip() and text.get_visible()]


def assert_clear(drawing: Figure) -> None:
    """No text is cut by the figure's edge and none overlaps another."""
    # Plain numbers: a box of Matplotlib computes its edges anew each time, and pairs are many.
    boxes = [(text.get_text(), text.get_window_extent().extents.tolist()) for text in drawn(drawing)]
    width, height = drawing.bbox.width, drawing.bbox.height
    for said, (x0, y0, x1, y1) in boxes:
        inside = x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height
        assert inside, f"cut: {said!r}"
    for (one, (left, bottom, right, top)), (other, (x0, y0, x1, y1)) in combinations(boxes, 2):
        shared_x = min(right, x1) - max(left, x0)
        shared_y = min(top, y1) - max(bottom, y0)
        assert shared_x < 1 or shared_y < 3, f"overlap: {one!r} and {other!r}"  # 3 dots: room below a line


def line(drawing: Figure, gid: str) -> Any:
    """The line with this id."""
    return next(each for plot in drawing.axes for each in plot.lines if each.get_gid() == gid)


def band(drawing: Figure, gid: str) -> np.ndarray:
    """The corners of the band with this id."""
    shapes = (each for plot in drawing.axes for each in plot.collections if each.get_gid() == gid)
    return np.asarray(next(shapes).get_paths()[0].vertices)


@cache
def plain(hosts: tuple[str, ...] = ()) -> Result:
    """A result that is only read."""
    return made(hosts=hosts)


@cache
def chart_of(chart: str, hosts: tuple[str, ...] = ()) -> Figure:
    """A chart of it, drawn once and only read."""
    return of_result(plain(hosts)).drawn(chart)


# --- the count --------------------------------------------------------------------------------------------


def test_the_count_draws_the_rows_of_the_summary() -> None:
    result = plain()
    drawing = chart_of("count")
    mean, table = line(drawing, "mean"), result.summary_columns
    assert list(mean.get_ydata()[:-1]) == pytest.approx(table["mean"])
    days = [num2date(day).date() for day in mean.get_xdata()[:-1]]
    assert days == row_days(result)
    assert (days[0], days[1], days[-1]) == (date(2021, 12, 10), date(2022, 1, 31), date(2026, 12, 31))
    for gid, low, high in (("most", "q05", "q95"), ("half", "q25", "q75")):
        heights = band(drawing, gid)[:, 1]
        assert (heights.min(), heights.max()) == (min(table[low]), max(table[high]))


def test_the_count_says_what_is_drawn() -> None:
    result = plain()
    last = {name: column[-1] for name, column in result.summary_columns.items()}
    said = words(chart_of("count"))
    assert said[0].replace("\n", " ") == (
        f"14 states recognise Taipei on 10 Dec 2021; {last['mean']:.1f} on average by the end of 2026, "
        f"{last['q05']} to {last['q95']} in 90 % of runs"
    )
    for text in (
        f"90 % of runs: {last['q05']} to {last['q95']}",
        f"half of runs: {last['q25']} to {last['q75']}",
        f"mean: {last['mean']:.1f}",
        "start 10 Dec 2021: 14",
        "on record, Aug 2026: 12",
        "on record",
        "states",
        "end of Dec 2026",
    ):
        assert text in said
    source = " ".join(said).replace("\n", " ")
    for part in ("A test", "Scenario a-test: 200 runs, seed 1, parameters drawn (20 draws), result 0123456789ab"):
        assert part in source
    assert "Record: recognition atlas to 28 Sep 2026." in source


def test_the_record_runs_on_after_the_start_as_far_as_it_goes() -> None:
    drawing = chart_of("count")
    before, after = line(drawing, "history"), line(drawing, "observed")
    assert (before.get_ydata()[0], before.get_ydata()[-1]) == (22, 14)
    assert (after.get_ydata()[0], after.get_ydata()[-1]) == (14, 12)
    assert num2date(after.get_xdata()[-1]).date() == date(2026, 8, 31)


def test_a_horizon_within_the_record_has_its_last_count_at_the_end(make: Any) -> None:
    said = words(of_result(make(end=date(2024, 12, 31))).drawn("count"))
    assert "on record: 12" in said
    assert not any(text.startswith("on record, ") for text in said)


def test_a_scenario_known_before_its_start_says_so(make: Any) -> None:
    result = make()
    result.scenario["scenario"]["as_of"] = "2021-12-09"
    assert "start 10 Dec 2021: 14\nas known on 9 Dec 2021" in words(of_result(result).drawn("count"))


# --- several results --------------------------------------------------------------------------------------


def test_a_comparison_draws_each_mean_with_its_name_and_numbers(make: Any) -> None:
    results = [make(name=name, hazard=hazard) for name, hazard in (("low", 0.002), ("high", 0.01))]
    drawing = draw_several(results)
    assert_clear(drawing)
    said = words(drawing)
    for position, result in enumerate(results):
        last = {name: column[-1] for name, column in result.summary_columns.items()}
        assert f"A test ({result.name})\n{last['mean']:.1f} ({last['q05']} to {last['q95']})" in said
        mean = line(drawing, f"mean-{position}")
        assert list(mean.get_ydata()[:-1]) == pytest.approx(result.summary_columns["mean"])


def test_five_results_that_end_alike_keep_their_labels_apart(make: Any) -> None:
    results = [make(name=f"{'a-very-long-scenario-name-' * 3}{n}", seed=n) for n in range(5)]
    assert_clear(draw_several(results))


def test_results_of_different_times_have_the_record_between_them(make: Any) -> None:
    early, late = make(start=date(1990, 1, 1), end=date(1992, 12, 31)), make(name="late")
    drawing = draw_several([early, late])
    assert_clear(drawing)
    assert max(line(drawing, "observed").get_ydata()) == 31  # the peak of 1996, in neither result
    assert any("Dec 1992" in text for text in words(drawing))


def test_results_of_one_scenario_are_told_apart_by_their_settings(make: Any) -> None:
    assert titles([make(seed=1), make(seed=2)]) == ["A test (seed 1)", "A test (seed 2)"]
    assert titles([make(), make(runs=30)]) == ["A test (runs 200)", "A test (runs 30)"]
    assert titles([make(name="a"), make(name="b", seed=2)]) == ["A test (a)", "A test (b)"]


def test_too_many_results_are_refused(make: Any) -> None:
    with pytest.raises(InputError, match="from 2 to 7 results on one chart"):
        draw_several([make(runs=2)] * 8)


# --- the states -------------------------------------------------------------------------------------------


def test_the_states_are_drawn_as_in_the_table_most_likely_first() -> None:
    result = plain()
    drawing = chart_of("states")
    table = result.states_columns
    chance = dict(zip(table["state"], table["p_end"], strict=True))
    above, below = drawing.axes
    for plot, size in ((above, 14), (below, 2)):
        shown = [label.get_text() for label in plot.get_yticklabels()]
        values = [value / 100 for value in line_of(plot)]
        assert len(shown) == size
        assert values == sorted(values, reverse=True)
        assert values == pytest.approx([chance[name] for name in shown])
        assert plot.get_xlabel() == "% of runs"
    assert {label.get_text() for label in below.get_yticklabels()} == {"Panama", "El Salvador"}


def line_of(plot: Any) -> list[float]:
    """The values of the dots of a panel."""
    return [float(x) for each in plot.lines if each.get_gid() in ("leavers", "returners") for x in each.get_xdata()]


def test_the_states_print_chance_range_and_record() -> None:
    result = plain()
    said = words(chart_of("states"))
    for row in rows_of(result, True):
        assert chance_with_range(row.p, row.low, row.high) in said
        assert row.low <= row.p <= row.high
    for text in ("left Mar 2023", "left Jan 2024", "stayed", "has not come", "record to Sep 2026"):
        assert text in said
    assert "Recognise Taipei on 10 Dec 2021: chance to have left by Dec 2026" in said
    assert "Not with Taipei at the start: chance to have come to it by Dec 2026" in said
    measure = " ".join(said).replace("\n", " ")
    assert "5–95 % range over parameter draws" in measure
    assert re.search(r"Another seed would move a dot by about ±[\d.]+ percentage points at most", measure)


def test_what_a_state_did_on_record(make: Any) -> None:
    nineties = make(start=date(1995, 1, 1), end=date(1999, 12, 31), runs=1)
    assert on_record("ZAF", nineties) == "left Jan 1998"
    assert on_record("HTI", nineties) == "stayed"
    assert on_record("MKD", nineties) == "came Jan 1999"
    assert on_record("LBR", make(start=date(1990, 1, 1), end=date(2004, 12, 31), runs=1)).startswith("left ")
    assert on_record("HND", make(start=date(2026, 9, 28), end=date(2028, 1, 1), runs=1)) == ""


def test_former_recognisers_without_a_chance_are_left_out(make: Any) -> None:
    drawing = of_result(make(hazard=0.0)).drawn("states")
    assert len(drawing.axes) == 1
    assert words(drawing).count("0 %") == 14


def test_central_parameters_have_no_ranges(make: Any) -> None:
    result = make(hazard=0.0)
    said = " ".join(words(of_result(result).drawn("states")))
    assert "No ranges" in said
    assert "–" not in said


# --- the times --------------------------------------------------------------------------------------------


def test_the_cells_are_shares_of_runs() -> None:
    result = plain()
    codes = [row.iso3 for row in rows_of(result, True)]
    times = chances(result, codes)
    assert (times.cell, times.block) == ("month", "the calendar year")
    assert times.cells.shape == (14, 61)
    assert times.block_names == ["2021", "2022", "2023", "2024", "2025", "2026"]
    assert times.block_edges == [0, 1, 13, 25, 37, 49, 61]
    # Nobody leaves twice here, so months add up to years, and years to the chance by the end.
    assert times.blocks[:, 1] == pytest.approx(times.cells[:, 1:13].sum(axis=1))
    assert times.blocks.sum(axis=1) == pytest.approx([row.p for row in rows_of(result, True)])


def test_a_state_that_leaves_twice_in_a_year_counts_once(make: Any) -> None:
    result = make(runs=2, hazard=0.0)
    table = np.array([(0, 2, 0, 0, 1), (0, 3, 0, 1, 0), (0, 5, 0, 0, 1)], dtype=np.int64)
    columns = ("run", "month", "state", "from", "to")
    result.changes.update({key: table[:, column] for column, key in enumerate(columns)})
    times = chances(result, ["BLZ"])
    assert times.blocks[0].tolist() == [0.0, 0.5, 0.0, 0.0, 0.0, 0.0]
    assert times.cells[0, [2, 3, 5]].tolist() == [0.5, 0.0, 0.5]


def test_the_years_chances_are_printed_over_each_year() -> None:
    result = plain()
    (first, *_) = rows = rows_of(result, True)
    drawing = chart_of("when")
    plot = drawing.axes[0]
    assert [label.get_text() for label in plot.get_yticklabels()] == [row.name for row in rows]
    expected = [percent(float(chance)) for chance in chances(result, [first.iso3]).blocks[0]][1:]
    printed = [text.get_text() for text in plot.texts if -0.5 < text.get_position()[1] < 0]
    assert printed == expected
    assert f"{percent(first.p)} %" in [text.get_text() for text in plot.texts]
    shown = np.asarray(plot.collections[0].get_array()).ravel()
    times = chances(result, [first.iso3])
    assert shown == pytest.approx(100 * levelled(times.cells, result.runs, times.lengths)[0])


def test_the_colour_key_has_its_unit() -> None:
    said = words(chart_of("when"))
    assert "% of runs, leaving in a month" in said
    assert {"2022", "2026", "0", "5"} <= set(said)


def test_events_within_the_horizon_are_marked(eventful: Result) -> None:
    found = {mark.name: mark for mark in marks(eventful)}
    assert list(found) == ["Castro", "Order", "Taiwan votes", "Truce", "A name that is far too long to be writt…"]
    assert found["Castro"].certain
    assert not found["Order"].certain
    assert found["Castro"].at == pytest.approx(1 + 26.5 / 31)
    drawing = of_result(eventful).drawn("when")
    assert_clear(drawing)
    assert set(found) <= set(words(drawing))
    assert any("hollow" in text for text in words(drawing))


def test_a_crowd_of_events_stays_readable(make: Any) -> None:
    events = {f"event-{n:02d}": {"date": f"2023-03-{n + 1:02d}", "state": "HND"} for n in range(20)}
    drawing = of_result(make(events=events)).drawn("when")
    assert_clear(drawing)
    assert any("6 without a name" in text for text in words(drawing))


def test_a_scenario_without_events_says_nothing_of_them() -> None:
    assert not any("events" in text for text in words(chart_of("when")))


# --- the hosts --------------------------------------------------------------------------------------------

HOSTS = ("HND", "MHL", "PLW", "SLV")


def told(kind: str, when: str, state: str, **rest: Any) -> dict[str, Any]:
    """An event as a resolved scenario holds it."""
    return {"type": kind, "date": when, "state": state, "chance": 1.0, "enabled": True} | rest


THREATS = {
    "castro-words": told("threat", "2021-12-10", "HND"),
    "visas": told("hostility", "2022-02-01", "HND"),
    "visas-elsewhere": told("hostility", "2022-02-01", "PRY"),
    "notice": told("notice", "2022-02-01", "SLV", chance={"central": 0.4, "low": 0.2, "high": 0.6}),
    "left-out": told("notice", "2022-05-01", "SLV", enabled=False),
    "order": told("order", "2023-03-14", "HND"),
    "taken-back": told("notice-withdrawn", "2026-12-20", "MHL"),
    "after": told("threat", "2027-01-20", "MHL"),
}


def test_the_hosts_count_draws_the_rows_of_its_tie() -> None:
    result = plain(HOSTS)
    drawing, table = chart_of("cooperation", HOSTS), result.summary_of("cooperation")
    mean = line(drawing, "mean")
    assert list(mean.get_ydata()[:-1]) == pytest.approx(table["mean"])
    assert list(mean.get_ydata()[:-1]) == pytest.approx(result.cooperation.mean(axis=0))
    assert [num2date(day).date() for day in mean.get_xdata()[:-1]] == row_days(result)
    for gid, low, high in (("most", "q05", "q95"), ("half", "q25", "q75")):
        heights = band(drawing, gid)[:, 1]
        assert (heights.min(), heights.max()) == (min(table[low]), max(table[high]))
    said = words(drawing)
    last = {name: column[-1] for name, column in table.items()}
    for text in (
        f"90 % of runs: {last['q05']} to {last['q95']}",
        f"half of runs: {last['q25']} to {last['q75']}",
        f"mean: {last['mean']:.2f}",
        "start 10 Dec 2021: 4",
        "hosts",
    ):
        assert text in said
    assert [label.get_text() for label in drawing.axes[0].get_yticklabels()] == ["0", "1", "2", "3", "4"]
    assert not any("on record" in text for text in said)


def test_the_hosts_are_drawn_as_in_the_table_most_likely_first() -> None:
    result = plain(HOSTS)
    drawing, table = chart_of("cooperation", HOSTS), result.states_of("cooperation")
    shown = [label.get_text() for label in drawing.axes[1].get_yticklabels()]
    assert sorted(shown) == sorted(table["state"])
    dots = [x / 100 for x in line(drawing, "hosts").get_xdata()]
    chance = dict(zip(table["state"], table["p_end"], strict=True))
    assert dots == sorted(dots, reverse=True)
    assert dots == pytest.approx([chance[name] for name in shown])
    said = words(drawing)
    for row in cooperation.rows_of(result):
        assert {chance_with_range(row.p, row.low, row.high), f"{percent(row.ever)} %"} <= set(said)
    assert "Chance that cooperation is suspended at the end of Dec 2026" in said
    assert "at any time" in said


def test_a_hosts_chance_is_shown_by_washingtons_answer(make: Any) -> None:
    plain_result = make(hosts=HOSTS)
    assert cooperation.by_answer(plain_result) == []
    number = [code for code, _ in plain_result.hosts].index("HND")
    rows = [[run, 1, number, GIVES_WAY if run % 4 == 0 else WAITS, 0, 0, 0] for run in range(plain_result.runs)]
    result = replace(plain_result, answers=np.array(rows, dtype=np.float64))
    drawing = of_result(result).drawn("cooperation")
    told = {row["answer"]: row for row in result.answers_columns.rows(iso3="HND")}
    shown = [label.get_text() for label in drawing.axes[2].get_yticklabels()]
    assert shown == [
        f"gives way ({percent(told['gives-way']['p'])} % of runs)",
        f"waits ({percent(told['waits']['p'])} % of runs)",
    ]
    dots = [x / 100 for x in line(drawing, "answers-HND").get_xdata()]
    assert dots == pytest.approx([told[answer]["suspended"] for answer in ("gives-way", "waits")])
    assert "Honduras, by Washington’s answer: the same chance" in words(drawing)
    assert words(drawing).count("at any time") == 1


def test_suspended_at_any_time_counts_runs_once_and_restored_ones_too(make: Any) -> None:
    result = make(hosts=HOSTS)
    columns = result.events_columns
    drawing, rows = of_result(result).drawn("cooperation"), cooperation.rows_of(result)
    events = zip(columns["run"].tolist(), columns["iso3"], columns["to"], strict=True)
    suspended = {(run, code) for run, code, to in events if to == "suspended"}
    expected = [sum(code == row.iso3 for _, code in suspended) / result.runs for row in rows]
    assert [row.ever for row in rows] == pytest.approx(expected)
    assert [x / 100 for x in line(drawing, "ever").get_xdata()] == pytest.approx(expected)
    assert all(row.ever > row.p for row in rows)
    # Twice in one run, and once another state's change.
    table = np.array([(0, 1, 16, 0, 1), (0, 3, 16, 1, 0), (0, 5, 16, 0, 1), (0, 6, 0, 0, 1)], dtype=np.int64)
    twice = make(runs=4, hazard=0.0, hosts=HOSTS)
    names = ("run", "month", "state", "from", "to")
    twice.changes.update({key: table[:, column] for column, key in enumerate(names)})
    assert {row.iso3: row.ever for row in cooperation.rows_of(twice)} == {"HND": 0.25, "MHL": 0, "PLW": 0, "SLV": 0}


def test_events_that_concern_hosts_are_marked_on_the_count(make: Any) -> None:
    result = make(hosts=HOSTS, events=THREATS)
    found = cooperation.marks(result)
    assert [(mark.name, mark.at, mark.certain) for mark in found] == [
        ("threat by Honduras", 0, True),
        ("hostility to Honduras", 53, True),
        ("notice by El Salvador", 53, False),
        ("notice withdrawn by Marshall Islands", 1836, True),
    ]
    drawing = of_result(result).drawn("cooperation")
    assert_clear(drawing)
    said = words(drawing)
    assert {mark.name for mark in found} <= set(said)
    assert "Lines: events of the scenario that concern hosts (broken: it may not happen)." in said
    start = number(date(2021, 12, 10))
    drawn_at = sorted(
        each.get_xdata()[0] - start for each in drawing.axes[0].lines if str(each.get_gid()).startswith("mark")
    )
    assert drawn_at == pytest.approx([0, 53, 53, 1836])
    assert line(drawing, "start").get_xdata()[0] == start
    assert line(drawing, "mark-2").get_linestyle() == "--"


def test_a_crowd_of_threats_stays_readable_with_the_start_on_top(make: Any) -> None:
    events = {f"event-{n:02d}": told("threat", f"2022-03-{n + 1:02d}", "HND") for n in range(20)}
    drawing = of_result(make(hosts=HOSTS, events=events)).drawn("cooperation")
    assert_clear(drawing)
    said = words(drawing)
    assert "Lines: events of the scenario that concern hosts; 6 without a name, for want of room." in said
    assert "start 10 Dec 2021: 4" in said


@pytest.mark.parametrize("hosts", [1, 2, 3, 9, 12, 21, 34, 60, 255])
def test_the_axis_of_hosts_has_whole_numbers_from_none_to_all(hosts: int) -> None:
    found = cooperation.ticks(hosts)
    assert (found[0], found[-1]) == (0, hosts)
    assert found == sorted(set(found))
    assert len(found) <= 10
    inches = np.diff(found) * (cooperation.HEIGHT - cooperation.HEADROOM) / hosts
    assert min(inches) >= 0.18


def test_only_results_with_hosts_have_their_chart(make: Any, tmp_path: Path) -> None:
    without, with_hosts = make(runs=2), make(runs=2, hosts=("HND",))
    assert of_result(without).names == CHARTS == ("count", "states", "when", "bids", "accounts")
    assert of_result(with_hosts).names == (*CHARTS, "cooperation")
    assert [path.stem for path in of_result(without).draw(tmp_path, formats=("png",))] == list(CHARTS)
    assert [path.stem for path in of_result(with_hosts).draw(tmp_path, formats=("png",))] == [*CHARTS, "cooperation"]
    with pytest.raises(
        InputError, match="one of count, states, when, bids, accounts, for the scenario of this result has no hosts"
    ):
        of_result(without).drawn("cooperation")
    with pytest.raises(InputError, match=r"one of .*, cooperation \(got 'cooperate'\); did you mean cooperation\?"):
        of_result(with_hosts).drawn("cooperate")


HOST_CASES: dict[str, dict[str, Any]] = {
    "events": {"events": THREATS},
    "one host": {"hosts": ("HND",)},
    "many hosts": {"hosts": ("BLZ", "GTM", "HTI", "HND", "MHL", "NRU", "PLW", "PRY", "KNA", "LCA", "VCT", "SWZ")},
    "a long name": {
        "hosts": ("VCT",),
        "events": {day: told("notice-withdrawn", day, "VCT") for day in ("2021-12-11", "2026-12-31")},
    },
}


# --- every chart ------------------------------------------------------------------------------------------

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "one run": {"runs": 1},
    "one month": {"start": date(2026, 2, 10), "end": date(2026, 2, 28)},
    "two months": {"start": date(2026, 2, 10), "end": date(2026, 3, 31)},
    "fifty years": {"start": date(2026, 5, 1), "end": date(2076, 5, 31), "runs": 50},
    "fifteen years": {"start": date(2005, 5, 1), "end": date(2020, 6, 30), "runs": 50},
    "after 1971": {"start": date(1972, 1, 1), "end": date(1979, 12, 31), "runs": 50},
    "no chance": {"hazard": 0.0},
    "certain": {"hazard": 0.4},
    "long title": {"title": LONG, "name": "a-long-name-" * 6 + "end"},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("chart", CHARTS)
def test_no_text_is_cut_or_covered(make: Any, chart: str, case: str) -> None:
    drawing = of_result(make(**CASES[case])).drawn(chart)
    assert_clear(drawing)
    assert max(drawing.get_size_inches()) < 22


@pytest.mark.parametrize("case", [*CASES, *HOST_CASES])
def test_no_text_of_the_hosts_is_cut_or_covered(make: Any, case: str) -> None:
    drawing = of_result(make(**{"hosts": HOSTS} | (CASES | HOST_CASES)[case])).drawn("cooperation")
    assert_clear(drawing)
    assert max(drawing.get_size_inches()) < 22


def test_hosts_known_before_the_start_say_so(make: Any) -> None:
    result = make(hosts=HOSTS, events=THREATS)
    result.scenario["scenario"]["as_of"] = "2021-12-09"
    drawing = of_result(result).drawn("cooperation")
    assert_clear(drawing)
    assert "start 10 Dec 2021: 4, as known on 9 Dec 2021" in words(drawing)


def test_a_large_roster_makes_a_high_chart_and_a_short_list_of_times(make: Any) -> None:
    result = make(**CASES["after 1971"])
    states, when = of_result(result).drawn("states"), of_result(result).drawn("when")
    assert len(states.axes[0].get_yticks()) == 54
    assert len(when.axes[0].get_yticks()) == 15
    assert "Not shown: 39 states" in " ".join(words(when)).replace("\n", " ")


def test_long_horizons_have_cells_of_years(make: Any) -> None:
    times = chances(make(**CASES["fifty years"]), ["BLZ"])
    assert (times.cell, times.block) == ("calendar year", "5 calendar years")
    assert times.cells.shape == (1, 51)
    assert times.block_names[:2] == ["2026–29", "2030–34"]


@pytest.fixture(scope="module")
def files(make: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of every chart."""
    with few_pixels():
        return of_result(make(hosts=HOSTS, events=THREATS)).draw(tmp_path_factory.mktemp("a"))


@pytest.mark.usefixtures("coarse")
def test_the_files_have_the_same_bytes_each_time(make: Any, files: list[Path], tmp_path: Path) -> None:
    first, second = files, of_result(make(hosts=HOSTS, events=THREATS)).draw(tmp_path / "b")
    wanted = [f"{name}.{kind}" for name in (*CHARTS, "cooperation") for kind in ("png", "svg")]
    assert [path.name for path in first] == wanted
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert b"Matplotlib v" not in one.read_bytes()


def test_the_svgs_can_stand_in_one_page(files: list[Path]) -> None:
    seen: set[str] = set()
    for path in (file for file in files if file.suffix == ".svg"):
        svg = path.read_text(encoding="utf-8")
        ids = re.findall(r'\bid="([^"]+)"', svg)
        assert all(name.startswith(f"{path.stem}-") for name in ids)
        assert len(ids) == len(set(ids))
        assert not seen & set(ids)
        seen |= set(ids)
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= set(ids)


@pytest.mark.usefixtures("coarse")
def test_a_comparison_is_saved_in_the_formats_asked_for(make: Any, tmp_path: Path) -> None:
    drawing = draw_several([make(runs=2, name="a"), make(runs=2, name="b")])
    assert save(drawing, tmp_path / "count-v1.5", formats=("svg",)) == [tmp_path / "count-v1.5.svg"]
    assert [path.suffix for path in save(drawing, tmp_path / "count")] == [".png", ".svg"]


@pytest.mark.usefixtures("coarse")
def test_only_some_charts(make: Any, tmp_path: Path) -> None:
    written = of_result(make(runs=2)).draw(tmp_path / "new", only=("when",), formats=("png",))
    assert written == [tmp_path / "new" / "when.png"]
    with pytest.raises(
        InputError, match=r"one of count, states, when, bids, accounts \(got 'wen'\); did you mean when\?"
    ):
        of_result(make(runs=2)).draw(tmp_path, only=("wen",))
